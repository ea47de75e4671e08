"""Who is asking: the Authorization header for Basic and Digest, and the base class for other ways.

An authentication is a callable that is given the prepared request, last of all, and returns it. Basic (RFC 7617) only adds a
header. Digest (RFC 7616) has to be asked first: it listens for the response, and if that is a challenge, answers it by sending
the request once more. What it learns thereby it keeps for each thread, so that the next request is answered before it is asked.

A challenge is answered only for the origin that the user gave the credentials to. A redirect may lead to somebody else, and
whoever can make us answer a challenge of his own can try out passwords on the answer.
"""

from __future__ import annotations

import os
import re
import threading
from base64 import b64encode
from urllib.parse import quote

from .exceptions import InvalidURL, UnrewindableBodyError
from .sources import iterate, position_of, rewind_body
from .urls import DEFAULT_PORTS, parse_url, request_target

# isort: split
# Names that programs import from here.
from ._internal_utils import to_native_string as to_native_string
from .headers import parse_dict_header as parse_dict_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .cookies import extract_cookies_to_jar as extract_cookies_to_jar
    from .models import PreparedRequest, Response

    _Hash = Callable[[bytes], Any]  # of hashlib
    _Origin = tuple[str | None, str | None, int | None]

CONTENT_TYPE_FORM_URLENCODED = "application/x-www-form-urlencoded"
CONTENT_TYPE_MULTI_PART = "multipart/form-data"


class AuthBase:
    """The base of all authentications: a subclass has a `__call__` that changes the prepared request and returns it.

    >>> class TokenAuth(AuthBase):
    ...     def __call__(self, request):
    ...         request.headers["X-Token"] = "sesame"
    ...         return request
    """

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Sign a prepared request, and return it. Raises NotImplementedError here."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it does with a request: it has no __call__")


class HTTPBasicAuth(AuthBase):
    """Name and password, as they are, in every request.

    >>> from types import SimpleNamespace
    >>> HTTPBasicAuth("Aladdin", "open sesame")(SimpleNamespace(headers={})).headers
    {'Authorization': 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='}

    RFC 7617. What latin-1 has no letters for is sent as UTF-8.
    """

    def __init__(self, username: str | bytes, password: str | bytes) -> None:
        self.username = username
        self.password = password

    def __eq__(self, other: object) -> bool:
        return _same_credentials(self, other)

    __hash__ = None  # type: ignore[assignment]  # name and password may be changed

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the Authorization header."""
        r.headers["Authorization"] = _basic_auth_str(self.username, self.password)
        return r


class HTTPProxyAuth(HTTPBasicAuth):
    """The same for a proxy."""

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the Proxy-Authorization header."""
        r.headers["Proxy-Authorization"] = _basic_auth_str(self.username, self.password)
        return r


def _same_credentials(mine: Any, other: object) -> bool:
    missing = object()
    return (mine.username, mine.password) == (getattr(other, "username", missing), getattr(other, "password", missing))


def _basic_auth_str(username: str | bytes, password: str | bytes) -> str:
    """The value of the header.

    >>> _basic_auth_str("Aladdin", "open sesame")
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='
    """
    pair = [_text_or_bytes(username, "usernames"), _text_or_bytes(password, "passwords")]
    try:
        octets = [part.encode("latin-1") if isinstance(part, str) else part for part in pair]
    except UnicodeEncodeError:
        octets = [_utf8(part) for part in pair]  # both: nobody expects two encodings in one header
    return "Basic " + b64encode(b":".join(octets)).decode("ascii")


def _text_or_bytes(part: Any, what: str) -> str | bytes:
    if isinstance(part, (str, bytes)):
        return part
    import warnings  # nearly nobody needs it

    warnings.warn(
        f"{what} that are neither str nor bytes are deprecated; this one is {type(part).__name__}", DeprecationWarning, stacklevel=4
    )
    return str(part)


