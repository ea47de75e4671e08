"""Timeouts as a value, and a deadline by a clock that goes when it is told to."""

from __future__ import annotations

import copy
import pickle

import pytest

from minireq.wire import errors
from minireq.wire.errors import ConnectTimedOut
from minireq.wire.timeouts import NO_TIMEOUTS, Deadline, Patience, Timeouts


def test_timeouts_are_a_value_of_four_numbers():
    assert Timeouts(3.05, 27, 60, 1) == Timeouts(connect=3.05, read=27, total=60, pool=1)
    assert (Timeouts(1).read, NO_TIMEOUTS) == (None, Timeouts(None, None))
    assert len({Timeouts(1, 2), Timeouts(1, 2, 3), Timeouts(1, 2, 3, 4), Timeouts(1, 2, pool=3), Timeouts(1, 2)}) == 4
    assert Timeouts(1, 2, 3) != Timeouts(1, 2)
    for name in ("connect", "total", "pool", "something"):
        with pytest.raises(AttributeError):
            setattr(NO_TIMEOUTS, name, 1)


@pytest.mark.parametrize("timeouts", [NO_TIMEOUTS, Timeouts(1, 2), Timeouts(1, 2, 3, 4), Timeouts(total=0.5)], ids=repr)
def test_timeouts_travel_and_show_what_they_are(timeouts):
    for travelled in (pickle.loads(pickle.dumps(timeouts)), copy.deepcopy(timeouts), eval(repr(timeouts))):
        assert travelled == timeouts and hash(travelled) == hash(timeouts) and type(travelled) is Timeouts


def test_for_programs_that_know_pairs_alone_they_are_one():
    connect, read = Timeouts(1, 2, total=3)
    assert (connect, read) == (1, 2)
    assert isinstance(Timeouts(), tuple)


def test_the_total_of_a_call_begins_once_and_reaches_into_everything(clock):
    running = Timeouts(connect=3, read=4, total=10, pool=2).begun()
    assert running == Timeouts(3, 4, 10, 2) and running.begun() is running
    clock.now += 5
    assert [running.deadline_of(phase).remaining() for phase in ("connect", "pool")] == [3, 2]
    assert (running.waits().seconds("waiting", "head"), running.left()) == (4, 5)
    clock.now += 4
    assert [running.deadline_of(phase).remaining() for phase in ("connect", "pool")] == [1, 1]
    assert (running.waits().seconds("waiting", "head"), running.left()) == (1, 1)


def test_without_a_total_nothing_begins(clock):
    timeouts = Timeouts(3, 4, pool=2)
    assert timeouts.begun() is timeouts
    assert (timeouts.waits(), timeouts.left()) == (4, float("inf"))
    assert [timeouts.deadline_of(phase).remaining() for phase in ("connect", "pool")] == [3, 2]
    assert NO_TIMEOUTS.deadline_of("connect").remaining() is None


def test_a_total_alone_limits_what_has_no_limit_of_its_own(clock):
    running = Timeouts(total=10).begun()
    clock.now += 4
    assert running.deadline_of("connect").remaining() == running.waits().seconds("waiting", "head") == 6


@pytest.mark.parametrize("own, limit, seconds, elapsed", [(3, "connect", 3, 3), (7, "total", 10, 10), (None, "total", 10, 10)])
def test_an_error_names_the_limit_that_came_first_and_how_long_it_took(clock, own, limit, seconds, elapsed):
    running = Timeouts(connect=own, total=10).begun()
    clock.now += 4
    deadline = running.deadline_of("connect")
    clock.now += 3 if own == 3 else 6
    deadline.phase = "tls"
    with pytest.raises(ConnectTimedOut) as caught:
        deadline.remaining("shaking hands")
    assert (caught.value.phase, caught.value.seconds, caught.value.elapsed) == ("tls", seconds, elapsed)
    assert str(caught.value) == (
        f"Connection timed out while shaking hands ({limit} timeout={seconds}) in phase tls, after {elapsed}.000 s"
    )


@pytest.mark.parametrize(
    "phase, kind",
    [
        *[(phase, errors.ConnectTimedOut) for phase in ("lookup", "connect", "proxy", "tls")],
        *[(phase, errors.ReadTimedOut) for phase in ("send", "head", "body")],
        ("pool", errors.PoolTimedOut),
        ("backoff", errors.TimedOut),
    ],
)
def test_each_phase_has_its_error(phase, kind):
    error = Deadline(1, "total").passed("doing it", phase)
    assert (type(error), error.phase) == (kind, phase)
    assert pickle.loads(pickle.dumps(error)).phase == phase


def test_a_wait_beyond_the_deadline_is_refused_by_its_phase(clock):
    patience = Patience(None, Deadline(1, "total"))
    clock.now += 1
    with pytest.raises(errors.ReadTimedOut, match=r"timed out while sending \(total timeout=1\) in phase send, after 1\.000 s"):
        patience.seconds("sending", "send")


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
    assert str(error).lower().startswith("connection timed out while shaking hands with h (connect timeout=0.5) in phase connect,")


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_deadline_of_no_time_has_passed(seconds, clock):
    with pytest.raises(ConnectTimedOut):
        Deadline(seconds).remaining()
