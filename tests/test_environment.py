"""What the environment says, and when it is asked."""

from __future__ import annotations

import os
import sys
import types
import urllib.request
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, strategies as st

from minireq import environment, netrc_file
from minireq.environment import (
    MergedProxies,
    get_environ_proxies,
    get_netrc_auth,
    getproxies,
    getproxies_environment,
    merge_proxies,
    proxy_bypass,
    proxy_bypass_environment,
    resolve_proxies,
    select_proxy,
    set_environ,
    should_bypass_proxies,
    snapshot,
)
from minireq.exceptions import InvalidProxyURL, InvalidURL, RequestException

from .support.interpreter import run_python

E, F, G = "http://environment:1", "http://other:2", "http://given:3"


@pytest.fixture
def variables(monkeypatch):
    """Sets variables: variables(http_proxy="...", no_proxy=None), where None removes one."""

    def set_variables(**values):
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return set_variables


# --- the snapshot


def test_an_environment_without_our_variables_says_nothing():
    found = snapshot()
    assert (found.proxies, found.no_proxy, found.ca_bundle) == ({}, None, None)
    assert snapshot() is found


def test_the_environment_is_read_once_per_change(monkeypatch, variables):
    reads = []
    original = environment._read
    monkeypatch.setattr(environment, "_read", lambda: reads.append(1) or original())
    variables(http_proxy=E)
    assert [snapshot().proxies for _ in range(3)] == [{"http": E}] * 3
    assert len(reads) == 1
    variables(http_proxy=E)  # the same value, in a new object
    snapshot()
    assert len(reads) == 1
    variables(http_proxy=F)
    assert snapshot().proxies == {"http": F}
    variables(http_proxy=None)
    assert snapshot().proxies == {}


@pytest.mark.parametrize(
    "values, proxies",
    [
        ({"http_proxy": E}, {"http": E}),
        ({"HTTP_PROXY": E}, {"http": E}),  # S151
        ({"Http_Proxy": E}, {"http": E}),
        ({"HTTPS_PROXY": E, "all_proxy": F, "FTP_proxy": G}, {"https": E, "all": F, "ftp": G}),
        ({"HTTP_PROXY": E, "http_proxy": F}, {"http": F}),  # lower case counts more
        ({"HTTP_PROXY": E, "http_proxy": ""}, {}),
        ({"HTTP_PROXY": "", "http_proxy": F}, {"http": F}),
        ({"proxy": E, "xproxy": E, "http_proxy_host": E}, {}),
        # CVE-2016-5386: in CGI, HTTP_PROXY is a header of the request
        ({"HTTP_PROXY": E, "REQUEST_METHOD": "GET"}, {}),
        ({"HTTP_proxy": E, "REQUEST_METHOD": "GET"}, {}),
        ({"HTTP_PROXY": E, "http_proxy": F, "REQUEST_METHOD": "GET"}, {"http": F}),
        ({"HTTPS_PROXY": E, "REQUEST_METHOD": "GET"}, {"https": E}),
    ],
)
def test_S151_proxies_come_from_variables(values, proxies, variables):
    variables(**values)
    assert getproxies_environment() == getproxies() == proxies
    assert snapshot().proxies == proxies


def test_no_proxy_is_a_variable_too(variables):
    variables(NO_PROXY="a")
    assert snapshot().no_proxy == "a"
    variables(no_proxy="b")
    assert snapshot().no_proxy == "b"
    assert getproxies() == {"no": "b"}
    assert snapshot().proxies == {}
    variables(no_proxy="")
    assert snapshot().no_proxy == "a"


def test_S213_the_ca_bundle_is_requests_own_or_else_curls(variables):
    variables(CURL_CA_BUNDLE="/curl.pem")
    assert snapshot().ca_bundle == "/curl.pem"
    variables(REQUESTS_CA_BUNDLE="/requests.pem")
    assert snapshot().ca_bundle == "/requests.pem"
    variables(REQUESTS_CA_BUNDLE="", CURL_CA_BUNDLE="")
    assert snapshot().ca_bundle is None


def test_every_way_to_change_the_environment_is_seen():
    # pytest itself writes to os.environ: what is put in its place must be gone before the test ends.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", E)
        assert snapshot().proxies == {"http": E}
        os.environ.update(http_proxy=F)
        assert snapshot().proxies == {"http": F}
        for other in ({"http_proxy": G}, types.MappingProxyType({"http_proxy": E})):
            patch.setattr(os, "environ", other)
            assert snapshot().proxies == {"http": other["http_proxy"]}


