"""What only the tests of the wire need: a clock that goes when it is told to."""

from __future__ import annotations

import time

import pytest


class Clock:
    """Stands still; `now` is moved by the test, and by `step` at each look."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock: `clock.now += 10`."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock
