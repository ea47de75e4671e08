"""What the environment says: proxies, where not to use them, certificates, and the netrc file.

All of it is read once, into a value; that value holds until a variable changes. Whether one did is a comparison of two dictionaries
whose values are mostly the same objects: 0.25 µs, where looking up our variables one by one costs 6.

Code beats environment, scheme by scheme: what is given for a URL is used, and the environment is asked for the rest. `None` for a
scheme means "no proxy", an empty mapping says nothing. no_proxy concerns the environment's proxies only.
"""

from __future__ import annotations

import os
import socket
import sys
import time

from .exceptions import InvalidProxyURL, InvalidURL, RequestException
from .urls import parse_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any

    Bypass = Callable[[str], Any]

NETRC_FILES = (".netrc", "_netrc")


class Environment:
    """The variables that matter to us, as they were when somebody looked."""

    __slots__ = ("ca_bundle", "no_proxy", "proxies")

    proxies: dict[str, str]  # by scheme, which may be "all"; not to be changed
    no_proxy: str | None
    ca_bundle: str | None


def snapshot() -> Environment:
    """The environment as it is now.

    >>> with set_environ("https_proxy", "http://proxy:3128"):
    ...     snapshot().proxies["https"]
    'http://proxy:3128'
    """
    global _last
    # os.environ decodes a variable each time it is asked. Under it, in CPython, is a plain dict.
    variables = getattr(os.environ, "_data", None)
    if type(variables) is not dict:
        variables = dict(os.environ)
    seen, environment = _last
    if variables != seen:
        seen = dict(variables)
        environment = _read()
        _last = (seen, environment)
    if sys.platform in _WITH_SETTINGS and not environment.proxies and not environment.no_proxy:
        return _with_settings(environment)
    return environment


# --- Proxies


class MergedProxies(dict):  # type: ignore[type-arg]
    """Proxies of which some come from the environment: `inherited` are these, the others still hold for the next URL."""

    inherited: Mapping[str, str] = {}


def merge_proxies(
    url: str, given: Mapping[str, Any] | None = None, trust_env: bool = True, bypass: Bypass | None = None
) -> dict[str, Any]:
    """The proxies for a URL: those given, and those of the environment if none of the given ones is for this URL.

    >>> with set_environ("http_proxy", "http://proxy:3128"):
    ...     merge_proxies("http://host/"), merge_proxies("http://host/", {"http": None})
    ({'http': 'http://proxy:3128'}, {'http': None})

    The result may be given again for another URL, after a redirect: what came from the environment is then looked up anew.
    `bypass(host)` may say that a host needs no proxy, besides no_proxy.
    """
    proxies = snapshot().proxies if trust_env else None
    if not proxies and not given:
        return MergedProxies()  # nobody need look again
    mine = _given(given)
    if not proxies or _is_for(url, mine) or should_bypass_proxies(url, mine.get("no_proxy"), bypass):
        return mine
    return _merged(mine, proxies)


def resolve_proxies(
    request: Any, proxies: Mapping[str, Any] | None, trust_env: bool = True, bypass: Bypass | None = None
) -> dict[str, Any]:
    """The given proxies, and for the scheme of a request's URL the environment's if there is one.

    Unlike `merge_proxies` it adds that one scheme only, also where the environment says it of "all".
    """
    merged = merge_proxies(request.url, proxies, trust_env, bypass)
    if not isinstance(merged, MergedProxies):
        return merged
    scheme = _origin(request.url)[0]
    proxy = merged.get(scheme, merged.get("all"))
    return _merged(_given(merged), {scheme: proxy} if proxy else {})


def select_proxy(url: str, proxies: Mapping[str, Any] | None) -> str | Any:
    """The proxy for a URL: that of scheme and host, of the scheme, of the host, or of all.

    >>> select_proxy("http://host/", {"all": "http://a", "http": "http://b"})
    'http://b'
    """
    if not proxies:
        return None
    if not hasattr(proxies, "items"):  # not to be passed over: the caller wants a proxy
        raise InvalidProxyURL(f"proxies are a mapping from schemes to URLs, not a {type(proxies).__name__}")
    key = next((key for key in _keys(url) if key in proxies), None)
    return None if key is None else proxies[key]


def get_environ_proxies(url: str, no_proxy: str | None = None, bypass: Bypass | None = None) -> dict[str, str]:
    """The environment's proxies, unless the URL is one to be reached directly."""
    return {} if should_bypass_proxies(url, no_proxy, bypass) else getproxies()


