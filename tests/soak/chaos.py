"""The server that misbehaves: `python3 -m tests.soak.chaos CERTIFICATE KEY`.

It prints where it listens, as JSON, does to each request what its target tells, and when its input ends it prints what it has seen,
as JSON: how many requests, which numbers of POSTs came more than once, and whose uploads were not what they should have been.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from typing import Callable

from tests.support.scripted import Connection, Received

from .plans import Plan, body_of, plan_in

PLANTED = b"HTTP/1.1 200 OK\r\nX-Id: planted\r\nContent-Length: 7\r\n\r\nplanted"
NONSENSE = b"\x00\xff 220 this is no HTTP\r\n\r\n"
GZIP_LEVEL = 1


class Chaos:
    """Listens on four ports, and counts."""

    def __init__(self, certificate: str, key: str) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self.requests = 0
        self.posts: Counter[int] = Counter()
        self.wrong_uploads: list[int] = []
        self.failures: list[str] = []
        self._counting = threading.Lock()
        self.ports = {
            "http": self._listen(self._serve),
            "https": self._listen(self._serve_tls),
            "drops": self._listen(lambda connection: None),
            "babbles": self._listen(lambda connection: connection.send(NONSENSE)),
        }

    def report(self) -> dict[str, object]:
        return {
            "requests": self.requests,
            "posts": len(self.posts),
            "twice": [number for number, count in self.posts.items() if count > 1],
            "wrong uploads": self.wrong_uploads,
            "failures": self.failures,
        }

    def _listen(self, serve: Callable[[Connection], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        threading.Thread(target=self._accept, args=(listener, serve), daemon=True).start()
        return int(listener.getsockname()[1])

    def _accept(self, listener: socket.socket, serve: Callable[[Connection], None]) -> None:
        while True:
            connected, peer = listener.accept()
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._guarded, args=(serve, Connection(connected, peer)), daemon=True).start()

    def _guarded(self, serve: Callable[[Connection], None], connection: Connection) -> None:
        try:
            serve(connection)
        except (OSError, EOFError):
            pass  # the client went, or nothing came for a long time
        except Exception as failure:
            self.failures.append(repr(failure))
        finally:
            connection.cut()

    def _serve_tls(self, connection: Connection) -> None:
        connection.start_tls(self._tls)
        self._serve(connection)

    def _serve(self, connection: Connection) -> None:
        while (request := connection.read_request_head()) is not None:
            plan = plan_in(request.target)
            self._count(request, plan)
            answer = Answer(plan, request.method)
            if plan.fault == "early":
                connection.send(answer.head + answer.body)
            if plan.upload and connection.read_body(request["Transfer-Encoding"], request["Content-Length"]) != body_of(
                plan.number, plan.upload
            ):
                self.wrong_uploads.append(plan.number)
            if plan.fault != "early":
                misbehave(connection, plan, answer)
            if connection.is_closed:
                return
            connection.forget()

    def _count(self, request: Received, plan: Plan) -> None:
        with self._counting:
            self.requests += 1
            if request.method == "POST":
                self.posts[plan.number] += 1


class Answer:
    """The bytes of the right answer: `head` and `body`, as they are framed."""

    def __init__(self, plan: Plan, method: str) -> None:
        content = body_of(plan.number, plan.size)
        lines = [f"X-Id: {plan.number}"]
        if plan.gzip:
            lines.append("Content-Encoding: gzip")
            content = gzip.compress(content, GZIP_LEVEL)
            if plan.fault == "short-gzip":
                content = content[: int(plan.at * len(content))] or content[:1]
        if plan.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
            step = max(1, len(content) // plan.times)
            chunks = [content[start : start + step] for start in range(0, len(content), step)]
            self.body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
        else:
            lines.append(f"Content-Length: {len(content)}" if plan.framing == "length" else "Connection: close")
            self.body = content
        status = "413 Content Too Large" if plan.fault == "early" else "200 OK"
        self.head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()
        if method == "HEAD":
            self.body = b""


def misbehave(connection: Connection, plan: Plan, answer: Answer) -> None:
    """Answer a request as planned."""
    whole = answer.head + answer.body
    # A body that ends with the connection is not cut by its end; in TLS it is, without a close_notify.
    cuttable = answer.head if plan.framing == "close" and not plan.secure and plan.fault == "cut" else whole
    at = int(plan.at * len(cuttable))
    fault = plan.fault
    if fault == "cut":
        connection.send(whole[:at])
        connection.cut()
    elif fault == "reset":
        connection.send(whole[:at])
        connection.reset()
    elif fault == "nonsense":
        connection.send(NONSENSE)
        connection.close()
    elif fault == "silent":
        connection.close()
    elif fault == "stall":
        connection.read_until_closed()
    elif fault == "stall-body":
        connection.send(answer.head + answer.body[: int(plan.at * len(answer.body))])
        connection.read_until_closed()
    elif fault == "bad-chunk":
        connection.send(answer.head + answer.body[: answer.body.rindex(b"0\r\n\r\n")] + b"xyz\r\n")
        connection.close()
    elif fault == "redirect":
        _redirect(connection, plan, whole)
    else:
        _answer(connection, plan, whole)
    if plan.framing == "close" and not connection.is_closed:
        connection.close()


def _redirect(connection: Connection, plan: Plan, whole: bytes) -> None:
    to = plan._replace(fault="none") if plan.times == 1 else plan._replace(times=plan.times - 1)
    connection.send(b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 5\r\n\r\nthere" % to.target.encode())


def _answer(connection: Connection, plan: Plan, whole: bytes) -> None:
    """The right answer, with something around it."""
    if plan.fault == "dribble":
        step = max(1, len(whole) // 20)
        for start in range(0, len(whole), step):
            connection.send(whole[start : start + step])
            time.sleep(plan.wait / 1000)
        return
    if plan.fault == "delay":
        time.sleep(plan.wait / 20)
    if plan.fault == "interim":
        connection.send(b"HTTP/1.1 103 Early Hints\r\nX-Id: interim\r\n\r\n" * plan.times)
    if plan.fault != "stray":
        connection.send(whole)
    else:
        # In one piece with the last byte: what comes later may meet the next request, and nobody could tell it from its answer.
        connection.send(whole[:-1])
        connection.send(whole[-1:] + PLANTED)
    if plan.fault == "closes":
        time.sleep(plan.wait / 200)
        if plan.at < 0.5 or plan.framing == "close":
            connection.close()
        else:
            connection.cut()


def main(certificate: str, key: str) -> None:
    chaos = Chaos(certificate, key)
    print(json.dumps(chaos.ports), flush=True)
    sys.stdin.read()
    print(json.dumps(chaos.report()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
