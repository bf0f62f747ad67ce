#!/usr/bin/env python3
"""The guide's nginx in front of the guide's `counterfoil serve`.

Both are taken out of docs/operator.md as they stand there; only addresses,
paths and the certificate are put in their place. What is held against them:
media types, caching, gzip and 404 of the tlog-tiles read API, that tiles come
from nginx alone, a record that is handed in through it, and whose limits count
whom. As root, nginx is another user than the service, as on a real machine.
Exit status 77: there is no nginx.
"""
import concurrent.futures
import gzip
import http.client
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time

from peers import COUNTERFOIL, Place, free_port, run, skip

SOURCE = os.environ["COUNTERFOIL_SOURCE"]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CASE = "/srv/raid"
SERVICE = "127.0.0.1:8640"
IMMUTABLE = "public, max-age=604800, immutable"
CLAIM = ["--asserts", "received", "--said", "2023-07-03", "--said-by",
         "court.example", "--recipient", "police.example"]
# What stands around a site in Debian's nginx.conf.
AROUND = """\
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
	include /etc/nginx/mime.types;
	default_type text/html;
	sendfile on;
	gzip on;
	access_log off;
	client_body_temp_path {folder}/temp-body;
	proxy_temp_path {folder}/temp-proxy;
	fastcgi_temp_path {folder}/temp-fastcgi;
	uwsgi_temp_path {folder}/temp-uwsgi;
	scgi_temp_path {folder}/temp-scgi;
{site}
}}
"""


def put_in_place(text, changes):
    """The text with each of these changed, which all must stand in it."""
    for old, new in changes.items():
        assert old in text, f"docs/operator.md has no {old}"
        text = text.replace(old, new)
    return text


class Front:
    """A case, the service, and nginx before it."""

    def __init__(self, place):
        self.place = place
        self.port, self.inner = free_port(), free_port()
        with open(f"{SOURCE}/docs/operator.md", encoding="utf-8") as guide:
            text = guide.read()
        command = re.findall(rf"^counterfoil (serve {CASE} .*)$", text, re.M)
        sites = re.findall(r"^```nginx\n(.*?)^```$", text, re.M | re.S)
        assert len(command) == len(sites) == 1, (command, len(sites))
        self.words = shlex.split(put_in_place(command[0], {
            CASE: str(place.path / "raid"),
            SERVICE: f"127.0.0.1:{self.inner}"}))
        self.site = put_in_place(sites[0], {
            CASE: str(place.path / "raid"),
            SERVICE: f"127.0.0.1:{self.inner}",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "/etc/ssl/ledger": str(place.path / "ledger")})

    def start_nginx(self):
        path = self.place.path
        place = self.place
        user = "user www-data;" if os.geteuid() == 0 else ""
        place.file("nginx.conf", AROUND.format(user=user, folder=path,
                                               site=self.site))
        place.call("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                   path / "ledger.key", "-out", path / "ledger.pem", "-days",
                   "2", "-subj", "/CN=ledger.example", "-addext",
                   "subjectAltName=IP:127.0.0.1")
        place.file("error.log", "")
        place.start("nginx.log", NGINX, "-e", path / "error.log", "-c",
                    path / "nginx.conf")
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert place.running[-1].poll() is None, (
                    place.file("error.log") + place.file("nginx.log"))

    def serve(self, *words):
        """The service, with further options in front of the guide's."""
        self.place.start("serve.log", COUNTERFOIL, *self.words, *words,
                         ready="is served at")

    def ask(self, path, method="GET", body=None, source=None, **fields):
        context = ssl.create_default_context(
            cafile=self.place.path / "ledger.pem")
        link = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=30, context=context,
            source_address=(source, 0) if source else None)
        headers = {name.replace("_", "-"): value
                   for name, value in fields.items()}
        link.request(method, path, body, headers)
        answer = link.getresponse()
        answer.body = answer.read()
        link.close()
        return answer

    def post(self, record):
        return self.ask("/records", "POST", record, Content_Type="text/plain")


