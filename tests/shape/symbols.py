#!/usr/bin/env python3
"""What the rooms export and call.

usage: symbols.py SOURCE BUILD

Reads the object files of the build, so it sees what the compiler made of the
source: names that do not say where they live, memory that could change behind
a caller's back, and calls that a room must not make.
"""
import collections
import pathlib
import re
import subprocess

from shape import BUILD, Tap, code_of, files, name

BANNED = """strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol
    gets gmtime localtime mktemp tmpnam system popen alloca""".split()

# Only cli and serve speak to the user, end the process or look around.
SPEAKING = """printf vprintf fprintf vfprintf puts fputs putchar fputc fwrite
    perror exit _exit getenv secure_getenv syslog""".split()
SPEAKING_ROOMS = {"cli", "serve", "verify"}
# The process that it forks off has no caller to return to.
SPEAKING_ALLOWED = {("agent_apart", "_exit")}

# DESIGN.md section 11: no file, socket or clock.
OUTSIDE = """open openat creat read write pread pwrite fopen fdopen stat fstat
    fstatat unlink unlinkat rename renameat socket connect bind time
    clock_gettime gettimeofday fork execve""".split()
PURE_ROOMS = {"tree", "note", "record", "case"}

# Only counterfoil-box takes images apart; what parses evidence later, too.
READERS = ("media_ewf_read_", "box_", "libvhdi", "libvmdk", "tsk_", "archive_")
BOX_READER = "media_ewf_read_new"

# Memory that outlives a call, with the reason why it may.
MUTABLE_ALLOWED = {
    # The digest that libcrypto looks up by name: fetched once, then only read.
    ("hash_libcrypto", "sha256"), ("hash_libcrypto", "sha256_once"),
}

Symbol = collections.namedtuple("Symbol", "room unit name kind section")
ENTRY = re.compile(r"^[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$")


def symbols_of(library, room):
    """Every symbol in an archive, by the source file it was made from."""
    table = subprocess.run(["objdump", "-t", library], check=True,
                           capture_output=True, text=True).stdout
    unit = None
    for line in table.splitlines():
        if ":     file format" in line:
            unit = pathlib.PurePath(line.split(":")[0]).name.split(".")[0]
        elif match := ENTRY.match(line):
            flags, section, symbol = match.groups()
            yield Symbol(room, unit, symbol, flags, section)


def is_from_compiler(symbol):
    return symbol.name.startswith(("__", ".", "_GLOBAL", "*")) or \
        re.search(r"asan|ubsan|gcov|odr_", symbol.name) is not None


def prefix_fault(symbol, headers):
    """Names begin with the file, with the header that declares them, or with
    a type that this header defines."""
    homes = [symbol.unit]
    for stem, code in headers[symbol.room].items():
        if re.search(rf"\b{re.escape(symbol.name)}\b", code):
            homes += [stem] + re.findall(
                r"\b(?:struct|enum) (\w+) \{", code)
    if any(symbol.name == home or symbol.name.startswith(home + "_")
           for home in homes):
        return None
    return f"{symbol.room}/{symbol.unit}.c: {symbol.name}"


def called(symbols, rooms, names):
    plain = re.compile(r"^__(.*)_chk$")
    return sorted({
        f"{symbol.room}/{symbol.unit}.c: {symbol.name}" for symbol in symbols
        if symbol.section == "*UND*" and symbol.room in rooms
        and plain.sub(r"\1", symbol.name) in names})


def readers_in(program):
    """What takes images apart, in a program that must not."""
    table = subprocess.run(["nm", program], check=True, capture_output=True,
                           text=True).stdout
    return sorted(line.split()[-1] for line in table.splitlines()
                  if line.split()[-1].startswith(READERS))


def banned_in_source():
    call = re.compile(rf"\b({'|'.join(BANNED)})\s*\(")
    for path in files("src/*/*.[ch]"):
        if path.name == "banned.h":
            continue
        code = code_of(path.read_text(encoding="utf-8"))
        for number, line in enumerate(code.splitlines(), 1):
            if match := call.search(line):
                yield f"{name(path)}:{number}: {match[1]}"


def main():
    tap = Tap()
    headers = collections.defaultdict(dict)
    for path in files("src/*/*.h"):
        headers[path.parent.name][path.stem] = code_of(path.read_text())
    symbols = []
    for library in sorted((BUILD / "src").glob("*/lib*.a")):
        symbols += symbols_of(library, library.parent.name)
    symbols = [symbol for symbol in symbols if not is_from_compiler(symbol)]
    rooms = {symbol.room for symbol in symbols}

    tap.case("the build has libraries to look at", [] if symbols else [BUILD])
    tap.case("exported names begin with the name of their file or header",
             sorted({fault for symbol in symbols
                     if "g" in symbol.kind and symbol.section != "*UND*"
                     and (fault := prefix_fault(symbol, headers))}))
    tap.case("no memory outlives a call", sorted({
        f"{symbol.room}/{symbol.unit}.c: {symbol.name}" for symbol in symbols
        if re.match(r"\.(data|bss)(\.(?!rel\.ro)|$)", symbol.section)
        and not symbol.kind.endswith("d ") and symbol.room != "cli"
        and (symbol.unit, symbol.name) not in MUTABLE_ALLOWED}))
    tap.case("the source makes no banned call", list(banned_in_source()))
    tap.case("libraries do not print, exit or read the environment",
             called([symbol for symbol in symbols
                     if (symbol.unit, symbol.name) not in SPEAKING_ALLOWED],
                    rooms - SPEAKING_ROOMS, SPEAKING))
    tap.case("pure rooms use no file, socket or clock",
             called(symbols, rooms & PURE_ROOMS, OUTSIDE))
    tap.case("no image is taken apart but in the box",
             readers_in(BUILD / "counterfoil"))
    tap.case("the box takes them apart",
             [] if BOX_READER in readers_in(BUILD / "counterfoil-box")
             else ["not it"])
    tap.end()


main()
