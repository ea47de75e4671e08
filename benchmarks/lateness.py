"""How late a call ends when its time is over: `python3 -m benchmarks.lateness [TIMES]`.

Each phase of a call is held up by a server, a resolver or a port of our own that never comes to an end, and the call is given
100 ms for everything. Printed is by how many milliseconds it overstayed; then what retries waited and were to wait, what a thread
for a name lookup costs, and how long an address that does not answer holds up the one that does.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator

import minireq
from minireq.adapters import HTTPAdapter
from minireq.wire.network.aside import in_time
from minireq.wire.network.dial import dial
from minireq.wire.timeouts import Deadline

GIVEN = 0.1  # seconds for each call
MUCH = bytes(20_000_000)
_ended = threading.Event()


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print(f"{times} calls with Timeouts(total={GIVEN}), milliseconds late\n")
    print(f"{'phase':10} {'median':>7} {'most':>7}  exception")
    for name, call in PHASES.items():
        late, errors = zip(*[lateness(call) for _ in range(times)])
        print(f"{name:10} {statistics.median(late):7.2f} {max(late):7.2f}  {', '.join(sorted(set(errors)))}")
    print("\nretries: seconds planned, and milliseconds more")
    for planned, more in pauses():
        print(f"{planned:10.2f} {more:7.2f}")
    aside = [seconds(lambda: in_time(int, Deadline(5), "asking")) for _ in range(1000)]
    print(f"\na name lookup in its own thread costs {statistics.median(aside) * 1e6:.0f} us more")
    print(f"a silent first address costs {overtaking() * 1e3:.1f} ms")
    _ended.set()


def lateness(call: Callable[[minireq.Session], object]) -> tuple[float, str]:
    """By how many milliseconds a call is late, and with which exception it ends."""
    with minireq.Session(timeout=minireq.Timeouts(total=GIVEN)) as session:
        session.trust_env = False
        began = time.perf_counter()
        try:
            call(session)
        except minireq.Timeout as error:
            return (time.perf_counter() - began - GIVEN) * 1e3, f"{type(error).__name__}({error.phase})"
    raise AssertionError("the call came to an end by itself")


def seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


# Servers


def serve(answer: Callable[[socket.socket], object]) -> str:
    """The address of a server that does this with every connection, and leaves it open."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        held = []
        while not _ended.is_set():
            connection, _ = listener.accept()
            held.append(connection)
            threading.Thread(target=converse, args=(connection,), daemon=True).start()

    def converse(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            answer(connection)

    threading.Thread(target=accept, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


def silent(connection: socket.socket) -> None:
    _ended.wait()


def dripping(begin: bytes) -> Callable[[socket.socket], None]:
    """Answers with this, and then with a byte every ten milliseconds."""

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(begin)
        while True:
            connection.sendall(b"x")
            time.sleep(0.01)

    return drip


def busy(connection: socket.socket) -> None:
    """Sends away four times, then serves."""
    for answer in [b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"] * 4 + [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]:
        connection.recv(65536)
        connection.sendall(answer)


def deaf_port(host: str = "127.0.0.1") -> int:
    """A port where connecting never ends: its queue is full."""
    listener = socket.create_server((host, 0), backlog=0)
    port: int = listener.getsockname()[1]
    _kept.append(listener)
    for _ in range(16):
        filler = socket.socket()
        filler.settimeout(0.2)
        _kept.append(filler)
        try:
            filler.connect((host, port))
        except socket.timeout:
            break
    return port


_kept: list[socket.socket] = []


@contextlib.contextmanager
def resolver(answer: Callable[..., object]) -> Iterator[None]:
    """Names are looked up with this function meanwhile."""
    real = socket.getaddrinfo
    socket.getaddrinfo = answer  # type: ignore[assignment]
    try:
        yield
    finally:
        socket.getaddrinfo = real


# What is held up


def lookup(session: minireq.Session) -> None:
    with resolver(lambda *_: _ended.wait()):
        session.get("http://example.org/")


def pool(session: minireq.Session) -> None:
    session.mount("http://", HTTPAdapter(pool_maxsize=1, pool_block=True))
    with session.get(f"http://{BODY}/", stream=True):
        session.get(f"http://{BODY}/", timeout=minireq.Timeouts(total=GIVEN))


def streamed(session: minireq.Session) -> None:
    with session.get(f"http://{BODY}/", stream=True) as response:
        for _ in response.iter_content(None):
            pass


SILENT = serve(silent)
HEAD = serve(dripping(b"HTTP/1.1 200 OK\r\nX: "))
BODY = serve(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
DEAF = deaf_port()

PHASES: dict[str, Callable[[minireq.Session], object]] = {
    "lookup": lookup,
    "connect": lambda session: session.get(f"http://127.0.0.1:{DEAF}/"),
    "proxy": lambda session: session.get("https://127.0.0.1/", proxies={"https": f"http://{SILENT}"}),
    "tls": lambda session: session.get(f"https://{SILENT}/"),
    "send": lambda session: session.put(f"http://{SILENT}/", data=MUCH),
    "upload": lambda session: session.put(f"http://{SILENT}/", data=itertools.repeat(bytes(65536))),
    "head": lambda session: session.get(f"http://{HEAD}/"),
    "body": lambda session: session.get(f"http://{BODY}/"),
    "streamed": streamed,
    "pool": pool,
}


def pauses() -> list[tuple[float, float]]:
    """For each pause of some retries: the seconds planned, and by how many milliseconds it was longer."""
    planned = [0.0, 0.1, 0.2, 0.4]
    with minireq.Session(retries=minireq.Retry(9, status_forcelist=[503], backoff_factor=0.05)) as session:
        attempts = session.get(f"http://{serve(busy)}/").attempts[1:]
    return [(plan, (attempt.waited - plan) * 1e3) for plan, attempt in zip(planned, attempts)]


def overtaking() -> float:
    """The seconds until a second address is connected where the first does not answer."""
    _kept.append(socket.create_server(("127.0.0.2", DEAF)))
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, DEAF)) for host in ("127.0.0.1", "127.0.0.2")]
    with resolver(lambda *_: addresses):
        return seconds(lambda: dial("example.org", DEAF, Deadline(5)).close())


if __name__ == "__main__":
    main()
