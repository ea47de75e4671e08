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
from .advice import advice
from .dial import literal_address
from .stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from typing import Any, NamedTuple

    from ..timeouts import Deadline, Wait

    class TLSSettings(NamedTuple):
        """The settings as a type checker sees them."""

        verify: bool = True
        authorities: str | None = None
        certificate: str | bytes | None = None
        key: str | bytes | None = None
        password: str | bytes | None = None
        context: ssl.SSLContext | None = None
        server_hostname: str | None = None
        assert_hostname: str | bool | None = None
        assert_fingerprint: str | None = None
        minimum_version: int | None = None
        maximum_version: int | None = None
        ciphers: str | None = None

else:

    class TLSSettings(
        namedtuple(
            "TLSSettings",
            "verify authorities certificate key password context server_hostname assert_hostname assert_fingerprint "
            "minimum_version maximum_version ciphers",
            defaults=(True, *[None] * 11),
        )
    ):
        """Whom we trust and who we are.

        `authorities` is a file, a directory, or PEM text; None is the platform's own store. `certificate` and `key` are files, or
        PEM in bytes; `password` opens the key. `context` takes the place of one that we would build. `server_hostname` is the name
        to ask for, `assert_hostname` the one that the certificate must bear (False: any), `assert_fingerprint` the hash that it
        must have. `ciphers` are OpenSSL's words for those of TLS 1.2.

        >>> TLSSettings(verify=False).verify
        False
        """

        __slots__ = ()

        def __repr__(self) -> str:
            said = {name: value for name, value in zip(self._fields, self) if value is not None}
            secret = {name for name in said if name == "password" or isinstance(said[name], bytes)}
            said.update(dict.fromkeys(secret, "***"))
            return f"TLSSettings({', '.join(f'{name}={value!r}' for name, value in said.items())})"


_contexts: dict[Any, ssl.SSLContext] = {}
_contexts_lock = threading.Lock()
_CONTEXTS = 32
_sessions: dict[Any, ssl.SSLSession] = {}
_SESSIONS = 256

_is_held_for_fork = False


def _hold_for_fork() -> None:
    global _is_held_for_fork
    _contexts_lock.acquire()
    _is_held_for_fork = True


def _let_go_after_fork() -> None:
    global _is_held_for_fork
    if _is_held_for_fork:  # not so if a thread imported this while another one was about to fork
        _is_held_for_fork = False
        _contexts_lock.release()


if hasattr(os, "register_at_fork"):
    # A process that is forked has one thread: what another one has begun under the lock would never be finished there.
    os.register_at_fork(before=_hold_for_fork, after_in_parent=_let_go_after_fork, after_in_child=_let_go_after_fork)


def context_for(settings: TLSSettings) -> ssl.SSLContext:
    """The context of these settings: one for the process, as long as the files stay what they are."""
    if settings.context is not None:
        return _completed(settings.context, settings)
    versions = (settings.minimum_version, settings.maximum_version)
    identity = (*settings[:5], *versions, settings.ciphers, _checks_own_name(settings), *map(_identity, settings[1:4]))
    context = _contexts.get(identity)
    if context is None:
        with _contexts_lock:  # threads that all need it now wait for the first one, instead of building it too
            context = _contexts.get(identity)
            if context is None:
                context = _completed(_build(settings), settings)
                if len(_contexts) >= _CONTEXTS:
                    _contexts.clear()
                    _sessions.clear()
                _contexts[identity] = context
    return context


def _identity(path: str | bytes | None) -> tuple[int, ...] | None:
    """What a file is now, as far as a cache cares; None for what is no file."""
    if path is None or isinstance(path, bytes) or "\n" in path:
        return None
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _checks_own_name(settings: TLSSettings) -> bool:
    """Whether OpenSSL is to check that the certificate bears the host's name; what is asserted else, we check ourselves."""
    return settings.verify and settings.assert_hostname in (None, True) and settings.assert_fingerprint is None


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
    context.check_hostname = _checks_own_name(settings)
    if not settings.verify:
        context.verify_mode = ssl.CERT_NONE
    elif settings.authorities is None:
        context.load_default_certs()
    _restrict(context, settings)
    if os.environ.get("SSLKEYLOGFILE"):
        try:
            context.keylog_filename = os.environ["SSLKEYLOGFILE"]
        except OSError as error:
            raise errors.TLSError(f"the keys cannot be logged where SSLKEYLOGFILE says: {error}") from error
    return context


