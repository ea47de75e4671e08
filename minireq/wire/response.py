"""A response whose body has not been read: the `raw` that users of requests know.

Bytes come from the connection as they are asked for; its content coding is taken off when asked to. When the last byte has been
read the connection goes back to the pool; when anything goes wrong, or the response is closed before, it does not, unless what
is left has already arrived. Every method that reads raises the errors of the wire, and afterwards the response is closed.
"""

from __future__ import annotations

import io
import time

from . import errors
from .limits import DEFAULT_LIMITS, UNSUSPECTED, Limits
from .protocol.coding import Decoder, decoder_for
from .protocol.exchange import DONE
from .protocol.fields import Fields
from .retry import NO_RETRIES, Attempt, Retry
from .timeouts import Patience, each_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol, TypeVar

    from .connection import Connection
    from .protocol.head import ResponseHead
    from .timeouts import Deadline, Wait

    _Result = TypeVar("_Result")

    _T = TypeVar("_T")

    class _Pool(Protocol):
        def give_back(self, connection: Connection) -> None: ...

        def discard(self, connection: Connection) -> None: ...


# One read of a body whose end is not asked for; large enough that its cost per byte vanishes, small enough to stay in the cache.
_BLOCK = 64 * 1024
# Of a known length, so much is received straight into the bytes object that is returned, and the rest in pieces: what a server
# only claims is not allocated. Of a longer body some has to be shown first, for which more is believed.
_CLAIM = 64 * 1024 * 1024
_SHOWN = 512 * 1024
_LARGE_CLAIM = 256 * 1024 * 1024
_PIECE = 256 * 1024


