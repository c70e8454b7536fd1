/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - which asset of one side is which of the other; private to change/.
 *
 * An id follows from the lowest MAC address, or the lowest IP address while no MAC is proved: it changes when an
 * interface is exchanged, or is heard for the first time. So what the id does not settle is looked for by what devices
 * keep, the strongest first. A key counts only when one asset of each side has it. The rules do not know which side is
 * the older one, so that a comparison is the mirror of its reverse.
 */
#ifndef EARSHOT_MATCH_H
#define EARSHOT_MATCH_H

#include "sensor/change/side.h"

/* A text and who has it. */
struct match_key {
	const char *text;
	uint32_t asset;
};

struct match_keys {
	struct match_key *at; /* sorted by text, then asset */
	size_t count;
};

/* [0]: of the older side, [1]: of the newer. Arrays are by asset. */
struct match {
	struct arena arena;
	const struct side *sides[2];
	uint32_t *partner[2]; /* the same asset on the other side, or SIDE_NONE */
	bool *replaced[2];    /* another device has the address: the partner is no longer the same device */
	uint32_t *host[2];    /* of what has no partner: which asset of the other side it is a part of, or SIDE_NONE */
	uint32_t *taken[2];   /* of what has no partner: which asset of the other side has its address, or SIDE_NONE */
	uint32_t *who[2];     /* equal numbers: the same device */
	struct match_keys networks[2]; /* where assets were heard */
	bool failed;
};

/* 0 or -ENOMEM; clear it in either case. */
int match_make(struct match *m, const struct side *older, const struct side *newer);
void match_clear(struct match *m);

/*
 * Who of the same network was heard on `side`, for an asset of the other one; SIDE_NONE: nobody. `count` gets how many,
 * `network` its name.
 */
uint32_t match_neighbour(
	struct match *m, unsigned side, const struct side_asset *a, uint32_t *count, const char **network);

#endif
