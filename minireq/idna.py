"""Names with other letters than ASCII's, as the domain name system knows them (IDNA 2008: RFC 5890 to 5893).

Strategy: map the label as UTS 46 does (case and width folded, invisible characters dropped), then judge every character by
RFC 5892's rules, then punycode. The standard library's `encodings.idna` is the standard of 2003: it sends "faß.de" to
"fass.de", which is somebody else's. Which characters there are is up to the interpreter's `unicodedata`: one that is younger
than that is refused. What `unicodedata` does not know at all, how Arabic and its kin join, is in a table at the end.

Lengths are looked at before anything else, so that everything here takes bounded time.
"""

from __future__ import annotations

import re
import unicodedata  # large, so nobody imports this module before such a name comes

from .exceptions import InvalidURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LONGEST_NAME = 253  # octets (RFC 1035, section 2.3.4); characters are at most as many
_LONGEST_LABEL = 63


def encode(host: str) -> str:
    """The name in ASCII, as it is looked up.

    >>> encode("straße.de"), encode("Bücher.example")
    ('xn--strae-oqa.de', 'xn--bcher-kva.example')

    Raises `InvalidURL` for a name that cannot be registered (RFC 5891, section 4.2). Labels in ASCII pass as they are, in lower
    case: they may be names of machines rather than of domains, such as "a_b".
    """
    if len(host) > 4 * _LONGEST_NAME:  # mapping may drop characters, but nobody writes that many
        raise InvalidURL(f"the host's name is too long: {host[:60]!r}...")
    labels = _DOTS.split(host)
    root = labels.pop() if len(labels) > 1 and not labels[-1] else None
    encoded = [_encode_label(label) for label in labels]
    name = ".".join(encoded)
    if len(name) > _LONGEST_NAME:
        raise InvalidURL(f"the host's name is too long: {host[:60]!r}...")
    return name if root is None else name + "."


def _encode_label(label: str) -> str:
    if label.isascii():
        return _checked_length(label.lower(), label)
    unicode = unicodedata.normalize("NFC", "".join(map(_mapped, label)))
    if len(unicode) > _LONGEST_LABEL:
        raise _invalid(label, "it is too long")
    _check(unicode, label)
    if unicode.isascii():
        return unicode
    return _checked_length("xn--" + unicode.encode("punycode").decode("ascii"), label)


def _checked_length(encoded: str, label: str) -> str:
    if not 0 < len(encoded) <= _LONGEST_LABEL:
        raise _invalid(label, "it is too long" if encoded else "it is empty")
    return encoded


def _invalid(label: str, why: str) -> InvalidURL:
    return InvalidURL(f"the host's name has a label that cannot be, {label[:80]!r}: {why}")


# --- the mapping (UTS 46, section 4)

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef]"
)
# The characters by which 2008 differs from 2003: they stand for themselves. Folding would make "ss" of the first.
_KEPT = {"ß": "ß", "ẞ": "ß", "ς": "ς", "\u200c": "\u200c", "\u200d": "\u200d"}


def _mapped(char: str) -> str:
    if char in _KEPT:
        return _KEPT[char]
    if _INVISIBLE.match(char):
        return ""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


# --- what may stand in a label (RFC 5891, section 4.2; RFC 5892, section 3)

_VALID_EXCEPTIONS = frozenset("ßς\u06fd\u06fe\u0f0b\u3007")
_INVALID_EXCEPTIONS = frozenset("\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b")
_LETTER_DIGITS = frozenset({"Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc"})
# Marks that belong to blocks of symbols, and letters that are parts of Korean syllables.
_NO_LETTERS = re.compile("[\u20d0-\u20ff\U0001d100-\U0001d24f\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]")


def _check(label: str, shown: str) -> None:
    if not label:
        raise _invalid(shown, "it is empty")
    if label[2:4] == "--" or label[0] == "-" or label[-1] == "-":
        raise _invalid(shown, "a hyphen stands where it must not")
    if unicodedata.category(label[0])[0] == "M":
        raise _invalid(shown, "it begins with a combining mark")
    for position, char in enumerate(label):
        rule = _CONTEXT.get(char)
        if rule is not None:
            if not rule(label, position):
                raise _invalid(shown, f"U+{ord(char):04X} is not allowed at this place")
        elif not _is_valid(char):
            raise _invalid(shown, f"U+{ord(char):04X} is not allowed")
    _check_direction(label, shown)


def _is_valid(char: str) -> bool:
    # That folding would not change it needs no check: it was folded.
    if char.isascii():
        return char.isalnum() or char == "-"
    if char in _VALID_EXCEPTIONS:
        return True
    if char in _INVALID_EXCEPTIONS or _NO_LETTERS.match(char):
        return False
    return unicodedata.category(char) in _LETTER_DIGITS


def _check_direction(label: str, shown: str) -> None:
    """The Bidi Rule (RFC 5893, section 2): a label with right-to-left characters in it reads in one direction."""
    directions = [unicodedata.bidirectional(char) for char in label]
    found = set(directions)
    if found.isdisjoint(_RIGHT_TO_LEFT):
        return
    last = next((direction for direction in reversed(directions) if direction != "NSM"), "NSM")
    if directions[0] in ("R", "AL"):
        fits = found <= _IN_RIGHT_TO_LEFT and last in ("R", "AL", "EN", "AN") and not found >= {"EN", "AN"}
    else:
        fits = directions[0] == "L" and found <= _IN_LEFT_TO_RIGHT and last in ("L", "EN")
    if not fits:
        raise _invalid(shown, "it mixes writing directions")


