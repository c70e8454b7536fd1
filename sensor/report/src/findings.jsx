/* SPDX-License-Identifier: Apache-2.0 */
/* findings.jsx - what a person should decide about, with the frames that show it. */
import { AssetLink, Evidence, Head, Severity, T, useModel, useMore, Whole, ZoneLink } from "./parts.jsx";
import { SEVERITIES, tally } from "./model.js";
import { count, number, sentence } from "./text.js";
import { replace, to } from "./router.js";

export function FindingBody({ finding: f, open }) {
	const m = useModel();
	return (
		<>
			<dl class="facts">
				<div><dt>Seen</dt><dd><Whole of={f.text} max={600} /></dd></div>
				<div><dt>What to do</dt><dd><Whole of={f.advice} max={600} /></dd></div>
				<div><dt>Evidence for</dt><dd><T of={f.clause} max={300} /> <span class="faint">(no verdict of compliance)</span></dd></div>
				{f.assets.length > 0 ? <div><dt>{f.assets.length === 1 ? "Asset" : "Assets"}</dt><dd>{f.assets.map((id, i) => <span key={id}>{i ? ", " : ""}<AssetLink id={id} /></span>)}</dd></div> : null}
				{f.zone !== undefined ? <div><dt>Zone</dt><dd><ZoneLink id={f.zone} /></dd></div> : null}
				{f.conduit !== undefined && m.conduit.has(f.conduit) ? <div><dt>Conduit</dt><dd><a href={to("conduit", f.conduit)}><T of={f.conduit} /></a></dd></div> : null}
			</dl>
			{f.evidence.length > 0 ? <details open={open}><summary>{count(f.evidence.length, "frame that shows it", "frames that show it")}</summary><Evidence facts={f.evidence} /></details> : <p class="faint">It is about what was not seen, so no frame shows it.</p>}
		</>
	);
}

export function Findings({ route: { params } }) {
	const m = useModel(), severity = params.get("severity") || "";
	const counts = new Map(tally(m.data.findings, (f) => f.severity));
	const list = m.data.findings.filter((f) => !severity || f.severity === severity);
	const [shown, more] = useMore(list, 50);
	return (
		<>
			<Head title="Findings">Findings</Head>
			<p class="lead">{count(m.data.findings.length, "thing", "things")} that a person should decide about, the most severe first. A finding is evidence for a requirement, no verdict of compliance.</p>
			{m.data.findings.length > 0 ? (
				<form class="filters noprint">
					<label><span>Severity</span>
						<select value={severity} onChange={(e) => replace("findings", "", { severity: e.currentTarget.value })}>
							<option value="">All ({number(m.data.findings.length)})</option>
							{SEVERITIES.filter((s) => counts.has(s)).map((s) => <option key={s} value={s}>{`${sentence(s)} (${number(counts.get(s))})`}</option>)}
						</select>
					</label>
				</form>
			) : <p>No finding. The checks run only on what was heard.</p>}
			{shown.map((f) => (
				<article key={f.id} class={`finding ${f.severity}`}>
					<h2><Severity of={f.severity} /> <a href={to("finding", f.id)}><T of={f.title} /></a></h2>
					<FindingBody finding={f} />
				</article>
			))}
			{more}
		</>
	);
}

export function Finding({ route: { id } }) {
	const m = useModel(), f = m.finding.get(id);
	if (!f)
		return <><Head title="No such finding">No such finding</Head><p><a href="#findings">All findings</a></p></>;
	return (
		<>
			<nav aria-label="Where this is" class="crumbs"><a href="#findings">Findings</a></nav>
			<Head title={f.title}><T of={f.title} /></Head>
			<p class="lead"><Severity of={f.severity} /> · rule <T of={f.rule} /></p>
			<FindingBody finding={f} open />
		</>
	);
}
