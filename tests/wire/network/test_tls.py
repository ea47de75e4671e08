"""TLS: who is trusted, what is shared between connections, where a secure stream ends, and what an idle one may say."""

from __future__ import annotations

import datetime
import hashlib
import os
import select
import socket
import ssl
import tempfile
import threading
import time
import warnings
from pathlib import Path

import pytest

from minireq.wire import errors
from minireq.wire.network import tls
from minireq.wire.network.dial import dial
from minireq.wire.network.tls import TLSSettings, context_for, secure
from minireq.wire.timeouts import Deadline
from tests.support.interpreter import run_python
from tests.support.scripted import CLOSE, CUT, RESET, SILENCE, hear, say, start_tls, wait_for

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ROOT = tls.__file__.rpartition("/minireq/")[0]


@pytest.fixture
def connect(ca):
    """A secure stream to a server: connect(server, "localhost", authorities=...); closed in the end."""
    opened = []

    def connect(server, host="localhost", origin=None, seconds=5, **settings):
        settings.setdefault("authorities", ca.file)
        plain = dial(server.host, server.port, Deadline(5))
        opened.append(plain)
        opened.append(secure(plain, host, TLSSettings(**settings), Deadline(seconds), origin or server.url))
        return opened[-1]

    yield connect
    for stream in opened:
        stream.close()


# The context: one for the same settings.


def test_the_same_settings_have_the_same_context(ca):
    """D17: the authorities are loaded once."""
    settings = TLSSettings(authorities=ca.file)
    assert context_for(settings) is context_for(TLSSettings(authorities=ca.file))


@pytest.mark.parametrize(
    "other",
    [
        lambda ca, stranger: TLSSettings(),
        lambda ca, stranger: TLSSettings(verify=False),
        lambda ca, stranger: TLSSettings(verify=False, authorities=ca.file),
        lambda ca, stranger: TLSSettings(authorities=stranger.file),
        lambda ca, stranger: TLSSettings(authorities=ca.pem.decode()),
        lambda ca, stranger: TLSSettings(authorities=ca.file, certificate=ca.certificate("me").both),
    ],
)
def test_other_settings_have_another_context(ca, stranger_ca, other):
    assert context_for(other(ca, stranger_ca)) is not context_for(TLSSettings(authorities=ca.file))


def test_a_file_that_was_renewed_is_read_anew(ca, stranger_ca, tmp_path, wire_server, connect):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(stranger_ca.pem)
    before = context_for(TLSSettings(authorities=str(bundle)))
    server = wire_server(SILENCE, SILENCE, tls=ca.server_context())
    with pytest.raises(errors.TLSError, match="is not trusted"):
        connect(server, authorities=str(bundle))
    bundle.write_bytes(ca.pem + stranger_ca.pem)
    assert context_for(TLSSettings(authorities=str(bundle))) is not before
    connect(server, authorities=str(bundle))


def test_a_renewed_client_certificate_is_read_anew(ca, tmp_path):
    certificate = tmp_path / "me.pem"
    certificate.write_bytes(Path(ca.certificate("me").both).read_bytes())
    settings = TLSSettings(authorities=ca.file, certificate=str(certificate))
    before = context_for(settings)
    certificate.write_bytes(Path(ca.certificate("somebody.else").both).read_bytes())
    assert context_for(settings) is not before


def test_contexts_and_their_sessions_do_not_pile_up():
    for number in range(100):
        context_for(TLSSettings(verify=False, authorities=f"bundle {number}"))
    assert len(tls._contexts) <= 32


def test_threads_that_come_at_the_same_time_get_the_same_context(ca, tmp_path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(ca.pem)
    together, got = threading.Barrier(8), []

    def ask():
        together.wait()
        got.append(context_for(TLSSettings(authorities=str(bundle))))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8 and len(set(map(id, got))) == 1


def test_the_context_is_strict(ca):
    context = context_for(TLSSettings(authorities=ca.file))
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
    assert not context.hostname_checks_common_name
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert not context.options & getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)


def test_without_verification_the_rest_stays_strict(ca):
    context = context_for(TLSSettings(verify=False))
    assert context.verify_mode == ssl.CERT_NONE and not context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert not context.options & getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)


