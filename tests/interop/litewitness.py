#!/usr/bin/env python3
"""litewitness (Debian's torchwood) cosigns our checkpoints: a new log, its
growth, the same again, more than we remember; and it refuses an old copy,
another history, and a log that it does not know.
"""
import os
import re
import shutil

from peers import COUNTERFOIL, Place, fetch, free_port, skip


def start(place, tools, vkey, name):
    place.start("agent.log", "ssh-agent", "-D", "-a", place.path / "agent",
                ready="SSH_AUTH_SOCK")
    place.env["SSH_AUTH_SOCK"] = str(place.path / "agent")
    place.call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "w",
               "-f", "key")
    place.call("ssh-add", "-q", "key")
    print_ = place.call("ssh-keygen", "-lf", "key.pub").split()[1]
    place.call(tools / "witnessctl", "add-log", "-db", "db", "-origin", name)
    place.call(tools / "witnessctl", "add-key", "-db", "db", "-origin", name,
               "-key", vkey)
    port = free_port()
    found = place.start("lite.log", tools / "litewitness", "-db", "db",
                        "-key", print_, "-listen", f"127.0.0.1:{port}",
                        "-name", "lite.example/w", "-ssh-agent", "agent",
                        ready=r"vkey=(\S+)")[1]
    place.wait("lite.log", "msg=listening")
    return f"witness lite {found} http://127.0.0.1:{port}/\nquorum lite\n"


def cosign(place, case, status=0):
    return place.call(COUNTERFOIL, "cosign", "--case", case, "--policy",
                      "policy.txt", "--wait", "5", status=status)


def join(place, case, party):
    place.call(COUNTERFOIL, "join", "--as", party, "--case", case)


def size(place, case):
    return place.file(f"{case}/log/checkpoint").split("\n")[1]


def check(place, tools):
    vkey = place.case("seizure.example")
    place.file("policy.txt", start(place, tools, vkey, "seizure.example"))
    said = cosign(place, "seizure.example")
    assert "cosigned: size 1, by lite.example/w" in said, said
    shutil.copytree(place.path / "seizure.example", place.path / "old")
    shutil.copytree(place.path / "seizure.example", place.path / "other")

    join(place, "seizure.example", "court.example")
    said = cosign(place, "seizure.example")
    assert "cosigned: size 2" in said, said
    assert "cosigned already" in cosign(place, "seizure.example")
    assert "\u2014 lite.example/w " in place.file(
        "seizure.example/log/checkpoint")
    place.call(COUNTERFOIL, "fsck", "--case", "seizure.example")

    # Forgotten how far it is: it says so (409), and gets a proof from there.
    os.unlink(place.path / "seizure.example/private/witnesses")
    join(place, "seizure.example", "notary.example")
    assert "cosigned: size 3" in cosign(place, "seizure.example")

    # litewitness shows no checkpoint, so what it says is not proven: 3.
    join(place, "old", "court.example")
    assert size(place, "old") == "2"
    said = cosign(place, "old", status=3)
    assert "old copy" in said, said
    join(place, "other", "notary.example")
    join(place, "other", "court.example")
    assert size(place, "other") == "3"
    said = cosign(place, "other", status=3)
    assert "another history" in said, said
    for case in ["old", "other"]:
        assert "lite.example" not in place.file(f"{case}/log/checkpoint")

    place.case("stranger.example")
    said = cosign(place, "stranger.example", status=3)
    assert "does not know this ledger" in said, said
    assert not re.search(r"level=ERROR", place.file("lite.log"))


def main():
    if shutil.which("ssh-agent") is None:
        skip("litewitness: ssh-agent is not installed")
    tools = fetch("torchwood") / "usr" / "bin"
    with Place() as place:
        check(place, tools)
    print("litewitness: new log, growth, repetition, three refusals")


main()
