"""Leaves that make a ledger false, one function for each sentence of
counterfoil-findings(7), REFUSED ALWAYS, and texts that are out of form.

tell_one(history) puts one at the end of a history; false_genesis(history)
begins one with it. Whether it is false is for both implementations to say.
"""
import base64

import values
import writer
from writer import enter, iso, secret, sign

DAY = values.DAY


def leaf(history, kind, signers, fields, blocks=(), signed_by=None, **more):
    """The bytes of a leaf; `signed_by` signs in the place of `signers`."""
    text, signers = history.record(kind, signers, fields, blocks, **more)
    return enter(sign(text, signed_by or signers), history.now)


def claim_fields(history):
    return {'asserts': 'denied', 'said': writer.date(history.now)}


def claim(history, **more):
    return leaf(history, 'claim', ['owner'], claim_fields(history), **more)


# Form

def second_genesis(h):
    return leaf(h, 'case', ['owner'], h.genesis_fields(['owner']),
                h.genesis_blocks(), case=None)


def other_case(h):
    last = '1' if h.ledger.reference.endswith('0') else '0'
    return claim(h, case=h.ledger.reference[:-1] + last)


def same_again(h):
    number = h.random.randrange(len(h.leaves))
    note = h.leaves[number].partition(b'\n')[2]
    return enter(note, h.now)


def text_changed(h):
    return claim(h).replace(b'asserts: denied', b'asserts: viewed')


def signature_missing(h):
    return leaf(h, 'claim', ['owner', 'police'], claim_fields(h),
                signed_by=[secret('owner')])


def signatures_swapped(h):
    return leaf(h, 'claim', ['owner', 'police'], claim_fields(h),
                signed_by=[secret('police'), secret('owner')])


def unknown_signer(h):
    return leaf(h, 'claim', ['stranger9'], claim_fields(h))


def other_key(h):
    return leaf(h, 'claim', [secret('owner', 1, 'another')], claim_fields(h))


def false_signature(h):
    """The right key id over another text, or with bits turned over."""
    text, signers = h.record('claim', ['owner'], claim_fields(h))
    other = text if h.is_so(.5) else text.replace('denied', 'viewed')
    line = signers[0].line(other.encode())
    raw = bytearray(base64.b64decode(line.split(' ')[2]))
    if other == text:
        raw[h.random.randrange(4, len(raw))] ^= 1 << h.random.randrange(8)
    line = f'— owner {base64.b64encode(raw).decode()}\n'
    return enter((text + '\n' + line).encode(), h.now)


def malleable_signature(h):
    """S + L in the place of S: the same point, another spelling."""
    text, signers = h.record('claim', ['owner'], claim_fields(h))
    raw = base64.b64decode(signers[0].line(text.encode()).split(' ')[2])
    s = int.from_bytes(raw[36:], 'little') + writer.keys.L
    raw = raw[:36] + s.to_bytes(32, 'little')
    line = f'— owner {base64.b64encode(raw).decode()}\n'
    return enter((text + '\n' + line).encode(), h.now)


# Times

def backwards(h):
    before = h.ledger.leaves[-1].entered - 1
    h.now = before
    return claim(h)


def future(h):
    return claim(h, at=h.now + h.pick([1, 86400]))


def strip_late(h):
    h.now += 2 * DAY
    text, signers = h.record('claim', ['owner'], claim_fields(h),
                             at=h.now - DAY - h.pick([0, 1, 1000]))
    lines = [line for line in text.split('\n')
             if not line.startswith('late: ')]
    return enter(sign('\n'.join(lines), signers), h.now)


def incident(h, signers, **more):
    return leaf(h, 'incident', signers, {'what': 'damage'}, **more)


def expired(h):
    return incident(h, ['owner', 'police'], **{
        'offer-expires': iso(h.now - h.pick([0, 1]))})


def as_of_ahead(h):
    size = len(h.leaves) + 1
    return incident(h, ['owner'], **{
        'as-of': f'{size} ' + base64.b64encode(bytes(32)).decode()})


def as_of_other_root(h):
    size = h.random.randrange(len(h.leaves) + 1)
    return incident(h, ['owner'], **{
        'as-of': f'{size} ' + base64.b64encode(bytes(32)).decode()})


def happened_since(h):
    """Something has happened to the item since as-of."""
    items = [name for name in h.ledger.items if h.ledger.timeline(name)]
    name = h.pick(items) if items else 'NO-9'
    last = max((e.leaf for e in h.ledger.timeline(name)), default=0) \
        if items else 0
    return leaf(h, 'incident', ['owner', 'police'], {'what': 'damage'},
                [(name, {})], as_of=last)


# Names and fields

def item_capitals(h):
    name = h.pick(list(h.ledger.items) or ['NO-9']).lower()
    return leaf(h, 'incident', ['owner'], {'what': 'damage'}, [(name, {})])


