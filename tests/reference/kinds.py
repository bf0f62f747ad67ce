"""counterfoil-record(5), KINDS: which fields each kind of record has.

One line a field: its name, the form of its value, and marks: `!` required,
`*` repeated, `~` withholdable. A choice has its words after it. The fields of
blocks follow a line `[item]` or `[party]`.
"""
import collections

from values import TYPES

Field = collections.namedtuple(
    'Field', 'name form choices is_required is_repeated is_withholdable')
Kind = collections.namedtuple('Kind', 'own block_name block')

CUSTODY = ('seizure', 'handover', 'handling', 'inspection', 'incident',
           'move', 'image', 'lock', 'unlock', 'examination', 'disclosure',
           'release', 'disposal')


def read_fields(text):
    fields = []
    for line in text.split('\n'):
        if line.strip():
            name, form, *more = line.split()
            marks = ''
            if more and set(more[0]) <= set('!*~'):
                marks, *more = more
            more = TYPES if more == ['TYPES'] else tuple(more)
            fields.append(Field(name, form, more, '!' in marks, '*' in marks,
                                '~' in marks))
    return fields


def read_kind(text):
    for name in ('item', 'party'):
        own, is_there, block = text.partition(f'[{name}]')
        if is_there:
            return Kind(read_fields(own), name, read_fields(block))
    return Kind(read_fields(text), None, [])


HEADER = read_fields('''
    case case
    at time !
    signer signer !*
    late text
    as-of as-of
    offer-expires time
''')

