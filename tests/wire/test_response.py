"""The unread body, as a file and as urllib3's response: every way to read it, and every way in which it ends."""

from __future__ import annotations

import gc
import gzip
import io
import json
import shutil
import threading
import tracemalloc
import zlib

import pytest

from minireq.wire import Client, Fields, Limits, Timeouts, errors, response
from minireq.wire.network.stream import Stream
from tests.support.scripted import CLOSE, HALF_CLOSE, SILENCE, hear, say, wait_for

from .asking import OK, chunked, get, ok, route_to, wait_until_closed

FIVE = Timeouts(connect=5, read=5)
TEXT = b"first line\nsecond \xc3\xa4\xc3\xb6\xc3\xbc line\r\n\nlast"
BODY = bytes(range(256)) * 1000  # 256 KB, more than one receive


@pytest.fixture
def client():
    client = Client(per_route=1, block=True)
    yield client
    client.close()


@pytest.fixture
def answered(client, wire_server):
    """The response to a request that is answered with these steps; it must be read or closed, as everywhere."""

    def ask(*script):
        server = wire_server([*script, OK])
        raw = client.send(route_to(server), get(), FIVE)
        ask.server = server
        return raw

    yield ask


def kept(client):
    """Whether the connection came back and serves again."""
    return client._pool.idle_count() == 1


def until_close(body):
    return [b"HTTP/1.1 200 OK\r\n\r\n" + body, CLOSE]


FRAMINGS = pytest.mark.parametrize(
    "frame",
    [lambda body: [ok(body)], lambda body: [chunked(body[:7], body[7:])], until_close],
    ids=["length", "chunked", "until close"],
)

# Reading.


@FRAMINGS
def test_all_is_read_at_once(answered, frame):
    raw = answered(*frame(BODY))
    assert raw.read() == BODY
    assert raw.read() == raw.read(10) == raw.read1() == b""
    assert raw.closed


def test_who_changes_the_fields_of_one_does_not_change_those_of_the_next(client, answered):
    first = answered(OK)
    before = first.headers.items()
    first.headers.add("X-Mine", "1")
    first.read()
    second = client.send(route_to(answered.server), get(), FIVE)
    assert second.read() == b"hi" and second.headers.items() == before
    assert len(answered.server.connections) == 1


def test_the_interim_responses_that_are_handed_out_are_a_list_of_ones_own(client, answered):
    first = answered(OK)
    first.informational.append((103, Fields()))
    first.read()
    assert client.send(route_to(answered.server), get(), FIVE).informational == first.informational == []


def test_what_a_program_puts_in_place_of_the_headers_is_its_own_business(answered):
    for headers in ({"X": "1"}, None):
        raw = answered(OK)
        raw.headers = headers
        assert raw.headers is headers and raw.read() == b"hi"
    raw = answered(OK)
    raw.fields, raw.index = "mine", 5
    assert raw.read(decode_content=True) == b"hi"


def test_a_coding_that_is_struck_out_before_reading_stays_on(answered):
    raw = answered(ok(gzip.compress(TEXT), b"Content-Encoding: gzip"))
    del raw.headers["Content-Encoding"]
    assert raw.read(decode_content=True) == gzip.compress(TEXT)
    raw = answered(ok(gzip.compress(TEXT), b"Content-Encoding: gzip"))
    raw.read(0, decode_content=True)
    del raw.headers["Content-Encoding"]
    assert raw.read() == TEXT


def test_a_stream_that_is_taken_up_again_goes_on_as_it_began(answered):
    """Of a body without a known length, pieces are what has been decoded, however much is still in the decoder."""
    two = gzip.compress(b"a" * 30) + gzip.compress(b"b" * 30)
    coded = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
    raw = answered(coded % (len(two), two))
    assert next(raw.stream(1, decode_content=True)) == b"a"
    assert [len(piece) for piece in raw.stream(100, decode_content=True)] == [29, 30]
    raw = answered(coded % (len(two), two[:-5] + bytes(5)))
    next(raw.stream(1, decode_content=True))
    rest = raw.stream(100, decode_content=True)
    assert len(next(rest)) == 29
    with pytest.raises(errors.DecodingError):
        next(rest)


