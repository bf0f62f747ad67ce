"""counterfoil-record(5), VALUES: which spellings each form of value has.

check(form, value) says whether a value is one that the form allows. Every
value has exactly one spelling, so nothing here is brought into another form.
"""
import base64
import binascii
import datetime
import re

import keys

TYPES = ('package', 'computer', 'casing', 'drive', 'phone', 'medium',
         'document', 'image', 'extract')
WITHHOLDABLE = ('about', 'given-by', 'identity-check', 'md5', 'place',
                'private-value', 'received-by', 'remark', 'serial', 'sha1',
                'sha256', 'speaker')
COUNT_MAX = 9223372036854775807
DAY = 86400

IDENTIFIER = re.compile(r'[A-Za-z0-9]([A-Za-z0-9./-]{0,62}[A-Za-z0-9])?')
NUMBER = re.compile(r'0|[1-9][0-9]*')
TIME = re.compile(r'([0-9]{4})-([0-9]{2})-([0-9]{2})'
                  r'T([0-9]{2}):([0-9]{2}):([0-9]{2})Z')
DATE = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}')
HASH = re.compile(r'[0-9a-f]{64}')
ESCAPES = re.compile(r'(?:[^\\]|\\n|\\\\)*', re.DOTALL)
EPOCH = datetime.datetime(1970, 1, 1)


def seconds(value):
    """A time, or a date as the beginning of its day; None if it is neither."""
    if DATE.fullmatch(value):
        value += 'T00:00:00Z'
    match = TIME.fullmatch(value)
    try:
        at = datetime.datetime(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    if at is None or at.year < 1970:
        return None
    return int((at - EPOCH).total_seconds())


def end_of(value):
    """A time, or a date as the end of its day."""
    return seconds(value) + (DAY if DATE.fullmatch(value) else 0)


def is_identifier(value):
    return (IDENTIFIER.fullmatch(value) is not None and
            '..' not in value and '//' not in value)


def is_number(value, most=COUNT_MAX):
    return NUMBER.fullmatch(value) is not None and int(value) <= most


def is_time(value):
    return 'T' in value and seconds(value) is not None


def is_time_or_date(value):
    return seconds(value) is not None and value != '9999-12-31'


def is_case(value):
    name, _, start = value.partition('#')
    return is_identifier(name) and bool(re.fullmatch('[0-9a-f]{32}', start))


def is_signer(value):
    party, _, key_id = value.partition(' ')
    return is_identifier(party) and bool(re.fullmatch('[0-9a-f]{8}', key_id))


def from_base64(value):
    """None unless it is the one spelling of these bytes."""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == value else None


def is_key_id(value):
    return re.fullmatch('[0-9a-f]{8}', value) is not None


def is_as_of(value):
    size, _, root = value.partition(' ')
    raw = from_base64(root)
    return is_number(size) and raw is not None and len(raw) == 32


def is_hash(value):
    return HASH.fullmatch(value) is not None


def is_vkey(value):
    return keys.read_vkey(value) is not None


def is_text(value):
    return (value != '' and value.strip(' ') == value and
            ESCAPES.fullmatch(value) is not None and
            not any(keys.is_refused_character(c) for c in value))


def is_part(value):
    i, _, n = value.partition('/')
    return is_number(i, 9999) and is_number(n, 9999) and 1 <= int(i) <= int(n)


def is_pair(first, second):
    """Two forms with a space between; the first has none in it."""
    def is_one(value):
        a, space, b = value.partition(' ')
        return space == ' ' and first(a) and second(b)
    return is_one


def is_word_of(*words):
    return lambda value: value in words


def is_requirement(value):
    import kinds    # whose tables name the forms of this file
    kind, _, field = value.partition(' ')
    table = kinds.KINDS.get(kind)
    return table is not None and any(
        row.name == field for row in kinds.HEADER + table.own + table.block)


def is_also_in(value):
    return value == 'none' or is_case(value)


FORMS = {
    'identifier': is_identifier,
    'time': is_time,
    'when': is_time_or_date,
    'case': is_case,
    'signer': is_signer,
    'as-of': is_as_of,
    'count': is_number,
    'hash': is_hash,
    'record-id': is_hash,
    'vkey': is_vkey,
    'text': is_text,
    'part': is_part,
    'bay': is_pair(is_identifier, is_word_of('empty', 'not-opened')),
    'addressee': is_pair(is_identifier,
                         is_pair(is_word_of('due'), is_time_or_date)),
    'field-name': is_word_of(*WITHHOLDABLE),
    'requirement': is_requirement,
    'tally': is_pair(is_number, is_word_of(*TYPES)),
    'telltale': is_pair(is_identifier, is_number),
    'also-in': is_also_in,
    'not-taken': is_pair(is_identifier, is_text),
    'key-id': is_key_id,
    'commitment': is_pair(is_identifier, is_hash),
}


def check(form, choices, value):
    return value in choices if form == 'choice' else FORMS[form](value)
