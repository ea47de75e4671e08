"""Sessions: settings, cookies and connections that several requests share."""

from __future__ import annotations

import collections
import datetime
import inspect
import io
import pickle
from http.cookiejar import CookieJar, LWPCookieJar
from types import SimpleNamespace
from unittest import mock

import pytest
import urllib3

import minireq
from minireq import Request, Session
from minireq.adapters import BaseAdapter, HTTPAdapter
from minireq.cookies import RequestsCookieJar, create_cookie
from minireq.exceptions import InvalidArgument, InvalidHeader, InvalidSchema, RequestException
from minireq.sessions import merge_hooks, merge_setting
from minireq.structures import CaseInsensitiveDict
from minireq.utils import default_headers

from .support.scripted import say


@pytest.fixture
def session():
    with Session() as session:
        yield session


# --- what it is


def test_a_session_has_every_function_of_the_module():
    """S180."""
    for verb in ["get", "options", "head", "post", "put", "patch", "delete", "request"]:
        assert callable(getattr(Session(), verb))


@pytest.mark.parametrize("verb", ["get", "options", "head", "post", "put", "patch", "delete"])
def test_its_verbs_send_their_methods(http_app, session, verb):
    """S180."""
    assert getattr(session, verb)(f"{http_app.url}/echo").request.method == verb.upper()


def test_its_settings_are_plain_attributes():
    """S189."""
    session = Session()
    names = "headers auth proxies hooks params stream verify cert max_redirects trust_env"
    assert vars(session).keys() >= set(names.split())
    assert session.headers == default_headers()
    assert (session.auth, session.proxies, session.hooks, session.params) == (None, {}, {"response": []}, {})
    assert (session.stream, session.verify, session.cert, session.max_redirects, session.trust_env) == (False, True, None, 30, True)
    assert repr(session.cookies) == "<RequestsCookieJar[]>"
    for name in Session.__attrs__:
        setattr(session, name, value := object())
        assert getattr(session, name) is value


def test_the_order_of_arguments_is_that_of_requests():
    parameters = inspect.signature(Session.request).parameters.values()
    assert " ".join(each.name for each in parameters if each.kind is not each.KEYWORD_ONLY) == (
        "self method url params data headers cookies files auth timeout allow_redirects proxies hooks stream verify cert json"
    )
    assert (
        " ".join(Session.__attrs__)
        == "headers cookies auth proxies hooks params verify cert adapters stream trust_env max_redirects"
    )


def test_session_is_also_made_by_a_function():
    assert type(minireq.session()) is Session


# --- keep-alive


def test_a_connection_serves_several_requests(http_app, session):
    """S182."""
    for _ in range(3):
        assert session.get(f"{http_app.url}/json").ok
    assert len(http_app.connections) == 1
    assert len(http_app.requests) == 3


def test_it_serves_every_verb(http_app, session):
    """S182."""
    for verb in ["get", "head", "post", "options", "delete", "put", "patch"]:
        assert getattr(session, verb)(f"{http_app.url}/echo").ok
    session.get(f"{http_app.url}/status/204")
    session.get(f"{http_app.url}/chunked/5")
    session.get(f"{http_app.url}/redirect/3")
    assert len(http_app.connections) == 1


def test_over_tls_it_is_the_same(https_app, ca, session):
    """S182."""
    session.verify = ca.file
    for _ in range(3):
        assert session.get(f"{https_app.url}/json").ok
    assert len(https_app.connections) == 1


def test_a_connection_that_the_server_ends_is_replaced(http_app, session):
    session.get(f"{http_app.url}/until-close")
    session.get(f"{http_app.url}/json", headers={"Connection": "close"})
    session.get(f"{http_app.url}/json")
    assert len(http_app.connections) == 3


def test_the_block_of_a_session_closes_it(http_app):
    """S188."""
    with Session() as session:
        session.get(f"{http_app.url}/json")
    http_app.wait_until_closed(0)


def test_also_after_an_exception(http_app):
    """S188."""
    with pytest.raises(ZeroDivisionError), Session() as session:
        session.get(f"{http_app.url}/json")
        raise ZeroDivisionError
    http_app.wait_until_closed(0)


def test_a_closed_session_works_again(http_app):
    # As requests' do; programs that close once too often depend on it.
    session = Session()
    session.close()
    assert session.get(f"{http_app.url}/json").ok
    session.close()
    session.close()
    http_app.wait_until_closed(0)


# --- settings of the session and of the call


def test_headers_of_session_and_call_are_both_sent(http_app, session):
    """S183."""
    session.auth = ("user", "pass")
    session.headers.update({"x-test": "true"})
    sent = session.get(f"{http_app.url}/headers", headers={"x-test2": "true"}).json()
    assert (sent["x-test"], sent["x-test2"], sent["Authorization"]) == ("true", "true", "Basic dXNlcjpwYXNz")


