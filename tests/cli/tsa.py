#!/usr/bin/env python3
"""Time-stamping authorities for the tests, made with openssl.

usage: tsa.py make FOLDER           keys, certificates and settings
       tsa.py serve FOLDER          prints the port that it listens on

Each authority is a folder in FOLDER. An address is /AUTHORITY/HOW, and HOW says
what is wrong with the answer; `good` is nothing.
"""
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(sys.argv[2])
SHA256 = bytes.fromhex("0609608648016503040201")
SETTINGS = """[tsa]
serial = {here}/serial
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = {digests}
signer_digest = {signer}
ess_cert_id_alg = {ess}
ess_cert_id_chain = {chain}
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = yes
"""
CA = """[ca]
default_ca = one
[one]
database = {here}/index
new_certs_dir = {here}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
organizationName = optional
commonName = supplied
"""
USAGE = "keyUsage=critical,digitalSignature\n"
FIT = "extendedKeyUsage=critical,timeStamping\n"


def openssl(*arguments, check=True):
    return subprocess.run(["openssl", *map(str, arguments)], check=check,
                          capture_output=True, timeout=20)


def make_ca(name):
    here = FOLDER / name
    here.mkdir(parents=True)
    (here / "index").touch()
    (here / "serial").write_text("01\n")
    (here / "ca.cnf").write_text(CA.format(here=here))
    usual = {"here": here, "digests": "sha256, sha512", "chain": "no",
             "signer": "sha256", "ess": "sha256"}
    for settings, changed in {"tsa": {}, "picky": {"digests": "sha512"},
                              "chain": {"chain": "yes", "ess": "sha1"},
                              "sha1": {"signer": "sha1"}}.items():
        (here / f"{settings}.cnf").write_text(
            SETTINGS.format(**{**usual, **changed}))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 3650,
            "-keyout", here / "ca.key", "-out", here / "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign",
            "-subj", f"/O={name}/CN=Root of {name}")


def make_signer(name, signer, extensions, dates, bits=2048):
    here = FOLDER / name
    (here / "extensions").write_text(extensions)
    openssl("req", "-newkey", f"rsa:{bits}", "-nodes",
            "-keyout", here / f"{signer}.key", "-out", here / "csr",
            "-subj", f"/O={name}/CN=Stamps of {name}")
    openssl("ca", "-batch", "-notext", "-config", here / "ca.cnf",
            "-cert", here / "ca.pem", "-keyfile", here / "ca.key",
            "-extfile", here / "extensions", *dates, "-in", here / "csr",
            "-out", here / f"{signer}.pem")


def make():
    year = ("-days", 365)
    past = ("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")
    for name in ("one", "two"):
        make_ca(name)
        make_signer(name, "tsa", USAGE + FIT, year)
    make_signer("one", "expired", USAGE + FIT, past)
    make_signer("one", "unfit", USAGE, year)
    make_signer("one", "uncritical",
                USAGE + "extendedKeyUsage=timeStamping\n", year)
    make_signer("one", "more", USAGE +
                "extendedKeyUsage=critical,timeStamping,serverAuth\n", year)
    make_signer("one", "weak", USAGE + FIT, year, 1024)
    # One whose root had ended before.
    make_ca("old")
    here = FOLDER / "old"
    (here / "extensions").write_text("basicConstraints=critical,CA:TRUE\n")
    openssl("req", "-new", "-key", here / "ca.key", "-out", here / "csr",
            "-subj", "/O=old/CN=Root of old")
    openssl("ca", "-batch", "-notext", "-selfsign", "-config", here / "ca.cnf",
            "-keyfile", here / "ca.key", "-in", here / "csr", *past,
            "-extfile", here / "extensions", "-out", here / "ca.pem")
    make_signer("old", "tsa", USAGE + FIT, year)
    # A certificate of its own making, with the name of another's.
    make_ca("liar")
    make_signer("liar", "tsa", USAGE + FIT, year)


def length_of(body):
    if len(body) < 128:
        return bytes([len(body)])
    size = len(body).to_bytes(3, "big").lstrip(b"\0")
    return bytes([128 + len(size)]) + size


def sequence(body):
    return b"\x30" + length_of(body) + body


