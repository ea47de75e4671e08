"""Statements about all of it: it is installed, calls wait, the documentation says how long to, SOCKS works, standards are kept."""

from __future__ import annotations

import importlib
import inspect
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from ..support.scripted import hear, say, start_tls, wait_for
from . import MODULE

client = importlib.import_module(MODULE)

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"


def test_a_tarball_has_all_that_is_needed_to_install_from_it(tmp_path, monkeypatch):
    """S001: what pip does with a tarball is this."""
    from flit_core import buildapi

    monkeypatch.chdir(ROOT)
    with tarfile.open(tmp_path / buildapi.build_sdist(str(tmp_path))) as tarball:
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        tarball.extractall(tmp_path, **safely)
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert {"README.md", "LICENSE", "pyproject.toml", "minireq", "tests"} <= {path.name for path in unpacked.iterdir()}
    monkeypatch.chdir(unpacked)
    with zipfile.ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path))) as wheel:
        sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "minireq").rglob("*.py")}
        assert sources <= set(wheel.namelist())


@pytest.mark.skipif(MODULE != "minireq", reason="its docstrings are not requests'")
def test_the_documentation_says_that_a_timeout_should_be_set_and_of_what_size():
    """S128."""
    said = inspect.getdoc(client.Session.request)
    assert "waits for ever" in said
    assert "multiple of 3" in said


def test_a_call_waits_for_the_whole_body(wire_server):
    """S235, S162."""
    half, rest = threading.Event(), threading.Event()
    server = wire_server([hear, say(HEAD + b"abc"), lambda connection: half.set(), wait_for(rest), say(b"def")])
    got = []
    thread = threading.Thread(target=lambda: got.append(client.get(server.url).text))
    thread.start()
    assert half.wait(5)
    thread.join(0.05)
    assert thread.is_alive() and got == []
    rest.set()
    thread.join(5)
    assert got == ["abcdef"]


def test_a_stream_waits_for_the_next_piece_alone(wire_server):
    """S235, S160, S168."""
    rest = threading.Event()
    server = wire_server([hear, say(HEAD + b"abc"), wait_for(rest), say(b"def")])
    with client.get(server.url, stream=True) as response:
        pieces = response.iter_content(3)
        assert next(pieces) == b"abc"
        rest.set()
        assert next(pieces) == b"def"


def socks5(*then):
    """A SOCKS proxy that wants a password, and the server behind it (RFC 1928, RFC 1929)."""

    def greet(connection):
        assert 2 in connection.read_exactly(connection.read_exactly(2)[1])  # the ways to log in that are offered
        connection.send(b"\5\2")
        assert connection.read_exactly(11) == b"\1\4user\4pass"
        connection.send(b"\1\0")
        assert connection.read_exactly(18)[:16] == b"\5\1\0\3\x0bexample.org"
        connection.send(b"\5\0\0\1\0\0\0\0\0\0")

    return [greet, *then]


@pytest.mark.skipif(MODULE != "minireq", reason="requests needs another package for it")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_goes_by_a_socks_proxy(wire_server, dns, ca, scheme):
    """S155: the name is looked up by the proxy, and the certificate is that of the server."""
    answer = HEAD + b"abcdef"
    proxy = wire_server(socks5(start_tls(ca.server_context("example.org")), answer) if scheme == "https" else socks5(answer))
    url = f"socks5h://user:pass@{proxy.host}:{proxy.port}"
    assert client.get(f"{scheme}://example.org/a", proxies={scheme: url}, verify=ca.file).text == "abcdef"
    assert (proxy.requests[0].target, proxy.requests[0]["Host"]) == ("/a", "example.org")
    assert dns.asked == []


@pytest.mark.parametrize("status", [204, 304])
def test_what_has_no_body_by_its_status_has_none_whatever_it_says(wire_server, status):
    """S236: RFC 9112, section 6.3."""
    empty, full = b"HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n" % status, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    server = wire_server([empty, full])
    with client.Session() as session:
        assert session.get(server.url).content == b""
        assert session.get(server.url).content == b"ok"
    assert len(server.connections) == 1


@pytest.mark.parametrize("name, value", [("X-A", "1\r\nEvil: yes"), ("X-A\r\nEvil", "yes"), ("X-A", b"1\nEvil: yes"), ("X:A", "1")])
def test_no_header_can_end_the_line_it_is_on(http_app, name, value):
    """S236: RFC 9110, section 5.5."""
    with pytest.raises(client.exceptions.InvalidHeader):
        client.get(http_app.url, headers={name: value})
    assert http_app.requests == []


def test_what_the_rfcs_forbid_and_servers_do_is_understood(wire_server):
    """S236: lines that end in LF alone, a status line without a reason, a chunk with blanks behind its size."""
    server = wire_server(b"HTTP/1.1 200\nX-Note: lax\nTransfer-Encoding: chunked\n\n5  \r\nhello\r\n0\r\n\r\n")
    response = client.get(server.url)
    assert (response.text, response.headers["X-Note"]) == ("hello", "lax")
