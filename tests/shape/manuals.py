#!/usr/bin/env python3
"""The help and the manual say the same.

usage: manuals.py SOURCE BUILD

Every command of `counterfoil help --list` has docs/man/counterfoil-COMMAND.1
and the other way round; the options in both are equal. An option in the help
is on a line that begins with two spaces and `-`; in the manual it follows Fl.
"""
import re
import subprocess

from shape import BUILD, SOURCE, Tap

PROGRAM = BUILD / "counterfoil"
VERIFIER = BUILD / "counterfoil-verify"
MAN = SOURCE / "docs" / "man"
EVERYWHERE = {"-h", "--help"}


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    return done.stdout


def options_in_help(text):
    """`  -o, --out FILE   where to write` gives -o and --out."""
    options = set()
    for line in text.splitlines():
        if match := re.match(r"  (-.*?)(?:  |$)", line):
            options.update(re.findall(r"(?<!\S)--?[A-Za-z0-9][\w-]*", match[1]))
    return options - EVERYWHERE


def options_in_manual(text):
    """In mdoc `Fl -out` is --out and `Fl o` is -o."""
    options = set()
    for line in text.splitlines():
        if line.startswith(".") and not line.startswith('.\\"'):
            options.update("-" + word for word in re.findall(
                r"\bFl\s+(-?[A-Za-z0-9][\w-]*)", line))
    return options - EVERYWHERE


def help_of(command):
    text = output_of(PROGRAM, command, "--help")
    # `counterfoil verify` and the program counterfoil-verify share a page.
    if command == "verify":
        text += output_of(VERIFIER, "--help")
    return text


def faults_of(command):
    page = MAN / f"counterfoil-{command}.1"
    if not page.is_file():
        return [f"no {page.name}"]
    shown = options_in_help(help_of(command))
    written = options_in_manual(page.read_text(encoding="utf-8"))
    return ([f"{option} is only in the help" for option in shown - written] +
            [f"{option} is only in the manual" for option in written - shown])


def main():
    if not PROGRAM.is_file() or not VERIFIER.is_file():
        print("1..0 # SKIP the programs are not built")
        return
    tap = Tap()
    commands = [line.split()[0] for line in
                output_of(PROGRAM, "help", "--list").splitlines() if line]
    tap.case("`help --list` names commands", [] if commands else ["none"])
    for command in commands:
        tap.case(f"{command}: help and manual agree",
                 sorted(faults_of(command)))
    pages = {page.stem.removeprefix("counterfoil-")
             for page in MAN.glob("counterfoil-*.1")}
    tap.case("every manual page of section 1 is of a command",
             sorted(pages - set(commands)))
    tap.end()


main()
