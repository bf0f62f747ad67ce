#!/usr/bin/env python3
"""The details of an examination, read by programs that nobody here wrote.

The age file is opened by the stock `age` for each of its recipients and by
nobody else; the archive, tables, JSON and the page are read by Python's own
readers, and the graph is held against the ontologies' shapes (classes,
cardinalities, datatypes and ranges in tests/vectors/uco-1.4.json; no validator
of CASE is packaged for Debian 12).
"""
import csv
import hashlib
import html.parser
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

SOURCE = pathlib.Path(os.environ["COUNTERFOIL_SOURCE"])
BUILD = pathlib.Path(os.environ["COUNTERFOIL_BUILD"])
FACTS = json.loads((SOURCE / "tests/vectors/uco-1.4.json").read_text())
CLASSES = FACTS["classes"]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-"
                  r"[0-9a-f]{4}-[0-9a-f]{12}$")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
EMPTY = {"meta", "br", "rect"}


def require(is_true, what):
    if not is_true:
        sys.exit(f"exam_details: {what}")


def make(*recipients):
    return subprocess.run([BUILD / "tests/exam_details", *recipients],
                          check=True, capture_output=True).stdout


# ---- age ----

def try_age(tar):
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        recipients = []
        for name in ("court", "owner", "counsel", "stranger"):
            subprocess.run(["age-keygen", "-o", home / name], check=True,
                           capture_output=True)
            recipients.append(subprocess.run(
                ["age-keygen", "-y", home / name], check=True,
                capture_output=True, text=True).stdout.strip())
        (home / "details.age").write_bytes(make(*recipients[:3]))
        for name in ("court", "owner", "counsel", "stranger"):
            done = subprocess.run(["age", "-d", "-i", home / name,
                                   home / "details.age"], capture_output=True)
            if name == "stranger":
                require(done.returncode != 0, "a stranger opened it")
            else:
                require(done.returncode == 0, f"age for {name}")
                require(done.stdout == tar, f"other bytes for {name}")
        sealed = (home / "details.age").read_bytes()
        require(b"Anna" not in sealed and b"example.org" not in sealed,
                "it is not encrypted")


# ---- the archive ----

def members(tar):
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        found = {}
        for member in archive.getmembers():
            require(member.isfile() and member.mode == 0o600 and
                    re.fullmatch(r"details/[\w./]+", member.name),
                    f"a member {member.name}")
            found[member.name] = archive.extractfile(member).read()
        return found


def try_sums(files):
    lines = files["details/sha256sums"].decode().splitlines()
    listed = {}
    for line in lines:
        digest, name = line.split("  ")
        listed[name] = digest
    require(set(listed) == set(files) - {"details/sha256sums"},
            "sha256sums lists other files")
    for name, digest in listed.items():
        require(hashlib.sha256(files[name]).hexdigest() == digest, name)


# ---- tables, lines, features ----

def rows(files, name):
    text = files[f"details/{name}"].decode("utf-8")
    require(text.count("\r\n") == text.count("\n"), f"{name}: ends of lines")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in found:
        for value in row.values():
            require(value is not None and not value.startswith(FORMULA),
                    f"{name}: {value}")
    return found


def try_tables(files):
    people = rows(files, "people.csv")
    require(people[0]["called"] == "Anna Schmidt", "who is first")
    exposures = [int(row["exposure"]) for row in people]
    require(exposures == sorted(exposures, reverse=True), "order of exposure")
    numbers = {row["person"] for row in people}
    for name in ("identifiers.csv", "links.csv"):
        require({row["person"] for row in rows(files, name)} <= numbers, name)
    require("'=HYPERLINK(\"http://x.example\";\"y\")" in
            {row["called"] for row in people}, "the formula is gone")
    finds = rows(files, "finds.csv")
    require({row["owner"] for row in finds} >=
            {"file", "slack", "unallocated"}, "whose bytes finds are")


def try_lines(files):
    people = [json.loads(line) for line in
              files["details/people.jsonl"].decode().splitlines()]
    finds = [json.loads(line) for line in
             files["details/finds.jsonl"].decode().splitlines()]
    require(len(people) == len(rows(files, "people.csv")), "people.jsonl")
    places = sum(len(find["places"]) for find in finds)
    require(places == len(rows(files, "finds.csv")), "finds.jsonl")
    public = json.loads(files["details/public.json"])
    require(public["found"]["email"] ==
            sum(find["kind"] == "email" for find in finds), "public.json")


def try_features(files):
    path = r"(FILE\d+-)?(\d+-[A-Z0-9]+-)*\d+"
    names = [name for name in files if name.startswith("details/features/")]
    require("details/features/telephone.txt" in names, "telephone.txt")
    for name in names:
        for line in files[name].decode("utf-8").splitlines():
            if line.startswith("#"):
                continue
            if name.endswith("_histogram.txt"):
                shape = r"n=\d+\t[^\t]+"
            else:
                shape = path + r"\t[^\t]+\t[^\t]*"
            require(re.fullmatch(shape, line), f"{name}: {line}")


# ---- the page ----

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.seen = set()
        self.texts = []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        for name, value in attrs:
            require(not name.startswith("on") and name != "src", name)
            require(name != "href" or value.startswith("#"), value)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        require(tag in EMPTY, tag)
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        require(self.open and self.open.pop() == tag, f"</{tag}>")

    def handle_data(self, data):
        if self.open[-1:] == ["bdi"]:
            self.texts.append(data)


