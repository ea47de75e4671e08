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
from .environment import select_proxy
from .exceptions import (
    InvalidArgument,
    InvalidMethod,
    InvalidProxyURL,
    InvalidURL,
    SSLError,
    attempts_of,
    translate,
    translate_foreign,
)
from .limits import wire_limits_for
from .messages import message
from .pools import HTTPConnectionPool, PoolManager, proxy_from_url, retry_of, timeouts_of
from .responses import Response
from .structures import CaseInsensitiveDict, set_attributes
from .wire import Fields, RawResponse, Retry, WireError

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
        verify: _t.VerifyType = True,
        cert: _t.CertType = None,
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
    """

    __attrs__: list[str] = ["max_retries", "config", "_pool_connections", "_pool_maxsize", "_pool_block"]

    max_retries: Retry
    limits: Limits | None = None

    def __init__(
        self,
        pool_connections: int = DEFAULT_POOLSIZE,
        pool_maxsize: int = DEFAULT_POOLSIZE,
        max_retries: int | Retry | _t.RetryType | None = DEFAULT_RETRIES,
        pool_block: bool = DEFAULT_POOLBLOCK,
        *,
        limits: Limits | None = None,
    ) -> None:
        for size in (pool_connections, pool_maxsize):
            if not isinstance(size, int):
                raise InvalidArgument(f"pool_connections and pool_maxsize are numbers of connections, not {size!r:.60}")
        if pool_block and pool_maxsize < 1:
            raise InvalidArgument(f"a pool that blocks needs room for one connection at least, not pool_maxsize={pool_maxsize}")
        self.max_retries = retry_of(max_retries)
        if limits is not None:
            self.limits = limits
        self.config: dict[str, Any] = {}
        self.proxy_manager: dict[str, Any] = {}
        super().__init__()
        self._pool_connections = pool_connections
        self._pool_maxsize = pool_maxsize
        self._pool_block = pool_block
        self.init_poolmanager(pool_connections, pool_maxsize, block=pool_block)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name, None) for name in self.__attrs__}
        if self.limits is not None:
            state["limits"] = self.limits
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.proxy_manager = {}
        self.config = {}
        set_attributes(self, state)
        self.init_poolmanager(self._pool_connections, self._pool_maxsize, block=self._pool_block)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = DEFAULT_POOLBLOCK, **pool_kwargs: Any) -> None:
        """Make `poolmanager`. Override it to give keyword arguments: `ssl_context`, `source_address`, `socket_options`, …"""
        self._pool_connections = connections
        self._pool_maxsize = maxsize
        self._pool_block = block
        self.poolmanager: Any = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **pool_kwargs)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """The manager for a proxy, made when it is first asked for. Override it as `init_poolmanager`."""
        manager = self.proxy_manager.get(proxy)
        if manager is None:
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
        verify: _t.VerifyType = True,
        cert: _t.CertType = None,
        proxies: dict[str, Any] | None = None,
    ) -> Response:
        """Send a prepared request, return its response with the body unread.

        `timeout` is in seconds: one number, (connect, read), `Timeouts`, or None; `stream` is the session's business. Raises
        `ConnectionError`, `Timeout` and their subclasses, and `InvalidURL`, `InvalidHeader` and their like for what cannot be sent.
        """
        said = getattr(request, "_session_retries", None)
        retries = retry_of(self.max_retries if said is None else said)
        if _seams(type(self)) != _OWN_SEAMS or not _SEAM_NAMES.isdisjoint(self.__dict__):
            return self._send_by_pool(request, stream, timeout, verify, cert, proxies, retries)
        timeouts = timeouts_of(timeout)
        proxy = self._proxy(request, proxies) if proxies else None
        manager = self.poolmanager if proxy is None else self.proxy_manager_for(proxy)
        if not isinstance(manager, PoolManager):
            return self._send_by_pool(request, stream, timeout, verify, cert, proxies, retries)
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
            raise translate(error, request) from error
        response = self.build_response(request, raw)
        if raw.attempts:
            response._attempts = attempts_of(raw.attempts, request)
        return response

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
        made = message(method, self.request_url(request, proxies), store, host, request.body, request._body_position)
        fields = made.fields
        if made.body is not None or "content-length" in store or "transfer-encoding" in store:
            for name in ("content-length", "transfer-encoding"):
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

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """A `Response` from what the wire answered, or from any object that has urllib3's names."""
        response = Response()
        headers = getattr(resp, "headers", None)
        response.status_code = getattr(resp, "status", None)  # type: ignore[assignment]
        if type(headers) is Fields:
            response.headers = CaseInsensitiveDict._of(headers.index.copy())
            has_cookies = "set-cookie" in headers.index
        else:
            response.headers = CaseInsensitiveDict(headers or {})
            has_cookies = True
        response.encoding = charsets.get_encoding_from_headers(response.headers)
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url.decode("utf-8") if isinstance(req.url, bytes) else req.url  # type: ignore[assignment]
        if has_cookies:
            from .cookies import extract_cookies_to_jar

            jar = response.cookies
            jar.shows_all = True
            extract_cookies_to_jar(jar, req, resp)
            jar.shows_all = False
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
        self.poolmanager.clear()
        for manager in self.proxy_manager.values():
            manager.clear()

    # The way by a pool, for classes that override one of these four, and for managers that are not ours.

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: _t.VerifyType,
        proxies: dict[str, Any] | None = None,
        cert: _t.CertType = None,
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
        self, request: PreparedRequest, verify: _t.VerifyType, cert: _t.CertType = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a pool is chosen by: scheme, host and port, and urllib3's arguments for TLS."""
        parts = urls.parse_url(request.url or "")
        host = {"scheme": parts.scheme, "host": parts.host, "port": parts.port}
        pool_kwargs: dict[str, Any] = {"cert_reqs": "CERT_NONE" if verify is False else "CERT_REQUIRED"}
        if isinstance(verify, (str, os.PathLike)):
            pool_kwargs["ca_cert_dir" if os.path.isdir(verify) else "ca_certs"] = os.fspath(verify)
        if cert is not None:
            pool_kwargs["cert_file"], pool_kwargs["key_file"] = cert if isinstance(cert, (tuple, list)) else (cert, None)
        return host, pool_kwargs

    def cert_verify(self, conn: Any, url: str, verify: _t.VerifyType, cert: _t.CertType) -> None:
        """Tell a pool whom to trust and who we are."""
        if url.lower().startswith("https") and verify:
            conn.cert_reqs = "CERT_REQUIRED"
            if verify is not True:
                if not os.path.exists(verify):
                    raise SSLError(f"Could not find a suitable TLS CA certificate bundle, invalid path: {verify!s}")
                setattr(conn, "ca_cert_dir" if os.path.isdir(verify) else "ca_certs", verify)
            elif not isinstance(conn, HTTPConnectionPool):
                from .certs import where

                conn.ca_certs = where()
        else:
            conn.cert_reqs = "CERT_NONE"
            conn.ca_certs = None
            conn.ca_cert_dir = None
        if cert:
            conn.cert_file, conn.key_file = cert if isinstance(cert, (tuple, list)) else (cert, None)
            for path, what in ((conn.cert_file, "certificate"), (conn.key_file, "key")):
                if path and not os.path.exists(path):
                    raise SSLError(f"Could not find the TLS {what} file, invalid path: {path}")

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
        limits = wire_limits_for(request, self) if mine else None
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
                **({} if limits is None else {"limits": limits}),
            )
        except Exception as error:
            known = translate_foreign(error, request)
            if known is None:
                raise
            raise known from error
        response = self.build_response(request, raw)
        if type(raw) is RawResponse and raw.attempts:
            response._attempts = attempts_of(raw.attempts, request)
        return response


def _headers_of(headers: Any) -> CaseInsensitiveDict[str | Any]:
    try:
        return CaseInsensitiveDict(headers)
    except (AttributeError, TypeError, ValueError):
        raise InvalidArgument(f"the headers of a request are a mapping, not this {type(headers).__name__}") from None


_SEAM_NAMES = frozenset(["build_connection_pool_key_attributes", "cert_verify", "get_connection_with_tls_context"])
_seams = attrgetter(*sorted(_SEAM_NAMES))
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
