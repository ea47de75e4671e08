"""Forms with files: how they are spelled, what cannot be smuggled into them, and what they cost."""

from __future__ import annotations

import email
import io
import os
import tracemalloc

import pytest
from hypothesis import given, strategies as st

from minireq import multipart
from minireq.exceptions import InvalidArgument, InvalidHeader
from minireq.multipart import MultipartStream, RequestField, choose_boundary, encode_multipart, encode_multipart_formdata
from minireq.sources import iterate, iterate_parts, length_of, position_of
from minireq.wire import FilePart


def field(name, data, filename=None, content_type=None, headers=None):
    made = RequestField(name, data, filename, headers)
    made.make_multipart(content_type=content_type)
    return made


def spelled(*fields):
    """The body without its boundary lines."""
    body, content_type = encode_multipart(fields, boundary="B")
    assert content_type == "multipart/form-data; boundary=B"
    first, *parts, last = body.split(b"--B")
    assert (first, last) == (b"", b"--\r\n")
    assert all(part.startswith(b"\r\n") and part.endswith(b"\r\n") for part in parts)
    return [part[2:-2] for part in parts]


@pytest.fixture
def streamed(monkeypatch):
    """Everything with a file that can be sought is streamed, however small."""
    monkeypatch.setattr(multipart, "MOST_IN_MEMORY", 0)


# --- spelling


@pytest.mark.parametrize(
    "made, part",
    [
        (field("a", "1"), b'Content-Disposition: form-data; name="a"\r\n\r\n1'),
        (field("a", "é"), b'Content-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9'),
        (field("a", b"\xff"), b'Content-Disposition: form-data; name="a"\r\n\r\n\xff'),
        (field("a", bytearray(b"x")), b'Content-Disposition: form-data; name="a"\r\n\r\nx'),
        (field("a", 5), b'Content-Disposition: form-data; name="a"\r\n\r\n5'),
        (field("a", io.BytesIO(b"x")), b'Content-Disposition: form-data; name="a"\r\n\r\nx'),
        (field("a", io.StringIO("é")), b'Content-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9'),
        # no Content-Type unless one is given
        (field("f", "x", "n"), b'Content-Disposition: form-data; name="f"; filename="n"\r\n\r\nx'),
        (field("f", "x", ""), b'Content-Disposition: form-data; name="f"; filename=""\r\n\r\nx'),
        (field("f", "x", "n", "t/x"), b'Content-Disposition: form-data; name="f"; filename="n"\r\nContent-Type: t/x\r\n\r\nx'),
        (field("f", "x", "n", b"t/x"), b'Content-Disposition: form-data; name="f"; filename="n"\r\nContent-Type: t/x\r\n\r\nx'),
        # names are UTF-8; the quote and line ends are percent-encoded, nothing else is
        (field('"é\r\n', "x"), b'Content-Disposition: form-data; name="%22\xc3\xa9%0D%0A"\r\n\r\nx'),
        (field("b", "x", 'é"x.txt'), b'Content-Disposition: form-data; name="b"; filename="\xc3\xa9%22x.txt"\r\n\r\nx'),
        (field("b", "x", "a\\b%22"), b'Content-Disposition: form-data; name="b"; filename="a\\b%22"\r\n\r\nx'),
        (field(b"b", "x", b"n"), b'Content-Disposition: form-data; name="b"; filename="n"\r\n\r\nx'),
        # a file's name on the disk need not be UTF-8
        (field("b", "x", b"\xff.txt"), b'Content-Disposition: form-data; name="b"; filename="\xff.txt"\r\n\r\nx'),
        (field("b", "x", "\udcff.txt"), b'Content-Disposition: form-data; name="b"; filename="\xff.txt"\r\n\r\nx'),
        # S076: headers of the part, those without a value left out
        (
            field("f", "x", "n", "t/x", {"Expires": "0", "Z": None, "Y": "", "X": 5}),
            b'Content-Disposition: form-data; name="f"; filename="n"\r\nContent-Type: t/x\r\nExpires: 0\r\nX: 5\r\n\r\nx',
        ),
        (field("f", "x", headers=[("A", "b")]), b'Content-Disposition: form-data; name="f"\r\nA: b\r\n\r\nx'),
        # never two headers of one name, and a content type in the headers is one too
        (
            field("f", "x", None, "t/x", {"content-type": "low", "CONTENT-DISPOSITION": "zz"}),
            b'Content-Disposition: form-data; name="f"\r\nContent-Type: t/x\r\n\r\nx',
        ),
        (
            field("f", "x", None, None, {"Content-Type": "q/r"}),
            b'Content-Disposition: form-data; name="f"\r\nContent-Type: q/r\r\n\r\nx',
        ),
    ],
)
def test_a_field_is_spelled_as_browsers_do(made, part):
    assert spelled(made) == [part]


