"""counterfoil-findings(7), REFUSED ALWAYS: what makes a ledger false.

check() raises Fault, whose kind names the sentence of the page.
"""
import values
import keys
import kinds
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


def check_form(ledger, record, number):
    demand((record.kind == 'case') == (number == 0), 'genesis')
    demand(number == 0 or record.value('case') == ledger.reference, 'case')
    demand(record.id not in ledger.number_of, 'twice')


def brought_key(record, party):
    """The key that a genesis or a join itself brings for the party."""
    value = None
    if record.kind == 'case':
        block = next((b for b in record.blocks if b.name == party), None)
        value = block and record.value('key', block)
    if record.kind == 'join' and record.value('party') == party:
        value = record.value('key')
    return keys.read_vkey(value) if value else None


def check_signatures(ledger, leaf):
    record = leaf.record
    lines = [(s.name, s.key_id.hex()) for s in leaf.signatures]
    demand(lines == list(zip(record.signers, record.key_ids)), 'lines')
    for line in leaf.signatures:
        known = ledger.parties.get(line.name)
        key = brought_key(record, line.name) or (known and known.key)
        demand(key, 'no-key', line.name)
        demand(key.id == line.key_id, 'key-id', line.name)
        demand(keys.is_signature(key.public, line.bytes,
                                 record.text.encode()),
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
                           for event in ledger.timeline(block.name)) and
                       ledger.stirred.get(block.name, -1) < size,
                       'happened', block.name)


def in_other_capitals(name, names):
    return name not in names and name.lower() in {n.lower() for n in names}


def check_names(ledger, record):
    if record.kind == 'case':
        return
    for block in record.blocks:
        demand(not in_other_capitals(block.name, ledger.items),
               'item-capitals', block.name)
    if record.kind == 'handover':
        demand(not in_other_capitals(record.value('to'), ledger.parties),
               'receiver-capitals')


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
    if known and known.key:
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


ROLES = {'case': check_case, 'join': check_join, 'list': check_list,
         'seizure': check_seizure, 'handover': check_handover,
         'handling': check_handling, 'inspection': check_inspection}


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
    'handling-unsigned', 'inspection-unsigned')
