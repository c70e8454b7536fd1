# SPDX-License-Identifier: Apache-2.0
"""Reads captures into stores, one each, and asks a test what is wrong with them; and a capture of hostile names."""
import pathlib, struct, subprocess, tempfile

SUFFIXES = (".pcap", ".pcapng", ".cap", ".gz", ".zst")


def captures_in(paths):
    for path in map(pathlib.Path, paths):
        yield from sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else [path]


def check(earshot, paths, problems):
    """problems(db, tmp) yields lines. The exit code: 1 when there is any, or no capture."""
    count = wrong = 0
    for capture in captures_in(paths):
        with tempfile.TemporaryDirectory() as tmp:
            db = f"{tmp}/t.db"
            read = subprocess.run([earshot, "read", "--quiet", "--db", db, str(capture)], capture_output=True)
            if not pathlib.Path(db).exists():
                print(f"{capture}: not read: {read.stderr.decode(errors='replace').strip()}")
                continue
            count += 1
            for line in problems(db, tmp):
                wrong += 1
                print(f"{capture}: {line}")
    print(f"{count} captures, {wrong} problems")
    return 1 if wrong or count == 0 else 0


# What names on a network may be; "WASHER" is a device of pcaps/plant. The last two have 200 characters and a name that is cut differently.
HOSTILE = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2", "\t=1", "a\r\nb,\"c\"", "</script><script>alert(1)</script>",
           "\u202egnp.exe", "\ufeffbom", "x\u00a0", "x", "X", "x ", "\u200bx", "'=1", "\x1b[31mred", "\x01\x7f", "{{7*7}}",
           "; DROP TABLE", "\u00dcber", "\u00fcber", "\U000e0041tag", "WASHER", "a" * 200, "a" * 199 + "b"]


def hostile_capture(path):
    """Switches that announce themselves by LLDP (IEEE 802.1AB) with names of all kinds, and two that share a name."""
    frames = []
    for number, name in enumerate(HOSTILE + ["same", "same"]):
        mac = bytes([0x00, 0x1B, 0x1B, 0, 1, number])
        def tlv(kind, value):
            return struct.pack(">H", kind << 9 | len(value)) + value
        text = name.encode("utf-8")
        body = (tlv(1, b"\x04" + mac) + tlv(2, b"\x05port-" + text[:200]) + tlv(3, b"\x00\x78") + tlv(5, text) +
                tlv(6, b"Siemens, SIMATIC NET, SCALANCE " + text[:200]) + tlv(0, b""))
        frames.append(bytes.fromhex("0180c200000e") + mac + b"\x88\xcc" + body)
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i, frame in enumerate(frames):
            out.write(struct.pack("<IIII", 1700000000 + i, 0, len(frame), len(frame)) + frame)
