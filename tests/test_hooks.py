"""Hooks: functions of the caller that see each response first."""

from __future__ import annotations

import threading

import pytest

import minireq
from minireq import hooks
from minireq.exceptions import InvalidArgument, RequestException

from .support.scripted import say, wait_for

# --- the functions themselves


def test_a_dictionary_of_hooks_begins_with_response_alone():
    """S140."""
    assert hooks.HOOKS == ["response"]
    assert hooks.default_hooks() == {"response": []}
    assert hooks.default_hooks()["response"] is not hooks.default_hooks()["response"]


@pytest.mark.parametrize(
    "called, result",
    [
        (None, 1),
        ({}, 1),
        ({"response": None}, 1),
        ({"response": []}, 1),
        ({"response": lambda data, **kwargs: data + 1}, 2),
        ({"response": [lambda data, **kwargs: data + 1, lambda data, **kwargs: data * 10]}, 20),
        ({"response": [lambda data, **kwargs: None, lambda data, **kwargs: data * 10]}, 10),
        ({"response": (lambda data, **kwargs: 0,)}, 0),
    ],
)
def test_each_hook_sees_what_the_one_before_made_of_it(called, result):
    assert hooks.dispatch_hook("response", called, 1) == result


def test_hooks_are_given_the_keyword_arguments():
    seen = []
    hooks.dispatch_hook("response", {"response": lambda data, **kwargs: seen.append(kwargs)}, 1, timeout=5)
    assert seen == [{"timeout": 5}]


# --- at work


@pytest.mark.parametrize("given", [lambda hook: {"response": hook}, lambda hook: {"response": [hook]}])
def test_a_hook_is_called_with_the_response_and_the_arguments_of_send(http_app, given):
    """S141, S142."""
    calls = []

    def remember(r, *args, **kwargs):
        calls.append((r, args, kwargs))

    response = minireq.get(f"{http_app.url}/json", timeout=7, hooks=given(remember))
    ((seen, args, kwargs),) = calls
    assert seen is response
    assert args == ()
    assert dict(kwargs.pop("proxies")) == {}
    assert kwargs == {"timeout": 7, "verify": True, "cert": None, "stream": False}


def test_what_a_hook_returns_replaces_the_response(http_app):
    """S143."""
    other = minireq.Response()
    other.status_code, other._content = 299, b"another"
    assert minireq.get(f"{http_app.url}/json", hooks={"response": lambda r, **kwargs: other}) is other


def test_hooks_run_in_order_and_see_what_the_others_did(http_app):
    """S144."""

    def first(r, **kwargs):
        r.hook_called = ["first"]

    def second(r, **kwargs):
        r.hook_called.append("second")

    assert minireq.get(f"{http_app.url}/json", hooks={"response": [first, second]}).hook_called == ["first", "second"]


def test_an_exception_in_a_hook_comes_out_as_it_is_and_the_response_is_closed(http_app):
    """S145."""

    def fails(r, **kwargs):
        raise ZeroDivisionError("in the hook")

    with minireq.Session() as session:
        with pytest.raises(ZeroDivisionError, match="in the hook") as caught:
            session.get(f"{http_app.url}/bytes/1000000", hooks={"response": fails})
        http_app.wait_until_closed(0)
        assert session.get(f"{http_app.url}/json").json() == {"hello": "world"}
    assert caught.value is not None  # it, and so the response, was there all the time


@pytest.mark.parametrize("value", ["text", 5, [], object()], ids=lambda value: type(value).__name__)
def test_a_hook_that_returns_no_response_is_a_clear_type_error(http_app, value):
    """D7."""
    with pytest.raises(InvalidArgument, match="neither None nor a response") as caught:
        minireq.get(f"{http_app.url}/json", hooks={"response": lambda r, **kwargs: value})
    assert isinstance(caught.value, TypeError)


def test_each_response_of_a_chain_of_redirects_is_seen(http_app):
    seen = []
    minireq.get(f"{http_app.url}/redirect/2", hooks={"response": lambda r, **kwargs: seen.append(r.status_code)})
    assert seen == [302, 302, 200]


def test_a_hook_may_read_the_body_of_a_stream_itself(http_app):
    read = []
    response = minireq.get(f"{http_app.url}/json", stream=True, hooks={"response": lambda r, **kwargs: read.append(r.content)})
    assert read == [response.content]


# --- registered on requests, prepared requests and sessions


def hook(r, **kwargs):
    pass


def other_hook(r, **kwargs):
    pass


@pytest.mark.parametrize(
    "given, kept",
    [
        (hook, [hook]),
        ([hook, other_hook], [hook, other_hook]),
        ((each for each in (hook, "no hook", 5, other_hook)), [hook, other_hook]),  # what cannot be called is left out
        ("text", []),
        (5, []),
        (None, []),
    ],
)
def test_hooks_are_registered_on_a_request(given, kept):
    assert minireq.Request("GET", "http://h/", hooks={"response": given}).hooks == {"response": kept}


def test_hooks_can_be_added_and_removed():
    request = minireq.Request("GET", "http://h/")
    request.register_hook("response", hook)
    assert request.deregister_hook("response", hook) is True
    assert request.deregister_hook("response", hook) is False
    assert request.hooks == {"response": []}


