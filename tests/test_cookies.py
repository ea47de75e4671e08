"""What a jar keeps of what servers say, what it says to whom, and how it is handled."""

from __future__ import annotations

import copy
import http.client
import http.cookiejar
import http.cookies
import io
import os
import pickle
import threading
import time
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given, strategies as st

from minireq import cookies
from minireq.cookies import (
    CookieConflictError,
    MockRequest,
    MockResponse,
    RequestsCookieJar,
    add_dict_to_cookiejar,
    cookiejar_from_dict,
    create_cookie,
    dict_from_cookiejar,
    extract_cookies_to_jar,
    extract_set_cookies,
    get_cookie_header,
    is_public_suffix,
    load_netscape,
    merge_cookies,
    morsel_to_cookie,
    remove_cookie_by_name,
    save_netscape,
)
from minireq.structures import CaseInsensitiveDict

HERE = "http://www.good.test/"
FOREVER = "; Max-Age=1000"


def request(url, **headers):
    return SimpleNamespace(url=url, headers=CaseInsensitiveDict(headers))


def raw(*lines):
    """A raw response of the kind that urllib3 makes, and that test tools imitate."""
    message = http.client.HTTPMessage()
    for line in lines:
        message["Set-Cookie"] = line
    return SimpleNamespace(_original_response=SimpleNamespace(msg=message))


def jar_after(*lines, url=HERE, jar=None):
    jar = RequestsCookieJar() if jar is None else jar
    extract_cookies_to_jar(jar, request(url), raw(*lines))
    return jar


def sent(jar, url, **headers):
    return get_cookie_header(jar, request(url, **headers))


# --- what a server sets, and where it goes


@pytest.mark.parametrize(
    "line, expected",
    [
        ("a=1", "a=1"),
        ("  a  =  1  ; Path=/", "a=1"),
        ("a=b=c==", "a=b=c=="),
        ('a="x y"', 'a="x y"'),
        ("a=", "a="),
        ("a=1; Foo=bar; ; =; Path=/; SameSite=Weird", "a=1"),
        ("a=1, b=2", "a=1, b=2"),
        ("sp ace=v", "sp ace=v"),
        ("a=é", "a=é"),
        ("a\t=\t1", "a=1"),
        ('a="x;y"', 'a="x'),  # section 5.6: the first semicolon ends the value, quotes or not
        ("nameless", "nameless"),
        ("=valueless name", None),
        ("", None),
        (";", None),
        ("=", None),
        ("; Path=/", None),
    ],
)
def test_a_line_becomes_a_cookie(line, expected):
    """S103, S181: sections 5.6 and 5.7 of RFC 6265bis."""
    assert sent(jar_after(line), HERE) == expected


@pytest.mark.parametrize("control", [chr(code) for code in (*range(9), *range(10, 32), 127)])
@pytest.mark.parametrize("line", ["a{}=1", "a=1{}2", "a=1; Path=/{}", "a=1; Foo={}"])
def test_a_line_with_a_control_character_is_ignored(line, control):
    jar = RequestsCookieJar()
    extract_set_cookies(jar, request(HERE), [line.format(control), "good=1"])
    assert sent(jar, HERE) == "good=1"


def test_name_and_value_may_have_4096_octets_and_not_more():
    assert jar_after("a=" + "v" * 4095)["a"] == "v" * 4095
    assert "a" not in jar_after("a=" + "v" * 4096)


def test_an_attribute_of_more_than_1024_octets_is_as_if_it_were_not_there():
    jar = jar_after("a=1; Path=/x; Path=/" + "y" * 1024)
    assert sent(jar, HERE + "x") == "a=1"


