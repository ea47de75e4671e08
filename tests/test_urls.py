"""URLs: taken apart, made fit to be requested, and what of them goes over the wire.

Where nothing else is said, the values of the tables are what requests 2.34.2 gives.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, strategies as st

from minireq import urls
from minireq.exceptions import InvalidURL, MissingSchema, RequestException
from minireq.urls import URL, parse_url, prepare_url

# --- prepare_url


@pytest.mark.parametrize(
    "url, prepared",
    [
        # nothing to do
        ("http://example.org/", "http://example.org/"),
        ("https://a-b.example.org:8443/a/b;c=d?e=f&g=h/i?j#k?l", "https://a-b.example.org:8443/a/b;c=d?e=f&g=h/i?j#k?l"),
        ("http://127.0.0.1:60999/", "http://127.0.0.1:60999/"),
        ("http://h/%20%2F%C3%A9?%26#%25", "http://h/%20%2F%C3%A9?%26#%25"),
        ("http://a_b.example/", "http://a_b.example/"),
        ("http://xn--n3h.net/", "http://xn--n3h.net/"),
        ("http://example.org./", "http://example.org./"),
        ("http://a,b!c/", "http://a,b!c/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://h//a//b", "http://h//a//b"),
        ("http://h/a/...", "http://h/a/..."),
        ("http://h/.a/b.", "http://h/.a/b."),
        # scheme, host and port
        ("HTTP://EXAMPLE.com/%7efoo/%2e/../b c?q=é#f", "http://example.com/~foo/b%20c?q=%C3%A9#f"),
        ("https://Example.ORG", "https://example.org/"),
        ("http://h:80/", "http://h:80/"),
        ("http://h:/", "http://h/"),
        ("http://h:00080/", "http://h:80/"),
        ("http://h:65535/", "http://h:65535/"),
        ("http://h:65000/", "http://h:65000/"),
        ("http://[FE80::A:1.2.3.4]/", "http://[fe80::a:1.2.3.4]/"),
        ("http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"),
        ("http://[fe80::1%eth0]:8080/x", "http://[fe80::1%25eth0]:8080/x"),
        ("http://ex%61mple.com/", "http://example.com/"),
        (" \t\nhttp://h/", "http://h/"),
        # letters of the world
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://straße.de/straße", "http://xn--strae-oqa.de/stra%C3%9Fe"),
        ("http://faß.de/", "http://xn--fa-hia.de/"),
        ("http://ジェーピーニック.jp", "http://xn--hckqz9bzb1cyrb.jp/"),
        ("http://a_b.bücher.de:81/", "http://a_b.xn--bcher-kva.de:81/"),
        ("http://bücher.de/".encode(), "http://xn--bcher-kva.de/"),
        (b"http://h/\xc3\xa9", "http://h/%C3%A9"),
        # user and password
        ("http://u:p@h/", "http://u:p@h/"),
        ("http://a@b:c@h/", "http://a%40b:c@h/"),
        ("http://us er:%70@h/", "http://us%20er:p@h/"),
        ("http://us%40er:pa%3Ass@h/", "http://us%40er:pa%3Ass@h/"),
        ("http://@h/", "http://h/"),
        ("http://:@h/", "http://:@h/"),
        ("http://ü:100%@h/", "http://%C3%BC:100%25@h/"),
        # path
        ("http://h", "http://h/"),
        ("http://h?x", "http://h/?x"),
        ("http://h#x", "http://h/#x"),
        ("http://h?", "http://h/"),
        ("http://h/?#", "http://h/"),
        ("http://h/a b", "http://h/a%20b"),
        ("http://h/x ", "http://h/x%20"),
        ("http://h/a\x00\r\n\x7f", "http://h/a%00%0D%0A%7F"),
        ('http://h/"<>{}|\\^`[]', "http://h/%22%3C%3E%7B%7D%7C%5C%5E%60%5B%5D"),
        ("http://h/%41%7e%2f%3a", "http://h/A~%2F%3A"),
        ("http://h/100%", "http://h/100%25"),
        ("http://h/100%/%20", "http://h/100%25/%2520"),
        ("http://h/%zz", "http://h/%25zz"),
        ("http://h/\ud800", "http://h/%ED%A0%80"),
        ("http://h/a/../b/./c/..", "http://h/b/"),
        ("http://h/../../a", "http://h/a"),
        ("http://h/.", "http://h/"),
        ("http://h//a//../b/", "http://h//a/b/"),
        ("http://h/%2e%2e/b", "http://h/../b"),
        # query and fragment
        ("http://h/?a=b?c", "http://h/?a=b?c"),
        ("http://h/?a=1+2 3", "http://h/?a=1+2%203"),
        ("http://h/?q=%", "http://h/?q=%25"),
        ("http://h/?q=%41%zz", "http://h/?q=%2541%25zz"),
        ("http://h/?a[]=1", "http://h/?a%5B%5D=1"),
        ("http://h/?/../", "http://h/?/../"),
        ("http://h/#a b#c", "http://h/#a%20b%23c"),
        # other schemes
        ("mailto:user@example.org", "mailto:user@example.org"),
        ("data:text/plain,a b", "data:text/plain,a b"),
        ("ftp://EXAMPLE.org/a b", "ftp://EXAMPLE.org/a b"),
        ("localhost:3128/x", "localhost:3128/x"),
        ("http+unix://%2Fvar%2Frun%2Fdocker.sock/a/../b c%7E", "http+unix://%2Fvar%2Frun%2Fdocker.sock/a/../b%20c~"),
        ("HTTP+docker://LOCAL/%zz", "http+docker://LOCAL/%25zz"),
        ("http+x://ex%61mple/", "http+x://example/"),
    ],
)
def test_a_url_is_made_fit_to_be_requested(url, prepared):
    assert prepare_url(url) == prepared
    assert prepare_url(url, "") == prepared


@pytest.mark.parametrize(
    "url, query, prepared",
    [
        ("http://h", "a=1", "http://h/?a=1"),
        ("http://h/", "a=1", "http://h/?a=1"),
        ("http://h/?x=1", "y=2", "http://h/?x=1&y=2"),
        ("http://h/?", "y=2", "http://h/?y=2"),
        ("http://h/?x=1#f", "y=2", "http://h/?x=1&y=2#f"),
        ("http://h/é?x y", "z=%20", "http://h/%C3%A9?x%20y&z=%20"),
        # a string given for the query is quoted where it must be
        ("http://h/", "k=v w&ü=ö", "http://h/?k=v%20w&%C3%BC=%C3%B6"),
        ("http://h/", "a=1\r\nX: y", "http://h/?a=1%0D%0AX:%20y"),
        ("http://h/", "a=100%", "http://h/?a=100%"),
        ("http://h/", "a=%41&b=%2f", "http://h/?a=A&b=%2f"),
        ("http://h/", "a[]=1", "http://h/?a[]=1"),
        ("http://h/#f", "a#b", "http://h/?a#b#f"),
        ("http+unix://%2Fs/p", "key=value", "http+unix://%2Fs/p?key=value"),
        ("mailto:user@example.org", "key=value", "mailto:user@example.org"),
    ],
)
def test_S020_a_query_is_added_to_the_one_that_is_there(url, query, prepared):
    assert prepare_url(url, query) == prepared


def test_a_lone_percent_in_the_query_leaves_the_path_as_it_is():
    # requests quotes the whole URL anew, and asks for "a%2520b"
    assert prepare_url("http://h/a%20b", "q=%zz") == "http://h/a%20b?q=%25zz"


def test_objects_are_taken_by_their_text():
    class Address:
        def __str__(self):
            return "http://example.org"

    assert prepare_url(Address()) == "http://example.org/"


@pytest.mark.parametrize(
    "url, shown",
    [
        ("example.org/path", "'example.org/path'"),
        ("//example.org/path", "'//example.org/path'"),
        ("httpbin.org:80/x", "'httpbin.org:80/x'"),
        ("http", "'http'"),
        ("", "''"),
        (None, "'None'"),
        (42, "'42'"),
        ("  example.org", "'example.org'"),
    ],
)
def test_without_a_scheme_one_is_suggested(url, shown):
    with pytest.raises(MissingSchema) as caught:
        prepare_url(url)
    assert str(caught.value) == f"Invalid URL {shown}: No scheme supplied. Perhaps you meant https://{shown[1:-1]}?"


UNCLEAR = [
    # no host
    "http://",
    "http:///path",
    "http:/path",
    "http:path",
    "http://?q",
    "http://user@/",
    "http://:80/",
    "httpx:foo",
    # brackets
    "http://[::1/",
    "http://::1]/",
    "http://[::1]x/",
    "http://[::1]:x/",
    "http://[]/",
    "http://[good.test]/",
    "http://[1.2.3.4]/",
    "http://[v1.a]/",
    "http://[::1%]/",
    "http://[::1%25a/b]/",
    "http://[::1%25a b]/",
    "http://[::1%25%41]/",
    "http://[:::1]/",
    "http://[1::2::3]/",
    "http://[12345::]/",
    "http://[::１]/",
    # ports
    "http://h:port/",
    "http://h:-1/",
    "http://h:+1/",
    "http://h:1_0/",
    "http://h: 1/",
    "http://h:1 /",
    "http://h:８０/",
    "http://h:٣/",
    "http://h:80:81/",
    "http://h:0x50/",
    "http://h:65536/",
    "http://h:99999/",
    "http://h:" + "9" * 5000 + "/",
    "http://h:0/",
    "http://h:000/",
    # what another reader takes for the end of the host, or for another host
    "http://good.test\\@evil.test/",
    "http://good.test\\.evil.test/",
    "http://user\\@good.test/",
    "http:\\\\good.test/",
    "http://good.test%2fevil.test/",
    "http://good.test%5Cevil.test/",
    "http://good.test%40evil.test/",
    "http://good.test%23.evil.test/",
    "http://good.test%3a80/",
    "http://good.test%00.evil.test/",
    "http://good.test%0d%0aX-Planted:1/",
    "http://good.test%20/",
    "http://b%C3%BCcher.test/",
    "http://good.test%/",
    "http://good.test%zz/",
    "http://good.test／evil.test/",
    "http://good℀.test/",
    "http://good.test＠evil.test/",
    "http://good.test：80/",
    "http://good.test＃evil.test/",
    "http://good.test？evil.test/",
    "http://good.test﹫evil.test/",
    "http://good.test＼evil.test/",
    # controls and blanks
    "http://good .test/",
    "http:// good.test/",
    "http://good\t.test/",
    "http://good\n.test/",
    "http://good.test\r\nX-Planted: 1/",
    "http://good\x00.test/",
    "http://good\x7f.test/",
    "http://good\x85.test/",
    "http://good\xa0.test/",
    "http://good\u2028.test/",
    "http://user:pass\n@good.test/",
    "http://us\x00er@good.test/",
    # characters that no host has
    "http://a<b>/",
    'http://"a"/',
    "http://{a}/",
    "http://a|b/",
    "http://a^b/",
    "http://a`b/",
    # labels
    "http://*/",
    "http://*.example.org/",
    "http://.example.org/",
    "http://☃.net/",
    "http://-ü.de/",
    "http://*ü.de/",
    "http://ü..de/",
    "http://ü\ud800.de/",
    "http://" + "ü" * 64 + ".test/",
    "http://" + "ü" * 100_000 + "/",
    # other schemes have hosts as well
    "http+unix://%zz/",
    "http+unix://a b/",
    "http+unix://a\\@b/",
    "http+unix://☃/",
    "http+x://[::1/",
    # bytes that are no text
    b"http://\xff/",
]


@pytest.mark.parametrize("url", UNCLEAR, ids=lambda url: ascii(url[:40]))
def test_a_url_that_could_be_read_in_two_ways_is_refused(url):
    with pytest.raises(InvalidURL):
        prepare_url(url)


@pytest.mark.parametrize(
    "url", ["http://１２７.0.0.1/", "http://127.0.0.１/", "http://①②③/", "http://1.2.3.𝟒/", "http://ｘ.0ｘ7f/"]
)
def test_a_host_with_full_width_digits_is_refused_where_it_would_be_an_address(url):
    with pytest.raises(InvalidURL):
        prepare_url(url)


@pytest.mark.parametrize(
    "url", ["http://ｅｘａｍｐｌｅ.org/", "http://example。org/", "http://EXAMPLE．org/", "http://exa\u00admple.org/"]
)
def test_wide_letters_and_dots_are_read_as_browsers_read_them(url):
    # requests refuses these
    assert prepare_url(url) == "http://example.org/"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@exa mple.org/",
        "http://user:sec/ret@example.org/",
        "http://user:sec#ret@example.org/",
        "http://user:sec\nret@example.org/",
        "http://user:secret@/",
        "http://user:secret@h:port/",
        "http://user:secret@☃/",
        "http://user:secret@*/",
        "http:user:secret@h",
        b"http://user:secret@\xff/",
    ],
)
def test_no_error_shows_a_password(url):
    with pytest.raises((InvalidURL, MissingSchema)) as caught:
        prepare_url(url)
    assert "sec" not in str(caught.value)
    assert "ret" not in str(caught.value)


# --- parse_url


@pytest.mark.parametrize(
    "url, parts",
    [
        ("http://h", ("http", None, "h", None, None, None, None)),
        ("http://h:8080/a?b#c", ("http", None, "h", 8080, "/a", "b", "c")),
        ("https://EXAMPLE.org/", ("https", None, "example.org", None, "/", None, None)),
        ("http://u:p@h/", ("http", "u:p", "h", None, "/", None, None)),
        ("http://a@b:c@h", ("http", "a%40b:c", "h", None, None, None, None)),
        ("http://[::1]:80/x", ("http", None, "[::1]", 80, "/x", None, None)),
        ("http://[fe80::1%25Eth0]", ("http", None, "[fe80::1%Eth0]", None, None, None, None)),
        ("http://h/?", ("http", None, "h", None, "/", "", None)),
        ("http://h?", ("http", None, "h", None, "", "", None)),
        ("http://h#", ("http", None, "h", None, "", None, "")),
        ("http://h/a/../b c?é#é", ("http", None, "h", None, "/b%20c", "%C3%A9", "%C3%A9")),
        ("http://h#@evil/", ("http", None, "h", None, "", None, "@evil/")),
        ("http://h/@evil/", ("http", None, "h", None, "/@evil/", None, None)),
        ("http://h?@evil/", ("http", None, "h", None, "", "@evil/", None)),
        ("example.org", (None, None, "example.org", None, None, None, None)),
        ("example.org:80", (None, None, "example.org", 80, None, None, None)),
        ("//Example.org/a", (None, None, "example.org", None, "/a", None, None)),
        ("u:p@h:1", ("u", None, None, None, "/p@h:1", None, None)),
        ("/foo?bar", (None, None, None, None, "/foo", "bar", None)),
        ("", (None, None, None, None, None, None, None)),
        ("socks5h://u:p@Proxy:1080", ("socks5h", "u:p", "Proxy", 1080, None, None, None)),
        ("http+unix://%2Frun%2FSock/a b", ("http+unix", None, "%2Frun%2FSock", None, "/a b", None, None)),
        ("mailto:a@b", ("mailto", None, None, None, "/a@b", None, None)),
    ],
)
def test_a_url_is_taken_apart(url, parts):
    assert parse_url(url) == URL(*parts)


@pytest.mark.parametrize("url", [url for url in UNCLEAR if isinstance(url, str)], ids=lambda url: ascii(url[:40]))
def test_who_takes_an_unclear_url_apart_gets_no_host_that_was_not_meant(url):
    try:
        host = parse_url(url).host
    except InvalidURL:
        return
    assert not host or host.startswith(("*", "."))  # what only prepare_url refuses


@pytest.mark.parametrize("host", ["a" * 64 + ".test", "good..test", "a..", "a." * 127 + "b", ".".join(["a" * 63] * 4)])
def test_a_name_that_no_name_server_holds_is_prepared_but_not_for_connecting(host):
    assert prepare_url(f"http://{host}/") == f"http://{host}/"
    with pytest.raises(InvalidURL, match="label empty or too long"):
        parse_url(f"http://{host}/")
    with pytest.raises(InvalidURL, match="label empty or too long"):
        parse_url(f"http://{host}/a b")


@pytest.mark.parametrize("host", ["a" * 63 + ".test", "a." * 126 + "b", "a." * 126 + "b."])
def test_a_name_may_have_253_characters_and_labels_of_63(host):
    assert parse_url(f"http://{host}/").host == host


def test_long_hosts_of_other_schemes_are_their_own_affair():
    assert parse_url("http+unix://%2F" + "a" * 300).host == "%2F" + "a" * 300


def test_parts_are_put_together_again():
    parts = parse_url("https://u:p@[fe80::1%25eth0]:8443/a?b#c")
    assert (parts.netloc, parts.authority) == ("[fe80::1%eth0]:8443", "u:p@[fe80::1%25eth0]:8443")
    assert parts.request_uri == "/a?b"
    assert parts.hostname == parts.host
    assert str(parts) == parts.url == "https://u:p@[fe80::1%25eth0]:8443/a?b#c"
    assert parse_url("example.org").request_uri == "/"
    assert str(parse_url("example.org")) == "example.org"
    assert (parse_url("/a").netloc, parse_url("/a").authority) == (None, None)


def test_parts_do_not_show_the_password():
    parts = parse_url("http://user:secret@example.org/")
    assert "secret" not in repr(parts)
    assert parts.auth == "user:secret"


# --- laws

hosts = st.sampled_from(["h", "EXAMPLE.org", "127.0.0.1", "[::1]", "[fe80::1%25eth0]", "bücher.de", "a_b", "ex%61mple"])
ports = st.sampled_from(["", ":", ":80", ":08", ":65535"])
users = st.text(st.characters(exclude_characters="/?#\\", exclude_categories=("Cc", "Cs")), max_size=5).map(
    lambda user: f"{user}@" if user else ""
)
tails = st.text(st.sampled_from("abcXYZ019-._~%24fF/?#&=+:;@'\"<> \\\n\x00é東[]"), max_size=25).map(
    lambda tail: f"/{tail}" if tail[:1] not in ("", "/", "?", "#") else tail
)
web_urls = st.tuples(st.sampled_from(["http://", "HTTPS://"]), users, hosts, ports, tails).map("".join)


@given(web_urls)
def test_what_is_prepared_is_clean_ascii(url):
    prepared = prepare_url(url)
    assert prepared.isascii()
    assert not set(prepared) & set(' "<>\\^`{|}[]\n\x00') - set("[]" if "[" in url else "")
    assert urls.request_target(prepared) == urls.path_url(prepared)


@given(web_urls)
def test_the_host_is_the_same_before_and_after(url):
    before, after = parse_url(url), parse_url(prepare_url(url))
    assert (before.scheme, before.host, before.port) == (after.scheme, after.host, after.port)
    assert urls.get_auth_from_url(prepare_url(url)) == urls.get_auth_from_url(url)


@given(st.from_regex(r"https?://[a-z0-9.]{1,5}(:[0-9]{1,5})?(/[a%.F24/]{0,9})?(\?[b%E/]{0,5})?(#[c?%20]{0,5})?", fullmatch=True))
@example("http://h/a/..")
@example("http://h:65536/")
def test_the_short_way_and_the_long_way_lead_to_the_same(url):
    try:
        long = urls._prepare(url, "")
    except RequestException as error:
        with pytest.raises(type(error)):
            prepare_url(url)
    else:
        assert prepare_url(url) == long
        assert prepare_url(url, "k=v") == urls._prepare(url, "k=v")
        if ".." not in urls._parse(url).host:
            assert parse_url(url) == urls._parse(url)


@given(
    st.text(max_size=30)
    | st.text(st.sampled_from("http:/[]@%?#\\.0:"), max_size=30).map("http://{}".format)
    | st.binary(max_size=20)
)
def test_no_text_brings_out_a_foreign_exception(text):
    try:
        prepared = prepare_url(text, "é")
        parse_url(prepared)
    except (InvalidURL, MissingSchema):
        pass
    if isinstance(text, str):
        for helper in (urls.requote_uri, urls.urldefragauth, urls.get_auth_from_url, urls.request_target, urls.path_url):
            helper(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://" + "@" * 100_000,
        "http://" + ":" * 100_000,
        "http://" + "[" * 100_000,
        "http://h:" + "0" * 100_000 + "/",
        "http://" + "a." * 100_000,
        "http://" + "ü." * 100_000,
        "http://h" + "/.." * 100_000,
        "http://h/" + "%" * 100_000,
        "http://h/" + "%20" * 100_000 + "\n",
        "http://h/" + "?" * 100_000 + "é",
        "http://[fe80::1%" + "a" * 100_000 + "!]/",
        "a" * 100_000,
    ],
    ids=lambda url: url[:12],
)
def test_long_urls_take_no_long_time(url):
    began = time.process_time()
    for function in (prepare_url, parse_url, urls.absolute_target, urls.urldefragauth, urls.get_auth_from_url, urls.requote_uri):
        try:
            function(url)
        except (InvalidURL, MissingSchema):
            pass
    assert time.process_time() - began < 2


# --- names of other letters


@pytest.mark.parametrize("host, name", [("Example.ORG", "example.org"), ("bücher.example", "xn--bcher-kva.example"), ("", "")])
def test_names_are_encoded_only_where_they_must_be(host, name):
    assert urls.idna_encode(host) == name


# --- what of a URL goes over the wire


@pytest.mark.parametrize(
    "url, target, path_url",
    [
        ("http://h/", "/", "/"),
        ("http://h", "/", "/"),
        ("http://h?a", "/?a", "/?a"),
        ("http://h/a?b#c", "/a?b", "/a?b"),
        ("http://h/a?#c", "/a", "/a"),
        ("http://h/a#b?c", "/a", "/a"),
        ("http://u:p@h:80//a//b?/c", "//a//b?/c", "//a//b?/c"),
        # somebody changed `prepared.url`, or gave a string for the query: what goes out is one clean word nevertheless
        ("http://h/a b/../c?ü#f", "/a%20b/../c?%C3%BC", "/a b/../c?ü"),
        ("http://h/?x=100%&a[]=1", "/?x=100%25&a%5B%5D=1", "/?x=100%&a[]=1"),
        ("http://h/%e6?%2f", "/%E6?%2F", "/%e6?%2f"),
        ("http://h/a\r\nb", "/a%0D%0Ab", "/a\r\nb"),
        ("http+unix://%2Frun%2Fsock/a", "/a", "/a"),
    ],
)
def test_the_target_is_path_and_query(url, target, path_url):
    assert urls.request_target(url) == target
    assert urls.path_url(url) == path_url


@pytest.mark.parametrize(
    "url, target",
    [
        ("http://user:secret@h:80/a?b#c", "http://h:80/a?b"),
        ("http://h", "http://h/"),
        ("https://h/a b", "https://h/a%20b"),
        ("http://[fe80::1%25eth0]:8080/", "http://[fe80::1]:8080/"),
    ],
)
def test_a_proxy_is_told_neither_user_nor_fragment(url, target):
    assert urls.absolute_target(url) == target


@pytest.mark.parametrize(
    "url, host",
    [
        ("http://h/", "h"),
        ("http://h:80/", "h"),
        ("https://h:443/", "h"),
        ("http://h:443/", "h:443"),
        ("https://h:80/", "h:80"),
        ("http://user:pw@H:8080/", "h:8080"),
        ("http://[::1]/", "[::1]"),
        ("http://[FE80::1%25eth0]:81/", "[fe80::1]:81"),
        ("http://example.org./", "example.org"),
        ("http://example.org.:8080/", "example.org:8080"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("example.org:80", "example.org"),
    ],
)
def test_the_host_header_has_no_default_port_and_no_zone(url, host):
    assert urls.host_header(parse_url(url)) == host


# --- requests' helpers


@pytest.mark.parametrize(
    "uri, quoted",
    [
        ("http://example.com/fiz?buz=%25ppicture", "http://example.com/fiz?buz=%25ppicture"),
        ("http://example.com/fiz?buz=%ppicture", "http://example.com/fiz?buz=%25ppicture"),
        ("http://h/a b/%7E%41", "http://h/a%20b/~A"),
        ("a[]#é", "a[]#%C3%A9"),
        ("%", "%"),
        ("%%41", "%A"),
        ("%２５", "%25%EF%BC%92%EF%BC%95"),
        ("", ""),
    ],
)
def test_a_uri_is_requoted(uri, quoted):
    assert urls.requote_uri(uri) == quoted


@pytest.mark.parametrize(
    "uri, unquoted",
    [("http://h/?a=%--", "http://h/?a=%--"), ("http://h/?a=%300", "http://h/?a=00"), ("%7E%2f%", "~%2f%"), ("a", "a")],
)
def test_only_unreserved_characters_are_unquoted(uri, unquoted):
    assert urls.unquote_unreserved(uri) == unquoted


@pytest.mark.parametrize("uri", ["%zz", "%4g", "%gf0", "%４１", "%éa"])
def test_what_looks_like_an_escape_and_is_none_is_refused(uri):
    with pytest.raises(InvalidURL):
        urls.unquote_unreserved(uri)


@pytest.mark.parametrize(
    "url, auth",
    [
        ("http://user:pass@h/path?query=yes", ("user", "pass")),
        ("http://user:pass%20pass@h/", ("user", "pass pass")),
        ("http://user:pass pass@h/", ("user", "pass pass")),
        ("http://user%25user:pass%23@h/", ("user%user", "pass#")),
        ("http://us%40er:p%3Ass@h/", ("us@er", "p:ss")),
        ("http://a@b:c:d@h/", ("a@b", "c:d")),
        ("http://%C3%BC:%C3%A9@h/", ("ü", "é")),
        ("http://user:@h/", ("user", "")),
        ("http://:pw@h/", ("", "pw")),
        ("http://user@h/", ("", "")),
        ("http://h/", ("", "")),
        ("http://h/u:p@x", ("", "")),
        ("http://h?u:p@x", ("", "")),
        (" http://u:p@h", ("u", "p")),
        ("u:p@h", ("", "")),
        ("", ("", "")),
    ],
)
def test_user_and_password_are_read_from_the_authority_alone(url, auth):
    assert urls.get_auth_from_url(url) == auth


@pytest.mark.parametrize(
    "url, bare",
    [
        ("http://u:p@example.com/path?a=1#test", "http://example.com/path?a=1"),
        ("HTTP://example.com/path;x?", "http://example.com/path;x"),
        ("//u:p@example.com/path", "//example.com/path"),
        ("//example.com/path", "//example.com/path"),
        ("example.com/path", "//example.com/path"),
        ("scheme:u:p@example.com/path", "scheme://example.com/path"),
        ("http://a@b@h/c@d", "http://h/c@d"),
    ],
)
def test_fragment_and_user_are_taken_off(url, bare):
    assert urls.urldefragauth(url) == bare


@pytest.mark.parametrize(
    "url, whole",
    [
        ("example.com/path", "http://example.com/path"),
        ("//example.com/path", "http://example.com/path"),
        ("example.com:80", "http://example.com:80"),
        ("http://user:pass@example.com/path?query", "http://user:pass@example.com/path?query"),
        ("http://user@example.com/path?query", "http://user@example.com/path?query"),
        ("https://example.com", "https://example.com"),
        ("127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("[::1]:3128", "http://[::1]:3128"),
        ("socks5h://u:p@h:1080", "socks5h://u:p@h:1080"),
        ("http:///nohost", "http:///nohost"),
        ("", "http://"),
    ],
)
def test_a_scheme_is_put_before_a_url_that_has_none(url, whole):
    assert urls.prepend_scheme_if_needed(url, "http") == whole


def test_a_proxy_url_that_is_none_is_refused():
    with pytest.raises(InvalidURL):
        urls.prepend_scheme_if_needed("http://h:port", "http")
