"""A socket in TLS over a socket in TLS: what a tunnel through a proxy that is itself spoken to in TLS needs.

`ssl` wraps plain sockets only. So here the inner TLS reads and writes memory, and what it wants to send or to receive goes over
the outer socket. To `TLSStream` this looks like an `SSLSocket`, as far as it uses one.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from typing import Any

_MOST = 64 * 1024  # bytes at a time


class TLSInTLS:
    """The inner socket. Timeouts are those of the outer one: each call here waits no longer in all."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext, name: bytes, session: ssl.SSLSession | None) -> None:
        import ssl  # is here already: `outer` came by it

        self._outer = outer
        self._wants = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._inner = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name, session=session)
        self._unsent = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)  # context, getpeercert, pending, session, session_reused, version …

    def do_handshake(self) -> None:
        """Shake hands with whoever is at the end of the tunnel."""
        self._run(self._inner.do_handshake)

    def send(self, data: Any) -> int:
        """Send some of it; how many bytes that was."""
        self._flush()
        size: int = self._run(self._inner.write, data[:_MOST])
        return size

    def recv(self, most: int) -> bytes:
        """What has arrived; b"" at the end."""
        data: bytes = self._run(self._inner.read, most)
        return data

    def recv_into(self, view: memoryview) -> int:
        """The same, into the caller's memory."""
        size: int = self._run(self._inner.read, len(view), view)
        return size

    def waits_inside(self) -> bool:
        """Whether something has arrived that no `select` on the outer socket shows."""
        return bool(self._outer.pending() or self._incoming.pending)

    def gettimeout(self) -> float | None:
        """That of the outer socket."""
        return self._outer.gettimeout()

    def settimeout(self, timeout: float | None) -> None:
        """For the outer socket."""
        self._outer.settimeout(timeout)

    def fileno(self) -> int:
        """The outer socket's."""
        return self._outer.fileno()

    def close(self) -> None:
        """Close the outer socket."""
        self._outer.close()

    def _run(self, step: Callable[..., Any], *arguments: Any) -> Any:
        """Do something inside that may need more bytes from outside."""
        timeout = self._outer.gettimeout()
        until = time.monotonic() + timeout if timeout else None
        try:
            while True:
                try:
                    result = step(*arguments)
                except self._wants:
                    self._flush_quietly()
                    self._fill()
                    if until is not None:
                        self._outer.settimeout(max(until - time.monotonic(), 0.001))
                else:
                    self._flush_quietly()
                    return result
        finally:
            if until is not None and self._outer.fileno() >= 0:
                self._outer.settimeout(timeout)

    def _fill(self) -> None:
        arrived = self._outer.recv(_MOST)
        if arrived:
            self._incoming.write(arrived)
        else:
            self._incoming.write_eof()

    def _flush_quietly(self) -> None:
        """Send what is to be sent; what cannot be sent without waiting, where nobody waits, is sent before anything else later."""
        try:
            self._flush()
        except self._wants:
            pass

    def _flush(self) -> None:
        self._unsent += self._outgoing.read()
        while self._unsent:
            self._unsent = self._unsent[self._outer.send(self._unsent) :]
