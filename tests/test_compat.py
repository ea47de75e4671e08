from __future__ import annotations

import collections
import collections.abc
import http.cookiejar
import http.cookies
import io
import json
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from minireq import compat

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["quote", "quote_plus", "unquote", "unquote_plus", "urldefrag", "urlencode"])
def test_quoting_is_that_of_the_standard_library(name):
    assert getattr(compat, name) is getattr(urllib.parse, name)


@pytest.mark.parametrize("name", ["urljoin", "urlparse", "urlsplit", "urlunparse"])
def test_splitting_is_that_of_the_standard_library(name):
    assert getattr(compat, name) is getattr(urllib.parse, name)


@pytest.mark.parametrize(
    "name, value",
    [
        ("is_py2", False),
        ("is_py3", True),
        ("is_urllib3_1", False),
        ("has_simplejson", False),
        ("chardet", None),
        ("str", str),
        ("builtin_str", str),
        ("bytes", bytes),
        ("basestring", (str, bytes)),
        ("numeric_types", (int, float)),
        ("integer_types", (int,)),
        ("OrderedDict", collections.OrderedDict),
        ("Callable", collections.abc.Callable),
        ("Mapping", collections.abc.Mapping),
        ("MutableMapping", collections.abc.MutableMapping),
        ("StringIO", io.StringIO),
        ("json", json),
        ("JSONDecodeError", json.JSONDecodeError),
        ("cookielib", http.cookiejar),
        ("Morsel", http.cookies.Morsel),
        ("getproxies", urllib.request.getproxies),
        ("getproxies_environment", urllib.request.getproxies_environment),
        ("proxy_bypass", urllib.request.proxy_bypass),
        ("proxy_bypass_environment", urllib.request.proxy_bypass_environment),
    ],
)
def test_the_names_of_requests_compat_are_here(name, value):
    assert getattr(compat, name) == value


def test_what_costs_comes_when_it_is_touched_and_then_stays():
    code = """
import sys
from minireq import compat
heavy = {"http.cookiejar", "http.cookies", "urllib.request", "json"}
print(sorted(heavy & set(sys.modules)))
compat.Morsel
print(sorted(heavy & set(sys.modules)), "Morsel" in vars(compat))
"""
    said = run_python(code, "-I", "-S", path=(ROOT,))
    assert said.splitlines() == ["[]", "['http.cookies'] True"]


def test_other_names_are_not_here():
    with pytest.raises(AttributeError, match=r"module '.*minireq.compat' has no attribute 'simplejson'"):
        compat.simplejson
    assert not hasattr(compat, "urllib3_version")


@pytest.mark.parametrize(
    "value, items",
    [
        ("a, b ,c", ["a", "b", "c"]),
        ('a, "b, c", d="e,f"', ["a", '"b, c"', 'd="e,f"']),
        (r'"a\"b, c", d', ['"a"b, c"', "d"]),
        (r"a\b", [r"a\b"]),
        ('"open, for ever', ['"open, for ever']),
        (",a,,", ["", "a", ""]),
        ("", []),
    ],
)
def test_a_list_is_split_at_its_commas_but_not_in_strings(value, items):
    assert compat.parse_http_list(value) == items


@given(st.text(st.sampled_from('ab ,"\\=\n'), max_size=12) | st.text(max_size=12))
@example('"a\\')
@example('a"b"c"')
def test_lists_are_split_as_urllib_splits_them(value):
    assert compat.parse_http_list(value) == urllib.request.parse_http_list(value)
