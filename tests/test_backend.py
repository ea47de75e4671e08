"""What is released: the same bytes from the same sources, and in the wheel a bill of materials."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from email.parser import Parser
from pathlib import Path

import pytest

from minireq.__version__ import __version__
from minireq.cli.contents import own_files, sbom

ROOT = Path(__file__).resolve().parent.parent
BUILD = "import sys, backend; print(backend.build_sdist(sys.argv[1]), backend.build_wheel(sys.argv[1]))"
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "results", "build", "dist")


def built(sources, out):
    """The sdist and the wheel, as a release builds them."""
    out.mkdir()
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", BUILD, str(out)]
    done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [out / name for name in done.stdout.split()]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return built(ROOT, tmp_path_factory.mktemp("release") / "dist")


@pytest.fixture(scope="module")
def wheel(released):
    with zipfile.ZipFile(released[1]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def described(name):
    return f"minireq-{__version__}.dist-info/{name}"


def test_another_copy_of_the_sources_makes_the_same_bytes(released, tmp_path):
    sources = tmp_path / "copy"
    shutil.copytree(ROOT, sources, ignore=LEFT_OUT, copy_function=shutil.copy)  # with other times
    shutil.copytree(ROOT / ".ci", sources / ".ci")
    assert [file.read_bytes() for file in built(sources, tmp_path / "dist")] == [file.read_bytes() for file in released]


def test_the_sdist_makes_the_same_wheel(released, tmp_path):
    with tarfile.open(released[0]) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []
    wheel = built(tmp_path / f"minireq-{__version__}", tmp_path / "dist")[1]
    assert wheel.read_bytes() == released[1].read_bytes()


def test_the_wheel_has_a_bill_of_materials(wheel):
    assert wheel[described("sboms/minireq.cdx.json")] == sbom(own_files())


def test_the_record_is_complete_and_right(wheel):
    rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(wheel[described("RECORD")].decode()))}
    assert rows.pop(described("RECORD")) == ("", "")
    assert rows == {
        name: ("sha256=" + urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("="), str(len(content)))
        for name, content in wheel.items()
        if name != described("RECORD")
    }


def test_the_metadata_are_complete(wheel):
    metadata = Parser().parsestr(wheel[described("METADATA")].decode())
    for field in (
        "Summary",
        "Keywords",
        "Author",
        "Requires-Python",
        "License-Expression",
        "License-File",
        "Classifier",
        "Project-URL",
    ):
        assert metadata[field], field
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload().startswith("# minireq\n")


def test_the_extras_of_requests_bring_nothing(wheel):
    metadata = Parser().parsestr(wheel[described("METADATA")].decode())
    assert set(metadata.get_all("Provides-Extra")) == {"socks", "security", "use-chardet-on-py3"}
    assert metadata.get_all("Requires-Dist") == ["certifi"]


def test_the_licence_in_the_package_is_that_of_the_project():
    assert (ROOT / "minireq" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
