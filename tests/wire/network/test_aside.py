"""Calls made aside: what comes of them, how long they are waited for, and how many there may be."""

from __future__ import annotations

import os
import threading

import pytest

from minireq.wire import errors
from minireq.wire.network import aside
from minireq.wire.network.aside import in_time
from minireq.wire.timeouts import Deadline


@pytest.fixture
def hanging():
    """A function that does not return before the test has ended."""
    event = threading.Event()
    yield event.wait
    event.set()


@pytest.fixture
def small_room(monkeypatch):
    """Room for one call at a time."""
    monkeypatch.setattr(aside, "_room", threading.BoundedSemaphore(1))


def names_of_daemons():
    return {thread.name for thread in threading.enumerate() if thread.daemon}


def fail(error):
    raise error


@pytest.mark.parametrize("seconds", [None, 5])
def test_what_the_function_returns_is_returned_and_was_made_in_another_thread(seconds):
    assert in_time(threading.get_ident, Deadline(seconds), "asking") != threading.get_ident()


@pytest.mark.parametrize("error", [OSError("x"), AssertionError("y"), KeyboardInterrupt()], ids=repr)
def test_what_it_raises_is_raised(error):
    with pytest.raises(type(error)) as caught:
        in_time(lambda: fail(error), Deadline(5), "asking")
    assert caught.value is error


def test_it_is_waited_for_until_the_deadline_and_then_left_behind(hanging):
    with pytest.raises(errors.ConnectTimedOut, match=r"timed out while asking \(connect timeout=0\.02\)"):
        in_time(hanging, Deadline(0.02), "asking")
    assert "minireq: asking" in names_of_daemons()


def test_a_deadline_that_has_passed_begins_nothing(hanging):
    with pytest.raises(errors.ConnectTimedOut, match="while asking"):
        in_time(hanging, Deadline(0), "asking")
    assert "minireq: asking" not in names_of_daemons()


def test_who_comes_when_there_is_no_room_waits_for_it_until_the_deadline(hanging, small_room):
    with pytest.raises(errors.ConnectTimedOut):
        in_time(hanging, Deadline(0.02), "asking")
    with pytest.raises(errors.ConnectTimedOut, match=r"while asking: 100 others are under way already \(connect timeout=0\.02\)"):
        in_time(lambda: 1, Deadline(0.02), "asking")
    hanging.__self__.set()
    assert in_time(lambda: 1, Deadline(5), "asking") == 1


def test_calls_that_end_make_room(small_room):
    for number in range(10):
        assert in_time(lambda number=number: number, Deadline(5), "counting") == number
        with pytest.raises(ValueError, match="x"):
            in_time(lambda: fail(ValueError("x")), Deadline(5), "failing")


def test_without_threads_the_call_is_made_here(monkeypatch, small_room):
    monkeypatch.setattr(threading.Thread, "start", lambda self: fail(RuntimeError("can't start new thread")))
    for _ in range(2):
        assert in_time(threading.get_ident, Deadline(5), "asking") == threading.get_ident()
        with pytest.raises(OSError, match="x"):
            in_time(lambda: fail(OSError("x")), Deadline(5), "asking")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_has_all_the_room(hanging, small_room):
    with pytest.raises(errors.ConnectTimedOut):
        in_time(hanging, Deadline(0.02), "asking")
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, b"%d" % in_time(lambda: 1, Deadline(5), "asking"))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert os.read(reading, 10) == b"1"
    os.close(reading)
