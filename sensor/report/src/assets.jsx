/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets.jsx - the table of assets. Only the rows near the visible ones are in the document, so that 5,000 are as fluid
 * as 50; a screen reader is told the real row numbers.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Head, T, TypeName, useModel } from "./parts.jsx";
import { count, csvField, cut, levelName, number, percent, safe, sentence, time, typeName } from "./text.js";
import { replace, to } from "./router.js";
import { tally } from "./model.js";

const ROW = 30; /* pixels: a line of text, as in style.css */
const AROUND = 12; /* rows beyond the visible ones */

/* key, title, width in pixels, text for sorting and CSV, and what is shown if that is more than the text. */
const COLUMNS = [
	["label", "Asset", 190, (m, a) => m.label(a), (m, a) => <a href={to("asset", a.id)}><T of={m.label(a)} max={60} /></a>],
	["where", "Address and place", 230, (m, a) => m.where(a)],
	["type", "Type", 150, (m, a) => typeName(a.type), (m, a) => <TypeName of={a.type} />],
	["vendor", "Vendor", 170, (m, a) => m.vendor(a)],
	["model", "Model", 170, (m, a) => a.model],
	["firmware", "Firmware", 110, (m, a) => a.firmware_version],
	["level", "Level", 70, (m, a) => a.purdue_level],
	["zone", "Zone", 200, (m, a) => (a.zone === undefined ? "" : m.zoneName(a.zone))],
	["protocols", "Protocols", 190, (m, a) => m.protocols(a).join(", ")],
	["flags", "Flags", 150, (m, a) => a.flags.map(sentence).join(", ")],
	["findings", "Findings", 90, (m, a) => m.findings.get(a.id)?.length ?? 0, (m, a) => m.findings.get(a.id)?.length || ""],
	["name", "Name it gives itself", 160, (m, a) => a.name],
	["order", "Order number", 180, (m, a) => a.order_number],
	["serial", "Serial number", 160, (m, a) => a.serial_number],
	["hardware", "Hardware", 100, (m, a) => a.hardware_version],
	["os", "Operating system", 160, (m, a) => a.os],
	["mac", "MAC addresses", 160, (m, a) => a.interfaces.map((i) => i.mac).filter(Boolean).join(", ")],
	["ip", "IP addresses", 160, (m, a) => a.interfaces.flatMap((i) => i.ips).join(", ")],
	["vlan", "VLANs", 80, (m, a) => [...new Set(a.interfaces.flatMap((i) => i.vlans))].join(", ")],
	["sure", "Confidence in type", 130, (m, a) => a.type_confidence, (m, a) => (a.type === "unknown" ? "" : percent(a.type_confidence, 1))],
	["first", "First seen", 170, (m, a) => a.first_seen || "", (m, a) => time(a.first_seen)],
	["last", "Last seen", 170, (m, a) => a.last_seen || "", (m, a) => time(a.last_seen)],
	["number", "Asset number", 120, (m, a) => a.declared?.number],
	["owner", "Owner", 140, (m, a) => a.declared?.owner],
	["location", "Location", 160, (m, a) => a.declared?.location],
	["criticality", "Criticality", 100, (m, a) => a.declared?.criticality],
	["id", "Id", 150, (m, a) => a.id],
].map(([key, title, width, text, show]) => ({ key, title, width, text, show: show || ((m, a) => <T of={text(m, a)} max={90} />) }));
const STANDARD = ["label", "where", "type", "vendor", "model", "firmware", "level", "zone", "protocols", "findings"];

/* Filters: the values an asset has, and how one is called. "-" stands for none. */
const FILTERS = [
	["type", "Type", (m, a) => [a.type], (m, v) => typeName(v)],
	["vendor", "Vendor", (m, a) => [a.vendor || "-"], (m, v) => (v === "-" ? "Vendor not known" : v)],
	["zone", "Zone", (m, a) => [a.zone ?? "-"], (m, v) => (v === "-" ? "In no zone" : m.zoneName(v))],
	["protocol", "Protocol", (m, a) => m.protocols(a), (m, v) => v],
	["level", "Level", (m, a) => [a.purdue_level || "-"], (m, v) => levelName(v === "-" ? "" : v)],
	["flag", "Flag", (m, a) => (a.flags.length ? a.flags : ["-"]), (m, v) => (v === "-" ? "No flag" : sentence(v))],
];

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const scrolled = new Map(); /* where each list was left, by its address */

