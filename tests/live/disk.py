# SPDX-License-Identifier: Apache-2.0
"""A full disk and a read-only one: listening goes on, it is said once, and everything is written when it works again.

disk.py EARSHOT REPLAY CAPTURE
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from same_facts import differences, export, strip  # noqa: E402

FAILS, WORKS = "listening goes on", "the store is written again"


def replay_with(replay, store, capture, steps):
    environment = dict(os.environ, EARSHOT_REPLAY_STEPS="\n".join(steps))
    done = subprocess.run([replay, store, "100", "1", os.path.basename(capture), capture], capture_output=True, text=True,
                          env=environment)
    lines = done.stderr.split("\n")
    assert done.returncode == 0, done.stderr
    assert "step failed" not in done.stderr, done.stderr
    said = [sum(words in line for line in lines) for words in (FAILS, WORKS)]
    waiting = sum(line.startswith("waiting") for line in done.stdout.split("\n"))
    return said, waiting, done.stderr


def check(name, earshot, replay, store, capture, steps, words, expected):
    said, waiting, text = replay_with(replay, store, capture, steps)
    assert said == [1, 1], (name, text)
    assert waiting >= 5, (name, waiting)
    assert words in text, (name, text)
    found = differences(expected, strip(export(earshot, store)))
    assert not found, (name, found[:5])
    print(f"{name}: {waiting} epochs waited, then all facts were there")


def main():
    earshot, replay, capture = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        read = folder + "/read.db"
        subprocess.run([earshot, "read", "-q", "--db", read, capture], check=True)
        expected = strip(export(earshot, read))
        check("file size limit", earshot, replay, folder + "/limit.db", capture,
              ["1000 prlimit --pid $PPID --fsize=50000:", "4000 prlimit --pid $PPID --fsize=unlimited:"], "disk is full", expected)
        check("store removed", earshot, replay, folder + "/gone.db", capture,
              ["1000 prlimit --pid $PPID --fsize=50000:", "3000 rm %s/gone.db*" % folder,
               "4000 prlimit --pid $PPID --fsize=unlimited:"], "disk is full", expected)
        disk = folder + "/disk"
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], capture_output=True).returncode != 0:
            print("full disk, read-only disk: skipped, no right to mount")
            return
        try:
            check("full disk", earshot, replay, disk + "/full.db", capture,
                  [f"1000 dd if=/dev/zero of={disk}/ballast bs=4096 status=none 2>/dev/null; test -s {disk}/ballast",
                   f"4000 rm {disk}/ballast"], "disk is full", expected)
            os.unlink(disk + "/full.db")
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            check("read-only disk", earshot, replay, disk + "/ro.db", capture,
                  [f"1000 mount -t tmpfs -o ro tmpfs {disk}", f"4000 umount {disk}"], "Read-only file system", expected)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)


main()
