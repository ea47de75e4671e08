"""One connection: how a request goes out, what is heard meanwhile, and how head and body come in."""

from __future__ import annotations

import _socket
import functools
import os
import socket
import tempfile
import threading

import pytest

from minireq.wire import errors
from minireq.wire.connect import connect
from minireq.wire.connection import Connection
from minireq.wire.limits import DEFAULT_LIMITS
from minireq.wire.network.stream import FilePart
from minireq.wire.protocol.exchange import DONE, Exchange
from minireq.wire.protocol.fields import Fields
from minireq.wire.protocol.framing import Close
from minireq.wire.timeouts import HEAD_PATIENCE, Deadline
from tests.support.scripted import CLOSE, CUT, HALF_CLOSE, RESET, hear, say, wait_for

from .asking import OK, chunked, get, ok, post, route_to, wait_until_closed

MUCH = bytes(range(256)) * 64 * 1024  # 16 MiB: more than the buffers of both ends hold
HAS_SENDFILE = hasattr(os, "sendfile")
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nstop"


@pytest.fixture
def connection_to():
    """A new connection to a server; closed in the end."""
    opened = []

    def open_connection(server, tls=None):
        route = route_to(server, tls)
        opened.append(Connection(connect(route, Deadline(5), DEFAULT_LIMITS), route))
        return opened[-1]

    yield open_connection
    for connection in opened:
        connection.close()


@pytest.fixture
def sends(monkeypatch):
    """The sizes of what is handed to the system, one entry a call."""
    sizes = []

    def send(self, data):
        sizes.append(len(data))
        return _socket.socket.send(self, data)

    monkeypatch.setattr(socket.socket, "send", send, raising=False)
    return sizes


@pytest.fixture
def enough():
    """Set at the end of the test: what a server that says and reads nothing waits for."""
    event = threading.Event()
    yield event
    event.set()


def asked(connection, request, timeout=5):
    """The head of the answer to a request."""
    connection.send(request, timeout)
    return connection.read_head(timeout)


def rest_of(connection, most=1 << 20):
    """The body, to its end."""
    pieces = []
    while data := connection.read_body(most, 5):
        assert len(data) <= most
        pieces.append(data)
    return b"".join(pieces)


@functools.cache
def much_on_the_disk():
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes when the process does
    file.write(MUCH)
    file.flush()
    return file


def parts(size, most=1_000_000):
    """The first bytes of a file, in parts that the system can send; in bytes where it cannot."""
    made = [FilePart(much_on_the_disk(), start, min(most, size - start)) for start in range(0, size, most)]
    return made if HAS_SENDFILE else [MUCH[start : start + most] for start in range(0, size, most)]


# A request goes out.


def test_a_request_and_its_answer(wire_server, connection_to):
    server = wire_server(ok(b"hello", b"Server: x"))
    connection = connection_to(server)
    head = asked(connection, get("/path?query", Accept="*/*"))
    assert (head.version, head.status, head.reason, head.fields["server"]) == (11, 200, "OK", "x")
    assert rest_of(connection) == b"hello"
    assert connection.exchange.state is DONE and connection.exchange.verdict is None
    assert server.connections[0].received == b"GET /path?query HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        get(),
        post(b""),
        post(b"x"),
        post(b"x" * 16 * 1024),
        post([b"he", b"", b"llo"], length=5),
        post(iter([b"x" * 8 * 1024] * 2), length=16 * 1024),
    ],
    ids=["no body", "empty", "one byte", "16 KiB", "pieces", "iterator"],
)
def test_a_request_with_a_small_body_goes_out_in_one_system_call(wire_server, connection_to, sends, request_):
    server = wire_server(OK)
    asked(connection_to(server), request_)
    assert sends == [len(server.requests[0].raw)]


@pytest.mark.parametrize(
    "request_, body",
    [
        (post(b"x" * (16 * 1024 + 1)), b"x" * (16 * 1024 + 1)),
        (post(MUCH), MUCH),
        (post([MUCH[:1000], b"", MUCH[1000:]], length=len(MUCH)), MUCH),
        (post(iter([b"he", b"", b"llo"])), b"hello"),
        (post([MUCH]), MUCH),
        (post(parts(len(MUCH)), length=len(MUCH)), MUCH),
        (post([b"head", *parts(100_000), b"tail"], length=100_008), b"head" + MUCH[:100_000] + b"tail"),
        (post(parts(len(MUCH))), MUCH),
        (post(parts(10), length=10), MUCH[:10]),
        (post([]), b""),
    ],
    ids=[
        "16 KiB and a byte",
        "bytes",
        "pieces",
        "chunks",
        "one large chunk",
        "file",
        "form",
        "file in chunks",
        "small file",
        "no chunk",
    ],
)
@pytest.mark.parametrize("secure", [False, True])
def test_other_bodies_arrive_whole(wire_server, connection_to, ca, request_, body, secure):
    if hasattr(request_.body, "__next__"):
        request_ = post(iter([b"he", b"", b"llo"]))  # each run its own
    server = wire_server(OK, tls=ca.server_context() if secure else None)
    connection = connection_to(server, ca.file if secure else None)
    assert asked(connection, request_).status == 200
    assert server.requests[0].body == body
    assert rest_of(connection) == b"hi" and connection.exchange.verdict is None


