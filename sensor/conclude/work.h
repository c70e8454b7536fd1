/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work.h - what the steps of a conclusion share while it is made; private to conclude/.
 *
 *	node_gather()      addresses in canonical order, with what sticks to each
 *	device_unite()     which addresses are one device          (design: who is one device)
 *	child_gather()     devices and what stands behind them become assets
 *	fact_gather()      the facts of each asset, sorted
 *	interface_gather() MACs, IPs, VLANs, names
 *	role_gather()      who asked and who answered what
 *	field_settle()     one effective value a field, and what disagrees
 *	type_settle()      rules: type and flags
 *	link_gather()      who talks to whom, and who never answered
 *	register_match()   which row of the owner's register is which asset
 *	level_settle()     Purdue level: of the type, adjusted by peers
 *	zone_settle()      every asset in a declared or a proposed zone
 *	conduit_settle()   zone pairs that talk, their channels, a verdict on each
 *	finding_settle()   what a person should decide about
 *
 * Every order is taken from addresses and texts, never from row numbers: rows are numbered as
 * they were read. Scratch memory is in `scratch` and dies with the work; what the conclusions
 * keep is in their own arena. A failed allocation sticks in `failed`.
 */
#ifndef EARSHOT_CONCLUDE_WORK_H
#define EARSHOT_CONCLUDE_WORK_H

#include "sensor/conclude/asset.h"

/* One distinct address. */
struct node {
	struct address address;
	bool unicast : 1;        /* may belong to a device */
	bool spoke : 1;          /* it, or a path inside it */
	bool remote : 1;         /* of a public IP: it talks with private ones */
	bool stated : 1;         /* of an IP: its MAC was told */
	bool router_virtual : 1; /* a MAC that VRRP, HSRP or GLBP shares between routers */
	uint8_t subnets;         /* of a MAC: foreign subnets it carries, at most 255 */
	uint32_t first;   /* of its endpoints in work.order, without path first; the next node's first ends them */
	uint32_t up;      /* union-find: towards the lowest node of the device */
	uint32_t carried; /* of a MAC: foreign addresses that arrived from it */
	uint32_t owned;   /* of a MAC: addresses that are its own */
	uint32_t asset;   /* of the device; ASSET_NONE: never spoke (first the number of the device, see child.c) */
};

/* A MAC that an IP was proved to have. */
struct proof {
	uint32_t ip, mac;     /* nodes */
	bool stated;          /* by ARP, ND, DHCP: the network acts on it */
	bool own_word;        /* the device told its MAC in its own protocol */
	bool managed;         /* in LLDP or CDP: the MAC is that of a port, of which there may be several */
	bool arrived;         /* in a frame from this MAC */
	uint8_t hops;         /* of those frames: the least, or HOPS_UNKNOWN */
	bool conflict;        /* another MAC claims this IP too */
	bool joined;          /* counted as the device's own */
	struct sighting last; /* when it was told, or a frame came, for the last time */
};

#define RANKS_MAX 4096 /* names of protocols in links: ours and what libnDPI knows, about 450 */

/* A network that a mask was told for. */
struct network {
	uint32_t base, mask;
};
#define NETWORKS_MAX 64 /* told masks that are remembered: a site has dozens of networks */

/* A list of rows by owner: rows[first[i] .. first[i + 1]) belong to i. */
struct grouped {
	uint32_t *first, *rows;
	uint32_t count;
};

/* What the links say of an asset beside its roles. */
struct tally {
	uint32_t tried; /* distinct addresses that it asked */
	uint32_t dead;  /* of those, the ones that never sent anything */
	uint32_t ports; /* distinct server ports that it tried, counted up to PORTS_COUNTED a partner */
};

struct work {
	const struct inventory *inventory;
	struct knowledge *knowledge;
	struct conclusions *out;
	struct arena early; /* dies before the links are made, the largest of what follows */
	struct arena scratch;
	bool failed;

