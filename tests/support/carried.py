"""The package under test: the checkout's, or one that is carried elsewhere, under another name, in a zip, as a single file.

`python3 -m tests --as FORM` says the form, in the variable `MINIREQ_AS`: a dotted name, `zip` (certifi lies in the archive too), or
a file that is the whole package. It is made in a temporary folder before the first test module is imported, and from then on
`import minireq` means that package, here and in the children that `interpreter` starts. Its modules have their own names there,
app._vendor.minireq.sessions and so on: only the tests say minireq (`alias`).

`NOT_THERE` and `NOT_IN_THE_FORM` list the tests that cannot be run there, each with the reason.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FORM = os.environ.get("MINIREQ_AS", "")

CHECKOUT = "is about the checkout"
COPIES = "makes copies of its own, and imports them by the names that it gives them"
NOT_THERE = {
    "tests/test_layers.py": CHECKOUT,
    "tests/test_typed.py": CHECKOUT,
    "tests/test_travels.py": CHECKOUT,
    "tests/test_backend.py": CHECKOUT,
    "tests/test_benchmarks.py": CHECKOUT,
    "tests/test_counts.py": CHECKOUT,
    "tests/cli/test_bundle.py": COPIES,
    "tests/cli/test_contents.py": COPIES,
    "tests/cli/test_opening.py": COPIES,
    "tests/cli/test_vendor.py": COPIES,
    "tests/test_examples.py": CHECKOUT,
    "tests/dropin/": CHECKOUT,
}
OPENS = {
    "tests/test_documentation.py::test_the_examples_of_a_module_run[minireq.bodies]": "the example opens its own source",
    "tests/wire/protocol/test_coding.py::test_a_python_without_zlib_does": "loads one module by the path of its source",
}
NOT_IN_THE_FORM = {
    "minireq": {"tests/test_documentation.py::test_the_examples_of_a_page_run[vendoring.md]": "its program is called app, too"},
    "zip": {
        **OPENS,
        "tests/test_certs.py::test_certifi_is_trusted_where_it_is_installed": "from a zip it is trusted as text, not as a file",
        "tests/test_certs.py::test_the_module_prints_where_they_are": "certifi unpacks itself, each time elsewhere",
    },
    "py": {
        **OPENS,
        "tests/test_with_less.py::test_without_zlib": "the file is compressed by zlib",
        "tests/test_import_cost.py::test_importing_minireq_loads_hardly_anything": "what unpacks the file is among the modules",
        "tests/test_import_cost.py::test_a_session_loads_few_other_modules": "what unpacks the file is among the modules",
    },
}
TESTS_NOT_THERE = {**NOT_THERE, **NOT_IN_THE_FORM.get(FORM.rpartition(".")[2], {})} if FORM else {}


def carry(form: str, folder: Path) -> tuple[Path, str]:
    """Make the package in one of its forms, in a folder: what has to be on sys.path, and the name to import."""
    if not form:
        return ROOT, "minireq"
    if form.endswith(".py"):
        return Path(form).resolve().parent, Path(form).stem
    if form == "zip":
        certifi = Path(find_spec("certifi").origin).parent
        return zipped(folder / "packages.zip", ROOT / "minireq", certifi), "minireq"
    parts = form.split(".")
    copied(ROOT / "minireq", folder.joinpath(*parts))
    for count in range(1, len(parts)):
        folder.joinpath(*parts[:count], "__init__.py").touch()
    return folder, form


def copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def zipped(archive: Path, *packages: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as opened:
        for package in packages:
            for file in sorted(package.rglob("*")):
                if file.is_file() and file.suffix != ".pyc":
                    opened.write(file, file.relative_to(package.parent))
    return archive


def prelude() -> str:
    """What a process runs so that `import minireq` means the package under test."""
    if not FORM:
        return ""
    code = f"import sys; sys.path.insert(0, {str(PATH)!r})\n"
    if NAME != "minireq":
        code += (Path(__file__).parent / "alias.py").read_text() + f"\nsys.meta_path.insert(0, Alias({NAME!r}))\n"
    return code


_folder = tempfile.TemporaryDirectory(prefix="carried-")  # removed when the process ends
PATH, NAME = carry(FORM, Path(_folder.name))
# All that is needed: a file, or the folder that is the first part of the name.
PACKAGE = PATH if PATH.is_file() else Path(FORM).resolve() if FORM.endswith(".py") else PATH / NAME.split(".")[0]
exec(prelude())
if FORM:
    # At once: pytest is about to put the checkout ahead on sys.path.
    import certifi as certifi

    import minireq

    assert minireq.__name__ == NAME and minireq.__file__.startswith(str(PATH)), minireq
# What follows the interpreter's options to run the command line.
_RUN = f"import runpy, sys; sys.path.insert(0, {str(PATH)!r}); runpy.run_module({NAME!r}, run_name='__main__', alter_sys=True)"
COMMAND_LINE = ["-c", _RUN] if FORM else ["-m", "minireq"]
