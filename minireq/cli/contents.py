"""What this copy of the package consists of: its files, their manifest, and the entry for a bill of materials.

The files are read by whoever loaded the package: from a folder, a zip, or a single file. So whatever copy runs can make others,
and since nothing goes in but the files themselves, the same version makes the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import json
import pkgutil
import sys

from ..__version__ import __description__, __license__, __title__, __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Files = dict[str, bytes]  # by their names in the package, with slashes

MANIFEST = "MANIFEST.json"


def own_files() -> Files:
    """The files of the running copy.

    >>> sorted(own_files())[:2]
    ['LICENSE', '__init__.py']
    """
    package: Any = sys.modules[__name__.rpartition(".cli.")[0]]
    folder = package.__path__[0]
    names = sorted(["LICENSE", "py.typed", "__init__.py", *_modules(folder)])
    return {name: package.__spec__.loader.get_data(f"{folder}/{name}") for name in names}


def _modules(folder: str, above: str = "") -> Iterator[str]:
    for module in pkgutil.iter_modules([folder]):
        if module.ispkg:
            yield f"{above}{module.name}/__init__.py"
            yield from _modules(f"{folder}/{module.name}", f"{above}{module.name}/")
        else:
            yield f"{above}{module.name}.py"


def with_manifest(files: Mapping[str, bytes]) -> Files:
    """The files, and the manifest that names them.

    >>> print(with_manifest({"a.py": b"pass"})["MANIFEST.json"].decode())  # doctest: +ELLIPSIS
    {
      "name": "minireq",
      "version": "...",
      "sha256": {
        "a.py": "d74ff0ee8da3b9806b18c877dbf29bbde50b5bd8e4dad7a3a725000feb82e8f1"
      }
    }
    <BLANKLINE>
    """
    return {**files, MANIFEST: as_json({"name": __title__, "version": __version__, "sha256": hashes(files)})}


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file, in the order of names."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}


def sbom(files: Mapping[str, bytes]) -> bytes:
    """A bill of materials with the package in it, in CycloneDX 1.6 (ECMA-424), without a serial number or a time.

    >>> json.loads(sbom({}))["components"][0]["name"]
    'minireq'
    """
    purl = f"pkg:pypi/{__title__}@{__version__}"
    component = {
        "type": "library",
        "bom-ref": purl,
        "name": __title__,
        "version": __version__,
        "description": __description__,
        "licenses": [{"license": {"id": __license__}}],
        "purl": purl,
        "components": [
            {"type": "file", "name": f"{__title__}/{name}", "hashes": [{"alg": "SHA-256", "content": content}]}
            for name, content in hashes(files).items()
        ],
    }
    return as_json({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [component]})


def as_json(value: object) -> bytes:
    """JSON for people, too."""
    return json.dumps(value, indent=2).encode() + b"\n"
