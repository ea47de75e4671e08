"""The family of exceptions, and the one table between it and the wire's."""

from __future__ import annotations

import json

import pytest

import minireq
from minireq import exceptions
from minireq.exceptions import RequestException, translate, translate_foreign
from minireq.wire import errors as wire

# --- the family


@pytest.mark.parametrize(
    "name, bases",
    [
        ("RequestException", [OSError]),
        ("InvalidJSONError", ["RequestException"]),
        ("JSONDecodeError", ["InvalidJSONError", json.JSONDecodeError, ValueError]),
        ("HTTPError", ["RequestException"]),
        ("ConnectionError", ["RequestException"]),
        ("ProxyError", ["ConnectionError"]),
        ("SSLError", ["ConnectionError"]),
        ("Timeout", ["RequestException"]),
        ("ConnectTimeout", ["ConnectionError", "Timeout"]),
        ("ReadTimeout", ["Timeout"]),
        ("URLRequired", ["RequestException"]),
        ("TooManyRedirects", ["RequestException"]),
        ("RedirectsExceeded", ["LimitExceeded", "TooManyRedirects"]),
        ("MissingSchema", ["RequestException", ValueError]),
        ("InvalidSchema", ["RequestException", ValueError]),
        ("InvalidURL", ["RequestException", ValueError]),
        ("InvalidHeader", ["RequestException", ValueError]),
        ("InvalidProxyURL", ["InvalidURL"]),
        ("ChunkedEncodingError", ["RequestException"]),
        ("ContentDecodingError", ["RequestException", wire.WireError]),
        ("StreamConsumedError", ["RequestException", TypeError]),
        ("RetryError", ["RequestException"]),
        ("UnrewindableBodyError", ["RequestException"]),
        # Ours: narrower than what requests raises in these places, and caught as that.
        ("InvalidMethod", ["RequestException", ValueError, TypeError]),
        ("InvalidArgument", ["RequestException", ValueError, TypeError]),
        ("BodyTimeout", ["ReadTimeout", "ConnectionError"]),
        ("IncompleteResponse", ["ConnectionError", "ChunkedEncodingError"]),
        ("LimitExceeded", ["RequestException"]),
        ("HeadTooLarge", ["LimitExceeded", "ConnectionError"]),
        ("BodyTooLarge", ["LimitExceeded", "ChunkedEncodingError"]),
        ("ContentTooLarge", ["LimitExceeded", "ContentDecodingError"]),
        ("ContentConsumedError", ["StreamConsumedError", RuntimeError]),
        ("RequestsWarning", [Warning]),
        ("FileModeWarning", ["RequestsWarning", DeprecationWarning]),
        ("RequestsDependencyWarning", ["RequestsWarning"]),
    ],
)
def test_who_descends_from_whom(name, bases):
    """S132, S017."""
    cls = getattr(exceptions, name)
    assert cls.__module__ == "minireq.exceptions"
    for base in bases:
        assert issubclass(cls, getattr(exceptions, base) if isinstance(base, str) else base)


def test_connection_error_is_not_the_builtin():
    assert not issubclass(exceptions.ConnectionError, ConnectionError)


@pytest.mark.parametrize(
    "name",
    """ConnectionError ConnectTimeout HTTPError JSONDecodeError ReadTimeout RequestException Timeout TooManyRedirects URLRequired
    FileModeWarning RequestsDependencyWarning""".split(),
)
def test_these_are_found_at_the_top_too(name):
    """S017."""
    assert getattr(minireq, name) is getattr(exceptions, name)


def test_what_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="NoSuchError"):
        exceptions.NoSuchError


# --- what an exception carries


def test_request_and_response_are_carried():
    request, response = minireq.PreparedRequest(), minireq.Response()
    error = exceptions.HTTPError("404", request=request, response=response)
    assert (error.request, error.response, error.args, str(error)) == (request, response, ("404",), "404")


def test_the_request_is_that_of_the_response_if_none_is_given():
    response = minireq.Response()
    response.request = minireq.PreparedRequest()
    assert exceptions.HTTPError(response=response).request is response.request


def test_it_is_a_plain_oserror_otherwise():
    error = RequestException(5, "text")
    assert (error.request, error.response, error.errno, error.strerror) == (None, None, 5, "text")
    assert RequestException().args == ()


# --- from the wire

TIMED_OUT = ("it took too long", "phase", 1.5)


