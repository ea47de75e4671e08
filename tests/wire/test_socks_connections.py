"""Connections by a SOCKS proxy: who looks a name up, what the proxy is told, what goes on behind it, and what may go wrong."""

from __future__ import annotations

import socket

import pytest

import minireq
from minireq.exceptions import ConnectionError, ConnectTimeout, InvalidProxyURL, ProxyError, SSLError
from minireq.wire import Proxy, Route, TLSSettings, errors
from minireq.wire.connect import connect
from minireq.wire.limits import DEFAULT_LIMITS
from minireq.wire.timeouts import Deadline
from tests.support.scripted import CLOSE, RESET, SILENCE, say, start_tls
from tests.support.socks import GRANTED_4, GRANTED_5, Asked, socks4, socks5

from .asking import OK, wait_until_closed

SCHEMES = ["socks4", "socks4a", "socks5", "socks5h"]
EVERY_SCHEME = pytest.mark.parametrize("scheme", SCHEMES)
REMOTE = ("socks4a", "socks5h")


@pytest.fixture
def session(ca):
    with minireq.Session() as session:
        session.verify = ca.file
        yield session


@pytest.fixture
def heard():
    return []


def step(scheme, heard, **settings):
    return (socks5 if "5" in scheme else socks4)(heard, **settings)


def by(scheme, proxy, credentials=""):
    url = f"{scheme}://{credentials}{proxy.host}:{proxy.port}"
    return {"http": url, "https": url}


def open_stream(scheme, proxy, host="example.org", tls=None, seconds=5, user="", password=""):
    """What `connect` makes of such a route."""
    route = Route("https" if tls else "http", host, 80, tls, Proxy(scheme, proxy.host, proxy.port, (), user, password))
    return connect(route, Deadline(seconds), DEFAULT_LIMITS)


# Who looks the name up.


@pytest.mark.parametrize(
    "scheme, host, told",
    [
        ("socks4", "example.org", ("4", "127.0.0.1")),
        ("socks4a", "example.org", ("4a", "example.org")),
        ("socks5", "example.org", ("5", "127.0.0.1")),
        ("socks5h", "example.org", ("5", "example.org")),
        ("socks4", "192.0.2.7", ("4", "192.0.2.7")),
        ("socks4a", "192.0.2.7", ("4", "192.0.2.7")),
        ("socks5", "192.0.2.7", ("5", "192.0.2.7")),
        ("socks5h", "192.0.2.7", ("5", "192.0.2.7")),
        ("socks5", "[2001:db8::7]", ("5", "2001:db8::7")),
        ("socks5h", "[2001:db8::7]", ("5", "2001:db8::7")),
        ("socks4a", "bücher.example", ("4a", "xn--bcher-kva.example")),
        ("socks5h", "bücher.example", ("5", "xn--bcher-kva.example")),
    ],
)
def test_S155_without_a_or_h_names_are_looked_up_here_with_it_there(session, wire_server, dns, heard, scheme, host, told):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard), OK])
    assert session.get(f"http://{host}:8080/a?b", proxies=by(scheme, proxy)).text == "hi"
    version, address = told
    user = "" if scheme[5] == "4" else None
    assert heard == [Asked(version, address, 8080, user, None)]
    assert dns.asked == (["example.org"] if host == "example.org" and scheme not in REMOTE else [])
    assert proxy.requests[0].target == "/a?b"  # as the server itself is asked, not as a proxy of http is


@pytest.mark.parametrize(
    "scheme, addresses, told",
    [
        ("socks4", ["::1", "127.0.0.1"], "127.0.0.1"),
        ("socks5", ["::1", "127.0.0.1"], "::1"),
        ("socks5", ["127.0.0.1", "::1"], "127.0.0.1"),
    ],
)
def test_of_several_addresses_the_first_is_told_that_the_version_knows(session, wire_server, dns, heard, scheme, addresses, told):
    dns["example.org"] = addresses
    proxy = wire_server([step(scheme, heard), OK])
    session.get("http://example.org/", proxies=by(scheme, proxy))
    assert heard[0].host == told


