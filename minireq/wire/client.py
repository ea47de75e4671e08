"""The main loop of the wire: a request along a route becomes a response whose body has not been read.

Two things may make it begin again. The caller's policy (`Retry`) may allow another try after a failure. And, without being asked:
a connection from the pool may have died while it lay there. When it turns out so before any byte of a response has come, and
sending the request twice does no harm, another connection takes its place, once (RFC 9110, section 9.2.2; RFC 9112, section
9.3.1).
"""

from __future__ import annotations

import time

from . import errors
from .attempts import Attempts, waits_itself
from .limits import DEFAULT_LIMITS, Limits
from .network.dial import ANYHOW, Dialling
from .pool import Pool
from .response import RawResponse
from .retry import NO_RETRIES, Retry
from .switched import SwitchedResponse
from .timeouts import NO_TIMEOUTS, Timeouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .connection import Connection
    from .request import Request
    from .route import Route


_DRAINED = 64 * 1024  # so much of an answer that is not wanted is read, so that its connection serves the next try


class Client:
    """Sends requests, keeps connections. Safe to share between threads.

    `routes`, `per_route` and `block` are the pool's.
    """

    def __init__(
        self,
        routes: int = 10,
        per_route: int = 10,
        block: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        dialling: Dialling = ANYHOW,
    ) -> None:
        self._pool = Pool(routes, per_route, block, dialling)
        self._limits = limits

    def send(self, route: Route, request: Request, timeouts: Timeouts = NO_TIMEOUTS, retry: Retry = NO_RETRIES) -> RawResponse:
        """Send a request along a route and wait for the head of its response; try again as often as the policy says."""
        if timeouts.total is not None:
            timeouts = timeouts.begun()
        if retry is NO_RETRIES:
            return self._attempt(route, request, timeouts)
        attempts = Attempts(request, timeouts, retry)
        while True:
            try:
                raw = self._attempt(route, request, timeouts)
            except errors.WireError as error:
                pause = attempts.failed(error)
                attempts.waited = _wait(attempts.policy, pause)
                continue
            if not attempts.answered(raw):
                return raw
            try:
                pause = attempts.refused(raw)
            except errors.WireError:
                if not attempts.policy.raise_on_status:
                    return raw
                raw.close()
                raise
            raw.read_short(_DRAINED, 1.0)
            attempts.waited = _wait(attempts.policy, pause, raw)

    def _attempt(self, route: Route, request: Request, timeouts: Timeouts) -> RawResponse:
        """One try, on a connection that lives."""
        limits = request.limits or self._limits
        connection = self._pool.checkout(route, timeouts, limits)
        waits = timeouts.read if timeouts.total is None else timeouts.waits()
        try:
            connection.send(request, waits, limits)
            head = connection.read_head(waits)
        except errors.ConnectionLost as error:
            if not may_repeat(connection, request):
                error.unsent = connection.untouched
                self._pool.discard(connection)
                raise
            connection = self._pool.fresh(connection, timeouts, limits)
            try:
                connection.send(request, waits, limits)
                head = connection.read_head(waits)
            except BaseException:
                self._pool.discard(connection)
                raise
        except BaseException:
            # Whatever it was, KeyboardInterrupt included: nobody can know where in a message this connection is.
            self._pool.discard(connection)
            raise
        kind = SwitchedResponse if connection.exchange.switched else RawResponse
        return kind(head, connection, self._pool, waits, limits, request.target)

    def close(self) -> None:
        """Close every idle connection."""
        self._pool.close()


def _wait(policy: Retry, pause: float, raw: RawResponse | None = None) -> float:
    """Wait before the next try; how many seconds that was."""
    began = time.monotonic()
    if waits_itself(policy):
        policy.sleep(raw)
    elif pause > 0:
        time.sleep(pause)
    return time.monotonic() - began


def may_repeat(connection: Connection, request: Request) -> bool:
    """Whether a request that met a dead connection may be sent again on another one.

    Only where the connection had served before, so that it can have died meanwhile; where no byte of a response has come, for a
    server that has begun to answer has acted; and where the request does no harm twice, or never left.
    """
    if connection.cycles < 2 or not connection.unheard or not request.can_rewind:
        return False
    return request.is_idempotent or connection.untouched
