"""What programs pass to requests, in all shapes: as some have it that were checked against other annotations of requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import IO, Any, TypedDict

import minireq as requests
from minireq.adapters import HTTPAdapter
from minireq.auth import AuthBase, HTTPBasicAuth
from minireq.cookies import RequestsCookieJar
from minireq.structures import CaseInsensitiveDict


class Payload(TypedDict):
    name: str


class Pizza(AuthBase):
    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        r.headers["X-Pizza"] = "yes"
        return r


class Adapter(HTTPAdapter):
    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        return super().send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)


def hook(r: requests.Response, *args: Any, **kwargs: Any) -> None:
    r.raise_for_status()


def pieces() -> Iterator[bytes]:
    yield b"piece"


def fetch(
    session: requests.Session,
    url: str,
    numbers: dict[str, int],
    texts: Mapping[str, str],
    lists: dict[str, list[str]],
    mixed: dict[str, str | int | None],
    pairs: list[tuple[str, str]],
    proxies: dict[str, str],
    jar: RequestsCookieJar,
    file: IO[bytes],
    payload: Payload,
    anything: dict[str, object],
) -> str:
    for params in (numbers, texts, lists, mixed, pairs, "a=b", b"a=b", None):
        requests.get(url, params=params)
    requests.get(url.encode(), lists, timeout=5, allow_redirects=False, stream=True, verify="ca.pem", cert=("c.pem", "k.pem"))
    requests.get(url, headers=texts, cookies=jar, auth=("user", "password"), timeout=(3.05, None), proxies=proxies)
    requests.get(url, headers={"Accept": None, "X-Bytes": b"a"}, cookies={"a": "b"}, auth=Pizza(), proxies={"http": None})
    requests.get(url, headers=CaseInsensitiveDict({"A": "b"}), auth=lambda r: r, hooks={"response": [hook, hook]})
    for data in (texts, pairs, anything, "text", b"bytes", bytearray(b"a"), BytesIO(), file, pieces(), ["a"], None):
        requests.post(url, data=data)
    for json in (payload, anything, numbers, [payload], (1, 2), "text", 1, 1.5, True, None):
        requests.post(url, json=json, hooks={"response": hook})
    requests.put(url, pairs, json=payload)
    requests.post(url, files={"a": file})
    requests.post(url, files={"a": ("name", b"content")})
    requests.post(url, data=texts, files=[("a", ("name", file, "text/plain")), ("b", ("name", file, "text/plain"))])
    requests.post(url, data=pairs, files={"a": (None, "text", "text/plain", {"X-A": "b"})})
    session.mount("https://", Adapter())
    session.auth = HTTPBasicAuth("user", "password")
    session.headers.update({"A": "b"})
    session.verify = False
    prepared = session.prepare_request(requests.Request("POST", url, data=texts, headers={"A": "b"}, params=numbers, json=payload))
    response = session.send(prepared, timeout=5)
    links: dict[str, dict[str, str]] = response.links
    status: int = response.status_code
    value: str = response.headers["Content-Type"]
    length: str | None = response.headers.get("Content-Length")
    encoding: str | None = response.encoding
    history: Sequence[requests.Response] = response.history
    for piece in response.iter_content(1024):
        len(piece)
    try:
        response.raise_for_status()
    except requests.HTTPError as error:
        print(error.response, status, value, length, encoding, history, links)
    except requests.exceptions.RequestException:
        raise
    return response.text
