/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s7comm_szl.c - SIMATIC system status lists: identity, operating mode, modules.
 *
 * Follows Siemens A5E00739858, "System Software for S7-300/400: System and Standard Functions",
 * chapter "System Status Lists (SSL)".
 *
 *	 0        2        4        6        8
 *	+--------+--------+--------+--------+----------+----------+
 *	| SZL-ID | INDEX  | LENTHDR| N_DR   | record 1 | record 2 | ... N_DR records of LENTHDR bytes
 *	+--------+--------+--------+--------+----------+----------+
 *	  cxyy: c module class (0 CPU, 4 IM, 8 FM, C CP), x which extract, yy which list
 *
 * All numbers are big-endian.
 */
#include "s7comm_szl.h"

#include <stdio.h>
#include <string.h>

/* More records than any list has: the largest (module status) names 512 modules. */
#define RECORDS_MAX 1024

/* A state that does not change is told once in this time. */
#define STATUS_AGE_NS 60000000000

struct list {
	struct observer *observer;
	struct s7comm_status *told;
	uint16_t id, index, record_len, record_count;
	/* Lamps seen in an LED list of the CPU in rack 0. */
	bool run_on, run_off, stop_on, stop_off;
	/* The latest mode change of an operating mode list, with its time stamp in sortable form. */
	uint8_t mode, mode_time[9];
	char place[PATH_TEXT_MAX + 1]; /* the module named last */
};

/* Static text for statement.message: the list as all components, as one component, as any other extract. */
struct words {
	uint8_t index;
	uint8_t attribute; /* enum attribute */
	const char *message[3];
};

#define LIST_MESSAGES(list, index)                                                                                     \
	{                                                                                                              \
		"SZL 0x00" list " index 0x" index, "SZL 0x01" list " index 0x" index, "SZL xy" list " index 0x" index  \
	}

static const struct words module_words[] = {
	{0x01, ATTRIBUTE_ORDER_NUMBER, LIST_MESSAGES("11", "0001")},
	{0x06, ATTRIBUTE_PRODUCT_CODE, LIST_MESSAGES("11", "0006")},
	{0x07, ATTRIBUTE_FIRMWARE_VERSION, LIST_MESSAGES("11", "0007")},
	{0x81, ATTRIBUTE_BOOTLOADER_VERSION, LIST_MESSAGES("11", "0081")},
};

static const struct words component_words[] = {
	{0x01, ATTRIBUTE_STATION_NAME, LIST_MESSAGES("1C", "0001")},
	{0x02, ATTRIBUTE_NAME, LIST_MESSAGES("1C", "0002")},
	{0x03, ATTRIBUTE_PLANT_ID, LIST_MESSAGES("1C", "0003")},
	{0x04, ATTRIBUTE_COPYRIGHT, LIST_MESSAGES("1C", "0004")},
	{0x05, ATTRIBUTE_SERIAL_NUMBER, LIST_MESSAGES("1C", "0005")},
	{0x07, ATTRIBUTE_MODULE_TYPE, LIST_MESSAGES("1C", "0007")},
	{0x08, ATTRIBUTE_MEMORY_CARD_SERIAL, LIST_MESSAGES("1C", "0008")},
	{0x09, ATTRIBUTE_VENDOR_ID, LIST_MESSAGES("1C", "0009")},
	{0x0a, ATTRIBUTE_OEM_ID, LIST_MESSAGES("1C", "000A")},
	{0x0b, ATTRIBUTE_LOCATION, LIST_MESSAGES("1C", "000B")},
};

#define WORDS(table) (table), sizeof(table) / sizeof((table)[0])

static const struct words *words_find(const struct words *words, size_t count, unsigned index)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].index == index)
			return &words[i];
	return NULL;
}

static struct statement list_statement(const struct list *l, const char *message)
{
	(void)l;
	return (struct statement){.protocol = PROTOCOL_S7COMM, .subject = SUBJECT_SENDER, .message = message};
}

/*
 * Of a fault-tolerant (H) system both CPUs are listed, and the high byte of the index says which:
 * 1111, then 1 for the master, then the rack. The CPU in rack 0 is the device itself, the other one
 * a part of it; the slot is not said.
 */
static struct statement words_statement(const struct list *l, const struct words *w, uint16_t index)
{
	unsigned extract = l->id >> 8;
	struct statement s = list_statement(l, w->message[extract > 1 ? 2 : extract]);
	unsigned rack = index >> 8 & 7;
	if (index >> 12 == 0xf && rack != 0)
		s.path = path_number(PATH_S7_RACK_SLOT, rack);
	return s;
}

