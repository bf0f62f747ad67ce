"""counterfoil-bundle(5), BUNDLES, and the checkpoint of counterfoil-ledger(5):
reads a bundle, checks it in the order of the page, and writes one.

The words of the finding are not worked out here: they are kept as they are,
and nobody may rely on them.
"""
import base64
import collections
import re

import keys
import law
import sitelog
import values
from finding import machine_form
from text import (Fault, check_reveal, demand, leaf_hash, read_note,
                  tree_root)

BUNDLE_MAX = 256 << 20
CHECKPOINT_MAX = 65536
STAMPS_MAX = 1 << 20
EXPLANATION = '''\
This file holds one finding and everything that it rests on: every record of
the case with its signatures, the ledger's signed checkpoint, and the finding
itself, in words and in short form. To check it, run
    counterfoil-verify FILE
which works all of it out again and needs no network and nobody's word. If one
letter of this file is changed, the check fails and says where.

'''

LeafSection = collections.namedtuple('LeafSection', 'data hash kind id')
Bundle = collections.namedtuple(
    'Bundle', 'question time size root words checkpoint leaves reveals '
              'machine site stamps', defaults=(b'', b''))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def expect(self, text):
        data = text.encode()
        demand(self.data.startswith(data, self.at), 'form', text[:40])
        self.at += len(data)

    def line(self, pattern):
        end = self.data.find(b'\n', self.at)
        demand(end >= 0, 'form', 'cut off')
        line = self.data[self.at:end].decode('latin-1')
        match = re.fullmatch(pattern, line)
        demand(match, 'form', line[:80])
        self.at = end + 1
        return match.groups()

    def content(self, size):
        demand(values.is_number(size), 'form', size)
        out = self.data[self.at:self.at + int(size)]
        demand(len(out) == int(size), 'form', 'cut off')
        self.at += len(out)
        self.expect('\n')
        return out

    def section(self, name):
        size, = self.line(f'== {name} ([0-9]+)')
        return self.content(size)

    def optional(self, name):
        if not self.data.startswith(f'== {name} '.encode(), self.at):
            return b''
        out = self.section(name)
        demand(out, 'form', f'{name} without bytes')
        return out


def read(data):
    demand(len(data) <= BUNDLE_MAX, 'form', 'too long')
    reader = Reader(data)
    reader.expect('counterfoil-bundle/v1\n' + EXPLANATION)
    question, = reader.line('== question ([0-9a-f]{64})')
    time, = reader.line('== time (.*)')
    demand(values.is_time(time), 'form', time)
    size, = reader.line('== size ([0-9]+)')
    root, = reader.line('== root (.*)')
    raw = values.from_base64(root)
    demand(raw is not None and len(raw) == 32, 'form', 'root')
    demand(values.is_number(size), 'form', 'size')
    words, checkpoint = reader.section('finding'), reader.section('checkpoint')
    site, stamps = reader.optional('site'), reader.optional('stamps')
    demand(len(stamps) <= STAMPS_MAX, 'form', 'stamps')
    leaves = []
    while reader.data.startswith(b'== leaf ', reader.at):
        index, length, digest, kind, record_id = reader.line(
            '== leaf ([0-9]+) ([0-9]+) ([0-9a-f]{64}) ([a-z-]+) '
            '([0-9a-f]{64})')
        demand(index == str(len(leaves)), 'form', f'leaf {index}')
        leaves.append(LeafSection(reader.content(length), digest, kind,
                                  record_id))
    demand(int(size) == len(leaves), 'form', 'size')
    reveals, machine = reader.section('reveals'), reader.section('machine')
    reader.expect('== end\n')
    demand(reader.at == len(data), 'form', 'more follows')
    return Bundle(question, values.seconds(time), int(size), raw, words,
                  checkpoint, leaves, reveals, machine, site, stamps)


def check(bundle):
    """The ledger; Fault if anything but the words is false. The fault has an
    attribute `leaf` if it lies in one."""
    for section in bundle.leaves:
        demand(leaf_hash(section.data).hex() == section.hash, 'leaf-hash')
    ledger = read_leaves(bundle)
    cosigned = check_checkpoint(bundle, ledger)
    if bundle.site:
        sitelog.check(bundle.site, bundle.checkpoint, ledger.log_key,
                      read_checkpoint, is_cosignature)
    check_reveals(bundle, ledger)
    number = ledger.number_of.get(bundle.question)
    demand(number is not None, 'question')
    leaf = ledger.leaves[number]
    demand(leaf.record.kind == 'question' and leaf.standing != 'void',
           'question')
    demand(bundle.time >= ledger.leaves[-1].entered, 'time')
    form = machine_form(ledger, number, bundle.time, cosigned)
    demand(form.encode() == bundle.machine, 'machine')
    return ledger


