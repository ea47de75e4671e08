"""What an exchange makes of an answer, however it arrives; and answers of all kinds, made up by hypothesis."""

from __future__ import annotations

from collections import namedtuple

from hypothesis import strategies as st

from minireq.wire.errors import WireError
from minireq.wire.limits import DEFAULT_LIMITS
from minireq.wire.protocol.chunked import chunk_of, last_chunk
from minireq.wire.protocol.exchange import Exchange, State
from minireq.wire.protocol.fields import Fields

Heard = namedtuple("Heard", "status reason fields body trailers informational verdict")
ENDS = b""  # as the last piece: the other side has ended the connection


def asked(method="GET", *fields, limits=DEFAULT_LIMITS):
    """An exchange whose request has been sent."""
    exchange = Exchange()
    exchange.start(method, "/", Fields([("Host", "example.org"), *fields]), limits=limits)
    exchange.finish()
    return exchange


def hear(pieces, exchange=None, most=None, bulk=False):
    """The response in the pieces. With `most`, the body is read so many bytes at a time; with `bulk`, past the buffer."""
    exchange = exchange or asked()
    arriving = Arriving(pieces)
    head = heard_head(exchange, arriving)
    return Heard(
        head.status,
        head.reason,
        list(head.fields.lines()),
        heard_body(exchange, arriving, most or 1 << 62, bulk),
        None if exchange.trailers is None else list(exchange.trailers.lines()),
        [(status, list(fields.lines())) for status, fields in exchange.informational],
        exchange.verdict,
    )


def outcome(pieces, method="GET", *fields, **how):
    """What was heard, or the kind of error; nothing else may come of it."""
    exchange = asked(method, *fields)
    try:
        return hear([*pieces, ENDS], exchange, **how)
    except WireError as error:
        assert exchange.state is State.BROKEN
        assert len(str(error)) < 400
        return type(error)


class Arriving:
    """The pieces as a socket gives them: at most so many bytes of the next one."""

    def __init__(self, pieces):
        self.pieces = list(pieces)

    def receive(self, most=1 << 62):
        assert self.pieces, "more is wanted, where all has come"
        piece = self.pieces.pop(0)
        if len(piece) > most:
            self.pieces.insert(0, piece[most:])
        return piece[:most]


def heard_head(exchange, arriving):
    while (head := exchange.next_head()) is None:
        exchange.feed(arriving.receive())
    return head


def heard_body(exchange, arriving, most, bulk):
    body = b""
    while data := heard_piece(exchange, arriving, most, bulk):
        assert len(data) <= most
        body += data
    return body


def heard_piece(exchange, arriving, most, bulk):
    while (data := exchange.next_data(most)) is None:
        plain = exchange.passthrough()
        if bulk and plain:
            data = arriving.receive(min(plain, most))
            if data:
                exchange.skip(len(data))
                return data
            exchange.feed(data)
        else:
            exchange.feed(arriving.receive())
    return data


def cut(data, places):
    """The data in the pieces that lie between the places (any numbers)."""
    ends = sorted({place % (len(data) + 1) for place in places} - {0, len(data)})
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)])]


places = st.lists(st.integers(0, 1 << 20), max_size=12)

TOKEN = "!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ"
FRAMING = {"content-length", "transfer-encoding", "connection"}
names = st.text(TOKEN, min_size=1, max_size=12).filter(lambda name: name.lower() not in FRAMING)
values = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30).map(lambda value: value.strip(" \t"))
fields = st.lists(st.tuples(names, values), max_size=6)
blanks = st.text(" \t", max_size=3)
bodies = st.binary(max_size=200)


@st.composite
def lines(draw, pairs):
    """The lines of such fields, with blanks where they may be."""
    return b"".join(f"{name}:{draw(blanks)}{value}{draw(blanks)}\r\n".encode("latin-1") for name, value in pairs)


@st.composite
def chunks(draw, body, trailers):
    """The body in chunks, with extensions, odd spellings of their sizes, and trailers."""
    spelled = []
    for piece in cut(body, draw(places)) if body else []:
        size = draw(st.sampled_from(["{:x}", "{:X}", "0{:x}", "{:x} ", "{:x};a=b", '{:x} ;a="b;c"'])).format(len(piece))
        spelled.append(size.encode() + b"\r\n" + piece + b"\r\n")
    if draw(st.booleans()) and not trailers:
        return b"".join(spelled) + last_chunk()
    return b"".join(spelled) + b"00\r\n" + draw(lines(trailers)) + b"\r\n"


Answer = namedtuple("Answer", "wire heard")


@st.composite
def answers(draw):
    """A response as bytes, and what is to be heard of it (but for the verdict)."""
    status = draw(st.sampled_from([200, 201, 206, 299, 301, 400, 404, 503, 599, 999]))
    reason = draw(st.sampled_from(["OK", "", "Not Found", "très bien"]))
    pairs, body = draw(fields), draw(bodies)
    framing = draw(st.sampled_from(["Content-Length", "Transfer-Encoding", "end"]))
    trailers = draw(fields) if framing == "Transfer-Encoding" else None
    if framing == "Content-Length":
        pairs, coded = [*pairs, (framing, str(len(body)))], body
    elif framing == "Transfer-Encoding":
        pairs, coded = [*pairs, (framing, "chunked")], draw(chunks(body, trailers))
    else:
        coded = body
    interim = draw(st.lists(st.tuples(st.sampled_from([100, 102, 103, 199]), fields), max_size=2))
    wire = b"".join(b"HTTP/1.1 %d Wait\r\n" % code + draw(lines(hints)) + b"\r\n" for code, hints in interim)
    wire += f"HTTP/1.1 {status} {reason}\r\n".encode() + draw(lines(pairs)) + b"\r\n" + coded
    return Answer(wire, Heard(status, reason, pairs, body, trailers, interim, None))


@st.composite
def damaged(draw, wires):
    """Such bytes after some have been lost, changed, repeated or put in."""
    wire = draw(wires)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(wire)))
        size = draw(st.integers(0, 8))
        planted = draw(st.sampled_from([b"", b"\r", b"\n", b"\0", b" ", b":", b"\r\n\r\n", b"0", b"\xff", wire[at : at + 40]]))
        wire = wire[:at] + planted + wire[at + size :]
    return wire


def chunked(*data):
    """The data, each as a chunk, and the end."""
    return b"".join(map(chunk_of, data)) + last_chunk()
