"""counterfoil-findings(7), LISTS AND ITEMS and What is applied: reads leaves
in order, refuses what makes the ledger false, judges the rest and applies it.

fold(leaves) is the whole of it.
"""
import hashlib

import keyring
import keys
import refused
import standing
from ledger import (Event, Item, Ledger, Party, RedLine, Relation,
                    since_or_ever, until_or_ever)
from text import Leaf


def fold(leaves, readings=None):
    """A ledger of these leaves (bytes); Fault if it is false."""
    ledger = Ledger()
    for number, data in enumerate(leaves):
        add(ledger, data, (readings or {}).get(number))
    return ledger


def add(ledger, data, reading=None):
    """`reading` is a record that the leaf's is read as."""
    leaf = Leaf(data)
    leaf.record = reading or leaf.record
    refused.check(ledger, leaf)
    verdict, blocks = standing.judge(ledger, leaf)
    leaf.standing, leaf.rule = verdict
    number = len(ledger.leaves)
    if leaf.record.kind == 'case':
        open_case(ledger, leaf.record)
    if leaf.record.kind == 'join':
        enrol(ledger, leaf.record)
    ledger.leaves.append(leaf)
    ledger.number_of[leaf.record.id] = number
    if verdict.standing != 'void' and leaf.record.kind in APPLIED:
        APPLIED[leaf.record.kind](ledger, leaf.record, number, verdict, blocks)
    for name in leaf.record.signers:
        if ledger.parties[name].enrolled is None:
            ledger.parties[name].enrolled = number
    ledger.changed()
    return leaf


def key_of(record, name, block=None):
    value = record.value(name, block)
    return keys.read_vkey(value) if value else None


def open_case(ledger, record):
    ledger.reference = f'{record.value("name")}#{record.id[:32]}'
    ledger.log_key = key_of(record, 'log')
    ledger.witnesses = [keys.read_vkey(v) for v in record.all('witness-key')]
    for block in record.blocks:
        party = Party(block.name, record.value('side', block),
                      record.value('org', block), record.value('role', block),
                      key_of(record, 'key', block))
        party.is_policy_holder = block.name in record.signers
        ledger.parties[party.name] = party
    sides = {ledger.parties[q].side for q in record.signers}
    for party in ledger.parties.values():
        if party.keys:
            party.countersigned |= sides
    all_keys = [ledger.log_key] + ledger.witnesses + [
        held.key for p in ledger.parties.values() for held in p.keys]
    ledger.publics = {key.public for key in all_keys}
    change_policy(ledger, record)


def enrol(ledger, record):
    name = record.value('party')
    if name not in ledger.parties:
        ledger.parties[name] = Party(name, record.value('side'),
                                     record.value('org'),
                                     record.value('role'))
    party = ledger.parties[name]
    key = key_of(record, 'key')
    if key:
        party.keys.append(keyring.HeldKey(key))
        ledger.publics.add(key.public)
    party.countersigned |= {ledger.parties[q].side for q in record.signers
                            if q != name}


def change_policy(ledger, record):
    """Red lines, The rest of the policy."""
    setters = {q for q in record.signers if ledger.is_policy_holder(q)}
    sides = {ledger.parties[q].side for q in setters}
    for name in record.all('red-line'):
        ledger.red_lines.append(RedLine(name, setters, sides))
    lifted, signers = set(record.all('lift')), set(record.signers)
    ledger.red_lines = [line for line in ledger.red_lines if not (
        line.party in lifted and line.set_by <= signers)]
    ledger.required += [tuple(v.split(' ')) for v in record.all('require')]
    quorum = record.value('witness-quorum')
    if quorum:
        ledger.quorum = (int(quorum) if record.kind == 'case' else
                         max(ledger.quorum, int(quorum)))


def apply_policy(ledger, record, *_):
    change_policy(ledger, record)


