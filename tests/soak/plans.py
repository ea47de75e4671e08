"""What happens to request number N of a run: decided by the run's seed and N alone, known to both sides, and told in its URL."""

from __future__ import annotations

import random
from collections import namedtuple
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

# In spite of these the answer comes whole, and has to be given to whoever asked.
HARMLESS = {
    "none": 60,
    "closes": 8,  # some time after the answer, while the connection is idle
    "delay": 3,
    "dribble": 2,  # in small pieces
    "early": 2,  # before the upload has come
    "interim": 3,  # 1xx before it
    "redirect": 4,
    "stray": 4,  # an answer that nobody asked for comes right behind it
}
# After these there must be an error.
HARMFUL = {
    "babbles": 1,  # a server that speaks first, and no HTTP
    "bad-chunk": 1,
    "cut": 6,
    "drops": 1,  # a server that closes what it accepts
    "nonsense": 1,
    "reset": 4,
    "short-gzip": 1,
    "silent": 2,  # it hears all of the request, and closes
    "stall": 1,
    "stall-body": 1,
}
FAULTS = {**HARMLESS, **HARMFUL}
METHODS = {"GET": 14, "POST": 5, "HEAD": 1, "PUT": 1}
STYLES = {"content": 12, "stream": 5, "abandon": 1, "forget": 1}
SESSIONS = {"shared": 16, "blocking": 3, "own": 1, "dropped": 1}


class Plan(namedtuple("Plan", "number method fault framing gzip size upload pieces at wait times style session secure")):
    """`at` is where in the answer it happens, from 0 to 1; `upload` is the size of the body, sent as a generator with `pieces`."""

    __slots__ = ()

    @property
    def harmful(self) -> bool:
        return self.fault in HARMFUL

    @property
    def target(self) -> str:
        flags = {name: int(getattr(self, name)) for name in ("gzip", "pieces", "secure")}
        return f"/{self.number}?{urlencode({**self._asdict(), **flags})}"


def plan_of(seed: int, number: int) -> Plan:
    chance = random.Random(f"{seed}.{number}")
    fault = _one_of(FAULTS, chance)
    method = "POST" if fault == "early" else _one_of(METHODS, chance)
    if fault in ("bad-chunk", "redirect", "short-gzip", "stall-body"):
        method = "GET"
    framing = chance.choice(["length", "length", "chunked", "close"])
    if fault in ("stray", "early"):
        framing = chance.choice(["length", "chunked"])
    size = chance.choice([0, 10, 100, 2000, 2000, 30_000, 200_000])
    upload = chance.choice([0, 10, 3000, 40_000, 300_000]) if method in ("POST", "PUT") else 0
    if fault == "early":
        upload = 500_000
    return Plan(
        number=number,
        method=method,
        fault=fault,
        framing="chunked" if fault == "bad-chunk" else framing,
        gzip=fault == "short-gzip" or chance.random() < 0.2,
        size=max(size, 100) if fault in HARMFUL else size,
        upload=upload,
        pieces=method == "POST" and chance.random() < 0.3,
        at=chance.random(),
        wait=chance.random(),
        times=chance.randint(1, 4),
        style=_one_of(STYLES, chance),
        session=_one_of(SESSIONS, chance),
        secure=chance.random() < 0.3,
    )


def plan_in(target: str) -> Plan:
    """The plan that a request's target tells."""
    told = dict(parse_qsl(target.partition("?")[2]))
    numbers = {name: int(told[name]) for name in ("number", "size", "upload", "times", "gzip", "pieces", "secure")}
    return Plan(**{**told, **numbers, "at": float(told["at"]), "wait": float(told["wait"])})


def body_of(number: int, size: int) -> bytes:
    """The body that belongs to a request and to no other."""
    unit = b"<%d>" % number
    return (unit * (size // len(unit) + 1))[:size]


def _one_of(weights: Mapping[str, int], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
