"""From bytes to text: which encoding, and decoding that never fails."""

from __future__ import annotations

import codecs
import json
import sys
import time
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from minireq import charsets
from minireq.charsets import (
    apparent_encoding,
    decode_text,
    get_encoding_from_headers,
    get_encodings_from_content,
    get_unicode_from_response,
    guess_json_utf,
    stream_decode_response_unicode,
)
from minireq.structures import CaseInsensitiveDict

NATIVE = "le" if sys.byteorder == "little" else "be"


def decoded(encoding, *pieces):
    return list(stream_decode_response_unicode(iter(pieces), SimpleNamespace(encoding=encoding)))


# What the headers say


@pytest.mark.parametrize(
    "content_type, encoding",
    [
        # S035: what is said counts.
        ("text/html; charset=utf-8", "utf-8"),
        ("TEXT/HTML; CHARSET=UTF-16", "UTF-16"),
        ('text/plain; charset="utf-8"; format=flowed', "utf-8"),
        ("text/plain; charset='utf-8'", "utf-8"),
        ("application/json; charset=latin1", "latin1"),
        ("image/svg+xml; charset=koi8-r", "koi8-r"),
        ("text/html; charset=", ""),
        # S036: text without a word is ISO-8859-1.
        ("text/html", "ISO-8859-1"),
        ("text/html; charset", "ISO-8859-1"),
        ("text/json", "ISO-8859-1"),
        # JSON is UTF-8, and about the rest nothing is said.
        ("application/json", "utf-8"),
        ("application/vnd.api+json", None),
        ("application/octet-stream", None),
        ("", None),
    ],
)
def test_the_content_type_names_the_encoding(content_type, encoding):
    """S031, S035, S036."""
    assert get_encoding_from_headers(CaseInsensitiveDict({"Content-Type": content_type})) == encoding
    long = content_type + "; x=" + "y" * 1000
    assert get_encoding_from_headers(CaseInsensitiveDict({"Content-Type": long})) == encoding


def test_without_a_content_type_nothing_is_said():
    assert get_encoding_from_headers(CaseInsensitiveDict()) is None


# What the bytes say


@pytest.mark.parametrize(
    "content, encoding",
    [
        (b"", "utf-8"),
        (b"plain", "ascii"),
        ("Grüße".encode(), "utf-8"),
        ("\ufeffGrüße".encode(), "UTF-8-SIG"),
        (codecs.BOM_UTF16_LE + "Grüße".encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + "Grüße".encode("utf-16-be"), "UTF-16"),
        (codecs.BOM_UTF32_LE + "Grüße".encode("utf-32-le"), "UTF-32"),
        (codecs.BOM_UTF32_BE + "Grüße".encode("utf-32-be"), "UTF-32"),
        ('{"a": "ü"}'.encode("utf-16-le"), "utf-16-le"),
        ('{"a": "ü"}'.encode("utf-16-be"), "utf-16-be"),
        ('{"a": "ü"}'.encode("utf-32-le"), "utf-32-le"),
        ('{"a": "ü"}'.encode("utf-32-be"), "utf-32-be"),
        ("Grüße".encode("latin-1"), "ISO-8859-1"),
        (bytes(range(256)), "ISO-8859-1"),
        (b"a\0b\0c", "ascii"),  # the nulls of UTF-16, but half a character at the end
        (b"\0\0\0\1\xff\xff\xff\xff", "ISO-8859-1"),
    ],
)
def test_bytes_are_in_what_they_give_evidence_of(content, encoding):
    """S037: byte order mark, the nulls of JSON, valid UTF-8, and ISO-8859-1 if there is nothing."""
    assert apparent_encoding(content) == encoding
    assert decode_text(content, None) == content.decode(encoding)


def test_the_evidence_for_json_in_utf_16_is_its_nulls():
    text = json.dumps({"key": "東京"}, ensure_ascii=False)
    assert decode_text(text.encode("utf-16-be"), None) == text


