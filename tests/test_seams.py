"""The seams, as programs written for requests use them: adapters changed in every way, urllib3's own objects handed over."""

from __future__ import annotations

import gzip
import http.client
import io
import pickle
import socket
import socketserver
import ssl
import sys
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler
from types import ModuleType, SimpleNamespace
from unittest import mock
from urllib.parse import unquote, urlsplit

import pytest
import urllib3
import urllib3.connectionpool

import minireq as requests
from minireq.adapters import DEFAULT_POOLBLOCK, DEFAULT_POOLSIZE, DEFAULT_RETRIES, HTTPAdapter, MaxRetryError, Retry
from minireq.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    ContentDecodingError,
    InvalidHeader,
    InvalidURL,
    ProxyError,
    ReadTimeout,
    RetryError,
    SSLError,
)
from minireq.packages.urllib3 import HTTPResponse
from minireq.packages.urllib3.connection import HTTPConnection
from minireq.packages.urllib3.poolmanager import PoolManager
from minireq.packages.urllib3.util import Timeout
from minireq.packages.urllib3.util.ssl_ import create_urllib3_context
from minireq.wire import client as wire_client

from .support.scripted import CLOSE, SILENCE, say, start_tls, wait_for
from .support.socks import socks5

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def session(ca):
    with requests.Session() as session:
        session.verify = ca.file
        yield session


@pytest.fixture
def mounted(session):
    """Mounts an adapter for everything."""

    def mount(adapter):
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    return mount


@pytest.fixture
def no_sleep(monkeypatch):
    slept = []
    monkeypatch.setattr(wire_client, "time", SimpleNamespace(sleep=slept.append, monotonic=lambda: 0))
    monkeypatch.setattr(urllib3.util.retry, "time", SimpleNamespace(sleep=slept.append, time=lambda: 0))
    return slept


# 2. init_poolmanager and proxy_manager_for, overridden to say more.


class Saying(HTTPAdapter):
    """An adapter that tells its managers more, as such adapters do."""

    def __init__(self, *arguments, say=None, **settings):
        self.more = say or {}
        super().__init__(*arguments, **settings)

    def init_poolmanager(self, *arguments, **settings):
        settings.update(self.more)
        return super().init_poolmanager(*arguments, **settings)

    def proxy_manager_for(self, *arguments, **settings):
        settings.update(self.more)
        return super().proxy_manager_for(*arguments, **settings)


class Making(HTTPAdapter):
    """An adapter that makes its manager itself, which is the other way."""

    def __init__(self, **more):
        self.more = more
        super().__init__()

    def init_poolmanager(self, connections, maxsize, block=False):
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **self.more)


@pytest.fixture(params=[Making, lambda **more: Saying(say=more)], ids=["makes a manager", "tells its manager"])
def adapter_with(request):
    return request.param


def test_a_context_of_the_programs_own_is_used(mounted, adapter_with, wire_server, ca):
    context = create_urllib3_context(ciphers="ECDHE+AESGCM", ssl_maximum_version=ssl.TLSVersion.TLSv1_2)
    context.load_verify_locations(ca.file)
    ciphers = []
    server = wire_server([lambda connection: ciphers.append(connection.socket.cipher()), OK], tls=ca.server_context())
    session = mounted(adapter_with(ssl_context=context))
    session.verify = True
    assert session.get(server.url).text == "ok"
    assert ciphers[0][1] == "TLSv1.2" and "GCM" in ciphers[0][0]


def test_a_context_that_trusts_nobody_is_completed_by_verify(mounted, adapter_with, https_app):
    assert mounted(adapter_with(ssl_context=create_urllib3_context())).get(f"{https_app.url}/json").json() == {"hello": "world"}


def test_verify_of_a_call_counts_also_with_a_context(mounted, adapter_with, https_app, ca):
    context = create_urllib3_context()
    session = mounted(adapter_with(ssl_context=context))
    assert session.get(f"{https_app.url}/json", verify=False).status_code == 200
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED
    session.close()
    with pytest.raises(SSLError):
        session.get(https_app.url, verify=True)


def test_a_source_address_is_what_the_server_sees(mounted, adapter_with, http_app):
    mounted(adapter_with(source_address=("127.0.0.9", 0))).get(http_app.url)
    assert http_app.connections[0].peer[0] == "127.0.0.9"


def test_socket_options_are_set(mounted, adapter_with, http_app):
    options = HTTPConnection.default_socket_options + [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]  # noqa: RUF005 - as they write it
    response = mounted(adapter_with(socket_options=options)).get(f"{http_app.url}/bytes/9", stream=True)
    connected = response.raw.connection.stream.socket
    assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    response.close()


@pytest.mark.parametrize("asserted, trusted", [("example.org", True), (False, True), ("example.com", False), (None, False)])
def test_another_name_may_be_asserted(mounted, adapter_with, wire_server, ca, asserted, trusted):
    server = wire_server(OK, tls=ca.server_context("example.org"))
    session = mounted(adapter_with(assert_hostname=asserted))
    if trusted:
        assert session.get(server.url).text == "ok"
    else:
        with pytest.raises(SSLError):
            session.get(server.url)


def test_a_fingerprint_may_be_asserted(mounted, adapter_with, https_app):
    with pytest.raises(SSLError, match="fingerprint") as caught:
        mounted(adapter_with(assert_fingerprint="00" * 32)).get(https_app.url)
    found = str(caught.value).split("fingerprint is ")[1].split(",")[0]
    assert mounted(adapter_with(assert_fingerprint=found.upper())).get(f"{https_app.url}/json").status_code == 200


