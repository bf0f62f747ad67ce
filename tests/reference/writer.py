"""Writes leaves, checkpoints and bundles, as a counterfoil that is not bound
by any rule would: keys from names, texts from fields, signatures over them.
"""
import base64
import datetime
import functools
import hashlib
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey)
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat)

import bundle
import keys
import kinds
import law
import values
from text import Fault, commitment, leaf_hash, tree_root

ORIGIN = 'seizure.example'


class Secret:
    """A key whose secret is the SHA-256 of its name."""

    def __init__(self, name, kind=keys.SIGNS_TEXTS, seed=None):
        raw = hashlib.sha256((seed or name).encode()).digest()
        self.private = Ed25519PrivateKey.from_private_bytes(raw)
        public = self.private.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw)
        self.public = keys.Key(name, kind, public)
        self.vkey = self.public.vkey()

    def line(self, signed, before=b''):
        raw = self.public.id + before + self.private.sign(signed)
        return (f'\u2014 {self.public.name} '
                f'{base64.b64encode(raw).decode()}\n')

    def cosignature(self, text, time):
        return self.line(bundle.cosigned_text(time, text),
                         time.to_bytes(8, 'big'))


@functools.lru_cache(maxsize=None)
def secret(name, kind=keys.SIGNS_TEXTS, seed=None):
    return Secret(name, kind, seed)


def iso(time):
    at = values.EPOCH + datetime.timedelta(seconds=time)
    return at.strftime('%Y-%m-%dT%H:%M:%SZ')


def date(time):
    return iso(time)[:10]


def spell(table, fields, indent):
    """`fields` in the table's order; a value may be None or a list. A name
    with `~` behind it is one that is to be withheld."""
    lines = []
    for row in table:
        for name in (row.name, row.name + '~'):
            value = fields.get(name)
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    lines.append(f'{indent}{name}: {one}\n')
    return ''.join(lines)


def compose(kind, header, fields, blocks=()):
    table = kinds.KINDS[kind]
    out = f'counterfoil-record/v1 {kind}\n'
    out += spell(kinds.HEADER, header, '')
    out += spell(table.own, fields, '')
    for name, block in blocks:
        out += f'{table.block_name}: {name}\n' + spell(table.block, block,
                                                       '  ')
    return withhold(out)


def spelled(blocks):
    """The bytes that a list's population is the SHA-256 of."""
    table = kinds.KINDS['list'].block
    return ''.join(f'item: {name}\n' + spell(table, fields, '  ')
                   for name, fields in blocks)


def population(blocks):
    return hashlib.sha256(spelled(blocks).encode()).hexdigest()


def withhold(text):
    """Puts commitments for the values that are marked with `~` and are not
    commitments yet."""
    class Header:
        pass
    record, item, seen, out = Header(), '-', {}, []
    record.text = text
    for line in text.split('\n'):
        match = re.fullmatch(r'( *)([a-z-]+)(~?): (.*)', line)
        if match and match[2] in ('item', 'party') and not match[1]:
            item = match[4]
        if match:
            key = item if match[1] else '-', match[2]
            seen[key] = seen.get(key, 0) + 1
        if match and match[3] and not values.is_hash(match[4]):
            salt = hashlib.sha256(line.encode()).digest()[:16]
            line = f'{match[1]}{match[2]}~: ' + commitment(
                record, key[0], key[1], seen[key], salt, match[4])
        out.append(line)
    return '\n'.join(out)


def sign(text, signers):
    """A note; each signer is a Secret."""
    lines = ''.join(one.line(text.encode()) for one in signers)
    return (text + '\n' + lines).encode()


def enter(note, entered):
    return f'entered: {iso(entered)}\n'.encode() + note


def checkpoint(hashes, witnesses, time):
    root = base64.b64encode(tree_root(hashes)).decode()
    text = f'{ORIGIN}\n{len(hashes)}\n{root}\n'
    lines = [secret(ORIGIN).line(text.encode())]
    lines += [one.cosignature(text, time) for one in witnesses]
    return (text + '\n' + ''.join(lines)).encode()


def leaf_section(data):
    """What stands on the leaf's line, as far as it can be read."""
    match = re.search(rb'^counterfoil-record/v1 ([a-z-]+)\n', data, re.M)
    kind = match[1].decode() if match else ''
    if kind not in kinds.KINDS:
        kind = 'case'
    text = data.partition(b'\n')[2].rpartition(b'\n\n')[0] + b'\n'
    return bundle.LeafSection(data, leaf_hash(data).hex(), kind,
                              hashlib.sha256(text).hexdigest())


class Writer:
    """A ledger that grows. `leaves` are its bytes; `ledger` what they say;
    `fault` why the last one is false, if it is."""

    def __init__(self, start):
        self.now = start
        self.leaves, self.ledger, self.fault = [], law.Ledger(), None

    def header(self, signers, at=None, late=False, as_of=None, **more):
        at = self.now if at is None else at
        header = {'case': self.ledger.reference, 'at': iso(at),
                  'signer': [f'{q.public.name} {q.public.id.hex()}'
                             for q in signers]}
        if late or self.now - at > values.DAY:
            header['late'] = 'found later'
        if as_of is not None:
            hashes = [leaf.hash for leaf in self.ledger.leaves[:as_of]]
            root = base64.b64encode(tree_root(hashes)).decode()
            header['as-of'] = f'{as_of} {root}'
            if len(signers) > 1:
                header['offer-expires'] = iso(self.now + values.DAY)
        return header | more

    def record(self, kind, signers, fields, blocks=(), **more):
        """Text and signers of a record; `signers` are names or Secrets."""
        signers = [secret(q) if isinstance(q, str) else q for q in signers]
        if kind in kinds.CUSTODY and more.get('as_of') is None:
            more['as_of'] = len(self.leaves)
        header = self.header(signers, **more)
        return compose(kind, header, fields, blocks), signers

    def add(self, data, keep_false=True):
        """True if it is admitted. One that is false is kept only if asked
        for; then nothing can follow it."""
        try:
            law.add(self.ledger, data)
        except Fault as fault:
            if not keep_false:
                return False
            self.fault = fault
        self.leaves.append(data)
        return self.fault is None

    def emit(self, kind, signers, fields, blocks=(), keep_false=False,
             **more):
        text, signers = self.record(kind, signers, fields, blocks, **more)
        return self.add(enter(sign(text, signers), self.now), keep_false)
