"""`Retry`: when to try again."""

from __future__ import annotations

from ....wire import Retry
from ....wire.retry import RequestHistory

__all__ = ["RequestHistory", "Retry"]
