#!/usr/bin/env python3
"""Who may include whom.

usage: layers.py SOURCE BUILD

The table is that of DESIGN.md section 11; the compiler already enforces it
through the include path of each room. This test also sees what the compiler
cannot: headers that lie in the system's path, internal headers, and paths that
climb out of a room.
"""
import re

from shape import SOURCE, Tap, files, name

CORE = ["base", "tree", "note", "log", "record", "case"]
MAY_USE = {
    "base": [],
    "tree": ["base"],
    "note": ["base"],
    "log": ["base", "tree", "note"],
    "record": ["base", "note"],
    "case": ["base", "tree", "note", "log", "record"],
    "cage": ["base"],
    "drive": ["base"],
    "media": ["base", "tree", "cage"],
    "box": ["base", "cage", "media"],
    "exam": ["base", "media", "cage"],
    "flow": CORE + ["cage", "media", "exam"],
    "http": ["base"],
    "agent": ["base", "note"],
    "stamp": ["base", "note", "log"],
    "witness": ["base", "tree", "note", "log", "http"],
    "site": ["base", "tree", "note", "log"],
    "mirror": CORE + ["http"],
    "serve": CORE + ["http", "witness", "stamp", "site"],
    "cli": CORE + ["cage", "drive", "media", "exam", "flow", "http", "agent",
                   "stamp", "witness", "site", "mirror", "serve"],
    "verify": CORE,
}

# Any other header in <> must be the C library's or the kernel's.
THIRD_PARTY = {
    "openssl/ts.h": ["stamp"],
    "openssl/": ["base", "note", "stamp", "media"],
    "sodium": ["base", "note", "media", "exam"],
    "seccomp.h": ["base"],
    "microhttpd.h": ["http"],
    "curl/": ["http"],
    "zlib.h": ["serve"],
    "intel-ipsec-mb.h": ["media"],
    "isa-l/": ["media", "box"],
    "hs/": ["box"],
    "archive.h": ["box"],
    "libdeflate.h": ["media", "box"],
    "lzma.h": ["box"],
    "p11-kit/": ["agent"],
    "dlfcn.h": ["box"],
    "libbfio.h": ["box"],
    "libvhdi.h": ["box"],
    "libvmdk.h": ["box"],
    "tsk/": ["box"],
    "utf8proc.h": ["cli"],
    "qrencode.h": ["flow"],
}
LIBC = set("""
    alloca assert ctype dirent endian errno fcntl fnmatch getopt glob grp
    iconv inttypes iso646 langinfo libgen limits locale math netdb poll
    pthread pwd regex sched search semaphore setjmp signal spawn stdalign
    stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string
    strings syslog termios time unistd wchar wctype
""".split())
KERNEL = ("sys/", "linux/", "scsi/", "arpa/", "netinet/", "net/")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    return path.relative_to(SOURCE / "src").parts[0]


def third_party_fault(room, header):
    for prefix, rooms in THIRD_PARTY.items():
        if header.startswith(prefix):
            return None if room in rooms else "not for this room"
    if header.startswith(KERNEL) or header.removesuffix(".h") in LIBC:
        return None
    return "not a header that this project knows"


def own_fault(room, header, home):
    if "/" in header:
        return "a path, where a name is enough"
    if header not in home:
        return "no such header in any room"
    if home[header] != room:
        if home[header] not in MAY_USE[room]:
            return f"{room} may not use {home[header]}"
        if header.endswith("_internal.h"):
            return "internal to another room"
    return None


def main():
    tap = Tap()
    home = {path.name: room_of(path) for path in files("src/*/*.h")}
    rooms = sorted({room_of(path) for path in files("src/*/*.[ch]")})
    tap.case("every room is in the table",
             [room for room in rooms if room not in MAY_USE])
    tap.case("every file of a room lies flat in its folder",
             [name(path) for path in files("src/*/*/**/*.[ch]")])
    for room in (room for room in rooms if room in MAY_USE):
        faults = []
        for path in files(f"src/{room}/*.[ch]"):
            for mark, header in INCLUDE.findall(path.read_text()):
                fault = (third_party_fault(room, header) if mark == "<"
                         else own_fault(room, header, home))
                if fault:
                    faults.append(f"{name(path)}: {header}: {fault}")
        tap.case(f"{room} includes only what it may", faults)
    tap.end()


main()
