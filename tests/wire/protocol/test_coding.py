"""Content codings taken off: whole or not at all, in any pieces, and never more at a time than was asked for.

Before Python 3.14 the backport of `compression.zstd` stands in its place, under its name.
"""

from __future__ import annotations

import gzip
import importlib.util
import random
import struct
import sys
import tracemalloc
import types
import zlib

import brotlicffi
import pytest
from hypothesis import given, settings, strategies as st

from minireq.wire.errors import DecodingError, LimitExceeded
from minireq.wire.limits import Limits
from minireq.wire.protocol import coding as coding_module
from minireq.wire.protocol.coding import accepted, decoder_for

from ...support.feeding import every_way
from . import hearing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"The quick brown fox. " * 30


@pytest.fixture(autouse=True, scope="module")
def _zstd_is_there():
    with pytest.MonkeyPatch.context() as patch:
        if sys.version_info < (3, 14):
            compression = types.ModuleType("compression")
            compression.zstd = zstd
            patch.setitem(sys.modules, "compression", compression)
            patch.setitem(sys.modules, "compression.zstd", zstd)
            patch.setitem(sys.modules, "_zstd", sys.modules[zstd.ZstdDecompressor.__module__])
        forget_what_is_there()
        yield
    forget_what_is_there()


def forget_what_is_there():
    coding_module._has_zstd.cache_clear()
    coding_module._brotli.cache_clear()


@pytest.fixture
def looked_up_anew():
    forget_what_is_there()
    yield
    forget_what_is_there()


def raw_deflate(data, level=6):
    compressor = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def gzipped(data, level=9):
    return gzip.compress(data, level, mtime=0)  # the same bytes each time


def gzip_with_everything(data):
    """A gzip member whose header has extra data, a name, a comment, and a checksum of its own."""
    header = b"\x1f\x8b\x08\x1e\x00\x00\x00\x00\x02\x03" + struct.pack("<H", 5) + b"extra" + b"name.txt\0" + b"a comment\0"
    header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header + raw_deflate(data) + struct.pack("<II", zlib.crc32(data), len(data))


ENCODERS = {
    "gzip": gzipped,
    "x-gzip": gzipped,
    "deflate": zlib.compress,
    "br": lambda data: brotlicffi.compress(data, quality=5),
    "zstd": zstd.compress,
}


def zstd_with_a_window(data, log):
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: log})
    return compressor.compress(data) + compressor.flush()


SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"  # a frame of zstd that has nothing for us


def encode(data, codings):
    for coding in codings:
        data = ENCODERS[coding](data)
    return data


def decode(content_encoding, pieces, most=1 << 62, limits=None):
    decoder = decoder_for(content_encoding, limits or Limits())
    pieces, decoded = iter(pieces), b""
    while data := next_data(decoder, pieces, most):
        assert len(data) <= most
        decoded += data
    assert decoder.next_data() == b""
    return decoded


def next_data(decoder, pieces, most):
    while (data := decoder.next_data(most)) is None:
        piece = next(pieces, None)
        if piece is None:
            decoder.end()
        else:
            decoder.feed(piece)
    return data


# --- what is well formed


