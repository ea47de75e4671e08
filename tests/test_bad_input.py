r"""Arguments that are wrong: what users catch, what they read, and that nothing was sent.

Every row of the tables is a call that goes wrong. What it raises is always a `RequestException` (S132), and one of Python's own
classes too: the one that requests raises in this place. That class is no promise where it says only that Python stumbled
(AttributeError, which cannot even be combined with OSError, IndexError, OverflowError, RecursionError, UnicodeError), nor where
requests takes the value and sends nonsense: there it is ValueError. The text shows the value; of what may hold a secret
(headers, forms, credentials) it shows the kind alone. Every secret in the tables has the word "secret" in it.
"""

from __future__ import annotations

import io
import math
import pickle

import pytest

import minireq
from minireq.exceptions import InvalidArgument, RequestException


class Odd:
    """An object of a class that nobody has thought of."""

    def __repr__(self):
        return "<Odd>"

    __hash__ = object.__hash__


class Reads:
    """A file whose read() gives something that is no data."""

    def __init__(self, given):
        self.given = given

    def read(self, size=-1):
        return self.given


class NotReadable:
    read = "not callable"


def closed_file():
    file = io.BytesIO(b"content")
    file.close()
    return file


def with_write_only_file(send):
    def call(lib, url):
        with open("written", "wb") as file:
            return send(lib, url, file)

    return call


DEEP: list = []
for _ in range(100_000):
    DEEP = [DEEP]
ROUND: list = []
ROUND.append(ROUND)
NAN, INFINITE = math.nan, math.inf


def given(verb="get", **arguments):
    return lambda lib, url: getattr(lib, verb)(url, **arguments)


def each(argument, *rows, verb="get"):
    """Rows of a table for one argument: (value, class of Python's, text that is shown)."""
    return [(f"{argument}={value!r:.50}", given(verb, **{argument: value}), promised, shown) for value, promised, shown in rows]


URL = [
    (f"url={url!r:.50}", lambda lib, _, url=url: lib.get(url), ValueError, shown)
    for url, shown in [
        (None, "'None'"),
        (5, "'5'"),
        (1.5, "'1.5'"),
        (True, "'True'"),
        ("", "''"),
        (b"", "''"),
        (b"\xff\xfe", "not UTF-8"),
        (Odd(), "<Odd>"),
        (["http://host/"], "http://host/"),
        ({"a": 1}, "{'a': 1}"),
        ("host/path", "'host/path'"),
        ("//host/path", "'//host/path'"),
        ("localhost:8080", "'localhost:8080'"),
        ("ftp://host/", "'ftp://host/'"),
        ("mailto:a@b", "'mailto:a@b'"),
        ("http://", "'http://'"),
        ("http:///path", "'http:///path'"),
        ("http://:80/", "'http://:80/'"),
        ("http://host:99999/", "99999"),
        ("http://host:port/", "host:port"),
        ("http://host:-1/", "host:-1"),
        ("http://[::1/", "[::1"),
        ("http://::1/", "::1"),
        ("http://a b/", "a b"),
        ("http://host\\@other/", "other"),
        ("http://host\n/", r"host\n"),
        ("http://*.host/", "*.host"),
        ("http://.host/", ".host"),
        ("http://host%zz/", "zz"),
        ("http://☃.net/", "☃"),
        ("http://a\ud800b/", r"a\ud800b"),
        ("http://xn--aé/", "xn--aé"),
        ("http://" + "é" * 70 + ".de/", "too long"),
        ("http://" + "a" * 300 + "/", "too long"),
        ("http://user:secret@ho st/", "ho st"),
        ("http://user:sec\0ret@host/", "host"),
        ("http://user:secret@host:99999/", "99999"),
    ]
]

METHOD = [
    (f"method={method!r:.50}", lambda lib, url, method=method: lib.request(method, url), ValueError, shown)
    for method, shown in [
        (None, "None"),
        (5, "5"),
        (True, "True"),
        (Odd(), "<Odd>"),
        (["GET"], "['GET']"),
        ("", "''"),
        ("GE T", "'GE T'"),
        ("GET\r\nX-Evil: 1", r"'GET\r\nX-EVIL: 1'"),
        ("GÉT", "'GÉT'"),
        ("G\ud800", r"'G\ud800'"),
        (b"\xff", "Ÿ"),
    ]
]

PARAMS = each(
    "params",
    (5, TypeError, "int"),
    (1.5, TypeError, "float"),
    (True, TypeError, "bool"),
    (Odd(), TypeError, "Odd"),
    ([1, 2], TypeError, "item 0 is no (name, value) pair: int"),
    (["abc"], ValueError, "str of length 3"),
    ([("a",)], ValueError, "tuple of length 1"),
    ([("a", "b", "c")], ValueError, "tuple of length 3"),
    ({"a": "\ud800"}, ValueError, r"'\ud800'"),
)

