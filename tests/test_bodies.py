"""From data, files and json to what is sent."""

from __future__ import annotations

import array
import collections
import io
import json
import types
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, strategies as st

from minireq import bodies
from minireq.bodies import (
    FORM,
    JSON,
    Body,
    encode_files,
    encode_params,
    encode_query,
    from_key_val_list,
    guess_filename,
    prepare_body,
    to_key_val_list,
)
from minireq.exceptions import FileModeWarning, InvalidArgument, InvalidJSONError, RequestException
from minireq.multipart import MultipartStream
from minireq.structures import CaseInsensitiveDict


def at(position, file):
    file.seek(position)
    return file


# --- nothing, text and bytes


@pytest.mark.parametrize("data", [None, "", b"", {}, [], (), 0, False])
@pytest.mark.parametrize("files", [None, {}, []])
def test_nothing_given_is_nothing_sent(data, files):
    assert prepare_body(data, files, None) == Body(None, None, 0, None)


@pytest.mark.parametrize("data, length", [("abc", 3), ("é", 2), (b"\xff", 1)])
def test_S072_text_and_bytes_are_sent_as_they_are_without_a_content_type(data, length):
    body = prepare_body(data)
    assert body == Body(data, None, length, None)
    assert body.body is data


# --- forms


@pytest.mark.parametrize(
    "data, body",
    [
        ({"a": "1", "b": "2"}, "a=1&b=2"),  # S070
        ([("a", "1"), ("a", "2")], "a=1&a=2"),  # S071
        ((("a", "1"), ("a", "2")), "a=1&a=2"),
        ({"a": ["1", None, 2]}, "a=1&a=2"),
        ({"a": ("x", b"y")}, "a=x&a=y"),
        ({"a": (letter for letter in "xy")}, "a=x&a=y"),
        ({"a": None}, ""),
        ({"a": []}, ""),
        ({1: 2.5}, "1=2.5"),
        ({None: True}, "None=True"),
        ({"ключ": "a b&c=d/é"}, "%D0%BA%D0%BB%D1%8E%D1%87=a+b%26c%3Dd%2F%C3%A9"),
        ({b"\xff": b"\xfe"}, "%FF=%FE"),
        ({"safe": "~-_.*"}, "safe=~-_.%2A"),
        ({"a": {"key": "value"}}, "a=key"),
        ({"a": [[1, 2]]}, "a=1&a=2"),
        (["ab"], "a=b"),
        (collections.UserDict(a=1), "a=1"),
        (CaseInsensitiveDict(A=1), "A=1"),
        (types.MappingProxyType({"a": 1}), "a=1"),
    ],
    ids=repr,
)
def test_S070_mappings_and_pairs_are_form_encoded(data, body):
    assert prepare_body(data) == Body(body, FORM, len(body), None)


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))))
def test_a_form_reads_back_as_what_was_given(pairs):
    assert parse_qsl(encode_params(pairs), keep_blank_values=True) == pairs


@pytest.mark.parametrize(
    "data, message",
    [
        (5, "not int"),
        (True, "not bool"),
        (2.5, "not float"),
        (object(), "not object"),
        ([1, 2], "item 0 is no .* pair: int"),
        ([("a", 1), "secret"], "item 1 is no .* pair: str of length 6"),
        ([("a",)], "tuple of length 1"),
        ([("a", 1, 2)], "tuple of length 3"),
        ({"a": "\ud800"}, r"no UTF-8 form: '\\ud800'"),
        ("\ud800", "no UTF-8 form"),
    ],
    ids=repr,
)
def test_data_that_cannot_be_sent_is_refused_by_name_but_never_shown(data, message):
    with pytest.raises(InvalidArgument, match=message) as caught:
        prepare_body(data)
    assert isinstance(caught.value, RequestException)
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ValueError)
    assert "secret" not in str(caught.value)


# --- JSON


@pytest.mark.parametrize(
    "value, body",
    [
        ({"name": "john", "age": 12}, b'{"name": "john", "age": 12}'),  # S074
        ({}, b"{}"),
        ([], b"[]"),
        (0, b"0"),
        (False, b"false"),
        ("", b'""'),
        ("é\ud800", b'"\\u00e9\\ud800"'),
        ({1: None}, b'{"1": null}'),
    ],
    ids=repr,
)
def test_S074_json_is_sent_whatever_it_is_but_none(value, body):
    assert prepare_body(json=value) == Body(body, JSON, len(body), None)
    assert body == json.dumps(value).encode()


