"""nginx, in C, which also tells what it saw: on which connection a request came, and whether it resumed a TLS session."""

from __future__ import annotations

import hashlib
import io
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

import minireq as requests
from tests.support.nginx import BIG, SMALL, UNICODE_NAME


@pytest.fixture(params=["http", "https"])
def url(request, nginx):
    """nginx with and without TLS: each test runs with both."""
    return nginx.url if request.param == "http" else nginx.https_url


@pytest.fixture
def mark():
    """A word that this test alone writes into its requests, to find them in the log."""
    return uuid.uuid4().hex


# Answers


def test_a_file_comes_as_it_is(session, url):
    response = session.get(f"{url}/small")
    assert (response.status_code, response.reason, response.content) == (200, "OK", SMALL)
    assert response.headers["Content-Length"] == "13"
    assert response.raw.version == 11


def test_head_tells_the_length_of_what_does_not_come(session, url, nginx, mark):
    response = session.head(f"{url}/big?{mark}")
    assert (response.headers["Content-Length"], response.content) == (str(BIG), b"")
    assert session.get(f"{url}/small?{mark}").content == SMALL
    head, get = nginx.requests(mark, count=2)
    assert head.connection == get.connection


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_method_is_answered(session, nginx, url, method, mark):
    response = session.request(method, f"{url}/nothing?{mark}", data=b"some body")
    assert (response.status_code, response.content) == (204, b"")
    assert nginx.requests(mark, count=1)[0].request == f"{method} /nothing?{mark} HTTP/1.1"


def test_an_empty_file_is_an_empty_body(session, url):
    assert session.get(f"{url}/empty").content == b""


def test_text_comes_compressed_and_is_decoded(session, url):
    response = session.get(f"{url}/text.txt")
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.text == "a line that comes again and again\n" * 1000
    plain = session.get(f"{url}/text.txt", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == response.content


def test_compressed_lines_are_streamed(session, url):
    with session.get(f"{url}/text.txt", stream=True) as response:
        assert list(response.iter_lines(decode_unicode=True)) == ["a line that comes again and again"] * 1000


def test_a_body_that_ends_with_its_connection_is_whole_and_decoded(session, nginx, url):
    response = session.get(f"{url}/unframed.txt")
    assert not {"Content-Length", "Transfer-Encoding"} & set(response.headers)
    assert response.text == "a line that comes again and again\n" * 1000
    nginx.wait_until_idle()


def test_head_of_what_would_be_compressed_is_empty(session, url):
    response = session.head(f"{url}/text.txt")
    assert (response.headers["Content-Encoding"], response.content, response.text) == ("gzip", b"", "")


def test_a_part_of_a_file_is_partial_content(session, url):
    response = session.get(f"{url}/small", headers={"Range": "bytes=7-"})
    assert (response.status_code, response.text) == (206, "world\n")


def test_what_has_not_changed_is_not_sent_again(session, url, nginx, mark):
    etag = session.get(f"{url}/small?{mark}").headers["ETag"]
    again = session.get(f"{url}/small?{mark}", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert session.get(f"{url}/small?{mark}").content == SMALL
    assert len({logged.connection for logged in nginx.requests(mark, count=3)}) == 1, "a 304 has no body to wait for"


@pytest.mark.parametrize("path", ["moved", "temporary"])
def test_redirects_lead_to_the_file(session, url, path):
    response = session.get(f"{url}/{path}")
    assert (response.url, response.content) == (f"{url}/small", SMALL)


def test_a_file_is_found_by_its_name_beyond_ascii(session, url):
    for name in (UNICODE_NAME, quote(UNICODE_NAME)):
        assert session.get(f"{url}/{name}").content == SMALL


def test_dots_in_a_path_are_resolved_before_anything_is_sent(session, nginx, url, mark):
    assert session.get(f"{url}/a/../b/./../small?{mark}").content == SMALL
    assert nginx.requests(mark, count=1)[0].request == f"GET /small?{mark} HTTP/1.1"


def test_a_header_of_thirty_kilobytes_is_accepted_and_one_of_a_hundred_is_refused_in_words(session, url):
    assert session.get(f"{url}/small", headers={"X-Large": "x" * 30_000}).status_code == 200
    assert session.get(f"{url}/small", headers={"X-Large": "x" * 100_000}).status_code == 400


# Bodies that are refused


@pytest.mark.parametrize("size", [2_000, 100_000, 10_000_000])
@pytest.mark.parametrize("kind", ["bytes", "file", "generator"])
def test_an_upload_that_is_refused_early_is_answered_413(session, url, size, kind):
    body = bytes(size)
    pieces = (body[start : start + 10_000] for start in range(0, size, 10_000))
    data = {"bytes": body, "file": io.BytesIO(body), "generator": pieces}[kind]
    assert session.post(f"{url}/refuses-uploads", data=data).status_code == 413
    assert session.get(f"{url}/small").content == SMALL


def test_an_upload_that_is_small_enough_is_accepted(session, url):
    assert session.post(f"{url}/refuses-uploads", data=b"x" * 1000).status_code == 200


# Connections


def test_twenty_requests_are_one_connection(session, nginx, url, mark):
    for _ in range(20):
        session.get(f"{url}/small?{mark}")
    seen = nginx.requests(mark, count=20)
    assert len({logged.connection for logged in seen}) == 1
    assert [logged.number for logged in seen] == list(range(1, 21))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "small"),
        ("HEAD", "text.txt"),
        ("GET", "empty"),
        ("GET", "nothing"),
        ("GET", "text.txt"),
        ("GET", "moved"),
        ("POST", "small"),
        ("GET", "404"),
    ],
)
def test_the_connection_is_kept_after_any_answer(session, nginx, url, method, path, mark):
    for _ in range(2):
        session.request(method, f"{url}/{path}?{mark}", allow_redirects=False)
    first, second = nginx.requests(mark, count=2)
    assert (first.connection, first.number + 1) == (second.connection, second.number)


