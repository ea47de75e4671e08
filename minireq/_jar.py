"""A cookie jar that is made when it is first touched.

The jar's module is the costliest to import, since it needs `http.cookiejar`, and most programs never see a cookie. So sessions,
requests and responses have a jar from the start that does not exist until somebody looks.
"""

from __future__ import annotations

from functools import cache

from .structures import OnTouch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .cookies import RequestsCookieJar


@cache
def rules() -> Any:
    """The module `cookies`, for those who need it at each request: an import statement in a function takes a microsecond."""
    from . import cookies

    return cookies


def empty_jar(owner: object = None) -> RequestsCookieJar:
    """A jar with nothing in it."""
    jar: RequestsCookieJar = rules().RequestsCookieJar()
    return jar


class JarOnTouch(OnTouch):
    """An attribute that is an empty jar until it is set.

    >>> class Basket:
    ...     cookies = JarOnTouch()
    >>> Basket().cookies
    <RequestsCookieJar[]>
    """

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(empty_jar)
