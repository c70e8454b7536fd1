/* SPDX-License-Identifier: Apache-2.0 */
/* csv_table.c - see csv_table.h. */
#include "sensor/export/csv_table.h"

#include <errno.h>
#include <inttypes.h>

#include "earshot/observer.h"
#include "sensor/util/output.h"
#include "sensor/util/text.h"

void csv_table_start(struct csv_table *t, FILE *out, const char *const *header, size_t count)
{
	*t = (struct csv_table){.out = out, .list.separator = "; "};
	errno = 0;
	for (size_t i = 0; i < count; i++)
		csv_table_text(t, header[i]);
	csv_table_end(t);
}

void csv_table_text(struct csv_table *t, const char *text)
{
	if (t->column++ > 0)
		fputc(',', t->out);
	text_print_csv(t->out, text != NULL ? text : "");
}

void csv_table_list(struct csv_table *t)
{
	csv_table_text(t, joined_text(&t->list));
}

void csv_table_texts(struct csv_table *t, const char *const *texts, size_t count)
{
	joined_start(&t->list);
	for (size_t i = 0; i < count; i++)
		joined_add(&t->list, texts[i]);
	csv_table_list(t);
}

void csv_table_number(struct csv_table *t, uint64_t number)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, number);
	csv_table_text(t, text);
}

void csv_table_decimal(struct csv_table *t, double value)
{
	uint64_t hundredths = value > 0 && value < 1e15 ? (uint64_t)(value * 100 + 0.5) : 0;
	char text[32];
	snprintf(text, sizeof(text), "%" PRIu64 ".%02u", hundredths / 100, (unsigned)(hundredths % 100));
	csv_table_text(t, text);
}

void csv_table_time(struct csv_table *t, int64_t time_ns)
{
	char text[TIME_TEXT_MAX];
	csv_table_text(t, time_text(text, time_ns));
}

void csv_table_operations(struct csv_table *t, unsigned bits)
{
	joined_start(&t->list);
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (bits & bit)
			joined_add(&t->list, operation_name(bit));
	csv_table_list(t);
}

void csv_table_end(struct csv_table *t)
{
	fputs("\r\n", t->out);
	t->column = 0;
}

int csv_table_finish(struct csv_table *t)
{
	int err = t->list.failed ? -ENOMEM : 0;
	joined_clear(&t->list);
	int flushed = output_flush(t->out);
	return flushed != 0 ? flushed : err;
}
