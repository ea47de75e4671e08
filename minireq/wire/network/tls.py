"""TLS: what is trusted, as a value; its context, built once per value; the handshake; the stream inside.

Loading the certificate authorities costs 15 ms, so one context serves every connection of the process with the same settings.
The settings name files; the cache also looks at what those files are now, so that a renewed bundle is read anew. `ssl` is
imported at the first https request: most of its cost is then hidden behind the network's.
"""

from __future__ import annotations

import os
import threading
from collections import namedtuple

from .. import errors
from .stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from typing import Any, NamedTuple

    from ..timeouts import Deadline

    class TLSSettings(NamedTuple):
        """The settings as a type checker sees them."""

        verify: bool = True
        authorities: str | None = None
        certificate: str | None = None
        key: str | None = None

else:

    class TLSSettings(namedtuple("TLSSettings", "verify authorities certificate key", defaults=(True, None, None, None))):
        """Whom we trust and who we are.

        `authorities` is a file, a directory, or PEM text; None is the platform's own store. `certificate` and `key` are files.

        >>> TLSSettings(verify=False).verify
        False
        """

        __slots__ = ()


_contexts: dict[Any, ssl.SSLContext] = {}
_contexts_lock = threading.Lock()
_CONTEXTS = 32
_sessions: dict[Any, ssl.SSLSession] = {}
_SESSIONS = 256


def context_for(settings: TLSSettings) -> ssl.SSLContext:
    """The context of these settings: one for the process, as long as the files stay what they are."""
    identity = (settings, *map(_identity, settings[1:]))
    with _contexts_lock:
        context = _contexts.get(identity)
        if context is None:
            context = _build(settings)
            if len(_contexts) >= _CONTEXTS:
                _contexts.clear()
                _sessions.clear()
            _contexts[identity] = context
    return context


def _identity(path: str | None) -> tuple[int, ...] | None:
    """What a file is now, as far as a cache cares; None for what is no file."""
    if path is None or "\n" in path:
        return None
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _build(settings: TLSSettings) -> ssl.SSLContext:
    try:
        import ssl
    except ImportError as error:
        raise errors.TLSError(f"https needs Python's ssl module, which this Python was built without: {error}") from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A name in the certificate counts only where it belongs, in subjectAltName (RFC 9110, section 4.3.4).
    context.hostname_checks_common_name = False
    # A stream that ends without close_notify was cut: that is for the reader to know.
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    context.set_alpn_protocols(["http/1.1"])
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _load_authorities(context, settings.authorities)
    if settings.certificate is not None:
        _load_certificate(context, settings)
    if os.environ.get("SSLKEYLOGFILE"):
        try:
            context.keylog_filename = os.environ["SSLKEYLOGFILE"]
        except OSError as error:
            raise errors.TLSError(f"the keys cannot be logged where SSLKEYLOGFILE says: {error}") from error
    return context


def _load_authorities(context: ssl.SSLContext, authorities: str | None) -> None:
    if authorities is None:
        context.load_default_certs()
        return
    try:
        if "\n" in authorities:
            context.load_verify_locations(cadata=authorities)
        elif os.path.isdir(authorities):
            context.load_verify_locations(capath=authorities)
        else:
            context.load_verify_locations(authorities)
    except (OSError, ValueError) as error:
        shown = "the given PEM text" if "\n" in authorities else repr(authorities)
        raise errors.TLSError(f"no certificate authorities could be read from {shown}: {error}") from error


def _load_certificate(context: ssl.SSLContext, settings: TLSSettings) -> None:
    assert settings.certificate is not None
    # Without a password given, OpenSSL would ask for one on the terminal, and hang where there is none.
    try:
        context.load_cert_chain(settings.certificate, settings.key, password=_no_password)
    except (OSError, ValueError) as error:
        raise errors.TLSError(
            f"the client certificate {settings.certificate!r} (key {settings.key!r}) could not be loaded: {error}"
        ) from error


def _no_password() -> str:
    raise ValueError("the key is encrypted")


def secure(stream: Stream, host: str, settings: TLSSettings, deadline: Deadline, origin: Any) -> TLSStream:
    """Shake hands over a stream with the server called `host`; from then on, speak over what this returns.

    The session of an earlier connection to the same `origin` is offered again, which saves the server and us a signature.
    """
    context = context_for(settings)
    plain = stream.socket
    wrapped: ssl.SSLSocket | None = None
    try:
        plain.settimeout(deadline.remaining())
        wrapped = context.wrap_socket(
            plain,
            server_hostname=host,
            suppress_ragged_eofs=False,
            do_handshake_on_connect=False,
            session=_sessions.get((origin, context)),
        )
        wrapped.do_handshake()
    except (OSError, ValueError) as error:
        if wrapped is not None:
            wrapped.close()
        raise _handshake_failed(error, host, settings, deadline) from error
    except BaseException:
        if wrapped is not None:
            wrapped.close()
        raise
    return TLSStream(wrapped, (origin, context))


def _handshake_failed(error: Exception, host: str, settings: TLSSettings, deadline: Deadline) -> errors.WireError:
    import socket
    import ssl

    if isinstance(error, socket.timeout):
        return deadline.passed(f"shaking hands with {host}")
    if isinstance(error, ssl.SSLCertVerificationError):
        store = "the platform's store" if settings.authorities is None else "the given PEM text"
        if settings.authorities is not None and "\n" not in settings.authorities:
            store = repr(settings.authorities)
        return errors.TLSError(f"the certificate of {host} is not trusted ({error.verify_message}; by {store}): {error}")
    if isinstance(error, (ssl.SSLError, ValueError)):
        return errors.TLSError(f"no secure connection to {host}: {error}")
    return errors.ConnectFailed(f"the connection to {host} broke in the TLS handshake: {error}")


class TLSStream(Stream):
    """A stream inside TLS."""

    __slots__ = ("_session_of",)
    _socket: ssl.SSLSocket

    def __init__(self, connected: socket.socket, session_of: Any) -> None:
        super().__init__(connected)
        self._session_of = session_of

    def keep_session(self) -> None:
        """Remember this session for the next connection to the same origin, unless one is remembered that still serves.

        Called when something has been received: with TLS 1.3 the ticket comes with the first data. Reading the session costs
        0.15 ms, so this is done once per origin.
        """
        if self._session_of not in _sessions or not self._socket.session_reused:
            session = self._socket.session
            if session is not None:
                if len(_sessions) >= _SESSIONS:
                    _sessions.clear()
                _sessions[self._session_of] = session

    def has_news(self) -> bool:
        """As above, except that what TLS itself says on an idle connection, such as a new ticket, is no news."""
        if self._socket.pending():
            return True
        if not super().has_news():
            return False
        try:
            return self.receive_now() is not None
        except errors.WireError:
            return True

    def wait(self, timeout: float | None) -> bool:
        """As above; what was received already but not taken yet counts."""
        return bool(self._socket.pending()) or super().wait(timeout)

    def _must_wait(self, error: OSError) -> bool:
        import ssl

        return isinstance(error, (ssl.SSLWantReadError, ssl.SSLWantWriteError))

    def _failed(self, error: OSError, doing: str) -> errors.WireError:
        import ssl

        if isinstance(error, ssl.SSLEOFError):
            return errors.ConnectionLost(f"the secure connection was cut, without a close_notify, while {doing}")
        if isinstance(error, ssl.SSLZeroReturnError):
            return errors.ConnectionLost(f"the secure connection was closed while {doing}")
        if isinstance(error, ssl.SSLError):
            return errors.TLSError(f"the secure connection failed while {doing}: {error}")
        return super()._failed(error, doing)
