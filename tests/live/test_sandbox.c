/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sandbox.c - tries inside the sandbox what must not be possible there, one child process a try.
 *
 * The children enter the sandbox as the daemon does, with a socket of their own in the place of the capture socket (so
 * that no root is needed; what is allowed to it goes by its number). Landlock and the user are told in the status:
 * where the kernel lacks one, its test says so and proves nothing.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensor/watch/sandbox.h"
#include "tests/check_main.h"

static char folder[] = "/tmp/earshot-sandbox-XXXXXX", other[] = "/tmp/earshot-outside-XXXXXX";

static void folders_make(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	strcpy(other + strlen(other) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_ptr_nonnull(mkdtemp(other));
	ck_assert_int_eq(chmod(other, 0777), 0); /* so that only Landlock stands in the way */
}

static void folders_drop(void)
{
	char command[256];
	snprintf(command, sizeof(command), "rm -rf %s %s", folder, other);
	ck_assert_int_eq(system(command), 0);
}

/* What a try gives when the kernel let it happen; no errno is as high. */
#define DONE 200

struct inside {
	int socket, file;
	struct watch_sandbox state;
};

/* Enters, tries, and ends with an errno or DONE; a signal kills it before. The wait status. */
static int try_inside(int (*attempt)(struct inside *in))
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		char error[256] = "", path[128];
		struct inside in = {.socket = socket(AF_INET, SOCK_DGRAM, 0)};
		struct sandbox_options o = {
			.writable = {folder}, .landlock = true, .sockets = {in.socket}, .socket_count = 1};
		if (in.socket < 0 || sandbox_drop(&o, &in.state, error, sizeof(error)) != 0 ||
			sandbox_seal(&o, &in.state, error, sizeof(error)) != 0) {
			fprintf(stderr, "sandbox: %s\n", error);
			_exit(100);
		}
		snprintf(path, sizeof(path), "%s/file", folder);
		in.file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		_exit(attempt(&in));
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static void ck_killed(int (*attempt)(struct inside *in))
{
	int status = try_inside(attempt);
	ck_assert_msg(WIFSIGNALED(status), "ended with %d", WEXITSTATUS(status));
	ck_assert_int_eq(WTERMSIG(status), SIGSYS);
}

static void ck_ends(int (*attempt)(struct inside *in), int with)
{
	int status = try_inside(attempt);
	ck_assert_msg(WIFEXITED(status), "signal %d", WTERMSIG(status));
	ck_assert_int_eq(WEXITSTATUS(status), with);
}

static int result(long status)
{
	return status >= 0 ? DONE : errno;
}

static const struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = 0x0900, .sin_addr = {0x0100007f}};

static int try_socket(struct inside *in)
{
	(void)in;
	return result(socket(AF_INET, SOCK_DGRAM, 0));
}

static int try_packet_socket(struct inside *in)
{
	(void)in;
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int try_connect(struct inside *in)
{
	return result(connect(in->socket, (const struct sockaddr *)&nobody, sizeof(nobody)));
}

static int try_sendto(struct inside *in)
{
	return result(sendto(in->socket, "x", 1, 0, (const struct sockaddr *)&nobody, sizeof(nobody)));
}

static int try_sendmsg(struct inside *in)
{
	struct msghdr m = {0};
	return result(sendmsg(in->socket, &m, 0));
}

static int try_write(struct inside *in)
{
	return result(write(in->socket, "x", 1));
}

static int try_writev(struct inside *in)
{
	struct iovec piece = {(char[]){"x"}, 1};
	return result(syscall(SYS_writev, in->socket, &piece, 1));
}

/* The kernel takes the lower half of the register. */
static int try_write_high_bits(struct inside *in)
{
	return result(syscall(SYS_write, 0x100000000L + in->socket, "x", 1));
}

static int try_sendmmsg(struct inside *in)
{
	struct mmsghdr m = {0};
	return result(sendmmsg(in->socket, &m, 1, 0));
}

static int try_sendfile(struct inside *in)
{
	return result(sendfile(in->socket, in->file, NULL, 1));
}

static int try_splice(struct inside *in)
{
	return result(splice(in->file, NULL, in->socket, NULL, 1, 0));
}

/* The ring that a packet socket sends from. */
static int try_send_ring(struct inside *in)
{
	struct tpacket_req ring = {4096, 1, 4096, 1};
	return result(setsockopt(in->socket, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)));
}

