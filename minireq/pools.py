"""Managers and pools as programs built on requests know them: a thin face of the wire's client.

`PoolManager` finds the route to a URL's server, and has the client that sends along it. `HTTPAdapter` asks it directly. Programs
that override the adapter's methods ask it for pools by `connection_from_host`, change what they find there, and call `urlopen`.
Keyword arguments are urllib3's; those that say nothing to us are kept and ignored, those that we do not know are refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache

from . import environment, urls
from .exceptions import InvalidArgument, InvalidProxyURL, InvalidSchema, InvalidURL, SSLError, translate
from .messages import as_text, message
from .sources import position_of
from .structures import CaseInsensitiveDict, PatternOnUse
from .wire import NO_RETRIES, Client, Dialling, Limits, Proxy, RawResponse, Retry, Route, Timeouts, TLSSettings, WireError
from .wire.network.dial import ANYHOW, literal_address
from .wire.timeouts import NO_TIMEOUTS, Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .wire import Request

# What a manager's keyword arguments mean: of the pool, of dialling, of TLS; and names that are accepted without a meaning here.
_POOL = frozenset(["maxsize", "block"])
# urllib3 has no `resolve`, `uds`, `ciphers` and `own_context`; the last is an ssl_context that is taken as it is.
_DIAL = frozenset(["source_address", "socket_options", "resolve", "uds"])
_AUTHORITIES = frozenset(["ca_certs", "ca_cert_dir", "ca_cert_data"])
_TLS = _AUTHORITIES | frozenset(
    "ssl_context own_context cert_reqs cert_file key_file key_password assert_hostname assert_fingerprint "
    "server_hostname ssl_version ssl_minimum_version ssl_maximum_version ciphers".split()
)
_OF_PROXY = {"proxy_assert_hostname": "assert_hostname", "proxy_assert_fingerprint": "assert_fingerprint"}
_IGNORED = frozenset("timeout retries strict headers blocksize use_forwarding_for_https num_pools".split())
_KNOWN = _POOL | _DIAL | _TLS | _IGNORED | {"proxy_ssl_context", *_OF_PROXY}

_SERVER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ROUTES = 1000  # that a manager remembers the way to


class PoolManager:
    """Connections to many servers.

    `num_pools` is how many servers idle connections are kept for, `maxsize` how many for each; with `block` there are never more.

    >>> PoolManager(num_pools=5, maxsize=2).connection_from_url("http://example.org/a")
    HTTPConnectionPool(host='example.org', port=80)
    """

    proxy: Any = None
    _by: Proxy | None = None

    def __init__(self, num_pools: int = 10, headers: Mapping[str, str] | None = None, **connection_pool_kw: Any) -> None:
        if not _KNOWN.issuperset(connection_pool_kw):
            raise InvalidArgument(f"a pool has no settings called {', '.join(sorted(connection_pool_kw.keys() - _KNOWN))}")
        self.headers = headers or {}
        self.num_pools = num_pools
        self.connection_pool_kw = connection_pool_kw
        self.client = Client(
            num_pools,
            connection_pool_kw.get("maxsize", 1),
            bool(connection_pool_kw.get("block", False)),
            dialling=_dialling(*map(connection_pool_kw.get, ("source_address", "socket_options", "resolve"))),
        )
        self._uds = _uds(connection_pool_kw.get("uds"))
        # (scheme and authority, verify, cert, what only the proxy sees) -> (route, value of Host)
        self._routes: dict[Any, tuple[Route, str]] = {}
        self._routes_are_for = dict(connection_pool_kw)

    # For the adapter.

    def route(self, url: str, verify: Any, cert: Any, proxy_auth: Any = None) -> tuple[Route, str]:
        """The route to a URL's server, and the value of Host for it.

        `verify` and `cert` are those of requests; `proxy_auth` is for a proxy whose URL has no credentials.
        """
        if self.connection_pool_kw != self._routes_are_for:  # programs change these settings between two requests
            self._routes.clear()
            self._routes_are_for = dict(self.connection_pool_kw)
        # Scheme and authority of all URLs but hand-made ones without a path; of these it is more, which finds the same server.
        server = url[: url.find("/", url.find("//") + 2) + 1] or url
        key = (server, verify, cert, proxy_auth)
        try:
            known = self._routes.get(key)
        except TypeError:
            if isinstance(cert, list):
                return self.route(url, verify, tuple(cert), proxy_auth)
            said = f"verify={_masked(verify)} and cert={_masked(cert)}"
            raise InvalidArgument(f"{said}: these are True, False, paths, PEM or an SSLContext") from None
        if known is None:
            if _SERVER.match(url) is None:
                raise InvalidURL(f"Invalid URL {url!r}: it has no scheme and host")
            # Who has a session for each request asks the same few servers, too. Credentials are not kept.
            parts, host = (_server if "@" not in server and len(server) < 200 else _server.__wrapped__)(server)
            tls = None
            if parts.scheme == "https":
                tls = self._with_my_settings(tls_settings(verify, cert), verify, cert)
            elif cert:
                tls_settings(False, cert)  # a redirect may need it: what is wrong with it is said now
            if len(self._routes) >= _ROUTES:
                self._routes.clear()
            by_tls = self._proxy_tls(verify, {})
            known = self._routes[key] = self._new_route(parts, tls, by_tls, proxy_auth), host
        return known

    def _new_route(self, parts: urls.URL, tls: TLSSettings | None, by_tls: TLSSettings | None, proxy_auth: Any) -> Route:
        if parts.scheme == urls.UNIX:
            if callable(self.connection_pool_kw.get("resolve")):
                raise InvalidSchema("this adapter's resolve decides on every connection, and of Unix sockets it is not asked")
            return Route("http", "localhost", 80, uds=urls.socket_path(parts))
        if parts.scheme not in urls.DEFAULT_PORTS or not parts.host:
            raise InvalidURL(f"Invalid URL {str(parts)!r}: no {parts.scheme} server can be reached there")
        by = self._by
        if by is not None and by.forwards and proxy_auth is not None and not by.fields:
            by = by._replace(fields=(("Proxy-Authorization", as_text(proxy_auth)),))
        if by is not None and by_tls is not None:
            by = by._replace(tls=by_tls)
        port = urls.DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        return Route(parts.scheme, bare(parts.host), port, tls, by, self._uds)

    def _proxy_tls(self, verify: Any, settings: Mapping[str, Any]) -> TLSSettings | None:
        """How the proxy is spoken to; `settings` are a pool's own. There is no proxy here."""
        return None

    def _with_my_settings(self, tls: TLSSettings, verify: Any, cert: Any) -> TLSSettings:
        """The settings changed by this manager's, except for what the call has said itself: whether to verify, and by whom."""
        said = {"cert_reqs"}
        if verify is not True and verify is not None:
            said |= _AUTHORITIES
        if tls.context is not None:
            said |= {"ssl_context", "own_context"}
        if cert:
            said |= {"cert_file", "key_file", "key_password"}
        mine = _TLS & self.connection_pool_kw.keys() - said
        if "own_context" in mine and tls.verify and verify not in (True, None, environment.snapshot().ca_bundle):
            raise InvalidArgument("verify= names other authorities than the adapter's ssl_context: it takes one of the two")
        tls = _with_settings(tls, {name: self.connection_pool_kw[name] for name in mine}) if mine else tls
        return _in_context(tls, verify, tls.certificate) if _is_context(verify) else tls

    # For programs.

    def connection_from_host(
        self, host: str | None, port: int | None = None, scheme: str | None = "http", pool_kwargs: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        """The pool of a server; `pool_kwargs` change this manager's settings for it."""
        if not host:
            raise InvalidURL("No host specified.")
        kind = _POOLS.get((scheme or "http").lower(), HTTPConnectionPool)
        settings = {**self.connection_pool_kw, **(pool_kwargs or {})}
        return kind(host, port, manager=self, **settings)

    def connection_from_url(self, url: str, pool_kwargs: dict[str, Any] | None = None) -> HTTPConnectionPool:
        """The pool of a URL's server."""
        parts = urls.parse_url(url)
        return self.connection_from_host(parts.host, parts.port, parts.scheme, pool_kwargs)

    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> RawResponse:
        """Send a request; a redirect is not followed here."""
        parts = urls.parse_url(url)
        kw.setdefault("headers", self.headers)
        pool = self.connection_from_host(parts.host, parts.port, parts.scheme)
        forwarded = self._by is not None and self._by.forwards and parts.scheme == "http"
        return pool.urlopen(method, urls.absolute_target(url) if forwarded else urls.request_target(url), **kw)

    def clear(self) -> None:
        """Close all idle connections."""
        self.client.close()

    def __enter__(self) -> PoolManager:
        return self

    def __exit__(self, *args: object) -> None:
        self.clear()


class ProxyManager(PoolManager):
    """The same, by way of a proxy; `proxy_headers` are for its eyes alone."""

    def __init__(
        self,
        proxy_url: str,
        num_pools: int = 10,
        headers: Mapping[str, str] | None = None,
        proxy_headers: Mapping[str, str] | None = None,
        **connection_pool_kw: Any,
    ) -> None:
        super().__init__(num_pools, headers, **connection_pool_kw)
        self.proxy_headers = dict(proxy_headers or {})
        self.proxy, self._by = _proxy(proxy_url, self.proxy_headers)

    def _proxy_tls(self, verify: Any, settings: Mapping[str, Any]) -> TLSSettings | None:
        """How an https proxy is spoken to: trusting whom the call trusts, or as `proxy_ssl_context` does. It never sees `cert`."""
        if self._by is None or self._by.scheme != "https":
            return None
        settings = {**self.connection_pool_kw, **settings}
        asserted = {ours: settings[name] for name, ours in _OF_PROXY.items() if name in settings}
        if settings.get("proxy_ssl_context") is not None:
            said = {"own_context": settings["proxy_ssl_context"]}
        else:
            named = frozenset() if verify is not True and verify is not None else _AUTHORITIES
            said = {name: settings[name] for name in settings.keys() & (named | {"cert_reqs"})}
        return _with_settings(tls_settings(verify, None), {**said, **asserted})


def proxy_from_url(url: str, **kw: Any) -> ProxyManager:
    """The manager for a proxy's URL."""
    return ProxyManager(proxy_url=url, **kw)


class HTTPConnectionPool:
    """The connections to one server over http, as a manager hands them out."""

    scheme = "http"

    def __init__(self, host: str, port: int | None = None, manager: PoolManager | None = None, **settings: Any) -> None:
        self.host = host
        self.port = urls.DEFAULT_PORTS.get(self.scheme) if port is None else port
        self._manager = manager or PoolManager(1, **settings)
        self.conn_kw = settings
        # What `HTTPAdapter.cert_verify` and its overrides set; it counts more than the settings.
        self.cert_reqs = settings.get("cert_reqs")
        self.ca_certs = settings.get("ca_certs")
        self.ca_cert_dir = settings.get("ca_cert_dir")
        self.cert_file = settings.get("cert_file")
        self.key_file = settings.get("key_file")
        self.key_password = settings.get("key_password")
        self.assert_hostname = settings.get("assert_hostname")
        self.assert_fingerprint = settings.get("assert_fingerprint")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(host={self.host!r}, port={self.port!r})"

    @property
    def proxy(self) -> Any:
        """The URL of the proxy on the way."""
        return self._manager.proxy

    def urlopen(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        retries: Any = None,
        redirect: bool = True,
        assert_same_host: bool = True,
        timeout: Any = None,
        pool_timeout: Any = None,
        release_conn: bool | None = None,
        chunked: bool = False,
        body_pos: Any = None,
        preload_content: bool = True,
        decode_content: bool = True,
        *,
        limits: Limits | None = None,
        trailers: Any = None,
        finish: Callable[[Request], None] | None = None,
        **response_kw: Any,
    ) -> RawResponse:
        """Send a request for a target on this server; the answer's body is unread. Redirects are not followed.

        `limits` are the wire's; `finish` may add to the request what urllib3's arguments have no names for.
        """
        parts = urls.URL(self.scheme, None, self.host, self.port, None, None, None)
        tls = self._tls()
        given = CaseInsensitiveDict(self._manager.headers if headers is None else headers)._store
        if chunked:
            given.setdefault("transfer-encoding", ("Transfer-Encoding", "chunked"))
        try:
            route = self._manager._new_route(parts, tls, self._manager._proxy_tls(True, self._settings()), None)
            if route.proxy is not None and (tls is not None or not route.proxy.forwards):
                given.pop("proxy-authorization", None)  # not for the server's eyes
            position = position_of(body) if body_pos is None and body is not None else body_pos
            request = message(method, url, given, urls.host_header(parts), body, position, trailers)
            if finish is not None:
                finish(request)
            if route.proxy is not None and tls is None:  # SOCKS has none
                for name, value in route.proxy.fields:
                    request.fields[name] = value
            request.limits = limits
            timeouts = timeouts_of(timeout)
            if pool_timeout is not None:
                timeouts = Timeouts(*timeouts, timeouts.total, _seconds(pool_timeout))
            raw = self._manager.client.send(route, request, timeouts, retry_of(retries))
        except WireError as error:
            raise translate(error) from error
        raw.decode_content = decode_content
        return raw

    def _settings(self) -> dict[str, Any]:
        """What it was made with, and what has been set since."""
        return {**self.conn_kw, **{name: value for name, value in vars(self).items() if name in _TLS}}

    def _tls(self) -> TLSSettings | None:
        return None

    def close(self) -> None:
        """Close the idle connections."""
        self._manager.clear()


class HTTPSConnectionPool(HTTPConnectionPool):
    """The same over https."""

    scheme = "https"

    def _tls(self) -> TLSSettings:
        cert = (self.cert_file, self.key_file) if self.cert_file else None
        return _with_settings(tls_settings(True, cert), {**self._settings(), "cert_file": None, "key_file": None})


class UnixConnectionPool(HTTPConnectionPool):
    """The same over a Unix socket, whose path is the host."""

    scheme = urls.UNIX


_POOLS = {"https": HTTPSConnectionPool, urls.UNIX: UnixConnectionPool}


def bare(host: str) -> str:
    """The host as it is looked up: an IPv6 address without brackets."""
    return host[1:-1] if host.startswith("[") else host


_PROXY_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}