def _restrict(context: ssl.SSLContext, settings: TLSSettings) -> None:
    """Let it use only what the settings allow: versions, and ciphers."""
    try:
        if settings.minimum_version is not None:
            context.minimum_version = settings.minimum_version  # type: ignore[assignment]
        if settings.maximum_version is not None:
            context.maximum_version = settings.maximum_version  # type: ignore[assignment]
        if settings.ciphers is not None:
            context.set_ciphers(settings.ciphers)
    except (OSError, ValueError) as error:
        asked = ", ".join(f"{name}={settings[n]!r}" for n, name in enumerate(settings._fields) if n > 8 and settings[n] is not None)
        raise errors.TLSError(f"this Python's TLS cannot be restricted to {asked}: {error}") from error


def _completed(context: ssl.SSLContext, settings: TLSSettings) -> ssl.SSLContext:
    """The context, ours or the caller's own, with the authorities and the certificate that the settings name."""
    if settings.verify and settings.authorities is not None:
        _load_authorities(context, settings.authorities)
    if settings.certificate is not None:
        _load_certificate(context, settings)
    return context


def _load_authorities(context: ssl.SSLContext, authorities: str) -> None:
    try:
        if "\n" in authorities:  # which no path has
            context.load_verify_locations(cadata=authorities)
        elif os.path.isdir(authorities):
            context.load_verify_locations(capath=authorities)
        else:
            context.load_verify_locations(authorities)
    except (OSError, ValueError) as error:
        raise errors.TLSError(f"no certificate authorities could be read from {_named(authorities)}: {error}") from error


def _load_certificate(context: ssl.SSLContext, settings: TLSSettings) -> None:
    # Without a password given, OpenSSL would ask for one on the terminal, and hang where there is none.
    password = _no_password if settings.password is None else settings.password
    files: list[_PrivateFile] = []
    try:
        certificate, key = (_readable(part, files) for part in (settings.certificate, settings.key))
        assert certificate is not None
        context.load_cert_chain(certificate, key, password)
    except (OSError, ValueError) as error:
        key = "" if settings.key is None else f" (key {_named(settings.key)})"
        raise errors.TLSError(f"the client certificate {_named(settings.certificate)}{key} could not be loaded: {error}") from error
    finally:
        for file in files:
            file.close()


def _readable(part: str | bytes | None, files: list[_PrivateFile]) -> str | None:
    """The path of a certificate or a key; what is PEM gets one, and a file more."""
    if not isinstance(part, bytes):
        return part
    files.append(_PrivateFile(part))
    return files[-1].path


