"""An interrupt before any line of the package that a request runs through: nothing is mixed up, poisoned, locked or left open."""

from __future__ import annotations

import gc
import itertools
import sys

import pytest

import minireq
from minireq.adapters import HTTPAdapter

# A connection that an interrupt drops on its way is closed by being collected, which Python would like to be told.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

PACKAGE = minireq.__file__.rpartition("__init__")[0]


class Interrupt:
    """A trace function that raises KeyboardInterrupt before the given line, counted over all that run in the package.

    Not inside of a finalizer: what is raised there Python reports, and goes on.
    """

    def __init__(self, at):
        self.left = at

    def __call__(self, frame, event, argument):
        code = frame.f_code
        if not code.co_filename.startswith(PACKAGE) or _finalizing(frame):
            return None
        return self._in_frame

    def _in_frame(self, frame, event, argument):
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self._in_frame


def _finalizing(frame):
    while frame is not None:
        if frame.f_code.co_name in ("__del__", "end"):
            return True
        frame = frame.f_back
    return False


@pytest.fixture
def tracing():
    """Sets a trace function; whoever traced before does so again in the end."""
    before = sys.gettrace()
    yield sys.settrace
    sys.settrace(before)


def read_whole(session, url):
    return session.get(url).content


def read_in_pieces(session, url):
    with session.get(url, stream=True) as response:
        return b"".join(response.iter_content(3))


def send_and_read(session, url):
    return session.post(url, data=iter([b"a", b"b"])).content


def every_turn_is_free(session):
    turns = session.get_adapter("http://").poolmanager.client._pool._turns.values()
    return all(queue.qsize() == 20 for queue in turns)


@pytest.mark.parametrize("block", [False, True])
@pytest.mark.parametrize("ask", [read_whole, read_in_pieces, send_and_read])
def test_interrupts_before_any_line_leave_nothing_broken(http_app, tracing, ask, block):
    with minireq.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=20, pool_block=block))
        assert ask(session, f"{http_app.url}/text?text=warm") == b"warm"
        for line in itertools.count(1):
            trace = Interrupt(line)
            tracing(trace)
            try:
                assert ask(session, f"{http_app.url}/text?text=first.{line}") == b"first.%d" % line
            except KeyboardInterrupt:
                pass
            finally:
                tracing(None)
            assert ask(session, f"{http_app.url}/text?text=second.{line}") == b"second.%d" % line
            if trace.left > 0:
                break
        gc.collect()
        assert every_turn_is_free(session)
        assert session.get_adapter(http_app.url).poolmanager.client._pool.idle_count() <= 20
    assert line > 100
    gc.collect()
    for number in range(len(http_app.connections)):
        http_app.wait_until_closed(number)


def test_a_body_whose_reading_was_interrupted_is_not_taken_for_a_shorter_one(http_app, tracing):
    """Before any line of the reading: what is asked for again is all there, or an error."""
    text = "0123456789" * 100
    for line in itertools.count(1):
        trace = Interrupt(line)
        with minireq.Session() as session:
            response = session.get(f"{http_app.url}/text?text={text}", stream=True)
            tracing(trace)
            try:
                assert response.text == text
            except KeyboardInterrupt:
                pass
            finally:
                tracing(None)
            try:
                assert response.content == text.encode()
            except RuntimeError as error:
                assert "already consumed" in str(error)
            try:
                assert b"".join(response.iter_content(100)) == text.encode()
            except minireq.exceptions.StreamConsumedError:
                pass
        if trace.left > 0:
            break
    assert line > 20


def test_a_stream_that_was_interrupted_is_not_taken_for_a_shorter_one(http_app, tracing):
    for line in itertools.count(1):
        trace, pieces = Interrupt(line), []
        with minireq.Session() as session:
            response = session.get(f"{http_app.url}/chunked/5", stream=True)
            tracing(trace)
            try:
                pieces.extend(response.iter_content(4))
            except KeyboardInterrupt:
                pass
            finally:
                tracing(None)
            try:
                pieces.extend(response.iter_content(4))
                assert b"".join(pieces) == b"".join(b"chunk %d\n" % number for number in range(5))
            except minireq.exceptions.StreamConsumedError:
                pass
        if trace.left > 0:
            break
    assert line > 20
