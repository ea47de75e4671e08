"""Where a response leads, with which method, and what does not go along."""

from __future__ import annotations

import gzip
import io
import os
import time
from urllib.parse import urlsplit

import pytest

import minireq
from minireq.adapters import BaseAdapter
from minireq.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ContentConsumedError,
    InvalidSchema,
    InvalidURL,
    RequestException,
    TooManyRedirects,
    UnrewindableBodyError,
)
from minireq.redirects import next_url

from .support.application import Application, Raw
from .support.scripted import SILENCE, say

ONE, TWO = "http://one.example", "http://two.example"


class Sites:
    """Servers, each an origin of its own; all know the same paths, and `lead` adds a path that leads elsewhere."""

    def __init__(self, start):
        self.app = Application()
        self._start = start
        self._servers = {}

    def lead(self, path, location, status=302, *fields):
        self.app.route(path)(lambda request: (status, [("Location", location), *fields], b"gone"))

    def __getitem__(self, origin):
        """The requests that an origin got; asking for it starts it."""
        if origin not in self._servers:
            self._servers[origin] = self._start(origin, self.app)
        return self._servers[origin].requests

    def stop(self, origin):
        self._servers[origin].stop()
        return self._servers[origin]


@pytest.fixture
def sites(wire_server, ca, dns, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca.file)

    def start(origin, app):
        url = urlsplit(origin)
        server = wire_server(app, repeat=True, tls=ca.server_context(url.hostname) if url.scheme == "https" else None)
        dns[url.hostname, url.port or {"http": 80, "https": 443}[url.scheme]] = server
        return server

    sites = Sites(start)
    for origin in (ONE, TWO):
        sites[origin]
    return sites


@pytest.fixture
def session():
    with minireq.Session() as session:
        yield session


# --- whether


@pytest.mark.parametrize("verb", ["get", "options", "post", "put", "patch", "delete"])
def test_redirects_are_followed(http_app, verb):
    """S110, S111."""
    response = getattr(minireq, verb)(f"{http_app.url}/redirect/2")
    assert (response.status_code, response.url) == (200, f"{http_app.url}/echo")
    assert [each.status_code for each in response.history] == [302, 302]
    assert [each.url for each in response.history] == [f"{http_app.url}/redirect/2", f"{http_app.url}/redirect/1"]
    assert [each.history for each in response.history] == [[], response.history[:1]]


@pytest.mark.parametrize("verb", ["get", "options", "post", "put", "patch", "delete"])
def test_they_are_not_when_told_so(http_app, verb):
    """S112."""
    response = getattr(minireq, verb)(f"{http_app.url}/redirect/2", allow_redirects=False)
    assert (response.status_code, response.history, response.is_redirect) == (302, [], True)


def test_head_follows_only_when_told_so(http_app):
    """S110, S113."""
    assert minireq.head(f"{http_app.url}/redirect/1").status_code == 302
    assert minireq.head(f"{http_app.url}/redirect/1", allow_redirects=True).status_code == 200
    with minireq.Session() as session:
        assert session.head(f"{http_app.url}/redirect/1").status_code == 302
        # As in requests: it is the verb that does not follow, not the method.
        assert session.request("HEAD", f"{http_app.url}/redirect/1").status_code == 200


def test_there_is_no_history_without_a_redirect(http_app):
    """S111."""
    assert minireq.get(f"{http_app.url}/json").history == []


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 404])
def test_other_statuses_with_a_location_are_not_followed(http_app, status):
    response = minireq.get(f"{http_app.url}/redirect-to?url=/echo&status={status}")
    assert (response.status_code, response.history, response.next) == (status, [], None)


@pytest.mark.parametrize("fields", [[], [("Location", "")]])
def test_a_redirect_that_leads_nowhere_is_the_answer(http_app, fields):
    http_app.route("/nowhere")(lambda request: (302, fields, b"body"))
    response = minireq.get(f"{http_app.url}/nowhere")
    assert (response.status_code, response.content, response.history) == (302, b"body", [])


