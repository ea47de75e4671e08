"""What `python -m minireq vendor` writes, and what it says of what it finds."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
import zlib
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from minireq.__main__ import main
from minireq.__version__ import __version__
from minireq.cli import vendor
from minireq.cli.contents import hashes, own_files, with_manifest

from ..support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def run(capfdbinary):
    """`run(*words)` is the status, and what was printed and complained of."""

    def run(*words):
        status = main(["vendor", *map(str, words)])
        printed, complaint = capfdbinary.readouterr()
        return status, printed.decode(), complaint.decode()

    return run


@pytest.fixture
def copy(tmp_path, run):
    """The package in a folder of somebody else's."""
    assert run(tmp_path / "app" / "_vendor")[0] == 0
    return tmp_path / "app" / "_vendor" / "minireq"


def of_version(copy, version):
    """Make a copy what another version would have written."""
    about = copy / "__version__.py"
    about.write_text(about.read_text().replace(f'"{__version__}"', f'"{version}"'))
    sign(copy, version)


def sign(copy, version=__version__):
    """Write the manifest that fits the files."""
    files = {path.relative_to(copy).as_posix(): path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    del files["MANIFEST.json"]
    manifest = {"name": "minireq", "version": version, "sha256": hashes(files)}
    (copy / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


# ------------------------------------------------------------------------------------------------------- the folder


def test_a_folder_holds_the_files_the_licence_the_manifest_and_nothing_stray(copy):
    there = {path.relative_to(copy).as_posix(): path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert there == with_manifest(own_files())
    assert {"LICENSE", "MANIFEST.json", "py.typed", "__main__.py"} < set(there)
    assert os.listdir(copy.parent) == ["minireq"]


def test_it_is_said_what_was_written(run, tmp_path):
    status, printed, complaint = run(tmp_path)
    assert (status, complaint) == (0, "")
    assert printed == f"{tmp_path / 'minireq'}: minireq {__version__}, {len(own_files()) + 1} files\n"


def test_the_copy_fetches(copy, http_app):
    code = f"from app._vendor import minireq\nprint(minireq.get('{http_app.url}/json', timeout=10).json())"
    assert run_python(code, "-I", "-S", path=(copy.parent.parent.parent,)) == "{'hello': 'world'}\n"


def test_an_older_copy_is_replaced_whole(copy, run):
    (copy / "gone.py").touch()
    of_version(copy, "1.0")
    assert run(copy.parent)[0] == 0
    assert not (copy / "gone.py").exists()
    assert run("--check", copy.parent)[0] == 0


def test_a_patched_copy_is_replaced_by_force_alone(copy, run):
    (copy / "urls.py").write_text("my own")
    status, printed, _ = run(copy.parent)
    assert status == vendor.PATCHED
    assert "changed  urls.py" in printed
    assert printed.endswith("Nothing was written: --force replaces it.\n")
    assert (copy / "urls.py").read_text() == "my own"
    assert run("--force", copy.parent)[0] == 0
    assert run("--check", copy.parent)[0] == 0


def test_what_is_no_copy_is_not_replaced(tmp_path, run):
    (tmp_path / "minireq").mkdir()
    (tmp_path / "minireq" / "precious").touch()
    assert run(tmp_path)[0] == vendor.UNKNOWN
    assert os.listdir(tmp_path / "minireq") == ["precious"]


@pytest.mark.skipif(os.name != "posix", reason="a device that takes no files")
def test_where_nothing_can_be_written_is_status_9_and_nothing_is_left(tmp_path, run):
    (tmp_path / "file").touch()
    status, _, complaint = run(tmp_path / "file" / "folder")
    assert (status, complaint.count("\n")) == (9, 1)


# -------------------------------------------------------------------------------------------------------- the check


def test_an_intact_copy_is_status_0(copy, run):
    assert run("--check", copy.parent) == (0, f"{copy}: minireq {__version__}, intact: its files are those of this copy\n", "")


def test_a_copy_that_was_used_is_intact(copy, run):
    run_python("import minireq.cookies", path=(copy.parent,))
    assert list(copy.rglob("*.pyc"))
    assert run("--check", copy.parent)[0] == 0


def test_a_patched_copy_is_status_10_and_the_files_are_named(copy, run):
    (copy / "urls.py").write_text("my own")
    (copy / "wire" / "more.py").touch()
    (copy / "auth.py").unlink()
    status, printed, _ = run("--check", copy.parent)
    assert status == vendor.PATCHED
    assert printed == f"{copy}: minireq {__version__}, patched:\n  changed  urls.py\n  added    wire/more.py\n  missing  auth.py\n"


def test_editing_the_manifest_along_hides_nothing(copy, run):
    (copy / "urls.py").write_text("my own")
    (copy / "more.py").touch()
    sign(copy)
    status, printed, _ = run("--check", copy.parent)
    assert status == vendor.PATCHED
    assert set(printed.splitlines()[1:]) == {"  changed  urls.py", "  changed  MANIFEST.json", "  added    more.py"}


@pytest.mark.parametrize("name", ["native.so", "sourceless.pyc", "data.txt", "more/__init__.py"])
def test_whatever_python_would_load_is_seen(name, copy, run):
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).touch()
    status, printed, _ = run("--check", copy.parent)
    assert (status, printed.splitlines()[1:]) == (vendor.PATCHED, [f"  added    {name}"])


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_what_is_behind_a_link_is_seen(copy, run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "code.py").touch()
    (copy / "more").symlink_to(tmp_path / "elsewhere")
    assert "  added    more/code.py\n" in run("--check", copy.parent)[1]


@pytest.mark.parametrize(("version", "age"), [("1.0", "older"), ("2.33.9", "older"), ("2.100.0", "newer")])
def test_a_copy_of_another_version_is_status_11(version, age, copy, run):
    of_version(copy, version)
    status, printed, _ = run("--check", copy.parent)
    assert status == vendor.OTHER
    assert printed == f"{copy}: minireq {version}, {age} than this one ({__version__}): its files are those of its manifest\n"


def test_a_patched_copy_of_another_version_is_status_10(copy, run):
    of_version(copy, "1.0")
    (copy / "urls.py").write_text("my own")
    (copy / "more.py").touch()
    (copy / "auth.py").unlink()
    status, printed, _ = run("--check", copy.parent)
    assert status == vendor.PATCHED
    assert printed.splitlines()[1:] == ["  changed  urls.py", "  added    more.py", "  missing  auth.py"]


def test_a_version_that_is_only_pretended_is_a_patch(copy, run):
    about = copy / "__version__.py"
    about.write_text(about.read_text().replace(f'"{__version__}"', '"1.0"'))
    status, printed, _ = run("--check", copy.parent)
    assert (status, printed.splitlines()[1:]) == (vendor.PATCHED, ["  changed  MANIFEST.json", "  changed  __version__.py"])


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"version": "1.0", "sha256": 1}', '{"version": "1.0"}'])
def test_another_version_without_a_manifest_cannot_be_told_about(manifest, copy, run):
    of_version(copy, "1.0")
    (copy / "MANIFEST.json").unlink()
    if manifest is not None:
        (copy / "MANIFEST.json").write_text(manifest)
    status, printed, _ = run("--check", copy.parent)
    assert (status, "without a manifest that can be read" in printed) == (vendor.UNKNOWN, True)


def test_no_copy_is_status_12(tmp_path, run):
    assert run("--check", tmp_path) == (vendor.UNKNOWN, f"{tmp_path / 'minireq'}: there is no copy of minireq\n", "")
    (tmp_path / "minireq").touch()
    assert run("--check", tmp_path / "minireq")[0] == vendor.UNKNOWN


# -------------------------------------------------------------------------------------------------- the single file


@pytest.fixture(scope="module")
def text():
    return vendor.single_file(own_files())


@pytest.fixture
def single(tmp_path, text):
    (tmp_path / "http.py").write_bytes(text)
    return tmp_path / "http.py"


@pytest.mark.parametrize("words", [(), ("--no-docstrings",)], ids=["whole", "without docstrings"])
def test_an_intact_single_file_is_status_0(words, tmp_path, run):
    single = tmp_path / "http.py"
    assert run("--single-file", single, *words) == (0, "", "")
    assert run("--check", single) == (0, f"{single}: minireq {__version__}, intact: its files are those of this copy\n", "")


def test_it_is_intact_whatever_compressed_it(single, run):
    def less(match):
        return b"'''\n" + b64encode(zlib.compress(zlib.decompress(b64decode(match[1])), 1)) + b"\n'''"

    other = re.sub(rb"'''\n([A-Za-z0-9+/=\n]+)'''", less, single.read_bytes())
    assert len(other) > len(single.read_bytes())
    single.write_bytes(other)
    assert run("--check", single)[0] == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n_open(", b"\nprint()\n_open("),
        (b"})\n", b"})\nprint()\n"),
        (b"class _Folder:", b"class _Folder(object):"),
        (b"# MIT", b"# GPL"),
    ],
)
def test_code_around_the_files_is_seen(old, new, single, run):
    text = single.read_bytes()
    single.write_bytes(new.join(text.rsplit(old, 1)))
    assert single.read_bytes() != text
    status, printed, _ = run("--check", single)
    assert (status, printed.splitlines()[1:]) == (vendor.PATCHED, ["  changed  (what is around the files, or their order)"])


def test_a_patch_of_a_file_inside_is_seen(single, run):
    single.write_bytes(vendor.single_file({**own_files(), "urls.py": b"pass\n"}))
    assert set(run("--check", single)[1].splitlines()[1:]) == {"  changed  urls.py", "  changed  MANIFEST.json"}


def test_a_single_file_of_another_version_is_held_to_its_manifest(tmp_path, run, monkeypatch):
    about = own_files()["__version__.py"].replace(f'"{__version__}"'.encode(), b'"1.0"')
    monkeypatch.setattr("minireq.cli.contents.__version__", "1.0")
    (tmp_path / "http.py").write_bytes(vendor.single_file({**own_files(), "__version__.py": about}))
    assert run("--check", tmp_path / "http.py")[0] == vendor.OTHER


def test_damage_in_a_single_file_is_a_patch(single, run):
    text = single.read_bytes()
    at = text.index(b"'urls.py': '''\n") + 100
    single.write_bytes(text[:at] + (b"A" if text[at : at + 1] != b"A" else b"B") + text[at + 1 :])
    status, printed, _ = run("--check", single)
    assert (status, "  changed  urls.py\n" in printed) == (vendor.PATCHED, True)


# ----------------------------------------------------------------------------------------------------- the other forms


def test_the_program_in_one_file_runs_alone(tmp_path, run):
    assert run("--zipapp", tmp_path / "http.pyz") == (0, "", "")
    done = subprocess.run([sys.executable, "-I", "-S", str(tmp_path / "http.pyz"), "--self-test"], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_program_in_one_file_is_executable_and_needs_no_zlib(tmp_path, run):
    run("--zipapp", tmp_path / "http.pyz")
    with zipfile.ZipFile(tmp_path / "http.pyz") as archive:
        assert archive.testzip() is None
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert "minireq/LICENSE" in archive.namelist()
    assert (tmp_path / "http.pyz").read_bytes().startswith(b"#!/usr/bin/env python3\nPK")
    assert os.name != "posix" or (tmp_path / "http.pyz").stat().st_mode & stat.S_IXUSR


def test_the_bill_of_materials_is_printed(run):
    status, printed, _ = run("--sbom")
    assert (status, json.loads(printed)["components"][0]["version"]) == (0, __version__)


@pytest.mark.parametrize("form", ["--single-file", "--zipapp"])
def test_one_file_may_go_to_the_standard_output(form, run, tmp_path, capfdbinary):
    run(form, tmp_path / "file")
    assert main(["vendor", form, "-"]) == 0
    assert capfdbinary.readouterr().out == (tmp_path / "file").read_bytes()


@pytest.mark.parametrize(
    "words",
    [[], ["--check"], ["DEST", "--sbom"], ["DEST", "--no-docstrings"], ["--sbom", "--force"], ["--zipapp", "F", "--no-docstrings"]],
)
def test_what_does_not_fit_together_is_status_2(words, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, printed, complaint = run(*words)
    assert (status, printed, "usage: " in complaint) == (2, "", True)
    assert os.listdir(tmp_path) == []


def test_help_explains_every_exit_status(run):
    status, printed, _ = run("--help")
    assert (status, printed.isascii()) == (0, True)
    for number, meaning in vendor.MEANINGS.items():
        assert f"  {number:3}  {meaning}\n" in printed


# -------------------------------------------------------------------------------------------------- always the same

EVERYTHING = """
import contextlib, importlib, os, sys
package, out = sys.argv[1:]
main = importlib.import_module(package + ".cli").main
os.chdir(out)
main(["vendor", "folder"])
main(["vendor", "--single-file", "whole.py"])
main(["vendor", "--single-file", "small.py", "--no-docstrings"])
main(["vendor", "--zipapp", "program.pyz"])
with open("sbom.json", "w", newline="") as file, contextlib.redirect_stdout(file):
    main(["vendor", "--sbom"])
"""


def everything(out, path, package="minireq"):
    """All that the copy in `path` writes: names and bytes."""
    out.mkdir()
    code = f"sys.argv[1:] = [{package!r}, {str(out)!r}]\n{EVERYTHING}"
    run_python(code, "-I", "-S", "-B", path=(path,))
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in out.rglob("*") if file.is_file()}


def test_every_copy_writes_the_same_bytes_every_time(tmp_path):
    expected = everything(tmp_path / "1", ROOT)
    assert len(expected) == len(own_files()) + 1 + 4
    assert everything(tmp_path / "2", ROOT) == expected
    homes = {"folder": tmp_path / "1" / "folder", "zip": tmp_path / "1" / "program.pyz", "wheel": installed(tmp_path)}
    for name, path in homes.items():
        assert everything(tmp_path / name, path) == expected, name
    shutil.copy(tmp_path / "1" / "whole.py", tmp_path / "any_name.py")
    assert everything(tmp_path / "single file", tmp_path, "any_name") == expected


def installed(tmp_path):
    """A folder that pip has installed the wheel in."""
    build = f"import backend; print(backend.build_wheel({str(tmp_path)!r}))"
    name = subprocess.run(
        [sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    folder = tmp_path / "installed"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--target",
        str(folder),
        str(tmp_path / name),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder
