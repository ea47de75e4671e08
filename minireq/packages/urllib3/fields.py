"""`RequestField`: a part of a form."""

from __future__ import annotations

from ...multipart import RequestField, format_multipart_header_param

__all__ = ["RequestField", "format_multipart_header_param", "guess_content_type"]


def guess_content_type(filename: str | None, default: str = "application/octet-stream") -> str:
    """The type that a file's name suggests."""
    import mimetypes

    return (mimetypes.guess_type(filename)[0] if filename else None) or default
