"""What was answered: status and headers at once, the body when it is asked for, as bytes, text, JSON, or piece by piece."""

from __future__ import annotations

from functools import cache
from itertools import chain

from . import charsets
from ._jar import empty_jar
from .exceptions import (
    ContentConsumedError,
    HTTPError,
    InvalidArgument,
    RequestException,
    StreamConsumedError,
    translate,
    translate_foreign,
)
from .headers import parse_header_links
from .limits import limits_for
from .status_codes import codes
from .structures import CaseInsensitiveDict, OnTouch, set_attributes
from .wire import Attempt, RawResponse, WireError
from .wire.errors import LimitExceeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, AnyStr, Literal, overload

    from typing_extensions import Self

    from .adapters import HTTPAdapter
    from .cookies import RequestsCookieJar
    from .prepared import PreparedRequest

REDIRECT_STATI = (codes.moved, codes.found, codes.other, codes.temporary_redirect, codes.permanent_redirect)
CONTENT_CHUNK_SIZE = 10 * 1024
ITER_CHUNK_SIZE = 512

# The body of a redirect or a challenge is read if it is short and comes soon, so that its connection serves again; else it is
# dropped.
_BODY_BYTES = 64 * 1024
_BODY_SECONDS = 1.0


class Response:
    """The answer to a request.

    >>> import minireq
    >>> response = minireq.get("https://example.org/json")
    >>> response.status_code, response.json()
    (200, {'hello': 'world'})
    """

    __module__ = f"{__package__}.models"  # the name that the world knows, in pickles and in reprs

    __attrs__: list[str] = [
        "_content",
        "status_code",
        "headers",
        "url",
        "history",
        "encoding",
        "reason",
        "cookies",
        "elapsed",
        "request",
    ]

    # What most responses never need is made when it is touched; the rest stands here until somebody sets it.
    headers: CaseInsensitiveDict[str] = OnTouch(lambda response: response._own_headers())  # type: ignore[assignment]
    encoding: str | None = OnTouch(lambda response: response._own_encoding())  # type: ignore[assignment]
    history: list[Response] = OnTouch(lambda response: [])  # type: ignore[assignment]
    elapsed: datetime.timedelta = OnTouch(lambda response: _elapsed(response._seconds))  # type: ignore[assignment]
    cookies: RequestsCookieJar = OnTouch(lambda response: response._make_jar())  # type: ignore[assignment]

    status_code: int = None  # type: ignore[assignment]
    url: str = None  # type: ignore[assignment]
    reason: str = None  # type: ignore[assignment]
    raw: Any = None
    request: PreparedRequest = None  # type: ignore[assignment]
    connection: HTTPAdapter = None  # type: ignore[assignment]

    _content: bytes | bool | None = False
    _content_consumed = False
    _next: PreparedRequest | None = None
    _index: dict[str, tuple[str, str]] | None = None  # the fields as they came
    _seconds = 0.0  # until the head had come
    _failure: BaseException | None = None
    _make_jar: Callable[[], RequestsCookieJar] = staticmethod(empty_jar)
    _attempts: tuple[Attempt, ...] = ()  # where a policy was followed; else there was one

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"

    def __bool__(self) -> bool:
        """Whether the status is below 400: the same as `ok`, and no judgement of what the body says."""
        return self.ok

    __nonzero__ = __bool__

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_content(128)

    def __getstate__(self) -> dict[str, Any]:
        if not self._content_consumed:
            self.content  # noqa: B018 - a response that travels takes its body along
        state = {name: getattr(self, name, None) for name in self.__attrs__}
        if self._attempts:
            state["_attempts"] = self._attempts
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        set_attributes(self, state)
        self._content_consumed = True
        self.raw = None

    def _own_headers(self) -> CaseInsensitiveDict[str]:
        return CaseInsensitiveDict._of({} if self._index is None else self._index.copy())

    def _own_encoding(self) -> str | None:
        if self._index is None or "content-type" not in self._index:
            return None
        return charsets.encoding_of(self._index["content-type"][1])

    # Did it go well?

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return not 400 <= self.status_code < 600

    def raise_for_status(self) -> None:
        """Raise `HTTPError` if the status is 4xx or 5xx."""
        status = self.status_code
        if self.ok:
            return
        reason = self.reason
        if isinstance(reason, bytes):
            try:
                reason = reason.decode("utf-8")
            except UnicodeDecodeError:
                reason = reason.decode("latin-1")
        fault = "Client" if status < 500 else "Server"
        raise HTTPError(f"{status} {fault} Error: {reason} for url: {_without_user(self.url)}", response=self)

    @property
    def is_redirect(self) -> bool:
        """Whether it is a redirect that a session would follow."""
        return "location" in self.headers and self.status_code in REDIRECT_STATI

    @property
    def is_permanent_redirect(self) -> bool:
        """Whether it is one of the permanent redirects, 301 and 308."""
        return "location" in self.headers and self.status_code in (codes.moved_permanently, codes.permanent_redirect)

    @property
    def next(self) -> PreparedRequest | None:
        """The request that a redirect leads to, when redirects are not followed."""
        return self._next

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Each try that led here: method, URL, status or error, and the seconds waited before it; redirects included.

        >>> import minireq
        >>> [attempt.status for attempt in minireq.get("https://example.org/redirect/1").attempts]
        [302, 200]
        """
        return tuple(attempt for each in (*(self.__dict__.get("history") or ()), self) for attempt in each._own_attempts())

    def _own_attempts(self) -> tuple[Attempt, ...]:
        asked = self.request
        return self._attempts or (() if asked is None else (Attempt(asked.method or "", asked.url or "", self.status_code),))

    # The body.

    @property
    def content(self) -> bytes:
        """The whole body, decoded from gzip or deflate; kept, so that it can be asked for again."""
        if self._content is False:
            if self._failure is not None:
                raise self._failure
            if self._content_consumed:
                raise ContentConsumedError("The content for this response was already consumed")
            self._content = self._read_content()
        self._content_consumed = True
        return self._content  # type: ignore[return-value]  # None where there is no body at all

    def _read_content(self) -> bytes | None:
        raw = self.raw
        if raw is None or self.status_code == 0:
            return None
        if type(raw) is RawResponse:
            self._content_consumed = True  # whatever comes in between: nobody may take the rest of it for the whole
            try:
                return raw.read(None, True)
            except WireError as error:
                self._failure = failure = translate(error, in_body=True)
                failure._attempts = self.attempts
                raise failure from error
        return b"".join(self.iter_content(CONTENT_CHUNK_SIZE))

    if TYPE_CHECKING:

        @overload
        def iter_content(self, chunk_size: int | None = 1, decode_unicode: Literal[False] = False) -> Iterator[bytes]: ...
        @overload
        def iter_content(self, chunk_size: int | None = 1, *, decode_unicode: Literal[True]) -> Iterator[str | Any]: ...
        @overload
        def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]: ...

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]:
        """The body in pieces of at most `chunk_size` bytes, decoded from gzip or deflate; None: as they arrive.

        With `decode_unicode` the pieces are text, if an encoding is known. A body that is in memory already is given from there;
        one that was streamed to its end before is gone: `StreamConsumedError`.

        >>> import minireq
        >>> with minireq.get("https://example.org/bytes/10", stream=True) as response:
        ...     [len(piece) for piece in response.iter_content(4)]
        [4, 4, 2]
        """
        consumed = self._content_consumed and self._failure is None
        if consumed and isinstance(self._content, bool):
            raise StreamConsumedError("The content for this response was already consumed")
        _check_chunk_size(chunk_size)
        if consumed:
            pieces = iter_slices(self.content, chunk_size)
        else:
            pieces = self._stream(chunk_size)
        return charsets.stream_decode_response_unicode(pieces, self) if decode_unicode else pieces

    def _stream(self, chunk_size: int | None) -> Iterator[bytes]:
        if self._failure is not None:
            raise self._failure  # the rest of what was lost is not nothing
        raw = self.raw
        try:
            if type(raw) is RawResponse:
                yield from raw.stream(chunk_size, decode_content=True)
            elif hasattr(raw, "stream"):
                yield from self._limited(raw.stream(chunk_size, decode_content=True))
            else:  # any file will do
                yield from self._limited(_pieces_of(raw, chunk_size))
        except GeneratorExit:
            raise  # who iterates has stopped, and may go on another time
        except BaseException as error:
            known = translate_foreign(error, in_body=True) if isinstance(error, Exception) else None
            if known is None:
                self._content_consumed = True  # a piece may be lost
                raise
            self._failure = known
            known._attempts = self.attempts
            raise known from error
        self._content_consumed = True

    def _limited(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces of a body that somebody else reads, decoded, up to the limit for that."""
        limits = limits_for(self.request, self.connection)
        most = None if limits is None else limits.decoded_body
        if most is None:
            yield from pieces
            return
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > most:
                self.close()
                raise LimitExceeded("decoded_body", most, "the decoded body is too long")
            yield piece

    if TYPE_CHECKING:

        @overload
        def iter_lines(
            self,
            chunk_size: int | None = ITER_CHUNK_SIZE,
            decode_unicode: Literal[False] = False,
            delimiter: str | bytes | None = None,
        ) -> Iterator[bytes]: ...
        @overload
        def iter_lines(
            self, chunk_size: int | None = ITER_CHUNK_SIZE, *, decode_unicode: Literal[True], delimiter: str | bytes | None = None
        ) -> Iterator[str | Any]: ...
        @overload
        def iter_lines(
            self, chunk_size: int | None = ITER_CHUNK_SIZE, decode_unicode: bool = False, delimiter: str | bytes | None = None
        ) -> Iterator[Any]: ...

    def iter_lines(
        self, chunk_size: int | None = ITER_CHUNK_SIZE, decode_unicode: bool = False, delimiter: str | bytes | None = None
    ) -> Iterator[Any]:
        """The body line by line, as soon as lines arrive; without their ends.

        Lines end where `splitlines` ends them, or at the delimiter. Take the iterator once: two over one response share its bytes.
        """
        _check_chunk_size(chunk_size)
        if delimiter is not None and not isinstance(delimiter, (str, bytes)):
            raise InvalidArgument(f"the delimiter is str or bytes, not {type(delimiter).__name__}")
        if type(self.raw) is RawResponse and not self._content_consumed:
            chunk_size = None  # what has arrived is at hand at once, in whatever size
        pieces = self.iter_content(chunk_size, decode_unicode)
        return chain.from_iterable(_split(pieces, delimiter) if delimiter else _split_lines(pieces))

    @property
    def text(self) -> str:
        """The body as text, by the charset of the headers, else by what the bytes look like; set `encoding` to overrule."""
        if not self.content:
            return ""
        return charsets.decode_text(self.content, self.encoding or self.apparent_encoding)

    @property
    def apparent_encoding(self) -> str:
        """The encoding that the bytes look like: by their byte order mark, as JSON, as valid UTF-8, else ISO-8859-1."""
        return charsets.apparent_encoding(self.content or b"")

    def json(self, **kwargs: Any) -> Any:
        """The body as JSON; keyword arguments go to `json.loads`. Raises `JSONDecodeError` when it is not."""
        room = _json_room()
        try:
            return room.json.loads(self._json_text(), **kwargs)
        except room.StandardJSONDecodeError as error:
            raise room.JSONDecodeError(error.msg, error.doc, error.pos) from error
        except (RecursionError, ValueError) as error:  # nested too deep; a number of more digits than int() takes
            raise room.JSONDecodeError(f"{type(error).__name__}: {error}", self.text, 0) from error

    def _json_text(self) -> str:
        content, encoding = self.content, self.encoding
        if not encoding and content and len(content) > 3:
            # JSON is UTF-8, -16 or -32, and its first bytes tell which (RFC 4627, section 3).
            encoding = charsets.guess_json_utf(content)
        elif encoding != "utf-8" or type(self).text is not _OWN_TEXT:
            encoding = None
        if content and encoding:
            try:
                return str(content, encoding)
            except UnicodeDecodeError:
                pass  # then it is something else, that calls itself JSON
        return self.text

    # Headers, read.

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """The Link header, by what each link is for: `response.links["next"]["url"]`."""
        header = self.headers.get("link")
        return {link.get("rel") or link.get("url"): link for link in parse_header_links(header)} if header else {}  # type: ignore[misc]

    @property
    def trailers(self) -> CaseInsensitiveDict[str]:
        """The fields that came after a chunked body, once it has been read."""
        fields = getattr(self.raw, "trailers", None)
        return CaseInsensitiveDict() if fields is None else CaseInsensitiveDict._of(fields.joined())

    @property
    def informational(self) -> list[tuple[int, CaseInsensitiveDict[str]]]:
        """The interim responses (1xx) that came before this one: (status, headers) of each."""
        interim = getattr(self.raw, "informational", None) or []
        return [(status, CaseInsensitiveDict._of(fields.joined())) for status, fields in interim]

    def close(self) -> None:
        """Be done with it: the connection is given back if the body has arrived, else closed."""
        if self.raw is None:
            return
        if not self._content_consumed:
            self.raw.close()
        release = getattr(self.raw, "release_conn", None)
        if release is not None:
            release()

    def _drop_body(self) -> None:
        """Read the body of a response that another one follows if that costs little; else drop it, and its connection with it."""
        raw = self.raw
        if self._content_consumed:
            self.close()
        elif type(raw) is RawResponse:
            body = raw.read_short(_BODY_BYTES, _BODY_SECONDS)
            if body is None:
                self._give_up_body()
            else:
                self._content = body
                self._content_consumed = True
        else:
            try:
                self.content  # noqa: B018 - it reads
            except RequestException:
                self._give_up_body()
            self.close()

    def _give_up_body(self) -> None:
        """The body is dropped: nobody will be handed a part of it as if it were the whole."""
        self.close()
        self._content_consumed = True


