"""From a prepared request to the wire and back.

`HTTPAdapter` finds the route (which server, by which proxy, trusting whom), says the request in the wire's terms, and makes the
answer a `Response`. The errors of the wire become the public ones here and in `Response`, nowhere else.

Programs override its methods, and find each called where requests calls it. Four of them stand between the adapter and a pool:
only a class that overrides one of these goes that way (`_send_by_pool`); all others go straight to the wire.
"""

from __future__ import annotations

import os
from operator import attrgetter

from . import charsets, environment, urls
from ._jar import rules
from .environment import select_proxy
from .exceptions import (
    InvalidArgument,
    InvalidMethod,
    InvalidProxyURL,
    InvalidURL,
    RequestException,
    SSLError,
    attempts_of,
    translate,
    translate_foreign,
)
from .hooks import NO_HOOKS, dispatch_hook
from .limits import wire_limits_for
from .messages import message
from .pools import HTTPConnectionPool, PoolManager, proxy_from_url, retry_of, timeouts_of, tls_settings
from .responses import Response
from .structures import CaseInsensitiveDict, OnTouch, set_attributes
from .wire import EXPECT_PATIENCE, NO_RETRIES, SECRET_FIELDS, Fields, RawResponse, Request as WireRequest, Retry, WireError
from .wire.timeouts import NO_TIMEOUTS

# isort: split
# Names that programs import from here.
from .charsets import get_encoding_from_headers as get_encoding_from_headers
from .exceptions import (
    ConnectionError as ConnectionError,
    ConnectTimeout as ConnectTimeout,
    InvalidHeader as InvalidHeader,
    InvalidSchema as InvalidSchema,
    ProxyError as ProxyError,
    ReadTimeout as ReadTimeout,
    RetryError as RetryError,
)
from .urls import (
    get_auth_from_url as get_auth_from_url,
    parse_url as parse_url,
    prepend_scheme_if_needed as prepend_scheme_if_needed,
    urldefragauth as urldefragauth,
)
from .wire.errors import (
    ConnectFailed as NewConnectionError,  # noqa: F401
    ConnectTimedOut as ConnectTimeoutError,  # noqa: F401
    ProtocolError as ProtocolError,
    ReadTimedOut as ReadTimeoutError,  # noqa: F401
    RetriesExhausted as MaxRetryError,  # noqa: F401
    RetriesExhausted as ResponseError,  # noqa: F401
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from ssl import SSLContext
    from typing import Any

    from . import _types as _t
    from .auth import _basic_auth_str as _basic_auth_str
    from .cookies import extract_cookies_to_jar as extract_cookies_to_jar
    from .limits import Limits
    from .prepared import PreparedRequest
    from .wire import Request as WireRequest, Route

DEFAULT_POOLBLOCK = False
DEFAULT_POOLSIZE = 10
DEFAULT_RETRIES = 0
DEFAULT_POOL_TIMEOUT = None


class BaseAdapter:
    """What a session sends requests through: subclass it to reach servers in another way."""

    def __init__(self) -> None:
        super().__init__()

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: _t.TimeoutType = None,
        verify: _t.VerifyOverride = True,
        cert: _t.CertOverride = None,
        proxies: dict[str, Any] | None = None,
    ) -> Response:
        """Send a prepared request, return its response."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it sends: it has no send()")

    def close(self) -> None:
        """Let go of what is held."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it lets go of: it has no close()")


