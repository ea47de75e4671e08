"""`import minireq` is cheap: what most programs never need is not loaded before somebody needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import carried
from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent
LATER = """argparse asyncio certifi concurrent.futures dataclasses email hashlib http.client http.cookiejar inspect json logging
    mimetypes netrc secrets ssl tempfile typing unicodedata urllib.request""".split()
LOADED = "import sys; before = set(sys.modules); import minireq; print(*sorted(set(sys.modules) - before), sep='\\n')"


@pytest.mark.parametrize("options", [("-S",), ()], ids=["bare", "normal"])
def test_importing_minireq_leaves_the_expensive_modules_alone(options):
    loaded = run_python(LOADED, *options, path=(ROOT,)).split()
    assert f"{carried.NAME}.sessions" in loaded
    assert sorted(set(loaded) & set(LATER)) == []


def test_importing_minireq_loads_few_other_modules():
    loaded = run_python(LOADED, "-I", "-S", path=(ROOT,)).split()
    others = [name for name in loaded if "minireq" not in name.split(".")]
    # socket, re, urllib.parse, threading, zlib, enum and select, with what these need, are 45.
    assert len(others) <= 50, others


def test_a_plain_get_over_http_leaves_the_expensive_modules_alone(http_app):
    code = f"import minireq, sys; minireq.get('{http_app.url}/bytes/10'); print(*sys.modules)"
    loaded = run_python(code, "-I", "-S", path=(ROOT,)).split()
    # socket.getaddrinfo itself loads unicodedata for names that are text. Bytes would spare that, and surprise whoever replaces it.
    assert sorted(set(loaded) & (set(LATER) - {"json", "unicodedata"})) == []
