/* SPDX-License-Identifier: Apache-2.0 */
/* test_reconcile.c - the owner's register against what was observed, item by item; and registers with other columns. */
#include "sensor/reconcile/reconcile.h"

#include <errno.h>

#include "scene.h"
#include "sensor/util/text.h"
#include "tests/check_main.h"
#include "written.h"

#define MAC_A "00:1b:1b:00:00:0a"
#define MAC_B "00:1b:1b:00:00:0b"
#define MAC_C "00:1b:1b:00:00:0c"
#define IP_A "10.0.0.10"
#define IP_B "10.0.0.11"
#define IP_C "10.0.0.12"

static struct written files;
static struct declarations *declared;
static struct conclusions c;
static struct reconciliation *r;

static void set_up(void)
{
	written_open(&files);
}

static void forget(void)
{
	reconcile_free(r);
	scene_clear(&c);
	scene_declared = NULL;
	declarations_free(declared);
	declared = NULL;
	r = NULL;
}

static void tear_down(void)
{
	forget();
	written_close(&files);
}

static void reconcile_mapped(const struct step *steps, const char *rows, const struct register_map *map)
{
	written_put(files.owners, rows, strlen(rows));
	ck_assert_int_eq(declarations_load_mapped(&declared, NULL, files.owners, map, written_tell, &files), 0);
	scene_declared = declared;
	scene_conclude(&c, steps);
	r = reconcile_make(&c);
	ck_assert_ptr_nonnull(r);
}

static void reconcile(const struct step *steps, const char *rows)
{
	reconcile_mapped(steps, rows, NULL);
}

/* "conflict|2|10.0.0.10|ip|10.0.0.99|10.0.0.10|1|note" for each item. */
static const char *items(void)
{
	static char text[8000];
	FILE *out = fmemopen(text, sizeof(text), "w");
	for (size_t i = 0; i < r->count; i++) {
		const struct reconcile_item *item = &r->items[i];
		const struct asset *a = item->asset != ASSET_NONE ? &c.assets[item->asset] : NULL;
		const char *address = a == NULL ? "-" : a->parent != ASSET_NONE ? a->at.text : a->interfaces[0].ips[0];
		fprintf(out, "%s|%u|%s|%s|%s|%s|%s|%s\n", reconcile_kind_name(item->kind),
			item->row != NULL ? (unsigned)item->row->line : 0, address,
			item->field != NULL ? item->field : "-", item->registered != NULL ? item->registered : "-",
			item->observed != NULL ? item->observed : "-", item->has_evidence ? "frame" : "-",
			item->note != NULL ? item->note : "-");
	}
	fclose(out);
	return text;
}

static const struct step two[] = {ARP(IP_A, MAC_A), ARP(IP_B, MAC_B),
	FACT(IP_A, SERIAL_NUMBER, CIP, "Identity", "0x00C0FFEE"), FACT(IP_A, VENDOR, CIP, "Identity", "Acme Ltd"),
	FACT(IP_A, MODEL, CIP, "Identity", "Mixer 7"), FACT(IP_A, FIRMWARE_VERSION, CIP, "Identity", "V3.2.17"),
	FACT(IP_B, STATION_NAME, PN_DCP, "Identify", "hmi-2.plant.example"), END};

