/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c - see notify.h. */
#include "sensor/watch/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int descriptor = -1;
static int64_t watchdog_ns;

int notify_open(void)
{
	const char *path = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return 0;
	size_t len = strlen(path);
	if (len >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* an abstract name begins with a zero */
		to.sun_path[0] = 0;
	descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)&to,
				      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0)
		return -errno;
	if (usec != NULL && (pid == NULL || strtol(pid, NULL, 10) == getpid()))
		watchdog_ns = strtoll(usec, NULL, 10) * 1000 / 2;
	unsetenv("NOTIFY_SOCKET");
	return 0;
}

void notify(const char *state)
{
	if (descriptor >= 0 && write(descriptor, state, strlen(state)) < 0)
		return; /* systemd finds out by itself when it hears nothing */
}

int64_t notify_watchdog_ns(void)
{
	return watchdog_ns;
}
