"""`python3 -m benchmarks`: from arguments to tables."""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Collection
from pathlib import Path

from . import machine, peers, rounds, tables
from .clients import CLIENTS
from .scenarios import SCENARIOS, SHORT


def main() -> None:
    options = arguments().parse_args()
    scenarios = options.only or (list(SCENARIOS) if options.full else SHORT)
    peers.provide(options.clients, scenarios)
    setting = {**machine.description(), **peers.versions(options.clients)}
    for name, value in setting.items():
        print(f"{name:12} {value}")

    count = options.rounds or (5 if options.full else 3)
    results = rounds.measure(scenarios, options.clients, count, options.operations, factor=4 if options.full else 1)
    print(*tables.report(results), sep="\n")
    save({"setting": setting, "results": results}, options.json)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks", description="What a request costs, client by client.")
    parser.add_argument("--full", action="store_true", help="every scenario, longer samples, five rounds")
    parser.add_argument("--only", metavar="NAMES", type=names_of(SCENARIOS), help=f"some of: {', '.join(SCENARIOS)}")
    parser.add_argument(
        "--clients", metavar="NAMES", type=names_of(CLIENTS), default=list(CLIENTS), help=f"some of: {', '.join(CLIENTS)}"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="how often everything is repeated")
    parser.add_argument("--operations", type=int, metavar="N", help="how many operations make a sample, in every scenario")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="where all samples are written; a new file in benchmarks/results/ if not given"
    )
    return parser


def names_of(known: Collection[str]) -> Callable[[str], list[str]]:
    """A type of argument: some of these names, separated by commas."""

    def names(text: str) -> list[str]:
        result = text.split(",")
        for name in result:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of: {', '.join(known)}")
        return result

    return names


def save(record: object, path: Path | None) -> None:
    path = path or machine.ROOT / "benchmarks" / "results" / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1)
    path.write_text(re.sub(r"\{[^{}]*\}", lambda sample: " ".join(sample[0].split()), text) + "\n")  # a line for each sample
    print(f"\nall samples: {path}")


if __name__ == "__main__":
    main()
