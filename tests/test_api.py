"""The functions of the module: one request each, in a session of its own."""

from __future__ import annotations

import contextlib
import importlib
import inspect

import pytest

import minireq
from minireq import api
from minireq.utils import DEFAULT_ACCEPT_ENCODING, default_user_agent

VERBS = ["get", "options", "head", "post", "put", "patch", "delete"]

# --- verbs


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_sends_its_method(http_app, verb):
    """S002, S009, S014."""
    response = getattr(minireq, verb)(f"{http_app.url}/echo?a=1")
    assert isinstance(response, minireq.Response)
    assert response.status_code == 200
    assert (http_app.requests[0].method, http_app.requests[0].target) == (verb.upper(), "/echo?a=1")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_takes_url_by_keyword(http_app, verb):
    """S003, S007, S085."""
    getattr(minireq, verb)(url=f"{http_app.url}/echo", data="body", auth=("user", "pass"))
    (request,) = http_app.requests
    assert request.body == b"body"
    assert request["Authorization"] == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize(
    "method, sent", [("get", "GET"), ("Post", "POST"), ("PURGE", "PURGE"), ("m-search", "M-SEARCH"), (b"get", "GET")]
)
def test_request_sends_any_method_in_upper_case(http_app, method, sent):
    """S002."""
    assert minireq.request(method, f"{http_app.url}/echo").request.method == sent
    assert http_app.requests[0].method == sent


def test_every_verb_works_over_https(https_app, ca):
    """S014."""
    for verb in VERBS:
        assert getattr(minireq, verb)(f"{https_app.url}/echo", verify=ca.file).status_code == 200
    assert [request.method for request in https_app.requests] == [verb.upper() for verb in VERBS]


def test_the_second_positional_of_get_is_params(http_app):
    """S025."""
    assert minireq.get(f"{http_app.url}/echo", {"q": "tea"}).url == f"{http_app.url}/echo?q=tea"


def test_the_second_positionals_of_post_are_data_and_json(http_app):
    assert minireq.post(f"{http_app.url}/echo", "text").json()["body"] == "text"
    assert minireq.post(f"{http_app.url}/echo", None, {"a": 1}).json()["body"] == '{"a": 1}'
    assert minireq.put(f"{http_app.url}/echo", {"a": "1"}).json()["body"] == "a=1"  # S008
    assert minireq.patch(f"{http_app.url}/echo", b"bytes").json()["body"] == "bytes"


def test_head_has_headers_and_no_body(http_app):
    """S005."""
    response = minireq.head(f"{http_app.url}/bytes/1000")
    assert response.content == b""
    assert response.text == ""
    assert response.headers["Content-Length"] == "1000"


def test_options_tells_what_is_allowed(http_app):
    """S006."""

    @http_app.route("/options")
    def options(request):
        return 200, [("Allow", "GET, HEAD, OPTIONS")], b""

    assert minireq.options(f"{http_app.url}/options").headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("verb", ["patch", "delete", "get", "put"])
def test_204_is_handled(http_app, verb):
    """S007."""
    response = getattr(minireq, verb)(f"{http_app.url}/status/204")
    assert (response.status_code, response.content, response.ok) == (204, b"", True)


@pytest.mark.parametrize("status", [400, 404, 418, 500, 503, 599])
def test_an_error_status_is_a_response_and_no_exception(http_app, status):
    """S015."""
    response = minireq.get(f"{http_app.url}/status/{status}")
    assert response.status_code == status
    assert not response


def test_the_final_url_is_an_ordinary_str(http_app):
    """S004, S016."""
    response = minireq.get(f"{http_app.url}/redirect/1")
    assert type(response.url) is str
    assert response.url == f"{http_app.url}/echo"
    assert minireq.get(response.url + "/comments").json()["target"] == "/echo/comments"


def test_the_response_carries_the_request_that_was_sent(http_app):
    """S009, S010, S011."""
    response = minireq.get(f"{http_app.url}/echo", cookies={"a": "1"}, headers={"X-Mine": "yes"})
    assert isinstance(response.request, minireq.PreparedRequest)
    assert response.request.url == response.url
    sent = dict(http_app.requests[0].fields)
    del sent["Host"]
    assert dict(response.request.headers) == sent
    assert {"User-Agent", "Accept-Encoding", "Accept", "Connection", "Cookie", "X-Mine"} == set(sent)


