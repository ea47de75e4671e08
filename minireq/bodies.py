"""From what the caller gave (data, files, json) to what is sent: a body, its content type, its length, and where it begins.

data is sent before json, and files make a form of both files and data. What data may be: text or bytes, as they are; a mapping or
(name, value) pairs, as a form; a file, another buffer or any iterable, streamed. `sources` knows how to read these,
`multipart` how forms with files are spelled.
"""

from __future__ import annotations

import os
from collections import OrderedDict, namedtuple
from collections.abc import Mapping

from .exceptions import InvalidArgument, InvalidJSONError
from .sources import as_buffer, iterate, length_of, position_of, rewind_body, super_len

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NamedTuple, TypeVar, overload

    from . import _types as _t
    from .multipart import MultipartStream, RequestField

    _KT = TypeVar("_KT")
    _VT = TypeVar("_VT")

    class Body(NamedTuple):
        """What is sent, as a type checker sees it."""

        body: Any
        content_type: str | None
        length: int | None
        position: Any

else:
    Body = namedtuple("Body", "body content_type length position")
    Body.__doc__ = """What is sent: None, text, bytes, or something to stream.

    `content_type` is None where we have nothing to say about it, `length` where only sending can tell (then the body goes chunked);
    `position` is what `rewind_body` goes back to, None if there is nothing to rewind.
    """

__all__ = [
    "Body",
    "encode_files",
    "encode_params",
    "encode_query",
    "from_key_val_list",
    "guess_filename",
    "iterate",
    "length_of",
    "position_of",
    "prepare_body",
    "rewind_body",
    "super_len",
    "to_key_val_list",
]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

_NOTHING = Body(None, None, 0, None)


class _NotSerialisable(InvalidJSONError, TypeError):
    """What was to be sent as JSON has no form there: a TypeError, as `json.dumps` raises."""


class _StreamWithFiles(InvalidArgument, NotImplementedError):
    """A stream cannot be a part of a form with files: a NotImplementedError, as requests raises."""


def prepare_body(data: Any = None, files: Any = None, json: Any = None) -> Body:
    """The body for what the caller gave.

    >>> prepare_body(data={"name": "Zoë"})
    Body(body='name=Zo%C3%AB', content_type='application/x-www-form-urlencoded', length=13, position=None)
    >>> prepare_body(json=[1, 2]).body
    b'[1, 2]'

    Raises `InvalidArgument` for data or files that cannot be sent, `InvalidJSONError` for such JSON, and `InvalidHeader` for files
    whose content type or headers cannot be.
    """
    if _is_stream(data):
        if files:
            raise _StreamWithFiles(f"Streamed bodies and files are mutually exclusive: data is a {type(data).__name__}")
        return Body(data, None, length_of(data), position_of(data))
    if files:
        body, content_type = encode_files(files, data)
        return Body(body, content_type, len(body), position_of(body))
    if data:
        body = encode_params(data)
        return Body(body, None if isinstance(data, (str, bytes)) else FORM, length_of(body), None)
    if json is not None:
        body = _encode_json(json)
        return Body(body, JSON, len(body), None)
    return _NOTHING


def encode_params(data: Any) -> Any:
    """Form encoding of a mapping or pairs; text, bytes and files stay what they are.

    >>> encode_params({"a": [1, 2], "b": None, "c": "x y"})
    'a=1&a=2&c=x+y'

    Raises `InvalidArgument` for anything else.
    """
    if isinstance(data, (str, bytes)) or hasattr(data, "read"):
        return data
    if not hasattr(data, "__iter__"):
        raise InvalidArgument(f"data is text, bytes, a file, a mapping, pairs or an iterable, not {_shown(data)}")
    from urllib.parse import urlencode  # only for those who have something to encode

    fields = [(name, value) for name, values in _pairs(data) for value in _values(values)]
    try:
        return urlencode(fields, doseq=True)
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"text has no UTF-8 form: {error.object[error.start]!r}") from error


def encode_query(params: Any) -> str:
    """The same for the query of a URL: always text, which may still need quoting if it was given as text.

    >>> encode_query({"q": "café"}), encode_query("a=b c"), encode_query(None)
    ('q=caf%C3%A9', 'a=b c', '')
    """
    if params is None:
        return ""
    query = params if isinstance(params, (str, bytes)) or not hasattr(params, "__iter__") else encode_params(params)
    if isinstance(query, bytes):
        # Bytes beyond ASCII are meant as they are, in whichever encoding.
        if query.isascii():
            return query.decode("ascii")
        from urllib.parse import quote

        return quote(query, safe=_ASCII)
    if not isinstance(query, str):
        raise InvalidArgument(f"params are text, bytes, a mapping or pairs, not {_shown(params)}")
    return query


