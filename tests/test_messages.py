"""From what a prepared request says to what the wire is told: text for fields, bytes for bodies, and one framing that fits."""

from __future__ import annotations

import array
import io

import pytest
from hypothesis import given, strategies as st

from minireq.exceptions import InvalidArgument, InvalidHeader, UnrewindableBodyError
from minireq.messages import as_text, message
from minireq.sources import position_of
from minireq.structures import CaseInsensitiveDict
from minireq.wire import Client, Route, WireError, last_chunk

from .wire.asking import wait_until_closed


def made(body=None, method="POST", headers=(), position=None, trailers=None):
    return message(method, "/", CaseInsensitiveDict(headers)._store, "example.org", body, position, trailers)


def fields_of(request):
    return [pair for pair in request.fields.items() if pair[0] != "Host"]


# Fields.


def test_host_comes_first_unless_it_is_said():
    assert made(headers={"A": "b"}).fields.items() == [("Host", "example.org"), ("A", "b")]
    assert made(headers={"A": "b", "HOST": "x"}).fields.items() == [("A", "b"), ("HOST", "x")]


@pytest.mark.parametrize(
    "headers, expected",
    [
        ({"A": b"caf\xe9"}, [("A", "café")]),
        ({b"A": "b"}, [("A", "b")]),
        ({b"A": b"b", "C": "d"}, [("A", "b"), ("C", "d")]),
        ({b"HOST": b"x"}, [("HOST", "x")]),
    ],
)
def test_bytes_in_a_header_are_latin_1(headers, expected):
    assert [pair for pair in made(headers=headers).fields.items() if pair[1] != "example.org"] == expected


@pytest.mark.parametrize("value", [5, None, ["a"], 1.5, object()])
def test_a_value_of_another_type_is_refused(value):
    with pytest.raises(InvalidHeader, match="str or bytes"):
        made(headers={"A": value})


def test_a_name_of_another_type_is_refused():
    with pytest.raises(InvalidHeader):
        message("GET", "/", {"5": (5, "x")}, "example.org", None)


def test_a_subclass_of_str_is_a_str():
    class Name(str):
        __slots__ = ()

    request = made(headers={Name("A"): Name("b")})
    assert all(type(part) is str for pair in request.fields.items() for part in pair)


@pytest.mark.parametrize("value, text", [("a", "a"), (b"\xe9", "é"), ("\u20ac", "€"), (b"", "")])
def test_text_is_text(value, text):
    assert as_text(value) == text


def test_the_headers_that_are_given_stay_as_they_are():
    headers = CaseInsensitiveDict({"Content-Length": "3", "A": b"b"})
    message("POST", "/", headers._store, "example.org", b"longer")
    assert dict(headers) == {"Content-Length": "3", "A": b"b"}


# No body.


@pytest.mark.parametrize(
    "method, headers, expected",
    [
        ("GET", {}, []),
        ("POST", {}, []),
        ("POST", {"Content-Length": "0"}, [("Content-Length", "0")]),
        ("GET", {"Content-Length": "0"}, [("Content-Length", "0")]),
        ("POST", {"content-length": "5"}, [("content-length", "0")]),
        ("GET", {"Content-Length": "5"}, []),
        ("HEAD", {"Content-Length": "5"}, []),
        ("POST", {"Transfer-Encoding": "chunked"}, []),
        ("GET", {"Transfer-Encoding": "Chunked", "Content-Length": "5", "A": "b"}, [("A", "b")]),
    ],
)
def test_no_body_has_no_framing_but_a_length_of_nothing(method, headers, expected):
    request = made(None, method, headers)
    assert (request.body, request.length) == (None, 0)
    assert fields_of(request) == expected


# A body of known length.


@pytest.mark.parametrize("body", [b"hello", bytearray(b"hello"), "hello"], ids=repr)
@pytest.mark.parametrize("headers", [{}, {"Content-Length": "3"}, {"content-length": "99", "A": "b"}])
def test_D1_the_length_that_is_sent_is_that_of_the_body(body, headers):
    request = made(body, headers=headers)
    assert (request.body, request.length) == (b"hello", 5)
    assert request.fields["Content-Length"] == "5"
    assert "transfer-encoding" not in request.fields


def test_text_goes_as_utf_8():
    request = made("größe")
    assert (request.body, request.length, request.fields["Content-Length"]) == ("größe".encode(), 7, "7")


