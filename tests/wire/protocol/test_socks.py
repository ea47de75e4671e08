"""SOCKS as conversations: what is said in each version, which refusals are understood, and what is never passed on."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from minireq.wire.errors import ProxyFailed
from minireq.wire.protocol.socks import socks4, socks5, socks5_greeting

from ...support.feeding import byte_by_byte, every_way
from . import hearing

V4 = bytes([192, 0, 2, 1])
V6 = bytes.fromhex("20010db8000000000000000000000001")


def converse(conversation, *answers, pieces=lambda answer: [answer]):
    """All that is said to a proxy that answers so, each answer after something has been said."""
    said = [next(conversation)]
    for answer in answers:
        for piece in pieces(answer):
            try:
                more = conversation.send(piece)
            except StopIteration:
                return said
            if more:
                said.append(more)
    raise AssertionError("it waits for more")


# --- SOCKS 4 and 4a

GRANTED_4 = b"\x00\x5a\x00\x00\x00\x00\x00\x00"


@pytest.mark.parametrize(
    "host, address, port, user, request_bytes",
    [
        ("h.example", V4, 80, "", b"\x04\x01\x00\x50\xc0\x00\x02\x01\x00"),
        ("h.example", V4, 443, "me", b"\x04\x01\x01\xbb\xc0\x00\x02\x01me\x00"),
        ("h.example", None, 80, "", b"\x04\x01\x00\x50\x00\x00\x00\x01\x00h.example\x00"),
        ("h.example", None, 65535, "mé", b"\x04\x01\xff\xff\x00\x00\x00\x01m\xc3\xa9\x00h.example\x00"),
    ],
)
def test_S155_a_socks_4_proxy_is_given_an_address_or_a_name(host, address, port, user, request_bytes):
    for way in (lambda answer: [answer], byte_by_byte):
        assert converse(socks4(host, address, port, user), GRANTED_4, pieces=way) == [request_bytes]


def test_the_address_in_the_answer_means_nothing():
    assert converse(socks4("h", V4, 80), b"\x00\x5a\x01\xbb\xc0\x00\x02\x07")


@pytest.mark.parametrize(
    "answer, why",
    [
        (b"\x00\x5b\0\0\0\0\0\0", "request rejected or failed"),
        (b"\x00\x5c\0\0\0\0\0\0", "no identd on our side"),
        (b"\x00\x5d\0\0\0\0\0\0", "identd names another user"),
        (b"\x00\x00\0\0\0\0\0\0", r"answer b'\\x00\\x00'"),
        (b"\x04\x5a\0\0\0\0\0\0", r"answer b'\\x04Z'"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "answer b'HT'"),
    ],
)
def test_a_refusal_of_a_socks_4_proxy_is_told_in_words(answer, why):
    for pieces in every_way(answer):
        with pytest.raises(ProxyFailed, match=f"the SOCKS proxy would not connect to h.example:80: {why}"):
            converse(socks4("h.example", V4, 80), *pieces)


def test_socks_4_knows_no_ipv6():
    with pytest.raises(ProxyFailed, match="SOCKS 4 knows no IPv6, and h.example has no other address"):
        next(socks4("h.example", V6, 80))


# --- SOCKS 5


@pytest.mark.parametrize(
    "user, password, answers, said",
    [
        ("", "", [b"\x05\x00"], [b"\x05\x01\x00"]),
        ("me", "s3cret", [b"\x05\x00"], [b"\x05\x02\x00\x02"]),
        ("me", "s3cret", [b"\x05\x02", b"\x01\x00"], [b"\x05\x02\x00\x02", b"\x01\x02me\x06s3cret"]),
        ("me", "", [b"\x05\x02", b"\x01\x00"], [b"\x05\x02\x00\x02", b"\x01\x02me\x00"]),
        ("", "s3cret", [b"\x05\x02", b"\x05\x00"], [b"\x05\x02\x00\x02", b"\x01\x00\x06s3cret"]),
        ("mé", "ü", [b"\x05\x02", b"\x01\x00"], [b"\x05\x02\x00\x02", b"\x01\x03m\xc3\xa9\x02\xc3\xbc"]),
    ],
)
def test_S155_with_a_socks_5_proxy_one_agrees_on_who_one_is(user, password, answers, said):
    for way in (lambda answer: [answer], byte_by_byte):
        assert converse(socks5_greeting(user, password), *answers, pieces=way) == said


@pytest.mark.parametrize(
    "user, answers, message",
    [
        ("", [b"\x05\xff"], "the SOCKS proxy wants an authentication, and none was given"),
        ("", [b"\x05\x02"], "wants an authentication, and none was given"),
        ("", [b"\x05\x01"], "wants an authentication, and none was given"),
        ("me", [b"\x05\xff"], "wants an authentication, another than a user and a password"),
        ("me", [b"\x05\x01"], "wants an authentication, another than a user and a password"),
        ("me", [b"\x05\x02", b"\x01\x01"], "the SOCKS proxy does not accept this user and password"),
        ("me", [b"\x05\x02", b"\x01\xff"], "does not accept this user and password"),
        ("me", [b"\x04\x5b"], r"the proxy does not speak SOCKS 5: it answered with b'\\x04\["),
        ("", [b"HTTP/1.1 400 Bad Request\r\n\r\n"], "the proxy does not speak SOCKS 5: it answered with b'HT'"),
    ],
)
def test_a_proxy_that_will_not_have_us_is_understood(user, answers, message):
    with pytest.raises(ProxyFailed, match=message) as caught:
        converse(socks5_greeting(user, "s3cret" if user else ""), *answers)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "host, address, port, request_bytes",
    [
        ("h.example", None, 80, b"\x05\x01\x00\x03\x09h.example\x00\x50"),
        ("h.example", V4, 443, b"\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb"),
        ("h.example", V6, 65535, b"\x05\x01\x00\x04" + V6 + b"\xff\xff"),
    ],
)
@pytest.mark.parametrize(
    "answer",
    [
        b"\x05\x00\x00\x01\0\0\0\0\0\0",
        b"\x05\x00\x00\x04" + V6 + b"\x01\xbb",
        b"\x05\x00\x00\x03\x05proxy\x01\xbb",
        b"\x05\x00\x00\x03\x00\x01\xbb",
    ],
)
def test_S155_a_socks_5_proxy_is_given_an_address_or_a_name(host, address, port, request_bytes, answer):
    for pieces in every_way(answer):
        assert converse(socks5(host, address, port), *pieces) == [request_bytes]


@pytest.mark.parametrize(
    "code, why",
    [
        (1, "general failure"),
        (2, "not allowed by the rules"),
        (3, "network unreachable"),
        (4, "host unreachable"),
        (5, "connection refused"),
        (6, "time to live expired"),
        (7, "command not supported"),
        (8, "address type not supported"),
        (9, r"answer b'\\x05\\t\\x00\\x01'"),
        (255, r"answer b'\\x05\\xff\\x00\\x01'"),
    ],
)
def test_a_refusal_of_a_socks_5_proxy_is_told_in_words(code, why):
    answer = bytes([5, code, 0, 1]) + bytes(6)
    for pieces in every_way(answer):
        with pytest.raises(ProxyFailed, match=f"the SOCKS proxy would not connect to h.example:80: {why}"):
            converse(socks5("h.example", None, 80), *pieces)


@pytest.mark.parametrize("answer", [b"\x04\x00\x00\x01" + bytes(6), b"\x00\x5a" + bytes(8)])
def test_an_answer_in_another_version_is_none(answer):
    with pytest.raises(ProxyFailed, match="would not connect"):
        converse(socks5("h.example", None, 80), answer)


def test_an_address_of_unknown_type_is_an_error():
    with pytest.raises(ProxyFailed, match="an address of unknown type 2"):
        converse(socks5("h.example", None, 80), b"\x05\x00\x00\x02" + bytes(6))


# --- all of them

CONVERSATIONS = {
    "SOCKS 4": (lambda: socks4("h", V4, 80), [GRANTED_4]),
    "SOCKS 5, the greeting": (socks5_greeting, [b"\x05\x00"]),
    "SOCKS 5, with a password": (lambda: socks5_greeting("me", "s3cret"), [b"\x05\x02", b"\x01\x00"]),
    "SOCKS 5, the request": (lambda: socks5("h", None, 80), [b"\x05\x00\x00\x03\x05proxy\x01\xbb"]),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_proxy_that_closes_the_connection_anywhere_is_an_error(name):
    begin, answers = CONVERSATIONS[name]
    for number, answer in enumerate(answers):
        for size in range(len(answer)):
            said_before = [*answers[:number], answer[:size]]
            with pytest.raises(ProxyFailed, match="the SOCKS proxy closed the connection"):
                converse(begin(), *filter(None, said_before), b"")


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_bytes_of_the_proxy_do_not_get_into_the_connection(name):
    begin, answers = CONVERSATIONS[name]
    for extra in (b"\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"):
        with pytest.raises(ProxyFailed, match="the SOCKS proxy sent bytes of its own into the connection"):
            converse(begin(), *answers[:-1], answers[-1] + extra)


@pytest.mark.parametrize("text", ["x" * 256, "é" * 128, "a\0b"], ids=["too long", "too long in UTF-8", "NUL"])
def test_what_cannot_be_said_in_socks_is_never_sent(text):
    for what, begin in {
        "host": lambda: next(socks5(text, None, 80)),
        "user": lambda: converse(socks5_greeting(text, "s3cret"), b"\x05\x02", b"\x01\x00"),
        "password": lambda: converse(socks5_greeting("me", text), b"\x05\x02", b"\x01\x00"),
    }.items():
        with pytest.raises(ProxyFailed, match=f"the {what} cannot be told to a SOCKS proxy") as caught:
            begin()
        assert text not in str(caught.value)
    for begin in (lambda: next(socks4(text, None, 80)), lambda: next(socks4("h", None, 80, text))):
        with pytest.raises(ProxyFailed, match="the (host|user) cannot be told to a SOCKS proxy"):
            begin()


def test_the_longest_that_can_be_said_is_said():
    assert next(socks5("x" * 255, None, 80)) == b"\x05\x01\x00\x03\xff" + b"x" * 255 + b"\x00\x50"


def test_text_that_is_not_unicode_is_no_foreign_error():
    assert next(socks4("h", V4, 80, "\ud800")).endswith(b"\xed\xa0\x80\x00")


@given(st.sampled_from(sorted(CONVERSATIONS)), st.binary(min_size=1, max_size=40), hearing.places)
def test_noise_is_an_answer_or_an_error_of_the_wire(name, noise, places):
    try:
        converse(CONVERSATIONS[name][0](), *hearing.cut(noise, places), b"")
    except ProxyFailed as error:
        assert len(str(error)) < 200
