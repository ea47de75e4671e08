"""What a request costs in things that can be counted: the same numbers on every machine, so a test can compare them.

    python3 -m benchmarks.counts              the figures of this checkout, beside those of `counts.json`
    python3 -m benchmarks.counts --write      `counts.json` made anew, when a change was worth its price

Counted are, for one operation of a client that is warm:

* the functions of minireq that are called, and all those written in C. By name, so that a growth says where it comes from.
  Python functions of the standard library are left out, and so are comprehensions: those differ between versions of Python;
  the rest does not, from 3.9 to 3.13.
* of these, the ones that ask the system: sending, receiving, polling, looking for files.
* memory, as Python's allocator counts it: what the answer keeps, and the peak above what there was before.

And the modules that `import minireq` brings. How a body is cut into pieces is a matter of luck; so here whoever receives waits
until as much as he asked for has come.
"""

from __future__ import annotations

import argparse
import collections
import gc
import json
import socket
import subprocess
import sys
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
#: How much more there may be, in parts of the whole, before it counts as growth. The sizes of objects differ between Pythons.
ROOM = {"calls": 0.03, "system": 0.02, "kept": 0.2, "peak": 0.05}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.counts", description="What a request costs, counted.")
    parser.add_argument("--write", action="store_true", help=f"store the figures in {STORED.name}")
    figures = measured()
    if parser.parse_args().write:
        STORED.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    stored = json.loads(STORED.read_text())
    for operation, now in figures["operations"].items():
        before = stored["operations"].get(operation, now)
        totals = ", ".join(f"{name} {total(now[name])} (stored: {total(before[name])})" for name in ROOM)
        print(f"{operation:14} {totals}")
    print(f"{'import':14} {len(figures['modules'])} modules (stored: {len(stored['modules'])})")
    print(*growth(stored, figures), sep="\n")


def total(figure: Any) -> int:
    """The number that a figure comes to."""
    return sum(figure.values()) if isinstance(figure, dict) else figure


def growth(stored: Figures, now: Figures) -> list[str]:
    """What has grown by more than its room, one line for each, and by what."""
    lines = []
    for operation, before in stored["operations"].items():
        for name, room in ROOM.items():
            old, new = before[name], now["operations"][operation][name]
            if total(new) > total(old) * (1 + room):
                lines.append(f"{operation}: {name} went from {total(old)} to {total(new)}{added(old, new)}")
    modules = sorted(set(now["modules"]) - set(stored["modules"]))
    if modules:
        lines.append(f"import minireq: loads {', '.join(modules)} too")
    return lines


def added(old: Any, new: Any) -> str:
    """The functions that are called more often than before, the largest difference first."""
    if not isinstance(new, dict):
        return ""
    more = {name: count - old.get(name, 0) for name, count in new.items() if count > old.get(name, 0)}
    return ": " + ", ".join(f"{name} +{more[name]}" for name in sorted(more, key=lambda name: (-more[name], name)))


# --- measuring


def measured() -> Figures:
    """The figures of this checkout."""
    # In a process of its own: who measures has loaded what minireq may not have loaded, and may be traced.
    code = "import json; from benchmarks import counts; print(json.dumps(counts.operations()))"
    return {"operations": json.loads(output([sys.executable, "-c", code])), "modules": modules()}


def modules() -> list[str]:
    """minireq's own modules that `import minireq` loads, and those of the standard library that these ask for."""
    code = f"""if True:
        import builtins, sys
        sys.path.insert(0, {str(ROOT)!r})
        asked, load = set(), builtins.__import__
        def watch(name, globals=None, locals=None, fromlist=(), level=0):
            if (globals or {{}}).get("__name__", "").partition(".")[0] == "minireq" and not level:
                asked.add(name)
            return load(name, globals, locals, fromlist, level)
        builtins.__import__ = watch
        import minireq
        print(*sorted(asked | {{name for name in sys.modules if name.partition(".")[0] == "minireq"}}))
    """
    return output([sys.executable, "-I", "-S", "-c", code]).split()


def output(command: list[str]) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(), check=True)
    return done.stdout


def operations() -> dict[str, Figures]:
    """The figures of each operation, in this process."""
    import minireq

    socket.socket = Patient  # type: ignore[misc]
    figures = {}
    with Server(None, tls=False) as server, minireq.Session() as session:
        origin = server.origins[False]
        actions: dict[str, Callable[[], Any]] = {
            "get": lambda: session.get(f"{origin}/1k"),
            "post": lambda: session.post(f"{origin}/document", json=DOCUMENT),
            "headers30": lambda: session.get(f"{origin}/headers30"),
            "chunked_10mb": lambda: session.get(f"{origin}/chunks-of-1k-closed"),
        }
        for name, action in actions.items():
            Patient.patient = name == "chunked_10mb"
            figures[name] = cost(action)
    return figures


class Patient(socket.socket):
    """A socket that, while it is `patient`, waits until as much has come as it is asked for."""

    patient = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        if self.patient:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def recv(self, size: int, *flags: int) -> bytes:
        if self.patient:
            super().recv(size, socket.MSG_PEEK | socket.MSG_WAITALL)
        return super().recv(size, *flags)

    def recv_into(self, buffer: Any, size: int = 0, *flags: int) -> int:
        if self.patient:
            super().recv(size or len(buffer), socket.MSG_PEEK | socket.MSG_WAITALL)
        return super().recv_into(buffer, size, *flags)


_PATIENCE = {function.__code__: f"socket.{function.__name__}" for function in (Patient.recv, Patient.recv_into)}


def cost(action: Callable[[], Any]) -> Figures:
    for _ in range(2):  # what is cached will be cached
        action()
    calls = called(action)
    kept, peak = allocated(action)
    system = {name: count for name, count in calls.items() if name.startswith(SYSTEM)}
    return {"calls": calls, "system": system, "kept": kept, "peak": peak}


SYSTEM = ("socket.", "_ssl.", "poll.", "posix.", "select.")


def called(action: Callable[[], Any]) -> dict[str, int]:
    """How often each function is called by `action`."""
    calls: collections.Counter[str] = collections.Counter()

    def tally(frame: Any, event: str, function: Any) -> None:
        if event == "call":
            code = frame.f_code
            if code in _PATIENCE:
                calls[_PATIENCE[code]] += 1
            path = Path(code.co_filename)
            if ROOT / "minireq" in path.parents and not code.co_name.endswith("comp>"):
                calls[f"{path.relative_to(ROOT).as_posix()} {code.co_name}"] += 1
        elif event == "c_call" and function is not sys.setprofile and frame.f_code not in _PATIENCE:
            owner = "socket" if isinstance(function.__self__, Patient) else type(function.__self__).__name__
            calls[f"{function.__module__ or owner}.{function.__name__}"] += 1

    sys.setprofile(tally)
    try:
        action()
    finally:
        sys.setprofile(None)
    return dict(sorted(calls.items()))


def allocated(action: Callable[[], Any]) -> tuple[int, int]:
    """The bytes that the result of `action` keeps, and how many there were at most while it was made."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        least = None
        for _ in range(3):  # now and then a dictionary grows that outlives the answer
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            answer = action()
            now, peak = tracemalloc.get_traced_memory()
            del answer
            found = now - before, peak - before
            least = found if least is None else min(least, found)
        assert least is not None
        return least
    finally:
        tracemalloc.stop()
        gc.enable()


if __name__ == "__main__":
    main()
