"""Basic and Digest: what is sent, to whom, and what is never answered."""

from __future__ import annotations

import copy
import hashlib
import io
import pickle
import re
import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

import minireq
from minireq import auth
from minireq.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth, HTTPProxyAuth, _basic_auth_str
from minireq.exceptions import UnrewindableBodyError

# --- Basic and its base


@pytest.mark.parametrize(
    "username, password, octets",
    [
        ("Aladdin", "open sesame", b"Aladdin:open sesame"),
        ("", "", b":"),
        ("a:b", "c:d", b"a:b:c:d"),
        ("test", "123£", b"test:123\xa3"),
        (b"\xc5\xafser", b"p\xff", b"\xc5\xafser:p\xff"),
        ("ü", b"\xff", b"\xfc:\xff"),
        # what latin-1 cannot say is UTF-8, and then all of it
        ("имя", "€", "имя:€".encode()),
        ("ü", "€", "ü:€".encode()),
        (b"\xfc", "€", b"\xfc:\xe2\x82\xac"),
        ("\ud800", "x", b"\xed\xa0\x80:x"),
    ],
)
def test_basic_sends_name_and_password(username, password, octets):
    """S220, S221, D8: RFC 7617."""
    import base64

    header = _basic_auth_str(username, password)
    assert isinstance(header, str)
    scheme, _, encoded = header.partition(" ")
    assert (scheme, base64.b64decode(encoded)) == ("Basic", octets)
    request = SimpleNamespace(headers={})
    assert HTTPBasicAuth(username, password)(request) is request
    assert HTTPProxyAuth(username, password)(request).headers == {"Authorization": header, "Proxy-Authorization": header}


def test_names_and_passwords_that_are_no_text_are_deprecated():
    with pytest.warns(DeprecationWarning) as warned:
        assert _basic_auth_str(1, None) == _basic_auth_str("1", "None")
    assert len(warned) == 2


def test_a_base_does_nothing_by_itself():
    """S222."""
    with pytest.raises(NotImplementedError, match="AuthBase"):
        AuthBase()(None)


def test_every_callable_is_an_authentication(http_app):
    """S222, S223."""

    class PizzaAuth(AuthBase):
        def __call__(self, request):
            request.headers["X-Pizza"] = "margherita"
            return request

    def by_hand(request):
        request.headers["X-By"] = "hand"
        return request

    minireq.get(http_app.url, auth=PizzaAuth())
    minireq.get(http_app.url, auth=by_hand)
    first, second = http_app.requests
    assert (first["X-Pizza"], second["X-By"]) == ("margherita", "hand")


@pytest.mark.parametrize("kind", [HTTPBasicAuth, HTTPProxyAuth, HTTPDigestAuth])
def test_authentications_are_equal_if_name_and_password_are(kind):
    mine = kind("user", "secret")
    assert mine == kind("user", "secret")
    assert mine != kind("user", "other")
    assert mine != kind("other", "secret")
    assert mine != "user"
    assert mine != object()
    assert HTTPBasicAuth(None, None) != object()


@pytest.mark.parametrize("kind", [HTTPBasicAuth, HTTPProxyAuth, HTTPDigestAuth])
def test_no_secret_is_shown(kind):
    assert "secret" not in repr(kind("user", "secret"))


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))], ids=["copy", "deepcopy", "pickle"]
)
@pytest.mark.parametrize("kind", [HTTPBasicAuth, HTTPDigestAuth])
def test_an_authentication_can_be_copied_and_pickled(kind, duplicate):
    twin = duplicate(kind("user", "secret"))
    assert type(twin) is kind
    assert twin == kind("user", "secret")


def test_requests_constants_are_there():
    assert auth.CONTENT_TYPE_FORM_URLENCODED == "application/x-www-form-urlencoded"
    assert auth.CONTENT_TYPE_MULTI_PART == "multipart/form-data"


# --- challenges


