"""What the person sees: bodies on stdout or in files, heads and progress on stderr.

Three cares. What a server sends never steers the terminal: heads are shown with control characters escaped, and a binary
body is refused there. Secrets stay out of sight. And a file appears under its name only when its body is complete.

Any standard stream may be None (a windowed Python has none): then there is nothing to see, which is no error.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO, TextIO

    from ..models import PreparedRequest, Response

HIDDEN = "<hidden>"
_SECRET = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_ADDRESS = {"location", "content-location", "referer"}
_SCHEMES = {"basic", "bearer", "digest", "negotiate", "ntlm"}

# A body of text has no NUL in it; curl looks at as much.
LOOKED_AT = 2000


class Refused(Exception):
    """The body will not be shown: it is binary, and the output is a terminal."""


# ---------------------------------------------------------------------------------------------------------- the body


def print_body(response: Response, out: TextIO | None, anything: bool = False) -> None:
    """Write the body to a stream as it comes; a terminal gets binary data only if it is to get `anything`."""
    write = writer(out)
    careful = is_terminal(out) and not anything
    seen = 0
    for piece in pieces(response):
        if careful and seen < LOOKED_AT and b"\0" in piece[: LOOKED_AT - seen]:
            raise Refused("the body is binary and would garble the terminal: -o FILE saves it, -o - prints it all the same")
        seen += len(piece)
        write(piece)


def save_body(response: Response, name: str, err: TextIO | None) -> None:
    """Write the body to a file, with a progress bar if `err` is a terminal."""
    with complete_or_nothing(name) as file, Progress(err, body_length(response)) as progress:
        written = 0
        for piece in pieces(response):
            file.write(piece)
            written += len(piece)
            progress.show(_arrived(response, written))


def pieces(response: Response) -> Iterator[bytes]:
    """The body as it comes, decoded, never much of it at a time."""
    return response.iter_content(None)


def _arrived(response: Response, written: int) -> int:
    # Content-Length counts the bytes on the wire, which are fewer than what is written if the body is compressed.
    tell = getattr(response.raw, "tell", None)
    return int(tell()) if tell is not None else written


def writer(out: TextIO | None) -> Callable[[bytes], None]:
    """What writes bytes to a stream, whatever that is."""
    if out is None:
        return lambda piece: None
    binary: BinaryIO | None = getattr(out, "buffer", None)
    if binary is None:  # a stream of text alone: IDLE's, io.StringIO
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return lambda piece: say(out, decoder.decode(piece), end="")
    out.flush()

    def write(piece: bytes) -> None:
        binary.write(piece)
        binary.flush()

    return write


@contextlib.contextmanager
def complete_or_nothing(name: str) -> Iterator[BinaryIO]:
    """A file to write to, that gets its name when all went well, and is gone when not.

    What is no regular file (a device, a named pipe) cannot be renamed to, and is written directly.
    """
    name = os.path.realpath(name)  # through a symbolic link, which stays one
    if os.path.exists(name) and not os.path.isfile(name):
        with open(name, "wb") as device:
            yield device
        return
    # Not after the file's own name, which may be as long as names can be. Not tempfile: its files are for one user only.
    unfinished = os.path.join(os.path.dirname(name), f"minireq-{os.urandom(6).hex()}.part")
    try:
        with _created(unfinished, name) as file:
            yield file
        with contextlib.suppress(OSError):  # nothing there yet, or a file system without permissions
            os.chmod(unfinished, os.stat(name).st_mode & 0o777)
        os.replace(unfinished, name)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(unfinished)
        raise


def _created(unfinished: str, name: str) -> BinaryIO:
    try:
        return open(unfinished, "xb")
    except OSError as error:  # about a name that nobody has asked for
        raise OSError(error.errno, error.strerror, name) from None


# --------------------------------------------------------------------------------------------------------- the heads


def show_request(request: PreparedRequest, err: TextIO | None) -> None:
    """Show the head of a request."""
    for line in request_head(request):
        say(err, "> " + line)


def show_response(response: Response, err: TextIO | None) -> None:
    """Show the head of a response."""
    for line in response_head(response):
        say(err, "< " + line)


def request_head(request: PreparedRequest) -> list[str]:
    """The lines of a request's head, without its secrets; Host is what the URL says unless a header does."""
    from urllib.parse import urlsplit

    lines = [f"{request.method} {request.path_url} HTTP/1.1"]
    if "Host" not in request.headers:
        lines.append("Host: " + urlsplit(request.url or "").netloc.rpartition("@")[2])
    return [printable(line) for line in lines] + [field(*item) for item in request.headers.items()]


def response_head(response: Response) -> list[str]:
    """The lines of a response's head, without its secrets."""
    version = {10: "HTTP/1.0"}.get(getattr(response.raw, "version", None) or 11, "HTTP/1.1")
    status = f"{version} {response.status_code} {response.reason or ''}".rstrip()
    return [printable(status)] + [field(*item) for item in response.headers.items()]


