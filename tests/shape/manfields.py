#!/usr/bin/env python3
"""The pages of sections 5 and 7 say what the code does, as far as a program
can see that.

usage: manfields.py SOURCE BUILD

The field tables are those of the schema (tools/man-fields), and the program
prints the same; the worked examples are worked out again; the fixed texts and
the codes of a finding are those of the source.
"""
import base64
import hashlib
import importlib.machinery
import importlib.util
import json
import re
import subprocess
import sys

from shape import BUILD, SOURCE, Tap

sys.dont_write_bytecode = True
MAN = SOURCE / "docs" / "man"
PROGRAM = BUILD / "counterfoil"
STRING = r'"((?:[^"\\]|\\.)*)"'


def load_man_fields():
    path = str(SOURCE / "tools" / "man-fields")
    loader = importlib.machinery.SourceFileLoader("man_fields", path)
    spec = importlib.util.spec_from_loader("man_fields", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def page(name):
    return (MAN / name).read_text(encoding="utf-8")


def example(text, name):
    """The literal lines behind the mark of that name, as they are meant."""
    lines = re.search(rf'\.\\" EXAMPLE {name}\n\.Bd -literal\n(.*?)\.Ed\n',
                      text, re.DOTALL)[1]
    return lines.replace("\\(em", "\u2014").replace("\\e", "\\")


def sha256(data):
    return hashlib.sha256(data).digest()


def differ(what, stands, must):
    return [] if stands == must else [f"{what}: {stands!r}, must be {must!r}"]


# ---- tables ----

def stale_tables(man_fields, schema):
    text = page("counterfoil-record.5")
    filled, wrong = man_fields.filled(text, schema)
    return [f"table {name}" for name in wrong] + \
        ([] if filled == text else ["run tools/man-fields"])


def summary(fields):
    return [(f.name, f.help, "required" in f.flags, "repeated" in f.flags,
             "withholdable" in f.flags) for f in fields]


def program_differs(kind):
    done = subprocess.run([PROGRAM, "record", kind.name, "--fields", "--json"],
                          capture_output=True, text=True, timeout=20)
    shown = json.loads(done.stdout)
    faults = differ("block", shown["block"] or "", kind.block)
    for key, fields in (("fields", kind.fields),
                        ("block_fields", kind.block_fields)):
        printed = [(f["name"], f["help"], f["required"], f["repeated"],
                    f["withheld"]) for f in shown[key]]
        faults += differ(key, printed, summary(fields))
    return [f"{kind.name}: {fault}" for fault in faults]


# ---- worked examples ----

def key_id(vkey):
    name, _, key = vkey.split("+", 2)
    return sha256(name.encode() + b"\n" + base64.b64decode(key))[:4].hex()


def record_faults():
    text = page("counterfoil-record.5")
    leaf = example(text, "leaf")
    record = leaf.split("\n", 1)[1].rsplit("\n\n", 1)[0] + "\n"
    header = re.match(r"(?:.*\n)*?(?:signer: .*\n)+", record)[0]
    stated = {name: example(text, name).strip()
              for name in ("id", "case", "header", "root")}
    record_id = sha256(record.encode()).hex()
    case_name = re.search(r"^name: (.*)$", record, re.MULTILINE)[1]
    faults = differ("id", stated["id"], record_id)
    faults += differ("case", stated["case"], f"{case_name}#{record_id[:32]}")
    faults += differ("header", stated["header"],
                     sha256(header.encode()).hex())
    faults += differ("root", stated["root"],
                     sha256(b"\0" + leaf.encode()).hex())
    for vkey in re.findall(r"key: (\S+\+\S+)|log: (\S+)", record):
        vkey = "".join(vkey)
        faults += differ(vkey, vkey.split("+")[1], key_id(vkey))
    reveal = example(text, "reveal").strip().split("\n")
    _, item, name, occurrence, salt, value = reveal
    made = sha256("\n".join(
        ["counterfoil-withheld/v1", stated["header"], item, name, occurrence,
         ""]).encode() + bytes.fromhex(salt) + value.encode()).hex()
    withheld = re.search(rf"^  {name}~: (.*)$", record, re.MULTILINE)[1]
    return faults + differ("reveal", reveal[0], record_id) + \
        differ("commitment", withheld, made)


def checkpoint_faults():
    note = example(page("counterfoil-ledger.5"), "checkpoint")
    root = example(page("counterfoil-record.5"), "root").strip()
    stated = base64.b64decode(note.split("\n")[2]).hex()
    return differ("root", stated, root)


# ---- fixed texts ----

def strings_of(text):
    joined = "".join(re.findall(STRING, text))
    return joined.replace("\\n", "\n").replace('\\"', '"')


def explanation_faults(source, name):
    code = (SOURCE / "src/case" / source).read_text(encoding="utf-8")
    macro = re.search(r'#define EXPLANATION(.*?"\s*)\n(?:#define|\n)', code,
                      re.DOTALL)[1]
    return differ(name, example(page("counterfoil-bundle.5"), name),
                  strings_of(macro))


def words_of(mdoc):
    """The plain words of a page: no macros, no line breaks."""
    lines = [re.sub(r"^\.[A-Z][a-z] ?", "", line)
             for line in mdoc.splitlines() if not line.startswith('.\\"')]
    return " ".join(" ".join(lines).split())


def code_faults(man_fields):
    code = (SOURCE / "src/case/case_finding_words.c").read_text(
        encoding="utf-8")
    text = page("counterfoil-findings.7")
    plain = words_of(text).lower()
    names, faults = [], []
    for entry in re.findall(
            r"\[CASE_CODE_\w+\] = \{(\".*?)\}", code, re.DOTALL):
        name, *sentences = [
            strings_of(part) for part in man_fields.arguments(entry)]
        names.append(name)
        faults += [f"{name}: {sentence}" for sentence in sentences
                   if sentence.replace("`", "").lower() not in plain]
    listed = re.search(r"\.Bd -literal\n(held .*?)\.Ed", text, re.DOTALL)[1]
    return differ("order", listed.split(), names) + faults


def rule_faults():
    code = (SOURCE / "src/case/case_rules.c").read_text(encoding="utf-8")
    text = page("counterfoil-findings.7")
    names = re.findall(r'\[CASE_RULE_\w+\] = \{"([^"]+)"', code)
    return [name for name in names if name != "none" and name not in text]


def main():
    man_fields = load_man_fields()
    schema = man_fields.Schema()
    tap = Tap()
    tap.case("the field tables are those of the schema",
             stale_tables(man_fields, schema))
    if PROGRAM.is_file():
        tap.case("the program prints the same tables",
                 [f for kind in schema.kinds for f in program_differs(kind)])
    tap.case("the worked record is right", record_faults())
    tap.case("the worked checkpoint is right", checkpoint_faults())
    tap.case("a bundle's explanation is the program's",
             explanation_faults("case_bundle.c", "explanation"))
    tap.case("a slim bundle's explanation is the program's",
             explanation_faults("case_slim.c", "slim explanation"))
    tap.case("a disclosure's explanation is the program's",
             explanation_faults("case_disclosure.c",
                                "disclosure explanation"))
    tap.case("the codes of a finding are the program's",
             code_faults(man_fields))
    tap.case("every rule is explained", rule_faults())
    tap.end()


main()
