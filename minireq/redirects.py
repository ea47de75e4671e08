"""From a response to the next request: where it leads, with which method, and what must not go along.

What a request carries belongs to the origin it was made for: scheme, host and port. When a redirect leaves that origin,
credentials, cookies given with the call and a Host set by hand stay behind, and do not come back on a later hop.
"""

from __future__ import annotations

from . import bodies, urls
from .environment import resolve_proxies, select_proxy
from .exceptions import (
    InvalidArgument,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    RedirectsExceeded,
    RequestException,
    TooManyRedirects,
)
from .limits import limits_for
from .pools import begun
from .responses import Response
from .status_codes import codes
from .structures import PatternOnUse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from . import _types as _t
    from .prepared import PreparedRequest


class SessionRedirectMixin:
    """What a session knows of redirects."""

    max_redirects: int
    trust_env: bool
    cookies: Any

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request: the session's."""
        raise NotImplementedError

    def _netrc_auth(self, url: str) -> tuple[str, str] | None:
        """User and password for a URL from netrc: the session's."""
        raise NotImplementedError

    def get_redirect_target(self, resp: Response) -> str | None:
        """Where a response leads, as it says it; None if nowhere."""
        if not resp.is_redirect:
            return None
        location = resp.headers["location"]
        getlist = getattr(getattr(resp.raw, "headers", None), "getlist", None)
        several = list(getlist("location")) if getlist is not None and "," in location else []
        if len(set(several)) > 1:
            raise InvalidURL("the redirect has two Locations that differ", response=resp)
        if several:
            location = several[0]  # the headers show two equal ones joined
        # Header values come as latin-1; what is not ASCII in a Location is UTF-8 in practice.
        try:
            return location.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return location

    def should_strip_auth(self, old_url: str, new_url: str) -> bool:
        """Whether credentials for the old URL must not be sent to the new one: not to another host, nor to another port.

        One change is no change of origin: from http to https on their own ports, which makes things only safer.
        """
        old, new = urls.parse_url(old_url), urls.parse_url(new_url)
        if old.host != new.host:
            return True
        if (old.scheme, new.scheme) == ("http", "https") and old.port in (80, None) and new.port in (443, None):
            return False
        return _origin(old) != _origin(new)

    def rebuild_method(self, prepared_request: PreparedRequest, response: Response) -> None:
        """The method of the next request (RFC 9110, section 15.4).

        303 makes everything but HEAD a GET; so do browsers with 302, and with POST on 301.
        """
        method, status = prepared_request.method, response.status_code
        if (
            (status == codes.see_other and method != "HEAD")
            or (status == codes.found and method != "HEAD")
            or (status == codes.moved and method == "POST")
        ):
            prepared_request.method = "GET"

    def rebuild_proxies(self, prepared_request: PreparedRequest, proxies: dict[str, Any] | None) -> dict[str, Any]:
        """The proxies for the next URL; what one proxy was shown is not shown to the next."""
        headers, url = prepared_request.headers, prepared_request.url or ""
        headers.pop("Proxy-Authorization", None)
        proxies = resolve_proxies(prepared_request, proxies, self.trust_env)
        proxy = select_proxy(url, proxies)
        if proxy and url.startswith("http:"):
            user, password = urls.get_auth_from_url(proxy)
            if user or password:
                from .auth import _basic_auth_str

                headers["Proxy-Authorization"] = _basic_auth_str(user, password)
        return proxies

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Leave credentials behind where they do not belong; look up those of the new host in netrc."""
        headers, url = prepared_request.headers, prepared_request.url
        assert url is not None
        if "Authorization" in headers:
            if not self.should_strip_auth(response.request.url or "", url):
                return  # what the caller or netrc said for this origin still holds
            del headers["Authorization"]
        if self.trust_env:
            found = self._netrc_auth(url)
            if found is not None:
                prepared_request.prepare_auth(found)

    def resolve_redirects(
        self,
        resp: Response,
        req: PreparedRequest,
        stream: bool = False,
        timeout: _t.TimeoutType = None,
        verify: _t.VerifyOverride = True,
        cert: _t.CertOverride = None,
        proxies: dict[str, Any] | None = None,
        yield_requests: bool = False,
        **adapter_kwargs: Any,
    ) -> Generator[Any, None, None]:
        """Follow redirects: the responses, or with `yield_requests` the requests without sending them.

        Raises `TooManyRedirects`; an error of an unusable Location carries the response that had it.
        """
        timeout = begun(timeout)
        history: list[Response] = []
        while (target := self._target(resp, history)) is not None:
            resp.history = list(history)
            history.append(resp)
            if not yield_requests:
                resp._drop_body()
            self._count(resp, history)
            try:
                req = self._next_request(req, resp, target)
                proxies = self.rebuild_proxies(req, proxies)
                self.rebuild_auth(req, resp)
                if yield_requests:
                    yield req
                    return
                req._is_hop = True
                resp = self.send(
                    req, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies, allow_redirects=False,
                    **adapter_kwargs,
                )  # fmt: skip
            except (InvalidURL, InvalidSchema, MissingSchema) as error:
                raise _blame(error, resp, history) from error.__cause__
            except RequestException as error:
                error._attempts = (*resp.attempts, *error._attempts)
                raise
            yield resp

    def _count(self, resp: Response, history: list[Response]) -> None:
        """Raise if no more redirects are followed: as limits say, else the session's `max_redirects`."""
        limits = limits_for(resp.request, resp.connection)
        most = None if limits is None else limits.redirects
        if most is None:
            if _is_above(len(resp.history), self.max_redirects):
                raise _blame(TooManyRedirects(f"Exceeded {self.max_redirects} redirects."), resp, history)
        elif len(resp.history) >= most:
            error = RedirectsExceeded(f"Exceeded {most} redirects. (limit redirects={most}; Limits(redirects=...) sets another)")
            error.limit, error.value = "redirects", most
            raise _blame(error, resp, history)

    def _target(self, resp: Response, history: list[Response]) -> str | None:
        try:
            return self.get_redirect_target(resp) or None
        except InvalidURL as error:
            raise _blame(error, resp, history) from error.__cause__

    def _next_request(self, req: PreparedRequest, resp: Response, target: str) -> PreparedRequest:
        """The request that a redirect of `req` makes."""
        prepared = req.copy()
        prepared.url = next_url(resp.url, req.url or "", target)
        self._stay_out_of_sockets(req.url or "", prepared.url)
        self.rebuild_method(prepared, resp)
        headers = prepared.headers
        if _keeps_body(resp.status_code, req.method, prepared.method):
            _rewind(prepared)
        else:
            for name in ("Content-Length", "Content-Type", "Transfer-Encoding", "Trailer"):
                headers.pop(name, None)
            prepared.body = prepared.trailers = None
        # The jar decides anew for every request what is sent. Cookies that were given with the call stay with its origin.
        headers.pop("Cookie", None)
        leaves = self.should_strip_auth(req.url or "", prepared.url)
        if leaves:
            headers.pop("Host", None)
        self._choose_cookies(prepared, req, resp, leaves)
        return prepared

    def _stay_out_of_sockets(self, old: str, new: str) -> None:
        """No server decides that a Unix socket of this machine is asked, except the one behind that very socket."""
        old_parts, new_parts = urls.parse_url(old), urls.parse_url(new)
        adapter_for = getattr(self, "get_adapter", None)
        if new_parts.scheme == urls.UNIX:
            enters = old_parts[:4] != new_parts[:4]
        elif adapter_for is not None and new_parts.scheme in urls.DEFAULT_PORTS:
            enters = getattr(adapter_for(new), "uds", None) is not None and adapter_for(old) is not adapter_for(new)
        else:
            enters = False
        if enters:
            raise InvalidSchema(f"the redirect leads into a Unix socket of this machine: {new_parts.scheme}://{new_parts.netloc}")

    def _choose_cookies(self, prepared: PreparedRequest, req: PreparedRequest, resp: Response, leaves: bool) -> None:
        given = req.__dict__.get("_cookies")
        mine = self.__dict__.get("cookies")
        if given is None and mine is None:
            return
        from .cookies import RequestsCookieJar, extract_cookies_to_jar, merge_cookies

        jar = RequestsCookieJar() if leaves or given is None else prepared._cookies
        extract_cookies_to_jar(jar, req, resp.raw)
        if mine is not None:
            merge_cookies(jar, mine)
        prepared.prepare_cookies(jar)
        prepared._cookies = jar


