#!/usr/bin/env python3
"""Makes up ledgers: whole histories of a case, good ones and false ones.

usage: histories.py SEED

History(seed) is one of them: its leaves, checkpoint, question and time. The
same seed always gives the same bytes. It asks the reference who holds what,
so that what it makes up is mostly near to what happens, and often just wrong.
"""
import hashlib
import random
import sys

import falsehoods
import falsehoods_data
import happenings
import values
import writer
from writer import date, iso, population, secret

START = 1687262400      # 2023-06-20T12:00:00Z
DAY = values.DAY

PEOPLE = {              # side, organisation
    'police': ('authority', 'police.org'),
    'police/room': ('authority', 'room.org'),
    'lab': ('authority', 'police.org'),
    'owner': ('owner', 'owner.org'),
    'counsel': ('owner', 'counsel.org'),
    'court': ('neutral', 'court.org'),
    'notary': ('neutral', 'notary.org'),
    'ombud': ('neutral', 'room.org'),
    'haul': ('outside', 'haul.org'),
    'council': ('outside', 'council.org'),
    'ministry': ('outside', 'ministry.org'),
}
WITNESSES = ('witness1', 'witness2', 'witness3')
# What one step of a reading is, so that each is near to what is explained.
COUNTERS = {'hours': 1, 'power-cycles': 1, 'power-on-hours': 1,
            'unsafe-shutdowns': 1, 'bytes-read': 90000000,
            'bytes-written': 1}
KEYLESS = ('ministry', 'council', 'ombud')


