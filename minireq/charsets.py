"""From the bytes of a body to text: which encoding it is in, and decoding that never fails.

What the server says counts first; a text type it says nothing about is ISO-8859-1 (that is RFC 2616's rule, which programs have
come to rely on); anything else is looked at. A byte order mark, the nulls of UTF-16 and UTF-32 in front of JSON and valid UTF-8
are evidence; short of these there is only ISO-8859-1, in which every byte is something. There is no guessing from frequencies.

The server's word is just a word: a codec that does not exist, or is none for text, gives way to UTF-8 with replacements.
"""

from __future__ import annotations

import codecs
import re
import sys
from functools import lru_cache
from itertools import chain

from .headers import _parse_content_type_header
from .structures import PatternOnUse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

# A program that has a better guesser puts it here: bytes in, the name of an encoding or None out.
#     minireq.charsets.detector = lambda content: charset_normalizer.detect(content)["encoding"]
detector: Callable[[bytes], str | None] | None = None


def get_encoding_from_headers(headers: Mapping[str, str]) -> str | None:
    """The encoding that the headers of a response say its text is in; None if they say nothing.

    >>> get_encoding_from_headers({"content-type": "text/plain; charset=utf-8"})
    'utf-8'
    >>> get_encoding_from_headers({"content-type": "text/plain"})
    'ISO-8859-1'
    """
    content_type = headers.get("content-type")
    return encoding_of(content_type) if content_type else None


def encoding_of(content_type: str) -> str | None:
    """The encoding that a Content-Type says a text is in.

    >>> encoding_of("application/json")
    'utf-8'
    """
    # A program meets few content types, over and over. Long ones are not worth keeping.
    return (_encoding_of if len(content_type) < 200 else _encoding_of.__wrapped__)(content_type)


@lru_cache(maxsize=100)
def _encoding_of(content_type: str) -> str | None:
    media_type, parameters = _parse_content_type_header(content_type)
    if "charset" in parameters:
        return parameters["charset"]
    if "text" in media_type:
        return "ISO-8859-1"
    if "application/json" in media_type:
        return "utf-8"  # RFC 8259, section 8.1
    return None


def decode_text(content: bytes, encoding: str | None) -> str:
    r"""The text of a body: in the encoding that is named, or in the one that it seems to have if none is.

    >>> decode_text("Gr\xfcn".encode(), "utf-8")
    'Grün'
    >>> decode_text(b"Gr\xfcn", None)
    'Grün'

    Bytes that have no meaning become U+FFFD, and a name that means no text encoding means UTF-8: nothing is raised.
    """
    if encoding is None:
        encoding = apparent_encoding(content)
    if _charset(encoding) is not None:
        try:
            return content.decode(encoding, "replace")
        except (LookupError, TypeError, ValueError):
            pass  # a codec of the program's own, which does not know "replace" or does not like these bytes
    return content.decode("utf-8", "replace")


def apparent_encoding(content: bytes) -> str:
    r"""The encoding that bytes seem to be in, by the evidence in them.

    >>> apparent_encoding(b"plain"), apparent_encoding("Gr\xfcn".encode()), apparent_encoding(b"Gr\xfcn")
    ('ascii', 'utf-8', 'ISO-8859-1')
    """
    guess = detector(content) if detector is not None else None
    if guess:
        return guess
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name.upper()  # as chardet spells it
    by_nulls = guess_json_utf(content) if 0 in content[:4] else None
    if by_nulls is not None and _is_valid(content, by_nulls):
        return by_nulls
    if content and content.isascii():
        return "ascii"
    return "utf-8" if _is_valid(content, "utf-8") else "ISO-8859-1"


