"""What is tried again, how often, after which pause: the policy as a table, measured by urllib3's, then followed by a client."""

from __future__ import annotations

import copy
import pickle
import socket
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
import urllib3
from hypothesis import given, strategies as st

from minireq.wire import NO_RETRIES, Client, Proxy, Retry, Route, Timeouts, TLSSettings, client as clients, errors, retry
from tests.support.scripted import CLOSE, hear, say

from .asking import OK, get, post, route_to, wait_until_closed

FIVE = Timeouts(5, 5)
NOW = 1_700_000_000.0
LATER = format_datetime(datetime.fromtimestamp(NOW, timezone.utc) + timedelta(seconds=90), usegmt=True)
EARLIER = format_datetime(datetime.fromtimestamp(NOW, timezone.utc) - timedelta(seconds=90), usegmt=True)

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
BUSY_FOR_7 = BUSY.replace(b"\r\n\r\n", b"\r\nRetry-After: 7\r\n\r\n")


class Time:
    """The time of what waits between two tries: `slept` lists the pauses, `then` is called in each of them."""

    def __init__(self):
        self.slept = []
        self.then = lambda: None

    def time(self):
        return NOW

    def monotonic(self):
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.then()


@pytest.fixture
def pauses(monkeypatch):
    pauses = Time()
    for module in (retry, clients):
        monkeypatch.setattr(module, "time", pauses)
    return pauses


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()


