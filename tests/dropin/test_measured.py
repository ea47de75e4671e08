"""What requests was measured to do beyond what its documentation says: M01 to M26, in `statements`, each seen from outside.

All of it holds for requests, too ($MINIREQ_TEST_MODULE=requests shows it), on a machine that can undo gzip and deflate alone.
"""

from __future__ import annotations

import gzip
import importlib
import io
import json
import pickle
import re
import zlib

import pytest

from ..support.scripted import CLOSE, hear, say, start_tls
from . import MODULE

client = importlib.import_module(MODULE)
exceptions = importlib.import_module(f"{MODULE}.exceptions")
adapters = importlib.import_module(f"{MODULE}.adapters")
utils = importlib.import_module(f"{MODULE}.utils")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"
VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def answered(wire_server, *steps, **settings):
    """What `get` makes of an answer that is these bytes, and then the end of the connection."""
    return client.get(wire_server([hear, *map(say, steps), CLOSE]).url, **settings)


def ok(body: bytes, *fields: str) -> bytes:
    return "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *fields, "")).encode() + body


# What is sent


def test_m01_the_head_has_its_order(http_app):
    """M01."""
    client.post(f"{http_app.url}/a", data={"b": "c"}, headers={"X-One": "1", "X-Two": "2"})
    (request,) = http_app.requests
    assert (request.method, request.target, request.version) == ("POST", "/a", "HTTP/1.1")
    names = [name for name, _ in request.fields]
    default = ["Host", "User-Agent", "Accept-Encoding", "Accept", "Connection"]
    assert names == [*default, "X-One", "X-Two", "Content-Length", "Content-Type"]


def test_m01_a_host_of_ones_own_is_sent_where_it_stands(http_app):
    """M01."""
    client.get(f"{http_app.url}/a", headers={"X-One": "1", "Host": "example.org"})
    assert http_app.requests[0].all("Host") == ["example.org"]
    assert [name for name, _ in http_app.requests[0].fields][-2:] == ["X-One", "Host"]


@pytest.mark.parametrize("verb", VERBS)
def test_m02_a_request_without_a_body_says_so_where_one_is_usual(http_app, verb):
    """M02."""
    client.request(verb, f"{http_app.url}/a")
    assert http_app.requests[0]["Content-Length"] == (None if verb in ("GET", "HEAD") else "0")


def test_m02_get_may_have_a_body(http_app):
    """M02."""
    client.get(f"{http_app.url}/a", data="abc")
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Length"]) == (b"abc", "3")


@pytest.mark.parametrize("value", [{}, [], 0, False, ""], ids=repr)
def test_m03_json_is_sent_even_if_it_is_empty(http_app, value):
    """M03."""
    client.post(f"{http_app.url}/a", json=value)
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Type"]) == (json.dumps(value).encode(), "application/json")


def test_m03_json_of_none_is_no_json(http_app):
    """M03."""
    client.post(f"{http_app.url}/a", json=None)
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Type"]) == (b"", None)


def test_m03_what_is_no_json_is_an_error(http_app):
    """M03."""
    with pytest.raises(exceptions.InvalidJSONError):
        client.post(http_app.url, json=float("nan"))


def test_m03_data_beats_json(http_app):
    """M03."""
    client.post(f"{http_app.url}/a", data={"a": "1"}, json={"b": 2})
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Type"]) == (b"a=1", "application/x-www-form-urlencoded")


@pytest.mark.parametrize("params, target", [("y=2&z", "/p?x=1&y=2&z"), (b"y=2", "/p?x=1&y=2"), ({"y": "a b"}, "/p?x=1&y=a+b")])
def test_m04_parameters_come_behind_a_query_that_is_there(http_app, params, target):
    """M04."""
    response = client.get(f"{http_app.url}/p?x=1#part", params=params)
    assert http_app.requests[0].target == target
    assert response.url == f"{http_app.url}{target}#part"


def test_m05_a_file_is_sent_from_where_it_stands(http_app):
    """M05."""
    file = io.BytesIO(b"0123456789")
    file.seek(3)
    client.post(f"{http_app.url}/a", data=file)
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Length"]) == (b"3456789", "7")


