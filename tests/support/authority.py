"""A certificate authority of our own: certificates for loopback names, good ones and bad ones."""

from __future__ import annotations

import datetime
import ssl
from collections import namedtuple
from pathlib import Path

import trustme

LOOPBACK = ("localhost", "127.0.0.1", "::1")

Certificate = namedtuple("Certificate", "file key both")
Certificate.__doc__ = "Paths: the certificate with its chain, its key, and both in one file."


class Authority:
    """Issues certificates; `file` is what a client trusts when it trusts this authority."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
        self._folder = folder
        self._issued: dict[object, Certificate] = {}
        self.file = str(folder / "authority.pem")
        self._ca.cert_pem.write_to_path(self.file)
        self.pem = self._ca.cert_pem.bytes()

    def certificate(self, *names: str, expired: bool = False, future: bool = False, common_name: str | None = None) -> Certificate:
        """A certificate for the names (the loopback ones if none are given), valid now unless said otherwise."""
        asked = (names, expired, future, common_name)
        if asked not in self._issued:
            now = datetime.datetime.now(datetime.timezone.utc)
            day = datetime.timedelta(days=1)
            issued = self._ca.issue_cert(
                *(names or (() if common_name else LOOPBACK)),
                common_name=common_name,
                not_before=now + day if future else now - 30 * day,
                not_after=now - day if expired else now + 30 * day,
                key_type=trustme.KeyType.ECDSA,
            )
            self._issued[asked] = self._written(issued)
        return self._issued[asked]

    def _written(self, issued: trustme.LeafCert) -> Certificate:
        stem = self._folder / f"certificate-{len(self._issued)}"
        paths = Certificate(f"{stem}.pem", f"{stem}.key", f"{stem}-both.pem")
        Path(paths.file).write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(paths.key)
        issued.private_key_and_cert_chain_pem.write_to_path(paths.both)
        return paths

    def server_context(self, *names: str, client_ca: Authority | None = None, **options: object) -> ssl.SSLContext:
        """A server's context with such a certificate; with `client_ca` it demands one of the client, issued by that authority."""
        certificate = self.certificate(*names, **options)  # type: ignore[arg-type]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)
        context.sni_callback = _remember_server_name
        if client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca.file)
        return context

    def client_context(self) -> ssl.SSLContext:
        """A client's context that trusts this authority and no other."""
        return ssl.create_default_context(cafile=self.file)


def _remember_server_name(tls_socket: ssl.SSLSocket, name: str | None, context: ssl.SSLContext) -> None:
    tls_socket.asked_for = name  # type: ignore[attr-defined]
