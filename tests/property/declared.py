#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No declared value is ever lost or changed, whatever is read, in whatever order, and however often.

    declared.py EARSHOT [ROUNDS [SEED]]

Each round makes up a zones.yaml and a register.csv over the assets of the captures, and plays it twice: captures, rows,
zones and conduits in two orders. After every capture, and after every `zones propose` into the same file,

bytes      register.csv is as it was, and zones.yaml is as it was with lines put in between
values     every zone, conduit and rule says what the person said; every matched asset says what its row says, and nothing else
orders     at the end both plays agree on every asset: its zone, its row, its level
"""
import csv, io, json, pathlib, random, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
earshot = str(pathlib.Path(sys.argv[1]).resolve())
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 6
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20260501
captures = [root / "pcaps" / p for p in (
    "plant/plant.pcap", "modbus/gateway-units-libmodbus.pcap", "s7comm/identity-snap7.pcap", "enip/identity-opener.pcap",
    "dnp3/unsolicited-opendnp3.pcap", "lldp/switch-lldpd.pcap", "dhcp/lease-busybox.pcap")]
failures = []
# what people type, and what breaks writers: quotes, separators, comments, line ends, letters of others, markup, formulas
texts = ["Production", "A. Smith", "SL 2", "", "yes", "null", "3", "say \"x\"", "a: b # c", "x, y; z", "- {a: [b]}", "'",
         "\\ / \\n", "two\nlines", "F\u00fcller \u5de5\u5382 \U0001f3ed", "<b>&amp;</b>", "=1+1", "  blanks  ", "%s%n", "\u202eabc", "tab\there"]
zone_keys = ("name", "owner", "security_level_target", "approver", "physical_boundary", "notes")
conduit_keys = ("owner", "security_level_target", "enforced_by", "notes")
row_keys = ("number", "name", "owner", "location", "criticality", "function", "type", "notes", "vendor", "model", "firmware_version")
operations = ("read", "write", "control", "program", "configure", "diagnose", "file")


def check(what, same, more=""):
    if not same:
        failures.append(f"{what} {more}")


def run(*args):
    done = subprocess.run([earshot, *map(str, args)], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, args))}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def some(rng, keys):
    return {k: rng.choice(texts) for k in keys if rng.random() < 0.6}


class Site:
    """What a person made up, and how it is written."""

    def __init__(self, rng, assets):
        devices = [a for a in assets if not a.get("parent")]
        rng.shuffle(devices)
        self.zones, self.conduits, self.rows = [], [], []
        for n in range(rng.randint(2, 7)):
            members = [("asset", self.word(rng, d)) for d in devices[n * 5:n * 5 + rng.randint(0, 5)]]
            members += [("vlan", str(4000 + n)), ("subnet", f"10.{200 + n}.0.0/16"), ("name", f"No such {n}-*")]
            rng.shuffle(members)
            self.zones.append({"id": f"zone-{n}", "kind": rng.choice(("ot", "safety", "dmz", "supplier")), "members": members,
                               "status": rng.choice(("proposed", "accepted", "rejected", "retired")), **some(rng, zone_keys)})
        for n, zone in enumerate(self.zones[1:]):
            rules = [{"protocols": rng.sample(("modbus", "s7comm", "enip", "cip", "unknown"), 2), "initiator": "both",
                      "operations": rng.sample(operations, 3), "expires": "2027-01-31", **some(rng, ("approver", "reason"))}
                     for _ in range(rng.randint(0, 3))]
            self.conduits.append({"id": f"conduit-{n}", "from": zone["id"], "to": self.zones[n]["id"], "allow": rules,
                                  "status": rng.choice(("proposed", "accepted", "rejected")), **some(rng, conduit_keys)})
        # by MAC, or by IP where there is none; a row that is nobody's in between
        for n, device in enumerate(devices):
            if rng.random() < 0.7:
                self.rows.append({"key": self.word(rng, device),
                                  **{k: v.strip() for k, v in some(rng, row_keys).items()}, "number": f"N-{n}"})
            else:
                self.rows.append({"key": f"192.0.2.{n + 1}", "number": f"N-{n}"})

    @staticmethod
    def word(rng, device):
        macs = [i["mac"] for i in device["interfaces"] if i.get("mac")]
        ips = [ip for i in device["interfaces"] for ip in i["ips"]]
        return rng.choice(macs or ips)

    def shuffled(self, rng):
        zones, conduits, rows = self.zones[:], self.conduits[:], self.rows[:]
        for part in (zones, conduits, rows):
            rng.shuffle(part)
        return self.yaml(zones, conduits), self.register(rng, rows)

    @staticmethod
    def yaml(zones, conduits):
        quoted = lambda value: json.dumps(value, ensure_ascii=False)  # YAML has JSON in it but for pairs of surrogates
        lines = ["# mine", "site: \"X\"", "zones:"]
        for z in zones:
            lines += [f"  # {z['id']} ..." , f"  - id: {z['id']}"] + [f"    {k}: {quoted(v)}" for k, v in z.items() if k not in ("id", "members")]
            lines += ["    members:"] + [f"      - {{{k}: {quoted(v)}}}" for k, v in z["members"]]
        lines += ["", "# the conduits", "conduits:"]
        for c in conduits:
            lines += [f"- id: {c['id']}"] + [f"  {k}: {quoted(v)}" for k, v in c.items() if k not in ("id", "allow")] + ["  allow:"]
            lines += [f"  - {quoted(r)}" for r in c["allow"]]
        return "\n".join(lines + ["# the end", ""]).encode()

    @staticmethod
    def register(rng, rows):
        columns = ["mac", "ip", "site id", *row_keys]
        rng.shuffle(columns)
        out = io.StringIO()
        writer = csv.writer(out, delimiter=rng.choice(",;\t"), lineterminator=rng.choice(("\n", "\r\n")),
                            quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
        writer.writerow([c.upper().replace("_", " ") for c in columns])
        for row in rows:
            cells = dict(row, mac=row["key"] if ":" in row["key"] and row["key"].count(":") == 5 else "", ip="")
            cells["ip"] = "" if cells["mac"] else row["key"]
            writer.writerow([cells.get(c, "") for c in columns])
        return out.getvalue().encode()


def inserted(old, new):
    at, lines = 0, old.splitlines(keepends=True)
    for line in new.splitlines(keepends=True):
        at += at < len(lines) and line == lines[at]
    return at == len(lines)


def values(site, inventory):
    """Every declared value that the inventory shows against what the person said."""
    zones = {z["id"]: z for z in inventory["zones"]}
    for z in site.zones:
        shown = zones.get(z["id"], {})
        said = {k: v for k, v in z.items() if k in zone_keys and k != "name" and v}
        check(z["id"], {k: v for k, v in shown.get("declared", {}).items() if k != "line"} == said, f"{shown} != {said}")
        check(z["id"], (shown.get("kind"), shown.get("status"), shown.get("name")) == (z["kind"], z["status"], z.get("name", z["id"]) or None), shown)
    conduits = {c["id"]: c for c in inventory["conduits"]}
    for c in site.conduits:
        shown = conduits.get(c["id"], {})
        said = {k: v for k, v in c.items() if k in ("from", "to", *conduit_keys) and v}
        check(c["id"], {k: v for k, v in shown.get("declared", {}).items() if k != "line"} == said, f"{shown} != {said}")
        check(c["id"], shown.get("status") == c["status"])
        rules = [{k: r[k] for k in ("approver", "reason", "expires") if r.get(k)} for r in c["allow"]]
        for channel in shown.get("channels", []):
            rule = channel.get("rule")
            if rule:
                check(c["id"], {k: rule[k] for k in ("approver", "reason", "expires") if k in rule} == rules[rule["number"] - 1], rule)
    rows = {r["number"]: {k: v for k, v in r.items() if k in row_keys and v != ""} for r in site.rows}
    matched = {}
    for asset in inventory["assets"]:
        if "declared" in asset:
            number = asset["declared"]["number"]
            check(asset["id"], asset["declared"] == rows[number], f"{asset['declared']} != {rows[number]}")
            check(number, number not in matched)
            matched[number] = asset["id"]
    # while not everything is read an address may be another device's, so the row's asset is the one that has it now
    having = {}
    for asset in inventory["assets"]:
        for interface in asset["interfaces"]:
            for address in [interface.get("mac"), *interface["ips"]]:
                having.setdefault(address, set()).add(asset["id"])
    claims = [sorted(having.get(row["key"], ())) for row in site.rows]
    for row, claim in zip(site.rows, claims):
        if len(claim) == 1 and claims.count(claim) == 1:
            check(row["number"], matched.get(row["number"]) == claim[0], f"{matched.get(row['number'])} is not {claim[0]}")
        else:
            check(row["number"], row["number"] not in matched, f"{matched.get(row['number'])} was guessed")
    return len(matched)


def play(site, folder, rng):
    folder.mkdir()
    db, zones, owners = folder / "s.db", folder / "zones.yaml", folder / "register.csv"
    text, rows = site.shuffled(rng)
    zones.write_bytes(text)
    owners.write_bytes(rows)
    order = captures[:]
    rng.shuffle(order)
    for capture in order + rng.sample(order, 2): # some of them again
        run("read", "--quiet", "--db", db, capture)
        if rng.random() < 0.5:
            run("zones", "propose", "--db", db, "-o", zones)
        check("zones.yaml", inserted(text, zones.read_bytes()))
        check("register.csv", owners.read_bytes() == rows)
        values(site, json.loads(run("export", "json", "--db", db)))
    zones.write_bytes(text) # what was proposed on the way depends on what was seen until then
    inventory = json.loads(run("export", "json", "--db", db))
    check("most rows found their asset", values(site, inventory) > len(site.rows) / 2)
    return {a["id"]: (a.get("zone"), a.get("declared"), a.get("purdue_level")) for a in inventory["assets"]}


with tempfile.TemporaryDirectory() as name:
    tmp = pathlib.Path(name)
    run("read", "--quiet", "--db", tmp / "all.db", *captures)
    everything = json.loads(run("export", "json", "--db", tmp / "all.db"))["assets"]
    for n in range(rounds):
        rng = random.Random(seed + n)
        site = Site(rng, everything)
        first, second = (play(site, tmp / f"{n}-{p}", rng) for p in "ab")
        check(f"round {n}", first == second, {a: (v, second.get(a)) for a, v in first.items() if second.get(a) != v})
        print(f"round {n} (seed {seed + n}): {len(site.zones)} zones, {len(site.conduits)} conduits, {len(site.rows)} rows, {len(failures)} failures")
print("\n".join(f[:600] for f in failures[:20]))
sys.exit(1 if failures else 0)
