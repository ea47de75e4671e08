"""What is measured: one function for each kind of operation, one row for each scenario.

An operation does its work with a client and returns the status and the weight of what came back, or of what the server says it
was sent. The caller chooses how to `weigh`: with `pages.checksum` to prove that the client is right, with `pages.size` while
the clock runs.
"""

from __future__ import annotations

import collections
import functools
import os
import tempfile
import threading

from .pages import DOCUMENT, LAST_FIELD, PAGES, Page, checksum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .pages import Weigh

THREADS = 16
GETS = 50  # in each thread


def get(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """The whole body as bytes."""
    status, body = client.get(path)
    return status, weigh(body, 0)


def json(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """The body parsed as JSON."""
    status, document = client.json(path)
    assert document == DOCUMENT, document
    return status, PAGES[path].weight(weigh)


def field(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """One header field of many, and the whole body."""
    status, body, value = client.field(path, LAST_FIELD[0])
    assert value == LAST_FIELD[1], value
    return status, weigh(body, 0)


def post_json(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """A document sent as JSON; the answer is the page only if the server could read it."""
    status, body = client.post_json("/document", DOCUMENT)
    return status, weigh(body, 0)


def oneshot(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """The whole body, without anything kept from the request before."""
    status, body = client.oneshot(path)
    return status, weigh(body, 0)


def threads(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """Many GETs in each of several threads, which share the client."""
    barrier = threading.Barrier(THREADS)

    def work(_: int) -> set[tuple[int, int]]:
        barrier.wait()  # so that each has a thread of its own
        return {get(client, path, weigh) for _ in range(GETS)}

    (answer,) = set().union(*_workers().map(work, range(THREADS)))
    return answer


@functools.cache
def _workers() -> Any:
    from concurrent.futures import ThreadPoolExecutor  # what it loads is not to be found loaded by the other scenarios

    return ThreadPoolExecutor(THREADS)


def stream(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """The body in blocks of 64 KiB at most, none of them kept."""
    total = 0

    def take(block: bytes) -> None:
        nonlocal total
        total = weigh(block, total)

    return client.stream(path, take), total


def disk(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """The same into a file."""
    with tempfile.TemporaryFile(buffering=0) as file:

        def take(block: bytes) -> None:
            file.write(block)

        status = client.stream(path, take)
        if weigh is not checksum:
            return status, os.fstat(file.fileno()).st_size
        file.seek(0)
        return status, weigh(file.read(), 0)


def lines(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """The lines of the body, as text or bytes, with their ends or without."""
    status, found = client.lines(path)
    if weigh is checksum:
        texts = (line if isinstance(line, bytes) else line.encode() for line in found)
        return status, weigh(b"".join([text.rstrip(b"\n") + b"\n" for text in texts]), 0)
    page, counted = PAGES[path], sum(map(bool, found))
    assert counted == page.block.count(b"\n") * page.times, counted
    return status, page.weight(weigh)


def upload_file(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """An open file sent as the body."""
    with open(file_with(path), "rb") as file:
        status, said = client.upload_file(f"/upload?{weigh.__name__}", file)
    return status, int(said)


def upload_gen(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """What a generator yields, sent in chunks."""
    page = PAGES[path]
    status, said = client.upload_gen(f"/upload?{weigh.__name__}", (page.block for _ in range(page.times)))
    return status, int(said)


def multipart(client: Any, path: str, weigh: Weigh) -> tuple[int, int]:
    """A form with one file."""
    with open(file_with(path), "rb") as file:
        status, said = client.multipart(f"/form?{weigh.__name__}", file)
    return status, int(said)


@functools.cache
def _file_with(path: str) -> Any:
    file = tempfile.NamedTemporaryFile()  # noqa: SIM115 - it goes when the process does
    for _ in range(PAGES[path].times):
        file.write(PAGES[path].block)
    file.flush()
    return file


def file_with(path: str) -> str:
    """The name of a file that has the body of a page."""
    return str(_file_with(path).name)


Goals = collections.namedtuple("Goals", "requests floor memory also modules", defaults=(None, None, None))
Goals.__doc__ = """What minireq is to reach: how many times less processor time than requests at least, what fraction of the floor's
speed, how much peak memory in MB at most; `also` (measure, client, ratio), and how many new `modules` at most."""


class Scenario(collections.namedtuple("Scenario", "operation path operations goals requests tls calls cookies fresh")):
    """One row: the operation, the page it fetches or sends, how many `operations` make a sample (four times as many with --full),
    the `goals`, how many `requests` an operation is, whether over `tls`, whether calls of functions are counted, whether a client
    that keeps `cookies` gets some here, whether each operation has a `fresh` connection.
    """

    __slots__ = ()

    @property
    def page(self) -> Page:
        return PAGES[self.path]


def row(operation: Any, path: str, operations: int, goals: Goals, requests: int = 1, **traits: bool) -> Scenario:
    return Scenario(operation, path, operations, goals, requests, *(traits.get(name, False) for name in Scenario._fields[5:]))


SCENARIOS = {
    "import": row(
        None, "", 1, Goals(4, 0.60, 18, ("cpu", "http.client", 1.0), modules=60)
    ),  # done by `cold_import`, without a server
    "get": row(get, "/1k", 500, Goals(8, 0.60, also=("wall", "floor", 0.75)), calls=True),
    "json": row(json, "/json", 500, Goals(7, 0.65), calls=True),
    "headers30": row(field, "/headers30", 500, Goals(10, 0.45), calls=True, cookies=True),
    "get_100k": row(get, "/100k", 400, Goals(6, 0.85), calls=True),
    "post_json": row(post_json, "/1k", 500, Goals(7, 0.60), calls=True),
    "oneshot": row(oneshot, "/1k", 250, Goals(5.5, 0.55), calls=True, fresh=True),
    "threads16": row(threads, "/1k", 1, Goals(10, 0.45, also=("wall", "requests", 2.5)), requests=THREADS * GETS),
    "tls_get": row(get, "/1k", 500, Goals(7.5, 0.60), tls=True, calls=True),
    "tls_new": row(get, "/close", 15, Goals(22, 0.80), tls=True, fresh=True),
    "tls_oneshot": row(oneshot, "/1k", 15, Goals(22, 0.80), tls=True, fresh=True),
    "gzip": row(get, "/gzip", 30, Goals(1.4, 0.93)),
    "download": row(get, "/100m", 2, Goals(4.3, 0.93, 122)),
    "stream": row(stream, "/100m", 2, Goals(1.45, 0.93, 24, also=("wall", "requests", 1.0))),
    "disk": row(disk, "/100m", 2, Goals(1.15, 0.75, 24)),
    "tls_download": row(get, "/100m", 2, Goals(1.95, 0.95, 125), tls=True),
    "chunked_small": row(get, "/chunks-of-1k", 3, Goals(5, 1.5)),
    "chunked_large": row(get, "/chunks-of-100k", 1, Goals(1.9, 0.92, 122)),
    "lines": row(lines, "/lines", 1, Goals(4, 0.85)),
    "upload_file": row(upload_file, "/100m", 2, Goals(1.0, 0.90, 24)),
    "upload_gen": row(upload_gen, "/100m", 2, Goals(1.0, 0.88)),
    "multipart": row(multipart, "/50m", 2, Goals(2.5, 0.75, 24)),
}

#: The short form leaves out what the others imply.
SHORT = ("import", "get", "headers30", "tls_new", "download")
