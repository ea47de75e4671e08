"""The netrc file: its dialect, and what is kept of it."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, strategies as st

from minireq import netrc_file
from minireq.netrc_file import credentials, parse

ME = {"login": "me", "password": "s3cret"}


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "netrc"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return written


@pytest.mark.parametrize(
    "text",
    [
        "machine h login me password s3cret",
        "machine h\n\tlogin me\n\tpassword s3cret\n",
        "machine\nh\nlogin\nme\npassword\ns3cret",
        "machine h\r\nlogin me\r\npassword s3cret\r\n",
        "machine h password s3cret user me",
        "MACHINE H Login me Password s3cret",
        "# a comment\nmachine h login me password s3cret # machine x login y",
        "\n\n  # after a blank line\n\nmachine h login me password s3cret",
        "machine h # login you\nlogin me password s3cret",
        "#machine h login you\nmachine h login me password s3cret",
        'machine "h" login "me" password "s3cret"',
        "machine h login you password x\nmachine h login me password s3cret",
        "whatever machine h port 80 login me password s3cret",
        "login nobody machine h login me password s3cret",
        "macdef init\n\tcd machine h login you\n#\n\nmachine h login me password s3cret",
        "machine h login me password s3cret macdef init ls\nmachine h login you\n",
        "macdef a\nmachine h login you\n \t\nmachine h login me password s3cret",
        "macdef a\r\nmachine h login you\r\n\r\nmachine h login me password s3cret",
        "machine h login me password s3cret machine",
        "machine h login me password s3cret macdef",
    ],
)
def test_an_entry_is_found_however_it_is_written(text):
    assert parse(text)["h"] == ME


@pytest.mark.parametrize(
    "written, password",
    [
        ("a\\b", "a\\b"),  # a backslash is one
        ("#hash", "#hash"),
        ("a#b", "a#b"),
        ('""', ""),
        ('"with blanks"', "with blanks"),
        ('"a\\"b\\\\c\\n\\r\\t\\x"', 'a"b\\c\n\r\tx'),
        ('"#"', "#"),
        ('"open', '"open'),  # no quote that closes it: a character like others
        ('a"b"', 'a"b"'),
        ("пароль", "пароль"),
        ("login", "login"),  # in the place of a value no keyword is one
        ("a\xa0b\x85c\u3000d", "a\xa0b\x85c\u3000d"),  # blanks are ASCII's
    ],
)
def test_a_password_may_have_any_character(written, password):
    assert parse(f"machine h login me password {written}\nmachine i")["h"] == {"login": "me", "password": password}


@pytest.mark.parametrize(
    "text", ["", "\n", "machine", "machine h", "login", "default", "macdef", "macdef m", "#", '"', "\\", "a b c"]
)
def test_a_broken_file_has_few_entries_and_raises_nothing(text):
    assert set(map(str, parse(text))) <= {"h", "None"}


words = st.text(st.characters(codec="utf-8", min_codepoint=0x21), min_size=1).filter(lambda word: word[0] not in '#"')


@given(st.dictionaries(words.map(str.lower), st.tuples(words, words)))
def test_what_is_written_is_read(entries):
    lines = [f"machine {host} login {name}\n  password {password}\n" for host, (name, password) in entries.items()]
    assert parse("".join(lines)) == {
        host.lower(): {"login": name, "password": password} for host, (name, password) in entries.items()
    }


@given(st.text(), st.text())
def test_any_text_and_any_quoted_password_is_read(noise, password):
    parse(noise)
    escaped = password.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    assert parse(f'machine h password "{escaped}"') == {"h": {"password": password}}


@pytest.mark.timeout(30)  # growing faster, it would take hours
def test_time_grows_with_the_length_and_no_faster():
    for text in ('"\\' * 100_000, '" ' * 100_000, "\\ " * 100_000, "machine " * 100_000, '"' + "a" * 1_000_000):
        parse(text)


# --- looking up


@pytest.mark.parametrize(
    "content, host, found",
    [
        ("machine good.test login me password s3cret", "good.test", ("me", "s3cret")),
        ("machine GOOD.test login me password s3cret", "good.TEST", ("me", "s3cret")),
        ("machine good.test login me password s3cret", "evilgood.test", None),  # names match whole
        ("machine good.test login me password s3cret", "good.test.evil.test", None),
        ("machine good.test login me password s3cret", "api.good.test", None),
        ("machine other login a password b default login me password s3cret", "good.test", ("me", "s3cret")),
        ("default login a password b\nmachine good.test login me password s3cret", "good.test", ("me", "s3cret")),
        ("machine good.test password s3cret", "good.test", ("", "s3cret")),
        ("machine good.test login me", "good.test", ("me", "")),
        ("machine good.test account me password s3cret", "good.test", ("me", "s3cret")),
        ("machine good.test login me account you password s3cret", "good.test", ("me", "s3cret")),
        # an empty entry says: nothing for this host
        ("machine good.test default login me password s3cret", "good.test", None),
        ('machine good.test login "" password ""', "good.test", None),
        ('machine "" login a password b', "good.test", None),
        ("default", "good.test", None),
        ("", "good.test", None),
        ("machine ::1 login me password s3cret", "::1", ("me", "s3cret")),
        ("machine good.test login\nfoo bar\n", "good.test", ("foo", "")),
        (b"\xef\xbb\xbfmachine good.test login me password s3cret", "good.test", ("me", "s3cret")),
        (b"machine good.test login me password caf\xe9", "good.test", ("me", "café")),
    ],
)
def test_a_host_is_looked_up_as_a_whole(content, host, found, write):
    assert credentials(write(content), host) == found


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(OSError, match="netrc"):
        credentials(str(tmp_path / "netrc"), "h")
    with pytest.raises(OSError, match=str(tmp_path.name)):
        credentials(str(tmp_path), "h")


def test_the_permissions_of_a_file_are_its_owners_affair(write):
    path = write("machine h login me password s3cret")
    os.chmod(path, 0o666)
    assert credentials(path, "h") == ("me", "s3cret")


# --- reading once


@pytest.fixture
def reads(monkeypatch):
    """How many times a file was parsed."""
    counted = []
    original = netrc_file.parse
    monkeypatch.setattr(netrc_file, "parse", lambda text: counted.append(text) or original(text))
    return counted


def aged(path):
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_a_file_is_read_once_until_it_changes(write, reads):
    path = aged(write("machine h login me password one"))
    assert [credentials(path, host) for host in ("h", "h", "i")] == [("me", "one"), ("me", "one"), None]
    assert len(reads) == 1
    write("machine h login me password two")
    assert credentials(path, "h") == ("me", "two")


def test_a_file_just_written_is_read_again_since_it_may_change_within_a_tick(write, reads):
    path = write("machine h login me password one")
    assert credentials(path, "h") == ("me", "one")
    before = os.stat(path)
    write("machine h login me password two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert credentials(path, "h") == ("me", "two")


def test_another_file_is_another_file(write, tmp_path):
    first = aged(write("machine h login me password one"))
    second = str(tmp_path / "other")
    with open(second, "w") as file:
        file.write("machine h login me password two")
    aged(second)
    assert [credentials(path, "h") for path in (first, second, first)] == [("me", "one"), ("me", "two"), ("me", "one")]
