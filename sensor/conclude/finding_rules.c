/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_rules.c - every finding that earshot makes: its name, how much it matters, what a person can do, and for
 * which requirement it is evidence.
 *
 * Clauses are those of IEC 62443-3-2:2020 (ZCR) and IEC 62443-2-1:2024 (NET, CM). A finding is evidence for a
 * requirement, never a verdict of compliance: what the sensor cannot see (a firewall's rules, a procedure, a signed
 * exception) may answer it.
 */
#include "sensor/conclude/finding_rules.h"

#define RULE(name, how, title, advice, clause, look)                                                                   \
	{                                                                                                              \
		name, SEVERITY_##how, title, advice, clause, look                                                      \
	}

const struct finding_rule finding_rules[] = {
	RULE("safety-programmed-by-stranger", HIGH, "A safety system is changed from a station that nobody accepted",
		"Find out who did it and compare the safety program with its approved signature. Accept the "
		"engineering "
		"station in the register (type engineering_ws) or in a rule of the conduit, and keep the key switch "
		"out "
		"of PROGRAM and REMOTE otherwise.",
		"IEC 62443-3-2 ZCR 3.3; IEC 62443-2-1 NET 1", find_safety_programmed),
	RULE("business-to-control", MEDIUM, "A business system and a control system talk without a DMZ between them",
		"Close the path at the firewall and give the business side its data from a server in a DMZ; or declare "
		"the conduit with a rule, an approver and an expiry.",
		"IEC 62443-3-2 ZCR 3.2; IEC 62443-2-1 NET 1", find_business_to_control),
	RULE("business-to-operations", LOW, "Business systems and site operations talk without a DMZ between them",
		"Publish what the business side needs from a server in a DMZ, or declare the conduit and say who owns "
		"it.",
		"IEC 62443-3-2 ZCR 3.2; IEC 62443-2-1 NET 1", find_business_to_operations),
	RULE("control-to-external", HIGH, "A controller or field device talks with an external network",
		"Find out which function of the device does it and switch it off, or route it over a DMZ; block "
		"external addresses for the cell at its boundary.",
		"IEC 62443-3-2 ZCR 3.6; IEC 62443-2-1 NET 1", find_control_to_external),
	RULE("operations-to-external", MEDIUM, "A system of the control network talks with an external network",
		"Find out what it is for (updates, licences, remote service) and route it over a DMZ, or declare it.",
		"IEC 62443-3-2 ZCR 3.6; IEC 62443-2-1 NET 1", find_operations_to_external),
	RULE("remote-access", MEDIUM, "Remote access into a control zone that nobody declared",
		"Make it end at a jump host in the DMZ with personal accounts and a recording, or declare it with an "
		"approver and an expiry.",
		"IEC 62443-2-1 NET 3; IEC 62443-3-2 ZCR 3.6", find_remote_access),
	RULE("temporary-bridge", HIGH, "A temporarily connected device works in several zones",
		"Find its owner; scan it before it is connected again, and give each zone its own service device or a "
		"fixed, controlled place to connect.",
		"IEC 62443-3-2 ZCR 3.4; IEC 62443-2-1 NET 1", find_temporary_bridge),
	RULE("temporary-into-cell", MEDIUM, "A temporarily connected device talks with a control zone",
		"Find its owner and the work order. If it comes regularly, declare its zone and the conduit.",
		"IEC 62443-3-2 ZCR 3.4", find_temporary_into_cell),
	RULE("wireless-into-cell", MEDIUM, "A wireless device talks with a control zone",
		"Give wireless devices a zone of their own with a firewall before the cell, and declare what they "
		"need.",
		"IEC 62443-3-2 ZCR 3.5; IEC 62443-2-1 NET 2", find_wireless_into_cell),
	RULE("dual-homed", MEDIUM, "A device with a foot in two zones goes round the conduit between them",
		"Check that it forwards nothing between its networks. Remove one connection, or put it behind the "
		"firewall and declare it as an access point of the zone.",
		"IEC 62443-3-2 ZCR 3.1, 6.4 f; IEC 62443-2-1 NET 1", find_dual_homed),
	RULE("cleartext-administration", LOW, "Administration in cleartext across zones",
		"Passwords can be read on the way. Use SSH, HTTPS, SFTP or SNMP version 3, and administer from one "
		"station over a declared conduit.",
		"IEC 62443-2-1 NET 1, USER 1; IEC 62443-3-3 SR 4.1", find_cleartext_administration),
	RULE("scanner", MEDIUM, "A device searches the network",
		"Find out who runs it. Active scans can stop old controllers: allow them only in a maintenance window.",
		"IEC 62443-2-1 EVENT 1, NET 1", find_scanner),
	RULE("address-conflict", MEDIUM, "Several devices claim one IP address",
		"Look up both MAC addresses in the switches. A replaced device explains it once; a doubled address or "
		"an attacker in between must go.",
		"IEC 62443-2-1 CM 1.1; IEC 62443-3-3 SR 7.8", find_address_conflict),
	RULE("denied-channel", MEDIUM, "Traffic that the declared conduits do not allow",
		"Find out whether it is needed. If so add a rule with an approver; if not block it at the boundary.",
		"IEC 62443-3-2 ZCR 6.4 h; IEC 62443-2-1 NET 1", find_denied),
	RULE("expired-channel", MEDIUM, "Traffic after the rule that allowed it has ended",
		"Ask the approver: renew the rule with a new date, or block the traffic and remove the rule.",
		"IEC 62443-3-2 ZCR 6.4 h; IEC 62443-2-1 CM 1.4", find_expired),
	RULE("asset-in-no-zone", LOW, "Assets in no zone",
		"Add them to a zone in zones.yaml: each asset belongs to a zone or a conduit.", "IEC 62443-3-2 ZCR 6.3",
		find_no_zone),
	RULE("asset-in-two-zones", LOW, "Assets that two declared zones name",
		"Let only one zone name each of them; until then the first in the file has them.",
		"IEC 62443-3-2 ZCR 6.3", find_two_zones),
	RULE("declared-never-seen", INFO, "Assets of the register that were not seen",
		"Check that the sensor hears their network and that they are in service. Absence is no proof: what is "
		"quiet, or talks within one switch, is not heard.",
		"IEC 62443-2-1 CM 1.1", find_never_seen),
	RULE("zone-member-never-seen", INFO, "Members of declared zones that were not seen",
		"Check the spelling in zones.yaml, and that the sensor hears their network.", "IEC 62443-3-2 ZCR 6.3",
		find_zone_members_never_seen),
	RULE("declared-observed-disagreement", LOW, "The register says something else than the device",
		"Look at the device and correct the register, or find out why it was changed without a record.",
		"IEC 62443-2-1 CM 1.1, CM 1.4; IEC 62443-3-3 SR 7.8", find_disagreement),
	RULE("zone-disagreement", LOW, "A declared zone does not fit what is in it",
		"Move the asset to another zone, or correct the level or the kind of the zone.",
		"IEC 62443-3-2 ZCR 3.1, 6.4", find_zone_disagreement),
	RULE("register-ambiguity", LOW, "It is not clear which asset a row of the register is",
		"Give the row a serial number or the MAC address of the device; nothing was taken over meanwhile.",
		"IEC 62443-2-1 CM 1.1", find_register_ambiguity),
	RULE("conduit-incomplete", INFO, "Accepted conduits whose record is not complete",
		"Fill in owner and security_level_target in zones.yaml; the target comes from the risk assessment.",
		"IEC 62443-3-2 ZCR 6.4 b, k", find_conduit_incomplete),
	RULE("zone-incomplete", INFO, "Accepted zones whose record is not complete",
		"Fill in owner and security_level_target in zones.yaml; the target comes from the risk assessment.",
		"IEC 62443-3-2 ZCR 6.4 b, k", find_zone_incomplete),
};
const size_t finding_rule_count = sizeof(finding_rules) / sizeof(finding_rules[0]);
