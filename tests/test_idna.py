"""Names of other letters, against the `idna` package, with which requests encodes them (`uts46=True`)."""

from __future__ import annotations

import time
import unicodedata

import idna
import pytest
from hypothesis import given, settings, strategies as st

from minireq.exceptions import InvalidURL
from minireq.idna import encode


def encoded(host):
    try:
        return encode(host)
    except InvalidURL:
        return None


def measured(host):
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return None


@pytest.mark.parametrize(
    "host, name",
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.Example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("straße.de", "xn--strae-oqa.de"),
        ("STRAẞE.de", "xn--strae-oqa.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("Königsgäßchen.de", "xn--knigsgchen-b4a3dun.de"),
        ("βόλος.com", "xn--nxasmm1c.com"),
        ("ΒΌΛΟΣ.com", "xn--nxasmq6b.com"),  # a capital sigma does not know where it stands
        ("ᾳ.gr", "xn--mxaq.gr"),
        ("ジェーピーニック.jp", "xn--hckqz9bzb1cyrb.jp"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
        ("ﬁle.é", "file.xn--9ca"),
        ("실례.테스트", "xn--9n2bp8q.xn--9t4b11yi5a"),
        ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
        ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
        ("דוגמה.טעסט", "xn--6dbbec0c.xn--deba0ad"),
        ("उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g"),
        ("bücher.example.", "xn--bcher-kva.example."),
        ("l·l.cat", "xn--ll-0ea.cat"),
        ("نامه\u200cای.com", "xn--mgba3gch31f060k.com"),
        ("ශ්\u200dරී.com", "xn--10cl1a0b660p.com"),
        ("a\u00adé\u200b.com", "xn--a-bga.com"),
        ("ё7.com", "xn--7-3ub.com"),
        ("faß" + "a" * 50 + ".de", "xn--fa" + "a" * 50 + "-6de.de"),
    ],
)
def test_names_are_encoded_as_the_idna_package_encodes_them(host, name):
    assert encode(host) == name == measured(host)


@pytest.mark.parametrize(
    "host",
    [
        "☃.net",
        "é..com",
        ".é",
        "é。。",
        "-é.com",
        "é-.com",
        "ab--é.com",
        "\u0301e.com",
        "é_.com",
        "é .com",
        "é/.com",
        "good／evil.é",
        "℀.com",
        "é\x00.com",
        "é\x80.com",
        "é\u2028.com",
        "é\ud800.com",
        "é\ue000.com",
        "é\uffff.com",
        "é\u0378.com",  # assigned to nothing
        "·l.com",
        "l·.com",
        "é\u200c.com",
        "é\u200da.com",
        "ب\u200c.com",
        "\u200cب.com",
        "ب\u200c\u200cب.com",
        "͵.com",
        "͵a.com",
        "׳.com",
        "a׳.com",
        "・.com",
        "é・.com",
        "٠۰.com",
        "aא.com",
        "אa.com",
        "0א.com",
        "א-a.com",
        "ـ.com",
        "ᄀ.com",
        "⃝.com",
        "𝅗.com",
        "é" * 60 + ".com",
        "é" + "a" * 63 + ".com",
        "é." * 120 + "com",
        "é" * 5000,
        "\u00ad" * 2000,
        "\u00ad",
        "é.\u00ad.com",
    ],
    ids=lambda host: ascii(host[:20]),
)
def test_names_that_could_not_be_registered_are_refused(host):
    assert measured(host) is None
    with pytest.raises(InvalidURL):
        encode(host)


@pytest.mark.parametrize(
    "host, name",
    [
        ("a_b.é", "a_b.xn--9ca"),
        ("Ab--c.é", "ab--c.xn--9ca"),
        ("-a.é", "-a.xn--9ca"),
        ("xn--a.é", "xn--a.xn--9ca"),
        ("*.é", "*.xn--9ca"),
    ],
)
def test_labels_in_ascii_pass_as_they_do_without_others_beside_them(host, name):
    # as requests does, which hands only the other labels to the idna package
    assert encode(host) == name
    assert measured(host) is None


@pytest.mark.parametrize("host", ["a" * 64 + ".é", "a..é", "a." * 130 + "é", "é.."])
def test_the_lengths_of_all_labels_count(host):
    with pytest.raises(InvalidURL):
        encode(host)


def sampled_characters():
    """All assigned characters but most of the Chinese and Korean ones, which have no rules of their own."""
    for point in range(0x80, 0x110000):
        char = chr(point)
        if point % 61 and unicodedata.name(char, "").startswith(
            ("CJK UNIFIED", "CJK COMPAT", "HANGUL SYLLABLE", "TANGUT", "EGYPTIAN")
        ):
            continue
        if unicodedata.category(char) not in ("Cn", "Co", "Cs"):
            yield char


def test_every_character_is_judged_as_the_idna_package_judges_it():
    differing = [ascii(char) for char in sampled_characters() if encoded(f"ü{char}") != measured(f"ü{char}")]
    assert differing == []


def test_characters_younger_than_this_python_are_refused_or_invisible():
    unassigned = (chr(point) for point in range(0x80, 0x30000) if unicodedata.category(chr(point)) == "Cn")
    assert [char for char in unassigned if encoded(f"ü{char}") not in (None, encode("ü"))] == []


# Where rules meet: joiners, marks, digits, directions, dots, things that fold.
tricky = st.sampled_from(
    "\u200c\u200d·lL͵׳״・カ一ぁ٠١۰۱्بادאἀßẞςΣ-\u0300\u064b\u0308uäé。．\u00ad1aﬀᾳ\u0345µ\u1820𐫖ªⅷ½ʼn①〇\u0f0b\u0ec1"
)
labels = st.lists(tricky, min_size=1, max_size=8).map("".join)


@settings(max_examples=1500)
@given(labels)
def test_labels_of_tricky_characters_are_encoded_as_the_idna_package_encodes_them(label):
    host = f"ü.{label}ü"  # neither a label in ASCII nor one of nothing
    if not any(part.isascii() for part in host.replace("。", ".").replace("．", ".").split(".")):
        assert encoded(host) == measured(host)


@given(st.text(max_size=20))
def test_no_text_brings_out_a_foreign_exception(text):
    name = encoded(text)
    assert name is None or (name.isascii() and name == name.lower())


def test_long_names_take_no_long_time():
    began = time.process_time()
    for char in ("ü", "\u00ad", "ß", "・", "ﷺ", "٠", "\u0300", "。", "ب\u200c"):
        for length in (63, 250, 1000, 100_000):
            encoded(char * length)
            encoded("カ" + char * length)
    assert time.process_time() - began < 2
