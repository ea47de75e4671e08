"""JSON, there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict

import minireq as requests
from minireq.exceptions import InvalidJSONError, JSONDecodeError


class Point(TypedDict):
    x: float
    y: float


def fetch(url: str) -> Any:
    return requests.get(url).json()


def fetch_point(url: str) -> Point:
    point: Point = requests.get(url, timeout=5).json(parse_float=float)
    return point


def exact(url: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = requests.get(url).json(parse_float=Decimal, parse_int=Decimal)
    return found


def fetch_names(url: str) -> list[str]:
    data: dict[str, Any] = requests.get(url).json()
    return [str(item["name"]) for item in data["items"]]


def send_all(url: str, point: Point, points: Sequence[Point], settings: Mapping[str, object], numbers: list[int]) -> None:
    for body in ({"a": 1}, [1, 2], "text", 1, 1.5, True, None):
        requests.post(url, json=body)
    requests.post(url, json=point)
    requests.post(url, json=points)
    requests.post(url, json=settings)
    requests.post(url, json=numbers)
    requests.post(url, json={"points": points, "nested": {"deep": [numbers, None]}})
    requests.put(url, json=(1, "two"))
    requests.patch(url, json={"op": "replace", "value": None})


def or_nothing(url: str) -> Any:
    response = requests.get(url)
    try:
        return response.json()
    except JSONDecodeError as error:
        print(error.msg, error.doc, error.pos, error.lineno, error.colno)
        print(error.request, error.response)
        return None


def or_nothing_either(url: str) -> Any:
    try:
        return requests.get(url).json()
    except requests.JSONDecodeError:
        return None
    except json.JSONDecodeError:
        return None
    except ValueError:
        return None


def can_be_sent(url: str, body: dict[str, float]) -> bool:
    try:
        requests.post(url, json=body)
    except InvalidJSONError:
        return False
    return True
