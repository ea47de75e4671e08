"""The helpers that programs import from utils and compat."""

from __future__ import annotations

import io

import minireq as requests
from minireq import utils
from minireq.compat import quote, urlencode, urljoin, urlparse
from minireq.structures import CaseInsensitiveDict
from minireq.utils import (
    default_headers,
    default_user_agent,
    get_auth_from_url,
    get_encoding_from_headers,
    get_environ_proxies,
    get_netrc_auth,
    guess_filename,
    guess_json_utf,
    parse_dict_header,
    parse_header_links,
    parse_list_header,
    prepend_scheme_if_needed,
    requote_uri,
    select_proxy,
    should_bypass_proxies,
    super_len,
    to_key_val_list,
    unquote_header_value,
    urldefragauth,
)


def all_of_them(url: str, response: requests.Response) -> dict[str, object]:
    user, password = get_auth_from_url(url)
    netrc: tuple[str, str] | None = get_netrc_auth(url)
    headers: CaseInsensitiveDict[str] = default_headers()
    encoding: str | None = get_encoding_from_headers(response.headers)
    challenge: dict[str, str | None] = parse_dict_header('realm="a"')
    items: list[str] = parse_list_header("a, b")
    links: list[dict[str, str]] = parse_header_links(response.headers.get("Link", ""))
    proxies: dict[str, str] = get_environ_proxies(url, no_proxy=None)
    proxy: str | None = select_proxy(url, proxies)
    bypass: bool = should_bypass_proxies(url, no_proxy="example.org")
    size: int = super_len(io.BytesIO(b"123"))
    pairs: list[tuple[str, int]] = to_key_val_list({"a": 1})
    filename: str | None = guess_filename(io.BytesIO(b""))
    utf: str | None = guess_json_utf(b"{}")
    agent: str = default_user_agent("program")
    pieces: list[bytes] = list(utils.iter_slices(b"abc", 2))
    with utils.set_environ("NO_PROXY", "example.org"), utils.atomic_open("file") as file:
        file.write(b"content")
    return {
        "user": user.upper() + password.upper(),
        "netrc": netrc[0] if netrc else None,
        "headers": headers["user-agent"],
        "encoding": encoding or "utf-8",
        "challenge": challenge.get("realm"),
        "items": items,
        "links": [link["url"] for link in links],
        "proxy": proxy,
        "bypass": bypass,
        "size": size,
        "pairs": pairs,
        "filename": filename,
        "utf": utf,
        "agent": agent,
        "pieces": pieces,
        "url": requote_uri(prepend_scheme_if_needed(urldefragauth(url), "https")),
        "value": unquote_header_value('"a"'),
        "joined": urljoin(url, quote("/ä")) + "?" + urlencode({"a": 1}),
        "host": urlparse(url).hostname,
        "ca": requests.certs.where(),
        "version": tuple(int(part) for part in requests.__version__.split(".")[:2]),
    }


def by_their_full_names(url: str) -> list[object]:
    session = requests.sessions.Session()
    session.mount("https://", requests.adapters.HTTPAdapter())
    return [
        requests.api.get(url),
        requests.auth.HTTPBasicAuth("user", "password"),
        requests.cookies.RequestsCookieJar(),
        requests.exceptions.Timeout(),
        requests.hooks.default_hooks(),
        requests.models.Response(),
        requests.status_codes.codes.ok,
        requests.structures.CaseInsensitiveDict({"A": "b"}),
        requests.utils.default_headers(),
    ]
