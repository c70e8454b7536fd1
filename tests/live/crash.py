# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: the store opens, is whole, and what was committed is there; the next start goes on.

crash.py EARSHOT REPLAY CAPTURE [KILLS]
"""
import json
import os
import random
import select
import sqlite3
import subprocess
import sys
import tempfile
import time

EPOCH = "53"


def rows(store):
    db = sqlite3.connect(store)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    known = {}
    for row in db.execute("SELECT address, path_kind, path, packets, spoke FROM endpoint"):
        known[("endpoint",) + row[:3]] = row[3:]
    for row in db.execute("SELECT e.address, e.path, f.attribute, f.protocol, f.message, f.value, f.code, f.count FROM fact f "
                          "JOIN endpoint e ON e.id = f.endpoint"):
        known[("fact",) + row[:7]] = row[7:]
    for row in db.execute("SELECT c.address, s.address, l.protocol, l.port, l.packets, l.bytes, l.parts, l.asked, l.answered "
                          "FROM link l JOIN endpoint c ON c.id = l.client JOIN endpoint s ON s.id = l.server"):
        known[("link",) + row[:4]] = row[4:]
    captures = dict(db.execute("SELECT live_ns, packets FROM capture"))
    events = [key for key, in db.execute("SELECT key FROM event_log")]
    assert len(events) == len(set(events))
    db.close()
    return known, captures


def ids(earshot, store):
    inventory = json.loads(subprocess.run([earshot, "export", "json", "--db", store], check=True, capture_output=True).stdout)
    return sorted(a["id"] for a in inventory["assets"])


def run_and_kill(command, environment, after):
    """Kills it `after` seconds, and returns the last acknowledged number of packets."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    text, until = b"", time.monotonic() + after
    while (left := until - time.monotonic()) > 0:
        if select.select([process.stdout], [], [], left)[0]:
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                break
            text += piece
    process.kill()
    text += process.stdout.read()
    process.wait()
    lines = text.decode().split("\n")[:-1]  # the last one may be half
    acknowledged = [int(line.split()[1]) for line in lines if line.startswith("committed ")]
    return acknowledged[-1] if acknowledged else 0, [line for line in lines if line.startswith("event ")]


def main():
    earshot, replay, capture = sys.argv[1:4]
    kills = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    seed = int(os.environ.get("EARSHOT_TEST_SEED", time.time_ns() % 1000000))
    print(f"seed {seed}")
    random.seed(seed)
    environment = dict(os.environ, EARSHOT_REPLAY_CONCLUDE_MS="20")
    with tempfile.TemporaryDirectory() as folder:
        store = folder + "/earshot.db"
        told = set()
        first = subprocess.run([replay, store, EPOCH, "1", "live", capture], check=True, capture_output=True, env=environment)
        told.update(line for line in first.stdout.decode().split("\n") if line.startswith("event "))
        assert told
        assets = ids(earshot, store)
        before, captures = rows(store)
        committed = 0
        for kill in range(kills):
            acknowledged, events = run_and_kill([replay, store, EPOCH, "1000", "live", capture], environment,
                                                random.uniform(0.01, 0.4))
            committed += acknowledged > 0
            after, now = rows(store)
            new = [packets for start, packets in now.items() if start not in captures]
            assert len(new) <= 1 and (acknowledged == 0 or new[0] >= acknowledged), (kill, new, acknowledged)
            for row, counts in before.items():
                assert row in after, (kill, row)
                assert all(a >= b for a, b in zip(after[row], counts)), (kill, row, counts, after[row])
            for event in events:
                kind = json.loads(event[6:])["kind"]
                assert kind in ("control", "program", "configure") or event not in told, event
            told.update(events)
            before, captures = after, now
            assert ids(earshot, store) == assets, kill
        print(f"{kills} kills, {committed} after a commit, {len(before)} rows, {len(assets)} assets")
        assert committed > kills // 4
        subprocess.run([replay, store, EPOCH, "1", "live", capture], check=True, capture_output=True, env=environment)
        assert ids(earshot, store) == assets


main()
