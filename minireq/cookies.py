"""Cookies: what servers told us to remember, and what is told back to them.

The jar is the one that requests' users know: an `http.cookiejar.CookieJar` that is also a mapping. The rules are those of
RFC 6265bis (draft-ietf-httpbis-rfc6265bis, sections 5.5 to 5.8), which the standard library's policy is older than: a cookie is for
its host alone unless it names a domain, http neither sets nor overwrites what is secure, `__Host-` and `__Secure-` are promises,
one bad attribute does not lose the cookie. Whoever gives the jar a policy of his own gets that policy, and the standard library's
machinery around it; a foreign jar always goes its own way.

A Set-Cookie line is read by `_read`, which answers all that can be told from line and URL alone; the jar answers the rest. Going
back, `_choose` looks up the few domains that cover a host instead of walking through the jar, and what it chose is remembered
until the jar changes. A request's jar is as a rule the session's jar of that moment: it borrows the session's `_Shelf`, and
whichever of the two wants to change it first copies what it changes. So sending the same cookies again costs next to nothing.

Differences from the draft: a cookie may last until the year 9999, not 400 days; one without a name is kept as http.cookiejar keeps
it, with its text as the name and None as the value, and "=text" is ignored, as in RFC 6265; SameSite is kept in `rest` but decides
nothing, for there is no site that a program comes from. Public suffixes are known by a short rule (`is_public_suffix`), not by
the long list. Names without a dot are kept as http.cookiejar keeps them too: "localhost" as "localhost.local".
"""

from __future__ import annotations

import copy
import itertools
import os
import re
import threading
import time
from calendar import monthrange, timegm
from collections import namedtuple
from collections.abc import MutableMapping
from functools import cached_property, lru_cache
from http.cookiejar import Cookie, CookieJar, CookiePolicy, DefaultCookiePolicy

from .exceptions import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from http.cookies import Morsel
    from typing import Any, NamedTuple, TypeVar, overload

    _Jar = TypeVar("_Jar", bound=CookieJar)
    _Cookies = dict[str, dict[str, dict[str, Cookie]]]  # by domain, path and name, as CookieJar keeps them

    class _Place(NamedTuple):
        host: str
        effective: str
        port: str
        path: str
        secure: bool
        is_address: bool

else:
    # Where a request goes, as far as cookies are concerned. `effective` is the host as http.cookiejar writes it: with ".local"
    # behind a name that has no dot.
    _Place = namedtuple("_Place", "host effective port path secure is_address")

# Section 5.6 of the draft says the first two; 6.1 wants room for at least 50 and 3000 cookies.
MOST_OCTETS = 4096  # of name and value together; header fields are latin-1, a character an octet
MOST_ATTRIBUTE_OCTETS = 1024
MOST_COOKIES_OF_A_DOMAIN = 180
MOST_COOKIES = 3000
MOST_HEADER_OCTETS = 16 * 1024  # Node, IIS and AWS take no more; nginx and Apache may take less
_MOST_CHOICES = 256
_LATEST = 253402300799  # the last second of the year 9999


# --- what sessions, adapters and their friends call


def extract_cookies_to_jar(jar: CookieJar, request: Any, response: Any) -> None:
    """Put the cookies that a response sets into the jar, as far as its rules allow.

    `request` has `url` and `headers`, `response` is a raw response: of urllib3's (or a test tool's) the `_original_response.msg` is
    asked, as requests does; one that has no such attribute is asked for `headers.getlist("set-cookie")`.
    """
    headers = _received_headers(response)
    if headers is not None:
        jar.extract_cookies(MockResponse(headers), MockRequest(request))  # type: ignore[arg-type]


def set_cookies_of(response: Any) -> list[str]:
    """The values of the Set-Cookie fields of any raw response."""
    headers = _received_headers(response)
    return [] if headers is None else list(headers.get_all("Set-Cookie") or ())


def _received_headers(response: Any) -> Any:
    """Something with `get_all`, or None if there is nothing to extract."""
    if hasattr(response, "_original_response"):
        original = response._original_response
        return original.msg if original else None
    getlist = getattr(getattr(response, "headers", None), "getlist", None)
    return None if getlist is None else _Lists(getlist)


class _Lists:
    """The headers of a raw response, asked as `email.message.Message` is asked."""

    __slots__ = ("getlist",)

    def __init__(self, getlist: Any) -> None:
        self.getlist = getlist

    def get_all(self, name: str, failobj: Any = None) -> Any:
        return self.getlist(name.lower()) or failobj


def extract_set_cookies(jar: CookieJar, request: Any, values: list[str]) -> None:
    """The same for the values of the Set-Cookie fields themselves: the short way of those who have them at hand."""
    if values and type(jar) is RequestsCookieJar and jar._has_own_rules():
        jar._receive(values, _place(_url_of(request)), int(time.time()))
    elif values:
        headers = _Lists({"set-cookie": values}.get)
        jar.extract_cookies(MockResponse(headers), MockRequest(request))  # type: ignore[arg-type]


def jar_when_asked(request: Any, values: list[str]) -> Callable[[], RequestsCookieJar]:
    """What makes the jar of a response to this request, which has these Set-Cookie fields: all that came, as of now.

    Few programs look at it, and the session has a jar of its own.
    """
    url, now = _url_of(request), int(time.time())

    def make() -> RequestsCookieJar:
        jar = RequestsCookieJar()
        jar._receive(values, _place(url), now, also_insecure=True)
        return jar

    return make


def get_cookie_header(jar: CookieJar, request: Any) -> str | None:
    """The value of the Cookie header that the jar has for a request; None if it has none, or the request one already.

    >>> from types import SimpleNamespace
    >>> jar = cookiejar_from_dict({"taste": "sweet", "size": "xl"})
    >>> get_cookie_header(jar, SimpleNamespace(url="http://example.org/", headers={}))
    'taste=sweet; size=xl'

    Longer paths come first, then older cookies (section 5.8.3 of the draft). Cookies of no domain, which are those set by hand, go
    wherever the jar is sent.
    """
    if type(jar) is RequestsCookieJar and jar._has_own_rules():
        # The common case: nothing has to be dressed up as urllib's request.
        if not jar._shelf.cookies or "Cookie" in (request.headers or ()):
            return None
        return jar._header(_url_of(request))
    mock = MockRequest(request)
    jar.add_cookie_header(mock)  # type: ignore[arg-type]
    return mock.get_new_headers().get("Cookie")