def test_fields_keep_their_order():
    parts = spelled(field("b", "1"), field("a", "2"), field("b", "3"))
    assert [part[-1:] for part in parts] == [b"1", b"2", b"3"]


def test_an_empty_form_is_its_last_boundary():
    assert encode_multipart([], boundary="B")[0] == b"--B--\r\n"


def test_boundaries_are_32_hexadecimal_digits_that_nobody_can_foresee():
    boundaries = {choose_boundary() for _ in range(100)}
    assert len(boundaries) == 100
    assert all(len(boundary) == 32 and set(boundary) <= set("0123456789abcdef") for boundary in boundaries)
    body, content_type = encode_multipart([("a", "1")])
    assert body.startswith(b"--" + content_type.rpartition("=")[2].encode())


@pytest.mark.parametrize(
    "value, part",
    [
        ("v", b'Content-Disposition: form-data; name="f"\r\n\r\nv'),
        (
            ("a.txt", "v"),
            b'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nv',
        ),
        (
            ("a.nosuch", "v"),
            b'Content-Disposition: form-data; name="f"; filename="a.nosuch"\r\nContent-Type: application/octet-stream\r\n\r\nv',
        ),
        ((None, "v"), b'Content-Disposition: form-data; name="f"\r\nContent-Type: application/octet-stream\r\n\r\nv'),
        (("a.txt", "v", "x/y"), b'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: x/y\r\n\r\nv'),
    ],
)
def test_fields_may_be_tuples_as_urllib3_has_them(value, part):
    assert spelled(("f", value)) == [part]
    assert part in encode_multipart_formdata({"f": value})[0]


def test_a_formatter_or_a_subclass_may_spell_parameters_another_way():
    made = RequestField("é", "x", header_formatter=lambda name, value: f"{name}={value!a}")
    made.make_multipart("attachment", content_location="/here")
    assert made.render_headers() == "Content-Disposition: attachment; name='\\xe9'\r\nContent-Location: /here\r\n\r\n"

    class Shouting(RequestField):
        def _render_part(self, name, value):
            return super()._render_part(name, value).upper()

    made = Shouting("n", "x")
    made.make_multipart()
    assert made.headers == {"Content-Disposition": 'form-data; NAME="N"'}


names = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\0'), min_size=1, max_size=20)


@given(st.lists(st.tuples(names, st.one_of(st.none(), names), st.binary(max_size=100))), st.sampled_from([0, 1 << 20]))
def test_what_goes_in_comes_out(fields, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multipart, "MOST_IN_MEMORY", limit)
        body, content_type = encode_multipart([field(name, io.BytesIO(data), filename) for name, filename, data in fields])
    body = b"".join(iterate(body))
    boundary = content_type.rpartition("=")[2].encode()
    *parts, last = body.split(b"--" + boundary)[1:]
    assert last == b"--\r\n"
    found = []
    for part in parts:
        head, data = part[2:-2].split(b"\r\n\r\n", 1)
        found.append((head.decode(), data))
    assert found == [
        (f'Content-Disposition: form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"'), data)
        for name, filename, data in fields
    ]


