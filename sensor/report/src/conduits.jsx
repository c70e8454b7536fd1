/* SPDX-License-Identifier: Apache-2.0 */
/* conduits.jsx - which zones talk, over which channels, and what was decided about them; and a zone by itself. */
import { AssetLink, Head, proofs, Severity, T, TypeName, useModel, useMore, ValueRow, Verdict, Wide, ZoneLink } from "./parts.jsx";
import { VERDICTS, tally } from "./model.js";
import { bytes, confidence, count, number, percent, safe, sentence, time } from "./text.js";
import { replace, to } from "./router.js";

const worst = (x, y) => VERDICTS.indexOf(x.verdict) - VERDICTS.indexOf(y.verdict);

function Direction({ conduit }) {
	const m = useModel(), [a, b] = conduit.initiated;
	return a > 0 && b > 0 ? <span>both</span> : a > 0 || b > 0 ? <T of={m.zoneName(conduit.zones[a > 0 ? 0 : 1])} max={48} /> : <span class="faint">nothing observed</span>;
}

export function Conduits({ route: { params } }) {
	const m = useModel(), verdict = params.get("verdict") || "";
	const counts = new Map(tally(m.data.conduits, (c) => c.verdict));
	const list = m.data.conduits.filter((c) => !verdict || c.verdict === verdict).sort(worst);
	const [shown, more] = useMore(list, 100);
	return (
		<>
			<Head title="Conduits">Conduits</Head>
			<p class="lead">A conduit is every way in which two zones talk. It shows the worst verdict of its channels.</p>
			{m.data.conduits.length === 0 ? <p>No two zones were heard to talk.</p> : (
				<>
					<form class="filters noprint">
						<label><span>Verdict</span>
							<select value={verdict} onChange={(e) => replace("conduits", "", { verdict: e.currentTarget.value })}>
								<option value="">All ({number(m.data.conduits.length)})</option>
								{VERDICTS.filter((v) => counts.has(v)).map((v) => <option key={v} value={v}>{`${sentence(v)} (${number(counts.get(v))})`}</option>)}
							</select>
						</label>
					</form>
					<Wide label="Conduits">
						<table>
							<thead><tr><th scope="col">Conduit</th><th scope="col">Between</th><th scope="col">Verdict</th><th scope="col">Protocols</th><th scope="col">Who begins</th><th scope="col">Through</th><th scope="col" class="n">Channels</th><th scope="col" class="n">Packets</th></tr></thead>
							<tbody>
								{shown.map((c) => (
									<tr key={c.id}>
										<th scope="row"><a href={to("conduit", c.id)}><T of={c.id} max={60} /></a></th>
										<td><ZoneLink id={c.zones[0]} /> and <ZoneLink id={c.zones[1]} /></td>
										<td><Verdict of={c.verdict} /></td>
										<td><T of={c.protocols.join(", ")} max={80} /></td>
										<td><Direction conduit={c} /></td>
										<td>{c.through.length ? c.through.slice(0, 3).map((id, i) => <span key={id}>{i ? ", " : ""}<AssetLink id={id} /></span>) : <span class="faint">not seen</span>}</td>
										<td class="n">{number(c.channels.length)}</td>
										<td class="n">{number(c.packets)}</td>
									</tr>
								))}
							</tbody>
						</table>
					</Wide>
					{more}
				</>
			)}
		</>
	);
}

/* The links that a channel was concluded from: their frames are its evidence. */
function channelEvidence(m, channel) {
	const facts = [];
	for (const l of m.links.get(channel.initiator) || [])
		if (l.client === channel.initiator && l.server === channel.responder && l.protocol === channel.protocol && l.transport === channel.transport && l.port === channel.port)
			facts.push(...proofs(l));
	return facts;
}

export function Channels({ conduit, open }) {
	const m = useModel();
	const [shown, more] = useMore([...conduit.channels].sort(worst), 50);
	return (
		<>
			<Wide label="Channels">
				<table class="values">
					<thead><tr><th scope="col">From – to</th><th scope="col">Protocol</th><th scope="col">Operations</th><th scope="col" class="n">Packets</th><th scope="col">First and last seen</th><th scope="col">Verdict and why</th><th scope="col" class="opener">Evidence</th></tr></thead>
					<tbody>
						{shown.map((c, i) => {
							const key = `${c.initiator || ""} ${c.responder || ""} ${c.protocol || ""} ${c.transport || ""} ${c.port || ""} ${c.rule?.number || ""} ${c.initiator ? "" : i}`.trim();
							const facts = c.initiator ? channelEvidence(m, c) : [];
							return (
								<ValueRow key={key} k={key} open={open === key} columns={7} href={(k) => to("conduit", conduit.id, { evidence: k })} facts={facts.length ? facts : null}
									what={c.initiator ? `${m.labelOf(c.initiator)} to ${m.labelOf(c.responder)}, ${c.protocol || "protocol not known"}` : "a rule"}
									label={c.initiator ? <><AssetLink id={c.initiator} /> → <AssetLink id={c.responder} /></> : <span class="faint">allowed, not observed</span>}
									value={<>{c.protocol ? <T of={c.protocol} /> : <span class="faint">{c.initiator ? "not known" : "any"}</span>}{c.transport ? ` (${c.transport.toUpperCase()} ${c.port || ""})` : ""}{c.answered === false ? <span class="faint"> no answer heard</span> : null}</>}>
									<td>{c.operations.join(", ") || "–"}</td>
									<td class="n">{c.packets === undefined ? "–" : number(c.packets)}{c.bytes === undefined ? null : <div class="faint">{bytes(c.bytes)}</div>}</td>
									<td class="when">{time(c.first_seen)}<br />{time(c.last_seen)}</td>
									<td><Verdict of={c.verdict} /><div><T of={c.because} max={300} /></div>{c.rule ? <div class="faint">Rule <T of={c.rule.id || c.rule.number} />, line {c.rule.line}{c.rule.approver ? <>, approved by <T of={c.rule.approver} /></> : null}{c.rule.expires ? <>, until <T of={c.rule.expires} /></> : null}{c.rule.reason ? <>: <T of={c.rule.reason} max={200} /></> : null}</div> : null}</td>
								</ValueRow>
							);
						})}
					</tbody>
				</table>
			</Wide>
			{more}
		</>
	);
}

