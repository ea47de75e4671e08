"""The JSON error, which is also the standard library's: in a room of its own, since only this one needs `json` at import."""

from __future__ import annotations

import json as json
from json import JSONDecodeError as StandardJSONDecodeError

from . import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class JSONDecodeError(exceptions.InvalidJSONError, StandardJSONDecodeError):
    """The body is not JSON; `msg`, `doc` and `pos` are those of `json.JSONDecodeError`."""

    __module__ = exceptions.__name__

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        StandardJSONDecodeError.__init__(self, *args)
        exceptions.InvalidJSONError.__init__(self, *self.args, **kwargs)

    def __reduce__(self) -> str | tuple[Any, ...]:
        return StandardJSONDecodeError.__reduce__(self)