def _proxy(url: str, headers: Mapping[str, Any]) -> tuple[urls.URL, Proxy]:
    """The proxy at a URL, taken apart and for the wire; without a scheme it is an http proxy."""
    try:
        url = urls.prepend_scheme_if_needed(url, "http")
        parts = urls.parse_url(url)
    except InvalidURL as error:
        raise InvalidProxyURL(f"the URL of the proxy is not valid: {error}") from error
    if not parts.host:
        raise InvalidProxyURL("Please check proxy URL. It is malformed and could be missing the host.")
    if parts.scheme not in _PROXY_PORTS:
        raise InvalidProxyURL(f"proxies of scheme {parts.scheme!r} are not spoken, only {', '.join(_PROXY_PORTS)}")
    port = _PROXY_PORTS[parts.scheme] if parts.port is None else parts.port
    proxy = Proxy(parts.scheme, bare(parts.host), port)
    if proxy.forwards:
        return parts, proxy._replace(fields=tuple((as_text(name), as_text(value)) for name, value in headers.items()))
    from urllib.parse import unquote

    user, _, password = (parts.auth or "").partition(":")  # a user may come alone: SOCKS 4 knows no password
    return parts, proxy._replace(user=unquote(user), password=unquote(password))


@lru_cache(maxsize=256)
def _server(url: str) -> tuple[urls.URL, str]:
    """The parts of a server's URL, and the value of Host for it."""
    parts = urls.parse_url(url)
    return parts, urls.host_header(parts)