def getproxies() -> dict[str, str]:
    """The environment's proxies by scheme, "no" being the hosts without; on Windows and macOS the system's, if it has none."""
    proxies = getproxies_environment()
    return dict(_settings()) if not proxies and sys.platform in _WITH_SETTINGS else proxies


def getproxies_environment() -> dict[str, str]:
    """The variables named `<scheme>_proxy` by scheme, lower-case names counting more.

    >>> with set_environ("FTP_PROXY", "http://a"), set_environ("ftp_proxy", "http://b"):
    ...     getproxies_environment()["ftp"]
    'http://b'
    """
    # In a CGI process HTTP_PROXY is the request's header "Proxy": anybody's word (CVE-2016-5386).
    in_cgi = "REQUEST_METHOD" in os.environ
    proxies: dict[str, str] = {}
    for name in sorted((name for name in list(os.environ) if name[-6:].lower() == "_proxy"), key=str.islower):
        scheme, value = name[:-6].lower(), os.environ.get(name)
        if in_cgi and scheme == "http" and name != "http_proxy":
            continue
        if value:
            proxies[scheme] = value
        elif name.islower():
            proxies.pop(scheme, None)
    return proxies


def should_bypass_proxies(url: str, no_proxy: str | None, bypass: Bypass | None = None) -> bool:
    """Whether a URL is to be reached directly, by this no_proxy or else that of the environment.

    >>> should_bypass_proxies("http://api.example.org:8080/", "localhost, example.org")
    True

    Entries are host names, which cover what is below them, addresses, networks such as 10.0.0.0/8 or fd00::/8, or `*`; each but
    the networks may have a port. `bypass(host)` is asked besides.
    """
    _, host, port = _origin(url)
    if host is None:
        return True
    entries = snapshot().no_proxy if no_proxy is None else no_proxy
    if entries and _is_listed(host, port, entries):
        return True
    if bypass is None or bypass is proxy_bypass:
        return _has_settings() and _settings_exempt(host)
    with set_environ("no_proxy", no_proxy):  # where such a function looks
        try:
            return bool(bypass(host))
        except (TypeError, socket.gaierror):
            return False


def proxy_bypass(host: str, proxies: Mapping[str, str] | None = None) -> bool:
    """Whether a host needs no proxy: by no_proxy, or by the system's settings on Windows and macOS if no variable is set."""
    if proxies is None and _has_settings():
        return _settings_exempt(host)
    return proxy_bypass_environment(host, proxies)


def proxy_bypass_environment(host: str, proxies: Mapping[str, str] | None = None) -> bool:
    """Whether no_proxy covers a host, which may have a port.

    >>> proxy_bypass_environment("api.example.org:8080", {"no": "example.org"})
    True
    """
    entries = (getproxies_environment() if proxies is None else proxies).get("no")
    name, _, port = host.partition(":")
    is_port = port.isascii() and port.isdigit() and len(port) <= 5
    return bool(entries) and _is_listed(name if is_port else host, int(port) if is_port else None, entries or "")


def _is_listed(host: str, port: int | None, entries: str) -> bool:
    from .no_proxy import is_listed  # few have any

    return is_listed(host, port, entries)


class set_environ:  # noqa: N801 - requests' name
    """For as long as a block runs, an environment variable has another value; None leaves it as it is.

    >>> with set_environ("NO_SUCH_VARIABLE", "value"):
    ...     os.environ["NO_SUCH_VARIABLE"]
    'value'
    """

    __slots__ = ("_before", "_name", "_value")

    def __init__(self, env_name: str, value: str | None) -> None:
        self._name = env_name
        self._value = value
        self._before: str | None = None

    def __enter__(self) -> None:
        if self._value is not None:
            self._before = os.environ.get(self._name)
            os.environ[self._name] = self._value

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._value is None:
            return
        if self._before is None:
            os.environ.pop(self._name, None)
        else:
            os.environ[self._name] = self._before


# --- netrc

_NETRC, _HOME = ("NETRC", "USERPROFILE") if os.name == "nt" else (b"NETRC", b"HOME")  # as they are under os.environ
_last_netrc: tuple[Any, tuple[str, ...]] = (None, ())  # what they said, and where that leads


def get_netrc_auth(url: str | bytes, raise_errors: bool = False) -> tuple[str, str] | None:
    """The name and password that the netrc file has for the host of a URL: $NETRC, or else ~/.netrc or ~/_netrc.

    None if there is no such file, no such host in it, or it cannot be read; with `raise_errors` the last is a `RequestException`,
    which is an OSError.
    """
    for path in _netrc_files():
        if os.access(path, os.F_OK):
            break
    else:
        return None
    try:
        host = _origin(url)[1]
        from .netrc_file import credentials

        return credentials(path, host) if host else None
    except InvalidURL:
        return None  # others say so, at length
    except OSError as error:
        if raise_errors:
            raise RequestException(f"the netrc file cannot be read: {error}") from error
        return None


