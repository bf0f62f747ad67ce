#!/usr/bin/env python3
"""The tree of an image, written from the manual alone.

usage: imagetree.py vectors
       imagetree.py root LENGTH SEED < IMAGE
       imagetree.py leaves LENGTH SEED < IMAGE
       imagetree.py shown < DISCLOSURE

Leaves are SHA-256(0x00 "cfi1" salt data); salts come from a tree of seeds; the
root is RFC 6962's. `vectors` prints the known answers that test_tree_chunk.c
holds the C code to; `root` the root of the bytes on standard input, `leaves`
what lies in the .tree file beside an image. `shown` checks a disclosure and
prints what stands in it: record, item, length, root, ranges; its exit status
is 1 if the root is another one.
"""
import hashlib
import hmac
import sys

CHUNK = 65536


def chunk_count(length):
    return -(-length // CHUNK)


def depth_of(count):
    depth = 0
    while 1 << depth < count:
        depth += 1
    return depth


def seed_of(root, count, level, index):
    """The seed of the subtree of height `level` that begins at index<<level."""
    steps = depth_of(count) - level
    seed = root
    for bit in range(steps - 1, -1, -1):
        seed = hmac.digest(seed, bytes([index >> bit & 1]), "sha256")
    return seed


def salt_of(root, count, index):
    return seed_of(root, count, 0, index)[:16]


def leaf_of(salt, data):
    return hashlib.sha256(b"\0cfi1" + salt + data).digest()


def node_of(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_of(root_of(leaves[:split]), root_of(leaves[split:]))


def image_leaves(seed, length, read):
    count = chunk_count(length)
    leaves = []
    for index in range(count):
        data = read(min(CHUNK, length - index * CHUNK))
        leaves.append(leaf_of(salt_of(seed, count, index), data))
    return leaves


def image_root(seed, length, read):
    return root_of(image_leaves(seed, length, read))


def pattern(length):
    """Bytes that differ from chunk to chunk: i * i + (i >> 16), modulo 256."""
    return bytes((i * i + (i >> 16)) & 255 for i in range(length))


def vectors():
    seed = bytes(range(32))
    for count, index in ((1, 0), (2, 0), (2, 1), (3, 2), (5, 4), (8, 7),
                         (1 << 24, 11259375), ((1 << 24) + 1, 1 << 24),
                         (1 << 48, (1 << 48) - 1)):
        print("salt", count, index, salt_of(seed, count, index).hex())
    for count, level, index in ((5, 2, 0), (1 << 24, 9, 1234), (3, 1, 0)):
        print("seed", count, level, index,
              seed_of(seed, count, level, index).hex())
    for length in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 777):
        data = pattern(length)
        print("root", length, image_root(seed, length,
              iter_reader(data)).hex())


def iter_reader(data):
    at = 0

    def read(n):
        nonlocal at
        at += n
        return data[at - n:at]
    return read


class Disclosure:
    """counterfoil-bundle(5), read as it says there."""

    def __init__(self, file):
        head, self.body = file.split(b"\nrange: ", 1)[0], None
        fields = head.split(b"\n\n", 1)[1]
        rest = file[len(head) - len(fields):]
        lines, self.body = rest.split(b"\n\n", 1)
        self.lines = [line.split(": ", 1)
                      for line in lines.decode("ascii").split("\n")]
        values = dict(self.lines[:4])
        self.length = int(values["length"])
        self.root = bytes.fromhex(values["root"])
        self.shown = set()
        for name, value in self.lines[4:]:
            assert name == "range"
            first, last = map(int, value.split("-"))
            self.shown.update(range(first // CHUNK, last // CHUNK + 1))

    def take(self, n):
        piece, self.body = self.body[:n], self.body[n:]
        assert len(piece) == n
        return piece

    def opened(self, seed, first, level):
        """The leaves of one shown subtree, from its seed and its bytes."""
        leaves = []
        for i in range(1 << level):
            at = first + i
            data = self.take(min(CHUNK, self.length - at * CHUNK))
            salt = seed if level == 0 else salt_of(seed, 1 << level, i)
            leaves.append(leaf_of(salt, data))
        return leaves

    def node(self, first, end):
        """The hash of the tree's node [first, end), by recursion."""
        inside = self.shown.intersection(range(first, end))
        if not inside:
            return self.take(32)
        size = end - first
        if len(inside) == size and size & (size - 1) == 0:
            level = size.bit_length() - 1
            seed = self.take(16 if level == 0 else 32)
            return root_of(self.opened(seed, first, level))
        split = 1
        while split * 2 < size:
            split *= 2
        left = self.node(first, first + split)
        return node_of(left, self.node(first + split, end))

    def is_true(self):
        count = chunk_count(self.length)
        found = self.node(0, count) if count else root_of([])
        return found == self.root and not self.body


if __name__ == "__main__":
    if sys.argv[1:] == ["vectors"]:
        vectors()
    elif len(sys.argv) == 4 and sys.argv[1] == "root":
        print(image_root(bytes.fromhex(sys.argv[3]), int(sys.argv[2]),
                         sys.stdin.buffer.read).hex())
    elif len(sys.argv) == 4 and sys.argv[1] == "leaves":
        sys.stdout.buffer.write(b"".join(
            image_leaves(bytes.fromhex(sys.argv[3]), int(sys.argv[2]),
                         sys.stdin.buffer.read)))
    elif sys.argv[1:] == ["shown"]:
        disclosure = Disclosure(sys.stdin.buffer.read())
        for line in disclosure.lines:
            print(": ".join(line))
        sys.exit(0 if disclosure.is_true() else 1)
    else:
        sys.exit(__doc__)
