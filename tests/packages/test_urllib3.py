"""What programs import from urllib3 by way of requests: each name is there, and does what urllib3's does."""

from __future__ import annotations

import importlib
import logging
import socket
import ssl
import warnings

import pytest
import urllib3
from urllib3.util import ssl_ as their_ssl

import minireq
from minireq.packages import urllib3 as ours
from minireq.packages.urllib3.util import ssl_
from minireq.wire import Fields, errors
from tests.support.interpreter import run_python
from tests.support.processes import ROOT
from tests.support.scripted import SILENCE, say

LINES = """
    from minireq.packages.urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager, ProxyManager
    from minireq.packages.urllib3 import HTTPHeaderDict, Retry, Timeout, encode_multipart_formdata
    from minireq.packages.urllib3 import disable_warnings, exceptions, make_headers, proxy_from_url, add_stderr_logger
    from minireq.packages.urllib3._collections import HTTPHeaderDict
    from minireq.packages.urllib3.connection import HTTPConnection, HTTPSConnection
    from minireq.packages.urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from minireq.packages.urllib3.exceptions import ConnectTimeoutError, HTTPError, InsecureRequestWarning, LocationParseError
    from minireq.packages.urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError, SSLError
    from minireq.packages.urllib3.fields import RequestField, guess_content_type
    from minireq.packages.urllib3.filepost import choose_boundary, encode_multipart_formdata
    from minireq.packages.urllib3.poolmanager import PoolManager, ProxyManager, pool_classes_by_scheme, proxy_from_url
    from minireq.packages.urllib3.response import BaseHTTPResponse, HTTPResponse
    from minireq.packages.urllib3.util import Retry, Timeout, Url, create_urllib3_context, make_headers, parse_url
    from minireq.packages.urllib3.util.request import make_headers
    from minireq.packages.urllib3.util.retry import RequestHistory, Retry
    from minireq.packages.urllib3.util.ssl_ import DEFAULT_CIPHERS, create_urllib3_context, ssl_wrap_socket
    from minireq.packages.urllib3.util.timeout import Timeout
    from minireq.packages.urllib3.util.url import Url, parse_url
    import minireq.packages.urllib3.util.retry
    import minireq.packages.urllib3 as urllib3
"""


@pytest.mark.parametrize("line", [line.strip() for line in LINES.split("\n") if line.strip()])
def test_the_import_lines_of_programs_work(line):
    exec(line, {})


def test_everything_is_reached_from_the_package_itself():
    code = "import minireq; u = minireq.packages.urllib3; u.poolmanager.PoolManager, u.connection.HTTPConnection, u.fields, "
    code += "u.util.retry.Retry, u.util.timeout, u.util.ssl_.DEFAULT_CIPHERS, u.connectionpool, u.exceptions; print(u.__version__)"
    assert run_python(code, path=[ROOT]) == "2.8.0\n"


def test_nothing_of_it_is_loaded_before_it_is_touched_and_no_other_package_is_disguised():
    code = "import sys, minireq; print([name for name in sys.modules if 'urllib3' in name]); minireq.packages.urllib3; "
    code += "print([name for name in sys.modules if 'urllib3' in name and 'minireq.packages.' not in name])"
    assert run_python(code, path=[ROOT]) == "[]\n[]\n"


