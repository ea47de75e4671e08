"""The surface of requests 2.34.2, name by name: what a program can import, call, subclass and catch.

`surface.json` has it, introspected from requests: for each module its names, with kind, signature, bases, the order of base
classes, the members of classes, the values of constants, how public each is ("tier") and which published packages use it. All of
it must be here, apart from what `left_out` names with a reason. A signature may go on where that of requests ends, with parameters
by keyword.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import types
from pathlib import Path

import pytest

from . import MODULE, left_out

SURFACE = json.loads(Path(__file__).with_name("surface.json").read_text(encoding="utf-8"))
NAMES = {f"{module}.{name}": entry for module, names in SURFACE["modules"].items() for name, entry in names.items()}
MEMBERS = {f"{path}.{name}": member for path, entry in NAMES.items() for name, member in entry.get("members", {}).items()}
MISSING = object()

ours = pytest.mark.skipif(MODULE != "minireq", reason="what minireq leaves out, others have")


def renamed(text: str) -> str:
    return re.sub(r"\brequests\b", MODULE, text)


def module_of(path: str):
    return importlib.import_module(renamed(path))


def find(path: str):
    """What stands under a dotted path of requests, urllib3 or the standard library; MISSING if nothing does."""
    if path.startswith("urllib3."):
        path = f"requests.packages.{path}"
    owner, _, name = path.rpartition(".")
    try:
        found = module_of(owner or "builtins")
    except ImportError:
        found = find(owner)
    return getattr(found, name, MISSING)


def instance_of(path: str, cls):
    """A fresh instance of a class of requests, to look at its attributes."""
    name = path.rpartition(".")[2]
    if name == "PreparedRequest":
        return find("requests.Request")("GET", "http://x/").prepare()
    if name == "MockRequest":
        return cls(instance_of("requests.PreparedRequest", None))
    arguments = {"Request": ("GET", "http://x/"), "HTTPBasicAuth": ("u", "p"), "HTTPDigestAuth": ("u", "p")}
    return cls(*arguments.get(name, ()))


# What differs


def differences(path: str, entry: dict):
    """Sentences about how something differs from what requests has under this path."""
    value = find(path)
    if value is MISSING:
        if MODULE != "minireq" or not left_out.covers(path, entry):
            yield f"{path} is missing"
        return
    if "alias_of" in entry:
        yield from alias_differences(path, value, entry["alias_of"])
    if "signature" in entry:
        yield from signature_differences(path, value, entry["signature"])
    if "mro" in entry:
        yield from class_differences(path, value, entry)
    if "type" in entry:
        yield from value_differences(path, value, entry["type"], entry.get("value"))


def alias_differences(path: str, value, target: str):
    if target.startswith(("requests.", "urllib3.")) and value is not find(target):
        yield f"{path} is not {target}, it is {value!r}"


def signature_differences(path: str, value, expected: str):
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError) as error:
        yield f"{path} has no signature: {error}"
        return
    if isinstance(value, types.WrapperDescriptorType):
        return  # inherited from object
    text = str(without_annotations(found))
    # What the client calls itself is its own affair.
    expected = expected.replace("name='python-requests'", f"name={agent()!r}")
    if text != expected and str(without_annotations(shortened(found, expected))) != expected:
        yield f"{path}{expected} has the signature {text}"


def without_annotations(signature: inspect.Signature) -> inspect.Signature:
    parameters = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)


def shortened(signature: inspect.Signature, expected: str) -> inspect.Signature:
    """The signature without the parameters by keyword that requests does not have."""
    kept = [each for each in signature.parameters.values() if each.kind is not each.KEYWORD_ONLY or f"{each.name}=" in expected]
    return signature.replace(parameters=kept)


def class_differences(path: str, cls, entry: dict):
    if not inspect.isclass(cls):
        yield f"{path} is no class, it is {cls!r}"
        return
    name = f"{cls.__module__}.{cls.__qualname__}"
    if name != renamed(path) and entry["tier"] == "documented":  # pickles and type(...) show it
        yield f"{path} calls itself {name}"
    expected = [find(base) for base in entry["mro"] if base not in ("typing.Generic", "typing.Protocol")][1:]
    if [base for base in cls.__mro__ if base in expected] != expected:
        yield f"{path} should have the bases {entry['mro'][1:]}, has {[base.__name__ for base in cls.__mro__[1:]]}"
    if entry["kind"] == "exception" and len(cls.__mro__) != len(expected) + 1:
        yield f"{path} has other bases than {entry['mro'][1:]}: {[base.__name__ for base in cls.__mro__[1:]]}"
    for name, member in entry.get("members", {}).items():
        yield from member_differences(path, cls, name, member)


def member_differences(path: str, cls, name: str, member: dict):
    where = f"{path}.{name}"
    if member["kind"] == "instance_attribute":
        if "default_type" in member:  # the others are annotations without a value
            value = getattr(instance_of(path, cls), name, MISSING)
            yield from value_differences(where, value, member["default_type"], member.get("default"))
        return
    value = inspect.getattr_static(cls, name, MISSING)
    if value is MISSING:
        if MODULE != "minireq" or not left_out.covers(where, member):
            yield f"{where} is missing"
    elif "signature" in member:
        if (member["kind"] == "staticmethod") != isinstance(value, staticmethod):
            yield f"{where} should be a {member['kind']}, is a {type(value).__name__}"
        yield from signature_differences(where, getattr(cls, name), member["signature"])
    elif member["kind"] == "property":
        if hasattr(type(value), "__set__") and getattr(value, "fset", MISSING) is None and member["settable"]:
            yield f"{where} cannot be set"
        if not hasattr(type(value), "__get__"):
            yield f"{where} should be a property, is {value!r}"
    elif "value" in member:
        yield from value_differences(where, value, None, member["value"])


def value_differences(path: str, value, kind, expected):
    if value is MISSING:
        yield f"{path} is missing"
        return
    if kind and kind.rpartition(".")[2] != type(value).__name__ and not is_a(value, kind):
        yield f"{path} should be of type {kind}, is {value!r}"
    if expected is not None and repr(value) != expected:
        yield f"{path} should be {expected}, is {value!r}"


def is_a(value, kind: str) -> bool:
    cls = find(kind)
    return inspect.isclass(cls) and isinstance(value, cls)


def agent() -> str:
    """What the client calls itself, without the version."""
    return find("requests.utils.default_user_agent")().partition("/")[0]


@pytest.mark.parametrize("module", SURFACE["modules"])
def test_every_name_of_requests_is_here_as_it_is_there(module):
    found = []
    for name, entry in SURFACE["modules"][module].items():
        found += differences(f"{module}.{name}", entry)
    assert not found, "\n" + "\n".join(found)


def test_star_gives_what_it_gives_with_requests():
    names: dict = {}
    exec(f"from {MODULE} import *", names)
    assert set(names) - {"__builtins__"} == set(SURFACE["all"])


def test_the_default_headers_are_those_of_requests():
    """S012."""
    expected = {**SURFACE["default_headers"], "User-Agent": f"{agent()}/{module_of('requests').__version__}"}
    found = dict(find("requests.utils.default_headers")())
    assert found.pop("Accept-Encoding").startswith(expected.pop("Accept-Encoding"))  # more where the standard library can do more
    assert found == expected


# Seen in programs


# What programs that build on requests were seen to import or to touch, beyond its documentation.
SEEN = """
    adapters: DEFAULT_POOLBLOCK DEFAULT_POOLSIZE DEFAULT_RETRIES MaxRetryError Retry Retry.from_int
    adapters.HTTPAdapter: __attrs__ add_headers build_connection_pool_key_attributes build_response cert_verify get_connection
        get_connection_with_tls_context init_poolmanager proxy_headers proxy_manager_for request_url send
    auth: _basic_auth_str
    compat: JSONDecodeError Morsel MutableMapping basestring builtin_str chardet cookielib getproxies quote unquote urljoin urlparse
        urlunparse
    cookies: MockRequest MockResponse cookiejar_from_dict create_cookie extract_cookies_to_jar merge_cookies morsel_to_cookie
        remove_cookie_by_name
    hooks: default_hooks dispatch_hook
    models: CONTENT_CHUNK_SIZE CaseInsensitiveDict urlencode
    models.Response: __attrs__
    packages: urllib3
    packages.urllib3: HTTPResponse PoolManager Retry Timeout __version__ connection connectionpool disable_warnings exceptions
        fields filepost poolmanager response util util.retry util.ssl_ util.timeout util.url
    packages.urllib3._collections: HTTPHeaderDict
    packages.urllib3.connection: HTTPConnection
    packages.urllib3.exceptions: ConnectTimeoutError HTTPError InsecureRequestWarning MaxRetryError NewConnectionError ProtocolError
        ReadTimeoutError SSLError
    packages.urllib3.poolmanager: PoolManager ProxyManager
    packages.urllib3.response: HTTPResponse
    packages.urllib3.util: Retry Timeout
    packages.urllib3.util.retry: Retry
    packages.urllib3.util.ssl_: create_urllib3_context
    packages.urllib3.util.timeout: Timeout
    sessions: get_netrc_auth merge_setting session
    sessions.Session: __attrs__ get_adapter get_redirect_target merge_environment_settings prepare_request rebuild_auth
        resolve_redirects
    status_codes: _codes
    utils: default_user_agent get_encoding_from_headers get_netrc_auth parse_dict_header requote_uri super_len to_native_string
    _internal_utils: unicode_is_ascii