def test_m05_an_empty_file_goes_chunked(http_app):
    """M05."""
    client.post(f"{http_app.url}/a", data=io.BytesIO())
    assert http_app.requests[0]["Transfer-Encoding"] == "chunked"
    assert http_app.requests[0].raw.endswith(b"\r\n\r\n0\r\n\r\n")


def test_m06_a_form_with_files(http_app, tmp_path):
    """M06."""
    (tmp_path / "bare.bin").write_bytes(b"bare")
    with open(tmp_path / "bare.bin", "rb") as bare:
        files = {
            "b": ('é"x\r\n.txt', "1"),
            "typed": ("n", b"2", "text/csv"),
            "field": (None, "3"),
            "bare": bare,
            "mem": io.BytesIO(b"4"),
        }
        client.post(f"{http_app.url}/a", data={"z": "0"}, files=files)
    (request,) = http_app.requests
    boundary = re.fullmatch("multipart/form-data; boundary=([0-9a-f]{32})", request["Content-Type"])[1]
    parts = request.body.decode().split(f"--{boundary}")
    assert [part.strip("\r\n").replace("\r\n", "|") for part in parts] == [
        "",
        'Content-Disposition: form-data; name="z"||0',
        'Content-Disposition: form-data; name="b"; filename="é%22x%0D%0A.txt"||1',
        'Content-Disposition: form-data; name="typed"; filename="n"|Content-Type: text/csv||2',
        'Content-Disposition: form-data; name="field"||3',
        'Content-Disposition: form-data; name="bare"; filename="bare.bin"||bare',
        'Content-Disposition: form-data; name="mem"; filename="mem"||4',
        "--",
    ]


def test_m07_none_takes_a_default_header_away(http_app):
    """M07."""
    client.get(f"{http_app.url}/a", headers={"accept": None})
    assert [name for name, _ in http_app.requests[0].fields] == ["Host", "User-Agent", "Accept-Encoding", "Connection"]


@pytest.mark.parametrize(
    "given, url",
    [
        ("HTTP://EXAMPLE.com/%7efoo/%2e/../b c?q=é#f", "http://example.com/~foo/b%20c?q=%C3%A9#f"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://faß.de/", "http://xn--fa-hia.de/"),
        ("http://a@b:c@h/", "http://a%40b:c@h/"),
        ("http://h?x", "http://h/?x"),
        ("http://h", "http://h/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://h//a//b", "http://h//a//b"),
        ("http://h/%", "http://h/%25"),
        ("http://h/a?b=%c", "http://h/a?b=%25c"),
    ],
)
def test_m08_urls_are_put_in_order(given, url):
    """M08."""
    assert client.Request("GET", given).prepare().url == url


@pytest.mark.parametrize(
    "url, error",
    [
        ("h/path", "MissingSchema"),
        ("//h/path", "MissingSchema"),
        ("foo://h/", "InvalidSchema"),
        ("http://", "InvalidURL"),
        ("http://h:port/", "InvalidURL"),
        ("http://%zz/", "InvalidURL"),
        ("http://.example.org/", "InvalidURL"),
        ("http://*.example.org/", "InvalidURL"),
    ],
)
def test_m09_what_is_no_url_is_an_error(url, error):
    """M09."""
    with pytest.raises(getattr(exceptions, error)) as caught:
        client.get(url)
    assert isinstance(caught.value, ValueError)
    if url == "h/path":
        assert "https://h/path" in str(caught.value)  # what may have been meant


@pytest.mark.parametrize("timeout", [0, "x", (1, 2, 3)])
def test_m10_what_is_no_timeout_is_an_error(http_app, timeout):
    """M10."""
    with pytest.raises(ValueError):
        client.get(http_app.url, timeout=timeout)


# What comes back


def raw_deflated(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    "coding, body, content",
    [
        ("gzip", gzip.compress(b"abc"), b"abc"),
        ("x-gzip", gzip.compress(b"abc"), b"abc"),
        ("gzip", gzip.compress(b"abc") + gzip.compress(b"def"), b"abcdef"),
        ("deflate", zlib.compress(b"abc"), b"abc"),
        ("deflate", raw_deflated(b"abc"), b"abc"),
        ("deflate, gzip", gzip.compress(zlib.compress(b"abc")), b"abc"),
        ("unheard-of", b"abc", b"abc"),
    ],
)
def test_m11_codings_are_undone(wire_server, coding, body, content):
    """M11."""
    assert answered(wire_server, ok(body, f"Content-Encoding: {coding}")).content == content


def test_m11_broken_gzip_is_an_error(wire_server):
    """M11."""
    with pytest.raises(exceptions.ContentDecodingError):
        answered(wire_server, ok(b"this is no gzip", "Content-Encoding: gzip"))


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"short", "Content-Length: 10"),
        ok(b"5\r\nhel", "Transfer-Encoding: chunked"),
        ok(b"5\r\nhello\r\n", "Transfer-Encoding: chunked"),
        ok(b"x\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    ],
)
def test_m12_a_body_that_is_cut_is_an_error(wire_server, answer):
    """M12."""
    with pytest.raises(exceptions.ChunkedEncodingError):
        answered(wire_server, answer)


