"""The command line as a whole: what is printed where, and with which exit status it ends.

Most tests call `main` in this process; what only a process has (signals, closed pipes, missing streams) is tested on one.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from minireq import cli
from minireq.__main__ import main
from minireq.__version__ import __version__
from minireq.cli import selftest

from .cli.conftest import Stream
from .support.scripted import CLOSE, SILENCE

ROOT = Path(__file__).resolve().parent.parent
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture
def run(capfdbinary):
    """`run(*arguments)` is what `main` returned, what it printed, and what it complained of."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        printed, complaint = capfdbinary.readouterr()
        return status, printed, complaint.decode()

    return run


def child(*arguments, options=(), **settings):
    """A process of its own that runs the command line."""
    command = [sys.executable, *options, "-m", "minireq", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)


def ended(process):
    """What became of the process, as `run` has it."""
    printed, complaint = process.communicate(timeout=60)
    return process.returncode, printed, complaint.decode()


def assert_one_sentence(complaint):
    assert complaint.startswith("minireq: ")
    assert complaint.count("\n") == 1
    assert complaint.endswith("\n")


# ---------------------------------------------------------------------------------------------------- what is fetched


def test_the_way_to_the_server_may_be_said(run, unix_app, http_app, wire_server):
    assert run("--unix-socket", unix_app.host, "http://example.org/json")[1] == run(f"{unix_app.url}/json")[1]
    assert unix_app.requests[0]["Host"] == "example.org"
    to = f"example.org:{http_app.port}:{http_app.host}"
    assert run("--resolve", to, "--resolve", "example.org:1:::1", f"http://example.org:{http_app.port}/json")[0] == 0
    proxy = wire_server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert run("-x", proxy.url, "http://example.org/path")[1] == b"ok"
    assert proxy.requests[0].target == "http://example.org/path"
    status, _, complaint = run("--resolve", "example.org:80:somewhere", "http://example.org/")
    assert status == 1 and "'somewhere' is none" in complaint


def test_a_url_is_fetched_and_its_body_printed(run, http_app):
    assert run(http_app.url + "/bytes/1000") == (0, b"x" * 1000, "")


def test_a_process_does_the_same(http_app):
    assert ended(child(http_app.url + "/bytes/1000")) == (0, b"x" * 1000, "")


def test_a_compressed_body_is_printed_decoded(run, http_app):
    status, printed, _ = run(http_app.url + "/gzip")
    assert (status, json.loads(printed)) == (0, {"hello": "world"})


def test_the_status_of_the_response_does_not_matter(run, http_app):
    assert run(http_app.url + "/status/404") == (0, b"", "")


@pytest.mark.parametrize(
    ("options", "method", "fields", "body"),
    [
        ([], "GET", {"Content-Length": None, "Content-Type": None, "Authorization": None}, b""),
        (["-X", "DELETE"], "DELETE", {}, b""),
        (["-d", "a=1"], "POST", {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "3"}, b"a=1"),
        (["-d", "a=1", "-d", "b=2"], "POST", {}, b"a=1&b=2"),
        (["-d", ""], "POST", {"Content-Length": "0"}, b""),
        (["-d", "Zo\xeb"], "POST", {}, "Zo\xeb".encode()),
        (["-X", "PUT", "-d", "text", "-H", "content-type: text/plain"], "PUT", {"Content-Type": "text/plain"}, b"text"),
        (["--json", '{"a": 1.0}'], "POST", {"Content-Type": "application/json"}, b'{"a": 1.0}'),
        (["--json", "1", "-H", "Content-Type: application/x+json"], "POST", {"Content-Type": "application/x+json"}, b"1"),
        (["-H", "A: 1", "-H", "B: 2"], "GET", {"A": "1", "B": "2"}, b""),
        (["-H", "A: 1", "-H", "a: 2"], "GET", {"A": "1, 2"}, b""),
        (["-H", "Cookie: a=1", "-H", "Cookie: b=2"], "GET", {"Cookie": "a=1; b=2"}, b""),
        (["-H", "User-Agent:"], "GET", {"User-Agent": None}, b""),
        (["-H", "User-Agent: me"], "GET", {"User-Agent": "me"}, b""),
        (["-u", "ann:secret"], "GET", {"Authorization": "Basic YW5uOnNlY3JldA=="}, b""),
    ],
)
def test_the_request_is_what_was_asked_for(options, method, fields, body, run, http_app):
    status, _, complaint = run(http_app.url + "/a?b=c", *options)
    assert (status, complaint) == (0, "")
    [request] = http_app.requests
    assert (request.method, request.target, request.body) == (method, "/a?b=c", body)
    assert {name: request[name] for name in fields} == fields


