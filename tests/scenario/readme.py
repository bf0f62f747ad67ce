#!/usr/bin/env python3
"""What README.md shows is what the commands print. Plays the demonstration,
runs every command of the table and of the console block, and looks for each
shown line in the output; record ids count as equal. It names every command.
TAP output.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ['COUNTERFOIL_SOURCE']
BUILD = os.environ['COUNTERFOIL_BUILD']
# Memory, where there is some: the program waits for the disk at every step.
SHM = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None


def plain(text):
    """Ids differ from run to run; white space is the screen's affair."""
    return re.sub(r'\s+', ' ', re.sub(r'\b[0-9a-f]{12,64}\b', 'ID', text))


def code(cell):
    return re.findall(r'`([^`]+)`', cell)


def table(text):
    rows = [line for line in text.splitlines() if line.startswith('| ')]
    for row in rows:
        cells = re.split(r'(?<!\\)\|', row)[1:-1]
        if len(cells) == 4 and code(cells[2]):
            yield code(cells[2])[0], code(cells[3])


def console(text):
    for block in re.findall(r'```console\n(.*?)```', text, re.S):
        for line in block.splitlines():
            if line.startswith('$ '):
                yield line[2:]


def unnamed(text):
    """The commands that are listed by `help` and nowhere here."""
    done = run(['counterfoil', 'help'], SOURCE)
    known = re.findall(r'^  ([a-z]+) +[A-Z]', done.stdout, re.M)
    named = set(re.findall(r'(?:counterfoil |`)(?!counterfoil )([a-z]+)', text))
    return [word for word in known if word not in named] if known else ['?']


def run(words, folder):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True,
                          timeout=120)


def main():
    with open(os.path.join(SOURCE, 'README.md'), encoding='utf-8') as f:
        text = f.read()
    rows, steps = list(table(text)), list(console(text))
    print(f'1..{len(rows) + len(steps) + 2}')
    folder = tempfile.mkdtemp(dir=SHM)
    out = os.path.join(folder, 'demo-out')
    failed = number = 0

    def report(is_good, name, why=''):
        nonlocal failed, number
        number += 1
        failed += not is_good
        print(f'{"ok" if is_good else "not ok"} {number} - {name}')
        if not is_good:
            print('\n'.join('# ' + x for x in why.splitlines()), flush=True)

    demo = run([os.path.join(SOURCE, 'example', 'demo.sh'), BUILD, out], SOURCE)
    report(demo.returncode == 0, 'the demonstration plays', demo.stdout[-900:])
    missing = unnamed(text)
    report(not missing, 'every command is named', ' '.join(missing))
    os.environ['COUNTERFOIL_KEYS'] = os.path.join(out, 'keys')
    for command, wanted in rows:
        done = run(shlex.split(command), out)
        got = plain(done.stdout + done.stderr)
        missing = [w for w in wanted if plain(w).strip() not in got]
        report(not missing, command[:70], '\n'.join(missing) + '\n--\n' +
               (done.stdout + done.stderr)[-1500:])
    # From an empty folder, with keys of its own.
    fresh = os.path.join(folder, 'fresh')
    shutil.copytree(os.path.join(SOURCE, 'example'), fresh)
    os.environ['COUNTERFOIL_KEYS'] = os.path.join(fresh, 'keys')
    for command in steps:
        done = run(shlex.split(command), fresh)
        report(done.returncode == 0, command[:70], done.stderr)
    shutil.rmtree(folder)
    return 1 if failed or not rows or not steps else 0


if __name__ == '__main__':
    sys.exit(main())