def handover(h, giver='police', to='owner', by=None, blocks=None, **fields):
    blocks = [('NO-9', {})] if blocks is None else blocks
    fields = {name.replace('_', '-'): v for name, v in fields.items()}
    return leaf(h, 'handover', by or [giver, to], {
        'from': giver, 'to': to, 'purpose': 'none',
        'counted-by-giver': len(blocks),
        'counted-by-receiver': len(blocks)} | fields, blocks)


def receiver_capitals(h):
    return handover(h, to='Owner', by=['police'], receiver='absent',
                    counted_by_receiver=None)


def required_missing(h):
    h.emit('policy', ['owner', 'police'], {
        'require': h.pick(['claim capture', 'incident remark',
                           'incident condition', 'claim as-of']),
        'reason': 'to have it'})
    return h.pick([claim, with_empty_block])(h)


def with_empty_block(h):
    return leaf(h, 'incident', ['owner'], {
        'what': 'damage', 'remark~': 'none'}, [('NO-9', {})])


# Roles

def join(h, name, by, signed_by=None, **fields):
    return leaf(h, 'join', by, {'party': name} | fields, signed_by=signed_by)


def join_unsigned(h):
    return join(h, 'police', ['owner'])


def join_second_key(h):
    another = secret('owner', 1, 'another')
    return join(h, 'owner', [another, 'police'], key=another.vkey)


def newcomer(h, name='newcomer', by=('owner',), key=None, **fields):
    signer = secret(name)
    fields = {'side': 'outside', 'org': 'new.org',
              'key': key or signer.vkey} | fields
    return join(h, name, [signer, *by], **fields)


def join_no_key(h):
    text, signers = h.record('join', ['newcomer', 'owner'], {
        'party': 'newcomer', 'side': 'outside', 'org': 'new.org'})
    return enter(sign(text, signers), h.now)


def join_other_kind(h):
    if h.is_so(.5):
        return newcomer(h, key=secret('newcomer', 4).vkey)
    other = secret('somebody')
    text, _ = h.record('join', ['owner'], {
        'party': 'newcomer', 'side': 'outside', 'org': 'new.org',
        'key': other.vkey})
    text = text.replace('signer: owner', 'signer: newcomer '
                        f'{other.public.id.hex()}\nsigner: owner')
    raw = other.line(text.encode()).replace('somebody', 'newcomer')
    note = text + '\n' + raw + secret('owner').line(text.encode())
    return enter(note.encode(), h.now)


def join_used_key(h):
    taken = secret('newcomer', 1, h.pick(['owner', writer.ORIGIN,
                                          'witness1']))
    return join(h, 'newcomer', [taken, 'owner'], side='outside',
                org='new.org', key=taken.vkey)


def join_uncountersigned(h):
    return newcomer(h, by=h.pick([(), ('lab',)]))


def join_no_side(h):
    return newcomer(h, **h.pick([{'side': None}, {'org': None}]))


def join_capitals(h):
    return newcomer(h, name='Owner')


def list_empty(h):
    return leaf(h, 'list', ['owner'], {'part': '1/1',
                                       'population': '0' * 64})


def list_inside(h):
    return leaf(h, 'list', ['owner'], {
        'part': '1/1', 'population': '0' * 64}, [
            ('Z-1', {'type': 'drive', 'inside': 'Z-2'}),
            ('Z-2', {'type': 'package'})])


def found_late_alone(h):
    return leaf(h, 'list', ['owner'], {
        'part': '1/1', 'population': '0' * 64, 'found-late': 'so'}, [
            ('Z-1', {'type': 'drive'})])


def seizure(h, by=('police',), **fields):
    return leaf(h, 'seizure', list(by), {
        'taken-by': 'police', 'authority-signature': 'signed',
        'owner-signature': 'absent', 'items': 1,
        'population': '0' * 64} | {
            name.replace('_', '-'): v for name, v in fields.items()})


def seizure_by_stranger(h):
    return seizure(h, taken_by='stranger9', authority_signature='absent')


def seizure_authority(h):
    if h.is_so(.5):
        return seizure(h, authority_signature='refused')
    return seizure(h, by=('court',))


def seizure_owner(h):
    if h.is_so(.5):
        return seizure(h, owner_signature='signed')
    return seizure(h, by=('police', 'owner'))


def seizure_witness(h):
    return seizure(h, witness='court')


def handover_by_nobody(h):
    return handover(h, by=['owner', 'court'])


def handover_to_signer(h):
    return handover(h, receiver='refused', counted_by_receiver=None)


def handover_counted(h):
    return handover(h, by=['police'], receiver='refused')


def handover_unsigned(h):
    return handover(h, by=['police'])


def handover_uncounted(h):
    return handover(h, counted_by_receiver=None)


