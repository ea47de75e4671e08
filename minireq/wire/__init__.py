"""HTTP/1.1 between a program and its servers; complete in itself, and copied out of the package it still works.

    client.py       one call: a request along a route becomes a response, on a connection that lives
    attempts.py     what was tried for it, and whether to try again, by the policy of retry.py
    pool.py         idle connections by route              response.py    one body, unread
                                                           switched.py    a connection that is no longer HTTP
    connect.py      a route becomes a stream               connection.py  one connection: a stream and an exchange
    route.py        the way to a server, a value           request.py     what is asked, a value
    protocol/       bytes in, values out                   network/       sockets, no HTTP
    errors.py, limits.py, timeouts.py                      the ground floor

>>> client = Client()
>>> client.close()
"""

from __future__ import annotations

from .client import Client
from .errors import WireError
from .limits import Limits
from .network.dial import Dialling
from .network.stream import FilePart
from .network.tls import TLSSettings
from .protocol.chunked import last_chunk
from .protocol.coding import accepted
from .protocol.fields import SECRET_FIELDS, Fields
from .request import Request
from .response import RawResponse
from .retry import NO_RETRIES, Attempt, Retry
from .route import Proxy, Route
from .switched import SwitchedResponse
from .timeouts import EXPECT_PATIENCE, Timeouts

__all__ = [
    "EXPECT_PATIENCE",
    "NO_RETRIES",
    "SECRET_FIELDS",
    "Attempt",
    "Client",
    "Dialling",
    "Fields",
    "FilePart",
    "Limits",
    "Proxy",
    "RawResponse",
    "Request",
    "Retry",
    "Route",
    "SwitchedResponse",
    "TLSSettings",
    "Timeouts",
    "WireError",
    "accepted",
    "last_chunk",
]