def test_another_name_may_be_asked_for(mounted, adapter_with, wire_server, ca):
    server = wire_server(OK, tls=ca.server_context("example.org"))
    assert mounted(adapter_with(server_hostname="example.org")).get(server.url).text == "ok"
    assert server.connections[0].server_name == "example.org"


@pytest.mark.parametrize("more", [{"ssl_version": 5}, {"ssl_maximum_version": ssl.TLSVersion.TLSv1_2}])
def test_the_version_of_tls_may_be_fixed(mounted, adapter_with, wire_server, ca, more):
    versions = []
    server = wire_server([lambda connection: versions.append(connection.socket.version()), OK], tls=ca.server_context())
    mounted(adapter_with(**more)).get(server.url)
    assert versions == ["TLSv1.2"]


def test_a_manager_that_says_none_of_verifying_does_not_overrule_the_session(mounted, adapter_with, https_app):
    session = mounted(adapter_with(cert_reqs="CERT_NONE"))
    session.verify = True
    with pytest.raises(SSLError):
        session.get(https_app.url)


def test_settings_changed_between_two_requests_count(session, wire_server, ca):
    """As adapters do that send to an address, and assert the name that is in Host."""

    class ByHost(HTTPAdapter):
        def send(self, request, **settings):
            host = request.headers.get("Host")
            if host:
                self.poolmanager.connection_pool_kw["assert_hostname"] = host
            else:
                self.poolmanager.connection_pool_kw.pop("assert_hostname", None)
            return super().send(request, **settings)

    session.mount("https://", ByHost())
    server = wire_server([OK, OK], [OK], tls=ca.server_context("example.org"))
    assert session.get(server.url, headers={"Host": "example.org"}).text == "ok"
    for headers in ({"Host": "example.com"}, {}):
        with pytest.raises(SSLError):
            session.get(server.url, headers=headers)
    assert session.get(server.url, headers={"Host": "example.org"}).text == "ok"
    assert [request["Host"] for request in server.requests] == ["example.org"] * 2


def test_behind_a_proxy_too(mounted, wire_server, ca):
    context = create_urllib3_context(ssl_maximum_version=ssl.TLSVersion.TLSv1_2)
    versions = []
    opened = b"HTTP/1.1 200 OK\r\n\r\n"
    proxy = wire_server(
        [opened, start_tls(ca.server_context("example.org")), lambda connection: versions.append(connection.socket.version()), OK]
    )
    session = mounted(Saying(say={"ssl_context": context, "source_address": ("127.0.0.9", 0)}))
    assert session.get("https://example.org/", proxies={"https": proxy.url}).text == "ok"
    assert versions == ["TLSv1.2"]
    assert proxy.connections[0].peer[0] == "127.0.0.9"


def test_behind_a_socks_proxy_too(mounted, wire_server):
    proxy = wire_server([socks5([]), OK])
    session = mounted(Saying(say={"source_address": ("127.0.0.9", 0)}))
    assert session.get("http://example.org/", proxies={"http": f"socks5h://{proxy.host}:{proxy.port}"}).text == "ok"
    assert proxy.connections[0].peer[0] == "127.0.0.9"


def test_a_manager_for_a_proxy_is_made_once():
    adapter = Saying()
    manager = adapter.proxy_manager_for("http://user:pass@proxy.example:3128")
    assert adapter.proxy_manager_for("http://user:pass@proxy.example:3128") is manager
    assert adapter.proxy_manager == {"http://user:pass@proxy.example:3128": manager}
    assert "Proxy-Authorization" in manager.proxy_headers


class Remembering(HTTPAdapter):
    """At the top of a module, so that it can be pickled."""

    made: list = []

    def init_poolmanager(self, connections, maxsize, block=DEFAULT_POOLBLOCK, **settings):
        self.made.append((connections, maxsize, block))
        super().init_poolmanager(connections, maxsize, block, source_address=("127.0.0.8", 0), **settings)


def test_an_adapter_that_travels_makes_its_manager_anew(http_app, monkeypatch):
    monkeypatch.setattr(Remembering, "made", [])
    with requests.Session() as session:
        session.mount("http://", Remembering(3, 4, max_retries=2, pool_block=True))
        travelled = pickle.loads(pickle.dumps(session))
    with travelled:
        travelled.get(http_app.url)
        assert travelled.get_adapter("http://").max_retries.total == 2
    assert Remembering.made == [(3, 4, True)] * 2
    assert http_app.connections[0].peer[0] == "127.0.0.8"


# 8, 9. Names that are read.


def test_constants_and_attributes_of_adapters_are_there():
    assert (DEFAULT_POOLSIZE, DEFAULT_RETRIES, DEFAULT_POOLBLOCK) == (10, 0, False)
    adapter = HTTPAdapter(pool_connections=3, pool_maxsize=4, max_retries=Retry.from_int(5), pool_block=True)
    assert (adapter._pool_connections, adapter._pool_maxsize, adapter._pool_block) == (3, 4, True)
    assert isinstance(adapter.poolmanager, PoolManager)
    assert adapter.poolmanager.connection_pool_kw == {"maxsize": 4, "block": True}
    assert (adapter.max_retries.total, adapter.config, adapter.proxy_manager) == (5, {}, {})
    assert issubclass(MaxRetryError, Exception)


