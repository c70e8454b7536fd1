#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CycloneDX and STIX documents of every capture, judged by validators that are not ours.

    formats_test.py cyclonedx|stix EARSHOT HOSTILE PCAPS

HOSTILE is the program of hostile.c. A schema cannot see everything, so what documents refer to is followed here; and a
validator that accepts anything proves nothing, so each also has to refuse documents with one fault.
"""
import copy, json, os, pathlib, re, subprocess, sys, tempfile, uuid

import modules

kind, earshot, hostile, pcaps = sys.argv[1], sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
SUFFIXES = (".pcap", ".pcapng", ".gz", ".zst")
OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
# The schemas of OASIS (oasis-open/cti-stix2-json-schemas, branch stix2.1) are not part of the project.
schemas = pathlib.Path(os.environ.get("EARSHOT_STIX_SCHEMAS") or
                       pathlib.Path(__file__).resolve().parents[3] / "shared" / "data" / "stix-2.1-schemas")
faults = []


def fault(what):
    faults.append(what)
    print(f"FAULT {what}")


def run(*command, env=None):
    done = subprocess.run(command, capture_output=True, env=env)
    if done.returncode != 0:
        fault(f"{command}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def judge(documents):
    """The validator's verdict on each text: None, or what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for number, text in enumerate(documents):
            path = pathlib.Path(folder) / f"{number}.json"
            path.write_bytes(text)
            jobs.append({"kind": kind, "file": str(path)})
        script = pathlib.Path(__file__).with_name("validate.mjs")
        done = subprocess.run(["node", script, schemas], input=json.dumps(jobs).encode(), capture_output=True)
        if done.returncode != 0:
            sys.exit(f"validate.mjs: {done.stderr.decode(errors='replace')}")
        return json.loads(done.stdout)


def components_of(parent):
    for component in parent.get("components", []):
        yield component
        yield from components_of(component)


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings_of(key)
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)


SOURCE = re.compile(r"capture (\d+) .+ frame (\d+): .+", re.S)


def follow_cyclonedx(name, document, inventory):
    components = list(components_of(document))
    refs = [c["bom-ref"] for c in components] + [s["bom-ref"] for s in document["services"]]
    refs.append(document["metadata"]["component"]["bom-ref"])
    if len(refs) != len(set(refs)):
        fault(f"{name}: a bom-ref twice")
    for edge in document["dependencies"]:
        for ref in [edge["ref"], *edge["dependsOn"]]:
            if ref not in refs:
                fault(f"{name}: {ref} depends on nothing there is")
    frames = {(f["capture"], f["frame"]) for a in inventory["assets"] for f in a["facts"]}
    for component in components:
        for identity in component.get("evidence", {}).get("identity", []):
            for method in identity["methods"]:
                found = SOURCE.fullmatch(method["value"])
                if found is None or (int(found[1]), int(found[2])) not in frames:
                    fault(f"{name}: {method['value']} is no frame of a fact")
    by_ref = {c["bom-ref"]: c for c in components}
    for asset in inventory["assets"]:
        compare_component(name, asset, by_ref)
    for service in document["services"]:
        properties = {p["name"]: p["value"] for p in service["properties"]}
        if properties["earshot:asset"] not in refs:
            fault(f"{name}: {service['bom-ref']} is of no asset")
        asset = by_ref[properties["earshot:asset"]]
        zones = [p["value"] for p in asset["properties"] if p["name"] == "earshot:zone"]
        if [service["trustZone"]] != zones if "trustZone" in service else zones:
            fault(f"{name}: {service['bom-ref']} stands in another zone than its asset")


def compare_component(name, asset, by_ref):
    component = by_ref.get("asset-" + asset["id"])
    if component is None:
        return fault(f"{name}: asset {asset['id']} is missing")
    properties = {}
    for p in component["properties"]:
        properties.setdefault(p["name"], []).append(p["value"])
    firmware = by_ref.get("firmware-" + asset["id"])
    expected = {
        "manufacturer": (asset.get("vendor"), component.get("manufacturer", {}).get("name")),
        "version": (asset.get("hardware_version"), component.get("version")),
        "firmware": (asset.get("firmware_version"), firmware and firmware["version"]),
        "serial": (asset.get("serial_number"), properties.get("cdx:device:serialNumber", [None])[0]),
        "zone": (asset.get("zone"), properties.get("earshot:zone", [None])[0]),
        "macs": ([i["mac"] for i in asset["interfaces"] if "mac" in i], properties.get("cdx:device:macAddress", [])),
        "ips": ([ip for i in asset["interfaces"] for ip in i["ips"]], properties.get("earshot:ip", []))}
    if "model" in asset:
        expected["model"] = (asset["model"], component["name"])
    for what, (wanted, got) in expected.items():
        if wanted != got:
            fault(f"{name}: {what} of {asset['id']} is {got}, not {wanted}")
    said = {i["field"] for i in component.get("evidence", {}).get("identity", [])}
    for field, proof in (("model", "name" in said), ("hardware_version", "version" in said),
                         ("vendor", "earshot:evidence:vendor" in properties), ("name", "earshot:evidence:name" in properties
                          or "name" in said), ("serial_number", "earshot:evidence:serial_number" in properties),
                         ("firmware_version", firmware and "evidence" in firmware)):
        if field in asset and not proof:
            fault(f"{name}: nothing says where the {field} of {asset['id']} is from")


