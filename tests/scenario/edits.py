#!/usr/bin/env python3
"""Every number follows from the data: twenty edits of the list and of the
events, each recounted here from the edited list alone and compared with what
the demonstration's ledgers, screens and bundles then say. TAP output.

The recount knows the scenario and the CSV; it shares no code with the program.
"""
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ['COUNTERFOIL_SOURCE']
BUILD = os.environ['COUNTERFOIL_BUILD']
LIST = os.path.join(SOURCE, 'example', 'seizure.csv')
HOLDER = 'prosecutor.example/evidence-room'
# Memory, where there is some: the program waits for the disk at every step.
SHM = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
GONE = ['B-0020', 'B-0024', 'B-0027', 'B-0029']


class Listing:
    """The list as rows, and what is in what."""

    def __init__(self, rows):
        self.rows = rows
        self.by_id = {r['item']: r for r in rows}

    def package_of(self, item):
        while self.by_id[item]['inside']:
            item = self.by_id[item]['inside']
        return item

    def things(self, kind, packages=None):
        return [r['item'] for r in self.rows if r['type'] == kind and
                (packages is None or self.package_of(r['item']) in packages)]

    def packages(self):
        return [r['item'] for r in self.rows if r['type'] == 'package']

    def unopened(self):
        return [r['item'] for r in self.rows
                if r['type'] == 'computer' and r['bay'] == 'not opened']


def read_list():
    with open(LIST, newline='', encoding='utf-8') as f:
        reader = csv.DictReader(f)
        return reader.fieldnames, list(reader)


def without(rows, *gone):
    """Without these items and all that is in them."""
    gone = set(gone)
    while True:
        more = {r['item'] for r in rows if r['inside'] in gone} - gone
        if not more:
            return [r for r in rows if r['item'] not in gone]
        gone |= more


def altered(rows, item, **changes):
    return [dict(r, **changes) if r['item'] == item else r for r in rows]


def with_drives(rows, computer, n):
    """n more drives in a computer."""
    out = []
    for r in rows:
        out.append(r)
        if r['item'] == computer:
            for i in range(n):
                out.append(dict(r, item=f'{computer}-X{i}', type='drive',
                                subtype='SSD', inside=computer,
                                serial=f'MADEUP{computer[-4:]}{i}',
                                bay=str(40 + i), power_state=''))
    return out


def with_package(rows, number):
    """A whole new package at the end: casing and two drives."""
    empty = {k: '' for k in rows[0]}
    bag, pc = f'B-{number}', f'PC-{number}'
    return rows + [
        dict(empty, item=bag, type='package', seal=f'77{number}',
             seal_type='enclosing', place='hall 9'),
        dict(empty, item=pc, type='computer', inside=bag, bay='opened'),
        dict(empty, item=f'{pc}-C', type='casing', inside=pc),
        dict(empty, item=f'{pc}-D1', type='drive', inside=pc, bay='1',
             serial=f'A{number}'),
        dict(empty, item=f'{pc}-D2', type='drive', inside=pc, bay='2',
             serial=f'B{number}'),
    ]


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, **options)


def machine(bundle):
    done = run('counterfoil-verify', '--machine', bundle)
    if done.returncode != 0:
        raise AssertionError(f'{bundle}: {done.stderr}')
    return read_machine(done.stdout)


def read_machine(text):
    lines = [line.split(' ') for line in text.splitlines()]
    return {(item, form): word for item, form, word, _ in lines}


def expect(wanted, got, what):
    if wanted != got:
        missing = {k: v for k, v in wanted.items() if got.get(k) != v}
        extra = {k: v for k, v in got.items() if k not in wanted}
        raise AssertionError(
            f'{what}: {len(missing)} differ, {len(extra)} unexpected, e.g. '
            f'{list(missing.items())[:3]} {list(extra.items())[:3]}')


def table(listing, word_of):
    """What the machine form must be; word_of(package, item, form)."""
    want = {('-', 'unlisted'): 'CONTESTED'}
    for kind in ('casing', 'drive'):
        for item in listing.things(kind):
            bag = listing.package_of(item)
            want[item, 'hardware'] = word_of(bag, item, 'hardware')
            want[item, 'data'] = ('n/a' if kind == 'casing' else
                                  word_of(bag, item, 'data'))
    return want


def cell(listing, kind, word, packages=None):
    return f'{len(listing.things(kind, packages))} {word}'


