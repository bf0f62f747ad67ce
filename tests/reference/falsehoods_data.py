"""Leaves that make a ledger false, for the kinds beside custody: one function
for each sentence of counterfoil-findings(7), Roles, that falsehoods.py lacks.
"""
from falsehoods import leaf
from writer import secret

SOMETHING = [('NO-9', {})]


def unsigned(kind, fields, blocks=None):
    """Whoever the fields name does not sign."""
    def tell(h):
        return leaf(h, kind, ['owner'], fields, blocks or SOMETHING)
    return tell


def empty(kind, fields, by):
    def tell(h):
        return leaf(h, kind, by, fields)
    return tell


FIELDS = {
    'move': ({'custodian': 'police'}, ['police']),
    'disposal': ({'custodian': 'police', 'witness': 'owner'},
                 ['police', 'owner']),
    'image': ({'examiner': 'police', 'custodian': 'police'}, ['police']),
    'lock': ({'custodian': 'police', 'threshold': 2, 'holder': ['police'],
              'plaintext': 'kept'}, ['police']),
    'unlock': ({'host': 'police', 'holder': ['police']}, ['police']),
    'examination': ({'examiner': 'police'}, ['police']),
    'disclosure': ({'from': 'police', 'to': 'owner'}, ['police', 'owner']),
}


def disclosure_receiver(h):
    fields = {'from': 'police', 'to': 'owner'}
    if h.is_so(.5):
        return leaf(h, 'disclosure', ['police'], fields, SOMETHING)
    return leaf(h, 'disclosure', ['police', 'owner'],
                fields | {'receiver': 'absent'}, SOMETHING)


# Keys

def new_key(h, name='police'):
    return secret(name, 1, f'{name} of {len(h.leaves)}')


def key(h, signers, **fields):
    return leaf(h, 'key', signers, {
        'party': 'police', 'action': 'rotate',
        'old-key': secret('police').public.id.hex()} | {
            name.replace('_', '-'): value for name, value in fields.items()})


def encryption_key(h):
    return key(h, ['police'], action='encryption', old_key=None,
               encryption_key=h.pick(['age1' + 'q' * 57, 'age1' + 'b' * 58,
                                      None]))


def encryption_with_key(h):
    """A stranger's key, in the party's name."""
    new = new_key(h)
    return key(h, h.pick([[new], ['police'], ['police', new]]),
               action='encryption', old_key=None, key=new.vkey,
               encryption_key='age1' + 'q' * 58)


def encryption_unsigned(h):
    return key(h, ['owner'], action='encryption', old_key=None,
               encryption_key='age1' + 'q' * 58)


def old_key(h):
    return key(h, ['police', 'owner'], action='revoke',
               old_key=h.pick([None, '0' * 8,
                               secret('owner').public.id.hex()]))


def revoke_key(h):
    return key(h, ['police'], action='revoke', key=new_key(h).vkey)


def revoke_unsigned(h):
    return key(h, h.pick([['owner'], ['court', 'haul']]), action='revoke')


def rotate_no_key(h):
    return key(h, ['police', 'owner'])


def rotate_key(h):
    new = h.pick([secret('haul', 1, 'a new one'), secret('police', 4, 'new')])
    return key(h, ['police', 'owner'], key=new.vkey)


def rotate_key_in_use(h):
    return key(h, ['police', 'owner'],
               key=secret('police', 1, h.pick(['owner', 'police'])).vkey)


def rotate_unsigned(h):
    return key(h, ['police', 'owner'], key=new_key(h).vkey)


def rotate_old_unsigned(h):
    new = new_key(h)
    return key(h, [new, 'owner'], key=new.vkey)


def rotate_alone(h):
    """Who is no policy holder, with nobody who is."""
    new = new_key(h, 'haul')
    return key(h, ['haul', new], party='haul', key=new.vkey,
               old_key=secret('haul').public.id.hex())


def lost_unsigned(h):
    new = new_key(h)
    return key(h, [new] + h.pick([['owner'], ['owner', 'court'],
                                  ['lab', 'haul', 'court']]),
               key=new.vkey, lost='yes')


def happened_inside(h):
    """Something happened to what is in the thing since as-of."""
    inner = [e for item in h.ledger.items.values() for e in item.events
             if item.inside and e.kind not in ('SEIZED', 'FOUND')]
    if not inner:
        return leaf(h, 'move', ['owner'], {'custodian': 'police'}, SOMETHING)
    last = max(inner, key=lambda e: e.leaf)
    outer = h.ledger.listed_in(last.item)[-1]
    return leaf(h, 'incident', ['owner', 'police'], {'what': 'damage'},
                [(outer, {})], as_of=last.leaf)


def required_in_block(h):
    h.emit('policy', ['owner'], {'require': 'move seal', 'reason': 'order'})
    return leaf(h, 'move', ['owner'], {'custodian': 'owner'}, SOMETHING)


FALSEHOODS = (
    [unsigned(kind, fields) for kind, (fields, _) in FIELDS.items()] +
    [empty(kind, fields, by) for kind, (fields, by) in FIELDS.items()] +
    [disclosure_receiver, encryption_key, encryption_unsigned,
     encryption_with_key, old_key,
     revoke_key, revoke_unsigned, rotate_no_key, rotate_key,
     rotate_key_in_use, rotate_unsigned, rotate_old_unsigned, rotate_alone,
     lost_unsigned, happened_inside, required_in_block])
