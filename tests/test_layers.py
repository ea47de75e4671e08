"""The map of the package, kept true: who may import whom. `python -m tests.test_layers` prints it.

Read from top to bottom: a module imports what stands below it, or beside it, and nothing runs in a circle. Imports inside of
functions count; those under `if TYPE_CHECKING` do not, since nobody ever runs them, but for the package's own: they are where its
names lead that are looked up when they are touched.
"""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "minireq"
STOREYS = """
    __main__
    cli cli.*
    minireq help utils packages packages.*
    api
    sessions
    redirects adapters
    pools
    models
    prepared responses
    _jar
    messages
    auth bodies certs charsets cookies environment headers idna multipart netrc_file no_proxy sources urls
    limits exceptions _json compat hooks status_codes structures _internal_utils _types __version__
    wire
    wire.client
    wire.attempts
    wire.pool wire.canned
    wire.switched
    wire.response
    wire.connect wire.connection
    wire.route wire.retry wire.request
    wire.protocol wire.protocol.* wire.network wire.network.*
    wire.timeouts
    wire.errors wire.limits
"""
ROWS = [row.split() for row in STOREYS.split("\n") if row.strip()]
ONE_ROOM = {"_json": "exceptions"}  # two files only because one of them needs json at import
PURE = set(
    "__future__ re zlib enum collections struct binascii base64 ipaddress functools operator importlib compression _zstd".split()
)


def name_of(path: Path) -> str:
    """The module's name within the package; the package itself is "minireq"."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "minireq"


def statements(tree: ast.AST, all_of_them: bool = False) -> list[ast.Import | ast.ImportFrom]:
    is_for_checkers = isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING"
    inner = tree.orelse if is_for_checkers and not all_of_them else ast.iter_child_nodes(tree)
    here = [tree] if isinstance(tree, (ast.Import, ast.ImportFrom)) else []
    return here + [found for node in inner for found in statements(node, all_of_them)]


def imports(path: Path) -> tuple[set[str], set[str]]:
    """The modules of the package that a file imports, and the names of the others (the first part of each)."""
    inside, outside = set(), set()
    here = path.relative_to(PACKAGE).parts[:-1]
    for node in statements(ast.parse(path.read_text(encoding="utf-8")), all_of_them=path == PACKAGE / "__init__.py"):
        if isinstance(node, ast.Import):
            outside |= {alias.name.split(".")[0] for alias in node.names}
        elif not node.level:
            outside.add(node.module.split(".")[0])
        else:
            assert node.level <= len(here) + 1, f"{path} imports from outside of the package"
            start = [*here[: len(here) + 1 - node.level], *(node.module.split(".") if node.module else [])]
            targets = {".".join([*start, alias.name]) for alias in node.names}
            inside |= {target if target in FILES else ".".join(start) or "minireq" for target in targets}
    return inside, outside


FILES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
INSIDE, OUTSIDE = ({module: imports(path)[n] for module, path in FILES.items()} for n in (0, 1))


def row(module: str) -> int:
    return next((number for number, names in enumerate(ROWS) if any(fnmatch(module, name) for name in names)), len(ROWS))


def below(storey: str) -> list[str]:
    return [module for module in FILES if fnmatch(module, storey) or fnmatch(module, storey + ".*")]


def test_every_module_is_on_the_map():
    assert [module for module in FILES if row(module) == len(ROWS)] == []


def test_arrows_point_down():
    assert [(module, target) for module in FILES for target in INSIDE[module] if row(target) < row(module)] == []


def test_nothing_runs_in_a_circle():
    rooms: dict[str, set[str]] = {}
    for module in FILES:
        room = ONE_ROOM.get(module, module)
        rooms.setdefault(room, set()).update({ONE_ROOM.get(target, target) for target in INSIDE[module]} - {room})
    while leaves := {room for room in rooms if not rooms[room] & set(rooms)}:
        rooms = {room: targets for room, targets in rooms.items() if room not in leaves}
    assert not rooms, f"imports in a circle among (or above) {sorted(rooms)}"


def test_protocol_knows_bytes_but_no_sockets():
    for module in below("wire.protocol"):
        assert OUTSIDE[module] <= PURE, module
        assert INSIDE[module] <= {*below("wire.protocol"), "wire.errors", "wire.limits"}, module


def test_network_knows_sockets_but_no_http():
    for module in below("wire.network"):
        assert not OUTSIDE[module] & {"http", "email"}, module
        assert INSIDE[module] <= {*below("wire.network"), "wire.errors", "wire.limits", "wire.timeouts"}, module


def test_the_wire_can_be_carried_away_alone():
    assert [module for module in below("wire") if not INSIDE[module] <= set(below("wire"))] == []


def test_the_package_names_neither_itself_nor_others():
    for module in FILES:
        assert not OUTSIDE[module] & {"minireq", "requests", "urllib3", "idna", "chardet", "charset_normalizer"}, module
    assert [module for module in FILES if "certifi" in OUTSIDE[module] and module != "certs"] == []


def test_only_main_knows_the_command_line():
    people = ["__main__", *below("cli")]
    assert [module for module in FILES if INSIDE[module] & set(below("cli")) and module not in people] == []


if __name__ == "__main__":
    for number in sorted({row(module) for module in FILES}):
        for module in [module for module in FILES if row(module) == number]:
            print(f"{module:24} {' '.join(sorted(INSIDE[module]))}".rstrip())
        print()