def test_m12_two_lengths_must_agree(wire_server):
    """M12."""
    assert answered(wire_server, ok(b"hello", "Content-Length: 5", "Content-Length: 5")).text == "hello"
    with pytest.raises(client.RequestException):
        answered(wire_server, ok(b"hello", "Content-Length: 5", "Content-Length: 4"))


def test_m12_chunks_beat_a_length(wire_server):
    """M12."""
    assert answered(wire_server, ok(b"5\r\nhello\r\n0\r\n\r\n", "Content-Length: 3", "Transfer-Encoding: chunked")).text == "hello"


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"220 smtp.example.org ESMTP\r\n"])
def test_m13_what_is_no_http_is_a_connection_error(wire_server, answer):
    """M13."""
    with pytest.raises(client.ConnectionError):
        answered(wire_server, answer)


@pytest.mark.parametrize("line", [b"HTTP/1.1 200 \r\n", b"HTTP/1.1 200\r\n"])
def test_m13_the_reason_may_be_empty(wire_server, line):
    """M13."""
    response = answered(wire_server, line + b"Content-Length: 0\r\n\r\n")
    assert (response.status_code, response.reason) == (200, "")


def test_m13_a_folded_line_is_one(wire_server):
    """M13."""
    assert answered(wire_server, ok(b"", "X-Long: one", "  two", "\tthree")).headers["X-Long"].split() == ["one", "two", "three"]


# Redirects


FOLLOWED = {
    301: "GET HEAD GET PUT PATCH DELETE OPTIONS",
    302: "GET HEAD GET GET GET GET GET",
    303: "GET HEAD GET GET GET GET GET",
    307: "GET HEAD POST PUT PATCH DELETE OPTIONS",
    308: "GET HEAD POST PUT PATCH DELETE OPTIONS",
}


@pytest.mark.parametrize("status, verb, then", [(s, *pair) for s, row in FOLLOWED.items() for pair in zip(VERBS, row.split())])
def test_m14_the_verb_after_a_redirect(http_app, status, verb, then):
    """M14."""
    client.request(verb, f"{http_app.url}/redirect-to?url=/echo&status={status}", data="body", allow_redirects=True)
    (_, request) = http_app.requests
    assert request.method == then
    if status in (307, 308):
        assert request.body == b"body"
    elif then in ("GET", "HEAD"):
        assert request.body == b""
        assert (request["Content-Length"], request["Content-Type"], request["Transfer-Encoding"]) == (None, None, None)


@pytest.mark.parametrize("status", [300, 304])
def test_m14_other_statuses_are_not_followed(http_app, status):
    """M14."""
    assert client.get(f"{http_app.url}/redirect-to?url=/echo&status={status}").status_code == status


@pytest.mark.parametrize(
    "location, url",
    [
        ("/b", "/b#part"),
        ("b?c", "/way/b?c#part"),
        ("../b", "/b#part"),
        ("/b#other", "/b#other"),
        ("/grün".encode().decode("latin-1"), "/gr%C3%BCn#part"),
        ("", None),
    ],
)
def test_m14_where_a_redirect_leads(http_app, location, url):
    """M14."""

    @http_app.route("/way/on")
    def answer(request):
        return 302, [("Location", location)], b""

    response = client.get(f"{http_app.url}/way/on#part")
    assert response.url == http_app.url + (url or "/way/on#part")
    assert response.status_code == (200 if url else 302)


def test_m14_a_location_without_a_scheme_has_that_of_the_request(http_app):
    """M14."""
    location = http_app.url.partition(":")[2] + "/echo"
    assert client.get(f"{http_app.url}/redirect-to?url={location}").url == f"{http_app.url}/echo"