/* Each register, and every item that must come of it. */
static const struct {
	const char *rows, *items;
} cases[] = {
	/* nothing to say against it; what only the device says of the columns that there are */
	{"number,serial,vendor\n1,c0ffee,ACME\n",
		"observed only|0|" IP_B "|-|-|-|frame|-\nmatched|2|" IP_A "|-|-|-|frame|-\n"},
	{"number,ip,vendor,firmware\n1," IP_A ",,\n2," IP_B ",,3.2\n",
		"matched|2|" IP_A "|-|-|-|frame|only the device says: vendor Acme Ltd, firmware_version V3.2.17\n"
		"matched|3|" IP_B "|-|-|-|frame|-\n"},
	/* field by field */
	{"number,ip,vendor,model,firmware,serial\n1," IP_A ",Other,Mixer 8,V3.2.6,4711\n2," IP_B ",Anybody,,,\n",
		"conflict|2|" IP_A "|serial_number|4711|0x00C0FFEE|frame|-\n"
		"conflict|2|" IP_A "|vendor|Other|Acme Ltd|frame|-\n"
		"conflict|2|" IP_A "|model|Mixer 8|Mixer 7|frame|-\n"
		"conflict|2|" IP_A "|firmware_version|V3.2.6|V3.2.17|frame|-\n"
		"matched|3|" IP_B "|-|-|-|frame|-\n"},
	/* what a person means is no conflict: leading zeros lost, a shorter version, a host without its domain */
	{"serial,firmware,model,station name,mac\n00c0ffee,3.2,mixer-7,,00-1B-1B-00-00-0A\n,,,HMI-2," MAC_B "\n",
		"matched|2|" IP_A "|-|-|-|frame|-\n"
		"matched|3|" IP_B "|-|-|-|frame|-\n"},
	/* an address of nobody, and an address of somebody else */
	{"serial,ip,mac\nc0ffee,10.0.0.99," MAC_A "\n",
		"conflict|2|" IP_A "|ip|10.0.0.99|" IP_A "|frame|-\nobserved only|0|" IP_B "|-|-|-|frame|-\n"},
	{"serial,ip,mac\nc0ffee," IP_B "," MAC_A "\n",
		"conflict|2|" IP_A "|ip|" IP_B "|" IP_A "|frame|the register's value is that of " IP_B
		" (hmi-2.plant.example)\nobserved only|0|" IP_B "|-|-|-|frame|-\n"},
	{"ip,station name\n" IP_B ",pump-3\n", "conflict|2|" IP_B "|station_name|pump-3|hmi-2.plant.example|frame|-\n"
					       "observed only|0|" IP_A "|-|-|-|frame|-\n"},
	/* not there, and not to be found */
	{"number,ip,serial\n1,10.0.0.99,\n2,,\n3," IP_A ",\n4," IP_B ",\n",
		"register only|2|-|-|-|-|-|-\n"
		"register only|3|-|-|-|-|-|no serial number, MAC, station name or IP by which it could be found\n"
		"matched|4|" IP_A "|-|-|-|frame|only the device says: serial_number 0x00C0FFEE\n"
		"matched|5|" IP_B "|-|-|-|frame|-\n"},
	/* two rows are one asset, by the same key and by different ones: neither is taken, and it is no stranger */
	{"number,ip,serial\n1," IP_A ",\n2,,c0ffee\n3," IP_B ",\n",
		"duplicate|2|" IP_A "|ip|" IP_A "|-|-|line 3 (2) is the same asset; matched to neither\n"
		"duplicate|3|" IP_A "|serial_number|c0ffee|-|-|line 2 (1) is the same asset; matched to neither\n"
		"matched|4|" IP_B "|-|-|-|frame|-\n"},
	/* rows that say the same without being anything that was seen, or beside it */
	{"number,ip,serial\n7,10.9.9.9,\n8,10.9.9.9,\n",
		"duplicate|2|-|ip|10.9.9.9|-|-|line 3 (8) says the same\n"
		"duplicate|3|-|ip|10.9.9.9|-|-|line 2 (7) says the same\n"
		"register only|2|-|-|-|-|-|-\nregister only|3|-|-|-|-|-|-\n"
		"observed only|0|" IP_A "|-|-|-|frame|-\nobserved only|0|" IP_B "|-|-|-|frame|-\n"},
	{"number,ip,serial\nPLC-1," IP_A ",\nplc-1," IP_B ",\n",
		"duplicate|2|" IP_A "|number|PLC-1|-|-|line 3 (plc-1) says the same\n"
		"duplicate|3|" IP_B "|number|plc-1|-|-|line 2 (PLC-1) says the same\n"
		"matched|2|" IP_A "|-|-|-|frame|only the device says: serial_number 0x00C0FFEE\n"
		"matched|3|" IP_B "|-|-|-|frame|-\n"},
};

START_TEST(each_row_and_each_asset_gets_its_line)
{
	reconcile(two, cases[_i].rows);
	ck_assert_str_eq(items(), cases[_i].items);
}
END_TEST

/* A row whose key several assets have is none of them, and says so at each. */
START_TEST(a_key_of_several_is_a_question)
{
	static const struct step twins[] = {ARP(IP_A, MAC_A), ARP(IP_B, MAC_B),
		FACT(IP_A, STATION_NAME, PN_DCP, "Identify", "mixer"),
		FACT(IP_B, STATION_NAME, PN_DCP, "Identify", "mixer"), END};
	reconcile(twins, "number,station name\n1,mixer\n");
	ck_assert_str_eq(items(),
		"ambiguous|2|-|station_name|mixer|-|-|2 assets have it: " IP_A " (mixer), " IP_B " (mixer)\n"
		"observed only|0|" IP_A "|-|-|-|frame|line 2 (1) may mean it\n"
		"observed only|0|" IP_B "|-|-|-|frame|line 2 (1) may mean it\n");
	ck_assert_uint_eq(reconcile_mismatches(r), 3);
}
END_TEST

