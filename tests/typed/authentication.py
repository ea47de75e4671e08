"""Ways to say who is asking."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import minireq as requests
from minireq.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth, HTTPProxyAuth


class BearerAuth(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self.token}"
        return r

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BearerAuth) and self.token == other.token


class Signed(AuthBase):
    """Signs method, path and body."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        body = r.body
        if body is None:
            body = b""
        if isinstance(body, str):
            body = body.encode("utf-8")
        if not isinstance(body, bytes):
            raise TypeError("a stream cannot be signed")
        method: str = r.method or ""
        text = method.encode() + r.path_url.encode() + body
        r.headers["X-Signature"] = hmac.new(self.key, text, hashlib.sha256).hexdigest()
        r.headers["X-Raw"] = base64.b64encode(text)
        r.register_hook("response", self.handle_401)
        return r

    def handle_401(self, response: requests.Response, **kwargs: Any) -> requests.Response:
        if response.status_code != 401:
            return response
        again = response.request.copy()
        again.headers["X-Again"] = "yes"
        response.content
        response.close()
        repeated: requests.Response = response.connection.send(again, **kwargs)
        repeated.history.append(response)
        repeated.request = again
        return repeated


class BasicAndMore(HTTPBasicAuth):
    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        r.headers.setdefault("X-User", "somebody")
        return super().__call__(r)


class LoudDigest(HTTPDigestAuth):
    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = super().__call__(r)
        print(signed.headers.get("Authorization"))
        return signed

    def handle_401(self, r: requests.Response, **kwargs: Any) -> requests.Response:
        return super().handle_401(r, **kwargs)


def add_key(key: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    def sign(r: requests.PreparedRequest) -> requests.PreparedRequest:
        r.prepare_url(r.url or "", {"key": key})
        return r

    return sign


def all_ways(url: str, user: str, password: str) -> None:
    requests.get(url, auth=(user, password))
    requests.get(url, auth=HTTPBasicAuth(user, password))
    requests.get(url, auth=HTTPBasicAuth(user.encode(), password.encode()))
    requests.get(url, auth=HTTPDigestAuth(user, password))
    requests.get(url, auth=HTTPProxyAuth(user, password))
    requests.get(url, auth=BearerAuth("token"))
    requests.get(url, auth=add_key("key"))
    requests.get(url, auth=lambda r: r)
    with requests.Session() as session:
        session.auth = (user, password)
        session.auth = HTTPDigestAuth(user, password)
        session.auth = Signed(b"key")
        session.auth = add_key("key")
        session.auth = None
        session.get(url, auth=BasicAndMore(user, password))
        session.get(url, auth=LoudDigest(user, password))


def chosen(token: str | None) -> AuthBase | None:
    return BearerAuth(token) if token else None


def with_whatever_there_is(url: str, token: str | None) -> requests.Response:
    return requests.get(url, auth=chosen(token))