def expect(answer, status, **fields):
    assert answer.status == status, (answer.status, answer.body)
    for name, value in fields.items():
        got = answer.getheader(name.replace("_", "-"))
        assert got == value, (name, got, value)


def sign_claims(place, count):
    """So many records, signed where the ledger's key is not."""
    shutil.copytree(place.path / "raid", place.path / "desk")
    (place.path / "desk" / "private" / "log.key").unlink()
    offers = place.path / "desk" / "private" / "offers"
    for i in range(count):
        place.call(COUNTERFOIL, "claim", "--case", "desk", "--as",
                   "owner.example", *CLAIM, "--quote", f"Number {i}.")
    return [offer.read_bytes() for offer in sorted(offers.iterdir())]


def size_of(front):
    return int(front.ask("/checkpoint").body.split(b"\n")[1])


def check_reading(front):
    log = front.place.path / "raid" / "log"
    size = size_of(front)
    answer = front.ask("/checkpoint")
    expect(answer, 200, Content_Type="text/plain; charset=utf-8",
           Cache_Control="no-store", Access_Control_Allow_Origin="*")
    assert answer.body == (log / "checkpoint").read_bytes()
    tile, entries = f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"
    for path in (tile, entries):
        answer = front.ask("/" + path)
        expect(answer, 200, Content_Type="application/octet-stream",
               Cache_Control=IMMUTABLE, Access_Control_Allow_Origin="*",
               Content_Encoding=None)
        assert answer.body == (log / path).read_bytes()
    answer = front.ask("/" + entries, Accept_Encoding="gzip")
    expect(answer, 200, Content_Type="application/octet-stream",
           Cache_Control=IMMUTABLE, Content_Encoding="gzip",
           Vary="Accept-Encoding")
    assert gzip.decompress(answer.body) == (log / entries).read_bytes()
    expect(front.ask("/" + tile, Accept_Encoding="gzip"), 200,
           Content_Encoding=None)


def check_missing(front):
    size = size_of(front)
    for path in ("/tile/0/000", "/tile/0/001", f"/tile/0/000.p/{size + 1}",
                 "/tile/entries/001", f"/tile/entries/000.p/{size + 1}",
                 "/tile/1/000.p/1", "/tile/", "/tile/0/", "/tile/0/000.p/",
                 "/log/checkpoint", "/private/log.key", "/private/log/seen",
                 "/tile/../../private/log.key", "/tile/../counterfoil.conf",
                 "/tile/%2e%2e/%2e%2e/private/log.key", "/counterfoil.conf"):
        for accept in ("identity", "gzip"):
            answer = front.ask(path, Accept_Encoding=accept)
            assert answer.status in (400, 404), (path, answer.status)
            kept = answer.getheader("Cache-Control") or ""
            assert "immutable" not in kept and "max-age" not in kept, path


def check_submission(front, records):
    before = size_of(front)
    answer = front.post(records[0])
    expect(answer, 201)
    assert answer.body.startswith(b"counterfoil-entered/v1\nentered ")
    assert front.post(records[0]).status == 200
    for _ in range(200):
        if size_of(front) > before:
            break
        time.sleep(0.05)
    assert size_of(front) == before + 1
    expect(front.ask(f"/tile/entries/000.p/{before + 1}"), 200,
           Cache_Control=IMMUTABLE)
    # As large as may be: it is the service that says no; beyond that, nginx.
    answer = front.post(b"x" * (8 << 20))
    expect(answer, 413)
    assert b"the signed record is 8388608 bytes" in answer.body
    try:
        answer = front.post(b"x" * ((8 << 20) + 1))
        expect(answer, 413)
        assert b"nginx" in answer.body
    except (ConnectionError, ssl.SSLError):
        pass  # answered while the body is still on its way, and hung up


