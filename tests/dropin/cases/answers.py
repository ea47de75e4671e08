"""Responses: text, JSON, iteration, streams, and answers that are broken."""

from __future__ import annotations

import pickle

from ..views import attempt, view, view_of_cookies
from . import calls, case

WHOLE = """
    plain utf8 latin1 quoted-charset upper-charset bad-charset empty-charset single-quoted-charset spaced-charset
    two-charsets windows-1252 shift-jis html-nocharset xml-nocharset json-charset bad-utf8 bom-text no-type-ascii
    no-type-utf8 octets big odd-lines json json-utf8 json-bom8 json-utf16 json-utf16le json-utf16be json-utf32 json-utf32be
    json-latin1 json-bad json-empty json-nan json-notype-bom8 json-notype-latin1 gzip gzip-upper x-gzip gzip-two-members
    gzip-empty gzip-chunked deflate deflate-raw gzip-deflate two-coding-fields unknown-coding identity-coding empty-coding
    empty no-content not-modified reset-content chunked chunked-ext chunked-upper chunked-utf8-split until-close http10
    connection-close two-lengths-same no-reason status-only lf-only folded header-latin1 header-utf8 header-90 header-repeat
    header-empty header-commas continue-100 hints-103 reason-latin1 reason-utf8 links odd-links refresh 404 418 500 600
"""
BROKEN = """
    gzip-truncated gzip-bad gzip-bad-404 gzip-garbage-after deflate-bad chunked-bad-size chunked-cut chunked-no-end
    short-body two-lengths bad-length nothing garbage bad-status header-long head-cut header-no-colon
"""

for _name in WHOLE.split():

    @case(f"response: {_name}")
    def _(lib, here, name=_name):
        response = lib.get(f"{here.http}/raw/{name}")
        failed = attempt(response.raise_for_status, text=True)
        names = [response.headers.get("x-name"), response.headers.get("X-A"), response.headers.get("x-fold")]
        return [response, attempt(response.json), failed, names, bool(response)]


for _name in ("json-notype-utf16", "json-notype-utf16be", "json-notype-utf32"):

    @case(f"response: {_name}")
    def _(lib, here, name=_name):
        response = lib.get(f"{here.http}/raw/{name}")
        return [attempt(response.json), response.encoding]


for _name in BROKEN.split():
    calls("broken response", {_name: lambda lib, here, name=_name: lib.get(f"{here.http}/raw/{name}")})
    calls("broken head", {_name: lambda lib, here, name=_name: lib.head(f"{here.http}/raw/{name}")})


@case("broken response: streamed")
def _(lib, here):
    results = []
    for name in ("gzip-bad", "chunked-bad-size", "chunked-cut", "short-body"):
        response = lib.get(f"{here.http}/raw/{name}", stream=True)
        results.append([response.status_code, attempt(lambda response=response: list(response.iter_content(10)))])
    return results


@case("response: apparent encoding")
def _(lib, here):
    return [lib.get(f"{here.http}/raw/{name}").apparent_encoding for name in ("no-type-ascii", "no-type-utf8", "bom-text")]


@case("response: encoding set by hand")
def _(lib, here):
    response = lib.get(here.http + "/raw/utf8")
    seen = []
    for encoding in ("latin-1", "ascii", "utf-16", "no-such", "", None, "UTF8", "hex"):
        response.encoding = encoding
        seen.append(attempt(lambda: response.text))
    return seen


@case("response: encoding idna")
def _(lib, here):
    response = lib.get(here.http + "/raw/utf8")
    response.encoding = "idna"
    return response.text


@case("response: json with arguments")
def _(lib, here):
    response = lib.get(here.http + "/raw/json")
    return [response.json(parse_int=str), response.json(object_pairs_hook=list), attempt(response.json, what=1)]


@case("response: json that fails")
def _(lib, here):
    response = lib.get(here.http + "/raw/json-bad")
    try:
        response.json()
    except lib.exceptions.JSONDecodeError as error:
        return [str(error), error.msg, error.doc, error.pos, error.lineno, error.colno, view(pickle.loads(pickle.dumps(error)))]


for _size in (1, 2, 3, 7, 10240, None):

    @case(f"iter_content: size {_size}")
    def _(lib, here, size=_size):
        results = {}
        for name in ("utf8", "gzip", "lines", "chunked", "bad-utf8"):
            for decode in (True, False):
                response = lib.get(f"{here.http}/raw/{name}", stream=True)
                chunks = list(response.iter_content(size, decode_unicode=decode))
                # How coded or chunked input is cut depends on how it arrives: only plain bodies are compared by chunk.
                value = chunks if size and name in ("utf8", "lines") else type(chunks[0])().join(chunks)
                results[f"{name} {decode}"] = [value, attempt(lambda response=response: b"".join(response.iter_content(1)))]
        return results