@pytest.mark.parametrize(
    "set_by, line, url, goes",
    [
        # no Domain, or an empty one: this host alone
        ("www.good.test", "a=1", "www.good.test", True),
        ("www.good.test", "a=1", "WWW.Good.Test:8080", True),
        ("www.good.test", "a=1", "sub.www.good.test", False),
        ("www.good.test", "a=1", "good.test", False),
        ("www.good.test", "a=1; Domain=", "sub.www.good.test", False),
        ("www.good.test", "a=1; Domain=.", "sub.www.good.test", False),
        ("www.good.test", "a=1; Domain=good.test; Domain=", "shop.good.test", False),
        # with Domain: also what is below it
        ("www.good.test", "a=1; Domain=good.test", "shop.good.test", True),
        ("www.good.test", "a=1; Domain=.good.test", "shop.good.test", True),
        ("www.good.test", "a=1; DOMAIN=Good.Test", "good.test", True),
        ("www.good.test", "a=1; Domain=www.good.test", "x.www.good.test", True),
        ("www.good.test", "a=1; Domain=good.test", "evilgood.test", False),
        ("www.good.test", "a=1; Domain=good.test", "good.test.evil.test", False),
        # a domain that is not ours to speak for
        ("www.good.test", "a=1; Domain=evil.test", "evil.test", False),
        ("www.good.test", "a=1; Domain=evil.test", "www.good.test", False),
        ("www.good.test", "a=1; Domain=shop.good.test", "www.good.test", False),
        ("www.good.test", "a=1; Domain=x.www.good.test", "x.www.good.test", False),
        ("www.good.test", "a=1; Domain=ood.test", "food.test", False),
        ("www.good.test", "a=1; Domain=..good.test", "shop.good.test", False),
        ("www.good.test", "a=1; Domain=good.test.", "shop.good.test", False),
        ("www.good.test", "a=1; Domain=ɡood.test", "www.good.test", False),
        # top-level domains and the like
        ("www.good.test", "a=1; Domain=test", "other.test", False),
        ("www.good.test", "a=1; Domain=.test", "www.good.test", False),
        ("www.good.test.", "a=1; Domain=test.", "other.test.", False),
        ("evil.co.uk", "a=1; Domain=co.uk", "bank.co.uk", False),
        ("evil.co.uk.", "a=1; Domain=co.uk.", "bank.co.uk.", False),
        ("evil.github.io", "a=1; Domain=github.io", "good.github.io", False),
        ("github.io", "a=1; Domain=github.io", "github.io", True),
        ("github.io", "a=1; Domain=github.io", "good.github.io", False),
        ("www.bbc.co.uk", "a=1; Domain=bbc.co.uk", "news.bbc.co.uk", True),
        # trailing dots are other hosts
        ("www.good.test.", "a=1", "www.good.test", False),
        ("www.good.test", "a=1", "www.good.test.", False),
        ("www.good.test.", "a=1", "www.good.test.", True),
        # addresses are exact
        ("127.0.0.1", "a=1", "127.0.0.1:80", True),
        ("127.0.0.1", "a=1; Domain=0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "a=1; Domain=.0.0.1", "9.0.0.1", False),
        ("127.0.0.1", "a=1; Domain=127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "a=1; Domain=127.0.0.1", "1.127.0.0.1", False),
        ("[::1]", "a=1", "[::1]:8080", True),
        ("[::1]", "a=1; Domain=[::1]", "[::1]", True),
        ("[::1]", "a=1", "[::2]", False),
        # names without a dot
        ("localhost", "a=1", "localhost:8000", True),
        ("localhost", "a=1; Domain=localhost", "localhost", True),
        ("localhost", "a=1; Domain=localhost", "www.localhost", False),
        ("localhost", "a=1; Domain=local", "printer", False),
        ("localhost", "a=1", "printer", False),
        ("printer", "a=1", "printer", True),
    ],
)
def test_a_cookie_goes_to_the_hosts_it_is_for(set_by, line, url, goes):
    """S181, D15: sections 5.1.3, 5.7 and 5.8."""
    jar = jar_after(line, url=f"http://{set_by}/")
    assert sent(jar, f"http://{url}/") == ("a=1" if goes else None)


@pytest.mark.parametrize(
    "set_at, line, asked, goes",
    [
        ("/", "a=1; Path=/foo", "/foo", True),
        ("/", "a=1; Path=/foo", "/foo/bar", True),
        ("/", "a=1; Path=/foo", "/foobar", False),
        ("/", "a=1; Path=/foo", "/fo", False),
        ("/", "a=1; Path=/foo/", "/foo", False),
        ("/", "a=1; Path=/foo/", "/foo/bar", True),
        ("/", "a=1; Path=/Foo", "/foo", False),
        ("/", "a=1; Path=/foo", "/foo?x=/bar", True),
        ("/", "a=1; Path=/foo", "/?/foo", False),
        ("/d/p", "a=1; Path=foo", "/d/q", True),
        ("/d/p", "a=1; Path=", "/d/q", True),
        ("/d/p", "a=1; Path=/; Path=x", "/", False),
        ("/d/p", "a=1", "/d", True),
        ("/d/p", "a=1", "/d/e/f", True),
        ("/d/p", "a=1", "/", False),
        ("/d/", "a=1", "/d/x", True),
        ("/d", "a=1", "/", True),
        ("", "a=1", "/x", True),
        ("?q=/d/e", "a=1", "", True),
    ],
)
def test_a_cookie_goes_to_the_paths_it_is_for(set_at, line, asked, goes):
    """S104: sections 5.1.4 and 5.6.4."""
    jar = jar_after(line, url=f"http://www.good.test{set_at}")
    assert sent(jar, f"http://www.good.test{asked}") == ("a=1" if goes else None)


@pytest.mark.parametrize(
    "line, lasts",
    [
        ("a=1; Max-Age=0", False),
        ("a=1; Max-Age=-5", False),
        ("a=1; Max-Age=500", True),
        ("a=1; max-age = 500", True),
        ("a=1; Max-Age=" + "9" * 1000, True),
        ("a=1; Max-Age=-" + "9" * 1000, False),
        ("a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", False),
        ("a=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT", True),
        ("a=1; Expires=Wed, 21-Oct-2065 07:28:00 GMT", True),
        ("a=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT", False),
        # Max-Age is stronger than Expires
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=500", True),
        ("a=1; Max-Age=0; Expires=Wed, 21 Oct 2065 07:28:00 GMT", False),
        # of several, the last that can be read
        ("a=1; Max-Age=0; Max-Age=500", True),
        ("a=1; Max-Age=500; Max-Age=", True),
    ],
)
def test_a_cookie_lasts_as_long_as_it_says(line, lasts):
    """Sections 5.6.1, 5.6.2 and 5.7."""
    jar = jar_after("a=0; Path=/", line + "; Path=/")
    assert sent(jar, HERE) == ("a=1" if lasts else None)
    assert ("a" in jar) == lasts


@pytest.mark.parametrize(
    "junk", ["Max-Age=abc", "Max-Age=1.5", "Max-Age=+5", "Max-Age=٥", "Max-Age=", "Max-Age", "Expires=whenever", "Expires"]
)
def test_an_attribute_that_cannot_be_read_does_not_lose_the_cookie(junk):
    """D15."""
    jar = jar_after(f"a=1; {junk}")
    assert sent(jar, HERE) == "a=1"
    (cookie,) = jar
    assert (cookie.expires, cookie.discard) == (None, True)


def test_what_has_expired_is_not_sent_any_more():
    jar = jar_after("a=1; Max-Age=1000", "b=1")
    assert sent(jar, HERE) == "a=1; b=1"
    for cookie in jar:
        if cookie.name == "a":
            cookie.expires = int(time.time()) - 1
    assert sent(jar, HERE) == "b=1"


@pytest.mark.parametrize(
    "text, date",
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        ("Sun Nov  6 08:49:37 1994", 784111777),
        ("6 november 1994 8:49:37", 784111777),
        ("08:49:37 1994 6 Nov", 784111777),
        ("08:49:37x 1994 6 Nov", 784111777),
        ("1 Jan 69 00:00:00", 3124224000),
        ("1 Jan 70 00:00:00", 0),
        ("29 Feb 2024 00:00:00", 1709164800),
        ("31 Dec 9999 23:59:59", 253402300799),
        ("29 Feb 2023 00:00:00", None),
        ("31 Apr 2023 00:00:00", None),
        ("0 Jan 2023 00:00:00", None),
        ("1 Jan 1600 00:00:00", None),
        ("1 Jan 2023 24:00:00", None),
        ("1 Jan 2023 00:60:00", None),
        ("1 Jan 2023 00:00:60", None),
        ("1 Jan 2023 00:00:000", None),
        ("1 Jan 20233 00:00:00", None),
        ("1 Jan 2023", None),
        ("Jan 2023 00:00:00", None),
        ("1-c-1", None),
        ("", None),
    ],
)
def test_dates_are_read_as_browsers_read_them(text, date):
    """Section 5.1.1."""
    assert cookies._date(text) == date


@given(st.text())
def test_no_date_is_too_odd(text):
    assert cookies._date(text) is None or isinstance(cookies._date(text), int)


# --- secure cookies and promises


@pytest.mark.parametrize(
    "url, line, kept",
    [
        ("http://www.good.test/", "a=1; Secure", False),
        ("https://www.good.test/", "a=1; Secure", True),
        ("HTTPS://www.good.test/", "a=1; secure=no", True),
        ("https://www.good.test/", "__Secure-a=1; Secure", True),
        ("https://www.good.test/", "__Secure-a=1", False),
        ("https://www.good.test/", "__SECURE-a=1", False),
        ("http://www.good.test/", "__secure-a=1", False),
        ("http://www.good.test/", "__Secure-a=1; Secure", False),
        ("https://www.good.test/", "__Host-a=1; Secure; Path=/", True),
        ("https://www.good.test/", "__hOST-a=1; Secure; Path=/; Domain=", True),
        ("https://www.good.test/", "__Host-a=1; Secure", False),
        ("https://www.good.test/", "__Host-a=1; Path=/", False),
        ("https://www.good.test/", "__host-a=1; Path=/", False),
        ("https://www.good.test/", "__Host-a=1; Secure; Path=/x", False),
        ("https://www.good.test/", "__Host-a=1; Secure; Path=/; Domain=good.test", False),
        ("https://www.good.test/", "__Host-a=1; Secure; Path=/; Domain=www.good.test", False),
        ("https://www.good.test/", "=__Host-a=1; Secure; Path=/", False),
        ("https://www.good.test/", "=__Secure-a=1; Secure", False),
        ("https://www.good.test/", "__Host-a; Secure; Path=/", False),
        ("https://www.good.test/", "__Secure-a; Secure", False),
        ("https://www.good.test/", "__Hosta=1", True),
    ],
)
def test_promises_of_a_prefix_are_kept_or_the_cookie_is_not(url, line, kept):
    """D15: sections 4.1.3 and 5.7."""
    assert len(jar_after(line, url=url)) == kept


def test_a_secure_cookie_goes_to_https_only():
    jar = jar_after("a=1; Secure", url="https://www.good.test/")
    assert sent(jar, "https://www.good.test/") == "a=1"
    assert sent(jar, "wss://www.good.test/") == "a=1"
    assert sent(jar, "http://www.good.test/") is None


@pytest.mark.parametrize(
    "secure, plain, from_http, kept",
    [
        ("a=1; Secure", "a=2", "http://www.good.test/", False),
        ("a=1; Secure", "a=2; Max-Age=0", "http://www.good.test/", False),
        ("a=1; Secure", "a=2; Domain=good.test", "http://www.good.test/", False),
        ("a=1; Secure; Domain=good.test", "a=2", "http://www.good.test/", False),
        ("a=1; Secure; Domain=good.test", "a=2", "http://shop.good.test/", False),
        ("a=1; Secure", "a=2; Path=/deep", "http://www.good.test/", False),
        ("a=1; Secure; Path=/deep", "a=2; Path=/", "http://www.good.test/", True),
        ("a=1; Secure", "a=2", "http://shop.good.test/", True),
        ("a=1; Secure", "A=2", "http://www.good.test/", True),
        ("a=1; Secure", "a=2", "https://www.good.test/", True),
        ("a=1", "a=2", "http://www.good.test/", True),
    ],
)
def test_http_does_not_overwrite_what_is_secure(secure, plain, from_http, kept):
    """Section 5.7, step 16."""
    jar = jar_after(secure, url="https://www.good.test/")
    jar_after(plain, url=from_http, jar=jar)
    assert ("2" in jar.values()) == kept
    assert kept or jar.values() == ["1"]


@pytest.mark.parametrize(
    "domain, is_one",
    [
        ("com", True),
        ("test", True),
        ("localhost", True),
        ("com.", True),
        ("co.uk", True),
        ("com.au", True),
        ("co.uk.", True),
        ("go.jp", True),
        ("s3.amazonaws.com", True),
        ("amazonaws.com", False),
        ("example.com", False),
        ("co.example.uk", False),
        ("co.com", False),
        ("bbc.co.uk", False),
        ("web.de", False),
        ("t.co", False),
    ],
)
def test_public_suffixes_are_known_by_a_short_rule(domain, is_one):
    """D15."""
    assert is_public_suffix(domain) == is_one


# --- what is sent, and in which order


def test_longer_paths_come_first_then_older_cookies():
    """Section 5.8.3."""
    jar = jar_after("a=1; Path=/", "b=1; Path=/deep", "c=1; Path=/; Domain=good.test", "d=1; Path=/", url=HERE + "deep/x")
    assert sent(jar, HERE + "deep/x") == "b=1; a=1; c=1; d=1"


def test_a_new_value_keeps_the_place_of_the_old_one():
    """Section 5.7: the creation time stays."""
    jar = jar_after("b=1", "a=1", "b=2")
    assert sent(jar, HERE) == "b=2; a=1"
    jar_after("b=; Max-Age=0", "b=3", jar=jar)
    assert sent(jar, HERE) == "a=1; b=3"


def test_cookies_of_one_name_are_told_apart_by_host_domain_and_path():
    jar = jar_after("a=1", "a=2; Domain=good.test", "a=3; Path=/x", "a=4; Domain=www.good.test")
    assert sent(jar, HERE + "x") == "a=3; a=1; a=2; a=4"
    assert len(jar) == 4


def test_a_header_that_is_there_already_stays():
    jar = cookiejar_from_dict({"a": "1"})
    assert sent(jar, HERE, Cookie="h=1") is None


def test_an_empty_jar_sends_nothing():
    assert sent(RequestsCookieJar(), HERE) is None


def test_a_flood_of_cookies_is_cut_down():
    """CVE-2022-32205: the newest are kept, and the header stays such that servers accept it."""
    jar = jar_after(*[f"c{number:04}={'v' * 40}" for number in range(3000)])
    assert len(jar) == cookies.MOST_COOKIES_OF_A_DOMAIN
    assert "c2999" in jar
    assert "c0000" not in jar
    assert len(sent(jar, HERE)) < 16384


def test_old_and_expired_cookies_go_first_and_secure_ones_last(monkeypatch):
    monkeypatch.setattr(cookies, "MOST_COOKIES_OF_A_DOMAIN", 3)
    url = "https://www.good.test/"
    jar = jar_after("old=1", "safe=1; Secure", "dying=1; Max-Age=1000", url=url)
    for cookie in jar:
        cookie.expires = cookie.expires and 1
    jar_after("new=1", url=url, jar=jar)
    assert sorted(jar.keys()) == ["new", "old", "safe"]
    jar_after("newer=1", url=url, jar=jar)
    assert sorted(jar.keys()) == ["new", "newer", "safe"]


def test_a_jar_holds_3000_cookies_of_servers_and_whatever_is_set_by_hand(monkeypatch):
    monkeypatch.setattr(cookies, "MOST_COOKIES", 30)
    jar = cookiejar_from_dict({f"mine{number}": "1" for number in range(100)})
    for number in range(40):
        jar_after("a=1", url=f"http://host{number}.test/", jar=jar)
    domains = jar.list_domains()
    assert len(jar) == 130
    assert "host39.test" in domains
    assert "host9.test" not in domains


def test_a_header_grows_to_16_kib_but_what_was_set_by_hand_always_goes():
    jar = jar_after(*[f"c{number}={'v' * 4000}" for number in range(10)])
    assert sent(jar, HERE).count("=") == 4
    jar.set("mine", "m" * 20000)
    assert f"mine={'m' * 20000}" in sent(jar, HERE)
    assert sent(jar, HERE).startswith("c0=")


def test_setting_and_unsetting_leaves_nothing_behind():
    jar = RequestsCookieJar()
    for number in range(50):
        jar_after(f"a=1; Path=/{number}", f"a=1; Path=/{number}; Max-Age=0", jar=jar)
    assert jar._cookies == {}


@pytest.mark.parametrize(
    "line",
    [
        'a="' + '\\"' * 28000,
        "a=1; Expires=1-c-1" + " " * 30000 + "x",
        "a=1" + ";" * 60000,
        "=" * 60000,
        "a=1; Expires=" + "1 " * 500,
        " " * 60000,
    ],
    ids=lambda line: line[:12],
)
def test_reading_takes_time_in_proportion(line):
    """bpo-38804 and its like."""
    started = time.process_time()
    for _ in range(3):
        jar_after(line)
    assert time.process_time() - started < 0.5


@given(
    st.lists(st.text(st.characters(max_codepoint=255)), max_size=5),
    st.sampled_from([HERE, "https://a.b.test/x/y", "http://127.0.0.1/"]),
)
def test_no_line_is_too_odd_and_none_plants_a_control_character(lines, url):
    jar = RequestsCookieJar()
    extract_set_cookies(jar, request(url), lines)
    header = sent(jar, url) or ""
    assert not cookies._CONTROL.search(header)


# --- what users see of it


def test_a_cookie_shows_its_attributes():
    (cookie,) = jar_after("a=1; HttpOnly; SameSite=Lax; Path=/x; Domain=.good.test; Priority=High; Max-Age=100")
    assert (cookie.name, cookie.value, cookie.domain, cookie.path) == ("a", "1", ".good.test", "/x")
    assert (cookie.domain_specified, cookie.domain_initial_dot, cookie.path_specified) == (True, True, True)
    assert cookie._rest == {"HttpOnly": None, "SameSite": "Lax", "Priority": "High"}
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert 99 <= cookie.expires - time.time() <= 100
    assert not cookie.discard


@pytest.mark.parametrize(
    "url, domain",
    [("http://www.good.test/", "www.good.test"), ("http://127.0.0.1:80/", "127.0.0.1"), ("http://localhost/", "localhost.local")],
)
def test_a_cookie_without_domain_shows_its_host(url, domain):
    (cookie,) = jar_after("a=1", url=url)
    assert (cookie.domain, cookie.domain_specified, cookie.path, cookie.path_specified) == (domain, False, "/", False)


def test_a_cookie_without_a_name_has_its_text_as_the_name():
    (cookie,) = jar_after("noval")
    assert (cookie.name, cookie.value) == ("noval", None)


def test_a_server_deletes_a_cookie_that_was_set_by_hand_for_its_host():
    jar = RequestsCookieJar()
    jar.set("old", "1", domain="127.0.0.1", path="/")
    for _ in range(2):
        jar_after("old=; Max-Age=0; Path=/", url="http://127.0.0.1/", jar=jar)
        assert not jar


def test_the_host_header_says_whose_cookies_they_are():
    jar = RequestsCookieJar()
    extract_cookies_to_jar(jar, request("http://127.0.0.1:8080/d/x", Host="www.good.test:81"), raw("a=1"))
    assert sent(jar, "http://www.good.test/d/") == "a=1"
    assert sent(jar, "http://127.0.0.1/d/", Host=b"www.good.test") == "a=1"
    assert sent(jar, "http://127.0.0.1/d/") is None


def test_user_and_password_of_the_url_are_no_part_of_the_domain():
    jar = jar_after("a=1", url="http://me:secret@www.good.test/")
    assert jar.list_domains() == ["www.good.test"]
    assert sent(jar, "http://you:secret@www.good.test/") == "a=1"


@pytest.mark.parametrize("url", ["", None, "nonsense", "file:///x", "http:///x"])
def test_without_a_host_nothing_is_kept_and_only_what_is_for_everybody_is_sent(url):
    jar = jar_after("a=1", url=url, jar=cookiejar_from_dict({"mine": "1"}))
    assert jar.keys() == ["mine"]
    assert sent(jar, url) == "mine=1"


# --- cookies set by hand


@pytest.mark.parametrize(
    "settings, url, goes",
    [
        ({}, "http://anywhere.test/x", True),
        ({"path": "/foo"}, "http://anywhere.test/foo/bar", True),
        ({"path": "/foo"}, "http://anywhere.test/bar", False),
        ({"path": ""}, "http://anywhere.test/bar", True),
        ({"path": None}, "http://anywhere.test/bar", True),
        ({"domain": "good.test"}, "http://good.test/", True),
        ({"domain": "good.test"}, "http://www.good.test/", True),
        ({"domain": ".good.test"}, "http://www.good.test/", True),
        ({"domain": ".good.test"}, "http://good.test/", True),
        ({"domain": "good.test"}, "http://evilgood.test/", False),
        ({"domain": None}, "http://anywhere.test/", True),
        ({"domain": "localhost"}, "http://localhost/", True),
        ({"domain": "localhost.local"}, "http://localhost/", True),
        ({"domain": "127.0.0.1"}, "http://127.0.0.1:8080/", True),
        ({"domain": "0.0.1"}, "http://127.0.0.1/", False),
        ({"secure": True}, "http://good.test/", False),
        ({"secure": True}, "https://good.test/", True),
        ({"port": "80,8080"}, "http://good.test/", True),
        ({"port": "80,8080"}, "http://good.test:8080/", True),
        ({"port": "80,8080"}, "http://good.test:81/", False),
        ({"port": "443"}, "https://good.test/", True),
        ({"expires": 1}, "http://good.test/", False),
        ({"version": 1}, "http://good.test/", True),
    ],
)
def test_a_cookie_set_by_hand_goes_where_its_arguments_say(settings, url, goes):
    """S104."""
    jar = RequestsCookieJar()
    jar.set("a", "1", **settings)
    assert sent(jar, url) == ("a=1" if goes else None)


def test_cookies_set_by_hand_stay_together():
    jar = cookiejar_from_dict({"mine": "0"})
    jar_after("theirs=1", jar=jar)
    merge_cookies(jar, {"once": "2"})
    assert sent(jar, HERE) == "mine=0; once=2; theirs=1"


@pytest.mark.parametrize("value, text", [(1, "a=1"), (b"xy", "a=xy"), ("", "a="), ('a"b', 'a=a"b'), ("a;b", "a=a;b")])
def test_odd_values_are_sent_as_they_are(value, text):
    assert sent(cookiejar_from_dict({"a": value}), HERE) == text


@pytest.mark.parametrize("given, kept", [('"x\\"y"', '"xy"'), ('"xy"', '"xy"'), ('x\\"y', 'x\\"y'), ('"', '"'), ("", "")])
def test_escaped_quotes_within_quotes_are_dropped(given, kept):
    jar = RequestsCookieJar()
    jar.set("a", given)
    assert jar["a"] == kept


def test_an_unknown_argument_is_an_error():
    """S105."""
    with pytest.raises(TypeError, match="site"):
        RequestsCookieJar().set("a", "1", site="x")


def test_a_morsel_can_be_set():
    """S187."""
    simple = http.cookies.SimpleCookie('a=1; Domain=good.test; Path=/x; Secure; HttpOnly; Max-Age=60; Comment="c"')
    jar = RequestsCookieJar()
    cookie = jar.set("ignored", simple["a"])
    assert (cookie.name, cookie.value, cookie.domain, cookie.path, cookie.secure) == ("a", "1", "good.test", "/x", True)
    assert (cookie.comment, cookie.comment_url, cookie._rest, cookie.discard) == ("c", True, {"HttpOnly": True}, False)
    assert 58 <= cookie.expires - time.time() <= 60


def morsel(**attributes):
    made = http.cookies.Morsel()
    made.set("a", "1", "1")
    for name, value in attributes.items():
        made[name.replace("_", "-")] = value
    return made


@pytest.mark.parametrize(
    "attributes, expires", [({"expires": "Thu, 01-Jan-1970 00:00:01 GMT"}, 1), ({"expires": None}, None), ({}, None)]
)
def test_the_date_of_a_morsel_is_read(attributes, expires):
    assert morsel_to_cookie(morsel(**attributes)).expires == expires


@pytest.mark.parametrize(
    "attributes, error", [({"expires": 100}, TypeError), ({"expires": "woops"}, ValueError), ({"max_age": "woops"}, TypeError)]
)
def test_a_morsel_with_nonsense_is_an_error(attributes, error):
    with pytest.raises(error, match=r"woops|100"):
        morsel_to_cookie(morsel(**attributes))


# --- the jar as a mapping


@pytest.fixture
def jar():
    made = RequestsCookieJar()
    made.set("a", "1", domain="x.test", path="/")
    made.set("a", "2", domain="y.test", path="/")
    made.set("b", "3", domain="x.test", path="/p")
    return made


def test_a_value_is_found_by_name():
    """S100, S103."""
    jar = cookiejar_from_dict({"a": "1", "empty": ""})
    assert (jar["a"], jar["empty"], jar.get("a"), jar.get("b"), jar.get("b", "default")) == ("1", "", "1", None, "default")
    assert "a" in jar
    assert "b" not in jar
    assert 5 not in jar


def test_a_missing_name_is_a_key_error_that_says_what_was_looked_for():
    """S101."""
    with pytest.raises(KeyError) as caught:
        RequestsCookieJar()["x"]
    assert caught.value.args == ("name='x', domain=None, path=None",)


def test_several_cookies_of_a_name_are_a_conflict_unless_the_domain_is_said(jar):
    for ask in (lambda: jar["a"], lambda: jar.get("a")):
        with pytest.raises(CookieConflictError, match="'a'"):
            ask()
    assert "a" in jar
    assert jar.get("a", domain="y.test") == "2"
    assert jar.get("a", path="/q", default="none") == "none"
    assert jar._find("a") == "1"
    with pytest.raises(KeyError, match="z.test"):
        jar._find("a", domain="z.test")


def test_names_values_and_items_are_lists(jar):
    assert jar.keys() == list(jar.iterkeys()) == ["a", "b", "a"]
    assert jar.values() == list(jar.itervalues()) == ["1", "3", "2"]
    assert jar.items() == list(jar.iteritems()) == [("a", "1"), ("b", "3"), ("a", "2")]
    assert len(jar) == 3
    assert [cookie.name for cookie in jar] == ["a", "b", "a"]
    assert dict(jar.items()) == {"a": "2", "b": "3"}


def test_a_jar_says_which_domains_and_paths_it_knows(jar):
    assert jar.list_domains() == ["x.test", "y.test"]
    assert jar.list_paths() == ["/", "/p"]
    assert jar.multiple_domains()
    assert jar.get_dict() == {"a": "2", "b": "3"}
    assert jar.get_dict(domain="x.test") == {"a": "1", "b": "3"}
    assert jar.get_dict(path="/p") == {"b": "3"}


def test_two_cookies_of_one_domain_are_no_several_domains():
    jar = jar_after("a=1", "b=2")
    assert not jar.multiple_domains()


def test_a_jar_is_changed_like_a_dictionary(jar):
    """S187."""
    jar["n"] = "4"
    jar.update({"m": "5"})
    jar.update([("l", "6")])
    assert jar.setdefault("k", "7") == "7"
    assert jar.pop("k") == "7"
    del jar["a"]
    del jar["not there"]
    jar.set("n", None)
    assert jar.get_dict() == {"b": "3", "m": "5", "l": "6"}
    jar.clear()
    assert not jar


def test_none_removes_only_what_is_meant(jar):
    jar.set("a", None, domain="x.test")
    assert jar.get_dict() == {"a": "2", "b": "3"}
    remove_cookie_by_name(jar, "a", path="/other")
    assert "a" in jar
    remove_cookie_by_name(jar, "a", domain="y.test", path="/")
    assert "a" not in jar


def test_an_empty_jar_shows_itself_so():
    """S106."""
    assert repr(RequestsCookieJar()) == "<RequestsCookieJar[]>"
    assert str(cookiejar_from_dict({"a": "1"})) == "<RequestsCookieJar[<Cookie a=1 for />]>"


def test_jars_are_equal_if_their_items_are(jar):
    assert jar == jar.copy()
    assert jar != RequestsCookieJar()
    assert cookiejar_from_dict({"a": "1"}) == {"a": "1"}


def test_a_jar_is_a_cookie_jar(jar):
    assert isinstance(jar, http.cookiejar.CookieJar)
    jar.clear("x.test", "/p", "b")
    with pytest.raises(KeyError):
        jar.clear("x.test", "/p", "b")
    jar.clear_session_cookies()
    assert len(jar) == 0


def test_dictionaries_become_jars_and_jars_dictionaries():
    assert cookiejar_from_dict(None).keys() == []
    assert dict_from_cookiejar(cookiejar_from_dict({"a": "1"})) == {"a": "1"}
    for jar in (http.cookiejar.CookieJar(), RequestsCookieJar()):
        assert add_dict_to_cookiejar(jar, {"a": "1", "b": "2"}) is jar
        assert dict_from_cookiejar(jar) == {"a": "1", "b": "2"}


def test_cookies_of_a_class_of_their_own_stay_that():
    class Own(http.cookiejar.Cookie):
        pass

    jar = RequestsCookieJar()
    jar.set_cookie(Own(**{name: value for name, value in vars(create_cookie("a", "1")).items() if name != "_rest"}, rest={}))
    (cookie,) = jar.copy()
    assert type(cookie) is Own
    assert cookie.value == "1"


def test_without_overwriting_what_is_there_stays():
    jar = cookiejar_from_dict({"a": "1"})
    assert cookiejar_from_dict({"a": "2", "b": "2"}, jar, overwrite=False) is jar
    assert jar.get_dict() == {"a": "1", "b": "2"}


# --- merging and copying


def test_merging_a_dictionary_keeps_and_merging_a_jar_replaces():
    """S107, S184."""
    jar = cookiejar_from_dict({"a": "1"})
    assert merge_cookies(jar, {"a": "2", "b": "2"}) is jar
    assert jar.get_dict() == {"a": "1", "b": "2"}
    assert merge_cookies(jar, cookiejar_from_dict({"a": "3"})).get_dict() == {"a": "3", "b": "2"}
    assert merge_cookies(jar, None) is jar
    plain = http.cookiejar.CookieJar()
    assert dict_from_cookiejar(merge_cookies(plain, jar)) == {"a": "3", "b": "2"}


def test_only_a_jar_can_be_merged_into():
    with pytest.raises(ValueError, match="dict"):
        merge_cookies({}, {"a": "1"})


COPIES = {
    "copy": lambda jar: jar.copy(),
    "merge": lambda jar: merge_cookies(RequestsCookieJar(), jar),
    "internal": cookies._copy_cookie_jar,
    "of a copy": lambda jar: cookies._copy_cookie_jar(cookies._copy_cookie_jar(jar)),
    "pickle": lambda jar: pickle.loads(pickle.dumps(jar)),
    "pickled copy": lambda jar: pickle.loads(pickle.dumps(cookies._copy_cookie_jar(jar))),
    "deepcopy": copy.deepcopy,
    "copy.copy": copy.copy,  # shallow: it shares the cookies
}


@pytest.mark.parametrize("copy_of", COPIES.values(), ids=COPIES)
def test_a_copy_and_its_original_do_not_see_each_others_changes(copy_of):
    original = jar_after("a=1", "b=1; Path=/x")
    twin = copy_of(original)
    assert type(twin) is RequestsCookieJar
    assert twin == original
    twin.set("c", "2")
    assert sorted(original.keys()) == ["a", "b"]
    jar_after("d=3", jar=original)
    del original["a"]
    assert sorted(twin.keys()) == ["a", "b", "c"]
    assert sorted(original.keys()) == ["b", "d"]
    assert sent(twin, HERE) == "a=1; c=2"
    assert sent(original, HERE) == "d=3"
    twin.clear()
    assert sorted(original.keys()) == ["b", "d"]


@pytest.mark.parametrize("copy_of", list(COPIES.values())[:-1], ids=list(COPIES)[:-1])
def test_changing_a_cookie_of_a_copy_leaves_the_original_alone(copy_of):
    original = jar_after("a=1")
    twin = copy_of(original)
    for cookie in twin:
        cookie.value = "2"
    assert (original["a"], twin["a"]) == ("1", "2")
    assert (sent(original, HERE), sent(twin, HERE)) == ("a=1", "a=2")


def test_a_cookie_that_somebody_holds_stays_in_the_jar_it_is_of():
    jar = jar_after("a=1")
    (cookie,) = jar
    merge_cookies(RequestsCookieJar(), jar)
    jar_after("b=2", jar=jar)
    cookie.value = "changed"
    assert sent(jar, HERE) == "a=changed; b=2"


def test_a_jar_is_copied_by_looking_at_it_not_before():
    jar = jar_after(*[f"c{number}=1" for number in range(100)])
    twin = merge_cookies(RequestsCookieJar(), jar)
    assert sent(twin, HERE) == sent(jar, HERE)
    assert twin._shelf is jar._shelf
    assert len(twin) == 100
    assert twin._shelf is jar._shelf
    twin["new"] = "1"
    assert twin._shelf is not jar._shelf


def test_what_is_sent_follows_every_kind_of_change():
    jar = jar_after("a=1")
    assert sent(jar, HERE) == "a=1"
    jar_after("b=2", jar=jar)
    assert sent(jar, HERE) == "a=1; b=2"
    for cookie in jar:
        cookie.value += "!"
    assert sent(jar, HERE) == "a=1!; b=2!"
    jar.set("a", "3", domain="www.good.test")
    assert sent(jar, HERE) == "a=3; b=2!"
    del jar["b"]
    assert sent(jar, HERE) == "a=3"
    jar._cookies["www.good.test"]["/"]["c"] = create_cookie("c", "4", domain="www.good.test")
    assert "c=4" in sent(jar, HERE)
    jar._cookies = {}
    assert sent(jar, HERE) is None


def test_many_urls_do_not_fill_the_memory():
    jar = jar_after("a=1; Path=/")
    for number in range(2000):
        assert sent(jar, f"{HERE}{number}") == "a=1"
    assert len(jar._shelf.choices) <= 256


def test_other_kinds_of_jars_are_copied_as_what_they_are(tmp_path):
    lwp = http.cookiejar.LWPCookieJar(str(tmp_path / "file"))
    cookiejar_from_dict({"a": "1"}, lwp)
    twin = cookies._copy_cookie_jar(lwp)
    assert type(twin) is http.cookiejar.LWPCookieJar
    assert twin.filename == lwp.filename
    next(iter(twin)).value = "2"
    assert [cookie.value for cookie in lwp] == ["1"]
    assert cookies._copy_cookie_jar(None) is None


def test_a_copy_has_the_same_policy():
    """A policy that a user has set counts for copies, too."""

    class MyPolicy(http.cookiejar.DefaultCookiePolicy):
        pass

    jar = RequestsCookieJar()
    jar.set_policy(MyPolicy())
    for twin in (jar.copy(), cookies._copy_cookie_jar(jar)):
        assert twin.get_policy() is jar.get_policy()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["", "x.test", ".x.test"]),
            st.sampled_from(["/", "/p"]),
            st.sampled_from("123"),
        ),
        max_size=12,
    ),
    st.integers(0, 12),
)
def test_a_borrowed_jar_behaves_as_a_copied_one(changes, moment):
    """Whatever happens to a jar and its copies: a jar that borrowed and one that was copied at once cannot be told apart."""

    def play(take):
        jar, twin = RequestsCookieJar(), None
        for number, (name, domain, path, value) in enumerate(changes):
            if number == moment:
                twin = take(jar)
            target = twin if twin is not None and number % 2 else jar
            target.set(name, None if value == "3" else value, domain=domain, path=path)
        return [(c.name, c.value, c.domain, c.path) for each in (jar, twin) if each is not None for c in each]

    assert play(cookies._copy_cookie_jar) == play(lambda jar: jar.copy())


