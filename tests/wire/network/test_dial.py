"""Dialling: which addresses are tried, in which order, when, for how long, and what is left of those that did not win."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import selectors
import socket
import threading
import time

import pytest
from hypothesis import given, strategies as st

from minireq.wire import errors
from minireq.wire.network import dial as dialling
from minireq.wire.network.dial import ATTEMPT_DELAY, Dialling, Race, dial, interleaved
from minireq.wire.timeouts import Deadline
from tests.support import surroundings
from tests.support.carried import ROOT
from tests.support.interpreter import run_python

FOUR, SIX = socket.AF_INET, socket.AF_INET6
LISTENERS = pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]], ids=["one address", "two addresses"])


@pytest.fixture
def listening():
    """Listens at an address: listening("127.0.0.2", port). At a port of its own choice, nobody else answers at the others."""
    opened = []

    def listen(address, port=0):
        opened.append(socket.create_server((address, port), family=SIX if ":" in address else FOUR))
        if port or not address.startswith("127."):
            return opened[-1].getsockname()[1]
        chosen = opened[-1].getsockname()[1]
        try:
            for other in {f"127.0.0.{number}" for number in range(1, 5)} - {address}:
                opened.append(socket.socket())
                opened[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                opened[-1].bind((other, chosen))  # taken, and yet it refuses
        except OSError:
            return listen(address)
        return chosen

    yield listen
    for listener in opened:
        listener.close()


class Patience(selectors.SelectSelector):
    """Waits on the clock of the test: what loopback does not do in a twinkling does not happen before the time is up."""

    def select(self, timeout=None):
        assert timeout is not None, "this would wait for ever"
        ready = super().select(0.05)
        if not ready:
            time.monotonic.now += timeout
        return ready


@pytest.fixture
def clock(clock, monkeypatch):
    monkeypatch.setattr(dialling, "_Selector", Patience)
    return clock


def peer_of(stream):
    """Whom the stream is connected to; the stream is closed."""
    peer = stream.socket.getpeername()[0]
    stream.close()
    return peer


# One address.


def test_a_name_is_looked_up_and_its_address_connected(dns, listening):
    port = listening("127.0.0.1")
    dns["example.org"] = "127.0.0.1"
    assert peer_of(dial("example.org", port, Deadline(5))) == "127.0.0.1"
    assert dns.asked == ["example.org"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_literal_address_is_connected(dns, listening, address):
    assert peer_of(dial(address, listening(address), Deadline(None))) == address
    assert dns.asked == []


@LISTENERS
def test_small_writes_go_out_at_once(dns, listening, addresses):
    port = listening("127.0.0.1")
    dns["example.org"] = addresses
    stream = dial("example.org", port, Deadline(5))
    assert stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    stream.close()


@LISTENERS
@pytest.mark.parametrize("seconds", [None, 5])
def test_what_was_given_for_connecting_is_not_the_timeout_of_the_stream(dns, listening, addresses, seconds):
    port = listening("127.0.0.1")
    dns["example.org"] = addresses
    stream = dial("example.org", port, Deadline(seconds))
    stream.send(b"hello", timeout=1)
    with pytest.raises(errors.ReadTimedOut, match=r"read timeout=0\.01"):
        stream.receive(timeout=0.01)
    stream.close()


def test_a_refused_connection_names_host_port_and_address(dns, refused_port):
    """S130."""
    dns["example.org"] = "127.0.0.1"
    with pytest.raises(errors.ConnectFailed, match=rf"no connection to example\.org:{refused_port}: 127\.0\.0\.1: .*refused"):
        dial("example.org", refused_port, Deadline(5))


def test_a_literal_ipv6_address_is_named_in_brackets(refused_port):
    with pytest.raises(errors.ConnectFailed, match=rf"no connection to \[::1\]:{refused_port}: "):
        dial("::1", refused_port, Deadline(5))


def test_an_address_that_does_not_answer_is_waited_for_until_the_deadline(dns, deaf_port):
    """S127."""
    dns["example.org"] = "127.0.0.1"
    expected = rf"timed out while connecting to example\.org:{deaf_port} \(127\.0\.0\.1: no answer\) \(connect timeout=0\.05\)"
    with pytest.raises(errors.ConnectTimedOut, match=expected) as caught:
        dial("example.org", deaf_port, Deadline(0.05))
    assert (caught.value.phase, caught.value.seconds) == ("connect", 0.05)


# No address.


@pytest.mark.parametrize(
    "host, answer",
    [
        ("nowhere.example", socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
        ("busy.example", socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")),
        ("a..b", UnicodeError("label empty or too long")),
    ],
)
def test_a_name_without_an_address_is_an_error_that_shows_it(dns, host, answer):
    """S130."""
    dns[host] = answer
    with pytest.raises(errors.NameLookupFailed, match=f"the name '{host}' could not be resolved: ") as caught:
        dial(host, 80, Deadline(5))
    assert isinstance(caught.value, errors.ConnectFailed)


def test_a_resolver_that_knows_the_name_but_no_address_is_an_error(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments: [])
    with pytest.raises(errors.NameLookupFailed, match=r"the name 'example\.org' has no address"):
        dial("example.org", 80, Deadline(5))


@LISTENERS
def test_the_time_of_a_slow_lookup_counts(dns, listening, clock, monkeypatch, addresses):
    dns["example.org"] = addresses
    port = listening("127.0.0.1")
    look_up = socket.getaddrinfo

    def slowly(*arguments):
        clock.now += 4
        return look_up(*arguments)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    peer_of(dial("example.org", port, Deadline(4.5)))
    if len(addresses) == 1:  # with two, the first is connected before anybody waits
        with pytest.raises(errors.ConnectTimedOut, match=rf"connecting to example\.org:{port} \(connect timeout=3\)"):
            dial("example.org", port, Deadline(3))


@pytest.mark.parametrize("seconds, aside", [(5, True), (None, False)])
def test_only_where_there_is_a_deadline_a_thread_asks_for_the_addresses(dns, listening, monkeypatch, seconds, aside):
    dns["example.org"] = "127.0.0.1"
    port = listening("127.0.0.1")
    look_up, threads = socket.getaddrinfo, []

    def noting(*arguments):
        threads.append(threading.get_ident())
        return look_up(*arguments)

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    for host in ("example.org", "127.0.0.1", "::1"):  # no thread for literal addresses
        try:
            dial(host, port, Deadline(seconds)).close()
        except errors.ConnectFailed:
            assert host == "::1"
    assert [thread != threading.get_ident() for thread in threads] == [aside, False, False]


def test_a_lookup_that_hangs_is_waited_for_until_the_deadline(hung_resolver, refused_port):
    with pytest.raises(
        errors.ConnectTimedOut, match=r"while looking up the name 'example\.org' \(connect timeout=0\.05\)"
    ) as caught:
        dial("example.org", refused_port, Deadline(0.05))
    assert caught.value.phase == "lookup"


# Several addresses: their order.


@pytest.mark.parametrize(
    "families, order",
    [
        ("4", "0"),
        ("444", "012"),
        ("46", "01"),
        ("64", "01"),
        ("6644", "0213"),
        ("66664", "04123"),
        ("64444", "01234"),
        ("464646", "012345"),
        ("446664", "021354"),
    ],
)
def test_families_take_turns_beginning_with_the_one_the_resolver_prefers(families, order):
    addresses = [(int(family), 1, 6, "", position) for position, family in enumerate(families)]
    assert "".join(str(address[4]) for address in interleaved(addresses)) == order


@given(st.lists(st.sampled_from([2, 10, 1]), min_size=1))
def test_interleaving_loses_nothing_and_keeps_the_order_within_a_family(families):
    addresses = [(family, 1, 6, "", position) for position, family in enumerate(families)]
    mixed = interleaved(addresses)
    assert sorted(mixed) == sorted(addresses)
    for family in set(families):
        of_family = [address[4] for address in mixed if address[0] == family]
        assert of_family == sorted(of_family)


# Several addresses: their times. Each line is (time, what happens, what follows).

START, WAIT, FAIL = "start", "wait", "fail"


@pytest.mark.parametrize(
    "addresses, log",
    [
        ("a", [(0, START, "a"), (0, START, None), (0, WAIT, None), (9, START, None)]),
        ("ab", [(0, START, "a"), (0, WAIT, 0.25), (0.2, START, None), (0.2, WAIT, 0.05), (0.25, START, "b"), (0.25, WAIT, None)]),
        # The delay counts from the last start, however that came about; a start that is late does not make up for it.
        (
            "abc",
            [(0, START, "a"), (0.25, START, "b"), (0.25, START, None), (0.25, WAIT, 0.25), (0.5, START, "c"), (0.5, WAIT, None)],
        ),
        ("abc", [(0, START, "a"), (0.4, START, "b"), (0.5, START, None), (0.65, START, "c")]),
        # A failure starts one attempt, not two.
        ("abc", [(0, START, "a"), (0.1, FAIL, None), (0.1, WAIT, 0.0), (0.1, START, "b"), (0.1, START, None)]),
        (
            "abcd",
            [(0, START, "a"), (0.25, START, "b"), (0.3, FAIL, None), (0.3, START, "c"), (0.3, START, None), (0.55, START, "d")],
        ),
        # When the last one has been started nothing is left to decide.
        ("ab", [(0, START, "a"), (0.25, START, "b"), (0.3, FAIL, None), (0.3, START, None), (0.3, WAIT, None)]),
        ("ab", [(0, START, "a"), (0.1, FAIL, None), (0.1, START, "b"), (0.1, WAIT, None)]),
        ("abc", [(0, START, "a"), (0.1, FAIL, None), (0.1, START, "b"), (0.1, WAIT, 0.25), (0.35, START, "c")]),
        ("abc", [(0, START, "a"), (0.25, START, "b"), (0.3, FAIL, None), (0.3, START, "c"), (0.3, WAIT, None)]),
        ("abc", [(0, START, "a"), (0, FAIL, None), (0, START, "b"), (0, FAIL, None), (0, START, "c"), (0, START, None)]),
        ("ab", [(5, START, "a"), (7, START, "b")]),
        ("ab", [(0, START, "a"), (7, WAIT, 0.0)]),
    ],
)
def test_attempts_start_a_quarter_of_a_second_apart_or_as_soon_as_one_fails(addresses, log):
    race = Race(addresses)
    for now, happens, follows in log:
        if happens is START:
            assert race.next_start(now) == follows
        elif happens is WAIT:
            assert race.wait(now) == (follows if follows is None else pytest.approx(follows))
        else:
            race.failed()


# Several addresses: the race itself.


def test_a_refused_first_address_leads_to_the_second(dns, listening):
    port = listening("127.0.0.2")
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    assert peer_of(dial("example.org", port, Deadline(5))) == "127.0.0.2"


def test_a_refused_ipv6_address_leads_to_the_ipv4_one(dns, listening):
    port = listening("127.0.0.1")
    dns["example.org"] = ["::1", "127.0.0.1"]
    assert peer_of(dial("example.org", port, Deadline(None))) == "127.0.0.1"


def test_a_silent_first_address_costs_a_quarter_of_a_second(dns, listening, deaf_port, clock):
    listening("127.0.0.2", deaf_port)
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    started = clock.now
    assert peer_of(dial("example.org", deaf_port, Deadline(5))) == "127.0.0.2"
    assert clock.now - started == ATTEMPT_DELAY == 0.25


def test_a_refusal_costs_nothing_also_while_another_address_is_silent(dns, listening, deaf_port, clock):
    listening("127.0.0.4", deaf_port)
    dns["example.org"] = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]  # silent, refused, refused, there
    started = clock.now
    assert peer_of(dial("example.org", deaf_port, Deadline(5))) == "127.0.0.4"
    assert clock.now - started == ATTEMPT_DELAY


def test_for_real_a_silent_first_address_is_overtaken(dns, listening, deaf_port):
    """On the system's own clock, against an address that really does not answer."""
    listening("127.0.0.2", deaf_port)
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    assert peer_of(dial("example.org", deaf_port, Deadline(60))) == "127.0.0.2"


