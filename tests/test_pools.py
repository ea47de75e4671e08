"""Managers and pools: ways to servers for the adapter, something to ask for programs, and what urllib3's arguments mean."""

from __future__ import annotations

import io
import socket
import ssl
from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3

from minireq.exceptions import (
    ConnectionError,
    ConnectTimeout,
    InvalidArgument,
    InvalidHeader,
    InvalidMethod,
    InvalidProxyURL,
    InvalidURL,
    ProxyError,
    ReadTimeout,
    RetryError,
    SSLError,
)
from minireq.packages.urllib3.exceptions import DecodeError
from minireq.packages.urllib3.util import Timeout
from minireq.pools import (
    HTTPConnectionPool,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    proxy_from_url,
    retry_of,
    timeouts_of,
    tls_settings,
)
from minireq.wire import NO_RETRIES, Proxy, Retry, Timeouts, TLSSettings

from .support.scripted import CLOSE, SILENCE
from .support.socks import socks5

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def manager():
    with PoolManager() as manager:
        yield manager


@pytest.fixture
def managed():
    """Makes managers, and clears them in the end."""
    made = []

    def make(**settings):
        made.append(PoolManager(**settings))
        return made[-1]

    yield make
    for manager in made:
        manager.clear()


# Making a manager.


def test_a_manager_remembers_what_it_was_made_with():
    manager = PoolManager(5, {"X-A": "b"}, maxsize=2, block=True)
    assert (manager.num_pools, manager.headers, manager.proxy) == (5, {"X-A": "b"}, None)
    assert manager.connection_pool_kw == {"maxsize": 2, "block": True}
    assert PoolManager().headers == {}


def test_settings_that_mean_nothing_here_are_accepted():
    PoolManager(timeout=3, retries=2, strict=True, blocksize=1, ssl_version=None)


def test_settings_that_nobody_knows_are_refused():
    with pytest.raises(InvalidArgument, match="a pool has no settings called maxsise, verify"):
        PoolManager(maxsise=3, verify=False)


def test_it_is_cleared_and_used_again(manager, http_app):
    for _ in range(2):
        pool = manager.connection_from_url(http_app.url)
        assert pool.urlopen("GET", "/bytes/3").data == b"xxx"
        pool.close()
    assert len(http_app.connections) == 2


# Routes, for the adapter.


@pytest.mark.parametrize(
    "url, shown, host",
    [
        ("http://example.org/a?b#c", "<Route http://example.org:80>", "example.org"),
        ("http://example.org:80/", "<Route http://example.org:80>", "example.org"),
        ("HTTP://EXAMPLE.org:8080", "<Route http://example.org:8080>", "example.org:8080"),
        ("https://example.org/", "<Route https://example.org:443>", "example.org"),
        ("http://[::1]:8080/", "<Route http://[::1]:8080>", "[::1]:8080"),
        ("http://user:pass@example.org/", "<Route http://example.org:80>", "example.org"),
    ],
)
def test_the_way_to_a_url(manager, url, shown, host):
    route, value_of_host = manager.route(url, True, None)
    assert (repr(route), value_of_host) == (shown, host)
    assert (route.tls is None) is (route.scheme == "http")


@pytest.mark.parametrize("url", ["", "example.org", "/a", "http:///a", "ftp://example.org/", "http://:80/"])
def test_where_no_way_leads_to(manager, url):
    with pytest.raises(InvalidURL):
        manager.route(url, True, None)


def test_a_way_is_found_once_for_the_same_settings(manager, ca):
    route, _ = manager.route("https://example.org/a", ca.file, None)
    assert manager.route("https://example.org/b?c", ca.file, None)[0] is route
    assert manager.route("https://example.org/a", True, None)[0] != route
    assert manager.route("https://example.org/a", False, None)[0] != route
    mine = ca.certificate("me")
    listed = manager.route("https://example.org/a", ca.file, [mine.file, mine.key])[0]
    assert listed is manager.route("https://example.org/a", ca.file, (mine.file, mine.key))[0]


def test_a_way_is_found_anew_when_the_settings_have_changed(managed):
    manager = managed(assert_hostname="a")
    assert manager.route("https://example.org/", False, None)[0].tls.assert_hostname == "a"
    manager.connection_pool_kw["assert_hostname"] = "b"
    assert manager.route("https://example.org/", False, None)[0].tls.assert_hostname == "b"
    del manager.connection_pool_kw["assert_hostname"]
    assert manager.route("https://example.org/", False, None)[0].tls.assert_hostname is None