def field(name: str | bytes, value: str | bytes) -> str:
    r"""One line of a head, fit to be seen by whoever looks over a shoulder.

    >>> field("Authorization", "Basic YW5uOnNlY3JldA==")
    'Authorization: Basic <hidden>'
    >>> field("Server", "\x1b[31mred")
    'Server: \\x1b[31mred'
    """
    name, value = text_of(name), text_of(value)
    if name.lower() in _SECRET:
        scheme = value.partition(" ")[0]
        value = f"{scheme} {HIDDEN}" if scheme.lower() in _SCHEMES else HIDDEN
    elif name.lower() in _ADDRESS:
        value = without_credentials(value)
    return printable(f"{name}: {value}")


def without_credentials(url: str) -> str:
    """A URL whose user and password, if any, are not shown: all up to the last @, since passwords hold anything.

    >>> without_credentials("http://ann:secret@proxy.example:3128")
    'http://<hidden>@proxy.example:3128'
    >>> without_credentials("ann:secret@proxy.example")
    '<hidden>@proxy.example'
    """
    before, at, host = url.rpartition("@")
    if not at:
        return url
    scheme, slashes, _ = before.partition("//")
    return f"{scheme + slashes if slashes else ''}{HIDDEN}@{host}"


def text_of(value: str | bytes) -> str:
    """A header's name or value as text."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def printable(text: str) -> str:
    r"""The text with whatever would move a cursor or change a colour escaped.

    >>> printable("a\tb")
    'a\\tb'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


# ------------------------------------------------------------------------------------------------------ the progress


class Progress:
    """A line on the terminal that says how far it is; on anything but a terminal, nothing.

    It is drawn ten times a second at most, and is gone when the block is left.
    """

    __slots__ = ("_drawn", "_due", "_started", "_stream", "_total")

    def __init__(self, stream: TextIO | None, total: int | None) -> None:
        self._stream = stream if is_terminal(stream) else None
        self._total = total
        self._started = time.monotonic()
        self._due = self._started + 0.1  # what is over by then needs no bar
        self._drawn = False

    def show(self, done: int) -> None:
        """`done` bytes have come."""
        if self._stream is None:
            return
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + 0.1
        width = _columns(self._stream) - 1  # a full line would make some terminals scroll
        line = progress_line(done, self._total, now - self._started, width, fancy=speaks_utf8(self._stream))
        say(self._stream, "\r" + line.ljust(width), end="")
        self._drawn = True

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._stream is not None and self._drawn:
            say(self._stream, "\r" + " " * (_columns(self._stream) - 1) + "\r", end="")


def progress_line(done: int, total: int | None, elapsed: float, width: int, fancy: bool = False) -> str:
    """How far it is, in one line of at most `width` characters.

    >>> progress_line(25_000_000, 100_000_000, 2.0, 70)
    ' 25% [#######.....................] 25.0 of 100.0 MB 12.5 MB/s 0:06'
    >>> progress_line(25_000_000, None, 2.0, 70)
    '25.0 MB 12.5 MB/s'
    """
    speed = done / elapsed if elapsed > 0 else 0.0
    if not total:
        return f"{size(done)} {size(speed)}/s"[:width]
    done = min(done, total)
    left = (total - done) / speed if speed else 0.0
    facts = f"{_same_unit(done, total)} {size(speed)}/s {clock(left)}"
    room = max(width - len(facts) - 10, 0)
    full, empty = ("\N{FULL BLOCK}", "\N{LIGHT SHADE}") if fancy else ("#", ".")
    filled = room * done // total
    bar = f"[{full * filled}{empty * (room - filled)}] " if room >= 5 else ""
    return f"{100 * done // total:3}% {bar}{facts}"[:width]


def size(count: float) -> str:
    """A number of bytes for people.

    >>> size(999), size(64_000_000), size(1.5e9)
    ('999 B', '64.0 MB', '1.5 GB')
    """
    for unit, factor in _UNITS:
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count:.0f} B"


_UNITS = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def _same_unit(done: int, total: int) -> str:
    unit, factor = next(((unit, factor) for unit, factor in _UNITS if total >= factor), ("B", 1))
    decimals = 0 if factor == 1 else 1
    return f"{done / factor:.{decimals}f} of {total / factor:.{decimals}f} {unit}"


def clock(duration: float) -> str:
    """A time to wait, in minutes and seconds.

    >>> clock(6), clock(3725)
    ('0:06', '1:02:05')
    """
    minutes, second = divmod(int(min(duration, 359999)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def body_length(response: Response) -> int | None:
    """How many bytes the body takes on the wire, if the head says so."""
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None


# ------------------------------------------------------------------------------------------------------- the streams


def say(stream: TextIO | None, text: str, end: str = "\n") -> None:
    """Write a line, with what the stream's encoding lacks escaped."""
    if stream is None:
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + end)
    stream.flush()


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is looking."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it is closed
        return False


def speaks_utf8(stream: TextIO | None) -> bool:
    """Whether more than ASCII can be shown."""
    encoding = getattr(stream, "encoding", None) or ""
    return encoding.lower().replace("-", "").replace("_", "").startswith("utf8")


def painted(text: str, colour: str, stream: TextIO | None) -> str:
    """The text in "green", "red" or "dim" on a terminal that can, unless NO_COLOR (no-color.org) is set; else the bare text."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or sys.platform == "win32"
    if plain or not is_terminal(stream):
        return text
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"


_COLOURS = {"green": 32, "red": 31, "dim": 2}


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):  # a terminal in name only
        return 80
