"""counterfoil-findings(7), STANDING: what an admitted leaf is worth.

judge() says good, breach, not-holder or void, by which rule, and the same of
each block.
"""
import collections

import copies
import corrections
import draws
import kinds
import orders
import values

RULES = ('red-line', 'not-holder', 'count-differs', 'self-witness',
         'number-reused', 'seal-unexplained', 'not-meeting', 'copy-unlisted',
         'no-order')
WHOLE = ('red-line', 'count-differs', 'self-witness', 'copy-unlisted')

Verdict = collections.namedtuple('Verdict', 'standing rule')
GIVERS = {'handover': 'from', 'release': 'from', 'move': 'custodian',
          'disposal': 'custodian'}
GOOD = Verdict('good', None)
NOT_HOLDER = Verdict('not-holder', 'not-holder')


def breach(rule):
    return Verdict('breach', rule)


def judge(ledger, leaf):
    """The record's verdict, and one for each block of a custody record."""
    record, number = leaf.record, len(ledger.leaves)
    if record.kind in VOID:
        rule = VOID[record.kind](ledger, leaf)
        if rule:
            return Verdict('void', rule), []
    if record.kind == 'list':
        is_reused = list_reuses(ledger, record)
        return breach('number-reused') if is_reused else GOOD, []
    if record.kind not in kinds.CUSTODY:
        return GOOD, []
    blocks = [judge_block(ledger, leaf, number, n)
              for n in range(len(record.blocks))]
    return judge_custody(ledger, leaf, blocks), blocks


# Void: the rule by which a leaf is void, or None

def void_policy(ledger, leaf):
    record = leaf.record
    named = record.all('red-line') + record.all('lift')
    if not all(name in ledger.parties for name in named):
        return 'unknown-party'
    if not any(ledger.is_policy_holder(q) for q in record.signers):
        return 'not-policy-holder'
    return None


def void_relation(ledger, leaf):
    record = leaf.record
    party, basis = record.value('party'), record.value('basis')
    if basis == 'declared' and party not in record.signers:
        return 'not-entitled'
    if basis == 'established' and not (
            record.has('document') and
            any(ledger.is_policy_holder(q) or ledger.parties[q].is_overseer()
                for q in record.signers)):
        return 'not-entitled'
    if not {party, record.value('acts-for')} <= set(ledger.parties):
        return 'unknown-party'
    return None


def void_seizure(ledger, leaf):
    sides = {ledger.parties[q].side for q in leaf.record.signers}
    return None if sides & {'authority', 'owner'} else 'not-entitled'


def void_question(ledger, leaf):
    record = leaf.record
    if record.value('recipient') not in ledger.parties:
        return 'unknown-party'
    start = values.seconds(record.value('period-from'))
    end = values.seconds(record.value('period-to'))
    return None if start < end <= leaf.entered else 'period'


def names_leaf(ledger, record_id, *allowed):
    number = ledger.number_of.get(record_id)
    return number is not None and ledger.record(number).kind in allowed


def void_answer(ledger, leaf):
    is_there = names_leaf(ledger, leaf.record.value('question'), 'question')
    return None if is_there else 'unknown-record'


def void_assessment(ledger, leaf):
    is_there = names_leaf(ledger, leaf.record.value('claim'), 'claim',
                          'relation')
    return None if is_there else 'unknown-record'


VOID = {'policy': void_policy, 'relation': void_relation,
        'seizure': void_seizure, 'question': void_question,
        'answer': void_answer, 'assessment': void_assessment,
        'order': orders.void_order, 'draw': draws.void_draw,
        'draw-reveal': draws.void_reveal, 'lock': copies.void_lock,
        'correction': corrections.void_correction}


# Lists

def list_reuses(ledger, record):
    population = record.value('population')
    names, seals = set(), set()
    for one in ledger.lists:
        if one.population == population:
            names |= one.names
            seals |= one.seals
    is_barred = record.has('found-late') or is_of_first_side(ledger, record)
    above = set()
    for block in record.blocks:
        seal = record.value('seal', block)
        if block.name.lower() in names or seal in seals or seal in above:
            return True
        if is_barred and (block.name in ledger.items or
                          seal in ledger.used_seals):
            return True
        above |= {seal} - {None}
    return False


