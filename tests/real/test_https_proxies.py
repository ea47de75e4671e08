"""A real https proxy, proxy.py: what it forwards and tunnels inside of TLS, whom it lets through, and whether we trust it."""

from __future__ import annotations

import pytest

import minireq as requests


def by(proxy_url):
    return {"http": proxy_url, "https": proxy_url}


def test_it_forwards_http(session, https_proxy_py, granian):
    response = session.get(f"{granian.url}/echo?a=1", proxies=by(https_proxy_py.url_with_password))
    assert response.json()["target"] == "/echo?a=1"
    names = {name.lower() for name, _ in response.json()["headers"]}
    assert "via" in names and "proxy-authorization" not in names


@pytest.mark.parametrize("server", ["granian", "granian_https"])
def test_bodies_pass_in_both_directions(session, https_proxy_py, server, request):
    """To the second server they are in TLS inside of TLS."""
    url = request.getfixturevalue(server).url
    proxies = by(https_proxy_py.url_with_password)
    for _ in range(2):
        assert session.post(f"{url}/upload", data=b"x" * 3_000_000, proxies=proxies).json()["size"] == 3_000_000
        assert session.get(f"{url}/download?size=3000000", proxies=proxies).content == bytes(3_000_000)
    pieces = (b"x" * 1000 for _ in range(100))
    assert session.post(f"{url}/upload", data=pieces, proxies=proxies).json()["size"] == 100_000
    assert session.get(f"{url}/chunked", proxies=proxies).text.count("\n") == 5


def test_requests_share_a_tunnel(session, https_proxy_py, nginx):
    for _ in range(5):
        session.get(f"{nginx.https_url}/small?in-tls-in-tls", proxies=by(https_proxy_py.url_with_password))
    assert len({logged.connection for logged in nginx.requests("in-tls-in-tls", count=5)}) == 1


@pytest.mark.parametrize("version", ["https_url", "tls12_url"])
def test_a_client_certificate_reaches_the_server_through_the_tunnel(session, https_proxy_py, nginx, ca, version):
    proxies = by(https_proxy_py.url_with_password)
    for _ in range(2):
        answer = session.get(f"{getattr(nginx, version)}/who", proxies=proxies, cert=ca.certificate("me").both).text
        assert " SUCCESS " in answer
        session.close()


def test_a_download_that_is_given_up_does_no_harm(session, https_proxy_py, nginx):
    proxies = by(https_proxy_py.url_with_password)
    with session.get(f"{nginx.https_url}/big", proxies=proxies, stream=True) as response:
        assert response.raw.read(1000) == bytes(1000)
    assert session.get(f"{nginx.https_url}/small", proxies=proxies).text == "hello, world\n"


def test_without_the_password_the_answer_is_in_the_error(session, https_proxy_py, granian_https):
    with pytest.raises(requests.exceptions.ProxyError, match="407") as caught:
        session.get(f"{granian_https.url}/echo", proxies=by(https_proxy_py.url))
    assert caught.value.response.status_code == 407
    assert caught.value.response.headers["Proxy-Authenticate"].startswith("Basic")
    assert caught.value.response.content


def test_a_proxy_that_is_not_trusted_is_told_nothing(session, https_proxy_py, granian, granian_https, stranger_ca):
    for server in (granian, granian_https):
        with pytest.raises(requests.exceptions.ProxyError, match="no secure connection to the proxy"):
            session.get(f"{server.url}/echo", proxies=by(https_proxy_py.url_with_password), verify=stranger_ca.file)


def test_an_https_proxy_that_is_spoken_to_in_the_clear_is_an_error(session, https_proxy_py, granian):
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(f"{granian.url}/echo", proxies=by(https_proxy_py.url.replace("https://", "http://")), timeout=5)


def test_an_http_proxy_that_is_spoken_to_in_tls_waits_for_more(session, proxy, granian):
    url = proxy.url.replace("http://", "https://")
    with pytest.raises(requests.exceptions.ConnectTimeout, match="the proxy <Proxy https://.*>, whose URL says that it takes TLS"):
        session.get(f"{granian.url}/echo", proxies=by(url), timeout=0.3)
