"""granian (hyper, in Rust) and uvicorn (h11, in Python), each with and without TLS, below one and the same application."""

from __future__ import annotations

import hashlib
import io
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import minireq as requests
from tests.support import processes

MEGABYTE = 1_000_000


@pytest.fixture(params=["granian", "granian_https", "uvicorn", "uvicorn_https"])
def url(request):
    """Each server: each test runs with all four."""
    return request.getfixturevalue(request.param).url


def echoed_headers(response):
    return {name.lower(): value for name, value in response.json()["headers"]}


# Requests


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_each_method_arrives_with_its_target(session, url, method):
    answer = session.request(method, f"{url}/echo?a=1&b=2").json()
    assert (answer["method"], answer["target"]) == (method, "/echo?a=1&b=2")


def test_head_is_answered_without_a_body(session, url):
    response = session.head(f"{url}/lines")
    assert (response.status_code, response.content) == (200, b"")
    assert session.get(f"{url}/chunked").content == b"chunk 0\nchunk 1\nchunk 2\nchunk 3\nchunk 4\n"


def test_a_get_says_who_asks_and_whom_and_nothing_of_a_body(session, url):
    headers = echoed_headers(session.get(f"{url}/echo"))
    assert headers["host"] == url.rpartition("/")[2]
    assert headers["user-agent"].startswith("minireq/")
    assert "content-length" not in headers
    assert "transfer-encoding" not in headers


def test_names_beyond_ascii_arrive_as_utf_8(session, url):
    answer = session.get(f"{url}/straße/日本?größe=€&emoji=🙂").json()
    assert answer["target"] == "/stra%C3%9Fe/%E6%97%A5%E6%9C%AC?gr%C3%B6%C3%9Fe=%E2%82%AC&emoji=%F0%9F%99%82"


def test_what_is_quoted_already_stays_as_it_is(session, url):
    assert session.get(f"{url}/a%2Fb%20c%25?d=%26+e").json()["target"] == "/a%2Fb%20c%25?d=%26+e"


def test_every_header_arrives_once(session, url):
    sent = {f"X-Number-{number}": str(number) for number in range(50)}
    fields = session.get(f"{url}/echo", headers=sent).json()["headers"]
    came = [(name.lower(), value) for name, value in fields if name.lower().startswith("x-number-")]
    assert sorted(came) == sorted((name.lower(), value) for name, value in sent.items())


def test_a_large_header_arrives_whole(session, url):
    value = "0123456789" * 3000
    assert echoed_headers(session.get(f"{url}/echo", headers={"X-Large": value}))["x-large"] == value


def test_large_headers_come_back_whole(session, url):
    headers = session.get(f"{url}/headers?size=5000&count=20").headers
    assert [headers[f"X-Large-{number}"] for number in range(20)] == ["x" * 5000] * 20


@pytest.mark.parametrize("count", [300])
def test_as_many_headers_as_the_server_likes_to_send_are_taken(session, url, count):
    headers = session.get(f"{url}/headers?size=10&count={count}").headers
    assert sum(name.lower().startswith("x-large-") for name in headers) == count


def test_a_header_that_is_too_large_is_an_error_that_says_so_and_the_session_goes_on(session, url):
    with pytest.raises(requests.ConnectionError, match="header"):
        session.get(f"{url}/headers?size=70000&count=1")
    assert session.get(f"{url}/headers?size=60000&count=1").status_code == 200


def test_the_host_header_has_an_international_name_in_ascii(session, granian):
    headers = echoed_headers(session.get(f"http://bücher.localhost:{granian.port}/echo"))
    assert headers["host"] == f"xn--bcher-kva.localhost:{granian.port}"


