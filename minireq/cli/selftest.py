"""Whether this copy of minireq works on this machine: `python -m minireq --self-test`.

Each check is a function that does one thing against the server of `loopback`, in this process, and returns what was worth
noticing; its docstring is the line that is printed. What is wrong is raised: `Wrong`, or whatever minireq raised. After the
checks come the facts about the machine that decide what minireq can do here; they cannot fail.

Nothing is needed but the package itself, and nothing leaves the machine. The environment's proxies do not touch the checks.
"""

from __future__ import annotations

import io
import os
import sys
import time
import zlib

from ..__version__ import __version__
from ..exceptions import ChunkedEncodingError, ContentDecodingError
from ..sessions import Session
from .loopback import HangUp, LoopbackServer, Received, chunk, head, response
from .output import Progress, painted, printable, say, size, speaks_utf8, without_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TextIO

    Check = Callable[["Trial"], str]

PATIENCE = 10.0
GREETING = {"greeting": "hello, w\N{LATIN SMALL LETTER O WITH DIAERESIS}rld", "numbers": [1, 2.5, None, True]}
TEXT = b"".join(b"line %d of a text that is long enough to be worth compressing\n" % n for n in range(2000))
UPLOAD = 2_000_000
DOWNLOAD = 64_000_000
# What a download may leave behind: pieces, buffers of the server (which is in this process, too), not the body.
FLAT = DOWNLOAD // 4


class Wrong(Exception):
    """A check found something that should not be so."""


class Trial:
    """What a check works with: a session, the server, and the stream that progress is shown on."""

    __slots__ = ("server", "session", "stream")

    def __init__(self, server: LoopbackServer, session: Session, stream: TextIO | None) -> None:
        self.server = server
        self.session = session
        self.stream = stream


def run(stream: TextIO | None) -> int:
    """Do every check and show the machine, a line each; the number of checks that failed is returned."""
    say(stream, f"minireq {__version__} on this machine:\n")
    try:
        with LoopbackServer(ANSWERS) as server:
            failed = sum(not _passes(check, server, stream) for check in CHECKS)
    except OSError as error:
        say(stream, _line(False, 0.0, "A server can be started on loopback.", str(error), stream))
        failed = 1
    say(stream, "")
    for name, fact in machine():
        say(stream, f"  {name + ':':<14}{printable(fact)}")
    say(stream, f"\n{failed} of {len(CHECKS)} checks failed." if failed else f"\nAll {len(CHECKS)} checks passed.")
    return failed


def _passes(check: Check, server: LoopbackServer, stream: TextIO | None) -> bool:
    started = time.perf_counter()
    try:
        with Session() as session:
            session.trust_env = False  # no proxy of the environment stands between us and our own server
            noticed, passed = check(Trial(server, session, stream)), True
    except Exception as error:  # also what minireq should never raise: all of it is a line, none is a traceback
        noticed, passed = f"{type(error).__name__}: {error}" if not isinstance(error, Wrong) else str(error), False
    say(stream, _line(passed, time.perf_counter() - started, check.__doc__ or check.__name__, noticed, stream))
    return passed


def _line(passed: bool, seconds: float, sentence: str, noticed: str, stream: TextIO | None) -> str:
    fancy = speaks_utf8(stream)
    if passed:
        mark, colour, aside = "\N{CHECK MARK}" if fancy else "ok  ", "green", noticed and f"({noticed})"
    else:
        mark, colour, aside = "\N{BALLOT X}" if fancy else "FAIL", "red", f"But: {noticed}"
    line = f"  {painted(mark, colour, stream)} {seconds * 1000:7.1f} ms  {sentence}"
    return f"{line} {painted(printable(aside), 'dim' if passed else 'red', stream)}" if aside else line


# -------------------------------------------------------------------------------------------------------- the checks


def brings_json(trial: Trial) -> str:
    """A GET brings JSON."""
    answer = trial.session.get(trial.server.url("/json"), params={"q": "a b"}, timeout=PATIENCE)
    answer.raise_for_status()
    _expect(answer.json() == GREETING, f"it brought {answer.text!r}")
    return ""


def sends_form(trial: Trial) -> str:
    """A POST sends a form."""
    answer = trial.session.post(trial.server.url("/echo"), data={"name": "Zo\xeb", "of": ["a&b", "c"]}, timeout=PATIENCE)
    _expect(answer.text == "POST application/x-www-form-urlencoded name=Zo%C3%AB&of=a%26b&of=c", f"it sent {answer.text!r}")
    return ""


