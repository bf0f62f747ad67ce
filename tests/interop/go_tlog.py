#!/usr/bin/env python3
"""Lets golang.org/x/mod's sumdb/tlog and note read ledgers of several sizes.

tlog_check.go is built from Debian's packages alone. It must accept each ledger
and each proof, and refuse the ledger after one bit was changed in a tile, a
bundle or the checkpoint, and each proof with a bit changed.

Exit 0: passed, 1: not, 77: Go or its packages are not installed.
"""
import os
import shutil
import subprocess
import sys
import tempfile

SIZES = [1, 255, 256, 257, 65537]
HERE = os.path.dirname(os.path.abspath(__file__))
GOPATH = "/usr/share/gocode"
TLOG = os.path.join(GOPATH, "src/golang.org/x/mod/sumdb/tlog")
LEDGER = os.path.join(os.environ.get("COUNTERFOIL_BUILD", "build"), "tests",
                      "interop_ledger")


def skip(what):
    print(f"skipped: {what} is not installed")
    sys.exit(77)


def run(command, given="", env=None):
    return subprocess.run(command, input=given, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False,
                          env=env, timeout=300)


def build(parent):
    program = os.path.join(parent, "tlog_check")
    env = dict(os.environ, GO111MODULE="off", GOPATH=GOPATH, GOFLAGS="",
               GOCACHE=os.path.join(parent, "cache"), GOTOOLCHAIN="local",
               CGO_ENABLED="0")
    built = run(["go", "build", "-o", program,
                 os.path.join(HERE, "tlog_check.go")], env=env)
    if built.returncode != 0:
        sys.exit(f"tlog_check.go: {built.stderr}")
    return program


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def one_of_each(log):
    """A file of each kind with the place of one byte in it."""
    found = {}
    for folder, _, names in sorted(os.walk(log)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            kind = os.path.relpath(path, log).split(os.sep)[:2]
            found[tuple(kind)] = (path, os.path.getsize(path) // 2)
    return found.values()


def bad_proofs(proofs):
    """The proofs, each time with a bit changed in one of them."""
    lines = proofs.splitlines()
    for number, line in list(enumerate(lines))[1::11]:
        words = line.split()
        if len(words) > 2:
            words[2] = ("B" if words[2][0] == "A" else "A") + words[2][1:]
            yield "\n".join([*lines[:number], " ".join(words),
                             *lines[number + 1:], ""])


def check_size(program, parent, size):
    case = os.path.join(parent, str(size))
    log = os.path.join(case, "log")
    os.mkdir(case)
    made = run([LEDGER, case, str(size)])
    if made.returncode != 0:
        sys.exit(f"{size} leaves: {made.stderr}")
    wrong = []
    result = run([program, log, str(size)], made.stdout)
    print(f"{size}: {result.stdout.strip()}")
    if result.returncode != 0:
        wrong.append(f"refused: {result.stderr.strip()}")
    refused = 0
    for path, at in one_of_each(log):
        flip(path, at)
        if run([program, log, str(size)], made.stdout).returncode != 1:
            wrong.append(f"accepted with {path} altered at {at}")
        flip(path, at)
        refused += 1
    for proofs in bad_proofs(made.stdout):
        if run([program, log, str(size)], proofs).returncode != 1:
            wrong.append("accepted with a proof altered")
        refused += 1
    print(f"{size}: {refused} altered ones refused")
    for what in wrong:
        print(f"{size} leaves: {what}")
    return not wrong


def main():
    if shutil.which("go") is None:
        skip("golang-go")
    if not os.path.isdir(TLOG):
        skip("golang-golang-x-mod-dev")
    with tempfile.TemporaryDirectory() as parent:
        program = build(parent)
        passed = [check_size(program, parent, size) for size in SIZES]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
