/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_csv.c - comma-separated values (RFC 4180 section 2, and what spreadsheets make of it), and register.csv.
 */
#include <errno.h>

#include "sensor/util/csv_reader.h"
#include "tests/check_main.h"
#include "written.h"

static struct written files;

static void set_up(void)
{
	written_open(&files);
}

static void tear_down(void)
{
	written_close(&files);
}

/* Fields in <>, one record a line. */
static const struct {
	const char *text, *records;
} texts[] = {
	{"a,b,c\r\n1,2,3\r\n", "<a><b><c>\n<1><2><3>\n"},
	{"a,b\n1,2", "<a><b>\n<1><2>\n"},
	{"a,b\r1,2\r", "<a><b>\n<1><2>\n"},
	{"\xef\xbb\xbf"
	 "a;b;c,d\n1;2,5;3\n",
		"<a><b><c,d>\n<1><2,5><3>\n"},
	{"a\tb\n1,5\t\"2\t3\"\n", "<a><b>\n<1,5><2\t3>\n"},
	{"sep=;\r\na,b;c\r\n", "<a,b><c>\n"},
	{"\"a\",\"b \"\"x\"\"\",\"\"\n", "<a><b \"x\"><>\n"},
	{"a,b\n\"two\r\nlines\",x\n", "<a><b>\n<two\r\nlines><x>\n"},
	{"a,b\n 1 ,\" 2 \" \n", "<a><b>\n<1>< 2 >\n"},
	{"a,b\n\n\r\n1,\n", "<a><b>\n<1><>\n"},
	{"a,b\n12\" pipe,x\n", "<a><b>\n<12\" pipe><x>\n"},
	{"\"x,y,z\";b\n", "<x,y,z><b>\n"},
	{"a\n\"\"\"\"\n", "<a>\n<\">\n"},
	{"K\xfc"
	 "che;\x80 5\n",
		"<K\xc3\xbc"
		"che><\xe2\x82\xac 5>\n"},
	{"K\xc3\xbc"
	 "che;b\n",
		"<K\xc3\xbc"
		"che><b>\n"},
	{",\n", "<><>\n"},
	{"", ""},
	{"\n\n", ""},
};

START_TEST(records_as_written)
{
	struct csv_reader *r = malloc(sizeof(*r));
	char out[400] = "";
	size_t n = 0;
	written_put(files.owners, texts[_i].text, strlen(texts[_i].text));
	int got = csv_open(r, files.owners, 1000);
	while (got >= 0 && (got = csv_next(r)) > 0) {
		for (size_t i = 0; i < r->count; i++)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "<%s>", r->fields[i].text);
		n += (size_t)snprintf(out + n, sizeof(out) - n, "\n");
	}
	ck_assert_int_eq(got, 0);
	ck_assert_str_eq(out, texts[_i].records);
	csv_close(r);
	free(r);
}
END_TEST

START_TEST(fields_know_their_place)
{
	static const char text[] = "\xc3\xa4;b\n\"1\n2\";\"x\"\n y ; z\n";
	struct csv_reader *r = malloc(sizeof(*r));
	written_put(files.owners, text, strlen(text));
	ck_assert_int_eq(csv_open(r, files.owners, 1000), 0);
	ck_assert_int_eq(csv_next(r), 1);
	ck_assert_uint_eq(r->fields[1].column, 3); /* the umlaut is one character */
	ck_assert_int_eq(csv_next(r), 1);
	ck_assert_uint_eq(r->fields[0].line, 2);
	ck_assert_uint_eq(r->fields[1].line, 3);
	ck_assert_uint_eq(r->fields[1].column, 4);
	ck_assert_int_eq(csv_next(r), 1);
	ck_assert_uint_eq(r->fields[0].line, 4);
	ck_assert_uint_eq(r->fields[0].column, 2);
	ck_assert_uint_eq(r->fields[1].column, 6);
	csv_close(r);
	free(r);
}
END_TEST

static struct declarations *load(const char *text, size_t len)
{
	struct declarations *d;
	files.told_count = 0;
	written_put(files.owners, text, len);
	int err = declarations_load(&d, NULL, files.owners, written_tell, &files);
	ck_assert_msg(err == 0, "%s", files.told[0]);
	return d;
}

