/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/assembly.h"
#include "sensor/util/text.h"

#define LINE_BYTES_MAX 70000

struct run {
	const struct dissector *dissector;
	enum harness_port port;
	FILE *out;
	struct frame frame;
	struct observer observer;
	struct assembly_budget budget;
	struct assemblies assemblies;
	max_align_t state[(DISSECTOR_STATE_MAX + sizeof(max_align_t) - 1) / sizeof(max_align_t)];
};

static void run_start(struct run *r, const struct dissector *d, enum harness_port port, const struct frame *frame, FILE *out)
{
	memset(r, 0, sizeof(*r));
	if (frame != NULL)
		r->frame = *frame;
	r->dissector = d;
	r->port = port;
	r->out = out;
	r->budget.max = 1 << 20;
	r->assemblies.budget = &r->budget;
	r->assemblies.max = d->assembly_max;
	r->observer.assemblies = &r->assemblies;
	r->observer.reports = calloc(OBSERVER_REPORTS_MAX, sizeof(struct report));
	r->observer.text = calloc(1, OBSERVER_TEXT_MAX);
	if (r->observer.reports == NULL || r->observer.text == NULL || d->state_size > DISSECTOR_STATE_MAX)
		abort();
}

static void run_end(struct run *r)
{
	assemblies_clear(&r->assemblies);
	free(r->observer.reports);
	free(r->observer.text);
}

static void print_operations(FILE *out, char sign, const char *protocol, const char *verb, unsigned bits)
{
	fprintf(out, "%c %s %s", sign, protocol, verb);
	for (unsigned i = 0; i < OPERATION_BITS; i++)
		if (bits & 1u << i)
			fprintf(out, " %s", operation_name(1u << i));
	fputc('\n', out);
}

static void print_report(FILE *out, char sign, const struct observer *o, const struct report *r)
{
	static const char *const kinds[] = {"fact", "presence", "event"};
	static const char *const namings[] = {"", "cip-vendor", "cip-device-type", "bacnet-vendor", "profinet-vendor"};
	char address[ADDRESS_TEXT_MAX];
	fprintf(out, "%c %s %s", sign, kinds[r->kind],
		r->subject == SUBJECT_SENDER ? "sender" : r->subject == SUBJECT_RECEIVER ? "receiver" : address_text(address, &r->address));
	if (r->path.kind != PATH_NONE)
		fprintf(out, " %s=%s", path_kind_name(r->path.kind), r->path.text);
	if (r->kind == REPORT_FACT) {
		fprintf(out, " %s", attribute_name(r->attribute));
		if (r->value_len > 0)
			fprintf(out, " = %s", o->text + r->value_at);
		if (r->code_len > 0)
			fprintf(out, " #%s", o->text + r->code_at);
		if (r->naming != NAMING_NONE)
			fprintf(out, " (%s)", namings[r->naming]);
	}
	if (r->kind == REPORT_EVENT) {
		fprintf(out, " %s", operation_name(r->operation));
		if (r->value_len > 0)
			fprintf(out, ": \"%s\"", o->text + r->value_at);
	}
	fprintf(out, " [%s]", r->message ? r->message : "");
	if (r->kind == REPORT_FACT)
		fprintf(out, " %u%%", r->confidence);
	fputc('\n', out);
}

static void print_said(FILE *out, char sign, const struct observer *o)
{
	for (unsigned i = 0; i < o->said_count; i++) {
		const struct said *s = &o->said[i];
		const char *name = protocol_name(s->protocol);
		if (s->parts & PART_EXCHANGE)
			print_operations(out, sign, name, "exchanges", s->asked);
		if (s->parts & PART_REQUEST)
			print_operations(out, sign, name, "asks", s->asked);
		if (s->parts & PART_RESPONSE && (s->answered || !s->refused))
			print_operations(out, sign, name, "answers", s->answered);
		if (s->refused)
			print_operations(out, sign, name, "refuses", s->refused);
	}
	if (o->confirmed)
		fprintf(out, "%c %s\n", sign, o->proven ? "proven" : "confirmed");
	for (uint32_t i = 0; i < o->report_count; i++)
		print_report(out, sign, o, &o->reports[i]);
	if (o->dropped)
		fprintf(out, "%c dropped %u\n", sign, o->dropped);
}

static bool feed(struct run *r, char sign, bool whole, struct cursor bytes)
{
	struct observer *o = &r->observer;
	struct pdu pdu = {
	    .frame = &r->frame,
	    .sender = sign == '>' ? SIDE_CLIENT : sign == '<' ? SIDE_SERVER : SIDE_UNKNOWN,
	    .sender_proven = r->port == HARNESS_PROVEN && (sign == '>' || sign == '<'),
	    .expected_port = r->port != HARNESS_FOREIGN_PORT,
	    .whole = whole,
	    .direction = sign == '<' || sign == '!',
	};
	if (r->port == HARNESS_FOREIGN_PORT)
		pdu.sender = SIDE_UNKNOWN;
	o->said_count = 0;
	o->report_count = o->text_len = o->dropped = 0;
	o->confirmed = o->proven = false;
	bool good = r->dissector->dissect(bytes, &pdu, r->dissector->state_size ? r->state : NULL, o);
	if (r->out != NULL) {
		if (good || !whole)
			print_said(r->out, sign, o);
		if (!good)
			fprintf(r->out, "%c malformed\n", sign);
	}
	return good;
}

