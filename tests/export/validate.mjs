// SPDX-License-Identifier: Apache-2.0
// validate.mjs SCHEMAS: validates documents with what other people wrote for that (SCHEMAS: the folder of OASIS): [{"kind": "cyclonedx" | "stix", "file": PATH}, ...] on standard
// input; on standard output a list of the same length, null for a valid document, else what is wrong with it.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const { Spec, Validation } = require("@cyclonedx/cyclonedx-library");
const Ajv2020 = require("ajv/dist/2020.js").default;
const addFormats = require("ajv-formats").default;
const addFormats2019 = require("ajv-formats-draft2019");

// The specification named in the document decides which schema it has to fit.
const strict = {};
async function cyclonedx(text) {
  const { specVersion } = JSON.parse(text);
  if (!Object.values(Spec.Version).includes(specVersion)) return `unknown specVersion ${specVersion}`;
  strict[specVersion] ??= new Validation.JsonStrictValidator(specVersion);
  return strict[specVersion].validate(text);
}

let schemas;
function loadSchemas() {
  // Their patterns escape what needs no escape: not allowed with the u flag.
  const ajv = new Ajv2020({ unicodeRegExp: false, strict: false });
  addFormats(ajv);
  addFormats2019(ajv);
  const root = pathToFileURL(`${process.argv[2]}/`), ids = {};
  for (const folder of ["common", "sdos", "sros", "observables"])
    for (const name of readdirSync(new URL(folder, root))) {
      const schema = JSON.parse(readFileSync(new URL(`${folder}/${name}`, root), "utf8"));
      ajv.addSchema(schema);
      ids[name.replace(".json", "")] = schema.$id;
    }
  return (type) => (ids[type] === undefined ? undefined : ajv.getSchema(ids[type]));
}

// First each object by the schema of its type: what the schema of a bundle says of a fault is a page of alternatives.
function stix(text) {
  schemas ??= loadSchemas();
  const document = JSON.parse(text);
  for (const object of document.objects ?? []) {
    const valid = schemas(object.type);
    if (valid === undefined) return `no schema for an object of type ${object.type}`;
    if (!valid(object)) return valid.errors;
  }
  const bundle = schemas("bundle");
  return bundle(document) ? null : bundle.errors;
}

const results = [];
for (const { kind, file } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    results.push((await { cyclonedx, stix }[kind](readFileSync(file, "utf8"))) ?? null);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    results.push(String(error));
  }
}
console.log(JSON.stringify(results));