@pytest.mark.skipif(os.fsencode("\xeb") != b"\xc3\xab", reason="the bytes that a terminal sends are UTF-8 here")
def test_a_header_is_sent_in_the_bytes_that_were_typed(run, http_app):
    run(http_app.url, "-H", "Name: Zo\xeb")
    assert b"\r\nName: Zo\xc3\xab\r\n" in http_app.requests[0].raw


def test_data_comes_from_files(run, http_app, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(PNG * 10000)
    for line in (["-d", f"@{file}"], ["-d", "a=1", "-d", f"@{file}"]):
        assert run(http_app.url, *line)[0] == 0
    assert [request.body for request in http_app.requests] == [PNG * 10000, b"a=1&" + PNG * 10000]
    assert [request["Content-Length"] for request in http_app.requests] == ["160000", "160004"]


def test_json_comes_from_files(run, http_app, tmp_path):
    file = tmp_path / "file"
    file.write_text("[1, 2]")
    assert run(http_app.url, "--json", f"@{file}")[0] == 0
    assert http_app.requests[0].body == b"[1, 2]"


@pytest.mark.parametrize("option", ["-d", "--json"])
def test_data_comes_from_the_standard_input(option, http_app):
    process = child(http_app.url, option, "@-", stdin=subprocess.PIPE)
    process.stdin.write(b"[1, 2]")
    assert ended(process)[0] == 0
    assert (http_app.requests[0].body, http_app.requests[0]["Content-Length"]) == (b"[1, 2]", "6")


def test_a_password_that_is_not_given_is_asked_for(run, http_app, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "secret" if prompt == "Password for 'ann': " else prompt)
    assert run(http_app.url, "-u", "ann")[0] == 0
    assert http_app.requests[0]["Authorization"] == "Basic YW5uOnNlY3JldA=="


def test_redirects_are_followed_unless_they_are_not_to_be(run, http_app):
    assert json.loads(run(http_app.url + "/redirect/3")[1])["target"].startswith("/echo")
    assert len(http_app.requests) == 4
    assert run(http_app.url + "/redirect/3", "--no-redirects") == (0, b"", "")
    assert len(http_app.requests) == 5


# -------------------------------------------------------------------------------------------------------- what is seen


def test_verbose_shows_the_heads_of_redirects_and_all_but_secrets(run, http_app):
    status, printed, shown = run(http_app.url + "/cookies/set?a=secret", "-v", "-u", "ann:secret", "-H", "Cookie: b=secret")
    assert (status, printed[:1]) == (0, b"{")
    lines = shown.splitlines()
    assert [line for line in lines if "HTTP/1.1" in line] == [
        "> GET /cookies/set?a=secret HTTP/1.1",
        "< HTTP/1.1 302 Found",
        "> GET /cookies HTTP/1.1",
        "< HTTP/1.1 200 OK",
    ]
    assert all(line.startswith(("> ", "< ")) for line in lines)
    assert "> Authorization: Basic <hidden>" in lines
    assert "> Cookie: <hidden>" in lines
    assert "< Set-Cookie: <hidden>" in lines
    assert shown.replace("/cookies/set?a=secret", "").count("secret") == 0


def test_verbose_shows_what_is_sent(run, http_app):
    _, _, shown = run(http_app.url + "/a", "-v", "--json", "[]", "-H", "A: 1", "-H", "Accept:")
    sent = http_app.requests[0].raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert [line[2:] for line in shown.splitlines() if line.startswith("> ")] == sent


def test_verbose_shows_the_request_that_got_no_answer(run, refused_port):
    status, printed, shown = run(f"http://127.0.0.1:{refused_port}/a", "-v")
    lines = shown.splitlines()
    assert (status, printed) == (cli.given.NO_CONNECTION, b"")
    assert lines[:2] == ["> GET /a HTTP/1.1", f"> Host: 127.0.0.1:{refused_port}"]
    assert lines.count("> GET /a HTTP/1.1") == 1
    assert lines[-1].startswith("minireq: no connection to ")


def test_a_terminal_is_spared_binary_data(run, http_app, monkeypatch):
    http_app.route("/png")(lambda request: PNG)
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    status, _, complaint = run(http_app.url + "/png")
    assert (status, sys.stdout.written) == (cli.given.NO_FILE, b"")
    assert_one_sentence(complaint)
    assert "-o FILE saves it" in complaint
    assert run(http_app.url + "/png", "-o", "-")[0] == 0
    assert sys.stdout.written == PNG


def test_a_file_is_saved(run, http_app, tmp_path):
    assert run(http_app.url + "/bytes/100000", "-o", tmp_path / "file") == (0, b"", "")
    assert (tmp_path / "file").read_bytes() == b"x" * 100000


def test_a_saved_file_has_a_progress_bar_on_a_terminal(run, http_app, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stderr", Stream(terminal=True))
    monkeypatch.setattr(cli.output.Progress, "__init__", _impatient(cli.output.Progress.__init__))
    assert run(http_app.url + "/bytes/100000", "-o", tmp_path / "file")[0] == 0
    assert "% [" in sys.stderr.text
    assert sys.stderr.text.endswith(" \r")


def _impatient(original):
    def start(self, *arguments):
        original(self, *arguments)
        self._due = self._started

    return start


def test_the_version_is_told(run):
    assert run("--version") == (0, f"minireq {__version__}\n".encode(), "")


# ------------------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ([], 2),
        (["--nonsense"], 2),
        (["URL", "-X", "A B"], 2),
        (["URL", "-H", "A B: 1"], 2),
        (["URL", "-H", "A: 1\r\nB: 2"], 2),
        (["URL", "--json", "{"], 2),
        (["URL", "--json", "[" * 100000], 2),
        (["example.org"], 3),
        (["ftp://example.org/"], 3),
        (["http://"], 3),
        (["http://[::1"], 3),
        (["http://exa mple.org/"], 3),
        (["http://gone.invalid/"], 4),
        (["URL/redirect/40"], 8),
        (["URL", "-d", "@missing"], 9),
        (["URL", "--json", "@missing"], 9),
        (["URL/status/404", "--fail"], 22),
        (["URL/status/500", "--fail", "-o", "file"], 22),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence_and_a_status(line, status, run, http_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended_with, printed, complaint = run(*[word.replace("URL", http_app.url) for word in line])
    assert (ended_with, printed) == (status, b"")
    assert "Traceback" not in complaint
    usage, _, sentence = complaint.rpartition("minireq: error: ")
    assert_one_sentence("minireq: " + sentence if usage.startswith("usage: ") else complaint)
    assert os.listdir(tmp_path) == []


def test_with_fail_a_good_answer_is_printed(run, http_app):
    assert run(http_app.url + "/bytes/3", "--fail") == (0, b"xxx", "")


def test_a_refused_connection_is_status_4(run, refused_port):
    status, printed, complaint = run(f"http://127.0.0.1:{refused_port}/")
    assert (status, printed) == (4, b"")
    assert_one_sentence(complaint)


@pytest.mark.parametrize("script", [CLOSE, b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_no_answer_is_status_4(script, run, wire_server):
    server = wire_server([script, CLOSE], repeat=True)
    status, printed, complaint = run(server.url)
    assert (status, printed) == (4, b"")
    assert_one_sentence(complaint)


def test_silence_is_status_5(run, wire_server):
    status, printed, complaint = run(wire_server(SILENCE).url, "--timeout", "0.2")
    assert (status, printed) == (5, b"")
    assert_one_sentence(complaint)


def test_a_connection_that_is_not_made_in_time_is_status_5(run, deaf_port):
    status, _, complaint = run(f"http://127.0.0.1:{deaf_port}/", "--timeout", "0.2")
    assert status == 5
    assert_one_sentence(complaint)


def test_silence_in_the_middle_of_a_body_is_status_5(run, wire_server):
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", SILENCE])
    status, _, complaint = run(server.url, "--timeout", "0.2")
    assert status == 5
    assert_one_sentence(complaint)


def test_a_certificate_that_nobody_signed_is_status_6_and_k_takes_it(run, https_app):
    status, printed, complaint = run(https_app.url + "/bytes/3")
    assert (status, printed) == (6, b"")
    assert_one_sentence(complaint)
    assert run(https_app.url + "/bytes/3", "-k") == (0, b"xxx", "")


def test_a_certificate_that_is_trusted_is_taken(run, https_app, ca, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca.file))
    assert run(https_app.url + "/bytes/3") == (0, b"xxx", "")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n12345\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"12345" * 100)[:-3],
    ],
)
def test_a_damaged_body_is_status_7_and_leaves_no_file(answer, run, wire_server, tmp_path):
    server = wire_server([answer, CLOSE], repeat=True)
    for line in ([server.url], [server.url, "-o", tmp_path / "file"]):
        status, _, complaint = run(*line)
        assert status == 7
        assert_one_sentence(complaint)
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_status_9(run, http_app):
    status, _, complaint = run(http_app.url + "/bytes/100000", "-o", "/dev/full")
    assert status == 9
    assert_one_sentence(complaint)


@pytest.mark.skipif(os.name != "posix", reason="a session of its own has no terminal")
def test_a_password_that_nobody_can_be_asked_for_is_status_2(http_app):
    process = child(http_app.url, "-u", "ann", stdin=subprocess.PIPE, start_new_session=True)
    process.stdin.write(b"secret\n")
    status, _, complaint = ended(process)
    assert (status, len(http_app.requests)) == (2, 0)
    assert_one_sentence(complaint)


def test_a_fault_of_our_own_is_told_as_such(run, monkeypatch):
    def broken(arguments):
        return 1 // 0

    monkeypatch.setattr(cli, "fetch", broken)
    status, printed, complaint = run("http://example.org/")
    assert (status, printed) == (1, b"")
    assert complaint == "minireq: a fault of this program: ZeroDivisionError: integer division or modulo by zero\n"


def test_an_interrupt_is_status_130(run, monkeypatch):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "fetch", interrupted)
    assert run("http://example.org/") == (130, b"", "")


