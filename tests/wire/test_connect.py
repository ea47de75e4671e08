"""From a route to a stream: what is dialled, what the proxy is told, whose certificate is looked at, how long it all may take."""

from __future__ import annotations

import socket
import ssl
import sys
import threading

import pytest

from minireq.wire import Proxy, Route, TLSSettings, errors
from minireq.wire.connect import connect
from minireq.wire.limits import DEFAULT_LIMITS
from minireq.wire.network.dial import ANYHOW, Dialling
from minireq.wire.network.tls import TLSStream
from minireq.wire.timeouts import Deadline
from tests.support.scripted import CLOSE, CUT, HALF_CLOSE, RESET, SILENCE, hear, say, start_tls, tunnel_to, wait_for
from tests.support.socks import socks5

from .asking import route_to, wait_until_closed

OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
SECRET = ("Proxy-Authorization", "Basic c2VjcmV0")


def open_stream(route, seconds=5, dialling=ANYHOW):
    return connect(route, Deadline(seconds), DEFAULT_LIMITS, dialling)


def by(proxy, scheme, host, tls=None, port=443):
    """The route to a host by a proxy that knows us."""
    return Route(scheme, host, port, tls, Proxy("http", proxy.host, proxy.port, (SECRET,)))


# Directly.


def test_http_is_a_plain_stream_to_the_host(wire_server, dns):
    server = wire_server(SILENCE)
    dns["example.org"] = server
    stream = open_stream(Route("http", "example.org", 80))
    assert not isinstance(stream, TLSStream)
    assert stream.socket.getpeername() == server.address
    stream.close()


def test_https_is_a_secure_stream_to_the_host(wire_server, dns, ca):
    server = wire_server(SILENCE, tls=ca.server_context("example.org"))
    dns["example.org"] = server
    stream = open_stream(Route("https", "example.org", 443, TLSSettings(authorities=ca.file)))
    assert isinstance(stream, TLSStream)
    stream.close()
    wait_until_closed(server)
    assert server.connections[0].server_name == "example.org"


@pytest.mark.parametrize("settings", [{"authorities": "/nowhere/ca.pem"}, {"verify": False, "certificate": "/nowhere/me.pem"}])
@pytest.mark.parametrize("proxied", [False, True])
def test_files_that_are_missing_are_found_out_before_anything_is_dialled(wire_server, dns, settings, proxied):
    server = wire_server(SILENCE)
    dns["example.org"] = server
    tls = TLSSettings(**settings)
    with pytest.raises(errors.TLSError, match="/nowhere/"):
        open_stream(by(server, "https", "example.org", tls) if proxied else Route("https", "example.org", 443, tls))
    assert dns.asked == [] and server.connections == []


def test_a_certificate_for_another_host_closes_the_connection(wire_server, dns, ca):
    server = wire_server(hear, tls=ca.server_context("example.com"))
    dns["example.org"] = server
    with pytest.raises(errors.TLSError, match=r"the certificate of example\.org is not trusted"):
        open_stream(Route("https", "example.org", 443, TLSSettings(authorities=ca.file)))
    assert server.connections[0].received == b""


# By a proxy, in the clear.


def test_http_by_a_proxy_is_a_plain_stream_to_the_proxy_which_is_told_nothing(wire_server, dns):
    proxy = wire_server(SILENCE)
    stream = open_stream(by(proxy, "http", "example.org", port=80))
    assert stream.socket.getpeername() == proxy.address
    assert dns.asked == []
    stream.close()
    wait_until_closed(proxy)
    assert proxy.connections[0].received == b""


def test_http_by_a_proxy_is_one_route_for_all_hosts(wire_server):
    proxy = wire_server()
    assert by(proxy, "http", "example.org", port=80) == by(proxy, "http", "example.com", port=8080)
    tls = TLSSettings()
    assert by(proxy, "https", "example.org", tls) != by(proxy, "https", "example.com", tls)


# By a proxy, in a tunnel.


