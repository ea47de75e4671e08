"""What is shown and what is saved, and what is kept from the terminal, from lookers-on and from half-written files."""

from __future__ import annotations

import gzip
import io
import os
import stat
import threading
import types

import pytest
from hypothesis import given, strategies as st

from minireq import exceptions
from minireq.cli import output
from minireq.cli.loopback import HangUp, chunk, head, response
from minireq.cli.output import HIDDEN, Progress, Refused, complete_or_nothing, print_body, progress_line, save_body
from minireq.sessions import Session

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture
def fetched(serving):
    """The response to a GET that the server answers with these bytes, or as this function says; its body is not read yet."""
    with Session() as session:
        session.trust_env = False

        def fetch(answer):
            server = serving({"/": answer if callable(answer) else lambda request: [answer]})
            return session.get(server.url("/"), stream=True, timeout=10)

        yield fetch


# ---------------------------------------------------------------------------------------------------------- the body


@pytest.mark.parametrize("body", [b"", b"text", PNG, bytes(range(256)) * 1000])
def test_a_body_is_printed_to_a_pipe_byte_for_byte(body, fetched, stream):
    out = stream()
    print_body(fetched(response(body)), out)
    assert out.written == body


def test_a_body_is_printed_after_what_was_printed_before(fetched, stream):
    out = stream()
    out.write("before ")
    print_body(fetched(response(b"body")), out)
    assert out.written == b"before body"


def test_a_body_is_printed_as_it_comes(fetched):
    seen = threading.Event()

    class Watched(io.BytesIO):
        def flush(self):
            if b"first" in self.getvalue():
                seen.set()

    def slow(request):
        yield head("Transfer-Encoding: chunked") + chunk(b"first")
        assert seen.wait(10)
        yield chunk(b" second") + chunk(b"")

    out = io.TextIOWrapper(Watched())
    print_body(fetched(slow), out)
    assert out.buffer.getvalue() == b"first second"


def test_a_body_of_known_length_is_printed_as_it_comes_too(fetched):
    seen = threading.Event()

    class Watched(io.BytesIO):
        def flush(self):
            if b"first" in self.getvalue():
                seen.set()

    def slow(request):
        yield head("Content-Length: 12") + b"first"
        assert seen.wait(10)
        yield b" second"

    out = io.TextIOWrapper(Watched())
    print_body(fetched(slow), out)
    assert out.buffer.getvalue() == b"first second"


def test_a_terminal_is_spared_binary_data(fetched, stream):
    out = stream(terminal=True)
    with fetched(response(PNG)) as answer, pytest.raises(Refused, match="-o FILE saves it"):
        print_body(answer, out)
    assert out.written == b""


def test_a_terminal_gets_binary_data_if_it_is_to_have_anything(fetched, stream):
    out = stream(terminal=True)
    print_body(fetched(response(PNG)), out, anything=True)
    assert out.written == PNG


def test_a_terminal_gets_text_in_any_encoding_as_it_is(fetched, stream):
    out = stream(terminal=True)
    text = "Zo\xeb".encode("latin-1") + b"\r\n" + "Zo\xeb".encode()
    print_body(fetched(response(text)), out)
    assert out.written == text


def test_only_the_beginning_decides_what_is_binary(fetched, stream):
    out = stream(terminal=True)
    body = b"x" * output.LOOKED_AT + b"\0"
    print_body(fetched(response(body)), out)
    assert out.written == body


def test_a_stream_of_text_alone_gets_text(fetched):
    out = io.StringIO()
    print_body(fetched(response("Zo\xeb \xff".encode() + b"\xff")), out)
    assert out.getvalue() == "Zo\xeb \xff\ufffd"


def test_without_a_stream_the_body_is_read_and_gone(fetched):
    answer = fetched(response(b"body"))
    print_body(answer, None)
    assert answer.raw.read() == b""


# --------------------------------------------------------------------------------------------------------- the files


def test_a_body_is_saved(fetched, tmp_path):
    save_body(fetched(response(PNG)), str(tmp_path / "file"), None)
    assert (tmp_path / "file").read_bytes() == PNG
    assert os.listdir(tmp_path) == ["file"]


def cut(request):
    yield head("Content-Length: 100") + b"half"
    raise HangUp


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_truncated_body_leaves_no_file_and_spares_the_old_one(before, fetched, tmp_path):
    file = tmp_path / "file"
    if before is not None:
        file.write_bytes(before)
    with pytest.raises(exceptions.ChunkedEncodingError):
        save_body(fetched(cut), str(file), None)
    assert os.listdir(tmp_path) == ([] if before is None else ["file"])
    assert before is None or file.read_bytes() == before


def test_an_interrupt_leaves_no_file(tmp_path):
    with pytest.raises(KeyboardInterrupt), complete_or_nothing(str(tmp_path / "file")) as file:
        file.write(b"half")
        assert not (tmp_path / "file").exists()
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_a_file_is_saved_under_a_name_as_long_as_names_can_be(tmp_path):
    name = "n" * 255
    with complete_or_nothing(str(tmp_path / name)) as file:
        file.write(b"x")
    assert os.listdir(tmp_path) == [name]


def test_a_file_that_cannot_be_made_is_told_by_its_own_name(tmp_path):
    name = str(tmp_path / "missing" / "file")
    with pytest.raises(FileNotFoundError) as raised, complete_or_nothing(name):
        pass
    assert raised.value.filename == name


@pytest.mark.skipif(os.name != "posix", reason="permissions, links and devices are POSIX's here")
class TestOnPosix:
    def test_a_new_file_has_the_usual_permissions(self, tmp_path):
        (tmp_path / "usual").touch()
        with complete_or_nothing(str(tmp_path / "file")):
            pass
        assert (tmp_path / "file").stat().st_mode == (tmp_path / "usual").stat().st_mode

    def test_a_file_keeps_its_permissions(self, tmp_path):
        (tmp_path / "file").touch(0o600)
        with complete_or_nothing(str(tmp_path / "file")) as file:
            file.write(b"new")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
        assert (tmp_path / "file").read_bytes() == b"new"

    def test_a_link_stays_one(self, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "link").symlink_to("elsewhere/file")
        with complete_or_nothing(str(tmp_path / "link")) as file:
            file.write(b"new")
        assert (tmp_path / "link").is_symlink()
        assert os.listdir(tmp_path / "elsewhere") == ["file"]

    def test_a_device_is_written_to_and_not_replaced(self):
        with complete_or_nothing(os.devnull) as file:
            file.write(b"new")
        assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


# --------------------------------------------------------------------------------------------------------- the heads


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Accept", "*/*", "*/*"),
        (b"Accept", b"Zo\xc3\xab", "Zo\xeb"),
        ("Accept", b"\xff", r"\xff"),
        ("Authorization", "Basic YW5uOnNlY3JldA==", f"Basic {HIDDEN}"),
        ("Authorization", b"bearer secret", f"bearer {HIDDEN}"),
        ("authorization", "secret", HIDDEN),
        ("Authorization", "secret and more", HIDDEN),
        ("AUTHORIZATION", 'Digest username="ann", response="0"', f"Digest {HIDDEN}"),
        ("Proxy-Authorization", "Basic secret", f"Basic {HIDDEN}"),
        ("Cookie", "a=secret; b=secret", HIDDEN),
        ("Set-Cookie", "a=secret; Path=/", HIDDEN),
        ("Location", "http://ann:secret@example.org/a@b", f"http://{HIDDEN}@b"),
        ("Location", "/login", "/login"),
        ("Referer", "//ann:secret@example.org/", f"//{HIDDEN}@example.org/"),
        ("X", "\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("X", "a\tb\x85c\u202ed", r"a\tb\x85c\u202ed"),
    ],
)
def test_a_field_is_shown_without_secrets_and_without_steering_the_terminal(name, value, shown):
    assert output.field(name, value) == f"{output.text_of(name)}: {shown}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://proxy:3128", "http://proxy:3128"),
        ("http://ann:secret@proxy:3128", f"http://{HIDDEN}@proxy:3128"),
        ("http://ann:se@cr/et@proxy:3128", f"http://{HIDDEN}@proxy:3128"),
        ("ann:secret@proxy:3128", f"{HIDDEN}@proxy:3128"),
        ("ann://secret@proxy:3128", f"ann://{HIDDEN}@proxy:3128"),
        ("socks5h://ann@proxy", f"socks5h://{HIDDEN}@proxy"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_credentials(url, shown):
    assert output.without_credentials(url) == shown


@given(st.text())
def test_what_is_shown_can_be_printed_and_is_one_line(text):
    shown = output.printable(text)
    assert shown.isprintable()
    assert shown == text or not text.isprintable()


def test_both_heads_are_shown(fetched, stream):
    err = stream()
    answer = fetched(response(b"", "Server: here", "Set-Cookie: a=secret", status="404 Not Here"))
    output.show_request(answer.request, err)
    output.show_response(answer, err)
    lines = err.text.splitlines()
    host = answer.url.split("/")[2]
    assert lines[:2] == ["> GET / HTTP/1.1", f"> Host: {host}"]
    assert "> Accept: */*" in lines
    assert lines[-4:] == ["< HTTP/1.1 404 Not Here", "< Server: here", f"< Set-Cookie: {HIDDEN}", "< Content-Length: 0"]
    assert all(line.startswith("> ") for line in lines[:-4])


def test_a_given_host_is_shown_once(serving, stream):
    server = serving({"/a": lambda request: [response(b"")]})
    err = stream()
    with Session() as session:
        session.trust_env = False
        answer = session.get(server.url("/a?b=c"), headers={"host": "other.example"}, timeout=10)
    output.show_request(answer.request, err)
    lines = err.text.splitlines()
    assert lines[0] == "> GET /a?b=c HTTP/1.1"
    assert [line for line in lines if "host" in line.lower()] == ["> host: other.example"]


# ------------------------------------------------------------------------------------------------------ the progress


@pytest.mark.parametrize(
    ("done", "total", "elapsed", "width", "line"),
    [
        (0, 1000, 0.0, 50, "  0% [................] 0.0 of 1.0 kB 0 B/s 0:00"),
        (500, 1000, 1.0, 50, " 50% [#######.......] 0.5 of 1.0 kB 500 B/s 0:01"),
        (1000, 1000, 1.0, 50, "100% [#############] 1.0 of 1.0 kB 1.0 kB/s 0:00"),
        (2000, 1000, 1.0, 50, "100% [#############] 1.0 of 1.0 kB 2.0 kB/s 0:00"),
        (10, 20, 1.0, 35, " 50% 10 of 20 B 10 B/s 0:01"),
        (10, None, 2.0, 50, "10 B 5 B/s"),
        (10, 0, 2.0, 50, "10 B 5 B/s"),
        (500, 1000, 1.0, 20, " 50% 0.5 of 1.0 kB 5"),
    ],
)
def test_progress_is_a_line(done, total, elapsed, width, line):
    assert progress_line(done, total, elapsed, width) == line


@given(st.integers(0, 10**20), st.none() | st.integers(0, 10**20), st.floats(0, 1e9), st.integers(0, 300), st.booleans())
def test_progress_never_takes_more_than_its_line(done, total, elapsed, width, fancy):
    line = progress_line(done, total, elapsed, width, fancy)
    assert len(line) <= width
    assert fancy or line.isascii()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (1e300, "99:59:59")]
)
def test_a_time_is_shown_as_on_a_clock(seconds, shown):
    assert output.clock(seconds) == shown


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is told otherwise."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(output, "time", types.SimpleNamespace(monotonic=lambda: Clock.now))
    return Clock


