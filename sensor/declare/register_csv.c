/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register_csv.c - register.csv: the owner's asset register, one asset a row (config/register.example.csv).
 *
 * The first line names the columns, in any order and in the words that registers usually have; case, blanks and
 * punctuation do not matter; a register_map names those with other words. Columns that nobody here knows are the
 * owner's business: they are named once and left.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sensor/declare/parts.h"
#include "sensor/util/csv_reader.h"

#define UNKNOWN_NAMED_MAX 5 /* columns that the warning names */
#define UNREAD_NAMED_MAX 5  /* cells that have a warning; the rest is counted */

enum column_kind { COLUMN_TEXT, COLUMN_MAC, COLUMN_IP };

static const struct column {
	const char *name;     /* ours, for messages */
	const char *synonyms; /* between blanks, small letters and digits only */
	enum column_kind kind;
	bool key; /* an asset can be found by it */
	size_t member;
} columns[] = {
#define AT(member) offsetof(struct declared_asset, member)
	{"number",
		" number assetnumber assetno assetid assettag tag inventorynumber inventoryno equipmentnumber id "
		"inventarnummer anlagennummer ",
		COLUMN_TEXT, false, AT(number)},
	{"name", " name assetname devicename device equipment bezeichnung ", COLUMN_TEXT, false, AT(name)},
	{"owner", " owner assetowner responsible department custodian verantwortlich eigentuemer ", COLUMN_TEXT, false,
		AT(owner)},
	{"location", " location site place building room cabinet panel standort ort ", COLUMN_TEXT, false,
		AT(location)},
	{"criticality", " criticality critical priority kritikalitaet kritikalit\xc3\xa4t ", COLUMN_TEXT, false,
		AT(criticality)},
	{"function", " function purpose role funktion ", COLUMN_TEXT, false, AT(function)},
	{"type", " type assettype devicetype class category typ ", COLUMN_TEXT, false, AT(type)},
	{"notes", " notes note comment comments remark remarks description bemerkung ", COLUMN_TEXT, false, AT(notes)},
	{"vendor", " vendor manufacturer maker make brand hersteller ", COLUMN_TEXT, false, AT(vendor)},
	{"model", " model modelname product producttype modell ", COLUMN_TEXT, false, AT(model)},
	{"firmware_version", " firmwareversion firmware fw fwversion version softwareversion ", COLUMN_TEXT, false,
		AT(firmware_version)},
	{"serial_number", " serialnumber serialno serial sn serialnr seriennummer ", COLUMN_TEXT, true,
		AT(serial_number)},
	{"mac", " mac macaddress macaddr hardwareaddress ethernetaddress physicaladdress macadresse ", COLUMN_MAC, true,
		AT(mac)},
	{"station_name", " stationname profinetname devicestationname hostname host dnsname networkname ", COLUMN_TEXT,
		true, AT(station_name)},
	{"ip", " ip ipaddress ipaddr ipv4 ipv4address ipv6 ipv6address address ipadresse ", COLUMN_IP, true, AT(ip)},
#undef AT
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
_Static_assert(COLUMNS <= REGISTER_FIELDS_MAX, "a title for each field");

struct register_reader {
	struct csv_reader csv;
	struct declarations *d;
	const struct register_map *map; /* never NULL */
	const char *path;
	void (*warn)(void *to, const char *line);
	void *to;
	const struct column *of_field[CSV_FIELDS_MAX]; /* NULL: nobody knows it */
	size_t field_count;
	unsigned unread; /* cells, of a lenient reading */
	int err;
};

static void tell(struct register_reader *r, uint32_t line, uint32_t column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void tell(struct register_reader *r, uint32_t line, uint32_t column, const char *format, ...)
{
	char what[512], out[PATH_MAX + 600];
	va_list list;
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	if (line > 0)
		snprintf(out, sizeof(out), "%s:%u:%u: %s", r->path, line, column, what);
	else
		snprintf(out, sizeof(out), "%s: %s", r->path, what);
	if (r->warn != NULL)
		r->warn(r->to, out);
}

/* Small letters and digits; what is no ASCII stays as it is. */
static void title_normalise(char out[80], const char *text)
{
	size_t n = 2;
	out[0] = ' ';
	for (n = 1; *text != '\0' && n < 78; text++) {
		unsigned char c = (unsigned char)*text;
		if (isalnum(c) || c >= 0x80)
			out[n++] = (char)tolower(c);
	}
	out[n++] = ' ';
	out[n] = '\0';
}

static const struct column *column_find(const char *title)
{
	char word[80];
	title_normalise(word, title);
	for (size_t i = 0; i < COLUMNS; i++)
		if (strlen(word) > 2 && strstr(columns[i].synonyms, word) != NULL)
			return &columns[i];
	return NULL;
}

size_t register_field_find(const char *word)
{
	const struct column *column = column_find(word);
	for (size_t i = 0; i < COLUMNS; i++)
		if (&columns[i] == column || strcmp(columns[i].name, word) == 0)
			return i;
	return REGISTER_FIELDS_MAX;
}

const char *register_field_word(const void *of, size_t i)
{
	(void)of;
	return i < COLUMNS ? columns[i].name : NULL;
}

bool declarations_have_column(const struct declarations *d, const char *field)
{
	size_t i = register_field_find(field);
	return i < COLUMNS && (d->register_columns >> i & 1) != 0;
}

/* To the letter, or as titles are compared. */
static bool title_is(const char *title, const char *wanted)
{
	char a[80], b[80];
	title_normalise(a, title);
	title_normalise(b, wanted);
	return strcmp(title, wanted) == 0 || (strlen(a) > 2 && strcmp(a, b) == 0);
}

/* The columns that the map names. */
static void map_apply(struct register_reader *r)
{
	for (size_t k = 0; k < COLUMNS && r->err == 0; k++) {
		const char *wanted = r->map->titles[k];
		size_t i = 0;
		while (wanted != NULL && i < r->csv.count && !title_is(r->csv.fields[i].text, wanted))
			i++;
		if (wanted == NULL)
			continue;
		if (i == r->csv.count) {
			tell(r, 1, 1, "no column \"%.60s\", which %s names for %s", wanted, r->map->source,
				columns[k].name);
			r->err = -EINVAL;
		} else if (r->of_field[i] != NULL) {
			tell(r, 1, 1, "the column \"%.60s\" cannot be both %s and %s", wanted, r->of_field[i]->name,
				columns[k].name);
			r->err = -EINVAL;
		} else {
			r->of_field[i] = &columns[k];
		}
	}
}

/* What a title means: what the map says, else by the usual words, unless the map has another column for that. */
static const struct column *column_of(const struct register_reader *r, size_t i)
{
	if (r->of_field[i] != NULL)
		return r->of_field[i];
	const struct column *column = column_find(r->csv.fields[i].text);
	return column != NULL && r->map->titles[column - columns] == NULL ? column : NULL;
}

static void unknown_add(char *unknown, size_t room, unsigned *count, const char *title)
{
	size_t n = strlen(unknown);
	if (++*count <= UNKNOWN_NAMED_MAX)
		snprintf(unknown + n, room - n, "%s\"%.40s\"", n > 0 ? ", " : "", title);
}

static void header_read(struct register_reader *r)
{
	char unknown[300] = "";
	unsigned unknown_count = 0;
	bool any = false, key = false;
	r->field_count = r->csv.count;
	map_apply(r);
	for (size_t i = 0; i < r->csv.count && r->err == 0; i++) {
		const struct csv_field *f = &r->csv.fields[i];
		const struct column *column = r->of_field[i] = column_of(r, i);
		if (column == NULL && f->text[0] != '\0')
			unknown_add(unknown, sizeof(unknown), &unknown_count, f->text);
		for (size_t j = 0; j < i && column != NULL && r->err == 0; j++) {
			if (r->of_field[j] != column)
				continue;
			tell(r, f->line, f->column,
				"%s: \"%.60s\" says the same as column %zu (\"%.60s\"), expected one of them",
				column->name, f->text, j + 1, r->csv.fields[j].text);
			r->err = -EINVAL;
		}
		any |= column != NULL;
		if (column != NULL)
			r->d->register_columns |= 1u << (column - columns);
		key |= column != NULL && column->key;
	}
	if (r->err == 0 && !key) {
		tell(r, 1, 1,
			"%s, expected a first line that names at least one of serial_number, mac, station_name and ip",
			any ? "no column by which an asset can be found" : "no line of column names");
		r->err = -EINVAL;
	} else if (r->err == 0 && unknown_count > UNKNOWN_NAMED_MAX) {
		tell(r, 1, 1, "columns that are not read: %s and %u more", unknown, unknown_count - UNKNOWN_NAMED_MAX);
	} else if (r->err == 0 && unknown_count > 0) {
		tell(r, 1, 1, "columns that are not read: %s", unknown);
	}
}

/* What people write in a column of keys when there is nothing to write. */
static bool is_placeholder(const char *text)
{
	static const char all[] = " - -- ? n/a na none nil tbd tba unknown dhcp dynamic ";
	char word[16];
	size_t len = strlen(text);
	if (len + 3 > sizeof(word))
		return false;
	word[0] = ' ';
	for (size_t i = 0; i < len; i++)
		word[i + 1] = (char)tolower((unsigned char)text[i]);
	memcpy(word + len + 1, " ", 2);
	return len == 0 || strstr(all, word) != NULL;
}

static bool address_read(const char *given, bool mac, struct address *out)
{
	char text[64];
	size_t len = strcspn(given, "/"); /* with its network's prefix: that is of no use here */
	bool mask = !mac && given[len] == '/';
	if (len >= sizeof(text) || (mask && strspn(given + len + 1, "0123456789.") != strlen(given + len + 1)))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(mac ? sizeof(text) - 1 : len), given);
	return address_parse_loosely(out, text) && (out->kind == ADDRESS_MAC) == mac;
}

/* The first address of a cell that has several, or none. */
static void address_search(const char *text, bool mac, struct address *out)
{
	static const char between[] = " \t\r\n,;|";
	char word[64];
	for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
		size_t len = strcspn(text, between);
		snprintf(word, sizeof(word), "%.*s", len < sizeof(word) ? (int)len : 0, text);
		if (address_read(word, mac, out))
			return;
		text += len;
	}
	*out = (struct address){0};
}

