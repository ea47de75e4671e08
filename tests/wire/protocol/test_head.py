"""Heads: what is sent is what was asked for and no line more; what comes is taken as it stands, or refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from minireq.wire.errors import LimitExceeded, LocalProtocolError, RemoteProtocolError, WireError
from minireq.wire.limits import Limits
from minireq.wire.protocol import head as head_module
from minireq.wire.protocol.fields import SECRET_FIELDS, Fields
from minireq.wire.protocol.head import ResponseHead, field_block, head_end, parse_fields, request_line, response_head

from . import hearing

SECRETS = sorted(SECRET_FIELDS)


def request_head(method: str, target: str, fields: Fields) -> bytes:
    return request_line(method, target) + field_block(fields)


# --- requests


@pytest.mark.parametrize(
    "method, target, fields, wire",
    [
        ("GET", "/", [], b"GET / HTTP/1.1\r\n\r\n"),
        ("GET", "/a?b=c", [("Host", "h")], b"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("get", "/", [("host", "h")], b"get / HTTP/1.1\r\nhost: h\r\n\r\n"),
        ("OPTIONS", "*", [("Host", "h")], b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("GET", "http://h/a", [("Host", "h")], b"GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("CONNECT", "[::1]:443", [], b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n"),
        ("X-METHOD!", "/", [], b"X-METHOD! / HTTP/1.1\r\n\r\n"),
        ("GET", "/", [("A", "1"), ("B", "2"), ("a", "3")], b"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n"),
        ("GET", "/", [("Empty", "")], b"GET / HTTP/1.1\r\nEmpty: \r\n\r\n"),
        ("GET", "/", [("City", "Köln")], b"GET / HTTP/1.1\r\nCity: K\xf6ln\r\n\r\n"),
        ("GET", "/", [("A", "b: c, HTTP/1.1\t\x7f\x85")], b"GET / HTTP/1.1\r\nA: b: c, HTTP/1.1\t\x7f\x85\r\n\r\n"),
    ],
)
def test_a_head_goes_out_as_it_was_given(method, target, fields, wire):
    assert request_head(method, target, Fields(fields)) == wire


@pytest.mark.parametrize(
    "method",
    ["", " ", "GET ", " GET", "G ET", "GET\r\nX: y", "GET\n", "GET\0", "GET / HTTP/1.1\r\nX:", "GÉT", "GET€", "GET:", "(GET)"],
)
def test_a_method_that_is_no_token_is_refused(method):
    with pytest.raises(LocalProtocolError, match="the method is not a token") as caught:
        request_head(method, "/", Fields())
    assert caught.value.part == "method"
    assert ascii(method)[1:4] in ascii(str(caught.value))


@pytest.mark.parametrize(
    "target", ["", " ", "/a b", "/a\r\nX: y", "/ HTTP/1.1\r\nX: y", "/a\n", "/\0", "/\t", "/\x7f", "/é", "/€", "/\x85"]
)
def test_a_target_with_anything_but_visible_ascii_is_refused(target):
    with pytest.raises(LocalProtocolError, match="the request target has blanks, control or non-ASCII characters") as caught:
        request_head("GET", target, Fields())
    assert caught.value.part == "target"


@pytest.mark.parametrize(
    "name", ["", " ", "A ", " A", "A B", "A\r\nB", "A\n", "A\0", "A:", "A: b", "A: b\r\nC", ":", ": ", "É", "€", "(A)", "A\t"]
)
def test_a_field_name_that_is_no_token_is_refused(name):
    with pytest.raises(LocalProtocolError, match="the field name is not a token") as caught:
        request_head("GET", "/", Fields([("Host", "h"), (name, "v")]))
    assert caught.value.part == "field"


@pytest.mark.parametrize(
    "value", ["a\r\nX: y", "a\nX: y", "a\rX: y", "\r\n", "\n", "\r", "\0", "a\r\n b", "a\r\n\r\nGET / HTTP/1.1", "€", "\ud800"]
)
def test_a_value_with_a_line_end_or_nul_or_beyond_latin_1_is_refused(value):
    with pytest.raises(LocalProtocolError, match="the value of field 'X-A' has CR, LF, NUL or characters beyond latin-1") as caught:
        request_head("GET", "/", Fields([("Host", "h"), ("X-A", value)]))
    assert caught.value.part == "field"


def test_one_line_too_many_does_not_make_up_for_one_too_few():
    # Each part alone gives a head that is well formed, and the number of its lines is what was asked for.
    for fields in ([("A", "b\r\nC: d")], [("A: b\r\nC", "d")], [("A", "b"), ("C: d", "e")]):
        with pytest.raises(LocalProtocolError):
            request_head("GET", "/", Fields(fields))


def test_long_parts_are_shortened_in_the_error():
    with pytest.raises(LocalProtocolError) as caught:
        request_head("GET", "/" + " " * 10_000, Fields())
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["s3cret\n", "s3cret€"])
def test_an_error_does_not_show_a_secret(name, value):
    with pytest.raises(LocalProtocolError, match=r"\*\*\*") as caught:
        request_head("GET", "/", Fields([(name.title(), value)]))
    assert "s3cret" not in str(caught.value)


hostile = st.text(st.sampled_from("\r\n\0\t :/AaéZ1€\x85\ud800"), max_size=12) | st.sampled_from(
    ["GET", "/", "A", "/ HTTP/1.1", "A: b", "a\r\nC: d"]
)


@given(hostile, hostile, st.lists(st.tuples(hostile, hostile), max_size=3))
def test_a_request_head_never_has_a_line_that_was_not_asked_for(method, target, pairs):
    fields = Fields(pairs)
    try:
        wire = request_head(method, target, fields)
    except LocalProtocolError:
        return
    assert wire.count(b"\r") == wire.count(b"\n") == wire.count(b"\r\n") == len(pairs) + 2
    first, *lines, end, nothing = wire.split(b"\r\n")
    assert first.split(b" ") == [method.encode(), target.encode(), b"HTTP/1.1"]
    assert (end, nothing) == (b"", b"")
    assert [(name.decode(), value.decode("latin-1")) for name, value in (line.split(b": ", 1) for line in lines)] == pairs


@given(hearing.fields)
def test_fields_that_are_sent_are_read_back(pairs):
    wire = request_head("GET", "/", Fields(pairs))
    assert list(response_head(wire[:-4].replace(b"GET / HTTP/1.1", b"HTTP/1.1 200 OK")).fields.lines()) == pairs


# --- responses


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\r\n\n", b"\n\r\n"])
def test_an_empty_line_ends_a_head_in_any_mixture_of_line_ends(end):
    assert head_end(b"A: b" + end + b"body\n\n\r\n") == (4 + end.index(b"\n"), 4 + len(end))


@pytest.mark.parametrize(
    "no_end", [b"\r\r", b"\r\n", b"\r\n \r\n", b"\n\r\r\n", b"\x85\x85", b"\x0b\x0b", b"\x1c\x1d\x1e", b"\r\n\0\r\n"]
)
def test_nothing_else_does(no_end):
    assert head_end(b"A: b" + no_end + b"C: d") == (-1, -1)


@given(st.binary(max_size=12) | st.lists(st.sampled_from([b"\r", b"\n", b"a"]), max_size=12).map(b"".join), st.integers(0, 3))
def test_a_head_ends_at_the_first_of_both_kinds_of_empty_line(data, start):
    found = re.compile(rb"\n\r?\n").search(data, start)
    assert head_end(bytearray(data), start) == ((-1, -1) if found is None else found.span())


def parsed(lines, status=b"HTTP/1.1 200 OK\r\n"):
    return list(response_head(status + lines).fields.lines())


@pytest.mark.parametrize(
    "line, version, status, reason",
    [
        (b"HTTP/1.1 200 OK", 11, 200, "OK"),
        (b"HTTP/1.0 200 OK", 10, 200, "OK"),
        (b"HTTP/1.2 200 OK", 11, 200, "OK"),
        (b"HTTP/1.1 418 I'm a teapot", 11, 418, "I'm a teapot"),
        (b"HTTP/1.1 200 ", 11, 200, ""),
        (b"HTTP/1.1 200", 11, 200, ""),
        (b"HTTP/1.1 600 Odd", 11, 600, "Odd"),
        # D11: UTF-8 as servers write it, Latin-1 where it is not
        (b"HTTP/1.1 200 tr\xc3\xa8s bien", 11, 200, "très bien"),
        (b"HTTP/1.1 200 tr\xe8s bien", 11, 200, "très bien"),
    ],
)
def test_D11_a_status_line_is_read(line, version, status, reason):
    head = response_head(line)
    assert (head.version, head.status, head.reason, len(head.fields)) == (version, status, reason, 0)
    assert repr(head) == f"<ResponseHead {status} {reason}>"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"<html>",
        b"ICY 200 OK",
        b"HTTP/2.0 200 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 20",
        b"http/1.1 200 OK",
        b" HTTP/1.1 200 OK",
        b"HTTP/1.1\t200\tOK",
        b"SSH-2.0-x",
    ],
)
def test_what_does_not_begin_with_a_status_line_is_refused_and_shown(line):
    with pytest.raises(RemoteProtocolError, match="does not begin with a status line of HTTP/1") as caught:
        response_head(line + b"\r\nContent-Length: 1")
    assert repr(line) in str(caught.value)


@pytest.mark.parametrize(
    "lines, fields",
    [
        (b"A: b", [("A", "b")]),
        (b"A:b", [("A", "b")]),
        (b"A:", [("A", "")]),
        (b"A: \t ", [("A", "")]),
        (b"A: \t b\tc \t", [("A", "b\tc")]),
        (b"A: b: c::", [("A", "b: c::")]),
        (b"!#$%&'*+-.^_`|~09az: odd", [("!#$%&'*+-.^_`|~09az", "odd")]),
        (b"A: 1\r\nB: 2\r\na: 3", [("A", "1"), ("B", "2"), ("a", "3")]),
        # bytes that Python's str takes for blanks or line ends are neither here
        (b"City: K\xf6ln", [("City", "Köln")]),
        (b"A: one\x85B: two", [("A", "one\x85B: two")]),
        (b"A: \xa0v\xa0\r\nB: \x85w\x85\r\nC: \x0bx\x0c", [("A", "\xa0v\xa0"), ("B", "\x85w\x85"), ("C", "\x0bx\x0c")]),
        (b"A: x\x1cB: y\x1dC: z\x1e", [("A", "x\x1cB: y\x1dC: z\x1e")]),
        (b"A: a\x01b\x7f", [("A", "a\x01b\x7f")]),
    ],
)
def test_header_lines_are_read(lines, fields):
    assert parsed(lines) == fields


def test_S096_repeated_fields_are_one_with_all_values():
    fields = response_head(b"HTTP/1.1 200 OK\r\nVary: a\r\nvary: b\r\nVARY: c").fields
    assert (fields["Vary"], fields.getlist("Vary"), len(fields)) == ("a, b, c", ["a", "b", "c"], 1)


@pytest.mark.parametrize(
    "lines",
    [
        b"A : b",
        b"A\t: b",
        b"Content-Length\t: 2\r\nContent-Length: 5",
        b"garbage",
        b"name=value",
        b": value",
        b"A B: c",
        b"A(B): c",
        b"A@B: c",
        b'"A": b',
        b"X-F\xc3\xb6\xc3\xb6: b",
        b"X-\x7f: b",
        b"X-\x85: b",
        b"A: a\0b",
        b"A: ab\0",
        b"A: a\rB: c",
        b"A: a\r\r\nB: c",
        b"A: a\r\r",
        b"\r\nA: b",
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_a_malformed_line_is_an_error_and_hides_no_line_behind_it(lines, end):
    with pytest.raises(RemoteProtocolError, match="a header line of the response is malformed"):
        parsed(lines + end + b"Content-Length: 5")


@pytest.mark.parametrize("status", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\n"], ids=["CRLF", "LF"])
@pytest.mark.parametrize("blank", [b" ", b"\t"], ids=["a space", "a tab"])
def test_the_status_line_is_not_continued_by_a_folded_line(status, blank):
    with pytest.raises(RemoteProtocolError, match="a header line of the response is malformed: .*X-Evil"):
        parsed(blank + b"X-Evil: 1\r\nContent-Length: 2", status)


@pytest.mark.parametrize(
    "lines, fields",
    [
        (b"A: one\r\n  two", [("A", "one two")]),
        (b"A: one\r\n\ttwo", [("A", "one two")]),
        (b"A: one \t\r\n \t two", [("A", "one \t two")]),
        (b"A:\r\n b\r\n c\r\nD: e", [("A", "b c"), ("D", "e")]),
        (b"A: b\r\n \r\nC: d", [("A", "b"), ("C", "d")]),
        (b"A: one\n two\nB: c", [("A", "one two"), ("B", "c")]),
        (b"Transfer-Encoding:\r\n\tchunked", [("Transfer-Encoding", "chunked")]),
        (b"Content-Length: 1\r\n 0", [("Content-Length", "1 0")]),
    ],
)
def test_a_folded_line_is_one_line(lines, fields):
    assert parsed(lines) == fields


@pytest.mark.parametrize("status", [b"HTTP/1.1 200 OK\n", b"HTTP/1.1 200 OK\r\n"])
@pytest.mark.parametrize("lines", [b"A: 1\nB: 2", b"A: 1\r\nB: 2", b"A: 1\nB: 2 "])
def test_a_lone_lf_is_a_line_end(status, lines):
    assert parsed(lines, status) == [("A", "1"), ("B", "2")]


@pytest.mark.parametrize("name", SECRETS)
def test_a_first_line_that_holds_a_secret_is_not_shown(name):
    with pytest.raises(RemoteProtocolError, match=f"does not begin with a status line.*{name.title()}") as caught:
        response_head(name.title().encode() + b": s3cret")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("line", [b"%s: s3cret\0", b"%s : s3cret", b" %s: s3cret", b"%s=s3cret", b"\0%s: s3cret"])
def test_a_malformed_line_that_holds_a_secret_is_not_shown(name, line):
    with pytest.raises(RemoteProtocolError) as caught:
        parsed(line % name.title().encode())
    assert "s3cret" not in str(caught.value)
    assert name.title() in str(caught.value)


# --- limits


def header_lines(number, size=8):
    return b"".join(b"\r\nX-%04d: " % n + b"v" * (size - 8) for n in range(number))


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_as_many_fields_as_the_limit_allows_pass_and_one_more_does_not(end):
    def block(number):
        return (b"HTTP/1.1 200 OK" + header_lines(number)).replace(b"\r\n", end)

    assert len(response_head(block(500)).fields) == 500
    with pytest.raises(LimitExceeded, match="the response has 501 header fields") as caught:
        response_head(block(501))
    assert (caught.value.limit, caught.value.allowed) == ("header_count", 500)


def test_the_lines_of_a_folded_field_are_one_field():
    folds = b"\r\n x" * 1000
    assert len(response_head(b"HTTP/1.1 200 OK\r\nA: b" + folds).fields["A"]) == 2001
    with pytest.raises(LimitExceeded) as caught:
        response_head(b"HTTP/1.1 200 OK\r\nA: b" + folds, Limits(header_line=2000))
    assert caught.value.limit == "header_line"


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
@pytest.mark.parametrize("block", [b"HTTP/1.1 200 OK\r\nA: b\r\nB: %s\r\nC: d", b"HTTP/1.1 200 %s\r\nA: b"])
def test_a_line_as_long_as_the_limit_allows_passes_and_a_longer_one_does_not(block, end):
    block = block.replace(b"\r\n", end)
    line = next(line for line in block.split(end) if b"%s" in line)
    longest = 64 * 1024 - len(line) + len(b"%s")
    assert response_head(block % (b"v" * longest)).status == 200
    with pytest.raises(LimitExceeded, match="line of the response is too long") as caught:
        response_head(block % (b"v" * (longest + 1)))
    assert caught.value.limit == "header_line"


def test_many_short_lines_are_no_long_line():
    assert len(response_head(b"HTTP/1.1 200 OK" + header_lines(100, 1000)).fields) == 100
    assert len(response_head((b"HTTP/1.1 200 OK" + header_lines(100, 1000)).replace(b"\r\n", b"\n")).fields) == 100


# --- lines that are remembered


@pytest.fixture
def known(monkeypatch):
    known = {}
    monkeypatch.setattr(head_module, "_known_lines", known)
    return known


def test_a_line_that_comes_again_is_remembered(known):
    first = response_head(b"HTTP/1.1 200 OK\r\nServer: x\r\nVary: a")
    assert set(known) == {b"Server: x", b"Vary: a"}
    again = response_head(b"HTTP/1.1 200 OK\r\nServer: x\r\nVary: a\r\nDate: now")
    assert list(again.fields.lines()) == [*first.fields.lines(), ("Date", "now")]


@pytest.mark.parametrize("name", [*SECRETS, "location"])
def test_secrets_are_never_remembered(known, name):
    for spelled in (name, name.title(), name.upper()):
        for blank in ("", " ", "\t"):
            line = f"{spelled}:{blank}s3cret{blank}".encode()
            assert list(parse_fields([line, b"Server: x"]).lines()) == [(spelled, "s3cret"), ("Server", "x")]
    assert set(known) == {b"Server: x"}


def test_a_secret_in_a_folded_line_or_a_trailer_is_not_remembered_either(known):
    response_head(b"HTTP/1.1 200 OK\nSet-Cookie: a=s3cret;\n Path=/\nSet-Cookie: b=s3cret")
    assert not known


def test_long_lines_are_not_remembered(known):
    parse_fields([b"A: " + b"v" * 125, b"B: " + b"v" * 126])
    assert [len(line) for line in known] == [128]


def test_the_memory_is_bounded(known):
    for n in range(2000):
        parse_fields([b"X-%d: y" % n])
        assert len(known) <= 512
    assert known


def test_a_name_that_is_known_is_no_line_without_its_colon(known):
    response_head(b"HTTP/1.1 200 OK\r\nA: b")
    with pytest.raises(RemoteProtocolError, match="a header line of the response is malformed"):
        response_head(b"HTTP/1.1 200 OK\r\nA")


def test_malformed_lines_are_not_remembered(known):
    for _ in range(2):
        with pytest.raises(RemoteProtocolError):
            response_head(b"HTTP/1.1 200 OK\r\nA : b")
    assert not known


def test_what_one_reader_changes_the_next_does_not_see(known):
    block = b"HTTP/1.1 200 OK\r\nServer: x\r\nVary: a\r\nVary: b"
    first = response_head(block).fields
    first["Server"] = "y"
    first.add("Vary", "c", combine=True)
    assert list(response_head(block).fields.lines()) == [("Server", "x"), ("Vary", "a"), ("Vary", "b")]


# --- laws


@given(st.sampled_from([b"\r\n", b"\n"]), hearing.fields, st.data())
def test_a_well_formed_head_is_read_to_the_letter(end, pairs, data):
    lines = data.draw(hearing.lines(pairs))
    head = response_head((b"HTTP/1.1 200 OK\r\n" + lines)[:-2].replace(b"\r\n", end))
    assert (head.status, list(head.fields.lines())) == (200, pairs)


heads = st.tuples(hearing.fields.flatmap(hearing.lines), st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 404\n"])).map(
    lambda parts: parts[1] + parts[0][:-2]
)


@given(st.binary(max_size=200) | hearing.damaged(heads))
def test_anything_else_gives_a_head_or_an_error_of_the_wire(block):
    try:
        head = response_head(block)
    except WireError as error:
        assert len(str(error)) < 400
    else:
        assert isinstance(head, ResponseHead)
        assert 100 <= head.status <= 999
        assert not any(set(name + value) & set("\r\n\0") for name, value in head.fields.lines())


@pytest.mark.parametrize("fields", [[("X", 5)], [(5, "x")], [("X", None)], [("A", "b"), ("X", b"c")]])
def test_what_is_no_text_is_not_sent(fields):
    made = Fields([("Y", "z")])
    made.index.update({str(n): pair for n, pair in enumerate(fields)})
    with pytest.raises(LocalProtocolError, match="the (value of )?field"):
        field_block(made)
