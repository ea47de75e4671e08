"""A small HTTP/1.1 application: what tests ask for that want a sensible answer rather than a certain sequence of bytes.

A route is a function from the request (`scripted.Received`) to an answer: bytes, which are the body of a 200; a tuple (status,
fields, body), where a list of bytes as body is sent chunked; `Raw`, bytes that are sent as they are, and then the connection is
closed; or a function that is given the connection, for good. A path without a route is an echo.
"""

from __future__ import annotations

import base64
import gzip
import http
import json
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .scripted import Connection, Received

Answer = Any
Handler = Callable[[Received], Answer]


class Raw(bytes):
    """A whole response as bytes; the connection is closed behind it."""


class Application:
    """Serves connections: give it as the one script, with `repeat=True`, to `scripted.Server`."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {**ROUTES, "/busy": self._busy}
        self._busy_for: dict[str, int] = {}

    def route(self, path: str) -> Callable[[Handler], Handler]:
        """A decorator: the function answers this path, and what is below it unless that has a route of its own."""

        def add(handler: Handler) -> Handler:
            self.routes[path] = handler
            return handler

        return add

    def __call__(self, connection: Connection) -> None:
        while (request := connection.read_request(on_expect=b"HTTP/1.1 100 Continue\r\n\r\n")) is not None:
            answer = self._handler(urlsplit(request.target).path)(request)
            if callable(answer):
                answer(connection)
                return
            connection.send(_encoded(answer, with_body=request.method != "HEAD"))
            if isinstance(answer, Raw) or (request["Connection"] or "").lower() == "close":
                connection.close()
                return

    def _busy(self, request: Received) -> Answer:
        """/busy/2 is busy for the first two requests of each method, and then is not."""
        key = f"{request.method} {request.target}"
        left = self._busy_for.setdefault(key, int(_last(request)))
        self._busy_for[key] = left - 1
        return (503, [], b"busy") if left > 0 else b"served"

    def _handler(self, path: str) -> Handler:
        while path not in self.routes and path:
            path = path.rpartition("/")[0]
        return self.routes.get(path, echo)


def _encoded(answer: Answer, with_body: bool) -> bytes:
    if isinstance(answer, Raw):
        return answer
    status, fields, body = (200, [("Content-Type", "text/plain")], answer) if isinstance(answer, bytes) else answer
    if isinstance(body, list):
        framing = ("Transfer-Encoding", "chunked")
        body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in body) + b"0\r\n\r\n"
    else:
        framing = ("Content-Length", str(len(body)))
    if status < 200 or status in (204, 304):
        body = b""
    else:
        fields = [*fields, framing]
    phrase = http.HTTPStatus(status).phrase if status in http.HTTPStatus._value2member_map_ else "Whatever"
    head = f"HTTP/1.1 {status} {phrase}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode("latin-1") + (body if with_body else b"")


def as_json(value: object, status: int = 200) -> Answer:
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


def echo(request: Received) -> Answer:
    method, target, _, fields, body, _ = request
    return as_json({"method": method, "target": target, "headers": fields, "body": body.decode("latin-1")})


def headers(request: Received) -> Answer:
    return as_json(dict(request.fields))


def status(request: Received) -> Answer:
    return int(_last(request)), [], b""


def some_bytes(request: Received) -> Answer:
    return 200, [("Content-Type", "application/octet-stream")], b"x" * int(_last(request))


def text(request: Received) -> Answer:
    asked = _query(request)
    charset = asked.get("charset")
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    return 200, [("Content-Type", kind)], asked.get("text", "hello, world\n").encode(charset or "utf-8")


def hello(request: Received) -> Answer:
    return as_json({"hello": "world"})


def redirect(request: Received) -> Answer:
    left = int(_last(request)) - 1
    return 302, [("Location", f"/redirect/{left}" if left else "/echo")], b""


def redirect_to(request: Received) -> Answer:
    asked = _query(request)
    return int(asked.get("status", 302)), [("Location", asked["url"])], b""


def cookies(request: Received) -> Answer:
    pairs = [pair.strip().partition("=") for value in request.all("Cookie") for pair in value.split(";")]
    return as_json({name: value for name, _, value in pairs})


def set_cookies(request: Received) -> Answer:
    return (
        302,
        [("Location", "/cookies"), *(("Set-Cookie", f"{name}={value}; Path=/") for name, value in _query(request).items())],
        b"",
    )


def gzipped(request: Received) -> Answer:
    return 200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], gzip.compress(b'{"hello": "world"}')


def deflated(request: Received) -> Answer:
    return 200, [("Content-Type", "application/json"), ("Content-Encoding", "deflate")], zlib.compress(b'{"hello": "world"}')


def chunked(request: Received) -> Answer:
    return 200, [("Content-Type", "text/plain")], [b"chunk %d\n" % number for number in range(int(_last(request)))]


def lines(request: Received) -> Answer:
    return 200, [("Content-Type", "text/plain; charset=utf-8")], [b"first line\n", b"second ", b"line\r\nthird", b" line\n"]


def basic(request: Received) -> Answer:
    user, password = unquote(request.target).split("/")[-2:]
    expected = base64.b64encode(f"{user}:{password}".encode()).decode()
    if request["Authorization"] == f"Basic {expected}":
        return as_json({"user": user})
    return 401, [("WWW-Authenticate", 'Basic realm="test"')], b""


def until_close(request: Received) -> Answer:
    return Raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nuntil the end")


def with_trailer(request: Received) -> Answer:
    # By hand, since a trailer comes behind the last chunk.
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n"
    return Raw(head + b"Connection: close\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: yes\r\n\r\n")


def _last(request: Received) -> str:
    return urlsplit(request.target).path.rpartition("/")[2]


def _query(request: Received) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query))


def early_hints(request: Received) -> Answer:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"
    return Raw(hint + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


def shout(request: Received) -> Answer:
    """Agree to any upgrade, and say again what is heard, louder."""

    def switch(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\nWELCOME ")
        while data := connection.read_some():
            connection.send(data.upper())

    return switch


ROUTES: dict[str, Handler] = {
    "/basic": basic,
    "/bytes": some_bytes,
    "/chunked": chunked,
    "/cookies": cookies,
    "/cookies/set": set_cookies,
    "/deflate": deflated,
    "/early-hints": early_hints,
    "/echo": echo,
    "/gzip": gzipped,
    "/headers": headers,
    "/json": hello,
    "/lines": lines,
    "/redirect": redirect,
    "/redirect-to": redirect_to,
    "/shout": shout,
    "/status": status,
    "/text": text,
    "/trailer": with_trailer,
    "/until-close": until_close,
}
