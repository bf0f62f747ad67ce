#!/usr/bin/env python3
"""Checks a bundle with the second implementation of the law.

usage: check_bundle.py FILE

Prints number, kind, standing, rule and record id of every leaf, then the
machine form. Exit 1 if the bundle is false or not in form.
"""
import sys

import bundle
from text import Fault


def main():
    if len(sys.argv) != 2:
        print(__doc__.split('\n\n')[1], file=sys.stderr)
        return 2
    with open(sys.argv[1], 'rb') as f:
        data = f.read()
    try:
        one = bundle.read(data)
        ledger = bundle.check(one)
    except Fault as fault:
        where = f'leaf {fault.leaf}: ' if hasattr(fault, 'leaf') else ''
        print(f'{sys.argv[1]}: {where}{fault}', file=sys.stderr)
        return 1
    sys.stdout.write(bundle.standings(ledger) + one.machine.decode())
    return 0


if __name__ == '__main__':
    sys.exit(main())
