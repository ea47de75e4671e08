"""Headers of requests."""

from __future__ import annotations

from collections import OrderedDict

from ..views import attempt
from . import case, table

table(
    "headers",
    "GET",
    "/echo",
    {
        "plain": {"headers": {"X-A": "1", "x-b": "2"}},
        "bytes value": {"headers": {"X-A": b"bytes"}},
        "bytes name": {"headers": {b"X-A": b"1"}},
        "bytes beyond ASCII": {"headers": {"X-A": b"\xff\xe9"}},
        "none removes": {"headers": {"Accept": None, "Connection": None}},
        "none removes the agent": {"headers": {"User-Agent": None}},
        "none removes the codings": {"headers": {"Accept-Encoding": None}},
        "none that is not there": {"headers": {"X-A": None}},
        "none in another case": {"headers": {"ACCEPT": None}},
        "none for Host": {"headers": {"Host": None}},
        "none for all": {"headers": None},
        "empty dict": {"headers": {}},
        "empty": {"headers": {"X-A": ""}},
        "empty agent": {"headers": {"User-Agent": ""}},
        "latin1": {"headers": {"X-A": "Grüße"}},
        "utf8 bytes": {"headers": {"X-A": "東京".encode()}},
        "host": {"headers": {"Host": "other.example:1"}},
        "host in another case": {"headers": {"hOsT": "other.example"}},
        "host between others": {"headers": {"X-A": "1", "Host": "other.example", "X-B": "2"}},
        "host of bytes": {"headers": {"Host": b"other.example"}},
        "user agent": {"headers": {"User-Agent": "me/1"}},
        "user agent in another case": {"headers": {"user-agent": "me/1"}},
        "accept encoding": {"headers": {"accept-encoding": "identity"}},
        "close": {"headers": {"Connection": "close"}},
        "connection with another word": {"headers": {"Connection": "X-A, keep-alive"}},
        "upgrade": {"headers": {"Connection": "Upgrade", "Upgrade": "h2c"}},
        "content length": {"headers": {"Content-Length": "0"}},
        "content length of nothing by POST": {"method": "POST", "headers": {"Content-Length": "0"}},
        "content type without a body": {"headers": {"Content-Type": "text/x"}},
        "trailing space": {"headers": {"X-A": "v  "}},
        "inner blanks": {"headers": {"X-A": "a   b"}},
        "inner tab": {"headers": {"X-A": "a\tb"}},
        "control character": {"headers": {"X-A": "a\x01\x7fb"}},
        "cookie header": {"headers": {"Cookie": "a=1"}},
        "cookie header in another case": {"headers": {"cookie": "a=1; b=2"}},
        "te": {"headers": {"TE": "trailers"}},
        "expect": {"method": "POST", "data": "x", "headers": {"Expect": "x"}},
        "order": {"headers": OrderedDict([("Z", "1"), ("Accept", "a/b"), ("A", "2"), ("User-Agent", "u")])},
        "order with a body": {"method": "POST", "data": {"a": "b"}, "headers": {"Z": "1", "Content-Type": "x/y", "A": "2"}},
        "case insensitive dict": lambda lib, here: {"headers": lib.structures.CaseInsensitiveDict({"x-a": "1"})},
        "twice in different cases": {"headers": {"X-A": "1", "x-a": "2"}},
        "list of pairs": {"headers": [("X-A", "1"), ("X-B", "2")]},
        "list of names": {"headers": ["X-A"]},
        "str": {"headers": "X-A: 1"},
        "long": {"headers": {"X-A": "v" * 20000}},
        "many": {"headers": {f"X-{number}": "v" for number in range(120)}},
        "odd token": {"headers": {"X!#$%&'*+.^_`|~": "v"}},
        "bad leading space": {"headers": {"X-A": " v"}},
        "bad leading tab": {"headers": {"X-A": "\tv"}},
        "bad leading nbsp": {"headers": {"X-A": "\u00a0v"}},
        "bad newline": {"headers": {"X-A": "a\nb"}},
        "bad newline last": {"headers": {"X-A": "a\n"}},
        "bad folding": {"headers": {"X-A": "a\r\n b"}},
        "bad crlf": {"headers": {"X-A": "a\r\nX-B: 1"}},
        "bad cr": {"headers": {"X-A": "a\rb"}},
        "bad crlf of bytes": {"headers": {"X-A": b"a\r\nX-B: 1"}},
        "bad int": {"headers": {"X-A": 5}},
        "bad float": {"headers": {"X-A": 5.5}},
        "bad bool": {"headers": {"X-A": True}},
        "bad list": {"headers": {"X-A": ["a"]}},
        "bad int name": {"headers": {5: "v"}},
        "bad name newline": {"headers": {"X\nA": "v"}},
        "bad name space": {"headers": {"X A ": "v"}},
        "bad name leading space": {"headers": {" X-A": "v"}},
        "bad name colon": {"headers": {"X:A": "v"}},
        "bad name empty": {"headers": {"": "v"}},
        "bad name beyond latin1": {"headers": {"東": "v"}},
        "bad not latin1": {"headers": {"X-A": "東京"}},
        "bad nul": {"headers": {"X-A": "a\0b"}},
    },
)


@case("headers: session merge")
def _(lib, here):
    session = lib.Session()
    session.headers.update({"X-A": "1", "X-B": "2", "x-c": "3"})
    return [
        session.get(here.http + "/echo", headers={"x-a": None, "X-b": "new", "X-D": "4"}),
        session.get(here.http + "/echo", headers={"X-C": "upper"}),
        session.get(here.http + "/echo"),
        list(session.headers.items()),
    ]


@case("headers: session headers of bytes")
def _(lib, here):
    session = lib.Session()
    session.headers.update({"X-A": b"1", b"X-B": "2"})
    return [attempt(session.get, here.http + "/echo"), attempt(session.get, here.http + "/echo", headers={"x-a": "str"})]


@case("headers: session header None")
def _(lib, here):
    session = lib.Session()
    session.headers["X-A"] = None
    session.headers["Accept"] = None
    return [session.get(here.http + "/echo"), attempt(session.get, here.http + "/echo", headers={"X-B": "1"})]


@case("headers: session headers replaced")
def _(lib, here):
    session = lib.Session()
    session.headers = {"User-Agent": "me", "Accept-Encoding": "identity", "Only": "this"}
    return [session.get(here.http + "/echo"), session.get(here.http + "/echo", headers={"only": "that"})]


@case("headers: session headers replaced by pairs in an order")
def _(lib, here):
    session = lib.Session()
    session.headers = OrderedDict([("Z", "1"), ("User-Agent", "me"), ("Accept-Encoding", "identity"), ("A", "2")])
    return [session.get(here.http + "/echo"), session.post(here.http + "/echo", data={"a": "b"}, headers={"B": "3", "Z": "4"})]


@case("headers: session headers None")
def _(lib, here):
    session = lib.Session()
    session.headers = None
    return session.get(here.http + "/echo", headers={"User-Agent": "me", "Accept-Encoding": "identity"})


@case("headers: session headers cleared")
def _(lib, here):
    session = lib.Session()
    session.headers.clear()
    session.headers.update({"User-Agent": "me", "Accept-Encoding": "identity"})
    return session.get(here.http + "/echo")


@case("headers: session without agent and codings")
def _(lib, here):
    session = lib.Session()
    session.headers = {"Only": "this"}
    return session.get(here.http + "/echo")


@case("headers: what is given stays as it is")
def _(lib, here):
    mine = {"X-A": None, "x-b": "1"}
    session = lib.Session()
    session.get(here.http + "/echo", headers=mine)
    return [mine, list(session.headers)]


@case("headers: default set")
def _(lib, here):
    default = lib.utils.default_headers()
    return [list(lib.Session().headers.items()), list(default.items()), type(default).__name__]


@case("headers: of a request that is prepared without a session")
def _(lib, here):
    prepared = lib.Request(
        "GET", here.http + "/echo", headers={"X-A": "1", "Accept-Encoding": "identity", "User-Agent": "me"}
    ).prepare()
    return [list(prepared.headers.items()), lib.Session().send(prepared)]


@case("structures: CaseInsensitiveDict")
def _(lib, here):
    one = lib.structures.CaseInsensitiveDict([("Accept", "1"), ("X-A", "2")], aCCept="3")
    one["x-a"] = "4"
    copy = one.copy()
    copy["New"] = "5"
    del copy["ACCEPT"]
    return [
        list(one.items()),
        list(one.lower_items()),
        list(copy),
        one == {"ACCEPT": "3", "X-a": "4"},
        one == [("a", 1)],
        one == copy,
        one.get("none"),
        "accept" in one,
        attempt(lambda: one["none"]),
        attempt(lambda: one[5]),
        repr(one),
        one.pop("X-A"),
        one.setdefault("ACCEPT", "6"),
        len(one),
        attempt(lambda: hash(one)),
    ]


@case("utils: header values")
def _(lib, here):
    utils = lib.utils
    lists = ['a, "b, c", d="e"', "", ",,", '"open', 'a="x\\"y"', "a;b=c, d", " a , b "]
    links = [
        '<u>; rel=a; title="x, y"',
        "<a>,<b>; rel",
        "no brackets; rel=x",
        "<a>;=;b",
        "",
        "<a>; rel='q', <b;c>; x=y=z",
        " <a> ; rel = next ",
    ]
    types = ["text/html; charset=UTF-8", "text/html", "a/b; charset='x'; q", "a/b; charset", 'A/B;CHARSET="Y"', ""]
    return [
        [attempt(utils.parse_list_header, value) for value in lists],
        [attempt(utils.parse_dict_header, value) for value in lists],
        [attempt(utils.parse_header_links, value) for value in links],
        [attempt(utils._parse_content_type_header, value) for value in types],
        [attempt(utils.get_encoding_from_headers, {"content-type": value}) for value in [*types, "text/plain", "application/json"]],
        [attempt(utils.check_header_validity, pair) for pair in (("a", "b"), ("a", "b\n"), ("a b", "c"), (1, "b"), ("a", None))],
        [attempt(utils.unquote_header_value, value) for value in ('"a"', '"a\\\\b"', "a", '"', '"\\\\\\\\s"')],
    ]
