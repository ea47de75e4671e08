"""Whether an outcome is what a case expects: a list of what is wrong, in words."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .cases import Case
from .playing import Outcome, play
from .stage import Heard, Stage

# What an error may be, by whose fault it is. A case may name classes of its own instead.
FAULTS = {
    "message": ["ConnectionError", "ChunkedEncodingError", "InvalidHeader"],  # what the server sent is no HTTP
    "input": ["InvalidHeader", "InvalidURL", "InvalidJSONError", "ConnectionError", "ValueError"],  # what the caller asked for
    "url": ["InvalidURL", "MissingSchema", "InvalidSchema"],
    "any": ["RequestException"],
}


def problems(client: ModuleType, case: Case, split: str = "none") -> list[str]:
    """Play a case with a client that has the API of requests; what is wrong with what it did, [] when nothing is."""
    with Stage(case, split) as stage:
        outcome = play(client, stage)
    found = list(_problems(client, stage, outcome, case["expect"]))
    if any(not list(_problems(client, stage, outcome, other)) for other in case.get("or", ())):
        return []
    return found


def _problems(client: ModuleType, stage: Stage, outcome: Outcome, expected: dict[str, Any]) -> Iterator[str]:
    expected = stage.fill(expected)
    if outcome.error is not None:
        yield from _wrong_error(client, outcome.error, expected)
    elif "error" in expected:
        yield f"an error was expected, not {outcome.status} {outcome.body[:40]!r}"
    else:
        yield from _wrong_response(outcome, expected)
    if outcome.seconds > expected.get("max_seconds", 5):
        yield f"it took {outcome.seconds:.1f} s"
    if outcome.megabytes > expected.get("max_rss_mb", float("inf")):
        yield f"it took {outcome.megabytes:.0f} MB"
    if "reusable" in expected and outcome.next_body is not None:
        yield from _wrong_probe(outcome, expected["reusable"])
    if "lookups" in expected:
        yield from (f"{name!r} was looked up" for name in stage.looked_up if name not in [*expected["lookups"], "127.0.0.1"])
    for check in expected.get("sent", ()):
        yield from _wrong_requests(stage.heard_by(check.get("server", "A")), check)


def _wrong_error(client: ModuleType, error: Exception, expected: dict[str, Any]) -> Iterator[str]:
    wanted = expected.get("error", [])
    names = FAULTS[wanted] if isinstance(wanted, str) else wanted
    classes = tuple(getattr(client.exceptions, name) for name in names if hasattr(client.exceptions, name))
    classes += (ValueError,) * ("ValueError" in names)
    ours = isinstance(error, client.exceptions.RequestException)
    if not (ours if "any" in expected else isinstance(error, classes)):
        yield f"{type(error).__module__}.{type(error).__name__}: {error!s:.110} (wanted: {' or '.join(names) or 'no error'})"


def _wrong_response(outcome: Outcome, expected: dict[str, Any]) -> Iterator[str]:
    if outcome.status != expected.get("status", outcome.status):
        yield f"the status is {outcome.status}, not {expected['status']}"
    for name, value in expected.get("headers", {}).items():
        if outcome.headers.get(name) not in _choice(value):
            yield f"the header {name} is {outcome.headers.get(name)!r:.80}, not {value!r:.80}"
    yield from (f"there is a header {name}" for name in expected.get("headers_absent", ()) if name in outcome.headers)
    if "body" in expected and outcome.body != expected["body"].encode("latin-1"):
        yield f"the body is {outcome.body[:60]!r}, {len(outcome.body)} bytes"
    for name, value in expected.get("seen", {}).items():
        seen = outcome.seen[name]
        if (dict(seen) if isinstance(value, dict) else seen) != value:
            yield f"{name} is {seen!r:.80}, not {value!r:.80}"


def _wrong_probe(outcome: Outcome, reusable: bool | None) -> Iterator[str]:
    if outcome.next_body != b"PROBE":
        yield f"the next request on the session got {outcome.next_body!r:.80}"
    elif reusable is not None and outcome.reused != reusable:
        yield "the connection was used again" if outcome.reused else "the connection was not used again"


def _wrong_requests(heard: list[Heard], check: dict[str, Any]) -> Iterator[str]:
    where = f"server {check.get('server', 'A')}"
    if len(heard) != check.get("count", len(heard)):
        yield f"{where} got {len(heard)} requests, not {check['count']}"
    elif "index" not in check:
        pass
    elif -len(heard) <= check["index"] < len(heard):
        yield from (f"{where}, request {check['index']}: {problem}" for problem in _wrong_request(heard[check["index"]], check))
    elif not check.get("if_sent"):
        yield f"{where} got no request {check['index']}"


def _wrong_request(heard: Heard, check: dict[str, Any]) -> Iterator[str]:
    fields, raw = heard.fields, heard.head + b"\r\n\r\n" + heard.body
    if heard.line not in check.get("line", [heard.line]):
        yield f"its line is {heard.line!r:.100}"
    for name, value in check.get("has", {}).items():
        if fields.get(name.lower()) not in _choice(value):
            yield f"{name} is {fields.get(name.lower())!r:.80}, not {value!r:.80}"
    yield from (f"it has {name}" for name in check.get("absent", ()) if name.lower() in fields)
    yield from (f"it contains {text!r}" for text in check.get("raw_absent", ()) if text.encode() in raw)
    yield from (f"it lacks {text!r}" for text in check.get("raw_has", ()) if text.encode() not in raw)
    if check.get("framing_sane"):
        yield from _wrong_framing(heard)


def _wrong_framing(heard: Heard) -> Iterator[str]:
    names = [line.partition(b":")[0].strip().lower() for line in heard.head.split(b"\r\n")]
    framing = [name for name in names if name in (b"content-length", b"transfer-encoding")]
    if len(framing) > 1:
        yield "its framing headers contradict each other"
    elif framing == [b"content-length"] and int(heard.fields["content-length"]) != len(heard.body):
        yield "its Content-Length is not that of its body"


def _choice(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