def test_private_names_of_a_raw_response_are_there(http_app, session):
    raw = session.get(f"{http_app.url}/cookies/set?a=1&b=2", stream=True, allow_redirects=False).raw
    assert raw._original_response.version == raw.version == 11
    assert raw._original_response.msg.get_all("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert raw._request_url == "/cookies/set?a=1&b=2"
    assert raw._fp is not None
    raw.release_conn()


# 10. Retries and timeouts of urllib3.


@pytest.mark.parametrize("kind", [urllib3.Retry, Retry])
def test_a_policy_is_followed_whosever_it_is(mounted, wire_server, no_sleep, kind):
    server = wire_server([BUSY, BUSY, OK])
    policy = kind(total=3, status_forcelist=[503], backoff_factor=1, allowed_methods={"POST"})
    assert mounted(HTTPAdapter(max_retries=policy)).post(server.url, data="data").text == "ok"
    assert [request.body for request in server.requests] == [b"data"] * 3
    assert no_sleep == [2]


@pytest.mark.parametrize("kind", [urllib3.Retry, Retry])
def test_one_that_is_exhausted_raises_unless_it_says_otherwise(session, mounted, wire_server, no_sleep, kind):
    server = wire_server([BUSY] * 3, [BUSY] * 3)
    with pytest.raises(RetryError, match="too many 503 error responses"):
        mounted(HTTPAdapter(max_retries=kind(2, status_forcelist=[503]))).get(server.url)
    session.close()
    session = mounted(HTTPAdapter(max_retries=kind(2, status_forcelist=[503], raise_on_status=False)))
    assert session.get(server.url).status_code == 503
    assert len(server.requests) == 6


def test_a_policy_may_be_set_later(mounted, wire_server, no_sleep):
    adapter = HTTPAdapter()
    for policy in (2, Retry(2), urllib3.Retry(2)):
        adapter.max_retries = policy
        server = wire_server(CLOSE, CLOSE, OK)
        assert mounted(adapter).get(server.url).text == "ok"
        adapter.close()


def test_what_was_tried_is_told(mounted, wire_server, no_sleep):
    server = wire_server([BUSY, OK])
    response = mounted(HTTPAdapter(max_retries=Retry(3, status_forcelist=[503]))).get(f"{server.url}/a")
    assert [(entry.method, entry.url, entry.status) for entry in response.raw.retries.history] == [("GET", "/a", 503)]


@pytest.mark.parametrize("body", [io.BytesIO, bytearray, bytes])
def test_a_body_is_sent_again_from_its_beginning(mounted, wire_server, no_sleep, body):
    server = wire_server([BUSY, OK])
    session = mounted(HTTPAdapter(max_retries=Retry(3, status_forcelist=[503])))
    assert session.put(server.url, data=body(b"data")).text == "ok"
    assert [request.body for request in server.requests] == [b"data"] * 2


def test_also_when_a_connection_died_while_it_was_idle(session, wire_server):
    server = wire_server([OK, CLOSE], OK)
    session.get(server.url)
    server.connections[0]._ended.wait(5)
    assert session.put(server.url, data=io.BytesIO(b"data")).text == "ok"
    assert server.requests[-1].body == b"data"


def test_an_iterator_is_not(mounted, wire_server, no_sleep):
    server = wire_server([BUSY, OK])
    session = mounted(HTTPAdapter(max_retries=Retry(3, status_forcelist=[503])))
    assert session.put(server.url, data=iter([b"da", b"ta"])).status_code == 503
    assert [request.body for request in server.requests] == [b"data"]


@pytest.mark.parametrize("kind", [urllib3.Timeout, Timeout])
def test_a_timeout_may_be_an_object(session, wire_server, deaf_port, kind):
    for timeout in (kind(connect=5, read=0.05), kind(total=5, read=0.05), kind(read=0.05), kind(total=0.05)):
        with pytest.raises(ReadTimeout):
            session.get(wire_server(SILENCE).url, timeout=timeout)
    for timeout in (kind(connect=0.05, read=5), kind(total=0.05), kind(connect=0.05)):
        with pytest.raises(ConnectTimeout):
            session.get(f"http://127.0.0.1:{deaf_port}/", timeout=timeout)
    assert session.get(wire_server(OK).url, timeout=kind()).text == "ok"


# 4. A response of urllib3 as `raw`.


def raw_of_urllib3(body=b"hello", status=200, headers=(), msg=None, **parts):
    original = None if msg is None else SimpleNamespace(msg=msg, version=11, isclosed=lambda: True, close=lambda: None)
    return urllib3.HTTPResponse(
        body=io.BytesIO(body),
        status=status,
        headers=dict(headers),
        reason=http.client.responses[status],
        version=11,
        preload_content=False,
        original_response=original,
        request_url="http://example.org/",
        **parts,
    )


def cookies(*values, kind=Message):
    msg = kind()
    for value in values:
        msg["Set-Cookie"] = value
    return msg


class Answering(HTTPAdapter):
    """An adapter that has its answers at hand."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)

    def send(self, request, **settings):
        return self.build_response(request, self.answers.pop(0))


@pytest.mark.parametrize("make", [raw_of_urllib3, lambda **parts: HTTPResponse(io.BytesIO(parts.pop("body", b"hello")), **parts)])
def test_a_response_is_built_of_it(mounted, make):
    body = gzip.compress('{"a": "größe"}'.encode())
    raw = make(body=body, status=200, headers={"Content-Encoding": "gzip", "Content-Type": "application/json", "ETag": "x"})
    response = mounted(Answering(raw)).get("http://example.org/")
    assert response.json() == {"a": "größe"}
    assert (response.status_code, response.headers["etag"], response.url) == (200, "x", "http://example.org/")
    assert response.raw is raw


@pytest.mark.parametrize("kind", [Message, http.client.HTTPMessage])
def test_cookies_are_those_of_the_original_response(mounted, kind):
    raw = raw_of_urllib3(msg=cookies("a=1; Path=/", "b=2; HttpOnly", kind=kind))
    session = mounted(Answering(raw, raw_of_urllib3()))
    response = session.get("http://example.org/")
    assert response.cookies.get_dict() == session.cookies.get_dict() == {"a": "1", "b": "2"}
    assert session.get("http://example.org/").request.headers["Cookie"] == "a=1; b=2"


def test_a_response_without_an_original_sets_no_cookies(mounted):
    assert len(mounted(Answering(raw_of_urllib3())).get("http://example.org/").cookies) == 0


@pytest.mark.parametrize("size", [1, 3, 100])
def test_it_is_streamed(mounted, size):
    response = mounted(Answering(raw_of_urllib3(b"hello world"))).get("http://example.org/", stream=True)
    assert b"".join(response.iter_content(size)) == b"hello world"
    with pytest.raises(requests.exceptions.StreamConsumedError):
        list(response.iter_content(size))


def test_its_lines_are_read(mounted):
    response = mounted(Answering(raw_of_urllib3(b"a\r\nb\n\nc"))).get("http://example.org/", stream=True)
    assert list(response.iter_lines(chunk_size=2)) == [b"a", b"b", b"", b"c"]


def test_closing_closes_it(mounted):
    raw = raw_of_urllib3()
    with mounted(Answering(raw)).get("http://example.org/", stream=True):
        pass
    assert raw.closed


def test_a_redirect_in_it_is_followed(mounted):
    moved = raw_of_urllib3(b"", 302, {"Location": "/elsewhere"}, cookies("a=1"))
    response = mounted(Answering(moved, raw_of_urllib3())).get("http://example.org/")
    assert (response.url, response.text) == ("http://example.org/elsewhere", "hello")
    assert [each.status_code for each in response.history] == [302]
    assert response.request.headers["Cookie"] == "a=1"


@pytest.mark.parametrize(
    "raw, kind",
    [
        (lambda: raw_of_urllib3(b"garbage", headers={"Content-Encoding": "gzip"}), ContentDecodingError),
        (lambda: raw_of_urllib3(b"short", headers={"Content-Length": "100"}), ChunkedEncodingError),
    ],
    ids=["damaged", "short"],
)
def test_what_is_wrong_with_it_is_said_in_public(mounted, raw, kind):
    with pytest.raises(kind):
        mounted(Answering(raw())).get("http://example.org/")
    response = mounted(Answering(raw())).get("http://example.org/", stream=True)
    for _ in range(2):
        with pytest.raises(kind):
            list(response.iter_content(10))
    with pytest.raises(kind):
        response.content


def test_a_response_may_have_it_put_in():
    response = requests.Response()
    response.raw = raw_of_urllib3(b"hello")
    response.status_code = 200
    assert response.content == b"hello"


@pytest.mark.parametrize("raw", [io.BytesIO(b"hello"), HTTPResponse(b"hello", preload_content=False)], ids=["a file", "ours"])
def test_or_any_file(raw):
    response = requests.Response()
    response.raw = raw
    assert b"".join(response.iter_content(2)) == b"hello"


# 11. Pools of urllib3, and of anybody's.


class OfUrllib3(HTTPAdapter):
    """An adapter whose connections are real urllib3's."""

    def init_poolmanager(self, connections, maxsize, block=False, **settings):
        self.poolmanager = urllib3.PoolManager(num_pools=connections, maxsize=maxsize, block=block, **settings)

    def proxy_manager_for(self, proxy, **settings):
        if proxy not in self.proxy_manager:
            headers = self.proxy_headers(proxy)
            self.proxy_manager[proxy] = urllib3.ProxyManager(proxy, proxy_headers=headers, **settings)
        return self.proxy_manager[proxy]


@pytest.fixture
def foreign(mounted):
    return mounted(OfUrllib3())


def test_a_manager_of_urllib3_does_the_work(foreign, http_app):
    response = foreign.get(f"{http_app.url}/gzip")
    assert response.json() == {"hello": "world"}
    assert type(response.raw) is urllib3.HTTPResponse
    assert http_app.requests[0]["User-Agent"] == requests.utils.default_user_agent()
    assert foreign.get(f"{http_app.url}/cookies/set?a=1").json() == {"a": "1"}
    assert len(http_app.connections) == 1


@pytest.mark.parametrize(
    "data, framing",
    [
        (b"data", {"Content-Length": "4"}),
        (io.BytesIO(b"data"), {"Content-Length": "4"}),
        (iter([b"da", b"ta"]), {"Transfer-Encoding": "chunked", "Content-Length": None}),
        ({"data": ""}, {"Content-Length": "5", "Content-Type": "application/x-www-form-urlencoded"}),
    ],
    ids=["bytes", "file", "iterator", "form"],
)
def test_it_is_given_bodies_of_all_kinds(foreign, http_app, data, framing):
    sent = foreign.post(f"{http_app.url}/echo", data=data).json()
    assert sent["body"] in ("data", "data=")
    assert {name: http_app.requests[0][name] for name in framing} == framing


def test_it_trusts_whom_the_call_says(foreign, https_app, ca, stranger_ca, tmp_path):
    assert foreign.get(f"{https_app.url}/json").json() == {"hello": "world"}
    for distrust in (stranger_ca.file, True, str(tmp_path)):
        with pytest.raises(SSLError):
            foreign.get(https_app.url, verify=distrust)
    with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        assert foreign.get(f"{https_app.url}/json", verify=False).status_code == 200


def test_it_shows_our_certificate(foreign, wire_server, ca):
    mine = ca.certificate("me")
    server = wire_server(OK, OK, tls=ca.server_context(client_ca=ca))
    for cert in ((mine.file, mine.key), mine.both):
        assert foreign.get(server.url, cert=cert).text == "ok"
        foreign.close()


@pytest.mark.parametrize("cert, what", [("/nowhere", "certificate"), (("ME", "/nowhere"), "key")])
def test_files_that_are_missing_are_found_out(foreign, https_app, ca, cert, what):
    with pytest.raises(SSLError, match=f"Could not find the TLS {what} file, invalid path: /nowhere"):
        foreign.get(https_app.url, cert=cert if isinstance(cert, str) else (ca.file, cert[1]))
    with pytest.raises(SSLError, match="invalid path: '?/nowhere"):
        foreign.get(https_app.url, verify="/nowhere")


def test_its_proxies_are_used(foreign, wire_server, ca):
    plain = wire_server(OK)
    assert foreign.get("http://example.org/a", proxies={"http": f"http://me:pass@127.0.0.1:{plain.port}"}).text == "ok"
    assert plain.requests[0].target == "http://example.org/a"
    assert plain.requests[0]["Proxy-Authorization"] == "Basic bWU6cGFzcw=="
    tunnel = wire_server([b"HTTP/1.1 200 OK\r\n\r\n", start_tls(ca.server_context("example.org")), OK])
    assert foreign.get("https://example.org/a", proxies={"https": tunnel.url}).text == "ok"
    assert [request.target for request in tunnel.requests] == ["example.org:443", "/a"]


@pytest.mark.parametrize(
    "script, settings, kind",
    [
        (CLOSE, {}, ConnectionError),
        (say(b"garbage\r\n\r\n"), {}, ConnectionError),
        (SILENCE, {"timeout": 0.05}, ReadTimeout),
        (SILENCE, {"timeout": (5, 0.05)}, ReadTimeout),
        (SILENCE, {"timeout": urllib3.Timeout(read=0.05)}, ReadTimeout),
        (SILENCE, {"timeout": Timeout(total=0.05)}, ReadTimeout),
        (BUSY.replace(b"\r\n\r\n", b"\r\nRetry-After: soon\r\n\r\n"), {}, InvalidHeader),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort" + b"", {"end": True}, ChunkedEncodingError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {"end": True}, ChunkedEncodingError),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\ngarbage", {}, ContentDecodingError),
    ],
    ids=["close", "garbage", "silence", "pair", "object", "our object", "Retry-After", "short", "chunks", "gzip"],
)
def test_its_exceptions_become_ours(mounted, wire_server, script, settings, kind):
    adapter = OfUrllib3(max_retries=Retry(1, read=False) if kind is InvalidHeader else 0)
    script = [script, CLOSE] if settings.pop("end", False) else script
    with pytest.raises(kind) as caught:
        mounted(adapter).get(wire_server(script).url, **settings)
    assert caught.value.__cause__ is not None
    assert isinstance(caught.value, requests.RequestException)


