"""aiohttp, through one ClientSession in one event loop, which each operation enters once (some 15 us of its time)."""

from __future__ import annotations

import asyncio
import atexit
import ssl
from collections.abc import Callable, Iterable

import aiohttp

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Aiohttp:
    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.loop = asyncio.new_event_loop()
        self.session = self.loop.run_until_complete(self._open())
        atexit.register(lambda: self.loop.run_until_complete(self.session.close()))

    async def _open(self) -> aiohttp.ClientSession:
        context = ssl.create_default_context(cafile=self.bundle) if self.origin.startswith("https") else True
        # Its jar takes cookies from addresses only if told to.
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context), cookie_jar=aiohttp.CookieJar(unsafe=True))

    def get(self, path: str) -> tuple[int, bytes]:
        return self._run(self._request("GET", path, _body))

    def json(self, path: str) -> tuple[int, Any]:
        return self._run(self._request("GET", path, lambda response: response.json(content_type=None)))

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        async def work() -> tuple[int, bytes, str]:
            async with self.session.get(self.origin + path) as response:
                return response.status, await response.read(), response.headers[name]

        return self._run(work())

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        return self._run(self._request("POST", path, _body, json=document))

    def oneshot(self, path: str) -> tuple[int, bytes]:
        async def work() -> tuple[int, bytes]:
            async with await self._open() as session, session.get(self.origin + path) as response:
                return response.status, await response.read()

        return self._run(work())

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        async def read(response: Any) -> None:
            async for block in response.content.iter_chunked(BLOCK):
                take(block)

        return self._run(self._request("GET", path, read))[0]

    def lines(self, path: str) -> tuple[int, list[bytes]]:
        async def read(response: Any) -> list[bytes]:
            return [line async for line in response.content]

        return self._run(self._request("GET", path, read))

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        return self._run(self._request("POST", path, _body, data=file))

    def upload_gen(self, path: str, blocks: Iterable[bytes]) -> tuple[int, bytes]:
        async def generator() -> Any:
            for block in blocks:
                yield block

        return self._run(self._request("POST", path, _body, data=generator()))

    def multipart(self, path: str, file: Any) -> tuple[int, bytes]:
        return self._run(self._request("POST", path, _body, data={"file": file}))

    async def _request(self, method: str, path: str, read: Any, **arguments: Any) -> tuple[int, Any]:
        async with self.session.request(method, self.origin + path, **arguments) as response:
            return response.status, await read(response)

    def _run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)


def _body(response: Any) -> Any:
    return response.read()
