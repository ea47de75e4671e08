"""What is true of any bytes, one function for each kind of parser; `SEEDS` has well-formed ones to begin with."""

from __future__ import annotations

from types import SimpleNamespace

from minireq import auth, charsets, cookies, headers, idna, netrc_file, no_proxy, redirects, urls
from minireq.exceptions import InvalidURL, MissingSchema, RequestException
from minireq.structures import CaseInsensitiveDict
from minireq.wire.errors import ProxyFailed, WireError
from minireq.wire.protocol.chunked import ChunkedDecoder
from minireq.wire.protocol.coding import decoder_for
from minireq.wire.protocol.exchange import Exchange
from minireq.wire.protocol.fields import Fields
from minireq.wire.protocol.head import response_head
from minireq.wire.protocol.socks import socks4, socks5, socks5_greeting
from minireq.wire.protocol.tunnel import open_tunnel

from ..support.feeding import byte_by_byte, in_pieces
from ..wire.protocol import hearing

MOST = 1 << 20  # decoded bytes that are looked at: a bomb costs what is read of it
METHODS = [("GET",), ("HEAD",), ("POST",), ("GET", ("Upgrade", "x"))]
CODINGS = ["gzip", "deflate", "gzip, gzip", "deflate, gzip", "gzip, deflate", "deflate, deflate, gzip"]
CONTROLS = {*map(chr, range(32)), "\x7f"}


def exchange(data: bytes) -> None:
    """The first byte says what was asked, the others are the answer."""
    asked = METHODS[data[0] % len(METHODS)] if data else METHODS[0]
    wire = data[1:]
    first = hearing.outcome([wire], *asked)
    for pieces, bulk in (byte_by_byte(wire), False), (in_pieces(wire, seed=len(wire)), True):
        other = hearing.outcome(pieces, *asked, bulk=bulk)
        if isinstance(first, hearing.Heard):  # but for bytes behind the answer, of which one only knows when they came with it
            assert other._replace(verdict=None) == first._replace(verdict=None)
        else:
            assert other is first


def head(data: bytes) -> None:
    try:
        found = response_head(data)
    except WireError as error:
        assert len(str(error)) < 400
        return
    assert 100 <= found.status <= 999
    for name, value in found.fields.lines():
        assert name and not set(name) & {*CONTROLS, " ", ":"}
        assert not set(value) & set("\r\n\0")


def chunked(data: bytes) -> None:
    def outcome(pieces):
        decoder, buffer, body = ChunkedDecoder(), bytearray(), b""
        try:
            for piece in pieces:
                buffer += piece
                while found := decoder.decode(buffer):
                    body += found
                if decoder.ended:
                    return body, list(decoder.trailers.lines())
        except WireError as error:
            return type(error)
        return body, len(buffer)

    assert outcome([data]) == outcome(byte_by_byte(data)) == outcome(in_pieces(data, seed=len(data)))


def coding(data: bytes) -> None:
    """The first byte says which codings, the others have them."""
    codings = CODINGS[data[0] % len(CODINGS)] if data else CODINGS[0]

    def outcome(pieces, most):
        decoder, left, decoded = decoder_for(codings), list(pieces), b""
        try:
            while len(decoded) < MOST:
                found = decoder.next_data(most)
                if found is None:
                    decoder.feed(left.pop(0)) if left else decoder.end()
                elif found:
                    assert len(found) <= most
                    decoded += found
                else:
                    return decoded
        except WireError as error:
            return type(error)
        return MOST

    assert outcome([data[1:]], 1 << 16) == outcome(byte_by_byte(data[1:]), 1 << 12)


def set_cookie(data: bytes) -> None:
    """Lines of Set-Cookie."""
    jar = cookies.RequestsCookieJar()
    for url in ("https://www.good.test/a/b", "http://127.0.0.1/"):
        request = SimpleNamespace(url=url, headers=CaseInsensitiveDict())
        cookies.extract_set_cookies(jar, request, data.decode("latin-1").split("\n"))
        sent = cookies.get_cookie_header(jar, request)
        assert sent is None or not set(sent) & CONTROLS - {"\t"}
        assert all(cookie.domain.lstrip(".") in ("www.good.test", "good.test", "127.0.0.1") for cookie in jar)


def url(data: bytes) -> None:
    """A URL, and as the target of a redirect; its host by itself."""
    text = data.decode("utf-8", "replace")
    for ask in (
        lambda: urls.prepare_url(text),
        lambda: redirects.next_url("http://example.org/a/b", "http://example.org/a/b#c", text),
    ):
        try:
            prepared = urls.prepare_url(ask())
            parts = urls.parse_url(prepared)
        except (InvalidURL, MissingSchema):
            continue
        if prepared.lower().startswith(("http:", "https:")):  # others are left to adapters as they are
            assert prepared.isascii() and not set(prepared) & {*CONTROLS, " "}
            assert urls.prepare_url(prepared) == prepared
            target = urls.request_target(prepared)
            assert target.startswith("/") and "#" not in target
            assert parts.host and not set(urls.host_header(parts)) & set("/?#@ ")
    try:
        name = idna.encode(text)
    except RequestException:
        pass
    else:
        assert name.isascii() and name == name.lower()
    assert no_proxy.is_listed(text, None, text) in (True, False)
    urls.get_auth_from_url(text)