def follow_stix(name, document, inventory):
    objects = {o["id"]: o for o in document["objects"]}
    if len(objects) != len(document["objects"]):
        fault(f"{name}: an id twice")
    for o in document["objects"]:
        for key, value in o.items():
            for ref in [value] if key.endswith("_ref") else value if key.endswith("_refs") else []:
                if ref not in objects:
                    fault(f"{name}: {key} {ref} is not in the bundle")
        if "modified" in o and o["modified"] < o["created"] or o.get("stop_time", "~") <= o.get("start_time", ""):
            fault(f"{name}: {o['id']} ends before it begins")
        if o["type"] in ("ipv4-addr", "ipv6-addr", "mac-addr", "software"):
            identifying = {k: o[k] for k in ("value", "name", "cpe", "vendor", "version") if k in o}
            canonical = json.dumps(identifying, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if o["id"] != f"{o['type']}--{uuid.uuid5(OBSERVABLES, canonical)}":
                fault(f"{name}: {o['id']} is not the id of {canonical}")
    by_asset = {r["external_id"]: o for o in document["objects"] for r in o.get("external_references", [])
                if r["source_name"] == "earshot"}
    edges = {(o["source_ref"], objects[o["target_ref"]].get("value", o["target_ref"])) for o in document["objects"]
             if o["type"] == "relationship" and o["relationship_type"] == "consists-of"}
    for asset in inventory["assets"]:
        o = by_asset.get(asset["id"])
        if o is None:
            fault(f"{name}: asset {asset['id']} is missing")
            continue
        for interface in asset["interfaces"]:
            for address in interface["ips"] + [m for m in [interface.get("mac")] if m]:
                if (o["id"], address) not in edges:
                    fault(f"{name}: {asset['id']} has lost {address}")
        for field in ("vendor", "model", "serial_number", "firmware_version"):
            said = [r for r in o["external_references"] if r.get("description", "").startswith(f"{field} {asset.get(field)}: ")]
            if field in asset and (asset[field] not in o["description"] or not said):
                fault(f"{name}: {asset['id']} does not say its {field}, or not where it is from")


def export(db, format, *options, env=None):
    return run(earshot, "export", *format.split(), "--db", db, *options, env=env)


def captures():
    with tempfile.TemporaryDirectory() as folder:
        for capture in sorted(p for p in pcaps.rglob("*") if p.suffix in SUFFIXES):
            db = f"{folder}/{capture.name}.db"
            run(earshot, "read", "--quiet", "--db", db, str(capture))
            inventory = json.loads(export(db, "json"))
            for format in formats:
                yield f"{capture.relative_to(pcaps)} as {format}", export(db, format), inventory


def same_bytes():
    """Another order of reading, another locale and another time zone."""
    pair = [str(pcaps / "plant/plant.pcap"), str(pcaps / "s7comm/identity-snap7.pcap")]
    with tempfile.TemporaryDirectory() as folder:
        for format in formats:
            texts = set()
            for number, (order, locale, zone) in enumerate(((pair, "C", "UTC"), (pair[::-1], "de_DE.UTF-8", "Asia/Tokyo"))):
                env = dict(os.environ, LC_ALL=locale, TZ=zone)
                db = f"{folder}/{format}{number}.db"
                for capture in order:
                    run(earshot, "read", "--quiet", "--db", db, capture, env=env)
                texts.add(export(db, format, env=env))
            if len(texts) != 1:
                fault(f"{format}: the bytes depend on where and in which order it was made")


def no_room():
    """A document that cannot be written whole is a failure that somebody is told of."""
    with tempfile.TemporaryDirectory() as folder, open("/dev/full", "wb") as full:
        run(earshot, "read", "--quiet", "--db", f"{folder}/full.db", str(pcaps / "plant/plant.pcap"))
        for format in formats:
            done = subprocess.run([earshot, "export", *format.split(), "--db", f"{folder}/full.db"], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
            if done.returncode == 0 or "No space left" not in done.stderr:
                fault(f"{format} on a full disk: exit {done.returncode}: {done.stderr}")


LONG = "é" * 32768 + "end of the long one"
HOSTILE = ["</script><script>alert(1)</script>", "=cmd|' /C calc'!A0", "abc\u202egnp.exe", "\x1b[31mred\x07",
           "two\u2028lines \"quoted\", \\ and\ttab", LONG, "cpe:2.3:a:openbsd:openssh:8.4:p1:*:*:*:*:*:*"]


def hostile_documents():
    documents = []
    for format in formats:
        name = format.replace(" --spec ", "-")
        text, again = run(hostile, name, "forwards"), run(hostile, name, "backwards")
        if text != again:
            fault(f"hostile {format}: the bytes depend on the order of recording")
        if re.search(rb"</script|[\x00-\x09\x0b-\x1f\x7f]", text) or b"\xe2\x80\xa8" in text:
            fault(f"hostile {format}: something got out of its string")
        strings = "\n".join(strings_of(json.loads(text)))
        for wanted in HOSTILE:
            if wanted not in strings:
                fault(f"hostile {format}: {wanted[:40]!r} cannot be found")
        documents.append(text)
    return documents


def broken(document):
    """Documents with one fault each: (what, text)."""
    def change(what, steps, value):
        copied = copy.deepcopy(document)
        *path, last = steps
        at = copied
        for step in path:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
        return what, json.dumps(copied).encode()

    yield "cut short", json.dumps(document).encode()[:-40]
    if kind == "cyclonedx":
        named = next(i for i, c in enumerate(document["components"]) if c.get("evidence"))
        device, identity = ["components", named], ["components", named, "evidence", "identity", 0]
        yield change("a type of component that there is not", device + ["type"], "plc")
        yield change("a component without a name", device + ["name"], None)
        yield change("a property of no schema", device + ["serial"], "1")
        yield change("a property's value that is a number", device + ["properties", 0, "value"], 7)
        yield change("a version that is a number", device + ["version"], 4)
        yield change("a version of 1025 characters", device + ["version"], "x" * 1025)
        yield change("an identity of a field that has none", identity + ["field"], "serial")
        yield change("more than certain", identity + ["confidence"], 1.01)
        yield change("a method of no list", identity + ["methods", 0, "technique"], "sniffing")
        yield change("a service without a name", ["services", 0, "name"], None)
        yield change("endpoints that are no list", ["services", 0, "endpoints"], "tcp://10.0.0.8:502")
        yield change("a dependency on a number", ["dependencies", 0, "dependsOn"], [1])
        yield change("a time that is none", ["metadata", "timestamp"], "yesterday")
        yield change("a serial number that is no UUID", ["serialNumber"], "urn:uuid:1")
        return
    first = {}
    for number, o in enumerate(document["objects"]):
        first.setdefault(o["type"], ["objects", number])
    infrastructure, relationship = first["infrastructure"], first["relationship"]
    yield change("an infrastructure without a name", infrastructure + ["name"], None)
    yield change("no types, but a list for them", infrastructure + ["infrastructure_types"], [])
    yield change("an id that is no UUID", infrastructure + ["id"], "infrastructure--1")
    yield change("an id of another type", infrastructure + ["id"], document["objects"][relationship[1]]["id"])
    yield change("seconds without milliseconds", infrastructure + ["created"], "2024-03-12T06:00:00Z")
    yield change("a time in another zone", infrastructure + ["modified"], "2024-03-12T06:00:00.000+01:00")
    yield change("a property with a capital letter", infrastructure + ["Vendor"], "x")
    yield change("a version of the specification to come", infrastructure + ["spec_version"], "3.0")
    yield change("a relationship to nothing", relationship + ["target_ref"], None)
    yield change("a relationship to a bundle", relationship + ["target_ref"], "bundle--" + str(uuid.uuid5(OBSERVABLES, "")))
    yield change("an address that is none", first["ipv4-addr"] + ["value"], "10.0.0.300")
    yield change("a MAC address in capitals", first["mac-addr"] + ["value"], "00:1B:1B:35:84:10")
    yield change("an object of a type that there is not", infrastructure + ["type"], "asset")
    yield change("a bundle without an id", ["id"], None)


modules.install()
if kind == "stix" and not (schemas / "common").is_dir():
    modules.skip(f"the schemas of OASIS are not at {schemas}; EARSHOT_STIX_SCHEMAS=FOLDER names them")
formats = {"cyclonedx": ["cyclonedx", "cyclonedx --spec 1.7"], "stix": ["stix"]}[kind]
follow = {"cyclonedx": follow_cyclonedx, "stix": follow_stix}[kind]
names, documents = [], []
for name, text, inventory in captures():
    names.append(name)
    documents.append(text)
    follow(name, json.loads(text), inventory)
count = len(documents)
for text in hostile_documents():
    names.append("hostile")
    documents.append(text)
for name, verdict in zip(names, judge(documents), strict=True):
    if verdict is not None:
        fault(f"{name}: {json.dumps(verdict)[:600]}")
plant = [json.loads(text) for name, text in zip(names, documents) if name.startswith("plant/plant.pcap")]
if len(plant) != len(formats):
    sys.exit("no capture of the plant")
wrong = [case for document in plant for case in broken(document)]
for (what, _), verdict in zip(wrong, judge([text for _, text in wrong]), strict=True):
    if verdict is None:
        fault(f"the validator takes {what}")
same_bytes()
no_room()
print(f"{count} documents valid, {len(wrong)} broken ones refused" if not faults else f"{len(faults)} faults")
sys.exit(1 if faults else 0)
