"""The helpers that requests keeps in its `utils`, under the names that programs know; here each lives in the room of its subject.

Of its own this file has but leftovers: `atomic_open`, `dict_to_sequence`, and the functions about proxies, which ask the
`proxy_bypass` of this file, because it is here that programs put another one.
"""

from __future__ import annotations

import os

from . import certs as certs, environment
from .__version__ import __version__
from ._internal_utils import HEADER_VALIDATORS, to_native_string
from .bodies import from_key_val_list, guess_filename, to_key_val_list
from .certs import extract_zipped_paths
from .charsets import (
    get_encoding_from_headers,
    get_encodings_from_content,
    get_unicode_from_response,
    guess_json_utf,
    stream_decode_response_unicode,
)
from .compat import OrderedDict, integer_types, parse_http_list as _parse_list_header, quote, unquote, urlparse, urlunparse
from .environment import (
    NETRC_FILES,
    get_netrc_auth,
    getproxies,
    getproxies_environment,
    proxy_bypass,
    proxy_bypass_environment,
    select_proxy,
    set_environ,
)
from .exceptions import FileModeWarning, InvalidHeader, InvalidURL, UnrewindableBodyError
from .headers import (
    _parse_content_type_header,
    check_header_validity,
    default_headers,
    default_user_agent,
    parse_dict_header,
    parse_header_links,
    parse_list_header,
    unquote_header_value,
)
from .no_proxy import address_in_network, dotted_netmask, is_ipv4_address, is_valid_cidr
from .responses import iter_slices
from .sources import rewind_body, super_len
from .structures import CaseInsensitiveDict
from .urls import (
    DEFAULT_PORTS,
    UNRESERVED_SET,
    get_auth_from_url,
    parse_url,
    prepend_scheme_if_needed,
    requote_uri,
    unquote_unreserved,
    urldefragauth,
)
from .wire import accepted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from io import BufferedWriter
    from types import TracebackType
    from typing import Any

    from .cookies import add_dict_to_cookiejar, cookiejar_from_dict, dict_from_cookiejar

    DEFAULT_ACCEPT_ENCODING: str
    DEFAULT_CA_BUNDLE_PATH: str

__all__ = [
    # the environment: proxies and netrc
    "NETRC_FILES",
    "get_environ_proxies",
    "get_netrc_auth",
    "getproxies",
    "getproxies_environment",
    "proxy_bypass",
    "proxy_bypass_environment",
    "resolve_proxies",
    "select_proxy",
    "set_environ",
    "should_bypass_proxies",
    "address_in_network",
    "dotted_netmask",
    "is_ipv4_address",
    "is_valid_cidr",
    # URLs
    "DEFAULT_PORTS",
    "UNRESERVED_SET",
    "get_auth_from_url",
    "parse_url",
    "prepend_scheme_if_needed",
    "quote",
    "requote_uri",
    "unquote",
    "unquote_unreserved",
    "urldefragauth",
    "urlparse",
    "urlunparse",
    # headers
    "DEFAULT_ACCEPT_ENCODING",
    "HEADER_VALIDATORS",
    "_parse_content_type_header",
    "_parse_list_header",
    "check_header_validity",
    "default_headers",
    "default_user_agent",
    "parse_dict_header",
    "parse_header_links",
    "parse_list_header",
    "unquote_header_value",
    # cookies
    "add_dict_to_cookiejar",
    "cookiejar_from_dict",
    "dict_from_cookiejar",
    # bodies that are sent
    "from_key_val_list",
    "guess_filename",
    "rewind_body",
    "super_len",
    "to_key_val_list",
    # bodies that came
    "get_encoding_from_headers",
    "get_encodings_from_content",
    "get_unicode_from_response",
    "guess_json_utf",
    "iter_slices",
    "stream_decode_response_unicode",
    # files
    "DEFAULT_CA_BUNDLE_PATH",
    "atomic_open",
    "extract_zipped_paths",
    # what programs find here by accident
    "CaseInsensitiveDict",
    "FileModeWarning",
    "InvalidHeader",
    "InvalidURL",
    "OrderedDict",
    "UnrewindableBodyError",
    "__version__",
    "dict_to_sequence",
    "integer_types",
    "to_native_string",
]


def should_bypass_proxies(url: str, no_proxy: str | None) -> bool:
    """Whether a URL is to be reached directly, by this no_proxy or else that of the environment.

    >>> should_bypass_proxies("http://api.example.org/", "localhost, example.org")
    True
    """
    return environment.should_bypass_proxies(url, no_proxy, proxy_bypass)


def get_environ_proxies(url: str, no_proxy: str | None = None) -> dict[str, str]:
    """The environment's proxies, unless the URL is one to be reached directly.

    >>> with set_environ("http_proxy", "http://proxy:3128"):
    ...     get_environ_proxies("http://example.org/"), get_environ_proxies("http://example.org/", "example.org")
    ({'http': 'http://proxy:3128'}, {})
    """
    return {} if should_bypass_proxies(url, no_proxy) else getproxies()


def resolve_proxies(request: Any, proxies: Mapping[str, Any] | None, trust_env: bool = True) -> dict[str, Any]:
    """The given proxies, and for the scheme of a request's URL the environment's, if there is one and `trust_env`."""
    return environment.resolve_proxies(request, proxies, trust_env, proxy_bypass)


def dict_to_sequence(d: Any) -> Iterable[tuple[Any, Any]]:
    """The pairs of a dictionary; anything else as it is.

    >>> list(dict_to_sequence({"a": 1}))
    [('a', 1)]
    """
    return d.items() if hasattr(d, "items") else d  # type: ignore[no-any-return]


class atomic_open:  # noqa: N801 - requests' name
    """A file to be written, which stands at its place when all of it is there, and not before.

    >>> with atomic_open("note") as file:
    ...     file.write(b"whole")
    5
    >>> with open("note", "rb") as file:
    ...     file.read()
    b'whole'

    If the block fails, what was there before stays. The file is readable for this user alone.
    """

    __slots__ = ("_file", "_filename", "_written")

    def __init__(self, filename: str) -> None:
        self._filename = filename

    def __enter__(self) -> BufferedWriter:
        import tempfile  # 8 ms, for one who saves files

        descriptor, self._written = tempfile.mkstemp(dir=os.path.dirname(self._filename) or os.curdir)
        self._file: BufferedWriter = open(descriptor, "wb")
        return self._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._file.close()
            if kind is None:
                os.replace(self._written, self._filename)
        finally:
            if os.path.exists(self._written):
                os.remove(self._written)


def __getattr__(name: str) -> Any:
    # The jar costs 18 ms to import, certifi's path 16 ms, a package for Brotli up to 6: not for those who want something else.
    if name in ("add_dict_to_cookiejar", "cookiejar_from_dict", "dict_from_cookiejar"):
        from . import cookies

        value = getattr(cookies, name)
    elif name == "DEFAULT_ACCEPT_ENCODING":
        value = accepted()
    elif name == "DEFAULT_CA_BUNDLE_PATH":
        from .certs import where

        value = where()
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
