/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ethercat.c - EtherCAT (IEC 61158-4-12), on Ethernet or in UDP.
 *
 *	+-----------+---+--------+   +-----------+---------+------------+-----------+---+------+--------+------+-----
 *	| length 11 | 0 | type 4 |   | command 8 | index 8 | address 32 | length 11 | 4 | more | irq 16 | data | wkc
 *	+-----------+---+--------+   +-----------+---------+------------+-----------+---+------+--------+------+-----
 *	little endian                one or more datagrams; wkc 16 is the working counter
 *
 * One master sends; the frame passes through every slave and comes back. On the way each slave that takes part adds
 * to the working counter, and the first one sets the bit "locally administered" in the source address: a frame with
 * neither is the master's own. What comes back has an address that is nobody's.
 */
#include "earshot/dissector.h"

enum { TYPE_COMMANDS = 1, TYPE_VARIABLES = 4, TYPE_MAILBOX = 5 };
enum { COMMAND_LAST = 14 };

#define HEAD_LEN 2
#define MORE_BIT 0x8000
#define LOCAL_BIT 0x02

static enum framing ethercat_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint16_t head = cursor_le16(&bytes);
	unsigned type = head >> 12;
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if ((type != TYPE_COMMANDS && type != TYPE_VARIABLES && type != TYPE_MAILBOX) || (head & 0x7ff) == 0)
		return FRAMING_FOREIGN;
	if ((size_t)(head & 0x7ff) + HEAD_LEN > left) {
		*len = (size_t)(head & 0x7ff) + HEAD_LEN;
		return FRAMING_MORE;
	}
	*len = left; /* with the padding of a short Ethernet frame */
	return FRAMING_WHOLE;
}

/* Each family of commands (auto increment, configured, broadcast, logical) has read, write and both. */
static unsigned operation_of(uint8_t command)
{
	static const uint8_t third[] = {OPERATION_READ, OPERATION_WRITE, OPERATION_READ | OPERATION_WRITE};
	if (command == 0)
		return OPERATION_NONE;
	return command <= 12 ? third[(command - 1) % 3] : OPERATION_READ | OPERATION_WRITE;
}

/* All datagrams; false when one is cut or no command. `*counted` when a slave took part in one. */
static bool datagrams_read(struct cursor c, unsigned *operations, bool *counted, bool *commands)
{
	for (bool more = true; more;) {
		uint8_t command = cursor_u8(&c);
		cursor_skip(&c, 5);
		uint16_t len = cursor_le16(&c);
		cursor_skip(&c, 2 + (len & 0x7ffu));
		uint16_t working = cursor_le16(&c);
		if (!cursor_ok(&c) || command > COMMAND_LAST)
			return false;
		*operations |= operation_of(command);
		*counted |= working != 0;
		*commands |= command != 0;
		more = (len & MORE_BIT) != 0;
	}
	return true;
}

static bool ethercat_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	const struct frame *frame = pdu->frame;
	uint16_t head = cursor_le16(&bytes);
	struct cursor body = cursor_take(&bytes, head & 0x7ff);
	bool cut = !cursor_ok(&bytes);
	if (cut && pdu->whole)
		return false;
	if (cut || head >> 12 != TYPE_COMMANDS) {
		observer_exchange(observer, PROTOCOL_ETHERCAT, cut ? OPERATION_NONE : OPERATION_READ);
		return true;
	}
	unsigned operations = OPERATION_NONE;
	bool counted = false, commands = false;
	if (!datagrams_read(body, &operations, &counted, &commands))
		return false;
	observer_exchange(observer, PROTOCOL_ETHERCAT, operations);
	if (!counted && commands && frame->has_mac && !(frame->mac_source[0] & LOCAL_BIT)) {
		struct statement s = {
			.protocol = PROTOCOL_ETHERCAT, .subject = SUBJECT_SENDER, .message = "EtherCAT commands"};
		observer_fact_string(observer, &s, ATTRIBUTE_PROFILE, "EtherCAT master");
	}
	return true;
}

extern const struct dissector ethercat_dissector;
const struct dissector ethercat_dissector = {
	.name = "ethercat",
	.protocol = PROTOCOL_ETHERCAT,
	.reference = "IEC 61158-4-12",
	.ethertypes = (const uint16_t[]){0x88a4, 0},
	.udp_ports = (const uint16_t[]){34980, 0},
	.pdu_max = 65535,
	.frame = ethercat_frame,
	.dissect = ethercat_dissect,
};
