"""A route to a stream: dial, ask the proxy, shake hands, in that order and under one deadline.

Where the proxy is an https one, hands are shaken with it before it is asked, so that TLS to the server is inside of TLS to it.
"""

from __future__ import annotations

import sys

from . import errors
from .network import tls
from .network.dial import ANYHOW, Dialling, addresses_of, dial, dial_unix, literal_address
from .protocol.exchange import Exchange
from .protocol.fields import Fields
from .timeouts import Deadline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .limits import Limits
    from .network.stream import Stream
    from .route import Proxy, Route

_REFUSAL_SECONDS = 1.0  # that the body of a proxy's refusal is waited for


def connect(route: Route, deadline: Deadline, limits: Limits, dialling: Dialling = ANYHOW) -> Stream:
    """A new stream along the route, ready for a request.

    Raises `ConnectFailed`, `ConnectTimedOut`, `ProxyFailed` or `TLSError`.
    """
    # What is wrong with the caller's files shows before anything is dialled.
    context = None if route.tls is None else tls.context_for(route.tls)
    if route.uds is not None:
        stream = dial_unix(route.uds, deadline)
    elif route.proxy is None:
        stream = dial(route.host, route.port, deadline, dialling)
    else:
        stream = _dial_proxy(route.proxy, deadline, dialling)
    try:
        if route.proxy is not None and not route.proxy.forwards:
            _ask_socks(stream, route, route.proxy, deadline, dialling)
        elif route.proxy is not None and route.tls is not None:
            _open_tunnel(stream, route, route.proxy, deadline, limits)
        if route.tls is not None:
            stream = tls.secure(stream, route.host, route.tls, deadline, route, context)
        _log(route)
        return stream
    except BaseException:
        stream.close()
        raise


def _log(route: Route) -> None:
    logging = sys.modules.get("logging")  # nobody listens who has not imported it
    if logging is not None:
        logging.getLogger(__name__).debug("a new connection: %s", route)


def _dial_proxy(proxy: Proxy, deadline: Deadline, dialling: Dialling) -> Stream:
    try:
        stream = dial(proxy.host, proxy.port, deadline, dialling)
        return stream if proxy.tls is None else _secured(stream, proxy, proxy.tls, deadline)
    except errors.ConnectFailed as error:
        raise errors.ProxyFailed(f"the proxy cannot be reached: {error}") from error


def _secured(stream: Stream, proxy: Proxy, settings: tls.TLSSettings, deadline: Deadline) -> Stream:
    try:
        return tls.secure(stream, proxy.host, settings, deadline, proxy)
    except BaseException as error:
        stream.close()
        if isinstance(error, errors.TLSError):
            raise errors.ProxyFailed(f"no secure connection to the proxy {proxy!r}: {error}") from error
        if isinstance(error, errors.ConnectTimedOut):  # http proxies often wait in silence for the rest of this odd request
            raise deadline.passed(f"shaking hands with the proxy {proxy!r}, whose URL says that it takes TLS") from error
        raise


def _ask_socks(stream: Stream, route: Route, proxy: Proxy, deadline: Deadline, dialling: Dialling) -> None:
    """Let a SOCKS proxy connect us; without an "a" or an "h" in its name we look up the server ourselves."""
    from .protocol.socks import socks4, socks5, socks5_greeting

    deadline.phase = "proxy"
    try:
        if proxy.scheme.startswith("socks5"):
            stream.converse(socks5_greeting(proxy.user, proxy.password), deadline.remaining)
        address = _look_up_for(proxy, route, deadline, dialling)
        if proxy.scheme.startswith("socks5"):
            stream.converse(socks5(route.host, address, route.port), deadline.remaining)
        else:
            stream.converse(socks4(route.host, address, route.port, proxy.user), deadline.remaining)
    except errors.ReadTimedOut as error:
        raise deadline.passed(f"waiting for the proxy {proxy!r}") from error
    except errors.ConnectionLost as error:
        raise errors.ProxyFailed(f"the proxy {proxy!r} did not connect to {route.authority}: {error}") from error


def _look_up_for(proxy: Proxy, route: Route, deadline: Deadline, dialling: Dialling) -> bytes | None:
    """The server's address in bytes, None for a name that the proxy looks up; SOCKS 4 gets an IPv4 address where there is one."""
    literal = literal_address(route.host)
    if proxy.scheme in ("socks4a", "socks5h") or (literal is not None and dialling.resolve is None):
        return literal
    known = [literal_address(address[4][0]) for address in addresses_of(route.host, route.port, deadline, dialling)]
    deadline.phase = "proxy"
    addresses = [address for address in known if address is not None]
    if proxy.scheme == "socks4":
        addresses.sort(key=len)
    if not addresses:
        raise errors.NameLookupFailed(f"the name {route.host!r} has no address")
    return addresses[0]


def _open_tunnel(stream: Stream, route: Route, proxy: Proxy, deadline: Deadline, limits: Limits) -> None:
    from .protocol.tunnel import open_tunnel

    deadline.phase = "proxy"
    exchange = Exchange()
    try:
        head = stream.converse(open_tunnel(exchange, route.authority, Fields(proxy.fields), limits), deadline.remaining)
    except errors.ReadTimedOut as error:
        raise deadline.passed(f"waiting for the proxy {proxy!r}") from error
    except (errors.RemoteProtocolError, errors.ConnectionLost) as error:
        raise errors.ProxyFailed(f"the proxy {proxy!r} did not open a tunnel to {route.authority}: {error}") from error
    if not 200 <= head.status < 300:
        why = f"the proxy would not open a tunnel to {route.authority}: {head.status} {head.reason}"
        raise errors.ProxyFailed(why, (head, _rest_of_refusal(stream, exchange, deadline)))


def _rest_of_refusal(stream: Stream, exchange: Exchange, deadline: Deadline) -> bytes:
    from .protocol.tunnel import hear_refusal

    body = bytearray()
    try:
        stream.converse(hear_refusal(exchange, body), Deadline(_REFUSAL_SECONDS, within=deadline).remaining)
    except errors.WireError:
        pass  # the head has said the most of it, and what has come will do
    return bytes(body)