# What requests' and urllib3's arguments mean for the wire.


def _dialling(source: Any, options: Any, resolve: Any = None) -> Dialling:
    """From where to dial, where to, and with which options on the socket: refused here, where the system would only stumble."""
    if source is None and options is None and resolve is None:
        return ANYHOW
    if source is not None and not (
        isinstance(source, (tuple, list)) and len(source) >= 2 and isinstance(source[0], str) and isinstance(source[1], int)
    ):
        raise InvalidArgument(f"source_address is (address, port), not {source!r:.60}")
    if source is not None and not 0 <= source[1] <= 65535:
        raise InvalidArgument(f"the port of source_address is not in 0 to 65535: {source!r:.60}")
    try:
        options = None if options is None else tuple(tuple(option) for option in options)
    except TypeError:
        raise InvalidArgument(f"socket_options are a list of (level, name, value), not {options!r:.60}") from None
    for option in options or ():
        if len(option) not in (3, 4) or not all(isinstance(number, int) for number in option[:2]):
            raise InvalidArgument(f"a socket option is (level, name, value), not {option!r:.60}")
    return Dialling(None if source is None else tuple(source), options, _resolving(resolve))


def _resolving(resolve: Any) -> Any:
    """`resolve` as the wire takes it: a function, or a mapping whose keys are (host, port) as they are dialled."""
    if resolve is None or callable(resolve):
        return resolve
    if not isinstance(resolve, Mapping):
        raise InvalidArgument(f"resolve is a function, or a mapping from (host, port) to addresses, not {resolve!r:.60}")
    known: dict[tuple[str, int], list[str]] = {}
    for key, said in resolve.items():
        if not (isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], str) and isinstance(key[1], int)):
            raise InvalidArgument(f"resolve is a mapping from (host, port), of which {key!r:.60} is none")
        addresses = [said] if isinstance(said, str) or not hasattr(said, "__iter__") else list(said)
        for address in addresses:
            if literal_address(str(address)) is None:
                raise InvalidArgument(f"resolve leads {key[0]}:{key[1]} to IP addresses, of which {address!r:.60} is none")
        known[bare(urls.idna_encode(key[0])), key[1]] = [str(address) for address in addresses]
    return known


