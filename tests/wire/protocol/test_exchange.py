"""One request and its response: what an exchange makes of bytes, however they arrive, and what it refuses to send."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings, strategies as st

from minireq.wire.errors import ConnectionLost, IncompleteMessage, LimitExceeded, LocalProtocolError, RemoteProtocolError
from minireq.wire.limits import Limits
from minireq.wire.protocol import exchange as exchange_module
from minireq.wire.protocol.exchange import AWAITING, BODY, BROKEN, DONE, HOLDING, READY, SENDING, Exchange
from minireq.wire.protocol.fields import Fields
from minireq.wire.protocol.framing import Close

from ...support.feeding import byte_by_byte, every_way, with_leftover
from . import hearing
from .hearing import ENDS, asked, hear

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"
LIMITS = Limits()
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\n\r\nhello"


def posting(length=None, *fields):
    """An exchange that has sent the head of a POST."""
    exchange = Exchange()
    framing = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
    exchange.start("POST", "/", Fields([framing, *fields]), length)
    return exchange


# --- requests


def test_a_request_without_a_body_is_its_head():
    exchange = Exchange()
    assert exchange.state is READY
    assert exchange.start("GET", "/", Fields({"Host": "h"})) == b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    assert exchange.state is SENDING
    assert exchange.finish() == b""
    assert exchange.state is AWAITING


def test_a_body_of_known_length_goes_out_as_it_is():
    exchange = Exchange()
    assert exchange.start("POST", "/", Fields({"Content-Length": "5"}), 5) == b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
    assert [exchange.write(b"he"), exchange.write(b""), exchange.write(b"llo"), exchange.finish()] == [b"he", b"", b"llo", b""]


def test_a_body_of_unknown_length_goes_out_in_chunks():
    exchange = posting()
    assert [exchange.write(b"hello"), exchange.write(b""), exchange.finish()] == [b"5\r\nhello\r\n", b"", b"0\r\n\r\n"]


def test_each_request_says_what_it_is_given_whatever_was_said_before():
    exchange = Exchange()
    fields = Fields([("Host", "h"), ("A", "1"), ("B", "2")])
    said = []
    for change in ({}, {}, {"A": "3"}, {"A": "1"}, {"Connection": "close"}):  # the third: another order, as A now comes last
        fields.update(change)
        said.append(exchange.start("GET", "/", fields).decode().split("\r\n")[1:-2])
        exchange.finish()
        exchange.feed(OK)
        assert exchange.next_head() and exchange.next_data() == b"hello"
        if exchange.verdict is None:
            exchange.next_cycle()
    assert said[0] == said[1] == ["Host: h", "A: 1", "B: 2"]
    assert said[2:] == [
        ["Host: h", "B: 2", "A: 3"], ["Host: h", "B: 2", "A: 1"], ["Host: h", "B: 2", "A: 1", "Connection: close"],
    ]  # fmt: skip
    assert exchange.verdict is Close.CLIENT_ASKED


def test_the_same_fields_do_not_fit_another_body():
    exchange = Exchange()
    fields = Fields([("Content-Length", "0")])
    exchange.start("POST", "/", fields, 0)
    exchange.finish()
    exchange.feed(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert exchange.next_head()
    exchange.next_cycle()
    with pytest.raises(LocalProtocolError, match="does not fit a body of 5 bytes"):
        exchange.start("POST", "/", fields, 5)


@pytest.mark.parametrize(
    "fields, length",
    [
        ([("Content-Length", "0")], 0),
        ([("content-length", "05")], 5),
        ([("Transfer-Encoding", "Chunked")], None),
    ],
)
def test_framing_that_fits_the_body_is_sent(fields, length):
    assert Exchange().start("POST", "/", Fields(fields), length).count(b"\r\n") == 3


@pytest.mark.parametrize(
    "fields, length, message",
    [
        # D1, D2: what the fields say and what the body is must be the same
        ([], 5, "a body of 5 bytes needs its Content-Length"),
        ([], None, "a body of unknown length needs Transfer-Encoding: chunked, not None"),
        ([("Content-Length", "3")], 5, "Content-Length: '3' does not fit a body of 5 bytes"),
        ([("Content-Length", "3")], 0, "Content-Length: '3' does not fit a body of 0 bytes"),
        ([("Content-Length", "5")], None, "a body of unknown length needs Transfer-Encoding: chunked, not None"),
        ([("Content-Length", "5"), ("Content-Length", "5")], 5, "'5, 5' does not fit"),
        ([("Content-Length", "+5")], 5, "does not fit"),
        ([("Content-Length", " 5")], 5, "does not fit"),
        ([("Content-Length", "５")], 5, "does not fit"),
        ([("Content-Length", "9" * 5000)], 5, r"'9{60}'\.\.\. does not fit a body of 5 bytes"),
        ([("Content-Length", "")], 0, "does not fit"),
        ([("Transfer-Encoding", "chunked")], 5, "Transfer-Encoding: 'chunked' does not fit a body of 5 bytes"),
        ([("Transfer-Encoding", "chunked")], 0, "does not fit a body of 0 bytes"),
        ([("Transfer-Encoding", "gzip, chunked")], None, "not 'gzip, chunked'"),
        ([("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], None, "not 'chunked, chunked'"),
        ([("Transfer-Encoding", "xchunked")], None, "not 'xchunked'"),
        ([("Transfer-Encoding", "a\r\nB: c")], 0, r"Transfer-Encoding: 'a\\r\\nB: c' does not fit"),
        ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], 5, "cannot have both Transfer-Encoding and Content-Length"),
        ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], None, "cannot have both"),
    ],
)
def test_D1_D2_framing_that_does_not_fit_the_body_is_refused_before_anything_is_sent(fields, length, message):
    exchange = Exchange()
    with pytest.raises(LocalProtocolError, match=message) as caught:
        exchange.start("POST", "/", Fields(fields), length)
    assert caught.value.part == "field"
    assert exchange.state is READY


def test_a_head_that_is_refused_leaves_the_exchange_as_it_was():
    exchange = Exchange()
    with pytest.raises(LocalProtocolError):
        exchange.start("GET", "/ ", Fields())
    assert exchange.start("GET", "/", Fields())


@pytest.mark.parametrize("pieces, missing", [([], 5), ([b"hell"], 1)])
def test_a_body_shorter_than_its_length_breaks_the_exchange(pieces, missing):
    exchange = posting(5)
    for piece in pieces:
        exchange.write(piece)
    with pytest.raises(LocalProtocolError, match=f"the body is shorter than its Content-Length, by {missing} bytes") as caught:
        exchange.finish()
    assert (caught.value.part, exchange.state) == ("body", BROKEN)


@pytest.mark.parametrize("pieces, excess", [([b"hello!"], 1), ([b"hello", b"hello"], 5)])
def test_a_body_longer_than_its_length_breaks_the_exchange_before_the_excess_is_sent(pieces, excess):
    exchange = posting(5)
    with pytest.raises(LocalProtocolError, match=f"the body is longer than its Content-Length, by {excess} bytes") as caught:
        for piece in pieces:
            exchange.write(piece)
    assert (caught.value.part, exchange.state) == ("body", BROKEN)


# --- Expect: 100-continue (RFC 9110, section 10.1.1)


def expecting(value="100-continue", length=5):
    exchange = posting(length, ("Expect", value))
    assert exchange.state is HOLDING
    return exchange


@pytest.mark.parametrize("value", ["100-continue", "100-Continue", "other, 100-continue"])
@pytest.mark.parametrize("length", [5, None])
def test_with_expect_the_body_waits(value, length):
    exchange = expecting(value, length)
    for step in (lambda: exchange.write(b"hello"), exchange.finish):
        with pytest.raises(LocalProtocolError, match="not possible now: the body waits until it is asked for"):
            step()


@pytest.mark.parametrize("value, length", [("100-continue", 0), ("something-else", 5), ("", 5)])
def test_where_there_is_no_body_or_another_expectation_nothing_waits(value, length):
    assert posting(length, ("Expect", value)).state is SENDING


def test_the_body_is_sent_once_it_is_asked_for_however_that_arrives():
    for pieces in every_way(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\nX: y\r\n\r\n"):
        exchange = expecting()
        for piece in pieces:
            assert exchange.state is HOLDING
            exchange.feed(piece)
            assert exchange.next_head() is None
        assert exchange.state is SENDING
        assert [exchange.write(b"hello"), exchange.finish()] == [b"hello", b""]
        assert hear([OK], exchange).informational == [(103, []), (100, [("X", "y")])]
        assert exchange.verdict is None


@pytest.mark.parametrize("status", [102, 103, 199])
def test_no_other_interim_answer_asks_for_it(status):
    exchange = expecting()
    exchange.feed(b"HTTP/1.1 %d Wait\r\n\r\n" % status)
    assert (exchange.next_head(), exchange.state) == (None, HOLDING)


def test_the_body_may_be_sent_without_being_asked_for():
    exchange = expecting(length=None)
    exchange.go_on()
    assert [exchange.write(b"hello"), exchange.finish()] == [b"5\r\nhello\r\n", b"0\r\n\r\n"]
    assert hear([b"HTTP/1.1 100 Continue\r\n\r\n", OK], exchange).verdict is None


def test_only_what_waits_can_go_on():
    with pytest.raises(LocalProtocolError, match="not possible now: the request is being sent"):
        posting(5).go_on()


@pytest.mark.parametrize("status", [200, 401, 417])
def test_after_an_answer_without_the_body_no_request_follows(status):
    """The server may still take the next request for the body."""
    for pieces in every_way(OK.replace(b"200", b"%d" % status)):
        exchange = expecting()
        heard = hear(pieces, exchange)
        assert (heard.status, heard.body, heard.verdict) == (status, b"hello", Close.EARLY_ANSWER)
        with pytest.raises(LocalProtocolError, match=r"no request can follow: Close\.EARLY_ANSWER"):
            exchange.next_cycle()


def test_the_end_of_the_connection_while_the_body_waits_is_an_error():
    exchange = expecting()
    exchange.feed(ENDS)
    with pytest.raises(ConnectionLost):
        exchange.next_head()


# --- trailers (RFC 9110, section 6.5)


def test_fields_may_follow_a_chunked_body():
    exchange = posting()
    assert exchange.finish(Fields([("A", "1"), ("a", "2")])) == b"0\r\nA: 1\r\na: 2\r\n\r\n"


def test_they_follow_no_other_body():
    exchange = posting(0)
    with pytest.raises(LocalProtocolError, match="fields can follow a chunked body only") as caught:
        exchange.finish(Fields({"A": "1"}))
    assert caught.value.part == "body"


# --- the states


def in_state(state):
    exchange = Exchange()
    if state is BROKEN:
        exchange.abort()
    elif state is HOLDING:
        return expecting()
    elif state is not READY:
        exchange.start("GET", "/", Fields())
        if state is not SENDING:
            exchange.finish()
        if state in (BODY, DONE):
            exchange.feed(OK)
            exchange.next_head()
        if state is DONE:
            exchange.next_data()
    assert exchange.state is state
    return exchange


STEPS = {
    "start": lambda exchange: exchange.start("GET", "/", Fields()),
    "write": lambda exchange: exchange.write(b""),
    "finish": lambda exchange: exchange.finish(),
    "next_head": lambda exchange: exchange.next_head(),
    "next_data": lambda exchange: exchange.next_data(),
    "next_cycle": lambda exchange: exchange.next_cycle(),
}
POSSIBLE = {
    READY: {"start", "next_cycle"},
    HOLDING: {"next_head"},
    SENDING: {"write", "finish", "next_head"},
    AWAITING: {"next_head"},
    BODY: {"next_data"},
    DONE: {"next_data", "next_cycle"},
    BROKEN: set(),
}


@pytest.mark.parametrize("state, step", list(itertools.product(POSSIBLE, STEPS)))
def test_each_step_belongs_to_its_states(state, step):
    exchange = in_state(state)
    if step in POSSIBLE[state]:
        STEPS[step](exchange)
    else:
        with pytest.raises(LocalProtocolError) as caught:
            STEPS[step](exchange)
        assert caught.value.part == "body"


def test_a_step_that_is_not_possible_now_says_why():
    with pytest.raises(LocalProtocolError, match="not possible now: this connection cannot be trusted any more"):
        STEPS["start"](in_state(BROKEN))


def test_no_request_can_follow_where_the_verdict_says_so():
    exchange = asked()
    hear([OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")], exchange)
    with pytest.raises(LocalProtocolError, match=r"no request can follow: Close\.SERVER_ASKED"):
        exchange.next_cycle()


# --- responses


@pytest.mark.parametrize(
    "wire, body",
    [
        (OK, b"hello"),
        (CHUNKED, b"hello"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\r\n\r\n", b"\r\n\r\n"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", b"hello"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\nhello", b"hello"),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\r\nhello", b"hello"),
    ],
)
@pytest.mark.parametrize("bulk", [False, True], ids=["through the buffer", "past it"])
def test_a_response_is_heard_however_it_arrives(wire, body, bulk):
    for pieces in every_way(wire):
        for most in (1, 3, None):
            exchange = asked()
            heard = hear(pieces, exchange, most, bulk)
            assert (heard.body, heard.verdict, exchange.state) == (body, None, DONE)
            assert exchange.next_data() == b""


def test_D16_trailers_are_kept_apart_from_the_fields():
    heard = hear([CHUNKED])
    assert (heard.fields, heard.trailers) == ([("Transfer-Encoding", "chunked")], [("X", "y")])
    assert hear([OK]).trailers is None


@pytest.mark.parametrize("bulk", [False, True], ids=["through the buffer", "past it"])
def test_a_body_without_a_length_ends_with_the_connection(bulk):
    for pieces in every_way(UNTIL_CLOSE):
        exchange = asked()
        heard = hear([*pieces, ENDS], exchange, bulk=bulk)
        assert (heard.body, heard.verdict, exchange.state) == (b"hello", Close.UNTIL_CLOSE, DONE)
    assert hear([b"HTTP/1.1 200 OK\r\n\r\n", ENDS]).body == b""


@pytest.mark.parametrize("wire", [OK, b"HTTP/1.1 200 OK\r\n\r\n", CHUNKED])
def test_there_is_no_body_in_the_answer_to_HEAD(wire):
    exchange = asked("HEAD")
    heard = hear([wire.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"], exchange)
    assert (heard.body, heard.verdict, exchange.state) == (b"", None, DONE)


def test_what_is_left_of_a_body_is_known_where_its_length_was_said():
    exchange = asked()
    exchange.feed(OK[:-2])
    exchange.next_head()
    assert exchange.left == 5
    assert (exchange.next_data(), exchange.left) == (b"hel", 2)
    for wire in (CHUNKED, UNTIL_CLOSE):
        exchange = asked()
        exchange.feed(wire)
        exchange.next_head()
        assert exchange.left is None


def test_something_was_heard_as_soon_as_a_byte_has_come():
    exchange = asked()
    assert not exchange.heard
    exchange.feed(b"H")
    assert exchange.heard
    exchange.feed(OK[1:])
    exchange.next_head()
    exchange.next_data()
    assert exchange.heard
    exchange.next_cycle()
    assert not exchange.heard


def test_an_interim_response_counts_as_heard():
    exchange = asked()
    exchange.feed(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert exchange.next_head() is None
    assert exchange.heard


def test_one_exchange_serves_many_cycles():
    exchange = asked("GET", ("Upgrade", "x"))
    for number, wire in enumerate(
        [OK, CHUNKED, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", OK]
    ):
        if number:
            exchange.start("GET", "/", Fields())
            exchange.finish()
        heard = hear(byte_by_byte(wire), exchange)
        assert heard == hear([wire])
        exchange.next_cycle()
        assert (exchange.state, exchange.head, exchange.trailers, exchange.informational) == (READY, None, None, [])


# --- interim responses


@pytest.mark.parametrize("status", [100, 102, 103, 104, 199])
def test_D3_interim_responses_are_put_aside(status):
    wire = b"HTTP/1.1 %d Wait\r\nLink: </a.css>\r\nSet-Cookie: hint=1\r\nContent-Length: 5\r\n\r\n" % status + OK
    for pieces in every_way(wire):
        heard = hear(pieces)
        assert (heard.status, heard.fields, heard.body, heard.verdict) == (200, [("Content-Length", "5")], b"hello", None)
        assert heard.informational == [(status, [("Link", "</a.css>"), ("Set-Cookie", "hint=1"), ("Content-Length", "5")])]


def test_as_many_interim_responses_as_the_limit_allows_pass_and_one_more_does_not():
    interim = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    assert len(hear([interim * 50 + OK]).informational) == 50
    exchange = asked()
    with pytest.raises(LimitExceeded, match="interim responses without end") as caught:
        hear([interim * 1000], exchange)
    assert (caught.value.limit, exchange.state, len(exchange.informational)) == ("interim_responses", BROKEN, 51)


def test_protocols_are_switched_only_where_that_was_asked_for():
    wire = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
    exchange = asked()
    with pytest.raises(RemoteProtocolError, match="without being asked to"):
        hear([wire], exchange)
    assert exchange.state is BROKEN
    heard = hear([wire + b"\x81\x05hello", ENDS], asked("GET", ("Upgrade", "x"), ("Connection", "upgrade")))
    assert (heard.status, heard.body, heard.verdict) == (101, b"\x81\x05hello", Close.SWITCHED)


def test_after_a_switch_what_came_with_the_head_is_there_to_be_taken():
    exchange = asked("GET", ("Upgrade", "x"))
    exchange.feed(b"HTTP/1.1 101 Switching Protocols\r\n\r\nhello")
    assert exchange.next_head().status == 101
    assert (exchange.switched, exchange.buffered) == (True, 5)
    assert (exchange.next_data(2), exchange.buffered) == (b"he", 3)


def test_any_other_answer_switches_nothing():
    exchange = asked("GET", ("Upgrade", "x"))
    hear([OK], exchange)
    assert not exchange.switched


# --- early answers


@pytest.mark.parametrize("wire", [OK, CHUNKED, b"HTTP/1.1 204 No Content\r\n\r\n"])
def test_an_answer_before_the_request_is_sent_whole_is_heard_and_is_the_last(wire):
    exchange = posting()
    exchange.write(b"some")
    heard = hear([wire], exchange)
    assert heard.verdict is Close.EARLY_ANSWER
    assert heard._replace(verdict=None) == hear([wire])


def test_why_it_is_the_last_is_not_forgotten_when_more_comes_behind_it():
    assert hear([OK + b"extra"], posting()).verdict is Close.EARLY_ANSWER


@pytest.mark.parametrize("length, written", [(None, [b"4\r\nmore\r\n", b"0\r\n\r\n"]), (4, [b"more", b""])])
@pytest.mark.parametrize("read", [False, True], ids=["before the answer is read", "after it"])
def test_the_rest_of_the_body_can_be_sent_after_an_early_answer(length, written, read):
    exchange = posting(length)
    exchange.feed(OK)
    exchange.next_head()
    if read:
        assert exchange.next_data() == b"hello"
    assert [exchange.write(b"more"), exchange.finish()] == written
    if not read:
        assert exchange.next_data() == b"hello"
    assert (exchange.state, exchange.verdict) == (DONE, Close.EARLY_ANSWER)


def test_but_no_more_than_the_body():
    exchange = posting()
    exchange.feed(OK)
    exchange.next_head()
    exchange.finish()
    with pytest.raises(LocalProtocolError):
        exchange.write(b"x")
    assert exchange.state is BROKEN


def test_an_interim_response_is_no_early_answer():
    exchange = posting()
    exchange.feed(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert exchange.next_head() is None
    assert (exchange.state, exchange.write(b"x"), exchange.finish()) == (SENDING, b"1\r\nx\r\n", b"0\r\n\r\n")
    assert hear([OK], exchange).verdict is None


# --- the verdict


@pytest.mark.parametrize(
    "wire, reason",
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", Close.SERVER_ASKED),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", Close.OLD_VERSION),
        (CHUNKED.replace(b"\r\n\r\n5", b"\r\nContent-Length: 3\r\n\r\n5"), Close.TWO_LENGTHS),
    ],
)
def test_what_the_head_says_about_the_connection_is_its_end(wire, reason):
    heard = hear([wire])
    assert (heard.body, heard.verdict) == (b"hello", reason)


def test_so_is_what_the_request_said():
    exchange = asked("GET", ("Connection", "Close"))
    assert hear([OK], exchange).verdict is Close.CLIENT_ASKED


@pytest.mark.parametrize("extra", [b"\n", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nSet-Cookie: planted=1\r\n\r\nEVIL"])
@pytest.mark.parametrize(
    "method, wire, body",
    [
        ("GET", OK, b"hello"),
        ("GET", CHUNKED, b"hello"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", b""),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", b""),
    ],
)
def test_bytes_behind_a_response_belong_to_none(method, wire, body, extra):
    for pieces in (with_leftover(wire, extra), [wire[:-1], wire[-1:] + extra]):
        heard = hear(pieces, asked(method))
        assert (heard.body, heard.verdict) == (body, Close.SURPLUS)


# --- what is not well formed


@pytest.mark.parametrize("size", range(1, len(OK) - 5))
def test_a_connection_that_ends_inside_a_head_gives_no_response(size):
    for pieces in every_way(OK[:size]):
        exchange = asked()
        with pytest.raises(IncompleteMessage, match=r"inside the head of the response: b'H"):
            hear([*pieces, ENDS], exchange)
        assert exchange.state is BROKEN


def test_a_connection_that_ends_before_a_response_is_lost():
    for pieces in ([ENDS], [b"HTTP/1.1 100 Continue\r\n\r\n", ENDS]):
        with pytest.raises(ConnectionLost, match="the server closed the connection without a response"):
            hear(pieces)


@pytest.mark.parametrize("head, seen", [(b"HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\n", "HTTP/1.1"), (b"Cookie: s3cret", "Cookie")])
def test_a_cut_head_is_shown_without_its_secrets(head, seen):
    with pytest.raises(IncompleteMessage, match=seen) as caught:
        hear([head, ENDS])
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "wire, message", [(OK, r"inside the body, \d bytes early"), (CHUNKED, "inside the body, before the last chunk")]
)
@pytest.mark.parametrize("bulk", [False, True], ids=["through the buffer", "past it"])
def test_a_connection_that_ends_inside_a_body_is_an_error(wire, message, bulk):
    begin = wire.index(b"\r\n\r\n") + 4
    for size in range(begin, len(wire)):
        exchange = asked()
        with pytest.raises(IncompleteMessage, match=message):
            hear([wire[:size], ENDS], exchange, bulk=bulk)
        assert exchange.state is BROKEN


def test_all_that_came_of_a_cut_body_is_given_before_the_error():
    exchange = asked()
    exchange.feed(OK[:-2])
    exchange.feed(ENDS)
    exchange.next_head()
    assert exchange.next_data() == b"hel"
    with pytest.raises(IncompleteMessage, match="2 bytes early"):
        exchange.next_data()


@pytest.mark.parametrize(
    "wire",
    [
        b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"\n\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"<html><body>hi</body></html>\n\n",
        b"HTTP/1.1 200 OK\r\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\r\nX: y\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 0\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nbad\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
    ],
)
def test_what_is_no_response_breaks_the_exchange_however_it_arrives(wire):
    for pieces in every_way(wire):
        exchange = asked()
        with pytest.raises(RemoteProtocolError):
            hear(pieces, exchange)
        assert exchange.state is BROKEN
        with pytest.raises(LocalProtocolError, match="cannot be trusted any more"):
            exchange.next_data()


# --- limits


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\r\n\n", b"\n\r\n"])
def test_a_head_as_long_as_the_limit_allows_passes_and_a_longer_one_does_not(end):
    limits = Limits(header_bytes=60)

    def wire(size):
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: " + b"v" * (size - 39) + end

    assert len(wire(60)) == 60 + len(end)
    for pieces in every_way(wire(60)):
        assert hear(pieces, asked(limits=limits)).status == 200
    for pieces in every_way(wire(61)):
        exchange = asked(limits=limits)
        with pytest.raises(LimitExceeded, match="the head of the response is too long") as caught:
            hear(pieces, exchange)
        assert (caught.value.limit, caught.value.allowed, exchange.state) == ("header_bytes", 60, BROKEN)


def test_a_head_of_256_kilobytes_passes_by_default():
    line = b"A: " + b"v" * 1019 + b"\r\n"
    fill = b"HTTP/1.1 200 OK\r\n" + line * 255 + b"Content-Length: 0\r\nB: "
    fill += b"w" * (256 * 1024 - len(fill))
    assert hear([fill + b"\r\n\r\n"]).status == 200
    with pytest.raises(LimitExceeded):
        hear([fill + b"w\r\n\r\n"])


@pytest.mark.parametrize(
    "piece", [b"z" * 4096, b"A: b\r\n" * 700, b"\r" * 4096, b" folded\r\n" * 500, b"\0" * 4096], ids=lambda piece: repr(piece[:8])
)
def test_a_head_without_end_is_stopped_when_it_is_too_long(piece):
    pieces = hearing.Arriving([b"HTTP/1.1 200 OK\r\n", *[piece] * 1000])
    with pytest.raises(LimitExceeded):
        hearing.heard_head(asked(), pieces)
    assert len(pieces.pieces) > 900


def test_interim_heads_and_the_final_one_are_counted_together():
    interim, final = b"HTTP/1.1 103 Early Hints\r\nA: b", b"HTTP/1.1 200 OK\r\nContent-Length: 0"
    wire = (interim + b"\r\n\r\n") * 2 + final + b"\r\n\r\n"
    size = 2 * len(interim) + len(final)
    for pieces in every_way(wire):
        assert hear(pieces, asked(limits=Limits(header_bytes=size))).status == 200
    for pieces in every_way(wire):
        with pytest.raises(LimitExceeded, match=f"together with {2 * len(interim)} bytes of interim ones") as caught:
            hear(pieces, asked(limits=Limits(header_bytes=size - 1)))
        assert (caught.value.limit, caught.value.allowed) == ("header_bytes", size - 1)


def test_limits_are_those_of_the_request():
    exchange = asked(limits=Limits(header_count=1))
    wire = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(LimitExceeded):
        hear([wire], exchange)
    exchange = asked(limits=Limits(header_count=2))
    assert hear([wire], exchange).status == 200
    exchange.next_cycle()
    exchange.start("GET", "/", Fields([("Host", "example.org")]))
    exchange.finish()
    assert hear([wire.replace(b"A: b\r\n", b"A: b\r\n" * 499)], exchange).status == 200


def test_limits_reach_the_trailers():
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nC: d\r\n\r\n"
    assert len(hear([wire], asked(limits=Limits(trailer_count=2))).trailers) == 2
    with pytest.raises(LimitExceeded):
        hear([wire], asked(limits=Limits(trailer_count=1)))


# --- bytes that go past the buffer


def test_as_many_bytes_may_go_past_as_are_plain_body():
    exchange = asked()
    assert exchange.passthrough() == 0
    exchange.feed(OK[:-5])
    exchange.next_head()
    assert exchange.passthrough() == 5
    exchange.skip(2)
    assert exchange.passthrough() == 3
    exchange.feed(b"l")
    assert exchange.passthrough() == 0  # that one first
    assert exchange.next_data() == b"l"
    exchange.skip(2)
    assert (exchange.passthrough(), exchange.state, exchange.next_data()) == (0, DONE, b"")


def test_of_a_chunked_body_it_is_the_rest_of_a_large_chunk():
    exchange = asked()
    exchange.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3fff\r\n")
    exchange.next_head()
    assert (exchange.next_data(), exchange.passthrough()) == (None, 0)
    exchange.feed(bytes(0x3FFF) + b"\r\n8000\r\n")
    assert (exchange.next_data(), exchange.passthrough()) == (bytes(0x3FFF), 0x8000)
    exchange.skip(0x4000)
    assert exchange.passthrough() == 0x4000
    exchange.skip(0x4000)
    assert exchange.passthrough() == 0
    exchange.feed(b"\r\n0\r\n\r\n")
    assert (exchange.next_data(), exchange.state, exchange.verdict) == (b"", DONE, None)


def test_of_a_body_without_a_length_it_is_everything():
    exchange = asked()
    exchange.feed(UNTIL_CLOSE[:-5])
    exchange.next_head()
    exchange.skip(1000)
    assert exchange.passthrough() > 1 << 60
    assert exchange.state is BODY


# --- a body that came with its head


@pytest.mark.parametrize("cut", range(1, len(OK)))
def test_all_the_rest_is_had_at_once_if_it_is_here(cut):
    exchange = asked()
    exchange.feed(OK[:cut])
    if exchange.next_head() is not None:
        assert exchange.rest() is None and exchange.state is BODY
    exchange.feed(OK[cut:])
    assert exchange.head or exchange.next_head()
    assert (exchange.rest(), exchange.left, exchange.state, exchange.verdict) == (b"hello", 0, DONE, None)
    assert exchange.rest() is None and exchange.next_data() == b""


def test_the_rest_of_what_was_begun_is_had_at_once_too():
    exchange = asked()
    exchange.feed(OK)
    exchange.next_head()
    assert (exchange.next_data(2), exchange.rest(2), exchange.rest(3), exchange.state) == (b"he", None, b"llo", DONE)


@pytest.mark.parametrize("wire", [OK + b"x", UNTIL_CLOSE, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"])
def test_what_is_more_or_ends_otherwise_is_had_piece_by_piece(wire):
    exchange = asked()
    exchange.feed(wire)
    exchange.next_head()
    assert exchange.rest() is None and exchange.next_data() in (b"hello", b"")


# --- laws


@given(hearing.answers(), hearing.places, st.sampled_from([None, 1, 7, 100]), st.booleans())
def test_how_a_response_arrives_makes_no_difference(answer, places, most, bulk):
    heard = hear([*hearing.cut(answer.wire, places), ENDS], most=most, bulk=bulk)
    assert heard._replace(verdict=None) == answer.heard
    assert heard == hear([answer.wire, ENDS])


@settings(max_examples=200)
@given(hearing.damaged(hearing.answers().map(lambda answer: answer.wire)), hearing.places, st.booleans())
def test_a_damaged_response_is_the_same_value_or_error_however_it_arrives(wire, places, bulk):
    first = hearing.outcome([wire])
    for pieces in (hearing.cut(wire, places), byte_by_byte(wire)):
        other = hearing.outcome(pieces, bulk=bulk)
        if isinstance(first, hearing.Heard):  # but for bytes behind the response, of which one only knows when they came with it
            assert other._replace(verdict=None) == first._replace(verdict=None)
        else:
            assert other is first


@given(st.binary(max_size=300), hearing.places)
def test_noise_gives_an_error_of_the_wire(noise, places):
    assert isinstance(hearing.outcome(hearing.cut(noise, places)), type)


def again(exchange, wire, limits=LIMITS):
    """The head of a response without a body, to one more request on the same connection."""
    exchange.start("HEAD", "/", Fields([("Host", "h")]), limits=limits)
    exchange.finish()
    exchange.feed(wire)
    head = exchange.next_head()
    exchange.next_cycle()
    return head


def test_nothing_is_asked_for_by_nobody():
    with pytest.raises(LocalProtocolError, match="not a token"):
        Exchange().start("", "", Fields([("Host", "h")]))


def test_a_head_that_comes_again_is_read_once(monkeypatch):
    read = []
    response_head = exchange_module.response_head
    monkeypatch.setattr(exchange_module, "response_head", lambda *arguments: read.append(1) or response_head(*arguments))
    exchange, wire = Exchange(), b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"
    for _ in range(3):
        head = again(exchange, wire)
        assert (head.status, head.reason, head.version, head.fields.items()) == (200, "OK", 11, [("Server", "x")])
    assert len(read) == 1
    assert again(exchange, wire.replace(b"x", b"y")).fields["server"] == "y"
    assert again(exchange, wire).fields["server"] == "x"
    assert len(read) == 3
    with pytest.raises(LimitExceeded):  # what is accepted has changed meanwhile
        again(exchange, wire, Limits(header_count=0))


def test_what_a_head_means_depends_on_what_was_asked_and_when():
    exchange, wire = Exchange(), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    assert again(exchange, wire).status == 200  # to HEAD
    for _ in range(2):
        exchange.start("GET", "/", Fields([("Host", "h")]))
        exchange.finish()
        exchange.feed(wire)
        assert (exchange.next_head().status, exchange.state, exchange.left) == (200, BODY, 2)
        exchange.feed(b"ab")
        assert (exchange.next_data(), exchange.state, exchange.left) == (b"ab", DONE, 0)
        exchange.next_cycle()
    exchange.start("GET", "/", Fields([("Host", "h"), ("Content-Length", "1")]), 1)
    exchange.feed(wire)
    assert (exchange.next_head().status, exchange.verdict) == (200, Close.EARLY_ANSWER)


def test_repeated_fields_come_again_as_they_were():
    exchange = Exchange()
    for _ in range(3):
        fields = again(exchange, b"HTTP/1.1 200 OK\r\nVary: a\r\nServer: x\r\nVary: b\r\n\r\n").fields.copy()
        assert fields.items() == [("Vary", "a"), ("Server", "x"), ("Vary", "b")]
        assert (fields["vary"], fields.getlist("vary")) == ("a, b", ["a", "b"])
        fields.add("Vary", "c")
        fields.getlist("vary").append("d")
