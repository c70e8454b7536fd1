#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wire.py EARSHOT: the daemon on a real interface: veth pairs in a network namespace of its own.

    same     every capture of pcaps/ replayed on the wire gives the assets, roles, values and children that `read` gives
    silent   not one frame comes out of the watched end, whatever goes in
    links    a link that goes down, an interface that vanishes and comes back
    signals  SIGUSR1, SIGHUP, SIGTERM within two seconds

Needs root, unshare, ip and tcpreplay; skips, by name, without one of them (exit code 77).
"""
import concurrent.futures, json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

earshot = pathlib.Path(sys.argv[1]).resolve()
root = pathlib.Path(__file__).resolve().parents[2]
PARALLEL = 6
failures = []


def need():
    missing = [tool for tool in ("unshare", "ip", "tcpreplay") if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        print(f"skipped: wire: needs {'root' if os.geteuid() else ', '.join(missing)}")
        sys.exit(77)
    if os.environ.get("EARSHOT_IN_NAMESPACE") != "1":
        probe = subprocess.run(["unshare", "-nm", "true"], capture_output=True)
        if probe.returncode != 0:
            print("skipped: wire: no network namespaces here")
            sys.exit(77)
        os.execvpe("unshare", ["unshare", "-nm", sys.executable, __file__, *sys.argv[1:]], dict(os.environ, EARSHOT_IN_NAMESPACE="1"))


def check(what, problem):
    if problem:
        failures.append(what)
    print(("FAIL " if problem else "ok   ") + what + (f": {problem}" if problem else ""))


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def pair(n):
    ip("link", "add", f"in{n}", "mtu", "65535", "type", "veth", "peer", "name", f"span{n}", "mtu", "65535")
    ip("link", "set", f"in{n}", "up")
    ip("link", "set", f"span{n}", "up")


def counter(interface, name):
    return int(pathlib.Path(f"/sys/class/net/{interface}/statistics/{name}").read_text())


def wait_for(what, seconds=10):
    """Waits for an event that nothing announces; the answer of `what` when it is true, else of the last try."""
    end = time.monotonic() + seconds
    while True:
        answer = what()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.02)


class Daemon:
    def __init__(self, folder, interface, *more):
        self.db = folder / "watch.db"
        self.log = []
        config = folder / "earshot.yaml"
        if not config.exists():
            config.write_text("interval_s: 1\nconclude_interval_s: 1\n")
        self.process = subprocess.Popen([earshot, "watch", "--config", config, "-i", interface, "--db", self.db, *more], stderr=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, text=True)
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


def replay(n, capture):
    done = subprocess.run(["tcpreplay", "-q", "-t", "-i", f"in{n}", capture], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"tcpreplay {capture}: {done.stderr}")


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


def main():
    need()
    subprocess.run(["mount", "-t", "sysfs", "none", "/sys"], check=True)  # of this namespace: its interfaces
    pathlib.Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("1")
    pathlib.Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    ip("link", "set", "lo", "up")
    for n in range(PARALLEL):
        pair(n)
    with tempfile.TemporaryDirectory() as tmp:
        os.chmod(tmp, 0o755)
        part_same(pathlib.Path(tmp))
        part_silent()
        part_links(pathlib.Path(tmp))
        part_signals(pathlib.Path(tmp))
    print(f"{len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
