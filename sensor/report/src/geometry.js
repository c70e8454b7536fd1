/* SPDX-License-Identifier: Apache-2.0 */
/*
 * geometry.js - where everything stands on the map: the sensor's own layout, stretched where zones are open.
 *
 * The sensor has placed boxes in rows and columns, and conduits in the channels and gutters between them, so that none
 * crosses a box. A zone that is opened gets wider to the right and higher to the bottom; everything right of its column
 * and below its row moves on by as much. Such a shift keeps the order of all coordinates, so the picture stays what it
 * was: nothing crosses that did not, and what was left of something still is.
 */
import { cut, safe } from "./text.js";

const TILE_W = 176, TILE_H = 40, GAP = 10, HEAD = 62, PAD = 12;
export const TILES_MAX = 300; /* of one zone; the rest is in the table */
const LINES_MAX = 400;        /* connections drawn inside one zone, those with most packets */
const LABEL_MAX = 25;         /* characters of a tile */

/* Ranges that overlap, made one: the rows or the columns of the layout. */
function clusters(ranges) {
	const out = [];
	for (const [from, until] of [...ranges].sort((a, b) => a[0] - b[0])) {
		const last = out[out.length - 1];
		if (last && from < last.until)
			last.until = Math.max(last.until, until);
		else
			out.push({ from, until, more: 0 });
	}
	return out;
}

export function membersOf(m, zone) {
	const ids = zone === undefined ? m.assets.filter((a) => a.zone === undefined).map((a) => a.id) : m.zone.get(zone)?.assets || [];
	return ids.map((id) => m.asset.get(id)).filter((a) => a && a.parent === undefined);
}

const outermost = (m, id) => {
	let a = m.asset.get(id);
	for (let steps = 0; a && a.parent !== undefined && steps < 16; steps++)
		a = m.asset.get(a.parent);
	return a?.id;
};

function linesInside(m, tiles) {
	const inside = new Map(tiles.map((t) => [t.id, t])), lines = new Map();
	for (const t of tiles) {
		for (const l of m.links.get(t.id) || []) {
			const a = outermost(m, l.client), b = outermost(m, l.server);
			if (a === b || !inside.has(a) || !inside.has(b))
				continue;
			const key = a < b ? `${a}|${b}` : `${b}|${a}`;
			const line = lines.get(key) || { from: inside.get(a), to: inside.get(b), packets: 0, seen: new Set() };
			if (!line.seen.has(l)) {
				line.seen.add(l);
				line.packets += l.packets;
			}
			lines.set(key, line);
		}
	}
	return [...lines.values()].sort((x, y) => y.packets - x.packets).slice(0, LINES_MAX);
}

function openBox(m, box, zone) {
	const members = membersOf(m, zone), shown = members.slice(0, TILES_MAX);
	const cells = shown.length + (members.length > shown.length ? 1 : 0);
	const columns = Math.max(1, Math.min(8, Math.ceil(Math.sqrt(cells * 0.6))));
	const rows = Math.ceil(cells / columns);
	const w = Math.max(box.w, 2 * PAD + columns * (TILE_W + GAP) - GAP);
	const tiles = [];
	for (let i = 0; i < cells; i++) {
		const a = shown[i];
		tiles.push({
			id: a?.id, type: a?.type, rest: a ? 0 : members.length - shown.length,
			dx: PAD + (i % columns) * (TILE_W + GAP), dy: HEAD + Math.floor(i / columns) * (TILE_H + GAP), w: TILE_W, h: TILE_H,
			label: a ? cut(safe(m.label(a)), LABEL_MAX) : `and ${members.length - shown.length} more`,
		});
	}
	return { w, h: Math.max(box.h, HEAD + rows * (TILE_H + GAP) - GAP + PAD), tiles };
}

/* Bands, boxes with their tiles, conduits with their corners and labels, all in pixels. `open` is a set of zone ids. */
export function place(m, open) {
	const map = m.data.map;
	const boxes = map.boxes.map(({ zone, at: [x, y, w, h], lines }) => {
		const box = { zone, x, y, w, h, was: { x, y, w, h }, lines, tiles: [], inner: [], open: open.has(zone ?? "") };
		if (box.open)
			Object.assign(box, openBox(m, box, zone));
		return box;
	});
	const columns = clusters(boxes.map((b) => [b.was.x, b.was.x + b.was.w]));
	const rows = clusters(boxes.map((b) => [b.was.y, b.was.y + b.was.h]));
	const inRange = (list, at) => list.find((c) => at >= c.from && at < c.until);
	for (const b of boxes) {
		const column = inRange(columns, b.was.x), row = inRange(rows, b.was.y);
		column.more = Math.max(column.more, b.was.x + b.w - column.until);
		row.more = Math.max(row.more, b.was.y + b.h - row.until);
	}
	const shift = (list, at) => list.reduce((sum, c) => (c.until <= at ? sum + c.more : sum), at);
	const X = (x) => shift(columns, x), Y = (y) => shift(rows, y);
	const grownX = columns.reduce((n, c) => n + c.more, 0), grownY = rows.reduce((n, c) => n + c.more, 0);
	for (const b of boxes) {
		b.x = X(b.was.x);
		b.y = Y(b.was.y);
		for (const t of b.tiles) {
			t.x = b.x + t.dx;
			t.y = b.y + t.dy;
		}
		b.inner = b.open ? linesInside(m, b.tiles.filter((t) => t.id)) : [];
	}
	const boxOf = new Map(boxes.map((b) => [b.zone, b]));
	/* an end meets the upper or the lower side of its box, wherever that is now */
	const end = (zone, x, y) => {
		const b = boxOf.get(zone);
		return b ? { x: b.x + (x - b.was.x), y: y > b.was.y ? b.y + b.h : b.y } : { x: X(x), y: Y(y) };
	};
	const edges = map.conduits.map((e) => {
		const conduit = m.conduit.get(e.conduit), points = [];
		for (let i = 0; i < e.points.length; i += 2)
			points.push({ x: X(e.points[i]), y: Y(e.points[i + 1]) });
		const last = e.points.length - 2, [lx, ly, lw, lh] = e.label_at;
		points[0] = end(conduit.zones[0], e.points[0], e.points[1]);
		points[points.length - 1] = end(conduit.zones[1], e.points[last], e.points[last + 1]);
		return { id: e.conduit, verdict: conduit.verdict, points, arrows: e.arrows, label: e.label, guard: e.guard, label_at: { x: X(lx), y: Y(ly), w: lw, h: lh } };
	});
	const bands = map.bands.map(({ name, about, at: [x, y, w, h] }) => ({ name, about, x, y: Y(y), w: w + grownX, h: Y(y + h - 0.5) + 0.5 - Y(y) }));
	return { width: map.width + grownX, height: map.height + grownY, bands, boxes, edges };
}