def test_threads_share_a_jar():
    jar, errors = RequestsCookieJar(), []

    def work(number):
        try:
            for turn in range(200):
                jar_after(f"c{number}={turn}", f"t{number}-{turn}=1; Path=/x", f"t{number}-{turn}=1; Path=/x; Max-Age=0", jar=jar)
                sent(merge_cookies(RequestsCookieJar(), jar), HERE + "x")
                jar.get_dict()
                list(jar)
                jar.copy()
        except Exception as error:  # pragma: no cover
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert jar.get_dict() == {f"c{number}": "199" for number in range(6)}


# --- policies and foreign jars


def test_a_policy_that_is_given_decides_with_the_machinery_of_the_standard_library():
    class OnlyB(http.cookiejar.DefaultCookiePolicy):
        def set_ok(self, cookie, request):
            return cookie.name == "b" and super().set_ok(cookie, request)

        def return_ok(self, cookie, request):
            return cookie.value != "secret" and super().return_ok(cookie, request)

    for jar in (RequestsCookieJar(OnlyB()), RequestsCookieJar(policy=OnlyB())):
        jar_after("a=1", "b=2", jar=jar)
        assert jar.keys() == ["b"]
        assert sent(jar, HERE) == "b=2"
        assert sent(jar, "http://sub.www.good.test/") == "b=2"  # so the standard library does it
        jar["b"] = "secret"
        jar.clear("www.good.test")
        assert sent(jar, HERE) is None