LINES = [
    {},
    {"chunk_size": 1},
    {"chunk_size": 2},
    {"chunk_size": None},
    {"delimiter": b"|"},
    {"delimiter": b"\r\n", "chunk_size": 1},
    {"delimiter": b"||", "chunk_size": 3},
    {"decode_unicode": True},
    {"decode_unicode": True, "chunk_size": 3},
    {"delimiter": "|", "decode_unicode": True},
    {"delimiter": b"\n"},
    {"delimiter": b"zeta"},
    {"delimiter": b"none of it"},
    {"delimiter": b""},
]
for _keywords in LINES:
    for _name in ("lines", "gzip", "chunked", "odd-lines", "empty"):

        @case(f"iter_lines: {_keywords} of {_name}")
        def _(lib, here, name=_name, keywords=_keywords):
            return list(lib.get(f"{here.http}/raw/{name}", stream=True).iter_lines(**keywords))


@case("iter_lines: of a body that was read")
def _(lib, here):
    response = lib.get(here.http + "/raw/lines")
    return [list(response.iter_lines()), list(response.iter_lines(decode_unicode=True)), list(response.iter_lines())]


@case("iter_lines: decoded without an encoding")
def _(lib, here):
    response = lib.get(here.http + "/raw/no-type-ascii", stream=True)
    return [response.encoding, list(response.iter_lines(decode_unicode=True))]


calls(
    "iter_content",
    {
        "bad chunk size, streamed": lambda lib, here: list(lib.get(here.http + "/raw/plain", stream=True).iter_content("8")),
        "bad chunk size": lambda lib, here: list(lib.get(here.http + "/raw/plain").iter_content("8")),
        "float": lambda lib, here: list(lib.get(here.http + "/raw/plain").iter_content(1.5)),
        "true": lambda lib, here: list(lib.get(here.http + "/raw/plain").iter_content(True)),
        "of nothing": lambda lib, here: list(lib.get(here.http + "/raw/empty", stream=True).iter_content(5)),
        "of 204": lambda lib, here: list(lib.get(here.http + "/raw/no-content", stream=True).iter_content(5)),
        "of HEAD": lambda lib, here: list(lib.head(here.http + "/raw/big", stream=True).iter_content(5)),
        "of a body that was read": lambda lib, here: list(lib.get(here.http + "/raw/plain").iter_content(2)),
        "not streamed, in the default size": lambda lib, here: list(lib.get(here.http + "/raw/plain").iter_content()),
    },
)


@case("stream: content after iteration")
def _(lib, here):
    response = lib.get(here.http + "/raw/plain", stream=True)
    first = next(response.iter_content(2))
    return [first, attempt(lambda: response.content), attempt(lambda: response.text), attempt(lambda: list(response.iter_lines()))]


@case("stream: content, then iteration")
def _(lib, here):
    response = lib.get(here.http + "/raw/plain", stream=True)
    return [response.content, list(response.iter_content(2)), response.content, response.raw.read()]


@case("stream: two iterators")
def _(lib, here):
    response = lib.get(here.http + "/raw/lines", stream=True)
    one, two = response.iter_content(3), response.iter_content(4)
    return [next(one), attempt(next, two), next(one), attempt(lambda: b"".join(one)), attempt(lambda: b"".join(two))]


@case("stream: iteration to the end, then again")
def _(lib, here):
    response = lib.get(here.http + "/raw/plain", stream=True)
    whole = b"".join(response.iter_content(2))
    return [whole, attempt(lambda: list(response.iter_content(2))), attempt(lambda: response.content), attempt(response.json)]


@case("stream: lines, then content")
def _(lib, here):
    response = lib.get(here.http + "/raw/lines", stream=True)
    lines = response.iter_lines()
    return [next(lines), next(lines), attempt(lambda: response.content), list(lines)]


@case("stream: raw, then content")
def _(lib, here):
    response = lib.get(here.http + "/raw/lines", stream=True)
    return [response.raw.read(5), response.content, attempt(lambda: list(response.iter_content(5)))]


@case("stream: iterating a response")
def _(lib, here):
    response = lib.get(here.http + "/raw/big", stream=True)
    return [len(next(iter(response))), len(list(response)), response.raw.closed]


@case("stream: raw reads")
def _(lib, here):
    coded, decoded, big, chunked = (
        lib.get(f"{here.http}/raw/{name}", stream=True).raw for name in ("gzip", "gzip", "big", "chunked")
    )
    return [
        coded.read(),
        decoded.read(decode_content=True),
        big.read(10),
        len(big.read(100000)),
        len(big.read()),
        big.read(),
        b"".join(chunked.stream(4)),
        coded.status,
        coded.reason,
        coded.version,
        coded.closed,
        coded.headers.get("content-encoding"),
        coded.getheaders() is not None,
        coded.getheader("Content-Encoding"),
        attempt(lambda: coded.headers.getlist("content-encoding")),
    ]


@case("stream: raw in other ways")
def _(lib, here):
    raws = [lib.get(f"{here.http}/raw/{name}", stream=True).raw for name in ("lines", "gzip", "plain", "plain", "chunked")]
    raws[1].decode_content = True
    room = bytearray(3)
    return [
        list(raws[0]),
        raws[1].read(10),
        raws[2].readinto(room),
        bytes(room),
        raws[2].tell(),
        raws[2].readable(),
        attempt(raws[2].writable),
        attempt(raws[2].seekable),
        raws[3].data,
        raws[4].read(0),
        raws[4].read(5),
        attempt(raws[4].release_conn),
    ]


