#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input, bad arguments, bad places to write: one clear line each, the right exit code, nothing lost, nothing half-written.

    bad_input.py EARSHOT
"""
import contextlib, os, pathlib, re, shutil, signal, sqlite3, struct, subprocess, sys, tempfile, time

root = pathlib.Path(__file__).resolve().parent.parent.parent
earshot = str(pathlib.Path(sys.argv[1]).resolve())
good = root / "pcaps" / "modbus" / "identification-modbus-serial.pcap"
failures, count = [], 0
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def run(*args, stdin=None, preexec=None):
    return subprocess.run([earshot, *map(str, args)], input=stdin, capture_output=True, preexec_fn=preexec, timeout=60)


def expect(what, done, code, *words, lines=1):
    global count
    count += 1
    said = done.stderr.decode(errors="replace")
    problems = []
    if done.returncode != code:
        problems.append(f"exit {done.returncode}, not {code}")
    problems += [f"does not say {w!r}" for w in words if w not in said]
    if lines is not None and len(said.splitlines()) != lines:
        problems.append(f"{len(said.splitlines())} lines, not {lines}")
    if problems:
        failures.append(f"{what}: {'; '.join(problems)}: {said.strip()[:300]}")
    print(("FAIL " if problems else "ok   ") + what)


def check(what, holds):
    global count
    count += 1
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        failures.append(what)


def assets(db):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as c:
        return c.execute("select count(*) from asset").fetchone()[0]


def packets(db):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as c:
        return c.execute("select sum(packets) from capture").fetchone()[0]


def bad_captures(tmp):
    (tmp / "empty.pcap").write_bytes(b"")
    (tmp / "text.pcap").write_text("this is no capture, it is a letter\n")
    (tmp / "header.pcap").write_bytes(HEADER[:10])
    data = good.read_bytes()
    (tmp / "cut.pcap").write_bytes(data[:-7])
    (tmp / "absurd.pcap").write_bytes(data + struct.pack("<IIII", 1, 0, 0x7FFFFFFF, 0x7FFFFFFF) + b"x" * 64)
    (tmp / "linktype.pcap").write_bytes(data[:20] + struct.pack("<I", 147) + data[24:])
    for name, says in (("empty", "empty"), ("text", "not a capture"), ("header", "truncated")):
        db = tmp / f"{name}.db"
        expect(f"{name} file", run("read", "--quiet", "--db", db, tmp / f"{name}.pcap"), 3, f"{name}.pcap", says)
        check(f"{name} file: no store appears", not db.exists())
    expect("missing file", run("read", "-q", "--db", tmp / "m.db", tmp / "missing.pcap"), 3, "missing.pcap", "No such file")
    expect("a directory", run("read", "-q", "--db", tmp / "d.db", tmp), 3, "directory")
    expect("cut capture", run("read", "-q", "--db", tmp / "cut.db", tmp / "cut.pcap"), 3, "cut.pcap", "byte")
    whole = tmp / "whole.db"
    run("read", "-q", "--db", whole, good)
    check("cut capture: all packets but the last", packets(tmp / "cut.db") == packets(whole) - 1)
    expect("absurd length", run("read", "-q", "--db", tmp / "absurd.db", tmp / "absurd.pcap"), 3, "byte %d" % len(data))
    check("absurd length: nothing lost", packets(tmp / "absurd.db") == packets(whole) and assets(tmp / "absurd.db") == assets(whole))
    done = run("read", "-q", "--db", tmp / "lt.db", tmp / "linktype.pcap")
    expect("unknown link type", done, 0, lines=0)
    check("unknown link type: counted", re.search(rb"^ +10  (undecoded|not decoded)", run("show", "coverage", "--db", tmp / "lt.db").stdout, re.M) is not None)
    done = run("read", "-q", "--db", tmp / "mixed.db", tmp / "text.pcap", good, tmp / "empty.pcap")
    expect("bad among good", done, 3, "text.pcap", "empty.pcap", lines=2)
    check("bad among good: nothing lost", assets(tmp / "mixed.db") == assets(whole))
    expect("standard input", run("read", "-q", "--db", tmp / "stdin.db", "-", stdin=data), 0, lines=0)
    check("standard input: the same", assets(tmp / "stdin.db") == assets(whole))
    packed = subprocess.run(["gzip", "-c"], input=data, capture_output=True).stdout
    (tmp / "cut.pcap.gz").write_bytes(packed[:-20])
    expect("cut gzip", run("read", "-q", "--db", tmp / "cutgz.db", tmp / "cut.pcap.gz"), 3, "cut.pcap.gz", "byte")


def pipes(tmp):
    data = good.read_bytes()
    fifo = tmp / "fifo"
    os.mkfifo(fifo)

    def read_fifo(db, sent, stop):
        reader = subprocess.Popen([earshot, "read", "-q", "--db", str(db), str(fifo)], stderr=subprocess.PIPE)
        with open(fifo, "wb") as writer:  # opens when the reader has opened
            writer.write(sent)
            writer.flush()
            if stop:
                time.sleep(0.5)
                reader.send_signal(signal.SIGINT)
                try:
                    reader.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    pass
        said = reader.communicate(timeout=20)[1]
        return subprocess.CompletedProcess([], reader.returncode, b"", said)

    expect("named pipe", read_fifo(tmp / "fifo.db", data, False), 0, lines=0)
    whole = packets(tmp / "fifo.db")
    expect("named pipe, interrupted", read_fifo(tmp / "int.db", data[:-7], True), 3, "interrupted; 1 of 1")
    check("named pipe, interrupted: what came is kept", packets(tmp / "int.db") == whole - 1)
    expect("named pipe, interrupted at once", read_fifo(tmp / "none.db", b"", True), 3, "interrupted; 0 of 1")
    check("named pipe, interrupted at once: no store appears", not (tmp / "none.db").exists())
    expect("standard input twice", run("read", "-q", "--db", tmp / "twice.db", "-", "-", stdin=data), 2, "only once")


def bad_stores(tmp):
    run("read", "-q", "--db", tmp / "s.db", good)
    (tmp / "letter.db").write_text("dear store, " * 200)
    expect("not SQLite", run("read", "-q", "--db", tmp / "letter.db", good), 4, "letter.db")
    check("not SQLite: untouched", (tmp / "letter.db").read_text().startswith("dear store"))
    with contextlib.closing(sqlite3.connect(tmp / "other.db")) as c:
        c.execute("create table t (x)")
    expect("somebody else's SQLite", run("read", "-q", "--db", tmp / "other.db", good), 4, "other.db")
    shutil.copy(tmp / "s.db", tmp / "newer.db")
    with contextlib.closing(sqlite3.connect(tmp / "newer.db")) as c:
        c.execute("pragma user_version = 9999")
    before = (tmp / "newer.db").read_bytes()
    expect("newer store", run("read", "-q", "--db", tmp / "newer.db", good), 4, "newer.db", "newer")
    expect("newer store, shown", run("show", "--db", tmp / "newer.db"), 3, "newer")
    check("newer store: untouched", (tmp / "newer.db").read_bytes() == before)
    expect("no store", run("show", "--db", tmp / "nothing.db"), 3, "nothing.db")
    check("no store: none appears", not (tmp / "nothing.db").exists())
    busy = sqlite3.connect(tmp / "s.db", isolation_level=None)
    busy.execute("begin immediate")
    expect("store in use", run("read", "-q", "--db", tmp / "s.db", good), 4, "s.db", "use")
    busy.execute("rollback")
    busy.close()
    expect("no such directory", run("read", "-q", "--db", tmp / "no" / "x.db", good), 4, "x.db")


def bad_places(tmp):
    full = pathlib.Path("/dev/full")
    if full.exists():
        run("read", "-q", "--db", tmp / "f.db", good)
        with open(full, "wb") as out:
            done = subprocess.run([earshot, "export", "json", "--db", str(tmp / "f.db")], stdout=out, stderr=subprocess.PIPE)
        expect("full standard output", done, 4, "No space")
    def small():
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
    # a file that may not grow is to SQLite what a full disk is
    done = run("read", "-q", "--db", tmp / "full.db", root / "pcaps" / "plant" / "plant.pcap", preexec=small)
    expect("full disk", done, 4, "full.db")
    check("full disk: nothing half-written", not [p for p in tmp.iterdir() if p.name.startswith("full.db")])
    run("read", "-q", "--db", tmp / "keep.db", good)
    before = assets(tmp / "keep.db")
    expect("full disk, existing store", run("read", "-q", "--db", tmp / "keep.db", root / "pcaps" / "plant" / "plant.pcap", preexec=small), 4, "keep.db")
    check("full disk, existing store: as before", assets(tmp / "keep.db") == before)
    check("a new store is its owner's alone", (tmp / "f.db").stat().st_mode & 0o077 == 0)
    locked = tmp / "locked"
    locked.mkdir()
    shutil.copy(tmp / "f.db", locked / "r.db")
    locked.chmod(0o555)
    os.chmod(tmp, 0o755)
    os.chmod(locked / "r.db", 0o444)
    # root may write anywhere: somebody else tries, with copies of what he needs, since he may not look into root's home
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    shutil.copy(earshot, tmp / "earshot")
    shutil.copytree(root / "config", tmp / "config")
    shutil.copy(good, tmp / "good.pcap")
    env = dict(os.environ, EARSHOT_CONFIG_DIR=str(tmp / "config"))

    def as_nobody(*args):
        return subprocess.run([tmp / "earshot", *map(str, args)], capture_output=True, env=env, **user)

    expect("read-only directory", as_nobody("read", "-q", "--db", locked / "new.db", tmp / "good.pcap"), 4, "new.db")
    expect("read-only store is shown", as_nobody("show", "--db", locked / "r.db"), 0, lines=0)
    locked.chmod(0o755)


def bad_arguments(tmp):
    db = tmp / "a.db"
    run("read", "-q", "--db", db, "--site", "here", good)
    expect("no verb", run(), 2, "usage", lines=None)
    expect("unknown verb", run("raed"), 2, "raed")
    expect("no capture", run("read"), 2, "capture")
    expect("unknown option", run("read", "--colour", good), 2, "colour")
    expect("option without argument", run("read", "--db"), 2, "db")
    expect("unknown thing to show", run("show", "--db", db, "assests=1"), 2, "assests")
    expect("asset without id", run("show", "asset", "--db", db), 2, "asset")
    expect("no such asset", run("show", "asset", "10.99.99.99", "--db", db), 2, "10.99.99.99")
    expect("no format", run("export", "--db", db), 2, "format")
    expect("unknown format", run("export", "jsno", "--db", db), 2, "jsno")
    expect("another site", run("read", "-q", "--db", db, "--site", "elsewhere", good), 2, "elsewhere")
    for verb in ("read", "show", "export"):
        done = run(verb, "--help")
        expect(f"{verb} --help", done, 0, lines=0)
        check(f"{verb} --help has an example", b"earshot " + verb.encode() in done.stdout and b"xample" in done.stdout)


with tempfile.TemporaryDirectory() as name:
    for n, part in enumerate((bad_captures, pipes, bad_stores, bad_places, bad_arguments)):
        directory = pathlib.Path(name) / str(n)
        directory.mkdir()
        os.chmod(name, 0o755)
        part(directory)
print(f"{count} checks, {len(failures)} failures")
print("\n".join(failures))
sys.exit(1 if failures else 0)
