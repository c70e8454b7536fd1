# SPDX-License-Identifier: Apache-2.0
"""A capture in epochs of any size gives the daemon the very facts that `earshot read` has of the file.

same_facts.py EARSHOT REPLAY PCAPS
"""
import json
import pathlib
import subprocess
import sys
import tempfile

# What a live capture cannot know of a file, or a file not of the wire.
FILE_ONLY = ("sha256", "bytes", "dropped_packets", "cut_at_byte", "link_type", "live")


def strip(inventory):
    for capture in inventory["captures"]:
        for key in FILE_ONLY:
            capture.pop(key, None)
    for key in ("dropped_packets", "cut_captures"):
        inventory["coverage"].pop(key, None)
    return inventory


def export(earshot, store):
    return json.loads(subprocess.run([earshot, "export", "json", "--db", store], check=True, capture_output=True).stdout)


def differences(a, b, where=""):
    if type(a) is not type(b):
        return [f"{where}: {a!r} / {b!r}"]
    if isinstance(a, dict):
        return [d for k in sorted(a.keys() | b.keys()) for d in differences(a.get(k), b.get(k), f"{where}.{k}")]
    if isinstance(a, list):
        out = [] if len(a) == len(b) else [f"{where}: {len(a)} / {len(b)} entries"]
        return out + [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{where}[{i}]")]
    return [] if a == b else [f"{where}: {a!r} / {b!r}"]


def main():
    earshot, replay, pcaps = sys.argv[1:4]
    epochs = sys.argv[4:] or ["1", "7", "1000"]
    files = sorted(p for p in pathlib.Path(pcaps).rglob("*") if ".pcap" in p.name and p.is_file())
    assert len(files) > 50, pcaps
    bad = 0
    for path in files:
        with tempfile.TemporaryDirectory() as folder:
            read = folder + "/read.db"
            if subprocess.run([earshot, "read", "-q", "--db", read, str(path)], capture_output=True).returncode not in (0, 3):
                raise SystemExit(f"{path}: cannot be read")
            expected = strip(export(earshot, read))
            if expected["captures"][0]["packets"] > 5000 and "1" in epochs:
                sizes = [e for e in epochs if e != "1"] + ["11"]  # a transaction for each packet takes minutes
            else:
                sizes = epochs
            for size in sizes:
                live = f"{folder}/live-{size}.db"
                subprocess.run([replay, live, size, "1", path.name, str(path)], check=True, capture_output=True)
                found = differences(expected, strip(export(earshot, live)))
                if found:
                    bad += 1
                    print(f"{path} in epochs of {size}: {len(found)} differences")
                    print("\n".join("    " + line for line in found[:12]))
    print(f"{len(files)} captures, {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
