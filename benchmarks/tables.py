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
    if "minireq" in clients:
        yield from goals(results)
    for reference, title in (
        ("requests", "CPU: times less than requests (more is better)"),
        ("floor", "CPU: fraction of the bare socket's speed (1.00 = as fast)"),
    ):
        if reference in clients:
            yield from ratios(title, results, "cpu", reference)
    yield from absolute("CPU per request", results, "cpu", duration)
    yield from absolute("Peak memory, MB", results, "peak", lambda value: f"{value / 1e6:.1f}")
    yield from absolute("Calls of functions per request, those written in C included", results, "calls", whole)
    yield from absolute("New modules", results, "modules", whole)
    yield from absolute(
        "The server's own CPU per request (it is the bottleneck where this reaches the wall clock)", results, "server", duration
    )
    if "requests" in clients:
        yield from ratios("Wall clock: times faster than requests (noisy)", results, "wall", "requests")


def goals(results: Results) -> Iterator[str]:
    """What minireq is to reach, and whether it does."""
    rows = []
    for scenario, samples in results.items():
        own, goal = samples["minireq"], SCENARIOS[scenario].goals
        checks = [("cpu", "requests", goal.requests), ("cpu", "floor", goal.floor)]
        if goal.also:
            checks.append(goal.also)
        cells, missed = [], []
        for key, reference, least in checks:
            if not samples.get(reference):
                continue
            reached = statistics.median(in_rounds(samples, key, reference, "minireq"))
            cells.append(f"{key} x {reference} {reached:.2f} (>= {least:.2f})")
            if reached < least:
                missed.append(f"{key} x {reference}")
        for key, unit, name, most in (("peak", 1e6, "MB", goal.memory), ("modules", 1, "modules", goal.modules)):
            if not most:
                continue
            reached = statistics.median(sample[key] for sample in own) / unit
            cells.append(f"{reached:.4g} {name} (<= {most})")
            if reached > most:
                missed.append(name)
        rows.append([scenario, ", ".join(cells), "missed: " + ", ".join(missed) if missed else "reached"])
    yield from table("The goals of minireq", ["scenario", "measured (goal)", ""], rows)


def ratios(title: str, results: Results, key: str, reference: str) -> Iterator[str]:
    columns = [client for client in next(iter(results.values())) if client != reference]
    rows = [
        [scenario, *(spread(in_rounds(samples, key, reference, client)) for client in columns)]
        for scenario, samples in results.items()
    ]
    yield from table(title, ["scenario", *columns], rows)


def in_rounds(samples: dict[str, list[dict[str, Any]]], key: str, reference: str, client: str) -> list[float]:
    """How many times less `client` spends than `reference`, in each round."""
    return [theirs[key] / own[key] for theirs, own in zip(samples[reference], samples[client])]


def spread(values: Sequence[float]) -> str:
    """The median and half of the range; nothing for a client that has no means for the scenario."""
    if not values:
        return "-"
    return f"{statistics.median(values):.2f} ±{(max(values) - min(values)) / 2:.2f}"


def absolute(title: str, results: Results, key: str, write: Any) -> Iterator[str]:
    """The medians themselves, of the scenarios that have this number."""
    rows = []
    for scenario, samples in results.items():
        medians = [[sample[key] for sample in own if sample.get(key) is not None] for own in samples.values()]
        if any(medians):
            rows.append([scenario, *(write(statistics.median(values)) if values else "-" for values in medians)])
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
