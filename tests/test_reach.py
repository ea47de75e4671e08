"""Every way to the server, as programs say it: Unix sockets, addresses, whom to trust, https proxies. The wire's: tests/wire."""

from __future__ import annotations

import ipaddress
import pickle
import socket
import ssl
from pathlib import Path

import pytest

import minireq
from minireq import Session
from minireq.adapters import HTTPAdapter
from minireq.exceptions import (
    ConnectionError,
    InvalidArgument,
    InvalidSchema,
    InvalidURL,
    ProxyError,
    SSLError,
    TooManyRedirects,
)

from .support.scripted import CLOSE, hear, say, tunnel_to

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.fixture
def session():
    with Session() as session:
        yield session


@pytest.fixture
def reaching(session):
    """A session whose adapters for http and https are made with these arguments."""

    def reach(**arguments):
        session.close()
        session.mount("http://", HTTPAdapter(**arguments))
        session.mount("https://", HTTPAdapter(**arguments))
        return session

    return reach


# --- Unix sockets, by URL


def test_a_url_may_name_a_unix_socket(unix_app):
    response = minireq.get(f"{unix_app.url}/echo?a=1", params={"b": "2"})
    asked = unix_app.requests[0]
    assert (asked.target, asked["Host"]) == ("/echo?a=1&b=2", "localhost")
    assert response.url == f"{unix_app.url}/echo?a=1&b=2"


def test_requests_to_a_unix_socket_share_a_connection(session, unix_app):
    for _ in range(3):
        assert session.post(f"{unix_app.url}/echo", data=b"x" * 100_000).json()["body"] == "x" * 100_000
    assert len(unix_app.connections) == 1


@pytest.mark.parametrize("scheme", ["http+unix", "all", "http"])
def test_no_proxy_leads_to_a_unix_socket(session, unix_app, refused_port, monkeypatch, scheme):
    proxy = f"http://127.0.0.1:{refused_port}"
    monkeypatch.setenv("all_proxy", proxy)
    assert session.get(f"{unix_app.url}/json").ok
    assert session.get(f"{unix_app.url}/json", proxies={scheme: proxy}).ok


def test_cookies_of_a_unix_socket_are_for_it_alone(session, unix_app, http_app, wire_server, tmp_path):
    other = wire_server(OK, host=str(tmp_path / "other.sock"))
    session.get(f"{unix_app.url}/cookies/set?a=1")
    assert session.get(f"{unix_app.url}/cookies").json() == {"a": "1"}
    session.get(other.url)
    assert session.get(f"{http_app.url}/cookies").json() == {}
    assert other.requests[0]["Cookie"] is None


def test_an_adapter_of_ones_own_may_be_mounted_for_unix_sockets(session, unix_app):
    mine = HTTPAdapter()
    session.mount("http+unix://", mine)
    assert session.get(f"{unix_app.url}/json").connection is mine


def test_without_an_adapter_for_http_there_is_none_for_unix_sockets(session, unix_app):
    del session.adapters["http://"]
    with pytest.raises(InvalidSchema, match=r"No connection adapters were found for 'http\+unix://"):
        session.get(unix_app.url)


@pytest.mark.parametrize("url", ["http+unix:///path", "http+unix://%2Frun%2Fa.sock:80/"])
def test_a_url_that_names_no_socket_is_refused(url):
    with pytest.raises(InvalidURL):
        minireq.get(url)


def test_a_socket_that_is_not_there_is_a_connection_error(tmp_path):
    with pytest.raises(ConnectionError, match="no connection to the Unix socket '.*/none'"):
        minireq.get(f"http+unix://{str(tmp_path).replace('/', '%2F')}%2Fnone/")


# --- Redirects and Unix sockets: no server decides that a socket of this machine is asked


