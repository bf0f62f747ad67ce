"""counterfoil-findings(7), REFUSED ALWAYS: what makes a ledger false.

check() raises Fault, whose kind names the sentence of the page.
"""
import re

import keyring
import keys
import kinds
import values
from text import demand, tree_root

PARTIES_MAX = 1024
KEYS_MAX = 2048


def check(ledger, leaf):
    record, number = leaf.record, len(ledger.leaves)
    check_form(ledger, record, number)
    check_signatures(ledger, leaf)
    check_times(ledger, leaf, number)
    check_names(ledger, record)
    check_required(ledger, record)
    role = ROLES.get(record.kind)
    if role:
        role(ledger, record)
    if record.kind == 'key':
        check_key(ledger, leaf)


def check_form(ledger, record, number):
    demand((record.kind == 'case') == (number == 0), 'genesis')
    demand(number == 0 or record.value('case') == ledger.reference, 'case')
    demand(record.id not in ledger.number_of, 'twice')


def brought_key(record, party, key_id=None):
    """The key that the record itself brings for the party."""
    value = None
    if record.kind == 'case':
        block = next((b for b in record.blocks if b.name == party), None)
        value = block and record.value('key', block)
    if record.kind in ('join', 'key') and record.value('party') == party:
        value = record.value('key')
    key = keys.read_vkey(value) if value else None
    if record.kind == 'key' and key and (
            key.id != key_id or record.value('action') != 'rotate'):
        return None
    return key


def check_signatures(ledger, leaf):
    record = leaf.record
    lines = [(s.name, s.key_id.hex()) for s in leaf.signatures]
    demand(lines == list(zip(record.signers, record.key_ids)), 'lines')
    for line in leaf.signatures:
        key = brought_key(record, line.name, line.key_id)
        if key is None:
            known = ledger.parties.get(line.name)
            demand(known and known.keys, 'no-key', line.name)
            held = keyring.in_force(ledger, line.name, line.key_id.hex(),
                                    len(ledger.leaves), leaf.entered)
            demand(held, 'key-id', line.name)
            key = held.key
        demand(key.id == line.key_id, 'key-id', line.name)
        demand(keys.is_signature(key.public, line.bytes, leaf.signed),
               'signature', line.name)


def check_times(ledger, leaf, number):
    record, entered = leaf.record, leaf.entered
    if number:
        demand(entered >= ledger.leaves[-1].entered, 'backwards')
    demand(record.time <= entered, 'future')
    demand(entered - record.time <= values.DAY or record.kind == 'case' or
           record.has('late'), 'late')
    if record.has('offer-expires'):
        demand(entered <= values.seconds(record.value('offer-expires')),
               'expired')
    if record.has('as-of'):
        check_as_of(ledger, record, number)


def check_as_of(ledger, record, number):
    size, root = record.value('as-of').split(' ')
    size = int(size)
    demand(size <= number, 'as-of-size')
    hashes = [leaf.hash for leaf in ledger.leaves[:size]]
    demand(values.from_base64(root) == tree_root(hashes), 'as-of-root')
    if len(record.signers) > 1:
        for block in record.blocks:
            if block.name in ledger.items:
                demand(all(event.leaf < size
                           for event in ledger.timeline(block.name)),
                       'happened', block.name)
                demand(ledger.items[block.name].touched < size,
                       'happened-inside', block.name)


def in_other_capitals(name, names):
    return name not in names and name.lower() in {n.lower() for n in names}


def check_names(ledger, record):
    if record.kind == 'case':
        return
    for block in record.blocks:
        demand(not in_other_capitals(block.name, ledger.items),
               'item-capitals', block.name)
    to = record.value('to')
    if to is not None and to not in ledger.parties:
        demand(not in_other_capitals(to, ledger.parties),
               'receiver-capitals')
        demand(len(ledger.parties) < PARTIES_MAX, 'parties-named')


def check_required(ledger, record):
    for kind, name in ledger.required:
        if kind != record.kind:
            continue
        own = kinds.HEADER + kinds.KINDS[kind].own
        if any(row.name == name for row in own):
            demand(record.has(name), 'required', name)
        else:
            demand(all(record.has(name, block) for block in record.blocks),
                   'required-in-block', name)


# Roles

def signed(record, *names):
    return all(party in record.signers
               for name in names for party in record.all(name))