def test_another_reader_understands_it():
    body, content_type = encode_multipart([field("a", "1"), field("f", b"\x00\xff", "n.bin", "image/png")])
    message = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    first, second = message.get_payload()
    assert (first.get_param("name", header="content-disposition"), first.get_payload(decode=True)) == ("a", b"1")
    assert (second.get_filename(), second.get_content_type(), second.get_payload(decode=True)) == (
        "n.bin",
        "image/png",
        b"\x00\xff",
    )


# --- injection


@pytest.mark.parametrize("bad", ["\r\nX-Planted: 1", "\n", "\r", "\0"], ids=repr)
def test_no_part_can_end_its_head_early(bad):
    for made in (
        field("f", "x", "n", "text/plain" + bad),
        field("f", "x", "n", None, {"A": "b" + bad}),
        field("f", "x", "n", None, {"A" + bad: "b"}),
        field("f", "x", "n", None, {("A" + bad).encode(): "b"}),
        field("f", "x", "n", ("text/plain" + bad).encode()),
    ):
        with pytest.raises(InvalidHeader) as caught:
            spelled(made)
        assert isinstance(caught.value, ValueError)


def test_a_name_can_neither_end_the_head_nor_bring_parameters_of_its_own():
    (part,) = spelled(field('f"; filename="x', "data", 'a"\r\nX-Planted: 1'))
    assert part.splitlines()[0] == (
        b'Content-Disposition: form-data; name="f%22; filename=%22x"; filename="a%22%0D%0AX-Planted: 1"'
    )


@pytest.mark.parametrize(
    "made, message",
    [
        (field("f", "x", "n\0"), "Content-Disposition has a line end or NUL"),
        (field("f", "x", "n", None, {"A B": "c"}), "not a token: 'A B'"),
        (field("f", "x", "n", None, {"": "c"}), "not a token: ''"),
        (field("f", "x", "n", None, {"É": "c"}), "not a token"),
        (field("\ud800", "x"), "no UTF-8 form"),
    ],
)
def test_heads_that_cannot_be_sent_are_refused(made, message):
    with pytest.raises(InvalidHeader, match=message):
        spelled(made)


def test_headers_that_are_no_headers_are_refused():
    for headers in (5, ["abc"], "ab"):
        with pytest.raises(InvalidArgument, match="mapping or pairs"):
            field("f", "x", headers=headers)


@pytest.mark.parametrize(
    "fields, message",
    [
        ([field("f", None)], "not of NoneType"),
        ([field("f", {"a": 1})], "not of dict"),
        ([field("f", iter([b"x"]))], "not of list_iterator"),
        ([field("f", "\ud800")], "no UTF-8 form"),
        ([("f",)], "not a tuple"),
        (["f"], "not a str"),
        ([("f", ("a", "b", "c", "d"))], "not a tuple of 4"),
        ([("f", ("a",))], "not a tuple of 1"),
    ],
)
def test_data_that_cannot_be_sent_is_refused(fields, message):
    with pytest.raises(InvalidArgument, match=message):
        encode_multipart(fields)


# --- streams (S080)


