"""pycurl: libcurl, one easy handle."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator

import pycurl

from . import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Pycurl:
    def __init__(self, origin: str, bundle: str):
        self.origin = origin
        self.bundle = bundle
        self.curl = self._handle()

    def get(self, path: str) -> tuple[int, bytes]:
        return self._perform(self.curl, path)

    def json(self, path: str) -> tuple[int, Any]:
        status, body = self._perform(self.curl, path)
        return status, json.loads(body)

    def field(self, path: str, name: str) -> tuple[int, bytes, str]:
        lines: list[bytes] = []
        self.curl.setopt(pycurl.HEADERFUNCTION, lines.append)
        status, body = self._perform(self.curl, path)
        fields = dict(line.decode("latin-1").rstrip().split(": ", 1) for line in lines if b": " in line)
        return status, body, fields[name]

    def post_json(self, path: str, document: Any) -> tuple[int, bytes]:
        self.curl.setopt(pycurl.POSTFIELDS, json.dumps(document))
        self.curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json"])
        return self._perform(self.curl, path)

    def oneshot(self, path: str) -> tuple[int, bytes]:
        curl = self._handle()
        try:
            return self._perform(curl, path)
        finally:
            curl.close()

    def stream(self, path: str, take: Callable[[bytes], None]) -> int:
        self.curl.setopt(pycurl.URL, self.origin + path)
        self.curl.setopt(pycurl.WRITEFUNCTION, take)
        self.curl.perform()
        return int(self.curl.getinfo(pycurl.RESPONSE_CODE))

    def upload_file(self, path: str, file: Any) -> tuple[int, bytes]:
        return self._upload(path, file.read, os.fstat(file.fileno()).st_size)

    def upload_gen(self, path: str, blocks: Iterator[bytes]) -> tuple[int, bytes]:
        rest = b""

        def read(most: int) -> bytes:  # what libcurl asks for is less than what a generator may yield
            nonlocal rest
            block = rest or next(blocks, b"")
            rest = block[most:]
            return block[:most]

        return self._upload(path, read, -1)

    def multipart(self, path: str, file: Any) -> tuple[int, bytes]:
        self.curl.setopt(pycurl.HTTPPOST, [("file", (pycurl.FORM_FILE, file.name))])
        return self._perform(self.curl, path)

    def _handle(self) -> Any:
        curl = pycurl.Curl()
        curl.setopt(pycurl.CAINFO, self.bundle)
        curl.setopt(pycurl.ACCEPT_ENCODING, "gzip")
        curl.setopt(pycurl.BUFFERSIZE, BLOCK)
        return curl

    def _upload(self, path: str, read: Any, size: int) -> tuple[int, bytes]:
        curl = self.curl
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.READFUNCTION, read)
        curl.setopt(pycurl.POSTFIELDSIZE_LARGE, size)
        curl.setopt(pycurl.UPLOAD_BUFFERSIZE, BLOCK)
        curl.setopt(pycurl.HTTPHEADER, ["Expect:", *(["Transfer-Encoding: chunked"] if size < 0 else [])])
        return self._perform(curl, path)

    def _perform(self, curl: Any, path: str) -> tuple[int, bytes]:
        body = io.BytesIO()
        curl.setopt(pycurl.URL, self.origin + path)
        curl.setopt(pycurl.WRITEDATA, body)
        curl.perform()
        return int(curl.getinfo(pycurl.RESPONSE_CODE)), body.getvalue()
