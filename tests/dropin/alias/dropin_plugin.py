"""A pytest plugin: writes how each test ended as JSON, {id: [outcome, why]}, to $DROPIN_RESULTS."""

from __future__ import annotations

import json
import os
import re
import socket
import sys

RANK = ["passed", "xpassed", "skipped", "xfailed", "failed", "error"]
ended: dict[str, list[str]] = {}
held = []


def pytest_configure(config):
    import requests

    wanted = "minireq" if os.environ.get("DROPIN_CHECKOUT") else "requests"
    assert requests.__name__ == wanted, f"import requests gives {requests.__name__}, not {wanted}"


def pytest_collection_modifyitems(items):
    """requests' own tests have a TARPIT, an address in the world where connecting never ends. Ours is a full queue on loopback."""
    module = sys.modules.get("tests.test_requests")
    if hasattr(module, "TARPIT"):
        server = socket.create_server(("127.0.0.1", 0), backlog=0)
        held.append(server)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
            held.append(filler)
        module.TARPIT = f"http://127.0.0.1:{server.getsockname()[1]}"


def pytest_runtest_logreport(report):
    if hasattr(report, "wasxfail"):
        if report.when == "call" or report.skipped:
            note(report.nodeid, "xpassed" if report.passed else "xfailed")
    elif report.failed:
        note(report.nodeid, "failed" if report.when == "call" else "error", first_line(report))
    elif report.skipped or report.when == "call":
        note(report.nodeid, report.outcome)


def pytest_collectreport(report):
    if report.failed:
        note(f"(collecting) {report.nodeid}", "error", first_line(report))


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):  # in xdist's workers, which report to the one that writes
        with open(os.environ["DROPIN_RESULTS"], "w") as file:
            json.dump(ended, file)


def note(nodeid, outcome, why=""):
    """A test counts as the worst of its setup, call and teardown."""
    nodeid = re.sub(r"0x[0-9a-f]{6,}", "0x", nodeid)  # addresses of objects
    if nodeid not in ended or RANK.index(outcome) >= RANK.index(ended[nodeid][0]):
        ended[nodeid] = [outcome, why]


def first_line(report):
    """What the error says."""
    lines = report.longreprtext.strip().splitlines() or [""]
    return next((line[1:].strip() for line in lines if re.match(r"E\s{2,}", line)), lines[-1])[:300]
