/* SPDX-License-Identifier: Apache-2.0 */
/* main.jsx - reads the inventory out of the page and shows the view that the address names. */
import { Component, options, render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "./style.css";
import { Asset } from "./asset.jsx";
import { Assets } from "./assets.jsx";
import { Changes } from "./changes.jsx";
import { compare } from "./changes.js";
import { Conduit, Conduits, Zone } from "./conduits.jsx";
import { Finding, Findings } from "./findings.jsx";
import { MapView } from "./map.jsx";
import { Model } from "./model.js";
import { ModelContext, T } from "./parts.jsx";
import { number } from "./text.js";
import { parse, useRoute } from "./router.js";
import { Summary } from "./summary.jsx";
import { Whole } from "./print.jsx";

const VIEWS = { summary: Summary, assets: Assets, asset: Asset, map: MapView, conduits: Conduits, conduit: Conduit, zone: Zone, findings: Findings, finding: Finding, changes: Changes, print: Whole };
const PARENTS = { asset: "assets", conduit: "conduits", zone: "map", finding: "findings" };

function Theme() {
	const [theme, set] = useState("auto");
	const next = { auto: "light", light: "dark", dark: "auto" }[theme];
	const change = () => {
		if (next === "auto")
			delete document.documentElement.dataset.theme;
		else
			document.documentElement.dataset.theme = next;
		set(next);
		dispatchEvent(new Event("theme"));
	};
	return <button type="button" onClick={change}>Colours: {{ auto: "as the system", light: "light", dark: "dark" }[theme]}</button>;
}

function Top({ view, model, changes }) {
	const d = model.data, current = PARENTS[view] || view;
	const items = [["summary", "Summary"], ["assets", "Assets", model.assets.length], ["map", "Map"], ["conduits", "Conduits", d.conduits.length], ["findings", "Findings", d.findings.length]];
	if (changes)
		items.push(["changes", "Changes", changes.total]);
	return (
		<header class="noprint">
			<span class="site">{d.site ? <T of={d.site} max={48} /> : "earshot report"}</span>
			<nav aria-label="Views">
				<ul>{items.map(([key, title, n]) => <li key={key}><a href={`#${key}`} aria-current={key === current ? "page" : undefined}>{title}{n === undefined ? "" : <span class="badge"> {number(n)}</span>}</a></li>)}</ul>
			</nav>
			<span class="right"><a href="#print">Print</a> <Theme /></span>
		</header>
	);
}

/* A view that fails says so instead of leaving an empty page. */
class Guard extends Component {
	componentDidCatch(error) {
		this.setState({ error });
	}
	render({ children }, { error }) {
		return error ? <p role="alert">This view could not be shown: <T of={error} max={300} />. <a href="#summary" onClick={() => this.setState({ error: null })}>Summary</a></p> : children;
	}
}

function App({ model, changes }) {
	const route = useRoute(), main = useRef(), arrived = useRef(false), [printing, setPrinting] = useState(false);
	const View = VIEWS[route.view] || Summary, place = `${route.view}/${route.id}`;
	useEffect(() => {
		/* another view: a screen reader and the keyboard start at its head */
		if (arrived.current) {
			scrollTo(0, 0);
			main.current.querySelector("h1")?.focus({ preventScroll: true });
		}
		arrived.current = true;
	}, [place]);
	useEffect(() => {
		const at = (on) => () => {
			/* what is printed must be there when the event returns */
			const later = options.debounceRendering;
			options.debounceRendering = (render) => render();
			setPrinting(on);
			options.debounceRendering = later;
		};
		const before = at(true), after = at(false);
		addEventListener("beforeprint", before);
		addEventListener("afterprint", after);
		return () => {
			removeEventListener("beforeprint", before);
			removeEventListener("afterprint", after);
		};
	}, []);
	return (
		<ModelContext.Provider value={model}>
			<a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current.focus(); }}>To the content</a>
			<Top view={route.view} model={model} changes={changes} />
			<main ref={main} tabIndex={-1} class={`view-${VIEWS[route.view] ? route.view : "summary"}`}>
				<Guard key={place}><View route={route} changes={changes} printing={printing} /></Guard>
			</main>
		</ModelContext.Provider>
	);
}

const read = (id) => JSON.parse(document.getElementById(id).textContent);

function start() {
	const page = document.getElementById("page");
	let data, before;
	try {
		data = read("inventory");
		before = read("baseline");
	} catch {
		page.textContent = "There is no inventory in this page. Make one with: earshot report --db plant.db -o plant.html";
		return;
	}
	const model = new Model(data), changes = compare(before && new Model(before), model);
	page.textContent = "";
	render(<App model={model} changes={changes} />, page);
}

start();
