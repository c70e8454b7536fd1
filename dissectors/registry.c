/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.c - every dissector, in probe order: the most distinctive framing first, so that
 * a weak one (Modbus has no magic number) is only asked about what nobody else claimed.
 */
#include "earshot/dissector.h"

extern const struct dissector arp_dissector, nd_dissector, dhcp_dissector, dnp3_dissector, enip_dissector,
    cip_io_dissector, tpkt_dissector, tls_dissector, modbus_dissector;
extern const struct dissector bacnet_dissector, iec104_dissector, opcua_dissector, snmp_dissector;
extern const struct dissector lldp_dissector, cdp_dissector, stp_dissector, pn_dcp_dissector, pn_rt_dissector,
    pn_io_dissector, goose_dissector, sv_dissector, ethercat_dissector, powerlink_dissector;
extern const struct dissector ads_dissector, c1222_dissector, fins_dissector, fox_dissector, hart_ip_dissector,
    melsec_dissector, synphasor_dissector;
extern const struct dissector ftp_dissector, http_dissector, ntp_dissector, ssdp_dissector, ssh_dissector,
    telnet_dissector;
extern const struct dissector dns_dissector, mdns_dissector, mqtt_dissector, nbns_dissector, smb_dissector;

const struct dissector *const dissectors[] = {
    &dnp3_dissector, &enip_dissector, &tpkt_dissector, &tls_dissector, &dhcp_dissector, &cip_io_dissector,
    &opcua_dissector, &iec104_dissector, &bacnet_dissector, &snmp_dissector,
    &fox_dissector, &synphasor_dissector, &c1222_dissector, &ads_dissector, &hart_ip_dissector, &melsec_dissector,
    &fins_dissector, &modbus_dissector, &pn_io_dissector, &arp_dissector, &nd_dissector,
    &lldp_dissector, &cdp_dissector, &stp_dissector, &pn_dcp_dissector, &pn_rt_dissector, &goose_dissector,
    &sv_dissector, &ethercat_dissector, &powerlink_dissector,
    &ssdp_dissector, &nbns_dissector, &dns_dissector, &mdns_dissector, &ntp_dissector, &mqtt_dissector,
    /* those that take what follows a greeting as it comes: last */
    &http_dissector, &smb_dissector, &ssh_dissector, &ftp_dissector, &telnet_dissector, NULL,
};
