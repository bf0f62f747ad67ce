#!/usr/bin/env python3
"""A file out of a disclosure alone.

usage: rebuild.py SAID SHOWN BYTES PATH

SAID is what `disclose --files` printed of where PATH lies, SHOWN what
`verify` prints of the disclosure's ranges, BYTES what its --output wrote.
"""
import re
import sys


def parts_of(said, path):
    """(first, last) or the length of a hole, in the file's order."""
    inside = False
    size = None
    for line in said.splitlines():
        if match := re.fullmatch(r"volume \d+ \(\S+\), (.*): (\d+) bytes.*",
                                 line):
            inside = match[1] == path
            if inside:
                size = int(match[2])
        elif inside and (match := re.fullmatch(r"  bytes (\d+) to (\d+)",
                                               line)):
            yield int(match[1]), int(match[2])
        elif inside and (match := re.fullmatch(r"  (\d+) bytes of zero,.*",
                                               line)):
            yield None, int(match[1])
        elif not line.startswith("  "):
            inside = False
    assert size is not None, f"nothing is said of {path}"


def main():
    said, shown, data, path = sys.argv[1:]
    with open(data, "rb") as file:
        data = file.read()
    with open(shown, encoding="utf-8") as file:
        ranges = [(int(a), int(b)) for a, b in re.findall(
            r"bytes (\d+) to (\d+) \(\d+\)", file.read())]
    place = {}
    at = 0
    for first, last in ranges:
        place[first] = (last, at)
        at += last - first + 1
    assert at == len(data), (at, len(data))
    with open(said, encoding="utf-8") as file:
        said = file.read()
    for first, last in parts_of(said, path):
        if first is None:
            sys.stdout.buffer.write(bytes(last))
            continue
        for begin, (end, at) in place.items():
            if begin <= first and last <= end:
                sys.stdout.buffer.write(
                    data[at + first - begin:at + last - begin + 1])
                break
        else:
            sys.exit(f"bytes {first} to {last} are not shown")


if __name__ == "__main__":
    main()
