"""The parts that the other tests stand on do what they say."""

from __future__ import annotations

import http.client
import json
import socket
import threading

import pytest

from .support.guard import LeftTheMachine
from .support.scripted import CLOSE, CUT, HALF_CLOSE, RESET, hear, say, wait_for
from .support.surroundings import left_behind, open_sockets

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def talk(server, *requests):
    """Send each request on one connection, and return what came until the server closed or fell silent."""
    with socket.create_connection(server.address) as connection:
        connection.settimeout(0.2)
        came = b""
        for request in requests or (REQUEST,):
            connection.sendall(request)
            try:
                while data := connection.recv(1000):
                    came += data
            except (socket.timeout, ConnectionResetError):
                pass
        return came


@pytest.mark.parametrize(
    "act",
    [
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: socket.gethostbyname("example.org"),
    ],
)
def test_no_name_is_looked_up_outside(act):
    with pytest.raises(LeftTheMachine):
        act()


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "example.org"])
def test_no_connection_leaves_the_machine(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as connecting:
        for connect in (connecting.connect, connecting.connect_ex):
            with pytest.raises(LeftTheMachine):
                connect((address, 80))


def test_datagrams_do_not_leave_the_machine_either():
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(LeftTheMachine):
        sender.sendto(b"", ("192.0.2.1", 53))


def test_names_lead_where_the_test_says(dns):
    dns["example.org"] = ["::1", "127.0.0.1"]
    dns["example.org", 443] = ("127.0.0.2", 4433)
    found = [entry[4][:2] for entry in socket.getaddrinfo("Example.org.", 80, type=socket.SOCK_STREAM)]
    assert found == [("::1", 80), ("127.0.0.1", 80)]
    assert [entry[4] for entry in socket.getaddrinfo("example.org", 443, type=socket.SOCK_STREAM)] == [("127.0.0.2", 4433)]
    assert dns.asked == ["example.org", "example.org"]


def test_invalid_names_have_no_address():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("host.invalid", 80)


def test_a_script_is_followed_connection_by_connection(wire_server):
    event = threading.Event()
    event.set()
    server = wire_server([ANSWER, ANSWER], [hear, wait_for(event), say(b"x"), HALF_CLOSE], [ANSWER, CLOSE])
    assert talk(server, REQUEST, b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") == 2 * ANSWER
    assert talk(server) == b"x"
    assert talk(server) == ANSWER
    assert talk(server) == b"", "no script is left"
    assert [(request.method, request.target, request.body) for request in server.requests[:2]] == [
        ("GET", "/", b""),
        ("POST", "/a", b"abc"),
    ]
    assert server.requests[0]["host"] == "localhost"
    assert server.connections[1].received == REQUEST
    server.wait_until_closed(0)
    assert len(server.connections) == 4


def test_a_reset_is_a_reset(wire_server):
    server = wire_server([hear, RESET])
    with socket.create_connection(server.address) as connection, pytest.raises(ConnectionResetError):
        connection.sendall(REQUEST)
        connection.recv(1)


@pytest.mark.parametrize(("ending", "is_clean"), [(CLOSE, True), (CUT, False)])
def test_tls_ends_with_a_word_or_without(wire_server, ca, ending, is_clean):
    server = wire_server([ANSWER, ending], tls=ca.server_context())
    with socket.create_connection(server.address) as plain:
        context = ca.client_context()
        context.options &= ~(1 << 7)  # OP_IGNORE_UNEXPECTED_EOF, which has no name before Python 3.10
        with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as connection:
            connection.sendall(REQUEST)
            came = connection.recv(1000)
            try:
                assert connection.recv(1) == b""
            except OSError:
                assert not is_clean
            else:
                assert is_clean
    assert came == ANSWER
    assert server.connections[0].server_name == "localhost"


def test_the_failure_of_a_step_is_raised_when_the_server_stops(wire_server):
    def step(connection):
        raise ValueError("from the script")

    server = wire_server(step)
    with socket.create_connection(server.address) as connection:
        assert connection.recv(1) == b""
    with pytest.raises(ValueError, match="from the script"):
        server.stop()


def test_the_application_answers_and_takes_new_routes(http_app):
    @http_app.route("/new")
    def new(request):
        return request.method.encode()

    client = http.client.HTTPConnection(http_app.host, http_app.port)
    bodies = []
    for path in ("/echo?a=1", "/chunked/2", "/new/below", "/trailer"):
        client.request("GET", path)
        bodies.append(client.getresponse().read())
    client.close()
    assert json.loads(bodies[0])["target"] == "/echo?a=1"
    assert bodies[1:] == [b"chunk 0\nchunk 1\n", b"GET", b"hello"]
    assert len(http_app.connections) == 1


def test_example_org_is_here(example_org):
    client = http.client.HTTPConnection("example.org")
    client.request("GET", "/json")
    assert json.loads(client.getresponse().read()) == {"hello": "world"}
    client.close()


def test_deaf_ports_do_not_answer_and_refused_ones_refuse(deaf_port, refused_port):
    with pytest.raises(socket.timeout):
        socket.create_connection(("127.0.0.1", deaf_port), timeout=0.2)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", refused_port))


@pytest.mark.parametrize("server", ["httpbin", "httpbin_https", "granian", "granian_https", "uvicorn", "uvicorn_https", "nginx"])
def test_the_servers_of_others_run(server, request, ca):
    running = request.getfixturevalue(server)
    if server.endswith("_https"):
        client = http.client.HTTPSConnection("localhost", running.port, context=ca.client_context())
    else:
        client = http.client.HTTPConnection(running.host, running.port)
    for path in ("/", "/"):
        client.request("GET", path)
        response = client.getresponse()
        response.read()
        assert response.status in (200, 403)
    client.close()


def test_what_is_left_behind_is_seen():
    sockets, threads = open_sockets(), set(threading.enumerate())
    event = threading.Event()
    thread = threading.Thread(target=event.wait, name="forgotten")
    thread.start()
    with socket.socket():
        left = left_behind(sockets, threads, patience=0)
    event.set()
    thread.join()
    assert "forgotten" in left
    assert "1 open sockets" in left or not open_sockets()
    assert left_behind(sockets, threads) == ""
