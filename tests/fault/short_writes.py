#!/usr/bin/env python3
"""Makes each write of an append short, and each sync fail, one at a time.

fault_shim.c is loaded into fault_append. A short write alone harms nothing; a
disk that is full after half a write, or a failed sync, stops the writer: no
later append of that process is taken, although the disk is well again. After
each, every acknowledged leaf is there and the ledger grows.

Exit 0: all points passed, 1: not, 77: the shim does not load here.
"""
import os
import re
import shutil
import sys

import run_faults

BUILD = os.environ.get("COUNTERFOIL_BUILD", "build")
SHIM = os.path.join(BUILD, "tests", "fault_shim.so")


def run_with(fault, command):
    env = dict(os.environ, LD_PRELOAD=SHIM, FAULT_SHIM=fault)
    env["ASAN_OPTIONS"] = (env.get("ASAN_OPTIONS", "") +
                           ":verify_asan_link_order=0")
    return run_faults.run(command, env)


def check(fault, done, acked, verified):
    """What is wrong after this fault."""
    if "written after a failure" in done.stdout:
        yield "the store went on after a failure"
    if verified.returncode != 0:
        yield verified.stderr.strip()
    failed = done.returncode != 0
    if failed == fault.startswith("short"):
        yield f"exit {done.returncode} with {acked} leaves acknowledged"


def run_scenario(program, name, before, *numbers):
    bad = points = 0
    with run_faults.scratch() as parent:
        base, case = os.path.join(parent, "base"), os.path.join(parent, "case")
        os.mkdir(base)
        if before > 0:
            run_faults.run([program, base, "append", str(before), "512"])
            before = 512 * -(-before // 512)
        command = [program, case, "append", *map(str, numbers)]
        shutil.copytree(base, case)
        whole = run_with("", command)
        counted = re.search(r"shim: (\d+) writes, (\d+) syncs", whole.stderr)
        if not counted:
            run_faults.skip("the shim does not load here")
        for kind, n in (("short", counted[1]), ("full", counted[1]),
                        ("sync", counted[2])):
            for number in range(1, int(n) + 1):
                fault = f"{kind}:{number}"
                shutil.rmtree(case)
                shutil.copytree(base, case)
                done = run_with(fault, command)
                acked = before + len(re.findall(r"^ack \d+$", done.stdout,
                                                re.M))
                verified = run_faults.run([program, case, "verify",
                                           str(acked)])
                points += 1
                for wrong in check(fault, done, acked, verified):
                    bad += 1
                    print(f"{name}, {fault}: {wrong}")
    print(f"{name}: {counted[1]} writes, {counted[2]} syncs; {points} points, "
          f"{bad} bad")
    return bad, points


def main():
    program = run_faults.find_program()
    bad = total = 0
    for scenario in (("a new ledger and 1 leaf", 0, 1, 1),
                     ("leaves 512 to 521 by 3", 512, 9, 3),
                     ("leaves 512 to 530 by 3, each 4 together", 512, 18, 3, 4),
                     ("leaves 512 to 2812", 512, 2300, 2300)):
        more_bad, more = run_scenario(program, *scenario)
        bad += more_bad
        total += more
    print(f"{total} points tested, {bad} bad")
    sys.exit(1 if bad or not total else 0)


if __name__ == "__main__":
    main()
