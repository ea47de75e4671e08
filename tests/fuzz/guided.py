"""One target under atheris, in the environment that has it: `python -m tests.fuzz.guided [TARGET CORPUS [libFuzzer's settings]]`.

Without arguments it says which targets there are.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["minireq"]):
    from .targets import SEEDS, TARGETS


def main(target: str, corpus: str, *settings: str) -> None:
    for number, seed in enumerate(SEEDS[target]):
        Path(corpus, f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], corpus, *settings], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:]:
        main(*sys.argv[1:])
    else:
        print(*TARGETS)
