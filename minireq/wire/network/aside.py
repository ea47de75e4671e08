"""A call that cannot be interrupted, made in a thread of its own, so that nobody need wait for it any longer than he wants to.

The thread is a daemon: what it is asked for may be given up, and the process may end before it does. There are never more than
`MOST` of them; who comes then waits for one to end. Where there are no threads to be had the call is made here.
"""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ..timeouts import Deadline

    _Result = TypeVar("_Result")

MOST = 100  # at a time, in a process; those that were given up count until they end
_room = threading.BoundedSemaphore(MOST)


def in_time(function: Callable[[], _Result], deadline: Deadline, doing: str) -> _Result:
    """What the function returns, or raises, by the deadline; `TimedOut` when it is not done by then.

    >>> from minireq.wire.timeouts import Deadline
    >>> in_time(lambda: 6 * 7, Deadline(5), "multiplying")
    42
    """
    room = _room
    if not room.acquire(timeout=deadline.remaining(doing)):  # None: for as long as it takes
        raise deadline.passed(f"{doing}: {MOST} others are under way already")
    left = deadline.remaining(doing)
    errand = _Errand(function, room)
    try:
        threading.Thread(target=errand.run, name="minireq: " + doing, daemon=True).start()
    except RuntimeError:  # this system has no threads, or has no more, or is about to end
        errand.run()
    if not errand.done.acquire(timeout=-1 if left is None else left):
        raise deadline.passed(doing)
    result: _Result = errand.outcome()
    return result


class _Errand:
    def __init__(self, function: Callable[[], Any], room: threading.Semaphore) -> None:
        self.done = threading.Lock()
        self.done.acquire()
        self._function = function
        self._room = room
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:
            self._error = error
        self._room.release()
        self.done.release()

    def outcome(self) -> Any:
        error, self._error = self._error, None  # which would hold on to us, and we to it
        if error is not None:
            raise error
        return self._result


def _begin_anew() -> None:
    global _room
    _room = threading.BoundedSemaphore(MOST)  # a forked process has none of its parent's threads


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