static void address_take(struct register_reader *r, const struct csv_field *f, const struct column *column,
	struct address *out, const char **unread)
{
	bool mac = column->kind == COLUMN_MAC;
	if (address_read(f->text, mac, out))
		return;
	*out = (struct address){0};
	if (!r->map->lenient) {
		tell(r, f->line, f->column, "%s: \"%.60s\", expected %s", column->name, f->text,
			mac ? "one MAC address like 00:1b:1b:00:00:01, or nothing"
			    : "one IP address like 10.20.1.11, or nothing");
		r->err = -EINVAL;
		return;
	}
	address_search(f->text, mac, out);
	const char *outcome = out->kind != ADDRESS_NONE ? "only the first address was read" : "was not read";
	*unread = arena_format(&r->d->arena, "%s%s%s \"%.200s\": %s", *unread != NULL ? *unread : "",
		*unread != NULL ? "; " : "", column->name, f->text, outcome);
	if (*unread == NULL)
		r->err = -ENOMEM;
	if (r->unread++ < UNREAD_NAMED_MAX)
		tell(r, f->line, f->column, "%s: \"%.60s\": %s", column->name, f->text, outcome);
}

static void field_read(
	struct register_reader *r, const struct csv_field *f, const struct column *column, struct declared_asset *asset)
{
	char *member = (char *)asset + column->member;
	if (f->text[0] == '\0' || (column->key && is_placeholder(f->text)))
		return;
	if (column->kind != COLUMN_TEXT) {
		address_take(r, f, column, (struct address *)(void *)member, &asset->unread);
		return;
	}
	if (strlen(f->text) > TEXT_BYTES_MAX) {
		tell(r, f->line, f->column, "%s: %zu bytes, expected at most %u", column->name, strlen(f->text),
			TEXT_BYTES_MAX);
		r->err = -EINVAL;
		return;
	}
	const char *copy = arena_copy(&r->d->arena, f->text);
	*(const char **)(void *)member = copy;
	if (copy == NULL)
		r->err = -ENOMEM;
}