@EVERY_SCHEME
def test_the_proxys_own_name_is_looked_up_here_and_its_port_is_1080(session, wire_server, dns, heard, scheme):
    proxy = wire_server([step(scheme, heard), OK])
    dns["proxy.example", 1080] = proxy
    dns["example.org"] = "127.0.0.1"
    session.get("http://example.org/", proxies={"http": f"{scheme}://proxy.example"})
    assert dns.asked == ["proxy.example"] + ["example.org"] * (scheme not in REMOTE)


@pytest.mark.parametrize("scheme", ["socks4", "socks5"])
def test_a_name_that_has_no_address_here_is_not_told(session, wire_server, heard, scheme):
    proxy = wire_server([step(scheme, heard), OK])
    with pytest.raises(ConnectionError, match=r"the name 'host\.invalid' could not be resolved"):
        session.get("http://host.invalid/", proxies=by(scheme, proxy))
    assert heard == []
    wait_until_closed(proxy)


def test_an_address_that_is_none_is_not_told(wire_server, monkeypatch, heard):
    monkeypatch.setattr("minireq.wire.connect.addresses_of", lambda *_: [(socket.AF_INET, 1, 6, "", ("not an address", 80))])
    with pytest.raises(errors.NameLookupFailed, match=r"the name 'example\.org' has no address"):
        open_stream("socks5", wire_server([socks5(heard)]))


@pytest.mark.parametrize("host, known", [("example.org", "::1"), ("2001:db8::7", None)])
def test_socks_4_cannot_tell_an_ipv6_address(wire_server, dns, host, known):
    dns["example.org"] = known
    with pytest.raises(errors.ProxyFailed, match=f"SOCKS 4 knows no IPv6, and {host} has no other address"):
        open_stream("socks4", wire_server(SILENCE), host)


@EVERY_SCHEME
@pytest.mark.parametrize("host", ["a\0b", "\udcff", "x" * 300], ids=["NUL", "surrogate", "long"])
def test_a_host_that_is_none_is_an_error_of_the_wire(wire_server, dns, heard, scheme, host):
    dns[host] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    proxy = wire_server([step(scheme, heard), OK] if host != "\udcff" else SILENCE)
    with pytest.raises((errors.ProxyFailed, errors.NameLookupFailed, errors.ConnectTimedOut)):
        open_stream(scheme, proxy, host, seconds=0.2)


# What the proxy is told of us.


@pytest.mark.parametrize(
    "scheme, credentials, guarded, user, password",
    [
        ("socks5", "me:s3cret@", True, "me", "s3cret"),
        ("socks5h", "me:s3cret@", True, "me", "s3cret"),
        ("socks5h", "m%40e:p%3Ass%20word@", True, "m@e", "p:ss word"),
        ("socks5h", "m%C3%A9:%E2%82%AC@", True, "mé", "€"),
        ("socks5h", "me@", True, "me", ""),
        ("socks5h", "me:s3cret@", False, None, None),
    ],
)
def test_user_and_password_of_the_url_are_told_when_asked_for(
    session, wire_server, dns, heard, scheme, credentials, guarded, user, password
):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard, guarded=guarded), OK])
    session.get("http://example.org/", proxies=by(scheme, proxy, credentials))
    assert (heard[0].user, heard[0].password) == (user, password)
    assert proxy.requests[0]["Proxy-Authorization"] is proxy.requests[0]["Authorization"] is None


@pytest.mark.parametrize("scheme", ["socks4", "socks4a"])
def test_socks_4_is_told_the_user_alone(session, wire_server, dns, heard, scheme):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard), OK])
    session.get("http://example.org/", proxies=by(scheme, proxy, "me:s3cret@"))
    assert heard[0].user == "me"
    assert b"s3cret" not in proxy.connections[0].received


def test_a_proxy_that_wants_a_password_and_is_given_none_is_an_error(session, wire_server, heard):
    with pytest.raises(ProxyError, match="the SOCKS proxy wants an authentication, and none was given"):
        session.get("http://example.org/", proxies=by("socks5h", wire_server(socks5(heard, guarded=True))))


