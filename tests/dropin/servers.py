"""The servers of the differential: two for http, three for https, two proxies, httpbin. All of them remember what they heard.

A path says what is answered: `/raw/NAME` gives the bytes of RAW, `/redirect/CODE?to=URL` and `/hops/N` lead on, `/basic` and
`/digest/ALGORITHM/QOP` ask who you are, `/slow-head`, `/slow-body` and `/reset` go wrong in time, and anything else is a small 200.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import logging
import socket
import threading
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Callable, Union
from urllib.parse import parse_qsl, urlsplit

from ..support import surroundings
from ..support.authority import Authority
from ..support.scripted import CLOSE, RESET, Connection, Received, Server

Fields = Iterable["tuple[str, str | bytes]"]


def answer(status: str = "200 OK", fields: Fields = (), body: bytes = b"", length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status}".encode()]
    lines += [name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) for name, value in fields]
    if length:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def text(charset: str | None, body: bytes, kind: str = "text/plain") -> bytes:
    return answer(fields=[("Content-Type", f"{kind}; charset={charset}" if charset is not None else kind)], body=body)


def some_json(codec: str, typed: bool = True, ensure_ascii: bool = False) -> bytes:
    body = json.dumps(DATA, ensure_ascii=ensure_ascii).encode(codec)
    return answer(fields=[("Content-Type", "application/json")] if typed else [], body=body)


def coded(coding: str, body: bytes, *fields: tuple[str, str]) -> bytes:
    return answer(fields=[*fields, ("Content-Encoding", coding)], body=body)


def chunked(*pieces: bytes, fields: Fields = ()) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return raw_chunked(body, fields)


def raw_chunked(body: bytes, fields: Fields = ()) -> bytes:
    return answer(fields=[*fields, ("Transfer-Encoding", "chunked")], length=False, body=body)


def in_pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def raw_deflated(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def leads_to(location: str | bytes, status: str = "302 Found", body: bytes = b"", *fields: tuple[str, str]) -> bytes:
    return answer(status, [("Location", location), *fields], body)


def sets(*cookies: str, status: str = "200 OK", fields: Fields = ()) -> bytes:
    return answer(status, [*fields, *(("Set-Cookie", cookie) for cookie in cookies)], b"ok")


TEXT = "Grüße, 東京 — naïve\r\nline two\nline three\r\n\r\nend"
DATA = {"key": "wert", "ü": "東京", "n": [1, 2.5, None, True]}
PLAIN, UTF8 = ("Content-Type", "text/plain"), ("Content-Type", "text/plain; charset=utf-8")

# A whole response, or one after which the server closes: (response, CLOSE).
RAW: dict[str, Any] = {
    # Text
    "plain": text(None, b"hello"),
    "utf8": text("utf-8", TEXT.encode()),
    "latin1": text("ISO-8859-1", "Grüße".encode("latin-1")),
    "quoted-charset": answer(fields=[("Content-Type", 'text/plain; charset="utf-8"; format=flowed')], body=TEXT.encode()),
    "upper-charset": answer(fields=[("Content-Type", "TEXT/PLAIN; CHARSET=UTF-16")], body="Grüße".encode("utf-16")),
    "bad-charset": text("no-such", "Grüße".encode()),
    "empty-charset": text("", "Grüße".encode()),
    "single-quoted-charset": text("'utf-8'", "Grüße".encode()),
    "spaced-charset": answer(fields=[("Content-Type", "text/plain ; charset = utf-8 ")], body="Grüße".encode()),
    "two-charsets": text("utf-8; charset=latin-1", "Grüße".encode()),
    "windows-1252": text("windows-1252", "„Grüße“ €".encode("cp1252")),
    "shift-jis": text("Shift_JIS", "東京".encode("shift_jis")),
    "html-nocharset": text(None, "<p>Grüße</p>".encode(), "text/html"),
    "xml-nocharset": text(None, "<p>Grüße</p>".encode(), "application/xml"),
    "json-charset": text("utf-8", b'"x"', "application/json"),
    "bad-utf8": text("utf-8", b"a\xff\xfeb\xc3"),
    "bom-text": text("utf-8", "Grüße".encode("utf-8-sig")),
    "no-type-ascii": answer(body=b"plain ascii only, nothing else to see here"),
    "no-type-utf8": answer(body=(TEXT * 5).encode()),
    "octets": answer(fields=[("Content-Type", "application/octet-stream")], body=bytes(range(256))),
    "lines": text("utf-8", b"alpha\nbeta\r\ngamma\rdelta\n\nepsilon|zeta||eta"),
    "odd-lines": text("utf-8", "a\x0bb\x0cc\x1cd\x85e\u2028f\n\n\r\n".encode()),
    "big": answer(fields=[("Content-Type", "application/octet-stream")], body=b"0123456789abcdef" * 20000),
    # JSON
    "json": some_json("ascii", ensure_ascii=True),
    "json-utf8": some_json("utf-8"),
    "json-bom8": some_json("utf-8-sig"),
    "json-utf16": some_json("utf-16"),
    "json-utf16le": some_json("utf-16-le"),
    "json-utf16be": some_json("utf-16-be"),
    "json-utf32": some_json("utf-32"),
    "json-utf32be": some_json("utf-32-be"),
    "json-latin1": text("iso-8859-1", '{"a": "Grüße"}'.encode("latin-1"), "application/json"),
    "json-notype-utf16": some_json("utf-16", typed=False),
    "json-notype-utf16be": some_json("utf-16-be", typed=False),
    "json-notype-utf32": some_json("utf-32", typed=False),
    "json-notype-bom8": some_json("utf-8-sig", typed=False),
    "json-notype-latin1": answer(body='{"a": "Grüße"}'.encode("latin-1")),
    "json-bad": text(None, b"{'a': 1}", "application/json"),
    "json-empty": text(None, b"", "application/json"),
    "json-nan": text(None, b"[NaN, Infinity, 1e999]", "application/json"),
    # Codings
    "gzip": coded("gzip", gzipped(TEXT.encode()), UTF8),
    "gzip-upper": coded("GZIP", gzipped(b"upper"), PLAIN),
    "x-gzip": coded("x-gzip", gzipped(b"x-gzip"), PLAIN),
    "gzip-two-members": coded("gzip", gzipped(b"one ") + gzipped(b"two")),
    "gzip-garbage-after": coded("gzip", gzipped(b"one ") + b"garbage"),
    "gzip-truncated": coded("gzip", gzipped(TEXT.encode() * 30)[:-12]),
    "gzip-bad": coded("gzip", b"this is not gzip at all"),
    "gzip-empty": coded("gzip", b""),
    "gzip-chunked": chunked(*in_pieces(gzipped(TEXT.encode() * 4), 7), fields=[UTF8, ("Content-Encoding", "gzip")]),
    "gzip-bad-404": answer("404 Not Found", [("Content-Encoding", "gzip")], b"this is not gzip at all"),
    "deflate": coded("deflate", zlib.compress(TEXT.encode())),
    "deflate-raw": coded("deflate", raw_deflated(TEXT.encode())),
    "deflate-bad": coded("deflate", b"\xff\xfenope"),
    "gzip-deflate": coded("deflate, gzip", gzipped(zlib.compress(b"twice"))),
    "two-coding-fields": coded("gzip", gzipped(zlib.compress(b"twice")), ("Content-Encoding", "deflate")),
    "unknown-coding": coded("rot13", b"uryyb"),
    "identity-coding": coded("identity", b"hello"),
    "empty-coding": coded("", b"hello"),
    # Framing
    "empty": answer(),
    "no-content": answer("204 No Content", length=False),
    "not-modified": answer("304 Not Modified", [("ETag", '"x"')], length=False),
    "reset-content": answer("205 Reset Content"),
    "chunked": chunked(b"first", b" second", b" third"),
    "chunked-ext": raw_chunked(b"5;a=b\r\nfirst\r\n06\r\n again\r\n0\r\nX-T: 1\r\n\r\n"),
    "chunked-upper": raw_chunked(b"A\r\n0123456789\r\n0\r\n\r\n"),
    "chunked-utf8-split": chunked(*in_pieces(TEXT.encode(), 3), fields=[UTF8]),
    "chunked-bad-size": (raw_chunked(b"5\r\nfirst\r\nZZ\r\nwhat\r\n"), CLOSE),
    "chunked-cut": (raw_chunked(b"ff\r\nonly this"), CLOSE),
    "chunked-no-end": (raw_chunked(b"5\r\nfirst\r\n"), CLOSE),
    "short-body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", CLOSE),
    "until-close": (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil close", CLOSE),
    "http10": (b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold style", CLOSE),
    "connection-close": (answer(fields=[("Connection", "close")], body=b"bye"), CLOSE),
    "two-lengths-same": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", CLOSE),
    "two-lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!", CLOSE),
    "bad-length": (b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nok", CLOSE),
    # Heads
    "nothing": (b"", CLOSE),
    "garbage": (b"this is not http\r\n\r\n", CLOSE),
    "bad-status": (b"HTTP/1.1 abc Wrong\r\n\r\n", CLOSE),
    "no-reason": answer("299 ", body=b"x"),
    "status-only": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", CLOSE),
    "lf-only": (b"HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 2\n\nok", CLOSE),
    "folded": (b"HTTP/1.1 200 OK\r\nX-Fold: one\r\n two\r\nContent-Length: 2\r\n\r\nok", CLOSE),
    "head-cut": (b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE),
    "header-no-colon": (b"HTTP/1.1 200 OK\r\nBroken header\r\nContent-Length: 2\r\n\r\nok", CLOSE),
    "header-latin1": answer(fields=[("X-Name", "Grüße".encode("latin-1"))], body=b"ok"),
    "header-utf8": answer(fields=[("X-Name", "Grüße")], body=b"ok"),
    "header-90": answer(fields=[(f"X-{number}", "v") for number in range(90)]),
    "header-long": (b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 70000 + b"\r\nContent-Length: 0\r\n\r\n", CLOSE),
    "header-repeat": answer(fields=[("X-A", "1"), ("x-a", "2"), ("X-A", "3")], body=b"ok"),
    "header-empty": answer(fields=[("X-A", ""), ("X-B", "  padded  ")], body=b"ok"),
    "header-commas": answer(fields=[("X-A", "a, b"), ("X-A", 'c, "d, e"')], body=b"ok"),
    "continue-100": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(body=b"after 100"),
    "hints-103": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(body=b"after 103"),
    "reason-latin1": b"HTTP/1.1 404 " + "Größe falsch".encode("latin-1") + b"\r\nContent-Length: 0\r\n\r\n",
    "reason-utf8": b"HTTP/1.1 500 " + "Größe 東京".encode() + b"\r\nContent-Length: 0\r\n\r\n",
    "links": answer(fields=[("Link", '<http://h/a?page=2>; rel="next"; title="x, y", </b>; rel=last, <c>; type="text/html"')]),
    "odd-links": answer(fields=[("Link", "<a>;rel=a;rel=b, <b>, , <c;d>; rel='q'; x, <e,f>; rel=\"e f\"")]),
    "refresh": answer(fields=[("Refresh", "0; url=/x")], body=b"ok"),
    "404": answer("404 Not Found", [PLAIN], b"missing"),
    "418": answer("418 I'm a Teapot", body=b"tea"),
    "500": answer("500 Internal Server Error", body=b"boom"),
    "600": answer("600 Odd", body=b"odd"),
    # Cookies
    "cookies": sets("a=1", "b=2; Path=/raw; HttpOnly", 'd="q u o"; Path=/', "e=; Path=/", "f=x=y=z; path=/"),
    "cookie-secure": sets("c=3; Max-Age=1000; Secure", "d=4; Path=/"),
    "cookie-domain": sets("s=1; Domain=site-a.test; Path=/", "o=1; Domain=other.test; Path=/"),
    "cookie-dot-domain": sets("s=1; Domain=.site-a.test; Path=/", "t=2; Domain=.sub.site-a.test; Path=/"),
    "cookie-paths": sets("p=1; Path=/raw", "q=2; Path=/raw/", "r=3; Path=/echo/deep", "s=4; Path=relative", "t=5; Path="),
    "cookie-delete": sets("keep=; Max-Age=0; Path=/", "old=1; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"),
    "cookie-replace": sets("a=first; Path=/", "a=second; Path=/", "A=upper; Path=/"),
    "cookie-odd": sets("noval", "=noname", "sp ace=v; Path=/", "ok=1; SameSite=Lax; Path=/"),
    "cookie-comma": sets("x=1; expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/"),
    "cookie-dates": sets("a=1; expires=Wednesday, 21-Oct-99 07:28:00 GMT; Path=/", "b=1; expires=Wed Oct 21 07:28:00 2099; Path=/"),
    "cookie-redirect": sets("hop=1; Path=/", status="302 Found", fields=[("Location", "/echo/after")]),
    "cookie-redirect-delete": sets("hop=; Max-Age=0; Path=/", status="302 Found", fields=[("Location", "/echo/after")]),
    "cookie-404": sets("seen=404; Path=/", status="404 Not Found"),
    # Redirects
    "redirect-none": answer("302 Found", body=b"no location"),
    "redirect-empty": leads_to("", body=b"empty location"),
    "redirect-304": answer("304 Not Modified", [("Location", "/echo")], length=False),
    "redirect-300": leads_to("/echo", "300 Multiple Choices", b"choose"),
    "redirect-305": leads_to("/echo", "305 Use Proxy", b"proxy"),
    "redirect-201": leads_to("/echo", "201 Created", b"made"),
    "redirect-two": leads_to("/echo/1", "302 Found", b"", ("Location", "/echo/2")),
    "redirect-close": (leads_to("/echo", "302 Found", b"moved", ("Connection", "close")), CLOSE),
    "redirect-chunked": chunked(b"mo", b"ved").replace(b"200 OK", b"302 Found\r\nLocation: /echo"),
    "redirect-gzip-lie": leads_to("/echo", "302 Found", b"not gzip", ("Content-Encoding", "gzip")),
    "redirect-ftp": leads_to("ftp://127.0.0.1/x"),
    "redirect-noscheme": leads_to("127.0.0.1:1/x"),
    "redirect-bad": leads_to("http://*/x"),
    "redirect-utf8": leads_to("/echo/Grüße?q=東"),
    "redirect-latin1": leads_to("/echo/Grüße".encode("latin-1")),
    "redirect-space": leads_to("/echo/a b?c d"),
    "redirect-padded": leads_to("  /echo/padded  "),
    "redirect-percent": leads_to("/echo/%7euser/%2fx?y=%e6%9d%b1"),
    "redirect-bad-percent": leads_to("/echo/100%/%zz?%"),
    "redirect-fragment": leads_to("/echo#new"),
    "redirect-only-fragment": leads_to("#new"),
    "redirect-query": leads_to("?x=1"),
    "redirect-dots": leads_to("../echo/./up"),
    "redirect-relative": leads_to("sibling"),
    "redirect-slashes": leads_to("//127.0.0.1:1/refused"),
    "redirect-backslash": leads_to("/echo\\back"),
    "redirect-upper": leads_to("HTTP://no-such-host.invalid/"),
    "loop": leads_to("/raw/loop"),
    "www-auth-other": answer("401 Unauthorized", [("WWW-Authenticate", "Bearer realm=x")], b"no"),
}

Reply = Union[bytes, "tuple[bytes, Callable[[Connection], Any]]"]
Heard = Any  # {"server", "connection" (0, 1, ... as they come first), "request"}


class Log:
    """The requests that came, over all servers, in order; connections have the number of their first request among them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.entries: list[Heard] = []
        self._connections: dict[int, int] = {}
        self._held: list[Connection] = []  # so that no other connection gets the id of one of these

    def add(self, server: str, connection: Connection, request: Received) -> None:
        with self._lock:
            number = self._connections.setdefault(id(connection), len(self._connections))
            self._held.append(connection)
            self.entries.append({"server": server, "connection": number, "request": request})