@pytest.mark.parametrize("limits", [Limits(body=1), Limits(decoded_body=1)], ids=["body", "decoded_body"])
def test_a_body_that_has_come_with_its_head_may_be_too_long_all_the_same(wire_server, limits):
    server = wire_server([OK])
    client = Client(limits=limits)
    with pytest.raises(errors.LimitExceeded, match="the body is too long"):
        client.send(route_to(server), get(), FIVE).read(decode_content=True)
    assert client._pool.idle_count() == 0


@FRAMINGS
@pytest.mark.parametrize("size", [1, 10, 100_000, 1_000_000])
def test_so_many_bytes_are_read_and_fewer_at_the_end_alone(answered, frame, size):
    body = BODY[:1000] if size < 1000 else BODY
    raw = answered(*frame(body))
    pieces = []
    while piece := raw.read(size):
        pieces.append(piece)
    assert b"".join(pieces) == body
    assert {len(piece) for piece in pieces[:-1]} <= {size}
    assert raw.closed


@FRAMINGS
def test_no_bytes_is_no_reading(answered, frame):
    raw = answered(*frame(TEXT))
    assert raw.read(0) == raw.read1(0) == b"" and raw.readinto(bytearray()) == 0
    assert not raw.closed and raw.tell() == 0
    assert raw.read(-1) == TEXT


@FRAMINGS
def test_the_rest_follows_what_was_read(answered, frame):
    raw = answered(*frame(BODY))
    assert raw.read(3) + raw.read1(4) + raw.read(100_000) + raw.read() == BODY


def test_read1_waits_for_the_first_byte_and_no_longer(answered):
    event = threading.Event()
    raw = answered(hear, say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), wait_for(event), say(b"world"))
    assert raw.read1(3) == b"hel"
    assert raw.read1() == b"lo"
    event.set()
    assert raw.read1(100) + raw.read() == b"world"


@FRAMINGS
@pytest.mark.parametrize(
    "make", [bytearray, lambda size: memoryview(bytearray(size)), lambda size: memoryview(bytearray(size)).cast("H")]
)
def test_bytes_are_read_into_a_buffer(answered, frame, make):
    raw = answered(*frame(BODY))
    buffer, whole = make(1000), bytearray()
    while size := raw.readinto(buffer):
        whole += bytes(memoryview(buffer).cast("B"))[:size]
    assert whole == BODY and raw.closed and raw.readinto(buffer) == 0


@FRAMINGS
@pytest.mark.parametrize("amt", [1, 1000, 100_000, 1 << 40, None, 0, -1])
def test_a_stream_yields_all_in_pieces_of_at_most_a_size(answered, frame, amt):
    body = BODY[:500] if amt == 1 else BODY
    raw = answered(*frame(body))
    pieces = list(raw.stream(amt))
    assert b"".join(pieces) == body and all(pieces)
    if amt and amt > 0:
        assert max(map(len, pieces)) <= amt


def test_a_stream_of_a_known_length_has_pieces_of_just_that_size(answered):
    raw = answered(hear, lambda connection: connection.send_in_pieces(ok(BODY), 777))
    sizes = [len(piece) for piece in raw.stream(1000)]
    assert sizes == [1000] * 256


def test_a_stream_without_a_size_yields_what_arrives_as_it_arrives(answered):
    """S168."""
    heard = threading.Event()
    first, second = chunked(b"first")[:-5], b"6\r\nsecond\r\n0\r\n\r\n"
    raw = answered(hear, say(first), wait_for(heard), say(second))
    pieces = raw.stream(None)
    assert next(pieces) == b"first"
    heard.set()
    assert list(pieces) == [b"second"]


def test_read_chunked_is_the_same(answered):
    assert b"".join(answered(chunked(b"hel", b"lo")).read_chunked()) == b"hello"


@FRAMINGS
def test_iterating_yields_lines_with_their_ends(answered, frame):
    assert list(answered(*frame(TEXT))) == TEXT.splitlines(keepends=True)


@pytest.mark.parametrize("body", [b"", b"\n", b"\n\n", b"a\n", b"a\nb", b"\na\r\n\rb"])
def test_lines_end_with_a_line_feed_and_nowhere_else(answered, body):
    assert list(answered(ok(body))) == io.BytesIO(body).readlines()


def test_a_line_that_arrives_in_pieces_is_one_line(answered):
    lines = [b"x" * 100_000 + b"\n", b"y" * 70_000]
    assert list(answered(hear, lambda connection: connection.send_in_pieces(ok(b"".join(lines)), 9999))) == lines


