/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scene.h - what happened on a small network, as a list of steps that can be recorded in any order,
 * for the tests of conclusions.
 */
#ifndef EARSHOT_SCENE_H
#define EARSHOT_SCENE_H

#include "sensor/conclude/asset.h"

enum step_kind { STEP_END, STEP_SPOKE, STEP_ARRIVED, STEP_ARP, STEP_FACT, STEP_ASKING, STEP_NAMED, STEP_LINK, STEP_EVENT };

struct step {
	enum step_kind kind;
	const char *a, *b; /* addresses; of a place inside a: "10.0.0.5#modbus-unit:3" */
	const char *value, *message;
	enum attribute attribute;
	enum protocol protocol;
	unsigned number; /* hops, code, port, operation */
	uint16_t vlan;   /* 0: the usual 7 */
	bool same_frame; /* as the step before */
	bool over_and_over; /* of a link: 200 packets in a minute */
	unsigned parts, asked, answered, confidence;
	enum link_basis basis;
};

/* clang-format off */
#define SPOKE(x) {.kind = STEP_SPOKE, .a = (x)}
#define ARRIVED(ip, mac, hops) {.kind = STEP_ARRIVED, .a = (ip), .b = (mac), .number = (hops)}
#define ARRIVED_IN(ip, mac, hops, id) {.kind = STEP_ARRIVED, .a = (ip), .b = (mac), .number = (hops), .vlan = (id)}
#define ARP(ip, mac) {.kind = STEP_ARP, .a = (ip), .b = (mac)}
#define FACT(x, what, by, words, text) {.kind = STEP_FACT, .a = (x), .attribute = ATTRIBUTE_##what, .protocol = PROTOCOL_##by, .message = (words), .value = (text), .confidence = 95}
#define FACT_BESIDE(x, what, by, words, text) {.kind = STEP_FACT, .a = (x), .attribute = ATTRIBUTE_##what, .protocol = PROTOCOL_##by, .message = (words), .value = (text), .confidence = 95, .same_frame = true}
#define ASKING_AS(x, text) {.kind = STEP_ASKING, .a = (x), .attribute = ATTRIBUTE_LINK_ADDRESS, .protocol = PROTOCOL_DNP3, .message = "data link header", .value = (text), .confidence = 95}
#define TYPE_CODE(x, code) {.kind = STEP_NAMED, .a = (x), .attribute = ATTRIBUTE_DEVICE_TYPE, .protocol = PROTOCOL_ENIP, .message = "ListIdentity", .number = (code), .confidence = 95}
#define ASKED(client, server, by, to, did) {.kind = STEP_LINK, .a = (client), .b = (server), .protocol = PROTOCOL_##by, .number = (to), .parts = PART_REQUEST, .asked = (did)}
#define TALKED(client, server, by, to, did) {.kind = STEP_LINK, .a = (client), .b = (server), .protocol = PROTOCOL_##by, .number = (to), .parts = PART_REQUEST | PART_RESPONSE, .asked = (did), .answered = (did)}
#define POLLED(client, server, by, to, did) {.kind = STEP_LINK, .a = (client), .b = (server), .protocol = PROTOCOL_##by, .number = (to), .parts = PART_REQUEST | PART_RESPONSE, .asked = (did), .answered = (did), .over_and_over = true}
#define EXCHANGED(client, server, by, to) {.kind = STEP_LINK, .a = (client), .b = (server), .protocol = PROTOCOL_##by, .number = (to), .parts = PART_EXCHANGE, .asked = OPERATION_READ, .answered = OPERATION_READ, .over_and_over = true}
#define LABELLED(client, server, by, to) {.kind = STEP_LINK, .a = (client), .b = (server), .protocol = PROTOCOL_##by, .number = (to), .parts = PART_REQUEST | PART_RESPONSE, .basis = LINK_LABELLED}
#define END {.kind = STEP_END}
/* clang-format on */

/* What people declared, for scenes made from now on; NULL: nothing. */
extern const struct declarations *scene_declared;

/* Records the steps from the first to the last, or from the last to the first, and concludes. */
void scene_make(struct conclusions *out, const struct step *steps, bool backwards);
/* Concludes forwards and backwards; both must say the same, byte for byte. */
void scene_conclude(struct conclusions *out, const struct step *steps);
void scene_clear(struct conclusions *c);
/* Everything concluded, as text on the heap. */
char *scene_dump(const struct conclusions *c);

/* The asset at an address or id; the test fails when there is none. */
const struct asset *scene_asset(const struct conclusions *c, const char *what);
const struct asset *scene_child(const struct conclusions *c, const char *device, const char *place);
unsigned scene_children(const struct conclusions *c, const char *device);
bool scene_has_flag(const struct asset *asset, const char *flag);
struct knowledge *scene_knowledge(void);

#endif
