/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssdp.c - what devices announce of themselves in the Simple Service Discovery Protocol (UPnP Device Architecture
 * 2.0, 1.2 and 1.3). HTTP heads over UDP:
 *
 *	NOTIFY * HTTP/1.1 | M-SEARCH * HTTP/1.1 | HTTP/1.1 200 OK
 *	SERVER: <os>/<version> UPnP/<version> <product>/<version>
 */
#include "earshot/dissector.h"
#include "text.h"

#define PDU_MAX 9000

struct ssdp_state {
	bool told[2]; /* by direction: its SERVER */
};

static enum framing ssdp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	if (!text_starts(bytes, "NOTIFY * HTTP/1.") && !text_starts(bytes, "M-SEARCH * HTTP/1.") &&
		!(text_starts(bytes, "HTTP/1.1 200 ") && text_find(bytes, "\r\nUSN:") != NULL) &&
		!(text_starts(bytes, "HTTP/1.1 200 ") && text_find(bytes, "\r\nusn:") != NULL))
		return FRAMING_FOREIGN;
	*len = cursor_left(&bytes);
	return FRAMING_WHOLE;
}

static bool ssdp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct ssdp_state *ssdp = state;
	struct statement s = {.protocol = PROTOCOL_SSDP, .subject = SUBJECT_SENDER, .message = "SSDP SERVER"};
	struct cursor line;
	if (text_starts(bytes, "M-SEARCH")) {
		observer_request(observer, PROTOCOL_SSDP, OPERATION_NONE);
		return true;
	}
	if (!text_starts(bytes, "NOTIFY") && !text_starts(bytes, "HTTP/1.1 200 "))
		return false;
	observer_response(observer, PROTOCOL_SSDP, OPERATION_NONE);
	while (!ssdp->told[pdu->direction & 1] && text_line(&bytes, &line)) {
		if (!text_starts_caseless(line, "server:"))
			continue;
		cursor_skip(&line, 7);
		text_fact(observer, &s, ATTRIBUTE_BANNER, line);
		ssdp->told[pdu->direction & 1] = true;
	}
	return true;
}

extern const struct dissector ssdp_dissector;
const struct dissector ssdp_dissector = {
	.name = "ssdp",
	.protocol = PROTOCOL_SSDP,
	.reference = "UPnP Device Architecture 2.0",
	.udp_ports = (const uint16_t[]){1900, 0},
	.udp_any = true,
	.state_size = sizeof(struct ssdp_state),
	.pdu_max = PDU_MAX,
	.frame = ssdp_frame,
	.dissect = ssdp_dissect,
};
