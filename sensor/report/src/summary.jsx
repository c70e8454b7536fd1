/* SPDX-License-Identifier: Apache-2.0 */
/* summary.jsx - the first view: what was heard, what is there, what to decide, what could not be seen. */
import { Bars, Head, Severity, T, useModel, Wide } from "./parts.jsx";
import { gaps, heard } from "./coverage.js";
import { IDENTITY, SEVERITIES, tally } from "./model.js";
import { attributeName, bytes, count, duration, levelName, milliseconds, number, percent, sentence, time, typeName } from "./text.js";
import { to } from "./router.js";

const TOP = 8; /* rows of a chart; the rest is one row */

/* The most frequent ones and one row for all others. */
function top(rows, href, name) {
	const shown = rows.slice(0, rows.length > TOP + 1 ? TOP : rows.length);
	const rest = rows.slice(shown.length).reduce((n, [, c]) => n + c, 0);
	const bars = shown.map(([key, n]) => [key, name(key), n, href(key)]);
	if (rest > 0)
		bars.push(["rest of them", `${number(rows.length - shown.length)} others`, rest, to("assets")]);
	return bars;
}

function Heard() {
	const m = useModel(), d = m.data, h = heard(d);
	const names = d.captures.slice(0, 5);
	return (
		<section aria-labelledby="heard">
			<h2 id="heard">What was heard</h2>
			<dl class="facts">
				<div><dt>Site</dt><dd>{d.site ? <T of={d.site} /> : <span class="faint">not named</span>}</dd></div>
				<div><dt>{count(d.captures.length, "capture")}</dt><dd>{names.map((c, i) => <span key={c.id}>{i ? ", " : ""}<T of={c.name} max={60} /></span>)}{d.captures.length > 5 ? ` and ${number(d.captures.length - 5)} more` : ""}</dd></div>
				{h.first ? <div><dt>From – to</dt><dd>{time(h.first)} – {time(h.last)}</dd></div> : null}
				<div><dt>Recorded</dt><dd>{duration(h.recorded)}, {count(h.packets, "packet")}, {bytes(h.bytes)}</dd></div>
				<div><dt>Understood</dt><dd>{percent(h.understood, h.packets)} of the packets are in protocols that were read; {number(h.packets - h.understood)} are not</dd></div>
				<div><dt>Conversations</dt><dd>{count(d.coverage.flows, "TCP or UDP conversation")}, {count(m.data.links.length, "connection between assets", "connections between assets")}</dd></div>
				<div><dt>Sensor</dt><dd><T of={`${d.sensor.name} ${d.sensor.version}`} />, passive: it sent nothing</dd></div>
			</dl>
		</section>
	);
}

function Findings() {
	const m = useModel();
	const counts = new Map(tally(m.data.findings, (f) => f.severity));
	if (m.data.findings.length === 0)
		return <section aria-labelledby="decide"><h2 id="decide">Findings</h2><p>No finding. The checks run only on what was heard.</p></section>;
	return (
		<section aria-labelledby="decide">
			<h2 id="decide">Findings: what a person should decide</h2>
			<p class="counts">{SEVERITIES.filter((s) => counts.has(s)).map((s) => <a key={s} href={to("findings", "", { severity: s })}><Severity of={s} /> <b>{number(counts.get(s))}</b></a>)}</p>
			<ul class="list">
				{m.data.findings.slice(0, 6).map((f) => <li key={f.id}><Severity of={f.severity} /> <a href={to("finding", f.id)}><T of={f.title} /></a><span class="faint"> <T of={f.conduit ?? (f.zone !== undefined ? m.zoneName(f.zone) : f.assets.length ? m.labelOf(f.assets[0]) : "")} max={60} /></span></li>)}
			</ul>
			{m.data.findings.length > 6 ? <p><a href="#findings">All {number(m.data.findings.length)} findings</a></p> : null}
		</section>
	);
}

function Changes({ changes }) {
	return (
		<section aria-labelledby="changed">
			<h2 id="changed">Changes since the baseline</h2>
			{changes === null
				? <p>No baseline to compare with. <code>earshot baseline accept NAME</code> keeps this inventory as one; <code>earshot report --baseline NAME</code> then shows what has changed.</p>
				: changes.total === 0
					? <p>Nothing has changed: the same assets, identities, zones and connections.</p>
					: <>
						<ul class="list">
							{changes.groups.filter((g) => g.list.length > 0).map((g) => <li key={g.key}><b>{number(g.list.length)}</b> {g.title(g.list.length)}</li>)}
						</ul>
						<p><a href="#changes">All changes, with evidence</a></p>
					</>}
		</section>
	);
}

function Unread() {
	const m = useModel(), u = m.data.coverage.undissected;
	if (u.length === 0)
		return null;
	return (
		<details>
			<summary>Protocols that were not read ({number(u.length)})</summary>
			<Wide label="Protocols that were not read">
				<table>
					<thead><tr><th scope="col">Protocol</th><th scope="col">Over</th><th scope="col">Known by</th><th scope="col" class="n">Connections</th><th scope="col" class="n">Packets</th><th scope="col" class="n">Amount</th></tr></thead>
					<tbody>{u.slice(0, 100).map((r, i) => <tr key={i}><td>{r.protocol ? <T of={r.protocol} /> : "not known"}</td><td>{r.transport ? r.transport.toUpperCase() : "link layer"}</td><td>{r.basis === "labelled" ? "its looks" : "nothing"}</td><td class="n">{number(r.links)}</td><td class="n">{number(r.packets)}</td><td class="n">{bytes(r.bytes)}</td></tr>)}</tbody>
				</table>
			</Wide>
		</details>
	);
}

