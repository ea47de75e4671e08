"""A connected socket as a stream of bytes with timeouts.

Every wait has a timeout in seconds (None: for ever), or a `Patience` that is asked for the seconds each time; every failure of
the system becomes an error of the wire that says what was being done, and `has_news` tells whether anything came while nothing was
expected.
"""

from __future__ import annotations

import os
import select
import socket

from .. import errors
from ..timeouts import Patience, seconds_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import IO, Any, Optional, TypeVar

    from ..timeouts import Wait

    _Result = TypeVar("_Result")
    _Poller = Callable[[Optional[float]], "list[tuple[int, int]]"]

RECEIVE = 64 * 1024

_SENDING = "sending the request"
_WAITING = "waiting for the server"


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

    __slots__ = ("__weakref__", "_arrivals", "_either", "_patience", "_socket", "_timeout", "sent")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._timeout: float | None = connected.gettimeout()
        self._patience: Patience | None = None  # where the timeout comes from, if it is not the caller's number
        # Kept, since making one for each question costs more than asking; but many a connection is never asked.
        self._arrivals: _Poller | None = None
        self._either: _Poller | None = None  # whether something can be sent or has arrived
        self.sent = 0  # bytes that the system has taken from us, so far

    def send(self, data: bytes | memoryview, timeout: Wait) -> None:
        """Send all of it."""
        while True:
            if timeout != self._timeout:
                self._set_timeout(timeout, _SENDING)
            try:
                size = self._socket.send(data)
            except OSError as error:
                raise self._failed(error, _SENDING) from error
            self.sent += size
            if size == len(data):
                return
            data = data[size:]

    def send_some(self, data: memoryview | FilePart) -> int:
        """Send what the system takes without waiting; how many bytes that was."""
        if self._timeout != 0.0:
            self._set_timeout(0.0, _SENDING)
        try:
            size = data.send_to(self._socket) if isinstance(data, FilePart) else self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            if self._must_wait(error):
                return 0
            raise self._failed(error, _SENDING) from error
        if size is None:
            return self.send_some(memoryview(bytes(data)))  # not in there: if the file is damaged, the connection is not
        self.sent += size
        return size

    @property
    def sends_files(self) -> bool:
        """Whether parts of files can go as they are: not past somebody's own socket, which wants to see what is sent."""
        return type(self._socket).send is socket.SocketType.send

    def wait(self, timeout: Wait) -> bool:
        """Wait until something can be sent or received; whether there is something to receive."""
        seconds = self._seconds(timeout, _SENDING)
        try:
            if self._either is None:
                self._either = _poller(self._socket, _IN | _OUT)
            ready = self._either(None if seconds is None else seconds * 1000)
        except ValueError as error:
            raise errors.ConnectionLost(f"the connection was closed while {_SENDING}: {error}") from error
        except OSError as error:
            raise self._failed(error, _SENDING) from error
        if not ready:
            raise self._late(f"{_SENDING}: the server takes nothing of it", "send", seconds)
        return bool(ready[0][1] & ~_OUT)  # a hang-up or an error shows when one receives

    def hears_within(self, seconds: float) -> bool:
        """Whether something arrives, or the other side ends the stream, within so many seconds."""
        try:
            return bool(self._polled(seconds * 1000))
        except (OSError, ValueError):  # closed by somebody else, which shows when one receives
            return True

    def receive(self, timeout: Wait, most: int = RECEIVE) -> bytes:
        """What has arrived, at least a byte; b"" when the other side has ended the stream."""
        if timeout != self._timeout:
            self._set_timeout(timeout, _WAITING)
        try:
            return self._socket.recv(most)
        except OSError as error:
            raise self._failed(error, _WAITING) from error

    def receive_into(self, view: memoryview, timeout: Wait) -> int:
        """The same, into the caller's memory; how many bytes that was."""
        if timeout != self._timeout:
            self._set_timeout(timeout, _WAITING)
        try:
            return self._socket.recv_into(view)
        except OSError as error:
            raise self._failed(error, _WAITING) from error

    def receive_now(self) -> bytes | None:
        """What has arrived, without waiting; None when nothing has."""
        if self._timeout != 0.0:
            self._set_timeout(0.0, _WAITING)
        try:
            return self._socket.recv(RECEIVE)
        except BlockingIOError:
            return None
        except OSError as error:
            if self._must_wait(error):
                return None
            raise self._failed(error, _WAITING) from error

    def has_news(self) -> bool:
        """Whether something has arrived, or the other side has ended the stream; on an idle connection both mean its end."""
        try:
            return bool((self._arrivals or self._polled)(0))
        except (OSError, ValueError):  # closed by somebody else
            return True

    def _polled(self, milliseconds: float) -> list[tuple[int, int]]:
        if self._arrivals is None:
            self._arrivals = _poller(self._socket, _IN)
        return self._arrivals(milliseconds)

    def pending(self) -> int:
        """How many bytes were received from the socket and not taken yet."""
        return 0

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

    def _set_timeout(self, timeout: Wait, doing: str) -> None:
        seconds = self._seconds(timeout, doing)
        try:
            self._socket.settimeout(seconds)
        except OSError as error:  # closed by somebody else
            raise self._failed(error, "using the connection") from error
        self._timeout = seconds

    def _seconds(self, timeout: Wait, doing: str) -> float | None:
        """The seconds that a wait may take now."""
        self._patience = timeout if isinstance(timeout, Patience) else None
        return seconds_of(timeout, doing, _phase(doing))

    def _must_wait(self, error: OSError) -> bool:
        """Whether the error only says that nothing can be done without waiting."""
        return False

    def _failed(self, error: OSError, doing: str) -> errors.WireError:
        """The error of the wire for an error of the system."""
        if isinstance(error, socket.timeout) and error.errno is None:  # with a number it is the system that gave up
            return self._late(doing, _phase(doing), self._timeout)
        return errors.ConnectionLost(f"the connection broke while {doing}: {error}")

    def _late(self, doing: str, phase: str, seconds: float | None) -> errors.TimedOut:
        """The error of a wait that was too long, for the server or for the whole call."""
        if self._patience is not None and seconds != self._patience.each:
            return self._patience.deadline.passed(doing, phase)
        return errors.ReadTimedOut(f"Read timed out while {doing} (read timeout={seconds:g})", phase, seconds, seconds)


