"""counterfoil-findings(7), THE FINDING and MACHINE FORM.

machine_form(ledger, question, time, cosigned) is what the page calls by that
name; the methods below are its paragraphs.
"""
import functools

import copies
import corrections
import draws
import law
import telltales
import values
from ledger import BEGINNING, FOR_EVER, since_or_ever
from text import Fault

CODES = ('held', 'imaged', 'unlocked', 'examined', 'disclosed', 'admitted',
         'claim', 'missing', 'destroyed-unseen', 'seal-broken', 'telltale',
         'relation', 'breach',
         'no-list', 'first-sighting', 'chain', 'last-sighting', 'holder',
         'seizure-unsigned', 'late', 'corrected', 'parts', 'also-in', 'draw',
         'incomplete', 'enclosed', 'copies', 'count', 'bay', 'unsigned')
DATA_EVENTS = {'COPIED': 'imaged', 'UNLOCKED': 'unlocked',
               'EXAMINED': 'examined', 'DISCLOSED': 'disclosed'}
TRANSFERS = ('SEIZED', 'FOUND', 'GIVEN', 'DESTROYED')
MOMENTS = ('handover', 'release', 'image', 'unlock', 'examination',
           'disclosure')
TAKERS = ('examiner', 'host', 'custodian', 'to', 'on-behalf-of')


def machine_form(ledger, question, time, cosigned):
    """`question` is a leaf's number, `cosigned` how many of the genesis's
    witnesses cosigned the checkpoint."""
    finding = Finding(ledger, question, time, cosigned)
    lines = finding.lines()
    for number, corrected, record in corrections.good_corrections(ledger):
        try:
            other = law.fold([leaf.data for leaf in ledger.leaves], {
                number: corrections.new_reading(corrected, record)})
        except Fault:
            continue
        if other.leaves[question].standing != 'void':
            lines = worse(lines, Finding(other, question, time,
                                         cosigned).lines())
    return ''.join(finding.spell(*key, *value)
                   for key, value in lines.items())


def worse(lines, others):
    """Corrections: each line, or what the corrected ledger says."""
    out = {}
    for key, (word, codes) in lines.items():
        other, more = others.get(key, ('', []))
        rank = ('YES', 'CONTESTED', word)
        if other in rank[:2] and rank.index(other) < rank.index(word):
            word, codes = other, more
        elif other in rank[:2] and other == word:
            codes = codes + more
        out[key] = word, codes
    return out


class Claim:
    """Claims: what is read as one. `item` is a block's, else None."""

    def __init__(self, leaf, for_hardware, for_data, start, end, item=None):
        self.leaf, self.item = leaf, item
        self.for_hardware, self.for_data = for_hardware, for_data
        self.start, self.end = start, end

    def speaks_for(self, form):
        return self.for_hardware if form == 'hardware' else self.for_data


class Admission:
    """An answer that may admit something."""

    def __init__(self, leaf, forms, start, end, named_by):
        self.leaf, self.forms, self.start, self.end = leaf, forms, start, end
        self.named_by = named_by        # the record whose concerns count


