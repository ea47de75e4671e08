"""`HTTPConnection`: what programs ask about a connection before there is one."""

from __future__ import annotations

import socket

from ...wire.connection import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

__all__ = ["HTTPConnection", "HTTPSConnection"]


class HTTPConnection(Connection):
    """A connection, with the socket options that urllib3 sets by default."""

    default_port: ClassVar[int] = 80
    default_socket_options: ClassVar[list[tuple[int, int, int]]] = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


class HTTPSConnection(HTTPConnection):
    """The same inside TLS."""

    default_port: ClassVar[int] = 443
