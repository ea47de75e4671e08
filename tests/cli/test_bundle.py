"""The package as one file: it is imported under any name, and everything in it is as it was.

What runs here, runs in interpreters of their own (-I -S), which see nothing but the file.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from minireq.__version__ import __version__
from minireq.cli.bundle import without_docstrings
from minireq.cli.contents import own_files
from minireq.cli.vendor import single_file

from ..support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = [name for name in own_files() if name.endswith(".py")]
ALONE = ("-I", "-S")
FORMS = {"whole": single_file(own_files()), "without docstrings": single_file(own_files(), docstrings=False)}
IMPORT_ALL = """
import importlib, pkgutil, sys
before = set(sys.modules)
package = importlib.import_module({package!r})
names = [module.name for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
bundled = [name for name in set(sys.modules) - before if "bundled" in (getattr(sys.modules[name], "__file__", None) or "")]
print([name for name in bundled if not (name + ".").startswith({package!r} + ".") and not {package!r}.startswith(name + ".")])
"""


BOTH = pytest.mark.parametrize("form", FORMS, indirect=True)


@pytest.fixture
def form(request):
    return FORMS[getattr(request, "param", "whole")]


@pytest.fixture
def place(tmp_path, form):
    """A folder with the file in it, alone and inside of a package."""
    folder = tmp_path / "bundled"
    vendor = folder / "app" / "_vendor"
    vendor.mkdir(parents=True)
    for package in (vendor, vendor.parent):
        (package / "__init__.py").touch()
    for file in (folder / "minireq.py", vendor / "minireq.py", vendor / "http_client.py"):
        file.write_bytes(form)
    return folder


def program(*words, cwd):
    return subprocess.run([sys.executable, *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=60)


def test_it_is_small_and_smaller_without_docstrings():
    whole, small = map(len, FORMS.values())
    assert small < 300_000 < whole < 400_000


@BOTH
@pytest.mark.parametrize("package", ["minireq", "app._vendor.minireq", "app._vendor.http_client"])
def test_every_module_is_found_and_none_has_a_name_outside_of_the_package(package, place):
    said = run_python(IMPORT_ALL.format(package=package), *ALONE, path=(place,))
    assert said == f"{len(SOURCES) - 1}\n[]\n"


@pytest.mark.parametrize("package", ["minireq", "app._vendor.http_client"])
def test_it_fetches(package, place, http_app, https_app, ca):
    code = f"""
import {package} as client
for url in ("{http_app.url}", "{https_app.url}"):
    print(client.get(url + "/json", timeout=10, verify={str(ca.file)!r}).json())
print(client.adapters.__name__)
"""
    assert run_python(code, *ALONE, path=(place,)) == "{'hello': 'world'}\n" * 2 + f"{package}.adapters\n"


@BOTH
def test_tracebacks_name_the_module_and_quote_its_own_line(place):
    code = """
import app._vendor.minireq as minireq, traceback
try:
    minireq.get("http://example.org:port/")
except minireq.RequestException as error:
    for frame in traceback.extract_tb(error.__traceback__)[1:]:
        print(frame.filename, frame.lineno, frame.line, sep="|")
"""
    root = f"{place / 'app' / '_vendor' / 'minireq.py'}/minireq/"
    frames = [line.split("|") for line in run_python(code, *ALONE, path=(place,)).splitlines()]
    assert {"api.py", "sessions.py", "urls.py"} <= {file.replace(root, "") for file, _, _ in frames}
    for file, number, line in frames:
        assert file.startswith(root)
        assert line == (ROOT / "minireq" / file[len(root) :]).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip()


def test_a_traceback_through_the_package_itself_is_right_too(place):
    code = """
import minireq, traceback
try:
    minireq.nonsense
except AttributeError:
    print(traceback.format_exc())
"""
    said = run_python(code, *ALONE, path=(place,))
    assert f'{place / "minireq.py"}/minireq/__init__.py", line' in said
    assert "    raise AttributeError(f" in said


def test_what_one_process_pickles_another_unpickles(place):
    pickled = """
import pickle, app._vendor.minireq as minireq
session = minireq.Session()
session.headers["X"] = "1"
try:
    session.get("http://127.0.0.1:1/", timeout=0.1)
except minireq.ConnectionError as error:
    print(pickle.dumps([session, error]).hex())
"""
    unpickled = """
import pickle
session, error = pickle.loads(bytes.fromhex({!r}))
print(session.headers["X"], type(error).__module__, type(error).__name__)
"""
    said = run_python(pickled, *ALONE, path=(place,)).strip()
    assert run_python(unpickled.format(said), *ALONE, path=(place,)).startswith("1 app._vendor.minireq.exceptions Connect")


def test_two_files_do_not_know_each_other(place, http_app):
    (place / "minireq.py").write_bytes(single_file({**own_files(), "certs.py": b"def where():\n    return 'my own'\n"}))
    code = f"""
import minireq, app._vendor.minireq as other
for client in (minireq, other):
    client.get("{http_app.url}/json", timeout=10)
print(minireq.Session is other.Session, issubclass(minireq.HTTPError, other.HTTPError))
print(minireq.certs.where(), other.certs.where() == "my own")
"""
    assert run_python(code, *ALONE, path=(place,)) == "False False\nmy own False\n"


def test_it_may_lie_in_a_zip(tmp_path, form, http_app):
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("app/__init__.py", "")
        archive.writestr("app/minireq.py", form)
    code = f"from app import minireq\nprint(minireq.get('{http_app.url}/json', timeout=10).json())"
    assert run_python(code, *ALONE, path=(tmp_path / "app.zip",)) == "{'hello': 'world'}\n"


def test_it_finds_its_modules_after_all_caches_were_cleared(place):
    code = """
import importlib, sys, minireq
importlib.invalidate_caches()
sys.path_importer_cache.clear()
print(minireq.cookies.__name__)
"""
    assert run_python(code, *ALONE, path=(place,)) == "minireq.cookies\n"


def test_loaded_anew_it_is_what_the_file_is_now(place):
    newer = place / "newer"
    newer.write_bytes(single_file({**own_files(), "certs.py": b"def where():\n    return 'anew'\n"}))
    code = f"""
import os, sys, minireq
hooks = len(sys.path_hooks)
minireq.certs
for name in [name for name in sys.modules if name.startswith("minireq")]:
    del sys.modules[name]
os.replace({str(newer)!r}, minireq.__file__)
import minireq
print(minireq.certs.where(), len(sys.path_hooks) - hooks)
"""
    assert run_python(code, *ALONE, "-B", path=(place,)) == "anew 0\n"


def test_a_file_that_is_not_there_is_an_oserror(place):
    code = """
import minireq
try:
    minireq.__spec__.loader.get_data(minireq.__path__[0] + "/x")
except FileNotFoundError as error:
    print(error.strerror)
"""
    assert run_python(code, *ALONE, path=(place,)) == "No such file in the bundle\n"


@pytest.mark.parametrize(
    "words", [["minireq.py"], ["-m", "minireq"], ["-m", "app._vendor.http_client"], ["-m", "minireq.__main__"]]
)
def test_it_is_a_program_too(words, place):
    done = program(*words, "--version", cwd=place)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"minireq {__version__}\n", "")


@BOTH
def test_its_self_test_passes(place):
    done = program("minireq.py", "--self-test", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("checks passed.\n")


@BOTH
def test_without_docstrings_there_are_none(place, form):
    things = "minireq, minireq.sessions, minireq.Session, minireq.get"
    code = f"import minireq.sessions\nprint([bool(thing.__doc__) for thing in ({things})])"
    said = run_python(code, *ALONE, path=(place,))
    assert said == str([form == FORMS["whole"]] * 4) + "\n"


@pytest.mark.parametrize("name", SOURCES)
def test_taking_the_docstrings_out_leaves_the_rest_where_it_was(name):
    source = own_files()[name]
    assert statements(without_docstrings(source)) == statements(source)


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ('"""One."""\nfrom __future__ import annotations\n', "\nfrom __future__ import annotations\n"),
        ('class A(B):\n    """One\n    two."""  # three\n', "class A(B):\n    pass\n  # three\n"),
        ('def f(a="\xeb"): "one"; return 1\n', 'def f(a="\xeb"): pass; return 1\n'),
        ('async def f():\n    ("one"\n     "two"\n     )\n    return 1\n', "async def f():\n    pass\n\n\n    return 1\n"),
        ('def f():\n    b"no docstring"\n    def g(): "one"\n', 'def f():\n    b"no docstring"\n    def g(): pass\n'),
        ("", ""),
    ],
)
def test_docstrings_of_all_shapes_are_taken_out(source, bare):
    assert without_docstrings(source.encode()).decode() == bare


def statements(source):
    """Each statement that is no docstring and no `pass`, with its line."""
    return [
        (node.lineno, ast.dump(node) if not hasattr(node, "body") else type(node))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass) and not is_text(node)
    ]


def is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