@pytest.mark.parametrize(
    "coding, coded",
    [
        ("gzip", gzipped(TEXT)),
        ("x-gzip", gzipped(TEXT)),
        ("GZip", gzipped(TEXT)),
        (" gzip\t", gzipped(TEXT)),
        ("gzip", gzipped(TEXT, 0)),
        ("gzip", gzip_with_everything(TEXT)),
        ("gzip", gzipped(TEXT[:100]) + gzipped(b"") + gzipped(TEXT[100:])),
        # what comes behind is ignored
        ("gzip", gzipped(TEXT) + bytes(1000)),
        ("gzip", gzipped(TEXT) + b"<!-- served by x -->"),
        ("gzip", gzipped(TEXT) + b"\x1f"),
        ("gzip", gzipped(TEXT) + b"\x1f\x1f\x8b\x08"),
        ("gzip", gzipped(TEXT) + bytes(8) + gzipped(TEXT)),
        ("deflate", zlib.compress(TEXT) + b"junk"),
        ("deflate", raw_deflate(TEXT) + b"junk"),
        # a zlib stream by the RFC, a raw one from some servers
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT, 0)),
        ("deflate", zlib.compress(TEXT, 9)),
        ("deflate", raw_deflate(TEXT)),
        ("deflate", raw_deflate(TEXT, 0)),
        ("deflate", raw_deflate(TEXT, 9)),
        ("deflate", b"\x88\x00\x00\xff\xff" + raw_deflate(TEXT)),  # by its first byte it is no zlib stream: there is no such window
        ("zstd", zstd.compress(TEXT)),
        ("ZSTD", zstd.compress(TEXT, 19)),
        ("zstd", zstd_with_a_window(TEXT, 23)),
        ("zstd", zstd.compress(TEXT[:100]) + zstd.compress(b"") + zstd.compress(TEXT[100:])),
        ("zstd", SKIPPED + zstd.compress(TEXT) + SKIPPED),
        ("br", brotlicffi.compress(TEXT)),
        ("br", brotlicffi.compress(TEXT, quality=0)),
        # in the order in which they were applied
        ("zstd, gzip", gzipped(zstd.compress(TEXT))),
        ("br, zstd, deflate", zlib.compress(zstd.compress(brotlicffi.compress(TEXT)))),
        ("gzip, br", brotlicffi.compress(gzipped(TEXT))),
        ("deflate, gzip", gzipped(zlib.compress(TEXT))),
        ("gzip,deflate", zlib.compress(gzipped(TEXT))),
        ("gzip, identity, , gzip", gzipped(gzipped(TEXT))),
    ],
)
def test_S039_a_coding_is_taken_off_however_the_body_arrives(coding, coded):
    for pieces in every_way(coded):
        for most in (1, 100, 1 << 62):
            assert decode(coding, pieces, most) == TEXT


@pytest.mark.parametrize("window", range(9, 16))
def test_a_zlib_stream_of_any_window_is_told_from_a_raw_one(window):
    compressor = zlib.compressobj(wbits=window)
    coded = compressor.compress(TEXT) + compressor.flush()
    assert decode("deflate", every_way(coded)[1]) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "deflate, gzip", "br, zstd", "gzip, gzip, gzip"])
def test_a_body_that_never_begins_is_empty_and_no_error(coding):
    assert decode(coding, []) == b""


@pytest.mark.parametrize(
    "coding, coded",
    [
        ("gzip", gzipped(b"")),
        ("deflate", zlib.compress(b"")),
        ("deflate", raw_deflate(b"")),
        ("zstd", zstd.compress(b"")),
        ("zstd", SKIPPED),
        ("br", brotlicffi.compress(b"")),
    ],
)
def test_nothing_can_be_coded_too(coding, coded):
    for pieces in every_way(coded):
        assert decode(coding, pieces) == b""


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "identity",
        "Identity, identity",
        ",",
        "compress",
        "gzip, compress",
        "compress, br",
        "x-zstd",
        "gzip;q=1",
        '"gzip"',
        "gzip gzip",
    ],
)
def test_where_nothing_is_to_be_taken_off_or_something_is_unknown_there_is_no_decoder(value):
    assert decoder_for(value) is None


# --- what is not


@pytest.mark.parametrize(
    "coding, coded",
    [
        ("gzip", b"<html>not gzip at all</html>"),
        ("gzip", zlib.compress(TEXT)),
        ("gzip", gzipped(TEXT)[:-8] + b"\0\0\0\0" + gzipped(TEXT)[-4:]),
        ("gzip", gzipped(TEXT)[:-4] + b"\x01\0\0\0"),
        ("gzip", b"\x1f\x8b\x08\xe0" + gzipped(TEXT)[4:]),
        ("gzip", b"\x1f\x8b\x09" + gzipped(TEXT)[3:]),
        ("gzip", gzipped(TEXT) + b"\x1f\x8b\xff and no member"),
        ("deflate", b"\xff\xfe plain text"),
        ("deflate", b"x\x9c plain text"),
        ("deflate", zlib.compress(TEXT)[:-4] + b"\0\0\0\1"),
        ("deflate", gzipped(TEXT)),
        ("deflate, gzip", gzipped(b"\xff\xfe plain text")),
        ("deflate, gzip", zlib.compress(gzipped(TEXT))),
        ("zstd", b"<html>not zstd at all</html>"),
        ("zstd", zstd.compress(TEXT)[:-8] + bytes(8)),
        ("zstd", zstd.compress(TEXT) + b"junk"),
        ("zstd", zstd.compress(TEXT) + bytes(8)),
        ("zstd", zstd_with_a_window(TEXT, 24)),  # RFC 9659
        ("br", b"<html>not br at all</html>"),
        ("br", brotlicffi.compress(TEXT) + b"junk"),
        ("br, zstd", zstd.compress(b"<html>not br at all</html>")),
    ],
)
def test_a_damaged_body_is_an_error_that_names_its_coding(coding, coded):
    for pieces in every_way(coded):
        with pytest.raises(DecodingError, match="the (gzip|deflate|zstd|br) body is damaged: (Error -3|Unable|.*[Dd]ecompress)"):
            decode(coding, pieces)