static void feed_line(struct run *r, char sign, bool whole, const uint8_t *bytes, size_t len)
{
	/* in a frame without IP the sensor goes by the snap length alone, see dispatch_link_layer() */
	bool link_layer = r->dissector->ethertypes != NULL || r->dissector->llc != NULL;
	while (len > 0) {
		size_t pdu_len = 0;
		enum framing framing = r->dissector->frame(cursor_over(bytes, len), &pdu_len);
		if (framing == FRAMING_WHOLE && pdu_len > 0 && pdu_len <= len) {
			feed(r, sign, whole || !link_layer, cursor_over(bytes, pdu_len));
			bytes += pdu_len;
			len -= pdu_len;
			continue;
		}
		if (framing == FRAMING_WHOLE)
			abort(); /* a PDU of no bytes, or of more than there are */
		if (framing == FRAMING_MORE && !whole)
			feed(r, sign, false, cursor_over(bytes, len));
		else if (framing == FRAMING_MORE)
			fprintf(r->out, "%c more %zu\n", sign, pdu_len);
		else
			fprintf(r->out, "%c foreign\n", sign);
		return;
	}
}

/* The next PDU line of a script: its sign, and its bytes. NULL at the end. */
static const char *next_line(const char *at, char *sign, bool *whole, uint8_t *bytes, size_t *len)
{
	for (;;) {
		while (isspace((unsigned char)*at))
			at++;
		if (*at != '#')
			break;
		at += strcspn(at, "\n");
	}
	if (*at == 0)
		return NULL;
	*sign = *at++;
	*whole = *at != '~';
	if (!*whole)
		at++;
	int high = -1;
	for (*len = 0; *at != 0 && *at != '\n'; at++) {
		if (isspace((unsigned char)*at))
			continue;
		if (!isxdigit((unsigned char)*at) || *len == LINE_BYTES_MAX || strchr("><?!", *sign) == NULL)
			abort();
		int digit = isdigit((unsigned char)*at) ? *at - '0' : tolower((unsigned char)*at) - 'a' + 10;
		if (high < 0) {
			high = digit;
		} else {
			bytes[(*len)++] = (uint8_t)(high << 4 | digit);
			high = -1;
		}
	}
	if (high >= 0)
		abort();
	return at;
}

char *harness_run(const struct dissector *d, enum harness_port port, const char *script)
{
	return harness_run_in(NULL, d, port, script);
}

char *harness_run_in(const struct frame *frame, const struct dissector *d, enum harness_port port, const char *script)
{
	char *text = NULL;
	size_t text_len = 0;
	FILE *out = open_memstream(&text, &text_len);
	uint8_t *bytes = malloc(LINE_BYTES_MAX);
	if (out == NULL || bytes == NULL)
		abort();
	struct run r;
	run_start(&r, d, port, frame, out);
	char sign;
	bool whole;
	size_t len;
	for (const char *at = script; (at = next_line(at, &sign, &whole, bytes, &len)) != NULL;)
		feed_line(&r, sign, whole, bytes, len);
	run_end(&r);
	free(bytes);
	fclose(out);
	return text;
}

void harness_compare(const char *what, char *said, const char *expected)
{
	size_t line = 0;
	for (size_t same = 0; said[same] != 0 && said[same] == expected[same]; same++)
		if (said[same] == '\n')
			line = same + 1;
	/* Check gives up on messages of more than 4 KB. */
	ck_assert_msg(strcmp(said, expected) == 0,
		"said, from the first other line:\n%.1500s--- expected:\n%.1500s--- of:\n%.600s", said + line,
		expected + line, what);
	free(said);
}

/* Facts of `part` whose text is not among those of `whole`, which was printed by print_said(). */
static unsigned invented(const struct observer *part, const char *whole)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < part->report_count; i++) {
		if (part->reports[i].kind != REPORT_FACT || part->reports[i].value_len == 0)
			continue;
		count += strstr(whole, part->text + part->reports[i].value_at) == NULL;
	}
	return count;
}

unsigned harness_abuse(const struct dissector *d, const char *script)
{
	return harness_abuse_in(NULL, d, script);
}

unsigned harness_abuse_in(const struct frame *frame, const struct dissector *d, const char *script)
{
	unsigned bad = 0;
	uint8_t *bytes = malloc(LINE_BYTES_MAX);
	char *honest = harness_run_in(frame, d, HARNESS_PROVEN, script);
	if (bytes == NULL)
		abort();
	struct run r;
	run_start(&r, d, HARNESS_PROVEN, frame, NULL);
	char sign;
	bool whole;
	size_t len, ignored;
	for (const char *at = script; (at = next_line(at, &sign, &whole, bytes, &len)) != NULL;) {
		for (size_t cut = 0; cut < len; cut++) {
			uint8_t *exact = malloc(cut ? cut : 1); /* so that ASan sees a read past the cut */
			if (exact == NULL)
				abort();
			memcpy(exact, bytes, cut);
			d->frame(cursor_over(exact, cut), &ignored);
			if (feed(&r, sign, true, cursor_over(exact, cut)))
				bad += invented(&r.observer, honest);
			free(exact);
		}
		for (size_t bit = 0; bit < len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			d->frame(cursor_over(bytes, len), &ignored);
			feed(&r, sign, true, cursor_over(bytes, len));
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		feed(&r, sign, true, cursor_over(bytes, len)); /* so that later lines meet the state they expect */
	}
	run_end(&r);
	free(bytes);
	free(honest);
	return bad;
}

void harness_expect(const struct dissector *d, enum harness_port port, const char *script, const char *expected)
{
	harness_compare(script, harness_run(d, port, script), expected);
	ck_assert_uint_eq(harness_abuse(d, script), 0);
}
