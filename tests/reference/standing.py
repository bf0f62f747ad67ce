"""counterfoil-findings(7), STANDING: what an admitted leaf is worth.

judge() says good, breach, not-holder or void, by which rule, and the same of
each block.
"""
import collections

import kinds
import values

RULES = ('red-line', 'not-holder', 'count-differs', 'self-witness',
         'number-reused', 'seal-unexplained', 'not-meeting')

Verdict = collections.namedtuple('Verdict', 'standing rule')
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
        'answer': void_answer, 'assessment': void_assessment}


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
    if block.name not in ledger.items:
        return judge_unknown(ledger, record, number, block)
    holders = ledger.holders_before(block.name, record.time, number)
    if not holders & set(record.signers):
        is_seen = record.kind in ('incident', 'inspection') and any(
            ledger.is_disinterested(q, block.name, None, leaf.entered + 1)
            for q in record.signers)
        return GOOD if is_seen else NOT_HOLDER
    if record.kind == 'handover':
        return judge_handover(ledger, record, number, block, holders)
    if record.kind == 'handling':
        return judge_handling(ledger, record, n, holders)
    if (record.kind == 'inspection' and differs(ledger, record, block) and
            record.value('state', block) != 'broken'):
        return breach('seal-unexplained')
    return GOOD


def judge_unknown(ledger, record, number, block):
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
    if record.value('from') not in holders:
        return breach('not-holder')
    named = {b.name for b in record.blocks}
    is_left_closed = False
    for above in ledger.chain(block.name, record.time):
        if above in named:
            break
        if ledger.seal(above, record.time)[0] is not None:
            is_left_closed = True
            break
    if is_left_closed or differs(ledger, record, block):
        return breach('seal-unexplained')
    to = record.value('to')
    for event in ledger.timeline(block.name):
        if event.place() > (record.time, number) and event.kind in (
                'GIVEN', 'SEEN', 'MISSING'):
            who = event.giver if event.kind == 'GIVEN' else event.receiver
            return GOOD if who == to else breach('not-meeting')
    return GOOD


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
    container = ledger.container(block.name, record.time)
    if action == 'take-out' and (
            container is None or
            record.value('out-of', block) not in (None, container)):
        return breach('not-meeting')
    if action == 'put-in':
        into = record.value('into', block)
        if into not in ledger.items or block.name in (
                [into] + ledger.chain(into, record.time)):
            return breach('not-meeting')
    if action == 'found':
        return breach('number-reused')
    return GOOD


# A custody record

def judge_custody(ledger, leaf, blocks):
    record = leaf.record
    if blocks and all(b.standing == 'not-holder' for b in blocks):
        return NOT_HOLDER
    broken = {b.rule for b in blocks if b.standing == 'breach'}
    broken |= whole_rules(ledger, leaf)
    if broken:
        return breach(min(broken, key=RULES.index))
    if any(b.standing == 'not-holder' for b in blocks):
        return NOT_HOLDER
    return GOOD


def whole_rules(ledger, leaf):
    """The rules about the record as a whole that it breaks."""
    record = leaf.record
    broken = (handover_rules(ledger, leaf) if record.kind == 'handover'
              else set())
    roles = [record.value(name) for name in (
        'from', 'to', 'custodian', 'taken-by', 'taken-from')]
    if any(witness in roles for witness in record.all('witness')):
        broken.add('self-witness')
    return broken


def handover_rules(ledger, leaf):
    record, broken = leaf.record, set()
    receivers = {record.value('to'), record.value('on-behalf-of')}
    for line in ledger.red_lines:
        if line.is_agreed and receivers & ledger.closure(line.party,
                                                         leaf.entered):
            broken.add('red-line')
    by_giver = int(record.value('counted-by-giver'))
    by_receiver = record.value('counted-by-receiver')
    if by_giver != len(record.blocks) or (
            by_receiver is not None and int(by_receiver) != by_giver):
        broken.add('count-differs')
    return broken
