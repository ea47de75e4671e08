"""A small HTTP/1.1 server inside this process, on loopback, for the self-test.

One thread accepts; each connection has a thread that reads a request, looks up the answer for its path, and sends what that
yields: bytes, head included, so that an answer can be as wrong as a test needs it. `HangUp` ends the connection in the middle.
How many connections there were is counted here, where the client cannot flatter itself.

It listens on 127.0.0.1 alone, on a port of the system's choice, for as long as its `with` block lasts. Requests are believed:
this is a partner for a test, not a server for anyone.
"""

from __future__ import annotations

import socket
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    Answer = Callable[["Received"], Iterable[bytes]]

PATIENCE = 10.0
_LONGEST_LINE = 1 << 16


class HangUp(Exception):
    """Raised by an answer: close the connection now."""


class Received:
    """One request, as it came; names of fields are in lower case."""

    __slots__ = ("body", "fields", "method", "target")

    def __init__(self, method: str, target: str, fields: dict[str, str], body: bytes) -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body


class LoopbackServer:
    r"""Answers by path, while its `with` block lasts.

    >>> with LoopbackServer({"/": lambda request: [response(b"hello")]}) as server:
    ...     with socket.create_connection(server.address) as client:
    ...         client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    ...         client.makefile("rb").read()
    b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
    """

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.connections = 0
        self.requests = 0
        self._answers = answers
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._closing = False

    def __enter__(self) -> LoopbackServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._closing = True
        # Closing a listener does not wake the thread that waits for it on every system; a connection does.
        socket.create_connection(self.address, PATIENCE).close()
        self._acceptor.join(PATIENCE)
        self._listener.close()
        with self._lock:
            left = dict(self._open)
        for connection, thread in left.items():
            _shut(connection)
            thread.join(PATIENCE)

    def url(self, path: str) -> str:
        """The URL of a path here."""
        return f"http://{self.address[0]}:{self.address[1]}{path}"

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing:
                connection.close()
                return
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self.connections += 1
                self._open[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while (request := read_request(stream)) is not None:
                    with self._lock:
                        self.requests += 1
                    for piece in self._answers.get(request.target.partition("?")[0], _nothing)(request):
                        connection.sendall(piece)
                    if request.fields.get("connection", "").lower() == "close":
                        return
        except (HangUp, OSError, ValueError):
            pass  # the client went away, or spoke no HTTP: it will say so itself
        finally:
            with self._lock:
                del self._open[connection]


def response(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    r"""A whole response with a length.

    >>> response(b"{}", "Content-Type: application/json")
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'
    """
    return head(*fields, f"Content-Length: {len(body)}", status=status) + body


def head(*fields: str, status: str = "200 OK") -> bytes:
    r"""The head of a response.

    >>> head("Transfer-Encoding: chunked")
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    """
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode("latin-1")


def chunk(data: bytes) -> bytes:
    r"""One chunk of a chunked body; the empty one is the last.

    >>> chunk(b"hello"), chunk(b"")
    (b'5\r\nhello\r\n', b'0\r\n\r\n')
    """
    return b"%x\r\n%b\r\n" % (len(data), data)


def read_request(stream: BinaryIO) -> Received | None:
    """The next request on a connection, or None at its end; ValueError if it is none."""
    line = stream.readline(_LONGEST_LINE)
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split()
    fields = {}
    while name_and_value := stream.readline(_LONGEST_LINE).decode("latin-1").strip():
        name, _, value = name_and_value.partition(":")
        fields[name.lower()] = value.strip()
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = b"".join(_chunks(stream))
    else:
        body = stream.read(int(fields.get("content-length", 0)))
    return Received(method, target, fields, body)


def _chunks(stream: BinaryIO) -> Iterable[bytes]:
    while size := int(stream.readline(_LONGEST_LINE), 16):
        yield stream.read(size)
        stream.readline(_LONGEST_LINE)
    while stream.readline(_LONGEST_LINE).strip():
        pass  # trailers


def _nothing(request: Received) -> Iterable[bytes]:
    return [response(b"", status="404 Not Found")]


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is closed already
