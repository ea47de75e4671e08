"""What a request costs in calls, questions to the system and memory does not grow unnoticed.

`python3 -m benchmarks.counts` shows the figures; with `--update` it stores them anew, for a change that is worth its price.
"""

from __future__ import annotations

import json

import pytest

from benchmarks import counts

STORED = json.loads(counts.STORED.read_text())


def test_a_request_costs_no_more_than_it_did():
    grown = counts.growth(STORED, counts.measured())
    if grown:
        pytest.fail("\n".join([*grown, "If that is worth it: python3 -m benchmarks.counts --update"]), pytrace=False)


def figures(python="3.11", modules=(), **changed):
    get = {"calls": 100, "system": 2, "kept": 1000, "peak": 10_000, "by": {"minireq.api": 1, "minireq.pools": 99}, **changed}
    return {"python": python, **dict.fromkeys(counts.OPERATIONS, get), "modules": ["minireq", "socket", *modules]}


@pytest.mark.parametrize(
    "changed, line",
    [
        ({"calls": 103}, None),
        (
            {"calls": 110, "by": {"minireq.api": 3, "minireq.pools": 97, "minireq.urls": 10}},
            "get: calls went from 100 to 110, in minireq.urls +10, minireq.api +2",
        ),
        ({"system": 3}, "get: system went from 2 to 3"),
        ({"kept": 1100}, None),
        ({"kept": 1101}, "get: kept went from 1000 to 1101"),
        ({"kept": 1200, "python": "3.9"}, None),
        ({"kept": 1201, "python": "3.9"}, "get: kept went from 1000 to 1201"),
        ({"peak": 10_400}, "get: peak went from 10000 to 10400"),
    ],
)
def test_a_growth_is_told_with_where_it_is(changed, line):
    assert [told for told in counts.growth(figures(), figures(**changed)) if told.startswith("get")] == [line] * (line is not None)


def test_a_module_more_is_told():
    assert counts.growth(figures(), figures(modules=["minireq.x", "ssl"])) == ["a session: minireq.x, ssl more"]


def test_another_python_may_have_other_modules_but_minireq_may_not():
    now = figures(python="3.9", modules=["minireq.x", "ssl"])
    assert counts.growth(figures(), now) == ["a session: minireq.x more"]


def test_calls_are_counted_by_module_and_name_and_the_same_each_time():
    def inner():
        "a".upper()

    def action():
        inner()
        len(sorted([1]))

    names = ("action", "inner", "str.upper", "builtins.sorted", "builtins.len")
    assert counts.called(action) == {(__name__, name): 1 for name in names}


def test_memory_is_what_is_kept_and_what_was_needed():
    kept, peak = counts.allocated(lambda: bytes(1000 + 0 * len(bytes(50_000))))
    assert 1000 <= kept < 2000
    assert 50_000 <= peak < 53_000


def test_what_is_stored_reads_as_json_a_paragraph_for_each_operation():
    text = counts.as_text(figures())
    assert json.loads(text) == figures()
    assert [line.partition(":")[0] for line in text.splitlines()[1:-1]] == [f'"{name}"' for name in figures()]
