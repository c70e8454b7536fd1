/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes_text.c - changes for people: what matters most first, a group for each kind, a line for each change.
 *
 * What somebody did to the plant comes before what was only heard for the first time. "Not seen" is all that listening
 * can say of what is missing; where nobody listened, it says that.
 */
#include "sensor/change/change.h"
#include "sensor/util/output.h"

#include <errno.h>
#include <string.h>

#include "sensor/util/text.h"

static const struct group {
	enum change_kind kind;
	bool listened;
	const char *title;
} groups[] = {
	{CHANGE_ASSET_ADDED, true, "Assets added"},
	{CHANGE_ASSET_ADDED, false, "Assets added, in networks that were not listened to before"},
	{CHANGE_ASSET_NOT_SEEN, true, "Assets not seen any more, though their network was listened to"},
	{CHANGE_ASSET_NOT_SEEN, false, "Assets not seen any more, and neither was anybody else in their network"},
	{CHANGE_ASSET_REPLACED, true, "Another device at the same address"},
	{CHANGE_ASSET_JOINED, true, "Now known to be one device with another"},
	{CHANGE_ASSET_SPLIT, true, "Now known to be a device of its own"},
	{CHANGE_MOVED, true, "Moved"},
	{CHANGE_VALUE, true, "Changed"},
	{CHANGE_MODULE_ADDED, true, "Modules added"},
	{CHANGE_MODULE_ADDED, false, "Modules added, in devices whose modules were not read before"},
	{CHANGE_MODULE_NOT_SEEN, true, "Modules not seen any more, though others of the device were"},
	{CHANGE_MODULE_NOT_SEEN, false, "Modules not seen any more, and no other module of the device was read"},
	{CHANGE_OPERATION_ADDED, true, "Done for the first time on a channel that was there before"},
	{CHANGE_CHANNEL_ADDED, true, "Channels added between devices that were both heard before"},
	{CHANGE_CHANNEL_ADDED, false, "Channels added with devices that were not heard before"},
	{CHANGE_CHANNEL_NOT_SEEN, true, "Channels not seen any more, though both ends were heard"},
	{CHANGE_CHANNEL_NOT_SEEN, false, "Channels not seen any more, with devices that were not heard"},
	{CHANGE_OPERATION_NOT_SEEN, true, "Not done any more on a channel that is still there"},
	{CHANGE_CONCLUSION, true, "Concluded otherwise from what was heard"},
	{CHANGE_VALUE_OTHERWISE, true, "Said otherwise by another kind of message (may be no change)"},
	{CHANGE_VALUE_LEARNED, true, "Learned, and unknown before (no sign of a change)"},
	{CHANGE_VALUE_NOT_SAID, true, "Not said any more (no sign of a change)"},
};
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

static void put_asset(FILE *out, const struct change_asset *a)
{
	text_print_terminal(out, a->label);
	if (a->name != NULL && strcmp(a->name, a->label) != 0) {
		fputs(" (", out);
		text_print_terminal(out, a->name);
		fputc(')', out);
	}
}

static void put_value(FILE *out, const char *value)
{
	text_print_terminal(out, value != NULL ? value : "not known");
}

static void put_channel(FILE *out, const struct change *c)
{
	const char *between = ": ";
	fputs(" -> ", out);
	put_asset(out, &c->peer);
	fputc(' ', out);
	text_print_terminal(out, c->protocol[0] != '\0' ? c->protocol : "unknown protocol");
	if (c->transport[0] != '\0' && c->port > 0)
		fprintf(out, " %s/%u", c->transport, c->port);
	else if (c->transport[0] != '\0')
		fprintf(out, " %s", c->transport);
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (c->operations & bit) {
			fprintf(out, "%s%s", between, operation_name(bit));
			between = " ";
		}
}

