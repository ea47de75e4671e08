"""SOCKS 4, 4a and 5: asking a proxy for a connection (the SOCKS 4 and 4A memos; RFC 1928, RFC 1929).

Conversations: each generator yields what to send and is sent what arrived, as `tunnel` does. Whoever starts one decides who looks
the name up: a name is given to the proxy (4a, 5h), a literal address is one that was looked up before (4, 5).
"""

from __future__ import annotations

import struct

from .. import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    Conversation = Generator[bytes, bytes, None]

_REFUSALS_4 = {
    0x5B: "request rejected or failed",
    0x5C: "no identd on our side",
    0x5D: "identd names another user",
}
_REFUSALS_5 = {
    1: "general failure",
    2: "not allowed by the rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


def socks4(host: str, address: bytes | None, port: int, user: str = "") -> Conversation:
    """Ask a SOCKS 4 proxy for a connection: to an IPv4 address, or (4a) to a host by its name, when `address` is None.

    >>> conversation = socks4("example.org", None, 80)
    >>> next(conversation)
    b'\\x04\\x01\\x00P\\x00\\x00\\x00\\x01\\x00example.org\\x00'
    """
    if address is not None and len(address) != 4:
        raise errors.ProxyFailed(f"SOCKS 4 knows no IPv6, and {host} has no other address")
    name = b"" if address is not None else _text(host, "host") + b"\0"
    request = struct.pack(">BBH4s", 4, 1, port, address or b"\0\0\0\1") + _text(user, "user") + b"\0" + name
    reply = _Reply((yield request))
    head = yield from reply.take(8)
    if head[0] != 0 or head[1] != 0x5A:
        why = _REFUSALS_4.get(head[1], f"answer {head[:2]!r}")
        raise errors.ProxyFailed(f"the SOCKS proxy would not connect to {host}:{port}: {why}")
    reply.must_be_over()


def socks5_greeting(user: str = "", password: str = "") -> Conversation:
    """Agree with a SOCKS 5 proxy on who we are.

    >>> conversation = socks5_greeting()
    >>> next(conversation)
    b'\\x05\\x01\\x00'
    """
    methods = b"\0\2" if user or password else b"\0"
    reply = _Reply((yield struct.pack(">BB", 5, len(methods)) + methods))
    version, method = yield from reply.take(2)
    if version != 5:
        raise errors.ProxyFailed(f"the proxy does not speak SOCKS 5: it answered with {bytes([version, method])!r}")
    if method == 2 and b"\2" in methods:
        yield from _log_in(reply, user, password)
    elif method != 0:
        known = "another than a user and a password" if methods[1:] else "and none was given"
        raise errors.ProxyFailed(f"the SOCKS proxy wants an authentication, {known}")
    reply.must_be_over()


def socks5(host: str, address: bytes | None, port: int) -> Conversation:
    """Then ask it for a connection: to an address of 4 or 16 bytes, or to a host by its name, when `address` is None.

    >>> conversation = socks5("example.org", None, 80)
    >>> next(conversation)
    b'\\x05\\x01\\x00\\x03\\x0bexample.org\\x00P'
    """
    reply = _Reply((yield struct.pack(">BBB", 5, 1, 0) + _address(host, address) + struct.pack(">H", port)))
    head = yield from reply.take(4)
    if head[0] != 5 or head[1] != 0:
        why = _REFUSALS_5.get(head[1], f"answer {head!r}")
        raise errors.ProxyFailed(f"the SOCKS proxy would not connect to {host}:{port}: {why}")
    yield from _skip_address(reply, head[3])
    reply.must_be_over()


def _log_in(reply: _Reply, user: str, password: str) -> Conversation:
    """User and password (RFC 1929)."""
    name, secret = _text(user, "user"), _text(password, "password")
    reply.feed((yield b"\1" + bytes([len(name)]) + name + bytes([len(secret)]) + secret))
    answer = yield from reply.take(2)
    if answer[1] != 0:
        raise errors.ProxyFailed("the SOCKS proxy does not accept this user and password")


def _address(host: str, address: bytes | None) -> bytes:
    if address is None:
        name = _text(host, "host")
        return b"\3" + bytes([len(name)]) + name
    return (b"\1" if len(address) == 4 else b"\4") + address


def _skip_address(reply: _Reply, kind: int) -> Conversation:
    """Read over the address that the proxy connected from, and its port."""
    if kind == 3:
        (size,) = yield from reply.take(1)
    elif kind in (1, 4):
        size = 4 if kind == 1 else 16
    else:
        raise errors.ProxyFailed(f"the SOCKS proxy answered with an address of unknown type {kind}")
    yield from reply.take(size + 2)


def _text(text: str, what: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > 255 or b"\0" in data:
        raise errors.ProxyFailed(f"the {what} cannot be told to a SOCKS proxy: it is longer than 255 bytes, or has a NUL in it")
    return data


class _Reply:
    """What the proxy has sent and nobody has read yet."""

    def __init__(self, arrived: bytes) -> None:
        self._buffer = bytearray()
        self.feed(arrived)

    def feed(self, arrived: bytes) -> None:
        if not arrived:
            raise errors.ProxyFailed("the SOCKS proxy closed the connection")
        self._buffer += arrived

    def take(self, size: int) -> Generator[bytes, bytes, bytes]:
        """Exactly so many bytes."""
        while len(self._buffer) < size:
            self.feed((yield b""))
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def must_be_over(self) -> None:
        if self._buffer:
            raise errors.ProxyFailed("the SOCKS proxy sent bytes of its own into the connection")
