"""Real proxies: what they forward, what they tunnel, whom they let through, and what goes past them."""

from __future__ import annotations

import pytest

import minireq as requests
from minireq.auth import HTTPProxyAuth
from tests.support.proxies import PASSWORD, USER


def by(proxy_url):
    return {"http": proxy_url, "https": proxy_url}


def headers_at_the_server(response):
    return {name.lower(): value for name, value in response.json()["headers"]}


# Forwarding and tunnels


def test_an_http_request_is_forwarded(session, proxy, granian):
    response = session.get(f"{granian.url}/echo?a=1", proxies=by(proxy.url))
    assert response.json()["target"] == "/echo?a=1"
    assert "via" in headers_at_the_server(response)
    session.close()
    proxy.wait_until_logged("GET", f"{granian.host}:{granian.port}", "/echo")


def test_an_https_request_goes_through_a_tunnel(session, proxy, granian_https):
    start = len(proxy.log())
    response = session.get(f"{granian_https.url}/echo?a=1", proxies=by(proxy.url))
    assert response.json()["target"] == "/echo?a=1"
    assert "via" not in headers_at_the_server(response), "the proxy cannot look inside"
    session.close()
    proxy.wait_until_logged("CONNECT", f"localhost:{granian_https.port}", since=start)


@pytest.mark.parametrize("server", ["granian", "granian_https"])
def test_bodies_pass_in_both_directions(session, proxy, server, request):
    url = request.getfixturevalue(server).url
    assert session.post(f"{url}/upload", data=b"x" * 300_000, proxies=by(proxy.url)).json()["size"] == 300_000
    assert session.get(f"{url}/download?size=3000000", proxies=by(proxy.url)).content == bytes(3_000_000)
    assert session.get(f"{url}/chunked", proxies=by(proxy.url)).text.count("\n") == 5


def test_a_chunked_upload_passes_a_tunnel(session, proxy, granian_https):
    pieces = (b"x" * 1000 for _ in range(100))
    assert session.post(f"{granian_https.url}/upload", data=pieces, proxies=by(proxy.url)).json()["size"] == 100_000


@pytest.mark.parametrize("server", ["httpbin", "httpbin_https"])
def test_redirects_and_cookies_work_through_a_proxy(session, proxy, server, request):
    url = request.getfixturevalue(server).url
    response = session.get(f"{url}/cookies/set?a=1", proxies=by(proxy.url))
    assert (response.url, response.json()["cookies"]) == (f"{url}/cookies", {"a": "1"})


def test_a_redirect_changes_from_forwarding_to_a_tunnel(session, proxy, httpbin, httpbin_https):
    target = f"{httpbin_https.url}/get?through=a-tunnel"
    start = len(proxy.log())
    response = session.get(f"{httpbin.url}/redirect-to", params={"url": target}, proxies=by(proxy.url))
    assert (response.url, response.json()["args"]) == (target, {"through": "a-tunnel"})
    session.close()
    proxy.wait_until_logged("CONNECT", f"localhost:{httpbin_https.port}", since=start)


def test_requests_share_a_tunnel(session, proxy, nginx):
    for _ in range(5):
        session.get(f"{nginx.https_url}/small?shares-a-tunnel-{proxy.port}", proxies=by(proxy.url))
    seen = nginx.requests(f"shares-a-tunnel-{proxy.port}", count=5)
    assert len({logged.connection for logged in seen}) == 1


def test_a_proxy_without_a_scheme_is_an_http_proxy(session, proxy, granian):
    assert "via" in headers_at_the_server(session.get(f"{granian.url}/echo", proxies={"http": f"{proxy.host}:{proxy.port}"}))


def test_an_upload_that_the_server_refuses_is_answered_through_the_proxy(session, proxy, nginx):
    for url in (nginx.url, nginx.https_url):
        assert session.post(f"{url}/refuses-uploads", data=bytes(1_000_000), proxies=by(proxy.url)).status_code == 413


# Passwords


