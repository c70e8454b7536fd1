/* SPDX-License-Identifier: Apache-2.0 */
/*
 * router.js - the address of a view is the part after "#": "#asset/ID?evidence=model". Every view can be linked to, and
 * the back button goes where one was.
 */
import { useEffect, useState } from "preact/hooks";

const decode = (text) => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

export function parse(hash = location.hash) {
	const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
	const slash = path.indexOf("/");
	return {
		view: slash < 0 ? path || "summary" : path.slice(0, slash),
		id: slash < 0 ? "" : decode(path.slice(slash + 1)),
		params: new URLSearchParams(query),
	};
}

export function to(view, id, params) {
	const query = new URLSearchParams(Object.entries(params || {}).filter(([, v]) => v !== "" && v !== undefined)).toString();
	return `#${view}${id === undefined || id === "" ? "" : "/" + encodeURIComponent(id)}${query ? "?" + query : ""}`;
}

/* The same view with other parameters; it replaces this one in the history, so that typing does not fill it. */
export function replace(view, id, params) {
	history.replaceState(null, "", to(view, id, params));
	dispatchEvent(new Event("route"));
}

export function useRoute() {
	const [route, set] = useState(() => parse());
	useEffect(() => {
		const changed = () => set(parse());
		addEventListener("hashchange", changed);
		addEventListener("route", changed);
		return () => {
			removeEventListener("hashchange", changed);
			removeEventListener("route", changed);
		};
	}, []);
	return route;
}
