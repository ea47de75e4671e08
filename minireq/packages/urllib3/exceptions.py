"""The exceptions of urllib3: those that we raise are our own under its names, the others exist to be caught and to be raised."""

from __future__ import annotations

from ...wire.errors import (
    ConnectFailed,
    ConnectTimedOut,
    DecodingError,
    IncompleteMessage,
    InvalidFraming,
    NameLookupFailed,
    PoolTimedOut,
    ProtocolError,
    ProxyFailed,
    ReadTimedOut,
    RetriesExhausted,
    TimedOut,
    TLSError,
    WireError,
)

HTTPError = WireError
PoolError = WireError
RequestError = WireError
MaxRetryError = RetriesExhausted
ResponseError = RetriesExhausted
NewConnectionError = ConnectFailed
NameResolutionError = NameLookupFailed
ConnectTimeoutError = ConnectTimedOut
ReadTimeoutError = ReadTimedOut
TimeoutError = TimedOut  # noqa: A001
EmptyPoolError = PoolTimedOut
DecodeError = DecodingError
IncompleteRead = IncompleteMessage
InvalidChunkLength = IncompleteMessage
InvalidHeader = InvalidFraming
ProxyError = ProxyFailed
SSLError = TLSError
ConnectionError = ProtocolError

__all__ = ["HTTPError", "ProtocolError"]


class HTTPWarning(Warning):
    """Base of the warnings."""


class SecurityWarning(HTTPWarning):
    """Something is less safe than it could be."""


class InsecureRequestWarning(SecurityWarning):
    """Never given: who says verify=False knows it."""


class SystemTimeWarning(SecurityWarning):
    """Never given."""


class InsecurePlatformWarning(SecurityWarning):
    """Never given."""


class SNIMissingWarning(HTTPWarning):
    """Never given."""


class SubjectAltNameWarning(SecurityWarning):
    """Never given: a certificate without such a name is refused."""


class DependencyWarning(HTTPWarning):
    """Never given: there are no dependencies."""


class NotOpenSSLWarning(SecurityWarning):
    """Never given."""


class HeaderParsingError(WireError):
    """Header fields could not be read."""


class ClosedPoolError(WireError):
    """The pool was closed."""


class HostChangedError(WireError):
    """A pool was asked for another host."""


class LocationValueError(ValueError, WireError):
    """A URL cannot be what was meant."""


class LocationParseError(LocationValueError):
    """A URL cannot be parsed."""


class URLSchemeUnknown(LocationValueError):
    """A URL's scheme is unknown."""


class ProxySchemeUnknown(AssertionError, URLSchemeUnknown):
    """A proxy's scheme is unknown."""


class UnrewindableBodyError(WireError):
    """A body cannot be sent again."""


class TimeoutStateError(WireError):
    """A timeout is used in the wrong order."""


class BodyNotHttplibCompatible(WireError):
    """A body cannot be read in chunks."""


class ResponseNotChunked(ProtocolError, ValueError):
    """A response is not chunked."""