def test_the_connection_is_kept_over_a_redirect(session, nginx, url, mark):
    for _ in range(2):
        session.get(f"{url}/moved?{mark}")
    assert {logged.connection for logged in nginx.requests(mark, count=2)} == {nginx.requests("/small")[-1].connection}


def test_a_streamed_response_that_was_read_gives_its_connection_back(session, nginx, url, mark):
    for _ in range(3):
        with session.get(f"{url}/text.txt?{mark}", stream=True) as response:
            for _ in response.iter_content(1000):
                pass
    assert len({logged.connection for logged in nginx.requests(mark, count=3)}) == 1


def test_a_body_that_is_left_unread_costs_the_connection(session, nginx, url, mark):
    for _ in range(2):
        session.get(f"{url}/big?{mark}", stream=True).close()
    assert len({logged.connection for logged in nginx.requests(mark, count=2)}) == 2


def test_without_a_session_each_request_is_a_connection_and_all_are_closed(nginx, ca, url, mark):
    for _ in range(3):
        requests.get(f"{url}/small?{mark}", verify=ca.file)
    assert [logged.number for logged in nginx.requests(mark, count=3)] == [1, 1, 1]
    nginx.wait_until_idle()


def test_a_closed_session_closes_its_connections(session, nginx, url):
    session.get(f"{url}/small")
    session.close()
    nginx.wait_until_idle()


def test_connection_close_is_obeyed(session, nginx, url, mark):
    assert session.get(f"{url}/close?{mark}").headers["Connection"] == "close"
    nginx.wait_until_idle()
    assert session.get(f"{url}/small?{mark}").content == SMALL
    assert [logged.number for logged in nginx.requests(mark, count=2)] == [1, 1]


def test_connection_close_can_be_asked_for(session, nginx, url):
    assert session.get(f"{url}/small", headers={"Connection": "close"}).headers["Connection"] == "close"
    nginx.wait_until_idle()


def test_a_connection_with_a_last_request_is_followed_by_another(session, nginx, url, mark):
    for _ in range(7):
        assert session.get(f"{url}/thrice?{mark}").status_code == 200
    assert [logged.number for logged in nginx.requests(mark, count=7)] == [1, 2, 3, 1, 2, 3, 1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_the_server_closed_while_idle_is_not_used(session, nginx, url, method, mark):
    session.get(f"{url}/hurried?{mark}")
    nginx.wait_until_idle()
    assert session.request(method, f"{url}/small?{mark}", data=b"x" if method == "POST" else None).content == SMALL
    assert [logged.number for logged in nginx.requests(mark, count=2)] == [1, 1]


def test_a_server_that_closes_at_once_is_asked_again_without_an_error(session, nginx, url, mark):
    # Its connections live a millisecond beyond their answer. The pauses sweep over that: the closing comes before the next
    # request, while it travels, and after it.
    for number in range(200):
        assert session.get(f"{url}/impatient?{mark}").status_code == 200
        time.sleep(number % 25 / 10_000)
    assert len({logged.connection for logged in nginx.requests(mark, count=200)}) > 1


def test_threads_share_connections_and_each_gets_its_own_answer(session, nginx, url, mark):
    together = threading.Barrier(10)

    def ask(number):
        together.wait(10)
        return [session.get(f"{url}/{path}?{mark}").content for path in ["small", "text.txt", "empty"] * 10]

    text = b"a line that comes again and again\n" * 1000
    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(ask, range(10))) == [[SMALL, text, b""] * 10] * 10
    seen = nginx.requests(mark, count=300)
    assert len({logged.connection for logged in seen}) <= 10


