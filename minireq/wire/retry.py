"""Whether to try again, and when: a policy that is never changed, only followed by the next one.

The arguments are those of urllib3's `Retry`, which programs know. A policy counts down: `increment` gives the policy that is left
after a failure, or raises when nothing is left. What may be tried again is decided by what happened:

    the connection was not made      nothing has been sent: any method     counted by `connect` and `total`
    the exchange broke               only methods in `allowed_methods`     `read` and `total`
    the status is in status_forcelist, or it is 413, 429, 503 with Retry-After
                                     only methods in `allowed_methods`     `status` and `total`
    TLS failed, in the exchange perhaps
                                     only methods in `allowed_methods`     `other` and `total`
    anything else (a proxy's refusal)
                                     any method                            `other` and `total`

None means no limit of its own, False and 0 that there is no retry of this kind.
"""

from __future__ import annotations

import time
from collections import namedtuple

from . import errors
from .request import IDEMPOTENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any, NamedTuple

    _Count = int | bool | None

RequestHistory = namedtuple("RequestHistory", "method url error status redirect_location")
if TYPE_CHECKING:

    class Attempt(NamedTuple):
        """One try, as a type checker sees it."""

        method: str
        url: str
        status: int | None = None
        error: Exception | None = None
        waited: float = 0.0

else:

    class Attempt(namedtuple("Attempt", "method url status error waited", defaults=(None, None, 0.0))):
        """One try of a request: what was asked, the status or the error that came of it, and the seconds waited before it.

        >>> Attempt("GET", "https://example.org/", status=503).waited
        0.0
        """

        __slots__ = ()


_SETTINGS = (
    "total connect read redirect status other allowed_methods status_forcelist backoff_factor backoff_max raise_on_redirect "
    "raise_on_status history respect_retry_after_header remove_headers_on_redirect backoff_jitter retry_after_max budget"
).split()


