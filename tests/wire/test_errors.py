"""The errors of the wire: one family, which says whose fault it was and shows no more than it should."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest
from hypothesis import given, strategies as st

from minireq.wire import errors
from minireq.wire.errors import WireError, shown

FAMILY = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BaseException)]
ARGUMENTS = {"LimitExceeded": ("codings", 5, "the body has 6 content codings")}


def made(kind):
    return kind(*ARGUMENTS.get(kind.__name__, ("it broke",)))


def drawn():
    """The pairs (name, name of its parent) of the drawing in the module's docstring."""
    line_of = {0: "WireError"}  # by the column in which a name begins
    for line in re.findall(r"^ +[│ ]*[├└]─ \w+", errors.__doc__, re.MULTILINE):
        name = re.search(r"\w+$", line)
        above = max(column for column in line_of if column < name.start())
        line_of = {column: kind for column, kind in line_of.items() if column < name.start()} | {name.start(): name[0]}
        yield name[0], line_of[above]


def test_the_family_is_as_it_is_drawn():
    assert sorted(drawn()) == sorted((kind.__name__, kind.__bases__[0].__name__) for kind in FAMILY if kind is not WireError)


def test_a_wire_error_is_an_exception_and_nothing_else():
    assert WireError.__bases__ == (Exception,)
    assert all(len(kind.__bases__) == 1 for kind in FAMILY)


@pytest.mark.parametrize("kind", FAMILY)
def test_errors_survive_pickling(kind):
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (kind, str(error), vars(error))


def test_a_mistake_of_the_caller_says_in_which_part():
    assert errors.LocalProtocolError("x", "method").part == "method"
    assert errors.LocalProtocolError("x").part == "field"


def test_a_limit_is_named_with_its_value():
    error = errors.LimitExceeded("header_count", 500, "the response has 501 header fields")
    assert (str(error), error.limit, error.allowed) == (
        "the response has 501 header fields (limit header_count=500; Limits(header_count=...) sets another)",
        "header_count",
        500,
    )
    assert isinstance(error, errors.RemoteProtocolError)


def test_a_timeout_says_where_and_how_long():
    error = errors.ReadTimedOut("too long", "read", 1.5)
    assert (str(error), error.phase, error.seconds) == ("too long", "read", 1.5)
    assert isinstance(error, errors.TimedOut)


@pytest.mark.parametrize(
    "data, text",
    [
        (b"", "b''"),
        (b"GET /", "b'GET /'"),
        ("GET /", "'GET /'"),
        (bytearray(b"GET /"), "b'GET /'"),
        (b"\r\n\0\x1b[31m\xff", "b'\\r\\n\\x00\\x1b[31m\\xff'"),
        ("\r\n\0\x1b[31m\x85\u2028", "'\\r\\n\\x00\\x1b[31m\\x85\\u2028'"),
        (b"x" * 60, repr(b"x" * 60)),
        (b"x" * 61, repr(b"x" * 60) + "..."),
        (bytearray(b"x" * 10_000_000), repr(b"x" * 60) + "..."),
        ("x" * 61, repr("x" * 60) + "..."),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_bytes_are_shown_shortened_and_without_control_characters(data, text):
    assert shown(data) == text


@given(st.binary(max_size=100) | st.text(max_size=100), st.integers(1, 100))
def test_what_is_shown_is_one_printable_line_of_bounded_length(data, most):
    text = shown(data, most)
    assert text.isprintable()
    assert len(text) <= 10 * most + 6
