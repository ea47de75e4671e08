"""A test suite that somebody wrote for requests, run twice: with requests and with minireq in its place.

What passes with requests, here and on loopback, is what minireq has to pass; that is found out once and kept beside the virtual
environment. Tests that ask for something which no stand-in can give are listed in `not_counted.txt` with the reason: they run too,
and are shown, but do not count. A test that fails gets a second chance, since some of these suites race with their own servers.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections import namedtuple
from pathlib import Path

from .environments import CACHE, ROOT, python_with, say, source_of

HERE = Path(__file__).resolve().parent

Suite = namedtuple("Suite", "project version environment arguments patience")
Suite.__doc__ = (
    "A release on PyPI, the name and packages of its environment, arguments for pytest, and how many seconds it may take."
)

Report = namedtuple("Report", "passed failed not_counted seconds")
Report.__doc__ = "Ids that passed; {id: why} of those that did not; {id: (reason, passed)} of those that do not count."


def measure(suite: Suite) -> Report:
    """Run the suite with minireq, and with requests unless that is known."""
    expected = _passing_with_requests(suite)
    start = time.monotonic()
    ended = _run(suite, {"DROPIN_CHECKOUT": str(ROOT)})
    reasons = not_counted(suite.project)
    if any(not _passed(ended, test) for test in expected if test not in reasons):
        again = _run(suite, {"DROPIN_CHECKOUT": str(ROOT)})
        ended = {test: again[test] if _passed(again, test) else ended.get(test, again.get(test)) for test in {**again, **ended}}
    counted = [test for test in expected if test not in reasons]
    return Report(
        [test for test in counted if _passed(ended, test)],
        {test: " ".join(ended.get(test, ["not run"])) for test in counted if not _passed(ended, test)},
        {test: (reasons[test], _passed(ended, test)) for test in expected if test in reasons},
        time.monotonic() - start,
    )


def not_counted(project: str) -> dict[str, str]:
    """The tests of a project that are not counted, each with the reason."""
    found, reason = {}, ""
    for line in (HERE / "not_counted.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            whose, _, reason = line[1:].partition("] ")
        elif line and not line.startswith("#") and whose == project:
            found[line] = reason
    return found


def show(report: Report) -> None:
    """What did not pass, and what was not counted."""
    for test, why in report.failed.items():
        print(f"    failed: {test}: {why}")
    for reason in dict.fromkeys(reason for reason, _ in report.not_counted.values()):
        print(f"    not counted: {reason}")
        for test, (its_reason, passed) in report.not_counted.items():
            if its_reason == reason:
                print(f"        {test}" + ("  (passes now)" if passed else ""))


def _passing_with_requests(suite: Suite) -> list[str]:
    known = python_with(*suite.environment).parents[1] / "passing-with-requests.json"
    if not known.exists():
        say(f"running the tests of {suite.project} with requests itself")
        ended = _run(suite, {})
        known.write_text(json.dumps([test for test in sorted(ended) if _passed(ended, test)]))
    return json.loads(known.read_text())


def _passed(ended: dict[str, list[str]], test: str) -> bool:
    return ended.get(test, [""])[0] in ("passed", "xpassed")


def _run(suite: Suite, settings: dict[str, str]) -> dict[str, list[str]]:
    """How each test ended: {id: [outcome, why]}. Runs on a copy of the source, at the same place each time: ids may contain it."""
    folder = CACHE / "work" / suite.project
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source_of(suite.project, suite.version), folder / "source", symlinks=True)
    (folder / "home").mkdir()
    results = folder / "results.json"
    environment = {**_clean_environment(folder / "home"), "DROPIN_RESULTS": str(results), **settings}
    command = [
        python_with(*suite.environment),
        "-m",
        "pytest",
        "-q",
        "-p",
        "dropin_plugin",
        "-p",
        "no:cacheprovider",
        *suite.arguments,
    ]
    with open(folder / "log", "wb") as log:
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        process = subprocess.Popen(command, cwd=folder / "source", env=environment, start_new_session=True, **streams)
        try:
            process.wait(suite.patience)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end(process)
    if not results.exists():
        raise SystemExit(
            (folder / "log").read_text(errors="replace")[-3000:] + f"\nthe tests of {suite.project} did not run to their end"
        )
    return json.loads(results.read_text())


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and all its children: workers, servers."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _clean_environment(home: Path) -> dict[str, str]:
    """Ours without what changes how a client or pytest behaves, and with the alias on the path."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("DROPIN_", "PYTEST_", "PYTHON", "COV"))}
    for name in list(settings):
        if name.lower().endswith("_proxy") or name in (
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "NETRC",
        ):
            del settings[name]
    more = {"PYTHONPATH": str(HERE / "alias"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    return {**settings, **more, "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
