/* SPDX-License-Identifier: Apache-2.0 */
/* papers.c - 00_README.md and 08_coverage.md: what the pack is, and how far it can be trusted. */
#include <inttypes.h>
#include <string.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

#define LINES_MAX 200 /* rows of one table on paper; the rest is counted, and 02_assets.json has all */

static void put_row(FILE *out, const char *what, const char *text)
{
	fprintf(out, "| %s | ", what);
	paper_put(out, text != NULL && *text != 0 ? text : "unknown");
	fputs(" |\n", out);
}

static void put_count(FILE *out, const char *what, uint64_t count)
{
	fprintf(out, "| %s | %" PRIu64 " |\n", what, count);
}

static const struct {
	const char *file, *about;
} contents[] = {
	{"01_manifest.json", "size and SHA-256 of every file, and the hash of the manifest before"},
	{"02_assets.csv, 02_assets.json", "the register of what was heard, and the whole inventory with its evidence"},
	{"03_evidence.jsonl", "for each value the capture and frame, the rule, or the line of the register"},
	{"04_zones.csv, 05_conduits.csv", "characteristics a to n of each zone and conduit"},
	{"06_flows.csv", "who talks to whom, with the verdict of the declared conduits"},
	{"07_drawings/", "the map of zones and conduits, and the register of drawings"},
	{"08_coverage.md", "what the captures could not show"},
	{"09_changes.csv", "what changed since the accepted baseline"},
	{"10_reconciliation.csv", "the owner's register against what was observed"},
	{"11_policy_findings.csv", "what a person should decide about"},
	{"12_config_baseline.csv", "versions, services that answered, mode changes and program transfers"},
	{"13_open_items.csv", "what is missing, and where to add it"},
	{"14_signoff.md, 14_signoff.json", "the form to sign, with the hash of the manifest"},
	{"15_trace.csv", "which file and field is evidence for which requirement"},
	{"16_sensor.md", "the sensor: version, libraries, rules, clock, that it does not transmit"},
};

static void put_sources(FILE *out, const struct pack *p)
{
	const struct manifest *m = &p->manifest;
	for (size_t i = 0; i < m->declaration_count; i++) {
		fputs("| Declared in ", out);
		paper_put(out, m->declarations[i].name);
		fprintf(out, " | SHA-256 %s |\n", m->declarations[i].sha256);
	}
	if (m->declaration_count == 0)
		put_row(out, "Declared", "nothing: all zones and conduits are proposals of the sensor");
	put_row(out, "Baseline of the changes", m->baseline != NULL ? m->baseline : "none is accepted");
	put_row(out, "SHA-256 of the manifest before", m->previous[0] != 0 ? m->previous : "none: the first pack");
}

int pack_readme(FILE *out, const struct pack *p)
{
	const struct manifest *m = &p->manifest;
	fputs("# Evidence pack\n\n"
	      "Evidence for the asset, network and change requirements of a security program (IEC 62443-2-1: \"CSMS\" "
	      "in\n"
	      "the 2010 edition, \"security program\" in that of 2024) and for the zone and conduit records of IEC\n"
	      "62443-3-2. It was made from network traffic that was only listened to. It shows what was heard; whether "
	      "a\n"
	      "requirement is met is for people to say. What only people know is marked " PACK_BLANK ".\n\n"
	      "| of | is |\n|---|---|\n",
		out);
	put_row(out, "Site", m->site);
	put_row(out, "First packet (UTC)", m->first);
	put_row(out, "Last packet (UTC)", m->last);
	put_count(out, "Captures", m->captures);
	put_count(out, "Packets", m->packets);
	put_count(out, "Assets, with their parts", p->c->asset_count);
	put_count(out, "Zones", p->c->zone_count);
	put_count(out, "Conduits", p->c->conduit_count);
	put_count(out, "Findings", p->c->finding_count);
	put_sources(out, p);
	put_row(out, "Made by", "earshot " EARSHOT_VERSION);
	fputs("| Classification | " PACK_BLANK " |\n| System under consideration, its perimeter | " PACK_BLANK " |\n\n"
	      "## Files\n\n| file | what is in it |\n|---|---|\n",
		out);
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
		fprintf(out, "| %s | %s |\n", contents[i].file, contents[i].about);
	fputs("\n## Is it as it was made?\n\n"
	      "    earshot pack --verify DIR\n"
	      "    earshot pack --verify DIR --previous DIR-OF-THE-PACK-BEFORE\n\n"
	      "names every altered, missing and added file. It also prints the SHA-256 of the manifest: compare it "
	      "with\n"
	      "the signed one. Without earshot: the hashes in 01_manifest.json are those of `sha256sum`.\n\n"
	      "## Signing and keeping\n\n"
	      "Complete 14_signoff. A detached signature of 01_manifest.json belongs beside this folder, not into it.\n"
	      "An inventory is of use to an attacker: classify the pack, keep it where only those read it who must, "
	      "and\n"
	      "as long as your rules say (3 calendar years are usual in electricity). Do not edit the other files: "
	      "make\n"
	      "a new pack with `--previous`, and the packs form a chain.\n",
		out);
	return 0;
}

