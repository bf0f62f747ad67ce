#!/usr/bin/env python3
"""Runs a command on a terminal and answers its prompts.

usage: terminal.py PROMPT=ANSWER... -- COMMAND...

Each answer is typed when the text of its prompt has appeared. Prints what
stood on the terminal; exits as the command did.
"""
import os
import pty
import select
import sys
import time

cut = sys.argv.index("--")
answers = [pair.split("=", 1) for pair in sys.argv[1:cut]]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[cut + 1], sys.argv[cut + 1:])
shown, seen, end = b"", 0, time.monotonic() + 60
while time.monotonic() < end:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        piece = os.read(terminal, 4096)
    except OSError:  # the command has ended
        break
    shown += piece
    if answers and answers[0][0].encode() in shown[seen:]:
        seen = len(shown)
        os.write(terminal, answers.pop(0)[1].encode() + b"\n")
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
_, status = os.waitpid(pid, 0)
if answers:
    sys.exit(f"never asked: {answers[0][0]}")
sys.exit(os.waitstatus_to_exitcode(status))
