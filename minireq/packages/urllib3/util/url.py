"""URLs taken apart."""

from __future__ import annotations

from ....urls import (
    URL as Url,  # noqa: N811
    parse_url,
)

__all__ = ["Url", "parse_url"]
