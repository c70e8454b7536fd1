/* SPDX-License-Identifier: Apache-2.0 */
/* changes.js - what differs between an earlier inventory and this one: assets, what they say of themselves, who talks. */
import { IDENTITY } from "./model.js";
import { count } from "./text.js";

const channelKey = (l) => `${l.client}\n${l.server}\n${l.protocol || ""}\n${l.transport || ""}\n${l.port || ""}`;

/* null without a baseline. Lists are in the order of the inventories, which is the same on every machine. */
export function compare(then, now) {
	if (!then)
		return null;
	const added = now.assets.filter((a) => !then.asset.has(a.id)), gone = then.assets.filter((a) => !now.asset.has(a.id));
	const changed = [], moved = [];
	for (const a of now.assets) {
		const b = then.asset.get(a.id);
		if (!b)
			continue;
		for (const field of [...IDENTITY, "type"])
			if (a[field] !== b[field])
				changed.push({ asset: a, was: b, field, from: b[field], to: a[field] });
		if (a.zone !== b.zone)
			moved.push({ asset: a, was: b, field: "zone", from: b.zone === undefined ? undefined : then.zoneName(b.zone), to: a.zone === undefined ? undefined : now.zoneName(a.zone) });
		const ips = (x) => x.interfaces.flatMap((i) => i.ips).sort().join(", ");
		if (ips(a) !== ips(b))
			moved.push({ asset: a, was: b, field: "ip", from: ips(b), to: ips(a) });
	}
	const before = new Map(then.data.links.map((l) => [channelKey(l), l])), after = new Map(now.data.links.map((l) => [channelKey(l), l]));
	const opened = now.data.links.filter((l) => !before.has(channelKey(l))), closed = then.data.links.filter((l) => !after.has(channelKey(l)));
	const acts = [];
	for (const l of now.data.links) {
		const old = before.get(channelKey(l));
		for (const operation of old ? l.operations.filter((o) => !old.operations.includes(o)) : [])
			acts.push({ link: l, operation });
	}
	const groups = [
		{ key: "added", list: added, title: (n) => count(n, "asset is new", "assets are new").replace(/^\S+ /, "") },
		{ key: "gone", list: gone, title: (n) => (n === 1 ? "asset was not heard again" : "assets were not heard again") },
		{ key: "changed", list: changed, title: (n) => (n === 1 ? "value of an identity differs" : "values of identities differ") },
		{ key: "moved", list: moved, title: (n) => (n === 1 ? "address or zone differs" : "addresses or zones differ") },
		{ key: "opened", list: opened, title: (n) => (n === 1 ? "connection is new" : "connections are new") },
		{ key: "closed", list: closed, title: (n) => (n === 1 ? "connection was not heard again" : "connections were not heard again") },
		{ key: "acts", list: acts, title: (n) => (n === 1 ? "operation was seen for the first time on a known connection" : "operations were seen for the first time on known connections") },
	];
	return { then, groups, total: groups.reduce((n, g) => n + g.list.length, 0) };
}
