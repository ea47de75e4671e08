"""What is asked: `Request` as the caller says it, `PreparedRequest` as it will be sent.

Preparing goes step by step: method, URL, headers, cookies, body, authentication, hooks. Authentication comes late because it may
sign everything before it. Each step hands the work to the room that knows it.
"""

from __future__ import annotations

from . import bodies, urls
from ._jar import JarOnTouch, rules
from .exceptions import InvalidArgument, InvalidJSONError, InvalidMethod
from .headers import check_headers
from .hooks import EVENTS, NO_HOOKS, default_hooks
from .structures import CaseInsensitiveDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from http.cookiejar import CookieJar
    from typing import Any

    from . import _types as _t
    from .cookies import RequestsCookieJar
    from .limits import Limits


class _NoSuchEvent(InvalidArgument, KeyError):
    """There are no hooks for such an event: a KeyError, as requests raises where one is removed."""


class RequestHooksMixin:
    """Hooks that can be added and removed."""

    __module__ = f"{__package__}.models"  # the name that the world knows, in pickles and in reprs

    hooks: dict[str, list[_t.HookType]]

    def register_hook(self, event: str, hook: Iterable[_t.HookType] | _t.HookType) -> None:
        """Add a hook, or several, to an event; what cannot be called is left out."""
        if event not in EVENTS:
            raise InvalidArgument(f"there is no hook for {event!r}, only for {', '.join(EVENTS)}")
        registered = self.hooks.setdefault(event, [])
        if callable(hook):
            registered.append(hook)
        elif hasattr(hook, "__iter__"):
            registered.extend(each for each in hook if callable(each))

    def deregister_hook(self, event: str, hook: _t.HookType) -> bool:
        """Remove a hook from an event; whether it was there."""
        if event not in EVENTS:
            raise _NoSuchEvent(f"there is no hook for {event!r}, only for {', '.join(EVENTS)}")
        if hook not in self.hooks.get(event, ()):
            return False
        self.hooks[event].remove(hook)
        return True


class RequestEncodingMixin:
    """How parameters and files are encoded: the names that programs built on requests reach for."""

    __module__ = f"{__package__}.models"

    url: str | None

    @property
    def path_url(self) -> str:
        """Path and query of the URL: what the request line will ask for."""
        return urls.path_url(self.url or "")

    @staticmethod
    def _encode_params(data: Any) -> Any:
        return bodies.encode_params(data)

    @staticmethod
    def _encode_files(files: Any, data: Any) -> tuple[Any, str]:
        return bodies.encode_files(files, data)


