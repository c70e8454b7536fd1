#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads every capture of pcaps/ and compares the whole inventory with the text that was read and approved.

    golden.py EARSHOT [--accept]

tests/golden/PROTOCOL/CASE.json is what `earshot export json` must print for pcaps/PROTOCOL/CASE.*, byte for byte (but for
the sensor's version). A person reads the difference before --accept: it is right only when the frames say so.
"""
import difflib, pathlib, re, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
earshot, accept = sys.argv[1], "--accept" in sys.argv
SUFFIXES = (".pcap", ".pcapng", ".gz", ".zst")


def inventory(capture):
    with tempfile.TemporaryDirectory() as tmp:
        db = f"{tmp}/t.db"
        read = subprocess.run([earshot, "read", "--quiet", "--db", db, str(capture)], capture_output=True, text=True)
        if read.returncode != 0:
            return f"read: exit {read.returncode}: {read.stderr}"
        export = subprocess.run([earshot, "export", "json", "--db", db], capture_output=True, text=True)
        if export.returncode != 0:
            return f"export: exit {export.returncode}: {export.stderr}"
        text, versions = re.subn(r'("sensor": ?\{"name": ?"earshot", ?"version": ?")[^"]*', r"\1VERSION", export.stdout)
        return text if versions == 1 else "no version of the sensor in:\n" + text


captures = sorted(p for p in (root / "pcaps").rglob("*") if p.suffix in SUFFIXES)
wrong = 0
for capture in captures:
    name = capture.relative_to(root / "pcaps")
    golden = root / "tests" / "golden" / name.parent / (name.name + ".json")
    got = inventory(capture)
    if accept:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(got, encoding="utf-8")
        continue
    expected = golden.read_text(encoding="utf-8") if golden.exists() else ""
    if got != expected:
        wrong += 1
        print(f"--- {name}: {'differs' if golden.exists() else 'has no approved inventory'}")
        lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), "approved", "now", lineterm="", n=1)
        print("\n".join(line[:300] for line in list(lines)[:40]))
print(f"{len(captures)} captures, {wrong} differ")
sys.exit(1 if wrong or not captures else 0)
