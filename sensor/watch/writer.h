/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h - the thread behind the capture thread: it owns the store, the image, the conclusions, the events, and calls
 * whoever writes status files. The capture thread never waits for it, except at the end.
 *
 *	capture thread                              writer thread
 *	writer_idle()? ── no: the epoch goes on
 *	    │ yes
 *	writer_take() ◀──────────────────────────   the epoch of the time before, emptied, memory kept
 *	writer_hand_over(epoch) ─────────────────▶  merge, commit, (conclude, events, commit), report()
 */
#ifndef EARSHOT_WATCH_WRITER_H
#define EARSHOT_WATCH_WRITER_H

#include "sensor/watch/budget.h"
#include "sensor/watch/events.h"
#include "sensor/watch/image.h"
#include "sensor/watch/watch.h"

struct writer;

/* Opens the store and loads it; no thread yet. On failure *out is set for writer_error() unless memory is out; free it.
 * The code of the store, -ENOMEM, or -EINVAL (config/ cannot be read; said through options->log). */
int writer_new(struct writer **out, const struct watch_options *options, const struct watch_budget *budget);
const char *writer_error(const struct writer *w);
/* 0 or a negative errno. Signals are blocked in the thread: the capture thread takes them. */
int writer_start(struct writer *w);

/* Capture thread: true when it waits for an epoch. */
bool writer_idle(const struct writer *w);
/* It is not needed after all. */
void writer_give_back(struct writer *w, struct inventory *epoch, bool retell);
/* Capture thread, only when idle. `counters` are copied; the epoch is the writer's. */
void writer_hand_over(struct writer *w, struct inventory *epoch, const struct watch_counters *counters);
/* Capture thread, only when idle, before writer_hand_over(): the other epoch, empty. `*retell`: something was
 * forgotten, so conversations say again what they said before. */
struct inventory *writer_take(struct writer *w, bool *retell);

/*
 * Capture thread, at the end: waits until the writer is idle, gives it the last epoch (which is freed), waits for the
 * commit and ends the thread, all within `within_ns`; what is not done then is lost: -ETIMEDOUT. Else the code of the
 * last commit.
 */
int writer_stop(struct writer *w, struct inventory *last, const struct watch_counters *counters, int64_t within_ns);
void writer_free(struct writer *w);

/* Any thread: the status as of the last round; never waits longer than a copy takes. */
void writer_status(struct writer *w, struct watch_status *out);
/* Capture thread (SIGHUP): settings that can change while running, taken over at the next round. */
void writer_configure(struct writer *w, const struct watch_options *options);

#endif
