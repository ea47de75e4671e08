"""What the server serves: a page for each path, and how a client's copy of it is weighed.

Bodies are numbered lines, so that a lost, repeated or misplaced piece changes the checksum. A large body is one block many
times over, which nobody needs to hold in memory to check it. The block's size is no power of two: a buffer of 64 KiB that is
handed out twice does not fit its repetition.
"""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What a usual server sends along with any page; with Content-Length, eight fields.
USUAL_FIELDS = (
    ("Server", "nginx/1.22.1"),
    ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ("Content-Type", "text/plain"),
    ("Last-Modified", "Wed, 31 Dec 2025 23:59:59 GMT"),
    ("Connection", "keep-alive"),
    ("ETag", '"6954a27f-400"'),
    ("Accept-Ranges", "bytes"),
)
COOKIES = tuple(("Set-Cookie", f"cookie{n}=value-of-cookie-{n}; Path=/; HttpOnly") for n in range(3))
LAST_FIELD = ("X-Last", "the-thirtieth")


class Page:
    """One resource: its body, `block` repeated `times`, and the fields sent with it."""

    __slots__ = ("block", "times", "fields", "closes", "chunked")

    def __init__(
        self,
        block: bytes,
        times: int = 1,
        *,
        fields: Iterable[tuple[str, str]] = USUAL_FIELDS,
        closes: bool = False,
        chunked: bool = False,
    ):
        self.block = block
        self.times = times
        self.fields = tuple(fields)
        self.closes = closes  # the server ends the connection after this page
        self.chunked = chunked  # a chunk for each block

    def response(self) -> bytes:
        body, framing = self.block * self.times, f"Content-Length: {len(self.block) * self.times}"
        if self.chunked:
            body, framing = (
                b"%x\r\n%b\r\n" % (len(self.block), self.block) * self.times + b"0\r\n\r\n",
                "Transfer-Encoding: chunked",
            )
        lines = ["HTTP/1.1 200 OK", framing, *(f"{name}: {value}" for name, value in self.fields), "\r\n"]
        return "\r\n".join(lines).encode("ascii") + body

    def weight(self, weigh: Any) -> int:
        """What `weigh` makes of this body: the value that a client's copy must reach."""
        return weigh(itertools.repeat(self.block, self.times))


def size(blocks: Iterable[bytes]) -> int:
    """The cheap way to weigh, for answers whose cost is being measured."""
    return sum(map(len, blocks))


def checksum(blocks: Iterable[bytes]) -> int:
    """The thorough way to weigh."""
    result = 0
    for block in blocks:
        result = zlib.crc32(block, result)
    return result


def numbered(size: int) -> bytes:
    """`size` bytes of numbered lines, eight bytes a line."""
    return b"".join(b"%07x\n" % number for number in range(size // 8))


DOCUMENT = {
    "total": 12,
    "next": None,
    "items": [{"id": n, "name": f"item number {n}", "price": n * 1.25, "in_stock": n % 3 > 0} for n in range(12)],
}
FILLERS = tuple((f"X-Field-{n}", f"value-of-field-{n}") for n in range(18))
CLOSING = tuple((name, "close" if name == "Connection" else value) for name, value in USUAL_FIELDS)

PAGES = {
    "/1k": Page(numbered(1024)),
    "/close": Page(numbered(1024), fields=CLOSING, closes=True),
    "/json": Page(json.dumps(DOCUMENT).encode()),
    "/headers30": Page(numbered(1024), fields=(*USUAL_FIELDS, *FILLERS, *COOKIES, LAST_FIELD)),
    "/100k": Page(numbered(100_000)),
    "/100m": Page(numbered(100_000), times=1000),
    "/chunks-of-1k": Page(numbered(1000), times=10_000, chunked=True),
    "/chunks-of-100k": Page(numbered(100_000), times=1000, chunked=True),
}
