"""counterfoil-findings(7), corrections: which are void, and what a ledger would
say in which a record is read as its signer says it should have been.
"""
import kinds
from text import Fault, Record

UNCORRECTABLE = ('case', 'signer', 'as-of', 'offer-expires')
OTHER_KINDS = ('case', 'join', 'key', 'question', 'correction')


def corrected_leaf(ledger, record):
    number = ledger.number_of.get(record.value('corrects'))
    leaf = None if number is None else ledger.leaves[number]
    return leaf if leaf and leaf.standing != 'void' and (
        leaf.record.kind not in OTHER_KINDS) else None


def void_correction(ledger, leaf):
    record = leaf.record
    corrected = corrected_leaf(ledger, record)
    if corrected is None:
        return 'unknown-record'
    if not set(record.signers) & set(corrected.record.signers):
        return 'not-entitled'
    row = find_row(corrected.record, record)
    if row is not None and row.is_withholdable:
        return 'unknown-field' if record.has('value') else None
    return None if new_reading(corrected.record, record) else 'unknown-field'


def find_row(corrected, record):
    """The field's row, if the block is there too."""
    if record.has('of-item') and record.value('of-item') not in {
            block.name for block in corrected.blocks}:
        return None
    return row_of(corrected, record)


def table_of(corrected, record):
    kind = kinds.KINDS[corrected.kind]
    return kind.block if record.has('of-item') else kinds.HEADER + kind.own


def row_of(corrected, record):
    """The field's row in its kind's table, or None."""
    return next((row for row in table_of(corrected, record) if
                 row.name == record.value('field') and
                 row.name not in UNCORRECTABLE), None)


def is_read(corrected, record):
    """Whether it is a field that rules read."""
    row = row_of(corrected, record)
    return row.name == 'witness-saw' or (
        not row.is_withholdable and row.form != 'text')


def new_line(row, record):
    """What the line says now, b'' if it is left out, None if it cannot be."""
    name = 'private-value' if row.is_withholdable else 'value'
    other = 'value' if row.is_withholdable else 'private-value'
    if record.has(other):
        return None
    field = next((f for f in record.fields if f.name == name), None)
    if field is None:
        return ''
    return f'{row.name}{"~" if field.is_withheld else ""}: {field.value}'


def new_reading(corrected, record):
    """The corrected record as it is read now, or None."""
    block, row = None, row_of(corrected, record)
    if record.has('of-item'):
        block = next((b for b in corrected.blocks
                      if b.name == record.value('of-item')), None)
        if block is None:
            return None
    line = None if row is None else new_line(row, record)
    if line is None:
        return None
    text = changed_text(corrected, record, block, row, line)
    try:
        return text and Record(text, corrected.id)
    except Fault:
        return None


def changed_text(corrected, record, block, row, line):
    """None if there is no such line, and none can be added."""
    lines = corrected.text[:-1].split('\n')
    indent = '  ' if block else ''
    start, end = bounds(corrected, lines, block)
    names = [one.strip(' ').split(': ')[0].rstrip('~')
             for one in lines[start:end]]
    there = [start + n for n, name in enumerate(names) if name == row.name]
    n = int(record.value('occurrence') or 1)
    if 1 <= n <= len(there):
        lines[there[n - 1]:there[n - 1] + 1] = [indent + line] if line else []
    elif line and n == len(there) + 1 and (not there or row.is_repeated):
        table = [one.name for one in table_of(corrected, record)]
        before = table[:table.index(row.name) + 1]
        at = start + sum(name in before for name in names)
        lines[at:at] = [indent + line]
    else:
        return None
    return '\n'.join(lines) + '\n'


def bounds(corrected, lines, block):
    """From which line to which the fields stand."""
    name = kinds.KINDS[corrected.kind].block_name
    starts = [n for n, one in enumerate(lines)
              if name and one.startswith(name + ': ')] + [len(lines)]
    if block is None:
        return 1, starts[0] if corrected.blocks else len(lines)
    n = corrected.blocks.index(block)
    return starts[n] + 1, starts[n + 1]


def good_corrections(ledger):
    """(number of the corrected leaf, the corrected record, the correction)
    of those of a field that rules read."""
    for leaf in ledger.leaves:
        if leaf.record.kind == 'correction' and leaf.standing == 'good':
            corrected = corrected_leaf(ledger, leaf.record)
            if is_read(corrected.record, leaf.record):
                yield (ledger.number_of[corrected.record.id],
                       corrected.record, leaf.record)
