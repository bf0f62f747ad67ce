#!/usr/bin/env python3
"""dist/counterfoil-serve.service is a good unit, and lets the server work.

systemd-analyze finds no fault in it, and an exposure of at most EXPOSURE_MAX
tenths; every system call of a real server and of the process that asks its
witness, from its start over a commit and a cosignature to its end, is one that
the unit's filter lets through, those with which it confines itself among them.
Exit status 77: there is no systemd-analyze, or no strace that may trace here.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(os.environ["COUNTERFOIL_SOURCE"])
PROGRAM = pathlib.Path(os.environ["COUNTERFOIL_BUILD"]) / "counterfoil"
UNIT = SOURCE / "dist" / "counterfoil-serve.service"
INSTALLED = "/usr/bin/counterfoil"
EXPOSURE_MAX = 16  # of 100
ROSTER = """party,side,org,role,key,policy-holder,red-line
police.example,authority,police.example,seized,new,yes,
owner.example,owner,owner.example,owner,new,yes,
"""
# Those with which the server gives up the others.
CONFINING = {"seccomp", "landlock_create_ruleset", "landlock_add_rule",
             "landlock_restrict_self"}
# What systemd has done before the program's first instruction.
BEFORE = {"execve"}


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=120, check=False,
                          **options)


def analyze(folder):
    unit = folder / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    assert f"ExecStart={INSTALLED} " in text
    unit.write_text(text.replace(INSTALLED, str(PROGRAM.resolve())),
                    encoding="utf-8")
    done = run("systemd-analyze", "verify", "--man=no", unit)
    if done.returncode != 0 or done.stdout.strip():
        yield f"systemd-analyze verify: {done.stdout.strip()}"
    done = run("systemd-analyze", "security", "--offline=true",
               f"--threshold={EXPOSURE_MAX}", unit)
    print(done.stdout.strip().split("\n")[-1])
    if done.returncode != 0:
        yield f"more exposed than {EXPOSURE_MAX / 10}"


def members(group):
    """The system calls of a group, those of groups in it among them."""
    calls = set()
    for line in run("systemd-analyze", "syscall-filter",
                    group).stdout.split("\n")[1:]:
        name = line.strip()
        if name.startswith("@"):
            calls |= members(name)
        elif name and not name.startswith("#"):
            calls.add(name)
    return calls


def permitted():
    """What the unit's filter lets through, as systemd.exec(5) reads it."""
    calls = set(members("@default"))
    for value in re.findall(r"^SystemCallFilter=(.*)$",
                            UNIT.read_text(encoding="utf-8"), re.M):
        taken = value.startswith("~")
        for word in value.lstrip("~").split():
            these = members(word) if word.startswith("@") else {word}
            assert these, f"systemd knows no {word}"
            calls = calls - these if taken else calls | these
    return calls


def make_case(folder):
    (folder / "parties.csv").write_text(ROSTER, encoding="utf-8")
    case = folder / "case"
    env = dict(os.environ, COUNTERFOIL_KEYS=str(folder / "keys"))
    done = run(PROGRAM, "init", case, "--name", "unit.example", "--roster",
               folder / "parties.csv", "--plain-keys", env=env)
    assert done.returncode == 0, done.stdout
    # At a desk without the ledger's key the record waits, signed.
    shutil.copytree(case, folder / "desk")
    (folder / "desk" / "private" / "log.key").unlink()
    done = run(PROGRAM, "claim", "--case", folder / "desk", "--as",
               "owner.example", "--asserts", "received", "--said",
               "2023-07-03", "--said-by", "police.example", "--recipient",
               "police.example", "--quote", "We have it.", env=env)
    offers = list((folder / "desk" / "private" / "offers").iterdir())
    assert done.returncode == 0 and offers, done.stdout
    return case, offers[0].read_bytes()


def start_witness(folder, case):
    """A witness that the case's own configuration names."""
    env = dict(os.environ, COUNTERFOIL_KEYS=str(folder / "keys"))
    done = run(PROGRAM, "key", "new", "w.example", "--witness", "--plain",
               env=env)
    assert done.returncode == 0, done.stdout
    conf = case / "counterfoil.conf"
    log = re.search(r"^log: (\S+)$", conf.read_text(encoding="utf-8"), re.M)
    witness = subprocess.Popen(
        [PROGRAM, "witness", "--key", folder / "keys" / "w.example.key",
         "--state", folder / "state", "--log", log[1], "--listen",
         "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    url = re.search(r" on (\S+)", witness.stdout.readline())
    vkey = witness.stdout.readline().strip()
    (case / "policy.txt").write_text(f"witness w {vkey} {url[1]}\nquorum w\n",
                                     encoding="utf-8")
    with conf.open("a", encoding="utf-8") as lines:
        lines.write("witnesses: policy.txt\n")
    return witness


def trace(folder):
    """The system calls that a server makes."""
    case, record = make_case(folder)
    witness = start_witness(folder, case)
    try:
        return trace_server(folder, case, record)
    finally:
        witness.terminate()
        witness.wait(60)


def trace_server(folder, case, record):
    log, out = folder / "trace", folder / "out"
    with open(out, "wb") as printed:
        server = subprocess.Popen(
            ["strace", "-D", "-f", "-qq", "-o", log, PROGRAM, "serve", case,
             "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
            stdout=printed, stderr=subprocess.STDOUT)
    url = None
    for _ in range(400):
        url = re.search(r"served at (\S+)", out.read_text(encoding="utf-8"))
        if url or server.poll() is not None:
            break
        time.sleep(0.05)
    try:
        assert url, out.read_text(encoding="utf-8")
        post = urllib.request.Request(url[1] + "records", data=record,
                                      headers={"Content-Type": "text/plain"})
        with urllib.request.urlopen(post, timeout=20) as answer:
            assert answer.status == 201
        for path in ("checkpoint", "tile/entries/000.p/1", "health",
                     "metrics", "questions", "challenge"):
            with urllib.request.urlopen(url[1] + path, timeout=20) as answer:
                answer.read()
        checkpoint = case / "log" / "checkpoint"
        for _ in range(400):
            if "— w.example " in checkpoint.read_text(encoding="utf-8"):
                break
            time.sleep(0.05)
        else:
            raise AssertionError(out.read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.wait(60)
    # strace is a process beside it (-D), and may be a moment later.
    for _ in range(100):
        if "exit_group(" in log.read_text(encoding="utf-8", errors="replace"):
            break
        time.sleep(0.05)
    return set(re.findall(r"^(?:\d+ +)?(\w+)\(",
                          log.read_text(encoding="utf-8", errors="replace"),
                          re.M))


def main():
    if not shutil.which("systemd-analyze"):
        skip("there is no systemd-analyze")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="counterfoil-unit-"))
    try:
        faults = list(analyze(folder))
        allowed = permitted()
        faults += [f"the unit's filter has no {call}"
                   for call in sorted(CONFINING - allowed)]
        if not shutil.which("strace") or run(
                "strace", "-o", "/dev/null", "true").returncode != 0:
            skip("; ".join(faults) or "strace may not trace here")
        calls = trace(folder) - BEFORE
        faults += [f"the server calls {call}, and the unit's filter has it not"
                   for call in sorted(calls - allowed)]
    finally:
        shutil.rmtree(folder)
    for fault in faults:
        print(fault)
    print(f"{len(calls)} system calls of a server, {len(allowed)} let through")
    if len(calls) < 30 or not CONFINING & calls:
        print("too few calls were seen")
        faults.append("")
    sys.exit(1 if faults else 0)


main()
