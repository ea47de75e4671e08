"""Responses: status and headers at once, the body in whatever form it is asked for."""

from __future__ import annotations

import codecs
import collections
import contextlib
import datetime
import gzip
import io
import json
import pickle
import threading
import zlib
from unittest import mock

import pytest
from hypothesis import given, strategies as st

import minireq
from minireq import Response
from minireq.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ContentDecodingError,
    HTTPError,
    InvalidArgument,
    JSONDecodeError,
    ReadTimeout,
    RequestException,
    StreamConsumedError,
)
from minireq.structures import CaseInsensitiveDict

from .support.scripted import CLOSE, CUT, RESET, SILENCE, say, wait_for

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def answer(body=b"", *fields, status="200 OK"):
    """The bytes of a whole response."""
    head = "".join(f"{line}\r\n" for line in [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}"])
    return head.encode("latin-1") + b"\r\n" + body


def chunked(*chunks, fields=(), trailers=()):
    head = "".join(f"{line}\r\n" for line in ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *fields])
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head.encode() + b"\r\n" + body + b"0\r\n" + "".join(f"{line}\r\n" for line in trailers).encode() + b"\r\n"


@pytest.fixture
def get(wire_server):
    """get(bytes): the response to a GET that is answered with these; get.server is the server then."""

    def get(*script, **settings):
        get.server = wire_server(list(script))
        return minireq.get(get.server.url, **settings)

    return get


def made_of(body, content_type=None, status=200):
    """A response as test tools make them: without any server."""
    response = Response()
    response.status_code = status
    response.raw = io.BytesIO(body)
    response.url = "http://host/"
    if content_type:
        response.headers = CaseInsensitiveDict({"Content-Type": content_type})
        response.encoding = minireq.utils.get_encoding_from_headers(response.headers)
    return response


# --- status and headers


def test_the_status_is_an_int(get):
    """S090."""
    response = get(answer(status="299 Whatever"))
    assert (response.status_code, type(response.status_code), response.reason) == (299, int, "Whatever")


@pytest.mark.parametrize("status_line, reason", [("200", ""), ("200 ", ""), ("200 All is well", "All is well")])
def test_a_reason_may_be_missing(get, status_line, reason):
    assert get(answer(status=status_line)).reason == reason


def test_headers_are_a_mapping_without_letter_case(get):
    """S094, S095, S097."""
    headers = get(answer(b"", "Content-Type: text/plain", "X-RateLimit-Remaining: 5", "Status: fine")).headers
    assert headers["content-type"] == headers.get("Content-Type") == headers["CONTENT-TYPE"] == "text/plain"
    assert (headers["x-ratelimit-remaining"], headers["status"]) == ("5", "fine")
    assert headers.get("missing") is None
    assert str(headers) == str(dict(headers))


def test_repeated_headers_are_joined_and_raw_has_them_apart(get):
    """S096."""
    response = get(answer(b"", "Via: one", "Set-Cookie: a=1", "via: two", "Set-Cookie: b=2"))
    assert response.headers["via"] == "one, two"
    assert response.headers["set-cookie"] == "a=1, b=2"
    assert response.raw.headers.getlist("set-cookie") == ["a=1", "b=2"]
    assert dict(response.cookies) == {"a": "1", "b": "2"}


def test_a_folded_header_is_one_line(get):
    assert get(answer(b"", "X-Folded: one\r\n  two")).headers["x-folded"] == "one two"


def test_header_bytes_are_latin_1(get):
    assert get(answer(b"", "X-Name: Ren\xe9")).headers["x-name"] == "Ren\xe9"


def test_cookies_are_read_by_name(get):
    """S100, S101, S103."""
    cookies = get(answer(b"", "Set-Cookie: example_cookie_name=example_cookie_value")).cookies
    assert cookies["example_cookie_name"] == "example_cookie_value"
    with pytest.raises(KeyError, match="name='missing', domain=None, path=None"):
        cookies["missing"]


def test_there_are_no_cookies_where_none_were_set(get):
    """S106."""
    assert repr(get(HELLO).cookies) == "<RequestsCookieJar[]>"