def test_a_policy_that_is_set_later_can_forbid_all_cookies():
    jar = RequestsCookieJar()
    jar.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    jar_after("a=1", jar=jar)
    assert not jar
    asked = MockRequest(request(HERE))
    jar.add_cookie_header(asked)
    assert not asked.get_new_headers()


def test_blocked_domains_of_the_jars_own_policy_count():
    jar = jar_after("a=1")
    assert isinstance(jar.get_policy(), http.cookiejar.DefaultCookiePolicy)
    jar.get_policy().set_blocked_domains(["www.good.test", ".evil.test"])
    assert sent(jar, HERE) is None
    jar_after("a=1", url="http://www.evil.test/", jar=jar)
    assert len(jar) == 1
    jar.get_policy().set_blocked_domains([])
    assert sent(jar, HERE) == "a=1"


@pytest.mark.parametrize("kind", [http.cookiejar.CookieJar, http.cookiejar.LWPCookieJar, http.cookiejar.MozillaCookieJar])
def test_foreign_jars_work_their_own_way(kind):
    jar = kind()
    jar_after("a=1", "b=2; Path=/x", url="http://localhost/", jar=jar)
    assert sent(jar, "http://localhost/x") == "b=2; a=1"
    assert sent(merge_cookies(RequestsCookieJar(), jar), "http://localhost:8080/x") == "b=2; a=1"


