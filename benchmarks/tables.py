"""The report: tables in Markdown, a row for each scenario, a column for each client."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from .scenarios import SCENARIOS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .rounds import Results


def report(results: Results) -> Iterator[str]:
    """All tables that the results have numbers for, line by line."""
    clients = list(next(iter(results.values())))
    if "requests" in clients:
        yield from ratios(
            "CPU: times less than requests (more is better; the goal is minireq's)", results, "cpu", "requests", goal=0
        )
    if "floor" in clients:
        yield from ratios(
            "CPU: fraction of the bare socket's speed (1.00 = as fast; the goal is minireq's)", results, "cpu", "floor", goal=1
        )
    yield from absolute("CPU per operation", results, "cpu", duration)
    yield from absolute("Peak memory, MB", results, "peak", lambda value: f"{value / 1e6:.1f}")
    yield from absolute("Calls of functions per operation, those written in C included", results, "calls", whole)
    yield from absolute("New modules", results, "modules", whole)
    if "requests" in clients:
        yield from ratios("Wall clock: times faster than requests (noisy)", results, "wall", "requests")


def ratios(title: str, results: Results, key: str, reference: str, goal: int | None = None) -> Iterator[str]:
    columns = [client for client in next(iter(results.values())) if client != reference]
    rows = []
    for scenario, samples in results.items():
        cells = [spread(in_rounds(samples, key, reference, client)) for client in columns]
        rows.append([scenario, *([f">= {SCENARIOS[scenario].goals[goal]}"] if goal is not None else []), *cells])
    yield from table(title, ["scenario", *(["goal"] if goal is not None else []), *columns], rows)


def in_rounds(samples: dict[str, list[dict[str, Any]]], key: str, reference: str, client: str) -> list[float]:
    """How many times less `client` spends than `reference`, in each round."""
    return [theirs[key] / own[key] for theirs, own in zip(samples[reference], samples[client])]


def spread(values: Sequence[float]) -> str:
    """The median and half of the range."""
    return f"{statistics.median(values):.2f} ±{(max(values) - min(values)) / 2:.2f}"


def absolute(title: str, results: Results, key: str, write: Any) -> Iterator[str]:
    """The medians themselves, of the scenarios that have this number."""
    rows = []
    for scenario, samples in results.items():
        medians = [statistics.median(sample[key] for sample in own) for own in samples.values() if own[0].get(key) is not None]
        if medians:
            rows.append([scenario, *map(write, medians)])
    if rows:
        yield from table(title, ["scenario", *next(iter(results.values()))], rows)


def duration(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us" if seconds < 0.01 else f"{seconds * 1e3:.1f} ms"


def whole(value: float) -> str:
    return f"{value:.0f}"


def table(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(heading, *rows)]
    yield from ("", title, "")
    for cells in (heading, ["-" * (width - 1) + ":" for width in widths], *rows):
        yield "| " + " | ".join(cell.rjust(width) for cell, width in zip(cells, widths)) + " |"
