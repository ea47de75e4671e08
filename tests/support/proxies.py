"""Forward proxies that others wrote: proxy.py, which comes with the tests' packages, and tinyproxy, if the machine has it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .authority import Certificate
from .processes import Running, path_of, running

USER, PASSWORD = "user", "pass-word"  # tinyproxy's file knows letters, digits and few signs

TINYPROXY = """
Port {port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 30
MaxClients 50
LogLevel Connect
{password}
"""


class Proxy:
    """A running proxy: `url` to reach it, and `log()`, where it says what it was asked for.

    `url_with_password` is the same with the credentials that it wants, if it wants any.
    """

    def __init__(self, process: Running) -> None:
        self.host = process.host
        self.port = process.port
        self.url = process.url
        self.url_with_password = self.url.replace("://", f"://{USER}:{PASSWORD}@")
        self.log = process.log

    def wait_until_logged(self, *words: str, since: int = 0, patience: float = 5.0) -> None:
        """Return when a line of its log has all the words: some proxies write it only when the connection has ended.

        `since` is how long the log was before (`len(proxy.log())`): what other tests did does not count.
        """
        deadline = time.monotonic() + patience
        while not any(all(word in line for word in words) for line in self.log()[since:].splitlines()):
            assert time.monotonic() < deadline, f"no line with {words} in the log of the proxy:\n{self.log()[since:]}"
            time.sleep(0.01)


@contextlib.contextmanager
def running_proxy(command: Callable[[int], list[str]], folder: Path, scheme: str = "http") -> Iterator[Proxy]:
    """Run such a proxy until the block ends."""
    with running(command, folder, scheme) as process:
        yield Proxy(process)


def proxy_py(guarded: bool, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs proxy.py; `guarded` by a password, and with a certificate an https proxy."""
    settings = ["--num-workers", "1", "--num-acceptors", "1", "--log-level", "i", "--timeout", "30"]
    if guarded:
        settings += ["--basic-auth", f"{USER}:{PASSWORD}"]
    if certificate:
        settings += ["--cert-file", certificate.file, "--key-file", certificate.key]
    return lambda port: [sys.executable, "-m", "proxy", "--hostname", "127.0.0.1", "--port", str(port), *settings]


def tinyproxy(guarded: bool, folder: Path) -> Callable[[int], list[str]]:
    """The command that runs tinyproxy, which is told the same in a file in the folder."""

    def command(port: int) -> list[str]:
        file = folder / "tinyproxy.conf"
        file.write_text(TINYPROXY.format(port=port, password=f"BasicAuth {USER} {PASSWORD}" if guarded else ""))
        return [path_of("tinyproxy"), "-d", "-c", str(file)]

    return command


def microsocks() -> Callable[[int], list[str]]:
    """The command that runs microsocks, a SOCKS 5 proxy."""
    return lambda port: ["microsocks", "-i", "127.0.0.1", "-p", str(port)]
