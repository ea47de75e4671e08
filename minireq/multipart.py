"""Forms with files: multipart/form-data (RFC 7578), spelled as browsers spell it (the WHATWG HTML standard).

A form is a list of fields; each becomes a head, its data, and a line end, between boundaries. Names and file names are UTF-8,
with `"`, CR and LF percent-encoded; whatever else stands in a head has no CR, LF or NUL, so that no part can end its head early.

Small forms are plain bytes. One with files that can be sought and more than a mebibyte in all becomes a `MultipartStream`,
which reads the files while it is being sent: its memory does not grow with them.
"""

from __future__ import annotations

import binascii
import os
import re
from bisect import bisect_right
from collections.abc import Mapping

from .exceptions import InvalidArgument, InvalidHeader
from .sources import is_plain_file, is_text_file, left_on_disk, length_of, part_of, to_bytes
from .wire.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from .wire import FilePart

MOST_IN_MEMORY = 1024 * 1024
BLOCK = 64 * 1024

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSAFE = re.compile(r"[\r\n\0]")
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def encode_multipart(fields: Any, boundary: str | None = None) -> tuple[bytes | MultipartStream, str]:
    """The body of a form and its content type: bytes, or for large files a stream.

    >>> body, content_type = encode_multipart([("name", "value")], boundary="b")
    >>> body.splitlines()
    [b'--b', b'Content-Disposition: form-data; name="name"', b'', b'value', b'--b--']
    >>> content_type
    'multipart/form-data; boundary=b'

    `fields` are `RequestField`s or (name, value), where the value may be (file name, data) or (file name, data, content type).
    Raises `InvalidHeader` for what cannot stand in the head of a part, `InvalidArgument` for data that cannot be sent.
    """
    boundary = choose_boundary() if boundary is None else boundary
    pieces: list[bytes | _FilePiece] = []
    for field in _fields(fields):
        head = f"--{boundary}\r\n{field.render_headers()}"
        pieces += [_encoded(head), _piece_of(field), b"\r\n"]
    pieces.append(_encoded(f"--{boundary}--\r\n"))
    return _joined(pieces), f"multipart/form-data; boundary={boundary}"


def encode_multipart_formdata(fields: Any, boundary: str | None = None) -> tuple[bytes, str]:
    """The same, always as bytes: files are read into memory.

    >>> encode_multipart_formdata({"name": "value"}, boundary="b")[0].count(b"--b")
    2
    """
    body, content_type = encode_multipart(fields, boundary)
    return (body if isinstance(body, bytes) else body.read()), content_type


def choose_boundary() -> str:
    """A line that is in no file: 32 hexadecimal digits that nobody can foresee.

    >>> len(choose_boundary())
    32
    """
    return binascii.hexlify(os.urandom(16)).decode("ascii")


def format_multipart_header_param(name: str, value: str | bytes) -> str:
    """One parameter of a Content-Disposition.

    >>> format_multipart_header_param("filename", 'a "b".txt')
    'filename="a %22b%22.txt"'
    """
    return f'{name}="{_text(value).translate(_ESCAPES)}"'


class RequestField:
    """One field of a form: a name and data, often a file name, and headers of its own.

    >>> field = RequestField("photo", b"...", filename="me.png")
    >>> field.make_multipart(content_type="image/png")
    >>> field.render_headers().splitlines()
    ['Content-Disposition: form-data; name="photo"; filename="me.png"', 'Content-Type: image/png', '']
    """

    data: Any
    headers: dict[str, Any]

    def __init__(
        self,
        name: Any,
        data: Any,
        filename: Any = None,
        headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        header_formatter: Callable[[str, str | bytes], str] | None = None,
    ) -> None:
        self._name = name
        self._filename = filename
        self.data = data
        self.headers = _extra_headers(headers)
        self.header_formatter = header_formatter or format_multipart_header_param

    @classmethod
    def from_tuples(
        cls, fieldname: Any, value: Any, header_formatter: Callable[[str, str | bytes], str] | None = None
    ) -> RequestField:
        """A field of a value, of (file name, data) with the content type guessed, or of (file name, data, content type).

        >>> RequestField.from_tuples("f", ("a.txt", "text")).headers["Content-Type"]
        'text/plain'
        """
        filename, data, content_type = _unpacked(value) if isinstance(value, tuple) else (None, value, None)
        field = cls(fieldname, data, filename=filename, header_formatter=header_formatter)
        field.make_multipart(content_type=content_type)
        return field

    def make_multipart(
        self, content_disposition: str | None = None, content_type: Any = None, content_location: Any = None
    ) -> None:
        """Set the three headers that a part may have of its own; a type or location of None leaves what is there."""
        parameters = [
            self._render_part(name, value)
            for name, value in (("name", self._name), ("filename", self._filename))
            if value is not None
        ]
        self.headers["Content-Disposition"] = "; ".join([content_disposition or "form-data", *parameters])
        for name, value in (("Content-Type", content_type), ("Content-Location", content_location)):
            if value is not None:
                self.headers[name] = value

    def render_headers(self) -> str:
        """The head of the part, with the blank line behind it; headers without a value are left out."""
        lines = [f"{_checked_name(name)}: {_checked_value(name, value)}\r\n" for name, value in self._ordered_headers()]
        return "".join(lines) + "\r\n"

    def _render_part(self, name: str, value: str | bytes) -> str:
        """One parameter; for subclasses that want another spelling."""
        return self.header_formatter(name, value)

    def _ordered_headers(self) -> Iterator[tuple[str, Any]]:
        # Our own three first. A second spelling of them would be a second header of the same name: the server's choice.
        first = [name for name in ("Content-Disposition", "Content-Type", "Content-Location") if self.headers.get(name)]
        yield from ((name, self.headers[name]) for name in first)
        taken = {name.lower() for name in first}
        for name, value in self.headers.items():
            if value and _text(name).lower() not in taken:
                yield name, value


