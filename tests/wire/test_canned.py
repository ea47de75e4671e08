"""A response at hand: it reads as urllib3's HTTPResponse does that is made of the same parts, which test tools rely on."""

from __future__ import annotations

import gzip
import io

import pytest
import urllib3

from minireq.wire import Fields, RawResponse, errors
from minireq.wire.canned import CannedResponse

ZIPPED = gzip.compress(b"hello, hello, hello")


def both(**parts):
    """Ours and urllib3's, made alike; bodies come as functions, so that each has its own."""
    made = []
    for kind in (CannedResponse, urllib3.HTTPResponse):
        body = parts.get("body", lambda: b"")()
        made.append(kind(**{**parts, "body": body}))
    return made


def unread(body=b"", **parts):
    return both(body=lambda: io.BytesIO(body), preload_content=False, **parts)


@pytest.mark.parametrize(
    "read",
    [
        lambda response: response.read(),
        lambda response: [response.read(2), response.read(100), response.read(), response.read(1)],
        lambda response: response.read(0),
        lambda response: list(response.stream(2)),
        lambda response: list(response.stream(1000, decode_content=True)),
        lambda response: list(response.stream(4, decode_content=False)),
        lambda response: response.read(decode_content=False),
        lambda response: response.read1(3),
        lambda response: [response.readinto(block := bytearray(3)), block],
        lambda response: response.readline(),
        lambda response: response.readlines(),
        lambda response: list(response),
        lambda response: [response.data, response.data],
        lambda response: [response.read(), response.tell()],
    ],
    ids=range(14),
)
@pytest.mark.parametrize(
    "parts",
    [
        {"body": b""},
        {"body": b"hello\nworld\n"},
        {"body": b"no line end"},
        {"body": ZIPPED, "headers": {"Content-Encoding": "gzip"}},
        {"body": ZIPPED, "headers": {"Content-Encoding": "gzip"}, "decode_content": False},
        {"body": b"hello", "headers": {"Content-Length": "5"}},
        {"body": b"short", "headers": {"Content-Length": "10"}, "enforce_content_length": False},
        {"body": b"short", "headers": {"Content-Length": "ten"}},
        {"body": b"short", "headers": {"Content-Length": "10", "Transfer-Encoding": "chunked"}},
        {"body": b"5\r\nplain", "headers": {"Transfer-Encoding": "chunked"}},
    ],
    ids=[
        "empty",
        "lines",
        "one line",
        "gzip",
        "gzip as it is",
        "its length",
        "another length",
        "no length",
        "either",
        "chunked by name",
    ],
)
def test_a_body_reads_as_in_urllib3(read, parts):
    ours, theirs = unread(**parts)
    assert read(ours) == read(theirs)


@pytest.mark.parametrize(
    "ask",
    [
        lambda response: response.status,
        lambda response: response.reason,
        lambda response: response.version,
        lambda response: response.version_string,
        lambda response: response.retries,
        lambda response: response.geturl(),
        lambda response: response.connection,
        lambda response: response.closed,
        lambda response: response.isclosed(),
        lambda response: response.readable(),
        lambda response: response.get_redirect_location(),
        lambda response: dict(response.headers),
        lambda response: response.headers.getlist("x-a"),
        lambda response: dict(response.info()),
        lambda response: [response.close(), response.closed],
        lambda response: [response.release_conn(), response.drain_conn()],
    ],
    ids=range(16),
)
@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"status": 200, "reason": "OK", "version": 11, "version_string": "HTTP/1.1"},
        {"headers": {"X-A": "b"}, "retries": urllib3.Retry(3), "request_url": "http://example.org/"},
        {"headers": [("X-A", "b"), ("x-a", "c")], "request_method": "GET", "msg": None, "pool": None},
        {"status": 301, "headers": {"Location": "/elsewhere"}},
        {"headers": None, "enforce_content_length": False, "auto_close": False},
    ],
    ids=range(6),
)
def test_it_is_asked_as_in_urllib3(ask, parts):
    ours, theirs = unread(**parts)
    assert ask(ours) == ask(theirs)


