"""From a prepared request to the wire and back.

`HTTPAdapter` finds the route (which server, by which proxy, trusting whom), says the request in the wire's terms, and makes the
answer a `Response`. The errors of the wire become the public ones here and in `Response`, nowhere else.
"""

from __future__ import annotations

import os
import re

from . import environment, sources, urls
from .environment import select_proxy
from .exceptions import InvalidArgument, InvalidHeader, InvalidProxyURL, InvalidURL, SSLError, translate
from .responses import Response
from .structures import CaseInsensitiveDict
from .wire import Client, Fields, Proxy, Request as WireRequest, Route, Timeouts, TLSSettings, WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from . import _types as _t
    from .prepared import PreparedRequest

DEFAULT_POOLBLOCK = False
DEFAULT_POOLSIZE = 10
DEFAULT_RETRIES = 0
DEFAULT_POOL_TIMEOUT = None

# Addresses that an adapter remembers the way to.
_ROUTES = 1000


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
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what is held."""
        raise NotImplementedError


class HTTPAdapter(BaseAdapter):
    """The adapter for http and https.

    `pool_connections` is how many servers idle connections are kept for, `pool_maxsize` how many for each; with `pool_block` there
    are never more. `max_retries` is how often a connection that could not be made is tried again.

    >>> import minireq
    >>> session = minireq.Session()
    >>> session.mount("https://", HTTPAdapter(pool_maxsize=50))
    """

    __attrs__ = ["max_retries", "config", "_pool_connections", "_pool_maxsize", "_pool_block"]

    def __init__(
        self,
        pool_connections: int = DEFAULT_POOLSIZE,
        pool_maxsize: int = DEFAULT_POOLSIZE,
        max_retries: int = DEFAULT_RETRIES,
        pool_block: bool = DEFAULT_POOLBLOCK,
    ) -> None:
        if not isinstance(max_retries, int) or max_retries < 0:
            raise InvalidArgument(f"max_retries must be a number of retries, it is {max_retries!r}")
        super().__init__()
        self.max_retries = max_retries
        self.config: dict[str, Any] = {}
        self._pool_connections = pool_connections
        self._pool_maxsize = pool_maxsize
        self._pool_block = pool_block
        self._open()

    def _open(self) -> None:
        self._client = Client(self._pool_connections, self._pool_maxsize, self._pool_block)
        # (scheme, user and host and port, proxy, verify, cert) -> (route, value of Host)
        self._routes: dict[Any, tuple[Route, str]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name, None) for name in self.__attrs__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._open()

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

        `timeout` is in seconds: one number, (connect, read), or None; `stream` is the session's business. Raises `ConnectionError`,
        `Timeout` and their subclasses, and `InvalidURL`, `InvalidHeader` and their like for what cannot be sent.
        """
        timeouts = timeouts_of(timeout)
        url = request.url or ""
        proxy = select_proxy(url, proxies) if proxies else None
        try:
            route, host = self._route(url, proxy, verify, cert, request.headers.get("Proxy-Authorization") if proxy else None)
            raw = self._client.send(route, self._message(request, route, host, proxies), timeouts, self.max_retries)
        except WireError as error:
            raise translate(error, request) from error
        return self.build_response(request, raw)

    def close(self) -> None:
        """Close all idle connections."""
        self._client.close()

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """A `Response` from what the wire answered."""
        response = Response()
        headers: Fields = resp.headers
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict._of(headers.joined())
        response.encoding = _encoding(response.headers)
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url  # type: ignore[assignment]
        response.request = req
        response.connection = self
        if "set-cookie" in headers:
            from .cookies import extract_cookies_to_jar

            extract_cookies_to_jar(response.cookies, req, resp)
        return response

    # The route.

    def _route(self, url: str, proxy: str | None, verify: Any, cert: Any, proxy_auth: Any) -> tuple[Route, str]:
        """The route to a URL's server, and the value of Host for it."""
        match = _SERVER.match(url)
        if match is None:
            raise InvalidURL(f"Invalid URL {url!r}: it has no scheme and host")
        key = (*match.groups(), proxy, verify, tuple(cert) if isinstance(cert, list) else cert, proxy_auth)
        try:
            known = self._routes.get(key)
        except TypeError:
            raise InvalidArgument(f"verify is {verify!r} and cert {cert!r}: these are True, False, or paths") from None
        if known is None:
            if len(self._routes) >= _ROUTES:
                self._routes.clear()
            known = self._routes[key] = self._new_route(url, proxy, verify, cert, proxy_auth)
        return known

    def _new_route(self, url: str, proxy: str | None, verify: Any, cert: Any, proxy_auth: Any) -> tuple[Route, str]:
        parts = urls.parse_url(url)
        if parts.scheme not in urls.DEFAULT_PORTS or not parts.host:
            raise InvalidURL(f"Invalid URL {url!r}: no {parts.scheme} server can be reached there")
        tls = tls_settings(verify, cert) if parts.scheme == "https" else None
        by = self._proxy(proxy, proxy_auth) if proxy else None
        port = urls.DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        return Route(parts.scheme, _bare(parts.host), port, tls, by), urls.host_header(parts)

    def _proxy(self, url: str, proxy_auth: Any) -> Proxy:
        """The proxy at a URL; without a scheme it is an http proxy. Credentials in its URL overrule the request's header."""
        url = urls.prepend_scheme_if_needed(url, "http")
        try:
            parts = urls.parse_url(url)
        except InvalidURL as error:
            raise InvalidProxyURL(f"the URL of the proxy is not valid: {error}") from error
        if not parts.host:
            raise InvalidProxyURL("Please check proxy URL. It is malformed and could be missing the host.")
        if parts.scheme != "http":
            raise InvalidProxyURL(f"proxies of scheme {parts.scheme!r} are not spoken, only http")
        fields = {} if proxy_auth is None else {"Proxy-Authorization": proxy_auth}
        fields.update(self.proxy_headers(url))
        port = 80 if parts.port is None else parts.port
        return Proxy("http", _bare(parts.host), port, tuple((_text(name), _text(value)) for name, value in fields.items()))

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

    # The request, in the wire's terms.

    def _message(self, request: PreparedRequest, route: Route, host: str, proxies: dict[str, Any] | None) -> WireRequest:
        store = request.headers._store
        for name, value in store.values():
            if type(value) is not str or type(name) is not str:
                store = _as_text(store)
                break
        index = dict(store) if "host" in store else {"host": ("Host", host), **store}
        target = self.request_url(request, proxies)
        if route.proxy is not None:
            _add_proxy_fields(route, route.proxy, index)
        elif "proxy-authorization" in index and (proxies or environment.snapshot().proxies):
            del index["proxy-authorization"]  # for the eyes of a proxy, and this request goes past it
        body, length = _body(request, index)
        return WireRequest(request.method or "", target, Fields.of_index(index), body, length)

    def request_url(self, request: PreparedRequest, proxies: dict[str, Any] | None) -> str:
        """What the request line asks for: path and query, or all of an http URL where a proxy forwards it."""
        url = request.url or ""
        if proxies and select_proxy(url, proxies) and url[:5].lower() == "http:":
            return urls.absolute_target(url)
        return urls.request_target(url)


