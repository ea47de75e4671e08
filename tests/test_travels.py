"""minireq can be carried: copied into another package it works there, and the wheel brings nothing but itself.

Isolated interpreters (-I -S) see neither the checkout nor any installed package, so what runs there runs alone.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent
ALONE = ("-I", "-S")

# Every module is imported, but the one that runs the command line. What each tool calls itself in sys.modules is printed.
IMPORT_ALL = """
import importlib, pkgutil, sys
before = set(sys.modules)
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
origin = lambda module: getattr(module, "__file__", None) or ""
ours = [name for name in set(sys.modules) - before if origin(sys.modules[name]).startswith({folder!r})]
strangers = [name for name in set(sys.modules) - before if "site-packages" in origin(sys.modules[name])]
print(sorted(name for name in ours if not name.startswith({package!r}.split(".")[0])), strangers)
print(sorted(set(sys.modules) & {{"minireq", "requests", "urllib3", "wire", "certifi"}} - {{{package!r}}}))
"""


def copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def vendored(tmp_path):
    """A folder with a package `app` that has minireq inside."""
    copied(ROOT / "minireq", tmp_path / "app" / "_vendor" / "minireq")
    for package in ("app", "app/_vendor"):
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


def test_a_copy_inside_of_another_package_fetches(vendored, http_app):
    code = f"from app._vendor import minireq\nprint(minireq.get('{http_app.url}/json', timeout=10).json())"
    assert run_python(code, *ALONE, path=(vendored,)) == "{'hello': 'world'}\n"


def test_a_copy_puts_no_other_names_into_sys_modules(vendored):
    code = IMPORT_ALL.format(package="app._vendor.minireq", folder=str(vendored))
    assert run_python(code, *ALONE, path=(vendored,)) == "[] []\n[]\n"


def test_two_copies_do_not_know_each_other(vendored, tmp_path):
    copied(ROOT / "minireq", tmp_path / "minireq")
    code = (
        "import minireq\nfrom app._vendor import minireq as other\n"
        "print(minireq.Session is other.Session, issubclass(minireq.HTTPError, other.HTTPError))"
    )
    assert run_python(code, *ALONE, path=(vendored,)) == "False False\n"


def test_the_wire_works_alone_in_an_empty_folder(tmp_path):
    copied(ROOT / "minireq" / "wire", tmp_path / "wire")
    code = IMPORT_ALL.format(package="wire", folder=str(tmp_path))
    assert run_python(code, *ALONE, path=(tmp_path,)) == "[] []\n[]\n"


def test_the_wheel_has_the_package_and_its_description_and_nothing_else(tmp_path, monkeypatch):
    # D18: no .pth file, no file outside of our own folder. S001: the wheel is built from the source tree.
    import backend

    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / backend.build_wheel(str(tmp_path))) as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "minireq").rglob("*")
        if path.suffix in (".py", ".typed") or path.name == "LICENSE"
    }
    described = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - described == sources
    assert "License-Expression: MIT" in metadata


def test_the_version_is_the_same_everywhere():
    from minireq.__version__ import __version__

    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