def check_demo(rows, out, text):
    listing = Listing(rows)
    everything = table(listing, lambda bag, item, form: 'CONTESTED')
    for act in ('act2', 'act3'):
        expect(everything, machine(f'{out}/{act}.bundle'), act)
    expect(table(listing, lambda bag, item, form: 'NO'),
           machine(f'{out}/act3a.bundle'), 'what if (a)')
    expect(table(listing, lambda bag, item, form:
                 'CONTESTED' if bag == 'B-0007' else 'NO'),
           machine(f'{out}/act3b.bundle'), 'what if (b)')
    expect(table(listing, lambda bag, item, form:
                 'YES' if bag in GONE else 'NO'),
           machine(f'{out}/act3c.bundle'), 'what if (c)')
    expect(table(listing, lambda bag, item, form: 'NOT-SHOWN'),
           machine(f'{out}/act3d.bundle'), 'what if (d)')
    # The screens: counts of the table, of the list, of what was not opened.
    text = ' '.join(text.split())
    drives = len(listing.things('drive'))
    casings = len(listing.things('casing'))
    for wanted in (f'drives ({drives})', f'casings ({casings})',
                   f'{drives} CONTESTED', f'{casings} CONTESTED',
                   f'{drives} NO', f'{casings} NO', f'{drives} NOT SHOWN',
                   f'{casings} NOT SHOWN',
                   cell(listing, 'drive', 'YES', GONE),
                   f'{len(listing.unopened())} computer'):
        if wanted not in text:
            raise AssertionError(f'the demonstration does not say "{wanted}"')


def demo(rows, names, folder):
    path = os.path.join(folder, 'list.csv')
    with open(path, 'w', newline='', encoding='utf-8') as f:
        writer = csv.DictWriter(f, names, lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)
    out = os.path.join(folder, 'out')
    done = run(os.path.join(SOURCE, 'example', 'demo.sh'), BUILD, out, path)
    return out, done


def edit_list(change):
    def check(folder):
        names, rows = read_list()
        rows = change(rows)
        out, done = demo(rows, names, folder)
        if done.returncode != 0:
            raise AssertionError(done.stdout[-600:] + done.stderr[-600:])
        check_demo(rows, out, done.stdout)
    return check


def edit_doubled(item, message):
    """A doubled row must be refused by its line, and nothing may be entered."""
    def check(folder):
        names, rows = read_list()
        again = next(r for r in rows if r['item'] == item)
        _, done = demo(rows + [again], names, folder)
        if done.returncode == 0 or not re.search(message, done.stdout):
            raise AssertionError('the doubled row was not refused: ' +
                                 done.stdout[-400:])
    return check


# ---- edits of the events: on copies of the unedited case of act 3 ----

def finding(case):
    done = run('counterfoil', 'finding', 'last', '--case', case, '--at-time',
               '2023-07-12T12:00:00Z', '--now', '2023-07-12T12:00:00Z',
               '--machine')
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return {k: v.replace('NO-UNWITNESSED', 'NO')
            for k, v in read_machine(done.stdout).items()}


def must(*words):
    done = run('counterfoil', *words)
    if done.returncode != 0:
        raise AssertionError(' '.join(words) + ': ' + done.stdout + done.stderr)


def hand(case, packages, to, at):
    must('hand', '--case', case, '--packages', ','.join(packages), '--to', to,
         '--from', HOLDER, '--as', HOLDER, '--as', to, '--counter', '--count',
         str(len(packages)), '--count-received', str(len(packages)), '--at',
         at, '--late', 'found later', '--now', '2023-07-11T10:00:00Z')


def look(case, holder, packages, folder, rows, extra=()):
    scan = os.path.join(folder, 'scan.txt')
    seals = {r['item']: r['seal'] for r in rows}
    with open(scan, 'w', encoding='utf-8') as f:
        f.writelines(f'{p},{seals[p]}\n' for p in packages)
    must('inspect', '--case', case, '--scan', scan, '--custodian', holder,
         '--inspector', 'court.example', '--also-in', 'none', '--as', holder,
         '--as', 'court.example', '--now', '2023-07-12T10:00:00Z', '--yes',
         *extra)


def establish(case, party, acts_for):
    document = os.path.join(SOURCE, 'example', 'documents',
                            'transit-acts-for-ministry.txt')
    must('relate', party, '--case', case, '--as', 'court.example',
         '--acts-for', acts_for, '--basis', 'established', '--document',
         document, '--now', '2023-07-12T11:00:00Z')


class Base:
    """The unedited demonstration, played once for all edits of events."""
    out = None

    @classmethod
    def copy(cls, folder):
        if cls.out is None:
            names, rows = read_list()
            cls.folder = tempfile.mkdtemp(dir=SHM)
            cls.out, done = demo(rows, names, cls.folder)
            if done.returncode != 0:
                raise AssertionError(done.stdout[-600:] + done.stderr[-600:])
        os.environ['COUNTERFOIL_KEYS'] = os.path.join(cls.out, 'keys')
        case = os.path.join(folder, 'case')
        shutil.copytree(os.path.join(cls.out, 'act3-unseen'), case)
        return case


