"""Habits of requests that no document promises and programs count on. The differential found them; here they stay found."""

from __future__ import annotations

import pytest

import minireq
from minireq.adapters import HTTPAdapter, Retry

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def names_sent(server):
    return [name for name, _ in server.requests[-1].fields]


class Readable:
    def read(self, size=-1):
        return b""


def test_transfer_encoding_stands_behind_host_where_only_sending_finds_that_it_is_needed(wire_server):
    server = wire_server(OK)
    minireq.post(server.url, data=Readable(), headers={"X-A": "1"})
    assert names_sent(server)[:2] == ["Host", "Transfer-Encoding"]


def test_a_prepared_request_may_have_its_headers_in_a_plain_dict(wire_server):
    server = wire_server(OK)
    prepared = minireq.Request("POST", server.url, data="abc").prepare()
    prepared.headers = {"X-A": "1"}
    with minireq.Session() as session:
        session.send(prepared)
    assert names_sent(server) == ["Host", "X-A", "Content-Length"]


def test_a_session_may_see_redirects_where_we_see_none(http_app):
    class Seeing(minireq.Session):
        def get_redirect_target(self, resp):
            return "/echo" if resp.status_code == 404 else super().get_redirect_target(resp)

    with Seeing() as session:
        response = session.get(http_app.url + "/status/404")
    assert [response.status_code, response.history[0].status_code] == [200, 404]


def test_the_raw_response_knows_what_was_tried(http_app):
    with minireq.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[500], raise_on_status=False)))
        retries = session.get(http_app.url + "/status/500").raw.retries
        assert session.get(http_app.url + "/echo").raw.retries.history == ()
    assert [attempt.status for attempt in retries.history] == [500, 500]
    assert minireq.get(http_app.url).raw.retries.total == 0


def test_json_that_cannot_be_sent_blames_its_request():
    with pytest.raises(minireq.exceptions.InvalidJSONError) as caught:
        minireq.post("http://example.org/", json=float("nan"))
    assert caught.value.request.url == "http://example.org/"


def test_a_name_with_the_dot_of_the_root_is_that_of_the_certificate(wire_server, ca, dns):
    server = wire_server(OK, tls=ca.server_context("example.org"))
    dns["example.org"] = server.host
    minireq.get(f"https://example.org.:{server.port}/", verify=ca.file)
    assert server.connections[0].server_name == "example.org"
    assert server.requests[0]["Host"] == f"example.org:{server.port}"


def test_a_server_that_wants_a_certificate_says_so_however_soon_it_closes(wire_server, ca):
    server = wire_server(OK, tls=ca.server_context(client_ca=ca), repeat=True)
    for _ in range(10):
        with pytest.raises(minireq.exceptions.SSLError, match="certificate required"):
            minireq.get(server.url, verify=ca.file)
