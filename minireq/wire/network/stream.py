"""A connected socket as a stream of bytes with timeouts.

Every wait has a timeout in seconds (None: for ever), every failure of the system becomes an error of the wire that says what
was being done, and `has_news` tells whether anything came while nothing was expected.
"""

from __future__ import annotations

import select
import socket

from .. import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, TypeVar

    _Result = TypeVar("_Result")

RECEIVE = 64 * 1024


class Stream:
    """A stream over a connected socket.

    >>> ours, theirs = socket.socketpair()
    >>> stream = Stream(ours)
    >>> stream.send(b"hello", timeout=1)
    >>> theirs.recv(10), stream.has_news()
    (b'hello', False)
    >>> theirs.close(); stream.receive(timeout=1), stream.close()
    (b'', None)
    """

    __slots__ = ("__weakref__", "_socket", "_timeout", "_wait", "sent")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._timeout: float | None = connected.gettimeout()
        self._wait = _readiness(connected)  # kept: making one for each question costs more than asking
        self.sent = 0  # bytes that the system has taken from us, so far

    def send(self, data: bytes | memoryview, timeout: float | None) -> None:
        """Send all of it."""
        if timeout != self._timeout:
            self._set_timeout(timeout)
        try:
            size = self._socket.send(data)
            self.sent += size
            while size < len(data):
                data = data[size:]
                size = self._socket.send(data)
                self.sent += size
        except OSError as error:
            raise self._failed(error, "sending the request") from error

    def send_some(self, data: memoryview) -> int:
        """Send what the system takes without waiting; how many bytes that was."""
        if self._timeout != 0.0:
            self._set_timeout(0.0)
        try:
            size = self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            if self._must_wait(error):
                return 0
            raise self._failed(error, "sending the request") from error
        self.sent += size
        return size

    def wait(self, timeout: float | None) -> bool:
        """Wait until something can be sent or received; whether there is something to receive."""
        try:
            readable, writable = self._wait(timeout, True)
        except OSError as error:
            raise self._failed(error, "sending the request") from error
        if not readable and not writable:
            raise errors.ReadTimedOut(
                f"Write timed out: the server takes nothing of the request (read timeout={timeout:g})", "send", timeout
            )
        return readable

    def receive(self, timeout: float | None, most: int = RECEIVE) -> bytes:
        """What has arrived, at least a byte; b"" when the other side has ended the stream."""
        if timeout != self._timeout:
            self._set_timeout(timeout)
        try:
            return self._socket.recv(most)
        except OSError as error:
            raise self._failed(error, "waiting for the server") from error

    def receive_into(self, view: memoryview, timeout: float | None) -> int:
        """The same, into the caller's memory; how many bytes that was."""
        if timeout != self._timeout:
            self._set_timeout(timeout)
        try:
            return self._socket.recv_into(view)
        except OSError as error:
            raise self._failed(error, "waiting for the server") from error

    def receive_now(self) -> bytes | None:
        """What has arrived, without waiting; None when nothing has."""
        if self._timeout != 0.0:
            self._set_timeout(0.0)
        try:
            return self._socket.recv(RECEIVE)
        except BlockingIOError:
            return None
        except OSError as error:
            if self._must_wait(error):
                return None
            raise self._failed(error, "waiting for the server") from error

    def has_news(self) -> bool:
        """Whether something has arrived, or the other side has ended the stream; on an idle connection both mean its end."""
        try:
            return self._wait(0, False)[0]
        except (OSError, ValueError):  # closed by somebody else
            return True

    def converse(self, conversation: Generator[bytes, bytes, _Result], timeout: Any) -> _Result:
        """Drive a conversation: send what it yields, give it what arrives; `timeout` is asked for the seconds left each time."""
        try:
            data = next(conversation)
            while True:
                if data:
                    self.send(data, timeout())
                data = conversation.send(self.receive(timeout()))
        except StopIteration as end:
            result: _Result = end.value
            return result

    def close(self) -> None:
        """Close it; what was not sent yet is still sent by the system."""
        self._socket.close()

    def fileno(self) -> int:
        """The descriptor of the socket, -1 once closed."""
        return self._socket.fileno()

    @property
    def socket(self) -> socket.socket:
        """The socket itself, for what wraps it."""
        return self._socket

    def _set_timeout(self, timeout: float | None) -> None:
        try:
            self._socket.settimeout(timeout)
        except OSError as error:  # closed by somebody else
            raise self._failed(error, "using the connection") from error
        self._timeout = timeout

    def _must_wait(self, error: OSError) -> bool:
        """Whether the error only says that nothing can be done without waiting."""
        return False

    def _failed(self, error: OSError, doing: str) -> errors.WireError:
        """The error of the wire for an error of the system."""
        if isinstance(error, socket.timeout) and error.errno is None:  # with a number it is the system that gave up
            return errors.ReadTimedOut(f"Read timed out while {doing} (read timeout={self._timeout:g})", "read", self._timeout)
        return errors.ConnectionLost(f"the connection broke while {doing}: {error}")


def _readiness(connected: socket.socket) -> Callable[[float | None, bool], tuple[bool, bool]]:
    """A function (timeout in seconds, whether being able to send counts too) -> (can receive, can send)."""
    if not hasattr(select, "poll"):  # Windows
        return lambda timeout, sending: _select(connected, timeout, sending)
    receiving, both = select.poll(), select.poll()
    receiving.register(connected, select.POLLIN)
    both.register(connected, select.POLLIN | select.POLLOUT)

    def wait(timeout: float | None, sending: bool) -> tuple[bool, bool]:
        ready = (both if sending else receiving).poll(None if timeout is None else timeout * 1000)
        # A hang-up or an error shows when one receives.
        return (bool(ready and ready[0][1] & ~select.POLLOUT), bool(ready and ready[0][1] & select.POLLOUT))

    return wait


def _select(connected: socket.socket, timeout: float | None, sending: bool) -> tuple[bool, bool]:
    readable, writable, _ = select.select([connected], [connected] if sending else [], [], timeout)
    return bool(readable), bool(writable)
