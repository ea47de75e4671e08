"""minireq can be carried: copied into another package it works there, and the wheel brings nothing but itself.

Isolated interpreters (-I -S) see neither the checkout nor any installed package, so what runs there runs alone.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from .support.carried import ROOT, carry, copied, zipped
from .support.interpreter import run_python

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


@pytest.fixture
def vendored(tmp_path):
    """A folder with a package `app` that has minireq inside."""
    return carry("app._vendor.minireq", tmp_path)[0]


def test_a_copy_inside_of_another_package_fetches(vendored, http_app):
    code = f"from app._vendor import minireq\nprint(minireq.get('{http_app.url}/json', timeout=10).json())"
    assert run_python(code, *ALONE, path=(vendored,)) == "{'hello': 'world'}\n"


def test_a_copy_puts_no_other_names_into_sys_modules(vendored):
    code = IMPORT_ALL.format(package="app._vendor.minireq", folder=str(vendored))
    assert run_python(code, *ALONE, path=(vendored,)) == "[] []\n[]\n"


@pytest.fixture
def beside(vendored):
    """`beside(code)`: what the code prints with the vendored copy as `other`, a different version, and minireq from a zip."""
    version = vendored / "app" / "_vendor" / "minireq" / "__version__.py"
    version.write_text(version.read_text() + '\n__version__ = "1.0"\n')
    archive = zipped(vendored / "minireq.zip", ROOT / "minireq")
    head = "import logging, minireq, pickle\nfrom app._vendor import minireq as other\n"
    return lambda code: run_python(head + code, *ALONE, path=(vendored, archive))


def test_two_copies_do_not_know_each_other(beside):
    code = "print(minireq.__version__ != other.__version__ == '1.0', minireq.Session is other.Session)\n"
    code += "print(issubclass(minireq.HTTPError, other.HTTPError), issubclass(other.HTTPError, minireq.HTTPError))"
    assert beside(code) == "True False\nFalse False\n"


def test_two_copies_have_pools_of_their_own(beside, http_app):
    code = f"""
with minireq.Session() as session, other.Session() as another:
    for one in (session, another) * 3:
        print(one.get("{http_app.url}/json").headers["Content-Length"])
"""
    beside(code)
    assert (len(http_app.connections), len(http_app.requests)) == (2, 6)


def test_two_copies_log_connections_under_their_own_names(beside, http_app):
    code = f"""
import sys
logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s")
minireq.get("{http_app.url}/json")
logging.getLogger("minireq").setLevel(logging.INFO)
minireq.get("{http_app.url}/json")
other.get("{http_app.url}/json")
"""
    line = f"DEBUG {{}}minireq.wire.connect a new connection: <Route {http_app.url}>\n"
    assert beside(code) == line.format("") + line.format("app._vendor.")


def test_two_copies_pickle_their_own_exceptions(beside):
    code = """
for package in (minireq, other):
    error = pickle.loads(pickle.dumps(package.exceptions.ReadTimeout("late")))
    print(type(error) is package.ReadTimeout, type(error).__module__)
"""
    assert beside(code) == "True minireq.exceptions\nTrue app._vendor.minireq.exceptions\n"


def test_from_a_zip_with_its_certificates_https_works_and_leaves_no_temporary_files(tmp_path, https_app, ca):
    certifi = tmp_path / "certifi"
    certifi.mkdir()
    (certifi / "cacert.pem").write_text(Path(ca.file).read_text())
    (certifi / "__init__.py").write_text(
        "import pkgutil\ndef where(): raise AssertionError('unpacks')\n"
        "def contents(): return pkgutil.get_data(__name__, 'cacert.pem').decode()\n"
    )
    archive = zipped(tmp_path / "all.zip", ROOT / "minireq", certifi)
    code = f"import minireq, os, sys; print(minireq.get('{https_app.url}/json').json(), os.listdir('.'), 'tempfile' in sys.modules)"
    (tmp_path / "empty").mkdir()
    assert run_python(code, *ALONE, path=(archive,), cwd=tmp_path / "empty") == "{'hello': 'world'} [] False\n"


def test_the_wire_works_alone_in_an_empty_folder(tmp_path):
    copied(ROOT / "minireq" / "wire", tmp_path / "wire")
    code = IMPORT_ALL.format(package="wire", folder=str(tmp_path))
    assert run_python(code, *ALONE, path=(tmp_path,)) == "[] []\n[]\n"


def test_the_wheel_has_the_package_and_its_description_and_nothing_else(tmp_path, monkeypatch):
    # D18: no .pth file, no file outside of our own folder. S001: the wheel is built from the source tree.
    import backend

    monkeypatch.chdir(ROOT)
    built = tmp_path / backend.build_wheel(str(tmp_path))
    assert built.stat().st_size < 300_000  # bytes; `python3 -m benchmarks.size` prints it
    with zipfile.ZipFile(built) as wheel:
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