def test_the_call_wins_and_none_removes(http_app, session):
    """S184, S186."""
    session.headers["X-Mine"] = "session"
    session.params = {"a": "1", "b": "2"}
    sent = session.get(f"{http_app.url}/echo", headers={"x-mine": "call"}, params={"b": "3", "c": "4"}).json()
    assert sent["target"] == "/echo?a=1&b=3&c=4"
    assert ["x-mine", "call"] in sent["headers"]
    sent = session.get(f"{http_app.url}/echo", headers={"x-MINE": None}, params={"a": None}).json()
    assert sent["target"] == "/echo?b=2"
    assert not any(name.lower() == "x-mine" for name, _ in sent["headers"])


def test_what_a_call_says_does_not_stick(http_app, session):
    """S185."""
    session.get(
        f"{http_app.url}/echo", headers={"X": "1"}, params={"q": "1"}, cookies={"c": "1"}, auth=("user", "pass"), data="body"
    )
    assert session.get(f"{http_app.url}/echo").request.headers == default_headers()
    first, second = http_app.requests
    assert first["Cookie"] == "c=1"
    assert (second.target, second["Cookie"], second["Authorization"], second["X"], second.body) == ("/echo", None, None, None, b"")
    assert len(session.cookies) == 0


@pytest.mark.parametrize("name, value", [("User-Agent", "mine"), ("X-Mine", "yes")])
def test_headers_of_the_session_may_be_any_mapping_and_its_order_counts(http_app, session, name, value):
    """S060."""
    session.headers = collections.OrderedDict([("B", "1"), (name, value), ("A", "2")])
    session.get(f"{http_app.url}/a", headers={"C": "3"})
    assert [field for field, _ in http_app.requests[0].fields] == ["Host", "B", name, "A", "C"]


@pytest.mark.parametrize("headers", [None, {}, {"Accept": None}])
def test_headers_of_the_session_may_be_none_at_all(http_app, session, headers):
    session.headers = headers
    session.get(f"{http_app.url}/a")
    assert [field for field, _ in http_app.requests[0].fields] == ["Host"]


def test_a_header_of_the_session_that_is_none_is_not_sent(http_app, session):
    session.headers["Accept"] = None
    assert "Accept" not in session.get(f"{http_app.url}/headers").json()


@pytest.mark.parametrize("value", [5, "a\r\nEvil: yes", "€", [1]])
def test_a_header_of_the_session_that_cannot_be_sent_is_refused(session, value):
    session.headers["X"] = value
    with pytest.raises(InvalidHeader):
        session.get("http://host.invalid/")


def test_params_of_the_session_join_those_of_the_call(http_app, session):
    """S184."""
    session.params = {"a": "1"}
    assert session.get(f"{http_app.url}/echo").url.endswith("/echo?a=1")
    assert session.get(f"{http_app.url}/echo?b=2").url.endswith("/echo?b=2&a=1")
    # As in requests: what is no mapping is not merged.
    assert session.get(f"{http_app.url}/echo", params="raw").url.endswith("/echo?raw")


def test_persistent_verify_and_cert_are_used(wire_server, ca, session):
    """S190."""
    server = wire_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", tls=ca.server_context(client_ca=ca))
    session.verify = ca.file
    session.cert = (ca.certificate().file, ca.certificate().key)
    assert session.get(server.url).ok


def test_a_persistent_stream_leaves_bodies_unread(http_app, session):
    session.stream = True
    with session.get(f"{http_app.url}/bytes/100000") as response:
        assert not response.raw.closed
    assert session.get(f"{http_app.url}/bytes/100000", stream=False).raw.closed


