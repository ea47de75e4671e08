"""A response whose body is at hand, in bytes or in a file: what test tools hand over as `raw`, and what they record.

It is a `RawResponse` over something that looks like a connection and reads from a file.
"""

from __future__ import annotations

import io

from . import errors
from .limits import DEFAULT_LIMITS
from .protocol.exchange import BODY, DONE
from .protocol.fields import Fields
from .protocol.head import ResponseHead
from .response import RawResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class CannedResponse(RawResponse):
    """A response made of its parts; the arguments are those of urllib3's `HTTPResponse`.

    >>> CannedResponse(body=b"hello", status=200).read(2)
    b'he'
    """

    def __init__(
        self,
        body: Any = b"",
        headers: Mapping[str, str] | Fields | None = None,
        status: int = 0,
        version: int = 0,
        version_string: str = "HTTP/?",
        reason: str | None = None,
        preload_content: bool = True,
        decode_content: bool = True,
        original_response: Any = None,
        pool: Any = None,
        connection: Any = None,
        msg: Any = None,
        retries: Any = None,
        enforce_content_length: bool = True,
        request_method: str | None = None,
        request_url: str | None = None,
        auto_close: bool = True,
    ) -> None:
        fields = headers if isinstance(headers, Fields) else Fields(headers or {})
        if isinstance(body, str):
            body = body.encode("utf-8")
        if body is None or isinstance(body, (bytes, bytearray, memoryview)):
            body = io.BytesIO(body or b"")
        if not hasattr(body, "read"):
            raise errors.LocalProtocolError(f"a body at hand is bytes, text or a file, not a {type(body).__name__}", "body")
        source = _Source(body, _length(fields, status, request_method) if enforce_content_length else None)
        super().__init__(ResponseHead(version, status, reason or "", fields), source, source, None, DEFAULT_LIMITS)  # type: ignore[arg-type]
        self.headers = fields
        self.reason = reason  # type: ignore[assignment]
        self.version_string = version_string
        self.decode_content = decode_content
        self.auto_close = auto_close
        self.retries = retries
        self._original = original_response
        self._source = source
        self._request_url = request_url
        self._made_with = connection
        self._data: bytes | None = None

    def _read_all(self) -> bytes:
        # As in urllib3, the length is looked at by those who read piece by piece: test tools have bodies that were decoded.
        self._source.length = None
        return super()._read_all()

    @property
    def data(self) -> bytes:
        """The body; here it can be asked for again."""
        if self._data is None:
            self._data = self.read()
        return self._data

    @property
    def connection(self) -> Any:
        """The connection that it was made with, if it was."""
        return self._made_with

    @property
    def _original_response(self) -> Any:
        return self if self._original is None else self._original

    @_original_response.setter
    def _original_response(self, response: Any) -> None:
        self._original = response

    @property
    def _fp(self) -> Any:
        return self._source.file


def _length(fields: Fields, status: int, method: str | None) -> int | None:
    """How long Content-Length says that the body is, where it is about this one."""
    said = fields.value("content-length") or ""
    if "transfer-encoding" in fields or status in (204, 304) or method == "HEAD" or not (said.isascii() and said.isdigit()):
        return None
    return int(said[:20])


class _Source:
    """What a `RawResponse` asks of its connection, of that one's exchange and of its pool, answered by a file."""

    left = None
    trailers = None

    def __init__(self, file: Any, length: int | None) -> None:
        self.file = self.stream = file
        self.length = length
        self.state = BODY
        self._read = 0
        self.informational: list[Any] = []

    @property
    def exchange(self) -> Any:
        return self

    def read_body(self, most: int, timeout: float | None, room: memoryview | None = None) -> bytes:
        data: bytes = self.file.read(most)
        self._read += len(data)
        if not data:
            self.state = DONE
            if self.length not in (None, self._read):
                raise errors.IncompleteMessage(f"the body has {self._read} bytes, and Content-Length says {self.length}")
        return data

    def read_body_into(self, view: memoryview, timeout: float | None) -> int:
        data = self.read_body(len(view), timeout)
        view[: len(data)] = data
        return len(data)

    def rest(self, most: int) -> None:
        """It is not known before it has been read."""

    def rest_is_here(self) -> bool:
        return False

    def give_back(self, connection: Any) -> None:
        pass

    def discard(self, connection: Any) -> None:
        if hasattr(self.file, "close"):
            self.file.close()
