"""minireq and requests: the same interface, so the same code serves both."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

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

    def stream(self, path: str) -> tuple[int, Iterator[bytes]]:
        response = self.session.get(self.origin + path, stream=True)
        return response.status_code, response.iter_content(BLOCK)


class Minireq(SessionClient):
    library = "minireq"


class Requests(SessionClient):
    library = "requests"
