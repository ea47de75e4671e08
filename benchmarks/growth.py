"""What grows when there is more of everything: origins, cookies, headers, variables, threads, chunks, redirects.

    python3 -m benchmarks.growth                     every case, in three sizes: a minute
    python3 -m benchmarks.growth cookies_of_others   some of them
    python3 -m benchmarks.growth --profile cookies_of_others

For each size: the processor time, and the calls of functions, of one unit. A unit is what may cost something: a request, where what
there is more of is none of its business; a header, a chunk, a hop, where there is more to do. So a unit should cost the same
whatever the size; a case that says "grows" has a cost that nobody asked for.

A new case is a function, decorated; it takes the origin of the server and a size, and returns what to do and how many units that is.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import socket
import sys
import threading
import time

from . import machine
from .sample import count_calls
from .server import Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Action = Callable[[], Any]
    Case = Callable[[str, int], tuple[Action, int]]

#: The last size may cost this many times as much for a unit as the first one: what it costs to begin comes off for larger sizes, and
#: larger data misses the caches.
ROOM = 1.35
REPEATED = 3  # and the least is taken
GETS = 50

CASES: dict[str, tuple[Case, tuple[int, ...], str]] = {}


def case(*sizes: int, unit: str = "request") -> Callable[[Case], Case]:
    def register(function: Case) -> Case:
        CASES[function.__name__] = function, sizes, unit
        return function

    return register


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python3 -m benchmarks.growth", description="What grows when there is more of everything."
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"some of: {', '.join(CASES)}")
    parser.add_argument("--profile", action="store_true", help="show what is called in the largest size")
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no cases: {', '.join(sorted(unknown))}")
    every_name_is_loopback()
    server_core, client_core = machine.cores()
    with Server(server_core, tls=False) as server:
        machine.stay_on(client_core)
        origin = server.origins[False]
        for name in options.cases or CASES:
            print(line(name, origin), flush=True)
            if options.profile:
                profile(name, origin)


def line(name: str, origin: str) -> str:
    """The report of a case: `size: time calls` for each size, and the verdict."""
    function, sizes, unit = CASES[name]
    costs = [cost(*function(origin, size)) for size in sizes]
    cells = [f"{size}: {seconds * 1e6:.4g} us, {calls:.4g} calls" for size, (seconds, calls) in zip(sizes, costs)]
    times, calls = (last / first for first, last in zip(costs[0], costs[-1]))
    return f"{name:24} {verdict(times, calls):6} x{times:<5.2f} per {unit:8} {' | '.join(cells)}"


def verdict(times: float, calls: float) -> str:
    """Time is what counts, and calls what can be relied on: a growth shows in both, unless it is within C."""
    return "grows" if times > ROOM and (calls > ROOM or times > 2 * ROOM) else "flat"


def cost(action: Action, units: int) -> tuple[float, float]:
    """The processor time and the calls of one unit."""
    action()
    seconds = min(timed(action) for _ in range(REPEATED))
    return seconds / units, count_calls(action) / units


def timed(action: Action) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def profile(name: str, origin: str) -> None:
    function, sizes, _ = CASES[name]
    action, _ = function(origin, sizes[-1])
    action()
    profiler = cProfile.Profile()
    profiler.runcall(action)
    pstats.Stats(profiler, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(15)


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
    made.max_redirects = 1 << 30
    return made


def repeated(action: Action, times: int = GETS) -> tuple[Action, int]:
    def repeat() -> None:
        for _ in range(times):
            action()

    return repeat, times


# --- the session knows much that is none of this request's business


@case(20, 200, 2000)
def origins_kept(origin: str, size: int) -> tuple[Action, int]:
    """One request to each of many origins, all of whose connections are kept."""
    return round_trip(origin, size, kept=size)


@case(20, 200, 2000)
def origins_forgotten(origin: str, size: int) -> tuple[Action, int]:
    """The same with as few as are kept by default."""
    return round_trip(origin, size, kept=10)


def round_trip(origin: str, size: int, kept: int) -> tuple[Action, int]:
    mine, port = session(origins=kept), origin.rpartition(":")[2]
    urls = [f"http://origin{number}.test:{port}/1k" for number in range(size)]

    def action() -> None:
        for url in urls:
            mine.get(url)

    return action, size


@case(10, 100, 1000)
def cookies_of_others(origin: str, size: int) -> tuple[Action, int]:
    """Cookies in the jar, each of another domain."""
    mine = with_cookies(size, "site{}.test")
    return repeated(lambda: mine.get(f"{origin}/1k"))


@case(10, 100, 1000)
def cookies_set(origin: str, size: int) -> tuple[Action, int]:
    """The same, and each response sets one."""
    mine = with_cookies(size, "site{}.test")
    return repeated(lambda: mine.get(f"{origin}/set-cookies/1"))


@case(10, 100, unit="cookie")
def cookies_sent(origin: str, size: int) -> tuple[Action, int]:
    """Cookies in the jar, all of them for this origin."""
    mine = with_cookies(size, "127.0.0.1")
    action, times = repeated(lambda: mine.get(f"{origin}/1k"))
    return action, times * size


def with_cookies(size: int, domain: str) -> Any:
    mine = session()
    for number in range(size):
        mine.cookies.set(f"cookie{number}", "value", domain=domain.format(number), path="/")
    return mine


@case(20, 200, 1000)
def variables(origin: str, size: int) -> tuple[Action, int]:
    """Environment variables."""
    os.environ.clear()
    os.environ.update({f"VARIABLE_{number}": "a variable as any other" for number in range(size)})
    mine = session()
    return repeated(lambda: mine.get(f"{origin}/1k"))


@case(1, 8, 64)
def threads(origin: str, size: int) -> tuple[Action, int]:
    """Threads that share the session, each with its connection."""
    mine, each = session(threads=size), 640 // size

    def work() -> None:
        for _ in range(each):
            mine.get(f"{origin}/1k")

    def action() -> None:
        workers = [threading.Thread(target=work) for _ in range(size)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    return action, each * size


@case(2, 20, 200)
def adapters_mounted(origin: str, size: int) -> tuple[Action, int]:
    """Adapters for other origins."""
    import minireq

    mine = session()
    for number in range(size):
        mine.mount(f"http://site{number}.test/", minireq.adapters.HTTPAdapter())
    return repeated(lambda: mine.get(f"{origin}/1k"))


# --- there is more to do


@case(30, 300, unit="header")
def headers_received(origin: str, size: int) -> tuple[Action, int]:
    """Header fields of a response, and one looked up."""
    mine = session()
    action, times = repeated(lambda: mine.get(f"{origin}/headers/{size}").headers["x-field-1"])
    return action, times * size


@case(30, 300, unit="header")
def headers_sent(origin: str, size: int) -> tuple[Action, int]:
    """Header fields of a request."""
    mine, fields = session(), {f"X-Field-{number}": "value" for number in range(size)}
    action, times = repeated(lambda: mine.get(f"{origin}/1k", headers=fields))
    return action, times * size


@case(3, 30, unit="cookie")
def cookies_received(origin: str, size: int) -> tuple[Action, int]:
    """Cookies that one response sets, in a jar that had them before."""
    mine = session()
    action, times = repeated(lambda: mine.get(f"{origin}/set-cookies/{size}"))
    return action, times * size


@case(1000, 10_000, 100_000, unit="chunk")
def chunks_of_10(origin: str, size: int) -> tuple[Action, int]:
    """A body in chunks of ten bytes, read whole. 1 GB is a hundred million of them, and takes minutes."""
    mine = session()
    return lambda: mine.get(f"{origin}/chunks/{size}").content, size


@case(1000, 10_000, 100_000, unit="chunk")
def chunks_of_10_as_lines(origin: str, size: int) -> tuple[Action, int]:
    """The same as lines."""
    mine = session()
    return lambda: sum(1 for _ in mine.get(f"{origin}/chunks/{size}", stream=True).iter_lines()), size


@case(100, 1000, 10_000, unit="KB")
def endless_line(origin: str, size: int) -> tuple[Action, int]:
    """Lines of a body that has one, without an end."""
    mine = session()
    return lambda: sum(1 for _ in mine.get(f"{origin}/line/{size}", stream=True).iter_lines()), size


@case(10, 100, 500, unit="hop")
def hops(origin: str, size: int) -> tuple[Action, int]:
    """Redirects, and the history of them all."""
    mine = session()
    return lambda: len(mine.get(f"{origin}/hops/{size}").history), size


@case(10, 100, unit="hop")
def hops_with_cookies(origin: str, size: int) -> tuple[Action, int]:
    """Redirects that set a cookie each."""
    mine = session()

    def action() -> None:
        mine.cookies.clear()
        mine.get(f"{origin}/cookie-hops/{size}")

    return action, size


if __name__ == "__main__":
    main()