def _netrc_files() -> tuple[str, ...]:
    """Where one may be. It is asked for each request: two variables are looked up in less time than all are compared in."""
    global _last_netrc
    variables = getattr(os.environ, "_data", None)
    if type(variables) is dict:
        said = (variables.get(_NETRC), variables.get(_HOME))
    else:
        said = (os.environ.get("NETRC"), os.environ.get("HOME"))
    before, files = _last_netrc
    if said != before:
        named = os.environ.get("NETRC")
        names = [f"~/{name}" for name in NETRC_FILES] if named is None else [named]
        files = tuple(map(os.path.expanduser, names))
        _last_netrc = (said, files)
    return files


# --- Reading the variables

# No environment is like this: the first look reads it.
_last = ({None: None}, Environment())


def _read() -> Environment:
    environment = Environment()
    environment.proxies = getproxies_environment()
    environment.proxies.pop("no", None)
    environment.no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or None
    environment.ca_bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None
    return environment


# --- Choosing among proxies


def _given(given: Mapping[str, Any] | None) -> dict[str, Any]:
    if not given:
        return {}
    if isinstance(given, MergedProxies):
        inherited = given.inherited
        return {key: proxy for key, proxy in given.items() if key not in inherited or inherited[key] is not proxy}
    if not hasattr(given, "items"):
        raise InvalidProxyURL(f"proxies are a mapping from schemes to URLs, not a {type(given).__name__}")
    return dict(given)


def _merged(mine: dict[str, Any], inherited: Mapping[str, str]) -> MergedProxies:
    merged = MergedProxies(inherited)
    merged.update(mine)
    merged.inherited = inherited
    return merged


def _is_for(url: str, given: dict[str, Any]) -> bool:
    return bool(given) and any(key in given for key in _keys(url))


def _keys(url: str) -> tuple[str, ...]:
    scheme, host, _ = _origin(url)
    return (scheme, "all") if host is None else (f"{scheme}://{host}", scheme, f"all://{host}", "all")


def _origin(url: str | bytes | None) -> tuple[str, str | None, int | None]:
    """Scheme, host and port; no host if there is no scheme to say that it is one."""
    text = url.decode("utf-8", "replace") if isinstance(url, bytes) else url or ""
    if not isinstance(text, str):
        raise InvalidURL(f"a URL is text, not {text!r:.60}")
    parts = parse_url(text)
    if parts.scheme is None or parts.host is None:
        return parts.scheme or "", None, None
    return parts.scheme, parts.host.strip("[]") or None, parts.port


# --- The system's own settings, on Windows and macOS

_WITH_SETTINGS = ("win32", "darwin")
_SETTINGS_HOLD = 5.0  # seconds: they are asked for each request, change when somebody moves, and nothing tells us
_settings_seen: tuple[float, dict[str, str]] = (float("-inf"), {})


def _has_settings() -> bool:
    return sys.platform in _WITH_SETTINGS and not getproxies_environment()


def _settings() -> dict[str, str]:
    global _settings_seen
    when, settings = _settings_seen
    if time.monotonic() - when > _SETTINGS_HOLD:
        from urllib.request import getproxies as system_proxies  # brings http.client and more: for these systems only

        settings = system_proxies()
        _settings_seen = (time.monotonic(), settings)
    return settings


def _with_settings(environment: Environment) -> Environment:
    settled = Environment()
    for name in Environment.__slots__:
        setattr(settled, name, getattr(environment, name))
    settled.proxies = _settings()
    return settled


def _settings_exempt(host: str) -> bool:
    if sys.platform == "win32":
        return _registry_exempts(host)
    else:
        from urllib.request import proxy_bypass as system_bypass

        return bool(system_bypass(host))


if sys.platform == "win32":

    def _registry_exempts(host: str) -> bool:
        import winreg
        from fnmatch import fnmatchcase

        # urllib would look up the host's name and addresses for this, which may take long and tells the network.
        path = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                enabled = int(winreg.QueryValueEx(key, "ProxyEnable")[0])
                patterns = str(winreg.QueryValueEx(key, "ProxyOverride")[0]).lower().split(";")
        except (OSError, ValueError):
            return False
        host = host.lower()
        return bool(enabled) and any(
            "." not in host if pattern == "<local>" else fnmatchcase(host, pattern) for pattern in patterns if pattern
        )
