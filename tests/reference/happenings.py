"""What happens in a history beside the custody of things: keys change, orders
are given, lots are drawn, data is read and locked, records are corrected.

Mixed into histories.History, whose scenes these are.
"""
import hashlib

import draws
import values
from writer import Secret, date, iso

DAY = values.DAY
LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'


# Fields that are there, of a record or of its blocks.
LIKELY = {
    ('inspection', False): [('also-in', 'none')] * 9,
    ('inspection', True): [('state', 'intact'), ('telltale', 'hours 10')] * 5,
    ('seizure', False): [('witness-saw', 'nobody'),
                         ('announced', '1 computer')] * 5,
    ('handover', False): [('on-behalf-of', 'haul')] * 5,
    ('handover', True): [('telltale', 'hours 10')] * 9,
}


class Happenings:
    def __init__(self):
        self.current = {}       # the newest key of a party that changed one
        self.hidden = {}        # (draw, party): secret

    def key_of(self, name):
        return self.current.get(name) or Secret(name)

    # Keys

    def recipient_of(self, name):
        """The party's own key for encryption, or that of somebody else."""
        own = self.pick(['court', 'notary']) if self.is_so(.2) else name
        digits = hashlib.sha512(own.encode()).digest()
        return 'age1' + ''.join(LETTERS[d % 32] for d in digits[:58])

    def change_key(self):
        name = self.signer()
        old = self.key_of(name)
        action = self.pick(['rotate', 'rotate', 'revoke', 'encryption'])
        if action == 'encryption':
            self.write('key', [self.rarely(.1, name, self.signer())], {
                'party': name, 'action': action,
                'encryption-key': self.rarely(
                    .2, self.recipient_of(name), 'age1short')})
            return
        by = self.some(['police', 'owner', 'court', 'notary', 'haul'], 3)
        new = Secret(name, seed=f'{name} {len(self.leaves)}')
        is_lost = self.is_so(.2)
        signers = [q for q in by if q != name and self.has_key(q)]
        if is_lost and self.is_so(.8):
            signers = [q for q in ('police', 'owner', 'court', 'notary')
                       if q != name and self.has_key(q)]
        fields = {'party': name, 'action': action,
                  'old-key': self.rarely(.1, old.public.id.hex(), '0' * 8),
                  'compromised-since': self.maybe(
                      .4, iso(self.now - self.pick([0, 9, 50000, 200000])))}
        if action == 'revoke':
            fields['key'] = new.vkey if self.slips(.1) else None
            own = [old] if self.is_so(.5) else []
        else:
            key = self.rarely(.1, new, self.pick([old, Secret('other')]))
            fields['key'] = self.rarely(.05, key.vkey, None)
            fields['lost'] = 'yes' if is_lost else None
            own = [] if self.slips(.1) else [key]
            own += [] if is_lost or self.slips(.1) else [old]
        own = [one for n, one in enumerate(own) if one not in own[:n]]
        if own + signers and self.write('key', own + signers, fields) and (
                action == 'rotate'):
            self.current[name] = old if is_lost else new

    # Orders

    def order(self):
        what = self.pick(['warrant', 'authorisation', 'authorisation',
                          'extension', 'revocation', 'hold'])
        issuer = self.signer(['court', 'court', 'police', 'haul'])
        by = self.rarely(.15, issuer, self.signer())
        paper = self.maybe(.2, by)
        self.write('order', [by], {
            'what': what,
            'issuer': self.rarely(.05, issuer, 'nobody'),
            'from-paper-by': paper,
            'order': self.leaf_of('order') if what in (
                'extension', 'revocation') or self.is_so(.1) else None,
            'concerns': self.concerns(),
            'permits': self.some(['image', 'examine', 'unlock', 'disclose'],
                                 4),
            'examiner': self.maybe(.2, self.pick(['lab', 'police'])),
            'finds': self.maybe(.3, ['email', self.pick(['name', 'phone'])]),
            'purpose': self.maybe(.2, 'a count'),
            'since': self.maybe(.2, self.when(-DAY, DAY)),
            'until': self.maybe(.4, self.when(-DAY, 6 * DAY)),
            'document': self.maybe(.8, 'ac' * 32),
            'reference': 'of leaf ' + str(len(self.leaves))})

    # Draws

    def draw(self):
        concerns = self.pick(['package', 'drive', 'all', ['casing', 'B-1']])
        concerns = concerns if isinstance(concerns, list) else [concerns]
        names = sorted((item.name for item in self.ledger.items.values() if
                        set(concerns) & {'all', item.name, item.kind}),
                       key=str.encode)
        if not names:
            return
        detects = self.random.randint(1, len(names))
        sample = draws.sample_size(len(names), detects)
        sides = [self.signer(['police', 'police/room', 'lab']),
                 self.rarely(.1, self.signer(['court', 'owner']), 'police')]
        hidden = {side: hashlib.sha256(
            f'{side} {len(self.leaves)}'.encode()).digest() for side in sides}
        fields = {
            'concerns': concerns,
            'population': self.rarely(.1, draws.digest(names), '1f' * 32),
            'population-size': len(names) + self.slips(.05),
            'detects': detects,
            'sample': sample + self.slips(.1),
            'commit': [f'{side} {hashlib.sha256(value).hexdigest()}'
                       for side, value in hidden.items()],
            'until': self.rarely(.05, self.when(DAY, 5 * DAY),
                                 iso(self.now))}
        if self.write('draw', sides, fields):
            draw = self.ledger.leaves[-1].record.id
            for side, value in hidden.items():
                self.hidden[draw, side] = value
            if self.is_so(.7):
                self.open_secrets(draw)

    def open_secrets(self, draw):
        for (one, side), value in list(self.hidden.items()):
            if one == draw and self.fault is None and self.is_so(.85):
                self.write('draw-reveal', [self.rarely(.1, side,
                                                       self.signer())], {
                    'draw': self.rarely(.05, draw, 'cd' * 32),
                    'secret': self.rarely(.1, value.hex(), '2e' * 32)})

    # Data

    def copies_of(self):
        return [name for name, item in self.ledger.items.items()
                if item.kind in ('image', 'extract')]

    def some_data(self):
        copies = self.copies_of()
        if copies and self.is_so(.75):
            return self.some(copies, 2)
        return self.some_items(2)

    def under(self):
        return self.maybe(.9, self.leaf_of('order'))

    def image(self):
        at = self.at()
        source = self.some_items(1)[0]
        custodian = self.holder(source, at)
        examiner = self.signer(['lab', 'police', 'haul', 'court'])
        witness = self.maybe(.4, self.signer(['court', 'notary']))
        name = self.rarely(.1, f'I-{len(self.leaves)}',
                           (self.copies_of() + ['I-1'])[0])
        blocks = [(name, {
            'type': self.rarely(.05, self.pick(['image', 'extract']), None),
            'derived-from': source,
            'inside': self.maybe(.15, self.pick(list(self.ledger.items)
                                                or ['NO-9'])),
            'length': self.maybe(.6, self.pick([10**8, 4 * 10**8])),
            'passes': self.maybe(.2, self.pick([0, 1, 2])),
            'telltale': self.maybe(.3, self.reading(10, 11)),
            'tree-root': 'ad' * 32})]
        if self.is_so(.3) and source in self.ledger.items:
            blocks.append((source, {
                'telltale': self.reading(10, 11, 13)}))
        self.write('image', [examiner, self.rarely(.05, custodian, examiner)]
                   + ([witness] if witness else []), {
                       'examiner': examiner, 'custodian': custodian,
                       'host': self.maybe(.2, self.signer()),
                       'witness': witness,
                       'present-throughout': self.maybe(.5, 'yes'),
                       **self.span(at),
                       'order': self.under()}, blocks, at=at)

    def lock(self):
        items = self.some_data()
        custodian = self.holder(items[0], self.now)
        holders = self.pick([['court', 'notary', 'owner'],
                             ['court', 'notary', 'owner', 'police'],
                             ['court', 'notary'], ['police', 'lab', 'court'],
                             ['court', 'ombud', 'police/room']])
        holders = [q for q in holders if self.has_key(q)] or ['owner']
        if self.is_so(.5):
            for q in holders:
                self.write('key', [q], {
                    'party': q, 'action': 'encryption',
                    'encryption-key': self.recipient_of(q)})
        signers = holders + [custodian]
        if self.slips(.05):
            signers = holders[1:] + [custodian]
        self.write('lock', signers, {
            'custodian': custodian, 'holder': holders,
            'threshold': self.pick([2, 2, 2, 3, 1]),
            'plaintext': self.pick(['destroyed', 'destroyed', 'kept'])},
                   [(name, {}) for name in items])

    def unlock(self):
        items = self.some_data()
        holders = [q for q in self.some(['court', 'notary', 'owner', 'haul'])
                   if self.has_key(q)] or [self.signer()]
        signers = holders + [self.holder(items[0], self.now)]
        self.write('unlock', signers[self.slips(.05):], {
            'host': self.signer(['lab', 'haul', 'police']), 'holder': holders,
            'order': self.under()}, [(name, {}) for name in items])

    def examine(self):
        at = self.at()
        items = self.some_data()
        examiner = self.rarely(.3, self.holder(items[0], at), self.signer())
        by = [examiner] + ([self.signer()] if self.is_so(.3) else [])
        self.write('examination', by, {
            'examiner': self.rarely(.03, examiner, 'lab'),
            'host': self.maybe(.2, self.signer()),
            'custodian': self.maybe(.2, self.signer()),
            'witness': by[1:] if self.is_so(.5) else None,
            'present-throughout': self.maybe(.5, 'yes'),
            'finds': self.maybe(.7, ['email'] + self.some(['name'], 1)),
            'purpose': self.maybe(.4, self.pick(['a count', 'a search'])),
            **self.span(at),
            'order': self.under()}, [(name, {
                'telltale': self.reading(10, 11, 15)})
                    for name in items], at=at)

    def disclose(self):
        items = self.some_data()
        giver = self.holder(items[0], self.now)
        to = self.rarely(.1, self.signer(['haul', 'court', 'lab', 'owner']),
                         self.pick(['council', 'depot', 'Council']))
        is_alone = self.slips(.1) or not self.has_key(to)
        self.write('disclosure', [giver] + ([] if is_alone else [to]), {
            'from': giver, 'to': to,
            'on-behalf-of': self.maybe(.1, 'council'),
            'receiver': 'refused' if is_alone and self.is_so(.9) else None,
            'order': self.under()}, [(name, {}) for name in items])

    # The end of things

    def move(self):
        items = self.packages()
        custodian = self.holder(items[0], self.now)
        self.write('move', [self.rarely(.1, custodian, self.signer())], {
            'custodian': custodian}, [(name, {
                'seal': self.maybe(.4, self.seal_of(name, self.now))})
                                      for name in items])

    def release(self):
        items = self.packages()
        giver = self.holder(items[0], self.now)
        self.write('release', [giver, 'owner'], {
            'from': giver, 'to': 'owner',
            'counted-by-giver': len(items) + self.slips(.05),
            'counted-by-receiver': len(items),
            'remaining-copy': self.maybe(.5, self.pick(
                ['none', 'I-77'] + self.copies_of()))},
                   [(name, {}) for name in items])

    def dispose(self):
        items = self.some_items(1) if self.is_so(.5) else self.some_data()
        custodian = self.holder(items[0], self.now)
        witness = self.signer(['court', 'notary', 'police'])
        self.write('disposal', [custodian, witness], {
            'custodian': custodian, 'witness': witness,
            'remaining-copy': self.maybe(.3, 'none')}, [(name, {
                'seen': self.pick(['serial-read', 'hash-match', None]),
                'seal': self.maybe(.3, self.seal_of(name, self.now)),
                'state': 'intact'}) for name in items])

    def objects(self):
        self.write('objection', [self.signer()], {
            'ground': 'privilege', 'concerns': self.concerns(),
            'statement': 'of leaf ' + str(len(self.leaves))})

    # Corrections

    def correct(self):
        kind = self.pick(['inspection', 'seizure', 'handover', None])
        leaf = self.pick([one for one in self.ledger.leaves
                          if kind in (None, one.record.kind)] or
                         self.ledger.leaves)
        record = leaf.record
        block = self.pick(record.blocks) if record.blocks and self.is_so(
            .6) else None
        name, value = self.pick(LIKELY.get((record.kind, block is not None),
                                           []) + [
            ('state', 'broken'), ('state', 'intact'), ('found', 'missing'),
            ('found', None), ('also-in', 'none'), ('also-in', None),
            ('at', iso(self.now - self.pick([60, 100000]))), ('to', 'council'),
            ('counted-by-giver', '1'), ('receiver', 'absent'),
            ('until', None), ('until', date(self.now)), ('purpose', 'for it'),
            ('seen', 'serial-read'), ('seen', 'label-read'),
            ('inside', None), ('said', date(self.now)), ('type', 'medium'),
            ('remark', None), ('serial', None), ('witness-saw', 'nobody'),
            ('telltale', 'hours 99'), ('seal', 'S2'), ('nothing', 'x'),
            ('concerns', 'drive'), ('recipient', 'council')])
        by = self.pick(record.signers)
        self.write('correction', [self.rarely(.2, by, self.signer())], {
            'corrects': self.rarely(.05, record.id, 'cd' * 32),
            'of-item': block.name if block else None, 'field': name,
            'occurrence': self.maybe(.1, self.pick('12')), 'value': value,
            'reason': 'of leaf ' + str(len(self.leaves))})