def merge_cookies(cookiejar: _Jar, cookies: Any) -> _Jar:
    """Add cookies to a jar, and return it: those of a jar replace what is there, those of a dictionary do not.

    >>> merge_cookies(RequestsCookieJar(), {"taste": "sweet"}).get_dict()
    {'taste': 'sweet'}

    Raises ValueError if `cookiejar` is none.
    """
    if not isinstance(cookiejar, CookieJar):
        raise ValueError(f"cookies can be merged into a CookieJar only, not into {type(cookiejar).__name__}")
    jar: Any = cookiejar
    if isinstance(cookies, dict):
        cookiejar_from_dict(cookies, cookiejar=jar, overwrite=False)
    elif type(cookies) is RequestsCookieJar and type(jar) is RequestsCookieJar and not jar._shelf.cookies:
        jar._borrow(cookies)
    elif isinstance(cookies, CookieJar):
        if hasattr(jar, "update"):
            jar.update(cookies)
        else:
            for cookie in list(cookies):
                jar.set_cookie(cookie)
    return cookiejar


def borrowing(jar: RequestsCookieJar) -> RequestsCookieJar:
    """A jar with the same cookies, for one request."""
    borrower = RequestsCookieJar.__new__(RequestsCookieJar)
    borrower._locks = {}
    borrower._borrow(jar)
    return borrower


def _copy_cookie_jar(jar: Any) -> Any:
    """A jar with the same cookies and policy, of whatever kind; None of None."""
    if type(jar) is RequestsCookieJar:
        borrower = RequestsCookieJar(jar.__dict__.get("_policy"))
        borrower._borrow(jar)
        return borrower
    if jar is None or hasattr(jar, "copy"):
        return jar and jar.copy()
    twin = copy.copy(jar)
    twin.clear()
    for cookie in jar:
        twin.set_cookie(_twin(cookie))
    return twin


if TYPE_CHECKING:

    @overload
    def cookiejar_from_dict(
        cookie_dict: Mapping[str, Any] | None, cookiejar: None = None, overwrite: bool = True
    ) -> RequestsCookieJar: ...
    @overload
    def cookiejar_from_dict(cookie_dict: Mapping[str, Any] | None, cookiejar: _Jar, overwrite: bool = True) -> _Jar: ...


def cookiejar_from_dict(cookie_dict: Mapping[str, Any] | None, cookiejar: CookieJar | None = None, overwrite: bool = True) -> Any:
    """A jar with the cookies of a dictionary; a new one if none is given.

    >>> cookiejar_from_dict({"taste": "sweet"})["taste"]
    'sweet'

    With `overwrite=False`, names that the jar has already, for any domain, stay as they are.
    """
    jar = RequestsCookieJar() if cookiejar is None else cookiejar
    if cookie_dict:
        kept = set() if overwrite else {cookie.name for cookie in _every(jar)}
        for name in cookie_dict:
            if name not in kept:
                jar.set_cookie(create_cookie(name, cookie_dict[name]))
    return jar


def add_dict_to_cookiejar(cj: _Jar, cookie_dict: Mapping[str, Any] | None) -> _Jar:
    """Add the cookies of a dictionary to a jar, and return it."""
    cookiejar_from_dict(cookie_dict, cj)
    return cj


def dict_from_cookiejar(cj: CookieJar) -> dict[str, str | None]:
    """The names and values of a jar's cookies; of several cookies with one name, the last.

    >>> dict_from_cookiejar(cookiejar_from_dict({"taste": "sweet"}))
    {'taste': 'sweet'}
    """
    return {cookie.name: cookie.value for cookie in _every(cj)}


def remove_cookie_by_name(cookiejar: CookieJar, name: str, domain: str | None = None, path: str | None = None) -> None:
    """Remove all cookies of a name: of every domain and path, or of the given ones."""
    for cookie in list(_every(cookiejar)):
        if cookie.name == name and domain in (None, cookie.domain) and path in (None, cookie.path):
            cookiejar.clear(cookie.domain, cookie.path, cookie.name)


def create_cookie(name: str, value: Any, **kwargs: Any) -> Cookie:
    """A cookie made by hand: for every host, every path, until the session ends, unless the arguments say otherwise.

    >>> cookie = create_cookie("taste", "sweet", domain="example.org", secure=True)
    >>> cookie.domain, cookie.path, cookie.secure, cookie.expires
    ('example.org', '/', True, None)

    The arguments are `domain`, `path`, `port`, `secure`, `expires` (seconds since 1970), `discard`, `comment`, `comment_url`,
    `rest` (a dictionary of other attributes), `version` and `rfc2109`. Raises TypeError on any other.
    """
    settings: dict[str, Any] = {
        "version": 0,
        "port": None,
        "domain": "",
        "path": "/",
        "secure": False,
        "expires": None,
        "discard": True,
        "comment": None,
        "comment_url": None,
        "rest": {"HttpOnly": None},
        "rfc2109": False,
    }
    unknown = sorted(set(kwargs) - set(settings))
    if unknown:
        raise TypeError(f"create_cookie() got unexpected keyword arguments: {unknown}")
    settings.update(kwargs)
    domain = settings["domain"] = settings["domain"] or ""
    settings["path"] = settings["path"] or ""
    return Cookie(
        name=name,
        value=value,
        port_specified=bool(settings["port"]),
        domain_specified=bool(domain),
        domain_initial_dot=domain.startswith("."),
        path_specified=bool(settings["path"]),
        **settings,
    )


