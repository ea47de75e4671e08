from __future__ import annotations

import pytest

from minireq._internal_utils import HEADER_VALIDATORS, to_native_string, unicode_is_ascii


def as_both(text):
    return text, text.encode("latin-1")


@pytest.mark.parametrize("name", ["Accept", "X-A", "a", "!#$%&'*+-.^_`|~0z"])
def test_a_header_name_is_a_token(name):
    for text in as_both(name):
        assert HEADER_VALIDATORS[type(text)][0].match(text)


@pytest.mark.parametrize(
    "name",
    ["", " ", "X A", " X", "X ", "X:", ":authority", "X\r\n", "X\n", "\nX", "X\0", "X\t", "X\x7f", "Xé", "X\x85", "X(", "X/Y"],
)
def test_another_header_name_is_refused(name):
    for text in as_both(name):
        assert not HEADER_VALIDATORS[type(text)][0].match(text)


@pytest.mark.parametrize("value", ["", "a", "a b", "a ", "a\tb", "é", 'a, "b"', "\x01", "a\x85b"])
def test_a_header_value_is_a_line_without_blanks_before_it(value):
    for text in as_both(value):
        assert HEADER_VALIDATORS[type(text)][1].match(text)


@pytest.mark.parametrize("value", [" a", "\ta", "a\r\nX: y", "a\nb", "a\rb", "a\n", "a\r", "\r\n", "\n", "a\0", "\0", " "])
def test_a_header_value_with_more_lines_is_refused(value):
    for text in as_both(value):
        assert not HEADER_VALIDATORS[type(text)][1].match(text)


@pytest.mark.parametrize(
    "text, encoding, native",
    [("é", "ascii", "é"), (b"GET", "ascii", "GET"), (b"\xc3\xa9", "utf-8", "é"), (b"\xe9", "latin-1", "é")],
)
def test_text_becomes_str(text, encoding, native):
    assert to_native_string(text, encoding) == native


def test_bytes_are_ascii_unless_told_otherwise():
    with pytest.raises(UnicodeDecodeError):
        to_native_string(b"\xc3\xa9")


@pytest.mark.parametrize("text, is_ascii", [("", True), ("abc\x7f", True), ("é", False), ("\x80", False)])
def test_ascii_is_told_from_other_text(text, is_ascii):
    assert unicode_is_ascii(text) is is_ascii
