"""Where a body ends, and whether its connection lives on: the rules of RFC 9112, 6.3 and 9.3, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from minireq.wire.errors import InvalidFraming
from minireq.wire.protocol.framing import Body, Close, body_of, content_length, has_token, verdict
from minireq.wire.protocol.head import response_head

# --- where it ends


@pytest.mark.parametrize(
    "method, head, body",
    [
        # 1. no body, whatever the fields say
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5000", (Body.NONE, None)),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", (Body.NONE, None)),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: -3", (Body.NONE, None)),
        ("HEAD", b"HTTP/1.1 404 Not Found", (Body.NONE, None)),
        ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 7", (Body.NONE, None)),
        ("GET", b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: cow", (Body.NONE, None)),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7", (Body.NONE, None)),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: x", (Body.NONE, None)),
        # 2. a tunnel
        ("CONNECT", b"HTTP/1.1 200 OK\r\nContent-Length: 5", (Body.TUNNEL, None)),
        ("CONNECT", b"HTTP/1.1 299 Fine\r\nTransfer-Encoding: chunked", (Body.TUNNEL, None)),
        ("CONNECT", b"HTTP/1.1 204 No Content", (Body.TUNNEL, None)),
        ("CONNECT", b"HTTP/1.1 300 Choose\r\nContent-Length: 5", (Body.LENGTH, 5)),
        ("CONNECT", b"HTTP/1.1 407 No\r\nContent-Length: 5", (Body.LENGTH, 5)),
        ("GET", b"HTTP/1.1 101 Switching\r\nContent-Length: 5", (Body.TUNNEL, None)),
        # 3, 4. Transfer-Encoding first
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", (Body.CHUNKED, None)),
        ("GET", b"HTTP/1.1 200 OK\r\ntransfer-encoding:CHUNKED", (Body.CHUNKED, None)),
        ("GET", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked", (Body.CHUNKED, None)),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", (Body.CHUNKED, None)),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: banana", (Body.CHUNKED, None)),
        # 5, 6. Content-Length
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 5", (Body.LENGTH, 5)),
        ("POST", b"HTTP/1.1 500 Oops\r\nContent-Length: 0", (Body.LENGTH, 0)),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5", (Body.LENGTH, 5)),
        ("head", b"HTTP/1.1 200 OK\r\nContent-Length: 5", (Body.LENGTH, 5)),  # methods have a case
        # 8. until the connection ends
        ("GET", b"HTTP/1.1 200 OK", (Body.UNTIL_CLOSE, None)),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nContent-Length-X: 2\r\nContent_Length: 3\r\nTransfer_Encoding: chunked",
            (Body.UNTIL_CLOSE, None),
        ),
    ],
)
def test_the_end_of_a_body_is_known_by_the_first_rule_that_fits(method, head, body):
    assert body_of(method, response_head(head)) == body


@pytest.mark.parametrize(
    "coding",
    [
        b"gzip",
        b"gzip, chunked",
        b"chunked, gzip",
        b"chunked, chunked",
        b"chunked\r\nTransfer-Encoding: chunked",
        b"chunked\r\nTransfer-Encoding: identity",
        b"identity",
        b"identity, chunked",
        b"",
        b",chunked",
        b"chunked,",
        b"xchunked",
        b"chunkedchunked",
        b"chunked;q=1",
        b'"chunked"',
        b"\x0bchunked",
        b"chunked\x0c",
        b"chunked\xa0",
        b"\x85chunked",
        b"cow",
    ],
)
@pytest.mark.parametrize("length", [b"", b"\r\nContent-Length: 12"], ids=["alone", "with a length"])
def test_a_transfer_coding_other_than_one_chunked_is_an_error_and_never_a_length(coding, length):
    head = response_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + length)
    with pytest.raises(InvalidFraming, match="the transfer coding is none that we asked for"):
        body_of("GET", head)


@pytest.mark.parametrize("value, length", [("0", 0), ("5", 5), ("007", 7), ("5, 5", 5), ("5,5\t, 5", 5), ("9" * 19, 10**19 - 1)])
def test_a_content_length_is_a_number_and_equal_repeats_are_one(value, length):
    assert content_length(value) == length


@pytest.mark.parametrize("value", ["5, 6", "6, 5", "0, 5", "5, x", "5, ", ", 5", "5,, 5", "5, +5", "5, 05", "5, 5, 6"])
def test_differing_lengths_are_an_error(value):
    with pytest.raises(InvalidFraming, match="the response has differing lengths: '5|the response has differing lengths"):
        content_length(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-5",
        "-0",
        "+5",
        "0x5",
        "5_0",
        "0_5",
        "5.0",
        "5e0",
        "5 0",
        "5;",
        "five",
        "５",
        "\xef\xbc\x95",
        "\xb2",
        "\x0b5",
        "5\x0c",
        "\xa05",
        '"5"',
        "5 (bytes)",
        ",",
        "x, x",
        "1" * 20,
        "1" * 5000,
    ],
)
def test_a_length_that_is_no_number_in_ascii_is_an_error_that_shows_it(value):
    with pytest.raises(InvalidFraming, match="Content-Length is not a number of bytes") as caught:
        content_length(value)
    assert repr(value[:60]) in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.text(max_size=20) | st.text("0123456789, ", max_size=12))
def test_any_length_is_a_number_or_an_error(value):
    try:
        assert content_length(value) == int(value.split(",")[0])
        assert value.isascii()
    except InvalidFraming:
        pass


# --- whether the connection lives on


@pytest.mark.parametrize(
    "head, body, reason",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", Body.LENGTH, None),
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive", Body.LENGTH, None),
        (b"HTTP/1.1 200 OK\r\nConnection: upgrade, foo", Body.NONE, None),
        (b"HTTP/1.1 200 OK\r\nConnection: not-close", Body.NONE, None),
        (b"HTTP/1.2 200 OK", Body.NONE, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", Body.CHUNKED, None),
        (b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", Body.NONE, None),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive", Body.LENGTH, None),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive", Body.NONE, None),
        (b"HTTP/1.1 200 OK\r\nConnection: close", Body.LENGTH, Close.SERVER_ASKED),
        (b"HTTP/1.1 200 OK\r\nConnection: foo ,\tCLOSE", Body.NONE, Close.SERVER_ASKED),
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nconnection: close", Body.CHUNKED, Close.SERVER_ASKED),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive, close", Body.LENGTH, Close.SERVER_ASKED),
        (b"HTTP/1.0 200 OK", Body.LENGTH, Close.OLD_VERSION),
        (b"HTTP/1.0 200 OK\r\nConnection: foo", Body.NONE, Close.OLD_VERSION),
        (b"HTTP/1.1 200 OK", Body.UNTIL_CLOSE, Close.UNTIL_CLOSE),
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive", Body.UNTIL_CLOSE, Close.UNTIL_CLOSE),
        (b"HTTP/1.1 200 OK", Body.TUNNEL, Close.SWITCHED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", Body.CHUNKED, Close.TWO_LENGTHS),
        (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive", Body.CHUNKED, Close.TWO_LENGTHS),
    ],
)
def test_the_verdict_says_why_a_connection_is_closed(head, body, reason):
    assert verdict(response_head(head), body) is reason


@pytest.mark.parametrize("value", ["close", "Close", "a,close", "close,a", "a, close ,b", "\tclose\t", ",close,"])
def test_a_token_is_found_in_a_list(value):
    assert has_token(value, "close")


@pytest.mark.parametrize("value", ["", ",", "closed", "not-close", "clo se", "close;q=1", '"close"', "close\x0b", "\xa0close"])
def test_what_only_contains_its_letters_is_not_that_token(value):
    assert not has_token(value, "close")
