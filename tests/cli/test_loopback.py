"""The server of the self-test: what it understands, what it counts, and that it leaves nothing behind."""

from __future__ import annotations

import io
import socket
import threading

import pytest

from minireq.cli.loopback import HangUp, LoopbackServer, chunk, head, read_request, response

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def hello(request):
    return [response(b"hello")]


def exchange(server, sent, size):
    with socket.create_connection(server.address, 5) as client:
        client.sendall(sent)
        return client.makefile("rb").read(size)


def test_it_answers_by_path_whatever_the_query(serving):
    server = serving({"/hello": hello})
    assert exchange(server, b"GET /hello?you HTTP/1.1\r\nConnection: Close\r\n\r\n", -1) == response(b"hello")


def test_an_unknown_path_is_404(serving):
    server = serving({})
    assert exchange(server, GET, 24) == b"HTTP/1.1 404 Not Found\r\n"


def test_connections_are_kept_and_both_kinds_of_things_are_counted(serving):
    server = serving({"/": hello})
    size = len(response(b"hello"))
    assert exchange(server, GET * 3, 3 * size) == response(b"hello") * 3
    assert exchange(server, GET, size) == response(b"hello")
    assert (server.connections, server.requests) == (2, 4)


def test_an_answer_may_hang_up_in_the_middle(serving):
    def cut(request):
        yield head("Content-Length: 10") + b"12345"
        raise HangUp

    server = serving({"/": cut})
    assert exchange(server, GET, -1) == b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"


def test_what_is_not_http_ends_the_connection(serving):
    server = serving({"/": hello})
    assert exchange(server, b"nonsense\r\n\r\n", -1) == b""


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        (b"POST /a HTTP/1.1\r\nX: 1\r\n\r\n", b""),
        (b"POST /a HTTP/1.1\r\nX: 1\r\nContent-Length: 3\r\n\r\nabcdef", b"abc"),
        (b"POST /a HTTP/1.1\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n", b"abcd"),
        (b"POST /a HTTP/1.1\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n", b"abc"),
    ],
)
def test_a_request_is_read_with_its_body(wire, body):
    request = read_request(io.BytesIO(wire))
    assert (request.method, request.target, request.fields["x"], request.body) == ("POST", "/a", "1", body)


def test_the_end_of_a_connection_is_no_request():
    assert read_request(io.BytesIO(b"")) is None


def test_chunks_are_written_as_they_are_read():
    wire = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(b"x" * 300) + chunk(b"y") + chunk(b"")
    assert read_request(io.BytesIO(wire)).body == b"x" * 300 + b"y"


def test_it_is_gone_when_its_block_is_left_even_with_clients_waiting():
    threads = threading.active_count()
    with LoopbackServer({"/": hello}) as server:
        client = socket.create_connection(server.address, 5)
        client.sendall(GET)
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        assert server.url("/x") == f"http://127.0.0.1:{server.address[1]}/x"
    assert threading.active_count() == threads
    with client:
        while client.recv(1000):
            pass  # the rest of the answer, then the end
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address, 5)
