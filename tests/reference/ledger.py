"""counterfoil-findings(7), PARTIES and CUSTODY: what a ledger's leaves say.

A Ledger holds what is known and answers what the page defines: who acts for
whom, who is disinterested, where a thing was and who held it. It judges
nothing; law.py adds leaves to it.
"""
import functools

import copies
import keyring
import values

FOR_EVER = 1 << 62
BEGINNING = -FOR_EVER
STEPS_MAX = 8
NO_BLOCK = 1 << 30
ASCII_LOWER = {c: c + 32 for c in range(ord('A'), ord('Z') + 1)}

TYPES = ('SEIZED', 'FOUND', 'GIVEN', 'OPENED', 'SEALED', 'POWERED',
         'TAKEN-OUT', 'PUT-IN', 'SEEN', 'MISSING', 'BROKEN', 'TOLD',
         'MOVED', 'COPIED', 'EXAMINED', 'LOCKED', 'UNLOCKED', 'DISCLOSED',
         'DESTROYED')
MOVES = ('GIVEN', 'TAKEN-OUT', 'PUT-IN', 'FOUND')
SIGHTINGS = ('SEIZED', 'FOUND', 'SEEN', 'DESTROYED')
UNSEALING = ('OPENED', 'SEALED', 'TAKEN-OUT', 'PUT-IN')


class Party:
    def __init__(self, name, side, org, role=None, key=None):
        self.name, self.side, self.org = name, side, org
        self.role = role
        self.keys = [keyring.HeldKey(key)] if key else []
        self.encryption_keys = []       # as they were enrolled
        self.is_policy_holder = False
        self.has_held = False
        self.enrolled = None            # number of a leaf
        self.countersigned = set()      # sides

    def is_overseer(self):
        return self.side == 'neutral' and self.role == 'overseer'


class Relation:
    def __init__(self, party, acts_for, since, until, binds, leaf):
        self.party, self.acts_for = party, acts_for
        self.since, self.until, self.binds = since, until, binds
        self.leaf = leaf


class RedLine:
    def __init__(self, party, set_by, sides):
        self.party, self.set_by = party, set_by
        self.is_agreed = len(sides) > 1


class Event:
    """CUSTODY: what a record says of an item. `giver`, `receiver` and
    `container` are names or None."""

    def __init__(self, item, kind, time, leaf, block=NO_BLOCK, **more):
        self.item, self.kind = item, kind
        self.time, self.leaf, self.block = time, leaf, block
        self.giver = self.receiver = self.container = None
        self.is_by_both = self.is_breach = self.is_identified = False
        self.is_late = self.is_attended = self.is_shared = False
        self.has_telltales = False
        self.seal, self.is_enclosing = None, False
        for name, value in more.items():
            assert hasattr(self, name)
            setattr(self, name, value)

    def place(self):
        return self.time, self.leaf

    def order(self):
        return self.time, self.leaf, self.block, TYPES.index(self.kind)


class Item:
    def __init__(self, name, kind, leaf, block, inside=None, seal=None,
                 is_enclosing=False, derived_from=None):
        self.name, self.kind = name, kind
        self.leaf, self.block = leaf, block     # what made it known
        self.inside = inside                    # what it is listed in
        self.derived_from = derived_from
        self.touched = -1       # last leaf with an event of it or in it
        self.seal, self.is_enclosing = seal, is_enclosing
        self.events = []                        # its own, in order


class Step:
    """One event of a timeline, and what is so after it."""

    def __init__(self, event, holders, is_sighting):
        self.event, self.holders = event, holders
        self.is_sighting = is_sighting          # it qualifies


def remembered(function):
    """Keeps the answer until something is added to the ledger."""
    @functools.wraps(function)
    def ask(ledger, *words):
        key = (function.__name__, *words)
        if key not in ledger.memory:
            ledger.memory[key] = function(ledger, *words)
        return ledger.memory[key]
    return ask


