"""A connection that is no longer HTTP, handed over after a 101 or after 2xx to CONNECT: bytes go both ways until one side ends it.

It is still the `RawResponse`: what is read are the other side's bytes, beginning with those that came with the head. And it
can be written to. For code that expects a socket it has a socket's words, too: `recv`, `sendall`, `settimeout`, `fileno`. The
connection never goes back to the pool, and closing the response closes it.
"""

from __future__ import annotations

from . import errors
from .response import RawResponse
from .timeouts import each_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SwitchedResponse(RawResponse):
    """The two-way stream behind the head of a 101, or of 2xx to CONNECT."""

    def write(self, data: Any) -> int:
        """Send all of the data; how many bytes that was."""
        connection = self._connection
        if connection is None:
            raise errors.ConnectionLost("the connection was closed, nothing can be sent any more")
        view = memoryview(data).cast("B")
        try:
            connection.stream.send(view, self._timeout)
        except BaseException:
            self._discard()
            raise
        return len(view)

    def writable(self) -> bool:
        """True, which for other responses it is not."""
        return True

    def settimeout(self, seconds: float | None) -> None:
        """How long each read and write may wait from now on; None: for ever."""
        self._timeout, self._deadline = seconds, None

    def gettimeout(self) -> float | None:
        """How long each read and write may wait."""
        return each_of(self._timeout)

    def pending(self) -> int:
        """How many bytes can be read without the socket: ask before waiting for it with `select`."""
        return 0 if self._connection is None else self._connection.pending()

    def recv(self, size: int) -> bytes:
        """A socket's word for `read1`."""
        return self.read1(size)

    def sendall(self, data: Any) -> None:
        """A socket's word for `write`."""
        self.write(data)

    def _finish(self) -> None:
        """The other side will say no more. It may go on listening, so the connection stays until it is closed."""

    def close(self) -> None:
        """End the connection; what was written is still sent by the system."""
        self._closed = True
        self._discard()