@pytest.mark.parametrize("location", ["{unix}/json", "HTTP+UNIX{rest}/json"])
def test_a_redirect_from_http_never_leads_into_a_unix_socket(session, http_app, unix_app, location):
    location = location.format(unix=unix_app.url, rest=unix_app.url[9:])
    http_app.route("/leave")(lambda request: (302, [("Location", location)], b""))
    with pytest.raises(InvalidSchema, match="the redirect leads into a Unix socket of this machine") as caught:
        session.get(f"{http_app.url}/leave")
    assert caught.value.response.status_code == 302 and unix_app.connections == []
    assert session.get(f"{http_app.url}/leave", allow_redirects=False).next is None


@pytest.mark.parametrize("location", ["/json", "json", "{url}/json"])
def test_a_redirect_within_a_unix_socket_is_followed(session, unix_app, location):
    unix_app.route("/move")(lambda request: (302, [("Location", location.format(url=unix_app.url))], b""))
    response = session.get(f"{unix_app.url}/move")
    assert (response.url, response.json()) == (f"{unix_app.url}/json", {"hello": "world"})


def test_a_redirect_from_one_socket_into_another_is_refused(session, unix_app, wire_server, tmp_path):
    other = wire_server(OK, host=str(tmp_path / "other.sock"))
    unix_app.route("/leave")(lambda request: (302, [("Location", other.url)], b""))
    with pytest.raises(InvalidSchema, match="into a Unix socket"):
        session.get(f"{unix_app.url}/leave")
    assert other.connections == []


def test_a_redirect_out_of_a_unix_socket_leaves_credentials_behind(session, unix_app, http_app):
    unix_app.route("/leave")(lambda request: (302, [("Location", f"{http_app.url}/json")], b""))
    session.get(f"{unix_app.url}/leave", auth=("me", "secret"), cookies={"a": "1"})
    assert unix_app.requests[0]["Authorization"] and unix_app.requests[0]["Cookie"] == "a=1"
    assert http_app.requests[0]["Authorization"] is None and http_app.requests[0]["Cookie"] is None


def test_a_redirect_does_not_lead_into_the_socket_of_an_adapter_either(session, unix_app, http_app):
    session.mount("http://docker/", HTTPAdapter(uds=unix_app.host))
    http_app.route("/leave")(lambda request: (302, [("Location", "http://docker/json")], b""))
    with pytest.raises(InvalidSchema, match="into a Unix socket"):
        session.get(f"{http_app.url}/leave")
    assert unix_app.connections == []
    unix_app.route("/move")(lambda request: (302, [("Location", "/json")], b""))
    assert session.get("http://docker/move").json() == {"hello": "world"}


def test_redirects_without_end_end_in_a_socket_too(session, unix_app):
    unix_app.route("/round")(lambda request: (302, [("Location", "/round")], b""))
    session.max_redirects = 3
    with pytest.raises(TooManyRedirects):
        session.get(f"{unix_app.url}/round")


# --- Unix sockets, by adapter


def test_all_requests_of_an_adapter_may_go_to_a_unix_socket(reaching, unix_app, refused_port):
    session = reaching(uds=unix_app.host)
    response = session.get("http://example.org:8080/echo", proxies={"all": f"http://127.0.0.1:{refused_port}"})
    assert response.json()["target"] == "/echo"
    session.get("http://other.example/cookies/set?a=1")
    assert session.get("http://other.example/cookies").json() == {"a": "1"}
    assert session.get("http://example.org:8080/cookies").json() == {}
    assert {request["Host"] for request in unix_app.requests} == {"example.org:8080", "other.example"}


def test_https_goes_there_in_tls(reaching, wire_server, ca, tmp_path):
    server = wire_server(OK, host=str(tmp_path / "tls.sock"), tls=ca.server_context("example.org"))
    assert reaching(uds=Path(server.host)).get("https://example.org/", verify=ca.file).text == "ok"
    assert server.connections[0].server_name == "example.org"


def test_a_socket_has_no_address_to_say(session):
    for arguments in ({"resolve": lambda *_: []}, {"source_address": ("127.0.0.2", 0)}):
        with pytest.raises(InvalidArgument, match="has no address"):
            HTTPAdapter(uds="/run/a.sock", **arguments)
    with pytest.raises(InvalidArgument, match="uds is the path of a Unix socket, not 5"):
        HTTPAdapter(uds=5)


