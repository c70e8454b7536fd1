# SPDX-License-Identifier: Apache-2.0
"""Events as they happen: with the frame that shows them, in the store and as JSON lines, and not again after a restart.

events.py EARSHOT REPLAY PCAPS
"""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

# frames as tshark shows them: s7comm.param.func == 0x29 (stop), 0x28 (start, cold start, compress memory)
RUN_STOP = [
    ("first-operation", "control", None, 14), ("control", "control", "PLC stop", 14), ("control", "control", "PLC start", 16),
    ("control", "control", "PLC cold start", 18), ("first-operation", "program", None, 22),
    ("program", "program", "compress memory", 22),
]


def replay_events(replay, store, epoch, capture, **environment):
    settings = dict(os.environ, EARSHOT_REPLAY_CONCLUDE_MS="1", **environment)
    done = subprocess.run([replay, store, epoch, "1", "eth1", capture], capture_output=True, text=True, env=settings, check=True)
    return [json.loads(line[6:]) for line in done.stdout.split("\n") if line.startswith("event ")]


def operations(events):
    return [(e["kind"], e["operation"], e.get("detail"), e["evidence"]["frame"]) for e in events if "operation" in e]


def main():
    earshot, replay, pcaps = sys.argv[1:4]
    run_stop, plant = f"{pcaps}/s7comm/run-stop-snap7.pcap", f"{pcaps}/plant/plant.pcap"
    with tempfile.TemporaryDirectory() as folder:
        for epoch in ("1", "5", "0"):  # however it is cut, the same is told
            store = f"{folder}/run-stop-{epoch}.db"
            events = replay_events(replay, store, epoch, run_stop)
            assert operations(events) == RUN_STOP, (epoch, operations(events))
            kinds = [e["kind"] for e in events]
            assert kinds.count("new-asset") == 2 and kinds.count("new-link") == 2, kinds
            db = sqlite3.connect(store)
            log = db.execute("SELECT kind, frame FROM event_log ORDER BY id").fetchall()
            db.close()
            assert log == [(e["kind"], e["evidence"]["frame"]) for e in events], log
            again = replay_events(replay, store, epoch, run_stop)  # the same happened again in another capture: that is told
            assert [e[0] for e in operations(again)] == ["control"] * 3 + ["program"], again
            assert len(again) == 4, again

        store = folder + "/plant.db"
        kinds = {e["kind"] for e in replay_events(replay, store, "500", plant)}
        assert {"new-asset", "new-link", "first-operation", "control", "program"} <= kinds, kinds
        again = replay_events(replay, store, "500", plant)
        assert {e["kind"] for e in again} <= {"control", "program", "configure"}, again

        silent = replay_events(replay, folder + "/silent.db", "500", plant, EARSHOT_REPLAY_SILENT_S="60")
        quiet = [e for e in silent if e["kind"] == "asset-silent"]
        assert quiet, "nobody fell silent for a minute"
        assert len({(e["asset"], e["time"]) for e in quiet}) == len(quiet)

        known = folder + "/known.db"  # what was read from files is known when listening begins
        subprocess.run([earshot, "read", "-q", "--db", known, plant], check=True)
        fresh = [e["kind"] for e in replay_events(replay, known, "500", plant)]
        assert "new-asset" not in fresh and "new-link" not in fresh, fresh
    print("events: as expected")


main()