def test_what_a_server_says_cannot_steer_the_terminal(run, wire_server):
    server = wire_server(b"HTTP/1.1 404 \x1b[31mred\r\nContent-Length: 0\r\n\r\n")
    status, _, complaint = run(server.url, "--fail", "-v")
    assert "\x1b" not in complaint
    assert status in (4, 22)  # refused as no header, or shown harmless


def test_no_complaint_shows_a_password(run, refused_port):
    for url in (f"http://ann:secret@127.0.0.1:{refused_port}/", "http://ann:secret@exa mple.org/", "http://ann:secret@[::1/"):
        status, _, complaint = run(url, "-v")
        assert status in (3, 4)
        assert "secret" not in complaint


# -------------------------------------------------------------------------------------------- what only a process has


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's here")
def test_an_interrupt_of_a_process_leaves_no_traceback_and_no_file(wire_server, tmp_path):
    server = wire_server([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", SILENCE])
    process = child(server.url, "-v", "-o", tmp_path / "file")
    while not process.stderr.readline().startswith(b"< Content-Length"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, b"", "")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="a closed pipe is another error elsewhere")
def test_a_reader_that_goes_away_is_no_traceback(serving_forever):
    process = child(serving_forever)
    assert process.stdout.read(100) == b"x" * 100
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.fixture
def serving_forever(wire_server):
    def forever(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.send(b"x" * 65536)

    return wire_server(forever).url


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_missing_streams_are_no_error(closed, http_app):
    for arguments, status in (("'$URL/bytes/9' -v", 0), ("--help", 0), ("--nonsense", 2), ("not-a-url", 3)):
        line = f"exec '{sys.executable}' -m minireq {arguments} {closed}".replace("$URL", http_app.url)
        done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, timeout=60)
        assert done.returncode == status, done
        assert b"Traceback" not in done.stderr


def test_streams_may_be_missing_in_this_process_too(http_app, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdin", None)
    assert main([http_app.url + "/bytes/9", "-v", "-d", "@-"]) == 0
    assert main(["not-a-url"]) == 3


@pytest.mark.parametrize("options", [(), ("-S", "-E", "-B")], ids=["normal", "bare"])
def test_the_self_test_passes_whatever_proxies_are_set(options):
    proxies = dict.fromkeys(["http_proxy", "https_proxy", "all_proxy"], "http://ann:secret@127.0.0.1:9")
    status, printed, complaint = ended(child("--self-test", options=options, env={**os.environ, **proxies}))
    assert (status, complaint) == (0, "")
    assert b"http://<hidden>@127.0.0.1:9" in printed
    assert b"secret" not in printed


def test_the_self_test_speaks_ascii_where_it_must():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    status, printed, _ = ended(child("--self-test", env=environment))
    assert status == 0
    assert printed.isascii()
    assert printed.count(b"\n  ok   ") == len(selftest.CHECKS)


def test_a_self_test_that_fails_is_status_1(run, monkeypatch):
    def fails(trial):
        """All is well."""
        raise selftest.Wrong("it is not")

    monkeypatch.setattr(selftest, "CHECKS", (fails,))
    status, printed, _ = run("--self-test")
    assert status == 1
    assert b"All is well. But: it is not" in printed
