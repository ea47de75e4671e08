"""Whose fault it was, and at which step: the errors of the wire.

    WireError
     ├─ LocalProtocolError      the caller asked for something that is not HTTP; nothing was sent
     ├─ ProtocolError           the exchange with the server broke
     │   ├─ ConnectionLost      because the connection did
     │   └─ RemoteProtocolError because the server answered with something that is not HTTP
     │       ├─ InvalidFraming      the end of its body cannot be told
     │       ├─ IncompleteMessage   its message ends before its end
     │       └─ LimitExceeded       its message is larger than we accept (`.limit` names the limit)
     ├─ DecodingError           the content coding of a body is damaged
     ├─ ConnectFailed           no connection could be made
     │   └─ NameLookupFailed    because the host's name has no address
     ├─ TimedOut                something took too long (`.phase`, `.seconds`, `.elapsed`)
     │   ├─ ConnectTimedOut     to be connected
     │   ├─ PoolTimedOut        to be given a connection
     │   └─ ReadTimedOut        to be answered
     ├─ TLSError                the two sides could not agree on a secure connection
     ├─ ProxyFailed             the proxy did not connect us
     └─ RetriesExhausted        the answer is one to retry, and every retry has been made

Every message says which step failed and shows the offending bytes, shortened by `shown()`. The layer above has its own family;
one table there translates.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class WireError(Exception):
    """Something went wrong between the request and the last byte of the response."""

    unsent = False  # whether not a byte of the request had left
    tries: tuple[Any, ...] = ()  # those that a policy has made, up to this error

    @property
    def reason(self) -> WireError:
        """Itself: urllib3 wraps what ended the retries, and programs look for it by this name."""
        return self


class LocalProtocolError(WireError):
    """The caller asked for something that is not HTTP; `part` says in what: "method", "target", "field", "body" or "address"."""

    def __init__(self, message: str, part: str = "field") -> None:
        super().__init__(message)
        self.part = part


class ProtocolError(WireError):
    """The exchange with the server broke."""


class RemoteProtocolError(ProtocolError):
    """The server answered with something that is not HTTP/1."""


class InvalidFraming(RemoteProtocolError):
    """The fields of the response do not tell where its body ends."""


class IncompleteMessage(RemoteProtocolError):
    """The connection ended inside a message."""


class LimitExceeded(RemoteProtocolError):
    """The message is larger than we accept; `limit` is the name of the limit."""

    def __init__(self, limit: str, allowed: int, what: str) -> None:
        super().__init__(f"{what} (limit {limit}={allowed}; Limits({limit}=...) sets another)")
        self.limit = limit
        self.allowed = allowed
        self._what = what

    def __reduce__(self) -> tuple[type, tuple[str, int, str]]:
        return type(self), (self.limit, self.allowed, self._what)


class DecodingError(WireError):
    """The content coding of a body is damaged."""


class ConnectFailed(WireError):
    """No connection could be made; the cause and the addresses that were tried are in the message."""

    unsent = True


class NameLookupFailed(ConnectFailed):
    """The host's name has no address."""


class ConnectionLost(ProtocolError):
    """A connection that was made broke, or was closed by the other side."""


class TimedOut(WireError):
    """Something took longer than it was given.

    `phase` is what the time ran out in: lookup, connect, proxy, tls, send, head, body, pool or backoff. `seconds` is what was
    given, `elapsed` what had passed of it.
    """

    def __init__(self, message: str, phase: str = "", seconds: float | None = None, elapsed: float | None = None) -> None:
        super().__init__(message)
        self.phase = phase
        self.seconds = seconds
        self.elapsed = elapsed

    def __str__(self) -> str:
        message = super().__str__()
        return message if self.elapsed is None else f"{message} in phase {self.phase}, after {self.elapsed:.3f} s"


class ConnectTimedOut(TimedOut):
    """No connection was made in time."""

    unsent = True


class PoolTimedOut(TimedOut):
    """No connection of the pool became free in time."""

    unsent = True


class ReadTimedOut(TimedOut):
    """The server was silent for too long, or would not take what we sent."""


class TLSError(WireError):
    """The two sides could not agree on a secure connection."""


class ProxyFailed(WireError):
    """The proxy did not connect us: it refused, or did not speak its protocol.

    `answer` is its refusal as far as it came, a pair of head and body, where it spoke HTTP.
    """

    def __init__(self, message: str, answer: tuple[Any, bytes] | None = None) -> None:
        super().__init__(message)
        self.answer = answer

    unsent = True


class RetriesExhausted(WireError):
    """The answer has a status that asks to try again, and every try that was allowed has been made."""


def shown(data: bytes | bytearray | str, most: int = 60) -> str:
    """The bytes of a message for an error text: shortened, and never raw control characters.

    >>> shown(b"HTTP/1.1 2x0 OK")
    "b'HTTP/1.1 2x0 OK'"
    """
    if isinstance(data, bytearray):
        data = bytes(data[: most + 1])
    return repr(data) if len(data) <= most else repr(data[:most]) + "..."
