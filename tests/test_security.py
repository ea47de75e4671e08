"""Which tests would have caught which vulnerability: a table, and the tests that belong nowhere else.

What the table promises in plain words stands in SECURITY.md. A row names the advisories of a class, in whichever client they were
found, and what covers it here: cases of the corpus (`group/name`, with wildcards) and test functions (`file.py::test`). The table is
checked: whatever it names exists, and no group of the corpus is missing. To run what covers one:

    python3 -m tests.corpus --only bombs/
    python3 -m tests tests/test_auth.py -k client_nonce
"""

from __future__ import annotations

import ast
import fnmatch
import random
import re
import traceback
from collections import namedtuple
from pathlib import Path

import pytest

import minireq
from minireq.multipart import choose_boundary

from .corpus import cases
from .support.scripted import CLOSE, CUT, hear

TESTS = Path(__file__).parent

Class = namedtuple("Class", "name known_in covered_by")


def _rows(text: str) -> list[Class]:
    """Rows are divided by empty lines: the class, then the advisories in (), then what covers it."""
    rows = []
    for row in re.split(r"\n\s*\n", text.strip()):
        name, advisories, covered_by = re.fullmatch(r"(.*?)\s*\(([^)]*)\)\s*:\s*(.*)", row.strip(), re.DOTALL).groups()
        rows.append(Class(" ".join(name.split()), tuple(re.findall(r"(?:CVE|RFC|bpo)[- ]?[-\w.]+", advisories)), tuple(covered_by.split())))
    return rows


