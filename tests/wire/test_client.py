"""The main loop: what is sent twice and what never is, and that nothing broken ever goes back to the pool."""

from __future__ import annotations

import gc
import os
import random
import signal
import socket
import sys
import threading
import time

import pytest

from minireq.wire import Client, Request, Retry, Timeouts, TLSSettings, errors
from minireq.wire.connection import Connection
from minireq.wire.network.stream import Stream
from minireq.wire.network.tls import TLSStream
from minireq.wire.pool import Pool
from tests.support.scripted import CLOSE, RESET, SILENCE, hear, say, wait_for
from tests.support.surroundings import open_sockets

from .asking import OK, chunked, get, ok, post, route_to, wait_until_closed

FIVE = Timeouts(connect=5, read=5)
IDEMPOTENT = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]
OTHERS = ["POST", "PATCH"]


@pytest.fixture
def client_of():
    """A client: client_of(per_route=1, block=True); closed in the end."""
    opened = []

    def open_client(**settings):
        opened.append(Client(**settings))
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def client(client_of):
    # A turn that is not given back shows at once: nobody else would ever get one.
    return client_of(per_route=1, block=True)


@pytest.fixture
def given_back(monkeypatch):
    """The connections that came back to the pool, in their order."""
    connections = []
    give_back = Pool.give_back

    def noted(self, connection):
        connections.append(connection)
        give_back(self, connection)

    monkeypatch.setattr(Pool, "give_back", noted)
    return connections


@pytest.fixture
def unwatched(monkeypatch):
    """Connections die just after the pool has looked at them."""
    for stream in (Stream, TLSStream):
        monkeypatch.setattr(stream, "has_news", lambda self: False)


def requesting(method, body=None):
    return get() if body is None and method == "GET" else post(body or b"", method)


def idle(client):
    return client._pool.idle_count()


# One request after the other.


def test_a_request_is_answered_and_its_connection_serves_the_next(client, wire_server):
    """S182."""
    server = wire_server([ok(b"one"), ok(b"two")])
    for body in (b"one", b"two"):
        raw = client.send(route_to(server), get(), FIVE)
        assert (raw.status, raw.read()) == (200, body)
    assert len(server.connections) == 1


def test_the_head_is_waited_for_and_the_body_is_not(client, wire_server):
    """S160."""
    event = threading.Event()
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", wait_for(event), say(b"hello")])
    raw = client.send(route_to(server), get(), FIVE)
    assert raw.status == 200
    event.set()
    assert raw.read() == b"hello"


def test_connections_that_wait_unread_are_not_shared(client_of, wire_server):
    """S163."""
    server = wire_server(ok(b"hello"), repeat=True)
    client = client_of()
    unread = [client.send(route_to(server), get(), FIVE) for _ in range(3)]
    assert [raw.read() for raw in unread] == [b"hello"] * 3
    assert len(server.connections) == 3 and idle(client) == 3


def test_settings_of_tls_do_not_share_connections(client_of, wire_server, ca):
    server = wire_server(OK, repeat=True, tls=ca.server_context())
    client = client_of()
    for settings in (
        TLSSettings(authorities=ca.file),
        TLSSettings(verify=False),
        TLSSettings(authorities=ca.pem.decode()),
        TLSSettings(authorities=ca.file, certificate=ca.certificate("me").both),
    ):
        assert client.send(route_to(server, settings), get(), FIVE).read() == b"hi"
    assert len(server.connections) == idle(client) == 4
    with pytest.raises(errors.TLSError):
        client.send(route_to(server, TLSSettings()), get(), FIVE)


# A connection that turns out dead.


@pytest.mark.parametrize("method", IDEMPOTENT)
@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_what_does_no_harm_twice_is_sent_again_once_when_the_connection_dies(client, wire_server, method, end):
    """RFC 9110, 9.2.2."""
    server = wire_server([OK, hear, end], b"HTTP/1.1 204 No Content\r\n\r\n")
    client.send(route_to(server), get(), FIVE).read()
    assert client.send(route_to(server), requesting(method), FIVE).status == 204
    assert [request.method for request in server.requests] == ["GET", method, method]
    assert len(server.connections) == 2 and idle(client) == 1


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_what_may_do_harm_twice_is_never_sent_again_once_it_has_left(client, wire_server, method, end):
    server = wire_server([OK, hear, end], OK)
    client.send(route_to(server), get(), FIVE).read()
    with pytest.raises(errors.ConnectionLost):
        client.send(route_to(server), requesting(method, b"order"), FIVE)
    assert [request.method for request in server.requests] == ["GET", method]
    assert idle(client) == 0


