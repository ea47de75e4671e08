"""Limits: what they are, who says them, and that each lets through what it allows and not one more."""

from __future__ import annotations

import contextlib
import copy
import gzip
import io
import pickle
import zlib
from types import SimpleNamespace

import pytest

import minireq
from minireq import Limits
from minireq.adapters import HTTPAdapter
from minireq.exceptions import (
    BodyTooLarge,
    ChunkedEncodingError,
    ConnectionError,
    ContentDecodingError,
    ContentTooLarge,
    HeadTooLarge,
    InvalidArgument,
    LimitExceeded,
    ProxyError,
    RedirectsExceeded,
    TooManyRedirects,
)
from minireq.limits import limits_for, wire_limits_for
from minireq.wire.limits import DEFAULT_LIMITS, NO_LIMIT

from .support.scripted import CLOSE

# --- what they are


DEFAULTS = {
    "header_line": 65_536,
    "header_bytes": 262_144,
    "header_count": 500,
    "interim_responses": 50,
    "chunk_line": 8_192,
    "trailer_bytes": 65_536,
    "trailer_count": 100,
    "codings": 5,
    "redirects": None,
    "body": None,
    "decoded_body": None,
    "decode_ratio": 2_000,
}


@pytest.mark.parametrize("name, default", DEFAULTS.items())
def test_each_limit_has_a_default_and_can_be_set(name, default):
    assert getattr(Limits(), name) == default
    for value in (0, 7, 10**30, None):
        limits = Limits(**{name: value})
        assert {each: getattr(limits, each) for each in DEFAULTS} == {**DEFAULTS, name: value}


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("value", [-1, 1.5, "10", True, object, [5]], ids=repr)
def test_a_limit_is_a_whole_number_from_0_on_or_none(name, value):
    with pytest.raises(InvalidArgument) as caught:
        Limits(**{name: value})
    assert f"the limit {name} is" in str(caught.value) and repr(value) in str(caught.value)


def test_a_name_that_there_is_not_is_refused():
    with pytest.raises(InvalidArgument, match="no limit called 'header_lines', only header_line, header_bytes"):
        Limits(header_lines=5)
    with pytest.raises(AttributeError, match="no limit called 'header_lines'"):
        Limits().header_lines


def test_they_are_never_changed():
    limits = Limits(codings=2)
    with pytest.raises(AttributeError, match="never changed, so codings cannot be set"):
        limits.codings = 100
    with pytest.raises(AttributeError, match="never changed"):
        limits.other = 100
    with pytest.raises(AttributeError, match="never changed"):
        del limits.codings
    assert limits == Limits(codings=2)


def test_they_are_a_value():
    assert Limits(codings=2, body=5) == Limits(body=5, codings=2) != Limits(codings=2)
    assert hash(Limits(codings=2, body=5)) == hash(Limits(body=5, codings=2))
    assert Limits(codings=5) != Limits()  # it says something
    assert Limits() != 5
    assert repr(Limits(codings=2, body=None)) == "Limits(codings=2, body=None)"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("limits", [Limits(), Limits(codings=2, body=None)], ids=repr)
def test_they_travel(limits, protocol):
    assert pickle.loads(pickle.dumps(limits, protocol)) == copy.copy(limits) == copy.deepcopy(limits) == limits


# --- who says them


def saying(call=None, session=None, adapter=None):
    request = minireq.PreparedRequest()
    request.limits, request._session_limits = call, session
    return request, HTTPAdapter(limits=adapter)


def test_nothing_said_is_nothing():
    assert limits_for(*saying()) is None
    assert limits_for(None, None) is None
    assert limits_for(*saying(Limits(), Limits(), Limits())) is None
    assert wire_limits_for(*saying()) is None


def test_name_by_name_the_call_wins_over_the_session_and_that_over_the_adapter():
    together = limits_for(
        *saying(
            Limits(body=None, codings=1), Limits(body=2, header_count=2), Limits(body=3, codings=3, header_count=3, redirects=3)
        )
    )
    assert together == Limits(body=None, codings=1, header_count=2, redirects=3)


