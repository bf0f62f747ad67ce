#!/usr/bin/env python3
"""Kills commands at every system call that changes something.

A first run under strace counts the calls; then the command runs once for each
of them and is killed there. After each: the next command works, what was
acknowledged is in the ledger, all of the command's records are in it or none,
no reveal of theirs is lost, fsck finds nothing wrong, and the same command
again comes to the end that it was for.

Usage: kill_commands.py [COMMAND...]. The program is $COUNTERFOIL, else in PATH.
Exit 0: all points passed, 1: not, 77: there is no strace that may trace here.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("COUNTERFOIL", "counterfoil")
CALLS = ["write", "pwrite64", "fsync", "rename", "renameat", "renameat2",
         "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "flock"]
TIMEOUT = 60

ROSTER = """\
party,side,key,policy-holder
police.example,authority,new,yes
room.example,authority,new,
owner.example,owner,new,yes
notary.example,neutral,new,
"""
THINGS = """\
item,type,inside,serial,place,seal,seal_type,condition
B-0001,package,,,hall 1,451001,enclosing,good
PC-0001,computer,B-0001,YKANTZDM,hall 1,,,good
PC-0001-C,casing,PC-0001,YKANTZDM,hall 1,,,good
PC-0001-D1,drive,PC-0001,WCJ6HLDUM7NG,hall 1,,,good
B-0002,package,,,hall 2,451002,enclosing,good
PH-0001,phone,B-0002,F41RPH0N3,hall 2,,,good
"""
SIGNERS = [word for party in ("police", "owner", "notary")
           for word in ("--as", party + ".example")]
# Enough lines to need two parts: one commit must take both.
LONG = "".join(f"D-{i:03},drive,,S{i:03},shelf {i},,,{'worn ' * 60}out\n"
               for i in range(150))


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(command, env):
    return subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=TIMEOUT, check=False, env=env)


class Box:
    """A folder with a case, its keys and its tables."""

    def __init__(self, path):
        self.path = path
        self.case = os.path.join(path, "case")
        self.env = dict(os.environ, COUNTERFOIL_CASE=self.case,
                        COUNTERFOIL_KEYS=os.path.join(path, "keys"))

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        return path

    def counterfoil(self, *words):
        return run([PROGRAM, *words], self.env)

    def must(self, *words):
        result = self.counterfoil(*words)
        if result.returncode != 0:
            sys.exit(f"{words}: {result.stdout}{result.stderr}")
        return result.stdout

    def size(self):
        with open(os.path.join(self.case, "log", "checkpoint"),
                  encoding="utf-8") as lines:
            return int(lines.readlines()[1])


class Command:
    """One command, what has to be there before it, and its end."""

    def __init__(self, name, words, prepare, records, again):
        self.name, self.words, self.prepare = name, words, prepare
        self.records = records  # that it enters
        self.again = again  # exit statuses of the same once more
        self.reveals = None  # in all, once it is done

    def arguments(self, box):
        return [word.replace("@", box.path + "/") for word in self.words]

    def arguments_again(self, box):
        return self.arguments(box)

    def is_done(self, box):
        return os.path.exists(os.path.join(box.case, "counterfoil.conf"))


class Init(Command):
    def __init__(self):
        super().__init__("init", ["init", "@case", "--roster", "@roster.csv",
                                  "--plain-keys"], self.tables, 1, {0, 3})

    def tables(self, box):
        # Few parties: each new key is a file like the others.
        box.file("roster.csv", "".join(ROSTER.splitlines(True)[:2]))


class Custody(Command):
    def __init__(self, name, words, records, holder, again):
        super().__init__(name, words, self.case, records, again)
        self.holder = holder

    def case(self, box):
        box.file("roster.csv", ROSTER)
        box.file("long.csv", THINGS + LONG)
        box.must("init", box.case, "--roster", box.file("roster.csv"),
                 "--plain-keys")
        box.must("join", "--all")
        if self.name == "seize":
            return
        box.must("seize", box.file("list.csv", THINGS), "--by",
                 "police.example", "--from", "owner.example", "--owner",
                 "signed", "--witness", "notary.example", *SIGNERS)
        if self.name == "accept":
            box.must("hand", "--all", "--to", "room.example", "--as",
                     "police.example", "--count", "2", "--given-by", "A",
                     "--offer", box.file("hand.offer"))

    def is_done(self, box):
        return f"held by {self.holder}" in box.counterfoil(
            "show", "B-0001").stdout


class Image(Custody):
    """An image and its record: the files are either whole and have their
    names, or it is gone on with."""

    def __init__(self):
        super().__init__("image", ["image", "@drive", "--item", "PC-0001-D1",
                                   "--copy", "I-1", "-o", "@x.raw",
                                   "--order", "last", "--place", "the lab",
                                   "--as", "room.example"],
                         1, "room.example", {0})

    def case(self, box):
        super().case(box)
        box.must("hand", "--all", "--to", "room.example", "--counter",
                 "--count", "2", "--count-received", "2", "--as",
                 "police.example", "--as", "room.example", "--given-by", "A",
                 "--received-by", "B")
        box.must("order", "authorisation", "--concerns", "drive",
                 "--permits", "image", "--as", "police.example")
        box.file("drive", "what is on the drive; " * 10000)

    def arguments_again(self, box):
        # Whatever there is: nothing, half a beginning, or all of it.
        return self.arguments(box) + ["--resume"]

    def is_done(self, box):
        return (box.counterfoil("verify-image", box.file("x.raw"), "--item",
                                "I-1").returncode == 0 and
                not os.path.exists(box.file("x.raw.journal")) and
                not os.path.exists(box.file("x.raw.part")))


COMMANDS = [
    Init(),
    Custody("seize", ["seize", "@long.csv", "--by", "police.example",
                      "--from", "owner.example", "--owner", "signed",
                      "--witness", "notary.example", "--place", "a base",
                      *SIGNERS], 3, "police.example", {0}),
    Custody("hand", ["hand", "--all", "--to", "room.example", "--counter",
                     "--count", "2", "--count-received", "2", "--as",
                     "police.example", "--as", "room.example", "--given-by",
                     "A", "--received-by", "B"], 1, "room.example", {0, 3}),
    Custody("accept", ["accept", "@hand.offer", "--as", "room.example",
                       "--count", "2"], 1, "room.example", {0}),
    Image(),
]


def find_points(log):
    seen = collections.Counter()
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = re.match(r"(?:\d+\s+)?(\w+)\(", line)
            if not match or match[1] not in CALLS:
                continue
            seen[match[1]] += 1
            # Of what is printed only the acknowledgements matter.
            if not re.search(r"write\([12],", line) or "entered" in line:
                yield match[1], seen[match[1]]


class Trial:
    """One run of a command that is killed at one point."""

    def __init__(self, command, base, parent):
        self.command, self.base = command, base
        self.box = Box(os.path.join(parent, "trial"))
        self.faults = []

    def start_over(self):
        shutil.rmtree(self.box.path, ignore_errors=True)
        shutil.copytree(self.base.path, self.box.path)

    def strace(self, options, log):
        # Line by line, so that what was acknowledged before the end is seen.
        return run(["strace", "-f", "-qq", "-o", log, "-e",
                    "trace=" + ",".join(CALLS), *options, "stdbuf", "-oL",
                    PROGRAM, *self.command.arguments(self.box)],
                   self.box.env)

    def need(self, is_met, what):
        if not is_met:
            self.faults.append(what)

    def count_reveals(self):
        fsck = self.box.counterfoil("fsck")
        self.need(fsck.returncode == 0, fsck.stdout + fsck.stderr)
        found = re.search(r"(\d+) reveals", fsck.stdout)
        return int(found[1]) if found else None

    def check(self, before, killed):
        box, command = self.box, self.command
        acknowledged = re.findall(r"^entered (\d+): \w+ (\w{12})",
                                  killed.stdout, re.M)
        if os.path.exists(os.path.join(box.case, "counterfoil.conf")):
            shown = box.counterfoil("show")
            self.need(shown.returncode == 0, f"show: {shown.stderr}")
            self.count_reveals()
            grown = box.size() - (before or 0)
            self.need(grown in (0, command.records), f"{grown} records")
        for index, short_id in acknowledged:
            shown = box.counterfoil("show", short_id)
            self.need(shown.returncode == 0,
                      f"acknowledged record {index} is lost: {shown.stderr}")
        self.finish(before)

    def finish(self, before):
        box, command = self.box, self.command
        again = box.counterfoil(*command.arguments_again(box))
        self.need(again.returncode in command.again, f"again: {again.stderr}")
        if before is None and box.size() == 0:
            # The genesis waits in an offer: whoever holds the keys enters it.
            offer = os.listdir(os.path.join(box.case, "private", "offers"))[0]
            again = box.counterfoil("accept", offer.removesuffix(".offer"))
            self.need(again.returncode == 0, f"accept: {again.stderr}")
        self.need(self.count_reveals() == command.reveals,
                  "in the end there are not all reveals")
        self.need(box.size() == (before or 0) + command.records,
                  f"in the end {box.size()} records")
        self.need(command.is_done(box), "in the end it is not done")


def run_command(command, parent):
    base = Box(os.path.join(parent, command.name))
    os.mkdir(base.path)
    command.prepare(base)
    before = None if command.name == "init" else base.size()
    log = os.path.join(parent, "trace")
    trial = Trial(command, base, parent)
    trial.start_over()
    whole = trial.strace([], log)
    if whole.returncode != 0:
        sys.exit(f"{command.name}: {whole.stdout}{whole.stderr}")
    command.reveals = trial.count_reveals()
    points = list(find_points(log))
    wrong = 0
    for call, number in points:
        trial = Trial(command, base, parent)
        trial.start_over()
        killed = trial.strace(
            ["-e", f"inject={call}:signal=KILL:when={number}"], log)
        trial.check(before, killed)
        wrong += bool(trial.faults)
        for fault in trial.faults:
            print(f"{command.name} killed at {call} {number}: {fault}")
    print(f"{command.name}: killed at {len(points)} calls, {wrong} wrong")
    return len(points) if wrong == 0 else 0


def main():
    if shutil.which("strace") is None:
        skip("no strace")
    names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as parent:
        probe = run(["strace", "-o", os.devnull, "true"], dict(os.environ))
        if probe.returncode != 0:
            skip("strace may not trace here")
        sys.exit(0 if all([run_command(command, parent)
                           for command in COMMANDS
                           if not names or command.name in names]) else 1)


main()
