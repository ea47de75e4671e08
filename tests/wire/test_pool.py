"""The pool: which connection one gets, which are kept, who waits, and what others may do meanwhile."""

from __future__ import annotations

import gc
import os
import threading
import time

import pytest

from minireq.wire import Route, Timeouts, errors, pool as pools
from minireq.wire.network.stream import Stream
from minireq.wire.pool import Pool
from minireq.wire.response import RawResponse
from tests.support.carried import ROOT
from tests.support.interpreter import run_python
from tests.support.scripted import CLOSE, CUT, HALF_CLOSE, RESET, wait_for

from .asking import OK, get, ok, route_to, wait_until_closed


@pytest.fixture
def pool_of():
    """A pool: pool_of(per_route=2); closed in the end."""
    opened = []

    def open_pool(**settings):
        opened.append(Pool(**settings))
        return opened[-1]

    yield open_pool
    for pool in opened:
        pool.close()


@pytest.fixture
def answering(wire_server):
    """A server that answers every request on every connection, with the number of the connection."""

    def answer(connection):
        number = b"%d" % server.connections.index(connection)
        while connection.read_request() is not None:
            connection.send(ok(number))

    server = wire_server(answer, repeat=True)
    return server


def use(connection):
    """A request and its whole answer: afterwards the connection may be given back."""
    connection.send(get(), 5)
    connection.read_head(5)
    body = b""
    while data := connection.read_body(1000, 5):
        body += data
    return body


def used(pool, route):
    """A connection of the pool on which a request has just been answered."""
    connection = pool.checkout(route, Timeouts(5))
    use(connection)
    return connection


def is_open(connection):
    return connection.stream.fileno() != -1


# Which connection one gets.


def test_a_connection_that_was_given_back_is_given_out_again(pool_of, answering):
    """S182."""
    pool, route = pool_of(), route_to(answering)
    first = used(pool, route)
    pool.give_back(first)
    for _ in range(3):
        assert used(pool, route) is first
        pool.give_back(first)
    assert len(answering.connections) == 1 and len(answering.requests) == 4


def test_the_one_that_was_used_last_comes_first(pool_of, answering):
    pool, route = pool_of(), route_to(answering)
    a, b, c = (used(pool, route) for _ in range(3))
    for connection in (b, c, a):
        pool.give_back(connection)
    assert [pool.checkout(route, Timeouts(5)) for _ in range(3)] == [a, c, b]
    for connection in (a, b, c):
        pool.discard(connection)


def test_each_route_has_its_own(pool_of, wire_server):
    pool = pool_of()
    servers = [wire_server(OK, repeat=True) for _ in range(2)]
    one, other = (used(pool, route_to(server)) for server in servers)
    pool.give_back(one)
    pool.give_back(other)
    assert pool.checkout(route_to(servers[0]), Timeouts(5)) is one
    assert pool.checkout(route_to(servers[1]), Timeouts(5)) is other
    pool.discard(one)
    pool.discard(other)


# Which are kept.


def test_so_many_are_kept_for_a_route_and_the_oldest_are_closed(pool_of, answering):
    pool, route = pool_of(per_route=2), route_to(answering)
    connections = [used(pool, route) for _ in range(5)]
    for connection in connections:
        pool.give_back(connection)
    assert [is_open(connection) for connection in connections] == [False, False, False, True, True]
    assert pool.idle_count() == 2
    for number in range(3):
        wait_until_closed(answering, number)


def test_for_so_many_routes_some_are_kept_and_the_route_unused_for_longest_gives_way(pool_of, answering, dns):
    pool = pool_of(routes=2)
    connections = {}
    for name in ("a.example", "b.example", "a.example", "c.example"):
        dns[name] = answering
        connections[name] = used(pool, route_to(answering, host=name))
        pool.give_back(connections[name])
    assert {name: is_open(connection) for name, connection in connections.items()} == {
        "a.example": True,
        "b.example": False,
        "c.example": True,
    }
    assert pool.idle_count() == 2


