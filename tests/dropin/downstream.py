"""The tests of packages that build on requests, run with minireq: `python3 -m tests.dropin.downstream [NAME...]`.

Together they reach for most of what programs reach for: sessions and adapters that are subclassed, patched, pickled and replaced,
raw responses made by hand, hooks, cookies, redirects. urllib3 is installed beside them, since most import it themselves; that
minireq does not is seen to by tests/test_layers.py. The exit status says whether all that count pass.
"""

from __future__ import annotations

import sys

from .environments import HTTPBIN, PYTEST, REQUESTS
from .suites import Suite, measure, show


def _suite(project: str, version: str, packages: list[str], *arguments: str, name: str = "", patience: int = 60) -> Suite:
    wanted = [REQUESTS, *PYTEST, f"{name or project}=={version}", *packages]
    arguments = ("--timeout=30", "-W", "ignore::DeprecationWarning", *arguments)
    return Suite(project, version, (f"ds-{project}", wanted), arguments, patience)


SUITES = [
    # Takes the place of Session.get_adapter; responses built on urllib3's, cookies, hooks.
    _suite("requests-mock", "1.12.1", ["fixtures", "purl", "testtools", "requests_futures"], "tests"),
    # Patches HTTPAdapter.send; Retry, redirects, streaming, prepared requests.
    _suite("responses", "0.26.3", ["pytest-asyncio", "pytest-httpserver", "tomli-w", "PyYAML"], "responses"),
    # A subclass of Session and an AuthBase: bodies and URLs rewritten, tokens refreshed, hooks.
    _suite("requests-oauthlib", "2.0.0", ["requests-mock", "oauthlib[signedtoken]"], "tests", "--ignore=tests/examples"),
    # Sessions in pools of threads and of processes (pickled), against httpbin.
    _suite("requests-futures", "1.1.0", HTTPBIN, "tests"),
    # A BaseAdapter for file://, with a raw object of its own.
    _suite("requests-file", "3.0.1", [], "tests"),
    # Records and replays: a raw response with _original_response.msg, cookies, gzip, all forms of bodies.
    _suite("betamax", "0.9.0", [], "tests"),
    # SOAP: a Session as transport, timeouts, multipart answers.
    _suite(
        "zeep", "4.3.3", ["freezegun", "requests-mock", "pretend", "pytest_httpx"], "tests", name="zeep[xmlsec,async]", patience=120
    ),
    # A REST client: verify, cert and proxies as attributes of a session, errors.
    _suite("hvac", "2.4.0", ["requests-mock", "parameterized", "pytest-mock"], "tests/unit_tests", patience=120),
    # Another: pages by links, streamed downloads, retries, multipart through requests-toolbelt.
    _suite(
        "python-gitlab",
        "8.6.0",
        ["responses", "PyYAML", "pytest-console-scripts", "anyio", "gql[httpx]", "respx", "trio"],
        "tests/unit",
        patience=120,
    ),
]


def main(names: list[str]) -> int:
    known = [suite.project for suite in SUITES]
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"{' '.join(unknown)}: not one of {' '.join(known)}")
    passed = failed = 0
    for suite in SUITES:
        if suite.project in (names or known):
            report = measure(suite)
            passed, failed = passed + len(report.passed), failed + len(report.failed)
            print(
                f"{suite.project} passed {len(report.passed)} of {len(report.passed) + len(report.failed)} ({report.seconds:.0f} s)"
            )
            show(report)
            sys.stdout.flush()
    print(f"passed {passed} of {passed + failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
