"""nginx, run from a folder of the tests: files, redirects, TLS, and a log that shows which connection each request came on."""

from __future__ import annotations

import contextlib
import os
import time
import urllib.request
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

from .authority import Authority
from .processes import Running, free_port, path_of, running

SMALL = b"hello, world\n"
BIG = 100_000_000
UNICODE_NAME = "größe €.txt"

Logged = namedtuple("Logged", "connection number request status resumed")
Logged.__doc__ = "A request as nginx saw it: on which connection, as which of its requests, and whether that resumed a TLS session."

CONFIGURATION = """
worker_processes 1;
master_process off;
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    log_format keep '$connection $connection_requests $status $ssl_session_reused $request';
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
    large_client_header_buffers 4 64k;
    ssl_certificate {certificate.file};
    ssl_certificate_key {certificate.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tests:1m;
    ssl_client_certificate {authority};
    ssl_verify_client optional;
    root {folder}/files;
    server {{
        listen 127.0.0.1:{tls12_port} ssl;
        ssl_protocols TLSv1.2;
        location = /who {{ return 200 "$ssl_protocol $ssl_client_verify $ssl_client_s_dn\\n"; }}
    }}
    server {{
        listen 127.0.0.1:{port};
        listen unix:{folder}/server.sock;
        listen 127.0.0.1:{tls_port} ssl;
        location = /moved {{ return 301 /small; }}
        location = /temporary {{ return 307 /small; }}
        location = /nothing {{ return 204; }}
        location = /refuses-uploads {{ client_max_body_size 1k; proxy_pass http://127.0.0.1:{port}/small; }}
        location = /takes-uploads {{ proxy_pass http://127.0.0.1:{port}/small; }}
        location = /close {{ keepalive_timeout 0; return 200 "closed after this\\n"; }}
        location = /hurried {{ keepalive_timeout 50ms; return 200 "closed soon after this\\n"; }}
        location = /impatient {{ keepalive_timeout 1ms; return 200 "closed at once after this\\n"; }}
        location = /thrice {{ keepalive_requests 3; return 200 "three to a connection\\n"; }}
        location = /who {{ return 200 "$ssl_protocol $ssl_client_verify $ssl_client_s_dn\\n"; }}
        location = /unframed.txt {{ alias {folder}/files/text.txt; chunked_transfer_encoding off; }}
        location = /connections {{ stub_status; access_log off; }}
        location / {{ error_page 405 =200 $uri; }}
    }}
}}
"""


class Nginx:
    """A running nginx, with and without TLS, and the requests that it has seen."""

    def __init__(self, plain: Running, tls_port: int, tls12_port: int, access_log: Path) -> None:
        self.host = plain.host
        self.port = plain.port
        self.url = plain.url
        self.tls_port = tls_port
        self.https_url = f"https://localhost:{tls_port}"
        self.tls12_url = f"https://localhost:{tls12_port}"
        self.unix_socket = plain.unix_socket
        self.log = plain.log
        self._access_log = access_log

    def requests(self, containing: str = "", count: int = 0, patience: float = 5.0) -> list[Logged]:
        """What was asked so far, in the order in which the answers were finished, as far as it contains that.

        nginx writes its log behind the answer: with a `count`, it is waited for until there are so many.
        """
        deadline = time.monotonic() + patience
        while len(found := [logged for logged in self._logged() if containing in logged.request]) < count:
            assert time.monotonic() < deadline, f"nginx has seen {found}, not {count} requests with {containing!r}"
            time.sleep(0.005)
        return found

    def _logged(self) -> list[Logged]:
        parts = (line.split(" ", 4) for line in self._access_log.read_text().splitlines())
        return [
            Logged(int(connection), int(number), request, int(status), resumed == "r")
            for connection, number, status, resumed, request in parts
        ]

    def wait_until_idle(self, patience: float = 5.0) -> None:
        """Return when nginx has no connection open, whoever closed it."""
        deadline = time.monotonic() + patience
        while (count := self._connections()) > 0:
            assert time.monotonic() < deadline, f"nginx still has {count} connections open after {patience} s"
            time.sleep(0.005)

    def _connections(self) -> int:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.url}/connections") as response:
            said = response.read().decode()
        return int(said.split()[2]) - 1  # "Active connections: 2 ...", and one of them asks this


@contextlib.contextmanager
def running_nginx(folder: Path, ca: Authority) -> Iterator[Nginx]:
    files = folder / "files"
    files.mkdir()
    (files / "small").write_bytes(SMALL)
    (files / "empty").write_bytes(b"")
    (files / UNICODE_NAME).write_bytes(SMALL)
    (files / "text.txt").write_bytes(b"a line that comes again and again\n" * 1000)
    for name in ("big", "zeros.txt"):
        with open(files / name, "wb") as big:
            big.truncate(BIG)
    tls_port, tls12_port = free_port(), free_port()

    def command(port: int) -> list[str]:
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder,
                port=port,
                tls_port=tls_port,
                tls12_port=tls12_port,
                certificate=ca.certificate(),
                authority=ca.file,
                user="user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else "",
            )
        )
        return [path_of("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]

    with running(command, folder) as plain:
        yield Nginx(plain, tls_port, tls12_port, folder / "access.log")
