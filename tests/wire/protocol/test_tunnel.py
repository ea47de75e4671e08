"""CONNECT as a conversation with a proxy."""

from __future__ import annotations

import pytest

from minireq.wire.errors import (
    ConnectionLost,
    IncompleteMessage,
    LimitExceeded,
    LocalProtocolError,
    ProxyFailed,
    RemoteProtocolError,
)
from minireq.wire.limits import Limits
from minireq.wire.protocol.exchange import Exchange
from minireq.wire.protocol.fields import Fields
from minireq.wire.protocol.tunnel import hear_refusal, open_tunnel

from ...support.feeding import every_way, in_pieces, whole

PROXY = Fields([("Proxy-Authorization", "Basic czNjcmV0"), ("User-Agent", "minireq")])


def converse(pieces, authority="example.org:443", fields=PROXY, **settings):
    """All that was sent, and the answer."""
    conversation = open_tunnel(Exchange(), authority, fields, **settings)
    sent = next(conversation)
    for piece in pieces:
        try:
            sent += conversation.send(piece)
        except StopIteration as end:
            return sent, end.value
    raise AssertionError("it waits for more")


@pytest.mark.parametrize("authority", ["example.org:443", "127.0.0.1:8443", "[::1]:443"])
def test_D12_a_tunnel_is_asked_for_in_http_1_1_with_a_host(authority):
    sent, head = converse([b"HTTP/1.1 200 Connection established\r\n\r\n"], authority)
    assert sent.decode().split("\r\n") == [
        f"CONNECT {authority} HTTP/1.1",
        f"Host: {authority}",
        "Proxy-Authorization: Basic czNjcmV0",
        "User-Agent: minireq",
        "",
        "",
    ]
    assert head.status == 200


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 Connection established\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nProxy-Agent: x\r\n\r\n",
        b"HTTP/1.1 299 Fine\n\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        # RFC 9110, 9.3.6: what they say about a body means nothing
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_two_hundred_and_something_opens_the_tunnel(answer):
    for pieces in every_way(answer):
        sent, head = converse(pieces)
        assert sent.count(b"CONNECT") == 1
        assert 200 <= head.status < 300


@pytest.mark.parametrize(
    "answer, status, body",
    [
        (b"HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nhello", 407, b"hello"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n", 302, b""),
        (b"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 403, b"hello"),
        (b"HTTP/1.1 500 Oops\r\n\r\nhello", 500, b"hello"),  # up to its end
        (b"HTTP/1.1 502 Oops\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000, 502, b"x" * 65536),  # no more is kept
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", 304, b""),
    ],
)
def test_anything_else_is_a_refusal_that_is_heard_to_its_end(answer, status, body):
    for pieces in (whole(answer), in_pieces(answer)):
        exchange, heard = Exchange(), bytearray()
        conversation = open_tunnel(exchange, "example.org:443", PROXY)
        next(conversation)
        arriving = iter([*pieces, b""])
        assert drive(conversation, arriving).status == status
        refusal = hear_refusal(exchange, heard)
        try:
            next(refusal)
            drive(refusal, arriving)
        except StopIteration:
            pass
        assert heard == body


def drive(conversation, arriving):
    """Give it what arrives until it is over; what it returns."""
    for piece in arriving:
        try:
            assert conversation.send(piece) == b""
        except StopIteration as end:
            return end.value
    raise AssertionError("it waits for more")


@pytest.mark.parametrize("extra", [b"\x16\x03\x01", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL", b"\n"])
def test_bytes_of_the_proxy_do_not_get_into_the_tunnel(extra):
    with pytest.raises(ProxyFailed, match="the proxy sent bytes of its own into the tunnel to example.org:443"):
        converse([b"HTTP/1.1 200 OK\r\n\r\n" + extra])


@pytest.mark.parametrize(
    "pieces, error",
    [
        ([b""], ConnectionLost),
        ([b"HTTP/1.1 200 OK\r\n", b""], IncompleteMessage),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], RemoteProtocolError),
        ([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"], RemoteProtocolError),
        ([b"HTTP/1.1 500 Oops\r\nContent-Length: x\r\n\r\n"], RemoteProtocolError),
        ([b"HTTP/1.1 100 Continue\r\n\r\n" * 51], LimitExceeded),
    ],
)
def test_a_proxy_that_does_not_speak_http_is_an_error(pieces, error):
    with pytest.raises(error):
        converse(pieces)


def test_limits_are_those_that_were_given():
    with pytest.raises(LimitExceeded):
        converse([b"HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n"], limits=Limits(header_count=1))


@pytest.mark.parametrize("authority", ["", "a b:443", "h:443\r\nX: y", "h:443 HTTP/1.1\r\nX: y", "é.example:443"])
def test_an_authority_that_is_no_target_is_never_sent(authority):
    with pytest.raises(LocalProtocolError) as caught:
        next(open_tunnel(Exchange(), authority, Fields()))
    assert caught.value.part == "target"


def test_nor_are_fields_that_cannot_be():
    with pytest.raises(LocalProtocolError):
        next(open_tunnel(Exchange(), "h:443", Fields([("Proxy-Authorization", "a\r\nX: y")])))