@pytest.mark.parametrize(
    "body, length, complaint",
    [
        ([b"hel", b"lo!"], 5, "the body is longer than its Content-Length, by 1 bytes or more"),
        ([b"hell"], 5, "the body is shorter than its Content-Length, by 1 bytes"),
    ],
)
def test_a_small_body_that_is_not_as_long_as_it_was_said_to_be_is_found_out_before_anything_is_sent(
    wire_server, connection_to, sends, body, length, complaint
):
    connection = connection_to(wire_server(hear))
    with pytest.raises(errors.LocalProtocolError, match=complaint):
        connection.send(post(body, length=length), 5)
    assert sends == [] and connection.untouched


@pytest.mark.parametrize("pieces, complaint", [(3, "longer"), (1, "shorter")])
def test_a_large_body_that_is_not_as_long_as_it_was_said_to_be_ends_the_connection(wire_server, connection_to, pieces, complaint):
    server = wire_server(OK)
    connection = connection_to(server)
    with pytest.raises(errors.LocalProtocolError, match=f"the body is {complaint} than its Content-Length"):
        connection.send(post([b"x" * 20_000] * pieces, length=40_000), 5)
    assert not connection.untouched
    connection.close()
    wait_until_closed(server)
    assert server.connections[0].received.count(b"x") == min(pieces, 2) * 20_000  # never more than was said
    with pytest.raises(errors.LocalProtocolError):
        connection.exchange.next_cycle()


@pytest.mark.parametrize("length", [None, 10, 100_000])
def test_an_error_of_the_body_itself_comes_out_as_it_is(wire_server, connection_to, length):
    def body():
        yield b"hello"
        raise ZeroDivisionError("in the caller's generator")

    server = wire_server(hear)
    connection = connection_to(server)
    with pytest.raises(ZeroDivisionError):
        connection.send(post(body(), length=length), 5)
    connection.close()
    wait_until_closed(server)
    assert not server.connections[0].received.endswith(b"0\r\n\r\n")  # the server sees that something is missing


def test_a_head_that_cannot_be_sent_is_refused_before_anything_is_sent(wire_server, connection_to, sends):
    connection = connection_to(wire_server(hear))
    with pytest.raises(errors.LocalProtocolError, match="field 'X'"):
        connection.send(get(X="a\r\nb: c"), 5)
    assert sends == [] and connection.untouched


def test_a_server_that_takes_nothing_and_says_nothing_is_waited_for_no_longer_than_the_timeout(wire_server, connection_to, enough):
    connection = connection_to(wire_server(wait_for(enough)))
    with pytest.raises(errors.ReadTimedOut, match=r"sending the request: the server takes nothing of it \(read timeout=0\.05\)"):
        connection.send(post(MUCH), 0.05)


# What is heard meanwhile.

UPLOADS = pytest.mark.parametrize(
    "upload",
    [
        lambda: post(MUCH),
        lambda: post([MUCH[:100_000]] * 160, length=16_000_000),
        lambda: post(iter([MUCH[:100_000]] * 160)),
        lambda: post(parts(len(MUCH)), length=len(MUCH)),
    ],
    ids=["bytes", "pieces", "chunks", "file"],
)


@UPLOADS
@pytest.mark.parametrize("secure", [False, True])
def test_an_early_refusal_is_heard_though_the_server_reads_no_more(wire_server, connection_to, ca, enough, upload, secure):
    """RFC 9112, 9.5."""
    server = wire_server(
        [lambda connection: connection.read_head(), say(TOO_LARGE), wait_for(enough)], tls=ca.server_context() if secure else None
    )
    connection = connection_to(server, ca.file if secure else None)
    assert asked(connection, upload()).status == 413
    assert rest_of(connection) == b"stop"
    assert connection.exchange.verdict is Close.EARLY_ANSWER
    assert connection.stream.sent < 15_000_000


