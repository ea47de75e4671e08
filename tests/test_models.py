"""The signpost: classes that live elsewhere, known to the world by this module's name."""

from __future__ import annotations

import pytest

import minireq
from minireq import models


@pytest.mark.parametrize("name", models.__all__)
def test_what_it_promises_is_there(name):
    assert getattr(models, name) is not None


@pytest.mark.parametrize("name", ["Request", "PreparedRequest", "Response"])
def test_the_classes_bear_its_name(name):
    """S013, S017."""
    cls = getattr(models, name)
    assert cls.__module__ == f"{minireq.__name__}.models"
    assert getattr(minireq, name) is cls


def test_the_constants_are_those_of_requests():
    assert models.REDIRECT_STATI == (301, 302, 303, 307, 308)
    assert models.DEFAULT_REDIRECT_LIMIT == 30
    assert (models.CONTENT_CHUNK_SIZE, models.ITER_CHUNK_SIZE) == (10240, 512)


def test_the_helpers_that_programs_take_from_here_work():
    assert models.urlencode({"a": 1}) == "a=1"
    assert models.default_hooks() == {"response": []}
    assert models.codes.ok == 200
    assert models.CaseInsensitiveDict(A=1)["a"] == 1
    assert list(models.iter_slices("abcde", 2)) == ["ab", "cd", "e"]


def test_the_mixins_have_what_subclasses_reach_for():
    assert models.RequestEncodingMixin._encode_params({"a": "b"}) == "a=b"
    body, content_type = models.RequestEncodingMixin._encode_files({"f": "x"}, {})
    assert content_type.startswith("multipart/form-data; boundary=")
    assert body.endswith(b"--\r\n")
    assert issubclass(models.PreparedRequest, models.RequestEncodingMixin)
    assert issubclass(models.Request, models.RequestHooksMixin)
