"""counterfoil-record(5), TEXT, LEAVES and WITHHELD FIELDS: from bytes to a
record, and from a record to its leaf. What is not in form raises Fault.
"""
import collections
import hashlib
import re

import keys
import kinds
import values

TEXT_MAX = 65535
SIGNERS_MAX = 16
FIELD = re.compile(r'([a-z-]+)(~?): (.+)', re.DOTALL)


class Fault(Exception):
    """Why something is refused; `kind` says it in one word."""

    def __init__(self, kind, message=''):
        super().__init__(f'{kind}: {message}' if message else kind)
        self.kind = kind


def demand(condition, kind, message=''):
    if not condition:
        raise Fault(kind, message)


Value = collections.namedtuple('Value', 'name value is_withheld')
Block = collections.namedtuple('Block', 'name fields')


class Record:
    """A record's text, taken apart. The functions below read the whole
    record's fields, or those of `block`."""

    def __init__(self, text, record_id=None):
        self.text = text
        self.id = record_id or hashlib.sha256(text.encode()).hexdigest()
        self.fields, self.blocks = [], []
        read_record(self)
        self.time = values.seconds(self.value('at'))
        self.signers = [v.split(' ')[0] for v in self.all('signer')]
        self.key_ids = [v.split(' ')[1] for v in self.all('signer')]
        self.is_custody = self.kind in kinds.CUSTODY

    def all(self, name, block=None):
        """The values that are open; one that is withheld counts as absent."""
        fields = self.fields if block is None else block.fields
        return [f.value for f in fields
                if f.name == name and not f.is_withheld]

    def value(self, name, block=None):
        return next(iter(self.all(name, block)), None)

    def has(self, name, block=None):
        """Also if it is withheld."""
        fields = self.fields if block is None else block.fields
        return any(f.name == name for f in fields)

    def block_bytes(self):
        """From the first line `item:` to the end."""
        return self.text[self.text.index('\nitem: ') + 1:].encode()


def read_field(line):
    match = FIELD.fullmatch(line)
    demand(match, 'form', line)
    return Value(match[1], match[3], match[2] == '~')


def read_record(record):
    text = record.text
    demand(len(text.encode()) <= TEXT_MAX, 'form', 'too long')
    demand(text.endswith('\n') and '\n\n' not in text, 'form', 'lines')
    first, *lines = text[:-1].split('\n')
    magic, _, record.kind = first.partition(' ')
    demand(magic == 'counterfoil-record/v1' and record.kind in kinds.KINDS,
           'form', first)
    kind = kinds.KINDS[record.kind]
    for line in lines:
        if line.startswith('  '):
            demand(record.blocks, 'form', line)
            record.blocks[-1].fields.append(read_field(line[2:]))
        elif kind.block_name and line.startswith(kind.block_name + ': '):
            name = line[len(kind.block_name) + 2:]
            demand(values.is_identifier(name), 'form', line)
            record.blocks.append(Block(name, []))
        else:
            demand(not record.blocks, 'form', line)
            record.fields.append(read_field(line))
    check_fields(kinds.HEADER + kind.own, record.fields)
    for block in record.blocks:
        check_fields(kind.block, block.fields)
    check_whole(record)


def check_fields(table, fields):
    """In the table's order, each as often and with such a value as it says."""
    place = {row.name: n for n, row in enumerate(table)}
    last = -1
    for field in fields:
        demand(field.name in place, 'form', f'{field.name} does not belong')
        at = place[field.name]
        row = table[at]
        demand(at > last or (at == last and row.is_repeated), 'form',
               f'{field.name} is out of order')
        if field.is_withheld:
            demand(row.is_withholdable and values.is_hash(field.value),
                   'form', f'{field.name}~')
        else:
            demand(values.check(row.form, row.choices, field.value), 'form',
                   f'{field.name}: {field.value}')
        last = at
    there = {field.name for field in fields}
    for row in table:
        demand(not row.is_required or row.name in there, 'form',
               f'{row.name} is missing')


