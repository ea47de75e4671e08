"""One request and its response: the state machine of the client (RFC 9112).

    READY ──start──▶ SENDING ──finish──▶ AWAITING ──head──▶ BODY ──last byte──▶ DONE ──next_cycle──▶ READY
             │          │ ▲                                   ▲                    └─ only if `verdict` is None
             │          └─┼──────── an early head ────────────┤
             └─▶ HOLDING ─┘ 100, or go_on                     │     with Expect: 100-continue the body waits to be asked for
                    └────────────── the head ─────────────────┘     (RFC 9110, section 10.1.1)
                 any state ──a violation, an end too early──▶ BROKEN

It is pure: `feed` brings what arrived (b"" says that nothing more will), `next_head` and `next_data` give what can be had from it,
None meaning "feed me more". Nobody outside assigns the state. `verdict` is why the connection will not live on, None if it will.
One exchange serves a connection for all its cycles.
"""

from __future__ import annotations

import enum

from .. import errors
from ..limits import DEFAULT_LIMITS, Limits
from .chunked import ChunkedDecoder, chunk_of, last_chunk
from .fields import NO_FIELDS, Fields
from .framing import CHUNKED, LENGTH, NO_BODY, TUNNEL, Body, Close, body_of, has_token, verdict
from .grammar import is_length
from .head import ResponseHead, field_block, head_end, request_line, response_head, shown_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TypeVar, Union

    class StandIn(Protocol):
        """What stands for bytes, and becomes them where they are needed."""

        def __len__(self) -> int: ...

        def __bytes__(self) -> bytes: ...

    _Piece = TypeVar("_Piece", bound=Union[bytes, StandIn])


class State(enum.Enum):
    """Where the exchange is."""

    READY = "no request yet"
    HOLDING = "the body waits until it is asked for"
    SENDING = "the request is being sent"
    AWAITING = "the request is sent"
    BODY = "the head of the response has come"
    DONE = "the response has come whole"
    BROKEN = "this connection cannot be trusted any more"


READY, HOLDING, SENDING, AWAITING, BODY, DONE, BROKEN = State
_BEFORE_THE_HEAD = (AWAITING, SENDING, HOLDING)
_EVERYTHING = 1 << 62
_BULK = 16 * 1024


