"""counterfoil-findings(7), what the page says of copies: whose copy is whose,
how the block that brings one is judged, and whether a quorum is fair.
"""
IMAGES = ('image', 'extract')


def copies_of(ledger, name):
    """Derived from it, from these, and so on, as they became known."""
    found = [name]
    for one in found:
        found += [other.name for other in ledger.items.values()
                  if other.derived_from == one and other.name not in found]
    return found[1:]


def is_copy(ledger, name):
    return ledger.items[name].kind in IMAGES


def sources(ledger, name):
    """The item, what that is derived from, and so on to eight steps."""
    out = [name]
    while len(out) <= 8 and ledger.items[out[-1]].derived_from:
        out.append(ledger.items[out[-1]].derived_from)
    return out


# Void: lock

def void_lock(ledger, leaf):
    record, number = leaf.record, len(ledger.leaves)
    for block in record.blocks:
        if block.name not in ledger.items or not is_copy(ledger, block.name):
            return 'unknown-record'
        holders = ledger.holders_before(block.name, record.time, number)
        if record.value('custodian') not in holders:
            return 'not-holder'
    return None if is_fair(ledger, record) else 'quorum'


def is_fair(ledger, record):
    holders = record.all('holder')
    n, t = len(holders), int(record.value('threshold'))
    if not set(holders) <= set(ledger.parties) or not 2 <= t < n:
        return False
    return all(sum(q in one for q in holders) < min(t, n - t + 1)
               for one in organisations(ledger, holders))


def organisations(ledger, holders):
    """Sets of holders that are of one organisation."""
    groups = []
    for q in sorted(set(holders)):
        near = [g for g in groups if any(is_one(ledger, q, p) for p in g)]
        groups = [g for g in groups if g not in near]
        groups.append({q}.union(*near))
    return groups


def is_one(ledger, p, q):
    return (ledger.is_one_org(p, q) or q in ledger.component_of(p) or
            has_newest_of(ledger, p, q) or has_newest_of(ledger, q, p))


def has_newest_of(ledger, p, q):
    """Whether q ever enrolled the key for encryption that p did last."""
    newest = ledger.parties[p].encryption_keys[-1:]
    return any(key in ledger.parties[q].encryption_keys for key in newest)


# A closed copy

def is_closed(ledger, steps, name, recipient, time):
    """`steps` are those of the copy's timeline."""
    for step in reversed(steps):
        event = step.event
        if event.kind == 'UNLOCKED':
            return False
        if event.kind == 'DESTROYED' and step.is_sighting:
            return True
        if event.kind == 'LOCKED':
            return (ledger.record(event.leaf).value('plaintext') ==
                    'destroyed' and not ledger.is_compromised(event.leaf) and
                    ledger.has_disinterested(event.leaf, name, recipient,
                                             time))
    return False


def locked_after(steps):
    """For each step, whether the copy is locked after it."""
    is_locked, out = False, []
    for step in steps:
        if step.event.kind in ('LOCKED', 'UNLOCKED'):
            is_locked = step.event.kind == 'LOCKED'
        out.append(is_locked)
    return out
