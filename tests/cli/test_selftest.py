"""The self-test passes where all is well, and says what is wrong where it is not."""

from __future__ import annotations

import io
import re
import sys

import pytest

from minireq.cli import selftest
from minireq.cli.loopback import LoopbackServer, response
from minireq.sessions import Session


@pytest.fixture
def trial():
    with LoopbackServer(selftest.ANSWERS) as server, Session() as session:
        session.trust_env = False
        yield selftest.Trial(server, session, None)


@pytest.fixture
def answers(monkeypatch):
    """The answers of the self-test's server, to be spoilt."""
    spoilt = dict(selftest.ANSWERS)
    monkeypatch.setattr(selftest, "ANSWERS", spoilt)
    return spoilt


@pytest.mark.parametrize("check", selftest.CHECKS, ids=lambda check: check.__name__)
def test_each_check_passes(check, trial):
    assert isinstance(check(trial), str)


def test_every_check_has_a_line_and_the_machine_is_shown(stream):
    out = stream()
    assert selftest.run(out) == 0
    for check in selftest.CHECKS:
        assert re.search(rf"^  \u2713 +[0-9]+\.[0-9] ms  {re.escape(check.__doc__)}( \(.*\))?$", out.text, re.M), check.__doc__
    for name in ("Python", "platform", "TLS", "trust store", "http proxy", "https proxy"):
        assert re.search(rf"^  {name}: +\S", out.text, re.M), name
    assert out.text.endswith(f"\nAll {len(selftest.CHECKS)} checks passed.\n")
    assert "\x1b" not in out.text


def test_ascii_is_enough(stream, monkeypatch):
    monkeypatch.setattr(selftest, "CHECKS", selftest.CHECKS[:1])
    out = stream(encoding="ascii")
    assert selftest.run(out) == 0
    assert re.search(r"^  ok   +[0-9.]+ ms  A GET brings JSON\.$", out.text, re.M)


def test_a_terminal_gets_colours(stream, monkeypatch):
    monkeypatch.setattr(selftest, "CHECKS", selftest.CHECKS[:1])
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = stream(terminal=True)
    selftest.run(out)
    assert "\x1b[32m\u2713\x1b[0m" in out.text


def test_nobody_needs_to_look():
    assert selftest.run(None) == 0


@pytest.mark.parametrize(
    ("path", "answer", "check", "reason"),
    [
        ("/json", response(b"{}"), "A GET brings JSON.", "it brought '{}'"),
        ("/json", response(b"", status="500 Broken"), "A GET brings JSON.", "HTTPError: 500 Server Error: Broken"),
        ("/json", response(b"{"), "A GET brings JSON.", "JSONDecodeError: "),
        ("/json", b"nonsense\r\n\r\n", "A GET brings JSON.", "ConnectionError: "),
        ("/json", response(b"", "Connection: close"), "A connection is kept and used again.", "20 requests took 20 connections"),
        ("/echo", response(b"GET"), "A POST sends a form.", "it sent 'GET'"),
        ("/parts", response(b"{}"), "A multipart upload is streamed.", "the server got {}"),
        ("/chunked", response(b"short"), "A chunked body is put together.", "5 bytes came of "),
        ("/gzip", response(b"short"), "A gzip body is decoded.", "5 bytes came of "),
        ("/login", response(b""), "A redirect is followed, with the cookie that it set.", "the history is []"),
        ("/visitor", response(b"GET nobody"), "A redirect is followed, with the cookie that it set.", "was 'GET nobody'"),
        ("/cut/gzip", response(b"whole"), "A truncated answer is refused.", "/cut/gzip: 5 bytes were taken for the whole"),
        ("/large", response(b"small"), "A large download does not fill the memory.", "5 bytes came of 64000000"),
    ],
)
def test_what_is_wrong_is_shown_on_its_line(path, answer, check, reason, answers, stream, monkeypatch):
    monkeypatch.setattr(selftest, "CHECKS", [one for one in selftest.CHECKS if one.__doc__ == check])
    answers[path] = lambda request: [answer]
    out = stream()
    assert selftest.run(out) == 1
    line = next(line for line in out.text.splitlines() if check in line)
    assert line.startswith("  \u2717")
    assert f"{check} But: " in line
    assert reason in line
    assert out.text.endswith("\n1 of 1 checks failed.\n")


def test_the_other_checks_go_on_after_one_that_fails(answers, stream):
    answers["/gzip"] = lambda request: [response(b"short")]
    out = stream(encoding="ascii")
    assert selftest.run(out) == 1
    assert out.text.count("  FAIL ") == 1
    assert out.text.count("  ok   ") == len(selftest.CHECKS) - 1


def test_a_download_that_fills_the_memory_is_noticed(trial, monkeypatch):
    peaks = iter([0, selftest.FLAT])
    monkeypatch.setattr(selftest, "_peak", lambda: next(peaks))
    with pytest.raises(selftest.Wrong, match=r"the peak of memory grew by 16\.0 MB"):
        selftest.downloads_in_flat_memory(trial)


def test_where_nobody_counts_memory_only_the_speed_is_told(trial, monkeypatch):
    monkeypatch.setattr(selftest, "_peak", lambda: None)
    assert re.fullmatch(r"64\.0 MB at \S+ .B/s", selftest.downloads_in_flat_memory(trial))


def test_memory_is_counted_in_some_way_or_not_at_all(monkeypatch):
    def missing(*arguments):
        raise FileNotFoundError

    mebibyte = 1 << 20
    assert selftest._peak() is None or mebibyte < selftest._peak() < 1 << 40
    monkeypatch.setattr(selftest, "open", missing, raising=False)
    assert selftest._peak() is None or mebibyte < selftest._peak() < 1 << 40
    monkeypatch.setitem(sys.modules, "resource", None)
    assert selftest._peak() is None


def test_an_upload_that_is_read_at_once_is_noticed():
    file = selftest._Watched(b"x" * 100)
    file.read(10)
    assert file.largest == 10
    file.readinto(bytearray(20))
    assert file.largest == 20
    file.read()
    assert file.largest == 70
    assert isinstance(file, io.BytesIO)


def test_no_server_no_checks(stream, monkeypatch):
    def forbidden(*where):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.create_server", forbidden)
    out = stream()
    assert selftest.run(out) == 1
    assert "A server can be started on loopback. But: [Errno 13] Permission denied" in out.text
    assert "Python:" in out.text


def facts():
    return dict(selftest.machine())


def test_proxies_of_the_environment_are_shown_without_credentials(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://ann:secret@proxy.example:3128")
    monkeypatch.setenv("http_proxy", "http://ann:secret@proxy.example:3128")
    monkeypatch.setenv("all_proxy", "socks5h://ben:secret@socks.example")
    monkeypatch.setenv("no_proxy", "localhost,.example.net")
    found = facts()
    assert found["http proxy"] == "http://<hidden>@proxy.example:3128"
    assert found["https proxy"] == "socks5h://<hidden>@socks.example"
    assert found["no proxy for"] == "localhost,.example.net"
    assert "secret" not in str(found)


def test_without_proxies_none_is_shown():
    found = facts()
    assert (found["http proxy"], found["https proxy"]) == ("none", "none")
    assert "no proxy for" not in found


def test_a_trust_store_of_the_environment_is_shown(monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert facts()["trust store"] == f"{tmp_path} (by REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE)"


def test_the_trust_store_is_certifi_or_the_platform(monkeypatch):
    certifi = pytest.importorskip("certifi")
    assert facts()["trust store"] == certifi.where()
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert facts()["trust store"].startswith("the platform's")


def test_a_python_without_ssl_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ssl", None)
    assert facts()["TLS"] == "none: this Python has no ssl module, so https is out of reach"


def test_proxies_of_the_environment_do_not_touch_the_checks(monkeypatch, stream):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr(selftest, "CHECKS", selftest.CHECKS[:1])
    assert selftest.run(stream()) == 0
