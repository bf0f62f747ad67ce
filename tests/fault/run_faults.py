#!/usr/bin/env python3
"""Lets what writes to a ledger fail at every system call, one at a time: an
append, keeping what others have seen, and putting a cosignature on.

A first run under strace finds every call. Then, for each of them, a run in
which the process is killed there and runs in which the call fails with EIO and
with ENOSPC. After each: what was acknowledged is there (leaves, what others
have seen, a cosignature) and what was there before is not lost, everything
published is well, the next append works, and after a failure that was reported
the store wrote nothing more. A point counts only if the trace shows that the
fault was there; too few points is a failure.

Calls that write are all tried. Of those that only read, every READ_STRIDE-th
is, or all with FAULTS=all in the environment.

Usage: run_faults.py [fault_append]. Exit 0: all points passed, 1: not,
77: there is no strace that may trace here.
"""
import collections
import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

WRITING = ["write", "fsync", "fdatasync", "syncfs", "sync_file_range",
           "rename", "renameat", "renameat2", "link", "linkat", "unlink",
           "unlinkat", "rmdir", "mkdir", "mkdirat", "ftruncate", "fchmod"]
# Of these, too, some belong to the writing of a file: see is_writing.
READING = ["openat", "read", "close", "flock", "newfstatat", "getdents64"]
CALLS = WRITING + READING
NO_SPACE = {"openat", "write", "fsync", "fdatasync", "syncfs", "close",
            "rename", "renameat", "renameat2", "link", "linkat", "mkdir",
            "mkdirat"}
FAULTS = ["signal=KILL", "error=EIO", "error=ENOSPC"]
# What is there before, and what is done. Of the appends, the second and third
# go over the end of a tile, so folders are made and partial forms removed; the
# third and fourth are several in a row, as under load, the fourth with four
# commits published together; the fifth has enough files to be synced together.
# Of the rest, one is the first of its kind in the
# ledger, and one takes the place of an earlier one.
SCENARIOS = [
    ("a new ledger and 1 leaf", [], "append 1 1"),
    ("leaves 255 to 257, one by one", ["append 255 255"], "append 2 1"),
    ("leaves 250 to 262 by 3", ["append 250 250"], "append 12 3"),
    ("leaves 250 to 268 by 3, each 4 together", ["append 250 250"],
     "append 18 3 4"),
    ("leaves 200 to 2500", ["append 200 200"], "append 2300 2300"),
    ("more is seen than before",
     ["append 3 3", "seen 3", "append 2 2"], "seen 5"),
    ("a cosignature on what nobody had seen",
     ["append 3 3", "seen 3", "append 2 2"], "cosign 10"),
    ("a cosignature in the place of an older one",
     ["append 5 5", "cosign 10"], "cosign 20"),
]
# Which names must be renamed into place.
PUBLISHED = {"append": {"committed", "checkpoint"}, "seen": {"seen"},
             "cosign": {"checkpoint"}}
READ_STRIDE = 9
WORKERS = 2
TIMEOUT = 60


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(command, env=None):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=TIMEOUT,
                          check=False, env=env)


def strace(options, log, command):
    return run(["strace", "-f", "-qq", "-o", log, *options, *command])


def find_program():
    if len(sys.argv) > 1:
        return sys.argv[1]
    build = os.environ.get("COUNTERFOIL_BUILD", ".")
    return os.path.join(build, "tests", "fault_append")


def scratch():
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return tempfile.TemporaryDirectory(dir=place, prefix="faults-")


def lines_of(log):
    with open(log, encoding="utf-8", errors="replace") as lines:
        return lines.readlines()


def is_writing(call, line):
    """Whether the call is part of the write path."""
    if call == "openat":
        return "O_CREAT" in line
    if call == "close":
        return "/staged" in line  # as strace -y names it
    return call in WRITING


def find_points(log, folder):
    """(call, occurrence, is it writing) of each call after the case folder was
    opened."""
    seen = collections.Counter()
    points = []
    is_started = False
    for line in lines_of(log):
        match = re.match(r"(?:\d+\s+)?(\w+)\(", line)
        if not match:
            continue
        call = match.group(1)
        seen[call] += 1
        is_started |= f'"{folder}"' in line
        if is_started:
            points.append((call, seen[call], is_writing(call, line)))
    return points


class SyncOrder:
    """What must be on the disk before which step may be taken."""

    def __init__(self):
        self.unsynced = set()  # staged files that are not durable
        self.dirty = set()  # folders with names that are not yet durable
        self.wrong = []
        self.published = set()

    def need(self, is_met, what):
        if not is_met:
            self.wrong.append(what)

    def rename(self, staged, folder, name):
        self.need(staged not in self.unsynced,
                  f"{name} renamed before it was synced")
        private = {f for f in self.dirty if f.endswith("/private/log")}
        if name in ("committed", "checkpoint", "seen"):
            self.need(not self.dirty, f"{name} renamed before {self.dirty}")
        else:
            self.need(not private, f"{name} published before the commit point")
        self.published.add(name)
        self.dirty.add(folder)

    def step(self, line):
        if match := re.search(r'mkdirat\(\d+<(.*?)>, .*\) += 0', line):
            self.dirty.add(match[1])
        elif match := re.search(r'fsync\(\d+<(.*?)>\) += 0', line):
            self.dirty.discard(match[1])
            self.unsynced.discard(os.path.basename(match[1]))
        elif re.search(r'syncfs\(.*\) += 0', line):
            self.dirty.clear()
            self.unsynced.clear()
        elif match := re.search(r'write\(\d+<.*?/(staged[-\d]*)>', line):
            self.unsynced.add(match[1])
        elif match := re.search(
                r'renameat\(.*"(staged[-\d]*)", \d+<(.*?)>, "(.*?)"\) += 0',
                line):
            self.rename(match[1], match[2], match[3])
        elif '"ack ' in line or re.search(r'unlinkat\(.*\) += 0', line):
            self.need(not self.dirty, f"{line.strip()} before {self.dirty}")