def test_interim_responses_are_skipped_and_kept(get):
    """D3."""
    response = get(
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
        say(b"HTTP/1.1 102 Processing\r\n\r\n" + HELLO),
    )
    assert (response.status_code, response.content) == (200, b"hello")
    assert "link" not in response.headers
    assert [(status, dict(headers)) for status, headers in response.informational] == [
        (103, {"Link": "</style.css>; rel=preload"}),
        (102, {}),
    ]


def test_there_are_no_interim_responses_where_none_came(get):
    assert get(HELLO).informational == []
    assert Response().informational == []


def test_trailers_are_kept(get):
    """D16."""
    response = get(chunked(b"hello", trailers=["X-Checksum: 5d41", "x-other: yes"]))
    assert response.content == b"hello"
    assert response.trailers["x-checksum"] == "5d41"
    assert dict(response.trailers) == {"X-Checksum": "5d41", "x-other": "yes"}
    assert "x-checksum" not in response.headers


@pytest.mark.parametrize("bytes_of", [HELLO, chunked(b"hello")])
def test_there_are_no_trailers_where_none_came(get, bytes_of):
    assert dict(get(bytes_of).trailers) == {}
    assert dict(Response().trailers) == {}


def test_trailers_come_with_the_end_of_a_stream(get):
    """D16."""
    with get(chunked(b"hello", trailers=["X-Checksum: 5d41"]), stream=True) as response:
        assert dict(response.trailers) == {}
        assert list(response.iter_content(None)) == [b"hello"]
        assert dict(response.trailers) == {"X-Checksum": "5d41"}


def test_links_are_found_by_what_they_are_for(get):
    """S230."""
    link = '<https://example.org/?page=2>; rel="next", <https://example.org/?page=6>; rel="last", </without>'
    response = get(answer(b"", f"Link: {link}"))
    assert response.links["next"] == {"url": "https://example.org/?page=2", "rel": "next"}
    assert response.links["last"]["url"] == "https://example.org/?page=6"
    assert response.links["/without"] == {"url": "/without"}
    assert response.headers["link"] == link


def test_no_link_header_means_no_links():
    assert Response().links == {}


@pytest.mark.parametrize(
    "status, location, is_redirect, is_permanent",
    [
        (301, "/", True, True),
        (302, "/", True, False),
        (303, "/", True, False),
        (307, "/", True, False),
        (308, "/", True, True),
        (300, "/", False, False),
        (304, "/", False, False),
        (200, "/", False, False),
        (301, None, False, False),
    ],
)
def test_which_responses_are_redirects(status, location, is_redirect, is_permanent):
    response = made_of(b"", status=status)
    if location:
        response.headers["Location"] = location
    assert (response.is_redirect, response.is_permanent_redirect) == (is_redirect, is_permanent)


# --- did it go well?


@pytest.mark.parametrize(
    "status, ok", [(200, True), (204, True), (302, True), (399, True), (400, False), (404, False), (500, False), (599, False)]
)
def test_a_response_is_true_when_it_is_ok(status, ok):
    """S044."""
    response = made_of(b"", status=status)
    assert response.ok is bool(response) is ok


@pytest.mark.parametrize("status", [200, 204, 302, 399, 600, 999])
def test_nothing_is_raised_for_a_good_status(status):
    """S093."""
    assert made_of(b"", status=status).raise_for_status() is None


@pytest.mark.parametrize(
    "status, reason, text",
    [
        (404, "NOT FOUND", "404 Client Error: NOT FOUND for url: http://host/"),
        (503, "Unavailable", "503 Server Error: Unavailable for url: http://host/"),
        (400, None, "400 Client Error: None for url: http://host/"),
        (500, "", "500 Server Error:  for url: http://host/"),
        (404, "Nicht verfügbar".encode(), "404 Client Error: Nicht verfügbar for url: http://host/"),
        (404, b"verf\xfcgbar", "404 Client Error: verfügbar for url: http://host/"),
    ],
)
def test_http_error_says_what_and_where(status, reason, text):
    """S092."""
    response = made_of(b"", status=status)
    response.reason = reason
    with pytest.raises(HTTPError) as caught:
        response.raise_for_status()
    assert str(caught.value) == text
    assert caught.value.response is response


