"""Content codings: gzip and deflate taken off, a bounded piece at a time (RFC 9110, section 8.4; RFC 1950 to 1952).

A decoder has the shape of the exchange: `feed` what arrived, ask `next_data` for at most so many bytes, None meaning "feed me
more". `end` says that all has been fed: from then on a stream that is not whole raises. Output is bounded at every step, so a bomb
costs what is read of it. Codings that were applied one over the other are a chain in which each decoder asks the one below; what
the lower ones swell to must have something in it, or a few hundred bytes could keep us busy for hours with nothing to show.
"""

from __future__ import annotations

from .. import errors
from ..limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

try:
    import zlib
except ImportError:  # a Python built without it: bodies are then asked for, and handed out, as they are
    zlib = None  # type: ignore[assignment]

_STEP = 64 * 1024  # between the decoders of a chain
_CREDIT = 256 * 1024  # what a decoder may take from the one below before it gives anything,
_CREDIT_PER_BYTE = 4  # and how much more for each byte that it has given


def decoder_for(content_encoding: str | None, limits: Limits = DEFAULT_LIMITS) -> Decoder | None:
    """A decoder for the value of a Content-Encoding field; None if there is nothing to take off, or something we do not know.

    >>> decoder_for("identity") is None, decoder_for("gzip") is None
    (True, False)
    """
    if not content_encoding:
        return None
    codings = [coding.strip(" \t").lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if not codings or not all(coding in _KINDS for coding in codings) or zlib is None:
        return None
    if len(codings) > limits.codings:
        raise errors.LimitExceeded("codings", limits.codings, f"the body has {len(codings)} content codings")
    decoder: Decoder | None = None
    for coding in reversed(codings):  # the last one named was applied last: it comes off first
        decoder = Decoder(_KINDS[coding](), coding, decoder)
    return decoder


class Decoder:
    """One coding, and the decoder below it if what is fed has another coding around it.

    >>> import zlib
    >>> decoder = Decoder(Inflate(), "deflate")
    >>> decoder.feed(zlib.compress(b"hello"))
    >>> decoder.next_data(4), decoder.next_data(4), decoder.next_data(4)
    (b'hell', b'o', None)
    """

    __slots__ = ("_below", "_credit", "_ended", "_inflater", "_name", "_pending")

    def __init__(self, inflater: Inflate, name: str, below: Decoder | None = None) -> None:
        self._inflater = inflater
        self._name = name
        self._below = below
        self._credit = _CREDIT
        self._pending = b""
        self._ended = False

    def feed(self, data: bytes) -> None:
        """What arrived."""
        if self._below is not None:
            self._below.feed(data)
        else:
            self._pending = self._pending + data if self._pending else data

    def end(self) -> None:
        """Nothing more will be fed."""
        if self._below is not None:
            self._below.end()
        else:
            self._ended = True

    def next_data(self, most: int = _STEP) -> bytes | None:
        """Up to `most` decoded bytes; b"" when all is decoded, None for "feed me more"."""
        while True:
            if not self._pending and self._below is not None and not self._ended:
                below = self._below.next_data(_STEP)
                if below is None:
                    return self._take(most) or None
                self._pending = below
                self._ended = not below
                self._credit -= len(below)
                if self._credit < 0:
                    raise errors.DecodingError(f"the {self._name} body is a bomb: it swells, and has next to nothing in it")
            data = self._take(most)
            if data:
                return data
            if self._ended and not self._pending:
                if not self._inflater.whole:
                    raise errors.DecodingError(f"the {self._name} body is cut short")
                return b""
            if not self._pending and self._below is None:
                return None

    def _take(self, most: int) -> bytes:
        try:
            data, self._pending = self._inflater.inflate(self._pending, max(most, 1))  # 0 would mean all there is
        except zlib.error as error:
            raise errors.DecodingError(f"the {self._name} body is damaged: {error}") from error
        self._credit += _CREDIT_PER_BYTE * len(data)
        return data


class Inflate:
    """The deflate coding: a zlib stream by the RFC, a raw deflate stream from some servers. The first byte tells.

    >>> Inflate().inflate(zlib.compress(b"hello"), 10)
    (b'hello', b'')
    """

    __slots__ = ("_stream", "whole")

    def __init__(self) -> None:
        self._stream: Any = None
        self.whole = True  # whether the input may end here: at the very beginning, and after the end of a stream

    def inflate(self, data: bytes, most: int) -> tuple[bytes, bytes]:
        """Up to `most` bytes from the data, and the data that is left for the next time."""
        stream = self._stream
        if stream is None:
            if not data:
                return b"", b""
            stream = self._stream = self._open(data)
        if stream.eof:
            return b"", self._after(data)
        out = stream.decompress(data, most)
        self.whole = stream.eof
        return out, stream.unused_data if stream.eof else stream.unconsumed_tail

    def _open(self, data: bytes) -> Any:
        # The low four bits of a zlib stream's first byte are 8, the method, and its window is at most 7. In a raw stream they would
        # mean a stored block with padding that is not zero, which compressors do not begin with.
        zlib_wrapped = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
        return zlib.decompressobj(zlib.MAX_WBITS if zlib_wrapped else -zlib.MAX_WBITS)

    def _after(self, data: bytes) -> bytes:
        """What comes after the end of the stream is ignored."""
        return b""


class Gunzip(Inflate):
    """The gzip coding: members one after the other, each with its checksum; zeros and junk after the last one are ignored."""

    __slots__ = ("_start",)

    def __init__(self) -> None:
        super().__init__()
        self._start = b""  # of what may be another member: its magic number can come byte by byte

    def _open(self, data: bytes) -> Any:
        return zlib.decompressobj(16 + zlib.MAX_WBITS)

    def _after(self, data: bytes) -> bytes:
        if self._start is _JUNK:
            return b""
        self._start += data
        if not b"\x1f\x8b".startswith(self._start[:2]):
            self._start = _JUNK
            return b""
        if len(self._start) < 2:
            return b""
        member, self._start = self._start, b""
        self._stream = None
        self.whole = False
        return member


_JUNK = b"junk after the last member"
_KINDS = {"gzip": Gunzip, "x-gzip": Gunzip, "deflate": Inflate}