@pytest.mark.parametrize("server", ["granian", "granian_https"])
def test_the_password_in_the_proxys_url_opens_it_and_the_server_does_not_see_it(session, guarded_proxy, server, request):
    url = request.getfixturevalue(server).url
    response = session.get(f"{url}/echo", proxies=by(guarded_proxy.url_with_password))
    assert response.status_code == 200
    assert "proxy-authorization" not in headers_at_the_server(response)


def test_the_password_may_be_given_as_auth_where_the_proxy_forwards(session, guarded_proxy, granian):
    response = session.get(f"{granian.url}/echo", proxies=by(guarded_proxy.url), auth=HTTPProxyAuth(USER, PASSWORD))
    assert response.status_code == 200


def test_forwarding_without_the_password_is_a_407(session, guarded_proxy, granian):
    response = session.get(f"{granian.url}/echo", proxies=by(guarded_proxy.url))
    assert response.status_code == 407
    assert response.headers["Proxy-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("credentials", ["", "user:wrong@"])
def test_a_tunnel_without_the_right_password_is_a_proxy_error(session, guarded_proxy, granian_https, credentials):
    url = guarded_proxy.url.replace("://", f"://{credentials}")
    with pytest.raises(requests.exceptions.ProxyError, match="40[17]"):
        session.get(f"{granian_https.url}/echo", proxies=by(url))


def test_credentials_for_the_server_pass_a_proxy_that_has_its_own(session, guarded_proxy, httpbin, httpbin_https):
    for server in (httpbin, httpbin_https):
        page = f"{server.url}/basic-auth/me/secret"
        response = session.get(page, auth=("me", "secret"), proxies=by(guarded_proxy.url_with_password))
        assert response.json()["authenticated"] is True


# The environment


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "ALL_PROXY"])
def test_the_environment_names_the_proxy_for_http(session, proxy, granian, monkeypatch, name):
    monkeypatch.setenv(name, proxy.url)
    assert "via" in headers_at_the_server(session.get(f"{granian.url}/echo"))


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY"])
def test_the_environment_names_the_proxy_for_https(session, proxy, httpbin_https, monkeypatch, name):
    monkeypatch.setenv(name, proxy.url)
    start = len(proxy.log())
    assert session.get(f"{httpbin_https.url}/get").status_code == 200
    session.close()
    proxy.wait_until_logged("CONNECT", f"localhost:{httpbin_https.port}", since=start)


@pytest.mark.parametrize("exception", ["127.0.0.1", "127.0.0.0/8", "*", "example.org, 127.0.0.1", "127.0.0.1:{port}"])
def test_no_proxy_leads_past_the_proxy(session, granian, monkeypatch, refused_port, exception):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{refused_port}")
    monkeypatch.setenv("no_proxy", exception.format(port=granian.port))
    assert "via" not in headers_at_the_server(session.get(f"{granian.url}/echo"))


def test_no_proxy_for_others_does_not_lead_past_it(session, proxy, granian, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("NO_PROXY", "example.org,10.0.0.0/8,127.0.0.1:1")
    assert "via" in headers_at_the_server(session.get(f"{granian.url}/echo"))


def test_a_session_that_does_not_trust_the_environment_goes_past_it(session, granian, monkeypatch, refused_port):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{refused_port}")
    session.trust_env = False
    assert session.get(f"{granian.url}/echo").status_code == 200


# Failures


def test_a_proxy_that_is_not_there_is_a_proxy_error(session, granian, granian_https, refused_port):
    for server in (granian, granian_https):
        with pytest.raises(requests.exceptions.ProxyError):
            session.get(f"{server.url}/echo", proxies=by(f"http://127.0.0.1:{refused_port}"))


def test_a_server_that_is_not_there_is_said_by_the_proxy(session, proxy, refused_port):
    assert session.get(f"http://127.0.0.1:{refused_port}/", proxies=by(proxy.url)).status_code in (500, 502, 503)
    with pytest.raises(requests.exceptions.ProxyError):
        session.get(f"https://127.0.0.1:{refused_port}/", proxies=by(proxy.url))


def test_the_certificate_is_checked_at_the_end_of_the_tunnel(session, proxy, granian_https, stranger_ca):
    with pytest.raises(requests.exceptions.SSLError):
        session.get(f"{granian_https.url}/echo", proxies=by(proxy.url), verify=stranger_ca.file)
