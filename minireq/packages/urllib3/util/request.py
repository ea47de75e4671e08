"""`make_headers`: a few headers by name."""

from __future__ import annotations

from ....auth import _basic_auth_str

__all__ = ["make_headers"]


def make_headers(
    keep_alive: bool | None = None,
    accept_encoding: bool | list[str] | str | None = None,
    user_agent: str | None = None,
    basic_auth: str | None = None,
    proxy_basic_auth: str | None = None,
    disable_cache: bool | None = None,
) -> dict[str, str]:
    """The headers for what is asked for.

    >>> make_headers(keep_alive=True, basic_auth="user:pass")
    {'connection': 'keep-alive', 'authorization': 'Basic dXNlcjpwYXNz'}
    """
    headers: dict[str, str] = {}
    if accept_encoding:
        joined = ",".join(accept_encoding) if isinstance(accept_encoding, list) else str(accept_encoding)
        headers["accept-encoding"] = "gzip,deflate" if accept_encoding is True else joined
    if user_agent:
        headers["user-agent"] = user_agent
    if keep_alive:
        headers["connection"] = "keep-alive"
    for name, pair in (("authorization", basic_auth), ("proxy-authorization", proxy_basic_auth)):
        if pair:
            user, _, password = pair.partition(":")
            headers[name] = _basic_auth_str(user, password)
    if disable_cache:
        headers["cache-control"] = "no-cache"
    return headers
