#!/usr/bin/env python3
"""The guides are one page each, and what they tell people to type works. Every
command of every `sh` block is looked up in --help, option by option, and then
run on a copy of the demonstration's case, in the order of the page. TAP output.

CAPITALS in a command stand for what a person puts in; here the case is asked
for it. Two things differ from the page: keys are made without a passphrase, for
there is nobody to type one, and an offer that others make is made beforehand.
"""
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ['COUNTERFOIL_SOURCE']
BUILD = os.environ['COUNTERFOIL_BUILD']
GUIDES = os.path.join(SOURCE, 'docs', 'guide')
# Memory, where there is some: the program waits for the disk at every step.
SHM = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
LINES_MAX, COLUMNS_MAX = 60, 80
ROOM = 'prosecutor.example/evidence-room'
PAGES = ['README.md', 'custodian.md', 'disclosure.md', 'examination.md',
         'examiner.md', 'imaging-warnings.md', 'imaging.md', 'overseer.md',
         'owner.md', 'person-at-risk.md', 'public.md', 'report.md']
# Somebody's, for whom nobody here can open anything.
AGE_KEY = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'

ORDER = ['order', 'authorisation', '--concerns', 'drive', '--permits', 'image',
         '--permits', 'examine', '--until', '2100-01-01', '--as',
         'court.example']


def root_of_image():
    """By the second implementation."""
    done = subprocess.run(
        [sys.executable, os.path.join(SOURCE, 'tests/reference/imagetree.py'),
         'root', str(len(IMAGE)), SEED.hex()], input=IMAGE,
        capture_output=True, check=True)
    return done.stdout.decode().strip()


def given(packages, giver, receiver):
    """Both sides sign at one counter."""
    count = str(len(packages.split(',')))
    return ['hand', '--packages', packages, '--to', receiver, '--as', giver,
            '--as', receiver, '--counter', '--count', count,
            '--count-received', count]


def offered(package, giver, receiver):
    return ['hand', '--packages', package, '--to', receiver, '--as', giver,
            '--count', '1']


# What others did before this person's day begins.
BEFORE = {
    'custodian.md': [given('B-0001', ROOM, 'lab.example'),
                     offered('B-0001', 'lab.example', ROOM)],
    'examiner.md': [ORDER, given('B-0007,B-0042', ROOM, 'lab.example'),
                    offered('B-0008', ROOM, 'lab.example')],
    'imaging.md': [ORDER, given('B-0007', ROOM, 'lab.example')],
    'overseer.md': [['inspect', '--all-sealed', '--custodian', ROOM,
                     '--inspector', 'court.example', '--also-in', 'none',
                     '--as', ROOM, '--yes']],
}
# What the court is given parts of: an image of three chunks.
IMAGE = bytes(i * i % 251 for i in range(150000))
SEED = bytes(range(32))
DISCLOSED = [
    ['order', 'authorisation', '--concerns', 'drive', '--permits', 'image',
     '--permits', 'disclose', '--until', '2100-01-01', '--as',
     'court.example'],
    given('B-0007', ROOM, 'lab.example'),
    ['record', 'image', 'examiner=lab.example', 'custodian=lab.example',
     'order=last', 'PC-0007-D1:', 'IMG-0007:', 'type=image',
     'derived-from=PC-0007-D1', f'length={len(IMAGE)}', 'chunk-size=65536',
     f'tree-root={root_of_image()}', 'salts=ggm-hmac-sha256', '--as',
     'lab.example'],
    ['receipt', 'last', '-o', 'image.receipt'],
    ['disclose', 'image.raw', '--item', 'IMG-0007', '--seed', 'seed',
     '--ranges', '70000-70099', '-o', 'court.disclosure', '--order', 'last',
     '--from', 'lab.example', '--to', 'court.example', '--as', 'lab.example',
     '--as', 'court.example'],
]
BEFORE['disclosure.md'] = DISCLOSED
BEFORE['examination.md'] = [
    ORDER, given('B-0007', ROOM, 'lab.example'),
    ['image', 'DRIVE', '--item', 'PC-0007-D1', '--copy', 'IMG-0001', '-o',
     'IMG-0001.raw', '--order', 'last', '--as', 'lab.example'],
    ['key', 'encryption', 'owner.example', AGE_KEY, '--as', 'owner.example'],
    ORDER + ['--details-to', 'owner.example', '--finds', 'email', '--finds',
             'name', '--finds', 'names'],
]

# Status 1 is an answer of these: something is overdue, or differs.
MAY_BE_ONE = ('due', 'compare')
# Kinds that a page enters field by field: no command is made for them.
BY_FIELD = ('examination',)


def run(words, folder):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL)


def commands(text):
    for block in re.findall(r'^```sh\n(.*?)^```', text, re.S | re.M):
        for line in block.replace('\\\n', ' ').splitlines():
            if line.strip() and not line.startswith('#'):
                yield shlex.split(line)


def unknown(words):
    """What --help does not know of a command line."""
    known = words[:2] if words[0] == 'counterfoil' else words[:1]
    done = run(known + ['--help'], SOURCE)
    if words[0] not in ('counterfoil', 'counterfoil-verify') or \
            done.returncode != 0:
        return [' '.join(known)]
    if words[1:2] == ['record'] and words[2] not in BY_FIELD:
        return [f'record {words[2]}: it has a command of its own']
    options = set(re.findall(r'(?<!\S)--?[a-z][a-z-]*', done.stdout))
    return [w for w in words[len(known):]
            if re.match(r'--?[a-z]', w) and w not in options]


