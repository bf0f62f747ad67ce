"""counterfoil-record(5), SIGNATURES: keys, and which signatures are accepted.

The curve's equation is checked by python3-cryptography; what counterfoil asks
beyond it (points of prime order, one encoding of everything) is checked here.
"""
import base64
import functools
import hashlib
import re
import unicodedata

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PublicKey)

SIGNS_TEXTS = 0x01
COSIGNS = 0x04

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
IDENTITY = (0, 1)

REFUSED = [(0x00, 0x1f), (0x7f, 0x9f), (0x61c, 0x61c), (0x200b, 0x200b),
           (0x200e, 0x200f), (0x2028, 0x202e), (0x2060, 0x2060),
           (0x2066, 0x2069), (0xfeff, 0xfeff)]


def is_refused_character(c):
    return any(low <= ord(c) <= high for low, high in REFUSED)


def add(a, b):
    """Two points of the curve -x^2 + y^2 = 1 + d x^2 y^2."""
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P
    return x, y


def times(n, a):
    total = IDENTITY
    while n:
        if n & 1:
            total = add(total, a)
        a, n = add(a, a), n >> 1
    return total


def point(encoded):
    """The point of 32 bytes, None if they are not its one encoding."""
    y = int.from_bytes(encoded, 'little')
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


@functools.lru_cache(maxsize=None)
def is_public_key(encoded):
    a = point(encoded)
    return a is not None and a != IDENTITY and times(L, a) == IDENTITY


def small_order_encodings():
    """Of the eight points whose order divides 8, every encoding of 32 bytes:
    y or y + p, with either sign bit where x is 0."""
    y = 2
    while True:
        a = point(y.to_bytes(32, 'little'))
        torsion = times(L, a) if a else IDENTITY
        if times(4, torsion) != IDENTITY:
            break
        y += 1
    out = set()
    for k in range(8):
        x, y = times(k, torsion)
        for spelled in (y, y + P):
            for sign in (0, 1) if x == 0 else (x & 1,):
                if spelled < 1 << 255:
                    out.add((spelled | sign << 255).to_bytes(32, 'little'))
    return out


SMALL_ORDER = small_order_encodings()


@functools.lru_cache(maxsize=None)
def is_signature(public, signature, message):
    if len(signature) != 64 or signature[:32] in SMALL_ORDER:
        return False
    if int.from_bytes(signature[32:], 'little') >= L:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


class Key:
    """A public key with a name and a type."""

    def __init__(self, name, kind, public):
        self.name, self.kind, self.public = name, kind, public
        self.id = hashlib.sha256(
            name.encode() + b'\n' + bytes([kind]) + public).digest()[:4]

    def vkey(self):
        tail = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f'{self.name}+{self.id.hex()}+{tail}'


def is_key_name(name):
    return (0 < len(name.encode()) <= 128 and '+' not in name and
            not any(c.isspace() or unicodedata.category(c) in ('Zs', 'Zl') or
                    is_refused_character(c) for c in name))


@functools.lru_cache(maxsize=None)
def read_vkey(text):
    """None unless it is a vkey of one of the two types."""
    match = re.fullmatch(r'([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})', text)
    if not match or not is_key_name(match[1]):
        return None
    raw = base64.b64decode(match[3])
    if raw[0] not in (SIGNS_TEXTS, COSIGNS) or not is_public_key(raw[1:]):
        return None
    key = Key(match[1], raw[0], raw[1:])
    return key if key.id.hex() == match[2] else None
