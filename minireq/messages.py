"""A request in the wire's terms: its fields as text, its body as bytes or pieces of bytes, and one framing field that fits it.

What comes in may be stale, since prepared requests can be changed, or contradict itself, since callers can set any header. What
goes out is sound: a known length is what Content-Length says, an unknown one goes chunked, and never both (RFC 9112, section 6).
"""

from __future__ import annotations

from collections.abc import Sequence, Set, ValuesView
from itertools import chain

from . import sources
from .exceptions import InvalidArgument, InvalidHeader
from .headers import check_headers
from .wire import Fields, Request, last_chunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .wire import FilePart

    Index = dict[str, tuple[str, str]]


_STR = frozenset([str])


class _NotText(InvalidHeader, TypeError):
    """A header's name or value is neither str nor bytes: a TypeError, as requests raises where it looks at prepared headers."""


def message(
    method: str,
    target: str,
    headers: dict[str, tuple[Any, Any]],
    host: str,
    body: Any,
    position: Any = None,
    trailers: Any = None,
) -> Request:
    """The request for the wire.

    `headers` is lower-case name -> (name, value), of str or bytes; `host` the value of Host where they have none. `position` is
    where the body began, if it can be rewound. With `trailers` the body goes chunked, whatever it is: only there can they follow.

    >>> message("POST", "/", {}, "example.org", "a=1").fields["Content-Length"]
    '3'
    """
    if not _STR.issuperset(map(type, chain.from_iterable(headers.values()))):
        headers = _as_text(headers)
    index: Index = dict(headers) if "host" in headers else {"host": ("Host", host), **headers}
    if trailers is not None:
        return _with_trailers(method, target, index, b"" if body is None else body, position, trailers)
    if body is None:
        if "content-length" in index or "transfer-encoding" in index:
            _frame_nothing(method, index)
        return Request(method, target, Fields.of_index(index))
    body, length = _framed(body, position, index)
    return Request(method, target, Fields.of_index(index), body, length)


def _with_trailers(method: str, target: str, index: Index, body: Any, position: Any, trailers: Any) -> Request:
    """The request whose body goes chunked, so that fields can follow it; they are announced where they are known."""
    index.pop("content-length", None)
    if "transfer-encoding" not in index:
        _say_first(index, "transfer-encoding", ("Transfer-Encoding", "chunked"))
    known = None if callable(trailers) else _trailer_fields(trailers)
    if known:
        last_chunk(known)  # what is wrong with them is said before anything is sent
        index.setdefault("trailer", ("Trailer", ", ".join(known)))
    body, length = _framed(body, position, index)
    made = Request(method, target, Fields.of_index(index), body, length)
    made.trailers = (lambda: _trailer_fields(trailers())) if known is None else (lambda: known)
    return made


def _trailer_fields(trailers: Any) -> Fields:
    if trailers is None:
        return Fields()
    if not hasattr(trailers, "items"):
        raise InvalidArgument(f"trailers are a mapping, or a function that returns one, not a {type(trailers).__name__}")
    pairs = list(trailers.items())
    check_headers(pairs)
    return Fields([(as_text(name), as_text(value)) for name, value in pairs])


def _as_text(headers: dict[str, tuple[Any, Any]]) -> Index:
    made = {}
    for name, value in headers.values():
        if not isinstance(value, (str, bytes)) or not isinstance(name, (str, bytes)):
            raise _NotText(f"the value of header {name!r} must be str or bytes, it is {type(value).__name__}")
        made[as_text(name).lower()] = (as_text(name), as_text(value))
    return made


def as_text(value: str | bytes) -> str:
    """A header's name or value as text: bytes are latin-1 on the wire."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _frame_nothing(method: str, index: Index) -> None:
    """No body: Content-Length is 0 or not there."""
    said = index.get("content-length")
    if said is not None and said[1] != "0":
        del index["content-length"]
        if method not in ("GET", "HEAD"):
            index["content-length"] = (said[0], "0")
    coding = index.get("transfer-encoding")
    if coding is not None and coding[1].lower() == "chunked":
        del index["transfer-encoding"]


def _framed(body: Any, position: Any, index: Index) -> tuple[Any, int | None]:
    """The body as bytes or an iterable of bytes, and its length, None for chunked; the index says the same."""
    if isinstance(body, str):
        body = sources.to_bytes(body)
    coding = index.get("transfer-encoding")
    is_chunked = coding is not None and coding[1].lower() == "chunked"
    if isinstance(body, (bytes, bytearray)):
        body = bytes(body)
        length = None if is_chunked else len(body)
    else:
        said = index.get("content-length")
        length = None if said is None else _number(said[1])  # the caller knows; sending checks it
        body = _Rewindable(body, position) if _can_rewind(body, position) else sources.iterate_parts(body)
    if length is None:
        index.pop("content-length", None)
        if coding is None:
            _say_first(index, "transfer-encoding", ("Transfer-Encoding", "chunked"))
    else:
        name, _ = index.get("content-length", ("Content-Length", ""))
        index["content-length"] = (name, str(length))
        if is_chunked:
            del index["transfer-encoding"]
    return body, length


def _say_first(index: Index, lower: str, pair: tuple[str, str]) -> None:
    """What nobody has said stands before what the caller says, right behind Host: where programs and tests are used to see it."""
    said = {name: index.pop(name) for name in list(index) if name != "host"}
    index[lower] = pair
    index.update(said)


def _can_rewind(body: Any, position: Any) -> bool:
    """Whether it can be read a second time: a file from where it began, a container or a buffer from its beginning.

    Other iterables are not believed to be the same when asked again: there may be an iterator inside.
    """
    if position is not None:
        return isinstance(position, int)
    return isinstance(body, (Sequence, Set, ValuesView)) or sources.as_buffer(body) is not None


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise InvalidHeader(f"Content-Length is not a number of bytes: {value!r}")
    return int(value)


class _Rewindable:
    """A body that can be read again; a file is read from where it began."""

    def __init__(self, body: Any, position: Any) -> None:
        self.body = body
        self._body_position = position
        self._begun = False

    def __iter__(self) -> Iterator[bytes | FilePart]:
        if self._begun and self._body_position is not None:
            sources.rewind_body(self)
        self._begun = True
        return sources.iterate_parts(self.body)
