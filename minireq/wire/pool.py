"""Idle connections by route, and how many there may be.

The most recently used connection of a route is taken first: it is the likeliest to live, and the others grow old enough to be
closed. Under the lock only dictionaries change; dialling and closing happen outside it. Routes are kept in the order of their
last use, and the one unused for longest gives way when there are too many. A process that is forked begins with no connection:
what was idle or lent then is its parent's.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from weakref import WeakSet

from . import errors
from .connect import connect
from .connection import Connection
from .limits import DEFAULT_LIMITS, Limits
from .network.dial import ANYHOW, Dialling
from .protocol.exchange import DONE
from .timeouts import Deadline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .route import Route


_LOOK_AGAIN = 1.0  # seconds
_pools: WeakSet[Pool] = WeakSet()


def _begin_anew() -> None:
    for pool in _pools:
        pool._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


class Pool:
    """Connections that can serve again.

    `routes` is how many routes it keeps idle connections for, `per_route` how many for each. With `block`, there are never more
    than `per_route` connections of a route, idle or not: who asks for one more waits.
    """

    def __init__(
        self,
        routes: int = 10,
        per_route: int = 10,
        block: bool = False,
        dialling: Dialling = ANYHOW,
    ) -> None:
        self._routes = max(routes, 1)
        self._per_route = per_route
        self._block = block
        self._dialling = dialling
        self._idle: dict[Route, list[Connection]] = {}
        self._begin()
        _pools.add(self)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._freed = threading.Condition(self._lock)
        idle, self._idle = self._idle, {}
        self._lent: dict[Route, int] = {}  # only counted with `block`
        self._dropped: deque[Route] = deque()  # lent, and given up by the garbage collector
        self._closed = False  # until the next checkout: connections that come back meanwhile are not kept
        for stack in idle.values():  # in a forked process; its parent's connections do not notice
            for connection in stack:
                connection.close()

    def checkout(
        self,
        route: Route,
        connect_timeout: float | None,
        pool_timeout: float | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Connection:
        """An idle connection that is alive, or a new one; `close` or `give_back` must follow.

        The limits are for what a proxy says before it connects us.
        """
        if self._block:
            self._wait_for_turn(route, pool_timeout)
        connection = None
        try:
            while (connection := self._take(route)) is not None:
                # What arrives on an idle connection is either its end or an answer to nobody's question.
                if not connection.stream.has_news():
                    return connection
                connection.close()
            return self._open(route, connect_timeout, limits)
        except BaseException:
            if connection is not None:
                connection.close()
            self._returned(route)
            raise

    def fresh(self, route: Route, connect_timeout: float | None, limits: Limits = DEFAULT_LIMITS) -> Connection:
        """A new connection in place of one that `checkout` gave and that turned out dead."""
        try:
            return self._open(route, connect_timeout, limits)
        except BaseException:
            self._returned(route)
            raise

    def _open(self, route: Route, connect_timeout: float | None, limits: Limits) -> Connection:
        return Connection(connect(route, Deadline(connect_timeout), limits, self._dialling), route)

    def _take(self, route: Route) -> Connection | None:
        with self._lock:
            self._closed = False
            stack = self._idle.get(route)
            return stack.pop() if stack else None

    def give_back(self, connection: Connection) -> None:
        """Take a connection back: to keep if its response has ended well and it may live, else to close it."""
        exchange = connection.exchange
        surplus: Sequence[Connection] = (connection,)
        if exchange.state is DONE and exchange.verdict is None and connection.process == self._process:
            exchange.next_cycle()
            with self._lock:
                surplus = self._keep(connection)
        if self._block and connection.process == self._process:
            self._returned(connection.route)
        for unwanted in surplus:
            unwanted.close()

    def _keep(self, connection: Connection) -> Sequence[Connection]:
        """Put it with the idle ones; whatever is too many then is returned. Called under the lock."""
        if self._closed:
            return (connection,)
        route, surplus = connection.route, []
        stack = self._idle.pop(route, None)
        if stack is None:
            stack = []
            if len(self._idle) >= self._routes:
                surplus = self._idle.pop(next(iter(self._idle)))
        self._idle[route] = stack  # last in order now
        stack.append(connection)
        if len(stack) > self._per_route:
            surplus.append(stack.pop(0))
        return surplus

    def discard(self, connection: Connection) -> None:
        """Close a connection that `checkout` gave."""
        if self._block and connection.process == self._process:
            self._returned(connection.route)
        connection.close()

    def forget(self, connection: Connection) -> None:
        """Close a connection that was dropped together with its response.

        This is what the garbage collector calls, and it may run anywhere, in this thread and under our own lock even. So the lock
        is not taken: who waits for a turn looks again from time to time.
        """
        if self._block and connection.process == self._process:
            self._dropped.append(connection.route)
        connection.close()

    def close(self) -> None:
        """Close every idle connection. The pool can be used again afterwards, as requests' sessions can."""
        with self._lock:
            idle, self._idle = self._idle, {}
            self._closed = True
        for stack in idle.values():
            for connection in stack:
                connection.close()

    # Blocking pools.

    def _wait_for_turn(self, route: Route, timeout: float | None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._freed:
            while self._count(route) >= self._per_route:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise errors.PoolTimedOut(
                        f"no connection to {route} became free in {timeout:g} seconds: all {self._per_route} are in use",
                        "pool",
                        timeout,
                    )
                self._freed.wait(_LOOK_AGAIN if left is None else min(left, _LOOK_AGAIN))
            self._lent[route] = self._lent.get(route, 0) + 1

    def _count(self, route: Route) -> int:
        """How many of a route are lent. Called under the lock."""
        while self._dropped:
            self._uncount(self._dropped.popleft())
            self._freed.notify_all()
        return self._lent.get(route, 0)

    def _returned(self, route: Route) -> None:
        if not self._block:
            return
        with self._freed:
            self._uncount(route)
            self._freed.notify_all()

    def _uncount(self, route: Route) -> None:
        lent = self._lent.pop(route) - 1
        if lent:
            self._lent[route] = lent

    def idle_count(self) -> int:
        """How many connections are idle now."""
        with self._lock:
            return sum(map(len, self._idle.values()))
