"""The chunked coding: taken apart however it arrives, refused where it is not exact, limited in what it may say besides."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from minireq.wire.errors import LimitExceeded, LocalProtocolError, RemoteProtocolError, WireError
from minireq.wire.limits import DEFAULT_LIMITS, Limits
from minireq.wire.protocol.chunked import NOT_IN_TRAILERS, ChunkedDecoder, chunk_of, last_chunk
from minireq.wire.protocol.fields import Fields

from ...support.feeding import every_way, with_leftover
from . import hearing
from .test_grammar import CHUNK_LINES_THAT_ARE_NONE


def decode(pieces, limits=DEFAULT_LIMITS, most=1 << 62):
    """Body, trailers and what is left in the buffer; the body None if it does not end within the pieces."""
    decoder, buffer, body = ChunkedDecoder(limits), bytearray(), b""
    for piece in pieces:
        buffer += piece
        while data := decoder.decode(buffer, most):
            assert len(data) <= most
            body += data
        if data == b"":
            assert decoder.ended
            return body, list(decoder.trailers.lines()), bytes(buffer)
    return None, decoder.trailers, bytes(buffer)


# --- what is well formed


@pytest.mark.parametrize(
    "wire, body, trailers",
    [
        (b"0\r\n\r\n", b"", []),
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", []),
        (b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello", []),
        (b"a\r\n0123456789\r\n0\r\n\r\n", b"0123456789", []),
        (b"00A\r\n0123456789\r\n000\r\n\r\n", b"0123456789", []),
        (b"0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", b"hello", []),
        # what looks like the end of it is data, where data is due
        (b"a\r\n0\r\n\r\n5\r\nab\r\n0\r\n\r\n", b"0\r\n\r\n5\r\nab", []),
        (b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n", []),
        # blanks and extensions are read over
        (b"5 \r\nhello\r\n0\t\r\n\r\n", b"hello", []),
        (b"5;name=v\r\nhello\r\n0;last\r\n\r\n", b"hello", []),
        (b'5 ; a = "b;c\\"d" ;e\r\nhello\r\n0\r\n\r\n', b"hello", []),
        (b'5;a="\xe9"\r\nhello\r\n0\r\n\r\n', b"hello", []),
        # D16: trailers
        (b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"hello", [("X", "y")]),
        (b"0\r\nX: 1\r\ny:2 \r\nx: 3\r\n\r\n", b"", [("X", "1"), ("y", "2"), ("x", "3")]),
        (b"0\r\nContent-Length: 900\r\nSet-Cookie: a=b\r\n\r\n", b"", [("Content-Length", "900"), ("Set-Cookie", "a=b")]),
    ],
)
def test_S169_D16_a_chunked_body_is_decoded_however_it_arrives(wire, body, trailers):
    for pieces in every_way(wire):
        for most in (1, 3, 1 << 62):
            assert decode(pieces, most=most) == (body, trailers, b"")
    for extra in (b"H", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\n", b"0\r\n\r\n"):
        assert decode(with_leftover(wire, extra)) == (body, trailers, extra)


def test_chunks_that_came_together_are_given_together():
    buffer = bytearray(b"2\r\nhe\r\n3\r\nllo\r\n4\r\n wo")
    decoder = ChunkedDecoder()
    assert (decoder.decode(buffer), decoder.decode(buffer), decoder.left, bytes(buffer)) == (b"hello wo", None, 1, b"")


def test_a_size_line_that_is_cut_behind_a_large_chunk_waits_for_its_rest():
    large = b"1770\r\n" + bytes(6000) + b"\r\n"
    assert decode([large + b"0;x", b"y\r\n\r\n"]) == (bytes(6000), [], b"")


def test_data_is_given_before_its_chunk_is_whole():
    decoder, buffer = ChunkedDecoder(), bytearray(b"ffffffffffffffff\r\nhello")
    assert decoder.decode(buffer) == b"hello"
    assert decoder.left == (1 << 64) - 1 - 5
    assert not decoder.ended


def test_data_may_be_taken_past_the_decoder():
    decoder, buffer = ChunkedDecoder(), bytearray(b"5\r\nhe")
    assert (decoder.decode(buffer), decoder.left) == (b"he", 3)
    decoder.skipped(1)
    decoder.skipped(2)
    buffer += b"\r\n0\r\n\r\n"
    assert (decoder.decode(buffer), decoder.left, decoder.ended) == (b"", 0, True)


def test_the_end_stays_the_end():
    decoder, buffer = ChunkedDecoder(), bytearray(last_chunk() + b"5\r\nhello")
    assert (decoder.decode(buffer), decoder.decode(buffer), bytes(buffer)) == (b"", b"", b"5\r\nhello")


@pytest.mark.parametrize("data, chunk", [(b"hello", b"5\r\nhello\r\n"), (bytes(255), b"ff\r\n" + bytes(255) + b"\r\n"), (b"", b"")])
def test_data_becomes_a_chunk_and_no_data_none(data, chunk):
    assert chunk_of(data) == chunk


# --- what is not


@pytest.mark.parametrize("line", CHUNK_LINES_THAT_ARE_NONE)
def test_a_malformed_size_line_is_an_error(line):
    for wire in (line + b"\r\nhello\r\n0\r\n\r\n", b"1\r\nx\r\n" + line + b"\r\n\r\n"):
        for pieces in every_way(wire):
            with pytest.raises(RemoteProtocolError, match="a chunk's size line is malformed"):
                decode(pieces)


@pytest.mark.parametrize(
    "wire",
    [
        b"5\r\nhelloXX0\r\n\r\n",
        b"5\r\nhello world\r\n0\r\n\r\n",
        b"5\r\nhello0\r\n\r\n",
        b"5\r\nhello\r0\r\n\r\n",
        b"5\r\nhello\n0\r\n\r\n",
        b"5\r\nhello\n\r0\r\n\r\n",
        b"7\r\nhello\r\n0\r\n\r\n",
        b"4\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_data_that_is_not_followed_by_crlf_is_an_error(wire):
    for pieces in every_way(wire):
        with pytest.raises(RemoteProtocolError, match="a chunk's data is not followed by CRLF but by b'"):
            decode(pieces)


@pytest.mark.parametrize(
    "lines", [b"X : y", b"garbage", b" folded: z", b"X: y\r\n folded", b": y", b"X: \0", b"X: a\rb", b"X: a\nY: b"]
)
def test_a_malformed_trailer_is_an_error(lines):
    for pieces in every_way(b"5\r\nhello\r\n0\r\n" + lines + b"\r\n\r\n"):
        with pytest.raises(RemoteProtocolError, match="malformed"):
            decode(pieces)


def test_good_data_before_the_bad_is_given_first_and_the_error_stays():
    decoder, buffer = ChunkedDecoder(), bytearray(b"5\r\nhello\r\n-1\r\n")
    assert decoder.decode(buffer) == b"hello"
    for _ in range(2):
        with pytest.raises(RemoteProtocolError):
            decoder.decode(buffer)


@pytest.mark.parametrize("wire", [b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"1;a=b\r\nx\r\n" + last_chunk()])
def test_a_body_that_is_cut_anywhere_has_not_ended(wire):
    for size in range(len(wire)):
        for pieces in every_way(wire[:size]):
            assert decode(pieces)[0] is None


# --- limits


@pytest.mark.parametrize("before", [b"", b"1\r\nx\r\n"], ids=["first", "second"])
def test_a_size_line_as_long_as_the_limit_allows_passes_and_a_longer_one_does_not(before):
    limit = 8 * 1024

    def wire(size):  # of the line with its end
        return before + b"0;" + b"x" * (size - 4) + b"\r\n\r\n"

    for pieces in every_way(wire(limit)):
        assert decode(pieces)[0] is not None
    for pieces in (*every_way(wire(limit + 1)), [before + b"0;", *[b"x" * 1000] * 9]):
        with pytest.raises(LimitExceeded, match="a chunk's size line is too long") as caught:
            decode(pieces)
        assert (caught.value.limit, caught.value.allowed) == ("chunk_line", limit)


@pytest.mark.parametrize("limits, size", [(DEFAULT_LIMITS, 64 * 1024), (Limits(trailer_bytes=40), 40)])
def test_trailers_as_long_as_the_limit_allows_pass_and_longer_ones_do_not(limits, size):
    def wire(size):  # of the lines, without the empty one
        return b"0\r\nX: " + b"y" * (size - 3) + b"\r\n\r\n"

    for pieces in every_way(wire(size)) if size < 100 else [[wire(size)], [wire(size)[:-1], b"\n"], [wire(size)[:-3], b"\n\r\n"]]:
        assert decode(pieces, limits)[0] == b""
    too_long = wire(size + 1)
    for pieces in every_way(too_long) if size < 100 else [[too_long], [too_long[:-1], b"\n"]]:
        with pytest.raises(LimitExceeded, match="the trailer section is too long") as caught:
            decode(pieces, limits)
        assert caught.value.limit == "trailer_bytes"


def test_trailers_without_end_are_stopped_before_their_end():
    def endless():
        yield b"0\r\n"
        for _ in range(1000):
            yield b"X: y\r\n" * 100

    pieces = endless()
    with pytest.raises(LimitExceeded):
        decode(pieces)
    assert len(list(pieces)) > 800


def test_as_many_trailers_as_the_limit_allows_pass_and_one_more_does_not():
    assert len(decode([b"0\r\n" + b"X: y\r\n" * 100 + b"\r\n"])[1]) == 100
    with pytest.raises(LimitExceeded, match="there are 101 trailer fields") as caught:
        decode([b"0\r\n" + b"X: y\r\n" * 101 + b"\r\n"])
    assert caught.value.limit == "trailer_count"


# --- laws


@given(st.lists(st.binary(max_size=50), max_size=8), hearing.places, st.integers(1, 60))
def test_what_is_encoded_is_decoded_to_itself(data, places, most):
    wire = hearing.chunked(*data)
    assert decode(hearing.cut(wire, places), most=most) == (b"".join(data), [], b"")


@given(hearing.bodies, hearing.fields, hearing.places, st.binary(max_size=20), st.data())
def test_how_a_body_arrives_makes_no_difference(body, trailers, places, extra, data):
    wire = data.draw(hearing.chunks(body, trailers))
    pieces = hearing.cut(wire, places)
    assert decode(pieces) == (body, trailers, b"")
    assert decode([*pieces[:-1], pieces[-1] + extra]) == (body, trailers, extra)


@given(
    st.binary(max_size=100)
    | hearing.damaged(st.tuples(hearing.bodies, hearing.fields).flatmap(lambda parts: hearing.chunks(*parts))),
    hearing.places,
)
def test_a_damaged_body_is_the_same_value_or_error_however_it_arrives(wire, places):
    def outcome(pieces):
        try:
            return decode(pieces)[0]
        except WireError as error:
            return type(error)

    assert outcome([wire]) == outcome(hearing.cut(wire, places)) == outcome([bytes([byte]) for byte in wire])


# --- trailers that we send


def test_without_trailers_the_end_is_the_empty_chunk():
    assert last_chunk() == last_chunk(Fields()) == b"0\r\n\r\n"


@pytest.mark.parametrize(
    "name, value, complaint",
    [
        ("a b", "c", "the field name is not a token: 'a b'"),
        ("a:", "c", "the field name is not a token: 'a:'"),
        ("", "c", "the field name is not a token"),
        ("a", "c\r\nd: e", "the value of field 'a' has CR, LF, NUL"),
        ("a", "\u0142", "beyond latin-1"),
        ("X-Api-Key", "secret\n", r"the value of field 'X-Api-Key' has CR, LF, NUL or characters beyond latin-1: \*\*\*$"),
    ],
)
def test_a_trailer_that_is_no_field_is_refused(name, value, complaint):
    with pytest.raises(LocalProtocolError, match=complaint):
        last_chunk(Fields([("Good", "1"), (name, value)]))


@pytest.mark.parametrize("name", [*sorted(NOT_IN_TRAILERS), "Content-LENGTH"])
def test_what_is_needed_before_the_body_may_not_follow_it(name):
    """RFC 9110, 6.5.1."""
    with pytest.raises(LocalProtocolError, match=f"the field '{name}' may not follow the body") as caught:
        last_chunk(Fields([(name, "1")]))
    assert caught.value.part == "field"


@given(hearing.bodies, hearing.fields, hearing.places)
def test_what_we_send_we_would_read(body, fields, places):
    fields = [(name, value) for name, value in fields if name.lower() not in NOT_IN_TRAILERS]
    wire = chunk_of(body) + last_chunk(Fields(fields))
    assert decode(hearing.cut(wire, places)) == (body, fields, b"")


# --- chunks of one size, which are taken in runs

SAME = b"".join(b"4\r\n%04d\r\n" % number for number in range(50))


@pytest.mark.parametrize("most", [1, 3, 4, 9, 100, 1 << 20])
@pytest.mark.parametrize("size", [1, 5, 7, 9, 10, 11, 100, 1000])
def test_chunks_of_one_size_are_told_apart_however_they_come(size, most):
    decoder, buffer, found = ChunkedDecoder(), bytearray(), b""
    stream = SAME + b"4\r\nlast\r\n0\r\n\r\nnext"
    for start in range(0, len(stream), size):
        buffer += stream[start : start + size]
        while not decoder.ended and (data := decoder.decode(buffer, most)):
            assert len(data) <= most
            found += data
    assert (found, decoder.ended, bytes(buffer)) == (b"".join(b"%04d" % number for number in range(50)) + b"last", True, b"next")


@pytest.mark.parametrize("column", range(len(b"4\r\n0000\r\n")))
@pytest.mark.parametrize("number", [1, 2, 3, 30, 49])
def test_a_run_ends_where_a_frame_differs(column, number):
    damaged = bytearray(SAME)
    damaged[number * 9 + column : number * 9 + column + 1] = b"!"
    decoder, buffer = ChunkedDecoder(), bytearray(damaged)
    if 3 <= column < 7:
        assert decoder.decode(buffer) == b"".join([bytes(damaged[start + 3 : start + 7]) for start in range(0, len(SAME), 9)])
        return
    assert decoder.decode(buffer) == b"".join(b"%04d" % each for each in range(number if column < 3 else number + 1))
    with pytest.raises(RemoteProtocolError):
        decoder.decode(buffer)