export function choose(m, params) {
	let list = m.search(params.get("q") || "");
	for (const [key, , of] of FILTERS) {
		const wanted = params.get(key);
		if (wanted)
			list = list.filter((a) => of(m, a).includes(wanted));
	}
	const [key, down] = (params.get("sort") || "").split(" ");
	const column = COLUMNS.find((c) => c.key === key);
	if (!column)
		return list;
	const texts = new Map(list.map((a) => [a, String(column.text(m, a) ?? "")]));
	const sign = down ? -1 : 1;
	/* what is not known comes last either way */
	return [...list].sort((x, y) => {
		const a = texts.get(x), b = texts.get(y);
		return a === b ? 0 : a === "" ? 1 : b === "" ? -1 : sign * collator.compare(a, b);
	});
}

function Filter({ filter: [key, title, of, name], params, set }) {
	const m = useModel();
	const options = useMemo(() => tally(m.assets, (a) => of(m, a), "-"), [m]);
	if (options.length < 2 && !params.get(key))
		return null;
	return (
		<label>
			<span>{title}</span>
			<select value={params.get(key) || ""} onChange={(e) => set({ [key]: e.currentTarget.value })}>
				<option value="">All</option>
				{options.map(([v, n]) => <option key={v} value={v}>{`${cut(safe(name(m, v)), 60)} (${number(n)})`}</option>)}
			</select>
		</label>
	);
}