def test_a_subclass_is_asked_and_told_by_its_own_methods():
    class Loud(RequestsCookieJar):
        heard = ()

        def set_cookie(self, cookie, *args, **kwargs):
            self.heard += (cookie.name,)
            super().set_cookie(cookie, *args, **kwargs)

        def add_cookie_header(self, request):
            request.add_unredirected_header("Cookie", "loud=1")

    jar = jar_after("a=1", "__Host-b=2", jar=Loud())
    assert jar.heard == ("a",)
    assert sent(jar, HERE) == "loud=1"


def test_a_jar_can_also_be_a_file_jar(tmp_path):
    class Both(RequestsCookieJar, http.cookiejar.LWPCookieJar):
        pass

    jar = Both(str(tmp_path / "cookies"))
    jar_after("__Host-refused=1", jar=jar)
    jar.set("a", "1", expires=2**32, discard=False)
    jar.save()
    again = Both(str(tmp_path / "cookies"))
    again.load()
    assert again.items() == [("a", "1")]


def test_a_jar_serves_urllib(http_app):
    import urllib.request

    jar = RequestsCookieJar()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{http_app.url}/cookies/set?a=1").close()
    assert jar["a"] == "1"
    asked = urllib.request.Request(f"{http_app.url}/")
    jar.add_cookie_header(asked)
    assert asked.get_header("Cookie") == "a=1"
    elsewhere = urllib.request.Request("http://www.good.test/")
    jar.add_cookie_header(elsewhere)
    assert not elsewhere.has_header("Cookie")


