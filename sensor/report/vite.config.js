/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds index.html and src/ to one file, page.html. The browser is told by a Content-Security-Policy to load nothing
 * and to run this one script alone, which it knows by its SHA-256: text in the data cannot become a script even if
 * everything else failed. The same sources give the same bytes: versions are pinned, nothing has a time stamp.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const onePage = {
	name: "one-page",
	apply: "build",
	enforce: "post",
	generateBundle(options, bundle) {
		const files = Object.values(bundle);
		const html = files.find((f) => f.fileName.endsWith(".html"));
		const script = files.find((f) => f.type === "chunk");
		const style = files.find((f) => f.fileName.endsWith(".css"));
		if (files.length !== 3 || !html || !script || !style)
			throw new Error("expected one page, one script and one style sheet: " + Object.keys(bundle).join(" "));
		/* a script ends at "</script", and "<!--" changes how it ends */
		const code = "\n" + script.code.trim().replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--") + "\n";
		const hash = createHash("sha256").update(code).digest("base64");
		const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
		const page = html.source
			.replace(/<script type="module"[^>]*><\/script>\s*/, "")
			.replace(/<link rel="stylesheet"[^>]*>\s*/, "")
			.replace('<meta charset="utf-8">', (m) => `${m}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`)
			.replace("</head>", () => `<style>\n${style.source.trim()}\n</style>\n</head>`)
			.replace("</body>", () => `<script>${code}</script>\n</body>`);
		for (const name of Object.keys(bundle))
			delete bundle[name];
		writeFileSync(process.env.EARSHOT_PAGE || fileURLToPath(new URL("page.html", import.meta.url)), page);
	},
};

export default defineConfig({
	esbuild: { jsx: "automatic", jsxImportSource: "preact", charset: "ascii", legalComments: "none" },
	build: { write: false, target: "es2020", modulePreload: false, assetsInlineLimit: 0, reportCompressedSize: false },
	plugins: [onePage],
});
