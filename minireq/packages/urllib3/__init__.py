"""Names of urllib3 for what does the same here."""

from __future__ import annotations

from ...pools import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager, proxy_from_url
from . import connection as connection, connectionpool as connectionpool, exceptions, fields as fields, poolmanager as poolmanager
from ._collections import HTTPHeaderDict
from .filepost import encode_multipart_formdata
from .response import BaseHTTPResponse, HTTPResponse
from .util import Retry, Timeout, make_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The version of urllib3 whose names these are; programs compare it.
__version__ = "2.8.0"

__all__ = [
    "BaseHTTPResponse",
    "HTTPConnectionPool",
    "HTTPHeaderDict",
    "HTTPResponse",
    "HTTPSConnectionPool",
    "PoolManager",
    "ProxyManager",
    "Retry",
    "Timeout",
    "__version__",
    "disable_warnings",
    "encode_multipart_formdata",
    "exceptions",
    "make_headers",
    "proxy_from_url",
]


def disable_warnings(category: type[Warning] = exceptions.HTTPWarning) -> None:
    """Ignore the warnings of a category from now on; minireq itself gives none."""
    import warnings

    warnings.simplefilter("ignore", category)


def add_stderr_logger(level: int = 10) -> Any:
    """Show on stderr what is logged here."""
    import logging

    handler = logging.StreamHandler()
    logger = logging.getLogger(__name__)
    logger.addHandler(handler)
    logger.setLevel(level)
    return handler
