"""The load: threads that ask as planned, check what they get, and what is left of it all in the end."""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import minireq
from minireq.adapters import HTTPAdapter
from minireq.exceptions import ConnectionError, RequestException
from tests.support.authority import Authority
from tests.support.surroundings import open_sockets

from .plans import Plan, body_of, plan_of

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0  # for what is not planned to be late
SHORT = 0.15  # for what is
POOL = 10
BLOCKING_POOL = 4
MOST_GROWTH = 32 * 1024 * 1024
CLOSED_EVERY = 500  # so many requests, the shared session is closed, under everybody's hands


class Load:
    """A run: `run` it, and look at `complaints`, which are none if all was well, and `summary`."""

    def __init__(self, seed: int, threads: int, seconds: float, requests: int | None = None) -> None:
        self.seed, self.threads, self.seconds, self.requests = seed, threads, seconds, requests
        self.complaints: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self.lost_posts = 0  # sent on a connection that the server had closed: nobody may send them again
        self.seen: dict[str, Any] = {}
        self._numbers = itertools.count()
        self._counting = threading.Lock()
        self._ports: dict[str, int] = {}
        self._authority = ""
        self._asked = 0

    def run(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self._unraisable():
            authority = Authority(Path(folder))
            self._authority = authority.file
            certificate = authority.certificate()
            command = [sys.executable, "-m", "tests.soak.chaos", certificate.file, certificate.key]
            with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as chaos:
                assert chaos.stdin is not None
                assert chaos.stdout is not None
                self._ports = json.loads(chaos.stdout.readline())
                self._work()
                chaos.stdin.close()
                self.seen = json.loads(chaos.stdout.readline())
        self._compare()

    # Work.

    def _work(self) -> None:
        self._ask(self._session(), plan_of(self.seed, -1)._replace(fault="none", secure=True))  # what is imported late is there now
        gc.collect()
        descriptors, running = _descriptors(), set(threading.enumerate())
        self._shared = {"shared": self._session(), "blocking": self._session(pool_maxsize=BLOCKING_POOL, pool_block=True)}
        self._began = time.monotonic()
        workers = [threading.Thread(target=self._worker, name=f"worker {n}", daemon=True) for n in range(self.threads)]
        for worker in workers:
            worker.start()
        half = self._memory_at_a_quarter(workers)
        for worker in workers:
            worker.join(max(0.0, self._began + self.seconds + PATIENCE - time.monotonic()))
        self._took = time.monotonic() - self._began
        self.stuck = sum(worker.is_alive() for worker in workers)
        self.idle = len(open_sockets())
        for session in self._shared.values():
            session.close()
        self._shared.clear()
        gc.collect()
        self.growth = _memory() - half
        self.left_descriptors = len(_descriptors() - descriptors)
        self.left_threads = len(set(threading.enumerate()) - running) - self.stuck

    def _memory_at_a_quarter(self, workers: list[threading.Thread]) -> int:
        while any(worker.is_alive() for worker in workers):
            workers[0].join(0.05)
            if time.monotonic() > self._began + self.seconds / 4 or (self.requests and self._asked > self.requests / 4):
                break
        return _memory()

    def _worker(self) -> None:
        try:
            while time.monotonic() < self._began + self.seconds:
                number = next(self._numbers)
                if self.requests is not None and number >= self.requests:
                    return
                self._asked = number
                self._carry_out(plan_of(self.seed, number))
                if number % CLOSED_EVERY == CLOSED_EVERY - 1:
                    self._shared["shared"].close()
        except BaseException as failure:
            self._complain(f"a worker ended with {failure!r}")

    def _carry_out(self, plan: Plan) -> None:
        session = self._shared.get(plan.session) or self._session()
        try:
            self._count(self._ask(session, plan))
            if plan.harmful and plan.style in ("content", "stream"):
                self._complain(f"no error after {plan.fault}: {plan}")
        except Wrong as wrong:
            self._complain(f"{wrong}: {plan}")
        except RequestException as error:
            self._count(type(error).__name__)
            if not plan.harmful:
                if plan.method == "POST" and isinstance(error, ConnectionError):
                    self._count_lost_post()
                else:
                    self._complain(f"{error!r} although nothing was wrong: {plan}")
        except BaseException as error:
            self._complain(f"{type(error).__name__} is no RequestException: {error!r}: {plan}")
        if plan.session == "own":
            session.close()

    def _ask(self, session: minireq.Session, plan: Plan) -> str:
        """Send the request of a plan and use its answer; how that went, in a word."""
        response = session.request(
            plan.method,
            self._url(plan),
            data=_upload(plan),
            timeout=SHORT if plan.fault.startswith("stall") else PATIENCE,
            stream=plan.style != "content",
        )
        number = response.headers.get("X-Id")
        if number != str(plan.number):
            raise Wrong(f"the answer of {number}")
        if response.status_code != (413 if plan.fault == "early" else 200):
            raise Wrong(f"the status {response.status_code}")
        expected = b"" if plan.method == "HEAD" else body_of(plan.number, plan.size)
        if plan.style == "forget":
            return "forgotten"
        if plan.style == "abandon":
            with response:
                begun = next(response.iter_content(500), b"")
            if not expected.startswith(begun):
                raise Wrong("somebody else's bytes")
            return "abandoned"
        body = response.content if plan.style == "content" else b"".join(response.iter_content(10_000))
        if body != expected:
            raise Wrong(f"a body of {len(body)} bytes that is not the right one of {len(expected)}")
        return "right"

    def _url(self, plan: Plan) -> str:
        scheme = "https" if plan.secure else "http"
        return f"{scheme}://localhost:{self._ports.get(plan.fault) or self._ports[scheme]}{plan.target}"

    def _session(self, **settings: Any) -> minireq.Session:
        session = minireq.Session()
        session.trust_env = False
        session.verify = self._authority
        for prefix in ("http://", "https://"):
            session.mount(prefix, HTTPAdapter(**{"pool_maxsize": POOL, **settings}))
        return session

    # Counting.

    def _count(self, outcome: str) -> None:
        with self._counting:
            self.outcomes[outcome] += 1

    def _count_lost_post(self) -> None:
        with self._counting:
            self.lost_posts += 1

    def _complain(self, words: str) -> None:
        with self._counting:
            self.complaints.append(words)

    @contextlib.contextmanager
    def _unraisable(self) -> Iterator[None]:
        """What goes wrong where nobody can catch it counts, and a socket that only the garbage collector closes, too."""
        import warnings

        before = sys.unraisablehook
        sys.unraisablehook = lambda event: self._complain(f"nobody could catch {event.exc_value!r}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", ResourceWarning)
                yield
        finally:
            sys.unraisablehook = before

    def _compare(self) -> None:
        """What the server saw, and what is left."""
        for number in self.seen["twice"]:
            self._complain(f"delivered more than once: {plan_of(self.seed, number)}")
        for number in self.seen["wrong uploads"]:
            self._complain(f"the server got another body: {plan_of(self.seed, number)}")
        for failure in self.seen["failures"]:
            self._complain(f"the server failed: {failure}")
        pools = 2 * (POOL + BLOCKING_POOL) + 4 * POOL  # two good ports; nothing of the bad ones can be idle, but may be on its way
        for words, count, most in (
            ("stuck threads", self.stuck, 0),
            ("threads left", self.left_threads, 0),
            ("descriptors left", self.left_descriptors, 0),
            ("idle sockets", self.idle, pools),
            ("bytes more memory", self.growth, MOST_GROWTH),
        ):
            if count > most:
                self._complain(f"{count} {words}")

    @property
    def summary(self) -> str:
        used = {name: self.outcomes.pop(name, 0) for name in ("right", "abandoned", "forgotten")}
        errors = ", ".join(f"{name} {count}" for name, count in self.outcomes.most_common())
        return (
            f"soak: seed {self.seed}, {self.threads} threads, {self._took:.0f} s, {self.seen['requests']} requests: "
            f"{', '.join(f'{count} {name}' for name, count in used.items())}, {sum(self.outcomes.values())} errors ({errors}); "
            f"{self.seen['posts']} POSTs delivered, {len(self.seen['twice'])} twice, {self.lost_posts} lost to closed connections; "
            f"left: {self.left_descriptors} descriptors, {self.left_threads} threads, {self.stuck} stuck, "
            f"{self.growth / 1024 / 1024:+.1f} MiB; {len(self.complaints)} complaints"
        )


class Wrong(Exception):
    """An answer that is not the right one."""


def _upload(plan: Plan) -> Any:
    if not plan.upload:
        return None
    body = body_of(plan.number, plan.upload)
    if not plan.pieces:
        return body
    return (body[start : start + 20_000] for start in range(0, len(body), 20_000))


def _descriptors() -> set[str]:
    """What is open now, by number (Linux; elsewhere nothing is seen)."""
    try:
        return {name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}
    except OSError:
        return set()


def _memory() -> int:
    """The bytes that this process has in memory now; 0 where nobody says."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
