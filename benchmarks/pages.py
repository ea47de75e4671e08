"""What the server serves: a page for each path, and how a client's copy of it is weighed.

Bodies are numbered lines, so that a lost, repeated or misplaced piece changes the checksum. A large body is one block many
times over, which nobody needs to hold in memory to check it. The block's size is no power of two: a buffer of 64 KiB that is
handed out twice does not fit its repetition.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    #: Weighs a block on top of what came before: (block, weight so far) → weight.
    Weigh = Callable[[Union[bytes, memoryview], int], int]

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

    __slots__ = ("block", "times", "fields", "closes", "chunked", "gzipped", "status")

    def __init__(
        self,
        block: bytes,
        times: int = 1,
        *,
        fields: Iterable[tuple[str, str]] = USUAL_FIELDS,
        closes: bool = False,
        chunked: bool = False,
        gzipped: bool = False,
        status: str = "200 OK",
    ):
        self.block = block
        self.times = times
        self.fields = tuple(fields)
        self.closes = closes  # the server ends the connection after this page
        self.chunked = chunked  # a chunk for each block
        self.gzipped = gzipped
        self.status = status

    def response(self) -> bytes:
        body = self.block * self.times
        if self.gzipped:
            body = gzip.compress(body)
        framing = f"Content-Length: {len(body)}"
        if self.chunked:
            body, framing = (
                b"%x\r\n%b\r\n" % (len(self.block), self.block) * self.times + b"0\r\n\r\n",
                "Transfer-Encoding: chunked",
            )
        lines = [f"HTTP/1.1 {self.status}", framing, *(f"{name}: {value}" for name, value in self.fields), "\r\n"]
        return "\r\n".join(lines).encode("ascii") + body

    def weight(self, weigh: Weigh) -> int:
        """What `weigh` makes of this body: the value that a client's copy must reach."""
        total = 0
        for _ in range(self.times):
            total = weigh(self.block, total)
        return total


def size(block: bytes | memoryview, total: int) -> int:
    """The cheap way to weigh, for bodies whose cost is being measured."""
    return total + len(block)


def checksum(block: bytes | memoryview, total: int) -> int:
    """The thorough way to weigh."""
    return zlib.crc32(block, total)


#: By the names under which the server is asked to weigh what it is sent.
WEIGHTS: dict[str, Weigh] = {"size": size, "checksum": checksum}


def numbered(size: int) -> bytes:
    """`size` bytes of numbered lines, eight bytes a line."""
    # One by one: to join them all, Python takes 80 bytes for each, and once glibc has seen 10 MB freed it keeps up to 20 MB of what
    # a client frees, which would count as the client's.
    lines = bytearray()
    for number in range(size // 8):
        lines += b"%07x\n" % number
    return bytes(lines)


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
    "/gzip": Page(numbered(1_000_000), fields=(*USUAL_FIELDS, ("Content-Encoding", "gzip")), gzipped=True),
    "/lines": Page(b"".join(b"%063x\n" % number for number in range(10_000)), times=100),
    "/50m": Page(numbered(100_000), times=500),
    "/100m": Page(numbered(100_000), times=1000),
    "/chunks-of-1k": Page(numbered(1000), times=10_000, chunked=True),
    "/chunks-of-1k-closed": Page(numbered(1000), times=10_000, chunked=True, fields=CLOSING, closes=True),
    "/chunks-of-100k": Page(numbered(100_000), times=1000, chunked=True),
}


def page(target: str) -> Page:
    """What there is at a target: one of the pages, or for `benchmarks.growth` something in the size that the target says."""
    if target in PAGES:
        return PAGES[target]
    kind, _, number = target[1:].partition("/")
    return SIZED[kind](int(number))


def hop(left: int) -> Page:
    if not left:
        return Page(b"the end")
    return Page(b"", fields=[("Location", f"/hops/{left - 1}")], status="302 Found")


SIZED: dict[str, Callable[[int], Page]] = {
    "headers": lambda count: Page(b"x", fields=[(f"X-Field-{n}", f"value-of-field-{n}") for n in range(count)]),
    "set-cookies": lambda count: Page(b"x", fields=[("Set-Cookie", f"cookie{n}=value; Path=/") for n in range(count)]),
    "chunks": lambda count: Page(b"123456789\n", times=count, chunked=True),
    "line": lambda size: Page(b"x" * 1000, times=size),
    "hops": hop,
}
