/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixture.c - two captures, a PLC with a module behind it, an engineering station, an address that
 * never answered, and every kind of hostile text a device could call itself.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/inventory/order.h"
#include "sensor/util/text.h"

#define SECOND 1000000000
#define START (1700000000 * (int64_t)SECOND)

struct maker {
	struct inventory *inv;
	bool backwards;
	uint32_t plc_capture, late_capture;
};

static void *must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

static uint32_t placed(uint32_t row)
{
	if (row == INVENTORY_NONE)
		abort();
	return row;
}

static struct sighting at(uint32_t capture, uint64_t frame)
{
	struct sighting s = {.time_ns = START + (int64_t)frame * SECOND + 123456789};
	s.frame = frame & 0xffffffffff;
	s.capture = capture & 0xffffff;
	return s;
}

static uint32_t endpoint(
	struct maker *m, const char *text, enum path_kind kind, const char *path, bool spoke, uint64_t frame)
{
	struct address address;
	if (!address_parse(&address, text))
		abort();
	struct path place = {.kind = (uint8_t)kind};
	snprintf(place.text, sizeof(place.text), "%s", path);
	struct sighting first = at(m->plc_capture, frame), last = at(m->late_capture, frame + 7);
	uint32_t row = placed(inventory_endpoint(m->inv, &address, &place, spoke, &first));
	placed(inventory_endpoint(m->inv, &address, &place, spoke, &last));
	m->inv->endpoints[row].packets = spoke ? frame * 10 : 0;
	return row;
}

static void capture(struct maker *m, bool late)
{
	uint32_t row = placed(inventory_capture_add(m->inv, late ? "late.pcapng" : "plc,\"1\".pcap"));
	struct capture *c = &m->inv->captures[row];
	*(late ? &m->late_capture : &m->plc_capture) = row;
	memset(c->sha256, late ? '1' : 'a', 64);
	snprintf(c->link_type, sizeof(c->link_type), "%s", "EN10MB");
	c->bytes = late ? 5000 : 4000;
	c->packets = 42;
	c->first_ns = START + (late ? 1000 : 0) * (int64_t)SECOND;
	c->last_ns = c->first_ns + 99 * (int64_t)SECOND;
	c->truncated_packets = 1, c->undecoded_packets = 2, c->dropped_packets = 3, c->duplicate_packets = 4;
	c->fragments_lost = 5, c->gaps = 6, c->gap_bytes = 7, c->flows = 8, c->one_sided_flows = 9;
	c->encrypted_flows = 10, c->unclaimed_flows = 11, c->evicted_flows = 12, c->evicted_rows = 13;
	c->cut_at_byte = late ? 4242 : 0;
	struct protocol_count *p = must(inventory_protocol_count(m->inv, row, late ? "s7comm" : "modbus"));
	p->pdus = 17, p->malformed = 2, p->unassembled_bytes = 3;
	p = must(inventory_protocol_count(m->inv, row, "arp"));
	p->pdus = 1;
}

static void fact(struct maker *m, uint32_t to, enum attribute attribute, enum naming naming, const char *value,
	const char *code, uint64_t frame)
{
	struct span seen = {at(m->plc_capture, frame), at(m->late_capture, frame + 1)};
	struct fact_key key = {.endpoint = to,
		.attribute = attribute,
		.protocol = PROTOCOL_S7COMM,
		.naming = naming,
		.confidence = 98,
		.message = "SZL 0x0011",
		.value = value,
		.code = code};
	placed(inventory_fact(m->inv, &key, 3, &seen));
}

static const struct {
	enum attribute attribute;
	enum naming naming;
	const char *value, *code;
} said[] = {
	{ATTRIBUTE_VENDOR, NAMING_CIP_VENDOR, NULL, "1"},
	{ATTRIBUTE_NAME, NAMING_NONE, FIXTURE_CONTROL, NULL},
	{ATTRIBUTE_MODEL, NAMING_NONE, FIXTURE_SCRIPT, NULL},
	{ATTRIBUTE_DESCRIPTION, NAMING_NONE, FIXTURE_FORMULA, NULL},
	{ATTRIBUTE_LOCATION, NAMING_NONE, FIXTURE_TURNED, NULL},
	{ATTRIBUTE_CONTACT, NAMING_NONE, FIXTURE_LINES, NULL},
	{ATTRIBUTE_FIRMWARE_VERSION, NAMING_NONE, "V3.2.7", NULL},
	{ATTRIBUTE_FIRMWARE_VERSION, NAMING_NONE, "V3.2.6", NULL},
	{ATTRIBUTE_PLANT_ID, NAMING_NONE, "K\xc3\xbchlwerk \xe2\x84\x96 1", "0x17"},
};
#define SAID (sizeof(said) / sizeof(said[0]))

