"""A signpost: `Request` and `PreparedRequest` live in `prepared`, `Response` in `responses`.

They are known to the world by this module's name, in pickles and in reprs, so that is the name they bear.
"""

from __future__ import annotations

from .bodies import guess_filename, super_len, to_key_val_list
from .hooks import default_hooks
from .prepared import PreparedRequest, Request, RequestEncodingMixin, RequestHooksMixin
from .responses import CONTENT_CHUNK_SIZE, ITER_CHUNK_SIZE, REDIRECT_STATI, Response, iter_slices
from .status_codes import codes
from .structures import CaseInsensitiveDict

# isort: split
# Names that programs import from here.
from ._internal_utils import to_native_string as to_native_string, unicode_is_ascii as unicode_is_ascii
from .charsets import (
    guess_json_utf as guess_json_utf,
    stream_decode_response_unicode as stream_decode_response_unicode,
)
from .exceptions import (
    ChunkedEncodingError as ChunkedEncodingError,
    ConnectionError as ConnectionError,
    ContentDecodingError as ContentDecodingError,
    HTTPError as HTTPError,
    InvalidJSONError as InvalidJSONError,
    InvalidURL as InvalidURL,
    MissingSchema as MissingSchema,
    SSLError as RequestsSSLError,  # noqa: F401
    StreamConsumedError as StreamConsumedError,
)
from .headers import check_header_validity as check_header_validity, parse_header_links as parse_header_links
from .urls import get_auth_from_url as get_auth_from_url, parse_url as parse_url, requote_uri as requote_uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from urllib.parse import urlencode, urlsplit, urlunparse

    from .auth import HTTPBasicAuth as HTTPBasicAuth
    from .cookies import (
        _copy_cookie_jar as _copy_cookie_jar,
        cookiejar_from_dict as cookiejar_from_dict,
        get_cookie_header as get_cookie_header,
    )
    from .exceptions import JSONDecodeError as RequestsJSONDecodeError  # noqa: F401

DEFAULT_REDIRECT_LIMIT = 30

__all__ = [
    "CONTENT_CHUNK_SIZE",
    "DEFAULT_REDIRECT_LIMIT",
    "ITER_CHUNK_SIZE",
    "REDIRECT_STATI",
    "CaseInsensitiveDict",
    "PreparedRequest",
    "Request",
    "RequestEncodingMixin",
    "RequestHooksMixin",
    "Response",
    "codes",
    "default_hooks",
    "guess_filename",
    "iter_slices",
    "super_len",
    "to_key_val_list",
    "urlencode",
    "urlsplit",
    "urlunparse",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # More names that programs import from here, of modules that are costly to import.
        if name in ("urlencode", "urlsplit", "urlunparse"):
            from urllib import parse

            return getattr(parse, name)
        if name in ("_copy_cookie_jar", "cookiejar_from_dict", "get_cookie_header"):
            from . import cookies

            return getattr(cookies, name)
        if name == "HTTPBasicAuth":
            from .auth import HTTPBasicAuth

            return HTTPBasicAuth
        if name == "RequestsJSONDecodeError":
            from .exceptions import JSONDecodeError

            return JSONDecodeError
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