	uint32_t *order;   /* endpoints, by address, path kind, path */
	uint32_t *node_of; /* endpoint to node */
	struct node *nodes;
	uint32_t node_count;
	struct network *networks; /* the narrowest first */
	uint32_t network_count;
	struct proof *proofs; /* by ip, then mac */
	uint32_t proof_count;
	struct proof *disputes; /* of IPs that several MACs claim: by ip, then mac; they outlive the proofs */
	uint32_t dispute_count;
	/* Devices are numbered in the order of their lowest addresses; assets are devices and their children. */
	struct grouped members; /* device to its nodes, in order */
	uint32_t *asset_of_device;
	uint32_t *device_of;     /* asset to device; ASSET_NONE for a child */
	uint32_t *asset_of;      /* endpoint to asset, device or child; ASSET_NONE */
	struct tally *tallies;   /* by asset */
	uint32_t *stamps, stamp; /* by asset: the last count it was counted in */
	uint16_t *protocol_rank; /* string to its rank among the protocols of links */

	struct index text_index; /* of `texts`, see work_text() */
	const char **texts;
	uint32_t text_count, text_room;
};

/* Zeroed; NULL sets `failed`. */
void *work_alloc(struct work *w, struct arena *arena, size_t count, size_t size);
void *work_scratch(struct work *w, size_t count, size_t size);
void *work_early(struct work *w, size_t count, size_t size); /* scratch until the types are settled */
void *work_keep(struct work *w, size_t count, size_t size);
/* A copy in the conclusions' arena; "" when memory is out. */
const char *work_copy(struct work *w, const char *text);
/* The same, one for equal texts. */
const char *work_text(struct work *w, const char *text);

/* Owners of rows by counting; `owner[i]` may be ASSET_NONE. The rows of an owner keep their order. */
bool grouped_make(
	struct work *w, struct arena *arena, struct grouped *g, const uint32_t *owner, uint32_t rows, uint32_t owners);

bool node_gather(struct work *w);
uint32_t node_find(const struct work *w, const struct address *address);
bool fact_names_address(const struct inventory *inv, const struct fact *fact, struct address *out);
void node_unite(struct node *nodes, uint32_t a, uint32_t b);
uint32_t node_root(struct node *nodes, uint32_t node);
int address_compare(const struct address *a, const struct address *b);
/* By kind, then number by number, then text: "1/2" before "1/10". */
int path_compare(uint8_t kind_a, const char *a, uint8_t kind_b, const char *b);

void span_widen(const struct work *w, struct span *span, const struct span *by);

bool subnet_gather(struct work *w);
/* Equal for addresses of one network; link-local addresses are all alike. */
uint64_t subnet_of(const struct work *w, const struct address *a);
bool address_is_link_local(const struct address *a);
bool address_is_loopback(const struct address *a);
bool address_is_public(const struct address *a);

bool device_unite(struct work *w);
bool serial_unite(struct work *w);
bool chassis_unite(struct work *w);
#define SERIAL_MAX 63
/*
 * Capitals without spaces, 0x and leading zeros. False for numbers that many devices have: zero, all ones, one repeated
 * digit, two characters.
 */
bool serial_normalise(char out[SERIAL_MAX + 1], const char *text);
bool child_gather(struct work *w);
bool fact_gather(struct work *w);
/* What a client says of itself in a request, which may be a constant of its library: no proof of who it is. */
bool fact_is_claim(const struct inventory *inv, const struct fact *fact);
bool interface_gather(struct work *w);
bool role_gather(struct work *w);
bool field_settle(struct work *w);
bool type_settle(struct work *w);
bool link_gather(struct work *w);
/* After type_settle(): what controllers claim of themselves. */
void field_claim(struct work *w);
/* Only after type_settle(), which may know the vendor of a child. */
void field_borrow(struct work *w);
void identify_settle(struct work *w);

/* These come last and see finished assets with their ids, and finished links. */
bool register_match(struct work *w);
bool level_settle(struct work *w);
bool zone_settle(struct work *w);
bool conduit_settle(struct work *w);
/* By conduit_settle(), once the channels of a conduit are there: what was decided about each (see channel.c). */
bool channels_judge(struct work *w, struct conduit *conduit);
/* Another channel of the same connection says what it carries: COTP under S7. */
bool channel_is_carrier(const struct conduit *conduit, uint32_t channel);
bool finding_settle(struct work *w);

#endif