def test_a_thousand_routes_leave_no_more_open_than_allowed(pool_of, answering, dns):
    pool = pool_of(routes=10)
    kept = []
    for number in range(1000):
        dns[f"{number}.example"] = answering
        kept.append(used(pool, route_to(answering, host=f"{number}.example")))
        pool.give_back(kept[-1])
    assert [is_open(connection) for connection in kept] == [False] * 990 + [True] * 10


def test_a_pool_of_none_keeps_none(pool_of, answering):
    pool, route = pool_of(per_route=0), route_to(answering)
    connection = used(pool, route)
    pool.give_back(connection)
    assert not is_open(connection) and pool.idle_count() == 0


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"hi", b"Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        OK + b"surplus",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ],
    ids=["asked to close", "HTTP/1.0", "surplus", "two lengths"],
)
def test_a_connection_that_will_not_live_is_closed_when_it_is_given_back(pool_of, wire_server, answer):
    server = wire_server(answer, repeat=True)
    pool = pool_of()
    connection = used(pool, route_to(server))
    assert connection.exchange.verdict is not None
    pool.give_back(connection)
    assert not is_open(connection) and pool.idle_count() == 0


def test_a_connection_whose_answer_was_not_read_to_the_end_is_closed_when_it_is_given_back(pool_of, answering):
    pool, route = pool_of(), route_to(answering)
    unused = pool.checkout(route, Timeouts(5))
    half = pool.checkout(route, Timeouts(5))
    half.send(get(), 5)
    half.read_head(5)
    for connection in (unused, half):
        pool.give_back(connection)
        assert not is_open(connection)
    assert pool.idle_count() == 0


def test_a_discarded_connection_is_closed(pool_of, answering):
    pool = pool_of()
    connection = used(pool, route_to(answering))
    pool.discard(connection)
    assert not is_open(connection) and pool.idle_count() == 0


# Whether it lives.


@pytest.mark.parametrize("end", [CLOSE, HALF_CLOSE, RESET, lambda connection: connection.send(b"HTTP/1.1 408 Timeout\r\n\r\n")])
def test_a_connection_with_news_is_not_given_out(pool_of, wire_server, end):
    """Its end, or bytes that answer nobody's question."""
    told = threading.Event()
    server = wire_server([OK, wait_for(told), end], OK)
    pool, route = pool_of(), route_to(server)
    first = used(pool, route)
    pool.give_back(first)
    told.set()
    wait_for_news(first)
    second = used(pool, route)
    assert second is not first and not is_open(first)
    pool.give_back(second)
    assert len(server.connections) == 2


@pytest.mark.parametrize("end", [CLOSE, CUT, lambda connection: connection.send(b"HTTP/1.1 408 Timeout\r\n\r\n")])
def test_a_secure_connection_with_news_is_not_given_out(pool_of, wire_server, ca, end):
    told = threading.Event()
    server = wire_server([OK, wait_for(told), end], OK, tls=ca.server_context())
    pool, route = pool_of(), route_to(server, ca.file)
    first = used(pool, route)
    pool.give_back(first)
    told.set()
    wait_for_news(first)
    second = used(pool, route)
    assert second is not first and not is_open(first)
    pool.give_back(second)


def wait_for_news(connection):
    """As the eyes of the system see it: tickets of TLS count too."""
    for _ in range(5000):
        if Stream.has_news(connection.stream):
            return
        time.sleep(0.001)


def test_tickets_that_come_late_do_not_cost_a_connection(pool_of, wire_server, ca):
    server = wire_server([OK, OK], tls=ca.server_context())
    pool, route = pool_of(), route_to(server, ca.file)
    first = pool.checkout(route, Timeouts(5))
    wait_for_news(first)  # the tickets, which nothing has read yet
    use(first)
    pool.give_back(first)
    assert used(pool, route) is first
    pool.discard(first)


def test_all_that_died_are_closed_until_one_lives(pool_of, wire_server):
    told = threading.Event()
    server = wire_server(OK, [OK, wait_for(told), CLOSE], [OK, wait_for(told), CLOSE])
    pool, route = pool_of(), route_to(server)
    lives, *dying = (used(pool, route) for _ in range(3))
    for connection in (lives, *dying):
        pool.give_back(connection)
    told.set()
    for connection in dying:
        wait_for_news(connection)
    assert pool.checkout(route, Timeouts(5)) is lives
    assert [is_open(connection) for connection in dying] == [False, False]
    pool.discard(lives)


