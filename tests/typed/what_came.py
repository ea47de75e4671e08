"""What a response knows; headers, codes and other structures."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import minireq as requests
from minireq import Response, codes
from minireq.models import CONTENT_CHUNK_SIZE, ITER_CHUNK_SIZE, REDIRECT_STATI
from minireq.structures import CaseInsensitiveDict, LookupDict


def describe(response: Response) -> dict[str, Any]:
    status: int = response.status_code
    reason: str = response.reason
    url: str = response.url
    encoding: str | None = response.encoding
    guessed: str | None = response.apparent_encoding
    content: bytes = response.content
    text: str = response.text
    ok: bool = response.ok
    history: list[Response] = response.history
    elapsed: datetime.timedelta = response.elapsed
    links: dict[str, dict[str, str]] = response.links
    asked: requests.PreparedRequest = response.request
    following: requests.PreparedRequest | None = response.next
    redirect: bool = response.is_redirect or response.is_permanent_redirect
    return {
        "status": f"{status} {reason}",
        "url": url.lower(),
        "encoding": (encoding or guessed or "utf-8").lower(),
        "length": len(content),
        "words": len(text.split()),
        "ok": ok,
        "hops": [earlier.url for earlier in history],
        "seconds": elapsed.total_seconds(),
        "next": links["next"]["url"] if "next" in links else None,
        "method": asked.method,
        "leads to": following.url if following else None,
        "redirect": redirect,
        "version": response.raw.version,
        "cookies": response.cookies.get_dict(),
    }


def headers(response: Response) -> CaseInsensitiveDict[str]:
    value: str = response.headers["Content-Type"]
    maybe: str | None = response.headers.get("Content-Length")
    certain: str = response.headers.get("Retry-After", "0")
    if "ETag" in response.headers:
        print(response.headers["etag"].strip('"'), value, maybe, certain)
    for name, each in response.headers.items():
        print(name.title(), each.upper())
    lower: Iterator[tuple[str, str]] = response.headers.lower_items()
    print(list(lower))
    as_mapping(response.headers)
    return response.headers.copy()


def as_mapping(headers: Mapping[str, str]) -> int:
    return len(headers)


def own_headers() -> MutableMapping[str, str]:
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    headers["A"] = "1"
    numbers = CaseInsensitiveDict[int]({"a": 1})
    numbers["b"] = numbers["A"] + 1
    pairs: CaseInsensitiveDict[str] = CaseInsensitiveDict([("a", "1")], b="2")
    pairs.update(headers)
    del headers["a"]
    total: int = sum(numbers.values())
    print(total, pairs == {"A": "1"})
    return headers


class Limits(CaseInsensitiveDict[int]):
    def remaining(self) -> int:
        return self.get("x-ratelimit-remaining", 0)


def is_temporary(response: Response) -> bool:
    if response.status_code in (codes.too_many_requests, codes.SERVICE_UNAVAILABLE):
        return True
    if response.status_code == requests.codes["not_found"]:
        return False
    return response.status_code in REDIRECT_STATI


def ok_code() -> int | None:
    table: LookupDict[int] = requests.codes
    return table.get("ok")


def sizes() -> int:
    return CONTENT_CHUNK_SIZE + ITER_CHUNK_SIZE


def made_for_a_test() -> Response:
    response = Response()
    response.status_code = 404
    response.headers["Content-Type"] = "text/plain"
    response.headers = CaseInsensitiveDict({"A": "b"})
    response.encoding = "utf-8"
    response.url = "https://example.org/"
    response.reason = "NOT FOUND"
    response.history = []
    response.elapsed = datetime.timedelta(seconds=1)
    return response


def session_headers(session: requests.Session) -> str:
    session.headers["User-Agent"] = "program/1.0"
    session.headers.update({"A": "b", "C": "d"})
    session.headers.pop("Accept", None)
    agent: str = session.headers["User-Agent"]
    session.params["key"] = "value"
    return agent