@pytest.mark.parametrize("reason, shown", [("Größe".encode(), "Größe"), ("Größe".encode("latin-1"), "Größe")])
def test_a_reason_is_utf_8_or_else_latin_1(get, reason, shown):
    """D11."""
    with pytest.raises(HTTPError, match=f"404 Client Error: {shown} for url"):
        get(b"HTTP/1.1 404 " + reason + b"\r\nContent-Length: 0\r\n\r\n").raise_for_status()


def test_an_http_error_shows_no_password(http_app):
    response = minireq.get(http_app.url.replace("//", "//user:secret@") + "/status/401?q=a@b")
    with pytest.raises(HTTPError) as caught:
        response.raise_for_status()
    assert "secret" not in str(caught.value) + repr(caught.value)
    assert str(caught.value).endswith(f"for url: {http_app.url}/status/401?q=a@b")


# --- text


@pytest.mark.parametrize(
    "body, content_type, encoding, text",
    [
        ("grün".encode(), "text/plain; charset=utf-8", "utf-8", "grün"),  # S030, S031, S035
        ("grün".encode("koi8-r", "replace"), "text/plain; charset=koi8-r", "koi8-r", "gr?n"),
        (b"gr\xfcn", "text/html", "ISO-8859-1", "grün"),  # S036
        ("grün".encode(), "text/plain", "ISO-8859-1", "grÃ¼n"),  # S036, as requests
        ("grün".encode(), "application/json", "utf-8", "grün"),
        ("grün".encode(), "application/octet-stream", None, "grün"),  # S037
        (b"gr\xfcn", None, None, "grün"),  # S037
        ("grün".encode("utf-8-sig"), None, None, "grün"),
        ("grün".encode("utf-16"), None, None, "grün"),
        (b"gr\xc3", "text/plain; charset=utf-8", "utf-8", "gr\ufffd"),
        (b"text", "text/plain; charset=no-such-charset", "no-such-charset", "text"),
        (b"text", "text/plain; charset=idna", "idna", "text"),
        (b"", "text/plain; charset=utf-8", "utf-8", ""),
    ],
)
def test_text_is_decoded_by_the_headers_or_else_by_what_it_looks_like(get, body, content_type, encoding, text):
    """S030, S031, S035, S036, S037."""
    response = get(answer(body, *([f"Content-Type: {content_type}"] if content_type else [])))
    assert (response.encoding, response.text, type(response.text)) == (encoding, text, str)


def test_the_encoding_can_be_set_and_set_again(get):
    """S032, S033."""
    response = get(answer(b'<?xml version="1.0" encoding="koi8-r"?>\xd7', "Content-Type: text/html"))
    assert response.text.endswith("×")
    response.encoding = "koi8-r"
    assert response.text.endswith("в")
    response.encoding = "ISO-8859-1"
    assert response.text.endswith("×")
    assert response.content.endswith(b"\xd7")


def test_a_codec_of_the_programs_own_can_be_named(get):
    """S034."""

    def find(name):
        if name == "upside_down":
            return codecs.CodecInfo(
                lambda text, errors: (text[::-1].encode(), len(text)),
                lambda data, errors: (bytes(data).decode()[::-1], len(data)),
                name=name,
            )
        return None

    codecs.register(find)
    try:
        response = get(answer(b"olleh"))
        response.encoding = "upside-down"
        assert response.text == "hello"
    finally:
        getattr(codecs, "unregister", lambda search: None)(find)


@pytest.mark.parametrize("body, apparent", [(b"plain", "ascii"), ("grün".encode(), "utf-8"), (b"gr\xfcn", "ISO-8859-1")])
def test_the_apparent_encoding_says_what_the_bytes_look_like(body, apparent):
    """S037."""
    assert made_of(body).apparent_encoding == apparent


# --- JSON


def test_json_is_parsed_and_takes_the_arguments_of_loads(get):
    """S041."""
    response = get(answer(b'{"b": 1.5, "a": 2}', "Content-Type: application/json"))
    assert response.json() == {"b": 1.5, "a": 2}
    assert response.json(parse_float=str) == {"b": "1.5", "a": 2}
    assert type(response.json(object_pairs_hook=collections.OrderedDict)) is collections.OrderedDict
    assert json.loads(response.text) == response.json()  # S045


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("fields", [[], ["Content-Type: application/octet-stream"]])
def test_json_is_found_in_every_unicode_encoding(get, encoding, fields):
    assert get(answer('{"grün": "✓"}'.encode(encoding), *fields)).json() == {"grün": "✓"}


