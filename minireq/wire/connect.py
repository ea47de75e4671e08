"""A route to a stream: dial, ask the proxy, shake hands, in that order and under one deadline."""

from __future__ import annotations

from . import errors
from .network import tls
from .network.dial import ANYHOW, Dialling, dial, literal_address, look_up
from .protocol.fields import Fields
from .protocol.socks import socks4, socks5, socks5_greeting
from .protocol.tunnel import open_tunnel
from .timeouts import Deadline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .limits import Limits
    from .network.stream import Stream
    from .route import Proxy, Route


def connect(route: Route, deadline: Deadline, limits: Limits, dialling: Dialling = ANYHOW) -> Stream:
    """A new stream along the route, ready for a request.

    Raises `ConnectFailed`, `ConnectTimedOut`, `ProxyFailed` or `TLSError`.
    """
    if route.tls is not None:
        tls.context_for(route.tls)  # what is wrong with the caller's files shows before anything is dialled
    if route.proxy is None:
        stream = dial(route.host, route.port, deadline, dialling)
    else:
        stream = _dial_proxy(route.proxy, deadline, dialling)
    try:
        if route.proxy is not None and not route.proxy.forwards:
            _ask_socks(stream, route, route.proxy, deadline)
        elif route.proxy is not None and route.tls is not None:
            _open_tunnel(stream, route, route.proxy, deadline, limits)
        if route.tls is None:
            return stream
        return tls.secure(stream, route.host, route.tls, deadline, route)
    except BaseException:
        stream.close()
        raise


def _dial_proxy(proxy: Proxy, deadline: Deadline, dialling: Dialling) -> Stream:
    try:
        return dial(proxy.host, proxy.port, deadline, dialling)
    except errors.ConnectFailed as error:
        raise errors.ProxyFailed(f"the proxy cannot be reached: {error}") from error


def _ask_socks(stream: Stream, route: Route, proxy: Proxy, deadline: Deadline) -> None:
    """Let a SOCKS proxy connect us; without an "a" or an "h" in its name we look up the server ourselves."""
    deadline.phase = "proxy"
    try:
        if proxy.scheme.startswith("socks5"):
            stream.converse(socks5_greeting(proxy.user, proxy.password), deadline.remaining)
        address = _look_up_for(proxy, route, deadline)
        if proxy.scheme.startswith("socks5"):
            stream.converse(socks5(route.host, address, route.port), deadline.remaining)
        else:
            stream.converse(socks4(route.host, address, route.port, proxy.user), deadline.remaining)
    except errors.ReadTimedOut as error:
        raise deadline.passed(f"waiting for the proxy {proxy!r}") from error
    except errors.ConnectionLost as error:
        raise errors.ProxyFailed(f"the proxy {proxy!r} did not connect to {route.authority}: {error}") from error


def _look_up_for(proxy: Proxy, route: Route, deadline: Deadline) -> bytes | None:
    """The server's address in bytes, None for a name that the proxy looks up; SOCKS 4 gets an IPv4 address where there is one."""
    literal = literal_address(route.host)
    if literal is not None or proxy.scheme in ("socks4a", "socks5h"):
        return literal
    known = [literal_address(address[4][0]) for address in look_up(route.host, route.port, deadline)]
    deadline.phase = "proxy"
    addresses = [address for address in known if address is not None]
    if proxy.scheme == "socks4":
        addresses.sort(key=len)
    if not addresses:
        raise errors.NameLookupFailed(f"the name {route.host!r} has no address")
    return addresses[0]


def _open_tunnel(stream: Stream, route: Route, proxy: Proxy, deadline: Deadline, limits: Limits) -> None:
    deadline.phase = "proxy"
    try:
        stream.converse(open_tunnel(route.authority, Fields(proxy.fields), limits), deadline.remaining)
    except errors.ReadTimedOut as error:
        raise deadline.passed(f"waiting for the proxy {proxy!r}") from error
    except (errors.RemoteProtocolError, errors.ConnectionLost) as error:
        raise errors.ProxyFailed(f"the proxy {proxy!r} did not open a tunnel to {route.authority}: {error}") from error
