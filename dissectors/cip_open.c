/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip_open.c - Forward Open (service 0x54) and Large Forward Open (0x5B) of the connection manager.
 *
 * The CIP Networks Library, volume 1, 3-5.5.2. The data of the request, little endian:
 *
 *	 0 priority, time-out ticks        2
 *	 2 connection id originator>target 4    (the target chooses it, in the reply)
 *	 6 connection id target>originator 4
 *	10 connection serial number        2 \
 *	12 originator vendor               2  } together they name the connection
 *	14 originator serial number        4 /
 *	18 time-out multiplier, reserved   4
 *	22 RPI o>t in microseconds, parameters  4 + 2 (large: 4 + 4)
 *	28 RPI t>o, parameters             4 + 2 (4 + 4)
 *	34 transport class and trigger     1
 *	35 path size in words, path             route, electronic key, target object
 *
 * So the client introduces itself, and the key says what it takes the target for. The target
 * checked the key before it accepted, hence only a success makes a fact of it; a key may also
 * let in compatible devices, so it stands below what a device says of itself.
 */
#include <stdio.h>

#include "cip.h"

enum { KEY_CONFIDENCE = 60, KEY_COMPATIBLE_CONFIDENCE = 40, ORIGINATOR_CONFIDENCE = 70 };

static const char open_message[] = "CIP Forward Open";

void cip_originator(struct observer *o, const char *message, uint16_t vendor, uint32_t serial)
{
	struct statement s = {
		.protocol = PROTOCOL_CIP,
		.subject = SUBJECT_SENDER,
		.message = message,
		.confidence = ORIGINATOR_CONFIDENCE,
	};
	char text[12];
	if (vendor == 0 && serial == 0)
		return;
	if (vendor != 0)
		observer_fact_named(o, &s, ATTRIBUTE_VENDOR, NAMING_CIP_VENDOR, vendor);
	snprintf(text, sizeof(text), "0x%08x", (unsigned)serial);
	observer_fact_string(o, &s, ATTRIBUTE_SERIAL_NUMBER, text);
}

bool cip_safety_number_text(char *out, const uint8_t snn[CIP_SNN_LEN])
{
	unsigned any = 0, all = 0xFF;
	for (unsigned i = 0; i < CIP_SNN_LEN; i++) {
		any |= snn[i];
		all &= snn[i];
	}
	snprintf(out, 15, "%02X%02X_%02X%02X_%02X%02X", snn[5], snn[4], snn[3], snn[2], snn[1], snn[0]);
	return any != 0 && all != 0xFF;
}

static void safety_fact(struct observer *o, const struct statement *s, const uint8_t snn[CIP_SNN_LEN])
{
	char text[15];
	observer_fact_string(o, s, ATTRIBUTE_SAFETY, "CIP Safety connection");
	if (cip_safety_number_text(text, snn))
		observer_fact_string(o, s, ATTRIBUTE_SAFETY_NETWORK_NUMBER, text);
}

void cip_open_request(const struct cip_work *w, const struct cip_request *r, struct cip_pending *p)
{
	struct cursor c = r->data;
	size_t parameters = r->service == CIP_LARGE_FORWARD_OPEN ? 4 : 2;
	cursor_skip(&c, 2 + 4 + 4);
	uint16_t serial = cursor_le16(&c), vendor = cursor_le16(&c);
	uint32_t originator = cursor_le32(&c);
	cursor_skip(&c, 4 + 4 + parameters);
	uint32_t interval_us = cursor_le32(&c);
	cursor_skip(&c, parameters);
	uint8_t trigger = cursor_u8(&c);
	struct cursor bytes = cursor_take(&c, 2u * cursor_u8(&c));
	if (!cursor_ok(&c))
		return;
	cip_originator(w->observer, "CIP Forward Open originator", vendor, originator);

	struct cip_path path;
	bool good = cip_path_read(bytes, &path);
	cip_route_join(&path.route, &r->path.route);
	p->unsure = p->unsure || !good || path.route.lost;
	if (path.route.len > 0)
		p->route = cip_route_number(w->state, &path.route);
	struct cip_open *open = cip_open_add(w->state, p);
	if (open == NULL)
		return;
	open->interval_us = interval_us;
	open->trigger = trigger;
	open->connection_serial = serial;
	open->vendor = vendor;
	open->originator = originator;
	open->has_key = path.has_key;
	if (path.has_key)
		open->key = path.key;
	open->has_safety = path.has_safety;
	if (path.has_safety)
		open->safety = path.safety;
}