def edit_events(gone, to, barred, seen_all=True):
    """`gone` went to `to`; then the rest, or part of it, was seen."""
    def check(folder):
        _, rows = read_list()
        listing = Listing(rows)
        case = Base.copy(folder)
        if gone:
            hand(case, gone, to, '2023-06-25T09:00:00Z')
        rest = [p for p in listing.packages() if p not in gone]
        seen = rest if seen_all else rest[:50]
        look(case, HOLDER, seen, folder, rows)
        if barred:
            establish(case, to, 'ministry.example')

        def word(bag, item, form):
            if bag in gone:
                return 'YES' if barred else 'CONTESTED'
            return 'NO' if bag in seen else 'CONTESTED'
        expect(table(listing, word), finding(case), 'finding')
    return check


def edit_returned(package):
    """To the haulier and back, both signed, all seen: YES once the haulier is
    known to act for the ministry, whatever came back."""
    def check(folder):
        _, rows = read_list()
        listing = Listing(rows)
        case = Base.copy(folder)
        hand(case, [package], 'transit.example', '2023-06-25T09:00:00Z')
        must('hand', '--case', case, '--packages', package, '--to', HOLDER,
             '--from', 'transit.example', '--as', 'transit.example', '--as',
             HOLDER, '--counter', '--count', '1', '--count-received', '1',
             '--at', '2023-06-26T09:00:00Z', '--late', 'found later', '--now',
             '2023-07-11T11:00:00Z')
        look(case, HOLDER, listing.packages(), folder, rows)
        establish(case, 'transit.example', 'ministry.example')
        expect(table(listing, lambda bag, item, form:
                     'YES' if bag == package else 'NO'),
               finding(case), 'finding')
    return check


def edit_missing(drives):
    def check(folder):
        _, rows = read_list()
        listing = Listing(rows)
        case = Base.copy(folder)
        extra = [w for d in drives for w in ('--missing', d)]
        look(case, HOLDER, listing.packages(), folder, rows, extra)
        # The bags are sealed, so what is listed in them is vouched for; what
        # is said to be missing is not.
        expect(table(listing, lambda bag, item, form:
                     'CONTESTED' if item in drives else 'NO'),
               finding(case), 'finding')
    return check


EDITS = [
    ('one drive less', edit_list(lambda r: without(r, 'PC-0042-D1'))),
    ('one package and all in it less',
     edit_list(lambda r: without(r, 'B-0100'))),
    ('the broken package has one drive less',
     edit_list(lambda r: without(r, 'PC-0007-D5'))),
    ('the broken package has four drives more',
     edit_list(lambda r: with_drives(r, 'PC-0007', 4))),
    ('one of the four that went away is not listed',
     edit_list(lambda r: without(r, 'B-0024'))),
    ('one of the four that went away has three drives more',
     edit_list(lambda r: with_drives(r, 'PC-0029', 3))),
    ('two packages more',
     edit_list(lambda r: with_package(with_package(r, '0901'), '0902'))),
    ('a laptop that was not opened was opened',
     edit_list(lambda r: altered(r, 'PC-0037', bay='opened'))),
    ('a computer that was opened was not',
     edit_list(lambda r: altered(r, 'PC-0001', bay='not opened'))),
    ('another seal number',
     edit_list(lambda r: altered(r, 'B-0150', seal='999150'))),
    ('a casing less', edit_list(lambda r: without(r, 'PC-0010-C'))),
    ('half of the list',
     edit_list(lambda r: without(
         r, *[f'B-{i:04}' for i in range(101, 214)]))),
    ('a row doubled', edit_doubled('PC-0042-D1', r'PC-0042-D1.*')),
    ('a package doubled', edit_doubled('B-0042', r'B-0042.*')),
    ('three other packages go to the haulier, who acts for the ministry',
     edit_events(['B-0001', 'B-0007', 'B-0200'], 'transit.example', True)),
    ('one package goes to the lab, which acts for nobody',
     edit_events(['B-0042'], 'lab.example', False)),
    ('only fifty packages are looked at',
     edit_events([], '', False, seen_all=False)),
    ('one package goes away and comes back', edit_returned('B-0099')),
    ('one drive is missing from a sealed bag', edit_missing(['PC-0001-D1'])),
    ('five packages to the haulier, fifty others seen',
     edit_events(['B-0003', 'B-0005', 'B-0008', 'B-0013', 'B-0021'],
                 'transit.example', True, seen_all=False)),
]


def main():
    failed = 0
    print(f'1..{len(EDITS)}')
    for number, (name, check) in enumerate(EDITS, 1):
        folder = tempfile.mkdtemp(dir=SHM)
        try:
            check(folder)
            print(f'ok {number} - {name}', flush=True)
        except AssertionError as error:
            failed += 1
            print(f'not ok {number} - {name}')
            print('\n'.join('# ' + line for line in str(error).splitlines()),
                  flush=True)
        finally:
            shutil.rmtree(folder)
    if Base.out is not None:
        shutil.rmtree(Base.folder)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
