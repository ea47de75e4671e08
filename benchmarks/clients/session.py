"""minireq, requests and niquests: the same interface, so the same code serves all of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SessionClient:
    library: str

    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.module = importlib.import_module(self.library)
        self.session = self.module.Session()
        self.session.verify = bundle
        self.session.mount("http://", self.module.adapters.HTTPAdapter(pool_maxsize=16))  # a connection for each thread

    def get(self, path: str) -> tuple[int, bytes]:
        response = self.session.get(self.origin + path)
        return response.status_code, response.content

    def json(self, path: str) -> tuple[int, Any]:
        response = self.session.get(self.origin + path)
        return response.status_code, response.json()

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        response = self.session.get(self.origin + path)
        return response.status_code, response.content, response.headers[name]

    def oneshot(self, path: str) -> tuple[int, bytes]:
        response = self.module.get(self.origin + path, verify=self.bundle)
        return response.status_code, response.content

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        response = self.session.post(self.origin + path, json=document)
        return response.status_code, response.content

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        response = self.session.get(self.origin + path, stream=True)
        for block in response.iter_content(BLOCK):
            take(block)
        return response.status_code

    def lines(self, path: str) -> tuple[int, Iterator[bytes]]:
        response = self.session.get(self.origin + path, stream=True)
        return response.status_code, response.iter_lines()

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        response = self.session.post(self.origin + path, data=file)
        return response.status_code, response.content

    def upload_gen(self, path: str, blocks: Iterable[bytes]) -> tuple[int, bytes]:
        response = self.session.post(self.origin + path, data=blocks)
        return response.status_code, response.content

    def multipart(self, path: str, file: Any) -> tuple[int, bytes]:
        response = self.session.post(self.origin + path, files={"file": file})
        return response.status_code, response.content


class Minireq(SessionClient):
    library = "minireq"


class Requests(SessionClient):
    library = "requests"


class Niquests(SessionClient):
    library = "niquests"
