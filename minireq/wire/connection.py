"""One connection: a stream and an exchange. It sends a request, reads a head, and hands out the bytes of a body.

This is where waiting happens; what the bytes mean is the exchange's to say.
"""

from __future__ import annotations

import os
import time

from . import errors
from .limits import DEFAULT_LIMITS, Limits
from .network.stream import FilePart
from .network.tls import TLSStream
from .protocol.exchange import BODY, DONE, HOLDING, Exchange
from .timeouts import HEAD_PATIENCE, each_of, seconds_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from .network.stream import Stream
    from .protocol.fields import Fields
    from .protocol.head import ResponseHead
    from .request import Request
    from .route import Route
    from .timeouts import Wait

    class Turn(Protocol):
        """A place in the queue of a pool."""

        def end(self) -> None: ...


# A body up to this size goes out in one system call with its head; if it comes in pieces, it is collected first, so that one that
# is not as long as it was said to be is found before anything is sent.
_JOINED = 16 * 1024
# So much of an early answer is taken in while the request is still being sent; the rest waits with the server.
_WAITING = 64 * 1024
# The most that is received at once of what needs no parsing.
_AT_ONCE = 256 * 1024
# Behind a large chunk so much is received, which has the next size line: another large one then passes by the buffer, too.
_SIZE_LINE = 256