def _uds(path: Any) -> str | None:
    if path is not None and not isinstance(path, (str, bytes, os.PathLike)):
        raise InvalidArgument(f"uds is the path of a Unix socket, not {path!r:.60}")
    return None if path is None else os.fsdecode(path)


def tls_settings(verify: Any, cert: Any) -> TLSSettings:
    """The settings for `verify` and `cert`.

    `verify` is True, False, a file, a directory, "system" for the platform's own store, PEM, or an `ssl.SSLContext`. `cert` is
    (certificate, key, password) or a beginning of that, or a certificate alone; certificate and key are files or PEM.

    >>> tls_settings(False, None).verify
    False
    """
    if _is_context(verify):
        return _in_context(TLSSettings(), verify, cert)
    authorities: str | None = None
    if _is_pem(verify):
        verify, authorities = True, _certificates(verify)
    elif verify == "system":
        verify = True
    elif verify is None or verify in (0, 1):  # as False and True, which they are equal to
        verify = verify is None or bool(verify)
        if verify:
            from .certs import default_ca

            authorities = default_ca()
    elif isinstance(verify, (str, os.PathLike)):
        verify, authorities = True, os.fspath(verify)
        _must_exist(authorities, "Could not find a suitable TLS CA certificate bundle, invalid path")
    else:
        raise InvalidArgument(f"verify is True, False, a path, PEM or an SSLContext, not {_masked(verify)}")
    parts = cert if isinstance(cert, (tuple, list)) and len(cert) in (2, 3) else (cert,)
    certificate, key, password = (*parts, None, None)[:3]
    if password is not None and not isinstance(password, (str, bytes)):
        raise InvalidArgument(f"the password of cert is text, not a {type(password).__name__}")
    return TLSSettings(verify, authorities, _identity(cert, certificate, "certificate"), _identity(cert, key, "key"), password)


