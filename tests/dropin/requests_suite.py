"""requests' own tests, run with minireq: `python3 -m tests.dropin.requests_suite`.

The exit status says whether all that count pass.
"""

from __future__ import annotations

import sys

from .environments import REQUESTS_SUITE, REQUESTS_VERSION
from .suites import Suite, measure, show

SUITE = Suite("requests", REQUESTS_VERSION, REQUESTS_SUITE, ["-n", "4", "--timeout=40", "-W", "ignore", "tests"], 300)


def main() -> int:
    report = measure(SUITE)
    print(f"passed {len(report.passed)} of {len(report.passed) + len(report.failed)}")
    show(report)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