def check_case(_, record):
    parties = {block.name: block for block in record.blocks}
    demand(len(parties) <= PARTIES_MAX, 'parties')
    demand(all(name in parties for name in record.all('red-line')),
           'red-line-name')
    log = keys.read_vkey(record.value('log'))
    demand(log.kind == keys.SIGNS_TEXTS and log.name == record.value('name'),
           'log-key')
    witnesses = [keys.read_vkey(v) for v in record.all('witness-key')]
    demand(all(key.kind == keys.COSIGNS for key in witnesses), 'witness-key')
    all_keys = [log] + witnesses
    for name in parties:
        key = brought_key(record, name)
        if key:
            demand(key.kind == keys.SIGNS_TEXTS and key.name == name,
                   'party-key', name)
            all_keys.append(key)
    demand(len(all_keys) <= KEYS_MAX, 'keys')
    demand(len({key.public for key in all_keys}) == len(all_keys),
           'one-key-twice')
    demand(set(record.signers) == set(record.all('policy-holder')),
           'policy-holders')


def check_join(ledger, record):
    name = record.value('party')
    known = ledger.parties.get(name)
    demand(signed(record, 'party'), 'join-unsigned')
    key = brought_key(record, name)
    if known and known.keys:
        demand(key is None, 'second-key')
    else:
        demand(key is not None, 'no-key')
        demand(key.kind == keys.SIGNS_TEXTS and key.name == name, 'join-key')
        demand(key.public not in ledger.publics, 'key-in-use')
        demand(any(ledger.is_policy_holder(q) for q in record.signers
                   if q != name), 'not-countersigned')
    if not known:
        demand(record.has('side') and record.has('org'), 'no-side')
        demand(len(ledger.parties) < PARTIES_MAX, 'parties-joined')
        demand(not in_other_capitals(name, ledger.parties), 'join-capitals')


def check_list(ledger, record):
    demand(record.blocks, 'list-empty')
    above = set(ledger.items)
    for block in record.blocks:
        inside = record.value('inside', block)
        demand(inside is None or inside in above, 'inside', block.name)
        above.add(block.name)
    demand(not record.has('found-late') or len(record.signers) > 1,
           'found-late-alone')


def check_seizure(ledger, record):
    taker = record.value('taken-by')
    demand(taker in ledger.parties, 'taken-by')
    demand((taker in record.signers) ==
           (record.value('authority-signature') == 'signed'),
           'authority-signature')
    has_owner = any(ledger.parties[q].side == 'owner'
                    for q in record.signers)
    demand(has_owner == (record.value('owner-signature') == 'signed'),
           'owner-signature')
    demand(signed(record, 'witness'), 'seizure-witness')


def check_handover(_, record):
    demand(signed(record, 'from', 'witness'), 'handover-unsigned')
    has_count = record.has('counted-by-receiver')
    if record.has('receiver'):
        demand(record.value('to') not in record.signers, 'receiver-signed')
        demand(not has_count, 'receiver-counted')
    else:
        demand(signed(record, 'to'), 'receiver-unsigned')
        demand(has_count, 'receiver-no-count')
    demand(record.value('from') != record.value('to'), 'to-itself')
    demand(record.blocks, 'handover-empty')


def check_handling(_, record):
    demand(signed(record, 'custodian', 'witness'), 'handling-unsigned')


def check_inspection(_, record):
    demand(signed(record, 'inspector'), 'inspection-unsigned')


def check_custodian(_, record):
    demand(signed(record, 'custodian', 'witness'), record.kind + '-unsigned')
    demand(record.blocks, record.kind + '-empty')


def check_image(_, record):
    demand(signed(record, 'examiner', 'custodian', 'witness'),
           'image-unsigned')
    demand(record.blocks, 'image-empty')


def check_lock(_, record):
    demand(signed(record, 'custodian', 'holder', 'witness'), 'lock-unsigned')
    demand(record.blocks, 'lock-empty')


def check_unlock(_, record):
    demand(signed(record, 'holder', 'witness'), 'unlock-unsigned')
    demand(record.blocks, 'unlock-empty')


def check_examination(_, record):
    demand(signed(record, 'examiner', 'witness'), 'examination-unsigned')
    demand(record.blocks, 'examination-empty')


def check_disclosure(_, record):
    demand(signed(record, 'from', 'witness'), 'disclosure-unsigned')
    demand(signed(record, 'to') != record.has('receiver'),
           'disclosure-receiver')
    demand(record.blocks, 'disclosure-empty')


