"""counterfoil-findings(7), DRAWS: lots that are fair, and what they drew."""
import hashlib
import itertools
import math

import values


def population(ledger, record):
    concerns = set(record.all('concerns'))
    return sorted((item.name for item in ledger.items.values()
                   if concerns & {'all', item.name, item.kind}),
                  key=str.encode)


def digest(names):
    return hashlib.sha256(
        ''.join(name + '\n' for name in names).encode()).hexdigest()


def sample_size(count, detects):
    """The least n with 20 C(N - D, n) <= C(N, n)."""
    return next(n for n in range(count + 1) if
                20 * math.comb(count - detects, n) <= math.comb(count, n))


def commits(record):
    """(party, hash) of each."""
    return [value.split(' ') for value in record.all('commit')]


def void_draw(ledger, leaf):
    record, drawn = leaf.record, population(ledger, leaf.record)
    size, detects = len(drawn), int(record.value('detects'))
    parties = [party for party, _ in commits(record)]
    is_fair = (
        record.value('population') == digest(drawn) and
        int(record.value('population-size')) == size and
        1 <= detects <= size and
        int(record.value('sample')) == sample_size(size, detects) and
        set(parties) <= set(record.signers) and
        len(set(parties)) == len(parties) and
        len({ledger.parties[q].side for q in parties}) > 1 and
        values.end_of(record.value('until')) > record.time)
    leaf.population = drawn
    return None if is_fair else 'draw'


def good_draw(ledger, record_id):
    number = ledger.number_of.get(record_id)
    leaf = None if number is None else ledger.leaves[number]
    is_one = (leaf and leaf.record.kind == 'draw' and
              leaf.standing == 'good')
    return leaf if is_one else None


def opened_by(draw, reveal):
    """The parties whose commitment a reveal's secret opens."""
    secret = bytes.fromhex(reveal.value('secret'))
    known = hashlib.sha256(secret).hexdigest()
    return {party for party, committed in commits(draw)
            if committed == known and party in reveal.signers}


def void_reveal(ledger, leaf):
    draw = good_draw(ledger, leaf.record.value('draw'))
    if draw is None:
        return 'unknown-record'
    return None if opened_by(draw.record, leaf.record) else 'draw'


def secrets_of(ledger, draw):
    """{party: (number of the leaf, secret)}"""
    out = {}
    for number, leaf in enumerate(ledger.leaves):
        reveal = leaf.record
        if (reveal.kind == 'draw-reveal' and leaf.standing == 'good' and
                reveal.value('draw') == draw.id):
            for party in opened_by(draw, reveal):
                out.setdefault(party, (
                    number, bytes.fromhex(reveal.value('secret'))))
    return out


def words(seed):
    for c in itertools.count():
        block = hashlib.sha256(seed + c.to_bytes(8, 'big')).digest()
        for n in range(0, 32, 8):
            yield int.from_bytes(block[n:n + 8], 'big')


def sample(seed, names, count):
    names, source = list(names), words(seed)
    for i in range(count):
        m = len(names) - i
        w = next(w for w in source if w < m * (2**64 // m))
        j = i + w % m
        names[i], names[j] = names[j], names[i]
    return names[:count]


def is_looked_at(ledger, name, is_in_time):
    """By an event whose leaf's number is as asked."""
    return any(
        event.kind == 'MISSING' or (event.kind == 'SEEN' and
                                    event.is_identified)
        for event in ledger.timeline(name)
        if not event.is_breach and is_in_time(event.leaf) and
        not ledger.is_compromised(event.leaf) and
        event.receiver in ledger.signers(event.leaf) and
        ledger.has_disinterested(event.leaf, name, None, None))


def is_carried_out(ledger, leaf):
    record, found = leaf.record, secrets_of(ledger, leaf.record)
    order = [q for q in record.signers
             if q in {party for party, _ in commits(record)}]
    if not set(order) <= set(found):
        return False
    seed = hashlib.sha256(b'counterfoil-draw/v1' + bytes.fromhex(record.id) +
                          b''.join(found[q][1] for q in order)).digest()
    last = max(found[q][0] for q in order)
    until = values.end_of(record.value('until'))
    return all(is_looked_at(
        ledger, name, lambda number: number > last and
        ledger.leaves[number].entered < until)
        for name in sample(seed, leaf.population,
                           int(record.value('sample'))))


def unmet(ledger):
    """(number, population) of each good draw that was not carried out and
    that no full inventory followed."""
    out = []
    for number, leaf in enumerate(ledger.leaves):
        if leaf.record.kind == 'draw' and leaf.standing == 'good':
            is_whole = all(is_looked_at(ledger, name,
                                        lambda leaf, n=number: leaf > n)
                           for name in leaf.population)
            if not is_whole and not is_carried_out(ledger, leaf):
                out.append((number, set(leaf.population)))
    return out