CLASSES = _rows("""
    Authorization follows a redirect to another host, port or scheme
    (CVE-2018-18074 CVE-2014-1829 CVE-2018-20060 CVE-2018-25091 CVE-2018-1000007 CVE-2022-27774 CVE-2025-14524 CVE-2026-3783
     CVE-2023-45289 CVE-2024-45336):
    redirect-leak/headers-* redirect-leak/auth-* redirect-leak/chain-* redirect-leak/there-and-back redirect-leak/downgrade-host
    redirect/scheme-relative test_redirects.py::test_another_origin_is_told_no_secrets
    test_redirects.py::test_letter_case_hides_no_secret

    Proxy-Authorization reaches the origin
    (CVE-2023-32681 CVE-2014-1830 CVE-2024-37891 CVE-2026-44431 CVE-2024-24758 CVE-2025-4673 CVE-2003-1605):
    proxy/connect-credentials proxy/connect-hand-set proxy/http-to-https-redirect proxy/redirect-out-of-proxy proxy/no-proxy-*
    redirect-leak/headers-host test_adapters.py::test_the_origin_is_shown_no_credentials_of_a_proxy
    test_adapters.py::test_the_proxys_credentials_stay_out_of_the_tunnel
    test_adapters.py::test_a_redirect_out_of_the_proxy_leaves_its_credentials_behind

    Headers for the origin reach the proxy (CVE-2015-3153): proxy/connect-origin-headers

    Credentials for one proxy go to another, or stay on a pooled connection
    (CVE-2026-6253 CVE-2026-7168 CVE-2026-9079 CVE-2026-3784):
    proxy/two-credentials proxy/credentials-then-none proxy/redirect-out-of-proxy proxy/tunnel-not-direct
    test_adapters.py::test_a_redirect_by_the_proxy_shows_its_credentials_again

    Cookies of one host go to another (CVE-2015-2296 CVE-2023-43804 CVE-2022-31151 CVE-2023-45143 CVE-2022-27776 CVE-2026-6276):
    redirect-leak/cookies-arg-* redirect-leak/jar-cross redirect-leak/headers-*

    Digest credentials answer a stranger (CVE-2026-11856 CVE-2026-8927): auth/digest-cross-*

    The netrc entry of another machine is used (CVE-2024-47081 CVE-2024-11053 CVE-2025-0167 CVE-2026-8926 CVE-2026-6429):
    netrc/* test_redirects.py::test_netrc_credentials_do_not_go_to_another_host

    Credentials stick to later requests or to pooled connections (CVE-2015-3236 CVE-2022-27782 CVE-2026-1965):
    redirect-leak/auth-later redirect-leak/cookies-arg-later test_security.py::test_what_a_call_brings_ends_with_it
    test_security.py::test_a_client_certificate_does_not_stay_on_a_connection

    Error texts and Referer show secrets (CVE-2021-22876 CVE-2026-9546):
    redirect-leak/referer-userinfo test_security.py::test_no_error_shows_a_secret
    test_adapters.py::test_a_password_in_the_url_is_in_no_error test_urls.py::test_no_error_shows_a_password
    test_prepared.py::test_the_value_of_a_secret_header_is_in_no_message
    test_prepared.py::test_the_reprs_name_the_method_and_no_secrets wire/protocol/test_fields.py::test_secrets_are_not_shown

    The Host header of the first origin goes to the next (RFC 9110): redirect-leak/host-header*

    verify=False, another authority or a client certificate sticks to the pool
    (CVE-2024-35195 CVE-2016-5420 CVE-2022-27782 CVE-2026-8932 CVE-2026-11564):
    tls/sticky-* test_security.py::test_a_client_certificate_does_not_stay_on_a_connection
    test_adapters.py::test_what_a_pool_is_chosen_by

    The host name is not checked, or loosely (CVE-2014-0139 CVE-2023-28321 CVE-2016-9015 CVE-2021-28363):
    tls/wrong-* tls/wildcard-* tls/partial-wildcard tls/ip-* tls/cn-only tls/tail proxy/connect-tls-*

    A certificate is expired, not yet valid, self-signed, of a stranger, for another purpose; TLS 1.1 (RFC 5280 RFC 8996):
    tls/expired tls/future tls/self-signed tls/stranger-root tls/client-purpose tls/leaf-as-ca tls/default-roots tls/old-protocol
    wire/network/test_tls.py::test_the_context_is_strict

    TLS is cut without close_notify (RFC 9112): tls/cut-* tls/notify-*

    A TLS session or context is shared across trust settings (CVE-2021-22890 CVE-2021-22924):
    tls/sticky-* wire/network/test_tls.py::test_other_settings_have_another_context
    test_security.py::test_a_session_that_nobody_verified_is_not_resumed_where_trust_counts

    Line ends in method, target, header, Host, cookies, multipart
    (CVE-2016-5699 CVE-2019-9740 CVE-2019-9947 CVE-2020-26116 CVE-2019-11236 CVE-2020-26137 CVE-2022-31150 CVE-2022-35948
     CVE-2023-23936 CVE-2023-49082 CVE-2023-29406):
    request-injection/* redirect/ctl-* proxy/connect-host-crlf auth/digest-user-crlf

    Framing headers of the caller contradict each other or the body (CVE-2026-1525): request-injection/framing-*

    The boundary of multipart or the client nonce can be foreseen (CVE-2025-22150 CVE-2025-7783):
    test_multipart.py::test_boundaries_are_32_hexadecimal_digits_that_nobody_can_foresee
    test_auth.py::test_every_client_nonce_is_new_and_long test_security.py::test_a_seed_foretells_neither_boundary_nor_nonce

    Tricks with the authority of a URL
    (CVE-2016-8624 CVE-2022-27780 CVE-2019-9636 CVE-2019-10160 CVE-2022-0391 CVE-2023-24329 CVE-2024-11168): url/*

    International names (CVE-2016-8625 CVE-2022-45061 CVE-2024-3651): url/idna* url/zwj url/rlo url/host-254

    A redirect leads to file:, ftp:, javascript: (CVE-2009-0037): redirect/scheme-*

    HTTP_PROXY in a CGI program (CVE-2016-5386):
    proxy/httpoxy* test_adapters.py::test_in_a_cgi_program_the_upper_case_name_is_not_believed

    Content-Length that is no number, or several (CVE-2023-47627): content-length/*

    Chunks that are none (CVE-2025-43859 CVE-2025-22871 CVE-2024-52304): chunked/* chunked-trailers/*

    Transfer-Encoding with Content-Length, not last, twice, unknown (RFC 9112): transfer-encoding/*

    Header lines that are none hide others (CVE-2019-16276): header-syntax/* status-line/*

    What is cut is taken as whole (RFC 9112):
    header-syntax/eof-* status-line/eof-* content-length/truncated-* chunked/truncated-* content-encoding/*-cut* tls/cut-*

    Bytes behind a response become the answer to the next request (RFC 9112):
    keep-alive/* no-body/* chunked/surplus* content-length/surplus-* tls/stray-*

    Late bytes after a timeout (RFC 9112): timeout/*

    Interim responses without end, or taken as final (CVE-2021-3737): informational/*

    A request is repeated that must not be (RFC 9110): stale-connection/* status-line/eof-*

    An early answer to an upload is lost, or leaves half a request on the connection (CVE-2024-24791):
    early-response/* test_security.py::test_an_upload_that_was_refused_by_expect_leaves_no_half_request

    A proxy's refusal is shown as the answer of the origin (RFC 9110): proxy/connect-*

    Floods of headers and trailers (CVE-2023-38039 CVE-2026-22815 CVE-2013-1752):
    header-flood/* chunked-trailers/*endless status-line/one-meg-line

    Chunk extensions and sizes without end (CVE-2023-39326): chunked-flood/*

    Memory by claim (CVE-2025-13836): content-length/huge-claim content-length/over-* chunked/huge-size-*

    Bombs in a content coding (CVE-2025-66471 CVE-2026-21441 CVE-2026-44432 CVE-2025-69223): bombs/*-stream bombs/*-bomb

    Content codings without end (CVE-2025-66418 CVE-2026-22036 CVE-2022-32206): bombs/*-layers bombs/four-hundred-lines

    A coded body that is damaged or cut is handed over as whole (RFC 1952 RFC 1950): content-encoding/*

    Parsers that take quadratic time (CVE-2021-33503 CVE-2020-7212 CVE-2020-8492 bpo-38804 CVE-2023-24807):
    parse-dos/link-* parse-dos/content-type-* cookie-flood/* auth/digest-wide-* url/*-40k header-flood/fold-50k

    Redirects without end, with bodies without end (CVE-2026-21441 CVE-2025-50181):
    redirect/loop-self redirect/ping-pong redirect/thirty-one bombs/redirect-*

    Servers that are slow on purpose (RFC 9112): timeout/drip-head streaming/* connect/*-blackholed

    JSON too deep, numbers too long, charsets that are none (CVE-2020-10735): parse-dos/json-* parse-dos/codec-*

    The domain of a cookie (CVE-2013-1944 CVE-2014-3613 CVE-2014-3620 CVE-2023-46218 CVE-2026-8924 CVE-2018-20852):
    cookies/domain-* cookies/host-only*

    Secure cookies, __Host- and __Secure- (RFC 6265bis): cookies/prefix-* cookies/tls-* cookies/secure-*

    Cookies with control characters, too big, too many (CVE-2022-35252 CVE-2022-32205 CVE-2025-58186):
    cookies/ctl-* cookies/too-big cookies/size-* cookie-flood/*
""")


