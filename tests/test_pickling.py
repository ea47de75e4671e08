"""What travels between processes: sessions, responses, requests, adapters and exceptions."""

from __future__ import annotations

import copy
import datetime
import pickle

import pytest

import minireq
from minireq import exceptions
from minireq.adapters import HTTPAdapter
from minireq.cookies import RequestsCookieJar
from minireq.exceptions import HTTPError, JSONDecodeError, RequestException, TooManyRedirects, translate
from minireq.structures import CaseInsensitiveDict
from minireq.wire import errors as wire

from .support.carried import ROOT
from .support.interpreter import run_python

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


@pytest.fixture(params=PROTOCOLS)
def travelled(request):
    """What comes out of a pickle at the other end."""
    return lambda thing: pickle.loads(pickle.dumps(thing, request.param))


# --- responses


def test_a_response_takes_its_body_along(http_app, travelled):
    response = minireq.get(f"{http_app.url}/cookies/set?a=1", headers={"X-Mine": "yes"})
    copied = travelled(response)
    assert type(copied) is minireq.Response
    for name in ("status_code", "url", "headers", "encoding", "reason", "elapsed", "content", "text"):
        assert getattr(copied, name) == getattr(response, name)
    assert copied.json() == {"a": "1"}
    assert type(copied.headers) is CaseInsensitiveDict
    assert dict(copied.history[0].cookies) == {"a": "1"}
    assert copied.request.headers == response.request.headers
    assert copied.raw is None


def test_a_response_that_was_not_read_is_read_then(http_app, travelled):
    with minireq.get(f"{http_app.url}/bytes/100000", stream=True) as response:
        copied = travelled(response)
        assert copied.content == response.content == b"x" * 100000
        assert list(map(len, copied.iter_content(60000))) == [60000, 40000]
        copied.close()


def test_an_empty_response_travels(travelled):
    copied = travelled(minireq.Response())
    assert (copied.status_code, copied.history, copied.elapsed) == (None, [], datetime.timedelta(0))


def test_the_names_of_what_is_in_a_pickle_are_the_public_ones(http_app):
    pickled = pickle.dumps(minireq.get(f"{http_app.url}/json"), 2)
    for name in ("models\nResponse", "models\nPreparedRequest", "structures\nCaseInsensitiveDict"):
        assert f"c{minireq.__name__}.{name}".encode() in pickled


# --- requests


def test_a_request_travels(travelled):
    request = minireq.Request(
        "POST", "http://host/", headers={"A": "1"}, data={"b": "2"}, cookies={"c": "3"}, auth=("user", "pass")
    )
    copied = travelled(request)
    assert vars(copied) == vars(request)
    prepared = travelled(request.prepare())
    assert (prepared.method, prepared.url, prepared.body) == ("POST", "http://host/", "b=2")
    assert prepared.headers == request.prepare().headers
    assert dict(prepared._cookies) == {"c": "3"}


def test_a_prepared_request_is_sent_elsewhere(http_app, travelled):
    prepared = travelled(minireq.Request("POST", f"{http_app.url}/echo", data=b"body").prepare())
    with minireq.Session() as session:
        assert session.send(prepared).json()["body"] == "body"


# --- sessions and adapters


def test_a_session_keeps_its_settings(http_app, travelled):
    with minireq.Session() as session:
        session.get(f"{http_app.url}/cookies/set?a=1")
        session.headers["X-Mine"] = "yes"
        session.auth = ("user", "pass")
        session.params, session.proxies, session.max_redirects = {"q": "1"}, {"ftp": "x"}, 5
        session.stream, session.verify, session.cert, session.trust_env = True, False, "cert", False
        session.mount("http://special", HTTPAdapter(pool_maxsize=3))
        copied = travelled(session)
    for name in ("headers", "auth", "params", "proxies", "max_redirects", "stream", "verify", "cert", "trust_env", "hooks"):
        assert getattr(copied, name) == getattr(session, name)
    assert list(copied.adapters) == list(session.adapters)
    assert type(copied.cookies) is RequestsCookieJar
    copied.cert = None
    with copied, copied.get(f"{http_app.url}/echo") as response:
        sent = response.json()
    assert sent["target"] == "/echo?q=1"
    assert ["X-Mine", "yes"] in sent["headers"]
    assert ["Cookie", "a=1"] in sent["headers"]
    assert len(http_app.connections) == 2