def test_after_redirects_the_request_is_the_last_one(http_app):
    """S010."""
    assert minireq.get(f"{http_app.url}/redirect/2").request.url == f"{http_app.url}/echo"


def test_the_default_headers_and_their_order(http_app):
    """S012."""
    response = minireq.get(f"{http_app.url}/a")
    assert list(response.request.headers.items()) == [
        ("User-Agent", default_user_agent()),
        ("Accept-Encoding", DEFAULT_ACCEPT_ENCODING),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
    ]


def test_the_repr_of_a_response(http_app):
    """S013."""
    response = minireq.get(f"{http_app.url}/json")
    assert repr(response) == "<Response [200]>"
    assert f"{type(response).__module__}.{type(response).__name__}" == "minireq.models.Response"


# --- the session of a call


def test_a_call_leaves_no_connection_open(http_app):
    minireq.get(f"{http_app.url}/json")
    http_app.wait_until_closed(0)


def test_a_stream_of_a_call_is_read_after_its_session_has_been_closed(http_app):
    """S164."""
    with minireq.get(f"{http_app.url}/bytes/100000", stream=True) as response:
        assert sum(map(len, response.iter_content(1000))) == 100000
    http_app.wait_until_closed(0)
    with contextlib.closing(minireq.get(f"{http_app.url}/bytes/100000", stream=True)) as response:
        assert len(response.content) == 100000
    http_app.wait_until_closed(1)


def test_an_error_leaves_no_connection_open(http_app):
    with pytest.raises(ZeroDivisionError):
        minireq.get(f"{http_app.url}/bytes/100000", hooks={"response": lambda r, **kwargs: 1 / 0})
    http_app.wait_until_closed(0)


def test_calls_share_no_cookies(http_app):
    minireq.get(f"{http_app.url}/cookies/set?a=1")
    assert minireq.get(f"{http_app.url}/cookies").json() == {}


def test_an_unknown_argument_is_a_type_error():
    """S079."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'file'"):
        minireq.post("http://host.invalid/", file="data")


# --- names


def test_the_signatures_are_those_of_requests():
    for name, parameters in [
        ("request", "method url kwargs"),
        ("get", "url params kwargs"),
        ("options", "url kwargs"),
        ("head", "url kwargs"),
        ("post", "url data json kwargs"),
        ("put", "url data kwargs"),
        ("patch", "url data kwargs"),
        ("delete", "url kwargs"),
    ]:
        assert list(inspect.signature(getattr(minireq, name)).parameters) == parameters.split()


@pytest.mark.parametrize(
    "path",
    """Request Session session codes PreparedRequest Response get post put patch delete head options request
    auth.AuthBase auth.HTTPBasicAuth auth.HTTPDigestAuth auth.HTTPProxyAuth adapters.BaseAdapter adapters.HTTPAdapter
    cookies.RequestsCookieJar models.Response models.Request models.PreparedRequest sessions.Session structures.CaseInsensitiveDict
    exceptions.RequestException exceptions.ConnectionError exceptions.HTTPError exceptions.Timeout exceptions.ConnectTimeout
    exceptions.TooManyRedirects exceptions.SSLError api.get hooks.dispatch_hook status_codes.codes utils.default_headers
    compat.urlparse certs.where help.info __version__ __build__""".split(),
)
def test_the_import_paths_of_the_documentation_work(path):
    """S017."""
    module, _, name = path.rpartition(".")
    assert hasattr(importlib.import_module(f"minireq.{module}" if module else "minireq"), name)
    found = minireq
    for part in path.split("."):
        found = getattr(found, part)


def test_all_that_the_package_promises_is_there():
    for name in minireq.__all__:
        assert getattr(minireq, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        minireq.no_such_name


def test_the_functions_are_those_of_the_api_module():
    for verb in [*VERBS, "request"]:
        assert getattr(minireq, verb) is getattr(api, verb)