/* A zero in the key means "whatever it is". */
static void key_facts(struct observer *o, struct statement s, const struct cip_key *key)
{
	char text[16];
	bool compatible = key->major & 0x80;
	s.message = "CIP Forward Open electronic key";
	s.confidence = compatible ? KEY_COMPATIBLE_CONFIDENCE : KEY_CONFIDENCE;
	if (key->vendor != 0)
		observer_fact_named(o, &s, ATTRIBUTE_VENDOR, NAMING_CIP_VENDOR, key->vendor);
	if (key->type != 0)
		observer_fact_named(o, &s, ATTRIBUTE_DEVICE_TYPE, NAMING_CIP_DEVICE_TYPE, key->type);
	if (key->product != 0) {
		snprintf(text, sizeof(text), "%u", key->product);
		observer_fact_string(o, &s, ATTRIBUTE_PRODUCT_CODE, text);
	}
	if (key->serial != 0) {
		snprintf(text, sizeof(text), "0x%08x", (unsigned)key->serial);
		observer_fact_string(o, &s, ATTRIBUTE_SERIAL_NUMBER, text);
	}
	if ((key->major & 0x7F) != 0) {
		/* a minor revision of zero is "any"; so is a later one, when compatible devices are let in */
		s.confidence = compatible || key->minor == 0 ? KEY_COMPATIBLE_CONFIDENCE : KEY_CONFIDENCE;
		snprintf(text, sizeof(text), "%u.%u", key->major & 0x7Fu, key->minor);
		observer_fact_string(o, &s, ATTRIBUTE_FIRMWARE_VERSION, text);
	}
}

/* Classes 0 and 1 carry cyclic data: whoever opened the connection is the I/O scanner. */
static void io_facts(struct observer *o, const struct statement *target, const struct cip_open *open)
{
	char text[64];
	struct statement scanner = {.protocol = PROTOCOL_CIP, .subject = SUBJECT_RECEIVER, .message = open_message};
	struct statement adapter = *target;
	unsigned class = open->trigger & 0x0F;
	if (class > 1)
		return;
	adapter.message = open_message;
	observer_fact_string(o, &scanner, ATTRIBUTE_PROFILE, "I/O scanner");
	snprintf(text, sizeof(text), "I/O target, class %u, RPI %u.%03u ms", class,
		(unsigned)(open->interval_us / 1000), (unsigned)(open->interval_us % 1000));
	observer_fact_string(o, &adapter, ATTRIBUTE_PROFILE, text);
}

void cip_open_reply(const struct cip_work *w, const struct cip_pending *p, struct cursor data)
{
	struct observer *o = w->observer;
	uint32_t to_target = cursor_le32(&data), to_originator = cursor_le32(&data);
	if (!cursor_ok(&data) || p->open == 0)
		return;
	const struct cip_open *open = &w->state->opens[p->open - 1];
	const struct cip_module module = {SUBJECT_SENDER, p->route, p->unsure};
	struct statement target = cip_statement(w, &module, open_message);
	if (!p->unsure) {
		if (open->has_key)
			key_facts(o, target, &open->key);
		io_facts(o, &target, open);
	}
	if (open->has_safety) {
		struct statement originator = {
			.protocol = PROTOCOL_CIP, .subject = SUBJECT_RECEIVER, .message = open_message};
		safety_fact(o, &originator, open->safety.originator);
		if (!p->unsure)
			safety_fact(o, &target, open->safety.target);
	}
	if ((open->trigger & 0x0F) > 1 && !p->unsure)
		cip_connection_add(w->state, open, p->route, to_target, to_originator);
}

/* 3-5.5.3: priority and ticks, then the three numbers that name the connection. */
void cip_close_request(const struct cip_work *w, const struct cip_request *r)
{
	struct cursor c = r->data;
	cursor_skip(&c, 2);
	uint16_t serial = cursor_le16(&c), vendor = cursor_le16(&c);
	uint32_t originator = cursor_le32(&c);
	if (cursor_ok(&c))
		cip_connection_close(w->state, serial, vendor, originator);
}