@pytest.mark.parametrize("name", ["", ".util", ".exceptions", ".fields", ".filepost", ".poolmanager", ".response", ".util.ssl_"])
def test_what_a_module_says_that_it_has_it_has(name):
    module = importlib.import_module("minireq.packages.urllib3" + name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


# The same things as our own.


def test_one_thing_has_one_class_whatever_it_is_called():
    assert ours.Retry is minireq.adapters.Retry
    assert ours.PoolManager is minireq.adapters.PoolManager
    assert ours.HTTPHeaderDict is Fields
    assert issubclass(ours.HTTPResponse, ours.BaseHTTPResponse)
    assert ours.poolmanager.pool_classes_by_scheme == {"http": ours.HTTPConnectionPool, "https": ours.HTTPSConnectionPool}


def test_a_raw_response_is_one_of_urllib3s_name(http_app):
    with minireq.get(f"{http_app.url}/bytes/3", stream=True) as response:
        assert isinstance(response.raw, ours.BaseHTTPResponse)


# Exceptions.


@pytest.mark.parametrize(
    "error, name",
    [
        (errors.ConnectFailed, "NewConnectionError"),
        (errors.NameLookupFailed, "NameResolutionError"),
        (errors.ConnectTimedOut, "ConnectTimeoutError"),
        (errors.ReadTimedOut, "ReadTimeoutError"),
        (errors.ReadTimedOut, "TimeoutError"),
        (errors.PoolTimedOut, "EmptyPoolError"),
        (errors.ConnectionLost, "ProtocolError"),
        (errors.ConnectionLost, "ConnectionError"),
        (errors.RemoteProtocolError, "ProtocolError"),
        (errors.IncompleteMessage, "IncompleteRead"),
        (errors.DecodingError, "DecodeError"),
        (errors.TLSError, "SSLError"),
        (errors.ProxyFailed, "ProxyError"),
        (errors.RetriesExhausted, "MaxRetryError"),
        (errors.WireError, "HTTPError"),
    ],
)
def test_what_the_wire_raises_is_caught_by_urllib3s_name(error, name):
    with pytest.raises(getattr(ours.exceptions, name)):
        raise error("x")


def exceptions_of(module):
    return {name: kind for name, kind in vars(module).items() if isinstance(kind, type) and issubclass(kind, Exception)}


# Two that urllib3 counts among the timeouts, and we among the connections that were not made.
ELSEWHERE = {"NewConnectionError", "NameResolutionError"}


def test_the_family_is_urllib3s():
    mine, theirs = exceptions_of(ours.exceptions), exceptions_of(urllib3.exceptions)
    theirs = {name: kind for name, kind in theirs.items() if kind.__module__ == urllib3.exceptions.__name__}
    assert theirs.keys() - mine.keys() == {"FullPoolError", "ProxySchemeUnsupported"}
    kinships = [(name, parent) for name in theirs for parent in theirs if issubclass(theirs[name], theirs[parent])]
    known = [pair for pair in kinships if set(pair) <= mine.keys() and pair[0] not in ELSEWHERE]
    assert len(known) > 60
    assert [(name, parent) for name, parent in known if not issubclass(mine[name], mine[parent])] == []
    assert all(issubclass(mine[name], mine["HTTPError"]) for name in ELSEWHERE)


def test_a_body_that_cannot_be_decoded_is_also_an_error_of_urllib3s_name(http_app):
    @http_app.route("/damaged")
    def damaged(request):
        return 200, [("Content-Encoding", "gzip")], b"garbage"

    with pytest.raises(ours.exceptions.HTTPError):
        minireq.get(f"{http_app.url}/damaged")


# Warnings and logs.


def test_warnings_that_are_never_given_can_be_switched_off():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ours.disable_warnings(ours.exceptions.InsecureRequestWarning)
        warnings.warn("x", ours.exceptions.InsecureRequestWarning, stacklevel=1)
        assert caught == []
        warnings.warn("x", ours.exceptions.DependencyWarning, stacklevel=1)
        assert len(caught) == 1
        ours.disable_warnings()
        warnings.warn("y", ours.exceptions.DependencyWarning, stacklevel=1)
        assert len(caught) == 1


def test_a_log_on_stderr_can_be_asked_for():
    handler = ours.add_stderr_logger(logging.INFO)
    logger = logging.getLogger(ours.__name__)
    assert handler in logger.handlers and logger.level == logging.INFO
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


# Headers.


@pytest.mark.parametrize(
    "pairs",
    [[], [("A", "b")], [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("A", "c")], {"A": "b", "C": "d"}],
    ids=["none", "one", "repeated", "dict"],
)
def test_a_dictionary_of_headers_is_used_as_urllib3s(pairs):
    mine, theirs = ours.HTTPHeaderDict(pairs), urllib3.HTTPHeaderDict(pairs)
    for use in (
        lambda headers: list(headers),
        lambda headers: [(name.lower(), value) for name, value in headers.items()],
        lambda headers: [(name.lower(), value) for name, value in headers.iteritems()],
        lambda headers: list(headers.itermerged()),
        lambda headers: dict(headers),
        lambda headers: len(headers),
        lambda headers: headers.getlist("SET-COOKIE"),
        lambda headers: headers.get("a", "default"),
        lambda headers: "set-cookie" in headers,
        lambda headers: [headers.add("A", "again"), headers["a"], headers.getlist("A")],
        lambda headers: [headers.__setitem__("a", "anew"), headers.getlist("A")],
        lambda headers: [headers.extend({"A": "more"}), headers.copy().getlist("a")],
        lambda headers: [headers.discard("a"), headers.discard("a"), len(headers)],
        lambda headers: headers == {"set-cookie": "a=1, b=2"},
    ):
        assert use(mine) == use(theirs)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"keep_alive": True},
        {"user_agent": "x/1", "disable_cache": True},
        {"accept_encoding": "br"},
        {"accept_encoding": ["gzip", "br"]},
        {"basic_auth": "user:pass:word"},
        {"basic_auth": "usér:päss", "proxy_basic_auth": "proxy:secret"},
    ],
    ids=range(7),
)
def test_headers_are_made_as_by_urllib3(settings):
    assert ours.make_headers(**settings) == urllib3.make_headers(**settings)