class MultipartStream:
    """The body of a form whose files are read while it is sent: a file-like object with a length, in constant memory.

    Reading raises `InvalidArgument` if a file has become shorter or longer than it was when the form was made, or was closed.
    """

    __slots__ = ("_pieces", "_position", "_size", "_starts")

    def __init__(self, pieces: list[bytes | _FilePiece]) -> None:
        self._pieces = pieces
        self._starts: list[int] = []
        self._size = 0
        for piece in pieces:
            self._starts.append(self._size)
            self._size += len(piece)
        self._position = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(BLOCK):
            yield block

    def iterate_parts(self) -> Iterator[bytes | FilePart]:
        """What is left of it, for the wire, which sends files of the disk without our reading them."""
        files = [start for start, piece in zip(self._starts, self._pieces) if isinstance(piece, _FilePiece)]
        stops = [*files, self._size]
        while self._position < self._size:
            piece, offset = self._here()
            if isinstance(piece, _FilePiece) and is_plain_file(piece.file):
                part = piece.part(offset)
                self._position += len(part)
                yield part
            else:
                yield self.read(min(BLOCK, stops[bisect_right(stops, self._position)] - self._position))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._size} bytes>"

    def read(self, size: int | None = -1) -> bytes:
        """So many of the next bytes, fewer only at the end; all of them if the size is negative or None."""
        left = self._size - self._position
        wanted = left if size is None or size < 0 else min(size, left)
        if not wanted:
            return b""
        block = self._read_piece(wanted)
        if len(block) == wanted:
            return block
        blocks, wanted = [block], wanted - len(block)
        while wanted:
            blocks.append(self._read_piece(wanted))
            wanted -= len(blocks[-1])
        return b"".join(blocks)

    def tell(self) -> int:
        """The number of bytes that were read."""
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go on reading from another place; `whence` is 0 for the beginning, 1 for here, 2 for the end."""
        if whence not in (0, 1, 2):
            raise InvalidArgument(f"whence is 0, 1 or 2, not {whence!r}")
        self._position = min(max(0, (0, self._position, self._size)[whence] + offset), self._size)
        return self._position

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be sought."""
        return True

    def _read_piece(self, most: int) -> bytes:
        """At least one byte of the piece that the position is in."""
        piece, offset = self._here()
        block = piece[offset : offset + most] if isinstance(piece, bytes) else piece.read(offset, most)
        self._position += len(block)
        return block

    def _here(self) -> tuple[bytes | _FilePiece, int]:
        """The piece that the position is in, and how far."""
        number = bisect_right(self._starts, self._position) - 1
        return self._pieces[number], self._position - self._starts[number]


