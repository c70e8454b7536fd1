/* SPDX-License-Identifier: Apache-2.0 */
/* ndpi.c - all calls of libnDPI (4.2 in Debian 12). */
#include "sensor/flow/ndpi.h"

#include <ndpi/ndpi_main.h>
#include <stdlib.h>

/*
 * The protocols asked for, with their names here. Short on purpose: what a plant network carries besides
 * automation. No TLS (ours is tls.c, and nDPI's costs most), nothing that is told by an address or a port.
 */
static const struct {
	uint16_t number;
	const char *name;
} wanted[] = {
    {NDPI_PROTOCOL_HTTP, "http"},
    {NDPI_PROTOCOL_DNS, "dns"},
    {NDPI_PROTOCOL_MDNS, "mdns"},
    {NDPI_PROTOCOL_LLMNR, "llmnr"},
    {NDPI_PROTOCOL_NETBIOS, "nbns"},
    {NDPI_PROTOCOL_NTP, "ntp"},
    {NDPI_PROTOCOL_SNMP, "snmp"},
    {NDPI_PROTOCOL_SSDP, "ssdp"},
    {NDPI_PROTOCOL_SSH, "ssh"},
    {NDPI_PROTOCOL_TELNET, "telnet"},
    {NDPI_PROTOCOL_FTP_CONTROL, "ftp"},
    {NDPI_PROTOCOL_SMBV1, "smb"},
    {NDPI_PROTOCOL_SMBV23, "smb"},
    {NDPI_PROTOCOL_DCERPC, "dcerpc"},
    {NDPI_PROTOCOL_RDP, "rdp"},
    {NDPI_PROTOCOL_VNC, "vnc"},
    {NDPI_PROTOCOL_MQTT, "mqtt"},
    {NDPI_PROTOCOL_AMQP, "amqp"},
    {NDPI_PROTOCOL_SYSLOG, "syslog"},
    {NDPI_PROTOCOL_TFTP, "tftp"},
    {NDPI_PROTOCOL_KERBEROS, "kerberos"},
    {NDPI_PROTOCOL_LDAP, "ldap"},
    {NDPI_PROTOCOL_RADIUS, "radius"},
    {NDPI_PROTOCOL_RTSP, "rtsp"},
    {NDPI_PROTOCOL_SIP, "sip"},
    {NDPI_PROTOCOL_MYSQL, "mysql"},
    {NDPI_PROTOCOL_POSTGRES, "postgresql"},
    {NDPI_PROTOCOL_MSSQL_TDS, "tds"},
    {NDPI_PROTOCOL_COAP, "coap"},
    {NDPI_PROTOCOL_MAIL_SMTP, "smtp"},
    {NDPI_PROTOCOL_NFS, "nfs"},
    {NDPI_PROTOCOL_OPENVPN, "openvpn"},
    {NDPI_PROTOCOL_WIREGUARD, "wireguard"},
    {NDPI_PROTOCOL_IP_IPSEC, "ipsec"},
};

/*
 * One for the whole process: to set the library up and to take it down cost more than to read a small capture. Among the
 * protocols wanted there is none for which it remembers one flow for another, so captures do not meet in it. Only the
 * thread that takes packets calls.
 */
static struct ndpi_detection_module_struct *module;
static bool failed; /* tried once and no memory: no names, no harm */

struct labeller {
	uint32_t used, max; /* flows with a state of the library, each about a kilobyte */
};

struct labeller *labeller_new(uint32_t max)
{
	struct labeller *l = calloc(1, sizeof(*l));
	if (l != NULL)
		l->max = max;
	return l;
}

void labeller_close(void)
{
	if (module != NULL)
		ndpi_exit_detection_module(module);
	module = NULL;
	failed = false;
}

void labeller_free(struct labeller *l)
{
	free(l);
}

static bool set_up(void)
{
	if (module != NULL || failed)
		return module != NULL;
	module = ndpi_init_detection_module(ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt);
	if (module == NULL) {
		failed = true;
		return false;
	}
	NDPI_PROTOCOL_BITMASK mask;
	NDPI_BITMASK_RESET(mask);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		NDPI_BITMASK_ADD(mask, wanted[i].number);
	ndpi_set_protocol_detection_bitmask2(module, &mask);
	ndpi_finalize_initialization(module);
	return true;
}

static uint8_t wanted_label(uint16_t number)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (wanted[i].number == number)
			return (uint8_t)(i + 1);
	return 0;
}

const char *labeller_name(const struct flow *flow)
{
	return flow->label > 0 ? wanted[flow->label - 1].name : NULL;
}

/* What is spoken inside comes first: SMB on port 445 is framed by a NetBIOS session and is no name service. */
static uint8_t label_of(ndpi_protocol verdict)
{
	uint8_t inner = wanted_label(verdict.app_protocol);
	return inner != 0 ? inner : wanted_label(verdict.master_protocol);
}

void labeller_forget(struct labeller *l, struct flow *flow)
{
	if (flow->labelling == NULL)
		return;
	ndpi_free_flow(flow->labelling);
	flow->labelling = NULL;
	l->used--;
}

void labeller_packet(struct labeller *l, struct flow *flow, const struct frame *frame)
{
	size_t len = cursor_left(&frame->network);
	if (flow->label != 0 || flow->labelled_packets >= LABEL_PACKETS_MAX || len == 0 || len > UINT16_MAX || !set_up())
		return;
	if (flow->labelling == NULL) {
		if (l->used >= l->max)
			return;
		flow->labelling = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
		if (flow->labelling == NULL)
			return;
		memset(flow->labelling, 0, SIZEOF_FLOW_STRUCT);
		l->used++;
	}
	flow->labelled_packets++;
	ndpi_protocol verdict = ndpi_detection_process_packet(module, flow->labelling, frame->network.at,
		(unsigned short)len, (u_int64_t)(frame->time_ns / 1000000));
	flow->label = label_of(verdict);
	if (flow->label != 0 || flow->labelled_packets == LABEL_PACKETS_MAX)
		labeller_forget(l, flow);
}

const char *labeller_version(void)
{
	return ndpi_revision();
}