def test_the_wire_has_a_number_for_each():
    wire = wire_limits_for(*saying(Limits(redirects=3), Limits(header_line=None), Limits(codings=0)))
    assert wire == DEFAULT_LIMITS._replace(header_line=NO_LIMIT, codings=0)


@pytest.mark.parametrize("wrong", [5, {"body": 5}, DEFAULT_LIMITS], ids=type)
def test_what_is_no_limits_is_refused(wrong, http_app):
    adapter = HTTPAdapter()
    adapter.limits = wrong
    with minireq.Session() as by_session, minireq.Session() as by_adapter:
        by_session.limits = wrong
        by_adapter.mount("http://", adapter)
        for session, arguments in ((by_session, {}), (by_adapter, {}), (minireq, {"limits": wrong})):
            with pytest.raises(InvalidArgument, match="limits are minireq.Limits or None, not "):
                session.get(http_app.url, **arguments)
    assert http_app.requests == []


@contextlib.contextmanager
def on_call(limits):
    yield lambda url, **arguments: minireq.get(url, limits=limits, **arguments)


@contextlib.contextmanager
def on_session(limits):
    with minireq.Session(limits=limits) as session:
        yield session.get


@contextlib.contextmanager
def on_session_attribute(limits):
    with minireq.Session() as session:
        session.limits = limits
        yield session.get


@contextlib.contextmanager
def on_adapter(limits):
    with minireq.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(limits=limits))
        yield session.get


@contextlib.contextmanager
def on_travelled_session(limits):
    with pickle.loads(pickle.dumps(minireq.Session(limits=limits))) as session:
        yield session.get


@contextlib.contextmanager
def on_travelled_adapter(limits):
    with minireq.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, pickle.loads(pickle.dumps(HTTPAdapter(limits=limits))))
        yield session.get


@contextlib.contextmanager
def on_prepared_request(limits):
    with minireq.Session() as session:

        def get(url, **arguments):
            prepared = minireq.Request("GET", url).prepare()
            prepared.limits = limits
            return session.send(pickle.loads(pickle.dumps(prepared)), **arguments)

        yield get


class ByPool(HTTPAdapter):
    """An adapter that goes by a pool, as those of programs do."""

    def get_connection_with_tls_context(self, *arguments, **keywords):
        return super().get_connection_with_tls_context(*arguments, **keywords)


@contextlib.contextmanager
def by_pool(limits):
    with minireq.Session(limits=limits) as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, ByPool())
        yield session.get


PLACES = pytest.mark.parametrize(
    "place",
    [
        on_call,
        on_session,
        on_session_attribute,
        on_adapter,
        on_travelled_session,
        on_travelled_adapter,
        on_prepared_request,
        by_pool,
    ],
)

# --- each at its limit, and one above


def headed(*lines, body=b"hello"):
    return b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"Content-Length: %d" % len(body), b"", body])


def chunked(body):
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body


def gzipped(body, times=1):
    for _ in range(times):
        body = gzip.compress(body, mtime=0)
    return headed(b"Content-Encoding: " + b", ".join([b"gzip"] * times), body=body)


def long_head(size):
    return headed(b"X: " + b"x" * (size - len(headed(b"X: ", body=b"hello")) + len(b"\r\n\r\nhello")))


def trailers(*lines):
    return chunked(b"5\r\nhello\r\n0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n")


