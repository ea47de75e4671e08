"""What goes wrong around a session as a whole: files that change, descriptors that run out, thousands of servers, clocks that jump.

Faults by the dozen and by chance are the soak's (tests/soak), interrupts test_interrupts.py's, threads test_threads.py's.
"""

from __future__ import annotations

import gc
import io
import itertools
import time
from pathlib import Path

import pytest

import minireq

from .support.interpreter import run_python
from .support.scripted import SILENCE
from .support.surroundings import open_sockets

ROOT = Path(minireq.__file__).parent.parent
OWN = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown"


class Changing(io.FileIO):
    """A file whose size becomes another when it is first read."""

    def __init__(self, path, size):
        super().__init__(path, "r+")
        self.size = size

    def read(self, *arguments):
        if self.size is not None:
            self.truncate(self.size)
            self.size = None
        return super().read(*arguments)


@pytest.mark.parametrize("size, complaint", [(299_999, "shorter than its Content-L"), (300_001, "longer than its Content-L")])
def test_a_file_that_changes_while_it_is_sent_leaves_no_message_of_another_length(wire_server, tmp_path, size, complaint):
    server = wire_server(SILENCE, OWN)
    path = tmp_path / "file"
    path.write_bytes(b"x" * 300_000)
    with minireq.Session() as session, Changing(path, size) as file:
        with pytest.raises(minireq.RequestException, match=complaint):
            session.put(server.url, data=file)
        assert session.get(server.url).text == "own"
    server.wait_until_closed()  # by then the server has heard all of it
    head, _, body = server.connections[0].received.partition(b"\r\n\r\n")
    assert b"Content-Length: 300000" in head
    assert len(body) < 300_000 and len(server.connections) == 2


FEW_DESCRIPTORS = """
import resource, threading
import minireq

session = minireq.Session()
session.get("{url}/json")  # what is imported late is there
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
answers, errors = [], []
all_have_tried = threading.Barrier(200)

def ask():
    try:
        answers.append(session.get("{url}/bytes/100000", stream=True))
    except minireq.ConnectionError as error:
        errors.append(str(error))
    all_have_tried.wait(30)

threads = [threading.Thread(target=ask) for _ in range(200)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(answers) + len(errors) == 200 and answers and errors, (len(answers), len(errors))
assert all("Too many open files" in error for error in errors), errors
assert {{len(answer.content) for answer in answers}} == {{100000}}
assert [session.get("{url}/json").json() for _ in range(10)] == [{{"hello": "world"}}] * 10
session.close()
print("recovered")
"""


def test_a_process_without_descriptors_gets_errors_that_say_so_and_recovers(http_app):
    pytest.importorskip("resource")
    assert run_python(FEW_DESCRIPTORS.format(url=http_app.url), path=[ROOT]) == "recovered\n"


def test_of_thousands_of_servers_ten_are_kept_in_touch_with(http_app, dns):
    before = open_sockets()
    with minireq.Session() as session:
        for number in range(2000):
            dns[f"{number}.example"] = "127.0.0.1"
            assert session.get(f"http://{number}.example:{http_app.port}/json").ok
        for number in range(1990):
            http_app.wait_until_closed(number)
        assert not any(connection.closed_by_client for connection in http_app.connections[1990:])
        assert len(open_sockets() - before) <= 2 * 10  # both ends are in this process
    assert len(http_app.connections) == 2000


def test_what_nobody_closes_is_closed_when_it_is_dropped(http_app):
    """No ResourceWarning either: that would be an error here."""
    session = minireq.Session()
    assert session.get(f"{http_app.url}/json").ok
    unread = session.get(f"{http_app.url}/bytes/1000000", stream=True)
    half_read = session.get(f"{http_app.url}/bytes/1000000", stream=True)
    next(half_read.iter_content(1000))
    del session, unread, half_read
    gc.collect()
    assert len(http_app.connections) == 2
    for number in range(2):
        http_app.wait_until_closed(number)


@pytest.fixture
def jumping_clock(monkeypatch):
    """The time of day goes thirty years forward and back whenever somebody looks at it."""
    real, jumps = time.time, itertools.cycle([0, 1e9, -1e9])
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))


@pytest.mark.usefixtures("jumping_clock")
def test_timeouts_and_pauses_do_not_follow_the_time_of_day(http_app, wire_server):
    limits = minireq.Timeouts(connect=10, read=10, total=20)
    with minireq.Session(
        timeout=limits, retries=minireq.Retry(2, status_forcelist=[503], backoff_factor=0.001, budget=10)
    ) as session:
        assert session.get(f"{http_app.url}/busy/2").text == "served"
        assert session.get(f"{http_app.url}/bytes/100000").ok
        with pytest.raises(minireq.ReadTimeout) as late:
            session.get(wire_server(SILENCE).url, timeout=minireq.Timeouts(total=0.05))
    assert 0.05 <= late.value.elapsed < 5