def check_full(front, records):
    """The 256th leaf fills the first tile, and its partial forms go."""
    partial = f"/tile/0/000.p/{size_of(front)}"
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = set(answer.status for answer in pool.map(front.post,
                                                            records))
    assert statuses <= {200, 201}, statuses
    log = front.place.path / "raid" / "log"
    # The writers are answered before the tiles follow.
    for _ in range(200):
        if size_of(front) > 256 and not (log / partial[1:]).exists():
            break
        time.sleep(0.05)
    assert size_of(front) == 1 + len(records), size_of(front)
    assert not (log / partial[1:]).exists()
    expect(front.ask("/tile/0/000"), 200, Cache_Control=IMMUTABLE)
    # Out of the full one, by the service.
    answer = front.ask(partial)
    expect(answer, 200, Content_Type="application/octet-stream",
           Cache_Control=IMMUTABLE)
    assert answer.body == (log / "tile/0/000").read_bytes()[
        :32 * int(partial.rsplit("/", 1)[1])]


def ask_many(front, source, count):
    return [front.ask("/questions", source=source).status
            for _ in range(count)]


def check_limits(front):
    """nginx counts each client; the service would count all as one."""
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        many = list(pool.map(
            lambda _: front.ask("/questions", source="127.0.0.2").status,
            range(700)))
    assert set(many) == {200, 429}, set(many)
    assert many.count(200) >= 400, many.count(200)
    assert set(ask_many(front, "127.0.0.3", 20)) == {200}
    # Tiles are nobody's work.
    assert {front.ask("/tile/entries/000", source="127.0.0.2").status
            for _ in range(20)} == {200}
    # Told by the service to everybody who comes through nginx.
    front.place.stop()
    front.words = [word for word in front.words if word != "0"]
    front.words.remove("--address-rate")
    front.serve("--address-rate", "1")
    assert set(ask_many(front, "127.0.0.4", 12)) == {200, 429}
    assert 429 in ask_many(front, "127.0.0.5", 3)
    front.place.stop()
    front.serve("--address-rate", "0", "--max-per-address", "1")
    with socket.create_connection(("127.0.0.1", front.inner), 5):
        assert front.ask("/checkpoint", source="127.0.0.6").status == 502
    front.place.stop()


def check_alone(front):
    """The service is down: what is a file is still given out."""
    size = int((front.place.path / "raid/log/checkpoint")
               .read_text("utf-8").split("\n")[1])
    expect(front.ask("/tile/0/000"), 200, Cache_Control=IMMUTABLE)
    expect(front.ask(f"/tile/entries/001.p/{size - 256}"), 200)
    answer = front.ask("/checkpoint")
    assert answer.status == 502, answer.status
    answer = front.ask("/tile/0/077")
    assert answer.status == 502, answer.status
    assert "immutable" not in (answer.getheader("Cache-Control") or "")


def main():
    if NGINX is None:
        skip("nginx is not installed")
    unit = open(f"{SOURCE}/dist/counterfoil-serve.service",
                encoding="utf-8").read()
    os.umask(int(re.search(r"^UMask=(\d+)$", unit, re.M)[1], 8))
    with Place() as place:
        # Other users pass through; as for /srv.
        place.path.chmod(0o711)
        place.case("raid")
        records = sign_claims(place, 260)
        front = Front(place)
        front.start_nginx()
        front.serve()
        check_reading(front)
        check_missing(front)
        check_submission(front, records)
        check_full(front, records)
        check_limits(front)
        check_alone(front)
        done = run(COUNTERFOIL, "fsck", "--case", place.path / "raid")
        assert done.returncode == 0, done.stdout
    version = subprocess.run([NGINX, "-v"], stderr=subprocess.PIPE, text=True,
                             check=True).stderr.strip()
    print(f"{version}: the guide's front gives out, takes in and limits")


if __name__ == "__main__":
    sys.exit(main())