def try_page(files):
    page = Page()
    page.feed(files["details/report.html"].decode("utf-8"))
    page.close()
    require(not page.open, f"open: {page.open}")
    require(not page.seen & {"script", "img", "link", "iframe", "form",
                             "object", "base"}, "what it could load")
    require("<script>alert(1)</script>" in page.texts, "a name was changed")


# ---- CASE/UCO ----

def supers(name):
    """A class and all that it is a subclass of."""
    require(name in CLASSES, f"no class {name}")
    found, rest = set(), [name]
    while rest:
        one = rest.pop()
        if one not in found:
            found.add(one)
            rest += CLASSES.get(one, {"of": []})["of"]
    return found


def shapes(name):
    """What all shapes of a class ask of its properties."""
    asked = {}
    for one in supers(name):
        for path, facts in CLASSES.get(one, {"has": {}})["has"].items():
            asked.setdefault(path, []).append(facts)
    return asked


def is_literal(value, datatype):
    if isinstance(value, dict):
        require(set(value) == {"@type", "@value"}, value)
        require(value["@type"] == datatype, f"{value} is no {datatype}")
        pattern = {"xsd:dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                   "xsd:decimal": r"-?\d+(\.\d+)?"}[datatype]
        return re.fullmatch(pattern, value["@value"]) is not None
    kinds = {"xsd:string": str, "xsd:boolean": bool, "xsd:integer": int}
    return type(value) is kinds.get(datatype)


def nodes_of(graph):
    """All nodes by name; facets stand within what has them."""
    found, rest = {}, list(graph)
    while rest:
        node = rest.pop()
        require("@id" in node, f"a node without a name: {node}")
        require(node["@id"] not in found, f"{node['@id']} is there twice")
        require(UUID.search(node["@id"]), node["@id"])
        found[node["@id"]] = node
        rest += node.get("uco-core:hasFacet", [])
    return found


def try_graph(document):
    """Raises SystemExit with what a shape refuses."""
    context = document["@context"]
    nodes = nodes_of(document["@graph"])
    for node in nodes.values():
        asked = shapes(node["@type"])
        for path, values in node.items():
            require(path[0] == "@" or path.split(":")[0] in context, path)
            if path[0] == "@":
                continue
            require(path in asked, f"{node['@type']} has no {path}")
            values = values if isinstance(values, list) else [values]
            for facts in asked[path]:
                require(len(values) <= facts.get("max", len(values)),
                        f"{path}: too many")
                for value in values:
                    if "class" in facts:
                        require(value["@id"] in nodes, value["@id"])
                        kind = nodes[value["@id"]]["@type"]
                        require(facts["class"] in supers(kind),
                                f"{path} of {node['@id']}: {kind}")
                    else:
                        require(is_literal(value, facts["datatype"]),
                                f"{path}: {value}")
        for path, all_facts in asked.items():
            least = max(facts.get("min", 0) for facts in all_facts)
            require(least == 0 or path in node, f"{node['@id']}: no {path}")
    return nodes


def must_be_refused(document, change):
    """The checker sees what is false: otherwise it says nothing."""
    other = json.loads(json.dumps(document))
    change(other["@graph"])
    try:
        try_graph(other)
    except SystemExit:
        return
    sys.exit(f"exam_details: {change.__name__} was not refused")


def first(graph, kind):
    return next(node for node in graph if node["@type"] == kind)


def try_case(files):
    document = json.loads(files["details/case.jsonld"])
    nodes = try_graph(document)
    kinds = {node["@type"] for node in nodes.values()}
    require({"case-investigation:Authorization", "uco-identity:Person",
             "uco-observable:EmailAddress", "uco-observable:IPv6Address",
             "uco-location:Location", "uco-observable:File"} <= kinds,
            "classes that must be there")

    def two_names(graph):
        first(graph, "uco-identity:Person")["uco-core:name"] = ["a", "b"]

    def a_bad_date(graph):
        first(graph, "case-investigation:InvestigativeAction")[
            "uco-action:endTime"]["@value"] = "yesterday"

    def no_target(graph):
        del first(graph, "uco-core:Relationship")["uco-core:target"]

    def a_person_in_a_file(graph):
        first(graph, "uco-observable:ObservableRelationship")[
            "uco-core:source"] = {
                "@id": first(graph, "uco-identity:Person")["@id"]}

    def nothing_there(graph):
        first(graph, "uco-core:Relationship")["uco-core:source"][
            "@id"] = "kb:x-00000000-0000-5000-8000-000000000000"

    for change in (two_names, a_bad_date, no_target, a_person_in_a_file,
                   nothing_there):
        must_be_refused(document, change)


def main():
    tar = make()
    require(tar == make(), "it is not the same when it is made again")
    files = members(tar)
    for name in ("README.txt", "bodyfile.txt"):
        require(f"details/{name}" in files, name)
    try_sums(files)
    try_tables(files)
    try_lines(files)
    try_features(files)
    try_page(files)
    try_case(files)
    if shutil.which("age") is None:
        print("age is not here: nothing was decrypted")
        sys.exit(77)
    try_age(tar)


main()
