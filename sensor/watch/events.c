/* SPDX-License-Identifier: Apache-2.0 */
/* events.c - from conclusions to events, each with a key of its own, and which of them were told. */
#include "sensor/watch/events.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/index.h"
#include "sensor/util/text.h"

#define TOLD_MAX 2000000            /* keys, 16 MB with their index; above it only those of what is there now stay */
#define SAME_NS (60 * 1000000000ll) /* what is repeated within a minute is told once */
#define CONFLICTS_SOUGHT 16         /* address conflicts of one round whose evidence is looked for */

struct keys {
	uint64_t *at;
	size_t count, room;
};

struct events {
	struct store *store;
	struct events_options options;
	struct keys told;
	struct index index;  /* of told */
	struct keys silent;  /* of this round */
	struct keys present; /* of this round, while too many are told */
	bool collect;
	bool begun; /* a round was told */
	struct event *list;
	struct index listed; /* by key: two links may prove the same */
	size_t count, room;
	struct store_events out;
	struct arena arena; /* texts of this round */
	EVP_MD *kind;
	EVP_MD_CTX *hash;
	bool failed;
	uint64_t told_total, suppressed;
	const struct conclusions *c;
	int64_t now_ns;
	unsigned sought;
};

static bool keys_add(struct keys *k, uint64_t key)
{
	if (k->count == k->room) {
		size_t room = k->room != 0 ? k->room * 2 : 256;
		uint64_t *at = realloc(k->at, room * sizeof(*at));
		if (at == NULL)
			return false;
		k->at = at;
		k->room = room;
	}
	k->at[k->count++] = key;
	return true;
}

static bool is_told(const struct events *e, uint64_t key)
{
	uint32_t cursor, row;
	for (row = index_first(&e->index, (uint32_t)key, &cursor); row != INDEX_END;
		row = index_next(&e->index, (uint32_t)key, &cursor))
		if (e->told.at[row] == key)
			return true;
	return false;
}

static bool tell(struct events *e, uint64_t key)
{
	if (is_told(e, key))
		return true;
	return keys_add(&e->told, key) && index_put(&e->index, (uint32_t)key, (uint32_t)(e->told.count - 1)) == 0;
}

struct events *events_new(struct store *store, const struct events_options *options)
{
	uint64_t *keys = NULL;
	size_t count = 0;
	struct events *e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	e->store = store;
	e->options = *options;
	e->kind = EVP_MD_fetch(NULL, "SHA256", NULL);
	e->hash = EVP_MD_CTX_new();
	bool good = e->kind != NULL && e->hash != NULL && store_told(store, &keys, &count) == 0;
	for (size_t i = 0; good && i < count; i++)
		good = tell(e, keys[i]);
	free(keys);
	if (good)
		return e;
	events_free(e);
	return NULL;
}

void events_free(struct events *e)
{
	if (e == NULL)
		return;
	free(e->told.at);
	free(e->silent.at);
	free(e->present.at);
	free(e->list);
	index_clear(&e->index);
	index_clear(&e->listed);
	arena_clear(&e->arena);
	EVP_MD_CTX_free(e->hash);
	EVP_MD_free(e->kind);
	free(e);
}

void events_configure(struct events *e, const struct events_options *options)
{
	e->options = *options;
}

/* The first eight bytes of the SHA-256 of the words: whoever chooses texts on the wire cannot hide an event behind
 * another. */
static uint64_t key_of(struct events *e, const char *const *words, size_t count)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	bool good = EVP_DigestInit_ex(e->hash, e->kind, NULL);
	for (size_t i = 0; i < count && good; i++) {
		const char *word = words[i] != NULL ? words[i] : "";
		good = EVP_DigestUpdate(e->hash, word, strlen(word) + 1);
	}
	good = good && EVP_DigestFinal_ex(e->hash, digest, NULL);
	e->failed |= !good;
	uint64_t key = 0;
	for (unsigned i = 0; i < 8 && good; i++)
		key = key << 8 | digest[i];
	return key;
}