def _add_proxy_fields(route: Route, proxy: Proxy, index: dict[str, tuple[str, str]]) -> None:
    """The proxy's credentials, where it reads them: in a request that it forwards. To a tunnel they were shown before."""
    if route.tls is not None:
        index.pop("proxy-authorization", None)
        return
    for name, value in proxy.fields:
        index[name.lower()] = (name, value)


_SERVER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)")


def _bare(host: str) -> str:
    """The host as it is looked up: an IPv6 address without brackets."""
    return host[1:-1] if host.startswith("[") else host


def tls_settings(verify: Any, cert: Any) -> TLSSettings:
    """The settings for `verify` (True, False, the path of a file or a directory) and `cert` (a path, or (cert, key)).

    >>> tls_settings(False, None)
    TLSSettings(verify=False, authorities=None, certificate=None, key=None)
    """
    authorities: str | None = None
    if verify is True or verify is None:
        from .certs import default_ca

        verify, authorities = True, default_ca()
    elif verify is not False:
        if not isinstance(verify, (str, os.PathLike)):
            raise InvalidArgument(f"verify is True, False or the path of certificate authorities, not {verify!r}")
        verify, authorities = True, os.fspath(verify)
        _must_exist(authorities, "Could not find a suitable TLS CA certificate bundle, invalid path")
    certificate, key = cert if isinstance(cert, (tuple, list)) and len(cert) == 2 else (cert, None)
    for path in (certificate, key):
        if path is not None and not isinstance(path, (str, os.PathLike)):
            raise InvalidArgument(f"cert is the path of a certificate, or (certificate, key), not {cert!r}")
    if certificate:
        _must_exist(certificate, "Could not find the TLS certificate file, invalid path")
    if key:
        _must_exist(key, "Could not find the TLS key file, invalid path")
    return TLSSettings(
        verify, authorities, None if not certificate else os.fspath(certificate), None if not key else os.fspath(key)
    )


