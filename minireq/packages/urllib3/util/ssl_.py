"""`create_urllib3_context`: a TLS context to be changed and handed to a pool."""

from __future__ import annotations

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
    context.minimum_version = ssl.TLSVersion.TLSv1_2 if ssl_minimum_version is None else ssl_minimum_version
    if ssl_maximum_version is not None:
        context.maximum_version = ssl_maximum_version
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
    context = kwargs.get("ssl_context") or create_urllib3_context(cert_reqs=kwargs.get("cert_reqs"))
    if kwargs.get("ca_certs"):
        context.load_verify_locations(kwargs["ca_certs"])
    return context.wrap_socket(sock, server_hostname=kwargs.get("server_hostname"))
