"""A signpost: `Request` and `PreparedRequest` live in `prepared`, `Response` in `responses`.

They are known to the world by this module's name, in pickles and in reprs, so that is the name they bear.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunparse

from .bodies import guess_filename, super_len, to_key_val_list
from .hooks import default_hooks
from .prepared import PreparedRequest, Request, RequestEncodingMixin, RequestHooksMixin
from .responses import CONTENT_CHUNK_SIZE, ITER_CHUNK_SIZE, REDIRECT_STATI, Response, iter_slices
from .status_codes import codes
from .structures import CaseInsensitiveDict

DEFAULT_REDIRECT_LIMIT = 30

for _class in (PreparedRequest, Request, RequestEncodingMixin, RequestHooksMixin, Response):
    _class.__module__ = __name__
del _class

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
