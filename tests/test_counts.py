"""What a request costs in calls, questions to the system and memory does not grow unnoticed.

`python3 -m benchmarks.counts` shows the figures; with `--write` it stores them anew, for a change that is worth its price.
"""

from __future__ import annotations

import json

import pytest

from benchmarks import counts

STORED = json.loads(counts.STORED.read_text())


def test_a_request_costs_no_more_than_it_did():
    grown = counts.growth(STORED, counts.measured())
    if grown:
        pytest.fail("\n".join([*grown, "If that is worth it: python3 -m benchmarks.counts --write"]), pytrace=False)


def figures(**changed):
    get = {
        "calls": {"minireq/api.py get": 1, "dict.get": 99},
        "system": {"socket.send": 1},
        "kept": 1000,
        "peak": 10_000,
        **changed,
    }
    return {"operations": {"get": get}, "modules": ["minireq", "socket"]}


@pytest.mark.parametrize(
    "changed, line",
    [
        ({"calls": {"minireq/api.py get": 1, "dict.get": 102}}, None),
        (
            {"calls": {"minireq/api.py get": 2, "dict.get": 99, "dict.pop": 5}},
            "get: calls went from 100 to 106: dict.pop +5, minireq/api.py get +1",
        ),
        ({"system": {"socket.send": 1, "posix.stat": 1}}, "get: system went from 1 to 2: posix.stat +1"),
        ({"kept": 1190}, None),
        ({"peak": 10_600}, "get: peak went from 10000 to 10600"),
    ],
)
def test_a_growth_is_told_with_what_it_came_from(changed, line):
    assert counts.growth(figures(), figures(**changed)) == [line] * (line is not None)


def test_a_module_more_is_told():
    now = {**figures(), "modules": ["minireq", "socket", "ssl"]}
    assert counts.growth(figures(), now) == ["import minireq: loads ssl too"]


def test_calls_are_counted_by_name_and_the_same_each_time():
    def action():
        "a".upper()
        len(sorted([1]))

    assert counts.called(action) == {"builtins.len": 1, "builtins.sorted": 1, "str.upper": 1}


def test_memory_is_what_is_kept_and_what_was_needed():
    kept, peak = counts.allocated(lambda: bytes(1000 + 0 * len(bytes(50_000))))
    assert 1000 <= kept < 2000
    assert 50_000 <= peak < 53_000
