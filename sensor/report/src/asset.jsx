/* SPDX-License-Identifier: Apache-2.0 */
/* asset.jsx - one asset: who it is, where, what stands behind it, what it does, why we say so; each value with frames. */
import { AssetLink, Head, proofs, Severity, T, TypeName, useModel, useMore, ValueRow, Whole, Wide, ZoneLink } from "./parts.jsx";
import { Behind } from "./chassis.jsx";
import { attributeName, bytes, confidence, levelName, number, placeName, safe, sentence, time } from "./text.js";
import { IDENTITY, otherValues } from "./model.js";
import { to } from "./router.js";

const Section = ({ id, title, children }) => <section aria-labelledby={id}><h2 id={id}>{title}</h2>{children}</section>;

/* The frames that prove an address: a message that names it, else the traffic it was seen in. */
function addressEvidence(m, a, mac, ip) {
	const named = a.facts.filter((f) => (f.attribute === "ip" && f.value === ip) || (f.attribute === "mac" && f.value === mac));
	if (named.length > 0)
		return named;
	const spoken = [];
	for (const l of m.links.get(a.id) || []) {
		if (spoken.length < 8 && l.frame)
			spoken.push({ capture: l.capture, frame: l.frame, first_seen: l.first_seen, protocol: l.protocol, message: `first packet between ${m.labelOf(l.client)} and ${m.labelOf(l.server)}` });
	}
	return spoken;
}

function Identity({ asset, row }) {
	const declared = asset.declared || {};
	const fields = IDENTITY.filter((f) => asset[f] || declared[f]);
	const differs = (f) => declared[f] && asset[f] && declared[f].trim().toLowerCase() !== asset[f].trim().toLowerCase();
	return (
		<Section id="identity" title="Identity">
			{fields.length === 0 ? <p>No message said who it is.{asset.would_identify ? <> Would identify it: <T of={asset.would_identify} max={300} />.</> : null}</p> : (
				<Wide label="Identity">
					<table class="values">
						<thead><tr><th scope="col">Field</th><th scope="col">Observed</th>{asset.declared ? <th scope="col">Declared in the register</th> : null}<th scope="col" class="opener">Evidence</th></tr></thead>
						<tbody>
							{fields.map((f) => {
								const facts = asset[f] ? asset.facts.filter((x) => x.attribute === f && x.value === asset[f]) : null;
								return (
									<ValueRow key={f} {...row(f)} label={attributeName(f)} value={asset[f] ? <Whole of={asset[f]} /> : <span class="faint">not heard</span>} columns={asset.declared ? 4 : 3}
										facts={facts && (facts.length ? facts : asset.facts.filter((x) => x.value === asset[f]))}>
										{asset.declared ? <td>{declared[f] ? <Whole of={declared[f]} /> : <span class="faint">–</span>}{differs(f) ? <span class="differs"> ≠ differs</span> : null}</td> : null}
									</ValueRow>
								);
							})}
						</tbody>
					</table>
				</Wide>
			)}
			{!asset.vendor && asset.interfaces.some((i) => i.mac_vendor) ? <p class="faint">The maker of its network card, which is not always that of the device: <T of={asset.interfaces.find((i) => i.mac_vendor).mac_vendor} />.</p> : null}
		</Section>
	);
}

function Declared({ asset }) {
	const d = asset.declared;
	const keys = d ? ["number", "owner", "location", "criticality", "function", "type", "notes"].filter((k) => d[k]) : [];
	if (keys.length === 0)
		return null;
	return (
		<Section id="declared" title="What people declared">
			<dl class="facts">{keys.map((k) => <div key={k}><dt>{k === "number" ? "Asset number" : sentence(k)}</dt><dd><Whole of={d[k]} />{k === "type" && d.type !== asset.type ? <span class="differs"> ≠ observed type {safe(asset.type)}</span> : null}</dd></div>)}</dl>
		</Section>
	);
}

function Conflicts({ asset, row }) {
	if (asset.conflicts.length === 0)
		return null;
	return (
		<Section id="conflicts" title="Conflicts: messages that disagree">
			<Wide label="Conflicts">
				<table class="values">
					<tbody>{asset.conflicts.flatMap((c) => c.values.map((v) => <ValueRow key={c.attribute + v} {...row(`conflict ${c.attribute} ${v}`)} label={attributeName(c.attribute)} value={<Whole of={v} />} columns={3} facts={asset.facts.filter((f) => f.attribute === c.attribute && f.value === v)} />))}</tbody>
				</table>
			</Wide>
		</Section>
	);
}

