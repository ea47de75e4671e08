"""The functions for a single request: each opens a session for the call and closes it."""

from __future__ import annotations

from . import sessions
from .responses import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import _types as _t


def request(method: str, url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
    """Send a request: `method` to `url`, with the keyword arguments of `Session.request`.

    >>> import minireq
    >>> minireq.request("GET", "https://example.org/status/204")
    <Response [204]>
    """
    # The session is closed, so that no connection is left open behind the caller's back.
    with sessions.Session() as session:
        return session.request(method=method, url=url, **kwargs)  # type: ignore[arg-type,misc]


def get(url: _t.UriType, params: _t.ParamsType = None, **kwargs: Unpack[_t.GetKwargs]) -> Response:
    """Send a GET request.

    >>> import minireq
    >>> minireq.get("https://example.org/echo", params={"q": "tea"}).url
    'https://example.org/echo?q=tea'
    """
    return request("get", url, params=params, **kwargs)


def options(url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
    """Send an OPTIONS request."""
    return request("options", url, **kwargs)


def head(url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
    """Send a HEAD request; redirects are not followed unless asked for."""
    kwargs.setdefault("allow_redirects", False)
    return request("head", url, **kwargs)


def post(url: _t.UriType, data: _t.DataType = None, json: _t.JsonType = None, **kwargs: Unpack[_t.PostKwargs]) -> Response:
    """Send a POST request.

    >>> import minireq
    >>> minireq.post("https://example.org/echo", json={"q": "tea"}).json()["body"]
    '{"q": "tea"}'
    """
    return request("post", url, data=data, json=json, **kwargs)


def put(url: _t.UriType, data: _t.DataType = None, **kwargs: Unpack[_t.DataKwargs]) -> Response:
    """Send a PUT request."""
    return request("put", url, data=data, **kwargs)


def patch(url: _t.UriType, data: _t.DataType = None, **kwargs: Unpack[_t.DataKwargs]) -> Response:
    """Send a PATCH request."""
    return request("patch", url, data=data, **kwargs)


def delete(url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
    """Send a DELETE request."""
    return request("delete", url, **kwargs)