/* Text in a field that is filled up with NULs (and whatever the device left behind them). */
static void fact_field(struct observer *o, const struct statement *s, enum attribute attribute, struct cursor field)
{
	const uint8_t *end = memchr(field.at, 0, cursor_left(&field));
	observer_fact(o, s, attribute, field.at, end != NULL ? (size_t)(end - field.at) : cursor_left(&field));
}

/* 'V', 3, 2, 7 is "V3.2.7"; the letter is missing where a device has none. */
static void fact_version(struct observer *o, const struct statement *s, enum attribute attribute, struct cursor c)
{
	char text[24];
	uint8_t letter = cursor_u8(&c), major = cursor_u8(&c), minor = cursor_u8(&c), patch = cursor_u8(&c);
	int at = 0;
	if (letter > 0x20 && letter < 0x7f)
		text[at++] = (char)letter;
	snprintf(text + at, sizeof(text) - (size_t)at, "%u.%u.%u", major, minor, patch);
	observer_fact_string(o, s, attribute, text);
}

/*
 * xy11, module identification: index, 20 characters order number, module type, then four bytes of
 * version. With index 1 they are a release number of the hardware, with the others a letter and
 * three numbers. Index 6 repeats the basic hardware, whose release is no second version of the device.
 */
static void module_record(struct list *l, struct cursor record)
{
	uint16_t index = cursor_be16(&record);
	struct cursor order = cursor_take(&record, 20);
	cursor_skip(&record, 2);
	struct cursor version = record;
	uint16_t first = cursor_be16(&record), second = cursor_be16(&record);
	const struct words *w = words_find(WORDS(module_words), index & 0xff);
	if (w == NULL || !cursor_ok(&record))
		return;
	struct statement s = words_statement(l, w, index);
	if (w->index == 0x07 || w->index == 0x81) {
		fact_version(l->observer, &s, w->attribute, version);
		if (w->index == 0x07)
			fact_field(l->observer, &s, ATTRIBUTE_PRODUCT_CODE, order);
		return;
	}
	fact_field(l->observer, &s, w->attribute, order);
	if (w->index == 0x01) {
		char text[16];
		if (first < 0x100)
			snprintf(text, sizeof(text), "%u", first);
		else
			snprintf(text, sizeof(text), "%04x %04x", first, second);
		observer_fact_string(l->observer, &s, ATTRIBUTE_HARDWARE_VERSION, text);
	}
}

/* Index 9: PROFIBUS I&M numbers. 42 is Siemens; 0 and 0xFFFF stand for "not set". */
static void manufacturer_record(struct list *l, const struct statement *s, struct cursor c)
{
	char text[8];
	uint16_t manufacturer = cursor_be16(&c), profile = cursor_be16(&c);
	if (!cursor_ok(&c))
		return;
	if (manufacturer != 0 && manufacturer != 0xffff) {
		snprintf(text, sizeof(text), "0x%04X", manufacturer);
		observer_fact_coded(l->observer, s, ATTRIBUTE_VENDOR_ID, text, manufacturer);
	}
	if (manufacturer == 42)
		observer_fact_coded(l->observer, s, ATTRIBUTE_VENDOR, "Siemens", manufacturer);
	if (profile != 0 && profile != 0xffff) {
		snprintf(text, sizeof(text), "0x%04X", profile);
		observer_fact_coded(l->observer, s, ATTRIBUTE_PROFILE, text, profile);
	}
}

/* xy1C, component identification: index and up to 32 characters. */
static void component_record(struct list *l, struct cursor record)
{
	uint16_t index = cursor_be16(&record);
	const struct words *w = words_find(WORDS(component_words), index & 0xff);
	if (w == NULL)
		return;
	struct statement s = words_statement(l, w, index);
	if (w->index == 0x09) {
		manufacturer_record(l, &s, record);
		return;
	}
	/* The OEM text is followed by numbers of its own. */
	size_t len = cursor_left(&record);
	fact_field(l->observer, &s, w->attribute, cursor_take(&record, w->index == 0x0a && len > 26 ? 26 : len));
}

