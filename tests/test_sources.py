"""What a body is read from: its length, its beginning, its bytes."""

from __future__ import annotations

import array
import bz2
import codecs
import collections
import contextlib
import gzip
import io
import lzma
import mmap
import os
import tarfile
import tempfile
import types
import zipfile

import pytest
from hypothesis import given, strategies as st

from minireq.exceptions import FileModeWarning, InvalidArgument, RequestException, UnrewindableBodyError
from minireq.sources import (
    BLOCK,
    as_buffer,
    is_text_file,
    iterate,
    iterate_parts,
    length_of,
    position_of,
    rewind_body,
    super_len,
)
from minireq.wire import FilePart


class Reader:
    """Something with read() and nothing else."""

    def __init__(self, *results):
        self.results = list(results)

    def read(self, size=-1):
        return self.results.pop(0) if self.results else b""


class Sized:
    """An iterable that announces its bytes, as upload helpers do."""

    def __init__(self, *pieces):
        self.pieces = pieces

    def __iter__(self):
        return iter(self.pieces)

    def __len__(self):
        return sum(map(len, self.pieces))


class WithLenAttribute(Reader):
    len = 12


def at(position, file):
    file.seek(position)
    return file


@contextlib.contextmanager
def member_of_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("member", b"12345")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, archive.open("member") as member:
        yield member