@pytest.mark.parametrize("verify, cert", [({}, None), ([], None), (True, {}), (True, ([], []))])
def test_settings_that_are_none_are_refused(manager, verify, cert):
    with pytest.raises(InvalidArgument):
        manager.route("https://example.org/", verify, cert)


def test_ways_do_not_pile_up(manager):
    for number in range(1500):
        manager.route(f"http://host{number}.example/", True, None)
    assert len(manager._routes) <= 1000


@pytest.mark.parametrize(
    "mine, verify, cert, expected",
    [
        ({"ca_certs": "/mine"}, True, None, {"verify": True, "authorities": "/mine"}),
        ({"ca_certs": "/mine"}, None, None, {"verify": True, "authorities": "/mine"}),
        ({"ca_certs": "/mine"}, "CA", None, {"verify": True, "authorities": "CA"}),
        ({"ca_cert_dir": "/mine"}, "CA", None, {"verify": True, "authorities": "CA"}),
        ({"ca_certs": "/mine"}, False, None, {"verify": False}),
        ({"cert_reqs": "CERT_NONE"}, True, None, {"verify": True}),
        ({"cert_reqs": ssl.CERT_NONE}, "CA", None, {"verify": True, "authorities": "CA"}),
        ({"cert_reqs": "CERT_REQUIRED"}, False, None, {"verify": False}),
        ({"cert_file": "/me", "key_file": "/key"}, True, None, {"certificate": "/me", "key": "/key"}),
        (
            {"cert_file": "/me", "key_file": "/key", "key_password": "x"},
            True,
            "CA",
            {"certificate": "CA", "key": None, "password": None},
        ),
        ({"assert_hostname": "a", "assert_fingerprint": "b"}, "CA", None, {"assert_hostname": "a", "assert_fingerprint": "b"}),
        ({"assert_hostname": False, "server_hostname": None}, True, None, {"assert_hostname": False, "server_hostname": None}),
    ],
)
def test_what_a_call_says_of_trust_beats_what_its_manager_says(managed, ca, mine, verify, cert, expected):
    def path(value):
        return ca.file if value == "CA" else value

    route, _ = managed(**mine).route("https://example.org/", path(verify), path(cert))
    assert {name: getattr(route.tls, name) for name in expected} == {name: path(value) for name, value in expected.items()}


# Proxies.


