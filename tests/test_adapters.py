"""From a prepared request to a server and back: timeouts, TLS, proxies, connections, and the seams for programs."""

from __future__ import annotations

import io
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

import minireq
from minireq import Request, Session, adapters
from minireq.adapters import HTTPAdapter
from minireq.exceptions import (
    ConnectionError,
    ConnectTimeout,
    InvalidArgument,
    InvalidProxyURL,
    InvalidSchema,
    ProxyError,
    ReadTimeout,
    RequestException,
    SSLError,
    Timeout,
)
from minireq.structures import CaseInsensitiveDict
from minireq.wire.canned import CannedResponse

from .support.scripted import CLOSE, CUT, RESET, SILENCE, say, start_tls

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def session():
    with Session() as session:
        yield session


def shown(error):
    """All that a log would show of an exception, and of those that caused it."""
    text = ""
    while error is not None:
        text += f"{error} {error!r} "
        error = error.__cause__ or error.__context__
    return text


# --- connecting


@pytest.mark.parametrize("url", ["http://host.invalid/", "https://host.invalid/", "http://host.invalid:8080/path"])
def test_a_name_without_an_address_is_a_connection_error(url):
    """S130."""
    with pytest.raises(ConnectionError, match=r"host\.invalid") as caught:
        minireq.get(url)
    assert caught.value.request.url == url
    assert caught.value.response is None


def test_a_refused_connection_is_a_connection_error(refused_port):
    """S130."""
    with pytest.raises(ConnectionError, match=rf"127\.0\.0\.1:{refused_port}.*refused"):
        minireq.get(f"http://127.0.0.1:{refused_port}/")


def test_an_ipv6_address_is_reached(wire_server):
    server = wire_server(OK, host="::1")
    assert minireq.get(f"{server.url}/").text == "ok"
    assert server.requests[0]["Host"] == f"[::1]:{server.port}"


@pytest.mark.parametrize(
    "url, host",
    [
        ("http://one.example/", "one.example"),
        ("http://ONE.example/", "one.example"),
        ("http://one.example:8080/", "one.example:8080"),
        ("http://one.example:80/", "one.example"),
    ],
)
def test_host_names_the_port_where_it_is_not_the_default_one(wire_server, dns, url, host):
    dns["one.example"] = server = wire_server(OK)
    minireq.get(url)
    assert server.requests[0]["Host"] == host


@pytest.mark.parametrize(
    "script",
    [
        [CLOSE],
        [lambda connection: connection.read_request(), CLOSE],
        [lambda connection: connection.read_request(), RESET],
        [b"HTTP/1.1 200 OK\r\nContent-", CLOSE],
        [b"this is no HTTP\r\n\r\n"],
        [b"HTTP/1.1 twohundred OK\r\n\r\n"],
    ],
)
def test_no_answer_or_none_that_is_http_is_a_connection_error(wire_server, script):
    server = wire_server(script)
    with pytest.raises(ConnectionError):
        minireq.get(server.url)


def test_a_get_on_a_connection_that_died_meanwhile_is_repeated(wire_server, session):
    server = wire_server([OK, CLOSE], OK)
    assert session.get(server.url).ok
    assert session.get(server.url).ok
    assert len(server.connections) == 2


def test_a_post_whose_answer_never_came_is_not_sent_twice(wire_server, session):
    server = wire_server([OK, lambda connection: connection.read_request(), CLOSE], OK)
    assert session.get(server.url).ok
    with pytest.raises(ConnectionError):
        session.post(server.url, data="once")
    assert [request.method for request in server.requests] == ["GET", "POST"]


# --- timeouts


@pytest.mark.parametrize("timeout", [0.1, (0.1, 30), (0.1, None), [0.1, 30], SimpleNamespace(connect_timeout=0.1, read_timeout=30)])
def test_a_connection_that_is_not_made_in_time(deaf_port, timeout):
    """S121, S122, S126, S127, S131: caught by both names, and told which server and how long."""
    start = time.monotonic()
    for name in (ConnectTimeout, Timeout, ConnectionError):
        with pytest.raises(name, match=rf"127\.0\.0\.1:{deaf_port}.*connect timeout=0\.1"):
            minireq.get(f"http://127.0.0.1:{deaf_port}/", timeout=timeout)
    assert time.monotonic() - start >= 0.3


def test_the_connect_timeout_is_for_all_addresses_together(deaf_port, dns):
    """S124."""
    dns["many.example"] = ["127.0.0.1"] * 100
    start = time.monotonic()
    with pytest.raises(ConnectTimeout, match="connect timeout=0.3"):
        minireq.get(f"http://many.example:{deaf_port}/", timeout=0.3)
    assert time.monotonic() - start < 10  # and not 30


@pytest.mark.parametrize("timeout", [0.1, (30, 0.1), (None, 0.1), SimpleNamespace(connect_timeout=30, read_timeout=0.1)])
def test_an_answer_that_does_not_come_in_time(wire_server, timeout):
    """S121, S122, S131."""
    server = wire_server(SILENCE)
    with pytest.raises(ReadTimeout, match=r"Read timed out.*read timeout=0\.1") as caught:
        minireq.get(server.url, timeout=timeout)
    assert isinstance(caught.value, Timeout)
    assert not isinstance(caught.value, ConnectionError)
    assert caught.value.request.url == f"{server.url}/"
    server.wait_until_closed()


