"""A host and a port to a connected socket: all its addresses, raced, under one deadline (RFC 8305).

Families are interleaved, attempts start a quarter of a second apart or as soon as one fails, and the first to be connected wins:
an address that does not answer costs 250 ms instead of the whole timeout. `Race` decides, `dial` waits. With a single
address, the ordinary case, there is no race.
"""

from __future__ import annotations

import _socket
import errno
import os
import selectors
import socket
import time
from collections import namedtuple
from functools import partial

from .. import errors
from .aside import in_time
from .stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NamedTuple

    from ..timeouts import Deadline

    Address = tuple[int, int, int, str, Any]

    class Dialling(NamedTuple):
        """How to dial, as a type checker sees it."""

        source_address: tuple[str, int] | None = None
        socket_options: tuple[tuple[int, int, int | bytes], ...] | None = None
        resolve: Callable[[str, int], Any] | Mapping[tuple[str, int], Any] | None = None

else:

    class Dialling(namedtuple("Dialling", "source_address socket_options resolve", defaults=(None, None, None))):
        """From which address of ours to dial, and which options, (level, name, value), to set on the socket before.

        `resolve(host, port)` takes the place of the system's resolver: it returns a literal address or several, and is asked about
        hosts that are literal addresses too. A mapping says the same of those (host, port) that are in it.

        >>> Dialling(source_address=("127.0.0.2", 0)).socket_options is None
        True
        """

        __slots__ = ()


ANYHOW = Dialling()
ATTEMPT_DELAY = 0.25  # seconds; RFC 8305, section 5


def dial(host: str, port: int, deadline: Deadline, dialling: Dialling = ANYHOW) -> Stream:
    """A stream to the first of the host's addresses that answers.

    `host` is a name or a literal address, without brackets. Raises `NameLookupFailed`, `ConnectFailed` or `ConnectTimedOut`,
    each naming the host and every address that was tried.
    """
    addresses = addresses_of(host, port, deadline, dialling)
    deadline.phase = "connect"
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if len(addresses) == 1:
        return Stream(_connect(addresses[0], where, deadline, dialling))
    return Stream(_race(interleaved(addresses), where, deadline, dialling))


def dial_unix(path: str, deadline: Deadline) -> Stream:
    """A stream to the Unix socket at a path; one that begins with a NUL is in Linux's abstract namespace."""
    where = f"the Unix socket {path!r}"
    if not hasattr(socket, "AF_UNIX"):
        raise errors.ConnectFailed(f"no connection to {where}: this Python has no Unix sockets")
    address: Address = (socket.AF_UNIX, socket.SOCK_STREAM, 0, "", path)
    try:
        made = _open(address, deadline.remaining(), ANYHOW)
        try:
            made.connect(path)
        except BaseException:
            made.close()
            raise
    except (OSError, ValueError) as error:  # a ValueError for a name that no file can have
        if isinstance(error, socket.timeout) and error.errno is None:
            raise deadline.passed(f"connecting to {where}") from error
        raise errors.ConnectFailed(f"no connection to {where}: {error}") from error
    return Stream(made)


def addresses_of(host: str, port: int, deadline: Deadline, dialling: Dialling) -> Sequence[Address]:
    """The addresses of a host: those that the caller's `resolve` says, else the system's."""
    resolve = dialling.resolve
    if resolve is None:
        return look_up(host, port, deadline)
    try:
        said = resolve(host, port) if callable(resolve) else resolve.get((host, port), resolve)
    except Exception as error:
        raise errors.NameLookupFailed(f"no connection to {host}:{port}: resolve said {error!r}") from error
    if said is resolve:
        return look_up(host, port, deadline)
    try:
        addresses = [address for each in ([said] if isinstance(said, str) else said) for address in _literally(str(each), port)]
    except (TypeError, ValueError, OSError) as error:
        raise errors.LocalProtocolError(
            f"resolve gave no IP addresses for {host!r} but {said!r:.60}: {error}", "address"
        ) from error
    if not addresses:
        raise errors.NameLookupFailed(f"no connection to {host}:{port}: resolve gave no address")
    return addresses


def _literally(address: str, port: int) -> Sequence[Address]:
    if literal_address(address) is None:  # the system would take "5" for one
        raise ValueError(f"{address!r} is none")
    return socket.getaddrinfo(address, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)


def look_up(host: str, port: int, deadline: Deadline) -> Sequence[Address]:
    """The addresses of a host, as `socket.getaddrinfo` gives them; `NameLookupFailed` when there are none.

    `getaddrinfo` takes as long as it likes. So where there is a deadline a thread asks it, which is left behind if need be.
    """
    deadline.phase = "lookup"
    try:
        function, name = _asking(host)
        ask = partial(function, name, port, 0, socket.SOCK_STREAM)
        if deadline.seconds is None or literal_address(host) is not None:
            addresses = ask()
        else:
            addresses = in_time(ask, deadline, f"looking up the name {host!r}")
    except (OSError, UnicodeError) as error:
        raise errors.NameLookupFailed(f"the name {host!r} could not be resolved: {error}") from error
    if not addresses:
        raise errors.NameLookupFailed(f"the name {host!r} has no address")
    return addresses


def _asking(host: str) -> tuple[Callable[..., Sequence[Address]], str | bytes]:
    """What to ask for the addresses of a name, and the name, which is ASCII, as it is asked.

    It is what `socket.getaddrinfo` asks, which would make enumerations of all numbers; and the name goes as bytes, since for one
    that is text Python loads its tables of Unicode, a megabyte. Who has put a function of his own into its place is asked himself.
    """
    if getattr(socket.getaddrinfo, "__globals__", None) is vars(socket):
        return _socket.getaddrinfo, host.encode("ascii")
    return socket.getaddrinfo, host