def test_from_http_to_https(sites, session):
    """S114."""
    sites["https://one.example"]
    sites.lead("/secure", "https://one.example/echo", 301)
    response = session.get(f"{ONE}/secure")
    assert response.url == "https://one.example/echo"
    assert [each.status_code for each in response.history] == [301]


# --- how often


def test_31_redirects_are_too_many(http_app):
    """S115: 30 are followed, the 31st is not, which makes 31 requests."""
    assert len(minireq.get(f"{http_app.url}/redirect/30").history) == 30
    before = len(http_app.requests)
    with pytest.raises(TooManyRedirects, match=r"Exceeded 30 redirects\.") as caught:
        minireq.get(f"{http_app.url}/redirect/31")
    assert len(http_app.requests) - before == 31
    error = caught.value
    assert error.response.status_code == 302
    assert error.response.url == f"{http_app.url}/redirect/1"
    assert error.request is error.response.request
    assert [each.url for each in error.history] == [f"{http_app.url}/redirect/{n}" for n in range(31, 1, -1)]
    assert error.response.history == error.history


@pytest.mark.parametrize("location", ["/loop", "#part"])
def test_a_loop_ends(http_app, session, location):
    """D10."""
    http_app.route("/loop")(lambda request: (302, [("Location", location)], b""))
    session.max_redirects = 3
    with pytest.raises(TooManyRedirects) as caught:
        session.get(f"{http_app.url}/loop")
    assert len(http_app.requests) == 4
    assert len(caught.value.history) == 3


def test_none_may_be_allowed(http_app, session):
    session.max_redirects = 0
    with pytest.raises(TooManyRedirects) as caught:
        session.get(f"{http_app.url}/redirect/1")
    assert (len(http_app.requests), caught.value.history) == (1, [])


# --- where


@pytest.mark.parametrize(
    "asked, location, url",
    [
        ("/a/b?q=1", "/c", "/c"),
        ("/a/b", "c", "/a/c"),
        ("/a/b", "../c", "/c"),
        ("/a/b", "./c d", "/a/c%20d"),
        ("/a/b?q=1", "?q=2", "/a/b?q=2"),
        ("/a/b", "/%7Euser", "/~user"),
        ("/a/b", "/x%2Fy", "/x%2Fy"),
        ("/a/b", "/ü", "/%C3%BC"),  # sent as UTF-8
        ("/a/b", "  /c \t", "/c"),
        ("/a/b", "/c?q=ü&r=x y", "/c?q=%C3%BC&r=x%20y"),
        ("/a/b#part", "/c", "/c#part"),
        ("/a/b#part", "/c#other", "/c#other"),
        ("/a/b", "/c#other", "/c#other"),
        ("/a/b", "//two.example/c", f"{TWO}/c"),
        ("/a/b", "HTTP://two.example:80/c", f"{TWO}:80/c"),
        ("/a/b", "http://two.example", TWO),
    ],
)
def test_a_location_is_resolved(sites, session, asked, location, url):
    path = asked.partition("?")[0].partition("#")[0]
    sites.app.route(path)(lambda request: (302, [("Location", location.encode().decode("latin-1"))], b""))
    sites.app.route("/a/c")(lambda request: b"")
    if location.startswith("?"):
        sites.app.route(path)(lambda request: b"" if "q=2" in request.target else (302, [("Location", location)], b""))
    assert session.get(f"{ONE}{asked}").url == (url if url.startswith("http") else f"{ONE}{url}")


def test_a_location_in_latin_1_is_followed_too(http_app):
    http_app.route("/from")(lambda request: (302, [("Location", "/gr\xfcn")], b""))
    assert minireq.get(f"{http_app.url}/from").url == f"{http_app.url}/gr%C3%BCn"


