"""The head of a message: a request's to bytes, a response's from bytes (RFC 9112, sections 2 to 5).

Writing: the request line and the block of fields are made first and then checked with one pattern each, so nothing unchecked is
ever sent; only what fails is looked at piece by piece, to say what is wrong. Reading is the same: lines that are well formed are
taken at once, anything else goes the slow way, which forgives what may be forgiven and names what may not.
"""

from __future__ import annotations

import re
from operator import itemgetter

from .. import errors
from ..errors import shown
from ..limits import DEFAULT_LIMITS, Limits
from .fields import SECRET_FIELDS, Fields
from .grammar import FIELD_BLOCK, FIELD_LINE, FIELD_NAME, FIELD_VALUE, METHOD, REQUEST_LINE, STATUS_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class ResponseHead:
    """Status line and fields of a response: `version` is 10 or 11, `status` a number from 100 to 999."""

    __slots__ = ("fields", "reason", "status", "version")

    def __init__(self, version: int, status: int, reason: str, fields: Fields) -> None:
        self.version = version
        self.status = status
        self.reason = reason
        self.fields = fields

    def __repr__(self) -> str:
        return f"<ResponseHead {self.status} {self.reason}>"


def request_line(method: str, target: str) -> bytes:
    """The first line of a request's head.

    >>> request_line("GET", "/a")
    b'GET /a HTTP/1.1\\r\\n'
    """
    text = f"{method} {target} HTTP/1.1\r\n"
    line = text.encode("ascii", "replace")
    if REQUEST_LINE.fullmatch(line) is not None and text.isascii():
        return line
    if not _fits(METHOD, method):
        raise errors.LocalProtocolError(f"the method is not a token: {shown(method)}", "method")
    raise errors.LocalProtocolError(f"the request target has blanks, control or non-ASCII characters: {shown(target)}", "target")


def field_block(fields: Fields) -> bytes:
    """The rest of the head: its field lines, and the empty line that ends it.

    >>> field_block(Fields([("Host", "example.org")]))
    b'Host: example.org\\r\\n\\r\\n'
    """
    lines = fields.lines()
    try:
        block = "\r\n".join([*map(": ".join, lines), "", ""]).encode("latin-1")
    except (UnicodeEncodeError, TypeError):
        raise _wrong_field(lines) from None
    # Each line is well formed, and there are no more of them than were asked for: a value that smuggles one in is found here, and
    # a name that brings a colon with it, to smuggle in a part of a value.
    if FIELD_BLOCK.fullmatch(block) is None or block.count(b"\n") != len(lines) + 1 or ":" in "".join(map(_name, lines)):
        raise _wrong_field(lines)
    return block


_name = itemgetter(0)


def _wrong_field(lines: Iterable[tuple[str, str]]) -> errors.LocalProtocolError:
    """The error for fields that cannot be sent, naming the first bad part; secrets are not shown."""
    for name, value in lines:
        if not _fits(FIELD_NAME, name):
            return errors.LocalProtocolError(f"the field name is not a token: {shown(str(name))}")
        if not _fits(FIELD_VALUE, value):
            seen = "***" if name.lower() in SECRET_FIELDS else shown(str(value))
            return errors.LocalProtocolError(f"the value of field {name!r} has CR, LF, NUL or characters beyond latin-1: {seen}")
    raise AssertionError("a block of good fields is good")  # pragma: no cover


def _fits(pattern: re.Pattern[bytes], text: Any) -> bool:
    try:
        return pattern.fullmatch(text.encode("latin-1")) is not None
    except (UnicodeEncodeError, AttributeError):
        return False


def head_end(buffer: bytes | bytearray, start: int = 0) -> tuple[int, int]:
    """Where a head ends: at the line end of its last line, and behind the empty line; (-1, -1) if it goes on.

    >>> head_end(b"HTTP/1.1 200 OK\\r\\n\\r\\nbody")
    (16, 19)

    A lone LF is taken for a line end (RFC 9112, section 2.2), a lone CR is not.
    """
    end = buffer.find(b"\n\r\n", start)
    lone = buffer.find(b"\n\n", start, len(buffer) if end < 0 else end + 1)
    if lone >= 0:
        return lone, lone + 2
    return (end, end + 3) if end >= 0 else (-1, -1)


