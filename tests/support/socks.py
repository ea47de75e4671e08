"""SOCKS proxies: steps for a scripted server, which remembers what it was asked, and the command that runs one of others' making.

    heard = []
    proxy = wire_server([socks5(heard), b"HTTP/1.1 200 OK\\r\\n..."])

The script goes on as the server behind the proxy. `python -m tests.support.socks VERSION PORT [USER PASSWORD]` runs tiny-proxy.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections import namedtuple
from collections.abc import Callable

from .scripted import Connection, Step

Asked = namedtuple("Asked", "version host port user password")
Asked.__doc__ = (
    "What a proxy was asked: `host` is an address or a name, as it came; user and password are None where none were told."
)

GRANTED_4 = b"\x00\x5a\x00\x00\x00\x00\x00\x00"
GRANTED_5 = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90"


def socks4(heard: list[Asked], answer: bytes = GRANTED_4, piece: int = 100) -> Step:
    """Hear a request of SOCKS 4 or 4a, and answer, in pieces of so many bytes."""

    def converse(connection: Connection) -> None:
        version, command, port, address = struct.unpack(">BBH4s", connection.read_exactly(8))
        assert (version, command) == (4, 1)
        user = connection.read_until(b"\0")[:-1].decode()
        by_name = address[:3] == b"\0\0\0"
        host = connection.read_until(b"\0")[:-1].decode() if by_name else socket.inet_ntoa(address)
        heard.append(Asked("4a" if by_name else "4", host, port, user, None))
        connection.send_in_pieces(answer, piece)

    return converse


def socks5(heard: list[Asked], answer: bytes = GRANTED_5, guarded: bool = False, login: bytes = b"\1\0", piece: int = 100) -> Step:
    """Hear a greeting and a request of SOCKS 5, and answer; `guarded`: ask for user and password, and answer them with `login`."""

    def converse(connection: Connection) -> None:
        version, count = connection.read_exactly(2)
        assert version == 5
        methods = connection.read_exactly(count)
        user = password = None
        if guarded:
            if 2 not in methods:
                connection.send(b"\x05\xff")
                return
            connection.send_in_pieces(b"\x05\x02", piece)
            assert connection.read_exactly(1) == b"\1"
            user, password = _text(connection), _text(connection)
            connection.send_in_pieces(login, piece)
        else:
            assert 0 in methods
            connection.send_in_pieces(b"\x05\x00", piece)
        assert connection.read_exactly(3) == b"\x05\x01\x00"
        host = _host(connection)
        (port,) = struct.unpack(">H", connection.read_exactly(2))
        heard.append(Asked("5", host, port, user, password))
        connection.send_in_pieces(answer, piece)

    return converse


def _text(connection: Connection) -> str:
    return connection.read_exactly(connection.read_exactly(1)[0]).decode()


def _host(connection: Connection) -> str:
    kind = connection.read_exactly(1)[0]
    if kind == 3:
        return _text(connection)
    family, size = {1: (socket.AF_INET, 4), 4: (socket.AF_INET6, 16)}[kind]
    return socket.inet_ntop(family, connection.read_exactly(size))


def tiny_proxy(version: int, *credentials: str) -> Callable[[int], list[str]]:
    """The command that runs tiny-proxy as a SOCKS proxy of that version, with the credentials that it wants, if any."""
    return lambda port: [sys.executable, "-m", "tests.support.socks", str(version), str(port), *credentials]


async def serve(version: str, port: str, *credentials: str) -> None:
    import anyio
    from tiny_proxy import Socks4ProxyHandler, Socks5ProxyHandler

    handler = Socks4ProxyHandler(*credentials[:1]) if version == "4" else Socks5ProxyHandler(*credentials)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=int(port))
    await listener.serve(handler.handle)


if __name__ == "__main__":
    import logging

    import anyio

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    anyio.run(serve, *sys.argv[1:])
