/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.c - 15_trace.csv: which file and field is evidence for which requirement.
 *
 * What a requirement asks for is in our own words. Clause numbers of IEC 62443-2-1 are given for both editions (2010
 * "CSMS", 2024 "security program"); whoever hands the pack over checks them against the document. "evidence": the field
 * shows it as far as traffic can; "partial": it shows a part of it; "human": only people can fill it in.
 */
#include "sensor/pack/parts.h"

struct trace_row {
	const char *file, *field, *clause, *asks_for, *how, *limit;
};

static const struct trace_row rows[] = {
	{"02_assets.csv", "id, ips, macs, vlans, hostnames", "IEC 62443-2-1:2024 CM 1.1", "a known inventory of assets",
		"evidence", "assets that were heard; see 08_coverage.md"},
	{"02_assets.csv", "id, type", "IEC 62443-2-1:2010 4.2.3.4", "the systems are identified, listed and grouped",
		"partial", "grouping into logical systems is the owner's"},
	{"02_assets.csv", "vendor, model, order_number, serial_number", "IEC 62443-3-3 SR 7.8",
		"components are reported with their identity and properties", "evidence",
		"where the protocol says them"},
	{"02_assets.csv", "firmware_version, hardware_version, os", "IEC 62443-2-1:2024 COMP 3",
		"versions, from which the patch status follows", "partial", "installed patches are not heard"},
	{"02_assets.csv", "owner, location, criticality, asset_number", "IEC 62443-2-1:2024 CM 1.1",
		"who answers for an asset and how much it matters", "human", "copied from the register"},
	{"02_assets.csv", "criticality", "IEC 62443-2-1:2010 4.2.3.6", "systems are put in an order of importance",
		"human", "copied from the register"},
	{"02_assets.csv", "id, vendor, model", "NIST CSF 2.0 ID.AM-01", "hardware is inventoried", "evidence",
		"as far as it was heard"},
	{"02_assets.csv", "roles, os, firmware_version", "NIST CSF 2.0 ID.AM-02",
		"software and services are inventoried", "partial", "services that answered, versions that were said"},
	{"02_assets.csv", "owner", "ISO/IEC 27001:2022 A.5.9", "an inventory of assets with owners", "partial",
		"owners are copied from the register"},
	{"02_assets.csv", "all", "EU 2024/2690 annex 12.4",
		"an inventory that is complete, accurate, up to date and consistent", "partial",
		"completeness is bounded by 08_coverage.md"},
	{"03_evidence.jsonl", "capture_sha256, frame", "IEC 62443-2-1:2010 4.4.2", "a review can follow each statement",
		"evidence", "captures are kept by the owner"},
	{"04_zones.csv", "a_id, a_name", "IEC 62443-3-2 ZCR 6.4 a", "name and identifier of the zone", "partial",
		"proposed until a person accepts it"},
	{"04_zones.csv", "b_accountable_organisation", "IEC 62443-3-2 ZCR 6.4 b",
		"the organisation that is accountable", "human", "zones.yaml owner"},
	{"04_zones.csv", "c_logical_boundary", "IEC 62443-3-2 ZCR 6.4 c", "where the zone ends in the network",
		"evidence", "subnets and VLANs that were heard"},
	{"04_zones.csv", "d_physical_boundary", "IEC 62443-3-2 ZCR 6.4 d", "where the zone ends in the plant", "human",
		"zones.yaml physical_boundary"},
	{"04_zones.csv", "e_safety_designation", "IEC 62443-3-2 ZCR 6.4 e, 3.3", "whether the zone is safety-related",
		"human", "hints from safety protocols beside it"},
	{"04_zones.csv", "f_logical_access_points", "IEC 62443-3-2 ZCR 6.4 f, 1.1", "the ways in over the network",
		"evidence", "ways that were used"},
	{"04_zones.csv", "g_physical_access_points", "IEC 62443-3-2 ZCR 6.4 g", "the ways in through doors and sockets",
		"human", ""},
	{"04_zones.csv", "h_data_flows", "IEC 62443-3-2 ZCR 6.4 h", "the data flows at each access point", "evidence",
		"flows in the capture window; details in 06_flows.csv"},
	{"04_zones.csv", "i_connected_zones_and_conduits", "IEC 62443-3-2 ZCR 6.4 i", "what the zone is connected with",
		"evidence", "connections that were used"},
	{"04_zones.csv", "j_assets", "IEC 62443-3-2 ZCR 6.4 j, 6.3", "the assets in the zone", "evidence",
		"assets that were heard"},
	{"04_zones.csv", "j_classification_and_criticality", "IEC 62443-3-2 ZCR 6.4 j", "how much its assets matter",
		"human", "copied from the register"},
	{"04_zones.csv", "k_security_level_target", "IEC 62443-3-2 ZCR 6.4 k, 5.6", "the target security level",
		"human", "a result of the risk assessment; copied, never computed"},
	{"04_zones.csv", "l_security_requirements", "IEC 62443-3-2 ZCR 6.4 l", "the requirements that apply", "human",
		""},
	{"04_zones.csv", "m_policies", "IEC 62443-3-2 ZCR 6.4 m, 6.7", "the policies that apply", "human", ""},
	{"04_zones.csv", "n_assumptions_and_dependencies", "IEC 62443-3-2 ZCR 6.4 n, 6.5",
		"assumptions, and what the zone depends on outside of it", "partial",
		"name, time and directory services heard"},
	{"04_zones.csv", "basis, reason", "IEC 62443-3-2 ZCR 3.1 to 3.6", "the system is partitioned, and why so",
		"partial", "a proposal with its reason; a person accepts"},
	{"05_conduits.csv", "a to n", "IEC 62443-3-2 ZCR 6.4", "the same characteristics of each conduit", "partial",
		"as in 04_zones.csv"},
	{"05_conduits.csv", "enforced_by", "IEC 62443-2-1:2024 NET 1", "zones are kept apart by something", "human",
		"traffic does not show a firewall's rules"},
	{"05_conduits.csv", "a_zones, verdict", "IEC 62443-2-1:2010 4.3.3.4", "the network is segmented", "partial",
		"what crosses between zones was seen, not what could"},
	{"06_flows.csv", "verdict, rule, rule_approver", "NIST CSF 2.0 ID.AM-03", "authorised communication is mapped",
		"partial", "a verdict needs a declared conduit"},
	{"06_flows.csv", "all", "IEC 62443-2-1:2010 4.2.3.4", "data flows are mapped", "evidence",
		"flows in the capture window"},
	{"06_flows.csv", "initiator_zone, responder_zone", "NERC CIP-005 R1", "traffic at the electronic perimeter",
		"partial", "perimeter and access points are declared by the entity"},
	{"07_drawings/overview.svg", "all", "IEC 62443-2-1:2024 CM 1.2; 2010 4.2.3.5",
		"drawings of the infrastructure, a simple network diagram", "partial",
		"zones and conduits, not cables"},
	{"07_drawings/drawings.csv", "revision, approved_by", "IEC 62443-2-1:2010 4.3.4.4", "documents are controlled",
		"partial", "number and approval are the owner's"},
	{"08_coverage.md", "all", "IEC 62443-2-1:2024 CM 1.1", "how far the inventory can be trusted", "evidence",
		"absence is not proof"},
	{"09_changes.csv", "all", "IEC 62443-2-1:2024 CM 1.4; 2010 4.3.4.3", "changes are managed", "partial",
		"what changed was seen; who approved it is the owner's"},
	{"09_changes.csv", "all", "EU 2024/2690 annex 12.4.3", "the history of changes is documented", "partial",
		"between baselines that were accepted"},
	{"10_reconciliation.csv", "all", "IEC 62443-2-1:2024 CM 1.1", "the register is compared with what is there",
		"evidence", "the decision in each row is the owner's"},
	{"11_policy_findings.csv", "rule, evidence, evidence_for", "IEC 62443-2-1:2024 NET 1, NET 2, NET 3",
		"separation, wireless and remote access", "partial", "a finding shows what happened, not a control"},
	{"11_policy_findings.csv", "decision", "IEC 62443-2-1:2024 ORG 2", "anomalies are looked at and decided",
		"human", ""},
	{"12_config_baseline.csv", "version or setting, mode", "IEC 62443-2-1:2024 CM 1.3", "settings are known",
		"partial", "what messages said"},
	{"12_config_baseline.csv", "service that answered", "NERC CIP-010 R1.1.4", "logical ports that are open",
		"partial", "ports that were used, not all that are open"},
	{"12_config_baseline.csv", "program or block transfer, mode change", "IEC 62443-2-1:2024 CM 1.4",
		"changes of programs are noticed", "evidence", "transfers over the network that was heard"},
	{"12_config_baseline.csv", "installed software, patches", "NERC CIP-010 R1.1.2, 1.1.3, 1.1.5",
		"installed software and patches", "human", "not in traffic"},
	{"13_open_items.csv", "all", "IEC 62443-2-1:2024 ORG 2; 2010 4.4.3", "the program is reviewed and improved",
		"partial", "a list to work through"},
	{"14_signoff.md", "all", "IEC 62443-3-2 ZCR 7.1", "management of the asset owner approves", "human", ""},
	{"01_manifest.json", "files, previous", "IEC 62443-2-1:2010 4.3.4.4", "records are protected and kept",
		"partial", "alteration is found; keeping and signing is the owner's"},
	{"16_sensor.md", "all", "IEC 62443-2-1:2024 EVENT 1", "the instrument and its clock are known", "partial",
		"the offset of the clock is measured by people"},
};

int pack_trace(FILE *out, const struct pack *p)
{
	static const char *const header[] = {"file", "field", "clause", "asks_for", "what_this_is", "limit"};
	struct csv_table t;
	(void)p;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		csv_table_text(&t, rows[i].file);
		csv_table_text(&t, rows[i].field);
		csv_table_text(&t, rows[i].clause);
		csv_table_text(&t, rows[i].asks_for);
		csv_table_text(&t, rows[i].how);
		csv_table_text(&t, rows[i].limit);
		csv_table_end(&t);
	}
	return csv_table_finish(&t);
}