def test_for_real_a_host_whose_ipv6_is_a_black_hole_is_reached_by_ipv4(dns, listening):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(held) for held in surroundings.deaf_sockets("::1")]
        port = sockets[0].getsockname()[1]
        listening("127.0.0.1", port)
        dns["example.org"] = ["::1", "127.0.0.1"]
        assert peer_of(dial("example.org", port, Deadline(60))) == "127.0.0.1"


@given(st.lists(st.tuples(st.sampled_from([START, FAIL, WAIT]), st.floats(0, 1)), max_size=40), st.integers(1, 8))
def test_no_two_attempts_start_closer_than_the_delay_unless_one_failed(steps, count):
    race, now, last, failed = Race(range(count)), 0.0, None, True
    started = []
    for happens, later in steps:
        now += later
        if happens is FAIL and started:
            race.failed()
            failed = True
        elif (address := race.next_start(now)) is not None:
            assert failed or now >= last + ATTEMPT_DELAY
            started.append(address)
            last, failed = now, False
        pause = race.wait(now)
        assert (pause is None) == (len(started) == count)
    assert started == list(range(len(started)))


@pytest.fixture
def far_away(monkeypatch):
    """As over a real network, nothing is decided at once: what became of an attempt shows when one waits for it."""
    outcomes = {}
    connect, getsockopt = socket.socket.connect_ex, socket.socket.getsockopt

    def connect_later(self, address):
        outcomes[self] = connect(self, address)
        return errno.EINPROGRESS

    def outcome(self, level, option):
        known = outcomes.pop(self) if option == socket.SO_ERROR else errno.EINPROGRESS
        return getsockopt(self, level, option) if known == errno.EINPROGRESS else known

    monkeypatch.setattr(socket.socket, "connect_ex", connect_later)
    monkeypatch.setattr(socket.socket, "getsockopt", outcome, raising=False)


