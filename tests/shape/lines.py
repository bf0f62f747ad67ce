#!/usr/bin/env python3
"""Sizes and leftovers.

usage: lines.py SOURCE BUILD

A function may pass LINES_IN_FUNCTION_MAX if the comment directly above it says
`long:` and why (a table, a dispatch switch).
"""
import re

from shape import Tap, code_of, files, name

COLUMNS_MAX = 80
LINES_IN_FUNCTION_MAX = 70
LINES_IN_FILE_MAX = 1000

C_FILES = ("src/*/*.[ch]", "tests/**/*.[ch]", "fuzz/*.[ch]", "bench/*.[ch]")
SCRIPTS = ("run", ".ci/run", "tools/*", "tests/**/*.py", "tests/**/*.sh",
           "tests/**/*.bats", "example/*.sh", "**/meson.build")
TEXTS = ("*.md", "docs/man/*", "docs/decisions/*")

LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
ADDRESS = re.compile(r"https?://\S{20}")


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def ours(*patterns):
    return [path for path in files(*patterns)
            if not name(path).startswith("build")]


def wide_lines(path):
    for number, line in enumerate(lines_of(path), 1):
        width = len(line.expandtabs(8))
        if width > COLUMNS_MAX and not ADDRESS.search(line):
            yield f"{name(path)}:{number}: {width} columns"


def leftovers(path):
    for number, line in enumerate(lines_of(path), 1):
        if match := LEFTOVER.search(line):
            yield f"{name(path)}:{number}: {match[0]}"


def has_reason(lines, start):
    """Whether the comment that ends above line `start` says `long:`."""
    above = start - 1
    while above >= 0 and lines[above].strip() and \
            not lines[above].startswith(("}", "#")):
        if "long:" in lines[above]:
            return True
        if lines[above].lstrip().startswith("/*"):
            return False
        above -= 1
    return False


def long_functions(path):
    """A body begins with `{` and ends with `}` in the first column."""
    lines = lines_of(path)
    code = code_of(path.read_text(encoding="utf-8")).splitlines()
    start = None
    for number, line in enumerate(code):
        if line.rstrip() == "{":
            start = number
        elif line.startswith("}") and start is not None:
            length = number - start - 1
            if length > LINES_IN_FUNCTION_MAX and not has_reason(lines, start):
                yield f"{name(path)}:{start}: {length} lines"
            start = None


def nameless(path):
    """The first comment begins with the file's own name."""
    first = path.read_text(encoding="utf-8")[:200]
    if not first.startswith(f"/*\n * {path.name}: "):
        yield name(path)


def long_files(path):
    count = len(lines_of(path))
    if count > LINES_IN_FILE_MAX:
        yield f"{name(path)}: {count} lines"


def faults(look, *patterns):
    return [fault for path in ours(*patterns) for fault in look(path)]


def main():
    tap = Tap()
    tap.case("no line is wider than 80 columns",
             faults(wide_lines, *C_FILES, *SCRIPTS))
    tap.case("no function is longer than 70 lines without a reason",
             faults(long_functions, *C_FILES))
    tap.case("no file is longer than 1000 lines",
             faults(long_files, *C_FILES, *SCRIPTS))
    tap.case("every source file says first what it is for",
             faults(nameless, "src/*/*.[ch]"))
    tap.case("nothing was left for later",
             faults(leftovers, *C_FILES, *SCRIPTS, *TEXTS))
    tap.end()


main()
