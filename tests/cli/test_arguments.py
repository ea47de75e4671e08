"""What the command line means, and what it may not say."""

from __future__ import annotations

import sys

import pytest

from minireq.cli import arguments
from minireq.cli.arguments import parse

URL = "http://example.org/"


@pytest.mark.parametrize(
    ("option", "name", "value"),
    [
        (["-X", "PUT"], "method", "PUT"),
        (["--request", "PUT"], "method", "PUT"),
        (["-H", "A: 1", "-H", "B:2"], "headers", [("A", "1"), ("B", "2")]),
        (["--header", "Time: 12:30"], "headers", [("Time", "12:30")]),
        (["-H", "User-Agent:"], "headers", [("User-Agent", "")]),
        (["-d", "a=1"], "data", ["a=1"]),
        (["-d", "a=1", "--data", "@file"], "data", ["a=1", "@file"]),
        (["--json", "{}"], "json", "{}"),
        (["-u", "ann:secret"], "credentials", ("ann", "secret")),
        (["-u", "ann:se:cret"], "credentials", ("ann", "se:cret")),
        (["-u", "ann:"], "credentials", ("ann", "")),
        (["--user", "ann"], "credentials", ("ann", None)),
        (["-k"], "verify", False),
        (["--insecure"], "verify", False),
        (["-x", "proxy:3128"], "proxy", "proxy:3128"),
        (["--proxy", "socks5h://proxy"], "proxy", "socks5h://proxy"),
        (["--unix-socket", "/run/a.sock"], "unix_socket", "/run/a.sock"),
        (["--resolve", "a:1:::1", "--resolve", "[::2]:2:b"], "resolve", [(("a", 1), ["::1"]), (("[::2]", 2), ["b"])]),
        (["--timeout", "2.5"], "timeout", 2.5),
        (["--no-redirects"], "redirects", False),
        (["--fail"], "fail", True),
        (["-o", "file"], "output", "file"),
        (["--output", "-"], "output", "-"),
        (["-v"], "verbose", True),
        (["--verbose"], "verbose", True),
    ],
)
def test_an_option_sets_one_argument_wherever_it_stands(option, name, value):
    ordinary = vars(parse([URL]))
    assert ordinary[name] != value
    for line in ([*option, URL], [URL, *option]):
        assert vars(parse(line)) == {**ordinary, name: value}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ([], "a URL is needed"),
        ([URL, URL], "unrecognized arguments"),
        (["--self-test", URL], "--self-test takes no URL"),
        ([URL, "--verb"], "unrecognized arguments: --verb"),
        ([URL, "--time", "3"], "unrecognized arguments"),
        ([URL, "-d", "a", "--json", "1"], "not allowed with"),
        ([URL, "-H", "no colon"], "'Name: value'"),
        ([URL, "-H", ": no name"], "'Name: value'"),
        ([URL, "--timeout", "0"], "'0' is not a number of seconds"),
        ([URL, "--timeout", "-1"], "'-1' is not a number of seconds"),
        ([URL, "--timeout", "nan"], "'nan' is not a number of seconds"),
        ([URL, "--timeout", "inf"], "'inf' is not a number of seconds"),
        ([URL, "--timeout", "soon"], "'soon' is not a number of seconds"),
        ([URL, "--resolve", "a:80"], "HOST:PORT:ADDRESS"),
        ([URL, "--resolve", "a:b:c"], "HOST:PORT:ADDRESS"),
        ([URL, "--resolve", "a:80:1", "--unix-socket", "b"], "not allowed with"),
        ([URL, "-o", ""], "the name of a file is needed"),
        ([URL, "-o", "."], "'.' is a directory"),
        ([URL, "-o", "missing/file"], "'missing/file' is in no directory that exists"),
        ([URL, "-X"], "expected one argument"),
    ],
)
def test_a_mistake_is_told_with_status_2(line, complaint, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        parse(line)
    assert stop.value.code == arguments.USAGE == 2
    output = capsys.readouterr()
    assert complaint in output.err
    assert not output.out


def test_no_mistake_repeats_a_password(capsys):
    with pytest.raises(SystemExit):
        parse(["-u", "ann:secret", "-H", "Authorization secret"])
    assert "secret" not in capsys.readouterr().err


def test_help_names_every_option_and_explains_every_exit_status(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    with pytest.raises(SystemExit) as stop:
        parse(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for option in [
        "-X",
        "-H",
        "-d",
        "--json",
        "-u",
        "-k",
        "-x",
        "--unix-socket",
        "--resolve",
        "--timeout",
        "--no-redirects",
        "--fail",
        "-o",
        "-v",
        "--self-test",
        "--version",
    ]:
        assert option in text
    for status, meaning in arguments.MEANINGS.items():
        assert f"  {status:3}  {meaning}\n" in text
    assert text.isascii()
    assert max(map(len, text.splitlines())) < 100


def test_the_exit_statuses_are_these():
    assert list(arguments.MEANINGS) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 22, 130, 141]


def test_the_arguments_are_those_of_the_process_unless_given(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["minireq", URL])
    assert parse().url == URL


@pytest.mark.parametrize(
    ("started_as", "called"),
    [("/usr/bin/minireq", "usage: minireq [-h]"), ("/somewhere/minireq/__main__.py", "usage: python -m minireq [-h]")],
)
def test_help_says_how_it_was_started(started_as, called, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [started_as])
    monkeypatch.setenv("NO_COLOR", "1")
    with pytest.raises(SystemExit):
        parse(["--help"])
    assert capsys.readouterr().out.startswith(called)


@pytest.mark.parametrize("line", [["--help"], ["--version"], ["--nonsense"]])
def test_without_standard_streams_it_is_silent(line, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit):
        parse(line)
