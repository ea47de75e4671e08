"""What requests has and minireq leaves out on purpose, each with its reason.

An entry is a name below the package, which is not there: a test fails when it appears after all. Or it is `@` and a module: the
names that the modules of requests have by accident, because they import them from there for themselves, and that no program is
known to look for. Of those some are here, too, by the same accident. In `compat` such names are no accident.
"""

from __future__ import annotations

LEFT_OUT = {
    "They are types, needed by nobody at run time, and typing costs 2 ms to import": """
        @typing _types.TypeAlias auth.Final models.Final models.Literal utils.Final cookies._CookieJarT structures._D
        structures._VT utils._KT utils._VT models._SupportsRead utils._SupportsItems adapters._is_prepared cookies._is_prepared
        sessions._is_prepared
        """,
    "It is the standard library's, and to be had from there": """
        @builtins @calendar @codecs @collections @contextlib @datetime @encodings @hashlib @http @io @json @logging @os
        @re @socket @ssl @struct @sys @tempfile @time @urllib.parse @warnings @zipfile
        adapters.basestring auth.basestring models.basestring compat.ModuleType compat.importlib compat.sys sessions.preferred_clock
        """,
    "It is urllib3's: what programs want of that is in packages.urllib3": """
        @urllib3 adapters.SOCKSProxyManager
        adapters._urllib3_request_context compat.urllib3_version utils.is_urllib3_1
        """,
    "It is of packages that are not needed here, and speaks of their versions": """
        @charset_normalizer @idna _check_cryptography check_compatibility chardet_version charset_normalizer_version
        compat._resolve_char_detection help.OpenSSL help.chardet help.cryptography help.pyopenssl help.requests_version
        packages.mod packages.package packages.target
        """,
    "Programs would replace it here to change what the session does, and it would change nothing: `utils.proxy_bypass` does": """
        sessions.get_environ_proxies sessions.resolve_proxies sessions.should_bypass_proxies
        """,
    "Looking for certifi costs 16 ms: `utils` has it, on first touch": "adapters.DEFAULT_CA_BUNDLE_PATH",
    "It is private, and another module has it or needs no such thing": """
        compat._ver cookies.to_native_string models.PreparedRequest._get_idna_encoded_host
        utils._HEADER_VALIDATORS_BYTE utils._HEADER_VALIDATORS_STR utils._null utils._null2 utils._null3 utils._validate_header_part
        """,
}
REASONS = {entry: reason for reason, entries in LEFT_OUT.items() for entry in entries.split()}


def entries_for(path: str, described: dict) -> list[str]:
    """The entries that a name of requests falls under; a name that counts falls under no `@`."""
    found = [path.partition(".")[2]]
    if described["tier"] in ("internal", "reexport") and "used_by" not in described and not path.startswith("requests.compat."):
        parts = described.get("alias_of", "").split(".")
        found += ["@" + ".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return [entry for entry in found if entry in REASONS]


def covers(path: str, described: dict) -> bool:
    """Whether a name of requests may be missing."""
    return bool(entries_for(path, described))
