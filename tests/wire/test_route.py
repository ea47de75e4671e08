"""Routes: what may share a connection is equal, and nothing else; credentials are not shown."""

from __future__ import annotations

import itertools

import pytest

from minireq.wire.network.tls import TLSSettings
from minireq.wire.route import Proxy, Route

TLS = TLSSettings()
PROXY = Proxy("http", "proxy.example", 3128)
SOCKS = Proxy("socks5", "proxy.example", 1080)
WITH_PASSWORD = Proxy("http", "proxy.example", 3128, (("Proxy-Authorization", "Basic s3cret"),))

DIFFERENT = [
    Route("http", "a.example", 80),
    Route("http", "b.example", 80),
    Route("http", "a.example", 8080),
    Route("https", "a.example", 443, TLS),
    Route("https", "a.example", 8443, TLS),
    Route("https", "a.example", 443, TLSSettings(verify=False)),
    Route("https", "a.example", 443, TLSSettings(authorities="/ca.pem")),
    Route("https", "a.example", 443, TLSSettings(certificate="/me.pem")),
    Route("https", "a.example", 443, TLSSettings(certificate="/me.pem", key="/me.key")),
    Route("https", "a.example", 443, TLS, PROXY),
    Route("https", "a.example", 443, TLS, WITH_PASSWORD),
    Route("https", "b.example", 443, TLS, PROXY),
    Route("https", "a.example", 443, TLSSettings(verify=False), PROXY),
    Route("http", "a.example", 80, proxy=PROXY),
    Route("http", "a.example", 80, proxy=WITH_PASSWORD),
    Route("http", "a.example", 80, proxy=Proxy("http", "proxy.example", 3129)),
    Route("http", "a.example", 80, proxy=Proxy("http", "other.example", 3128)),
    Route("http", "proxy.example", 3128),
    Route("http", "a.example", 80, proxy=SOCKS),
    Route("http", "b.example", 80, proxy=SOCKS),
    Route("http", "a.example", 80, proxy=Proxy("socks5", "proxy.example", 1080, (), "me", "s3cret")),
    Route("http", "a.example", 80, proxy=Proxy("socks5", "proxy.example", 1080, (), "you", "s3cret")),
    Route("http", "a.example", 80, proxy=Proxy("socks5h", "proxy.example", 1080)),
    Route("https", "a.example", 443, TLS, SOCKS),
    Route("https", "a.example", 443, TLS, Proxy("https", "proxy.example", 3128, tls=TLS)),
    Route("https", "a.example", 443, TLS, Proxy("https", "proxy.example", 3128, tls=TLSSettings(verify=False))),
    Route("http", "a.example", 80, None, Proxy("https", "proxy.example", 3128, tls=TLS)),
    Route("http", "a.example", 80, None, Proxy("https", "proxy.example", 3128, tls=TLSSettings(verify=False))),
    Route("http", "a.example", 80, uds="/run/a.sock"),
    Route("http", "a.example", 80, uds="/run/b.sock"),
    Route("https", "a.example", 443, TLS, uds="/run/a.sock"),
]


@pytest.mark.parametrize("one, other", list(itertools.combinations(DIFFERENT, 2)), ids=repr)
def test_routes_that_differ_in_anything_share_no_connection(one, other):
    assert one != other
    assert len({one, other}) == 2


@pytest.mark.parametrize("route", DIFFERENT, ids=repr)
def test_a_route_made_anew_is_the_same_key(route):
    tls = None if route.tls is None else TLSSettings(*route.tls)
    proxy = None if route.proxy is None else Proxy(*route.proxy)
    again = Route(route.scheme, route.host, route.port, tls, proxy, route.uds)
    assert (again, hash(again)) == (route, hash(route))
    assert {route: "idle"}[again] == "idle"


def test_a_route_is_equal_to_nothing_but_a_route():
    assert DIFFERENT[0] != ("http", "a.example", 80, None, None)
    assert DIFFERENT[0] == DIFFERENT[0]


def test_all_servers_of_plain_http_share_the_way_to_a_proxy():
    one, other = (Route("http", host, port, proxy=PROXY) for host, port in [("a.example", 80), ("b.example", 8080)])
    assert one == other
    assert (one.host, one.port) == ("proxy.example", 3128)


@pytest.mark.parametrize(
    "scheme, forwards", [("http", True), ("socks4", False), ("socks4a", False), ("socks5", False), ("socks5h", False)]
)
def test_a_socks_proxy_forwards_no_requests(scheme, forwards):
    proxy = Proxy(scheme, "proxy.example", 1080)
    assert proxy.forwards is forwards
    assert Route("http", "a.example", 80, proxy=proxy).host == ("proxy.example" if forwards else "a.example")


@pytest.mark.parametrize("host, authority", [("a.example", "a.example:443"), ("127.0.0.1", "127.0.0.1:443"), ("::1", "[::1]:443")])
def test_the_authority_has_brackets_around_an_ipv6_address(host, authority):
    route = Route("https", host, 443, TLS)
    assert route.authority == authority
    assert repr(route) == f"<Route https://{authority}>"


def test_credentials_of_a_proxy_are_not_shown():
    route = Route("https", "a.example", 443, TLS, WITH_PASSWORD)
    assert repr(route) == "<Route https://a.example:443 by <Proxy http://proxy.example:3128>>"
    for proxy in (WITH_PASSWORD, Proxy("socks5", "proxy.example", 1080, (), "me", "s3cret")):
        route = Route("http", "a.example", 80, proxy=proxy)
        for text in (repr(route), str(route), repr(proxy), str(proxy), f"{proxy}"):
            assert "s3cret" not in text
