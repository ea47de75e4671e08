"""urllib3, through its PoolManager."""

from __future__ import annotations

from collections.abc import Iterator

import urllib3

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Urllib3:
    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.pools = urllib3.PoolManager(ca_certs=bundle)

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

    def stream(self, path: str) -> tuple[int, Iterator[bytes]]:
        response = self.pools.request("GET", self.origin + path, preload_content=False)
        return response.status, self._blocks(response)

    def _blocks(self, response: Any) -> Iterator[bytes]:
        yield from response.stream(BLOCK)
        response.release_conn()
