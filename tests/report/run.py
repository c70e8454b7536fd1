#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of `earshot report`, built anew and looked at in a browser.

    run.py stale ROOT                  sensor/report/page.html is what its sources make
    run.py whole EARSHOT ROOT          what earshot writes is the page with the inventory JSON in it, byte for byte
    run.py browser EARSHOT ROOT        report.mjs in a headless Chromium: a plant, hostile names, a large plant

Exit 77 (skipped) names what is missing: npm, node, chromium or the packages of sensor/report/package-lock.json.
"""
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../plant"))
import hostile  # noqa: E402
from check_zones import REGISTER, ZONES  # noqa: E402

mode, root = sys.argv[1], pathlib.Path(sys.argv[-1])
earshot = os.path.abspath(sys.argv[2]) if len(sys.argv) > 3 else None
sources = root / "sensor/report"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def program(*names):
    for name in names:
        if shutil.which(name):
            return shutil.which(name)
    return skip(f"{names[0]} is not installed")


def packages():
    """npm's packages beside the sources, as the lock file says; several tests may want them at once."""
    npm, installed, lock = program("npm"), sources / "node_modules/.package-lock.json", sources / "package-lock.json"
    with open(pathlib.Path(tempfile.gettempdir()) / f"earshot-report-{os.getuid()}.lock", "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        wanted = {k: v["version"] for k, v in json.loads(lock.read_text())["packages"].items() if k and not v.get("optional")}
        have = json.loads(installed.read_text())["packages"] if installed.exists() else {}
        if all(have.get(k, {}).get("version") == v for k, v in wanted.items()):
            return
        done = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=sources, capture_output=True, text=True)
        if done.returncode != 0:
            skip(f"npm ci: {done.stderr.strip().splitlines()[-1:]}")


def run(*words, codes=(0,), cwd=None):
    done = subprocess.run([earshot, *map(str, words)], capture_output=True, text=True, cwd=cwd)
    if done.returncode not in codes:
        sys.exit(f"earshot {' '.join(map(str, words))}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def stale():
    node = program("node")
    packages()
    with tempfile.TemporaryDirectory() as folder:
        built = pathlib.Path(folder) / "page.html"
        done = subprocess.run([node, "node_modules/vite/bin/vite.js", "build"], cwd=sources, capture_output=True, text=True,
                              env={**os.environ, "EARSHOT_PAGE": str(built), "NO_COLOR": "1"})
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        page = built.read_bytes()
    if page != (sources / "page.html").read_bytes():
        sys.exit("sensor/report/page.html is stale: cd sensor/report && npm ci && npm run build, and commit it")
    if len(page) >= 600_000:
        sys.exit(f"the page has {len(page)} bytes without data; 600,000 are too many")
    print(f"the page is what its sources make: {len(page)} bytes without data")


def whole():
    page = (sources / "page.html").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        db, old = folder / "plant.db", folder / "old.db"
        run("read", "--quiet", "--db", db, root / "pcaps/plant/plant.pcap")
        run("read", "--quiet", "--db", old, root / "pcaps/s7comm/identity-snap7.pcap")
        now, then = run("export", "json", "--db", db), run("export", "json", "--db", old)
        head, rest = page.split("/*earshot:inventory*/")
        middle, tail = rest.split("/*earshot:baseline*/")
        run("baseline", "accept", "FAT", "--db", db)
        for words, baseline in (([], "null"), (["--baseline", old], then), (["--baseline", "FAT"], now)):
            out = folder / "out.html"
            run("report", "--db", db, "-o", out, *words)
            if out.read_text(encoding="utf-8") != head + now + middle + baseline + tail:
                sys.exit(f"earshot report {words} is not the page with the inventory in it")
        if run("report", "--db", db, "-o", "-") != head + now + middle + "null" + tail:
            sys.exit("earshot report -o - writes something else than a file")
        bad = folder / "no/such/folder.html"
        for words, code in ((["report", "--db", db], 2), (["report", "--db", db, "-o", bad], 4), (["report", "--db", folder / "no.db", "-o", folder / "x.html"], 3),
                            (["report", "--db", db, "-o", folder / "x.html", "--baseline", folder / "no.db"], 3), (["report", "--db", db, "-o", folder / "x.html", "word"], 2)):
            run(*words, codes=(code,))
        if (folder / "x.html").exists():
            sys.exit("a report appeared although an input was missing")
    print("earshot writes the page with the inventory in it")


def browser():
    node, chromium = program("node"), program("chromium", "chromium-browser")
    packages()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ("plant", "old", "hostile", "large", "empty"):
            (folder / name).mkdir()
        shutil.copy(root / "pcaps/plant/plant.pcap", folder / "plant/plant.pcap")
        (folder / "plant/zones.yaml").write_text(ZONES, encoding="utf-8")
        (folder / "plant/register.csv").write_text(REGISTER, encoding="utf-8")
        hostile.write(folder / "hostile")
        subprocess.run([sys.executable, root / "tests/report/large.py", folder / "large/large.pcap"], check=True)
        run("read", "--quiet", "--db", "old.db", root / "pcaps/modbus/identification-modbus-serial.pcap", cwd=folder / "old")
        run("read", "--quiet", "--db", "plant.db", "--site", "Water works", "plant.pcap", cwd=folder / "plant")
        run("read", "--quiet", "--db", "hostile.db", "--site", hostile.SITE, *sorted(p.name for p in (folder / "hostile").glob("*.pcap")), cwd=folder / "hostile")
        run("read", "--quiet", "--db", "large.db", "large.pcap", cwd=folder / "large")
        (folder / "empty/none.pcap").write_bytes(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
        run("read", "--quiet", "--db", "empty.db", "none.pcap", cwd=folder / "empty")
        for name in ("plant", "hostile", "large", "empty"):
            words = ["--baseline", folder / "old/old.db"] if name == "plant" else []
            run("report", "--db", f"{name}.db", "-o", f"{name}.html", *words, cwd=folder / name)
            run("export", "json", "--db", f"{name}.db", "-o", f"{name}.json", cwd=folder / name)
        done = subprocess.run([node, "--test", str(root / "tests/report/report.mjs")],
                              env={**os.environ, "REPORTS": str(folder), "CHROMIUM": chromium, "PAGE": str(sources)}, timeout=800)
        sys.exit(done.returncode)


{"stale": stale, "whole": whole, "browser": browser}[mode]()
