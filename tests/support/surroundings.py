"""What surrounds a test: the environment it sees, and what it must not leave behind."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Each of these changes what a client does; the developer's own settings must not.
VARIABLES = ("NETRC", "REQUEST_METHOD", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def clear_environment(patch: pytest.MonkeyPatch, home: Path) -> None:
    """No proxies, no CA files, no netrc, and a home with nothing in it."""
    for name in list(os.environ):
        if name in VARIABLES or name.lower().endswith("_proxy"):
            patch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        patch.setenv(name, str(home))


def open_sockets() -> set[str]:
    """The sockets that this process has open, by the names the kernel gives them (Linux; elsewhere none are seen)."""
    found = set()
    for descriptor in _descriptors():
        try:
            name = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            continue
        if name.startswith("socket:"):
            found.add(name)
    return found


def _descriptors() -> list[str]:
    try:
        return os.listdir("/proc/self/fd")
    except OSError:
        return []


def left_behind(sockets: set[str], threads: set[threading.Thread], patience: float = 1.0) -> str:
    """What is open or running now that was not then, in words; "" if nothing is.

    Threads that are about to end get a moment to do it. Sockets that only wait for the garbage collector are collected: Python's
    ResourceWarning then says where they came from, and fails the test.
    """
    deadline = time.monotonic() + patience
    for thread in set(threading.enumerate()) - threads:
        thread.join(max(0, deadline - time.monotonic()))
    running = [thread.name for thread in threading.enumerate() if thread not in threads]
    if open_sockets() - sockets:
        gc.collect()
    still_open = len(open_sockets() - sockets)
    words = [f"{still_open} open sockets"] * bool(still_open) + [f"running threads {running}"] * bool(running)
    return " and ".join(words)


def refusing_socket() -> socket.socket:
    """A socket that holds its port without listening there: whoever connects is refused."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    return holder


def deaf_sockets(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A listening socket whose queue is full, and those that fill it: whoever connects now waits for ever."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.bind((host, 0))
    listener.listen(0)
    yield listener
    for _ in range(16):
        filler = socket.socket(family)
        filler.settimeout(0.2)
        yield filler
        try:
            filler.connect(listener.getsockname())
        except socket.timeout:
            return
    pytest.skip("this system's queues cannot be filled")
