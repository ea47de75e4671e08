"""nginx, run from a folder of the tests: files, redirects, TLS, and a log that shows which connection each request came on."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

from .authority import Certificate
from .processes import Running, free_port, running

SMALL = b"hello, world\n"
BIG = 100_000_000

Logged = namedtuple("Logged", "connection number request status")
Logged.__doc__ = "A request as nginx saw it: on which connection, as which of its requests."

CONFIGURATION = """
worker_processes 1;
master_process off;
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    log_format keep '$connection $connection_requests $status $request';
    access_log {folder}/access.log keep;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    default_type application/octet-stream;
    types {{ text/plain txt; application/json json; }}
    keepalive_timeout 30s;
    sendfile on;
    gzip on;
    gzip_min_length 100;
    gzip_types text/plain;
    client_max_body_size 0;
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        root {folder}/files;
        location = /moved {{ return 301 /small; }}
        location = /temporary {{ return 307 /small; }}
        location = /nothing {{ return 204; }}
        location = /refuses-uploads {{ client_max_body_size 1k; root {folder}/files; error_page 405 =200 /small; }}
        location = /close {{ keepalive_timeout 0; return 200 "closed after this\\n"; }}
        location / {{ error_page 405 =200 $uri; }}
    }}
}}
"""


class Nginx:
    """A running nginx, with and without TLS, and the requests that it has seen."""

    def __init__(self, plain: Running, tls_port: int, access_log: Path) -> None:
        self.host = plain.host
        self.port = plain.port
        self.url = plain.url
        self.tls_port = tls_port
        self.https_url = f"https://localhost:{tls_port}"
        self.log = plain.log
        self._access_log = access_log

    def requests(self) -> list[Logged]:
        """What was asked so far, in the order in which the answers were finished."""
        parts = (line.split(" ", 3) for line in self._access_log.read_text().splitlines())
        return [Logged(int(connection), int(number), request, int(status)) for connection, number, status, request in parts]


def executable() -> str | None:
    # Debian installs it where only root looks.
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


@contextlib.contextmanager
def running_nginx(folder: Path, certificate: Certificate) -> Iterator[Nginx]:
    files = folder / "files"
    files.mkdir()
    (files / "small").write_bytes(SMALL)
    (files / "empty").write_bytes(b"")
    (files / "text.txt").write_bytes(b"a line that comes again and again\n" * 1000)
    with open(files / "big", "wb") as big:
        big.truncate(BIG)
    tls_port = free_port()

    def command(port: int) -> list[str]:
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder,
                port=port,
                tls_port=tls_port,
                certificate=certificate.file,
                key=certificate.key,
                user="user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else "",
            )
        )
        return [executable() or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]

    with running(command, folder) as plain:
        yield Nginx(plain, tls_port, folder / "access.log")
