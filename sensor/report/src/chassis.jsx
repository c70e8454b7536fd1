/* SPDX-License-Identifier: Apache-2.0 */
/* chassis.jsx - what stands behind a device: a chassis drawn slot by slot, everything else as a tree. */
import { T, TypeName, useModel } from "./parts.jsx";
import { cut, placeName, safe, typeName } from "./text.js";
import { to } from "./router.js";

const SLOTS_MAX = 64; /* drawn; a number from the wire may be anything */

/* The chassis and the slot that a place names: ["port 1", 3]; null: it is no slot. */
function slotOf(at) {
	const two = /^(\d{1,5})\/(\d{1,5})$/.exec(at.value);
	if (at.kind === "cip-port-slot" && two)
		return [`Chassis behind port ${two[1]}`, Number(two[2])];
	if (at.kind === "s7-rack-slot" && two)
		return [`Rack ${two[1]}`, Number(two[2])];
	const first = /^(\d{1,5})/.exec(at.value);
	return at.kind === "pn-slot" && first ? ["PROFINET device", Number(first[1])] : null;
}

function Rack({ title, slots, first }) {
	const m = useModel();
	const last = Math.min(Math.max(...slots.keys()), first + SLOTS_MAX - 1);
	const places = [];
	for (let n = first; n <= last; n++)
		places.push(n);
	const beyond = [...slots].filter(([n]) => n > last || n < first).flatMap(([, list]) => list);
	return (
		<figure class="rack">
			<figcaption>{title}</figcaption>
			<ol>
				{places.map((n) => (
					<li key={n} class={slots.has(n) ? "" : "empty"}>
						<span class="slot">Slot {n}</span>
						{(slots.get(n) || []).map((a) => (
							<span key={a.id} class="module">
								<a href={to("asset", a.id)}><T of={a.model || a.order_number || a.name || typeName(a.type)} max={48} /></a>
								<TypeName of={a.type} />
								{a.firmware_version ? <span class="faint">Firmware <T of={a.firmware_version} max={20} /></span> : null}
							</span>
						))}
						{slots.has(n) ? null : <span class="faint">nothing heard</span>}
					</li>
				))}
			</ol>
			{beyond.length > 0 ? <Tree list={beyond} /> : null}
		</figure>
	);
}

/* Depth is bounded: parents come from the sensor, but a page believes nobody. */
export function Tree({ list, depth = 0 }) {
	const m = useModel();
	return (
		<ul class="tree">
			{list.slice(0, 500).map((a) => (
				<li key={a.id}>
					<a href={to("asset", a.id)}>{safe(a.at ? placeName(a.at) : cut(m.label(a), 60))}</a>{" "}
					<TypeName of={a.type} />{a.vendor || a.model ? ", " : ""}<T of={[a.vendor, a.model].filter(Boolean).join(" ")} max={80} />
					{a.name ? <> “<T of={a.name} max={60} />”</> : null}
					{m.children.has(a.id) && depth < 8 ? <Tree list={m.children.get(a.id)} depth={depth + 1} /> : null}
				</li>
			))}
			{list.length > 500 ? <li>and {list.length - 500} more</li> : null}
		</ul>
	);
}

export function Behind({ asset }) {
	const m = useModel(), children = m.children.get(asset.id) || [];
	if (children.length === 0)
		return null;
	const racks = new Map(), others = [];
	for (const child of children) {
		const slot = slotOf(child.at || { kind: "", value: "" });
		if (slot === null) {
			others.push(child);
			continue;
		}
		if (!racks.has(slot[0]))
			racks.set(slot[0], new Map());
		const slots = racks.get(slot[0]);
		slots.set(slot[1], [...(slots.get(slot[1]) || []), child]);
	}
	const nested = children.filter((c) => m.children.has(c.id) && !others.includes(c));
	return (
		<section aria-labelledby="behind">
			<h2 id="behind">Modules and units behind it</h2>
			{[...racks].map(([title, slots]) => <Rack key={title} title={title} slots={slots} first={title.startsWith("Rack") ? 1 : 0} />)}
			{others.length > 0 ? <Tree list={others} /> : null}
			{nested.map((c) => <div key={c.id}><h3>Behind <T of={m.label(c)} /></h3><Tree list={m.children.get(c.id)} /></div>)}
		</section>
	);
}
