#!/usr/bin/env python3
"""Every rule of room case has a test that fails without it.

The names of the rules and conditions are read from the source: whatever
case_is_on or case_is_off asks for, every refusal of case_form_refuse, the
table of rules, the table of codes, and who must sign what. The tests are run
once to see which of them asks for which name; then, for each name, the tests
that ask for it are run one by one with it off, until one fails.

Prints TAP: one line for each name, with the test that fails without it; and
writes build/mutation-table.txt. A name that no test hangs on is "not ok": a
test is missing, or the condition says nothing (see IMPLIED).
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["COUNTERFOIL_SOURCE"])
BUILD = pathlib.Path(os.environ["COUNTERFOIL_BUILD"])
TIMEOUT = 60
SINGLE = 3  # tests that are run alone before whole programs are

# Who must sign which kind of record (counterfoil-findings(7), Roles).
ROLES = {
    "disclosure": ("from", "to", "witness"),
    "examination": ("examiner", "witness"),
    "handling": ("custodian", "witness"),
    "handover": ("from", "to", "witness"),
    "image": ("examiner", "custodian", "witness"),
    "inspection": ("inspector",),
    "join": ("party",),
    "lock": ("custodian", "holder", "witness"),
    "move": ("custodian", "witness"),
    "disposal": ("custodian", "witness"),
    "release": ("from", "to", "witness"),
    "seizure": ("witness",),
    "unlock": ("holder", "witness"),
}

# Conditions that follow from others, so that no test can hang on them. They
# stand in the source because a reader of the law looks for them there.
IMPLIED = {
    "apart: two parties": "nobody is of another organisation than himself",
    "countersigned: by another": "only neutrals are disinterested, and for "
    "them the word of a neutral does not count",
    "holders: by two": "the holder received it, and is not apart from himself",
    "holders: no breach": "what is wrong with an inspection is its BROKEN "
    "event; its SEEN event is no breach",
    "join: another signs": "who has no key yet is no policy holder: they all "
    "signed the genesis",
    "quorum: of known holders": "a holder signs, and who signs is known",
    "quorum: two at least": "with one, each opens it alone",
    "sighting: by two": "the holder received it, and is not apart from himself",
    "unsealed: until seen itself": "while it is unsealed, no sighting of what "
    "it is in qualifies",
}

STRING = r'"(?:[^"\\]|\\.)*"'


def unquote(strings):
    """The text of neighbouring string literals."""
    text = "".join(s[1:-1] for s in re.findall(STRING, strings))
    return text.replace('\\"', '"')


def literals(text):
    """Each string in `text`; neighbours are one."""
    return [unquote(m) for m in re.findall(rf"{STRING}(?:\s*{STRING})*", text)]


def call_end(text, start):
    """Behind the bracket that closes the one before `start`."""
    depth = 1
    for match in re.compile(rf"{STRING}|[()]").finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    raise ValueError("an open bracket")


def names_in(text):
    for match in re.finditer(r"\bcase_is_(?:on|off)\(\s*\"", text):
        yield literals(text[match.end() - 1:call_end(text, match.end() - 1)])[0]
    for match in re.finditer(r"\bcase_form_refuse(?:_name)?\(\s*err,", text):
        call = text[match.end():call_end(text, match.end())]
        yield from literals(call)
    for match in re.finditer(r"\[CASE_(?:RULE|CODE)_\w+\] = \{(\"[a-z-]+\")",
                             text):
        yield unquote(match[1])


def find_names():
    names = {f"{kind}: {role}" for kind, roles in ROLES.items()
             for role in roles}
    for path in sorted((SOURCE / "src" / "case").glob("*.[ch]")):
        names.update(names_in(path.read_text(encoding="utf-8")))
    names.update(literals(re.search(
        r"CASE_FORM_OTHER_HISTORY (.*)",
        (SOURCE / "src/case/case_internal.h").read_text())[1]))
    return names - {"none"}


def environment(**settings):
    return {**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP",
            **{f"COUNTERFOIL_{k}": v for k, v in settings.items()}}


def run(program, **settings):
    return subprocess.run([program], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True,
                          errors="replace", env=environment(**settings),
                          timeout=TIMEOUT, check=False)


def ask(program):
    """(test, names that it asks for) of each test, which must all pass."""
    asked = set()
    done = run(program, ASKED="1")
    if done.returncode != 0:
        sys.exit(f"Bail out! {program.name} fails with every rule on")
    for line in done.stdout.splitlines():
        if line.startswith("# asked "):
            asked.add(line[8:])
        elif match := re.match(r"ok \d+ - (\w+)$", line):
            yield match[1], asked
            asked = set()


def label(program, test):
    return f"{program.name.removeprefix('mutant_')}: {test}"


def fails(program, test, name):
    try:
        return run(program, OFF=name, ONLY=test).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def first_failure(program, name):
    """The first test of the program that fails, or None."""
    command = subprocess.Popen([program], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True,
                               errors="replace",
                               env=environment(OFF=name))
    with command:
        for line in command.stdout:
            if match := re.match(r"not ok \d+ - (\w+)$", line):
                command.kill()
                return match[1]
    return None


def read_table():
    """What was found the last time, which most often still holds."""
    path = BUILD / "mutation-table.txt"
    text = path.read_text() if path.exists() else ""
    return dict(line.split(" -> ", 1) for line in text.splitlines())


def find_test(name, candidates, last):
    """The one found last time first; then those that ask for few names; then
    whole programs."""
    candidates.sort(key=lambda c: (label(c[1], c[2]) != last, c))
    for _, program, test in candidates[:SINGLE]:
        if fails(program, test, name):
            return label(program, test)
    counts = collections.Counter(c[1] for c in candidates[SINGLE:])
    for program, _ in counts.most_common():
        if test := first_failure(program, name):
            return label(program, test)
    return None


def main():
    names = sorted(find_names())
    programs = sorted(p for p in (BUILD / "tests" / "mutation").glob("mutant_*")
                      if p.is_file())
    candidates = collections.defaultdict(list)
    last = read_table()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for program, tests in zip(programs,
                                  pool.map(lambda p: list(ask(p)), programs)):
            for test, asked in tests:
                for name in asked:
                    candidates[name].append((len(asked), program, test))
        results = list(pool.map(lambda name: find_test(
            name, candidates[name], last.get(name)), names))
    unknown = set(candidates) - set(names) - {"none"}
    table = []
    print(f"1..{len(names) + 1}")
    for number, (name, test) in enumerate(zip(names, results), 1):
        if (name in IMPLIED) == (test is None):
            print(f"ok {number} - {name} -> {test or IMPLIED[name]}")
        else:
            print(f"not ok {number} - {name} -> {test}: "
                  f"{len(candidates[name])} tests ask for it")
        table.append(f"{name} -> {test or IMPLIED.get(name)}\n")
    is_good = not unknown
    print(f"{'ok' if is_good else 'not ok'} {len(names) + 1} - "
          f"no other name is asked for {sorted(unknown)}")
    (BUILD / "mutation-table.txt").write_text("".join(table))


main()