def is_of_first_side(ledger, record):
    """Signed by a party of a side that signed the first list."""
    if ledger.first_list is None:
        return False
    sides = {ledger.parties[q].side for q in ledger.first_list.signers}
    return any(ledger.parties[q].side in sides - {'neutral'}
               for q in record.signers)


# One block of a custody record

def judge_block(ledger, leaf, number, n):
    record = leaf.record
    block = record.blocks[n]
    if record.has('derived-from', block):
        return judge_derived(ledger, record, number, block)
    if block.name not in ledger.items:
        return judge_unknown(ledger, record, number, block)
    holders = ledger.holders_before(block.name, record.time, number)
    if record.kind in orders.PERMITS:
        return judge_data(ledger, record, block, holders)
    if not holders & set(record.signers):
        is_seen = record.kind in ('incident', 'inspection') and any(
            ledger.is_disinterested(q, block.name, None, leaf.entered + 1)
            for q in record.signers)
        return GOOD if is_seen else NOT_HOLDER
    if record.kind in GIVERS:
        return judge_handover(ledger, record, number, block, holders)
    if record.kind == 'handling':
        return judge_handling(ledger, record, n, holders)
    if (record.kind == 'inspection' and differs(ledger, record, block) and
            record.value('state', block) != 'broken'):
        return breach('seal-unexplained')
    return GOOD


def judge_derived(ledger, record, number, block):
    source = record.value('derived-from', block)
    holders = (ledger.holders_before(source, record.time, number)
               if source in ledger.items else frozenset())
    if not holders & set(record.signers):
        return NOT_HOLDER
    if record.value('custodian') not in holders:
        return breach('not-holder')
    if block.name in ledger.items:
        return breach('number-reused')
    inside = record.value('inside', block)
    if not record.has('type', block) or (
            inside is not None and inside not in ledger.items):
        return breach('copy-unlisted')
    return GOOD if orders.covers(ledger, record, source) else breach(
        'no-order')


def last_lock(ledger, name, time):
    """The record of its own last LOCKED event up to then, or None."""
    locks = [event.leaf for event in ledger.items[name].events
             if event.kind == 'LOCKED' and event.time <= time]
    return ledger.record(locks[-1]) if locks else None


def is_host(ledger, party, name):
    return any(event.kind == 'UNLOCKED' and
               ledger.record(event.leaf).value('host') == party
               for event in ledger.items[name].events)


def judge_data(ledger, record, block, holders):
    """Image, unlock, examination, disclosure."""
    giver = record.value('from')
    has_access = holders
    if record.kind == 'unlock':
        lock = last_lock(ledger, block.name, record.time)
        shares = lock.all('holder') if lock else []
        if lock and sum(q in record.signers for q in shares) >= int(
                lock.value('threshold')):
            has_access = holders | set(shares)
    if record.kind == 'disclosure' and is_host(ledger, giver, block.name):
        has_access = holders | {giver}
    if not has_access & set(record.signers):
        return NOT_HOLDER
    if record.kind == 'disclosure' and giver not in has_access:
        return breach('not-holder')
    if record.kind == 'image' and not any(
            record.value('derived-from', b) == block.name
            for b in record.blocks):
        return breach('copy-unlisted')
    return GOOD if orders.covers(ledger, record, block.name) else breach(
        'no-order')


def judge_unknown(ledger, record, number, block):
    if record.kind in ('examination', 'disclosure', 'unlock'):
        return breach('copy-unlisted')
    if record.value('found', block) == 'unexpected':
        return GOOD
    out_of = record.value('out-of', block)
    if (record.value('action', block) == 'found' and out_of in ledger.items
            and record.has('type', block) and
            record.value('custodian') in ledger.holders_before(
                out_of, record.time, number)):
        return GOOD
    return NOT_HOLDER


def differs(ledger, record, block):
    """The block has a seal, the item has one at t, and they differ."""
    known = ledger.seal(block.name, record.time)[0]
    seal = record.value('seal', block)
    return seal is not None and known is not None and seal != known


