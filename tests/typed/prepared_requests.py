"""Requests that are looked at, changed, and sent later."""

from __future__ import annotations

import minireq as requests
from minireq import PreparedRequest, Request, Session
from minireq.structures import CaseInsensitiveDict


def curl(prepared: PreparedRequest) -> str:
    parts = ["curl", "-X", prepared.method or "GET", prepared.url or ""]
    for name, value in prepared.headers.items():
        parts += ["-H", f"{name}: {value!s}"]
    body = prepared.body
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, str):
        parts += ["--data", body]
    return " ".join(parts)


def send(url: str) -> requests.Response:
    with Session() as session:
        request = Request(
            method="POST",
            url=url,
            headers={"X-Test": "yes"},
            files=None,
            data={"a": "1"},
            params={"b": 2},
            auth=("user", "password"),
            cookies={"c": "3"},
            hooks={"response": print},
            json=None,
        )
        prepared = session.prepare_request(request)
        prepared.body = "No, I want exactly this as the body."
        prepared.body = b"or these bytes"
        del prepared.headers["Content-Type"]
        prepared.headers["Keep-Dead"] = "parrot"
        prepared.headers.update({"A": "b"})
        prepared.url = prepared.url + "?more" if prepared.url else None
        settings = session.merge_environment_settings(prepared.url or "", {}, None, None, None)
        session.send(prepared, **settings)
        return session.send(
            prepared, stream=True, timeout=5, verify="ca.pem", proxies={"http": "http://p"}, cert="c.pem", allow_redirects=False
        )


def without_a_session(url: str) -> PreparedRequest:
    prepared = Request("GET", url, params=[("a", "1")]).prepare()
    prepared.prepare_headers({"A": "b"})
    prepared.prepare_body(b"body", None)
    prepared.prepare_body(None, {"file": b"content"}, {"json": 1})
    prepared.prepare_auth(("user", "password"), url)
    prepared.prepare_cookies({"a": "b"})
    prepared.prepare_hooks({"response": print})
    prepared.prepare_content_length(prepared.body)
    prepared.prepare_method("PUT")
    prepared.prepare_url(url, {"a": "1"})
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict({"A": "b"})
    again = PreparedRequest()
    again.prepare(method="POST", url=url, headers=headers, data="text", json=None, params=None, auth=None, hooks=None)
    length = again.headers.get("Content-Length")
    print(length, again.path_url, again.copy().method)
    return again


def changed(request: Request) -> Request:
    request.method = "PUT"
    request.url = "https://example.org/"
    request.headers = {"A": "b"}
    request.data = [("a", "1")]
    request.json = {"a": 1}
    request.params = {"a": "1"}
    request.auth = None
    request.cookies = {"a": "b"}
    request.files = {"a": b"b"}
    return request


def all_redirects(session: Session, response: requests.Response) -> list[str]:
    following = response.next
    if following is not None:
        session.send(following)
    urls = [each.url for each in session.resolve_redirects(response, response.request, stream=True, timeout=5)]
    target: str | None = session.get_redirect_target(response)
    return [*urls, target or ""]
