"""Idle connections by route, and how many there may be.

The most recently used connection of a route is taken first: it is the likeliest to live, and the others grow old enough to be
closed. The route unused for longest gives way when there are too many. A process that is forked begins with no connection: what
was idle or lent then is its parent's.

There is no lock. Each step is a single operation on a dictionary, a deque or a queue, which no thread sees half done, with a
global lock in the interpreter or without; and between two steps anything may happen: other threads, the garbage collector, an
interrupt. Who puts a connection in looks afterwards whether its stack has been retired; who retires a stack empties it
afterwards. So none is left behind, whoever came first, and one that an interrupt drops on its way is simply collected.
"""

from __future__ import annotations

import os
from collections import deque
from time import monotonic
from weakref import WeakSet

from .connect import connect
from .connection import Connection
from .limits import DEFAULT_LIMITS, Limits
from .network.dial import ANYHOW, Dialling
from .protocol.exchange import DONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import SimpleQueue

    from .connection import Turn
    from .route import Route
    from .timeouts import Deadline, Timeouts

    _Key = frozenset[object]
    _Turns = SimpleQueue[None]


_ROUTES_WITH_TURNS = 1000
_pools: WeakSet[Pool] = WeakSet()


def _begin_anew() -> None:
    for pool in _pools:
        pool._begin_anew()


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
        self._idle: dict[_Key, _Stack] = {}
        self._routes = max(routes, 1)
        self._per_route = per_route
        self._block = block
        self._dialling = dialling
        self._process = os.getpid()
        self._turns: dict[_Key, _Turns] = {}  # with `block`: those that are free
        self._closed = False  # until the next checkout: connections that come back meanwhile are not kept
        _pools.add(self)

    def _begin_anew(self) -> None:
        """In a forked process: it has nothing yet. Its parent's connections do not notice that they are closed here."""
        self._process = os.getpid()
        self._turns = {}
        self.close()
        self._closed = False

    def checkout(self, route: Route, timeouts: Timeouts, limits: Limits = DEFAULT_LIMITS) -> Connection:
        """An idle connection that is alive, or a new one; `discard` or `give_back` must follow.

        The limits are for what a proxy says before it connects us.
        """
        turn = self._wait_for_turn(route, timeouts.deadline_of("pool")) if self._block else None
        self._closed = False
        connection = None
        try:
            stack = self._idle.get(route.key)
            while stack:
                try:
                    connection = stack.pop()
                except IndexError:
                    break  # another thread was faster
                # What arrives on an idle connection is either its end or an answer to nobody's question.
                if not connection.stream.has_news():
                    connection.turn = turn
                    return connection
                connection.close()
        except BaseException:
            if connection is not None:
                connection.close()
            if turn is not None:
                turn.end()
            raise
        return self._open(route, timeouts, limits, turn)

    def fresh(self, dead: Connection, timeouts: Timeouts, limits: Limits = DEFAULT_LIMITS) -> Connection:
        """A new connection in place of one that `checkout` gave and that turned out dead."""
        turn, dead.turn = dead.turn, None
        dead.close()
        return self._open(dead.route, timeouts, limits, turn)

    def _open(self, route: Route, timeouts: Timeouts, limits: Limits, turn: Turn | None) -> Connection:
        try:
            stream = connect(route, timeouts.deadline_of("connect"), limits, self._dialling)
        except BaseException:
            if turn is not None:
                turn.end()
            raise
        connection = Connection(stream, route)
        connection.turn = turn
        return connection

    def give_back(self, connection: Connection) -> None:
        """Take a connection back: to keep if its response has ended well and it may live, else to close it."""
        exchange = connection.exchange
        if exchange.state is not DONE or exchange.verdict is not None or connection.process != self._process:
            connection.close()
            return
        exchange.next_cycle()
        key = connection.route.key
        turn, connection.turn = connection.turn, None
        stack = self._idle.get(key)
        if stack is None:
            stack = self._idle.setdefault(key, _Stack())
            stack.used = monotonic()
            if len(self._idle) > self._routes:
                self._make_room()
        stack.used = monotonic()
        stack.append(connection)
        if len(stack) > self._per_route:
            stack.close_oldest()
        if self._closed or stack.retired:
            stack.retire()
        if turn is not None:
            turn.end()

    def _make_room(self) -> None:
        """Retire the routes unused for longest."""
        by_age = sorted(self._idle.copy().items(), key=lambda item: item[1].used)
        for key, stack in by_age[: -self._routes]:
            self._idle.pop(key, None)
            stack.retire()

    def discard(self, connection: Connection) -> None:
        """Close a connection that `checkout` gave."""
        connection.close()

    def close(self) -> None:
        """Close every idle connection. The pool can be used again afterwards, as requests' sessions can."""
        self._closed = True
        while self._idle:
            try:
                _, stack = self._idle.popitem()
            except KeyError:
                break  # another thread was faster
            stack.retire()

    __del__ = close  # a session that is dropped leaves nothing open, and nothing to be warned about

    def _wait_for_turn(self, route: Route, deadline: Deadline) -> _Turn:
        """With `block`: the right to have a connection."""
        from queue import Empty

        while True:
            turns = self._turns.get(route.key) or self._new_turns(route)
            turn = _Turn(turns)
            try:
                turn.take(None if deadline.seconds is None else max(deadline.left(), 0.0))
            except Empty:
                raise deadline.passed(f"waiting for a free connection to {route}: all {self._per_route} are in use") from None
            if self._turns.get(route.key) is turns:
                return turn
            turn.end()  # these turns have been forgotten meanwhile

    def _new_turns(self, route: Route) -> _Turns:
        from queue import SimpleQueue

        if len(self._turns) >= _ROUTES_WITH_TURNS:
            self._forget_turns()
        turns: _Turns = SimpleQueue()
        for _ in range(self._per_route):
            turns.put(None)
        return self._turns.setdefault(route.key, turns)

    def _forget_turns(self) -> None:
        """Forget the routes nobody has a connection of: those whose turns can all be taken at once."""
        for key, turns in self._turns.copy().items():
            taken = _take_all(turns)
            if taken == self._per_route and self._turns.get(key) is turns:
                del self._turns[key]
            for _ in range(taken):
                turns.put(None)  # who waits here, now, looks for the new ones

    def idle_count(self) -> int:
        """How many connections are idle now."""
        return sum(map(len, self._idle.copy().values()))


class _Stack(deque[Connection]):
    """The idle connections of a route, the one used last on the right."""

    used = 0.0
    retired = False

    def retire(self) -> None:
        """Close all of them, and those that are still put here by somebody who does not know yet."""
        self.retired = True
        while self:
            self.close_oldest()

    def close_oldest(self) -> None:
        try:
            connection = self.popleft()
        except IndexError:
            return  # another thread was faster
        connection.close()


class _Turn:
    """The right to have a connection, from its taking until it is ended, or until whoever has it is gone."""

    __slots__ = ("_taken", "_turns")

    def __init__(self, turns: _Turns) -> None:
        self._turns = turns
        self._taken: list[None] = []

    def take(self, timeout: float | None) -> None:
        # In one step: no interrupt can come between taking it and having it.
        self._taken.extend(map(self._turns.get, (True,), (timeout,)))

    def end(self) -> None:
        if getattr(self, "_taken", None):
            self._turns.put(self._taken.pop())  # never waits, and may be called by the garbage collector

    __del__ = end


def _take_all(turns: _Turns) -> int:
    from queue import Empty

    taken = 0
    try:
        while True:
            turns.get_nowait()
            taken += 1
    except Empty:
        return taken