class FilePart:
    """Some bytes of a file, which can be sent without having been read: `len`, `bytes` and `[n:]` are as those of a memoryview.

    The system takes them from its cache to the socket by itself: 100 MB cost 41 ms of CPU instead of 67 for reading and sending
    them. It needs `os.sendfile`, which Windows has not.
    """

    __slots__ = ("_file", "_size", "_start")

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file = file  # and not its descriptor, which may be another file's by the time this is sent
        self._start = start
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, rest: slice) -> FilePart:
        return FilePart(self._file, self._start + rest.start, self._size - rest.start)

    def __bytes__(self) -> bytes:
        data = os.pread(self._file.fileno(), self._size, self._start)
        if len(data) < self._size:
            raise _shrunk()
        return data

    def send_to(self, connected: socket.socket) -> int | None:
        """Send what the system takes of it; how many bytes that was. None where it has to be read.

        Raises ValueError if the file has been closed.
        """
        try:
            size = os.sendfile(connected.fileno(), self._file.fileno(), self._start, self._size)
        except (BlockingIOError, ConnectionError):
            raise
        except OSError:  # there are file systems that cannot do it; what else is wrong with the file, reading says
            return None
        if not size:
            raise _shrunk()
        return size


def _shrunk() -> errors.WireError:
    return errors.LocalProtocolError("the file became shorter while it was sent", "body")


def _phase(doing: str) -> str:
    # Whoever reads a body says so afterwards: on a connection it is all the same.
    return "send" if doing == _SENDING else "head"


_IN, _OUT = 1, 4  # as select.POLLIN and POLLOUT, which Windows does not have


def _poller(connected: socket.socket, events: int) -> _Poller:
    """A function (milliseconds to wait) -> [(descriptor, what happened)], empty when nothing did."""
    if not hasattr(select, "poll"):  # Windows
        return lambda milliseconds: _select(connected, events, milliseconds)
    poll = select.poll()
    poll.register(connected, events)
    return poll.poll


def _select(connected: socket.socket, events: int, milliseconds: float | None) -> list[tuple[int, int]]:
    timeout = None if milliseconds is None else milliseconds / 1000
    readable, writable, _ = select.select([connected], [connected] if events & _OUT else [], [], timeout)
    happened = (_IN if readable else 0) | (_OUT if writable else 0)
    return [(connected.fileno(), happened)] if happened else []