def _must_exist(path: Any, message: str) -> None:
    if not os.path.exists(path):
        raise SSLError(f"{message}: {os.fspath(path)}")


_NO_TIMEOUTS = Timeouts()


def timeouts_of(timeout: Any) -> Timeouts:
    """What `timeout=` means: nothing, one number for both, or (connect, read).

    >>> timeouts_of((3.05, None))
    Timeouts(connect=3.05, read=None)
    """
    if timeout is None:
        return _NO_TIMEOUTS
    if type(timeout) is tuple or isinstance(timeout, (tuple, list)):
        if len(timeout) != 2:
            raise InvalidArgument(f"Invalid timeout {timeout!r}. Pass a (connect, read) timeout tuple, or a single float")
        return Timeouts(_seconds(timeout[0]), _seconds(timeout[1]))
    if hasattr(timeout, "connect_timeout"):  # urllib3's Timeout
        return Timeouts(_seconds(timeout.connect_timeout), _seconds(timeout.read_timeout))
    seconds = _seconds(timeout)
    return Timeouts(seconds, seconds)


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    if isinstance(value, (bool, str, bytes)) or not 0 < seconds <= _MOST_SECONDS:
        raise InvalidArgument(f"a timeout must be an int, float or None, in seconds and greater than 0; it is {value!r}")
    return seconds


_MOST_SECONDS = 1_000_000  # eleven days; the system's own limit is not far beyond


def _encoding(headers: CaseInsensitiveDict[str]) -> str | None:
    from .charsets import get_encoding_from_headers

    return get_encoding_from_headers(headers)


def _as_text(store: dict[str, tuple[Any, Any]]) -> dict[str, tuple[str, str]]:
    """The headers with names and values as text; anything but str and bytes cannot be sent."""
    made = {}
    for name, value in store.values():
        if not isinstance(value, (str, bytes)) or not isinstance(name, (str, bytes)):
            raise InvalidHeader(f"the value of header {name!r} must be str or bytes, it is {type(value).__name__}")
        made[_text(name).lower()] = (_text(name), _text(value))
    return made


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body(request: PreparedRequest, index: dict[str, tuple[str, str]]) -> tuple[Any, int | None]:
    """The body for the wire and its length, None for chunked; the one framing header that fits it is put in place.

    The header may be stale, since a prepared request can be changed, or contradict itself, since callers can set what they like.
    What is sent is always sound, and the request's headers show it.
    """
    body = request.body
    if body is None:
        length: int | None = 0
        if "content-length" in index and index["content-length"][1] != "0":
            _set_framing(request, index, None if request.method in ("GET", "HEAD") else "0")
        if "transfer-encoding" in index:
            _set_framing(request, index, index.get("content-length", ("", None))[1])
        return None, 0
    if isinstance(body, str):
        body = sources.to_bytes(body)
    chunked = index.get("transfer-encoding")
    if isinstance(body, (bytes, bytearray)):
        length = None if chunked is not None and chunked[1].lower() == "chunked" else len(body)
        body = bytes(body)
    else:
        said = index.get("content-length")
        length = None if said is None else _number(said[1])
        body = sources.iterate(body) if request._body_position is None or hasattr(body, "__next__") else _Rewindable(request)
    if length is None:
        index.pop("content-length", None)
        if chunked is None:
            index["transfer-encoding"] = ("Transfer-Encoding", "chunked")
            request.headers["Transfer-Encoding"] = "chunked"
        request.headers.pop("Content-Length", None)
    elif chunked is not None or index.get("content-length", ("", ""))[1] != str(length):
        _set_framing(request, index, str(length))
    return body, length


def _set_framing(request: PreparedRequest, index: dict[str, tuple[str, str]], length: str | None) -> None:
    """Leave this Content-Length, or none, as the only framing header."""
    index.pop("transfer-encoding", None)
    request.headers.pop("Transfer-Encoding", None)
    if length is None:
        index.pop("content-length", None)
        request.headers.pop("Content-Length", None)
    else:
        index["content-length"] = (index.get("content-length", ("Content-Length",))[0], length)
        request.headers["Content-Length"] = length


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise InvalidHeader(f"Content-Length is not a number of bytes: {value!r}")
    return int(value)


class _Rewindable:
    """A body that is read from a file, and from the beginning when it is sent again."""

    def __init__(self, request: PreparedRequest) -> None:
        self._request = request
        self._begun = False

    def __iter__(self) -> Iterator[bytes]:
        if self._begun:
            sources.rewind_body(self._request)
        self._begun = True
        return sources.iterate(self._request.body)