class Finding:
    def __init__(self, ledger, question, time, cosigned):
        self.ledger, self.time = ledger, time
        self.question = ledger.record(question)
        self.asked = ledger.leaves[question].entered
        self.recipient = self.question.value('recipient')
        self.closure = ledger.closure(self.recipient, time)
        self.s = values.seconds(self.question.value('period-from'))
        self.e = values.seconds(self.question.value('period-to'))
        if ledger.seized is not None and self.s < ledger.seized < self.e:
            self.s = ledger.seized
        is_witnessed = cosigned >= max(ledger.quorum, 1)
        self.no_word = 'NO' if is_witnessed else 'NO-UNWITNESSED'
        self.admissions = list(self.read_admissions())
        self.claims = list(self.read_claims())
        self.assessments = [
            (ledger.number_of[leaf.record.value('claim')], q, upholds(leaf))
            for number, leaf in enumerate(ledger.leaves)
            if leaf.record.kind == 'assessment' and leaf.standing != 'void'
            and (upholds(leaf) or not ledger.is_compromised(number))
            for q in leaf.record.signers]
        self.walked = {}                # of an item: its steps
        self.draws = draws.unmet(ledger)
        self.corrected = {number for number, _, _ in
                          corrections.good_corrections(ledger)}

    def steps(self, name):
        if name not in self.walked:
            self.walked[name] = self.ledger.walk(name, self.recipient, self.e)
        return self.walked[name]

    def lines(self):
        """{(item, form): (word, codes)} in the order of the lines."""
        lines = {('-', 'unlisted'): self.unlisted()}
        names = sorted(self.ledger.items, key=str.encode)
        for name in names:
            item = self.ledger.items[name]
            if item.kind in ('package', 'computer') or not self.names(
                    self.question, name):
                continue
            for form in ('hardware', 'data'):
                if form in self.question.all('form'):
                    lines[name, form] = self.word(name, form)
        return lines

    def spell(self, name, form, word, codes):
        codes = sorted(set(codes), key=lambda c: (
            CODES.index(c[0]), FOR_EVER if c[1] is None else c[1]))
        spelled = ','.join(
            f'{code}:{"-" if leaf is None else self.ledger.record(leaf).id}'
            for code, leaf in codes)
        return f'{name} {form} {word} {spelled or "-"}\n'

    def names(self, record, name):
        return self.ledger.names(record, name)

    def is_copy(self, name):
        return copies.is_copy(self.ledger, name)

    def with_copies(self, name, form):
        """Whose timelines count for this form."""
        return [name] + (self.ledger.copies_of(name) if form == 'data'
                         else [])

    def word(self, name, form):
        if (form == 'data' and self.ledger.items[name].kind == 'casing') or (
                form == 'hardware' and self.is_copy(name)):
            return 'n/a', []
        codes = (self.held(name, form) + self.data_events(name, form) +
                 self.admitted(name, form))
        if codes:
            return 'YES', codes
        codes = self.contested(name, form)
        claims = self.claims_for(name, form)
        if codes or (claims and form == 'hardware'):
            return 'CONTESTED', codes + claims
        unmet = self.unmet(name, form)
        if not unmet and (form == 'hardware' or
                          not self.claims_for(name, 'hardware')):
            return self.no_word, []
        if claims:
            return 'CONTESTED', claims
        return 'NOT-SHOWN', unmet

    def contested(self, name, form):
        """By anything but claims."""
        return (self.missing(name) + self.destroyed_unseen(name) +
                self.seal_broken(name) + self.telltale(name, form) +
                self.relation(name, form) + self.breach(name))

    # YES

    def fits(self, form, a, b):
        if form == 'data':
            return a < self.e
        return a < self.e and (b > self.s or (a == b and a >= self.s))

    def holding(self, name, form, parties):
        """The event with which the holding that counts began, or None."""
        steps, began = self.steps(name), None
        locked = (copies.locked_after(steps)
                  if form == 'data' and self.is_copy(name) else None)
        for n, step in enumerate(steps):
            if not step.holders & parties:
                began = None
                continue
            began = began or step.event
            end = (steps[n + 1].event.time if n + 1 < len(steps)
                   else FOR_EVER)
            if not (locked and locked[n]) and self.fits(
                    form, step.event.time, end):
                return began
        return None

    def held(self, name, form, closure=None):
        events = [self.holding(one, form, closure or self.closure)
                  for one in self.with_copies(name, form)]
        return [('held', event.leaf) for event in events if event]

    def data_events(self, name, form, closure=None):
        if form != 'data':
            return []
        closure = closure or self.closure
        return [(DATA_EVENTS[step.event.kind], step.event.leaf)
                for one in self.with_copies(name, form)
                for step in self.steps(one)
                if step.event.kind in DATA_EVENTS and
                step.event.time < self.e and
                closure & self.takers(step.event.leaf)]

    def takers(self, leaf):
        record = self.ledger.record(leaf)
        return {record.value(name) for name in TAKERS}

    def read_admissions(self):
        """Also those that are read as claims: partly, of something."""
        for number, leaf in enumerate(self.ledger.leaves):
            answer = leaf.record
            if answer.kind != 'answer' or leaf.standing == 'void' or (
                    answer.value('answer') not in ('yes', 'partly')):
                continue
            about = self.ledger.record(
                self.ledger.number_of[answer.value('question')])
            to = answer.value('given-to') or about.value('recipient')
            if to not in self.closure:
                continue
            forms = answer.all('form') or about.all('form')
            if 'hardware' in forms:
                forms = ['hardware', 'data']
            start = values.seconds(about.value('period-from'))
            end = values.seconds(about.value('period-to'))
            if answer.has('since'):
                start = since_or_ever(answer)
                end = max(end, start + 1)
            yield Admission(number, forms, start, end,
                            answer if answer.has('concerns') else about)

    def admitted(self, name, form):
        out = []
        for one in self.admissions:
            signers = set(self.ledger.signers(one.leaf))
            if (form in one.forms and not self.is_vague(one) and
                    any(signers & step.holders for step in self.steps(name))
                    and self.names(one.named_by, name) and
                    self.fits(form, one.start, one.end)):
                out.append(('admitted', one.leaf))
        return out

    def is_vague(self, admission):
        answer = self.ledger.record(admission.leaf)
        return (answer.value('answer') == 'partly' and
                not answer.has('concerns'))

    # CONTESTED

    def meets(self, a, m):
        """Whether (a, m] meets the period."""
        return a + 1 < self.e and m >= self.s and a < m

    def last_sighting_time(self, steps, n):
        """Of the last one before step n that is of another leaf."""
        for step in reversed(steps[:n]):
            if step.is_sighting and step.event.leaf != steps[n].event.leaf:
                return step.event.time
        return BEGINNING

    def explains(self, event, other, name):
        """An event that explains another counts if ..."""
        return event.leaf < other.leaf or self.ledger.has_disinterested(
            event.leaf, name, self.recipient, self.e)

    def missing(self, name):
        steps, out = self.steps(name), []
        for n, step in enumerate(steps):
            event = step.event
            if (event.kind == 'MISSING' and event.is_by_both and
                    event.receiver in step.holders and
                    not any(other.is_sighting and
                            other.event.time > event.time
                            for other in steps) and
                    self.meets(self.last_sighting_time(steps, n),
                               event.time)):
                out.append(('missing', event.leaf))
        return out

    def destroyed_unseen(self, name):
        steps = self.steps(name)
        return [('destroyed-unseen', step.event.leaf)
                for n, step in enumerate(steps)
                if step.event.kind == 'DESTROYED' and not step.is_sighting
                and self.meets(self.last_sighting_time(steps, n),
                               step.event.time)]

    def seal_broken(self, name):
        steps = self.steps(name)
        return [('seal-broken', step.event.leaf)
                for n, step in enumerate(steps)
                if step.event.kind == 'BROKEN' and
                self.meets(self.last_sighting_time(steps, n),
                           step.event.time) and
                not self.is_explained(name, steps, n)]

    def is_explained(self, name, steps, n):
        for step in reversed(steps[:n]):
            if step.is_sighting:
                return False
            if step.event.kind in ('OPENED', 'SEALED') and self.explains(
                    step.event, steps[n].event, name):
                return step.event.kind == 'OPENED'
        return False

    def breach(self, name):
        steps, out = self.steps(name), []
        for n, step in enumerate(steps):
            until = next((later.event.time for later in steps[n + 1:]
                          if later.is_sighting), self.time)
            if (step.event.is_breach and step.event.time < self.e and
                    until >= self.s):
                out.append(('breach', step.event.leaf))
        return out

    def relation(self, name, form):
        out = []
        for relation in self.ledger.relations:
            if relation.binds or not self.counts(relation.leaf, name):
                continue
            closure = self.ledger.closure(self.recipient, self.time, relation)
            if (self.held(name, form, closure) or
                    self.data_events(name, form, closure)):
                out.append(('relation', relation.leaf))
        return out

    # Telltales

    def telltale(self, name, form):
        steps = self.steps(name)
        if form != 'data' or not steps:
            return []
        explains = functools.partial(self.explains, name=name)
        return [('telltale', steps[new.step].event.leaf)
                for old, new in telltales.pairs(self.ledger, name, steps)
                if self.meets_or_is_in(steps[old.step].event.time,
                                       steps[new.step].event.time) and
                telltales.is_one(self.ledger, steps, old, new, explains)]

    def meets_or_is_in(self, a, m):
        return self.s <= a < self.e if a == m else self.meets(a, m)

    # Claims

    def read_claims(self):
        seized = self.ledger.seized
        start = BEGINNING if seized is None else seized
        for number, leaf in enumerate(self.ledger.leaves):
            record = leaf.record
            if record.kind == 'claim':
                yield read_claim(leaf, number, start)
            elif leaf.standing in ('breach', 'not-holder'):
                for block in record.blocks:
                    item = self.ledger.items.get(block.name)
                    if item is None:
                        item = self.ledger.items.get(
                            record.value('derived-from', block))
                    if item and record.is_custody and not any(
                            e.leaf == number for e in item.events):
                        yield read_block(record, number, item.name, block,
                                         start)
        for one in self.admissions:
            if self.is_vague(one):
                yield Claim(one.leaf, 'hardware' in one.forms,
                            'data' in one.forms, one.start, one.end)

    def is_about_recipient(self, claim):
        record = self.ledger.record(claim.leaf)
        if record.kind == 'answer':
            return True
        names = ['recipient']
        if record.kind in MOMENTS:
            names = ['to', 'on-behalf-of', 'host', 'examiner']
        about = {record.value(name) for name in names} - {None}
        return not about or bool(about & self.closure)

    def is_about(self, claim, name):
        if claim.item is None:
            record = self.ledger.record(claim.leaf)
            if record.kind == 'answer':
                record = self.ledger.record(
                    self.ledger.number_of[record.value('question')])
            return self.names(record, name)
        return claim.item in self.ledger.listed_in(name)

    def claims_for(self, name, form):
        out = []
        for claim in self.claims:
            is_seen_after = form == 'hardware' and any(
                step.is_sighting and step.event.time > claim.end
                for step in self.steps(name))
            if (claim.speaks_for(form) and claim.start < self.e and
                    claim.end >= self.s and not is_seen_after and
                    self.is_about_recipient(claim) and
                    self.is_about(claim, name) and
                    self.counts(claim.leaf, name)):
                out.append(('claim', claim.leaf))
        return out

    def counts(self, leaf, name):
        """A claim, or an assertion, is told and stands; `name` may be None."""
        record = self.ledger.record(leaf)
        if not record.has('capture') and (
                set(record.signers) <= set(self.question.signers)):
            return False
        latest = {}
        for assessed, q, is_upheld in self.assessments:
            if self.are_one(assessed, leaf) and self.ledger.is_disinterested(
                    q, name, self.recipient, self.e):
                latest[q] = is_upheld
        return not latest or any(latest.values())

    def are_one(self, a, b):
        """Whether an assessment of leaf a is about the claim in leaf b."""
        if a == b:
            return True
        x, y = self.ledger.record(a), self.ledger.record(b)
        if not x.has('said') or x.value('said') != y.value('said'):
            return False
        if x.has('said-by') or y.has('said-by'):
            return x.value('said-by') == y.value('said-by')
        speaker = x.value('speaker')
        return speaker is not None and speaker == y.value('speaker')

    # NO

    def unmet(self, name, form):
        """The conditions of NO that are unmet, for the best `last`."""
        first_unmet = None
        first, lasts = self.first(name), self.lasts(name)
        for last in lasts or [None]:
            codes = self.unmet_between(name, form, first, last)
            if not codes:
                return []
            first_unmet = first_unmet or codes
        return first_unmet

    def lasts(self, name):
        return [n for n, step in enumerate(self.steps(name))
                if self.can_be_last(step)]

    def first(self, name):
        steps = self.steps(name)
        early = [n for n, step in enumerate(steps)
                 if step.is_sighting and step.event.time <= self.s]
        if not early and self.is_copy(name):
            early = [n for n, step in enumerate(steps)
                     if step.is_sighting and step.event.kind == 'FOUND' and
                     step.event.item == name]
        return max(early, default=None)

    def can_be_last(self, step):
        if not (step.is_sighting and step.event.kind == 'SEEN' and
                step.event.time >= self.e):
            return False
        as_of = self.ledger.record(step.event.leaf).value('as-of')
        size = int(as_of.split(' ')[0])
        return size > 0 and self.ledger.leaves[size - 1].entered >= self.e

    def unmet_between(self, name, form, first, last, with_copies=True):
        steps = self.steps(name)
        codes = self.seizure_unsigned(name) + self.parts()
        codes += [('draw', leaf) for leaf, drawn in self.draws
                  if drawn & set(self.ledger.listed_in(name))]
        if self.ledger.items[name].leaf in self.corrected:
            codes.append(('corrected', self.ledger.items[name].leaf))
        if first is None:
            codes.append(('first-sighting', None))
        if last is None:
            codes.append(('last-sighting', None))
        else:
            number = steps[last].event.leaf
            if self.ledger.record(number).value('also-in') != 'none':
                codes.append(('also-in', number))
        between = steps[first or 0:len(steps) if last is None else last + 1]
        for step in between:
            codes += self.unmet_by(step)
        if not steps:
            codes.append(('chain', None))
        if form == 'data' and with_copies:
            codes += self.open_copies(name)
        if form == 'data' and not self.is_copy(name):
            later = between if first is None else between[1:]
            codes += self.enclosed(
                name, self.s if first is None else steps[first].event.time,
                None if last is None else steps[last].event)
            codes += self.opened(name, later)
        return codes

    def unmet_by(self, step):
        event, codes = step.event, []
        is_transfer = event.kind in TRANSFERS
        if event.is_breach or (is_transfer and (
                not event.is_by_both or
                self.ledger.is_compromised(event.leaf))):
            codes.append(('chain', event.leaf))
        if step.holders & self.closure:
            codes.append(('holder', event.leaf))
        if (event.is_late and (is_transfer or step.is_sighting) and
                self.ledger.leaves[event.leaf].entered > self.asked):
            codes.append(('late', event.leaf))
        if (is_transfer or step.is_sighting) and event.leaf in self.corrected:
            codes.append(('corrected', event.leaf))
        return codes

    def open_copies(self, name):
        names = self.ledger.copies_of(name)
        names = names + [name] if self.is_copy(name) else names
        return [('copies', self.ledger.items[one].leaf) for one in names
                if not copies.is_closed(self.ledger, self.steps(one), one,
                                        self.recipient, self.e) and
                not self.is_on_closed_medium(one)]

    def is_on_closed_medium(self, name):
        medium = self.ledger.items[name].inside
        lasts = self.lasts(medium) if medium else []
        return (bool(lasts) and not self.contested(medium, 'data') and
                not self.unmet_between(medium, 'data', self.first(medium),
                                       lasts[0], with_copies=False))

    def seizure_unsigned(self, name):
        one = self.ledger.first_list
        number = one and one.seizure
        if number is None:
            return [('seizure-unsigned', None)]
        has_owner = any(self.ledger.parties[q].side == 'owner'
                        for q in self.ledger.signers(number))
        is_seen = self.ledger.record(number).has('witness-saw') and (
            self.ledger.has_disinterested(number, name, self.recipient,
                                          self.e))
        return [] if has_owner or is_seen else [('seizure-unsigned', number)]

    def parts(self):
        first = self.ledger.first_list
        if first is None:
            return []
        signers = set(self.ledger.signers(first.parts[1]))
        return [('parts', one.parts[max(one.parts)])
                for one in self.ledger.lists
                if one.parts and not one.is_complete and
                signers & set(self.ledger.signers(one.parts[max(one.parts)]))]

    def enclosing_seal(self, name, time):
        """The number of the nearest enclosing seal that is not open."""
        for one in [name] + self.ledger.chain(name, time):
            number, is_enclosing = self.ledger.seal(one, time)
            if number is not None and is_enclosing and not (
                    self.ledger.is_open(one, time)):
                return number
        return None

    def enclosed(self, name, start, last):
        end = self.time if last is None else last.time
        at_end = self.enclosing_seal(name, end)
        if self.enclosing_seal(name, start) is None or at_end is None:
            return [('enclosed', None)]
        if last is None:
            return []
        record = self.ledger.record(last.leaf)
        block = record.blocks[last.block]
        number = self.ledger.seal(last.item, last.time)[0]
        is_with_seal = (number is not None and
                        record.value('seal', block) == number and
                        record.value('state', block) == 'intact')
        return [] if is_with_seal else [('enclosed', last.leaf)]

    def opened(self, name, steps):
        return [('enclosed', step.event.leaf) for step in steps
                if step.event.kind == 'BROKEN' or (
                    step.event.kind in ('OPENED', 'TAKEN-OUT', 'PUT-IN',
                                        'SEALED', 'POWERED', 'COPIED',
                                        'EXAMINED') and not (
                        step.event.is_attended and
                        self.ledger.has_disinterested(
                            step.event.leaf, name, self.recipient, self.e)))]

    # Unlisted

    def unlisted(self):
        first = self.ledger.first_list
        codes = self.claims_without_list() + self.counts_over()
        word = 'CONTESTED' if codes else 'NOT-SHOWN'
        if not codes:
            codes = self.bays() + self.parts()
            if first is not None and not self.is_list_signed(first):
                codes.append(('unsigned', first.seizure))
        if first is None:
            codes.append(('no-list', None))
        return (word, codes) if codes else (self.no_word, [])

    def claims_without_list(self):
        if self.ledger.first_list is not None:
            return []
        return [('claim', claim.leaf) for claim in self.claims
                if (claim.for_hardware or claim.for_data) and
                self.is_about_recipient(claim) and
                self.counts(claim.leaf, None)]

    def counts_over(self):
        out = []
        for number, leaf in enumerate(self.ledger.leaves):
            record = leaf.record
            names = {'claim': ['count'],
                     'seizure': ['announced', 'counted', 'photographed'],
                     'inspection': ['counted']}
            if record.kind == 'inspection' and not self.is_counted(record):
                continue
            if record.kind == 'inspection' and any(
                    record.value('found', block) == 'unexpected' and
                    block.name not in self.ledger.items
                    for block in record.blocks):
                out.append(('count', number))
            for name in names.get(record.kind, []):
                for tally in record.all(name):
                    if (leaf.standing != 'void' and self.is_over(tally) and
                            (record.kind != 'claim' or
                             self.counts(number, None))):
                        out.append(('count', number))
        return out

    def is_counted(self, inspection):
        return any(self.ledger.parties[q].has_held or
                   self.ledger.is_disinterested(q, None, self.recipient,
                                                self.e)
                   for q in inspection.signers)

    def is_over(self, tally):
        count, _, kind = tally.partition(' ')
        kind = 'casing' if kind == 'computer' else kind
        known = sum(item.kind == kind for item in self.ledger.items.values())
        return self.ledger.first_list is None or int(count) > known

    def bays(self):
        out = []
        for item in self.ledger.items.values():
            record = self.ledger.record(item.leaf)
            block = record.blocks[item.block]
            is_unseen = record.value('opened', block) == 'no' or any(
                bay.endswith(' not-opened') for bay in record.all('bay', block))
            was_opened = any(e.kind == 'OPENED' and not e.is_breach
                             for e in item.events)
            if item.kind == 'computer' and is_unseen and not was_opened:
                out.append(('bay', item.leaf))
        return out

    def is_list_signed(self, one):
        return any(self.ledger.parties[q].side == 'owner' or
                   self.ledger.is_disinterested(q, None, self.recipient,
                                                self.e)
                   for q in self.ledger.signers(one.seizure))


def upholds(leaf):
    return (leaf.record.value('source') in 'ABCD' or
            leaf.record.value('information') in '1234')


def read_claim(leaf, number, start):
    record = leaf.record
    asserts = record.all('asserts')
    for_hardware = bool({'received', 'transferred'} & set(asserts))
    for_data = for_hardware or bool({'copied', 'viewed'} & set(asserts))
    end = values.end_of(record.value('said'))
    if record.has('until'):
        end = min(end, values.end_of(record.value('until')))
    end = min(end, leaf.entered)
    if record.has('since'):
        start = since_or_ever(record)
    return Claim(number, for_hardware, for_data, start, end)


def read_block(record, number, item, block, start):
    """A block of a custody record that made no event."""
    what = record.value('what')
    is_moment = record.kind in MOMENTS
    for_hardware = (record.kind in ('handover', 'release') or
                    what in ('loss', 'theft') or
                    record.value('found', block) == 'missing')
    for_data = (is_moment or for_hardware or
                record.value('state', block) == 'broken' or
                what in ('seal-broken', 'unauthorised-reading'))
    return Claim(number, for_hardware, for_data,
                 record.time if is_moment else start, record.time, item)