_HAS_AUTHORITY = PatternOnUse("(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")


def next_url(base: str, asked: str, target: str) -> str:
    """The absolute URL for the target of a redirect; a fragment that the target lacks is inherited (RFC 9110, section 10.2.2).

    >>> next_url("http://example.org/a/b", "http://example.org/a/b#top", "../c d")
    'http://example.org/c%20d#top'
    """
    target = target.strip(" \t\r\n")
    try:
        if _HAS_AUTHORITY.match(target):
            # Before anything is quoted: a backslash makes it unclear where the host ends, and names have a spelling of their own.
            parts = urls.parse_url(target)
            if not target.isascii():
                target = parts.url if parts.scheme else f"//{parts.url}"
        joined = _joined(base, urls.requote_uri(target))
    except InvalidURL:
        raise
    except ValueError as error:
        raise InvalidURL(f"the redirect leads to no URL: {target!r}: {error}") from error
    fragment = asked.partition("#")[2]
    if fragment and "#" not in joined:
        joined = f"{joined}#{fragment}"
    return joined


def _joined(base: str | None, target: str) -> str:
    from urllib.parse import urljoin  # costly to import, and a redirect is the first to need it

    if not base or not base.lower().startswith(f"{urls.UNIX}:"):
        return urljoin(base or "", target)
    # urljoin knows nothing of this scheme, and the rules are those of http.
    joined = urljoin(f"http{base[len(urls.UNIX) :]}", target)
    return joined if urls.parse_url(target).scheme else f"{urls.UNIX}{joined[4:]}"


def _is_above(count: int, most: Any) -> bool:
    try:
        return bool(count >= most)
    except TypeError:
        raise InvalidArgument(f"max_redirects is a number of redirects, not {most!r:.60}") from None


def _origin(url: urls.URL) -> tuple[str | None, str | None, int | None]:
    return url.scheme, url.host, url.port or urls.DEFAULT_PORTS.get(url.scheme or "")


def _keeps_body(status: int, before: str | None, after: str | None) -> bool:
    """Whether a redirect asks for the same body again: by 307 and 308, and by 301 where the method stays and has a use for one."""
    if status in (codes.temporary_redirect, codes.permanent_redirect):
        return True
    return status == codes.moved and after == before and before not in ("GET", "HEAD")


def _rewind(prepared: PreparedRequest) -> None:
    """Make the body ready to be sent again; one that was a stream is put back, or cannot be sent."""
    if prepared._body_position is not None and prepared.body is not None:
        bodies.rewind_body(prepared)


def _blame(error: RequestException, resp: Response, history: list[Response]) -> RequestException:
    """The error with the response whose Location is to blame, and those before it."""
    if error.response is None:
        error.response = resp
        error.request = error.request or resp.request
    resp.history = [each for each in history if each is not resp]
    error.history = resp.history  # type: ignore[attr-defined]
    return error
