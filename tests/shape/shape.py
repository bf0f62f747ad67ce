"""What the shape tests share: the source files, C without comments, TAP."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
BUILD = pathlib.Path(sys.argv[2])

COMMENT_OR_STRING = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def files(*patterns):
    """The files of the source tree that match, in order."""
    found = set()
    for pattern in patterns:
        found.update(p for p in SOURCE.glob(pattern) if p.is_file())
    return sorted(found)


def name(path):
    return str(path.relative_to(SOURCE))


def code_of(text):
    """C text with comments and literals emptied; line numbers stay."""
    def emptied(match):
        return '""' if match[0][0] in "\"'" else "\n" * match[0].count("\n")
    return COMMENT_OR_STRING.sub(emptied, text)


class Tap:
    """Collects one case a claim: it holds if its list of faults is empty."""

    def __init__(self):
        self.count = 0
        self.has_failed = False

    def case(self, claim, faults):
        self.count += 1
        if faults:
            self.has_failed = True
        print(f"{'not ' if faults else ''}ok {self.count} - {claim}")
        for fault in faults:
            print(f"# {fault}")

    def end(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.has_failed else 0)
