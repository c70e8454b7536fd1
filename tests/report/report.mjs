/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.mjs - the pages that run.py made, used as a person would in a headless Chromium. What is right comes from the
 * inventory JSON beside each page, counted here anew.
 *
 * Environment: REPORTS the folder of pages, CHROMIUM the browser, PAGE the folder with node_modules.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

const { REPORTS, CHROMIUM, PAGE } = process.env;
const require = createRequire(`${PAGE}/package.json`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const inventory = (name) => JSON.parse(readFileSync(`${REPORTS}/${name}/${name}.json`, "utf8"));
const plant = inventory("plant"), hostile = inventory("hostile"), large = inventory("large");
const device = (ip) => plant.assets.find((a) => a.interfaces.some((i) => i.ips.includes(ip)));
const roots = (data, zone) => data.zones.find((z) => z.id === zone).assets.filter((id) => data.assets.find((a) => a.id === id).parent === undefined);
let browser;

before(async () => {
	browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => browser.close());

/* Opens a page, lets `use` work with it, and finds nothing on the console, no fault and no request but for the file. */
async function view(name, hash, use, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
	const page = await context.newPage(), faults = [], url = `file://${REPORTS}/${name}/${name}.html`;
	page.on("console", (m) => faults.push(`console ${m.type()}: ${m.text()}`));
	page.on("pageerror", (e) => faults.push(`error: ${e.stack}`));
	page.on("dialog", (d) => faults.push(`dialog: ${d.message()}`) && d.dismiss());
	page.on("request", (r) => r.url().split("#")[0] === url || r.url() === "data:," || faults.push(`request: ${r.url().slice(0, 200)}`));
	try {
		await page.goto(url + hash);
		await page.waitForSelector("h1");
		await use(page);
		await page.waitForTimeout(50);
		assert.deepEqual(faults, []);
	} finally {
		await context.close();
	}
}

/* What was typed or chosen goes through the address, and is drawn with the next frame: an action is done when that is on the screen. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const done = async (page, action) => {
	await action;
	await drawn(page);
};
const status = (page) => page.locator(".tools [role=status]").textContent();
const filter = (page, label) => page.locator(`.filters label:has(span:text-is("${label}")) select`);
const column = (page, n) => page.locator(`table.assets tbody tr[aria-rowindex] td:nth-child(${n})`).allTextContents();
const hash = (page) => page.evaluate(() => location.hash);
/* The middle of the head of something on the map, where one can click. */
const onMap = (page, id, dy = 0) => page.evaluate(([id, dy]) => {
	const box = document.querySelector(".canvas"), node = box.drawing.getElementById(id), r = box.getBoundingClientRect();
	const at = node.isNode() ? node.renderedPosition() : node.renderedMidpoint();
	return { x: r.x + at.x, y: r.y + at.y + (dy ? -node.renderedHeight() / 2 + dy : 0) };
}, [id, dy]);

test("the summary says what the inventory says", () => view("plant", "", async (page) => {
	assert.equal(await page.locator("h1").textContent(), "Water works");
	const text = await page.locator("main").innerText();
	assert.ok(text.includes(`${plant.assets.length} assets`), text);
	assert.ok(text.includes(`${plant.zones.length} zones`) && text.includes(`${plant.conduits.length} conduits`) && text.includes(`${plant.findings.length} findings`));
	assert.ok(text.includes("10,153 packets") && text.includes("2024-03-12 06:00:00 UTC – 2024-03-12 06:02:29 UTC"));
	const unread = plant.coverage.undissected.reduce((n, u) => n + u.packets, 0) + plant.coverage.undecoded_packets;
	assert.ok(text.includes(`protocols that were read; ${unread} are not`), text);
	for (const severity of ["high", "medium", "low", "info"]) {
		const n = plant.findings.filter((f) => f.severity === severity).length;
		if (n > 0)
			assert.equal((await page.locator(`.counts a[href="#findings?severity=${severity}"] b`).textContent()), String(n));
	}
	const plcs = plant.assets.filter((a) => a.type === "plc").length;
	assert.equal(await page.locator('.bars tr:has(a[href="#assets?type=plc"]) .n').textContent(), String(plcs));
	const models = plant.assets.filter((a) => a.model).length;
	assert.equal(await page.locator(".bars tr:has(th:has-text('Model')) .n").textContent(), `${models} of ${plant.assets.length}`);
	assert.ok(text.includes(`${plant.coverage.one_sided_flows} of ${plant.coverage.flows} conversations were heard in one direction only`));
	assert.ok(text.includes(`${plant.assets.length} assets are new`.replace(/^\d+ /, "")), "changes since the baseline");
}));

test("search, filter and sort", () => view("plant", "#assets", async (page) => {
	assert.equal(await status(page), `${plant.assets.length} of ${plant.assets.length} assets`);
	/* a value that only a fact has: no column shows it */
	const fact = plant.assets.flatMap((a) => a.facts).find((f) => f.attribute === "memory_card_serial");
	await done(page, page.fill("input[type=search]", fact.value));
	const having = plant.assets.filter((a) => JSON.stringify(a.facts.map((f) => f.value)).includes(fact.value)).length;
	assert.equal(await status(page), `${having} of ${plant.assets.length} assets`);
	assert.ok((await hash(page)).startsWith("#assets?q="));
	await done(page, page.fill("input[type=search]", ""));
	for (const [label, value, fits] of [
		["Type", "plc", (a) => a.type === "plc"], ["Vendor", "Siemens", (a) => a.vendor === "Siemens"], ["Level", "1", (a) => a.purdue_level === "1"],
		["Zone", "filling", (a) => a.zone === "filling"], ["Protocol", "modbus", (a) => a.roles.some((r) => r.protocol === "modbus")],
		["Flag", "programming_device", (a) => a.flags.includes("programming_device")], ["Vendor", "-", (a) => !a.vendor],
	]) {
		const box = filter(page, label);
		await done(page, box.selectOption(value));
		assert.equal(await status(page), `${plant.assets.filter(fits).length} of ${plant.assets.length} assets`, label);
		await done(page, box.selectOption(""));
	}
	await done(page, filter(page, "Type").selectOption("plc"));
	await done(page, filter(page, "Vendor").selectOption("Siemens"));
	assert.equal(await status(page), `${plant.assets.filter((a) => a.type === "plc" && a.vendor === "Siemens").length} of ${plant.assets.length} assets`);
	await done(page, page.getByRole("button", { name: "Show all" }).click());
	const head = page.getByRole("columnheader", { name: "Model" });
	for (const [order, sign] of [["ascending", 1], ["descending", -1]]) {
		await done(page, head.getByRole("button").click());
		assert.equal(await head.getAttribute("aria-sort"), order);
		const models = (await column(page, 6)).filter(Boolean), sorted = [...models].sort((x, y) => sign * new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare(x, y));
		assert.ok(models.length > 20);
		assert.deepEqual(models, sorted);
		assert.notEqual((await column(page, 6))[0], "", "what is not known comes last");
	}
}));

test("columns, selection and CSV", () => view("plant", "#assets?type=plc", async (page) => {
	await done(page, page.getByText("Columns", { exact: true }).click());
	await done(page, page.getByLabel("Serial number").check());
	await done(page, page.getByLabel("Zone", { exact: true }).last().uncheck());
	await done(page, page.getByText("Columns", { exact: true }).click());
	assert.equal(await page.getByRole("columnheader", { name: "Serial number" }).count(), 1);
	const save = async (name) => {
		const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
		return readFileSync(await file.path(), "utf8").split("\r\n");
	};
	const plcs = plant.assets.filter((a) => a.type === "plc");
	const lines = await save(/as CSV/);
	assert.equal(lines[0], "Asset,Address and place,Type,Vendor,Model,Firmware,Level,Protocols,Findings,Serial number");
	assert.equal(lines.length, plcs.length + 2);
	assert.equal(lines.filter((l) => l.endsWith(",0x00a41c2e")).length, 1);
	await done(page, page.locator("tbody input[type=checkbox]").nth(1).check());
	await done(page, page.locator("tbody input[type=checkbox]").nth(3).check());
	assert.equal((await save(/Save 2 selected as CSV/)).length, 2 + 2);
}));

test("an asset, its evidence, and the command that shows the frame", () => view("plant", "#assets", async (page) => {
	const asset = device("10.20.30.10"), said = asset.facts.filter((f) => f.attribute === "firmware_version" && f.value === asset.firmware_version);
	await done(page, page.fill("input[type=search]", "packen2t"));
	await done(page, page.locator("table.assets a").first().click());
	assert.equal(await page.locator("h1").textContent(), "packen2t");
	assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "a screen reader reads where one is");
	assert.equal(await page.title(), "packen2t");
	const button = page.getByRole("button", { name: "Evidence for Firmware version" });
	await done(page, button.click());
	assert.equal(await button.getAttribute("aria-expanded"), "true");
	const proof = page.locator("tr.proof");
	assert.equal(await proof.locator("dl").count(), said.length);
	const text = await proof.innerText();
	for (const f of said)
		assert.ok(text.includes(f.message) && text.includes(`plant.pcap frame ${f.frame.toLocaleString("en-US")}`) && text.includes(f.first_seen.slice(11, -1)) && text.includes(`${f.count} time`), text);
	const commands = await proof.locator("code").allTextContents();
	assert.deepEqual(commands, said.map((f) => `tshark -r 'plant.pcap' -Y frame.number==${f.frame} -V`));
	const shown = spawnSync("bash", ["-c", `command -v tshark >/dev/null || exit 0; ${commands[0]}`], { cwd: `${REPORTS}/plant`, encoding: "utf8" });
	assert.equal(shown.status, 0, shown.stderr);
	assert.ok(shown.stdout === "" || shown.stdout.includes(`Frame ${said[0].frame}:`));
	/* the chassis: slots 0, 2, 3 and 4 with their modules, slot 1 empty */
	assert.deepEqual(await page.locator(".rack li .slot").allTextContents(), ["Slot 0", "Slot 1", "Slot 2", "Slot 3", "Slot 4"]);
	assert.ok((await page.locator(".rack li").nth(0).innerText()).includes("1756-L73/B LOGIX5573"));
	assert.ok((await page.locator(".rack li").nth(1).innerText()).includes("nothing heard"));
	/* why: every rule, the losing one too */
	const why = await page.locator("section:has(#why)").innerText();
	for (const v of asset.type_verdicts)
		assert.ok(why.includes(v.rule) && why.includes(v.because), v.rule);
	assert.equal(await page.locator("section:has(#why) tr.lost").count(), asset.type_verdicts.filter((v) => !v.won).length);
	/* every peer and every interface has frames to look at */
	for (const part of ["peers", "interfaces", "other", "identity"])
		assert.equal(await page.locator(`section:has(#${part}) tbody tr:not(.proof)`).count(), await page.locator(`section:has(#${part}) button[aria-expanded]`).count(), part);
	await done(page, page.goBack());
	assert.equal(await page.locator("tr.proof").count(), 0, "back closes the evidence");
	await done(page, page.goBack());
	assert.ok((await hash(page)).startsWith("#assets"), "and then leads to the table");
	assert.equal(await page.inputValue("input[type=search]"), "packen2t");
}));

test("declared beside observed", () => view("plant", `#asset/${device("10.20.20.12").id}`, async (page) => {
	const row = page.locator("section:has(#identity) tr:has(th:has-text('Firmware version'))");
	const asset = device("10.20.20.12");
	assert.ok((await row.innerText()).includes(asset.firmware_version) && (await row.innerText()).includes("5.0.0") && (await row.innerText()).includes("differs"));
	const text = await page.locator("section:has(#declared)").innerText();
	assert.ok(text.includes("A-2") && text.includes("Filling") && text.includes("Hall 2"));
}));

test("every asset, zone, conduit and finding can be linked to", () => view("plant", "", async (page) => {
	const all = [...plant.assets.map((a) => `asset/${a.id}`), ...plant.zones.map((z) => `zone/${z.id}`), ...plant.conduits.map((c) => `conduit/${c.id}`), ...plant.findings.map((f) => `finding/${f.id}`), "changes", "conduits", "findings", "print"];
	for (const link of all) {
		await page.evaluate((l) => (location.hash = l), link);
		await page.waitForFunction(() => !document.querySelector("[role=alert]"));
		assert.ok(!(await page.locator("h1").first().textContent()).startsWith("No such"), link);
	}
	await page.evaluate(() => (location.hash = "asset/nobody"));
	await page.waitForSelector("h1:text('No such asset')");
}));

test("a deep link opens the evidence", () => view("plant", `#asset/${device("10.20.30.10").id}?evidence=serial_number`, async (page) => {
	assert.ok((await page.locator("tr.proof").innerText()).includes("frame.number=="));
	assert.equal(await page.locator("tr.open th").textContent(), "Serial number");
}));

test("the map: zones open and close, assets and conduits can be gone to", () => view("plant", "#map", async (page) => {
	const members = roots(plant, "filling"), tiles = () => page.evaluate(() => document.querySelector(".canvas").drawing.nodes(".tile").length);
	assert.equal(await tiles(), 0);
	const head = await onMap(page, "zone filling", 8);
	await done(page, page.mouse.click(head.x, head.y));
	await page.waitForFunction((n) => document.querySelector(".canvas").drawing.nodes(".tile").length === n, members.length);
	assert.ok((await hash(page)).includes("open=filling"));
	/* nothing that was drawn meets something else: boxes apart, tiles inside their box, conduits in no box */
	const crossing = await page.evaluate(() => {
		const cy = document.querySelector(".canvas").drawing, boxes = cy.nodes(".box").toArray(), faults = [];
		const rect = (n) => ({ x1: n.position("x") - n.data("w") / 2, x2: n.position("x") + n.data("w") / 2, y1: n.position("y") - n.data("h") / 2, y2: n.position("y") + n.data("h") / 2 });
		for (const a of boxes)
			for (const b of boxes)
				if (a !== b && rect(a).x1 < rect(b).x2 && rect(b).x1 < rect(a).x2 && rect(a).y1 < rect(b).y2 && rect(b).y1 < rect(a).y2)
					faults.push(`${a.id()} meets ${b.id()}`);
		for (const e of cy.edges(".conduit").toArray()) {
			const points = [e.source().position(), ...e.segmentPoints(), e.target().position()];
			for (let i = 1; i < points.length; i++)
				for (const b of boxes) {
					const r = rect(b), x1 = Math.min(points[i - 1].x, points[i].x), x2 = Math.max(points[i - 1].x, points[i].x), y1 = Math.min(points[i - 1].y, points[i].y), y2 = Math.max(points[i - 1].y, points[i].y);
					if (x1 < r.x2 - 1 && x2 > r.x1 + 1 && y1 < r.y2 - 1 && y2 > r.y1 + 1)
						faults.push(`${e.id()} crosses ${b.id()}`);
				}
		}
		return faults;
	});
	assert.deepEqual(crossing, []);
	const asset = plant.assets.find((a) => a.id === members[2]);
	const tile = await onMap(page, `asset ${asset.id}`);
	await done(page, page.mouse.click(tile.x, tile.y));
	await page.waitForFunction((id) => location.hash === `#asset/${id}`, asset.id);
	await done(page, page.goBack());
	await page.waitForSelector(".canvas");
	assert.equal(await tiles(), members.length, "back finds the map as it was");
	const again = await onMap(page, "zone filling", 8);
	await done(page, page.mouse.click(again.x, again.y));
	await page.waitForFunction(() => document.querySelector(".canvas").drawing.nodes(".tile").length === 0);
	const conduit = plant.conduits.find((c) => plant.map.conduits.find((m) => m.conduit === c.id).label);
	const label = await onMap(page, `label ${conduit.id}`);
	await done(page, page.mouse.click(label.x, label.y));
	await page.waitForFunction((id) => location.hash === `#conduit/${encodeURIComponent(id)}`, conduit.id);
	assert.equal(await page.locator("table.values tbody tr:not(.proof)").count(), conduit.channels.length);
}));

test("the map: search, keyboard, zoom, and the way to an asset", () => view("plant", `#map?at=${device("10.20.30.10").id}`, async (page) => {
	const chosen = await page.evaluate(() => document.querySelector(".canvas").drawing.elements(".chosen").map((e) => e.id()));
	assert.deepEqual(chosen, [`asset ${device("10.20.30.10").id}`]);
	await done(page, page.fill("input[type=search]", "Schneider"));
	const wanted = new Set(plant.assets.filter((a) => JSON.stringify([a.vendor, a.interfaces, a.facts.map((f) => f.value)]).includes("Schneider")).map((a) => a.parent ?? a.id));
	assert.equal(await page.locator(".filters [role=status]").textContent(), `${wanted.size} found`);
	assert.ok(await page.evaluate(() => document.querySelector(".canvas").drawing.nodes(".box.hit").length > 0 && document.querySelector(".canvas").drawing.nodes(".box.miss").length > 0));
	await done(page, page.fill("input[type=search]", ""));
	await page.locator(".canvas").focus();
	const look = () => page.evaluate(() => ({ zoom: document.querySelector(".canvas").drawing.zoom(), pan: { ...document.querySelector(".canvas").drawing.pan() } }));
	const old = await look();
	await done(page, page.keyboard.press("+"));
	assert.ok((await look()).zoom > old.zoom);
	const x = (await look()).pan.x;
	await done(page, page.keyboard.press("ArrowRight"));
	assert.ok((await look()).pan.x < x);
	await done(page, page.keyboard.press("0"));
	const button = page.locator(".zones").getByRole("button", { name: "Open filling" });
	await button.focus();
	await done(page, page.keyboard.press("Enter"));
	assert.equal(await page.locator(".zones").getByRole("button", { name: "Close filling" }).getAttribute("aria-expanded"), "true");
}));

test("conduits and findings", () => view("plant", "#conduits", async (page) => {
	const denied = plant.conduits.filter((c) => c.verdict === "denied");
	await done(page, page.getByLabel("Verdict").selectOption("denied"));
	assert.equal(await page.locator("tbody tr").count(), denied.length);
	assert.ok((await page.locator("tbody tr").first().innerText()).includes("Denied"));
	const conduit = denied.find((c) => c.channels.some((x) => x.operations.length > 0));
	await page.evaluate((id) => (location.hash = `conduit/${encodeURIComponent(id)}`), conduit.id);
	await done(page, page.locator("table.values button").first().click());
	await page.waitForSelector("tr.proof code");
	await page.evaluate(() => (location.hash = "findings?severity=high"));
	const high = plant.findings.filter((f) => f.severity === "high");
	await page.waitForFunction((n) => document.querySelectorAll("article").length === n, high.length);
	const first = await page.locator("article").first().innerText();
	assert.ok(first.includes(high[0].text) && first.includes(high[0].advice) && first.includes(high[0].clause));
	await done(page, page.locator("article summary").first().click());
	assert.ok((await page.locator("article code").first().textContent()).includes(`frame.number==${high[0].evidence[0].frame}`));
}));

test("changes since the baseline, with evidence of both sides", () => view("plant", "#changes", async (page) => {
	const text = await page.locator("main").innerText();
	assert.ok(text.includes(`${plant.assets.length} assets are new`), text.slice(0, 300));
	assert.ok(/\d+ assets? (was|were) not heard again/.test(text));
	assert.ok(text.includes(`${plant.links.length} connections are new`));
	await done(page, page.locator("summary").first().click());
	assert.ok((await page.locator("code").first().textContent()).startsWith("tshark -r 'plant.pcap'"));
}));

test("paper: every row, and the picture of the screen", () => view("plant", "#assets", async (page) => {
	const print = (on) => page.evaluate((name) => dispatchEvent(new Event(name)), on ? "beforeprint" : "afterprint");
	await print(true);
	assert.equal(await page.locator("table.printed tbody tr").count(), plant.assets.length);
	await print(false);
	assert.equal(await page.locator("table.printed").count(), 0);
	await page.evaluate(() => (location.hash = "map?open=filling"));
	await page.waitForSelector(".canvas");
	const places = await page.evaluate(() => document.querySelector(".canvas").drawing.nodes(".box").map((n) => [n.position("x") - n.data("w") / 2, n.position("y") - n.data("h") / 2, n.data("w"), n.data("h")]));
	await print(true);
	const drawn = await page.evaluate(() => [...document.querySelectorAll(".picture > svg rect.box:not(.inner)")].map((r) => ["x", "y", "width", "height"].map((k) => Number(r.getAttribute(k)))));
	assert.deepEqual(drawn, places);
	const dashes = await page.evaluate(() => new Set([...document.querySelectorAll(".edge")].map((e) => e.getAttribute("class") + e.getAttribute("stroke-dasharray") + e.getAttribute("stroke-width"))).size);
	assert.equal(dashes, new Set(plant.conduits.map((c) => c.verdict)).size, "verdicts differ by line");
	await print(false);
	for (const [link, least] of [["summary", 1], ["print", 6], ["map", 1]]) {
		await page.evaluate((l) => (location.hash = l), link);
		const paper = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
		assert.ok((paper.match(/\/Type\s*\/Page\b/g) || []).length >= least, link);
	}
}));

for (const [scheme, width] of [["light", 1400], ["light", 390], ["dark", 1400]])
	test(`no serious fault for assistive technology: ${scheme}, ${width} wide`, { timeout: 300000 }, () => view("plant", "", async (page) => {
		await page.evaluate(axe);
		const rules = scheme === "dark" ? { runOnly: ["color-contrast"] } : {}; /* nothing else depends on it */
		const asset = device("10.20.30.10").id, declared = device("10.20.20.12").id, denied = plant.conduits.find((c) => c.verdict === "denied").id;
		for (const link of ["summary", "assets", "assets?sort=model&columns=label%20serial%20first", `asset/${asset}?evidence=firmware_version`, `asset/${declared}`, "map?open=filling&q=plc", "conduits", `conduit/${denied}`, "zone/filling", "findings", `finding/${plant.findings[0].id}`, "changes", "print"]) {
			await page.evaluate((l) => (location.hash = l), link);
			await drawn(page);
			const found = await page.evaluate((rules) => axe.run(document, { resultTypes: ["violations"], ...rules }), rules);
			const serious = found.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.failureSummary).join(" | ")}`);
			assert.deepEqual(serious, [], link);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth);
			assert.ok(wide <= width, `${link} is ${wide} wide`);
		}
	}, { colorScheme: scheme, viewport: { width, height: 800 } }));

test("keyboard: over the head to the content, and sorting", () => view("plant", "#assets", async (page) => {
	await done(page, page.keyboard.press("Tab"));
	assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
	await done(page, page.keyboard.press("Enter"));
	assert.equal(await page.evaluate(() => document.activeElement.tagName), "MAIN");
	await page.getByRole("columnheader", { name: "Vendor" }).getByRole("button").focus();
	await done(page, page.keyboard.press("Space"));
	assert.equal(await page.getByRole("columnheader", { name: "Vendor" }).getAttribute("aria-sort"), "ascending");
}));

/* What could run or load something, wherever it stands. */
const suspects = (page) => page.evaluate(() => ({
	hacked: window.hacked,
	elements: [...document.querySelectorAll("#page script, #page img, #page iframe, #page object, #page embed, #page b[onclick], #page u, #page textarea, #page title:not(svg title)")].map((e) => e.outerHTML.slice(0, 100)),
	handlers: [...document.querySelectorAll("#page *")].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name))).map((e) => e.outerHTML.slice(0, 100)),
	links: [...document.querySelectorAll("#page a[href]")].map((a) => a.getAttribute("href")).filter((h) => !h.startsWith("#")),
	scripts: document.scripts.length,
	raw: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/.test(document.getElementById("page").textContent + [...document.querySelectorAll("#page *")].flatMap((e) => ["title", "aria-label", "placeholder"].map((a) => e.getAttribute(a) || "")).join("")),
}));
const HARMLESS = { hacked: undefined, elements: [], handlers: [], links: [], scripts: 3, raw: false };

async function everywhere(page, data) {
	for (const link of ["summary", "assets", `assets?columns=${["where", "type", "vendor", "model", "firmware", "zone", "owner", "location", "number"].join("%20")}`, "map", `map?open=${data.zones.map((z) => encodeURIComponent(encodeURIComponent(z.id))).join(",")}`, "conduits", "findings", "changes", "print", ...data.assets.map((a) => `asset/${a.id}`), ...data.zones.map((z) => `zone/${encodeURIComponent(z.id)}`), ...data.conduits.map((c) => `conduit/${encodeURIComponent(c.id)}`)]) {
		await page.evaluate((l) => (location.hash = l), link);
		await page.waitForTimeout(30);
		assert.deepEqual(await suspects(page), HARMLESS, link);
		assert.equal(await page.locator("[role=alert]").count(), 0, link);
	}
}

test("hostile names stay text", { timeout: 300000 }, () => view("hostile", "", async (page) => {
	assert.ok(hostile.site.length > 64 * 1024 && hostile.assets.some((a) => a.vendor === "</script><script>window.hacked=1</script>"), "the capture is hostile");
	assert.ok(hostile.captures[0].name.includes("<img"));
	await everywhere(page, hostile);
	/* they can be read, found and copied as they are */
	await page.evaluate(() => (location.hash = "assets?q=window.hacked%3D1%3C"));
	await page.waitForSelector("td:has-text('</script><script>')");
	const asset = hostile.assets.find((a) => a.vendor?.includes("gnp.exe"));
	await page.evaluate((id) => (location.hash = `asset/${id}?evidence=vendor`), asset.id);
	await page.waitForSelector("text=\\u{202E}gnp.exe\\u{2066}");
	const command = await page.locator("tr.proof code").first().textContent();
	const shown = spawnSync("bash", ["-c", `command -v tshark >/dev/null || exit 0; ${command}`], { cwd: `${REPORTS}/hostile`, encoding: "utf8" });
	assert.equal(shown.status, 0, `${command}: ${shown.stderr}`);
	assert.ok(!existsSync(`${REPORTS}/hostile/hacked`), "the name of a capture is no command");
	await page.evaluate(() => (location.hash = "assets"));
	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /as CSV/ }).click()]);
	for (const field of readFileSync(await file.path(), "utf8").split(/,|\r\n/))
		assert.ok(!/^"?[=+@-]/.test(field), field);
}));

test("every text of an inventory hostile and 64 kB long", { timeout: 300000 }, async () => {
	const evil = (n) => `</script><img src=x onerror="window.hacked=${n}">\u202e\u0007<!--${"A".repeat(64 * 1024)}`;
	const data = inventory("hostile");
	data.assets.forEach((a, n) => Object.assign(a, { name: evil(n), vendor: evil(n), model: evil(n), type: n % 2 ? "plc" : `x${evil(n)}`, level_reason: evil(n), zone_reason: evil(n), would_identify: evil(n), flags: [evil(n)], flag_reasons: [{ flag: evil(n), because: evil(n) }], conflicts: [{ attribute: evil(1), values: [evil(2), evil(3)] }] }));
	data.assets.forEach((a) => a.facts.forEach((f, n) => Object.assign(f, { attribute: evil(n), value: evil(n), message: evil(n), protocol: evil(n), code: evil(n), at: { kind: evil(n), value: evil(n) } })));
	data.zones.forEach((z, n) => Object.assign(z, { name: evil(n), reason: evil(n), kind: n ? z.kind : "ot" }));
	data.map.boxes.forEach((b) => (b.lines = [evil(1), evil(2)]));
	data.findings.forEach((f) => Object.assign(f, { title: evil(1), text: evil(2), advice: evil(3), clause: evil(4) }));
	const { writeFileSync, mkdirSync } = await import("node:fs");
	mkdirSync(`${REPORTS}/evil`);
	/* as element_write() in sensor/export/element.c writes it */
	const json = JSON.stringify(data).replace(/</g, "\\u003c").replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029");
	writeFileSync(`${REPORTS}/evil/evil.html`, readFileSync(`${PAGE}/page.html`, "utf8").replace("/*earshot:inventory*/", () => json).replace("/*earshot:baseline*/", "null"));
	await view("evil", "", async (page) => {
		await everywhere(page, data);
		assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 1400);
	});
});

test("an empty capture makes a page that says so", () => view("empty", "", async (page) => {
	for (const link of ["summary", "assets", "map", "conduits", "findings", "changes", "print"]) {
		await page.evaluate((l) => (location.hash = l), link);
		await page.waitForTimeout(30);
		assert.equal(await page.locator("[role=alert]").count(), 0, link);
	}
}));

/* Figures are printed; the bounds leave room for a busy machine. */
test("5,000 assets and 20,000 links", { timeout: 300000 }, () => view("large", "", async (page) => {
	assert.ok(large.assets.length >= 5000 && large.links.length >= 20000);
	const shown = await page.evaluate(() => performance.now());
	const took = await page.evaluate(async () => {
		const settle = () => new Promise((r) => requestAnimationFrame(() => setTimeout(r, 0))), out = {};
		const time = async (name, act) => {
			const at = performance.now();
			act();
			await settle();
			out[name] = Math.round(performance.now() - at);
		};
		await time("table", () => (location.hash = "assets"));
		await settle();
		const input = document.querySelector("input[type=search]");
		const type = (text) => () => {
			input.value = text;
			input.dispatchEvent(new Event("input", { bubbles: true }));
		};
		await time("first search", type("s"));
		for (const text of ["sc", "schneider", "schneider 10.20.7", "wago", ""])
			await time(`search ${text}`, type(text));
		await time("sort", () => document.querySelectorAll("table.assets th button")[3].click());
		await time("scroll", () => (document.querySelector(".scroller").scrollTop = 90000));
		out.rows = document.querySelectorAll("table.assets tbody tr[aria-rowindex]").length;
		await time("map", () => (location.hash = "map"));
		return out;
	});
	console.log(`      shown after ${Math.round(shown)} ms;`, JSON.stringify(took));
	assert.ok(shown < 6000, `shown after ${shown} ms`);
	for (const [name, ms] of Object.entries(took))
		assert.ok(name === "rows" ? ms > 20 && ms < 200 : name.startsWith("search") ? ms < 500 : ms < 3000, `${name}: ${ms}`);
}));