# --- where Set-Cookie is found


def test_raw_responses_of_urllib3_and_its_imitations_are_asked_for_their_original():
    jar = jar_after("a=1")
    extract_cookies_to_jar(jar, request(HERE), io.BytesIO())
    extract_cookies_to_jar(jar, request(HERE), None)
    extract_cookies_to_jar(
        jar, request(HERE), SimpleNamespace(_original_response=None, headers=SimpleNamespace(getlist=lambda name: ["b=1"]))
    )
    assert jar.keys() == ["a"]


def test_raw_responses_without_an_original_are_asked_for_their_headers():
    jar = RequestsCookieJar()
    headers = {"set-cookie": ["a=1", "b=2"]}
    for found in (headers, {}):
        extract_cookies_to_jar(
            jar, request(HERE), SimpleNamespace(headers=SimpleNamespace(getlist=lambda name, found=found: found.get(name, [])))
        )
    assert jar.keys() == ["a", "b"]


def test_values_can_be_given_as_they_are_to_every_kind_of_jar():
    for jar in (RequestsCookieJar(), http.cookiejar.CookieJar()):
        extract_set_cookies(jar, request(HERE), [])
        extract_set_cookies(jar, request(HERE), ["a=1", "b=2"])
        assert sent(jar, HERE) == "a=1; b=2"


