"""The time that a call may take, from the public side: where it runs out, what then is raised, and how far it reaches."""

from __future__ import annotations

import pickle
import threading

import pytest

import minireq
from minireq import Retry, Timeouts, exceptions
from minireq.adapters import HTTPAdapter
from minireq.auth import HTTPDigestAuth
from tests.support.scripted import CLOSE, hear, say, wait_for

SHORT = 0.3  # seconds; enough for what comes before the phase that is meant, on a machine that is busy
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
BUSY_FOR_7 = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n"


@pytest.fixture
def session():
    with minireq.Session() as session:
        yield session


@pytest.fixture
def late():
    """What a server waits for that never says anything."""
    event = threading.Event()
    yield wait_for(event)
    event.set()


def url_of(server, scheme="http", path="/"):
    return f"{scheme}://127.0.0.1:{server.port}{path}"


def takes(clock, seconds, answer):
    """A step: hear a request, let time go by, answer.

    A client that waits already waits in real time. So what is to come too late is the first byte of an answer and no more: then
    the client looks at the clock before it waits for the rest.
    """

    def step(connection):
        connection.read_request()
        clock.now += seconds
        connection.send(answer)

    return step


def moved(to):
    return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % to


# The phases: one limit for all of them, and an error that says which it was.


def check(caught, phase, seconds=SHORT, limit="total"):
    error = caught.value
    assert (error.phase, error.args[0].seconds) == (phase, seconds)
    assert error.elapsed >= seconds
    assert f"({limit} timeout={seconds:g}) in phase {phase}, after {error.elapsed:.3f} s" in str(error)
    travelled = pickle.loads(pickle.dumps(error))
    assert (str(travelled), travelled.phase) == (str(error), phase)


@pytest.mark.parametrize("limit", ["total", "connect"])
def test_a_name_lookup_that_hangs_is_left_behind(session, hung_resolver, limit):
    with pytest.raises(minireq.ConnectTimeout, match=r"while looking up the name 'example\.org'") as caught:
        session.get("http://example.org/", timeout=Timeouts(**{limit: SHORT}))
    check(caught, "lookup", limit=limit)
    assert hung_resolver == ["example.org"]


@pytest.mark.parametrize("proxy", ["http://proxy.example:1", "socks5h://proxy.example:1"])
def test_that_of_a_proxy_too(session, hung_resolver, proxy):
    with pytest.raises(minireq.ConnectTimeout, match=r"'proxy\.example'") as caught:
        session.get("http://example.org/", timeout=Timeouts(total=SHORT), proxies={"http": proxy})
    check(caught, "lookup")


def test_an_address_that_does_not_answer(session, deaf_port):
    with pytest.raises(minireq.ConnectTimeout) as caught:
        session.get(f"http://127.0.0.1:{deaf_port}/", timeout=Timeouts(total=SHORT))
    check(caught, "connect")


@pytest.mark.parametrize("proxy", ["http", "socks4", "socks5"])
def test_a_proxy_that_says_nothing(session, wire_server, late, proxy):
    server = wire_server(late)
    with pytest.raises(minireq.ConnectTimeout) as caught:
        session.get("https://127.0.0.1/", timeout=Timeouts(total=SHORT), proxies={"https": url_of(server, proxy)})
    check(caught, "proxy")


def test_a_tls_handshake_that_is_not_answered(session, wire_server, late):
    with pytest.raises(minireq.ConnectTimeout) as caught:
        session.get(url_of(wire_server(late), "https"), timeout=Timeouts(total=SHORT))
    check(caught, "tls")


@pytest.mark.parametrize("body", [bytes(50_000_000), iter([bytes(100_000)] * 500)], ids=["whole", "in pieces"])
def test_a_server_that_takes_nothing_of_the_request(session, wire_server, late, body):
    with pytest.raises(minireq.ReadTimeout) as caught:
        session.put(url_of(wire_server(late)), data=body, timeout=Timeouts(total=SHORT))
    check(caught, "send")


