# SPDX-License-Identifier: Apache-2.0
"""net.py: what the tests on a real interface share: a network namespace of their own with veth pairs in it, in0 - span0 and so
on; frames that go into inN come out of spanN, which the program under test listens to."""
import os, pathlib, shutil, struct, subprocess, sys, time

root = pathlib.Path(__file__).resolve().parents[2]
failures = []
# Where the program is built with AddressSanitizer: its look for leaks at the end starts a thread, which the sandbox kills.
os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"]))


def need(name, *tools):
    """Runs this script again in a namespace of its own, or ends with 77 and says why it cannot."""
    missing = [tool for tool in ("unshare", "ip", *tools) if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        print(f"skipped: {name}: needs {'root' if os.geteuid() else ', '.join(missing)}")
        sys.exit(77)
    if os.environ.get("EARSHOT_IN_NAMESPACE") != "1":
        if subprocess.run(["unshare", "-nm", "true"], capture_output=True).returncode != 0:
            print(f"skipped: {name}: no network namespaces here")
            sys.exit(77)
        os.execvpe("unshare", ["unshare", "-nm", sys.executable, *sys.argv], dict(os.environ, EARSHOT_IN_NAMESPACE="1"))
    subprocess.run(["mount", "-t", "sysfs", "none", "/sys"], check=True)  # of this namespace: its interfaces
    for which in ("all", "default"):
        path = pathlib.Path(f"/proc/sys/net/ipv6/conf/{which}/disable_ipv6")
        if path.exists():
            path.write_text("1")
    ip("link", "set", "lo", "up")


def check(what, problem):
    if problem:
        failures.append(what)
    print(("FAIL " if problem else "ok   ") + what + (f": {problem}" if problem else ""), flush=True)


def finish():
    print(f"{len(failures)} failed")
    return 1 if failures else 0


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def pair(n):
    ip("link", "add", f"in{n}", "mtu", "65535", "type", "veth", "peer", "name", f"span{n}", "mtu", "65535")
    ip("link", "set", f"in{n}", "up")
    ip("link", "set", f"span{n}", "up")


def counter(interface, name):
    return int(pathlib.Path(f"/sys/class/net/{interface}/statistics/{name}").read_text())


def is_promiscuous(interface):
    return int(pathlib.Path(f"/sys/class/net/{interface}/flags").read_text(), 16) & 0x100 != 0


def wait_for(what, seconds=10):
    """Waits for an event that nothing announces; the answer of `what` when it is true, else of the last try."""
    end = time.monotonic() + seconds
    while True:
        answer = what()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.02)


def replay(n, capture):
    done = subprocess.run(["tcpreplay", "-q", "-t", "-i", f"in{n}", capture], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"tcpreplay {capture}: {done.stderr}")


def frames_of(path):
    """The frames of a pcap file of this machine's byte order."""
    data, at, frames = path.read_bytes(), 24, []
    while at < len(data):
        captured = struct.unpack_from("=I", data, at + 8)[0]
        frames.append(data[at + 16:at + 16 + captured])
        at += 16 + captured
    return frames


def write_frames(path, frames):
    """Ethernet frames, a millisecond from each to the next."""
    with path.open("wb") as out:
        out.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for i, frame in enumerate(frames):
            out.write(struct.pack("=IIII", 1700000000 + i // 1000, i % 1000 * 1000, len(frame), len(frame)) + frame)
    return path


def untagged(frame):
    return frame[:12] + frame[16:] if frame[12:14] == b"\x81\x00" else frame


def tagged(frame, vlan):
    return frame[:12] + struct.pack(">HH", 0x8100, vlan) + frame[12:]
