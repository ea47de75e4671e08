"""The head of a message: a request's to bytes, a response's from bytes (RFC 9112, sections 2 to 5).

Writing: the whole head is made first and then checked with one pattern, so nothing unchecked is ever sent; only a head that fails
is looked at piece by piece, to say what is wrong. Reading is the same: lines that are well formed are taken at once, anything
else goes the slow way, which forgives what may be forgiven and names what may not.
"""

from __future__ import annotations

import re

from .. import errors
from ..errors import shown
from ..limits import DEFAULT_LIMITS, Limits
from .fields import SECRET_FIELDS, Fields
from .grammar import FIELD_LINE, FIELD_NAME, FIELD_VALUE, METHOD, REQUEST_HEAD, STATUS_LINE, TARGET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


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


def request_head(method: str, target: str, fields: Fields) -> bytes:
    """The bytes of a request's head, checked before the first one is sent.

    >>> request_head("GET", "/a", Fields([("Host", "example.org")]))
    b'GET /a HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n'
    """
    lines = fields.lines()
    text = "".join([f"{method} {target} HTTP/1.1\r\n", *[f"{name}: {value}\r\n" for name, value in lines], "\r\n"])
    try:
        block = text.encode("latin-1")
    except UnicodeEncodeError:
        raise _what_is_wrong(method, target, lines) from None
    # Each line is well formed, and there are no more of them than were asked for: a value that smuggles one in is found here, and
    # a name that brings a colon with it, to smuggle in a part of a value.
    if REQUEST_HEAD.fullmatch(block) is None or block.count(b"\n") != len(lines) + 2 or ":" in "".join([name for name, _ in lines]):
        raise _what_is_wrong(method, target, lines)
    return block


def _what_is_wrong(method: str, target: str, lines: Collection[tuple[str, str]]) -> errors.LocalProtocolError:
    """The error for a head that cannot be sent, naming its first bad part; secrets are not shown."""
    if not _fits(METHOD, method):
        return errors.LocalProtocolError(f"the method is not a token: {shown(method)}", "method")
    if not _fits(TARGET, target):
        return errors.LocalProtocolError(
            f"the request target has blanks, control or non-ASCII characters: {shown(target)}", "target"
        )
    for name, value in lines:
        if not _fits(FIELD_NAME, name):
            return errors.LocalProtocolError(f"the field name is not a token: {shown(name)}")
        if not _fits(FIELD_VALUE, value):
            seen = "***" if name.lower() in SECRET_FIELDS else shown(value)
            return errors.LocalProtocolError(f"the value of field {name!r} has CR, LF, NUL or characters beyond latin-1: {seen}")
    raise AssertionError("a head of good parts is good")  # pragma: no cover


def _fits(pattern: re.Pattern[bytes], text: str) -> bool:
    try:
        return pattern.fullmatch(text.encode("latin-1")) is not None
    except UnicodeEncodeError:
        return False


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
    match = STATUS_LINE.fullmatch(lines[0])
    if match is None:
        raise errors.RemoteProtocolError(f"the response does not begin with a status line of HTTP/1: {shown(lines[0])}")
    minor, status, reason = match.groups()
    return ResponseHead(10 if minor == b"0" else 11, int(status), _reason(reason), parse_fields(lines[1:]))


def _reason(reason: bytes | None) -> str:
    # Reason phrases are obs-text by the letter; those that are not ASCII are UTF-8 in practice.
    if not reason:
        return ""
    try:
        return reason.decode("utf-8")
    except UnicodeDecodeError:
        return reason.decode("latin-1")


# Lines that servers repeat from one response to the next, already parsed. Looking a line up takes a quarter of the time of
# parsing it. Bounded in number and in the length of a line; secrets are not kept.
_known_lines: dict[bytes, tuple[str, tuple[str, str]]] = {}
_KNOWN_LINES = 512
_KNOWN_LENGTH = 128
_NEVER_KNOWN = SECRET_FIELDS | {"location"}


def parse_fields(lines: Sequence[bytes]) -> Fields:
    """The fields of header or trailer lines, without their line ends."""
    try:
        return Fields.of_lines([_known_lines[line] for line in lines])
    except KeyError:
        return Fields.of_lines([_known_lines.get(line) or _parse_line(line) for line in lines])


def _parse_line(line: bytes) -> tuple[str, tuple[str, str]]:
    match = FIELD_LINE.fullmatch(line)
    if match is None:
        raise errors.RemoteProtocolError(f"a header line of the response is malformed: {_shown_line(line)}")
    name = match[1].decode("ascii")
    lower = name.lower()
    parsed = (lower, (name, match[2].strip(b" \t").decode("latin-1")))
    if len(line) <= _KNOWN_LENGTH and lower not in _NEVER_KNOWN:
        if len(_known_lines) >= _KNOWN_LINES:
            _known_lines.clear()
        _known_lines[line] = parsed
    return parsed


def _shown_line(line: bytes) -> str:
    """The line for an error text; where it seems to be a secret's, its name alone."""
    name = FIELD_NAME.search(line)
    if name is not None and name[0].decode("ascii").lower() in SECRET_FIELDS:
        return shown(line[: name.end()]) + "..."
    return shown(line)
