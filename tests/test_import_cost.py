"""`import minireq` is cheap: what most programs never need is not loaded before somebody needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import carried
from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent
LATER = """argparse asyncio certifi concurrent.futures dataclasses email hashlib http.client http.cookiejar inspect json logging
    mimetypes netrc secrets ssl tempfile typing unicodedata urllib.parse urllib.request""".split()
BEFORE = "import sys; before = set(sys.modules); "
LOADED = "; print(*sorted(set(sys.modules) - before), sep='\\n')"


def test_importing_minireq_loads_hardly_anything():
    loaded = run_python(BEFORE + "import minireq" + LOADED, "-I", "-S", path=(ROOT,)).split()
    # The package, its version and __future__; os with its seven, if nobody has loaded them; where the package is carried, what it
    # lies in. The rest comes when a name is touched.
    assert len(loaded) <= 15, loaded


@pytest.mark.parametrize("options", [("-S",), ()], ids=["bare", "normal"])
def test_a_session_leaves_the_expensive_modules_alone(options):
    loaded = run_python(BEFORE + "import minireq; minireq.Session()" + LOADED, *options, path=(ROOT,)).split()
    assert f"{carried.NAME}.sessions" in loaded
    assert sorted(set(loaded) & set(LATER)) == []


def test_a_session_loads_few_other_modules():
    loaded = run_python(BEFORE + "import minireq; minireq.Session()" + LOADED, "-I", "-S", path=(ROOT,)).split()
    others = [name for name in loaded if "minireq" not in name.split(".")]
    # socket, re, threading, zlib, enum and select, with what these need, are 39; in Python 3.9 two more.
    assert len(others) <= 44, others


def test_a_plain_get_over_http_leaves_the_expensive_modules_alone(http_app):
    code = f"import minireq, sys; minireq.get('{http_app.url}/bytes/10'); print(*sys.modules)"
    loaded = run_python(code, "-I", "-S", path=(ROOT,)).split()
    assert sorted(set(loaded) & (set(LATER) - {"json"})) == []