def test_json_of_another_charset_is_taken_as_its_header_says(get):
    assert get(answer(b'"gr\xfcn"', "Content-Type: application/json; charset=latin-1")).json() == "grün"
    assert get(answer(b'"gr\xfcn"')).json() == "grün"  # neither named nor UTF


@pytest.mark.parametrize("body", [b"", b"not json", b"{'a': 1}", b"[1, 2", b"\xff\xfe\xff", b'{"a": 1} {"b": 2}'])
def test_what_is_no_json_raises(get, body):
    """S042."""
    response = get(answer(body))
    with pytest.raises(JSONDecodeError) as caught:
        response.json()
    assert isinstance(caught.value, (RequestException, json.JSONDecodeError))
    assert isinstance(caught.value, ValueError)
    assert caught.value.doc == response.text


def test_204_has_no_json(http_app):
    """S042."""
    with pytest.raises(JSONDecodeError, match="Expecting value"):
        minireq.get(f"{http_app.url}/status/204").json()


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_json_that_is_nested_too_deep_raises_the_same_error(body):
    with pytest.raises(JSONDecodeError, match="RecursionError"):
        made_of(body).json()


def test_a_number_of_more_digits_than_python_takes_raises_the_same_error():
    try:
        assert made_of(b"9" * 5000).json() > 10**4999  # where Python has no limit
    except JSONDecodeError as error:
        assert "digits" in str(error)


def test_json_of_an_error_response_is_parsed_all_the_same(get):
    """S043."""
    response = get(answer(b'{"error": "internal"}', status="500 Internal Server Error"))
    assert response.json() == {"error": "internal"}


# --- content


def test_content_is_bytes_and_can_be_asked_for_again(get):
    """S038, S040, S162."""
    response = get(answer(b"\x89PNG\r\n"))
    assert response.content == response.content == b"\x89PNG\r\n"
    assert type(response.content) is bytes
    assert io.BytesIO(response.content).read(4) == b"\x89PNG"


@pytest.mark.parametrize(
    "coding, body",
    [
        ("gzip", gzip.compress(b"hello")),
        ("x-gzip", gzip.compress(b"hello")),
        ("GZIP", gzip.compress(b"hel") + gzip.compress(b"lo")),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello"))),
        ("identity", b"hello"),
        ("unknown", b"hello"),
    ],
)
@pytest.mark.parametrize(
    "framed", [answer, lambda body, *fields: chunked(*(body[n : n + 1] for n in range(len(body))), fields=fields)]
)
def test_content_codings_are_taken_off(get, coding, body, framed):
    """S039, S049, S169."""
    assert get(framed(body, f"Content-Encoding: {coding}")).content == b"hello"
    with get(framed(body, f"Content-Encoding: {coding}"), stream=True) as response:
        assert b"".join(response.iter_content(2)) == b"hello"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_coding_of_nothing_is_nothing(get, status):
    response = get(f"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\n\r\n".encode())
    assert response.content == b""


@pytest.mark.parametrize(
    "script",
    [
        [answer(b"not gzip", "Content-Encoding: gzip")],
        [answer(gzip.compress(b"hello")[:-5], "Content-Encoding: gzip")],
        [answer(zlib.compress(b"hello")[:-5], "Content-Encoding: deflate")],
        [chunked(gzip.compress(b"hello" * 1000)[:-9], fields=["Content-Encoding: gzip"])],
    ],
)
def test_a_damaged_coding_is_an_error_each_time(get, script):
    response = get(*script, stream=True)
    for _ in range(2):
        with pytest.raises(ContentDecodingError):
            response.content
    with pytest.raises(ContentDecodingError):
        get(*script)


def test_more_than_five_codings_are_an_error(get):
    with pytest.raises(RequestException, match="6 content codings"):
        get(answer(b"x", "Content-Encoding: " + ", ".join(["gzip"] * 6)))


SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"


@pytest.mark.parametrize(
    "script",
    [
        [SHORT, CLOSE],
        [SHORT, RESET],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", CLOSE],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", CLOSE],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\nhello\r\n0\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n"],
    ],
)
def test_a_body_that_is_cut_or_damaged_is_an_error_each_time(get, script):
    response = get(*script, stream=True)
    for _ in range(2):
        with pytest.raises(ChunkedEncodingError):
            response.content
    with pytest.raises(ChunkedEncodingError):
        b"".join(get(*script, stream=True).iter_content(3))
    with pytest.raises(ChunkedEncodingError):
        get(*script)


def test_a_body_cut_in_tls_is_an_error_even_without_a_length(wire_server, ca):
    server = wire_server([b"HTTP/1.1 200 OK\r\n\r\nhello", CUT], tls=ca.server_context())
    with pytest.raises(ChunkedEncodingError):
        minireq.get(server.url, verify=ca.file)


def test_a_body_that_stalls_is_a_timeout_by_both_names(get):
    """S125, S131."""
    for caught_as in (ReadTimeout, ConnectionError):
        with pytest.raises(caught_as, match="Read timed out"):
            get(SHORT, SILENCE, timeout=(5, 0.05))
    with get(SHORT, SILENCE, timeout=(5, 0.05), stream=True) as response:
        pieces = response.iter_content(5)
        assert next(pieces) == b"hello"
        with pytest.raises(ReadTimeout):
            next(pieces)
        get.server.wait_until_closed()  # what would come late is nobody's answer


def test_a_body_that_was_lost_is_not_taken_for_an_empty_one(get):
    response = get(SHORT, CLOSE, stream=True)
    with pytest.raises(ChunkedEncodingError):
        for _ in response.iter_content(1):
            pass
    for read in (lambda: response.content, lambda: response.text, response.json):
        with pytest.raises(RequestException):
            read()
    with pytest.raises(ChunkedEncodingError):
        list(response.iter_content(1))


# --- streaming


def test_a_stream_returns_after_the_head(get):
    """S160, S161."""
    go_on = threading.Event()
    with get(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", wait_for(go_on), say(b"hello"), stream=True) as response:
        assert int(response.headers["content-length"]) == 5
        go_on.set()
        assert response.content == b"hello"


def test_data_is_given_as_it_arrives(get):
    """S168."""
    first, second = threading.Event(), threading.Event()
    script = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        say(b"3\r\none\r\n"),
        wait_for(first),
        say(b"3\r\ntwo\r\n"),
        wait_for(second),
        say(b"5\r\nthree\r\n0\r\n\r\n"),
    ]
    with get(*script, stream=True) as response:
        pieces = response.iter_content(chunk_size=None)
        assert next(pieces) == b"one"
        first.set()
        assert next(pieces) == b"two"
        second.set()
        assert list(pieces) == [b"three"]


@pytest.mark.parametrize("size, sizes", [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (100, [5]), (None, [5])])
@pytest.mark.parametrize("stream", [True, False])
def test_pieces_have_the_size_that_is_asked_for(get, size, sizes, stream):
    """S048, S049, S168."""
    with get(HELLO, stream=stream) as response:
        assert list(map(len, response.iter_content(size))) == sizes


def test_a_stream_is_saved_to_a_file(http_app, tmp_path):
    """S048."""
    with minireq.get(f"{http_app.url}/bytes/10000", stream=True) as response, open(tmp_path / "file", "wb") as file:
        for chunk in response.iter_content(chunk_size=128):
            file.write(chunk)
    assert (tmp_path / "file").read_bytes() == b"x" * 10000


def test_a_response_is_iterated_in_pieces_of_128(http_app):
    with minireq.get(f"{http_app.url}/bytes/300", stream=True) as response:
        assert list(map(len, response)) == [128, 128, 44]


def test_a_stream_can_be_consumed_once(get):
    with get(HELLO, stream=True) as response:
        assert b"".join(response.iter_content(2)) == b"hello"
        with pytest.raises(StreamConsumedError) as caught:
            response.iter_content(2)
        assert isinstance(caught.value, TypeError)
        with pytest.raises(RuntimeError):  # as requests has it: of another class
            response.content


