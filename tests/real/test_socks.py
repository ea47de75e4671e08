"""A real SOCKS proxy, tiny-proxy: every version of the protocol, to real servers, with and without a password."""

from __future__ import annotations

import pytest

import minireq as requests
from tests.support.processes import running
from tests.support.socks import tiny_proxy


@pytest.fixture(scope="module")
def proxies(tmp_path_factory):
    """The open proxies, by the version of the protocol."""
    folder = tmp_path_factory.mktemp("socks")
    with running(tiny_proxy(4), folder) as four, running(tiny_proxy(5), folder) as five:
        yield {"4": four, "5": five}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A SOCKS 5 proxy that wants a user and a password."""
    with running(tiny_proxy(5, "user", "pass word"), tmp_path_factory.mktemp("socks")) as proxy:
        yield proxy


def by(scheme, proxy, credentials=""):
    url = f"{scheme}://{credentials}{proxy.host}:{proxy.port}"
    return {"http": url, "https": url}


EVERY_SCHEME = pytest.mark.parametrize("scheme", ["socks4", "socks4a", "socks5", "socks5h"])


@EVERY_SCHEME
@pytest.mark.parametrize("app", ["http_app", "https_app"])
def test_S155_a_request_goes_through(session, dns, proxies, request, scheme, app):
    dns["localhost"] = "127.0.0.1"
    server, proxy = request.getfixturevalue(app), proxies[scheme[5]]
    url = server.url.replace("127.0.0.1", "localhost")
    before = len(proxy.log())
    response = session.post(f"{url}/echo", data=b"x" * 100_000, proxies=by(scheme, proxy))
    assert response.json()["target"] == "/echo" and len(response.json()["body"]) == 100_000
    told = "localhost" if scheme in ("socks4a", "socks5h") else "127.0.0.1"
    assert f"-> ('{told}', {server.port})" in proxy.log()[before:]
    assert dns.asked == ([] if scheme in ("socks4a", "socks5h") else ["localhost"])


@EVERY_SCHEME
def test_requests_share_a_connection(session, proxies, https_app, scheme):
    for _ in range(3):
        assert session.get(f"{https_app.url}/json", proxies=by(scheme, proxies[scheme[5]])).json() == {"hello": "world"}
    assert len(https_app.connections) == 1


@EVERY_SCHEME
def test_a_large_download_goes_through(session, proxies, granian, scheme):
    response = session.get(f"{granian.url}/download?size=3000000", proxies=by(scheme, proxies[scheme[5]]))
    assert response.content == bytes(3_000_000)


@EVERY_SCHEME
def test_an_upload_that_the_server_refuses_is_answered_through_the_proxy(session, proxies, nginx, scheme):
    for url in (nginx.url, nginx.https_url):
        response = session.post(f"{url}/refuses-uploads", data=bytes(1_000_000), proxies=by(scheme, proxies[scheme[5]]))
        assert response.status_code == 413


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_with_the_password_it_goes_through(session, guarded, http_app, scheme):
    response = session.get(f"{http_app.url}/json", proxies=by(scheme, guarded, "user:pass%20word@"))
    assert response.json() == {"hello": "world"}


@pytest.mark.parametrize("credentials, message", [("user:wrong@", "does not accept"), ("", "wants an authentication")])
def test_without_it_does_not(session, guarded, http_app, credentials, message):
    with pytest.raises(requests.exceptions.ProxyError, match=message):
        session.get(http_app.url, proxies=by("socks5", guarded, credentials))
    assert http_app.connections == []


@EVERY_SCHEME
def test_a_server_that_is_not_there_is_a_proxy_error(session, proxies, refused_port, scheme):
    with pytest.raises(requests.exceptions.ProxyError, match=f"would not connect to 127.0.0.1:{refused_port}"):
        session.get(f"http://127.0.0.1:{refused_port}/", proxies=by(scheme, proxies[scheme[5]]))


@pytest.mark.parametrize("scheme, other", [("socks4", "5"), ("socks5", "4")])
def test_a_proxy_of_the_other_version_is_a_proxy_error(session, proxies, http_app, scheme, other):
    with pytest.raises(requests.exceptions.ProxyError):
        session.get(http_app.url, proxies=by(scheme, proxies[other]))


def test_an_http_request_is_no_socks(session, proxies, http_app):
    proxy = proxies["5"]
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(http_app.url, proxies={"http": f"http://{proxy.host}:{proxy.port}"}, timeout=5)
