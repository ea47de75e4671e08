"""Hooks: functions of the caller that see each response before it is returned.

A hook for `response` gets the response and the keyword arguments of `send`; what it returns, if not None, takes the response's
place. One for `informational` gets each interim response (1xx) as soon as it arrives, and what it returns says nothing.
"""

from __future__ import annotations

from .exceptions import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import _types as _t
    from .models import Response

HOOKS = ["response"]  # what a dictionary of hooks begins with, here and in requests
EVENTS = ("response", "informational")


def default_hooks() -> dict[str, list[_t.HookType]]:
    """What a dictionary of hooks begins with.

    >>> default_hooks()
    {'response': []}
    """
    return {"response": []}


NO_HOOKS = default_hooks()


def dispatch_hook(key: str, hooks: _t.HooksInputType | None, hook_data: Response, **kwargs: Any) -> Response:
    """Let the hooks of one event see, and maybe replace, the data; what the last of them made of it is returned.

    >>> dispatch_hook("response", {"response": lambda value, **settings: value + 1}, 41)
    42
    """
    if not hooks:
        return hook_data
    if not hasattr(hooks, "get"):
        raise InvalidArgument(f"hooks are a mapping from events to hooks, not {hooks!r:.60}")
    called = hooks.get(key) or ()
    for hook in called if hasattr(called, "__iter__") and not callable(called) else [called]:
        if not callable(hook):
            raise InvalidArgument(f"a hook is called with the response, which {hook!r:.60} cannot be")
        replacement = hook(hook_data, **kwargs)
        if replacement is not None:
            hook_data = replacement
    return hook_data
