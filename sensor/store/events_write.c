/* SPDX-License-Identifier: Apache-2.0 */
/* events_write.c - the event log, and the hashes of all that was ever told. */
#include <stdio.h>

#include "sensor/store/rows.h"

#define EVENT_LOG_MAX "100000" /* entries: some 30 MB; a plant makes a few a day */

const char *event_kind_name(unsigned kind)
{
	static const char *const names[EVENT_KINDS] = {
		[EVENT_NEW_ASSET] = "new-asset",
		[EVENT_ASSET_SILENT] = "asset-silent",
		[EVENT_IDENTITY_CHANGED] = "identity-changed",
		[EVENT_NEW_LINK] = "new-link",
		[EVENT_FIRST_OPERATION] = "first-operation",
		[EVENT_CONTROL] = "control",
		[EVENT_PROGRAM] = "program",
		[EVENT_CONFIGURE] = "configure",
		[EVENT_ADDRESS_CONFLICT] = "address-conflict",
	};
	return kind < EVENT_KINDS ? names[kind] : "";
}

static void put_evidence(struct query *q, const struct event_evidence *e)
{
	query_put_text(q, e->capture);
	query_put_int(q, (int64_t)e->frame);
	query_put_int(q, e->time_ns);
}

static void write_event(struct query *q, const struct event *e)
{
	query_put_text(q, NULL); /* the next number */
	query_put_int(q, (int64_t)e->key);
	query_put_text(q, event_kind_name(e->kind));
	query_put_int(q, e->time_ns);
	const char *const texts[] = {e->asset, e->asset_name, e->peer, e->peer_name, e->protocol, e->operation,
		e->attribute, e->old_value, e->new_value, e->message, e->detail};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		query_put_text(q, texts[i]);
	query_put_int(q, (int64_t)e->count);
	put_evidence(q, &e->evidence);
	put_evidence(q, &e->old_evidence);
	query_run(q);
}

static void write_key(struct query *q, uint64_t key)
{
	query_put_int(q, (int64_t)key);
	query_run(q);
}

int events_write(struct database *db, const struct store_events *events)
{
	struct query log, told;
	if (events->keep != NULL)
		database_run(db, "DELETE FROM event_told");
	query_prepare(&log, db, "INSERT OR IGNORE INTO event_log VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	query_prepare(&told, db, "INSERT OR IGNORE INTO event_told VALUES (?)");
	for (size_t i = 0; i < events->count && db->code == 0; i++) {
		write_event(&log, &events->at[i]);
		write_key(&told, events->at[i].key);
	}
	for (size_t i = 0; i < events->silent_count && db->code == 0; i++)
		write_key(&told, events->silent[i]);
	query_end(&log);
	query_end(&told);
	for (size_t i = 0; i < events->keep_count && db->code == 0; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a count says there are some */
		write_key(&told, events->keep[i]);
	if (events->count > 0)
		database_run(db, "DELETE FROM event_log WHERE id <= (SELECT max(id) FROM event_log) - " EVENT_LOG_MAX);
	return db->code;
}
