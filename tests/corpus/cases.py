"""The cases: one JSON file a group in `groups/`; README.md says what each key means.

Text stands for bytes, one character (up to U+00FF) for each, so that what goes over the wire can be read as it goes. What cannot be
known before, or would be long, stands between ⟨ and ⟩:

    >>> fill("http://⟨A⟩/⟨3*na⟩ ⟨2*X-№: №;⟩", {"A": "127.0.0.1:8080"})
    'http://127.0.0.1:8080/nanana X-0: 0;X-1: 1;'
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "groups"

Case = dict  # as it stands in the file, and its "id": group/name

_MARK = re.compile("⟨(?:([0-9]+)[*]([^⟩]*)|([A-Za-z.]+))⟩")


def load(containing: str = "") -> list[Case]:
    """All cases whose id contains that, in the order of the files."""
    groups = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    found = [{"id": f"{group}/{case['name']}", **case} for group, cases in groups.items() for case in cases]
    return [case for case in found if containing in case["id"]]


def exchanges(case: Case) -> list[dict[str, Any]]:
    """What the servers of a case do, request by request: most cases have one exchange, and its keys are the case's own."""
    if "exchanges" in case:
        return list(case["exchanges"])
    return [{key: case[key] for key in ("answer", "close", "read") if key in case}]


def fill(value: Any, words: dict[str, str]) -> Any:
    """The value with every ⟨…⟩ in it, however deep, replaced by what it stands for."""
    if isinstance(value, str):
        return _MARK.sub(lambda mark: _meaning(mark, words), value)
    if isinstance(value, list):
        return [fill(item, words) for item in value]
    if isinstance(value, dict):
        return {fill(key, words): fill(item, words) for key, item in value.items()}
    return value


def _meaning(mark: re.Match[str], words: dict[str, str]) -> str:
    times, text, word = mark.groups()
    if word:
        return words[word]
    if "№" in text:
        return "".join(text.replace("№", str(number)) for number in range(int(times)))
    return text * int(times)