def acknowledged(text):
    return [int(n) for n in re.findall(r"^ack (\d+)$", text, re.M)]


class Scenario:
    """What is done, and a folder for each worker to let it fail in."""

    def __init__(self, program, parent, before, deed):
        self.program, self.parent = program, parent
        self.base = os.path.join(parent, "base")
        self.words = deed.split()
        self.kind = self.words[0]
        # What must be there if nothing is acknowledged: leaves, the size that
        # was seen, the time of the cosignature.
        self.before = 0
        os.mkdir(self.base)
        for step in before:
            done = run([program, self.base, *step.split()])
            assert done.returncode == 0, done.stderr
            if step.startswith(self.kind):
                self.before += int(step.split()[1])

    def verify(self, case, acks):
        if self.kind == "append":
            words = ["verify", str(self.before + len(acks))]
        else:
            words = [f"{self.kind}-verify", str(max([self.before, *acks]))]
        return run([self.program, case, *words])

    def trial(self, worker, options):
        """Runs the append in a fresh folder: result, folder, trace."""
        case = os.path.join(self.parent, f"case-{worker}")
        log = os.path.join(self.parent, f"trace-{worker}")
        shutil.rmtree(case, ignore_errors=True)
        shutil.copytree(self.base, case)
        return (strace(options, log, [self.program, case, *self.words]), case,
                log)

    def points(self):
        done, case, log = self.trial(0, ["-y", "-e",
                                         "trace=" + ",".join(CALLS)])
        assert done.returncode == 0, done.stderr
        return find_points(log, case), lines_of(log)

    def fails_at(self, worker, call, number, fault):
        """Whether the fault was there, and what is wrong after it."""
        done, case, log = self.trial(
            worker, ["-e", f"trace={call}",
                     "-e", f"inject={call}:{fault}:when={number}"])
        if fault == "signal=KILL":
            was_there = done.returncode in (-signal.SIGKILL,
                                            128 + signal.SIGKILL)
        else:
            was_there = any("(INJECTED)" in line for line in lines_of(log))
        if "written after a failure" in done.stdout:
            return was_there, "the store went on after a failure"
        verified = self.verify(case, acknowledged(done.stdout))
        if verified.returncode != 0:
            return was_there, (verified.stderr.strip() or
                               f"exit {verified.returncode}")
        return was_there, None


def choose(points):
    """The points that are tried, with their faults."""
    stride = 1 if os.environ.get("FAULTS") == "all" else READ_STRIDE
    reading = 0
    for call, number, writes in points:
        reading += not writes
        if not writes and reading % stride != 0:
            continue
        for fault in FAULTS:
            if fault != "error=ENOSPC" or call in NO_SPACE:
                yield call, number, fault


def try_all(scenario, name, trials):
    bad = 0
    tried = collections.Counter()

    def work(worker):
        return [(trial, scenario.fails_at(worker, *trial))
                for trial in trials[worker::WORKERS]]

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = [r for part in pool.map(work, range(WORKERS)) for r in part]
    for (call, number, fault), (was_there, why) in results:
        tried[fault] += was_there
        if why is not None:
            bad += 1
            print(f"{name}: {call} number {number}, {fault}: {why}")
    return bad, tried


def run_scenario(program, name, before, deed):
    with scratch() as parent:
        scenario = Scenario(program, parent, before, deed)
        points, trace = scenario.points()
        order = SyncOrder()
        for line in trace:
            order.step(line)
        must = PUBLISHED[scenario.kind]
        order.need(order.published >= must,
                   f"of {must} only {order.published} was renamed")
        for wrong in order.wrong:
            print(f"{name}: {wrong}")
        trials = list(choose(points))
        bad, tried = try_all(scenario, name, trials)
    writing = sum(writes for _, _, writes in points)
    counts = ", ".join(f"{n} of {fault}" for fault, n in tried.items())
    print(f"{name}: {writing} calls write of {len(points)}; tried: {counts}; "
          f"{bad} bad")
    if (min(tried[fault] for fault in ("signal=KILL", "error=EIO")) < writing
            or sum(tried.values()) < len(trials)):
        print(f"{name}: faults at some calls did not take place")
        bad += 1
    return bad + len(order.wrong), sum(tried.values())


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
    for scenario in SCENARIOS:
        more_bad, more = run_scenario(program, *scenario)
        bad += more_bad
        total += more
    print(f"{total} points tested, {bad} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
