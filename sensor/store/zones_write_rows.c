/* SPDX-License-Identifier: Apache-2.0 */
/* zones_write_rows.c - zones, conduits, channels and findings beside the assets (schema_4.sql). */
#include <errno.h>

#include "sensor/store/rows.h"
#include "sensor/util/joined.h"
#include "sensor/util/text.h"

/* A number of ours as a row, which begin at 1; NULL: none. */
static void put_row(struct query *q, uint32_t index, size_t count)
{
	if (index < count)
		query_put_int(q, (int64_t)index + 1);
	else
		query_put_text(q, NULL);
}

static void put_word(struct query *q, const char *text)
{
	query_put_text(q, text != NULL ? text : "");
}

static void put_list(struct query *q, struct joined *list)
{
	const char *text = joined_text(list);
	if (list->failed)
		database_fail_text(q->db, -ENOMEM, "out of memory");
	put_word(q, text);
}

static void write_zones(struct database *db, const struct conclusions *c)
{
	struct joined subnets = {.separator = " "}, vlans = {.separator = " "};
	struct query q;
	query_prepare(&q, db, "INSERT INTO concluded_zone VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
	for (size_t i = 0; i < c->zone_count && db->code == 0; i++) {
		const struct zone *z = &c->zones[i];
		joined_start(&subnets);
		for (uint32_t k = 0; k < z->subnet_count; k++)
			joined_add(&subnets, z->subnets[k]);
		joined_start(&vlans);
		for (uint32_t k = 0; k < z->vlan_count; k++)
			joined_add_number(&vlans, z->vlans[k]);
		query_put_int(&q, (int64_t)i + 1);
		put_word(&q, z->id);
		query_put_text(&q, z->name);
		query_put_text(&q, zone_kind_name(z->kind));
		query_put_text(&q, declared_status_name(z->status));
		put_word(&q, z->basis);
		put_word(&q, z->reason);
		query_put_real(&q, z->confidence);
		query_put_real(&q, z->cohesion);
		query_put_text(&q, z->level_low);
		query_put_text(&q, z->level_high);
		put_list(&q, &subnets);
		put_list(&q, &vlans);
		query_run(&q);
	}
	query_end(&q);
	joined_clear(&subnets);
	joined_clear(&vlans);
}

static void write_placings(struct database *db, const struct conclusions *c)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO concluded_placing VALUES (?,?,?)");
	for (size_t i = 0; i < c->asset_count && db->code == 0; i++) {
		if (c->assets[i].parent != ASSET_NONE)
			continue;
		query_put_int(&q, (int64_t)i + 1);
		put_row(&q, c->assets[i].zone, c->zone_count);
		query_put_text(&q, c->assets[i].zone_reason);
		query_run(&q);
	}
	query_end(&q);
}

static void write_channel(struct query *q, const struct conclusions *c, size_t conduit, uint32_t number)
{
	const struct channel *h = &c->conduits[conduit].channels[number];
	query_put_int(q, (int64_t)conduit + 1);
	query_put_int(q, (int64_t)number + 1);
	put_row(q, h->initiator, c->asset_count);
	put_row(q, h->responder, c->asset_count);
	put_word(q, h->protocol);
	put_word(q, h->transport);
	query_put_int(q, h->port);
	query_put_int(q, h->operations);
	query_put_int(q, h->answered);
	query_put_int(q, (int64_t)h->packets);
	query_put_int(q, (int64_t)h->bytes);
	query_put_int(q, h->seen.first.time_ns);
	query_put_int(q, h->seen.last.time_ns);
	query_put_text(q, channel_verdict_name(h->verdict));
	put_word(q, h->because);
	query_run(q);
}

static void write_conduits(struct database *db, const struct conclusions *c)
{
	struct query q, channel;
	query_prepare(&q, db, "INSERT INTO concluded_conduit VALUES (?,?,?,?,?,?)");
	query_prepare(&channel, db, "INSERT INTO concluded_channel VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	for (size_t i = 0; i < c->conduit_count && db->code == 0; i++) {
		const struct conduit *k = &c->conduits[i];
		query_put_int(&q, (int64_t)i + 1);
		put_word(&q, k->id);
		query_put_int(&q, (int64_t)k->zones[0] + 1);
		query_put_int(&q, (int64_t)k->zones[1] + 1);
		query_put_text(&q, declared_status_name(k->declared != NULL ? k->declared->status : DECLARED_PROPOSED));
		query_put_text(&q, channel_verdict_name(k->verdict));
		query_run(&q);
		for (uint32_t n = 0; n < k->channel_count && db->code == 0; n++)
			write_channel(&channel, c, i, n);
	}
	query_end(&q);
	query_end(&channel);
}

static void write_proof(
	struct query *concern, struct query *evidence, const struct finding *f, size_t row, const struct orders *orders)
{
	for (uint32_t n = 0; n < f->asset_count; n++) {
		query_put_int(concern, (int64_t)row + 1);
		query_put_int(concern, (int64_t)n + 1);
		query_put_int(concern, (int64_t)f->assets[n] + 1);
		query_run(concern);
	}
	for (uint32_t n = 0; n < f->evidence_count; n++) {
		const struct evidence *e = &f->evidence[n];
		query_put_int(evidence, (int64_t)row + 1);
		query_put_int(evidence, (int64_t)n + 1);
		query_put_int(evidence, (int64_t)order_rank(&orders->captures, e->at.capture) + 1);
		query_put_int(evidence, (int64_t)e->at.frame);
		query_put_int(evidence, e->at.time_ns);
		put_word(evidence, e->what);
		query_run(evidence);
	}
}

static void write_findings(struct database *db, const struct conclusions *c, const struct orders *orders)
{
	struct query q, concern, evidence;
	query_prepare(&q, db, "INSERT INTO concluded_finding VALUES (?,?,?,?,?,?,?,?,?,?)");
	query_prepare(&concern, db, "INSERT INTO concluded_concern VALUES (?,?,?)");
	query_prepare(&evidence, db, "INSERT INTO concluded_evidence VALUES (?,?,?,?,?,?)");
	for (size_t i = 0; i < c->finding_count && db->code == 0; i++) {
		const struct finding *f = &c->findings[i];
		const char *const texts[] = {
			f->id, f->rule, severity_name(f->severity), f->title, f->text, f->advice, f->clause};
		query_put_int(&q, (int64_t)i + 1);
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			put_word(&q, texts[k]);
		put_row(&q, f->zone, c->zone_count);
		put_row(&q, f->conduit, c->conduit_count);
		query_run(&q);
		write_proof(&concern, &evidence, f, i, orders);
	}
	query_end(&q);
	query_end(&concern);
	query_end(&evidence);
}

int zones_write_rows(struct database *db, const struct conclusions *c, const struct orders *orders)
{
	write_zones(db, c);
	write_placings(db, c);
	write_conduits(db, c);
	write_findings(db, c, orders);
	return db->code;
}
