/* SPDX-License-Identifier: Apache-2.0 */
/* map.jsx - zones in their levels and what runs between them: a drawing to move in, and the same as a list. */
import cytoscape from "cytoscape";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { AssetLink, Head, TypeName, T, useModel, Verdict } from "./parts.jsx";
import { membersOf, place } from "./geometry.js";
import { Legend, LINES, Picture } from "./picture.jsx";
import { count, cut, number, safe, typeName } from "./text.js";
import { replace, to } from "./router.js";
import { VERDICTS } from "./model.js";

const OPEN_ALL_MAX = 400; /* assets that "Open all zones" may draw at once */
const FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';

const listOf = (text) => (text || "").split(",").filter((x) => x !== "").map((x) => (x === "-" ? "" : decodeURIComponent(x)));
const textOf = (set) => [...set].map((x) => (x === "" ? "-" : encodeURIComponent(x))).join(",");

/* Where the corners of a conduit are, in the terms of cytoscape: along the straight line between its ends, and off it. */
function corners(points) {
	const a = points[0], b = points[points.length - 1], dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy) || 1;
	const weights = [], distances = [];
	for (const p of points.slice(1, -1)) {
		weights.push(((p.x - a.x) * dx + (p.y - a.y) * dy) / (length * length));
		distances.push((-(p.x - a.x) * dy + (p.y - a.y) * dx) / length);
	}
	return { weights: weights.join(" ") || "0.5", distances: distances.join(" ") || "0" };
}

function elements(m, g, hits) {
	const list = [], middle = (r) => ({ x: r.x + r.w / 2, y: r.y + r.h / 2 });
	const node = (id, classes, position, data) => list.push({ group: "nodes", classes, position, data: { id, ...data } });
	for (const b of g.bands) {
		node(`band ${b.name}`, "band still", middle(b), { w: b.w, h: b.h });
		node(`name ${b.name}`, "bandname still", middle({ ...b, w: 116 }), { w: 116, h: b.h, label: b.h < 40 ? b.name : `${b.name}\n${b.about}` });
	}
	for (const b of g.boxes) {
		const z = m.zone.get(b.zone), id = b.zone ?? "";
		const found = hits ? membersOf(m, b.zone).filter((a) => hits.has(a.id)).length : 0;
		const classes = ["box", z ? z.kind : "none", z && z.status !== "accepted" ? "proposed" : "", b.open ? "open" : "", hits ? (found ? "hit" : "miss") : ""].join(" ");
		node(`zone ${id}`, classes, middle(b), { w: b.w, h: b.h, zone: id });
		node(`title ${id}`, `text title still ${hits && !found ? "miss" : ""}`, { x: b.x + 9, y: b.y + 7 }, { label: safe(b.lines[0] || "") + (found ? `  (${number(found)} found)` : "") });
		const lines = (b.open ? b.lines.slice(1, 3) : b.lines.slice(1)).map(safe).join("\n");
		node(`lines ${id}`, `text still ${hits && !found ? "miss" : ""}`, { x: b.x + 9, y: b.y + 23 }, { label: lines });
		for (const t of b.tiles)
			node(t.id ? `asset ${t.id}` : `rest ${id}`, `tile ${hits && t.id ? (hits.has(t.id) ? "hit" : "miss") : ""}`, middle(t), { w: t.w, h: t.h, asset: t.id, rest: t.id ? undefined : id, label: t.id ? `${t.label}\n${typeName(t.type)}` : t.label });
		b.inner.forEach((l, i) => list.push({ group: "edges", classes: "inside still", data: { id: `inside ${id} ${i}`, source: `asset ${l.from.id}`, target: `asset ${l.to.id}` } }));
	}
	for (const e of g.edges) {
		const last = e.points.length - 1, verdict = e.verdict.replace(" ", "-");
		node(`from ${e.id}`, "port still", { ...e.points[0] });
		node(`to ${e.id}`, "port still", { ...e.points[last] });
		list.push({ group: "edges", classes: `conduit ${verdict} ${e.arrows[0] ? "back" : ""} ${e.arrows[1] ? "forth" : ""} ${hits ? "miss" : ""}`, data: { id: `conduit ${e.id}`, source: `from ${e.id}`, target: `to ${e.id}`, conduit: e.id, ...corners(e.points) } });
		if (e.label)
			node(`label ${e.id}`, `label ${verdict} ${hits ? "miss" : ""}`, middle(e.label_at), { w: e.label_at.w, h: e.label_at.h, label: safe(e.label), conduit: e.id });
	}
	return list;
}

