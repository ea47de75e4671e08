"""URLs: what a URL says, what is sent for it, and what requests' helpers make of it.

One parser (RFC 3986) answers everybody who asks a URL where it leads: name lookup, TLS, Host, proxy rules, cookies and the pool's
key all see the same host. What can be read in two ways is refused, for the second reader may be an attacker's: no control
character and no backslash in the authority, no blank and no encoded delimiter in the host, no digits but ASCII's in the port.
Everything else is repaired as browsers and requests repair it: unsafe characters are quoted, "." and ".." are taken out of the
path, scheme and host are written small, other letters than ASCII's become punycode (`idna`).

Nearly all URLs need none of that: `_CLEAN` recognises them in one go. Every pattern here is linear: what follows a repetition is
never in its character class.
"""

from __future__ import annotations

import re
from collections import namedtuple
from functools import lru_cache

from .exceptions import InvalidURL, MissingSchema
from .structures import PatternOnUse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class _Parts(NamedTuple):
        scheme: str | None
        auth: str | None
        host: str | None
        port: int | None
        path: str | None
        query: str | None
        fragment: str | None

else:
    _Parts = namedtuple("_Parts", "scheme auth host port path query fragment")

DEFAULT_PORTS = {"http": 80, "https": 443}
UNIX = "http+unix"  # http over a Unix socket, whose path stands, percent-encoded, in the place of the host
UNRESERVED_SET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# What may stand unquoted beside the unreserved characters (RFC 3986, sections 3.2.1, 3.3 and 3.4).
_USER_SAFE = "!$&'()*+,;=:"
_PATH_SAFE = _USER_SAFE + "@/"
_QUERY_SAFE = _PATH_SAFE + "?"


class URL(_Parts):
    """The parts of a URL: what is not there is None, the host is in lower case, and an IPv6 address in brackets.

    The names are those of urllib3's `Url`. `auth` is "user:password" as it is quoted in the URL.
    """

    __slots__ = ()

    @property
    def hostname(self) -> str | None:
        """The host."""
        return self.host

    @property
    def netloc(self) -> str | None:
        """Host and port."""
        return self.host if self.host is None or self.port is None else f"{self.host}:{self.port}"

    @property
    def authority(self) -> str | None:
        """User, host and port, as they stand in a URL."""
        if self.host is None:
            return None
        user = "" if self.auth is None else f"{self.auth}@"
        # In a URL the zone of an IPv6 address is set off by an encoded "%" (RFC 6874, section 2).
        host = self.host.replace("%", "%25") if self.host.startswith("[") else self.host
        return f"{user}{host}" if self.port is None else f"{user}{host}:{self.port}"

    @property
    def request_uri(self) -> str:
        """Path and query."""
        return (self.path or "/") + ("" if self.query is None else f"?{self.query}")

    @property
    def url(self) -> str:
        """The parts, put together again."""
        scheme = "" if self.scheme is None else f"{self.scheme}://"
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{scheme}{self.authority or ''}{self.path or ''}{query}{fragment}"

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return _Parts.__repr__(self if self.auth is None else self._replace(auth="***"))


# --- a URL is made fit to be requested


def _text(safe: str) -> str:
    """The pattern of text that needs no quoting: safe characters, and octets that stay encoded, in capital letters."""
    chars = f"[A-Za-z0-9._~{safe}-]*"
    # all octets but those of unreserved characters (RFC 3986, section 2.3)
    encoded = "%(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-DF])"
    return f"{chars}(?:{encoded}{chars})*"


_PATH = f"/{_text(_PATH_SAFE)}"
_QUERY = rf"(?!#|\Z){_text(_QUERY_SAFE)}"  # not an empty one; a fragment's pattern is the same
# scheme, host, port, path, query, fragment. Ports from 65000 on are left to the slow path.
_CLEAN = re.compile(
    r"(https?)://([a-z0-9][a-z0-9._-]*)(?::([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?"
    rf"(?:({_PATH})(?:\?({_QUERY}))?(?:#({_QUERY}))?)?"
).fullmatch
_CLEAN_QUERY = PatternOnUse(_text(_QUERY_SAFE))


