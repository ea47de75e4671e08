"""One session shared by threads: each gets its own answers, and nobody another's. What may be shared stands in docs/threads.md."""

from __future__ import annotations

import concurrent.futures
import itertools
import threading

import pytest

import minireq
from minireq.adapters import HTTPAdapter
from minireq.auth import HTTPDigestAuth
from minireq.exceptions import RequestException

THREADS = 8
EACH = 25


@pytest.fixture
def session():
    with minireq.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=THREADS))
        yield session


def in_threads(task, threads=THREADS):
    """The results of task(number of the thread), all begun at once; what one raises is raised here."""
    together = threading.Barrier(threads)

    def run(number):
        together.wait(10)
        return task(number)

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, number) for number in range(threads)]]


def test_each_answer_is_its_own(http_app, session):
    def task(number):
        return [session.post(f"{http_app.url}/echo/{number}/{n}", data=f"{number} {n}").json() for n in range(EACH)]

    for number, answers in enumerate(in_threads(task)):
        assert [(answer["target"], answer["body"]) for answer in answers] == [
            (f"/echo/{number}/{n}", f"{number} {n}") for n in range(EACH)
        ]
    assert len(http_app.requests) == THREADS * EACH
    assert len(http_app.connections) <= THREADS


def test_also_with_redirects_streams_and_codings(http_app, session):
    http_app.route("/to")(lambda request: (302, [("Location", request.target.replace("/to", "/echo"))], b""))

    def task(number):
        found = []
        for n in range(EACH):
            path = f"/{number}/{n}"
            found.append(session.get(f"{http_app.url}/to{path}").json()["target"] == f"/echo{path}")
            with session.get(f"{http_app.url}/bytes/{1000 * number + n}", stream=True) as response:
                found.append(sum(map(len, response.iter_content(100))) == 1000 * number + n)
            found.append(session.get(f"{http_app.url}/gzip").json() == {"hello": "world"})
        return all(found)

    assert in_threads(task) == [True] * THREADS


def test_settings_of_a_call_are_that_calls_alone(http_app, session):
    def task(number):
        for n in range(EACH):
            settings = {"headers": {"X-Mine": f"{number}"}, "cookies": {"mine": f"{n}"}, "auth": ("user", f"{number}-{n}")}
            request = session.get(f"{http_app.url}/echo", params={"n": n}, **settings).request
            assert (request.headers["X-Mine"], request.headers["Cookie"]) == (f"{number}", f"mine={n}")
        return number

    assert in_threads(task) == list(range(THREADS))
    seen = [(request["X-Mine"], request["Cookie"], request.target.partition("=")[2]) for request in http_app.requests]
    assert sorted(seen) == sorted((f"{number}", f"mine={n}", f"{n}") for number in range(THREADS) for n in range(EACH))
    assert len({request["Authorization"] for request in http_app.requests}) == THREADS * EACH


def test_cookies_of_all_threads_are_kept(http_app, session):
    http_app.route("/set")(lambda request: (200, [("Set-Cookie", f"{request.target.rpartition('/')[2]}=1; Path=/")], b""))

    def task(number):
        for n in range(10):
            session.get(f"{http_app.url}/set/c{number}x{n}")

    in_threads(task)
    assert len(session.cookies) == THREADS * 10


def test_a_pool_that_blocks_has_never_more_connections(http_app, session):
    session.mount("http://", HTTPAdapter(pool_maxsize=2, pool_block=True))

    def task(number):
        return [session.get(f"{http_app.url}/echo/{number}").json()["target"] for _ in range(EACH)] == [f"/echo/{number}"] * EACH

    assert in_threads(task) == [True] * THREADS
    assert len(http_app.connections) <= 2


def test_a_blocked_thread_goes_on_when_a_stream_is_closed(http_app, session):
    session.mount("http://", HTTPAdapter(pool_maxsize=1, pool_block=True))
    unread = session.get(f"{http_app.url}/bytes/1000000", stream=True)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(session.get, f"{http_app.url}/json")
        with pytest.raises(concurrent.futures.TimeoutError):
            waiting.result(timeout=0.05)
        unread.close()
        assert waiting.result(timeout=10).json() == {"hello": "world"}


def test_closing_the_session_while_others_work_does_no_harm(http_app, session):
    rounds = itertools.count()

    def task(number):
        for _ in range(EACH):
            if number == 0:
                session.close()
                next(rounds)
            else:
                try:
                    assert session.get(f"{http_app.url}/echo/{number}").json()["target"] == f"/echo/{number}"
                except RequestException:
                    pass  # a connection that was closed under its hands; anything else would be raised here

    in_threads(task)
    assert next(rounds) == EACH


def test_a_digest_authentication_is_shared(http_app, session):
    http_app.route("/digest")(
        lambda request: (
            b"in" if request["Authorization"] else (401, [("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')], b"")
        )
    )
    auth = HTTPDigestAuth("user", "pass")
    assert (
        in_threads(lambda number: [session.get(f"{http_app.url}/digest", auth=auth).text for _ in range(5)])
        == [["in"] * 5] * THREADS
    )


def test_adapters_may_be_mounted_meanwhile(http_app, session):
    def task(number):
        if number == 0:
            for n in range(EACH):
                session.mount(f"http://other{n}.example/", HTTPAdapter())
            return True
        return all(session.get(f"{http_app.url}/json").ok for _ in range(EACH))

    assert in_threads(task) == [True] * THREADS


def test_a_prepared_request_is_sent_by_all(http_app, session):
    prepared = session.prepare_request(minireq.Request("PUT", f"{http_app.url}/echo", data=b"the same"))

    def task(number):
        return {session.send(prepared).json()["body"] for _ in range(EACH)}

    assert in_threads(task) == [{"the same"}] * THREADS


def test_a_response_is_read_by_another_thread_than_asked_for_it(http_app, session):
    responses = [session.get(f"{http_app.url}/bytes/{1000 * number}", stream=True) for number in range(1, THREADS + 1)]
    assert in_threads(lambda number: len(responses[number].content)) == [1000 * number for number in range(1, THREADS + 1)]
    session.get(f"{http_app.url}/json")
    assert len(http_app.connections) == THREADS


def test_settings_may_be_assigned_meanwhile(http_app, session):
    def task(number):
        for n in range(EACH):
            if number == 0:
                session.headers, session.params = {**session.headers, "X-Setting": str(n)}, {"setting": n}
            else:
                answer = session.get(f"{http_app.url}/echo").json()
                header = [value for name, value in answer["headers"] if name == "X-Setting"]
                assert header in [[], *([str(n)] for n in range(EACH))]
        return True

    assert in_threads(task) == [True] * THREADS
