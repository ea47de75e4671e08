"""Hosts that are reached without a proxy: what the entries of no_proxy cover.

An entry is a host name, which covers itself and what is below it; an IP address; a network such as 10.0.0.0/8 or fd00::/8; or `*`,
which covers everything. Behind a colon there may be a port. A name never matches a part of a label, and an address matches by its
value, however it is written.
"""

from __future__ import annotations

import socket

from .exceptions import InvalidArgument


def is_listed(host: str, port: int | None, entries: str) -> bool:
    """Whether the comma-separated entries cover a host; those with a port only if it is the one that stands in the URL.

    >>> is_listed("api.example.org", 8080, "localhost, .example.org"), is_listed("badexample.org", None, "example.org")
    (True, False)
    >>> is_listed("10.1.2.3", None, "10.0.0.0/8"), is_listed("fd00::1", 8080, "[FD00::1]:8080")
    (True, True)
    """
    host = host.lower()
    address = _address(host)
    for entry in "".join(entries.split()).lower().split(","):
        if entry == "*":
            return True
        name, needed_port = _name_and_port(entry)
        if needed_port in (None, port) and _covers(name, host, address):
            return True
    return False


def is_ipv4_address(string_ip: str) -> bool:
    """Whether this is an IPv4 address, in any form that the system's resolver takes for one.

    >>> is_ipv4_address("127.0.0.1"), is_ipv4_address("localhost")
    (True, False)
    """
    return _ipv4(string_ip) is not None


def is_valid_cidr(string_network: str) -> bool:
    """Whether this is an IPv4 network with a prefix of 1 to 32 bits.

    >>> is_valid_cidr("192.168.1.0/24"), is_valid_cidr("192.168.1.0")
    (True, False)
    """
    address, _, prefix = string_network.partition("/")
    return 1 <= _bits(prefix) <= 32 and is_ipv4_address(address)


def address_in_network(ip: str, net: str) -> bool:
    """Whether an IPv4 address is in a network; no if one of them is none.

    >>> address_in_network("192.168.1.1", "192.168.1.0/24"), address_in_network("192.168.1.1", "192.168.100.0/24")
    (True, False)
    """
    network, _, prefix = net.partition("/")
    return _is_in(_ipv4(ip), _ipv4(network), _bits(prefix))


def dotted_netmask(mask: int) -> str:
    """The mask of an IPv4 prefix; `InvalidArgument`, which is a ValueError, if it is not one of 0 to 32 bits.

    >>> dotted_netmask(24)
    '255.255.255.0'
    """
    if not 0 <= mask <= 32:
        raise InvalidArgument(f"an IPv4 prefix has 0 to 32 bits, not {mask!r}")
    return socket.inet_ntoa((0xFFFFFFFF << (32 - mask) & 0xFFFFFFFF).to_bytes(4, "big"))


def _name_and_port(entry: str) -> tuple[str, int | None]:
    name, colon, port = entry.rpartition(":")
    if colon and port.isascii() and port.isdigit() and len(port) <= 5 and (":" not in name or name.endswith("]")):
        return name.strip("[]"), int(port)
    return entry.strip("[]"), None


def _covers(name: str, host: str, address: bytes | None) -> bool:
    if address is None:
        name = name.lstrip(".")
        return bool(name) and (host == name or host.endswith("." + name))
    network, slash, prefix = name.partition("/")
    if not slash:
        return _address(name) == address
    bits = _bits(prefix)
    return bits > 0 and _is_in(address, _address(network), bits)  # 0.0.0.0/0 never was an entry; `*` says the same


def _is_in(address: bytes | None, network: bytes | None, bits: int) -> bool:
    if address is None or network is None or len(address) != len(network) or not 0 <= bits <= 8 * len(address):
        return False
    rest = 8 * len(address) - bits
    return int.from_bytes(address, "big") >> rest == int.from_bytes(network, "big") >> rest


def _bits(prefix: str) -> int:
    """The number that a prefix says, -1 if it is none."""
    return int(prefix) if prefix.isascii() and prefix.isdigit() and len(prefix) <= 3 else -1


def _address(text: str) -> bytes | None:
    return _ipv6(text) if ":" in text else _ipv4(text)


def _ipv4(text: str) -> bytes | None:
    try:
        return socket.inet_aton(text)
    except (OSError, ValueError):
        return None


def _ipv6(text: str) -> bytes | None:
    try:
        return socket.inet_pton(socket.AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return None