def test_https_by_a_proxy_asks_for_a_tunnel_and_shakes_hands_with_the_host_in_it(wire_server, dns, ca):
    """The proxy hears Host and what is meant for it, and sees nothing of the rest; D12: in HTTP/1.1."""
    proxy = wire_server([OPENED, start_tls(ca.server_context("example.org")), hear])
    stream = open_stream(by(proxy, "https", "example.org", TLSSettings(authorities=ca.file)))
    stream.send(b"GET / HTTP/1.1\r\nHost: example.org\r\nAuthorization: Basic b3JpZ2lu\r\n\r\n", timeout=5)
    stream.close()
    wait_until_closed(proxy)
    told, hidden = proxy.requests
    assert told.raw == (b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n")
    assert proxy.connections[0].server_name == "example.org"
    assert hidden["Host"] == "example.org" and hidden["Proxy-Authorization"] is None
    assert dns.asked == []


def test_a_tunnel_to_an_ipv6_address_names_it_in_brackets(wire_server, ca):
    proxy = wire_server([OPENED, start_tls(ca.server_context("::1")), SILENCE])
    open_stream(by(proxy, "https", "::1", TLSSettings(authorities=ca.file), 8443)).close()
    assert proxy.requests[0].target == proxy.requests[0]["Host"] == "[::1]:8443"


def test_in_a_tunnel_the_certificate_of_the_host_counts_and_not_that_of_the_proxy(wire_server, ca):
    proxy = wire_server([OPENED, start_tls(ca.server_context("localhost", "127.0.0.1")), hear])
    with pytest.raises(errors.TLSError, match=r"the certificate of example\.org is not trusted"):
        open_stream(by(proxy, "https", "example.org", TLSSettings(authorities=ca.file)))


@pytest.mark.parametrize(
    "script, complaint",
    [
        (
            [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"],
            "the proxy would not open a tunnel to example.org:443: 407 ",
        ),
        ([b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\n\r\n"], "would not open a tunnel to example.org:443: 302 "),
        ([OPENED + b"HTTP/1.1 200 OK"], "the proxy sent bytes of its own into the tunnel"),
        ([hear, CLOSE], "did not open a tunnel to example.org:443: the server closed the connection without a response"),
        ([hear, HALF_CLOSE], "did not open a tunnel to example.org:443: the server closed the connection without a response"),
        ([hear, say(b"HTTP/1.1 200 OK\r\n"), CLOSE], "the connection ended inside the head of the response: b'HTTP/1.1 200 OK"),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], "the response does not begin with a status line of HTTP/1: b'SSH-2.0-OpenSSH'"),
        ([hear, RESET], "did not open a tunnel to example.org:443: the connection broke"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_is_an_error_which_says_why_and_keeps_the_secret(wire_server, script, complaint):
    proxy = wire_server(script)
    with pytest.raises(errors.ProxyFailed) as caught:
        open_stream(by(proxy, "https", "example.org", TLSSettings()))
    assert complaint in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize("scheme, tls", [("http", None), ("https", TLSSettings())])
def test_a_proxy_that_cannot_be_reached_is_an_error_of_the_proxy(dns, refused_port, scheme, tls):
    with pytest.raises(
        errors.ProxyFailed, match=rf"the proxy cannot be reached: no connection to 127\.0\.0\.1:{refused_port}: .*refused"
    ):
        open_stream(Route(scheme, "example.org", 80, tls, Proxy("http", "127.0.0.1", refused_port)))
    with pytest.raises(errors.ProxyFailed, match=r"the proxy cannot be reached: the name 'proxy\.invalid' could not be resolved"):
        open_stream(Route(scheme, "example.org", 80, tls, Proxy("http", "proxy.invalid", 3128)))
    assert dns.asked == ["proxy.invalid"]


# By an https proxy: TLS to it, and in its tunnel TLS to the host.


def by_https(proxy, scheme, host, tls=None, port=443, trusting=None):
    return Route(scheme, host, port, tls, Proxy("https", proxy.host, proxy.port, (SECRET,), tls=trusting))


def test_what_is_said_to_an_https_proxy_is_inside_tls(wire_server, ca):
    proxy = wire_server([say(b"welcome")], tls=ca.server_context("127.0.0.1"))
    stream = open_stream(by_https(proxy, "http", "example.org", trusting=TLSSettings(authorities=ca.file)))
    assert stream.receive(timeout=5) == b"welcome"
    stream.close()


@pytest.fixture
def tunnelled(wire_server, ca):
    """Streams to servers with a script, each in TLS by an https proxy: tunnelled(script, version) -> (server, stream)."""
    opened = []

    def start(script, outer=None, inner=None):
        secure, proxying = ca.server_context("example.org"), ca.server_context("127.0.0.1")
        secure.maximum_version = inner or secure.maximum_version
        proxying.maximum_version = outer or proxying.maximum_version
        server = wire_server(script, tls=secure)
        proxy = wire_server([OPENED, tunnel_to(server.host, server.port)], tls=proxying)
        trusting = TLSSettings(authorities=ca.file)
        opened.append(open_stream(by_https(proxy, "https", "example.org", trusting, trusting=trusting)))
        return server, opened[-1]

    yield start
    for stream in opened:
        stream.close()


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("outer", VERSIONS)
@pytest.mark.parametrize("inner", VERSIONS)
def test_a_tunnel_through_an_https_proxy_is_tls_inside_of_tls(tunnelled, outer, inner):
    data = bytes(range(256)) * 4000

    def echo(connection):
        connection.send(connection.read_exactly(len(data)))

    server, stream = tunnelled([echo, CLOSE], outer, inner)
    rest = memoryview(data)
    while rest:
        stream.wait(5)
        rest = rest[stream.send_some(rest) :]
    heard = bytearray()
    while piece := stream.receive(timeout=5):
        heard += piece
    assert heard == data
    assert server.connections[0].server_name == "example.org"


def test_news_in_a_tunnel_are_seen_and_tickets_are_none(tunnelled):
    """What idle connections are asked for: TLS 1.3 sends two tickets first, which mean nothing."""
    go = threading.Event()
    _, stream = tunnelled([hear, say(b"one"), wait_for(go), say(b"more")])
    stream.send(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", timeout=5)
    assert stream.receive(timeout=5) == b"one"
    stream.keep_session()
    assert not stream.has_news() and stream.receive_now() is None
    go.set()
    view = memoryview(bytearray(2))
    assert stream.receive_into(view, timeout=5) == 2 and bytes(view) == b"mo"
    assert stream.wait(5) and stream.has_news()


def test_silence_in_a_tunnel_lasts_no_longer_than_the_timeout(tunnelled):
    _, stream = tunnelled(SILENCE)
    with pytest.raises(errors.ReadTimedOut):
        stream.receive(timeout=0.05)


@pytest.mark.parametrize("end", [CUT, RESET])
def test_a_tunnel_that_is_cut_is_a_lost_connection(tunnelled, end):
    _, stream = tunnelled([end])
    with pytest.raises(errors.ConnectionLost):
        stream.receive(timeout=5)


def test_a_tunnel_that_is_closed_properly_has_an_end(tunnelled):
    _, stream = tunnelled([CLOSE])
    assert stream.receive(timeout=5) == b""


def test_who_takes_nothing_in_a_tunnel_is_waited_for_no_longer_than_the_timeout(tunnelled):
    _, stream = tunnelled([wait_for(threading.Event())])
    with pytest.raises(errors.ReadTimedOut, match="Read timed out while sending|Write timed out"):
        for _ in range(1000):
            stream.send(bytes(1_000_000), timeout=0.1)


def test_an_https_proxy_that_is_not_trusted_is_told_nothing(wire_server, ca, stranger_ca):
    proxy = wire_server(hear, tls=stranger_ca.server_context("127.0.0.1"))
    trusting = TLSSettings(authorities=ca.file)
    with pytest.raises(errors.ProxyFailed, match=r"no secure connection to the proxy <Proxy https://127\.0\.0\.1:\d+>: the certif"):
        open_stream(by_https(proxy, "https", "example.org", trusting, trusting=trusting))
    wait_until_closed(proxy)
    assert proxy.connections[0].received == b""


def test_in_the_tunnel_of_an_https_proxy_the_certificate_of_the_host_counts(wire_server, ca):
    server = wire_server(hear, tls=ca.server_context("127.0.0.1"))
    proxy = wire_server([OPENED, tunnel_to(server.host, server.port)], tls=ca.server_context("127.0.0.1"))
    trusting = TLSSettings(authorities=ca.file)
    with pytest.raises(errors.TLSError, match=r"the certificate of example\.org is not trusted"):
        open_stream(by_https(proxy, "https", "example.org", trusting, trusting=trusting))
    wait_until_closed(proxy)


@pytest.mark.parametrize("tls", [None, SILENCE], ids=["in the handshake", "in the tunnel"])
def test_an_https_proxy_that_says_nothing_is_waited_for_until_the_deadline(wire_server, ca, tls):
    trusting = TLSSettings(authorities=ca.file)
    proxy = wire_server(SILENCE, tls=None if tls is None else ca.server_context("127.0.0.1"))
    with pytest.raises(errors.ConnectTimedOut, match=r"(shaking hands with|waiting for) the proxy .*\(connect timeout=0\.2\)"):
        open_stream(by_https(proxy, "https", "example.org", trusting, trusting=trusting), seconds=0.2)
    wait_until_closed(proxy)


# What a proxy says when it opens no tunnel.


@pytest.mark.parametrize(
    "script, body",
    [
        ([hear, say(b"HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\n"), say(b"hello"), SILENCE], b"hello"),
        ([hear, say(b"HTTP/1.1 407 No\r\nContent-Length: 9\r\n\r\nhello"), CLOSE], b"hello"),
        ([hear, say(b"HTTP/1.1 407 No\r\n\r\nhello"), CLOSE], b"hello"),
    ],
    ids=["in two pieces", "cut", "up to its end"],
)
def test_the_answer_of_a_proxy_that_opens_no_tunnel_is_in_the_error(wire_server, script, body):
    proxy = wire_server(script)
    with pytest.raises(errors.ProxyFailed) as caught:
        open_stream(by(proxy, "https", "example.org", TLSSettings()))
    head, heard = caught.value.answer
    assert (head.status, head.reason, heard) == (407, "No", body)


def test_the_rest_of_an_answer_that_does_not_come_is_not_waited_for(wire_server, monkeypatch):
    monkeypatch.setattr("minireq.wire.connect._REFUSAL_SECONDS", 0.05)
    proxy = wire_server([hear, say(b"HTTP/1.1 407 No\r\nContent-Length: 9\r\n\r\nhello"), SILENCE])
    with pytest.raises(errors.ProxyFailed) as caught:
        open_stream(by(proxy, "https", "example.org", TLSSettings()))
    assert caught.value.answer[1] == b"hello"


# To a Unix socket.


@pytest.fixture
def unix_listener(tmp_path):
    """A listening Unix socket; its path is in `getsockname()`."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "a.sock"))
        listener.listen()
        listener.settimeout(5)
        yield listener


def test_a_unix_socket_takes_the_place_of_host_and_port(unix_listener, dns):
    stream = open_stream(Route("http", "example.org", 80, uds=unix_listener.getsockname()))
    accepted, _ = unix_listener.accept()
    stream.send(b"hello", timeout=5)
    assert accepted.recv(5) == b"hello" and dns.asked == []
    stream.close()
    accepted.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no files")
def test_a_unix_socket_may_have_an_abstract_name():
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0minireq")
        listener.listen()
        open_stream(Route("http", "example.org", 80, uds="\0minireq")).close()


@pytest.mark.parametrize(
    "path, complaint",
    [
        ("/nowhere/a.sock", "no connection to the Unix socket '/nowhere/a.sock': .*No such file"),
        ("/" + "x" * 200, "path too long"),
        (__file__, "refused"),
    ],
)
def test_a_unix_socket_that_is_none_is_an_error_that_names_it(path, complaint):
    with pytest.raises(errors.ConnectFailed, match=complaint):
        open_stream(Route("http", "example.org", 80, uds=path))


def test_a_python_without_unix_sockets_says_so(monkeypatch):
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(errors.ConnectFailed, match="this Python has no Unix sockets"):
        open_stream(Route("http", "example.org", 80, uds="/run/a.sock"))


# By a SOCKS proxy. Each line of a script is (bytes that are expected, bytes that are answered).

NO_LOGIN = (b"\5\1\0", b"\5\0")
CONNECTED_5 = b"\5\0\0\1" + bytes(6)
CONNECTED_4 = b"\0\x5a" + bytes(6)


def speaking(*lines):
    def speak(connection):
        for expected, answer in lines:
            assert connection.read_exactly(len(expected)) == expected
            connection.send(answer)

    return speak


def by_socks(proxy, scheme, host, tls=None, **login):
    return Route("https" if tls else "http", host, 80, tls, Proxy(scheme, proxy.host, proxy.port, **login))


@pytest.mark.parametrize(
    "scheme, host, lines, asked",
    [
        ("socks5h", "example.org", [NO_LOGIN, (b"\5\1\0\3\x0bexample.org\0P", CONNECTED_5)], []),
        ("socks5", "example.org", [NO_LOGIN, (b"\5\1\0\1\x7f\0\0\2\0P", CONNECTED_5)], ["example.org"]),
        ("socks5h", "127.0.0.3", [NO_LOGIN, (b"\5\1\0\1\x7f\0\0\3\0P", CONNECTED_5)], []),
        ("socks5", "::1", [NO_LOGIN, (b"\5\1\0\4" + bytes(15) + b"\1\0P", CONNECTED_5)], []),
        ("socks4a", "example.org", [(b"\4\1\0P\0\0\0\1\0example.org\0", CONNECTED_4)], []),
        ("socks4", "example.org", [(b"\4\1\0P\x7f\0\0\2\0", CONNECTED_4)], ["example.org"]),
    ],
)
def test_a_socks_proxy_is_given_a_name_or_an_address(wire_server, dns, scheme, host, lines, asked):
    dns["example.org"] = ["::1", "127.0.0.2"] if scheme == "socks4" else "127.0.0.2"
    proxy = wire_server([speaking(*lines), b"HTTP/1.1 200 OK\r\n\r\n"])
    stream = open_stream(by_socks(proxy, scheme, host))
    stream.send(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", timeout=5)
    assert stream.receive(timeout=5).startswith(b"HTTP/1.1 200 OK")
    assert dns.asked == asked
    stream.close()


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1"])
@pytest.mark.parametrize("scheme, asked", [("socks5", True), ("socks5h", False)])
def test_resolve_is_asked_where_the_server_is_unless_the_proxy_looks_it_up(wire_server, scheme, asked, host):
    heard, answer = [], []
    proxy = wire_server([socks5(heard), SILENCE])

    def resolve(name, port):
        answer.append((name, port))
        return proxy.host if name == proxy.host else "127.0.0.9"

    open_stream(by_socks(proxy, scheme, host), dialling=Dialling(resolve=resolve)).close()
    assert answer == [(proxy.host, proxy.port), (host, 80)][: 1 + asked]
    assert heard[0].host == ("127.0.0.9" if asked else host)


def test_a_socks_proxy_may_want_to_know_who_we_are(wire_server):
    lines = [(b"\5\2\0\2", b"\5\2"), (b"\1\2me\6secret", b"\1\0"), (b"\5\1\0\3\x0bexample.org\0P", CONNECTED_5)]
    open_stream(by_socks(wire_server(speaking(*lines)), "socks5h", "example.org", user="me", password="secret")).close()


def test_behind_a_socks_proxy_the_certificate_of_the_host_counts(wire_server, ca):
    lines = [NO_LOGIN, (b"\5\1\0\3\x0bexample.org\0P", CONNECTED_5)]
    tls = TLSSettings(authorities=ca.file)
    proxy = wire_server(
        [speaking(*lines), start_tls(ca.server_context("example.org")), SILENCE],
        [speaking(*lines), start_tls(ca.server_context("example.com")), SILENCE],
    )
    open_stream(by_socks(proxy, "socks5h", "example.org", tls)).close()
    with pytest.raises(errors.TLSError, match=r"the certificate of example\.org is not trusted"):
        open_stream(by_socks(proxy, "socks5h", "example.org", tls))


@pytest.mark.parametrize(
    "steps, complaint",
    [
        ([speaking((b"\5\2\0\2", b"\5\xff"))], "the SOCKS proxy wants an authentication"),
        ([speaking((b"\5\2\0\2", b"\5\2"), (b"\1\2me\6secret", b"\1\1"))], "does not accept this user and password"),
        ([speaking((b"\5\2\0\2", b"\5\0"), (b"\5\1\0\3\x0bexample.org\0P", b"\5\5\0\1" + bytes(6)))], "connection refused"),
        ([say(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "does not speak SOCKS 5"),
        ([lambda connection: connection.read_exactly(4), CLOSE], "the SOCKS proxy closed the connection"),
        ([lambda connection: connection.read_exactly(4), RESET], "did not connect to example.org:80: the connection broke"),
    ],
)
def test_a_socks_proxy_that_does_not_connect_is_an_error_which_says_why_and_keeps_the_secret(wire_server, steps, complaint):
    proxy = wire_server([*steps, SILENCE])
    with pytest.raises(errors.ProxyFailed) as caught:
        open_stream(by_socks(proxy, "socks5h", "example.org", user="me", password="secret"))
    assert complaint in str(caught.value) and "secret" not in str(caught.value)


def test_a_socks_proxy_that_says_nothing_is_waited_for_until_the_deadline(wire_server):
    proxy = wire_server(SILENCE)
    with pytest.raises(errors.ConnectTimedOut, match=r"waiting for the proxy <Proxy socks5h://.*> \(connect timeout=0\.05\)"):
        open_stream(by_socks(proxy, "socks5h", "example.org"), seconds=0.05)
    wait_until_closed(proxy)


def test_a_name_that_is_looked_up_for_a_socks_proxy_may_have_no_address(wire_server):
    proxy = wire_server([speaking(NO_LOGIN), SILENCE])
    with pytest.raises(errors.NameLookupFailed, match=r"the name 'nowhere\.invalid' could not be resolved"):
        open_stream(by_socks(proxy, "socks5", "nowhere.invalid"))
    wait_until_closed(proxy)


# One deadline for all of it.


def test_a_proxy_that_says_nothing_is_waited_for_until_the_deadline(wire_server):
    proxy = wire_server([hear, SILENCE])
    with pytest.raises(errors.ConnectTimedOut, match=r"waiting for the proxy <Proxy .*> \(connect timeout=0\.05\)") as caught:
        open_stream(by(proxy, "https", "example.org", TLSSettings()), seconds=0.05)
    assert "c2VjcmV0" not in str(caught.value)
    wait_until_closed(proxy)


def test_a_proxy_that_drips_is_waited_for_no_longer(wire_server, clock):
    def drip(connection):
        connection.read_request()
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
            clock.now += 1
            connection.send(bytes([byte]))

    proxy = wire_server(drip)
    with pytest.raises(errors.ConnectTimedOut, match=r"\(connect timeout=5\)"):
        open_stream(by(proxy, "https", "example.org", TLSSettings()))


def test_what_the_proxy_took_is_missing_in_the_handshake(wire_server, clock, ca):
    def hesitate(connection):
        connection.read_request()
        clock.now += 6
        connection.send(OPENED)

    proxy = wire_server([hesitate, SILENCE])
    with pytest.raises(errors.ConnectTimedOut, match=r"\(connect timeout=5\)"):
        open_stream(by(proxy, "https", "example.org", TLSSettings(authorities=ca.file)))
    wait_until_closed(proxy)
    assert proxy.connections[0].received == proxy.requests[0].raw  # nothing of TLS


def test_a_handshake_that_takes_too_long_closes_the_connection(wire_server, ca):
    server = wire_server(SILENCE)
    with pytest.raises(errors.ConnectTimedOut, match=r"shaking hands with localhost \(connect timeout=0\.05\)"):
        open_stream(route_to(server, ca.file), seconds=0.05)
    wait_until_closed(server)


# Nothing is left open.


@pytest.mark.parametrize("tunnel", [OPENED + b"surplus", b"HTTP/1.1 403 Forbidden\r\n\r\n", b"?\r\n\r\n"])
def test_the_connection_to_a_proxy_that_fails_is_closed(wire_server, tunnel):
    proxy = wire_server(tunnel)
    with pytest.raises(errors.ProxyFailed):
        open_stream(by(proxy, "https", "example.org", TLSSettings()))
    wait_until_closed(proxy)


@pytest.mark.parametrize("step", ["minireq.wire.network.stream.Stream.receive", "ssl.SSLSocket.do_handshake"])
def test_an_interrupt_closes_the_connection(wire_server, monkeypatch, step):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(step, interrupted)
    proxy = wire_server(OPENED)
    with pytest.raises(KeyboardInterrupt):
        open_stream(by(proxy, "https", "example.org", TLSSettings()))
    wait_until_closed(proxy)


def test_a_connection_that_is_cut_in_the_handshake_is_closed(wire_server, ca):
    with pytest.raises((errors.ConnectFailed, errors.TLSError), match="localhost"):
        open_stream(route_to(wire_server([CUT]), ca.file))