def judge_handover(ledger, record, number, block, holders):
    if record.value(GIVERS[record.kind]) not in holders:
        return breach('not-holder')
    named = {b.name for b in record.blocks}
    is_left_closed = False
    for above in ledger.chain(block.name, record.time):
        if above in named and set(record.signers) & ledger.holders_before(
                above, record.time, number):
            break
        if ledger.seal(above, record.time)[0] is not None:
            is_left_closed = True
            break
    if is_left_closed or differs(ledger, record, block):
        return breach('seal-unexplained')
    to = record.value('to')
    if to is None:
        return GOOD
    for event in ledger.timeline(block.name):
        if event.place() > (record.time, number) and event.kind in (
                'GIVEN', 'SEEN', 'MISSING'):
            who = event.giver if event.kind == 'GIVEN' else event.receiver
            return GOOD if who == to else breach('not-meeting')
    return GOOD


def is_meeting_places(ledger, record, number, block):
    """Of a take-out or put-in."""
    if is_in_something_later(ledger, block.name, record.time, number):
        return False
    if record.value('action', block) == 'take-out':
        container = ledger.container(block.name, record.time)
        return container is not None and (
            record.value('out-of', block) in (None, container))
    into = record.value('into', block)
    return (into in ledger.items and
            block.name not in [into] + ledger.chain(into, record.time) and
            record.value('custodian') in ledger.holders_before(
                into, record.time, number))


def judge_handling(ledger, record, n, holders):
    block = record.blocks[n]
    action = record.value('action', block)
    if record.value('custodian') not in holders:
        return breach('not-holder')
    if action == 'reseal':
        seal = record.value('seal', block)
        above = {record.value('seal', b) for b in record.blocks[:n]}
        if seal is not None and seal in ledger.used_seals | above:
            return breach('number-reused')
    if action in ('take-out', 'put-in') and not is_meeting_places(
            ledger, record, len(ledger.leaves), block):
        return breach('not-meeting')
    if action == 'found':
        return breach('number-reused')
    return GOOD


def is_in_something_later(ledger, name, time, number):
    return any(event.place() > (time, number) and event.item != name
               for event in ledger.timeline(name))


# A custody record

def judge_custody(ledger, leaf, blocks):
    record = leaf.record
    if record.kind == 'lock':
        return GOOD
    if blocks and all(b.standing == 'not-holder' for b in blocks):
        return NOT_HOLDER
    broken = {b.rule for b in blocks if b.standing == 'breach'}
    broken |= broken_as_a_whole(ledger, leaf)
    if broken:
        return breach(min(broken, key=RULES.index))
    if any(b.standing == 'not-holder' for b in blocks):
        return NOT_HOLDER
    return GOOD


def broken_as_a_whole(ledger, leaf):
    """The rules about the whole record that are broken."""
    record = leaf.record
    there = (is_over_red_line(ledger, leaf), is_miscounted(record),
             is_self_witnessed(record), is_remainder_unlisted(ledger, record))
    return {rule for rule, is_broken in zip(WHOLE, there) if is_broken}


def is_over_red_line(ledger, leaf):
    record = leaf.record
    if record.kind not in ('handover', 'release', *orders.PERMITS):
        return False
    takers = {record.value(name) for name in (
        'to', 'on-behalf-of', 'host', 'examiner')}
    return any(line.is_agreed and
               takers & ledger.closure(line.party, leaf.entered)
               for line in ledger.red_lines)


def is_miscounted(record):
    if record.kind not in ('handover', 'release'):
        return False
    by_giver = int(record.value('counted-by-giver'))
    by_receiver = record.value('counted-by-receiver')
    return by_giver != len(record.blocks) or (
        by_receiver is not None and int(by_receiver) != by_giver)


def is_self_witnessed(record):
    roles = record.all('holder') + [record.value(name) for name in (
        'from', 'to', 'custodian', 'taken-by', 'taken-from', 'examiner',
        'host')]
    return any(witness in roles for witness in record.all('witness'))


def is_remainder_unlisted(ledger, record):
    return any(name != 'none' and name not in ledger.items
               for name in record.all('remaining-copy'))