_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_IN_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"})
_IN_LEFT_TO_RIGHT = frozenset({"L", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"})


# --- characters that are allowed in some places only (RFC 5892, appendix A)


def _after_virama(label: str, position: int) -> bool:
    return position > 0 and unicodedata.combining(label[position - 1]) == 9


def _non_joiner(label: str, position: int) -> bool:
    return _after_virama(label, position) or (
        _joins(reversed(label[:position]), _JOINS_NEXT) and _joins(label[position + 1 :], _JOINS_PREVIOUS)
    )


def _joins(chars: Iterable[str], joining: re.Pattern[str]) -> bool:
    """Whether the first of these characters that is no mark is a letter that joins so."""
    letter = next((char for char in chars if unicodedata.category(char) not in ("Mn", "Me")), None)
    return letter is not None and joining.match(letter) is not None


def _between_l(label: str, position: int) -> bool:
    return label[max(position - 1, 0) : position + 2] == "l·l"


def _before_greek(label: str, position: int) -> bool:
    return _is_named(label[position + 1 : position + 2], "GREEK ")


def _after_hebrew(label: str, position: int) -> bool:
    return position > 0 and _is_named(label[position - 1], "HEBREW ")


def _among_japanese(label: str, position: int) -> bool:
    return any(_is_named(char, "HIRAGANA ", "KATAKANA ", "HENTAIGANA ", "CJK ", "IDEOGRAPHIC ") for char in label if char != "・")


def _is_named(char: str, *scripts: str) -> bool:
    # The names tell the script; there is nothing else in the standard library that does.
    return char != "" and unicodedata.name(char, "").startswith(scripts)


def _without_eastern_digits(label: str, position: int) -> bool:
    return not re.search("[\u06f0-\u06f9]", label)


def _without_arabic_digits(label: str, position: int) -> bool:
    return not re.search("[\u0660-\u0669]", label)


_CONTEXT: dict[str, Callable[[str, int], bool]] = {
    "\u200c": _non_joiner,
    "\u200d": _after_virama,
    "\u00b7": _between_l,
    "\u0375": _before_greek,
    "\u05f3": _after_hebrew,
    "\u05f4": _after_hebrew,
    "\u30fb": _among_japanese,
    **{chr(digit): _without_eastern_digits for digit in range(0x660, 0x66A)},
    **{chr(digit): _without_arabic_digits for digit in range(0x6F0, 0x6FA)},
}


# --- how letters join (Joining_Type of the letters that a label may have, Unicode 18)

_DUAL = """
    620 626 628 62A-62E 633-63F 641-647 649-64A 66E-66F 679-687 69A-6BF 6C1-6C2 6CC 6CE 6D0-6D1 6FA-6FC 6FF 712-714 71A-71D
    71F-727 729 72B 72D-72E 74E-758 75C-76A 76D-770 772 775-777 77A-77F 7CA-7EA 841-845 848 84A-853 855 860 862-865 868 886
    889-88D 88F 8A0-8A9 8AF-8B0 8B3-8B8 8BA-8C8 1820-1878 1887-18A8 18AA A840-A871 10AC0-10AC4 10AD3-10AD6 10AD8-10ADC
    10ADE-10AE0 10B80 10B82 10B86-10B88 10B8A-10B8B 10B8D 10B90 10D01-10D21 10D23 10EC3-10EC4 10EC6-10EC7 10F30-10F32
    10F34-10F44 10F70-10F73 10F76-10F81 10FB0 10FB2-10FB3 10FB8 10FBB-10FBC 10FBE-10FBF 10FC1 10FC4 1E922-1E943
"""
_RIGHT = """
    622-625 627 629 62F-632 648 671-673 688-699 6C0 6C3-6CB 6CD 6CF 6D2-6D3 6D5 6EE-6EF 710 715-719 71E 728 72A 72C 72F 74D
    759-75B 76B-76C 771 773-774 778-779 840 846-847 849 854 856-858 867 869-86A 870-882 88E 8AA-8AC 8AE 8B1-8B2 8B9 10AC5
    10AC7 10AC9-10ACA 10ACE-10AD2 10ADD 10AE1 10AE4 10B81 10B83-10B85 10B89 10B8C 10B8E-10B8F 10B91 10D22 10EC2 10F33
    10F74-10F75 10FB4-10FB6 10FB9-10FBA 10FBD 10FC2-10FC3
"""
_LEFT = "A872 10ACD 10AD7 10D00 10ED9-10EEE"


def _chars(ranges: str) -> str:
    """The inside of a character class."""
    return "".join("-".join(chr(int(end, 16)) for end in part.split("-")) for part in ranges.split())


_JOINS_NEXT = re.compile(f"[{_chars(_DUAL + _LEFT)}]")
_JOINS_PREVIOUS = re.compile(f"[{_chars(_DUAL + _RIGHT)}]")