# Two at once. Each step is whole, and between two steps anything may happen: here it does.


def test_a_connection_given_back_to_a_stack_that_was_retired_meanwhile_is_closed(pool_of, answering, monkeypatch):
    pool, route = pool_of(), route_to(answering)
    first, second = used(pool, route), used(pool, route)
    pool.give_back(first)
    monkeypatch.setattr(pools, "monotonic", lambda: (pool._idle and pool.close()) or 0.0)  # between looking up and putting in
    pool.give_back(second)
    assert not is_open(first) and not is_open(second) and pool.idle_count() == 0


def test_the_last_connection_may_be_taken_by_another_thread_first(pool_of, answering):
    class Faster(pools._Stack):
        def pop(self):
            raise IndexError("pop from an empty deque")

    pool, route = pool_of(), route_to(answering)
    connection = used(pool, route)
    pool._idle[route.key] = stack = Faster([connection])
    other = pool.checkout(route, Timeouts(5))
    assert other is not connection
    pool.discard(other)
    pool.discard(stack[0])


# Closing.


def test_closing_closes_what_is_idle(pool_of, answering):
    pool, route = pool_of(), route_to(answering)
    connections = [used(pool, route) for _ in range(3)]
    for connection in connections:
        pool.give_back(connection)
    pool.close()
    assert not any(map(is_open, connections)) and pool.idle_count() == 0
    pool.close()


def test_what_is_in_use_while_the_pool_is_closed_is_not_kept_afterwards(pool_of, answering):
    pool, route = pool_of(), route_to(answering)
    connection = used(pool, route)
    pool.close()
    assert is_open(connection)
    pool.give_back(connection)
    assert not is_open(connection) and pool.idle_count() == 0


def test_a_closed_pool_can_be_used_again(pool_of, answering):
    pool, route = pool_of(), route_to(answering)
    pool.close()
    connection = used(pool, route)
    pool.give_back(connection)
    assert pool.checkout(route, Timeouts(5)) is connection
    pool.discard(connection)


# Pools that let wait.


@pytest.mark.parametrize("back", [Pool.give_back, Pool.discard, lambda pool, connection: connection.close()])
def test_who_asks_for_one_more_waits_until_one_is_back(pool_of, answering, back):
    pool, route = pool_of(per_route=1, block=True), route_to(answering)
    first = used(pool, route)
    got = []
    waiter = threading.Thread(target=lambda: got.append(used(pool, route)))
    waiter.start()
    waiter.join(0.05)
    assert waiter.is_alive() and not got
    back(pool, first)
    waiter.join(5)
    assert (got == [first]) is (back is Pool.give_back)
    pool.discard(got[0])


def test_who_waits_for_too_long_is_told_so(pool_of, answering):
    pool, route = pool_of(per_route=2, block=True), route_to(answering)
    held = [pool.checkout(route, Timeouts(5)) for _ in range(2)]
    expected = (
        rf"a free connection to <Route http://127\.0\.0\.1:{route.port}>: all 2 are in use \(pool timeout=0\.02\) in phase pool"
    )
    with pytest.raises(errors.PoolTimedOut, match=expected) as caught:
        pool.checkout(route, Timeouts(5, pool=0.02))
    assert (caught.value.phase, caught.value.seconds) == ("pool", 0.02)
    for connection in held:
        pool.discard(connection)
    pool.discard(pool.checkout(route, Timeouts(5, pool=0.02)))


def test_routes_do_not_wait_for_one_another(pool_of, answering, dns):
    dns["other.example"] = answering
    pool = pool_of(per_route=1, block=True)
    one = pool.checkout(route_to(answering), Timeouts(5))
    other = pool.checkout(route_to(answering, host="other.example"), Timeouts(5, pool=0))
    pool.discard(one)
    pool.discard(other)


def test_without_blocking_nobody_waits(pool_of, answering):
    pool, route = pool_of(per_route=1), route_to(answering)
    for connection in [pool.checkout(route, Timeouts(5)) for _ in range(5)]:
        pool.discard(connection)


