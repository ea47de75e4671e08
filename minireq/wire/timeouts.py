"""How long each step may take.

`Timeouts` is what the caller says, in seconds, None for no limit. `Deadline` is a point in time that several steps share: making
a connection, for one, which may try many addresses, ask a proxy and shake hands.
"""

from __future__ import annotations

import time
from collections import namedtuple

from . import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Timeouts(NamedTuple):
        """The timeouts as a type checker sees them."""

        connect: float | None = None
        read: float | None = None

else:

    class Timeouts(namedtuple("Timeouts", "connect read", defaults=(None, None))):
        """Seconds to be connected in, and seconds that the server may be silent; None: no limit.

        >>> Timeouts(connect=3.05).read is None
        True
        """

        __slots__ = ()


NO_TIMEOUTS = Timeouts()

# From its first byte on, a head has this many read timeouts to arrive whole: a server that sends a byte now and then keeps no
# caller waiting for hours.
HEAD_PATIENCE = 10

# Seconds that a body waits to be asked for, with Expect: 100-continue, before it is sent all the same. curl's number, too.
EXPECT_PATIENCE = 1.0


class Deadline:
    """A point in time, or never.

    >>> Deadline(None).remaining() is None
    True
    """

    __slots__ = ("_at", "seconds")

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._at = None if seconds is None else time.monotonic() + seconds

    def remaining(self) -> float | None:
        """The seconds that are left, None for no limit; `ConnectTimedOut` when there are none."""
        if self._at is None:
            return None
        left = self._at - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self, doing: str = "connecting") -> errors.ConnectTimedOut:
        """The error that says so."""
        return errors.ConnectTimedOut(
            f"Connection timed out while {doing} (connect timeout={self.seconds:g})", "connect", self.seconds
        )