def test_the_codings_that_we_speak_are_said():
    assert ours.make_headers(accept_encoding=True) == {"accept-encoding": "gzip,deflate"}


# Timeouts.


@pytest.mark.parametrize("arguments", [(5,), (5, 2), (2, 5), (None, 2, 3), (5, 2, 9), (9, None, 2), (1.5, 2, 3)])
def test_a_timeout_means_what_it_means_in_urllib3(arguments):
    mine, theirs = ours.Timeout(*arguments), urllib3.Timeout(*arguments)
    theirs.start_connect()
    assert mine.connect_timeout == theirs.connect_timeout
    assert mine.read_timeout == pytest.approx(theirs.read_timeout, abs=0.5)
    assert mine.total == theirs.total
    assert repr(mine.clone()) == repr(mine)


def test_a_timeout_of_one_number_is_for_both():
    mine = ours.Timeout.from_float(5)
    assert (mine.connect_timeout, mine.read_timeout, mine.total) == (5, 5, None)
    assert ours.Timeout().connect_timeout is ours.Timeout.DEFAULT_TIMEOUT is None
    assert repr(mine) == "Timeout(connect=5, read=5, total=None)"


# URLs and forms.


@pytest.mark.parametrize("url", ["http://a:b@c:80/d?e#f", "c/d", "/x", "[::1]:80", "HTTP://A", "http://a/%7e", "http://a?b"])
def test_a_url_is_taken_apart_as_by_urllib3(url):
    mine, theirs = ours.util.parse_url(url), urllib3.util.parse_url(url)
    assert tuple(mine) == tuple(theirs)
    for name in ("url", "netloc", "request_uri", "hostname", "authority"):
        assert getattr(mine, name) == getattr(theirs, name)


@pytest.mark.parametrize(
    "fields", [{"a": "b"}, {"a": ("file.txt", b"data")}, [("a", "1"), ("a", ("f", "x", "text/css"))]], ids=range(3)
)
def test_a_form_is_encoded_as_by_urllib3(fields):
    mine, kind = ours.encode_multipart_formdata(fields, boundary="x")
    theirs, their_kind = urllib3.encode_multipart_formdata(fields, boundary="x")
    assert kind == their_kind
    assert mine == theirs


