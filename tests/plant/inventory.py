# SPDX-License-Identifier: Apache-2.0
"""inventory.py - runs earshot on a capture and looks things up in the inventory it exports."""
import json
import pathlib
import re
import subprocess
import tempfile


def read(earshot, capture, timeout=120):
    """The inventory of one capture, as `earshot export json` gives it. Exit 3 of `read` (cut capture) is no failure."""
    with tempfile.TemporaryDirectory() as scratch:
        database = str(pathlib.Path(scratch) / "t.db")
        done = subprocess.run(
            [earshot, "read", "--quiet", "--db", database, str(capture)],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode not in (0, 3):
            raise RuntimeError(f"earshot read {capture}: exit {done.returncode}: {done.stderr.strip()}")
        done = subprocess.run(
            [earshot, "export", "json", "--db", database], capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            raise RuntimeError(f"earshot export json: exit {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)


class Index:
    """Assets by address, with the children of each."""

    def __init__(self, inventory):
        self.assets = inventory.get("assets", [])
        self.children, self.by_address = {}, {}
        for asset in self.assets:
            if asset.get("parent"):
                self.children.setdefault(asset["parent"], []).append(asset)
        for asset in self.assets:
            for address in addresses(asset):
                self.by_address.setdefault(address, asset)

    def asset(self, *known):
        return next((self.by_address[a] for a in known if a in self.by_address), None)

    def family(self, asset):
        """The asset and everything below it."""
        out, todo = [], [asset] if asset else []
        while todo:
            out.append(todo.pop())
            todo += self.children.get(out[-1].get("id"), [])
        return out

    def child(self, asset, kind, at):
        return next((a for a in self.family(asset) if (a.get("at") or {}) == {"kind": kind, "value": at}), None)


def addresses(asset):
    found = []
    for interface in asset.get("interfaces", []):
        found += [interface["mac"].lower()] if interface.get("mac") else []
        found += [ip.lower() for ip in interface.get("ips", [])]
    return found


def same(wanted, fact):
    """Is this the fact's value? Case and white space do not count; a number may be in hex or carried as `code`."""

    def plain(value):
        text = re.sub(r"\s+", " ", str(value)).strip().casefold()
        return re.sub(r"^0x0*", "", text) if text.startswith("0x") else text

    got = plain(fact.get("value", ""))
    value = plain(wanted["value"])
    if value == got or (len(value) >= 4 and value in got):
        return True
    if "code" in wanted and "code" in fact and str(wanted["code"]) == str(fact["code"]):
        return True
    return str(wanted["value"]) == str(fact.get("code", ""))
