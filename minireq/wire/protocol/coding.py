"""Content codings: gzip, deflate, zstd and br taken off, a bounded piece at a time (RFC 9110, section 8.4).

gzip and deflate (RFC 1950 to 1952) are always there, zstd (RFC 8878, 9659) from Python 3.14 on, br (RFC 7932) if a package for it
happens to be installed; which ones is found out when somebody first wants to know, and what cannot be taken off is not asked for.

A decoder has the shape of the exchange: `feed` what arrived, ask `next_data` for at most so many bytes, None meaning "feed me
more". `end` says that all has been fed: from then on a stream that is not whole raises. Output is bounded at every step, so a bomb
costs what is read of it. Codings that were applied one over the other are a chain in which each decoder asks the one below; what
the lower ones swell to must have something in it, or a few hundred bytes could keep us busy for hours with nothing to show.
"""

from __future__ import annotations

import functools

from .. import errors
from ..limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

try:
    import zlib
except ImportError:  # a Python built without it: bodies are then asked for as they are
    zlib = None  # type: ignore[assignment]

_STEP = 64 * 1024  # between the decoders of a chain
_CREDIT = 256 * 1024  # what a decoder may take from the one below before it gives anything,
_CREDIT_PER_BYTE = 4  # and how much more for each byte that it has given


def accepted() -> str:
    """The value of Accept-Encoding that asks for what can be taken off.

    >>> accepted().startswith("gzip, deflate")
    True
    """
    return ", ".join([coding for coding in ("gzip", "deflate", "br", "zstd") if _kind_of(coding) is not None]) or "identity"


def decoder_for(content_encoding: str | None, limits: Limits = DEFAULT_LIMITS) -> Decoder | None:
    """A decoder for the value of a Content-Encoding field; None if there is nothing to take off, or something we do not know.

    >>> decoder_for("identity") is None, decoder_for("gzip") is None
    (True, False)
    """
    if not content_encoding:
        return None
    codings = [coding.strip(" \t").lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if zlib is None and not _KINDS.keys().isdisjoint(codings):
        raise errors.DecodingError(f"the body is {content_encoding}, though not asked for: this Python was built without zlib")
    if not codings or not all(map(_kind_of, codings)):
        return None
    if len(codings) > limits.codings:
        raise errors.LimitExceeded("codings", limits.codings, f"the body has {len(codings)} content codings")
    decoder: Decoder | None = None
    for coding in reversed(codings):  # the last one named was applied last: it comes off first
        decoder = Decoder(_kind_of(coding)(), coding, decoder)
    return decoder


def _kind_of(coding: str) -> Any:
    """The class that takes a coding off; None if it is unknown, or what it needs is not there."""
    if coding == "zstd":
        return Unzstd if _has_zstd() else None
    if coding == "br":
        return Unbrotli if _brotli() is not None else None
    return _KINDS.get(coding) if zlib is not None else None


@functools.cache
def _has_zstd() -> bool:
    """Whether Python brings zstd. Looked for where it lives in C: importing all of it takes 3 ms."""
    try:
        import _zstd  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        return False
    return True


@functools.cache
def _brotli() -> Any:
    """The package for Brotli, of whatever name, None if there is none that can be told how much to give at a time."""
    for name in ("brotli", "brotlicffi"):
        try:
            package = __import__(name)  # without importlib, which would be three modules more
        except ImportError:
            continue
        if hasattr(getattr(package, "Decompressor", None), "can_accept_more_data"):  # from 1.2 on
            return package
    return None


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
        except self._inflater.damage as error:
            raise errors.DecodingError(f"the {self._name} body is damaged: {error}") from error
        self._credit += _CREDIT_PER_BYTE * len(data)
        return data


class Inflate:
    """The deflate coding: a zlib stream by the RFC, a raw deflate stream from some servers. The first byte tells.

    >>> Inflate().inflate(zlib.compress(b"hello"), 10)
    (b'hello', b'')
    """

    __slots__ = ("_stream", "whole")

    damage: type[Exception] = Exception if zlib is None else zlib.error  # what it raises when the data is no good

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


_ZSTD_HEADER = 18  # bytes that it has at most (RFC 8878, section 3.1.1.1)


class Unzstd(Inflate):
    """The zstd coding: frames one after the other. A window of more than 8 MiB, which HTTP does not allow, is refused."""

    __slots__ = ("_given", "_header", "_options", "_zstd", "damage")

    def __init__(self) -> None:
        from compression import zstd  # type: ignore[import-not-found]

        super().__init__()
        self._zstd = zstd
        self._options = {zstd.DecompressionParameter.window_log_max: 23}
        self.damage = zstd.ZstdError

    def inflate(self, data: bytes, most: int) -> tuple[bytes, bytes]:
        """As above. Input that found no room in the output is kept inside, and comes before the next."""
        stream = self._stream
        if not data and (stream is None or stream.eof or stream.needs_input):
            return b"", b""  # asked again and again without anything new, it would take that for damage
        if stream is None or stream.eof:
            stream = self._stream = self._zstd.ZstdDecompressor(options=self._options)
            self._header, self._given = b"", 0
        taken, rest = (data, b"") if stream.needs_input else (b"", data)
        if len(self._header) < _ZSTD_HEADER:
            self._header += taken[: _ZSTD_HEADER - len(self._header)]
        out = stream.decompress(taken, most)
        self._given += len(out)
        self.whole = stream.eof
        if not stream.eof:
            return out, rest
        # It looks at this itself, but not in a frame that comes piece by piece and whose last block is empty.
        claimed = self._zstd.get_frame_info(self._header).decompressed_size
        if claimed not in (None, self._given):
            raise self._zstd.ZstdError(f"the frame has {self._given} bytes, and says that it has {claimed}")
        return out, stream.unused_data + rest


class Unbrotli(Inflate):
    """The br coding: one stream, behind which nothing may come."""

    __slots__ = ("_held", "damage")

    def __init__(self) -> None:
        super().__init__()
        self._held = memoryview(b"")  # of the last block, what was more than was asked for
        self.damage = _brotli().error

    def inflate(self, data: bytes, most: int) -> tuple[bytes, bytes]:
        """As above. Input that found no room in the output is kept inside, and comes before the next."""
        stream = self._stream = self._stream or _brotli().Decompressor()
        ready = stream.can_accept_more_data()
        if not self._held and (data or not ready):
            taken, data = (data, b"") if ready else (b"", data)
            self._held = memoryview(stream.process(taken, output_buffer_limit=_STEP))
            self.whole = stream.is_finished()
        out, self._held = bytes(self._held[:most]), self._held[most:]
        return out, data


_JUNK = b"junk after the last member"
_KINDS = {"gzip": Gunzip, "x-gzip": Gunzip, "deflate": Inflate}