class Ledger:
    def __init__(self):
        self.memory = {}
        self.leaves, self.number_of = [], {}    # of a record's id
        self.reference = None
        self.log_key, self.witnesses, self.quorum = None, [], 1
        self.parties, self.relations, self.red_lines = {}, [], []
        self.required = []                      # (kind, field)
        self.publics = set()
        self.items, self.used_seals = {}, set()
        self.lists, self.first_list = [], None
        self.seized = None                      # time of the first seizure

    def changed(self):
        self.memory.clear()

    def record(self, number):
        return self.leaves[number].record

    def signers(self, number):
        return self.record(number).signers

    def add_event(self, event):
        item = self.items[event.item]
        around = self.last_chain(event.item)
        item.events.append(event)
        item.events.sort(key=Event.order)
        self.changed()
        for name in {event.item, *around, *self.last_chain(event.item)}:
            self.items[name].touched = event.leaf

    def last_chain(self, name):
        """Times: what it is in, each after all its events."""
        return self.chain(name, FOR_EVER - 1)

    # PARTIES

    @remembered
    def is_compromised(self, number):
        return keyring.is_compromised(self, self.leaves[number])

    @remembered
    def copies_of(self, name):
        return copies.copies_of(self, name)

    def is_policy_holder(self, name):
        return name in self.parties and self.parties[name].is_policy_holder

    @remembered
    def component_of(self, name):
        """Relations: all that binding relations join, of any time."""
        found, work = {name}, [name]
        while work:
            one = work.pop()
            for r in self.relations:
                if r.binds and one in (r.party, r.acts_for):
                    new = {r.party, r.acts_for} - found
                    found |= new
                    work.extend(new)
        return found

    @remembered
    def closure(self, name, now, also=None):
        """Relations: who acts for the party at `now`; the relation `also` is
        taken as binding."""
        start = BEGINNING if self.seized is None else self.seized
        found, work = {name}, [name]
        while work:
            one = work.pop()
            for r in self.relations:
                if (r.acts_for == one and r.party not in found and
                        (r.binds or r is also) and
                        r.until >= start and r.since <= now):
                    found.add(r.party)
                    work.append(r.party)
        return found

    @remembered
    def is_apart(self, a, b):
        return (a != b and not self.is_one_org(a, b) and
                b not in self.component_of(a))

    def is_one_org(self, a, b):
        """Their names are the same but for the case of ASCII letters."""
        a, b = self.parties.get(a), self.parties.get(b)
        return None not in (a, b) and lower(a.org) == lower(b.org)

    def is_independent_of(self, q, holder):
        """Apart, and countersigned by the other side."""
        known = self.parties.get(holder)
        is_owner = known is not None and known.side == 'owner'
        return (self.is_apart(q, holder) and
                ('authority' if is_owner else 'owner') in
                self.parties[q].countersigned)

    @remembered
    def is_disinterested(self, q, item, recipient, time):
        """Disinterested; each of the last three may be None."""
        party = self.parties.get(q)
        if party is None or party.side != 'neutral' or party.has_held:
            return False
        if party.enrolled is None:
            return False
        if time is not None and not (
                self.leaves[party.enrolled].entered < time):
            return False
        if recipient is not None and not self.is_apart(q, recipient):
            return False
        if item is None:
            return all(self.is_independent_of(q, p.name)
                       for p in self.parties.values() if p.has_held)
        for event in self.timeline(item):
            if event.giver and not self.is_apart(q, event.giver):
                return False
            if event.receiver and not self.is_independent_of(
                    q, event.receiver):
                return False
        return True

    def has_disinterested(self, leaf, item, recipient, time):
        return any(self.is_disinterested(q, item, recipient, time)
                   for q in self.signers(leaf))

    # CUSTODY: Containers

    def stretches(self, name):
        """(container, from, to), from and to as (time, leaf)."""
        item = self.items[name]
        moves = [e for e in item.events if e.kind in MOVES]
        was_found = any(e.kind == 'FOUND' for e in moves)
        container, start = None if was_found else item.inside, (BEGINNING, -1)
        for event in moves:
            yield container, start, event.place()
            container, start = event.container, event.place()
        yield container, start, (FOR_EVER, 0)

    def container(self, name, time):
        return next(c for c, _, end in self.stretches(name) if end[0] > time)

    def chain(self, name, time):
        out = []
        while len(out) < STEPS_MAX:
            name = self.container(name, time)
            if name is None:
                break
            out.append(name)
        return out

    def listed_in(self, name):
        """The item and what it is listed in, and so on to eight steps."""
        out = [name]
        while len(out) <= STEPS_MAX and self.items[out[-1]].inside:
            out.append(self.items[out[-1]].inside)
        return out

    def names(self, record, name):
        """THE FINDING: whether a record's concerns names an item."""
        concerns = record.all('concerns')
        if not concerns or 'all' in concerns:
            return True
        return any(one in concerns or self.items[one].kind in concerns
                   for one in self.listed_in(name))

    # CUSTODY: Timeline

    @remembered
    def timeline(self, name):
        found = set()
        work = [(name, (BEGINNING, -1), (FOR_EVER, 0), 0)]
        while work:
            one, start, end, steps = work.pop()
            found.update(e for e in self.items[one].events
                         if start <= e.place() < end and
                         (steps == 0 or e.is_shared))
            for container, s, e in self.stretches(one):
                s, e = max(s, start), min(e, end)
                if container is not None and s < e and steps < STEPS_MAX:
                    work.append((container, s, e, steps + 1))
        return sorted(found, key=lambda e: (e.order(), e.item))

    # CUSTODY: Seals

    def seal(self, name, time):
        """(number or None, enclosing)."""
        item = self.items[name]
        out = item.seal, item.is_enclosing
        for event in item.events:
            if event.kind == 'SEALED' and event.time <= time:
                out = event.seal, event.is_enclosing
        return out

    def is_open(self, name, time):
        last = None
        for event in self.items[name].events:
            if event.kind in ('OPENED', 'SEALED') and event.time <= time:
                last = event.kind
        return last == 'OPENED'

    # CUSTODY: Holders, Qualifying sightings

    @remembered
    def walk(self, name, recipient, time, asks_unsealed=True):
        """The timeline as steps; sightings qualify for recipient and time."""
        steps = []
        holders, is_open, is_unsealed = frozenset(), False, False
        for event in self.timeline(name):
            is_own = event.item == name
            is_sighting = self.qualifies(event, name, recipient, time) and (
                event.kind in ('SEIZED', 'FOUND') or (
                    event.receiver in holders and
                    (is_own or event.kind != 'SEEN' or
                     not is_unsealed or not asks_unsealed)))
            if is_sighting and (is_own or event.kind != 'SEEN'):
                is_unsealed = False
            elif self.unseals(event, name, recipient, time):
                is_unsealed = True
            holders, is_open = after(event, holders, is_open, is_sighting)
            steps.append(Step(event, holders, is_sighting))
        return steps

    def qualifies(self, event, name, recipient, time):
        """As far as it does not depend on what was before."""
        return (event.kind in SIGHTINGS and event.is_identified and
                not event.is_breach and
                not self.is_compromised(event.leaf) and
                event.receiver in self.signers(event.leaf) and
                any(q != event.receiver and
                    self.is_disinterested(q, name, recipient, time)
                    for q in self.signers(event.leaf)))

    def unseals(self, event, name, recipient, time):
        if event.is_breach and event.item == name:
            return True
        if event.kind == 'MISSING':
            return event.item == name
        return event.kind in UNSEALING and not (
            event.is_attended and
            self.has_disinterested(event.leaf, name, recipient, time))

    def holders_before(self, name, time, leaf):
        holders = frozenset()
        for step in self.walk(name, None, None, False):
            if step.event.place() < (time, leaf):
                holders = step.holders
        return holders


def after(event, holders, is_open, is_sighting):
    """Holders: who holds after an event, and whether custody is open."""
    receiver = {event.receiver} - {None}
    if event.is_breach:
        return holders | receiver | {event.giver} - {None}, True
    if event.kind in ('SEIZED', 'FOUND'):
        return frozenset(receiver), False
    if event.kind == 'GIVEN':
        return (holders if is_open else holders - {event.giver}) | receiver, \
            is_open
    if event.kind == 'DESTROYED':
        return frozenset(), False
    if event.kind == 'SEEN' and is_sighting:
        return frozenset(receiver), False
    return holders, is_open


def lower(text):
    return text.translate(ASCII_LOWER)


def since_or_ever(record):
    """In `since` a date stands for the day's beginning."""
    value = record.value('since')
    return BEGINNING if value is None else values.seconds(value)


def until_or_ever(record):
    value = record.value('until')
    return FOR_EVER if value is None else values.end_of(value)
