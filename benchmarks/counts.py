"""What a request costs in things that can be counted: the same numbers on every machine and at every load.

    python3 -m benchmarks.counts                   the figures, beside the stored ones; exit code 1 if they have grown
    python3 -m benchmarks.counts --functions get   every function that a GET calls, and how often
    python3 -m benchmarks.counts --update          the figures stored anew, when a change is worth its price

Counted are, for one operation of a session that is warm:

* `calls`: of all functions, those written in C included; `by` says in which module, a function in C being its caller's;
* `system`: those among them that ask the system, to send, receive, poll or look for a file;
* `kept` and `peak`: the bytes that the answer keeps, and that there were at most while it was made, as Python's allocator sees it.

And the modules that a session loads in a bare interpreter. How a body is cut into pieces is a matter of luck, so here who
receives is given all that he asked for. Then all of it is exact on one version of Python, and from 3.9 to 3.13 the same but for two
calls in a hundred, the sizes of objects, and the modules that the standard library is made of.
"""

from __future__ import annotations

import argparse
import collections
import gc
import json
import socket
import subprocess
import sys
import textwrap
import tracemalloc
from pathlib import Path

from .machine import ROOT, environment
from .pages import DOCUMENT
from .server import Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Figures = dict[str, Any]

STORED = Path(__file__).with_name("counts.json")
PYTHON = "{}.{}".format(*sys.version_info)
#: How much more there may be, in parts of the whole, before it counts as growth.
ROOM = {"calls": 0.03, "system": 0, "kept": 0.1, "peak": 0.03}
SYSTEM = ("socket.", "_ssl.", "poll.", "posix.", "select.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.counts", description="What a request costs, counted.")
    parser.add_argument("--update", action="store_true", help=f"store the figures in {STORED.name}")
    parser.add_argument("--functions", metavar="OPERATION", choices=OPERATIONS, help="list what an operation calls")
    options = parser.parse_args()
    if options.functions:
        calls = json.loads(here(f"functions({options.functions!r})"))
        print(*(f"{count:6} {name}" for name, count in sorted(calls.items())), sep="\n")
        return 0
    now = measured()
    if options.update:
        STORED.write_text(as_text(now))
    stored = json.loads(STORED.read_text())
    print(*report(stored, now), sep="\n")
    grown = growth(stored, now)
    if grown:
        print("", *grown, "If that is worth it: python3 -m benchmarks.counts --update", sep="\n")
    return bool(grown)


def report(stored: Figures, now: Figures) -> list[str]:
    lines = [
        f"{operation:14} " + ", ".join(f"{name} {now[operation][name]} ({stored[operation][name]})" for name in ROOM)
        for operation in OPERATIONS
    ]
    return [
        *lines,
        f"{'session':14} {len(now['modules'])} modules ({len(stored['modules'])})",
        f"(in parentheses: stored, of Python {stored['python']})",
    ]


def growth(stored: Figures, now: Figures) -> list[str]:
    """What has grown by more than its room, one line for each, and by what."""
    lines = []
    is_another = now["python"] != stored["python"]
    for operation in OPERATIONS:
        before, after = stored[operation], now[operation]
        for name, room in ROOM.items():
            if is_another and name == "kept":
                room *= 2  # the same objects have other sizes there
            if after[name] > before[name] * (1 + room):
                where = f", in {added(before['by'], after['by'])}" if name == "calls" else ""
                lines.append(f"{operation}: {name} went from {before[name]} to {after[name]}{where}")
    modules = set(now["modules"]) - set(stored["modules"])
    if is_another:
        modules = {name for name in modules if name.startswith("minireq")}
    if modules and len(now["modules"]) > len(stored["modules"]):
        lines.append(f"a session: {', '.join(sorted(modules))} more")
    return lines


def added(before: dict[str, int], after: dict[str, int]) -> str:
    """The modules that more is called in than before, the largest difference first."""
    more = collections.Counter(after)
    more.subtract(before)
    return ", ".join(f"{name} +{count}" for name, count in more.most_common() if count > 0)


def as_text(figures: Figures) -> str:
    """JSON, a paragraph for each operation, so that a change of one shows as that."""
    paragraphs = (f'"{name}": ' + json.dumps(value, separators=(", ", ":")) for name, value in figures.items())
    return "{\n" + ",\n".join(textwrap.fill(text, 130, subsequent_indent="  ") for text in paragraphs) + "\n}\n"


# --- measuring


def measured() -> Figures:
    """The figures of this checkout."""
    return {"python": PYTHON, **json.loads(here("operations()")), "modules": modules()}