def test_json_of_none_is_nothing():
    assert prepare_body(json=None).body is None


def endless_list():
    made = []
    made.append(made)
    return made


def deep_list():
    made = []
    for _ in range(100_000):
        made = [made]
    return made


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")], endless_list(), deep_list()], ids=lambda _: "")
def test_values_that_json_has_not_are_refused(value):
    with pytest.raises(InvalidJSONError):
        prepare_body(json=value)


@pytest.mark.parametrize("value", [object(), {(1,): 2}, {1, 2}, b"bytes"], ids=repr)
def test_objects_that_json_has_not_are_refused_as_json_dumps_does(value):
    with pytest.raises(InvalidJSONError) as caught:
        prepare_body(json=value)
    assert isinstance(caught.value, TypeError)
    with pytest.raises(TypeError, match="JSON|keys must be"):
        prepare_body(json=value)


def test_data_is_sent_before_json():
    assert prepare_body("data", json={}).body == "data"
    assert prepare_body({"a": 1}, json={}).content_type == FORM
    assert prepare_body(iter(["data"]), json={}).content_type is None
    assert prepare_body("", json={}).body == b"{}"
    assert prepare_body({}, json={}).body == b"{}"


def test_files_are_sent_before_json():
    assert prepare_body(files={"f": "x"}, json={}).content_type.startswith("multipart/form-data")


# --- streams


