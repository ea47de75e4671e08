"""Timeouts as a value, and a deadline by a clock that goes when it is told to."""

from __future__ import annotations

import pytest

from minireq.wire.errors import ConnectTimedOut
from minireq.wire.timeouts import NO_TIMEOUTS, Deadline, Timeouts


def test_timeouts_are_a_value_of_two_numbers():
    assert Timeouts(3.05, 27) == Timeouts(connect=3.05, read=27)
    assert (Timeouts(1).read, NO_TIMEOUTS) == (None, Timeouts(None, None))
    with pytest.raises(AttributeError):
        NO_TIMEOUTS.connect = 1


def test_a_deadline_comes_nearer_and_passes(clock):
    deadline = Deadline(5)
    assert deadline.remaining() == 5
    clock.now += 3
    assert deadline.remaining() == 2
    clock.now += 1.75
    assert deadline.remaining() == 0.25
    clock.now += 0.25
    for _ in range(2):
        with pytest.raises(ConnectTimedOut, match=r"timed out while connecting \(connect timeout=5\)") as caught:
            deadline.remaining()
        assert (caught.value.phase, caught.value.seconds) == ("connect", 5)
        clock.now += 1000


def test_no_deadline_never_passes(clock):
    deadline = Deadline(None)
    clock.now += 1e9
    assert (deadline.remaining(), deadline.seconds) == (None, None)


def test_S127_what_was_being_done_is_in_the_message():
    error = Deadline(0.5).passed("shaking hands with h")
    assert str(error).lower().endswith("timed out while shaking hands with h (connect timeout=0.5)")


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_deadline_of_no_time_has_passed(seconds, clock):
    with pytest.raises(ConnectTimedOut):
        Deadline(seconds).remaining()