DATA = [
    *each(
        "data",
        (5, TypeError, "int"),
        (1.5, TypeError, "float"),
        (True, TypeError, "bool"),
        (Odd(), TypeError, "Odd"),
        (object, TypeError, "type"),
        ([1, 2], TypeError, "item 0 is no (name, value) pair: int"),
        ([None], TypeError, "NoneType"),
        (["secret", 5], ValueError, "str of length 6"),
        ([("a", "b", "secret")], ValueError, "tuple of length 3"),
        ({"a": "\ud800"}, ValueError, r"'\ud800'"),
        ("secret\ud800", ValueError, r"'\ud800' at position 6"),
        (closed_file(), ValueError, "the file is closed: <_io.BytesIO"),
        (NotReadable(), TypeError, "NotReadable"),
        verb="post",
    ),
    ("data=a file for writing", with_write_only_file(lambda lib, url, file: lib.post(url, data=file)), ValueError, "'written'"),
    ("data=text and files", given("post", data="text", files={"f": b"x"}), ValueError, "Data must not be a string"),
    ("data=a stream and files", given("post", data=iter([b"x"]), files={"f": b"x"}), NotImplementedError, "list_iterator"),
    ("data=5 and files", given("post", data=5, files={"f": b"x"}), ValueError, "int"),
]

# What only reading can tell, when the head of the request is on its way already.
DATA_READ_LATE = [
    *each(
        "data",
        ({1, 2}, TypeError, "text or bytes, not of int"),
        (Reads(5), TypeError, "text or bytes, not of int"),
        (Reads(None), ValueError, "nothing to read yet"),
        verb="post",
    ),
    ("data=iter([5])", lambda lib, url: lib.post(url, data=iter([5])), TypeError, "text or bytes, not of int"),
    ("data=iter([None])", lambda lib, url: lib.post(url, data=iter([None])), TypeError, "text or bytes, not of NoneType"),
    (
        "data shorter than its Content-Length",
        lambda lib, url: lib.post(url, data=iter([b"x"]), headers={"Content-Length": "5"}),
        ValueError,
        "by 4 bytes",
    ),
]

JSON = [
    *each(
        "json",
        (ROUND, OSError, "Circular reference"),
        (NAN, OSError, "float values are not JSON compliant"),
        ({"a": INFINITE}, OSError, "float values are not JSON compliant"),
        ({1, 2}, TypeError, "set"),
        (b"bytes", TypeError, "bytes"),
        ({b"a": 1}, TypeError, "not bytes"),
        ({("a", 1): 2}, TypeError, "not tuple"),
        (1j, TypeError, "complex"),
        (Odd(), TypeError, "Odd"),
        ({"a": Odd()}, TypeError, "Odd"),
        (object, TypeError, "type"),
        verb="post",
    ),
    ("json=[[[[...]]]]", given("post", json=DEEP), OSError, "recursion"),
]

FILES = [
    *each(
        "files",
        ("path.txt", ValueError, "str of length 8"),
        (b"bytes", ValueError, "bytes of length 5"),
        (5, ValueError, "int"),
        (True, ValueError, "bool"),
        (Odd(), TypeError, "Odd"),
        ([1], TypeError, "int"),
        ([("a", "b", "c")], ValueError, "tuple of length 3"),
        ({None: b"data"}, ValueError, "needs a name"),
        ({"f": 5.5}, TypeError, "float"),
        ({"f": Odd()}, TypeError, "Odd"),
        ({"f": {"a": 1}}, TypeError, "dict"),
        ({"f": ()}, ValueError, "'f' has 0 items"),
        ({"f": ("n",)}, ValueError, "'f' has 1 items"),
        ({"f": ("n", b"data", "t", {}, 5)}, ValueError, "'f' has 5 items"),
        ({"f": ("n", Odd())}, TypeError, "Odd"),
        ({"f": ("n", b"data", "t", 5)}, TypeError, "int"),
        ({"f": ("n", b"data", "a/b\r\nX-Evil: 1")}, ValueError, r"'a/b\r\nX-Evil: 1'"),
        ({"f": ("n", b"data", "a/b", {"A": "b\r\nX-Evil: 1"})}, ValueError, r"'b\r\nX-Evil: 1'"),
        ({"f": ("n", b"data", "a/b", {"A b": "c"})}, ValueError, "'A b'"),
        ({"f": closed_file()}, ValueError, "'f' cannot be read"),
        ({"f": Reads(5)}, ValueError, "int"),
        ({"f": NotReadable()}, TypeError, "NotReadable"),
        verb="post",
    ),
    (
        "files=a file for writing",
        with_write_only_file(lambda lib, url, file: lib.post(url, files={"f": file})),
        ValueError,
        "'written'",
    ),
]

HEADERS = [
    *each(
        "headers",
        (["A: b"], ValueError, "list"),
        ([("A", "b")], ValueError, "list"),
        ("Authorization: secret", ValueError, "str"),
        (b"A: b", ValueError, "bytes"),
        (5, ValueError, "int"),
        (True, ValueError, "bool"),
        (Odd(), ValueError, "Odd"),
        ({"A": 5}, ValueError, "'A': the value must be str or bytes, not int: 5"),
        ({"A": 1.5}, ValueError, "1.5"),
        ({"A": True}, ValueError, "True"),
        ({"A": ["b"]}, ValueError, "['b']"),
        ({"A": Odd()}, ValueError, "<Odd>"),
        ({"A": "☃"}, ValueError, "'☃'"),
        ({"A": "\ud800"}, ValueError, r"'\ud800'"),
        ({"A": "b\r\nX-Evil: 1"}, ValueError, r"'b\r\nX-Evil: 1'"),
        ({"A": "b\nc"}, ValueError, r"'b\nc'"),
        ({"A": "b\0c"}, ValueError, r"'b\x00c'"),
        ({"A": " b"}, ValueError, "' b'"),
        ({b"A": b"b\n"}, ValueError, r"b'b\n'"),
        ({"A\n": "b"}, ValueError, r"'A\n'"),
        ({"A b": "c"}, ValueError, "'A b'"),
        ({"A:": "b"}, ValueError, "'A:'"),
        ({"": "b"}, ValueError, "''"),
        ({"é": "b"}, ValueError, "'é'"),
        ({b"\xff": b"b"}, ValueError, r"b'\xff'"),
        ({5: "b"}, ValueError, "not int: 5"),
        ({None: "b"}, ValueError, "None"),
        ({("a",): "b"}, ValueError, "('a',)"),
        ({"Authorization": "Bearer secret\n"}, ValueError, "'Authorization'"),
        ({"Cookie": ["secret"]}, ValueError, "'Cookie'"),
        ({"Host": "a\r\nb"}, ValueError, r"'a\r\nb'"),
    ),
    (
        "headers={'Content-Length': 'x'} with a stream",
        lambda lib, url: lib.post(url, data=iter([b"x"]), headers={"Content-Length": "x"}),
        ValueError,
        "'x'",
    ),
    (
        "headers={'Transfer-Encoding': 'gzip'} with a body",
        given("post", data=b"x", headers={"Transfer-Encoding": "gzip"}),
        ValueError,
        "Transfer-Encoding",
    ),
]

COOKIES = each(
    "cookies",
    ([("a", "secret")], TypeError, "list"),
    (["a=secret"], TypeError, "list"),
    ("a=secret", TypeError, "str"),
    (b"a=secret", ValueError, "bytes"),
    (5, TypeError, "int"),
    (True, TypeError, "bool"),
    (Odd(), TypeError, "Odd"),
    ({"a": "secret\r\nX-Evil: 1"}, ValueError, "Cookie"),
    ({"a\n": "secret"}, ValueError, "Cookie"),
    ({"a": "secret☃"}, ValueError, "Cookie"),
    ({"a": ["secret"]}, ValueError, "'a' is a list"),
    ({"a": Odd()}, ValueError, "'a' is a Odd"),
)

AUTH = [
    *each(
        "auth",
        ("user:secret", TypeError, "str"),
        (b"user:secret", TypeError, "bytes"),
        (5, TypeError, "int"),
        (True, TypeError, "bool"),
        (Odd(), TypeError, "Odd"),
        (("user",), TypeError, "tuple"),
        (("user", "secret", "realm"), TypeError, "tuple"),
        (["user", "secret"], TypeError, "list"),
        ({"user": "secret"}, TypeError, "dict"),
    ),
    ("auth returns None", given(auth=lambda r: None), ValueError, "None"),
    ("auth returns 5", given(auth=lambda r: 5), ValueError, "5"),
]

TIMEOUT = each(
    "timeout",
    (0, ValueError, "it is 0"),
    (-1, ValueError, "it is -1"),
    (NAN, ValueError, "it is nan"),
    (INFINITE, ValueError, "it is inf"),
    (-INFINITE, ValueError, "it is -inf"),
    (1e300, ValueError, "it is 1e+300"),
    (10**30, ValueError, "it is 1000000000000"),
    (True, ValueError, "it is True"),
    (False, ValueError, "it is False"),
    ("x", ValueError, "it is 'x'"),
    ("5", ValueError, "it is '5'"),
    (b"5", ValueError, "it is b'5'"),
    (1j, ValueError, "it is 1j"),
    (Odd(), ValueError, "it is <Odd>"),
    ({"connect": 1}, ValueError, "{'connect': 1}"),
    ({1, 2}, ValueError, "{1, 2}"),
    ((), ValueError, "()"),
    ((1,), ValueError, "(1,)"),
    ((1, 2, 3), ValueError, "(1, 2, 3)"),
    ([1], ValueError, "[1]"),
    ((0, 1), ValueError, "it is 0"),
    ((1, -1), ValueError, "it is -1"),
    ((1, "x"), ValueError, "it is 'x'"),
    (("x", 1), ValueError, "it is 'x'"),
    ((1, NAN), ValueError, "it is nan"),
    ((True, 1), ValueError, "it is True"),
)