class Site:
    """Serves connections: the script of a `scripted.Server`."""

    def __init__(self, name: str, log: Log) -> None:
        self.name, self.log = name, log

    def __call__(self, connection: Connection) -> None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (request := connection.read_request()) is not None:
            self.log.add(self.name, connection, request)
            if not self.serve(connection, request):
                return

    def serve(self, connection: Connection, request: Received) -> bool:
        """Answer; whether there may be another request on this connection."""
        reply = respond(request)
        data, then = reply if isinstance(reply, tuple) else (reply, None)
        connection.send(data[: data.find(b"\r\n\r\n") + 4] if request.method == "HEAD" else data)
        if then is not None:
            then(connection)
        return then is None


class Proxy(Site):
    """Answers what is asked in absolute form itself, and connects tunnels to loopback. A guarded one knows user:right alone."""

    def __init__(self, name: str, log: Log, guarded: bool = False) -> None:
        super().__init__(name, log)
        self.guarded = guarded

    def serve(self, connection: Connection, request: Received) -> bool:
        if self.guarded and request["Proxy-Authorization"] != "Basic " + base64.b64encode(b"user:right").decode():
            who = answer("407 Proxy Authentication Required", [("Proxy-Authenticate", "Basic realm=p")], b"who")
            connection.send(who)
            return request.method != "CONNECT"
        if request.method == "CONNECT":
            tunnel(connection, int(request.target.rpartition(":")[2]))
            return False
        parts = urlsplit(request.target)
        return super().serve(connection, request._replace(target=(parts.path or "/") + ("?" + parts.query if parts.query else "")))


