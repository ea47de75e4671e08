"""http.client: one connection, which opens itself again after the server has closed it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator

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
        body = response.read()
        return response.status, zlib.decompress(body, 47) if response.headers["Content-Encoding"] == "gzip" else body

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

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        return self._post(path, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        response = self._request(path)
        while block := response.read(BLOCK):
            take(block)
        return response.status

    def lines(self, path: str) -> tuple[int, Iterator[bytes]]:
        response = self._request(path)
        return response.status, self._lines(response)

    def _lines(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        with response:  # it does not notice that the last line was the last
            yield from response

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        return self._post(path, file, {"Content-Length": str(os.fstat(file.fileno()).st_size)})

    def upload_gen(self, path: str, blocks: Iterable[bytes]) -> tuple[int, bytes]:
        return self._post(path, blocks, {})

    def _post(self, path: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def _connection(self) -> http.client.HTTPConnection:
        scheme, _, authority = self.origin.partition("://")
        if scheme == "https":
            return http.client.HTTPSConnection(authority, context=ssl.create_default_context(cafile=self.bundle))
        return http.client.HTTPConnection(authority)

    def _request(self, path: str) -> http.client.HTTPResponse:
        self.connection.request("GET", path)
        return self.connection.getresponse()