def prepare_url(url: object, query: str | None = None) -> str:
    """The URL as it will be requested, with `query` (encoded already) added to its own.

    >>> prepare_url("HTTP://EXAMPLE.com/%7efoo/%2e/../b c?q=é#f")
    'http://example.com/~foo/b%20c?q=%C3%A9#f'
    >>> prepare_url("http://straße.de?a=1", "b=2")
    'http://xn--strae-oqa.de/?a=1&b=2'

    Bytes are UTF-8. A URL whose scheme does not begin with "http" is somebody else's, and stays as it is. Raises `MissingSchema`
    where there is no scheme, and `InvalidURL` where there is no host, or none that is clear.
    """
    clean = (_clean if len(url) < _KNOWN else _clean.__wrapped__)(url) if type(url) is str else None
    if clean is not None:
        if not query:
            return clean
        if "#" not in clean and _CLEAN_QUERY.fullmatch(query):
            return f"{clean}&{query}" if "?" in clean else f"{clean}?{query}"
    return _prepare(_as_text(url).lstrip(), query or "")


_KNOWN = 500  # longer URLs are not worth keeping


@lru_cache(maxsize=256)
def _clean(url: str) -> str | None:
    """A URL that needs no more than a path, with that; else None. A program asks for the same ones over and over."""
    # A segment that begins with a dot may be "." or "..".
    if not _CLEAN(url) or "/." in url:
        return None
    # The shortest that comes before a path is "http://h", and no host begins with a slash.
    return url if url.find("/", 8) > 0 else f"{url}/"


def _as_text(url: object) -> str:
    if not isinstance(url, bytes):
        return str(url)
    try:
        return url.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidURL(f"Invalid URL {_masked(url.decode('latin-1'))!r}: it is not UTF-8") from error


def _prepare(url: str, query: str) -> str:
    if ":" in url and not url.lower().startswith("http"):
        return url
    parts = _parse(url)
    if not parts.scheme:
        raise MissingSchema(f"Invalid URL {_masked(url)!r}: No scheme supplied. Perhaps you meant https://{_masked(url)}?")
    if not parts.host:
        raise InvalidURL(f"Invalid URL {_masked(url)!r}: No host supplied")
    if parts.host.startswith(("*", ".")):
        raise InvalidURL(f"Invalid URL {_masked(url)!r}: URL has an invalid label.")
    # Each part by itself: quoting the whole would quote once more what is quoted, whenever a lone "%" stands anywhere.
    own, query = requote_uri(parts.query or ""), requote_uri(query)
    return parts._replace(
        auth=parts.auth and requote_uri(parts.auth),
        host=parts.host if parts.host.startswith("[") else requote_uri(parts.host),
        path=requote_uri(parts.path or "/"),
        query=(f"{own}&{query}" if own and query else own or query) or None,
        fragment=requote_uri(parts.fragment) if parts.fragment else None,
    ).url


def _masked(url: str) -> str:
    """The URL for an error text, without what may be a password, even if its "/" or "#" should have been quoted.

    >>> _masked("http://user:secret@host/"), _masked("http://user:sec/ret@host/")
    ('http://***@host/', 'http://***@host/')
    """
    return _SECRET.sub(r"\1***@", url)


_SECRET = PatternOnUse(r"\A((?:[^/?#]*//)?)(?:[^/?#]*@|[^/?#:]*:.*@)", re.DOTALL)


# --- a URL is taken apart

# As urllib3 reads it: what begins neither with a scheme nor with a slash begins with the host.
_BEGINS_WITH_SCHEME = PatternOnUse(r"[A-Za-z][A-Za-z0-9+-]*:|/")
_PARTS = PatternOnUse(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)


