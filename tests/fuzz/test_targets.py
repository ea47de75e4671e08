"""The targets hold for their seeds, whole and damaged, and for noise."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ..wire.protocol import hearing
from .targets import SEEDS, TARGETS


def test_every_target_has_seeds():
    assert list(SEEDS) == list(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_hold(target):
    for seed in SEEDS[target]:
        TARGETS[target](seed)


@pytest.mark.parametrize("target", TARGETS)
@given(st.data())
def test_whatever_becomes_of_them_holds(target, data):
    TARGETS[target](data.draw(st.binary(max_size=200) | hearing.damaged(st.sampled_from(SEEDS[target]))))