@pytest.mark.parametrize("row", CLASSES, ids=lambda row: f"{row.name} {' '.join(row.known_in)}")
def test_what_covers_a_class_is_there(row):
    ids = [case["id"] for case in cases.load()]
    missing = [name for name in row.covered_by if not (_is_test(name) if "::" in name else fnmatch.filter(ids, name))]
    assert row.known_in and row.covered_by and not missing


def _is_test(name: str) -> bool:
    file, _, function = name.partition("::")
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)


def test_every_group_of_the_corpus_covers_something():
    groups = {case["id"].partition("/")[0] for case in cases.load()}
    assert groups == {name.partition("/")[0] for row in CLASSES for name in row.covered_by if "::" not in name}


def test_every_advisory_that_a_case_names_is_in_the_table():
    # Some cases belong to a family, and name one of its members that is in no row.
    named = {advisory for case in cases.load() for advisory in re.findall(r"CVE-\d+-\d+", case["why"])}
    assert named <= {advisory for row in CLASSES for advisory in row.known_in} | {"CVE-2023-45803"}


# Credentials.


def test_what_a_call_brings_ends_with_it(http_app):
    """CVE-2015-3236, CVE-2022-27782, CVE-2026-1965: on the same connection too."""
    with minireq.Session() as session:
        session.get(
            f"{http_app.url}/first",
            auth=("user", "s3cret"),
            headers={"X-Token": "s3cret", "Cookie": "a=s3cret"},
            cookies={"b": "s3cret"},
            params={"c": "s3cret"},
            verify=False,
            hooks={"response": lambda response, **settings: None},
        )
        session.get(f"{http_app.url}/second")
        assert (session.auth, session.params, session.verify, len(session.cookies)) == (None, {}, True, 0)
        assert session.hooks == {"response": []}
    first, second = http_app.requests
    assert len(http_app.connections) == 1
    assert b"s3cret" in first.raw
    assert b"s3cret" not in second.raw
    assert second["Authorization"] is second["Cookie"] is second["X-Token"] is None


