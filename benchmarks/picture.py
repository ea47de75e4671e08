"""The picture in the README: what one request costs with each client, from the file that a run has written.

    python3 -m benchmarks --full --only get --json docs/cpu.json
    python3 -m benchmarks.picture docs/cpu.json >docs/cpu.svg

Plain SVG. It takes its colours from whether the reader's system is light or dark, and its numbers from the medians.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WIDTH, LEFT, ROW, TOP = 720, 96, 24, 64
BAR = 14  # thick
ROOM = 76  # for the number behind the longest bar

STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
    .title { font-size: 15px; font-weight: 600 }
    .note, .value { fill: #59636e }
    .bar { fill: #b6bfc9 } .floor { fill: none; stroke: #b6bfc9; stroke-dasharray: 3 2 } .own { fill: #0969da }
    .own-text { font-weight: 600 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .note, .value { fill: #9198a1 }
      .bar { fill: #4b535d } .floor { stroke: #6e7681 } .own { fill: #4493f8 }
    }
"""


def main() -> None:
    record = json.loads(Path(sys.argv[1]).read_text())
    sys.stdout.write(picture(record["results"], record["setting"]))


def picture(results: Mapping[str, Any], setting: Mapping[str, str]) -> str:
    """The SVG for the scenario `get`: a bar for each client, the cheapest on top."""
    costs = {
        client: statistics.median(sample["cpu"] for sample in samples) for client, samples in results["get"].items() if samples
    }
    height = TOP + ROW * len(costs) + 8
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
            f"  <title>{escape(sentence(costs))}</title>",
            f"  <style>{STYLE}  </style>",
            '  <text class="title" x="8" y="22">Processor time of one GET, in microseconds: less is better</text>',
            f'  <text class="note" x="8" y="43">1 KB over a kept connection; client side only. {escape(setting["Python"])}</text>',
            *bars(costs),
            "</svg>\n",
        ]
    )


def sentence(costs: Mapping[str, float]) -> str:
    """The picture for who cannot see it."""
    return "CPU of one GET: " + ", ".join(f"{client} {cost * 1e6:.0f} µs" for client, cost in sorted(costs.items(), key=by_cost))


def bars(costs: Mapping[str, float]) -> Iterator[str]:
    scale = (WIDTH - LEFT - ROOM) / max(costs.values())
    for number, (client, cost) in enumerate(sorted(costs.items(), key=by_cost)):
        y, length = TOP + number * ROW, max(cost * scale, 2)
        kind = {"minireq": "own", "floor": "floor"}.get(client, "bar")
        own = " own-text" if kind == "own" else ""
        name = "bare socket" if client == "floor" else client
        middle = y + BAR - 2.5
        yield f'  <text class="name{own}" x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(name)}</text>'
        yield f'  <rect class="{kind}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>'
        yield f'  <text class="value{own}" x="{LEFT + length + 8:.1f}" y="{middle}">{cost * 1e6:.0f}</text>'


def by_cost(item: tuple[str, float]) -> float:
    return item[1]


if __name__ == "__main__":
    main()