PROXIES = each(
    "proxies",
    ("http://user:secret@proxy", ValueError, "str"),
    (b"http://proxy", ValueError, "bytes"),
    (["http://user:secret@proxy"], ValueError, "list"),
    (5, ValueError, "int"),
    (True, ValueError, "bool"),
    (Odd(), ValueError, "Odd"),
    ({"http": 5}, TypeError, "int"),
    ({"http": b"http://user:secret@proxy"}, TypeError, "bytes"),
    ({"http": ["http://user:secret@proxy"]}, TypeError, "list"),
    ({"http": Odd()}, TypeError, "Odd"),
    ({"all": 5}, TypeError, "int"),
    ({"http": "http://"}, ValueError, "missing the host"),
    ({"http": "http:///path"}, ValueError, "missing the host"),
    ({"http": "http://:80"}, ValueError, "missing the host"),
    ({"http": "//"}, ValueError, "missing the host"),
    ({"http": "file:///path"}, ValueError, "missing the host"),
    ({"http": "http://host:99999"}, ValueError, "99999"),
    ({"http": "http://host:port"}, ValueError, "host:port"),
    ({"http": "http://[::1"}, ValueError, "[::1"),
    ({"http": "http://\ud800"}, ValueError, r"\ud800"),
    ({"http": "ftp://user:secret@proxy"}, ValueError, "'ftp'"),
    ({"http": "foo://proxy"}, ValueError, "'foo'"),
    ({"http": "socks9://proxy"}, ValueError, "'socks9'"),
    ({"http": "http://user:secret@pro xy"}, ValueError, "pro xy"),
    ({"http": "http://user:secret\n@proxy"}, ValueError, "proxy"),
)

HOOKS = each(
    "hooks",
    ("response", ValueError, "str"),
    (b"response", ValueError, "bytes"),
    (5, ValueError, "int"),
    (True, ValueError, "bool"),
    ([print], ValueError, "list"),
    (print, ValueError, "builtin_function_or_method"),
    (Odd(), ValueError, "Odd"),
    ({"request": print}, ValueError, "'request'"),
    ({5: print}, ValueError, "5"),
)


def safely(**arguments):
    return lambda lib, url: lib.get(url.replace("http://", "https://"), **arguments)


def of_tls(argument, *rows):
    return [(f"{argument}={value!r:.50}", safely(**{argument: value}), promised, shown) for value, promised, shown in rows]


TLS = [
    *of_tls(
        "verify",
        ("missing.pem", OSError, "missing.pem"),
        ("", OSError, "invalid path: "),
        ("a\0b", OSError, "a\0b"),
        ("\ud800", OSError, "\ud800"),
        ("empty.pem", OSError, "empty.pem"),
        ("junk.pem", OSError, "junk.pem"),
        ("damaged.pem", OSError, "damaged.pem"),
        (b"missing", OSError, "b'missing'"),
        (5, TypeError, "5"),
        (1.5, TypeError, "1.5"),
        ((), OSError, "()"),
        (["ca.pem"], TypeError, "['ca.pem']"),
        ({"ca": 1}, TypeError, "{'ca': 1}"),
        ({1, 2}, TypeError, "{1, 2}"),
        (Odd(), TypeError, "<Odd>"),
    ),
    *of_tls(
        "cert",
        ("folder", OSError, "folder"),
        ("junk.pem", OSError, "junk.pem"),
        ("empty.pem", OSError, "empty.pem"),
        (("junk.pem", "junk.pem"), OSError, "junk.pem"),
        (("junk.pem", None), OSError, "junk.pem"),
    ),
]

# The same for http, where the certificate would not be needed before a redirect leads to https.
CERT = [
    (f"{scheme}: cert={value!r:.40}", call(cert=value), promised, shown)
    for scheme, call in (("http", given), ("https", safely))
    for value, promised, shown in [
        ("missing.pem", OSError, "missing.pem"),
        (("missing.pem", "missing.key"), OSError, "missing.pem"),
        (("junk.pem", "missing.key"), OSError, "missing.key"),
        ("a\0b", OSError, "a\0b"),
        (("a", "b", "c"), OSError, "invalid path: a"),
        (("a", "b", "c", "d"), OSError, "('a', 'b', '***', 'd')"),
        (("a",), ValueError, "('a',)"),
        (b"missing", OSError, "b'missing'"),
        ((5, 6), OSError, "(5, 6)"),
        (5, TypeError, "5"),
        (True, TypeError, "True"),
        ({"a": 1}, TypeError, "{'a': 1}"),
        (Odd(), TypeError, "<Odd>"),
    ]
]


def with_session(act):
    def call(lib, url):
        with lib.Session() as session:
            return act(lib, session, url)

    return call


def sent(request):
    return with_session(lambda lib, session, url: session.send(request))


def prepared(**changes):
    """A prepared request that was changed by hand, and is sent."""

    def act(lib, session, url):
        request = lib.Request("POST", url, data=b"body").prepare()
        for name, value in changes.items():
            setattr(request, name, value)
        return session.send(request)

    return with_session(act)


def with_header(name, value):
    def act(lib, session, url):
        request = lib.Request("GET", url).prepare()
        request.headers[name] = value
        return session.send(request)

    return with_session(act)


def half_prepared(*steps):
    """A prepared request of which only some parts were."""

    def act(lib, session, url):
        request = lib.PreparedRequest()
        if "method" in steps:
            request.prepare_method("GET")
        if "url" in steps:
            request.prepare_url(url, None)
        if "headers" in steps:
            request.prepare_headers(None)
        return session.send(request)

    return with_session(act)


def new(act):
    return lambda lib, url: act(lib.PreparedRequest())