def test_content_that_was_read_can_be_iterated_again_and_again(get):
    response = get(HELLO)
    for _ in range(2):
        assert list(response.iter_content(2)) == [b"he", b"ll", b"o"]
    assert list(response.iter_lines()) == [b"hello"]


def test_the_rest_of_a_stream_is_its_content(get):
    with get(HELLO, stream=True) as response:
        assert next(response.iter_content(2)) == b"he"
        assert response.content == b"llo"


@pytest.mark.parametrize("size", [0, -1, "1", 1.5, [], b"1", float("nan")], ids=repr)
@pytest.mark.parametrize("read", [Response.iter_content, Response.iter_lines])
def test_a_chunk_size_that_is_none_is_refused(get, size, read):
    with get(HELLO, stream=True) as response, pytest.raises(InvalidArgument, match="chunk_size") as caught:
        list(read(response, size))
    assert isinstance(caught.value, (TypeError, ValueError))


def test_pieces_of_text_are_whole_characters(get):
    """S166."""
    with get(answer("grün ✓".encode(), "Content-Type: text/plain; charset=utf-8"), stream=True) as response:
        assert "".join(response.iter_content(1, decode_unicode=True)) == "grün ✓"


def test_pieces_are_bytes_where_no_encoding_is_known(get):
    """S166."""
    with get(answer(b"a\nb"), stream=True) as response:
        assert list(response.iter_lines(decode_unicode=True)) == [b"a", b"b"]
    with get(answer(b"a\nb"), stream=True) as response:
        if response.encoding is None:
            response.encoding = "utf-8"
        assert list(response.iter_lines(decode_unicode=True)) == ["a", "b"]


# --- raw


def test_raw_is_the_body_as_it_was_sent(http_app):
    """S046, S047."""
    with minireq.get(f"{http_app.url}/gzip", stream=True) as response:
        begun = response.raw.read(10)
        assert (len(begun), begun[:3], response.raw.tell()) == (10, b"\x1f\x8b\x08", 10)


def test_raw_decodes_when_it_is_asked_to(http_app):
    with minireq.get(f"{http_app.url}/gzip", stream=True) as response:
        assert response.raw.read(decode_content=True) == b'{"hello": "world"}'


def test_raw_is_a_file(http_app):
    """S046."""
    with minireq.get(f"{http_app.url}/lines", stream=True) as response:
        assert response.raw.readable()
        assert response.raw.read(6) == b"first "
        buffer = bytearray(4)
        assert response.raw.readinto(buffer) == 4
        assert bytes(buffer) == b"line"
        assert list(response.raw.stream(1000)) != []
        assert response.raw.closed


@pytest.mark.parametrize(
    "name",
    """read read1 stream readinto close closed release_conn isclosed headers status reason version tell data getheader getheaders
    geturl fileno readable connection _original_response""".split(),
)
def test_raw_has_what_test_tools_reach_for(http_app, name):
    with minireq.get(f"{http_app.url}/bytes/100000", stream=True) as response:
        assert hasattr(response.raw, name)


def test_any_file_can_be_raw():
    assert made_of(b"body").content == b"body"
    assert list(made_of(b"body").iter_content(3)) == [b"bod", b"y"]
    assert made_of(b'{"a": 1}').json() == {"a": 1}


class Failing:
    """A `raw` of somebody else's that breaks after the first piece."""

    def __init__(self, failure):
        self.failure = failure

    def stream(self, amt, decode_content=False):
        yield b"some"
        raise self.failure


FOREIGN_TIMEOUT = type("ReadTimeoutError", (Exception,), {"__module__": "urllib3.exceptions"})


@pytest.mark.parametrize(
    "failure, error", [(FOREIGN_TIMEOUT("late"), ReadTimeout), (ZeroDivisionError("elsewhere"), ZeroDivisionError)]
)
def test_what_a_foreign_raw_raises_is_translated_if_it_is_known(failure, error):
    response = made_of(b"")
    response.raw = Failing(failure)
    pieces = response.iter_content(10)
    assert next(pieces) == b"some"
    with pytest.raises(error):
        next(pieces)


# --- closing, and what becomes of the connection


