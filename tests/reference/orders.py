"""counterfoil-findings(7), orders: which are void, and what they cover."""
import copies
import values
from ledger import FOR_EVER, since_or_ever

PERMITS = {'image': 'image', 'unlock': 'unlock', 'examination': 'examine',
           'disclosure': 'disclose'}
CHANGES = ('extension', 'revocation')


def good_order(ledger, record_id):
    """That is neither extension nor revocation."""
    number = ledger.number_of.get(record_id)
    leaf = None if number is None else ledger.leaves[number]
    is_one = (leaf and leaf.record.kind == 'order' and
              leaf.standing == 'good' and
              leaf.record.value('what') not in CHANGES)
    return leaf.record if is_one else None


def void_order(ledger, leaf):
    record = leaf.record
    issuer, by = record.value('issuer'), record.value('from-paper-by')
    if issuer not in ledger.parties:
        return 'unknown-party'
    is_entitled = (by in record.signers and record.has('document')
                   if by else issuer in record.signers)
    if ledger.parties[issuer].side == 'outside' or not is_entitled:
        return 'not-entitled'
    if record.value('what') in CHANGES:
        changed = good_order(ledger, record.value('order'))
        if changed is None:
            return 'unknown-record'
        if changed.value('issuer') != issuer:
            return 'not-entitled'
    return None


def changes_of(ledger, order, what):
    return [leaf.record for leaf in ledger.leaves
            if leaf.record.kind == 'order' and leaf.standing == 'good' and
            leaf.record.value('what') == what and
            leaf.record.value('order') == order.id]


def end_of(ledger, order):
    ends = [values.end_of(one.value('until'))
            for one in [order] + changes_of(ledger, order, 'extension')
            if one.has('until')]
    return ends[-1] if ends else FOR_EVER


def covers(ledger, record, name):
    """Whether the order that a record names covers an item."""
    order = good_order(ledger, record.value('order'))
    if order is None:
        return False
    start = since_or_ever(order) if order.has('since') else order.time
    examiner = record.value('examiner')
    return (start <= record.time < end_of(ledger, order) and
            all(record.time < one.time
                for one in changes_of(ledger, order, 'revocation')) and
            PERMITS[record.kind] in order.all('permits') and
            any(ledger.names(order, one)
                for one in copies.sources(ledger, name)) and
            (not order.has('examiner') or examiner is None or
             examiner in order.all('examiner')) and
            (record.kind != 'examination' or is_looked_for(order, record)))


def is_looked_for(order, examination):
    """Whether an examination stays within an order's kinds and purpose."""
    finds, purpose = examination.all('finds'), examination.value('purpose')
    return ((not order.has('finds') or
             bool(finds) and set(finds) <= set(order.all('finds'))) and
            (not order.has('purpose') or purpose is None or
             order.value('purpose') == purpose))