def answer(status, **headers):
    """Of a response, what a policy looks at."""
    return SimpleNamespace(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


# The counts.

REFUSED = errors.ConnectFailed("refused")
SLOW = errors.ConnectTimedOut("slow", "connect", 5)
LOST = errors.ConnectionLost("lost")
GARBLED = errors.RemoteProtocolError("garbled")
SILENT = errors.ReadTimedOut("silent", "read", 5)
UNTRUSTED = errors.TLSError("untrusted")
FORBIDDEN = errors.ProxyFailed("forbidden")
NO_PROXY_THERE = errors.ProxyFailed("the proxy cannot be reached")
NO_PROXY_THERE.__cause__ = REFUSED


@pytest.mark.parametrize(
    "method, error, counted",
    [
        ("GET", REFUSED, "connect"),
        ("POST", REFUSED, "connect"),
        ("GET", errors.NameLookupFailed("unknown"), "connect"),
        ("POST", SLOW, "connect"),
        ("GET", NO_PROXY_THERE, "connect"),
        ("POST", NO_PROXY_THERE, "connect"),
        ("GET", LOST, "read"),
        ("PUT", GARBLED, "read"),
        ("delete", SILENT, "read"),
        ("GET", UNTRUSTED, "other"),
        ("GET", FORBIDDEN, "other"),
        ("POST", FORBIDDEN, "other"),
        ("GET", None, "status"),
        ("POST", None, "status"),  # whether an answer is one to try again has been asked before
    ],
)
def test_a_failure_is_charged_to_its_kind_and_to_the_total(method, error, counted):
    policy = Retry(total=9, connect=5, read=5, status=5, other=5)
    left = policy.increment(method, "/", error=error, response=None if error else answer(503))
    expected = {"connect": 5, "read": 5, "status": 5, "other": 5, "total": 8, counted: 4}
    assert {name: getattr(left, name) for name in expected} == expected
    assert (policy.total, policy.connect, policy.history) == (9, 5, ())


@pytest.mark.parametrize("method", ["POST", "PATCH", "CONNECT", "UNHEARD-OF", None])
@pytest.mark.parametrize("error", [LOST, GARBLED, SILENT, UNTRUSTED], ids=lambda error: type(error).__name__)
def test_what_may_have_been_done_already_is_not_done_again(method, error):
    with pytest.raises(type(error)) as caught:
        Retry(9).increment(method, "/", error=error)
    assert caught.value is error


@pytest.mark.parametrize("allowed", [None, {"POST"}, ["POST", "GET"]])
def test_unless_the_policy_allows_that(allowed):
    assert Retry(9, allowed_methods=allowed).increment("post", "/", error=LOST).total == 8


def test_a_request_that_is_wrong_is_as_wrong_the_next_time():
    with pytest.raises(errors.LocalProtocolError):
        Retry(9, allowed_methods=None).increment("GET", "/a b", error=errors.LocalProtocolError("a space", "target"))


@pytest.mark.parametrize(
    "policy, error",
    [
        (Retry(0), REFUSED),
        (Retry(False), REFUSED),
        (Retry(9, connect=0), REFUSED),
        (Retry(9, connect=False), REFUSED),
        (Retry(9, read=0), LOST),
        (Retry(9, read=False), SILENT),
        (Retry(9, other=0), FORBIDDEN),
        (Retry(None, connect=0), REFUSED),
        (NO_RETRIES, LOST),
    ],
)
def test_when_nothing_is_left_the_error_itself_is_raised(policy, error):
    with pytest.raises(type(error)) as caught:
        policy.increment("GET", "/", error=error)
    assert caught.value is error


@pytest.mark.parametrize("policy", [Retry(0), Retry(False), Retry(9, status=0), Retry(9, status=False)])
def test_when_nothing_is_left_for_an_answer_that_is_said(policy):
    with pytest.raises(errors.RetriesExhausted, match="^too many 503 error responses$"):
        policy.increment("GET", "/", response=answer(503))
    with pytest.raises(errors.RetriesExhausted, match="^too many retries$"):
        policy.increment("GET", "/")


def test_a_policy_without_limits_never_ends(pauses):
    policy = Retry(None, backoff_factor=1)
    for _ in range(1200):
        policy = policy.increment("GET", "/", error=LOST)
    assert policy.total is None and not policy.is_exhausted()
    assert policy.get_backoff_time() == 120


def test_the_history_says_what_happened():
    policy = Retry(5).increment("GET", "/a", error=LOST).increment("GET", "/b", response=answer(503))
    assert policy.history == (
        retry.RequestHistory("GET", "/a", LOST, None, None),
        retry.RequestHistory("GET", "/b", None, 503, None),
    )
    assert policy.history[1].status == 503


@pytest.mark.parametrize("name", retry._SETTINGS)
def test_a_policy_does_not_change(name):
    policy = Retry(3)
    with pytest.raises(AttributeError, match=rf"a Retry does not change: new\({name}=7\) makes one that differs"):
        setattr(policy, name, 7)
    assert getattr(policy.new(history=(1,)), name) == (getattr(policy, name) if name != "history" else (1,))


def test_a_subclass_may_have_attributes_of_its_own():
    class Counting(Retry):
        def __init__(self, *args, **kwargs):
            self.number = 0
            super().__init__(*args, **kwargs)
            self.number += 1

    assert Counting(5).increment("GET", "/", error=LOST).number == 1


@pytest.mark.parametrize("budget", [-1, "5", True, float("nan"), [5]])
def test_a_budget_that_is_no_time_is_refused(budget):
    with pytest.raises(ValueError, match="the budget of a Retry is in seconds, or None; it is "):
        Retry(3, budget=budget)


def test_a_class_that_was_written_for_urllib3_need_not_know_the_budget():
    class Own(Retry):
        def __init__(self, total=10, **settings):
            assert "budget" not in settings
            super().__init__(total, **settings)

    assert Own(3).increment("GET", "/", error=LOST).total == 2
    assert Retry(3, budget=5).increment("GET", "/", error=LOST).budget == 5


def test_a_policy_travels():
    policy = Retry(3, budget=10, status_forcelist=[503])
    for travelled in (pickle.loads(pickle.dumps(policy)), copy.deepcopy(policy)):
        assert vars(travelled) == vars(policy)


def test_a_policy_of_a_subclass_is_followed_by_one_of_it():
    class Patient(Retry):
        pass

    assert type(Patient(5).increment("GET", "/", error=LOST)) is Patient


# The same as urllib3's.

THEIRS = {
    "refused": (REFUSED, urllib3.exceptions.NewConnectionError(None, "refused")),
    "slow": (SLOW, urllib3.exceptions.ConnectTimeoutError("slow")),
    "no proxy": (NO_PROXY_THERE, urllib3.exceptions.ProxyError("x", urllib3.exceptions.NewConnectionError(None, "refused"))),
    "lost": (LOST, urllib3.exceptions.ProtocolError("lost")),
    "silent": (SILENT, urllib3.exceptions.ReadTimeoutError(None, "/", "silent")),
    "forbidden": (FORBIDDEN, urllib3.exceptions.ProxyError("forbidden", OSError("407"))),
    "tls": (UNTRUSTED, urllib3.exceptions.SSLError("untrusted")),
    "busy": (None, None),
}
URLLIB3S = [name for name in retry._SETTINGS if name != "budget"]
COUNTS = ("total", "connect", "read", "redirect", "status", "other")
counts = st.sampled_from([None, False, 0, 1, 2, 5])
policies = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(COUNTS, counts),
        "allowed_methods": st.sampled_from([None, ["GET", "POST"], {"PUT"}]),
        "status_forcelist": st.sampled_from([None, [], [500, 503], {429}]),
        "backoff_factor": st.sampled_from([0, 0.1, 2]),
        "backoff_max": st.sampled_from([0.3, 10]),
        "respect_retry_after_header": st.booleans(),
        "raise_on_status": st.booleans(),
        "raise_on_redirect": st.booleans(),
    },
)


