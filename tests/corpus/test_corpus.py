"""Every case once, its bytes in one piece; `python3 -m tests.corpus` plays them in small ones too, and .ci/run does."""

from __future__ import annotations

import pytest

import minireq

from . import cases
from .verdict import problems


@pytest.mark.parametrize("case", cases.load(), ids=lambda case: case["id"])
def test_the_outcome_is_one_that_the_case_expects(case):
    assert problems(minireq, case) == []