def test_a_client_certificate_does_not_stay_on_a_connection(wire_server, ca):
    """CVE-2016-5420, CVE-2022-27782, CVE-2026-8932: who asks without one, is nobody, on a connection of his own."""
    context = ca.server_context(client_ca=ca)
    context.verify_mode = context.verify_mode.CERT_OPTIONAL
    known = []

    def ask_who(connection):
        while connection.read_request() is not None:
            known.append(bool(connection.socket.getpeercert()))
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = wire_server(ask_who, tls=context, repeat=True)
    with minireq.Session() as session:
        session.verify = ca.file
        for cert in (ca.certificate().both, None, ca.certificate().both, None):
            session.get(server.url, cert=cert)
    assert known == [True, False, True, False]
    assert len(server.connections) == 2


def failures(server, refused_port, deaf_port):
    """Calls that fail in different ways, with secrets in all that they bring; each is given `settings` to bring."""
    user = "user:s3cret@"
    here = server.url.replace("http://", f"http://{user}")
    yield lambda **settings: minireq.get(f"{here}/cut", **settings)
    yield lambda **settings: minireq.get(f"{here}/garbage", **settings)
    yield lambda **settings: minireq.post(f"{here}/length", data=b"x", **settings)
    yield lambda **settings: minireq.get(f"{here}/gone", **settings).raise_for_status()
    yield lambda **settings: minireq.get(f"http://{user}127.0.0.1:{refused_port}/", **settings)
    yield lambda **settings: minireq.get(f"http://{user}127.0.0.1:{deaf_port}/", **{**settings, "timeout": 0.05})
    yield lambda **settings: minireq.get(f"http://{user}nowhere.invalid/", **settings)
    yield lambda **settings: minireq.get(f"http://{user}[::1/", **settings)
    yield lambda **settings: minireq.get(f"http://{user}127.0.0.1:99999/", **settings)
    yield lambda **settings: minireq.get(f"ftp://{user}127.0.0.1/", **settings)
    yield lambda **settings: minireq.get(here.replace("http://", "https://"), **settings)
    yield lambda **settings: minireq.get(here, proxies={"http": f"http://{user}127.0.0.1:{refused_port}"}, **settings)
    yield lambda **settings: minireq.get(here, proxies={"http": f"http://{user}[::1"}, **settings)
    yield lambda **settings: minireq.get(here, proxies={"http": f"socks5://{user}127.0.0.1:{refused_port}"}, **settings)
    yield lambda **settings: minireq.get(f"{here}/redirect", **settings)
    yield lambda **settings: minireq.get(here, **{**settings, "headers": {"Authorization": "s3cret\r\n"}})
    yield lambda **settings: minireq.get(here, **{**settings, "headers": {"Cookie": "a=s3cret\0"}})
    yield lambda **settings: minireq.get(here, **{**settings, "headers": {"Proxy-Authorization": "s3cret\n"}})