def tunnel(connection: Connection, port: int) -> None:
    try:
        there = socket.create_connection(("127.0.0.1", port), 10)
    except OSError:
        connection.send(answer("502 Bad Gateway"))
        return
    with there:
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        other = threading.Thread(target=pump, args=(there, connection.socket), daemon=True)
        other.start()
        pump(connection.socket, there)
        other.join(2)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def respond(request: Received) -> Reply:
    path, _, query = request.target.partition("?")
    asked = dict(parse_qsl(query, encoding="latin-1"))
    _, what, *rest = path.split("/")
    if what == "raw" and rest:
        return RAW.get(rest[0], RAW["404"])
    if what == "redirect":
        return leads_to(asked.get("to", "/echo").encode("latin-1"), f"{rest[0]} Redirect", b"moved")
    if what == "hops":
        left = int(rest[0]) - 1
        return leads_to(f"/hops/{left}" if left else "/echo/end")
    if what == "basic":
        known = request["Authorization"] == "Basic " + base64.b64encode(b"user:pass").decode()
        return answer(body=b"in") if known else answer("401 Unauthorized", [("WWW-Authenticate", "Basic realm=x")], b"out")
    if what == "digest":
        return digest(request, *rest[:2])
    if what == "slow-head":
        return b"", lambda connection: time.sleep(1.2)
    if what == "slow-body":
        return b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", lambda connection: time.sleep(1.2)
    if what == "reset":
        return b"", RESET
    return answer(fields=[("Content-Type", "application/json")], body=b'{"ok": true}')


