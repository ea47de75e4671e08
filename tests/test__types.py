"""The shapes of what users pass."""

from __future__ import annotations

import io
from pathlib import Path

from minireq import _types

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent


def test_what_can_be_read_from_is_seen_at_run_time():
    assert isinstance(io.BytesIO(), _types.SupportsRead)
    assert not isinstance(b"bytes", _types.SupportsRead)


def test_what_has_keys_and_values_is_seen_at_run_time():
    assert isinstance({}, _types.SupportsItems)
    assert not isinstance([("a", "b")], _types.SupportsItems)


def test_at_run_time_every_request_counts_as_prepared():
    assert _types.is_prepared(object()) is True


def test_the_types_of_hooks_exist_at_run_time():
    assert "Response" in str(_types.HookType) and "Response" in str(_types.HooksInputType)


def test_nobody_imports_the_types_at_run_time():
    code = "import minireq, sys; print(minireq.__name__ + '._types' in sys.modules)"
    assert run_python(code, "-I", "-S", path=(ROOT,)) == "False\n"
