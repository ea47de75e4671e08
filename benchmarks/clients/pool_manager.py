"""urllib3, through its PoolManager."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import urllib3

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Urllib3:
    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.pools = urllib3.PoolManager(ca_certs=bundle, maxsize=16)  # a connection for each thread

    def get(self, path: str) -> tuple[int, bytes]:
        response = self.pools.request("GET", self.origin + path)
        return response.status, response.data

    def json(self, path: str) -> tuple[int, Any]:
        response = self.pools.request("GET", self.origin + path)
        return response.status, response.json()

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        response = self.pools.request("GET", self.origin + path)
        return response.status, response.data, response.headers[name]

    def oneshot(self, path: str) -> tuple[int, bytes]:
        with urllib3.PoolManager(ca_certs=self.bundle) as pools:
            response = pools.request("GET", self.origin + path)
            return response.status, response.data

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        response = self.pools.request("POST", self.origin + path, json=document)
        return response.status, response.data

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        response = self.pools.request("GET", self.origin + path, preload_content=False)
        for block in response.stream(BLOCK):
            take(block)
        response.release_conn()
        return response.status

    def lines(self, path: str) -> tuple[int, Iterator[bytes]]:
        response = self.pools.request("GET", self.origin + path, preload_content=False)
        return response.status, iter(response)

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        length = str(os.fstat(file.fileno()).st_size)
        response = self.pools.request("POST", self.origin + path, body=file, headers={"Content-Length": length})
        return response.status, response.data

    def upload_gen(self, path: str, blocks: Iterable[bytes]) -> tuple[int, bytes]:
        response = self.pools.request("POST", self.origin + path, body=blocks)
        return response.status, response.data

    def multipart(self, path: str, file: Any) -> tuple[int, bytes]:
        response = self.pools.request("POST", self.origin + path, fields={"file": ("file", file.read())})
        return response.status, response.data