class RawResponse(io.IOBase):
    """Status, headers and the unread body.

    `read`, `stream` and `readinto` give the body as it was sent, unless `decode_content` is true. It is closed as soon as its last
    byte has been read; what wraps it as a file (`io.TextIOWrapper`) wants `auto_close = False` first.
    """

    # A file of Python has a dictionary all the same, for what a program puts there. To fill one for each response would cost more
    # than everything else that is done here.
    __slots__ = (
        "_connection",
        "_deadline",
        "_decoded",
        "_decoder",
        "_decoding",
        "_fields",
        "_informational",
        "_limits",
        "_most",
        "_pool",
        "_position",
        "_request_url",
        "_shared",
        "_sized",
        "_timeout",
        "_trailers",
        "reason",
        "status",
        "version",
    )

    auto_close = True
    decode_content = False

    _closed = False
    _measure = "body"  # the limit that counts what is received

    def __init__(
        self,
        head: ResponseHead,
        connection: Connection,
        pool: _Pool,
        timeout: Wait = None,
        limits: Limits = DEFAULT_LIMITS,
        target: str | None = None,
    ) -> None:
        self.status = head.status
        self.reason = head.reason
        self.version = head.version
        # The same head may come again: as long as they are shared with the next response, they are not to be changed.
        self._fields = head.fields
        self._shared = True
        self._pool = pool
        self._connection: Connection | None = connection
        self._timeout = timeout
        # Of a call that has one.
        self._deadline: Deadline | None = timeout.deadline if timeout is not None and isinstance(timeout, Patience) else None
        self._decoder: Decoder | None = None
        self._decoding = False
        self._position = self._decoded = 0  # how many bytes have been received, and how many a decoder has given
        self._trailers: Fields | None = None
        self._limits = limits
        self._request_url = target
        exchange = connection.exchange
        length = exchange.left
        self._sized = length is not None
        # How many bytes may be received; of a body that says that it is longer, none.
        self._most = limits.body if length is None or length <= limits.body else -1
        self._informational = exchange.informational
        if exchange.state is DONE:
            self._finish()

    @property
    def headers(self) -> Fields:
        """The headers, its own: who asks may change them."""
        if self._shared:
            self._fields, self._shared = self._fields.copy(), False
        return self._fields

    @headers.setter
    def headers(self, fields: Fields) -> None:
        self._fields, self._shared = fields, False

    # Reading.

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """`amt` bytes, or all there are; fewer only at the end of the body, where it is b"" in the end.

        `cache_content` is accepted and means nothing: `Response.content` is the place where a body is kept.
        """
        if amt is None:
            whole = self._at_once()
            if whole is not None:
                return whole
        self._set_decoding(decode_content)
        if amt is None or amt < 0:
            return self._read_all()
        if amt == 0:
            return b""
        parts = []
        while amt:
            part = self._next(amt)
            if not part:
                break
            parts.append(part)
            amt -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """What has arrived, up to `amt` bytes: waits for the first one only."""
        self._set_decoding(decode_content)
        return self._next(_BLOCK if amt is None or amt < 0 else amt) if amt != 0 else b""

    def readinto(self, buffer: Any) -> int:
        """Read into a writable buffer; how many bytes, 0 at the end."""
        with memoryview(buffer).cast("B") as view:
            if not view:
                return 0
            self._set_decoding(None)
            if self._decoder is not None or self._connection is None:
                data = self._next(len(view))
                view[: len(data)] = data
                return len(data)
            return self._receive_into(view)

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Iterator[bytes]:
        """The body in pieces of at most `amt` bytes as they arrive; of a known length they have just that size but for the last.

        `amt` of None, or of 0 and less, gives whatever has arrived, piece by piece.
        """
        self._set_decoding(decode_content)
        while True:
            data = self._next(_BLOCK) if amt is None or amt <= 0 else self._fill(amt)
            if not data:
                return
            yield data

    def read_chunked(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:
        """The same, for programs that ask for chunks."""
        return self.stream(amt, decode_content)

    def _set_decoding(self, decode_content: bool | None) -> None:
        wanted = self.decode_content if decode_content is None else decode_content
        if wanted and not self._decoding:
            self._decoding = True
            if self._connection is not None and not self._position:
                if "content-encoding" in self._fields.index:
                    self._decoder = self._guarded(decoder_for, self._fields.value("content-encoding"), self._limits)
                if self._decoder is None and self._limits.decoded_body < self._limits.body:
                    most = self._limits.decoded_body  # without a coding, what is received is that
                    self._measure = "decoded_body"
                    self._most = most if (self._connection.exchange.left or 0) <= most else -1
        if self._most < 0:
            error = self._too_long()
            self._discard()
            raise error

    def _fill(self, amt: int) -> bytes:
        """What `stream` yields: of a body of known length exactly `amt` bytes but for the last, else what has arrived."""
        data = self._next(amt)
        if not self._sized or not data or len(data) == amt:
            return data
        parts = [data]
        amt -= len(data)
        while amt and (data := self._next(amt)):
            parts.append(data)
            amt -= len(data)
        return b"".join(parts)

    def _next(self, most: int, room: memoryview | None = None) -> bytes:
        """Up to `most` bytes as soon as there are any, b"" at the end; `room` is memory that is free to be used meanwhile."""
        if self._deadline is not None:
            self._look_at_clock(self._deadline)
        if self._decoder is not None:
            return self._next_decoded(most, self._decoder)
        return self._receive(most, room)

    def _next_decoded(self, most: int, decoder: Decoder) -> bytes:
        most = min(most, self._limits.decoded_body + 1 - self._decoded)
        while (data := self._guarded(decoder.next_data, most)) is None:
            arrived = self._receive(_BLOCK)
            if arrived:
                decoder.feed(arrived)
            else:
                decoder.end()
        if not data:
            self._decoder = None
        self._decoded += len(data)
        self._guarded(self._check_decoded)
        return data

    def _check_decoded(self) -> None:
        limits, decoded = self._limits, self._decoded
        if decoded > limits.decoded_body:
            raise errors.LimitExceeded("decoded_body", limits.decoded_body, "the decoded body is too long")
        if decoded > UNSUSPECTED and decoded > limits.decode_ratio * self._position:
            what = f"the body is a bomb, it swells from {self._position} bytes to more than {decoded}"
            raise errors.LimitExceeded("decode_ratio", limits.decode_ratio, what)

    def _receive(self, most: int, room: memoryview | None = None) -> bytes:
        connection = self._connection
        if connection is None:
            return b""
        try:
            data = connection.read_body(most, self._timeout, room)
            self._position += len(data)
            if self._position > self._most:
                raise self._too_long()
        except BaseException as error:
            self._lose(error)
            raise
        if connection.exchange.state is DONE:
            self._finish()
        return data

    def _receive_into(self, view: memoryview) -> int:
        connection = self._connection
        assert connection is not None
        if self._deadline is not None:
            self._look_at_clock(self._deadline)
        try:
            size = connection.read_body_into(view, self._timeout)
            self._position += size
            if self._position > self._most:
                raise self._too_long()
        except BaseException as error:
            self._lose(error)
            raise
        if connection.exchange.state is DONE:
            self._finish()
        return size

    def _look_at_clock(self, deadline: Deadline) -> None:
        """The call's time runs on while nobody reads: what of the body is here by then is not given out afterwards."""
        if self._connection is not None or self._decoder is not None:
            self._guarded(deadline.remaining, "reading the body", "body")

    def _lose(self, error: BaseException) -> None:
        """The connection failed us here, which is a thing that it cannot know."""
        if isinstance(error, errors.TimedOut):
            error.phase = "body"
        self._discard()

    def _too_long(self) -> errors.LimitExceeded:
        left = None if self._connection is None else self._connection.exchange.left
        what = "the body is too long" if left is None else f"the body is too long: it has {self._position + left} bytes"
        return errors.LimitExceeded(self._measure, getattr(self._limits, self._measure), what)

    def _guarded(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Call what may find the content damaged; then the rest of it is of no use to anyone."""
        try:
            return function(*arguments)
        except BaseException:
            self._discard()
            raise

    def _at_once(self) -> bytes | None:
        """The whole body, where that is plain and has come with its head, as most have; None where there is more to do."""
        connection = self._connection
        if connection is None or self._position or self._most < 0 or self._deadline is not None:
            return None
        if not self._shared or "content-encoding" in self._fields.index:
            return None
        body = connection.exchange.rest(self._limits.decoded_body)
        if body is not None:
            self._position = len(body)
            self._connection = None
            self._pool.give_back(connection)
        return body

    def _read_all(self) -> bytes:
        connection = self._connection
        if self._decoder is None:
            if connection is None:
                return b""
            length = connection.exchange.left
            if length is not None and length > _BLOCK:
                return self._read_exactly(length)
            first = self._receive(_BLOCK)
        else:
            first = self._next(_BLOCK)
        if self._connection is None and self._decoder is None:
            return first
        whole = io.BytesIO()
        whole.write(first)
        if self._decoder is not None:
            while data := self._next(_BLOCK):
                whole.write(data)
            return whole.getvalue()
        # The one buffer that all of it is received into: 10 MB in chunks of 1 KB cost 6.5 ms instead of 8.
        with memoryview(bytearray(_PIECE)) as room:
            while data := self._next(_PIECE, room):
                whole.write(data)
        return whole.getvalue()

    def _read_exactly(self, length: int) -> bytes:
        """A body of known length, received into the very bytes object that is returned.

        `bytes(n)` is zeroed memory that the system has not touched yet; BytesIO holds the only reference to it, so it lends it out
        for writing, and `getvalue` hands over the object itself. 100 MB: 46 ms of CPU instead of 85 for joining a list.
        What is lent out cannot be closed, so no view of it may live on in the traceback of an error. What is beyond the claim is
        written behind it, for which the system moves pages.
        """
        begun = bytearray(_SHOWN if length > _CLAIM else 0)
        with memoryview(begun) as view:
            self._fill_up(view)
        position = min(length, _LARGE_CLAIM if begun else _CLAIM)
        whole = io.BytesIO(bytes(position))
        with whole.getbuffer() as view:
            view[: len(begun)] = begun
            with view[len(begun) :] as rest:
                self._fill_up(rest)
        if position < length:
            whole.seek(position)
            with memoryview(bytearray(_PIECE)) as piece:
                while position < length:
                    size = self._receive_into(piece)
                    position += whole.write(piece[:size])
        return whole.getvalue()

    def _fill_up(self, view: memoryview) -> None:
        """Receive until there is no room any more."""
        position = 0
        while position < len(view):
            with view[position:] as rest:
                position += self._receive_into(rest)

    def read_short(self, most: int, seconds: float) -> bytes | None:
        """The whole body, decoded, if it has no more than `most` bytes and comes within so many seconds.

        Else None, and all of it is dropped.
        """
        each = each_of(self._timeout)
        if self._deadline is not None:
            seconds = min(seconds, self._deadline.left())
        ends = time.monotonic() + seconds
        parts: list[bytes] = []
        try:
            self._set_decoding(True)
            while True:
                left = ends - time.monotonic()
                if most < 0 or left <= 0:
                    break
                self._timeout = left if each is None else min(each, left)
                part = self._next(most + 1)
                if not part:
                    return b"".join(parts)
                parts.append(part)
                most -= len(part)
        except errors.WireError:
            pass  # nobody waits for this body; that it is damaged or late says only that it cannot be had
        self.close()
        return None

    # The end.

    def _finish(self) -> None:
        """The last byte has been read: the connection is free for the next request."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._trailers = connection.exchange.trailers
            self._pool.give_back(connection)

    def _discard(self) -> None:
        connection, self._connection = self._connection, None
        self._decoder = None
        if connection is not None:
            self._pool.discard(connection)

    def close(self) -> None:
        """Be done with it. The connection goes back to the pool if all of the body has arrived, else it is closed."""
        connection = self._connection
        self._decoder = None
        self._closed = True
        if connection is None:
            return
        try:
            ended = connection.rest_is_here()
        except errors.WireError:
            ended = False
        if ended:
            self._finish()
        else:
            self._discard()

    def __del__(self) -> None:
        # Dropped unread. Its connection does not go back to the pool: what goes together with it may be closed already.
        connection = getattr(self, "_connection", None)
        if connection is not None:
            self._connection = None
            self._pool.discard(connection)

    release_conn = close

    def drain_conn(self) -> None:
        """The same, under urllib3's name."""
        self.close()

    @property
    def closed(self) -> bool:
        """Whether nothing can be read any more."""
        return self._closed if not self.auto_close else self._connection is None and self._decoder is None

    def isclosed(self) -> bool:
        """The same, under http.client's name."""
        return self.closed

    # What a file has.

    def readable(self) -> bool:
        """True: it is there to be read."""
        return True

    def tell(self) -> int:
        """How many bytes of the body have been received, codings and all."""
        return self._position

    def fileno(self) -> int:
        """The descriptor of the connection's socket."""
        if self._connection is None:
            raise OSError("the response has no connection any more")
        return self._connection.stream.fileno()

    def flush(self) -> None:
        """Nothing: there is nothing to flush."""

    def __iter__(self) -> Iterator[bytes]:
        """Lines with their ends, decoded."""
        begun: list[bytes] = []  # pieces of a line whose end has not come
        for data in self.stream(_BLOCK, decode_content=True):
            first, *rest = data.split(b"\n")
            begun.append(first)
            if rest:
                yield b"".join(begun) + b"\n"
                begun = [rest.pop()]
                yield from [line + b"\n" for line in rest]
        if any(begun):
            yield b"".join(begun)

    # What urllib3's response has, and programs read.

    retries: Retry = NO_RETRIES  # the policy that is left; its `history` says what the rest was used for
    attempts: tuple[Attempt, ...] = ()  # the tries that a policy had made, this one included

    @property
    def data(self) -> bytes:
        """The rest of the body."""
        return self.read()

    @property
    def connection(self) -> Any:
        """The connection, while it is ours."""
        return self._connection

    @property
    def informational(self) -> list[tuple[int, Fields]]:
        """The interim responses that came before, each with its status and fields."""
        return list(self._informational)

    @property
    def trailers(self) -> Fields | None:
        """The trailer fields, once the body has been read to its end; None if there were none to come."""
        return self._trailers

    def geturl(self) -> str | None:
        """The URL that was asked for."""
        return self._request_url

    def getheaders(self) -> Fields:
        """The headers."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """One header."""
        return self.headers.get(name, default)

    def info(self) -> Fields:
        """The headers, under urllib's name."""
        return self.headers

    def get_redirect_location(self) -> str | bool | None:
        """Where a redirect leads; False for any other status."""
        return self.headers.get("location") if self.status in (301, 302, 303, 307, 308) else False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.reason}>"

    # The private names that test tools and cookie helpers reach for: `raw._original_response.msg.get_all("set-cookie")`,
    # `raw._original_response.version`, `raw._fp`; and docker-py, which wants the socket: `raw._fp.fp.raw`, with TLS its `_sock`.

    @property
    def _original_response(self) -> RawResponse:
        return self

    @property
    def msg(self) -> Fields:
        """The headers, under http.client's name."""
        return self.headers

    @property
    def _fp(self) -> RawResponse:
        return self

    @property
    def fp(self) -> RawResponse:
        """The file that is read from, under http.client's name: this one."""
        return self

    @property
    def raw(self) -> RawResponse:
        """What is below that file: still this one."""
        return self

    @property
    def _sock(self) -> Any:
        return None if self._connection is None else self._connection.stream.socket