@pytest.mark.parametrize(
    "read",
    [lambda raw: raw.readline(), lambda raw: next(iter(raw)), lambda raw: raw.readlines()[0]],
    ids=["readline", "next", "readlines"],
)
def test_lines_can_be_had_one_by_one(answered, read):
    raw = answered(ok(TEXT))
    assert read(raw) == b"first line\n"
    raw.close()


def test_data_is_the_rest(answered):
    raw = answered(ok(b"hello"))
    assert raw.read(2) + raw.data == b"hello"


# What is in the way of the content.

CODINGS = pytest.mark.parametrize(
    "coding, encode",
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("gzip, deflate", lambda data: zlib.compress(gzip.compress(data))),
        ("identity", lambda data: data),
        ("GZip", gzip.compress),
    ],
)


@CODINGS
@FRAMINGS
@pytest.mark.parametrize(
    "read",
    [
        lambda raw: raw.read(decode_content=True),
        lambda raw: b"".join(iter(lambda: raw.read(1000, decode_content=True), b"")),
        lambda raw: b"".join(iter(lambda: raw.read1(decode_content=True), b"")),
        lambda raw: b"".join(raw.stream(1000, decode_content=True)),
        lambda raw: b"".join(raw.stream(None, decode_content=True)),
        lambda raw: b"".join(raw),
    ],
    ids=["read", "read some", "read1", "stream", "stream as it comes", "iterate"],
)
def test_the_content_coding_is_taken_off_when_asked(client, answered, coding, encode, frame, read):
    head, *rest = frame(encode(BODY))
    raw = answered(head.replace(b"200 OK\r\n", b"200 OK\r\nContent-Encoding: %b\r\n" % coding.encode(), 1), *rest)
    assert read(raw) == BODY
    assert raw.closed and kept(client) is (frame is not until_close)


@CODINGS
def test_the_content_coding_stays_on_when_not_asked(answered, coding, encode):
    """S047."""
    coded = encode(BODY)
    raw = answered(ok(coded, b"Content-Encoding: " + coding.encode()))
    assert raw.read(10) + b"".join(raw.stream(1000)) == coded


def test_asking_once_is_enough(answered):
    raw = answered(ok(gzip.compress(TEXT), b"Content-Encoding: gzip"))
    raw.decode_content = True
    buffer = bytearray(10)
    assert raw.read(5) + raw.read1(5) + bytes(buffer[: raw.readinto(buffer)]) + b"".join(raw.stream()) == TEXT


def test_what_was_begun_as_it_was_sent_goes_on_so(answered):
    coded = gzip.compress(TEXT)
    raw = answered(ok(coded, b"Content-Encoding: gzip"))
    assert raw.read(10) + raw.read(decode_content=True) == coded


def test_an_unknown_coding_stays_on(answered):
    assert answered(ok(b"coded", b"Content-Encoding: compress")).read(decode_content=True) == b"coded"


