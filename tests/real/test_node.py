"""Node's server, which speaks all of HTTP/1.1: interim answers, trailers both ways, Expect, upgrades, tunnels, every coding."""

from __future__ import annotations

import hashlib
import io
import sys

import pytest

import minireq as requests
from minireq.adapters import HTTPAdapter

TEXT = b"a line that comes again and again\n" * 10_000


@pytest.fixture
def url(node):
    return node.url


def test_early_hints_are_seen_before_the_answer(session, url):
    seen = []
    session.hooks["informational"] = lambda early: seen.append((early.status_code, early.links))
    response = session.get(f"{url}/hints")
    assert seen == [(102, {}), (103, {"preload": {"url": "/style.css", "rel": "preload", "as": "style"}})]
    assert [status for status, _ in response.informational] == [102, 103]
    assert response.text == "hinted"


def test_trailers_of_an_answer_are_there_when_it_has_been_read(session, url):
    with session.get(f"{url}/trailers", stream=True) as response:
        assert dict(response.trailers) == {}
        assert response.content == b"hello"
        assert dict(response.trailers) == {"X-Sum": "5d41"}


@pytest.mark.parametrize("body", [b"hello", "hello", io.BytesIO(b"hello"), b""], ids=["bytes", "text", "file", "nothing"])
def test_trailers_of_a_request_arrive_behind_its_body(session, url, body):
    said = session.put(f"{url}/", data=body, trailers={"X-Sum": "5d41", "X-Other": "caf\xe9"}).json()
    assert said["body"] == ("" if body == b"" else "hello")
    assert (said["headers"]["trailer"], said["headers"]["transfer-encoding"]) == ("X-Sum, X-Other", "chunked")
    assert said["trailers"] == {"x-sum": "5d41", "x-other": "caf\xe9"}


def test_a_sum_that_is_made_while_the_body_is_sent_follows_it(session, url):
    digest = hashlib.sha256()

    def body():
        for number in range(1000):
            piece = b"%d\n" % number
            digest.update(piece)
            yield piece

    said = session.put(f"{url}/", data=body(), trailers=lambda: {"X-Sum": digest.hexdigest()}).json()
    assert said["trailers"] == {"x-sum": hashlib.sha256(said["body"].encode()).hexdigest()}


def test_with_expect_the_body_follows_the_100_and_the_connection_lives(session, url):
    ports = set()
    for _ in range(3):
        response = session.put(f"{url}/", data=b"x" * 100_000, headers={"Expect": "100-continue"})
        assert [status for status, _ in response.informational] == [100]
        assert len(response.json()["body"]) == 100_000
        ports.add(response.json()["port"])
    assert len(ports) == 1


def test_with_expect_a_refusal_comes_before_the_body(session, url):
    read = []

    def body():
        read.append(1)
        yield b"x"

    response = session.put(f"{url}/refused", data=body(), headers={"Expect": "100-continue"})
    assert (response.status_code, response.text, response.informational, read) == (417, "no", [], [])
    assert session.get(url).status_code == 200


def test_an_upgrade_hands_the_stream_over(session, url):
    headers = {"Connection": "Upgrade", "Upgrade": "shout"}
    with session.get(url, headers=headers, timeout=10) as response:
        assert (response.status_code, response.headers["upgrade"]) == (101, "shout")
        raw = response.raw
        assert raw.read(7) == b"WELCOME"
        for word in (b"hello", b"x" * 10_000):
            raw.write(word)
            assert raw.read(len(word)) == word.upper()


def test_connect_hands_the_stream_over(session, url):
    class Tunnel(HTTPAdapter):
        def request_url(self, request, proxies):
            return "example.org:443"

    session.mount(url, Tunnel())
    with session.request("CONNECT", url, timeout=10) as response:
        assert (response.status_code, response.reason) == (200, "Connected to example.org:443")
        response.raw.write(b"hello")
        assert response.raw.read(5) == b"HELLO"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_coding_is_asked_for_and_taken_off(session, url, coding):
    response = session.get(f"{url}/coded?as={coding}")
    assert response.headers["Content-Encoding"] == coding
    assert coding in session.get(url).json()["headers"]["accept-encoding"]
    assert response.content == TEXT


def test_zstd_is_asked_for_and_taken_off_where_python_brings_it(session, url):
    """Elsewhere it is not asked for, and what comes uninvited stays as it is. The decoder itself is tested with every Python."""
    response = session.get(f"{url}/coded?as=zstd")
    asked = session.get(url).json()["headers"]["accept-encoding"]
    if sys.version_info >= (3, 14):
        assert "zstd" in asked and response.content == TEXT
    else:
        assert "zstd" not in asked and response.content[:4] == b"\x28\xb5\x2f\xfd"


def test_an_upgrade_that_nobody_has_asked_for_the_body_of_is_left_unread(url):
    response = requests.get(url, headers={"Connection": "Upgrade", "Upgrade": "shout"}, timeout=10)  # no `stream=True`
    response.raw.write(b"bye")
    assert response.raw.read(10) == b"WELCOMEBYE"
    response.close()
    assert response.raw.closed