class Retry:
    """How often, for which methods and statuses, and after which pauses a request is tried again.

    `budget` is the seconds, from the first try on, within which the last one must begin. A policy does not change: `new` makes
    another. Everything else is as in urllib3.

    >>> policy = Retry(total=2, backoff_factor=0.5, status_forcelist=[502])
    >>> left = policy.increment("GET", "/", error=errors.ConnectFailed("refused"))
    >>> left.total, policy.total
    (1, 2)
    """

    DEFAULT_ALLOWED_METHODS = IDEMPOTENT
    RETRY_AFTER_STATUS_CODES = frozenset([413, 429, 503])
    DEFAULT_REMOVE_HEADERS_ON_REDIRECT = frozenset(["Cookie", "Authorization", "Proxy-Authorization"])
    DEFAULT_BACKOFF_MAX = 120
    DEFAULT_RETRY_AFTER_MAX = 6 * 60 * 60

    def __init__(
        self,
        total: _Count = 10,
        connect: int | None = None,
        read: _Count = None,
        redirect: _Count = None,
        status: int | None = None,
        other: int | None = None,
        allowed_methods: Collection[str] | None = DEFAULT_ALLOWED_METHODS,
        status_forcelist: Collection[int] | None = None,
        backoff_factor: float = 0,
        backoff_max: float = DEFAULT_BACKOFF_MAX,
        raise_on_redirect: bool = True,
        raise_on_status: bool = True,
        history: tuple[RequestHistory, ...] | None = None,
        respect_retry_after_header: bool = True,
        remove_headers_on_redirect: Collection[str] = DEFAULT_REMOVE_HEADERS_ON_REDIRECT,
        backoff_jitter: float = 0.0,
        retry_after_max: float = DEFAULT_RETRY_AFTER_MAX,
        budget: float | None = None,
    ) -> None:
        if budget is not None and (isinstance(budget, bool) or not isinstance(budget, (int, float)) or not budget >= 0):
            raise ValueError(f"the budget of a Retry is in seconds, or None; it is {budget!r:.60}")
        self.total = total
        self.connect = connect
        self.read = read
        self.redirect = 0 if redirect is False or total is False else redirect
        self.status = status
        self.other = other
        self.allowed_methods = allowed_methods
        self.status_forcelist = status_forcelist or set()
        self.backoff_factor = backoff_factor
        self.backoff_max = backoff_max
        self.raise_on_redirect = raise_on_redirect and redirect is not False and total is not False
        self.raise_on_status = raise_on_status
        self.history = history or ()
        self.respect_retry_after_header = respect_retry_after_header
        self.remove_headers_on_redirect = frozenset(name.lower() for name in remove_headers_on_redirect)
        self.backoff_jitter = backoff_jitter
        self.retry_after_max = retry_after_max
        self.budget = budget

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ and name in _SETTINGS:
            raise AttributeError(f"a Retry does not change: new({name}={value!r:.60}) makes one that differs")
        super().__setattr__(name, value)

    @classmethod
    def from_int(cls, retries: Retry | _Count, redirect: _Count = True, default: Retry | _Count = None) -> Retry:
        """The policy for a number of retries; a policy is itself, None the default."""
        if retries is None:
            retries = default if default is not None else cls.DEFAULT  # type: ignore[attr-defined]
        if isinstance(retries, Retry):
            return retries
        return cls(retries, redirect=None if redirect else False)

    @classmethod
    def like(cls, other: Any) -> Retry:
        """The policy with the settings of another one that has the same names."""
        return cls(**{name: getattr(other, name) for name in _SETTINGS if name != "history" and hasattr(other, name)})

    def new(self, **changes: Any) -> Retry:
        """The same policy but for some settings."""
        settings = {name: getattr(self, name) for name in _SETTINGS}
        if self.budget is None:
            del settings["budget"]  # a class that was written for urllib3 need not know it
        return type(self)(**{**settings, **changes})

    # Deciding.

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether an answer with this status asks to try again."""
        if not self._is_method_retryable(method):
            return False
        if status_code in self.status_forcelist:
            return True
        return bool(
            self.total and self.respect_retry_after_header and has_retry_after and status_code in self.RETRY_AFTER_STATUS_CODES
        )

    def _is_method_retryable(self, method: str) -> bool:
        return not self.allowed_methods or method.upper() in self.allowed_methods

    def is_exhausted(self) -> bool:
        """Whether there is a count that has gone below zero."""
        counts = (self.total, self.connect, self.read, self.redirect, self.status, self.other)
        return any(count is not None and count is not False and count < 0 for count in counts)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Retry:
        """The policy that is left after this failure.

        Raises the error itself when it may not be tried again, or not once more; for an answer `RetriesExhausted`.
        """
        if error is not None:
            counted = self._counted(method or "", error)
            failure: Exception = error
        else:
            counted = "status"
            failure = (
                errors.RetriesExhausted(f"too many {response.status} error responses")
                if response is not None
                else (errors.RetriesExhausted("too many retries"))
            )
        if self.total is False or getattr(self, counted) is False:
            raise failure
        left = {"total": self.total, counted: getattr(self, counted)}
        left = {name: None if count is None else count - 1 for name, count in left.items()}
        status = None if response is None else response.status
        following = self.new(**left, history=(*self.history, RequestHistory(method, url, error, status, None)))
        if following.is_exhausted():
            raise failure
        return following

    def _counted(self, method: str, error: Exception) -> str:
        """Which count an error is charged to; raises it if it must not be tried again."""
        if isinstance(error, errors.ProxyFailed) and isinstance(error.__cause__, errors.ConnectFailed):
            return "connect"  # it was the proxy that could not be reached
        if isinstance(error, (errors.ConnectFailed, errors.ConnectTimedOut)):
            return "connect"
        if isinstance(error, (errors.LocalProtocolError, errors.PoolTimedOut)):
            raise error  # it would be as wrong the next time; there was no try at all
        read = isinstance(error, (errors.ProtocolError, errors.ReadTimedOut))
        unsent = getattr(error, "unsent", False)  # then it does no harm twice, whatever it is
        if (read or isinstance(error, errors.TLSError)) and not unsent and not self._is_method_retryable(method):
            raise error
        return "read" if read else "other"

    # Waiting.

    def get_backoff_time(self) -> float:
        """Seconds to wait: nothing after the first failure, then factor x 2, x 4, x 8 … up to `backoff_max`."""
        failures = len(self.history)
        if failures <= 1:
            return 0
        pause = self.backoff_factor * 2 ** min(failures - 1, 1000)  # a float goes no further
        if self.backoff_jitter:
            import random

            pause += random.random() * self.backoff_jitter
        return float(max(0, min(self.backoff_max, pause)))

    def get_retry_after(self, response: Any) -> float | None:
        """Seconds that the answer asks us to wait, None if it does not ask, or nobody can say for what."""
        value = response.headers.get("Retry-After")
        try:
            return None if value is None else self.parse_retry_after(value)
        except errors.InvalidFraming:
            return None

    def parse_retry_after(self, retry_after: str) -> float:
        """The seconds of a Retry-After field, which may be a date (RFC 9110, section 10.2.3); `InvalidFraming` if it is neither.

        >>> Retry().parse_retry_after("120")
        120.0
        """
        text = retry_after.strip()
        if text.isascii() and text.isdigit():
            seconds = float(text)
        else:
            from email.utils import mktime_tz, parsedate_tz

            try:
                date: Any = parsedate_tz(text)
                seconds = max(mktime_tz((*date[:9], date[9] or 0)) - time.time(), 0)  # without a zone it is UTC all the same
            except (TypeError, ValueError, OverflowError) as error:  # None, which is no date; a year that is none
                raise errors.InvalidFraming(f"Retry-After is neither seconds nor a date: {errors.shown(text)}") from error
        return min(seconds, self.retry_after_max)

    def get_pause(self, response: Any = None) -> float:
        """Seconds to wait: as long as the answer asks, else as long as the policy says."""
        asked = self.get_retry_after(response) if self.respect_retry_after_header and response is not None else None
        return asked or self.get_backoff_time()

    def sleep(self, response: Any = None) -> None:
        """Wait so long."""
        pause = self.get_pause(response)
        if pause > 0:
            time.sleep(pause)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(total={self.total}, connect={self.connect}, read={self.read}, "
            f"redirect={self.redirect}, status={self.status})"
        )


Retry.DEFAULT = Retry(3)  # type: ignore[attr-defined]
# As long as nothing else is said: no retry at all.
NO_RETRIES = Retry(0, read=False)
