"""A real box, call by call: confined before it reads what it was given.

usage: confined.py TRACE...

Traces are those of strace -ff. In each that is a box's, no file that came over
the line is read before the filter of system calls is there, and after that no
call is made but those that it allows. Prints how many boxes there were.
"""
import re
import sys

ALLOWED = {"pread64", "read", "write", "mmap", "munmap", "mremap", "madvise",
           "brk", "futex", "clock_gettime", "exit_group"}
CALL = re.compile(r"(\w+)\((\d*)")

UNFINISHED = " <unfinished ...>"


def is_of_another(path, line, after):
    """A box that is killed where it enters its last call: strace cannot ask
    any more which one that is, and writes the one that it saw before, its
    parent's. That stands in the parent's trace, and ended; a call that the
    filter refuses ends in SIGSYS."""
    if not line.rstrip().endswith(UNFINISHED) or \
            after != "+++ killed by SIGKILL +++":
        return False
    call = line.rstrip()[:-len(UNFINISHED)]
    return any(other != path and
               any(there.startswith(call) and "= " in there for there in
                   open(other, encoding="utf-8", errors="replace"))
               for other in sys.argv[1:])


boxes = 0
for path in sys.argv[1:]:
    lines = open(path, encoding="utf-8", errors="replace").readlines()
    given, is_confined = set(), False
    if not any("recvmsg(3" in line and "SCM_RIGHTS" in line for line in lines):
        continue
    boxes += 1
    for at, line in enumerate(lines):
        match = CALL.match(line)
        if not match:
            continue
        call, fd = match.groups()
        if call == "recvmsg" and "cmsg_data=[" in line:
            # The first is the shared memory, which is closed again.
            given |= set(re.search(r"cmsg_data=\[([^]]*)\]",
                                   line)[1].split(", ")[1:])
        if call == "seccomp" and "SET_MODE_FILTER" in line:
            is_confined = line.rstrip().endswith("= 0")
        elif is_confined and call not in ALLOWED:
            if is_of_another(path, line, "".join(lines[at + 1:]).strip()):
                continue
            sys.exit(f"{path}: after the filter: {line}")
        elif not is_confined and call in ("read", "pread64", "mmap") and \
                fd in given:
            sys.exit(f"{path}: before the filter: {line}")
    if not is_confined or not given:
        sys.exit(f"{path}: a box without a filter or without files")
print(boxes)