/* The colours are those of the style sheet, so that light and dark are decided in one place. */
function style() {
	const css = getComputedStyle(document.documentElement), v = (name) => css.getPropertyValue(name).trim();
	const rules = [
		["node, edge", { "z-index-compare": "manual" }],
		["node", { shape: "rectangle", width: "data(w)", height: "data(h)", "font-family": FONT, color: v("--ink"), "background-color": v("--paper"), "border-width": 0 }],
		["node[label]", { label: "data(label)", "text-wrap": "wrap", "text-max-width": "100000px" }],
		[".still", { events: "no" }],
		[".band", { "background-color": v("--band"), "border-width": 1, "border-color": v("--line"), "z-index": 0 }],
		[".bandname", { "background-color": v("--bandname"), "border-width": 1, "border-color": v("--line"), "text-valign": "center", "text-halign": "center", "font-size": 12, "font-weight": "bold", "z-index": 1 }],
		[".port", { width: 1, height: 1, "background-opacity": 0, "z-index": 1 }],
		[".box", { "border-width": 1.8, "border-color": v("--ink"), "background-color": v("--ot"), "z-index": 5 }],
		[".box.proposed", { "border-style": "dashed", "border-dash-pattern": [2.5, 3.5], "border-width": 2.4 }],
		[".box.safety", { "border-style": "double", "border-width": 6 }],
		[".box.none", { "border-style": "dashed", "border-color": v("--denied"), "background-color": v("--paper") }],
		[".text", { width: 1, height: 1, "background-opacity": 0, "text-halign": "right", "text-valign": "bottom", "text-justification": "left", "font-size": 10.5, "line-height": 1.16, "z-index": 6 }],
		[".title", { "font-size": 12.5, "font-weight": "bold" }],
		[".tile", { "background-color": v("--paper"), "border-width": 1, "border-color": v("--line-strong"), "font-size": 11, "text-valign": "center", "text-halign": "center", "z-index": 8 }],
		["edge", { "curve-style": "straight", width: 1, "line-color": v("--line-strong"), "z-index": 7 }],
		[".conduit", { "curve-style": "segments", "segment-weights": "data(weights)", "segment-distances": "data(distances)", "edge-distances": "node-position", "arrow-scale": 1.1, "z-index": 3 }],
		[".conduit.forth", { "target-arrow-shape": "triangle" }],
		[".conduit.back", { "source-arrow-shape": "triangle" }],
		[".label", { "font-size": 10, "text-valign": "center", "text-halign": "center", "background-color": v("--band"), "z-index": 4 }],
	];
	for (const kind of ["ot", "safety", "dmz", "enterprise", "external", "wireless", "temporary", "supplier"])
		rules.push([`.box.${kind}`, { "background-color": v(`--${kind}`) }]);
	for (const verdict of VERDICTS) {
		const name = verdict.replace(" ", "-"), colour = v(`--${name}`), { width, dash } = LINES[verdict];
		rules.push([`.conduit.${name}`, { width, "line-color": colour, "target-arrow-color": colour, "source-arrow-color": colour, ...(dash.length ? { "line-style": "dashed", "line-dash-pattern": dash } : {}) }]);
		rules.push([`.label.${name}`, { color: colour, ...(verdict === "denied" ? { "font-weight": "bold" } : {}) }]);
	}
	rules.push([".miss", { opacity: 0.25 }], [".box.hit, .tile.hit", { "border-color": v("--accent"), "border-width": 4, "border-style": "solid" }], [".chosen", { "border-color": v("--accent"), "border-width": 5, "border-style": "solid", "line-color": v("--accent") }], ["core", { "active-bg-opacity": 0.1, "selection-box-opacity": 0 }]);
	return rules.map(([selector, css]) => ({ selector, style: css }));
}

