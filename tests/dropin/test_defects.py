"""What requests 2.34.2 does wrong, and minireq does not: the defects D1 to D18, each seen from outside.

With requests each of them fails ($MINIREQ_TEST_MODULE=requests shows it), though not for every value that is tried, and D12 not
with every Python. What is tried here once is tried from all sides in the tests of the part that it concerns.
"""

from __future__ import annotations

import importlib
import io
import shutil
import ssl
from pathlib import Path

import pytest

from ..support.interpreter import run_python
from ..support.scripted import CLOSE, start_tls
from . import MODULE

client = importlib.import_module(MODULE)
cookies = importlib.import_module(f"{MODULE}.cookies")
exceptions = importlib.import_module(f"{MODULE}.exceptions")

ROOT = Path(__file__).resolve().parent.parent.parent
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"


# What is sent


def test_d1_a_changed_body_is_sent_whole_and_nothing_more(wire_server):
    """D1: requests keeps the old Content-Length, and the rest of the body lies on the connection as if it were a request."""
    server = wire_server([OK, OK])
    with client.Session() as session:
        request = client.Request("POST", server.url, data="abc").prepare()
        request.body = "GET /smuggled HTTP/1.1"
        session.send(request)
        session.get(f"{server.url}/next")
    (first, second) = server.requests
    assert (first.body, first["Content-Length"]) == (b"GET /smuggled HTTP/1.1", "22")
    assert (second.method, second.target) == ("GET", "/next")


def test_d2_a_length_that_is_given_for_a_generator_is_the_framing(wire_server):
    """D2: requests says Content-Length and Transfer-Encoding, and sends no chunks."""
    heard = []

    def answer(connection):
        heard.append(connection.read_until(b"hello"))
        connection.send(OK)

    server = wire_server(answer)
    client.post(server.url, data=iter(["he", "llo"]), headers={"Content-Length": "5"})
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert body == b"hello"
    assert b"Content-Length: 5" in head
    assert b"Transfer-Encoding" not in head


def test_d2_a_generator_that_yields_another_length_is_an_error(http_app):
    """D2."""
    with pytest.raises(client.RequestException):
        client.post(http_app.url, data=iter(["hello"]), headers={"Content-Length": "7"})


def test_d8_a_header_that_latin_1_cannot_say_is_an_invalid_header(http_app):
    """D8: with requests it is a bare UnicodeEncodeError."""
    with pytest.raises(exceptions.InvalidHeader):
        client.get(http_app.url, headers={"X-Name": "имя"})


@pytest.mark.parametrize("way", ["auth", "url"])
def test_d8_credentials_that_latin_1_cannot_say_are_sent_as_utf_8(http_app, way):
    """D8: RFC 7617, section 2.1."""
    if way == "auth":
        client.get(http_app.url, auth=("имя", "x"))
    else:
        client.get(http_app.url.replace("//", "//имя:x@"))
    assert http_app.requests[0]["Authorization"] == "Basic 0LjQvNGPOng="


# What comes back


def test_d3_the_response_is_the_final_one(wire_server):
    """D3: with requests it is the 103."""
    server = wire_server(
        [b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK]
    )
    response = client.get(server.url)
    assert (response.status_code, response.text) == (200, "ok")
    assert [(status, dict(headers)) for status, headers in response.informational] == [
        (103, {"Link": "</style.css>; rel=preload"}),
        (102, {}),
    ]


@pytest.mark.parametrize("size", range(1, 12))
def test_d5_lines_are_the_same_in_whatever_pieces_they_come(size):
    """D5: requests invents blank lines where a line end falls between two pieces."""
    body = b"ab\r\ncd\r\n\r\nef\nlast"
    response = client.Response()
    response.raw = io.BytesIO(body)
    assert list(response.iter_lines(chunk_size=size)) == [b"ab", b"cd", b"", b"ef", b"last"]


@pytest.mark.parametrize("size", range(1, 9))
def test_d5_a_delimiter_ends_what_stands_before_it(size):
    """D5: requests gives an empty item at the end, and cuts delimiters in two."""
    response = client.Response()
    response.raw = io.BytesIO(b"one||two||")
    assert list(response.iter_lines(chunk_size=size, delimiter=b"||")) == [b"one", b"two"]


