"""A cookie jar that is made when it is first touched.

The jar's module is the costliest to import, since it needs `http.cookiejar`, and most programs never see a cookie. So sessions,
requests and responses have a jar from the start that does not exist until somebody looks.
"""

from __future__ import annotations

from .structures import OnTouch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .cookies import RequestsCookieJar


def empty_jar(owner: object = None) -> RequestsCookieJar:
    """A jar with nothing in it."""
    from .cookies import RequestsCookieJar

    return RequestsCookieJar()


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
