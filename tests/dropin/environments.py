"""Where other people's code lives while we run it: virtual environments and unpacked sources, fetched from PyPI with pip.

Each is made once and kept in a folder that git ignores: `.cache/dropin` in the checkout, or what $DROPIN_CACHE says. Nothing of
it is part of minireq, and nothing of it is changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("DROPIN_CACHE") or ROOT / ".cache" / "dropin").resolve()
REQUESTS_VERSION = "2.34.2"
REQUESTS = f"requests[socks]=={REQUESTS_VERSION}"
PYTEST = ["pytest==9.2.0", "pytest-timeout==2.4.0", "pytest-xdist==3.8.0"]
HTTPBIN = ["pytest-httpbin==2.1.0", "httpbin~=0.10.0"]
REQUESTS_SUITE = ("requests-suite", [REQUESTS, *PYTEST, *HTTPBIN, "pytest-mock==3.17.0", "trustme==1.2.1"])


def python_with(name: str, requirements: list[str]) -> Path:
    """The Python of the virtual environment `name`, which has these packages and no others."""
    if sys.version_info < (3, 10):
        sys.exit(f"requests {REQUESTS_VERSION} needs Python 3.10 or later, this is {sys.version.split()[0]}")
    stamp = hashlib.sha256(json.dumps([sys.version_info[:2], *requirements]).encode()).hexdigest()
    folder = CACHE / "venvs" / name
    python, mark = folder / "bin" / "python", folder / ".dropin-stamp"
    if not mark.exists() or mark.read_text() != stamp:
        say(f"making the virtual environment {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        # Not from the environment that this may run in: its packages are none of ours.
        _run(getattr(sys, "_base_executable", sys.executable), "-m", "venv", folder)
        _run(python, "-m", "pip", "install", "--quiet", *requirements)
        mark.write_text(stamp)
    return python


def source_of(project: str, version: str) -> Path:
    """The unpacked source archive of a release: tests are seldom in a wheel."""
    folder = CACHE / "sdists" / f"{project}=={version}"
    if not (folder / "src").exists():
        say(f"fetching the source of {project} {version}")
        shutil.rmtree(folder, ignore_errors=True)
        _run(
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary=:all:",
            "-d",
            folder,
            f"{project}=={version}",
        )
        with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder / "unpacked", **safely)
        (folder / "unpacked").rename(folder / "src")
    return next(path for path in (folder / "src").iterdir() if path.is_dir())


def say(text: str) -> None:
    """Progress is no result: it goes to stderr."""
    print(text, file=sys.stderr, flush=True)


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"failed: {done.args}\n{done.stdout[-3000:]}")