def test_a_stream_that_was_read_gives_its_connection_back(http_app):
    """S163."""
    with minireq.Session() as session:
        for _ in range(3):
            with session.get(f"{http_app.url}/bytes/100000", stream=True) as response:
                assert len(response.content) == 100000
    assert len(http_app.connections) == 1


def test_unread_streams_cost_a_connection_each(http_app):
    """S163."""
    with minireq.Session() as session:
        responses = [session.get(f"{http_app.url}/bytes/1000000", stream=True) for _ in range(3)]
        assert len(http_app.connections) == 3
        for response in responses:
            response.close()
        for number in range(3):
            http_app.wait_until_closed(number)


@pytest.mark.parametrize("leave", [Response.close, lambda response: response.__exit__(None, None, None)])
def test_closing_a_stream_early_closes_its_connection(http_app, leave):
    """S163, S164."""
    with minireq.Session() as session:
        response = session.get(f"{http_app.url}/bytes/1000000", stream=True)
        leave(response)
        http_app.wait_until_closed(0)
        assert session.get(f"{http_app.url}/json").ok
    assert len(http_app.connections) == 2


def test_closing_twice_or_after_reading_does_no_harm(http_app):
    with contextlib.closing(minireq.get(f"{http_app.url}/json", stream=True)) as response:
        assert response.json() == {"hello": "world"}
        response.close()
    response.close()
    assert response.json() == {"hello": "world"}
    Response().close()


def test_what_was_closed_unread_is_empty_as_in_requests(http_app):
    response = minireq.get(f"{http_app.url}/bytes/1000000", stream=True)
    response.close()
    assert response.content == b""
    assert response.raw.closed


# --- lines


class Pieces:
    """A `raw` that gives just these pieces."""

    def __init__(self, pieces):
        self.pieces = pieces

    def stream(self, amt, decode_content=False):
        return iter(self.pieces)

    def close(self):
        pass


def response_in(pieces, encoding=None):
    response = Response()
    response.status_code, response.raw, response.encoding = 200, Pieces(pieces), encoding
    return response


@st.composite
def texts_in_pieces(draw, alphabet, empty):
    whole = draw(st.lists(alphabet, max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=10)))
    pieces = [empty.join(whole[start:end]) for start, end in zip([0, *cuts], [*cuts, len(whole)])]
    return empty.join(whole), pieces


BYTES = st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"bc", b"\x0b", b"\x85", b"\x1c", b"\0"])
LETTERS = st.sampled_from(["\r", "\n", "\r\n", "a", "é", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "✓"])


@given(texts_in_pieces(BYTES, b""))
def test_lines_are_those_of_splitlines_however_they_arrive(case):
    """S165, D5."""
    whole, pieces = case
    assert list(response_in(pieces).iter_lines()) == whole.splitlines()


@given(texts_in_pieces(LETTERS, ""), st.sampled_from(["utf-8", "utf-16-le"]))
def test_lines_of_text_are_those_of_splitlines(case, encoding):
    """S166, D5."""
    whole, pieces = case
    encoded = [piece.encode(encoding) for piece in pieces]
    assert list(response_in(encoded, encoding).iter_lines(decode_unicode=True)) == whole.splitlines()


@given(
    texts_in_pieces(st.sampled_from([b"a", b"b", b"ab", b"aba", b"\r\n"]), b""),
    st.sampled_from([b"a", b"ab", b"aba", b"aab", b"\r\n", b"\r"]),
)
def test_a_delimiter_splits_as_split_does_but_for_nothing_after_the_last(case, delimiter):
    """D5."""
    whole, pieces = case
    parts = whole.split(delimiter)
    assert list(response_in(pieces).iter_lines(delimiter=delimiter)) == (parts if parts[-1] else parts[:-1])


@pytest.mark.parametrize("size", [1, 2, 3, 512, None])
def test_lines_of_a_real_response(get, size):
    """S165, D5: blank lines are yielded, none is invented."""
    with get(answer(b"one\r\n\r\ntwo\nthree"), stream=True) as response:
        assert list(response.iter_lines(size)) == [b"one", b"", b"two", b"three"]
    assert list(get(answer(b"one\r\n\r\ntwo\nthree")).iter_lines(size)) == [b"one", b"", b"two", b"three"]


