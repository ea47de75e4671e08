"""The server: as little as possible between a request and its answer, in a process of its own.

Both ends are here. `Server` is the harness's: it starts the process, and asks over a pipe what was seen. The process keeps
its answers ready, gives each connection a thread, and ends when the pipe does.

Small answers are kept in memory, large ones in files and sent by the kernel, as web servers do it. That is not for the server's
sake: a body copied from one hot buffer reaches the client in the processor's cache, whence it is read at almost half the cost
(100 MB streamed: 11 ms instead of 19) and with several times the noise.
"""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from . import machine
from .pages import COOKIES, DOCUMENT, PAGES, WEIGHTS, Page, page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Server:
    """The running server: `origins` by whether TLS is wanted, `bundle` to verify it with, what it has `seen()`."""

    def __init__(self, core: int | None, tls: bool):
        arguments = [sys.executable, "-m", __name__, json.dumps({"core": core, "tls": tls})]
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=machine.environment(), cwd=machine.ROOT
        )
        self.bundle, *ports = self._read()
        self.origins = {scheme == "https": f"{scheme}://127.0.0.1:{port}" for scheme, port in zip(("http", "https"), ports)}

    def seen(self) -> dict[str, float]:
        """The connections, requests and requests with a cookie, and the processor time spent, since this was last asked."""
        self._process.stdin.write("seen?\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the server ended with exit code {self._process.wait()}")
        return json.loads(line)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def main(core: int | None, tls: bool) -> None:
    machine.stay_on(core)
    visits: list[Visit] = []
    with tempfile.TemporaryDirectory() as folder:
        answers = Answers(folder)
        bundle = str(Path(folder, "bundle.pem"))
        ports = [listen(answers, visits, None)]
        if tls:
            ports.append(listen(answers, visits, certified(bundle)))
        print(json.dumps([bundle, *ports]), flush=True)
        for _ in sys.stdin:
            known = visits[:]
            del visits[: len(known)]
            print(json.dumps(summary(known)), flush=True)


#: Above this, in bytes, an answer is sent from a file.
LARGE = 65536


class Answers(dict):
    """Request target → Answer, made when first asked for: that is before anything is measured."""

    def __init__(self, folder: str):
        self.folder = folder

    def __missing__(self, target: bytes) -> Answer:
        answer = self[target] = Answer(page(target.decode()), Path(self.folder, str(len(self))))
        return answer


class Answer:
    """A page as it is sent: from memory, or if it is large, from a file, which is made."""

    __slots__ = ("response", "path", "closes")

    def __init__(self, page: Page, file: Path):
        self.response = page.response()
        self.closes = page.closes
        self.path = file if len(self.response) > LARGE else None
        if self.path:
            self.path.write_bytes(self.response)

    def send(self, connection: socket.socket) -> None:
        if self.path is None or isinstance(connection, ssl.SSLSocket):  # which has no better way, and files only by 8 KiB
            connection.sendall(self.response)
        else:
            with self.path.open("rb") as file:
                connection.sendfile(file)


class Visit:
    """One connection. Each has its own counters: threads that share one would need a lock."""

    __slots__ = ("requests", "cookies")

    def __init__(self) -> None:
        self.requests = self.cookies = 0


_cpu = 0.0  # until the last summary


def summary(visits: list[Visit]) -> dict[str, float]:
    global _cpu
    before, _cpu = _cpu, time.process_time()
    return {
        "cpu": _cpu - before,
        "connections": len(visits),
        "requests": sum(visit.requests for visit in visits),
        "cookies": sum(visit.cookies for visit in visits),
    }


def certified(bundle: str) -> ssl.SSLContext:
    """A server's context, with a new certificate for 127.0.0.1, and a `bundle` that vouches for it.

    The bundle holds the authorities of the world too, as it would in earnest: loading them is a large part of what a new TLS
    connection costs a client that loads them each time.
    """
    import certifi
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    Path(bundle).write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    return context


def listen(answers: Answers, visits: list[Visit], context: ssl.SSLContext | None) -> int:
    """Accepts and serves connections from now on, in threads; returns the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            visits.append(Visit())
            threading.Thread(target=serve, args=(connection, answers, visits[-1], context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def serve(connection: socket.socket, answers: Answers, visit: Visit, context: ssl.SSLContext | None) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if context:
        connection = context.wrap_socket(connection, server_side=True)
    cookie = COOKIES[0][1].partition(";")[0].encode()
    with connection:
        while received := receive_head(connection):
            head, _, start = received.partition(b"\r\n\r\n")
            method, target, _ = head.split(b" ", 2)
            visit.requests += 1
            visit.cookies += cookie in head
            if method == b"GET":
                answer = answers[target]
                answer.send(connection)
                if answer.closes:
                    return
            else:
                connection.sendall(judgement(target.decode(), head, body(connection, head, start)).response())


def receive_head(connection: socket.socket) -> bytes:
    """The next request's head, and as much of its body as came along; nothing if the client has gone."""
    data = connection.recv(65536)
    while data and b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    return data


# --- what clients send


def judgement(target: str, head: bytes, blocks: Iterator[bytes | memoryview]) -> Page:
    """What is said of a body: to /document the page that a GET would have, if it is that document; else its weight."""
    kind, _, how = target.partition("?")
    if kind == "/document":
        return PAGES["/1k"] if json.loads(whole(blocks)) == DOCUMENT else Page(b"another document")
    if kind == "/form":
        blocks = iter([only_part(head, whole(blocks))])
    total = 0
    for block in blocks:
        total = WEIGHTS[how](block, total)
    return Page(str(total).encode())


def whole(blocks: Iterator[bytes | memoryview]) -> bytearray:
    result = bytearray()
    for block in blocks:  # each is overwritten by the next one
        result += block
    return result


def only_part(head: bytes, form: bytearray) -> memoryview:
    """The content of a multipart form that has one field."""
    boundary = value_of(b"content-type", head).rpartition(b"boundary=")[2].strip(b'"')
    end = b"\r\n--" + boundary + b"--"
    start = form.index(b"\r\n\r\n") + 4
    return memoryview(form)[start : form.rindex(end)]


def body(connection: socket.socket, head: bytes, start: bytes) -> Iterator[bytes | memoryview]:
    if b"chunked" in value_of(b"transfer-encoding", head):
        return chunks(connection, bytearray(start))
    return sized(connection, start, int(value_of(b"content-length", head)))


def sized(connection: socket.socket, start: bytes, length: int) -> Iterator[bytes | memoryview]:
    yield start
    left, buffer = length - len(start), memoryview(bytearray(LARGE * 4))
    while left:
        received = connection.recv_into(buffer, min(left, len(buffer)))
        if not received:
            raise ConnectionError("the client left in the middle of a body")
        yield buffer[:received]
        left -= received


def chunks(connection: socket.socket, data: bytearray) -> Iterator[bytes]:
    while True:
        while (end := data.find(b"\r\n")) < 0:
            data += connection.recv(LARGE)
        size = int(data[:end], 16)
        while len(data) < end + 2 + size + 2:
            data += connection.recv(LARGE)
        if not size:
            return
        yield bytes(data[end + 2 : end + 2 + size])
        del data[: end + 2 + size + 2]


def value_of(name: bytes, head: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        field, _, value = line.partition(b":")
        if field.lower() == name:
            return value.strip()
    return b""


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
