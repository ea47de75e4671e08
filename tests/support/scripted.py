"""A server that says exactly what its script says, and remembers exactly what it heard.

    server = wire_server([b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi", CLOSE])

Each argument is the script of one connection, in the order they are accepted: a step, or a list of steps. A step is bytes (one
request is read, then they are sent) or a function that is given the connection: those below, or a test's own. After its last
step a connection stays open, reading, until the client closes it, as a server with keep-alive does. A connection that no script
is left for is closed at once. Every wait ends after ten seconds, and all of them when the test does.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections import namedtuple
from collections.abc import Callable
from typing import Any, Union
from urllib.parse import quote

PATIENCE = 10.0


def say(data: bytes) -> Step:
    """Send without reading a request first."""
    return lambda connection: connection.send(data)


def hear(connection: Connection) -> None:
    """Read one request and answer nothing."""
    connection.read_request()


def wait_for(event: threading.Event) -> Step:
    """Go on when the test has set the event."""

    def wait(connection: Connection) -> None:
        while not (event.wait(0.05) or connection._ended.is_set()):
            pass

    return wait


def start_tls(context: ssl.SSLContext) -> Step:
    """Be the server of a TLS handshake, here and now."""
    return lambda connection: connection.start_tls(context)


def tunnel_to(host: str, port: int) -> Step:
    """Pass on what comes from either side, until one has ended: what a proxy does behind its answer to a CONNECT."""

    def pass_on(connection: Connection) -> None:
        with socket.create_connection((host, port)) as server:
            while not connection._ended.is_set():
                at_hand = isinstance(connection.socket, ssl.SSLSocket) and connection.socket.pending()
                ready = select.select([connection.socket, server], [], [], 0 if at_hand else 0.05)[0]
                if server in ready:
                    data = server.recv(65536)
                    if not data:
                        connection.close()
                        return
                    connection.send(data)
                if at_hand or connection.socket in ready:
                    data = connection.read_some()
                    if not data:
                        return
                    server.sendall(data)

    return pass_on


def CLOSE(connection: Connection) -> None:
    """Close, as one should: in TLS with a close_notify."""
    connection.close()


def CUT(connection: Connection) -> None:
    """Close the TCP connection, in TLS without a word."""
    connection.cut()


def HALF_CLOSE(connection: Connection) -> None:
    """Send FIN, and go on reading."""
    connection.half_close()


def RESET(connection: Connection) -> None:
    """Send RST."""
    connection.reset()


def SILENCE(connection: Connection) -> None:
    """Say nothing more, and read until the client closes."""
    connection.read_until_closed()


def STAND_STILL(connection: Connection) -> None:
    """Say nothing more, and read nothing, until the test ends."""
    connection.rest(None)


class Received(namedtuple("Received", "method target version fields body raw")):
    """A request as it came: `fields` are pairs of str, `body` is without its chunked coding, `raw` is every byte."""

    __slots__ = ()

    def __getitem__(self, name: Any) -> Any:
        if isinstance(name, str):
            return next(iter(self.all(name)), None)
        return super().__getitem__(name)

    def all(self, name: str) -> list[str]:
        """The values of every field of that name, in any letter case."""
        return [value for field, value in self.fields if field.lower() == name.lower()]


class Connection:
    """The server's end of one connection."""

    def __init__(self, connected: socket.socket, peer: Any) -> None:
        connected.settimeout(PATIENCE)
        self.socket: socket.socket = connected
        self.peer = peer
        self.requests: list[Received] = []
        self.server_name: str | None = None  # as the client asked for it (SNI)
        self.tls_error: Exception | None = None
        self._heard = bytearray()
        self._read = 0  # how much of what was heard has been read by a step
        self._gone = threading.Event()
        self._ended = threading.Event()

    @property
    def received(self) -> bytes:
        """Everything the client has sent so far (inside of TLS)."""
        return bytes(self._heard)

    @property
    def closed_by_client(self) -> bool:
        return self._gone.is_set()

    def read_request(self, on_expect: bytes = b"") -> Received | None:
        """One whole request, or None if the client closed instead. `on_expect` answers an `Expect: 100-continue`."""
        start = self._read
        request = self.read_request_head()
        if request is None:
            return None
        if on_expect and request["Expect"]:
            self.send(on_expect)
        body = self.read_body(request["Transfer-Encoding"], request["Content-Length"])
        request = request._replace(body=body, raw=bytes(self._heard[start : self._read]))
        self.requests.append(request)
        return request

    def read_request_head(self) -> Received | None:
        """A request without its body, or None if the client closed instead."""
        return _parsed_head(self.read_until(b"\r\n\r\n")) if self._at_hand(1) else None

    def read_body(self, coding: str | None, length: str | None) -> bytes:
        """The body behind a head with these values of Transfer-Encoding and Content-Length."""
        if "chunked" in (coding or "").lower():
            body = b""
            while size := int(self.read_until(b"\r\n").split(b";")[0], 16):
                body += self.read_exactly(size)
                self.read_exactly(2)
            while self.read_until(b"\r\n") != b"\r\n":
                pass
            return body
        return self.read_exactly(int(length or 0))

    def read_head(self) -> bytes:
        return self.read_until(b"\r\n\r\n")

    def read_until(self, end: bytes) -> bytes:
        """Up to and with `end`."""
        while (found := self._heard.find(end, self._read)) < 0:
            self._hear_more()
        return self._take(found + len(end) - self._read)

    def read_exactly(self, size: int) -> bytes:
        if not self._at_hand(size):
            raise EOFError("the client closed the connection inside of what was to be read")
        return self._take(size)

    def read_some(self) -> bytes:
        """What has come, at least one byte; b"" when the client has closed."""
        self._at_hand(1)
        return self.read_at_hand()

    def read_at_hand(self) -> bytes:
        """What has come and was not read yet."""
        return self._take(len(self._heard) - self._read)

    def read_until_closed(self) -> bytes:
        """Everything up to the client's closing."""
        start = self._read
        while self.read_some():
            pass
        return bytes(self._heard[start:])

    def _take(self, size: int) -> bytes:
        data = bytes(self._heard[self._read : self._read + size])
        self._read += size
        return data

    def _at_hand(self, size: int) -> bool:
        while len(self._heard) - self._read < size:
            try:
                self._hear_more()
            except EOFError:
                return False
        return True

    def _hear_more(self) -> None:
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            data = b""
        if not data:
            self._gone.set()
            raise EOFError("the client closed the connection")
        self._heard += data

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_in_pieces(self, data: bytes, size: int = 1) -> None:
        """Each piece in a packet of its own, as far as the kernel lets us."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), size):
            self.socket.sendall(data[start : start + size])

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Handshake as the server. A failure is kept in `tls_error`, and ends the connection."""
        try:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
            self.socket.do_handshake()
        except OSError as error:
            self.tls_error = error
            raise
        finally:
            self.server_name = getattr(self.socket, "asked_for", None)

    def rest(self, seconds: float | None) -> None:
        """Do nothing for so long; not longer than the test lasts."""
        self._ended.wait(seconds)

    def half_close(self) -> None:
        try:
            socket.socket.shutdown(self.socket, socket.SHUT_WR)
        except OSError:
            pass  # the client went before

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def close(self) -> None:
        self.say_goodbye()
        self.cut()

    def say_goodbye(self) -> None:
        """Send TLS's close_notify, where there is TLS."""
        if isinstance(self.socket, ssl.SSLSocket):
            try:
                self.socket.settimeout(0)  # does not wait for the client's
                self.socket.unwrap()
            except (OSError, ValueError):
                pass
            self.socket.settimeout(PATIENCE)

    def cut(self) -> None:
        self._ended.set()
        self.socket.close()

    @property
    def is_closed(self) -> bool:
        return self._ended.is_set()

    def forget(self) -> None:
        """Drop what has been read: of a connection that serves for long nobody wants to know it all."""
        del self._heard[: self._read]
        self._read = 0

    def interrupt(self) -> None:
        """From another thread: whatever this connection waits for, it waits no longer."""
        self._ended.set()
        try:
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)  # not SSLSocket's, which is not made for two threads
        except OSError:
            pass