def test_progress_is_drawn_over_itself_and_wiped_off_in_the_end(clock, stream):
    err = stream(terminal=True)
    with Progress(err, 100) as progress:
        clock.now += 0.2
        progress.show(10)
        clock.now += 0.01
        progress.show(11)
        clock.now += 0.2
        progress.show(20)
    empty, first, second, blank, rest = err.text.split("\r")
    assert empty == rest == ""
    assert first.startswith(" 10% [\N{FULL BLOCK}")
    assert second.startswith(" 20% [\N{FULL BLOCK}")
    assert set(blank) == {" "}
    assert len(first) == len(second) == len(blank) == 79


def test_what_is_over_at_once_has_no_progress(clock, stream):
    err = stream(terminal=True)
    with Progress(err, 100) as progress:
        progress.show(100)
    assert err.text == ""


def test_progress_is_for_terminals(clock, stream):
    for err in (stream(terminal=False), None):
        with Progress(err, 100) as progress:
            clock.now += 1
            progress.show(50)
        assert err is None or err.text == ""


def test_progress_of_a_compressed_body_counts_what_came_over_the_wire(fetched, tmp_path, monkeypatch):
    body = b"".join(b"line %d\n" % n for n in range(100_000))
    compressed = gzip.compress(body)
    answer = fetched(response(compressed, "Content-Encoding: gzip"))
    shown = []

    class Spy(Progress):
        def __init__(self, stream, total):
            assert total == len(compressed)
            super().__init__(stream, total)

        def show(self, done):
            shown.append(done)

    monkeypatch.setattr(output, "Progress", Spy)
    save_body(answer, str(tmp_path / "file"), None)
    assert (tmp_path / "file").read_bytes() == body
    assert max(shown) == len(compressed)


@pytest.mark.parametrize(
    ("length", "known"),
    [("12", 12), ("0", 0), (None, None), ("", None), ("1, 1", None), ("-1", None), ("\xb2", None), ("9" * 30, None)],
)
def test_the_length_of_a_body_is_what_the_head_says_if_it_says_so(length, known):
    class Answer:
        headers = {} if length is None else {"Content-Length": length}

    assert output.body_length(Answer()) == known


# ------------------------------------------------------------------------------------------------------- the streams


def test_what_an_encoding_lacks_is_escaped(stream):
    out = stream(encoding="ascii")
    output.say(out, "Zo\xeb \u2713")
    assert out.written == rb"Zo\xeb \u2713" + b"\n"


def test_nobody_hears_what_is_said_to_no_stream():
    output.say(None, "hello")
    assert not output.is_terminal(None)
    assert not output.speaks_utf8(None)


def test_a_closed_stream_is_no_terminal():
    out = io.StringIO()
    out.close()
    assert not output.is_terminal(out)


@pytest.mark.parametrize(
    ("encoding", "speaks"),
    [("utf-8", True), ("UTF8", True), ("utf_8", True), ("utf-8-sig", True), ("ascii", False), ("cp1252", False)],
)
def test_utf8_is_known_by_its_names(encoding, speaks, stream):
    assert output.speaks_utf8(stream(encoding=encoding)) is speaks


@pytest.mark.parametrize(
    ("terminal", "variables", "colourful"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(terminal, variables, colourful, stream, monkeypatch):
    monkeypatch.setattr(output.sys, "platform", "linux")
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    text = output.painted("ok", "green", stream(terminal=terminal))
    assert text == ("\x1b[32mok\x1b[0m" if colourful else "ok")
