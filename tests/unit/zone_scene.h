/* SPDX-License-Identifier: Apache-2.0 */
/* zone_scene.h - words and two plants that the tests of zones, conduits and levels share. */
#ifndef EARSHOT_ZONE_SCENE_H
#define EARSHOT_ZONE_SCENE_H

#include <check.h>
#include <string.h>

#include "scene.h"

#define ROUTER "00:1e:49:00:00:01"
#define CARD_A "00:1b:1b:00:00:10"
#define CARD_B "00:1b:1b:00:00:20"
#define LAPTOP "00:1f:29:00:00:05"
#define READ OPERATION_READ
#define PLC_AT(ip) FACT(ip, ORDER_NUMBER, S7COMM, "SZL 0x0011", "6ES7511-1AK02-0AB0")
#define PANEL_AT(ip) FACT(ip, ORDER_NUMBER, S7COMM, "SZL 0x0011", "6AV2124-0MC01-0AX0")

/* Two networks of control, one of supervision. */
extern const struct step segmented[];
/* A router between a cell and a supervision network that is seen in the cell. */
extern const struct step routed[];

/* What was concluded; both orders of recording have said the same. */
extern struct conclusions c;
void conclude(const struct step *steps);
void done(void);

/* The zone of an asset; the test fails when it has none. */
const struct zone *zone_at(const char *what);
void in_zone(const char *what, const char *id);
const struct conduit *conduit_of(const char *id);
/* Every device is in one zone that lists it, or in none and says why; a child is where its parent is. */
void partition_is_whole(void);

#endif