def test_S080_a_large_file_is_not_read_before_it_is_sent(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(os.urandom(1 << 20) * 8)
    with open(path, "rb") as file:
        tracemalloc.start()
        body, _ = encode_multipart([field("a", "1"), field("f", file, "large"), field("g", "last")], boundary="B")
        assert isinstance(body, MultipartStream)
        size = sum(map(len, iterate(body)))
        assert sum(map(len, body)) == 0  # read to its end
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size == len(body) > 8 << 20
    assert peak < 1 << 20


@pytest.mark.parametrize("size, kind", [(1 << 10, bytes), (1 << 20, MultipartStream)])
def test_small_forms_are_plain_bytes(size, kind):
    assert type(encode_multipart([field("f", io.BytesIO(bytes(size)))])[0]) is kind


def test_text_and_bytes_are_in_memory_already_and_stay_there():
    assert type(encode_multipart([field("f", bytes(2 << 20)), field("g", "x" * (2 << 20))])[0]) is bytes


class OneWay(io.RawIOBase):
    """Like a pipe."""

    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, buffer):
        part, self.data = self.data[: len(buffer)], self.data[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize("make", [OneWay, lambda data: io.StringIO(data.decode()), lambda data: io.TextIOWrapper(io.BytesIO(data))])
def test_what_cannot_be_read_later_or_twice_is_read_at_once(make):
    data = b"x" * (2 << 20)
    body, _ = encode_multipart([field("f", make(data))], boundary="B")
    assert body == b'--B\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + data + b"\r\n--B--\r\n"


def test_the_stream_is_the_same_as_the_bytes(streamed):
    def fields():
        moved = io.BytesIO(b"0123456789")
        moved.seek(3)
        return [field("a", "1"), field("f", moved, "n"), field("e", io.BytesIO()), field("g", io.BytesIO(b"xy")), field("b", "2")]

    body, content_type = encode_multipart(fields(), boundary="B")
    assert encode_multipart_formdata(fields(), boundary="B") == (body.read(), content_type)
    assert b"\r\n3456789\r\n" in encode_multipart_formdata(fields())[0]


def test_a_file_in_two_fields_is_sent_twice(streamed):
    file = io.BytesIO(b"abc")
    assert spelled_stream(field("f", file), field("g", file)).count(b"\r\n\r\nabc\r\n") == 2


def spelled_stream(*fields):
    body, _ = encode_multipart(fields, boundary="B")
    assert type(body) is MultipartStream
    return b"".join(iterate(body))


def test_a_stream_is_a_file_like_object_with_a_length(streamed):
    body, _ = encode_multipart([field("f", io.BytesIO(b"abc"))], boundary="B")
    whole = b'--B\r\nContent-Disposition: form-data; name="f"\r\n\r\nabc\r\n--B--\r\n'
    assert (len(body), length_of(body), position_of(body), body.tell()) == (len(whole), len(whole), 0, 0)
    assert (body.readable(), body.seekable(), repr(body)) == (True, True, f"<MultipartStream of {len(whole)} bytes>")
    assert body.read(0) == b""
    assert body.read(5) == whole[:5]
    assert (body.tell(), length_of(body)) == (5, len(whole) - 5)
    assert body.read() == whole[5:]
    assert body.read() == body.read(1) == b""
    assert body.seek(0) == 0
    assert list(body) == [whole]
    assert body.seek(-4, 2) == len(whole) - 4
    assert body.read(None) == whole[-4:]
    body.seek(2)
    assert body.seek(3, 1) == 5
    assert body.seek(-9) == 0
    assert body.seek(9999) == len(whole)
    with pytest.raises(InvalidArgument, match="whence"):
        body.seek(0, 3)


@given(st.lists(st.binary(max_size=30), min_size=1), st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200)), max_size=10))
def test_a_stream_can_be_read_from_anywhere_in_any_sizes(files, reads):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multipart, "MOST_IN_MEMORY", 0)
        body, _ = encode_multipart([field("f", io.BytesIO(data)) for data in files] + [field("x", io.BytesIO(b"y"))], boundary="B")
    whole = body.read()
    assert len(whole) == len(body)
    for start, size in reads:
        body.seek(start)
        assert body.read(size) == whole[start : start + size]
        body.read(size)


# --- files that change


def stream_of(file):
    return encode_multipart([field("photo", file, "p")])[0]


def test_a_file_that_becomes_shorter_while_it_is_sent_is_noticed(streamed, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 100)
    with open(path, "rb") as file:
        body = stream_of(file)
        os.truncate(path, 10)
        for way in (iterate, iterate_parts):
            body.seek(0)
            with pytest.raises(InvalidArgument, match="field 'photo' became shorter while it was sent: 10 of 100"):
                list(way(body))


