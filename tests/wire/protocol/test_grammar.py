"""The patterns, byte for byte against their ABNF."""

from __future__ import annotations

import pytest

from minireq.wire.protocol import grammar

EVERY_BYTE = [bytes([number]) for number in range(256)]
ALPHA = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGIT = b"0123456789"
VCHAR = bytes(range(0x21, 0x7F))
OBS_TEXT = bytes(range(0x80, 0x100))


def those_that_match(pattern, before=b"", after=b""):
    return b"".join(byte for byte in EVERY_BYTE if pattern.fullmatch(before + byte + after))


def test_a_token_has_the_characters_of_rfc_9110_and_no_others():
    tchar = b"!#$%&'*+-.^_`|~" + DIGIT + ALPHA
    assert sorted(those_that_match(grammar.METHOD)) == sorted(tchar)
    assert sorted(those_that_match(grammar.FIELD_NAME, b"X-", b"-Y")) == sorted(tchar)
    assert not grammar.METHOD.fullmatch(b"")


def test_a_target_is_visible_ascii():
    assert those_that_match(grammar.REQUEST_LINE, b"GET /", b" HTTP/1.1\r\n") == VCHAR
    assert not grammar.REQUEST_LINE.fullmatch(b"GET  HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "pattern, before", [(grammar.FIELD_VALUE, b"a"), (grammar.FIELD_LINE, b"X:"), (grammar.STATUS_LINE, b"HTTP/1.1 200 ")]
)
def test_values_and_reasons_have_everything_but_cr_lf_and_nul(pattern, before):
    assert those_that_match(pattern, before, b"b") == bytes(set(range(256)) - {0, 10, 13})


@pytest.mark.parametrize(
    "line, parts",
    [
        (b"HTTP/1.1 200 OK", (b"1", b"200", b"OK")),
        (b"HTTP/1.0 404 Not Found", (b"0", b"404", b"Not Found")),
        (b"HTTP/1.9 999 ", (b"9", b"999", b"")),
        (b"HTTP/1.1 204", (b"1", b"204", None)),
        (b"HTTP/1.1 200  two blanks", (b"1", b"200", b" two blanks")),
        (b"HTTP/1.1 200 tr\xc3\xa8s bien", (b"1", b"200", b"tr\xc3\xa8s bien")),
    ],
)
def test_a_status_line_is_taken_apart(line, parts):
    assert grammar.STATUS_LINE.fullmatch(line).groups() == parts


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 ",
        b"HTTP/1.1 20",
        b"HTTP/1.1 2000",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 099 Low",
        b"HTTP/1.1 000 OK",
        b"HTTP/1.1 +20 OK",
        b"HTTP/1.1 -20 OK",
        b"HTTP/1.1 2.0 OK",
        b"HTTP/1.1 0x8 OK",
        b"HTTP/1.1 2\xb20 OK",
        b"HTTP/1.1 20\0 OK",
        b"HTTP/1.1 \xef\xbc\x92\xef\xbc\x90\xef\xbc\x90 OK",
        b"HTTP/1.1  200 OK",
        b" HTTP/1.1 200 OK",
        b"HTTP/1.1\t200 OK",
        b"HTTP/1.1 200\tOK",
        b"HTTP/1.1 200-OK",
        b"http/1.1 200 OK",
        b"HTTP/2 200 OK",
        b"HTTP/2.0 200 OK",
        b"HTTP/0.9 200 OK",
        b"HTTP/1 200 OK",
        b"HTTP/1. 200 OK",
        b"HTTP/1.x 200 OK",
        b"HTTP/1.10 200 OK",
        b"HTTP/11.1 200 OK",
        b"HTTP/1,1 200 OK",
        b"HTTPS/1.1 200 OK",
        b"ICY 200 OK",
        b"HTTP/1.1 200 OK\rX: y",
        b"HTTP/1.1 200 OK\r",
        b"HTTP/1.1 200 OK\n",
    ],
)
def test_what_is_almost_a_status_line_is_none(line):
    assert grammar.STATUS_LINE.fullmatch(line) is None