def test_a_server_that_does_not_answer(session, wire_server):
    with pytest.raises(minireq.ReadTimeout) as caught:
        session.get(url_of(wire_server(hear)), timeout=Timeouts(read=60, total=SHORT))
    check(caught, "head")


@pytest.mark.parametrize("begins", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n"])
def test_a_head_that_stops_in_the_middle(session, wire_server, begins):
    with pytest.raises(minireq.ReadTimeout) as caught:
        session.get(url_of(wire_server(begins)), timeout=Timeouts(total=SHORT))
    check(caught, "head")


@pytest.mark.parametrize("framing", [b"Content-Length: 100000", b"Content-Length: 10", b"Transfer-Encoding: chunked", b"X: y"])
@pytest.mark.parametrize("read", [lambda r: r.content, lambda r: list(r.iter_content(10)), lambda r: r.raw.read(100)])
def test_a_body_that_stops_in_the_middle(session, wire_server, framing, read):
    server = wire_server(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n5\r\nhello"[:10])
    response = session.get(url_of(server), timeout=Timeouts(total=SHORT), stream=True)
    with pytest.raises((exceptions.BodyTimeout, minireq.packages.urllib3.exceptions.ReadTimeoutError)) as caught:
        read(response)
    assert caught.value.phase == "body" and "(total timeout=0.3) in phase body, after " in str(caught.value)


@pytest.mark.parametrize("limits, limit", [({"total": SHORT}, "total"), ({"pool": SHORT, "total": 60}, "pool")])
def test_a_pool_in_which_nothing_becomes_free(session, wire_server, limits, limit):
    session.mount("http://", HTTPAdapter(pool_maxsize=1, pool_block=True))
    server = wire_server(OK)
    with session.get(url_of(server), stream=True), pytest.raises(minireq.ConnectTimeout, match="all 1 are in use") as caught:
        session.get(url_of(server), timeout=Timeouts(**limits))
    check(caught, "pool", limit=limit)
    assert isinstance(caught.value, minireq.ConnectionError)  # which is what programs of requests catch here


def test_a_retry_that_would_come_too_late_is_not_waited_for(session, wire_server):
    session.retries = 3
    with pytest.raises(
        minireq.Timeout, match=r"a pause of 7 s ends too late, and before it too many 503 error responses"
    ) as caught:
        session.get(url_of(wire_server(BUSY_FOR_7)), timeout=Timeouts(total=5))
    assert (type(caught.value), caught.value.phase) == (minireq.Timeout, "backoff")
    assert [attempt.status for attempt in caught.value.attempts] == [503]


def test_unless_the_last_answer_is_good_enough(session, wire_server):
    session.retries = Retry(3, raise_on_status=False)
    assert session.get(url_of(wire_server(BUSY_FOR_7)), timeout=Timeouts(total=5)).status_code == 503


@pytest.mark.parametrize("timeout, phase", [((60, SHORT), "head"), (Timeouts(read=SHORT), "head"), (SHORT, "head")])
def test_a_wait_that_is_too_long_is_said_as_exactly(session, wire_server, timeout, phase):
    with pytest.raises(minireq.ReadTimeout) as caught:
        session.get(url_of(wire_server(hear)), timeout=timeout)
    check(caught, phase, limit="read")


def test_a_wait_in_the_body_is_said_to_be_there(session, wire_server):
    with pytest.raises(exceptions.BodyTimeout) as caught:
        session.get(url_of(wire_server(OK[:-1])), timeout=SHORT)
    check(caught, "body", limit="read")


# Who sends a little now and then.


def test_a_head_that_drips_does_not_outlive_the_total(session, wire_server, clock):
    def drip(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            clock.now += 1
            connection.send(b"x")

    with pytest.raises(minireq.ReadTimeout) as caught:
        session.get(url_of(wire_server(drip)), timeout=Timeouts(read=5, total=10))
    assert caught.value.phase == "head" and caught.value.elapsed >= 10


@pytest.mark.parametrize("framing", [b"Content-Length: 100000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("read", [lambda r: r.content, lambda r: list(r.iter_content(None)), lambda r: list(r.iter_lines())])
def test_a_body_that_never_ends_does_not_outlive_the_total(session, wire_server, framing, read):
    def pour(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
        while True:
            connection.send(b"1\r\nx\r\n")

    with session.get(url_of(wire_server(pour)), timeout=Timeouts(total=0.3), stream=True) as response:
        with pytest.raises(exceptions.BodyTimeout) as caught:
            read(response)
        check(caught, "body", 0.3)


def test_a_request_that_is_taken_in_sips_does_not_outlive_the_total(session, wire_server, clock):
    def sip(connection):
        while connection.socket.recv(1000):
            clock.now += 1

    with pytest.raises(minireq.ReadTimeout) as caught:
        session.put(url_of(wire_server(sip)), data=bytes(20_000_000), timeout=Timeouts(read=5, total=10))
    assert caught.value.phase == "send" and caught.value.elapsed >= 10


# How far it reaches.


def test_the_clock_runs_on_while_the_reader_sleeps(session, wire_server, clock):
    server = wire_server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhelloworld")
    response = session.get(url_of(server), timeout=Timeouts(total=10), stream=True)
    pieces = response.iter_content(5)
    assert next(pieces) == b"hello"
    clock.now += 11
    with pytest.raises(exceptions.BodyTimeout, match=r"\(total timeout=10\) in phase body, after 11\.000 s"):
        next(pieces)


def test_a_body_that_was_read_in_time_is_there_for_good(session, wire_server, clock):
    response = session.get(url_of(wire_server(OK)), timeout=Timeouts(total=10))
    clock.now += 11
    assert response.content == b"hi" and response.raw.read() == b""


@pytest.mark.parametrize("seconds, good", [(2, True), (4, False)])
def test_redirects_share_it(session, wire_server, clock, seconds, good):
    last = OK if good else OK[:1]
    server = wire_server([takes(clock, seconds, moved(b"/b")), takes(clock, seconds, moved(b"/c")), takes(clock, seconds, last)])
    if good:
        assert session.get(url_of(server), timeout=Timeouts(total=10)).content == b"hi"
        return
    with pytest.raises(minireq.Timeout) as caught:
        session.get(url_of(server), timeout=Timeouts(total=10))
    assert caught.value.elapsed == 12
    assert [attempt.url.rpartition("/")[2] for attempt in caught.value.attempts] == ["", "b", "c"]


def test_redirects_that_are_followed_by_hand_share_it(session, wire_server, clock):
    server = wire_server([moved(b"/b"), takes(clock, 6, moved(b"/c")), takes(clock, 6, OK[:1])])
    first = session.get(url_of(server), allow_redirects=False)
    with pytest.raises(minireq.Timeout):
        list(session.resolve_redirects(first, first.request, timeout=Timeouts(total=10)))


@pytest.mark.parametrize("seconds, good", [(4, True), (6, False)])
def test_authentication_shares_it(session, wire_server, clock, seconds, good):
    challenge = b'HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n\r\n'
    server = wire_server([takes(clock, seconds, challenge), takes(clock, seconds, OK if good else OK[:1])])
    session.auth = HTTPDigestAuth("user", "password")
    if good:
        assert session.get(url_of(server), timeout=Timeouts(total=10)).content == b"hi"
        return
    with pytest.raises(minireq.Timeout):
        session.get(url_of(server), timeout=Timeouts(total=10))


def test_retries_share_it(session, wire_server, clock):
    def falls_silent(connection):
        connection.read_request()
        clock.now += 4
        connection.close()

    server = wire_server(falls_silent, falls_silent, falls_silent, OK)
    session.retries = 9
    with pytest.raises((minireq.ConnectionError, minireq.Timeout)) as caught:  # who sees it first: the end, or its time?
        session.get(url_of(server), timeout=Timeouts(total=10))
    assert len(server.connections) == len(caught.value.attempts) == 3


def test_hooks_are_handed_the_time_that_runs(session, wire_server, clock):
    server = wire_server([OK, takes(clock, 6, OK[:1])])
    seen = []

    def again(response, **settings):
        seen.append(settings["timeout"])
        clock.now += 6
        response.content
        return response.connection.send(response.request, **settings)

    with pytest.raises(minireq.Timeout):
        session.get(url_of(server), timeout=Timeouts(3, 4, total=10), hooks={"response": again})
    assert seen == [Timeouts(3, 4, total=10)]


def test_an_adapter_alone_keeps_it_too(wire_server):
    adapter = HTTPAdapter()
    prepared = minireq.Request("GET", url_of(wire_server(hear))).prepare()
    with pytest.raises(minireq.ReadTimeout) as caught:
        adapter.send(prepared, timeout=Timeouts(total=SHORT))
    check(caught, "head")
    adapter.close()


def test_an_adapter_that_was_written_for_requests_gets_a_pair(session):
    class Own(minireq.adapters.BaseAdapter):
        def send(self, request, timeout=None, **settings):
            connect, read = timeout
            raise minireq.ReadTimeout(f"{connect} {read}")

        def close(self):
            pass

    session.mount("own://", Own())
    with pytest.raises(minireq.ReadTimeout, match=r"^1\.0 2\.0$") as caught:
        session.get("own://x/", timeout=Timeouts(1, 2, total=3))
    assert (caught.value.phase, caught.value.elapsed, minireq.Timeout().phase) == (None, None, None)


def test_after_a_call_that_was_late_the_session_serves_the_next(session, wire_server):
    server = wire_server(hear, OK)
    with pytest.raises(minireq.ReadTimeout):
        session.get(url_of(server), timeout=Timeouts(total=SHORT))
    assert session.get(url_of(server), timeout=Timeouts(total=5)).content == b"hi"


def test_a_connection_that_served_a_call_in_a_hurry_serves_one_that_has_time(session, wire_server, clock):
    server = wire_server([OK, takes(clock, 100, OK), takes(clock, 100, OK)])
    assert session.get(url_of(server), timeout=Timeouts(total=10)).content == b"hi"
    assert session.get(url_of(server), timeout=5).content == b"hi"
    assert session.get(url_of(server)).content == b"hi"
    assert len(server.connections) == 1


# The session's own.


def test_what_the_session_says_holds_for_calls_that_say_nothing(wire_server):
    with minireq.Session(timeout=Timeouts(total=SHORT)) as session, pytest.raises(minireq.ReadTimeout) as caught:
        session.get(url_of(wire_server(hear)))
    check(caught, "head")


@pytest.mark.parametrize("own", [5, (5, 5), Timeouts(total=50), Timeouts()], ids=repr)
def test_what_a_call_says_wins(wire_server, own, clock):
    with minireq.Session(timeout=Timeouts(total=10)) as session:
        assert session.get(url_of(wire_server(takes(clock, 20, OK))), timeout=own).content == b"hi"


def test_it_may_be_said_later_and_it_travels():
    session = minireq.Session()
    session.timeout, session.retries = Timeouts(total=5), Retry(3)
    travelled = pickle.loads(pickle.dumps(session))
    assert travelled.timeout == Timeouts(total=5) and travelled.retries.total == 3
    assert minireq.Session().timeout is None and minireq.Session().retries is None


@pytest.mark.parametrize("value", [0, -1, "5", True, float("nan"), float("inf"), (1, 2)])
@pytest.mark.parametrize("name", ["connect", "read", "total", "pool"])
def test_what_is_no_number_of_seconds_is_refused(session, name, value):
    with pytest.raises(exceptions.InvalidArgument, match="a timeout must be an int, float or None"):
        session.get("http://127.0.0.1/", timeout=Timeouts(**{name: value}))


# What was tried.


def test_one_try_is_one_attempt(session, wire_server):
    url = url_of(wire_server(OK))
    assert session.get(url).attempts == (("GET", url, 200, None, 0.0),)


def test_retries_and_redirects_are_all_attempts(wire_server):
    no, busy = [b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status for status in (502, 503)]
    server = wire_server([hear, CLOSE], [no, moved(b"/b"), busy, OK])
    with minireq.Session(retries=Retry(3, status_forcelist=[502, 503])) as session:
        response = session.get(url_of(server))
    assert [(attempt.status, type(attempt.error).__name__, attempt.url.rpartition("/")[2]) for attempt in response.attempts] == [
        (None, "ConnectionError", ""),
        (502, "NoneType", ""),
        (302, "NoneType", ""),
        (503, "NoneType", "b"),
        (200, "NoneType", "b"),
    ]
    assert [len(hop.attempts) for hop in response.history] == [3]
    assert pickle.loads(pickle.dumps(response)).attempts[-1].status == 200


def test_an_error_has_those_that_were_made(session, refused_port):
    session.retries = 2
    with pytest.raises(minireq.ConnectionError) as caught:
        session.post(f"http://127.0.0.1:{refused_port}/", data="x")
    assert [type(attempt.error) for attempt in caught.value.attempts] == [minireq.ConnectionError] * 3
    assert caught.value.attempts[0].method == "POST"
    assert len(pickle.loads(pickle.dumps(caught.value)).attempts) == 3


def test_one_without_retries_has_its_own(session, refused_port):
    with pytest.raises(minireq.ConnectionError) as caught:
        session.get(f"http://127.0.0.1:{refused_port}/")
    [attempt] = caught.value.attempts
    assert (attempt.status, type(attempt.error), attempt.url) == (
        None,
        minireq.ConnectionError,
        f"http://127.0.0.1:{refused_port}/",
    )


def test_one_of_the_body_or_of_the_status_has_those_of_the_response(session, wire_server):
    server = wire_server([OK[:-1], CLOSE], b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(exceptions.ChunkedEncodingError) as caught:
        session.get(url_of(server))
    assert [attempt.status for attempt in caught.value.attempts] == [200]
    with pytest.raises(minireq.HTTPError) as caught:
        session.get(url_of(server)).raise_for_status()
    assert [attempt.status for attempt in caught.value.attempts] == [404]
    assert minireq.RequestException().attempts == ()


# Where the policy comes from.


@pytest.mark.parametrize("retries", [1, Retry(1, status_forcelist=[503])], ids=["number", "policy"])
def test_the_sessions_policy_counts_more_than_the_adapters(wire_server, retries):
    server = wire_server([hear, CLOSE], OK)
    with minireq.Session(retries=retries) as session:
        assert session.get(url_of(server)).content == b"hi"


def test_of_a_request_that_two_sessions_send_each_follows_its_own(wire_server):
    server = wire_server([hear, CLOSE], OK, [hear, CLOSE])
    prepared = minireq.Request("GET", url_of(server)).prepare()
    with minireq.Session(retries=1) as patient, minireq.Session() as hasty:
        assert patient.send(prepared).content == b"hi"
        with pytest.raises(minireq.ConnectionError):
            hasty.send(prepared)


def test_what_digest_sends_again_follows_it_too(wire_server):
    challenge = b'HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n\r\n'
    server = wire_server([challenge, hear, CLOSE], [say(b""), hear, CLOSE], OK)
    with minireq.Session(retries=Retry(2)) as session:
        session.auth = HTTPDigestAuth("user", "password")
        assert session.get(url_of(server)).content == b"hi"


def test_the_reason_is_found_where_programs_of_urllib3_look_for_it(session, refused_port, wire_server):
    from minireq.packages.urllib3.exceptions import NewConnectionError, ResponseError

    session.retries = Retry(1, status_forcelist=[503])
    with pytest.raises(minireq.ConnectionError) as caught:
        session.get(f"http://127.0.0.1:{refused_port}/")
    assert isinstance(caught.value.args[0].reason, NewConnectionError)
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(exceptions.RetryError) as caught:
        session.get(url_of(wire_server([busy, busy])))
    assert isinstance(caught.value.args[0].reason, ResponseError)
    assert "too many 503 error responses" in str(caught.value)