@contextlib.contextmanager
def member_of_tar(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        information = tarfile.TarInfo("member")
        information.size = 5
        archive.addfile(information, io.BytesIO(b"12345"))
    with tarfile.open(tmp_path / "a.tar") as archive, archive.extractfile("member") as member:
        yield member


# --- length


@pytest.mark.parametrize(
    "body, length",
    [
        ("", 0),
        ("abc", 3),
        ("é", 2),
        (b"", 0),
        (b"\xff", 1),
        (bytearray(b""), 0),
        (bytearray(b"abc"), 3),
        (memoryview(b"abc"), 3),
        (memoryview(b"abcd")[::2], 2),
        (array.array("I", [1, 2]), 2 * array.array("I").itemsize),
        (io.BytesIO(b"12345"), 5),
        (at(3, io.BytesIO(b"12345")), 2),  # the rest is sent
        (io.StringIO("héllo"), 6),
        (at(1, io.StringIO("héllo")), 5),
        (io.BytesIO(b""), None),
        (io.StringIO(""), None),
        (at(9, io.BytesIO(b"12345")), None),
        (iter([b"a"]), None),
        ((piece for piece in [b"a"]), None),
        (Reader(b"abc"), None),
        (WithLenAttribute(), 12),
        (Sized(b"ab", b"cde"), 5),
        (Sized(), None),
        # their len() counts items, not bytes
        ({b"ab", b"cd"}, None),
        (collections.deque([b"ab", b"cd"]), None),
        ({"a": b"ab"}.values(), None),
        (range(3), None),
    ],
    ids=repr,
)
def test_the_length_is_that_of_the_bytes_sent(body, length):
    assert length_of(body) == length


def test_the_length_of_a_file_is_what_is_left_of_it(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    with open(path, "rb") as file:
        assert length_of(file) == 5
        file.seek(3)
        assert length_of(file) == 2
        assert file.tell() == 3
    with open(path, "rb", buffering=0) as file:
        assert length_of(file) == 5


def test_a_temporary_file_has_a_length():
    with tempfile.TemporaryFile() as file:
        file.write(b"12345")
        file.seek(1)
        assert length_of(file) == 4
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"12345")
        file.seek(1)
        assert length_of(file) == 4
    with tempfile.SpooledTemporaryFile() as file:
        file.write(b"12345")
        file.seek(1)
        assert length_of(file) == 4


def test_a_pipe_has_no_length():
    read, write = os.pipe()
    os.write(write, b"12345")
    os.close(write)
    with open(read, "rb") as file:
        assert length_of(file) is None
        assert b"".join(iterate(file)) == b"12345"


@pytest.mark.parametrize("opened", [member_of_zip, member_of_tar])
def test_members_of_archives_are_measured_by_seeking(opened, tmp_path):
    with opened(tmp_path) as member:
        assert not is_text_file(member)  # though the mode is "r"
        assert length_of(member) == 5
        assert b"".join(iterate(member)) == b"12345"


def test_a_memory_map_is_read_from_its_position(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    with open(tmp_path / "f", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        mapped.seek(2)
        assert length_of(mapped) == 3
        assert b"".join(iterate(mapped)) == b"345"


@pytest.mark.parametrize("module", [gzip, bz2, lzma])
def test_an_unpacking_file_has_no_length_since_its_descriptor_is_that_of_the_packed_one(module, tmp_path):
    path = tmp_path / "packed"
    with module.open(path, "wb") as file:
        file.write(b"x" * 1000)
    with module.open(path) as file:
        assert length_of(file) is None
        assert b"".join(iterate(file)) == b"x" * 1000
    with module.open(path) as file, io.BufferedReader(file) as buffered:
        assert length_of(buffered) is None


def test_a_closed_file_is_said_to_be_closed(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    with open(tmp_path / "f", "rb") as file:
        pass
    with pytest.raises(InvalidArgument, match="the file is closed"):
        length_of(file)


def test_text_without_a_utf8_form_is_refused():
    with pytest.raises(InvalidArgument, match=r"no UTF-8 form: '\\ud800' at position 1"):
        length_of("a\ud800")
    with pytest.raises(InvalidArgument):
        length_of(io.StringIO("a\ud800"))


# --- files in text mode (S082)


@pytest.mark.parametrize(
    "content, settings, sent",
    [
        ("häßlich".encode("latin-1"), {"encoding": "latin-1"}, "häßlich".encode()),
        (b"a\r\nb\r\n", {"encoding": "ascii"}, b"a\nb\n"),
        ("é" * 20000, {"encoding": "utf-8"}, ("é" * 20000).encode()),
        ("é".encode("utf-16"), {"encoding": "utf-16"}, "é".encode()),
    ],
    ids=["latin-1", "line ends", "long", "utf-16"],
)
def test_S082_a_file_in_text_mode_is_announced_and_sent_as_utf8_with_a_warning(content, settings, sent, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open(path, **settings) as file:
        with pytest.warns(FileModeWarning, match="binary mode"):
            assert length_of(file) == len(sent)
        assert b"".join(iterate(file)) == sent


def test_the_rest_of_a_text_file_is_sent_from_where_it_stands(tmp_path):
    (tmp_path / "f").write_text("première\nseconde\n", encoding="utf-8")
    with open(tmp_path / "f", encoding="utf-8") as file:
        file.readline()
        with pytest.warns(FileModeWarning):
            assert length_of(file) == 8
        assert b"".join(iterate(file)) == b"seconde\n"


def test_a_text_pipe_has_no_length():
    read, write = os.pipe()
    os.write(write, b"text")
    os.close(write)
    with open(read, encoding="ascii") as file:
        with pytest.warns(FileModeWarning):
            assert length_of(file) is None
        assert list(iterate(file)) == [b"text"]


def test_a_codecs_reader_has_no_length_since_its_file_has_another_encoding(tmp_path):
    (tmp_path / "f").write_bytes("häßlich".encode("latin-1"))
    with codecs.getreader("latin-1")(open(tmp_path / "f", "rb")) as file:
        assert length_of(file) is None
        assert b"".join(iterate(file)) == "häßlich".encode()


def test_text_files_say_that_they_are():
    with tempfile.NamedTemporaryFile("w+") as text, tempfile.NamedTemporaryFile() as binary:
        assert is_text_file(text)
        assert not is_text_file(binary)


# --- bytes


@pytest.mark.parametrize(
    "body, pieces",
    [
        ("", []),
        ("é", [b"\xc3\xa9"]),
        (b"", []),
        (b"abc", [b"abc"]),
        (bytearray(b"abcdef"), [b"abcd", b"ef"]),
        (memoryview(b"abcdef")[::2], [b"ace"]),
        (array.array("b"), []),
        (io.BytesIO(b"abcdef"), [b"abcd", b"ef"]),
        (io.StringIO("abcdé"), [b"abcd", b"\xc3\xa9"]),
        (Reader("é", bytearray(b"x"), b""), [b"\xc3\xa9", b"x"]),
        # S084: str and bytes may be mixed; an empty piece would end a chunked body
        (iter(["hi", b"", "", b"there"]), [b"hi", b"there"]),
        ([bytearray(b"a"), memoryview(b"b")], [b"a", b"b"]),
        (Sized(b"ab", b"c"), [b"ab", b"c"]),
    ],
    ids=repr,
)
def test_a_body_is_iterated_as_bytes(body, pieces):
    found = list(iterate(body, block=4))
    assert found == pieces
    assert {type(piece) for piece in found} <= {bytes}


@pytest.mark.parametrize(
    "body, message",
    [
        ([b"a", 5], "not of int"),
        ([None], "not of NoneType"),
        ([["a"]], "not of list"),
        ({1, 2}, "not of int"),
        (iter(["\ud800"]), "no UTF-8 form"),
        (Reader(5), "not of int"),
        (Reader(None), "non-blocking"),
        (5, "not int"),
    ],
    ids=repr,
)
def test_other_pieces_are_refused_as_what_they_are(body, message):
    with pytest.raises(InvalidArgument, match=message) as caught:
        list(iterate(body))
    assert isinstance(caught.value, (RequestException, TypeError, ValueError))


def test_a_file_opened_for_writing_is_refused(tmp_path):
    with open(tmp_path / "f", "wb") as file, pytest.raises(InvalidArgument, match="cannot be read"):
        list(iterate(file))


def test_the_exception_of_a_generator_comes_out_itself():
    class Mine(TypeError):
        pass

    def pieces():
        yield b"a"
        raise Mine

    found = iterate(pieces())
    assert next(found) == b"a"
    with pytest.raises(Mine):
        next(found)


def test_nothing_is_read_before_it_is_asked_for():
    asked = []
    found = iterate(asked.append(number) or b"x" for number in range(3))
    assert asked == []
    next(found)
    assert asked == [0]


pieces_of_bodies = st.lists(st.one_of(st.binary(max_size=40), st.text(st.characters(codec="utf-8"), max_size=40)))


@given(pieces_of_bodies, st.integers(1, 50))
def test_every_way_to_give_the_same_bytes_sends_the_same_bytes(pieces, block):
    whole = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    for body in (whole, bytearray(whole), memoryview(whole), io.BytesIO(whole), pieces, iter(pieces), Reader(whole)):
        length = length_of(body)
        sent = list(iterate(body, block=block))
        assert b"".join(sent) == whole
        assert b"" not in sent
        assert length in (None, len(whole))


@given(st.text(st.characters(codec="utf-8")), st.integers(0, 20))
def test_what_is_announced_of_text_is_what_is_sent(text, position):
    file = io.StringIO(text)
    file.read(position)
    length = length_of(file)
    assert (length or 0) == len(b"".join(iterate(file)))


# --- parts of files


@pytest.fixture
def large_file(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * 4000)
    return path


if_parts = pytest.mark.skipif(not hasattr(os, "sendfile"), reason="this system cannot send files")


@if_parts
@pytest.mark.parametrize("buffering", [0, -1])
def test_a_file_of_the_disk_comes_in_parts_from_where_it_stands(buffering, large_file):
    with open(large_file, "rb", buffering=buffering) as file:
        file.read(10)
        sent, places = [], []
        for part in iterate_parts(file):
            sent.append(part)
            places.append(file.tell())
        assert {type(part) for part in sent[:-1]} == {FilePart}
        assert b"".join(map(bytes, sent)) == large_file.read_bytes()[10:]
        assert places == [10 + sum(map(len, sent[: n + 1])) for n in range(len(sent))]  # as if it were read
        assert file.read() == b""


@if_parts
def test_a_file_that_grows_meanwhile_comes_with_what_it_has_become(large_file):
    with open(large_file, "rb") as file, open(large_file, "ab") as same:
        found = iterate_parts(file)
        sent = [next(found)]
        same.write(b"x" * BLOCK)
        same.flush()
        assert b"".join(map(bytes, [*sent, *found])) == large_file.read_bytes()


@if_parts
def test_a_file_that_is_closed_meanwhile_is_an_error(large_file):
    with open(large_file, "rb") as file:
        found = iterate_parts(file)
        next(found)
    with pytest.raises(ValueError, match="closed file"):
        next(found)


class Watched(io.FileIO):
    """Who wants to know what is read gets to know it."""

    def read(self, size=-1):
        return super().read(size).upper()


def _with_a_read_of_its_own(path):
    file = open(path, "rb")  # noqa: SIM115
    plain_read = file.read
    file.read = lambda size=-1: plain_read(size)
    return file


@pytest.mark.parametrize(
    "opened",
    [
        Watched,
        _with_a_read_of_its_own,
        lambda path: io.BufferedReader(Watched(path)),
        lambda path: io.BufferedRandom(io.FileIO(path, "r+")),
        lambda path: io.BytesIO(path.read_bytes()),
        lambda path: io.TextIOWrapper(io.FileIO(path), encoding="latin-1"),
        lambda path: iter([path.read_bytes()]),
        lambda path: path.read_bytes(),
    ],
)
def test_whatever_may_give_something_else_is_read(opened, large_file):
    body = opened(large_file)
    assert {type(piece) for piece in iterate_parts(body)} == {bytes}
    if hasattr(body, "close"):
        body.close()


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no such file")
def test_a_file_that_says_no_size_is_read():
    with open("/proc/self/status", "rb") as file:
        assert b"".join(iterate_parts(file)).startswith(b"Name:")


def test_a_small_file_is_read(tmp_path):
    path = tmp_path / "small"
    path.write_bytes(b"x" * BLOCK)
    with open(path, "rb") as file:
        assert list(iterate_parts(file)) == [b"x" * BLOCK]


def test_where_the_system_cannot_send_files_they_are_read(large_file, monkeypatch):
    monkeypatch.delattr(os, "sendfile", raising=False)
    with open(large_file, "rb") as file:
        assert {type(piece) for piece in iterate_parts(file)} == {bytes}


def test_a_file_that_cannot_be_read_has_no_parts(tmp_path):
    with open(tmp_path / "f", "wb", buffering=0) as file, pytest.raises(InvalidArgument, match="cannot be read"):
        list(iterate_parts(file))


# --- rewinding


def prepared(body):
    return types.SimpleNamespace(body=body, _body_position=position_of(body))


def test_a_file_is_rewound_to_where_its_body_began():
    request = prepared(at(2, io.BytesIO(b"12345")))
    request.body.read()
    rewind_body(request)
    assert request.body.read() == b"345"


@pytest.mark.parametrize("body", [None, "text", b"bytes", bytearray(b"b"), [b"a"], {b"a"}, Sized(b"a")], ids=repr)
def test_what_can_be_sent_again_as_it_is_has_no_position(body):
    assert position_of(body) is None


class Untold(io.BytesIO):
    def tell(self):
        raise OSError("cannot tell")


class Stuck(io.BytesIO):
    def seek(self, *arguments):
        raise OSError("stuck")


class OneWay(Reader):
    def tell(self):
        return 3


@pytest.mark.parametrize(
    "body", [iter([b"a"]), (piece for piece in ()), Reader(b"a"), Untold(b"a"), Stuck(b"a"), OneWay(b"a")], ids=repr
)
def test_D4_what_can_be_read_only_once_is_not_rewound(body):
    request = prepared(body)
    assert request._body_position is not None
    with pytest.raises(UnrewindableBodyError) as caught:
        rewind_body(request)
    assert caught.value.request is request


def test_a_file_that_was_closed_meanwhile_is_not_rewound():
    request = prepared(io.BytesIO(b"a"))
    request.body.close()
    with pytest.raises(UnrewindableBodyError, match="closed"):
        rewind_body(request)


# --- super_len, as requests has it


@pytest.mark.parametrize(
    "thing, length",
    [
        ("é", 2),
        (b"abc", 3),
        ([1, 2], 2),
        ({"a": 1}, 1),
        (io.BytesIO(b"12345"), 5),
        (at(3, io.BytesIO(b"12345")), 2),
        (at(9, io.BytesIO(b"12345")), 0),
        (io.StringIO("héllo"), 5),
        (WithLenAttribute(), 12),
        (Untold(b"12345"), 0),
        (Stuck(b"12345"), 0),
        (OneWay(), 0),
        (Reader(b"abc"), 0),
        (iter([b"a"]), 0),
        (5, 0),
    ],
    ids=repr,
)
def test_super_len_counts_what_is_left(thing, length):
    assert super_len(thing) == length


def test_super_len_of_a_text_file_is_its_size_on_the_disk_and_warns(tmp_path):
    (tmp_path / "f").write_bytes(b"a\r\nb\r\n")
    with open(tmp_path / "f", encoding="ascii") as file, pytest.warns(FileModeWarning):
        assert super_len(file) == 6


def test_buffers_are_told_from_other_things():
    assert as_buffer("text") is None
    assert as_buffer([1]) is None
    assert as_buffer(b"ab").nbytes == 2
