#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""unit.py UNIT EARSHOT CONFINE: the unit for systemd as it is built.

    exposure   `systemd-analyze security` finds at most 1.5
    verify     systemd understands every line
    calls      under the unit's SystemCallFilter, and as an account that has nothing but CAP_NET_RAW, the daemon starts, hears the plant,
               stores it and ends well (in a network namespace; needs root, unshare, ip, setpriv and tcpreplay)

Needs systemd-analyze; skips, by name, without it (exit code 77).
"""
import json, os, pathlib, re, shutil, signal, subprocess, sys, tempfile
from net import check, finish, need, pair, replay, root, wait_for

unit, earshot, confine = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
NOBODY = 65534
EXPOSURE_MAX = 1.5


def settings(name):
    return [line.split("=", 1)[1] for line in unit.read_text().splitlines() if line.startswith(name + "=")]


def expand(word):
    """A call, or the calls of a group, as this systemd knows them."""
    if not word.startswith("@"):
        return {word}
    listing = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in listing.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(expand(inner) for inner in words)) if words else set()


def allowed_calls():
    """The first line makes a list of what is allowed; lines with ~ take away from it."""
    allowed = set(expand("@default"))
    for line in settings("SystemCallFilter"):
        calls = set().union(*(expand(word) for word in line.lstrip("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def part_calls(tmp):
    need("unit: calls", "tcpreplay", "setpriv")
    pair(0)
    calls, folder = tmp / "calls", tmp / "state"
    calls.write_text("\n".join(sorted(allowed_calls())) + "\n")
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    os.chmod(tmp, 0o755)
    config = tmp / "earshot.yaml"
    config.write_text("interval_s: 1\n")
    account = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--inh-caps", "-all,+net_raw", "--ambient-caps", "-all,+net_raw",
               "--bounding-set", "-all,+net_raw", "--no-new-privs"]
    daemon = subprocess.Popen([*account, confine, calls, earshot, "watch", "--config", config, "-i", "span0", "--db", folder / "earshot.db"],
                              stderr=subprocess.PIPE, text=True)
    log = []
    for line in daemon.stderr:
        log.append(line.strip())
        if "listening on" in line:
            break
    status = folder / "earshot.db.status.json"
    if daemon.poll() is None:
        replay(0, root / "pcaps" / "plant" / "plant.pcap")
        wait_for(lambda: status.exists() and json.loads(status.read_text())["image"]["assets"] > 40)
        daemon.send_signal(signal.SIGTERM)
    log += daemon.stderr.read().splitlines()
    heard = json.loads(status.read_text()) if status.exists() else {}
    check("calls: the daemon lives under the unit's filter", (daemon.wait() != 0 or heard.get("image", {}).get("assets", 0) <= 40) and (daemon.returncode, log))
    wanted = {"user": "on", "no_new_privileges": "on", "capabilities": "on", "seccomp": "on"}
    sandbox = heard.get("sandbox", {})
    check("calls: and gives up what it has", {key: sandbox.get(key) for key in wanted} != wanted and (sandbox, log))


def main():
    if shutil.which("systemd-analyze") is None:
        print("skipped: unit: needs systemd-analyze")
        return 77
    inside = os.environ.get("EARSHOT_IN_NAMESPACE") == "1"
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        copy = tmp / "earshot.service"
        # the program where it was built, and no manual that is not installed yet
        copy.write_text(re.sub(r"^Documentation=.*$", "", re.sub(r"^ExecStart=\S+", f"ExecStart={earshot}", unit.read_text(), flags=re.M), flags=re.M))
        if not inside:
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", copy], capture_output=True, text=True)
            level = re.search(r"exposure level for earshot\.service: ([0-9.]+)", done.stdout)
            check("exposure: at most 1.5", (level is None or float(level[1]) > EXPOSURE_MAX) and (level and level[0] or done.stdout + done.stderr))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True)
            check("verify: every line is understood", (done.returncode != 0 or done.stdout + done.stderr) and done.stdout + done.stderr)
            if finish() != 0:
                return 1
        part_calls(tmp)
    return finish()


sys.exit(main())