class Desk:
    """A person's folder: a case of their own, keys, and what the page names."""

    def __init__(self, demo, page, folder):
        self.folder = folder
        shutil.copytree(os.path.join(demo, 'act3'),
                        os.path.join(folder, 'case'))
        shutil.copytree(os.path.join(demo, 'keys'),
                        os.path.join(folder, 'keys'))
        os.environ['COUNTERFOIL_CASE'] = os.path.join(folder, 'case')
        os.environ['COUNTERFOIL_KEYS'] = os.path.join(folder, 'keys')
        example = os.path.join(SOURCE, 'example')
        for path, name in (
                (f'{example}/seizure.csv', 'list.csv'),
                (f'{example}/parties-owner-only.csv', 'parties.csv'),
                (f'{example}/documents/transit-acts-for-ministry.txt',
                 'decree.txt'),
                (f'{demo}/keys/witness.example.key', 'witness.key'),
                (f'{demo}/counsel-receipt.txt', 'seizure.receipt'),
                (f'{demo}/act2.bundle', 'our.bundle'),
                (f'{demo}/act3.bundle', 'their.bundle'),
                (f'{demo}/act3.bundle', 'finding.bundle')):
            shutil.copy(path, os.path.join(folder, name))
        self.write_pins()
        self.write_scan()
        with open(os.path.join(folder, 'DRIVE'), 'wb') as f:
            f.write(b'made up' * 12345)
        self.write_image()
        for words in BEFORE.get(page, []):
            self.must(words)

    def must(self, words):
        done = run(['counterfoil'] + words, self.folder)
        if done.returncode != 0:
            raise AssertionError(f'before the page: {words}: {done.stderr}')
        return done.stdout

    def write_pins(self):
        with open(os.path.join(self.folder, 'keys.txt'), 'w',
                  encoding='utf-8') as f:
            for party in ('owner.example', 'court.example'):
                f.write(self.must(['key', 'show', party]))

    def write_scan(self):
        """What a scanner writes that was held at every package."""
        with open(f'{SOURCE}/example/seizure.csv', encoding='utf-8') as f:
            rows = [r for r in csv.DictReader(f) if r['type'] == 'package']
        with open(os.path.join(self.folder, 'shelf.txt'), 'w',
                  encoding='utf-8') as f:
            f.writelines(f"{r['item']},{r['seal']},intact\n" for r in rows)

    def write_image(self):
        with open(os.path.join(self.folder, 'image.raw'), 'wb') as f:
            f.write(IMAGE)
        with open(os.path.join(self.folder, 'seed'), 'w',
                  encoding='utf-8') as f:
            f.write(SEED.hex() + '\n')

    def find(self, word):
        if word == 'OFFER':
            return json.loads(
                self.must(['offers', '--json']))[0]['record'][:12]
        if word == 'AGEKEY':
            return AGE_KEY
        if word == 'CLAIM':
            return self.must(['search', '--list', 'claims']).split()[0]
        row = list(csv.DictReader(
            self.must(['export', '--csv', 'order']).splitlines()))[-1]
        return row['record']

    def run(self, words):
        words = [re.sub(r'^(order=)?(OFFER|CLAIM|ORDER|AGEKEY)$',
                        lambda m: (m[1] or '') + self.find(m[2]), w)
                 for w in words]
        if words[1] == 'init':
            words.append('--plain-keys')
        if words[1:3] == ['key', 'new']:
            words.append('--plain')
        done = run(words, self.folder)
        # A disclosure alone: nobody vouches for its root.
        wanted = 3 if words[1:] == ['court.disclosure'] else 0
        is_good = done.returncode == wanted or \
            (done.returncode == 1 and words[1] in MAY_BE_ONE)
        return '' if is_good else \
            f'status {done.returncode}: {done.stdout[-300:]}{done.stderr}'


class Report:
    def __init__(self, count):
        self.number = self.failed = 0
        print(f'1..{count}')

    def add(self, name, why):
        self.number += 1
        self.failed += why != ''
        print(f'{"not ok" if why else "ok"} {self.number} - {name}')
        if why:
            print('\n'.join('# ' + x for x in why.splitlines()), flush=True)


def unfit_for_print(text):
    lines = text.splitlines()
    wide = [line for line in lines if len(line) > COLUMNS_MAX]
    more = [f'{len(lines)} lines'] if len(lines) > LINES_MAX else []
    return '\n'.join(more + wide)


def check(report, demo, page, text):
    report.add(f'{page} is one page', unfit_for_print(text))
    folder = tempfile.mkdtemp(dir=SHM)
    try:
        desk = Desk(demo, page, folder)
        for words in commands(text):
            name = f'{page}: {" ".join(words)[:60]}'
            bad = unknown(words)
            report.add(f'{name}: is known', ' '.join(bad))
            report.add(f'{name}: works', desk.run(words))
    finally:
        shutil.rmtree(folder)


def main():
    pages = {}
    for page in sorted(os.listdir(GUIDES)):
        with open(os.path.join(GUIDES, page), encoding='utf-8') as f:
            pages[page] = f.read()
    counts = [len(list(commands(text))) for text in pages.values()]
    report = Report(2 + sum(1 + 2 * n for n in counts))
    report.add('there is a guide for each, with commands',
               '' if sorted(pages) == PAGES and all(counts) else
               f'{list(pages)} {counts}')
    folder = tempfile.mkdtemp(dir=SHM)
    demo = os.path.join(folder, 'demo-out')
    played = run([os.path.join(SOURCE, 'example', 'demo.sh'), BUILD, demo],
                 SOURCE)
    report.add('the demonstration plays',
               played.stdout[-900:] if played.returncode else '')
    try:
        for page, text in pages.items():
            check(report, demo, page, text)
    finally:
        shutil.rmtree(folder)
    return 1 if report.failed else 0


if __name__ == '__main__':
    sys.exit(main())