def test_its_failures_to_connect_become_ours(foreign, refused_port, deaf_port):
    with pytest.raises(ConnectionError) as caught:
        foreign.get(f"http://127.0.0.1:{refused_port}/")
    assert not isinstance(caught.value, ConnectTimeout)
    assert caught.value.request.url == f"http://127.0.0.1:{refused_port}/"
    with pytest.raises(ConnectTimeout):
        foreign.get(f"http://127.0.0.1:{deaf_port}/", timeout=0.05)
    with pytest.raises(ConnectionError):
        foreign.get("http://host.invalid/")
    with pytest.raises(ProxyError):
        foreign.get("http://example.org/", proxies={"http": f"http://127.0.0.1:{refused_port}"})


def test_a_url_that_it_cannot_reach_is_ours_too(foreign):
    prepared = foreign.prepare_request(requests.Request("GET", "http://example.org/"))
    prepared.url = "http:///"
    with pytest.raises(InvalidURL):
        foreign.send(prepared)


def test_a_body_that_stalls_is_a_timeout(foreign, wire_server):
    event = threading.Event()
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", wait_for(event)])
    response = foreign.get(server.url, stream=True, timeout=0.05)
    with pytest.raises(ReadTimeout) as caught:
        list(response.iter_content(100))
    assert isinstance(caught.value, ConnectionError)
    event.set()
    response.close()