# name of the limit: (an answer that is so large by its measure, what is raised for it, what requests' users catch)
MEASURES = {
    "header_line": (lambda size: headed(b"X: " + b"x" * (size - 3)), HeadTooLarge, ConnectionError),
    "header_bytes": (long_head, HeadTooLarge, ConnectionError),
    "header_count": (lambda count: headed(*[b"X: y"] * (count - 1)), HeadTooLarge, ConnectionError),
    "interim_responses": (lambda count: b"HTTP/1.1 103 Hints\r\n\r\n" * count + headed(), HeadTooLarge, ConnectionError),
    "chunk_line": (
        lambda size: chunked(b"5;" + b"x" * (size - 4) + b"\r\nhello\r\n0\r\n\r\n"),
        BodyTooLarge,
        ChunkedEncodingError,
    ),
    "trailer_bytes": (lambda size: trailers(b"X: " + b"x" * (size - 3)), BodyTooLarge, ChunkedEncodingError),
    "trailer_count": (lambda count: trailers(*[b"X: y"] * count), BodyTooLarge, ChunkedEncodingError),
    "codings": (lambda count: gzipped(b"hello", count), ContentTooLarge, ContentDecodingError),
    "body": (lambda size: headed(body=b"x" * size), BodyTooLarge, ChunkedEncodingError),
    "decoded_body": (lambda size: gzipped(b"x" * size), ContentTooLarge, ContentDecodingError),
}
SIZES = {"interim_responses": 3, "trailer_count": 4, "codings": 2, "header_count": 6}


def fetch(place, server, limits, **arguments):
    with place(limits) as get:
        return get(server.url, timeout=5, **arguments).content


@PLACES
@pytest.mark.parametrize("name", MEASURES)
def test_as_much_as_the_limit_passes_and_one_more_does_not(wire_server, place, name):
    answer, kind, known_as = MEASURES[name]
    size = SIZES.get(name, 200)
    content = fetch(place, wire_server([answer(size), CLOSE]), Limits(**{name: size}))
    assert content in (b"hello", b"x" * size)
    with pytest.raises(kind) as caught:
        fetch(place, wire_server([answer(size + 1), CLOSE]), Limits(**{name: size}))
    error = caught.value
    assert isinstance(error, LimitExceeded) and isinstance(error, known_as)
    assert (error.limit, error.value) == (name, size)
    assert f"(limit {name}={size}; Limits({name}=...) sets another)" in str(error)


@pytest.mark.parametrize("name", MEASURES)
def test_what_the_default_refuses_passes_where_there_is_no_limit(wire_server, name):
    default = DEFAULTS[name]
    if default is None:
        assert fetch(on_call, wire_server(MEASURES[name][0](200_000)), None) == b"x" * 200_000
        return
    others = {"header_bytes": None, "trailer_bytes": None, "header_line": None}
    answer = MEASURES[name][0](default + 1)
    with pytest.raises(MEASURES[name][1]) as caught:
        fetch(on_call, wire_server([answer, CLOSE]), Limits(**{**others, name: default}))
    assert (caught.value.limit, caught.value.value) == (name, default)
    assert fetch(on_call, wire_server(answer), Limits(**{**others, name: None})) == b"hello"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_error_travels(wire_server, protocol):
    with pytest.raises(BodyTooLarge) as caught:
        minireq.get(wire_server([headed(), CLOSE]).url, limits=Limits(body=4))
    copied = pickle.loads(pickle.dumps(caught.value, protocol))
    assert (type(copied), copied.limit, copied.value, str(copied)) == (BodyTooLarge, "body", 4, str(caught.value))


def test_a_limit_of_one_call_is_gone_with_the_next(wire_server):
    server = wire_server([headed()] * 3)
    with minireq.Session() as session:
        assert session.get(server.url, limits=Limits(header_count=1)).content == b"hello"
        assert session.get(server.url).content == b"hello"
        with pytest.raises(HeadTooLarge):
            session.get(server.url, limits=Limits(header_count=0))


def test_what_the_session_says_holds_for_a_call_that_speaks_of_another_limit(wire_server):
    with minireq.Session(limits=Limits(body=4)) as session, pytest.raises(BodyTooLarge, match=r"\(limit body=4;"):
        session.get(wire_server([headed(), CLOSE]).url, limits=Limits(header_count=1000))


# --- bodies


