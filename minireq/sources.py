"""What a body is read from: how much there is of it, where it begins, and its bytes one block after the other.

A source is a str, bytes or another buffer, something with `read`, or an iterable of str and bytes. Text becomes UTF-8 wherever
it turns up, also when a file was opened in text mode. A length is the number of bytes that will be sent, never the number of
items or characters; where only reading can tell, it is None and the body goes chunked.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Sequence, Set, ValuesView

from .exceptions import FileModeWarning, InvalidArgument, UnrewindableBodyError
from .wire import FilePart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

# Files go best in blocks of 16 KiB: larger ones were measured to cost more, not less.
BLOCK = 16 * 1024
# And what the system sends of a file without our reading it goes in parts of this size.
_PART = 256 * 1024

# These give text of a file that holds it in another encoding, and their tell() and seek() are those of that file.
_CODEC_READERS = (codecs.StreamReader, codecs.StreamReaderWriter, codecs.StreamRecoder)


def length_of(body: Any) -> int | None:
    """How many bytes the body will be, or None if only sending it can tell.

    >>> length_of("é"), length_of(io.StringIO("é")), length_of(iter([b"e"]))
    (2, 2, None)

    An empty file counts as unknown, since a pipe looks the same. Raises `InvalidArgument` for a closed file.
    """
    if isinstance(body, bytes):
        return len(body)
    if isinstance(body, str):
        return _utf8_length(body)
    if hasattr(body, "read"):
        return _left_in_file(body) or None
    view = as_buffer(body)
    if view is not None:
        return view.nbytes
    if isinstance(body, (Sequence, Set, ValuesView)):
        return None  # their len() counts items
    return _announced(body) or None


def position_of(body: Any) -> Any:
    """Where the body begins, for `rewind_body`: an int to seek to, None if it can simply be sent again, else a bare object().

    >>> position_of(io.BytesIO(b"abc")), position_of("abc"), type(position_of(iter("abc")))
    (0, None, <class 'object'>)
    """
    tell = getattr(body, "tell", None)
    if tell is None:
        return object() if hasattr(body, "read") or hasattr(body, "__next__") else None
    try:
        return tell()
    except (OSError, ValueError):
        return object()


def rewind_body(prepared_request: Any) -> None:
    """Put the body of a prepared request back to where it began, so that it can be sent again.

    Raises `UnrewindableBodyError` where that is impossible.
    """
    seek = getattr(prepared_request.body, "seek", None)
    position = prepared_request._body_position
    if seek is None or not isinstance(position, int):
        raise UnrewindableBodyError("Unable to rewind request body for redirect.", request=prepared_request)
    try:
        seek(position)
    except (OSError, ValueError) as error:
        message = f"An error occurred when rewinding request body for redirect: {error}"
        raise UnrewindableBodyError(message, request=prepared_request) from error


def iterate(body: Any, *, block: int = BLOCK) -> Iterator[bytes]:
    """The bytes of a body in non-empty pieces, files in blocks of so many bytes (or characters).

    >>> list(iterate(iter(["hi", b"", b"there"])))
    [b'hi', b'there']

    Raises `InvalidArgument` where something else than text or bytes turns up. What a generator raises itself comes out as it is.
    """
    if isinstance(body, (str, bytes)):
        return iter([to_bytes(body)] if body else [])
    read = getattr(body, "read", None)
    if read is not None and callable(read):
        return _blocks_of_file(read, block)
    view = as_buffer(body)
    if view is not None:
        return _blocks_of_buffer(view, block)
    if not hasattr(body, "__iter__"):
        raise InvalidArgument(f"a body is text, bytes, a file or an iterable of these, not {type(body).__name__}")
    return _pieces(body)


def iterate_parts(body: Any) -> Iterator[bytes | FilePart]:
    """The same for the wire, which sends parts of a file without our reading them, where its bytes are those on the disk."""
    if hasattr(type(body), "iterate_parts"):  # a form that has files
        parts: Iterator[bytes | FilePart] = body.iterate_parts()
        return parts
    return _parts_of_file(body) if is_plain_file(body) else iterate(body)


def is_plain_file(file: Any) -> bool:
    """Whether the system can send the file: reading it gives what is on the disk from where it stands, and nobody looks on.

    >>> is_plain_file(io.BytesIO())
    False
    """
    if not hasattr(os, "sendfile"):
        return False
    raw = getattr(file, "raw", None) if type(file) is io.BufferedReader else file
    if type(raw) is not io.FileIO or "read" in vars(file) or raw.closed or not raw.readable():
        return False
    return stat.S_ISREG(os.fstat(raw.fileno()).st_mode)


def left_on_disk(file: Any) -> int:
    """How many bytes there are now from where a plain file stands."""
    return os.fstat(file.fileno()).st_size - int(file.tell())


def part_of(file: Any, left: int) -> FilePart:
    """The next of so many bytes that are left of a plain file, for which it is as if they had been read."""
    start, size = file.tell(), min(left, _PART)
    file.seek(start + size)
    return FilePart(file, start, size)


def super_len(o: Any) -> int:
    """How many bytes are left of an object, by the rules of requests: 0 where that cannot be told.

    >>> super_len("é"), super_len(io.BytesIO(b"12345"))
    (2, 5)

    Warns with `FileModeWarning` if it is a file in text mode, whose size on the disk may be another than that of its text.
    """
    if isinstance(o, str):
        return _utf8_length(o)
    total = _total(o)
    if not hasattr(o, "tell"):
        return max(0, total or 0)
    try:
        position = o.tell()
    except OSError:
        return 0  # standard input or a pipe: what fstat says of it means nothing
    if total is None and hasattr(o, "seek"):
        total = _end(o, position)
    return max(0, (total or 0) - (position or 0))


def is_text_file(file: Any) -> bool:
    """Whether the file gives text, as far as it says.

    >>> is_text_file(io.StringIO()), is_text_file(io.BytesIO())
    (True, False)
    """
    if isinstance(file, (io.RawIOBase, io.BufferedIOBase)):
        return False  # a member of a zip archive says mode "r", and gives bytes
    return isinstance(file, io.TextIOBase) or (hasattr(file, "fileno") and _says_text(file))


def as_buffer(data: Any) -> memoryview | None:
    """The memory of bytes, bytearray, memoryview, array, mmap and the like; None for anything else.

    >>> as_buffer(bytearray(b"abc")).nbytes, as_buffer("abc")
    (3, None)
    """
    try:
        view = memoryview(data)
    except (TypeError, ValueError, BufferError):
        return None
    return view if view.c_contiguous else memoryview(view.tobytes())


def to_bytes(piece: Any) -> bytes:
    """Text as UTF-8, bytes and other buffers as bytes; `InvalidArgument` for anything else.

    >>> to_bytes("ab"), to_bytes(bytearray(b"cd"))
    (b'ab', b'cd')
    """
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, str):
        return _encoded(piece)
    view = as_buffer(piece)
    if view is None:
        raise InvalidArgument(f"a body is made of text or bytes, not of {type(piece).__name__}")
    return bytes(view)


def _utf8_length(text: str) -> int:
    return len(text) if text.isascii() else len(_encoded(text))


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"text has no UTF-8 form: {text[error.start]!r} at position {error.start}") from error


def _left_in_file(file: Any) -> int | None:
    if getattr(file, "closed", False) is True:
        raise InvalidArgument(f"the file is closed: {file!r}")
    if isinstance(file, io.IOBase) and not file.readable():
        raise InvalidArgument(f"the file cannot be read: {file!r}")
    if is_text_file(file):
        return _left_of_text(file)
    return None if _reads_differently(file) else _announced(file)


def _left_of_text(file: Any) -> int | None:
    # The size on the disk is that of another encoding or other line ends than we send. So the text is read twice:
    # once to count, once to send. In return the length is right, and a server without chunked bodies can be sent to.
    if _stored_size(file) is not None:
        _warn_of_text_mode()
    try:
        position = file.tell()
        file.seek(position)
    except OSError:
        return None
    size = sum(map(len, _blocks_of_file(file.read, BLOCK)))
    file.seek(position)
    return size


def _reads_differently(file: Any) -> bool:
    # A GzipFile's fileno() is that of the packed file, whose size says nothing about what read() gives.
    if isinstance(file, _CODEC_READERS):
        return True
    raw = getattr(file, "raw", file)
    return isinstance(raw, io.BufferedIOBase) and _stored_size(raw) is not None


def _announced(body: Any) -> int | None:
    try:
        return super_len(body)
    except (TypeError, AttributeError, io.UnsupportedOperation):
        return None


def _total(o: Any) -> int | None:
    if hasattr(o, "__len__"):
        return len(o)
    if hasattr(o, "len"):
        return o.len  # type: ignore[no-any-return]
    size = _stored_size(o)
    if size is not None and _says_text(o):
        _warn_of_text_mode()
    return size


def _says_text(file: Any) -> bool:
    mode = getattr(file, "mode", None)
    return isinstance(mode, str) and "b" not in mode


def _warn_of_text_mode() -> None:
    message = "A file opened in text mode is sent as UTF-8: open it in binary mode to send it as it is."
    import warnings  # nearly nobody needs it

    warnings.warn(message, FileModeWarning, stacklevel=2)


def _stored_size(file: Any) -> int | None:
    try:
        number = file.fileno()
    except (io.UnsupportedOperation, AttributeError):
        return None  # some have the method, and nothing behind it (a member of a tar archive)
    return os.fstat(number).st_size


def _end(file: Any, position: Any) -> int:
    try:
        file.seek(0, 2)
        end: int = file.tell()
        file.seek(position or 0)
    except OSError:
        return 0
    return end


def _blocks_of_file(read: Callable[[int], Any], block: int) -> Iterator[bytes]:
    while True:
        try:
            data = read(block)
        except io.UnsupportedOperation as error:
            raise InvalidArgument(f"the file cannot be read: {error}") from error
        if data is None:
            raise InvalidArgument("the file has nothing to read yet: it is in non-blocking mode")
        if not data:
            return
        yield data if type(data) is bytes else to_bytes(data)


def _parts_of_file(file: Any) -> Iterator[bytes | FilePart]:
    while (left := left_on_disk(file)) > BLOCK:
        yield part_of(file, left)
    yield from _blocks_of_file(file.read, BLOCK)  # the rest, and what says no size, as files in /proc


def _blocks_of_buffer(view: memoryview, block: int) -> Iterator[bytes]:
    octets = view.cast("B") if view.nbytes else view
    for start in range(0, view.nbytes, block):
        yield bytes(octets[start : start + block])


def _pieces(items: Iterable[Any]) -> Iterator[bytes]:
    for item in items:
        piece = item if type(item) is bytes else to_bytes(item)
        if piece:  # an empty chunk would end a chunked body
            yield piece
