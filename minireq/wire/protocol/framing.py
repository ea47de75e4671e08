"""Where the body of a response ends, and whether the connection survives it (RFC 9112, sections 6.3 and 9.3).

`body_of` has one branch for each rule of section 6.3, in its order; `verdict` says why a connection will not be used again, or
None when it will.
"""

from __future__ import annotations

import enum

from .. import errors
from ..errors import shown
from .grammar import is_length

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .head import ResponseHead


class Body(enum.Enum):
    """How the end of a body is known."""

    NONE = "there is no body"
    LENGTH = "after Content-Length bytes"
    CHUNKED = "after the last chunk"
    UNTIL_CLOSE = "when the connection ends"
    TUNNEL = "the connection is no longer HTTP"


# Names of their own: in Python 3.11, asking an enumeration for a member costs more than the whole of `body_of`.
NO_BODY, LENGTH, CHUNKED, UNTIL_CLOSE, TUNNEL = Body


class Close(enum.Enum):
    """Why a connection is closed instead of used again."""

    SERVER_ASKED = "the server said Connection: close"
    CLIENT_ASKED = "the request said Connection: close"
    OLD_VERSION = "HTTP/1.0 without keep-alive"
    UNTIL_CLOSE = "the end of the connection was the end of the body"
    TWO_LENGTHS = "the response had Transfer-Encoding and Content-Length"
    EARLY_ANSWER = "the response came before the request was sent whole"
    SURPLUS = "bytes came that belong to no response"
    SWITCHED = "the connection is no longer HTTP"


def body_of(method: str, head: ResponseHead) -> tuple[Body, int | None]:
    """How the response's body ends, and its length where that is said (RFC 9112, section 6.3)."""
    status, index = head.status, head.fields.index
    # 1. To HEAD, and with 204 and 304, there is no body, whatever the fields say. (1xx never comes here, but for 101.)
    if method == "HEAD" or (status == 204 and method != "CONNECT") or status == 304:
        return NO_BODY, None
    # 2. A tunnel begins after 2xx to CONNECT; the same is true after 101.
    if (method == "CONNECT" and status < 300) or status == 101:
        return TUNNEL, None
    # 3, 4. Transfer-Encoding overrules Content-Length. It is one final "chunked", or nobody knows what it is.
    if "transfer-encoding" in index:
        _, coding = index["transfer-encoding"]
        if coding.lower() != "chunked":
            raise errors.InvalidFraming(f"the transfer coding is none that we asked for: {shown(coding)}")
        return CHUNKED, None
    # 5, 6. Content-Length.
    if "content-length" in index:
        return LENGTH, content_length(index["content-length"][1])
    # 8. Nothing says where it ends. (7 is about requests.)
    return UNTIL_CLOSE, None


def content_length(value: str) -> int:
    """The number in a Content-Length field; equal repeats are one (RFC 9110, section 8.6).

    >>> content_length("42, 42")
    42
    """
    if is_length(value):
        return int(value)
    first, *others = (part.strip(" \t") for part in value.split(","))
    if any(other != first for other in others):
        raise errors.InvalidFraming(f"the response has differing lengths: {shown(value)}")
    if not is_length(first):
        raise errors.InvalidFraming(f"Content-Length is not a number of bytes: {shown(value)}")
    return int(first)


def verdict(head: ResponseHead, body: Body) -> Close | None:
    """Why the connection cannot be used after this response, or None (RFC 9112, section 9.3)."""
    index = head.fields.index
    if body is UNTIL_CLOSE:
        return Close.UNTIL_CLOSE
    if body is TUNNEL:
        return Close.SWITCHED
    _, connection = index.get("connection", ("", ""))
    if connection and connection != "keep-alive" and has_token(connection, "close"):
        return Close.SERVER_ASKED
    if head.version < 11 and not has_token(connection, "keep-alive"):
        return Close.OLD_VERSION
    if body is CHUNKED and (head.version < 11 or "content-length" in index):
        return Close.TWO_LENGTHS
    return None


def has_token(value: str, token: str) -> bool:
    """Whether a comma-separated list has the token, in any spelling.

    >>> has_token("Keep-Alive, Upgrade", "upgrade")
    True
    """
    lower = value.lower()
    return token in lower and token in [part.strip(" \t") for part in lower.split(",")]