@UPLOADS
@pytest.mark.parametrize("end", [CLOSE, RESET, HALF_CLOSE])
def test_an_early_refusal_is_heard_though_the_server_is_gone(wire_server, connection_to, enough, upload, end):
    server = wire_server([lambda connection: connection.read_exactly(500_000), say(TOO_LARGE), end, wait_for(enough)])
    connection = connection_to(server)
    try:
        assert asked(connection, upload()).status == 413
    except errors.ConnectionLost:
        assert end is RESET  # which may overtake the answer, or throw it away
    else:
        assert connection.exchange.verdict is Close.EARLY_ANSWER


@UPLOADS
@pytest.mark.parametrize("end", [CLOSE, RESET, HALF_CLOSE])
def test_a_server_that_goes_without_an_answer_is_a_lost_connection(wire_server, connection_to, enough, upload, end):
    server = wire_server([lambda connection: connection.read_exactly(500_000), end, wait_for(enough)])
    connection = connection_to(server)
    with pytest.raises(errors.ConnectionLost):
        asked(connection, upload())
    assert connection.unheard and not connection.untouched


@UPLOADS
def test_after_an_early_success_the_rest_is_still_sent(wire_server, connection_to, upload):
    def answer_first(connection):
        head = connection.read_head()
        connection.send(ok(b"welcome"))
        length = 160 * len("186a0\r\n" + "x" * 100_000 + "\r\n") + len("0\r\n\r\n")
        if b"chunked" not in head:
            length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        connection.read_exactly(length)

    server = wire_server(answer_first)
    connection = connection_to(server)
    assert asked(connection, upload()).status == 200
    assert rest_of(connection) == b"welcome"
    connection.close()
    wait_until_closed(server)
    assert len(server.connections[0].received) > 16_000_000


@pytest.mark.parametrize("body", [[MUCH[:1000], MUCH[1000:]], parts(len(MUCH))], ids=["bytes", "file"])
def test_after_an_early_success_the_rest_is_sent_also_to_a_server_that_has_nothing_more_to_say(wire_server, connection_to, body):
    def answer_first(connection):
        connection.read_head()
        connection.send(ok(b"welcome"))
        connection.half_close()
        connection.read_exactly(len(MUCH))

    server = wire_server(answer_first)
    connection = connection_to(server)
    assert asked(connection, post(body, length=len(MUCH))).status == 200
    assert rest_of(connection) == b"welcome"
    connection.close()
    wait_until_closed(server)
    assert server.connections[0].received.endswith(MUCH)


@UPLOADS
def test_of_an_early_success_little_is_taken_in_while_the_rest_is_sent(wire_server, connection_to, upload):
    answer = ok(b"x" * 20_000_000)

    def flood(connection):
        head = connection.read_head()
        sending = threading.Thread(target=connection.send, args=(answer,))
        sending.start()
        connection.read_until(b"0\r\n\r\n") if b"chunked" in head else connection.read_exactly(16_000_000)
        sending.join()

    connection = connection_to(wire_server(flood))
    connection.send(upload(), 5)
    assert connection.exchange.waiting <= 2 * 64 * 1024
    assert connection.read_head(5).status == 200
    assert rest_of(connection) == b"x" * 20_000_000


@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_an_early_success_counts_though_the_server_is_gone(wire_server, connection_to, end):
    heard = threading.Event()

    def body():
        while True:
            yield MUCH[:100_000]
            if connection.exchange.head is not None:
                heard.set()

    connection = connection_to(
        wire_server([lambda server: server.read_exactly(500_000), say(ok(b"welcome")), wait_for(heard), end])
    )
    assert asked(connection, post(body())).status == 200
    assert rest_of(connection) == b"welcome"
    assert connection.exchange.verdict is Close.EARLY_ANSWER


