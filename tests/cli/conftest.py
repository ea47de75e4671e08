"""Streams to write to, and a server that answers as a test says."""

from __future__ import annotations

import io

import pytest

from minireq.cli.loopback import LoopbackServer


class Stream(io.TextIOWrapper):
    """A standard stream that remembers; a terminal if it is told so."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def written(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()

    @property
    def text(self) -> str:
        return self.written.decode(self.encoding)


@pytest.fixture
def stream():
    return Stream


@pytest.fixture
def serving():
    """`serving({"/path": answer})` is a running `LoopbackServer`; it is stopped when the test ends."""
    servers = []

    def serve(answers):
        servers.append(LoopbackServer(answers).__enter__())
        return servers[-1]

    yield serve
    for server in servers:
        server.__exit__()
