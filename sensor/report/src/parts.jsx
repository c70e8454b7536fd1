/* SPDX-License-Identifier: Apache-2.0 */
/* parts.jsx - what several views show: text from the wire, links, evidence, bars, verdicts. */
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { confidence, count, cut, number, safe, sentence, time, tshark, typeName } from "./text.js";
import { to } from "./router.js";

export const ModelContext = createContext(null);
export const useModel = () => useContext(ModelContext);

/* Text from anywhere. It keeps its own writing direction and never more than `max` characters of room. */
export function T({ of, max = 160 }) {
	if (of === undefined || of === null || of === "")
		return null;
	const text = safe(of);
	return <bdi>{cut(text, max)}</bdi>;
}

/* The same where the whole of it may be wanted. */
export function Whole({ of, max = 400 }) {
	const [all, setAll] = useState(false);
	const text = safe(of ?? "");
	if (text.length <= max)
		return <bdi>{text}</bdi>;
	return (
		<>
			<bdi class="long">{all ? text : cut(text, max)}</bdi>{" "}
			<button type="button" class="small" onClick={() => setAll(!all)}>
				{all ? "Show the beginning" : `Show all ${number(text.length)} characters`}
			</button>
		</>
	);
}

export function AssetLink({ id }) {
	const m = useModel();
	const a = m.asset.get(id);
	return a ? <a href={to("asset", id)}><T of={m.label(a)} max={60} /></a> : <T of={id} />;
}
export function ZoneLink({ id }) {
	const m = useModel();
	return m.zone.has(id) ? <a href={to("zone", id)}><T of={m.zoneName(id)} max={60} /></a> : <span class="faint">In no zone</span>;
}

const MARKS = { denied: "✕", expired: "!", unreviewed: "?", allowed: "✓", "not observed": "○" };
export const Verdict = ({ of }) => (
	<span class={`verdict ${of.replace(" ", "-")}`}><span class="mark" aria-hidden="true">{MARKS[of]}</span> {sentence(of)}</span>
);
export const Severity = ({ of }) => (
	<span class={`severity ${of}`}><span class="mark" aria-hidden="true">{{ high: "▲▲", medium: "▲", low: "△", info: "i" }[of]}</span> {sentence(of)}</span>
);
export const TypeName = ({ of }) => (of === "unknown" ? <span class="faint">Unknown</span> : <T of={typeName(of)} />);

