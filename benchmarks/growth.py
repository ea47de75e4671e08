"""What grows when there is more of everything: origins, cookies, headers, variables, threads, chunks, redirects.

    python3 -m benchmarks.growth                     every case, in three sizes: under a minute
    python3 -m benchmarks.growth cookies_of_others   some of them
    python3 -m benchmarks.growth --full chunks       and the body of small chunks in its full size, 1 GB: some minutes

A case is measured at a quarter, at half and at the whole of its size: processor time, and the memory that the whole needs.
What has nothing to do with a request should not be felt by it: flat. What is work, each header, chunk or hop, should cost the
same however many there are: linear, at most. A case that grows faster than it should says so, and the exit code is 1.

A new case is a function, decorated with its size and how it should grow; it takes the origin of the server and a size, and returns
what to do, which returns whether the answer was right.
"""

from __future__ import annotations

import argparse
import collections
import os
import socket
import statistics
import sys
import threading
import time

from . import machine
from .memory import peak, reset_peak
from .server import Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Action = Callable[[], bool]

#: From a quarter to the whole, time may become so many times as much. An honest 1 or 4 is spread by noise, and by caches.
GROWTHS = {"flat": 1.6, "linear": 7.0}
LONG_ENOUGH = 0.1  # seconds of processor time that are spent on a size
TOO_LONG = 5  # seconds: once is enough

Case = collections.namedtuple("Case", "prepare size full_size should_be")
CASES: dict[str, Case] = {}


def case(size: int, should_be: str, full_size: int | None = None) -> Callable[[Any], Any]:
    def register(prepare: Callable[[str, int], Action]) -> Callable[[str, int], Action]:
        CASES[prepare.__name__] = Case(prepare, size, full_size or size, should_be)
        return prepare

    return register


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python3 -m benchmarks.growth", description="What grows when there is more of everything."
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"some of: {', '.join(CASES)}")
    parser.add_argument("--full", action="store_true", help="a body of 1 GB in chunks of ten bytes, too")
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no cases: {', '.join(sorted(unknown))}")
    every_name_is_loopback()
    server_core, client_core = machine.cores()
    good = True
    # Once glibc has seen so much freed it keeps what is freed of any size below it. Else the large body of a case would come from
    # the system page by page, and the small one would not.
    bytes(30_000_000)
    with Server(server_core, tls=False) as server:
        machine.stay_on(client_core)
        for name in options.cases or CASES:
            line, as_it_should_be = measured(name, server.origins[False], options.full)
            print(line, flush=True)
            good &= as_it_should_be
    return not good


def measured(name: str, origin: str, full: bool) -> tuple[str, bool]:
    """The report of a case in a line, and whether it is as it should be."""
    found = CASES[name]
    whole = found.full_size if full else found.size
    costs = {}
    for size in (whole // 4, whole // 2, whole):
        action = found.prepare(origin, size)
        reset_peak()
        before = peak()
        costs[size] = cost(action, f"{name}, {size}")
        memory = peak() - before
    factor = costs[whole] / costs[whole // 4]
    good = factor < GROWTHS[found.should_be]
    verdict = found.should_be if good else f"NOT {found.should_be.upper()}"
    cells = ", ".join(f"{size}: {duration(seconds)}" for size, seconds in costs.items())
    return f"{name:18} {verdict:10} x{factor:<5.2f} {cells}, +{memory / 1e6:.1f} MB", good


def cost(action: Action, title: str) -> float:
    """The processor time of one time, the median of some: so what the first one warms up does not count."""
    times: list[float] = []
    while len(times) < 5 or sum(times) < LONG_ENOUGH:
        start = time.process_time()
        if not action():
            raise SystemExit(f"{title}: that is not the answer")
        times.append(time.process_time() - start)
        if times[0] > TOO_LONG:
            break
    return statistics.median(times)


def duration(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


def every_name_is_loopback() -> None:
    """So that there are as many origins as one likes."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        return look_up("127.0.0.1", *rest, **named)

    socket.getaddrinfo = getaddrinfo


def session(origins: int = 10, threads: int = 10) -> Any:
    import minireq

    made = minireq.Session()
    made.mount("http://", minireq.adapters.HTTPAdapter(pool_connections=origins, pool_maxsize=threads))
    made.max_redirects = 1000
    return made


# --- the session or the process knows much that is none of this request's business


@case(1000, "flat")
def cookies_of_others(origin: str, size: int) -> Action:
    """Cookies in the jar, each of another domain."""
    mine = with_cookies(size, "site{}.test")
    return lambda: mine.get(f"{origin}/1k").ok


@case(1000, "flat")
def cookies_set(origin: str, size: int) -> Action:
    """The same, and the response sets one."""
    mine = with_cookies(size, "site{}.test")
    return lambda: mine.get(f"{origin}/set-cookies/1").ok


def with_cookies(size: int, domain: str) -> Any:
    mine = session()
    for number in range(size):
        mine.cookies.set(f"cookie{number}", "value", domain=domain.format(number), path="/")
    return mine


@case(200, "flat")
def variables(origin: str, size: int) -> Action:
    """Environment variables."""
    for name in [name for name in os.environ if name.startswith("VARIABLE_")]:
        del os.environ[name]
    os.environ.update({f"VARIABLE_{number}": "a variable as any other" for number in range(size)})
    mine = session()
    return lambda: mine.get(f"{origin}/1k").ok


# --- there is more to do


@case(2000, "linear")
def origins(origin: str, size: int) -> Action:
    """One request to each of many origins, all of whose connections are kept."""
    return round_trip(origin, size, kept=size)


@case(400, "linear")
def origins_forgotten(origin: str, size: int) -> Action:
    """The same with as few as are kept by default."""
    return round_trip(origin, size, kept=10)


def round_trip(origin: str, size: int, kept: int) -> Action:
    mine, port = session(origins=kept), origin.rpartition(":")[2]
    urls = [f"http://origin{number}.test:{port}/1k" for number in range(size)]

    def action() -> bool:
        return all(mine.get(url).ok for url in urls)

    return action


@case(64, "linear")
def threads(origin: str, size: int) -> Action:
    """Threads that share the session, each with its connection, ten requests in each."""
    mine = session(threads=size)
    answers: list[bool] = []

    def work() -> None:
        answers.extend(mine.get(f"{origin}/1k").ok for _ in range(10))

    def action() -> bool:
        answers.clear()
        workers = [threading.Thread(target=work) for _ in range(size)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return answers == [True] * 10 * size

    return action


@case(100, "linear")
def cookies_sent(origin: str, size: int) -> Action:
    """Cookies in the jar, all of them for this origin."""
    mine = with_cookies(size, "127.0.0.1")
    return lambda: mine.get(f"{origin}/1k").ok


@case(300, "linear")
def headers_received(origin: str, size: int) -> Action:
    """Header fields of a response, and one looked up."""
    mine = session()
    return lambda: mine.get(f"{origin}/headers/{size}").headers["x-field-1"] == "value-of-field-1"


@case(300, "linear")
def headers_sent(origin: str, size: int) -> Action:
    """Header fields of a request."""
    mine, fields = session(), {f"X-Field-{number}": "value" for number in range(size)}
    return lambda: mine.get(f"{origin}/1k", headers=fields).ok


@case(100, "linear")
def hops(origin: str, size: int) -> Action:
    """Redirects, and the history of them all."""
    mine = session()
    return lambda: len(mine.get(f"{origin}/hops/{size}").history) == size


@case(100_000, "linear", full_size=100_000_000)
def chunks(origin: str, size: int) -> Action:
    """A body in chunks of ten bytes, in blocks as they come."""
    mine = session()
    return lambda: sum(map(len, mine.get(f"{origin}/chunks/{size}", stream=True).iter_content(None))) == 10 * size


@case(100_000, "linear")
def chunks_whole(origin: str, size: int) -> Action:
    """The same in one piece."""
    mine = session()
    return lambda: len(mine.get(f"{origin}/chunks/{size}").content) == 10 * size


@case(100_000, "linear")
def chunks_as_lines(origin: str, size: int) -> Action:
    """The same as lines."""
    mine = session()
    return lambda: sum(1 for _ in mine.get(f"{origin}/chunks/{size}", stream=True).iter_lines()) == size


@case(4000, "linear")
def endless_line(origin: str, size: int) -> Action:
    """Lines of a body that has one: so many KB, without an end."""
    mine = session()
    return lambda: sum(1 for _ in mine.get(f"{origin}/line/{size}", stream=True).iter_lines()) == 1


if __name__ == "__main__":
    sys.exit(main())
