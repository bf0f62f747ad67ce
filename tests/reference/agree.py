#!/usr/bin/env python3
"""Two implementations of one law agree: the program's, and the one in this
folder, which was written from the man pages alone.

usage: agree.py [SEEDS [FIRST]]

Makes up SEEDS histories. A good one is written down as a ledger, from which
the program makes its bundle: every leaf's standing, every line of the machine
form and every byte of the bundle but its words must be the reference's. A
false one is written down as a bundle: both must refuse it, at the same leaf.
Then all bundles of the demonstration. TAP output; the table at the end says
how often each word, code, rule and refusal came up, and none may be missing.
"""
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bundle
import finding
import histories
import keys
import refused
import standing
import text
import writer

SOURCE = os.environ['COUNTERFOIL_SOURCE']
BUILD = os.environ['COUNTERFOIL_BUILD']
SHM = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
SEEDS = 1000
WORKERS = min(2, os.cpu_count() or 1)

WORDS = ('YES', 'CONTESTED', 'NO', 'NO-UNWITNESSED', 'NOT-SHOWN', 'n/a')
# Nobody can know from a bundle alone that the ledger lacks a leaf.
UNREACHABLE = ('incomplete',)
VOID = ('not-policy-holder', 'unknown-party', 'not-entitled', 'period', 'draw',
        'quorum', 'not-holder', 'unknown-field',
        'unknown-record')
EXPECTED = (
    [('word', word) for word in WORDS] +
    [('code', code) for code in finding.CODES if code not in UNREACHABLE] +
    [('breach', rule) for rule in standing.RULES] +
    [('void', rule) for rule in VOID] +
    [('standing', word) for word in ('good', 'not-holder')] +
    [('refused', kind) for kind in refused.KINDS])


class Disagreement(Exception):
    pass


def run(*words):
    return subprocess.run(words, capture_output=True)


def compare(what, theirs, ours):
    """Texts line by line: the program's and the reference's."""
    theirs, ours = theirs.splitlines(), ours.splitlines()
    out = [f'{what} {n}\n  program:   {a}\n  reference: {b}'
           for n, (a, b) in enumerate(zip(theirs, ours)) if a != b]
    if len(theirs) != len(ours):
        out.append(f'{what}s: program {len(theirs)}, reference {len(ours)}')
    if out:
        raise Disagreement('\n'.join(out[:6]))


# A good history

def put(folder, path, data):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)


def write_ledger(folder, history):
    """counterfoil-ledger(5): what is published of a ledger with fewer than
    256 leaves."""
    count = len(history.leaves)
    put(folder, 'counterfoil.conf', (
        f'origin:{writer.ORIGIN}\n'
        f'log:{writer.secret(writer.ORIGIN).vkey}\n').encode())
    put(folder, 'log/checkpoint', history.checkpoint)
    put(folder, f'log/tile/0/000.p/{count}',
        b''.join(map(text.leaf_hash, history.leaves)))
    put(folder, f'log/tile/entries/000.p/{count}', b''.join(
        len(data).to_bytes(2, 'big') + data for data in history.leaves))


def our_bundle(history, words=b'', machine=b''):
    hashes = [text.leaf_hash(data) for data in history.leaves]
    return bundle.write(bundle.Bundle(
        history.question, history.time, len(hashes), text.tree_root(hashes),
        words, history.checkpoint,
        [writer.leaf_section(data) for data in history.leaves], b'',
        machine), writer.iso(history.time))


def check_good(folder, history):
    ledger = history.ledger
    machine = finding.machine_form(
        ledger, ledger.number_of[history.question], history.time,
        len(history.cosigners))
    write_ledger(folder, history)
    path = os.path.join(folder, 'a.bundle')
    done = run('counterfoil', 'bundle', history.question, '--case', folder,
               '--at-time', writer.iso(history.time), '-o', path)
    if done.returncode != 0:
        raise Disagreement('the program makes no bundle: ' +
                           done.stderr.decode())
    done = run('counterfoil-verify', '--leaves', '--machine', path)
    if done.returncode != 0:
        raise Disagreement('the program refuses its own bundle: ' +
                           done.stderr.decode())
    lines = done.stdout.decode().splitlines(keepends=True)
    count = len(history.leaves)
    compare('leaf', ''.join(lines[:count]), bundle.standings(ledger))
    compare('line', ''.join(lines[count:]), machine)
    with open(path, 'rb') as f:
        data = f.read()
    one = bundle.read(data)
    bundle.check(one)
    if data != our_bundle(history, one.words, machine.encode()):
        raise Disagreement('the bundles differ')
    return machine


# A false history

def check_false(folder, history):
    """Where both refuse it."""
    path = os.path.join(folder, 'a.bundle')
    put(folder, 'a.bundle', our_bundle(history))
    done = run('counterfoil-verify', '--leaves', path)
    message = done.stderr.decode(errors='replace')
    number = len(history.leaves) - 1
    if done.returncode not in (1, 3) or not re.search(
            rf'leaf {number}\b', message):
        raise Disagreement(
            f'leaf {number}\n  program:   exit {done.returncode} {message}'
            f'  reference: refused, {history.fault}')


# The demonstration

def check_file(path):
    with open(path, 'rb') as f:
        one = bundle.read(f.read())
    ledger = bundle.check(one)
    done = run('counterfoil-verify', '--leaves', '--machine', path)
    compare('line', done.stdout.decode(),
            bundle.standings(ledger) + one.machine.decode())
    return ledger, one.machine.decode()


def check_changed(path):
    try:
        check_file(path)
    except text.Fault:
        if run('counterfoil-verify', path).returncode == 1:
            return
    raise Disagreement('a changed bundle is not refused by both')