def apply_relation(ledger, record, number, *_):
    ledger.relations.append(Relation(
        record.value('party'), record.value('acts-for'),
        since_or_ever(record), until_or_ever(record),
        record.value('basis') != 'asserted', number))


# LISTS AND ITEMS

class List:
    def __init__(self, population, signers, count):
        self.population, self.signers, self.count = population, signers, count
        self.parts = {}             # number of the part: of its leaf
        self.names, self.seals = set(), set()
        self.seizure = None         # number of its leaf
        self.is_found_late = False  # so says the last part to come
        self.is_complete = False


def list_of(ledger, record, count=None):
    """The list that a part (of `count`) or a seizure belongs to."""
    signers = set(record.signers)
    for one in ledger.lists:
        if (one.population == record.value('population') and
                one.signers == signers and
                (None in (count, one.count) or one.count == count)):
            break
    else:
        one = List(record.value('population'), signers, count)
        ledger.lists.append(one)
    one.count = one.count or count
    return one


def apply_list(ledger, record, number, *_):
    part, count = map(int, record.value('part').split('/'))
    one = list_of(ledger, record, count)
    if part in one.parts:
        return
    one.parts[part] = number
    one.is_found_late = record.has('found-late')
    for block in record.blocks:
        one.names.add(block.name.lower())
        one.seals |= {record.value('seal', block)} - {None}
    complete(ledger, one)


def apply_seizure(ledger, record, number, *_):
    one = list_of(ledger, record)
    one.seizure = number
    if ledger.seized is None:
        ledger.seized = record.time
    complete(ledger, one)


def is_complete(ledger, one):
    if one.count is None or len(one.parts) < one.count:
        return False
    if one.seizure is None and not one.is_found_late:
        return False
    records = [ledger.record(one.parts[n])
               for n in range(1, one.count + 1)]
    blocks = b''.join(r.block_bytes() for r in records)
    if hashlib.sha256(blocks).hexdigest() != one.population:
        return False
    if one.seizure is None:
        return True
    items = int(ledger.record(one.seizure).value('items'))
    return items == sum(len(r.blocks) for r in records)


def complete(ledger, one):
    if one.is_complete or not is_complete(ledger, one):
        return
    one.is_complete = True
    if one.is_found_late or ledger.first_list is None:
        if not one.is_found_late:
            ledger.first_list = one
            ledger.seized = ledger.record(one.seizure).time
        make_known(ledger, one)


def make_known(ledger, one):
    for part in range(1, one.count + 1):
        record = ledger.record(one.parts[part])
        for n, block in enumerate(record.blocks):
            if block.name not in ledger.items:
                seal = record.value('seal', block)
                is_enclosing = record.value('seal-type', block) == 'enclosing'
                item = Item(block.name, record.value('type', block),
                            one.parts[part], n, record.value('inside', block),
                            seal, is_enclosing)
                ledger.items[item.name] = item
                ledger.used_seals |= {seal} - {None}
                if item.inside is None or one.is_found_late:
                    put_under_custody(ledger, one, item)


def put_under_custody(ledger, one, item):
    is_seized = one.seizure is not None
    number = one.seizure if is_seized else one.parts[1]
    record = ledger.record(number)
    receiver = record.value('taken-by') if is_seized else record.signers[0]
    ledger.parties[receiver].has_held = True
    ledger.add_event(Event(
        item.name, 'SEIZED' if is_seized else 'FOUND', record.time, number,
        receiver=receiver, container=None if is_seized else item.inside,
        is_identified=True, is_shared=True, is_late=record.has('late'),
        is_by_both=receiver in record.signers))


# What is applied

