#!/usr/bin/env python3
"""Lets an append fail at every system call, one at a time.

A first run under strace finds every call of the write path. Then, for each of
them, a run in which the process is killed there and runs in which the call
fails with EIO and with ENOSPC. After each: every acknowledged leaf is there,
everything published is well, the next append works, and after a failure that
was reported the store wrote nothing more.

Usage: run_faults.py [fault_append]. Exit 0: all points passed, 1: not,
77: there is no strace that may trace here.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

CALLS = ["openat", "read", "write", "fsync", "fdatasync", "syncfs", "close",
         "rename", "renameat", "renameat2", "link", "linkat", "unlink",
         "unlinkat", "rmdir", "mkdir", "mkdirat", "flock", "ftruncate",
         "fchmod", "newfstatat", "getdents64"]
NO_SPACE = {"openat", "write", "fsync", "fdatasync", "syncfs", "close",
            "rename", "renameat", "renameat2", "link", "linkat", "mkdir",
            "mkdirat"}
# What is there before (leaves), and what is then appended. The second goes
# over the end of a tile, so partial forms are removed and folders made.
SCENARIOS = [("a new ledger and 1 leaf", 0, 1),
             ("leaves 255 to 257", 255, 2)]
TIMEOUT = 60


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=TIMEOUT,
                          check=False)


def strace(options, log, command):
    return run(["strace", "-f", "-qq", "-o", log, *options, *command])


def find_program():
    if len(sys.argv) > 1:
        return sys.argv[1]
    build = os.environ.get("COUNTERFOIL_BUILD", ".")
    return os.path.join(build, "tests", "fault_append")


def find_points(log, folder):
    """(call, occurrence) of each call after the case folder was opened."""
    seen = collections.Counter()
    points = []
    is_started = False
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = re.match(r"(?:\d+\s+)?(\w+)\(", line)
            if not match:
                continue
            call = match.group(1)
            seen[call] += 1
            is_started |= f'"{folder}"' in line
            if is_started:
                points.append((call, seen[call]))
    return points


class SyncOrder:
    """What must be on the disk before which step may be taken."""

    def __init__(self):
        self.is_staged = False  # the staged file is durable
        self.dirty = set()  # folders with names that are not yet durable
        self.wrong = []
        self.checkpoints = 0

    def need(self, is_met, what):
        if not is_met:
            self.wrong.append(what)

    def rename(self, folder, name):
        self.need(self.is_staged, f"{name} renamed before it was synced")
        self.is_staged = False
        private = {f for f in self.dirty if f.endswith("/private/log")}
        if name in ("committed", "checkpoint"):
            self.need(not self.dirty, f"{name} renamed before {self.dirty}")
        else:
            self.need(not private, f"{name} published before the commit point")
        self.checkpoints += name == "checkpoint"
        self.dirty.add(folder)

    def step(self, line):
        if match := re.search(r'mkdirat\(\d+<(.*?)>, .*\) += 0', line):
            self.dirty.add(match[1])
        elif match := re.search(r'fsync\(\d+<(.*?)>\) += 0', line):
            self.dirty.discard(match[1])
            self.is_staged |= match[1].endswith("/staged")
        elif re.search(r'write\(\d+<.*?/staged>', line):
            self.is_staged = False
        elif match := re.search(
                r'renameat\(.*"staged", \d+<(.*?)>, "(.*?)"\) += 0', line):
            self.rename(match[1], match[2])
        elif '"ack ' in line or re.search(r'unlinkat\(.*\) += 0', line):
            self.need(not self.dirty, f"{line.strip()} before {self.dirty}")


class Scenario:
    def __init__(self, program, parent, before, count):
        self.program = program
        self.base = os.path.join(parent, "base")
        self.case = os.path.join(parent, "case")
        self.log = os.path.join(parent, "trace")
        self.before = before
        self.command = [program, self.case, "append", str(count)]
        os.mkdir(self.base)
        if before > 0:
            done = run([program, self.base, "append", str(before),
                        str(before)])
            assert done.returncode == 0, done.stderr

    def reset(self):
        shutil.rmtree(self.case, ignore_errors=True)
        shutil.copytree(self.base, self.case)

    def points(self):
        self.reset()
        done = strace(["-e", "trace=" + ",".join(CALLS)], self.log,
                      self.command)
        assert done.returncode == 0, done.stderr
        return find_points(self.log, self.case)

    def sync_order(self):
        """What is wrong with the order of syncs."""
        order = SyncOrder()
        self.reset()
        done = strace(["-y", "-e", "trace=write,fsync,renameat,unlinkat,"
                       "mkdirat"], self.log, self.command)
        assert done.returncode == 0, done.stderr
        with open(self.log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                order.step(line)
        order.need(order.checkpoints > 0, "no checkpoint was seen")
        return order.wrong

    def fails_at(self, call, number, fault):
        """What is wrong after this fault, or None."""
        self.reset()
        done = strace(["-e", f"trace={call}",
                       "-e", f"inject={call}:{fault}:when={number}"],
                      self.log, self.command)
        if "written after a failure" in done.stdout:
            return "the store went on after a failure"
        acked = self.before + len(re.findall(r"^ack \d+$", done.stdout, re.M))
        verified = run([self.program, self.case, "verify", str(acked)])
        if verified.returncode != 0:
            return verified.stderr.strip() or f"exit {verified.returncode}"
        return None


def run_scenario(program, name, before, count):
    bad = 0
    tested = collections.Counter()
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place, prefix="faults-") as parent:
        scenario = Scenario(program, parent, before, count)
        for wrong in scenario.sync_order():
            bad += 1
            print(f"{name}: {wrong}")
        for call, number in scenario.points():
            faults = ["signal=KILL", "error=EIO"]
            if call in NO_SPACE:
                faults.append("error=ENOSPC")
            for fault in faults:
                why = scenario.fails_at(call, number, fault)
                tested[fault] += 1
                if why is not None:
                    bad += 1
                    print(f"{name}: {call} number {number}, {fault}: {why}")
    counts = ", ".join(f"{n} of {fault}" for fault, n in tested.items())
    print(f"{name}: {counts}; {bad} bad")
    return bad, sum(tested.values())


def main():
    program = find_program()
    if not shutil.which("strace"):
        skip("there is no strace")
    if strace(["-e", "trace=openat", "-e",
               "inject=openat:error=EIO:when=65535"], "/dev/null",
              ["true"]).returncode != 0:
        skip("strace may not trace here")
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not built")
    bad = total = 0
    for name, before, count in SCENARIOS:
        more_bad, more = run_scenario(program, name, before, count)
        bad += more_bad
        total += more
    print(f"{total} points tested, {bad} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
