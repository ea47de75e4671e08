from __future__ import annotations

import argparse
import random
import sys

from tests.__main__ import environment, run


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.soak", description="Many threads against a server that misbehaves.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--requests", type=int, help="how many requests, if that comes first")
    parser.add_argument("--threads", type=int, default=32, help="how many threads (32)")
    parser.add_argument("--seed", type=int, help="what happens to which request follows from it (by chance)")
    chosen = parser.parse_args(arguments)
    try:
        from .load import Load
    except ImportError:  # a bare Python: the tests' own has what the certificates are made with
        return run(environment(), "-m", "tests.soak", *arguments)
    seed = random.randrange(10**6) if chosen.seed is None else chosen.seed
    load = Load(seed, chosen.threads, chosen.seconds, chosen.requests)
    load.run()
    for complaint in load.complaints[:20]:
        print(complaint, file=sys.stderr)
    print(load.summary)
    return 1 if load.complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