def _utf8(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode("utf-8", "surrogatepass")


# --- Digest


class HTTPDigestAuth(AuthBase):
    """Name and password, proved without being sent: each request answers a challenge of the server.

    >>> import minireq
    >>> auth = HTTPDigestAuth("Mufasa", "Circle of Life")
    >>> minireq.get("http://example.org/", auth=auth).status_code
    200

    RFC 7616: MD5, SHA-256 and SHA-512-256 (and SHA-1 and SHA-512, which some servers offer), each also as a session (`-sess`), with
    `auth`, `auth-int` or no quality of protection. Of several challenges, that with the strongest algorithm is answered; what
    cannot be answered is left to the caller as the 401 that it is. One object may be used by several threads.
    """

    def __init__(self, username: str | bytes, password: str | bytes) -> None:
        self.username = username
        self.password = password
        self._thread_local = threading.local()
        self._origins: set[_Origin] = set()  # that the user has made requests to with these credentials

    def __eq__(self, other: object) -> bool:
        return _same_credentials(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Answer the challenge that is already known, if there is one, and listen for the next."""
        self.init_per_thread_state()
        state = self._thread_local
        origin = _origin(r.url)
        self._origins.add(origin)
        if state.last_nonce and state.origin in (None, origin):
            self._sign(r)
        state.pos = position_of(r.body)
        r.register_hook("response", self.handle_401)
        r.register_hook("response", self.handle_redirect)
        state.num_401_calls = 1
        return r

    def init_per_thread_state(self) -> None:
        """Begin without any challenge, if this thread has not begun yet."""
        state = self._thread_local
        if not hasattr(state, "init"):
            state.init = True
            state.last_nonce = ""
            state.nonce_count = 0
            state.chal = {}
            state.pos = None  # where the body begins; for those who look at it, since the request knows it too
            state.num_401_calls = None
            state.origin = None  # whose challenge it is
            state.body = None  # what auth-int has to sign
            state.cnonce = ""

    def handle_redirect(self, r: Response, **kwargs: Any) -> None:
        """After a redirect there may be a challenge again."""
        self.init_per_thread_state()
        if r.is_redirect:
            self._thread_local.num_401_calls = 1

    def handle_401(self, r: Response, **kwargs: Any) -> Response:
        """Answer a challenge: the response to the request that was sent once more, or the same response if there is none to answer.

        Raises UnrewindableBodyError if there is, and the request's body cannot be sent twice.
        """
        self.init_per_thread_state()
        state = self._thread_local
        challenge = self._challenge(r)
        if challenge is None or state.num_401_calls == 2:
            state.num_401_calls = 1
            return r
        state.num_401_calls = 2
        response = self._answer(r, challenge, kwargs)
        challenge = None if response is r else self._challenge(response)
        if challenge is None:
            state.num_401_calls = 1
        elif challenge.get("stale", "").lower() == "true" and challenge["nonce"] != state.last_nonce:
            # The server has forgotten its nonce already. It says so, and does not doubt the password.
            response = self._answer(response, challenge, kwargs)
        return response

    def _challenge(self, r: Any) -> dict[str, str] | None:
        """The best of the challenges that a response makes, of those that we can answer, and may."""
        if not 400 <= r.status_code < 500 or not self._may_answer(_origin(r.request.url)):
            return None
        fields = _fields(r, "www-authenticate")
        digests = [found for field in fields for scheme, found in _challenges(field) if scheme == "digest"]
        return max(filter(_can_be_answered, digests), key=lambda found: _STRENGTHS[_algorithm_names(found)[0]], default=None)

    def _may_answer(self, origin: _Origin) -> bool:
        # Without any origin of our own, somebody else's authentication has called us, and knows why. An origin may also have
        # begun to speak https, each at its default port.
        scheme, host, port = origin
        was = ("http", host, 80) if (scheme, port) == ("https", 443) else origin
        return not self._origins or origin in self._origins or was in self._origins

    def _answer(self, r: Response, challenge: dict[str, str], kwargs: dict[str, Any]) -> Response:
        """Send the request of a response once more, with the answer; the same response if there is no answer after all."""
        self._thread_local.chal = challenge
        self._thread_local.origin = _origin(r.request.url)
        again = r.request.copy()
        if position_of(again.body) is not None:
            try:
                rewind_body(again)
            except UnrewindableBodyError as error:
                r.close()
                error.response = r
                raise
        _take_over_cookies(again, r)
        if not self._sign(again):
            return r
        r._drop_body()
        response = r.connection.send(again, **kwargs)
        response.history = [*r.history, r]
        response.request = again
        return response

    def _sign(self, request: Any) -> bool:
        """Give a request its header; False if there is no answer to the challenge."""
        self._thread_local.body = request.body
        header = self.build_digest_header(request.method, request.url)
        self._thread_local.body = None
        if header:
            request.headers["Authorization"] = header
        return bool(header)

    def build_digest_header(self, method: str, url: str) -> str | None:
        """The Authorization header for a request, answering this thread's challenge (`chal`); None if that cannot be answered."""
        state = self._thread_local
        challenge = state.chal
        algorithm, quality = _algorithm(challenge), _quality(challenge)
        if algorithm is None or quality is None or not _can_be_answered(challenge):
            return None

        def digest(*parts: str | bytes) -> str:
            hexadecimal: str = algorithm(b":".join(map(_utf8, parts))).hexdigest()
            return hexadecimal

        realm, nonce, uri = _octets(challenge["realm"]), _octets(challenge["nonce"]), request_target(url)
        is_session = _algorithm_names(challenge)[1]
        is_new = challenge["nonce"] != state.last_nonce
        count = 1 if is_new else state.nonce_count + 1
        # The key of a session is made of the first client nonce, so that one is kept (RFC 7616, section 3.4.2).
        cnonce = state.cnonce if is_session and not is_new and state.cnonce else _new_cnonce()

        secret = digest(self.username, realm, self.password)
        if is_session:
            secret = digest(secret, nonce, cnonce)
        request = digest(method, uri)
        if quality == "auth-int":
            entity = _digest_of_body(state.body, algorithm)
            if entity is None:
                return None
            request = digest(method, uri, entity)
        proof = digest(secret, nonce, f"{count:08x}", cnonce, quality, request) if quality else digest(secret, nonce, request)
        state.last_nonce, state.nonce_count, state.cnonce = challenge["nonce"], count, cnonce

        # In requests' order, and with requests' quotes.
        fields = [
            self._user(challenge, digest),
            f"realm={_quoted(challenge['realm'])}",
            f"nonce={_quoted(challenge['nonce'])}",
            f"uri={_quoted(uri)}",
            f'response="{proof}"',
        ]
        if "opaque" in challenge:
            fields.append(f"opaque={_quoted(challenge['opaque'])}")
        if challenge.get("algorithm"):
            fields.append(f"algorithm={_quoted(challenge['algorithm'])}")
        if quality:
            fields += [f'qop="{quality}"', f"nc={count:08x}"]
        if quality or is_session:
            fields.append(f'cnonce="{cnonce}"')
        if _wants_userhash(challenge):
            fields.append("userhash=true")
        return "Digest " + ", ".join(fields)

    def _user(self, challenge: dict[str, str], digest: Callable[..., str]) -> str:
        name = _utf8(self.username)
        if _wants_userhash(challenge):
            return f'username="{digest(name, _octets(challenge["realm"]))}"'
        if not name.isascii() and challenge.get("charset", "").lower() == "utf-8":
            return f"username*=UTF-8''{quote(name, safe='')}"
        return f"username={_quoted(name.decode('latin-1'))}"

    # What a thread has learned stays there: a copy, or an object out of a pickle, begins anew.

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_thread_local", "_origins")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _thread_local=threading.local(), _origins=set())


# --- where requests go, and how they go again


def _origin(url: str | None) -> _Origin:
    try:
        parts = parse_url(url or "")
    except InvalidURL:
        return None, None, None
    return parts.scheme, parts.host, parts.port or DEFAULT_PORTS.get(parts.scheme or "")


def _take_over_cookies(again: Any, r: Any) -> None:
    """Let the request send the cookies that came with the challenge."""
    if "Set-Cookie" not in r.headers:
        return
    from .cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header  # costly to import, and seldom needed

    jar = RequestsCookieJar() if again._cookies is None else again._cookies
    written = again.headers.pop("Cookie", None)
    by_hand = written is not None and written != get_cookie_header(jar, again)
    extract_cookies_to_jar(jar, r.request, r.raw)
    if by_hand:
        again.headers["Cookie"] = written
    again.prepare_cookies(jar)


# --- challenges (RFC 9110, section 11.3)

_GAP = re.compile(r'[\s,="]*')
_WORD = re.compile(r'[^\s,="]+')
_ASSIGNS = re.compile(r"[ \t]*=[ \t]*")
_BARE_VALUE = re.compile(r"[^\s,]*")
_QUOTE_OR_BACKSLASH = re.compile(r'["\\]')


def _fields(r: Any, name: str) -> list[str]:
    """The values of a header, one by one where that can be told: what is wrong with one should not spoil the next."""
    getlist = getattr(getattr(r.raw, "headers", None), "getlist", None)
    return (getlist(name) if getlist else None) or [r.headers.get(name, "")]


def _challenges(text: str) -> list[tuple[str, dict[str, str]]]:
    r"""The challenges of a header: scheme and parameters, both with names in lower case. Never fails; takes time in proportion.

    >>> _challenges(r'Basic realm="x", Digest realm="a, \"b\"", nonce=n')
    [('basic', {'realm': 'x'}), ('digest', {'realm': 'a, "b"', 'nonce': 'n'})]
    """
    found: list[tuple[str, dict[str, str]]] = []
    position = 0
    while True:
        position = _end(_GAP, text, position)
        word = _WORD.match(text, position)
        if word is None:
            return found
        position = word.end()
        assigns = _ASSIGNS.match(text, position)
        if assigns is None:
            found.append((word[0].lower(), {}))
            continue
        value, position = _value(text, assigns.end())
        if found:
            found[-1][1].setdefault(word[0].lower(), value)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _value(text: str, start: int) -> tuple[str, int]:
    """A value and where it ends. Quotes that nobody closes reach to the end."""
    if text[start : start + 1] != '"':
        end = _end(_BARE_VALUE, text, start)
        return text[start:end], end
    pieces = []
    start += 1
    while mark := _QUOTE_OR_BACKSLASH.search(text, start):
        pieces.append(text[start : mark.start()])
        if mark[0] == '"':
            return "".join(pieces), mark.end()
        pieces.append(text[mark.end() : mark.end() + 1])
        start = mark.end() + 1
    return "".join(pieces) + text[start:], len(text)


# --- what goes into an answer (RFC 7616, section 3.4)

# The names that hashlib has for them, from weak to strong.
_ALGORITHMS = {"MD5": "md5", "SHA": "sha1", "SHA-256": "sha256", "SHA-512": "sha512", "SHA-512-256": "sha512_256"}
_STRENGTHS = {name: strength for strength, name in enumerate(_ALGORITHMS)}


def _algorithm_names(challenge: dict[str, str]) -> tuple[str, bool]:
    """The name of the algorithm, and whether it is for a session."""
    name = (challenge.get("algorithm") or "MD5").upper()
    return (name[:-5], True) if name.endswith("-SESS") else (name, False)


def _algorithm(challenge: dict[str, str]) -> _Hash | None:
    """The hash that a challenge wants; None if it is unknown, or this Python does without it."""
    name = _ALGORITHMS.get(_algorithm_names(challenge)[0])
    if name is None:
        return None
    import hashlib  # loads OpenSSL

    try:
        hashlib.new(name, usedforsecurity=False)
    except ValueError:
        return None
    return lambda data: hashlib.new(name, data, usedforsecurity=False)


def _new_cnonce() -> str:
    return os.urandom(16).hex()


def _digest_of_body(body: Any, algorithm: _Hash) -> str | None:
    """The hash of a body; None if looking at it would use it up."""
    position = position_of(body)
    if position is not None and not isinstance(position, int):
        return None
    digest = algorithm(b"")
    for piece in iterate(body) if body else ():
        digest.update(piece)
    if position is not None:
        body.seek(position)
    hexadecimal: str = digest.hexdigest()
    return hexadecimal


def _can_be_answered(challenge: dict[str, str]) -> bool:
    return "realm" in challenge and "nonce" in challenge and _quality(challenge) is not None and _algorithm(challenge) is not None


def _quality(challenge: dict[str, str]) -> str | None:
    """Which quality of protection is taken: "auth" rather than "auth-int", "" if none was offered, None if neither of these."""
    offered = challenge.get("qop")
    if not offered:
        return ""
    names = [name.strip().lower() for name in offered.split(",")]
    return next((name for name in ("auth", "auth-int") if name in names), None)


def _wants_userhash(challenge: dict[str, str]) -> bool:
    return challenge.get("userhash", "").lower() == "true"


def _octets(text: str) -> bytes:
    # What a header said: latin-1 is how octets are shown there.
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return _utf8(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # One more name that programs import from here, of a module that is costly to import.
        if name == "extract_cookies_to_jar":
            from .cookies import extract_cookies_to_jar

            return extract_cookies_to_jar
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
