"""A stream over a real socket: what it sends, what it receives, how long it waits, and what it says when that fails."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import threading

import pytest

from minireq.wire import errors
from minireq.wire.network.stream import RECEIVE, FilePart, Stream

MUCH = bytes(range(256)) * 32 * 1024  # 8 MiB: more than the buffers of both ends hold


@pytest.fixture(params=["poll", "select"])
def pair(request, monkeypatch):
    """A stream and the socket at its other end, on a system with poll() and on one without."""
    if request.param == "select":
        monkeypatch.delattr(select, "poll")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    stream = Stream(ours)
    with theirs:
        yield stream, theirs
        stream.close()


def reset(theirs):
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    theirs.close()


def received_by(theirs, size):
    """A thread that reads so many bytes, and the list that they end up in."""
    pieces = []

    def read():
        left = size
        while left and (data := theirs.recv(min(left, 1 << 20))):
            pieces.append(data)
            left -= len(data)

    thread = threading.Thread(target=read)
    thread.start()
    return thread, pieces


def fill(stream):
    """Send until the system takes no more."""
    data = memoryview(MUCH)
    while stream.send_some(data):
        pass


# Sending.


def test_what_is_sent_arrives_and_is_counted(pair):
    stream, theirs = pair
    stream.send(b"GET / ", timeout=1)
    stream.send(b"HTTP/1.1\r\n", timeout=None)
    assert theirs.recv(100) == b"GET / HTTP/1.1\r\n"
    assert stream.sent == 16


def test_all_of_it_is_sent_however_little_the_system_takes_at_once(pair):
    stream, theirs = pair
    thread, pieces = received_by(theirs, len(MUCH))
    stream.send(MUCH, timeout=5)
    thread.join()
    assert b"".join(pieces) == MUCH
    assert stream.sent == len(MUCH)


def test_who_takes_nothing_is_waited_for_no_longer_than_the_timeout(pair):
    stream, _ = pair
    with pytest.raises(
        errors.ReadTimedOut, match=r"timed out while sending the request \(read timeout=0\.05\) in phase send, after 0\.050 s$"
    ) as caught:
        stream.send(MUCH, timeout=0.05)
    assert caught.value.seconds == 0.05
    assert 0 < stream.sent < len(MUCH)


def test_send_some_never_waits(pair):
    stream, theirs = pair
    fill(stream)
    before = stream.sent
    assert stream.send_some(memoryview(b"more")) == 0
    assert stream.sent == before
    while len(theirs.recv(1 << 20)) and not stream.send_some(memoryview(b"more")):
        pass
    assert stream.sent == before + 4


def test_full_buffers_are_waited_for_until_there_is_room(pair):
    stream, theirs = pair
    fill(stream)
    thread, _ = received_by(theirs, stream.sent)
    assert stream.wait(timeout=5) is False
    assert stream.send_some(memoryview(b"more")) > 0
    thread.join()


def test_full_buffers_are_waited_for_until_something_is_said(pair):
    stream, theirs = pair
    fill(stream)
    theirs.send(b"413")
    assert stream.wait(timeout=5) is True
    assert stream.receive_now() == b"413"


def test_full_buffers_are_waited_for_no_longer_than_the_timeout(pair):
    stream, _ = pair
    fill(stream)
    with pytest.raises(
        errors.ReadTimedOut, match=r"sending the request: the server takes nothing of it \(read timeout=0\.05\)"
    ) as caught:
        stream.wait(timeout=0.05)
    assert (caught.value.phase, caught.value.seconds) == ("send", 0.05)


def test_waiting_can_have_no_end(pair):
    stream, theirs = pair
    assert stream.wait(timeout=None) is False
    theirs.close()
    assert stream.wait(timeout=None) is True


# Sending parts of files.


@pytest.fixture
def file_with_much(tmp_path):
    """A file that has that."""
    path = tmp_path / "much"
    path.write_bytes(MUCH)
    with open(path, "rb") as file:
        yield file


@pytest.fixture(params=[None, errno.EINVAL, errno.EIO], ids=["sendfile", "a file system without it", "a disk that fails once"])
def sending_files(request, monkeypatch):
    if not hasattr(os, "sendfile"):
        pytest.skip("this system cannot send files")
    if request.param is not None:

        def refuse(*arguments):
            raise OSError(request.param, os.strerror(request.param))

        monkeypatch.setattr(os, "sendfile", refuse)


def test_a_part_of_a_file_arrives_and_is_counted(sending_files, pair, file_with_much):
    stream, theirs = pair
    assert stream.send_some(FilePart(file_with_much, 65, 3)) == 3
    assert theirs.recv(100) == b"ABC"
    assert stream.sent == 3


def test_of_a_part_of_a_file_the_system_takes_what_it_can(sending_files, pair, file_with_much):
    stream, theirs = pair
    thread, pieces = received_by(theirs, len(MUCH) - 1)
    part, sizes = FilePart(file_with_much, 1, len(MUCH) - 1), []
    while part:
        assert stream.wait(timeout=5) is False
        sizes.append(stream.send_some(part))
        part = part[sizes[-1] :]
    thread.join()
    assert b"".join(pieces) == MUCH[1:]
    assert sum(sizes) == stream.sent == len(MUCH) - 1


def test_a_part_of_a_file_never_waits(sending_files, pair, file_with_much):
    stream, _ = pair
    fill(stream)
    assert stream.send_some(FilePart(file_with_much, 0, 1)) == 0


def test_a_part_of_a_file_to_who_is_gone_is_a_lost_connection(sending_files, pair, file_with_much):
    stream, theirs = pair
    reset(theirs)
    with pytest.raises(errors.ConnectionLost):
        while True:
            stream.send_some(FilePart(file_with_much, 0, 1000))


def test_a_file_that_became_shorter_is_noticed(sending_files, pair, tmp_path):
    stream, _ = pair
    path = tmp_path / "short"
    path.write_bytes(b"")
    with open(path, "rb") as file, pytest.raises(errors.LocalProtocolError, match="the file became shorter while it was sent"):
        stream.send_some(FilePart(file, 0, 1))


def test_no_other_file_is_sent_that_got_the_descriptor_of_one_that_was_closed(sending_files, pair, tmp_path):
    stream, theirs = pair
    paths = tmp_path / "public", tmp_path / "secret"
    for path in paths:
        path.write_bytes(path.name.encode())
    file = open(paths[0], "rb")  # noqa: SIM115 - it is closed too early, that is what it is about
    part = FilePart(file, 0, 6)
    file.close()
    with open(paths[1], "rb"):
        for use in (stream.send_some, bytes):
            with pytest.raises(ValueError, match="closed file"):
                use(part)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


def test_a_damaged_file_is_no_lost_connection(pair, file_with_much, monkeypatch):
    def fail(*arguments):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for name in ("sendfile", "pread"):
        monkeypatch.setattr(os, name, fail, raising=False)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)) as caught:
        pair[0].send_some(FilePart(file_with_much, 0, 10))
    assert type(caught.value) is OSError
    assert pair[0].sent == 0


def test_a_socket_of_somebodys_own_sees_all_that_is_sent(pair):
    class Own(socket.socket):
        def send(self, *arguments):
            return super().send(*arguments)

    with Own() as own:
        assert (pair[0].sends_files, Stream(own).sends_files) == (True, False)


def test_a_part_of_a_file_becomes_bytes_where_they_are_needed(sending_files, file_with_much):
    part = FilePart(file_with_much, 60, 10)
    assert (len(part), bytes(part), bytes(part[5:])) == (10, MUCH[60:70], MUCH[65:70])


# Receiving.


def test_what_has_arrived_is_received_up_to_a_size(pair):
    stream, theirs = pair
    theirs.send(b"HTTP/1.1 200 OK")
    assert stream.receive(timeout=1, most=8) == b"HTTP/1.1"
    assert stream.receive(timeout=None) == b" 200 OK"


def test_no_more_is_received_at_once_than_a_buffer(pair):
    stream, theirs = pair
    writer = threading.Thread(target=theirs.sendall, args=(MUCH,))
    writer.start()
    pieces, left = [], len(MUCH)
    while left:
        pieces.append(stream.receive(timeout=5))
        left -= len(pieces[-1])
    writer.join()
    assert b"".join(pieces) == MUCH
    assert max(map(len, pieces)) <= RECEIVE


def test_silence_lasts_no_longer_than_the_timeout(pair):
    stream, _ = pair
    with pytest.raises(
        errors.ReadTimedOut, match=r"timed out while waiting for the server \(read timeout=0\.05\) in phase head, after 0\.050 s$"
    ) as caught:
        stream.receive(timeout=0.05)
    assert (caught.value.phase, caught.value.seconds) == ("head", 0.05)
    with pytest.raises(errors.ReadTimedOut, match=r"read timeout=0\.04"):
        stream.receive_into(memoryview(bytearray(10)), timeout=0.04)


def test_a_timeout_is_for_one_wait_and_not_for_the_next(pair):
    stream, theirs = pair
    with pytest.raises(errors.ReadTimedOut):
        stream.receive(timeout=0.01)
    theirs.send(b"late")
    assert stream.receive(timeout=None) == b"late"


def test_bytes_are_received_into_the_callers_memory(pair):
    stream, theirs = pair
    theirs.send(b"hello, world")
    memory = bytearray(b".........")
    assert stream.receive_into(memoryview(memory)[2:7], timeout=1) == 5
    assert memory == b"..hello.."


def test_receive_now_gives_what_is_there_and_none_for_nothing(pair):
    stream, theirs = pair
    assert stream.receive_now() is None
    theirs.send(b"now")
    assert stream.receive_now() == b"now"
    theirs.close()
    assert stream.receive_now() == b""


def test_the_end_is_no_bytes_again_and_again(pair):
    stream, theirs = pair
    theirs.close()
    assert stream.receive(timeout=1) == stream.receive(timeout=1) == b""
    assert stream.receive_into(memoryview(bytearray(10)), timeout=1) == 0


# News.


@pytest.mark.parametrize(
    "happened, news",
    [
        (lambda stream, theirs: None, False),
        (lambda stream, theirs: theirs.send(b"HTTP/1.1 408 Request Timeout\r\n\r\n"), True),
        (lambda stream, theirs: theirs.shutdown(socket.SHUT_WR), True),
        (lambda stream, theirs: theirs.close(), True),
        (lambda stream, theirs: reset(theirs), True),
        (lambda stream, theirs: stream.close(), True),
    ],
    ids=["nothing", "bytes", "half-closed", "closed", "reset", "closed by ourselves"],
)
def test_bytes_and_the_end_are_news(pair, happened, news):
    stream, theirs = pair
    happened(stream, theirs)
    assert stream.has_news() is news


def test_looking_for_news_takes_nothing_away(pair):
    stream, theirs = pair
    theirs.send(b"hello")
    assert stream.has_news() and stream.has_news()
    assert stream.receive(timeout=1) == b"hello"


# Failures.

EVERY_WAY = pytest.mark.parametrize(
    "use, doing",
    [
        (lambda stream: stream.receive(timeout=1), "waiting for the server"),
        (lambda stream: stream.receive_into(memoryview(bytearray(10)), timeout=1), "waiting for the server"),
        (lambda stream: stream.receive_now(), "waiting for the server"),
        (lambda stream: stream.send(b"x", timeout=1), "sending the request"),
        (lambda stream: stream.send_some(memoryview(b"x")), "sending the request"),
    ],
    ids=["receive", "receive_into", "receive_now", "send", "send_some"],
)


@EVERY_WAY
def test_a_reset_is_a_lost_connection_which_says_what_was_being_done(pair, use, doing):
    stream, theirs = pair
    reset(theirs)
    with pytest.raises(errors.ConnectionLost, match=f"^the connection broke while {doing}: .*") as caught:
        use(stream)
    assert isinstance(caught.value.__cause__, ConnectionError)


@EVERY_WAY
def test_a_stream_that_was_closed_meanwhile_is_a_lost_connection(pair, use, doing):
    stream, _ = pair
    stream.close()
    with pytest.raises(errors.ConnectionLost, match="the connection broke while"):
        use(stream)
    assert stream.fileno() == -1


class Unreachable(socket.socket):
    """The network behind it is gone, and after a quarter of an hour the system has noticed."""

    def _gone(self, *arguments):
        raise OSError(errno.ETIMEDOUT, "Connection timed out")  # a TimeoutError, as it comes out of the system

    recv = recv_into = send = _gone


@EVERY_WAY
def test_the_systems_own_timeout_is_a_lost_connection_and_not_ours(use, doing):
    with Unreachable() as unreachable:
        stream = Stream(unreachable)
        for _ in range(2):  # without a timeout, and with the one that is set by then
            with pytest.raises(errors.ConnectionLost, match=f"{doing}: .*Connection timed out"):
                use(stream)


def test_sending_after_the_end_is_a_lost_connection(pair):
    stream, theirs = pair
    theirs.close()
    with pytest.raises(errors.ConnectionLost, match="sending the request"):
        for _ in range(100):
            stream.send(b"x" * 1000, timeout=1)


def test_an_interrupt_comes_through_as_it_is(pair, monkeypatch):
    stream, _ = pair

    def interrupted(*arguments):
        raise KeyboardInterrupt

    for name in ("send", "recv"):
        monkeypatch.setattr(socket.socket, name, interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        stream.send(b"x", timeout=1)
    with pytest.raises(KeyboardInterrupt):
        stream.receive(timeout=1)


# Conversations.


def greeting(name):
    """Sends a name, reads a line however it arrives, answers it, and returns it."""
    line = yield name
    while not line.endswith(b"\n"):
        line += yield b""
    yield b"heard " + line
    return line


def test_a_conversation_sends_what_it_yields_and_returns_what_it_makes_of_the_answers(pair):
    stream, theirs = pair
    timeouts = iter([5, 4, 3, 2, 1])
    theirs.send(b"hel")

    def answer():
        assert theirs.recv(100) == b"me"
        theirs.send(b"lo\n")
        assert theirs.recv(100) == b"heard hello\n"
        theirs.send(b"bye")

    thread = threading.Thread(target=answer)
    thread.start()
    assert stream.converse(greeting(b"me"), lambda: next(timeouts)) == b"hello\n"
    thread.join()


def test_a_conversation_ends_with_its_own_error(pair):
    def offended():
        yield b"hello"
        raise errors.ProxyFailed("how rude")

    stream, theirs = pair
    theirs.send(b"!")
    with pytest.raises(errors.ProxyFailed, match="how rude"):
        stream.converse(offended(), lambda: 1)


def test_each_wait_of_a_conversation_has_what_is_left_of_the_time(pair):
    stream, theirs = pair
    left = iter([5, 0.03])
    with pytest.raises(errors.ReadTimedOut, match=r"read timeout=0\.03"):
        stream.converse(greeting(b"me"), lambda: next(left))
    assert theirs.recv(10) == b"me"
