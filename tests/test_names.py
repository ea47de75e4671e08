"""The names of the package, which are looked up when they are first touched."""

from __future__ import annotations

import ast
import importlib
import os
from pathlib import Path

import pytest

import minireq

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent
NAMES = [(name, module) for name, module in minireq._MODULE_OF.items() if name != module]
MODULES = [name for name, module in minireq._MODULE_OF.items() if name == module]


@pytest.mark.parametrize("name, module", NAMES)
def test_a_name_is_what_its_module_has(name, module):
    assert getattr(minireq, name) is getattr(importlib.import_module(f"{minireq.__name__}.{module}"), name)
    assert name in vars(minireq)  # so that it is looked up only once


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_there_without_being_imported(module):
    code = f"import minireq; print(minireq.{module}.__name__)"
    assert run_python(code, "-I", "-S", path=(ROOT,)) == f"{minireq.__name__}.{module}\n"


def test_type_checkers_are_told_the_same_names():
    tree = ast.parse((ROOT / "minireq/__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {(alias.name, node.module or alias.name) for node in block.body for alias in node.names}
    assert told == {*minireq._MODULE_OF.items()}


def test_dir_and_a_star_have_names_that_nobody_has_touched():
    code = "import minireq; print({*minireq.__all__, *minireq._MODULE_OF} <= {*dir(minireq)})\n"
    code += "from minireq import *; print(get is minireq.get, codes.ok, utils is minireq.utils)"
    assert run_python(code, "-I", "-S", path=(ROOT,)) == "True\nTrue 200 True\n"


def test_a_name_that_is_none_is_an_attribute_error():
    with pytest.raises(AttributeError, match=f"module '{minireq.__name__}' has no attribute 'gett'"):
        minireq.gett


@pytest.mark.parametrize("name, place", [("Session", "sessions.Session"), ("get", "api.get"), ("post", "post")])
def test_what_a_test_puts_in_place_of_a_name_is_gone_when_the_test_is_over(name, place):
    code = f"""
from unittest import mock
import minireq
with mock.patch("minireq.{place}") as fake:
    print(minireq.{name} is fake)
print(minireq.{name} is minireq.{place}, minireq.{name}.__name__)
"""
    assert run_python(code, path=(ROOT,)) == f"True\nTrue {name}\n"


def test_many_threads_may_be_the_first_to_touch():
    code = """
import minireq, sys, threading
sys.setswitchinterval(1e-5)
start, found = threading.Barrier(32), []
def touch(name):
    start.wait()
    found.append((name, getattr(minireq, name)))
names = ["get", "Session", "codes", "Timeout", "Response", "cookies", "Retry", "utils"] * 4
threads = [threading.Thread(target=touch, args=(name,)) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), all(value is getattr(minireq, name) for name, value in found))
"""
    assert run_python(code, "-I", "-S", path=(ROOT,)) == "32 True\n"


def test_a_thread_that_touches_and_one_that_imports_do_not_wait_for_each_other():
    code = """
import sys, threading
import minireq
touches, imports = threading.Event(), threading.Event()

class Slow:  # one has begun to touch when the other, inside of a module that the first will need, comes to `from . import charsets`
    def find_spec(name, path=None, target=None):
        if name == minireq.__name__ + ".charsets":
            imports.set()
        if name == minireq.__name__ + ".models":
            spec = next(filter(None, (finder.find_spec(name, path) for finder in sys.meta_path[1:])))
            execute = spec.loader.exec_module
            def execute_late(module):
                if module.__name__ == name:  # a zip has one loader for all
                    touches.set()
                    imports.wait()
                execute(module)
            spec.loader.exec_module = execute_late
            return spec

sys.meta_path.insert(0, Slow)
toucher = threading.Thread(target=lambda: minireq.Response, daemon=True)
importer = threading.Thread(target=lambda: __import__(minireq.__name__ + ".responses"), daemon=True)
toucher.start()
touches.wait(10)
importer.start()
toucher.join(10), importer.join(10)
print(toucher.is_alive(), importer.is_alive(), imports.is_set())
"""
    assert run_python(code, path=(ROOT,)) == "False False True\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_forked_while_a_thread_is_the_first_to_touch_can_touch_too():
    code = """
import os, signal, sys, threading, warnings
import minireq
warnings.simplefilter("ignore")  # of forks where there are threads
sys.unraisablehook = print
begun, forking = threading.Event(), threading.Event()

class Slow:
    def find_spec(name, path=None, target=None):
        if name == minireq.__name__ + ".wire":
            begun.set()
            forking.wait()

sys.meta_path.insert(0, Slow)
os.register_at_fork(before=forking.set)  # called before those that were registered earlier
thread = threading.Thread(target=lambda: minireq.Session)
thread.start()
begun.wait()
child = os.fork()
if not child:
    signal.alarm(10)
    minireq.Session
    os._exit(0)
thread.join()
print(os.waitpid(child, 0)[1])
"""
    assert run_python(code, path=(ROOT,)) == "0\n"


def test_what_a_test_puts_around_a_function_stays_no_longer_than_the_test():
    code = """
import functools, minireq
from unittest import mock
real = minireq.api.post
recorded = functools.wraps(real)(lambda *arguments: real(*arguments))
with mock.patch("minireq.api.post", recorded):
    assert minireq.post is recorded
assert minireq.post is real
"""
    assert run_python(code, path=(ROOT,)) == ""


def test_a_module_may_be_touched_by_whom_no_program_called():
    code = """
import atexit, importlib.util, sys, _thread, time
import minireq
name = minireq.__name__
for each in [each for each in sys.modules if each.startswith(name)]:
    del sys.modules[each]
lazy = importlib.util.find_spec(name)
lazy.loader = importlib.util.LazyLoader(lazy.loader)
sys.modules[name] = minireq = importlib.util.module_from_spec(lazy)
lazy.loader.exec_module(minireq)
print(minireq.adapters.__name__ == name + ".adapters")
_thread.start_new_thread(getattr, (minireq, "auth"))
for _ in range(1000):
    if "auth" in vars(minireq):
        break
    time.sleep(0.01)
print("auth" in vars(minireq))
atexit.register(print, "end")
atexit.register(getattr, minireq, "cookies")
"""
    assert run_python(code, path=(ROOT,)).splitlines() == ["True", "True", "end"]