class HTTPAdapter(BaseAdapter):
    """The adapter for http and https.

    `pool_connections` is how many servers idle connections are kept for, `pool_maxsize` how many for each; with `pool_block` there
    are never more. `max_retries` is a `Retry`, or how often what failed is tried again where that does no harm: a connection that
    could not be made, and an idempotent request that was not answered. `limits` say how much of an answer is accepted.

    >>> import minireq
    >>> session = minireq.Session()
    >>> session.mount("https://", HTTPAdapter(pool_maxsize=50))

    How connections are made (docs/reach.md has examples):

    `resolve` says where hosts are: a mapping such as {("example.org", 443): "10.0.0.1"}, or a function of host and port that
    returns addresses. `source_address` is where to dial from, (address, port); `socket_options` are set on each socket, (level,
    name, value). With `uds`, the path of a Unix socket, all requests go there.

    `ssl_context` takes the place of one that would be built, and is used as it is; `minimum_version` (an `ssl.TLSVersion`) and
    `ciphers` (OpenSSL's words) restrict one that is built. `server_hostname` is the name to ask the server for, `assert_hostname`
    the one that its certificate must bear instead of the host's (False: any), `assert_fingerprint` the hash that it must have.
    """

    __attrs__: list[str] = ["max_retries", "config", "_pool_connections", "_pool_maxsize", "_pool_block"]

    max_retries: Retry
    limits: Limits | None = None
    poolmanager: Any = OnTouch(lambda adapter: adapter._new_poolmanager({}))
    # Host and headers of the last request that had neither body nor proxy nor secrets, by their identities and as they were, and
    # the fields that they became: nearly always those of the next are the same.
    _said_last: tuple[str, tuple[int, ...], tuple[Any, ...], Fields] = ("", (), (), Fields())

    # Class attributes, for those who never call __init__.
    resolve: _t.ResolveType = None
    source_address: tuple[str, int] | None = None
    socket_options: Sequence[tuple[int, int, int | bytes]] | None = None
    uds: str | os.PathLike[str] | None = None
    ssl_context: SSLContext | None = None
    minimum_version: int | None = None
    ciphers: str | None = None
    assert_hostname: str | bool | None = None
    assert_fingerprint: str | None = None
    server_hostname: str | None = None

    # Seconds that a body with Expect: 100-continue waits to be asked for, before it is sent all the same.
    expect_patience: float = EXPECT_PATIENCE

    def __init__(
        self,
        pool_connections: int = DEFAULT_POOLSIZE,
        pool_maxsize: int = DEFAULT_POOLSIZE,
        max_retries: int | Retry | _t.RetryType | None = DEFAULT_RETRIES,
        pool_block: bool = DEFAULT_POOLBLOCK,
        *,
        limits: Limits | None = None,
        resolve: _t.ResolveType = None,
        source_address: tuple[str, int] | None = None,
        socket_options: Sequence[tuple[int, int, int | bytes]] | None = None,
        uds: str | os.PathLike[str] | None = None,
        ssl_context: SSLContext | None = None,
        minimum_version: int | None = None,
        ciphers: str | None = None,
        assert_hostname: str | bool | None = None,
        assert_fingerprint: str | None = None,
        server_hostname: str | None = None,
    ) -> None:
        if not (isinstance(pool_connections, int) and isinstance(pool_maxsize, int)):
            wrong = pool_maxsize if isinstance(pool_connections, int) else pool_connections
            raise InvalidArgument(f"pool_connections and pool_maxsize are numbers of connections, not {wrong!r:.60}")
        if pool_block and pool_maxsize < 1:
            raise InvalidArgument(f"a pool that blocks needs room for one connection at least, not pool_maxsize={pool_maxsize}")
        if uds is not None and (resolve is not None or source_address is not None):
            raise InvalidArgument("a Unix socket (uds) has no address for resolve or source_address to say")
        said = (
            resolve, source_address, socket_options, uds, ssl_context, minimum_version, ciphers, assert_hostname,
            assert_fingerprint, server_hostname,
        )  # fmt: skip
        self.max_retries = NO_RETRIES if max_retries is DEFAULT_RETRIES else retry_of(max_retries)
        if limits is not None:
            self.limits = limits
        self.config: dict[str, Any] = {}
        self.proxy_manager: dict[str, Any] = {}
        super().__init__()
        plain = type(self) is HTTPAdapter and said == _NOTHING_SAID
        if not plain:
            self.__dict__.update(zip(_REACH, said))
        self._pool_connections = pool_connections
        self._pool_maxsize = pool_maxsize
        self._pool_block = pool_block
        # A session for a single request has two adapters, and uses one: where nothing can be wrong, the manager waits.
        if not plain or HTTPAdapter.init_poolmanager is not _OWN_INIT or PoolManager is not _OWN_MANAGER or self._settings():
            self.init_poolmanager(pool_connections, pool_maxsize, block=pool_block)

    def __getstate__(self) -> dict[str, Any]:
        # What cannot be pickled, such as an ssl_context, is an error then: left out, the copy would trust others.
        settings = self._said(("limits", "expect_patience", *_REACH))
        return {**{name: getattr(self, name, None) for name in self.__attrs__}, **settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.proxy_manager = {}
        self.config = {}
        set_attributes(self, state)
        self.init_poolmanager(self._pool_connections, self._pool_maxsize, block=self._pool_block)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = DEFAULT_POOLBLOCK, **pool_kwargs: Any) -> None:
        """Make `poolmanager`. Override it to give urllib3's keyword arguments: `ssl_context`, `source_address`, …"""
        self._pool_connections = connections
        self._pool_maxsize = maxsize
        self._pool_block = block
        self.poolmanager = self._new_poolmanager(pool_kwargs)

    def _new_poolmanager(self, settings: Mapping[str, Any]) -> PoolManager:
        settings = {**self._settings(), **settings}
        return PoolManager(num_pools=self._pool_connections, maxsize=self._pool_maxsize, block=self._pool_block, **settings)

    def _said(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def _settings(self) -> dict[str, Any]:
        """How connections are made, in a manager's words."""
        if _reach(self) == _NOTHING_SAID:
            return {}
        return {_REACH[name]: value for name, value in self._said(_REACH).items()}

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """The manager for a proxy, made when it is first asked for. Override it as `init_poolmanager`."""
        manager = self.proxy_manager.get(proxy)
        if manager is None:
            proxy_kwargs = {**self._settings(), **proxy_kwargs}
            manager = self.proxy_manager[proxy] = proxy_from_url(
                proxy,
                proxy_headers=self.proxy_headers(proxy),
                num_pools=self._pool_connections,
                maxsize=self._pool_maxsize,
                block=self._pool_block,
                **proxy_kwargs,
            )
        return manager

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: _t.TimeoutType = None,
        verify: _t.VerifyOverride = True,
        cert: _t.CertOverride = None,
        proxies: dict[str, Any] | None = None,
    ) -> Response:
        """Send a prepared request, return its response with the body unread.

        `timeout` is in seconds: one number, (connect, read), `Timeouts`, or None; `stream` is the session's business. Raises
        `ConnectionError`, `Timeout` and their subclasses, and `InvalidURL`, `InvalidHeader` and their like for what cannot be sent.
        """
        said = getattr(request, "_session_retries", None)
        retries = self.max_retries if said is None else said
        if type(retries) is not Retry:
            retries = retry_of(retries)
        overridden = _seams(type(self)) != _OWN_SEAMS or not _SEAMS.isdisjoint(self.__dict__)
        if overridden and self._has_own_pools():
            return self._send_by_pool(request, stream, timeout, verify, cert, proxies, retries)
        timeouts = NO_TIMEOUTS if timeout is None else timeouts_of(timeout)
        if proxies and self._is_local(request):
            proxies = None
        proxy = self._proxy(request, proxies) if proxies else None
        manager = self.poolmanager if proxy is None else self.proxy_manager_for(proxy)
        if not isinstance(manager, PoolManager):
            return self._send_by_pool(request, stream, timeout, verify, cert, proxies, retries)
        if overridden:
            self.add_headers(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        if not isinstance(request.headers, CaseInsensitiveDict):
            request.headers = _headers_of(request.headers)  # a program may put a plain dict there
        try:
            shown_to_proxy = None if proxy is None else request.headers.get("Proxy-Authorization")
            route, host = manager.route(request.url or "", verify, cert, shown_to_proxy)
            asked = self._message(request, route, host, proxies)
            if request.limits or request._session_limits or self.limits:
                asked.limits = wire_limits_for(request, self)
            raw = manager.client.send(route, asked, timeouts, retries)
        except WireError as error:
            raise self._with_answer(translate(error, request), request) from error
        response = self.build_response(request, raw)
        if raw.attempts:
            response._attempts = attempts_of(raw.attempts, request)
        return response

    def _has_own_pools(self) -> bool:
        """Whether somebody has overridden how a pool is found or told whom to trust; not `add_headers` alone."""
        found = dict(zip(_SEAM_NAMES, _seams(type(self))), **self.__dict__)
        return any(found[name] is not own for name, own in zip(_SEAM_NAMES, _OWN_SEAMS) if name != "add_headers")

    def _with_answer(self, error: RequestException, request: PreparedRequest) -> RequestException:
        """The error, with the answer of a proxy that opened no tunnel as its response."""
        answer = getattr(error.args[0], "answer", None) if error.args else None
        if answer is not None:
            from .wire.canned import CannedResponse  # only for such answers

            head, body = answer
            raw = CannedResponse(body, head.fields, head.status, head.version, reason=head.reason, enforce_content_length=False)
            # Not what a subclass makes of a response: who keeps responses, or changes them, means those of servers.
            error.response = HTTPAdapter.build_response(self, request, raw)
            error.response.content  # noqa: B018 - it reads
        return error

    def _is_local(self, request: PreparedRequest) -> bool:
        """Whether a request goes to a Unix socket, which no proxy leads to."""
        return self.uds is not None or (request.url or "")[: len(urls.UNIX) + 1].lower() == f"{urls.UNIX}:"

    def _proxy(self, request: PreparedRequest, proxies: dict[str, Any]) -> str | None:
        """The URL of the proxy for a request, with its scheme; None if there is none."""
        proxy = select_proxy(request.url or "", proxies)
        if not proxy:
            return None
        if not isinstance(proxy, str):
            raise InvalidArgument(f"the URL of a proxy is a str or None, not a {type(proxy).__name__}")
        try:
            proxy = urls.prepend_scheme_if_needed(proxy, "http")
            host = urls.parse_url(proxy).host
        except InvalidURL as error:
            raise InvalidProxyURL(f"the URL of the proxy is not valid: {error}", request=request) from error
        if not host:
            raise InvalidProxyURL("Please check proxy URL. It is malformed and could be missing the host.")
        return proxy

    def _message(self, request: PreparedRequest, route: Route, host: str, proxies: dict[str, Any] | None) -> WireRequest:
        """The request in the wire's terms. Its own headers are made to say how its body is framed."""
        store = request.headers._store
        method = request.method
        if not isinstance(method, str):
            raise InvalidMethod(f"the method is not a str but {method!r:.60}")
        target, trailers = self.request_url(request, proxies), request.trailers
        # The very same objects, as those of a session are: what only calls itself equal may read differently.
        identities = tuple(map(id, store.values()))
        for_host, before, _, fields = self._said_last
        if identities == before and host == for_host and request.body is None and trailers is None and route.proxy is None:
            made = WireRequest(method, target, fields)
            if request.hooks != NO_HOOKS:
                self._add_expectations(made, request)
            return made
        said = tuple(store.values())
        made = message(method, target, store, host, request.body, request._body_position, trailers)
        if made.body is not None or request.hooks != NO_HOOKS:
            self._add_expectations(made, request)
        fields = made.fields
        if made.body is None and route.proxy is None and store.keys().isdisjoint(_NOT_PLAIN):
            self._said_last = host, tuple(map(id, said)), said, fields  # as long as they are kept, nothing else is what they are
        if made.body is not None or "content-length" in store or "transfer-encoding" in store:
            for name in ("content-length", "transfer-encoding") if trailers is None else _OF_A_BODY_WITH_TRAILERS:
                if name in fields.index:
                    store[name] = fields.index[name]
                else:
                    store.pop(name, None)
        if route.proxy is not None:
            if route.tls is not None or not route.proxy.forwards:
                fields.discard("proxy-authorization")  # the proxy was shown it when it was asked for the tunnel
            for name, value in () if route.tls is not None else route.proxy.fields:
                fields[name] = value
        elif "proxy-authorization" in store and (proxies or environment.snapshot().proxies):
            fields.discard("proxy-authorization")  # for the eyes of a proxy, and this request goes past it
        return made

    def _add_expectations(self, made: WireRequest, request: PreparedRequest) -> None:
        """How long the body waits to be asked for, and who wants to see what comes before the answer."""
        made.patience = self.expect_patience
        hooks = request.hooks
        if type(hooks) is dict and hooks.get("informational"):
            made.listener = lambda status, fields: _show(request, status, fields)

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """A `Response` from what the wire answered, or from any object that has urllib3's names."""
        response = Response()
        response.status_code = getattr(resp, "status", None)  # type: ignore[assignment]
        fields: Any
        index: dict[str, tuple[str, str]] | None
        if isinstance(resp, RawResponse) and resp._shared:
            fields = resp._fields
            index = fields.index  # nobody changes it, so this one may stay with the response
        else:
            fields = getattr(resp, "headers", None)
            index = fields.joined() if type(fields) is Fields else None
        if index is not None:
            response._index = index
            if "set-cookie" in index:
                response._make_jar = rules().jar_when_asked(req, fields.getlist("set-cookie"))
        else:
            response.headers = CaseInsensitiveDict(fields or {})
            response.encoding = charsets.get_encoding_from_headers(response.headers)
            response._make_jar = rules().jar_when_asked(req, rules().set_cookies_of(resp))
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url.decode("utf-8") if isinstance(req.url, bytes) else req.url  # type: ignore[assignment]
        response.request = req
        response.connection = self
        return response

    def request_url(self, request: PreparedRequest, proxies: dict[str, Any] | None) -> str:
        """What the request line asks for: path and query, or all of an http URL where a proxy forwards it."""
        url = request.url or ""
        if proxies and url[:5].lower() == "http:":
            proxy = select_proxy(url, proxies)
            if proxy and not proxy.lower().startswith("socks"):
                return urls.absolute_target(url)
        return urls.request_target(url)

    def add_headers(self, request: PreparedRequest, **kwargs: Any) -> None:
        """Nothing: override it to add headers to every request; `kwargs` are those of `send`."""

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """What a proxy is told and nobody else: the credentials of its URL.

        >>> HTTPAdapter().proxy_headers("http://user:pass@proxy.example:3128")
        {'Proxy-Authorization': 'Basic dXNlcjpwYXNz'}
        """
        user, password = urls.get_auth_from_url(proxy)
        if not user:
            return {}
        from .auth import _basic_auth_str

        return {"Proxy-Authorization": _basic_auth_str(user, password)}

    def close(self) -> None:
        """Close all idle connections."""
        if type(self) is not HTTPAdapter or "poolmanager" in self.__dict__:
            self.poolmanager.clear()
        for manager in self.proxy_manager.values():
            manager.clear()

    # The way by a pool, for classes that override one of these four, and for managers that are not ours.

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: _t.VerifyOverride,
        proxies: dict[str, Any] | None = None,
        cert: _t.CertOverride = None,
    ) -> Any:
        """The pool for a request: anything with `urlopen`."""
        host, pool_kwargs = self.build_connection_pool_key_attributes(request, verify, cert)
        proxy = self._proxy(request, proxies) if proxies else None
        manager = self.poolmanager if proxy is None else self.proxy_manager_for(proxy)
        return manager.connection_from_host(**host, pool_kwargs=pool_kwargs)

    def get_connection(self, url: str, proxies: dict[str, Any] | None = None) -> Any:
        """The pool for a URL, without its TLS settings: the old name, which nothing calls any more."""
        import warnings

        warnings.warn(
            "`get_connection` knows nothing of verify and cert: override `get_connection_with_tls_context` instead",
            DeprecationWarning,
            stacklevel=2,
        )
        proxy = select_proxy(url, proxies)
        if proxy:
            return self.proxy_manager_for(urls.prepend_scheme_if_needed(proxy, "http")).connection_from_url(url)
        return self.poolmanager.connection_from_url(url)

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: _t.VerifyOverride, cert: _t.CertOverride = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a pool is chosen by: scheme, host and port, and urllib3's arguments for TLS."""
        parts = urls.parse_url(request.url or "")
        host = {"scheme": parts.scheme, "host": parts.host, "port": parts.port}
        pool_kwargs: dict[str, Any] = {"cert_reqs": "CERT_NONE" if verify is False else "CERT_REQUIRED"}
        pool_kwargs.update(_authorities(verify))
        if cert is not None:
            pool_kwargs.update(_identity(cert))
        return host, pool_kwargs

    def cert_verify(self, conn: Any, url: str, verify: _t.VerifyOverride, cert: _t.CertOverride) -> None:
        """Tell a pool whom to trust and who we are."""
        if url.lower().startswith("https") and verify:
            conn.cert_reqs = "CERT_REQUIRED"
            if verify is not True:
                for name, value in _authorities(verify).items():
                    if name == "ca_certs" and value != "system" and not os.path.exists(value):
                        raise SSLError(f"Could not find a suitable TLS CA certificate bundle, invalid path: {value!s}")
                    setattr(conn, name, value)
            elif not isinstance(conn, HTTPConnectionPool):
                from .certs import where

                conn.ca_certs = where()
        else:
            conn.cert_reqs = "CERT_NONE"
            conn.ca_certs = None
            conn.ca_cert_dir = None
        if cert:
            for name, value in _identity(cert).items():
                setattr(conn, name, value)
            tls_settings(False, cert)  # what is wrong with it is said now

    def _send_by_pool(
        self,
        request: PreparedRequest,
        stream: bool,
        timeout: Any,
        verify: Any,
        cert: Any,
        proxies: dict[str, Any] | None,
        retries: Retry,
    ) -> Response:
        """The way that requests goes, step by step, asking a pool that may be anybody's."""
        if proxies and self._is_local(request):
            proxies = None
        try:
            pool = self.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        except ValueError as error:  # such as urllib3's LocationValueError
            known = translate_foreign(error, request)
            if known is None:
                raise
            raise known from error
        self.cert_verify(pool, request.url or "", verify, cert)
        url = self.request_url(request, proxies)
        self.add_headers(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        mine = isinstance(pool, HTTPConnectionPool)
        ours: dict[str, Any] = {}
        if mine:
            limits = wire_limits_for(request, self)
            ours = {"limits": limits, "trailers": request.trailers, "finish": lambda made: self._add_expectations(made, request)}
        elif request.trailers is not None:
            raise InvalidArgument(f"trailers cannot be sent by the {type(pool).__name__} that this adapter uses")
        try:
            raw = pool.urlopen(
                method=request.method,
                url=url,
                body=request.body,
                headers=request.headers,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                retries=retries if mine else _foreign_retries(pool, retries),
                timeout=timeouts_of(timeout) if mine else _foreign_timeout(pool, timeout),
                chunked=not (request.body is None or "Content-Length" in request.headers),
                **ours,
            )
        except Exception as error:
            if isinstance(error, RequestException):  # of a pool of ours
                error.request = error.request or request
                self._with_answer(error, request)
            known = translate_foreign(error, request)
            if known is None:
                raise
            raise known from error
        response = self.build_response(request, raw)
        if type(raw) is RawResponse and raw.attempts:
            response._attempts = attempts_of(raw.attempts, request)
        return response


# What a manager calls the settings of how connections are made.
_REACH = {
    "resolve": "resolve",
    "source_address": "source_address",
    "socket_options": "socket_options",
    "uds": "uds",
    "ssl_context": "own_context",
    "minimum_version": "ssl_minimum_version",
    "ciphers": "ciphers",
    "assert_hostname": "assert_hostname",
    "assert_fingerprint": "assert_fingerprint",
    "server_hostname": "server_hostname",
}
_reach = attrgetter(*_REACH)
_NOTHING_SAID = (None,) * len(_REACH)
_OWN_INIT, _OWN_MANAGER = HTTPAdapter.init_poolmanager, PoolManager


def _authorities(verify: Any) -> dict[str, Any]:
    """Whom `verify` trusts, in urllib3's words as far as it has some."""
    if hasattr(verify, "wrap_socket"):
        return {"own_context": verify}
    if isinstance(verify, bytes) or (isinstance(verify, str) and "-----BEGIN" in verify):
        return {"ca_cert_data": tls_settings(verify, None).authorities}
    if not isinstance(verify, (str, os.PathLike)):
        return {}
    return {"ca_cert_dir" if os.path.isdir(verify) else "ca_certs": os.fspath(verify)}


def _identity(cert: Any) -> dict[str, Any]:
    """Who `cert` says that we are, in urllib3's words."""
    parts = cert if isinstance(cert, (tuple, list)) else (cert, None)
    return dict(zip(("cert_file", "key_file", "key_password"), parts))


_NOT_PLAIN = SECRET_FIELDS | {"content-length", "transfer-encoding"}
_OF_A_BODY_WITH_TRAILERS = ("content-length", "transfer-encoding", "trailer")


def _show(request: PreparedRequest, status: int, fields: Fields) -> None:
    """Let the hooks of a request see an interim response."""
    response = Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict._of(fields.joined())
    response.url = request.url or ""
    response.request = request
    response._content, response._content_consumed = b"", True
    dispatch_hook("informational", request.hooks, response)


def _headers_of(headers: Any) -> CaseInsensitiveDict[str | Any]:
    try:
        return CaseInsensitiveDict(headers)
    except (AttributeError, TypeError, ValueError):
        raise InvalidArgument(f"the headers of a request are a mapping, not this {type(headers).__name__}") from None


# What programs override, of an adapter or of a class of theirs.
_SEAM_NAMES = ("add_headers", "build_connection_pool_key_attributes", "cert_verify", "get_connection_with_tls_context")
_SEAMS = frozenset(_SEAM_NAMES)
_seams = attrgetter(*_SEAM_NAMES)
_OWN_SEAMS = _seams(HTTPAdapter)


def _foreign_module(pool: Any, name: str) -> Any:
    """A module of the urllib3 that a pool comes from; None if it comes from none."""
    from importlib import import_module

    for kind in type(pool).__mro__:
        root, found, _ = f".{kind.__module__}.".rpartition(".urllib3.")
        if found:
            return import_module(f"{root}.urllib3.{name}"[1:])
    return None


def _foreign_timeout(pool: Any, timeout: Any) -> Any:
    """The timeout as the urllib3 of the pool wants it."""
    module = _foreign_module(pool, "util.timeout")
    if module is None or isinstance(timeout, module.Timeout):
        return timeout
    timeouts = timeouts_of(timeout)
    return module.Timeout(connect=timeouts.connect, read=timeouts.read, total=timeouts.total)


def _foreign_retries(pool: Any, retries: Retry) -> Any:
    module = _foreign_module(pool, "util.retry")
    if module is None or isinstance(retries, module.Retry):
        return retries
    known = vars(module.Retry())
    return module.Retry(**{name: value for name, value in vars(retries).items() if name in known and name != "history"})


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # Two more names that programs import from here, of modules that are costly to import.
        if name == "extract_cookies_to_jar":
            from .cookies import extract_cookies_to_jar

            return extract_cookies_to_jar
        if name == "_basic_auth_str":
            from .auth import _basic_auth_str

            return _basic_auth_str
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
