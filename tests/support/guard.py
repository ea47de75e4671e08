"""Nothing leaves the machine: connections and name lookups beyond loopback raise at once.

The guard replaces the few functions of `socket` that everything in Python goes through. Names belong to the tests: `names` (the
fixture `dns`) says where a name leads, `localhost` leads where it always does, names below `.invalid` have no address (RFC 6761),
and any other name is a test that would ask the world.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class LeftTheMachine(AssertionError):
    """The code under test tried to reach something outside loopback. Not an OSError: no client may take it for a network fault."""


class Names:
    """Names and where they lead, for as long as a test runs.

    A name, or a (name, port), leads to an address, a list of addresses, an (address, port), something with `.host` and `.port`,
    or an exception, which is raised. `asked` lists the names that were looked up.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._answers: dict[Any, Any] = {}

    def __setitem__(self, name: str | tuple[str, int], answer: Any) -> None:
        self._answers[name] = answer

    def clear(self) -> None:
        self.asked.clear()
        self._answers.clear()

    def look_up(self, host: Any, port: Any) -> list[tuple[str, Any]]:
        """The addresses, each with a port, that a name leads to."""
        name = _text(host).lower().rstrip(".")
        self.asked.append(name)
        answer = self._answers.get((name, port), self._answers.get(name))
        if answer is None and _ends_in(name, "localhost"):
            answer = "localhost"
        if answer is None and _ends_in(name, "invalid"):
            answer = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if answer is None:
            answer = _short_address(name)
        if answer is None:
            raise LeftTheMachine(f"a lookup of {host!r}, port {port!r}; the fixture dns says where a name leads")
        if isinstance(answer, Exception):
            raise answer
        if hasattr(answer, "host"):
            return [(answer.host, answer.port)]
        if isinstance(answer, tuple):
            return [answer]
        return [(address, port) for address in ([answer] if isinstance(answer, str) else answer)]


def install(patch: pytest.MonkeyPatch, names: Names) -> None:
    """Put the guard in place."""
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_getaddrinfo(socket.getaddrinfo, names))
    for name in ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        patch.setattr(socket, name, _guarded_gethostby(getattr(socket, name), names))


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, *arguments: Any) -> Any:
        # The address comes last: connect(address), sendto(data, [flags,] address).
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(arguments[-1][0]):
            raise LeftTheMachine(f"a connection to {arguments[-1]!r}")
        return original(self, *arguments)

    return connect


def _short_address(name: str) -> str | None:
    """The address that the system takes a name such as 127.1 for, without asking anybody."""
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return None


def _guarded_getaddrinfo(original: Any, names: Names) -> Any:
    def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        if host is None or _literal(host):
            return original(host, port, family, type, proto, flags)
        found = []
        for address, its_port in names.look_up(host, port):
            if address == "localhost" or family in (0, socket.AF_INET6 if ":" in address else socket.AF_INET):
                found += original(address, its_port, family, type, proto, flags)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    return getaddrinfo


def _guarded_gethostby(original: Any, names: Names) -> Any:
    def gethostby(host: Any) -> Any:
        if not _literal(host):
            host = names.look_up(host, None)[0][0]
        elif not _is_loopback(host):
            raise LeftTheMachine(f"a lookup of {host!r}")
        return original(host)

    return gethostby


def _is_loopback(host: Any) -> bool:
    address = _literal(host)
    if address is None:
        return _ends_in(_text(host).lower(), "localhost")
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _literal(host: Any) -> Any:
    try:
        return ipaddress.ip_address(_text(host).partition("%")[0])
    except ValueError:
        return None


def _ends_in(name: str, domain: str) -> bool:
    return name == domain or name.endswith("." + domain)


def _text(host: str | bytes) -> str:
    return host if isinstance(host, str) else bytes(host).decode("ascii")