def after(policy, method, failures):
    """What is left of a policy after these failures: its state, or the number of the one that ended it."""
    for number, (error, response) in enumerate(failures):
        try:
            policy = policy.increment(method, "/", error=error, response=response)
        except (errors.WireError, urllib3.exceptions.HTTPError):
            return number
    history = [(entry.method, entry.url, entry.status, entry.redirect_location) for entry in policy.history]
    return {name: getattr(policy, name) for name in COUNTS}, policy.get_backoff_time(), history, policy.is_exhausted()


@given(policies, st.sampled_from(["GET", "PUT", "POST", "DELETE"]), st.lists(st.sampled_from(sorted(THEIRS)), max_size=6))
def test_counts_go_down_as_in_urllib3(settings, method, names):
    """But for one thing: a POST is not sent again after TLS has failed, since that may have been in the middle of it."""
    ours, theirs = Retry(**settings), urllib3.Retry(**settings)
    assert repr(ours) == repr(theirs)
    if not theirs._is_method_retryable(method):
        names = [name for name in names if name != "tls"]
    busy = urllib3.HTTPResponse(status=503)
    assert after(ours, method, [(THEIRS[name][0], None if THEIRS[name][0] else busy) for name in names]) == after(
        theirs, method, [(THEIRS[name][1], None if THEIRS[name][1] else busy) for name in names]
    )


@given(policies, st.sampled_from(["GET", "put", "POST"]), st.sampled_from([200, 413, 429, 500, 503]), st.booleans())
def test_answers_are_tried_again_as_in_urllib3(settings, method, status, has_retry_after):
    ours, theirs = Retry(**settings), urllib3.Retry(**settings)
    assert ours.is_retry(method, status, has_retry_after) is theirs.is_retry(method, status, has_retry_after)


@given(policies)
def test_a_policy_of_urllib3_is_taken_over(settings):
    theirs = urllib3.Retry(**settings)
    ours = Retry.like(theirs)
    for name in URLLIB3S:
        assert getattr(ours, name) == getattr(theirs, name)
    assert Retry.like(theirs.new(history=("something",))).history == ()


@pytest.mark.parametrize(
    "value",
    [
        *["0", "1", "120", " 120\t", "00120", "21600", "21601", "9" * 400],
        *[LATER, EARLIER, LATER.replace("GMT", "+0000"), "Tuesday, 14-Nov-23 22:14:00 GMT", "Tue, 14 Nov 2023 22:14:00 -0100"],
    ],
)
def test_retry_after_is_read_as_in_urllib3(pauses, monkeypatch, value):
    monkeypatch.setattr(urllib3.util.retry, "time", pauses)
    assert Retry().parse_retry_after(value) == urllib3.Retry().parse_retry_after(value)


def test_names_and_defaults_are_those_of_urllib3():
    for name in (
        "DEFAULT_ALLOWED_METHODS",
        "RETRY_AFTER_STATUS_CODES",
        "DEFAULT_REMOVE_HEADERS_ON_REDIRECT",
        "DEFAULT_BACKOFF_MAX",
    ):
        assert getattr(Retry, name) == getattr(urllib3.Retry, name)
    assert Retry.DEFAULT_RETRY_AFTER_MAX == urllib3.Retry.DEFAULT_RETRY_AFTER_MAX
    assert repr(Retry.DEFAULT) == repr(urllib3.Retry.DEFAULT)
    ours, theirs = Retry(), urllib3.Retry()
    assert {name: getattr(ours, name) for name in URLLIB3S} == {name: getattr(theirs, name) for name in URLLIB3S}
    assert retry.RequestHistory._fields == urllib3.util.retry.RequestHistory._fields


@pytest.mark.parametrize(
    "arguments", [(3,), (0,), (False,), (None,), (None, True, 5), (None, True, 0), (3, False), (3, None), (None, False, None)]
)
def test_a_number_of_retries_means_what_it_means_in_urllib3(arguments):
    ours, theirs = Retry.from_int(*arguments), urllib3.Retry.from_int(*arguments)
    assert repr(ours) == repr(theirs)
    assert ours.raise_on_redirect is theirs.raise_on_redirect


def test_a_policy_instead_of_a_number_is_that_policy():
    policy = Retry(7)
    assert Retry.from_int(policy) is policy
    assert Retry.from_int(None, default=policy) is policy


# Pauses.


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, [0, 0, 0, 0]),
        ({"backoff_factor": 0.1}, [0, 0.2, 0.4, 0.8]),
        ({"backoff_factor": 1, "backoff_max": 3}, [0, 2, 3, 3]),
        ({"backoff_factor": -1}, [0, 0, 0, 0]),
    ],
)
def test_pauses_double_after_the_first_failure(pauses, settings, expected):
    policy = Retry(9, **settings)
    times = []
    for _ in range(4):
        policy = policy.increment("GET", "/", error=LOST)
        times.append(policy.get_backoff_time())
        policy.sleep()
    assert times == expected
    assert pauses.slept == [seconds for seconds in expected if seconds]


def test_chance_lengthens_a_pause_up_to_the_jitter():
    policy = Retry(9, backoff_factor=1, backoff_jitter=0.5, history=[None, None])
    times = {policy.get_backoff_time() for _ in range(100)}
    assert len(times) > 1 and all(2 <= seconds < 2.5 for seconds in times)
    assert Retry(9, backoff_factor=1, backoff_max=2, backoff_jitter=9, history=[None, None]).get_backoff_time() == 2


@pytest.mark.parametrize(
    "settings, response, slept",
    [
        ({}, answer(503, Retry_After="7"), [7]),
        ({}, answer(503, Retry_After=LATER), [90]),
        ({}, answer(500, Retry_After="7"), [7]),
        ({}, answer(503), [2]),
        ({}, answer(503, Retry_After="0"), [2]),
        ({}, answer(503, Retry_After=EARLIER), [2]),
        ({"respect_retry_after_header": False}, answer(503, Retry_After="7"), [2]),
        ({"retry_after_max": 5}, answer(503, Retry_After="7"), [5]),
        ({"backoff_max": 1}, answer(503, Retry_After="7"), [7]),
    ],
)
def test_the_server_may_say_how_long_to_wait(pauses, settings, response, slept):
    Retry(9, **{"backoff_factor": 1, "history": [None, None], **settings}).sleep(response)
    assert pauses.slept == slept


@pytest.mark.parametrize(
    "value",
    ["", "soon", "-1", "1.5", "1e3", "1, 2", "٣", "Mon, 01 Jan 99999 00:00:00 GMT", "Mon, 01 Nix 2030 00:00:00 GMT", "x" * 1000],
)
def test_a_retry_after_that_is_none_leaves_the_policy_its_own_pause(pauses, value):
    """urllib3 raises InvalidHeader here: a server that is busy and muddled is asked again all the same."""
    policy = Retry(9, backoff_factor=1, history=[None, None])
    assert policy.get_retry_after(answer(503, Retry_After=value)) is None
    policy.sleep(answer(503, Retry_After=value))
    assert pauses.slept == [2]
    with pytest.raises(errors.InvalidFraming, match="^Retry-After is neither seconds nor a date: '") as caught:
        policy.parse_retry_after(value)
    assert len(str(caught.value)) < 120