def test_the_platforms_store_is_trusted_when_nothing_else_is_said(ca, monkeypatch, wire_server, connect):
    monkeypatch.setenv("SSL_CERT_FILE", ca.file)
    monkeypatch.setattr(tls, "_contexts", {})
    connect(wire_server(SILENCE, tls=ca.server_context()), authorities=None)


# The handshake.


def test_what_goes_over_a_secure_stream_arrives(ca, wire_server, connect):
    server = wire_server([hear, say(b"HTTP/1.1 204 No Content\r\n\r\n")], tls=ca.server_context())
    stream = connect(server)
    stream.send(REQUEST, timeout=5)
    assert stream.receive(timeout=5) == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert server.connections[0].received == REQUEST
    assert server.connections[0].server_name == "localhost"
    assert stream.sent == len(REQUEST)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_names_and_addresses_are_verified_against_the_certificate(ca, wire_server, connect, host):
    connect(wire_server(SILENCE, tls=ca.server_context()), host)


def test_authorities_can_be_pem_text(ca, wire_server, connect):
    connect(wire_server(SILENCE, tls=ca.server_context()), authorities=ca.pem.decode())


@pytest.mark.parametrize(
    "certificate, host, complaint, advice",
    [
        ({"names": ["localhost"]}, "example.org", "[Hh]ostname mismatch", "ask for the server by a name"),
        ({"names": ["example.org"]}, "a.example.org", "[Hh]ostname mismatch", "ask for the server by a name"),
        ({"names": ["*.example.org"]}, "a.b.example.org", "[Hh]ostname mismatch", "ask for the server by a name"),
        ({"names": ["*.example.org"]}, "example.org", "[Hh]ostname mismatch", "ask for the server by a name"),
        ({"names": ["localhost"]}, "127.0.0.1", "IP address mismatch", "ask for the server by a name"),
        ({"names": [], "common_name": "localhost"}, "localhost", "[Hh]ostname mismatch", "ask for the server by a name"),
        ({"names": ["localhost"], "expired": True}, "localhost", "certificate has expired", "it has expired"),
        ({"names": ["localhost"], "future": True}, "localhost", "certificate is not yet valid", "it is not valid yet"),
    ],
    ids=["other name", "name above", "two labels", "bare domain", "address", "common name only", "expired", "future"],
)
def test_a_certificate_that_does_not_fit_is_refused_before_a_byte_is_sent(
    ca, wire_server, connect, certificate, host, complaint, advice
):
    certificate = dict(certificate)
    server = wire_server(hear, tls=ca.server_context(*certificate.pop("names"), **certificate))
    expected = rf"the certificate of {host} is not trusted: .*{complaint}.*; the trust store is '.*authority\.pem'; {advice}"
    with pytest.raises(errors.TLSError, match=expected):
        connect(server, host)
    assert server.connections[0].received == b""


def test_a_certificate_of_an_unknown_authority_is_refused(ca, stranger_ca, wire_server, connect):
    server = wire_server(hear, hear, hear, tls=stranger_ca.server_context())
    for authorities, named in [(ca.file, repr(ca.file)), (ca.pem.decode(), "the given PEM text"), (None, "the platform's store")]:
        with pytest.raises(errors.TLSError, match=r"the certificate of localhost is not trusted: ") as caught:
            connect(server, authorities=authorities)
        assert f"; the trust store is {named}; who issued it is not among the authorities" in str(caught.value)
    assert [connection.received for connection in server.connections] == [b"", b"", b""]


def test_a_folder_without_the_authority_trusts_nobody(ca, tmp_path, wire_server, connect):
    with pytest.raises(errors.TLSError, match="is not trusted"):
        connect(wire_server(hear, tls=ca.server_context()), authorities=str(tmp_path))


@pytest.mark.parametrize("certificate", [{}, {"expired": True}, {"common_name": "somebody"}])
def test_without_verification_any_certificate_will_do(stranger_ca, wire_server, connect, certificate):
    """S214."""
    connect(wire_server(SILENCE, tls=stranger_ca.server_context(**certificate)), "example.org", verify=False)


def test_an_old_protocol_is_refused(ca, wire_server, connect):
    context = ca.server_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(errors.TLSError, match="no secure connection to localhost: .* no version of TLS in common"):
        connect(wire_server(hear, tls=context))