class _FilePiece:
    """What is left of a file, as it was when the form was made."""

    __slots__ = ("_field", "_next", "_size", "_start", "file")

    def __init__(self, field: RequestField, size: int) -> None:
        self._field = field
        self.file = field.data
        self._start: int = self.file.tell()
        self._size = size
        self._next = -1  # where the file stands, as far as we know

    def __len__(self) -> int:
        return self._size

    def whole(self) -> bytes:
        return _read(self._field)

    def read(self, offset: int, most: int) -> bytes:
        try:
            if offset == 0 or offset != self._next:
                self.file.seek(self._start + offset)
            block = self.file.read(min(most, self._size - offset))
        except ValueError as error:
            raise self._changed(f"cannot be read: {error}") from error
        if not isinstance(block, bytes):
            block = self._bytes(block)
        self._next = offset + len(block)
        self._check(block)
        return block

    def part(self, offset: int) -> FilePart:
        """The same of a plain file, as a part that the system sends."""
        self._next = -1
        self.file.seek(self._start + offset)
        left = left_on_disk(self.file)
        if left < self._size - offset:
            raise self._became_shorter(offset + left)
        if left > self._size - offset:
            raise self._became_longer()
        return part_of(self.file, left)

    def _bytes(self, block: Any) -> bytes:
        if not block:
            return b""
        if isinstance(block, str):
            raise self._changed("gives text, although it did not say so: open it in binary mode")
        return to_bytes(block)

    def _check(self, block: bytes) -> None:
        if not block:
            raise self._became_shorter(self._next)
        if self._next >= self._size and (self._next > self._size or self.file.read(1)):
            raise self._became_longer()

    def _became_shorter(self, size: int) -> InvalidArgument:
        return self._changed(f"became shorter while it was sent: {size} of {self._size} bytes were left")

    def _became_longer(self) -> InvalidArgument:
        return self._changed(f"became longer while it was sent: it had {self._size} bytes")

    def _changed(self, what: str) -> InvalidArgument:
        return InvalidArgument(f"the file of the field {_text(self._field._name)!r} {what}")


def _fields(fields: Any) -> Iterator[RequestField]:
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    for field in pairs:
        if isinstance(field, RequestField):
            yield field
        elif isinstance(field, (tuple, list)) and len(field) == 2:
            yield RequestField.from_tuples(*field)
        else:
            raise InvalidArgument(f"a field of a form is a (name, value) or a RequestField, not a {type(field).__name__}")


def _unpacked(value: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    if len(value) == 3:
        return value
    if len(value) == 2:
        return (*value, _guessed_type(value[0]))
    raise InvalidArgument(f"a file is (file name, data) or (file name, data, content type), not a tuple of {len(value)}")


def _guessed_type(filename: Any) -> str:
    import mimetypes  # reads the system's tables: only for those who leave the guessing to us

    return (mimetypes.guess_type(_text(filename))[0] if filename else None) or "application/octet-stream"


def _extra_headers(headers: Any) -> dict[str, Any]:
    try:
        return dict(headers or {})
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"the headers of a part are a mapping or pairs, not a {type(headers).__name__}") from error


def _piece_of(field: RequestField) -> bytes | _FilePiece:
    data = field.data
    if isinstance(data, int):
        return to_bytes(str(data))
    if not callable(getattr(data, "read", None)):
        return to_bytes(data)
    size = _size_of_seekable(data)
    return _read(field) if size is None else _FilePiece(field, size)


def _size_of_seekable(file: Any) -> int | None:
    """The size of a file that can be read later; None if it has to be read now."""
    if is_text_file(file) or not hasattr(file, "seek"):
        return None  # text would have to be read whole only to learn its length as UTF-8
    try:
        can_return = getattr(file, "seekable", lambda: True)() and isinstance(file.tell(), int)
    except (OSError, AttributeError, ValueError):
        return None
    return length_of(file) if can_return else None


def _read(field: RequestField) -> bytes:
    try:
        data = field.data.read()
    except ValueError as error:
        raise InvalidArgument(f"the file of the field {_text(field._name)!r} cannot be read: {error}") from error
    return to_bytes(data or b"")


def _joined(pieces: list[bytes | _FilePiece]) -> bytes | MultipartStream:
    if sum(map(len, pieces)) > MOST_IN_MEMORY and not all(isinstance(piece, bytes) for piece in pieces):
        return MultipartStream(pieces)
    return b"".join([piece if isinstance(piece, bytes) else piece.whole() for piece in pieces])


def _checked_name(name: Any) -> str:
    text = _text(name)
    if not _TOKEN.fullmatch(text):
        raise InvalidHeader(f"the name of a part's header is not a token: {shown(text)}")
    return text


def _checked_value(name: Any, value: Any) -> str:
    text = _text(value)
    if _UNSAFE.search(text):
        raise InvalidHeader(f"the part's header {_text(name)} has a line end or NUL in its value: {shown(text)}")
    return text


# Names of files need not be text. What is not UTF-8 is sent as the bytes it is, by way of Python's surrogates.


def _text(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, (bytes, bytearray)) else str(value)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise InvalidHeader(f"the head of a part has no UTF-8 form: {text[error.start]!r} in {shown(text)}") from error
