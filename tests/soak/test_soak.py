"""A short soak: `python3 -m tests.soak` is the long one."""

from __future__ import annotations

from .chaos import Answer
from .load import Load
from .plans import FAULTS, METHODS, SESSIONS, STYLES, plan_in, plan_of


def test_thousands_of_requests_to_a_server_that_misbehaves_end_well():
    load = Load(seed=1, threads=16, seconds=60, requests=2500)
    load.run()
    assert not load.complaints, load.summary
    assert load.seen["requests"] >= 2400 and load.outcomes["right"] > 1500


def test_a_plan_follows_from_seed_and_number_and_is_told_in_the_target():
    plans = [plan_of(7, number) for number in range(300)]
    assert plans == [plan_of(7, number) for number in range(300)] != [plan_of(8, number) for number in range(300)]
    assert [plan_in(plan.target) for plan in plans] == plans


def test_everything_that_can_go_wrong_is_planned():
    plans = [plan_of(1, number) for number in range(2500)]
    for name, values in {"fault": FAULTS, "method": METHODS, "style": STYLES, "session": SESSIONS}.items():
        assert {getattr(plan, name) for plan in plans} == set(values)


def test_answers_are_told_from_one_another():
    plans = [plan_of(1, number)._replace(size=100, fault="none", gzip=False, framing="length") for number in range(100)]
    assert len({Answer(plan, "GET").body for plan in plans}) == 100