def test_text_without_such_a_form_is_refused():
    with pytest.raises(InvalidArgument, match="text has no UTF-8 form"):
        made("\ud800")


def test_bytes_that_are_changed_later_go_as_they_were():
    body = bytearray(b"hello")
    request = made(body)
    body[:] = b"changed"
    assert request.body == b"hello"


@pytest.mark.parametrize("headers", [{"Transfer-Encoding": "chunked"}, {"transfer-encoding": "CHUNKED", "Content-Length": "5"}])
def test_bytes_are_chunked_when_that_is_said(headers):
    request = made(b"hello", headers=headers)
    assert (request.body, request.length) == (b"hello", None)
    assert "content-length" not in request.fields and request.fields["Transfer-Encoding"].lower() == "chunked"


# A body that is read.

SOURCES = {
    "file": lambda: io.BytesIO(b"hello"),
    "file of text": lambda: io.StringIO("hello"),
    "list": lambda: [b"he", "llo"],
    "iterator": lambda: iter([b"he", b"llo"]),
    "array": lambda: array.array("B", b"hello"),
    "memoryview": lambda: memoryview(b"hello"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_without_a_length_it_goes_chunked(source):
    request = made(SOURCES[source]())
    assert request.length is None
    assert fields_of(request) == [("Transfer-Encoding", "chunked")]
    assert b"".join(request.body) == b"hello"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("more", [{}, {"Transfer-Encoding": "chunked"}])
def test_D2_with_a_length_it_goes_as_long_as_that(source, more):
    request = made(SOURCES[source](), headers={"content-length": "5", **more})
    assert request.length == 5
    assert fields_of(request) == [("content-length", "5")]
    assert b"".join(request.body) == b"hello"


@pytest.mark.parametrize("length", ["", "-1", "5.0", "five", "5, 5", " 5", "٥", "1" * 20, "0x5"])
def test_a_length_that_is_no_number_is_refused(length):
    with pytest.raises(InvalidHeader, match="Content-Length is not a number of bytes"):
        made(iter([b"hello"]), headers={"Content-Length": length})


def test_what_nobody_has_said_stands_behind_host():
    request = made(iter([b"hello"]), headers={"A": "b", "C": "d"})
    assert [name for name, _ in request.fields.items()] == ["Host", "Transfer-Encoding", "A", "C"]


@pytest.mark.parametrize("body", [5, object(), 1.5])
def test_a_body_that_is_none_is_refused(body):
    with pytest.raises(InvalidArgument, match="a body is text, bytes, a file or an iterable of these"):
        list(made(body).body)


# A second time.


class Wrapped:
    """As a bar that shows progress is: an iterable by its looks, and empty the second time."""

    def __init__(self, inside):
        self.inside = inside

    def __iter__(self):
        return iter(self.inside)


@pytest.mark.parametrize(
    "make, again",
    [
        (lambda: b"hello", True),
        (lambda: io.BytesIO(b"hello"), True),
        (lambda: io.StringIO("hello"), True),
        (lambda: [b"he", b"llo"], True),
        (lambda: (b"he", b"llo"), True),
        (lambda: array.array("B", b"hello"), True),
        (lambda: iter([b"he", b"llo"]), False),
        (lambda: (piece for piece in [b"he", b"llo"]), False),
        (lambda: Wrapped(iter([b"he", b"llo"])), False),
    ],
    ids=["bytes", "file", "file of text", "list", "tuple", "array", "iterator", "generator", "wrapped iterator"],
)
def test_what_can_be_read_again_is_sent_again(make, again):
    body = make()
    request = made(body, position=position_of(body))
    assert request.can_rewind is again
    if again and not isinstance(request.body, bytes):
        for _ in range(3):
            assert b"".join(request.body) == b"hello"


def test_a_file_is_read_from_where_it_was():
    file = io.BytesIO(b"no hello")
    file.seek(3)
    request = made(file, position=position_of(file))
    pieces = iter(request.body)
    assert next(pieces) == b"hello"  # and given up
    assert b"".join(request.body) == b"".join(request.body) == b"hello"


def test_a_file_without_a_position_is_read_once(tmp_path):
    class Pipe:
        def read(self, size):
            return b""

    body = Pipe()
    assert not made(body, position=position_of(body)).can_rewind
    assert not made(io.BytesIO(b"hello"), position=object()).can_rewind
    assert not made(io.BytesIO(b"hello")).can_rewind  # from where, nobody has said


def test_a_file_that_was_closed_meanwhile_cannot_be_sent_again():
    file = io.BytesIO(b"hello")
    request = made(file, position=0)
    assert b"".join(request.body) == b"hello"
    file.close()
    with pytest.raises(UnrewindableBodyError):
        list(request.body)


# Whatever is said, what goes out is one message.

names = st.sampled_from(["Content-Length", "Transfer-Encoding", "content-length", "X-A", "Host", "Expect-Not"])
values = st.sampled_from(["0", "5", "3", "chunked", "CHUNKED", "gzip, chunked", "identity", "", "a b"])
bodies = st.sampled_from([lambda: None, lambda: b"", lambda: b"hello", lambda: "hello", *SOURCES.values()])


@given(st.sampled_from(["GET", "POST", "DELETE", "HEAD"]), st.dictionaries(names, values, max_size=4), bodies)
def test_whatever_the_headers_say_there_is_one_framing_that_fits(method, headers, body):
    try:
        request = made(body(), method, headers)
    except InvalidHeader:
        return
    length = request.fields.value("content-length")
    if request.body is None:
        assert length in (None, "0")
    else:
        assert (length is None) is (request.length is None)
        assert length is None or request.length == int(length)


@pytest.mark.parametrize("coding", ["gzip, chunked", "identity", "gzip", "chunked, chunked", ""])
@pytest.mark.parametrize("body", [None, b"hello", iter([b"hello"])], ids=["none", "bytes", "iterator"])
def test_a_coding_that_we_do_not_speak_is_never_sent(wire_server, coding, body):
    server = wire_server([lambda connection: connection.read_until_closed()])
    client = Client()
    with pytest.raises(WireError):
        client.send(Route("http", server.host, server.port), made(body, headers={"Transfer-Encoding": coding}))
    client.close()
    wait_until_closed(server)
    assert server.connections[0].received == b""


# Trailers.


CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    "body", ["hello", b"hello", bytearray(b"hello"), [b"he", b"llo"], iter([b"hello"]), io.BytesIO(b"hello")], ids=repr
)
@pytest.mark.parametrize("headers", [{}, {"Content-Length": "5"}, {"Transfer-Encoding": "chunked"}], ids=repr)
def test_with_trailers_every_body_goes_chunked(body, headers):
    request = made(body, headers=headers, position=position_of(body), trailers={"Sum": "1a", "Other": b"\xe9"})
    assert (request.length, fields_of(request)) == (None, [CHUNKED, ("Trailer", "Sum, Other")])
    assert request.trailers().items() == [("Sum", "1a"), ("Other", "é")]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("body", [None, b"", ""])
def test_with_trailers_no_body_is_an_empty_one(method, body):
    request = made(body, method, {"Content-Length": "0"}, trailers={"Sum": "0"})
    assert (request.body, request.length, fields_of(request)) == (b"", None, [CHUNKED, ("Trailer", "Sum")])


def test_what_the_caller_announces_stays():
    request = made(b"hello", headers={"trailer": "Sum"}, trailers=lambda: {"Sum": "1"})
    assert fields_of(request) == [CHUNKED, ("trailer", "Sum")]


@pytest.mark.parametrize("given, fields", [({"Sum": "1"}, [("Sum", "1")]), ({}, []), (None, [])])
def test_a_function_is_asked_each_time_and_nothing_is_announced(given, fields):
    asked = []
    request = made(b"hello", trailers=lambda: asked.append(1) or given)
    assert fields_of(request) == [CHUNKED]
    assert asked == []
    assert [request.trailers().items(), request.trailers().items()] == [fields, fields]
    assert asked == [1, 1]


def test_no_trailers_at_all_are_no_error():
    assert fields_of(made(b"hello", trailers={})) == [CHUNKED]


@pytest.mark.parametrize(
    "trailers, error",
    [
        ("text", InvalidArgument),
        ([("Sum", "1")], InvalidArgument),
        (5, InvalidArgument),
        ({"Sum": 5}, InvalidHeader),
        ({"Su m": "5"}, InvalidHeader),
        ({"Sum": "a\r\nb: c"}, InvalidHeader),
        ({"Content-Length": "5"}, WireError),
        ({b"authorization": b"x"}, WireError),
    ],
    ids=repr,
)
def test_trailers_that_cannot_be_sent_are_refused(trailers, error):
    with pytest.raises(error):
        made(b"hello", trailers=trailers)
    with pytest.raises(error):
        last_chunk(made(b"hello", trailers=lambda: trailers).trailers())
