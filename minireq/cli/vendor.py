"""`python -m minireq vendor`: this copy of the package, put where others carry it; and whether a copy is what it was.

A copy that has the version of the one that runs is compared with it, file by file: who patches it cannot hide that by editing the
manifest, too. A copy of another version can only be compared with its own manifest; whether both were edited is for that version
to say.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import sys
import zipfile

from ..__version__ import __title__, __version__
from .arguments import DONE, NO_FILE, USAGE, Parser, exit_statuses, program
from .bundle import around, bundled, unbundled, without_docstrings
from .contents import MANIFEST, hashes, own_files, sbom, with_manifest
from .output import complete_or_nothing, printable, say, writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Files = Mapping[str, bytes]

PATCHED, OTHER, UNKNOWN = 10, 11, 12
MEANINGS = {
    DONE: "done; with --check: the copy is intact, and of this version",
    USAGE: "the command line is wrong",
    NO_FILE: "a file could not be read or written",
    PATCHED: "files of the copy are changed, added or missing",
    OTHER: "the copy is of another version, and agrees with its own manifest",
    UNKNOWN: "there is no copy, or nothing to compare it with",
}


def run(words: Sequence[str]) -> int:
    """Do what the words after `vendor` say, and return the exit status."""
    parser = _parser()
    asked = parser.parse_args(words)
    if not asked.docstrings and asked.single_file is None:
        parser.error("--no-docstrings belongs to --single-file")
    if asked.force and asked.folder is None:
        parser.error("--force belongs to DEST")
    if asked.check is not None:
        return _say(*examined(asked.check))
    if asked.folder is not None:
        return _say(*written(asked.folder, asked.force))
    _save(*_one_file(asked))
    return DONE


def _parser() -> Parser:
    parser = Parser(
        prog=f"{program()} vendor",
        description="Copy this package, the same bytes each time; or say whether a copy is what it was.",
        epilog=exit_statuses(MEANINGS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_mutually_exclusive_group(required=True).add_argument
    add("folder", metavar="DEST", nargs="?", help=f"write the package to DEST/{__title__}, with licence and manifest")
    add(
        "--check",
        metavar="DEST",
        help=f"say whether DEST/{__title__}, or DEST if it is a single file, is intact, patched or of another version",
    )
    add("--single-file", metavar="FILE", help="write the package as one importable file; - is the standard output, here and below")
    add("--zipapp", metavar="FILE", help="write the command line as one file that Python runs")
    add("--sbom", action="store_true", help="print a bill of materials (CycloneDX) with this package and its files")
    parser.add_argument("--no-docstrings", dest="docstrings", action="store_false", help="leave docstrings out of the single file")
    parser.add_argument("--force", action="store_true", help="replace what is at DEST even if it is patched, or no copy")
    return parser


def _say(status: int, words: str) -> int:
    for line in words.split("\n"):
        say(sys.stdout, printable(line))
    return status


def _save(name: str, content: bytes, mode: int = 0) -> None:
    if name == "-":
        writer(sys.stdout)(content)
        return
    with complete_or_nothing(name) as file:
        file.write(content)
    if mode and os.path.isfile(name):
        os.chmod(name, os.stat(name).st_mode | mode)


# ------------------------------------------------------------------------------------------------------ what is written


def written(destination: str, force: bool = False) -> tuple[int, str]:
    """Put the package into a folder, in the place of an older copy; one that was patched is left alone without `force`."""
    target = os.path.join(destination, __title__)
    if os.path.lexists(target) and not force:
        status, words = examined(destination)
        if status not in (DONE, OTHER):
            return status, f"{words}\nNothing was written: --force replaces it."
    files = with_manifest(own_files())
    unfinished = os.path.join(destination, f"{__title__}-{os.urandom(6).hex()}.part")
    try:
        _write_all(unfinished, files)
        if os.path.lexists(target):
            shutil.rmtree(target)
        os.rename(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return DONE, f"{target}: {__title__} {__version__}, {len(files)} files"


def _write_all(folder: str, files: Files) -> None:
    for name, content in files.items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)


def _one_file(asked: argparse.Namespace) -> tuple[str, bytes, int]:
    if asked.sbom:
        return "-", sbom(own_files()), 0
    if asked.zipapp is not None:
        return asked.zipapp, zipped(own_files()), 0o111
    return asked.single_file, single_file(own_files(), asked.docstrings), 0


def single_file(files: Files, docstrings: bool = True) -> bytes:
    """The package as one importable file, with its manifest inside."""
    if not docstrings:
        files = {name: without_docstrings(content) if name.endswith(".py") else content for name, content in files.items()}
    return bundled(with_manifest(files), __version__)


def zipped(files: Files) -> bytes:
    """The command line as a zip that Python runs.

    It is not compressed: so it needs no zlib, and its bytes do not depend on which zlib there is.
    """
    program = f"import sys\n\nfrom {__title__}.cli import main\n\nsys.exit(main())\n".encode()
    inside = {"__main__.py": program, **{f"{__title__}/{name}": content for name, content in with_manifest(files).items()}}
    out = io.BytesIO(b"#!/usr/bin/env python3\n")
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in inside.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # as on Unix, wherever this is
            archive.writestr(entry, content)
    return out.getvalue()


# ---------------------------------------------------------------------------------------------------- what is looked at


def examined(destination: str) -> tuple[int, str]:
    """Which of the statuses fits what is there, and the words for it."""
    is_single = os.path.isfile(destination)
    place = destination if is_single else os.path.join(destination, __title__)
    text = _content(place) if is_single else b""
    files = unbundled(text) if is_single else dict(_files_in(place))
    version = re.search(rb'^__version__ = "([^"]+)"$', files.get("__version__.py", b""), re.MULTILINE)
    if version is None:
        return UNKNOWN, f"{place}: there is no copy of {__title__}"
    return _compared(place, version[1].decode(), files, text)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _files_in(folder: str) -> Iterator[tuple[str, bytes]]:
    # Folders behind symbolic links are looked into as well: Python does. What it compiled itself is no part of the copy.
    for here, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = os.path.join(here, name)
            yield os.path.relpath(path, folder).replace(os.sep, "/"), _content(path)


def _compared(place: str, version: str, files: Files, text: bytes) -> tuple[int, str]:
    copy = f"{place}: {__title__} {version}, "
    if version == __version__:
        differences = _from_own_single(files, text) if text else _from_own(files)
        status, agrees = DONE, "intact: its files are those of this copy"
    else:
        try:
            differences = _from_manifest(files, version)
        except (KeyError, ValueError, TypeError, AttributeError):
            return UNKNOWN, copy + "without a manifest that can be read, so there is nothing to compare it with"
        age = "older" if _numbers(version) < _numbers(__version__) else "newer"
        status, agrees = OTHER, f"{age} than this one ({__version__}): its files are those of its manifest"
    if differences:
        return PATCHED, "\n  ".join([copy + "patched:", *differences])
    return status, copy + agrees


def _from_own(files: Files) -> list[str]:
    return _differences(hashes(files), hashes(with_manifest(own_files())))


def _from_own_single(files: Files, text: bytes) -> list[str]:
    # With docstrings or without: what is meant is what it is closer to.
    whole = _from_single(files, text, single_file(own_files()))
    return whole and min(whole, _from_single(files, text, single_file(own_files(), docstrings=False)), key=len)


def _from_single(files: Files, text: bytes, own: bytes) -> list[str]:
    beside = [] if around(text) == around(own) else ["changed  (what is around the files, or their order)"]
    return beside + _differences(hashes(files), hashes(unbundled(own)))


def _from_manifest(files: Files, version: str) -> list[str]:
    manifest = json.loads(files[MANIFEST])
    named = {MANIFEST: "", **manifest["sha256"]}
    found = {**hashes(files), MANIFEST: "" if manifest["version"] == version else "it names another version"}
    return _differences(found, named)


def _differences(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    changed = [("changed", name) for name in found if name in expected and found[name] != expected[name]]
    added = [("added  ", name) for name in found if name not in expected]
    missing = [("missing", name) for name in expected if name not in found]
    return [f"{what}  {name}" for what, name in changed + added + missing]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall("[0-9]+", version)]