@pytest.mark.parametrize(
    "old, new, stripped",
    [
        ("http://h/a", "http://h/b", False),
        ("http://h/", "http://other/", True),
        ("http://h/", "http://sub.h/", True),
        ("http://h/", "https://h/", False),
        ("http://h:80/", "https://h:443/", False),
        ("http://h:8080/", "https://h:8443/", True),
        ("https://h/", "http://h/", True),
        ("http://h/", "http://h:81/", True),
        ("http://h/", "http://h:80/", False),
        ("https://h:443/", "https://h/", False),
    ],
)
def test_m15_when_credentials_are_left_behind(old, new, stripped):
    """M15."""
    with client.Session() as session:
        assert session.should_strip_auth(old, new) is stripped


def test_m16_what_is_not_followed_is_known(http_app):
    """M16."""
    response = client.post(f"{http_app.url}/redirect-to?url=/echo&status=303", data="x", allow_redirects=False)
    assert response.status_code == 303
    assert isinstance(response.next, client.PreparedRequest)
    assert (response.next.method, response.next.url, response.next.body) == ("GET", f"{http_app.url}/echo", None)


@pytest.mark.parametrize("status", [307, 308])
def test_m17_a_file_is_sent_again(http_app, status):
    """M17."""
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    client.post(f"{http_app.url}/redirect-to?url=/echo&status={status}", data=file)
    assert [request.body for request in http_app.requests] == [b"456789", b"456789"]


# Sessions, responses


def test_m18_the_longest_prefix_is_the_adapters(http_app):
    """M18."""
    with client.Session() as session:
        longer, longest = adapters.HTTPAdapter(), adapters.HTTPAdapter()
        session.mount("http://EXAMPLE.org/a/b", longest)
        session.mount("http://example.org", longer)
        assert list(session.adapters) == ["http://EXAMPLE.org/a/b", "http://example.org", "https://", "http://"]
        assert session.get_adapter("http://example.ORG/A/B/c") is longest
        assert session.get_adapter("HTTP://example.org/a") is longer
        assert session.get_adapter("http://example.com/") is session.adapters["http://"]
        with pytest.raises(exceptions.InvalidSchema):
            session.get_adapter("ftp://example.org/")


def test_m19_only_what_was_prepared_can_be_sent():
    """M19."""
    with client.Session() as session, pytest.raises(ValueError, match="PreparedRequest"):
        session.send(client.Request("GET", "http://h/"))


def test_m19_hooks_are_for_known_events_and_can_be_called():
    """M19."""
    with pytest.raises(ValueError):
        client.Request("GET", "http://h/", hooks={"request": print})
    assert client.Request("GET", "http://h/", hooks={"response": [print, "no function", None]}).hooks == {"response": [print]}


@pytest.mark.parametrize("status, good", [(200, True), (302, True), (399, True), (400, False), (404, False), (500, False)])
def test_m20_a_response_is_true_when_it_is_ok(status, good):
    """M20."""
    response = client.Response()
    response.status_code = status
    assert (bool(response), response.ok) == (good, good)


def test_m20_a_response_is_its_body_in_pieces(http_app):
    """M20."""
    with client.get(f"{http_app.url}/bytes/300", stream=True) as response:
        assert [len(piece) for piece in response] == [128, 128, 44]


def test_m20_a_response_travels_with_its_body(http_app):
    """M20."""
    with client.get(f"{http_app.url}/json", stream=True) as response:
        again = pickle.loads(pickle.dumps(response))
    assert (again.status_code, again.json(), again.url, again.raw) == (200, {"hello": "world"}, f"{http_app.url}/json", None)
    assert again.request.headers == response.request.headers


def test_m20_a_session_travels_with_its_settings(http_app):
    """M20."""
    with client.Session() as session:
        session.headers["X-Mine"] = "yes"
        session.cookies["a"] = "1"
        session.get(f"{http_app.url}/echo")
        with pickle.loads(pickle.dumps(session)) as again:
            again.get(f"{http_app.url}/echo")
    assert [(request["X-Mine"], request["Cookie"]) for request in http_app.requests] == [("yes", "a=1")] * 2
    assert len(http_app.connections) == 2


def test_m21_what_was_streamed_cannot_be_read_again(http_app):
    """M21."""
    with client.get(f"{http_app.url}/bytes/10", stream=True) as response:
        assert b"".join(response.iter_content(4)) == b"x" * 10
        with pytest.raises(exceptions.StreamConsumedError) as caught:
            response.iter_content(4)
    assert isinstance(caught.value, TypeError)


def test_m21_what_is_held_can_be_read_again(http_app):
    """M21."""
    response = client.get(f"{http_app.url}/bytes/10")
    assert [b"".join(response.iter_content(4)), b"".join(response.iter_content(3))] == [response.content] * 2


@pytest.mark.parametrize("size", ["1024", 1.5])
def test_m21_a_size_is_a_number_or_none(http_app, size):
    """M21."""
    response = client.get(f"{http_app.url}/bytes/10")
    with pytest.raises(TypeError):
        response.iter_content(size)


def test_m22_credentials_in_the_url_are_basic(http_app):
    """M22."""
    response = client.get(http_app.url.replace("//", "//us%40er:p%3Ass@") + "/a")
    assert http_app.requests[0]["Authorization"] == "Basic dXNAZXI6cDpzcw=="
    assert http_app.requests[0]["Host"] == f"127.0.0.1:{http_app.port}"
    assert response.ok


def test_m22_netrc_beats_credentials_in_the_url(http_app, tmp_path, monkeypatch):
    """M22."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login net password rc\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client.get(http_app.url.replace("//", "//user:pass@") + "/a")
    assert http_app.requests[0]["Authorization"] == "Basic bmV0OnJj"


# Proxies


def test_m23_a_proxy_is_asked_for_the_whole_url(wire_server):
    """M23."""
    proxy = wire_server(OK)
    client.get("http://example.org/a?b=1#c", proxies={"http": proxy.url.replace("//", "//user:pass@")})
    (request,) = proxy.requests
    assert (request.target, request["Host"]) == ("http://example.org/a?b=1", "example.org")
    assert request["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"


def test_m23_a_proxy_is_asked_for_a_tunnel_and_only_it_hears_the_password(wire_server, ca):
    """M23."""
    proxy = wire_server([TUNNEL, start_tls(ca.server_context("example.org")), OK])
    client.get("https://example.org/a", proxies={"https": proxy.url.replace("//", "//user:pass@")}, verify=ca.file)
    connect, request = proxy.requests
    assert (connect.method, connect.target) == ("CONNECT", "example.org:443")
    assert connect["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"
    assert (request.method, request.target, request["Proxy-Authorization"]) == ("GET", "/a", None)


def test_m24_none_switches_the_proxy_of_the_environment_off(http_app, wire_server, monkeypatch):
    """M24."""
    proxy = wire_server(OK)
    monkeypatch.setenv("http_proxy", proxy.url)
    client.get(f"{http_app.url}/a", proxies={"http": None})
    assert (len(http_app.requests), len(proxy.requests)) == (1, 0)


@pytest.mark.parametrize(
    "no_proxy, url, direct",
    [
        ("10.0.0.0/8", "http://10.1.2.3/", True),
        ("10.0.0.0/8", "http://11.1.2.3/", False),
        ("10.1.2.3", "http://10.1.2.3:8080/", True),
        ("example.org", "http://example.org/", True),
        ("example.org", "http://api.example.org/", True),
        (".example.org", "http://api.example.org/", True),
        ("example.org", "http://badexample.org/", False),
        ("example.org:8080", "http://example.org:8080/", True),
        ("a.example, example.org", "http://example.org/", True),
    ],
)
def test_m25_what_no_proxy_covers(no_proxy, url, direct, monkeypatch):
    """M25."""
    assert utils.should_bypass_proxies(url, no_proxy=no_proxy) is direct
    monkeypatch.setenv("no_proxy", no_proxy)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert utils.get_environ_proxies(url) == ({} if direct else {"http": "http://proxy.example:3128", "no": no_proxy})


def test_m26_cookies_that_come_one_by_one(http_app):
    """M26."""

    @http_app.route("/set")
    def answer(request):
        return 200, [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")], b""

    response = client.get(f"{http_app.url}/set")
    assert response.cookies.get_dict() == {"a": "1", "b": "2"}
    assert response.headers["Set-Cookie"] == "a=1; Path=/, b=2; Path=/"
    assert response.raw.headers.getlist("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
