"""Bodies piece by piece: to files, as lines, as records."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import minireq as requests


def to_file(url: str, path: Path, chunk_size: int = 1 << 16) -> int:
    size = 0
    with requests.get(url, stream=True, timeout=(5, 60)) as response:
        response.raise_for_status()
        total = int(response.headers.get("Content-Length", 0))
        with path.open("wb") as file:
            for chunk in response.iter_content(chunk_size=chunk_size):
                size += file.write(chunk)
                print(f"{size} of {total or 'unknown'}")
    return size


def with_raw(url: str, path: Path) -> None:
    with requests.get(url, stream=True) as response, open(path, "wb") as file:
        response.raw.decode_content = True
        shutil.copyfileobj(response.raw, file)


def digest(url: str) -> str:
    sha = hashlib.sha256()
    with contextlib.closing(requests.get(url, stream=True)) as response:
        for chunk in response.iter_content(None):
            sha.update(chunk)
        for chunk in response:
            sha.update(chunk)
    return sha.hexdigest()


def pieces(url: str) -> Iterator[bytes]:
    response = requests.get(url, stream=True)
    yield from response.iter_content(128)


def records(url: str) -> Iterator[dict[str, Any]]:
    with requests.Session() as session:
        session.stream = True
        response = session.get(url)
        for line in response.iter_lines():
            if line:
                yield json.loads(line.decode("utf-8"))


def events(url: str) -> Iterator[str]:
    response = requests.get(url, stream=True, headers={"Accept": "text/event-stream"})
    if response.encoding is None:
        response.encoding = "utf-8"
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        if isinstance(line, str) and line.startswith("data:"):
            yield line[5:].strip()


def separated(url: str) -> list[bytes]:
    response = requests.get(url, stream=True)
    return list(response.iter_lines(512, False, b"\0"))


def texts(url: str) -> Iterator[str | bytes]:
    return requests.get(url, stream=True).iter_content(1024, decode_unicode=True)


def first_line(url: str) -> bytes:
    with requests.get(url, stream=True) as response:
        return next(response.iter_lines(), b"")