class Maker:
    """Makes the events of one block."""

    def __init__(self, ledger, record, number, n, is_breach):
        self.moved = set()      # items of the blocks that make events
        self.ledger, self.record, self.number = ledger, record, number
        self.n, self.block, self.is_breach = n, record.blocks[n], is_breach
        self.holders = frozenset()

    def value(self, name):
        return self.record.value(name, self.block)

    def party(self, name):
        party = self.record.value(name)
        return party if party in self.ledger.parties else None

    def name_receiver(self):
        to = self.record.value('to')
        if to not in self.ledger.parties:
            self.ledger.parties[to] = Party(to, 'outside', to)

    def seals(self):
        """The block's, and the item's at t."""
        return self.value('seal'), self.ledger.seal(self.block.name,
                                                    self.record.time)[0]

    def is_seal_broken(self):
        seal, known = self.seals()
        return self.value('state') == 'broken' or (
            None not in (seal, known) and seal != known)

    def is_identified(self):
        seen, (seal, known) = self.value('seen'), self.seals()
        is_closed_bag = (
            seen == 'package-sealed' and self.value('state') == 'intact' and
            self.ledger.items[self.block.name].kind == 'package' and
            not self.ledger.is_open(self.block.name, self.record.time) and
            seal is not None and seal == known)
        return not self.is_seal_broken() and (is_closed_bag or seen in (
            'serial-read', 'mark-read', 'hash-match'))

    def is_to_stay(self):
        """A breach takes nothing out of where it was later."""
        return self.is_breach and standing.is_in_something_later(
            self.ledger, self.block.name, self.record.time, self.number)

    def event(self, kind, item=None, **more):
        more = {'is_breach': self.is_breach, 'is_shared': True} | more
        self.ledger.add_event(Event(
            item or self.block.name, kind, self.record.time, self.number,
            self.n,
            is_late=self.record.has('late'),
            has_telltales=self.record.has('telltale', self.block), **more))


def apply_custody(ledger, record, number, verdict, blocks):
    is_whole = verdict.standing == 'breach' and bool(
        standing.broken_as_a_whole(ledger, ledger.leaves[number]))
    makers = [Maker(ledger, record, number, n,
                    is_whole or block.standing == 'breach')
              for n, block in enumerate(blocks)
              if block.standing != 'not-holder']
    for maker in makers:
        if record.kind == 'incident':
            maker.holders = ledger.holders_before(maker.block.name,
                                                  record.time, number)
    is_known = record.value('to') in ledger.parties
    for maker in makers:
        maker.moved = {one.block.name for one in makers}
        EVENTS[record.kind](maker)
    if (record.kind in ('handover', 'disclosure') and
            not record.has('receiver') and is_known
            and record.value('on-behalf-of') in ledger.parties):
        ledger.relations.append(Relation(
            record.value('to'), record.value('on-behalf-of'), record.time,
            record.time, True, number))
        ledger.changed()


def make_handover(maker):
    ledger, record = maker.ledger, maker.record
    to = record.value('to')
    maker.name_receiver()
    ledger.parties[to].has_held = True
    giver = maker.party('from')
    if maker.is_breach and giver:
        ledger.parties[giver].has_held = True
    is_by_both = not record.has('receiver')
    if maker.value('state') == 'broken':
        maker.event('BROKEN', is_breach=False, is_by_both=is_by_both)
    if maker.moved & set(ledger.chain(maker.block.name, record.time)):
        if maker.is_breach:
            maker.event('TOLD', giver=giver, receiver=to,
                        is_by_both=is_by_both)
        elif record.has('telltale', maker.block):
            maker.event('TOLD', is_by_both=is_by_both)
    else:
        maker.event('TOLD' if maker.is_to_stay() else 'GIVEN', giver=giver,
                    receiver=to, is_by_both=is_by_both)