def test_a_connection_that_could_not_be_made_takes_nobodys_turn(pool_of, answering, refused_port):
    pool = pool_of(per_route=1, block=True)
    for _ in range(3):
        with pytest.raises(errors.ConnectFailed):
            pool.checkout(Route("http", "127.0.0.1", refused_port), Timeouts(5, pool=1))
    route = route_to(answering)
    for _ in range(3):
        connection = pool.checkout(route, Timeouts(5, pool=1))
        with pytest.raises(errors.ConnectTimedOut):
            pool.fresh(connection, Timeouts(0))  # no time at all to be connected in
        assert not is_open(connection)


@pytest.mark.parametrize("step", ["minireq.wire.pool.connect", "minireq.wire.network.stream.Stream.has_news"])
def test_an_interrupt_takes_nobodys_turn_and_leaves_nothing_open(pool_of, answering, monkeypatch, step):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    pool, route = pool_of(per_route=1, block=True), route_to(answering)
    if "has_news" in step:
        pool.give_back(used(pool, route))
    with monkeypatch.context() as patch:
        patch.setattr(step, interrupted)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                patch.setattr("minireq.wire.pool.connect", interrupted)
                pool.checkout(route, Timeouts(5, pool=1))
    assert pool.idle_count() == 0
    pool.discard(pool.checkout(route, Timeouts(5, pool=1)))


def test_turns_of_routes_nobody_uses_are_forgotten_and_those_of_others_are_not(pool_of, answering, dns, monkeypatch):
    monkeypatch.setattr(pools, "_ROUTES_WITH_TURNS", 3)
    pool = pool_of(per_route=2, block=True)
    routes = []
    for number in range(6):
        dns[f"{number}.example"] = answering
        routes.append(route_to(answering, host=f"{number}.example"))
    held = pool.checkout(routes[0], Timeouts(5))
    for route in routes[1:]:
        pool.discard(pool.checkout(route, Timeouts(5)))
    assert len(pool._turns) <= 3
    second = pool.checkout(routes[0], Timeouts(5, pool=0))
    with pytest.raises(errors.PoolTimedOut):
        pool.checkout(routes[0], Timeouts(5, pool=0))
    pool.discard(held)
    pool.discard(second)


def test_who_waits_for_turns_that_were_forgotten_asks_again(pool_of, answering):
    pool, route = pool_of(per_route=1, block=True), route_to(answering)
    pool.discard(pool.checkout(route, Timeouts(5)))
    turns = pool._turns[route.key]

    class Forgotten:
        """What a thread has looked up just before another one forgot it."""

        def __getattr__(self, name):
            pool._turns.pop(route.key, None)
            return getattr(turns, name)

    pool._turns[route.key] = Forgotten()
    pool.discard(pool.checkout(route, Timeouts(5, pool=1)))
    assert pool._turns[route.key] is not turns
    pool.discard(pool.checkout(route, Timeouts(5, pool=1)))


def test_a_connection_whose_owner_is_gone_gives_up_its_turn(pool_of, answering):
    pool, route = pool_of(per_route=1, block=True), route_to(answering)
    connection = pool.checkout(route, Timeouts(5))
    connection.stream.close()
    del connection
    pool.discard(pool.checkout(route, Timeouts(5, pool=1)))


def test_threads_never_have_more_connections_than_are_allowed(pool_of, answering):
    pool, route = pool_of(per_route=3, block=True), route_to(answering)
    in_use, most, failures = [], [], []

    def work(number):
        try:
            for turn in range(20):
                connection = pool.checkout(route, Timeouts(5, pool=10))
                in_use.append(connection)
                most.append(len(in_use))
                use(connection)
                in_use.remove(connection)
                pool.discard(connection) if (number + turn) % 7 == 0 else pool.give_back(connection)
        except BaseException as failure:
            failures.append(failure)

    run_threads(8, work)
    assert not failures
    assert len(most) == 160 and max(most) <= 3
    assert pool.idle_count() <= 3


def run_threads(count, work):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


# Many threads.