@pytest.mark.parametrize(
    "base, asked, target, url",
    [
        ("http://h/a/b", "http://h/a/b", "c", "http://h/a/c"),
        ("http://h/a", "http://h/a#f", "/c", "http://h/c#f"),
        ("http://h/a", "http://h/a#f", "/c#", "http://h/c#f"),
        ("http://h/a", "http://h/a", "https://other", "https://other"),
        ("http://h/a", "http://h/a", "http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("https://h/a", "https://h/a#f", "//bücher.example/ü#ü", "https://xn--bcher-kva.example/%C3%BC#%C3%BC"),
        ("http://h/a", "http://h/a", "ü?ü", "http://h/%C3%BC?%C3%BC"),
        ("http://h/a", "http://h/a", "/a\\b", "http://h/a%5Cb"),
    ],
)
def test_the_next_url(base, asked, target, url):
    assert next_url(base, asked, target) == url


UNUSABLE = [
    ("foo:bar", InvalidSchema),
    ("ftp://two.example/", InvalidSchema),
    ("file:///etc/passwd", InvalidSchema),
    ("javascript:alert(1)", InvalidSchema),
    ("unix:/socket", InvalidSchema),
    ("http://[::1/", InvalidURL),
    ("http://two.example:port/", InvalidURL),
    ("http://two.example:99999/", InvalidURL),
    ("http://two\\@evil.example/", InvalidURL),
    ("//two\\@evil.example/", InvalidURL),
    ("http://two .example/", InvalidURL),
]


@pytest.mark.parametrize("location, error", UNUSABLE)
def test_an_unusable_location_is_an_error_that_carries_the_responses(http_app, location, error):
    """D10."""
    http_app.route("/first")(lambda request: (302, [("Location", "/second")], b""))
    http_app.route("/second")(lambda request: (302, [("Location", location)], b"the body"))
    with pytest.raises(error) as caught:
        minireq.get(f"{http_app.url}/first")
    assert caught.value.response.url == f"{http_app.url}/second"
    assert caught.value.response.content == b"the body"
    assert [each.url for each in caught.value.history] == [f"{http_app.url}/first"]
    assert caught.value.response.history == caught.value.history


@pytest.mark.parametrize("location, error", UNUSABLE)
def test_an_unusable_location_does_not_matter_to_who_does_not_follow(http_app, location, error):
    http_app.route("/first")(lambda request: (302, [("Location", location)], b"the body"))
    response = minireq.get(f"{http_app.url}/first", allow_redirects=False)
    assert (response.status_code, response.content) == (302, b"the body")
    if error is InvalidURL:
        assert response.next is None


def test_two_locations_that_differ_are_an_error(http_app):
    """D10."""
    http_app.route("/two")(lambda request: (302, [("Location", "/a"), ("Location", "/b")], b""))
    with pytest.raises(InvalidURL, match="two Locations that differ") as caught:
        minireq.get(f"{http_app.url}/two")
    assert caught.value.response.status_code == 302
    assert caught.value.history == []


def test_two_locations_that_agree_are_one(http_app):
    http_app.route("/two")(lambda request: (302, [("Location", "/a"), ("Location", "/a")], b""))
    assert minireq.get(f"{http_app.url}/two").url == f"{http_app.url}/a"


def test_an_error_on_the_way_is_an_ordinary_one(http_app, refused_port):
    with pytest.raises(ConnectionError) as caught:
        minireq.get(f"{http_app.url}/redirect-to?url=http://127.0.0.1:{refused_port}/x")
    assert caught.value.request.url == f"http://127.0.0.1:{refused_port}/x"


# --- the method and the body

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
#        next method and whether the body goes along, for each of METHODS
TABLE = {
    301: ["GET -", "HEAD -", "GET -", "PUT body", "PATCH body", "DELETE body", "OPTIONS body"],  # D6
    302: ["GET -", "HEAD -", "GET -", "GET -", "GET -", "GET -", "GET -"],
    303: ["GET -", "HEAD -", "GET -", "GET -", "GET -", "GET -", "GET -"],
    307: [f"{method} body" for method in METHODS],
    308: [f"{method} body" for method in METHODS],
}


@pytest.mark.parametrize(
    "status, method, expected", [(status, method, row[n]) for status, row in TABLE.items() for n, method in enumerate(METHODS)]
)
def test_the_method_and_the_body_of_the_next_request(http_app, status, method, expected):
    """D6."""
    http_app.route("/from")(lambda request: (status, [("Location", "/to")], b""))
    response = minireq.request(method, f"{http_app.url}/from", json={"a": 1}, headers={"X-Mine": "yes"})
    first, second = http_app.requests
    next_method, body = expected.split()
    assert first.body == b'{"a": 1}'
    assert second.method == response.request.method == next_method
    assert second.body == (b'{"a": 1}' if body == "body" else b"")
    assert second["Content-Type"] == ("application/json" if body == "body" else None)
    assert second["Content-Length"] == ("8" if body == "body" else None)
    assert second["X-Mine"] == "yes"


@pytest.mark.parametrize("status", TABLE)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_no_body_stays_no_body(http_app, status, method):
    http_app.route("/from")(lambda request: (status, [("Location", "/to")], b""))
    minireq.request(method, f"{http_app.url}/from")
    second = http_app.requests[1]
    assert (second.body, second["Content-Length"]) == (b"", "0" if second.method == method else None)


@pytest.mark.parametrize("status", [302, 303])
def test_the_chunked_coding_goes_with_the_body(http_app, status):
    http_app.route("/from")(lambda request: (status, [("Location", "/to")], b""))
    assert minireq.post(f"{http_app.url}/from", data=iter(["a", "b"])).status_code == 200
    assert (http_app.requests[1].method, http_app.requests[1]["Transfer-Encoding"]) == ("GET", None)


class Reusable:
    """An iterable that begins anew each time."""

    def __iter__(self):
        return iter([b"bo", b"dy"])


def at_3():
    file = io.BytesIO(b"notbody")
    file.seek(3)
    return file


@pytest.mark.parametrize(
    "make", [lambda: "body", lambda: b"body", lambda: io.BytesIO(b"body"), at_3, Reusable, lambda: io.StringIO("body")]
)
@pytest.mark.parametrize("status, method", [(307, "POST"), (308, "PUT"), (301, "PATCH")])
def test_a_body_that_can_be_repeated_is_sent_at_each_hop(http_app, make, status, method):
    http_app.route("/first")(lambda request: (status, [("Location", "/second")], b""))
    http_app.route("/second")(lambda request: (status, [("Location", "/third")], b""))
    minireq.request(method, f"{http_app.url}/first", data=make())
    assert [request.body for request in http_app.requests] == [b"body"] * 3
    assert {request.method for request in http_app.requests} == {method}


def test_a_form_with_files_is_sent_again(http_app):
    http_app.route("/first")(lambda request: (307, [("Location", "/second")], b""))
    minireq.post(f"{http_app.url}/first", files={"f": io.BytesIO(b"content")})
    first, second = http_app.requests
    assert b"content" in first.body
    assert first.body == second.body


def generator():
    yield b"body"


class Pipe(io.RawIOBase):
    """A file that has no way back."""

    def __init__(self):
        self._left = [b"bo", b"dy"]

    def readable(self):
        return True

    def read(self, size=-1):
        return self._left.pop(0) if self._left else b""

    def tell(self):
        raise OSError("a pipe")

    def seek(self, *position):
        raise OSError("a pipe")


@pytest.mark.parametrize("make", [generator, lambda: iter([b"body"]), lambda: map(bytes, [b"body"]), Pipe])
@pytest.mark.parametrize("status, method", [(307, "POST"), (308, "PUT"), (301, "DELETE")])
def test_a_body_that_cannot_be_repeated_is_an_error(http_app, make, status, method):
    """D4, D6."""
    http_app.route("/first")(lambda request: (status, [("Location", "/second")], b""))
    with pytest.raises(UnrewindableBodyError) as caught:
        minireq.request(method, f"{http_app.url}/first", data=make())
    assert isinstance(caught.value, RequestException)
    assert caught.value.request is not None
    assert [request.body for request in http_app.requests] == [b"body"]


def test_a_file_that_was_closed_meanwhile_is_an_error(http_app):
    file = io.BytesIO(b"body")

    @http_app.route("/first")
    def first(request):
        file.close()
        return 307, [("Location", "/second")], b""

    with pytest.raises(UnrewindableBodyError, match="rewinding"):
        minireq.post(f"{http_app.url}/first", data=file)


# --- credentials

# From http://one.example, or https where it says so: what is another origin, and what is not.
STRANGERS = [
    (ONE, TWO),
    (ONE, "http://sub.one.example"),
    ("http://sub.one.example", ONE),
    (ONE, "http://one.example:8080"),
    ("http://one.example:8080", ONE),
    ("https://one.example", ONE),
    (ONE, "https://two.example"),
    (ONE, "https://one.example:8443"),
    ("https://one.example", "https://one.example:8443"),
]
FRIENDS = [(ONE, ONE), ("https://one.example", "https://one.example"), (ONE, "https://one.example")]
SECRETS = {"Authorization": "Bearer secret", "Cookie": "a=secret", "Host": "virtual.example", "Proxy-Authorization": "Basic secret"}


def ids(pair):
    return " to ".join(pair)


@pytest.mark.parametrize("old, new", STRANGERS)
def test_another_origin_is_told_no_secrets(sites, session, old, new):
    """S054."""
    sites[old], sites[new]
    sites.lead("/from", f"{new}/to")
    session.get(f"{old}/from", headers={**SECRETS, "X-Custom": "kept"}, cookies={"b": "secret"})
    (request,) = [request for request in sites[new] if request.target == "/to"]
    assert b"secret" not in request.raw
    assert request["Host"] == urlsplit(new).netloc
    assert request["X-Custom"] == "kept"  # S057: what is not known to be a secret goes along


@pytest.mark.parametrize("old, new", STRANGERS)
def test_neither_auth_nor_the_urls_user_go_to_another_origin(sites, session, old, new):
    """S054."""
    sites[old], sites[new]
    sites.lead("/from", f"{new}/to")
    session.get(f"{old}/from", auth=("user", "pass"))
    session.get(old.replace("//", "//user:pass@") + "/from")
    assert [request["Authorization"] for request in sites[old] if request.target == "/from"] == ["Basic dXNlcjpwYXNz"] * 2
    assert [request["Authorization"] for request in sites[new] if request.target == "/to"] == [None] * 2


@pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION", "cookie", "proxy-authorization"])
def test_letter_case_hides_no_secret(sites, session, name):
    sites.lead("/from", f"{TWO}/to")
    session.get(f"{ONE}/from", headers={name: "secret"})
    assert b"secret" not in sites[TWO][0].raw


@pytest.mark.parametrize("old, new", FRIENDS)
def test_the_same_origin_or_its_secure_form_keeps_them(sites, session, old, new):
    sites[old], sites[new]
    sites.lead("/from", f"{new}/to")
    session.get(f"{old}/from", auth=("user", "pass"), cookies={"a": "1"}, headers={"Host": "virtual.example"})
    (request,) = [request for request in sites[new] if request.target == "/to"]
    assert request["Authorization"] == "Basic dXNlcjpwYXNz"
    assert request["Cookie"] == "a=1"
    assert request["Host"] == "virtual.example"


def test_what_was_dropped_does_not_come_back(sites, session):
    """From one to two, within two, and back to one."""
    sites.lead("/a", f"{TWO}/b")
    sites.lead("/b", "/c", 307)
    sites.lead("/c", f"{ONE}/d")
    response = session.get(f"{ONE}/a", auth=("user", "pass"), cookies={"b": "secret"}, headers={"Host": "virtual.example"})
    assert [each.url for each in [*response.history, response]] == [f"{ONE}/a", f"{TWO}/b", f"{TWO}/c", f"{ONE}/d"]
    for request in [*sites[TWO], sites[ONE][1]]:
        assert (request["Authorization"], request["Cookie"]) == (None, None)
    assert [request["Host"] for request in [*sites[TWO], sites[ONE][1]]] == ["two.example", "two.example", "one.example"]


def test_the_jar_decides_anew_for_each_hop(sites, session):
    """S181: the cookies of the session belong to their hosts, and come back with them."""
    sites.lead("/a", f"{TWO}/b", 302, ("Set-Cookie", "by=one; Path=/"))
    sites.lead("/b", f"{ONE}/c", 302, ("Set-Cookie", "by=two; Path=/"))
    session.cookies.set("mine", "1", domain="one.example")
    session.get(f"{ONE}/a")
    assert [set(request["Cookie"].split("; ")) for request in sites[ONE]] == [{"mine=1"}, {"mine=1", "by=one"}]
    assert [request["Cookie"] for request in sites[TWO]] == [None]
    assert {(cookie.domain, cookie.value) for cookie in session.cookies} == {
        ("one.example", "1"),
        ("one.example", "one"),
        ("two.example", "two"),
    }


def test_a_cookie_of_a_redirect_is_sent_with_the_next_request(http_app):
    """S181: also without a session of one's own."""
    response = minireq.get(f"{http_app.url}/cookies/set?a=1&b=2", cookies={"c": "3"})
    assert response.json() == {"a": "1", "b": "2", "c": "3"}
    assert dict(response.history[0].cookies) == {"a": "1", "b": "2"}


def test_no_referer_is_made_up(sites, session):
    sites.lead("/from", f"{TWO}/to")
    session.get(f"{ONE.replace('//', '//user:secret@')}/from")
    assert sites[TWO][0]["Referer"] is None


# --- netrc


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    def write(text):
        (tmp_path / "netrc").write_text(text)
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    return write


def test_netrc_credentials_do_not_go_to_another_host(sites, session, netrc):
    netrc("machine one.example login user password pass")
    sites.lead("/from", f"{TWO}/to")
    session.get(f"{ONE}/from")
    assert sites[ONE][0]["Authorization"] == "Basic dXNlcjpwYXNz"
    assert sites[TWO][0]["Authorization"] is None


def test_the_next_host_has_its_own_entry(sites, session, netrc):
    # Downloads that begin at one host and log in at another work this way.
    netrc("machine two.example login user password pass")
    sites.lead("/from", f"{TWO}/to")
    session.get(f"{ONE}/from")
    assert sites[ONE][0]["Authorization"] is None
    assert sites[TWO][0]["Authorization"] == "Basic dXNlcjpwYXNz"


def test_netrc_does_not_take_the_place_of_auth_at_the_next_hop(sites, session, netrc):
    netrc("machine one.example login netrc password netrc")
    sites.lead("/from", "/to")
    session.get(f"{ONE}/from", auth=("user", "pass"))
    assert [request["Authorization"] for request in sites[ONE]] == ["Basic dXNlcjpwYXNz"] * 2


def test_netrc_is_not_read_without_trust_env(sites, session, netrc):
    netrc("machine two.example login user password pass")
    session.trust_env = False
    session.verify = False
    sites.lead("/from", f"{TWO}/to")
    session.get(f"{ONE}/from")
    assert sites[TWO][0]["Authorization"] is None


# --- the bodies of redirects


def test_a_short_body_is_read_and_its_connection_serves_again(http_app, session):
    """64 KiB are read, whatever their framing."""
    http_app.route("/a")(lambda request: (302, [("Location", "/b")], b"x" * 65536))
    http_app.route("/b")(lambda request: (302, [("Location", "/c")], [b"some", b" chunks"]))
    http_app.route("/c")(lambda request: (302, [("Location", "/echo"), ("Content-Encoding", "gzip")], gzip.compress(b"coded")))
    response = session.get(f"{http_app.url}/a")
    assert [each.content for each in response.history] == [b"x" * 65536, b"some chunks", b"coded"]
    assert len(http_app.connections) == 1


@pytest.mark.parametrize("hop", ["/first", "/second"])
@pytest.mark.parametrize(
    "answer",
    [
        (302, [("Location", "/echo")], b"x" * 10_000_000),
        (302, [("Location", "/echo")], [b"x" * 1000] * 10_000),
        (302, [("Location", "/echo"), ("Content-Encoding", "gzip")], gzip.compress(os.urandom(5_000_000))),
    ],
    ids=["of known length", "in chunks", "coded"],
)
def test_a_long_body_is_dropped_with_its_connection(http_app, session, answer, hop):
    http_app.route("/first")(lambda request: answer if hop == "/first" else (302, [("Location", "/second")], b""))
    http_app.route("/second")(lambda request: answer)
    response = session.get(f"{http_app.url}/first")
    assert (response.status_code, response.url) == (200, f"{http_app.url}/echo")
    assert len(http_app.connections) == 2
    with pytest.raises(ContentConsumedError):
        response.history[-1].content


@pytest.mark.parametrize("hop", ["/first", "/second"])
def test_a_bomb_is_dropped(http_app, session, hop):
    bomb = (302, [("Location", "/echo"), ("Content-Encoding", "gzip")], gzip.compress(b"x" * 10_000_000))
    http_app.route("/first")(lambda request: bomb if hop == "/first" else (302, [("Location", "/second")], b""))
    http_app.route("/second")(lambda request: bomb)
    with pytest.raises(ContentConsumedError):
        session.get(f"{http_app.url}/first").history[-1].content


def test_a_body_that_does_not_come_is_not_waited_for(wire_server, session):
    server = wire_server(
        [b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 10\r\n\r\n", say(b"half"), SILENCE],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    )
    start = time.monotonic()
    response = session.get(f"{server.url}/a", timeout=30)
    assert response.content == b"ok"
    assert time.monotonic() - start < 5
    with pytest.raises(ContentConsumedError):
        response.history[0].content
    server.wait_until_closed(0)


def test_a_damaged_body_of_a_redirect_is_no_error(http_app, session):
    @http_app.route("/a")
    def a(request):
        return Raw(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 10\r\n\r\nshort")

    http_app.route("/b")(lambda request: (302, [("Location", "/echo"), ("Content-Encoding", "gzip")], b"not gzip"))
    assert session.get(f"{http_app.url}/a").status_code == 200


def test_a_stream_follows_too_and_leaves_only_the_last_body_unread(http_app, session):
    with session.get(f"{http_app.url}/redirect-to?url=/bytes/100000", stream=True) as response:
        assert not response.raw.closed
        assert response.history[0].raw.closed
        assert len(response.content) == 100000
    assert len(http_app.connections) == 1


def test_a_hook_may_have_read_the_body(http_app, session):
    http_app.route("/a")(lambda request: (302, [("Location", "/echo")], b"x" * 100000))
    response = session.get(f"{http_app.url}/a", hooks={"response": lambda r, **kwargs: r.content and None})
    assert response.history[0].content == b"x" * 100000
    assert len(http_app.connections) == 1


class Leading(BaseAdapter):
    """Answers as test tools do, with a file for a body, and leads to where another answers."""

    def __init__(self, raw):
        super().__init__()
        self.raw = raw

    def send(self, request, **settings):
        response = minireq.Response()
        response.status_code = 302 if request.url == "mem://first" else 200
        response.headers["Location"] = "mem://second"
        response.raw, response.url, response.request = self.raw(), request.url, request
        return response

    def close(self):
        pass


class Broken:
    def stream(self, amt, decode_content):
        raise ChunkedEncodingError("cut")

    def close(self):
        pass


@pytest.mark.parametrize("raw, bodies", [(lambda: io.BytesIO(b"body"), [b"body", b"body"]), (Broken, None)])
def test_bodies_of_other_adapters_are_read_too(session, raw, bodies):
    session.mount("mem://", Leading(raw))
    with session.get("mem://first", stream=True) as response:
        assert response.url == "mem://second"
        if bodies:
            assert [response.history[0].content, response.content] == bodies
        else:
            with pytest.raises(RequestException):
                response.history[0].content


# --- one step at a time


def test_next_is_the_request_that_would_be_sent(http_app, session):
    response = session.get(f"{http_app.url}/redirect/2", allow_redirects=False)
    assert isinstance(response.next, minireq.PreparedRequest)
    assert (response.next.method, response.next.url) == ("GET", f"{http_app.url}/redirect/1")
    while response.next is not None:
        response = session.send(response.next, allow_redirects=False)
    assert response.url == f"{http_app.url}/echo"


def test_next_is_made_by_the_same_rules(sites, session):
    sites.lead("/from", f"{TWO}/to", 303)
    following = session.post(f"{ONE}/from", data="body", auth=("user", "pass"), allow_redirects=False).next
    assert (following.method, following.url, following.body) == ("GET", f"{TWO}/to", None)
    assert not {"Authorization", "Content-Length"} & set(following.headers)


def test_there_is_no_next_after_the_end(http_app):
    assert minireq.get(f"{http_app.url}/redirect/1").next is None
    assert minireq.get(f"{http_app.url}/json", allow_redirects=False).next is None


def test_a_body_that_cannot_be_repeated_has_no_next(http_app):
    http_app.route("/first")(lambda request: (307, [("Location", "/second")], b""))
    assert minireq.post(f"{http_app.url}/first", data=generator(), allow_redirects=False).next is None


def test_the_generator_of_responses_can_be_used_by_itself(http_app, session):
    first = session.get(f"{http_app.url}/redirect/2", allow_redirects=False)
    assert [each.url for each in session.resolve_redirects(first, first.request)] == [
        f"{http_app.url}/redirect/1",
        f"{http_app.url}/echo",
    ]


# --- what goes along


def test_settings_of_the_call_hold_for_every_hop(sites, session, ca, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    sites["https://one.example"]
    sites.lead("/secure", "https://one.example/echo")
    assert session.get(f"{ONE}/secure", verify=ca.file, timeout=(5, 5)).status_code == 200
    seen = []
    session.get(f"{ONE}/secure", verify=ca.file, timeout=7, hooks={"response": lambda r, **settings: seen.append(settings)})
    assert [(settings["verify"], settings["timeout"]) for settings in seen] == [(ca.file, 7)] * 2
    with pytest.raises(minireq.exceptions.SSLError):
        session.get(f"{ONE}/secure")


# --- the parts that programs override


@pytest.mark.parametrize("old, new", [pytest.param(*pair, id=ids(pair)) for pair in STRANGERS])
def test_should_strip_auth_says_yes(session, old, new):
    assert session.should_strip_auth(f"{old}/a", f"{new}/b") is True


@pytest.mark.parametrize(
    "old, new",
    [
        *FRIENDS,
        ("http://one.example:80", "https://one.example:443"),
        ("https://one.example", "https://one.example:443"),
        ("http://ONE.example", "http://one.EXAMPLE"),
        ("http://user@one.example", "http://one.example"),
    ],
)
def test_should_strip_auth_says_no(session, old, new):
    assert session.should_strip_auth(f"{old}/a", f"{new}/b") is False


def test_a_subclass_chooses_the_target(http_app):
    class Elsewhere(minireq.Session):
        def get_redirect_target(self, resp):
            return "/elsewhere" if resp.status_code == 200 and resp.url.endswith("/json") else super().get_redirect_target(resp)

    with Elsewhere() as session:
        first = session.get(f"{http_app.url}/redirect-to?url=/chosen")
        assert first.url == f"{http_app.url}/chosen"


def test_a_subclass_keeps_credentials_and_method(sites):
    class Trusting(minireq.Session):
        def rebuild_auth(self, prepared_request, response):
            pass

        def rebuild_method(self, prepared_request, response):
            pass

    sites.lead("/from", f"{TWO}/to", 302)
    with Trusting() as session:
        session.post(f"{ONE}/from", auth=("user", "pass"))
    assert (sites[TWO][0].method, sites[TWO][0]["Authorization"]) == ("POST", "Basic dXNlcjpwYXNz")


def test_a_subclass_strips_less(sites):
    class Family(minireq.Session):
        def should_strip_auth(self, old_url, new_url):
            return not urlsplit(new_url).hostname.endswith(".example")

    sites.lead("/from", f"{TWO}/to")
    with Family() as session:
        session.get(f"{ONE}/from", auth=("user", "pass"))
    assert sites[TWO][0]["Authorization"] == "Basic dXNlcjpwYXNz"


def test_a_response_that_was_made_by_hand_needs_no_url():
    assert next_url(None, "", "http://example.org/") == "http://example.org/"