def literal_address(host: str) -> bytes | None:
    """The bytes of a literal address, 4 or 16 of them; None for a name.

    >>> literal_address("127.0.0.1"), literal_address("localhost")
    (b'\\x7f\\x00\\x00\\x01', None)
    """
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return socket.inet_pton(family, host.partition("%")[0])
        except (OSError, ValueError):  # a NUL, a lone surrogate
            pass
    return None


def interleaved(addresses: Sequence[Address]) -> list[Address]:
    """The addresses with their families in turn, in the order the resolver prefers (RFC 8305, section 4).

    >>> [address[4] for address in interleaved([(6, 1, 6, "", "a"), (6, 1, 6, "", "b"), (4, 1, 6, "", "c")])]
    ['a', 'c', 'b']
    """
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    turns = max(map(len, families.values()))
    return [family[turn] for turn in range(turns) for family in families.values() if turn < len(family)]


def _connect(address: Address, where: str, deadline: Deadline, dialling: Dialling) -> socket.socket:
    """A socket connected to the one address there is."""
    try:
        made = _open(address, deadline.remaining(), dialling)
        try:
            made.connect(address[4])
        except BaseException:
            made.close()
            raise
        return made
    except OSError as error:
        if isinstance(error, socket.timeout) and error.errno is None:  # with a number it is the system that gave up
            raise deadline.passed(f"connecting to {where} ({address[4][0]}: no answer)") from error
        raise errors.ConnectFailed(f"no connection to {where}: {address[4][0]}: {error}") from error
    except errors.ConnectTimedOut as late:  # the time went by while the name was looked up
        raise deadline.passed(f"connecting to {where}") from late


def _open(address: Address, timeout: float | None, dialling: Dialling) -> socket.socket:
    made = socket.socket(*address[:3])
    try:
        # Small writes go out at once; without this a TLS 1.2 resumption waits 40 ms for a delayed acknowledgement.
        if address[0] in (socket.AF_INET, getattr(socket, "AF_INET6", None)):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option in dialling.socket_options or ():
            made.setsockopt(*option)
        if dialling.source_address is not None:
            made.bind(dialling.source_address)
        made.settimeout(timeout)
    except BaseException:
        made.close()
        raise
    return made


class Race:
    """Which attempt to start, and how long to wait: the decisions of RFC 8305, section 5, without a clock or a socket.

    >>> race = Race(["a", "b"])
    >>> race.next_start(now=0), race.wait(now=0), race.next_start(now=0.1), race.next_start(now=0.25)
    ('a', 0.25, None, 'b')
    """

    def __init__(self, addresses: Sequence[Any]) -> None:
        self._waiting = list(addresses)
        self._start_at = float("-inf")

    def next_start(self, now: float) -> Any:
        """The next address if its time has come, else None."""
        if not self._waiting or now < self._start_at:
            return None
        self._start_at = now + ATTEMPT_DELAY
        return self._waiting.pop(0)

    def failed(self) -> None:
        """An attempt failed: the next one need not wait."""
        self._start_at = float("-inf")

    def wait(self, now: float) -> float | None:
        """Seconds until the next start; None when there is none to come."""
        return max(0.0, self._start_at - now) if self._waiting else None


# epoll and kqueue take a descriptor for themselves, which may be the one that is wanting, and pay off with thousands of sockets.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


def _race(addresses: Sequence[Address], where: str, deadline: Deadline, dialling: Dialling) -> socket.socket:
    """The first socket that is connected; all others are closed."""
    race = Race(addresses)
    failures: list[str] = []
    with _Selector() as selector:
        try:
            while True:
                while (address := race.next_start(time.monotonic())) is not None:
                    known = len(failures)
                    winner = _begin(address, dialling, selector, failures)
                    if winner is not None:
                        return winner
                    if len(failures) > known:
                        race.failed()
                if not selector.get_map() and race.wait(time.monotonic()) is None:
                    raise errors.ConnectFailed(f"no connection to {where}: " + "; ".join(failures))
                for key, _ in selector.select(_sooner(race.wait(time.monotonic()), deadline.remaining())):
                    winner = _finish(key, selector, failures)
                    if winner is not None:
                        return winner
                    race.failed()
        except errors.ConnectTimedOut as late:
            tried = [f"{key.data[4][0]}: no answer" for key in selector.get_map().values()]
            raise deadline.passed(f"connecting to {where} ({'; '.join(failures + tried)})") from late
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()


def _begin(address: Address, dialling: Dialling, selector: selectors.BaseSelector, failures: list[str]) -> socket.socket | None:
    """Start an attempt; the socket if it is connected already."""
    made: socket.socket | None = None
    try:
        made = _open(address, 0.0, dialling)
        code = made.connect_ex(address[4])
        if code == 0:
            return made
        if code not in (errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS)):
            raise OSError(code, os.strerror(code))
        selector.register(made, selectors.EVENT_WRITE, address)
    except OSError as error:
        failures.append(f"{address[4][0]}: {error}")
        if made is not None:
            made.close()
    except BaseException:
        if made is not None:
            made.close()
        raise
    return None


def _finish(key: selectors.SelectorKey, selector: selectors.BaseSelector, failures: list[str]) -> socket.socket | None:
    """An attempt has come to something: the socket, or None and one failure more."""
    made: socket.socket = key.fileobj  # type: ignore[assignment]
    code = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    selector.unregister(made)
    if code == 0:
        return made
    made.close()
    failures.append(f"{key.data[4][0]}: {OSError(code, os.strerror(code))}")
    return None


def _sooner(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