def test_a_patched_environment_is_seen_as_long_as_it_is_patched():
    with mock.patch.dict(os.environ, {"https_proxy": E}):
        assert snapshot().proxies == {"https": E}
    assert snapshot().proxies == {}
    with mock.patch.dict(os.environ, {"http_proxy": F}, clear=True):
        assert snapshot().proxies == {"http": F}


def test_set_environ_sets_a_variable_for_a_block(variables):
    variables(FIRST="1", SECOND=None)
    with set_environ("FIRST", "2"), set_environ("SECOND", "2"), set_environ("HOME", None):
        assert (os.environ["FIRST"], os.environ["SECOND"]) == ("2", "2")
    assert os.environ["FIRST"] == "1"
    assert "SECOND" not in os.environ
    with pytest.raises(KeyError, match="mine"), set_environ("SECOND", "2"):
        del os.environ["SECOND"]
        raise KeyError("mine")
    assert "SECOND" not in os.environ


# --- selecting


@pytest.mark.parametrize(
    "url, proxies, proxy",
    [
        ("http://host/", {}, None),
        ("http://host/", None, None),
        ("http://host/", {"http": E}, E),
        ("https://host/", {"http": E}, None),
        ("http://host/", {"all": E}, E),
        ("http://host/", {"all": E, "http": F}, F),
        ("http://host/", {"http": F, "all://host": E}, F),
        ("http://host/", {"all": F, "all://host": E}, E),
        ("http://HOST:80/", {"http": F, "http://host": E}, E),  # S153
        ("http://sub.host/", {"http://host": E}, None),
        ("https://host/", {"http://host": E}, None),
        ("http://user:a@host/", {"http://host": E}, E),
        ("http://host/", {"all": E, "http": None}, None),  # switched off
        ("http:///path", {"http": E}, E),
        ("http:///path", {"all": E}, E),
        ("file:///etc/motd", {"http": E}, None),
        (b"http://host/", {"http": E}, E),
    ],
)
def test_S153_the_most_particular_proxy_is_selected(url, proxies, proxy):
    assert select_proxy(url, proxies) == proxy


@pytest.mark.parametrize("url", ["http://[::1", "http://me:s3cret@[x/", "http://good\\@evil/", "http://host:port/", 5])
def test_a_url_that_cannot_be_read_is_refused_and_its_password_not_shown(url, variables):
    variables(http_proxy=E)
    for function in (select_proxy, merge_proxies, lambda url, proxies: should_bypass_proxies(url, None)):
        with pytest.raises(InvalidURL, match="URL") as caught:
            function(url, {"http": E})
        assert "s3cret" not in str(caught.value)


# --- bypassing


@pytest.mark.parametrize(
    "url, no_proxy, direct",
    [
        ("http://api.good.test:81/x", "good.test", True),
        ("http://good.test:81/", "good.test:81", True),
        ("http://good.test/", "good.test:80", False),
        ("http://evilgood.test/", "good.test", False),
        ("http://user:good.test@evil.test/", "good.test", False),
        ("http://10.1.2.3/", "10.0.0.0/8", True),
        ("http://[::1]:8080/", "::1", True),
        ("http://good.test/", "", False),
        ("http://good.test/", "*", True),
        ("http:///no-host", "x", True),
        ("file:///etc/motd", "x", True),
    ],
)
def test_no_proxy_says_which_urls_are_reached_directly(url, no_proxy, direct, variables):
    assert should_bypass_proxies(url, no_proxy) is direct
    variables(no_proxy=no_proxy)
    assert should_bypass_proxies(url, None) is direct
    variables(no_proxy="something.else")
    assert should_bypass_proxies(url, no_proxy) is direct


def test_a_url_without_a_host_needs_no_proxy():
    for url in ("", None, "file:///etc/motd", "/path", "http:///path"):
        assert should_bypass_proxies(url, None) is True
        assert get_environ_proxies(url) == {}


