/* SPDX-License-Identifier: Apache-2.0 */
/* print.jsx - the whole report in the order in which it is read on paper. */
import { Head, Severity, T, useModel, Verdict, Wide } from "./parts.jsx";
import { Channels } from "./conduits.jsx";
import { Changes } from "./changes.jsx";
import { FindingBody } from "./findings.jsx";
import { Picture } from "./picture.jsx";
import { PrintedAssets } from "./assets.jsx";
import { Summary } from "./summary.jsx";
import { number } from "./text.js";

const ASSETS_MAX = 2000, CONDUITS_MAX = 200; /* on paper: more nobody reads */

export function Whole({ changes }) {
	const m = useModel(), assets = m.assets.slice(0, ASSETS_MAX), conduits = m.data.conduits.slice(0, CONDUITS_MAX);
	return (
		<div class="whole">
			<p class="noprint"><button type="button" onClick={() => print()}>Print, or save as PDF</button> <a href="#summary">Back</a></p>
			<Summary changes={changes} />
			<section class="page"><h2>Findings ({number(m.data.findings.length)})</h2>
				{m.data.findings.map((f) => <article key={f.id} class={`finding ${f.severity}`}><h3><Severity of={f.severity} /> <T of={f.title} /></h3><FindingBody finding={f} open /></article>)}
			</section>
			<section class="page landscape"><h2>Map of zones and conduits</h2><Picture open={new Set()} /></section>
			<section class="page landscape"><h2>Conduits ({number(m.data.conduits.length)})</h2>
				{conduits.map((c) => <div key={c.id}><h3><T of={c.id} /> <Verdict of={c.verdict} /></h3><Channels conduit={c} /></div>)}
				{m.data.conduits.length > conduits.length ? <p>Not printed: {number(m.data.conduits.length - conduits.length)} more conduits.</p> : null}
			</section>
			{changes && changes.total > 0 ? <section class="page"><Changes changes={changes} /></section> : null}
			<section class="page landscape"><h2>Assets ({number(m.assets.length)})</h2>
				<Wide label="Assets"><PrintedAssets list={assets} /></Wide>
				{m.assets.length > assets.length ? <p>Not printed: {number(m.assets.length - assets.length)} more assets; the table of the report can be saved as CSV.</p> : null}
			</section>
		</div>
	);
}