/* A way round the filter: calls by the kernel's table for 32 bits. */
static int try_other_table(struct inside *in)
{
#ifdef __x86_64__
	long status;
	(void)in;
	__asm__ volatile("int $0x80" : "=a"(status) : "a"(20L /* getpid */) : "memory", "r8", "r9", "r10", "r11");
	return result(status);
#else
	return try_write(in);
#endif
}

static int try_dup(struct inside *in)
{
	return result(dup(in->socket));
}

static int try_dup_by_fcntl(struct inside *in)
{
	return result(fcntl(in->socket, F_DUPFD, 500));
}

static int try_exec(struct inside *in)
{
	(void)in;
	return result(execl("/bin/true", "true", (char *)NULL));
}

static int try_fork(struct inside *in)
{
	(void)in;
	return result(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
}

static int try_uring(struct inside *in)
{
	(void)in;
	return result(syscall(425 /* io_uring_setup */, 1, NULL));
}

static int try_ptrace(struct inside *in)
{
	(void)in;
	return result(syscall(SYS_ptrace, 0, 0, NULL, NULL));
}

static int try_code(struct inside *in)
{
	(void)in;
	return syscall(SYS_mmap, NULL, 4096, 7 /* read, write, execute */, 0x22, -1, 0) != -1 ? DONE : errno;
}

START_TEST(what_could_transmit_kills)
{
	ck_killed(try_socket);
	ck_killed(try_packet_socket);
	ck_killed(try_connect);
	ck_killed(try_sendto);
	ck_killed(try_sendmsg);
	ck_killed(try_write);
	ck_killed(try_writev);
	ck_killed(try_write_high_bits);
	ck_killed(try_sendmmsg);
	ck_killed(try_sendfile);
	ck_killed(try_splice);
	ck_killed(try_send_ring);
	int status = try_inside(try_other_table); /* SIGSEGV where the kernel has no such table */
	ck_assert(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV));
}
END_TEST

START_TEST(the_number_of_a_socket_cannot_change)
{
	ck_killed(try_dup);
	ck_killed(try_dup_by_fcntl);
}
END_TEST

START_TEST(what_could_run_something_else_kills)
{
	ck_killed(try_exec);
	ck_killed(try_fork);
	ck_killed(try_uring);
	ck_killed(try_ptrace);
	ck_killed(try_code);
}
END_TEST

static int use_store(struct inside *in)
{
	char path[128], renamed[128];
	snprintf(path, sizeof(path), "%s/new", folder);
	snprintf(renamed, sizeof(renamed), "%s/newer", folder);
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || ftruncate(fd, 0) != 0 || close(fd) != 0)
		return errno;
	if (rename(path, renamed) != 0 || unlink(renamed) != 0 || pwrite(in->file, "x", 1, 0) != 1)
		return errno;
	return DONE;
}

START_TEST(the_store_can_be_written)
{
	ck_ends(use_store, DONE);
}
END_TEST

static int try_outside(struct inside *in)
{
	char path[128];
	if (in->state.landlock != SANDBOX_ON)
		return 77;
	snprintf(path, sizeof(path), "%s/new", other);
	return result(open(path, O_RDWR | O_CREAT, 0600));
}

static int try_passwords(struct inside *in)
{
	return in->state.landlock != SANDBOX_ON ? 77 : result(open("/etc/passwd", O_RDONLY));
}

