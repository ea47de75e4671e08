"""A client for somebody's API: a subclass of Session with a base URL, retries, and pages that are followed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict
from urllib.parse import urljoin

import minireq as requests
from minireq import PreparedRequest, Request, Response
from minireq.adapters import HTTPAdapter
from minireq.packages.urllib3.util.retry import Retry


class Issue(TypedDict):
    number: int
    title: str
    labels: list[str]


class NewIssue(TypedDict, total=False):
    title: str
    body: str | None


class Client(requests.Session):
    """The session of one API."""

    base_url: str

    def __init__(self, base_url: str, token: str | None = None) -> None:
        super().__init__()
        self.base_url = base_url
        self.calls = 0
        self.headers.update({"Accept": "application/json"})
        self.headers["X-Client"] = "example/1.0"
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"
        self.params = {"per_page": "100"}
        self.verify = True
        self.max_redirects = 3
        self.trust_env = False
        adapter = HTTPAdapter(max_retries=Retry(total=3, backoff_factor=0.5, status_forcelist=[502, 503]), pool_maxsize=20)
        self.mount("https://", adapter)

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> Response:
        kwargs.setdefault("timeout", 30)
        full = urljoin(self.base_url, url.decode() if isinstance(url, bytes) else url)
        self.calls += 1
        return super().request(method, full, *args, **kwargs)

    def prepare_request(self, request: Request) -> PreparedRequest:
        prepared = super().prepare_request(request)
        prepared.headers["X-Call"] = str(self.calls)
        return prepared

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        started = time.monotonic()
        response = super().send(request, **kwargs)
        print(request.method, request.url, response.status_code, time.monotonic() - started, response.elapsed.total_seconds())
        return response

    def should_strip_auth(self, old_url: str, new_url: str) -> bool:
        return True

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        super().rebuild_auth(prepared_request, response)

    def issues(self) -> Iterator[Issue]:
        url = "issues"
        while url:
            response = self.get(url)
            response.raise_for_status()
            page: list[Issue] = response.json()
            yield from page
            url = response.links.get("next", {}).get("url", "")

    def create(self, issue: NewIssue) -> Issue:
        response = self.post("issues", json=issue)
        response.raise_for_status()
        created: Issue = response.json()
        return created


class Narrow(requests.Session):
    """`request` overridden with the types that it has in requests."""

    def request(
        self,
        method: str,
        url: str | bytes,
        params: Any = None,
        data: Any = None,
        headers: Mapping[str, str | bytes] | None = None,
        cookies: Any = None,
        files: Any = None,
        auth: Any = None,
        timeout: float | tuple[float | None, float | None] | None = None,
        allow_redirects: bool = True,
        proxies: dict[str, str] | None = None,
        hooks: Any = None,
        stream: bool | None = None,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        json: Any = None,
    ) -> Response:
        return super().request(
            method, url, params, data, headers, cookies, files, auth, timeout or 60, allow_redirects, proxies, hooks, stream,
            verify, cert, json,
        )  # fmt: skip


def titles(base_url: str) -> list[str]:
    with Client(base_url, token="secret") as client:
        found = [issue["title"] for issue in client.issues()]
        client.create({"title": "one more"})
        print(client.calls, client.base_url)  # still a Client
    return found
