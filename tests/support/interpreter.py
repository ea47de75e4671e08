"""A Python of its own, for what can only be seen in a fresh one: imports, exits, signals."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from . import carried


def run_python(code: str, *options: str, cwd: object = None, path: tuple[object, ...] = (), timeout: float = 60) -> str:
    """What the code prints, run with the interpreter's `options` and with `path` on sys.path; a failure fails the test.

    >>> run_python("print(6 * 7)", "-S")
    '42\\n'
    """
    # The checkout stands for wherever the package under test is.
    entries = [str(carried.PATH if entry == carried.ROOT else entry) for entry in path]
    code = f"import sys; sys.path[:0] = {entries!r}\n{carried.prelude()}{code}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, cwd=str(cwd) if cwd else None, env=environment, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        pytest.fail(f"exit code {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout
