"""Where a case is played: its servers on loopback, its names, its environment, and what they all got to hear.

A server answers each request with the next exchange that is meant for it, on whichever connection the request comes; when they are
used up, with PROBE. That is how a case is judged which asks whether the next request on the same session gets its own answer.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import ssl
import tempfile
import threading
import time
import warnings
from collections import deque, namedtuple
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from ..support import scripted
from .cases import Case, exchanges, fill

CERTIFICATES = Path(__file__).parent / "tls"
PROBE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nPROBE"
SPLITS = ("none", "1", "random")  # whole, byte by byte, in pieces of chance

_FINE = 800, 200  # so many bytes at the beginning and at the end are cut finely, what lies between is not
_GAP = 0.0004  # seconds between two pieces: enough for each to be a packet of its own


class Heard(namedtuple("Heard", "server connection head body")):
    """A request as a server got it: on which of its connections, the head up to its blank line, and the body."""

    __slots__ = ()

    @property
    def line(self) -> str:
        return str(self.head.split(b"\r\n")[0].decode("latin-1"))

    @property
    def fields(self) -> dict[str, str]:
        """By name in lower case; of several with one name, the last."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


class Stage:
    """Everything around the client in one case, for as long as `with` lasts; `split` says in which pieces the bytes arrive."""

    def __init__(self, case: Case, split: str = "none") -> None:
        self.case = case
        self.heard: list[Heard] = []
        self.looked_up: list[str] = []
        self.words: dict[str, str] = {"CA": str(CERTIFICATES / "ca.pem")}
        self._split = "none" if case.get("whole") else split
        self._chance = random.Random(case["id"])
        self._news = threading.Condition()
        self._acting = 0

    def __enter__(self) -> Stage:
        with contextlib.ExitStack() as stack:
            for name, settings in self.case.get("servers", {"A": {}}).items():
                role = _Role(self, name, settings.get("tls"))
                server = scripted.Server(role.play, repeat=True)
                stack.callback(server.stop)
                if "blackhole" in settings:
                    stack.enter_context(_blackhole(settings["blackhole"], server.port))
                self.words[name], self.words[f"{name}.port"] = f"127.0.0.1:{server.port}", str(server.port)
            stack.enter_context(mock.patch.dict(os.environ, self._environment(stack), clear=True))
            stack.enter_context(mock.patch.object(socket, "getaddrinfo", self._looking_up(socket.getaddrinfo)))
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def fill(self, value: Any) -> Any:
        return fill(value, self.words)

    def heard_by(self, server: str) -> list[Heard]:
        """The requests of the case itself: its probe does not count."""
        return [heard for heard in self.heard if heard.server == server and "/probe HTTP/1." not in heard.line]

    def wait_until_quiet(self) -> None:
        """Return when no server has anything left to say about what it heard."""
        with self._news:
            self._news.wait_for(lambda: not self._acting, timeout=2)

    @contextlib.contextmanager
    def acting(self) -> Iterator[None]:
        """While a server speaks."""
        with self._news:
            self._acting += 1
        try:
            yield
        finally:
            with self._news:
                self._acting -= 1
                self._news.notify_all()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The pieces in which data is sent."""
        if self._split == "none":
            yield data
            return
        first, last = _FINE
        start = 0
        while start < len(data):
            fine = start < first or len(data) - start <= last
            size = (1 if self._split == "1" else self._chance.randint(1, 40)) if fine else 4096
            yield data[start : start + size]
            start += size
            if fine:
                time.sleep(_GAP)

    def _environment(self, stack: contextlib.ExitStack) -> dict[str, str]:
        variables = self.fill(self.case.get("env", {}))
        if "netrc" in self.case:
            file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "netrc"
            file.write_text(self.fill(self.case["netrc"]), "utf-8")
            variables["NETRC"] = str(file)
        return dict(variables)

    def _looking_up(self, original: Any) -> Any:
        """`getaddrinfo`, for which every name is 127.0.0.1 unless the case says otherwise."""

        def getaddrinfo(host: Any, *arguments: Any, **keywords: Any) -> Any:
            name = host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""
            self.looked_up.append(name.lower())
            here = [name] if name.startswith("127.") or name == "::1" else ["127.0.0.1"] if name else []
            addresses = self.case.get("dns", {}).get(name, here)
            found = [entry for address in addresses for entry in original(address, *arguments, **keywords)]
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return found

        return getaddrinfo


class _Role:
    """What one server does in a case."""

    def __init__(self, stage: Stage, name: str, tls: str | None) -> None:
        self._stage, self._name, self._tls = stage, name, tls
        self._lock = threading.Lock()
        self._to_come = deque(step for step in exchanges(stage.case) if step.get("server", "A") == name)

    def play(self, connection: scripted.Connection) -> None:
        """One connection, to its end."""
        if self._tls:
            connection.start_tls(_context(self._tls))
        while (ending := self._exchange(connection)) == "keep":
            pass
        if ending == "hold":
            scripted.STAND_STILL(connection)

    def _exchange(self, connection: scripted.Connection) -> str:
        """One request and its answer; what the case says comes after it."""
        speaks_first = bool(self._to_come) and self._to_come[0].get("read") == "none"
        head = b"" if speaks_first else connection.read_head()[:-4]
        with self._stage.acting():
            step = self._next()
            if head:
                heard = Heard(self._name, id(connection), head, b"")
                if step.get("read") != "head":
                    heard = heard._replace(body=_body(connection, heard.fields))
                self._stage.heard.append(heard)
            self._say(connection, step["answer"])
            ending = str(step.get("close", "keep"))
            _end(connection, ending)
        if "start_tls" in step:
            connection.start_tls(_context(step["start_tls"]))
        return ending

    def _next(self) -> dict[str, Any]:
        with self._lock:
            step = self._to_come.popleft() if self._to_come else {"answer": PROBE}
            if step.get("loop") and not self._to_come:
                self._to_come.append(step)
            return step

    def _say(self, connection: scripted.Connection, answer: Any) -> None:
        for pause, text, *times in answer if isinstance(answer, list) else [[0, answer]]:
            data = self._stage.fill(text).encode("latin-1")
            if times and not pause:
                _flood(connection, data, times[0])
                continue
            for _ in range(*times or [1]):
                connection.rest(pause)
                for piece in self._stage.pieces(data):
                    connection.send(piece)


def _body(connection: scripted.Connection, fields: dict[str, str]) -> bytes:
    """The body that a head promises; when it does not come, what came of it."""
    connection.socket.settimeout(1.0)
    try:
        return connection.read_body(fields.get("transfer-encoding", ""), fields.get("content-length", "0"))
    except (EOFError, OSError, ValueError):
        return connection.read_at_hand()
    finally:
        connection.socket.settimeout(scripted.PATIENCE)


def _flood(connection: scripted.Connection, data: bytes, times: int) -> None:
    """The data so many times, never all of it in memory."""
    block = max(1, 65536 // len(data))
    for start in range(0, times, block):
        connection.send(data * min(block, times - start))


def _end(connection: scripted.Connection, how: str) -> None:
    if how == "notify":
        connection.say_goodbye()
    if how in ("notify", "fin"):
        connection.half_close()
    elif how == "rst":
        connection.reset()


def _context(kind: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if kind == "tls11":
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        kind = "good"
    context.load_cert_chain(CERTIFICATES / f"{kind}.pem")
    return context


@contextlib.contextmanager
def _blackhole(address: str, port: int) -> Iterator[None]:
    """An address where that port answers no attempt to connect: its queue is full."""
    with contextlib.ExitStack() as stack:
        hole = stack.enter_context(socket.socket())
        hole.bind((address, port))
        hole.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex((address, port))
        yield