/* Modules are expected in no register; who lists a controller by its CPU's number and its address means all of it. */
START_TEST(a_module_can_stand_for_its_device)
{
	static const struct step chassis[] = {ARP(IP_A, MAC_A),
		FACT(IP_A "#cip-port-slot:1/0", SERIAL_NUMBER, CIP, "Identity", "0x00C0FFEE"),
		FACT(IP_A "#cip-port-slot:1/3", SERIAL_NUMBER, CIP, "Identity", "0x00BEEF01"), END};
	reconcile(chassis, "number,serial,ip\n1,c0ffee," IP_A "\n");
	ck_assert_str_eq(items(), "matched|2|1/0|-|-|-|frame|-\n");
	ck_assert_uint_eq(r->modules_without_row, 1);
	ck_assert_uint_eq(reconcile_mismatches(r), 0);
	forget();
	reconcile(chassis, "number,serial\n1,c0ffee\n");
	ck_assert_str_eq(items(), "observed only|0|" IP_A "|-|-|-|frame|-\nmatched|2|1/0|-|-|-|frame|-\n");
}
END_TEST

/* Asked and never answered: a reason to go and look. */
START_TEST(an_address_asked_in_vain_is_said)
{
	static const struct step asked[] = {ARP(IP_A, MAC_A), ASKED(IP_A, IP_C, MODBUS, 502, OPERATION_READ), END};
	reconcile(asked, "number,ip\n1," IP_A "\n2," IP_C "\n");
	ck_assert_str_eq(items(), "register only|3|-|-|-|-|-|" IP_C " was asked by 1 assets and never answered\n"
				  "matched|2|" IP_A "|-|-|-|frame|-\n");
}
END_TEST

START_TEST(without_a_register_all_is_observed_only)
{
	scene_conclude(&c, two);
	r = reconcile_make(&c);
	ck_assert_str_eq(items(), "observed only|0|" IP_A "|-|-|-|frame|-\nobserved only|0|" IP_B "|-|-|-|frame|-\n");
}
END_TEST

/* An id stays when rows come, go and change places, and no two items have the same one. */
START_TEST(ids_stay)
{
	char before[17];
	reconcile(two, "number,ip\n1,10.0.0.99\n2,10.0.0.98\n");
	snprintf(before, sizeof(before), "%s", r->items[1].id);
	ck_assert_ptr_nonnull(r->items[1].row);
	ck_assert_str_eq(r->items[1].row->number, "2");
	forget();
	reconcile(two, "number,ip\n2,10.0.0.98\n3,10.0.0.97\n3,10.0.0.97\n3,10.0.0.97\n");
	unsigned same = 0;
	for (size_t i = 0; i < r->count; i++) {
		ck_assert_uint_eq(strlen(r->items[i].id), 16);
		same += strcmp(r->items[i].id, before) == 0;
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(r->items[i].id, r->items[k].id);
	}
	ck_assert_uint_eq(same, 1);
}
END_TEST

static void map_of(struct register_map *map, const char *what)
{
	ck_assert_int_eq(register_map_read(map, what, written_tell, &files), 0);
	ck_assert_uint_eq(files.told_count, 0);
}

/* The same register in the words of its owner: as a text, as a file, in Windows-1252 with semicolons. */
START_TEST(columns_have_any_name)
{
	static const char rows[] = "Nr.;Ger\xe4t;S-Nr;Netzadresse;Bemerkung\r\nA1;R\xfchrwerk;c0ffee;" IP_A ";x\r\n";
	static const char yaml[] = "number: Nr.\nname: \"Ger\xc3\xa4t\"\nserial: S-Nr\nip: Netzadresse\n";
	for (unsigned i = 0; i < 2; i++) {
		struct register_map map = {0};
		if (i == 0) {
			map_of(&map, "number=Nr., name=Ger\xc3\xa4t ,serial=s nr,ip = Netzadresse");
		} else {
			written_put(files.zones, yaml, strlen(yaml));
			map_of(&map, files.zones);
		}
		reconcile_mapped(two, rows, &map);
		register_map_clear(&map);
		ck_assert_uint_eq(r->counts[RECONCILE_MATCHED], 1);
		ck_assert_str_eq(declared->assets[0].number, "A1");
		ck_assert_str_eq(declared->assets[0].name, "R\xc3\xbchrwerk");
		ck_assert_str_eq(declared->assets[0].notes, "x"); /* by its usual name */
		forget();
	}
}
END_TEST

