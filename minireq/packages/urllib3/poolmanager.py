"""`PoolManager` and its kin."""

from __future__ import annotations

from ...pools import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager, proxy_from_url

pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}

__all__ = ["PoolManager", "ProxyManager", "pool_classes_by_scheme", "proxy_from_url"]