def morsel_to_cookie(morsel: Morsel[Any]) -> Cookie:
    """The cookie that a `http.cookies.Morsel` describes.

    Raises TypeError if its max-age is no whole number or its expires no text, ValueError if that is no date.
    """
    return create_cookie(
        morsel.key,
        morsel.value,
        comment=morsel["comment"],
        comment_url=bool(morsel["comment"]),
        discard=False,
        domain=morsel["domain"],
        expires=_expiry_of_morsel(morsel["max-age"], morsel["expires"]),
        path=morsel["path"],
        rest={"HttpOnly": morsel["httponly"]},
        secure=bool(morsel["secure"]),
        version=morsel["version"] or 0,
    )


def _expiry_of_morsel(max_age: Any, expires: Any) -> int | None:
    if max_age:
        try:
            return int(time.time() + int(max_age))
        except ValueError:
            raise TypeError(f"max-age: {max_age} must be integer") from None
    if not expires:
        return None
    if not isinstance(expires, str):
        raise TypeError(f"expires must be text, not {type(expires).__name__}: {expires!r}")
    date = _date(expires)
    if date is None:
        raise ValueError(f"expires is no date: {expires!r}")
    return date


# --- the jar


class CookieConflictError(RuntimeError):
    """Several cookies of the jar have the name that was asked for: say the domain, or the path, too."""


class _OwnPolicy(DefaultCookiePolicy):
    """The policy of a jar that was given none. Its lists of blocked and allowed domains count; the rules are the jar's."""


class _Choice:
    """The cookies for a URL, and what Cookie says of them: until the first of them expires, and if nobody can change one."""

    __slots__ = ("cookies", "until", "written")

    def __init__(self, cookies: list[Cookie]) -> None:
        self.cookies = cookies
        ends = [cookie.expires for cookie in cookies if cookie.expires is not None]
        self.until = min(ends, default=float("inf"))
        if self.until <= time.time():
            self.until = float("-inf")  # clocks may be put back
        self.written = _written(cookies)


class _Shelf:
    """What a jar keeps its cookies in. Once it is `lent` to another jar it never changes: who wants to, forks it."""

    __slots__ = ("choices", "cookies", "heard", "held", "lent", "others", "shown")

    def __init__(self, cookies: _Cookies, others: Iterable[str] = ()) -> None:
        self.cookies = cookies
        self.lent = False
        self.others = set(others)  # domains whose dictionaries are still those of another shelf
        self.choices: dict[str, _Choice] = {}  # the cookies for a URL
        self.heard: tuple[tuple[str, ...], _Place, int] | None = None  # what changed nothing when it was last received
        self.shown = False  # whether some of the cookies have been given out
        self.held = False  # whether somebody else may hold some, given out or put in by him, and change them

    def every(self) -> list[Cookie]:
        """All cookies."""
        return [cookie for paths in self.cookies.values() for names in paths.values() for cookie in names.values()]

    def fork(self) -> _Shelf:
        """A shelf with copies of the cookies."""
        return _Shelf(
            {
                domain: {path: {name: _twin(cookie) for name, cookie in names.items()} for path, names in paths.items()}
                for domain, paths in self.cookies.items()
            }
        )

    def sharing(self) -> _Shelf:
        """A shelf with the same cookies, in the same dictionaries until one is to be changed."""
        other = _Shelf(self.cookies.copy(), self.cookies)
        other.shown, other.held = self.shown, self.held
        return other

    def make_own(self, domain: str | None) -> None:
        """Have dictionaries of its own for a domain, or for all."""
        for other in self.others.intersection((domain,)) if domain is not None else self.others.copy():
            self.others.discard(other)
            if other in self.cookies:
                self.cookies[other] = {path: names.copy() for path, names in self.cookies[other].items()}


_forks = 0  # that lie between this process and the one that began


def _forked() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


