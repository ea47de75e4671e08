"""The names that programs import from `requests._internal_utils`."""

from __future__ import annotations

import re

# A name is a token (RFC 9110, section 5.6.2). A value begins with no blank and has none of the characters that end a line or a
# string somewhere; requests takes NUL, and takes any text without a colon for a name.
_VALID_HEADER_NAME_RE_BYTE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_VALID_HEADER_NAME_RE_STR = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_VALID_HEADER_VALUE_RE_BYTE = re.compile(rb"(?!\s)[^\r\n\0]*\Z")
_VALID_HEADER_VALUE_RE_STR = re.compile(r"(?!\s)[^\r\n\0]*\Z")

_HEADER_VALIDATORS_STR = (_VALID_HEADER_NAME_RE_STR, _VALID_HEADER_VALUE_RE_STR)
_HEADER_VALIDATORS_BYTE = (_VALID_HEADER_NAME_RE_BYTE, _VALID_HEADER_VALUE_RE_BYTE)
HEADER_VALIDATORS = {bytes: _HEADER_VALIDATORS_BYTE, str: _HEADER_VALIDATORS_STR}


def to_native_string(string: str | bytes, encoding: str = "ascii") -> str:
    """The text as `str`, whichever of the two it was.

    >>> to_native_string(b"GET"), to_native_string("GET")
    ('GET', 'GET')
    """
    return string if isinstance(string, str) else string.decode(encoding)


def unicode_is_ascii(u_string: str) -> bool:
    """Whether there are only ASCII characters in the text.

    >>> unicode_is_ascii("abc"), unicode_is_ascii("äbc")
    (True, False)
    """
    return u_string.isascii()
