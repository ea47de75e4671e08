"""`python3 -m tests.real`: run the exchanges of `test_exchanges.py`, and print what worked with whom."""

from __future__ import annotations

import sys

from ..__main__ import environment, run

if __name__ == "__main__":
    sys.exit(run(environment(), "-m", "tests.real.table"))
