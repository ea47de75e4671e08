"""The exchanges as a table: a row for each, a column for each server and proxy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

WORDS = {"passed": "yes", "failed": "FAILED", "skipped": "absent"}


class Table:
    """A plugin of pytest that keeps what became of each test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid.partition("[")[2].rstrip("]")] = report.outcome

    def show(self) -> None:
        # Not before pytest has begun: it wants to load its plugins and the tests by itself.
        from .test_exchanges import CANNOT, EXCHANGES, PROXIES, SERVERS

        columns = [*SERVERS, *PROXIES]
        rows = [[exchange.__name__.replace("_", " "), *[self._cell(name, exchange) for name in columns]] for exchange in EXCHANGES]
        widths = [max(map(len, column)) for column in zip(["", *columns], *rows)]
        for row in [["", *columns], *rows]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        for reason in dict.fromkeys(CANNOT.values()):
            names = dict.fromkeys(name for (name, _), why in CANNOT.items() if why == reason)
            print(f"-  {', '.join(names)}: {reason}")
        print("*  the connection is closed afterwards, by the server or proxy, and the next exchange is on another one")

    def _cell(self, name: str, exchange: Callable[..., None]) -> str:
        from .test_exchanges import CANNOT, closes

        if (name, exchange.__name__) in CANNOT:
            return "-"
        return WORDS[self.outcomes.get(f"{name}-{exchange.__name__}", "failed")] + "*" * closes(name, exchange)


def main() -> int:
    table = Table()
    status = pytest.main(["-q", str(Path(__file__).with_name("test_exchanges.py"))], [table])
    print()
    table.show()
    return status


if __name__ == "__main__":
    sys.exit(main())