START_TEST(columns_in_the_words_of_registers)
{
	static const char text[] =
		"Inventory No.;Bezeichnung;IP-Adresse;MAC Address;Serial_Number;Hostname;Manufacturer;"
		"Priority;Asset Owner;Standort;Kritische Notiz;Purpose;Device Type;FW;Remarks;Modell\r\n"
		"A-1;F\xfcller;10.0.0.5/24;001B.1B00.0001;S 1;plc1;Siemens;high;Production;Hall 2;x;fills;plc;V1;"
		"\"a;b\";S7\r\n";
	struct declarations *d = load(text, strlen(text));
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0], "r.csv:1:1: columns that are not read: \"Kritische Notiz\"");
	ck_assert_uint_eq(d->asset_count, 1);
	const struct declared_asset *a = d->assets;
	ck_assert_str_eq(a->number, "A-1");
	ck_assert_str_eq(a->name, "F\xc3\xbcller"); /* the file is Windows-1252 */
	ck_assert_int_eq(a->ip.kind, ADDRESS_IPV4);
	ck_assert_int_eq(memcmp(a->ip.bytes, "\x0a\x00\x00\x05", 4), 0);
	ck_assert_int_eq(a->mac.kind, ADDRESS_MAC);
	ck_assert_str_eq(a->serial_number, "S 1");
	ck_assert_str_eq(a->station_name, "plc1");
	ck_assert_str_eq(a->vendor, "Siemens");
	ck_assert_str_eq(a->criticality, "high");
	ck_assert_str_eq(a->owner, "Production");
	ck_assert_str_eq(a->location, "Hall 2");
	ck_assert_str_eq(a->function, "fills");
	ck_assert_str_eq(a->type, "plc");
	ck_assert_str_eq(a->firmware_version, "V1");
	ck_assert_str_eq(a->notes, "a;b");
	ck_assert_str_eq(a->model, "S7");
	ck_assert_uint_eq(a->line, 2);
	declarations_free(d);
}
END_TEST

START_TEST(nothing_written_is_no_key)
{
	static const char text[] = "number,serial,mac,ip\n1,n/a,-,DHCP\n,,,\n2,,,tbd\n3,N/A 7,,::1\n";
	struct declarations *d = load(text, strlen(text));
	ck_assert_uint_eq(d->asset_count, 3); /* the emptied row is none */
	ck_assert_ptr_null(d->assets[0].serial_number);
	ck_assert_int_eq(d->assets[0].mac.kind, ADDRESS_NONE);
	ck_assert_int_eq(d->assets[0].ip.kind, ADDRESS_NONE);
	ck_assert_str_eq(d->assets[2].serial_number, "N/A 7");
	ck_assert_int_eq(d->assets[2].ip.kind, ADDRESS_IPV6);
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0],
		"r.csv:2:1: 2 rows without serial number, MAC, station name and IP cannot be matched, this one first");
	declarations_free(d);
}
END_TEST

START_TEST(unknown_columns_are_named_once)
{
	static const char text[] = "ip,a,b,c,d,e,f,g\n10.0.0.1,1,2,3,4,5,6,7\n10.0.0.2,1,2,3,4,5,6,7\n";
	struct declarations *d = load(text, strlen(text));
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(
		files.told[0], "r.csv:1:1: columns that are not read: \"a\", \"b\", \"c\", \"d\", \"e\" and 2 more");
	declarations_free(d);
}
END_TEST