"""


@pytest.mark.parametrize("line", re.split(r"\n    (?=\S)", SEEN.strip()))
def test_what_programs_reach_for_is_here(line):
    """S017."""
    owner, names = line.split(":")
    assert [name for name in names.split() if find(f"requests.{owner}.{name}") is MISSING] == []


@pytest.mark.parametrize("cls", ["Session", "Response", "adapters.HTTPAdapter"])
def test_the_names_that_are_pickled_are_attributes(cls):
    made = find(f"requests.{cls}")()
    assert [name for name in made.__attrs__ if not hasattr(made, name)] == []


def test_the_version_compares_as_that_of_requests():
    numbers = [int(part) for part in find("requests.__version__").split(".")]
    assert numbers[:2] == [int(part) for part in SURFACE["version"].split(".")[:2]]
    assert find("requests.__build__") >= 0x021904


# codes


def test_every_status_has_every_name_that_requests_gives_it():
    """S091."""
    codes, table = find("requests.codes"), find("requests.status_codes._codes")
    assert {str(number): list(names) for number, names in table.items()} == SURFACE["codes"]
    assert len(table) == 68
    for number, names in SURFACE["codes"].items():
        for name in names:
            # Two names have two numbers: the one that comes later holds.
            last = max(each for each, others in SURFACE["codes"].items() if name in others)
            assert codes[name] == getattr(codes, name) == int(last), (number, name)
    assert len(set(vars(codes)) - {"name"}) == SURFACE["codes_lookup_size"]


@pytest.mark.parametrize("name, number", [("\\o/", 200), ("✓", 200), ("-o-", 404), ("-O-", 404), ("✗", 500), ("NOT_FOUND", 404)])
def test_codes_go_by_their_odd_names_too(name, number):
    assert find("requests.codes")[name] == number


def test_an_unknown_status_is_none_by_item_and_an_error_by_attribute():
    codes = find("requests.codes")
    assert codes["unheard_of"] is None
    assert codes.get("unheard_of", 1) == 1
    with pytest.raises(AttributeError):
        codes.unheard_of


# What is left out


@ours
def test_what_is_left_out_is_not_here():
    paths = [f"requests.{entry}" for entry in left_out.REASONS if not entry.startswith("@")]
    assert [path for path in paths if path not in {**NAMES, **MEMBERS}] == []
    assert [path for path in paths if find(path) is not MISSING] == []


@ours
def test_every_module_whose_names_are_left_out_has_such_names():
    missing = [(path, entry) for path, entry in NAMES.items() if find(path) is MISSING]
    needed = {reason for path, entry in missing for reason in left_out.entries_for(path, entry)}
    assert sorted(entry for entry in left_out.REASONS if entry.startswith("@") and entry not in needed) == []


@ours
def test_every_name_that_is_missing_has_one_reason():
    reasons = {path: left_out.entries_for(path, entry) for path, entry in NAMES.items() if find(path) is MISSING}
    assert {path: found for path, found in reasons.items() if len(found) != 1} == {}


@ours
def test_nothing_that_programs_use_is_left_out():
    everything = {**NAMES, **MEMBERS}
    counts = {path: each for path, each in everything.items() if each["tier"] in ("documented", "extension") or "used_by" in each}
    assert len(counts) > 300
    assert [path for path, entry in counts.items() if left_out.covers(path, entry)] == []