def test_far_away_the_first_to_answer_wins_too(dns, listening, far_away):
    port = listening("127.0.0.1")
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    assert peer_of(dial("example.org", port, Deadline(None))) == "127.0.0.1"


def test_far_away_a_refusal_starts_the_next_attempt_at_once_too(dns, listening, far_away, clock):
    port = listening("127.0.0.3")
    dns["example.org"] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    started = clock.now
    assert peer_of(dial("example.org", port, Deadline(5))) == "127.0.0.3"
    assert clock.now == started


def test_far_away_when_all_are_refused_the_error_names_each_too(dns, refused_port, far_away):
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    with pytest.raises(errors.ConnectFailed, match=r"127\.0\.0\.1: .*refused; 127\.0\.0\.2: .*refused"):
        dial("example.org", refused_port, Deadline(5))


def test_when_all_are_refused_the_error_names_each(dns, refused_port):
    dns["example.org"] = ["::1", "127.0.0.1", "127.0.0.2"]
    with pytest.raises(errors.ConnectFailed) as caught:
        dial("example.org", refused_port, Deadline(5))
    text = str(caught.value)
    assert text.startswith(f"no connection to example.org:{refused_port}: ")
    assert [part.split(": ")[0] for part in text.split(f"{refused_port}: ", 1)[1].split("; ")] == ["::1", "127.0.0.1", "127.0.0.2"]
    assert text.count("refused") == 3