def streams_upload(trial: Trial) -> str:
    """A multipart upload is streamed."""
    file = _Watched(os.urandom(UPLOAD))
    upload = {"file": ("large.bin", file, "application/octet-stream")}
    answer = trial.session.post(trial.server.url("/parts"), data={"name": "large"}, files=upload, timeout=PATIENCE)
    parts = answer.json()
    sent = {"name": [5, zlib.crc32(b"large")], "file": [UPLOAD, zlib.crc32(file.getvalue())]}
    _expect(parts == sent, f"of the parts {sent} the server got {parts}")
    _expect(file.largest < UPLOAD, "the whole file was read at once")
    return f"{size(UPLOAD)}, read {size(file.largest)} at a time"


def reads_chunks(trial: Trial) -> str:
    """A chunked body is put together."""
    answer = trial.session.get(trial.server.url("/chunked"), timeout=PATIENCE)
    _expect(answer.content == TEXT, f"{len(answer.content)} bytes came of {len(TEXT)}, or others")
    return ""


def decodes_gzip(trial: Trial) -> str:
    """A gzip body is decoded."""
    answer = trial.session.get(trial.server.url("/gzip"), timeout=PATIENCE)
    _expect(answer.content == TEXT, f"{len(answer.content)} bytes came of {len(TEXT)}, or others")
    return f"{size(int(answer.headers['Content-Length']))} became {size(len(TEXT))}"


def follows_redirect(trial: Trial) -> str:
    """A redirect is followed, with the cookie that it set."""
    answer = trial.session.post(trial.server.url("/login"), data={"name": "ann"}, timeout=PATIENCE)
    _expect([step.status_code for step in answer.history] == [302], f"the history is {answer.history}")
    _expect(answer.text == "GET visitor=ann", f"the request after it was {answer.text!r}")
    return ""


def keeps_connection(trial: Trial) -> str:
    """A connection is kept and used again."""
    connections, requests = trial.server.connections, 20
    for _ in range(requests):
        trial.session.get(trial.server.url("/json"), timeout=PATIENCE)
    opened = trial.server.connections - connections
    _expect(opened == 1, f"{requests} requests took {opened} connections")
    return f"{requests} requests, {opened} connection"


def refuses_truncated(trial: Trial) -> str:
    """A truncated answer is refused."""
    refusals = [_refusal(trial, path) for path in ("/cut/length", "/cut/chunked", "/cut/gzip")]
    return refusals[0]


def _refusal(trial: Trial, path: str) -> str:
    try:
        answer = trial.session.get(trial.server.url(path), timeout=PATIENCE)
    except (ChunkedEncodingError, ContentDecodingError) as error:
        return str(error)
    raise Wrong(f"{path}: {len(answer.content)} bytes were taken for the whole")


def downloads_in_flat_memory(trial: Trial) -> str:
    """A large download does not fill the memory."""
    before, crc, done, started = _peak(), 0, 0, time.perf_counter()
    answer = trial.session.get(trial.server.url("/large"), stream=True, timeout=PATIENCE)
    with answer, Progress(trial.stream, DOWNLOAD) as progress:
        for piece in answer.iter_content(None):
            done += len(piece)
            crc = zlib.crc32(piece, crc)
            progress.show(done)
    _expect(done == DOWNLOAD and crc == _crc_of_download(), f"{done} bytes came of {DOWNLOAD}, or others")
    speed = f"{size(done)} at {size(done / (time.perf_counter() - started))}/s"
    if before is None:
        return speed
    growth = (_peak() or 0) - before
    _expect(growth < FLAT, f"the peak of memory grew by {size(growth)}")
    return f"{speed}, peak of memory +{size(growth)}"


CHECKS: tuple[Check, ...] = (
    brings_json,
    sends_form,
    streams_upload,
    reads_chunks,
    decodes_gzip,
    follows_redirect,
    keeps_connection,
    refuses_truncated,
    downloads_in_flat_memory,
)


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise Wrong(otherwise)


class _Watched(io.BytesIO):
    """A file that remembers how much of it was asked for at once."""

    largest = 0

    def read(self, amount: int | None = -1) -> bytes:
        data = super().read(amount)
        self.largest = max(self.largest, len(data))
        return data

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer)
        self.largest = max(self.largest, count)
        return count


