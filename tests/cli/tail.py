#!/usr/bin/env python3
"""An E01 of one segment, with as many sectors declared as are whole, the last
chunk as long as the source, and the MD5 of all bytes: as some programs write.

usage: tail.py IN.E01 OUT.E01 SOURCE
"""
import hashlib
import pathlib
import struct
import sys
import zlib

DESCRIPTOR = 76
CHUNK = 32768


def described(kind, at, body, is_last=False):
    following = at if is_last else at + DESCRIPTOR + len(body)
    size = 0 if is_last else DESCRIPTOR + len(body)
    head = kind.ljust(16, b"\0") + struct.pack("<QQ", following, size)
    head = head.ljust(72, b"\0")
    return head + checked(head)[-4:] + body


def checked(body):
    return body + struct.pack("<I", zlib.adler32(body))


def volume_of(image):
    at = image.index(b"volume\0")
    return image[at + DESCRIPTOR:at + DESCRIPTOR + 1048]


def main():
    given, made, source = (pathlib.Path(name) for name in sys.argv[1:])
    data = source.read_bytes()
    volume = bytearray(volume_of(given.read_bytes()))
    volume[16:24] = struct.pack("<Q", len(data) // 512)
    out = b"EVF\x09\x0d\x0a\xff\x00\x01\x01\x00\x00\x00"
    out += described(b"volume", len(out), checked(bytes(volume)))
    chunks, places, start = b"", b"", len(out) + DESCRIPTOR
    for at in range(0, len(data), CHUNK):
        places += struct.pack("<I", start + len(chunks) | 1 << 31)
        chunks += zlib.compress(data[at:at + CHUNK])
    out += described(b"sectors", len(out), chunks)
    table = checked(struct.pack("<I16x", len(places) // 4)) + checked(places)
    out += described(b"table", len(out), table)
    out += described(b"table2", len(out), table)
    digest = hashlib.md5(data).digest() + bytes(16)
    out += described(b"hash", len(out), checked(digest))
    out += described(b"done", len(out), b"", True)
    made.write_bytes(out)


main()
