"""Fields: a mapping without case, repeats kept, secrets not shown."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, strategies as st

from minireq.wire.protocol.fields import SECRET_FIELDS, Fields

from . import hearing


def vary():
    return Fields([("Vary", "a"), ("Server", "x"), ("VARY", "b")])


# --- one value a name


def test_a_field_is_found_by_any_spelling_of_its_name():
    fields = Fields([("Content-Type", "text/plain")])
    for name in ("Content-Type", "content-type", "CONTENT-TYPE"):
        assert (fields[name], fields.get(name), name in fields) == ("text/plain",) * 2 + (True,)
    assert fields.value("content-type") == "text/plain"


def test_a_field_that_is_not_there_is_missed_by_its_name():
    fields = Fields()
    assert (fields.get("A"), fields.get("A", "b"), fields.value("a"), "A" in fields, 1 in fields) == (None, "b", None, False, False)
    with pytest.raises(KeyError, match="a"):
        fields["A"]
    with pytest.raises(KeyError, match="A"):
        del fields["A"]
    assert fields.discard("A") is None


@pytest.mark.parametrize(
    "source",
    [[("A", "1"), ("b", "2")], {"A": "1", "b": "2"}, Fields({"A": "1", "b": "2"}), iter([("A", "1"), ("b", "2")])],
    ids=["pairs", "a mapping", "fields", "an iterator"],
)
def test_fields_are_made_of_pairs_mappings_and_fields(source):
    fields = Fields(source)
    assert list(fields.lines()) == fields.items() == [("A", "1"), ("b", "2")]
    assert (list(fields), list(fields.keys()), list(fields.values()), len(fields)) == (["A", "b"], ["A", "b"], ["1", "2"], 2)


def test_more_fields_can_be_given_by_keyword():
    assert Fields({"A": "1"}, B="2").items() == [("A", "1"), ("B", "2")]


def test_the_last_spelling_counts_where_a_field_is_set_anew():
    fields = Fields({"server": "x"})
    fields["Server"] = "y"
    assert fields.items() == [("Server", "y")]


def test_what_a_mapping_can_do_fields_can():
    fields = Fields({"A": "1", "B": "2", "C": "3"})
    del fields["a"]
    assert (fields.pop("b"), fields.pop("b", None), fields.setdefault("D", "4"), fields.setdefault("d", "5")) == (
        "2",
        None,
        "4",
        "4",
    )
    fields.update({"c": "6"})
    assert fields.items() == [("D", "4"), ("c", "6")]
    assert fields.popitem() == ("D", "4")
    fields.clear()
    assert not fields


# --- several lines of a name


def test_S096_values_of_repeated_fields_are_joined_by_commas():
    fields = vary()
    assert (fields["vary"], fields.value("vary"), len(fields), list(fields)) == ("a, b", "a, b", 2, ["Vary", "Server"])
    assert list(fields.values()) == ["a, b", "x"]


def test_the_lines_of_repeated_fields_stay_as_they_came():
    fields = vary()
    assert list(fields.lines()) == fields.items() == list(fields.iteritems()) == [("Vary", "a"), ("Server", "x"), ("VARY", "b")]
    assert list(fields.itermerged()) == [("Vary", "a, b"), ("Server", "x")]
    assert fields.joined() == {"vary": ("Vary", "a, b"), "server": ("Server", "x")}


def test_a_line_that_came_twice_counts_twice():
    line = ("vary", ("Vary", "a"))  # what is known already is one and the same object each time
    fields = Fields.of_lines([line, ("server", ("Server", "x")), line, ("vary", ("VARY", "b")), line])
    assert (fields["vary"], fields.getlist("vary")) == ("a, a, b, a", ["a", "a", "b", "a"])
    assert fields.items() == [("Vary", "a"), ("Server", "x"), ("Vary", "a"), ("VARY", "b"), ("Vary", "a")]
    assert fields.joined() == {"vary": ("Vary", "a, a, b, a"), "server": ("Server", "x")}


def test_a_name_that_was_removed_is_no_longer_repeated():
    fields = vary()
    del fields["vary"]
    fields.add("Vary", "c")
    assert (fields.getlist("vary"), fields.items()) == (["c"], [("Server", "x"), ("Vary", "c")])


def test_the_values_of_each_line_can_be_had():
    fields = vary()
    assert (fields.getlist("VARY"), fields.getlist("server"), fields.getlist("none"), fields.getlist("none", 5)) == (
        ["a", "b"],
        ["x"],
        [],
        5,
    )
    assert (fields.get_all("vary"), fields.get_all("none"), fields.get_all("none", [])) == (["a", "b"], None, [])
    assert fields.getheaders("vary") == fields.getallmatchingheaders("vary") == fields.iget("vary") == ["a", "b"]
    assert Fields({"A": "1"}).getlist("a") == ["1"]


def test_a_line_is_added_behind_the_others_or_to_the_last_of_them():
    fields = vary()
    fields.add("Accept", "c")
    fields.add("vary", "d")
    fields.add("vary", "e", combine=True)
    assert fields.items() == [("Vary", "a"), ("Server", "x"), ("VARY", "b"), ("Accept", "c"), ("vary", "d, e")]
    assert fields["vary"] == "a, b, d, e"
    single = Fields({"A": "1"})
    single.add("a", "2", combine=True)
    assert (single.items(), single["A"]) == ([("A", "1, 2")], "1, 2")


def test_a_repeated_field_is_set_or_removed_as_a_whole():
    fields = vary()
    fields["vary"] = "c"
    assert fields.items() == [("Server", "x"), ("vary", "c")]
    fields = vary()
    del fields["Vary"]
    assert (fields.items(), "vary" in fields) == ([("Server", "x")], False)


def test_fields_are_extended_line_by_line():
    fields = Fields({"Vary": "0"})
    fields.extend(vary())
    fields.extend({"Server": "y"}, C="3")
    assert fields["vary"] == "0, a, b"
    assert fields.getlist("server") == ["x", "y"]
    assert fields["c"] == "3"


# --- values


def test_fields_are_equal_when_their_joined_values_are():
    assert vary() == Fields([("server", "x"), ("vary", "a, b")])
    assert vary() == {"SERVER": "x", "Vary": "a, b"}
    assert vary() != Fields({"Server": "x"})
    assert vary() != {"Server": "x"}
    assert vary() != "vary"
    with pytest.raises(TypeError, match="unhashable"):
        hash(vary())


@pytest.mark.parametrize("copied", [Fields.copy, copy.copy, copy.deepcopy, lambda fields: pickle.loads(pickle.dumps(fields))])
def test_a_copy_has_the_same_lines(copied):
    assert copied(vary()).items() == vary().items()


def test_a_copy_goes_its_own_way():
    fields = vary()
    fields.copy().add("Vary", "c")
    fields.copy()["Server"] = "y"
    fields.joined().clear()
    assert fields.items() == vary().items()


def test_fields_around_a_dict_are_that_dict():
    index = {"a": ("A", "1")}
    fields = Fields.of_index(index)
    fields["B"] = "2"
    assert index == {"a": ("A", "1"), "b": ("B", "2")}


# --- secrets


@pytest.mark.parametrize("name", ["Authorization", "PROXY-AUTHORIZATION", "cookie", "Set-Cookie"])
def test_secrets_are_not_shown(name):
    fields = Fields([(name, "s3cret"), ("Server", "x"), (name.lower(), "s3cret")])
    assert fields.masked() == [(name, "***"), ("Server", "x"), (name.lower(), "***")]
    assert "s3cret" not in repr(fields)
    assert repr(fields).startswith(f"Fields([('{name}', '***')")


def test_every_secret_is_named_in_lower_case():
    assert {name.lower() for name in SECRET_FIELDS} == SECRET_FIELDS


# --- laws


@given(hearing.fields)
def test_whatever_is_put_in_comes_out_line_by_line(pairs):
    parsed = Fields.of_lines([(name.lower(), (name, value)) for name, value in pairs])
    for fields in (Fields(pairs), parsed, parsed.copy()):
        assert list(fields.lines()) == pairs
        for name, _ in pairs:
            assert fields.getlist(name) == [value for other, value in pairs if other.lower() == name.lower()]
            assert fields[name] == ", ".join(fields.getlist(name))


@given(
    hearing.fields,
    st.lists(st.tuples(st.sampled_from(["add", "combine", "set", "del"]), hearing.names, hearing.values), max_size=8),
)
def test_the_joined_values_always_follow_the_lines(pairs, changes):
    fields = Fields(pairs)
    for change, name, value in changes:
        if change == "set":
            fields[name] = value
        elif change == "del":
            fields.discard(name)
        else:
            fields.add(name, value, combine=change == "combine")
    by_name = {}
    for name, value in fields.lines():
        by_name.setdefault(name.lower(), []).append(value)
    assert {name: ", ".join(values) for name, values in by_name.items()} == {name.lower(): fields[name] for name in fields}
    assert fields == Fields(fields.items())