function save(m, list, columns) {
	const lines = [columns.map((c) => csvField(c.title)).join(",")];
	for (const a of list)
		lines.push(columns.map((c) => csvField(c.text(m, a))).join(","));
	const url = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" }));
	const link = document.createElement("a");
	link.href = url;
	link.download = "assets.csv";
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/* The rows that are to be in the document: [from, to). */
function useWindow(ref, total, hash) {
	const [range, setRange] = useState([0, 60]);
	const look = () => {
		const box = ref.current;
		if (!box)
			return;
		const from = Math.max(0, Math.floor(box.scrollTop / ROW) - AROUND);
		const until = from + Math.ceil(box.clientHeight / ROW) + 2 * AROUND;
		scrolled.set(location.hash, box.scrollTop);
		setRange((r) => (r[0] === from && r[1] === until ? r : [from, until]));
	};
	useLayoutEffect(() => {
		ref.current.scrollTop = scrolled.get(location.hash) || 0;
		look();
	}, [hash, total]);
	useEffect(() => {
		addEventListener("resize", look);
		return () => removeEventListener("resize", look);
	}, []);
	return [Math.min(range[0], total), Math.min(range[1], total), look];
}

function Table({ list, columns, params, set, selected, setSelected }) {
	const m = useModel(), ref = useRef();
	const [from, until, look] = useWindow(ref, list.length, location.hash);
	const [key, down] = (params.get("sort") || "").split(" ");
	const sort = (c) => set({ sort: c.key === key ? (down ? "" : `${c.key} down`) : c.key });
	const toggle = (id) => {
		const next = new Set(selected);
		if (!next.delete(id))
			next.add(id);
		setSelected(next);
	};
	return (
		<div class="scroller" ref={ref} onScroll={look} role="region" aria-label="Table of assets" tabIndex={0}>
			<table class="assets" aria-rowcount={list.length + 1} style={{ width: `${columns.reduce((w, c) => w + c.width, 36)}px` }}>
				<colgroup><col style={{ width: "36px" }} />{columns.map((c) => <col key={c.key} style={{ width: `${c.width}px` }} />)}</colgroup>
				<thead>
					<tr aria-rowindex={1}>
						<th scope="col"><span class="hidden">Selected</span></th>
						{columns.map((c) => (
							<th key={c.key} scope="col" aria-sort={c.key === key ? (down ? "descending" : "ascending") : undefined}>
								<button type="button" onClick={() => sort(c)}>{c.title}<span aria-hidden="true">{c.key === key ? (down ? " ▼" : " ▲") : ""}</span></button>
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{from > 0 ? <tr aria-hidden="true" style={{ height: `${from * ROW}px` }}><td colSpan={columns.length + 1} /></tr> : null}
					{list.slice(from, until).map((a, i) => (
						<tr key={a.id} aria-rowindex={from + i + 2} class={selected.has(a.id) ? "selected" : ""}>
							<td><input type="checkbox" aria-label={`Select ${cut(safe(m.label(a)), 60)}`} checked={selected.has(a.id)} onChange={() => toggle(a.id)} /></td>
							{columns.map((c) => <td key={c.key}>{c.show(m, a)}</td>)}
						</tr>
					))}
					{until < list.length ? <tr aria-hidden="true" style={{ height: `${(list.length - until) * ROW}px` }}><td colSpan={columns.length + 1} /></tr> : null}
				</tbody>
			</table>
		</div>
	);
}

/* For paper: every row, of the columns that fit. */
export function PrintedAssets({ list }) {
	const m = useModel();
	const columns = COLUMNS.filter((c) => ["label", "where", "type", "vendor", "model", "firmware", "serial", "level", "zone"].includes(c.key));
	return (
		<table class="printed">
			<thead><tr>{columns.map((c) => <th key={c.key} scope="col">{c.title}</th>)}</tr></thead>
			<tbody>{list.map((a) => <tr key={a.id}>{columns.map((c) => <td key={c.key}>{c.show(m, a)}</td>)}</tr>)}</tbody>
		</table>
	);
}

export function Assets({ route: { params }, printing }) {
	const m = useModel();
	const [selected, setSelected] = useState(new Set());
	const [typed, setTyped] = useState(params.get("q") || "");
	const address = params.toString();
	const list = useMemo(() => choose(m, params), [m, address]);
	const set = (change) => replace("assets", "", { ...Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] || "")), ...change });
	useEffect(() => setTyped(params.get("q") || ""), [address]);
	const shown = (params.get("columns") || "").split(" ").filter(Boolean);
	const keys = shown.length ? shown : STANDARD;
	const columns = COLUMNS.filter((c) => c.key === "label" || keys.includes(c.key));
	const chosen = selected.size > 0 ? m.assets.filter((a) => selected.has(a.id)) : list;
	const filtered = FILTERS.some(([key]) => params.get(key)) || params.get("q");
	const flip = (key) => set({ columns: COLUMNS.map((c) => c.key).filter((k) => (k === key ? !keys.includes(k) : keys.includes(k))).join(" ") });
	return (
		<>
			<Head title="Assets">Assets</Head>
			<form class="filters noprint" role="search" onSubmit={(e) => e.preventDefault()}>
				<label class="search">
					<span>Search in every field</span>
					<input type="search" value={typed} placeholder="name, address, model, serial number, any value" onInput={(e) => { setTyped(e.currentTarget.value); set({ q: e.currentTarget.value }); }} />
				</label>
				{FILTERS.map((f) => <Filter key={f[0]} filter={f} params={params} set={set} />)}
				{filtered ? <button type="button" onClick={() => set({ q: "", ...Object.fromEntries(FILTERS.map(([key]) => [key, ""])) })}>Show all</button> : null}
			</form>
			<div class="tools">
				<p role="status">{number(list.length)} of {count(m.assets.length, "asset")}{selected.size > 0 ? `, ${number(selected.size)} selected` : ""}</p>
				<details class="columnchoice noprint">
					<summary>Columns</summary>
					<fieldset>
						<legend class="hidden">Columns to show</legend>
						{COLUMNS.slice(1).map((c) => <label key={c.key}><input type="checkbox" checked={keys.includes(c.key)} onChange={() => flip(c.key)} /> {c.title}</label>)}
					</fieldset>
				</details>
				<button type="button" class="noprint" onClick={() => save(m, chosen, columns)}>Save {number(chosen.length)} {selected.size > 0 ? "selected" : ""} as CSV</button>
				{selected.size > 0 ? <button type="button" class="noprint" onClick={() => setSelected(new Set())}>Select none</button> : null}
			</div>
			{list.length === 0 ? <p>No asset fits. Take a filter away or search for something shorter.</p> : null}
			{printing ? <PrintedAssets list={list} /> : <Table list={list} columns={columns} params={params} set={set} selected={selected} setSelected={setSelected} />}
		</>
	);
}