def parse_url(url: str) -> URL:
    """The parts of a URL, in the form in which they are compared and sent.

    >>> parse_url("HTTPS://me:secret@Example.org:8080/a b")
    URL(scheme='https', auth='***', host='example.org', port=8080, path='/a%20b', query=None, fragment=None)
    >>> parse_url("example.org:80").netloc
    'example.org:80'

    Raises `InvalidURL` for an authority that is not one (RFC 3986, section 3.2), and for a name that no name server can hold
    (RFC 1035, section 2.3.4). Of schemes other than http and https only the authority is looked at.
    """
    clean = _CLEAN(url)
    if clean is None or "/." in url:
        parts = _parse(url)
    else:
        scheme, host, port, path, query, fragment = clean.groups()
        parts = URL(scheme, None, host, int(port) if port else None, path, query, fragment)
    if parts.host and (len(parts.host) > 63 or ".." in parts.host):
        _check_lengths(parts.host, parts.scheme)
    return parts


def _parse(url: str) -> URL:
    scheme, authority, path, query, fragment = _split(url if not url or _BEGINS_WITH_SCHEME.match(url) else f"//{url}")
    scheme = scheme and scheme.lower()
    is_web = scheme in (None, "http", "https")
    auth, host, port = _split_authority(authority, is_web, url) if authority else (None, None, None)
    if is_web:
        auth = auth and _quoted(auth, _USER_SAFE)
        path = _quoted(_without_dots(path), _PATH_SAFE)
        query = query and _quoted(query, _QUERY_SAFE)
        fragment = fragment and _quoted(fragment, _QUERY_SAFE)
    if path and not path.startswith("/"):
        path = f"/{path}"
    if not path and query is None and fragment is None:
        return URL(scheme, auth, host, port, None, None, None)
    return URL(scheme, auth, host, port, path, query, fragment)


