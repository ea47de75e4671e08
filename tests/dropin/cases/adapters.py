"""Adapters, as programs make, replace and subclass them."""

from __future__ import annotations

import io
import pickle
import socket
import ssl

from ..views import attempt, classes
from . import calls, case


@case("exceptions: classes")
def _(lib, here):
    names = """
        ChunkedEncodingError ConnectTimeout ConnectionError ContentDecodingError FileModeWarning
        HTTPError InvalidHeader InvalidJSONError InvalidProxyURL InvalidSchema InvalidURL JSONDecodeError MissingSchema ProxyError
        ReadTimeout RequestException RequestsDependencyWarning RequestsWarning RetryError SSLError StreamConsumedError Timeout
        TooManyRedirects URLRequired UnrewindableBodyError
    """
    return [[name, classes(getattr(lib.exceptions, name))] for name in names.split()]


@case("adapter: subclass hooks")
def _(lib, here):
    calls = []

    class Spy(lib.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments, **keywords):
            calls.append(["init_poolmanager", len(arguments), sorted(keywords)])
            return super().init_poolmanager(*arguments, **keywords)

        def add_headers(self, request, **keywords):
            calls.append(["add_headers", sorted(keywords)])
            request.headers["X-Added"] = "1"

        def build_response(self, request, raw):
            calls.append(["build_response", type(request).__name__])
            response = super().build_response(request, raw)
            response.spied = True
            return response

        def request_url(self, request, proxies):
            calls.append(["request_url", proxies is not None])
            return super().request_url(request, proxies)

        def cert_verify(self, connection, url, verify, cert):
            calls.append(["cert_verify", verify])
            return super().cert_verify(connection, url, verify, cert)

        def proxy_headers(self, proxy):
            calls.append(["proxy_headers"])
            return {**super().proxy_headers(proxy), "X-Proxy": "1"}

    session = lib.Session()
    session.mount("http://", Spy())
    response = session.get(here.http + "/echo")
    return [session.get(here.http + "/echo", proxies={"http": here.proxy}), calls, getattr(response, "spied", False)]


@case("adapter: direct use and attributes")
def _(lib, here):
    adapter = lib.adapters.HTTPAdapter(pool_connections=3, pool_maxsize=4, max_retries=5, pool_block=True)
    headers = {"User-Agent": "me", "Accept-Encoding": "identity"}
    prepared = lib.Request("GET", here.http + "/echo?x#y", headers=headers).prepare()
    response = adapter.send(prepared)
    back = pickle.loads(pickle.dumps(adapter))
    return [
        response,
        adapter._pool_connections,
        adapter._pool_maxsize,
        adapter._pool_block,
        back._pool_maxsize,
        adapter.max_retries.total,
        adapter.request_url(prepared, None),
        adapter.request_url(prepared, {"http": here.proxy}),
        adapter.proxy_headers("http://u:p@h/"),
        adapter.proxy_headers("http://h/"),
        adapter.__attrs__,
        response.connection is adapter,
        attempt(adapter.close),
    ]


@case("adapter: request_url")
def _(lib, here):
    adapter = lib.adapters.HTTPAdapter()
    results = []
    for url in ("http://h/a#f", "http://h//a//b", "http://h", "https://h/a", "http://u:p@h/a?q#f"):
        prepared = lib.Request("GET", url).prepare()
        several = None, {}, {"http": "http://p:1"}, {"all": "http://p:1"}, {"http": "socks5://p:1"}
        results.append([url, [adapter.request_url(prepared, proxies) for proxies in several]])
    return results


def pooled(lib, proxy=False, **settings):
    """A session whose adapters give their pools more settings, as downstream packages do it."""

    class Own(lib.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments, **keywords):
            return super().init_poolmanager(*arguments, **{**keywords, **settings})

        def proxy_manager_for(self, *arguments, **keywords):
            return super().proxy_manager_for(*arguments, **{**keywords, **(settings if proxy else {})})

    session = lib.Session()
    session.mount("http://", Own())
    session.mount("https://", Own())
    return session


def context(here, certificate=None, **attributes):
    made = ssl.create_default_context(cafile=here.ca)
    for name, value in attributes.items():
        setattr(made, name, value)
    if certificate:
        made.load_cert_chain(certificate.file, certificate.key)
    return made


SOCKET_OPTIONS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]