def test_d7_a_hook_that_returns_no_response_is_told_so(http_app):
    """D7: with requests the str has no attribute 'history'."""
    with pytest.raises(TypeError, match="hook"):
        client.get(http_app.url, hooks={"response": lambda response, **settings: "text"})


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_d11_a_reason_is_utf_8_where_it_can_be(wire_server, charset):
    """D11: with requests, UTF-8 is taken for latin-1."""
    server = wire_server("HTTP/1.1 404 Nicht möglich\r\nContent-Length: 0\r\n\r\n".encode(charset))
    with pytest.raises(client.HTTPError, match=f"404 Client Error: Nicht möglich for url: {server.url}/"):
        client.get(server.url).raise_for_status()


def test_d16_trailers_are_kept(http_app):
    """D16: with requests they are read and thrown away."""
    assert client.get(f"{http_app.url}/trailer").trailers == {"X-Trailer": "yes"}


# Redirects


@pytest.mark.parametrize("status", [307, 308])
def test_d4_a_generator_is_not_sent_again_empty(http_app, status):
    """D4: with requests the redirect gets an empty body, and a 200."""
    with pytest.raises(exceptions.UnrewindableBodyError):
        client.post(f"{http_app.url}/redirect-to?url=/echo&status={status}", data=iter(["once"]))
    assert len(http_app.requests) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_d6_a_301_that_keeps_the_method_keeps_the_body(http_app, method):
    """D6: with requests the method arrives without its body and its headers (RFC 9110, section 15.4.2)."""
    client.request(method, f"{http_app.url}/redirect-to?url=/echo&status=301", json={"a": 1})
    request = http_app.requests[1]
    assert (request.method, request.body) == (method, b'{"a": 1}')
    assert (request["Content-Type"], request["Content-Length"]) == ("application/json", "8")


def test_d6_a_301_with_a_body_that_is_gone_is_an_error(http_app):
    """D6."""
    with pytest.raises(exceptions.UnrewindableBodyError):
        client.put(f"{http_app.url}/redirect-to?url=/echo&status=301", data=iter(["once"]))


def test_d10_a_redirect_to_a_foreign_scheme_says_where_it_came_from(http_app):
    """D10: with requests the exception has no response."""
    with pytest.raises(exceptions.InvalidSchema) as caught:
        client.get(f"{http_app.url}/redirect-to?url=/redirect-to%3Furl=foo:bar#part")
    assert caught.value.response.headers["Location"] == "foo:bar"
    assert [response.status_code for response in caught.value.history] == [302]


def test_d10_a_redirect_in_a_circle_says_which_way_it_went(http_app):
    """D10."""
    with pytest.raises(client.TooManyRedirects) as caught:
        client.get(f"{http_app.url}/redirect-to?url=%23frag")
    assert caught.value.response.headers["Location"] == "#frag"
    assert len(caught.value.history) == 30


# TLS, proxies, and what the environment may say


@pytest.mark.parametrize(
    "given", [{"verify": "/no/such/file"}, {"cert": "/no/such/file"}, {"cert": ("/no/such/file", "/no/such/key")}], ids=str
)
def test_d9_a_certificate_that_is_not_there_is_an_error_of_the_request_and_of_the_system(https_app, given):
    """D9: with requests it is a bare OSError."""
    with pytest.raises(client.RequestException) as caught:
        client.get(https_app.url, **given)
    assert isinstance(caught.value, OSError)
    assert "/no/such/file" in str(caught.value)


def test_d12_a_tunnel_is_asked_for_in_http_1_1_and_with_a_host(wire_server, ca):
    """D12: with requests it depends on the Python: HTTP/1.0 and no Host with 3.11, for one."""
    proxy = wire_server([TUNNEL, start_tls(ca.server_context("example.org")), OK])
    client.get("https://example.org/", proxies={"https": proxy.url}, verify=ca.file)
    connect = proxy.requests[0]
    assert (connect.method, connect.target, connect.version) == ("CONNECT", "example.org:443", "HTTP/1.1")
    assert connect.all("Host") == ["example.org:443"]


