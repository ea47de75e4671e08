"""The shapes of what users pass, for annotations: one name for each argument of `request()`, in its order.

Nothing of minireq imports this file at run time (it needs `typing`, 2 ms); annotations are never evaluated. The few names that
exist at run time do so because programs import them from here.

What is asked for is as wide as what works, so that a program that was checked against requests is right here too, whichever of
its type hints it was checked against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Union, runtime_checkable

_T_co = TypeVar("_T_co", covariant=True)
_KT_co = TypeVar("_KT_co", covariant=True)
_VT_co = TypeVar("_VT_co", covariant=True)


@runtime_checkable
class SupportsRead(Protocol[_T_co]):
    """Something to read from, such as an open file."""

    def read(self, length: int = ..., /) -> _T_co:
        """Up to `length` bytes or characters; nothing at the end."""


@runtime_checkable
class SupportsItems(Protocol[_KT_co, _VT_co]):
    """Something with keys and values, such as a dictionary."""

    def items(self) -> Iterable[tuple[_KT_co, _VT_co]]:
        """The pairs of key and value."""


# A hook gets the response, and the keyword arguments of `send`; what it returns, if not None, replaces the response. One for
# "informational" gets an interim response alone.
HookType = Callable[["Response"], Any]
# What `hooks=` takes: for each event, a hook or several.
HooksInputType = Mapping[str, Union[Iterable[HookType], HookType]]


def is_prepared(request: PreparedRequest) -> TypeIs[_ValidatedRequest]:
    """For type checkers: from here on, the request has its URL and its method.

    >>> is_prepared(object())
    True

    At run time it is always True: what lacks one of them fails where it is needed.
    """
    return True


if TYPE_CHECKING:
    from collections.abc import Sequence
    from http.cookiejar import CookieJar
    from os import PathLike
    from ssl import SSLContext
    from typing import TypedDict

    from typing_extensions import Buffer, TypeAlias, TypeIs

    from .auth import AuthBase
    from .limits import Limits
    from .models import PreparedRequest, Response

    class _ValidatedRequest(PreparedRequest):
        """A prepared request that can be sent."""

        method: str
        url: str

    # url
    UriType: TypeAlias = str | bytes

    # params: a dictionary or pairs, whose values may be several, or None for "leave it out"; or the query string itself
    _ParamsMappingKeyType: TypeAlias = str | bytes | int | float
    _ParamsMappingValueType: TypeAlias = str | bytes | int | float | Iterable[str | bytes | int | float] | None
    ParamsType: TypeAlias = (
        SupportsItems[_ParamsMappingKeyType, _ParamsMappingValueType]
        | Iterable[tuple[_ParamsMappingKeyType, _ParamsMappingValueType]]
        | str
        | bytes
        | None
    )

    # data: a form as a dictionary or pairs; or the body itself, whole, as a file, or piece by piece
    KVDataType: TypeAlias = SupportsItems[Any, Any] | Iterable[tuple[Any, Any]]
    RawDataType: TypeAlias = KVDataType | str | bytes
    StreamDataType: TypeAlias = SupportsRead[str | bytes]
    EncodableDataType: TypeAlias = RawDataType | StreamDataType
    DataType: TypeAlias = RawDataType | StreamDataType | Iterable[str | bytes] | Buffer | None
    # ... and what becomes of it: `PreparedRequest.body`
    BodyType: TypeAlias = str | bytes | SupportsRead[str | bytes] | Iterable[str | bytes] | None

    # headers: a value of None takes the session's away
    HeadersType: TypeAlias = Mapping[str, str | bytes | None] | None

    # cookies
    CookiesType: TypeAlias = CookieJar | Mapping[str, str] | None

    # files: for each field a content, or a tuple of file name, content, content type and headers, from the left
    _FileName: TypeAlias = str | None
    _FileContent: TypeAlias = SupportsRead[str | bytes] | str | bytes
    _FileSpecBasic: TypeAlias = tuple[_FileName, _FileContent]
    _FileSpecWithContentType: TypeAlias = tuple[_FileName, _FileContent, str | None]
    _FileSpecWithHeaders: TypeAlias = tuple[_FileName, _FileContent, str | None, Mapping[str, str]]
    _FileSpec: TypeAlias = _FileContent | _FileSpecBasic | _FileSpecWithContentType | _FileSpecWithHeaders
    FilesType: TypeAlias = Mapping[str, _FileSpec] | Iterable[tuple[str, _FileSpec]] | None

    # auth: user and password, or anything that changes the prepared request
    AuthType: TypeAlias = tuple[str, str] | AuthBase | Callable[[PreparedRequest], PreparedRequest] | None

    # timeout: seconds, for connecting and reading each or as a pair, which Timeouts are too
    TimeoutType: TypeAlias = float | tuple[float | None, float | None] | None

    # proxies: None for a scheme switches its proxy off
    ProxiesType: TypeAlias = Mapping[str, str | None] | None

    # hooks, as they are kept; what is taken is HooksInputType
    HooksType: TypeAlias = dict[str, list[HookType]] | None

    # verify: yes, no, a file or directory of certificate authorities, "system", PEM, or a context
    VerifyType: TypeAlias = bool | str | bytes | PathLike[str] | SSLContext

    # cert: a file or PEM with certificate and key, or the two by themselves, and the password of the key
    _CertPart: TypeAlias = str | bytes | PathLike[str]
    CertType: TypeAlias = (
        _CertPart | tuple[_CertPart, _CertPart | None] | tuple[_CertPart, _CertPart | None, str | bytes | None] | None
    )

    # The same two where programs override methods, whose hints are often those of requests, and narrower: any of them will do.
    VerifyOverride: TypeAlias = bool | str | Any
    CertOverride: TypeAlias = str | tuple[str, str] | Any | None

    # resolve: addresses by host and port, or a function that is asked for them
    ResolveType: TypeAlias = Mapping[tuple[str, int], str | Iterable[str]] | Callable[[str, int], str | Iterable[str]] | None

    # json: only the outermost value is looked at; what it holds is between the caller and json.dumps
    JsonType: TypeAlias = Mapping[Any, Any] | Sequence[Any] | str | int | float | bool | None

    # trailers: fields that follow the body, or a function that gives them once it has been sent
    TrailersType: TypeAlias = Mapping[str, str | bytes] | Callable[[], Mapping[str, str | bytes] | None] | None

    class RetryType(Protocol):
        """urllib3's Retry, as far as it is looked at to convert it."""

        @property
        def total(self) -> bool | int | None:
            """How many retries in all."""

        def increment(self, *args: Any, **kwargs: Any) -> Any:
            """The policy after one more failure."""

    class BaseRequestKwargs(TypedDict, total=False):
        """What every verb takes by keyword."""

        headers: HeadersType
        cookies: CookiesType
        files: FilesType
        auth: AuthType
        timeout: TimeoutType
        allow_redirects: bool
        proxies: ProxiesType
        hooks: HooksInputType | None
        stream: bool | None
        verify: VerifyType | None
        cert: CertType
        limits: Limits | None
        trailers: TrailersType

    class RequestKwargs(BaseRequestKwargs, total=False):
        """What `request`, `options`, `head` and `delete` take."""

        params: ParamsType
        data: DataType
        json: JsonType

    class GetKwargs(BaseRequestKwargs, total=False):
        """What `get` takes beside `params`."""

        data: DataType
        json: JsonType

    class PostKwargs(BaseRequestKwargs, total=False):
        """What `post` takes beside `data` and `json`."""

        params: ParamsType

    class DataKwargs(BaseRequestKwargs, total=False):
        """What `put` and `patch` take beside `data`."""

        params: ParamsType
        json: JsonType