def test_one_deadline_is_for_all_addresses_and_its_error_names_each(dns, deaf_port, clock):
    """S124: a second address does not double the timeout, as it does in requests."""
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    started = clock.now
    with pytest.raises(errors.ConnectTimedOut) as caught:
        dial("example.org", deaf_port, Deadline(3))
    assert clock.now - started == 3
    assert f"connecting to example.org:{deaf_port} (127.0.0.2: " in str(caught.value)
    assert str(caught.value).endswith("; 127.0.0.1: no answer) (connect timeout=3) in phase connect, after 3.000 s")


def test_a_deadline_shorter_than_the_delay_is_kept_too(dns, deaf_port, clock):
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"]
    started = clock.now
    with pytest.raises(errors.ConnectTimedOut, match=r"127\.0\.0\.1: no answer\) \(connect timeout=0\.125\)"):
        dial("example.org", deaf_port, Deadline(0.125))
    assert clock.now - started == 0.125


# How to dial.


@LISTENERS
def test_a_source_address_is_dialled_from(dns, listening, addresses):
    port = listening("127.0.0.1")
    dns["example.org"] = addresses
    stream = dial("example.org", port, Deadline(5), Dialling(source_address=("127.0.0.3", 0)))
    assert stream.socket.getsockname()[0] == "127.0.0.3"
    stream.close()


