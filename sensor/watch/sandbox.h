/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.h - what the daemon gives up before it reads the first packet.
 *
 *	sockets are opened
 *	sandbox_drop()   another user, no new privileges, no capabilities, Landlock: files only where it says
 *	threads are started, the store is opened and loaded: all of them inherit what was dropped
 *	sandbox_seal()   seccomp for all threads: no socket, no connection, no sending, no program can be started
 *
 * What it shows that nothing is transmitted: the only descriptors that reach the network are the capture sockets, and
 * the filter kills the process on every system call that could write to them: send*, and write() with their numbers.
 * Their numbers cannot be changed (no dup, no F_DUPFD), and sandbox_drop() sees to it that files opened after it get
 * numbers that can be told from theirs: so whatever is to be written later is opened after sandbox_reserve().
 */
#ifndef EARSHOT_WATCH_SANDBOX_H
#define EARSHOT_WATCH_SANDBOX_H

#include "sensor/watch/status.h"

#define SANDBOX_FOLDERS_MAX 16
#define SANDBOX_SOCKETS_MAX WATCH_INTERFACES_MAX

enum sandbox_filter { SANDBOX_FILTER_KILL, SANDBOX_FILTER_LOG, SANDBOX_FILTER_OFF };

struct sandbox_options {
	/* Name of an account to become when started as root. NULL: "earshot" when there is one, else the owner of
	 * writable[0] (root without any capability when that is root), or nobody when nothing is to be written. */
	const char *user;
	const char *writable[SANDBOX_FOLDERS_MAX]; /* folders, the store's first; NULL ends */
	const char *readable[SANDBOX_FOLDERS_MAX]; /* further files and folders that may be read; NULL ends */
	bool landlock;
	enum sandbox_filter filter;
	int sockets[SANDBOX_SOCKETS_MAX]; /* the capture sockets */
	unsigned socket_count;
};

/* Both: 0, or a negative errno and one line in `error`: then the daemon must not go on. What the kernel does not have
 * is no error but SANDBOX_UNAVAILABLE in `out`. */
int sandbox_drop(const struct sandbox_options *options, struct watch_sandbox *out, char *error, size_t room);
int sandbox_seal(const struct sandbox_options *options, struct watch_sandbox *out, char *error, size_t room);

/* Takes every free number below the first that write() is allowed to. sandbox_drop() does it too; before it, for what
 * must be opened with the rights of the beginning. 0 or a negative errno. */
int sandbox_reserve(const struct sandbox_options *options);

#endif
