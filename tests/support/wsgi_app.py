"""What `asgi_app` answers for the table of exchanges, in WSGI.

`python -m tests.support.wsgi_app SERVER PORT [CERTIFICATE KEY]` runs it under cheroot, waitress or werkzeug.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

BLOCK = bytes(64 * 1024)
SMALL = b"hello, world\n"
PIECES = 20


def app(environ: Any, start_response: Any) -> Any:
    path, query = environ["PATH_INFO"], parse_qs(environ["QUERY_STRING"])
    size = int(query["size"][0]) if "size" in query else 0
    status, headers, body = answer(path, size, environ)
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body


def answer(path: str, size: int, environ: Any) -> Any:
    if path == "/upload":
        body = json.dumps(measured(environ)).encode()
        return "200 OK", [("Content-Length", str(len(body)))], [body]
    if path == "/peer":
        port = environ["REMOTE_PORT"].encode() if isinstance(environ["REMOTE_PORT"], str) else b"%d" % environ["REMOTE_PORT"]
        return "200 OK", [("Content-Length", str(len(port)))], [port]
    return {
        "/small": ("200 OK", [("Content-Length", str(len(SMALL)))], [SMALL]),
        "/empty": ("200 OK", [("Content-Length", "0")], []),
        "/nothing": ("204 No Content", [], []),
        "/unchanged": ("304 Not Modified", [("ETag", '"a"')], []),
        "/refuse": ("413 Content Too Large", [("Content-Length", "0")], []),
        "/download": ("200 OK", [("Content-Length", str(size))], blocks(size)),
        "/stream": ("200 OK", [], blocks(size)),
        "/slow": ("200 OK", [], slowly()),
    }[path]


def blocks(size: int) -> Any:
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)


def slowly() -> Any:
    for number in range(PIECES):
        time.sleep(0.005)
        yield b"piece %d\n" % number


def measured(environ: Any) -> dict[str, Any]:
    size, digest = 0, hashlib.sha256()
    left = int(environ["CONTENT_LENGTH"]) if environ.get("CONTENT_LENGTH") else 1 << 62
    while left > size and (data := environ["wsgi.input"].read(min(len(BLOCK), left - size))):
        size += len(data)
        digest.update(data)
    return {"size": size, "sha256": digest.hexdigest()}


# Each server as its documentation runs it.


def with_cheroot(port: int, *certificate: str) -> None:
    from cheroot.ssl.builtin import BuiltinSSLAdapter
    from cheroot.wsgi import Server

    server = Server(("127.0.0.1", port), app)
    if certificate:
        server.ssl_adapter = BuiltinSSLAdapter(*certificate)
    server.start()


def with_waitress(port: int) -> None:
    import waitress

    waitress.serve(app, host="127.0.0.1", port=port, threads=8)


def with_werkzeug(port: int, *certificate: str) -> None:
    from werkzeug.serving import WSGIRequestHandler, run_simple

    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # it answers in 1.0 otherwise, one request a connection
    run_simple("127.0.0.1", port, app, threaded=True, ssl_context=certificate or None)  # type: ignore[arg-type]


if __name__ == "__main__":
    {"cheroot": with_cheroot, "waitress": with_waitress, "werkzeug": with_werkzeug}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
