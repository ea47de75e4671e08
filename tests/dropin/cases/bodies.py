"""What goes out as a body: data, json, files."""

from __future__ import annotations

import collections
import decimal
import io
import os

from ..views import attempt
from . import case, table


def seeked(data, position):
    file = io.BytesIO(data)
    file.seek(position)
    return file


def opened(path, position=0, mode="rb"):
    file = open(path, mode)  # noqa: SIM115 - it goes into a request
    file.seek(position)
    return file


class Sized:
    """Can be iterated and has a length, but cannot be read."""

    def __init__(self, *parts):
        self.parts = parts

    def __iter__(self):
        return iter(self.parts)

    def __len__(self):
        return sum(map(len, self.parts))


class Readable:
    """Can be read, and nothing else."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, size=-1):
        return self.file.read(size)


class ReadableIterable(Readable):
    def __iter__(self):
        return iter(lambda: self.read(4), b"")


class WithLen(ReadableIterable):
    """As requests-toolbelt does: `len` is what is left."""

    @property
    def len(self):
        return len(self.file.getbuffer())


table(
    "data",
    "POST",
    "/echo",
    {
        "dict": {"data": {"a": "1", "b": ["x", "y"], "c": None}},
        "list of tuples": {"data": [("b", "2"), ("a", "1"), ("a", "0")]},
        "tuple of tuples": {"data": (("a", "1"), ("b", "2"))},
        "list of lists": {"data": [["a", "1"], ["b", ["2", "3"]]]},
        "list of str": {"data": ["abc"]},
        "ordered dict": {"data": collections.OrderedDict([("z", 1), ("a", 2)])},
        "items": {"data": {"a": 1}.items()},
        "set": {"data": {("a", "1")}},
        "str": {"data": "plain=1&x=ü"},
        "str astral": {"data": "🐍\r\n"},
        "str surrogate": {"data": "\ud800"},
        "bytes": {"data": b"\x00\x01raw"},
        "bytearray": {"data": bytearray(b"array")},
        "memoryview": {"data": memoryview(b"view")},
        "empty dict": {"data": {}},
        "empty str": {"data": ""},
        "empty bytes": {"data": b""},
        "empty list": {"data": []},
        "none": {"data": None},
        "zero": {"data": 0},
        "false": {"data": False},
        "int": {"data": 5},
        "unicode dict": {"data": {"ключ": "знач", "sp ace": "a+b&c"}},
        "nested ints": {"data": {"a": [1, 2.5, True], "b": 0}},
        "nested dict": {"data": {"a": {"b": "c"}}},
        "values None in a list": {"data": {"a": [None, "1"]}},
        "bytes values": {"data": {b"k": b"\xff"}},
        "empty value": {"data": {"a": "", "": "b"}},
        "all None": {"data": {"a": None}},
        "BytesIO": lambda lib, here: {"data": io.BytesIO(b"from bytesio")},
        "BytesIO mid": lambda lib, here: {"data": seeked(b"0123456789", 4)},
        "BytesIO at its end": lambda lib, here: {"data": seeked(b"0123456789", 10)},
        "BytesIO empty": lambda lib, here: {"data": io.BytesIO()},
        "StringIO": lambda lib, here: {"data": io.StringIO("string io")},
        "StringIO unicode": lambda lib, here: {"data": io.StringIO("strüng 東")},
        "file": lambda lib, here: {"data": opened(here.file("up.bin", b"file body" * 1000))},
        "file mid": lambda lib, here: {"data": opened(here.file("mid.bin", b"0123456789"), 3)},
        "file in text mode": lambda lib, here: {"data": opened(here.file("text.txt", "text ascii"), mode="r")},
        "empty file": lambda lib, here: {"data": opened(here.file("empty.bin", b""))},
        "pipe": lambda lib, here: {"data": _pipe(b"through a pipe")},
        "generator": lambda lib, here: {"data": (piece for piece in [b"one", b"two", b"three"])},
        "generator with empty item": lambda lib, here: {"data": (piece for piece in [b"one", b"", b"two"])},
        "generator empty": lambda lib, here: {"data": iter([])},
        "generator of str": lambda lib, here: {"data": (piece for piece in ["a", "b"])},
        "generator of unicode": lambda lib, here: {"data": (piece for piece in ["ü", "東"])},
        "generator of bytearrays": lambda lib, here: {"data": (bytearray(piece) for piece in [b"a", b"b"])},
        "generator of ints": lambda lib, here: {"data": iter([1, 2])},
        "generator with a large item": lambda lib, here: {"data": iter([b"x" * 70000, b"y"])},
        "generator with files": lambda lib, here: {"data": iter([b"a"]), "files": {"f": b"x"}},
        "generator with a content type": lambda lib, here: {"data": iter([b"a"]), "headers": {"Content-Type": "text/x"}},
        "generator with length header": lambda lib, here: {
            "data": iter([b"abc"]),
            "headers": {"Content-Length": "3"},
            "timeout": 0.5,
        },
        "generator by GET": lambda lib, here: {"method": "GET", "data": iter([b"a"])},
        "iterator": lambda lib, here: {"data": iter([b"a", b"b"])},
        "iterable with len": lambda lib, here: {"data": Sized(b"abc", b"def")},
        "iterable of str with len": lambda lib, here: {"data": Sized("abc", "def")},
        "readable": lambda lib, here: {"data": Readable(b"read me")},
        "readable iterable": lambda lib, here: {"data": ReadableIterable(b"read or iterate")},
        "readable with len attribute": lambda lib, here: {"data": WithLen(b"toolbelt")},
        "custom content type": {"data": "<x/>", "headers": {"Content-Type": "text/xml"}},
        "dict with content type": {"data": {"a": "b"}, "headers": {"content-type": "application/x-own"}},
        "content type None": {"data": {"a": "b"}, "headers": {"Content-Type": None}},
        "content type empty": {"data": {"a": "b"}, "headers": {"Content-Type": ""}},
        "length header too small": {"data": b"abcdef", "headers": {"Content-Length": "3"}},
        "length header None": {"data": b"abc", "headers": {"Content-Length": None}},
        "get with data": {"method": "GET", "data": {"a": "b"}},
        "put": {"method": "PUT", "data": b"put"},
        "patch": {"method": "PATCH", "data": "patch"},
        "delete with data": {"method": "DELETE", "data": "x"},
        "delete empty": {"method": "DELETE"},
        "put empty": {"method": "PUT"},
        "patch empty": {"method": "PATCH"},
        "odd method empty": {"method": "FROB"},
        "options": {"method": "OPTIONS"},
        "options with data": {"method": "OPTIONS", "data": "x"},
        "head": {"method": "HEAD"},
        "head with data": {"method": "HEAD", "data": "x"},
        "get with empty data": {"method": "GET", "data": b""},
        "large": {"data": b"x" * 300000},
        "params too": {"data": {"a": "b"}, "params": {"c": "d"}},
    },
)


def _pipe(data):
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return os.fdopen(reading, "rb")


table(
    "json",
    "POST",
    "/echo",
    {
        "none": {"json": None},
        "empty dict": {"json": {}},
        "empty list": {"json": []},
        "zero": {"json": 0},
        "false": {"json": False},
        "true": {"json": True},
        "float": {"json": 1e100},
        "empty str": {"json": ""},
        "str": {"json": 'ü"\n'},
        "unicode": {"json": {"ü": "東京", "n": [1, 2.5, None, True]}},
        "surrogate": {"json": "\ud800"},
        "int keys": {"json": {1: 2, None: 3}},
        "with data": {"json": {"a": 1}, "data": {"b": 2}},
        "with str data": {"json": {"a": 1}, "data": "b"},
        "with empty data": {"json": {"a": 1}, "data": {}},
        "with files": {"json": {"a": 1}, "files": {"f": b"x"}},
        "own content type": {"json": {"a": 1}, "headers": {"Content-Type": "application/vnd.x+json"}},
        "content type None": {"json": {"a": 1}, "headers": {"Content-Type": None}},
        "get": {"method": "GET", "json": {"a": 1}},
        "tuple": {"json": (1, 2)},
        "bytes content type": {"json": [1], "headers": {"content-type": b"text/x"}},
        "nan": {"json": {"a": float("nan")}},
        "infinity": {"json": [float("inf")]},
        "not serialisable": {"json": {"a": object()}},
        "decimal": {"json": decimal.Decimal("1.5")},
        "bytes": {"json": b"x"},
        "tuple key": {"json": {(1, 2): 3}},
        "a circle": lambda lib, here: {"json": _circle()},
    },
)


def _circle():
    items = []
    items.append(items)
    return items


table(
    "files",
    "POST",
    "/echo",
    {
        "bytes": {"files": {"f": b"abc"}},
        "bytearray": {"files": {"f": bytearray(b"abc")}},
        "str": {"files": {"f": "abc ü"}},
        "tuple2": {"files": {"f": ("n.txt", b"abc")}},
        "tuple3": {"files": {"f": ("n.txt", b"abc", "text/plain")}},
        "tuple4": {"files": {"f": ("n.txt", b"abc", "text/plain", {"X-A": "1"})}},
        "tuple of a name and str": {"files": {"f": ("n.txt", "abc ü")}},
        "part headers with None": {"files": {"f": ("n.txt", b"abc", None, {"X-A": "1", "X-B": ""})}},
        "part headers of bytes": {"files": {"f": ("n.txt", b"abc", "text/plain", {"X-A": b"1"})}},
        "part headers name the type": {"files": {"f": ("n.txt", b"abc", "text/plain", {"Content-Type": "text/x"})}},
        "list of lists": {"files": [["f", ["n.txt", b"abc"]]]},
        "file object": lambda lib, here: {"files": {"f": opened(here.file("up.txt", b"content"))}},
        "file object mid": lambda lib, here: {"files": {"f": opened(here.file("up2.txt", b"content"), 3)}},
        "file object in text mode": lambda lib, here: {"files": {"f": opened(here.file("up3.txt", "text"), mode="r")}},
        "file object with a unicode name": lambda lib, here: {"files": {"f": opened(here.file("ü.txt", b"x"))}},
        "file object in a tuple": lambda lib, here: {"files": {"f": ("other", opened(here.file("up4.txt", b"content")))}},
        "file object with a bracket name": lambda lib, here: {"files": {"f": _named("<stdin>")}},
        "file object with an int name": lambda lib, here: {"files": {"f": _named(5)}},
        "file object with a bytes name": lambda lib, here: {"files": {"f": _named(b"a/b.txt")}},
        "file object with a folder": lambda lib, here: {"files": {"f": _named("a/b/c.txt")}},
        "two same name": {"files": [("f", ("a", b"1")), ("f", ("b", b"2"))]},
        "with data": {"files": {"f": b"x"}, "data": {"a": "1", "b": ["2", "3"], "c": None, "d": 5}},
        "with data tuples": {"files": {"f": b"x"}, "data": [("z", "1"), ("a", "2"), ("z", "3")]},
        "with unicode data": {"files": {"f": b"x"}, "data": {"ü": "東", "b\r\n": "c\r\nd"}},
        "with bytes data": {"files": {"f": b"x"}, "data": {"k": b"\xff\x00"}},
        "with data and bytes keys": {"files": {"f": b"x"}, "data": {b"k": b"v"}},
        "with floats": {"files": {"f": b"x"}, "data": {"a": 1.5, "b": True}},
        "with data str": {"files": {"f": b"x"}, "data": "abc"},
        "with data bytes": {"files": {"f": b"x"}, "data": b"abc"},
        "unicode filename": {"files": {"f": ("Grüße 東.txt", b"x")}},
        "bytes filename": {"files": {"f": (b"n.txt", b"x")}},
        "empty filename": {"files": {"f": ("", b"x")}},
        "unicode field": {"files": {"fü": ("a", b"x")}},
        "empty field": {"files": {"": b"x"}},
        "bytes field": {"files": {b"f": b"x"}},
        "quotes in field": {"files": {'a"b\r\n\\': b"x"}},
        "no filename": {"files": {"f": (None, b"x")}},
        "no filename and a type": {"files": {"f": (None, b"x", "application/json")}},
        "empty": {"files": {}},
        "empty list": {"files": []},
        "BytesIO": lambda lib, here: {"files": {"f": io.BytesIO(b"io")}},
        "BytesIO mid": lambda lib, here: {"files": {"f": seeked(b"0123456789", 4)}},
        "StringIO": lambda lib, here: {"files": {"f": io.StringIO("strüng")}},
        "none value": {"files": {"f": None}},
        "none in a tuple": {"files": {"f": ("n", None)}},
        "none and another": {"files": {"f": None, "g": b"x"}},
        "quotes in name": {"files": {"f": ('a"b\\c\r\nd.txt', b"x")}},
        "put": {"method": "PUT", "files": {"f": b"x"}},
        "get": {"method": "GET", "files": {"f": b"x"}},
        "empty content": {"files": {"f": b""}},
        "int": {"files": {"f": 5}},
        "tuple of five": {"files": {"f": (1, 2, 3, 4, 5)}},
        "tuple of one": {"files": {"f": (b"x",)}},
        "str instead of a dict": {"files": "abc"},
        "own content type": {"files": {"f": b"x"}, "headers": {"Content-Type": "multipart/form-data"}},
        "content that looks like a boundary": {"files": {"f": b"--x\r\n\r\n--"}},
        "large": {"files": {"f": b"x" * 200000}},
    },
)


def _named(name):
    file = io.BytesIO(b"named")
    file.name = name
    return file


@case("utils: super_len")
def _(lib, here):
    values = [
        "",
        "ü",
        b"abc",
        [1, 2],
        io.BytesIO(b"abc"),
        seeked(b"abcd", 1),
        io.StringIO("ü"),
        Sized(b"abc"),
        Readable(b"abc"),
        WithLen(b"abc"),
    ]
    return [attempt(lib.utils.super_len, value) for value in [*values, 5, None, opened(here.file("len.bin", b"12345"), 2)]]


@case("files: one file object in two requests")
def _(lib, here):
    file = io.BytesIO(b"once")
    return [lib.post(here.http + "/echo", files={"f": file}), lib.post(here.http + "/echo", files={"f": file})]


@case("data: one BytesIO in two requests")
def _(lib, here):
    file = io.BytesIO(b"once")
    return [lib.post(here.http + "/echo", data=file), lib.post(here.http + "/echo", data=file), file.closed]


@case("data: a generator that raises")
def _(lib, here):
    def pieces():
        yield b"one"
        raise RuntimeError("in the middle")

    return attempt(lib.post, here.http + "/echo", data=pieces(), text=True)
