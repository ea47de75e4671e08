"""What the opening of a single file does is seen from outside, in test_bundle.py; here is what it looks like from inside."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import runpy
import sys

import pytest

from minireq.cli.contents import own_files
from minireq.cli.vendor import single_file


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """The single file, imported in this process under a name of its own."""
    file = tmp_path / "in_one_file.py"
    file.write_bytes(single_file(own_files()))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setattr(sys, "path_hooks", [*sys.path_hooks])
    yield importlib.import_module("in_one_file")
    for name in [name for name in sys.modules if name.partition(".")[0] == "in_one_file"]:
        del sys.modules[name]


def test_it_is_a_package_to_all_who_ask(opened):
    assert opened.__spec__.submodule_search_locations is opened.__path__
    assert opened.__spec__.parent == opened.__package__ == opened.__name__ == "in_one_file"
    assert importlib.util.find_spec("in_one_file.wire").submodule_search_locations == [opened.__path__[0] + "/wire"]
    assert importlib.util.find_spec("in_one_file.nonsense") is None


def test_its_sources_can_be_looked_at(opened):
    assert inspect.getsource(opened.sessions) == own_files()["sessions.py"].decode()
    assert inspect.getsource(opened.Session.close).startswith("    def close(self)")


def test_a_module_of_it_can_be_run(opened, capsys):
    runpy.run_module("in_one_file.help", run_name="__main__", alter_sys=True)
    assert '"minireq": {' in capsys.readouterr().out