def handover_to_itself(h):
    return handover(h, giver='owner', to='owner', by=['owner'])


def handover_of_nothing(h):
    return handover(h, blocks=[])


def handling_unsigned(h):
    return leaf(h, 'handling', ['police'], {
        'custodian': h.pick(['police', 'owner']), 'witness': 'court',
        'authority': 'none'}, [('NO-9', {'action': 'open'})])


def inspection_unsigned(h):
    return leaf(h, 'inspection', ['police'], {
        'custodian': 'police', 'inspector': 'court'},
        [('NO-9', {'seal': '1', 'state': 'intact', 'remark': 'r'})])


# Out of form

def some_text(h):
    """A record with many forms of values in it."""
    return h.pick([
        ('list', ['owner'], {'part': '1/1', 'population': '0' * 64}, [
            ('Z-1', {'type': 'drive', 'capacity': '5', 'slot': '1',
                     'bay': ['1 empty', '2 not-opened'], 'make': 'a b',
                     'telltale': ['hours 10', 'starts 3'],
                     'remark~': 'x'}), ('Z-2', {'type': 'phone'})]),
        ('claim', ['owner', 'police'], {
            'asserts': ['received', 'count'], 'said': '2023-06-20',
            'count': ['1 drive', '2 casing'], 'capture': ['ab' * 32],
            'quote': 'one\\ntwo', 'language': 'nl'}, []),
        ('question', ['owner'], {
            'recipient': 'council', 'concerns': ['drive', 'B-1'],
            'form': ['hardware', 'data'],
            'period-from': '2023-06-20T00:00:00Z',
            'period-to': '2023-06-20T01:00:00Z',
            'addressee': ['police due 2023-07-01']}, []),
        ('policy', ['owner'], {
            'open': 'serial', 'require': 'claim capture',
            'witness-quorum': '1', 'reason': 'why'}, []),
        ('inspection', ['owner', 'police'], {
            'custodian': 'owner', 'also-in': 'none', 'counted': '1 drive'}, [
                ('NO-9', {'seen': 'serial-read', 'state': 'intact'})]),
    ])


LINES = ['remark: x', '  remark: x', 'item: Z-3', 'party: p', 'late: so',
         'at: 2023-06-20T12:00:00Z', 'said: 9999-12-31', '', ' ', 'x',
         'remark~: ' + 'a' * 64, 'about~: ' + 'a' * 64, 'quote: \\',
         'quote: a\\tb', 'quote: a\\\\b', 'item: z-1', 'reason: a',
         'as-of: 0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
         'offer-expires: 2030-01-01T00:00:00Z']
VALUES = ['', ' ', 'a', 'a ', 'a..b', 'a//b', '-a', 'A' * 64, 'A' * 65,
          '0', '00', '01', '-1', '9223372036854775807',
          '9223372036854775808', '2023-02-29', '2023-06-20',
          '2024-02-29T24:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31',
          '2023-06-20T12:00:60Z', 'none', '0/1', '1/1', '2/1', '9999/9999',
          '1/10000', '1  drive', '1 drives', 'hours -1', 'a\u200bb',
          'a\u200cb', '\u202e', 'e\u0301', '\x7f', '\x85', '\u00a0',
          'claim', 'claim at', 'claim nothing', 'case case', 'list seal',
          'remark', 'at', '1 empty', '1 full', 'police due 9999-12-31',
          'F', '7', 'f' * 64, 'F' * 64, 'f' * 63, '\u2028', '\ufeff']


def mangled(h, lines):
    """One change of the text, before it is signed."""
    n = h.random.randrange(len(lines))
    change = h.random.randrange(7)
    if change == 0:
        return lines[:n] + lines[n + 1:]
    if change == 1:
        return lines[:n] + [lines[n]] + lines[n:]
    if change == 2:
        m = h.random.randrange(len(lines))
        lines[n], lines[m] = lines[m], lines[n]
        return lines
    if change == 3:
        return lines[:n] + [h.pick(LINES)] + lines[n:]
    name, colon, _ = lines[n].partition(': ')
    if change == 4:
        lines[n] = name + '~' + colon + 'a' * 64
    elif change == 5:
        lines[n] = h.pick([' ', '  ', '']) + lines[n].lstrip(' ') + h.pick(
            [' ', ''])
    else:
        lines[n] = name + colon + h.pick(VALUES)
    return lines


def out_of_form(h):
    kind, signers, fields, blocks = some_text(h)
    text, signers = h.record(kind, signers, fields, blocks)
    lines = mangled(h, text[:-1].split('\n'))
    return enter(sign('\n'.join(lines) + '\n', signers), h.now)


