#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times commands over one capture, in turns so that a noisy machine hits all alike, and prints medians.

    bench.py [-n ROUNDS] CAPTURE NAME='COMMAND with {} for the capture and {tmp} for a scratch folder' ...

CPU is user + system of the process and its children; the ratio is to the first command.
"""
import os, shlex, shutil, statistics, subprocess, sys, tempfile, time

arguments, rounds = sys.argv[1:], 5
if arguments[:1] == ["-n"]:
    rounds, arguments = int(arguments[1]), arguments[2:]
capture, commands = arguments[0], [a.split("=", 1) for a in arguments[1:]]
results = {name: [] for name, _ in commands}
for _ in range(rounds):
    for name, command in commands:
        scratch = tempfile.mkdtemp()
        words = [w.replace("{tmp}", scratch).replace("{}", capture) for w in shlex.split(command)]
        begin = time.monotonic()
        # through time(1): a child of Python inherits Python's own peak memory
        process = subprocess.Popen(["/usr/bin/time", "-f", "%M", "-o", f"{scratch}/peak", *words],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        peak = int(open(f"{scratch}/peak").read().split()[-1]) / 1024
        results[name].append((usage.ru_utime + usage.ru_stime, time.monotonic() - begin, peak, status))
        shutil.rmtree(scratch)
first = statistics.median(r[0] for r in results[commands[0][0]])
print(f"{os.path.basename(capture)}, {os.path.getsize(capture) / 1e6:.0f} MB, median of {rounds}")
print(f"{'program':16} {'cpu s':>8} {'min':>8} {'wall s':>8} {'ratio':>7} {'MiB':>7}")
for name, runs in results.items():
    cpu, wall, peak = (statistics.median(r[i] for r in runs) for i in range(3))
    failed = sum(1 for r in runs if r[3] != 0)
    print(f"{name:16} {cpu:8.3f} {min(r[0] for r in runs):8.3f} {wall:8.3f} {cpu / first:7.1f} {peak:7.1f}" + (f"  {failed} failed" if failed else ""))
