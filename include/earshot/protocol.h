/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol.h - the protocols that have a name in the inventory, with that name.
 *
 * Names are part of the inventory JSON contract: add, never rename. The number is
 * internal and may change between builds; only the name is ever stored.
 */
#ifndef EARSHOT_PROTOCOL_H
#define EARSHOT_PROTOCOL_H

/* clang-format off */
#define PROTOCOL_LIST(X) \
	X(NONE, "") \
	X(MODBUS, "modbus") X(UMAS, "umas") X(COTP, "cotp") X(S7COMM, "s7comm") X(S7COMM_PLUS, "s7comm-plus") \
	X(DNP3, "dnp3") X(ENIP, "enip") X(CIP, "cip") X(CIP_IO, "cip-io") X(PCCC, "pccc") \
	X(PN_DCP, "pn-dcp") X(PN_RT, "pn-rt") X(PN_IO, "pn-io") X(LLDP, "lldp") X(CDP, "cdp") X(STP, "stp") \
	X(BACNET, "bacnet") X(OPCUA, "opcua") X(IEC104, "iec104") X(MMS, "mms") X(GOOSE, "goose") X(SV, "sv") \
	X(HART_IP, "hart-ip") X(FINS, "fins") X(MELSEC, "melsec") X(ADS, "ads") X(GE_SRTP, "ge-srtp") X(EGD, "egd") \
	X(FOX, "fox") X(CODESYS, "codesys") X(PCWORX, "pcworx") X(GENISYS, "genisys") X(SYNPHASOR, "synphasor") \
	X(C1222, "c1222") X(ETHERCAT, "ethercat") X(POWERLINK, "powerlink") X(SNMP, "snmp") X(DHCP, "dhcp") \
	X(ARP, "arp") X(ND, "nd") X(HTTP, "http") X(TLS, "tls") X(SSH, "ssh") X(FTP, "ftp") X(TELNET, "telnet") \
	X(DNS, "dns") X(MDNS, "mdns") X(NBNS, "nbns") X(NTP, "ntp") X(SMB, "smb") X(RDP, "rdp") X(SSDP, "ssdp") \
	X(MQTT, "mqtt")
/* clang-format on */

enum protocol {
#define X(id, name) PROTOCOL_##id,
	PROTOCOL_LIST(X)
#undef X
	    PROTOCOLS
};

/* The name in the inventory; "" for PROTOCOL_NONE. Static storage. */
const char *protocol_name(enum protocol protocol);

#endif