class Connection:
    """A connection along a route; one request at a time. How far that is, its `exchange` says."""

    __slots__ = ("_listener", "_sent_before", "_told", "cycles", "exchange", "process", "route", "stream", "turn")

    def __init__(self, stream: Stream, route: Route) -> None:
        self.stream = stream
        self.route = route
        self.process = os.getpid()  # a forked process has it too, and must leave it alone
        self.turn: Turn | None = None  # of a pool that lets wait: whose connection it is takes one
        self.cycles = 0  # requests begun on it
        self.exchange = Exchange()
        self._sent_before = 0
        self._listener: Callable[[int, Fields], Any] | None = None
        self._told = 0  # interim responses that it has been called with

    # Sending.

    def send(self, request: Request, timeout: Wait, limits: Limits = DEFAULT_LIMITS) -> None:
        """Send a request; `timeout` is for each wait, the limits for its answer.

        Returns early when the server answers before it has everything. A failure to send is no error yet when the server has
        said why: then `read_head` finds the answer.
        """
        exchange, stream, body = self.exchange, self.stream, request.body
        self.cycles += 1
        self._sent_before = stream.sent
        self._listener, self._told = request.listener, 0
        head = exchange.start(request.method, request.target, request.fields, request.length, limits)
        if exchange.state is HOLDING:
            if not self._is_asked_for_the_body(head, request.patience, timeout):
                return
            head = b""
        if body is None:
            exchange.finish()
            self._send_whole(head, timeout)
            return
        if isinstance(body, bytes):
            if len(body) <= _JOINED:
                self._send_whole(head + exchange.write(body) + exchange.finish(request.fields_behind_the_body()), timeout)
            else:
                self._send_watching(head, (body,), request, timeout)
        elif request.length and request.length <= _JOINED:
            parts = [head, *[bytes(exchange.write(piece)) for piece in body]]
            self._send_whole(b"".join([*parts, exchange.finish(request.fields_behind_the_body())]), timeout)
        else:
            self._send_watching(head, body, request, timeout)

    def _is_asked_for_the_body(self, head: bytes, patience: float, timeout: Wait) -> bool:
        """Send the head alone and wait for what the server says: until it asks for the body, or for as long as we have patience.

        False when it answers instead: then it gets no body, and the connection serves no more, since the server may still expect
        one (RFC 9110, section 10.1.1).
        """
        exchange, stream = self.exchange, self.stream
        self._send_whole(head, timeout)
        most = seconds_of(timeout, "waiting for the server to ask for the body", "head")
        ends = time.monotonic() + (patience if most is None else min(patience, most))
        while exchange.state is HOLDING:
            left = ends - time.monotonic()
            if left <= 0 or not stream.hears_within(left):
                exchange.go_on()
            else:
                self._take_in(stream.receive_now())
        return exchange.head is None

    def _send_whole(self, data: bytes, timeout: Wait) -> None:
        """Send a small request at once."""
        try:
            self.stream.send(data, timeout)
        except errors.ConnectionLost:
            # A new connection that ends here was refused, and the server may have said why: TLS 1.3 asks for certificates after
            # its handshake. One that has served before died in the pool: what it says is no answer to us.
            if self.cycles == 1:
                self._hear_last_words()
            if self.exchange.head is None:
                raise

    def _send_watching(self, head: bytes, body: Iterable[bytes | FilePart], request: Request, timeout: Wait) -> None:
        """Send head and body piece by piece, with an eye on what the server says meanwhile."""
        exchange = self.exchange
        try:
            if head:
                self.stream.send(head, timeout)
            for piece in body:
                if not self._send_piece(exchange.write(piece), timeout):
                    return
            self._send_piece(exchange.finish(request.fields_behind_the_body()), timeout)
        except errors.ConnectionLost:
            # The server may have answered and closed, as with 413: what it said counts, if anything.
            self._hear_last_words()
            if exchange.head is None:
                raise

    def _send_piece(self, data: bytes | FilePart, timeout: Wait) -> bool:
        """Send all of it; False when the final head of an error came meanwhile, and no more of the body is wanted."""
        stream = self.stream
        rest = data if isinstance(data, FilePart) and stream.sends_files else memoryview(bytes(data))
        while rest:
            listening = self.exchange.waiting <= _WAITING
            if listening and stream.wait(timeout):
                heard = stream.receive_now()
                if self._answered(heard):
                    self.exchange.stop_sending()
                    return False
                listening = heard != b""  # else it has said all it will say, and goes on taking
            if not listening:
                stream.send(rest if isinstance(rest, memoryview) else bytes(rest), timeout)
                return True
            rest = rest[stream.send_some(rest) :]
        return True

    def _answered(self, data: bytes | None) -> bool:
        """Take what arrived during sending; whether it ends the sending.

        A final head that is an error does (RFC 9112, section 9.5). After a success the server still wants the rest of the body:
        the answer waits in the exchange.
        """
        self._take_in(data)
        head = self.exchange.head
        return head is not None and head.status >= 300

    def _take_in(self, data: bytes | None) -> None:
        """Give what arrived, if anything, to the exchange, as long as it waits for the head."""
        exchange = self.exchange
        if data is not None:
            exchange.feed(data)
            if exchange.head is None:
                exchange.next_head()
                self._tell()

    def _tell(self) -> None:
        """Let the caller see the interim responses that have come since the last time."""
        if self._listener is not None:
            for status, fields in self.exchange.informational[self._told :]:
                self._told += 1
                self._listener(status, fields)

    def _hear_last_words(self) -> None:
        self.exchange.stop_sending()
        try:
            self._answered(self.stream.receive_now())
        except errors.TLSError:
            raise
        except errors.WireError:
            pass  # there are none

    @property
    def untouched(self) -> bool:
        """Whether not a byte of the request has left."""
        return self.stream.sent == self._sent_before

    @property
    def unheard(self) -> bool:
        """Whether not a byte of a response has come."""
        return not self.exchange.heard

    # Receiving.

    def read_head(self, timeout: Wait) -> ResponseHead:
        """The head of the response; `timeout` is for each wait, and ten times that for the whole of it."""
        exchange, stream = self.exchange, self.stream
        head = exchange.head  # it came while the request was being sent
        began = 0.0
        while head is None:
            exchange.feed(stream.receive(timeout))
            head = exchange.next_head()
            if exchange.informational:
                self._tell()
            if head is None:
                began = began or time.monotonic()
                _check_patience(timeout, began)
        if self.cycles == 1 and isinstance(stream, TLSStream):
            stream.keep_session()
        return head

    def read_body(self, most: int, timeout: Wait, room: memoryview | None = None) -> bytes:
        """Up to `most` bytes of the body, as soon as there are any; b"" at its end.

        `room` is memory that may be used to receive what has to be parsed, instead of new one each time.
        """
        exchange = self.exchange
        while (data := exchange.next_data(most)) is None:
            plain = exchange.passthrough()
            if plain:
                data = self.stream.receive(timeout, min(plain, most, _AT_ONCE))
                if data:
                    exchange.skip(len(data))
                    return data
                exchange.feed(data)
            else:
                left = exchange.bulk_left
                if left is not None:
                    exchange.feed(self.stream.receive(timeout, left + _SIZE_LINE))
                elif room is not None:
                    exchange.feed(room[: self.stream.receive_into(room, timeout)])
                else:
                    exchange.feed(self.stream.receive(timeout))
        return data

    def read_body_into(self, view: memoryview, timeout: Wait) -> int:
        """The same, into the caller's memory; how many bytes that was, 0 at the end."""
        exchange = self.exchange
        plain = exchange.passthrough()
        if plain:
            with view[:plain] as room:
                size = self.stream.receive_into(room, timeout)
            if size:
                exchange.skip(size)
                return size
            exchange.feed(b"")
        data = self.read_body(len(view), timeout)
        view[: len(data)] = data
        return len(data)

    def rest_is_here(self) -> bool:
        """Read over what is left of the body if all of it has already arrived; whether that was so."""
        exchange = self.exchange
        while exchange.state is BODY:
            data = exchange.next_data()
            if data is None:
                return False
        return exchange.state is DONE

    # Afterwards.

    def pending(self) -> int:
        """Bytes that have been received and not been read yet."""
        return self.exchange.buffered + self.stream.pending()

    def close(self) -> None:
        """Close it for good."""
        self.exchange.abort()
        self.stream.close()
        if self.turn is not None:
            self.turn.end()


def _check_patience(timeout: Wait, began: float) -> None:
    """Whether a head, whose first bytes came then, still has time."""
    each = each_of(timeout)
    if each is None:
        return
    elapsed = time.monotonic() - began
    if elapsed > HEAD_PATIENCE * each:
        raise errors.ReadTimedOut(
            f"Read timed out: the head of the response did not end within {HEAD_PATIENCE * each:g} seconds (read timeout={each:g})",
            "head",
            each,
            elapsed,
        )
