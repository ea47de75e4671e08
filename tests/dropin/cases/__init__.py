"""The cases: what is called with either module, and what of the result is looked at.

A case is a function of the module (`lib`: requests or minireq) and of `servers.Here` (`here`). What it returns is compared, and
what the servers heard meanwhile. Many are rows of a table: keyword arguments for one request.
"""

from __future__ import annotations

from typing import Any, Callable

from ..views import attempt

Case = Callable[[Any, Any], Any]

CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    """A decorator: the function is the case of that name."""

    def add(function: Case) -> Case:
        assert name not in CASES, f"two cases are called {name!r}"
        CASES[name] = lambda lib, here: attempt(function, lib, here)
        return function

    return add


def calls(subject: str, rows: dict[str, Case]) -> None:
    """Cases of a line each."""
    for name, row in rows.items():
        case(f"{subject}: {name}")(row)


def table(subject: str, method: str, path: str, rows: dict[str, Any]) -> None:
    """Cases of one request each: the rows are its keyword arguments, or functions of `lib` and `here` that give them.

    "method" and "path" may be among them, instead of those of the table.
    """
    for name, row in rows.items():

        def request(lib: Any, here: Any, row: Any = row) -> Any:
            keywords = {"method": method, **(row(lib, here) if callable(row) else row)}
            return lib.request(url=here.http + keywords.pop("path", path), **keywords)

        case(f"{subject}: {name}")(request)