@pytest.mark.parametrize("body", [b"short", b"hello, world"])
@pytest.mark.parametrize(
    "read", [lambda response: [response.read(8), response.read(8), response.read(8)], lambda response: list(response.stream(8))]
)
def test_as_in_urllib3_a_length_counts_for_those_who_read_piece_by_piece(body, read):
    ours, theirs = unread(body, headers={"Content-Length": "10"})
    with pytest.raises(urllib3.exceptions.ProtocolError):
        read(theirs)
    with pytest.raises(errors.IncompleteMessage, match=f"the body has {len(body)} bytes, and Content-Length says 10"):
        read(ours)
    for response in unread(body, headers={"Content-Length": "10"}):
        assert response.read() == body


@pytest.mark.parametrize("parts", [{"request_method": "HEAD"}, {"status": 304}, {"status": 204}])
def test_a_length_that_is_not_about_this_body_does_not_count(parts):
    for response in unread(**{"headers": {"Content-Length": "10"}, **parts}):
        assert list(response.stream(8)) == []


@pytest.mark.parametrize("preload", [True, False])
@pytest.mark.parametrize("body", [b"hello", io.BytesIO, bytearray(b"hello"), memoryview(b"hello"), "hello"], ids=repr)
def test_a_body_is_bytes_text_or_a_file(body, preload):
    response = CannedResponse(body(b"hello") if body is io.BytesIO else body, preload_content=preload)
    assert response.data == response.data == b"hello"


def test_no_body_is_an_empty_one():
    assert CannedResponse().read() == CannedResponse(None).read() == b""


@pytest.mark.parametrize("body", [5, ["hello"], iter([b"hello"]), object()], ids=lambda body: type(body).__name__)
def test_anything_else_is_refused(body):
    with pytest.raises(errors.LocalProtocolError, match=f"a body at hand is bytes, text or a file, not a {type(body).__name__}"):
        CannedResponse(body)


def test_text_is_sent_as_utf_8():
    assert CannedResponse("é").read() == "é".encode()


def test_a_damaged_body_is_an_error_of_the_wire():
    response = CannedResponse(ZIPPED[:-9], {"Content-Encoding": "gzip"}, preload_content=False)
    with pytest.raises(errors.DecodingError):
        response.read()
    assert response.closed


def test_fields_are_taken_as_they_are():
    fields = Fields([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    response = CannedResponse(headers=fields)
    assert response.headers is fields
    assert response._original_response.msg.get_all("set-cookie") == ["a=1", "b=2"]


def test_the_original_response_can_be_given_and_replaced():
    response = CannedResponse(original_response="one")
    assert response._original_response == "one"
    response._original_response = "two"
    assert response._original_response == "two"
    response._original_response = None
    assert response._original_response is response


def test_private_names_that_programs_read_are_there():
    file = io.BytesIO(b"hello")
    response = CannedResponse(file, request_url="/a", connection="a connection")
    assert response._fp is file
    assert response.connection == "a connection"
    assert response._request_url == "/a"
    assert isinstance(response, RawResponse)


def test_closing_it_closes_its_file_if_that_can_be_closed():
    file = io.BytesIO(b"hello")
    CannedResponse(file).close()
    assert file.closed

    class Endless:
        def read(self, size):
            return b"x" * size

    response = CannedResponse(Endless())
    assert response.read(3) == b"xxx"
    response.close()
    assert response.closed and response.read() == b""


def test_one_that_is_dropped_unread_closes_its_file_too():
    file = io.BytesIO(b"hello")
    CannedResponse(file)
    assert file.closed


def test_one_that_was_read_to_its_end_leaves_the_file_open():
    file = io.BytesIO(b"hello")
    response = CannedResponse(file)
    assert response.read() == b"hello" and response.closed and not file.closed
    file.close()


def test_its_descriptor_is_that_of_the_file(tmp_path):
    path = tmp_path / "body"
    path.write_bytes(b"hello")
    with open(path, "rb") as file:
        response = CannedResponse(file, preload_content=False)
        assert response.fileno() == file.fileno()
    with pytest.raises(OSError):
        CannedResponse(b"hello").fileno()


def test_it_can_be_wrapped_as_a_file_of_text():
    response = CannedResponse("größe\n€\n", preload_content=False, auto_close=False)
    assert list(io.TextIOWrapper(response, encoding="utf-8")) == ["größe\n", "€\n"]


def test_it_says_what_it_is():
    assert repr(CannedResponse(status=404, reason="Not Found")) == "<CannedResponse 404 Not Found>"