def test_what_is_said_again_is_not_read_again(monkeypatch):
    jar, reads = RequestsCookieJar(), []
    read = cookies._read
    monkeypatch.setattr(cookies, "_read", lambda *arguments: reads.append(1) or read(*arguments))
    monkeypatch.setattr(cookies.time, "time", lambda: 1000.0)

    def hear(lines, url=HERE):
        reads.clear()
        extract_set_cookies(jar, request(url), lines)
        return len(reads), sorted(jar.items())

    said = ["a=1; Max-Age=60", "b=2"]
    both = [("a", "1"), ("b", "2")]
    assert [hear(said), hear(said), hear(said), hear(list(said))] == [(2, both), (2, both), (0, both), (0, both)]
    # Unless anything is not as it was: the cookies, what is said, where, or when.
    jar.clear()
    assert [hear(said), hear(said), hear(said)] == [(2, both), (2, both), (0, both)]
    jar.set("a", "3", domain=jar.list_domains()[0])
    assert hear(said) == (2, both)
    assert hear(["a=5"]) == (1, [("a", "5"), ("b", "2")])
    assert hear(said, "http://other.example/") == (2, [("a", "1"), ("a", "5"), ("b", "2"), ("b", "2")])
    assert hear(said, HERE)[0] == hear(said, HERE)[0] == 2
    assert hear(said, HERE)[0] == 0
    monkeypatch.setattr(cookies.time, "time", lambda: 1001.0)
    assert hear(said, HERE)[0] == 2
    assert next(cookie.expires for cookie in jar if cookie.name == "a" and cookie.domain in HERE) == 1061


def test_what_is_sent_again_is_not_written_again(monkeypatch):
    jar, writes = RequestsCookieJar(), []
    write = cookies._written
    monkeypatch.setattr(cookies, "_written", lambda chosen: writes.append(1) or write(chosen))
    clock = mock.Mock(return_value=1000.0)
    monkeypatch.setattr(cookies.time, "time", clock)

    def say(url=HERE, jar=jar):
        writes.clear()
        return sent(jar, url), len(writes)

    extract_set_cookies(jar, request(HERE), ["a=1; Max-Age=60", "b=2; Max-Age=90"])
    assert [say(), say(), say()] == [("a=1; b=2", 1), ("a=1; b=2", 0), ("a=1; b=2", 0)]
    assert say(jar=cookies.borrowing(jar)) == ("a=1; b=2", 0)
    # Unless a cookie is not as it was: it has expired, others have come or gone, or somebody holds it in his hands.
    clock.return_value = 1059.9
    assert say()[1] == 0
    clock.return_value = 1060.0
    assert [say(), say()] == [("b=2", 1), ("b=2", 1)]
    extract_set_cookies(jar, request(HERE), ["c=3"])
    assert [say(), say()] == [("b=2; c=3", 2), ("b=2; c=3", 1)]  # "a" is still there
    next(cookie for cookie in jar if cookie.name == "b").value = "4"
    assert [say(), say()][1] == ("b=4; c=3", 1)


@pytest.mark.parametrize("hold", ["set", "set_cookie", "iter", "_cookies"])
def test_a_cookie_that_somebody_holds_is_written_as_he_leaves_it(hold):
    jar = RequestsCookieJar()
    if hold == "set":
        held = jar.set("a", "1")
    elif hold == "set_cookie":
        held = create_cookie("a", "1")
        jar.set_cookie(held)
    else:
        extract_set_cookies(jar, request(HERE), ["a=1"])
        assert sent(jar, HERE) == "a=1"
        (held,) = jar if hold == "iter" else [jar._cookies[domain]["/"]["a"] for domain in jar._cookies]
    assert sent(jar, HERE) == "a=1"
    held.value = "2"
    assert sent(jar, HERE) == "a=2"


@pytest.mark.parametrize("give", ["_cookies", "unpickled", "merged", "lent"])
def test_a_cookie_that_came_another_way_is_written_as_it_is_left_too(give):
    jar, other = RequestsCookieJar(), RequestsCookieJar()
    extract_set_cookies(other, request(HERE), ["a=1"])
    assert sent(other, HERE) == "a=1"
    if give == "_cookies":
        held = create_cookie("a", "1")
        jar._cookies = {"": {"/": {"a": held}}}
    elif give == "unpickled":
        held = create_cookie("a", "1")
        jar.__setstate__({"_cookies": {"": {"/": {"a": held}}}})
    elif give == "merged":
        (held,) = cookies.merge_cookies(http.cookiejar.CookieJar(), other)
        jar = other
    else:
        jar = cookies.borrowing(other)
        assert sent(jar, HERE) == "a=1"
        (held,) = other
    assert sent(jar, HERE) == "a=1"
    held.value = "2"
    assert sent(jar, HERE) == "a=2"


def test_what_had_expired_is_sent_again_when_the_clock_is_put_back(monkeypatch):
    clock = mock.Mock(return_value=1000.0)
    monkeypatch.setattr(cookies.time, "time", clock)
    jar = RequestsCookieJar()
    extract_set_cookies(jar, request(HERE), ["a=1; Max-Age=60"])
    clock.return_value = 2000.0
    assert sent(jar, HERE) is None
    clock.return_value = 1000.0
    assert sent(jar, HERE) == "a=1"


def test_a_jar_of_ones_own_sees_what_expires():
    class Watched(RequestsCookieJar):
        def clear(self, *arguments):
            seen.append(arguments[2])
            super().clear(*arguments)

    seen = []
    jar = Watched()
    extract_set_cookies(jar, request(HERE), ["a=1", "b=2"])
    extract_set_cookies(jar, request(HERE), ["a=; Max-Age=0"])
    assert seen == ["a"] and jar.keys() == ["b"]


def test_a_patched_jar_keeps_what_the_patch_keeps():
    with mock.patch.object(RequestsCookieJar, "set_cookie", lambda self, cookie, *arguments, **named: None):
        jar = RequestsCookieJar()
        extract_set_cookies(jar, request(HERE), ["a=1"])
        assert not jar


def test_a_subclass_sees_each_cookie_that_is_put_into_it():
    class Watched(RequestsCookieJar):
        def set_cookie(self, cookie, *arguments, **named):
            seen.append(cookie.name)
            super().set_cookie(cookie, *arguments, **named)

    seen = []
    extract_set_cookies(Watched(), request(HERE), ["a=1"])
    jar = RequestsCookieJar()
    jar.set_cookie = lambda cookie: seen.append(cookie.name)
    extract_set_cookies(jar, request(HERE), ["b=1"])
    assert seen == ["a", "b"]


def test_what_is_said_again_is_judged_again_where_a_policy_decides():
    jar = RequestsCookieJar(http.cookiejar.DefaultCookiePolicy())
    for _ in range(3):
        extract_set_cookies(jar, request(HERE), ["a=1"])
    jar._policy.set_blocked_domains([cookie.domain for cookie in jar])
    jar.clear()
    extract_set_cookies(jar, request(HERE), ["a=1"])
    assert not jar


def test_bytes_are_read_as_latin_1():
    jar = RequestsCookieJar()
    extract_set_cookies(jar, request(HERE), [b"a=\xe9"])
    assert jar["a"] == "é"