def test_a_file_that_becomes_longer_while_it_is_sent_is_noticed(streamed, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 100)
    with open(path, "rb") as file:
        body = stream_of(file)
        with open(path, "ab") as same:
            same.write(b"y")
        for way in (iterate, iterate_parts):
            body.seek(0)
            with pytest.raises(InvalidArgument, match="field 'photo' became longer while it was sent: it had 100"):
                list(way(body))


@pytest.mark.parametrize("way", [iterate, iterate_parts])
@pytest.mark.parametrize("opened", [lambda path: io.BytesIO(b"abc"), io.FileIO])
def test_a_file_that_was_closed_before_it_is_sent_is_noticed(streamed, tmp_path, opened, way):
    path = tmp_path / "f"
    path.write_bytes(b"abc")
    file = opened(path)
    body = stream_of(file)
    file.close()
    with pytest.raises(InvalidArgument, match="field 'photo' cannot be read: I/O operation on closed file"):
        list(way(body))


@pytest.mark.skipif(not hasattr(os, "sendfile"), reason="this system cannot send files")
def test_files_of_the_disk_go_in_parts_and_what_is_between_them_in_blocks(streamed, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(bytes(range(256)) * 2000)
    with open(path, "rb") as file, open(path, "rb", buffering=0) as same:
        same.seek(300_000)
        body, _ = encode_multipart(
            [field("a", "1"), field("b", "2"), field("f", file), field("g", same), field("h", io.BytesIO(b"x" * 100_000))],
            boundary="B",
        )
        sent = list(iterate_parts(body))
        assert [type(piece) for piece in sent] == [bytes, FilePart, FilePart, bytes, FilePart, *[bytes] * 3]
        assert (file.tell(), same.tell(), body.tell()) == (512_000, 512_000, len(body))
        whole = b"".join(map(bytes, sent))
        for start in (0, 10, 1000, 400_000, len(body) - 5):
            body.seek(start)
            assert b"".join(map(bytes, iterate_parts(body))) == whole[start:]
        body.seek(0)
        assert b"".join(iterate(body)) == whole


@pytest.mark.parametrize("make", [io.BytesIO, lambda: io.TextIOWrapper(io.BytesIO())])
def test_a_file_that_is_closed_already_is_noticed_at_once(make):
    file = make()
    file.close()
    with pytest.raises(InvalidArgument, match="field 'photo' cannot be read"):
        stream_of(file)


class Odd(io.BytesIO):
    """A file whose read gives something else."""

    given = None

    def read(self, size=-1):
        data = super().read(size)
        return self.given if data else data


@pytest.mark.parametrize(
    "given, message",
    [("text", "gives text"), (None, "became shorter"), ("", "became shorter"), (b"abcdef", "became longer"), (5, "not of int")],
)
def test_a_file_that_gives_something_else_is_noticed(streamed, given, message):
    file = Odd(b"abc")
    file.given = given
    with pytest.raises(InvalidArgument, match=message):
        list(iterate(stream_of(file)))


def test_a_file_may_give_any_buffer(streamed):
    for buffer in (bytearray(b"abc"), memoryview(b"abc")):
        file = Odd(b"abc")
        file.given = buffer
        assert b"\r\n\r\nabc\r\n" in spelled_stream(field("f", file))


def test_what_was_sent_is_found_again_when_it_is_read(tmp_path):
    data = os.urandom(1_200_000)
    (tmp_path / "data").write_bytes(data)
    with open(tmp_path / "data", "rb") as file:
        body, _ = encode_multipart([field("f", file, "data")])
        whole = body.read()
        body.seek(0)
        body.read(200_000)
        body.seek(0)
        assert b"".join(map(bytes, body.iterate_parts())) == whole
        body.seek(200_000)
        assert body.read(1000) == whole[200_000:201_000]