def reply(here, query, settings="tsa.cnf", signer="tsa"):
    with tempfile.TemporaryDirectory() as tmp:
        asked, made = pathlib.Path(tmp, "q"), pathlib.Path(tmp, "r")
        asked.write_bytes(query)
        openssl("ts", "-reply", "-config", here / settings, "-section", "tsa",
                "-queryfile", asked, "-signer", here / f"{signer}.pem",
                "-inkey", here / f"{signer}.key", "-chain", here / "ca.pem",
                "-out", made)
        return made.read_bytes()


def signed_again(here, query, signer, there=None):
    """The same statement, signed by a certificate that openssl ts refuses, or
    by that of another authority."""
    there = there or here
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp)
        (path / "r").write_bytes(reply(here, query))
        openssl("ts", "-reply", "-in", path / "r", "-token_out",
                "-out", path / "token")
        openssl("cms", "-verify", "-noverify", "-inform", "DER",
                "-in", path / "token", "-out", path / "info")
        openssl("cms", "-sign", "-cades", "-binary", "-nodetach",
                "-econtent_type", "1.2.840.113549.1.9.16.1.4",
                "-signer", there / f"{signer}.pem",
                "-inkey", there / f"{signer}.key", "-md", "sha256",
                "-in", path / "info", "-outform", "DER", "-out", path / "cms")
        status = sequence(b"\x02\x01\x00")
        return sequence(status + (path / "cms").read_bytes())


def asked_anew(digest, *more):
    return openssl("ts", "-query", "-digest", digest.hex(), "-sha256",
                   "-cert", *more).stdout


def without_certificate(query):
    """The last field of the request is certReq TRUE."""
    head = 2 if query[1] < 128 else 2 + query[1] - 128
    return sequence(query[head:].removesuffix(b"\x01\x01\xff"))


def flipped(answer, at):
    answer = bytearray(answer)
    answer[at] ^= 1
    return bytes(answer)


def answer_to(here, how, query):
    at = query.index(SHA256) + len(SHA256)
    digest = query[query.index(b"\x04\x20", at) + 2:][:32]
    if how in ("expired", "weak"):
        return reply(here, query, signer=how)
    if how in ("unfit", "uncritical", "more"):
        return signed_again(here, query, how)
    if how == "cms":
        return signed_again(here, query, "tsa")
    if how == "nonce":
        return reply(here, asked_anew(digest))
    if how == "no-nonce":
        return reply(here, asked_anew(digest, "-no_nonce"))
    if how == "imprint":
        return reply(here, query.replace(digest, flipped(digest, 0)))
    if how == "rejects":
        return reply(here, query, "picky.cnf")
    if how == "sha1":
        return reply(here, query, "sha1.cnf")
    if how == "sha512":
        return reply(here, openssl("ts", "-query", "-digest", "00" * 64,
                                   "-sha512", "-cert").stdout)
    if how == "other-name":
        return signed_again(here, query, "tsa", FOLDER / "two")
    if how == "chain":
        return reply(here, query, "chain.cnf")
    if how == "bare":
        return reply(here, without_certificate(query))
    if how == "replay":
        return (FOLDER / "replay").read_bytes()
    good = reply(here, query)
    if how == "modified":
        return good.replace(b"\x02\x01\x00", b"\x02\x01\x01", 1)
    return {"good": good, "html": good, "error": good, "slow": good,
            "signature": flipped(good, -1), "truncated": good[:-40],
            "longer": good + b"\0", "garbage": bytes(range(256)),
            "empty": b"", "huge": good + b"x" * (1 << 17)}[how]


class Authority(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        name, how = self.path.strip("/").split("/")
        with open(FOLDER / "asked", "a", encoding="utf-8") as log:
            log.write(f"{name}/{how} {self.headers['Content-Type']}\n")
        body = answer_to(FOLDER / name, how, query)
        if how == "slow":
            time.sleep(5)
        self.send_response(500 if how == "error" else 200)
        self.send_header("Content-Type", "text/html" if how == "html" else
                         "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    print(server.server_address[1], flush=True)
    server.daemon_threads = True
    server.serve_forever()


os.environ["OPENSSL_CONF"] = "/dev/null"
make() if sys.argv[1] == "make" else serve()
