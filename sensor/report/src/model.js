/* SPDX-License-Identifier: Apache-2.0 */
/* model.js - the inventory JSON with what the views look up in it. Nothing is made up here and nothing left out. */
import { attributeName, levelName, placeName, typeName } from "./text.js";

/* IDENTITY: the fields of an asset that a message said; in the order in which people ask for them. */
export const IDENTITY = ["name", "vendor", "model", "order_number", "serial_number", "hardware_version", "firmware_version", "os"];
export const SEVERITIES = ["high", "medium", "low", "info"];
export const VERDICTS = ["denied", "expired", "unreviewed", "allowed", "not observed"];

const push = (map, key, value) => {
	const list = map.get(key);
	if (list)
		list.push(value);
	else
		map.set(key, [value]);
};

export class Model {
	constructor(data) {
		this.data = data;
		this.assets = data.assets;
		this.asset = new Map(data.assets.map((a) => [a.id, a]));
		this.zone = new Map(data.zones.map((z) => [z.id, z]));
		this.conduit = new Map(data.conduits.map((c) => [c.id, c]));
		this.finding = new Map(data.findings.map((f) => [f.id, f]));
		this.capture = new Map(data.captures.map((c) => [c.id, c]));
		this.children = new Map();
		this.links = new Map();
		this.findings = new Map();
		for (const a of data.assets)
			if (a.parent !== undefined)
				push(this.children, a.parent, a);
		for (const l of data.links) {
			push(this.links, l.client, l);
			if (l.server !== l.client)
				push(this.links, l.server, l);
		}
		for (const f of data.findings)
			for (const id of f.assets)
				push(this.findings, id, f);
		this.haystacks = new Map();
	}

	/* What people call it: what the register says, what it calls itself, its address or place. */
	label(a) {
		return a.declared?.name || a.name || this.address(a) || (a.at ? placeName(a.at) : a.id);
	}

	labelOf(id) {
		const a = this.asset.get(id);
		return a ? this.label(a) : id;
	}

	address(a) {
		for (const i of a.interfaces)
			if (i.ips.length > 0)
				return i.ips[0];
		return a.interfaces.find((i) => i.mac)?.mac || "";
	}

	/* "10.20.30.10 › slot 0 (port 1)": where it is, from the outermost device inwards. */
	where(a) {
		const parts = [];
		for (let at = a, steps = 0; at && steps < 16; at = this.asset.get(at.parent), steps++)
			parts.unshift(at.at ? placeName(at.at) : this.address(at) || at.id);
		return parts.join(" › ");
	}

	/* The vendor that a message named, or in parentheses that of the network card. */
	vendor(a) {
		if (a.vendor)
			return a.vendor;
		const maker = a.interfaces.find((i) => i.mac_vendor)?.mac_vendor;
		return maker ? `(${maker})` : "";
	}

	protocols(a) {
		return [...new Set(a.roles.map((r) => r.protocol).filter(Boolean))];
	}

	zoneName(id) {
		const z = this.zone.get(id);
		return z ? z.name : id === undefined ? "In no zone" : id;
	}

	/* Facts that say a value of an attribute; a child's place inside its parent is part of where they were said. */
	evidence(a, attribute, value) {
		return a.facts.filter((f) => f.attribute === attribute && (value === undefined || f.value === value));
	}

	/* Everything that is known of an asset, in lower case, made when it is first asked for. */
	haystack(a) {
		let text = this.haystacks.get(a.id);
		if (text !== undefined)
			return text;
		const parts = [a.id, a.type, typeName(a.type), a.zone || "", this.zoneName(a.zone), levelName(a.purdue_level), ...a.flags];
		for (const field of IDENTITY)
			parts.push(a[field] || "");
		for (const i of a.interfaces)
			parts.push(i.mac || "", i.mac_vendor || "", ...i.ips, ...i.vlans.map((v) => `vlan ${v}`), ...i.hostnames);
		for (const r of a.roles)
			parts.push(r.protocol || "", r.role, ...r.operations);
		for (const f of a.facts)
			parts.push(f.value);
		if (a.declared)
			parts.push(...Object.values(a.declared));
		if (a.at)
			parts.push(placeName(a.at), a.at.value);
		text = [...new Set(parts)].join("\n").toLowerCase();
		this.haystacks.set(a.id, text);
		return text;
	}

	/* Assets that hold every word of the query somewhere. */
	search(query, assets = this.assets) {
		const words = query.toLowerCase().split(/\s+/).filter(Boolean);
		return words.length === 0 ? assets : assets.filter((a) => words.every((w) => this.haystack(a).includes(w)));
	}
}

/* [[value, how many], ...], the most frequent first; `none` comes last. */
export function tally(items, of, none) {
	const counts = new Map();
	for (const item of items)
		for (const value of [of(item)].flat())
			counts.set(value, (counts.get(value) || 0) + 1);
	return [...counts].sort((x, y) => (x[0] === none) - (y[0] === none) || y[1] - x[1] || (String(x[0]) < String(y[0]) ? -1 : 1));
}

/* Attributes of the facts that are no field of the identity, with their values. */
export function otherValues(a) {
	const groups = new Map();
	for (const f of a.facts)
		if (!IDENTITY.includes(f.attribute) && f.attribute !== "mac" && f.attribute !== "ip")
			push(groups, `${f.attribute}\n${f.value}\n${f.at ? f.at.kind + f.at.value : ""}`, f);
	return [...groups.values()].sort((x, y) => (attributeName(x[0].attribute) < attributeName(y[0].attribute) ? -1 : attributeName(x[0].attribute) > attributeName(y[0].attribute) ? 1 : 0));
}
