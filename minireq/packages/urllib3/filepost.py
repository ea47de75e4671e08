"""`encode_multipart_formdata`: a form with files as bytes."""

from __future__ import annotations

from ...multipart import choose_boundary, encode_multipart_formdata

__all__ = ["choose_boundary", "encode_multipart_formdata"]