class Exchange:
    """The client's side of a connection, in bytes.

    >>> exchange = Exchange()
    >>> exchange.start("GET", "/", Fields([("Host", "example.org")]))
    b'GET / HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n'
    >>> exchange.finish()
    b''
    >>> exchange.feed(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello")
    >>> exchange.next_head(), exchange.next_data(), exchange.state
    (<ResponseHead 200 OK>, b'hello', <State.DONE: 'the response has come whole'>)
    """

    __slots__ = (
        "_block",
        "_body",
        "_buffer",
        "_chunks",
        "_closes",
        "_ended",
        "_expects",
        "_heard",
        "_interim_bytes",
        "_limits",
        "_line",
        "_method",
        "_said",
        "_said_length",
        "_scanned",
        "_target",
        "_to_send",
        "_upgrade",
        "head",
        "informational",
        "left",
        "state",
        "switched",
        "trailers",
        "verdict",
    )

    def __init__(self) -> None:
        self.state = READY
        self.verdict: Close | None = None
        self._limits = DEFAULT_LIMITS
        self._buffer = bytearray()  # what has arrived and not been taken
        self._ended = False  # nothing more will arrive
        self.switched = False  # the connection is no longer HTTP
        # What the last request said, found sound: programs say the same again and again, and often only the target differs.
        self._method = ""
        self._target: str | None = None
        self._line = b""
        self._said: tuple[tuple[str, str], ...] | None = None
        self._said_length: int | None = 0
        self._block = b""
        self._upgrade = self._closes = self._expects = False
        # Servers do, too. What it was stays with the connection, for there may be secrets in it: its bytes, what they answered and
        # under which limits, what they say, and what follows from that for the body and the connection.
        self._heard: tuple[bytes, str, Limits, ResponseHead, Body, int | None, Close | None] | None = None
        # Of this cycle.
        self._to_send: int | None = 0  # of the request's body; None: chunked
        self._scanned = 0  # how far the buffer has been searched for the end of the head
        self.informational: list[tuple[int, Fields]] = []  # never changed: who has it keeps it
        self._interim_bytes = 0
        self.head: ResponseHead | None = None
        self._body = NO_BODY
        self.left: int | None = None  # how many bytes of the body are still to come, where its length was said
        self._chunks: ChunkedDecoder | None = None
        self.trailers: Fields | None = None

    def next_cycle(self) -> None:
        """Ready for the next request on the same connection."""
        if (self.state is not DONE and self.state is not READY) or self.verdict is not None:
            raise errors.LocalProtocolError(f"no request can follow: {self.verdict or self.state}", "body")
        self.state = READY
        self.head = None
        self._scanned = 0
        if self.informational:
            self.informational, self._interim_bytes = [], 0
        if self._chunks is not None:
            self._chunks = self.trailers = None

    # The request.

    def start(self, method: str, target: str, fields: Fields, length: int | None = 0, limits: Limits = DEFAULT_LIMITS) -> bytes:
        """The head of a request whose body has this many bytes; a length of None is sent chunked. The limits are the answer's.

        The one framing field among the fields must say the same, or the request would end elsewhere for the server than for us.
        """
        if self.state is not READY:
            self._expect(READY)
        if target != self._target or method != self._method:
            self._line = request_line(method, target)
            self._method, self._target = method, target
        said = tuple(fields.lines())
        if said != self._said or length != self._said_length:  # else it is known to be sound
            _check_framing(fields, length)
            self._block = field_block(fields)
            self._upgrade = "upgrade" in fields.index
            self._closes = has_token(fields.value("connection") or "", "close")
            self._expects = length != 0 and has_token(fields.value("expect") or "", "100-continue")
            self._said, self._said_length = said, length
        self._limits = limits
        self._to_send = length
        if self._closes:
            self.verdict = Close.CLIENT_ASKED
        self.state = SENDING
        if self._expects:
            self.state = HOLDING
        return self._line + self._block

    def go_on(self) -> None:
        """Nobody has asked for the body, and it is sent all the same: there are servers that do not know how to ask."""
        self._expect(HOLDING)
        self.state = SENDING

    def write(self, data: _Piece) -> _Piece | bytes:
        """A piece of the body as it goes on the wire."""
        if self.state is not SENDING:
            self._expect_sending()
        if self._to_send is None:
            return chunk_of(bytes(data))
        self._to_send -= len(data)
        if self._to_send < 0:
            self.state = BROKEN
            raise errors.LocalProtocolError(
                f"the body is longer than its Content-Length, by {-self._to_send} bytes or more", "body"
            )
        return data

    def finish(self, trailers: Fields = NO_FIELDS) -> bytes:
        """The end of the body as it goes on the wire, with fields to follow it if it is chunked.

        An error if the body was shorter than it was said to be.
        """
        if self.state is not SENDING:
            self._expect_sending()
        elif self._to_send == 0 and trailers is NO_FIELDS:
            self.state = AWAITING
            return b""
        if self._to_send:
            self.state = BROKEN
            raise errors.LocalProtocolError(f"the body is shorter than its Content-Length, by {self._to_send} bytes", "body")
        end = b""
        if self._to_send is None:
            end = last_chunk(trailers)
        elif trailers is not NO_FIELDS and trailers:
            raise errors.LocalProtocolError("fields can follow a chunked body only", "body")
        if self.state is SENDING:
            self.state = AWAITING
        self._to_send = 0
        return end

    def stop_sending(self) -> None:
        """What is left of the request will not be sent: the server would take another request for the rest of this one."""
        self.verdict = self.verdict or Close.EARLY_ANSWER

    def _expect_sending(self) -> None:
        # An answer that comes early may be a success, for which the server still wants the rest of the body.
        if self.verdict is not Close.EARLY_ANSWER or self.state is BROKEN:
            self._expect(SENDING)

    # The response.

    def feed(self, data: bytes | memoryview) -> None:
        """What arrived; b"" when the other side has ended the connection."""
        if data:
            self._buffer += data
        else:
            self._ended = True

    @property
    def heard(self) -> bool:
        """Whether anything of the response has come."""
        return bool(self._buffer or self.informational or self.head)

    @property
    def waiting(self) -> int:
        """How many bytes of the body have arrived and wait to be taken."""
        return 0 if self.head is None else len(self._buffer)

    def next_head(self) -> ResponseHead | None:
        """The head of the response, or None for "feed me more"; interim heads are put aside in `informational`.

        A head that comes again is the same object: who wants to change something of it takes a copy.
        """
        if self.state not in _BEFORE_THE_HEAD:
            self._expect(AWAITING)
        try:
            again = self._head_again()
            if again is not None:
                return again
            while True:
                block = self._next_block()
                if block is None:
                    return None
                head = response_head(block, self._limits)
                if head.status >= 200 or head.status == 101:
                    return self._final(head, block)
                self._interim(head, len(block))
        except errors.WireError:
            self.state = BROKEN
            raise

    def _head_again(self) -> ResponseHead | None:
        """The head of the last response, if the very same one has come again: it need not be read again."""
        if self._heard is None:
            return None
        block, method, limits, head, body, length, close = self._heard
        buffer = self._buffer
        if not buffer.startswith(block) or limits is not self._limits or method != self._method or self.informational:
            return None
        del buffer[: len(block)]
        self._begin_body(head, body, length, close)
        return head

    def _next_block(self) -> bytes | None:
        """The bytes of the next whole head, out of the buffer, without the empty line."""
        buffer = self._buffer
        end, after = head_end(buffer, self._scanned)
        if end < 0:
            if self._interim_bytes + len(buffer) - 3 > self._limits.header_bytes:  # of its end, three bytes may have come
                raise self._head_too_long()
            if self._ended:
                if not buffer:
                    raise errors.ConnectionLost("the server closed the connection without a response")
                first, _, _ = buffer.partition(b"\n")  # no more of it: there may be secrets
                raise errors.IncompleteMessage(f"the connection ended inside the head of the response: {shown_line(bytes(first))}")
            self._scanned = max(0, len(buffer) - 2)
            return None
        block = bytes(buffer[: end - 1 if end and buffer[end - 1] == 13 else end])  # without the CR before the LF
        if self._interim_bytes + len(block) > self._limits.header_bytes:
            raise self._head_too_long()
        del buffer[:after]
        self._scanned = 0
        return block

    def _head_too_long(self) -> errors.LimitExceeded:
        what = "the head of the response is too long"
        if self._interim_bytes:
            what += f", together with {self._interim_bytes} bytes of interim ones"
        return errors.LimitExceeded("header_bytes", self._limits.header_bytes, what)

    def _interim(self, head: ResponseHead, size: int) -> None:
        if head.status == 100 and self.state is HOLDING:
            self.state = SENDING
        self.informational = [*self.informational, (head.status, head.fields)]
        self._interim_bytes += size
        if len(self.informational) > self._limits.interim_responses:
            raise errors.LimitExceeded(
                "interim_responses", self._limits.interim_responses, "the server sends interim responses without end"
            )

    def _final(self, head: ResponseHead, block: bytes) -> ResponseHead:
        if head.status == 101 and not self._upgrade:
            raise errors.RemoteProtocolError("the server switched protocols (101) without being asked to")
        body, length = body_of(self._method, head)
        close = verdict(head, body)
        self.switched = body is TUNNEL
        if not self.switched:
            self._heard = (block + b"\r\n\r\n", self._method, self._limits, head, body, length, close)
        self._begin_body(head, body, length, close)
        return head

    def _begin_body(self, head: ResponseHead, body: Body, length: int | None, close: Close | None) -> None:
        if self.state is not AWAITING:
            self.verdict = Close.EARLY_ANSWER
        elif self.verdict is None:
            self.verdict = close
        self.head = head
        self.state = BODY
        self._body = body
        self.left = length
        if body is CHUNKED:
            self._chunks = ChunkedDecoder(self._limits)
        elif body is NO_BODY or length == 0:
            self._finish_response()

    def next_data(self, most: int = _EVERYTHING) -> bytes | None:
        """Up to `most` bytes of the body, b"" after its end, None for "feed me more"."""
        if self.state is DONE:
            return b""
        if self.state is not BODY:
            self._expect(BODY)
        if self._chunks is not None:
            return self._next_chunks(most)
        buffer = self._buffer
        if not buffer:
            return self._at_end() if self._ended else None
        left = self.left
        if left is not None and left < most:
            most = left
        data = bytes(buffer) if len(buffer) <= most else bytes(buffer[:most])
        size = len(data)
        del buffer[:size]
        if left is not None:
            self.left = left - size
            if size == left:
                self._finish_response()
        return data

    def rest(self, most: int = _EVERYTHING) -> bytes | None:
        """All that is left of the body, if its length was said, it has arrived, and it is no longer than that; else None."""
        buffer = self._buffer
        size = self.left
        if size != len(buffer) or size > most or self.state is not BODY:
            return None
        data = bytes(buffer)
        buffer.clear()
        self.left = 0
        self.state = DONE
        return data

    def _next_chunks(self, most: int) -> bytes | None:
        assert self._chunks is not None
        try:
            data = self._chunks.decode(self._buffer, most)
        except errors.RemoteProtocolError:
            self.state = BROKEN
            raise
        if self._chunks.ended:
            self.trailers = self._chunks.trailers
            self._finish_response()
        elif data is None and self._ended:
            return self._at_end()
        return data

    def _at_end(self) -> bytes:
        """The connection ended where a body was: the end of it, or too early."""
        if self._body is LENGTH or self._body is CHUNKED:
            self.state = BROKEN
            missing = f", {self.left} bytes early" if self._body is LENGTH else ", before the last chunk"
            raise errors.IncompleteMessage(f"the connection ended inside the body{missing}")
        self._finish_response()
        return b""

    def _finish_response(self) -> None:
        self.state = DONE
        if self._buffer:
            self.verdict = self.verdict or Close.SURPLUS

    # Bulk: bytes of the body that the caller takes from the socket by itself, without a copy in the buffer.

    def passthrough(self) -> int:
        """How many of the coming bytes are plain body: 0 when something is buffered or has to be parsed."""
        if self._buffer or self.state is not BODY:
            return 0
        if self.left is not None:
            return self.left
        if self._chunks is not None:
            # The rest of a small chunk is not worth a call of the system: more chunks come with it.
            return self._chunks.left if self._chunks.left >= _BULK else 0
        return _EVERYTHING

    @property
    def bulk_left(self) -> int | None:
        """How many bytes are left of a large chunk, 0 right behind one; None elsewhere."""
        chunks = self._chunks
        return chunks.left if chunks is not None and chunks.size >= _BULK and not self._buffer else None

    def skip(self, size: int) -> None:
        """The caller took so many of them."""
        if self._chunks is not None:
            self._chunks.skipped(size)
        elif self.left is not None:
            self.left -= size
            if not self.left:
                self._finish_response()

    @property
    def buffered(self) -> int:
        """How many bytes have arrived and were not taken yet."""
        return len(self._buffer)

    def abort(self) -> None:
        """The connection is lost or given up."""
        self.state = BROKEN

    def _expect(self, state: State) -> None:
        if self.state is not state:
            raise errors.LocalProtocolError(f"not possible now: {self.state.value}", "body")


def _check_framing(fields: Fields, length: int | None) -> None:
    """Refuse a request whose fields say another end of its body than the one it has (RFC 9112, section 6.2)."""
    coding, said = fields.value("transfer-encoding"), fields.value("content-length")
    if coding is not None and said is not None:
        raise errors.LocalProtocolError("a request cannot have both Transfer-Encoding and Content-Length")
    if length is None and (coding is None or coding.lower() != "chunked"):
        raise errors.LocalProtocolError(f"a body of unknown length needs Transfer-Encoding: chunked, not {coding!r}")
    if length is not None and coding is not None:
        raise errors.LocalProtocolError(f"Transfer-Encoding: {errors.shown(coding)} does not fit a body of {length} bytes")
    if said is None:
        if length:
            raise errors.LocalProtocolError(f"a body of {length} bytes needs its Content-Length")
    elif not is_length(said) or int(said) != length:
        raise errors.LocalProtocolError(f"Content-Length: {errors.shown(said)} does not fit a body of {length} bytes")
