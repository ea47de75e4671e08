"""Play the corpus: `python3 -m tests.corpus [--split none,1,random] [--only GROUP/NAME] [--client MODULE]`.

Prints what failed, and how many cases of each group passed. Needs nothing but Python. The client may be any module that can be
imported and has the API of requests.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import importlib
import sys

from . import cases
from .stage import SPLITS
from .verdict import problems

HANG = 60  # seconds for one case, after which it is shown where it stands


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.corpus", description=__doc__.partition("\n\n")[2])
    parser.add_argument("--split", default=",".join(SPLITS), help="in which pieces the bytes arrive; default: %(default)s")
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases whose id contains it")
    parser.add_argument("--client", default="minireq", metavar="MODULE")
    options = parser.parse_args(arguments)
    client = importlib.import_module(options.client)
    for part in ("auth", "exceptions"):
        importlib.import_module(f"{options.client}.{part}")
    splits = options.split.split(",")
    passed: collections.Counter[str] = collections.Counter()
    of: collections.Counter[str] = collections.Counter()
    for case in cases.load(options.only):
        group = case["id"].partition("/")[0]
        found = [f"{case['id']} (split {split}): {problem}" for split in splits for problem in _problems(client, case, split)]
        print(*found, sep="\n", end="\n" * bool(found), flush=True)
        of[group] += 1
        passed[group] += not found
    for group in of:
        print(f"{group:20} {passed[group]:3} of {of[group]:3}")
    print(f"{sum(passed.values())} of {sum(of.values())} cases pass, split {options.split}")
    return passed != of


def _problems(client: object, case: cases.Case, split: str) -> list[str]:
    faulthandler.dump_traceback_later(HANG, exit=True)
    try:
        return problems(client, case, split)
    finally:
        faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