@pytest.mark.parametrize(
    "text, found",
    [
        ('Basic realm="x"', [("basic", {"realm": "x"})]),
        ("DIGEST Realm=x, NONCE = n", [("digest", {"realm": "x", "nonce": "n"})]),
        ('Digest realm="a, b=\\"c\\"", nonce="n,m"', [("digest", {"realm": 'a, b="c"', "nonce": "n,m"})]),
        ('Basic realm="x", Digest realm="y",nonce=n', [("basic", {"realm": "x"}), ("digest", {"realm": "y", "nonce": "n"})]),
        ("Negotiate, Digest nonce=n", [("negotiate", {}), ("digest", {"nonce": "n"})]),
        ("Negotiate abc==, Digest nonce=n", [("negotiate", {"abc": "="}), ("digest", {"nonce": "n"})]),
        ("Digest", [("digest", {})]),
        ("Digest nonce=a, nonce=b", [("digest", {"nonce": "a"})]),
        ("Digest opaque=a/b+c==, nonce=n", [("digest", {"opaque": "a/b+c==", "nonce": "n"})]),
        ('Digest realm="never closed, nonce=n', [("digest", {"realm": "never closed, nonce=n"})]),
        ('Digest realm="ends in \\', [("digest", {"realm": "ends in "})]),
        ("Digest realm=, nonce=n", [("digest", {"realm": "", "nonce": "n"})]),
        ('Digest realm="x"nonce="n"', [("digest", {"realm": "x", "nonce": "n"})]),
        (', ,,Digest ,, nonce="n",', [("digest", {"nonce": "n"})]),
        ("realm=x, Digest nonce=n", [("digest", {"nonce": "n"})]),
        ('= " = Digest nonce=n', [("digest", {"nonce": "n"})]),
        ("", []),
        (" , = ", []),
    ],
)
def test_challenges_are_taken_apart(text, found):
    """RFC 9110, section 11.6.1."""
    assert auth._challenges(text) == found


@given(st.text(st.sampled_from('aD ="\\,\t') | st.characters(max_codepoint=255)))
def test_no_challenge_is_too_odd(text):
    for scheme, parameters in auth._challenges(text):
        assert scheme == scheme.lower()
        assert all(isinstance(value, str) for value in parameters.values())


@pytest.mark.parametrize(
    "noise", ['x="' + '\\"' * 30000, '"' * 60000, "=" * 60000, " " * 60000 + "\0", "a " * 30000, "a=" * 30000, ", " * 30000]
)
def test_taking_apart_takes_time_in_proportion(noise):
    started = time.process_time()
    auth._challenges(f"Digest realm=r, nonce=n, {noise}")
    assert time.process_time() - started < 0.5


# --- the answer (RFC 7616)


def answer(
    challenge, username="Mufasa", password="Circle of Life", method="GET", url="http://www.example.org/dir/index.html", body=None
):
    digest = HTTPDigestAuth(username, password)
    digest.init_per_thread_state()
    digest._thread_local.chal = dict(auth._challenges(challenge))["digest"]
    digest._thread_local.body = body
    return digest.build_digest_header(method, url)


def fields(header):
    scheme, parameters = auth._challenges(header)[0]
    assert scheme == "digest"
    return parameters


RFC_7616 = """Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={},
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""""