def demo_bundles(folder):
    done = run(os.path.join(SOURCE, 'example', 'demo.sh'), BUILD, folder)
    if done.returncode != 0:
        raise Disagreement(done.stdout.decode()[-600:])
    return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                  if name.endswith('.bundle'))


def check_demo():
    with tempfile.TemporaryDirectory(dir=SHM) as folder:
        paths = demo_bundles(os.path.join(folder, 'out'))
        for path in paths:
            if os.path.basename(path) == 'changed.bundle':
                check_changed(path)
            else:
                check_file(path)
        if len(paths) < 4:
            raise Disagreement('the demonstration made too few bundles')


# What may stand beside the checkpoint

def check_beside():
    """A bundle with a step into a site log: it holds for both, and with one
    byte of the step changed for neither."""
    path = os.path.join(SOURCE, 'fuzz', 'corpus', 'bundle', 'site-and-stamps')
    check_file(path)
    with open(path, 'rb') as f:
        data = f.read()
    begin = data.index(b'== site ')
    with tempfile.TemporaryDirectory(dir=SHM) as folder:
        for at in range(begin, data.index(b'== stamps '), 7):
            put(folder, 'a.bundle', data[:at] + bytes([data[at] ^ 1]) +
                data[at + 1:])
            check_refused(os.path.join(folder, 'a.bundle'))


def check_refused(path):
    """By both, as false or as no bundle."""
    try:
        with open(path, 'rb') as f:
            bundle.check(bundle.read(f.read()))
    except text.Fault:
        if run('counterfoil-verify', path).returncode in (1, 3):
            return
    raise Disagreement('a changed step is not refused by both')


# The vectors of counterfoil-record(5)

def check_vectors():
    """Which of the vectors of C2SP/CCTV are accepted: those without a flag
    that the page names."""
    path = os.path.join(SOURCE, 'tests', 'vectors', 'ed25519-cctv.txt')
    accepted = 0
    with open(path, encoding='ascii') as f:
        for line in f:
            if line.startswith('#') or not line.strip():
                continue
            accepted += is_accepted(line)
    if accepted != 1:
        raise Disagreement(f'{accepted} vectors are accepted')


def is_accepted(line):
    public, signature, flags, message = line.rstrip('\n').split(' ', 3)
    public = bytes.fromhex(public)
    accepted = keys.is_public_key(public) and keys.is_signature(
        public, bytes.fromhex(signature), message.encode())
    if accepted != (not set(flags.split(',')) - {'-', 'rek'}):
        raise Disagreement(line)
    return accepted


# Counting

def count(history, machine):
    seen = collections.Counter()
    if history.fault is not None:
        seen['refused', history.fault.kind] += 1
    for leaf in history.ledger.leaves:
        if leaf.standing in ('breach', 'void'):
            seen[leaf.standing, leaf.rule] += 1
        else:
            seen['standing', leaf.standing] += 1
    for line in machine.splitlines():
        _, _, word, codes = line.split(' ')
        seen['word', word] += 1
        for code in codes.split(','):
            if code != '-':
                seen['code', code.split(':')[0]] += 1
    return seen


def show_table(seen):
    print('# how often each came up:')
    for kind in ('word', 'code', 'standing', 'breach', 'void', 'refused'):
        row = [f'{name} {n}' for (k, name), n in sorted(
            seen.items(), key=lambda one: -one[1]) if k == kind]
        while row:
            line = f'#   {kind}:'
            while row and len(line) + len(row[0]) < 77:
                line += ' ' + row.pop(0) + ','
            print(line.rstrip(','))


def report(number, name, problem):
    print(f'{"not ok" if problem else "ok"} {number} - {name}')
    if problem:
        print('\n'.join('# ' + line for line in problem.splitlines()))
    sys.stdout.flush()
    return bool(problem)


def attempt(check, *words):
    try:
        check(*words)
    except (Disagreement, text.Fault) as problem:
        return str(problem)
    return None


def check_seed(seed):
    """(problem or None, how often what came up)."""
    try:
        return None, follow(seed)
    except (Disagreement, text.Fault) as problem:
        return f'seed {seed}: {problem}', collections.Counter()


def follow(seed):
    history = histories.History(seed)
    machine = ''
    folder = tempfile.mkdtemp(dir=SHM)
    try:
        if history.fault is None:
            machine = check_good(folder, history)
        else:
            check_false(folder, history)
    finally:
        shutil.rmtree(folder)
    return count(history, machine)


def check_coverage(seen):
    missing = [' '.join(one) for one in EXPECTED if not seen[one]]
    unknown = [' '.join(one) for one in seen if one not in EXPECTED]
    if missing or unknown:
        raise Disagreement(f'never came up: {missing}; unknown: {unknown}')


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    is_whole = seeds >= SEEDS
    seen = collections.Counter()
    problems = []
    print(f'1..{5 if is_whole else 4}')
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        for problem, one in pool.map(check_seed, range(first, first + seeds),
                                     chunksize=16):
            problems += [problem] if problem else []
            seen += one
    failed = report(1, f'{seeds} histories', '\n'.join(problems[:20]))
    failed |= report(2, 'the demonstration', attempt(check_demo))
    failed |= report(3, 'the vectors of Ed25519', attempt(check_vectors))
    failed |= report(4, 'what stands beside', attempt(check_beside))
    if is_whole:
        failed |= report(5, 'everything came up',
                         attempt(check_coverage, seen))
    show_table(seen)
    if len(problems) > 20:
        print(f'# {len(problems)} histories disagree')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
