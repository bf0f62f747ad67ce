#!/usr/bin/env python3
"""The tree of an image, written from the manual alone.

usage: imagetree.py vectors
       imagetree.py root LENGTH SEED < IMAGE

Leaves are SHA-256(0x00 "cfi1" salt data); salts come from a tree of seeds; the
root is RFC 6962's. `vectors` prints the known answers that test_tree_chunk.c
holds the C code to; `root` the root of the bytes on standard input.
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


def image_root(seed, length, read):
    count = chunk_count(length)
    leaves = []
    for index in range(count):
        data = read(min(CHUNK, length - index * CHUNK))
        leaves.append(leaf_of(salt_of(seed, count, index), data))
    return root_of(leaves)


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


if __name__ == "__main__":
    if sys.argv[1:] == ["vectors"]:
        vectors()
    elif len(sys.argv) == 4 and sys.argv[1] == "root":
        print(image_root(bytes.fromhex(sys.argv[3]), int(sys.argv[2]),
                         sys.stdin.buffer.read).hex())
    else:
        sys.exit(__doc__)