def _masked(said: Any) -> str:
    """What was said as `verify` or `cert`, for an error text: no keys and no passwords."""
    several = isinstance(said, (tuple, list))
    parts = ["***" if n == 2 or _may_be_secret(part) else part for n, part in enumerate(said if several else [said])]
    return f"{parts[0] if not several else tuple(parts) if isinstance(said, tuple) else parts!r:.60}"


def _may_be_secret(part: Any) -> bool:
    return _is_pem(part) or (isinstance(part, (bytes, bytearray)) and not part.isascii())


def _is_context(value: Any) -> bool:
    return hasattr(value, "wrap_socket")


def _is_pem(value: Any) -> bool:
    return (isinstance(value, (bytes, bytearray)) and b"-----BEGIN" in value) or (isinstance(value, str) and "-----BEGIN" in value)


def _in_context(tls: TLSSettings, context: Any, cert: Any) -> TLSSettings:
    """The settings with a context of the caller's, which is used as it is: what would change it is refused."""
    if cert:
        raise InvalidArgument("a certificate belongs into the SSLContext that was given: context.load_cert_chain(...)")
    if (tls.minimum_version, tls.maximum_version, tls.ciphers) != (None, None, None):
        raise InvalidArgument("minimum_version and ciphers belong into the SSLContext that was given")
    return tls._replace(context=context, authorities=None)