def test_the_read_timeout_is_for_each_wait(wire_server):
    """S125: what trickles in takes longer than the timeout, and is no error."""

    def trickle(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        for _ in range(4):
            time.sleep(0.1)  # there is no other way to be slow
            connection.send(b"x")

    start = time.monotonic()
    assert minireq.get(wire_server(trickle).url, timeout=0.35).text == "xxxx"
    assert time.monotonic() - start > 0.36


@pytest.mark.parametrize("timeout", [None, (None, None), 10, 10.5, (3.05, 27), (3, None)])
def test_in_time_is_in_time(http_app, timeout):
    """S120, S122, S123."""
    assert minireq.get(f"{http_app.url}/json", timeout=timeout).ok


@pytest.mark.parametrize(
    "timeout",
    [
        *(0, 0.0, -1, "5", b"5", "x", True, False, [], {}, object(), 1j, (), (1,), (1, 2, 3), (0, 1), (1, "x"), (1, True)),
        *(float("nan"), float("inf"), -float("inf"), 1e300, 10**400),
    ],
    ids=lambda timeout: f"{timeout!r:.12}",
)
def test_a_timeout_that_is_none_is_refused(http_app, timeout):
    with pytest.raises(InvalidArgument, match="timeout") as caught:
        minireq.get(http_app.url, timeout=timeout)
    assert isinstance(caught.value, ValueError)
    assert http_app.connections == []


# --- whom we trust


def test_a_certificate_is_verified_unless_told_otherwise(https_app, session):
    """S210, S211."""
    with pytest.raises(SSLError, match="localhost is not trusted") as caught:
        session.get(f"{https_app.url}/json")
    assert isinstance(caught.value, ConnectionError)
    assert https_app.requests == []


def test_it_is_not_when_told_so(https_app, session):
    """S214."""
    assert session.get(f"{https_app.url}/json", verify=False).ok
    session.verify = False
    assert session.get(f"{https_app.url}/json").ok


@pytest.mark.parametrize("value", [0, False])
def test_zero_is_false(https_app, value):
    # As requests takes it; programs have it from a configuration.
    assert minireq.get(f"{https_app.url}/json", verify=value).ok
    with pytest.raises(SSLError):
        minireq.get(f"{https_app.url}/json", verify=1)


def test_what_a_call_says_of_trust_ends_with_it(https_app, session, ca):
    """A connection that was made without trust serves no request that asks for it."""
    assert session.get(f"{https_app.url}/json", verify=False).ok
    with pytest.raises(SSLError):
        session.get(f"{https_app.url}/json")
    assert session.get(f"{https_app.url}/json", verify=ca.file).ok
    with pytest.raises(SSLError):
        session.get(f"{https_app.url}/json", verify=True)


@pytest.mark.parametrize("kind", [str, Path])
def test_authorities_may_be_a_file(https_app, ca, kind):
    """S212."""
    assert minireq.get(f"{https_app.url}/json", verify=kind(ca.file)).ok


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to hash the folder")
def test_authorities_may_be_a_folder(https_app, ca, tmp_path):
    """S212."""
    name = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", ca.file], capture_output=True, check=True, text=True)
    shutil.copy(ca.file, tmp_path / f"{name.stdout.strip()}.0")
    assert minireq.get(f"{https_app.url}/json", verify=str(tmp_path)).ok


@pytest.mark.parametrize("options", [{"expired": True}, {"future": True}, {"common_name": "localhost"}], ids=str)
def test_a_bad_certificate_is_an_ssl_error(wire_server, ca, options):
    """S211."""
    server = wire_server(OK, tls=ca.server_context(**options))
    with pytest.raises(SSLError):
        minireq.get(server.url, verify=ca.file)
    assert server.requests == []


def test_a_certificate_of_another_name_is_an_ssl_error(wire_server, ca, stranger_ca):
    """S211."""
    with pytest.raises(SSLError, match="localhost"):
        minireq.get(wire_server(OK, tls=ca.server_context("other.example")).url, verify=ca.file)
    with pytest.raises(SSLError):
        minireq.get(wire_server(OK, tls=stranger_ca.server_context()).url, verify=ca.file)


def test_a_server_without_tls_is_an_ssl_error(wire_server, ca):
    server = wire_server(say(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(SSLError):
        minireq.get(server.url.replace("http:", "https:"), verify=ca.file)


@pytest.mark.parametrize("verify", ["/no/such/file", "/no/such/file\0", "", Path("/no/such")], ids=repr)
def test_authorities_that_are_missing_are_an_ssl_error_and_an_oserror(https_app, verify):
    """S216, D9."""
    with pytest.raises(SSLError) as caught:
        minireq.get(f"{https_app.url}/json", verify=verify)
    assert isinstance(caught.value, OSError)
    assert https_app.connections == []


@pytest.mark.parametrize("content", [b"", b"no certificates here"])
def test_authorities_that_are_none_are_an_ssl_error(https_app, tmp_path, content):
    (tmp_path / "bundle").write_bytes(content)
    with pytest.raises(SSLError, match="bundle"):
        minireq.get(f"{https_app.url}/json", verify=str(tmp_path / "bundle"))


@pytest.mark.parametrize("verify", [5, 1.5, [], {}, object(), b"/path", ("a",)], ids=lambda verify: type(verify).__name__)
def test_a_verify_that_means_nothing_is_refused(https_app, verify):
    with pytest.raises(InvalidArgument, match="verify") as caught:
        minireq.get(f"{https_app.url}/json", verify=verify)
    assert isinstance(caught.value, TypeError)


def test_authorities_are_loaded_once_for_many_hosts(wire_server, dns, ca, session, monkeypatch, tmp_path):
    """D17."""
    loaded = []
    load = ssl.SSLContext.load_verify_locations

    def counted(self, *arguments, **keywords):
        loaded.append((arguments, keywords))
        return load(self, *arguments, **keywords)

    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(ca.pem)
    for name in ("one.example", "two.example", "three.example"):
        dns[name] = wire_server(OK, tls=ca.server_context(name))
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    for name in ("one.example", "two.example", "three.example"):
        assert session.get(f"https://{name}/", verify=str(bundle)).ok
    assert len(loaded) == 1


# --- who we are


@pytest.fixture
def demanding(wire_server, ca):
    """A server that wants to see a certificate."""
    return wire_server(OK, tls=ca.server_context(client_ca=ca), repeat=True)


def test_a_client_shows_its_certificate(demanding, ca, session):
    """S215."""
    mine = ca.certificate("client.example")
    for cert in (mine.both, (mine.file, mine.key), [mine.file, mine.key], Path(mine.both)):
        with Session() as fresh:
            assert fresh.get(demanding.url, verify=ca.file, cert=cert).ok


def test_without_one_there_is_no_answer(demanding, ca):
    """S215."""
    with pytest.raises(ConnectionError):
        minireq.get(demanding.url, verify=ca.file)


def test_a_certificate_is_shown_for_its_call_only(demanding, ca, session):
    assert session.get(demanding.url, verify=ca.file, cert=ca.certificate().both).ok
    with pytest.raises(ConnectionError):
        session.get(demanding.url, verify=ca.file)


@pytest.mark.parametrize(
    "cert, message",
    [
        ("/no/such/cert", "certificate file, invalid path: /no/such/cert"),
        (("/no/such/cert", "/no/such/key"), "certificate file"),
        ((__file__, "/no/such/key"), "key file, invalid path: /no/such/key"),
        (__file__, "could not be loaded"),
        ("/no\0such", "certificate file"),
    ],
    ids=repr,
)
def test_a_certificate_that_is_missing_or_none_is_an_ssl_error_and_an_oserror(https_app, ca, cert, message):
    """S216, D9."""
    with pytest.raises(SSLError, match=message) as caught:
        minireq.get(f"{https_app.url}/json", verify=ca.file, cert=cert)
    assert isinstance(caught.value, OSError)
    assert https_app.connections == []


@pytest.mark.parametrize(
    "cert", [5, object(), b"/path", ("a",), ("a", "b", "c", "d"), (5, 6), {"a": 1}], ids=lambda cert: f"{cert!r:.12}"
)
def test_a_cert_that_means_nothing_is_refused(https_app, ca, cert):
    with pytest.raises(InvalidArgument, match="cert") as caught:
        minireq.get(f"{https_app.url}/json", verify=ca.file, cert=cert)
    assert isinstance(caught.value, TypeError)


def test_the_server_name_is_the_hosts(wire_server, dns, ca):
    server = wire_server(OK, tls=ca.server_context("one.example"))
    dns["one.example"] = server
    minireq.get("https://One.Example/", verify=ca.file, headers={"Host": "virtual.example"})
    assert server.connections[0].server_name == "one.example"
    assert server.requests[0]["Host"] == "virtual.example"


# --- http by way of a proxy


@pytest.fixture
def proxy(wire_server):
    """A proxy for http: it answers everything itself."""
    return wire_server([OK] * 5, repeat=True)


def with_user(url, user="user:pass"):
    return url.replace("//", f"//{user}@")


def test_a_proxy_is_asked_for_the_whole_url(proxy, session):
    """S150."""
    session.get("http://one.example:8080/a?b=1#c", proxies={"http": proxy.url})
    (request,) = proxy.requests
    assert (request.method, request.target, request["Host"]) == ("GET", "http://one.example:8080/a?b=1", "one.example:8080")
    assert request["Proxy-Authorization"] is None


def test_one_connection_to_a_proxy_serves_many_hosts(proxy, session):
    session.proxies = {"http": proxy.url}
    for host in ("one.example", "two.example", "three.example"):
        assert session.get(f"http://{host}/").ok
    assert len(proxy.connections) == 1


@pytest.mark.parametrize("names", [["HTTP_PROXY"], ["http_proxy"], ["ALL_PROXY"], ["all_proxy"]])
def test_the_environment_names_a_proxy(proxy, session, monkeypatch, names):
    """S151."""
    for name in names:
        monkeypatch.setenv(name, proxy.url)
    session.get("http://one.example/a")
    session.send(Request("GET", "http://one.example/b").prepare())  # S208: the prepared way, too
    assert [request.target for request in proxy.requests] == ["http://one.example/a", "http://one.example/b"]


def test_what_the_code_says_beats_the_environment(proxy, http_app, session, monkeypatch, refused_port):
    """D13."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refused_port}")
    session.proxies = {"http": proxy.url}
    assert session.get("http://one.example/").ok
    assert session.get(f"{http_app.url}/json", proxies={"http": None}).json() == {"hello": "world"}
    assert session.send(Request("GET", "http://one.example/").prepare()).ok
    session.proxies = {"http": None}
    assert session.get(f"{http_app.url}/json").ok
    assert session.send(Request("GET", f"{http_app.url}/json").prepare()).ok


def test_an_empty_dict_says_nothing_in_either_call(proxy, session, monkeypatch):
    """D13."""
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    prepared = Request("GET", "http://one.example/").prepare()
    for proxies in ({}, None):
        assert session.get("http://one.example/", proxies=proxies).ok
        assert session.send(prepared, proxies=proxies).ok
    assert len(proxy.requests) == 4


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "127.0.0.0/8", "*", "localhost, 127.0.0.1"])
def test_no_proxy_leads_past_the_environments_proxy(http_app, session, monkeypatch, refused_port, no_proxy):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refused_port}")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert session.get(f"{http_app.url}/json").ok
    assert session.send(Request("GET", f"{http_app.url}/json").prepare()).ok


def test_the_environment_is_not_asked_without_trust_env(http_app, session, monkeypatch, refused_port):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refused_port}")
    session.trust_env = False
    assert session.get(f"{http_app.url}/json").ok
    assert session.send(Request("GET", f"{http_app.url}/json").prepare()).ok


def test_in_a_cgi_program_the_upper_case_name_is_not_believed(http_app, session, monkeypatch, refused_port):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refused_port}")
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    assert session.get(f"{http_app.url}/json").ok


@pytest.mark.parametrize(
    "url, used",
    [
        ("http://one.example/", "one"),
        ("http://one.example:8080/", "one"),
        ("http://sub.one.example/", "http"),
        ("http://two.example/", "http"),
    ],
)
def test_a_proxy_for_one_host_is_for_that_host(wire_server, session, url, used):
    """S153."""
    servers = {"one": wire_server(OK), "http": wire_server(OK)}
    session.get(url, proxies={"http://one.example": servers["one"].url, "http": servers["http"].url})
    assert [name for name, server in servers.items() if server.requests] == [used]


@pytest.mark.parametrize(
    "form", ["127.0.0.1:{port}", "//127.0.0.1:{port}", "HTTP://127.0.0.1:{port}/", "http://127.0.0.1:{port}/path"]
)
def test_a_proxys_scheme_may_be_missing(proxy, session, form):
    """S154."""
    assert session.get("http://one.example/", proxies={"http": form.format(port=proxy.port)}).ok


@pytest.mark.parametrize(
    "user, header",
    [
        ("user:pass", "Basic dXNlcjpwYXNz"),
        ("us%40er:p%3Ass", "Basic dXNAZXI6cDpzcw=="),
        ("user:", "Basic dXNlcjo="),
        ("user", None),
    ],
)
def test_credentials_of_a_proxy_are_shown_to_it(proxy, session, user, header):
    """S152."""
    session.get("http://one.example/", proxies={"http": with_user(proxy.url, user)})
    (request,) = proxy.requests
    assert request.all("Proxy-Authorization") == ([header] if header else [])
    assert request["Authorization"] is None
    assert request.target == "http://one.example/"


def test_they_overrule_the_header(proxy, session):
    """S055."""
    headers = {"proxy-authorization": "Basic mine"}
    session.get("http://one.example/", headers=headers, proxies={"http": with_user(proxy.url)})
    session.get("http://one.example/", headers=headers, proxies={"http": proxy.url})
    assert [request.all("Proxy-Authorization") for request in proxy.requests] == [["Basic dXNlcjpwYXNz"], ["Basic mine"]]


def test_two_users_of_a_proxy_share_no_connection(proxy, session):
    for user in ("one:1", "two:2", "one:1"):
        session.get("http://host.example/", proxies={"http": with_user(proxy.url, user)})
    assert [len({request["Proxy-Authorization"] for request in connection.requests}) for connection in proxy.connections] == [1, 1]


def test_the_origin_is_shown_no_credentials_of_a_proxy(http_app, session, monkeypatch, refused_port):
    """Neither past the proxy by no_proxy nor where a redirect leads past it."""
    monkeypatch.setenv("HTTP_PROXY", f"http://user:pass@127.0.0.1:{refused_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    session.get(f"{http_app.url}/redirect/1", headers={"Proxy-Authorization": "Basic mine"})
    assert [request["Proxy-Authorization"] for request in http_app.requests] == [None, None]


def test_a_redirect_out_of_the_proxy_leaves_its_credentials_behind(wire_server, http_app, session, monkeypatch):
    away = f"HTTP/1.1 302 Found\r\nLocation: {http_app.url}/to\r\nContent-Length: 0\r\n\r\n".encode()
    proxy = wire_server(away)
    monkeypatch.setenv("HTTP_PROXY", with_user(proxy.url))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert session.get("http://one.example/").url == f"{http_app.url}/to"
    assert proxy.requests[0]["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"
    assert http_app.requests[0]["Proxy-Authorization"] is None


def test_a_redirect_by_the_proxy_shows_its_credentials_again(wire_server, session):
    proxy = wire_server([b"HTTP/1.1 302 Found\r\nLocation: http://two.example/to\r\nContent-Length: 0\r\n\r\n", OK])
    assert session.get("http://one.example/", proxies={"http": with_user(proxy.url)}).url == "http://two.example/to"
    assert [(request.target, request["Proxy-Authorization"]) for request in proxy.requests] == [
        ("http://one.example/", "Basic dXNlcjpwYXNz"),
        ("http://two.example/to", "Basic dXNlcjpwYXNz"),
    ]


def test_a_407_of_a_proxy_for_http_is_its_answer(wire_server, session):
    proxy = wire_server(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    assert session.get("http://one.example/", proxies={"http": proxy.url}).status_code == 407


@pytest.mark.parametrize("url", ["http://one.example/", "https://one.example/"])
def test_a_proxy_that_cannot_be_reached_is_a_proxy_error(session, refused_port, url):
    with pytest.raises(ProxyError) as caught:
        session.get(url, proxies={"all": f"http://user:secret@127.0.0.1:{refused_port}"})
    assert isinstance(caught.value, ConnectionError)
    assert "secret" not in shown(caught.value)
    assert str(refused_port) in str(caught.value)


def test_a_proxy_that_does_not_answer_in_time_is_a_timeout(session, deaf_port, wire_server):
    with pytest.raises(ConnectTimeout):
        session.get("https://one.example/", proxies={"https": f"http://127.0.0.1:{deaf_port}"}, timeout=0.1)
    with pytest.raises(ConnectTimeout):
        session.get("https://one.example/", proxies={"https": wire_server(SILENCE).url}, timeout=0.1)


@pytest.mark.parametrize(
    "proxy", ["http://", "http:///path", "http://host:port", "http://[::1", "ftp://host", "://host", "http://ho st", "\0"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_url_that_is_no_proxys_is_refused(session, proxy, scheme):
    with pytest.raises(RequestException) as caught:
        session.get(f"{scheme}://one.example/", proxies={scheme: proxy})
    assert isinstance(caught.value, (InvalidProxyURL, InvalidSchema))
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "proxies", [5, "http://proxy", ["http"], object(), {"http": 5}, {"http": b"http://h"}, {"http": object()}], ids=str
)
def test_proxies_that_are_none_are_refused(session, proxies):
    with pytest.raises(RequestException) as caught:
        session.get("http://one.example/", proxies=proxies)
    assert isinstance(caught.value, (ValueError, TypeError))


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_proxy_at_all_is_said_by_none_or_nothing(http_app, session, nothing):
    assert session.get(f"{http_app.url}/json", proxies={"http": nothing}).ok


# --- https by way of a proxy


def tunnel(context, *answers, reply=b"HTTP/1.1 200 Connection established\r\n\r\n"):
    """The script of a proxy that opens a tunnel and is the server at its end, too."""
    heads = []

    def connect(connection):
        heads.append(connection.read_head())
        connection.send(reply)

    script = [connect, start_tls(context), *answers]
    return script, heads


def test_a_tunnel_is_asked_for(wire_server, ca, session):
    """S150, D12: HTTP/1.1 with Host, and nothing that is the origin's business."""
    script, heads = tunnel(ca.server_context("one.example"), OK, OK)
    proxy = wire_server(script)
    session.proxies = {"https": proxy.url}
    session.verify = ca.file
    session.get("https://one.example/a?b=1", auth=("me", "secret"), cookies={"c": "1"}, headers={"X-Mine": "yes"})
    session.get("https://one.example/b")
    assert heads == [b"CONNECT one.example:443 HTTP/1.1\r\nHost: one.example:443\r\n\r\n"]
    assert [(request.method, request.target, request["Host"]) for request in proxy.requests] == [
        ("GET", "/a?b=1", "one.example"),
        ("GET", "/b", "one.example"),
    ]
    assert proxy.connections[0].server_name == "one.example"


@pytest.mark.parametrize("given", [{}, {"Proxy-Authorization": "Basic mine"}])
def test_the_proxys_credentials_stay_out_of_the_tunnel(wire_server, ca, session, given):
    """S055, S152."""
    script, heads = tunnel(ca.server_context("one.example"), OK)
    proxy = wire_server(script)
    session.get("https://one.example/", proxies={"https": with_user(proxy.url)}, verify=ca.file, headers=given)
    assert b"\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n" in heads[0]
    assert proxy.requests[0]["Proxy-Authorization"] is None


def test_a_header_for_the_proxy_goes_to_the_proxy_alone(wire_server, ca, session):
    script, heads = tunnel(ca.server_context("one.example"), OK)
    proxy = wire_server(script)
    session.get("https://one.example/", proxies={"https": proxy.url}, verify=ca.file, headers={"Proxy-Authorization": "Basic mine"})
    assert b"\r\nProxy-Authorization: Basic mine\r\n" in heads[0]
    assert proxy.requests[0]["Proxy-Authorization"] is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "all_proxy"])
def test_the_environment_names_a_proxy_for_https(wire_server, ca, session, monkeypatch, name):
    """S151."""
    script, heads = tunnel(ca.server_context("one.example"), OK)
    monkeypatch.setenv(name, wire_server(script).url)
    assert session.get("https://one.example/", verify=ca.file).ok
    assert len(heads) == 1


def test_each_host_has_a_tunnel_of_its_own(wire_server, ca, session):
    (one, heads), (two, more) = tunnel(ca.server_context("one.example"), OK), tunnel(ca.server_context("two.example"), OK)
    proxy = wire_server(one, two)
    for host in ("one.example", "two.example"):
        assert session.get(f"https://{host}/", proxies={"https": proxy.url}, verify=ca.file).ok
    assert [head.split()[1] for head in heads + more] == [b"one.example:443", b"two.example:443"]


def test_the_certificate_in_a_tunnel_is_the_origins(wire_server, ca, session):
    script, _ = tunnel(ca.server_context("proxy.example"))
    with pytest.raises(SSLError, match=r"one\.example"):
        session.get("https://one.example/", proxies={"https": wire_server(script).url}, verify=ca.file)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 6\r\n\r\nsecret",
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
        b"garbage\r\n\r\n",
    ],
)
def test_a_tunnel_that_is_not_opened_is_a_proxy_error(wire_server, session, reply):
    proxy = wire_server([lambda connection: connection.read_head(), say(reply), CLOSE])
    with pytest.raises(ProxyError) as caught:
        session.get("https://one.example/", proxies={"https": with_user(proxy.url, "user:hidden")})
    assert "hidden" not in shown(caught.value)
    assert (caught.value.response is None) is (reply == b"garbage\r\n\r\n")