def test_interim_answers_do_not_stop_the_sending(wire_server, connection_to):
    def encourage(connection):
        connection.read_head()
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.read_exactly(len(MUCH) // 2)
        connection.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        connection.read_exactly(len(MUCH) // 2)
        connection.send(OK)

    connection = connection_to(wire_server(encourage))
    assert asked(connection, post(MUCH)).status == 200
    assert [status for status, _ in connection.exchange.informational] == [100, 102]
    assert rest_of(connection) == b"hi" and connection.exchange.verdict is None


def test_nonsense_that_comes_meanwhile_is_an_error(wire_server, connection_to, enough):
    connection = connection_to(wire_server([say(b"nonsense\r\n\r\n"), wait_for(enough)]))
    with pytest.raises(errors.RemoteProtocolError, match="b'nonsense'"):
        connection.send(post(MUCH), 5)


# The head comes in.


@pytest.fixture
def forever(clock):
    """The clock stands still: a body that waits to be asked for would wait for ever."""


def expecting(body=b"hello", length=-1, patience=1000.0):
    request = post(body, length=length)
    request.fields["Expect"] = "100-continue"
    request.patience = patience
    return request


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def ask_for_the_body(connection):
    """Read the head alone, and only then ask for what follows."""
    head = connection.read_head()
    assert connection.received == head
    connection.send(CONTINUE)
    connection._read = 0  # the whole request is read by the next step


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(
    "request_, body",
    [
        (lambda: expecting(), b"hello"),
        (lambda: expecting([b"he", b"llo"], length=5), b"hello"),
        (lambda: expecting(iter([b"he", b"llo"])), b"hello"),
        (lambda: expecting(MUCH), MUCH),
    ],
    ids=["bytes", "pieces", "chunks", "much"],
)
def test_with_expect_the_head_goes_alone_and_the_body_when_it_is_asked_for(
    wire_server, connection_to, ca, forever, request_, body, secure
):
    server = wire_server([ask_for_the_body, OK], tls=ca.server_context() if secure else None)
    connection = connection_to(server, ca.file if secure else None)
    assert asked(connection, request_()).status == 200
    assert rest_of(connection) == b"hi" and connection.exchange.verdict is None
    assert server.requests[0].body == body
    assert [status for status, _ in connection.exchange.informational] == [100]


@pytest.mark.parametrize("status", [200, 401, 417])
@pytest.mark.parametrize("secure", [False, True])
def test_with_expect_an_answer_comes_instead_of_the_body(wire_server, connection_to, ca, forever, status, secure):
    """RFC 9110, 10.1.1; Go's CVE-2024-24791."""
    answer = OK.replace(b"200", b"%d" % status)
    server = wire_server([lambda connection: connection.read_head(), say(answer)], tls=ca.server_context() if secure else None)
    connection = connection_to(server, ca.file if secure else None)
    pieces = iter([b"he", b"llo"])
    assert asked(connection, expecting(pieces)).status == status
    assert rest_of(connection) == b"hi"
    assert connection.exchange.verdict is Close.EARLY_ANSWER
    assert list(pieces) == [b"he", b"llo"]  # nobody has touched the body
    connection.close()
    wait_until_closed(server)
    assert server.connections[0].received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("patience, timeout", [(0.05, 5), (0.05, None), (1000.0, 0.05), (0.0, 5)])
def test_with_expect_a_server_that_says_nothing_gets_the_body_when_patience_ends(wire_server, connection_to, patience, timeout):
    server = wire_server(OK)
    connection = connection_to(server)
    connection.send(expecting(patience=patience), timeout)
    assert connection.read_head(5).status == 200
    assert server.requests[0].body == b"hello"
    assert connection.exchange.informational == []


def test_with_expect_a_100_that_comes_late_does_no_harm(wire_server, connection_to):
    server = wire_server([CONTINUE + OK])
    connection = connection_to(server)
    assert asked(connection, expecting(patience=0.0)).status == 200
    assert rest_of(connection) == b"hi" and connection.exchange.verdict is None


def test_with_expect_a_server_that_goes_is_a_lost_connection(wire_server, connection_to, forever):
    connection = connection_to(wire_server([lambda connection: connection.read_head(), CLOSE]))
    with pytest.raises(errors.ConnectionLost):
        connection.send(expecting(), 5)


def test_with_expect_nonsense_instead_of_a_100_is_an_error(wire_server, connection_to, forever):
    connection = connection_to(wire_server([lambda connection: connection.read_head(), say(b"nonsense\r\n\r\n")]))
    with pytest.raises(errors.RemoteProtocolError):
        connection.send(expecting(), 5)


def test_with_expect_a_server_that_answered_before_it_was_asked_is_heard(wire_server, connection_to, forever):
    server = wire_server([say(TOO_LARGE), CLOSE])
    connection = connection_to(server)
    connection.stream.hears_within(5)
    assert asked(connection, expecting()).status == 413


@pytest.mark.parametrize("body", [None, b"hello"])
def test_a_listener_hears_of_interim_answers_as_they_arrive(wire_server, connection_to, enough, body):
    heard = []

    def listen(status, fields):
        heard.append((status, dict(fields)))
        enough.set()  # which the server waits for

    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server = wire_server([hint, wait_for(enough), say(hint + hint + OK)])
    connection = connection_to(server)
    request = get() if body is None else post(body)
    request.listener = listen
    assert asked(connection, request).status == 200
    assert heard == [(103, {"Link": "</a>"})] * 3


def test_a_listener_hears_of_them_while_the_body_is_sent_and_not_twice(wire_server, connection_to):
    def encourage(connection):
        connection.read_head()
        connection.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        connection.read_exactly(len(MUCH))
        connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK)

    heard = []
    connection = connection_to(wire_server([encourage, OK]))
    request = post(MUCH)
    request.listener = lambda status, fields: heard.append(status)
    assert asked(connection, request).status == 200
    assert heard == [102, 103]
    rest_of(connection)
    connection.exchange.next_cycle()
    assert asked(connection, get()).status == 200
    assert heard == [102, 103]  # it was the other request's


@pytest.mark.parametrize("body", [[b"hello"], b"hello", []], ids=["pieces", "bytes", "nothing"])
def test_trailers_are_asked_for_when_the_body_has_been_sent(wire_server, connection_to, body):
    sent = []

    def watched():
        for piece in [body] if isinstance(body, bytes) else body:
            sent.append(piece)
            yield piece

    server = wire_server(OK)
    connection = connection_to(server)
    request = post(watched())
    request.trailers = lambda: Fields({"Sum": str(len(b"".join(sent)))})
    assert asked(connection, request).status == 200
    assert server.requests[0].raw.endswith(b"0\r\nSum: %d\r\n\r\n" % len(b"".join(body) if isinstance(body, list) else body))


@pytest.mark.parametrize("length", [5, 100_000])
def test_trailers_without_chunks_are_refused(wire_server, connection_to, length):
    connection = connection_to(wire_server(hear))
    request = post([b"x" * length], length=length)
    request.trailers = lambda: Fields({"A": "b"})
    with pytest.raises(errors.LocalProtocolError, match="chunked body only"):
        connection.send(request, 5)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_head_may_come_in_pieces(wire_server, connection_to, size):
    server = wire_server([hear, lambda connection: connection.send_in_pieces(ok(b"hello", b"X: y"), size)])
    connection = connection_to(server)
    assert asked(connection, get()).fields["x"] == "y"
    assert rest_of(connection) == b"hello"


def test_interim_answers_are_put_aside(wire_server, connection_to):
    """D3."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
    connection = connection_to(wire_server(early + early + OK))
    assert asked(connection, get()).status == 200
    assert [(status, fields["link"]) for status, fields in connection.exchange.informational] == [(103, "</style.css>")] * 2


def test_silence_before_the_head_lasts_no_longer_than_the_timeout(wire_server, connection_to, enough):
    connection = connection_to(wire_server([hear, wait_for(enough)]))
    connection.send(get(), 5)
    with pytest.raises(errors.ReadTimedOut, match=r"waiting for the server \(read timeout=0\.05\)"):
        connection.read_head(0.05)
    assert connection.unheard


def test_silence_within_the_head_lasts_no_longer_than_the_timeout(wire_server, connection_to, enough):
    connection = connection_to(wire_server([hear, say(b"HTTP/1.1 200 OK\r\nX:"), wait_for(enough)]))
    connection.send(get(), 5)
    with pytest.raises(errors.ReadTimedOut, match=r"waiting for the server \(read timeout=0\.05\)"):
        connection.read_head(0.05)


def drip(head, clock, seconds):
    """A step that sends the head byte by byte, and each takes so many seconds on the clock."""

    def send(connection):
        connection.read_request()
        for byte in head:
            connection.send(bytes([byte]))
            clock.now += seconds

    return send


def test_a_head_that_drips_on_and_on_ends_with_its_patience(wire_server, connection_to, clock):
    clock.step = 1.0  # a second for each look at the clock, which comes with each piece
    connection = connection_to(wire_server(drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 50_000, clock, 0.1)))
    connection.send(get(), 5)
    started = clock.now
    with pytest.raises(errors.ReadTimedOut, match=r"the head of the response did not end within 50 seconds") as caught:
        connection.read_head(5)
    assert (caught.value.phase, caught.value.seconds) == ("head", 5)
    assert clock.now - started > HEAD_PATIENCE * 5


def test_a_head_that_is_slow_but_ends_is_waited_for(wire_server, connection_to, clock):
    connection = connection_to(wire_server(drip(ok(b""), clock, 40 / len(ok(b"")))))
    connection.send(get(), 5)
    assert connection.read_head(5).status == 200


def test_without_a_timeout_patience_has_no_end(wire_server, connection_to, clock):
    connection = connection_to(wire_server(drip(ok(b""), clock, 1000)))
    connection.send(get(), None)
    assert connection.read_head(None).status == 200


@pytest.mark.parametrize(
    "script, error, complaint",
    [
        ([hear, CLOSE], errors.ConnectionLost, "the server closed the connection without a response"),
        ([hear, RESET], errors.ConnectionLost, "the connection broke while waiting for the server"),
        ([hear, say(b"HTTP/1.1 200 OK\r\nX: y\r\n"), CLOSE], errors.IncompleteMessage, "the connection ended inside the head"),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", CLOSE], errors.ConnectionLost, "closed the connection without a response"),
        ([b"ICY 200 OK\r\n\r\n"], errors.RemoteProtocolError, "does not begin with a status line"),
    ],
)
def test_an_answer_without_a_whole_head_is_an_error(wire_server, connection_to, script, error, complaint):
    connection = connection_to(wire_server(script))
    with pytest.raises(error, match=complaint):
        asked(connection, get())


@pytest.mark.parametrize("said", [b"H", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_once_a_byte_has_come_the_server_was_heard(wire_server, connection_to, said):
    connection = connection_to(wire_server([said, CLOSE]))
    assert connection.unheard
    with pytest.raises(errors.WireError):
        asked(connection, get())
    assert not connection.unheard


# The body comes in.

BODY = bytes(range(256)) * 1000  # 256 KB, more than one receive
BODIES = pytest.mark.parametrize(
    "answer, verdict",
    [
        ([ok(BODY)], None),
        ([chunked(BODY)], None),
        ([chunked(*[BODY[start : start + 777] for start in range(0, len(BODY), 777)])], None),
        ([b"HTTP/1.1 200 OK\r\n\r\n" + BODY, CLOSE], Close.UNTIL_CLOSE),
        ([hear, lambda connection: connection.send_in_pieces(ok(BODY), 10_000)], None),
    ],
    ids=["length", "one chunk", "chunks", "until close", "in pieces"],
)


@BODIES
@pytest.mark.parametrize("most", [1000, 1 << 20])
def test_a_body_is_read_up_to_a_size_at_a_time(wire_server, connection_to, answer, verdict, most):
    connection = connection_to(wire_server(answer))
    asked(connection, get())
    assert rest_of(connection, most) == BODY
    assert connection.exchange.state is DONE and connection.exchange.verdict is verdict
    assert connection.read_body(most, 5) == b""


@BODIES
@pytest.mark.parametrize("size", [1000, 100_000])
def test_a_body_is_read_into_the_callers_memory(wire_server, connection_to, answer, verdict, size):
    connection = connection_to(wire_server(answer))
    asked(connection, get())
    memory, whole = bytearray(size), bytearray()
    while count := connection.read_body_into(memoryview(memory), 5):
        whole += memory[:count]
    assert whole == BODY
    assert connection.exchange.state is DONE and connection.exchange.verdict is verdict
    assert connection.read_body_into(memoryview(memory), 5) == 0


def test_of_large_chunks_only_their_size_lines_are_buffered(wire_server, connection_to, monkeypatch):
    """What is parsed is copied; data that is asked for from the system right where a large chunk begins is not."""
    chunk = BODY[:100_000]
    connection = connection_to(wire_server(chunked(*[chunk] * 20)))
    fed, feed = [], Exchange.feed
    monkeypatch.setattr(Exchange, "feed", lambda exchange, data: fed.append(len(data)) or feed(exchange, data))
    asked(connection, get())
    assert rest_of(connection) == chunk * 20
    assert sum(fed) < 20 * len(chunk) / 2 and len(fed) <= 41
    assert connection.exchange.verdict is None


def test_chunks_of_all_sizes_one_after_the_other(wire_server, connection_to):
    chunks = [BODY[:size] for size in (100_000, 1, 100_000, 20_000, 300, 300, 300, 16 * 1024, 100_000, 16 * 1024 - 1, 200_000)] * 3
    connection = connection_to(wire_server(chunked(*chunks)))
    asked(connection, get())
    assert rest_of(connection) == b"".join(chunks) and connection.exchange.verdict is None


def test_what_has_to_be_parsed_is_received_into_the_memory_that_is_given(wire_server, connection_to):
    connection = connection_to(wire_server(chunked(*[BODY[:1000]] * 1000)))
    asked(connection, get())
    pieces = []
    with memoryview(bytearray(100_000)) as room:
        while data := connection.read_body(1 << 20, 5, room):
            pieces.append(data)
    assert b"".join(pieces) == BODY[:1000] * 1000


def test_nothing_is_read_beyond_the_body(wire_server, connection_to, enough):
    connection = connection_to(wire_server([hear, say(ok(BODY)), say(b"stray"), wait_for(enough)]))
    asked(connection, get())
    memory, count = bytearray(1 << 20), 0
    while size := connection.read_body_into(memoryview(memory), 5):
        count += size
    assert count == len(BODY) and connection.exchange.state is DONE
    assert connection.exchange.verdict is None and connection.stream.receive(5) == b"stray"  # still in the socket: news


@pytest.mark.parametrize(
    "script, complaint",
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", CLOSE], "the connection ended inside the body, 5 bytes early"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", CLOSE], "the connection ended inside the body, 10 bytes early"),
        ([chunked(b"hello")[:-5], CLOSE], "the connection ended inside the body, before the last chunk"),
        ([chunked(b"hello")[:-9], CLOSE], "the connection ended inside the body, before the last chunk"),
    ],
)
@pytest.mark.parametrize("into", [False, True])
def test_a_body_that_is_cut_short_is_an_error(wire_server, connection_to, script, complaint, into):
    connection = connection_to(wire_server(script))
    asked(connection, get())
    with pytest.raises(errors.IncompleteMessage, match=complaint):
        while connection.read_body_into(memoryview(bytearray(100)), 5) if into else connection.read_body(100, 5):
            pass
    assert connection.exchange.state is not DONE


def test_a_reset_within_a_body_is_an_error(wire_server, connection_to):
    heard = threading.Event()
    connection = connection_to(wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", wait_for(heard), RESET]))
    asked(connection, get())
    assert connection.read_body(100, 5) == b"hello"
    heard.set()
    with pytest.raises(errors.ConnectionLost, match="the connection broke while waiting for the server"):
        connection.read_body(100, 5)


def test_silence_within_a_body_lasts_no_longer_than_the_timeout(wire_server, connection_to, enough):
    """S125: the timeout is for each wait."""
    connection = connection_to(wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", wait_for(enough)]))
    asked(connection, get())
    assert connection.read_body(100, 5) == b"hello"
    with pytest.raises(errors.ReadTimedOut, match=r"waiting for the server \(read timeout=0\.05\)"):
        connection.read_body(100, 0.05)


@pytest.mark.parametrize("end, whole", [(CLOSE, True), (CUT, False)])
def test_in_tls_a_body_until_the_end_needs_a_proper_end(wire_server, connection_to, ca, end, whole):
    server = wire_server([b"HTTP/1.1 200 OK\r\n\r\nhello", end], tls=ca.server_context())
    connection = connection_to(server, ca.file)
    asked(connection, get())
    assert connection.read_body(5, 5) == b"hello"
    if whole:
        assert connection.read_body(5, 5) == b"" and connection.exchange.state is DONE
    else:
        with pytest.raises(errors.ConnectionLost, match="the secure connection was cut, without a close_notify"):
            connection.read_body(5, 5)
        assert connection.exchange.state is not DONE


@pytest.mark.parametrize(
    "script",
    [
        [hear, say(b"HTTP/1.1 200 OK\r\nX: y\r\n"), CUT],
        [hear, say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), CUT],
        [hear, say(chunked(b"hello")[:-5]), CUT],
    ],
    ids=["head", "length", "chunked"],
)
def test_in_tls_nothing_that_was_cut_is_taken_for_whole(wire_server, connection_to, ca, script):
    connection = connection_to(wire_server(script, tls=ca.server_context()), ca.file)
    with pytest.raises(errors.ConnectionLost, match="was cut"):
        asked(connection, get())
        rest_of(connection)


def test_trailers_are_there_once_the_body_has_ended(wire_server, connection_to):
    """D16."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"
    connection = connection_to(wire_server(answer))
    asked(connection, get())
    assert connection.exchange.trailers is None
    assert rest_of(connection) == b"hello"
    assert connection.exchange.trailers == {"x": "y"}


def test_what_is_left_is_known_where_the_length_is(wire_server, connection_to):
    connection = connection_to(wire_server([ok(b"hello"), chunked(b"hello")]))
    asked(connection, get())
    assert connection.exchange.left == 5
    connection.read_body(3, 5)
    assert connection.exchange.left == 2
    rest_of(connection)
    connection.exchange.next_cycle()
    asked(connection, get())
    assert connection.exchange.left is None


# The rest of a body.


@pytest.mark.parametrize("answer", [ok(b"hello"), chunked(b"hel", b"lo"), ok(b"")])
@pytest.mark.parametrize("read", [0, 1])
def test_a_rest_that_has_arrived_is_read_over(wire_server, connection_to, answer, read):
    connection = connection_to(wire_server([answer, OK]))
    asked(connection, get())
    connection.read_body(1, 5) if read else None
    assert connection.rest_is_here() and connection.exchange.state is DONE
    connection.exchange.next_cycle()
    assert asked(connection, get()).status == 200


@pytest.mark.parametrize(
    "answer",
    [ok(b"hello")[:-1], chunked(b"hello")[:-1], b"HTTP/1.1 200 OK\r\n\r\nhello"],
    ids=["length", "chunked", "until close"],
)
def test_a_rest_that_has_not_arrived_is_not_waited_for(wire_server, connection_to, answer):
    connection = connection_to(wire_server([answer]))
    asked(connection, get())
    assert not connection.rest_is_here() and connection.exchange.state is not DONE


def test_a_rest_that_is_no_good_is_an_error(wire_server, connection_to):
    connection = connection_to(wire_server(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!!!"))
    asked(connection, get())
    with pytest.raises(errors.RemoteProtocolError, match="a chunk's data is not followed by CRLF"):
        connection.rest_is_here()


# From one request to the next.


def test_requests_follow_one_another(wire_server, connection_to):
    """S182."""
    server = wire_server([ok(b"1"), chunked(b"2"), b"HTTP/1.1 204 No Content\r\n\r\n", ok(b"4")])
    connection = connection_to(server)
    bodies = []
    for number in range(1, 5):
        if number > 1:
            connection.exchange.next_cycle()
        asked(connection, get(f"/{number}"))
        assert connection.cycles == number
        bodies.append(rest_of(connection))
        assert connection.exchange.verdict is None
    assert bodies == [b"1", b"2", b"", b"4"]
    assert [request.target for request in server.requests] == ["/1", "/2", "/3", "/4"]
    assert len(server.connections) == 1


def test_untouched_and_unheard_are_said_of_the_present_request(wire_server, connection_to):
    connection = connection_to(wire_server([OK, hear]))
    assert connection.untouched and connection.unheard
    asked(connection, get())
    assert not connection.untouched and not connection.unheard
    rest_of(connection)
    connection.exchange.next_cycle()
    assert connection.unheard
    connection.send(get(), 5)
    assert not connection.untouched and connection.unheard


def test_after_a_request_that_could_not_be_sent_it_is_untouched(wire_server, connection_to):
    reset = threading.Event()
    connection = connection_to(wire_server([OK, wait_for(reset), RESET]))
    asked(connection, get())
    rest_of(connection)
    connection.exchange.next_cycle()
    reset.set()
    connection.stream.wait(5)
    while not connection.stream.has_news():
        pass
    with pytest.raises(errors.ConnectionLost, match="while sending the request"):
        connection.send(post(b"hello"), 5)
    assert connection.untouched and connection.unheard


@pytest.mark.parametrize(
    "answer, verdict",
    [
        (ok(b"hi", b"Connection: close"), Close.SERVER_ASKED),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", Close.OLD_VERSION),
        (ok(b"hi") + b"HTTP/1.1 200 OK\r\n", Close.SURPLUS),
    ],
)
def test_a_connection_that_does_not_live_on_says_why(wire_server, connection_to, answer, verdict):
    connection = connection_to(wire_server(answer))
    asked(connection, get())
    assert rest_of(connection) == b"hi"
    assert connection.exchange.verdict is verdict
    with pytest.raises(errors.LocalProtocolError, match="no request can follow"):
        connection.exchange.next_cycle()


def test_a_closed_connection_says_and_hears_nothing(wire_server, connection_to):
    server = wire_server(hear)
    connection = connection_to(server)
    connection.close()
    connection.close()
    wait_until_closed(server)
    assert connection.stream.fileno() == -1
    with pytest.raises(errors.WireError):
        connection.send(get(), 5)
    assert server.connections[0].received == b""


@pytest.mark.parametrize("secure", [False, True])
def test_the_first_answer_keeps_the_session_and_later_ones_do_not(wire_server, connection_to, ca, monkeypatch, secure):
    kept = []
    monkeypatch.setattr("minireq.wire.network.tls.TLSStream.keep_session", lambda self: kept.append(self))
    connection = connection_to(wire_server([OK, OK], tls=ca.server_context() if secure else None), ca.file if secure else None)
    for _ in range(2):
        asked(connection, get())
        rest_of(connection)
        connection.exchange.next_cycle()
    assert kept == [connection.stream] * secure