# --- Addresses


def test_a_mapping_says_where_hosts_are(reaching, http_app, dns):
    key = ("Example.org", http_app.port)
    session = reaching(resolve={key: http_app.host})
    assert session.get(f"http://EXAMPLE.org:{http_app.port}/echo").ok
    assert http_app.requests[0]["Host"] == f"example.org:{http_app.port}" and dns.asked == []


def test_the_certificate_is_still_the_hosts(reaching, https_app, ca):
    session = reaching(resolve={("example.org", https_app.port): https_app.host, ("localhost", https_app.port): https_app.host})
    assert session.get(f"https://localhost:{https_app.port}/json", verify=ca.file).ok
    with pytest.raises(SSLError, match=r"the certificate of example\.org is not trusted"):
        session.get(f"https://example.org:{https_app.port}/json", verify=ca.file)


def test_a_source_address_and_options_are_said_to_the_adapter(reaching, http_app):
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    with reaching(source_address=("127.0.0.7", 0), socket_options=options).get(f"{http_app.url}/bytes/9", stream=True) as response:
        assert response.raw.connection.stream.socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert http_app.connections[0].peer[0] == "127.0.0.7"


@pytest.mark.parametrize(
    "resolve, complaint",
    [
        (5, "a function, or a mapping from"),
        ({"example.org": "127.0.0.1"}, "mapping from .host, port., of which 'example.org' is none"),
        ({("example.org", "80"): "127.0.0.1"}, "of which"),
        ({("example.org", 80): "localhost"}, "leads example.org:80 to IP addresses, of which 'localhost' is none"),
        ({("example.org", 80): ["127.0.0.1", 5]}, "of which 5 is none"),
        ({("example.org", 80): None}, "of which None is none"),
    ],
)
def test_a_resolve_that_is_none_is_refused_when_the_adapter_is_made(resolve, complaint):
    with pytest.raises(InvalidArgument, match=complaint):
        HTTPAdapter(resolve=resolve)


def test_what_resolve_gives_wrongly_is_an_invalid_argument(reaching):
    with pytest.raises(InvalidArgument, match="resolve gave no IP addresses for 'example.org' but None"):
        reaching(resolve=lambda host, port: None).get("http://example.org/")


class Private(Exception):
    """No server of ours is to be asked."""