@case("stream: raw of repeated headers")
def _(lib, here):
    raw = lib.get(here.http + "/raw/header-repeat", stream=True).raw
    return [raw.headers.getlist("x-a"), raw.headers["X-A"], list(raw.headers), "x-A" in raw.headers]


@case("stream: context manager, close, reuse")
def _(lib, here):
    with lib.Session() as session:
        with session.get(here.http + "/raw/big", stream=True) as response:
            part = next(response.iter_content(10))
        names = ("plain", "plain", "connection-close", "plain", "no-content", "404", "gzip", "chunked", "not-modified")
        others = [session.get(f"{here.http}/raw/{name}") for name in names]
        session.head(here.http + "/raw/big")
        session.get(here.http + "/raw/plain")
    return [part, response.raw.closed, others]


@case("stream: closed responses")
def _(lib, here):
    response = lib.get(here.http + "/raw/big", stream=True)
    response.close()
    read = lib.get(here.http + "/raw/plain")
    read.close()
    return [attempt(lambda: response.content), attempt(response.close), read.content, attempt(lambda: list(read.iter_content(2)))]


@case("stream: closed unread, then another")
def _(lib, here):
    session = lib.Session()
    session.get(here.http + "/raw/big", stream=True).close()
    session.get(here.http + "/raw/plain", stream=True).close()
    return session.get(here.http + "/raw/plain")


@case("stream: two at a time")
def _(lib, here):
    session = lib.Session()
    one = session.get(here.http + "/raw/plain", stream=True)
    two = session.get(here.http + "/raw/plain", stream=True)
    return [one.content, two.content, session.get(here.http + "/raw/plain"), session.get(here.http + "/raw/plain")]


@case("response: truth, iteration, repr, time")
def _(lib, here):
    response = lib.get(here.http + "/raw/404")
    seconds = response.elapsed.total_seconds()
    return [bool(response), list(iter(response)), repr(response), 0 < seconds < 5, type(response.elapsed).__name__]


@case("response: one that is made by hand")
def _(lib, here):
    made = lib.Response()
    return [
        made.status_code,
        made.encoding,
        attempt(lambda: made.text),
        attempt(lambda: made.content),
        repr(made),
        attempt(lambda: made.ok),
        attempt(made.json),
        made.history,
        made.url,
        view(made.headers),
        made.is_redirect,
        attempt(made.close),
        attempt(lambda: made.links),
        attempt(lambda: made.next),
    ]


@case("response: apparent encoding of one that is made by hand")
def _(lib, here):
    return lib.Response().apparent_encoding


@case("response: content put in by hand")
def _(lib, here):
    results = []
    for content in (b'{"a": "\xc3\xbc"}', b"", "text".encode("utf-16"), b"[1"):
        made = lib.Response()
        made._content, made.status_code, made.headers["Content-Type"] = content, 200, "application/json"
        results.append([made.text, attempt(made.json), made.ok, list(made.iter_lines()), made.content])
    return results


@case("raise_for_status: messages")
def _(lib, here):
    results = []
    reasons = (200, "OK"), (302, "Found"), (400, "Bad"), (451, b"Gr\xf6\xdfe"), (500, None), (599, ""), (600, "x"), (404, "Größe")
    for code, reason in (*reasons, (404, b"Gr\xc3\xb6\xc3\x9fe")):
        made = lib.Response()
        made.status_code, made.reason, made.url = code, reason, "http://x/ü"
        results.append([attempt(made.raise_for_status, text=True), made.ok])
    return results


@case("response: pickled")
def _(lib, here):
    results = []
    for name in ("utf8", "404", "cookies", "gzip"):
        response = lib.get(f"{here.http}/raw/{name}", stream=name == "gzip")
        back = pickle.loads(pickle.dumps(response))
        plain = [
            back.status_code,
            back.url,
            back.reason,
            back.encoding,
            back.headers,
            back.text,
            view_of_cookies(back.cookies),
            back.raw,
        ]
        results.append([*plain, back.history, back.request, back.elapsed == response.elapsed, list(back.iter_content(5))])
    return results


@case("response: raw attributes that programs read")
def _(lib, here):
    response = lib.get(here.http + "/raw/gzip?q=1", stream=True)
    names = """
        status reason version headers decode_content _request_url _fp _original_response release_conn close closed read stream
        readable fileno isclosed getheaders getheader tell geturl data connection retries msg read1 readinto drain_conn
        get_redirect_location
    """
    raw = response.raw
    return [
        [[name, hasattr(raw, name)] for name in names.split()],
        attempt(lambda: raw._request_url),
        attempt(lambda: raw.geturl()),
        attempt(lambda: raw.version),
        attempt(lambda: raw._original_response.version),
        attempt(lambda: dict(raw.headers) != {}),
        attempt(lambda: raw.get_redirect_location()),
    ]