/* Two columns that mean the same are refused, until the map says which one it is. */
START_TEST(a_map_decides_between_columns)
{
	static const char rows[] = "id,asset tag,ip\n1,T-1," IP_A "\n";
	written_put(files.owners, rows, strlen(rows));
	ck_assert_int_eq(declarations_load(&declared, NULL, files.owners, written_tell, &files), -EINVAL);
	files.told_count = 0;
	struct register_map map = {0};
	map_of(&map, "number=asset tag");
	reconcile_mapped(two, rows, &map);
	register_map_clear(&map);
	ck_assert_str_eq(declared->assets[0].number, "T-1");
}
END_TEST

static const struct {
	const char *what, *told;
} mistakes[] = {
	{"serial", "serial: No such file or directory"},
	{"serial=S,x", "--map: \"x\", expected FIELD=TITLE"},
	{"serial_numbr=S", "--map: \"serial_numbr\" is no field of a register; did you mean serial_number?"},
	{"colour=S",
		"--map: \"colour\" is no field of a register, expected one like serial_number, mac, station_name, ip"},
	{"ip=", "--map: ip: expected the title of a column"},
	{"ip=A,ip address=B", "--map: ip: named twice, \"A\" and \"B\""},
};

START_TEST(a_map_is_read_with_care)
{
	struct register_map map = {0};
	ck_assert_int_ne(register_map_read(&map, mistakes[_i].what, written_tell, &files), 0);
	register_map_clear(&map);
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0], mistakes[_i].told);
}
END_TEST

static const struct {
	const char *map, *told;
} misfits[] = {
	{"ip=Adresse", "r.csv:1:1: no column \"Adresse\", which --map names for ip"},
	{"ip=address,mac=address", "r.csv:1:1: the column \"address\" cannot be both mac and ip"},
};

START_TEST(a_map_must_fit_the_register)
{
	static const char rows[] = "id,address\n1," IP_A "\n";
	struct register_map map = {0};
	map_of(&map, misfits[_i].map);
	written_put(files.owners, rows, strlen(rows));
	ck_assert_int_eq(declarations_load_mapped(&declared, NULL, files.owners, &map, written_tell, &files), -EINVAL);
	register_map_clear(&map);
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0], misfits[_i].told);
}
END_TEST

/* People write several addresses into a cell, and remarks. Strictly that is a mistake; for reconciling it is work. */
START_TEST(cells_that_hold_no_address)
{
	static const char rows[] = "number,ip,mac\n1,\"10.0.0.10; 10.0.0.99\",\n2,see list," MAC_B "\n3,10.0.0.x,\n";
	struct register_map map = {.source = "", .lenient = true};
	written_put(files.owners, rows, strlen(rows));
	ck_assert_int_eq(declarations_load(&declared, NULL, files.owners, written_tell, &files), -EINVAL);
	files.told_count = 0;
	reconcile_mapped(two, rows, &map);
	ck_assert_str_eq(items(),
		"register only|4|-|-|-|-|-|no serial number, MAC, station name or IP by which it could be found\n"
		"matched|2|" IP_A "|-|-|-|frame|only the device says: mac " MAC_A "\n"
		"matched|3|" IP_B "|-|-|-|frame|only the device says: ip " IP_B "\n");
	ck_assert_str_eq(declared->assets[0].unread, "ip \"10.0.0.10; 10.0.0.99\": only the first address was read");
	ck_assert_str_eq(declared->assets[1].unread, "ip \"see list\": was not read");
	ck_assert_str_eq(files.told[0], "r.csv:2:3: ip: \"10.0.0.10; 10.0.0.99\": only the first address was read");
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("reconcile");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, each_row_and_each_asset_gets_its_line, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tests, a_key_of_several_is_a_question);
	tcase_add_test(tests, a_module_can_stand_for_its_device);
	tcase_add_test(tests, an_address_asked_in_vain_is_said);
	tcase_add_test(tests, without_a_register_all_is_observed_only);
	tcase_add_test(tests, ids_stay);
	tcase_add_test(tests, columns_have_any_name);
	tcase_add_test(tests, a_map_decides_between_columns);
	tcase_add_loop_test(tests, a_map_is_read_with_care, 0, sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_loop_test(tests, a_map_must_fit_the_register, 0, sizeof(misfits) / sizeof(misfits[0]));
	tcase_add_test(tests, cells_that_hold_no_address);
	return check_main("reconcile", tests);
}