def public_only(host, port):
    addresses = [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in addresses:
        if not ipaddress.ip_address(address).is_global and address != "127.0.0.2":  # that one plays the world's part
            raise Private(f"{host} is at {address}")
    return addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://inside.example:{port}/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
@pytest.mark.parametrize("redirected", [False, True], ids=["asked", "redirected"])
def test_private_addresses_can_be_refused_however_they_are_written_and_met(reaching, wire_server, http_app, dns, url, redirected):
    """SSRF."""
    dns["inside.example"] = "127.0.0.1"
    dns["2130706433"], dns["0x7f.1"] = "127.0.0.1", "127.0.0.1"  # as resolvers read them
    url = url.format(port=http_app.port)
    outside = wire_server(f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode(), host="127.0.0.2")
    session = reaching(resolve=public_only)
    with pytest.raises(ConnectionError, match="resolve said Private") as caught:
        session.get(f"{outside.url}/" if redirected else url)
    assert isinstance(caught.value.__cause__.__cause__, Private)
    assert http_app.connections == []


def test_who_decides_on_every_connection_is_not_passed_by_through_a_unix_socket(reaching, unix_app):
    with pytest.raises(InvalidSchema, match="of Unix sockets it is not asked"):
        reaching(resolve=public_only).get(unix_app.url)
    assert unix_app.connections == []


def test_a_connection_that_was_decided_on_is_kept(reaching, http_app):
    asked = []
    session = reaching(resolve=lambda *question: asked.append(question) or "127.0.0.1")
    for _ in range(3):
        session.get(f"http://example.org:{http_app.port}/json")
    assert asked == [("example.org", http_app.port)] and len(http_app.connections) == 1


# --- TLS: whom to trust


@pytest.mark.parametrize(
    "verify",
    [
        lambda ca: ca.file,
        lambda ca: Path(ca.file),
        lambda ca: ca.pem,
        lambda ca: ca.pem.decode(),
        lambda ca: "Zoë's authority:\n" + ca.pem.decode(),
        lambda ca: ca.client_context(),
    ],
    ids=["file", "path", "bytes", "text", "text with a comment", "context"],
)
@pytest.mark.parametrize("by_session", [False, True], ids=["call", "session"])
def test_verify_says_whom_to_trust(session, https_app, ca, verify, by_session):
    verify = verify(ca)
    with pytest.raises(SSLError):
        session.get(f"{https_app.url}/json")
    if by_session:
        session.verify = verify
        assert session.get(f"{https_app.url}/json").ok
    else:
        assert session.get(f"{https_app.url}/json", verify=verify).ok
    session.verify = True
    with pytest.raises(SSLError):
        session.get(f"{https_app.url}/json")


def test_verify_system_is_the_platforms_own_store(session, https_app, ca, monkeypatch):
    with pytest.raises(SSLError, match="the trust store is the platform's store"):
        session.get(f"{https_app.url}/json", verify="system")
    monkeypatch.setenv("SSL_CERT_FILE", ca.file)  # where OpenSSL looks for it
    monkeypatch.setattr("minireq.wire.network.tls._contexts", {})
    assert session.get(f"{https_app.url}/json", verify="system").ok
    with pytest.raises(SSLError, match="certifi"):
        session.get(f"{https_app.url}/json", verify=True)


def test_the_same_trust_in_other_words_is_not_shared(session, https_app, ca):
    for verify in (ca.file, ca.pem, ca.client_context(), ca.client_context(), False):
        assert session.get(f"{https_app.url}/json", verify=verify).ok
    assert len(https_app.connections) == 5


@pytest.fixture
def asks_for_a_certificate(wire_server, ca):
    return wire_server([OK], [OK], [OK], [OK], tls=ca.server_context(client_ca=ca))


@pytest.mark.parametrize(
    "cert",
    [
        lambda mine, read: mine.both,
        lambda mine, read: (mine.file, mine.key),
        lambda mine, read: [Path(mine.file), Path(mine.key)],
        lambda mine, read: (mine.file, mine.key, "not needed"),
        lambda mine, read: read(mine.both),
        lambda mine, read: read(mine.both).decode(),
        lambda mine, read: (read(mine.file), read(mine.key)),
        lambda mine, read: (mine.file, read(mine.key), None),
    ],
    ids=["file", "files", "paths", "password", "bytes", "text", "two in bytes", "mixed"],
)
def test_cert_says_who_we_are(session, asks_for_a_certificate, ca, cert):
    cert = cert(ca.certificate("me"), lambda path: Path(path).read_bytes())
    assert session.get(asks_for_a_certificate.url, verify=ca.file, cert=cert).text == "ok"
    with pytest.raises((SSLError, ConnectionError)):
        session.get(asks_for_a_certificate.url, verify=ca.file)
    session.cert = cert
    assert session.get(asks_for_a_certificate.url, verify=ca.pem).text == "ok"


def test_an_encrypted_key_is_opened_by_its_password(session, asks_for_a_certificate, ca):
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, load_pem_private_key

    mine = ca.certificate("me")
    key = load_pem_private_key(Path(mine.key).read_bytes(), None)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"opens it"))
    for password in ("opens it", b"opens it"):
        assert session.get(asks_for_a_certificate.url, verify=ca.file, cert=(mine.file, secret, password)).text == "ok"
    for password in ("does not", None):
        with pytest.raises(SSLError, match="could not be loaded") as caught:
            session.get(asks_for_a_certificate.url, verify=ca.file, cert=(mine.file, secret, password))
        assert "PRIVATE" not in str(caught.value) and "does not" not in str(caught.value)


