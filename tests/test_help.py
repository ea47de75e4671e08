"""What a bug report should say."""

from __future__ import annotations

import json
import platform
import ssl
import sys
from pathlib import Path

import pytest

from minireq import certs, help as help_module
from minireq.__version__ import __version__

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent


def test_a_bug_report_says_what_minireq_runs_on():
    info = help_module.info()
    assert info["minireq"] == {"version": __version__}
    assert info["implementation"]["name"] == platform.python_implementation()
    assert info["platform"]["system"] == platform.system()
    assert info["system_ssl"] == {"version": f"{ssl.OPENSSL_VERSION_NUMBER:x}", "name": ssl.OPENSSL_VERSION}
    assert info["certificate_authorities"] == {"path": certs.where()}
    assert not info["using_pyopenssl"] and not info["using_charset_normalizer"]


def test_a_python_without_ssl_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "ssl", None)
    assert help_module.info()["system_ssl"] == {"version": "", "name": ""}


def test_pypy_says_its_own_version(monkeypatch):
    monkeypatch.setattr(platform, "python_implementation", lambda: "PyPy")
    monkeypatch.setattr(sys, "pypy_version_info", (7, 3, 17, "final", 0), raising=False)
    assert help_module.info()["implementation"] == {"name": "PyPy", "version": "7.3.17"}


def test_it_is_printed_as_json(capsys):
    help_module.main()
    assert json.loads(capsys.readouterr().out) == help_module.info()


@pytest.mark.parametrize("options", [(), ("-I", "-S")], ids=["normal", "bare"])
def test_the_module_prints_it(options):
    code = f"import runpy; runpy.run_module('{help_module.__name__}', run_name='__main__')"
    assert json.loads(run_python(code, *options, path=(ROOT,)))["implementation"] == help_module.info()["implementation"]