@given(st.text("0123456789 ,:+-JanMonGMT", max_size=40))
def test_any_retry_after_is_seconds_or_that_error(text):
    try:
        assert 0 <= Retry().parse_retry_after(text) <= Retry.DEFAULT_RETRY_AFTER_MAX
    except errors.RemoteProtocolError:
        pass


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be changed")
def test_a_date_without_a_zone_is_utc_wherever_we_are(pauses, monkeypatch):
    """RFC 9110, section 5.6.7: also the form of asctime."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert Retry().parse_retry_after("Tue Nov 14 22:14:50 2023") == 90
    finally:
        monkeypatch.undo()
        time.tzset()


# A client that follows a policy.


def test_a_server_that_accepts_only_later_is_reached(client, wire_server, dns, refused_port, pauses):
    server = wire_server(OK)
    dns["example.org"] = ("127.0.0.1", refused_port)
    pauses.then = lambda: dns.__setitem__("example.org", server)
    raw = client.send(route_to(server, host="example.org"), post(b"data"), FIVE, Retry(5, backoff_factor=1))
    assert raw.read() == b"hi"
    assert pauses.slept == [2]  # none after the first failure
    assert dns.asked == ["example.org"] * 3
    assert server.requests[0].body == b"data"


def test_a_server_that_is_busy_is_asked_again_when_it_says_on_the_same_connection(client, wire_server, pauses):
    server = wire_server([BUSY_FOR_7, BUSY_FOR_7, OK])
    raw = client.send(route_to(server), get("/a"), FIVE, Retry(3))
    assert (raw.status, raw.read()) == (200, b"hi")
    assert pauses.slept == [7, 7]
    assert [request.target for request in server.requests] == ["/a"] * 3
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "policy, request_",
    [
        (Retry(3, status_forcelist=[503]), post(b"data")),
        (Retry(3), get()),
        (Retry(3, status_forcelist=[500]), get()),
        (Retry(3, status_forcelist=[503]), post(iter([b"da", b"ta"]), "PUT")),
        (Retry(0), get()),
        (NO_RETRIES, get()),
    ],
    ids=["POST", "no Retry-After", "another status", "an iterator", "none allowed", "none at all"],
)
def test_an_answer_that_is_not_to_be_tried_again_is_the_answer(client, wire_server, pauses, policy, request_):
    server = wire_server([BUSY, OK])
    raw = client.send(route_to(server), request_, FIVE, policy)
    assert (raw.status, raw.read()) == (503, b"busy")
    assert len(server.requests) == 1 and pauses.slept == []


def test_a_server_that_stays_busy_is_an_error_in_the_end(client, wire_server, pauses):
    server = wire_server(*[[BUSY] * 3] * 2)
    with pytest.raises(errors.RetriesExhausted, match="too many 503 error responses"):
        client.send(route_to(server), get(), FIVE, Retry(2, status_forcelist=[503], backoff_factor=1))
    assert len(server.requests) == 3 and pauses.slept == [2]


def test_or_its_last_answer_if_the_policy_says_so(client, wire_server, pauses):
    server = wire_server([BUSY] * 3)
    raw = client.send(route_to(server), get(), FIVE, Retry(2, status_forcelist=[503], raise_on_status=False))
    assert (raw.status, raw.read()) == (503, b"busy")
    assert len(server.requests) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_do_harm_twice_is_sent_once(client, wire_server, pauses, method):
    server = wire_server([hear, CLOSE], OK)
    with pytest.raises(errors.ConnectionLost):
        client.send(route_to(server), post(b"data", method), FIVE, Retry(3))
    assert len(server.requests) == 1 and len(server.connections) == 1


@pytest.mark.parametrize("method, policy", [("PUT", Retry(3)), ("POST", Retry(3, allowed_methods=None))])
@pytest.mark.parametrize("body", [b"data", [b"da", b"ta"]], ids=["bytes", "list"])
def test_a_body_that_can_be_sent_again_is_sent_again_whole(client, wire_server, pauses, method, policy, body):
    server = wire_server([hear, CLOSE], [BUSY_FOR_7, OK])
    raw = client.send(route_to(server), post(body, method), FIVE, policy)
    assert raw.read() == b"hi"
    assert [request.body for request in server.requests] == [b"data"] * 3
    assert pauses.slept == [7]


def test_an_iterator_is_sent_once_and_the_error_says_why(client, wire_server, pauses):
    server = wire_server([hear, CLOSE], OK)
    with pytest.raises(errors.ConnectionLost, match=r" \(not tried again: the body cannot be read a second time\)$"):
        client.send(route_to(server), post(iter([b"da", b"ta"]), "PUT"), FIVE, Retry(3))
    assert len(server.requests) == 1


def test_but_when_there_was_no_connection_nothing_of_it_is_gone(client, wire_server, dns, refused_port, pauses):
    server = wire_server(OK)
    dns["example.org"] = ("127.0.0.1", refused_port)
    pauses.then = lambda: dns.__setitem__("example.org", server)
    client.send(route_to(server, host="example.org"), post(iter([b"da", b"ta"])), FIVE, Retry(3, backoff_factor=1)).read()
    assert server.requests[0].body == b"data"


@pytest.mark.parametrize("script", [[hear, CLOSE], [say(b"garbage\r\n\r\n")], [hear, say(b"HTTP/1.1 200"), CLOSE]])
def test_an_exchange_that_breaks_begins_anew(client, wire_server, pauses, script):
    server = wire_server(script, script, OK)
    assert client.send(route_to(server), get(), FIVE, Retry(2)).read() == b"hi"
    assert len(server.connections) == 3


def test_silence_is_broken_off_and_tried_again(client, wire_server, pauses):
    server = wire_server([hear], OK)
    assert client.send(route_to(server), get(), Timeouts(5, 0.05), Retry(2)).read() == b"hi"
    wait_until_closed(server)


def test_a_post_is_not_repeated_when_tls_fails_in_the_middle_of_it(client, wire_server, ca, pauses):
    def garble(connection):
        connection.read_request()
        socket.socket.send(connection.socket, b"garbage" * 10)

    server = wire_server([garble], [garble], tls=ca.server_context())
    with pytest.raises(errors.TLSError):
        client.send(route_to(server, ca.file), post(b"data"), FIVE, Retry(3))
    assert len(server.connections) == 1


def test_a_proxy_that_cannot_be_reached_is_tried_again(client, wire_server, dns, refused_port, pauses):
    proxy = wire_server(OK)
    dns["proxy.example"] = ("127.0.0.1", refused_port)
    pauses.then = lambda: dns.__setitem__("proxy.example", proxy)
    route = Route("http", "example.org", 80, None, Proxy("http", "proxy.example", 3128))
    raw = client.send(route, post(b"data"), FIVE, Retry(None, connect=3, other=0, backoff_factor=1))
    assert raw.read() == b"hi"


def test_a_certificate_that_is_not_trusted_is_looked_at_again_as_often_as_the_policy_says(client, wire_server, ca, pauses):
    server = wire_server(OK, repeat=True, tls=ca.server_context())
    with pytest.raises(errors.TLSError, match="not trusted"):
        client.send(route_to(server, TLSSettings()), get(), FIVE, Retry(9, other=2))
    assert len(server.connections) == 3


def test_an_answer_that_is_not_wanted_is_not_read_to_its_end_if_that_is_far(client, wire_server, pauses):
    endless = b"HTTP/1.1 503 Busy\r\nContent-Length: 100000000\r\n\r\n" + bytes(100_000)
    server = wire_server(endless, OK)
    assert client.send(route_to(server), get(), FIVE, Retry(3, status_forcelist=[503])).read() == b"hi"
    assert len(server.connections) == 2


def test_a_server_that_says_a_retry_after_that_is_none_is_asked_again(client, wire_server, pauses):
    server = wire_server([BUSY_FOR_7.replace(b"7", b"soon"), OK])
    assert client.send(route_to(server), get(), FIVE, Retry(3)).read() == b"hi"
    assert len(server.connections) == 1 and pauses.slept == []


def test_a_subclass_decides_and_waits_as_it_likes(client, wire_server):
    waited = []

    class Own(Retry):
        def is_retry(self, method, status_code, has_retry_after=False):
            return status_code == 503

        def sleep(self, response=None):
            waited.append((response and response.status, self.total))

    server = wire_server([BUSY, BUSY, OK])
    assert client.send(route_to(server), post(b"data"), FIVE, Own(5)).read() == b"hi"
    assert waited == [(503, 4), (503, 3)]
