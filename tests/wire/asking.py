"""Routes, requests and answers in few words: what the tests of the wire ask with."""

from __future__ import annotations

import time

from minireq.wire import Fields, Request, Route, TLSSettings

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def route_to(server, tls=None, host=None):
    """The direct way to a server; with the file of an authority, or settings, in TLS."""
    settings = TLSSettings(authorities=tls) if isinstance(tls, str) else tls
    return Route("https" if tls else "http", host or ("localhost" if tls else server.host), server.port, settings)


def get(target="/", **fields):
    return Request("GET", target, Fields({"Host": "localhost", **fields}))


def post(body, method="POST", length=-1):
    """A POST of these bytes; an iterable is sent chunked, unless its length is said."""
    if length == -1:
        length = len(body) if isinstance(body, bytes) else None
    framing = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
    return Request(method, "/", Fields([("Host", "localhost"), framing]), body, length)


def ok(body, *lines):
    """A 200 with this body and these header lines."""
    return b"".join([b"HTTP/1.1 200 OK\r\n", *[line + b"\r\n" for line in lines], b"Content-Length: %d\r\n\r\n" % len(body), body])


def chunked(*chunks):
    """A 200 whose body comes in these chunks."""
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(
        b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b"")
    )


def wait_until_closed(server, n=0):
    """Return when the client has closed connection number n, which the server may not even have accepted yet."""
    for _ in range(5000):
        if len(server.connections) > n:
            break
        time.sleep(0.001)
    server.wait_until_closed(n)