/* The cytoscape instance and what keeps it as the view says. */
function useDrawing(ref, m, g, hits, at, act) {
	const drawing = useRef(null), actions = useRef(act);
	actions.current = act;
	useEffect(() => {
		const cy = cytoscape({ container: ref.current, autoungrabify: true, autounselectify: true, boxSelectionEnabled: false, minZoom: 0.05, maxZoom: 4, elements: elements(m, g, hits), style: style(), layout: { name: "preset" } });
		drawing.current = cy;
		ref.current.drawing = cy; /* for tests, which click where things stand */
		cy.on("tap", "node, edge", (e) => actions.current(e.target.data()));
		cy.on("mouseover", "node, edge", (e) => (ref.current.style.cursor = e.target.data("zone") !== undefined || e.target.data("asset") || e.target.data("conduit") || e.target.data("rest") !== undefined ? "pointer" : ""));
		cy.on("mouseout", "node, edge", () => ref.current && (ref.current.style.cursor = ""));
		cy.fit(undefined, 12);
		if (cy.zoom() < 0.4 && !at) { /* too small to read: the uppermost zone at a size that can be */
			const size = 0.7, first = g.boxes[0];
			const x = Math.min(12, 120 - first.x * size); /* its head, which is at its left */
			cy.viewport({ zoom: size, pan: { x, y: 12 - g.bands[0].y * size } });
		}
		const themed = () => cy.style(style());
		const dark = matchMedia("(prefers-color-scheme: dark)");
		dark.addEventListener("change", themed);
		addEventListener("theme", themed);
		return () => {
			dark.removeEventListener("change", themed);
			removeEventListener("theme", themed);
			drawing.current = null;
			cy.destroy();
		};
	}, [m]);
	const first = useRef(true);
	useEffect(() => {
		const cy = drawing.current;
		if (!first.current)
			cy.batch(() => {
				cy.elements().remove();
				cy.add(elements(m, g, hits));
			});
		first.current = false;
	}, [g, hits]);
	useEffect(() => {
		const cy = drawing.current, there = at ? cy.getElementById(`asset ${at}`).union(cy.getElementById(`zone ${at}`)).union(cy.getElementById(`conduit ${at}`)) : cy.collection();
		cy.elements(".chosen").removeClass("chosen");
		if (there.length === 0)
			return;
		there.addClass("chosen");
		if (cy.zoom() < 0.8)
			cy.zoom(0.9);
		cy.center(there);
	}, [at, g]);
	return drawing;
}

function Canvas({ m, g, hits, at, act, describe }) {
	const ref = useRef();
	const drawing = useDrawing(ref, m, g, hits, at, act);
	const zoom = (factor) => drawing.current.zoom({ level: drawing.current.zoom() * factor, renderedPosition: { x: ref.current.clientWidth / 2, y: ref.current.clientHeight / 2 } });
	const fit = () => drawing.current.fit(undefined, 12);
	const keys = (e) => {
		const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[e.key];
		if (step)
			drawing.current.panBy({ x: step[0], y: step[1] });
		else if (e.key === "+" || e.key === "=")
			zoom(1.25);
		else if (e.key === "-")
			zoom(0.8);
		else if (e.key === "0")
			fit();
		else
			return;
		e.preventDefault();
	};
	return (
		<div class="mapframe">
			<div class="maptools" role="group" aria-label="Size of the map">
				<button type="button" onClick={() => zoom(1.25)} aria-label="Larger">+</button>
				<button type="button" onClick={() => zoom(0.8)} aria-label="Smaller">−</button>
				<button type="button" onClick={fit}>Whole map</button>
			</div>
			<div class="canvas" ref={ref} role="application" aria-label={describe} tabIndex={0} onKeyDown={keys} />
		</div>
	);
}

function ZoneList({ m, g, toggle, hits }) {
	return (
		<ul class="zones">
			{g.boxes.map((b) => {
				const id = b.zone ?? "", members = membersOf(m, b.zone), found = hits ? members.filter((a) => hits.has(a.id)) : members;
				if (hits && found.length === 0)
					return null;
				return (
					<li key={id}>
						<button type="button" class="small" aria-expanded={b.open} onClick={() => toggle(id)}>{b.open ? "Close" : "Open"}<span class="hidden"> {cut(safe(m.zoneName(b.zone)), 60)}</span></button>{" "}
						{b.zone === undefined ? "In no zone" : <a href={to("zone", id)}><T of={m.zoneName(b.zone)} max={48} /></a>} <span class="faint">{count(members.length, "device")}{hits ? `, ${number(found.length)} found` : ""}</span>
						{b.open || (hits && found.length <= 8) ? <ul>{found.slice(0, 60).map((a) => <li key={a.id}><AssetLink id={a.id} /> <span class="faint"><TypeName of={a.type} /></span></li>)}{found.length > 60 ? <li><a href={to("assets", "", { zone: b.zone ?? "-" })}>all {number(found.length)} in the table</a></li> : null}</ul> : null}
					</li>
				);
			})}
		</ul>
	);
}