KINDS = {kind: read_kind(text) for kind, text in {
    'case': '''
        name identifier !
        title text
        log vkey !
        clock choice set
        policy-holder identifier !*
        witness-key vkey *
        witness-quorum count
        red-line identifier *
        open field-name *
        require requirement *
        [party]
        side choice ! authority owner neutral outside
        org identifier !
        role text
        key vkey
        about text ~
    ''',
    'join': '''
        party identifier !
        side choice authority owner neutral outside
        org identifier
        role text
        key vkey
        about text ~
        statement text
    ''',
    'policy': '''
        witness-quorum count
        red-line identifier *
        lift identifier *
        open field-name *
        require requirement *
        inspect-every count
        reason text
    ''',
    'relation': '''
        party identifier !
        acts-for identifier !
        basis choice ! declared established asserted
        since when
        until when
        document hash *
        said-by identifier
        speaker text ~
        said when
        through text
        quote text
        capture hash *
        reason text
    ''',
    'list': '''
        part part !
        population hash !
        found-late text
        [item]
        type choice ! TYPES
        subtype text
        inside identifier
        make text
        model text
        serial text ~
        capacity count
        interface text
        opened choice yes no
        slot identifier
        bay bay *
        place text ~
        power-state choice on off standby
        condition text
        seal identifier
        seal-type choice tag enclosing
        mark hash
        telltale telltale *
        remark text ~
    ''',
    'seizure': '''
        taken-by identifier !
        taken-from identifier
        authority-signature choice ! signed refused absent
        owner-signature choice ! signed refused absent
        witness identifier *
        witness-saw text
        legal-basis text
        document hash *
        place text ~
        announced tally *
        counted tally *
        photographed tally *
        items count !
        population hash !
        objection text *
        remark text ~
    ''',
    'handover': '''
        from identifier !
        to identifier !
        given-by text ~
        received-by text ~
        on-behalf-of identifier
        receiver choice refused absent
        witness identifier *
        purpose text
        authority text
        document hash *
        mode text
        place text ~
        counted-by-giver count !
        counted-by-receiver count
        return-by when
        not-taken not-taken *
        objection text *
        condition text
        remark text ~
        [item]
        seal identifier
        state choice intact broken
        condition text
        telltale telltale *
        remark text ~
    ''',
    'handling': '''
        custodian identifier !
        witness identifier !*
        present-throughout choice yes no
        authority text !
        document hash *
        reason text
        started time
        finished time
        place text ~
        remark text ~
        [item]
        action choice ! open reseal take-out put-in power-on found
        out-of identifier
        into identifier
        type choice TYPES
        make text
        model text
        serial text ~
        capacity count
        slot identifier
        seal identifier
        seal-type choice tag enclosing
        telltale telltale *
        remark text ~
    ''',
    'inspection': '''
        custodian identifier !
        inspector identifier *
        also-in also-in
        place text ~
        counted tally *
        objection text *
        remark text ~
        [item]
        seen choice package-sealed serial-read mark-read hash-match label-read
        found choice as-listed other missing unexpected
        seal identifier
        state choice intact broken
        condition text
        telltale telltale *
        remark text ~
    ''',
    'claim': '''
        asserts choice !* received transferred copied viewed denied count
        said-by identifier
        speaker text ~
        said when !
        through text
        recipient identifier
        concerns identifier *
        part-of choice yes
        count tally *
        since when
        until when
        quote text
        language identifier
        translation text
        url text
        capture hash *
        remark text ~
    ''',
    'assessment': '''
        claim record-id !
        source choice ! A B C D E F
        information choice ! 1 2 3 4 5 6
        reason text !
    ''',
    'question': '''
        recipient identifier !
        concerns identifier !*
        form choice !* hardware data
        period-from time !
        period-to time !
        addressee addressee *
        text text
    ''',
    'answer': '''
        question record-id !
        answer choice ! yes no partly not-held neither refused extended
        form choice * hardware data
        concerns identifier *
        given-to identifier
        since when
        ground text
        until when
        statement text
        document hash *
    ''',
    'incident': '''
        what choice ! loss theft damage seal-broken unauthorised-reading \
            refused-attempt refused-to-take
        discovered time
        party identifier
        place text ~
        statement text
        document hash *
        remark text ~
        [item]
        seal identifier
        condition text
        telltale telltale *
        remark text ~
    ''',
    'key': '''
        party identifier !
        action choice ! rotate revoke encryption
        old-key key-id
        key vkey
        lost choice yes
        compromised-since time
        encryption-key text
        reason text
    ''',
    'move': '''
        custodian identifier !
        witness identifier *
        place text ~
        reason text
        remark text ~
        [item]
        seal identifier
        state choice intact broken
        condition text
        telltale telltale *
        remark text ~
    ''',
    'order': '''
        what choice ! warrant authorisation extension hold return \
            destruction revocation
        issuer identifier !
        from-paper-by identifier
        reference text
        order record-id
        concerns identifier *
        permits choice * image examine unlock disclose
        purpose text
        finds identifier *
        details-to identifier *
        examiner identifier *
        since when
        until when
        document hash *
        remark text ~
    ''',
    'draw': '''
        concerns identifier !*
        population hash !
        population-size count !
        detects count !
        sample count !
        commit commitment !*
        until when !
        reason text
    ''',
    'draw-reveal': '''
        draw record-id !
        secret hash !
    ''',
    'image': '''
        examiner identifier !
        custodian identifier !
        host identifier
        witness identifier *
        present-throughout choice yes no
        order record-id
        tool text *
        write-blocker text
        started time
        finished time
        imager-log hash
        place text ~
        objection text *
        remark text ~
        [item]
        type choice image extract
        derived-from identifier
        inside identifier
        format text
        files count
        length count
        passes count
        chunk-size count
        tree-root hash
        salts choice ggm-hmac-sha256
        md5 text ~
        sha1 text ~
        sha256 text ~
        unreadable text *
        unreadable-list hash
        model text
        serial text ~
        firmware text
        wwn text ~
        interface text
        capacity count
        native-capacity count
        telltale telltale *
        remark text ~
    ''',
    'lock': '''
        custodian identifier !
        witness identifier *
        threshold count !
        holder identifier !*
        quorum-key text
        commitment hash *
        trial choice opened asserted
        plaintext choice ! destroyed kept
        remark text ~
        [item]
        sha256 text ~
        locked-seed hash
        remark text ~
    ''',
    'unlock': '''
        host identifier !
        holder identifier !*
        witness identifier *
        order record-id
        purpose text
        objection text *
        remark text ~
        [item]
        remark text ~
    ''',
    'examination': '''
        examiner identifier !
        custodian identifier
        host identifier
        witness identifier *
        present-throughout choice yes no
        order record-id
        purpose text
        finds identifier *
        tool text *
        started time
        finished time
        coverage text *
        gap text *
        result hash *
        objection text *
        remark text ~
        [item]
        telltale telltale *
        remark text ~
    ''',
    'disclosure': '''
        from identifier !
        to identifier !
        on-behalf-of identifier
        receiver choice refused absent
        witness identifier *
        order record-id
        purpose text
        document hash *
        objection text *
        remark text ~
        [item]
        range text *
        remark text ~
    ''',
    'objection': '''
        ground choice ! privilege jurisdiction return other
        concerns identifier *
        against record-id *
        statement text
        document hash *
        remark text ~
    ''',
    'release': '''
        from identifier !
        to identifier !
        receiver choice refused absent
        witness identifier *
        order record-id
        identity-check text ~
        place text ~
        counted-by-giver count !
        counted-by-receiver count
        remaining-copy identifier *
        not-taken not-taken *
        objection text *
        remark text ~
        [item]
        seal identifier
        state choice intact broken
        condition text
        telltale telltale *
        remark text ~
    ''',
    'disposal': '''
        custodian identifier !
        witness identifier !*
        order record-id
        method text
        place text ~
        remaining-copy identifier *
        document hash *
        objection text *
        remark text ~
        [item]
        seen choice package-sealed serial-read mark-read \
            hash-match label-read
        seal identifier
        state choice intact broken
        telltale telltale *
        remark text ~
    ''',
    'correction': '''
        corrects record-id !
        of-item identifier
        field identifier !
        occurrence count
        value text
        private-value text ~
        reason text !
    ''',
}.items()}
