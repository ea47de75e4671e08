"""The programs in examples/ do what they say, as programs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

from .support.carried import ROOT


def run(program, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, str(ROOT / "examples" / program), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("by", ["processes", "dask", "ray"])
def test_a_session_in_the_tasks_of_workers_uses_its_connections_again(by, http_app):
    if by != "processes" and importlib.util.find_spec(by) is None:
        pytest.skip(f"{by} is not installed: pip install --group workers")
    urls = [f"{http_app.url}/bytes/{count}" for count in range(10)]
    assert run("workers.py", by, *urls) == "[[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]\n"
    assert (len(http_app.connections), len(http_app.requests)) == (2, 10)
    assert {(request["User-Agent"], request["Cookie"]) for request in http_app.requests} == {("example/1.0", "seen=yes")}
