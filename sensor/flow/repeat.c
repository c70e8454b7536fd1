/* SPDX-License-Identifier: Apache-2.0 */
/* repeat.c - see parts.h. A message is kept when it is seen for the second time in a row: most are said once. */
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define SLOTS 256       /* publishers of one network, a few messages each; one that finds no place is told at once */
#define REPORTS_MOST 16 /* of a message that is kept: publishers say four or five things */
#define TEXT_MOST 4096

/* A message with its reports and its text behind it. */
struct repeat {
	uint64_t print;
	struct address sender, receiver;
	struct said said[OBSERVER_SAID_MAX];
	struct report reports[REPORTS_MOST];
	struct batch batch; /* points into this; its count is of what was not told yet */
	char text[];
};

struct repeats {
	uint64_t last[SLOTS]; /* prints */
	struct repeat *kept[SLOTS];
};

struct repeats *repeats_new(void)
{
	return calloc(1, sizeof(struct repeats));
}

void repeats_free(struct repeats *r)
{
	for (unsigned i = 0; r != NULL && i < SLOTS; i++)
		free(r->kept[i]);
	free(r);
}

static uint64_t print_of(const struct batch *b, const struct address *sender, const struct address *receiver)
{
	uint32_t low = hash_bytes(sender, sizeof(*sender), b->report_count);
	low = hash_bytes(receiver, sizeof(*receiver), low);
	low = hash_bytes(b->said, b->said_count * sizeof(*b->said), low);
	uint32_t high = hash_bytes(b->text, b->text_len, low);
	for (uint32_t i = 0; i < b->report_count; i++)
		high = hash_bytes(&b->reports[i], offsetof(struct report, path), high);
	return (uint64_t)high << 32 | low;
}

static bool is_same(
	const struct repeat *r, const struct batch *b, const struct address *sender, const struct address *receiver)
{
	const struct batch *was = &r->batch;
	return was->said_count == b->said_count && was->report_count == b->report_count &&
	       was->text_len == b->text_len && memcmp(&r->sender, sender, sizeof(*sender)) == 0 &&
	       memcmp(&r->receiver, receiver, sizeof(*receiver)) == 0 &&
	       memcmp(was->said, b->said, b->said_count * sizeof(*b->said)) == 0 &&
	       memcmp(was->reports, b->reports, b->report_count * sizeof(*b->reports)) == 0 &&
	       memcmp(was->text, b->text, b->text_len) == 0;
}

static void tell(struct pipeline *p, struct repeat *r)
{
	if (r == NULL || r->batch.count == 0)
		return;
	commit_message(p, &r->batch, &r->sender, &r->receiver);
	r->batch.count = r->batch.bytes = 0;
}

/* A copy, with nothing counted. NULL without memory: told each time then. */
static struct repeat *keep(
	const struct batch *b, uint64_t print, const struct address *sender, const struct address *receiver)
{
	struct repeat *r = malloc(sizeof(*r) + b->text_len);
	if (r == NULL)
		return NULL;
	r->print = print;
	r->sender = *sender;
	r->receiver = *receiver;
	memcpy(r->said, b->said, b->said_count * sizeof(*b->said));
	memcpy(r->reports, b->reports, b->report_count * sizeof(*b->reports));
	memcpy(r->text, b->text, b->text_len);
	r->batch = *b;
	r->batch.said = r->said;
	r->batch.reports = r->reports;
	r->batch.text = r->text;
	r->batch.count = r->batch.bytes = 0;
	return r;
}

bool repeat_take(
	struct pipeline *p, const struct batch *b, const struct address *sender, const struct address *receiver)
{
	if (p->repeats == NULL || b->report_count > REPORTS_MOST || b->text_len > TEXT_MOST)
		return false;
	uint64_t print = print_of(b, sender, receiver);
	unsigned slot = hash_mix(print) % SLOTS;
	struct repeat *r = p->repeats->kept[slot];
	if (r != NULL && r->print == print && is_same(r, b, sender, receiver)) {
		r->batch.count++;
		r->batch.bytes += b->bytes;
		r->batch.at = b->at;
		return true;
	}
	bool again = p->repeats->last[slot] == print;
	p->repeats->last[slot] = print;
	if (!again)
		return false;
	tell(p, r);
	free(r);
	p->repeats->kept[slot] = keep(b, print, sender, receiver);
	return false;
}

void repeats_flush(struct pipeline *p)
{
	for (unsigned i = 0; p->repeats != NULL && i < SLOTS; i++) {
		tell(p, p->repeats->kept[i]);
		free(p->repeats->kept[i]);
		p->repeats->kept[i] = NULL;
		p->repeats->last[i] = 0;
	}
}
