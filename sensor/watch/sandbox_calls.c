/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox_calls.c - the system calls that are left: reading what was opened, the store's files, memory, time, locks.
 *
 * Everything that is not listed kills the process: socket, connect, send, a new program, another process, io_uring.
 * write() reaches only the standard descriptors and those at or above a power of two that lies above the capture
 * sockets: so every free number below is taken by /dev/null, or a file that is opened later could not be written.
 * (A power of two, because the kernel looks at the lower 32 bits of a number only, and a filter compares all 64: with a
 * plain "greater than" 2^32 + 5 would pass and write to 5. A bit can be looked at alone.)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <seccomp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/watch/sandbox.h"

/* With any arguments. Files: where Landlock and the user say. */
static const int free_calls[] = {
	/* clang-format off */
	/* descriptors that are open */
	SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(fchmod), SCMP_SYS(fchown),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(getdents64),
	/* files by name */
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	/* memory, see also below */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(msync), SCMP_SYS(mincore),
	/* threads that exist, signals, time */
	SCMP_SYS(futex), SCMP_SYS(futex_waitv), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(prlimit64),
	SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* clang-format on */
};

#define DESCRIPTOR_BITS 20 /* the kernel's highest limit of open files by default, fs.nr_open */

struct filter {
	scmp_filter_ctx rules;
	int err;
};

static void allow(struct filter *f, int call)
{
	int err = seccomp_rule_add_array(f->rules, SCMP_ACT_ALLOW, call, 0, NULL);
	if (f->err == 0 && err != -EDOM) /* a call that this architecture does not have */
		f->err = err;
}

static void allow_if(struct filter *f, int call, unsigned count, const struct scmp_arg_cmp *conditions)
{
	int err = seccomp_rule_add_array(f->rules, SCMP_ACT_ALLOW, call, count, conditions);
	if (f->err == 0 && err != -EDOM)
		f->err = err;
}

static struct scmp_arg_cmp is(unsigned argument, uint64_t value)
{
	return (struct scmp_arg_cmp){
		.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = UINT32_MAX, .datum_b = value & UINT32_MAX};
}

static struct scmp_arg_cmp without(unsigned argument, uint64_t bits)
{
	return (struct scmp_arg_cmp){.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = 0};
}

/* The first bit of numbers that no capture socket has. */
static unsigned bit_above(const struct sandbox_options *o)
{
	unsigned bit = 2; /* the standard ones */
	for (unsigned i = 0; i < o->socket_count; i++)
		while (o->sockets[i] >> bit != 0)
			bit++;
	return bit;
}

int sandbox_reserve(const struct sandbox_options *options)
{
	int end = 1 << bit_above(options);
	for (;;) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (fd >= end) {
			close(fd);
			return 0;
		}
	}
}

/* write(2) and its like, but never to a capture socket. */
static void allow_writing(struct filter *f, unsigned first_bit)
{
	static const int calls[] = {SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(pwritev)};
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (unsigned bit = first_bit; bit < DESCRIPTOR_BITS; bit++) {
			struct scmp_arg_cmp above = {
				.arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = 1u << bit, .datum_b = 1u << bit};
			allow_if(f, calls[i], 1, &above);
		}
		for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
			struct scmp_arg_cmp standard = is(0, (uint64_t)fd);
			allow_if(f, calls[i], 1, &standard);
		}
	}
}

/* What live.c asks of its sockets: the number and the flags of an interface, and to be bound to it again. */
static void allow_sockets(struct filter *f, const struct sandbox_options *o)
{
	const struct scmp_arg_cmp index = is(1, SIOCGIFINDEX), flags = is(1, SIOCGIFFLAGS);
	const struct scmp_arg_cmp membership[2] = {is(1, SOL_PACKET), is(2, PACKET_ADD_MEMBERSHIP)};
	const struct scmp_arg_cmp ring[2] = {is(1, SOL_PACKET), is(2, PACKET_RX_RING)}; /* taken down by pcap_close() */
	allow_if(f, SCMP_SYS(ioctl), 1, &index);
	allow_if(f, SCMP_SYS(ioctl), 1, &flags);
	allow_if(f, SCMP_SYS(setsockopt), 2, membership);
	allow_if(f, SCMP_SYS(setsockopt), 2, ring);
	for (unsigned i = 0; i < o->socket_count; i++) {
		struct scmp_arg_cmp socket = is(0, (uint64_t)o->sockets[i]);
		allow_if(f, SCMP_SYS(bind), 1, &socket);
	}
}

static void allow_some(struct filter *f)
{
	static const int locks[] = {F_GETFD, F_SETFD, F_GETFL, F_GETLK, F_SETLK, F_SETLKW}; /* no F_DUPFD */
	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		struct scmp_arg_cmp command = is(1, (uint64_t)locks[i]);
		allow_if(f, SCMP_SYS(fcntl), 1, &command);
	}
	const struct scmp_arg_cmp terminal = is(1, 0x5401 /* TCGETS: is it one? */), own = is(0, (uint64_t)getpid());
	allow_if(f, SCMP_SYS(ioctl), 1, &terminal);
	allow_if(f, SCMP_SYS(tgkill), 1, &own); /* abort() */
	const struct scmp_arg_cmp no_code = without(2, PROT_EXEC);
	allow_if(f, SCMP_SYS(mmap), 1, &no_code);
	allow_if(f, SCMP_SYS(mprotect), 1, &no_code);
}

static void tell(struct watch_sandbox *out, const char *text)
{
	size_t at = strlen(out->detail);
	snprintf(out->detail + at, sizeof(out->detail) - at, "%s%s", at > 0 ? ", " : "", text);
}

int sandbox_seal(const struct sandbox_options *options, struct watch_sandbox *out, char *error, size_t room)
{
	if (options->filter == SANDBOX_FILTER_OFF) {
		out->seccomp = SANDBOX_OFF;
		tell(out, "seccomp switched off");
		return 0;
	}
	bool kills = options->filter == SANDBOX_FILTER_KILL;
	struct filter f = {.rules = seccomp_init(kills ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_LOG)};
	if (f.rules == NULL)
		return -ENOMEM;
	f.err = sandbox_reserve(options); /* numbers that were free again meanwhile */
	if (f.err == 0)
		f.err = seccomp_attr_set(f.rules, SCMP_FLTATR_CTL_TSYNC, 1);
	if (f.err == 0 && kills) /* calls by another table of the kernel, such as that for 32 bits */
		f.err = seccomp_attr_set(f.rules, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; i < sizeof(free_calls) / sizeof(free_calls[0]); i++)
		allow(&f, free_calls[i]);
	allow_writing(&f, bit_above(options));
	allow_sockets(&f, options);
	allow_some(&f);
	if (f.err == 0)
		f.err = seccomp_load(f.rules);
	seccomp_release(f.rules);
	if (f.err != 0) {
		snprintf(error, room, "seccomp: %s", strerror(-f.err));
		return f.err;
	}
	out->seccomp = kills ? SANDBOX_ON : SANDBOX_PARTIAL;
	tell(out, kills ? "seccomp kills" : "seccomp only logs");
	return 0;
}
