"""An ASGI application, for servers that are written by others: granian and uvicorn run it in a process of their own.

/echo answers with what was asked, /upload with the size and the hash of what was sent, /download?size=N sends N bytes with a
Content-Length, /stream?size=N without one (so chunked), /chunked and /lines a few small pieces. /headers?size=N&count=M has M
header fields of N bytes. /live?name=X sends a line, and the second one when somebody has asked for /go?name=X. A WebSocket to
anywhere says again, louder, what it hears. For the table of exchanges, as in `wsgi_app` and `node_app.js`: /small, /empty,
/nothing (204), /unchanged (304), /refuse (413, without reading), /slow, and /peer, which says from which port we come.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs

BLOCK = bytes(64 * 1024)
STATUSES = {"/nothing": 204, "/unchanged": 304, "/refuse": 413}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await say_again(receive, send)
        return
    if scope["type"] != "http":
        raise RuntimeError(f"no {scope['type']} here")
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    size = int(query.get("size", "100000000"))
    path = scope["path"]
    if path == "/download":
        await respond(send, blocks(size), [(b"content-length", str(size).encode())])
    elif path == "/stream":
        await respond(send, blocks(size))
    elif path == "/chunked":
        await respond(send, (b"chunk %d\n" % number for number in range(5)))
    elif path == "/lines":
        await respond(send, [b"first line\n", b"second ", b"line\r\nthird", b" line\n"])
    elif path == "/headers":
        await respond(send, [], [(b"x-large-%d" % number, b"x" * size) for number in range(int(query["count"]))])
    elif path == "/small":
        await respond(send, [b"hello, world\n"], [(b"content-length", b"13")])
    elif path == "/empty":
        await respond(send, [], [(b"content-length", b"0")])
    elif path in STATUSES:
        await respond(send, [], status=STATUSES[path])
    elif path == "/peer":
        port = dict(scope["headers"]).get(b"x-peer") or str(scope["client"][1]).encode()
        await respond(send, [port], [(b"content-length", b"%d" % len(port))])
    elif path == "/slow":
        await respond(send, (b"piece %d\n" % number for number in range(20)), pause=0.005)
    elif path == "/live":
        await respond_live(send, event_called(query["name"]))
    elif path == "/go":
        event_called(query["name"]).set()
        await respond(send, [])
    elif path == "/upload":
        await respond_json(send, await measured(receive))
    else:
        await respond_json(send, await echoed(scope, receive))


def blocks(size: int) -> Any:
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)


EVENTS: dict[str, asyncio.Event] = {}


def event_called(name: str) -> asyncio.Event:
    return EVENTS.setdefault(name, asyncio.Event())


async def say_again(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"].upper()})


async def respond_live(send: Any, event: asyncio.Event) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the first line\n", "more_body": True})
    await event.wait()
    await send({"type": "http.response.body", "body": b"the last line\n"})


async def measured(receive: Any) -> dict[str, Any]:
    size, digest = 0, hashlib.sha256()
    async for piece in pieces(receive):
        size += len(piece)
        digest.update(piece)
    return {"size": size, "sha256": digest.hexdigest()}


async def echoed(scope: Any, receive: Any) -> dict[str, Any]:
    query = scope["query_string"].decode("latin-1")
    return {
        "method": scope["method"],
        "target": scope["raw_path"].decode("latin-1").partition("?")[0] + ("?" + query if query else ""),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
        "body": b"".join([piece async for piece in pieces(receive)]).decode("latin-1"),
    }


async def pieces(receive: Any) -> Any:
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def respond_json(send: Any, value: Any) -> None:
    body = json.dumps(value).encode()
    await respond(send, [body], [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())])


async def respond(send: Any, body: Any, headers: Any = (), status: int = 200, pause: float = 0) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    for piece in body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if pause:
            await asyncio.sleep(pause)
    await send({"type": "http.response.body", "body": b""})
