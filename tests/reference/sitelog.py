"""counterfoil-ledger(5), SITE LOGS: the step from a ledger's checkpoint into
a site log, checked from the page."""
import base64
import hashlib
import re

import keys
import values
from text import demand, leaf_hash, read_note

STEP_MAX = 65536
WITNESSES_MAX = 32


def check(data, checkpoint, log_key, read_checkpoint, is_cosignature):
    """Fault unless the step is in form and leads from this checkpoint."""
    demand(len(data) <= STEP_MAX, 'form', 'site')
    text, signatures = read_note(checkpoint)
    own = next(line for line in signatures
               if (line.name, line.key_id) == (log_key.name, log_key.id))
    leaf = leaf_hash(f'{text}\n{spell(own)}'.encode())
    site, witnesses, rest = read_keys(data)
    index, path, note = read_proof(rest)
    head, lines = read_checkpoint(note)
    origin, size, root = head.split('\n')[:3]
    demand(origin == site.name, 'site-origin')
    demand([(line.name, line.key_id) for line in lines] ==
           [(key.name, key.id) for key in [site] + witnesses], 'form', 'site')
    demand(keys.is_signature(site.public, lines[0].bytes, head.encode()),
           'site-signature')
    for key, line in zip(witnesses, lines[1:]):
        demand(is_cosignature(key, line.bytes, head), 'site-cosignature')
    demand(included(leaf, index, int(size), path) ==
           values.from_base64(root), 'site-inclusion')


def spell(line):
    """A signature line as it stands in a note."""
    raw = base64.b64encode(line.key_id + line.bytes).decode()
    return f'— {line.name} {raw}\n'


def read_keys(data):
    head, is_there, rest = data.partition(b'c2sp.org/tlog-proof@v1\n')
    demand(is_there, 'form', 'site')
    match = re.fullmatch(
        '(?s)counterfoil-site/v1\nsite ([^\n]*)\n((?:witness [^\n]*\n)*)',
        head.decode(errors='replace'))
    demand(match, 'form', 'site')
    site = keys.read_vkey(match[1])
    witnesses = [keys.read_vkey(line.removeprefix('witness '))
                 for line in match[2].splitlines()]
    demand(site and site.kind == keys.SIGNS_TEXTS, 'form', 'site')
    demand(all(key and key.kind == keys.COSIGNS for key in witnesses) and
           len(witnesses) <= WITNESSES_MAX, 'form', 'site')
    points = [key.public for key in [site] + witnesses]
    demand(len(set(points)) == len(points), 'form', 'site')
    return site, witnesses, rest


def read_proof(data):
    head, is_there, note = data.partition(b'\n\n')
    demand(is_there, 'form', 'site')
    first, *lines = head.decode(errors='replace').split('\n')
    match = re.fullmatch('index ([0-9]+)', first)
    demand(match and values.is_number(match[1]), 'form', 'site')
    path = [values.from_base64(line) for line in lines]
    demand(len(path) <= 64 and all(raw and len(raw) == 32 for raw in path),
           'form', 'site')
    return int(match[1]), path, note


def included(leaf, index, size, path):
    """RFC 9162, 2.1.3.2: the root that the path leads to, None if it cannot
    be one."""
    if index >= size:
        return None
    at, last, root = index, size - 1, leaf
    for node in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = hashlib.sha256(b'\1' + node + root).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = hashlib.sha256(b'\1' + root + node).digest()
        at, last = at >> 1, last >> 1
    return root if last == 0 else None