def test_a_server_without_tls_is_a_tls_error(wire_server, connect):
    with pytest.raises(errors.TLSError, match="no secure connection to localhost: .*; what answers there does not speak TLS"):
        connect(wire_server([say(b"HTTP/1.1 400 Bad Request\r\n\r\n")]))


def test_a_certificate_that_vouches_for_itself_is_said_to(wire_server, connect, tmp_path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, me = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(me, me, key.public_key(), 1, now - datetime.timedelta(1), now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "both.pem").write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    server = wire_server(hear, SILENCE, tls=context)
    with pytest.raises(errors.TLSError, match="it vouches for itself: if it is the right one, give its PEM file as verify="):
        connect(server)
    connect(server, authorities=str(tmp_path / "both.pem"))


def test_a_connection_that_was_reset_before_the_handshake_leaves_no_socket_open(wire_server, ca):
    dialled = threading.Event()
    server = wire_server([wait_for(dialled), RESET])
    stream = dial(server.host, server.port, Deadline(5))
    dialled.set()
    assert wait_for_bytes(stream)
    with pytest.raises(errors.ConnectFailed, match="the connection to localhost broke in the TLS handshake"):
        secure(stream, "localhost", TLSSettings(authorities=ca.file), Deadline(5), server.url)
    stream.close()


@pytest.mark.parametrize("rude", [CLOSE, RESET])
def test_a_connection_that_breaks_in_the_handshake_is_an_error_of_the_wire(wire_server, connect, rude):
    with pytest.raises((errors.ConnectFailed, errors.TLSError), match="localhost"):
        connect(wire_server([lambda connection: connection.read_exactly(1), rude]))


def test_a_silent_server_is_waited_for_until_the_deadline(wire_server, connect):
    server = wire_server(SILENCE)
    with pytest.raises(errors.ConnectTimedOut, match=r"shaking hands with localhost \(connect timeout=0\.05\)"):
        connect(server, seconds=0.05)


@pytest.mark.parametrize("host", ["", ".example.org", "b\u00fccher.example"])
def test_a_name_that_no_certificate_can_have_is_a_tls_error(wire_server, connect, host):
    server = wire_server(SILENCE)
    with pytest.raises(errors.TLSError, match="no secure connection to"):
        connect(server, host)


def test_an_interrupt_in_the_handshake_closes_the_socket(wire_server, connect, monkeypatch):
    def interrupted(self, *arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", interrupted)
    with pytest.raises(KeyboardInterrupt):
        connect(wire_server(SILENCE))  # a socket that is left open warns, and the warning is an error here


# Who we are.


@pytest.mark.parametrize("together", [True, False])
def test_a_client_certificate_is_shown(ca, wire_server, connect, together):
    """S215."""
    mine = ca.certificate("me")
    seen = []
    server = wire_server(
        [lambda connection: seen.append(connection.socket.getpeercert()), say(b"welcome")], tls=ca.server_context(client_ca=ca)
    )
    stream = connect(server, certificate=mine.both) if together else connect(server, certificate=mine.file, key=mine.key)
    assert stream.receive(timeout=5) == b"welcome"
    assert ("DNS", "me") in seen[0]["subjectAltName"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_without_the_certificate_that_is_demanded_there_is_no_connection(ca, wire_server, connect, version):
    context = ca.server_context(client_ca=ca)
    context.maximum_version = version
    # In TLS 1.3 the server says so only when our side of the handshake is over.
    with pytest.raises(errors.TLSError, match=r"(handshake failure|certificate required).*client certificate.*cert="):
        connect(wire_server(SILENCE, tls=context)).receive(timeout=5)


@pytest.mark.parametrize(
    "settings, complaint",
    [
        ({"authorities": "/nowhere/ca.pem"}, r"no certificate authorities could be read from '/nowhere/ca\.pem': .*No such file"),
        ({"authorities": "EMPTY"}, "no certificate authorities could be read from '.*empty': "),
        ({"authorities": "not\nPEM"}, "no certificate authorities could be read from the given PEM text: "),
        ({"authorities": "nul\0byte"}, r"no certificate authorities could be read from 'nul\\x00byte': "),
        (
            {"certificate": "/nowhere/me.pem"},
            r"certificate '/nowhere/me\.pem' could not be loaded: .*No such file",
        ),
        ({"certificate": "EMPTY"}, "the client certificate '.*empty' could not be loaded: "),
        ({"certificate": b"-----BEGIN-----"}, "the client certificate the given PEM text could not be loaded: "),
        ({"certificate": "MINE", "key": b"junk"}, r"\(key the given PEM text\) could not be loaded: "),
        ({"minimum_version": 5}, "this Python's TLS cannot be restricted to minimum_version=5: "),
        ({"ciphers": "NO-SUCH"}, "this Python's TLS cannot be restricted to ciphers='NO-SUCH': "),
        ({"certificate": "MINE", "key": "/nowhere/me.key"}, r"\(key '/nowhere/me\.key'\) could not be loaded: .*No such file"),
        ({"certificate": "MINE", "key": "OTHER KEY"}, "could not be loaded: .*"),
        ({"certificate": "MINE", "key": "ENCRYPTED"}, "could not be loaded: .*the key is encrypted"),
    ],
)
def test_files_that_cannot_be_used_are_tls_errors_which_name_them(ca, tmp_path, encrypted_key, settings, complaint):
    """S216, D9."""
    (tmp_path / "empty").touch()
    files = {
        "EMPTY": str(tmp_path / "empty"),
        "MINE": ca.certificate("me").file,
        "OTHER KEY": ca.certificate("somebody.else").key,
        "ENCRYPTED": encrypted_key,
    }
    with pytest.raises(errors.TLSError, match=complaint):
        context_for(TLSSettings(**{name: files.get(value, value) for name, value in settings.items()}))


@pytest.fixture
def encrypted_key(ca, tmp_path):
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, load_pem_private_key

    key = load_pem_private_key(Path(ca.certificate("me").key).read_bytes(), None)
    path = tmp_path / "encrypted.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    return str(path)


# What programs may say beyond that.


def test_an_encrypted_key_is_opened_with_its_password(ca, wire_server, connect, encrypted_key):
    server = wire_server([say(b"welcome")], tls=ca.server_context(client_ca=ca))
    mine = {"certificate": ca.certificate("me").file, "key": encrypted_key}
    assert connect(server, **mine, password="secret").receive(timeout=5) == b"welcome"
    with pytest.raises(errors.TLSError, match="could not be loaded: "):
        context_for(TLSSettings(**mine, password="wrong"))


@pytest.mark.parametrize("in_memory", [True, False], ids=["in memory", "in a file"])
@pytest.mark.parametrize("both", [True, False], ids=["one text", "two texts"])
def test_a_certificate_may_be_pem_in_bytes_of_which_nothing_is_left_behind(
    ca, wire_server, connect, encrypted_key, tmp_path, monkeypatch, in_memory, both
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    if not in_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    certificate, key = (Path(path).read_bytes() for path in (ca.certificate("me").file, encrypted_key))
    mine = {"certificate": certificate + key} if both else {"certificate": certificate, "key": key}
    server = wire_server([say(b"welcome")], tls=ca.server_context(client_ca=ca))
    assert connect(server, **mine, password="secret").receive(timeout=5) == b"welcome"
    with pytest.raises(errors.TLSError, match="could not be loaded: "):
        context_for(TLSSettings(**mine, password="wrong"))
    assert os.listdir(tmp_path / "temporary") == []
    descriptors = Path("/proc/self/fd").glob("*") if in_memory else []
    assert [link for link in descriptors if link.is_symlink() and "memfd:certificate" in os.readlink(link)] == []


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no modes")
def test_while_it_is_read_only_this_user_can_read_it(monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    file = tls._PrivateFile(b"secret")
    try:
        assert os.stat(file.path).st_mode & 0o777 == 0o600 and Path(file.path).read_bytes() == b"secret"
    finally:
        file.close()
    assert not os.path.exists(file.path)


def test_ciphers_are_those_that_are_said(ca, wire_server, connect):
    said = {"ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384", "maximum_version": ssl.TLSVersion.TLSv1_2}
    assert connect(wire_server(SILENCE, tls=ca.server_context()), **said).socket.cipher()[0] == said["ciphers"]
    assert context_for(TLSSettings(ciphers="HIGH")) is not context_for(TLSSettings())


def test_a_password_is_not_shown():
    assert repr(TLSSettings(key="me.key", password="secret")) == "TLSSettings(verify=True, key='me.key', password='***')"


def test_another_name_can_be_asked_for(ca, wire_server, connect):
    server = wire_server([say(b"hello"), SILENCE], tls=ca.server_context("example.org"))
    assert connect(server, "localhost", server_hostname="example.org").receive(timeout=5) == b"hello"
    assert server.connections[0].server_name == "example.org"


@pytest.mark.parametrize(
    "names, host, settings",
    [
        (["example.org"], "localhost", {"assert_hostname": "example.org"}),
        (["example.org"], "localhost", {"assert_hostname": "EXAMPLE.ORG"}),
        (["*.example.org"], "localhost", {"assert_hostname": "www.example.org"}),
        (["example.org", "127.0.0.1", "::1"], "localhost", {"assert_hostname": "127.0.0.1"}),
        (["example.org", "127.0.0.1", "::1"], "localhost", {"assert_hostname": "0:0:0:0:0:0:0:1"}),
        (["example.org"], "localhost", {"assert_hostname": False}),
        (["example.org"], "localhost", {"verify": False, "assert_hostname": "example.com"}),
    ],
)
def test_a_certificate_that_bears_the_asserted_name_will_do(ca, wire_server, connect, names, host, settings):
    connect(wire_server(SILENCE, tls=ca.server_context(*names)), host, **settings)


@pytest.mark.parametrize(
    "names, asserted, complaint",
    [
        (["localhost"], "example.org", "the certificate is for localhost, not for example.org"),
        (["localhost", "*.example.org"], "example.org", "the certificate is for localhost, *.example.org, not for example.org"),
        (["*.example.org"], "a.b.example.org", "not for a.b.example.org"),
        (["*.0.0.1"], "127.0.0.1", "the certificate is for nobody, not for 127.0.0.1"),  # a name is no address
        (["127.0.0.1"], "127.0.0.2", "the certificate is for 127.0.0.1, not for 127.0.0.2"),
    ],
)
def test_a_certificate_that_does_not_is_refused(ca, wire_server, connect, names, asserted, complaint):
    with pytest.raises(errors.TLSError) as caught:
        connect(wire_server(SILENCE, tls=ca.server_context(*names)), assert_hostname=asserted)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("asserted", ["example.org", False])
def test_an_asserted_name_still_wants_an_authority_that_is_trusted(stranger_ca, wire_server, connect, asserted):
    with pytest.raises(errors.TLSError, match="is not trusted"):
        connect(wire_server(hear, tls=stranger_ca.server_context("example.org")), assert_hostname=asserted)


def fingerprint(ca, kind, *names):
    der = ssl.PEM_cert_to_DER_cert(
        Path(ca.certificate(*names).file).read_text().partition("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----"
    )
    return hashlib.new(kind, der).hexdigest()


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("verify", [True, False])
def test_a_certificate_with_the_asserted_fingerprint_will_do_whatever_its_name(ca, wire_server, connect, kind, verify):
    wanted = fingerprint(ca, kind, "example.org")
    shown = ":".join(wanted[start : start + 2] for start in range(0, len(wanted), 2)).upper()
    server = wire_server(SILENCE, SILENCE, tls=ca.server_context("example.org"))
    for written in (wanted, shown):
        connect(server, assert_fingerprint=written, verify=verify)


@pytest.mark.parametrize(
    "wanted, complaint", [("00" * 32, "the certificate's fingerprint is [0-9a-f]{64}, not 00"), ("00", "a fingerprint is an MD5")]
)
@pytest.mark.parametrize("verify", [True, False])
def test_any_other_fingerprint_is_refused(ca, wire_server, connect, wanted, complaint, verify):
    with pytest.raises(errors.TLSError, match=complaint):
        connect(wire_server(SILENCE, tls=ca.server_context()), assert_fingerprint=wanted, verify=verify)


def test_versions_can_be_bounded(ca, wire_server, connect):
    server = wire_server(SILENCE, SILENCE, tls=ca.server_context())
    assert connect(server, maximum_version=ssl.TLSVersion.TLSv1_2).socket.version() == "TLSv1.2"
    assert connect(server, minimum_version=ssl.TLSVersion.TLSv1_3).socket.version() == "TLSv1.3"


def test_settings_that_check_something_else_have_a_context_of_their_own(ca):
    strict = context_for(TLSSettings(authorities=ca.file))
    for other in ({"assert_hostname": "example.org"}, {"assert_hostname": False}, {"assert_fingerprint": "00" * 32}):
        context = context_for(TLSSettings(authorities=ca.file, **other))
        assert context is not strict and not context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED
    assert strict.check_hostname


# A context of the caller's.


def test_the_callers_context_is_the_one_that_is_used(ca, wire_server, connect):
    context = ca.client_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    stream = connect(wire_server(SILENCE, tls=ca.server_context()), context=context, authorities=None)
    assert stream.socket.context is context and stream.socket.version() == "TLSv1.2"


def test_authorities_and_a_certificate_are_added_to_the_callers_context(ca, wire_server, connect):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server = wire_server([say(b"welcome")], tls=ca.server_context(client_ca=ca))
    assert connect(server, context=context, certificate=ca.certificate("me").both).receive(timeout=5) == b"welcome"


def test_without_verification_the_callers_context_is_as_strict_afterwards_as_before(stranger_ca, wire_server, connect):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server = wire_server(SILENCE, SILENCE, tls=stranger_ca.server_context())
    connect(server, "example.org", context=context, verify=False)
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED
    with pytest.raises(errors.TLSError, match="is not trusted"):
        connect(server, context=context)


def test_a_context_that_leaves_out_the_name_has_it_checked_nevertheless(ca, wire_server, connect):
    context = ca.client_context()
    context.check_hostname = False
    server = wire_server(SILENCE, SILENCE, tls=ca.server_context("example.org"))
    connect(server, "example.org", context=context)
    with pytest.raises(errors.TLSError, match="the certificate is for example.org, not for localhost"):
        connect(server, "localhost", context=context)


def test_no_connection_meets_the_callers_context_while_it_is_lenient_for_another(ca, wire_server, connect):
    lenient, seen = threading.Event(), []

    class Slow(ssl.SSLContext):
        def wrap_socket(self, *arguments, **options):
            seen.append((self.check_hostname, self.verify_mode))
            lenient.set()
            time.sleep(0.02)  # another thread would come in here
            seen.append((self.check_hostname, self.verify_mode))
            return super().wrap_socket(*arguments, **options)

    context = Slow(ssl.PROTOCOL_TLS_CLIENT)
    server = wire_server(SILENCE, SILENCE, tls=ca.server_context())
    first = threading.Thread(target=lambda: connect(server, context=context, verify=False))
    first.start()
    lenient.wait(5)
    connect(server, context=context)
    first.join()
    assert seen == [(False, ssl.CERT_NONE)] * 2 + [(True, ssl.CERT_REQUIRED)] * 2


# Sessions.


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_session_of_an_origin_is_offered_again(ca, wire_server, connect, version):
    reused = []
    script = [lambda connection: reused.append(connection.socket.session_reused), say(b"hello")]
    context = ca.server_context()
    context.maximum_version = version
    server = wire_server(script, repeat=True, tls=context)
    for _ in range(3):
        stream = connect(server, origin="an origin")
        assert stream.receive(timeout=5) == b"hello"
        stream.keep_session()
    assert reused == [False, True, True]
    assert stream.socket.session_reused


def test_one_session_is_kept_for_an_origin_as_long_as_it_serves(ca, wire_server, connect):
    server = wire_server(say(b"hello"), repeat=True, tls=ca.server_context())
    kept = []
    for _ in range(3):
        stream = connect(server, origin="one origin")
        stream.receive(timeout=5)
        stream.keep_session()
        kept.append(tls._sessions[stream._session_of])
    assert kept[0] is kept[1] is kept[2]


def test_a_session_that_the_server_has_forgotten_is_replaced(ca, wire_server, connect):
    before = wire_server(say(b"hello"), tls=ca.server_context())
    stream = connect(before, origin="restarted")
    stream.receive(timeout=5)
    stream.keep_session()
    after = wire_server(say(b"hello"), say(b"hello"), tls=ca.server_context())  # new keys for its tickets
    reused = []
    for _ in range(2):
        stream = connect(after, origin="restarted")
        stream.receive(timeout=5)
        stream.keep_session()
        reused.append(stream.socket.session_reused)
    assert reused == [False, True]


@pytest.mark.parametrize("other", [{"origin": "another origin"}, {"verify": False}, {"authorities": "PEM"}])
def test_a_session_is_not_offered_where_it_was_not_made(ca, wire_server, connect, other):
    server = wire_server(say(b"hello"), repeat=True, tls=ca.server_context())
    stream = connect(server, origin="its origin")
    stream.receive(timeout=5)
    stream.keep_session()
    if "authorities" in other:
        other = {"authorities": ca.pem.decode()}
    stream = connect(server, **{"origin": "its origin", **other})
    stream.receive(timeout=5)
    assert not stream.socket.session_reused


def test_sessions_do_not_pile_up(ca, wire_server, connect, monkeypatch):
    monkeypatch.setattr(tls, "_SESSIONS", 2)
    server = wire_server(say(b"hello"), repeat=True, tls=ca.server_context())
    for number in range(5):
        stream = connect(server, origin=f"origin {number}")
        stream.receive(timeout=5)
        stream.keep_session()
    assert len(tls._sessions) <= 2


# The end of a stream.


def wait_for_bytes(stream):
    return select.select([stream], [], [], 5)[0]


USES = pytest.mark.parametrize(
    "use",
    [
        lambda stream: stream.receive(timeout=5),
        lambda stream: stream.receive_into(memoryview(bytearray(10)), timeout=5),
        lambda stream: [wait_for_bytes(stream), stream.receive_now()][1],
    ],
    ids=["receive", "receive_into", "receive_now"],
)
VERSIONS = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


def secured(connect, wire_server, ca, script, version):
    context = ca.server_context()
    context.maximum_version = version
    context.num_tickets = 0  # they would arrive where a test waits for the end
    return connect(wire_server(script, tls=context))


@USES
@VERSIONS
def test_a_stream_that_was_closed_properly_ends_with_no_bytes(ca, wire_server, connect, use, version):
    assert not use(secured(connect, wire_server, ca, [CLOSE], version))


@USES
@VERSIONS
def test_a_stream_that_was_cut_is_an_error(ca, wire_server, connect, use, version):
    stream = secured(connect, wire_server, ca, [CUT], version)
    with pytest.raises(errors.ConnectionLost, match="was cut, without a close_notify, while waiting for the server"):
        use(stream)


@USES
def test_a_reset_is_an_error(ca, wire_server, connect, use):
    stream = secured(connect, wire_server, ca, [RESET], ssl.TLSVersion.TLSv1_3)
    with pytest.raises(errors.ConnectionLost, match="the connection broke while waiting for the server|was cut"):
        use(stream)


def test_sending_after_the_end_is_a_lost_connection(ca, wire_server, connect):
    stream = connect(wire_server([CLOSE], tls=ca.server_context()))
    assert stream.receive(timeout=5) == b""
    with pytest.raises(errors.ConnectionLost, match="while sending the request"):
        for _ in range(10_000):
            stream.send(b"x" * 1000, timeout=5)


def test_garbage_in_place_of_tls_is_an_error(ca, wire_server, connect):
    garbage = [start_tls(ca.server_context()), lambda connection: socket.socket.send(connection.socket, b"garbage" * 10)]
    with pytest.raises(errors.TLSError, match="the secure connection failed while waiting for the server"):
        connect(wire_server(garbage)).receive(timeout=5)


def test_silence_lasts_no_longer_than_the_timeout(ca, wire_server, connect):
    stream = connect(wire_server(SILENCE, tls=ca.server_context()))
    with pytest.raises(errors.ReadTimedOut, match=r"timed out while waiting for the server \(read timeout=0\.05\)"):
        stream.receive(timeout=0.05)


# News.


@VERSIONS
def test_a_new_ticket_on_an_idle_connection_is_no_news(ca, wire_server, connect, version):
    context = ca.server_context()
    context.maximum_version = version
    stream = connect(wire_server(SILENCE, tls=context))
    if version is ssl.TLSVersion.TLSv1_3:  # in 1.2 it comes in the handshake
        assert wait_for_bytes(stream)
    assert not stream.has_news()
    assert stream.receive_now() is None


@pytest.mark.parametrize("news", [say(b"HTTP/1.1 408 Timeout\r\n\r\n"), CLOSE, CUT, RESET], ids=["bytes", "close", "cut", "reset"])
def test_bytes_and_the_end_are_news(ca, wire_server, connect, news):
    told = threading.Event()
    stream = secured(connect, wire_server, ca, [wait_for(told), news], ssl.TLSVersion.TLSv1_3)
    assert not stream.has_news()
    told.set()
    assert wait_for_bytes(stream)
    assert stream.has_news()


def test_what_tls_holds_back_is_news_and_can_be_received_without_waiting(ca, wire_server, connect):
    server = wire_server([say(b"0123456789")], tls=ca.server_context())
    stream = connect(server)
    assert stream.receive(timeout=5, most=4) == b"0123"
    assert stream.has_news()  # though nothing lies in the socket
    assert stream.wait(timeout=0) is True
    assert stream.receive_now() == b"456789"
    assert stream.receive_now() is None


# Full buffers.


def test_send_some_and_wait_get_everything_through(ca, wire_server, connect):
    much = bytes(range(256)) * 32 * 1024
    server = wire_server([lambda connection: connection.read_exactly(len(much)), say(b"got it")], tls=ca.server_context())
    stream = connect(server)
    rest = memoryview(much)
    while rest:
        if stream.wait(timeout=5):
            assert stream.receive_now() is None  # a ticket
        rest = rest[stream.send_some(rest) :]
    assert stream.receive(timeout=5) == b"got it"
    assert server.connections[0].received == much
    assert stream.sent == len(much)


def test_who_takes_nothing_is_waited_for_no_longer_than_the_timeout(ca, wire_server, connect):
    enough = threading.Event()
    stream = connect(wire_server([wait_for(enough)], tls=ca.server_context()))
    rest = memoryview(bytes(32 * 1024 * 1024))
    with pytest.raises(errors.ReadTimedOut, match=r"timed out.*\(read timeout=0\.1\)"):
        while rest:
            if stream.wait(timeout=0.1):
                stream.receive_now()
            rest = rest[stream.send_some(rest) :]
    enough.set()


def test_an_answer_shows_while_buffers_are_full(ca, wire_server, connect):
    enough = threading.Event()
    stream = connect(wire_server([say(b"413"), wait_for(enough)], tls=ca.server_context()))
    rest, answer = memoryview(bytes(32 * 1024 * 1024)), None
    while not answer:
        if stream.wait(timeout=5):
            answer = stream.receive_now()
        rest = rest[stream.send_some(rest) :]
    assert answer == b"413"
    enough.set()


# The surroundings.


def test_keys_are_logged_where_the_variable_says(ca, tmp_path, monkeypatch, wire_server, connect):
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    monkeypatch.setattr(tls, "_contexts", {})
    connect(wire_server(SILENCE, tls=ca.server_context()))
    assert "CLIENT_TRAFFIC_SECRET_0" in log.read_text()


def test_keys_that_cannot_be_logged_are_a_tls_error(ca, tmp_path, monkeypatch):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "nowhere" / "keys"))
    monkeypatch.setattr(tls, "_contexts", {})
    with pytest.raises(errors.TLSError, match="the keys cannot be logged where SSLKEYLOGFILE says: .*No such file"):
        context_for(TLSSettings(authorities=ca.file))


WITHOUT_SSL = """
import sys
sys.modules["ssl"] = None
from minireq.wire import TLSSettings, errors
from minireq.wire.network.tls import context_for
try:
    context_for(TLSSettings())
except errors.TLSError as error:
    print(error)
"""


def test_a_python_without_ssl_says_so_at_the_first_secure_connection():
    assert "https needs Python's ssl module, which this Python was built without" in run_python(WITHOUT_SSL, path=[ROOT])


def test_ssl_is_imported_when_it_is_needed_and_not_before():
    code = "import sys; from minireq.wire.network import tls; print('ssl' in sys.modules)"
    assert run_python(code, path=[ROOT]) == "False\n"


def test_settings_of_files_are_compared_by_what_the_files_are_now(tmp_path):
    file = tmp_path / "file"
    assert tls._identity(str(file)) is tls._identity(None) is tls._identity("BEGIN\nEND") is tls._identity("a\0b") is None
    file.write_bytes(b"1")
    before = tls._identity(str(file))
    os.utime(file, ns=(1, 1))
    assert before != tls._identity(str(file)) is not None
