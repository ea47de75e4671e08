"""A request as the wire takes it."""

from __future__ import annotations

import io

import pytest

from minireq.wire.protocol.fields import Fields
from minireq.wire.request import Request


def request(method="GET", body=None):
    return Request(method, "/?token=s3cret", Fields(), body)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"])
def test_methods_that_do_no_more_when_asked_twice_are_idempotent(method):
    assert request(method).is_idempotent


@pytest.mark.parametrize("method", ["POST", "PATCH", "CONNECT", "get", "FOO", ""])
def test_all_others_are_not(method):
    assert not request(method).is_idempotent


@pytest.mark.parametrize("body", [None, b"", b"abc", [b"a", b"b"], (b"a",)], ids=repr)
def test_bodies_that_can_be_asked_for_anew_can_be_sent_twice(body):
    assert request(body=body).can_rewind


@pytest.mark.parametrize(
    "body", [iter([b"a"]), (piece for piece in [b"a"]), io.BytesIO(b"a")], ids=["iterator", "generator", "file"]
)
def test_what_is_read_only_once_cannot(body):
    assert not request(body=body).can_rewind


def test_a_request_has_no_body_unless_one_is_given():
    assert (request().body, request().length) == (None, 0)


def test_what_may_be_secret_is_not_shown():
    assert repr(request()) == "<Request GET>"
