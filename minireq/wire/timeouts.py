"""How long each step may take.

`Timeouts` is what the caller says, in seconds, None for no limit. When something begins it becomes points in time: a `Deadline`
that several steps share (making a connection, which may try many addresses, ask a proxy and shake hands; or a whole call), and a
`Patience`, for each wait of an exchange. An exchange that has a read timeout alone knows neither: there a wait is just a number.
"""

from __future__ import annotations

import time
from collections import namedtuple

from . import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple, Union

    class _Pair(NamedTuple):
        """What requests has too, as a type checker sees it."""

        connect: float | None = None
        read: float | None = None

    Wait = Union["Patience", float, None]  # what a wait is given

else:
    _Pair = namedtuple("_Pair", "connect read")


class Timeouts(_Pair):
    """How long a call may take, in seconds; None: no limit.

    `connect` is for a new connection: name lookup, all addresses, proxy and TLS. `read` is for each wait while the request is sent
    and the response received. `total` is for everything together, from the call to the last byte of the body: waits, redirects and
    retries, and what the caller does in between. `pool` is for waiting until a connection is free, where their number is limited.

    >>> import minireq
    >>> minireq.get("https://example.org/json", timeout=minireq.Timeouts(connect=3.05, total=30)).ok
    True

    It is a pair of `connect` and `read` that knows more, so that an adapter which was written for requests can take it.
    """

    total: float | None = None
    pool: float | None = None

    def __new__(
        cls, connect: float | None = None, read: float | None = None, total: float | None = None, pool: float | None = None
    ) -> Timeouts:
        """Four numbers, or as many as are wanted."""
        made = super().__new__(cls, connect, read)
        if total is not None or pool is not None:
            made.__dict__.update(total=total, pool=pool)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"Timeouts do not change: {name} is what it was made with")

    def _values(self) -> tuple[float | None, ...]:
        return (*self, self.total, self.pool)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeouts) and self._values() == other._values()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return "Timeouts(connect={!r}, read={!r}, total={!r}, pool={!r})".format(*self._values())

    def begun(self) -> Timeouts:
        """These timeouts with the clock of `total` running, from now to the end of the call."""
        if self.total is None:
            return self
        running = Running(*self._values())
        running.__dict__["deadline"] = Deadline(self.total, "total")
        return running

    def deadline_of(self, phase: str) -> Deadline:
        """The deadline of "connect", "pool" or "total", if that begins now."""
        return Deadline(getattr(self, phase), phase)

    def waits(self) -> Wait:
        """What each wait of an exchange is given."""
        return self.read

    def left(self) -> float:
        """The seconds of `total` that are left, less than 0 when they are over."""
        return float("inf")


class Running(Timeouts):
    """The timeouts of a call that has begun. It goes wherever the call goes: to the next hop, the next try, the hooks, the body."""

    deadline: Deadline

    def begun(self) -> Timeouts:
        """They are."""
        return self

    def deadline_of(self, phase: str) -> Deadline:
        """The same, and never beyond the call's."""
        return Deadline(getattr(self, phase), phase, self.deadline)

    def waits(self) -> Wait:
        """The same, and never beyond the call's deadline."""
        return Patience(self.read, self.deadline)

    def left(self) -> float:
        """The seconds of `total` that are left."""
        return self.deadline.left()


NO_TIMEOUTS = Timeouts()

# From its first byte on, a head has this many read timeouts to arrive whole: a server that sends a byte now and then keeps no
# caller waiting for hours.
HEAD_PATIENCE = 10

# Seconds that a body waits to be asked for, with Expect: 100-continue, before it is sent all the same. curl's number, too.
EXPECT_PATIENCE = 1.0
# What is raised when the time runs out in a phase; in any other one, no connection was made.
_ERRORS: dict[str, tuple[type[errors.TimedOut], str]] = {
    **dict.fromkeys(("send", "head", "body"), (errors.ReadTimedOut, "Read")),
    "pool": (errors.PoolTimedOut, "Connection"),
    "backoff": (errors.TimedOut, "Request"),
}


class Deadline:
    """A point in time, or never: so many seconds from now, or that of `within`, if that comes sooner.

    `phase` is what the time is being used for; those who use it change that as they go on.

    >>> Deadline(None).remaining() is None
    True
    """

    __slots__ = ("_at", "_began", "limit", "phase", "seconds")

    def __init__(self, seconds: float | None, limit: str = "connect", within: Deadline | None = None) -> None:
        self.phase = self.limit = limit
        self.seconds = seconds
        self._began = time.monotonic()
        self._at = float("inf") if seconds is None else self._began + seconds
        if within is not None and within._at < self._at:
            self.limit, self.seconds, self._began, self._at = within.limit, within.seconds, within._began, within._at

    def left(self) -> float:
        """The seconds that are left, less than 0 when it has passed."""
        return self._at - time.monotonic()

    def remaining(self, doing: str = "connecting", phase: str | None = None) -> float | None:
        """The seconds that are left, None for no limit; `TimedOut` when there are none."""
        if self.seconds is None:
            return None
        left = self.left()
        if left <= 0:
            raise self.passed(doing, phase)
        return left

    def passed(self, doing: str = "connecting", phase: str | None = None) -> errors.TimedOut:
        """The error that says so, by the phase in which it passed."""
        phase = phase or self.phase
        kind, what = _ERRORS.get(phase, (errors.ConnectTimedOut, "Connection"))
        message = f"{what} timed out while {doing} ({self.limit} timeout={self.seconds:g})"
        return kind(message, phase, self.seconds, time.monotonic() - self._began)


class Patience:
    """What a wait of an exchange may take: `each` seconds, and never beyond a deadline.

    >>> Patience(5, Deadline(60, "total")).seconds("waiting", "head")
    5
    """

    __slots__ = ("deadline", "each")

    def __init__(self, each: float | None, deadline: Deadline) -> None:
        self.each = each
        self.deadline = deadline

    def seconds(self, doing: str, phase: str) -> float:
        """The seconds of a wait that begins now."""
        left: float = self.deadline.remaining(doing, phase)  # type: ignore[assignment]  # there is one
        return left if self.each is None or left < self.each else self.each


def seconds_of(wait: Wait, doing: str, phase: str) -> float | None:
    """The seconds of a wait that begins now, None for no limit; `TimedOut` where the time of the call is over."""
    return wait.seconds(doing, phase) if isinstance(wait, Patience) else wait


def each_of(wait: Wait) -> float | None:
    """The seconds of every such wait, whatever else may end it."""
    return wait.each if isinstance(wait, Patience) else wait
