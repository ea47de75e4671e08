"""The same calls through requests and through minireq: `python3 -m tests.dropin.differential [--strict] [--show] [TEXT]`.

Each case is a function of the module and of `servers.Here`. It is run once with each module, in one process; compared are what it
returns (exceptions too, as the classes that a program can catch) and what the servers heard. `differences.txt` lists the cases
that differ, with the row of README's table "Coming from requests" that says so. The command fails on a difference that is not
listed, and on a listed one that is none any more. TEXT picks the cases whose names contain it.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections import namedtuple
from pathlib import Path
from types import ModuleType
from typing import Any

from .environments import REQUESTS_SUITE, ROOT, python_with

HERE = Path(__file__).resolve().parent
PATIENCE = 12.0
HEADING = "## Coming from requests"
MODULES = "adapters api auth compat cookies exceptions hooks models sessions status_codes structures utils".split()

Outcome = namedtuple("Outcome", "seen trace")
Outcome.__doc__ = "What a case gives and what the servers heard, as plain data; and where an exception came from, for reading."
Difference = namedtuple("Difference", "row reason always")
Difference.__doc__ = 'The first cell of a row of "Coming from requests", what of it the case shows, and whether always.'


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.dropin.differential", allow_abbrev=False)
    parser.add_argument("text", nargs="?", default="", help="only cases whose names contain this")
    parser.add_argument("--strict", action="store_true", help="the order and spelling of headers and the sizes of chunks count too")
    parser.add_argument("--show", action="store_true", help="print what differs, case by case")
    options = parser.parse_args(arguments)
    identical, different = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for name, theirs, ours in compare(options.text, options.strict, Path(folder)):
            if theirs.seen == ours.seen:
                identical.append(name)
            else:
                different[name] = theirs, ours
    return report(identical, different, listed(), options)


def report(identical: list[str], different: dict[str, Any], known: dict[str, Difference], options: argparse.Namespace) -> int:
    unexplained = [name for name in different if name not in known]
    # Without --strict less is compared: what differs in the order of headers alone is identical then.
    obsolete = [name for name in identical if name in known and known[name].always] if options.strict else []
    for name, (theirs, ours) in different.items():
        if options.show or name in unexplained:
            print(f"\n{name}: " + (f"{known[name].row}: {known[name].reason}" if name in known else "UNEXPLAINED"))
            print("\n".join(describe(theirs.seen, ours.seen)))
            print("".join(outcome.trace for outcome in (theirs, ours) if name in unexplained), end="")
    for name in obsolete:
        print(f"\n{name}: listed in differences.txt, and identical")
    count = len(identical) + len(different)
    explained = len(different) - len(unexplained)
    print(f"{len(identical)} of {count} identical, {explained} differ as the README says, {len(unexplained)} unexplained")
    return 1 if unexplained or obsolete else 0


def describe(theirs: Any, ours: Any, where: str = "") -> list[str]:
    """What differs, a line for each value, each after its place."""
    if isinstance(theirs, dict) and isinstance(ours, dict) and ("raises" in theirs) == ("raises" in ours):
        places = {key: (theirs.get(key), ours.get(key)) for key in {**theirs, **ours}}
        return [line for key, pair in places.items() for line in describe(*pair, f"{where}.{key}" if where else key)]
    if isinstance(theirs, list) and isinstance(ours, list) and (len(theirs) == len(ours) or where == "wire"):
        pairs = enumerate(itertools.zip_longest(theirs, ours))
        return [line for number, pair in pairs for line in describe(*pair, f"{where}[{number}]")]
    return [] if theirs == ours else [f"    {where}: {_brief(theirs)}", f"    {' ' * len(where)}| {_brief(ours)}"]


def _brief(value: Any) -> str:
    if isinstance(value, dict) and "raises" in value:
        return f"raises {value['raises']}, which is {' '.join(value['order'])}"
    if isinstance(value, dict) and "status" in value:
        return f"{value['repr']} of {value['url']}: {value['content']}"[:400]
    return repr(value)[:400]


def listed() -> dict[str, Difference]:
    """The differences that are known, by the names of the cases."""
    found: dict[str, Difference] = {}
    current = None
    for line in (HERE / "differences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            row, mark, reason = re.split(r"\](\??) ", line[1:], maxsplit=1)
            current = Difference(row, reason, not mark)
        elif line and not line.startswith("#"):
            assert current is not None and line not in found, f"{line} is listed twice, or under no row"
            found[line] = current
    return found


def rows() -> list[str]:
    """The first cells of the table in README.md."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    cells = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")]
    return cells[2:]


def all_cases() -> dict[str, Any]:
    """Every case by its name; the modules in `cases` register them."""
    from . import cases

    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"{cases.__name__}.{module.name}")
    return cases.CASES


def compare(text: str, strict: bool, folder: Path) -> Any:
    """(name, what requests does, what minireq does) for every case."""
    import pytest

    from ..support import guard, surroundings
    from .servers import Here

    reference, ours = (_imported(name) for name in ("requests", "minireq"))
    with pytest.MonkeyPatch.context() as patch:
        surroundings.clear_environment(patch, folder)
        names = guard.Names()
        guard.install(patch, names)
        for name in ("site-a.test", "sub.site-a.test", "site-b.test"):
            names[name] = "127.0.0.1"
        here = Here(folder)
        environment = dict(os.environ)
        for name, case in all_cases().items():
            if text in name:
                yield (name, *(run(case, module, here, environment, strict) for module in (reference, ours)))


def _imported(name: str) -> ModuleType:
    for part in MODULES:
        importlib.import_module(f"{name}.{part}")
    return sys.modules[name]


def run(case: Any, module: ModuleType, here: Any, environment: dict[str, str], strict: bool) -> Outcome:
    """One case with one of the modules."""
    from .views import view, view_of_wire

    seen: dict[str, Any] = {"value": "does not end"}
    traces = []

    def in_thread() -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value = view(case(module, here))
            except BaseException as error:
                value = view(error)
                traces.append(traceback.format_exc(limit=-4))
        kinds = {warning.category.__name__ for warning in caught}
        seen.update(value=value, warnings=sorted(kinds - {"ResourceWarning", "InsecureRequestWarning"}))

    here.log.clear()
    os.environ.clear()
    os.environ.update(environment)
    thread = threading.Thread(target=in_thread, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    wire = [view_of_wire(entry, strict) for entry in list(here.log.entries)]
    return Outcome(json.loads(json.dumps({**seen, "wire": wire})), "".join(traces))


if __name__ == "__main__":
    python = python_with(*REQUESTS_SUITE)
    if Path(sys.prefix).resolve() != python.parents[1]:
        sys.exit(subprocess.run([python, "-m", "tests.dropin.differential", *sys.argv[1:]], cwd=ROOT).returncode)
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # the servers and their threads need no farewell