PREPARED = [
    ("send(None)", sent(None), ValueError, "PreparedRequests"),
    ("send(5)", sent(5), ValueError, "PreparedRequests"),
    ("send('GET')", sent("GET"), ValueError, "PreparedRequests"),
    ("send({})", sent({}), ValueError, "PreparedRequests"),
    ("send(Request)", with_session(lambda lib, s, url: s.send(lib.Request("GET", url))), ValueError, "PreparedRequests"),
    ("send(PreparedRequest())", with_session(lambda lib, s, url: s.send(lib.PreparedRequest())), ValueError, "None"),
    ("send(timeout='x')", with_session(lambda lib, s, u: s.send(lib.Request("GET", u).prepare(), timeout="x")), ValueError, "'x'"),
    ("send(proxies='x')", with_session(lambda lib, s, u: s.send(lib.Request("GET", u).prepare(), proxies="x")), ValueError, "str"),
    ("prepared: the URL alone", half_prepared("url"), TypeError, "None"),
    ("prepared: URL and headers", half_prepared("url", "headers"), TypeError, "None"),
    ("prepared: method and headers", half_prepared("method", "headers"), ValueError, "None"),
    ("prepared.url=None", prepared(url=None), ValueError, "None"),
    ("prepared.url=5", prepared(url=5), ValueError, "5"),
    ("prepared.url=b'http://host/'", prepared(url=b"http://host/"), TypeError, "b'http://host/'"),
    ("prepared.url='nonsense'", prepared(url="nonsense"), ValueError, "'nonsense'"),
    ("prepared.method=None", prepared(method=None), TypeError, "None"),
    ("prepared.method=5", prepared(method=5), TypeError, "5"),
    ("prepared.method=b'GET'", prepared(method=b"GET"), TypeError, "b'GET'"),
    ("prepared.method='GE T'", prepared(method="GE T"), ValueError, "'GE T'"),
    ("prepared.method=''", prepared(method=""), ValueError, "''"),
    ("prepared.headers=5", prepared(headers=5), TypeError, "int"),
    ("prepared.headers={'A': 5}", prepared(headers={"A": 5}), ValueError, "'A'"),
    ("prepared.headers['A']=5", with_header("A", 5), ValueError, "'A' must be str or bytes, it is int"),
    ("prepared.headers['A']=None", with_header("A", None), TypeError, "NoneType"),
    ("prepared.headers['A'] with a line end", with_header("A", "b\r\nX-Evil: 1"), ValueError, r"'b\r\nX-Evil: 1'"),
    ("prepared.headers['A'] beyond latin-1", with_header("A", "☃"), ValueError, "'☃'"),
    ("prepared.headers['A\\n']", with_header("A\n", "b"), ValueError, r"'A\n'"),
    ("prepared.headers['A b']", with_header("A b", "c"), ValueError, "'A b'"),
    ("prepared.headers['Authorization'] with a line end", with_header("Authorization", "secret\n"), ValueError, "***"),
    ("prepared.body=5", prepared(body=5), TypeError, "int"),
    ("prepared.body='\\ud800'", prepared(body="\ud800"), ValueError, r"'\ud800'"),
    ("Request without URL", lambda lib, url: lib.Request("GET").prepare(), ValueError, "'None'"),
    ("Request without method", with_session(lambda lib, s, u: s.send(lib.Request(url=u).prepare())), TypeError, "None"),
    ("Session, no URL", with_session(lambda lib, s, u: s.prepare_request(lib.Request("GET"))), ValueError, "'None'"),
    ("Session, no method", with_session(lambda lib, s, u: s.send(s.prepare_request(lib.Request(url=u)))), ValueError, "None"),
    ("prepare_request(5)", with_session(lambda lib, s, u: s.prepare_request(5)), ValueError, "5"),
    (
        "prepare_request(PreparedRequest)",
        with_session(lambda lib, s, u: s.prepare_request(lib.Request("GET", u).prepare())),
        ValueError,
        "<PreparedRequest [GET]>",
    ),
    ("new: prepare()", new(lambda request: request.prepare()), ValueError, "'None'"),
    ("new: prepare_url(None)", new(lambda request: request.prepare_url(None, None)), ValueError, "'None'"),
    ("new: prepare_headers(5)", new(lambda request: request.prepare_headers(5)), ValueError, "int"),
    ("new: prepare_body(b'x')", new(lambda request: request.prepare_body(b"x", None)), TypeError, "prepare_headers()"),
    (
        "new: prepare_body of a stream",
        new(lambda request: request.prepare_body(iter([b"x"]), None)),
        TypeError,
        "prepare_headers()",
    ),
    ("new: prepare_content_length", new(lambda request: request.prepare_content_length(b"x")), TypeError, "prepare_headers()"),
    ("new: prepare_auth", new(lambda request: request.prepare_auth(("user", "secret"))), TypeError, "prepare_headers()"),
    ("new: prepare_cookies", new(lambda request: request.prepare_cookies({"a": "secret"})), ValueError, "prepare_headers()"),
    ("new: prepare_hooks(5)", new(lambda request: request.prepare_hooks(5)), TypeError, "int"),
    ("new: register_hook of no event", new(lambda request: request.register_hook("foo", print)), ValueError, "'foo'"),
    ("new: deregister_hook of no event", new(lambda request: request.deregister_hook("foo", print)), KeyError, "'foo'"),
]