def check_key(ledger, leaf):
    record, party = leaf.record, leaf.record.value('party')
    action = record.value('action')
    if action == 'encryption':
        demand(not record.has('key'), 'encryption-with-key')
        demand(re.fullmatch('age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}',
                            record.value('encryption-key') or ''),
               'encryption-key')
        demand(party in record.signers, 'encryption-unsigned')
        return
    held = keyring.in_force(ledger, party, record.value('old-key'),
                            len(ledger.leaves), leaf.entered)
    demand(held, 'old-key')
    if action == 'revoke':
        check_revocation(ledger, record, party)
    else:
        check_rotation(ledger, record, party)


def others(ledger, record, party):
    """The other signers: (name, side, whether policy holder)."""
    return {(q, ledger.parties[q].side, ledger.is_policy_holder(q))
            for q in record.signers if q != party}


def check_revocation(ledger, record, party):
    demand(not record.has('key'), 'revoke-key')
    sides = {side for _, side, is_policy_holder
             in others(ledger, record, party) if is_policy_holder}
    demand(party in record.signers or len(sides) > 1, 'revoke-unsigned')


def check_rotation(ledger, record, party):
    demand(record.has('key'), 'rotate-no-key')
    key = keys.read_vkey(record.value('key'))
    demand(key.kind == keys.SIGNS_TEXTS and key.name == party, 'rotate-key')
    demand(key.public not in ledger.publics, 'rotate-key-in-use')
    ids = [key_id for name, key_id in zip(record.signers, record.key_ids)
           if name == party]
    demand(key.id.hex() in ids, 'rotate-unsigned')
    by = others(ledger, record, party)
    has_policy_holder = any(one[2] for one in by)
    if record.has('lost'):
        demand(has_policy_holder and len(by) >= 3 and
               len({side for _, side, _ in by}) > 1, 'lost-unsigned')
    else:
        demand(record.value('old-key') in ids, 'rotate-old-unsigned')
        demand(has_policy_holder or ledger.is_policy_holder(party),
               'rotate-alone')


ROLES = {'case': check_case, 'join': check_join, 'list': check_list,
         'seizure': check_seizure, 'handover': check_handover,
         'handling': check_handling, 'inspection': check_inspection,
         'release': check_handover, 'move': check_custodian,
         'disposal': check_custodian, 'image': check_image,
         'lock': check_lock, 'unlock': check_unlock,
         'examination': check_examination, 'disclosure': check_disclosure}


# Every word that a Fault of check() may bear but `keys`: so many keys do not
# fit into a genesis.
KINDS = (
    'form', 'genesis', 'case', 'twice', 'lines', 'no-key', 'key-id',
    'signature', 'backwards', 'future', 'late', 'expired', 'as-of-size',
    'as-of-root', 'happened', 'item-capitals', 'receiver-capitals',
    'required', 'required-in-block', 'parties', 'red-line-name', 'log-key',
    'witness-key', 'party-key', 'one-key-twice', 'policy-holders',
    'join-unsigned', 'second-key', 'join-key', 'key-in-use',
    'not-countersigned', 'no-side', 'parties-joined', 'join-capitals',
    'list-empty', 'inside', 'found-late-alone', 'taken-by',
    'authority-signature', 'owner-signature', 'seizure-witness',
    'handover-unsigned', 'receiver-signed', 'receiver-counted',
    'receiver-unsigned', 'receiver-no-count', 'to-itself', 'handover-empty',
    'handling-unsigned', 'inspection-unsigned', 'happened-inside',
    'parties-named', 'move-unsigned', 'move-empty', 'disposal-unsigned',
    'disposal-empty', 'image-unsigned', 'image-empty', 'lock-unsigned',
    'lock-empty', 'unlock-unsigned', 'unlock-empty', 'examination-unsigned',
    'examination-empty', 'disclosure-unsigned', 'disclosure-receiver',
    'disclosure-empty', 'encryption-with-key', 'encryption-key',
    'encryption-unsigned', 'old-key',
    'revoke-key', 'revoke-unsigned', 'rotate-no-key', 'rotate-key',
    'rotate-key-in-use', 'rotate-unsigned', 'rotate-old-unsigned',
    'rotate-alone', 'lost-unsigned')