Step = Callable[[Connection], Any]
Script = Union[bytes, Step, "list[bytes | Step]"]


class Server:
    """Accepts connections on loopback and gives each its script, in a thread of its own; a host "/…" is a Unix socket's path."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", repeat: bool = False) -> None:
        self.connections: list[Connection] = []
        self.host = host
        self._scripts = scripts
        self._repeat = repeat
        self._tls = tls
        self._failures: list[BaseException] = []
        self._news = threading.Condition()
        self._stopping = False
        self._listener = _listener(host)
        self.address = self._listener.getsockname()
        self.port: int = 0 if host.startswith("/") else self.address[1]
        # A certificate's name is what people use with https, so it is what the URL says.
        name = f"[{host}]" if ":" in host else "localhost" if tls and host == "127.0.0.1" else host
        self.url = f"{'https' if tls else 'http'}://{name}:{self.port}" if self.port else f"http+unix://{quote(host, safe='')}"
        self._threads = [threading.Thread(target=self._accept, name=f"accepts at {self.url}")]
        self._threads[0].start()

    @property
    def requests(self) -> list[Received]:
        """The requests of all connections, connection by connection."""
        return [request for connection in self.connections for request in connection.requests]

    def wait_until_closed(self, n: int = 0, timeout: float = 5.0) -> None:
        """Return when the client has closed connection number n."""
        self._until_accepted(n, timeout)
        assert self.connections[n]._gone.wait(timeout), f"connection {n} was not closed by the client within {timeout} s"

    def _until_accepted(self, n: int, timeout: float) -> None:
        """The kernel connects clients before the server knows of them."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.connections) > n, timeout), f"there was no connection {n}"

    def stop(self) -> None:
        """End everything; what went wrong in a script is raised here, once."""
        if not self._stopping:
            self._stopping = True
            self._end()
        if self._failures:
            raise self._failures.pop()

    def _end(self) -> None:
        try:
            with socket.socket(self._listener.family) as waking:  # accept() returns then, on every system
                waking.settimeout(1)
                waking.connect(self.address)
        except OSError:
            pass
        self._threads[0].join(PATIENCE)
        self._listener.close()
        for connection in self.connections:
            connection.interrupt()
        for thread in self._threads[1:]:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        while True:
            connected, peer = self._listener.accept()
            if self._stopping:
                connected.close()
                return
            connection = Connection(connected, peer)
            script = self._script(len(self.connections))
            with self._news:
                self.connections.append(connection)
                self._news.notify_all()
            thread = threading.Thread(target=self._serve, args=(connection, script), name=f"serves {self.url}")
            self._threads.append(thread)
            thread.start()

    def _script(self, number: int) -> list[bytes | Step]:
        if self._repeat:
            number %= len(self._scripts)
        script = self._scripts[number] if number < len(self._scripts) else CLOSE
        return script if isinstance(script, list) else [script]

    def _serve(self, connection: Connection, script: list[bytes | Step]) -> None:
        try:
            if self._tls:
                connection.start_tls(self._tls)
            for step in script:
                if not isinstance(step, bytes):
                    step(connection)
                elif connection.read_request() is not None:
                    connection.send(step)
                if connection._ended.is_set():
                    return
            connection.read_until_closed()
        except (ConnectionError, EOFError, ssl.SSLError):
            connection._gone.set()  # the client's doing, and the client's side is where it is looked at
        except BaseException as failure:
            if not self._stopping:
                self._failures.append(failure)
        finally:
            connection.socket.close()


def _listener(host: str) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(host)
    listener.listen()
    return listener


def _parsed_head(head: bytes) -> Received:
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    method, target, version = first.split(" ", 2)
    fields = [(name, value.strip(" \t")) for name, _, value in (line.partition(":") for line in lines)]
    return Received(method, target, version, fields, b"", b"")