def test_a_bypass_of_the_callers_is_asked_with_no_proxy_in_the_environment(variables):
    asked = []

    def bypass(host):
        asked.append((host, os.environ.get("no_proxy")))
        return host == "yes.test"

    assert should_bypass_proxies("http://yes.test:80/", None, bypass) is True
    assert should_bypass_proxies("http://no.test/", "a", bypass) is False
    assert asked == [("yes.test", None), ("no.test", "a")]
    assert "no_proxy" not in os.environ

    def broken(host):
        raise TypeError

    assert should_bypass_proxies("http://no.test/", None, broken) is False
    assert should_bypass_proxies("http://no.test/", "no.test", broken) is True
    variables(http_proxy=E)
    assert get_environ_proxies("http://yes.test/", bypass=bypass) == {}
    assert merge_proxies("http://yes.test/", None, bypass=bypass) == {}
    assert resolve_proxies(request_to("http://yes.test/"), {}, bypass=bypass) == {}


@pytest.mark.parametrize(
    "host, entries, exempt",
    [
        ("api.good.test", "good.test", True),
        ("good.test:80", "good.test", True),
        ("good.test:80", "good.test:80", True),
        ("good.test:81", "good.test:80", False),
        ("good.test:x", "good.test", False),
        ("::1", "::1", True),
        ("good.test", "", False),
    ],
)
def test_proxy_bypass_knows_the_variable_and_what_it_is_given(host, entries, exempt, variables):
    assert proxy_bypass_environment(host, {"no": entries}) is exempt
    assert proxy_bypass_environment(host, {}) is False
    assert proxy_bypass(host) is False
    variables(no_proxy=entries)
    assert proxy_bypass(host) is exempt
    assert should_bypass_proxies("http://x/", None, proxy_bypass) is False


def test_environ_proxies_are_those_of_the_environment_unless_the_url_is_exempt(variables):
    variables(http_proxy=E, no_proxy="good.test")
    assert get_environ_proxies("http://evil.test/") == {"http": E, "no": "good.test"}
    assert get_environ_proxies("http://good.test/") == {}
    assert get_environ_proxies("http://good.test/", no_proxy="evil.test") == {"http": E, "no": "good.test"}


# --- merging


def request_to(url):
    return types.SimpleNamespace(url=url)


def by_merging(url, proxies):
    return merge_proxies(url, proxies)


def by_resolving(url, proxies):
    return resolve_proxies(request_to(url), proxies)


@pytest.mark.parametrize(
    "given, proxy",
    [
        (None, E),
        ({}, E),  # D13: an empty dict says nothing
        ({"http": G}, G),  # D13: code beats the environment
        ({"all": G}, G),
        ({"http://host": G}, G),
        ({"all://host": G}, G),
        ({"http": None}, None),  # D13: one scheme switched off
        ({"all": None}, None),
        ({"https": G}, E),  # per scheme
        ({"http://elsewhere": G}, E),
        ({"no_proxy": "host"}, None),
        ({"no_proxy": "elsewhere"}, E),
        ({"http": G, "no_proxy": "host"}, G),
    ],
)
def test_D13_what_the_code_says_beats_the_environment(given, proxy, variables):
    variables(http_proxy=E, all_proxy=F)
    for ask in (by_merging, by_resolving):
        merged = ask("http://host/", given)
        assert isinstance(merged, dict)
        assert select_proxy("http://host/", merged) == proxy
        assert (given or {}).items() <= merged.items()


def test_merging_leaves_what_was_given_alone(variables):
    variables(http_proxy=E)
    given = {"https": G}
    merged = merge_proxies("http://host/", given)
    assert merged == {"http": E, "https": G}
    assert given == {"https": G}
    merged["ftp"] = F
    assert merge_proxies("http://host/") == {"http": E}
    assert snapshot().proxies == {"http": E}
    fresh = merge_proxies("http://host/", {"http": G})
    fresh["x"] = F
    assert merge_proxies("http://host/", {"http": G}) == {"http": G}


def test_without_trust_the_environment_is_not_asked(variables):
    variables(http_proxy=E)
    assert merge_proxies("http://host/", None, trust_env=False) == {}
    assert merge_proxies("http://host/", {"https": G}, trust_env=False) == {"https": G}
    assert resolve_proxies(request_to("http://host/"), {"https": G}, trust_env=False) == {"https": G}


def test_nothing_set_and_nothing_given_is_a_dict_of_ones_own():
    first = merge_proxies("http://host/", None)
    first["http"] = E
    assert merge_proxies("http://host/", None) == {}
    assert merge_proxies("http://host/", {"http": G}) == {"http": G}


