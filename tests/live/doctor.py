#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""doctor.py EARSHOT: `earshot doctor` on mirror ports that are right, and on one of each kind that is not.

Each case changes frames of the plant (or the interface) in one way and asks for the finding of just that. Needs root, unshare, ip and
tcpreplay; skips, by name, without one of them (exit code 77). The case of offloads needs ethtool too.
"""
import pathlib, shutil, struct, subprocess, sys, tempfile
from net import check, counter, finish, frames_of, ip, need, pair, replay, root, tagged, untagged, wait_for, write_frames

earshot = pathlib.Path(sys.argv[1]).resolve()


def is_sealed(pid):
    return "Seccomp:\t2" in pathlib.Path(f"/proc/{pid}/status").read_text()


def doctor(send=None, interface="span0", seconds=1):
    """The exit code, and the lines by what they are about: {"traffic": ("BAD", whole text)}."""
    process = subprocess.Popen([earshot, "doctor", "-i", interface, "-t", str(max(seconds, 5) if send else seconds)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    if send is not None:
        wait_for(lambda: is_sealed(process.pid))  # the ring is there, rights are given up: the next is to listen
        replay(0, send)
    out, err = process.communicate()
    found = {}
    for line in out.splitlines():
        grade, _, text = line.partition(" ")
        if grade:
            last = text.strip().split(":")[0]
            found[last] = (grade, text.strip())
        elif last:
            found[last] = (found[last][0], found[last][1] + "\n" + line.strip())
    return process.returncode, found, out + err


def expect(name, answer, code, **findings):
    """`findings`: about=(grade, words of it...); what is not named must not be BAD."""
    returned, found, text = answer
    problem = f"exit code {returned}" if returned != code else None
    for about, (grade, *words) in findings.items():
        got = found.get(about, ("", ""))
        if got[0] != grade or any(word not in got[1] for word in words):
            problem = problem or f"{about}: expected {grade} {words}"
    bad = [about for about, (grade, _) in found.items() if grade == "BAD" and about not in findings]
    problem = problem or (bad and f"also {bad}")
    check(name, problem and f"{problem}\n{text}")


def ip_at(frame):
    """Where the IPv4 header of an untagged frame begins; 0: there is none."""
    return 14 if frame[12:14] == b"\x08\x00" else 0


def is_to_service(frame):
    """TCP or UDP to the lower port: what clients say."""
    at = ip_at(frame)
    if at == 0 or frame[at + 9] not in (6, 17):
        return False
    source, target = struct.unpack_from(">HH", frame, at + (frame[at] & 15) * 4)
    return source > target


def main():
    need("doctor", "tcpreplay")
    pair(0)
    if shutil.which("ethtool"):
        subprocess.run(["ethtool", "-K", "span0", "gro", "off"], check=True, capture_output=True)
    plant = frames_of(root / "pcaps" / "plant" / "plant.pcap")
    bare = [untagged(frame) for frame in plant]
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)

        def capture(name, frames):
            return write_frames(tmp / name, frames)

        good = doctor(capture("good.pcap", plant), seconds=2)
        expect("a mirror port that is right", good, 0, link=("ok", "up"), addresses=("ok", "none"), promiscuous=("ok",), traffic=("ok", f"{len(plant)} packets"),
               drops=("ok",), directions=("ok", "both"), understood=("ok", "modbus"), frames=("ok", "whole"), **{"VLAN tags": ("ok", "99 %")})
        expect("nothing is heard", doctor(), 1, traffic=("BAD", "nothing was heard", "mirror session"))
        expect("one direction only", doctor(capture("one.pcap", filter(is_to_service, bare))), 1, directions=("BAD", "one direction only", "rx and tx"))
        expect("an ordinary port: groups only", doctor(capture("groups.pcap", [f for f in bare if f[0] & 1])), 1, traffic=("BAD", "no mirror port"))
        twice = [frame for frame in plant for _ in range(2)]
        expect("every frame twice", doctor(capture("twice.pcap", twice), seconds=2), 0, copies=("note", "came twice", "mirror a VLAN"))
        expect("tags taken away", doctor(capture("bare.pcap", bare)), 0, **{"VLAN tags": ("note", "several networks", "encapsulation replicate")})
        expect("tags on all", doctor(capture("tagged.pcap", [tagged(f, 7) for f in bare])), 0, **{"VLAN tags": ("ok", "100 %")})
        sliced = doctor(capture("sliced.pcap", [f[:96] for f in plant]))
        expect("the switch slices frames", sliced, 1, frames=("BAD", "are cut", "slicing"))
        ip("addr", "add", "192.0.2.1/24", "dev", "span0")
        sent = counter("in0", "rx_packets")
        expect("an address on the interface", doctor(capture("again.pcap", bare)), 1, addresses=("BAD", "1 IP address", "ip addr flush dev span0"))
        ip("addr", "flush", "dev", "span0")
        check("it sends nothing itself", counter("in0", "rx_packets") - sent and f"{counter('in0', 'rx_packets') - sent} frames")
        if shutil.which("ethtool"):
            subprocess.run(["ethtool", "-K", "span0", "gro", "on"], check=True, capture_output=True)
            expect("GRO on", doctor(capture("gro.pcap", plant)), 1, offloads=("BAD", "GRO on", "ethtool -K span0 gro off"))
            subprocess.run(["ethtool", "-K", "span0", "gro", "off"], check=True, capture_output=True)
        else:
            print("skipped: GRO on: needs ethtool")
        ip("link", "set", "in0", "down")
        expect("no carrier", doctor(), 1, link=("BAD", "down"), traffic=("BAD",))
        ip("link", "set", "span0", "down")
        expect("the interface is down", doctor(), 1, link=("BAD", "ip link set span0 up"))
    code, _, text = doctor(interface="nosuch0")
    check("no such interface", (code != 3 or "no such interface" not in text) and f"{code}: {text}")
    for words in ([], ["-i", "span0", "-t", "0"], ["-i", "span0", "-t", "3x"], ["-i", "span0", "span1"]):
        done = subprocess.run([earshot, "doctor", *words], capture_output=True, text=True)
        check(f"wrong usage: {words}", (done.returncode != 2 or len(done.stderr.splitlines()) != 1) and f"{done.returncode}: {done.stderr}")
    return finish()


sys.exit(main())
