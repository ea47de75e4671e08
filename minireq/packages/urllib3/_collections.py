"""`HTTPHeaderDict` is our `Fields`."""

from __future__ import annotations

from ...wire import Fields as HTTPHeaderDict

__all__ = ["HTTPHeaderDict"]