static void row_read(struct register_reader *r, struct declared_asset *asset)
{
	asset->line = r->csv.fields[0].line;
	for (size_t i = 0; i < r->csv.count && r->err == 0; i++) {
		const struct csv_field *f = &r->csv.fields[i];
		if (i < r->field_count && r->of_field[i] != NULL) {
			field_read(r, f, r->of_field[i], asset);
		} else if (i >= r->field_count && f->text[0] != '\0') {
			tell(r, f->line, f->column,
				"more fields than the first line has (%zu); quote a text that has a '%c' in it",
				r->field_count, r->csv.separator);
			r->err = -EINVAL;
		}
	}
}

/* A row without any text is a row that somebody emptied. */
static bool is_blank(const struct csv_reader *csv)
{
	for (size_t i = 0; i < csv->count; i++)
		if (csv->fields[i].text[0] != '\0')
			return false;
	return true;
}

static void rows_read(struct register_reader *r)
{
	size_t room = 0;
	int got = 1;
	while (r->err == 0 && (got = csv_next(&r->csv)) > 0) {
		if (is_blank(&r->csv))
			continue;
		if (r->d->asset_count == REGISTER_ROWS_MAX) {
			tell(r, r->csv.fields[0].line, 1, "expected at most %u rows", REGISTER_ROWS_MAX);
			r->err = -EINVAL;
			return;
		}
		if (r->d->asset_count == room) { /* what is left behind in the arena is at most what is kept */
			room = room ? room * 2 : 64;
			struct declared_asset *more = arena_alloc(&r->d->arena, room * sizeof(*more));
			if (more == NULL) {
				r->err = -ENOMEM;
				return;
			}
			if (r->d->asset_count > 0)
				memcpy(more, r->d->assets, r->d->asset_count * sizeof(*more));
			r->d->assets = more;
		}
		row_read(r, &r->d->assets[r->d->asset_count]);
		r->d->asset_count++;
	}
	if (got < 0 && r->err == 0)
		r->err = got;
}

