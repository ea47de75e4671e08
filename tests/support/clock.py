"""A clock that goes when it is told to: the fixture `clock` puts it in the place of `time.monotonic`."""

from __future__ import annotations


class Clock:
    """Stands still; `now` is moved by the test, and by `step` at each look.

    >>> clock = Clock()
    >>> clock.now += 10
    >>> clock()
    1010.0
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now