def test_a_line_is_given_when_its_end_has_come(get):
    """S165: events of a stream are not held back until a chunk is full."""
    go_on = threading.Event()
    script = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        say(b"6\r\nfirst\n\r\n"),
        wait_for(go_on),
        say(b"6\r\nsecond\r\n0\r\n\r\n"),
    ]
    with get(*script, stream=True) as response:
        lines = response.iter_lines()
        assert next(lines) == b"first"
        go_on.set()
        assert list(lines) == [b"second"]


def test_the_iterator_goes_on_where_it_was(get):
    """S167."""
    with get(answer(b"header\na\nb"), stream=True) as response:
        lines = response.iter_lines()
        assert next(lines) == b"header"
        assert list(lines) == [b"a", b"b"]


@pytest.mark.parametrize("delimiter", [5, ["\n"], object(), "\n"], ids=lambda delimiter: type(delimiter).__name__)
def test_a_delimiter_must_be_of_the_bodys_kind(get, delimiter):
    with get(HELLO, stream=True) as response, pytest.raises(InvalidArgument, match="delimiter") as caught:
        list(response.iter_lines(delimiter=delimiter))
    assert isinstance(caught.value, TypeError)


# --- the object


def test_an_empty_response_has_empty_parts():
    response = Response()
    assert (response.status_code, response.url, response.encoding, response.reason, response.raw) == (None,) * 5
    assert (response.headers, response.history, response.elapsed, response.next) == ({}, [], datetime.timedelta(0), None)
    assert (response.content, response.text) == (None, "")
    assert repr(response) == "<Response [None]>"


def test_elapsed_is_the_time_until_the_head(get):
    go_on = threading.Event()
    timer = threading.Timer(0.05, go_on.set)
    timer.start()
    response = get(lambda connection: connection.read_request(), wait_for(go_on), say(HELLO))
    timer.join()
    assert type(response.elapsed) is datetime.timedelta
    assert datetime.timedelta(seconds=0.04) < response.elapsed < datetime.timedelta(seconds=5)


def test_attributes_can_be_set():
    response = Response()
    response.headers = {"a": "1"}
    response.history = [1]
    response.elapsed = datetime.timedelta(1)
    assert (response.headers, response.history, response.elapsed.days) == ({"a": "1"}, [1], 1)
    assert pickle.loads(pickle.dumps(response)).headers == {"a": "1"}


def test_slices_are_cut_to_length():
    assert list(minireq.models.iter_slices("abcde", 2)) == ["ab", "cd", "e"]
    for length in (None, 0, -1):
        assert list(minireq.models.iter_slices(b"abc", length)) == [b"abc"]
    assert list(minireq.models.iter_slices(b"", 5)) == []


@pytest.mark.parametrize("name, value", [("elapsed", datetime.timedelta(1)), ("history", [1]), ("headers", {}), ("encoding", "x")])
def test_what_is_made_on_touch_can_be_replaced_for_a_while(get, name, value):
    response = get(answer())
    before = getattr(response, name)
    with mock.patch.object(response, name, value):
        assert getattr(response, name) == value
    assert getattr(response, name) == before


def test_headers_and_encoding_are_those_that_came(get):
    response = get(answer(b"", "X-A: 1", "Content-Type: text/plain; charset=ascii"))
    response.raw.headers["X-A"] = "changed"
    response.raw.headers.discard("content-type")
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    assert (response.headers["X-A"], response.encoding) == ("1", "ascii")


def test_json_is_read_by_whatever_is_json_loads_just_now(get):
    response = get(answer(b"{}"))
    with mock.patch("json.loads", return_value=1):
        assert response.json() == 1
    assert response.json() == {}


def test_json_is_read_of_a_text_that_somebody_has_put_there(get):
    response = get(answer(b')]}\'\n{"a": 1}', "Content-Type: application/json"))

    class Stripped(Response):
        @property
        def text(self):
            return super().text[5:]

    with mock.patch.object(Response, "text", new_callable=mock.PropertyMock, return_value='{"p": 1}'):
        assert response.json() == {"p": 1}
    response.__class__ = Stripped
    assert response.json() == {"a": 1}