def test_a_mock_request_is_what_urllib_would_make():
    mock = MockRequest(request("http://me:secret@www.good.test:81/x;p?q#f", Accept="text/plain"))
    assert (mock.type, mock.get_type(), mock.host, mock.get_host(), mock.origin_req_host) == (
        "http",
        "http",
        *["www.good.test:81"] * 3,
    )
    assert mock.get_origin_req_host() == "www.good.test:81"
    assert mock.get_full_url() == "http://www.good.test:81/x;p?q#f"
    assert mock.unverifiable
    assert mock.is_unverifiable()
    assert mock.has_header("accept")
    assert mock.get_header("Accept") == "text/plain"
    assert mock.get_header("Nothing", "default") == "default"
    mock.add_unredirected_header("Cookie", "a=1")
    assert mock.get_new_headers() == {"Cookie": "a=1"}
    assert (mock.has_header("Cookie"), mock.get_header("Cookie")) == (True, "a=1")
    with pytest.raises(NotImplementedError):
        mock.add_header("a", "b")
    assert MockRequest(request("http://127.0.0.1/x?y", Host="www.good.test")).get_full_url() == "http://www.good.test/x?y"


def test_a_mock_response_shows_the_headers():
    message = raw("a=1", "b=2")._original_response.msg
    assert MockResponse(message).info() is message
    assert MockResponse(message).getheaders("Set-Cookie") == ["a=1", "b=2"]


# --- files


def test_what_is_saved_can_be_loaded(tmp_path):
    jar = jar_after(
        "a=1; Max-Age=1000; HttpOnly", "b=2; Domain=good.test; Path=/x", "flag; Max-Age=1000", url="https://www.good.test/"
    )
    jar_after("s=3; Secure" + FOREVER, url="https://127.0.0.1/", jar=jar)
    jar_after("l=tab\there" + FOREVER, "é=ü", url="http://localhost/", jar=jar)
    jar.set("mine", "4")
    jar.set("below", "5", domain="good.test")
    save_netscape(jar, tmp_path / "cookies.txt")
    loaded = load_netscape(tmp_path / "cookies.txt")
    for url in (
        "https://www.good.test/x",
        "http://shop.good.test/x",
        "https://127.0.0.1/",
        "http://127.0.0.1/",
        "http://localhost/",
    ):
        assert sent(loaded, url) == sent(jar, url)
    assert {cookie.name: cookie.expires for cookie in loaded} == {cookie.name: cookie.expires for cookie in jar}
    assert [cookie.name for cookie in loaded if cookie.has_nonstandard_attr("HttpOnly")] == ["a", "below", "mine"]
    jar_after("l=; Max-Age=0", url="http://localhost/", jar=loaded)
    assert "l" not in loaded


def test_a_file_is_what_others_can_read(tmp_path):
    path = tmp_path / "cookies.txt"
    jar = jar_after(
        "a=1; Expires=1 Jan 2065 00:00:00", "b=2; Domain=good.test; Expires=1 Jan 2065 00:00:00", url="https://www.good.test/"
    )
    save_netscape(jar, str(path))
    lines = path.read_text().splitlines()
    assert lines[0] == "# Netscape HTTP Cookie File"
    assert lines[-2:] == [
        "www.good.test\tFALSE\t/\tFALSE\t2997993600\ta\t1",
        ".good.test\tTRUE\t/\tFALSE\t2997993600\tb\t2",
    ]
    mozilla = http.cookiejar.MozillaCookieJar(str(path))
    mozilla.load()
    assert dict_from_cookiejar(mozilla) == {"a": "1", "b": "2"}
    assert os.stat(path).st_mode & 0o077 == 0 or os.name == "nt"


def test_session_cookies_are_left_out_on_demand_and_expired_ones_always(tmp_path):
    jar = jar_after("a=1", "b=2" + FOREVER)
    jar.set("old", "1", expires=1)
    jar.set("line\nend", "1")
    jar.set("ta\tb", "1")
    save_netscape(jar, tmp_path / "all")
    save_netscape(jar, tmp_path / "lasting", ignore_discard=False)
    assert load_netscape(tmp_path / "all").keys() == ["a", "b"]
    assert load_netscape(tmp_path / "lasting").keys() == ["b"]


def test_loading_is_tolerant(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_bytes(
        b"\xef\xbb\xbf# no head\r\n\r\n# a comment\r\nnonsense\r\n"
        b"www.good.test\tFALSE\t/\tFALSE\t0\ta\t1\r\n"
        b"#HttpOnly_.good.test\tTRUE\t/\tfalse\t2997907200.5\tb\t2\r\n"
        b"good.test\tTRUE\t/\tFALSE\t\tc\t\xe9\r\n"
        b"www.good.test\tFALSE\t\tFALSE\t0\tempty\r\n"
        b"www.good.test\tFALSE\t/\tFALSE\t1\texpired\t1\r\n"
        b"www.good.test\tFALSE\t/\tFALSE\tsoon\todd\t1\r\n"
        b"www.good.test\tFALSE\t/\tFALSE\tinf\todd\t1\r\n"
        b"www.good.test\tFALSE\t/\tTRUE\t0\tsafe\t1\r\n"
    )
    jar = load_netscape(path, cookiejar_from_dict({"mine": "0"}))
    assert sent(jar, HERE) == "mine=0; a=1; b=2; c=é; empty="
    assert sent(jar, "https://shop.good.test/") == "mine=0; b=2; c=é"


def test_a_value_beyond_latin_1_is_saved_as_utf_8(tmp_path):
    path = tmp_path / "cookies.txt"
    save_netscape(cookiejar_from_dict({"a": "€"}), path)
    assert "\ta\t€\n" in path.read_text(encoding="utf-8")


def test_a_file_is_only_ever_seen_whole(tmp_path, monkeypatch):
    path = tmp_path / "cookies.txt"
    save_netscape(cookiejar_from_dict({"a": "1"}), path)

    def fail(*args):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        save_netscape(cookiejar_from_dict({"a": "2"}), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["cookies.txt"]
    assert load_netscape(path)["a"] == "1"


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_netscape(tmp_path / "none")


# --- with a session


def test_a_session_sends_what_it_was_told_and_a_call_adds_its_own_for_once(http_app):
    """S102, S181, S185, S187."""
    import minireq

    with minireq.Session() as session:
        session.get(f"{http_app.url}/cookies/set?a=1")
        assert session.cookies["a"] == "1"
        session.cookies.set("mine", "2")
        session.get(f"{http_app.url}/x", cookies={"once": "3"})
        session.get(f"{http_app.url}/x")
        assert [asked["Cookie"] for asked in http_app.requests[-2:]] == ["a=1; mine=2; once=3", "a=1; mine=2"]
        assert sorted(session.cookies.keys()) == ["a", "mine"]


def test_a_foreign_jar_serves_a_session(http_app):
    import minireq

    with minireq.Session() as session:
        session.cookies = http.cookiejar.LWPCookieJar()
        session.get(f"{http_app.url}/cookies/set?a=1")
        session.get(f"{http_app.url}/x")
        assert http_app.requests[-1]["Cookie"] == "a=1"
        assert dict_from_cookiejar(session.cookies) == {"a": "1"}


def test_a_cookie_that_somebody_holds_and_changes_is_set_again():
    jar = RequestsCookieJar()
    extract_set_cookies(jar, request(HERE), ["a=1"])
    held = next(iter(jar))
    for _ in range(2):
        extract_set_cookies(jar, request(HERE), ["a=1"])
    held.value = "mine"
    extract_set_cookies(jar, request(HERE), ["a=1"])
    assert sent(jar, HERE) == "a=1"


def test_a_list_that_changes_is_another_list():
    jar, lines = RequestsCookieJar(), ["a=1"]
    for _ in range(3):
        extract_set_cookies(jar, request(HERE), lines)
    lines[0] = "a=2"
    extract_set_cookies(jar, request(HERE), lines)
    assert sent(jar, HERE) == "a=2"