def response_head(block: bytes, limits: Limits = DEFAULT_LIMITS) -> ResponseHead:
    """The head of a response from its bytes, without the empty line that ends it.

    >>> head = response_head(b"HTTP/1.1 200 OK\\r\\nServer: x")
    >>> head.status, head.reason, head.fields["server"]
    (200, 'OK', 'x')
    """
    try:
        return _head_of(block, block.split(b"\r\n"), limits)
    except errors.RemoteProtocolError:
        pass
    # Lone LFs and folded lines may be taken (RFC 9112, 2.2, 5.2); but the status line is no line to be continued.
    status_line, end, rest = block.partition(b"\n")
    unfolded = status_line + end + _FOLD.sub(b" ", rest)
    return _head_of(unfolded, _LINE_END.split(unfolded), limits)


_LINE_END = re.compile(rb"\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")


def _head_of(block: bytes, lines: list[bytes], limits: Limits) -> ResponseHead:
    if len(lines) > limits.header_count + 1:
        raise errors.LimitExceeded("header_count", limits.header_count, f"the response has {len(lines) - 1} header fields")
    if len(block) > limits.header_line and max(map(len, lines)) > limits.header_line:
        raise errors.LimitExceeded("header_line", limits.header_line, "a header line of the response is too long")
    first = lines.pop(0)
    version, status, reason = _known_status_lines.get(first) or _parse_status_line(first)
    return ResponseHead(version, status, reason, parse_fields(lines))


def _parse_status_line(line: bytes) -> tuple[int, int, str]:
    match = STATUS_LINE.fullmatch(line)
    if match is None:
        raise errors.RemoteProtocolError(f"the response does not begin with a status line of HTTP/1: {shown_line(line)}")
    minor, status, reason = match.groups()
    parsed = (10 if minor == b"0" else 11, int(status), _reason(reason))
    _remember(_known_status_lines, line, parsed)
    return parsed


def _reason(reason: bytes | None) -> str:
    # Reason phrases are obs-text by the letter; those that are not ASCII are UTF-8 in practice.
    if not reason:
        return ""
    try:
        return reason.decode("utf-8")
    except UnicodeDecodeError:
        return reason.decode("latin-1")


# Lines that servers repeat from one response to the next, already parsed, and the names of the others. Looking a line up takes a
# quarter of the time of parsing it. Bounded in number and in length; secrets are not kept.
_known_lines: dict[bytes, tuple[str, tuple[str, str]]] = {}
_known_names: dict[bytes, tuple[str, str]] = {}
_known_status_lines: dict[bytes, tuple[int, int, str]] = {}
_KNOWN_LINES = 512
_KNOWN_LENGTH = 128
_NEVER_KNOWN = SECRET_FIELDS | {"location"}


def _remember(known: dict[bytes, Any], line: bytes, parsed: Any) -> None:
    if len(line) <= _KNOWN_LENGTH:
        if len(known) >= _KNOWN_LINES:
            known.clear()
        known[line] = parsed


def parse_fields(lines: list[bytes]) -> Fields:
    """The fields of header or trailer lines, without their line ends."""
    parsed: list[Any] = list(map(_known_lines.get, lines))
    if not all(parsed):
        parsed = [known or _parse_line(line) for known, line in zip(parsed, lines)]
    return Fields.of_lines(parsed)


def _parse_line(line: bytes) -> tuple[str, tuple[str, str]]:
    start, colon, rest = line.partition(b":")
    names = _known_names.get(start)
    value = rest.decode("latin-1")  # first: looking into bytes for bytes costs Python an error each time
    if names is None or not colon or "\r" in value or "\n" in value or "\0" in value:
        if FIELD_LINE.fullmatch(line) is None:
            raise errors.RemoteProtocolError(f"a header line of the response is malformed: {shown_line(line)}")
        name = start.decode("ascii")
        names = name.lower(), name
        _remember(_known_names, start, names)
    lower, name = names
    parsed = (lower, (name, value.strip(" \t")))
    if lower not in _NEVER_KNOWN:
        _remember(_known_lines, line, parsed)
    return parsed


def shown_line(line: bytes) -> str:
    """The line for an error text; where it seems to be a secret's, its name alone."""
    name = FIELD_NAME.search(line)
    if name is not None and name[0].decode("ascii").lower() in SECRET_FIELDS:
        return shown(line[: name.end()]) + "..."
    return shown(line)