/* A horizontal bar for each row: [key, label, count, href]. The numbers are text; the bars only help the eye. */
export function Bars({ rows, whole, caption, unit = "assets" }) {
	const most = Math.max(1, ...rows.map((r) => r[2]));
	return (
		<table class="bars">
			<caption>{caption}</caption>
			<thead class="hidden"><tr><th scope="col">What</th><th scope="col">Share</th><th scope="col">Number of {unit}</th></tr></thead>
			<tbody>
				{rows.map(([key, label, n, href]) => (
					<tr key={key}>
						<th scope="row">{href ? <a href={href}><T of={label} max={48} /></a> : <T of={label} max={48} />}</th>
						<td class={key === "rest of them" ? "bar rest" : "bar"} aria-hidden="true">{n > 0 ? <span style={{ width: `${(n / (whole || most)) * 100}%` }} /> : null}</td>
						<td class="n">{number(n)}{whole ? <span class="faint"> of {number(whole)}</span> : null}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

export function Copy({ text }) {
	const [done, setDone] = useState(false);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text);
		} catch {
			const area = document.createElement("textarea");
			area.value = text;
			document.body.append(area);
			area.select();
			document.execCommand("copy");
			area.remove();
		}
		setDone(true);
		setTimeout(() => setDone(false), 2000);
	};
	return <button type="button" class="small noprint" onClick={copy} aria-live="polite">{done ? "Copied" : "Copy"}</button>;
}

export function Tshark({ model, capture, frame }) {
	const c = model.capture.get(capture);
	if (!c)
		return null;
	const command = tshark(c, frame);
	return <div class="command"><code><T of={command} max={600} /></code> <Copy text={command} /></div>;
}

/* The frames of a link: what happened, what it was used for first; else the first of it that was heard. */
export function proofs(l) {
	const list = [...l.events, ...l.evidence].map((e) => ({ ...e, protocol: l.protocol, message: e.message || `first ${e.operation}` }));
	return list.length > 0 || !l.frame ? list : [{ capture: l.capture, frame: l.frame, first_seen: l.first_seen, last_seen: l.last_seen, protocol: l.protocol, message: "first packet that was heard" }];
}

/* Where each fact was said first. `model` is another one when it is evidence from the baseline. */
export function Evidence({ facts, model }) {
	const here = useModel();
	const m = model || here;
	const [all, setAll] = useState(false);
	const shown = all ? facts : facts.slice(0, 12);
	if (facts.length === 0)
		return <p class="faint">No message said this value by itself.</p>;
	return (
		<div class="evidence">
			{shown.map((f, i) => (
				<dl key={i}>
					<div><dt>Said by</dt><dd><T of={f.protocol ? `${f.protocol}: ` : ""} /><T of={f.message || f.what || sentence(f.operation || "")} max={200} />{f.detail ? <> (<T of={f.detail} max={200} />)</> : null}</dd></div>
					<div><dt>Capture and frame</dt><dd><T of={m.capture.get(f.capture)?.name ?? f.capture} /> frame {number(f.frame)}</dd></div>
					<div><dt>First said</dt><dd>{time(f.first_seen || f.time, true)}</dd></div>
					{f.last_seen && f.last_seen !== f.first_seen ? <div><dt>Last said</dt><dd>{time(f.last_seen, true)}</dd></div> : null}
					{f.count ? <div><dt>How often</dt><dd>{count(f.count, "time")}</dd></div> : null}
					{f.confidence !== undefined ? <div><dt>Trust in such messages</dt><dd>{confidence(f.confidence)}</dd></div> : null}
					{f.code ? <div><dt>Number in the message</dt><dd><T of={f.code} /></dd></div> : null}
					<div class="wide"><dt>To see the frame</dt><dd><Tshark model={m} capture={f.capture} frame={f.frame} /></dd></div>
				</dl>
			))}
			{facts.length > shown.length ? <button type="button" onClick={() => setAll(true)}>Show all {number(facts.length)} messages</button> : null}
		</div>
	);
}

/*
 * Rows of a table in which a value opens its evidence in a row below. Which one is open is in the address, so it can be
 * linked to and the back button closes it. `what` is the label in plain words where it is more than text: a link
 * cannot stand in a button.
 */
export function ValueRow({ k, label, what, value, children, facts, note, open, href, columns }) {
	const id = `evidence-${k.replace(/[^A-Za-z0-9_-]/g, (c) => c.codePointAt(0).toString(16))}`;
	const go = () => (location.hash = href(open ? "" : k));
	return (
		<>
			<tr class={open ? "open" : ""}>
				<th scope="row">{label}</th>
				<td>{value}{note ? <div class="faint">{note}</div> : null}</td>
				{children}
				<td class="opener">
					{facts ? (
						<button type="button" class="small" aria-expanded={open} aria-controls={open ? id : undefined} onClick={go}>
							Evidence<span class="hidden"> for {safe(cut(what || label, 120))}</span> <span class="faint">({number(facts.length)})</span>
						</button>
					) : null}
				</td>
			</tr>
			{open && facts ? <tr id={id} class="proof"><td colSpan={columns}><Evidence facts={facts} /></td></tr> : null}
		</>
	);
}

/* A table that may be wider than the screen scrolls by itself, also with the keyboard. */
export const Wide = ({ label, children }) => <div class="wide" role="region" aria-label={label} tabIndex={0}>{children}</div>;

/* The first `step` rows and a button for more; printing shows what the screen shows. */
export function useMore(list, step = 50) {
	const [n, setN] = useState(step);
	const left = list.length - n;
	const more = left > 0 ? <p class="noprint"><button type="button" onClick={() => setN(n + step * 4)}>Show more ({number(left)} left)</button></p> : null;
	return [list.slice(0, n), more];
}

/* The head of a view takes the focus when the view is gone to, so that a screen reader reads where one is. */
export function Head({ children, title }) {
	const ref = useRef();
	useEffect(() => {
		document.title = safe(title);
	}, [title]);
	return <h1 ref={ref} tabIndex={-1}>{children}</h1>;
}
