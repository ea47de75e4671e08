"""http.client: one connection, which opens itself again after the server has closed it."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
from collections.abc import Iterator

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class HttpClient:
    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.connection = self._connection()

    def get(self, path: str) -> tuple[int, bytes]:
        response = self._request(path)
        return response.status, response.read()

    def json(self, path: str) -> tuple[int, Any]:
        response = self._request(path)
        return response.status, json.loads(response.read())

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        response = self._request(path)
        return response.status, response.read(), response.headers[name]

    def oneshot(self, path: str) -> tuple[int, bytes]:
        with contextlib.closing(self._connection()) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()

    def stream(self, path: str) -> tuple[int, Iterator[bytes]]:
        response = self._request(path)
        return response.status, iter(lambda: response.read(BLOCK), b"")

    def _connection(self) -> http.client.HTTPConnection:
        scheme, _, authority = self.origin.partition("://")
        if scheme == "https":
            return http.client.HTTPSConnection(authority, context=ssl.create_default_context(cafile=self.bundle))
        return http.client.HTTPConnection(authority)

    def _request(self, path: str) -> http.client.HTTPResponse:
        self.connection.request("GET", path)
        return self.connection.getresponse()
