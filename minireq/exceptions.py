"""The exceptions that users catch, and the one place where wire errors become them.

RequestException (an OSError)
 ├─ InvalidJSONError ── JSONDecodeError (also json.JSONDecodeError)
 ├─ HTTPError                           raise_for_status() found a 4xx or 5xx
 ├─ ConnectionError                     no connection, or none that lasted until the head of the response
 │   ├─ ProxyError, SSLError
 │   ├─ ConnectTimeout (also Timeout)
 │   ├─ IncompleteResponse (also ChunkedEncodingError)  the head of the response was cut
 │   └─ BodyTimeout (also ReadTimeout)  the body stalled
 ├─ Timeout ── ReadTimeout              … itself: the time for the whole call ended before a retry
 ├─ LimitExceeded                       more than is accepted: `.limit` is its name, `.value` how much it allows
 │   ├─ RedirectsExceeded (also TooManyRedirects)
 │   ├─ HeadTooLarge (also ConnectionError)         of the head of the response, and the interim ones before it
 │   ├─ BodyTooLarge (also ChunkedEncodingError)    of the body, its chunks and trailers
 │   └─ ContentTooLarge (also ContentDecodingError) of what the body is once it is decoded
 ├─ URLRequired, TooManyRedirects
 ├─ MissingSchema, InvalidSchema, InvalidURL ── InvalidProxyURL     (also ValueError)
 ├─ InvalidHeader (also ValueError), InvalidMethod                  (also ValueError, TypeError)
 ├─ InvalidArgument                     any other argument of the wrong type or value (also ValueError, TypeError)
 ├─ ChunkedEncodingError                the body is damaged or cut short, whatever its framing
 ├─ ContentDecodingError                its gzip or deflate is
 ├─ StreamConsumedError (also TypeError) ── ContentConsumedError (also RuntimeError)
 ├─ RetryError, UnrewindableBodyError
"""

from __future__ import annotations

from .wire import Attempt, errors as wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._json import JSONDecodeError as JSONDecodeError
    from .models import PreparedRequest, Request, Response


class RequestException(IOError):
    """Something went wrong with a request: every exception raised on purpose is one of these.

    `request` and `response` are what was asked and what was answered, where there was such a thing; `attempts` are the tries that
    were made, the last one included.
    """

    _attempts: tuple[Attempt, ...] = ()

    request: Request | PreparedRequest | Any
    response: Response | Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.response = kwargs.pop("response", None)
        self.request = kwargs.pop("request", None)
        if self.request is None and self.response is not None:
            self.request = getattr(self.response, "request", None)
        super().__init__(*args, **kwargs)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Each try that was made: method, URL, status or error, and the seconds waited before it; redirects included."""
        return self._attempts or getattr(self.response, "attempts", ())


class InvalidJSONError(RequestException):
    """What was to be sent as JSON, or came as JSON, is not."""


class HTTPError(RequestException):
    """The response has a status of 400 or more, and `raise_for_status()` was asked."""


class ConnectionError(RequestException):
    """No connection could be made, or it broke before the head of the response had come."""


class ProxyError(ConnectionError):
    """The proxy could not be reached, or would not connect us; `response` is its answer, where it refused a tunnel."""


class SSLError(ConnectionError):
    """No secure connection could be made: the certificate, its name, its file, or the protocol."""


class Timeout(RequestException):
    """It took too long: catches both `ConnectTimeout` and `ReadTimeout`."""

    @property
    def phase(self) -> str | None:
        """What the time ran out in: lookup, connect, proxy, tls, send, head, body, pool or backoff; None if nobody knows."""
        return getattr(self.args[0], "phase", None) if self.args else None

    @property
    def elapsed(self) -> float | None:
        """The seconds that it took: the call where that had a limit, else the connecting or the one wait."""
        return getattr(self.args[0], "elapsed", None) if self.args else None


class ConnectTimeout(ConnectionError, Timeout):
    """No connection was made in time, or none of a pool became free. It is safe to try again."""


class ReadTimeout(Timeout):
    """The server was silent for longer than the read timeout."""


class BodyTimeout(ReadTimeout, ConnectionError):
    """The server fell silent inside the body: a `ReadTimeout`, and the `ConnectionError` that requests raises here."""


class URLRequired(RequestException):
    """A request needs a URL."""


class LimitExceeded(RequestException):
    """The answer is larger than is accepted: `limit` is the name of the limit, as in `minireq.Limits`, `value` what it is."""

    limit: str = ""
    value: int | None = None


class TooManyRedirects(RequestException):
    """More redirects than are followed."""


class RedirectsExceeded(LimitExceeded, TooManyRedirects):
    """More redirects than are followed: every `TooManyRedirects` raised here is one."""


class HeadTooLarge(LimitExceeded, ConnectionError):
    """The head of the response is larger than is accepted, or too many interim responses came before it."""


class MissingSchema(RequestException, ValueError):
    """The URL has no scheme, such as http or https."""


class InvalidSchema(RequestException, ValueError):
    """The URL's scheme is none that an adapter is mounted for."""


