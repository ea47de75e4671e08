"""Hooks: functions of the caller that see each response before it is returned.

`response` is the one event. A hook gets the response and the keyword arguments of `send`; what it returns, if not None,
takes the response's place.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import _types as _t
    from .models import Response

HOOKS = ["response"]


def default_hooks() -> dict[str, list[_t.HookType]]:
    """An empty list for every event.

    >>> default_hooks()
    {'response': []}
    """
    return {event: [] for event in HOOKS}


def dispatch_hook(key: str, hooks: _t.HooksInputType | None, hook_data: Response, **kwargs: Any) -> Response:
    """Let the hooks of one event see, and maybe replace, the data; what the last of them made of it is returned.

    >>> dispatch_hook("response", {"response": lambda value, **settings: value + 1}, 41)
    42
    """
    called = (hooks or {}).get(key)
    if not called:
        return hook_data
    for hook in [called] if callable(called) else called:
        replacement = hook(hook_data, **kwargs)
        if replacement is not None:
            hook_data = replacement
    return hook_data