static void links(struct maker *m, uint32_t client, uint32_t server, uint32_t silent)
{
	struct span seen = {at(m->plc_capture, 12), at(m->late_capture, 30)};
	uint32_t row = placed(inventory_link(m->inv, client, server, "s7comm", TRANSPORT_TCP, 102, &seen));
	struct link *l = &m->inv->links[row];
	l->basis = LINK_DISSECTED, l->parts = PART_REQUEST | PART_RESPONSE, l->direction_proven = true;
	l->asked = OPERATION_READ | OPERATION_CONTROL, l->answered = OPERATION_READ, l->refused = OPERATION_CONTROL;
	l->packets = 100, l->bytes = 12345;
	placed(inventory_activity(m->inv, row, OPERATION_READ, NULL, NULL, 0, &seen));
	placed(inventory_activity(m->inv, row, OPERATION_CONTROL, "PLC stop (0x29)", FIXTURE_FORMULA, 2, &seen));
	row = placed(inventory_link(m->inv, client, silent, "", TRANSPORT_UDP, 9999, &seen));
	m->inv->links[row].parts = PART_REQUEST, m->inv->links[row].packets = 2;
}

static struct inventory *record(bool backwards)
{
	struct maker m = {.inv = must(inventory_new(&inventory_limits_default)), .backwards = backwards};
	capture(&m, backwards);
	capture(&m, !backwards);
	static const struct {
		const char *address;
		enum path_kind kind;
		const char *path;
		bool spoke;
	} who[] = {{"10.0.0.8", PATH_NONE, "", true}, {"10.0.0.8", PATH_S7_RACK_SLOT, "0/2", true},
		{"10.0.0.100", PATH_NONE, "", true}, {"10.0.0.99", PATH_NONE, "", false},
		{"fe80::1:2", PATH_NONE, "", true}, {"00:1b:1b:35:84:10", PATH_NONE, "", true}};
	uint32_t rows[6];
	for (unsigned i = 0; i < 6; i++) {
		unsigned j = backwards ? 5 - i : i;
		rows[j] = endpoint(&m, who[j].address, who[j].kind, who[j].path, who[j].spoke, j + 1);
	}
	struct sighting first = at(m.plc_capture, 1);
	placed(inventory_binding(m.inv, rows[0], rows[5], VLAN_NONE, 0, &first));
	placed(inventory_binding(m.inv, rows[4], rows[5], 17, HOPS_UNKNOWN, &first));
	for (size_t i = 0; i < SAID; i++) {
		size_t j = backwards ? SAID - 1 - i : i;
		fact(&m, rows[0], said[j].attribute, said[j].naming, said[j].value, said[j].code, 20 + j);
	}
	fact(&m, rows[1], ATTRIBUTE_ORDER_NUMBER, NAMING_NONE, "6ES7 315-2EH14-0AB0", NULL, 29);
	links(&m, rows[2], rows[0], rows[3]);
	m.inv->refused = 5;
	return m.inv;
}

static const struct fact *find_fact(const struct inventory *inv, enum attribute attribute, const char *value)
{
	for (uint32_t i = 0; i < inv->fact_count; i++)
		if (inv->facts[i].attribute == attribute &&
			strcmp(inventory_text(inv, inv->facts[i].value), value) == 0)
			return &inv->facts[i];
	abort();
}

static const char **texts(struct arena *a, size_t count, const char *const *from)
{
	const char **list = must(arena_alloc(a, count * sizeof(*list)));
	memcpy(list, from, count * sizeof(*list));
	return list;
}