/* xy32 index 4, protection: levels set by switch, by parameter and in force; key switch; checksums. */
static void protection_record(struct list *l, struct cursor record)
{
	static const char *const switches[] = {"", "RUN", "RUN-P", "STOP", "MRES"};
	uint8_t *told = l->told->protection[l->id == 0x0232], now[S7COMM_PROTECTION_LEN] = {0};
	size_t len = cursor_left(&record);
	memcpy(now, record.at, len < sizeof(now) ? len : sizeof(now));
	uint16_t index = cursor_be16(&record);
	cursor_skip(&record, 4);
	uint16_t real = cursor_be16(&record), position = cursor_be16(&record);
	if (index != 4 || !cursor_ok(&record) || memcmp(now, told, sizeof(now)) == 0)
		return;
	memcpy(told, now, sizeof(now));
	struct statement s = list_statement(l, l->id == 0x0232 ? "SZL 0x0232 index 0x0004" : "SZL 0x0132 index 0x0004");
	char text[64];
	if (real != 0) {
		snprintf(text, sizeof(text), "%u", real);
		observer_fact_string(l->observer, &s, ATTRIBUTE_PROTECTION_LEVEL, text);
	}
	if (position < sizeof(switches) / sizeof(switches[0]))
		observer_fact_string(l->observer, &s, ATTRIBUTE_KEY_SWITCH, switches[position]);
	cursor_skip(&record, 4);
	uint16_t valid = cursor_be16(&record);
	uint32_t hardware = cursor_be32(&record), program = cursor_be32(&record);
	if (valid == 0 || !cursor_ok(&record))
		return;
	snprintf(text, sizeof(text), "checksums: hardware 0x%08X, program 0x%08X", (unsigned)hardware,
		(unsigned)program);
	observer_fact_string(l->observer, &s, ATTRIBUTE_OBJECT, text);
}

enum { MODE_STOP = 4, MODE_RUN = 8 };

static const char *mode_name(unsigned mode)
{
	static const char *const names[16] = {NULL, "STOP", "STOP", "STOP", "STOP", "STARTUP", "STARTUP", "STARTUP",
		"RUN", "RUN", "HOLD", "RUN", "RUN", "DEFECT", NULL, NULL};
	return names[mode & 15];
}

/*
 * xy24, modes: event, 0xFF, previous and present mode in two nibbles, start information, and when
 * it happened in BCD. 9, 11 and 12 are the running states of a redundant system. A list of several
 * changes is about the latest.
 */
static void mode_record(struct list *l, struct cursor record)
{
	cursor_skip(&record, 3);
	uint8_t modes = cursor_u8(&record);
	uint8_t when[9] = {0};
	cursor_skip(&record, 8);
	struct cursor time = cursor_take(&record, 8);
	if (cursor_ok(&time)) {
		when[0] = time.at[0] < 0x90; /* years 90..99 are of the last century */
		memcpy(when + 1, time.at, 8);
	}
	if (mode_name(l->mode) != NULL && memcmp(when, l->mode_time, sizeof(when)) <= 0)
		return;
	l->mode = modes & 15;
	memcpy(l->mode_time, when, sizeof(when));
}

/* xy19 and xy74, lamps: rack and lamp number, on or off, flashing. */
static void lamp_record(struct list *l, struct cursor record)
{
	uint16_t lamp = cursor_be16(&record);
	uint8_t on = cursor_u8(&record), flashing = cursor_u8(&record);
	if (!cursor_ok(&record) || (lamp >> 8 & 7) != 0 || flashing != 0)
		return;
	if ((lamp & 0xff) == 4) {
		l->run_on |= on == 1;
		l->run_off |= on == 0;
	} else if ((lamp & 0xff) == 5) {
		l->stop_on |= on == 1;
		l->stop_off |= on == 0;
	}
}

static void module_present(struct list *l, const char *message)
{
	struct statement s = list_statement(l, message);
	s.path.kind = PATH_S7_RACK_SLOT;
	if (strcmp(l->place, "") == 0)
		return;
	memcpy(s.path.text, l->place, sizeof(s.path.text));
	observer_presence(l->observer, &s);
}

/* "0/4" in a central rack, "dp1.5/4" and "pn100.3/1" in a station behind a PROFIBUS or PROFINET interface. */
static void place_module(struct list *l, const char *message, unsigned system, unsigned station, unsigned slot)
{
	char place[sizeof(l->place)];
	if (system == 0)
		snprintf(place, sizeof(place), "%u/%u", station, slot);
	else
		snprintf(place, sizeof(place), "%s%u.%u/%u", system < 100 ? "dp" : "pn", system, station, slot);
	if (strcmp(place, l->place) == 0)
		return; /* another submodule of the same */
	memcpy(l->place, place, sizeof(place));
	module_present(l, message);
}

/*
 * xy91, module status: two address words, logical address, expected and actual type, ..., I/O status
 * at 12 (bit 1: the module is there). Address: 0 rack | slot submodule; DP system, station | ...;
 * bit 15, PN system - 100 (4 bits), device (11 bits) | slot.
 */
static void status_record(struct list *l, struct cursor record)
{
	uint16_t first = cursor_be16(&record), second = cursor_be16(&record);
	cursor_skip(&record, 8);
	uint16_t status = cursor_be16(&record);
	if (!cursor_ok(&record) || (status & 2) == 0 || (status & 4) != 0)
		return;
	const char *message = "SZL xy91 module status";
	if (first & 0x8000)
		place_module(l, message, 100u + (first >> 11 & 15), first & 0x7ff, second);
	else
		place_module(l, message, first >> 8, first & 0xff, second >> 8);
}

/* xy96, module status of PROFINET and PROFIBUS: system at 2, station at 8, slot at 10, I/O status at 34. */
static void device_record(struct list *l, struct cursor record)
{
	cursor_skip(&record, 2);
	uint16_t system = cursor_be16(&record);
	cursor_skip(&record, 4);
	uint16_t station = cursor_be16(&record), slot = cursor_be16(&record);
	cursor_skip(&record, 22);
	uint16_t status = cursor_be16(&record);
	if (cursor_ok(&record) && (status & 2) != 0 && (status & 4) == 0)
		place_module(l, "SZL xy96 module status", system, station, slot);
}

static void place_station(struct list *l, const char *message, unsigned system, unsigned station)
{
	if (system == 0)
		snprintf(l->place, sizeof(l->place), "%u", station);
	else
		snprintf(l->place, sizeof(l->place), "%s%u.%u", system < 100 ? "dp" : "pn", system, station);
	module_present(l, message);
}

/*
 * x192/x292, actual status: one bit per expansion rack (index 0, from rack 0 on) or station (index =
 * DP system, from station 1 on), lowest bit first. The other extracts are about plans and faults.
 */
static void racks_record(struct list *l, struct cursor record)
{
	for (unsigned byte = 0; byte < 16 && cursor_left(&record) > 0; byte++) {
		uint8_t bits = cursor_u8(&record);
		for (unsigned bit = 0; bit < 8; bit++) {
			unsigned number = byte * 8 + bit + (l->index != 0);
			if (bits & 1u << bit && number != 0)
				place_station(
					l, "SZL xy92 actual status of racks and stations", l->index & 0xff, number);
		}
	}
}

/* x294, the same with the system again in front and bit 0 for all together; central racks are in xy92. */
static void stations_record(struct list *l, struct cursor record)
{
	uint16_t system = cursor_be16(&record);
	for (unsigned byte = 0; byte < 256 && cursor_left(&record) > 0; byte++) {
		uint8_t bits = cursor_u8(&record);
		for (unsigned bit = 0; bit < 8; bit++)
			if (bits & 1u << bit && byte + bit != 0 && system != 0)
				place_station(l, "SZL xy94 actual status of stations", system, byte * 8 + bit);
	}
}

