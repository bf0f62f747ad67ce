"""counterfoil-findings(7), Keys: which key of a party is in force for a leaf,
and which leaves a key that somebody else had makes doubtful.
"""
import keys
import values

NEVER = 1 << 62
DELAY = 604800


class HeldKey:
    """A key of a party: in force for leaves numbered [first, last] that are
    entered in [since, until)."""

    def __init__(self, key, first=0, since=0):
        self.key, self.first, self.since = key, first, since
        self.last = self.until = self.compromised = NEVER

    def is_in_force(self, number, entered):
        return (self.first <= number <= self.last and
                self.since <= entered < self.until)


def in_force(ledger, name, key_id, number, entered):
    """The party's key of this id (8 digits), or None."""
    party = ledger.parties.get(name)
    return next((held for held in party.keys if
                 held.key.id.hex() == key_id and
                 held.is_in_force(number, entered)), None) if party else None


def is_compromised(ledger, leaf):
    for line in leaf.signatures:
        for held in ledger.parties[line.name].keys:
            if (held.key.id == line.key_id and
                    leaf.entered >= held.compromised):
                return True
    return False


def change(ledger, record, number):
    """Applies a good record of kind key."""
    if record.has('encryption-key'):
        ledger.parties[record.value('party')].encryption_keys.append(
            record.value('encryption-key'))
    if record.value('action') == 'encryption':
        return
    entered = ledger.leaves[number].entered
    held = in_force(ledger, record.value('party'), record.value('old-key'),
                    number, entered)
    first, since = number + 1, 0
    if record.has('lost'):
        since = entered + DELAY
        held.until = min(held.until, since)
    else:
        held.last = min(held.last, number)
    if record.has('compromised-since'):
        held.compromised = min(held.compromised, values.seconds(
            record.value('compromised-since')))
    if record.value('action') == 'rotate':
        key = keys.read_vkey(record.value('key'))
        ledger.parties[record.value('party')].keys.append(
            HeldKey(key, first, since))
        ledger.publics.add(key.public)