def _split(url: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    """Scheme, authority, path, query and fragment, as they stand there (RFC 3986, appendix B)."""
    match = _PARTS.fullmatch(url)
    assert match is not None  # the pattern matches every text
    scheme, authority, path, query, fragment = match.groups()
    return scheme, authority, path, query, fragment


def _without_dots(path: str) -> str:
    """The path without its "." and ".." segments (RFC 3986, section 5.2.4)."""
    if "/." not in path or not path.startswith("/"):
        return path
    segments = path[1:].split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


_OCTET = PatternOnUse("%[0-9A-Fa-f]{2}")


def _quoted(text: str, safe: str) -> str:
    """The text with everything quoted that is not safe: "%" too, unless each of them begins an encoded octet."""
    from urllib.parse import quote  # costly to import: most URLs are fit to be requested as they are

    text, octets = _OCTET.subn(lambda octet: octet[0].upper(), text)
    return quote(text, safe + "%" if octets == text.count("%") else safe, errors="surrogatepass")


# --- the authority

_UNCLEAR = PatternOnUse(r"[\x00-\x1f\x7f\\]")
_HOST_AND_PORT = PatternOnUse(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_WEB_HOST = PatternOnUse(r"[A-Za-z0-9._~!$&'()*+,;=-]*")
_OTHER_HOST = PatternOnUse("[^ %]*(?:%[0-9A-Fa-f]{2}[^ %]*)*")  # http+unix://%2Frun%2Fdocker.sock
_ZONE = PatternOnUse("(?:25)?([A-Za-z0-9._~-]+)")


def _split_authority(authority: str, is_web: bool, url: str) -> tuple[str | None, str, int | None]:
    """User, host and port."""
    auth, _, host_and_port = authority.rpartition("@")
    match = _HOST_AND_PORT.fullmatch(host_and_port)
    if _UNCLEAR.search(authority):
        raise _invalid(url, "a backslash or a control character before its path")
    if match is None:
        raise _invalid(url, "no valid host or port")
    host, port = match.groups()
    if host.startswith("["):
        host = _ipv6(host, url)
    elif is_web:
        host = _web_host(host, url)
    elif not _OTHER_HOST.fullmatch(host):
        raise _invalid(url, "no valid host")
    elif not host.isascii():
        host = idna_encode(host)
    return auth or None, host, _port(port, url) if port else None


def _invalid(url: str, why: str) -> InvalidURL:
    return InvalidURL(f"Invalid URL {_masked(url)!r}: {why}")


def _web_host(host: str, url: str) -> str:
    name = unquote_unreserved(host)
    if not name.isascii():
        name = idna_encode(name)
        # Digits and dots of other scripts would pass by whoever looks for addresses, and then be one.
        last = name.rstrip(".").rpartition(".")[2]
        if last.isdigit() or last.startswith("0x"):
            raise _invalid(url, f"its host would be the address {name}")
    if not _WEB_HOST.fullmatch(name):
        raise _invalid(url, "no valid host")
    return name.lower()


def _ipv6(host: str, url: str) -> str:
    import socket  # not needed for any other URL; the wire has it anyway

    address, percent, zone = host[1:-1].partition("%")
    named = _ZONE.fullmatch(zone)
    try:
        socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError) as error:
        raise _invalid(url, "no IPv6 address in the brackets") from error
    if not percent:
        return host.lower()
    if named is None:
        raise _invalid(url, "no valid zone after the IPv6 address")
    return f"[{address.lower()}%{named[1]}]"


def _port(digits: str, url: str) -> int:
    significant = digits.lstrip("0")
    # requests takes port 0 for no port, and asks another server than it was told.
    if not significant or len(significant) > 5 or int(significant) > 65535:
        raise _invalid(url, "its port is not in 1 to 65535")
    return int(significant)


def _check_lengths(host: str, scheme: str | None) -> None:
    # Not asked when a URL is prepared, but when it is to be used: a program's own adapter may know longer names.
    if scheme not in (None, "http", "https") or host.startswith("["):
        return
    name = host[:-1] if host.endswith(".") else host
    if len(name) > 253 or not all(0 < len(label) < 64 for label in name.split(".")):
        raise InvalidURL(f"{host[:300]!r}: label empty or too long")


def idna_encode(host: str) -> str:
    """The host's name in the letters of the domain name system (IDNA 2008, RFC 5891).

    >>> idna_encode("faß.de"), idna_encode("Example.org")
    ('xn--fa-hia.de', 'example.org')

    Raises `InvalidURL` for a name that could not be registered.
    """
    if host.isascii():
        return host.lower()
    from .idna import encode  # with all of unicodedata, which most programs never need

    return encode(host)


# --- what of a URL goes over the wire

_CLEAN_TARGET = re.compile(rf"[^/?#]*//[^/?#]*({_PATH}(?:\?{_QUERY})?)(?:#|\Z)").match


def request_target(url: str) -> str:
    """What the request line says of a URL: path and query, quoted, without the fragment (RFC 9112, section 3.2.1).

    >>> request_target("http://example.org?a[]=1#top")
    '/?a%5B%5D=1'
    """
    return (_target if len(url) < _KNOWN else _target.__wrapped__)(url)


@lru_cache(maxsize=256)
def _target(url: str) -> str:
    clean = _CLEAN_TARGET(url)
    if clean is not None:
        return clean[1]
    path, _, query = path_url(url).partition("?")
    return _quoted(path, _PATH_SAFE) + (f"?{_quoted(query, _QUERY_SAFE)}" if query else "")


def path_url(url: str) -> str:
    """Path and query of a URL, as they stand there.

    >>> path_url("http://example.org?a[]=1#top")
    '/?a[]=1'
    """
    _, _, path, query, _ = _split(url)
    return (path or "/") + (f"?{query}" if query else "")


def absolute_target(url: str) -> str:
    """What the request line says to a proxy: the URL without user and fragment (RFC 9112, section 3.2.2).

    >>> absolute_target("http://user:secret@example.org#top")
    'http://example.org/'
    """
    parts = parse_url(url)
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{_without_zone(parts.host or '')}{port}{request_target(url)}"


def host_header(parts: URL) -> str:
    """The value of Host: no default port, no zone of an IPv6 address, no dot at the end (RFC 9110, section 7.2).

    >>> host_header(parse_url("https://[fe80::1%25eth0]:443/")), host_header(parse_url("http://example.org:8080"))
    ('[fe80::1]', 'example.org:8080')
    """
    if parts.scheme == UNIX:
        return "localhost"  # a path is no name; this one is what servers behind such sockets expect
    host = _without_zone(parts.host or "")
    if host.endswith("."):
        host = host[:-1]
    if parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme or "http"):
        return host
    return f"{host}:{parts.port}"