READS = pytest.mark.parametrize(
    "read",
    [
        lambda response: response.content,
        lambda response: b"".join(response.iter_content(50)),
        lambda response: b"".join(response.iter_content(None)),
        lambda response: b"".join(response.iter_lines()),
        lambda response: response.raw.read(),
        lambda response: response.raw.read(10_000),
        lambda response: b"".join(response.raw.stream(30)),
        lambda response: b"".join(iter(lambda: response.raw.read1(70), b"")),
        lambda response: _read_into(response.raw),
        lambda response: b"".join(response.raw),
    ],
    ids=["content", "iter_content", "as it comes", "iter_lines", "read", "read much", "stream", "read1", "readinto", "lines"],
)


def _read_into(raw):
    buffer, whole = bytearray(77), b""
    while size := raw.readinto(buffer):
        whole += buffer[:size]
    return whole


FRAMINGS = pytest.mark.parametrize(
    "frame",
    [
        lambda body: [headed(body=body)],
        lambda body: [chunked(b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n")],
        lambda body: [b"HTTP/1.1 200 OK\r\n\r\n" + body, CLOSE],
    ],
    ids=["length", "chunked", "until close"],
)


@READS
@FRAMINGS
def test_a_body_is_held_to_its_limit_however_it_is_read(wire_server, frame, read):
    for size in (200, 201):
        server = wire_server([*frame(b"x" * size), CLOSE])
        with minireq.get(server.url, stream=True, limits=Limits(body=200)) as response:
            if size == 200:
                assert read(response) == b"x" * 200
                continue
            with pytest.raises((BodyTooLarge, minireq.wire.errors.LimitExceeded)) as caught:
                read(response)
            assert caught.value.limit == "body"


@READS
def test_a_length_above_the_limit_is_refused_before_a_byte_is_read(wire_server, read):
    server = wire_server(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
    with minireq.get(server.url, stream=True, limits=Limits(body=4_999_999_999), timeout=5) as response:
        assert response.status_code == 200
        with pytest.raises((BodyTooLarge, minireq.wire.errors.LimitExceeded), match="it has 5000000000 bytes"):
            read(response)
        assert response.raw.tell() == 0
    server.wait_until_closed()


def test_the_limit_of_the_body_counts_what_is_received_and_the_other_what_it_becomes(wire_server):
    packed = gzip.compress(b"x" * 1000)
    answer = headed(b"Content-Encoding: gzip", body=packed)
    assert fetch(on_call, wire_server(answer), Limits(body=len(packed), decoded_body=1000)) == b"x" * 1000
    for limits in (Limits(body=len(packed) - 1), Limits(decoded_body=999)):
        with pytest.raises(LimitExceeded):
            fetch(on_call, wire_server([answer, CLOSE]), limits)
    with minireq.get(wire_server(answer).url, stream=True, limits=Limits(decoded_body=5)) as response:
        assert response.raw.read() == packed  # not decoded, so that there is nothing to count


@FRAMINGS
def test_a_body_without_codings_is_decoded_as_it_is(wire_server, frame):
    assert fetch(on_call, wire_server([*frame(b"x" * 200)]), Limits(decoded_body=200)) == b"x" * 200
    with pytest.raises((ContentTooLarge, BodyTooLarge)) as caught:
        fetch(on_call, wire_server([*frame(b"x" * 201), CLOSE]), Limits(decoded_body=200, body=300))
    assert (caught.value.limit, caught.value.value) == ("decoded_body", 200)
    with pytest.raises(BodyTooLarge, match=r"\(limit body=100;"):
        fetch(on_call, wire_server([*frame(b"x" * 201), CLOSE]), Limits(decoded_body=200, body=100))


def test_no_more_is_decoded_than_the_limit_and_one_byte(wire_server):
    server = wire_server([gzipped(bytes(30_000_000)), CLOSE])
    with minireq.get(server.url, stream=True, limits=Limits(decoded_body=1000)) as response:
        with pytest.raises(ContentTooLarge, match="decoded_body"):
            next(response.iter_content(30_000_000))
        with pytest.raises(ContentTooLarge):  # and it stays so
            response.content


def swelling(size, times):
    return [gzipped(bytes(size), times), CLOSE]


def size_of(response):
    return sum(map(len, response.iter_content(1 << 20)))


def test_zeros_in_gzip_are_no_bomb_by_default(wire_server):
    with minireq.get(wire_server(swelling(70_000_000, 1)).url, stream=True) as response:
        assert size_of(response) == 70_000_000


@pytest.mark.parametrize("limits, size", [(None, 64 << 20), (Limits(decode_ratio=None), 70_000_000)], ids=repr)
def test_zeros_in_gzip_in_gzip_are_none_up_to_64_mib_or_where_that_is_said(wire_server, limits, size):
    with minireq.get(wire_server(swelling(size, 2)).url, stream=True, limits=limits) as response:
        assert size_of(response) == size


def test_what_swells_more_than_gzip_can_is_a_bomb(wire_server):
    server, complaint = wire_server(swelling(70_000_000, 2)), r"the body is a bomb, it swells from \d+ bytes to more than 67\d{6} "
    with minireq.get(server.url, stream=True) as response, pytest.raises(ContentTooLarge, match=complaint) as caught:
        size_of(response)
    assert (caught.value.limit, caught.value.value) == ("decode_ratio", 2000)


def test_deflate_is_counted_as_gzip_is(wire_server):
    answer = headed(b"Content-Encoding: deflate", body=zlib.compress(b"x" * 201))
    with pytest.raises(ContentTooLarge):
        fetch(on_call, wire_server([answer, CLOSE]), Limits(decoded_body=200))


def test_a_body_that_is_not_wanted_is_not_held_to_limits(http_app, wire_server):
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 7\r\n\r\nelswhre"
    server = wire_server([moved, CLOSE], [headed()])
    assert fetch(on_call, server, Limits(body=5)) == b"hello"
    assert minireq.head(f"{http_app.url}/bytes/1000", limits=Limits(body=5)).headers["Content-Length"] == "1000"


# --- heads


def test_interim_heads_and_the_final_one_share_one_budget(wire_server):
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>"
    budget = 3 * len(interim) + 150
    final = long_head(150)
    server = wire_server([(interim + b"\r\n\r\n") * 3 + final, CLOSE])
    assert fetch(on_call, server, Limits(header_bytes=budget)) == b"hello"
    server = wire_server([(interim + b"\r\n\r\n") * 3 + final, CLOSE])
    with pytest.raises(HeadTooLarge, match=f"together with {3 * len(interim)} bytes of interim ones"):
        fetch(on_call, server, Limits(header_bytes=budget - 1))


def test_interim_heads_that_are_large_end_long_before_their_number(wire_server):
    interim = b"HTTP/1.1 103 Early Hints\r\n" + b"X: " + b"x" * 60_000 + b"\r\n\r\n"
    with pytest.raises(HeadTooLarge, match=r"\(limit header_bytes=262144;"):
        minireq.get(wire_server([interim * 5 + headed(), CLOSE]).url, timeout=5)


def test_the_budget_is_new_for_each_request(wire_server):
    server = wire_server([long_head(200)] * 3)
    with minireq.Session(limits=Limits(header_bytes=200)) as session:
        assert [session.get(server.url).content for _ in range(3)] == [b"hello"] * 3
    assert len(server.connections) == 1


@PLACES
def test_what_a_proxy_says_before_it_connects_is_held_to_the_same_limits(wire_server, place):
    proxy = wire_server([b"HTTP/1.1 200 Connected\r\nX: " + b"x" * 100 + b"\r\n\r\n", CLOSE])
    limits = Limits(header_bytes=100)
    with place(limits) as get, pytest.raises(ProxyError, match=r"too long \(limit header_bytes=100; Limits"):
        get("https://one.example/", proxies={"https": proxy.url}, timeout=5)


# --- redirects


def in_a_circle(wire_server):
    return wire_server(say_again, repeat=True)


def say_again(connection):
    while connection.read_request() is not None:
        connection.send(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


@PLACES
@pytest.mark.parametrize("most", [0, 1, 5])
def test_so_many_redirects_are_followed(wire_server, place, most):
    server = in_a_circle(wire_server)
    with place(Limits(redirects=most)) as get, pytest.raises(RedirectsExceeded) as caught:
        get(server.url)
    assert isinstance(caught.value, LimitExceeded) and isinstance(caught.value, TooManyRedirects)
    assert (caught.value.limit, caught.value.value, len(server.requests)) == ("redirects", most, most + 1)
    assert str(caught.value) == f"Exceeded {most} redirects. (limit redirects={most}; Limits(redirects=...) sets another)"
    assert len(caught.value.history) == most


@pytest.mark.parametrize("limits", [None, Limits(), Limits(redirects=None), Limits(body=5)], ids=repr)
def test_where_limits_do_not_say_it_max_redirects_does(wire_server, limits):
    server = in_a_circle(wire_server)
    with minireq.Session(limits=limits) as session:
        session.max_redirects = 3
        with pytest.raises(TooManyRedirects) as caught:
            session.get(server.url, limits=limits)
    assert (type(caught.value), str(caught.value), len(server.requests)) == (TooManyRedirects, "Exceeded 3 redirects.", 4)


def test_a_call_may_follow_more_than_its_session(http_app):
    with minireq.Session(limits=Limits(redirects=1)) as session:
        session.max_redirects = 0
        assert len(session.get(f"{http_app.url}/redirect/5", limits=Limits(redirects=5)).history) == 5


def test_limits_go_along_with_redirects_and_with_authentication(wire_server):
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    for place in (on_call, on_session):
        with pytest.raises(BodyTooLarge, match="body=4"):
            fetch(place, wire_server([moved, headed(), CLOSE]), Limits(body=4))
        asks = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 0\r\n\r\n'
        with pytest.raises(BodyTooLarge, match="body=4"):
            fetch(place, wire_server([asks, headed(), CLOSE]), Limits(body=4), auth=minireq.auth.HTTPDigestAuth("u", "p"))


# --- answers that others bring


def test_a_foreign_body_is_held_to_what_it_may_be_decoded(http_app):
    class Foreign(HTTPAdapter):
        def send(self, request, **settings):
            raw = SimpleNamespace(status=200, reason="OK", headers={}, read=io.BytesIO(b"x" * 200).read, close=lambda: None)
            return self.build_response(request, raw)

    with minireq.Session() as session:
        session.mount("http://", Foreign())
        assert session.get("http://one.example/", limits=Limits(decoded_body=200)).content == b"x" * 200
        assert session.get("http://one.example/").content == b"x" * 200
        with pytest.raises(ContentTooLarge, match=r"\(limit decoded_body=199;"):
            session.get("http://one.example/", limits=Limits(decoded_body=199))


def test_the_urllib3_of_a_program_is_held_to_it_too(http_app):
    urllib3 = pytest.importorskip("urllib3")

    class Foreign(HTTPAdapter):
        def init_poolmanager(self, connections, maxsize, block=False):
            self.poolmanager = urllib3.PoolManager(num_pools=connections, maxsize=maxsize, block=block)

    with minireq.Session() as session:
        session.mount("http://", Foreign(limits=Limits(decoded_body=1000)))
        assert len(session.get(f"{http_app.url}/bytes/1000").content) == 1000
        with pytest.raises(ContentTooLarge):
            session.get(f"{http_app.url}/bytes/1001")


def test_what_has_every_attribute_that_one_asks_for_says_nothing():
    class Anything:
        def __getattr__(self, name):
            return Anything()

    assert limits_for(Anything(), Anything()) is None