@pytest.mark.parametrize(
    "answer", [ok(b"", b"Content-Encoding: gzip"), b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n"]
)
def test_where_there_is_nothing_nothing_is_decoded(answered, answer):
    assert answered(answer).read(decode_content=True) == b""


@pytest.mark.parametrize(
    "coded, complaint",
    [
        (gzip.compress(TEXT)[:-1], "the gzip body is cut short"),
        (gzip.compress(TEXT)[:20], "the gzip body is cut short"),
        (b"plain text", "the gzip body is damaged"),
        (gzip.compress(TEXT)[:-8] + b"12345678", "the gzip body is damaged"),
    ],
)
@pytest.mark.parametrize("read", [lambda raw: raw.read(decode_content=True), lambda raw: list(raw.stream(5, decode_content=True))])
def test_a_damaged_coding_is_an_error_and_the_end(answered, coded, complaint, read):
    raw = answered(ok(coded, b"Content-Encoding: gzip"))
    with pytest.raises(errors.DecodingError, match=complaint):
        read(raw)
    assert raw.closed and raw.read() == b""


def test_too_many_codings_are_an_error_and_the_end(client, answered):
    raw = answered(ok(b"x", b"Content-Encoding: " + b", ".join([b"gzip"] * 6)))
    with pytest.raises(errors.LimitExceeded, match="the body has 6 content codings"):
        raw.read(decode_content=True)
    assert raw.closed and not kept(client)


def test_a_bomb_costs_what_is_read_of_it(answered):
    bomb = gzip.compress(bytes(50_000_000))
    raw = answered(ok(bomb, b"Content-Encoding: gzip"))
    with peak_memory() as peak:
        assert raw.read(1000, decode_content=True) == bytes(1000)
        assert next(raw.stream(1000)) == bytes(1000)
        raw.close()
    assert peak() < 2_000_000


# As a file.


def test_it_is_a_file_for_copyfileobj(client, answered):
    """S046."""
    target = io.BytesIO()
    shutil.copyfileobj(answered(ok(BODY)), target)
    assert target.getvalue() == BODY and kept(client)


def test_it_is_a_file_for_a_text_wrapper_once_it_does_not_close_itself(client, answered):
    raw = answered(ok(TEXT))
    raw.auto_close = False
    text = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    assert list(text) == TEXT.decode().splitlines(keepends=True)
    assert kept(client) and not raw.closed and raw.read() == b""
    text.close()
    assert raw.closed


def test_it_is_a_file_for_a_buffered_reader(client, answered):
    raw = answered(ok(TEXT))
    raw.auto_close = False
    with io.BufferedReader(raw) as reader:
        assert reader.peek(5)[:5] == b"first" and reader.readline() == b"first line\n"
        assert reader.read() == TEXT[11:]
    assert raw.closed and kept(client)


def test_it_is_a_file_for_json(answered):
    assert json.load(answered(ok(b'{"a": 1}'))) == {"a": 1}


def test_what_a_file_says_of_itself(answered):
    raw = answered(ok(TEXT))
    assert raw.readable() and not raw.writable() and not raw.seekable() and not raw.isatty()
    assert raw.fileno() == raw.connection.stream.fileno() > 0
    raw.flush()
    assert not raw.closed and not raw.isclosed()
    raw.read()
    assert raw.closed and raw.isclosed()
    with pytest.raises(OSError, match="the response has no connection any more"):
        raw.fileno()


def test_tell_counts_what_has_been_received_codings_and_all(answered):
    coded = gzip.compress(TEXT)
    raw = answered(ok(coded, b"Content-Encoding: gzip"))
    assert raw.tell() == 0
    assert raw.read(decode_content=True) == TEXT
    assert raw.tell() == len(coded)


def test_with_closes_it(client, answered):
    with answered(ok(TEXT)) as raw:
        assert raw.read(5) == b"first"
    assert raw.closed and raw.read() == b""


# The end.


@pytest.mark.parametrize("answer", [ok(b""), chunked(), b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\n\r\n"])
def test_a_response_without_a_body_leaves_the_connection_free(client, answered, answer):
    raw = answered(answer)
    assert raw.read() == b""
    assert kept(client) and raw.closed and raw.connection is None


@pytest.mark.parametrize("leave", ["close", "release_conn", "drain_conn"])
@pytest.mark.parametrize("answer", [ok(b"hello"), chunked(b"hel", b"lo"), ok(gzip.compress(TEXT), b"Content-Encoding: gzip")])
@pytest.mark.parametrize("read", [0, 2])
def test_leaving_a_body_that_has_arrived_keeps_the_connection(client, answered, answer, leave, read):
    raw = answered(answer)
    raw.read(read, decode_content=True)
    getattr(raw, leave)()
    assert kept(client) and raw.closed and raw.read() == b""
    assert client.send(route_to(answered.server), get(), FIVE).read() == b"hi"
    assert len(answered.server.connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"hello")[:-1],
        chunked(b"hello")[:-1],
        b"HTTP/1.1 200 OK\r\n\r\nhello",
        chunked(b"hello")[:-5] + b"nonsense\r\n",
        ok(b"hello") + b"surplus",
    ],
    ids=["length", "chunked", "until close", "nonsense", "surplus"],
)
def test_leaving_any_other_body_closes_the_connection(client, answered, answer):
    raw = answered(hear, say(answer), SILENCE)
    raw.close()
    wait_until_closed(answered.server)
    assert raw.closed and not kept(client) and raw.read() == b""


def test_leaving_a_bomb_does_not_set_it_off(answered):
    raw = answered(ok(gzip.compress(bytes(20_000_000)), b"Content-Encoding: gzip"))
    raw.read(10, decode_content=True)
    with peak_memory() as peak:
        raw.close()
    assert peak() < 100_000


@pytest.mark.parametrize(
    "read",
    [
        lambda raw: raw.read(),
        lambda raw: raw.read(100),
        lambda raw: [raw.read1(), raw.read1()],
        lambda raw: [raw.readinto(bytearray(100)), raw.readinto(bytearray(100))],
        lambda raw: list(raw.stream(100)),
        lambda raw: list(raw.stream(None)),
        lambda raw: list(raw),
        lambda raw: shutil.copyfileobj(raw, io.BytesIO()),
    ],
)
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhello",
        chunked(b"hello")[:-5],
    ],
    ids=["length", "large length", "chunked"],
)
def test_a_body_that_is_cut_short_is_an_error_and_the_end(client, answered, read, answer):
    raw = answered(answer, HALF_CLOSE)
    with pytest.raises(errors.IncompleteMessage, match="the connection ended inside the body"):
        read(raw)
    assert raw.closed and not kept(client)
    wait_until_closed(answered.server)