#define KEY(e, ...)                                                                                                    \
	key_of(e, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static bool is_listed(const struct events *e, uint64_t key)
{
	uint32_t cursor, row;
	for (row = index_first(&e->listed, (uint32_t)key, &cursor); row != INDEX_END;
		row = index_next(&e->listed, (uint32_t)key, &cursor))
		if (e->list[row].key == key)
			return true;
	return false;
}

/* A new event with this key; NULL when it was told, or when there are too many. */
static struct event *event_new(struct events *e, uint64_t key, enum event_kind kind, const struct sighting *at)
{
	if (e->failed)
		return NULL;
	if (e->collect)
		e->failed |= !keys_add(&e->present, key);
	if (is_told(e, key) || is_listed(e, key))
		return NULL;
	if (e->count >= e->options.round_max || (e->options.baseline && !e->begun)) {
		e->failed |= !keys_add(&e->silent, key);
		return NULL;
	}
	if (e->count == e->room) {
		size_t room = e->room != 0 ? e->room * 2 : 64;
		struct event *list = realloc(e->list, room * sizeof(*list));
		e->failed |= list == NULL;
		if (list == NULL)
			return NULL;
		e->list = list;
		e->room = room;
	}
	e->failed |= index_put(&e->listed, (uint32_t)key, (uint32_t)e->count) != 0;
	struct event *event = &e->list[e->count++];
	const struct capture *capture = &e->c->inventory->captures[at->capture];
	*event = (struct event){.key = key,
		.kind = (uint8_t)kind,
		.time_ns = at->time_ns,
		.evidence = {capture->name, at->frame, at->time_ns}};
	return event;
}

/* What people call an asset: its name, or its first address. */
static const char *name_of(const struct asset *a)
{
	if (a->name != NULL)
		return a->name;
	if (a->at.kind != PATH_NONE)
		return a->at.text;
	for (size_t i = 0; i < a->interface_count; i++)
		if (a->interfaces[i].ip_count > 0)
			return a->interfaces[i].ips[0];
	return a->interface_count > 0 ? a->interfaces[0].mac : NULL;
}

static void set_asset(struct events *e, struct event *event, uint32_t asset)
{
	event->asset = e->c->assets[asset].id;
	event->asset_name = name_of(&e->c->assets[asset]);
	uint32_t parent = e->c->assets[asset].parent;
	if (parent != ASSET_NONE) {
		event->peer = e->c->assets[parent].id;
		event->peer_name = name_of(&e->c->assets[parent]);
	}
}

static void set_link(struct events *e, struct event *event, const struct asset_link *l)
{
	set_asset(e, event, l->client);
	event->peer = e->c->assets[l->server].id;
	event->peer_name = name_of(&e->c->assets[l->server]);
	event->protocol = inventory_text(e->c->inventory, l->link->protocol);
}

static void asset_new(struct events *e, uint32_t row)
{
	const struct asset *a = &e->c->assets[row];
	struct event *event = event_new(e, KEY(e, "new-asset", a->id), EVENT_NEW_ASSET, &a->seen.first);
	if (event == NULL)
		return;
	set_asset(e, event, row);
	event->detail = a->type;
}

/* Only while listening: neither what a file says nor the time while the daemon was away makes an asset silent. */
static void asset_silent(struct events *e, uint32_t row)
{
	const struct asset *a = &e->c->assets[row];
	const struct sighting *last = &a->seen.last;
	int64_t since = last->time_ns > e->options.listening_since_ns ? last->time_ns : e->options.listening_since_ns;
	if (a->parent != ASSET_NONE || e->options.silent_after_ns <= 0 ||
		e->now_ns - since < e->options.silent_after_ns || e->c->inventory->captures[last->capture].live_ns == 0)
		return;
	char when[TIME_TEXT_MAX];
	struct event *event =
		event_new(e, KEY(e, "asset-silent", a->id, time_text(when, last->time_ns)), EVENT_ASSET_SILENT, last);
	if (event != NULL)
		set_asset(e, event, row);
}

static bool is_identity(unsigned attribute)
{
	switch (attribute) {
	case ATTRIBUTE_VENDOR:
	case ATTRIBUTE_VENDOR_ID:
	case ATTRIBUTE_MODEL:
	case ATTRIBUTE_PRODUCT_CODE:
	case ATTRIBUTE_ORDER_NUMBER:
	case ATTRIBUTE_SERIAL_NUMBER:
	case ATTRIBUTE_HARDWARE_VERSION:
	case ATTRIBUTE_FIRMWARE_VERSION:
	case ATTRIBUTE_SOFTWARE_VERSION:
	case ATTRIBUTE_BOOTLOADER_VERSION:
	case ATTRIBUTE_PROJECT_NAME:
	case ATTRIBUTE_CONFIGURATION_VERSION:
		return true;
	default:
		return false;
	}
}

/* One source about one thing: values of it follow each other. */
static int compare_source(const struct fact *a, const struct fact *b)
{
	if (a->endpoint != b->endpoint)
		return a->endpoint < b->endpoint ? -1 : 1;
	if (a->attribute != b->attribute)
		return a->attribute < b->attribute ? -1 : 1;
	if (a->protocol != b->protocol)
		return a->protocol < b->protocol ? -1 : 1;
	return a->message == b->message ? 0 : a->message < b->message ? -1 : 1;
}

static int compare_in_time(const void *left, const void *right, void *inventory)
{
	const struct asset_fact *a = *(const struct asset_fact *const *)left;
	const struct asset_fact *b = *(const struct asset_fact *const *)right;
	int order = compare_source(a->fact, b->fact);
	if (order == 0)
		order = sighting_compare(inventory, &a->fact->seen.first, &b->fact->seen.first);
	return order != 0 ? order : strcmp(a->value, b->value);
}

static void identity_change(struct events *e, uint32_t row, const struct asset_fact *old, const struct asset_fact *new)
{
	const struct asset *a = &e->c->assets[row];
	const struct inventory *inv = e->c->inventory;
	const char *attribute = attribute_name(new->fact->attribute),
		   *message = inventory_text(inv, new->fact->message);
	uint64_t key = KEY(e, "identity-changed", a->id, attribute, protocol_name(new->fact->protocol), message,
		path_kind_name(new->at.kind), new->at.text, old->value, new->value);
	struct event *event = event_new(e, key, EVENT_IDENTITY_CHANGED, &new->fact->seen.first);
	if (event == NULL)
		return;
	set_asset(e, event, row);
	event->protocol = protocol_name(new->fact->protocol);
	event->attribute = attribute;
	event->message = message;
	event->old_value = old->value;
	event->new_value = new->value;
	const struct sighting *last = &old->fact->seen.last;
	event->old_evidence = (struct event_evidence){inv->captures[last->capture].name, last->frame, last->time_ns};
}

/* A value changed when the one before was never said again after the new one. */
static void asset_identity(struct events *e, uint32_t row)
{
	const struct asset *a = &e->c->assets[row];
	struct inventory *inv = (struct inventory *)(uintptr_t)e->c->inventory; /* for qsort_r(); not written to */
	const struct asset_fact **facts = arena_alloc(&e->arena, (a->fact_count + 1u) * sizeof(*facts));
	size_t count = 0;
	e->failed |= facts == NULL;
	for (size_t i = 0; i < a->fact_count && !e->failed; i++)
		if (is_identity(a->facts[i].fact->attribute))
			facts[count++] = &a->facts[i];
	if (count < 2)
		return;
	qsort_r(facts, count, sizeof(*facts), compare_in_time, inv);
	for (size_t i = 1; i < count; i++) {
		const struct fact *old = facts[i - 1]->fact, *new = facts[i]->fact;
		if (compare_source(old, new) == 0 && strcmp(facts[i - 1]->value, facts[i]->value) != 0 &&
			sighting_compare(inv, &old->seen.last, &new->seen.first) < 0)
			identity_change(e, row, facts[i - 1], facts[i]);
	}
}

/* The latest MAC of a conflict to be heard with an address: when it began. */
static const struct binding *conflict_began(const struct inventory *inv, const struct conflict *conflict)
{
	const struct binding *latest = NULL;
	for (uint32_t i = 0; i < inv->binding_count; i++) {
		char text[ADDRESS_TEXT_MAX];
		const struct binding *b = &inv->bindings[i];
		address_text(text, &inv->endpoints[b->mac].address);
		for (size_t j = 0; j < conflict->value_count; j++)
			if (strcmp(conflict->values[j], text) == 0 &&
				(latest == NULL || sighting_compare(inv, &latest->seen.first, &b->seen.first) < 0))
				latest = b;
	}
	return latest;
}

static void asset_conflicts(struct events *e, uint32_t row)
{
	const struct asset *a = &e->c->assets[row];
	for (size_t i = 0; i < a->conflict_count; i++) {
		const struct conflict *conflict = &a->conflicts[i];
		if (strcmp(conflict->attribute, attribute_name(ATTRIBUTE_MAC)) != 0)
			continue;
		uint64_t key = KEY(e, "address-conflict", a->id, conflict->values[0], conflict->values[1]);
		if (is_told(e, key) && !e->collect)
			continue;
		const struct binding *b =
			e->sought++ < CONFLICTS_SOUGHT ? conflict_began(e->c->inventory, conflict) : NULL;
		struct event *event =
			event_new(e, key, EVENT_ADDRESS_CONFLICT, b != NULL ? &b->seen.first : &a->seen.last);
		if (event == NULL)
			continue;
		set_asset(e, event, row);
		event->attribute = conflict->attribute;
		event->old_value = conflict->values[0];
		event->new_value = conflict->values[1];
	}
}

static bool is_answered(const struct asset_link *l)
{
	return (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0;
}

static void link_new(struct events *e, const struct asset_link *l, const char *port)
{
	const struct asset *client = &e->c->assets[l->client], *server = &e->c->assets[l->server];
	const char *protocol = inventory_text(e->c->inventory, l->link->protocol);
	if (!is_answered(l))
		return; /* who asks in vain is a matter of coverage; a scan would fill the log */
	struct event *event = event_new(e,
		KEY(e, "new-link", client->id, server->id, protocol, transport_name(l->link->transport), port),
		EVENT_NEW_LINK, &l->seen.first);
	if (event == NULL)
		return;
	set_link(e, event, l);
	event->detail = arena_format(&e->arena, "%s %s", transport_name(l->link->transport), port);
}

static void first_operation(struct events *e, const struct asset_link *l, const struct activity *v)
{
	const struct asset *client = &e->c->assets[l->client], *server = &e->c->assets[l->server];
	const char *protocol = inventory_text(e->c->inventory, l->link->protocol),
		   *operation = operation_name(v->operation);
	if ((v->operation & (OPERATION_WRITE | OPERATION_CONTROL | OPERATION_PROGRAM | OPERATION_CONFIGURE)) == 0)
		return;
	struct event *event = event_new(e, KEY(e, "first-operation", client->id, server->id, protocol, operation),
		EVENT_FIRST_OPERATION, &v->seen.first);
	if (event == NULL)
		return;
	set_link(e, event, l);
	event->operation = operation;
	event->detail = (l->refused & v->operation) && !(l->answered & v->operation) ? "refused" : NULL;
}

static void something_happened(struct events *e, const struct asset_link *l, const struct activity *v)
{
	const struct inventory *inv = e->c->inventory;
	enum event_kind kind = v->operation == OPERATION_CONTROL     ? EVENT_CONTROL
			       : v->operation == OPERATION_PROGRAM   ? EVENT_PROGRAM
			       : v->operation == OPERATION_CONFIGURE ? EVENT_CONFIGURE
								     : EVENT_KINDS;
	if (kind == EVENT_KINDS)
		return;
	char minute[48];
	const struct capture *capture = &inv->captures[v->seen.last.capture];
	snprintf(minute, sizeof(minute), "%lld of %lld", (long long)(v->seen.last.time_ns / SAME_NS),
		(long long)capture->live_ns);
	const char *message = inventory_text(inv, v->message), *detail = inventory_text(inv, v->detail);
	const char *protocol = inventory_text(inv, l->link->protocol);
	uint64_t key = KEY(e, event_kind_name(kind), e->c->assets[l->client].id, e->c->assets[l->server].id, protocol,
		message, detail, capture->name, capture->sha256, minute);
	struct event *event = event_new(e, key, kind, &v->seen.last);
	if (event == NULL)
		return;
	set_link(e, event, l);
	event->operation = operation_name(v->operation);
	event->message = message;
	event->detail = *detail != 0 ? detail : NULL;
	event->count = v->count;
}

static void link_events(struct events *e, const struct asset_link *l)
{
	char port[8];
	snprintf(port, sizeof(port), "%u", l->link->port);
	link_new(e, l, port);
	for (uint32_t i = 0; i < l->activity_count; i++) {
		if (l->activities[i]->message == 0)
			first_operation(e, l, l->activities[i]);
		else
			something_happened(e, l, l->activities[i]);
	}
}

static int compare_events(const void *left, const void *right)
{
	const struct event *a = left, *b = right;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->key == b->key ? 0 : a->key < b->key ? -1 : 1;
}

const struct store_events *events_make(struct events *e, const struct conclusions *c, int64_t now_ns)
{
	arena_clear(&e->arena);
	index_empty(&e->listed);
	e->count = e->silent.count = e->present.count = 0;
	e->sought = 0;
	e->failed = false;
	e->c = c;
	e->now_ns = now_ns;
	e->collect = e->told.count > TOLD_MAX;
	for (uint32_t i = 0; i < c->asset_count && !e->failed; i++) {
		asset_new(e, i);
		asset_silent(e, i);
		asset_identity(e, i);
		asset_conflicts(e, i);
	}
	for (size_t i = 0; i < c->link_count && !e->failed; i++)
		link_events(e, &c->links[i]);
	e->c = NULL;
	if (e->failed)
		return NULL;
	if (e->count > 1)
		qsort(e->list, e->count, sizeof(*e->list), compare_events);
	e->out = (struct store_events){.at = e->list,
		.count = e->count,
		.silent = e->silent.at,
		.silent_count = e->silent.count,
		.keep = e->collect ? e->present.at : NULL,
		.keep_count = e->collect ? e->present.count : 0};
	return &e->out;
}

void events_commit(struct events *e)
{
	bool good = true;
	if (e->collect) {
		e->told.count = 0;
		index_empty(&e->index);
		for (size_t i = 0; i < e->present.count; i++)
			good = good && tell(e, e->present.at[i]);
	}
	for (size_t i = 0; i < e->count; i++)
		good = good && tell(e, e->list[i].key);
	for (size_t i = 0; i < e->silent.count; i++)
		good = good && tell(e, e->silent.at[i]);
	/* without memory for a key its event comes again, and the store refuses it: no harm */
	e->told_total += e->count;
	e->suppressed += e->options.baseline && !e->begun ? 0 : e->silent.count;
	e->begun = true;
	e->count = e->silent.count = 0;
}

uint64_t events_told(const struct events *e)
{
	return e->told_total;
}

uint64_t events_suppressed(const struct events *e)
{
	return e->suppressed;
}