def test_a_wrong_password_is_an_error_that_keeps_it(session, wire_server, heard):
    proxy = wire_server([socks5(heard, guarded=True, login=b"\1\1"), OK])
    with pytest.raises(ProxyError, match="does not accept this user and password") as caught:
        session.get("http://example.org/", proxies=by("socks5h", proxy, "me:s3cret@"))
    assert "s3cret" not in repr(caught.value) + repr(caught.value.__cause__)
    assert proxy.requests == []


def test_a_header_for_a_proxy_is_shown_to_nobody(session, wire_server, heard):
    proxy = wire_server([socks5(heard), OK])
    session.get("http://example.org/", headers={"Proxy-Authorization": "Basic c2VjcmV0"}, proxies=by("socks5h", proxy))
    assert b"c2VjcmV0" not in proxy.connections[0].received


# What goes on behind it.


@EVERY_SCHEME
def test_https_is_shaken_hands_with_the_server_behind(session, wire_server, dns, ca, heard, scheme):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard), start_tls(ca.server_context("example.org")), OK])
    assert session.get("https://example.org/", proxies=by(scheme, proxy)).text == "hi"
    assert heard[0].port == 443
    assert proxy.connections[0].server_name == "example.org"
    assert proxy.requests[0].target == "/"


@EVERY_SCHEME
def test_the_certificate_is_the_servers(session, wire_server, dns, ca, heard, scheme):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard), start_tls(ca.server_context("127.0.0.1", "localhost"))])
    with pytest.raises(SSLError, match=r"the certificate of example\.org is not trusted"):
        session.get("https://example.org/", proxies=by(scheme, proxy))


@EVERY_SCHEME
def test_answers_may_come_byte_by_byte(session, wire_server, dns, heard, scheme):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard, piece=1), OK])
    assert session.get("http://example.org/", proxies=by(scheme, proxy)).text == "hi"


@EVERY_SCHEME
def test_a_connection_serves_its_server_again_and_no_other(session, wire_server, dns, heard, scheme):
    dns["example.org"] = dns["example.com"] = "127.0.0.1"
    proxy = wire_server([step(scheme, heard), OK, OK], [step(scheme, heard), OK], [step(scheme, heard), OK])
    for url in ("http://example.org/1", "http://example.org/2", "http://example.com/3", "http://example.org:8080/4"):
        session.get(url, proxies=by(scheme, proxy))
    assert [[request.target for request in connection.requests] for connection in proxy.connections] == [
        ["/1", "/2"],
        ["/3"],
        ["/4"],
    ]
    assert len(heard) == 3


def test_two_users_of_a_proxy_share_no_connection(session, wire_server, heard):
    proxy = wire_server(*[[socks5(heard, guarded=True), OK, OK]] * 2)
    for user in ("me:1@", "you:1@", "me:1@"):
        session.get("http://example.org/", proxies=by("socks5h", proxy, user))
    assert [asked.user for asked in heard] == ["me", "you"]


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "ALL_PROXY"])
def test_the_environment_may_name_it(session, wire_server, monkeypatch, heard, name):
    proxy = wire_server([socks5(heard), OK])
    monkeypatch.setenv(name, f"socks5h://{proxy.host}:{proxy.port}")
    session.get("http://example.org/")
    assert heard[0].host == "example.org"


def test_a_redirect_is_followed_through_it(session, wire_server, heard):
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n"
    proxy = wire_server([socks5(heard), moved], [socks5(heard), OK])
    assert session.get("http://example.org/", proxies=by("socks5h", proxy)).text == "hi"
    assert [asked.host for asked in heard] == ["example.org", "example.com"]


# What may go wrong.

REFUSED_4, REFUSED_5 = b"\x00\x5b" + bytes(6), b"\x05\x05\x00\x01" + bytes(6)