def test_silence_within_a_body_is_an_error_and_the_end(client, wire_server):
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", SILENCE])
    raw = client.send(route_to(server), get(), Timeouts(5, 0.05))
    with pytest.raises(errors.ReadTimedOut, match=r"read timeout=0\.05"):
        raw.read()
    assert raw.closed and not kept(client)
    wait_until_closed(server)


def test_a_response_that_is_dropped_closes_its_socket(answered):
    raw = answered(hear, say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), SILENCE)
    del raw
    gc.collect()
    wait_until_closed(answered.server)


def test_a_response_that_was_read_may_be_dropped_without_harm(client, answered):
    raw = answered(ok(b"hello"))
    raw.read()
    del raw
    gc.collect()
    assert kept(client)
    assert client.send(route_to(answered.server), get(), FIVE).read() == b"hi"


@pytest.mark.parametrize("read", [lambda raw: raw.read(), lambda raw: raw.readinto(bytearray(200_000))], ids=["read", "readinto"])
def test_an_error_keeps_no_memory_lent_out(answered, read):
    raw = answered(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n", CLOSE)
    with pytest.raises(errors.IncompleteMessage) as error:
        read(raw)
    lent = [value for entry in error.traceback for value in entry.frame.f_locals.values() if isinstance(value, memoryview)]
    assert lent
    for view in lent:
        with pytest.raises(ValueError, match="released"):
            len(view)


# A short body, for whoever would like to see it but needs not.


@pytest.mark.parametrize("answer", [ok(b"hello"), chunked(b"hel", b"lo"), ok(gzip.compress(b"hello"), b"Content-Encoding: gzip")])
@pytest.mark.parametrize("most", [5, 1000])
def test_a_short_body_is_read_whole(client, answered, answer, most):
    assert answered(answer).read_short(most, 5) == b"hello"
    assert kept(client)


@pytest.mark.parametrize(
    "script",
    [
        [ok(b"hello!")],
        [ok(gzip.compress(bytes(100_000)), b"Content-Encoding: gzip")],
        [ok(b"hello", b"Content-Encoding: gzip")],
        [ok(b"hello")[:-1], CLOSE],
        [hear, say(ok(b"hello")[:-1]), SILENCE],
    ],
    ids=["long", "long when decoded", "damaged", "cut short", "late"],
)
def test_any_other_body_is_dropped_and_nobody_waits_for_it(answered, script):
    raw = answered(*script)
    assert raw.read_short(5, 0.05) is None
    assert raw.closed


def test_a_body_that_drips_is_given_up_in_time(answered, clock):
    def drip(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:  # until the client closes
            clock.now += 1
            connection.send(b"x")

    assert answered(drip).read_short(1_000_000_000, 5) is None


# What it says of the answer.


def test_status_version_reason_and_headers(answered):
    raw = answered(b"HTTP/1.0 404 Not Here\r\nContent-Length: 0\r\nX-Two: a\r\nx-two: b\r\n\r\n")
    assert (raw.status, raw.version, raw.reason) == (404, 10, "Not Here")
    assert raw.headers["X-TWO"] == "a, b"
    assert raw.getheader("x-two") == "a, b" and raw.getheader("y") is None and raw.getheader("y", "z") == "z"
    assert raw.getheaders() is raw.info() is raw.headers
    assert raw.headers.getlist("X-Two") == ["a", "b"]
    assert repr(raw) == "<RawResponse 404 Not Here>"


def test_cookie_helpers_find_what_they_reach_for(answered):
    raw = answered(ok(b"", b"Set-Cookie: a=1", b"Set-Cookie: b=2, c"))
    assert raw._original_response.msg.get_all("Set-Cookie") == ["a=1", "b=2, c"]
    assert raw._original_response.msg.get_all("Set-Cookie2") is None
    assert raw._original_response.version == 11 and raw._fp is raw


@pytest.mark.parametrize(
    "status, leads",
    [(301, "/there"), (302, "/there"), (303, "/there"), (307, "/there"), (308, "/there"), (304, False), (200, False)],
)
def test_where_a_redirect_leads(answered, status, leads):
    raw = answered(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nLocation: /there\r\n\r\n" % status)
    assert raw.get_redirect_location() == leads


def test_a_redirect_that_leads_nowhere(answered):
    assert answered(b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n").get_redirect_location() is None


def test_interim_answers_and_trailers_are_there(answered):
    """D3, D16."""
    raw = answered(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"
    )
    assert [(status, fields["link"]) for status, fields in raw.informational] == [(103, "</a>")]
    assert raw.trailers is None
    assert raw.read() == b"hello"
    assert raw.trailers == {"x-sum": "1"}


# Memory.


class peak_memory:
    """How much Python held at most within the block, beyond what it held before."""

    def __enter__(self):
        tracemalloc.start()
        self._before = tracemalloc.get_traced_memory()[0]
        return lambda: self._peak

    def __exit__(self, *error):
        self._peak = tracemalloc.get_traced_memory()[1] - self._before
        tracemalloc.stop()


def hundred_megabytes(chunked):
    block = bytes(1_000_000)

    def send(connection):
        connection.read_request()
        connection.send(
            b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 100000000") + b"\r\n\r\n"
        )
        for _ in range(100):
            if chunked:
                connection.send(b"f4240\r\n")
            connection.send(block)
            if chunked:
                connection.send(b"\r\n")
        if chunked:
            connection.send(b"0\r\n\r\n")

    return send


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize(
    "read",
    [
        lambda raw: sum(map(len, raw.stream(100_000))),
        lambda raw: sum(map(len, raw.stream(None))),
        lambda raw: sum(iter(lambda: raw.readinto(bytearray(100_000)), 0)),
        lambda raw: [shutil.copyfileobj(raw, Nowhere()), raw.tell()][1],
    ],
    ids=["stream", "stream as it comes", "readinto", "copyfileobj"],
)
def test_a_hundred_megabytes_pass_through_little_memory(client, answered, chunked, read):
    with peak_memory() as peak:
        raw = answered(hundred_megabytes(chunked))
        assert read(raw) == 100_000_000
    assert peak() < 4_000_000
    assert kept(client)


class Nowhere(io.RawIOBase):
    def write(self, data):
        return len(data)


def test_what_is_read_whole_is_held_once(answered):
    body = bytes(20_000_000)
    raw = answered(ok(body))
    with peak_memory() as peak:
        assert len(raw.read()) == len(body)
    assert peak() < 1.1 * len(body)


@pytest.mark.parametrize("size", [50_000, 100_000, 100_001, 250_000, 400_000, 400_001, 3_000_000])
def test_a_long_body_is_whole_wherever_believing_ends(answered, monkeypatch, size):
    for name, most in (("_CLAIM", 100_000), ("_SHOWN", 70_000), ("_LARGE_CLAIM", 400_000)):
        monkeypatch.setattr(response, name, most)
    body = (b"0123456789abcdef-" * (size // 17 + 1))[:size]
    assert answered(ok(body)).read() == body


@pytest.mark.parametrize("size", [100, 70_000, 1_000_000])
def test_chunks_are_received_into_the_same_memory_again_and_again(answered, monkeypatch, size):
    received = []
    plain = Stream.receive_into
    monkeypatch.setattr(Stream, "receive_into", lambda self, view, timeout: received.append(view.obj) or plain(self, view, timeout))
    body = bytes(range(250)) * (size // 250 + 1)
    raw = answered(chunked(*[body[start : start + 1000] for start in range(0, len(body), 1000)]))
    assert raw.read() == body
    assert len({id(memory) for memory in received}) <= 1
    if size == 1_000_000:
        assert received


@pytest.mark.parametrize("claim", [10**9, 10**15])
def test_memory_follows_what_arrives_and_not_what_is_claimed(answered, claim):
    raw = answered(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nhello" % claim, CLOSE)
    with peak_memory() as peak, pytest.raises(errors.IncompleteMessage):
        raw.read()
    assert peak() < 1_000_000