def bytes_changed(h):
    data = bytearray(claim(h))
    n = h.random.randrange(len(data))
    change = h.random.randrange(4)
    if change == 0:
        data[n] ^= 1 << h.random.randrange(8)
    elif change == 1:
        del data[n]
    elif change == 2:
        data[n:n] = h.pick([b' ', b'\n', b'\0', b'\r', b'\xff', b'\t'])
    else:
        del data[n:]
    return bytes(data) or b'x'


def too_long(h):
    size = h.pick([65535, 65536]) if h.is_so(.5) else 65000
    more = size - len(claim(h)) - len('quote: \n')
    fields = claim_fields(h) | {'quote': 'q' * more}
    return leaf(h, 'claim', ['owner'], fields)


def many_signers(h):
    text, signers = h.record('claim', ['owner', 'police'], claim_fields(h))
    extra = ''.join(f'signer: p{n} 00000000\n' for n in range(16))
    text = text.replace('asserts: ', extra + 'asserts: ', 1)
    return enter(sign(text, signers), h.now)


# The genesis

def genesis(h, fields=None, blocks=None, by=('police', 'owner')):
    h.keyless = set()
    whole = h.genesis_fields(['police', 'owner']) | (fields or {})
    return leaf(h, 'case', by, whole, blocks or h.genesis_blocks())


def with_key(h, name, key):
    blocks = genesis_blocks(h)
    return [(n, f | {'key': key} if n == name else f) for n, f in blocks]


def genesis_blocks(h):
    h.keyless = set()
    return h.genesis_blocks()


def genesis_is_none(h):
    return claim(h, case=writer.ORIGIN + '#' + '0' * 32)


def genesis_red_line(h):
    return genesis(h, {'red-line': 'stranger'})


def genesis_log(h):
    return genesis(h, {'log': h.pick([secret('log.example'),
                                      secret(writer.ORIGIN, 4)]).vkey})


def genesis_witness(h):
    return genesis(h, {'witness-key': secret('witness1').vkey})


def genesis_party_key(h):
    return genesis(h, blocks=with_key(h, 'haul', h.pick([
        secret('hauls'), secret('haul', 4)]).vkey))


def genesis_one_key(h):
    return genesis(h, blocks=with_key(h, 'haul', secret(
        'haul', 1, h.pick(['owner', writer.ORIGIN])).vkey))


def genesis_holders(h):
    return genesis(h, by=h.pick([['police'], ['police', 'owner', 'court']]))


def crowd(h, count):
    names = [f'n{n}' for n in range(count - 1)]
    blocks = [('owner', {'side': 'owner', 'org': 'o',
                         'key': secret('owner').vkey})]
    blocks += [(name, {'side': 'outside', 'org': 'o'}) for name in names]
    h.keyless = set()
    return leaf(h, 'case', ['owner'], {
        'name': writer.ORIGIN, 'log': secret(writer.ORIGIN).vkey,
        'policy-holder': 'owner'}, blocks)


def genesis_crowd(h):
    return crowd(h, 1025)


def genesis_full(h):
    """As many parties as there may be: then nobody can join."""
    return crowd(h, 1024)


def genesis_out_of_form(h):
    h.keyless = set()
    text, signers = h.record('case', ['owner'], h.genesis_fields(['owner']),
                             h.genesis_blocks())
    lines = mangled(h, text[:-1].split('\n'))
    return enter(sign('\n'.join(lines) + '\n', signers), h.now)


GENESES = (genesis_is_none, genesis_red_line, genesis_log, genesis_witness,
           genesis_party_key, genesis_one_key, genesis_holders,
           genesis_crowd, genesis_full, genesis_out_of_form,
           genesis_out_of_form)
FALSEHOODS = (
    second_genesis, other_case, same_again, text_changed, signature_missing,
    signatures_swapped, unknown_signer, other_key, false_signature,
    malleable_signature, backwards, future, strip_late, expired, as_of_ahead,
    as_of_other_root, happened_since, item_capitals, receiver_capitals,
    required_missing, join_unsigned, join_second_key, join_no_key,
    join_other_kind, join_used_key, join_uncountersigned, join_no_side,
    join_capitals, list_empty, list_inside, found_late_alone,
    seizure_by_stranger, seizure_authority, seizure_owner, seizure_witness,
    handover_by_nobody, handover_to_signer, handover_counted,
    handover_unsigned, handover_uncounted, handover_to_itself,
    handover_of_nothing, handling_unsigned, inspection_unsigned, too_long,
    many_signers) + (out_of_form,) * 15 + (bytes_changed,) * 4


def tell_one(history, number, more=()):
    all_of_them = FALSEHOODS + tuple(more)
    history.add(all_of_them[number % len(all_of_them)](history))


def false_genesis(history, number):
    make = GENESES[number % len(GENESES)]
    if history.add(make(history)) and make is genesis_full:
        more = handover(history, giver='owner', to='depot', by=['owner'],
                        receiver='refused', counted_by_receiver=None)
        history.add(more if number % 2 else newcomer(history))
