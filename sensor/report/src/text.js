/* SPDX-License-Identifier: Apache-2.0 */
/* text.js - text from the wire made harmless to look at, and numbers, times and names as people write them. */

/* The same characters as text_is_unsafe() in sensor/util/text.c: they move, hide or reorder what a person reads. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const unsafe = (c) => "\\u{" + c.codePointAt(0).toString(16).toUpperCase().padStart(2, "0") + "}";

export const safe = (text) => String(text).replace(UNSAFE, unsafe);

/* At most `max` characters, never half of a surrogate pair. */
export function cut(text, max) {
	if (text.length <= max)
		return text;
	const half = /[\ud800-\udbff]/.test(text[max - 1]) ? 1 : 0;
	return text.slice(0, max - half) + "…";
}

export const number = (n) => n.toLocaleString("en-US");
export const count = (n, one, many) => `${number(n)} ${n === 1 ? one : many || one + "s"}`;
export const percent = (part, whole) => {
	if (!whole)
		return "–";
	const share = (part / whole) * 100;
	if (part > 0 && share < 0.1)
		return "< 0.1 %";
	if (part < whole && share > 99.9)
		return "> 99.9 %";
	return `${share >= 10 && share % 1 < 0.05 ? Math.floor(share) : share.toFixed(1).replace(/\.0$/, "")} %`;
};
export const confidence = (c) => `${Math.round(c * 100)} %`;

export function bytes(n) {
	const units = ["bytes", "kB", "MB", "GB", "TB"];
	let unit = 0;
	while (n >= 1000 && unit < units.length - 1) {
		n /= 1000;
		unit++;
	}
	return `${unit === 0 || n >= 100 ? number(Math.round(n)) : n.toFixed(1)} ${units[unit]}`;
}

/* "2024-03-12 06:00:00 UTC"; with `exact` to the microsecond. */
export function time(t, exact) {
	if (!t)
		return "–";
	const text = t.replace("T", " ").replace(/Z$/, "");
	return (exact ? text : text.slice(0, -7)) + " UTC";
}
export const milliseconds = (t) => Date.parse(t.replace(/(\.\d{3})\d*Z$/, "$1Z"));

export function duration(ms) {
	const s = Math.max(0, ms) / 1000;
	if (s < 0.1)
		return "less than 0.1 s";
	if (s < 60)
		return `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
	const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
	const at = units.findIndex(([size]) => s >= size);
	let rest = Math.round(s / units[Math.min(at + 1, 3)][0]) * units[Math.min(at + 1, 3)][0];
	return units.slice(at, at + 2).map(([size, name]) => {
		const n = Math.floor(rest / size);
		rest -= n * size;
		return n > 0 ? `${n} ${name}` : "";
	}).filter(Boolean).join(" ");
}

const TYPES = {
	plc: "PLC", pac: "PAC", rtu: "RTU", ied: "IED", hmi: "HMI", mes: "MES", ups: "UPS", hvac: "HVAC", plcs: "PLCs",
	drive_vfd: "Drive (VFD)", remote_io: "Remote I/O", io_adapter: "I/O adapter", engineering_ws: "Engineering station",
	operator_ws: "Operator station", scada_server: "SCADA server", dcs_controller: "DCS controller", opc_server: "OPC server",
	db_server: "Database server", app_server: "Application server", vpn_server: "VPN server", bacnet_controller: "BACnet controller",
	wireless_ap: "Wireless access point",
};
export const typeName = (type) => TYPES[type] || sentence(type);
export const sentence = (word) => {
	const text = safe(word).replace(/[_-]/g, " ");
	return text.charAt(0).toUpperCase() + text.slice(1);
};

const ATTRIBUTES = { os: "Operating system", url: "URL", ip: "IP address", mac: "MAC address", order_number: "Order number", plant_id: "Plant identification" };
export const attributeName = (a) => ATTRIBUTES[a] || sentence(a);

const LEVELS = { 0: "Process", 1: "Basic control", 2: "Supervision", 3: "Site operations", 3.5: "Industrial DMZ", 4: "Business", 5: "Enterprise" };
export const levelName = (l) => (l === undefined || l === "" ? "Level not known" : LEVELS[l] ? `Level ${l}: ${LEVELS[l]}` : `Level ${safe(l)}`);

const PLACES = {
	"modbus-unit": "Modbus unit", "dnp3-address": "DNP3 address", "cip-port-slot": "slot", "s7-rack-slot": "rack/slot",
	"bacnet-device": "BACnet device", "iec104-common-address": "IEC 104 common address", "pn-slot": "PROFINET slot",
};
export const placeName = (at) => {
	if (at.kind === "cip-port-slot") {
		const last = /^(\d+)\/(\d+)$/.exec(at.value);
		return last ? `slot ${last[2]} (port ${last[1]})` : `CIP route ${safe(at.value)}`;
	}
	return `${PLACES[at.kind] || safe(at.kind)} ${safe(at.value)}`;
};

/* The command that shows one frame, to be pasted into a shell; whatever the file is called. */
export function tshark(capture, frame) {
	const name = capture.name.startsWith("-") ? "./" + capture.name : capture.name;
	UNSAFE.lastIndex = 0;
	const quoted = UNSAFE.test(name)
		? "$'" + name.replace(/[\\']/g, "\\$&").replace(UNSAFE, (c) => [...new TextEncoder().encode(c)].map((b) => "\\x" + b.toString(16).padStart(2, "0")).join("")) + "'"
		: "'" + name.replace(/'/g, "'\\''") + "'";
	return `tshark -r ${quoted} -Y frame.number==${frame} -V`;
}

/* One RFC 4180 field that no spreadsheet takes for a formula: text_print_csv() in sensor/util/text.c. */
export function csvField(text) {
	text = String(text ?? "");
	const formula = /^[ \t\r\n"']*[=+\-@]/.test(text) || /^[\t\r]/.test(text);
	if (!formula && !/[,"\r\n]/.test(text))
		return text;
	return '"' + (formula ? "'" : "") + text.replace(/"/g, '""') + '"';
}