def test_a_session_that_has_seen_nothing_travels(travelled):
    assert vars(travelled(minireq.Session())).keys() == vars(minireq.Session()).keys() | {"cookies"}


def test_a_session_can_be_copied(http_app):
    with minireq.Session() as session, copy.deepcopy(session) as copied:
        copied.headers["X-Mine"] = "yes"
        assert "X-Mine" not in session.headers
        assert copied.get(f"{http_app.url}/json").ok


def test_an_adapter_keeps_its_settings_and_leaves_its_connections(http_app, travelled):
    adapter = HTTPAdapter(pool_connections=5, pool_maxsize=6, max_retries=3, pool_block=True)
    adapter.send(minireq.Request("GET", f"{http_app.url}/json").prepare()).content
    copied = travelled(adapter)
    for name in ("_pool_connections", "_pool_maxsize", "_pool_block"):
        assert getattr(copied, name) == getattr(adapter, name)
    assert copied.max_retries.total == 3
    assert copied.send(minireq.Request("GET", f"{http_app.url}/json").prepare()).json() == {"hello": "world"}
    adapter.close()
    copied.close()


def test_a_subclass_of_an_adapter_travels(travelled):
    assert travelled(Subclass(5)).pool_size == 5


class Subclass(HTTPAdapter):
    __attrs__ = [*HTTPAdapter.__attrs__, "pool_size"]

    def __init__(self, pool_size):
        self.pool_size = pool_size
        super().__init__(pool_maxsize=pool_size)


# --- exceptions


def all_kinds(cls):
    return [cls, *(kind for child in cls.__subclasses__() for kind in all_kinds(child))]


def made(kind):
    if issubclass(kind, JSONDecodeError):
        return kind("message", "document", 3)
    return kind("message", request=minireq.Request("GET", "http://host/").prepare())


@pytest.mark.parametrize("kind", [kind for kind in all_kinds(RequestException) if kind.__module__.startswith(minireq.__name__)])
def test_every_exception_travels(travelled, kind):
    error = made(kind)
    copied = travelled(error)
    assert (type(copied), str(copied), copied.args) == (kind, str(error), error.args)
    if error.request is not None:
        assert copied.request.url == "http://host/"


def test_an_http_error_takes_its_response_along(http_app, travelled):
    with pytest.raises(HTTPError) as caught:
        minireq.get(f"{http_app.url}/status/404").raise_for_status()
    copied = travelled(caught.value)
    assert (str(copied), copied.response.status_code) == (str(caught.value), 404)


def test_too_many_redirects_takes_its_history_along(http_app, travelled):
    with pytest.raises(TooManyRedirects) as caught:
        minireq.get(f"{http_app.url}/redirect/31")
    copied = travelled(caught.value)
    assert len(copied.history) == 30
    assert copied.response.status_code == 302


@pytest.mark.parametrize(
    "error",
    [
        wire.ConnectTimedOut("too late", "connect", 1.5),
        wire.ConnectFailed("refused"),
        wire.LimitExceeded("codings", 5, "too many"),
        wire.LocalProtocolError("bad", "method"),
        wire.DecodingError("damaged"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_came_from_the_wire_travels_with_its_cause_in_its_text(travelled, error):
    public = translate(error)
    copied = travelled(public)
    assert (type(copied), str(copied)) == (type(public), str(error))
    assert type(copied.args[0]) is type(public.args[0])


def test_a_pickle_is_read_by_another_process(http_app, tmp_path):
    (tmp_path / "response").write_bytes(pickle.dumps(minireq.get(f"{http_app.url}/json")))
    code = "import pickle\nwith open('response', 'rb') as file:\n    print(pickle.load(file).json())"
    assert run_python(code, cwd=tmp_path, path=(ROOT,)) == "{'hello': 'world'}\n"


def test_the_exceptions_that_travel_are_all_there_are():
    public = [value for value in vars(exceptions).values() if isinstance(value, type) and issubclass(value, RequestException)]
    assert set(public) <= set(all_kinds(RequestException))
