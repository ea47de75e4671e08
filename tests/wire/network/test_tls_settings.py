"""Settings of TLS as a value, and what they check together with a context of the caller's; each of them by itself: test_tls.py."""

from __future__ import annotations

import pickle
import ssl

import pytest

from minireq.wire import errors
from minireq.wire.network.dial import dial, literal_address
from minireq.wire.network.tls import TLSSettings, matches, secure
from minireq.wire.timeouts import Deadline
from tests.support.scripted import SILENCE


@pytest.fixture
def connect():
    """A secure stream: connect(server, "localhost", authorities=...); closed in the end."""
    opened = []

    def connect(server, host="localhost", **settings):
        opened.append(dial(server.host, server.port, Deadline(5)))
        opened.append(secure(opened[-1], host, TLSSettings(**settings), Deadline(5), server.url))
        return opened[-1]

    yield connect
    for stream in opened:
        stream.close()


# A value.


def test_settings_are_compared_by_what_they_say(ca):
    context = ca.client_context()
    said = {"authorities": ca.file, "context": context, "assert_hostname": "a", "maximum_version": ssl.TLSVersion.TLSv1_2}
    assert TLSSettings(**said) == TLSSettings(**said) and hash(TLSSettings(**said)) == hash(TLSSettings(**said))
    for name in said:
        assert TLSSettings(**{**said, name: None}) != TLSSettings(**said)
    assert TLSSettings(context=ca.client_context()) != TLSSettings(context=context)


def test_nothing_said_is_verifying_by_the_platforms_store():
    assert TLSSettings() == (True, *[None] * 11)
    assert repr(TLSSettings()) == "TLSSettings(verify=True)"
    assert pickle.loads(pickle.dumps(TLSSettings(False, "a"))) == TLSSettings(False, "a")


def test_what_is_said_is_shown_but_for_the_password():
    shown = repr(TLSSettings(certificate="me.pem", key=b"-----BEGIN", password="s3cret", assert_hostname=False))
    assert shown == "TLSSettings(verify=True, certificate='me.pem', key='***', password='***', assert_hostname=False)"


# With a context of the caller's.


def own_context(ca, checks_name):
    context = ca.client_context()
    context.check_hostname = checks_name
    return context


@pytest.mark.parametrize("checks_name", [True, False])
@pytest.mark.parametrize(
    "settings, trusted",
    [
        ({}, False),
        ({"assert_hostname": True}, False),
        ({"assert_hostname": "localhost"}, False),
        ({"assert_hostname": ""}, False),
        ({"assert_fingerprint": "00" * 32}, False),
        ({"assert_hostname": "example.org"}, True),
        ({"assert_hostname": "example.org", "server_hostname": "example.com"}, True),
        ({"server_hostname": "example.org"}, True),
        ({"server_hostname": "example.org", "assert_hostname": True}, True),
        ({"assert_hostname": False}, True),
        ({"verify": False}, True),
        ({"verify": False, "assert_hostname": "localhost"}, True),
    ],
    ids=str,
)
def test_the_name_is_checked_whether_the_context_does_it_or_not(ca, wire_server, connect, checks_name, settings, trusted):
    context = own_context(ca, checks_name)
    server = wire_server(SILENCE, tls=ca.server_context("example.org"))
    if trusted:
        connect(server, context=context, **settings)
    else:
        with pytest.raises(errors.TLSError):
            connect(server, context=context, **settings)
    assert (context.check_hostname, context.verify_mode) == (checks_name, ssl.CERT_REQUIRED)


@pytest.mark.parametrize("settings, trusted", [({}, False), ({"assert_hostname": True}, False), ({"assert_hostname": False}, True)])
def test_without_one_it_is_the_same(ca, wire_server, connect, settings, trusted):
    server = wire_server(SILENCE, tls=ca.server_context("example.org"))
    if trusted:
        connect(server, authorities=ca.file, **settings)
    else:
        with pytest.raises(errors.TLSError, match="not trusted|not for localhost"):
            connect(server, authorities=ca.file, **settings)


@pytest.mark.parametrize("host", ["::1", "127.0.0.1", "localhost"])
@pytest.mark.parametrize("checks_name", [True, False])
def test_addresses_are_names_too(ca, wire_server, connect, host, checks_name):
    connect(wire_server(SILENCE, tls=ca.server_context()), host, context=own_context(ca, checks_name))
    with pytest.raises(errors.TLSError):
        connect(wire_server(SILENCE, tls=ca.server_context("example.org")), host, context=own_context(ca, checks_name))


@pytest.mark.parametrize(
    "settings", [{"assert_hostname": False}, {"assert_fingerprint": "00" * 32}, {"assert_hostname": "localhost"}]
)
def test_whatever_is_asserted_the_authority_is_checked(ca, stranger_ca, wire_server, connect, settings):
    server = wire_server(SILENCE, tls=stranger_ca.server_context())
    with pytest.raises(errors.TLSError, match="is not trusted"):
        connect(server, context=ca.client_context(), **settings)


def test_a_context_that_verifies_nothing_is_left_as_it_is(stranger_ca, wire_server, connect):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connect(wire_server(SILENCE, tls=stranger_ca.server_context("example.org")), context=context)
    assert context.verify_mode == ssl.CERT_NONE


# Names and addresses.


@pytest.mark.parametrize(
    "host, name, same",
    [
        ("example.org", "example.org", True),
        ("EXAMPLE.org", "example.ORG", True),
        ("www.example.org", "*.example.org", True),
        ("example.org", "*.example.org", False),
        ("a.b.example.org", "*.example.org", False),
        ("example.org", "example.com", False),
        ("www.example.org", "w*.example.org", False),
        ("www.example.org", "www.*.org", False),
        ("localhost", "*", False),
        ("localhost", "*.", False),
        ("", "", True),
        ("example.org", "", False),
    ],
)
def test_a_name_in_a_certificate_is_the_hosts(host, name, same):
    """RFC 9525, section 6.3."""
    assert matches(host, name) is same


@pytest.mark.parametrize(
    "host, address",
    [
        ("127.0.0.1", b"\x7f\0\0\1"),
        ("::1", bytes(15) + b"\1"),
        ("0:0:0:0:0:0:0:1", bytes(15) + b"\1"),
        ("fe80::1%eth0", b"\xfe\x80" + bytes(13) + b"\1"),
        ("::ffff:127.0.0.1", bytes(10) + b"\xff\xff\x7f\0\0\1"),
        ("localhost", None),
        ("127.1", None),
        ("127.0.0.1.", None),
        ("[::1]", None),
        ("256.0.0.1", None),
        ("", None),
        ("a\0b", None),
        ("\udcff", None),
        ("b\u00fccher.example", None),
    ],
)
def test_a_literal_address_has_bytes_and_a_name_has_none(host, address):
    assert literal_address(host) == address
