"""The main loop of the wire: a request along a route becomes a response whose body has not been read.

A connection from the pool may have died while it lay there. When it turns out so before any byte of a response has come, and
sending the request twice does no harm, another connection takes its place, once (RFC 9110, section 9.2.2; RFC 9112, section
9.3.1).
"""

from __future__ import annotations

from . import errors
from .limits import DEFAULT_LIMITS, Limits
from .pool import Pool
from .response import RawResponse
from .timeouts import NO_TIMEOUTS, Timeouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .connection import Connection
    from .protocol.head import ResponseHead
    from .request import Request
    from .route import Route


class Client:
    """Sends requests, keeps connections. Safe to share between threads.

    `routes`, `per_route` and `block` are the pool's.
    """

    def __init__(self, routes: int = 10, per_route: int = 10, block: bool = False, limits: Limits = DEFAULT_LIMITS) -> None:
        self._pool = Pool(routes, per_route, block, limits)
        self._limits = limits

    def send(self, route: Route, request: Request, timeouts: Timeouts = NO_TIMEOUTS, retries: int = 0) -> RawResponse:
        """Send a request along a route and wait for the head of its response.

        A connection that cannot be made is tried again `retries` times: nothing has been sent then.
        """
        connection = self._checkout(route, timeouts, retries)
        try:
            head = _converse(connection, request, timeouts)
        except errors.ConnectionLost:
            if not may_repeat(connection, request):
                self._pool.discard(connection)
                raise
            connection.close()
            connection = self._pool.fresh(route, timeouts.connect)
            try:
                head = _converse(connection, request, timeouts)
            except BaseException:
                self._pool.discard(connection)
                raise
        except BaseException:
            # Whatever it was, KeyboardInterrupt included: nobody can know where in a message this connection is.
            self._pool.discard(connection)
            raise
        return RawResponse(head, connection, self._pool, timeouts.read, self._limits)

    def _checkout(self, route: Route, timeouts: Timeouts, retries: int) -> Connection:
        while True:
            try:
                return self._pool.checkout(route, timeouts.connect)
            except (errors.ConnectFailed, errors.ConnectTimedOut):
                if not retries:
                    raise
                retries -= 1

    def close(self) -> None:
        """Close every idle connection."""
        self._pool.close()


def _converse(connection: Connection, request: Request, timeouts: Timeouts) -> ResponseHead:
    connection.send(request, timeouts.read)
    return connection.read_head(timeouts.read)


def may_repeat(connection: Connection, request: Request) -> bool:
    """Whether a request that met a dead connection may be sent again on another one.

    Only where the connection had served before, so that it can have died meanwhile; where no byte of a response has come, for a
    server that has begun to answer has acted; and where the request does no harm twice, or never left.
    """
    if connection.cycles < 2 or not connection.unheard or not request.can_rewind:
        return False
    return request.is_idempotent or connection.untouched