class Request(RequestHooksMixin):
    """A request as the caller says it; `prepare()` makes it what will be sent.

    >>> request = Request("GET", "https://example.org/search", params={"q": "tea"})
    >>> request.prepare().url
    'https://example.org/search?q=tea'
    """

    __module__ = f"{__package__}.models"

    def __init__(
        self,
        method: str | None = None,
        url: _t.UriType | None = None,
        headers: _t.HeadersType = None,
        files: _t.FilesType = None,
        data: _t.DataType = None,
        params: _t.ParamsType = None,
        auth: _t.AuthType = None,
        cookies: RequestsCookieJar | CookieJar | dict[str, str] | None = None,
        hooks: _t.HooksInputType | None = None,
        json: _t.JsonType = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers: Any = {} if headers is None else headers
        self.files: Any = [] if files is None else files
        self.data: Any = [] if data is None else data
        self.json = json
        self.params: Any = {} if params is None else params
        self.auth = auth
        self.cookies = cookies
        self.hooks: dict[str, list[_t.HookType]] = default_hooks()
        if hooks:
            for event, hook in _by_event(hooks):
                self.register_hook(event, hook)

    def __repr__(self) -> str:
        return f"<Request [{self.method}]>"

    def prepare(self) -> PreparedRequest:
        """The request as it will be sent, without anything that a session would add."""
        prepared = PreparedRequest()
        prepared.prepare(
            method=self.method,
            url=self.url,
            headers=self.headers,
            files=self.files,
            data=self.data,
            json=self.json,
            params=self.params,
            auth=self.auth,
            cookies=self.cookies,
            hooks=self.hooks,
        )
        return prepared


class PreparedRequest(RequestEncodingMixin, RequestHooksMixin):
    """A request as it will be sent: change it as you like, then give it to `Session.send`.

    >>> prepared = Request("POST", "http://example.org/", data={"a": "1"}).prepare()
    >>> prepared.body, prepared.headers["Content-Length"]
    ('a=1', '3')
    """

    __module__ = f"{__package__}.models"

    method: str | None = None
    url: str | None = None
    headers: CaseInsensitiveDict[str | Any] = None  # type: ignore[assignment]
    body: bytes | str | Any = None
    # Where a file given as the body began, so that it can be sent again; None: nothing to go back to.
    _body_position: Any = None

    # The jar that the Cookie header was made of; redirects ask it again.
    _cookies: Any = JarOnTouch()

    # Made by a redirect, and not the last of them if it is answered by another: then nobody waits for that body.
    _is_hop = False

    # How much of the answer is accepted: said for this request, and by the session that sends it.
    limits: Limits | None = None
    _session_limits: Limits | None = None
    # What that session says of retries.
    _session_retries: Any = None
    # Fields that follow the body, which then goes chunked: a mapping, or a function that is asked for one when the body is sent.
    trailers: _t.TrailersType = None

    def __init__(self) -> None:
        self.hooks: dict[str, list[_t.HookType]] = default_hooks()

    def prepare(
        self,
        method: str | None = None,
        url: _t.UriType | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        files: _t.FilesType = None,
        data: _t.DataType = None,
        params: _t.ParamsType = None,
        auth: _t.AuthType = None,
        cookies: RequestsCookieJar | CookieJar | dict[str, str] | None = None,
        hooks: _t.HooksInputType | None = None,
        json: _t.JsonType = None,
    ) -> None:
        """Prepare all parts, in the order that each needs."""
        self.prepare_method(method)
        self.prepare_url(url, params)  # type: ignore[arg-type]
        self.prepare_headers(headers)
        self.prepare_cookies(cookies)
        self.prepare_body(data, files, json)
        self.prepare_auth(auth, url or "")
        # Last, so that an authentication may add its own hooks.
        self.prepare_hooks(hooks)

    def __repr__(self) -> str:
        return f"<PreparedRequest [{self.method}]>"

    def copy(self) -> PreparedRequest:
        """A request of its own that asks the same."""
        copied = PreparedRequest()
        copied.method = self.method
        copied.url = self.url
        copied.headers = None if self.headers is None else self.headers.copy()
        if "_cookies" in self.__dict__ and self._cookies is not None:
            from .cookies import _copy_cookie_jar

            copied._cookies = _copy_cookie_jar(self._cookies)
        copied.body = self.body
        copied.hooks = self.hooks
        copied._body_position = self._body_position
        copied.limits, copied._session_limits = self.limits, self._session_limits
        if self._session_retries is not None:
            copied._session_retries = self._session_retries
        if self.trailers is not None:
            copied.trailers = self.trailers
        return copied

    def prepare_method(self, method: str | None) -> None:
        """The method in upper case; bytes are taken for ASCII."""
        if isinstance(method, str):
            self.method = method.upper()
        elif method is None:
            self.method = None
        elif isinstance(method, bytes):
            self.method = method.decode("latin-1").upper()
        else:
            raise InvalidMethod(f"the method is a {type(method).__name__}, not a str: {method!r}")

    def prepare_url(self, url: _t.UriType, params: _t.ParamsType) -> None:
        """The URL with the parameters added, everything in it that needs it percent-encoded."""
        self.url = urls.prepare_url(url, bodies.encode_query(params) if params else None)

    def prepare_headers(self, headers: Mapping[str, str | bytes] | None) -> None:
        """The headers, each found fit to be sent."""
        if type(headers) is CaseInsensitiveDict:
            items = tuple(headers._store.values())
            if items == headers._checked:
                self.headers = headers.copy()
                return
            if all(type(name) is str for name in headers._store):
                check_headers(items)
                headers._checked = items
                self.headers = headers.copy()
                return
        self.headers = CaseInsensitiveDict()
        if headers:
            if not hasattr(headers, "items"):
                raise InvalidArgument(f"headers are a {type(headers).__name__}, not a mapping")
            pairs = list(headers.items())
            check_headers(pairs)
            for name, value in pairs:
                self.headers[name.decode("ascii") if isinstance(name, bytes) else name] = value

    def _writable_headers(self) -> CaseInsensitiveDict[str | Any]:
        if self.headers is None:
            raise InvalidArgument("the request has no headers yet: prepare_headers() comes before body, cookies and authentication")
        return self.headers

    def prepare_cookies(self, cookies: RequestsCookieJar | CookieJar | dict[str, str] | None) -> None:
        """The Cookie header for this URL, of a jar or a dict; one that is there already stays."""
        if cookies is None or (isinstance(cookies, dict) and not cookies):
            return
        headers = self._writable_headers()
        self._cookies = jar_of(cookies)
        value = rules().get_cookie_header(self._cookies, self)
        if value is not None:
            headers["Cookie"] = value

    def prepare_body(self, data: _t.DataType, files: _t.FilesType, json: _t.JsonType = None) -> None:
        """The body, and the headers that describe it."""
        if json is None and not files and (data is None or (isinstance(data, (list, dict, str, bytes)) and not data)):
            self.body = None
            if self.method not in ("GET", "HEAD"):
                self.prepare_content_length(None)
            return
        try:
            body = bodies.prepare_body(data, files, json)
        except InvalidJSONError as error:
            error.request = self
            raise
        self.body = body.body
        self._body_position = body.position
        if body.length is not None:
            self.prepare_content_length(self.body)
        elif "Content-Length" not in self._writable_headers() and hasattr(self.body, "__iter__"):
            # A length that the caller knows is believed, and checked when sending; of what can only be read, sending says it.
            self.headers["Transfer-Encoding"] = "chunked"
        if body.content_type and "content-type" not in self.headers:
            self.headers["Content-Type"] = body.content_type

    def prepare_content_length(self, body: _t.BodyType) -> None:
        """The Content-Length that fits the body; 0 for a method that usually has one, nothing for GET and HEAD."""
        headers = self._writable_headers()
        if body is not None:
            length = bodies.length_of(body)
            if length:
                headers["Content-Length"] = str(length)
        elif self.method not in ("GET", "HEAD") and headers.get("Content-Length") is None:
            headers["Content-Length"] = "0"

    def prepare_auth(self, auth: _t.AuthType, url: _t.UriType = "") -> None:
        """Let an authentication work on the request; without one, the user and password in the URL are used."""
        if auth is None and "@" in (self.url or ""):
            user_and_password = urls.get_auth_from_url(self.url or "")
            auth = user_and_password if any(user_and_password) else None
        if not auth:
            return
        if isinstance(auth, tuple) and len(auth) == 2:
            from .auth import HTTPBasicAuth

            auth = HTTPBasicAuth(*auth)
        if not callable(auth):
            raise InvalidArgument(f"auth is neither (user, password) nor callable: {type(auth).__name__}")
        self._writable_headers()
        # It may return another request than the one it was given: its attributes are taken over.
        signed = auth(self)
        if not hasattr(signed, "__dict__"):
            raise InvalidArgument(f"auth returned {signed!r:.60}, and not the request that it was given")
        self.__dict__.update(signed.__dict__)
        self.prepare_content_length(self.body)

    def prepare_hooks(self, hooks: _t.HooksInputType | None) -> None:
        """Register the hooks."""
        if hooks and hooks != NO_HOOKS:
            for event, hook in _by_event(hooks):
                if hook:
                    self.register_hook(event, hook)


def jar_of(cookies: Any) -> Any:
    """The jar that `cookies=` is, or the one that a mapping makes."""
    if isinstance(cookies, rules().CookieJar):
        return cookies
    if not hasattr(cookies, "keys"):
        raise InvalidArgument(f"cookies are a {type(cookies).__name__}, neither a mapping nor a cookie jar")
    return rules().cookiejar_from_dict(cookies)


def _by_event(hooks: Any) -> Iterable[tuple[str, Any]]:
    if not hasattr(hooks, "items"):
        raise InvalidArgument(f"hooks are a {type(hooks).__name__}, not a mapping from events to hooks")
    return hooks.items()  # type: ignore[no-any-return]