def _without_zone(host: str) -> str:
    # A zone names an interface of this machine, and means nothing elsewhere (RFC 6874, section 4).
    return host.partition("%")[0] + "]" if host.startswith("[") and "%" in host else host


def socket_path(parts: URL) -> str:
    """The path of the Unix socket that a URL with that scheme leads to; `InvalidURL` if it leads to none.

    >>> socket_path(parse_url("http+unix://%2Frun%2Fdocker.sock/info"))
    '/run/docker.sock'
    """
    if not parts.host or parts.port is not None:
        raise InvalidURL(f"Invalid URL {str(parts)!r}: http+unix://%2Fpath%2Fto%2Fsocket/ has a path, encoded, and no port")
    from urllib.parse import unquote

    return unquote(parts.host)


# --- requests' helpers

_URI_SAFE = "!#$&'()*+,/:;=?@[]~"
_CLEAN_URI = PatternOnUse(_text(_QUERY_SAFE + r"#\[\]"))
_ESCAPE = PatternOnUse(r"%([^\W_]{2})")


def requote_uri(uri: str) -> str:
    """The URI with everything quoted that must be, and nothing twice.

    >>> requote_uri("http://example.org/a b/%7Ec")
    'http://example.org/a%20b/~c'
    """
    if _CLEAN_URI.fullmatch(uri):
        return uri
    from urllib.parse import quote

    try:
        return quote(unquote_unreserved(uri), _URI_SAFE + "%", errors="surrogatepass")
    except InvalidURL:  # its "%" are no escapes
        return quote(uri, _URI_SAFE, errors="surrogatepass")


def unquote_unreserved(uri: str) -> str:
    """The URI with those octets decoded that need no encoding (RFC 3986, section 2.3).

    >>> unquote_unreserved("%7Euser/%2F")
    '~user/%2F'

    Raises `InvalidURL` for letters after "%" that are not hexadecimal.
    """
    return _ESCAPE.sub(_unescaped, uri) if "%" in uri else uri


def _unescaped(escape: re.Match[str]) -> str:
    if not _OCTET.fullmatch(escape[0]):
        raise InvalidURL(f"Invalid percent-escape sequence: {escape[1]!r}")
    char = chr(int(escape[1], 16))
    return char if char in UNRESERVED_SET else escape[0]


def get_auth_from_url(url: str) -> tuple[str, str]:
    """User and password of a URL, decoded; both empty unless both are there.

    >>> get_auth_from_url("http://user:pass%20word@example.org/")
    ('user', 'pass word')
    """
    if not url:  # None too, as with requests
        return "", ""
    user, colon, password = (_split(url.lstrip())[1] or "").rpartition("@")[0].partition(":")
    if not colon:
        return "", ""
    from urllib.parse import unquote

    return unquote(user), unquote(password)


def urldefragauth(url: str) -> str:
    """The URL without fragment and user.

    >>> urldefragauth("http://user:pass@example.org/path?a=1#top")
    'http://example.org/path?a=1'
    """
    scheme, authority, path, query, _ = _split(url.lstrip())
    if not authority:  # "example.org/path"
        authority, path = path, ""
    host = f"//{authority.rpartition('@')[2]}" if authority else ""
    return (f"{scheme.lower()}:" if scheme else "") + host + path + (f"?{query}" if query else "")


def prepend_scheme_if_needed(url: str, new_scheme: str) -> str:
    """The URL, with a scheme where it has none: proxies are often given without.

    >>> prepend_scheme_if_needed("example.org:8080", "http")
    'http://example.org:8080'

    Raises `InvalidURL` as `parse_url` does.
    """
    parts = parse_url(url)
    if not parts.netloc:
        parts = parts._replace(host=parts.path or "", path=None)
    return parts._replace(scheme=parts.scheme or new_scheme, query=parts.query or None, fragment=parts.fragment or None).url
