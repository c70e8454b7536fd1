/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.c - users, capabilities and Landlock; the system calls are in sandbox_calls.c. */
#include "sensor/watch/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of later kernels than the headers of Debian 12. */
#define ACCESS_TRUNCATE (1ull << 14)     /* ABI 3 */
#define ACCESS_IOCTL_DEVICE (1ull << 15) /* ABI 5 */
#define ACCESS_NET_BIND (1ull << 0)      /* ABI 4 */
#define ACCESS_NET_CONNECT (1ull << 1)
#define SCOPE_ABSTRACT_SOCKETS (1ull << 0) /* ABI 6 */
#define SCOPE_SIGNALS (1ull << 1)

#define NOBODY 65534 /* owns nothing, on every Linux */

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                                                   \
	(READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

struct ruleset {
	uint64_t files, network, scoped; /* what is forbidden unless a rule allows it */
};

static int fail(char *error, size_t room, int err, const char *format, ...) __attribute__((format(printf, 4, 5)));
static int fail(char *error, size_t room, int err, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(error, room, format, arguments);
	va_end(arguments);
	return err;
}

static void tell(struct watch_sandbox *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct watch_sandbox *out, const char *format, ...)
{
	size_t at = strlen(out->detail);
	va_list arguments;
	va_start(arguments, format);
	if (at > 0 && at + 2 < sizeof(out->detail)) {
		memcpy(out->detail + at, ", ", 3);
		at += 2;
	}
	vsnprintf(out->detail + at, sizeof(out->detail) - at, format, arguments);
	va_end(arguments);
}

/* Whom to become; false: stay. */
static int find_user(const struct sandbox_options *o, uid_t *uid, gid_t *gid, char *error, size_t room)
{
	const struct passwd *account = getpwnam(o->user != NULL ? o->user : "earshot");
	if (account != NULL) {
		*uid = account->pw_uid;
		*gid = account->pw_gid;
		return 0;
	}
	if (o->user != NULL)
		return fail(error, room, -ENOENT, "user: there is no account '%s' on this machine", o->user);
	struct stat st = {.st_uid = NOBODY, .st_gid = NOBODY};
	if (o->writable[0] != NULL && stat(o->writable[0], &st) != 0)
		return fail(error, room, -errno, "%s: %s", o->writable[0], strerror(errno));
	*uid = st.st_uid;
	*gid = st.st_gid;
	return 0;
}

/* Another user, and no capability in any set. */
static int drop_user(const struct sandbox_options *o, struct watch_sandbox *out, char *error, size_t room)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	if (geteuid() == 0) {
		int err = find_user(o, &uid, &gid, error, room);
		if (err != 0)
			return err;
	}
	capng_clear(CAPNG_SELECT_ALL);
	if (geteuid() == 0 && uid != 0) {
		if (capng_change_id((int)uid, (int)gid, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) != 0)
			return fail(error, room, -EPERM, "user: could not become uid %u", (unsigned)uid);
	} else {
		if (geteuid() ==
			0) /* needs CAP_SETPCAP, which root has; a user without it cannot gain any either way */
			capng_apply(CAPNG_SELECT_BOUNDS);
		if (capng_apply(CAPNG_SELECT_CAPS) != 0)
			return fail(error, room, -EPERM, "the capabilities could not be dropped");
		capng_apply(CAPNG_SELECT_AMBIENT); /* empty already when the permitted set is */
	}
	out->user = uid != 0 ? SANDBOX_ON : SANDBOX_PARTIAL;
	capng_get_caps_process();
	bool none = capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE;
	if (!none)
		return fail(error, room, -EPERM, "capabilities are left after dropping them");
	out->capabilities = SANDBOX_ON;
	tell(out, "uid %u%s", (unsigned)uid,
		uid == 0 ? " (root without capabilities; name another account with user:)" : "");
	return 0;
}

static int landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* A rule for one file or folder; one that is not there cannot be reached anyway. */
static int allow(int ruleset, const char *path, uint64_t rights)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return 0;
	struct stat st;
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rights &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE;
	struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
	int err = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ? 0 : -errno;
	close(fd);
	return err;
}

static int allow_all(const struct sandbox_options *o, int ruleset, int abi)
{
	static const char *const always[] = {
		"/usr/share", "/etc/ssl", "/usr/lib/ssl", "/sys", "/proc/self", "/dev/null"};
	uint64_t write = WRITE_RIGHTS | (abi >= 3 ? ACCESS_TRUNCATE : 0);
	int err = 0;
	for (unsigned i = 0; i < SANDBOX_FOLDERS_MAX && o->writable[i] != NULL && err == 0; i++)
		err = allow(ruleset, o->writable[i], write);
	for (unsigned i = 0; i < SANDBOX_FOLDERS_MAX && o->readable[i] != NULL && err == 0; i++)
		err = allow(ruleset, o->readable[i], READ_RIGHTS);
	for (unsigned i = 0; i < sizeof(always) / sizeof(always[0]) && err == 0; i++)
		err = allow(ruleset, always[i], READ_RIGHTS);
	return err;
}

static int drop_files(const struct sandbox_options *o, struct watch_sandbox *out, char *error, size_t room)
{
	int abi = o->landlock ? landlock_abi() : 0;
	if (abi <= 0) {
		out->landlock = o->landlock ? SANDBOX_UNAVAILABLE : SANDBOX_OFF;
		tell(out, o->landlock ? "this kernel has no Landlock" : "Landlock switched off");
		return 0;
	}
	struct ruleset set = {.files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1}; /* all of ABI 1 */
	size_t size = sizeof(set.files);
	if (abi >= 2)
		set.files |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		set.files |= ACCESS_TRUNCATE;
	if (abi >= 4) {
		set.network = ACCESS_NET_BIND | ACCESS_NET_CONNECT;
		size = offsetof(struct ruleset, scoped);
	}
	if (abi >= 5)
		set.files |= ACCESS_IOCTL_DEVICE;
	if (abi >= 6) {
		set.scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
		size = sizeof(set);
	}
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
	if (ruleset < 0)
		return fail(error, room, -errno, "Landlock: %s", strerror(errno));
	int err = allow_all(o, ruleset, abi);
	if (err == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		err = -errno;
	close(ruleset);
	if (err != 0)
		return fail(error, room, err, "Landlock: %s", strerror(-err));
	out->landlock = SANDBOX_ON;
	tell(out, "Landlock ABI %d", abi);
	return 0;
}

int sandbox_drop(const struct sandbox_options *options, struct watch_sandbox *out, char *error, size_t room)
{
	memset(out, 0, sizeof(*out));
	int err = sandbox_reserve(options);
	if (err != 0)
		return fail(error, room, err, "/dev/null: %s", strerror(-err));
	err = drop_user(options, out, error, room);
	if (err != 0)
		return err;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(error, room, -errno, "no_new_privs: %s", strerror(errno));
	out->no_new_privileges = SANDBOX_ON;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core file with what was heard */
	return drop_files(options, out, error, room);
}
