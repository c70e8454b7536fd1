#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The map of zones and conduits as other programs read it.

    map_test.py xml TEST_MAP            SVG and GraphML are well-formed, hold nothing active and no foreign reference
    map_test.py dot TEST_MAP            Graphviz takes what export dot writes
    map_test.py mermaid TEST_MAP        every line of the flowchart is one of those that were meant
    map_test.py plant EARSHOT PCAP      read in another time zone and order of words: the same bytes, all four formats

TEST_MAP writes sheets made by hand: plain, large, hostile (texts that want out of their place), empty.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

SVG, GRAPHML = "{http://www.w3.org/2000/svg}", "{http://graphml.graphdrawing.org/xmlns}"
SHEETS = ("plain", "large", "hostile", "empty")
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]")
# What a drawing is made of; a script, a style sheet, a link, an image, foreign content is none of it.
SHAPES = {SVG + n for n in ("svg", "title", "defs", "pattern", "path", "rect", "circle", "text", "g")}
faults = []


def check(holds, what):
    if not holds:
        faults.append(what)


def sheet(program, form, kind):
    text = subprocess.run([program, form, kind], capture_output=True, check=True).stdout.decode()
    check(not UNSAFE.search(text), f"{form} {kind}: {UNSAFE.search(text)}")
    return text


def check_svg(text, where):
    root = tree.fromstring(text.encode())
    for e in root.iter():
        check(e.tag in SHAPES, f"{where}: element {e.tag}")
        for name, value in e.attrib.items():
            check(not name.startswith("on") and "href" not in name and name != "style", f"{where}: attribute {name}")
            check("url(" not in value or value == "url(#earshot-hatch)", f"{where}: {name}={value}")
    texts = ["".join(e.itertext()) for e in root.iter(SVG + "text")]
    for must in ("Legend", "Revision", "Site", "Window", "Sensor", "Level 3.5"):
        check(must in texts, f"{where}: no '{must}'")
    return texts


def check_graphml(text, where):
    root = tree.fromstring(text.encode())
    keys = {k.get("id"): k for k in root.iter(GRAPHML + "key")}
    nodes = [n.get("id") for n in root.iter(GRAPHML + "node")]
    check(len(nodes) == len(set(nodes)), f"{where}: a node twice")
    for e in root.iter(GRAPHML + "edge"):
        check(e.get("source") in nodes and e.get("target") in nodes, f"{where}: an edge to nowhere")
    for kind in ("graph", "node", "edge"):
        for e in root.iter(GRAPHML + kind):
            for d in e.findall(GRAPHML + "data"):
                check(d.get("key") in keys and keys[d.get("key")].get("for") == kind, f"{where}: key {d.get('key')} of {kind}")
    return nodes


def test_xml(program):
    for kind in SHEETS:
        texts = check_svg(sheet(program, "svg", kind), f"svg {kind}")
        nodes = check_graphml(sheet(program, "graphml", kind), f"graphml {kind}")
        check(len(nodes) == {"plain": 13, "large": 41, "hostile": 13, "empty": 0}[kind], f"graphml {kind}: {len(nodes)} nodes")
        if kind == "plain":
            check("cell-filling" in texts and "Zones and conduits \u00b7 Example plant" in texts, "svg plain: texts are missing")
            check(any("proposed zones are not approved" in t for t in texts), "svg plain: does not say that proposals are none")
        if kind == "empty":
            check("No zones. 5 assets are in no zone." in texts, "svg empty: does not say so")


def test_dot(program):
    if shutil.which("dot") is None:
        print("graphviz is not installed")
        sys.exit(77)
    for kind in SHEETS:
        r = subprocess.run(["dot", "-Tjson0"], input=sheet(program, "dot", kind).encode(), capture_output=True)
        check(r.returncode == 0 and b"error" not in r.stderr, f"dot {kind}: {r.stderr.decode()}")
        if r.returncode == 0:
            nodes = [o for o in json.loads(r.stdout).get("objects", []) if "nodes" not in o]
            wanted = {"plain": 13, "large": 41, "hostile": 13, "empty": 1}[kind]
            check(len(nodes) == wanted, f"dot {kind}: {len(nodes)} nodes, not {wanted}")


NAME = r"(?:z_\w+|in_no_zone)"
WORDS = r"(?:[A-Za-z0-9 .,:/_-]|#\d+;|<br/>)*"
MERMAID = re.compile("|".join((
    r"---", rf'title: "{WORDS}"', r"flowchart TB", r"%% [A-Z][a-z ]*: .*", rf'\tnothing\["{WORDS}"\]',
    rf'\tsubgraph band_\d\["{WORDS}"\]', r"\tend", r"\tband_\d ~~~ band_\d", rf'\t\t{NAME}\["{WORDS}"\]',
    rf'\t\t{NAME}\[\["{WORDS}"\]\]', rf'\t{NAME} (?:<-->|-->|---)(?:\|"{WORDS}"\|)? {NAME}',
    r"\tlinkStyle \d+ stroke:#[0-9a-f]{6},stroke-width:[\d.]+px(?:,stroke-dasharray:[\d. ]+)?",
    rf"\tstyle {NAME} stroke-dasharray:[\d. ]+")))


def test_mermaid(program):
    for kind in SHEETS:
        text = sheet(program, "mermaid", kind)
        for line in text.splitlines():
            check(MERMAID.fullmatch(line), f"mermaid {kind}: {line}")
        links = re.findall(rf"^\t\w+ (?:<-->|-->|---|~~~)", text, re.M)
        styles = [int(n) for n in re.findall(r"^\tlinkStyle (\d+)", text, re.M)]
        check(styles == sorted(set(styles)) and (not styles or styles[-1] == len(links) - 1), f"mermaid {kind}: styles of links")


def test_plant(earshot, pcap):
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "plant.db"
        subprocess.run([earshot, "read", "--quiet", "--db", store, pcap], check=True)
        for form in ("svg", "dot", "graphml", "mermaid"):
            outputs = {subprocess.run([earshot, "export", form, "--db", store], capture_output=True, check=True,
                                      env={**os.environ, "TZ": zone}).stdout for zone in ("UTC", "Asia/Kathmandu")}
            check(len(outputs) == 1, f"{form}: differs from run to run")
            text = outputs.pop().decode()
            if form == "svg":
                check_svg(text, "plant svg")
            if form == "graphml":
                check_graphml(text, "plant graphml")
            if form == "mermaid":
                for line in text.splitlines():
                    check(MERMAID.fullmatch(line), f"plant mermaid: {line}")


{"xml": test_xml, "dot": test_dot, "mermaid": test_mermaid, "plant": test_plant}[sys.argv[1]](*sys.argv[2:])
for fault in faults[:20]:
    print(fault)
sys.exit(1 if faults else 0)