def test_a_redirect_from_http_to_https_takes_the_proxy_of_its_scheme(wire_server, ca, session):
    plain = wire_server(b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://one.example/\r\nContent-Length: 0\r\n\r\n")
    script, heads = tunnel(ca.server_context("one.example"), OK)
    secure = wire_server(script)
    proxies = {"http": with_user(plain.url, "plain:1"), "https": with_user(secure.url, "secure:2")}
    assert session.get("http://one.example/", proxies=proxies, verify=ca.file).url == "https://one.example/"
    assert plain.requests[0]["Proxy-Authorization"] == "Basic cGxhaW46MQ=="
    assert b"Proxy-Authorization: Basic c2VjdXJlOjI=" in heads[0]
    assert secure.requests[0]["Proxy-Authorization"] is None


# --- secrets


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_password_in_the_url_is_in_no_error(session, refused_port, scheme):
    with pytest.raises(ConnectionError) as caught:
        session.get(f"{scheme}://user:secret@127.0.0.1:{refused_port}/", headers={"Cookie": "secret"}, auth=("user", "secret"))
    assert "secret" not in shown(caught.value)


@pytest.mark.parametrize(
    "url", ["http://user:secret@/", "http://user:secret@host:port/", "http://user:secret@ho st/", "x://user:secret@host/"]
)
def test_nor_is_it_when_the_url_is_refused(session, url):
    with pytest.raises(RequestException) as caught:
        session.get(url)
    assert "secret" not in shown(caught.value)


@pytest.mark.parametrize("proxy", ["http://user:secret@host:port", "http://user:secret@", "ftp://user:secret@host"])
def test_nor_that_of_a_proxy(session, proxy):
    with pytest.raises(RequestException) as caught:
        session.get("http://one.example/", proxies={"http": proxy})
    assert "secret" not in shown(caught.value)


# --- adapters and their settings


def test_the_constants_are_those_of_requests():
    assert (adapters.DEFAULT_POOLBLOCK, adapters.DEFAULT_POOLSIZE, adapters.DEFAULT_RETRIES, adapters.DEFAULT_POOL_TIMEOUT) == (
        False,
        10,
        0,
        None,
    )
    assert HTTPAdapter.__attrs__ == ["max_retries", "config", "_pool_connections", "_pool_maxsize", "_pool_block"]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_connection_that_cannot_be_made_is_tried_again(dns, session, retries):
    dns["gone.example"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    session.mount("http://", HTTPAdapter(max_retries=retries))
    with pytest.raises(ConnectionError):
        session.get("http://gone.example/")
    assert dns.asked == ["gone.example"] * (1 + retries)


@pytest.mark.parametrize(
    "settings", [{"max_retries": -1}, {"max_retries": "3"}, {"max_retries": 1.5}, {"max_retries": object()}], ids=str
)
def test_retries_that_are_none_are_refused(settings):
    with pytest.raises(InvalidArgument) as caught:
        HTTPAdapter(**settings)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("name", ["pool_connections", "pool_maxsize"])
@pytest.mark.parametrize("value", ["10", None, 1.5, object()], ids=lambda value: type(value).__name__)
def test_sizes_that_are_none_are_refused(name, value):
    with pytest.raises(InvalidArgument, match="pool_connections and pool_maxsize") as caught:
        HTTPAdapter(**{name: value})
    assert isinstance(caught.value, TypeError)


def test_no_more_idle_connections_are_kept_than_there_is_room_for(http_app, session):
    session.mount("http://", HTTPAdapter(pool_maxsize=1))
    responses = [session.get(f"{http_app.url}/bytes/100000", stream=True) for _ in range(3)]
    for response in responses:
        assert len(response.content) == 100000
    http_app.wait_until_closed(0)
    http_app.wait_until_closed(1)
    assert session.get(f"{http_app.url}/json").ok
    assert len(http_app.connections) == 3


def test_connections_are_kept_for_as_many_servers_as_there_is_room_for(wire_server, session):
    session.mount("http://", HTTPAdapter(pool_connections=1))
    one, two = wire_server([OK, OK], OK), wire_server([OK, OK], OK)
    for server in (one, two, one):
        assert session.get(server.url).ok
    assert (len(one.connections), len(two.connections)) == (2, 1)


def test_an_adapter_is_used_by_itself(http_app):
    adapter = HTTPAdapter()
    response = adapter.send(Request("GET", f"{http_app.url}/json").prepare())
    assert (response.status_code, response.connection, response.content) == (200, adapter, b'{"hello": "world"}')
    adapter.close()
    http_app.wait_until_closed(0)


def test_a_response_is_built_of_any_object_that_has_the_names():
    raw = SimpleNamespace(
        status=201,
        reason="Made",
        headers={"Content-Type": "text/plain; charset=utf-8"},
        stream=lambda amt, decode_content: [b"bo", b"dy"],
    )
    request = Request("GET", "http://host/").prepare()
    response = HTTPAdapter().build_response(request, raw)
    assert (response.status_code, response.reason, response.url, response.encoding) == (201, "Made", "http://host/", "utf-8")
    assert (response.text, response.raw, response.request) == ("body", raw, request)
    assert type(response.headers) is CaseInsensitiveDict


@pytest.mark.parametrize(
    "url, proxies, target",
    [
        ("http://host/a?b#c", None, "/a?b"),
        ("http://host/a?b#c", {"http": "http://proxy"}, "http://host/a?b"),
        ("http://user:pass@host/a", {"http": "http://proxy"}, "http://host/a"),
        ("https://host/a?b#c", {"https": "http://proxy"}, "/a?b"),
        ("http://host//a", None, "//a"),
        ("http://host", None, "/"),
    ],
)
def test_what_the_request_line_asks_for(url, proxies, target):
    assert HTTPAdapter().request_url(Request("GET", url).prepare(), proxies) == target


def test_what_only_a_proxy_is_told():
    assert HTTPAdapter().proxy_headers("http://user:pass@proxy.example:3128") == {"Proxy-Authorization": "Basic dXNlcjpwYXNz"}
    assert HTTPAdapter().proxy_headers("http://proxy.example:3128") == {}


# --- what programs override


def test_a_subclass_adds_headers(http_app, session):
    class Adding(HTTPAdapter):
        def add_headers(self, request, **kwargs):
            request.headers["X-Added"] = str(kwargs["timeout"])

    session.mount("http://", Adding())
    assert session.get(f"{http_app.url}/headers", timeout=5).json()["X-Added"] == "5"


def test_a_subclass_tells_the_proxy_more(proxy, session):
    class Telling(HTTPAdapter):
        def proxy_headers(self, proxy):
            return {**super().proxy_headers(proxy), "X-For-Proxy": "yes"}

    session.mount("http://", Telling())
    session.get("http://one.example/", proxies={"http": with_user(proxy.url)})
    assert (proxy.requests[0]["X-For-Proxy"], proxy.requests[0]["Proxy-Authorization"]) == ("yes", "Basic dXNlcjpwYXNz")


def test_a_subclass_asks_for_another_target(http_app, session):
    class Elsewhere(HTTPAdapter):
        def request_url(self, request, proxies):
            return "/elsewhere"

    session.mount("http://", Elsewhere())
    assert session.get(f"{http_app.url}/here").json()["target"] == "/elsewhere"


def test_a_subclass_sends_differently(http_app, session):
    class Patient(HTTPAdapter):
        def send(self, request, **kwargs):
            kwargs["timeout"] = kwargs.get("timeout") or 7
            response = super().send(request, **kwargs)
            response.waited = kwargs["timeout"]
            return response

    session.mount("http://", Patient())
    assert session.get(f"{http_app.url}/json").waited == 7


def test_a_subclass_brings_its_own_context(https_app, ca, session):
    """S234: the shape of the documentation's example."""

    class Trusting(HTTPAdapter):
        def init_poolmanager(self, connections, maxsize, block=False):
            super().init_poolmanager(connections, maxsize, block, ssl_context=ca.client_context())

    session.mount("https://", Trusting())
    assert session.get(f"{https_app.url}/json").ok


def test_a_subclass_brings_its_own_manager(https_app, ca, session):
    """S234."""
    from minireq.packages.urllib3.poolmanager import PoolManager

    class Ssl3HttpAdapter(HTTPAdapter):
        def init_poolmanager(self, connections, maxsize, block=False):
            self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, ca_certs=ca.file)

    session.mount("https://", Ssl3HttpAdapter())
    assert session.get(f"{https_app.url}/json").ok
    assert len(https_app.connections) == 1


@pytest.mark.parametrize("body", [None, b"body", iter([b"bo", b"dy"])], ids=["none", "whole", "stream"])
def test_a_subclass_that_says_whom_to_trust_is_asked_for_each_request(https_app, ca, session, body):
    asked = []

    class Trusting(HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            asked.append((url, verify, cert))
            super().cert_verify(conn, url, verify, cert)
            conn.ca_certs = ca.file

    session.mount("https://", Trusting())
    assert session.post(f"{https_app.url}/echo", data=body).json()["body"] == ("" if body is None else "body")
    assert asked == [(f"{https_app.url}/echo", True, None)]


def test_a_subclass_changes_what_a_pool_is_chosen_by(https_app, ca, session):
    class Trusting(HTTPAdapter):
        def build_connection_pool_key_attributes(self, request, verify, cert=None):
            host, settings = super().build_connection_pool_key_attributes(request, verify, cert)
            assert (host, settings) == (
                {"scheme": "https", "host": "localhost", "port": https_app.port},
                {"cert_reqs": "CERT_REQUIRED"},
            )
            return host, {**settings, "ca_certs": ca.file}

    session.mount("https://", Trusting())
    for _ in range(2):
        assert session.get(f"{https_app.url}/json").json() == {"hello": "world"}
    assert len(https_app.connections) == 1


@pytest.mark.parametrize(
    "verify, cert, settings",
    [
        (True, None, {"cert_reqs": "CERT_REQUIRED"}),
        (False, None, {"cert_reqs": "CERT_NONE"}),
        ("/file", None, {"cert_reqs": "CERT_REQUIRED", "ca_certs": "/file"}),
        ("/", None, {"cert_reqs": "CERT_REQUIRED", "ca_cert_dir": "/"}),
        (True, "/both", {"cert_reqs": "CERT_REQUIRED", "cert_file": "/both", "key_file": None}),
        (True, ("/cert", "/key"), {"cert_reqs": "CERT_REQUIRED", "cert_file": "/cert", "key_file": "/key"}),
    ],
)
def test_what_a_pool_is_chosen_by(verify, cert, settings):
    request = Request("GET", "https://one.example:8443/a").prepare()
    host, found = HTTPAdapter().build_connection_pool_key_attributes(request, verify, cert)
    assert (host, found) == ({"scheme": "https", "host": "one.example", "port": 8443}, settings)


class FakePool:
    """Somebody else's pool: it remembers what it is asked, and answers or fails."""

    def __init__(self, failure=None):
        self.asked = []
        self._failure = failure

    def urlopen(self, **arguments):
        self.asked.append(arguments)
        if self._failure:
            raise self._failure
        return SimpleNamespace(status=200, reason="OK", headers={}, read=io.BytesIO(b"from the pool").read)

    def connection_from_host(self, **arguments):
        self.host = arguments
        return self


class ByPool(HTTPAdapter):
    def __init__(self, pool):
        super().__init__(max_retries=2)
        self.pool = pool

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
        return self.pool


def test_a_subclass_answers_by_a_pool_of_its_own(session):
    session.mount("http://", ByPool(pool := FakePool()))
    response = session.post("http://one.example/a?b=1", data=b"body", timeout=5, headers={"X-Mine": "yes"})
    assert (response.text, response.status_code, response.url) == ("from the pool", 200, "http://one.example/a?b=1")
    (asked,) = pool.asked
    assert (asked["method"], asked["url"], asked["body"], asked["timeout"]) == ("POST", "/a?b=1", b"body", 5)
    assert (asked["headers"]["X-Mine"], asked["redirect"], asked["preload_content"], asked["chunked"]) == (
        "yes",
        False,
        False,
        False,
    )
    assert asked["retries"].total == 2


def test_a_manager_may_be_somebody_elses(session):
    class Foreign(HTTPAdapter):
        def init_poolmanager(self, *arguments, **keywords):
            self.poolmanager = FakePool()
            self.poolmanager.clear = lambda: None

    session.mount("http://", adapter := Foreign())
    assert session.get("http://one.example:8080/a").text == "from the pool"
    assert (adapter.poolmanager.host["host"], adapter.poolmanager.host["port"]) == ("one.example", 8080)


@pytest.mark.parametrize(
    "failure, error",
    [
        (OSError("of the socket"), ConnectionError),
        (type("ReadTimeoutError", (Exception,), {"__module__": "urllib3.exceptions"})("late"), ReadTimeout),
        (InvalidArgument("ours"), InvalidArgument),
        (ZeroDivisionError("of the program"), ZeroDivisionError),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_foreign_pool_raises_is_translated(session, failure, error):
    session.mount("http://", ByPool(FakePool(failure)))
    with pytest.raises(error) as caught:
        session.get("http://one.example/")
    if error in (ConnectionError, ReadTimeout):
        assert caught.value.request.url == "http://one.example/"
        assert caught.value.__cause__ is failure


def test_the_urllib3_of_the_program_answers_in_its_own_way(http_app, session):
    urllib3 = pytest.importorskip("urllib3")

    class Foreign(HTTPAdapter):
        def init_poolmanager(self, connections, maxsize, block=False):
            self.poolmanager = urllib3.PoolManager(num_pools=connections, maxsize=maxsize, block=block)

    session.mount("http://", Foreign(max_retries=1))
    assert session.get(f"{http_app.url}/gzip", timeout=(5, 5)).json() == {"hello": "world"}
    assert dict(session.get(f"{http_app.url}/cookies/set?a=1").json()) == {"a": "1"}
    assert next(session.get(f"{http_app.url}/chunked/1", stream=True).iter_lines()) == b"chunk 0"
    with pytest.raises(ConnectionError):
        session.get("http://host.invalid/")
    assert len(http_app.connections) == 1


def test_the_old_name_for_a_pool_warns():
    adapter = HTTPAdapter()
    with pytest.warns(DeprecationWarning, match="get_connection_with_tls_context"):
        pool = adapter.get_connection("http://one.example/")
    assert (pool.host, pool.port) == ("one.example", 80)
    with pytest.warns(DeprecationWarning):
        assert adapter.get_connection("http://one.example/", {"http": "proxy.example:3128"}).proxy.host == "proxy.example"


def test_a_cut_in_the_handshake_is_a_connection_error(wire_server, ca):
    server = wire_server([lambda connection: connection.read_some(), CUT])
    with pytest.raises(ConnectionError):
        minireq.get(server.url.replace("http:", "https:"), verify=ca.file)


def test_a_pool_that_blocks_has_room_for_one_connection():
    with pytest.raises(minireq.exceptions.InvalidArgument, match="pool_maxsize=0"):
        minireq.adapters.HTTPAdapter(pool_maxsize=0, pool_block=True)


def test_the_jar_of_a_response_shows_what_came_whoever_received_it():
    request = minireq.Request("GET", "http://example.org/").prepare()
    received = SimpleNamespace(msg=minireq.wire.Fields([("Set-Cookie", "a=1; Secure"), ("Set-Cookie", "b=2")]))
    raw = SimpleNamespace(status=200, reason="OK", version=11, headers={}, _original_response=received)
    assert HTTPAdapter().build_response(request, raw).cookies.get_dict() == {"a": "1", "b": "2"}


# --- the manager is made when it is needed


def test_a_manager_is_made_when_it_is_needed_or_when_somebody_wants_to_know():
    assert "poolmanager" not in vars(HTTPAdapter())
    adapter = HTTPAdapter()
    assert adapter.poolmanager is adapter.poolmanager
    with mock.patch("minireq.adapters.PoolManager") as made:
        HTTPAdapter(pool_maxsize=3)
    made.assert_called_once_with(num_pools=10, maxsize=3, block=False)
    with mock.patch.object(HTTPAdapter, "init_poolmanager") as init:
        HTTPAdapter()
    init.assert_called_once_with(10, 10, block=False)


def test_a_manager_that_a_class_keeps_elsewhere_is_cleared():
    class Elsewhere(HTTPAdapter):
        manager = None

        @property
        def poolmanager(self):
            return self.manager

        @poolmanager.setter
        def poolmanager(self, manager):
            self.manager = mock.Mock()

    adapter = Elsewhere()
    adapter.close()
    adapter.manager.clear.assert_called_once_with()


class Spelled(str):
    """Text that calls itself equal to what is written differently."""

    __slots__ = ()

    def __eq__(self, other):
        return self.lower() == other.lower()

    __hash__ = str.__hash__


def test_headers_that_call_themselves_equal_go_out_as_they_are_written(http_app, session):
    for value in ["Abc", Spelled("aBC"), "Abc", b"Abc"]:
        session.get(http_app.url, headers={"X-Value": value})
    session.headers["X-Value"] = "Abc"
    for _ in range(2):
        session.get(http_app.url)
    session.headers["X-Value"] = Spelled("aBC")
    session.get(http_app.url)
    sent = [request["X-Value"] for request in http_app.requests]
    assert sent == ["Abc", "aBC", "Abc", "Abc", "Abc", "Abc", "aBC"]


def test_headers_changed_between_two_requests_go_out_changed(http_app, session):
    session.get(http_app.url)
    session.headers["X-Value"] = "1"
    session.get(http_app.url)
    session.headers["X-Value"] = "2"
    session.get(http_app.url, headers={"Accept": "text/plain"})
    session.get(http_app.url)
    sent = [(request["X-Value"], request["Accept"]) for request in http_app.requests]
    assert sent == [(None, "*/*"), ("1", "*/*"), ("2", "text/plain"), ("2", "*/*")]


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Api-Key", "Proxy-Authorization"])
def test_an_adapter_remembers_no_secret(http_app, session, name):
    session.headers[name] = "secret"
    session.get(http_app.url)
    assert "secret" not in repr(vars(session.get_adapter(http_app.url)))


def test_an_adapter_that_adds_headers_is_asked_to(http_app, session):
    class Adding(HTTPAdapter):
        def add_headers(self, request, **kwargs):
            request.headers["X-Added"] = ",".join(sorted(kwargs))

    session.mount("http://", Adding())
    session.get(http_app.url)
    plain = HTTPAdapter()
    plain.add_headers = lambda request, **kwargs: request.headers.update({"X-Added": "by one"})
    session.mount("http://", plain)
    session.get(http_app.url)
    with mock.patch.object(HTTPAdapter, "add_headers", lambda self, request, **kwargs: request.headers.update({"X-Added": "all"})):
        session.mount("http://", HTTPAdapter())
        session.get(http_app.url)
    sent = [request["X-Added"] for request in http_app.requests]
    assert sent == ["cert,proxies,stream,timeout,verify", "by one", "all"]


def test_what_a_subclass_calls_its_own_is_no_setting(http_app, session):
    class Names(HTTPAdapter):
        ciphers = uds = "mine"

        @classmethod
        def resolve(cls, host):
            raise AssertionError("nobody said that this is to be asked")

    session.mount("http://", Names())
    assert session.get(http_app.url).ok


def test_settings_of_the_class_hold_for_those_that_are_made_meanwhile():
    with mock.patch.object(HTTPAdapter, "source_address", ("127.0.0.1", 0)):
        adapter = HTTPAdapter()
    assert adapter.poolmanager.connection_pool_kw["source_address"] == ("127.0.0.1", 0)


def test_what_stands_behind_an_adapter_is_made_before_its_pools():
    class Behind:
        def __init__(self):
            seen.append("poolmanager" in vars(self) or "_pool_block" in vars(self))

    class Both(HTTPAdapter, Behind):
        pass

    seen = []
    Both()
    assert seen == [False]


def test_a_response_without_headers_is_a_response():
    raw = CannedResponse(body=b"hi", status=200)
    raw.headers = None
    response = HTTPAdapter().build_response(minireq.Request("GET", "http://host/").prepare(), raw)
    assert response.headers == {} and response.encoding is None and list(response.cookies) == []


@pytest.mark.parametrize("where", ["class", "instance", "patch"])
def test_headers_may_be_added_without_pools_of_ones_own(where, http_app):
    def add(self, request, **settings):
        request.headers["X-Mine"] = "yes"

    session = minireq.Session()
    adapter = type("Adding", (HTTPAdapter,), {"add_headers": add})() if where == "class" else HTTPAdapter()
    if where == "instance":
        adapter.add_headers = lambda request, **settings: add(adapter, request)
    session.mount("http://", adapter)
    patched = mock.patch.object(HTTPAdapter, "add_headers", add) if where == "patch" else nullcontext()
    with patched, mock.patch.object(HTTPAdapter, "_send_by_pool", side_effect=AssertionError):
        assert session.get(f"{http_app.url}/headers").json()["X-Mine"] == "yes"
