#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The section "From capture to CSMS" of README.md is true: every command in it is run, in order, in an empty folder.

    worked_example.py EARSHOT README PCAPS

A line "$ command" in an indented block is run as it stands; "# exit N" behind it is the exit code, 0 without. What is shown
below a command is in what it prints, line by line; "..." stands for lines that are left out.
"""
import os, pathlib, re, shutil, subprocess, sys, tempfile

earshot, readme, pcaps = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
section = re.search(r"^## From capture to CSMS\n(.*?)(?=^## |\Z)", readme.read_text(), re.M | re.S)
if section is None:
    sys.exit("README.md has no section 'From capture to CSMS'")
steps = []  # command, exit code, lines shown
for line in section[1].splitlines():
    command = re.fullmatch(r" {4}\$ (.*?)(?:\s+# exit (\d))?", line)
    if command:
        steps.append((command[1], int(command[2] or 0), []))
    elif line.startswith("    ") and line.strip() != "..." and steps:
        steps[-1][2].append(line.strip())
verbs = {m for command, _, _ in steps for m in re.findall(r"earshot ([a-z]+)", command)}
missing = {"read", "zones", "reconcile", "baseline", "pack"} - verbs
if missing:
    sys.exit(f"the example leaves out {sorted(missing)}")

failed = 0
with tempfile.TemporaryDirectory() as folder:
    bin_folder, work = pathlib.Path(folder, "bin"), pathlib.Path(folder, "work")
    bin_folder.mkdir()
    work.mkdir()
    # Beside the program's own folder it finds its rules; so a script, no link.
    (bin_folder / "earshot").write_text(f'#!/bin/sh\nexec "{earshot}" "$@"\n')
    (bin_folder / "earshot").chmod(0o755)
    shutil.copytree(pcaps / "plant", work / "pcaps/plant")
    for command, code, shown in steps:
        done = subprocess.run(["sh", "-c", command], cwd=work, capture_output=True, text=True,
                              env={**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"})
        printed = {line.strip() for line in (done.stdout + done.stderr).splitlines()}
        wrong = [f"does not print: {line}" for line in shown if line not in printed]
        if done.returncode != code:
            wrong.insert(0, f"exit {done.returncode} instead of {code}")
        print(("ok   " if not wrong else "FAIL ") + command)
        for line in wrong:
            print("     " + line)
        if wrong:
            failed += 1
            print(done.stdout[-2000:] + done.stderr[-2000:])
if failed:
    sys.exit(f"{failed} of {len(steps)} commands")
