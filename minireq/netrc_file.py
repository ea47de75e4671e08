"""The netrc file: names and passwords by machine, as ftp, curl and git read it.

The dialect is curl's, the forgiving one: words are divided by blanks and line ends, wherever these are; a word in double quotes
may hold blanks and the escapes \\n, \\r, \\t, \\" and \\\\; a backslash elsewhere is a backslash. A line that begins with # is a
comment, and so is what follows a word with # where a keyword is expected. A macro ends at a blank line. Words that mean nothing
are skipped: one odd line does not cost the rest of the file.
"""

from __future__ import annotations

import os
import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Entries = dict[str | None, dict[str, str]]

_KEYWORDS = {word: word for word in ("machine", "default", "login", "account", "password", "macdef")} | {"user": "login"}
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\x00-\x20]+)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def credentials(path: str, host: str) -> tuple[str, str] | None:
    """The name and password for a host, looked up as a whole; None if the file has none, or only an empty entry.

    Raises OSError if the file cannot be read.
    """
    entries = _read(path)
    host = host.lower()
    entry = entries[host] if host in entries else entries.get(None, {})
    name, password = entry.get("login") or entry.get("account") or "", entry.get("password", "")
    return (name, password) if name or password else None


def parse(text: str) -> Entries:
    r"""The entries of a netrc by machine; that of `default` has the name None.

    >>> parse('machine h login me password "a \\"b\\""')
    {'h': {'login': 'me', 'password': 'a "b"'}}

    The last entry of a machine counts.
    """
    entries: Entries = {}
    entry: dict[str, str] = {}
    expecting = ""  # the keyword whose value comes next, on this line or a later one
    in_macro = False
    for line in re.split(r"\r?\n", text):
        if in_macro:
            in_macro = bool(line.strip())
            continue
        for word in _words(line):
            if not expecting:
                if word.startswith("#"):
                    break
                expecting = _KEYWORDS.get(word.lower(), "")
                if expecting == "default":
                    entry, expecting = entries.setdefault(None, {}), ""
            elif expecting == "macdef":
                in_macro, expecting = True, ""
                break
            else:
                if expecting == "machine":
                    entry = entries[word.lower()] = {}
                else:
                    entry[expecting] = word
                expecting = ""
    return entries


def _words(line: str) -> Iterator[str]:
    if not line.lstrip().startswith("#"):
        for quoted, plain in _WORD.findall(line):
            yield plain or _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), quoted)


# The last file that was read, what it was like then, and its entries.
_last: tuple[str, tuple[int, ...], Entries] = ("", (), {})


def _read(path: str) -> Entries:
    global _last
    status = os.stat(path)
    known = (status.st_ino, status.st_size, status.st_mtime_ns)
    if _last[:2] == (path, known):
        return _last[2]
    with open(path, "rb") as file:
        entries = parse(_decoded(file.read()))
    # A file that was just written may be written again within one tick of the file system's clock.
    if abs(time.time() - status.st_mtime) > 2:
        _last = (path, known, entries)
    return entries


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
