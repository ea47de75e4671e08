"""A dictionary whose names have no case, the table behind `codes`, attributes that are made when they are touched."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Mapping, MutableMapping

import pytest
from hypothesis import given, strategies as st

from minireq.structures import CaseInsensitiveDict, LookupDict, OnTouch

# --- CaseInsensitiveDict


def test_any_spelling_finds_a_header_and_the_last_one_given_is_shown():
    """S095."""
    headers = CaseInsensitiveDict({"Content-Type": "text/plain"})
    headers["CONTENT-TYPE"] = "text/html"
    assert headers["content-type"] == headers.get("Content-type") == "text/html"
    assert list(headers) == ["CONTENT-TYPE"]
    assert "cOnTeNt-tYpE" in headers
    assert len(headers) == 1


def test_it_prints_like_a_dict():
    """S094."""
    headers = CaseInsensitiveDict({"Server": "x", "Date": "today"})
    assert repr(headers) == str(headers) == "{'Server': 'x', 'Date': 'today'}"
    assert repr(CaseInsensitiveDict()) == "{}"


@pytest.mark.parametrize(
    "made",
    [
        CaseInsensitiveDict({"A": 1, "b": 2}),
        CaseInsensitiveDict([("A", 1), ("b", 2)]),
        CaseInsensitiveDict(A=1, b=2),
        CaseInsensitiveDict({"a": 0, "b": 2}, A=1),
        CaseInsensitiveDict(CaseInsensitiveDict({"A": 1, "b": 2})),
        CaseInsensitiveDict(pair for pair in [("a", 0), ("A", 1), ("b", 2)]),
    ],
)
def test_it_is_made_of_a_mapping_of_pairs_or_of_keywords(made):
    assert dict(made) == {"A": 1, "b": 2}
    assert list(made.lower_items()) == [("a", 1), ("b", 2)]


def test_it_is_a_mutable_mapping():
    headers = CaseInsensitiveDict(A=1)
    assert isinstance(headers, MutableMapping)
    assert isinstance(headers, Mapping)
    assert headers.setdefault("a", 2) == 1
    assert headers.setdefault("B", 3) == 3
    assert headers.pop("b") == 3
    headers.update({"a": 4})
    assert headers.popitem() == ("a", 4)
    assert not headers


def test_what_is_missing_is_a_key_error():
    headers = CaseInsensitiveDict()
    with pytest.raises(KeyError, match="missing"):
        headers["Missing"]
    with pytest.raises(KeyError):
        del headers["missing"]
    assert headers.get("missing", "default") == "default"
    assert None not in headers
    assert 5 not in headers


@pytest.mark.parametrize("other", [{"a": 1}, {"A": 1}, CaseInsensitiveDict(A=1)])
def test_letter_case_does_not_make_two_dictionaries_differ(other):
    assert CaseInsensitiveDict(a=1) == other


@pytest.mark.parametrize("other", [{"a": 2}, {"b": 1}, {}, {"a": 1, "b": 2}, None, 5, [("a", 1)]])
def test_other_items_do(other):
    assert CaseInsensitiveDict(a=1) != other


@pytest.mark.parametrize("duplicate", [CaseInsensitiveDict.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_copy_is_equal_and_its_own(duplicate):
    headers = CaseInsensitiveDict(A="1")
    copied = duplicate(headers)
    assert type(copied) is CaseInsensitiveDict
    assert list(copied.items()) == [("A", "1")]
    copied["a"] = "2"
    assert headers == {"A": "1"}


names = st.text(st.sampled_from("aAbBcC"), min_size=1, max_size=2)


@given(st.lists(st.tuples(names, st.integers())))
def test_it_behaves_like_a_dict_of_lower_case_names(pairs):
    headers, model = CaseInsensitiveDict(), {}
    for name, value in pairs:
        headers[name] = value
        model[name.lower()] = value
    assert dict(headers.lower_items()) == model
    assert [name.lower() for name in headers] == list(model)
    assert all(headers[name.upper()] == value for name, value in model.items())


def test_its_type_can_be_subscribed():
    assert CaseInsensitiveDict[str] is CaseInsensitiveDict


# --- LookupDict


def test_an_unknown_item_is_none_and_an_unknown_attribute_an_error():
    table = LookupDict(name="colours")
    table.red = 1
    assert (table["red"], table.red, table["blue"], table.get("blue"), table.get("blue", 2)) == (1, 1, None, None, 2)
    with pytest.raises(AttributeError, match="blue"):
        table.blue
    assert repr(table) == "<lookup 'colours'>"
    assert isinstance(table, dict)


# --- OnTouch


class Basket:
    apples = OnTouch(lambda basket: [basket.size])
    size = 3


def test_an_attribute_is_made_once_when_it_is_touched():
    basket = Basket()
    assert vars(basket) == {}
    assert basket.apples == [3]
    assert basket.apples is basket.apples
    assert vars(basket) == {"apples": [3]}
    assert Basket().apples is not basket.apples


def test_two_threads_that_touch_it_at_once_get_the_same():
    together = threading.Barrier(2)

    def make(basket):
        together.wait(10)
        return []

    class Tree:
        apples = OnTouch(make)

    tree, found = Tree(), []
    threads = [threading.Thread(target=lambda: found.append(tree.apples)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found[0] is found[1] is tree.apples


def test_it_is_an_ordinary_attribute_otherwise():
    basket = Basket()
    basket.apples = None
    assert basket.apples is None
    del basket.apples
    assert basket.apples == [3]
    assert isinstance(Basket.apples, OnTouch)
