"""The way to a server: everything that two requests must share to share a connection.

    scheme  proxy    dialled   then                        target of a request
    http    -        server                                /path
    https   -        server    TLS                         /path
    http    http     proxy                                 http://server/path
    https   http     proxy     CONNECT server:port, TLS    /path
    http    socks…   proxy     SOCKS to server:port        /path
    https   socks…   proxy     SOCKS to server:port, TLS   /path
    http    -        a Unix socket                         /path
    https   -        a Unix socket, then TLS               /path

An http proxy may be an https one: then all that is said to it, a tunnel too, is inside TLS of its own. SOCKS is socks4 or socks5,
where the server's name is looked up here, or socks4a or socks5h, where the proxy does it.

A route is the key of the pool, so it holds the proxy with its credentials and the TLS settings. Plain http through a proxy is
one route for all servers: each request names its own.
"""

from __future__ import annotations

from collections import namedtuple

from .network.tls import TLSSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Proxy(NamedTuple):
        """The proxy as a type checker sees it."""

        scheme: str
        host: str
        port: int
        fields: tuple[tuple[str, str], ...] = ()
        user: str = ""
        password: str = ""
        tls: TLSSettings | None = None

        @property
        def forwards(self) -> bool: ...

else:

    class Proxy(namedtuple("Proxy", "scheme host port fields user password tls", defaults=((), "", "", None))):
        """A proxy: where it is, and what it alone is to see: fields (Proxy-Authorization), or for SOCKS a user and a password.

        `tls` is how an https proxy is spoken to.

        >>> Proxy("http", "proxy.example", 3128)
        <Proxy http://proxy.example:3128>
        """

        __slots__ = ()

        @property
        def forwards(self) -> bool:
            """Whether it speaks HTTP itself, and takes whole http URLs."""
            return not self.scheme.startswith("socks")

        def __repr__(self) -> str:
            return f"<Proxy {self.scheme}://{self.host}:{self.port}>"


class Route:
    """A way to a server; two that are equal can share connections.

    >>> Route("http", "example.org", 80) == Route("http", "example.org", 80)
    True
    >>> Route("https", "example.org", 443, TLSSettings())
    <Route https://example.org:443>
    """

    __slots__ = ("_key", "host", "key", "port", "proxy", "scheme", "tls", "uds")

    def __init__(
        self,
        scheme: str,
        host: str,
        port: int,
        tls: TLSSettings | None = None,
        proxy: Proxy | None = None,
        uds: str | None = None,
    ) -> None:
        if tls is None and proxy is not None and proxy.forwards:  # forwarded: the proxy is the peer, whatever server is asked for
            host, port = proxy.host, proxy.port
        self.scheme = scheme
        self.host = host  # a name in ASCII or a literal address, without brackets
        self.port = port
        self.tls = tls  # None: in the clear
        self.proxy = proxy
        self.uds = uds  # the path of the Unix socket that is dialled instead of host and port
        self._key = (scheme, host, port, tls, proxy, uds)
        self.key = frozenset([self._key])  # to be looked up by: unlike a tuple, and any class of ours, it knows its hash

    @property
    def authority(self) -> str:
        """Host and port as CONNECT names them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Route) and self._key == other._key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        by = f" by {self.proxy or self.uds!r}" if self.proxy or self.uds else ""
        return f"<Route {self.scheme}://{self.authority}{by}>"