def test_a_session_of_one_connection_makes_threads_wait_for_it(nginx, ca, url, mark):
    with requests.Session() as session, ThreadPoolExecutor(5) as threads:
        session.mount(url, requests.adapters.HTTPAdapter(pool_maxsize=1, pool_block=True))
        statuses = threads.map(lambda _: session.get(f"{url}/small?{mark}", verify=ca.file).status_code, range(50))
        assert list(statuses) == [200] * 50
    assert len({logged.connection for logged in nginx.requests(mark, count=50)}) == 1


# TLS


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_the_next_connection_resumes_the_tls_session(session, nginx, mark, version):
    url = nginx.https_url if version == "1.3" else nginx.tls12_url
    for _ in range(3):
        answer = session.get(f"{url}/who?{mark}", headers={"Connection": "close"})
        assert answer.text.startswith(f"TLSv{version} ")
    seen = nginx.requests(mark, count=3)
    assert [logged.number for logged in seen] == [1, 1, 1]
    assert [logged.resumed for logged in seen[1:]] == [True, True]


def test_a_session_of_tls_that_was_not_verified_is_not_resumed_where_verification_is_wanted(nginx, stranger_ca):
    assert requests.get(f"{nginx.https_url}/small", verify=False).content == SMALL
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{nginx.https_url}/small", verify=stranger_ca.file)


def test_a_client_certificate_is_shown_to_whom_it_is_meant_for_and_in_no_other_request(session, nginx, ca):
    mine = ca.certificate("client.example", common_name="me")
    url = f"{nginx.https_url}/who"
    assert session.get(url).text == "TLSv1.3 NONE \n"
    assert "SUCCESS CN=me" in session.get(url, cert=(mine.file, mine.key)).text
    assert "SUCCESS CN=me" in session.get(url, cert=mine.both).text
    assert session.get(url).text == "TLSv1.3 NONE \n"


def test_a_client_certificate_of_a_stranger_is_refused_in_words(session, nginx, stranger_ca):
    response = session.get(f"{nginx.https_url}/who", cert=stranger_ca.certificate("client.example").both)
    assert response.status_code == 400
    assert "SSL certificate error" in response.text


def test_a_name_that_is_not_in_the_certificate_is_refused(session, nginx, dns):
    dns["other.example"] = "127.0.0.1"
    with pytest.raises(requests.exceptions.SSLError, match="other.example"):
        session.get(f"https://other.example:{nginx.tls_port}/small")


def test_an_address_in_the_certificate_will_do(session, nginx):
    assert session.get(f"https://127.0.0.1:{nginx.tls_port}/small").content == SMALL


# Large bodies


def test_one_hundred_megabytes_are_correct(session, url):
    content = session.get(f"{url}/big").content
    assert (len(content), hashlib.sha256(content).hexdigest()) == (BIG, hashlib.sha256(bytes(BIG)).hexdigest())


def test_one_hundred_megabytes_are_correct_in_pieces(session, url):
    seen, size = hashlib.sha256(), 0
    with session.get(f"{url}/big", stream=True) as response:
        for piece in response.iter_content(1 << 20):
            seen.update(piece)
            size += len(piece)
    assert (size, seen.hexdigest()) == (BIG, hashlib.sha256(bytes(BIG)).hexdigest())


# Expect: 100-continue


def test_a_large_upload_is_refused_before_it_is_sent(session, nginx, url):
    body = io.BytesIO(bytes(1_000_000))
    response = session.put(f"{url}/refuses-uploads", data=body, headers={"Expect": "100-continue"})
    assert (response.status_code, response.informational, body.tell()) == (413, [], 0)


def test_an_upload_that_is_welcome_is_asked_for(session, nginx, url, mark):
    for _ in range(2):
        response = session.put(f"{url}/takes-uploads?{mark}", data=bytes(1_000_000), headers={"Expect": "100-continue"})
        assert (response.content, [status for status, _ in response.informational]) == (SMALL, [100])
    first, second = (logged for logged in nginx.requests(mark, count=2) if "takes-uploads" in logged.request)
    assert (first.connection, first.number + 1) == (second.connection, second.number)