@pytest.mark.parametrize("name, kind", [("a.txt", "text/plain"), ("a.unheard-of", "application/octet-stream"), (None, "x/y")])
def test_a_type_is_guessed_by_the_name(name, kind):
    default = (kind,) if name is None else ()
    assert ours.fields.guess_content_type(name, *default) == kind == urllib3.fields.guess_content_type(name, *default)


# Connections.


def test_options_of_sockets_are_added_to_the_default_ones():
    mine = ours.connection.HTTPConnection.default_socket_options
    more = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    assert (mine + more)[-1:] == more
    assert mine == urllib3.connection.HTTPConnection.default_socket_options
    assert (ours.connection.HTTPConnection.default_port, ours.connection.HTTPSConnection.default_port) == (80, 443)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"cert_reqs": ssl.CERT_NONE},
        {"cert_reqs": ssl.CERT_REQUIRED},
        {"ssl_minimum_version": ssl.TLSVersion.TLSv1_3},
        {"ssl_maximum_version": ssl.TLSVersion.TLSv1_2},
        {"ssl_version": ssl.PROTOCOL_TLS_CLIENT},
        {"ssl_version": 5},  # ssl.PROTOCOL_TLSv1_2, which warns when it is touched
        {"ciphers": "ECDHE+AESGCM"},
        {"options": ssl.OP_NO_TICKET},
    ],
    ids=str,
)
def test_a_context_is_made_as_by_urllib3(settings):
    mine = ssl_.create_urllib3_context(**settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = their_ssl.create_urllib3_context(**settings)
    for name in ("verify_mode", "check_hostname", "minimum_version", "maximum_version"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert [cipher["name"] for cipher in mine.get_ciphers()] == [cipher["name"] for cipher in theirs.get_ciphers()]
    if "options" in settings:
        assert mine.options & settings["options"] == settings["options"]


def test_flags_are_added():
    assert ssl_.create_urllib3_context(verify_flags=ssl.VERIFY_X509_STRICT).verify_flags & ssl.VERIFY_X509_STRICT


@pytest.mark.parametrize(
    "settings",
    [
        lambda ca: {"ca_certs": ca.file},
        lambda ca: {"ca_certs": None, "ca_cert_data": ca.pem.decode()},
        lambda ca: {"ssl_context": ca.client_context()},
        lambda ca: {"cert_reqs": ssl.CERT_NONE},
        lambda ca: {"ca_certs": ca.file, "ssl_version": 5, "ciphers": "ECDHE+AESGCM"},
    ],
    ids=range(5),
)
def test_a_socket_is_wrapped(wire_server, ca, settings):
    server = wire_server([say(b"hello"), SILENCE], tls=ca.server_context())
    wrapped = ssl_.ssl_wrap_socket(socket.create_connection(server.address), server_hostname="localhost", **settings(ca))
    with wrapped:
        assert wrapped.recv(10) == b"hello"


def test_a_socket_is_wrapped_with_a_certificate_of_ours(wire_server, ca):
    mine = ca.certificate("me")
    server = wire_server([say(b"hello"), SILENCE], tls=ca.server_context(client_ca=ca))
    settings = {"keyfile": mine.key, "certfile": mine.file, "ca_certs": ca.file, "server_hostname": "localhost"}
    with ssl_.ssl_wrap_socket(socket.create_connection(server.address), **settings) as wrapped:
        assert wrapped.recv(10) == b"hello"


def test_nobody_is_trusted_without_a_word(wire_server, ca):
    server = wire_server(SILENCE, tls=ca.server_context())
    with socket.create_connection(server.address) as plain, pytest.raises(ssl.SSLError):
        ssl_.ssl_wrap_socket(plain, server_hostname="localhost")
