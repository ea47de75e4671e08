"""`HTTPConnectionPool` and its kin."""

from __future__ import annotations

from ...pools import HTTPConnectionPool, HTTPSConnectionPool

__all__ = ["HTTPConnectionPool", "HTTPSConnectionPool"]