#define TEXTS(a, ...)                                                                                                  \
	texts(a, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

static void conclude_plc(struct conclusions *c, const struct inventory *inv, struct asset *plc)
{
	struct arena *a = &c->arena;
	plc->name = FIXTURE_CONTROL, plc->model = FIXTURE_SCRIPT, plc->vendor = "Rockwell";
	plc->firmware_version = "V3.2.7", plc->type_confidence = 0.954, plc->purdue_level = "1";
	plc->flags = TEXTS(a, "safety_related"), plc->flag_count = 1;
	plc->interfaces = must(arena_alloc(a, sizeof(*plc->interfaces)));
	plc->interface_count = 1;
	static uint16_t vlans[] = {1, 17};
	plc->interfaces[0] = (struct interface){.mac = "00:1b:1b:35:84:10",
		.mac_vendor = "Siemens AG",
		.ips = TEXTS(a, "10.0.0.8", "fe80::1:2"),
		.ip_count = 2,
		.vlans = vlans,
		.vlan_count = 2,
		.hostnames = TEXTS(a, FIXTURE_FORMULA),
		.hostname_count = 1};
	plc->roles = must(arena_alloc(a, sizeof(*plc->roles)));
	plc->role_count = 1;
	plc->roles[0] = (struct role){.protocol = "s7comm",
		.role = "server",
		.transport = "tcp",
		.port = 102,
		.peers = 1,
		.operations = OPERATION_READ,
		.refused = OPERATION_CONTROL};
	plc->verdicts = must(arena_alloc(a, 2 * sizeof(*plc->verdicts)));
	plc->verdict_count = 2;
	plc->verdicts[0] = (struct verdict){"s7-server", "plc", 0.9, "answers s7comm", true};
	plc->verdicts[1] = (struct verdict){"http-server", "hmi", 0.2, "answers \"http\"", false};
	plc->conflicts = must(arena_alloc(a, sizeof(*plc->conflicts)));
	plc->conflict_count = 1;
	plc->conflicts[0] = (struct conflict){"firmware_version", TEXTS(a, "V3.2.6", "V3.2.7"), 2};
	plc->facts = must(arena_alloc(a, SAID * sizeof(*plc->facts)));
	plc->fact_count = SAID;
	for (size_t i = 0; i < SAID; i++) {
		const char *value = said[i].value != NULL ? said[i].value : "";
		plc->facts[i].fact = find_fact(inv, said[i].attribute, value);
		plc->facts[i].value = said[i].value != NULL ? said[i].value : "Rockwell Automation/Allen-Bradley";
	}
}

/* An accepted zone with a conduit to itself: a channel that is denied, one that was not observed; and a finding. */
static void conclude_zones(struct conclusions *c)
{
	static const struct declared_zone zone = {
		.id = "cell", .owner = FIXTURE_CONTROL, .security_level_target = FIXTURE_FORMULA, .line = 3};
	static const char *protocols[] = {"dnp3"};
	static struct conduit_rule rule = {
		.id = "old", .protocols = protocols, .protocol_count = 1, .reason = FIXTURE_LINES, .line = 12};
	static const struct declared_conduit conduit = {.id = "inside",
		.from = "cell",
		.to = "cell",
		.status = DECLARED_ACCEPTED,
		.allow = &rule,
		.allow_count = 1,
		.line = 9};
	static const struct declared_asset row = {
		.number = FIXTURE_FORMULA, .owner = FIXTURE_SCRIPT, .type = "hmi", .line = 2};
	static uint32_t plc[] = {0}, both[] = {0, 2};
	static const uint32_t link[] = {0};
	static uint16_t vlans[] = {1, 17};
	struct arena *a = &c->arena;
	c->assets[0].declared = &row;
	c->assets[0].level_confidence = 0.9;
	c->assets[0].level_reason = "a plc, " FIXTURE_CONTROL;
	c->assets[0].zone_reason = "declared in line 5 by the name " FIXTURE_TURNED;
	c->assets[2].zone = ZONE_NONE;
	c->assets[2].zone_reason = "it could be anywhere";
	c->zones = must(arena_alloc(a, sizeof(*c->zones)));
	c->zone_count = 1;
	c->zones[0] = (struct zone){.id = "cell",
		.name = FIXTURE_SCRIPT,
		.kind = ZONE_OT,
		.status = DECLARED_ACCEPTED,
		.declared = &zone,
		.basis = "declared",
		.reason = "accepted in line 3",
		.confidence = 1,
		.cohesion = 0.25,
		.level_low = "1",
		.level_high = "1",
		.assets = plc,
		.asset_count = 1,
		.subnets = TEXTS(a, "10.0.0.0/24"),
		.subnet_count = 1,
		.vlans = vlans,
		.vlan_count = 2,
		.access_points = plc,
		.access_point_count = 1};
	struct channel *channels = must(arena_alloc(a, 2 * sizeof(*channels)));
	channels[0] = (struct channel){.initiator = 2,
		.responder = 0,
		.protocol = "s7comm",
		.transport = "tcp",
		.port = 102,
		.operations = OPERATION_READ | OPERATION_CONTROL,
		.answered = true,
		.packets = 7,
		.bytes = 700,
		.seen = c->links[0].seen,
		.links = link,
		.link_count = 1,
		.verdict = CHANNEL_DENIED,
		.because = "no rule, " FIXTURE_CONTROL};
	channels[1] = (struct channel){.initiator = ASSET_NONE,
		.responder = ASSET_NONE,
		.protocol = "dnp3",
		.transport = "",
		.verdict = CHANNEL_NOT_OBSERVED,
		.rule = &rule,
		.because = "rule old was not used"};
	c->conduits = must(arena_alloc(a, sizeof(*c->conduits)));
	c->conduit_count = 1;
	c->conduits[0] = (struct conduit){.id = "inside",
		.declared = &conduit,
		.channels = channels,
		.channel_count = 2,
		.initiated = {1, 0},
		.counts = {[CHANNEL_DENIED] = 1, [CHANNEL_NOT_OBSERVED] = 1},
		.verdict = CHANNEL_DENIED,
		.through = plc,
		.through_count = 1,
		.protocols = TEXTS(a, "s7comm"),
		.protocol_count = 1,
		.packets = 7,
		.bytes = 700,
		.seen = c->links[0].seen};
	struct evidence *evidence = must(arena_alloc(a, sizeof(*evidence)));
	evidence[0] = (struct evidence){c->links[0].seen.first, "s7comm control " FIXTURE_CONTROL};
	c->findings = must(arena_alloc(a, sizeof(*c->findings)));
	c->finding_count = 1;
	c->findings[0] = (struct finding){.id = "0123456789abcdef",
		.rule = "denied-channel",
		.severity = SEVERITY_HIGH,
		.title = "Traffic that is not allowed",
		.text = "seen: " FIXTURE_LINES,
		.advice = "find out " FIXTURE_SCRIPT,
		.clause = "IEC 62443-3-2 ZCR 6.4",
		.assets = both,
		.asset_count = 2,
		.zone = 0,
		.conduit = 0,
		.evidence = evidence,
		.evidence_count = 1};
}

/* What the facts of record() would lead to, in miniature. */
static void conclude(struct conclusions *c, const struct inventory *inv)
{
	*c = (struct conclusions){.inventory = inv};
	struct arena *a = &c->arena;
	static const char *const ids[] = {"a-plc", "a-module", "a-station"}, *const types[] = {
										     "plc", "module", "unknown"};
	c->assets = must(arena_alloc(a, 3 * sizeof(*c->assets)));
	c->asset_count = 3;
	struct orders o;
	if (orders_make(&o, inv) != 0)
		abort();
	for (unsigned i = 0; i < 3; i++) {
		snprintf(c->assets[i].id, sizeof(c->assets[i].id), "%s", ids[i]);
		c->assets[i].type = types[i];
		c->assets[i].parent = ASSET_NONE;
		c->assets[i].rival_zone = ZONE_NONE;
		c->assets[i].seen = inv->endpoints[o.endpoints.rows[1]].seen;
	}
	conclude_plc(c, inv, &c->assets[0]);
	c->assets[0].roles[0].seen = c->assets[0].seen;
	c->assets[1].parent = 0;
	c->assets[1].at = (struct place){.kind = PATH_S7_RACK_SLOT, .text = "0/2"};
	c->assets[1].order_number = "6ES7 315-2EH14-0AB0";
	c->assets[1].facts = must(arena_alloc(a, sizeof(*c->assets[1].facts)));
	c->assets[1].fact_count = 1;
	c->assets[1].facts[0].fact = find_fact(inv, ATTRIBUTE_ORDER_NUMBER, "6ES7 315-2EH14-0AB0");
	c->assets[1].facts[0].value = "6ES7 315-2EH14-0AB0";
	c->assets[1].facts[0].at = c->assets[1].at;
	c->assets[2].interfaces = must(arena_alloc(a, sizeof(*c->assets[2].interfaces)));
	c->assets[2].interface_count = 1;
	c->assets[2].interfaces[0] = (struct interface){.ips = TEXTS(a, "10.0.0.100"), .ip_count = 1};
	c->assets[2].would_identify = "an LLDP frame from it";
	const struct link *l =
		&inv->links[o.links.rows[inv->endpoints[inv->links[o.links.rows[0]].server].spoke ? 0 : 1]];
	c->links = must(arena_alloc(a, sizeof(*c->links)));
	c->link_count = 1;
	c->links[0] = (struct asset_link){.client = 2,
		.server = 0,
		.link = l,
		.asked = l->asked,
		.answered = l->answered,
		.refused = l->refused,
		.parts = l->parts,
		.packets = l->packets,
		.bytes = l->bytes,
		.seen = l->seen};
	c->links[0].activities = must(arena_alloc(a, 2 * sizeof(struct activity *)));
	c->links[0].activity_count = 2;
	for (unsigned i = 0; i < 2; i++)
		c->links[0].activities[i] = &inv->activities[o.activities.rows[i]];
	conclude_zones(c);
	static uint32_t station[] = {2};
	c->unanswered = must(arena_alloc(a, sizeof(*c->unanswered)));
	c->unanswered_count = 1;
	c->unanswered[0] = (struct unanswered){.address = "10.0.0.99",
		.asked_by = station,
		.asked_by_count = 1,
		.protocols = TEXTS(a, "", "modbus"),
		.protocol_count = 2};
	orders_clear(&o);
}

void fixture_make(struct fixture *f, bool backwards)
{
	f->inventory = record(backwards);
	conclude(&f->conclusions, f->inventory);
}

void fixture_clear(struct fixture *f)
{
	arena_clear(&f->conclusions.arena);
	inventory_free(f->inventory);
}
