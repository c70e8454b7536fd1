/* SPDX-License-Identifier: Apache-2.0 */
/* picture.jsx - the map as SVG, for paper: the same places as on the screen. And the legend of both. */
import { T, useModel } from "./parts.jsx";
import { place } from "./geometry.js";
import { heard } from "./coverage.js";
import { count, safe, sentence, time, typeName } from "./text.js";
import { VERDICTS } from "./model.js";

/* Line styles as in `earshot export svg`: they differ without colour too. */
export const LINES = {
	allowed: { width: 1.8, dash: [] },
	denied: { width: 3.6, dash: [] },
	unreviewed: { width: 1.8, dash: [7, 4] },
	expired: { width: 2.4, dash: [11, 4, 2, 4] },
	"not observed": { width: 1.8, dash: [1.5, 4.5] },
};
export const verdictClass = (v) => v.replace(" ", "-");

const MEANING = { allowed: "allowed", denied: "denied", expired: "expired: was allowed", unreviewed: "unreviewed: nobody decided", "not observed": "allowed, not observed" };

export function Legend() {
	return (
		<ul class="legend" aria-label="Legend">
			{VERDICTS.map((v) => <li key={v}><svg class={verdictClass(v)} width="44" height="10" aria-hidden="true"><line x1="1" y1="5" x2="43" y2="5" stroke-width={LINES[v].width} stroke-dasharray={LINES[v].dash.join(" ") || undefined} /></svg> {MEANING[v]}</li>)}
			<li><svg width="44" height="10" aria-hidden="true"><line x1="1" y1="5" x2="34" y2="5" class="ink" stroke-width="1.8" /><path d="M43 5l-11-4.5v9z" class="inkfill" /></svg> from who begins</li>
			<li><svg width="44" height="14" aria-hidden="true"><rect x="1" y="1" width="42" height="12" class="box" /></svg> zone, accepted</li>
			<li><svg width="44" height="14" aria-hidden="true"><rect x="1" y="1" width="42" height="12" class="box proposed" /></svg> zone, proposed</li>
			<li><svg width="44" height="14" aria-hidden="true"><rect x="1" y="1" width="42" height="12" class="box" /><rect x="4" y="4" width="36" height="6" class="box" /></svg> safety zone</li>
		</ul>
	);
}

function Arrow({ tip, from, verdict }) {
	const back = from.y < tip.y ? -11 : 11;
	return <path class={`head ${verdict}`} d={`M${tip.x} ${tip.y}l-5 ${back}h10z`} />;
}

export function Picture({ open }) {
	const m = useModel(), g = place(m, open), h = heard(m.data);
	if (g.boxes.length === 0)
		return <p>There is no zone to draw.</p>;
	return (
		<figure class="picture">
			<svg viewBox={`0 70 ${g.width} ${g.height - 58}`} role="img" aria-label={`Map of ${count(g.boxes.length, "zone")} and ${count(g.edges.length, "conduit")}`}>
				{g.bands.map((b) => (
					<g key={b.name}>
						<rect class="band" x={b.x} y={b.y} width={b.w} height={b.h} />
						<rect class="bandname" x={b.x} y={b.y} width="116" height={b.h} />
						<text x="20" y={b.y + (b.h < 40 ? 13 : 24)} class="strong" font-size={b.h < 40 ? 11 : 16}>{b.name}</text>
						<text x="20" y={b.y + (b.h < 40 ? 25 : 42)} font-size={b.h < 40 ? 10 : 12}>{b.about}</text>
					</g>
				))}
				{g.edges.map((e) => {
					const verdict = verdictClass(e.verdict), d = "M" + e.points.map((p) => `${p.x} ${p.y}`).join("L"), last = e.points.length - 1;
					return (
						<g key={e.id}>
							<path class="halo" d={d} />
							<path class={`edge ${verdict}`} d={d} stroke-width={LINES[e.verdict].width} stroke-dasharray={LINES[e.verdict].dash.join(" ") || undefined} />
							{e.arrows[0] ? <Arrow tip={e.points[0]} from={e.points[1]} verdict={verdict} /> : null}
							{e.arrows[1] ? <Arrow tip={e.points[last]} from={e.points[last - 1]} verdict={verdict} /> : null}
						</g>
					);
				})}
				{g.boxes.map((b) => {
					const z = m.zone.get(b.zone), lines = b.open ? b.lines.slice(0, 3) : b.lines;
					return (
						<g key={b.zone ?? ""}>
							<rect class={`box ${z ? z.kind : "none"} ${z && z.status !== "accepted" ? "proposed" : ""}`} x={b.x} y={b.y} width={b.w} height={b.h} rx="3" />
							{z?.kind === "safety" ? <rect class={`box inner ${z.status !== "accepted" ? "proposed" : ""}`} x={b.x + 5} y={b.y + 5} width={b.w - 10} height={b.h - 10} rx="2" /> : null}
							{lines.map((line, i) => <text key={i} x={b.x + 11} y={b.y + 20 + 14 * i} font-size={i === 0 ? 12.5 : 10.5} class={i === 0 ? "strong" : ""}>{safe(line)}</text>)}
							{b.inner.map((l, i) => <line key={i} class="link" x1={l.from.x + l.from.w / 2} y1={l.from.y + l.from.h / 2} x2={l.to.x + l.to.w / 2} y2={l.to.y + l.to.h / 2} />)}
							{b.tiles.map((t, i) => (
								<g key={i}>
									<rect class="tile" x={t.x} y={t.y} width={t.w} height={t.h} rx="3" />
									<text x={t.x + 8} y={t.y + (t.id ? 17 : 24)} font-size="11.5" class="strong">{t.label}</text>
									{t.id ? <text x={t.x + 8} y={t.y + 32} font-size="10.5">{typeName(t.type)}</text> : null}
								</g>
							))}
						</g>
					);
				})}
				{g.edges.map((e) => e.label ? (
					<g key={e.id}>
						<rect class="labelback" x={e.label_at.x} y={e.label_at.y} width={e.label_at.w} height={e.label_at.h} rx="3" />
						<text class={`label ${verdictClass(e.verdict)}`} x={e.label_at.x + 5} y={e.label_at.y + 11} font-size="10">{safe(e.label)}</text>
					</g>
				) : null)}
			</svg>
			<figcaption>
				<Legend />
				<p>{m.data.site ? <><T of={m.data.site} /> · </> : null}{time(h.first)} – {time(h.last)} · {safe(m.data.sensor.name)} {safe(m.data.sensor.version)} · revision of the drawing {safe(m.data.map.revision)}{m.data.map.zones_left + m.data.map.conduits_left > 0 ? ` · not drawn for want of room: ${count(m.data.map.zones_left, "zone")}, ${count(m.data.map.conduits_left, "conduit")}` : ""}</p>
			</figcaption>
		</figure>
	);
}