def _peak() -> int | None:
    """The most memory this process ever held, in bytes; None where nobody counts it, or garbage counts as held (PyPy)."""
    if sys.implementation.name != "cpython":
        return None
    try:
        # Linux counts the parent's peak into ru_maxrss (it survives fork and exec), but not into this.
        with open("/proc/self/status", "rb") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(b"VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


# ------------------------------------------------------------------------------------------------- the server's side


def _json(request: Received) -> Iterable[bytes]:
    import json

    return [response(json.dumps(GREETING, ensure_ascii=False).encode(), "Content-Type: application/json; charset=utf-8")]


def _echo(request: Received) -> Iterable[bytes]:
    kind = request.fields.get("content-type", "")
    return [response(f"{request.method} {kind} ".encode() + request.body, "Content-Type: text/plain; charset=utf-8")]


def _parts(request: Received) -> Iterable[bytes]:
    import json

    boundary = request.fields["content-type"].partition("boundary=")[2].strip('"').encode()
    parts = {}
    for part in (b"\r\n" + request.body).split(b"\r\n--" + boundary)[1:-1]:
        fields, _, content = part.partition(b"\r\n\r\n")
        name = fields.partition(b' name="')[2].partition(b'"')[0].decode()
        parts[name] = [len(content), zlib.crc32(content)]
    return [response(json.dumps(parts).encode(), "Content-Type: application/json")]


def _chunked(request: Received) -> Iterator[bytes]:
    yield head("Transfer-Encoding: chunked", "Content-Type: text/plain")
    for start in range(0, len(TEXT), 7001):
        yield chunk(TEXT[start : start + 7001])
    yield chunk(b"")


def _gzip(request: Received) -> Iterable[bytes]:
    return [response(_gzipped(TEXT), "Content-Encoding: gzip", "Content-Type: text/plain")]


def _login(request: Received) -> Iterable[bytes]:
    name = request.body.decode().partition("=")[2]
    return [response(b"", "Location: /visitor", f"Set-Cookie: visitor={name}; Path=/", status="302 Found")]


def _visitor(request: Received) -> Iterable[bytes]:
    return [response(f"{request.method} {request.fields.get('cookie', 'nobody')}".encode())]


def _cut_length(request: Received) -> Iterator[bytes]:
    yield head("Content-Length: 1000") + TEXT[:900]
    raise HangUp


def _cut_chunked(request: Received) -> Iterator[bytes]:
    yield head("Transfer-Encoding: chunked") + chunk(TEXT[:900])
    raise HangUp


def _cut_gzip(request: Received) -> Iterable[bytes]:
    # The framing is whole; only what it frames is not.
    return [response(_gzipped(TEXT)[:-10], "Content-Encoding: gzip")]


def _large(request: Received) -> Iterator[bytes]:
    yield head(f"Content-Length: {DOWNLOAD}", "Content-Type: application/octet-stream")
    yield from _download()


ANSWERS: dict[str, Callable[[Received], Iterable[bytes]]] = {
    "/json": _json,
    "/echo": _echo,
    "/parts": _parts,
    "/chunked": _chunked,
    "/gzip": _gzip,
    "/login": _login,
    "/visitor": _visitor,
    "/cut/length": _cut_length,
    "/cut/chunked": _cut_chunked,
    "/cut/gzip": _cut_gzip,
    "/large": _large,
}


def _gzipped(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=31)
    return compressor.compress(data) + compressor.flush()


def _download() -> Iterator[bytes]:
    # 256,000 bytes that do not repeat in step with any buffer, over and over.
    block = bytes(n * n % 251 for n in range(256_000))
    for _ in range(DOWNLOAD // len(block)):
        yield block


def _crc_of_download() -> int:
    crc = 0
    for block in _download():
        crc = zlib.crc32(block, crc)
    return crc


# ------------------------------------------------------------------------------------------------------- the machine


def machine() -> list[tuple[str, str]]:
    """What minireq finds on this machine, by name."""
    import platform  # only who asks about the machine pays for it

    return [
        ("Python", f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}"),
        ("platform", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("TLS", _tls()),
        ("trust store", _trust_store()),
        *_proxies(),
    ]


def _tls() -> str:
    try:
        import ssl
    except ImportError:
        return "none: this Python has no ssl module, so https is out of reach"
    return ssl.OPENSSL_VERSION


def _trust_store() -> str:
    # Asked as a request would ask, so that what is shown is what will be used.
    verify = _settings("https")["verify"]
    if isinstance(verify, str):
        return f"{verify} (by REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE)"
    from .. import certs

    path = certs.where()
    if certs.default_ca() is None:
        return f"the platform's{path and ': ' + path} (certifi is not installed)"
    return path


def _proxies() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for scheme in ("http", "https"):
        proxies = _settings(scheme)["proxies"]
        proxy = proxies.get(scheme) or proxies.get("all")
        found.append((f"{scheme} proxy", without_credentials(proxy) if proxy else "none"))
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    if exempt:
        found.append(("no proxy for", exempt))
    return found


def _settings(scheme: str) -> Any:
    with Session() as session:
        return session.merge_environment_settings(f"{scheme}://example.org/", {}, None, None, None)