static void fact_ip(struct list *l, const struct statement *s, enum attribute attribute, const uint8_t *ip)
{
	char text[16];
	snprintf(text, sizeof(text), "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
	observer_fact_string(l->observer, s, attribute, text);
}

/* xy37, Ethernet interface: logical address, IP, mask, router (the IP again: none), MAC, source of the IP. */
static void interface_record(struct list *l, struct cursor record)
{
	static const uint8_t unset[6];
	cursor_skip(&record, 2);
	const uint8_t *ip = cursor_bytes(&record, 4), *mask = cursor_bytes(&record, 4);
	const uint8_t *router = cursor_bytes(&record, 4), *mac = cursor_bytes(&record, 6);
	if (!cursor_ok(&record))
		return;
	struct statement s = list_statement(l, "SZL xy37 Ethernet interface");
	if (memcmp(mac, unset, 6) != 0)
		observer_fact_mac(l->observer, &s, ATTRIBUTE_MAC, mac);
	if (memcmp(ip, unset, 4) == 0)
		return;
	fact_ip(l, &s, ATTRIBUTE_IP, ip);
	fact_ip(l, &s, ATTRIBUTE_NETMASK, mask);
	if (memcmp(router, unset, 4) != 0 && memcmp(router, ip, 4) != 0)
		fact_ip(l, &s, ATTRIBUTE_GATEWAY, router);
}

struct reader {
	uint8_t list;
	uint16_t record_min;
	void (*record)(struct list *l, struct cursor record);
};

static const struct reader readers[] = {
	{0x11, 28, module_record},
	{0x19, 4, lamp_record},
	{0x1c, 10, component_record},
	{0x24, 4, mode_record},
	{0x32, 12, protection_record},
	{0x37, 48, interface_record},
	{0x74, 4, lamp_record},
	{0x91, 16, status_record},
	{0x92, 16, racks_record},
	{0x94, 4, stations_record},
	{0x96, 36, device_record},
};

/* Only these extracts are about what is there; the others of their list repeat a plan or a fault. */
static bool extract_wanted(uint16_t id)
{
	unsigned extract = id >> 8 & 15;
	switch (id & 0xff) {
	case 0x24:
		return extract == 0 || extract == 1 || extract == 4;
	case 0x32:
		return extract == 1 || extract == 2;
	case 0x92:
		return extract == 1 || extract == 2;
	case 0x94:
		return extract == 2;
	default:
		return true;
	}
}

static const struct reader *reader_find(const struct list *l)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (readers[i].list == (l->id & 0xff))
			return l->record_len >= readers[i].record_min && extract_wanted(l->id) ? &readers[i] : NULL;
	return NULL;
}

/* Once for each change. What another source said before and is no longer so, it may say again. */
static void mode_tell(const struct list *l, enum s7comm_mode_source source, uint8_t mode)
{
	static const char *const messages[] = {
		"SZL 0x0424 index 0x0000", "SZL xy24 operating modes", "SZL xy19 LEDs", "SZL xy74 LEDs"};
	if (mode_name(mode) == NULL || l->told->mode[source] == mode)
		return;
	for (unsigned i = 0; i < S7COMM_MODE_SOURCES; i++)
		if (mode_name(l->told->mode[i]) != NULL && strcmp(mode_name(l->told->mode[i]), mode_name(mode)) != 0)
			l->told->mode[i] = 0;
	l->told->mode[source] = mode;
	struct statement s = list_statement(l, messages[source]);
	if (source == S7COMM_MODE_0424 || source == S7COMM_MODE_XY24)
		observer_fact_coded(l->observer, &s, ATTRIBUTE_OPERATING_MODE, mode_name(mode), mode);
	else
		observer_fact_string(l->observer, &s, ATTRIBUTE_OPERATING_MODE, mode_name(mode));
}

/* What only the whole list can say. */
static void list_end(const struct list *l)
{
	enum s7comm_mode_source lamps = (l->id & 0xff) == 0x19 ? S7COMM_MODE_XY19 : S7COMM_MODE_XY74;
	mode_tell(l, (l->id & 0xf00) == 0x400 ? S7COMM_MODE_0424 : S7COMM_MODE_XY24, l->mode);
	if (l->run_on && l->stop_off && !l->run_off && !l->stop_on)
		mode_tell(l, lamps, MODE_RUN);
	else if (l->stop_on && l->run_off && !l->stop_off && !l->run_on)
		mode_tell(l, lamps, MODE_STOP);
}

size_t s7comm_szl_len(struct cursor list)
{
	cursor_skip(&list, 4);
	size_t record_len = cursor_be16(&list), record_count = cursor_be16(&list);
	return cursor_ok(&list) ? 8 + record_len * record_count : 0;
}

void s7comm_status_age(struct s7comm_status *told, int64_t now_ns)
{
	if (now_ns - told->since_ns < STATUS_AGE_NS && now_ns >= told->since_ns)
		return;
	memset(told, 0, sizeof(*told));
	told->since_ns = now_ns;
}

void s7comm_szl(struct cursor bytes, struct s7comm_status *told, struct observer *observer)
{
	struct list l = {.observer = observer, .told = told};
	l.id = cursor_be16(&bytes);
	l.index = cursor_be16(&bytes);
	l.record_len = cursor_be16(&bytes);
	l.record_count = cursor_be16(&bytes);
	const struct reader *reader = cursor_ok(&bytes) ? reader_find(&l) : NULL;
	if (reader == NULL)
		return;
	for (unsigned i = 0; i < l.record_count && i < RECORDS_MAX && cursor_left(&bytes) >= l.record_len; i++)
		reader->record(&l, cursor_take(&bytes, l.record_len));
	list_end(&l);
}