def test_no_error_shows_a_secret(wire_server, refused_port, deaf_port, dns):
    """CVE-2026-9546: neither an error nor its causes, neither str nor repr nor a traceback's last line."""

    def answer(connection):
        request = connection.read_request()
        if request is None:
            return
        connection.send(
            {
                "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nno",
                "/garbage": b"Set-Cookie: a=s3cret\r\n\r\n",
                "/length": b"HTTP/1.1 200 OK\r\nSet-Cookie: a=s3cret\r\nContent-Length: x\r\n\r\n",
                "/gone": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                "/redirect": b"HTTP/1.1 302 Found\r\nLocation: http://user:s3cret@[::1/\r\nContent-Length: 0\r\n\r\n",
            }.get(request.target, b"")
        )

    server = wire_server([answer, CLOSE], repeat=True)
    settings = {"headers": {"X-A": "1"}, "cookies": {"sid": "s3cret"}, "auth": ("user", "s3cret"), "timeout": 2}
    for call in failures(server, refused_port, deaf_port):
        for brought in (settings, {"headers": {"Authorization": "Bearer s3cret", "Cookie": "sid=s3cret"}, "timeout": 2}):
            with pytest.raises(minireq.RequestException) as caught:
                call(**brought)
            error = caught.value
            while error is not None:
                shown = "".join(traceback.format_exception_only(type(error), error))
                assert "s3cret" not in f"{error} {error!r} {shown}"
                error = error.__cause__ or error.__context__


# TLS.


def test_a_session_that_nobody_verified_is_not_resumed_where_trust_counts(wire_server, ca, stranger_ca):
    """CVE-2021-22890, CVE-2021-22924: a ticket belongs to the settings it was given under."""
    resumed = []

    def note(connection):
        connection.read_request()
        resumed.append(connection.socket.session_reused)
        connection.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        connection.close()

    server = wire_server(note, tls=ca.server_context(), repeat=True)
    with minireq.Session() as session:
        session.get(server.url, verify=False)
        session.get(server.url, verify=False)
        session.get(server.url, verify=ca.file)
        with pytest.raises(minireq.exceptions.SSLError):
            session.get(server.url, verify=stranger_ca.file)
    assert resumed == [False, True, False]


# Requests.


def test_a_seed_foretells_neither_boundary_nor_nonce():
    """CVE-2025-22150, CVE-2025-7783: they are from the system, not from the generator that a program may have seeded."""

    def made():
        random.seed(1)
        auth = minireq.auth.HTTPDigestAuth("user", "password")
        auth.init_per_thread_state()
        auth._thread_local.chal = {"realm": "r", "nonce": "n", "qop": "auth"}
        header = auth.build_digest_header("GET", "http://localhost/")
        return choose_boundary(), re.search('cnonce="(.*?)"', header)[1]

    first, second = made(), made()
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert min(len(made) for made in first) >= 32  # 16 bytes, in hexadecimal


def test_an_upload_that_was_refused_by_expect_leaves_no_half_request(wire_server):
    """CVE-2024-24791: what was not sent of the body is not sent in front of the next request, and that one gets its own answer."""

    def refuse(connection):
        connection.read_head()
        connection.send(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
        connection.rest(None)

    server = wire_server(refuse, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown")
    with minireq.Session() as session:
        refused = session.put(server.url, data=b"x" * 20_000_000, headers={"Expect": "100-continue"}, timeout=10)
        assert refused.status_code == 417
        assert session.get(server.url, timeout=10).text == "own"
    assert len(server.connections) == 2


def test_a_connection_that_timed_out_is_never_used_again(wire_server):
    """The late answer to the first request is not the answer to the second, which comes on a connection of its own."""
    server = wire_server([hear, CUT], b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown")
    server = wire_server(lambda connection: connection.rest(None), b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown")
    with minireq.Session() as session:
        with pytest.raises(minireq.exceptions.ReadTimeout):
            session.get(server.url, timeout=0.05)
        assert session.get(server.url, timeout=10).text == "own"
    server.wait_until_closed(0)
    assert len(server.connections) == 2
