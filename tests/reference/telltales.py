"""Readings of a drive's counters, held against each other (Telltales)."""
from collections import namedtuple

from values import seconds

Reading = namedtuple('Reading', 'counter value step leaf is_second')
USES = ('POWERED', 'COPIED', 'EXAMINED')
SESSIONS = ('power-cycles', 'power-on-resets', 'start-stops',
            'unsafe-shutdowns')
HOUR = 3600


def readings(ledger, name, steps):
    item = ledger.items[name]
    blocks = {(item.leaf, item.block): 0}   # in order, each once
    for n, step in enumerate(steps):
        if step.event.has_telltales:
            blocks.setdefault((step.event.leaf, step.event.block), n)
    seen = set()
    for (leaf, block), n in blocks.items():
        record = ledger.record(leaf)
        for value in record.all('telltale', record.blocks[block]):
            counter, _, number = value.partition(' ')
            yield Reading(counter, int(number), n, leaf,
                          (leaf, counter) in seen)
            seen.add((leaf, counter))


def pairs(ledger, name, steps):
    """Each reading with the last one before of the same counter."""
    last = {}
    for reading in readings(ledger, name, steps):
        if reading.counter in last:
            yield last[reading.counter], reading
        last[reading.counter] = reading


def is_one(ledger, steps, old, new, explains):
    if new.value == old.value:
        return False
    return new.value < old.value or not Account(
        ledger, steps, old, new, explains).is_enough(
            new.counter, new.value - old.value)


class Account:
    """What the records from one reading to the other account for."""

    def __init__(self, ledger, steps, old, new, explains):
        first = steps[old.step].event.leaf
        last = steps[new.step].event.leaf
        leaves = [step.event.leaf for step in steps]
        low = leaves.index(first)
        high = len(leaves) - leaves[::-1].index(last)
        self.uses, self.seconds, self.bytes = 0, 0, 0
        self.is_any_read = False
        sessions = set()
        for leaf in dict.fromkeys(leaves[low:high]):
            events = [s.event for s in steps if s.event.leaf == leaf]
            is_use = any(e.kind in USES for e in events)
            counts = explains(events[0], steps[new.step].event) or (
                leaf == old.leaf == new.leaf)
            if leaf != old.leaf and (leaf == new.leaf or counts and (
                    is_use or any(e.has_telltales for e in events))):
                sessions.add(leaf)
            is_over = leaf == old.leaf != new.leaf and old.is_second
            if is_use and counts and not is_over:
                self.add(ledger.record(leaf), events)
        self.sessions = len(sessions)

    def add(self, record, events):
        self.uses += 1
        started, finished = (record.value('started'),
                             record.value('finished'))
        time = HOUR
        if started and finished and seconds(finished) >= seconds(started):
            time = seconds(finished) - seconds(started)
        self.seconds += time
        copies = [record.blocks[e.block] for e in events
                  if e.kind == 'COPIED']
        lengths = [
            int(record.value('length', block)) *
            int(record.value('passes', block) or 1)
            for block in copies if record.value('length', block)]
        self.bytes += sum(lengths)
        if (copies and not lengths or
                any(e.kind == 'EXAMINED' for e in events)):
            self.is_any_read = True

    def is_enough(self, counter, more):
        if counter == 'power-on-hours':
            return more <= -(-self.seconds // HOUR) + 1
        if counter in SESSIONS:
            return more <= self.sessions
        if counter == 'bytes-read':
            return self.is_any_read or more <= (
                self.bytes + self.bytes // 100 +
                (self.sessions + 1) * 64 * 1024 * 1024)
        if counter == 'bytes-written':
            return False
        return self.uses > 0