# Bodies that are sent


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 400], ids=["empty", "one byte", "100 kB"])
@pytest.mark.parametrize("kind", ["bytes", "file", "generator"])
def test_a_body_arrives_byte_for_byte(session, url, body, kind):
    pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
    data = {"bytes": body, "file": io.BytesIO(body), "generator": pieces}[kind]
    assert session.post(f"{url}/upload", data=data).json() == {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def test_a_body_with_a_length_says_so_and_one_without_is_chunked(session, url):
    sized = echoed_headers(session.post(f"{url}/echo", data=b"hello"))
    assert (sized["content-length"], sized.get("transfer-encoding")) == ("5", None)
    chunked = echoed_headers(session.post(f"{url}/echo", data=iter([b"he", b"llo"])))
    assert (chunked.get("content-length"), chunked["transfer-encoding"]) == (None, "chunked")


def test_ten_megabytes_arrive_from_a_real_file(session, url, tmp_path):
    path = tmp_path / "data"
    content = hashlib.sha256(b"seed").digest() * (10 * MEGABYTE // 32)
    path.write_bytes(content)
    with path.open("rb") as file:
        answer = session.put(f"{url}/upload", data=file).json()
    assert answer == {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("size", [100_000, 10_000_000])
@pytest.mark.parametrize("kind", ["bytes", "file", "generator"])
def test_an_answer_that_comes_before_the_upload_has_ended_counts(asgi, size, kind):
    # This path does not read what is sent. granian answers and closes, while uvicorn takes it all.
    for _ in range(5):
        pieces = (bytes(10_000) for _ in range(size // 10_000))
        data = {"bytes": bytes(size), "file": io.BytesIO(bytes(size)), "generator": pieces}[kind]
        assert requests.post(f"{asgi.url}/lines", data=data).content.startswith(b"first line")


def test_expect_100_continue_is_answered_and_the_body_follows(session, url):
    response = session.post(f"{url}/upload", data=b"x" * 100_000, headers={"Expect": "100-continue"})
    assert (response.status_code, response.json()["size"]) == (200, 100_000)


# Bodies that come back


@pytest.mark.parametrize(("path", "framing"), [("download", "Content-Length"), ("stream", "Transfer-Encoding")])
@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3 * MEGABYTE])
def test_a_body_comes_whole_however_it_is_framed(session, url, path, framing, size):
    response = session.get(f"{url}/{path}?size={size}")
    assert response.content == bytes(size)
    assert framing in response.headers or size == 0


@pytest.mark.parametrize("chunk_size", [1000, 65_536, None])
def test_a_streamed_body_is_the_same_in_pieces(session, url, chunk_size):
    for path in ("download", "stream"):
        with session.get(f"{url}/{path}?size={MEGABYTE}", stream=True) as response:
            assert b"".join(response.iter_content(chunk_size)) == bytes(MEGABYTE)


def test_lines_are_the_same_wherever_the_chunks_end(session, url):
    with session.get(f"{url}/lines", stream=True) as response:
        assert list(response.iter_lines()) == [b"first line", b"second line", b"third line"]


def test_a_line_comes_before_the_response_has_ended(session, url):
    name = f"{url}-lines".replace(":", "").replace("/", "")
    with session.get(f"{url}/live?name={name}", stream=True, timeout=10) as response:
        lines = response.iter_lines()
        assert next(lines) == b"the first line"
        session.get(f"{url}/go?name={name}")  # only now does the server say the rest
        assert list(lines) == [b"the last line"]


def test_a_piece_comes_before_the_response_has_ended(session, url):
    name = f"{url}-pieces".replace(":", "").replace("/", "")
    with session.get(f"{url}/live?name={name}", stream=True, timeout=10) as response:
        pieces = response.iter_content(None)
        assert next(pieces) == b"the first line\n"
        session.get(f"{url}/go?name={name}")
        assert b"".join(pieces) == b"the last line\n"


def test_the_body_can_be_left_early_and_the_session_goes_on(session, url):
    for path in ("download", "stream"):
        with session.get(f"{url}/{path}?size={50 * MEGABYTE}", stream=True) as response:
            assert len(next(response.iter_content(1000))) == 1000
        assert session.get(f"{url}/lines").content.startswith(b"first line")


# Several at once


def test_many_threads_share_a_session_and_each_gets_its_own_answer(session, url):
    numbers = itertools.count()
    together = threading.Barrier(8)

    def ask(_):
        together.wait(10)
        answers = []
        for _ in range(20):
            number = next(numbers)
            body = b"%d" % number * 500
            answer = session.post(f"{url}/echo?n={number}", data=body).json()
            answers.append((answer["target"], answer["body"]) == (f"/echo?n={number}", body.decode()))
        return answers

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [[True] * 20] * 8


def test_streams_can_be_read_side_by_side(session, url):
    responses = [session.get(f"{url}/stream?size={MEGABYTE}", stream=True) for _ in range(5)]
    totals = [0] * 5
    for pieces in itertools.zip_longest(*(response.iter_content(10_000) for response in responses), fillvalue=b""):
        for number, piece in enumerate(pieces):
            totals[number] += len(piece)
    assert totals == [MEGABYTE] * 5


# The connection


def test_close_is_said_and_heard(session, url):
    assert echoed_headers(session.get(f"{url}/echo", headers={"Connection": "close"}))["connection"] == "close"
    assert session.get(f"{url}/echo").status_code == 200


def test_one_hundred_megabytes_are_correct(session, asgi):
    expected = hashlib.sha256(bytes(100 * MEGABYTE)).hexdigest()
    response = session.get(f"{asgi.url}/download?size={100 * MEGABYTE}")
    assert hashlib.sha256(response.content).hexdigest() == expected


def test_a_process_that_ends_in_the_middle_is_an_error_of_ours(tmp_path):
    with processes.running(processes.uvicorn("tests.support.asgi_app:app"), tmp_path) as server:
        response = requests.get(f"{server.url}/live?name=never", stream=True, timeout=10)
        pieces = response.iter_content(None)
        assert next(pieces) == b"the first line\n"
        server.kill()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        list(pieces)
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)


def test_tls_to_a_plain_port_is_an_error_of_tls(granian):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(granian.url.replace("http", "https"), timeout=10)


def test_plain_http_to_a_tls_port_is_an_error_of_the_connection(granian_https):
    with pytest.raises(requests.ConnectionError):
        requests.get(granian_https.url.replace("https", "http"), timeout=10)


# A WebSocket (RFC 6455)


def masked(text):
    """A client's frame of text."""
    mask = b"\x01\x02\x03\x04"
    return bytes([0x81, 0x80 | len(text)]) + mask + bytes(byte ^ mask[number % 4] for number, byte in enumerate(text))


@pytest.mark.parametrize("server", ["granian", "granian_https"])
def test_a_websocket_speaks_both_ways_over_the_stream_that_is_handed_over(session, request, server):
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    asked["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    with session.get(request.getfixturevalue(server).url, headers=asked, timeout=10) as response:
        assert response.status_code == 101
        assert response.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        for word in (b"hello", b"a second message"):
            response.raw.write(masked(word))
            assert response.raw.read(2 + len(word)) == bytes([0x81, len(word)]) + word.upper()