calls(
    "adapter pool",
    {
        "ssl_context trusts its own CA": lambda lib, here: pooled(lib, ssl_context=context(here)).get(here.tls + "/echo"),
        "ssl_context, wrong name": lambda lib, here: pooled(lib, ssl_context=context(here)).get(here.tls_name + "/echo"),
        "ssl_context without names": lambda lib, here: pooled(lib, ssl_context=context(here, check_hostname=False)).get(
            here.tls_name
        ),
        "ssl_context and verify False": lambda lib, here: pooled(lib, ssl_context=context(here)).get(here.tls_name, verify=False),
        "ssl_context through a proxy": lambda lib, here: pooled(lib, True, ssl_context=context(here)).get(
            here.tls + "/echo", proxies={"https": here.proxy}
        ),
        "client certificate in the context": lambda lib, here: pooled(lib, ssl_context=context(here, here.client_certificate)).get(
            here.tls_client + "/echo"
        ),
        "assert_hostname": lambda lib, here: pooled(lib, assert_hostname="wrong.example").get(
            here.tls_name + "/echo", verify=here.ca
        ),
        "assert_hostname False": lambda lib, here: pooled(lib, assert_hostname=False).get(here.tls_name + "/echo", verify=here.ca),
        "assert_fingerprint": lambda lib, here: pooled(lib, assert_fingerprint="00" * 20).get(here.tls + "/echo", verify=here.ca),
        "server_hostname": lambda lib, here: pooled(lib, server_hostname="wrong.example").get(
            here.tls_name + "/echo", verify=here.ca
        ),
        "ssl_minimum_version": lambda lib, here: pooled(lib, ssl_minimum_version=ssl.TLSVersion.TLSv1_3).get(
            here.tls + "/echo", verify=here.ca
        ),
        "source_address": lambda lib, here: pooled(lib, source_address=("127.0.0.1", 0)).get(here.http + "/echo"),
        "source_address that is none": lambda lib, here: pooled(lib, source_address=("192.0.2.1", 0)).get(here.http + "/echo"),
        "socket_options": lambda lib, here: pooled(lib, socket_options=SOCKET_OPTIONS).get(here.http + "/echo"),
        "no socket_options": lambda lib, here: pooled(lib, socket_options=[]).get(here.http + "/echo"),
        "unknown setting": lambda lib, here: pooled(lib, what=1).get(here.http + "/echo"),
        "headers": lambda lib, here: pooled(lib, headers={"X-Pool": "1"}).get(here.http + "/echo"),
        "timeout": lambda lib, here: pooled(lib, timeout=3).get(here.http + "/echo"),
    },
)


@case("adapter: get_connection_with_tls_context is asked")
def _(lib, here):
    seen = []

    class Own(lib.adapters.HTTPAdapter):
        def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
            seen.append([request.url, verify is True, sorted(proxies or {}), cert])
            return super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)

        def build_connection_pool_key_attributes(self, request, verify, cert=None):
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            seen.append([{key: str(value) for key, value in host.items()}, sorted(pool)])
            return host, pool

    session = lib.Session()
    session.mount("http://", Own())
    session.mount("https://", Own())
    return [
        session.get(here.http + "/echo"),
        session.get(here.tls + "/echo", verify=here.ca),
        session.get(here.http + "/echo", proxies={"http": here.proxy}),
        seen,
    ]


@case("adapter: the server and the name are changed under way")
def _(lib, here):
    class Own(lib.adapters.HTTPAdapter):
        def build_connection_pool_key_attributes(self, request, verify, cert=None):
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            return {**host, "host": "127.0.0.1", "port": here.port}, pool

    session = lib.Session()
    session.mount("http://virtual.example/", Own())
    return session.get("http://virtual.example/echo")


@case("adapter: a default timeout")
def _(lib, here):
    class Own(lib.adapters.HTTPAdapter):
        def send(self, request, **keywords):
            keywords["timeout"] = keywords.get("timeout") or 0.2
            return super().send(request, **keywords)

    session = lib.Session()
    session.mount("http://", Own())
    return [attempt(session.get, here.http + "/slow-head"), session.get(here.http + "/echo")]


@case("adapter: sends by position")
def _(lib, here):
    prepared = lib.Session().prepare_request(lib.Request("GET", here.http + "/raw/plain"))
    return lib.adapters.HTTPAdapter().send(prepared, False, (3, 5), True, None, {})


@case("adapter: build_response on a foreign raw object")
def _(lib, here):
    class Raw(io.BytesIO):
        status, reason, version = 201, "Made", 11
        headers = {"Content-Type": "text/plain; charset=utf-8", "X-A": "1"}

        def stream(self, size, decode_content=None):
            while piece := self.read(size):
                yield piece

        def release_conn(self):
            pass

    prepared = lib.Request("GET", "http://h.example/x").prepare()
    response = lib.adapters.HTTPAdapter().build_response(prepared, Raw("grüße".encode()))
    return [response, response.connection is not None, response.raw.closed]


@case("adapter: raw objects of other kinds")
def _(lib, here):
    results = []
    for raw in (io.BytesIO(b"bytes io"), io.BytesIO(b"")):
        response = lib.Response()
        response.raw, response.status_code = raw, 200
        results.append(
            [attempt(lambda response=response: response.content), attempt(lambda response=response: list(response.iter_lines()))]
        )
    return results


@case("adapter: a response without a raw object")
def _(lib, here):
    response = lib.Response()
    response.status_code = 200
    return [response.content, attempt(lambda: list(response.iter_lines())), attempt(lambda: list(response.iter_content()))]


@case("adapter: retries")
def _(lib, here):
    adapters = lib.adapters
    counts = [adapters.HTTPAdapter(max_retries=retries).max_retries for retries in (0, 3)]
    return [
        [[one.total, one.read, one.connect, one.redirect] for one in counts],
        adapters.DEFAULT_RETRIES,
        adapters.DEFAULT_POOLSIZE,
        adapters.DEFAULT_POOLBLOCK,
        adapters.DEFAULT_POOL_TIMEOUT,
    ]


@case("adapter: Retry by status")
def _(lib, here):
    retry = lib.adapters.Retry
    results = []
    for policy in (
        retry(total=2, status_forcelist=[500]),
        retry(total=2, status_forcelist=[500], raise_on_status=False),
        retry(total=1, status_forcelist=[500], allowed_methods=None),
        retry(total=0),
        retry(2, connect=1, backoff_factor=0.01),
    ):
        session = lib.Session()
        session.mount("http://", lib.adapters.HTTPAdapter(max_retries=policy))
        results += [attempt(session.request, method, here.http + "/raw/500") for method in ("GET", "POST")]
        results.append(attempt(session.get, here.refused))
    return results
