/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.js - what was heard, what could not be, and what a person can do about it: from the numbers alone. */
import { bytes, count, duration, milliseconds, number, percent } from "./text.js";

const SHORT_MS = 24 * 3600 * 1000; /* less than a day: shifts, night jobs and daily reports are not in it */

export function heard(data) {
	const captures = data.captures;
	const sum = (key) => captures.reduce((n, c) => n + c[key], 0);
	const firsts = captures.map((c) => c.first).filter(Boolean).sort();
	const lasts = captures.map((c) => c.last).filter(Boolean).sort();
	const packets = sum("packets");
	const unread = data.coverage.undissected.reduce((n, u) => n + u.packets, 0);
	const recorded = captures.reduce((n, c) => n + (c.first && c.last ? milliseconds(c.last) - milliseconds(c.first) : 0), 0);
	return {
		packets, bytes: sum("bytes"), first: firsts[0], last: lasts[lasts.length - 1], recorded,
		unread, undecoded: data.coverage.undecoded_packets,
		understood: Math.max(0, packets - unread - data.coverage.undecoded_packets),
	};
}

/* [{what, todo}], the most limiting first; and what was looked for and not found. */
export function gaps(data) {
	const c = data.coverage, h = heard(data), list = [], clean = [];
	const add = (n, what, todo, none) => (n > 0 ? list.push({ what: what(), todo }) : clean.push(none));
	if (data.captures.length === 0)
		list.push({ what: "No capture was read.", todo: "Read one: earshot read plant.pcap" });
	else if (h.recorded < SHORT_MS)
		list.push({
			what: `Only ${duration(h.recorded)} were recorded. What speaks rarely (daily reports, backups, spare devices, maintenance laptops) was not heard.`,
			todo: "Record a whole production cycle, better a week.",
		});
	add(c.dropped_packets, () => `${count(c.dropped_packets, "packet")} lost by the capturing machine (${percent(c.dropped_packets, h.packets + c.dropped_packets)}).`, "Use a faster disk, a larger capture buffer or a filter on the recording machine.", "packets lost while recording");
	add(c.cut_captures, () => `${count(c.cut_captures, "capture file")} broke off before the end.`, "Copy the files again; what came after the break is missing.", "capture files that broke off");
	add(c.truncated_packets, () => `${count(c.truncated_packets, "packet")} recorded only in part (${percent(c.truncated_packets, h.packets)}).`, "Record whole packets: tcpdump -s 0.", "packets recorded only in part");
	add(c.one_sided_flows, () => `${number(c.one_sided_flows)} of ${count(c.flows, "conversation")} were heard in one direction only (${percent(c.one_sided_flows, c.flows)}).`, "Check that the mirror port copies both directions (rx and tx), and both paths if there are two.", "conversations heard in one direction only");
	add(c.gaps, () => `${count(c.gaps, "gap")} in TCP conversations: ${bytes(c.gap_bytes)} missing.`, "The mirror port may be overloaded: mirror fewer ports, or use a TAP.", "gaps in TCP conversations");
	add(c.fragments_lost, () => `${count(c.fragments_lost, "IP packet")} with missing fragments.`, "The mirror port may be overloaded: mirror fewer ports, or use a TAP.", "IP packets with missing fragments");
	add(c.encrypted_flows, () => `${count(c.encrypted_flows, "conversation")} encrypted (${percent(c.encrypted_flows, c.flows)}): who talks to whom is known, what they say is not.`, "Ask the owners of these systems; no recording can show it.", "encrypted conversations");
	add(h.unread, () => `${count(h.unread, "packet")} of ${count(c.undissected.reduce((n, u) => n + u.links, 0), "connection")} in protocols that were not read (${percent(h.unread, h.packets)}).`, "See the list of them below; tell us about a protocol that matters to you.", "packets in protocols that were not read");
	add(h.undecoded, () => `${count(h.undecoded, "packet")} of a kind that is not understood at all.`, "Rare link types or damaged packets; look at some with tshark.", "packets of a kind that is not understood");
	add(c.evicted_flows + c.evicted_rows + c.refused_rows, () => `Memory was full: ${count(c.evicted_flows, "conversation")} and ${count(c.evicted_rows + c.refused_rows, "fact")} were left out.`, "Read fewer captures into one store, one store for each part of the plant.", "facts left out for want of memory");
	add(c.unanswered, () => `${count(c.unanswered, "address", "addresses")} asked and never heard to answer. They are not in the inventory.`, "Devices that are switched off, moved or behind another switch, or a scan: compare with your drawings.", "addresses asked in vain");
	for (const u of c.unidentified)
		list.push({ what: `${count(u.assets, "asset")} without an identity.`, todo: `Would identify ${u.assets === 1 ? "it" : "them"}: ${u.would_identify}.`, identity: true });
	return { list, clean };
}