class InvalidURL(RequestException, ValueError):
    """The URL cannot be what was meant."""


class InvalidHeader(RequestException, ValueError):
    """A header's name or value cannot be sent."""


class InvalidMethod(RequestException, ValueError, TypeError):
    """The method is no HTTP token."""


class InvalidArgument(RequestException, ValueError, TypeError):
    """An argument has a type or a value that cannot mean anything."""


class InvalidProxyURL(InvalidURL):
    """The proxy's URL cannot be what was meant."""


class ChunkedEncodingError(RequestException):
    """The body is damaged or shorter than it says, whether it is chunked or not."""


class BodyTooLarge(LimitExceeded, ChunkedEncodingError):
    """The body is larger than is accepted, or what stands between and behind its chunks is."""


class IncompleteResponse(ConnectionError, ChunkedEncodingError):
    """The connection ended inside the head of the response."""


class ContentDecodingError(RequestException, wire.WireError):
    """The body's content coding (gzip, deflate) is damaged or cut short."""


class ContentTooLarge(LimitExceeded, ContentDecodingError):
    """What the body is once it is decoded is larger than is accepted, or it has too many codings."""


class StreamConsumedError(RequestException, TypeError):
    """The content was streamed to its end already."""


class ContentConsumedError(StreamConsumedError, RuntimeError):
    """`content` was asked for after the body had been streamed, or dropped: it is not there any more."""


class RetryError(RequestException):
    """Every retry that was allowed failed."""


class UnrewindableBodyError(RequestException):
    """The body would have to be sent again, and cannot be read a second time."""


class RequestsWarning(Warning):
    """Base of the warnings given here."""


class FileModeWarning(RequestsWarning, DeprecationWarning):
    """A file was opened in text mode, and is being sent as bytes."""


class RequestsDependencyWarning(RequestsWarning):
    """Kept for programs that filter it; never given."""


_LOCAL = {
    "method": InvalidMethod,
    "target": InvalidURL,
    "field": InvalidHeader,
    "body": InvalidArgument,
    "address": InvalidArgument,
}

_BEFORE_BODY: tuple[tuple[type[wire.WireError], type[RequestException]], ...] = (
    (wire.ConnectTimedOut, ConnectTimeout),
    (wire.PoolTimedOut, ConnectTimeout),
    (wire.ReadTimedOut, ReadTimeout),
    (wire.TimedOut, Timeout),
    (wire.TLSError, SSLError),
    (wire.ProxyFailed, ProxyError),
    (wire.RetriesExhausted, RetryError),
    (wire.InvalidFraming, InvalidHeader),
    (wire.IncompleteMessage, IncompleteResponse),
    (wire.WireError, ConnectionError),
)
_IN_BODY: tuple[tuple[type[wire.WireError], type[RequestException]], ...] = (
    (wire.DecodingError, ContentDecodingError),
    (wire.TimedOut, BodyTimeout),
    (wire.TLSError, SSLError),
    (wire.WireError, ChunkedEncodingError),
)


