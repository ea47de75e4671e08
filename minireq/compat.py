"""The names that programs import from `requests.compat`.

What is light is here at once; what would load half of the standard library (`http.cookiejar`, `urllib.request`, `urllib.parse`,
`json`) comes when it is first touched. There is one Python and one JSON now, so `is_py2` and its like are constants, and `chardet`
is None: `charsets` detects with the standard library alone.
"""

from __future__ import annotations

import re
from collections import OrderedDict as OrderedDict
from collections.abc import Callable as Callable, Mapping as Mapping, MutableMapping as MutableMapping
from io import StringIO as StringIO

from .structures import PatternOnUse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.cookiejar
    import json as json
    from http.cookies import Morsel as Morsel
    from json import JSONDecodeError as JSONDecodeError
    from typing import Any
    from urllib.parse import (
        quote as quote,
        quote_plus as quote_plus,
        unquote as unquote,
        unquote_plus as unquote_plus,
        urldefrag as urldefrag,
        urlencode as urlencode,
        urljoin as urljoin,
        urlparse as urlparse,
        urlsplit as urlsplit,
        urlunparse as urlunparse,
    )
    from urllib.request import (
        getproxies as getproxies,
        getproxies_environment as getproxies_environment,
        proxy_bypass as proxy_bypass,
    )

    cookielib = http.cookiejar

    def proxy_bypass_environment(host: str, proxies: Mapping[str, str] | None = None) -> bool:
        """Whether the variable no_proxy names the host."""
        return False


is_py2 = False
is_py3 = True
is_urllib3_1 = False
has_simplejson = False
chardet = None

builtin_str = str
str = str  # noqa: A001
bytes = bytes  # noqa: A001
basestring = (str, bytes)
numeric_types = (int, float)
integer_types = (int,)

_LATER = {
    "json": ("json", ""),
    "JSONDecodeError": ("json", "JSONDecodeError"),
    "cookielib": ("http.cookiejar", ""),
    "Morsel": ("http.cookies", "Morsel"),
    "getproxies": ("urllib.request", "getproxies"),
    "getproxies_environment": ("urllib.request", "getproxies_environment"),
    "proxy_bypass": ("urllib.request", "proxy_bypass"),
    "proxy_bypass_environment": ("urllib.request", "proxy_bypass_environment"),
    "quote": ("urllib.parse", "quote"),
    "quote_plus": ("urllib.parse", "quote_plus"),
    "unquote": ("urllib.parse", "unquote"),
    "unquote_plus": ("urllib.parse", "unquote_plus"),
    "urldefrag": ("urllib.parse", "urldefrag"),
    "urlencode": ("urllib.parse", "urlencode"),
    "urljoin": ("urllib.parse", "urljoin"),
    "urlparse": ("urllib.parse", "urlparse"),
    "urlsplit": ("urllib.parse", "urlsplit"),
    "urlunparse": ("urllib.parse", "urlunparse"),
}


def __getattr__(name: builtin_str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LATER[name]
    value = import_module(module)
    globals()[name] = getattr(value, attribute) if attribute else value
    return globals()[name]


# A string in quotes (the closing one may be missing), text, or a comma.
_LIST_TOKEN = PatternOnUse(r'"[^"\\]*(?:\\.[^"\\]*)*\\?"?|[^",]+|,', re.DOTALL)


def parse_http_list(s: builtin_str) -> list[builtin_str]:
    """The items of a comma-separated header value; strings in quotes keep their quotes and may hold commas.

    >>> parse_http_list('a, "b, c", d="e"')
    ['a', '"b, c"', 'd="e"']

    As `urllib.request` does it (RFC 9110, section 5.6.1), without its import.
    """
    items, item = [], ""
    for token in _LIST_TOKEN.findall(s):
        if token == ",":
            items.append(item)
            item = ""
        else:
            item += re.sub(r"\\(.?)", r"\1", token, flags=re.DOTALL) if token[0] == '"' else token
    if item:
        items.append(item)
    return [item.strip() for item in items]