_CERTIFICATE = PatternOnUse("-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----.*?-----END \\1-----", re.DOTALL)


def _certificates(pem: str | bytes | bytearray) -> str:
    """The certificates of PEM text, without what stands between them, which may be anything."""
    text = pem if isinstance(pem, str) else bytes(pem).decode("latin-1")
    found = "".join(f"{match[0]}\n" for match in _CERTIFICATE.finditer(text))
    if not found:
        raise SSLError("verify is PEM without a certificate in it")
    return found


def _identity(cert: Any, part: Any, what: str) -> str | bytes | None:
    """A part of `cert`: the path of a file, or PEM in bytes."""
    if _is_pem(part):
        return part.encode("utf-8") if isinstance(part, str) else bytes(part)
    if part is not None and not isinstance(part, (str, os.PathLike)):
        raise InvalidArgument(f"cert is a certificate, (certificate, key) or (certificate, key, password), not {_masked(cert)}")
    if not part:
        return None
    _must_exist(part, f"Could not find the TLS {what} file, invalid path")
    return os.fspath(part)


def _must_exist(path: Any, message: str) -> None:
    if not os.path.exists(path):
        raise SSLError(f"{message}: {os.fspath(path)}")


def _with_settings(tls: TLSSettings, settings: Mapping[str, Any]) -> TLSSettings:
    """The settings changed by urllib3's keyword arguments; what is None there changes nothing."""
    found = {name: settings[name] for name in _TLS & settings.keys() if settings[name] is not None}
    for name, kind in _KINDS.items():
        if name in found and not isinstance(found[name], kind):
            raise InvalidArgument(f"{name} is a {kind.__name__}, not {found[name]!r:.60}")
    for name in ("ssl_context", "own_context"):
        if name in found and not _is_context(found[name]):
            raise InvalidArgument(f"ssl_context is an ssl.SSLContext, not {found[name]!r:.60}")
    changes: dict[str, Any] = {}
    if found.get("cert_reqs") in ("CERT_NONE", "NONE", 0):
        changes["verify"] = False
    version = TLS_VERSIONS.get(found.get("ssl_version"))
    if version is not None:
        changes["minimum_version"] = changes["maximum_version"] = version
    for name, ours in (
        ("ca_certs", "authorities"),
        ("ca_cert_dir", "authorities"),
        ("ca_cert_data", "authorities"),
        ("cert_file", "certificate"),
        ("key_file", "key"),
        ("key_password", "password"),
        ("ssl_context", "context"),
        ("assert_hostname", "assert_hostname"),
        ("assert_fingerprint", "assert_fingerprint"),
        ("server_hostname", "server_hostname"),
        ("ssl_minimum_version", "minimum_version"),
        ("ssl_maximum_version", "maximum_version"),
        ("ciphers", "ciphers"),
    ):
        if name in found:
            value = found[name]
            changes[ours] = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(changes.get("authorities"), bytes):  # DER
        from ssl import DER_cert_to_PEM_cert

        changes["authorities"] = DER_cert_to_PEM_cert(changes["authorities"])
    if changes.get("authorities") == "system":
        changes["authorities"] = None
    tls = tls._replace(**changes) if changes else tls
    return _in_context(tls, found["own_context"], tls.certificate) if "own_context" in found else tls