static bool has_key(const struct declared_asset *a)
{
	return a->serial_number != NULL || a->mac.kind != ADDRESS_NONE || a->station_name != NULL ||
	       a->ip.kind != ADDRESS_NONE;
}

/* Rows that cannot be found are kept - the owner's list is the owner's list - and said once. */
static void keyless_tell(struct register_reader *r)
{
	const struct declared_asset *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < r->d->asset_count; i++) {
		if (has_key(&r->d->assets[i]))
			continue;
		first = first != NULL ? first : &r->d->assets[i];
		count++;
	}
	if (count > 0)
		tell(r, first->line, 1,
			"%zu row%s without serial number, MAC, station name and IP cannot be matched, this one%s",
			count, count > 1 ? "s" : "", count > 1 ? " first" : "");
}

int register_read(struct declarations *d, const char *path, const struct register_map *map,
	void (*warn)(void *to, const char *line), void *to)
{
	static const struct register_map usual = {.source = ""};
	struct register_reader r = {.d = d, .map = map != NULL ? map : &usual, .path = path, .warn = warn, .to = to};
	int got = csv_open(&r.csv, path, REGISTER_BYTES_MAX);
	if (got == 0)
		got = csv_next(&r.csv);
	if (got == 0) {
		tell(&r, 1, 1, "the file is empty, expected a line of column names");
		r.err = -EINVAL;
	} else if (got < 0) {
		r.err = got;
	} else {
		header_read(&r);
		if (r.err == 0)
			rows_read(&r);
	}
	if (r.csv.problem != NULL)
		tell(&r, r.csv.problem_line, r.csv.problem_column, "%s", r.csv.problem);
	if (r.err == 0 && r.unread > UNREAD_NAMED_MAX)
		tell(&r, 0, 0, "%u more cells of addresses were not read, or not all of them",
			r.unread - UNREAD_NAMED_MAX);
	if (r.err == 0)
		keyless_tell(&r);
	csv_close(&r.csv);
	return r.err;
}
