/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies.h - the second copy of a frame, from a SPAN that mirrors both ports of a path.
 *
 * Two frames are copies when their MAC addresses and everything from the network header on are the
 * same, and they come within a few milliseconds: a retransmission takes longer or has another IP id. In a
 * capture without times there are none.
 */
#ifndef EARSHOT_COPIES_H
#define EARSHOT_COPIES_H

#include <stdbool.h>

#include "earshot/frame.h"

struct copies;

struct copies *copies_new(void); /* NULL without memory */
void copies_free(struct copies *c);

/* True when this frame was seen a moment ago; remembers it otherwise. */
bool copies_seen(struct copies *c, const struct frame *frame);

#endif
