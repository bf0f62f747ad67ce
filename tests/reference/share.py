#!/usr/bin/env python3
"""counterfoil-share(5) a second time: shares of an age identity, on their own.

usage: share.py keygen                     an age identity, as age-keygen
       share.py open IDENTITY SHARE        a share file, decrypted
       share.py recover SHARE...           the identity, from opened shares
       share.py check LOCK.json SHARE...   shares and commitments of a lock
       share.py point N                    the Ed25519 point N * B, in hex

Point arithmetic is that of keys.py; X25519, HKDF and ChaCha20-Poly1305 are
python3-cryptography's. Nothing is taken from the C sources.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat)

from keys import IDENTITY, L, P, add, point, times

DIGITS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


# ---- Bech32 ----

def checksum(prefix, values):
    generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
    total = 1
    for v in ([ord(c) >> 5 for c in prefix] + [0] +
              [ord(c) & 31 for c in prefix] + values):
        top = total >> 25
        total = (total & 0x1ffffff) << 5 ^ v
        for i in range(5):
            total ^= generator[i] if top >> i & 1 else 0
    return total


def to_bech32(prefix, data):
    number = int.from_bytes(data, 'big') << 4
    values = [number >> 5 * (51 - i) & 31 for i in range(52)]
    total = checksum(prefix, values + [0] * 6) ^ 1
    values += [total >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + '1' + ''.join(DIGITS[v] for v in values)


def from_bech32(prefix, text):
    head, _, tail = text.rpartition('1')
    values = [DIGITS.index(c) for c in tail]
    if head != prefix or len(values) != 58 or checksum(prefix, values) != 1:
        raise ValueError(f'no {prefix} of 32 bytes: {text}')
    number = 0
    for v in values[:52]:
        number = number << 5 | v
    if number & 15:
        raise ValueError('bits left over')
    return (number >> 4).to_bytes(32, 'big')


# ---- the group ----

def encode(a):
    x, y = a
    return (y | (x & 1) << 255).to_bytes(32, 'little')


def montgomery(a):
    y = a[1]
    return ((1 + y) * pow(1 - y, P - 2, P) % P).to_bytes(32, 'little')


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def recipient_of(identity):
    return raw(X25519PrivateKey.from_private_bytes(identity).public_key())


def is_clamped(k):
    return k % 8 == 0 and 1 << 254 <= k < 1 << 255


def recover(shares):
    """shares: {index: f(index)}; the clamped scalar, as 32 bytes."""
    s = 0
    for i, value in shares.items():
        for j in shares:
            if j != i:
                value = value * j * pow(j - i, -1, L) % L
        s = (s + value) % L
    found = [s + j * L for j in range(8) if is_clamped(s + j * L)]
    if len(found) != 1:
        raise ValueError('the lock is false')
    return found[0].to_bytes(32, 'little')


def fits(commitments, index, value):
    total = IDENTITY
    for power, c in enumerate(commitments):
        total = add(total, times(pow(index, power), c))
    return times(value, BASE) == total


def check_lock(recipient, commitments):
    points = [point(bytes.fromhex(c)) for c in commitments]
    if any(a is None or a == IDENTITY or times(L, a) != IDENTITY
           for a in points):
        raise ValueError('a commitment is no point of prime order')
    if montgomery(points[0]) != from_bech32('age', recipient):
        raise ValueError('the commitments are not the key\'s')
    return points


# ---- age, as far as shares need it ----

def derive(secret, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def unpadded(text):
    return base64.b64decode(text + '=' * (-len(text) % 4), validate=True)


def open_age(identity, data):
    head, rest = data[:data.index(b'\n--- ')], data[data.index(b'\n--- '):]
    version, stanza, body = head.decode().split('\n')
    mac, payload = rest[5:48], rest[49:]
    kind, share = stanza.split(' ')[1:]
    if version != 'age-encryption.org/v1' or kind != 'X25519':
        raise ValueError('not one X25519 stanza')
    private = X25519PrivateKey.from_private_bytes(identity)
    share = unpadded(share)
    shared = private.exchange(X25519PublicKey.from_public_bytes(share))
    wrap = derive(shared, share + recipient_of(identity),
                  b'age-encryption.org/v1/X25519')
    file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), unpadded(body), None)
    if not hmac.compare_digest(
            hmac.new(derive(file_key, b'', b'header'), head + b'\n---',
                     hashlib.sha256).digest(), unpadded(mac.decode())):
        raise ValueError('the MAC does not fit')
    key, chunks = derive(file_key, payload[:16], b'payload'), payload[16:]
    if len(chunks) > 65552:
        raise ValueError('longer than one chunk')
    return ChaCha20Poly1305(key).decrypt(bytes(11) + b'\x01', chunks, None)


def read_identity(path):
    line = [line for line in pathlib.Path(path).read_text().split('\n')
            if line.startswith('AGE-SECRET-KEY-1')][0]
    return from_bech32('age-secret-key-', line.lower())


def read_share(path):
    lines = pathlib.Path(path).read_text().split('\n')
    names = ['case', 'item', 'quorum-key', 'holder', 'index', 'share']
    if lines[0] != 'counterfoil-share/v1' or lines[7:] != ['']:
        raise ValueError(f'{path}: no share')
    fields = dict(line.split(': ', 1) for line in lines[1:7])
    if list(fields) != names:
        raise ValueError(f'{path}: other lines')
    value = int.from_bytes(bytes.fromhex(fields['share']), 'little')
    if value >= L:
        raise ValueError(f'{path}: not below the order')
    return fields, int(fields['index']), value


def put_identity(identity):
    print('# public key: ' + to_bech32('age', recipient_of(identity)))
    print(to_bech32('age-secret-key-', identity).upper())


def main(what, *words):
    if what == 'keygen':
        put_identity(os.urandom(32))
    elif what == 'open':
        data = pathlib.Path(words[1]).read_bytes()
        sys.stdout.write(open_age(read_identity(words[0]), data).decode())
    elif what == 'recover':
        shares = [read_share(path) for path in words]
        identity = recover({i: value for _, i, value in shares})
        if {fields['quorum-key'] for fields, _, _ in shares} != {
                to_bech32('age', recipient_of(identity))}:
            raise ValueError('the shares make another key')
        put_identity(identity)
    elif what == 'check':
        lock = json.loads(pathlib.Path(words[0]).read_text())
        points = check_lock(lock['quorum-key'], lock['commitment'])
        for path in words[1:]:
            fields, i, value = read_share(path)
            if not fits(points, i, value):
                sys.exit(f'{path}: does not fit')
            print(f'share {i} of {fields["holder"]} fits')
    elif what == 'point':
        print(encode(times(int(words[0]), BASE)).hex())
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