class History(happenings.Happenings, writer.Writer):
    def __init__(self, seed):
        writer.Writer.__init__(self, START)
        happenings.Happenings.__init__(self)
        self.random, self.seed = random.Random(seed), seed
        self.pick = self.random.choice
        self.question, self.time, self.checkpoint = '0' * 64, 0, b''
        self.carelessness = self.pick([0, 0, .3, 1, 1, 1])
        self.opening()
        steps = self.random.randint(3, 40)
        for _ in range(steps):
            if self.fault is None:
                self.step()
        if self.fault is None and seed % 2 == 0:
            falsehoods.tell_one(self, seed // 2,
                                falsehoods_data.FALSEHOODS)
        if self.fault is None:
            self.last_question()
        self.close()

    def is_so(self, probability):
        return self.random.random() < probability

    def slips(self, probability):
        """Whether somebody makes a mistake."""
        return self.is_so(probability * self.carelessness)

    def maybe(self, probability, value):
        return value if self.is_so(probability) else None

    def rarely(self, probability, usual, unusual):
        return unusual if self.slips(probability) else usual

    def some(self, things, most=3):
        things = sorted(things)
        return self.random.sample(things, min(
            len(things), self.random.randint(1, most)))

    def write(self, kind, signers, fields, blocks=(), **more):
        """One that is refused ends some of the histories."""
        signers = [self.key_of(q) if isinstance(q, str) else q
                   for q in dict.fromkeys(signers)]
        more.setdefault('late', self.is_so(.05))
        is_in = self.emit(kind, signers, fields, blocks,
                          keep_false=self.is_so(.1), **more)
        self.now += self.pick([0, 60, 600, 3600, 20000])
        return is_in

    def close(self):
        self.time = self.now + self.pick([0, 10, 100000, 900000])
        named = {key.name for key in self.ledger.witnesses}
        self.cosigners = [secret(name, 4) for name in WITNESSES
                          if name in named and self.is_so(.7)]
        hashes = [writer.leaf_hash(data) for data in self.leaves]
        self.checkpoint = writer.checkpoint(hashes, self.cosigners,
                                            self.time)

    # The beginning of a case

    def opening(self):
        if self.seed % 16 == 1:
            falsehoods.false_genesis(self, self.seed // 16)
            return
        self.keyless = {name for name in KEYLESS if self.is_so(.5)}
        holders = self.pick([['police', 'owner'], ['owner'],
                             ['police', 'owner', 'court']])
        self.write('case', holders, self.genesis_fields(holders),
                   self.genesis_blocks())
        for name in PEOPLE:
            if name not in self.keyless and self.is_so(.85):
                self.write('join', [name], {'party': name})
            elif name in self.keyless and self.is_so(.6):
                by = [self.pick(holders)] + (
                    [self.pick(list(PEOPLE))] if self.is_so(.4) else [])
                by = [q for q in by if self.has_key(q)]
                self.write('join', [name] + by, {
                    'party': name, 'key': secret(name).vkey})
        if self.fault is None and not self.slips(.1):
            self.seizing()

    def genesis_fields(self, holders):
        witnesses = WITNESSES[:self.random.randint(0, 3)]
        return {
            'name': writer.ORIGIN, 'title': 'A case that is made up',
            'log': secret(writer.ORIGIN).vkey,
            'policy-holder': holders,
            'witness-key': [secret(w, 4).vkey for w in witnesses],
            'witness-quorum': self.pick([None, None, '0', '1', '2']),
            'red-line': ['council'] if self.is_so(.4) else None,
            'open': self.maybe(.2, 'serial'),
            'require': self.maybe(.1, self.pick(
                ['handover purpose', 'inspection state', 'claim through']))}

    def genesis_blocks(self):
        blocks = []
        for name, (side, org) in PEOPLE.items():
            blocks.append((name, {
                'side': side, 'org': org,
                'role': 'overseer' if name == 'court' else None,
                'key': None if name in self.keyless else secret(name).vkey,
                'about~': self.maybe(.1, 'A. Person')}))
        return blocks

    def has_key(self, name):
        party = self.ledger.parties.get(name)
        return party is not None and bool(party.keys)

    def signer(self, names=tuple(PEOPLE)):
        """Somebody who can sign; now and then anybody."""
        able = [name for name in names if self.has_key(name)]
        if not able or self.is_so(.01):
            return self.pick(list(PEOPLE))
        return self.pick(able)

    # Lists and seizures

    def things(self, first, count):
        blocks = []
        for n in range(first, first + count):
            bag, computer = f'B-{n}', f'PC-{n}'
            blocks.append((bag, {
                'type': 'package', 'seal': f'S{n}',
                'seal-type': self.pick(['enclosing', 'enclosing', 'tag',
                                        None])}))
            blocks.append((computer, {
                'type': 'computer', 'inside': bag,
                'opened': self.pick(['yes', 'yes', 'yes', 'no', None]),
                'bay': self.maybe(.1, self.pick(['1 empty',
                                                 '2 not-opened']))}))
            blocks.append((computer + '-C', {'type': 'casing',
                                             'inside': computer}))
            for d in range(self.random.randint(1, 2)):
                blocks.append((f'{computer}-D{d}', {
                    'type': 'drive', 'inside': computer,
                    'serial~': self.maybe(.2, hashlib.sha256(
                        f'{n} {d}'.encode()).hexdigest()),
                    'seal': self.maybe(.15, f'DS{n}{d}'),
                    'seal-type': self.maybe(.2, 'enclosing'),
                    'telltale': self.reading(9, 10)}))
        if self.is_so(.3):
            blocks.append((f'PH-{first}', {'type': 'phone'}))
        return blocks

    def seizing(self):
        blocks = self.things(1, self.random.randint(1, 3))
        by = self.pick([['police', 'owner', 'notary'], ['police', 'owner'],
                        ['owner', 'notary'], ['police'],
                        ['police', 'notary'], ['police', 'court', 'owner']])
        parts = [blocks]
        cuts = [n for n, (name, _) in enumerate(blocks)
                if n and name.startswith(('B-', 'PH'))]
        if cuts and self.is_so(.4):
            cut = self.pick(cuts)
            parts = [blocks[:cut], blocks[cut:]]
        order = list(range(len(parts))) + ['seizure']
        if self.slips(.1):
            self.random.shuffle(order)
        if self.slips(.05):
            order.remove(len(parts) - 1)
        for what in order:
            if self.fault is None:
                if what == 'seizure':
                    self.seizure(by, blocks)
                else:
                    self.write('list', by, {
                        'part': f'{what + 1}/{len(parts)}',
                        'population': population(blocks)}, parts[what])

    def seizure(self, by, blocks):
        by = [q for q in dict.fromkeys(by) if self.has_key(q)] or ['police']
        has_owner = any(PEOPLE[q][0] == 'owner' for q in by)
        neutral = [q for q in by if PEOPLE[q][0] == 'neutral']
        self.write('seizure', by, {
            'taken-by': 'police', 'taken-from': self.maybe(.5, 'owner'),
            'authority-signature': 'signed' if 'police' in by else 'absent',
            'owner-signature': 'signed' if has_owner else 'refused',
            'witness': neutral + (['police'] if 'police' in by and
                                  self.slips(.05) else []),
            'witness-saw': self.maybe(.6, 'the owner refused'),
            'place~': self.maybe(.1, 'hall 9'),
            'announced': self.maybe(.4, self.pick(['3 computer',
                                                   '1 casing'])),
            'counted': self.maybe(.2, self.pick(['4 computer', '1 drive'])),
            'items': len(blocks) + self.slips(.03),
            'population': population(blocks)})

    def second_list(self):
        if self.is_so(.3) and self.ledger.lists:
            return self.part_again()
        blocks = self.things(self.pick([1, 5]), 1)
        by = self.pick([['police'], ['owner', 'notary'],
                        ['police', 'owner'], ['court']])
        self.write('list', by, {
            'part': self.pick(['1/1', '1/1', '1/2']),
            'population': population(blocks)}, blocks)
        if self.fault is None:
            self.seizure(by, blocks)
        return None

    def part_again(self):
        """Further parts of a population that is there already."""
        one = self.pick(self.ledger.lists)
        blocks = self.things(self.pick([1, 7, 8]), 1)
        signers = self.pick([sorted(one.signers), ['police'], ['owner']])
        self.write('list', signers, {
            'part': self.pick(['1/1', '1/2', '2/2', '2/3']),
            'population': one.population}, blocks)

    def found_late(self):
        known = list(self.ledger.items)
        if not known:
            return
        name = f'L-{len(self.leaves)}'
        blocks = [(name, {
            'type': self.pick(['drive', 'package', 'medium']),
            'inside': self.maybe(.6, self.pick(known)),
            'seal': self.pick([None, None, 'L' + name, 'S1']),
            'telltale': self.reading(9, 10)})]
        if self.is_so(.2):
            blocks.append((self.pick(known), {'type': 'drive'}))
        if self.is_so(.4):
            blocks.append((name + '-D', {'type': 'drive', 'inside': name}))
        by = [self.holder(known[0], self.now),
              self.signer(['court', 'notary', 'owner'])]
        self.write('list', by, {
            'part': '1/1', 'found-late': 'behind a shelf',
            'population': population(blocks) if self.is_so(.95)
            else '0' * 64}, blocks)

    # What happens

    def step(self):
        kinds = {leaf.record.kind for leaf in self.ledger.leaves}
        is_told = bool(kinds & {'claim', 'relation'}) or self.is_so(.1)
        is_asked = 'question' in kinds or self.is_so(.05)
        careless = self.carelessness
        scenes = [('hand_over', 5), ('handle', 4), ('inspect', 5),
                  ('all_seen', 3), ('incident', 2 * careless),
                  ('claim', 1 + 2 * careless), ('assess', 2 * is_told),
                  ('relate', 1 + careless), ('policy', 1), ('ask', 2),
                  ('answer', (1 + careless) * is_asked), ('found_late', 1),
                  ('second_list', 1), ('join', 1), ('wait', 2)]
        if self.seed % 3:
            scenes += [(name, 1) for name in (
                'change_key', 'draw', 'lock', 'unlock', 'disclose', 'move',
                'release', 'dispose', 'objects')]
            scenes += [('order', 3), ('image', 3), ('examine', 2),
                       ('correct', 2)]
        names, weights = zip(*scenes)
        getattr(self, self.random.choices(names, weights)[0])()

    def wait(self):
        self.now += self.pick([3600, DAY, 2 * DAY])

    def at(self):
        if not self.slips(.2):
            return self.now
        back = self.pick([1, 600, 5000, 90000, 200000])
        return max(START, self.now - back)

    def some_items(self, most=3):
        if not self.ledger.items or self.is_so(.03):
            return ['NO-9']
        return self.some(self.ledger.items, most)

    def packages(self):
        if self.is_so(.3):
            return self.some_items()
        whole = [name for name, item in self.ledger.items.items()
                 if item.inside is None or self.is_so(.05)]
        return whole if whole and self.is_so(.5) else (
            self.some(whole) if whole else ['NO-9'])

    def holder(self, name, time):
        """Somebody who holds it and can sign, as far as there is one."""
        if name in self.ledger.items and self.is_so(.93):
            there = self.ledger.holders_before(name, time, len(self.leaves))
            there = sorted(q for q in there if self.has_key(q))
            if there:
                return self.pick(there)
        return self.signer()

    def seal_of(self, name, time):
        if self.slips(.05):
            return self.pick(['S99', 'S1'])
        if name in self.ledger.items:
            return self.ledger.seal(name, time)[0]
        return None

    def reading(self, *hours):
        if self.is_so(.7):
            return None
        out = []
        for name in self.some(COUNTERS):
            for _ in range(2 if self.is_so(.15) else 1):
                out.append(f'{name} {self.pick(hours) * COUNTERS[name]}')
        return out or None

    def span(self, at):
        """When a use began and ended; not always in that order."""
        if self.is_so(.4):
            return {}
        hours = self.pick([0, 1800, 3600, 3601, 7200, 14400, -60])
        return {'started': iso(at - hours),
                'finished': self.maybe(.9, iso(at))}

    def hand_over(self):
        at = self.at()
        items = self.packages()
        if self.slips(.1):
            items += [i for i in self.some_items() if i not in items]
        giver, to = self.holder(items[0], at), self.signer()
        if self.slips(.06):
            to = self.pick(['haulier', 'Council', 'depot', 'council'])
        is_alone = self.slips(.12) or not self.has_key(to)
        by = [giver] + ([] if is_alone else [to])
        witnesses = [self.pick(['notary', 'court'])] if self.is_so(.2) else []
        by += witnesses
        if self.slips(.03):
            witnesses = [giver]
        count = len(items) + self.slips(.04)
        blocks = [(name, {
            'seal': self.maybe(.6, self.seal_of(name, at)),
            'state': self.rarely(.3, 'intact', self.pick(['broken', None])),
            'telltale': self.reading(
                10, 10, 11, 9)}) for name in items]
        size, behind = len(self.leaves), self.rarely(
            .1, 0, self.pick([1, 3]))
        self.write('handover', by, {
            'from': giver, 'to': to,
            'on-behalf-of': self.maybe(.08, self.pick(
                list(PEOPLE) + ['haulier'])),
            'receiver': 'refused' if is_alone else None,
            'witness': witnesses, 'purpose': self.maybe(.7, 'for transport'),
            'remark~': self.maybe(.1, 'it rained'),
            'counted-by-giver': count,
            'counted-by-receiver':
                None if is_alone else count + self.slips(.04)},
            blocks, at=at, as_of=max(0, size - behind))

    def handle(self):
        at = self.at()
        items = self.some_items(2)
        custodian = self.holder(items[0], at)
        witness = self.rarely(.3, self.signer(['notary', 'court']),
                              self.signer(['ombud', 'owner', custodian]))
        blocks = {}
        for name in items:
            action = self.pick(['open', 'reseal', 'take-out', 'put-in',
                                'power-on', 'found'])
            fields = {'action': action,
                      'telltale': self.reading(10, 11, 12, 15)}
            known = list(self.ledger.items) or ['NO-9']
            if action == 'found':
                out_of = self.pick(known)
                name = f'F-{len(self.leaves)}' if self.is_so(.8) else name
                fields |= {'out-of': out_of, 'type': self.maybe(
                    .95, self.pick(['drive', 'medium', 'computer']))}
                custodian = self.maybe(.6, self.holder(out_of, at)) or (
                    custodian)
            elif action == 'take-out' and name in self.ledger.items:
                fields['out-of'] = self.maybe(.8, self.ledger.container(
                    name, at)) or self.maybe(.2, 'B-1')
            elif action == 'put-in':
                fields['into'] = self.maybe(.95, self.pick(known))
            elif action == 'reseal':
                fields |= {'seal': self.pick([f'N{len(self.leaves)}', 'S1',
                                              f'N{len(self.leaves)}-{name}',
                                              None]),
                           'seal-type': self.pick(['enclosing', 'tag'])}
            blocks[name] = fields
        self.write('handling', [custodian, witness], {
            'custodian': custodian, 'witness': witness,
            **self.span(at),
            'present-throughout': self.rarely(.5, 'yes', self.pick(
                ['no', None])),
            'authority': 'an order'}, list(blocks.items()), at=at)

    def inspect(self):
        at = self.at()
        items = self.packages()
        custodian = self.holder(items[0], at)
        inspector = self.signer(['court', 'court', 'notary', 'ombud',
                                 'owner'])
        by = [] if self.slips(.15) else [custodian]
        blocks = [(name, {
            'seen': self.pick(['package-sealed'] * 3 + [
                'serial-read', 'mark-read', 'hash-match', 'label-read',
                None]),
            'found': self.rarely(.3, None, self.pick(
                ['missing', 'other', 'unexpected', 'as-listed'])),
            'seal': self.rarely(.15, self.seal_of(name, at), None),
            'state': self.rarely(.2, 'intact', self.pick(['broken', None])),
            'telltale': self.reading(10, 11, 13)}) for name in items]
        self.write('inspection', by + [inspector], {
            'custodian': self.rarely(.03, custodian, 'nobody'),
            'inspector': inspector,
            'also-in': self.rarely(.3, 'none', self.pick(
                [None, 'other.example#' + '0' * 32]))},
            blocks, at=at)

    def all_seen(self):
        """Everything that somebody holds, seen as it should be."""
        names = [name for name in self.ledger.items
                 if self.ledger.container(name, self.now) is None]
        custodian = self.holder(names[0], self.now) if names else 'police'
        blocks = []
        for name in names:
            seal = self.ledger.seal(name, self.now)[0]
            is_bag = self.ledger.items[name].kind == 'package'
            blocks.append((name, {
                'seen': 'package-sealed' if seal and is_bag else
                'serial-read', 'seal': seal, 'state': 'intact'}))
        for name in self.some(set(self.ledger.items) - set(names)):
            if self.is_so(.3):
                above = self.ledger.chain(name, self.now)[-1]
                seal = self.ledger.seal(self.pick([name, above]),
                                        self.now)[0]
                blocks.append((name, {'seen': 'serial-read', 'seal': seal,
                                      'state': 'intact'}))
        inspector = self.signer(['court', 'notary'])
        self.write('inspection', [custodian, inspector], {
            'custodian': custodian, 'inspector': inspector,
            'also-in': self.maybe(.8, 'none')}, blocks)

    def incident(self):
        at = self.at()
        items = self.some_items(2)
        by = [self.holder(items[0], at) if self.is_so(.6) else self.signer()]
        if self.is_so(.2):
            by.append(self.signer())
        self.write('incident', by, {'what': self.pick([
            'loss', 'theft', 'damage', 'seal-broken', 'unauthorised-reading',
            'refused-to-take'])}, [(name, {
                'telltale': self.reading(9, 11)}) for name in items], at=at)

    def when(self, low, high):
        """A time or date around now."""
        time = self.now + self.random.randint(low, high)
        return iso(time) if self.is_so(.6) else date(time)

    def source(self):
        return {'said-by': self.maybe(.5, self.pick(['council', 'police'])),
                self.pick(['speaker', 'speaker', 'speaker~']):
                    self.maybe(.5, self.pick(['X', 'Y'])),
                'said': date(self.now) if self.is_so(.7)
                else self.when(-3 * DAY, 0),
                'capture': self.maybe(.3, 'ab' * 32)}

    def concerns(self):
        return self.pick([None, 'all', 'drive', ['casing', 'drive'],
                          'package', self.some_items(2)])

    def claim(self):
        asserts = self.pick([['received'], ['viewed'], ['copied'],
                             ['denied'], ['count'], ['received', 'count'],
                             ['transferred']])
        count = self.pick(['2 computer', '9 casing', '1 drive'])
        self.write('claim', [self.signer()], self.source() | {
            'asserts': asserts, 'concerns': self.concerns(),
            'recipient': self.maybe(.7, self.pick(
                ['council', 'ministry', 'haul', 'stranger'])),
            'count': count if 'count' in asserts else None,
            'since': self.maybe(.3, self.when(-300000, 0)),
            'until': self.maybe(.2, self.when(-100000, 0))})

    def leaf_of(self, *wanted):
        """The id of a record of such a kind; now and then of any."""
        ids = [leaf.record.id for leaf in self.ledger.leaves
               if leaf.record.kind in wanted or self.is_so(.005)]
        return self.pick(ids) if ids else 'cd' * 32

    def assess(self):
        by = [self.signer(['court', 'notary', 'ombud', 'owner'])]
        if self.is_so(.1):
            by.append(self.signer(['court', 'notary']))
        self.write('assessment', by, {
            'claim': self.leaf_of('claim', 'relation'),
            'source': self.pick('ADEF'), 'information': self.pick('1456'),
            'reason': 'for reasons of leaf ' + str(len(self.leaves))})

    def relate(self):
        party, acts_for = self.random.sample(list(PEOPLE), 2)
        if self.is_so(.6):
            party = self.pick(['ministry', 'haul', 'lab', 'notary',
                               'police/room', 'police'])
            acts_for = self.pick(['council', 'council', 'ministry'])
        if self.is_so(.03):
            party = 'stranger'
        basis = self.pick(['declared', 'established', 'asserted',
                           'asserted'])
        by = self.signer(['owner', 'police', 'court'])
        if basis == 'declared' and self.is_so(.8) and self.has_key(party):
            by = party
        self.write('relation', [by], self.source() | {
            'party': party, 'acts-for': acts_for, 'basis': basis,
            'since': self.maybe(.3, self.when(-200000, 50000)),
            'until': self.maybe(.3, self.when(-200000, 50000)),
            'document': self.maybe(.8, 'ef' * 32)})

    def policy(self):
        self.write('policy', self.pick([['police', 'owner'], ['owner'],
                                        ['court'], ['police']]), {
            'witness-quorum': self.maybe(.1, self.pick('0123')),
            'red-line': self.maybe(.5, self.pick(['council', 'haul',
                                                  'stranger'])),
            'lift': self.maybe(.3, self.pick(['council', 'stranger'])),
            'require': self.maybe(.15, self.pick(
                ['handover purpose', 'claim capture', 'inspection remark',
                 'handling telltale', 'relation late'])),
            'reason': 'of leaf ' + str(len(self.leaves))})

    def join(self):
        name = self.pick(list(PEOPLE) + ['stranger'])
        by = [name, self.signer(['owner', 'police', 'court'])]
        has_key = self.has_key(name)
        is_new = name not in self.ledger.parties
        self.write('join', by if not has_key or self.is_so(.5) else [name], {
            'party': name, 'key': None if has_key else secret(name).vkey,
            'side': self.pick(['neutral', 'outside']) if is_new else None,
            'org': name + '.org' if is_new else None,
            'statement': 'again ' + str(len(self.leaves))})

    def ask(self):
        start = START + self.random.randint(-100000,
                                            max(1, self.now - START))
        end = start + self.random.randint(1, 400000)
        if self.is_so(.5):      # on the second of something that happened
            times = sorted(self.pick(self.ledger.leaves).record.time
                           for _ in range(2))
            start, end = times[0], times[1] + self.pick([0, 1])
        if self.is_so(.95):
            end = min(end, self.now)
        due = self.now + self.random.randint(-90000, 200000)
        self.write('question', [self.signer(['owner', 'court', 'notary'])], {
            'recipient': self.pick(['council', 'council', 'haul', 'lab',
                                    'police/room', 'ministry'] + (
                ['nobody'] if self.is_so(.2) else [])),
            'concerns': self.pick(['all', 'all', 'drive', ['casing', 'drive'],
                                   'computer', self.some_items(2)]),
            'form': self.pick([['hardware', 'data']] * 3 +
                              [['hardware'], ['data']]),
            'period-from': iso(start), 'period-to': iso(end),
            'addressee': self.maybe(.7, 'police due ' + self.pick(
                [iso(due), date(due)]))})

    def answer(self):
        answer = self.pick(['yes', 'partly', 'no', 'refused', 'extended',
                            'not-held'])
        self.write('answer', [self.signer(['police', 'police/room', 'owner',
                                           'haul'])], {
            'question': self.leaf_of('question'), 'answer': answer,
            'form': self.pick([None, None, 'hardware', 'data']),
            'concerns': self.maybe(.5, self.some_items(2)),
            'given-to': self.maybe(.3, self.pick(['council', 'haul'])),
            'since': self.maybe(.3, self.when(-300000, 0)),
            'until': self.when(0, 200000) if answer == 'extended' else None,
            'statement': 'of leaf ' + str(len(self.leaves))})

    def last_question(self):
        """A finding needs a question that is not void."""
        while True:
            good = [leaf.record.id for leaf in self.ledger.leaves
                    if leaf.record.kind == 'question' and
                    leaf.standing != 'void']
            if good or self.fault is not None:
                break
            self.now += 60
            self.ask()
        if good:
            self.question = self.pick(good)


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        print(__doc__.split('\n\n')[1], file=sys.stderr)
        return 2
    history = History(int(sys.argv[1]))
    for number, data in enumerate(history.leaves):
        print(f'---- leaf {number}')
        print(data.decode(errors='replace'), end='')
    print(f'---- false: {history.fault}' if history.fault else
          f'---- question {history.question}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
