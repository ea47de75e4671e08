"""A route to a stream: dial, ask the proxy, shake hands, in that order and under one deadline."""

from __future__ import annotations

from . import errors
from .network import tls
from .network.dial import ANYHOW, Dialling, dial
from .protocol.fields import Fields
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
    if route.tls is None:
        return stream
    try:
        if route.proxy is not None:
            _open_tunnel(stream, route, route.proxy, deadline, limits)
        return tls.secure(stream, route.host, route.tls, deadline, route)
    except BaseException:
        stream.close()
        raise


def _dial_proxy(proxy: Proxy, deadline: Deadline, dialling: Dialling) -> Stream:
    try:
        return dial(proxy.host, proxy.port, deadline, dialling)
    except errors.ConnectFailed as error:
        raise errors.ProxyFailed(f"the proxy cannot be reached: {error}") from error


def _open_tunnel(stream: Stream, route: Route, proxy: Proxy, deadline: Deadline, limits: Limits) -> None:
    try:
        stream.converse(open_tunnel(route.authority, Fields(proxy.fields), limits), deadline.remaining)
    except errors.ReadTimedOut as error:
        raise deadline.passed(f"waiting for the proxy {proxy!r}") from error
    except (errors.RemoteProtocolError, errors.ConnectionLost) as error:
        raise errors.ProxyFailed(f"the proxy {proxy!r} did not open a tunnel to {route.authority}: {error}") from error