def test_d13_the_proxies_of_the_session_beat_those_of_the_environment(wire_server, monkeypatch):
    """D13."""
    wanted, other = wire_server(OK), wire_server(OK)
    monkeypatch.setenv("http_proxy", other.url)
    with client.Session() as session:
        session.proxies = {"http": wanted.url}
        session.get("http://example.org/")
    assert [request.target for request in wanted.requests] == ["http://example.org/"]
    assert other.requests == []


def test_d13_no_proxies_at_all_say_nothing(wire_server, http_app, monkeypatch):
    """D13: with requests an empty dict counts in `send`, and not in `get`. One scheme is switched off by None."""
    proxy = wire_server([OK, OK])
    monkeypatch.setenv("http_proxy", proxy.url)
    with client.Session() as session:
        request = client.Request("GET", f"{http_app.url}/echo").prepare()
        session.get(request.url, proxies={})
        session.send(request, proxies={})
        assert len(proxy.requests) == 2
        session.get(request.url, proxies={"http": None})
        session.send(request, proxies={"http": None})
        assert len(http_app.requests) == 2


@pytest.mark.parametrize("how", ["path", "switched off"])
def test_d14_what_the_session_trusts_is_not_for_the_environment_to_say(https_app, ca, stranger_ca, monkeypatch, how):
    """D14: with requests REQUESTS_CA_BUNDLE beats `session.verify`."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stranger_ca.file)
    with client.Session() as session:
        session.verify = ca.file if how == "path" else False
        assert session.get(f"{https_app.url}/json").json() == {"hello": "world"}


def test_d15_a_cookie_for_a_public_suffix_is_not_kept(http_app, dns):
    """D15: with requests evil.co.uk sets cookies for all of co.uk."""
    assert kept(http_app, dns, "a=1; Domain=co.uk", "b=2; Domain=evil.co.uk") == {"b": "2"}


@pytest.mark.parametrize("cookie", ["__Host-a=1", "__Secure-a=1", "__Host-a=1; Secure; Path=/; Domain=evil.co.uk"])
def test_d15_a_name_with_a_promise_is_kept_only_if_the_promise_is(http_app, dns, cookie):
    """D15: RFC 6265bis, section 4.1.3."""
    assert kept(http_app, dns, cookie) == {}


def test_d15_an_age_that_is_no_number_is_not_looked_at(http_app, dns):
    """D15: with requests the cookie is lost."""
    assert kept(http_app, dns, "a=1; Max-Age=abc") == {"a": "1"}


def kept(http_app, dns, *set_cookies):
    """The cookies that a session holds when evil.co.uk has set some."""
    dns["evil.co.uk"] = http_app

    @http_app.route("/set")
    def answer(request):
        return 200, [("Set-Cookie", value) for value in set_cookies], b""

    with client.Session() as session:
        session.get("http://evil.co.uk/set")
        return session.cookies.get_dict()


def test_d17_authorities_are_loaded_once_for_a_session(wire_server, ca, monkeypatch, tmp_path):
    """D17: requests loads the file again for every host."""
    loads = []
    load = ssl.SSLContext.load_verify_locations

    def counted(context, *arguments, **settings):
        loads.append(arguments or settings)
        return load(context, *arguments, **settings)

    context = ca.server_context()
    servers = [wire_server([OK, CLOSE], tls=context) for _ in range(3)]
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    with client.Session() as session:
        session.verify = shutil.copy(ca.file, tmp_path / "not-seen-before.pem")
        assert [session.get(server.url).text for server in servers] == ["ok"] * 3
    assert len(loads) == 1


# The package


def test_d18_it_loads_nothing_but_its_own_files_and_shares_none():
    """D18: what another package does to a third cannot change this one. With requests, its urllib3 is everybody's."""
    code = f"""if 1:
        import sys, {MODULE} as client
        client.get, client.packages.urllib3, client.utils, client.cookies, client.help if hasattr(client, "help") else None
        foreign = {{name.split(".")[0] for name, module in list(sys.modules.items())
                   if "site-packages" in (getattr(module, "__file__", None) or "") and not name.startswith({MODULE!r})}}
        borrowed = [name for name, module in list(sys.modules.items()) if name.startswith({MODULE!r})
                    and module.__name__ != name]
        print(sorted(foreign & {{"urllib3", "idna", "chardet", "charset_normalizer"}}), borrowed)
        """
    assert run_python(code, path=(ROOT,)) == "[] []\n"
