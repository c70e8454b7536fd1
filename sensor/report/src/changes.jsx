/* SPDX-License-Identifier: Apache-2.0 */
/* changes.jsx - each difference from the baseline, with the frames of both sides. */
import { AssetLink, Evidence, Head, proofs, T, TypeName, useModel, useMore } from "./parts.jsx";
import { heard } from "./coverage.js";
import { attributeName, number, time } from "./text.js";

const Both = ({ was, now, then }) => (
	<details>
		<summary>Evidence</summary>
		{was ? <><h4>In the baseline</h4><Evidence facts={was} model={then} /></> : null}
		{now ? <><h4>Now</h4><Evidence facts={now} /></> : null}
	</details>
);

function Line({ group, item, then }) {
	const m = useModel();
	switch (group) {
	case "added":
	case "gone": {
		const model = group === "gone" ? then : m, facts = item.facts.slice(0, 3);
		return <>{group === "gone" ? <T of={then.label(item)} /> : <AssetLink id={item.id} />} <TypeName of={item.type} />, <T of={model.where(item)} /> <span class="faint">{group === "gone" ? `last seen ${time(item.last_seen)}` : `first seen ${time(item.first_seen)}`}</span>{facts.length ? <Both was={group === "gone" ? facts : null} now={group === "gone" ? null : facts} then={then} /> : null}</>;
	}
	case "changed":
	case "moved": {
		const of = (a, value) => a.facts.filter((f) => f.attribute === item.field && f.value === value);
		return <><AssetLink id={item.asset.id} />: {attributeName(item.field)} was {item.from ? <b><T of={item.from} /></b> : "not known"}, is {item.to ? <b><T of={item.to} /></b> : "not known"}{of(item.was, item.from).length + of(item.asset, item.to).length > 0 ? <Both was={of(item.was, item.from)} now={of(item.asset, item.to)} then={then} /> : null}</>;
	}
	case "acts":
		return <><AssetLink id={item.link.client} /> → <AssetLink id={item.link.server} />: {item.operation} by <T of={item.link.protocol || "an unknown protocol"} /><Both now={proofs(item.link).filter((e) => e.operation === item.operation)} then={then} /></>;
	default: {
		const model = group === "closed" ? then : m;
		const end = (id) => (m.asset.has(id) ? <AssetLink id={id} /> : <T of={model.labelOf(id)} />);
		const facts = proofs(item);
		return <>{end(item.client)} → {end(item.server)}: <T of={item.protocol || "unknown protocol"} />{item.transport ? ` (${item.transport.toUpperCase()} ${item.port || ""})` : ""} {item.operations.join(", ")}{facts.length ? <Both was={group === "closed" ? facts : null} now={group === "closed" ? null : facts} then={then} /> : null}</>;
	}
	}
}

function Group({ group, then }) {
	const [shown, more] = useMore(group.list, 50);
	if (group.list.length === 0)
		return null;
	return (
		<section>
			<h2>{number(group.list.length)} {group.title(group.list.length)}</h2>
			<ul class="list">{shown.map((item, i) => <li key={i}><Line group={group.key} item={item} then={then} /></li>)}</ul>
			{more}
		</section>
	);
}

export function Changes({ changes }) {
	if (!changes)
		return <><Head title="Changes">Changes</Head><p>No baseline to compare with. <code>earshot baseline accept NAME</code> keeps this inventory as one; <code>earshot report --baseline NAME</code> then shows what has changed.</p></>;
	const h = heard(changes.then.data);
	return (
		<>
			<Head title="Changes">Changes since the baseline</Head>
			<p class="lead">The baseline was heard from {time(h.first)} to {time(h.last)}. What was not heard again may still be there.</p>
			{changes.total === 0 ? <p>Nothing has changed.</p> : changes.groups.map((g) => <Group key={g.key} group={g} then={changes.then} />)}
		</>
	);
}