def make_handling(maker):
    ledger, record = maker.ledger, maker.record
    more = {'receiver': maker.party('custodian'), 'is_by_both': True,
            'is_attended': record.value('present-throughout') == 'yes'}
    action = maker.value('action')
    if action == 'found':
        if maker.block.name not in ledger.items:
            out_of = maker.value('out-of')
            ledger.items[maker.block.name] = Item(
                maker.block.name, maker.value('type'), maker.number, maker.n,
                out_of)
            maker.event('FOUND', container=out_of, **more)
        else:
            maker.event('TOLD', **more)
    elif action == 'reseal':
        seal = maker.value('seal')
        ledger.used_seals |= {seal} - {None}
        maker.event('SEALED', seal=seal,
                    is_enclosing=maker.value('seal-type') == 'enclosing',
                    **more)
    elif action == 'put-in':
        into = maker.value('into')
        if maker.is_breach:
            maker.event('TOLD', **more)
        elif into in ledger.items:
            maker.event('PUT-IN', container=into, **more)
    else:
        kind = {'open': 'OPENED', 'power-on': 'POWERED',
                'take-out': 'TAKEN-OUT'}[action]
        is_kept = action == 'take-out' and maker.is_to_stay()
        maker.event('TOLD' if is_kept else kind, **more)


def make_inspection(maker):
    ledger, record, name = maker.ledger, maker.record, maker.block.name
    if name not in ledger.items:
        return
    custodian = maker.party('custodian')
    more = {'receiver': custodian,
            'is_by_both': custodian in record.signers}
    if maker.is_seal_broken():
        maker.event('BROKEN', **more)
        maker.is_breach = False
    found = maker.value('found')
    if found in ('missing', 'other'):
        maker.event('MISSING', **more)
    elif found != 'unexpected':
        is_identified = maker.is_identified()
        maker.event('SEEN', is_identified=is_identified,
                    is_shared=is_identified and
                    maker.value('seen') == 'package-sealed', **more)


def make_incident(maker):
    what = maker.record.value('what')
    if what in ('seal-broken', 'unauthorised-reading'):
        maker.event('BROKEN')
    elif what in ('loss', 'theft'):
        who = [q for q in maker.record.signers if q in maker.holders]
        maker.event('MISSING', receiver=who[-1] if who else None,
                    is_by_both=bool(who))
    else:
        maker.event('TOLD')


def make_move(maker):
    maker.event('MOVED')


def make_disposal(maker):
    maker.event('DESTROYED', receiver=maker.party('custodian'),
                is_by_both=True, is_identified=maker.is_identified())


def make_image(maker):
    ledger, record, name = maker.ledger, maker.record, maker.block.name
    is_attended = record.value('present-throughout') == 'yes'
    source = maker.value('derived-from')
    if source is None:
        maker.event('COPIED', is_attended=is_attended)
        return
    maker.event('COPIED', item=source, is_attended=is_attended)
    if name in ledger.items:
        return
    host = record.value('host') or record.value('examiner')
    inside = maker.value('inside')
    inside = inside if inside in ledger.items else None
    ledger.items[name] = Item(name, maker.value('type') or 'image',
                              maker.number,
                              maker.n, inside, derived_from=source)
    maker.event('FOUND', container=inside, receiver=host, is_identified=True,
                is_by_both=host in record.signers, is_attended=is_attended)
    if host in ledger.parties:
        ledger.parties[host].has_held = True


def make_data_event(maker):
    if maker.record.kind == 'disclosure':
        maker.name_receiver()
    if maker.block.name in maker.ledger.items:
        maker.event(DATA_EVENTS[maker.record.kind], is_attended=(
            maker.record.value('present-throughout') == 'yes'))


def apply_key(ledger, record, number, *_):
    keyring.change(ledger, record, number)


DATA_EVENTS = {'lock': 'LOCKED', 'unlock': 'UNLOCKED',
               'examination': 'EXAMINED', 'disclosure': 'DISCLOSED'}
EVENTS = {'handover': make_handover, 'release': make_handover,
          'handling': make_handling, 'inspection': make_inspection,
          'incident': make_incident, 'move': make_move,
          'disposal': make_disposal, 'image': make_image} | {
              kind: make_data_event for kind in DATA_EVENTS}
APPLIED = {'policy': apply_policy, 'relation': apply_relation,
           'list': apply_list, 'seizure': apply_seizure,
           'key': apply_key} | {kind: apply_custody for kind in EVENTS}