#define TEXT(literal) literal, sizeof(literal) - 1
static const struct {
	const char *text;
	size_t len;
	const char *line;
} mistakes[] = {
	{TEXT(""), "r.csv:1:1: the file is empty, expected a line of column names"},
	{TEXT("10.0.0.1,PLC\n"), "r.csv:1:1: no line of column names, expected a first line that names at least one of "
				 "serial_number, mac, "
				 "station_name and ip"},
	{TEXT("name,owner\nx,y\n"),
		"r.csv:1:1: no column by which an asset can be found, expected a first line that names at least one of "
		"serial_number, mac, station_name and ip"},
	{TEXT("ip,name,IP Address\n"),
		"r.csv:1:9: ip: \"IP Address\" says the same as column 1 (\"ip\"), expected one of them"},
	{TEXT("name,ip\nx,10.0.0.256\n"),
		"r.csv:2:3: ip: \"10.0.0.256\", expected one IP address like 10.20.1.11, or nothing"},
	{TEXT("name,ip\nx,\"10.0.0.1, 10.0.0.2\"\n"),
		"r.csv:2:3: ip: \"10.0.0.1, 10.0.0.2\", expected one IP address like 10.20.1.11, or nothing"},
	{TEXT("name,ip\nx,00:1b:1b:00:00:01\n"),
		"r.csv:2:3: ip: \"00:1b:1b:00:00:01\", expected one IP address like 10.20.1.11, or nothing"},
	{TEXT("mac\n00:1b:1b:00:00\n"),
		"r.csv:2:1: mac: \"00:1b:1b:00:00\", expected one MAC address like 00:1b:1b:00:00:01, or nothing"},
	{TEXT("mac\n10.0.0.1\n"),
		"r.csv:2:1: mac: \"10.0.0.1\", expected one MAC address like 00:1b:1b:00:00:01, or nothing"},
	{TEXT("name,ip\nx,10.0.0.1,y\n"),
		"r.csv:2:12: more fields than the first line has (2); quote a text that has a ',' in it"},
	{TEXT("name,ip\n\"x\" y,1\n"), "r.csv:2:5: text behind a closing quote, expected a separator; a quote inside a "
				       "quoted field is written twice"},
	{TEXT("name,ip\nx,10.0.0.1\n\"x,10.0.0.2\ny,10.0.0.3\n"),
		"r.csv:3:1: a quote that is never closed, expected another \""},
	{TEXT("name,ip\nx\0,y\n"), "r.csv:2:2: a NUL byte, expected text"},
	{TEXT("\xff\xfen\0a\0"), "r.csv:1:1: this is UTF-16, expected UTF-8 or Windows-1252; save it as \"CSV UTF-8\""},
};

START_TEST(mistake_is_told)
{
	struct declarations *d;
	written_put(files.owners, mistakes[_i].text, mistakes[_i].len);
	ck_assert_int_eq(declarations_load(&d, NULL, files.owners, written_tell, &files), -EINVAL);
	ck_assert_ptr_null(d);
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0], mistakes[_i].line);
}
END_TEST

START_TEST(many_fields_and_rows)
{
	size_t len = 0;
	char *text = malloc(200002 * 10 + 100);
	struct declarations *d;
	for (unsigned i = 0; i < 256; i++)
		text[len++] = ',';
	text[len++] = '\n';
	written_put(files.owners, text, len);
	ck_assert_int_eq(declarations_load(&d, NULL, files.owners, written_tell, &files), -EINVAL);
	ck_assert_str_eq(files.told[0], "r.csv:1:257: more than 256 fields in one record");
	len = (size_t)sprintf(text, "serial\n");
	for (unsigned i = 0; i < 200001; i++)
		len += (size_t)sprintf(text + len, "S%u\n", i);
	d = NULL;
	files.told_count = 0;
	written_put(files.owners, text, len);
	ck_assert_int_eq(declarations_load(&d, NULL, files.owners, written_tell, &files), -EINVAL);
	ck_assert_str_eq(files.told[0], "r.csv:200002:1: expected at most 200000 rows");
	d = load(text, len - strlen("S200000\n"));
	ck_assert_uint_eq(d->asset_count, 200000);
	ck_assert_str_eq(d->assets[199999].serial_number, "S199999");
	declarations_free(d);
	free(text);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("csv");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, records_as_written, 0, (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(tests, fields_know_their_place);
	tcase_add_test(tests, columns_in_the_words_of_registers);
	tcase_add_test(tests, nothing_written_is_no_key);
	tcase_add_test(tests, unknown_columns_are_named_once);
	tcase_add_loop_test(tests, mistake_is_told, 0, (int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tests, many_fields_and_rows);
	return check_main("csv", tests);
}