def _is_valid(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


# UTF-32 before UTF-16: its mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# JSON mostly begins with two ASCII characters: which of the first four bytes are null tells the encoding (RFC 4627, section 3).
_BY_NULLS = {
    b"\0\1\0\1": "utf-16-be",
    b"\1\0\1\0": "utf-16-le",
    b"\0\0\0\1": "utf-32-be",
    b"\1\0\0\0": "utf-32-le",
    b"\0\1": "utf-16-be",
    b"\1\0": "utf-16-le",
}


def guess_json_utf(data: bytes) -> str | None:
    r"""The Unicode encoding that JSON is in, from its byte order mark or its nulls; None if it is in none.

    >>> guess_json_utf(b'{"a": 1}'), guess_json_utf(b'{\0"\0')
    ('utf-8', 'utf-16-le')
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    nulls = bytes(map(bool, data[:4]))
    return _BY_NULLS.get(nulls) if 0 in nulls else "utf-8"


# --- codecs

# Python calls these text encodings, but they are none in which a body is written; punycode takes ages over a long one.
_NO_CHARSETS = frozenset(["idna", "punycode", "undefined"])
_LONGEST_NAME = 64  # of a charset: RFC 2978, section 2.3 allows 40. Python remembers every unknown name that it was asked for.


def _charset(name: str) -> str | None:
    """The canonical name of an encoding, if it is one that makes text of bytes."""
    try:
        codec = codecs.lookup(name) if len(name) <= _LONGEST_NAME else None
    except (LookupError, TypeError, ValueError):
        return None
    # Nothing public tells rot13 from a text encoding; bytes.decode looks here, too.
    return codec.name if codec is not None and codec._is_text_encoding and codec.name not in _NO_CHARSETS else None


def stream_decode_response_unicode(iterator: Iterable[bytes], r: Any) -> Iterator[Any]:
    r"""The pieces of a body as text, in the encoding of the response; as they are, if it has none.

    >>> from types import SimpleNamespace
    >>> list(stream_decode_response_unicode([b"Gr\xc3", b"\xbcn"], SimpleNamespace(encoding="utf-8")))
    ['Gr', 'ün']

    A character that is cut by the end of a piece comes with the next one.
    """
    if r.encoding is None:
        yield from iterator
    else:
        yield from _decoded(iter(iterator), r.encoding)


def _decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[str]:
    charset = _charset(encoding)
    if charset is None:
        encoding = "utf-8"
    elif charset in ("utf-16", "utf-32"):
        pieces, encoding = _with_byte_order(pieces, charset)
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:  # a codec of the program's own, which decodes at once or not at all
        yield decode_text(b"".join(pieces), encoding)
        return
    for piece in pieces:
        text = decoder.decode(piece)
        if text:
            yield text
    text = decoder.decode(b"", True)
    if text:
        yield text


def _with_byte_order(pieces: Iterator[bytes], charset: str) -> tuple[Iterator[bytes], str]:
    """The pieces of UTF-16 or UTF-32, and the encoding with its byte order named if they do not begin with a mark.

    Without one, bytes.decode takes this machine's order, while the incremental decoders fail.
    """
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= 4:
            break
    if not any(start.startswith(mark) for mark, name in _MARKS if name == charset):
        charset += "-le" if sys.byteorder == "little" else "-be"
    return chain([start], pieces), charset


# --- deprecated in requests, and so here

# Everything between "<meta" and ">" is taken at once; what is in it is looked at then.
_META = PatternOnUse(r"<meta\b([^>]*)", re.IGNORECASE)
_META_CHARSET = PatternOnUse(r"""charset\s*=[\s"']*([^\s"'/;]+)""", re.IGNORECASE)
_XML_ENCODING = PatternOnUse(r"""<\?xml\b[^>]*?\bencoding\s*=\s*["']?([^\s"'?>]+)""")  # where the document begins, or nowhere


def get_encodings_from_content(content: str) -> list[str]:
    """The encodings that a document says it is in: those of its meta tags, then the one of its XML declaration.

    >>> import warnings; warnings.simplefilter("ignore", DeprecationWarning)
    >>> get_encodings_from_content('<meta charset="utf-8">')
    ['utf-8']

    Deprecated, as in requests: a parser for HTML knows this better.
    """
    _deprecated("get_encodings_from_content", "an HTML parser")
    found = [_META_CHARSET.search(tag) for tag in _META.findall(content)]
    return [charset.group(1) for charset in [*found, _XML_ENCODING.match(content)] if charset]


def get_unicode_from_response(r: Any) -> str | bytes | None:
    """The text of a response in the charset of its Content-Type, else in the encoding that was set.

    Deprecated, as in requests: `text` is the same and keeps what it finds.
    """
    _deprecated("get_unicode_from_response", "Response.text")
    return decode_text(r.content, get_encoding_from_headers(r.headers) or r.encoding)


def _deprecated(name: str, instead: str) -> None:
    import warnings  # only here

    warnings.warn(f"{name} is kept for programs that have it; {instead} does it better", DeprecationWarning, stacklevel=3)
