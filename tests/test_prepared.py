"""Requests, prepared ones, and what they look like on the wire."""

from __future__ import annotations

import collections
import io
import json
import math
import queue
from http.cookiejar import CookieJar

import pytest

import minireq
from minireq import PreparedRequest, Request
from minireq.auth import AuthBase, HTTPBasicAuth
from minireq.cookies import RequestsCookieJar, cookiejar_from_dict
from minireq.exceptions import (
    FileModeWarning,
    InvalidArgument,
    InvalidHeader,
    InvalidJSONError,
    InvalidMethod,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    RequestException,
)
from minireq.utils import default_user_agent
from minireq.wire import accepted

BARE = {"User-Agent": None, "Accept-Encoding": None, "Accept": None, "Connection": None}


def at(position, file):
    file.seek(position)
    return file


def prepared(method="GET", url="http://host/", **settings):
    return Request(method, url, **settings).prepare()


def lines_of(server, number=0):
    """The request line and the fields of a request as they came, without Host."""
    head = server.requests[number].raw.decode("latin-1").partition("\r\n\r\n")[0]
    return [line for line in head.split("\r\n") if not line.startswith("Host:")]


def nothing_was_sent(server):
    server.stop()
    return not any(connection.received for connection in server.connections)


# --- what goes over the wire, byte by byte


def test_the_head_of_a_get(http_app):
    """S012: the order of the fields, Host in front."""
    minireq.get(f"{http_app.url}/a?b=1", headers={"X-Mine": "yes"})
    assert (
        http_app.requests[0].raw
        == (
            "GET /a?b=1 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{http_app.port}\r\n"
            f"User-Agent: {default_user_agent()}\r\n"
            f"Accept-Encoding: {accepted()}\r\n"
            "Accept: */*\r\n"
            "Connection: keep-alive\r\n"
            "X-Mine: yes\r\n"
            "\r\n"
        ).encode()
    )


def test_the_head_and_body_of_a_form(http_app):
    """S070: Content-Length and Content-Type come last."""
    minireq.post(f"{http_app.url}/a", data={"a": "1", "b": "x y"}, headers={"X-Mine": "yes"})
    assert http_app.requests[0].raw.endswith(
        b"Connection: keep-alive\r\n"
        b"X-Mine: yes\r\n"
        b"Content-Length: 9\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"\r\n"
        b"a=1&b=x+y"
    )


