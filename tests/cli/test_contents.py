"""The files of the package, whoever loaded it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from minireq.__version__ import __version__
from minireq.cli.contents import own_files, sbom, with_manifest

ROOT = Path(__file__).resolve().parent.parent.parent


def test_they_are_the_sources_the_licence_and_the_mark_that_there_are_types():
    sources = {path.relative_to(ROOT / "minireq").as_posix(): path.read_bytes() for path in (ROOT / "minireq").rglob("*.py")}
    assert own_files() == {**sources, "LICENSE": (ROOT / "LICENSE").read_bytes(), "py.typed": b""}


def test_the_manifest_has_the_version_and_the_digest_of_each_file():
    manifest = json.loads(with_manifest({"b": b"2", "a": b"1"})["MANIFEST.json"])
    assert manifest == {
        "name": "minireq",
        "version": __version__,
        "sha256": {"a": hashlib.sha256(b"1").hexdigest(), "b": hashlib.sha256(b"2").hexdigest()},
    }
    assert list(manifest["sha256"]) == ["a", "b"]


def test_the_bill_of_materials_is_cyclonedx():
    bill = json.loads(sbom({"a.py": b"1"}))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    [component] = bill["components"]
    assert component["purl"] == component["bom-ref"] == f"pkg:pypi/minireq@{__version__}"
    assert component["licenses"] == [{"license": {"id": "MIT"}}]
    digest = hashlib.sha256(b"1").hexdigest()
    assert component["components"] == [{"type": "file", "name": "minireq/a.py", "hashes": [{"alg": "SHA-256", "content": digest}]}]