_KINDS: dict[str, type] = {
    "server_hostname": str,
    "assert_fingerprint": str,
    "ssl_minimum_version": int,
    "ssl_maximum_version": int,
    "ciphers": str,
}

# What `ssl_version` fixes: ssl.PROTOCOL_TLSv1, _TLSv1_1 and _TLSv1_2, as numbers of ssl.TLSVersion. The others fix nothing.
TLS_VERSIONS: dict[Any, int] = {3: 0x301, 4: 0x302, 5: 0x303}


def timeouts_of(timeout: Any) -> Timeouts:
    """What `timeout=` means: nothing, one number for both, (connect, read), or `Timeouts`.

    >>> timeouts_of((3.05, None))
    Timeouts(connect=3.05, read=None, total=None, pool=None)
    """
    if timeout is None:
        return NO_TIMEOUTS
    if isinstance(timeout, Timeouts):
        return timeout if type(timeout) is Running else Timeouts(*map(_seconds, timeout._values()))
    if isinstance(timeout, (tuple, list)):
        if len(timeout) != 2:
            raise InvalidArgument(f"Invalid timeout {timeout!r}. Pass a (connect, read) timeout tuple, or a single float")
        return Timeouts(_seconds(timeout[0]), _seconds(timeout[1]))
    if hasattr(timeout, "connect_timeout"):
        return _of_object(timeout)
    seconds = _seconds(timeout)
    return Timeouts(seconds, seconds)


def begun(timeout: Any) -> Any:
    """The `timeout=` of a call that begins now: if it has a total, that counts from here on, wherever it is handed to."""
    return timeouts_of(timeout).begun() if isinstance(timeout, Timeouts) else timeout


def _of_object(timeout: Any) -> Timeouts:
    """What urllib3's Timeout means, or another object that has two of its names."""
    if not hasattr(timeout, "_read"):
        return Timeouts(_seconds(timeout.connect_timeout), _seconds(timeout.read_timeout))
    # urllib3's does not know its read_timeout before it has begun to connect, and has an object of its own for "not said".
    said = (timeout.total, timeout._connect, timeout._read)
    total, connect, read = (value if isinstance(value, (int, float)) else None for value in said)
    return Timeouts(_seconds(_less(total, connect)), _seconds(_less(total, read)))


def _less(one: float | None, other: float | None) -> float | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = 0.0
    if isinstance(value, (bool, str, bytes)) or not 0 < seconds <= _MOST_SECONDS:
        raise InvalidArgument(f"a timeout must be an int, float or None, in seconds and greater than 0; it is {value!r}")
    return seconds


_MOST_SECONDS = 1_000_000  # eleven days; the system's own limit is not far beyond


def retry_of(retries: Any) -> Retry:
    """The policy for `max_retries=`: a number, a `Retry`, or urllib3's, which is converted.

    >>> retry_of(3)
    Retry(total=3, connect=None, read=None, redirect=None, status=None)
    """
    if isinstance(retries, Retry):
        return retries
    if retries is None or retries is False or (isinstance(retries, int) and retries == 0):
        return NO_RETRIES
    if isinstance(retries, int) and not isinstance(retries, bool) and retries > 0:
        return Retry(retries)
    if hasattr(retries, "increment") and hasattr(retries, "total"):
        return Retry.like(retries)
    raise InvalidArgument(f"max_retries must be a number of retries or a Retry, it is {retries!r}")