def test_a_prepared_request_brings_no_defaults(http_app):
    """S206."""
    with minireq.Session() as session:
        session.headers["X-Session"] = "yes"
        session.cookies.set("a", "1")
        session.send(Request("POST", f"{http_app.url}/a", data=b"body").prepare())
    assert lines_of(http_app) == ["POST /a HTTP/1.1", "Content-Length: 4"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
def test_a_method_that_may_have_a_body_says_that_it_has_none(http_app, method):
    minireq.request(method, f"{http_app.url}/a", headers=BARE)
    assert lines_of(http_app) == [f"{method} /a HTTP/1.1", "Content-Length: 0"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_and_head_say_nothing_of_a_body_that_is_not_there(http_app, method):
    minireq.request(method, f"{http_app.url}/a", headers=BARE)
    assert lines_of(http_app) == [f"{method} /a HTTP/1.1"]


def test_get_may_have_a_body(http_app):
    minireq.get(f"{http_app.url}/a", data="abc", headers=BARE)
    assert lines_of(http_app) == ["GET /a HTTP/1.1", "Content-Length: 3"]
    assert http_app.requests[0].body == b"abc"


# --- headers


@pytest.mark.parametrize(
    "given, sent",
    [
        ({"user-agent": "mine"}, ["user-agent: mine", f"Accept-Encoding: {accepted()}", "Accept: */*", "Connection: keep-alive"]),
        ({"Accept": None}, [f"User-Agent: {default_user_agent()}", f"Accept-Encoding: {accepted()}", "Connection: keep-alive"]),
        ({"ACCEPT-encoding": None, **dict.fromkeys(["accept", "connection"])}, [f"User-Agent: {default_user_agent()}"]),
        (BARE, []),
        ({**BARE, "B": "1", "A": "2"}, ["B: 1", "A: 2"]),
        (collections.OrderedDict([*BARE.items(), ("B", "1"), ("A", "2")]), ["B: 1", "A: 2"]),
        ({**BARE, "x": "1", "X": "2"}, ["X: 2"]),
        ({**BARE, b"X-Bytes": b"\xe9\xff"}, ["X-Bytes: \xe9\xff"]),
        ({**BARE, "X": "é"}, ["X: \xe9"]),
        ({**BARE, "X-Empty": ""}, ["X-Empty: "]),
        ({**BARE, "Connection": "close"}, ["Connection: close"]),
        ({**BARE, "Cookie": "by=hand"}, ["Cookie: by=hand"]),
        ({**BARE, "Referer": "http://elsewhere/"}, ["Referer: http://elsewhere/"]),
    ],
    ids=repr,
)
def test_headers_replace_drop_and_follow_the_defaults(http_app, given, sent):
    """S050, S051, S057, S059, S186."""
    minireq.get(f"{http_app.url}/a", headers=given)
    assert lines_of(http_app) == ["GET /a HTTP/1.1", *sent]


@pytest.mark.parametrize("name", ["Host", "host", b"HOST"])
def test_a_host_given_by_hand_is_the_only_one(http_app, name):
    minireq.get(f"{http_app.url}/a", headers={name: "other.example"})
    assert http_app.requests[0].all("Host") == ["other.example"]


@pytest.mark.parametrize(
    "given",
    [
        {"X": 1},
        {"X": 1.5},
        {"X": True},
        {"X": ["a"]},
        {"X": "€"},
        {"X": "a\r\nEvil: yes"},
        {"X": "a\nb"},
        {"X": b"a\rb"},
        {"X": "a\0b"},
        {"X": " leading"},
        {"": "x"},
        {"a b": "x"},
        {"a:": "x"},
        {"é": "x"},
        {"a\r\nEvil": "x"},
        {b"a\n": "x"},
        {1: "x"},
        {None: "x"},
        {("a",): "x"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("send", ["session", "prepare"])
def test_a_header_that_cannot_be_sent_is_refused(given, send):
    """S058, D8."""
    with pytest.raises(InvalidHeader) as caught:
        prepared(headers=given) if send == "prepare" else minireq.get("http://host.invalid/", headers=given)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("name", ["Authorization", "proxy-authorization", "COOKIE"])
def test_the_value_of_a_secret_header_is_in_no_message(name):
    with pytest.raises(InvalidHeader) as caught:
        minireq.get("http://host.invalid/", headers={name: "secret\r\nEvil: yes"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("given", [5, "text", ["a"], [("a", "b")], ("a",), object()], ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("send", ["session", "prepare"])
def test_headers_that_are_no_mapping_are_refused(given, send):
    with pytest.raises(InvalidArgument, match="not a mapping") as caught:
        prepared(headers=given) if send == "prepare" else minireq.get("http://host.invalid/", headers=given)
    assert isinstance(caught.value, (ValueError, TypeError))


def test_headers_are_copied():
    given = {"A": "1"}
    request = Request("GET", "http://host/", headers=given)
    first, second = request.prepare(), request.prepare()
    first.headers["A"] = "2"
    assert (given, second.headers["A"]) == ({"A": "1"}, "1")


# --- method


@pytest.mark.parametrize("method, kept", [("get", "GET"), ("Get", "GET"), (b"get", "GET"), ("x-y", "X-Y"), (None, None)])
def test_a_method_is_written_in_capitals(method, kept):
    assert prepared(method).method == kept


@pytest.mark.parametrize(
    "method",
    ["", "A B", "GET\r\n", "GET /x HTTP/1.1\r\nX: y", "é", b"\xff", 5, [], object(), None, True],
    ids=lambda method: f"{method!r:.20}",
)
def test_a_method_that_is_no_token_is_refused(http_app, method):
    with pytest.raises(InvalidMethod) as caught:
        minireq.request(method, http_app.url)
    assert isinstance(caught.value, ValueError)
    assert nothing_was_sent(http_app)


def test_a_prepared_method_is_sent_as_it_is(http_app):
    request = prepared(url=f"{http_app.url}/a")
    request.method = "pUt"
    with minireq.Session() as session:
        session.send(request)
    assert lines_of(http_app)[0] == "pUt /a HTTP/1.1"


# --- URL and params


@pytest.mark.parametrize(
    "params, query",
    [
        ({"key1": "value1", "key2": "value2"}, "?key1=value1&key2=value2"),  # S020
        ({"key1": "value1", "key2": None}, "?key1=value1"),  # S021
        ({"key1": "value1", "key2": ["value2", "value3"]}, "?key1=value1&key2=value2&key2=value3"),  # S022
        ({"age": 12, "pi": 3.14, "yes": True}, "?age=12&pi=3.14&yes=True"),  # S023
        ({"z": 1, "a": 2, "m": 3}, "?z=1&a=2&m=3"),  # S024
        ([("a", 1), ("b", 2), ("a", 3)], "?a=1&b=2&a=3"),
        ((("a", "1"),), "?a=1"),
        ({"q": "é b&c=d/?"}, "?q=%C3%A9+b%26c%3Dd%2F%3F"),
        ({"a": "%20"}, "?a=%2520"),
        ({"a": ""}, "?a="),
        ({"a": []}, ""),
        ({}, ""),
        ([], ""),
        ("", ""),
        (None, ""),
        ("raw=1&x y=é", "?raw=1&x%20y=%C3%A9"),
        (b"raw=bytes", "?raw=bytes"),
        ({b"k": b"\xff"}, "?k=%FF"),
    ],
    ids=repr,
)
def test_params_become_the_query(http_app, params, query):
    """S020 to S024."""
    response = minireq.get(f"{http_app.url}/get", params=params)
    assert response.url == f"{http_app.url}/get{query}"
    assert http_app.requests[0].target == f"/get{query}"


@pytest.mark.parametrize(
    "url, params, prepared_url",
    [
        ("http://host/?x=1", {"y": 2}, "http://host/?x=1&y=2"),
        ("http://host/?x=1", "y=2", "http://host/?x=1&y=2"),
        ("http://host/a#part", {"y": 2}, "http://host/a?y=2#part"),
        ("http://host?x", None, "http://host/?x"),
        ("http://host", None, "http://host/"),
        ("HTTP://EXAMPLE.com/%7efoo/%2e/../b c?q=é#f", None, "http://example.com/~foo/b%20c?q=%C3%A9#f"),
        ("http://bücher.example/", None, "http://xn--bcher-kva.example/"),
        ("http://faß.de/", None, "http://xn--fa-hia.de/"),
        ("http://a@b:c@h/", None, "http://a%40b:c@h/"),
        ("http://[::1]:80/", None, "http://[::1]:80/"),
        ("http://host//a//b", None, "http://host//a//b"),
        ("http://host/100%", None, "http://host/100%25"),
        ("  http://host/", None, "http://host/"),
        (b"http://host/\xc3\xa9", None, "http://host/%C3%A9"),
        ("mailto:user@example.org", {"a": 1}, "mailto:user@example.org"),
        ("http+unix://%2Fsocket/a", None, "http+unix://%2Fsocket/a"),
    ],
)
def test_urls_are_prepared(url, params, prepared_url):
    assert prepared(url=url, params=params).url == prepared_url


def test_a_fragment_is_kept_in_the_url_and_never_sent(http_app):
    response = minireq.get(f"{http_app.url}/a?b#fragment")
    assert response.url.endswith("/a?b#fragment")
    assert http_app.requests[0].target == "/a?b"


def test_path_url_is_what_the_request_line_asks_for():
    assert prepared(url="http://host/a b?q=1#f").path_url == "/a%20b?q=1"
    assert prepared(url="http://host").path_url == "/"


@pytest.mark.parametrize(
    "url, error",
    [
        ("", MissingSchema),
        ("host.invalid/path", MissingSchema),
        ("/path", MissingSchema),
        ("//host.invalid/", MissingSchema),
        (None, MissingSchema),
        (5, MissingSchema),
        ("localhost:8080/", InvalidSchema),
        ("ftp://host.invalid/", InvalidSchema),
        ("mailto:user@host.invalid", InvalidSchema),
        ("javascript:alert(1)", InvalidSchema),
        ("http://", InvalidURL),
        ("http:///path", InvalidURL),
        ("https://user@/", InvalidURL),
        ("http://host.invalid:port/", InvalidURL),
        ("http://host.invalid:99999/", InvalidURL),
        ("http://host.invalid:-1/", InvalidURL),
        ("http://[::1/", InvalidURL),
        ("http://*.invalid/", InvalidURL),
        ("http://.invalid/", InvalidURL),
        ("http://ho st/", InvalidURL),
        ("http://host\\@evil.invalid/", InvalidURL),
        ("http://%zz/", InvalidURL),
        ("http://☃.net/", InvalidURL),
        (f"http://{'a' * 64}.invalid/", InvalidURL),
        ("http://host\r\n.invalid/", InvalidURL),
        (b"http://host/\xff", InvalidURL),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(url, error):
    with pytest.raises(error) as caught:
        minireq.get(url)
    assert isinstance(caught.value, ValueError)


def test_a_missing_scheme_is_suggested():
    with pytest.raises(
        MissingSchema, match=r"Invalid URL 'example\.org/a': No scheme supplied\. Perhaps you meant https://example\.org/a\?"
    ):
        minireq.get("example.org/a")


@pytest.mark.parametrize("params", [5, 1.5, True, object(), [1, 2], [("a",)], [("a", "b", "c")], {"a": "\ud800"}], ids=repr)
def test_params_that_are_none_are_refused(params):
    with pytest.raises(RequestException) as caught:
        minireq.get("http://host.invalid/", params=params)
    assert isinstance(caught.value, (ValueError, TypeError))


# --- bodies: whole


@pytest.mark.parametrize(
    "data, body, content_type",
    [
        ({"a": "1", "b": ["x", "y"]}, b"a=1&b=x&b=y", "application/x-www-form-urlencoded"),  # S070
        ([("a", "1"), ("a", "2")], b"a=1&a=2", "application/x-www-form-urlencoded"),  # S071
        ((("a", "1"), ("a", "2")), b"a=1&a=2", "application/x-www-form-urlencoded"),  # S071
        ("text é", "text é".encode(), None),  # S072
        (b"\x00\xff", b"\x00\xff", None),
        (bytearray(b"array"), b"array", None),
        (memoryview(b"view"), b"view", None),
        (json.dumps({"a": 1}), b'{"a": 1}', None),  # S073
        ({"a": None}, b"", "application/x-www-form-urlencoded"),
        ({}, b"", None),
        ("", b"", None),
        (None, b"", None),
    ],
    ids=repr,
)
def test_data_is_sent(http_app, data, body, content_type):
    """S070 to S073."""
    minireq.post(f"{http_app.url}/a", data=data)
    (request,) = http_app.requests
    assert (request.body, request["Content-Type"], request["Content-Length"]) == (body, content_type, str(len(body)))
    assert request["Transfer-Encoding"] is None


@pytest.mark.parametrize(
    "value, body",
    [
        ({"name": "john", "age": 12}, b'{"name": "john", "age": 12}'),  # S074: 27 bytes
        ([1, None, True], b"[1, null, true]"),
        ({}, b"{}"),
        ([], b"[]"),
        (0, b"0"),
        (False, b"false"),
        ("", b'""'),
        ("é", b'"\\u00e9"'),
    ],
    ids=repr,
)
def test_json_is_sent_also_when_it_is_false(http_app, value, body):
    """S074."""
    minireq.post(f"{http_app.url}/a", json=value)
    (request,) = http_app.requests
    assert (request.body, request["Content-Type"]) == (body, "application/json")
    assert request["Content-Length"] == str(len(body))


def test_json_none_is_no_json(http_app):
    minireq.post(f"{http_app.url}/a", json=None)
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Type"]) == (b"", None)


def test_data_beats_json(http_app):
    minireq.post(f"{http_app.url}/a", data={"a": "1"}, json={"b": 2})
    minireq.post(f"{http_app.url}/a", data={}, json={"b": 2})
    assert [request.body for request in http_app.requests] == [b"a=1", b'{"b": 2}']


@pytest.mark.parametrize("settings", [{"data": {"a": "1"}}, {"json": {"a": 1}}, {"files": {"f": "x"}}])
def test_a_content_type_of_the_caller_stays(http_app, settings):
    minireq.post(f"{http_app.url}/a", headers={"content-type": "text/mine"}, **settings)
    assert http_app.requests[0].all("Content-Type") == ["text/mine"]


def deep():
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "value, also",
    [
        (math.nan, ValueError),
        ({"a": math.inf}, ValueError),
        (object(), TypeError),
        ({"a": {1, 2}}, TypeError),
        (b"bytes", TypeError),
        ({(1, 2): 3}, TypeError),
        (deep(), OSError),
    ],
    ids=["nan", "infinity", "object", "set", "bytes", "tuple as key", "deep"],
)
def test_what_is_no_json_is_refused(value, also):
    with pytest.raises(InvalidJSONError) as caught:
        minireq.post("http://host.invalid/", json=value)
    assert isinstance(caught.value, (also, OSError))


@pytest.mark.parametrize(
    "data", [5, 1.5, True, object(), len, [1, 2], [("a",)], [("a", "b", "c")], {"a": "\ud800"}, "\ud800"], ids=repr
)
def test_data_that_cannot_be_sent_is_refused(data):
    with pytest.raises(InvalidArgument) as caught:
        minireq.post("http://host.invalid/", data=data)
    assert isinstance(caught.value, (ValueError, TypeError))


# --- bodies: files in a form


def test_a_file_is_sent_as_a_form(http_app, tmp_path):
    """S075."""
    path = tmp_path / "report.xls"
    path.write_bytes(b"\x00content\xff")
    with open(path, "rb") as file:
        minireq.post(f"{http_app.url}/a", files={"file": file})
    (request,) = http_app.requests
    kind, _, boundary = request["Content-Type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    assert len(boundary) == 32
    assert request.body == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="report.xls"\r\n\r\n'.encode()
        + b"\x00content\xff"
        + f"\r\n--{boundary}--\r\n".encode()
    )
    assert request["Content-Length"] == str(len(request.body))


def test_data_fields_come_before_files_and_several_files_share_a_field(http_app):
    """S076, S077, S078."""
    minireq.post(
        f"{http_app.url}/a",
        data={"field": ["1", "2"]},
        files=[
            ("images", ("foo.png", io.BytesIO(b"foo"), "image/png")),
            ("images", ('ä"', "a\n", "text/csv", {"Expires": "0"})),
            ("plain", (None, "text")),
            ("bytes", b"raw"),
        ],
    )
    (request,) = http_app.requests
    boundary = "--" + request["Content-Type"].partition("=")[2]
    parts = request.body.decode().split(boundary)
    assert parts == [
        "",
        '\r\nContent-Disposition: form-data; name="field"\r\n\r\n1\r\n',
        '\r\nContent-Disposition: form-data; name="field"\r\n\r\n2\r\n',
        '\r\nContent-Disposition: form-data; name="images"; filename="foo.png"\r\nContent-Type: image/png\r\n\r\nfoo\r\n',
        '\r\nContent-Disposition: form-data; name="images"; filename="ä%22"\r\nContent-Type: text/csv\r\nExpires: 0\r\n\r\na\n\r\n',
        '\r\nContent-Disposition: form-data; name="plain"\r\n\r\ntext\r\n',
        '\r\nContent-Disposition: form-data; name="bytes"; filename="bytes"\r\n\r\nraw\r\n',
        "--\r\n",
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"files": 5},
        {"files": "text"},
        {"files": [1]},
        {"files": [("a",)]},
        {"files": {"a": ("name",)}},
        {"files": {"a": ("name", "data", "type", {}, "more")}},
        {"files": {"a": ("name", object())}},
        {"files": {"a": ("name", "data", "text/plain\r\nEvil: yes")}},
        {"files": {None: "x"}},
        {"files": {"a": "x"}, "data": "text"},
        {"files": {"a": "x"}, "data": iter(["x"])},
    ],
    ids=lambda settings: ", ".join(f"{name}={value!r:.40}" for name, value in settings.items()),
)
def test_files_that_cannot_be_sent_are_refused(settings):
    with pytest.raises(RequestException) as caught:
        minireq.post("http://host.invalid/", **settings)
    assert isinstance(caught.value, (ValueError, TypeError))


# --- bodies: streamed


@pytest.mark.parametrize(
    "make",
    [
        lambda: iter(["hi", b"there"]),
        lambda: (piece for piece in ["hi", b"", "there"]),  # an empty piece would have been the end
        lambda: map(str.lower, ["HI", "THERE"]),
        lambda: filter(None, [b"hi", None, b"there"]),
    ],
)
def test_an_iterator_goes_in_chunks(http_app, make):
    """S083, S084."""
    response = minireq.post(f"{http_app.url}/echo", data=make(), headers=BARE)
    assert lines_of(http_app) == ["POST /echo HTTP/1.1", "Transfer-Encoding: chunked"]
    assert http_app.requests[0].raw.endswith(b"\r\n\r\n2\r\nhi\r\n5\r\nthere\r\n0\r\n\r\n")
    assert response.json()["body"] == "hithere"


@pytest.mark.parametrize("file", [lambda: io.BytesIO(b""), lambda: iter([])])
def test_an_empty_file_goes_in_chunks(http_app, file):
    minireq.post(f"{http_app.url}/a", data=file(), headers=BARE)
    assert http_app.requests[0].raw.endswith(b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "make, body",
    [
        (lambda: io.BytesIO(b"0123456789"), b"0123456789"),
        (lambda: at(3, io.BytesIO(b"0123456789")), b"3456789"),
        (lambda: io.StringIO("é"), b"\xc3\xa9"),
    ],
)
def test_a_file_goes_from_where_it_is_with_its_length(http_app, make, body):
    """S081."""
    minireq.post(f"{http_app.url}/a", data=make(), headers=BARE)
    assert lines_of(http_app) == ["POST /a HTTP/1.1", f"Content-Length: {len(body)}"]
    assert http_app.requests[0].body == body


def test_a_file_is_read_as_it_is_sent(http_app, tmp_path):
    """S081: never all of it at once."""
    path = tmp_path / "large"
    path.write_bytes(b"x" * 1_000_000)
    with open(path, "rb", buffering=0) as file:
        sizes = []

        class Watched:
            def read(self, size=-1):
                sizes.append(size)
                return file.read(size)

            def fileno(self):
                return file.fileno()

            def __iter__(self):
                return iter(file)

        minireq.post(f"{http_app.url}/a", data=Watched())
    assert http_app.requests[0]["Content-Length"] == "1000000"
    assert len(http_app.requests[0].body) == 1_000_000
    assert min(sizes) > 0
    assert max(sizes) <= 65536


def test_a_file_in_text_mode_warns_and_is_sent_right(http_app, tmp_path):
    """S082."""
    path = tmp_path / "text"
    path.write_text("grün\n", encoding="latin-1")
    with open(path, encoding="latin-1") as file, pytest.warns(FileModeWarning):
        minireq.post(f"{http_app.url}/a", data=file)
    (request,) = http_app.requests
    assert (request.body, request["Content-Length"]) == ("grün\n".encode(), "6")


def test_a_generator_with_a_length_is_sent_with_it(http_app):
    """D2."""
    minireq.post(f"{http_app.url}/a", data=(piece for piece in ["ab", "cde"]), headers={**BARE, "Content-Length": "5"})
    assert http_app.requests[0].raw.endswith(b"\r\nContent-Length: 5\r\n\r\nabcde")
    assert http_app.requests[0]["Transfer-Encoding"] is None


@pytest.mark.parametrize("pieces", [["abcd"], ["abcdef"], ["abc", "def"], [], ["abcde", "f"]])
def test_a_generator_that_does_not_keep_its_length_is_found_out(http_app, pieces):
    """D2."""
    with minireq.Session() as session:
        with pytest.raises(InvalidArgument) as caught:
            session.post(f"{http_app.url}/a", data=iter(pieces), headers={"Content-Length": "5"})
        assert isinstance(caught.value, ValueError)
        assert session.get(f"{http_app.url}/json").json() == {"hello": "world"}


def test_a_large_generator_that_does_not_keep_its_length_is_found_out(wire_server):
    """D2."""
    heard = queue.Queue()
    server = wire_server(lambda connection: heard.put(connection.read_until_closed()))
    with minireq.Session() as session, pytest.raises(InvalidArgument):
        session.post(f"{server.url}/a", data=(b"x" * 1000 for _ in range(99)), headers={"Content-Length": "100000"})
    assert len(heard.get(timeout=5).partition(b"\r\n\r\n")[2]) < 100_000


@pytest.mark.parametrize("length", ["abc", "-1", "1.5", "１", "", "9" * 30])
def test_a_length_that_is_no_number_is_refused(http_app, length):
    with pytest.raises(InvalidHeader):
        minireq.post(http_app.url, data=iter(["x"]), headers={"Content-Length": length.encode()})
    assert nothing_was_sent(http_app)


def test_what_a_generator_raises_comes_out_as_it_is_and_ends_the_connection(wire_server):
    heard = queue.Queue()
    server = wire_server(lambda connection: heard.put(connection.read_until_closed()))

    def body():
        yield b"a" * 100_000
        raise ZeroDivisionError("in the generator")

    with minireq.Session() as session, pytest.raises(ZeroDivisionError, match="in the generator"):
        session.post(server.url, data=body())
    assert heard.get(timeout=5).endswith(b"a\r\n")  # and no last chunk


@pytest.mark.parametrize("pieces", [[1], [None], ["a", object()], [["a"]]], ids=repr)
def test_pieces_that_are_neither_text_nor_bytes_are_refused(http_app, pieces):
    with pytest.raises(InvalidArgument) as caught:
        minireq.post(f"{http_app.url}/a", data=iter(pieces))
    assert isinstance(caught.value, TypeError)


# --- one framing header that fits, whatever is set


@pytest.mark.parametrize(
    "data, given, framing, body",
    [
        ("abc", {"Content-Length": "99"}, "Content-Length: 3", b"abc"),  # S056
        ("abc", {"content-length": "0"}, "content-length: 3", b"abc"),
        (b"abc", {"Transfer-Encoding": "chunked"}, "Transfer-Encoding: chunked", b"abc"),
        ("abc", {"Transfer-Encoding": "chunked", "Content-Length": "3"}, "Transfer-Encoding: chunked", b"abc"),
        (None, {"Content-Length": "5"}, "Content-Length: 0", b""),
        (None, {"Transfer-Encoding": "chunked"}, "Content-Length: 0", b""),
        (io.BytesIO(b"abc"), {"Content-Length": "99"}, "Content-Length: 3", b"abc"),
    ],
)
def test_one_framing_header_fits_the_body(http_app, data, given, framing, body):
    """S056."""
    minireq.post(f"{http_app.url}/a", data=data, headers={**BARE, **given})
    lines = lines_of(http_app)
    assert [line.lower() for line in lines[1:]] == [framing.lower()]
    assert http_app.requests[0].body == body


def test_two_framing_headers_that_the_caller_insists_on_are_refused(http_app):
    with pytest.raises(InvalidHeader):
        minireq.post(http_app.url, data="abc", headers={"Transfer-Encoding": "gzip"})
    assert nothing_was_sent(http_app)


@pytest.mark.parametrize("given", [{"Content-Length": "5"}, {"Transfer-Encoding": "chunked"}])
def test_a_get_without_a_body_has_no_framing_header(http_app, given):
    minireq.get(f"{http_app.url}/a", headers={**BARE, **given})
    assert lines_of(http_app) == ["GET /a HTTP/1.1"]


# --- changing what was prepared


def test_a_changed_body_is_sent_exactly(http_app):
    """S200, S202, S203, S204, D1: the example of requests' documentation."""
    with minireq.Session() as session:
        request = Request("POST", f"{http_app.url}/a", data={"a": "1"}, headers={"X-Mine": "yes"}).prepare()
        request.body = "No, I want exactly this as the body."
        del request.headers["Content-Type"]
        request.headers["Keep-Dead"] = "parrot"
        session.send(request)
        assert session.get(f"{http_app.url}/json").ok  # nothing was left over on the connection
    assert http_app.requests[0].body == b"No, I want exactly this as the body."
    assert lines_of(http_app) == ["POST /a HTTP/1.1", "X-Mine: yes", "Content-Length: 36", "Keep-Dead: parrot"]
    assert request.headers["Content-Length"] == "36"
    assert len(http_app.connections) == 1


@pytest.mark.parametrize(
    "data, changed, framing",
    [
        ("abc", b"", "Content-Length: 0"),
        ("abc", None, "Content-Length: 0"),
        ("abc", "ü", "Content-Length: 2"),
        ("abc", bytearray(b"array"), "Content-Length: 5"),
        (None, b"new", "Content-Length: 3"),
        (iter(["a"]), b"whole", "Transfer-Encoding: chunked"),
    ],
)
def test_any_other_body_is_framed_anew(http_app, data, changed, framing):
    """D1."""
    request = prepared("POST", f"{http_app.url}/a", data=data)
    request.body = changed
    with minireq.Session() as session:
        session.send(request)
    assert lines_of(http_app) == ["POST /a HTTP/1.1", framing]
    assert http_app.requests[0].body == (changed.encode() if isinstance(changed, str) else bytes(changed or b""))


@pytest.mark.parametrize("make", [lambda: iter(["x", "yz"]), lambda: io.BytesIO(b"xyz")])
def test_a_stream_can_take_the_place_of_a_body(http_app, make):
    """D1: its length is not known, unless the header that stands there fits; if not, nothing is sent."""
    request = prepared("POST", f"{http_app.url}/a", data="abc")
    request.body = make()
    with minireq.Session() as session:
        session.send(request)
        request.body = iter(["too long"])
        with pytest.raises(InvalidArgument):
            session.send(request)
    assert http_app.requests[0].body == b"xyz"
    assert len(http_app.requests) == 1


def test_the_url_may_be_changed(http_app):
    request = prepared(url="http://elsewhere.invalid/")
    request.url = f"{http_app.url}/other?q=1#f"
    with minireq.Session() as session:
        response = session.send(request)
    assert http_app.requests[0].target == "/other?q=1"
    assert response.url == f"{http_app.url}/other?q=1#f"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/a b", "http://127.0.0.1:{port}/a\r\nEvil: yes", "http://127.0.0.1:{port}/ü"]
)
def test_a_changed_url_injects_nothing(http_app, url):
    request = prepared()
    request.url = url.format(port=http_app.port)
    with minireq.Session() as session:
        try:
            session.send(request)
        except InvalidURL:
            return
    (line, *fields) = lines_of(http_app)
    assert line.count(" ") == 2
    assert fields == []


@pytest.mark.parametrize("name, value", [("X", "a\r\nEvil: yes"), ("X", 5), ("a b", "c"), ("X", "€"), ("X", None)])
def test_a_changed_header_injects_nothing(http_app, name, value):
    request = prepared(url=http_app.url)
    request.headers[name] = value
    with minireq.Session() as session, pytest.raises(InvalidHeader):
        session.send(request)
    assert nothing_was_sent(http_app)


# --- authentication


@pytest.mark.parametrize(
    "auth, header",
    [
        (("user", "pass"), "Basic dXNlcjpwYXNz"),
        (HTTPBasicAuth("user", "pass"), "Basic dXNlcjpwYXNz"),
        (("é", "ü"), "Basic 6Tr8"),  # latin-1, as requests has it
        (("€", "x"), "Basic 4oKsOng="),  # UTF-8, where latin-1 cannot (RFC 7617)
        ((b"user", b"pass"), "Basic dXNlcjpwYXNz"),
        (("", ""), "Basic Og=="),
    ],
)
def test_a_pair_is_basic_authentication(http_app, auth, header):
    """S220, S221, D8."""
    minireq.get(f"{http_app.url}/a", auth=auth)
    assert http_app.requests[0].all("Authorization") == [header]


@pytest.mark.parametrize(
    "user, header",
    [
        ("user:pass@", "Basic dXNlcjpwYXNz"),
        ("us%40er:p%3Ass@", "Basic dXNAZXI6cDpzcw=="),
        ("user@", None),
        ("user:@", "Basic dXNlcjo="),
        ("", None),
    ],
)
def test_credentials_in_the_url_are_basic_authentication(http_app, user, header):
    minireq.get(http_app.url.replace("//", f"//{user}") + "/a")
    (request,) = http_app.requests
    assert request["Authorization"] == header
    assert request["Host"] == f"127.0.0.1:{http_app.port}"
    assert request.target == "/a"


def test_auth_overrules_the_url_and_the_header(http_app):
    """S053."""
    minireq.get(http_app.url.replace("//", "//a:b@"), auth=("user", "pass"), headers={"Authorization": "mine"})
    minireq.get(http_app.url.replace("//", "//user:pass@"), headers={"authorization": "mine"})
    for request in http_app.requests:
        assert request.all("Authorization") == ["Basic dXNlcjpwYXNz"]


def test_an_authentication_of_ones_own_changes_the_request(http_app):
    """S222."""

    class PizzaAuth(AuthBase):
        def __init__(self, username):
            self.username = username

        def __call__(self, r):
            r.headers["X-Pizza"] = self.username
            return r

    minireq.get(f"{http_app.url}/a", auth=PizzaAuth("kenneth"))
    assert http_app.requests[0]["X-Pizza"] == "kenneth"


def test_any_callable_authenticates_and_sees_everything(http_app):
    """S223: it comes last, so that it can sign what will be sent."""

    def sign(r):
        r.headers["X-Signed"] = f"{r.method} {r.path_url} {r.headers['Content-Length']} {r.body.decode()} {r.headers['Cookie']}"
        r.body += b"!"
        return r

    minireq.post(f"{http_app.url}/a", params={"q": 1}, data=b"body", cookies={"c": "1"}, auth=sign)
    (request,) = http_app.requests
    assert request["X-Signed"] == "POST /a?q=1 4 body c=1"
    assert (request.body, request["Content-Length"]) == (b"body!", "5")


def test_an_authentication_may_return_another_request(http_app):
    def exchange(r):
        other = r.copy()
        other.headers["X-Other"] = "yes"
        return other

    minireq.get(f"{http_app.url}/a", auth=exchange)
    assert http_app.requests[0]["X-Other"] == "yes"


@pytest.mark.parametrize(
    "auth",
    [
        5,
        "user:pass",
        ("user",),
        ("a", "b", "c"),
        ["user", "pass"],
        {"user": "pass"},
        object(),
        True,
        lambda r: None,
        lambda r: "text",
    ],
    ids=repr,
)
def test_what_cannot_authenticate_is_refused(auth):
    with pytest.raises(InvalidArgument, match="auth") as caught:
        minireq.get("http://host.invalid/", auth=auth)
    assert isinstance(caught.value, TypeError)


# --- cookies


def other_jar():
    jar = CookieJar()
    for cookie in cookiejar_from_dict({"a": "1"}):
        jar.set_cookie(cookie)
    return jar


@pytest.mark.parametrize("given", [{"a": "1"}, cookiejar_from_dict({"a": "1"}), other_jar(), collections.UserDict(a="1")], ids=repr)
def test_cookies_are_a_mapping_or_a_jar(http_app, given):
    """S102, S107."""
    minireq.get(f"{http_app.url}/a", cookies=given)
    assert http_app.requests[0].all("Cookie") == ["a=1"]


def test_only_cookies_whose_path_matches_are_sent(http_app):
    """S104, S107."""
    jar = RequestsCookieJar()
    jar.set("tasty_cookie", "yum", domain="127.0.0.1", path="/cookies")
    jar.set("gross_cookie", "blech", domain="127.0.0.1", path="/elsewhere")
    assert minireq.get(f"{http_app.url}/cookies", cookies=jar).json() == {"tasty_cookie": "yum"}


def test_a_cookie_header_of_the_caller_beats_cookies(http_app):
    # As in requests.
    minireq.get(f"{http_app.url}/a", cookies={"a": "1"}, headers={"Cookie": "b=2"})
    assert http_app.requests[0].all("Cookie") == ["b=2"]


@pytest.mark.parametrize(
    "given", [5, "a=1", ["a"], [("a", "1")], ("a", "b"), True, object()], ids=lambda given: type(given).__name__
)
@pytest.mark.parametrize("send", ["session", "prepare"])
def test_cookies_that_are_neither_mapping_nor_jar_are_refused(given, send):
    with pytest.raises(InvalidArgument, match="neither a mapping nor a cookie jar") as caught:
        prepared(cookies=given) if send == "prepare" else minireq.get("http://host.invalid/", cookies=given)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("given", [{"a": "secret\r\nEvil: yes"}, {"a\r\n": "secret"}, {"a": "€"}])
def test_a_cookie_that_cannot_be_sent_is_refused_and_not_shown(http_app, given):
    """D8."""
    with pytest.raises(InvalidHeader) as caught:
        minireq.get(http_app.url, cookies=given)
    assert not any(value in str(caught.value) for value in given.values())
    assert nothing_was_sent(http_app)


# --- the objects


def test_a_request_keeps_what_it_is_given():
    request = Request("GET", "http://host/", {"H": "1"}, {"f": "x"}, {"d": "1"}, {"p": "1"}, ("u", "p"), {"c": "1"}, None, {"j": 1})
    assert (request.method, request.url, request.headers, request.files) == ("GET", "http://host/", {"H": "1"}, {"f": "x"})
    assert (request.data, request.params, request.auth, request.cookies) == ({"d": "1"}, {"p": "1"}, ("u", "p"), {"c": "1"})
    assert (request.hooks, request.json) == ({"response": []}, {"j": 1})


def test_an_empty_request_has_empty_parts():
    request = Request()
    assert (request.method, request.url, request.json, request.auth, request.cookies) == (None, None, None, None, None)
    assert (request.headers, request.files, request.data, request.params) == ({}, [], [], {})


def test_the_reprs_name_the_method_and_no_secrets():
    request = Request("POST", "http://user:secret@host/", auth=("user", "secret"))
    assert repr(request) == "<Request [POST]>"
    assert repr(request.prepare()) == "<PreparedRequest [POST]>"


def test_an_empty_prepared_request_can_be_copied_and_filled():
    request = PreparedRequest()
    assert (request.method, request.url, request.headers, request.body) == (None, None, None, None)
    copied = request.copy()
    copied.prepare("get", "http://host", headers={"A": "1"})
    assert (copied.method, copied.url, dict(copied.headers)) == ("GET", "http://host/", {"A": "1"})


def test_a_copy_is_its_own():
    original = prepared("POST", data="abc", cookies={"a": "1"}, hooks={"response": print})
    copied = original.copy()
    assert (copied.method, copied.url, copied.body, copied.hooks) == ("POST", "http://host/", "abc", {"response": [print]})
    copied.headers["Content-Length"] = "5"
    copied._cookies.clear()
    assert original.headers["Content-Length"] == "3"
    assert len(original._cookies) == 1


def test_preparing_leaves_the_request_as_it_was():
    given = {"method": "get", "url": "http://host", "headers": {"a": "1"}, "data": {"b": "2"}, "params": {"c": "3"}}
    request = Request(**given)
    assert request.prepare().url == request.prepare().url == "http://host/?c=3"
    assert {name: getattr(request, name) for name in given} == given
