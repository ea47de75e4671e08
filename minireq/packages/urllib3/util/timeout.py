"""`Timeout`: how long to wait, as an object."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Timeout:
    """Seconds to connect in, and seconds to wait for bytes; `total` is the default and the limit of both.

    >>> Timeout(connect=2, read=7).read_timeout
    7
    """

    DEFAULT_TIMEOUT: Any = None

    def __init__(self, total: float | None = None, connect: float | None = None, read: float | None = None) -> None:
        self.total = total
        self._connect = connect
        self._read = read

    @property
    def connect_timeout(self) -> float | None:
        """Seconds to connect in."""
        return self._limited(self._connect)

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for bytes."""
        return self._limited(self._read)

    def _limited(self, seconds: float | None) -> float | None:
        if seconds is None or self.total is None:
            return self.total if seconds is None else seconds
        return min(seconds, self.total)

    @classmethod
    def from_float(cls, timeout: float | None) -> Timeout:
        """One number for both."""
        return cls(connect=timeout, read=timeout)

    def clone(self) -> Timeout:
        """The same again."""
        return Timeout(self.total, self._connect, self._read)

    def __repr__(self) -> str:
        return f"Timeout(connect={self._connect!r}, read={self._read!r}, total={self.total!r})"


__all__ = ["Timeout"]