static void put_line(FILE *out, const struct change *c)
{
	fputs("  ", out);
	put_asset(out, &c->asset);
	if (c->protocol != NULL) {
		put_channel(out, c);
	} else if (c->field != CHANGE_FIELDS) {
		fprintf(out, ": %s ", change_field_title(c->field));
		if (c->before != NULL || c->kind != CHANGE_VALUE_LEARNED) {
			put_value(out, c->before);
			fputs(" -> ", out);
		}
		put_value(out, c->after);
	} else if (c->kind == CHANGE_ASSET_REPLACED) {
		fputs(": MAC address ", out);
		put_value(out, c->before);
		fputs(" -> ", out);
		put_value(out, c->after);
	} else if (c->kind == CHANGE_ASSET_JOINED || c->kind == CHANGE_ASSET_SPLIT) {
		fputs(c->kind == CHANGE_ASSET_JOINED ? ": now a part of " : ": until now a part of ", out);
		put_asset(out, &c->peer);
	}
	if (c->note != NULL) {
		fputs("; ", out);
		text_print_terminal(out, c->note);
	}
	fputc('\n', out);
}

static void put_mark(FILE *out, const char *side, const struct side_mark *mark)
{
	char time[TIME_TEXT_MAX];
	const char *between = "";
	if (mark->first_ns == 0 && mark->because == NULL)
		return;
	fprintf(out, "      %s: ", side);
	if (mark->because != NULL) {
		text_print_terminal(out, mark->because);
		between = "; ";
	}
	if (mark->message != NULL) {
		fputs(between, out);
		text_print_terminal(out, mark->protocol != NULL ? mark->protocol : "");
		fputc(' ', out);
		text_print_terminal(out, mark->message);
		between = "; ";
	}
	if (mark->capture != NULL) {
		fputs(between, out);
		text_print_terminal(out, mark->capture);
		fprintf(out, " frame %llu", (unsigned long long)mark->frame);
		between = ", ";
	}
	if (mark->first_ns != 0)
		fprintf(out, "%s%s", between, time_text(time, mark->first_ns));
	if (mark->last_ns > mark->first_ns)
		fprintf(out, ", last %s", time_text(time, mark->last_ns));
	fputc('\n', out);
}

static void put_side(FILE *out, const char *name, const struct side *s)
{
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	time_text(first, s->first_ns);
	time_text(last, s->last_ns);
	fprintf(out, "%s  %s to %s, %u capture%s, %u asset%s, %u channel%s\n", name, first[0] != 0 ? first : "never",
		last[0] != 0 ? last : "never", s->capture_count, s->capture_count == 1 ? "" : "s", s->asset_count,
		s->asset_count == 1 ? "" : "s", s->channel_count, s->channel_count == 1 ? "" : "s");
}

/* One group; the list is sorted, so that it is one piece of it for each field. */
static void put_group(FILE *out, const struct changes *c, const struct group *group, bool evidence)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < c->count; i++)
		count += c->list[i].kind == group->kind && c->list[i].listened == group->listened;
	if (count == 0)
		return;
	fprintf(out, "\n%s: %u\n", group->title, count);
	for (uint32_t i = 0; i < c->count; i++) {
		const struct change *change = &c->list[i];
		if (change->kind != group->kind || change->listened != group->listened)
			continue;
		put_line(out, change);
		if (!evidence)
			continue;
		put_mark(out, "old", &change->old_mark);
		put_mark(out, "new", &change->new_mark);
	}
}

int changes_text(FILE *out, const struct changes *c, bool evidence)
{
	errno = 0;
	put_side(out, "old", c->old_side);
	put_side(out, "new", c->new_side);
	for (size_t i = 0; i < GROUPS; i++)
		put_group(out, c, &groups[i], evidence);
	if (c->dropped > 0)
		fprintf(out, "\n%llu more changes are not listed\n", (unsigned long long)c->dropped);
	if (c->count == 0)
		fputs("\nnothing is different\n", out);
	return output_flush(out);
}