def test_resolving_adds_the_scheme_of_the_request_alone(variables):
    variables(all_proxy=E, https_proxy=F)
    assert resolve_proxies(request_to("http://host/"), {"ftp": G}) == {"http": E, "ftp": G}
    assert resolve_proxies(request_to("https://host/"), None) == {"https": F}
    variables(all_proxy=None)
    assert resolve_proxies(request_to("http://host/"), None) == {}


@pytest.mark.parametrize("ask", [by_merging, by_resolving])
def test_the_environments_proxies_do_not_follow_a_redirect_to_where_they_are_not_for(ask, variables):
    variables(http_proxy=E, https_proxy=F, no_proxy="direct.test")
    proxies = ask("http://host/", {"ftp": G})
    assert isinstance(proxies, MergedProxies)
    assert select_proxy("http://host/", proxies) == E
    proxies = ask("https://host/", proxies)
    assert select_proxy("https://host/", proxies) == F
    proxies = ask("http://direct.test/", proxies)
    assert proxies == {"ftp": G}
    assert select_proxy("http://host/", ask("http://host/", proxies)) == E


def test_what_somebody_adds_to_merged_proxies_stays(variables):
    variables(http_proxy=E, no_proxy="direct.test")
    merged = merge_proxies("http://host/")
    merged["http"] = G
    merged["ftp"] = F
    assert merge_proxies("http://direct.test/", merged) == {"http": G, "ftp": F}


@pytest.mark.parametrize("given", ["http://proxy", 5, [("http", E)]])
def test_proxies_that_are_no_mapping_are_refused(given):
    with pytest.raises(InvalidProxyURL, match="a mapping from schemes to URLs"):
        merge_proxies("http://host/", given)


keys = st.sampled_from(["http", "https", "all", "http://host", "all://host", "https://host", "http://other"])


@given(st.dictionaries(keys, st.sampled_from([G, None])), st.sets(st.sampled_from(["http_proxy", "https_proxy", "all_proxy"])))
def test_if_the_code_has_a_proxy_for_a_url_that_is_it(given_proxies, names):
    with mock.patch.dict(os.environ, dict.fromkeys(names, E)):
        for scheme, host in [("http", "host"), ("https", "host"), ("http", "other")]:
            url = f"{scheme}://{host}:80/"
            if {f"{scheme}://{host}", scheme, f"all://{host}", "all"} & set(given_proxies):
                expected = select_proxy(url, given_proxies)
            else:
                expected = E if names & {f"{scheme}_proxy", "all_proxy"} else None
            assert select_proxy(url, merge_proxies(url, given_proxies)) == expected
            assert select_proxy(url, resolve_proxies(request_to(url), given_proxies)) == expected


# --- Windows and macOS


@pytest.fixture
def macos(monkeypatch):
    """A system with settings of its own; gives the list of questions it was asked."""
    asked = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(environment, "_settings_seen", (float("-inf"), {}))
    monkeypatch.setattr(urllib.request, "getproxies", lambda: asked.append("proxies") or {"http": G})
    monkeypatch.setattr(urllib.request, "proxy_bypass", lambda host: asked.append(host) or host == "local.test")
    return asked


def test_the_systems_settings_are_asked_when_the_environment_has_none(macos, variables):
    assert getproxies() == snapshot().proxies == {"http": G}
    assert merge_proxies("http://host/") == {"http": G}
    assert merge_proxies("http://local.test/") == {}
    assert proxy_bypass("local.test") is True
    assert macos == ["proxies", "host", "local.test", "local.test"]  # once, for some seconds
    variables(CURL_CA_BUNDLE="x")
    assert (snapshot().ca_bundle, snapshot().proxies) == ("x", {"http": G})


def test_the_systems_settings_are_not_asked_when_the_environment_has_some(macos, variables):
    variables(https_proxy=E)
    assert getproxies() == snapshot().proxies == {"https": E}
    assert merge_proxies("https://local.test/") == {"https": E}
    assert proxy_bypass("local.test") is False
    assert macos == []


