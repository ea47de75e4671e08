"""A connection that is no longer HTTP: bytes go both ways, in the words of a file and in those of a socket."""

from __future__ import annotations

import io
import select
import threading

import pytest

from minireq.wire import Client, Fields, RawResponse, Request, SwitchedResponse, Timeouts, errors
from tests.support.scripted import HALF_CLOSE, RESET, SILENCE, say, wait_for

from .asking import OK, get, route_to, wait_until_closed

FIVE = Timeouts(connect=5, read=5)
SWITCHING = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
CONNECTED = b"HTTP/1.1 200 Connected\r\nContent-Length: 5\r\n\r\n"


def repeat(connection):
    """Say again, louder, what is heard until the client closes."""
    while data := connection.read_some():
        connection.send(data.upper())


@pytest.fixture
def client():
    client = Client(per_route=1, block=True)
    yield client
    client.close()


@pytest.fixture
def switched(client, wire_server):
    """The response to a request for an upgrade that is answered with these steps."""
    opened = []

    def ask(*script, tls=None, ca=None):
        ask.server = wire_server([*script], OK, tls=tls)
        opened.append(client.send(route_to(ask.server, ca), get(Connection="Upgrade", Upgrade="tcp"), FIVE))
        return opened[-1]

    yield ask
    for raw in opened:
        raw.close()


def test_what_is_written_is_heard_and_what_is_said_is_read(switched):
    raw = switched(SWITCHING, repeat)
    assert type(raw) is SwitchedResponse
    assert (raw.status, raw.headers["Upgrade"], raw.readable(), raw.writable()) == (101, "tcp", True, True)
    for word in (b"hello", b"x" * 100_000, b"bye"):
        assert raw.write(word) == len(word)
        assert raw.read(len(word)) == word.upper()


def test_it_speaks_through_tls(switched, ca):
    raw = switched(SWITCHING, repeat, tls=ca.server_context(), ca=ca.file)
    raw.write(b"hello")
    assert raw.read(5) == b"HELLO"


@pytest.mark.parametrize("read", [lambda raw: raw.read1(5), lambda raw: raw.recv(5), lambda raw: raw.read(5)])
def test_bytes_that_came_with_the_head_are_read_first(switched, read):
    raw = switched(SWITCHING + b"firstthen", repeat)
    assert raw.pending() == 9
    assert read(raw) == b"first"
    assert raw.pending() == 4
    raw.write(b"hello")
    assert raw.read(9) == b"thenHELLO"
    assert raw.pending() == 0


def test_in_tls_what_was_deciphered_is_pending_too(switched, ca):
    raw = switched(SWITCHING, say(b"x" * 1000), tls=ca.server_context(), ca=ca.file)
    assert raw.read(10) == b"x" * 10
    assert raw.pending() == 990


def test_select_says_when_there_is_something_to_read(switched):
    raw = switched(SWITCHING, repeat)
    assert select.select([raw], [], [], 0) == ([], [], [])
    raw.sendall(b"hello")
    assert select.select([raw], [], [], 5) == ([raw], [], [])
    buffer = bytearray(10)
    assert (raw.readinto(buffer), bytes(buffer[:5])) == (5, b"HELLO")


def test_it_is_a_file_for_a_buffered_pair(switched):
    raw = switched(SWITCHING, repeat)
    lines = io.BufferedReader(raw)
    raw.write(b"one\ntwo\n")
    assert (lines.readline(), lines.readline()) == (b"ONE\n", b"TWO\n")


@pytest.mark.parametrize("data", [bytearray(b"hello"), memoryview(b"hello"), memoryview(b"hello").cast("b")])
def test_any_buffer_can_be_written(switched, data):
    raw = switched(SWITCHING, repeat)
    assert raw.write(data) == 5
    assert raw.read(5) == b"HELLO"


@pytest.mark.parametrize("script", [[SILENCE], [say(b"more"), SILENCE], [HALF_CLOSE, SILENCE]])
def test_closing_it_closes_the_connection_which_never_serves_again(client, switched, script):
    raw = switched(SWITCHING, *script)
    raw.close()
    assert raw.closed
    wait_until_closed(switched.server)
    assert client.send(route_to(switched.server), get(), FIVE).read() == b"hi"  # and its turn was given back
    assert len(switched.server.connections) == 2


def test_after_the_other_sides_end_it_may_still_be_written_to(switched):
    heard = []
    raw = switched(SWITCHING, HALF_CLOSE, lambda connection: heard.append(connection.read_exactly(5)))
    assert (raw.read1(), raw.read1(), raw.closed) == (b"", b"", False)
    raw.write(b"hello")
    raw.close()
    wait_until_closed(switched.server)
    assert heard == [b"hello"]


def test_once_closed_nothing_is_read_or_written(switched):
    raw = switched(SWITCHING, SILENCE)
    raw.close()
    assert (raw.read1(), raw.pending(), raw._sock) == (b"", 0, None)
    with pytest.raises(errors.ConnectionLost, match="nothing can be sent any more"):
        raw.write(b"x")
    with pytest.raises(OSError, match="no connection"):
        raw.fileno()


def test_writing_to_a_connection_that_broke_is_an_error_and_the_end(switched):
    raw = switched(SWITCHING, RESET)
    with pytest.raises(errors.ConnectionLost):
        while True:
            raw.write(b"x")
    assert raw.closed


def test_the_timeout_is_for_each_read_and_write(switched):
    raw = switched(SWITCHING, SILENCE)
    assert raw.gettimeout() == 5
    raw.settimeout(0.05)
    with pytest.raises(errors.ReadTimedOut):
        raw.read1()
    assert raw.closed


def test_a_side_that_takes_nothing_is_waited_for_no_longer_than_the_timeout(switched, stopped):
    raw = switched(SWITCHING, stopped)
    raw.settimeout(0.05)
    with pytest.raises(errors.ReadTimedOut):
        raw.write(bytes(50_000_000))
    assert raw.closed


@pytest.fixture
def stopped():
    """A server's step: read nothing until the test ends."""
    event = threading.Event()
    yield wait_for(event)
    event.set()


@pytest.mark.parametrize(
    "answer, kind", [(CONNECTED, SwitchedResponse), (CONNECTED.replace(b"200", b"407") + b"sorry", RawResponse)]
)
def test_connect_hands_the_stream_over_if_it_succeeds(client, wire_server, answer, kind):
    server = wire_server([answer, repeat])
    raw = client.send(route_to(server), Request("CONNECT", "example.org:443", Fields({"Host": "example.org:443"})), FIVE)
    assert type(raw) is kind
    assert server.requests[0].raw == b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"
    if kind is SwitchedResponse:
        raw.write(b"hello")
    assert raw.read(5) in (b"HELLO", b"sorry")
    raw.close()


def test_code_that_digs_for_the_socket_finds_it(switched, ca):
    """The way of docker-py, plain and in TLS."""
    raw = switched(SWITCHING, repeat, tls=ca.server_context(), ca=ca.file)
    dug = raw._fp.fp.raw
    dug._sock.settimeout(None)
    dug.settimeout(None)
    dug._sock.sendall(b"hello")
    assert select.select([dug], [], [], 5)[0]
    assert dug.recv(5) == b"HELLO"
