"""minireq runs on what is left when almost everything is missing: modules, threads, a home, files, streams, rights.

Each test is a process of its own, without the site-packages (-S) and without the one thing.
"""

from __future__ import annotations

import sys

import pytest

from .conftest import need
from .support import empty_root
from .support.carried import PATH, ROOT, prelude
from .support.interpreter import run_python

ALONE = ("-I", "-S")
FETCH = "import minireq\nprint(minireq.get({url!r}, timeout=5).json())\n"
HELLO = "{'hello': 'world'}\n"


def run(code, *options, **settings):
    return run_python(code, *(options or ALONE), path=(ROOT,), **settings)


def without(module):
    return f"import sys; sys.modules[{module!r}] = None\n"


@pytest.fixture
def fetch(http_app):
    return FETCH.format(url=f"{http_app.url}/json")


# --- modules


def test_without_certifi_the_platforms_store_is_trusted():
    code = "from minireq import certs; import ssl; paths = ssl.get_default_verify_paths()\n"
    code += "print(certs.default_ca(), certs.where() == (paths.cafile or paths.capath or ''))"
    assert run(without("certifi") + code) == "None True\n"


def test_without_certifi_what_the_platforms_store_has_is_reached(https_app, ca):
    code = f"import os; os.environ['SSL_CERT_FILE'] = {ca.file!r}\n" + FETCH.format(url=f"{https_app.url}/json")
    assert run(without("certifi") + code) == HELLO


def test_without_ssl_http_works_and_https_says_what_is_missing(fetch):
    code = "try:\n    minireq.get('https://127.0.0.1/')\nexcept minireq.exceptions.SSLError as error:\n    print(error)"
    first, second = run(without("ssl") + without("_ssl") + fetch + code).splitlines()
    assert first + "\n" == HELLO
    assert second.startswith("https needs Python's ssl module, which this Python was built without")


def test_without_zlib_identity_is_asked_for(http_app):
    code = f"import minireq; print(minireq.get('{http_app.url}/echo').request.headers['Accept-Encoding'])"
    assert run(without("zlib") + code) == "identity\n"
    assert http_app.requests[0]["Accept-Encoding"] == "identity"


def test_without_zlib_an_answer_in_gzip_is_an_error_that_says_so(http_app):
    code = f"""
import minireq
url = "{http_app.url}/gzip"
print(minireq.head(url).status_code, minireq.get(url, stream=True).raw.read(2, decode_content=False))
try:
    minireq.get(url)
except minireq.exceptions.ContentDecodingError as error:
    print(error)
"""
    raw, complaint = run(without("zlib") + code).splitlines()
    assert raw == r"200 b'\x1f\x8b'"
    assert complaint == "the body is gzip, though not asked for: this Python was built without zlib"


# --- threads


def test_without_threads(https_app, ca):
    # As in a Python for WebAssembly, or where the system lends no more threads; a name is looked up under a deadline all the same.
    code = """
import _thread, threading
def none_to_be_had(*arguments, **settings):
    raise RuntimeError("can't start new thread")
for name in ("start_new_thread", "start_new", "start_joinable_thread"):
    setattr(_thread, name, none_to_be_had)
threading._start_new_thread = threading._start_joinable_thread = none_to_be_had
import minireq
"""
    call = f"minireq.get('https://localhost:{https_app.port}/json', timeout=5, verify={ca.file!r}).json()"
    assert run(code + f"print({call})\nprint(threading.active_count())") == HELLO + "1\n"


# --- streams, a home, options


@pytest.mark.parametrize("options", [("-S",), ("-I",), ("-E",), ("-OO",), ("-S", "-I", "-E", "-OO")], ids=" ".join)
def test_under_the_options_of_python(options, fetch):
    assert run(fetch, *options) == HELLO


def test_the_options_leave_the_command_line_whole():
    options = ("-S", "-I", "-E", "-OO")
    code = "import sys; from minireq.__main__ import main; sys.exit(main(['--self-test']))"
    assert "checks passed" in run(code, *options)


def test_without_standard_streams(fetch):
    code = "import os, sys; kept = os.fdopen(os.dup(1), 'w'); sys.stdin = sys.stdout = sys.stderr = None\n"
    assert run(code + fetch.replace(").json())", ").json(), file=kept, flush=True)")) == HELLO


@pytest.mark.parametrize("home", [None, "", "/no/such/folder", "relative"])
def test_without_a_home(home, http_app):
    code = "import os, pwd; os.environ.pop('HOME', None)\n"
    code += "pwd.getpwuid = lambda number: {}[number]  # nor has the user one\n"
    code += "" if home is None else f"os.environ['HOME'] = {home!r}\n"
    assert run(code + FETCH.format(url=f"{http_app.url}/json")) == HELLO


# --- interpreters


SUBINTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
for again in range(2):
    number = interpreters.create()
    failed = interpreters.run_string(number, {code!r})
    if failed:
        print(failed)
    interpreters.destroy(number)
"""


def test_in_a_subinterpreter(http_app):
    # Each has its own modules, pools and locks. stdout is written at once: it is a buffer of each.
    fetch = FETCH.format(url=f"{http_app.url}/json").replace(").json())", ").json(), flush=True)")
    begin = f"import sys; sys.path.insert(0, {str(PATH)!r})\n{prelude()}"
    assert run(SUBINTERPRETER.format(code=begin + fetch)) == HELLO * 2


# --- nothing but a Python


@pytest.fixture
def alone(tmp_path):
    """`alone(code)`: what the code prints where there is nothing but a Python and the package; see `empty_root`."""
    need("unshare")
    (tmp_path / "root").mkdir()

    def run(code, **settings):
        done = empty_root.run(code, tmp_path / "root", **settings)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


WHO = "import os; print(os.getuid(), sorted(os.listdir('/')))\n"
WRITE = """
try:
    open("/file", "w").close()
except OSError as error:
    print(type(error).__name__, error.errno)
"""
READ_ONLY, DENIED = "OSError 30\n", "PermissionError 13\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no namespaces")
@pytest.mark.parametrize(
    "settings, user, written",
    [
        ({}, "0", ""),
        ({"read_only": True}, "0", READ_ONLY),
        ({"nobody": True}, "65534", DENIED),
        ({"nobody": True, "read_only": True}, "65534", READ_ONLY),
    ],
    ids=["root", "root, read-only", "nobody", "nobody, read-only"],
)
def test_with_nothing_but_a_python(alone, http_app, https_app, ca, settings, user, written):
    with open(ca.file) as file:
        pem = file.read()
    code = WHO + WRITE + FETCH.format(url=f"{http_app.url}/json")
    code += f"import ssl; context = ssl.create_default_context(cadata={pem!r})\n"
    code += "session = minireq.Session(); session.mount('https://', minireq.adapters.HTTPAdapter(ssl_context=context))\n"
    code += f"print(session.get('https://127.0.0.1:{https_app.port}/json', timeout=5).json())\n"  # without /etc there are no names
    who, rest = alone(code, **settings).split("\n", 1)
    assert who.startswith(user + " ['carried', 'lib'")
    assert not set(who.split("'")) & {"etc", "dev", "proc", "tmp"}
    assert rest == written + HELLO * 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no namespaces")
def test_with_nothing_but_a_python_https_says_that_nothing_is_trusted(alone, https_app):
    code = "import minireq\ntry:\n    minireq.get({url!r})\nexcept minireq.exceptions.SSLError as error:\n    print(error)"
    assert "certifi" in alone(code.format(url=f"https://127.0.0.1:{https_app.port}/"))
