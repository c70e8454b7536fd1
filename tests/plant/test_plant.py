#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_plant.py - the generated captures in pcaps/ are what their generators write, and tshark finds no fault in them.

    test_plant.py bytes       plant.pcap, plant.truth.json and pcaps/variants/ are written again and compared
    test_plant.py tshark      every frame of the plant, with and without VLAN tags, decodes, no segment is lost

Exit 0: as it should be; 1: not; 77: skipped, with the reason.
"""
import filecmp
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import plant  # noqa: E402
import variants  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PCAPS = HERE.parent.parent / "pcaps"
FAULTY = (
    "_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || tcp.checksum.status == 0 || "
    "udp.checksum.status == 0 || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment"
)
CHECKSUMS = [x for layer in ("ip", "tcp", "udp") for x in ("-o", f"{layer}.check_checksum:TRUE")]


def compare(made, kept):
    """The names that differ between two directories, in either direction."""
    names = sorted({p.name for d in (made, kept) for p in d.iterdir() if p.is_file()})
    return [
        n
        for n in names
        if not ((made / n).is_file() and (kept / n).is_file() and filecmp.cmp(made / n, kept / n, shallow=False))
    ]


def test_bytes(scratch):
    plant.main([str(scratch / "plant")])
    variants.main([str(scratch / "variants")])
    wrong = [f"pcaps/{d}/{n}" for d in ("plant", "variants") for n in compare(scratch / d, PCAPS / d)]
    for name in wrong:
        made_by = name.split("/")[1]
        print(f"{name} is not what its generator writes: run tests/plant/{made_by}.py pcaps/{made_by}")
    return 1 if wrong else 0


def test_tshark(scratch):
    if not shutil.which("tshark"):
        print("skipped: tshark is not installed")
        return 77
    plant.main([str(scratch)])
    plant.main(["--no-vlan", str(scratch)])
    wrong = 0
    for name in ("plant.pcap", "plant-flat.pcap"):
        seen = subprocess.run(
            ["tshark", "-n", "-r", str(scratch / name), *CHECKSUMS, "-Y", FAULTY],
            capture_output=True,
            text=True,
            check=False,
        )
        everything = subprocess.run(
            ["tshark", "-n", "-r", str(scratch / name), "-T", "fields", "-e", "frame.number"],
            capture_output=True,
            text=True,
            check=False,
        )
        if seen.returncode or everything.stdout.count("\n") < 5000:
            print(f"tshark could not read {name}: {seen.stderr.strip()}")
            wrong = 1
        if seen.stdout:
            print(f"{name}: tshark objects to\n{seen.stdout}")
            wrong = 1
    return wrong


def main(arguments):
    tests = {"bytes": test_bytes, "tshark": test_tshark}
    if len(arguments) != 1 or arguments[0] not in tests:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        return tests[arguments[0]](pathlib.Path(scratch))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
