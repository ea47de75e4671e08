"""What a session, an adapter or a call says about how much of an answer is accepted.

Each says what it has to say and nothing more. Name by name the call's word counts before the session's, and that before the
adapter's; what nobody speaks of has its default. So a limit that a session sets still holds in a call that sets another one.
"""

from __future__ import annotations

from .exceptions import InvalidArgument
from .wire.limits import DEFAULT_LIMITS, NO_LIMIT, Limits as WireLimits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

# `redirects` is the one that the wire knows nothing of.
_DEFAULTS: dict[str, int | None] = {
    **{name: None if value == NO_LIMIT else value for name, value in DEFAULT_LIMITS._asdict().items()},
    "redirects": None,
}


class Limits:
    """How much of an answer is accepted: for a session, an adapter, or one call.

    >>> import minireq
    >>> with minireq.Session(limits=minireq.Limits(body=10_000_000)) as session:
    ...     session.get("https://example.org/bytes/10", limits=minireq.Limits(redirects=5))
    <Response [200]>

    Only what is named is said. Name by name a call wins over the session, the session over the adapter, and any of them over the
    default. None is no limit, and for `redirects` that the session's `max_redirects` decides.

    | name | counts | default |
    |---|---|---|
    | `header_line` | bytes of one line of a head | 65536 |
    | `header_bytes` | bytes of a response's head, together with the interim ones before it | 262144 |
    | `header_count` | fields of a head | 500 |
    | `interim_responses` | 1xx responses before the final one | 50 |
    | `chunk_line` | bytes of the line before a chunk | 8192 |
    | `trailer_bytes`, `trailer_count` | bytes and fields behind a chunked body | 65536, 100 |
    | `codings` | content codings (gzip, deflate) over one another | 5 |
    | `redirects` | redirects that are followed for one call | None |
    | `body` | bytes of the body as they are received | None |
    | `decoded_body` | bytes of the body once its codings are taken off | None |
    | `decode_ratio` | bytes that one received byte may become, from 64 MiB on | 2000 |

    As much as the limit passes, one more raises `LimitExceeded`, whose `limit` is the name and whose `value` the number. A limit
    that is no whole number from 0 on raises `InvalidArgument`, and so does a name that there is not.
    """

    __slots__ = ("_said",)

    _said: dict[str, int | None]
    header_line: int | None
    header_bytes: int | None
    header_count: int | None
    interim_responses: int | None
    chunk_line: int | None
    trailer_bytes: int | None
    trailer_count: int | None
    codings: int | None
    redirects: int | None
    body: int | None
    decoded_body: int | None
    decode_ratio: int | None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            header_line: int | None = ...,
            header_bytes: int | None = ...,
            header_count: int | None = ...,
            interim_responses: int | None = ...,
            chunk_line: int | None = ...,
            trailer_bytes: int | None = ...,
            trailer_count: int | None = ...,
            codings: int | None = ...,
            redirects: int | None = ...,
            body: int | None = ...,
            decoded_body: int | None = ...,
            decode_ratio: int | None = ...,
        ) -> None: ...

    else:

        def __init__(self, **limits: Any) -> None:
            for name, value in limits.items():
                if name not in _DEFAULTS:
                    raise InvalidArgument(f"there is no limit called {name!r}, only {', '.join(_DEFAULTS)}")
                if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
                    raise InvalidArgument(f"the limit {name} is a whole number from 0 on, or None, not {value!r:.60}")
            object.__setattr__(self, "_said", limits)

        def __getattr__(self, name: str) -> int | None:
            if name not in _DEFAULTS:
                raise AttributeError(f"there is no limit called {name!r}")
            return self._said.get(name, _DEFAULTS[name])

    def __setattr__(self, name: str, value: object = None) -> NoReturn:
        raise AttributeError(f"limits are never changed, so {name} cannot be set: make others instead")

    __delattr__ = __setattr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Limits) and self._said == other._said

    def __hash__(self) -> int:
        return hash(frozenset(self._said.items()))

    def __repr__(self) -> str:
        return f"Limits({', '.join(f'{name}={value}' for name, value in self._said.items())})"

    def __reduce__(self) -> tuple[Any, tuple[dict[str, int | None]]]:
        return _limits, (self._said,)


def _limits(said: dict[str, int | None]) -> Limits:
    """From a pickle."""
    return Limits(**said)


def limits_for(request: Any, adapter: Any) -> Limits | None:
    """What the call, the session and the adapter say together; None if nothing.

    They say it as `limits` of the request, which has the session's, too, and of the adapter: anybody's objects may lack them.
    """
    together: dict[str, int | None] = {}
    for limits in (_said_by(adapter, "limits"), _said_by(request, "_session_limits"), _said_by(request, "limits")):
        if isinstance(limits, Limits):
            together.update(limits._said)
        elif limits is not None:
            raise InvalidArgument(f"limits are minireq.Limits or None, not {limits!r:.60}")
    return Limits(**together) if together else None


def _said_by(owner: Any, name: str) -> Any:
    # Not by getattr: a test's mock has every attribute that one asks for.
    said = getattr(owner, "__dict__", {}).get(name)
    return getattr(type(owner), name, None) if said is None else said


def wire_limits_for(request: Any, adapter: Any) -> WireLimits | None:
    """The same in the wire's terms: a number for everything that it knows."""
    limits = limits_for(request, adapter)
    if limits is None:
        return None
    said = {name: NO_LIMIT if value is None else value for name, value in limits._said.items() if name != "redirects"}
    return DEFAULT_LIMITS._replace(**said)
