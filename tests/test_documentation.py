"""What the documentation shows, runs: the blocks marked `python` in README.md and docs/, and the examples in docstrings.

Examples talk to example.org, which is this machine (the fixture `example_org`; its paths are in support/application.py), and on the
pages also to the Unix socket app.sock, which is served by the same. The blocks
of a file share their names and run in order, in an empty folder, where they may make a package `app` and import it; a block with
`>>>` must also print what it says.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import sys
from pathlib import Path

import pytest

import minireq

from . import advisories, corpus, support

ROOT = Path(__file__).resolve().parent.parent
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if page.exists()]
ABOUT = [ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
BLOCK = re.compile(r"^( *)```python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def modules_of(package):
    yield package.__name__
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            yield module.name


MODULES = [*modules_of(minireq), *modules_of(support), *modules_of(corpus), advisories.__name__]
INSIDE = minireq.__name__ + "."
PUBLIC = [name for name in MODULES if name.startswith(INSIDE) and "._" not in name[len(INSIDE) - 1 :]]


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """An empty folder, which is the current one, as for a program in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path_hooks", [*sys.path_hooks])
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield
    for name in [name for name in sys.modules.keys() - before if name.partition(".")[0] == "app"]:
        if not name.startswith(INSIDE):  # the package under test may have that very name, and load its modules at any time
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page, example_org, unix_app, own_folder):
    names = {"__name__": "__example__"}
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(2)) + 1
        indent = len(block[1])
        code = "".join(row[indent:] or "\n" for row in block[2].splitlines(keepends=True))
        if ">>>" in code:
            check(doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line - 1), names)
        else:
            exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run(module, example_org, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for examples in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module)):
        check(examples)


def check(examples, names=None):
    """Run examples; with `names`, these are where they find and leave their variables."""
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    if names is not None:
        examples.globs = names
    runner.run(examples, out=said.append, clear_globs=names is None)
    assert not runner.failures, "".join(said)


@pytest.mark.parametrize("module", PUBLIC)
def test_what_is_public_has_a_docstring(module):
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    silent = [name for name, node in public_definitions(tree) if not ast.get_docstring(node)]
    assert silent == []
    assert ast.get_docstring(tree), "a module begins with its theory"


def public_definitions(tree):
    """The functions and classes of a module that users see."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            overloads = any("overload" in ast.dump(decorator) for decorator in node.decorator_list)
            yield from [] if overloads else [(node.name, node)]


def test_every_page_is_found_from_the_readme_or_the_index():
    index = "".join(page.read_text(encoding="utf-8") for page in PAGES if page.name in ("README.md", "index.md"))
    assert [page.name for page in PAGES if page.name not in ("README.md", "index.md") and page.name not in index] == []


def test_the_tests_that_the_readme_names_exist():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    names = re.findall(r"`(test_\w+)…?`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(names) > 10
    assert [name for name in names if f"def {name}" not in sources] == []


@pytest.mark.parametrize("page", [*PAGES, *ABOUT], ids=lambda page: page.name)
def test_links_to_files_lead_to_files(page):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (page.parent / target).exists()] == []