@pytest.mark.parametrize(
    "line",
    [b"X", b"X ", b"X y", b": y", b" X: y", b"X : y", b"X\t: y", b"X Y: z", b"(X): y", b"X\x85: y", b"X\xa0: y", b"\xc3\xa9: y"],
)
def test_a_field_line_is_a_token_and_a_colon_at_once(line):
    assert grammar.FIELD_LINE.fullmatch(line) is None


@pytest.mark.parametrize("value", ["0", "5", "005", "1234567890123456789"])
def test_a_content_length_is_up_to_nineteen_digits(value):
    assert grammar.is_length(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 5",
        "5 ",
        "+5",
        "-5",
        "5.0",
        "5e0",
        "0x5",
        "5_0",
        "5,5",
        "five",
        "５",
        "²",
        "٣",
        "\x0b5",
        "5\x0c",
        "5\n",
        "\xa05",
        '"5"',
        "1" * 20,
    ],
)
def test_and_nothing_that_int_would_take_besides(value):
    assert not grammar.is_length(value)


@pytest.mark.parametrize(
    "line, size",
    [
        (b"5", b"5"),
        (b"00A", b"00A"),
        (b"fF", b"fF"),
        (b"5 ", b"5"),
        (b"5 \t", b"5"),
        (b"5;", b"5"),
        (b"5;a", b"5"),
        (b"5;a=b;c=d", b"5"),
        (b"5 ; a = b", b"5"),
        (b'5;a="b;c\\"d\t\xe9"', b"5"),
        (b"0123456789abcdef", b"0123456789abcdef"),
    ],
)
def test_a_chunk_line_is_a_hexadecimal_size_and_perhaps_extensions(line, size):
    assert grammar.CHUNK_LINE.fullmatch(line)[1] == size


CHUNK_LINES_THAT_ARE_NONE = [
    b"",
    b" ",
    b" 5",
    b"\t5",
    b"+5",
    b"-5",
    b"-0",
    b"0x5",
    b"0X5",
    b"5_0",
    b"5g",
    b"g",
    b"5h",
    b"5,5",
    b"5.",
    b"5.0",
    b"5:",
    b"{5}",
    b"5 5",
    b"5 five",
    b"5\0",
    b"5\x0b",
    b"5\xa0",
    b"\xa05",
    b"\xb5",
    b"\xef\xbc\x95",
    b"5\r",
    b"5\n",
    b"5;a\nb",
    b"5;a\rb",
    b"5;a\0b",
    b"5;a\x7fb",
    b"5a=b",
    b";a=b",
    b"1" * 17,
    b"0" * 16 + b"5",
]


@pytest.mark.parametrize("line", CHUNK_LINES_THAT_ARE_NONE)
def test_and_nothing_that_is_almost_one(line):
    assert grammar.CHUNK_LINE.fullmatch(line) is None


@pytest.mark.parametrize(
    "near_miss",
    [
        b"A" * 1_000_000,
        b"A: " * 300_000,
        b"A: b\r\n" * 150_000,
        b"\r" * 1_000_000,
        b"\n\r" * 500_000 + b"x",
        b" \t" * 500_000 + b"\0",
        b"5;" + b"\t" * 1_000_000 + b"\0",
        b"GET " + b"/" * 1_000_000 + b"\0",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 150_000 + b"C",
        b"HTTP/1.1 200 " + b" " * 1_000_000 + b"\0",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_a_megabyte_that_almost_matches_is_soon_turned_away(near_miss):
    # A pattern of quadratic cost would need a million million steps here.
    for pattern in (
        grammar.FIELD_LINE,
        grammar.STATUS_LINE,
        grammar.REQUEST_LINE,
        grammar.FIELD_BLOCK,
        grammar.CHUNK_LINE,
        grammar.FIELD_VALUE,
    ):
        pattern.fullmatch(near_miss)
    grammar.is_length(near_miss.decode("latin-1"))
