"""The limits have names, and values that honest servers do not meet."""

from __future__ import annotations

import pytest

from minireq.wire.limits import DEFAULT_LIMITS, NO_LIMIT, Limits


@pytest.mark.parametrize(
    "name, value",
    [
        ("header_line", 65_536),
        ("header_bytes", 262_144),
        ("header_count", 500),
        ("interim_responses", 50),
        ("chunk_line", 8_192),
        ("trailer_bytes", 65_536),
        ("trailer_count", 100),
        ("codings", 5),
        ("body", NO_LIMIT),
        ("decoded_body", NO_LIMIT),
        ("decode_ratio", 2_000),
    ],
)
def test_each_limit_has_a_default_and_can_be_set(name, value):
    assert getattr(DEFAULT_LIMITS, name) == value
    assert Limits(**{name: 7})._asdict() == {**DEFAULT_LIMITS._asdict(), name: 7}


def test_there_are_no_other_limits():
    assert len(Limits()) == 11
    with pytest.raises(TypeError):
        Limits(header_lines=5)


def test_limits_are_a_value():
    assert Limits() == DEFAULT_LIMITS
    assert hash(Limits()) == hash(DEFAULT_LIMITS)
    assert repr(Limits(codings=2)).startswith("Limits(header_line=65536, ")
    with pytest.raises(AttributeError):
        DEFAULT_LIMITS.codings = 100
    with pytest.raises(AttributeError):
        DEFAULT_LIMITS.coding = 100
