"""The tries of one request under a policy: what came of each, and whether and when there is to be another.

`Attempts` decides; who asks it sends, and waits. What ends the tries is raised, and knows those that were made.
"""

from __future__ import annotations

from . import errors
from .retry import Attempt, Retry
from .timeouts import Deadline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .request import Request
    from .response import RawResponse
    from .timeouts import Timeouts


class Attempts:
    """What was tried so far; `policy` is the one that is left."""

    def __init__(self, request: Request, timeouts: Timeouts, policy: Retry) -> None:
        self.policy = policy
        self.waited = 0.0  # before the try that is under way
        self._made: tuple[Attempt, ...] = ()
        self._request = request
        self._timeouts = timeouts
        self._budget = Deadline(policy.budget, "budget")

    def failed(self, error: errors.WireError) -> float:
        """The seconds to wait before the next try; raises the error if there is to be none."""
        this = Attempt(self._request.method, self._request.target, None, error, self.waited)
        error.tries = self._made = (*self._made, this)
        if self._timeouts.left() <= 0:
            raise error
        self.policy = self.policy.increment(this.method, this.url, error=error)
        if not (error.unsent or self._request.can_rewind):
            error.args = (f"{error.args[0]} (not tried again: the body cannot be read a second time)",)
            raise error
        return self._pause(None, error)

    def answered(self, raw: RawResponse) -> bool:
        """Whether this answer asks for another try, as far as the policy and the body go."""
        this = Attempt(self._request.method, self._request.target, raw.status, None, self.waited)
        raw.attempts = self._made = (*self._made, this)
        raw.retries = self.policy
        return self.policy.is_retry(this.method, raw.status, "retry-after" in raw.headers) and self._request.can_rewind

    def refused(self, raw: RawResponse) -> float:
        """The seconds to wait before the next try after such an answer; raises `RetriesExhausted` if there is none left."""
        try:
            self.policy = self.policy.increment(self._request.method, self._request.target, response=raw)
            return self._pause(raw, errors.RetriesExhausted(f"too many {raw.status} error responses"))
        except errors.WireError as error:
            error.tries = self._made
            raise

    def _pause(self, raw: RawResponse | None, failure: errors.WireError) -> float:
        """How long the policy waits; raises if that is longer than there is time: the failure where the time is its own."""
        if waits_itself(self.policy):
            return 0.0
        pause = self.policy.get_pause(raw)
        if pause > self._budget.left():
            raise failure
        if pause >= self._timeouts.left():
            late = self._timeouts.deadline_of("total").passed(
                f"waiting to try again: a pause of {pause:g} s ends too late, and before it {failure}", "backoff"
            )
            late.tries = self._made
            raise late from failure
        return pause


def waits_itself(policy: Retry) -> bool:
    """Whether the policy is of a class that has its own way to wait."""
    return type(policy).sleep is not Retry.sleep
