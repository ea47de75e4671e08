"""`HTTPResponse`: a response with a body that is at hand, as test tools make them."""

from __future__ import annotations

from ...wire import RawResponse as BaseHTTPResponse
from ...wire.canned import CannedResponse as HTTPResponse
from ._collections import HTTPHeaderDict

__all__ = ["BaseHTTPResponse", "HTTPHeaderDict", "HTTPResponse"]