class _PrivateFile:
    """Secrets under a name for as long as OpenSSL reads them, which takes them from files only.

    Where the system has files in memory they are never on a disk; elsewhere they are in a temporary one for this user's eyes, which
    is removed at once.
    """

    def __init__(self, content: bytes) -> None:
        self._in_memory = hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd")
        if self._in_memory:
            self._descriptor = os.memfd_create("certificate")
            self.path = f"/proc/self/fd/{self._descriptor}"
        else:
            import tempfile  # for those systems only

            self._descriptor, self.path = tempfile.mkstemp(".pem")
        try:
            os.write(self._descriptor, content)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Forget it."""
        os.close(self._descriptor)
        if not self._in_memory:
            os.unlink(self.path)


def _named(given: str | bytes | None) -> str:
    """Authorities or a certificate for an error text, which no key is for."""
    if given is None:
        return "the platform's store"
    return "the given PEM text" if isinstance(given, bytes) or "\n" in given else repr(given)


def _no_password() -> str:
    raise ValueError("the key is encrypted")


def secure(
    stream: Stream, host: str, settings: TLSSettings, deadline: Deadline, origin: Any, context: ssl.SSLContext | None = None
) -> TLSStream:
    """Shake hands over a stream with the server called `host`; from then on, speak over what this returns.

    `context` is that of the settings, for those who have it already: looking it up asks the system about every file.
    The session of an earlier connection to the same `origin` is offered again, which saves the server and us a signature.
    """
    if host.endswith("."):
        host = host[:-1]  # the root's dot is for resolvers: names in TLS go without (RFC 6066, section 3)
    if context is None:
        context = context_for(settings)
    deadline.phase = "tls"
    outer = stream.socket
    wrapped: ssl.SSLSocket | None = None
    try:
        outer.settimeout(deadline.remaining())
        outer.getpeername()  # wrap_socket leaves the socket open when it finds that the connection has been reset
        wrapped = _wrap(context, outer, host, settings, _sessions.get((origin, context)))
        wrapped.do_handshake()
        _check_assertions(wrapped, settings, host)
    except (OSError, ValueError, TypeError) as error:
        if wrapped is not None:
            wrapped.close()
        raise _handshake_failed(error, host, settings, deadline) from error
    except BaseException:
        if wrapped is not None:
            wrapped.close()
        raise
    kind = _StreamInTLS if isinstance(stream, TLSStream) else TLSStream
    return kind(wrapped, (origin, context))


def _wrap(
    context: ssl.SSLContext, outer: socket.socket, host: str, settings: TLSSettings, session: ssl.SSLSession | None
) -> ssl.SSLSocket:
    """The socket in TLS, before its handshake, checking what these settings say, whatever the context says by itself."""
    # A str would pass through the idna codec, which leaves the socket open when it fails.
    name = (settings.server_hostname or host).encode("ascii")

    def wrap() -> ssl.SSLSocket:
        if hasattr(outer, "pending"):
            from .tls_in_tls import TLSInTLS  # only by an https proxy

            return TLSInTLS(outer, context, name, session)  # type: ignore[arg-type, return-value]
        return context.wrap_socket(
            outer, server_hostname=name, suppress_ragged_eofs=False, do_handshake_on_connect=False, session=session
        )

    if settings.context is None:
        return wrap()
    # The caller's own context may serve other settings too. What is checked is copied from it when a socket is wrapped, so for that
    # moment it is changed, and every wrapping waits for its turn: none may meet a context that checks less than it should.
    with _contexts_lock:
        checks_name, mode = context.check_hostname, context.verify_mode
        try:
            if not _checks_own_name(settings):
                context.check_hostname = False
            if not settings.verify:
                context.verify_mode = type(mode)(0)
            return wrap()
        finally:
            context.verify_mode = mode
            context.check_hostname = checks_name


def _check_assertions(wrapped: ssl.SSLSocket, settings: TLSSettings, host: str) -> None:
    """Check what the context has not: a fingerprint, another name, or the host's where the caller's context leaves it out."""
    asserted = settings.assert_hostname
    if settings.assert_fingerprint is not None:
        _check_fingerprint(wrapped, settings.assert_fingerprint)
    elif settings.context is None and not isinstance(asserted, str):
        pass  # ours leaves nothing out, and asking a context what it does costs 10 us
    elif not settings.verify or asserted is False or not wrapped.context.verify_mode:
        pass  # nothing is to be checked
    elif isinstance(asserted, str):
        _check_name(wrapped, asserted)
    elif not wrapped.context.check_hostname:
        _check_name(wrapped, settings.server_hostname or host)


def _check_fingerprint(wrapped: ssl.SSLSocket, fingerprint: str) -> None:
    import hashlib

    wanted = fingerprint.replace(":", "").lower()
    kind = {32: "md5", 40: "sha1", 64: "sha256"}.get(len(wanted))
    if kind is None:
        raise errors.TLSError(f"a fingerprint is an MD5, SHA-1 or SHA-256 hash in hexadecimal, not {wanted!r}")
    found = hashlib.new(kind, wrapped.getpeercert(binary_form=True) or b"").hexdigest()
    if found != wanted:
        raise errors.TLSError(f"the certificate's fingerprint is {found}, not {wanted}")


def _check_name(wrapped: ssl.SSLSocket, host: str) -> None:
    entries: Any = (wrapped.getpeercert() or {}).get("subjectAltName", ())
    address = literal_address(host)
    if address is None:
        names = [value for kind, value in entries if kind == "DNS"]
        found = any(matches(host, name) for name in names)
    else:
        names = [value for kind, value in entries if kind == "IP Address"]
        found = any(address == literal_address(name.strip()) for name in names)  # IPv6 ones end with a line end
    if not found:
        raise errors.TLSError(f"the certificate is for {', '.join(names) or 'nobody'}, not for {host}")


def matches(host: str, name: str) -> bool:
    """Whether a name in a certificate is the host's; a "*" stands for the whole first label (RFC 9525, section 6.3).

    >>> matches("www.example.org", "*.example.org"), matches("example.org", "*.example.org")
    (True, False)
    """
    host, name = host.lower(), name.lower()
    if name.startswith("*."):
        return "." in host and host.partition(".")[2] == name[2:]
    return host == name


def _handshake_failed(error: Exception, host: str, settings: TLSSettings, deadline: Deadline) -> errors.WireError:
    import socket
    import ssl

    if isinstance(error, socket.timeout) and error.errno is None:  # with a number it is the system that gave up
        return deadline.passed(f"shaking hands with {host}")
    if isinstance(error, ssl.SSLCertVerificationError):
        store = "the given SSLContext" if settings.context is not None else _named(settings.authorities)
        why = f"{error.verify_message}; the trust store is {store}{advice(error)}"
        return errors.TLSError(f"the certificate of {host} is not trusted: {why} ({error})")
    if isinstance(error, ssl.SSLError):
        return errors.TLSError(f"no secure connection to {host}: {error}{advice(error)}")
    if isinstance(error, ValueError):
        return errors.TLSError(f"no secure connection to {host}: {error}")
    return errors.ConnectFailed(f"the connection to {host} broke in the TLS handshake: {error}")


class TLSStream(Stream):
    """A stream inside TLS."""

    __slots__ = ("_session_of",)
    _socket: ssl.SSLSocket

    @property
    def sends_files(self) -> bool:
        """False: what is sent has to be encrypted."""
        return False

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
        if not self._has_arrivals():
            return False
        try:
            return self.receive_now() is not None
        except errors.WireError:
            return True

    def _has_arrivals(self) -> bool:
        return super().has_news()

    def wait(self, timeout: Wait) -> bool:
        """As above; what was received already but not taken yet counts."""
        return bool(self._socket.pending()) or super().wait(timeout)

    def pending(self) -> int:
        """As above."""
        return self._socket.pending()

    def hears_within(self, seconds: float) -> bool:
        """As above; what was received already but not taken yet counts."""
        return bool(self._socket.pending()) or super().hears_within(seconds)

    def _must_wait(self, error: OSError) -> bool:
        import ssl

        return isinstance(error, (ssl.SSLWantReadError, ssl.SSLWantWriteError))

    def _failed(self, error: OSError, doing: str) -> errors.WireError:
        import ssl

        # Python 3.9 does not know yet how OpenSSL 3 calls an end without close_notify.
        if isinstance(error, ssl.SSLEOFError) or getattr(error, "reason", None) == "UNEXPECTED_EOF_WHILE_READING":
            return errors.ConnectionLost(f"the secure connection was cut, without a close_notify, while {doing}")
        if isinstance(error, ssl.SSLZeroReturnError):
            return errors.ConnectionLost(f"the secure connection was closed while {doing}")
        if isinstance(error, ssl.SSLError):
            return errors.TLSError(f"the secure connection failed while {doing}: {error}{advice(error)}")
        return super()._failed(error, doing)


class _StreamInTLS(TLSStream):
    """A stream inside TLS inside TLS; its socket is a `TLSInTLS`."""

    __slots__ = ()
    _socket: Any

    def wait(self, timeout: Wait) -> bool:
        """As above; what waits between the two counts as well."""
        return self._socket.waits_inside() or super().wait(timeout)

    def _has_arrivals(self) -> bool:
        return self._socket.waits_inside() or super()._has_arrivals()