def test_S081_a_file_is_streamed_from_where_it_stands(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    with open(tmp_path / "f", "rb") as file:
        assert prepare_body(file) == Body(file, None, 5, 0)
        file.seek(3)
        assert prepare_body(file) == Body(file, None, 2, 3)
        assert file.read() == b"45"
    moved = at(3, io.BytesIO(b"12345"))
    assert prepare_body(moved) == Body(moved, None, 2, 3)


def test_an_empty_file_has_no_length_and_so_goes_chunked():
    empty = io.BytesIO()
    assert prepare_body(empty) == Body(empty, None, None, 0)


@pytest.mark.parametrize("make", [lambda: (piece for piece in ["hi"]), lambda: iter([b"hi"]), lambda: map(str, [1])])
def test_S083_an_iterator_has_no_length_and_cannot_be_rewound(make):
    stream = make()
    body, content_type, length, position = prepare_body(stream)
    assert (body, content_type, length) == (stream, None, None)
    assert type(position) is object


class OnlyRead:
    def read(self, size=-1):
        return b""


class Announced:
    def __init__(self, *pieces):
        self.pieces = pieces

    def __iter__(self):
        return iter(self.pieces)

    def __len__(self):
        return sum(map(len, self.pieces))


@pytest.mark.parametrize(
    "data, length",
    [
        (OnlyRead(), None),
        (Announced(b"ab", b"c"), 3),
        (Announced(), None),
        (bytearray(b"abc"), 3),
        (bytearray(), 0),
        (memoryview(b"abc"), 3),
        (array.array("H", [1, 2]), 4),
        ({b"ab"}, None),
        (collections.deque([b"ab"]), None),
        (io.StringIO("é"), 2),
    ],
    ids=repr,
)
def test_everything_else_that_can_be_read_is_streamed_as_it_is(data, length):
    body = prepare_body(data)
    assert body.body is data
    assert (body.content_type, body.length) == (None, length)


def test_a_file_in_text_mode_warns(tmp_path):
    (tmp_path / "f").write_text("text")
    with open(tmp_path / "f") as file, pytest.warns(FileModeWarning):
        assert prepare_body(file) == Body(file, None, 4, 0)


def test_a_stream_cannot_be_part_of_a_form_with_files():
    with pytest.raises(InvalidArgument, match="mutually exclusive") as caught:
        prepare_body(iter([b"a"]), {"f": "x"})
    assert isinstance(caught.value, NotImplementedError)


# --- forms with files


def form(files, data=None):
    """The parts, without boundaries; each is its head's lines and its data."""
    body, content_type = encode_files(files, data)
    boundary = content_type.partition("boundary=")[2].encode()
    parts = body.split(b"--" + boundary)[1:-1]
    heads = [part[2:-2].split(b"\r\n\r\n", 1) for part in parts]
    return [(head.decode().replace("Content-Disposition: form-data; ", "").split("\r\n"), data) for head, data in heads]


@pytest.mark.parametrize(
    "files, parts",
    [
        ({"f": "x"}, [(['name="f"; filename="f"'], b"x")]),
        ({"f": b"\xff"}, [(['name="f"; filename="f"'], b"\xff")]),
        ({"f": bytearray(b"x")}, [(['name="f"; filename="f"'], b"x")]),
        ({"f": memoryview(b"x")}, [(['name="f"; filename="f"'], b"x")]),
        ({"f": 5}, [(['name="f"; filename="f"'], b"5")]),
        ({"f": io.BytesIO(b"x")}, [(['name="f"; filename="f"'], b"x")]),
        ({"f": ("n", "x")}, [(['name="f"; filename="n"'], b"x")]),  # S077
        ({"f": ["n", "x"]}, [(['name="f"; filename="n"'], b"x")]),
        ({"f": ("n", io.StringIO("é"))}, [(['name="f"; filename="n"'], b"\xc3\xa9")]),
        ({"f": ("n", at(1, io.BytesIO(b"xyz")))}, [(['name="f"; filename="n"'], b"yz")]),
        ({"f": (None, "plain")}, [(['name="f"'], b"plain")]),
        ({"f": ("n", "x", "t/x")}, [(['name="f"; filename="n"', "Content-Type: t/x"], b"x")]),
        # S076
        (
            {"f": ("n", "x", "t/x", {"Expires": "0"})},
            [(['name="f"; filename="n"', "Content-Type: t/x", "Expires: 0"], b"x")],
        ),
        ({"f": ("n", "x", None, [("A", "b")])}, [(['name="f"; filename="n"', "A: b"], b"x")]),
        # S078
        (
            [("f", ("a", "1", "t/x")), ("f", ("b", "2", "t/y"))],
            [
                (['name="f"; filename="a"', "Content-Type: t/x"], b"1"),
                (['name="f"; filename="b"', "Content-Type: t/y"], b"2"),
            ],
        ),
        ({"f": None, "g": ("n", None), "h": "x"}, [(['name="h"; filename="h"'], b"x")]),
        ({b"f": "x", 5: "y"}, [(['name="f"; filename="f"'], b"x"), (['name="5"; filename="5"'], b"y")]),
        ({"b": ('é"x.txt', "x")}, [(['name="b"; filename="é%22x.txt"'], b"x")]),
    ],
    ids=repr,
)
def test_S075_files_may_be_given_in_many_ways(files, parts):
    assert form(files) == parts


def test_a_bare_file_object_has_the_name_of_its_file(tmp_path):
    (tmp_path / "report.csv").write_bytes(b"1,2")
    with open(tmp_path / "report.csv", "rb") as file:
        assert form({"f": file}) == [(['name="f"; filename="report.csv"'], b"1,2")]


def test_data_comes_before_files_in_the_order_given():
    data = {"a": [1, None, b"z", "é"], "b": 2.5, "c": None}
    assert form([("f", "x")], data) == [
        (['name="a"'], b"1"),
        (['name="a"'], b"z"),
        (['name="a"'], b"\xc3\xa9"),
        (['name="b"'], b"2.5"),
        (['name="f"; filename="f"'], b"x"),
    ]
    assert [part[0] for part in form([("f", "x")], [("b", 1), ("a", 2)])] == [
        ['name="b"'],
        ['name="a"'],
        ['name="f"; filename="f"'],
    ]


def test_a_form_with_small_files_is_bytes():
    body, content_type, length, position = prepare_body({"a": 1}, {"f": "x"})
    assert type(body) is bytes
    assert content_type.startswith("multipart/form-data; boundary=")
    assert (length, position) == (len(body), None)


def test_S080_a_form_with_a_large_file_is_a_stream_that_can_be_rewound():
    body, _, length, position = prepare_body(None, {"f": io.BytesIO(bytes(2 << 20))})
    assert type(body) is MultipartStream
    assert (length, position) == (len(body), 0)
    first = body.read()
    bodies.rewind_body(types.SimpleNamespace(body=body, _body_position=position))
    assert body.read() == first


@pytest.mark.parametrize(
    "files, data, message",
    [
        ("str", None, "str of length 3"),
        (b"by", None, "bytes of length 2"),
        (5, None, "not 2-tuples: int"),
        ([1], None, "item 0"),
        ({"f": ("n",)}, None, "'f' has 1 items"),
        ({"f": ()}, None, "'f' has 0 items"),
        ({"f": tuple("abcde")}, None, "'f' has 5 items"),
        ({"f": {"a": 1}}, None, "not of dict"),
        ({"f": object()}, None, "not of object"),
        ({None: "x"}, None, "needs a name"),
        ({"f": "x"}, "text", "Data must not be a string"),
        ({"f": "x"}, b"bytes", "Data must not be a string"),
        ({"f": "x"}, 5, "not 2-tuples: int"),
        ({"f": "x"}, [1], "item 0"),
    ],
    ids=repr,
)
def test_files_that_cannot_be_sent_are_refused(files, data, message):
    with pytest.raises(InvalidArgument, match=message):
        prepare_body(data, files)


def test_no_files_are_no_form():
    with pytest.raises(InvalidArgument, match="Files must be provided"):
        encode_files({}, {"a": 1})


# --- queries


@pytest.mark.parametrize(
    "params, query",
    [
        (None, ""),
        ({}, ""),
        ({"a": 1, "b": "x y&é"}, "a=1&b=x+y%26%C3%A9"),  # S020, S023
        ({"a": None}, ""),  # S021
        ({"a": ["1", "2"]}, "a=1&a=2"),  # S022
        ([("b", 1), ("a", 2)], "b=1&a=2"),  # S024
        (iter([("a", "b")]), "a=b"),
        ("a=b c", "a=b c"),
        (b"a=b c", "a=b c"),
        (b"q=\xc3\xa9%20\xff", "q=%C3%A9%20%FF"),
        ({"q": "1\r\nX-Planted: 1"}, "q=1%0D%0AX-Planted%3A+1"),
    ],
    ids=repr,
)
def test_S020_params_become_a_query(params, query):
    assert encode_query(params) == query


@pytest.mark.parametrize("params", [5, True, object(), io.StringIO("a=b"), OnlyRead(), [1], {"a": "\ud800"}], ids=repr)
def test_params_that_are_none_are_refused(params):
    with pytest.raises(InvalidArgument):
        encode_query(params)


# --- requests' helpers


def test_encode_params_leaves_text_bytes_and_files_alone():
    for data in ("a b", b"a b", OnlyRead(), io.BytesIO()):
        assert encode_params(data) is data


def test_pairs_are_made_of_mappings_and_pairs():
    assert to_key_val_list(None) is None
    assert to_key_val_list([("a", 1)]) == to_key_val_list({"a": 1}) == to_key_val_list(iter([("a", 1)])) == [("a", 1)]
    assert from_key_val_list(None) is None
    made = from_key_val_list([("b", 1), ("a", 2)])
    assert isinstance(made, dict)
    assert list(made.items()) == [("b", 1), ("a", 2)]
    assert from_key_val_list({"a": 1}) == {"a": 1}


@pytest.mark.parametrize("convert", [to_key_val_list, from_key_val_list])
@pytest.mark.parametrize("value", ["string", b"bytes", 5, True, 2.5, object()], ids=repr)
def test_nothing_else_is_taken_for_pairs(convert, value):
    with pytest.raises(ValueError, match="cannot encode objects that are not 2-tuples"):
        convert(value)


@pytest.mark.parametrize(
    "name, filename",
    [
        ("/tmp/a.txt", "a.txt"),
        (b"/tmp/a.txt", b"a.txt"),
        ("a.txt", "a.txt"),
        ("<stdin>", None),
        (b"<stdin>", None),
        ("", None),
        (5, None),
        (None, None),
    ],
)
def test_the_name_of_a_file_is_guessed_from_the_object(name, filename):
    assert guess_filename(types.SimpleNamespace(name=name)) == filename
    assert guess_filename(object()) is None