@pytest.mark.parametrize("frame", ["28b52ffd 20 0d 010000", "28b52ffd 20 03 090000 61", "28b52ffd 20 00 090000 61"])
def test_a_zstd_frame_that_has_not_as_much_as_it_says_is_damaged_however_it_comes(frame):
    frame = bytes.fromhex(frame)
    for pieces in every_way(frame):
        with pytest.raises(DecodingError, match="the zstd body is damaged"):
            decode("zstd", [zstd.compress(TEXT), *pieces])


@pytest.mark.parametrize(
    "coding, coded",
    [
        ("gzip", gzipped(b"hello")),
        ("gzip", gzip_with_everything(b"hello")),
        ("gzip", gzipped(b"hello", 0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", raw_deflate(b"hello")),
        ("deflate", raw_deflate(b"hello", 0)),
        ("deflate, gzip", gzipped(zlib.compress(b"hello"))),
        ("zstd", zstd.compress(b"hello")),
        ("br", brotlicffi.compress(b"hello")),
        ("br, zstd", zstd.compress(brotlicffi.compress(b"hello"))),
    ],
)
def test_a_body_that_is_cut_anywhere_is_an_error(coding, coded):
    for size in range(1, len(coded)):
        for pieces in every_way(coded[:size]):
            with pytest.raises(DecodingError, match="body is cut short"):
                decode(coding, pieces)


@pytest.mark.parametrize("coding, known", [("gzip", 2), ("zstd", 1)])  # so many bytes say that there is another one
def test_so_is_one_that_is_cut_inside_of_its_second_member(coding, known):
    one, two = ENCODERS[coding](b"first "), ENCODERS[coding](b"second")
    for size in range(len(one) + known, len(one + two)):
        with pytest.raises(DecodingError, match=f"the {coding} body is cut short"):
            decode(coding, [(one + two)[:size]])


def test_a_coding_inside_that_is_cut_is_an_error_though_the_one_around_it_is_whole():
    with pytest.raises(DecodingError, match="the deflate body is cut short"):
        decode("deflate, gzip", [gzipped(zlib.compress(TEXT)[:-1])])


def test_what_was_decoded_before_the_damage_is_given_first():
    coded = bytearray(gzipped(TEXT))
    decoder = decoder_for("gzip")
    decoder.feed(bytes(coded[:-8]) + bytes(8))
    assert decoder.next_data(len(TEXT) - 1) == TEXT[:-1]
    with pytest.raises(DecodingError):
        decoder.next_data()


# --- limits


def test_five_codings_pass_and_a_sixth_does_not():
    codings = ["gzip", "deflate", "zstd", "br", "deflate"]
    assert decode(", ".join(codings), [encode(TEXT, codings)]) == TEXT
    for more in (6, 100, 5000):
        with pytest.raises(LimitExceeded, match=f"the body has {more} content codings") as caught:
            decoder_for(", ".join(["gzip"] * more))
        assert (caught.value.limit, caught.value.allowed) == ("codings", 5)


def test_identity_is_no_coding_that_counts():
    assert decoder_for("gzip, " + "identity, " * 100) is not None


def test_another_limit_may_be_set():
    assert decoder_for("gzip, gzip", Limits(codings=2)) is not None
    with pytest.raises(LimitExceeded):
        decoder_for("gzip, gzip", Limits(codings=1))


# --- bombs


def zeros(megabytes, coder):
    """So many MB of zeros in a few kilobytes."""
    return b"".join(coder.compress(bytes(1 << 20)) for _ in range(megabytes)) + coder.flush()


def zstd_zeros(megabytes):
    compressor = zstd.ZstdCompressor()
    return b"".join(compressor.compress(bytes(1 << 20)) for _ in range(megabytes)) + compressor.flush()


def brotli_zeros(megabytes):
    compressor = brotlicffi.Compressor(quality=5)
    return b"".join(compressor.process(bytes(1 << 20)) for _ in range(megabytes)) + compressor.finish()


BOMBS = {
    "gzip": zeros(64, zlib.compressobj(wbits=31)),
    "deflate": zeros(64, zlib.compressobj(wbits=-15)),
    "gzip, gzip": gzipped(zeros(64, zlib.compressobj(wbits=31))),
    "zstd": zstd_zeros(64),
    "br": brotli_zeros(64),
    "zstd, br": brotlicffi.compress(zstd_zeros(64)),
    "br, zstd": zstd.compress(brotli_zeros(64)),
    "gzip, deflate, gzip": gzipped(zlib.compress(zeros(64, zlib.compressobj(wbits=31)))),
}


@pytest.mark.parametrize("coding", BOMBS)
@pytest.mark.parametrize("most", [1, 1000, 64 * 1024])
def test_a_bomb_gives_no_more_than_was_asked_for_and_costs_little(coding, most):
    decoder = decoder_for(coding)
    tracemalloc.start()
    for start in range(0, len(BOMBS[coding]), 64 * 1024):
        decoder.feed(BOMBS[coding][start : start + 64 * 1024])
        for _ in range(20):
            assert len(decoder.next_data(most)) == most
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_bomb_of_many_members_gives_no_more_than_was_asked_for(coding):
    decoder = decoder_for(coding)
    decoder.feed(ENCODERS[coding](bytes(1 << 20)) * 50)
    for _ in range(200):
        assert len(decoder.next_data(10_000)) <= 10_000


@pytest.mark.parametrize("coding", BOMBS)
def test_asking_for_nothing_does_not_mean_all(coding):
    decoder = decoder_for(coding)
    decoder.feed(BOMBS[coding])
    assert len(decoder.next_data(0)) <= 1


@pytest.mark.parametrize(
    "filler",
    [b"\x00\x00\x00\xff\xff" * 800_000, raw_deflate(b"") + bytes(4 << 20)],
    ids=["empty blocks", "junk behind the end"],
)
def test_what_swells_between_two_codings_must_have_something_in_it(filler):
    # Each coding around it makes it a thousand times larger, and nothing of that is ever seen by the reader.
    decoder = decoder_for("deflate, gzip, gzip")
    decoder.feed(gzipped(gzipped(filler)))
    decoder.end()
    with pytest.raises(DecodingError, match="the deflate body is a bomb"):
        decoder.next_data()


def test_a_body_of_tiny_flushed_messages_passes_in_two_codings():
    inner, outer, coded = zlib.compressobj(), zlib.compressobj(wbits=31), []
    for _ in range(20_000):
        message = inner.compress(b"data: 1\n\n") + inner.flush(zlib.Z_SYNC_FLUSH)
        coded.append(outer.compress(message) + outer.flush(zlib.Z_SYNC_FLUSH))
    coded.append(outer.compress(inner.flush()) + outer.flush())
    assert (
        decode("deflate, gzip", [b"".join(coded[start : start + 100]) for start in range(0, len(coded), 100)])
        == b"data: 1\n\n" * 20_000
    )


def test_every_message_of_a_stream_is_decoded_when_it_arrives():
    compressor = zlib.compressobj(wbits=31)
    decoder = decoder_for("gzip")
    for number in range(100):
        message = b"message %d\n" % number
        decoder.feed(compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH))
        assert (decoder.next_data(), decoder.next_data()) == (message, None)


def test_what_is_fed_before_it_is_asked_for_is_kept():
    decoder = decoder_for("gzip")
    for byte in gzipped(TEXT):
        decoder.feed(bytes([byte]))
    assert decoder.next_data() == TEXT


def test_a_decoder_that_holds_something_back_is_not_given_more():
    """Or a reader of small pieces would pile up what the decoder below makes of a few bytes."""
    noise = random.Random(1).randbytes(8 * 1024)
    decoder = decoder_for("zstd, gzip")
    decoder.feed(gzipped(zstd.compress(noise) * 1000))  # 8 MB in 60 KB
    tracemalloc.start()
    decoded = b"".join([decoder.next_data(10) for _ in range(500)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert decoded == noise[:5000]
    assert peak < 1 << 20


# --- what is there


def test_a_python_without_zlib_does_not_ask_for_what_it_cannot_take_off(monkeypatch):
    monkeypatch.setitem(sys.modules, "zlib", None)
    spec = importlib.util.spec_from_file_location("minireq.wire.protocol.coding_without_zlib", coding_module.__file__)
    without = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(without)
    for coding in ("gzip", "deflate", "br, gzip"):
        with pytest.raises(DecodingError, match=f"the body is {coding}, though not asked for: .* without zlib"):
            without.decoder_for(coding)
    assert without.accepted() == "br, zstd"
    decoder = without.decoder_for("br")
    decoder.feed(brotlicffi.compress(TEXT))
    assert decoder.next_data(1000) == TEXT


def test_what_can_be_taken_off_is_asked_for(looked_up_anew):
    assert accepted() == "gzip, deflate, br, zstd"


def test_what_cannot_be_is_not(looked_up_anew, monkeypatch):
    for name in ("brotli", "brotlicffi", "_zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    assert accepted() == "gzip, deflate"
    assert (decoder_for("br"), decoder_for("zstd"), decoder_for("gzip, br")) == (None, None, None)
    monkeypatch.setattr(coding_module, "zlib", None)
    assert accepted() == "identity"


def test_any_of_two_packages_will_do_for_br(looked_up_anew, monkeypatch):
    monkeypatch.setitem(sys.modules, "brotli", brotlicffi)
    monkeypatch.setitem(sys.modules, "brotlicffi", None)
    assert decode("br", [brotlicffi.compress(TEXT)]) == TEXT


@pytest.mark.parametrize("content", [{}, {"Decompressor": type("Decompressor", (), {"process": None})}], ids=["other", "old"])
def test_a_package_that_cannot_be_told_how_much_to_give_will_not(looked_up_anew, monkeypatch, content):
    package = types.ModuleType("brotli")
    vars(package).update(content)
    monkeypatch.setitem(sys.modules, "brotli", package)
    monkeypatch.setitem(sys.modules, "brotlicffi", package)
    assert decoder_for("br") is None


# --- laws


@given(
    st.binary(max_size=2000),
    st.lists(st.sampled_from(sorted(ENCODERS)), min_size=1, max_size=5),
    hearing.places,
    st.integers(1, 3000),
)
def test_what_is_encoded_is_decoded_to_itself(data, codings, places, most):
    assert decode(", ".join(codings), hearing.cut(encode(data, codings), places), most) == data


@given(st.binary(max_size=2000), hearing.places, st.integers(0, 9))
def test_raw_deflate_is_decoded_to_itself_at_any_level(data, places, level):
    assert decode("deflate", hearing.cut(raw_deflate(data, level), places)) == data


coded = st.builds(
    lambda data, codings: (", ".join(codings), encode(data, codings)),
    hearing.bodies,
    st.lists(st.sampled_from(sorted(ENCODERS)), min_size=1, max_size=3),
)


@settings(max_examples=300)
@given(st.data(), coded, hearing.places)
def test_a_damaged_body_gives_a_value_or_an_error_however_it_arrives(data, coded, places):
    coding, wire = coded[0], data.draw(hearing.damaged(st.just(coded[1])))

    def outcome(pieces):
        try:
            return decode(coding, pieces)
        except DecodingError as error:
            return type(error)

    assert outcome([wire]) == outcome(hearing.cut(wire, places)) == outcome([bytes([byte]) for byte in wire])


def test_a_body_with_any_single_bit_turned_over_is_never_taken_for_another_one():
    text = b"hello hello hello"
    coded = gzipped(text)
    for bit in range(len(coded) * 8):
        damaged = bytearray(coded)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert decode("gzip", [bytes(damaged)]) == text  # some bits say nothing about the data
        except DecodingError:
            pass
