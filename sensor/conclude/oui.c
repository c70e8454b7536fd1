/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oui.c - reads the IEEE registration files of Debian's ieee-data: large, medium and small blocks.
 *
 *	MA-L,0022FA,Intel Corporate,Lot 8 ...            oui.csv, mam.csv, oui36.csv, iab.csv
 *	MA-S,70B3D5F2F,"Quoted, Name",...
 *	00-22-FA   (hex)		Intel Corporate          oui.txt
 *
 * Every start of the program on a capture with Ethernet reads them, and asks for a handful of their 46,000 names. So
 * only the prefixes are read; a name stays in the text of its file until it is asked for.
 */
#include "sensor/conclude/oui.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (64u << 20) /* ten times the whole registry; more is some other file */
#define NAME_MAX_LEN 255

static uint32_t row_hash(uint64_t prefix, uint8_t bits)
{
	return hash_mix(prefix << 8 | bits);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* Hexadecimal digits at *at, dashes skipped; the number of bits. */
static unsigned prefix_parse(const char **at, const char *end, uint64_t *prefix)
{
	unsigned bits = 0;
	*prefix = 0;
	for (; *at < end && bits <= 36; (*at)++) {
		int digit = hex_digit(**at);
		if (digit < 0 && **at != '-')
			break;
		if (digit < 0)
			continue;
		*prefix = *prefix << 4 | (unsigned)digit;
		bits += 4;
	}
	return bits;
}

static int row_add(struct oui *o, uint64_t prefix, unsigned bits, char *name, bool csv)
{
	if (bits != 24 && bits != 28 && bits != 36)
		return 0;
	if (o->count == o->room) {
		uint32_t room = o->room ? o->room * 2 : 1u << 15;
		struct oui_row *rows = realloc(o->rows, room * sizeof(*rows));
		if (rows == NULL)
			return -ENOMEM;
		o->rows = rows;
		o->room = room;
	}
	if (index_put(&o->index, row_hash(prefix, (uint8_t)bits), o->count) != 0)
		return -ENOMEM;
	o->rows[o->count++] = (struct oui_row){.prefix = prefix, .name = name, .bits = (uint8_t)bits, .csv = csv};
	return 0;
}

/* "MA-L,0022FA,Intel Corporate,...": the first two fields have no quotes. */
static int csv_line(struct oui *o, char *line, char *end)
{
	uint64_t prefix;
	char *comma = memchr(line, ',', (size_t)(end - line));
	if (comma == NULL)
		return 0;
	const char *at = comma + 1;
	unsigned bits = prefix_parse(&at, end, &prefix);
	if (at == end || *at != ',')
		return 0;
	return row_add(o, prefix, bits, line + (at - line) + 1, true);
}

/* "00-22-FA   (hex)\t\tIntel Corporate"; nothing for the other lines of an entry. */
static int txt_line(struct oui *o, char *line, char *end)
{
	uint64_t prefix;
	const char *at = line;
	unsigned bits = prefix_parse(&at, end, &prefix);
	char *mark = memmem(at, (size_t)(end - at), "(hex)", 5);
	return bits == 24 && mark != NULL ? row_add(o, prefix, bits, mark + 5, false) : 0;
}

/* One CSV field, its quotes taken off in place; how long it is then. */
static size_t field_unquote(char *field)
{
	if (*field != '"')
		return strcspn(field, ",\r\n");
	char *to = field;
	for (const char *from = field + 1; *from != 0 && *from != '\n'; from++) {
		if (*from == '"' && *++from != '"') /* of two, one is the name's */
			break;
		*to++ = *from;
	}
	return (size_t)(to - field);
}

/* The name of a row, "" when the file has none. */
static const char *name_of(struct oui_row *row)
{
	if (row->read)
		return row->name;
	row->read = true;
	if (!row->csv)
		row->name += strspn(row->name, "\t ");
	size_t len = row->csv ? field_unquote(row->name) : strcspn(row->name, "\r\n");
	while (len > 0 && (row->name[len - 1] == ' ' || (row->csv && row->name[len - 1] == ','))) /* "Siemens AG," */
		len--;
	row->name[len < NAME_MAX_LEN ? len : NAME_MAX_LEN] = 0;
	return row->name;
}

static int lines_read(struct oui *o, char *text, size_t len)
{
	char *end = text + len;
	bool csv = text != NULL && len > 9 && memcmp(text, "Registry,", 9) == 0;
	int err = 0;
	for (char *line = text, *next; line < end && err == 0; line = next) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		next = stop != NULL ? stop + 1 : end;
		if (stop == NULL)
			stop = end;
		if (stop > line && stop[-1] == '\r')
			stop--;
		err = csv ? csv_line(o, line, stop) : txt_line(o, line, stop);
	}
	return err;
}

int oui_read(struct oui *o, const char *path)
{
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	int err = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		err = -EINVAL;
	else if ((text = arena_alloc(&o->texts, (size_t)st.st_size + 1)) == NULL)
		err = -ENOMEM;
	while (err == 0 && len < (size_t)st.st_size) {
		ssize_t got = read(fd, text + len, (size_t)st.st_size - len);
		if (got < 0 && errno != EINTR)
			err = -errno;
		if (got == 0)
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	if (err == 0)
		err = lines_read(o, text, len);
	close(fd);
	return err;
}

static const char *block_find(struct oui *o, uint64_t prefix, uint8_t bits)
{
	uint32_t cursor, row;
	for (row = index_first(&o->index, row_hash(prefix, bits), &cursor); row != INDEX_END;
		row = index_next(&o->index, row_hash(prefix, bits), &cursor))
		if (o->rows[row].prefix == prefix && o->rows[row].bits == bits && *name_of(&o->rows[row]) != 0)
			return o->rows[row].name;
	return NULL;
}

static uint64_t bits_of(const uint8_t mac[6])
{
	uint64_t all = 0;
	for (unsigned i = 0; i < 6; i++)
		all = all << 8 | mac[i];
	return all;
}

/* The IEEE's own blocks are cut up and given on. */
static bool is_registrar(const char *name)
{
	return name != NULL && strcasecmp(name, "IEEE Registration Authority") == 0;
}

bool oui_is_divided(struct oui *o, const uint8_t mac[6])
{
	return is_registrar(block_find(o, bits_of(mac) >> 24, 24));
}

const char *oui_find(struct oui *o, const uint8_t mac[6])
{
	uint64_t all = bits_of(mac);
	const char *name = block_find(o, all >> 12, 36);
	if (name == NULL)
		name = block_find(o, all >> 20, 28);
	if (name == NULL)
		name = block_find(o, all >> 24, 24);
	return is_registrar(name) ? NULL : name; /* this cut nobody told us of */
}

void oui_clear(struct oui *o)
{
	arena_clear(&o->texts);
	free(o->rows);
	index_clear(&o->index);
	memset(o, 0, sizeof(*o));
}
