"""The build backend: flit's, which knows nothing yet of the bill of materials that belongs into a wheel (PEP 770)."""

from __future__ import annotations

import hashlib
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

from flit_core.buildapi import *  # noqa: F403
from flit_core.buildapi import build_wheel as build_flit_wheel

from minireq.cli.contents import own_files, sbom


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build the wheel and put the bill of materials in."""
    name = build_flit_wheel(wheel_directory, config_settings, metadata_directory)
    path = Path(wheel_directory, name)
    with zipfile.ZipFile(path) as wheel:
        *entries, (record, listed) = [(entry, wheel.read(entry)) for entry in wheel.infolist()]  # RECORD is the last
    content = sbom(own_files())
    added = zipfile.ZipInfo(record.filename.replace("RECORD", "sboms/minireq.cdx.json"), record.date_time)
    added.external_attr, added.compress_type = record.external_attr, record.compress_type
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    listed = f"{added.filename},sha256={digest},{len(content)}\n".encode() + listed
    with zipfile.ZipFile(path, "w") as wheel:
        for entry, data in [*entries, (added, content), (record, listed)]:
            wheel.writestr(entry, data, compresslevel=9)
    return name