def test_a_program_can_bring_a_detector_of_its_own(monkeypatch):
    """S037."""
    monkeypatch.setattr(charsets, "detector", lambda content: "koi8-r" if content > b"\x80" else None)
    assert decode_text("Москва".encode("koi8-r"), None) == "Москва"
    assert apparent_encoding(b"plain") == "ascii"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_the_encoding_of_json_is_seen(encoding):
    assert guess_json_utf("{}".encode(encoding)) == encoding
    assert guess_json_utf("1".encode(encoding)) == encoding


@pytest.mark.parametrize(
    "data, encoding",
    [
        (b"", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (codecs.BOM_UTF16_BE + "{}".encode("utf-16-be"), "utf-16"),
        (codecs.BOM_UTF32_BE + "{}".encode("utf-32-be"), "utf-32"),
        (b"\0", None),
        (b"\0\0\0\0", None),
        (b"\0\0a\0", None),
        (b"\0a\0", None),
    ],
)
def test_json_has_a_mark_or_a_pattern_of_nulls_or_none_of_the_encodings(data, encoding):
    assert guess_json_utf(data) == encoding


# Decoding


@pytest.mark.parametrize("encoding", ["utf-8", "ISO-8859-1", "utf-16", "koi8-r", "shift_jis", "utf-7", "UTF_8", " utf-8 "])
def test_text_encodings_are_used(encoding):
    """S030, S032."""
    text = "plain ASCII is in all of them"
    content = text.encode(encoding)
    assert decode_text(content, encoding) == text
    assert "".join(decoded(encoding, content[:5], content[5:])) == text


def test_bytes_without_a_meaning_become_replacement_characters():
    assert decode_text(b"a\xffb", "utf-8") == "a\ufffdb"
    assert decoded("utf-8", b"a\xffb") == ["a\ufffdb"]


NO_ENCODINGS = [
    *"rot13 base64 hex zlib bz2 quopri uu idna punycode undefined no-such ../../etc/passwd __init__ aliases a.b ütf %s".split(),
    *("utf\0-8", "\udc80", "", "x" * 65, "x" * 300_000, 5, b"utf-8", ["utf-8"]),
]


@pytest.mark.parametrize("encoding", NO_ENCODINGS, ids=lambda value: ascii(value)[:20])
def test_what_is_no_text_encoding_means_utf_8(encoding):
    """S034: charset=idna and its like come from servers, so nothing is raised."""
    for content, text in [(b"ok", "ok"), ("Grüße".encode(), "Grüße"), (b"\xff", "\ufffd"), (b"", "")]:
        assert decode_text(content, encoding) == text
        assert "".join(decoded(encoding, content)) == text


@pytest.fixture
def own_codecs():
    """Codecs as programs register them: one that is complete, one without an incremental decoder, one that is unwell."""

    def decode(data, errors="strict"):
        return bytes(data).decode("latin-1").swapcase(), len(data)

    class Decoder(codecs.IncrementalDecoder):
        def decode(self, data, final=False):
            return decode(data)[0]

    def unwell(data, errors="strict"):
        raise ValueError("not these bytes")

    known = {
        "own": codecs.CodecInfo(name="complete", encode=codecs.latin_1_encode, decode=decode, incrementaldecoder=Decoder),
        "own_short": codecs.CodecInfo(name="short", encode=codecs.latin_1_encode, decode=decode),
        "own_unwell": codecs.CodecInfo(name="unwell", encode=codecs.latin_1_encode, decode=unwell),
    }
    codecs.register(known.get)
    yield
    known.clear()


@pytest.mark.parametrize("encoding", ["own", "own_short"])
def test_a_codec_that_a_program_registered_is_used(own_codecs, encoding):
    """S034."""
    assert decode_text(b"Own", encoding) == "oWN"
    assert "".join(decoded(encoding, b"O", b"wn")) == "oWN"


def test_a_codec_that_fails_means_utf_8(own_codecs):
    assert decode_text("Grüße".encode(), "own_unwell") == "Grüße"
    assert "".join(decoded("own_unwell", "Grüße".encode())) == "Grüße"


# Decoding piece by piece


def test_pieces_stay_bytes_when_no_encoding_is_known():
    """S166."""
    assert decoded(None, b"a", b"", b"\xff") == [b"a", b"", b"\xff"]


def test_the_encoding_is_asked_for_when_the_first_piece_is():
    """S166: a program sets its fallback after it has got the iterator."""
    response = SimpleNamespace(encoding=None)
    pieces = stream_decode_response_unicode([b"a"], response)
    response.encoding = "utf-8"
    assert list(pieces) == ["a"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "shift_jis", "gb18030", "iso2022_jp"])