def test_each_of_many_threads_gets_the_answers_to_its_own_requests(pool_of, http_app):
    pool, route = pool_of(per_route=4), route_to(http_app)
    mixed_up = []

    def work(number):
        for turn in range(200):
            connection = pool.checkout(route, Timeouts(5))
            connection.send(get(f"/text?text={number}.{turn}"), 5)
            connection.read_head(5)
            body = b""
            while data := connection.read_body(100, 5):
                body += data
            pool.give_back(connection)
            if body != b"%d.%d" % (number, turn):
                mixed_up.append((number, turn, body))

    run_threads(8, work)
    assert mixed_up == []
    assert len(http_app.requests) == 1600
    assert pool.idle_count() <= 4


def test_closing_while_others_work_hurts_nobody(pool_of, answering):
    pool, route = pool_of(per_route=4), route_to(answering)
    failures = []
    working = threading.Event()

    def work(number):
        try:
            for _ in range(50):
                pool.give_back(used(pool, route))
                working.set()
        except BaseException as failure:
            failures.append(failure)

    def close(number):
        working.wait(5)
        for _ in range(200):
            pool.close()

    run_threads(5, lambda number: close(number) if number == 0 else work(number))
    assert failures == []
    assert len(answering.requests) == 200


# The garbage collector.


class Collecting(Route):
    """The garbage collector runs whenever the pool looks this route up."""

    __slots__ = ("_found_by",)

    @property
    def key(self):
        gc.collect()
        return self._found_by

    @key.setter
    def key(self, key):
        self._found_by = key


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # in a circle, the socket may go before its response
@pytest.mark.parametrize("block", [False, True])
def test_a_response_may_be_collected_while_the_pool_is_at_work(answering, block):
    pool = Pool(per_route=2, block=block)  # no fixture's: if it waits for itself, its closing would wait too
    plain = route_to(answering)
    route = Collecting("http", plain.host, plain.port)
    done = []

    def work():
        for _ in range(3):
            connection = pool.checkout(route, Timeouts(5, pool=2))
            connection.send(get(), 5)
            cycle = [RawResponse(connection.read_head(5), connection, pool)]
            cycle.append(cycle)
            kept = used(pool, route)
            del cycle, connection
            pool.give_back(kept)  # here it is collected
        done.append(True)

    gc.disable()
    gc.freeze()  # what is there already need not be looked at each time
    try:
        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(10)
    finally:
        gc.unfreeze()
        gc.enable()
    assert done, "the pool waits for itself"
    pool.discard(pool.checkout(plain, Timeouts(5, pool=2)))
    pool.close()


# Forks.

FORKED = """
import os, socket, sys
from minireq.wire import Client, Fields, Request, Route

client, route = Client(block={block}, per_route=2), Route("http", "127.0.0.1", {port})

def ask(text):
    return client.send(route, Request("GET", "/text?text=" + text, Fields([("Host", "localhost")])))

assert ask("warm").read() == b"warm"
unread = ask("unread")  # lent in both processes
assert ask("warm").read() == b"warm"
child = os.fork()
name = "parent" if child else "child"
for number in range(100):
    assert ask(name + str(number)).read() == (name + str(number)).encode()
if child:
    assert unread.read() == b"unread"
    assert ask("parent again").read() == b"parent again"
    _, status = os.waitpid(child, 0)
    print(os.WEXITSTATUS(status))
else:
    unread.close()
    assert ask("child again").read() == b"child again"
    assert client._pool.idle_count() == 1
client.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.parametrize("block", [False, True])
def test_a_forked_process_shares_no_connection_with_its_parent(http_app, block):
    @http_app.route("/text")
    def text(request):
        return request.target.partition("=")[2].replace("%20", " ").encode()

    code = FORKED.format(port=http_app.port, block=block).replace("again", "again".replace(" ", "%20"))
    assert run_python(code.replace("parent again", "parent_again").replace("child again", "child_again"), path=[ROOT]) == "0\n"
    # One connection saw the warm request, was idle when the fork came, and afterwards belonged to one of the two.
    for connection in http_app.connections:
        names = {name for request in connection.requests for name in ("parent", "child") if name in request.target}
        assert len(names) <= 1