@LISTENERS
def test_options_are_set_besides_our_own(dns, listening, addresses):
    port = listening("127.0.0.1")
    dns["example.org"] = addresses
    options = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),)
    stream = dial("example.org", port, Deadline(5), Dialling(socket_options=options))
    assert stream.socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    stream.close()


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "2001:db8::1"])
@pytest.mark.parametrize(
    "said", ["127.0.0.2", ["127.0.0.2"], ("127.0.0.2",), {"127.0.0.2": 1}.keys(), [ipaddress.ip_address("127.0.0.2")]], ids=repr
)
def test_resolve_says_where_a_host_is_also_of_literal_addresses(dns, listening, host, said):
    port, asked = listening("127.0.0.2"), []
    stream = dial(host, port, Deadline(5), Dialling(resolve=lambda *question: asked.append(question) or said))
    assert peer_of(stream) == "127.0.0.2"
    assert asked == [(host, port)] and dns.asked == []


def test_several_addresses_that_resolve_gives_are_raced(dns, listening):
    port = listening("127.0.0.2")
    assert peer_of(dial("example.org", port, Deadline(5), Dialling(resolve=lambda *_: ["127.0.0.1", "127.0.0.2"]))) == "127.0.0.2"


def test_a_mapping_says_it_of_those_that_are_in_it(dns, listening):
    port = listening("127.0.0.2")
    dns["example.com"] = "127.0.0.2"
    known = Dialling(resolve={("example.org", port): "127.0.0.2"})
    for host in ("example.org", "example.com"):
        assert peer_of(dial(host, port, Deadline(5), known)) == "127.0.0.2"
    assert dns.asked == ["example.com"]


def refuse(host, port):
    raise ValueError("that one is private")


@pytest.mark.parametrize(
    "resolve, error, complaint",
    [
        (refuse, errors.NameLookupFailed, r"no connection to 127\.0\.0\.1:80: resolve said ValueError\('that one is private'\)"),
        (lambda *_: [], errors.NameLookupFailed, r"no connection to 127\.0\.0\.1:80: resolve gave no address"),
        (lambda *_: None, errors.LocalProtocolError, r"resolve gave no IP addresses for '127\.0\.0\.1' but None"),
        (lambda *_: 5, errors.LocalProtocolError, "but 5: "),
        (lambda *_: [5, "x"], errors.LocalProtocolError, r"but \[5, 'x'\]"),
        (lambda *_: ["example.org"], errors.LocalProtocolError, r"but \['example\.org'\]"),
        (lambda *_: "localhost", errors.LocalProtocolError, "but 'localhost'"),
        (lambda *_: [b"127.0.0.1"], errors.LocalProtocolError, r"but \[b'127\.0\.0\.1'\]"),
        (lambda *_: ["127.0.0.1", "a\0b"], errors.LocalProtocolError, "but "),
        (lambda: "127.0.0.1", errors.NameLookupFailed, "resolve said TypeError"),
    ],
)
def test_what_resolve_raises_or_gives_wrongly_is_said(dns, resolve, error, complaint):
    with pytest.raises(error, match=complaint):
        dial("127.0.0.1", 80, Deadline(5), Dialling(resolve=resolve))
    assert dns.asked == []


