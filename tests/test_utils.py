"""The names of `requests.utils`: that they are there, and what little lives here."""

from __future__ import annotations

import errno
import importlib
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from minireq import certs, utils

from .support.interpreter import run_python

ROOT = Path(__file__).resolve().parent.parent

# room -> what of it goes by its name in utils, too
ROOMS = {
    "bodies": "from_key_val_list guess_filename to_key_val_list",
    "certs": "extract_zipped_paths",
    "charsets": """get_encoding_from_headers get_encodings_from_content get_unicode_from_response guess_json_utf
        stream_decode_response_unicode""",
    "cookies": "add_dict_to_cookiejar cookiejar_from_dict dict_from_cookiejar",
    "environment": "NETRC_FILES get_netrc_auth getproxies proxy_bypass select_proxy set_environ",
    "exceptions": "FileModeWarning InvalidHeader InvalidURL UnrewindableBodyError",
    "headers": """check_header_validity default_headers default_user_agent parse_dict_header
        parse_header_links parse_list_header unquote_header_value""",
    "no_proxy": "address_in_network dotted_netmask is_ipv4_address is_valid_cidr",
    "responses": "iter_slices",
    "sources": "rewind_body super_len",
    "structures": "CaseInsensitiveDict",
    "urls": """DEFAULT_PORTS UNRESERVED_SET get_auth_from_url parse_url prepend_scheme_if_needed requote_uri unquote_unreserved
        urldefragauth""",
    "_internal_utils": "HEADER_VALIDATORS to_native_string",
    "compat": "OrderedDict integer_types quote unquote urlparse urlunparse",
}


@pytest.mark.parametrize("room, name", [(room, name) for room, names in ROOMS.items() for name in names.split()])
def test_the_helpers_of_requests_go_by_their_names(room, name):
    assert getattr(utils, name) is getattr(importlib.import_module(f"minireq.{room}"), name)


def test_what_is_asked_for_is_what_can_be_decoded():
    assert utils.default_headers()["Accept-Encoding"] == utils.DEFAULT_ACCEPT_ENCODING


def test_everything_that_is_promised_is_there():
    assert len(set(utils.__all__)) == len(utils.__all__)
    for name in utils.__all__:
        getattr(utils, name)


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match=r"^module 'minireq.utils' has no attribute 'nonsense'$"):
        utils.nonsense


def test_the_default_bundle_is_that_of_certs():
    assert certs.where() == utils.DEFAULT_CA_BUNDLE_PATH


def test_what_is_costly_waits_until_it_is_wanted():
    code = """if 1:
    import sys
    from minireq import utils
    print(*sorted({"http.cookiejar", "certifi", "tempfile", "zipfile"} & set(sys.modules)))
    utils.dict_from_cookiejar, utils.DEFAULT_CA_BUNDLE_PATH
    print(*sorted({"http.cookiejar", "certifi"} & set(sys.modules)))
    """
    assert run_python(code, path=(ROOT,)) == "\ncertifi http.cookiejar\n"


# Proxies


def test_the_question_about_proxies_is_asked_where_programs_put_their_own_answer(monkeypatch):
    asked = []
    monkeypatch.setattr(utils, "proxy_bypass", lambda host: asked.append(host) or host == "direct.example")
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    proxies = {"http": "http://proxy:3128"}
    assert utils.should_bypass_proxies("http://direct.example:8080/", no_proxy=None)
    assert not utils.should_bypass_proxies("http://user:secret@other.example/", no_proxy=None)
    assert utils.get_environ_proxies("http://direct.example/") == {}
    assert utils.get_environ_proxies("http://other.example/") == proxies
    assert utils.resolve_proxies(SimpleNamespace(url="http://direct.example/"), None) == {}
    assert utils.resolve_proxies(SimpleNamespace(url="http://other.example/"), None) == proxies
    assert asked == ["direct.example", "other.example"] * 3


def test_what_no_proxy_covers_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "example.org")
    assert utils.get_environ_proxies("http://api.example.org/") == {}
    assert utils.get_environ_proxies("http://api.example.org/", no_proxy="other.example") != {}
    assert utils.resolve_proxies(SimpleNamespace(url="http://example.com/"), {"https": "x"}, trust_env=False) == {"https": "x"}


# Leftovers


@pytest.mark.parametrize("pairs", [[("a", 1)], "abc", None])
def test_what_is_no_dictionary_stays_a_sequence(pairs):
    assert utils.dict_to_sequence(pairs) is pairs


def test_the_pairs_of_a_dictionary_are_a_sequence():
    assert list(utils.dict_to_sequence({"a": 1, "b": 2})) == [("a", 1), ("b", 2)]


def test_a_file_stands_at_its_place_when_it_is_whole(tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"before")
    with utils.atomic_open(str(target)) as file:
        file.write(b"after")
        file.flush()
        assert target.read_bytes() == b"before"
    assert target.read_bytes() == b"after"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_is_not_finished_changes_nothing(tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), utils.atomic_open(str(target)) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert target.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_cannot_stand_there_leaves_nothing_behind(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()
    with pytest.raises(OSError, match="folder"), utils.atomic_open(str(tmp_path / "folder")) as file:
        file.write(b"content")
    assert os.listdir(tmp_path) == ["folder"]


def test_a_folder_that_does_not_exist_is_an_os_error(tmp_path):
    with pytest.raises(OSError) as caught, utils.atomic_open(str(tmp_path / "none" / "file")):
        raise AssertionError("the block is not entered")
    assert caught.value.errno == errno.ENOENT


def test_a_bare_name_is_a_file_in_this_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with utils.atomic_open("file") as file:
        file.write(b"content")
    assert (tmp_path / "file").read_bytes() == b"content"