@given(st.text("aäß\u6771\u4eac\n"), st.lists(st.integers(0, 40)))
def test_pieces_make_the_same_text_as_the_whole(encoding, text, cuts):
    content = text.encode(encoding, "ignore")
    cuts = sorted({0, *(cut for cut in cuts if cut < len(content)), len(content)})
    pieces = [content[start:end] for start, end in zip(cuts, cuts[1:])]
    found = decoded(encoding, *pieces)
    assert "".join(found) == decode_text(content, encoding)
    assert "" not in found


def test_a_character_that_is_never_finished_is_replaced():
    assert decoded("utf-8", b"a\xc3") == ["a", "\ufffd"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["", "a", "Grüße"])
def test_without_a_byte_order_mark_it_is_the_order_of_this_machine(encoding, text):
    content = text.encode(f"{encoding}-{NATIVE}")
    assert decode_text(content, encoding) == text
    assert "".join(decoded(encoding, *(content[n : n + 1] for n in range(len(content))))) == text


def test_text_comes_as_soon_as_its_bytes_do():
    came = []

    def pieces():
        came.append("first")
        yield b"a"
        came.append("second")
        yield b"b"

    text = stream_decode_response_unicode(pieces(), SimpleNamespace(encoding="utf-8"))
    assert next(text) == "a" and came == ["first"]
    text.close()


# Deprecated


@pytest.mark.parametrize(
    "content, encodings",
    [
        ('<meta charset="UTF-8">', ["UTF-8"]),
        ("<META CHARSET=utf-8/>", ["utf-8"]),
        ('<meta http-equiv="Content-type" content="text/html;charset=UTF-8" />', ["UTF-8"]),
        ('<?xml version="1.0" encoding="UTF-8"?>', ["UTF-8"]),
        ('<?xml encoding="X"?><meta charset="A"><meta content="text/html; charset=B">', ["A", "B", "X"]),
        (' <?xml encoding="not at the start"?>', []),
        ("<meta name=viewport><p>charset=no</p>", []),
        ("<metadata charset=no>", []),
        ("", []),
    ],
)
def test_a_document_says_its_encodings(content, encodings):
    """S033."""
    with pytest.warns(DeprecationWarning, match="get_encodings_from_content"):
        assert get_encodings_from_content(content) == encodings


@pytest.mark.parametrize("piece", ["<meta ", "<meta charset", "charset=  ", "<?xml encoding", "<?xml ", "<meta charset=''''"])
def test_looking_into_a_document_takes_time_in_proportion(piece):
    started = time.process_time()
    with pytest.warns(DeprecationWarning):
        get_encodings_from_content(piece * 30_000)
    assert time.process_time() - started < 2  # a quadratic search needs minutes


@pytest.mark.parametrize(
    "content_type, encoding, content, text",
    [
        ("text/html; charset=utf-8", "latin-1", "Grüße".encode(), "Grüße"),
        ("", "latin-1", "Grüße".encode("latin-1"), "Grüße"),
        ("", None, "Grüße".encode(), "Grüße"),
        ("text/html; charset=ascii", None, "ü".encode(), "\ufffd\ufffd"),
    ],
)
def test_the_text_of_a_response_is_in_what_its_headers_say_first(content_type, encoding, content, text):
    response = SimpleNamespace(headers={"content-type": content_type}, encoding=encoding, content=content)
    with pytest.warns(DeprecationWarning, match="get_unicode_from_response"):
        assert get_unicode_from_response(response) == text