def mounted(prefix, adapter=None):
    return with_session(lambda lib, session, url: session.mount(prefix, adapter or lib.adapters.HTTPAdapter()))


def adapter(**arguments):
    return lambda lib, url: lib.adapters.HTTPAdapter(**arguments)


def pool(scheme="http", /, **arguments):
    """An adapter that gives its pools settings of its own."""

    def act(lib, session, url):
        class Adapter(lib.adapters.HTTPAdapter):
            def init_poolmanager(self, *positional, **keywords):
                super().init_poolmanager(*positional, **{**keywords, **arguments})

        session.mount(f"{scheme}://", Adapter())
        return session.get(url.replace("http://", f"{scheme}://"), verify=False)

    return with_session(act)


def attribute(name, value):
    def act(lib, session, url):
        setattr(session, name, value)
        return session.get(url)

    return with_session(act)


SESSION = [
    ("mount(None, adapter)", mounted(None), TypeError, "None"),
    ("mount(5, adapter)", mounted(5), TypeError, "5"),
    ("mount(['http://'], adapter)", mounted(["http://"]), TypeError, "['http://']"),
    ("mount(b'http://', adapter)", mounted(b"http://"), TypeError, "b'http://'"),
    ("mount('http://', 'x')", mounted("http://", "x"), ValueError, "'x'"),
    ("mount('http://', object)", mounted("http://", object), ValueError, "<class 'object'>"),
    (
        "mount(adapter, 'http://')",
        with_session(lambda lib, s, u: s.mount(lib.adapters.HTTPAdapter(), "http://")),
        TypeError,
        "HTTPAdapter object",
    ),
    ("get_adapter(None)", with_session(lambda lib, s, u: s.get_adapter(None)), ValueError, "None"),
    ("get_adapter(5)", with_session(lambda lib, s, u: s.get_adapter(5)), ValueError, "5"),
    ("get_adapter(b'http://h/')", with_session(lambda lib, s, u: s.get_adapter(b"http://h/")), TypeError, "b'http://h/'"),
    ("get_adapter('foo://h/')", with_session(lambda lib, s, u: s.get_adapter("foo://h/")), ValueError, "'foo://h/'"),
    ("session.auth='secret'", attribute("auth", "secret"), TypeError, "str"),
    ("session.auth=5", attribute("auth", 5), TypeError, "int"),
    ("session.cookies=5", attribute("cookies", 5), ValueError, "int"),
    ("session.cookies='a=secret'", attribute("cookies", "a=secret"), ValueError, "str"),
    ("session.cookies={'a': 'secret'}", attribute("cookies", {"a": "secret"}), ValueError, "dict"),
    ("session.proxies=5", attribute("proxies", 5), ValueError, "int"),
    ("session.proxies='http://user:secret@proxy'", attribute("proxies", "http://user:secret@proxy"), ValueError, "str"),
    ("session.hooks=5", attribute("hooks", 5), ValueError, "int"),
    ("session.hooks=[print]", attribute("hooks", [print]), ValueError, "list"),
    ("session.verify=['ca.pem']", attribute("verify", ["ca.pem"]), TypeError, "['ca.pem']"),
    ("session.cert='missing.pem'", attribute("cert", "missing.pem"), OSError, "missing.pem"),
    ("session.cert=5", attribute("cert", 5), TypeError, "5"),
    ("HTTPAdapter(pool_connections='x')", adapter(pool_connections="x"), TypeError, "'x'"),
    ("HTTPAdapter(pool_connections=None)", adapter(pool_connections=None), TypeError, "None"),
    ("HTTPAdapter(pool_maxsize='x')", adapter(pool_maxsize="x"), TypeError, "'x'"),
    ("HTTPAdapter(pool_maxsize=1.5)", adapter(pool_maxsize=1.5), TypeError, "1.5"),
    ("HTTPAdapter(max_retries='x')", adapter(max_retries="x"), ValueError, "'x'"),
    ("HTTPAdapter(max_retries=-1)", adapter(max_retries=-1), ValueError, "-1"),
    ("HTTPAdapter(max_retries=1.5)", adapter(max_retries=1.5), ValueError, "1.5"),
    ("HTTPAdapter(max_retries=[1])", adapter(max_retries=[1]), ValueError, "[1]"),
    ("pool: nonsense=1", pool(nonsense=1), TypeError, "nonsense"),
    ("pool: socket_options=5", pool(socket_options=5), TypeError, "5"),
    ("pool: socket_options=[(1,)]", pool(socket_options=[(1,)]), TypeError, "(1,)"),
    ("pool: socket_options=[('a', 'b', 'c')]", pool(socket_options=[("a", "b", "c")]), TypeError, "('a', 'b', 'c')"),
    ("pool: source_address=5", pool(source_address=5), TypeError, "5"),
    ("pool: source_address=('x',)", pool(source_address=("x",)), TypeError, "('x',)"),
    ("pool: source_address=('127.0.0.1', 'x')", pool(source_address=("127.0.0.1", "x")), TypeError, "('127.0.0.1', 'x')"),
    ("pool: source_address=('127.0.0.1', 99999)", pool(source_address=("127.0.0.1", 99999)), ValueError, "99999"),
    ("pool: ssl_context=5", pool("https", ssl_context=5), ValueError, "5"),
    ("pool: server_hostname=5", pool("https", server_hostname=5), ValueError, "5"),
    ("pool: ssl_minimum_version='x'", pool("https", ssl_minimum_version="x"), TypeError, "'x'"),
    ("pool: assert_fingerprint=5", pool("https", assert_fingerprint=5), ValueError, "5"),
    ("pool: cert_file='missing'", pool("https", cert_file="missing"), OSError, "missing"),
]

