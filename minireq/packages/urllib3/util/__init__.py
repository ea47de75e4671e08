"""`Retry`, `Timeout` and small helpers."""

from __future__ import annotations

from ....urls import parse_url
from .request import make_headers
from .retry import Retry
from .ssl_ import create_urllib3_context
from .timeout import Timeout
from .url import Url

IS_PYOPENSSL = False
HAS_SNI = True

__all__ = ["HAS_SNI", "IS_PYOPENSSL", "Retry", "Timeout", "Url", "create_urllib3_context", "make_headers", "parse_url"]