static void put_captured(FILE *out, const struct coverage *c)
{
	const struct capture *s = &c->sum;
	fputs("\n## What was counted\n\n| what | how many |\n|---|---:|\n", out);
	put_count(out, "packets", s->packets);
	put_count(out, "packets cut by the snap length", s->truncated_packets);
	put_count(out, "packets not decoded", s->undecoded_packets);
	put_count(out, "packets dropped by the capturing system, as far as it said so", s->dropped_packets);
	put_count(out, "second copies from a mirror of both directions", s->duplicate_packets);
	put_count(out, "IP packets with fragments missing", s->fragments_lost);
	put_count(out, "captures that broke off", c->cut_captures);
	put_count(out, "TCP and UDP conversations", s->flows);
	put_count(out, "conversations heard in one direction only", s->one_sided_flows);
	put_count(out, "gaps in TCP streams", s->gaps);
	put_count(out, "encrypted conversations", s->encrypted_flows);
	put_count(out, "conversations that no dissector understood", s->unclaimed_flows);
	put_count(out, "conversations forgotten because a table was full", s->evicted_flows);
	put_count(out, "facts and links without room", s->evicted_rows + c->refused_rows);
	put_count(out, "addresses that were asked and never answered", c->unanswered);
}

static void put_rest(FILE *out, const char *cells, size_t count)
{
	if (count > LINES_MAX)
		fprintf(out, "| and %zu more, in 02_assets.json %s\n", count - LINES_MAX, cells);
}

static void put_windows(FILE *out, const struct pack *p)
{
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	const struct inventory *inv = p->c->inventory;
	fputs("\n## When was listened\n\n| capture | first packet (UTC) | last packet (UTC) | packets | SHA-256 |\n"
	      "|---|---|---|---:|---|\n",
		out);
	for (uint32_t i = 0; i < p->captures.count && i < LINES_MAX; i++) {
		const struct capture *k = &inv->captures[order_row(&p->captures, i)];
		fputs("| ", out);
		paper_put(out, k->name);
		fprintf(out, " | %s | %s | %" PRIu64 " | %s |\n", time_text(first, k->first_ns),
			time_text(last, k->last_ns), k->packets, k->sha256[0] != 0 ? k->sha256 : "heard live");
	}
	put_rest(out, "| | | | |", p->captures.count);
}

static void put_protocols(FILE *out, const struct coverage *c)
{
	fputs("\n## What was understood\n\n| protocol | messages | malformed | bytes not assembled "
	      "|\n|---|---:|---:|---:|\n",
		out);
	for (size_t i = 0; i < c->protocol_count; i++)
		fprintf(out, "| %s | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " |\n", c->protocols[i].name,
			c->protocols[i].pdus, c->protocols[i].malformed, c->protocols[i].unassembled_bytes);
	fputs("\n## What was not\n\n| protocol, if it was named | over | links | packets | bytes "
	      "|\n|---|---|---:|---:|---:|\n",
		out);
	for (size_t i = 0; i < c->unread_count && i < LINES_MAX; i++) {
		const struct coverage_unread *u = &c->unread[i];
		fputs("| ", out);
		paper_put(out, *u->protocol != 0 ? u->protocol : "unknown");
		fprintf(out, " | %s | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " |\n",
			u->transport != TRANSPORT_NONE ? transport_name(u->transport) : "link", u->links, u->packets,
			u->bytes);
	}
	put_rest(out, "| | | | |", c->unread_count);
}

/* Where was listened, as the zones have it. */
static void put_networks(FILE *out, const struct conclusions *c)
{
	fputs("\n## Where was listened\n\n| zone | status | subnets and VLANs that were heard | assets "
	      "|\n|---|---|---|---:|\n",
		out);
	for (size_t i = 0; i < c->zone_count && i < LINES_MAX; i++) {
		const struct zone *z = &c->zones[i];
		fputs("| ", out);
		paper_put(out, z->id);
		fprintf(out, " | %s | ", declared_status_name(z->status));
		for (uint32_t k = 0; k < z->subnet_count && k < FIELD_LIST_MAX; k++)
			fprintf(out, "%s ", z->subnets[k]);
		for (uint32_t k = 0; k < z->vlan_count && k < FIELD_LIST_MAX; k++)
			fprintf(out, "VLAN %u ", z->vlans[k]);
		fprintf(out, "| %u |\n", z->asset_count);
	}
	put_rest(out, "| | | |", c->zone_count);
	fputs("\nWhere the mirror ports or TAPs sit, and which switches they do not cover: " PACK_BLANK "\n\n"
	      "Subnets and VLANs of the site that are not in this table: " PACK_BLANK "\n",
		out);
}

static void put_wishes(FILE *out, const struct coverage *c)
{
	if (c->wish_count == 0)
		return;
	fputs("\n## Assets without identity, and what would have given it\n\n| assets | what |\n|---:|---|\n", out);
	for (size_t i = 0; i < c->wish_count && i < LINES_MAX; i++) {
		fprintf(out, "| %" PRIu64 " | ", c->wishes[i].assets);
		paper_put(out, c->wishes[i].observation);
		fputs(" |\n", out);
	}
	put_rest(out, "| |", c->wish_count);
}

int pack_coverage(FILE *out, const struct pack *p)
{
	fputs("# Coverage\n\n"
	      "**Absence is not proof.** An asset, a service, a change or a data flow that is not in this pack was "
	      "not\n"
	      "heard in the window below; it may be there all the same.\n\n"
	      "Passive listening does not hear:\n\n"
	      "- devices that were silent, switched off, or spare\n"
	      "- serial lines, field buses and radio that do not end in a captured network\n"
	      "- traffic that stays inside a switch, or on ports, that the mirror does not copy\n"
	      "- what is inside encrypted conversations\n"
	      "- installed software, patches, users, and settings that no message carries\n"
	      "- ports that are open and that nobody used\n",
		out);
	put_windows(out, p);
	put_networks(out, p->c);
	put_captured(out, &p->coverage);
	put_protocols(out, &p->coverage);
	put_wishes(out, &p->coverage);
	return 0;
}