# --- TLS: what an adapter says


def test_a_context_of_the_adapters_is_used_as_it_is(reaching, https_app, ca, stranger_ca):
    context = ca.client_context()
    stats = context.cert_store_stats()
    session = reaching(ssl_context=context)
    assert session.get(f"{https_app.url}/json").ok
    assert context.cert_store_stats() == stats, "nobody else is trusted now"
    assert session.get(f"{https_app.url}/json", verify=False).ok
    with pytest.raises(InvalidArgument, match="verify= names other authorities than the adapter's ssl_context"):
        session.get(f"{https_app.url}/json", verify=stranger_ca.file)
    with pytest.raises(InvalidArgument, match=r"a certificate belongs into the SSLContext that was given"):
        session.get(f"{https_app.url}/json", cert=ca.certificate("me").both)
    with pytest.raises(SSLError, match="the trust store is the given SSLContext"):
        session.get(f"{https_app.url}/json", verify=stranger_ca.client_context())


def test_the_bundle_of_the_environment_does_not_overrule_a_context_that_was_given(
    reaching, https_app, ca, stranger_ca, monkeypatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stranger_ca.file)
    assert reaching(ssl_context=ca.client_context()).get(f"{https_app.url}/json").ok


@pytest.mark.parametrize("arguments", [{"minimum_version": ssl.TLSVersion.TLSv1_3}, {"ciphers": "HIGH"}])
def test_what_belongs_into_a_context_is_refused_beside_it(reaching, https_app, ca, arguments):
    with pytest.raises(InvalidArgument, match="minimum_version and ciphers belong into the SSLContext"):
        reaching(ssl_context=ca.client_context(), **arguments).get(https_app.url)
    with pytest.raises(InvalidArgument, match="minimum_version and ciphers belong into the SSLContext"):
        reaching(**arguments).get(https_app.url, verify=ca.client_context())


def test_versions_and_ciphers_are_those_that_are_said(reaching, wire_server, ca):
    old = ca.server_context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    server = wire_server(hear, OK, tls=old)
    with pytest.raises(SSLError, match=r"no version of TLS in common"):
        reaching(minimum_version=ssl.TLSVersion.TLSv1_3).get(server.url, verify=ca.file)
    with reaching(ciphers="ECDHE-ECDSA-AES256-GCM-SHA384").get(server.url, verify=ca.file, stream=True) as response:
        assert response.raw.connection.stream.socket.cipher()[0] == "ECDHE-ECDSA-AES256-GCM-SHA384"


def test_the_name_and_the_fingerprint_that_count_are_those_that_are_said(reaching, wire_server, ca):
    import hashlib

    certificate = ca.certificate("example.org")
    der = ssl.PEM_cert_to_DER_cert(
        Path(certificate.file).read_text().partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----"
    )
    fingerprint = hashlib.sha256(der).hexdigest()
    server = wire_server(OK, OK, OK, hear, hear, tls=ca.server_context("example.org"))

    def get(**arguments):
        return reaching(**arguments).get(server.url, verify=ca.file).text

    assert get(assert_hostname="example.org") == get(server_hostname="example.org") == get(assert_fingerprint=fingerprint) == "ok"
    assert [connection.server_name for connection in server.connections] == ["localhost", "example.org", "localhost"]
    with pytest.raises(SSLError, match="not for other.example"):
        get(assert_hostname="other.example")
    with pytest.raises(SSLError, match="fingerprint"):
        get(assert_fingerprint="00" * 32)


def test_what_an_adapter_says_travels_with_it():
    said = {"resolve": {("example.org", 443): "10.0.0.1"}, "minimum_version": ssl.TLSVersion.TLSv1_3, "assert_hostname": False}
    copied = pickle.loads(pickle.dumps(HTTPAdapter(**said)))
    assert {name: getattr(copied, name) for name in said} == said
    assert copied.poolmanager.connection_pool_kw == HTTPAdapter(**said).poolmanager.connection_pool_kw
    assert copied.uds is None and "uds" not in vars(copied)
    with pytest.raises(TypeError, match="SSLContext"):
        pickle.dumps(HTTPAdapter(ssl_context=ssl.create_default_context()))


