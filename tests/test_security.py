"""The table in advisories.py holds, and what it names that belongs nowhere else."""

from __future__ import annotations

import ast
import fnmatch
import random
import re
import threading
import traceback
from pathlib import Path

import pytest

import minireq
from minireq.multipart import choose_boundary

from .advisories import FAULTS, VULNERABILITIES
from .corpus import cases
from .support.interpreter import run_python
from .support.scripted import CLOSE, hear, say, wait_for

TESTS = Path(__file__).parent
OWN = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown"


@pytest.mark.parametrize("row", [*VULNERABILITIES, *FAULTS], ids=lambda row: row.name)
def test_what_covers_a_class_is_there(row):
    ids = [case["id"] for case in cases.load()]
    missing = [name for name in row.covered_by if not (_is_test(name) if "::" in name else fnmatch.filter(ids, name))]
    assert row.covered_by and not missing


def _is_test(name: str) -> bool:
    file, _, function = name.partition("::")
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)


def test_every_class_of_vulnerability_is_known_somewhere():
    assert all(row.known_in for row in VULNERABILITIES)
    assert len({row.name for row in VULNERABILITIES + FAULTS}) == len(VULNERABILITIES + FAULTS)


def test_what_covers_an_advisory_goes_by_its_name():
    code = f"import pytest; pytest.main(['--collect-only', '-q', '-k', 'CVE-2015-3236', {str(TESTS / 'test_security.py')!r}])"
    listed = run_python(code, path=[TESTS.parent], cwd=TESTS.parent)
    assert "::test_what_a_call_brings_ends_with_it" in listed
    assert "::test_no_error_shows_a_secret" not in listed


def test_every_group_of_the_corpus_covers_something():
    groups = {case["id"].partition("/")[0] for case in cases.load()}
    assert groups == {name.partition("/")[0] for row in VULNERABILITIES for name in row.covered_by if "::" not in name}


def test_every_advisory_that_a_case_names_is_in_the_table():
    # Some cases belong to a family, and name one of its members that is in no row.
    named = {advisory for case in cases.load() for advisory in re.findall(r"CVE-\d+-\d+", case["why"])}
    assert named <= {advisory for row in VULNERABILITIES for advisory in row.known_in} | {"CVE-2023-45803"}


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

    server = wire_server(refuse, OWN)
    with minireq.Session() as session:
        refused = session.put(server.url, data=b"x" * 20_000_000, headers={"Expect": "100-continue"}, timeout=10)
        assert refused.status_code == 417
        assert session.get(server.url, timeout=10).text == "own"
    assert len(server.connections) == 2


def test_a_connection_that_timed_out_is_never_used_again(wire_server):
    """The late answer to the first request is not the answer to the second, which comes on a connection of its own."""
    late = threading.Event()
    server = wire_server([hear, wait_for(late), say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")], OWN)
    with minireq.Session() as session:
        with pytest.raises(minireq.exceptions.ReadTimeout):
            session.get(server.url, timeout=0.05)
        late.set()
        assert session.get(server.url, timeout=10).text == "own"
    server.wait_until_closed(0)
    assert len(server.connections) == 2
