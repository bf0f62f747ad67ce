#!/usr/bin/env python3
"""Lets a witness fail at every system call between request and answer.

A first run under strace counts the calls. Then, for each of them, a run in
which the witness is killed there, and runs in which the call fails with EIO and
with ENOSPC. After each, what the witness has answered it still knows after a
restart, it never knows less than before, and it cosigns the same tree again.

Exit 0: all points passed, 1: not, 77: there is no strace that may trace here.
"""
import collections
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

COUNTERFOIL = os.path.join(os.environ.get("COUNTERFOIL_BUILD", "build"),
                           "counterfoil")
ORIGIN = "seizure.example"
STATE = hashlib.sha256(ORIGIN.encode()).hexdigest()
KILLED = ["openat", "write", "fsync", "close", "renameat", "sendmsg"]
FAILED = {"openat": ["EIO", "ENOSPC"], "write": ["EIO", "ENOSPC"],
          "fsync": ["EIO", "ENOSPC"], "renameat": ["EIO", "ENOSPC"]}
CALL = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)")
ROSTER = """\
party,side,org,role,key,policy-holder,red-line
police.example,authority,police.example,seized,new,yes,
owner.example,owner,owner.example,owner,new,yes,
court.example,neutral,court.example,overseer,new,,
"""


def call(*words, status=0):
    done = subprocess.run([COUNTERFOIL, *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60, check=False)
    if status is not None:
        assert done.returncode == status, (words, done.stdout)
    return done.returncode


def until(what):
    for _ in range(400):
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


class Witness:
    """A running one, at the size that `state` has; traced if asked."""

    def __init__(self, vkey, trace=None):
        with open("witness.out", "wb") as out:
            self.process = subprocess.Popen(
                [COUNTERFOIL, "witness", "--key", "keys/w.example.key",
                 "--state", "state", "--log", vkey, "--listen",
                 "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=out,
                stderr=out)
        url, key = until(lambda: re.findall(
            r" on (http://\S+)\n(w\.example\+\S+)\n", read("witness.out")))[0]
        with open("policy.txt", "w", encoding="utf-8") as policy:
            policy.write(f"witness w {key} {url}\nquorum w\n")
        self.tracer = None
        if trace is not None:
            self.attach(trace)

    def attach(self, options):
        with open("strace.err", "wb") as out:
            self.tracer = subprocess.Popen(
                ["strace", "-f", "-o", "trace", *options, "-p",
                 str(self.process.pid)], stdin=subprocess.DEVNULL, stdout=out,
                stderr=out)
        until(lambda: self.tracer.poll() is not None or
              "attached" in read("strace.err"))
        if self.tracer.poll() is not None:
            self.end()
            print("skipped: strace may not trace here")
            sys.exit(77)

    def end(self):
        """How it ended: negative, a signal that was not ours."""
        status = self.process.poll()
        if status is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        if self.tracer is not None:
            self.tracer.wait(20)
        return status


def ask(status):
    shutil.rmtree("copy", ignore_errors=True)
    shutil.copytree("case", "copy")
    return call("cosign", "--policy", "policy.txt", "--wait", "1", "--case",
                "copy", status=status)


def known():
    return int(read(f"state/{STATE}").split("\n")[1])


def restore():
    shutil.rmtree("state")
    shutil.copytree("state-1", "state")


def count(vkey):
    """The calls of one request, as the thread makes them that answers it."""
    restore()
    witness = Witness(vkey, ["-e", "trace=" + ",".join(KILLED + ["recvfrom"])])
    ask(0)
    witness.end()
    seen = collections.Counter()
    is_begun = False
    for line in read("trace").splitlines():
        found = CALL.match(line)
        if found is None or "unfinished" in line:
            continue
        is_begun = is_begun or "POST /add-checkpoint" in line
        if is_begun and found[1] in KILLED:
            seen[found[1]] += 1
        if found[1] == "sendmsg":
            break
    assert seen["fsync"] == 2 and seen["renameat"] == 1, seen
    assert seen["sendmsg"] == 1 and seen["write"] >= 1, seen
    return seen


def attempt(vkey, name, number, fault):
    restore()
    witness = Witness(vkey, ["-e", f"trace={name}",
                             f"--inject={name}:{fault}:when={number}"])
    answered = ask(None)
    ended = witness.end()
    is_kill = fault.startswith("signal")
    assert (ended == -signal.SIGKILL) == is_kill, (name, number, fault, ended)
    after = known()
    assert after in (1, 2) and (answered != 0 or after == 2), (name, number)
    witness = Witness(vkey)
    ask(0)
    witness.end()
    assert known() == 2, (name, number, fault)


def prepare():
    with open("parties.csv", "w", encoding="utf-8") as roster:
        roster.write(ROSTER)
    os.environ["COUNTERFOIL_KEYS"] = os.path.abspath("keys")
    call("key", "new", "w.example", "--witness", "--plain")
    call("init", "case", "--name", ORIGIN, "--roster", "parties.csv",
         "--plain-keys")
    vkey = re.search(r"^log: (\S+)$", read("case/counterfoil.conf"), re.M)[1]
    witness = Witness(vkey)
    ask(0)
    witness.end()
    shutil.copytree("state", "state-1")
    shutil.copytree("copy/private", "case/private", dirs_exist_ok=True)
    call("join", "--as", "court.example", "--case", "case")
    return vkey


def main():
    if shutil.which("strace") is None:
        print("skipped: there is no strace")
        sys.exit(77)
    vkey = prepare()
    tried = 0
    seen = count(vkey)
    for name, times in sorted(seen.items()):
        faults = ["signal=KILL"] + [f"error={e}" for e in FAILED.get(name, [])]
        for number in range(1, times + 1):
            for fault in faults:
                attempt(vkey, name, number, fault)
                tried += 1
    must = sum(times * (1 + len(FAILED.get(name, [])))
               for name, times in seen.items())
    assert tried == must and tried >= 20, (tried, must)
    print(f"{tried} points tried of {dict(seen)}")


with tempfile.TemporaryDirectory(prefix="witness-faults-") as place:
    COUNTERFOIL = os.path.abspath(COUNTERFOIL)
    os.chdir(place)
    try:
        main()
    finally:
        os.chdir("/")
