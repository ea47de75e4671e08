"""The same exchanges with every server and through every proxy; `python3 -m tests.real` prints which of them worked, as a table.

Behind these servers are parsers in C, Rust, JavaScript and Python that share nothing. Each has the application of
`tests/support/asgi_app.py`, or the same in its own language.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import ssl
import sys
import time

import pytest

import minireq as requests
from tests.conftest import ASGI_APP, need
from tests.support import fronts, processes, proxies, socks

MEGABYTE = 1_000_000
SMALL = b"hello, world\n"

# What is not run, and why.
_NO_TLS = "it has no TLS"
_SLOW = "it takes minutes"
_LOST = "the proxy may lose what the server said before it closed; nginx waits for it: test_proxies.py, test_socks.py"
CANNOT = {
    **{("waitress", exchange): _NO_TLS for exchange in ("tls_1_2", "tls_1_3", "early_413_over_tls")},
    **{("proxy.py", exchange): _SLOW for exchange in ("hundred_megabytes_down", "hundred_megabytes_up")},
    **({} if sys.version_info >= (3, 10) else {("granian", "tls_1_2"): "the last granian for Python 3.9 speaks TLS 1.3 alone"}),
    **{
        (proxy, exchange): _LOST
        for proxy in ("proxy.py", "tinyproxy", "tiny-proxy", "microsocks")
        for exchange in ("early_413", "early_413_over_tls")
    },
}
# Who closes the connection after which exchanges. A program sees nothing of it.
CLOSES = {
    "waitress": {"no_content", "not_modified", "chunked_download", "slow_download"},
    "werkzeug": "all",
    "tinyproxy": "all",
}
# Who does so without a word before: what can be sent once only may then meet the end of a connection that seemed to be open.
SILENT = {"tinyproxy"}

# --- the servers, and the ways to them


class Server:
    """`command(certificate)` gives the command of `processes.running`; what is asked for is started, and ended with the stack."""

    proxies: dict[str, str] = {}

    def __init__(self, command, start, certificate):
        self._command, self._start, self._certificate = command, start, certificate

    @functools.cached_property
    def url(self):
        return self._start(self._command(None)).url

    @functools.cached_property
    def https_url(self):
        return self._start(self._command(self._certificate), scheme="https").url


class Through:
    """A server that others test by itself, through a proxy."""

    def __init__(self, plain, secure, proxy_url):
        self.url, self.https_url = plain.url, secure.url
        self.proxies = {"http": proxy_url, "https": proxy_url}


SERVERS = {  # name: the command, made from what stands behind it, a folder and perhaps a certificate
    "nginx": lambda behind, folder, certificate: fronts.nginx(behind, folder, certificate),
    "apache2": lambda behind, folder, certificate: fronts.apache(behind, folder, certificate),
    "node": lambda behind, folder, certificate: processes.node("node_app.js", certificate),
    "granian": lambda behind, folder, certificate: processes.granian(ASGI_APP, certificate),
    "uvicorn": lambda behind, folder, certificate: processes.uvicorn(ASGI_APP, certificate),
    "gunicorn": lambda behind, folder, certificate: processes.gunicorn("tests.support.wsgi_app:app", certificate),
    "cheroot": lambda behind, folder, certificate: processes.wsgi("cheroot", certificate),
    "waitress": lambda behind, folder, certificate: processes.wsgi("waitress", certificate),
    "werkzeug": lambda behind, folder, certificate: processes.wsgi("werkzeug", certificate),
}
PROXIES = {  # name: the scheme, and the command, made from a folder
    "proxy.py": ("http", lambda folder: proxies.proxy_py(guarded=False)),
    "tinyproxy": ("http", lambda folder: proxies.tinyproxy(False, folder)),
    "tiny-proxy": ("socks5h", lambda folder: socks.tiny_proxy(5)),
    "microsocks": ("socks5", lambda folder: proxies.microsocks()),
}
PROGRAMS = {"nginx", "apache2", "tinyproxy", "microsocks"}  # the others come with the tests' packages


@pytest.fixture(scope="module")
def ways(tmp_path_factory, ca, granian, uvicorn, uvicorn_https):
    """`ways(name)` is a server, or a proxy before one, that runs from then on."""
    with contextlib.ExitStack() as stack:

        def start(command, scheme="http"):
            return stack.enter_context(processes.running(command, tmp_path_factory.mktemp("server"), scheme))

        @functools.cache
        def way(name):
            if name in PROGRAMS:
                need(name)
            if name in SERVERS:
                make = functools.partial(SERVERS[name], granian.url, tmp_path_factory.mktemp("front"))
                return Server(make, start, ca.certificate())
            scheme, command = PROXIES[name]
            proxy = start(command(tmp_path_factory.mktemp("proxy")))
            return Through(uvicorn, uvicorn_https, f"{scheme}://{proxy.host}:{proxy.port}")

        yield way


# --- the exchanges


def keep_alive(session, url):
    for _ in range(3):
        assert session.get(f"{url}/small").content == SMALL


def head(session, url):
    response = session.head(f"{url}/small")
    assert (response.status_code, response.headers["Content-Length"], response.content) == (200, "13", b"")


def no_content(session, url):
    response = session.get(f"{url}/nothing")
    assert (response.status_code, response.content) == (204, b"")


def not_modified(session, url):
    response = session.get(f"{url}/unchanged")
    assert (response.status_code, response.content) == (304, b"")


def empty(session, url):
    assert session.get(f"{url}/empty").content == b""


def download(session, url):
    response = session.get(f"{url}/download?size={MEGABYTE}")
    assert (response.headers["Content-Length"], response.content) == (str(MEGABYTE), bytes(MEGABYTE))


def chunked_download(session, url):
    response = session.get(f"{url}/stream?size={MEGABYTE}")
    assert (response.headers["Transfer-Encoding"], response.content) == ("chunked", bytes(MEGABYTE))


def upload(session, url):
    assert session.put(f"{url}/upload", data=bytes(MEGABYTE)).json() == digest(MEGABYTE)


def chunked_upload(session, url):
    assert session.put(f"{url}/upload", data=pieces(MEGABYTE)).json() == digest(MEGABYTE)


def expect_continue(session, url):
    response = session.put(f"{url}/upload", data=bytes(MEGABYTE), headers={"Expect": "100-continue"})
    assert response.json() == digest(MEGABYTE)


def hundred_megabytes_down(session, url):
    seen, size = hashlib.sha256(), 0
    with session.get(f"{url}/download?size={100 * MEGABYTE}", stream=True) as response:
        for piece in response.iter_content(1 << 20):
            seen.update(piece)
            size += len(piece)
    assert {"size": size, "sha256": seen.hexdigest()} == digest(100 * MEGABYTE)


def hundred_megabytes_up(session, url):
    assert session.put(f"{url}/upload", data=pieces(100 * MEGABYTE)).json() == digest(100 * MEGABYTE)


def early_413(session, url):
    for data in (bytes(5 * MEGABYTE), pieces(5 * MEGABYTE)):
        assert session.post(f"{url}/refuse", data=data).status_code == 413
        assert session.get(f"{url}/small").content == SMALL


def slow_download(session, url):
    assert session.get(f"{url}/slow").text.splitlines() == [f"piece {number}" for number in range(20)]


def slow_upload(session, url):
    def slowly():
        for _ in range(20):
            time.sleep(0.005)  # the slowness is what it is about
            yield bytes(100)

    assert session.put(f"{url}/upload", data=slowly()).json() == digest(2000)


def left_early(session, url):
    for path in ("download", "stream"):
        with session.get(f"{url}/{path}?size={20 * MEGABYTE}", stream=True) as response:
            piece = next(response.iter_content(1000))  # of a chunked body, what has arrived
            assert 1 <= len(piece) <= 1000 and not any(piece)
        assert session.get(f"{url}/small").content == SMALL


def close(session, url):
    assert peer(session, url, {"Connection": "close"}) != peer(session, url)


def tls_1_2(session, https_url):
    over_tls(session, https_url, ssl.TLSVersion.TLSv1_2)


def tls_1_3(session, https_url):
    over_tls(session, https_url, ssl.TLSVersion.TLSv1_3)


def early_413_over_tls(session, https_url):
    early_413(session, https_url)


def over_tls(session, https_url, version):
    session.mount("https://", OneVersion(version))
    for exchange in (keep_alive, head, no_content, download, chunked_download, upload, chunked_upload, close):
        exchange(session, https_url)


# After these the connection is as good as new, so the next exchange is on the same one: both sides agree on where this one ended.
STEADY = (
    *(keep_alive, head, no_content, not_modified, empty, download, chunked_download, slow_download),
    *(upload, chunked_upload, slow_upload, expect_continue),
)
OVER_TLS = (tls_1_2, tls_1_3, early_413_over_tls)
EXCHANGES = (*STEADY, hundred_megabytes_down, hundred_megabytes_up, early_413, left_early, close, *OVER_TLS)
CELLS = [
    pytest.param(name, exchange, id=f"{name}-{exchange.__name__}")
    for name in (*SERVERS, *PROXIES)
    for exchange in EXCHANGES
    if (name, exchange.__name__) not in CANNOT
]


@pytest.mark.parametrize("name, exchange", CELLS)
def test_exchange(session, ways, name, exchange):
    way = ways(name)
    session.proxies.update(way.proxies)
    if exchange not in STEADY:
        exchange(session, way.https_url if exchange in OVER_TLS else way.url)
        return
    before = peer(session, way.url)
    if name in SILENT:
        session.close()
    exchange(session, way.url)
    assert (peer(session, way.url) != before) == closes(name, exchange)


def closes(name, exchange):
    after = CLOSES.get(name, ())
    return exchange in STEADY and (after == "all" or exchange.__name__ in after)


# --- what they are made of


def peer(session, url, headers=None):
    """The port that the server sees us come from."""
    return int(session.get(f"{url}/peer", headers=headers).text)


def pieces(size):
    return itertools.repeat(bytes(100_000), size // 100_000)


@functools.cache
def digest(size):
    return {"size": size, "sha256": hashlib.sha256(bytes(size)).hexdigest()}


class OneVersion(requests.adapters.HTTPAdapter):
    """Speaks this version of TLS, and no other."""

    def __init__(self, version):
        self._versions = {"ssl_minimum_version": version, "ssl_maximum_version": version}
        super().__init__()

    def init_poolmanager(self, *arguments, **settings):
        super().init_poolmanager(*arguments, **settings, **self._versions)

    def proxy_manager_for(self, proxy, **settings):
        return super().proxy_manager_for(proxy, **settings, **self._versions)