def encode_files(files: Any, data: Any = None) -> tuple[bytes | MultipartStream, str]:
    """The form of these data fields and, after them, these files; with its content type.

    A file is its data alone, or (file name, data), (file name, data, content type), (file name, data, content type, headers).

    >>> encode_files({"f": ("a.txt", "text")})[0].splitlines()[1:4]
    [b'Content-Disposition: form-data; name="f"; filename="a.txt"', b'', b'text']
    """
    if not files:
        raise InvalidArgument("Files must be provided.")
    if data and isinstance(data, (str, bytes)):
        raise InvalidArgument("Data must not be a string.")
    from .multipart import encode_multipart

    return encode_multipart([*_data_fields(data), *_file_fields(files)])


if TYPE_CHECKING:

    @overload
    def to_key_val_list(value: None) -> None: ...
    @overload
    def to_key_val_list(value: _t.SupportsItems[_KT, _VT] | Iterable[tuple[_KT, _VT]]) -> list[tuple[_KT, _VT]]: ...


def to_key_val_list(value: Any) -> list[Any] | None:
    """A list of pairs from a mapping or an iterable of pairs.

    >>> to_key_val_list({"key": "val"})
    [('key', 'val')]
    >>> to_key_val_list("string")
    Traceback (most recent call last):
    minireq.exceptions.InvalidArgument: cannot encode objects that are not 2-tuples: str of length 6
    """
    if value is None:
        return None
    return _made_of_pairs(lambda pairs: list(pairs.items() if hasattr(pairs, "items") else pairs), value)  # type: ignore[no-any-return]


def from_key_val_list(value: Any) -> dict[Any, Any] | None:
    """An ordered dictionary from a mapping or an iterable of pairs.

    >>> list(from_key_val_list([("key", "val")]).items())
    [('key', 'val')]
    """
    return None if value is None else _made_of_pairs(OrderedDict, value)


def guess_filename(obj: Any) -> str | Any:
    """The name of a file object, without its folder; None if it has none, as a pipe.

    >>> with open(__file__) as file:
    ...     guess_filename(file)
    'bodies.py'
    """
    name = getattr(obj, "name", None)
    if not name or not isinstance(name, (str, bytes)):
        return None
    left, right = ("<", ">") if isinstance(name, str) else (b"<", b">")
    return None if name[:1] == left or name[-1:] == right else os.path.basename(name)


_ASCII = "".join(map(chr, range(128)))


def _is_stream(data: Any) -> bool:
    if data is None or isinstance(data, (str, bytes, dict, list, tuple, Mapping)):
        return False
    return hasattr(data, "__iter__") or hasattr(data, "read") or as_buffer(data) is not None


_dumps: Callable[[Any], str] | None = None


def _encode_json(value: Any) -> bytes:
    try:
        return (_dumps or _json_encoder())(value).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise InvalidJSONError(error) from error
    except TypeError as error:
        raise _NotSerialisable(error) from error


def _json_encoder() -> Callable[[Any], str]:
    # Here, because programs that send no JSON need not load it; once, because json.dumps would make an encoder per call.
    global _dumps
    from json import JSONEncoder

    _dumps = JSONEncoder(allow_nan=False).encode
    return _dumps


def _data_fields(data: Any) -> Iterator[RequestField]:
    for name, values in _pairs(data or {}):
        for value in _values(values):
            yield _field(name, value if isinstance(value, bytes) else str(value))


def _file_fields(files: Any) -> Iterator[RequestField]:
    for name, value in _pairs(files):
        filename, data, content_type, headers = _unpacked(name, value)
        if data is not None:
            yield _field(name, data, filename, content_type, headers)


def _unpacked(name: Any, value: Any) -> tuple[Any, Any, Any, Any]:
    if not isinstance(value, (tuple, list)):
        return guess_filename(value) or name, value, None, None
    if not 2 <= len(value) <= 4:
        raise InvalidArgument(f"the file of {name!r} has {len(value)} items: a file is (file name, data, content type, headers)")
    filename, data, content_type, headers = [*value, None, None][:4]
    return filename, data, content_type, headers


def _field(name: Any, data: Any, filename: Any = None, content_type: Any = None, headers: Any = None) -> RequestField:
    if name is None:
        raise InvalidArgument("a field of a form needs a name")
    from .multipart import RequestField

    field = RequestField(name, data, filename, headers)
    field.make_multipart(content_type=content_type)
    return field


def _pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    for number, item in enumerate(to_key_val_list(value) or ()):
        try:
            name, values = item
        except (TypeError, ValueError) as error:
            raise InvalidArgument(f"item {number} is no (name, value) pair: {_shown(item)}") from error
        yield name, values


def _values(values: Any) -> list[Any]:
    """One value or several, without those that are None."""
    several = [values] if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__") else values
    return [value for value in several if value is not None]


def _made_of_pairs(make: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, (str, bytes, int)):
        raise InvalidArgument(f"cannot encode objects that are not 2-tuples: {_shown(value)}")
    try:
        return make(value)
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"cannot encode objects that are not 2-tuples: {_shown(value)}") from error


def _shown(value: Any) -> str:
    """A value for an error text. Not its content: forms are where passwords are."""
    kind = type(value).__name__
    return f"{kind} of length {len(value)}" if hasattr(value, "__len__") else kind