# The same with Python's own asking: only the module under it, which that system alone has, is put in its place.
SYSTEM = """
import os, sys, types, ssl, socket, subprocess, selectors, tempfile, http.client
{stub}
from minireq.environment import merge_proxies
print(merge_proxies("http://example.org/"), merge_proxies("http://inside.example/"), merge_proxies("http://intranet/"))
"""
MACOS = """
scproxy = sys.modules["_scproxy"] = types.ModuleType("_scproxy")
scproxy._get_proxies = lambda: {"http": "http://system.example:3128"}
scproxy._get_proxy_settings = lambda: {"exclude_simple": True, "exceptions": ["inside.example"]}
sys.platform = "darwin"
"""
WINDOWS = """
class Key(dict):
    def __enter__(self): return self
    def __exit__(self, *args): pass
    def Close(self): pass
winreg = sys.modules["winreg"] = types.ModuleType("winreg")
winreg.HKEY_CURRENT_USER = 1
registry = Key(ProxyEnable=1, ProxyServer="http=system.example:3128", ProxyOverride="*.corp;inside.example;<local>")
winreg.OpenKey = lambda root, path: registry
winreg.QueryValueEx = lambda key, name: (key[name], 1)
sys.platform, os.name = "win32", "nt"
import urllib.request
from pathlib import Path
os.name = "posix"
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the system itself would answer")
@pytest.mark.parametrize("stub", [MACOS, WINDOWS], ids=["macos", "windows"])
def test_the_settings_of_a_system_say_the_proxy_and_who_needs_none(stub, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    root = Path(environment.__file__).parent.parent
    assert run_python(SYSTEM.format(stub=stub), path=[root]) == "{'http': 'http://system.example:3128'} {} {}\n"


# --- netrc


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


NETRC = "machine good.test login me password s3cret\n"


def test_without_a_netrc_there_is_nothing(home):
    assert get_netrc_auth("http://good.test/") is None


@pytest.mark.parametrize("name", [".netrc", "_netrc"])
def test_the_netrc_at_home_is_read(name, home):
    (home / name).write_text(NETRC)
    assert get_netrc_auth("http://good.test/") == ("me", "s3cret")
    assert get_netrc_auth(b"http://GOOD.test:8080/x") == ("me", "s3cret")


def test_the_first_of_two_is_read(home):
    (home / ".netrc").write_text(NETRC)
    (home / "_netrc").write_text(NETRC.replace("me", "you"))
    assert get_netrc_auth("http://good.test/") == ("me", "s3cret")


def test_a_variable_may_name_another(home, variables):
    (home / ".netrc").write_text(NETRC)
    (home / "other").write_text(NETRC.replace("me", "you"))
    variables(NETRC="~/other")
    assert get_netrc_auth("http://good.test/") == ("you", "s3cret")
    variables(NETRC=str(home / "nowhere"))
    assert get_netrc_auth("http://good.test/") is None
    variables(NETRC="")
    assert get_netrc_auth("http://good.test/") is None
    variables(NETRC=None)
    assert get_netrc_auth("http://good.test/") == ("me", "s3cret")


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.test/",
        "http://good.test:@evil.test/",  # CVE-2024-47081
        "http://good.test:80@evil.test/",
        "http://good.test@evil.test/",
        "http://evilgood.test/",
        "http://good.test.evil.test/",
        "http://good.test\\@evil.test/",
        "http://evil.test\\@good.test/",
        "http://evil.test/@good.test",
        "http://evil.test#@good.test",
        "http://evil.test?@good.test",
        "good.test",
        "http:///good.test",
        "http://[good.test",
        "",
    ],
)
def test_a_netrc_is_for_the_host_alone(url, home):
    (home / ".netrc").write_text(NETRC)
    assert get_netrc_auth(url) is None


def test_a_netrc_that_cannot_be_read_is_passed_over_unless_asked(home):
    (home / ".netrc").mkdir()
    assert get_netrc_auth("http://good.test/") is None
    with pytest.raises(RequestException, match="netrc") as caught:
        get_netrc_auth("http://good.test/", raise_errors=True)
    assert isinstance(caught.value, OSError)


def test_a_netrc_that_appears_is_found_and_one_that_goes_is_not(home):
    assert get_netrc_auth("http://good.test/") is None
    (home / ".netrc").write_text(NETRC)
    assert get_netrc_auth("http://good.test/") == ("me", "s3cret")
    (home / ".netrc").unlink()
    assert get_netrc_auth("http://good.test/") is None


def test_nothing_is_read_where_there_is_no_file(home, monkeypatch):
    monkeypatch.setattr(netrc_file, "credentials", lambda path, host: pytest.fail("read"))
    assert get_netrc_auth("http://good.test/") is None
