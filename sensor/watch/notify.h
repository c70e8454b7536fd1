/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.h - the protocol of sd_notify(3) over a socket that is connected before the sandbox: libsystemd opens one for
 * each message, which is what the sandbox forbids.
 */
#ifndef EARSHOT_WATCH_NOTIFY_H
#define EARSHOT_WATCH_NOTIFY_H

#include <stdint.h>

/* $NOTIFY_SOCKET and $WATCHDOG_USEC. 0 (also when nobody is to be notified) or a negative errno. */
int notify_open(void);
/* "READY=1", "STATUS=...", "WATCHDOG=1", "STOPPING=1", "RELOADING=1"; lines may be joined by newlines. Nothing happens
 * when nobody is to be notified. */
void notify(const char *state);
/* How often the watchdog wants to hear: half of what systemd allows; 0: there is none. */
int64_t notify_watchdog_ns(void);

#endif