function Interfaces({ asset, row }) {
	const m = useModel();
	if (asset.interfaces.length === 0)
		return null;
	return (
		<Section id="interfaces" title="Interfaces">
			<Wide label="Interfaces">
				<table class="values">
					<thead><tr><th scope="col">MAC address</th><th scope="col">IP addresses and names</th><th scope="col">VLANs</th><th scope="col" class="opener">Evidence</th></tr></thead>
					<tbody>
						{asset.interfaces.slice(0, 200).map((i, n) => (
							<ValueRow key={n} {...row(`interface ${n}`)} label={i.mac || "not known"} note={i.mac_vendor ? <>Card by <T of={i.mac_vendor} /></> : null} columns={4}
								value={<>{i.ips.join(", ") || <span class="faint">no IP address</span>}{i.hostnames.length ? <> (<T of={i.hostnames.join(", ")} />)</> : null}</>}
								facts={addressEvidence(m, asset, i.mac, i.ips[0])}>
								<td>{i.vlans.join(", ") || <span class="faint">untagged</span>}</td>
							</ValueRow>
						))}
					</tbody>
				</table>
			</Wide>
		</Section>
	);
}

function Others({ asset, row }) {
	const groups = otherValues(asset);
	const [shown, more] = useMore(groups, 40);
	if (groups.length === 0)
		return null;
	return (
		<Section id="other" title="Other values it said">
			<Wide label="Other values">
				<table class="values">
					<thead><tr><th scope="col">What</th><th scope="col">Value</th><th scope="col" class="opener">Evidence</th></tr></thead>
					<tbody>{shown.map((g) => <ValueRow key={`${g[0].attribute} ${g[0].value}`} {...row(`${g[0].attribute} ${g[0].value}`.slice(0, 80))} label={attributeName(g[0].attribute)} value={<Whole of={g[0].value} />} note={g[0].at && (!asset.at || g[0].at.value !== asset.at.value) ? placeName(g[0].at) : null} columns={3} facts={g} />)}</tbody>
				</table>
			</Wide>
			{more}
		</Section>
	);
}

function Why({ asset }) {
	const won = asset.type_verdicts.filter((v) => v.won), lost = asset.type_verdicts.filter((v) => !v.won);
	const rules = (list, word) => list.map((v, i) => <tr key={word + i} class={word}><td>{word === "won" ? "✓ Won" : "✕ Lost"}</td><td><T of={v.type} /></td><td class="n">{v.score.toFixed(2)}</td><td><T of={v.rule} /></td><td><T of={v.because} max={300} /></td></tr>);
	return (
		<Section id="why" title="Type, level and zone, and why">
			<dl class="facts">
				<div><dt>Type</dt><dd><TypeName of={asset.type} />{asset.type === "unknown" ? ": the evidence is too thin" : `, ${confidence(asset.type_confidence)} sure`}</dd></div>
				<div><dt>Level</dt><dd>{levelName(asset.purdue_level)}{asset.level_confidence !== undefined && asset.purdue_level ? `, ${confidence(asset.level_confidence)} sure` : ""}{asset.level_reason ? <>: <T of={asset.level_reason} max={300} /></> : null}</dd></div>
				<div><dt>Zone</dt><dd><ZoneLink id={asset.zone} />{asset.zone_reason ? <>: <T of={asset.zone_reason} max={300} /></> : null}</dd></div>
				{asset.flag_reasons.map((f) => <div key={f.flag}><dt>Flag</dt><dd>{sentence(f.flag)}{f.because ? <>: <T of={f.because} max={300} /></> : null}</dd></div>)}
			</dl>
			{asset.type_verdicts.length > 0 ? (
				<Wide label="Rules about the type">
					<table>
						<caption>Every rule that had something to say about the type; a higher weight counts more</caption>
						<thead><tr><th scope="col">Result</th><th scope="col">Type</th><th scope="col" class="n">Weight</th><th scope="col">Rule</th><th scope="col">Because</th></tr></thead>
						<tbody>{rules(won, "won")}{rules(lost, "lost")}</tbody>
					</table>
				</Wide>
			) : <p class="faint">No rule had anything to say about its type.</p>}
		</Section>
	);
}

