"""Keyword arguments that there are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import minireq as requests
from minireq.adapters import HTTPAdapter

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from minireq import _types as _t


def functions(url: str) -> None:
    requests.get(url, timout=5)  # wrong
    requests.post(url, file={"a": b"b"})  # wrong
    requests.put(url, header={"A": "b"})  # wrong
    requests.patch(url, allow_redirect=False)  # wrong
    requests.delete(url, param={"a": "b"})  # wrong
    requests.head(url, authentication=("user", "password"))  # wrong
    requests.options(url, ssl=False)  # wrong
    requests.request("GET", url, retries=3)  # wrong
    requests.get(url, {}, {})  # wrong
    requests.get()  # wrong


def methods(session: requests.Session, url: str) -> None:
    session.get(url, timout=5)  # wrong
    session.post(url, file={"a": b"b"})  # wrong
    session.put(url, header={"A": "b"})  # wrong
    session.patch(url, allow_redirect=False)  # wrong
    session.delete(url, param={"a": "b"})  # wrong
    session.head(url, authentication=("user", "password"))  # wrong
    session.options(url, ssl=False)  # wrong
    session.request("GET", url, retries=3)  # wrong
    session.mount("https://", HTTPAdapter(retries=3))  # wrong


def prepared(url: str) -> requests.PreparedRequest:
    return requests.Request("GET", url, body=b"body").prepare()  # wrong


def passed_on(url: str, **kwargs: Unpack[_t.GetKwargs]) -> None:
    requests.get(url, **kwargs)
    kwargs["timout"] = 5  # wrong