def test_a_class_that_gives_its_pools_settings_beats_the_arguments(https_app, ca, session):
    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args, **kwargs):
            super().init_poolmanager(*args, assert_hostname=False, **kwargs)

    session.mount("https://", Adapter(assert_hostname="example.org"))
    assert session.get(f"{https_app.url}/json", verify=ca.file).ok


class Overriding(HTTPAdapter):
    """Goes the way by a pool: requests' own, step by step."""

    def cert_verify(self, conn, url, verify, cert):
        super().cert_verify(conn, url, verify, cert)


@pytest.mark.parametrize(
    "verify", [lambda ca: ca.pem, lambda ca: ca.pem.decode(), lambda ca: ca.client_context(), lambda ca: ca.file]
)
def test_classes_that_override_methods_may_be_told_all_that_too(session, unix_app, asks_for_a_certificate, ca, verify):
    for prefix in ("https://", "http://"):
        session.mount(prefix, Overriding())
    verify, mine = verify(ca), ca.certificate("me")
    if isinstance(verify, ssl.SSLContext):
        verify.load_cert_chain(mine.both)
        assert session.get(asks_for_a_certificate.url, verify=verify).text == "ok"
    else:
        cert = (Path(mine.file).read_bytes(), mine.key, "x")
        assert session.get(asks_for_a_certificate.url, verify=verify, cert=cert).text == "ok"
    with pytest.raises(SSLError, match="the trust store is the platform's store"):
        session.get(asks_for_a_certificate.url, verify="system")
    assert session.get(f"{unix_app.url}/json", proxies={"all": "http://127.0.0.1:1"}).ok
    session.mount("http://docker/", Overriding(uds=unix_app.host))
    assert session.get("http://docker/json", proxies={"all": "http://127.0.0.1:1"}).ok


# --- https proxies


@pytest.fixture
def https_proxy(wire_server, ca):
    """An https proxy that lets one connection through to a server: https_proxy(server)."""

    def start(server=None, authority=ca):
        script = [OPENED, tunnel_to(server.host, server.port)] if server else OK
        return wire_server(script, tls=authority.server_context())

    return start


def test_an_https_proxy_forwards_inside_tls(session, https_proxy, ca):
    proxy = https_proxy()
    url = proxy.url.replace("://", "://user:pass@")
    assert session.get("http://example.org/path", proxies={"http": url}, verify=ca.file).text == "ok"
    asked = proxy.requests[0]
    assert (asked.target, asked["Host"], asked["Proxy-Authorization"]) == (
        "http://example.org/path",
        "example.org",
        "Basic dXNlcjpwYXNz",
    )


def test_an_https_proxy_tunnels_tls_inside_of_tls(session, https_proxy, https_app, ca):
    proxy = https_proxy(https_app)
    for _ in range(2):
        response = session.post(f"{https_app.url}/echo", data=b"x" * 300_000, proxies={"https": proxy.url}, verify=ca.file)
        assert len(response.json()["body"]) == 300_000
    assert len(proxy.connections) == len(https_app.connections) == 1
    assert proxy.requests[0].method == "CONNECT" and https_app.requests[0]["Proxy-Authorization"] is None


@pytest.mark.parametrize("url", ["http://example.org/", "https://example.org/"])
def test_whom_the_call_trusts_the_https_proxy_must_be_trusted_by(session, https_proxy, stranger_ca, ca, url):
    proxy = https_proxy(authority=stranger_ca)
    with pytest.raises(ProxyError, match="no secure connection to the proxy <Proxy https://localhost.*is not trusted"):
        session.get(url, proxies={"all": proxy.url}, verify=ca.file)
    assert proxy.connections[0].received == b""


def test_without_verification_the_https_proxy_is_not_verified_either(session, https_proxy, https_app, stranger_ca):
    proxy = https_proxy(https_app, stranger_ca)
    assert session.get(f"{https_app.url}/json", proxies={"https": proxy.url}, verify=False).ok


def test_the_https_proxy_never_sees_our_certificate(session, wire_server, ca):
    proxy = wire_server(hear, tls=ca.server_context(client_ca=ca))
    with pytest.raises((ProxyError, SSLError)):
        session.get("https://example.org/", proxies={"https": proxy.url}, verify=ca.file, cert=ca.certificate("me").both)


def test_an_https_proxy_may_be_trusted_by_a_context_of_its_own(session, https_proxy, https_app, stranger_ca, ca):
    class Adapter(HTTPAdapter):
        def proxy_manager_for(self, proxy, **kwargs):
            return super().proxy_manager_for(proxy, proxy_ssl_context=stranger_ca.client_context(), **kwargs)

    session.mount("https://", Adapter())
    proxies = {"https": https_proxy(https_app, stranger_ca).url}
    assert session.get(f"{https_app.url}/json", proxies=proxies, verify=ca.file).ok


def test_the_name_and_the_fingerprint_of_the_proxy_can_be_asserted(session, https_proxy, ca):
    class Adapter(HTTPAdapter):
        def proxy_manager_for(self, proxy, **kwargs):
            return super().proxy_manager_for(proxy, proxy_assert_fingerprint="00" * 32, **kwargs)

    session.mount("http://", Adapter())
    with pytest.raises(ProxyError, match="fingerprint"):
        session.get("http://example.org/", proxies={"http": https_proxy().url}, verify=ca.file)


def test_classes_that_override_methods_may_have_https_proxies_too(session, https_proxy, https_app, ca):
    for prefix in ("https://", "http://"):
        session.mount(prefix, Overriding())
    assert session.get(f"{https_app.url}/json", proxies={"https": https_proxy(https_app).url}, verify=ca.file).ok
    assert session.get("http://example.org/", proxies={"http": https_proxy().url}, verify=ca.file).text == "ok"


# --- what a proxy is told, and what it says


class Telling(HTTPAdapter):
    def proxy_headers(self, proxy):
        return {**super().proxy_headers(proxy), "X-Department": "research"}


def test_what_only_the_proxy_is_told_is_in_its_connect_alone(session, wire_server, https_app, ca):
    proxy = wire_server([OPENED, tunnel_to(https_app.host, https_app.port)])
    session.mount("https://", Telling())
    session.get(f"{https_app.url}/json", proxies={"https": proxy.url}, verify=ca.file)
    assert proxy.requests[0]["X-Department"] == "research" and https_app.requests[0]["X-Department"] is None


@pytest.mark.parametrize("adapter", [HTTPAdapter, Overriding])
def test_the_answer_of_a_proxy_that_opens_no_tunnel_is_the_response_of_the_error(session, wire_server, adapter):
    refusal = b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nSet-Cookie: a=1\r\nContent-Length: 9\r\n\r\nno entry\n"
    proxy = wire_server([hear, say(refusal), CLOSE])
    session.mount("https://", adapter())
    with pytest.raises(ProxyError, match="would not open a tunnel to example.org:443: 407 Who are you") as caught:
        session.get("https://example.org/", proxies={"https": proxy.url})
    response = caught.value.response
    assert (response.status_code, response.reason, response.text) == (407, "Who are you", "no entry\n")
    assert response.headers["Proxy-Authenticate"] == "Basic"
    assert response.request is caught.value.request and not session.cookies
    assert pickle.loads(pickle.dumps(caught.value)).response.content == b"no entry\n"


def test_other_errors_of_proxies_have_no_response(session, wire_server, refused_port):
    for url in (f"http://127.0.0.1:{refused_port}", wire_server([hear, CLOSE]).url, "https://127.0.0.1:1"):
        with pytest.raises(ProxyError) as caught:
            session.get("https://example.org/", proxies={"https": url})
        assert caught.value.response is None