function Roles({ asset }) {
	const words = { server: "answers", client: "asks", both: "asks and answers" };
	if (asset.roles.length === 0)
		return null;
	return (
		<Section id="roles" title="Roles">
			<Wide label="Roles">
				<table>
					<thead><tr><th scope="col">Protocol</th><th scope="col">Role</th><th scope="col">Port</th><th scope="col">Operations</th><th scope="col" class="n">Peers</th><th scope="col">First seen</th><th scope="col">Last seen</th></tr></thead>
					<tbody>{asset.roles.slice(0, 500).map((r, i) => <tr key={i}><td>{r.protocol ? <T of={r.protocol} /> : <span class="faint">not known</span>}{r.basis === "labelled" ? <span class="faint"> (by its looks)</span> : null}</td><td>{words[r.role]}</td><td>{r.transport ? `${r.transport.toUpperCase()} ${r.port || ""}` : "–"}</td><td>{r.operations.join(", ") || "–"}{r.refused.length ? <span class="faint"> refused: {r.refused.join(", ")}</span> : null}</td><td class="n">{number(r.peers)}</td><td class="when">{time(r.first_seen)}</td><td class="when">{time(r.last_seen)}</td></tr>)}</tbody>
				</table>
			</Wide>
		</Section>
	);
}

function Peers({ asset, row }) {
	const m = useModel();
	const links = [...(m.links.get(asset.id) || [])].sort((x, y) => y.packets - x.packets);
	const [shown, more] = useMore(links, 40);
	if (links.length === 0)
		return null;
	return (
		<Section id="peers" title={`Peers: who it talks with (${number(links.length)})`}>
			<Wide label="Peers">
				<table class="values">
					<thead><tr><th scope="col">Peer</th><th scope="col">Protocol</th><th scope="col">Operations</th><th scope="col" class="n">Packets</th><th scope="col">First and last seen</th><th scope="col" class="opener">Evidence</th></tr></thead>
					<tbody>
						{shown.map((l) => {
							const out = l.client === asset.id, facts = proofs(l);
							const key = `link ${l.client} ${l.server} ${l.protocol || ""} ${l.port || ""} ${l.transport || ""}`;
							return (
								<ValueRow key={key} {...row(key)} columns={6} facts={facts.length ? facts : null}
									what={`${out ? "asks" : "asked by"} ${m.labelOf(out ? l.server : l.client)}, ${l.protocol || "protocol not known"}`}
									label={<>{out ? "asks " : "asked by "}<AssetLink id={out ? l.server : l.client} /></>}
									value={<>{l.protocol ? <T of={l.protocol} /> : <span class="faint">not known</span>}{l.transport ? ` (${l.transport.toUpperCase()} ${l.port || ""})` : ""}{l.answered ? null : <span class="faint"> no answer heard</span>}</>}>
									<td>{l.operations.join(", ") || "–"}{l.refused.length ? <span class="faint"> refused: {l.refused.join(", ")}</span> : null}</td>
									<td class="n">{number(l.packets)}<div class="faint">{bytes(l.bytes)}</div></td>
									<td class="when">{time(l.first_seen)}<br />{time(l.last_seen)}</td>
								</ValueRow>
							);
						})}
					</tbody>
				</table>
			</Wide>
			{more}
		</Section>
	);
}

export function Asset({ route: { id, params } }) {
	const m = useModel(), asset = m.asset.get(id);
	if (!asset)
		return <><Head title="No such asset">No such asset</Head><p>There is no asset <T of={id} max={40} /> in this report. <a href="#assets">All assets</a></p></>;
	const open = params.get("evidence") || "";
	const row = (k) => ({ k, open: open === k, href: (key) => to("asset", id, { evidence: key }) });
	const findings = m.findings.get(id) || [];
	const label = m.label(asset);
	return (
		<>
			<nav aria-label="Where this is" class="crumbs"><a href="#assets">Assets</a>{asset.parent !== undefined ? <> › <AssetLink id={asset.parent} /></> : null}</nav>
			<Head title={label}><T of={label} /></Head>
			<p class="lead"><TypeName of={asset.type} /> · <T of={m.where(asset)} /> · {levelName(asset.purdue_level)} · <ZoneLink id={asset.zone} /> · <a href={to("map", "", { at: id })} class="noprint">On the map</a></p>
			<p class="faint">First seen {time(asset.first_seen)}, last seen {time(asset.last_seen)}</p>
			{findings.length > 0 ? <Section id="found" title={`Findings (${number(findings.length)})`}><ul class="list">{findings.slice(0, 20).map((f) => <li key={f.id}><Severity of={f.severity} /> <a href={to("finding", f.id)}><T of={f.title} /></a></li>)}</ul></Section> : null}
			<Identity asset={asset} row={row} />
			<Conflicts asset={asset} row={row} />
			<Declared asset={asset} />
			<Interfaces asset={asset} row={row} />
			<Behind asset={asset} />
			<Why asset={asset} />
			<Roles asset={asset} />
			<Peers asset={asset} row={row} />
			<Others asset={asset} row={row} />
			<p class="faint">Id of this asset in every export: <code>{safe(asset.id)}</code></p>
		</>
	);
}