def here(call: str) -> str:
    """What a function of this file returns in a process of its own: who measures may be traced, and has loaded much already."""
    return output("-c", f"import json; from benchmarks import counts; print(json.dumps(counts.{call}))")


def modules() -> list[str]:
    """The modules that are loaded when there is a session: `import minireq` alone loads hardly any."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); old = set(sys.modules); import minireq; minireq.Session(); "
    code += "print(*set(sys.modules) - old)"
    return sorted(output("-I", "-S", "-c", code).split())


def output(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(), check=True).stdout


#: What is done with a session, the origin of the server being known.
OPERATIONS: dict[str, Callable[[Any, str], Any]] = {
    "get": lambda session, origin: session.get(f"{origin}/1k"),
    "post": lambda session, origin: session.post(f"{origin}/document", json=DOCUMENT),
    "headers30": lambda session, origin: session.get(f"{origin}/headers30"),
    "chunked_10mb": lambda session, origin: session.get(f"{origin}/chunks-of-1k-closed"),
}


def operations() -> dict[str, Figures]:
    """The figures of each operation, in this process."""
    return {operation: with_action(operation, cost) for operation in OPERATIONS}


def functions(operation: str) -> dict[str, int]:
    """How often each function is called, by module and name."""
    return {f"{module} {name}": count for (module, name), count in with_action(operation, called).items()}


def with_action(operation: str, measure: Callable[[Callable[[], Any]], Any]) -> Any:
    """What `measure` finds out about an operation, as a function without arguments."""
    import minireq

    socket.socket = Patient  # type: ignore[misc]
    with Server(None, tls=False) as server, minireq.Session() as session:
        origin = server.origins[False]
        Patient.patient = operation == "chunked_10mb"  # the answer that ends with its connection, so all of it comes

        def action() -> Any:
            return OPERATIONS[operation](session, origin)

        for _ in range(2):  # what is cached will be cached
            action()
        return measure(action)


class Patient(socket.socket):
    """A socket that, while it is `patient`, receives as much as it is asked for, unless the stream ends."""

    patient = False

    def recv(self, size: int, *flags: int) -> bytes:
        data = more = super().recv(size, *flags)
        while self.patient and more and len(data) < size:
            more = super().recv(size - len(data))
            data += more
        return data

    def recv_into(self, buffer: Any, size: int = 0, *flags: int) -> int:
        view = memoryview(buffer)[: size or None]
        received = more = super().recv_into(view, *flags)
        while self.patient and more and received < len(view):
            more = super().recv_into(view[received:])
            received += more
        return received


def cost(action: Callable[[], Any]) -> Figures:
    calls = called(action)
    by: collections.Counter[str] = collections.Counter()
    for (module, _), count in calls.items():
        by[module] += count
    kept, peak = allocated(action)
    system = sum(count for (_, name), count in calls.items() if name.startswith(SYSTEM))
    return {"calls": sum(calls.values()), "system": system, "kept": kept, "peak": peak, "by": dict(sorted(by.items()))}


def called(action: Callable[[], Any]) -> dict[tuple[str, str], int]:
    """How often `action` calls each function: (module, name) -> count. A function in C counts for its caller's module."""
    calls: collections.Counter[tuple[str, str]] = collections.Counter()

    def tally(frame: Any, event: str, function: Any) -> None:
        module = frame.f_globals["__name__"]
        if module == __name__:
            if event == "call" and frame.f_code in _PATIENCE:  # which counts as what it takes the place of
                calls[frame.f_back.f_globals["__name__"], f"socket.{frame.f_code.co_name}"] += 1
        elif event == "call":
            calls[module, frame.f_code.co_name] += 1
        elif event == "c_call":
            owner = "socket" if isinstance(function.__self__, socket.socket) else type(function.__self__).__name__
            calls[module, f"{function.__module__ or owner}.{function.__name__}"] += 1

    sys.setprofile(tally)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


_PATIENCE = {Patient.recv.__code__, Patient.recv_into.__code__}


def allocated(action: Callable[[], Any]) -> tuple[int, int]:
    """The bytes that the result of `action` keeps, and how many there were at most while it was made."""
    found = []
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(3):  # now and then a dictionary grows that outlives the answer
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            answer = action()
            now, peak = tracemalloc.get_traced_memory()
            found.append((now - before, peak - before))
            del answer
    finally:
        tracemalloc.stop()
        gc.enable()
    return min(found)


if __name__ == "__main__":
    sys.exit(main())
