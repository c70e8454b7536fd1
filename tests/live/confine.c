/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.c - runs a program as systemd's SystemCallFilter= would: the calls named in a file, one a line, are allowed,
 * all others fail with EPERM.
 *
 *	confine CALLS PROGRAM ARGUMENT...
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char line[128];
	FILE *calls = argc > 2 ? fopen(argv[1], "re") : NULL;
	scmp_filter_ctx rules = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (calls == NULL || rules == NULL) {
		fprintf(stderr, "confine CALLS PROGRAM ARGUMENT...\n");
		return 100;
	}
	while (fgets(line, sizeof(line), calls) != NULL) {
		line[strcspn(line, "\n")] = 0;
		int call = seccomp_syscall_resolve_name(line);
		if (call != __NR_SCMP_ERROR) /* a call of another architecture or of a later kernel */
			seccomp_rule_add(rules, SCMP_ACT_ALLOW, call, 0);
	}
	fclose(calls);
	if (seccomp_load(rules) != 0)
		return 101;
	seccomp_release(rules);
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 102;
}