class RequestsCookieJar(CookieJar, MutableMapping[str, "str | None"]):
    """The cookies of a session or of a response: a `http.cookiejar.CookieJar` and a mapping of names to values.

    >>> jar = RequestsCookieJar()
    >>> cookie = jar.set("taste", "sweet", domain="example.org", path="/kitchen")
    >>> jar["taste"], "size" in jar, jar.list_domains()
    ('sweet', False, ['example.org'])

    Iterating over it gives the `Cookie` objects. It can be pickled and copied, and used by several threads. With a `policy` (of
    `http.cookiejar`), that decides what is kept and sent; otherwise RFC 6265bis does.
    """

    _shelf: _Shelf
    _borrowed: bool
    _locks: dict[int, threading.RLock]

    def __init__(self, policy: CookiePolicy | None = None) -> None:
        if policy is not None or type(self) is not RequestsCookieJar:
            super().__init__(policy)
            if self.__dict__.get("_policy") is not policy:
                del self._policy  # CookieJar made it up: nobody asked for that one
        else:
            self._locks = {}
            self._cookies = {}

    # --- as a mapping

    def get(  # type: ignore[override]
        self, name: str, default: str | None = None, domain: str | None = None, path: str | None = None
    ) -> str | None:
        """The value of a cookie, or the default. Raises CookieConflictError if several cookies fit."""
        try:
            return self._find_no_duplicates(name, domain, path)
        except KeyError:
            return default

    def set(self, name: str, value: Any, **kwargs: Any) -> Cookie | None:
        """Set a cookie by hand: with the arguments of `create_cookie`, or to a Morsel; None as the value removes it."""
        if value is None:
            remove_cookie_by_name(self, name, domain=kwargs.get("domain"), path=kwargs.get("path"))
            return None
        cookie = morsel_to_cookie(value) if _is_morsel(value) else create_cookie(name, value, **kwargs)
        self.set_cookie(cookie)
        return cookie

    def __getitem__(self, name: str) -> str | None:
        """The value of a cookie. Raises KeyError, or CookieConflictError if several cookies have the name."""
        return self._find_no_duplicates(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        remove_cookie_by_name(self, name)

    def __contains__(self, name: object) -> bool:
        try:
            self._find_no_duplicates(name)  # type: ignore[arg-type]
        except KeyError:
            return False
        except CookieConflictError:
            return True
        return True

    def __iter__(self) -> Iterator[Cookie]:  # type: ignore[override]
        # The cookies themselves are given away, so they had better be ours alone.
        with self._cookies_lock:
            shelf = self._own()
            shelf.shown = shelf.held = True
            return iter(shelf.every())

    def __len__(self) -> int:
        return len(self._every())

    def __bool__(self) -> bool:
        # Asked for every request, so nothing is counted for it, and nobody is locked out: copies are looked through.
        for paths in tuple(self._shelf.cookies.values()):
            for names in tuple(paths.values()):
                if names:
                    return True
        return False

    def iterkeys(self) -> Iterator[str]:
        """The names."""
        return iter(self.keys())

    def keys(self) -> list[str]:  # type: ignore[override]
        """The names, in a list."""
        return [cookie.name for cookie in self._every()]

    def itervalues(self) -> Iterator[str | None]:
        """The values."""
        return iter(self.values())

    def values(self) -> list[str | None]:  # type: ignore[override]
        """The values, in a list."""
        return [cookie.value for cookie in self._every()]

    def iteritems(self) -> Iterator[tuple[str, str | None]]:
        """The names and values."""
        return iter(self.items())

    def items(self) -> list[tuple[str, str | None]]:  # type: ignore[override]
        """The names and values, in a list."""
        return [(cookie.name, cookie.value) for cookie in self._every()]

    def update(self, other: Any) -> None:  # type: ignore[override]
        """Add copies of another jar's cookies, or the items of a dictionary."""
        if isinstance(other, CookieJar):
            for cookie in list(_every(other)):
                self.set_cookie(_twin(cookie))
        else:
            super().update(other)

    def _find(self, name: str, domain: str | None = None, path: str | None = None) -> str | None:
        """The value of the first cookie that fits. Raises KeyError."""
        for cookie in self._fitting(name, domain, path):
            return cookie.value
        raise KeyError(f"name={name!r}, domain={domain!r}, path={path!r}")

    def _find_no_duplicates(self, name: str, domain: str | None = None, path: str | None = None) -> str:
        """The value of the only cookie that fits. Raises KeyError and CookieConflictError."""
        values = [cookie.value for cookie in self._fitting(name, domain, path) if cookie.value is not None]
        if len(values) > 1:
            raise CookieConflictError(f"There are multiple cookies with name, {name!r}")
        if not values:
            raise KeyError(f"name={name!r}, domain={domain!r}, path={path!r}")
        return values[0]

    def _fitting(self, name: str, domain: str | None, path: str | None) -> list[Cookie]:
        fitting = [cookie for cookie in self._every() if cookie.name == name]
        return [cookie for cookie in fitting if domain in (None, cookie.domain) and path in (None, cookie.path)]

    # --- by domain and path

    def list_domains(self) -> list[str]:
        """The domains that the jar has cookies of."""
        return list(dict.fromkeys(cookie.domain for cookie in self._every()))

    def list_paths(self) -> list[str]:
        """The paths that the jar has cookies of."""
        return list(dict.fromkeys(cookie.path for cookie in self._every()))

    def multiple_domains(self) -> bool:
        """Whether the cookies are of several domains."""
        return len(self.list_domains()) > 1

    def get_dict(self, domain: str | None = None, path: str | None = None) -> dict[str, str | None]:
        """The names and values of all cookies, or of those of a domain or path."""
        return {c.name: c.value for c in self._every() if domain in (None, c.domain) and path in (None, c.path)}

    # --- as a CookieJar

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        r"""Put a cookie into the jar, whatever the rules say; within a value in quotes, `\"` is dropped.

        Further arguments are for subclasses.
        """
        self._put(cookie, held=True)

    def _put(self, cookie: Cookie, held: bool = False) -> None:
        value = cookie.value
        if isinstance(value, str) and value.startswith('"') and value.endswith('"'):
            cookie.value = value.replace('\\"', "")
        with self._cookies_lock:
            shelf = self._own(cookie.domain)
            shelf.held = shelf.held or held
            names = shelf.cookies.setdefault(cookie.domain, {}).setdefault(cookie.path, {})
            # A new value makes no new cookie (section 5.7, step 23): it keeps its place in the header.
            number = _number(names.get(cookie.name, cookie)) or next(_numbers)
            cookie._created = number  # type: ignore[attr-defined]
            names[cookie.name] = cookie

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Keep the cookies that a response sets (`info().get_all` gives its headers), as far as the rules allow."""
        if not self._has_own_rules():
            super().extract_cookies(response, request)
            return
        lines = response.info().get_all("Set-Cookie", [])
        if lines:
            self._receive(lines, _place(request.get_full_url()), int(time.time()))

    def add_cookie_header(self, request: Any) -> None:
        """Give a request (of `urllib.request`'s kind) the Cookie header that it should have, if it has none."""
        if not self._has_own_rules():
            super().add_cookie_header(request)
        elif not request.has_header("Cookie"):
            header = self._header(request.get_full_url())
            if header is not None:
                request.add_unredirected_header("Cookie", header)

    def get_policy(self) -> CookiePolicy:
        """The policy of the jar."""
        return self._policy

    def copy(self) -> RequestsCookieJar:
        """A jar with copies of the cookies, and the same policy."""
        twin = RequestsCookieJar(self.__dict__.get("_policy"))
        with self._cookies_lock:
            twin._shelf = self._shelf.fork()
        return twin

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in ("_locks", "_shelf", "_borrowed"):
            state.pop(name, None)
        with self._cookies_lock:
            state["_cookies"] = self._shelf.fork().cookies
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if not isinstance(state, dict) or not isinstance(state.get("_cookies"), dict):
            raise InvalidArgument(f"the state of a pickled jar is a mapping with its cookies, not this {type(state).__name__}")
        self._cookies_lock = threading.RLock()
        self._cookies = state["_cookies"]
        self.__dict__.update({name: value for name, value in state.items() if name != "_cookies"})

    @cached_property
    def _policy(self) -> CookiePolicy:
        # Few ever look at it. CookieJar's methods find it under this name.
        return _OwnPolicy()

    def _has_own_rules(self) -> bool:
        policy = self.__dict__.get("_policy")
        return policy is None or type(policy) is _OwnPolicy

    @property
    def _cookies_lock(self) -> threading.RLock:
        # Another one after each fork: a thread of the parent, which is none of ours, may have held it at that moment.
        return self._locks.get(_forks) or self._locks.setdefault(_forks, threading.RLock())

    @_cookies_lock.setter
    def _cookies_lock(self, lock: threading.RLock) -> None:
        self._locks = {_forks: lock}

    # --- the shelf

    @property
    def _cookies(self) -> _Cookies:
        # CookieJar's methods, and quite some programs, read and write these dictionaries.
        with self._cookies_lock:
            shelf = self._own()
            shelf.held = True
            return shelf.cookies

    @_cookies.setter
    def _cookies(self, cookies: _Cookies) -> None:
        self._shelf = _Shelf(cookies)
        self._shelf.held = bool(cookies)
        self._borrowed = False

    def _own(self, domain: str | None = None) -> _Shelf:
        """The shelf, free to be changed, all of it or what it has of a domain; and the cookies on it too."""
        shelf = self._shelf
        if shelf.lent:
            # The lender keeps the very cookies, since his user may hold some in his hands; the borrower takes copies.
            if self._borrowed:
                self._shelf = shelf.fork()
            else:
                self._shelf = shelf.sharing()
                shelf.held = True  # what is given out from here on are the borrower's cookies, too
            shelf = self._shelf
            self._borrowed = False
        else:
            shelf.choices.clear()
            shelf.heard = None
        shelf.make_own(domain)
        return shelf

    def _borrow(self, other: RequestsCookieJar) -> None:
        with other._cookies_lock:
            other._shelf.lent = True
            self._shelf = other._shelf
        self._borrowed = True

    def _every(self) -> list[Cookie]:
        """All cookies, for looking at."""
        with self._cookies_lock:
            return self._shelf.every()

    # --- the rules that need the jar

    def _receive(self, lines: list[str], place: _Place, now: int, also_insecure: bool = False) -> None:
        """Keep the cookies of Set-Cookie lines; those that are Secure, and came by http, only if told to."""
        with self._cookies_lock:
            shelf, heard = self._shelf, (tuple(lines), place, now)
            if heard == shelf.heard:
                return  # as servers say it again and again, within a second too
            protected: dict[str, list[Cookie]] | None = {} if place.secure else None
            domains = set()
            changed = False
            # Nobody has these cookies in his hands, but a subclass may want to see them.
            put = self._put if type(self).set_cookie is _OWN_SET_COOKIE and "set_cookie" not in self.__dict__ else self.set_cookie
            for line in lines:
                cookie = _read(line, place, now, also_insecure)
                if cookie is None or self._has_just(cookie, now) or self._is_blocked(cookie.domain):
                    continue
                protected = self._secure_ones() if protected is None else protected
                if _would_hide(cookie, protected.get(cookie.name, ())):
                    continue
                changed = True
                if cookie.is_expired(now):
                    self._remove(cookie)
                else:
                    put(cookie)
                    domains.add(cookie.domain)
            shelved = self._shelf.cookies
            for domain in domains:
                self._evict(list(shelved.get(domain, {}).values()), MOST_COOKIES_OF_A_DOMAIN, now)
            if domains:
                self._evict([names for domain, paths in shelved.items() if domain for names in paths.values()], MOST_COOKIES, now)
            if not (changed or shelf.shown) and "_policy" not in self.__dict__:  # whose lists may change at any time
                shelf.heard = heard

    def _has_just(self, cookie: Cookie, now: int) -> bool:
        """Whether the jar has this very cookie already, as servers say it again and again: then nothing changes."""
        known = self._shelf.cookies.get(cookie.domain, _NOTHING).get(cookie.path, _NOTHING).get(cookie.name)
        return known is not None and {**vars(cookie), "_created": _number(known)} == vars(known) and not cookie.is_expired(now)

    def _secure_ones(self) -> dict[str, list[Cookie]]:
        """The secure cookies by name: http must not overwrite them (section 5.7, step 16)."""
        secure: dict[str, list[Cookie]] = {}
        for cookie in self._shelf.every():
            if cookie.secure and cookie.domain:
                secure.setdefault(cookie.name, []).append(cookie)
        return secure

    def _is_blocked(self, domain: str) -> bool:
        policy = self.__dict__.get("_policy")
        return policy is not None and (policy.is_blocked(domain) or policy.is_not_allowed(domain))

    def _remove(self, cookie: Cookie) -> None:
        try:
            self.clear(cookie.domain, cookie.path, cookie.name)
        except KeyError:
            return
        # No empty dictionaries are left behind, or a server that sets and unsets cookies could fill the memory with them.
        paths = self._cookies[cookie.domain]
        if not paths[cookie.path]:
            del paths[cookie.path]
        if not paths:
            del self._cookies[cookie.domain]

    def _evict(self, shelved: list[dict[str, Cookie]], most: int, now: int) -> None:
        """Throw away what is too much: first what has expired, then what is not secure, the oldest first (section 5.7)."""
        surplus = sum(map(len, shelved)) - most
        if surplus > 0:
            cookies = [cookie for names in shelved for cookie in names.values()]
            cookies.sort(key=lambda cookie: (not cookie.is_expired(now), cookie.secure, _number(cookie)))
            for cookie in cookies[:surplus]:
                self._remove(cookie)

    def _header(self, url: str) -> str | None:
        if not self._shelf.cookies:
            return None
        url = url.partition("?")[0]
        shelf = self._shelf
        choice = shelf.choices.get(url) or self._choose(url)
        return _written(choice.cookies) if shelf.held or time.time() >= choice.until else choice.written

    def _choose(self, url: str) -> _Choice:
        """The cookies for a URL, in order; remembered until the jar changes."""
        place = _place(url)
        with self._cookies_lock:
            shelf = self._shelf
            chosen: list[Cookie] = []
            for domain, is_host in _domains_covering(place):
                paths = shelf.cookies.get(domain)
                if paths and not self._is_blocked(domain):
                    chosen += [
                        cookie
                        for path, names in paths.items()
                        if _covers(path, place.path)
                        for cookie in names.values()
                        if _may_go(cookie, place, is_host)
                    ]
            chosen.sort(key=_order(chosen))
            choice = _Choice(chosen)
            if "_policy" not in self.__dict__:  # whose lists may change at any time
                if len(shelf.choices) >= _MOST_CHOICES:
                    shelf.choices.clear()
                shelf.choices[url] = choice
            return choice


_OWN_SET_COOKIE = RequestsCookieJar.set_cookie
_numbers = itertools.count(1)
_NOTHING: dict[str, Any] = {}


def _number(cookie: Cookie) -> int:
    """The older a cookie is, the smaller is its number; 0 if it has none."""
    return getattr(cookie, "_created", 0)


def _every(jar: CookieJar) -> Iterable[Cookie]:
    """The cookies of any jar, for looking at."""
    return jar._every() if isinstance(jar, RequestsCookieJar) else jar


def _twin(cookie: Cookie) -> Cookie:
    # copy.copy does the same in three times the time, and jars are copied often.
    if type(cookie) is not Cookie:
        return copy.copy(cookie)
    twin = Cookie.__new__(Cookie)
    twin.__dict__.update(cookie.__dict__)
    return twin


def _is_morsel(value: Any) -> bool:
    if isinstance(value, str):
        return False
    from http.cookies import Morsel  # who has a Morsel has loaded it

    return isinstance(value, Morsel)


# --- where a request goes

_URL = re.compile(r"([^:/?#]*)://([^/?#]*)([^?#]*)")
_SECURE_SCHEMES = ("https", "wss")


def _url_of(request: Any) -> str:
    """The URL that cookies see: with the host of a Host header, if one was set by hand, and without user and password."""
    url: str = request.url or ""
    host = None if request.headers is None else request.headers.get("Host")
    if not host and "@" not in url:
        return url
    found = _URL.match(url)
    if not found or not (host or "@" in found[2]):
        return url
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    return f"{found[1]}://{host or found[2].rpartition('@')[2]}{url[found.end(2) :]}"


@lru_cache(maxsize=256)
def _place(url: str) -> _Place:
    """What matters of a URL that was prepared before, or came with a foreign request: nothing is refused here."""
    found = _URL.match(url)
    scheme, authority, path = found.groups() if found else ("", "", "")
    authority = authority.rpartition("@")[2].lower()
    host, port = authority, ""
    if not authority.endswith("]"):
        before, colon, after = authority.rpartition(":")
        if colon:
            host, port = before, after
    # No top-level domain begins with a digit: what ends so is an IP address, however it is spelt.
    is_address = host.startswith("[") or host.rstrip(".").rpartition(".")[2][:1].isdigit()
    return _Place(
        host=host,
        effective=host + ".local" if host and "." not in host else host,
        port=port or ("443" if scheme.lower() in _SECURE_SCHEMES else "80"),
        path=path if path.startswith("/") else "/",
        secure=scheme.lower() in _SECURE_SCHEMES,
        is_address=is_address,
    )


# --- reading Set-Cookie (sections 5.6 and 5.7 of the draft)

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
_BLANKS = " \t"


def _read(line: str | bytes, place: _Place, now: int, also_insecure: bool = False) -> Cookie | None:
    """The cookie that a line sets at a place, or None if it must be ignored. To delete one is to set one that has expired."""
    if isinstance(line, bytes):
        line = line.decode("latin-1")
    pair, _, rest = line.partition(";")
    name, equals, value = pair.partition("=")
    name, value = name.strip(_BLANKS), value.strip(_BLANKS)
    if not name or not place.host or _CONTROL.search(line) or len(name) + len(value) > MOST_OCTETS:
        return None
    attributes, others = _attributes(rest, now) if rest else ({}, {})
    domain = _domain(attributes.get("domain", ""), place)
    path: str = attributes.get("path", "")
    is_own_path = path.startswith("/")
    secure = "secure" in attributes
    if domain is None or (secure and not place.secure and not also_insecure):
        return None
    if name[:2] == "__" and not _keeps_promise(name, bool(equals), secure, host_only=not domain, path=path):
        return None
    expires = attributes.get("max-age", attributes.get("expires"))
    cookie = Cookie.__new__(Cookie)  # its __init__ does nothing but to check and copy all this, for twice the time
    cookie.__dict__.update(
        version=0,
        name=name,
        value=value if equals else None,
        port=None,
        port_specified=False,
        domain=_with_dot(domain, place) if domain else place.effective,
        domain_specified=bool(domain),
        domain_initial_dot=bool(domain) and attributes["domain"].startswith("."),
        path=path if is_own_path else _default_path(place.path),
        path_specified=is_own_path,
        secure=secure,
        expires=expires,
        discard=expires is None,
        comment=None,
        comment_url=None,
        rfc2109=False,
        _rest=others,
    )
    return cookie


def _attributes(text: str, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes that mean something, read; and all others (SameSite and HttpOnly among them) as they are written."""
    known: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for attribute in text.split(";"):
        name, equals, value = attribute.partition("=")
        name, value = name.strip(_BLANKS), value.strip(_BLANKS)
        key = name.lower()
        if not key or len(value) > MOST_ATTRIBUTE_OCTETS:
            continue
        if key in ("domain", "path", "secure"):
            known[key] = value
        elif key == "max-age":
            # What cannot be understood is as if it were not there: it takes back no earlier one, and loses no cookie.
            if _WHOLE_NUMBER.fullmatch(value):
                seconds = int(value)
                known[key] = min(now + seconds, _LATEST) if seconds > 0 else 0
        elif key == "expires":
            date = _date(value)
            if date is not None:
                known[key] = date
        else:
            others[name] = value if equals else None
    return known, others


_DATE_DELIMITERS = re.compile(r"[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])")
_DAY = re.compile(r"[0-9]{1,2}(?![0-9])")
_YEAR = re.compile(r"[0-9]{2,4}(?![0-9])")
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


def _date(text: str) -> int | None:
    """The seconds since 1970 of a date in whatever form servers write it (section 5.1.1), or None."""
    clock = day = month = year = None
    for token in _DATE_DELIMITERS.split(text):
        if clock is None and (found := _TIME.match(token)):
            clock = [int(number) for number in found.groups()]
        elif day is None and (found := _DAY.match(token)):
            day = int(found[0])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS[token[:3].lower()]
        elif year is None and (found := _YEAR.match(token)):
            year = int(found[0])
    if clock is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 1900 if year >= 70 else 2000
    if year < 1601 or not 1 <= day <= monthrange(year, month)[1] or clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    return timegm((year, month, day, *clock, 0, 0, 0))


def _domain(attribute: str, place: _Place) -> str | None:
    """The domain of a cookie: "" if it is for its host alone, None if the host may not speak for it (section 5.7)."""
    if not attribute.isascii():
        return None
    domain = attribute.lower()
    domain = domain[1:] if domain.startswith(".") else domain
    if not domain:
        return ""
    if domain in (place.host, place.effective):
        return "" if is_public_suffix(domain) else domain
    if place.is_address or is_public_suffix(domain) or not place.host.endswith("." + domain):
        return None
    return domain


def _with_dot(domain: str, place: _Place) -> str:
    # So http.cookiejar writes a domain that covers more than one host.
    return domain if place.is_address else "." + domain


_SECOND_LEVELS = frozenset("ac co com edu go gob gouv gov govt gv mil ne net nom or org sch".split())
_SHARED = frozenset(
    """appspot.com azurewebsites.net blogspot.com cloudfront.net firebaseapp.com fly.dev github.io gitlab.io herokuapp.com
    netlify.app ngrok.io onrender.com pages.dev pythonanywhere.com readthedocs.io run.app s3.amazonaws.com vercel.app web.app
    workers.dev""".split()
)


def is_public_suffix(domain: str) -> bool:
    """Whether strangers have their hosts under this domain, as far as a short rule can tell.

    >>> [name for name in ("uk", "co.uk", "github.io", "example.co.uk") if is_public_suffix(name)]
    ['uk', 'co.uk', 'github.io']

    That is every domain of a single label, the common second levels of the countries ("co.uk", "com.au"), and some large hosting
    services. The real list has ten thousand entries and changes daily.
    """
    domain = domain[:-1] if domain.endswith(".") else domain
    first, _, last = domain.rpartition(".")
    return not first or (len(last) == 2 and first in _SECOND_LEVELS) or domain in _SHARED


def _keeps_promise(name: str, has_value: bool, secure: bool, host_only: bool, path: str) -> bool:
    """Whether a cookie is what its prefix says, in whatever case that is written (sections 4.1.3 and 5.7)."""
    prefix = name[:9].lower()
    if prefix.startswith("__host-"):
        return has_value and secure and host_only and path == "/"
    if prefix.startswith("__secure-"):
        return has_value and secure
    return True


def _default_path(path: str) -> str:
    """The path up to its last slash (section 5.1.4)."""
    return path.rpartition("/")[0] or "/"


def _would_hide(cookie: Cookie, protected: Iterable[Cookie]) -> bool:
    """Whether a cookie from http would stand before, or in the place of, one of the secure ones of its name."""
    domain = cookie.domain.lstrip(".")
    for secure in protected:
        other = secure.domain.lstrip(".")
        related = domain == other or domain.endswith("." + other) or other.endswith("." + domain)
        if related and _covers(secure.path, cookie.path):
            return True
    return False


# --- writing Cookie (section 5.8 of the draft)


def _domains_covering(place: _Place) -> Iterator[tuple[str, bool]]:
    """The domains under which there may be cookies for a host, and whether they are the host itself."""
    yield "", True
    if not place.host:
        return
    names = (place.host,) if place.host == place.effective else (place.host, place.effective)
    for name in names:
        yield name, True
        yield "." + name, True
    parent = "" if place.is_address else names[-1].partition(".")[2]
    while parent:
        yield parent, False
        yield "." + parent, False
        parent = parent.partition(".")[2]


def _covers(cookie_path: str, path: str) -> bool:
    """Whether a path is, or is below, that of a cookie (section 5.1.4)."""
    if not path.startswith(cookie_path):
        return False
    end = len(cookie_path)
    return len(path) == end or path[end] == "/" or cookie_path.endswith("/")


def _may_go(cookie: Cookie, place: _Place, is_host: bool) -> bool:
    return (
        (is_host or cookie.domain_specified or cookie.domain.startswith("."))
        and (place.secure or not cookie.secure)
        and (cookie.port is None or place.port in cookie.port.split(","))
    )


def _order(cookies: list[Cookie]) -> Any:
    """Longer paths first, then older cookies. Those that are for every host stay together, as in requests."""
    everywhere = min((_number(cookie) for cookie in cookies if not cookie.domain), default=0)
    return lambda cookie: (-len(cookie.path), _number(cookie) if cookie.domain else everywhere)


def _written(cookies: list[Cookie]) -> str | None:
    now = time.time()
    room = MOST_HEADER_OCTETS
    pairs = []
    for cookie in cookies:
        if cookie.expires is not None and cookie.expires <= now:
            continue
        value: Any = cookie.value
        if type(value) is str:
            pair = f"{cookie.name}={value}"
        elif value is None:
            pair = cookie.name
        elif isinstance(value, (str, bytes, int, float)):
            pair = f"{cookie.name}={value.decode('latin-1') if isinstance(value, bytes) else value}"
        else:
            raise InvalidArgument(f"the value of the cookie {cookie.name!r} is a {type(value).__name__}, and should be a str")
        # Others may have set so many that the server would refuse us (CVE-2022-32205). What was set by hand always goes.
        if cookie.domain:
            if len(pair) + 2 > room:
                continue
            room -= len(pair) + 2
        pairs.append(pair)
    return "; ".join(pairs) if pairs else None


# --- what http.cookiejar wants to see of requests and responses


class MockRequest:
    """A prepared request, as http.cookiejar wants to see it: a `urllib.request.Request`. Headers added to it are kept apart."""

    type: str

    def __init__(self, request: Any) -> None:
        self._r = request
        self._new_headers: dict[str, str] = {}
        self.type = (request.url or "").partition(":")[0]

    def get_type(self) -> str:
        """The scheme."""
        return self.type

    def get_host(self) -> str:
        """Host and port of the URL."""
        found = _URL.match(self._r.url or "")
        return found[2].rpartition("@")[2] if found else ""

    def get_origin_req_host(self) -> str:
        """The host that the user asked for: the same."""
        return self.get_host()

    def get_full_url(self) -> str:
        """The URL, with the host of the Host header if there is one."""
        return _url_of(self._r)

    def is_unverifiable(self) -> bool:
        """Whether nobody could have prevented the request: nobody asks a program."""
        return True

    def has_header(self, name: str) -> bool:
        """Whether the request has a header."""
        return name in (self._r.headers or ()) or name in self._new_headers

    def get_header(self, name: str, default: str | None = None) -> str | None:
        """The value of a header."""
        value: str | None = (self._r.headers or {}).get(name, self._new_headers.get(name, default))
        return value

    def add_header(self, key: str, val: str) -> None:
        """Not meant to be used. Raises NotImplementedError."""
        raise NotImplementedError("cookies are added with add_unredirected_header()")

    def add_unredirected_header(self, name: str, value: str) -> None:
        """Keep a header for `get_new_headers`."""
        self._new_headers[name] = value

    def get_new_headers(self) -> dict[str, str]:
        """The headers that were added."""
        return self._new_headers

    @property
    def unverifiable(self) -> bool:
        """The same as `is_unverifiable()`."""
        return self.is_unverifiable()

    @property
    def origin_req_host(self) -> str:
        """The same as `get_origin_req_host()`."""
        return self.get_origin_req_host()

    @property
    def host(self) -> str:
        """The same as `get_host()`."""
        return self.get_host()


class MockResponse:
    """A response's headers (something with `get_all`), as http.cookiejar wants to see them: behind `info()`."""

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def info(self) -> Any:
        """The headers."""
        return self._headers

    def getheaders(self, name: str) -> Any:
        """All values of a header."""
        return self._headers.get_all(name, [])


# --- cookie files, in the form that browsers, curl and wget share

_FILE_HEAD = "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n"
_HTTP_ONLY = "#HttpOnly_"


def save_netscape(jar: CookieJar, path: str | os.PathLike[str], ignore_discard: bool = True) -> None:
    """Write the cookies of a jar to a file that curl, wget and `http.cookiejar.MozillaCookieJar` can read.

    Cookies that end with the session are written too (as curl does it, with an expiry of 0), unless `ignore_discard` is false;
    expired ones are not. The file is only ever seen whole, and readable by its owner alone. Raises OSError if it cannot be written.
    """
    now = int(time.time())
    lines = [
        _file_line(cookie)
        for cookie in _every(jar)
        if not cookie.is_expired(now) and (ignore_discard or not cookie.discard) and _fits_in_a_line(cookie)
    ]
    path = os.fspath(path)
    unfinished = f"{path}.{os.urandom(8).hex()}"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(_FILE_HEAD.encode("ascii") + b"".join(lines))
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise


def _fits_in_a_line(cookie: Cookie) -> bool:
    # Only by hand could such a cookie be set, and it could not be sent either.
    texts = (cookie.domain, cookie.path, cookie.name, cookie.value or "")
    return not any(_CONTROL.search(str(text)) for text in texts) and "\t" not in f"{cookie.domain}{cookie.path}{cookie.name}"


def _file_line(cookie: Cookie) -> bytes:
    domain = "localhost" if cookie.domain == "localhost.local" else cookie.domain
    if cookie.domain_specified and not domain.startswith(".") and not _place(f"http://{domain}/").is_address:
        domain = "." + domain
    rest: dict[str, Any] = cookie._rest or {}  # type: ignore[attr-defined]
    name, value = ("", cookie.name) if cookie.value is None else (cookie.name, cookie.value)
    line = "\t".join(
        [
            (_HTTP_ONLY if any(name.lower() == "httponly" for name in rest) else "") + domain,
            "TRUE" if domain.startswith(".") else "FALSE",
            cookie.path,
            "TRUE" if cookie.secure else "FALSE",
            str(cookie.expires or 0),
            name,
            str(value),
        ]
    )
    try:
        return line.encode("latin-1") + b"\n"  # the octets that came
    except UnicodeEncodeError:
        return line.encode("utf-8") + b"\n"


def load_netscape(path: str | os.PathLike[str], jar: RequestsCookieJar | None = None) -> RequestsCookieJar:
    """Read a cookie file into a jar: a new one if none is given.

    Lines that make no sense, and cookies that have expired, are left out. Raises OSError if the file cannot be read.
    """
    jar = RequestsCookieJar() if jar is None else jar
    now = int(time.time())
    with open(path, "rb") as file:
        for line in file:
            cookie = _cookie_of_line(line.decode("latin-1").rstrip("\r\n"))
            if cookie is not None and not cookie.is_expired(now):
                jar.set_cookie(cookie)
    return jar


def _cookie_of_line(line: str) -> Cookie | None:
    http_only = line.startswith(_HTTP_ONLY)
    line = line[len(_HTTP_ONLY) :] if http_only else line
    fields = line.split("\t", 6)
    if len(fields) == 6:
        fields.append("")  # some leave out the last tab when the value is empty
    if line.startswith("#") or len(fields) != 7:
        return None
    domain, tail_match, path, secure, expires, name, value = fields
    try:
        date = min(int(float(expires or 0)), _LATEST)
    except (ValueError, OverflowError):
        return None
    covers_more = tail_match.upper() == "TRUE" or domain.startswith(".")
    if domain and not covers_more:
        domain = _place(f"http://{domain}/").effective
    elif domain and not domain.startswith("."):
        domain = "." + domain
    cookie = create_cookie(
        name or value,
        value if name else None,
        domain=domain,
        path=path or "/",
        secure=secure.upper() == "TRUE",
        expires=date or None,
        discard=not date,
        rest={"HttpOnly": None} if http_only else {},
    )
    cookie.domain_specified = covers_more
    return cookie