def check_whole(record):
    names = [block.name.lower() for block in record.blocks]
    demand(len(names) == len(set(names)), 'form', 'two blocks of one name')
    parties = [v.split(' ')[0] for v in record.all('signer')]
    twice = len(parties) - len(set(parties))
    demand(len(parties) <= SIGNERS_MAX and
           twice <= (record.kind == 'key') and
           len(set(record.all('signer'))) == len(parties), 'form', 'signers')
    is_custody = record.kind in kinds.CUSTODY
    demand(record.has('case') == (record.kind != 'case'), 'form', 'case')
    demand(record.has('as-of') == is_custody, 'form', 'as-of')
    demand(record.has('offer-expires') == (is_custody and len(parties) > 1),
           'form', 'offer-expires')


def read_utf8(data):
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Fault('form', 'not UTF-8') from None
    demand(not any(c < ' ' and c != '\n' for c in text), 'form', 'a control')
    return text


SignatureLine = collections.namedtuple('SignatureLine', 'name key_id bytes')


def read_note(data):
    """SIGNATURES: the text and its signature lines."""
    whole = read_utf8(data)
    text, is_there, lines = whole.rpartition('\n\n')
    demand(is_there and lines.endswith('\n'), 'form', 'no signature')
    signatures = [read_signature(line) for line in lines[:-1].split('\n')]
    demand(len(signatures) <= 100, 'form', 'more than 100 signatures')
    who = [(s.name, s.key_id) for s in signatures]
    demand(len(who) == len(set(who)), 'form', 'two signatures of one key')
    return text + '\n', signatures


def read_signature(line):
    match = re.fullmatch(r'— ([^ ]+) ([^ ]+)', line)
    raw = match and values.from_base64(match[2])
    demand(raw and keys.is_key_name(match[1]) and 5 <= len(raw) <= 5124,
           'form', line)
    return SignatureLine(match[1], raw[:4], raw[4:])


class Leaf:
    """LEAVES: a line `entered` and a note."""

    def __init__(self, data):
        demand(len(data) <= TEXT_MAX, 'form', 'the leaf is too long')
        match = re.match(rb'entered: ([^\n]*)\n', data)
        demand(match, 'form', 'no line `entered`')
        entered = read_utf8(match[1])
        demand(values.is_time(entered), 'form', 'entered')
        self.entered = values.seconds(entered)
        text, self.signatures = read_note(data[match.end():])
        self.record = Record(text)
        self.data, self.signed = data, text.encode()
        self.hash = leaf_hash(data)
        self.standing, self.rule = None, None


def leaf_hash(data):
    return hashlib.sha256(b'\0' + data).digest()


def tree_root(hashes):
    """RFC 6962, section 2.1, over hashes of leaves."""
    return hashlib.sha256(b'').digest() if not hashes else subtree(
        tuple(hashes))


def subtree(hashes):
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b'\1' + subtree(hashes[:split]) +
                          subtree(hashes[split:])).digest()


def commitment(record, item, name, occurrence, salt, value):
    """WITHHELD FIELDS: what stands in the text for a withheld value."""
    lines = record.text.split('\n')
    last = max(n for n, line in enumerate(lines)
               if line.startswith('signer: '))
    header = ''.join(line + '\n' for line in lines[:last + 1])
    head = ['counterfoil-withheld/v1',
            hashlib.sha256(header.encode()).hexdigest(), item, name,
            str(occurrence)]
    data = ''.join(line + '\n' for line in head).encode()
    return hashlib.sha256(data + salt + value.encode()).hexdigest()


def check_reveal(line, records):
    """Whether the line opens what one of `records` (by id) withholds."""
    parts = line.split(' ', 5)
    demand(len(parts) == 6 and re.fullmatch('[0-9a-f]{32}', parts[4]) and
           values.is_number(parts[3]), 'form', 'reveal')
    record_id, item, name, occurrence, salt, value = parts
    record = records.get(record_id)
    demand(record, 'reveal', 'no such record')
    blocks = {'-': None} | {block.name: block for block in record.blocks}
    demand(item in blocks, 'reveal', 'no such item')
    block = blocks[item]
    fields = [f for f in (block.fields if block else record.fields)
              if f.name == name]
    n = int(occurrence)
    demand(1 <= n <= len(fields) and fields[n - 1].is_withheld, 'reveal',
           'not withheld')
    salt = bytes.fromhex(salt)
    demand(fields[n - 1].value == commitment(record, item, name, n, salt,
                                             value), 'reveal', 'commitment')
    kind = kinds.KINDS[record.kind]
    row = next(r for r in (kind.block if block else kinds.HEADER + kind.own)
               if r.name == name)
    demand(values.check(row.form, row.choices, value), 'reveal', 'its form')
