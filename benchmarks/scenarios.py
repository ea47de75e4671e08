"""What is measured: one function for each kind of operation, one row for each scenario.

An operation does its work with a client and returns the status and the weight of what came back. The caller chooses how to
`weigh`: with `pages.checksum` to prove that the client is right, with `pages.size` while the clock runs.
"""

from __future__ import annotations

import collections

from .pages import DOCUMENT, LAST_FIELD, PAGES, Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def get(client: Any, path: str, weigh: Any) -> tuple[int, int]:
    """The whole body as bytes."""
    status, body = client.get(path)
    return status, weigh((body,))


def json(client: Any, path: str, weigh: Any) -> tuple[int, int]:
    """The body parsed as JSON."""
    status, document = client.json(path)
    assert document == DOCUMENT, document
    return status, PAGES[path].weight(weigh)


def field(client: Any, path: str, weigh: Any) -> tuple[int, int]:
    """One header field of many, and the whole body."""
    status, body, value = client.field(path, LAST_FIELD[0])
    assert value == LAST_FIELD[1], value
    return status, weigh((body,))


def oneshot(client: Any, path: str, weigh: Any) -> tuple[int, int]:
    """The whole body, without anything kept from the request before."""
    status, body = client.oneshot(path)
    return status, weigh((body,))


def stream(client: Any, path: str, weigh: Any) -> tuple[int, int]:
    """The body in blocks of 64 KiB at most, none of them kept."""
    status, blocks = client.stream(path)
    return status, weigh(blocks)


class Scenario(collections.namedtuple("Scenario", "operation path operations goals tls calls cookies fresh")):
    """One row: the operation, the page it fetches, how many `operations` make a sample (four times as many with --full),
    the `goals` for minireq (processor time: times better than requests, fraction of the floor), whether over `tls`,
    whether Python `calls` are counted, whether a client that keeps `cookies` gets some here, whether each operation has a `fresh`
    connection.
    """

    __slots__ = ()

    @property
    def page(self) -> Page:
        return PAGES[self.path]


def row(operation: Any, path: str, operations: int, goals: tuple[float, float], **traits: bool) -> Scenario:
    return Scenario(operation, path, operations, goals, *(traits.get(name, False) for name in Scenario._fields[4:]))


SCENARIOS = {
    "import": row(None, "", 1, (4, 0.60)),  # done by `cold_import`, without a server
    "get": row(get, "/1k", 1000, (8, 0.60), calls=True),
    "json": row(json, "/json", 1000, (7, 0.65), calls=True),
    "headers30": row(field, "/headers30", 1000, (10, 0.45), calls=True, cookies=True),
    "tls_new": row(get, "/close", 20, (22, 0.80), tls=True, fresh=True),
    "download": row(get, "/100m", 3, (4.3, 0.93)),
    "stream": row(stream, "/100m", 3, (1.45, 0.93)),
    "get_100k": row(get, "/100k", 500, (6, 0.85), calls=True),
    "oneshot": row(oneshot, "/1k", 250, (5.5, 0.55), calls=True, fresh=True),
    "tls_oneshot": row(oneshot, "/1k", 20, (22, 0.80), tls=True, fresh=True),
    "tls_get": row(get, "/1k", 1000, (7.5, 0.60), tls=True, calls=True),
    "tls_download": row(get, "/100m", 3, (1.95, 0.95), tls=True),
    "chunked_small": row(get, "/chunks-of-1k", 3, (5, 1.5)),
    "chunked_large": row(get, "/chunks-of-100k", 1, (1.9, 0.92)),
}

#: The short form leaves out what the others imply.
SHORT = ("import", "get", "json", "headers30", "tls_new", "download", "stream")
