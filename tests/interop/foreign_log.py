#!/usr/bin/env python3
"""A log that nobody here wrote gets cosignatures from our witness: Tessera, in
age-keyserver of Debian's torchwood, which publishes only what a quorum of its
witness policy has cosigned. Started empty, grown, restarted; with the witness
gone it publishes nothing.
"""
import re
import time
import urllib.parse
import urllib.request

from peers import COUNTERFOIL, Place, fetch, free_port

AGE_KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


def start_witness(place, vkey, port):
    place.start("witness.log", COUNTERFOIL, "witness", "--key",
                "keys/w.example.key", "--state", "state", "--log", vkey,
                "--listen", f"127.0.0.1:{port}", ready=r"^w\.example\+\S+$")
    return re.search(r"^w\.example\+\S+$", place.file("witness.log"), re.M)[0]


def start_log(place, tools, keys, port):
    place.start("log.log", tools / "age-keyserver", "-db", "db", "-logdir",
                "log", "-listen", f"127.0.0.1:{port}", ready="Open in browser",
                LOG_KEY=keys[0], VRF_KEY=keys[1],
                LOG_WITNESS_POLICY="policy.txt")


def post(port, path, timeout, **fields):
    data = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", data,
                                timeout=timeout) as answer:
        answer.read()


def enter(place, port, name, timeout=60):
    """One more entry in the log: a user's key, by the link that is mailed."""
    mail = f"{name}@example.com"
    post(port, "/login", 60, email=mail, **{"h-captcha-response": "none"})
    link = place.wait("log.log", rf"manage#(email={name}%40\S+)")[1]
    token = dict(urllib.parse.parse_qsl(link))
    post(port, "/setkey", timeout, pubkey=AGE_KEY, **token)


def checkpoint(place, size):
    """The published one, once it has that size."""
    for _ in range(600):
        note = place.file("log/checkpoint")
        if note.split("\n")[1] == str(size):
            return note
        time.sleep(0.05)
    raise AssertionError(f"no checkpoint of size {size}:\n{note}")


def state(place):
    files = [path for path in (place.path / "state").iterdir()
             if len(path.name) == 64]
    assert len(files) == 1
    return files[0].read_text(encoding="utf-8")


def check(place, tools):
    said = place.call(tools / "age-keyserver-keygen", "keys.example")
    secret = re.search(r"^Private key.*: (\S+)$", said, re.M)[1]
    vrf = re.search(r"^Private VRF key.*: (\S+)$", said, re.M)[1]
    vkey = re.search(r"^Public key.*: (\S+)$", said, re.M)[1]
    place.call(COUNTERFOIL, "key", "new", "w.example", "--witness", "--plain")
    port, witness_port = free_port(), free_port()
    ours = start_witness(place, vkey, witness_port)
    place.file("policy.txt", f"log {vkey}\nwitness w {ours} "
               f"http://127.0.0.1:{witness_port}/\nquorum w\n")
    start_log(place, tools, (secret, vrf), port)
    for size, name in enumerate(["", "ann", "bob", "eve"]):
        if name:
            enter(place, port, name)
        note = checkpoint(place, size)
        assert "\u2014 w.example " in note, note
        assert state(place).split("\n")[1] == str(size)

    place.stop()
    start_log(place, tools, (secret, vrf), port)
    enter(place, port, "kim")
    assert "\u2014 w.example " in checkpoint(place, 4)

    place.running.append(place.running.pop(0))
    place.stop()
    try:
        enter(place, port, "lee", timeout=4)
    except OSError:
        pass
    assert checkpoint(place, 4)
    assert state(place).split("\n")[1] == "4"
    start_witness(place, vkey, witness_port)
    assert "\u2014 w.example " in checkpoint(place, 5)
    assert "500" not in place.file("witness.log")


def main():
    tools = fetch("torchwood") / "usr" / "bin"
    with Place() as place:
        check(place, tools)
    print("Tessera: sizes 0 to 5, restarted, and without its witness")


main()