def read_leaves(bundle):
    ledger = law.Ledger()
    for number, section in enumerate(bundle.leaves):
        try:
            record = law.add(ledger, section.data).record
            demand((record.kind, record.id) == (section.kind, section.id),
                   'leaf-line')
        except Fault as fault:
            fault.leaf = number
            raise
    return ledger


def check_checkpoint(bundle, ledger):
    """The number of the genesis's witnesses that have cosigned."""
    text, signatures = read_checkpoint(bundle.checkpoint)
    origin, size, root = text.split('\n')[:3]
    demand(int(size) == bundle.size, 'checkpoint-size')
    made = tree_root([leaf.hash for leaf in ledger.leaves])
    demand(values.from_base64(root) == made == bundle.root, 'root')
    key = ledger.log_key
    demand(origin == key.name, 'origin')
    log, *cosignatures = signatures
    demand((log.name, log.key_id) == (key.name, key.id) and
           keys.is_signature(key.public, log.bytes, text.encode()),
           'log-signature')
    left = list(ledger.witnesses)
    for line in cosignatures:
        while left and (left[0].name, left[0].id) != (line.name, line.key_id):
            left.pop(0)
        demand(left and is_cosignature(left.pop(0), line.bytes, text),
               'cosignature', line.name)
    return len(cosignatures)


def read_checkpoint(data):
    demand(len(data) <= CHECKPOINT_MAX, 'form', 'checkpoint')
    text, signatures = read_note(data)
    lines = text.split('\n')
    demand(len(lines) == 4 and values.is_number(lines[1]), 'form',
           'checkpoint')
    raw = values.from_base64(lines[2])
    demand(raw is not None and len(raw) == 32, 'form', 'checkpoint')
    return text, signatures


def cosigned_text(time, text):
    return f'cosignature/v1\ntime {time}\n{text}'.encode()


def is_cosignature(key, signature, text):
    if len(signature) != 72:
        return False
    time = int.from_bytes(signature[:8], 'big')
    return 0 < time < 1 << 63 and keys.is_signature(
        key.public, signature[8:], cosigned_text(time, text))


def check_reveals(bundle, ledger):
    demand(not bundle.reveals or bundle.reveals.endswith(b'\n'), 'form',
           'reveals')
    lines = bundle.reveals.split(b'\n')[:-1]
    demand(all(a < b for a, b in zip(lines, lines[1:])), 'reveal-order')
    records = {leaf.record.id: leaf.record for leaf in ledger.leaves}
    for line in lines:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise Fault('form', 'reveals') from None
        check_reveal(text, records)


def write(bundle, iso_time):
    """The one spelling of a bundle."""
    out = [('counterfoil-bundle/v1\n' + EXPLANATION).encode()]

    def line(text):
        out.append(f'== {text}\n'.encode())

    def section(head, data):
        line(f'{head} {len(data)}')
        out.append(data + b'\n')
    line(f'question {bundle.question}')
    line(f'time {iso_time}')
    line(f'size {bundle.size}')
    line('root ' + base64.b64encode(bundle.root).decode())
    section('finding', bundle.words)
    section('checkpoint', bundle.checkpoint)
    for name in ('site', 'stamps'):
        if getattr(bundle, name):
            section(name, getattr(bundle, name))
    for number, leaf in enumerate(bundle.leaves):
        line(f'leaf {number} {len(leaf.data)} {leaf.hash} {leaf.kind} '
             f'{leaf.id}')
        out.append(leaf.data + b'\n')
    section('reveals', bundle.reveals)
    section('machine', bundle.machine)
    line('end')
    return b''.join(out)


def standings(ledger):
    """As `counterfoil-verify --leaves` prints them."""
    return ''.join(
        f'{number} {leaf.record.kind} {leaf.standing} {leaf.rule or "-"} '
        f'{leaf.record.id}\n' for number, leaf in enumerate(ledger.leaves))