START_TEST(no_other_folder_can_be_reached)
{
	int status = try_inside(try_outside);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		printf("skipped: this kernel has no Landlock\n");
		return;
	}
	ck_assert_int_eq(WEXITSTATUS(status), EACCES);
	ck_ends(try_passwords, EACCES);
}
END_TEST

static int count_capabilities(struct inside *in)
{
	(void)in; /* capget is not among the calls that are left: /proc tells the same */
	char text[4096] = "";
	int fd = open("/proc/self/status", O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return errno;
	static const char *const sets[] = {"CapInh:", "CapPrm:", "CapEff:", "CapAmb:"};
	for (unsigned i = 0; i < 4; i++) {
		const char *at = strstr(text, sets[i]);
		if (at == NULL || strtoull(at + 7, NULL, 16) != 0)
			return 1 + (int)i;
	}
	const char *privileges = strstr(text, "NoNewPrivs:"), *filter = strstr(text, "Seccomp:");
	if (privileges == NULL || atoi(privileges + 11) != 1 || filter == NULL || atoi(filter + 8) != 2)
		return 9;
	return DONE;
}

START_TEST(nothing_is_left_to_gain)
{
	ck_ends(count_capabilities, DONE);
}
END_TEST

struct sender {
	int gate, socket;
};

static void *send_when_told(void *arg)
{
	const struct sender *s = arg;
	char byte;
	if (read(s->gate, &byte, 1) == 1)
		sendto(s->socket, "x", 1, 0, (const struct sockaddr *)&nobody, sizeof(nobody));
	return NULL;
}

/* The filter reaches threads that were there before it. */
START_TEST(all_threads_are_sealed)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		char error[256];
		int gate[2];
		struct sender s = {.socket = socket(AF_INET, SOCK_DGRAM, 0)};
		struct sandbox_options o = {.writable = {folder}, .sockets = {s.socket}, .socket_count = 1};
		struct watch_sandbox state;
		pthread_t thread;
		if (pipe(gate) != 0 || sandbox_drop(&o, &state, error, sizeof(error)) != 0)
			_exit(100);
		s.gate = gate[0];
		if (pthread_create(&thread, NULL, send_when_told, &s) != 0 ||
			sandbox_seal(&o, &state, error, sizeof(error)) != 0)
			_exit(101);
		if (write(gate[1], "x", 1) != 1)
			_exit(102);
		pthread_join(thread, NULL);
		_exit(0);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFSIGNALED(status), "ended with %d", WEXITSTATUS(status));
	ck_assert_int_eq(WTERMSIG(status), SIGSYS);
}
END_TEST

/* Where somebody must find out which call is missing, the filter only tells the kernel's log. */
START_TEST(a_filter_can_be_told_to_log_only)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		char error[256];
		struct sandbox_options o = {.writable = {folder}, .filter = SANDBOX_FILTER_LOG};
		struct watch_sandbox state;
		if (sandbox_drop(&o, &state, error, sizeof(error)) != 0 ||
			sandbox_seal(&o, &state, error, sizeof(error)) != 0)
			_exit(100);
		_exit(state.seccomp == SANDBOX_PARTIAL && socket(AF_INET, SOCK_DGRAM, 0) >= 0 ? 0 : 1);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("sandbox");
	tcase_add_checked_fixture(t, folders_make, folders_drop);
	tcase_add_test(t, what_could_transmit_kills);
	tcase_add_test(t, the_number_of_a_socket_cannot_change);
	tcase_add_test(t, what_could_run_something_else_kills);
	tcase_add_test(t, the_store_can_be_written);
	tcase_add_test(t, no_other_folder_can_be_reached);
	tcase_add_test(t, nothing_is_left_to_gain);
	tcase_add_test(t, all_threads_are_sealed);
	tcase_add_test(t, a_filter_can_be_told_to_log_only);
	return check_main("sandbox", t);
}
