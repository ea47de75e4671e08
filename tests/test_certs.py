"""Which certificate authorities are trusted when nobody says otherwise."""

from __future__ import annotations

import os
import ssl
import sys
import tempfile
import zipfile
from pathlib import Path

import certifi
import pytest

from minireq import certs

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent


def zipped(archive, member):
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(member, "certificates")
    return archive


# Where they are


def test_certifi_is_trusted_where_it_is_installed():
    """S217."""
    assert certs.where() == certifi.where() == certs.default_ca()


@pytest.fixture
def no_certifi(monkeypatch):
    monkeypatch.setitem(sys.modules, "certifi", None)


def test_without_certifi_it_is_the_store_of_the_platform(no_certifi, ca, monkeypatch):
    """S217."""
    assert certs.default_ca() is None
    monkeypatch.setenv("SSL_CERT_FILE", ca.file)
    assert certs.where() == ca.file


def test_a_directory_is_a_store_too(no_certifi, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert certs.where() == str(tmp_path)


def test_a_machine_without_any_store_has_none(no_certifi, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    assert certs.where() == ""


def test_a_python_without_ssl_has_no_store(no_certifi, monkeypatch):
    monkeypatch.setitem(sys.modules, "ssl", None)
    assert certs.where() == ""


def test_certifi_inside_of_a_zip_is_not_unpacked(tmp_path):
    archive = tmp_path / "packages.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for file in Path(certifi.__file__).parent.glob("*.p[ey]*"):
            opened.write(file, f"certifi/{file.name}")
    code = "import certifi, os; from minireq import certs\nprint(os.path.exists(certifi.__file__))\nprint(certs.default_ca())"
    is_file, pem = run_python(code, "-I", "-S", path=(archive, ROOT)).split("\n", 1)
    assert is_file == "False"
    assert pem.strip() == certifi.contents().strip()
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)


def test_certifi_without_its_file_is_asked_for_the_contents(monkeypatch, tmp_path):
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "none.pem"))
    assert certs.default_ca() == certifi.contents()


def test_the_module_prints_where_they_are():
    code = f"import runpy; runpy.run_module('{certs.__name__}', run_name='__main__')"
    assert run_python(code, path=(ROOT,)).strip() == certifi.where()


# Files inside of a zip


@pytest.mark.parametrize(
    "path", ["/", "", "relative", "/no/such/file", r"\\localhost\share\file", "/has/\0/nul", "x" * 5000, __file__, __file__ + "/x"]
)
def test_what_is_no_file_inside_of_a_zip_stays_as_it_is(path):
    assert certs.extract_zipped_paths(path) == path


def test_a_file_inside_of_a_zip_is_copied_out(tmp_path):
    archive = zipped(tmp_path / "bundle.zip", "deep/ca.pem")
    path = certs.extract_zipped_paths(str(archive / "deep" / "ca.pem"))
    try:
        assert Path(path).read_text() == "certificates"
        assert path.endswith(".pem") and os.path.dirname(path) == tempfile.gettempdir()
        assert os.name == "nt" or os.stat(path).st_mode & 0o777 == 0o600
    finally:
        os.remove(path)


def test_nobody_can_guess_where_the_copy_will_be(tmp_path, monkeypatch):
    """CVE-2026-25645: a file that waited at the place where the copy would be was taken for it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    archive = zipped(tmp_path / "bundle.zip", "ca.pem")
    (tmp_path / "ca.pem").write_text("evil")
    paths = {certs.extract_zipped_paths(str(archive / "ca.pem")) for _ in range(3)}
    assert len(paths) == 3
    assert [Path(path).read_text() for path in paths] == ["certificates"] * 3


@pytest.mark.parametrize("damage", ["not in it", "no zip", "cut", "folder"])
def test_what_cannot_be_read_out_of_a_zip_stays_as_it_is(tmp_path, monkeypatch, damage):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    archive = zipped(tmp_path / "bundle.zip", "ca.pem")
    content = archive.read_bytes()
    path = str(archive / ("other.pem" if damage == "not in it" else "ca.pem"))
    if damage == "no zip":
        archive.write_bytes(b"text")
    elif damage == "cut":
        archive.write_bytes(b"X" * 30 + content[30:])
    elif damage == "folder":
        path = str(archive) + os.sep
    assert certs.extract_zipped_paths(path) == path