@LISTENERS
@pytest.mark.parametrize(
    "dialling, complaint",
    [
        (Dialling(source_address=("192.0.2.1", 0)), "Cannot assign requested address|not available"),
        (Dialling(socket_options=((socket.SOL_SOCKET, 9999, 1),)), "Protocol not available|Invalid argument"),
    ],
)
def test_what_the_system_refuses_is_a_failure_to_connect(dns, listening, addresses, dialling, complaint):
    port = listening("127.0.0.1")
    dns["example.org"] = addresses
    with pytest.raises(errors.ConnectFailed, match=complaint):
        dial("example.org", port, Deadline(5), dialling)


# Nothing is left open.


def interrupted(*arguments):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "function, count",
    [("setsockopt", 1), ("settimeout", 1), ("connect", 1), ("setsockopt", 2), ("settimeout", 2), ("connect_ex", 2)],
)
def test_an_interrupt_leaves_no_socket_open(dns, refused_port, monkeypatch, function, count):
    # All are closed by hand: a socket that is only collected warns, and the warning is an error here.
    dns["example.org"] = ["127.0.0.1", "127.0.0.2"][:count]
    monkeypatch.setattr(socket.socket, function, interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        dial("example.org", refused_port, Deadline(5))


def test_an_interrupt_while_waiting_leaves_no_socket_open(dns, deaf_port, monkeypatch):
    dns["example.org"] = ["127.0.0.1", "127.0.0.3"]
    monkeypatch.setattr(dialling._Selector, "select", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dial("example.org", deaf_port, Deadline(5))


@LISTENERS
def test_a_socket_that_cannot_be_set_up_is_closed(dns, refused_port, monkeypatch, addresses):
    def refused(*arguments):
        raise OSError(errno.EINVAL, "Invalid argument")

    dns["example.org"] = addresses
    monkeypatch.setattr(socket.socket, "setsockopt", refused, raising=False)
    with pytest.raises(errors.ConnectFailed, match=r"127\.0\.0\.1: .*Invalid argument"):
        dial("example.org", refused_port, Deadline(5))


def test_the_systems_own_timeout_is_a_failure_and_not_ours(dns, refused_port, monkeypatch):
    def unreachable(*arguments):
        raise OSError(errno.ETIMEDOUT, "Connection timed out")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    for seconds in (None, 300):
        with pytest.raises(errors.ConnectFailed, match=r"127\.0\.0\.1: .*Connection timed out"):
            dial("127.0.0.1", refused_port, Deadline(seconds))


EXHAUSTED = """
import os, resource, socket
from minireq.wire import errors
from minireq.wire.network.dial import dial
from minireq.wire.timeouts import Deadline

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
one = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
socket.getaddrinfo = lambda host, *rest: one * int(host)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.dup(0))
except OSError:
    pass
for host in ("1", "2"):
    try:
        dial(host, port, Deadline(5))
    except errors.ConnectFailed as error:
        print(str(error).count("Too many open files"))
for descriptor in held:
    os.close(descriptor)
for host in ("1", "2"):
    dial(host, port, Deadline(5)).close()
print("recovered")
"""


def test_a_process_without_descriptors_fails_to_connect_and_recovers():
    pytest.importorskip("resource")
    assert run_python(EXHAUSTED, path=[ROOT]).split() == ["1", "2", "recovered"]