PICKLED = [
    (
        f"{name}.__setstate__({state!r})",
        lambda lib, url, name=name, state=state: new_object(lib, name).__setstate__(state),
        InvalidArgument,  # ValueError and TypeError
        type(state).__name__,
    )
    for name in ("Session", "Response", "adapters.HTTPAdapter", "cookies.RequestsCookieJar")
    for state in (None, "junk", 5, ["junk"])
]


def new_object(lib, name):
    owner = lib
    for part in name.split("."):
        owner = getattr(owner, part)
    return owner.__new__(owner)


BEFORE_SENDING = [
    *URL, *METHOD, *PARAMS, *DATA, *JSON, *FILES, *HEADERS, *COOKIES, *AUTH, *TIMEOUT, *PROXIES, *HOOKS, *TLS, *CERT, *PREPARED,
    *SESSION, *PICKLED,
]  # fmt: skip


def rows(table):
    return pytest.mark.parametrize("call, promised, shown", [pytest.param(*row, id=ascii(name)) for name, *row in table])


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    """The files that the tables name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.pem").touch()
    (tmp_path / "junk.pem").write_text("junk")
    (tmp_path / "damaged.pem").write_text("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")


def refused(call, url, promised, shown):
    """The exception of a call that goes wrong, found to be what it should be."""
    with pytest.raises(RequestException) as caught:
        call(minireq, url)
    error = caught.value
    assert isinstance(error, promised)
    assert shown in str(error)
    assert "secret" not in repr(error)
    while error is not None:  # a traceback shows the texts of its causes too
        assert "secret" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return caught.value


@rows(BEFORE_SENDING)
def test_what_is_wrong_is_refused_before_anything_is_sent(call, promised, shown, http_app):
    """S132, D8, D9."""
    refused(call, f"{http_app.url}/echo", promised, shown)
    minireq.get(f"{http_app.url}/the-first-to-arrive")
    *before, last = http_app.connections
    assert [connection.received for connection in before] == [b""] * len(before)
    assert [request.target for request in last.requests] == ["/the-first-to-arrive"]


@rows(DATA_READ_LATE)
def test_what_reading_a_body_shows_is_refused_and_the_server_sees_no_whole_request(call, promised, shown, http_app):
    refused(call, f"{http_app.url}/echo", promised, shown)
    minireq.get(f"{http_app.url}/the-first-to-arrive")
    assert [request.target for request in http_app.requests] == ["/the-first-to-arrive"]


# --- What is asked of a response


def streamed(act):
    def call(lib, url):
        with lib.get(url, stream=True) as response:
            return act(response)

    return call


CHUNK_SIZES = [(0, "0"), (-1, "-1"), (False, "False"), ("x", "'x'"), ("5", "'5'"), (b"5", "b'5'"), (1.5, "1.5"), ([], "[]")]
RESPONSE = [
    *(
        (f"{name}({size!r})", call(lambda response, name=name, size=size: list(getattr(response, name)(size))), TypeError, shown)
        for name in ("iter_content", "iter_lines")
        for call in (streamed, lambda act: lambda lib, url: act(lib.get(url)))
        for size, shown in CHUNK_SIZES
    ),
    *(
        (f"iter_lines(delimiter={value!r})", streamed(lambda r, value=value: list(r.iter_lines(delimiter=value))), TypeError, shown)
        for value, shown in [
            (5, "int"),
            (True, "bool"),
            (["\n"], "list"),
            (Odd(), "Odd"),
            ("\n", "delimiter is str, the body bytes"),
        ]
    ),
    (
        "iter_lines(decode_unicode, delimiter=b'')",
        streamed(lambda r: list(r.iter_lines(decode_unicode=True, delimiter=b"\n"))),
        TypeError,
        "delimiter is bytes, the body str",
    ),
    ("iter_content() twice", streamed(lambda r: [list(r.iter_content(5)), list(r.iter_content(5))]), TypeError, "consumed"),
    ("content after iter_content()", streamed(lambda r: [list(r.iter_content(5)), r.content]), RuntimeError, "consumed"),
    ("json() of a text", lambda lib, url: lib.get(url).json(), ValueError, "Expecting value"),
    ("a hook that returns no response", given(hooks={"response": lambda r, **settings: "answer"}), ValueError, "'answer'"),
    ("prepared.hooks=5", prepared(hooks=5), ValueError, "5"),
    ("prepared.hooks={'response': 5}", prepared(hooks={"response": 5}), TypeError, "5"),
    ("prepared.hooks={'response': [5]}", prepared(hooks={"response": [5]}), TypeError, "5"),
]


@rows(RESPONSE)
def test_what_is_wrongly_asked_of_a_response_is_refused(call, promised, shown, http_app):
    refused(call, f"{http_app.url}/text?charset=utf-8&text=lines", promised, shown)


@pytest.mark.parametrize("most, promised, shown", [(None, TypeError, "None"), ("x", TypeError, "'x'"), (Odd(), TypeError, "<Odd>")])
def test_a_limit_of_redirects_that_is_no_number_is_refused_when_it_is_needed(most, promised, shown, http_app):
    call = attribute("max_redirects", most)
    assert call(minireq, f"{http_app.url}/echo").ok
    refused(call, f"{http_app.url}/redirect/2", promised, shown)


@pytest.mark.parametrize("most, followed", [(-1, 0), (0, 0), (True, 1), (1.5, 2), (2, 2)])
def test_any_number_limits_redirects(most, followed, http_app):
    call = attribute("max_redirects", most)
    if followed == 2:
        assert call(minireq, f"{http_app.url}/redirect/2").ok
    else:
        assert refused(call, f"{http_app.url}/redirect/2", OSError, f"Exceeded {most} redirects.")
    assert len(http_app.requests) == followed + 1


# --- What is not ours to judge


@pytest.mark.parametrize(
    "call, promised",
    [
        (given("post", file={"a": b"b"}), "file"),  # S079
        (given(timout=5), "timout"),
        (lambda lib, url: lib.get(), "url"),
        (lambda lib, url: lib.adapters.HTTPAdapter(retries=3), "retries"),
        (with_session(lambda lib, s, url: s.send(lib.Request("GET", url).prepare(), nonsense=1)), "nonsense"),
        (lambda lib, url: lib.cookies.RequestsCookieJar().set("a", "b", site="x"), "site"),  # S105
        (lambda lib, url: lib.auth.HTTPBasicAuth("user"), "password"),
    ],
)
def test_a_keyword_that_there_is_not_is_a_type_error_of_pythons(call, promised, http_app):
    with pytest.raises(TypeError, match=promised):
        call(minireq, http_app.url)
    assert http_app.connections == []


def fails(*arguments, **keywords):
    raise LookupError("the caller's own")


@pytest.mark.parametrize(
    "call, error",
    [
        (given(auth=fails), LookupError),
        (given(auth=lambda: None), TypeError),
        (given(hooks={"response": fails}), LookupError),
        (given(hooks={"response": lambda: None}), TypeError),
        (given("post", data=map(fails, "ab")), LookupError),
        (lambda lib, url: lib.get(url, auth=lib.auth.AuthBase()), NotImplementedError),
        (with_session(lambda lib, s, u: (s.mount("http://", lib.adapters.BaseAdapter()), s.get(u))), NotImplementedError),
    ],
)
def test_an_error_in_the_callers_own_code_comes_out_as_it_is(call, error, http_app):
    with pytest.raises(error) as caught:
        call(minireq, http_app.url)
    assert str(caught.value)


@pytest.mark.parametrize("value, follows", [("no", True), (5, True), (Odd(), True), (None, False), ([], False), (0, False)])
def test_allow_redirects_is_what_is_true_of_it(value, follows, http_app):
    assert minireq.get(f"{http_app.url}/redirect/1", allow_redirects=value).is_redirect is not follows


@pytest.mark.parametrize("value, streams", [("no", True), (5, True), (Odd(), True), ([], False), ({}, False), (0, False)])
def test_stream_is_what_is_true_of_it(value, streams, http_app):
    with minireq.get(f"{http_app.url}/bytes/10", stream=value) as response:
        assert response._content_consumed is not streams
        assert len(response.content) == 10


@pytest.mark.parametrize("value", [5, "x", [5], [None], True, Odd(), {"a": 1}])
def test_what_cannot_be_called_is_no_hook_and_left_out(value, http_app):
    assert minireq.get(f"{http_app.url}/echo", hooks={"response": value}).ok


@pytest.mark.parametrize("headers", [None, {}, {"A": "b"}, [("A", "b")]])
def test_headers_of_a_prepared_request_may_be_replaced_by_anything_that_makes_headers(headers, http_app):
    request = minireq.Request("GET", f"{http_app.url}/headers").prepare()
    request.headers = headers
    with minireq.Session() as session:
        assert session.send(request).json().get("A") == ("b" if headers else None)


def test_a_session_without_a_jar_keeps_no_cookies(http_app):
    with minireq.Session() as session:
        session.cookies = None
        assert session.get(f"{http_app.url}/cookies/set?a=1").json() == {}
        assert session.get(f"{http_app.url}/cookies", cookies={"b": "2"}).json() == {"b": "2"}


@pytest.mark.parametrize("kind", [minireq.Session, minireq.adapters.HTTPAdapter, minireq.cookies.RequestsCookieJar])
def test_a_pickle_that_was_cut_is_an_error_of_pickles_and_one_that_was_not_works(kind):
    data = pickle.dumps(kind())
    with pytest.raises((pickle.UnpicklingError, EOFError)):
        pickle.loads(data[:-1])
    assert type(pickle.loads(data)) is kind


def test_an_argument_that_is_wrong_is_both_a_value_error_and_a_type_error():
    assert issubclass(InvalidArgument, (ValueError, TypeError)) and issubclass(InvalidArgument, RequestException)
