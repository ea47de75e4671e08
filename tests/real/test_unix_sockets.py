"""Real servers at Unix sockets: nginx, and httpbin under gunicorn."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from minireq.adapters import HTTPAdapter


def url_of(server):
    return f"http+unix://{quote(str(server.unix_socket), safe='')}"


def test_nginx_is_reached_by_url(session, nginx):
    for _ in range(3):
        assert session.get(f"{url_of(nginx)}/small?by-unix-socket").text == "hello, world\n"
    assert len({logged.connection for logged in nginx.requests("by-unix-socket", count=3)}) == 1


def test_a_relative_redirect_stays_in_the_socket(session, httpbin):
    assert session.get(f"{url_of(httpbin)}/cookies/set?a=1").json() == {"cookies": {"a": "1"}}
    assert session.get(f"{url_of(httpbin)}/redirect/3").url == f"{url_of(httpbin)}/get"


@pytest.mark.parametrize("size", [0, 100, 3_000_000])
def test_bodies_pass_in_both_directions(session, httpbin, size):
    answer = session.post(f"{url_of(httpbin)}/post", data=b"x" * size, headers={"Content-Type": "text/plain"}).json()
    assert len(answer["data"]) == size and answer["headers"]["Host"] == "localhost"


def test_an_adapter_leads_every_host_there(session, httpbin):
    session.mount("http://", HTTPAdapter(uds=httpbin.unix_socket))
    answer = session.get("http://api.example/get?a=1").json()
    assert (answer["url"], answer["headers"]["Host"]) == ("http://api.example/get?a=1", "api.example")