@pytest.mark.parametrize(
    "error, public",
    [
        (wire.LocalProtocolError("x", "method"), "InvalidMethod"),
        (wire.LocalProtocolError("x", "target"), "InvalidURL"),
        (wire.LocalProtocolError("x", "field"), "InvalidHeader"),
        (wire.LocalProtocolError("x", "body"), "InvalidArgument"),
        (wire.LocalProtocolError("x", "something else"), "RequestException"),
        (wire.ConnectTimedOut(*TIMED_OUT), "ConnectTimeout"),
        (wire.PoolTimedOut(*TIMED_OUT), "ConnectTimeout"),
        (wire.ReadTimedOut(*TIMED_OUT), "ReadTimeout"),
        (wire.TimedOut(*TIMED_OUT), "Timeout"),
        (wire.TLSError("x"), "SSLError"),
        (wire.ProxyFailed("x"), "ProxyError"),
        (wire.InvalidFraming("x"), "InvalidHeader"),
        (wire.IncompleteMessage("x"), "IncompleteResponse"),
        (wire.LimitExceeded("header_count", 500, "too many fields"), "HeadTooLarge"),
        (wire.LimitExceeded("codings", 5, "too many codings"), "ContentTooLarge"),
        (wire.RemoteProtocolError("x"), "ConnectionError"),
        (wire.ConnectionLost("x"), "ConnectionError"),
        (wire.ConnectFailed("x"), "ConnectionError"),
        (wire.NameLookupFailed("x"), "ConnectionError"),
        (wire.WireError("x"), "ConnectionError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_an_error_before_the_body_becomes_its_public_one(error, public):
    """S130, S131."""
    request = minireq.PreparedRequest()
    translated = translate(error, request)
    assert type(translated) is getattr(exceptions, public)
    assert (translated.request, translated.response) == (request, None)
    assert str(translated) == str(error)


@pytest.mark.parametrize(
    "error, public",
    [
        (wire.DecodingError("x"), "ContentDecodingError"),
        (wire.ReadTimedOut(*TIMED_OUT), "BodyTimeout"),
        (wire.TLSError("x"), "SSLError"),
        (wire.ConnectionLost("x"), "ChunkedEncodingError"),
        (wire.IncompleteMessage("x"), "ChunkedEncodingError"),
        (wire.RemoteProtocolError("x"), "ChunkedEncodingError"),
        (wire.LimitExceeded("trailer_count", 100, "too many"), "BodyTooLarge"),
        (wire.LimitExceeded("body", 100, "too long"), "BodyTooLarge"),
        (wire.LimitExceeded("decoded_body", 100, "too long"), "ContentTooLarge"),
        (wire.LimitExceeded("decode_ratio", 2000, "a bomb"), "ContentTooLarge"),
        (wire.InvalidFraming("x"), "ChunkedEncodingError"),
        (wire.WireError("x"), "ChunkedEncodingError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_an_error_in_the_body_becomes_its_public_one(error, public):
    translated = translate(error, in_body=True)
    assert type(translated) is getattr(exceptions, public)
    assert str(translated) == str(error)


def all_kinds(cls):
    return [cls, *(kind for child in cls.__subclasses__() for kind in all_kinds(child))]


@pytest.mark.parametrize("in_body", [False, True])
def test_every_error_of_the_wire_has_a_public_one(in_body):
    kinds = [kind for kind in all_kinds(wire.WireError) if kind.__module__ == wire.__name__]
    assert len(kinds) > 15
    for kind in kinds:
        made = kind("name", 1, "what") if kind is wire.LimitExceeded else kind("x")
        assert isinstance(translate(made, in_body=in_body), RequestException)


# --- from a urllib3 that somebody brought along: recognised by where its classes say they are from


def foreign(name, *bases, **attributes):
    return type(name, bases or (Exception,), {"__module__": "urllib3.exceptions", **attributes})


HTTP_ERROR = foreign("HTTPError")
NEW_CONNECTION = foreign("NewConnectionError", HTTP_ERROR)
CONNECT_TIMEOUT = foreign("ConnectTimeoutError", HTTP_ERROR)
READ_TIMEOUT = foreign("ReadTimeoutError", HTTP_ERROR)
PROXY_ERROR = foreign("ProxyError", HTTP_ERROR)
RESPONSE_ERROR = foreign("ResponseError", HTTP_ERROR)
MAX_RETRY = foreign("MaxRetryError", HTTP_ERROR, reason=None)


def exhausted(reason):
    error = MAX_RETRY("all tries failed")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    "error, public",
    [
        (NEW_CONNECTION("x"), "ConnectionError"),
        (CONNECT_TIMEOUT("x"), "ConnectTimeout"),
        (READ_TIMEOUT("x"), "ReadTimeout"),
        (PROXY_ERROR("x"), "ProxyError"),
        (foreign("SSLError", HTTP_ERROR)("x"), "SSLError"),
        (foreign("InvalidHeader", HTTP_ERROR)("x"), "InvalidHeader"),
        (foreign("LocationValueError", HTTP_ERROR)("x"), "InvalidURL"),
        (HTTP_ERROR("x"), "ConnectionError"),
        (foreign("SomethingNew", READ_TIMEOUT)("x"), "ReadTimeout"),
        (exhausted(RESPONSE_ERROR("too many 500s")), "RetryError"),
        (exhausted(CONNECT_TIMEOUT("x")), "ConnectTimeout"),
        (exhausted(PROXY_ERROR("x")), "ProxyError"),
        (exhausted(None), "ConnectionError"),
        (OSError("of a socket"), "ConnectionError"),
        (wire.ConnectFailed("x"), "ConnectionError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_foreign_error_before_the_body_becomes_its_public_one(error, public):
    request = minireq.PreparedRequest()
    translated = translate_foreign(error, request)
    assert type(translated) is getattr(exceptions, public)
    assert translated.request is request


@pytest.mark.parametrize(
    "error, public",
    [
        (foreign("DecodeError", HTTP_ERROR)("x"), "ContentDecodingError"),
        (READ_TIMEOUT("x"), "BodyTimeout"),
        (foreign("ProtocolError", HTTP_ERROR)("x"), "ChunkedEncodingError"),
        (foreign("SSLError", HTTP_ERROR)("x"), "SSLError"),
        (wire.ConnectionLost("x"), "ChunkedEncodingError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_foreign_error_in_the_body_becomes_its_public_one(error, public):
    assert type(translate_foreign(error, in_body=True)) is getattr(exceptions, public)


@pytest.mark.parametrize("error", [ValueError("x"), RequestException("x"), foreign("HTTPError", __module__="elsewhere")("x")])
def test_any_other_error_is_left_alone(error):
    assert translate_foreign(error) is None
