"""Bodies that are sent: forms, files in every form, streams."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

import minireq as requests


class Progress:
    """A file that tells how far it is."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.done = 0

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.done += len(block)
        return block


def multipart(url: str, path: Path, text: IO[str]) -> None:
    with path.open("rb") as file:
        requests.post(url, files={"file": file})
        requests.post(url, files={"file": ("name.txt", file)})
        requests.post(url, files={"file": ("name.txt", file, "text/plain")})
        requests.post(url, files={"file": ("name.txt", file, "text/plain", {"Expires": "0"})})
        requests.post(url, files=[("files", ("a.txt", file, "text/plain")), ("files", ("b.txt", b"bytes", "text/plain"))])
        requests.post(url, files=[("file", file)])
        requests.post(url, files=(("file", ("a", file)),))
    requests.post(url, files={"file": b"bytes"})
    requests.post(url, files={"file": "text"})
    requests.post(url, files={"file": text})
    requests.post(url, files={"field": (None, "value")})
    requests.post(url, files={"file": io.BytesIO(b"bytes")}, data={"field": "value"})
    requests.post(url, files={"file": ("report.csv", "some,data\n")}, data=[("field", "value")])


def several(url: str, paths: Iterable[Path]) -> requests.Response:
    files = [("images", (path.name, path.read_bytes(), "image/png")) for path in paths]
    return requests.post(url, files=files)


def by_name(url: str, paths: Iterable[Path]) -> requests.Response:
    files: dict[str, tuple[str, bytes]] = {path.stem: (path.name, path.read_bytes()) for path in paths}
    return requests.post(url, files=files)


def forms(url: str, form: dict[str, str], pairs: list[tuple[str, str]], mixed: dict[str, str | int | list[str] | None]) -> None:
    requests.post(url, data=form)
    requests.post(url, data=pairs)
    requests.post(url, data=tuple(pairs))
    requests.post(url, data=mixed)
    requests.post(url, data={1: 2, "a": [1, 2]})
    requests.post(url, data="text")
    requests.post(url, data=b"bytes")
    requests.post(url, data=bytearray(b"bytes"))
    requests.post(url, data=memoryview(b"bytes"))


def lines() -> Iterator[bytes]:
    yield b"one\n"
    yield b"two\n"


def words() -> Iterator[str]:
    yield from ("hi", "there")


def streams(url: str, path: Path) -> None:
    with open(path, "rb") as file:
        requests.put(url, data=file)
        requests.put(url, data=Progress(file))
    with open(path, encoding="utf-8") as text:
        requests.put(url, data=text)
    requests.post(url, data=lines())
    requests.post(url, data=words())
    requests.post(url, data=io.BytesIO(b"bytes"))
    requests.post(url, data=(chunk for chunk in [b"a", b"b"]))
    requests.post(url, data=iter(["a"]))