@pytest.mark.parametrize("method", ["GET", *OTHERS])
def test_anything_is_sent_again_when_nothing_of_it_has_left(client, wire_server, unwatched, method):
    reset = threading.Event()
    server = wire_server([OK, wait_for(reset), RESET], OK)
    first = client.send(route_to(server), get(), FIVE)
    connection = first.connection
    first.read()
    reset.set()
    while not connection.stream.hears_within(5):
        pass
    assert client.send(route_to(server), requesting(method, b"order"), FIVE).read() == b"hi"
    assert [request.method for request in server.requests] == ["GET", method]
    assert server.requests[-1].body == b"order"


@pytest.mark.parametrize("said", [b"H", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n"])
@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_nothing_is_sent_again_once_a_byte_of_an_answer_has_come(client, wire_server, monkeypatch, said, end):
    """A server that has begun to answer has acted."""
    heard = threading.Event()
    server = wire_server([OK, hear, say(said), wait_for(heard), end], OK)
    client.send(route_to(server), get(), FIVE).read()
    receive = Stream.receive

    def receive_and_tell(self, *arguments):
        data = receive(self, *arguments)
        heard.set()
        return data

    monkeypatch.setattr(Stream, "receive", receive_and_tell)
    with pytest.raises((errors.IncompleteMessage, errors.ConnectionLost)):
        client.send(route_to(server), get(), FIVE)
    assert len(server.requests) == 2 and len(server.connections) == 1 and idle(client) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_new_connection_that_dies_is_no_stale_one(client, wire_server, method):
    server = wire_server([hear, CLOSE], OK)
    with pytest.raises(errors.ConnectionLost, match="the server closed the connection without a response"):
        client.send(route_to(server), requesting(method), FIVE)
    assert len(server.connections) == 1


def test_when_the_second_connection_dies_too_there_is_no_third(client, wire_server):
    server = wire_server([OK, hear, CLOSE], [hear, CLOSE], OK)
    client.send(route_to(server), get(), FIVE).read()
    with pytest.raises(errors.ConnectionLost):
        client.send(route_to(server), get(), FIVE)
    assert len(server.connections) == 2 and idle(client) == 0
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


def test_when_there_is_no_second_connection_the_error_says_so(client, wire_server, dns, refused_port):
    server = wire_server([OK, hear, CLOSE])
    route = route_to(server, host="example.org")
    dns["example.org"] = server
    client.send(route, get(), FIVE).read()
    dns["example.org"] = ("127.0.0.1", refused_port)
    for _ in range(2):
        with pytest.raises(errors.ConnectFailed):
            client.send(route, get(), FIVE)


def test_an_iterator_cannot_be_sent_again(client, wire_server):
    server = wire_server([OK, hear, CLOSE], OK)
    client.send(route_to(server), get(), FIVE).read()
    with pytest.raises(errors.ConnectionLost):
        client.send(route_to(server), post(iter([b"a", b"b"]), "PUT"), FIVE)
    assert len(server.requests) == 2 and idle(client) == 0


def test_what_can_be_iterated_anew_can(client, wire_server):
    server = wire_server([OK, hear, CLOSE], OK)
    client.send(route_to(server), get(), FIVE).read()
    assert client.send(route_to(server), post([b"a", b"b"], "PUT"), FIVE).read() == b"hi"
    assert [request.body for request in server.requests] == [b"", b"ab", b"ab"]


def test_a_secure_connection_that_dies_is_replaced_too(client, wire_server, ca):
    server = wire_server([OK, hear, CLOSE], [OK, hear, RESET], OK, tls=ca.server_context())
    for _ in range(3):
        assert client.send(route_to(server, ca.file), get(), FIVE).read() == b"hi"
    assert len(server.connections) == 3


def test_an_answer_that_comes_too_late_is_no_reason_to_ask_again(client, wire_server):
    event = threading.Event()
    server = wire_server([OK, hear, wait_for(event), say(ok(b"late"))], OK)
    client.send(route_to(server), get(), FIVE).read()
    with pytest.raises(errors.ReadTimedOut):
        client.send(route_to(server), get(), Timeouts(5, 0.05))
    assert idle(client) == 0
    event.set()
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"  # not the late one
    assert len(server.connections) == 2


# What a policy of the caller's allows.


def test_a_connection_that_cannot_be_made_is_tried_again_as_often_as_the_policy_says(client, wire_server, dns, refused_port):
    server = wire_server(OK)
    dns["example.org"] = ("127.0.0.1", refused_port)
    with pytest.raises(errors.ConnectFailed):
        client.send(route_to(server, host="example.org"), get(), FIVE, Retry(2))
    assert dns.asked == ["example.org"] * 3
    with pytest.raises(errors.ConnectFailed):
        client.send(route_to(server, host="example.org"), get(), FIVE)
    assert dns.asked == ["example.org"] * 4


def test_a_status_that_asks_for_it_is_tried_again_on_the_same_connection(client, wire_server):
    busy = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
    server = wire_server([busy, busy, OK])
    raw = client.send(route_to(server), get(), FIVE, Retry(3, status_forcelist=[503]))
    assert raw.read() == b"hi" and len(server.connections) == 1


# What goes wrong.


@pytest.mark.parametrize(
    "request_",
    [get("/a b"), Request("GET", "/", get().fields, b"x", 1), post([b"too", b"long"], length=5), post([b"short"], length=10)],
    ids=["target", "framing", "longer", "shorter"],
)
def test_a_request_that_cannot_be_sent_costs_a_connection_and_nothing_more(client, wire_server, request_):
    server = wire_server(OK, repeat=True)
    for _ in range(2):
        with pytest.raises(errors.LocalProtocolError):
            client.send(route_to(server), request_, FIVE)
        assert client.send(route_to(server), get(), FIVE).read() == b"hi"
    assert [request.target for request in server.requests] == ["/", "/"]


def test_a_body_that_fails_leaves_an_unfinished_request_on_a_closed_connection(client, wire_server):
    def body():
        yield b"hello"
        raise ZeroDivisionError("in the caller's generator")

    server = wire_server(hear, OK)
    with pytest.raises(ZeroDivisionError):
        client.send(route_to(server), post(body()), FIVE)
    wait_until_closed(server)
    assert server.requests == [] and server.connections[0].received.endswith(b"5\r\nhello\r\n")
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


def test_an_answer_that_comes_before_the_last_chunk_leaves_as_unfinished_a_request(client, wire_server):
    """All but the end of the body has left when the server refuses it: the end is not sent, and so nothing may follow there."""
    answered = threading.Event()

    def refuse(connection):
        connection.read_until(b"5\r\nhello\r\n")
        connection.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
        answered.set()

    def body():
        yield b"hello"
        answered.wait(10)

    server = wire_server([refuse, SILENCE], OK)
    raw = client.send(route_to(server), post(body()), FIVE)
    assert (raw.status, raw.read()) == (413, b"no") and idle(client) == 0
    wait_until_closed(server)
    assert server.connections[0].received.endswith(b"5\r\nhello\r\n")
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


@pytest.mark.parametrize(
    "answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]
)
def test_an_answer_that_makes_no_sense_ends_the_connection(client, wire_server, answer):
    server = wire_server([OK, answer], OK)
    client.send(route_to(server), get(), FIVE).read()
    with pytest.raises(errors.RemoteProtocolError):
        client.send(route_to(server), get(), FIVE)
    wait_until_closed(server)
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"
    assert len(server.requests) == 3


def test_a_planted_answer_is_not_given_to_the_next_request(client, wire_server):
    server = wire_server(ok(b"mine") + ok(b"planted"), ok(b"next"))
    assert client.send(route_to(server), get(), FIVE).read() == b"mine"
    assert client.send(route_to(server), get(), FIVE).read() == b"next"
    assert len(server.connections) == 2


@pytest.mark.parametrize("head", [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\n\r\n"])
def test_nor_is_one_behind_an_answer_without_a_body(client, wire_server, head):
    server = wire_server(head + ok(b"planted"), ok(b"next"))
    assert client.send(route_to(server), get(), FIVE).read() == b""
    assert client.send(route_to(server), get(), FIVE).read() == b"next"


# Interrupts.


@pytest.mark.parametrize("step", ["send", "receive"])
@pytest.mark.parametrize("reused", [False, True])
@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interrupt_closes_the_connection_and_the_next_request_is_right(
    client, wire_server, monkeypatch, step, reused, interrupt
):
    def interrupted(self, *arguments):
        raise interrupt

    server = wire_server([ok(b"answer")] * 2, [ok(b"next")] * 2)
    if reused:
        client.send(route_to(server), get(), FIVE).read()
    with monkeypatch.context() as patch:
        patch.setattr(Stream, step, interrupted)
        with pytest.raises(interrupt):
            client.send(route_to(server), get(), FIVE)
    assert idle(client) == 0
    wait_until_closed(server)
    assert client.send(route_to(server), get(), FIVE).read() == b"next"


@pytest.mark.parametrize("read", ["read", "read1", "readinto", "stream", "iterate"])
def test_an_interrupt_within_a_body_closes_the_connection(client, wire_server, monkeypatch, read):
    def interrupted(self, *arguments):
        raise KeyboardInterrupt

    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", SILENCE], OK)
    raw = client.send(route_to(server), get(), FIVE)
    use = {
        "read": raw.read,
        "read1": raw.read1,
        "readinto": lambda: raw.readinto(bytearray(10)),
        "stream": lambda: list(raw.stream()),
        "iterate": lambda: list(raw),
    }[read]
    with monkeypatch.context() as patch:
        patch.setattr(Stream, "receive", interrupted)
        patch.setattr(Stream, "receive_into", interrupted)
        with pytest.raises(KeyboardInterrupt):
            use()
    assert raw.closed and idle(client) == 0
    wait_until_closed(server)
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


@pytest.fixture
def untraced():
    """Nobody traces this thread: an interrupt inside of coverage's own code would leave its lock taken for ever."""
    trace = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(trace)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that signals")
def test_interrupts_at_any_moment_mix_nothing_up_and_leave_nothing_open(
    client_of, http_app, https_app, ca, secure, untraced, monkeypatch
):
    # An interrupt may come while a response is collected; pytest would keep that error until the test ends, and with it a socket.
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)
    app = https_app if secure else http_app
    client, route = client_of(), route_to(app, ca.file if secure else None)
    chance = random.Random(1)
    interrupted = 0

    def interrupt(number, frame):
        raise KeyboardInterrupt

    def ask(text):
        raw = client.send(route, get(f"/text?text={text}"), FIVE)
        return b"".join(raw.stream(7))

    ask("warm")
    before = open_sockets()
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        for number in range(500):
            try:
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.00001, 0.0004))
                try:
                    assert ask(f"first.{number}") == b"first.%d" % number
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            assert ask(f"second.{number}") == b"second.%d" % number
            assert idle(client) <= 2
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert interrupted > 10
    client.close()
    gc.collect()
    ends = time.monotonic() + 5
    while left := open_sockets() - before - of_the_server(app):  # it accepts and closes while we look
        assert time.monotonic() < ends, left
        time.sleep(0.01)


def of_the_server(app):
    """Its ends of the connections, which it may not have closed yet."""
    found = set()
    for connection in app.connections:
        try:
            found.add(os.readlink(f"/proc/self/fd/{connection.socket.fileno()}"))
        except OSError:
            pass
    return found


# Giving back.

ANSWERS = pytest.mark.parametrize(
    "answer",
    [ok(b"hello"), ok(b""), chunked(b"hel", b"lo"), chunked(), b"HTTP/1.1 204 No Content\r\n\r\n"],
    ids=["length", "no bytes", "chunks", "no chunk", "no body"],
)


@ANSWERS
@pytest.mark.parametrize(
    "read",
    [
        lambda raw: raw.read(),
        lambda raw: [raw.read(2), raw.read(100), raw.read(2), raw.read()],
        lambda raw: list(raw.stream(2)),
        lambda raw: list(raw),
        lambda raw: [raw.readinto(bytearray(3)) for _ in range(5)],
        lambda raw: [raw.read(), raw.close(), raw.release_conn(), raw.close()],
    ],
    ids=["read", "read some", "stream", "lines", "readinto", "read and close"],
)
def test_a_connection_comes_back_exactly_once(client, wire_server, given_back, answer, read):
    server = wire_server([answer, OK])
    raw = client.send(route_to(server), get(), FIVE)
    read(raw)
    assert len(given_back) == 1 and idle(client) == 1 and raw.connection is None
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"
    assert len(server.connections) == 1


@pytest.mark.parametrize("leave", [lambda raw: raw.close(), lambda raw: raw.release_conn(), lambda raw: raw.drain_conn()])
@pytest.mark.parametrize("read", [0, 5])
def test_a_connection_whose_answer_is_half_read_never_comes_back(client, wire_server, given_back, leave, read):
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", SILENCE], OK)
    raw = client.send(route_to(server), get(), FIVE)
    assert len(raw.read(read)) == read
    leave(raw)
    assert given_back == [] and idle(client) == 0
    wait_until_closed(server)
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


def test_a_response_that_is_dropped_closes_its_connection_and_gives_up_its_turn(client, wire_server, given_back):
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", SILENCE], OK)
    raw = client.send(route_to(server), get(), FIVE)
    del raw
    gc.collect()
    wait_until_closed(server)
    assert given_back == []
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


def test_a_closed_client_closes_its_connections_and_can_be_used_again(client_of, wire_server):
    server = wire_server(OK, OK)
    client = client_of()
    client.send(route_to(server), get(), FIVE).read()
    client.close()
    wait_until_closed(server)
    assert client.send(route_to(server), get(), FIVE).read() == b"hi"


# Many threads.


def test_many_threads_share_a_client_and_each_answer_carries_its_own_number(client_of, http_app):
    client, route = client_of(per_route=4), route_to(http_app)
    failures = []

    def work(thread):
        chance = random.Random(thread)
        for turn in range(200):
            name = f"{thread}.{turn}"
            path, way = chance.choice([("/text", "read"), ("/text", "stream"), ("/text", "half"), ("/chunked/3", "close")])
            try:
                raw = client.send(route, get(f"{path}?text={name}"), FIVE)
                if way == "read":
                    assert raw.read() == name.encode()
                elif way == "stream":
                    assert b"".join(raw.stream(3)) == name.encode()
                elif way == "half":
                    assert raw.read(2) == name.encode()[:2]
                raw.close()
            except BaseException as failure:
                failures.append((name, way, failure))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(http_app.requests) == 1600 and idle(client) <= 4


def test_closing_while_others_work_is_no_error_for_them(client_of, http_app):
    client, route = client_of(per_route=4), route_to(http_app)
    outcomes = []
    finished = threading.Event()

    def work(thread):
        for turn in range(50):
            try:
                outcomes.append(client.send(route, get(f"/text?text={thread}.{turn}"), FIVE).read() == b"%d.%d" % (thread, turn))
            except BaseException as failure:
                outcomes.append(failure)

    def close():
        while not finished.wait(0.001):
            client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    closer = threading.Thread(target=close)
    for thread in (*threads, closer):
        thread.start()
    for thread in threads:
        thread.join(60)
    finished.set()
    closer.join(5)
    assert outcomes == [True] * 200


@pytest.mark.parametrize("circular", [False, True])
def test_a_client_that_is_dropped_closes_its_connections_without_a_warning(wire_server, circular):
    server = wire_server(OK, repeat=True)
    client = Client()
    unread = [client.send(route_to(server), get(), FIVE) for _ in range(3)]
    for raw in unread:
        raw.read()
    if circular:
        client.itself = client
    del client, unread, raw
    gc.collect()
    for number in range(3):
        wait_until_closed(server, number)


def test_a_response_outlives_its_client(wire_server):
    server = wire_server(OK)
    client = Client()
    raw = client.send(route_to(server), get(), FIVE)
    del client
    assert raw.read() == b"hi"
    del raw
    wait_until_closed(server)


def test_what_may_be_repeated_is_decided_by_what_has_happened(wire_server, ca):
    """The rule itself is in `may_repeat`; this is its table."""
    from minireq.wire.client import may_repeat

    class Told(Connection):
        __slots__ = ("told",)
        untouched = property(lambda self: self.told[0])
        unheard = property(lambda self: self.told[1])

    ours, theirs = socket.socketpair()
    connection = Told(Stream(ours), None)
    for method, cycles, untouched, unheard, repeated in [
        ("GET", 1, False, True, False),
        ("GET", 2, False, True, True),
        ("GET", 2, False, False, False),
        ("GET", 2, True, True, True),
        ("POST", 2, False, True, False),
        ("POST", 2, True, True, True),
        ("POST", 1, True, True, False),
        ("PATCH", 2, False, True, False),
        ("PURGE", 2, False, True, False),
    ]:
        connection.cycles, connection.told = cycles, (untouched, unheard)
        assert may_repeat(connection, requesting(method, b"x")) is repeated, (method, cycles, untouched, unheard)
    connection.close()
    theirs.close()