def translate(error: wire.WireError, request: Any = None, in_body: bool = False) -> RequestException:
    """The public exception for a wire error: by its class, and by whether it came before the body or in it.

    >>> translate(wire.ConnectionLost("the connection broke while waiting for the server"))
    ConnectionError(ConnectionLost('the connection broke while waiting for the server'))
    """
    public = _public(error, request, in_body)
    if request is not None and not in_body:
        public._attempts = attempts_of(error.tries or (Attempt("", "", None, error),), request)
    return public


def attempts_of(tries: tuple[Attempt, ...], request: Any) -> tuple[Attempt, ...]:
    """The tries of the wire as users know them, with the whole URL and the public exceptions."""
    # Each has an exception of its own, the last one too: if that held itself, it would live until the garbage is collected.
    errors = [each.error and _public(each.error, request, False) for each in tries]
    return tuple(each._replace(method=request.method, url=request.url, error=error) for each, error in zip(tries, errors))


def _public(error: Exception, request: Any, in_body: bool) -> RequestException:
    if isinstance(error, wire.LocalProtocolError):
        return _LOCAL.get(error.part, RequestException)(error, request=request)
    if isinstance(error, wire.LimitExceeded):
        return _too_large(error, request, in_body)
    table = _IN_BODY if in_body else _BEFORE_BODY
    public = next(public for kind, public in table if isinstance(error, kind))
    return public(error, request=request)


def _too_large(error: wire.LimitExceeded, request: Any, in_body: bool) -> LimitExceeded:
    kind = (
        ContentTooLarge if error.limit in ("codings", "decoded_body", "decode_ratio") else BodyTooLarge if in_body else HeadTooLarge
    )
    public = kind(error, request=request)
    public.limit, public.value = error.limit, error.allowed
    return public


# The same for a urllib3 that somebody else brought along, by the names of its classes: first what is inside a MaxRetryError.
_FOREIGN_BEFORE_BODY = {
    "NewConnectionError": ConnectionError,
    "ConnectTimeoutError": ConnectTimeout,
    "ResponseError": RetryError,
    "ProxyError": ProxyError,
    "SSLError": SSLError,
    "ReadTimeoutError": ReadTimeout,
    "InvalidHeader": InvalidHeader,
    "LocationValueError": InvalidURL,
    "HTTPError": ConnectionError,
}
_FOREIGN_IN_BODY = {
    "DecodeError": ContentDecodingError,
    "ReadTimeoutError": BodyTimeout,
    "SSLError": SSLError,
    "HTTPError": ChunkedEncodingError,
}


def translate_foreign(error: Exception, request: Any = None, in_body: bool = False) -> RequestException | None:
    """The public exception for one of a foreign urllib3, or of a socket; None for anything else."""
    if isinstance(error, (RequestException, wire.WireError)):
        return None if isinstance(error, RequestException) else translate(error, request, in_body)
    names = [kind.__name__ for kind in type(error).__mro__ if "urllib3" in kind.__module__]
    if "MaxRetryError" in names and isinstance(getattr(error, "reason", None), Exception):
        reason = translate_foreign(error.reason, request)  # type: ignore[attr-defined]
        return type(reason or ConnectionError())(error, request=request)
    table = _FOREIGN_IN_BODY if in_body else _FOREIGN_BEFORE_BODY
    for name in names:
        if name in table:
            return table[name](error, request=request)
    if isinstance(error, OSError) and not in_body:
        return ConnectionError(error, request=request)
    return None


def __getattr__(name: str) -> Any:
    # JSONDecodeError needs the json module, which most programs that only fetch never load.
    if name == "JSONDecodeError":
        from ._json import JSONDecodeError

        globals()[name] = JSONDecodeError
        return JSONDecodeError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
