"""The same bytes, arriving in different ways: what a parser says must not depend on it.

Each function gives the list of pieces that a parser is fed one after the other.
"""

from __future__ import annotations

import random


def whole(data: bytes) -> list[bytes]:
    """All at once.

    >>> whole(b"abc")
    [b'abc']
    """
    return [data]


def byte_by_byte(data: bytes) -> list[bytes]:
    """One byte at a time.

    >>> byte_by_byte(b"abc")
    [b'a', b'b', b'c']
    """
    return [data[i : i + 1] for i in range(len(data))]


def in_pieces(data: bytes, seed: int = 0) -> list[bytes]:
    """In pieces of chance, the same ones for the same seed.

    >>> b"".join(in_pieces(b"abcdefgh", seed=3))
    b'abcdefgh'
    """
    chance = random.Random(seed)
    pieces = []
    while data:
        size = chance.randint(1, max(1, min(len(data), 1 + len(data) // 2)))
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def with_leftover(data: bytes, extra: bytes) -> list[bytes]:
    """All at once, with bytes behind it that belong to something else.

    >>> with_leftover(b"abc", b"HTTP/1.1")
    [b'abcHTTP/1.1']
    """
    return [data + extra]


def every_way(data: bytes) -> list[list[bytes]]:
    """Whole, byte by byte, and in pieces of chance."""
    return [whole(data), byte_by_byte(data), *(in_pieces(data, seed) for seed in (1, 2, 3))]