@pytest.mark.parametrize("kind", [urllib3.Retry, Retry])
def test_it_is_told_the_whole_policy(mounted, wire_server, no_sleep, kind):
    policy = kind(3, status_forcelist=[503], allowed_methods=["POST"], backoff_factor=1)
    server = wire_server([BUSY, BUSY, OK])
    assert mounted(OfUrllib3(max_retries=policy)).post(server.url).text == "ok"
    assert no_sleep == [2]
    with pytest.raises(RetryError):
        mounted(OfUrllib3(max_retries=policy)).post(wire_server([BUSY] * 4).url)


class UnixConnection(urllib3.connection.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class UnixPool(urllib3.connectionpool.HTTPConnectionPool):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def _new_conn(self):
        return UnixConnection(self.path)


class UnixAdapter(HTTPAdapter):
    """As such adapters are written for http+unix://%2Fpath/…"""

    def __init__(self):
        super().__init__()
        self.pools = {}

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
        path = unquote(urlsplit(request.url).netloc)
        return self.pools.setdefault(path, UnixPool(path))

    def request_url(self, request, proxies):
        return request.path_url

    def close(self):
        for pool in self.pools.values():
            pool.close()


class Unix(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.path.encode() + b" " + self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "a=1")
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "unix"

    def log_message(self, *arguments):
        pass


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets")
def test_a_pool_of_unix_sockets_is_asked(session, tmp_path):
    path = str(tmp_path / "s")
    with socketserver.UnixStreamServer(path, Unix) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        session.mount("http+unix://", UnixAdapter())
        response = session.post(f"http+unix://{path.replace('/', '%2F')}/a?b=c", data=b"data")
        assert response.text == "/a?b=c data"
        assert (response.status_code, response.cookies.get_dict()) == (200, {"a": "1"})
        session.close()
        thread.join(10)
    with pytest.raises(ConnectionError):
        session.post(f"http+unix://{path.replace('/', '%2F')}x/", data=b"data")


class Pool:
    """Anything with `urlopen` is a pool."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def urlopen(self, **asked):
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class WithPool(HTTPAdapter):
    def __init__(self, pool, **settings):
        super().__init__(**settings)
        self.pool = pool

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
        return self.pool


def test_a_pool_is_asked_as_requests_asks_it(mounted):
    pool = Pool(HTTPResponse(b"hello", {"A": "b"}, 200, reason="Fine", preload_content=False))
    response = mounted(WithPool(pool, max_retries=2)).post("http://example.org/a?b#c", data="data", timeout=(3, 5))
    assert (response.text, response.reason, response.headers["a"]) == ("hello", "Fine", "b")
    (asked,) = pool.asked
    assert asked.pop("headers")["Content-Length"] == "4"
    assert asked.pop("retries").total == 2
    assert asked == {
        "method": "POST",
        "url": "/a?b",
        "body": "data",
        "redirect": False,
        "assert_same_host": False,
        "preload_content": False,
        "decode_content": False,
        "timeout": (3, 5),
        "chunked": False,
    }


@pytest.mark.parametrize(
    "error, kind",
    [
        (ZeroDivisionError("in the pool"), ZeroDivisionError),
        (ValueError("in the pool"), ValueError),
        (OSError("of a socket"), ConnectionError),
        (InvalidURL("ours already"), InvalidURL),
    ],
)
def test_its_exceptions_are_ours_where_they_can_be_and_its_own_else(mounted, error, kind):
    with pytest.raises(kind, match=str(error)):
        mounted(WithPool(Pool(error))).get("http://example.org/")


def test_an_error_in_finding_the_pool_is_its_own(mounted):
    class Broken(HTTPAdapter):
        def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
            raise ValueError("no pool today")

    with pytest.raises(ValueError, match="no pool today"):
        mounted(Broken()).get("http://example.org/")


@pytest.fixture
def vendored(monkeypatch):
    """A urllib3 that lies inside of another package, with classes of its own."""

    def module(name, **content):
        made = ModuleType(name)
        vars(made).update(content)
        monkeypatch.setitem(sys.modules, name, made)
        for value in content.values():
            value.__module__ = name
        return made

    for package in ("vendored", "vendored.urllib3", "vendored.urllib3.util"):
        module(package)
    module("vendored.urllib3.util.retry", Retry=type("Retry", (urllib3.Retry,), {}))
    module("vendored.urllib3.util.timeout", Timeout=type("Timeout", (urllib3.Timeout,), {}))
    error = type("HTTPError", (Exception,), {})
    module("vendored.urllib3.exceptions", HTTPError=error, ReadTimeoutError=type("ReadTimeoutError", (error,), {}))
    module("vendored.urllib3.connectionpool", HTTPConnectionPool=type("HTTPConnectionPool", (Pool,), {}))
    return sys.modules


def test_a_urllib3_inside_of_another_package_is_spoken_to_in_its_own_terms(mounted, vendored):
    pool = vendored["vendored.urllib3.connectionpool"].HTTPConnectionPool(HTTPResponse(b"hello", status=200))
    session = mounted(WithPool(pool, max_retries=Retry(7, connect=2, status_forcelist={503}, backoff_max=5)))
    assert session.get("http://example.org/", timeout=(3, 5)).text == "hello"
    (asked,) = pool.asked
    assert type(asked["timeout"]) is vendored["vendored.urllib3.util.timeout"].Timeout
    assert (asked["timeout"].connect_timeout, asked["timeout"].read_timeout) == (3, 5)
    policy = asked["retries"]
    assert type(policy) is vendored["vendored.urllib3.util.retry"].Retry
    assert (policy.total, policy.connect, policy.status_forcelist, policy.backoff_max, policy.history) == (7, 2, {503}, 5, ())


def test_a_timeout_in_its_own_terms_is_left_as_it_is(mounted, vendored):
    pool = vendored["vendored.urllib3.connectionpool"].HTTPConnectionPool(HTTPResponse(b"hello", status=200))
    timeout = vendored["vendored.urllib3.util.timeout"].Timeout(5)
    mounted(WithPool(pool)).get("http://example.org/", timeout=timeout)
    assert pool.asked[0]["timeout"] is timeout


def test_and_its_exceptions_are_understood(mounted, vendored):
    error = vendored["vendored.urllib3.exceptions"].ReadTimeoutError("too slow")
    with pytest.raises(ReadTimeout, match="too slow"):
        mounted(WithPool(Pool(error))).get("http://example.org/")


def test_a_module_that_only_sounds_like_urllib3_is_none(mounted):
    pool = type("Own", (Pool,), {"__module__": "my_urllib3.pools"})(HTTPResponse(b"hello", status=200))
    assert mounted(WithPool(pool)).get("http://example.org/", timeout=5).text == "hello"
    assert pool.asked[0]["timeout"] == 5


def test_the_old_way_to_a_pool_warns_and_works(http_app):
    adapter = HTTPAdapter()
    with pytest.warns(DeprecationWarning, match="get_connection_with_tls_context"):
        pool = adapter.get_connection(http_app.url)
    assert pool.urlopen("GET", "/bytes/3").data == b"xxx"
    with pytest.warns(DeprecationWarning):
        by_proxy = adapter.get_connection("http://example.org/", {"http": "proxy.example:3128"})
    assert by_proxy.proxy.host == "proxy.example"
    adapter.close()


# Methods between the adapter and a pool of ours.


def test_a_pool_of_ours_is_asked_with_the_settings_of_the_call(mounted, https_app, ca, stranger_ca):
    class Looking(HTTPAdapter):
        def get_connection_with_tls_context(self, *arguments, **settings):
            self.pool = super().get_connection_with_tls_context(*arguments, **settings)
            return self.pool

    adapter = Looking()
    session = mounted(adapter)
    assert session.get(f"{https_app.url}/json").json() == {"hello": "world"}
    assert (adapter.pool.host, adapter.pool.port, adapter.pool.scheme) == ("localhost", https_app.port, "https")
    assert adapter.pool.ca_certs == ca.file
    for distrust in (stranger_ca.file, True):
        with pytest.raises(SSLError):
            session.get(https_app.url, verify=distrust)
    assert session.get(f"{https_app.url}/json", verify=False).status_code == 200


def test_cert_verify_may_leave_out_the_name(mounted, wire_server, ca):
    """As in the adapter that everybody has copied once."""

    class AnyName(HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            conn.assert_hostname = False
            return super().cert_verify(conn, url, verify, cert)

    server = wire_server(OK, tls=ca.server_context("example.org"))
    assert mounted(AnyName()).get(server.url).text == "ok"


def test_cert_verify_may_insist(mounted, https_app):
    class Insisting(HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            super().cert_verify(conn, url, True, cert)

    with pytest.raises(SSLError):
        mounted(Insisting()).get(https_app.url, verify=False)


def test_cert_verify_may_bring_a_certificate(mounted, wire_server, ca):
    mine = ca.certificate("me")

    class WithCertificate(HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            super().cert_verify(conn, url, verify, (mine.file, mine.key))

    assert mounted(WithCertificate()).get(wire_server(OK, tls=ca.server_context(client_ca=ca)).url).text == "ok"


def test_the_attributes_of_a_pool_may_be_changed(mounted, wire_server, ca):
    class Renaming(HTTPAdapter):
        def build_connection_pool_key_attributes(self, request, verify, cert=None):
            host, settings = super().build_connection_pool_key_attributes(request, verify, cert)
            settings["server_hostname"] = "example.org"
            return {**host, "host": "127.0.0.1"}, settings

    server = wire_server(OK, tls=ca.server_context("example.org"))
    assert mounted(Renaming()).get(f"https://example.com:{server.port}/").text == "ok"
    assert server.connections[0].server_name == "example.org"
    assert server.requests[0]["Host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    "url, verify, cert, host, settings",
    [
        ("http://example.org/a", True, None, ("http", "example.org", None), {"cert_reqs": "CERT_REQUIRED"}),
        ("https://example.org:8443/", False, None, ("https", "example.org", 8443), {"cert_reqs": "CERT_NONE"}),
        ("https://[::1]/", True, "me", ("https", "[::1]", None), {"cert_file": "me", "key_file": None}),
        ("https://example.org/", True, ("me", "key"), ("https", "example.org", None), {"cert_file": "me", "key_file": "key"}),
        ("https://example.org/", "FILE", None, ("https", "example.org", None), {"ca_certs": "FILE"}),
        ("https://example.org/", "FOLDER", None, ("https", "example.org", None), {"ca_cert_dir": "FOLDER"}),
    ],
)
def test_what_a_pool_is_chosen_by(tmp_path, ca, url, verify, cert, host, settings):
    paths = {"FILE": ca.file, "FOLDER": str(tmp_path)}
    request = requests.Request("GET", url).prepare()
    found, pool_settings = HTTPAdapter().build_connection_pool_key_attributes(request, paths.get(verify, verify), cert)
    assert found == dict(zip(("scheme", "host", "port"), host))
    expected = {"cert_reqs": "CERT_REQUIRED", **{name: paths.get(value, value) for name, value in settings.items()}}
    assert pool_settings == expected


def test_secrets_for_a_proxy_are_not_shown_to_the_server(mounted, wire_server, ca):
    class ByPool(HTTPAdapter):
        def cert_verify(self, *arguments):
            super().cert_verify(*arguments)

    session = mounted(ByPool())
    tunnel = wire_server([b"HTTP/1.1 200 OK\r\n\r\n", start_tls(ca.server_context("example.org")), OK])
    proxies = {"https": f"http://me:pass@127.0.0.1:{tunnel.port}"}
    session.get("https://example.org/", headers={"Proxy-Authorization": "Basic x"}, proxies=proxies)
    asked, hidden = tunnel.requests
    assert asked["Proxy-Authorization"] == "Basic bWU6cGFzcw=="
    assert hidden["Proxy-Authorization"] is None
    plain = wire_server(OK)
    session.get("http://example.org/", proxies={"http": f"http://me:pass@127.0.0.1:{plain.port}"})
    assert plain.requests[0]["Proxy-Authorization"] == "Basic bWU6cGFzcw=="
    assert plain.requests[0].target == "http://example.org/"


# Everything may be overridden, and is called where requests calls it.

SEAMS = {
    "get_connection_with_tls_context": True,
    "build_connection_pool_key_attributes": True,
    "cert_verify": True,
    "request_url": False,
    "add_headers": False,
    "build_response": False,
}
WAY = list(SEAMS)


def test_a_subclass_that_overrides_all_is_called_in_the_order_of_requests(mounted, http_app):
    called = []

    def calling(name):
        def method(self, *arguments, **settings):
            called.append(name)
            return getattr(super(Everything, self), name)(*arguments, **settings)

        return method

    Everything = type("Everything", (HTTPAdapter,), {name: calling(name) for name in [*SEAMS, "send", "close", "init_poolmanager"]})
    session = mounted(Everything())
    assert session.get(f"{http_app.url}/json").json() == {"hello": "world"}
    assert called == ["init_poolmanager", "send", *WAY]


@pytest.mark.parametrize("name", SEAMS)
def test_a_seam_may_be_patched_on_the_class(session, http_app, name):
    original = getattr(HTTPAdapter, name)
    with mock.patch.object(HTTPAdapter, name, autospec=True, side_effect=original) as patched:
        assert session.get(f"{http_app.url}/json").json() == {"hello": "world"}
        assert patched.call_count == 1
    with mock.patch.object(HTTPAdapter, "_send_by_pool", side_effect=AssertionError):
        assert session.get(f"{http_app.url}/json").status_code == 200


@pytest.mark.parametrize("name", SEAMS)
def test_or_on_an_instance(session, http_app, name):
    adapter = session.get_adapter("http://")
    patched = mock.Mock(side_effect=getattr(adapter, name))
    setattr(adapter, name, patched)
    assert session.get(f"{http_app.url}/json").json() == {"hello": "world"}
    assert patched.call_count == 1


@pytest.mark.parametrize("name", [name for name, by_pool in SEAMS.items() if not by_pool])
def test_only_what_stands_between_adapter_and_pool_goes_the_long_way(mounted, http_app, name):
    kind = type("Overriding", (HTTPAdapter,), {name: lambda self, *a, **s: getattr(super(kind, self), name)(*a, **s)})
    with mock.patch.object(HTTPAdapter, "_send_by_pool", side_effect=AssertionError):
        assert mounted(kind()).get(f"{http_app.url}/json").status_code == 200


def test_send_may_be_patched(session):
    answer = requests.Response()
    answer.status_code = 418
    with mock.patch.object(HTTPAdapter, "send", return_value=answer) as send:
        assert session.get("http://example.org/").status_code == 418
    assert set(send.call_args[1]) == {"stream", "timeout", "verify", "cert", "proxies"}


def test_proxy_headers_may_be_patched(session, wire_server):
    proxy = wire_server(OK)
    with mock.patch.object(HTTPAdapter, "proxy_headers", return_value={"X-Proxy": "yes"}):
        session.get("http://example.org/", proxies={"http": proxy.url})
    assert proxy.requests[0]["X-Proxy"] == "yes"


def test_the_target_may_be_another_on_both_ways(mounted, http_app):
    class Elsewhere(HTTPAdapter):
        def request_url(self, request, proxies):
            return "/bytes/3"

        def add_headers(self, request, **settings):
            assert set(settings) == {"stream", "timeout", "verify", "cert", "proxies"}
            request.headers["X-Added"] = "yes"

    class ElsewhereByPool(Elsewhere):
        def cert_verify(self, *arguments):
            super().cert_verify(*arguments)

    for kind in (Elsewhere, ElsewhereByPool):
        session = mounted(kind())
        assert session.get(f"{http_app.url}/json").text == "xxx"
        assert http_app.requests[-1]["X-Added"] == "yes"
        session.close()


def test_a_response_may_be_of_another_class(mounted, http_app):
    class Own(requests.Response):
        pass

    class Building(HTTPAdapter):
        def build_response(self, request, raw):
            response = super().build_response(request, raw)
            response.__class__ = Own
            return response

    assert type(mounted(Building()).get(f"{http_app.url}/json")) is Own
