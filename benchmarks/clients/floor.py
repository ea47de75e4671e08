"""The floor: the least that a Python program can do, a socket and a loop. No client, a yardstick.

It knows that the server is well behaved: Content-Length is present and spelt so, a head fits the memory. What it saves by that
is what a real client must spend on being one. Its techniques are the best known: one send, one receive for a small answer; a
large body received into the very memory that is returned; one TLS session, offered again to each new connection.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Floor:
    def __init__(self, origin: str, bundle: str):
        scheme, _, self.authority = origin.partition("://")
        self.context = ssl.create_default_context(cafile=bundle) if scheme == "https" else None
        self.tls_session: Any = None
        self.local = threading.local()  # to each thread its connection

    @property
    def connection(self) -> Any:
        return self.local.__dict__.get("connection")

    @connection.setter
    def connection(self, connection: Any) -> None:
        self.local.connection = connection

    def get(self, path: str) -> tuple[int, bytes]:
        head, body = self._get(path)
        return int(head[9:12]), body

    def json(self, path: str) -> tuple[int, Any]:
        head, body = self._get(path)
        return int(head[9:12]), json.loads(body)

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        head, body = self._get(path)
        return int(head[9:12]), body, value_of(name.encode(), head).decode()

    def oneshot(self, path: str) -> tuple[int, bytes]:
        answer = self.get(path)
        self._close()
        return answer

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        body = json.dumps(document).encode()
        head, body = self._answer(self._send(path, b"Content-Type: application/json\r\nContent-Length: %d" % len(body), body))
        return int(head[9:12]), body

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        head, start = self._request(path)
        for block in self._blocks(head, start):
            take(block)
        return int(head[9:12])

    def lines(self, path: str) -> tuple[int, Iterator[bytes]]:
        head, start = self._request(path)
        return int(head[9:12]), itertools.chain.from_iterable(self._lines(self._blocks(head, start)))

    def _lines(self, blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
        rest = b""
        for block in blocks:
            *lines, rest = (rest + block).split(b"\n")
            yield lines
        if rest:
            yield [rest]

    def _blocks(self, head: bytes, block: bytes) -> Iterator[bytes]:
        left, receive = int(value_of(b"Content-Length", head)), self.connection.recv
        while True:
            yield block
            left -= len(block)
            if not left:
                return
            block = receive(min(BLOCK, left))

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        connection = self._send(path, b"Content-Length: %d" % os.fstat(file.fileno()).st_size)
        connection.sendfile(file)
        head, body = self._answer(connection)
        return int(head[9:12]), body

    def upload_gen(self, path: str, blocks: Iterable[bytes]) -> tuple[int, bytes]:
        connection = self._send(path, b"Transfer-Encoding: chunked")
        for block in blocks:
            connection.sendall(b"%x\r\n%b\r\n" % (len(block), block))
        connection.sendall(b"0\r\n\r\n")
        head, body = self._answer(connection)
        return int(head[9:12]), body

    def multipart(self, path: str, file: Any) -> tuple[int, bytes]:
        before = b'--floor\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
        after = b"\r\n--floor--\r\n"
        length = len(before) + os.fstat(file.fileno()).st_size + len(after)
        fields = b"Content-Type: multipart/form-data; boundary=floor\r\nContent-Length: %d" % length
        connection = self._send(path, fields, before)
        connection.sendfile(file)
        connection.sendall(after)
        head, body = self._answer(connection)
        return int(head[9:12]), body

    def _send(self, path: str, fields: bytes, start: bytes = b"") -> Any:
        """Sends a POST's head and the start of its body; returns the connection."""
        connection = self.connection or self._open()
        head = f"POST {path} HTTP/1.1\r\nHost: {self.authority}\r\n".encode()
        connection.sendall(b"%b%b\r\n\r\n%b" % (head, fields, start))
        return connection

    def _answer(self, connection: Any) -> tuple[bytes, bytes]:
        """A small answer, which comes at once."""
        head, end, body = connection.recv(BLOCK).partition(b"\r\n\r\n")
        return head, self._rest(body, length) if len(body) < (length := int(value_of(b"Content-Length", head + end))) else body

    def _get(self, path: str) -> tuple[bytes, bytes]:
        head, body = self._request(path)
        if b"\r\nTransfer-Encoding: chunked\r\n" in head:
            body = self._chunked(body)
        elif len(body) < (length := int(value_of(b"Content-Length", head))):
            body = self._rest(body, length)
        if b"\r\nContent-Encoding: gzip\r\n" in head:
            body = zlib.decompress(body, 47)
        if b"\r\nConnection: close\r\n" in head:
            self._close()
        return head, body

    def _request(self, path: str) -> tuple[bytes, bytes]:
        """Sends a request; returns the head of the answer, its last line ended, and as much of the body as came along."""
        connection = self.connection or self._open()
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {self.authority}\r\n\r\n".encode())
        data = connection.recv(BLOCK)
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += connection.recv(BLOCK)
        return data[: end + 2], data[end + 4 :]

    def _rest(self, start: bytes, length: int) -> bytes:
        # bytes(length) is memory that nobody has touched yet; BytesIO, its only owner, lends it for writing and gives it back
        # without a copy.
        whole = io.BytesIO(bytes(length))
        with whole.getbuffer() as view:
            view[: len(start)] = start
            received = len(start)
            while received < length:
                received += self.connection.recv_into(view[received:])
        return whole.getvalue()

    def _chunked(self, data: bytes) -> bytes:
        body, start = io.BytesIO(), 0
        while True:
            while (end := data.find(b"\r\n", start)) < 0:
                data, start = data[start:] + self.connection.recv(BLOCK), 0
            chunk, start = int(data[start:end], 16), end + 2
            if len(data) < start + chunk + 2:
                data, start = self._rest(data[start:], chunk + 2), 0
            if not chunk:
                return body.getvalue()
            body.write(data[start : start + chunk])
            start += chunk + 2

    def _open(self) -> socket.socket:
        host, _, port = self.authority.partition(":")
        connection = socket.socket()
        connection.connect((host, int(port)))
        if self.context:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the request waits for the handshake's ACK
            connection = self.context.wrap_socket(connection, server_hostname=host, session=self.tls_session)
        self.connection = connection
        return connection

    def _close(self) -> None:
        if self.context and not self.tls_session:
            self.tls_session = self.connection.session
        self.connection.close()
        self.connection = None


def value_of(name: bytes, head: bytes) -> bytes:
    start = head.index(b"\r\n" + name + b": ") + len(name) + 4
    return head[start : head.index(b"\r\n", start)]
