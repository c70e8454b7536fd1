#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wire.py EARSHOT: the daemon on a real interface: veth pairs in a network namespace of its own.

    same     every capture of pcaps/ replayed on the wire gives the assets, roles, values and children that `read` gives
    silent   not one frame comes out of the watched end, whatever goes in
    links    a link that goes down, an interface that vanishes and comes back
    signals  SIGUSR1, SIGHUP, SIGTERM within two seconds
    options  time stamps of a card that has none, a filter, VLAN tags, two interfaces at once
    crash    kill -9 under load and a restart: the ids are the same, nothing committed is lost
    systemd  READY, WATCHDOG, RELOADING and STOPPING on the socket that systemd gives
    events   the file of events after somebody moved it away
    refused  what must end with one line and the right exit code

Needs root, unshare, ip and tcpreplay; skips, by name, without one of them (exit code 77).
"""
import concurrent.futures, json, os, pathlib, signal, socket, sqlite3, subprocess, sys, tempfile, time
from net import check, counter, finish, frames_of, ip, is_promiscuous, need, pair, replay, root, tagged, untagged, wait_for, write_frames

earshot = pathlib.Path(sys.argv[1]).resolve()
PARALLEL = 6
NOBODY = 65534


class Daemon:
    def __init__(self, folder, interface, *more, settings="interval_s: 1\nconclude_interval_s: 1\n", env=None):
        self.db = folder / "watch.db"
        self.log = []
        config = folder / "earshot.yaml"
        if not config.exists():
            config.write_text(settings)
        self.process = subprocess.Popen([earshot, "watch", "--config", config, "-i", interface, "--db", self.db, *more], stderr=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, text=True, env=dict(os.environ, **(env or {})))
        self.until("listening on")

    def until(self, word):
        for line in self.process.stderr:
            self.log.append(line.strip())
            if word in line:
                return line
        raise SystemExit(f"the daemon ended before it said '{word}': {self.log}")

    def end(self):
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.log += self.process.stderr.read().splitlines()
        return self.process.wait(), time.monotonic() - begin

    def status(self):
        path = pathlib.Path(f"{self.db}.status.json")
        return json.loads(path.read_text()) if path.exists() else {}

    def packets(self):
        return self.status().get("counters", {}).get("packets", 0)


def inventory(db):
    done = subprocess.run([earshot, "export", "json", "--db", db], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def said(document):
    """What must not depend on how it was heard: who there is, what each said and did, and what stands behind it."""
    out = {}
    for asset in document["assets"]:
        key = (asset["id"], asset.get("parent"), str(asset.get("at")))
        out[key] = {
            "addresses": sorted(str((i.get("mac"), sorted(i.get("ips", [])))) for i in asset.get("interfaces", [])),
            "roles": sorted(str((r["protocol"], r["role"], r["transport"] if "transport" in r else "", r.get("port"), r.get("operations")))
                            for r in asset.get("roles", [])),
            "facts": sorted(str((f["attribute"], f.get("value"), f.get("code"), f["protocol"], f["message"], f.get("at")))
                            for f in asset.get("facts", [])),
        }
    return out


def difference(file, wire):
    for key in sorted(set(file) | set(wire), key=str):
        if key not in wire:
            return f"asset {key} is not there"
        if key not in file:
            return f"asset {key} was invented"
        for part in file[key]:
            if file[key][part] != wire[key][part]:
                return f"{key} {part}: only in the file {set(file[key][part]) - set(wire[key][part])}, only on the wire {set(wire[key][part]) - set(file[key][part])}"
    return None


def same_facts(n, capture, tmp):
    folder = tmp / f"same{n}-{capture.name}"
    folder.mkdir()
    name = f"{capture.parent.name}/{capture.name}"
    subprocess.run([earshot, "read", "-q", "--db", folder / "read.db", capture], check=True)
    document = inventory(folder / "read.db")
    row = document["captures"][0]
    if row["link_type"] != "EN10MB" or row["truncated_packets"] > 0:
        return name, None, f"left out: {'cut frames' if row['truncated_packets'] else row['link_type']} cannot be sent"
    daemon = Daemon(folder, f"span{n}")
    before = counter(f"span{n}", "rx_packets")
    replay(n, capture)
    wait_for(lambda: counter(f"span{n}", "rx_packets") - before >= row["packets"])
    code, _ = daemon.end()
    if code != 0:
        return name, f"exit code {code}: {daemon.log}", None
    return name, difference(said(document), said(inventory(daemon.db))), None


def part_same(tmp):
    captures = sorted(p for p in (root / "pcaps").glob("*/*.pcap"))
    free = list(range(PARALLEL))

    def one(capture):
        n = free.pop()
        try:
            return same_facts(n, capture, tmp)
        finally:
            free.append(n)

    left_out = 0
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        for name, problem, note in pool.map(one, captures):
            if note:
                left_out += 1
                print(f"     {name}: {note}")
            else:
                check(f"same facts: {name}", problem)
    check("same facts: most captures could be sent", left_out > len(captures) / 3 and f"{left_out} of {len(captures)} left out")


def part_silent():
    sent = sum(counter(f"in{n}", "rx_packets") for n in range(PARALLEL))
    check("silent: no frame came out of any watched interface", sent and f"{sent} frames")


def part_links(tmp):
    folder = tmp / "links"
    folder.mkdir()
    capture = root / "pcaps" / "modbus" / "identification-modbus-serial.pcap"
    daemon = Daemon(folder, "span0")
    replay(0, capture)
    ip("link", "set", "span0", "down")
    check("links: down is told", "span0: the link is down" not in daemon.until("link is down"))
    ip("link", "set", "span0", "up")
    check("links: up is told", "packets can come again" not in daemon.until("can come again"))
    ip("link", "del", "span0")
    check("links: gone is told", "the interface is gone" not in daemon.until("interface is gone"))
    pair(0)
    check("links: back is told", "packets can come again" not in daemon.until("can come again"))
    before = daemon.status().get("counters", {}).get("packets", 0)
    replay(0, capture)
    after = wait_for(lambda: daemon.status()["counters"]["packets"] > before)
    check("links: packets come from the interface that came back", not after and daemon.log)
    code, _ = daemon.end()
    told = [line for line in daemon.log if "span0:" in line]
    check("links: ended well, and each change was told once", (code != 0 or len(told) != 4 and len(told) != 5) and (code, daemon.log))


def part_signals(tmp):
    folder = tmp / "signals"
    folder.mkdir()
    daemon = Daemon(folder, "span1")
    replay(1, root / "pcaps" / "plant" / "plant.pcap")
    daemon.process.send_signal(signal.SIGUSR1)
    check("signals: SIGUSR1 writes a status line", "packets" not in daemon.until("packets,"))
    (folder / "earshot.yaml").write_text("interval_s: 2\nconclude_interval_s: 1\n")
    daemon.process.send_signal(signal.SIGHUP)
    check("signals: SIGHUP reads the configuration", "read again" not in daemon.until("configuration was read again"))
    (folder / "earshot.yaml").write_text("interval_s: 0\n")
    daemon.process.send_signal(signal.SIGHUP)
    check("signals: a wrong configuration changes nothing", "stays" not in daemon.until("stays as it was"))
    check("signals: and its line has the place", not any("earshot.yaml:1:13: interval_s: expected" in line for line in daemon.log) and daemon.log)
    done = wait_for(lambda: daemon.status().get("image", {}).get("assets", 0) > 40)
    check("signals: the status shows the plant", not done and daemon.status())
    sandbox = daemon.status()["sandbox"]
    check("signals: the status says what was given up", [k for k in ("no_new_privileges", "capabilities", "seccomp") if sandbox[k] != "on"])
    shown = subprocess.run([earshot, "status", "--db", daemon.db], capture_output=True, text=True)
    check("signals: earshot status", (shown.returncode != 0 or "transmitted" not in shown.stdout) and shown.stdout + shown.stderr)
    code, took = daemon.end()
    check("signals: SIGTERM ends within two seconds", (code != 0 or took > 2) and f"exit code {code} after {took:.2f} s")
    # more than can be read: the ring is never empty, and a signal has its turn all the same
    daemon = Daemon(folder_for(tmp, "load"), "span1")
    feeding = subprocess.Popen(["tcpreplay", "-q", "-t", "-K", "-l", "0", "-i", "in1", root / "pcaps" / "plant" / "plant.pcap"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: daemon.status().get("round", 0) > 2)
    code, took = daemon.end()
    feeding.kill()
    feeding.wait()
    check("signals: also under more load than it can take", (code != 0 or took > 2 or daemon.status().get("round", 0) <= 2) and
          f"exit code {code} after {took:.2f} s: {daemon.log}")


def folder_for(tmp, name):
    folder = tmp / name
    folder.mkdir()
    return folder


def part_options(tmp):
    plant = frames_of(root / "pcaps" / "plant" / "plant.pcap")
    bare = write_frames(tmp / "bare.pcap", [untagged(frame) for frame in plant])
    daemon = Daemon(folder_for(tmp, "time"), "span2", settings="interval_s: 1\nhardware_time: true\n")
    check("options: a card without time stamps is said, and listened to", not any("the card has no time stamps" in line for line in daemon.log) and daemon.log)
    check("options: the interface is promiscuous", not is_promiscuous("span2") and "it is not")
    now = time.time()
    replay(2, bare)
    wait_for(lambda: daemon.packets() >= len(plant))
    daemon.end()
    row = inventory(daemon.db)["captures"][0]
    check("options: all packets, with the kernel's time", (row["packets"] != len(plant) or abs(daemon.status()["counters"]["first_ns"] / 1e9 - now) > 20)
          and (row, daemon.status()["counters"]))
    check("options: the interface is no longer promiscuous", is_promiscuous("span2") and "it is")

    daemon = Daemon(folder_for(tmp, "filter"), "span2", settings="interval_s: 1\nfilter: tcp port 502\n")
    replay(2, bare)
    wait_for(lambda: daemon.packets() > 0)
    daemon.end()
    protocols = {link["protocol"] for link in inventory(daemon.db)["links"]}
    check("options: a filter lets through what it says", ("modbus" not in protocols or protocols & {"s7comm", "cip", "dnp3", "arp"}) and protocols)

    daemon = Daemon(folder_for(tmp, "tags"), "span2")
    replay(2, write_frames(tmp / "tagged.pcap", [tagged(untagged(frame), 77) for frame in plant]))
    wait_for(lambda: daemon.packets() >= len(plant))
    daemon.end()
    vlans = {vlan for asset in inventory(daemon.db)["assets"] for i in asset.get("interfaces", []) for vlan in i.get("vlans", [])}
    check("options: VLAN tags are kept", vlans != {77} and vlans)

    # of a TAP each end is one direction: neither says enough by itself
    folder = folder_for(tmp, "two")
    half = [[frame for frame in plant if (frame[6:12] < frame[0:6]) == side] for side in (False, True)]
    daemon = Daemon(folder, "span2", "-i", "span3")
    for side in (0, 1):
        replay(2 + side, write_frames(tmp / f"half{side}.pcap", half[side]))
    wait_for(lambda: daemon.packets() >= len(plant))
    code, _ = daemon.end()
    status = daemon.status()
    heard = {i["name"]: i["packets"] for i in status["interfaces"]}
    check("options: two interfaces at once", (code != 0 or heard != {"span2": len(half[0]), "span3": len(half[1])}) and (code, heard))
    check("options: they are one capture", [c["name"] for c in inventory(daemon.db)["captures"]] != ["span2 span3"] and inventory(daemon.db)["captures"])


def part_crash(tmp):
    folder = folder_for(tmp, "crash")
    plant = root / "pcaps" / "plant" / "plant.pcap"
    daemon = Daemon(folder, "span4")
    replay(4, plant)
    wait_for(lambda: daemon.status().get("image", {}).get("assets", 0) > 40)
    wait_for(lambda: daemon.status()["store"]["lag_ns"] == 0)
    feeding = subprocess.Popen(["tcpreplay", "-q", "-p", "5000", "-i", "in4", plant], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.3)
    daemon.process.kill()
    daemon.process.wait()
    feeding.wait()
    with sqlite3.connect(daemon.db) as db:
        verdict = db.execute("pragma integrity_check").fetchone()[0]
    before = {asset["id"] for asset in inventory(daemon.db)["assets"]}
    again = Daemon(folder, "span4")
    replay(4, plant)
    wait_for(lambda: again.status().get("counters", {}).get("packets", 0) > 0 and again.status()["image"]["assets"] > 0)
    code, _ = again.end()
    after = {asset["id"] for asset in inventory(again.db)["assets"]}
    check("crash: the store is whole after kill -9", verdict != "ok" and verdict)
    check("crash: the same ids after a restart", (code != 0 or not before or before - after) and (code, before - after))
    check("crash: the plant is not there twice", after - before and after - before)


def part_systemd(tmp):
    folder = folder_for(tmp, "systemd")
    os.chown(folder, NOBODY, NOBODY)
    for kind, address in (("a path", str(folder / "notify")), ("an abstract name", "\0earshot-test")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(address)
            if address[0] == "/":
                os.chmod(address, 0o666)
            listening.settimeout(5)
            daemon = Daemon(folder, "span5", env={"NOTIFY_SOCKET": address.replace("\0", "@"), "WATCHDOG_USEC": "400000"})
            heard = [listening.recv(100).decode() for _ in range(4)]
            check(f"systemd: READY, then WATCHDOG on {kind}", heard != ["READY=1"] + 3 * ["WATCHDOG=1"] and heard)
            daemon.process.send_signal(signal.SIGHUP)
            daemon.until("read again")
            daemon.end()
            listening.setblocking(False)
            rest = []
            try:
                while True:
                    rest.append(listening.recv(100).decode())
            except BlockingIOError:
                pass
            check(f"systemd: RELOADING and STOPPING on {kind}", [word for word in rest if word != "WATCHDOG=1"] != ["RELOADING=1", "READY=1", "STOPPING=1"] and rest)


def part_events(tmp):
    folder = folder_for(tmp, "events")
    os.chown(folder, NOBODY, NOBODY)
    log, metrics = folder / "events.jsonl", folder / "earshot.prom"
    daemon = Daemon(folder, "span0", settings=f"interval_s: 1\nconclude_interval_s: 1\nevents_file: {log}\nmetrics_file: {metrics}\n")
    replay(0, root / "pcaps" / "plant" / "plant.pcap")
    wait_for(lambda: log.exists() and log.stat().st_size > 0)
    log.rename(folder / "old.jsonl")
    # as an editor does: a new file in the place of the old one
    new = folder / "new.yaml"
    new.write_text((folder / "earshot.yaml").read_text().replace("interval_s: 1", "interval_s: 2", 1) + "ring_mib: 8\n")
    new.rename(folder / "earshot.yaml")
    daemon.process.send_signal(signal.SIGHUP)
    check("events: SIGHUP finds the configuration that took the place of the old one", "not changed before the next start: ring_mib" not in daemon.until("not changed") and daemon.log)
    daemon.until("read again")
    replay(0, root / "pcaps" / "modbus" / "identification-modbus-serial.pcap")
    wait_for(lambda: log.exists() and log.stat().st_size > 0)
    code, _ = daemon.end()
    lines = [json.loads(line) for name in ("old.jsonl", "events.jsonl") for line in (folder / name).read_text().splitlines()]
    check("events: a file that was moved away is followed", (code != 0 or not log.read_text() or not (folder / "old.jsonl").read_text()) and (code, lines))
    check("events: the collector of metrics can read them", metrics.stat().st_mode & 0o777 != 0o644 and oct(metrics.stat().st_mode))
    check("events: the status tells the interval", daemon.status()["interval_ns"] != 2_000_000_000 and daemon.status()["interval_ns"])


def part_refused(tmp):
    folder = folder_for(tmp, "refused")

    def refuse(name, code, word, *words, config=None):
        path = folder / "earshot.yaml"
        path.write_text(config or "interval_s: 1\n")
        done = subprocess.run([earshot, "watch", "--config", path, *words], capture_output=True, text=True, timeout=20)
        check(f"refused: {name}", (done.returncode != code or word not in done.stderr or len(done.stderr.splitlines()) != 1) and f"exit code {done.returncode}: {done.stderr}")

    db = folder / "watch.db"
    on = ["-i", "span1", "--db", db]
    refuse("no such interface", 3, "nosuch0: there is no such interface", "-i", "nosuch0", "--db", db)
    refuse("what libpcap knows and is no interface", 3, "any: there is no such interface", "-i", "any", "--db", db)
    refuse("an interface twice", 2, "span1 is given twice", *on, "-i", "span1")
    refuse("no interface", 2, "name an interface", "--db", db)
    refuse("a filter that is none", 2, "filter: ", *on, config="filter: prot 502\n")
    refuse("no such account", 2, "no account 'nosuch'", *on, config="user: nosuch\n")
    refuse("no such folder", 2, "nosuch", "-i", "span1", "--db", "nosuch/watch.db")
    refuse("a wrong value", 2, "earshot.yaml:2:11: ring_mib: expected a number from 2 to 16384", *on, config="interval_s: 1\nring_mib: 1\n")
    refuse("an unknown key", 2, "earshot.yaml:1:1: unknown key 'intervall'; expected one of interfaces, direction", *on, config="intervall: 1\n")
    refuse("too little memory", 2, "memory_mib: expected at least", *on, config="memory_mib: 96\n")
    ip("link", "set", "span1", "down")
    refuse("an interface that is down", 3, "ip link set span1 up", *on)
    ip("link", "set", "span1", "up")
    done = subprocess.run([earshot, "status", "--db", db], capture_output=True, text=True)
    check("refused: status without a daemon", (done.returncode != 3 or "is 'earshot watch' running" not in done.stderr) and (done.returncode, done.stderr))

    (folder / "earshot.yaml").unlink()
    first = Daemon(folder, "span1")
    refuse("a second daemon on the store", 4, f"another earshot watch (process {first.process.pid})", *on)
    replay(1, root / "pcaps" / "modbus" / "identification-modbus-serial.pcap")
    code, _ = first.end()
    check("refused: the first goes on", (code != 0 or not inventory(first.db)["assets"]) and (code, first.log))

    locked = folder_for(tmp, "locked")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", locked], check=True)
    refuse("a folder that cannot be written", 4, "Read-only file system", "-i", "span1", "--db", locked / "watch.db")
    subprocess.run(["umount", locked], check=True)
    os.chmod(folder, 0o755)
    done = subprocess.run([earshot, "watch", "--config", root / "config" / "earshot.yaml", "--check-config"], capture_output=True, text=True)
    check("refused: not what config/ has", (done.returncode != 0 or "interval_s: 5" not in done.stdout) and done.stdout + done.stderr)


def main():
    need("wire", "tcpreplay")
    for n in range(PARALLEL):
        pair(n)
    with tempfile.TemporaryDirectory() as tmp:
        os.chmod(tmp, 0o755)
        tmp = pathlib.Path(tmp)
        part_same(tmp)
        part_options(tmp)
        part_crash(tmp)
        part_systemd(tmp)
        part_refused(tmp)
        part_silent()
        part_links(tmp)
        part_signals(tmp)
        part_events(tmp)
    return finish()


sys.exit(main())
