"""The annotations, as type checkers see them: right programs pass, and in wrong ones every mistake is found.

`tests/typed/` are programs as they are written for requests, with all types said; mypy and pyright must have nothing to say about
them at their strictest. In `tests/typed/wrong/` each line with a mistake is marked `# wrong`: these lines must be found, no others.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RIGHT = sorted(path for path in (ROOT / "tests/typed").glob("*.py") if path.stem != "__init__")
WRONG = sorted(path for path in (ROOT / "tests/typed/wrong").glob("*.py") if path.stem != "__init__")


def needs(checker):
    is_there = importlib.util.find_spec(checker) is not None
    return pytest.mark.skipif(not is_there, reason=f"{checker} is not installed (dependency group typing)")


@pytest.fixture(scope="module")
def faults():
    """A function: what a checker finds fault with, as (path, line) -> text; each is asked once."""
    known = {}

    def found(checker):
        if checker not in known:
            known[checker] = {"mypy": by_mypy, "basedpyright": by_pyright}[checker]()
        return known[checker]

    return found


@pytest.mark.parametrize("checker", [pytest.param(name, marks=needs(name)) for name in ("mypy", "basedpyright")])
def test_a_type_checker_has_nothing_to_say_about_right_programs(checker, faults):
    assert {place: text for place, text in faults(checker).items() if place[0] in RIGHT} == {}


@pytest.mark.parametrize("checker", [pytest.param(name, marks=needs(name)) for name in ("mypy", "basedpyright")])
@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_type_checker_finds_every_mistake_and_no_other(checker, path, faults):
    lines = path.read_text(encoding="utf-8").splitlines()
    wrong = {number: line for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    found = {number: text for (file, number), text in faults(checker).items() if file == path}
    assert {number: line for number, line in wrong.items() if number not in found} == {}, "not found"
    assert {number: text for number, text in found.items() if number not in wrong} == {}, "found, and no mistake"


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_what_right_programs_import_is_there(path):
    importlib.import_module(f"tests.typed.{path.stem}")


def by_mypy():
    done = run("mypy", "--no-error-summary", "--no-pretty", *map(str, [*RIGHT, *WRONG]))
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors = [line.split(":", 2) for line in done.stdout.splitlines() if ": error:" in line]
    return {(ROOT / file, int(number)): text.strip() for file, number, text in errors}


def by_pyright():
    found = {}
    for project in (ROOT, ROOT / "tests/typed/wrong"):
        done = run("basedpyright", "--outputjson", "--project", str(project))
        assert done.returncode in (0, 1), done.stdout + done.stderr
        for fault in json.loads(done.stdout)["generalDiagnostics"]:
            found[Path(fault["file"]), fault["range"]["start"]["line"] + 1] = fault["message"]
    return found


def run(module, *arguments):
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=110)