@pytest.mark.parametrize(
    "scheme, answer, message",
    [
        ("socks4a", REFUSED_4, "would not connect to example.org:80: request rejected or failed"),
        ("socks4a", GRANTED_4 + b"HTTP/1.1 200 OK\r\n\r\n", "sent bytes of its own into the connection"),
        ("socks5h", REFUSED_5, "would not connect to example.org:80: connection refused"),
        ("socks5h", REFUSED_5[:6], "would not connect to example.org:80: connection refused"),
        ("socks5h", GRANTED_5 + b"HTTP/1.1 200 OK\r\n\r\n", "sent bytes of its own into the connection"),
        ("socks5h", b"\x05\x00\x00\x09", "an address of unknown type 9"),
    ],
)
def test_a_proxy_that_does_not_connect_us_is_an_error_which_says_why(session, wire_server, heard, scheme, answer, message):
    proxy = wire_server([step(scheme, heard, answer=answer), SILENCE])
    with pytest.raises(ProxyError, match=message):
        session.get("http://example.org/", proxies=by(scheme, proxy))
    wait_until_closed(proxy)
    assert proxy.requests == []


@EVERY_SCHEME
@pytest.mark.parametrize("end", [CLOSE, RESET], ids=["close", "reset"])
def test_a_proxy_that_hangs_up_is_an_error(wire_server, dns, scheme, end):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([lambda connection: connection.read_some(), end])
    with pytest.raises(errors.ProxyFailed, match="closed the connection|did not connect to example.org:80: the connection broke"):
        open_stream(scheme, proxy)


@EVERY_SCHEME
def test_a_proxy_that_speaks_http_is_an_error(wire_server, dns, scheme):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server([say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), SILENCE])
    with pytest.raises(errors.ProxyFailed):
        open_stream(scheme, proxy)


@EVERY_SCHEME
def test_a_proxy_that_says_nothing_is_waited_for_until_the_deadline(session, wire_server, dns, scheme):
    dns["example.org"] = "127.0.0.1"
    proxy = wire_server(SILENCE)
    with pytest.raises(ConnectTimeout, match=r"waiting for the proxy <Proxy socks.*> \(connect timeout=0\.05\)") as caught:
        session.get("http://example.org/", proxies=by(scheme, proxy, "me:s3cret@"), timeout=(0.05, 5))
    assert "s3cret" not in repr(caught.value)
    wait_until_closed(proxy)


def test_one_that_drips_is_waited_for_no_longer(wire_server, clock):
    def drip(connection):
        connection.read_some()
        connection.send(b"\x05\x00")
        connection.read_some()
        for byte in b"\x05\x00\x00\x03\xff" + b"x" * 200:
            clock.now += 1
            connection.send(bytes([byte]))

    with pytest.raises(errors.ConnectTimedOut, match=r"\(connect timeout=5\)"):
        open_stream("socks5h", wire_server(drip))


@EVERY_SCHEME
@pytest.mark.parametrize("tls", [None, TLSSettings()])
def test_a_proxy_that_cannot_be_reached_is_an_error_of_the_proxy(dns, refused_port, scheme, tls):
    route = Route("http", "example.org", 80, tls, Proxy(scheme, "127.0.0.1", refused_port))
    with pytest.raises(errors.ProxyFailed, match="the proxy cannot be reached: .*refused"):
        connect(route, Deadline(5), DEFAULT_LIMITS)
    assert dns.asked == []


@pytest.mark.parametrize(
    "url", ["socks://127.0.0.1:1080", "socks6://127.0.0.1:1080", "socks5://", "socks5://:1080", "socks5h:1080"]
)
def test_a_url_that_is_no_socks_proxys_is_refused(session, url):
    with pytest.raises(InvalidProxyURL):
        session.get("http://example.org/", proxies={"http": url})


@EVERY_SCHEME
def test_an_interrupt_closes_the_connection(wire_server, dns, monkeypatch, scheme):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    dns["example.org"] = "127.0.0.1"
    monkeypatch.setattr("minireq.wire.network.stream.Stream.receive", interrupted)
    proxy = wire_server(SILENCE)
    with pytest.raises(KeyboardInterrupt):
        open_stream(scheme, proxy)
    wait_until_closed(proxy)
