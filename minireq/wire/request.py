"""A request as the wire takes it: what goes into its head, and its body."""

from __future__ import annotations

from .protocol.fields import Fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .limits import Limits

# Methods that do no more when asked twice than when asked once (RFC 9110, section 9.2.2).
IDEMPOTENT = frozenset(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"])


class Request:
    """Method, target and fields, which go out as they are once they have been checked, and a body.

    `body` is None, bytes, or an iterable of bytes; `length` its size in bytes, None for chunked. `limits` are for this request's
    answer alone, None for the client's.

    >>> Request("GET", "/", Fields([("Host", "example.org")]))
    <Request GET>
    """

    __slots__ = ("body", "fields", "length", "limits", "method", "target")

    def __init__(
        self,
        method: str,
        target: str,
        fields: Fields,
        body: bytes | Iterable[bytes] | None = None,
        length: int | None = 0,
        limits: Limits | None = None,
    ) -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.length = length
        self.limits = limits

    @property
    def is_idempotent(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.method in IDEMPOTENT

    @property
    def can_rewind(self) -> bool:
        """Whether its body can be sent a second time: an iterator cannot be, anything that can be asked for one anew can."""
        return not hasattr(self.body, "__next__")

    def __repr__(self) -> str:
        return f"<Request {self.method}>"  # the target may hold secrets
