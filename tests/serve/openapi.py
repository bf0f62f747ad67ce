#!/usr/bin/env python3
"""docs/openapi.json and the running server say the same of the read API.

Every path, method, status and media type in the document is got from a real
server at least once, and what the server answers on the way, to these requests
and to others beside them, is in the document. Exit status 0, or 1 and a line
for each difference.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["COUNTERFOIL_SOURCE"])
PROGRAM = pathlib.Path(os.environ["COUNTERFOIL_BUILD"]) / "counterfoil"
TAGS = {"read", "server"}
ROSTER = """party,side,org,role,key,policy-holder,red-line
police.example,authority,police.example,seized the computers,new,yes,
owner.example,owner,owner.example,owner,new,yes,
"""


def resolve(document, node):
    while "$ref" in node:
        name = node["$ref"].removeprefix("#/").split("/")
        node = document
        for part in name:
            node = node[part]
    return node


def documented(document):
    """(method, path, status, media type) of the part that is tested here."""
    for path, methods in document["paths"].items():
        if not TAGS & set(methods.get("get", {}).get("tags", [])):
            continue
        for method, operation in methods.items():
            answers = resolve(document, operation)["responses"]
            for status, answer in answers.items():
                for media in resolve(document, answer)["content"]:
                    yield method.upper(), path, int(status), media


def patterns(document):
    """What each path template means, the narrowest first."""
    parameters = document["components"]["parameters"]
    index = parameters["index"]["schema"]["pattern"].strip("^$")
    return sorted(
        ((re.compile(re.escape(path).replace(r"\{level\}", "[0-7]")
                     .replace(r"\{size\}", "[0-9]+")
                     .replace(r"\{index\}", index)), path)
         for path in document["paths"]),
        key=lambda pair: pair[1].count("{"))


class Server:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", folder, "--read-only", "--listen",
             "127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+)/$", line.strip())[1])

    def ask(self, method, path):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=20)
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        media = answer.headers.get("Content-Type", "").split(";")[0]
        return answer.status, media

    def end(self):
        self.process.terminate()
        return self.process.wait(30)


def make_case(folder):
    (folder / "parties.csv").write_text(ROSTER)
    case = folder / "case"
    environment = dict(os.environ, COUNTERFOIL_KEYS=str(folder / "keys"))
    subprocess.run(
        [PROGRAM, "init", case, "--name", "api.example", "--roster",
         folder / "parties.csv", "--plain-keys", "--title", "An API"],
        env=environment, check=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL)
    subprocess.run(
        [PROGRAM, "join", "--all", "--case", case], env=environment,
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return case


def requests(case):
    """Requests that between them have every answer, with what must be done to
    the case before."""
    size = (case / "log/checkpoint").read_text().split("\n")[1]
    tile, entries = f"/tile/0/000.p/{size}", f"/tile/entries/000.p/{size}"
    for path in ("/checkpoint", tile, entries, "/health", "/metrics"):
        yield "GET", path
        yield "POST", path
    for path in ("/site", "/stamps/3"):
        yield "GET", path
        yield "POST", path
    (case / "log/site").write_text("a step\n")
    (case / "log/stamps").mkdir()
    (case / "log/stamps/3").write_text("stamps\n")
    yield "GET", "/site"
    yield "GET", "/stamps/3"
    yield "GET", "/tile/0/000"
    yield "GET", "/tile/entries/000"
    for path in ("/", "/tile/", "/tile/0/0", "/tile/0/000.p/256", "/log/",
                 "/private/log.key", "/checkpoint/", "/..", "/health/x"):
        yield "GET", path
    for path in (tile, entries):
        file = case / "log" / path[1:]
        file.unlink()
        file.mkdir()
        yield "GET", path
    (case / "log/checkpoint").unlink()
    yield "GET", "/checkpoint"
    yield "GET", "/health"


def main():
    document = json.loads((SOURCE / "docs/openapi.json").read_text())
    wanted = set(documented(document))
    templates = patterns(document)
    seen, faults = set(), []
    folder = pathlib.Path(tempfile.mkdtemp(prefix="counterfoil-"))
    try:
        case = make_case(folder)
        server = Server(case)
        for method, path in requests(case):
            status, media = server.ask(method, path)
            found = [name for pattern, name in templates
                     if pattern.fullmatch(path)]
            if found:
                seen.add((method, found[0], status, media))
            elif status != 404 or media != "text/plain":
                faults.append(f"{method} {path}: {status} {media}, and the "
                              "document has no such path")
        if server.end() != 0:
            faults.append("the server did not end well")
    finally:
        shutil.rmtree(folder)
    faults += [f"only in the document: {one}" for one in wanted - seen]
    faults += [f"not in the document: {one}" for one in seen - wanted]
    for fault in sorted(faults):
        print(fault)
    print(f"{len(wanted)} answers in the document, {len(seen)} seen")
    sys.exit(1 if faults or not wanted else 0)


main()
