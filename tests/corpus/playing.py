"""What the client does in a case, and what came of it."""

from __future__ import annotations

import contextlib
import time
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from .stage import Stage

FIRST = {"url": "http://⟨A⟩/"}  # what is asked for where a case does not say


class Outcome:
    """A response that was read to where the case wanted it, or an error."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.status = 0
        self.headers: Any = {}
        self.body = b""
        self.seen: dict[str, Any] = {}  # attributes of the response that the case wanted to see
        self.seconds = 0.0
        self.megabytes = 0.0  # by which memory grew
        self.next_body: bytes | Exception | None = None  # of the probe, a further request on the session; None if there was none
        self.reused: bool | None = None  # whether the probe came on the same connection; None if there is no telling


def play(client: ModuleType, stage: Stage) -> Outcome:
    """Make the case's requests, one session for all."""
    case = stage.case
    outcome = Outcome()
    with client.Session() as session:
        session.trust_env = "netrc" in case or "env" in case
        for earlier in case.get("before", ()):
            with contextlib.suppress(Exception):  # what comes of it is not what the case is about
                _request(client, session, stage.fill({**FIRST, **earlier}), Outcome())
        time.sleep(case.get("pause", 0))
        request = stage.fill({**FIRST, **case.get("request", {})})
        weighed = "max_rss_mb" in case["expect"]
        memory = _forget_peak() if weighed else 0.0
        start = time.monotonic()
        try:
            _request(client, session, request, outcome)
        except Exception as error:
            outcome.error = error
        outcome.seconds = time.monotonic() - start
        outcome.megabytes = _peak() - memory if weighed else 0.0
        if "reusable" in case["expect"]:
            _probe(client, session, stage, request, outcome)
    return outcome


def _request(client: ModuleType, session: Any, asked: dict[str, Any], outcome: Outcome) -> None:
    """Make one request, and fill in the outcome."""
    asked = {"method": "GET", "timeout": 3, **asked}
    touch, read = asked.pop("touch", ()), asked.pop("read", None)
    if isinstance(asked.get("auth"), dict):
        asked["auth"] = client.auth.HTTPDigestAuth(*asked["auth"]["digest"])
    elif "auth" in asked:
        asked["auth"] = tuple(asked["auth"])
    if isinstance(asked.get("data"), dict):
        asked["data"] = (part.encode() for part in asked["data"]["parts"])
    if "files" in asked:
        asked["files"] = {name: tuple(file) for name, file in asked["files"].items()}
    response = session.request(stream=read is not None, **asked)
    outcome.status, outcome.headers = response.status_code, response.headers
    if read is None:
        outcome.body = response.content
    else:
        with response:
            for piece in response.iter_content(read["size"]):
                outcome.body += piece
                if len(outcome.body) >= read.get("limit", float("inf")):
                    break
    for name in touch:
        value = getattr(response, name)
        outcome.seen[name] = value() if callable(value) else value
    outcome.seen.update(history=len(response.history), path=urlsplit(response.url).path)


def _probe(client: ModuleType, session: Any, stage: Stage, request: dict[str, Any], outcome: Outcome) -> None:
    """Ask once more, when the servers have said all they had to say."""
    stage.wait_until_quiet()
    before = list(stage.heard)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(request["url"]))
    again = {key: request[key] for key in ("verify", "proxies") if key in request}
    probe = Outcome()
    try:
        _request(client, session, {"url": f"{origin}/probe", **again}, probe)
        outcome.next_body = probe.body
    except Exception as error:
        outcome.next_body = error
    if before and len(stage.heard) > len(before):
        outcome.reused = stage.heard[-1].connection == before[-1].connection


def _forget_peak() -> float:
    """Start a new measurement of the peak; the memory in use now, from which growth is counted."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as handle:
            handle.write("5")
    except OSError:
        return _peak()
    return _megabytes("VmRSS")


def _peak() -> float:
    return _megabytes("VmHWM")


def _megabytes(field: str) -> float:
    """A figure of this process (on Linux; elsewhere memory is not judged)."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024
    except OSError:
        return 0.0
