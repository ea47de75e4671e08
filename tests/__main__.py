"""Run the tests, on a machine that has nothing but Python: `python3 -m tests [--coverage] [--as FORM] [arguments for pytest]`.

FORM is how the package under test is carried: a name such as app._vendor.minireq, `zip`, or a file that is all of it
(support/carried.py).

The first run makes a virtual environment (.venv in the checkout; .venv-3.9 and so on for a Python other than the one .venv
has) and installs what pyproject.toml lists as the "test" group. Later runs skip that until pyproject.toml changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOCOL = "minireq/wire/protocol/*"  # no sockets, no clocks: there is no excuse for a branch without a test


def main(arguments: list[str]) -> int:
    python = environment()
    if "--as" in arguments:
        at = arguments.index("--as")
        os.environ["MINIREQ_AS"] = arguments[at + 1]
        del arguments[at : at + 2]
    if "--coverage" not in arguments:
        return run(python, "-m", "pytest", *arguments)
    arguments.remove("--coverage")
    return (
        run(python, "-m", "coverage", "run", "-m", "pytest", *arguments)
        or run(python, "-m", "coverage", "report")
        or run(python, "-m", "coverage", "report", "--fail-under=100", f"--include={PROTOCOL}")
    )


def environment(group: str = "test") -> str:
    """The Python of the virtual environment, which is made, and given the packages of `group`, where it has not been yet."""
    folder = _folder()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / f".has-{group}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and python.exists() and stamp.read_text() == wanted:
        return str(python)
    if not python.exists():
        print(f"making the virtual environment {folder}", file=sys.stderr)
        _make(folder)
    print(f"installing the dependency group {group!r} of pyproject.toml", file=sys.stderr)
    _check(python, "-m", "pip", "install", "--quiet", "--upgrade", "pip >=25.1")  # the first that knows --group
    _check(python, "-m", "pip", "install", "--quiet", "--group", group)
    stamp.write_text(wanted)
    return str(python)


def _folder() -> Path:
    version = "{}.{}".format(*sys.version_info)
    settings = ROOT / ".venv" / "pyvenv.cfg"
    if settings.exists() and f"version = {version}." not in settings.read_text():
        return ROOT / f".venv-{version}"
    return ROOT / ".venv"


def _make(folder: Path) -> None:
    try:
        venv.EnvBuilder(with_pip=True, clear=folder.exists(), symlinks=os.name != "nt").create(folder)
    except subprocess.CalledProcessError:
        # Debian and Ubuntu ship Python without the part of venv that brings pip.
        sys.exit("this Python cannot make virtual environments with pip; on Debian: apt-get install python3-venv")
    (folder / ".gitignore").write_text("*\n")


def _check(python: Path, *arguments: str) -> None:
    # What is said on the way is no result: it goes to stderr.
    if subprocess.run([str(python), *arguments], cwd=ROOT, stdout=sys.stderr).returncode:
        sys.exit("failed: " + " ".join(arguments))


def run(*command: str) -> int:
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
