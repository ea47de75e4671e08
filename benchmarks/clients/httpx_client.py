"""httpx, through its Client."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterable, Iterator

import httpx

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Httpx:
    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.client = httpx.Client(verify=self._context())

    def _context(self) -> Any:
        # Over http too it would load the authorities of the world; and does, in `httpx.get`, as its users get it.
        return ssl.create_default_context(cafile=self.bundle) if self.origin.startswith("https") else True

    def get(self, path: str) -> tuple[int, bytes]:
        response = self.client.get(self.origin + path)
        return response.status_code, response.content

    def json(self, path: str) -> tuple[int, Any]:
        response = self.client.get(self.origin + path)
        return response.status_code, response.json()

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        response = self.client.get(self.origin + path)
        return response.status_code, response.content, response.headers[name]

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        response = self.client.post(self.origin + path, json=document)
        return response.status_code, response.content

    def oneshot(self, path: str) -> tuple[int, bytes]:
        response = httpx.get(self.origin + path, verify=self._context())
        return response.status_code, response.content

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        with self.client.stream("GET", self.origin + path) as response:
            for block in response.iter_bytes(BLOCK):
                take(block)
        return int(response.status_code)

    def lines(self, path: str) -> tuple[int, Iterator[str]]:
        def lines() -> Iterator[str]:
            with self.client.stream("GET", self.origin + path) as response:
                yield from response.iter_lines()

        return 200, lines()  # the status is known before the first line, but only to who reads

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        length = str(os.fstat(file.fileno()).st_size)
        response = self.client.post(self.origin + path, content=file, headers={"Content-Length": length})
        return response.status_code, response.content

    def upload_gen(self, path: str, blocks: Iterable[bytes]) -> tuple[int, bytes]:
        response = self.client.post(self.origin + path, content=blocks)
        return response.status_code, response.content

    def multipart(self, path: str, file: Any) -> tuple[int, bytes]:
        response = self.client.post(self.origin + path, files={"file": file})
        return response.status_code, response.content
