"""CONNECT: asking an HTTP proxy for a tunnel (RFC 9110, section 9.3.6).

Conversations: each generator yields what to send and is sent what arrived, so it reads from top to bottom and knows no socket.
"""

from __future__ import annotations

from .. import errors
from ..limits import DEFAULT_LIMITS, Limits
from .fields import Fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from .exchange import Exchange
    from .head import ResponseHead

_REFUSAL = 64 * 1024  # bytes of a refusal that are kept


def open_tunnel(
    exchange: Exchange, authority: str, fields: Fields, limits: Limits = DEFAULT_LIMITS
) -> Generator[bytes, bytes, ResponseHead]:
    """Ask for a tunnel to `authority` (host:port, with brackets around an IPv6 address); returns the head of the proxy's answer.

    The request has a Host and the given fields: what the proxy should know, and nothing that is meant for the server. Only 2xx
    opens a tunnel; whatever length its answer claims is ignored.

    >>> from minireq.wire.protocol.exchange import Exchange
    >>> conversation = open_tunnel(Exchange(), "example.org:443", Fields())
    >>> next(conversation)
    b'CONNECT example.org:443 HTTP/1.1\\r\\nHost: example.org:443\\r\\n\\r\\n'
    """
    wanted = Fields([("Host", authority)])
    wanted.extend(fields)
    arrived = yield exchange.start("CONNECT", authority, wanted, limits=limits)
    exchange.finish()
    while True:
        exchange.feed(arrived)
        head = exchange.next_head()
        if head is not None:
            break
        arrived = yield b""
    if 200 <= head.status < 300 and exchange.passthrough() == 0:
        raise errors.ProxyFailed(f"the proxy sent bytes of its own into the tunnel to {authority}")
    return head


def hear_refusal(exchange: Exchange, body: bytearray) -> Generator[bytes, bytes, None]:
    """Hear the rest of an answer that opens no tunnel, its body, as far as it is not too long."""
    while len(body) < _REFUSAL:
        data = exchange.next_data(_REFUSAL - len(body))
        if data is None:
            exchange.feed((yield b""))
        elif data:
            body += data
        else:
            return