export function Captures() {
	const m = useModel();
	return (
		<details>
			<summary>Captures ({number(m.data.captures.length)})</summary>
			<Wide label="Captures">
				<table>
					<thead><tr><th scope="col">File</th><th scope="col">First packet</th><th scope="col">Recorded</th><th scope="col" class="n">Packets</th><th scope="col" class="n">Dropped</th><th scope="col" class="n">In part</th><th scope="col">SHA-256</th></tr></thead>
					<tbody>{m.data.captures.slice(0, 1000).map((c) => <tr key={c.id}><td><T of={c.name} max={80} />{c.cut_at_byte ? ` (breaks off at byte ${number(c.cut_at_byte)})` : ""}</td><td>{time(c.first)}</td><td>{c.first && c.last ? duration(milliseconds(c.last) - milliseconds(c.first)) : "–"}</td><td class="n">{number(c.packets)}</td><td class="n">{number(c.dropped_packets)}</td><td class="n">{number(c.truncated_packets)}</td><td><code class="hash">{c.sha256 || "live"}</code></td></tr>)}</tbody>
				</table>
			</Wide>
		</details>
	);
}

export function Coverage() {
	const m = useModel(), { list, clean } = gaps(m.data);
	const about = list.filter((g) => !g.identity), identity = list.filter((g) => g.identity);
	return (
		<section aria-labelledby="unseen">
			<h2 id="unseen">What could not be seen, and what to do about it</h2>
			<Wide label="What could not be seen">
				<table class="gaps">
					<thead><tr><th scope="col">Limit</th><th scope="col">What to do</th></tr></thead>
					<tbody>
						{about.map((g, i) => <tr key={i}><td>{g.what}</td><td>{g.todo}</td></tr>)}
						<tr><td>Traffic that never reaches the mirror port: between two ports of one switch, serial lines, wireless cells, devices that are silent.</td><td>Compare with drawings and purchase lists. What is not listed here may still exist.</td></tr>
						{identity.map((g, i) => <tr key={`i${i}`}><td>{g.what}</td><td><T of={g.todo} max={300} /></td></tr>)}
					</tbody>
				</table>
			</Wide>
			{clean.length > 0 ? <p class="faint">Looked for and not found: {clean.join(", ")}.</p> : null}
			<Unread />
			<Captures />
		</section>
	);
}

/* How many devices say each part of who they are. Modules and units count too: they are what is bought and patched. */
function Completeness() {
	const m = useModel(), all = m.assets.length;
	const rows = IDENTITY.filter((f) => f !== "os").map((f) => {
		const n = m.assets.filter((a) => a[f]).length;
		return [f, attributeName(f), n];
	});
	const whole = m.assets.filter((a) => a.vendor && a.model && a.firmware_version).length;
	rows.push(["type", "Type", m.assets.filter((a) => a.type !== "unknown").length], ["level", "Level", m.assets.filter((a) => a.purdue_level).length], ["zone", "Zone", m.assets.filter((a) => a.zone !== undefined).length]);
	return (
		<div>
			<Bars caption="How complete the identities are" rows={rows} whole={all} />
			<p class="faint">{number(whole)} of {number(all)} ({percent(whole, all)}) have vendor, model and firmware from their own messages.</p>
		</div>
	);
}

export function Summary({ changes }) {
	const m = useModel(), d = m.data, n = m.assets.length;
	const inner = m.assets.filter((a) => a.parent !== undefined).length;
	return (
		<>
			<Head title={d.site ? `Summary – ${d.site}` : "Summary – earshot report"}>{d.site ? <T of={d.site} /> : "Summary"}</Head>
			<p class="lead">
				<b>{count(n, "asset")}</b>{inner > 0 ? ` (${count(n - inner, "device")} and ${count(inner, "module or unit", "modules and units")} behind them)` : ""} in <b>{count(d.zones.length, "zone")}</b>,{" "}
				<b>{count(d.conduits.length, "conduit")}</b> between zones, <b>{count(d.findings.length, "finding")}</b>.
			</p>
			<div class="columns">
				<Heard />
				<Findings />
			</div>
			<Changes changes={changes} />
			<section aria-labelledby="there">
				<h2 id="there">What is there</h2>
				<div class="charts">
					<Bars caption="Assets by type" rows={top(tally(m.assets, (a) => a.type, "unknown"), (k) => to("assets", "", { type: k }), typeName)} />
					<Bars caption="Assets by vendor" rows={top(tally(m.assets, (a) => a.vendor || "", ""), (k) => to("assets", "", { vendor: k || "-" }), (k) => k || "Vendor not known")} />
					<Bars caption="Assets by level" rows={tally(m.assets, (a) => a.purdue_level || "", "").sort((x, y) => (x[0] === "") - (y[0] === "") || y[0] - x[0]).map(([k, c]) => [k, levelName(k), c, to("assets", "", { level: k || "-" })])} />
					<Completeness />
				</div>
			</section>
			<Coverage />
		</>
	);
}
