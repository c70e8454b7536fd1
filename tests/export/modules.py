# SPDX-License-Identifier: Apache-2.0
"""The npm packages of package-lock.json, installed when they are not; tests that run at the same time wait for each other."""
import fcntl, pathlib, shutil, subprocess, sys

SKIPPED = 77  # what meson takes for a skip
folder = pathlib.Path(__file__).resolve().parent


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def install():
    """Leaves the program with a skip when there is no npm, or nowhere to get the packages from."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        skip("npm is not installed, and the validators of CycloneDX and STIX come with it")
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    with open(folder / "package.json") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        run = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=folder, capture_output=True, text=True)
        if run.returncode != 0:
            skip("npm ci: " + (run.stderr.strip().splitlines() or ["failed"])[-1])
        installed.touch()
