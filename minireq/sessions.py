"""A session: settings, cookies and connections that several requests share.

What a call says wins over what the session says, and that over the environment.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from operator import attrgetter

from . import environment
from ._jar import JarOnTouch, rules
from .adapters import HTTPAdapter
from .bodies import to_key_val_list
from .environment import MergedProxies, get_netrc_auth
from .exceptions import InvalidArgument, InvalidHeader, InvalidProxyURL, InvalidSchema, RequestException
from .headers import default_headers
from .hooks import NO_HOOKS, default_hooks, dispatch_hook
from .pools import begun
from .prepared import PreparedRequest, Request, jar_of
from .redirects import SessionRedirectMixin
from .responses import REDIRECT_STATI, Response, _elapsed, _without_user
from .structures import CaseInsensitiveDict, set_attributes
from .urls import UNIX
from .wire import RawResponse, SwitchedResponse

# isort: split
# Names that programs import from here.
from ._internal_utils import to_native_string as to_native_string
from .exceptions import (
    ChunkedEncodingError as ChunkedEncodingError,
    ContentDecodingError as ContentDecodingError,
    TooManyRedirects as TooManyRedirects,
)
from .sources import rewind_body as rewind_body
from .status_codes import codes as codes
from .urls import (
    DEFAULT_PORTS as DEFAULT_PORTS,
    get_auth_from_url as get_auth_from_url,
    requote_uri as requote_uri,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from http.cookiejar import CookieJar
    from typing import Any

    from typing_extensions import Self, Unpack

    from . import _types as _t
    from .adapters import BaseAdapter
    from .auth import _basic_auth_str as _basic_auth_str
    from .cookies import (
        RequestsCookieJar as RequestsCookieJar,
        cookiejar_from_dict as cookiejar_from_dict,
        extract_cookies_to_jar as extract_cookies_to_jar,
        merge_cookies as merge_cookies,
    )
    from .limits import Limits

DEFAULT_REDIRECT_LIMIT = 30


class Session(SessionRedirectMixin):
    """Requests that share settings, cookies and connections.

    `timeout` holds for every call that has none of its own, `retries` (a number, or a `Retry`) say what is tried again, `limits`
    how much of an answer is accepted, see `minireq.Limits`.

    >>> import minireq
    >>> with minireq.Session() as session:
    ...     session.headers["X-Test"] = "yes"
    ...     session.get("https://example.org/headers").json()["X-Test"]
    'yes'
    """

    __attrs__: list[str] = [
        "headers",
        "cookies",
        "auth",
        "proxies",
        "hooks",
        "params",
        "verify",
        "cert",
        "adapters",
        "stream",
        "trust_env",
        "max_redirects",
    ]

    cookies: RequestsCookieJar = JarOnTouch()  # type: ignore[assignment]

    # How long a call may take that does not say it itself, how its requests are tried again if not as their adapter says, and how
    # much of an answer is accepted.
    timeout: _t.TimeoutType = None
    retries: int | _t.RetryType | None = None
    limits: Limits | None = None

    # Whether an Authorization header, of the call or of the session, keeps netrc from being asked. requests asks all the same.
    header_beats_netrc = False

    def __init__(
        self,
        *,
        timeout: _t.TimeoutType = None,
        retries: int | _t.RetryType | None = None,
        limits: Limits | None = None,
    ) -> None:
        if timeout is not None:
            self.timeout = timeout
        if retries is not None:
            self.retries = retries
        if limits is not None:
            self.limits = limits
        # Any: programs put dictionaries of their own here.
        self.headers: CaseInsensitiveDict[str | Any] | Any = default_headers()
        self.auth: _t.AuthType = None
        self.proxies: dict[str, str | Any] = {}
        self.hooks: dict[str, list[_t.HookType] | Any] = default_hooks()
        self.params: MutableMapping[str, Any] = {}
        self.stream: bool = False
        self.verify: _t.VerifyType = True
        self.cert: _t.CertType = None
        self.max_redirects = DEFAULT_REDIRECT_LIMIT
        self.trust_env = True  # proxies, certificate authorities and netrc of the environment
        self.adapters: MutableMapping[str, BaseAdapter] = OrderedDict()
        if type(self).mount is _OWN_MOUNT and "mount" not in self.__dict__:
            self.adapters["https://"] = HTTPAdapter()  # the longer one is first
            self.adapters["http://"] = HTTPAdapter()
        else:
            self.mount("https://", HTTPAdapter())
            self.mount("http://", HTTPAdapter())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name, None) for name in self.__attrs__}
        for name, default in (("header_beats_netrc", False), ("timeout", None), ("retries", None), ("limits", None)):
            value = getattr(self, name)
            if value is not default:
                state[name] = value
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        set_attributes(self, state)

    if TYPE_CHECKING:
        # Without `limits` and `trailers`: who overrides it with the signature that it has in requests is right here too.
        def request(
            self,
            method: str,
            url: _t.UriType,
            params: _t.ParamsType = None,
            data: _t.DataType = None,
            headers: Mapping[str, Any] | None = None,
            cookies: RequestsCookieJar | CookieJar | dict[str, str] | None = None,
            files: _t.FilesType = None,
            auth: _t.AuthType = None,
            timeout: _t.TimeoutType = None,
            allow_redirects: bool = True,
            proxies: dict[str, Any] | None = None,
            hooks: _t.HooksInputType | None = None,
            stream: bool | None = None,
            verify: _t.VerifyOverride | None = None,
            cert: _t.CertOverride = None,
            json: _t.JsonType = None,
        ) -> Response: ...
    else:

        def request(
            self,
            method: str,
            url: _t.UriType,
            params: _t.ParamsType = None,
            data: _t.DataType = None,
            headers: Mapping[str, Any] | None = None,
            cookies: RequestsCookieJar | CookieJar | dict[str, str] | None = None,
            files: _t.FilesType = None,
            auth: _t.AuthType = None,
            timeout: _t.TimeoutType = None,
            allow_redirects: bool = True,
            proxies: dict[str, Any] | None = None,
            hooks: _t.HooksInputType | None = None,
            stream: bool | None = None,
            verify: _t.VerifyOverride | None = None,
            cert: _t.CertOverride = None,
            json: _t.JsonType = None,
            *,
            limits: Limits | None = None,
            trailers: _t.TrailersType = None,
        ) -> Response:
            """Send a request and return its response.

            `params` goes into the URL; `data`, `json` or `files` make the body; `timeout` is in seconds, one number,
            (connect, read) or `Timeouts`; `verify` is True, False or the path of certificate authorities, `cert` the path of a
            client certificate or (cert, key); with `stream` the body is not read yet; `limits` say how much of the answer is
            accepted. `trailers` are header fields that follow the body, which then goes chunked: a mapping, or a function that is
            asked for one once the body has been sent. Raises `RequestException`s.

            Without a timeout it waits for ever, so set one. For connecting, a little more than a multiple of 3 does well, since
            TCP tries again after 3 seconds.
            """
            if isinstance(method, str):
                method = method.upper()
            # Else all of it is packed into a Request, a dictionary and keyword arguments, only to be unpacked again: 155 opcodes
            # more, where a GET has 1,989.
            direct = not hooks and _has_own_steps(self)
            if direct:
                prepared = _prepared(
                    self, method, url, {} if headers is None else headers, [] if files is None else files, data or {},
                    params or {}, auth, cookies, default_hooks(), json,
                )  # fmt: skip
            else:
                prepared = self.prepare_request(
                    Request(method, url, headers, files, data or {}, params or {}, auth, cookies, hooks, json)
                )
            if limits is not None:
                prepared.limits = limits
            if trailers is not None:
                prepared.trailers = trailers
            if direct:
                stream, verify, cert, proxies = _settings(self, prepared.url, proxies or {}, stream, verify, cert)
                return _sent(self, prepared, allow_redirects, timeout, stream, verify, cert, proxies)
            settings = self.merge_environment_settings(prepared.url or "", proxies or {}, stream, verify, cert)
            return self.send(prepared, timeout=timeout, allow_redirects=allow_redirects, **settings)

    def prepare_request(self, request: Request) -> PreparedRequest:
        """What will be sent for a request, with the session's settings merged in."""
        if not hasattr(request, "auth"):
            raise InvalidArgument(f"what is prepared is a Request, not {request!r:.60}")
        return _prepared(
            self, request.method, request.url, request.headers, request.files, request.data, request.params, request.auth,
            request.cookies, request.hooks, request.json,
        )  # fmt: skip

    def _has_authorization(self, headers: Any) -> bool:
        """Whether a header of the session or of the call settles the authentication."""
        return "authorization" in {name.lower() for each in (self.headers, headers) for name in each or () if isinstance(name, str)}

    def _merge_headers(self, headers: Any) -> Any:
        if not headers and type(self.headers) is CaseInsensitiveDict:
            items = tuple(self.headers._store.values())
            if items == self.headers._checked or not any(value is None for _, value in items):
                return self.headers
        for name in headers if isinstance(headers, Mapping) else ():
            if not isinstance(name, (str, bytes)):
                raise InvalidHeader(f"a header's name must be str or bytes, not {type(name).__name__}: {name!r:.60}")
        return merge_setting(headers, self.headers, CaseInsensitiveDict)

    def _merge_cookies(self, given: Any) -> Any:
        """The jar for one request: the session's cookies and those given; None while there are none at all."""
        mine = self.__dict__.get("cookies")
        if mine is not None and not hasattr(mine, "extract_cookies"):
            raise InvalidArgument(f"session.cookies is a {type(mine).__name__}, no cookie jar: its update() takes a dictionary")
        if not given and not mine:
            return None
        if not given and type(mine) is rules().RequestsCookieJar:
            return rules().borrowing(mine)
        jar = rules().RequestsCookieJar()
        if mine is not None:
            rules().merge_cookies(jar, mine)
        if given:
            rules().merge_cookies(jar, jar_of(given))
        return jar

    def merge_environment_settings(
        self,
        url: str,
        proxies: dict[str, Any] | None,
        stream: bool | None,
        verify: _t.VerifyOverride | None,
        cert: _t.CertOverride,
    ) -> dict[str, Any]:
        """The settings for a URL: the call's, else the session's, else those of the environment."""
        stream, verify, cert, proxies = _settings(self, url, proxies, stream, verify, cert)
        return {"proxies": proxies, "stream": stream, "verify": verify, "cert": cert}

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request: `stream`, `timeout`, `verify`, `cert`, `proxies` and `allow_redirects` as for `request`."""
        if type(request) is not PreparedRequest and (isinstance(request, Request) or not hasattr(request, "url")):
            raise InvalidArgument("You can only send PreparedRequests.")  # word for word: requests' own tests compare it
        return _sent(
            self,
            request,
            kwargs.pop("allow_redirects", True),
            kwargs.get("timeout"),
            kwargs.get("stream", self.stream),
            kwargs.get("verify", self.verify),
            kwargs.get("cert", self.cert),
            kwargs.get("proxies"),
            kwargs,
        )

    def _hooked(self, response: Response, request: PreparedRequest, kwargs: dict[str, Any]) -> Response:
        """What the hooks make of the response; it is closed if that fails, since nobody will read it."""
        try:
            answer: Response = dispatch_hook("response", request.hooks, response, **kwargs)
            if not hasattr(answer, "history"):
                raise InvalidArgument(f"a response hook returned {answer!r:.60}, which is neither None nor a response")
        except BaseException:
            response.close()
            raise
        return answer

    def _redirected(self, response: Response, request: PreparedRequest, follows: bool, kwargs: dict[str, Any]) -> Response:
        """The response at the end of the redirects; or this one, knowing what would be next."""
        if not follows:
            try:
                response._next = next(self.resolve_redirects(response, request, yield_requests=True, **kwargs), None)
            except RequestException:
                pass  # an unusable Location is no error for who does not follow it
            return response
        history = [response, *self.resolve_redirects(response, request, **kwargs)]
        response = history.pop()
        if history:
            response.history = history
        return response

    def _keep_cookies(self, response: Response, request: PreparedRequest) -> None:
        """Put the cookies that came, in this response and in those that a hook put before it, into the session's jar."""
        for earlier in response.__dict__.get("history") or ():
            _keep(self.cookies, earlier.request, earlier.raw)
        _keep(self.cookies, request, response.raw)

    def _netrc_auth(self, url: str) -> tuple[str, str] | None:
        return get_netrc_auth(url)

    def get_adapter(self, url: str) -> BaseAdapter:
        """The adapter that is mounted for a URL: the one with the longest prefix."""
        if not isinstance(url, str):
            raise InvalidArgument(f"an adapter is found by a URL that is a str, not by {url!r:.60}")
        adapters = self.adapters
        if len(adapters) == 2 and "http://" in adapters and "https://" in adapters:  # nearly always, and then there is no search
            if url.startswith("http://"):
                return adapters["http://"]
            if url.startswith("https://"):
                return adapters["https://"]
        lower = url.lower()
        for prefix, adapter in adapters.items():
            if lower.startswith(prefix.lower()):
                return adapter
        if lower.startswith(f"{UNIX}://") and isinstance(self.adapters.get("http://"), HTTPAdapter):
            return self.adapters["http://"]  # unless somebody has mounted another: it knows the way
        raise InvalidSchema(f"No connection adapters were found for {_without_user(url)!r}")

    def mount(self, prefix: str, adapter: BaseAdapter) -> None:
        """Use an adapter for all URLs that begin with a prefix."""
        if not isinstance(prefix, str) or not hasattr(adapter, "send"):
            raise InvalidArgument(f"what is mounted is a prefix and an adapter, not {prefix!r:.60} and {adapter!r:.60}")
        # Anew: other threads may be looking for theirs just now.
        adapters = self.adapters.copy() if type(self.adapters) is OrderedDict else OrderedDict(self.adapters)
        adapters[prefix] = adapter
        for shorter in [each for each in adapters if len(each) < len(prefix)]:
            adapters[shorter] = adapters.pop(shorter)
        self.adapters = adapters

    def close(self) -> None:
        """Close the adapters and with them all idle connections."""
        for adapter in self.adapters.values():
            adapter.close()

    # The verbs.

    def get(self, url: _t.UriType, params: _t.ParamsType = None, **kwargs: Unpack[_t.GetKwargs]) -> Response:
        """Send a GET request."""
        if not kwargs:
            return self.request("GET", url, params=params, allow_redirects=True)
        kwargs.setdefault("allow_redirects", True)
        return self.request("GET", url, params=params, **kwargs)  # type: ignore[arg-type,misc]

    def options(self, url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
        """Send an OPTIONS request."""
        kwargs.setdefault("allow_redirects", True)
        return self.request("OPTIONS", url, **kwargs)  # type: ignore[arg-type,misc]

    def head(self, url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
        """Send a HEAD request; redirects are not followed unless asked for."""
        kwargs.setdefault("allow_redirects", False)
        return self.request("HEAD", url, **kwargs)  # type: ignore[arg-type,misc]

    def post(
        self, url: _t.UriType, data: _t.DataType = None, json: _t.JsonType = None, **kwargs: Unpack[_t.PostKwargs]
    ) -> Response:
        """Send a POST request."""
        if not kwargs:
            return self.request("POST", url, data=data, json=json)
        return self.request("POST", url, data=data, json=json, **kwargs)  # type: ignore[arg-type,misc]

    def put(self, url: _t.UriType, data: _t.DataType = None, **kwargs: Unpack[_t.DataKwargs]) -> Response:
        """Send a PUT request."""
        return self.request("PUT", url, data=data, **kwargs)  # type: ignore[arg-type,misc]

    def patch(self, url: _t.UriType, data: _t.DataType = None, **kwargs: Unpack[_t.DataKwargs]) -> Response:
        """Send a PATCH request."""
        return self.request("PATCH", url, data=data, **kwargs)  # type: ignore[arg-type,misc]

    def delete(self, url: _t.UriType, **kwargs: Unpack[_t.RequestKwargs]) -> Response:
        """Send a DELETE request."""
        return self.request("DELETE", url, **kwargs)  # type: ignore[arg-type,misc]


# The three steps of a request are functions, and the methods call them: a subclass may have any private name for itself.


def _prepared(
    session: Session,
    method: Any,
    url: Any,
    headers: Any,
    files: Any,
    data: Any,
    params: Any,
    auth: Any,
    cookies: Any,
    hooks: Any,
    json: Any,
) -> PreparedRequest:
    """What `Session.prepare_request` does."""
    if (
        session.trust_env
        and not auth
        and not session.auth
        and not (session.header_beats_netrc and session._has_authorization(headers))
    ):
        auth = get_netrc_auth(url)
    prepared = PreparedRequest()
    prepared.prepare(
        method=method,
        url=url,
        headers=session._merge_headers(headers),
        files=files,
        data=data,
        params=merge_setting(params, session.params) if session.params else params,
        auth=auth if session.auth is None else merge_setting(auth, session.auth),
        cookies=session._merge_cookies(cookies),
        hooks=merge_hooks(hooks, session.hooks),
        json=json,
    )
    return prepared


def _settings(
    session: Session, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
) -> tuple[Any, Any, Any, dict[str, Any]]:
    """What `Session.merge_environment_settings` does: stream, verify, cert, proxies."""
    # Not merge_setting: here None says "no proxy", which must not be forgotten before the environment is asked.
    given = _both(session.proxies, proxies) if session.proxies else proxies
    verify = session.verify if verify is None else verify
    has_proxies = False
    if session.trust_env:
        inherited = environment.snapshot()
        has_proxies = bool(inherited.proxies)
        if verify is True or verify is None:
            verify = inherited.ca_bundle or verify
    return (
        session.stream if stream is None else stream,
        verify,
        cert if session.cert is None else merge_setting(cert, session.cert),
        environment.merge_proxies(url or "", given, has_proxies) if given or has_proxies else MergedProxies(),
    )


def _sent(
    session: Session,
    request: PreparedRequest,
    follows: bool,
    timeout: _t.TimeoutType,
    stream: bool,
    verify: _t.VerifyType,
    cert: _t.CertType,
    proxies: dict[str, Any] | None,
    settings: dict[str, Any] | None = None,
) -> Response:
    """What `Session.send` does; `settings` is what was said to it, for adapters that take more, or not even a timeout."""
    if timeout is None:
        timeout = session.timeout
    if timeout is not None:
        timeout = begun(timeout)
    request._session_retries = session.retries
    if not proxies and type(proxies) is not MergedProxies:  # an empty mapping says nothing
        proxies = environment.resolve_proxies(request, session.proxies, session.trust_env)
    request._session_limits = session.limits
    if settings is not None:
        settings.update(stream=stream, verify=verify, cert=cert, proxies=proxies)
        if timeout is not None:
            settings["timeout"] = timeout

    adapter = session.get_adapter(request.url)  # type: ignore[arg-type]  # it looks
    start = time.perf_counter()
    if settings is None:
        response = adapter.send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
    else:
        response = adapter.send(request, **settings)
    seconds = time.perf_counter() - start
    known = response.__dict__
    known["_seconds"] = seconds
    if "elapsed" in known:
        del known["elapsed"]
    if not isinstance(response, Response):  # one of requests' own, say
        response.elapsed = _elapsed(seconds)

    hooks = request.hooks
    if hooks != NO_HOOKS and hooks and (type(hooks) is not dict or hooks.get("response")):
        settings = settings or {"stream": stream, "timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
        response = session._hooked(response, request, settings)
    raw = response.raw
    if type(raw) is not RawResponse or "set-cookie" in raw._fields.index or "history" in response.__dict__:
        session._keep_cookies(response, request)

    # A subclass may see redirects where we see none.
    decides = type(session).get_redirect_target is not SessionRedirectMixin.get_redirect_target
    if decides or (response.status_code in REDIRECT_STATI and "location" in response.headers):
        settings = settings or {"stream": stream, "timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
        response = session._redirected(response, request, follows, settings)
    unread = stream or (getattr(request, "_is_hop", False) and response.is_redirect)
    if not unread and type(response.raw) is not SwitchedResponse:
        response.content  # noqa: B018 - it reads the body, and so frees the connection
    return response


def _keep(jar: Any, asked: PreparedRequest, raw: Any) -> None:
    """Put the cookies of one response into a jar."""
    if raw is None or jar is None:
        return
    if type(raw) is not RawResponse:
        rules().extract_cookies_to_jar(jar, asked, raw)
    elif "set-cookie" in raw._fields.index:
        rules().extract_set_cookies(jar, asked, raw._fields.getlist("set-cookie"))


# The same three as methods, which programs override, in classes of theirs and in sessions.
_STEPS = frozenset(["prepare_request", "merge_environment_settings", "send"])
_steps = attrgetter(*_STEPS)
_OWN_STEPS, _OWN_REQUEST = _steps(Session), Request


def _has_own_steps(session: Any) -> bool:
    """Whether nobody has put a method in the way, so that the functions may be called directly."""
    try:
        return _steps(type(session)) == _OWN_STEPS and _STEPS.isdisjoint(session.__dict__) and Request is _OWN_REQUEST
    except AttributeError:
        return False  # something else, that borrows `request`


_OWN_MOUNT = Session.mount


def merge_setting(request_setting: Any, session_setting: Any, dict_class: Any = OrderedDict) -> Any:
    """What a call and a session say together: the call's value, or of two mappings both, where None removes a key.

    >>> dict(merge_setting({"a": None, "b": 2}, {"a": 1, "c": 3}))
    {'c': 3, 'b': 2}
    """
    if session_setting is None:
        return request_setting
    if request_setting is None:
        return session_setting
    if not (isinstance(session_setting, Mapping) and isinstance(request_setting, Mapping)):
        return request_setting
    merged = dict_class(to_key_val_list(session_setting))
    merged.update(to_key_val_list(request_setting))
    for key in [key for key, value in merged.items() if value is None]:
        del merged[key]
    return merged


def _both(mine: Any, given: Any) -> dict[str, Any]:
    try:
        return {**mine, **(given or {})}
    except TypeError:
        kinds = f"{type(mine).__name__} and {type(given).__name__}"
        raise InvalidProxyURL(f"proxies are mappings from schemes to URLs: the session's and the call's are {kinds}") from None


def merge_hooks(request_hooks: Any, session_hooks: Any, dict_class: Any = OrderedDict) -> Any:
    """For each event the call's hooks, else the session's: an empty list of either counts as none."""
    try:
        if session_hooks is None or session_hooks == NO_HOOKS:
            return request_hooks
        if request_hooks is None or request_hooks == NO_HOOKS:
            return session_hooks
        request_hooks = {event: hooks for event, hooks in request_hooks.items() if hooks}
    except AttributeError:
        kinds = f"{type(session_hooks).__name__} and {type(request_hooks).__name__}"
        raise InvalidArgument(f"hooks are mappings from events to hooks: the session's and the request's are {kinds}") from None
    return merge_setting(request_hooks, session_hooks, dict_class)


def session() -> Session:
    """A new session: the old name."""
    return Session()


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # More names that programs import from here, of modules that are costly to import.
        if name in ("RequestsCookieJar", "cookiejar_from_dict", "extract_cookies_to_jar", "merge_cookies"):
            from . import cookies

            return getattr(cookies, name)
        if name == "_basic_auth_str":
            from .auth import _basic_auth_str

            return _basic_auth_str
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
