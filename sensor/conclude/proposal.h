/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proposal.h - what the sensor proposes, as entries of zones.yaml.
 *
 * A zone is written so that reading it back gives the same assets: by a subnet where it is the whole of one, so that
 * what comes there later belongs to it, and by its assets otherwise. Zones that a person rejected or retired are not
 * proposed again while at least half of the assets are the same (Jaccard), whatever their id has become.
 */
#ifndef EARSHOT_CONCLUDE_PROPOSAL_H
#define EARSHOT_CONCLUDE_PROPOSAL_H

#include "sensor/conclude/asset.h"
#include "sensor/declare/zones_write.h"

#define PROPOSED_RULES_MAX 48 /* of one conduit: more than a person reads; its comment says how many are left out */
#define PROPOSED_COMMENT_MAX 160

/* Texts are in the arena or borrowed from the conclusions. 0 or -ENOMEM. */
int proposals_make(struct proposals *out, struct arena *arena, const struct conclusions *c, const char *site);

/* proposal_conduit.c: `ids` are those of the zones of the conclusions in the file; NULL: not in it. */
bool proposals_conduits(
	struct proposals *out, struct arena *arena, const struct conclusions *c, const char *const *ids);

#endif