@pytest.mark.parametrize(
    "url, proxy",
    [
        ("http://proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("http://proxy.example", Proxy("http", "proxy.example", 80)),
        ("proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("http://[::1]:3128", Proxy("http", "::1", 3128)),
        ("https://proxy.example", Proxy("https", "proxy.example", 443)),
        ("http://user:pass@proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("socks5://proxy.example", Proxy("socks5", "proxy.example", 1080)),
        ("socks5h://user:p%40ss@proxy.example:9050", Proxy("socks5h", "proxy.example", 9050, (), "user", "p@ss")),
        ("socks4a://user@proxy.example", Proxy("socks4a", "proxy.example", 1080, (), "user", "")),
    ],
)
def test_the_url_of_a_proxy_is_taken_apart(url, proxy):
    assert proxy_from_url(url)._by == proxy


@pytest.mark.parametrize("url", ["", "http://", "http://:3128", "ftp://proxy.example", "http://a b/", "socks5:"])
def test_the_url_of_no_proxy_is_refused(url):
    with pytest.raises(InvalidProxyURL):
        proxy_from_url(url)


def test_a_proxy_alone_sees_its_headers():
    manager = ProxyManager("http://proxy.example", proxy_headers={b"X-Proxy": b"caf\xe9", "Y": "z"}, maxsize=5)
    assert manager._by.fields == (("X-Proxy", "café"), ("Y", "z"))
    assert manager.proxy_headers == {b"X-Proxy": b"caf\xe9", "Y": "z"}
    assert manager.proxy.host == manager.connection_from_url("http://example.org/").proxy.host == "proxy.example"


def test_credentials_that_only_the_proxy_sees_may_come_with_the_request():
    manager = proxy_from_url("http://proxy.example")
    assert manager.route("http://example.org/", True, None, "Basic x")[0].proxy.fields == (("Proxy-Authorization", "Basic x"),)
    with_its_own = proxy_from_url("http://proxy.example", proxy_headers={"Proxy-Authorization": "Basic y"})
    assert with_its_own.route("http://example.org/", True, None, "Basic x")[0].proxy.fields == (("Proxy-Authorization", "Basic y"),)


def test_a_pool_by_a_proxy_asks_it(wire_server):
    proxy = wire_server([OK, OK])
    with proxy_from_url(proxy.url, proxy_headers={"Proxy-Authorization": "Basic x"}) as manager:
        assert manager.urlopen("GET", "http://example.org/a?b#c").data == b"ok"
        manager.connection_from_url("http://example.org/").urlopen("GET", "http://example.org/d").close()
    assert [request.target for request in proxy.requests] == ["http://example.org/a?b", "http://example.org/d"]
    assert proxy.requests[0]["Host"] == "example.org"
    assert proxy.requests[0]["Proxy-Authorization"] == "Basic x"


def test_a_socks_proxy_is_asked_as_the_server_is(wire_server):
    heard = []
    proxy = wire_server([socks5(heard), OK])
    with proxy_from_url(f"socks5h://{proxy.host}:{proxy.port}") as manager:
        assert manager.urlopen("GET", "http://example.org/a?b").data == b"ok"
    assert heard[0].host == "example.org"
    assert proxy.requests[0].target == "/a?b"


# Pools, for programs.


@pytest.mark.parametrize(
    "ask, shown",
    [
        (lambda manager: manager.connection_from_url("http://example.org/a"), "HTTPConnectionPool(host='example.org', port=80)"),
        (lambda manager: manager.connection_from_url("https://example.org/a"), "HTTPSConnectionPool(host='example.org', port=443)"),
        (lambda manager: manager.connection_from_host("example.org"), "HTTPConnectionPool(host='example.org', port=80)"),
        (
            lambda manager: manager.connection_from_host("example.org", 8080, None),
            "HTTPConnectionPool(host='example.org', port=8080)",
        ),
        (lambda manager: manager.connection_from_host("e", scheme="HTTPS"), "HTTPSConnectionPool(host='e', port=443)"),
        (lambda manager: HTTPSConnectionPool("example.org"), "HTTPSConnectionPool(host='example.org', port=443)"),
        (lambda manager: HTTPConnectionPool("example.org", 8080), "HTTPConnectionPool(host='example.org', port=8080)"),
    ],
)
def test_the_pool_of_a_server(manager, ask, shown):
    assert repr(ask(manager)) == shown


@pytest.mark.parametrize("host", [None, ""])
def test_there_is_none_of_no_server(manager, host):
    with pytest.raises(InvalidURL, match="No host specified"):
        manager.connection_from_host(host)


def test_a_pools_settings_are_its_managers_unless_it_has_its_own(managed):
    manager = managed(assert_hostname="a", ca_certs="b")
    pool = manager.connection_from_host("example.org", scheme="https", pool_kwargs={"ca_certs": "c", "cert_reqs": "CERT_NONE"})
    assert (pool.assert_hostname, pool.ca_certs, pool.cert_reqs, pool.ca_cert_dir) == ("a", "c", "CERT_NONE", None)
    assert pool.conn_kw["ca_certs"] == "c"


@pytest.mark.parametrize(
    "arguments, body, framing",
    [
        ({}, b"", {"Content-Length": "0"}),
        ({"body": b"data"}, b"data", {"Content-Length": "4"}),
        ({"body": "größe"}, "größe".encode(), {"Content-Length": "7"}),
        ({"body": b"data", "chunked": True}, b"data", {"Transfer-Encoding": "chunked", "Content-Length": None}),
        ({"body": iter([b"da", b"ta"])}, b"data", {"Transfer-Encoding": "chunked", "Content-Length": None}),
        ({"body": io.BytesIO(b"data")}, b"data", {"Transfer-Encoding": "chunked", "Content-Length": None}),
        ({"body": io.BytesIO(b"data"), "headers": {"Content-Length": "4"}}, b"data", {"Content-Length": "4"}),
    ],
    ids=["none", "bytes", "text", "bytes, chunked", "iterator", "file", "file of known length"],
)
def test_a_body_is_framed(manager, http_app, arguments, body, framing):
    if not arguments:
        arguments = {"headers": {"Content-Length": "0"}}
    manager.connection_from_url(http_app.url).urlopen("POST", "/a", **arguments).close()
    assert http_app.requests[0].body == body
    assert {name: http_app.requests[0][name] for name in framing} == framing


def test_a_manager_asks_for_a_url_with_its_headers(managed, http_app):
    manager = managed(headers={"X-A": "b"})
    assert manager.urlopen("GET", f"{http_app.url}/bytes/3?a#b").data == b"xxx"
    manager.urlopen("GET", f"{http_app.url}/bytes/3", headers={"X-B": "c"}).close()
    first, second = http_app.requests
    assert (first.target, first["X-A"], second["X-A"], second["X-B"]) == ("/bytes/3?a", "b", None, "c")
    assert first["Host"] == f"127.0.0.1:{http_app.port}"


def test_a_redirect_is_not_followed(manager, http_app):
    assert manager.urlopen("GET", f"{http_app.url}/redirect/3").status == 302


@pytest.mark.parametrize("decode, body", [(True, b'{"hello": "world"}'), (False, None)])
def test_a_body_is_decoded_unless_that_is_not_wanted(manager, http_app, decode, body):
    raw = manager.urlopen("GET", f"{http_app.url}/gzip", decode_content=decode)
    assert raw.read().startswith(body or b"\x1f\x8b")


def test_a_response_of_a_pool_is_read_as_one_of_urllib3(manager, http_app):
    raw = manager.connection_from_url(http_app.url).urlopen("GET", "/bytes/5", preload_content=False)
    assert (raw.status, raw.reason, raw.version, raw.geturl()) == (200, "OK", 11, "/bytes/5")
    assert list(raw.stream(2)) == [b"xx", b"xx", b"x"]
    raw.release_conn()
    manager.connection_from_url(http_app.url).urlopen("GET", "/").close()
    assert len(http_app.connections) == 1


@pytest.mark.parametrize(
    "script, arguments, kind",
    [
        (CLOSE, {}, ConnectionError),
        (SILENCE, {"timeout": 0.05}, ReadTimeout),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", {"retries": Retry(0, status_forcelist=[503])}, RetryError),
        (SILENCE, {"headers": {"a b": "c"}}, InvalidHeader),
        (SILENCE, {"headers": {"a": 5}}, InvalidHeader),
        (SILENCE, {"method": "A B"}, InvalidMethod),
        (SILENCE, {"url": "/a b"}, InvalidURL),
        (SILENCE, {"body": 5}, InvalidArgument),
        (SILENCE, {"timeout": "5"}, InvalidArgument),
        (SILENCE, {"retries": "5"}, InvalidArgument),
    ],
)
def test_what_goes_wrong_is_said_in_public(manager, wire_server, script, arguments, kind):
    pool = manager.connection_from_url(wire_server(script).url)
    with pytest.raises(kind):
        pool.urlopen(**{"method": "GET", "url": "/", **arguments})


def test_a_connection_that_is_not_made_in_time(manager, deaf_port):
    with pytest.raises(ConnectTimeout):
        manager.connection_from_host("127.0.0.1", deaf_port).urlopen("GET", "/", timeout=0.05)


def test_a_proxy_that_is_not_there(refused_port):
    with pytest.raises(ProxyError):
        proxy_from_url(f"http://127.0.0.1:{refused_port}").urlopen("GET", "http://example.org/")


@pytest.mark.parametrize(
    "body, again",
    [
        (b"data", True),
        ("data", True),
        ([b"da", b"ta"], True),
        (io.BytesIO(b"data"), True),
        (iter([b"da", b"ta"]), False),
    ],
    ids=["bytes", "text", "list", "file", "iterator"],
)
def test_what_can_be_sent_again_is_tried_again(manager, wire_server, body, again):
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    server = wire_server([busy, busy, OK])
    raw = manager.urlopen("PUT", server.url, body=body, retries=Retry(2, status_forcelist=[503]))
    assert (raw.status, raw.read()) == ((200, b"ok") if again else (503, b""))
    assert [request.body for request in server.requests] == [b"data"] * (3 if again else 1)


def test_a_file_is_sent_again_from_where_it_was(manager, wire_server):
    server = wire_server([b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", OK])
    file = io.BytesIO(b"no data")
    file.seek(3)
    manager.urlopen("PUT", server.url, body=file, retries=2).close()
    assert [request.body for request in server.requests] == [b"data"] * 2


# What urllib3's arguments do.


def test_a_source_address_and_socket_options_are_used(managed, wire_server):
    server = wire_server([OK], [OK])
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)]
    manager = managed(source_address=("127.0.0.5", 0), socket_options=options)
    raw = manager.urlopen("GET", server.url, preload_content=False)
    assert server.connections[0].peer[0] == "127.0.0.5"
    connected = raw.connection.stream.socket
    assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert not connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    raw.close()


def answered(pool):
    """What a server says to a pool, and the TLS version it is said in."""
    raw = pool.urlopen("GET", "/bytes/2", preload_content=False)
    version = raw.connection.stream.socket.version()
    return raw.read(), version


@pytest.mark.parametrize(
    "settings",
    [
        lambda ca: {"ca_certs": ca.file},
        lambda ca: {"ca_certs": Path(ca.file)},
        lambda ca: {"ca_cert_data": ca.pem.decode()},
        lambda ca: {"ca_cert_data": ssl.PEM_cert_to_DER_cert(ca.pem.decode())},
        lambda ca: {"ssl_context": ca.client_context()},
        lambda ca: {"cert_reqs": "CERT_NONE"},
        lambda ca: {"cert_reqs": ssl.CERT_NONE},
        lambda ca: {"cert_reqs": "CERT_REQUIRED", "ca_certs": ca.file, "assert_hostname": "127.0.0.1"},
        lambda ca: {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": ca.file, "assert_hostname": True},
        lambda ca: {"ca_certs": ca.file, "ssl_version": ssl.PROTOCOL_TLS_CLIENT},
    ],
    ids=range(10),
)
def test_settings_of_trust_are_followed(managed, https_app, ca, settings):
    manager = managed(**settings(ca))
    assert answered(manager.connection_from_url(https_app.url))[0] == b"xx"


@pytest.mark.parametrize(
    "settings, complaint",
    [
        ({}, "is not trusted"),
        ({"cert_reqs": "CERT_REQUIRED"}, "is not trusted"),
        ({"ca_certs": "CA", "assert_hostname": "example.org"}, r"not for example\.org"),
        ({"ca_certs": "CA", "server_hostname": "example.org"}, "is not trusted"),
        ({"ca_certs": "CA", "assert_fingerprint": "00" * 32}, "fingerprint"),
        ({"ca_certs": "/nowhere"}, "/nowhere"),
        ({"ca_certs": "CA", "cert_file": "/nowhere"}, "/nowhere"),
        ({"ca_certs": "CA", "ssl_minimum_version": ssl.TLSVersion.TLSv1_3}, "no secure connection"),
    ],
)
def test_and_so_is_distrust(managed, wire_server, ca, settings, complaint):
    context = ca.server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = wire_server(OK, tls=context)
    manager = managed(**{name: ca.file if value == "CA" else value for name, value in settings.items()})
    with pytest.raises(SSLError, match=complaint):
        manager.connection_from_url(server.url).urlopen("GET", "/")


@pytest.mark.parametrize(
    "settings, version",
    [
        ({}, "TLSv1.3"),
        ({"ssl_version": ssl.PROTOCOL_TLS_CLIENT}, "TLSv1.3"),
        ({"ssl_version": 5}, "TLSv1.2"),  # ssl.PROTOCOL_TLSv1_2, which warns when it is touched
        ({"ssl_maximum_version": ssl.TLSVersion.TLSv1_2}, "TLSv1.2"),
        ({"ssl_minimum_version": ssl.TLSVersion.TLSv1_3}, "TLSv1.3"),
    ],
)
def test_versions_are_those_that_are_said(managed, https_app, ca, settings, version):
    assert answered(managed(ca_certs=ca.file, **settings).connection_from_url(https_app.url))[1] == version


def test_who_we_are_is_shown(managed, wire_server, ca):
    mine = ca.certificate("me")
    server = wire_server([OK], [OK], tls=ca.server_context(client_ca=ca))
    for settings in ({"cert_file": mine.file, "key_file": mine.key}, {"cert_file": mine.both}):
        assert managed(ca_certs=ca.file, **settings).urlopen("GET", server.url).data == b"ok"


@pytest.mark.parametrize(
    "change, trusted",
    [
        (lambda pool, ca: None, False),
        (lambda pool, ca: setattr(pool, "ca_certs", ca.file), True),
        (lambda pool, ca: setattr(pool, "cert_reqs", "CERT_NONE"), True),
        (lambda pool, ca: pool.conn_kw.update(ssl_context=ca.client_context()), True),
    ],
)
def test_a_pool_may_be_told_later_whom_to_trust(manager, https_app, ca, change, trusted):
    pool = manager.connection_from_url(https_app.url)
    change(pool, ca)
    if trusted:
        assert pool.urlopen("GET", "/bytes/2").data == b"xx"
    else:
        with pytest.raises(SSLError):
            pool.urlopen("GET", "/bytes/2")


def test_and_that_counts_more_than_what_it_was_made_with(manager, https_app):
    pool = manager.connection_from_url(https_app.url, {"cert_reqs": "CERT_NONE"})
    pool.cert_reqs = "CERT_REQUIRED"
    with pytest.raises(SSLError):
        pool.urlopen("GET", "/")


def test_also_the_name_and_the_fingerprint(manager, wire_server, ca):
    server = wire_server(OK, OK, OK, tls=ca.server_context("example.org"))
    pool = manager.connection_from_url(server.url, {"ca_certs": ca.file})
    pool.assert_hostname = "example.org"
    assert pool.urlopen("GET", "/").data == b"ok"
    pool.assert_hostname = False
    assert pool.urlopen("GET", "/").data == b"ok"
    pool.assert_fingerprint = "00" * 32
    with pytest.raises(SSLError, match="fingerprint"):
        pool.urlopen("GET", "/")


def test_a_damaged_body_is_an_error_of_urllib3s_name(manager, wire_server):
    damaged = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\ngarbage"
    raw = manager.urlopen("GET", wire_server(damaged).url)
    with pytest.raises(DecodeError):
        raw.read()


# What requests' arguments mean.


@pytest.mark.parametrize(
    "timeout, expected",
    [
        (None, (None, None)),
        (5, (5, 5)),
        (0.5, (0.5, 0.5)),
        ((3.05, 27), (3.05, 27)),
        ([3.05, None], (3.05, None)),
        ((None, 5), (None, 5)),
        (Timeouts(1, 2), (1, 2)),
        (Timeout(connect=2, read=7), (2, 7)),
        (Timeout(5), (5, 5)),
        (Timeout(5, connect=2), (2, 5)),
        (Timeout(5, connect=9, read=9), (5, 5)),
        (Timeout(), (None, None)),
        (urllib3.Timeout(connect=2, read=7), (2, 7)),
        (urllib3.Timeout(5), (5, 5)),
        (urllib3.Timeout(total=5, connect=2), (2, 5)),
        (urllib3.Timeout(total=5, read=2), (5, 2)),
        (urllib3.Timeout(total=5, connect=9, read=9), (5, 5)),
        (urllib3.Timeout(connect=2), (2, None)),
        (urllib3.Timeout(read=2), (None, 2)),
        (urllib3.Timeout(connect=None, read=None), (None, None)),
        (urllib3.Timeout(), (None, None)),
        (urllib3.Timeout.from_float(3), (3, 3)),
        (SimpleNamespace(connect_timeout=2, read_timeout=None), (2, None)),
    ],
    ids=repr,
)
def test_a_timeout_is_one_number_two_or_an_object(timeout, expected):
    assert timeouts_of(timeout) == Timeouts(*expected)


@pytest.mark.parametrize(
    "timeout", [0, -1, "5", b"5", True, float("nan"), float("inf"), (1,), (1, 2, 3), (0, 1), ("a", 1), {}, object()]
)
def test_anything_else_is_refused(timeout):
    with pytest.raises(InvalidArgument):
        timeouts_of(timeout)


@pytest.mark.parametrize("retries", [0, None, False, NO_RETRIES])
def test_no_retries_are_no_retries(retries):
    assert retry_of(retries) is NO_RETRIES


def test_a_number_a_policy_and_one_of_urllib3():
    policy = Retry(3)
    assert retry_of(policy) is policy
    assert repr(retry_of(3)) == "Retry(total=3, connect=None, read=None, redirect=None, status=None)"
    taken = retry_of(urllib3.Retry(4, read=2, status_forcelist=[503], allowed_methods=None, backoff_factor=0.5))
    assert type(taken) is Retry
    assert (taken.total, taken.read, taken.allowed_methods, taken.backoff_factor) == (4, 2, None, 0.5)
    assert taken.is_retry("POST", 503)


@pytest.mark.parametrize("retries", [-1, True, "3", 1.5, object(), [3]])
def test_retries_that_are_none_are_refused(retries):
    with pytest.raises(InvalidArgument, match="max_retries must be a number of retries or a Retry"):
        retry_of(retries)


@pytest.mark.parametrize(
    "verify, cert, expected",
    [
        (False, None, {"verify": False, "authorities": None}),
        ("CA", None, {"verify": True, "authorities": "CA"}),
        ("CA", "CA", {"certificate": "CA", "key": None}),
        ("CA", ("CA", "CA"), {"certificate": "CA", "key": "CA"}),
        ("CA", ["CA", "CA"], {"certificate": "CA", "key": "CA"}),
        ("CA", ("CA", None), {"certificate": "CA", "key": None}),
        ("CA", "", {"certificate": None, "key": None}),
    ],
)
def test_verify_and_cert_are_settings_of_tls(ca, verify, cert, expected):
    def path(value):
        if isinstance(value, (tuple, list)):
            return type(value)(map(path, value))
        return ca.file if value == "CA" else value

    settings = tls_settings(path(verify), path(cert))
    assert isinstance(settings, TLSSettings)
    assert {name: getattr(settings, name) for name in expected} == {name: path(value) for name, value in expected.items()}
    assert tls_settings(Path(ca.file), Path(ca.file)) == tls_settings(ca.file, ca.file)


def test_by_default_the_bundle_is_trusted():
    assert tls_settings(True, None).verify and tls_settings(True, None) == tls_settings(None, None)


@pytest.mark.parametrize("verify", [5, b"path", ["path"], object()])
def test_a_verify_that_is_none_is_refused(verify):
    with pytest.raises(InvalidArgument, match="verify is True, False, a path, PEM or an SSLContext, not"):
        tls_settings(verify, None)


@pytest.mark.parametrize("verify", [b"-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----\nnever ended"])
def test_pem_without_a_certificate_is_refused(verify):
    with pytest.raises(SSLError, match="verify is PEM without a certificate in it"):
        tls_settings(verify, None)


@pytest.mark.parametrize("cert", [5, ("a", "b", "c", "d"), (5, None), {"a": "b"}])
def test_a_cert_that_is_none_is_refused(ca, cert):
    with pytest.raises(InvalidArgument, match=r"cert is a certificate, \(certificate, key\) or \(certificate, key, password\)"):
        tls_settings(ca.file, cert)


def test_secrets_are_not_shown_when_they_are_refused(ca, manager):
    key = b"-----BEGIN PRIVATE KEY-----s3cret"
    for cert in [(5, key, "s3cret"), (key, 5), (b"s3cret\xff", None), ([], key, "s3cret"), {"a": "b"}]:
        with pytest.raises(InvalidArgument) as caught:
            manager.route("https://example.org/", True, cert)
        assert "s3cret" not in str(caught.value)
    with pytest.raises(InvalidArgument, match="the password of cert is text, not a int"):
        tls_settings(ca.file, (ca.pem, ca.pem, 5))


# What cannot mean anything is refused when the manager is made, or first used.


@pytest.mark.parametrize("source", ["127.0.0.1", ("127.0.0.1",), (5, 5), ("127.0.0.1", "80"), ("127.0.0.1", 70000), 5])
def test_a_source_address_that_is_none_is_refused(source):
    with pytest.raises(InvalidArgument, match="source_address"):
        PoolManager(source_address=source)


@pytest.mark.parametrize("options", [5, [5], [(1, 2)], [("a", 2, 3)], [(1, 2, 3, 4, 5)]])
def test_socket_options_that_are_none_are_refused(options):
    with pytest.raises(InvalidArgument, match="socket.option"):
        PoolManager(socket_options=options)


@pytest.mark.parametrize(
    "settings",
    [{"server_hostname": 5}, {"assert_fingerprint": b"00"}, {"ssl_minimum_version": "TLSv1.2"}, {"ssl_context": "a context"}],
    ids=str,
)
def test_settings_of_tls_that_are_none_are_refused(managed, settings):
    with pytest.raises(InvalidArgument, match=next(iter(settings))):
        managed(**settings).route("https://example.org/", False, None)


def test_a_certificate_that_is_missing_is_found_out_before_it_is_needed(manager):
    with pytest.raises(SSLError, match="/nowhere"):
        manager.route("http://example.org/", True, "/nowhere")