@pytest.mark.parametrize(
    "call, session_wide, merged",
    [
        (None, None, None),
        (None, {"a": 1}, {"a": 1}),
        ({"a": 1}, None, {"a": 1}),
        ({"a": 1}, {"b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 2}, {"a": 1}),
        ({"a": None}, {"a": 2, "b": 3}, {"b": 3}),
        ({"a": 1}, {"b": None}, {"a": 1}),
        ("text", {"a": 1}, "text"),
        ({"a": 1}, "text", {"a": 1}),
        (False, True, False),
        (("user", "pass"), None, ("user", "pass")),
    ],
)
def test_merging(call, session_wide, merged):
    """S184, S186."""
    assert merge_setting(call, session_wide) == merged


def test_merging_makes_the_kind_of_dictionary_that_is_asked_for():
    assert type(merge_setting({"a": 1}, {"b": 2})) is collections.OrderedDict
    merged = merge_setting({"A": "1"}, {"a": "2"}, CaseInsensitiveDict)
    assert list(merged.items()) == [("A", "1")]


def test_an_empty_list_of_hooks_is_no_hooks():
    assert merge_hooks({"response": []}, {"response": [print]}) == {"response": [print]}
    assert merge_hooks({"response": [print]}, {"response": []}) == {"response": [print]}
    assert merge_hooks({"response": [print]}, None) == {"response": [print]}
    assert merge_hooks({"response": [print]}, {"response": [len]}) == {"response": [print]}


# --- cookies


def test_cookies_are_kept_and_sent_again(http_app, session):
    """S181."""
    assert session.get(f"{http_app.url}/cookies/set?sessioncookie=123456789").json() == {"sessioncookie": "123456789"}
    assert session.get(f"{http_app.url}/cookies").json() == {"sessioncookie": "123456789"}
    assert dict(session.cookies) == {"sessioncookie": "123456789"}


def test_cookies_of_the_call_join_those_of_the_session(http_app, session):
    """S184, S185."""
    session.get(f"{http_app.url}/cookies/set?a=1&b=2")
    assert session.get(f"{http_app.url}/cookies", cookies={"c": "3"}).json() == {"a": "1", "b": "2", "c": "3"}
    assert session.get(f"{http_app.url}/cookies").json() == {"a": "1", "b": "2"}


def test_cookies_can_be_changed_by_hand(http_app, session):
    """S187."""
    session.cookies.set("a", "1")
    session.cookies["b"] = "2"
    session.cookies.set_cookie(create_cookie("c", "3"))
    minireq.utils.add_dict_to_cookiejar(session.cookies, {"d": "4"})
    assert session.get(f"{http_app.url}/cookies").json() == {"a": "1", "b": "2", "c": "3", "d": "4"}
    del session.cookies["a"]
    session.cookies.clear(domain="", path="/", name="b")
    assert session.get(f"{http_app.url}/cookies").json() == {"c": "3", "d": "4"}


@pytest.mark.parametrize("jar", [CookieJar(), LWPCookieJar(), RequestsCookieJar()], ids=lambda jar: type(jar).__name__)
def test_the_jar_may_be_another(http_app, session, jar):
    session.cookies = jar
    assert session.get(f"{http_app.url}/cookies/set?a=1").json() == {"a": "1"}
    assert session.get(f"{http_app.url}/cookies", cookies={"b": "2"}).json() == {"a": "1", "b": "2"}
    assert [(cookie.name, cookie.value) for cookie in jar] == [("a", "1")]


def test_a_server_takes_a_cookie_back(http_app, session):
    http_app.route("/logout")(lambda request: (200, [("Set-Cookie", "a=; Max-Age=0; Path=/")], b""))
    session.get(f"{http_app.url}/cookies/set?a=1&b=2")
    session.get(f"{http_app.url}/logout")
    assert session.get(f"{http_app.url}/cookies").json() == {"b": "2"}


def test_cookies_of_a_response_that_a_hook_put_in_front_are_kept_too(http_app, session):
    http_app.route("/first")(lambda request: (200, [("Set-Cookie", "first=1")], b""))
    http_app.route("/second")(lambda request: (200, [("Set-Cookie", "second=2")], b""))

    def again(r, **kwargs):
        if r.url.endswith("/first"):
            request = r.request.copy()
            request.url = f"{http_app.url}/second"
            answer = r.connection.send(request, **kwargs)
            answer.history.append(r)
            return answer
        return None

    session.get(f"{http_app.url}/first", hooks={"response": again})
    assert dict(session.cookies) == {"first": "1", "second": "2"}


# --- preparing and sending


def test_prepare_request_applies_the_session(session):
    """S207."""
    session.headers["X-Mine"] = "yes"
    session.cookies.set("a", "1")
    session.auth = ("user", "pass")
    session.params = {"q": "1"}
    session.hooks = {"response": [print]}
    prepared = session.prepare_request(Request("post", "http://host/", data={"b": "2"}, headers={"X-Other": "too"}))
    assert (prepared.method, prepared.url, prepared.body) == ("POST", "http://host/?q=1", "b=2")
    assert prepared.headers["X-Mine"] == "yes"
    assert prepared.headers["X-Other"] == "too"
    assert prepared.headers["Cookie"] == "a=1"
    assert prepared.headers["Authorization"] == "Basic dXNlcjpwYXNz"
    assert prepared.headers["User-Agent"] == default_headers()["User-Agent"]
    assert prepared.hooks == {"response": [print]}


def test_send_takes_the_settings(http_app, session, ca):
    """S205."""
    seen, cert = [], ca.certificate().both
    prepared = session.prepare_request(
        Request("GET", f"{http_app.url}/json", hooks={"response": lambda r, **kwargs: seen.append(kwargs)})
    )
    response = session.send(prepared, stream=True, verify="path", proxies={"https": "http://proxy.invalid"}, cert=cert, timeout=7)
    with response:
        ((settings),) = seen
        assert {**settings, "proxies": dict(settings["proxies"])} == {
            "stream": True,
            "verify": "path",
            "proxies": {"https": "http://proxy.invalid"},
            "cert": cert,
            "timeout": 7,
        }


def test_send_has_the_sessions_settings_otherwise(http_app, session, ca):
    seen, cert = [], ca.certificate().both
    session.stream, session.verify, session.cert = False, "path", cert
    prepared = session.prepare_request(
        Request("GET", f"{http_app.url}/json", hooks={"response": lambda r, **kwargs: seen.append(kwargs)})
    )
    session.send(prepared)
    assert (seen[0]["stream"], seen[0]["verify"], seen[0]["cert"]) == (False, "path", cert)


def test_what_was_prepared_can_be_sent_twice(http_app, session):
    prepared = session.prepare_request(Request("POST", f"{http_app.url}/echo", data={"a": "1"}))
    assert session.send(prepared).json()["body"] == session.send(prepared).json()["body"] == "a=1"


@pytest.mark.parametrize(
    "value", [Request("GET", "http://host/"), None, 5, "http://host/", object()], ids=lambda value: type(value).__name__
)
def test_only_prepared_requests_can_be_sent(session, value):
    with pytest.raises(InvalidArgument, match="You can only send PreparedRequests") as caught:
        session.send(value)
    assert isinstance(caught.value, ValueError)


def test_an_empty_prepared_request_cannot_be_sent(session):
    with pytest.raises(RequestException):
        session.send(minireq.PreparedRequest())


def test_the_settings_that_a_request_would_have(session):
    """S209."""
    session.proxies = {"http": "http://proxy.example"}
    settings = session.merge_environment_settings("http://host/", {}, None, None, None)
    assert {**settings, "proxies": dict(settings["proxies"])} == {
        "proxies": {"http": "http://proxy.example"},
        "stream": False,
        "verify": True,
        "cert": None,
    }
    settings = session.merge_environment_settings("http://host/", None, True, "path", "cert")
    assert (settings["stream"], settings["verify"], settings["cert"]) == (True, "path", "cert")


def test_these_settings_can_be_sent_with(http_app, session):
    """S209."""
    prepared = session.prepare_request(Request("GET", f"{http_app.url}/json"))
    for proxies in ({}, None):
        settings = session.merge_environment_settings(prepared.url, proxies, None, None, None)
        assert session.send(prepared, **settings).ok


# --- code against environment


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_names_the_authorities(session, monkeypatch, variable):
    """S213."""
    monkeypatch.setenv(variable, "/from/the/environment")
    for call in (None, True):
        assert session.merge_environment_settings("https://host/", None, None, call, None)["verify"] == "/from/the/environment"


def test_requests_ca_bundle_comes_first(session, monkeypatch):
    """S213."""
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests")
    assert session.merge_environment_settings("https://host/", None, None, None, None)["verify"] == "/requests"
    session.trust_env = False
    assert session.merge_environment_settings("https://host/", None, None, None, None)["verify"] is True


@pytest.mark.parametrize(
    "call, mine, used", [(None, False, False), (None, "/mine", "/mine"), (False, True, False), ("/call", "/mine", "/call")]
)
def test_what_the_code_says_of_verify_beats_the_environment(session, monkeypatch, call, mine, used):
    """D14."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/from/the/environment")
    session.verify = mine
    assert session.merge_environment_settings("https://host/", None, None, call, None)["verify"] == used


def test_what_was_prepared_is_sent_without_the_environments_authorities(https_app, session, ca, monkeypatch):
    """S208: unless merge_environment_settings is asked."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca.file)
    prepared = session.prepare_request(Request("GET", f"{https_app.url}/json"))
    with pytest.raises(minireq.exceptions.SSLError):
        session.send(prepared)
    assert session.send(prepared, **session.merge_environment_settings(prepared.url, None, None, None, None)).ok
    assert session.get(f"{https_app.url}/json").ok


ENV, MINE, CALL = "http://env.example", "http://mine.example", "http://call.example"


@pytest.mark.parametrize(
    "call, mine, used",
    [
        (None, {}, ENV),
        ({}, {}, ENV),
        (None, {"http": MINE}, MINE),
        ({}, {"http": MINE}, MINE),
        ({"http": CALL}, {"http": MINE}, CALL),
        ({"http": CALL}, {}, CALL),
        ({"all": CALL}, {}, CALL),
        ({"http": None}, {}, None),
        ({"http": None}, {"http": MINE}, None),
        (None, {"http": None}, None),
        ({"https": CALL}, {}, ENV),
        ({"https": CALL}, {"http": MINE}, MINE),
        ({"https": None}, {"http": MINE}, MINE),
        ({"http://host": CALL}, {"http": MINE}, CALL),
    ],
)
def test_of_call_session_and_environment_the_first_that_says_something_wins(session, monkeypatch, call, mine, used):
    """D13, S186."""
    from minireq.utils import select_proxy

    monkeypatch.setenv("HTTP_PROXY", ENV)
    session.proxies = mine
    settings = session.merge_environment_settings("http://host/", call, None, None, None)
    assert select_proxy("http://host/", settings["proxies"]) == used


def test_the_environment_is_not_asked_without_trust_env(session, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", ENV)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/bundle")
    (tmp_path / "netrc").write_text("machine host login user password pass")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    session.trust_env = False
    settings = session.merge_environment_settings("http://host/", None, None, None, None)
    assert (dict(settings["proxies"]), settings["verify"]) == ({}, True)
    assert "Authorization" not in session.prepare_request(Request("GET", "http://host/")).headers


# --- netrc


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    def write(text):
        (tmp_path / "netrc").write_text(text)
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    return write


@pytest.mark.parametrize(
    "settings, user",
    [
        ({}, "bmV0cmM6cGFzcw=="),
        ({"headers": {"Authorization": "Basic mine"}}, "bmV0cmM6cGFzcw=="),  # S052
        ({"auth": ("user", "pass")}, "dXNlcjpwYXNz"),  # S053
    ],
)
def test_netrc_beats_a_header_and_auth_beats_netrc(session, netrc, settings, user):
    """S052, S053."""
    netrc("machine host.example login netrc password pass")
    prepared = session.prepare_request(Request("GET", "http://host.example:8080/", **settings))
    assert prepared.headers["Authorization"] == f"Basic {user}"


def test_netrc_beats_credentials_in_the_url(session, netrc):
    netrc("machine host.example login netrc password pass")
    prepared = session.prepare_request(Request("GET", "http://user:pass@host.example/"))
    assert prepared.headers["Authorization"] == "Basic bmV0cmM6cGFzcw=="


def test_auth_of_the_session_beats_netrc(session, netrc):
    """S053."""
    netrc("machine host.example login netrc password pass")
    session.auth = ("user", "pass")
    assert session.prepare_request(Request("GET", "http://host.example/")).headers["Authorization"] == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize(
    "url", ["http://host.example.org/", "http://example/", "http://user:pw@other/@host.example", "http://host.example@other/"]
)
def test_netrc_of_another_machine_is_not_used(session, netrc, url):
    netrc("machine host.example login netrc password secret")
    assert "bmV0cmM" not in session.prepare_request(Request("GET", url)).headers.get("Authorization", "")


# --- adapters


class Echo(BaseAdapter):
    """Answers with what it was asked."""

    def __init__(self, name="echo"):
        super().__init__()
        self.name = name
        self.closed = 0

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        response = minireq.Response()
        response.status_code, response.url, response.request, response._content = 200, request.url, request, self.name.encode()
        response.connection = self
        return response

    def close(self):
        self.closed += 1


def test_a_session_has_an_adapter_for_http_and_one_for_https():
    """S231."""
    session = Session()
    assert list(session.adapters) == ["https://", "http://"]
    assert all(type(adapter) is HTTPAdapter for adapter in session.adapters.values())
    assert session.get_adapter("HTTPS://host/") is session.adapters["https://"]


@pytest.mark.parametrize(
    "url, name",
    [
        ("http://host/", "http"),
        ("HTTP://HOST/", "http"),
        ("http://host/api", "api"),
        ("http://HOST/API/v2", "api"),
        ("http://host/api/v1", "v1"),
        ("https://host/api/v1", "https"),
        ("custom:anything", "custom"),
    ],
)
def test_the_adapter_with_the_longest_prefix_is_used(session, url, name):
    """S232."""
    for prefix in ["http://host/api", "https://", "custom:", "http://", "http://host/api/v1", "http://ho"]:
        session.mount(
            prefix,
            Echo({"http://host/api": "api", "http://host/api/v1": "v1", "http://ho": "http"}.get(prefix, prefix.rstrip(":/"))),
        )
    assert session.get_adapter(url).name == name
    assert session.get(url).text == name


def test_mounted_prefixes_stand_in_the_order_of_their_length(session):
    for prefix in ["http://git", "http://github", "http://g", "http://github.com/about/", "http://github.com"]:
        session.mount(prefix, Echo())
    assert list(session.adapters) == [
        "http://github.com/about/", "http://github.com", "http://github", "http://git", "https://", "http://g", "http://",
    ]  # fmt: skip


def test_an_adapter_of_ones_own_answers(session):
    """S233."""
    adapter = Echo()
    session.mount("mem://", adapter)
    response = session.get("mem://anything/ü")
    assert (response.text, response.url, response.connection) == ("echo", "mem://anything/ü", adapter)
    assert response.elapsed.total_seconds() >= 0
    session.close()
    assert adapter.closed == 1


@pytest.mark.parametrize("method", [lambda adapter: adapter.send(None), lambda adapter: adapter.close()])
def test_the_base_adapter_does_nothing(method):
    """S233."""
    with pytest.raises(NotImplementedError):
        method(BaseAdapter())


@pytest.mark.parametrize("url", ["ftp://host/", "unknown:path", "", "file:///etc/passwd"])
def test_a_url_without_an_adapter_is_refused(session, url):
    with pytest.raises(InvalidSchema, match="No connection adapters were found for") as caught:
        session.get_adapter(url)
    assert isinstance(caught.value, ValueError)


def test_a_url_without_an_adapter_is_shown_without_its_password(session):
    with pytest.raises(InvalidSchema) as caught:
        session.get("ftp://user:secret@host/")
    assert "secret" not in str(caught.value)


# --- subclasses


def test_a_subclass_sees_each_request_and_each_response(http_app):
    class Counting(Session):
        sent = 0

        def request(self, method, url, **kwargs):
            return super().request(method, http_app.url + url, **kwargs)

        def send(self, request, **kwargs):
            self.sent += 1
            return super().send(request, **kwargs)

    with Counting() as session:
        assert session.get("/redirect/2").ok
        assert session.sent == 3


def test_a_subclass_prepares_differently(http_app):
    class Signing(Session):
        def prepare_request(self, request):
            prepared = super().prepare_request(request)
            prepared.headers["X-Signed"] = prepared.path_url
            return prepared

        def merge_environment_settings(self, url, proxies, stream, verify, cert):
            assert proxies == {}  # as requests has it: never None
            return super().merge_environment_settings(url, proxies, stream, verify, cert)

    with Signing() as session:
        assert session.get(f"{http_app.url}/headers?a").json()["X-Signed"] == "/headers?a"


@pytest.mark.parametrize(("beats", "sent"), [(False, "Basic "), (True, "Bearer mine")])
def test_a_given_header_beats_netrc_where_the_session_says_so(http_app, tmp_path, monkeypatch, beats, sent):
    """S052, S053: by default netrc wins, as in requests."""
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {http_app.host} login user password pass\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with minireq.Session() as session:
        session.header_beats_netrc = beats
        session = pickle.loads(pickle.dumps(session))
        session.get(f"{http_app.url}/echo", headers={"authorization": "Bearer mine"})
        session.close()
    assert http_app.requests[-1]["Authorization"].startswith(sent)


# --- trailers, Expect, and streams that are handed over

DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def moved(status):
    return b"HTTP/1.1 %d Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n" % status


def ends_of(server):
    return [request.raw.rpartition(b"\r\n0\r\n")[2] for request in server.requests]


@pytest.mark.parametrize("verb", [minireq.put, minireq.post, lambda url, **how: minireq.request("PUT", url, **how)])
def test_trailers_follow_the_body(wire_server, verb):
    server = wire_server(DONE)
    response = verb(server.url, data="hello", trailers={"X-Sum": "5d41"})
    assert server.requests[0].raw.endswith(b"\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5d41\r\n\r\n")
    sent = {name: response.request.headers[name] for name in ("Transfer-Encoding", "Trailer")}
    assert sent == {"Transfer-Encoding": "chunked", "Trailer": "X-Sum"}
    assert "Content-Length" not in response.request.headers


def test_a_redirect_that_keeps_the_body_keeps_the_trailers(wire_server):
    asked = []
    server = wire_server([moved(307), DONE])
    minireq.put(server.url, data=b"hello", trailers=lambda: asked.append(1) or {"X-Sum": str(len(asked))})
    assert ends_of(server) == [b"X-Sum: 1\r\n\r\n", b"X-Sum: 2\r\n\r\n"]


def test_a_redirect_that_drops_the_body_drops_the_trailers(wire_server):
    server = wire_server([moved(303), DONE])
    response = minireq.put(server.url, data=b"hello", trailers={"X-Sum": "1"})
    assert (server.requests[1].method, server.requests[1]["Trailer"], server.requests[1].body) == ("GET", None, b"")
    assert "Trailer" not in response.request.headers


def test_a_prepared_request_carries_its_trailers(wire_server):
    server = wire_server(DONE)
    with Session() as session:
        prepared = session.prepare_request(minireq.Request("PUT", server.url, data=b"hello"))
        assert prepared.trailers is None and prepared.copy().trailers is None
        prepared.trailers = {"X-Sum": "1"}
        session.send(prepared.copy())
    assert ends_of(server) == [b"X-Sum: 1\r\n\r\n"]


@pytest.mark.parametrize(
    "trailers, error", [({"Host": "x"}, InvalidHeader), ({"A": "b\r\n"}, InvalidHeader), ("text", InvalidArgument)], ids=repr
)
@pytest.mark.parametrize("later", [False, True])
def test_trailers_that_cannot_be_sent_are_refused(wire_server, trailers, error, later):
    server = wire_server(DONE)
    with pytest.raises(error):
        minireq.put(server.url, data=b"hello", trailers=(lambda: trailers) if later else trailers)
    assert later or server.connections == []


def test_the_patience_of_an_adapter_is_how_long_a_body_waits(wire_server):
    server = wire_server(DONE, DONE)
    with Session() as session:
        adapter = session.get_adapter(server.url)
        assert adapter.expect_patience == 1.0
        adapter.expect_patience = 0.0
        again = pickle.loads(pickle.dumps(adapter))
        assert again.expect_patience == 0.0
        session.put(server.url, data=b"hello", headers={"Expect": "100-continue"})
    assert server.requests[0].body == b"hello"


def test_with_expect_digest_authentication_sends_the_body_once(wire_server):
    challenge = b'HTTP/1.1 401 Who?\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 0\r\n\r\n'

    def welcome(connection):
        connection.read_request(on_expect=b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.send(DONE)

    server = wire_server([lambda connection: connection.read_head(), say(challenge)], welcome)
    with Session() as session:
        session.get_adapter(server.url).expect_patience = 1000
        auth = minireq.auth.HTTPDigestAuth("user", "password")
        response = session.put(server.url, data=io.BytesIO(b"hello"), headers={"Expect": "100-continue"}, auth=auth)
    assert (response.status_code, [each.status_code for each in response.history]) == (200, [401])
    assert server.requests[0].body == b"hello"


def test_an_early_answer_leaves_a_generator_where_it_is(wire_server):
    """It is the caller's: he may close it, or go on."""
    too_large = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
    server = wire_server([lambda connection: connection.read_head(), say(too_large)])

    def body():
        while True:
            yield b"x" * 10_000

    pieces = body()
    assert minireq.put(server.url, data=pieces).status_code == 413
    assert next(pieces)


@pytest.mark.parametrize("stream", [False, True])
def test_a_stream_that_is_handed_over_is_left_unread(wire_server, stream):
    switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello"
    server = wire_server([switching, say(b" world")])
    with minireq.get(server.url, headers={"Connection": "Upgrade", "Upgrade": "x"}, stream=stream) as response:
        assert response.raw.read(11) == b"hello world"
    server.wait_until_closed()


class OwnPool(minireq.adapters.HTTPAdapter):
    """Asks a pool of its own for each request."""

    def get_connection_with_tls_context(self, *args, **kwargs):
        return super().get_connection_with_tls_context(*args, **kwargs)


def test_a_class_that_overrides_how_a_pool_is_found_loses_nothing(wire_server):
    seen = []
    hint = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    server = wire_server([hint + DONE])
    with Session() as session:
        session.mount("http://", OwnPool())
        hooks = {"informational": lambda early: seen.append(early.status_code)}
        session.put(server.url, data=b"hello", trailers={"X-Sum": "1"}, hooks=hooks)
    assert (ends_of(server), seen) == ([b"X-Sum: 1\r\n\r\n"], [103])


def test_a_pool_of_somebody_else_cannot_send_trailers():
    class Foreign(minireq.adapters.HTTPAdapter):
        def get_connection_with_tls_context(self, *args, **kwargs):
            return urllib3.HTTPConnectionPool("localhost")

    with Session() as session:
        session.mount("http://", Foreign())
        with pytest.raises(InvalidArgument, match="trailers cannot be sent by the HTTPConnectionPool"):
            session.put("http://localhost/", data=b"hello", trailers={"X-Sum": "1"})


def test_a_response_of_another_kind_is_told_how_long_it_took():
    class Other(SimpleNamespace):
        content = b""

    class Adapter(BaseAdapter):
        def send(self, request, **settings):
            raw = SimpleNamespace(headers={})
            return Other(raw=raw, status_code=200, headers={}, elapsed=None, url=request.url, request=request, history=[])

    session = Session()
    session.mount("http://", Adapter())
    assert session.get("http://host/").elapsed > datetime.timedelta()


# --- what subclasses and tests put in the way


class Recording(BaseAdapter):
    """An adapter that keeps how it was called."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def send(self, request, **settings):
        self.calls.append(settings)
        response = minireq.Response()
        response.status_code, response.url, response.request, response._content = 200, request.url, request, b""
        return response

    def close(self):
        pass


@pytest.fixture
def recording(session):
    adapter = Recording()
    session.mount("http://", adapter)
    return adapter


def test_a_subclass_may_have_a_helper_of_any_private_name(recording, session):
    """Clients of an API like to call theirs `_send`."""

    class Client(Session):
        def _send(self, method, path):
            return self.request(method, f"http://host/{path}")

        _request = _call = _exchange = _prepared = _settings = _sent = _send

    client = Client()
    client.mount("http://", recording)
    assert client._send("GET", "a").url == "http://host/a"


def test_an_overridden_send_is_what_request_calls(recording):
    class Counting(Session):
        def send(self, request, **kwargs):
            seen.append(sorted(kwargs))
            return super().send(request, **kwargs)

    seen = []
    counting = Counting()
    counting.mount("http://", recording)
    counting.get("http://host/")
    plain = Session()
    plain.mount("http://", recording)
    plain.send = lambda request, **kwargs: seen.append(sorted(kwargs))
    plain.get("http://host/")
    names = ["allow_redirects", "cert", "proxies", "stream", "timeout", "verify"]
    assert seen == [names, names]
    with mock.patch.object(Session, "send") as send:
        Session().get("http://host/", timeout=3)
    assert sorted(send.call_args.kwargs) == names


def test_each_step_that_somebody_overrides_is_taken_by_request(recording):
    def watched(session, name):
        own = getattr(session, name)
        return lambda *arguments, **settings: taken.append(name) or own(*arguments, **settings)

    for name in ("prepare_request", "merge_environment_settings", "send"):
        taken = []
        session = Session()
        session.mount("http://", recording)
        setattr(session, name, watched(session, name))
        session.get("http://host/")
        session = type(
            "Client", (Session,), {name: lambda self, *a, name=name, **k: watched(super(type(self), self), name)(*a, **k)}
        )()
        session.mount("http://", recording)
        session.get("http://host/")
        assert taken == [name] * 2


@pytest.mark.parametrize("hooks", [{}, None, {"response": []}, {"response": None, "informational": [print]}])
def test_without_a_hook_an_adapter_may_return_what_it_likes(session, hooks):
    class Odd(Recording):
        def send(self, request, **settings):
            return SimpleNamespace(raw=None, status_code=200, content=b"")

    session.mount("http://", Odd())
    prepared = session.prepare_request(Request("GET", "http://host/"))
    prepared.hooks = hooks
    assert session.send(prepared).status_code == 200


def test_a_request_that_somebody_has_put_there_is_made(recording, session):
    with mock.patch("minireq.sessions.Request", side_effect=Request) as made:
        session.get("http://host/")
    assert made.call_count == 1


def test_preparing_is_told_what_a_request_would_say(recording, session):
    prepare, seen = minireq.PreparedRequest.prepare, []

    def watched(self, **named):
        seen.append(named)
        return prepare(self, **named)

    with mock.patch.object(minireq.PreparedRequest, "prepare", watched):
        session.get("http://host/")
        session.prepare_request(Request("GET", "http://host/"))
    assert all(told["hooks"] == {"response": []} and not told["data"] and told["files"] == [] for told in seen)
    assert {**seen[0], "data": []} == seen[1]


def test_request_may_be_borrowed_by_what_is_no_session(session):
    lender = mock.Mock()
    lender.merge_environment_settings.return_value = {"stream": True}
    assert Session.request(lender, "get", "http://host/") is lender.send.return_value
    lender.send.assert_called_once_with(lender.prepare_request.return_value, timeout=None, allow_redirects=True, stream=True)
    assert lender.prepare_request.call_args.args[0].method == "GET"


@pytest.mark.parametrize(
    "settings",
    [{}, {"stream": True}, {"stream": False, "verify": True, "cert": None, "more": 1}],
)
def test_merged_settings_may_be_others(recording, settings):
    class Merging(Session):
        def merge_environment_settings(self, *arguments):
            return settings

    session = Merging()
    session.mount("http://", recording)
    session.get("http://host/", timeout=3)
    assert recording.calls[0].items() >= {"timeout": 3, **settings}.items()


def test_what_is_prepared_is_checked_whoever_prepares(recording):
    class Careless(Session):
        def prepare_request(self, request):
            return request

    with pytest.raises(InvalidArgument, match="You can only send PreparedRequests"):
        Careless().get("http://host/")


def test_preparing_is_told_by_name(recording, session):
    prepare, seen = minireq.PreparedRequest.prepare, []

    def watched(self, *arguments, **named):
        seen.append((arguments, named["url"]))
        return prepare(self, *arguments, **named)

    with mock.patch.object(minireq.PreparedRequest, "prepare", watched):
        session.get("http://host/")
    assert seen == [((), "http://host/")]


def test_an_adapter_is_told_a_timeout_by_those_who_say_one(recording, session):
    prepared = session.prepare_request(Request("GET", "http://host/"))
    session.send(prepared)
    session.send(prepared, timeout=None)
    session.timeout = 5
    session.send(prepared)
    session.send(prepared, own="more")
    assert ["timeout" in settings for settings in recording.calls] == [False, True, True, True]
    assert recording.calls[3].items() >= {"own": "more", "timeout": 5, "stream": False, "verify": True}.items()


def test_a_mount_of_ones_own_mounts_what_a_session_begins_with():
    class Mounting(Session):
        def mount(self, prefix, adapter):
            mounted.append(prefix)
            super().mount(prefix, adapter)

    class Wrapped(Session):
        def __init__(self):
            self.mount = lambda prefix, adapter: mounted.append(prefix)
            super().__init__()

    mounted = []
    assert list(Mounting().adapters) == ["https://", "http://"] == mounted
    Wrapped()
    assert mounted == ["https://", "http://"] * 2


@pytest.mark.parametrize("prefix", ["http://host", "HTTP://", "http://HOST/a", "h"])
def test_an_adapter_is_found_by_any_prefix(recording, prefix):
    session = Session()
    session.mount(prefix, recording)
    found = session.get_adapter("HTTP://host/a/b")
    assert (found is recording) == (prefix in ("http://host", "http://HOST/a"))
    session.adapters = {"http://": recording, "http://other/": None}
    assert session.get_adapter("http://host/") is recording
    session.adapters = {prefix: recording, "https://": None}
    assert session.get_adapter("http://host/a") is recording