@pytest.mark.parametrize(
    "algorithm, response",
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_are_answered_as_it_says(algorithm, response, monkeypatch):
    """Section 3.9.1."""
    monkeypatch.setattr(auth, "_new_cnonce", lambda: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    assert answer(RFC_7616.format(algorithm)) == (
        'Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        f'uri="/dir/index.html", response="{response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", '
        f'algorithm="{algorithm}", qop="auth", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"'
    )


def test_the_examples_of_the_older_rfcs_are_answered_as_they_say(monkeypatch):
    """RFC 2617, section 3.5; and the same without qop, as RFC 2069 had it."""
    monkeypatch.setattr(auth, "_new_cnonce", lambda: "0a4f113b")
    challenge = (
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert (
        fields(answer(challenge + ', qop="auth,auth-int"', password="Circle Of Life"))["response"]
        == "6629fae49393a05397450978507c4ef1"
    )
    without = answer(challenge, password="Circle Of Life")
    assert without == (
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'uri="/dir/index.html", response="670fd8c2df070c60b045671b8b24ff02", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )


@pytest.mark.skipif("sha512_256" not in hashlib.algorithms_available, reason="OpenSSL here does without it")
def test_a_name_is_hashed_if_the_server_wants_it():
    """RFC 7616, section 3.9.2, with the hash that erratum 4897 gives."""
    header = answer(
        'Digest realm="api@example.org", qop=auth, algorithm=SHA-512-256, nonce=n, charset=UTF-8, userhash=true', "Jäsøn Doe"
    )
    assert fields(header)["username"] == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    assert header.endswith(", userhash=true")


@pytest.mark.parametrize(
    "username, challenge, shown",
    [
        ("Mufasa", "", 'username="Mufasa"'),
        (b"Mufasa", "", 'username="Mufasa"'),
        ('a"b\\c', "", r'username="a\"b\\c"'),
        ("Jäsøn Doe", "", 'username="J\xc3\xa4s\xc3\xb8n Doe"'),
        ("Jäsøn Doe", ", charset=utf-8", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"),
        ("Doe", ", charset=utf-8", 'username="Doe"'),
    ],
)
def test_a_name_is_written_so_that_it_can_be_read(username, challenge, shown):
    """RFC 7616, section 3.4."""
    header = answer(f"Digest realm=r, nonce=n{challenge}", username)
    assert header.startswith(f"Digest {shown}, realm=")
    name = username if isinstance(username, bytes) else username.encode()
    secret = hashlib.md5(name + b":r:Circle of Life").hexdigest()
    request = hashlib.md5(b"GET:/dir/index.html").hexdigest()
    assert fields(header)["response"] == hashlib.md5(f"{secret}:n:{request}".encode()).hexdigest()


def test_what_the_server_said_goes_back_as_it_came():
    header = answer('Digest realm="a, b=\\"c\\" \xe9", nonce="n\\\\,m", opaque=""')
    assert 'realm="a, b=\\"c\\" \xe9", nonce="n\\\\,m", ' in header
    assert ', opaque=""' in header
    secret = hashlib.md5(b'Mufasa:a, b="c" \xe9:Circle of Life').hexdigest()
    request = hashlib.md5(b"GET:/dir/index.html").hexdigest()
    assert fields(header)["response"] == hashlib.md5(f"{secret}:n\\,m:{request}".encode()).hexdigest()


def test_a_hash_that_this_python_does_without_is_not_used(monkeypatch):
    monkeypatch.setitem(auth._ALGORITHMS, "FUTURE", "no_such_hash")
    assert answer("Digest realm=r, nonce=n, algorithm=FUTURE") is None


def test_a_realm_beyond_latin_1_is_no_error():
    assert 'realm="€"' in answer('Digest realm="€", nonce=n')


@pytest.mark.parametrize(
    "url, uri",
    [
        ("http://h", "/"),
        ("http://h/a;b?c=d&e#f", "/a;b?c=d&e"),
        ("http://h?q", "/?q"),
        ("http://u:p@h:81/x", "/x"),
        ("http://h/%20", "/%20"),
    ],
)
def test_the_uri_is_what_the_request_line_says(url, uri):
    assert fields(answer("Digest realm=r, nonce=n", url=url))["uri"] == uri


@pytest.mark.parametrize(
    "challenge",
    [
        "Digest",
        "Digest realm=r",
        "Digest nonce=n",
        "Digest realm=r, nonce=n, algorithm=ROT13",
        "Digest realm=r, nonce=n, algorithm=-sess",
        "Digest realm=r, nonce=n, qop=auth-conf",
        "Digest realm=r, nonce=n, qop=authentic",
    ],
)
def test_what_cannot_be_answered_is_not(challenge):
    assert answer(challenge) is None


def test_auth_int_signs_the_body_too():
    for body, octets in ((None, b""), (b"k=v", b"k=v"), ("ü", "ü".encode()), (io.BytesIO(b"file"), b"file"), ([b"a", b"b"], b"ab")):
        found = fields(answer("Digest realm=r, nonce=n, qop=auth-int", method="POST", body=body))
        secret = hashlib.md5(b"Mufasa:r:Circle of Life").hexdigest()
        request = hashlib.md5(b"POST:/dir/index.html:" + hashlib.md5(octets).hexdigest().encode()).hexdigest()
        proof = f"{secret}:n:00000001:{found['cnonce']}:auth-int:{request}"
        assert (found["qop"], found["response"]) == ("auth-int", hashlib.md5(proof.encode()).hexdigest())
    file = io.BytesIO(b"twice")
    file.seek(2)
    answer("Digest realm=r, nonce=n, qop=auth-int", body=file)
    assert file.tell() == 2


def test_auth_int_does_not_use_up_a_body_to_sign_it():
    assert answer("Digest realm=r, nonce=n, qop=auth-int", body=iter([b"once"])) is None
    assert fields(answer('Digest realm=r, nonce=n, qop="auth-int, auth"', body=iter([b"once"])))["qop"] == "auth"


def test_every_client_nonce_is_new_and_long():
    nonces = {fields(answer("Digest realm=r, nonce=n, qop=auth"))["cnonce"] for _ in range(20)}
    assert len(nonces) == 20
    assert all(len(nonce) >= 32 for nonce in nonces)


# --- against a server that checks


class DigestServer:
    """A route that lets in who proves to be user:pass, and remembers what it was told."""

    def __init__(self, challenge='realm="the realm", nonce="{}", qop="auth", opaque="op"'):
        self.challenge = challenge
        self.nonce, self.counts = 0, {}
        self.requests, self.right, self.wrong = [], 0, 0

    def __call__(self, request):
        self.requests.append(request)
        given = request["Authorization"]
        if given and given.startswith("Digest "):
            found = fields(given)
            stale = found["nonce"] != str(self.nonce)
            if self.is_right(found, request):
                if not stale:
                    self.right += 1
                    return b"in"
                return self.ask(request, ", stale=TRUE")
            self.wrong += 1
        return self.ask(request)

    def ask(self, request, more=""):
        self.nonce += 1
        return (
            401,
            [("WWW-Authenticate", f"Digest {self.challenge.format(self.nonce)}{more}"), ("Set-Cookie", "dig=1; Path=/")],
            b"out",
        )

    def is_right(self, found, request):
        if found["uri"] != request.target:
            return False
        name = found.get("algorithm", "MD5").upper()
        plain = name.replace("-SESS", "")
        python_name = {"SHA": "sha1", "SHA-512-256": "sha512_256"}.get(plain, plain.replace("-", ""))

        def digest(*parts):
            return hashlib.new(python_name, ":".join(parts).encode("latin-1")).hexdigest()

        secret = digest("user", found["realm"], "pass")
        if name.endswith("-SESS"):
            secret = digest(secret, found["nonce"], found["cnonce"])
        entity = [digest(request.body.decode("latin-1"))] if found.get("qop") == "auth-int" else []
        told = digest(request.method, request.target, *entity)
        if "qop" not in found:
            return found["response"] == digest(secret, found["nonce"], told)
        last = self.counts.get(found["nonce"], 0)
        self.counts[found["nonce"]] = count = int(found["nc"], 16)
        proof = digest(secret, found["nonce"], found["nc"], found["cnonce"], found["qop"], told)
        return count > last and found["response"] == proof


@pytest.fixture
def digest_app(http_app):
    def serve(*args):
        server = DigestServer(*args)
        server.url = f"{http_app.url}/digest"
        http_app.route("/digest")(server)
        return server

    return serve


@pytest.mark.parametrize("qop", ['qop="auth"', "qop=auth", 'qop="auth-int,auth"', 'qop="auth-int, auth"', 'qop="auth-int"', "x=y"])
@pytest.mark.parametrize("algorithm", ["MD5", "md5", "SHA", "SHA-256", "SHA-512", "SHA-512-256"])
@pytest.mark.parametrize("session", ["", "-sess"])
def test_every_form_of_challenge_is_answered(digest_app, qop, algorithm, session):
    if algorithm == "SHA-512-256" and "sha512_256" not in hashlib.algorithms_available:
        pytest.skip("OpenSSL here does without it")
    server = digest_app(f'realm="r", nonce="{{}}", algorithm={algorithm}{session}, {qop}')
    with minireq.Session() as client:
        client.auth = HTTPDigestAuth("user", "pass")
        for _ in range(3):
            response = client.post(f"{server.url}/x?y=1", data={"k": "v"})
            assert (response.status_code, response.text) == (200, "in")
    assert (server.right, server.wrong, len(server.requests)) == (3, 0, 4)


def test_without_algorithm_md5_is_meant(digest_app):
    server = digest_app('realm="r", nonce="{}"')
    assert minireq.get(server.url, auth=HTTPDigestAuth("user", "pass")).status_code == 200
    assert "algorithm" not in fields(server.requests[-1]["Authorization"])


def test_the_strongest_of_several_challenges_is_answered(http_app):
    @http_app.route("/digest")
    def ask(request):
        if request["Authorization"]:
            return b"in"
        return (
            401,
            [
                (
                    "WWW-Authenticate",
                    'Basic realm="b", Digest realm="1", nonce=n, algorithm=MD5, Digest realm="2", nonce=n, algorithm=SHA-256',
                ),
                ("WWW-Authenticate", 'Digest realm="3", nonce=n, algorithm=FUTURE-1'),
                ("WWW-Authenticate", 'Digest realm="4, nonce=n, algorithm=SHA-512'),
                ("WWW-Authenticate", 'Digest realm="5", nonce=n'),
            ],
            b"",
        )

    assert minireq.get(f"{http_app.url}/digest", auth=HTTPDigestAuth("user", "pass")).text == "in"
    assert fields(http_app.requests[-1]["Authorization"])["realm"] == "2"


def test_the_challenge_is_history(digest_app):
    server = digest_app()
    response = minireq.get(server.url, auth=HTTPDigestAuth("user", "pass"))
    assert [old.status_code for old in response.history] == [401]
    assert response.history[0].text == "out"
    assert response.request.headers["Authorization"].startswith("Digest ")
    assert "Authorization" not in response.history[0].request.headers


def test_a_nonce_is_used_again_and_counted(digest_app):
    server = digest_app()
    with minireq.Session() as client:
        client.auth = HTTPDigestAuth("user", "pass")
        for _ in range(3):
            assert client.get(server.url).status_code == 200
    assert [fields(asked["Authorization"])["nc"] for asked in server.requests[1:]] == ["00000001", "00000002", "00000003"]
    assert len(server.requests) == 4


def test_a_stale_nonce_is_replaced(digest_app):
    server = digest_app()
    with minireq.Session() as client:
        client.auth = HTTPDigestAuth("user", "pass")
        client.get(server.url)
        server.nonce += 1
        response = client.get(server.url)
        assert (response.status_code, len(response.history)) == (200, 1)


def test_a_nonce_that_is_stale_at_once_is_replaced_once(digest_app):
    server = digest_app()
    ask = server.ask

    def ask_and_forget(request, more=""):
        answer = ask(request, more)
        server.nonce += len(server.requests) < 2
        return answer

    server.ask = ask_and_forget
    response = minireq.get(server.url, auth=HTTPDigestAuth("user", "pass"))
    assert (response.status_code, [old.status_code for old in response.history]) == (200, [401, 401])


def test_a_wrong_password_is_tried_once(digest_app):
    server = digest_app()
    response = minireq.get(server.url, auth=HTTPDigestAuth("user", "wrong"))
    assert (response.status_code, response.text, len(response.history)) == (401, "out", 1)
    assert len(server.requests) == 2


def test_a_challenge_may_come_with_any_4xx_and_with_nothing_else(http_app):
    for status, sent in ((403, 2), (407, 2), (200, 1), (500, 1), (302, 1)):

        @http_app.route("/digest")
        def ask(request, status=status):
            return status, [("WWW-Authenticate", "Digest realm=r, nonce=n")], b""

        before = len(http_app.requests)
        assert minireq.get(f"{http_app.url}/digest", auth=HTTPDigestAuth("user", "pass")).status_code == status
        assert len(http_app.requests) - before == sent


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Basic realm=x",
        "Digest",
        "Digest realm=r",
        "Digest nonce=n",
        'Digest realm="r", nonce="n", algorithm=ROT13',
        'Digest realm="r", nonce="n", qop=auth-conf',
        'Digest realm="r, nonce="n"',
        '"""',
        "=,=",
        "Undigested realm=r, nonce=n",
    ],
)
def test_a_401_without_a_challenge_that_can_be_answered_is_handed_over(http_app, value):
    @http_app.route("/digest")
    def ask(request):
        return 401, [] if value is None else [("WWW-Authenticate", value)], b"out"

    response = minireq.get(f"{http_app.url}/digest", auth=HTTPDigestAuth("user", "pass"))
    assert (response.status_code, response.text, response.history) == (401, "out", [])
    assert len(http_app.requests) == 1


def test_a_subclass_may_decline_to_answer(digest_app):
    class Silent(HTTPDigestAuth):
        def build_digest_header(self, method, url):
            return None

    server = digest_app()
    assert minireq.get(server.url, auth=Silent("user", "pass")).text == "out"
    assert len(server.requests) == 1


# --- the body goes again


def test_bodies_are_sent_again(digest_app):
    for body in (b"bytes", "text", io.BytesIO(b"file"), [b"li", b"st"]):
        server = digest_app()
        assert minireq.post(server.url, data=body, auth=HTTPDigestAuth("user", "pass")).status_code == 200
        first, second = server.requests[-2:]
        assert first.body == second.body != b""


def test_a_file_goes_again_from_where_it_stood(digest_app):
    server = digest_app('realm="r", nonce="{}", qop="auth-int"')
    file = io.BytesIO(b"skipped, sent")
    file.seek(9)
    assert minireq.put(server.url, data=file, auth=HTTPDigestAuth("user", "pass")).status_code == 200
    assert [asked.body for asked in server.requests] == [b"sent", b"sent"]


@pytest.mark.parametrize("qop", ["auth", "auth-int"])
def test_a_body_that_can_be_read_once_cannot_go_again(digest_app, qop):
    """D4."""
    server = digest_app(f'realm="r", nonce="{{}}", qop="{qop}"')
    with pytest.raises(UnrewindableBodyError) as caught:
        minireq.post(server.url, data=iter([b"once"]), auth=HTTPDigestAuth("user", "pass"))
    assert caught.value.response.status_code == 401
    assert len(server.requests) == 1


def test_requests_that_were_prepared_earlier_go_again_with_their_own_body(digest_app):
    server = digest_app()
    with minireq.Session() as client:
        client.auth = HTTPDigestAuth("user", "pass")
        first = client.prepare_request(minireq.Request("POST", server.url, data=io.BytesIO(b"first")))
        second = client.prepare_request(minireq.Request("POST", server.url, data=b"second"))
        for prepared, body in ((first, b"first"), (second, b"second")):
            assert client.send(prepared).status_code == 200
            assert server.requests[-1].body == body


# --- cookies of a challenge


def test_cookies_that_come_with_a_challenge_are_sent_with_the_answer(digest_app):
    server = digest_app()
    with minireq.Session() as client:
        client.cookies.set("mine", "1")
        client.get(server.url, auth=HTTPDigestAuth("user", "pass"))
        assert [asked["Cookie"] for asked in server.requests] == ["mine=1", "mine=1; dig=1"]
        assert client.cookies["dig"] == "1"
    assert minireq.get(server.url, auth=HTTPDigestAuth("user", "pass")).status_code == 200
    assert [asked["Cookie"] for asked in server.requests[-2:]] == [None, "dig=1"]


def test_a_cookie_header_set_by_hand_stays(digest_app):
    server = digest_app()
    minireq.get(server.url, headers={"Cookie": "by=hand"}, auth=HTTPDigestAuth("user", "pass"))
    assert [asked["Cookie"] for asked in server.requests] == ["by=hand"] * 2


# --- for whom the credentials are


def test_a_stranger_gets_no_answer_after_a_redirect(http_app, wire_server, dns):
    """CVE-2026-11856."""
    dns["good.test"] = dns["evil.test"] = "127.0.0.1"
    stranger = wire_server(
        b'HTTP/1.1 401 X\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\nContent-Length: 0\r\n\r\n', repeat=True
    )

    @http_app.route("/away")
    def away(request):
        return 302, [("Location", f"http://evil.test:{stranger.port}/")], b""

    response = minireq.get(f"http://good.test:{http_app.port}/away", auth=HTTPDigestAuth("user", "pass"))
    assert response.status_code == 401
    assert [asked["Authorization"] for asked in stranger.requests] == [None]


def test_after_a_redirect_at_home_there_is_an_answer(http_app, digest_app):
    server = digest_app()

    @http_app.route("/moved")
    def moved(request):
        return 302, [("Location", "/digest")], b""

    assert minireq.get(f"{http_app.url}/moved", auth=HTTPDigestAuth("user", "pass")).status_code == 200
    assert server.right == 1


def test_what_one_host_asked_is_not_answered_to_another(digest_app, http_app, dns):
    dns["one.test"] = dns["two.test"] = "127.0.0.1"
    server = digest_app()
    with minireq.Session() as client:
        client.auth = HTTPDigestAuth("user", "pass")
        for host in ("one.test", "one.test", "two.test"):
            assert client.get(f"http://{host}:{http_app.port}/digest").status_code == 200
    told = [(asked["Host"].partition(":")[0], asked["Authorization"] is not None) for asked in server.requests]
    assert told == [("one.test", False), ("one.test", True), ("one.test", True), ("two.test", False), ("two.test", True)]


@pytest.mark.parametrize(
    "own, origin, may",
    [
        ("http://h/", "http://h:80/x", True),
        ("http://h/", "https://h/", True),
        ("https://h/", "http://h/", False),
        ("http://h:8080/", "https://h/", False),
        ("http://h/", "https://h:8443/", False),
        ("http://h/", "https://g/", False),
        ("http://h/", "http://h:81/", False),
        ("http://h/", "http://g/", False),
        ("http://h/", "nonsense://[", False),
    ],
)
def test_an_origin_is_scheme_host_and_port_and_may_become_secure(own, origin, may):
    digest = HTTPDigestAuth("user", "pass")
    digest(SimpleNamespace(url=own, body=None, headers={}, register_hook=lambda event, hook: None))
    assert digest._may_answer(auth._origin(origin)) == may


def test_somebody_elses_authentication_may_ask_for_an_answer(digest_app):
    """As requests_toolbelt's GuessAuth does it: the hook alone."""
    server = digest_app()
    response = minireq.get(server.url, hooks={"response": HTTPDigestAuth("user", "pass").handle_401})
    assert response.status_code == 200


# --- threads


def test_threads_do_not_share_nonces(digest_app):
    server = digest_app('realm="r", nonce="fixed", qop="auth"')
    server.is_right = lambda found, request: True
    server.nonce = "fixed"
    server.ask = lambda request, more="": (401, [("WWW-Authenticate", f"Digest {server.challenge}")], b"")
    digest, results = HTTPDigestAuth("user", "pass"), []

    def work():
        with minireq.Session() as client:
            client.auth = digest
            results.extend(client.get(server.url).status_code for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 20
    counts = [fields(asked["Authorization"])["nc"] for asked in server.requests if asked["Authorization"]]
    assert sorted(counts) == sorted([f"{number:08x}" for number in range(1, 6)] * 4)


def test_a_hook_may_run_in_a_thread_of_its_own(digest_app):
    server = digest_app()
    with minireq.Session() as client:
        client.auth = HTTPDigestAuth("user", "pass")
        prepared = client.prepare_request(minireq.Request("POST", server.url, data=io.BytesIO(b"body")))
        results = []
        thread = threading.Thread(target=lambda: results.append(client.send(prepared).status_code))
        thread.start()
        thread.join()
        assert results == [200]
        assert server.requests[-1].body == b"body"


def test_the_state_has_the_names_that_other_packages_use():
    digest = HTTPDigestAuth("user", "pass")
    digest.init_per_thread_state()
    state = vars(digest._thread_local)
    assert {"init", "last_nonce", "nonce_count", "chal", "pos", "num_401_calls"} <= set(state)
    state["chal"] = {"realm": "r", "nonce": "n", "qop": "auth", "algorithm": None}
    header = digest.build_digest_header("GET", "http://h/x")
    pattern = r'Digest username="user", realm="r", nonce="n", uri="/x", response="\w{32}", qop="auth", nc=00000001, cnonce="\w{32}"'
    assert re.fullmatch(pattern, header)
    assert (state["last_nonce"], state["nonce_count"]) == ("n", 1)
