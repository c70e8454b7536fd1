/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oui.c - reads the IEEE registration files of Debian's ieee-data: large, medium and small blocks.
 *
 *	MA-L,0022FA,Intel Corporate,Lot 8 ...            oui.csv, mam.csv, oui36.csv, iab.csv
 *	MA-S,70B3D5F2F,"Quoted, Name",...
 *	00-22-FA   (hex)		Intel Corporate          oui.txt
 *
 * Every start of the program on a capture with Ethernet reads them, and asks for a handful of their 46,000 names. So
 * only the prefixes are read; a name stays in its file until it is asked for.
 */
#include "sensor/conclude/oui.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (64u << 20) /* ten times the whole registry; more is some other file */
#define NAME_MAX_LEN 255
#define READ_BYTES 65536

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

/* The name of the row stands `at` bytes into the file opened last. */
static int row_add(struct oui *o, uint64_t prefix, unsigned bits, uint64_t at, bool csv)
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
	o->rows[o->count++] = (struct oui_row){
		.prefix = prefix & 0xfffffffff, .bits = bits & 0xff, .file = (o->file_count - 1) & 0xff, .csv = csv, .at = at};
	return 0;
}

/* "MA-L,0022FA,Intel Corporate,...": the first two fields have no quotes. */
static int csv_line(struct oui *o, const char *line, size_t len, uint64_t offset)
{
	uint64_t prefix;
	const char *comma = memchr(line, ',', len);
	if (comma == NULL)
		return 0;
	const char *at = comma + 1;
	unsigned bits = prefix_parse(&at, line + len, &prefix);
	if (at == line + len || *at != ',')
		return 0;
	return row_add(o, prefix, bits, offset + (uint64_t)(at + 1 - line), true);
}

/* "00-22-FA   (hex)\t\tIntel Corporate"; nothing for the other lines of an entry. */
static int txt_line(struct oui *o, const char *line, size_t len, uint64_t offset)
{
	uint64_t prefix;
	const char *at = line;
	unsigned bits = prefix_parse(&at, line + len, &prefix);
	const char *mark = memmem(at, (size_t)(line + len - at), "(hex)", 5);
	return bits == 24 && mark != NULL ? row_add(o, prefix, bits, offset + (uint64_t)(mark + 5 - line), false) : 0;
}

static int lines_read(struct oui *o, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	uint64_t offset = 0;
	bool csv = false;
	int err = 0;
	for (ssize_t len; err == 0 && (len = getline(&line, &room, file)) > 0; offset += (uint64_t)len) {
		if (offset == 0)
			csv = strncmp(line, "Registry,", 9) == 0;
		err = csv ? csv_line(o, line, (size_t)len, offset) : txt_line(o, line, (size_t)len, offset);
	}
	if (err == 0 && ferror(file))
		err = -EIO;
	free(line);
	return err;
}

int oui_read(struct oui *o, const char *path)
{
	struct stat st;
	char buffer[READ_BYTES];
	if (o->file_count == OUI_FILES)
		return -EMFILE;
	int err = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	FILE *file = fdopen(fd, "r");
	if (file == NULL || fstat(fd, &st) != 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		err = -EINVAL;
	else if ((o->files[o->file_count] = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
		err = -errno;
	if (err == 0) {
		o->file_count++;
		setvbuf(file, buffer, _IOFBF, sizeof(buffer));
		err = lines_read(o, file);
	}
	if (file != NULL)
		fclose(file);
	else
		close(fd);
	return err;
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
static const char *name_of(struct oui *o, struct oui_row *row)
{
	char text[NAME_MAX_LEN + 1];
	if (row->read)
		return row->name;
	ssize_t got = pread(o->files[row->file], text, sizeof(text) - 1, (off_t)row->at);
	text[got > 0 ? got : 0] = 0;
	char *name = text + (row->csv ? 0 : strspn(text, "\t "));
	size_t len = row->csv ? field_unquote(name) : strcspn(name, "\r\n");
	while (len > 0 && (name[len - 1] == ' ' || (row->csv && name[len - 1] == ','))) /* "Siemens AG," */
		len--;
	name[len] = 0;
	name = arena_copy(&o->names, name);
	row->read = true;
	row->name = name != NULL ? name : "";
	return row->name;
}

static const char *block_find(struct oui *o, uint64_t prefix, uint8_t bits)
{
	uint32_t cursor, row;
	for (row = index_first(&o->index, row_hash(prefix, bits), &cursor); row != INDEX_END;
		row = index_next(&o->index, row_hash(prefix, bits), &cursor))
		if (o->rows[row].prefix == prefix && o->rows[row].bits == bits && *name_of(o, &o->rows[row]) != 0)
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
	for (uint32_t i = 0; i < o->file_count; i++)
		close(o->files[i]);
	arena_clear(&o->names);
	free(o->rows);
	index_clear(&o->index);
	memset(o, 0, sizeof(*o));
}