function useOpen(m, params) {
	const at = params.get("at"), asset = at && m.asset.get(at);
	return useMemo(() => {
		const open = new Set(listOf(params.get("open")));
		if (asset) /* it can be seen only in an open zone */
			open.add(asset.zone ?? "");
		return open;
	}, [params.get("open"), at]);
}

export function MapView({ route: { params }, printing }) {
	const m = useModel(), query = params.get("q") || "", at = params.get("at") || "";
	const open = useOpen(m, params);
	const g = useMemo(() => place(m, open), [m, open]);
	const hits = useMemo(() => (query.trim() ? new Set(m.search(query).map((a) => { let top = a; for (let i = 0; top.parent !== undefined && i < 16; i++) top = m.asset.get(top.parent) || {}; return top.id; })) : null), [m, query]);
	const set = (change) => replace("map", "", { q: query, open: textOf(open), at: "", ...change });
	const toggle = (id) => {
		const next = new Set(open);
		if (!next.delete(id))
			next.add(id);
		set({ open: textOf(next) });
	};
	const act = (data) => {
		if (data.zone !== undefined)
			toggle(data.zone);
		else if (data.asset)
			location.hash = to("asset", data.asset);
		else if (data.conduit)
			location.hash = to("conduit", data.conduit);
		else if (data.rest !== undefined)
			location.hash = to("assets", "", { zone: data.rest || "-" });
	};
	const devices = m.assets.filter((a) => a.parent === undefined).length;
	const left = m.data.map.zones_left + m.data.map.conduits_left;
	const proposed = m.data.zones.filter((z) => z.status === "proposed").length;
	if (g.boxes.length === 0)
		return <><Head title="Map">Map</Head><p>There is no zone to draw: nothing in these captures spoke.</p></>;
	return (
		<>
			<Head title="Map">Map of zones and conduits</Head>
			<p class="faint">{proposed > 0 ? `${count(proposed, "zone")} only proposed, not approved. ` : ""}{left > 0 ? `Not drawn for want of room: ${count(m.data.map.zones_left, "zone")}, ${count(m.data.map.conduits_left, "conduit")}. ` : ""}<span class="noprint">Click a zone to open or close it, an asset or a conduit to go to it. Keys: arrows, +, −, 0.</span></p>
			<form class="filters noprint" role="search" onSubmit={(e) => e.preventDefault()}>
				<label class="search"><span>Find on the map</span><input type="search" value={query} placeholder="name, address, model, any value" onInput={(e) => set({ q: e.currentTarget.value })} /></label>
				{devices <= OPEN_ALL_MAX ? <button type="button" onClick={() => set({ open: textOf(g.boxes.map((b) => b.zone ?? "")) })}>Open all zones</button> : null}
				<button type="button" disabled={open.size === 0} onClick={() => set({ open: "" })}>Close all zones</button>
				<span role="status">{hits ? `${number(hits.size)} found` : ""}</span>
			</form>
			{printing ? <Picture open={open} /> : (
				<div class="mapview">
					<div>
						<Canvas m={m} g={g} hits={hits} at={at} act={act} describe={`Map of ${count(g.boxes.length, "zone")} and ${count(g.edges.length, "conduit")}. The list beside it says the same.`} />
						<Legend />
					</div>
					<section class="maplist" aria-label="The map as a list" tabIndex={0}>
						<h2>Zones</h2>
						<ZoneList m={m} g={g} toggle={toggle} hits={hits} />
						<h2>Conduits</h2>
						<ul class="list">{m.data.conduits.slice(0, 300).map((c) => <li key={c.id}><Verdict of={c.verdict} /> <a href={to("conduit", c.id)}><T of={c.id} max={60} /></a></li>)}</ul>
					</section>
				</div>
			)}
		</>
	);
}
