"""The clients, one class each, all with the same verbs, so that they can be read side by side.

    Client(origin, bundle)      set-up: `origin` is "http://host:port" or "https://host:port", `bundle` the CA file to trust
    .get(path)                  → status, body
    .json(path)                 → status, parsed body
    .field(path, name)          → status, body, value of that header field
    .post_json(path, document)  → status, body
    .oneshot(path)              → status, body; a new connection, nothing kept but what the library itself keeps for the process
    .stream(path, take)         → status; `take` is called with blocks of 64 KiB at most
    .lines(path)                → status, iterable of lines, text or bytes, with their ends or without
    .upload_file(path, file)    → status, body of the answer; Content-Length is known
    .upload_gen(path, blocks)   → the same; in chunks
    .multipart(path, file)      → the same; a form with one field

Each does what its documentation would tell a user who wants it fast: one session, one pool or one connection, kept.
"""

from __future__ import annotations

import collections
import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How large the blocks of a stream are, in bytes.
BLOCK = 65536

#: `code`: module and class in this package; `imports`: what the import scenario loads; `distribution`: what must be installed;
#: `lacks`: the scenarios that it has no means for.
Entry = collections.namedtuple("Entry", "code imports distribution keeps_cookies lacks", defaults=(False, ()))

CLIENTS = {
    "minireq": Entry("session:Minireq", ("minireq",), None, keeps_cookies=True),
    "requests": Entry("session:Requests", ("requests",), "requests", keeps_cookies=True),
    "niquests": Entry("session:Niquests", ("niquests",), "niquests", keeps_cookies=True),
    "httpx": Entry("httpx_client:Httpx", ("httpx",), "httpx", keeps_cookies=True),
    "aiohttp": Entry("aiohttp_client:Aiohttp", ("aiohttp",), "aiohttp", keeps_cookies=True, lacks=("threads16",)),
    "urllib3": Entry("pool_manager:Urllib3", ("urllib3",), "urllib3"),
    "http.client": Entry("http_client:HttpClient", ("http.client",), None, lacks=("threads16", "multipart")),
    "pycurl": Entry("curl:Pycurl", ("pycurl",), "pycurl", lacks=("threads16", "lines")),
    "floor": Entry("floor:Floor", ("socket", "ssl"), None),
}


def open_client(name: str, origin: str, bundle: str) -> Any:
    """The client of that name, set up; only its own library is imported."""
    module, _, name_of_class = CLIENTS[name].code.partition(":")
    return getattr(importlib.import_module(f"{__name__}.{module}"), name_of_class)(origin, bundle)
