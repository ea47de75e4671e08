"""The patterns of HTTP/1.1, each beside its ABNF, and what a length may be.

The patterns work on bytes, so that what Python calls a digit, a space or a line end elsewhere (full-width 5, NBSP, NEL, \\x1c) is
just a byte here. None has a repeat inside a repeat, but for the one of whole lines: matching is linear in what arrived.
"""

from __future__ import annotations

import re

# token = 1*tchar                                                                              RFC 9110, 5.6.2
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"

# field-line = field-name ":" OWS field-value OWS                                              RFC 9112, 5
# The value is what is left when blanks at both ends are gone. CR, LF and NUL are dangerous (RFC 9110, 5.5) and refused; other
# control characters are let through, as everybody does.
FIELD_LINE = re.compile(rb"(" + TOKEN + rb"):([^\r\n\0]*)")

# status-line = HTTP-version SP status-code SP [ reason-phrase ]                               RFC 9112, 4
# The space before an empty reason is often forgotten, and forgiven. A higher minor version is read as ours (RFC 9110, 2.5).
STATUS_LINE = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9][0-9])(?: ([^\r\n\0]*))?")

# request-line, and the field lines with the empty line: what we are about to send, each whole  RFC 9112, 3 and 5
# The target has no blank, no control character and nothing beyond ASCII; values have no CR, LF or NUL.
REQUEST_LINE = re.compile(TOKEN + rb" [!-~]+ HTTP/1\.1\r\n")
FIELD_BLOCK = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [^\r\n\0]*\r\n)*\r\n")
METHOD = re.compile(TOKEN)
FIELD_NAME = METHOD
FIELD_VALUE = re.compile(rb"[^\r\n\0]*")

# chunk = chunk-size [ chunk-ext ] CRLF                                                        RFC 9112, 7.1
# Sixteen digits hold every size there is; int() alone would admit "0x10", "+5" and "1_0". Extensions are read over: anything
# printable after a semicolon.
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t -~\x80-\xff]*)?")


def is_length(text: str) -> bool:
    """Whether it is a Content-Length: 1*DIGIT (RFC 9110, section 8.6).

    Nineteen digits hold every length there is, and keep int() away from its own limit of 4,300.
    """
    return text.isdigit() and text.isascii() and len(text) < 20
