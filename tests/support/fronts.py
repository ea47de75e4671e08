"""nginx and Apache as most of their kind stand in the world: before an application server, whose answers they frame anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from .authority import Certificate
from .processes import path_of

NGINX = """
master_process off;
daemon off;
{user}
pid {folder}/nginx-{port}.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 0;
    server {{
        listen 127.0.0.1:{port}{ssl};
        {certificate}
        ssl_protocols TLSv1.2 TLSv1.3;
        proxy_http_version 1.1;
        proxy_set_header X-Peer $remote_port;
        proxy_set_header Connection "";
        location = /refuse {{ client_max_body_size 1k; proxy_pass {behind}; }}
        location / {{ proxy_pass {behind}; }}
    }}
}}
"""

APACHE = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache-{port}.pid
DefaultRuntimeDir {folder}
ErrorLog /dev/stderr
{user}
{modules}
Redirect 413 /refuse
ProxyPass /refuse !
ProxyPass / {behind}/
RequestHeader set X-Peer expr=%{{REMOTE_PORT}}
{certificate}
"""
MODULES = "mpm_event authz_core alias headers proxy proxy_http ssl"


def nginx(behind: str, folder: Path, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs nginx before the server at that URL."""
    lines = f"ssl_certificate {certificate.file}; ssl_certificate_key {certificate.key};" if certificate else ""
    settings = {
        "behind": behind,
        "folder": folder,
        "certificate": lines,
        "ssl": " ssl" if certificate else "",
        "user": "user root;" if is_root() else "",
    }

    def command(port: int) -> list[str]:
        file = folder / f"nginx-{port}.conf"
        file.write_text(NGINX.format(port=port, **settings))
        return [path_of("nginx"), "-p", str(folder), "-c", str(file), "-e", "stderr"]

    return command


def apache(behind: str, folder: Path, certificate: Certificate | None = None) -> Callable[[int], list[str]]:
    """The command that runs Apache before it."""
    lines = f"SSLEngine on\nSSLCertificateFile {certificate.file}\nSSLCertificateKeyFile {certificate.key}" if certificate else ""
    settings = {
        "behind": behind,
        "folder": folder,
        "certificate": lines,
        "modules": "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES.split()),
        "user": "User www-data\nGroup www-data" if is_root() else "",
    }

    def command(port: int) -> list[str]:
        file = folder / f"apache-{port}.conf"
        file.write_text(APACHE.format(port=port, **settings))
        return [path_of("apache2"), "-D", "FOREGROUND", "-f", str(file)]

    return command


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