const Declared = ({ of }) => (of ? (
	<>{["owner", "security_level_target", "enforced_by", "level", "parent", "approver", "approved", "physical_boundary", "notes"].filter((k) => of[k]).map((k) => (
		<div key={k}><dt>{k === "security_level_target" ? "Target security level, as the owner gave it" : sentence(k)}</dt><dd><T of={of[k]} max={400} /></dd></div>
	))}<div><dt>Declared in</dt><dd>line {of.line} of the zones file</dd></div></>
) : null);

export function Conduit({ route: { id, params } }) {
	const m = useModel(), c = m.conduit.get(id);
	if (!c)
		return <><Head title="No such conduit">No such conduit</Head><p><a href="#conduits">All conduits</a></p></>;
	const findings = m.data.findings.filter((f) => f.conduit === id);
	return (
		<>
			<nav aria-label="Where this is" class="crumbs"><a href="#conduits">Conduits</a></nav>
			<Head title={c.id}><T of={c.id} /></Head>
			<p class="lead"><Verdict of={c.verdict} /> · <ZoneLink id={c.zones[0]} /> and <ZoneLink id={c.zones[1]} /> · <a class="noprint" href={to("map", "", { at: id })}>On the map</a></p>
			<dl class="facts">
				<div><dt>Status</dt><dd>{sentence(c.status)}</dd></div>
				<div><dt>Who begins</dt><dd><Direction conduit={c} />: {count(c.initiated[0], "channel")} from <T of={m.zoneName(c.zones[0])} />, {number(c.initiated[1])} from <T of={m.zoneName(c.zones[1])} /></dd></div>
				<div><dt>Through</dt><dd>{c.through.length ? c.through.map((x, i) => <span key={x}>{i ? ", " : ""}<AssetLink id={x} /></span>) : <span class="faint">no router or firewall was seen to carry it</span>}</dd></div>
				<div><dt>Amount</dt><dd>{count(c.packets, "packet")}, {bytes(c.bytes)}</dd></div>
				{c.first_seen ? <div><dt>Seen</dt><dd>{time(c.first_seen)} – {time(c.last_seen)}</dd></div> : null}
				<Declared of={c.declared} />
			</dl>
			{findings.length > 0 ? <><h2>Findings ({number(findings.length)})</h2><ul class="list">{findings.slice(0, 20).map((f) => <li key={f.id}><Severity of={f.severity} /> <a href={to("finding", f.id)}><T of={f.title} /></a></li>)}</ul></> : null}
			<h2>Channels ({number(c.channels.length)})</h2>
			<Channels conduit={c} open={params.get("evidence") || ""} />
		</>
	);
}

export function Zone({ route: { id } }) {
	const m = useModel(), z = m.zone.get(id);
	const [shown, more] = useMore(z ? z.assets : [], 100);
	if (!z)
		return <><Head title="No such zone">No such zone</Head><p><a href="#map">The map</a></p></>;
	const conduits = m.data.conduits.filter((c) => c.zones.includes(id)).sort(worst);
	return (
		<>
			<nav aria-label="Where this is" class="crumbs"><a href="#map">Map</a></nav>
			<Head title={z.name}><T of={z.name} /></Head>
			<p class="lead">{sentence(z.kind)} zone, {safe(z.status)} · {count(z.assets.length, "asset")} · <a class="noprint" href={to("map", "", { at: id, open: id })}>On the map</a> · <a href={to("assets", "", { zone: id })}>Its assets in the table</a></p>
			<dl class="facts">
				<div><dt>Why</dt><dd><T of={z.reason} max={400} /> <span class="faint">({confidence(z.confidence)} sure)</span></dd></div>
				<div><dt>Levels</dt><dd>{z.levels.length ? [...new Set(z.levels)].map(safe).join(" to ") : <span class="faint">not known</span>}</dd></div>
				<div><dt>Networks</dt><dd><T of={[...z.subnets, ...z.vlans.map((v) => `VLAN ${v}`)].slice(0, 64).join(", ") || "–"} max={500} /></dd></div>
				<div><dt>Traffic that stays inside</dt><dd>{percent(z.cohesion, 1)} of the packets of its assets</dd></div>
				<div><dt>Reached from outside through</dt><dd>{z.access_points.length ? z.access_points.slice(0, 40).map((x, i) => <span key={x}>{i ? ", " : ""}<AssetLink id={x} /></span>) : <span class="faint">nothing that was seen</span>}</dd></div>
				<Declared of={z.declared} />
			</dl>
			<h2>Conduits ({number(conduits.length)})</h2>
			{conduits.length === 0 ? <p>It was not heard to talk with another zone.</p> : <ul class="list">{conduits.slice(0, 200).map((c) => <li key={c.id}><Verdict of={c.verdict} /> <a href={to("conduit", c.id)}><T of={c.id} max={80} /></a>: <T of={c.protocols.join(", ")} /></li>)}</ul>}
			<h2>Assets</h2>
			<ul class="list">{shown.map((a) => <li key={a}><AssetLink id={a} /> <TypeName of={m.asset.get(a)?.type || "unknown"} /></li>)}</ul>
			{more}
		</>
	);
}
