"""Header fields: which are sent by default, which may be sent at all, and how the structured values are read.

A name is a token and a value has no CR, LF or NUL, so that no header can end the line it is on (RFC 9110, sections 5.1 and 5.5).
What is read came from a server: the readers forgive everything, and each is one pass of a pattern without nested repeats, so
that their time grows with the length of the value and no faster.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .__version__ import __version__
from ._internal_utils import (
    _VALID_HEADER_NAME_RE_BYTE as _BYTES_NAME,
    _VALID_HEADER_NAME_RE_STR as _STR_NAME,
    _VALID_HEADER_VALUE_RE_BYTE as _BYTES_VALUE,
)
from .compat import parse_http_list
from .exceptions import InvalidHeader
from .structures import CaseInsensitiveDict, PatternOnUse
from .wire import accepted
from .wire.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def default_headers() -> CaseInsensitiveDict[str]:
    """The headers that every request of a new session carries, in this order.

    >>> list(default_headers())
    ['User-Agent', 'Accept-Encoding', 'Accept', 'Connection']
    """
    made = CaseInsensitiveDict._of(_defaults(default_user_agent()).copy())
    made._checked = tuple(made._store.values())
    return made


@lru_cache(maxsize=8)
def _defaults(user_agent: str) -> dict[str, tuple[str, str]]:
    pairs = (("User-Agent", user_agent), ("Accept-Encoding", accepted()), ("Accept", "*/*"), ("Connection", "keep-alive"))
    check_headers(pairs)
    return {name.lower(): (name, value) for name, value in pairs}


def default_user_agent(name: str = "minireq") -> str:
    """A User-Agent: the name and our version.

    >>> default_user_agent("myprogram").startswith("myprogram/")
    True
    """
    return f"{name}/{__version__}"


# --- may it be sent?

# What `_BYTES_VALUE` is for bytes, and nothing beyond latin-1. As a set of what is allowed it is the fastest of five tried.
_is_clean = re.compile(r"(?!\s)[\x01-\x09\x0b\x0c\x0e-\xff]*").fullmatch

_SECRET = frozenset(["authorization", "proxy-authorization", "cookie", "x-api-key"])

# Names that were found good: a program uses a few, over and over. Values are not remembered, they may be secrets.
_good_names: set[str] = set()
_MOST_GOOD_NAMES = 256


def check_headers(headers: Iterable[tuple[Any, Any]]) -> None:
    """Refuse headers of which one cannot be sent.

    >>> check_headers([("Accept", "*/*"), ("X-Number", 5)])
    Traceback (most recent call last):
    minireq.exceptions.InvalidHeader: header 'X-Number': the value must be str or bytes, not int: 5

    Raises InvalidHeader, as `check_header_validity` does for one of them.
    """
    for name, value in headers:
        # This is every header of nearly every request: subclasses and bytes are left to the careful way.
        if type(name) is str and name in _good_names and type(value) is str and _is_clean(value):
            continue
        check_header_validity((name, value))


def check_header_validity(header: tuple[str | bytes, str | bytes]) -> None:
    r"""Refuse a header that cannot be sent.

    >>> check_header_validity(("X-Place", "Rome\r\nX-Evil: 1"))
    Traceback (most recent call last):
    minireq.exceptions.InvalidHeader: header 'X-Place': the value has CR, LF or NUL: 'Rome\r\nX-Evil: 1'

    Name and value are str or bytes. The name is a token (RFC 9110, section 5.6.2); the value has no CR, LF or NUL, no blank in
    front, and if it is a str nothing beyond latin-1. Raises InvalidHeader otherwise; the values of Authorization, Cookie and
    their like are not shown.
    """
    name, value = header
    _check_name(name)
    fault = _fault(value)
    if fault:
        raise InvalidHeader(f"header {_native(name)!r}: the value {fault}: {_masked(name, value)}")
    if type(name) is str and len(_good_names) < _MOST_GOOD_NAMES:
        _good_names.add(name)


def _check_name(name: object) -> None:
    if not isinstance(name, (str, bytes)):
        raise InvalidHeader(f"a header's name must be str or bytes, not {type(name).__name__}: {_cut(repr(name))}")
    if not (_STR_NAME.match(name) if isinstance(name, str) else _BYTES_NAME.match(name)):
        raise InvalidHeader(f"a header's name must be a token: {shown(name)}")


def _fault(value: object) -> str | None:
    """What is wrong with a value, in words."""
    if not isinstance(value, (str, bytes)):
        return f"must be str or bytes, not {type(value).__name__}"
    if _is_clean(value) if isinstance(value, str) else _BYTES_VALUE.match(value):
        return None
    text = _native(value)
    if any(mark in text for mark in "\r\n\0"):
        return "has CR, LF or NUL"
    return "begins with a blank" if text[0].isspace() else "has characters beyond latin-1 (give it as bytes)"


def _masked(name: str | bytes, value: object) -> str:
    if _native(name).lower() in _SECRET:
        return "***"
    return shown(value) if isinstance(value, (str, bytes)) else _cut(repr(value))


def _native(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("latin-1")


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "..."


# --- reading structured values

# What separates nothing is matched first: a quoted string (if nothing closes it, it goes to the end), and a link's target.
_LINK_MARK = PatternOnUse(r'"[^"\\]*(?:\\.[^"\\]*)*"?|<[^>]*>?|[,;]', re.DOTALL)
_ESCAPED = PatternOnUse(r"\\(.)", re.DOTALL)
# Old browsers sent a file's path as it was: there, a backslash before anything else is a backslash.
_ESCAPED_QUOTE = PatternOnUse(r'\\(["\\])')


def parse_list_header(value: str) -> list[str]:
    """The items of a comma-separated value, without the quotes around them.

    >>> parse_list_header('token, "quoted, value"')
    ['token', 'quoted, value']

    RFC 9110, section 5.6.1. A comma inside quotes separates nothing.
    """
    return [_without_quotes(item) for item in parse_http_list(value)]


def parse_dict_header(value: str) -> dict[str, str | None]:
    """The `name=value` items of a comma-separated value; an item without a value is None.

    >>> parse_dict_header('realm="a, b", stale')
    {'realm': 'a, b', 'stale': None}

    RFC 9110, section 11.2. The last of equal names counts.
    """
    found: dict[str, str | None] = {}
    for item in parse_http_list(value):
        name, equals, content = item.partition("=")
        found[name.strip()] = _without_quotes(content.strip()) if equals else None
    return found


def _without_quotes(text: str) -> str:
    return text[1:-1] if text[:1] == text[-1:] == '"' else text


def unquote_header_value(value: str, is_filename: bool = False) -> str:
    r"""The value without its quotes, and the escapes inside them undone; without quotes, the value.

    >>> unquote_header_value(r'"a \"b\""')
    'a "b"'

    A file name that begins with two backslashes, as a path to a Windows share does, keeps them all.
    """
    if not value or not (value[0] == value[-1] == '"'):
        return value
    value = value[1:-1]
    if is_filename and value.startswith("\\\\"):
        return value
    return _ESCAPED_QUOTE.sub(r"\1", value)


def parse_header_links(value: str) -> list[dict[str, str]]:
    """The links of a Link header, each a dictionary of its `url` and its parameters.

    >>> parse_header_links('<https://example.org/2>; rel="next", </about>; rel=help; title="Help, please"')
    [{'url': 'https://example.org/2', 'rel': 'next'}, {'url': '/about', 'rel': 'help', 'title': 'Help, please'}]

    RFC 8288, section 3. A parameter without a value is left out; a target without its brackets is taken all the same.
    """
    links: list[list[str]] = [[]]  # of target, parameter, parameter ...
    start = 0
    for mark in _LINK_MARK.finditer(value):
        sign = mark.group()
        if sign == "," or sign == ";":
            links[-1].append(value[start : mark.start()].strip())
            start = mark.end()
            if sign == ",":
                links.append([])
    links[-1].append(value[start:].strip())
    return [_link(target, parameters) for target, *parameters in links if target or parameters]


def _link(target: str, parameters: list[str]) -> dict[str, str]:
    link = {"url": target.strip("<> '\"")}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if equals:
            value = value.strip()
            is_quoted = value[:1] == value[-1:] == '"'
            link[name.strip()] = _ESCAPED.sub(r"\1", value[1:-1]) if is_quoted else value.strip("'\"")
    return link


def _parse_content_type_header(header: str) -> tuple[str, dict[str, str]]:
    """The media type and its parameters, with lower-case names.

    >>> _parse_content_type_header('text/html; Charset="utf-8"; flag')
    ('text/html', {'charset': 'utf-8'})

    Quotes of either kind are dropped wherever they are, and a parameter without a value is left out: no server's Content-Type
    is worth an exception.
    """
    media_type, *parameters = header.split(";")
    found: dict[str, str] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if equals:
            found[name.strip("\"' ").lower()] = value.strip("\"' ")
    return media_type.strip(), found
