"""The JSON error, which is three errors in one."""

from __future__ import annotations

import json
import pickle

import pytest

import minireq
from minireq._json import JSONDecodeError
from minireq.exceptions import InvalidJSONError, RequestException

from .support.interpreter import run_python


def error():
    return JSONDecodeError("Expecting value", "not json", 4, response="the response", request="the request")


@pytest.mark.parametrize("caught", [RequestException, InvalidJSONError, json.JSONDecodeError, ValueError, OSError])
def test_it_is_caught_as_any_of_its_ancestors(caught):
    """S042."""
    with pytest.raises(caught):
        raise error()


def test_it_says_where():
    assert str(error()) == "Expecting value: line 1 column 5 (char 4)"
    assert (error().msg, error().doc, error().pos, error().lineno, error().colno) == ("Expecting value", "not json", 4, 1, 5)


def test_it_carries_request_and_response():
    assert (error().request, error().response) == ("the request", "the response")


def test_it_comes_out_of_a_pickle():
    copied = pickle.loads(pickle.dumps(error()))
    assert type(copied) is JSONDecodeError
    assert (str(copied), copied.doc, copied.pos, copied.response) == (str(error()), "not json", 4, None)


def test_it_has_one_name_everywhere():
    assert minireq.JSONDecodeError is minireq.exceptions.JSONDecodeError is JSONDecodeError
    assert JSONDecodeError.__module__ == minireq.exceptions.__name__


def test_json_is_not_loaded_before_it_is_needed():
    code = "import sys, minireq\nprint('json' in sys.modules)\nminireq.JSONDecodeError\nprint('json' in sys.modules)"
    assert run_python(code) == "False\nTrue\n"
