"""`codes`: the numbers by their names."""

from __future__ import annotations

import pytest

from minireq import codes, status_codes


def test_codes_are_found_by_attribute_and_by_item():
    """S091."""
    assert codes.ok == codes.OK == codes["ok"] == codes["OK"] == 200
    assert codes.not_found == codes.get("NOT_FOUND") == 404


def test_there_are_68_numbers_with_243_names():
    names = {name: number for name, number in vars(codes).items() if name != "name"}
    assert len(status_codes._codes) == 68
    assert len(names) == 243
    assert set(names.values()) == set(status_codes._codes)


@pytest.mark.parametrize(
    "name, number",
    [
        ("\\o/", 200),
        ("✓", 200),
        ("\\o-", 301),
        ("-o-", 404),
        ("-O-", 404),
        ("/o\\", 500),
        ("✗", 500),
        ("early-hints", 102),  # a mistake of requests' that programs may know
        ("checkpoint", 103),
        ("teapot", 418),
        ("uri_too_long", 414),  # and not 122, which has the name too
        ("I_AM_A_TEAPOT", 418),
        ("temporary", 307),
        ("resume", 308),
        ("too_many_requests", 429),
        ("network_auth", 511),
    ],
)
def test_the_odd_names_are_there(name, number):
    assert codes[name] == number


def test_an_unknown_code_is_none_by_item_and_an_error_by_attribute():
    assert codes["no_such_code"] is None
    assert codes.get("no_such_code", 1) == 1
    with pytest.raises(AttributeError, match="no_such_code"):
        codes.no_such_code


@pytest.mark.parametrize("number", sorted(status_codes._codes))
def test_every_name_exists_in_upper_case_too(number):
    for name in status_codes._codes[number]:
        if not name.startswith(("\\", "/")):
            assert codes[name] == codes[name.upper()]


def test_its_repr_names_it():
    assert repr(codes) == "<lookup 'status_codes'>"
