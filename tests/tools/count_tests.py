#!/usr/bin/env python3
"""tools/count-tests counts what it should: the last line of ./run test."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

COUNT = pathlib.Path(os.environ["COUNTERFOIL_SOURCE"], "tools", "count-tests")

# stdout, Meson's result, exit status; then passed, failed, skipped.
CASES = [
    ("every case passes",
     [("1..2\nok 1 - a\nok 2 - b\n", "OK", 0)], (2, 0, 0)),
    ("one of two fails",
     [("1..2\nok 1 - a\nnot ok 2 - b\n", "FAIL", 1)], (1, 1, 0)),
    ("cmocka spells a skipped case `not ok`",
     [("1..2\nok 1 - a\nnot ok 2 # SKIP b\n", "FAIL", 0)], (1, 0, 1)),
    ("bats spells it `ok`",
     [("1..2\nok 1 a\nok 2 b # skip why\n", "OK", 0)], (1, 0, 1)),
    ("a killed program loses the rest of its plan",
     [("1..3\nok 1 - a\n", "ERROR", -9)], (1, 2, 0)),
    ("so does one that ran out of time",
     [("1..3\nok 1 - a\nok 2 - b\n", "TIMEOUT", -15)], (2, 1, 0)),
    ("a program that dies after its last case has failed",
     [("1..1\nok 1 - a\n", "ERROR", -6)], (1, 1, 0)),
    ("a whole file can be skipped",
     [("1..0 # SKIP why\n", "SKIP", 0), ("1..1\nok 1\n", "OK", 0)], (1, 0, 1)),
    ("a script is one case",
     [("", "OK", 0), ("", "FAIL", 1), ("", "SKIP", 77)], (1, 1, 1)),
    ("a run that only skips is not a success",
     [("", "SKIP", 77)], (0, 0, 1)),
]


def count(tests):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for stdout, result, status in tests:
            json.dump({"name": "t", "stdout": stdout, "result": result,
                       "returncode": status}, log)
            log.write("\n")
        log.flush()
        done = subprocess.run([sys.executable, COUNT, log.name],
                              capture_output=True, text=True)
    return done.stdout.splitlines()[-1], done.returncode


def main():
    has_failed = False
    print(f"1..{len(CASES)}")
    for number, (claim, tests, (passed, failed, skipped)) in \
            enumerate(CASES, 1):
        line, status = count(tests)
        is_good = passed > 0 and failed == 0
        expected = f"{passed} passed, {failed} failed, {skipped} skipped"
        holds = line == expected and (status == 0) == is_good
        has_failed |= not holds
        print(f"{'' if holds else 'not '}ok {number} - {claim}")
        if not holds:
            print(f"# {line}, exit status {status}; expected {expected}")
    return 1 if has_failed else 0


sys.exit(main())
