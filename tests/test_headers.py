"""Header fields: what may be sent, and reading structured values."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from minireq import headers
from minireq.__version__ import __version__
from minireq.exceptions import InvalidHeader, RequestException
from minireq.headers import (
    _parse_content_type_header,
    check_header_validity,
    check_headers,
    default_headers,
    default_user_agent,
    parse_dict_header,
    parse_header_links,
    parse_list_header,
    unquote_header_value,
)
from minireq.structures import CaseInsensitiveDict
from minireq.wire import accepted

# Defaults


def test_the_default_headers_come_in_the_order_of_requests():
    """S012."""
    made = default_headers()
    assert isinstance(made, CaseInsensitiveDict)
    assert list(made.items()) == [
        ("User-Agent", f"minireq/{__version__}"),
        ("Accept-Encoding", accepted()),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
    ]


def test_the_default_headers_are_made_anew_each_time():
    default_headers()["Accept"] = "text/html"
    assert default_headers()["accept"] == "*/*"


def test_the_user_agent_is_asked_for_each_time_and_looked_at(monkeypatch):
    default_headers()
    monkeypatch.setattr(headers, "default_user_agent", lambda: "other/1")
    assert default_headers()["User-Agent"] == "other/1"
    monkeypatch.setattr(headers, "default_user_agent", lambda: "other\r\nX: y")
    with pytest.raises(InvalidHeader):
        default_headers()


def test_a_user_agent_is_a_name_and_our_version():
    assert default_user_agent() == f"minireq/{__version__}"
    assert default_user_agent("mine") == f"mine/{__version__}"


# What may be sent


class Text(str):
    """A str, but not exactly."""

    __slots__ = ()


class Octets(bytes):
    """Bytes, but not exactly."""


GOOD = [
    ("X-A", "value"),
    ("X-A", ""),
    ("X-A", "inner  blanks\tand trailing  "),
    ("X-A", "Grüße"),
    ("X-A", b"value"),
    ("X-A", b""),
    ("X-A", "東京".encode()),
    ("X-A", "\x01 control characters are let through, as everybody does"),
    (b"X-A", b"value"),
    (b"X-A", "value"),
    (Text("X-A"), Text("value")),
    (Octets(b"X-A"), Octets(b"value")),
    ("!#$%&'*+-.^_`|~09AZaz", "every character that a token may have"),
]


@pytest.mark.parametrize("header", GOOD)
def test_a_token_with_a_value_of_one_line_is_good(header):
    """S058."""
    check_header_validity(header)
    check_headers([header, header])


BAD_NAMES = [
    ("", "a header's name must be a token: ''"),
    (b"", "a header's name must be a token: b''"),
    (" X", "a header's name must be a token: ' X'"),
    ("X ", "a header's name must be a token: 'X '"),
    ("X A", "a header's name must be a token: 'X A'"),
    ("X:", "a header's name must be a token: 'X:'"),
    (b"X:", "a header's name must be a token: b'X:'"),
    ("X\r\nY", "a header's name must be a token: 'X\\r\\nY'"),
    ("X\n", "a header's name must be a token: 'X\\n'"),
    ("X\0", "a header's name must be a token: 'X\\x00'"),
    ("Größe", "a header's name must be a token: 'Größe'"),
    ("Ｘ", "a header's name must be a token: 'Ｘ'"),
    (b"\xff", "a header's name must be a token: b'\\xff'"),
    (5, "a header's name must be str or bytes, not int: 5"),
    (None, "a header's name must be str or bytes, not NoneType: None"),
    (["X"], "a header's name must be str or bytes, not list: ['X']"),
]


@pytest.mark.parametrize("name, message", BAD_NAMES)
def test_a_name_that_is_no_token_is_refused(name, message):
    for check in (lambda: check_header_validity((name, "value")), lambda: check_headers([("X-A", "1"), (name, "value")])):
        with pytest.raises(InvalidHeader) as caught:
            check()
        assert str(caught.value) == message


BAD_VALUES = [
    ("a\nb", "header 'X-A': the value has CR, LF or NUL: 'a\\nb'"),
    ("a\rb", "header 'X-A': the value has CR, LF or NUL: 'a\\rb'"),
    ("a\r\nX-Evil: 1", "header 'X-A': the value has CR, LF or NUL: 'a\\r\\nX-Evil: 1'"),
    ("a\n", "header 'X-A': the value has CR, LF or NUL: 'a\\n'"),
    ("\n", "header 'X-A': the value has CR, LF or NUL: '\\n'"),
    ("a\0b", "header 'X-A': the value has CR, LF or NUL: 'a\\x00b'"),
    (b"a\nb", "header 'X-A': the value has CR, LF or NUL: b'a\\nb'"),
    (b"a\0b", "header 'X-A': the value has CR, LF or NUL: b'a\\x00b'"),
    (" a", "header 'X-A': the value begins with a blank: ' a'"),
    ("\ta", "header 'X-A': the value begins with a blank: '\\ta'"),
    (" ", "header 'X-A': the value begins with a blank: ' '"),
    (b" a", "header 'X-A': the value begins with a blank: b' a'"),
    ("東京", "header 'X-A': the value has characters beyond latin-1 (give it as bytes): '東京'"),
    ("\udc80", "header 'X-A': the value has characters beyond latin-1 (give it as bytes): '\\udc80'"),
    (5, "header 'X-A': the value must be str or bytes, not int: 5"),
    (None, "header 'X-A': the value must be str or bytes, not NoneType: None"),
    (["a", "b"], "header 'X-A': the value must be str or bytes, not list: ['a', 'b']"),
    (bytearray(b"a"), "header 'X-A': the value must be str or bytes, not bytearray: bytearray(b'a')"),
    ("\n" + "x" * 1000, "header 'X-A': the value has CR, LF or NUL: '\\n" + "x" * 59 + "'..."),
    ([0] * 1000, "header 'X-A': the value must be str or bytes, not list: [" + "0, " * 19 + "0,..."),
]


@pytest.mark.parametrize("value, message", BAD_VALUES)
def test_a_value_that_would_not_arrive_as_it_is_is_refused(value, message):
    """S058, D8: also a str that latin-1 has no bytes for."""
    for check in (lambda: check_header_validity(("X-A", value)), lambda: check_headers([("X-A", "1"), ("X-A", value)])):
        with pytest.raises(InvalidHeader) as caught:
            check()
        assert str(caught.value) == message


def test_a_bytes_name_is_shown_as_text():
    with pytest.raises(InvalidHeader, match=r"^header 'X-A': the value must be"):
        check_header_validity((b"X-A", 5))


def test_an_invalid_header_is_a_request_exception_and_a_value_error():
    """S132."""
    assert issubclass(InvalidHeader, RequestException) and issubclass(InvalidHeader, ValueError)


@pytest.mark.parametrize("name", ["Authorization", "proxy-authorization", "COOKIE", b"cookie", "X-Api-Key"])
@pytest.mark.parametrize("value", ["secret\n", b"secret\n", "secret☃", ["secret"]])
def test_a_secret_value_is_not_shown(name, value):
    with pytest.raises(InvalidHeader) as caught:
        check_header_validity((name, value))
    assert str(caught.value).endswith(": ***") and "secret" not in str(caught.value)


def test_what_was_found_good_is_remembered_for_names_alone_and_not_without_bounds(monkeypatch):
    remembered = set()
    monkeypatch.setattr(headers, "_good_names", remembered)
    check_headers([(f"X-{number}", f"value {number}") for number in range(1000)])
    assert len(remembered) == headers._MOST_GOOD_NAMES
    assert all(name.startswith("X-") for name in remembered)
    with pytest.raises(InvalidHeader):
        check_headers([("X-0", "\n")])


@given(st.one_of(st.text(), st.binary()), st.one_of(st.text(), st.binary()))
def test_whatever_is_found_good_stays_on_its_own_line(name, value):
    try:
        check_headers([(name, value)])
    except InvalidHeader:
        return
    line = b": ".join(part if isinstance(part, bytes) else part.encode("latin-1") for part in (name, value))
    assert not set(line) & set(b"\r\n\0")


# Reading


@pytest.mark.parametrize(
    "value, items",
    [
        ("a, b", ["a", "b"]),
        ("  a  ,b ", ["a", "b"]),
        ('"a, b", c', ["a, b", "c"]),
        (r'a,"b\"c",d', ["a", 'b"c', "d"]),
        (r'"a\\b"', [r"a\b"]),
        ('a "quoted, part" b, c', ['a "quoted, part" b', "c"]),
        ("a,,b", ["a", "", "b"]),
        ("a,", ["a"]),
        ("", []),
        ('"never closed, ever', ['"never closed, ever']),
        ('"', [""]),
    ],
)
def test_a_list_is_split_at_commas_outside_of_quotes(value, items):
    assert parse_list_header(value) == items


@pytest.mark.parametrize(
    "value, found",
    [
        ('foo="is a fish", bar="as well"', {"foo": "is a fish", "bar": "as well"}),
        ("key_without_value", {"key_without_value": None}),
        ('a = "b" , c= d', {"a": "b", "c": "d"}),
        ('realm="a=b, c", qop="auth,auth-int"', {"realm": "a=b, c", "qop": "auth,auth-int"}),
        (r'realm="say \"hi\""', {"realm": 'say "hi"'}),
        ("key=", {"key": ""}),
        ("=value", {"": "value"}),
        ("a=1, a=2", {"a": "2"}),
        ('a="', {"a": ""}),
        ("", {}),
    ],
)
def test_a_dictionary_is_a_list_of_names_and_values(value, found):
    assert parse_dict_header(value) == found


@pytest.mark.parametrize(
    "value, unquoted",
    [
        ("plain", "plain"),
        ('"quoted"', "quoted"),
        (r'"a \"b\" \\ c"', r'a "b" \ c'),
        (r'"C:\new\file.txt"', r"C:\new\file.txt"),
        ('"open', '"open'),
        ('"', ""),
        ("", ""),
        (None, None),
    ],
)
def test_a_quoted_value_loses_its_quotes(value, unquoted):
    assert unquote_header_value(value) == unquoted


def test_a_file_name_on_a_windows_share_keeps_its_backslashes():
    assert unquote_header_value(r'"\\server\share"', is_filename=True) == r"\\server\share"
    assert unquote_header_value(r'"\\server\share"') == r"\server\share"
    assert unquote_header_value(r'"C:\\a"', is_filename=True) == r"C:\a"


@pytest.mark.parametrize(
    "value, links",
    [
        (
            '<http:/front.jpeg>; rel=front; type="image/jpeg"',
            [{"url": "http:/front.jpeg", "rel": "front", "type": "image/jpeg"}],
        ),
        ("<http:/front.jpeg>", [{"url": "http:/front.jpeg"}]),
        ("<http:/front.jpeg>;", [{"url": "http:/front.jpeg"}]),
        ('<u>; type="a/b",<v>;', [{"url": "u", "type": "a/b"}, {"url": "v"}]),
        ("<u>;rel=next , <v>; rel=prev", [{"url": "u", "rel": "next"}, {"url": "v", "rel": "prev"}]),
        ('<a,b;c>; rel="x"', [{"url": "a,b;c", "rel": "x"}]),
        ('<u>; title="a, b; c=d"; rel = next', [{"url": "u", "title": "a, b; c=d", "rel": "next"}]),
        (r'<u>; title="a \"b\""', [{"url": "u", "title": 'a "b"'}]),
        ("<u>; rel='next'", [{"url": "u", "rel": "next"}]),
        ('<u>; rel="next', [{"url": "u", "rel": "next"}]),
        ("<u>; flag; rel=next", [{"url": "u", "rel": "next"}]),
        ("<u>; q=a=b", [{"url": "u", "q": "a=b"}]),
        (",<u>; rel=next,", [{"url": "u", "rel": "next"}]),
        ("u; rel=next", [{"url": "u", "rel": "next"}]),
        ("<never closed; rel=next, <v>", [{"url": "never closed; rel=next, <v"}]),
        ("", []),
        ("  ", []),
    ],
)
def test_links_have_a_target_and_parameters(value, links):
    """S230."""
    assert parse_header_links(value) == links


@pytest.mark.parametrize(
    "value, found",
    [
        ("application/xml", ("application/xml", {})),
        ("application/json ; charset=utf-8", ("application/json", {"charset": "utf-8"})),
        ("application/json ; Charset=utf-8", ("application/json", {"charset": "utf-8"})),
        ("a/b; boundary = c ; boundary2='d' ; no_equals ", ("a/b", {"boundary": "c", "boundary2": "d"})),
        ('a/b; "boundary=c" ; e="f"', ("a/b", {"boundary": "c", "e": "f"})),
        ("a/b ; ; ", ("a/b", {})),
        ("a/b; c=d=e", ("a/b", {"c": "d=e"})),
        ("a/b; charset=x; charset=y", ("a/b", {"charset": "y"})),
        ("; =", ("", {"": ""})),
        ("", ("", {})),
    ],
)
def test_a_content_type_is_a_media_type_and_parameters(value, found):
    assert _parse_content_type_header(value) == found


READERS = [parse_list_header, parse_dict_header, parse_header_links, unquote_header_value, _parse_content_type_header]


@given(st.text(st.sampled_from("ab =;,<>\"\\'\n"), max_size=30))
def test_every_text_can_be_read(text):
    for read in READERS:
        read(text)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("piece", ['"', '\\"', "\\", "<", ",<", ";", ",", '"a"', '"\\"', 'a="b\\"', "=", "<>;", " ", "\t;"])
def test_reading_takes_time_in_proportion(read, piece):
    started = time.process_time()
    read(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 2  # a quadratic reader needs minutes
