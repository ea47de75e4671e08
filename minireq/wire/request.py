"""A request as the wire takes it: what goes into its head, and its body."""

from __future__ import annotations

from .protocol.fields import NO_FIELDS, Fields
from .timeouts import EXPECT_PATIENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .limits import Limits
    from .network.stream import FilePart

# Methods that do no more when asked twice than when asked once (RFC 9110, section 9.2.2).
IDEMPOTENT = frozenset(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"])


class Request:
    """Method, target and fields, which go out as they are once they have been checked, and a body.

    `body` is None, bytes, or an iterable of bytes and of parts of files; `length` its size in bytes, None for chunked. With
    Expect: 100-continue the body waits to be asked for, `patience` seconds at most. `listener` is called with the status and the
    fields of each interim response as it arrives. `trailers`, for a chunked body, is called when it has been sent, and gives the
    fields that follow it. `limits` are for this request's answer alone, None for the client's.

    >>> Request("GET", "/", Fields([("Host", "example.org")]))
    <Request GET>
    """

    __slots__ = ("body", "fields", "length", "limits", "listener", "method", "patience", "target", "trailers")

    def __init__(
        self,
        method: str,
        target: str,
        fields: Fields,
        body: bytes | Iterable[bytes | FilePart] | None = None,
        length: int | None = 0,
        limits: Limits | None = None,
    ) -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.length = length
        self.limits = limits
        self.patience = EXPECT_PATIENCE
        self.listener: Callable[[int, Fields], Any] | None = None
        self.trailers: Callable[[], Fields] | None = None

    def fields_behind_the_body(self) -> Fields:
        """The trailers, when the body has been sent."""
        return NO_FIELDS if self.trailers is None else self.trailers()

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