def challenges(data: bytes) -> None:
    """WWW-Authenticate, and the other fields that are lists of parameters."""
    text = data.translate(None, b"\r\n\0").decode("latin-1")  # these are in no field
    for scheme, parameters in auth._challenges(text):
        digest = auth.HTTPDigestAuth("Mufasa", "Circle of Life")
        digest.init_per_thread_state()
        digest._thread_local.chal = parameters
        answer = digest.build_digest_header("GET", "http://example.org/a") if scheme == "digest" else None
        assert answer is None or not set(answer) & set("\r\n\0")
    for link in headers.parse_header_links(text):
        assert isinstance(link["url"], str)
    for read in (headers.parse_list_header, headers.parse_dict_header, headers.unquote_header_value):
        read(text)
    charset = charsets.get_encoding_from_headers({"content-type": text})
    assert isinstance(charsets.decode_text(data, charset), str)


def netrc(data: bytes) -> None:
    for host, entry in netrc_file.parse(netrc_file._decoded(data)).items():
        assert host is None or isinstance(host, str)
        assert all(isinstance(value, str) for value in entry.values())


def proxies(data: bytes) -> None:
    """What SOCKS proxies answer, and those that are asked to CONNECT."""
    for start in (
        lambda: socks4("h", b"\1\2\3\4", 80),
        lambda: socks5_greeting("user", "password"),
        lambda: socks5("h", None, 80),
        lambda: open_tunnel(Exchange(), "h:80", Fields()),
    ):
        at_once, in_bytes = said(start(), [data]), said(start(), byte_by_byte(data))
        # Bytes of the proxy behind its answer are known when they come with it, and not read when they do not.
        assert at_once == in_bytes or (at_once is ProxyFailed and isinstance(in_bytes, bytes))


def said(conversation, pieces):
    """What the conversation said before it ended, or the kind of its error."""
    sent = next(conversation)
    try:
        for piece in [*pieces, b""]:
            sent += conversation.send(piece)
    except StopIteration:
        return sent
    except WireError as error:
        assert len(str(error)) < 400
        return type(error)
    raise AssertionError("it waits for more, where the connection has ended")


TARGETS = {target.__name__: target for target in (exchange, head, chunked, coding, set_cookie, url, challenges, netrc, proxies)}

SEEDS = {
    "exchange": [
        b"\0HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"\0HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n",
        b"\1HTTP/1.0 304 Not Modified\nConnection: keep-alive\n\n",
        b"\3HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello",
    ],
    "head": [b"HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a=b", b"HTTP/1.0 404 \nContent-Length: 5, 5\nX:\t\xe9"],
    "chunked": [b"5\r\nhello\r\n0\r\n\r\n", b'00A ;a="b;c"\r\n0123456789\r\n000\r\nX: y\r\n\r\n'],
    "coding": [
        bytes.fromhex("00 1f8b08000000000000ff cb48cdc9c90700 86a61036 05000000"),
        bytes.fromhex(
            "00 1f8b08000000000000ff cb48cdc9c90700 86a61036 05000000 1f8b08000000000000ff cb48cdc9c90700 86a61036 05000000"
        ),
        bytes.fromhex("01 789c cb48cdc9c90700 062c0215"),
        bytes.fromhex("01 cb48cdc9c90700"),
    ],
    "set_cookie": [
        b"a=b; Path=/; Domain=good.test; Max-Age=100; Secure; HttpOnly",
        b'__Host-a="b"; Secure; Path=/\na=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT; SameSite=Lax',
    ],
    "url": [
        b"http://user:pass%20word@example.org:8080/a/../b?c=d%zz#e",
        "HTTPS://b\u00fccher.example/\u65e5\u672c?q=\u20ac".encode(),
        b"http://[fe80::1%25eth0]:80/",
        b"//h\\@evil/..",
        b"10.0.0.0/8,.example.org:80,*",
    ],
    "challenges": [
        b'Basic realm="x", Digest realm="a\\"b", nonce="n", qop="auth,auth-int", algorithm=SHA-256, opaque="o"',
        b"<http://a/b?c>; rel=next; title*=UTF-8''x, </d>; rel=\"prev\"",
        b'text/html; charset="utf-8"',
    ],
    "netrc": [b'machine h login me password "a\\"b"\ndefault login x # no\nmacdef init\ncd /\n\nmachine i password p\n'],
    "proxies": [
        b"\0\x5a\0\0\0\0\0\0",
        b"\5\2\1\0",
        b"\5\0\0\1\1\2\3\4\0\x50",
        b"HTTP/1.1 200 Connection established\r\n\r\n",
        b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n",
    ],
}