def digest(request: Received, algorithm: str, qop: str) -> Reply:
    if (request["Authorization"] or "").startswith("Digest "):
        return answer(body=b"in")
    challenge = 'Digest realm="the realm", nonce="abc123", opaque="op"'
    challenge += f', qop="{qop}"' * (qop != "none") + f", algorithm={algorithm}" * (algorithm != "none")
    return answer("401 Unauthorized", [("WWW-Authenticate", challenge), ("Set-Cookie", "dig=1; Path=/")], b"out")


class Here:
    """What a case needs: addresses, certificates, files, and the log."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, Log()
        authority, stranger = Authority(_made(folder / "ca")), Authority(_made(folder / "stranger"))
        self.ca, self.stranger_ca = authority.file, stranger.file
        self.client_certificate = authority.certificate("client.test")

        def served(name: str, site: type[Site] = Site, **settings: Any) -> Server:
            tls = settings.pop("tls", None)
            return Server(site(name, self.log, **settings), repeat=True, tls=tls)

        http, other = served("http"), served("other")
        tls = served("tls", tls=authority.server_context("localhost", "127.0.0.1", "site-a.test"))
        wrong_name = served("tls-name", tls=authority.server_context("wrong.example"))
        wants_client = served("tls-client", tls=authority.server_context("localhost", client_ca=authority))
        proxy, guarded = served("proxy", Proxy), served("guarded-proxy", Proxy, guarded=True)
        self.port, self.other_port = http.port, other.port
        self.http, self.other = http.url, other.url
        self.localhost = f"http://localhost:{http.port}"
        self.site_a, self.sub_a = f"http://site-a.test:{http.port}", f"http://sub.site-a.test:{http.port}"
        self.site_b = f"http://site-b.test:{other.port}"
        self.tls, self.tls_name, self.tls_client = tls.url, wrong_name.url, wants_client.url
        self.proxy = proxy.url
        self.proxy_user = f"http://user:p%40ss@127.0.0.1:{proxy.port}"
        self.guarded_proxy = f"http://user:right@127.0.0.1:{guarded.port}"
        self.guarded_proxy_wrong = f"http://user:wrong@127.0.0.1:{guarded.port}"
        self._held = [surroundings.refusing_socket(), *surroundings.deaf_sockets()]
        self.refused, self.deaf = (f"http://127.0.0.1:{held.getsockname()[1]}" for held in self._held[:2])
        self.httpbin = _httpbin()

    def file(self, name: str, data: bytes | str) -> str:
        """The path of a new file with this content."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _httpbin() -> str:
    logging.disable(logging.WARNING)  # it misses packages that it does not need
    from httpbin import app
    from werkzeug.serving import make_server

    logging.disable(logging.NOTSET)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