_OWN_TEXT = Response.text


def _pieces_of(file: Any, size: int | None) -> Iterator[bytes]:
    while piece := file.read(size):
        yield piece


def _check_chunk_size(chunk_size: Any) -> None:
    if chunk_size is not None and (not isinstance(chunk_size, int) or chunk_size <= 0):
        raise InvalidArgument(f"chunk_size must be a positive int or None, it is {chunk_size!r}")


def iter_slices(string: AnyStr, slice_length: int | None) -> Iterator[AnyStr]:
    """Slices of a sequence, one after the other; a length of None or 0 is the whole.

    >>> list(iter_slices("abcde", 2))
    ['ab', 'cd', 'e']
    """
    if not slice_length or slice_length < 0:
        slice_length = len(string or ()) or 1
    return (string[start : start + slice_length] for start in range(0, len(string or ()), slice_length))


def _split_lines(pieces: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of lines, so that the pieces together split as `splitlines` would split the whole."""
    begun: list[Any] = []  # pieces of a line whose end has not come
    after_cr = False
    for piece in pieces:
        if not piece:
            continue
        cr, lf = ("\r", "\n") if isinstance(piece, str) else (b"\r", b"\n")
        if after_cr and piece.startswith(lf):
            piece = piece[1:]  # the second half of a line end that was dealt with
        after_cr = piece.endswith(cr)
        lines = piece.splitlines()
        if not lines:
            continue
        last = piece[-1:]
        ended = last.splitlines() != [last]
        begun.append(lines[0])
        if len(lines) == 1 and not ended:
            continue
        lines[0] = last[:0].join(begun)
        begun = [] if ended else [lines.pop()]
        yield lines
    if begun:
        yield [begun[0][:0].join(begun)]


def _split(pieces: Iterable[Any], delimiter: Any) -> Iterator[list[Any]]:
    """Lists of what stands between delimiters; after the last one only if something does."""
    empty = delimiter[:0]
    overlap = len(delimiter) - 1  # so much of a delimiter may have come with the piece before
    begun: list[Any] = []
    tail = empty
    for piece in pieces:
        if type(piece) is not type(delimiter):
            raise InvalidArgument(f"the delimiter is {type(delimiter).__name__}, the body {type(piece).__name__}")
        parts = (tail + piece).split(delimiter)
        last = parts.pop()
        if parts:
            parts[0] = empty.join([*begun, parts[0]])
            begun = []
            yield parts
        cut = max(len(last) - overlap, 0)
        begun.append(last[:cut])
        tail = last[cut:]
    rest = empty.join([*begun, tail])
    if rest:
        yield [rest]


def _elapsed(seconds: float) -> datetime.timedelta:
    from datetime import timedelta

    return timedelta(seconds=seconds)


@cache
def _json_room() -> Any:
    from . import _json  # loads `json`, which not every program needs

    return _json


def _without_user(url: str) -> str:
    """The URL without user and password, for an error text."""
    if not url or "@" not in url:
        return url
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"
