"""What is decided between two tries, without a server: the pause, what is left of the time, and what is remembered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from minireq.wire import Attempt, Fields, Request, Retry, Timeouts, errors
from minireq.wire.attempts import Attempts

FOREVER = Timeouts()
LOST = errors.ConnectionLost


def request(method="GET", body=None):
    return Request(method, "/a", Fields(), body)


class Headers(dict):
    """Names in lower case, asked for in any."""

    def get(self, name, default=None):
        return super().get(name.lower(), default)


def answer(status=503, **headers):
    """Of an answer, what is looked at; it is told what is to be known of it."""
    return SimpleNamespace(
        status=status, headers=Headers({name.replace("_", "-").lower(): value for name, value in headers.items()})
    )


def test_each_try_is_remembered_with_what_came_of_it_and_the_wait_before():
    attempts = Attempts(request(), FOREVER, Retry(9, backoff_factor=1))
    lost = LOST("lost")
    assert attempts.failed(lost) == 0
    attempts.waited = 0.5
    raw = answer(Retry_After="7")
    assert attempts.answered(raw) and attempts.refused(raw) == 7
    attempts.waited = 7.25
    last = answer(200)
    assert not attempts.answered(last)
    assert last.attempts == (
        Attempt("GET", "/a", None, lost, 0.0),
        Attempt("GET", "/a", 503, None, 0.5),
        Attempt("GET", "/a", 200, None, 7.25),
    )
    assert last.retries.total == 7


def test_the_error_in_the_end_knows_the_tries():
    attempts = Attempts(request(), FOREVER, Retry(1))
    first, second = LOST("first"), LOST("second")
    attempts.failed(first)
    with pytest.raises(LOST, match="second"):
        attempts.failed(second)
    assert second.tries == (Attempt("GET", "/a", None, first, 0.0), Attempt("GET", "/a", None, second, 0.0))


@pytest.mark.parametrize(
    "method, error, again",
    [
        ("POST", errors.ConnectFailed("refused"), True),
        ("POST", errors.ConnectTimedOut("slow", "connect", 1), True),
        ("POST", errors.ProxyFailed("no"), True),
        ("POST", LOST("in the middle"), False),
        ("PUT", LOST("in the middle"), True),
        ("GET", errors.PoolTimedOut("busy", "pool", 1), False),
    ],
)
def test_a_request_is_sent_again_if_that_does_no_harm(method, error, again):
    attempts = Attempts(request(method), FOREVER, Retry(3))
    if again:
        assert attempts.failed(error) == 0
    else:
        with pytest.raises(type(error)):
            attempts.failed(error)


def test_a_connection_that_broke_before_a_byte_had_left_does_no_harm_whatever_the_method_and_the_body():
    error = LOST("reset")
    error.unsent = True
    assert Attempts(request("POST", iter([b"x"])), FOREVER, Retry(3)).failed(error) == 0


# The budget of the policy.


def test_within_the_budget_there_are_pauses_and_beyond_it_there_are_none(clock):
    attempts = Attempts(request(), FOREVER, Retry(9, budget=10))
    clock.now += 2
    raw = answer(Retry_After="7")
    attempts.answered(raw)
    assert attempts.refused(raw) == 7
    clock.now += 7
    attempts.answered(raw)
    with pytest.raises(errors.RetriesExhausted, match="^too many 503 error responses$") as caught:
        attempts.refused(raw)
    assert [attempt.status for attempt in caught.value.tries] == [503, 503]


def test_beyond_the_budget_the_failure_is_the_error(clock):
    attempts = Attempts(request(), FOREVER, Retry(9, budget=10))
    attempts.failed(LOST("first"))
    clock.now += 10.5
    with pytest.raises(LOST, match="second"):
        attempts.failed(LOST("second"))


# The deadline of the call.


def test_a_pause_that_ends_too_late_is_not_begun(clock):
    attempts = Attempts(request(), Timeouts(total=5).begun(), Retry(9))
    clock.now += 1
    raw = answer(Retry_After="4")
    attempts.answered(raw)
    with pytest.raises(errors.TimedOut) as caught:
        attempts.refused(raw)
    assert (type(caught.value), caught.value.phase, caught.value.elapsed) == (errors.TimedOut, "backoff", 1)
    assert str(caught.value) == (
        "Request timed out while waiting to try again: a pause of 4 s ends too late, and before it too many 503 error responses "
        "(total timeout=5) in phase backoff, after 1.000 s"
    )
    assert [attempt.status for attempt in caught.value.tries] == [503]


def test_one_that_ends_in_time_is(clock):
    attempts = Attempts(request(), Timeouts(total=5).begun(), Retry(9))
    raw = answer(Retry_After="4")
    attempts.answered(raw)
    assert attempts.refused(raw) == 4


def test_after_the_deadline_its_own_error_is_raised_whatever_the_policy_says(clock):
    attempts = Attempts(request(), Timeouts(total=5).begun(), Retry(9))
    clock.now += 5
    late = errors.ReadTimedOut("late", "head", 5, 5.0)
    with pytest.raises(errors.ReadTimedOut) as caught:
        attempts.failed(late)
    assert caught.value is late and attempts.policy.history == ()


def test_a_policy_that_waits_in_its_own_way_is_not_asked_how_long():
    class Own(Retry):
        def sleep(self, response=None):
            raise NotImplementedError("nobody calls it here")

    attempts = Attempts(request(), Timeouts(total=5).begun(), Own(9))
    raw = answer(Retry_After="7000")
    attempts.answered(raw)
    assert attempts.refused(raw) == 0


def test_a_policy_that_plans_its_pauses_is():
    class Steady(Retry):
        def get_backoff_time(self):
            return 3.0

    assert Attempts(request(), FOREVER, Steady(9)).failed(LOST("lost")) == 3