def test_preparing_takes_the_hooks_along():
    prepared = minireq.Request("GET", "http://h/", hooks={"response": hook}).prepare()
    assert prepared.hooks == {"response": [hook]}


@pytest.mark.parametrize(
    "register", [lambda: minireq.Request(hooks={"request": hook}), lambda: minireq.Request().register_hook("x", hook)]
)
def test_an_unknown_event_is_refused(register):
    with pytest.raises(InvalidArgument, match="only for response, informational") as caught:
        register()
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, RequestException)


@pytest.mark.parametrize("value", [5, "text", ["list"], object()], ids=lambda value: type(value).__name__)
def test_hooks_that_are_no_mapping_are_refused(value):
    with pytest.raises(InvalidArgument, match="not a mapping"):
        minireq.get("http://h.invalid/", hooks=value)


def test_hooks_of_a_session_are_called_for_each_request(http_app):
    """S186: None at a call does not keep the session's away, as in requests."""
    calls = []
    with minireq.Session() as session:
        session.hooks["response"].append(lambda r, **kwargs: calls.append(r.url))
        session.get(f"{http_app.url}/json")
        session.get(f"{http_app.url}/json", hooks={"response": None})
    assert len(calls) == 2


def test_hooks_of_the_call_take_the_place_of_the_sessions(http_app):
    calls = []
    with minireq.Session() as session:
        session.hooks = {"response": [lambda r, **kwargs: calls.append("session")]}
        session.get(f"{http_app.url}/json", hooks={"response": lambda r, **kwargs: calls.append("call")})
        session.get(f"{http_app.url}/json")
    assert calls == ["call", "session"]


def test_an_authentication_may_add_hooks(http_app):
    calls = []

    def auth(request):
        request.register_hook("response", lambda r, **kwargs: calls.append(r.status_code))
        return request

    minireq.get(f"{http_app.url}/json", auth=auth)
    assert calls == [200]


# --- interim responses


HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nLink: </a.js>; rel=modulepreload\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture
def seen():
    return []


@pytest.mark.parametrize("given", [lambda hook: hook, lambda hook: [hook]])
def test_an_interim_response_is_seen_as_it_arrives(wire_server, seen, given):
    def look(early):
        seen.append((early, early.status_code, early.links["preload"]["url"], early.headers["link"], early.content, early.ok))
        arrived.set()

    arrived = threading.Event()
    server = wire_server([HINT, wait_for(arrived), say(OK)])  # what follows is only said once it has been seen
    response = minireq.get(server.url, hooks={"informational": given(look)}, timeout=10)
    ((early, *said),) = seen
    assert said == [103, "/style.css", "</style.css>; rel=preload, </a.js>; rel=modulepreload", b"", True]
    assert (early.url, early.request) == (server.url + "/", response.request)
    assert (response.status_code, response.text) == (200, "hi")
    assert response.informational == [(103, early.headers)]


def test_hooks_of_both_kinds_and_of_the_session_go_together(wire_server, seen):
    server = wire_server([HINT + OK] * 4)
    with minireq.Session() as session:
        session.hooks["informational"] = lambda r: seen.append(("session", r.status_code))
        session.get(server.url)
        session.get(server.url, hooks={"response": lambda r, **kwargs: seen.append(("call", r.status_code))})
        session.get(server.url, hooks={"informational": lambda r: seen.append(("call", r.status_code))})
        session.hooks["response"].append(lambda r, **kwargs: seen.append(("session", r.status_code)))
        session.get(server.url, hooks={"informational": lambda r: seen.append(("call", r.status_code))})
    assert seen[:1] == [("session", 103)]
    assert seen[1:3] == [("session", 103), ("call", 200)]
    assert seen[3:4] == [("call", 103)]
    assert seen[4:] == [("call", 103), ("session", 200)]


def test_what_such_a_hook_returns_says_nothing(wire_server):
    response = minireq.get(wire_server(HINT + OK).url, hooks={"informational": lambda r: "something"})
    assert response.text == "hi"


def test_an_exception_in_such_a_hook_comes_out_as_it_is(wire_server):
    server = wire_server(HINT + OK)
    with pytest.raises(ZeroDivisionError), minireq.Session() as session:
        session.get(server.url, hooks={"informational": lambda r: 1 / 0})
    server.wait_until_closed()


def test_each_hop_of_a_redirect_may_have_its_own(wire_server, seen):
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    server = wire_server([HINT + moved, HINT + OK])
    minireq.get(server.url + "/a", hooks={"informational": lambda r: seen.append(r.url)})
    assert seen == [server.url + "/a", server.url + "/b"]


def test_hooks_for_interim_responses_can_be_added_and_removed():
    request = minireq.Request("GET", "http://h/")
    assert request.deregister_hook("informational", hook) is False
    request.register_hook("informational", hook)
    assert request.hooks == {"response": [], "informational": [hook]}
    assert request.prepare().hooks == request.hooks
    assert request.deregister_hook("informational", hook) is True
