"""`create_urllib3_context`: a TLS context to be changed and handed to a pool."""

from __future__ import annotations

from ....pools import TLS_VERSIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

DEFAULT_CIPHERS = "DEFAULT"
HAS_SNI = True
IS_PYOPENSSL = False

__all__ = ["DEFAULT_CIPHERS", "create_urllib3_context", "ssl_wrap_socket"]


def create_urllib3_context(
    ssl_version: int | None = None,
    cert_reqs: int | None = None,
    options: int | None = None,
    ciphers: str | None = None,
    ssl_minimum_version: int | None = None,
    ssl_maximum_version: int | None = None,
    verify_flags: int | None = None,
) -> ssl.SSLContext:
    """A context for clients: TLS 1.2 at least, certificates checked, nothing trusted yet."""
    import ssl

    context: Any = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    version = TLS_VERSIONS.get(ssl_version)
    context.minimum_version = version or ssl_minimum_version or ssl.TLSVersion.TLSv1_2
    if version or ssl_maximum_version:
        context.maximum_version = version or ssl_maximum_version
    if ciphers:
        context.set_ciphers(ciphers)
    if options is not None:
        context.options |= options
    if verify_flags is not None:
        context.verify_flags |= verify_flags
    if cert_reqs == ssl.CERT_NONE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    checked: ssl.SSLContext = context
    return checked


def ssl_wrap_socket(sock: Any, **kwargs: Any) -> Any:
    """A socket in TLS, by a context of its own."""
    given = kwargs.get("ssl_context")
    context = given or create_urllib3_context(kwargs.get("ssl_version"), kwargs.get("cert_reqs"), ciphers=kwargs.get("ciphers"))
    authorities = [kwargs.get(name) for name in ("ca_certs", "ca_cert_dir", "ca_cert_data")]
    if any(authorities):
        context.load_verify_locations(*authorities)
    elif given is None:
        context.load_default_certs()
    if kwargs.get("certfile"):
        context.load_cert_chain(kwargs["certfile"], kwargs.get("keyfile"), kwargs.get("key_password"))
    return context.wrap_socket(sock, server_hostname=kwargs.get("server_hostname"))
