"""Sessions, prepared requests and hooks."""

from __future__ import annotations

import io
import json
import pickle

from ..views import attempt, view, view_of_cookies, view_of_prepared
from . import calls, case


@case("hooks: response hooks")
def _(lib, here):
    seen = []

    def note(response, *arguments, **keywords):
        seen.append([response.status_code, sorted(keywords)])

    def mark(response, **keywords):
        response.marker = "seen"
        return response

    session = lib.Session()
    session.hooks["response"].append(note)
    marked = [
        lib.get(here.http + "/redirect/302?to=/echo", hooks={"response": [note, mark]}),
        session.get(here.http + "/echo", hooks={"response": mark}),
        session.get(here.http + "/echo", hooks={}),
        session.get(here.http + "/echo", hooks={"response": None}),
        session.get(here.http + "/echo", hooks={"response": []}),
    ]
    return [seen, [getattr(one, "marker", None) for one in marked], lib.hooks.default_hooks()]


calls(
    "hooks",
    {
        "unknown event, registered": lambda lib, here: lib.Request("GET", here.http).register_hook("nope", print),
        "unknown event": lambda lib, here: lib.get(here.http + "/echo", hooks={"nope": print}),
        "not callable": lambda lib, here: lib.get(here.http + "/echo", hooks={"response": "text"}),
        "not callable in a list": lambda lib, here: lib.get(here.http + "/echo", hooks={"response": ["text", None]}),
        "raises": lambda lib, here: lib.get(here.http + "/echo", hooks={"response": lambda *a, **k: 1 / 0}),
        "returns text": lambda lib, here: lib.get(here.http + "/echo", hooks={"response": lambda *a, **k: "text"}),
        "raises for status": lambda lib, here: lib.get(
            here.http + "/raw/404", hooks={"response": lambda r, *a, **k: r.raise_for_status()}
        ),
        "list": lambda lib, here: lib.get(here.http + "/echo", hooks=[("response", lambda *a, **k: None)]),
        "none": lambda lib, here: lib.get(here.http + "/echo", hooks=None),
    },
)


@case("hooks: registered and taken back")
def _(lib, here):
    def note(response, *arguments, **keywords):
        response.seen = getattr(response, "seen", 0) + 1

    request = lib.Request("GET", here.http + "/echo")
    request.register_hook("response", note)
    request.register_hook("response", [note, note])
    taken = [request.deregister_hook("response", note), request.deregister_hook("response", print)]
    prepared = request.prepare()
    prepared.headers.update(PLAIN)
    return [
        taken,
        lib.Session().send(prepared).seen,
        lib.hooks.dispatch_hook("response", {"response": lambda one, **k: one + 1}, 1),
    ]


@case("hooks: one that sends again")
def _(lib, here):
    def again(response, *arguments, **keywords):
        if response.status_code == 404:
            request = response.request.copy()
            request.url = here.http + "/echo/again"
            other = response.connection.send(request, **keywords)
            other.history.append(response)
            return other
        return None

    return lib.get(here.http + "/raw/404", hooks={"response": again})


PLAIN = {"User-Agent": "me", "Accept-Encoding": "identity"}


def full(lib, here):
    return lib.Request(
        "POST",
        here.http + "/echo",
        data={"a": "1"},
        headers={"X": "1"},
        params={"q": "1"},
        cookies={"c": "1"},
        auth=("u", "p"),
    )


@case("prepared: mutation is what goes out")
def _(lib, here):
    session = lib.Session()
    prepared = session.prepare_request(full(lib, here))
    before = view_of_prepared(prepared)
    prepared.body = b"other body"
    prepared.headers["Content-Length"] = "10"
    prepared.headers["X"] = "2"
    prepared.url = prepared.url.replace("q=1", "q=2")
    prepared.method = "PUT"
    return [before, session.send(prepared), session.send(prepared.copy()), repr(prepared), prepared.path_url]


def _changed(**changes):
    def change_and_send(lib, here):
        session = lib.Session()
        prepared = session.prepare_request(full(lib, here))
        for name, value in changes.items():
            if name == "headers":
                for key, one in value.items():
                    if one is None:
                        prepared.headers.pop(key, None)
                    else:
                        prepared.headers[key] = one
            else:
                setattr(prepared, name, value.replace("HTTP", here.http) if name == "url" else value)
        return [session.send(prepared), prepared]

    return change_and_send


calls(
    "prepared: changed",
    {
        "body": _changed(body=b"longer than before"),
        "body of str": _changed(body="a=2"),
        "body of the same length": _changed(body="b=2"),
        "body None": _changed(body=None),
        "body and length": _changed(body=b"12345", headers={"Content-Length": "5"}),
        "body of unicode and length": _changed(body="ü", headers={"Content-Length": "2"}),
        "body of unicode": _changed(body="ü=東"),
        "no length": _changed(headers={"Content-Length": None}),
        "no length, generator": lambda lib, here: _changed(body=iter([b"a", b"b"]), headers={"Content-Length": None})(lib, here)[0],
        "chunked by hand": lambda lib, here: _changed(
            body=iter([b"a", b"b"]), headers={"Content-Length": None, "Transfer-Encoding": "chunked"}
        )(lib, here)[0],
        "method": _changed(method="PUT"),
        "method in small letters": _changed(method="put"),
        "method to GET": _changed(method="GET"),
        "url": _changed(url="HTTP/echo/other"),
        "url with a fragment": _changed(url="HTTP/echo/other#frag"),
        "url with blanks": _changed(url="HTTP/echo/a b"),
        "url with unicode": _changed(url="HTTP/echo/ü"),
        "url without a path": _changed(url="HTTP"),
        "url with bad percent": _changed(url="HTTP/echo/%zz"),
        "url with dots": _changed(url="HTTP/a/../echo"),
        "headers": _changed(headers={"X": "2", "Y": "3", "Cookie": None}),
        "header of bytes": _changed(headers={"X": b"2"}),
        "header with a newline": _changed(headers={"X": "2\r\nY: 3"}),
        "header of a number": _changed(headers={"X": 5}),
        "no agent": _changed(headers={"Accept": None, "Connection": None}),
        "host": _changed(headers={"Host": "other.example"}),
        "authorization": _changed(headers={"Authorization": "Bearer x"}),
        "content type": _changed(headers={"Content-Type": "x/y"}),
    },
)


@case("prepared: plain dict of headers")
def _(lib, here):
    prepared = lib.Session().prepare_request(full(lib, here))
    prepared.headers = {**PLAIN, "Content-Length": "3"}
    return lib.Session().send(prepared)


@case("prepared: pieces")
def _(lib, here):
    prepared = lib.PreparedRequest()
    results = [attempt(lambda: repr(prepared)), attempt(prepared.copy)]
    prepared.prepare_method("put")
    prepared.prepare_url("http://example.com/a b", {"x": "ü"})
    prepared.prepare_headers({"a": "1"})
    prepared.prepare_cookies({"k": "v"})
    prepared.prepare_body({"a": 1}, None)
    prepared.prepare_auth(("u", "p"))
    prepared.prepare_hooks(None)
    results.append(view_of_prepared(prepared))
    prepared.prepare_body(b"xyz", None)
    prepared.prepare_content_length(b"12345")
    results.append(view_of_prepared(prepared))
    prepared.prepare_content_length(None)
    results.append(view_of_prepared(prepared))
    other = lib.PreparedRequest()
    other.prepare(method="GET", url="http://example.com/")
    return [*results, view_of_prepared(other)]


@case("prepared: sending a Request")
def _(lib, here):
    return [repr(lib.Request("GET", "http://x/")), lib.Session().send(lib.Request("GET", "http://x/"))]


@case("prepared: copies are apart")
def _(lib, here):
    prepared = full(lib, here).prepare()
    copy = prepared.copy()
    copy.headers["X"] = "changed"
    copy._cookies.set("other", "1")
    return [view_of_prepared(prepared), view_of_prepared(copy), view_of_cookies(prepared._cookies), prepared.hooks == copy.hooks]


@case("prepared: pickled")
def _(lib, here):
    session = lib.Session()
    back = pickle.loads(pickle.dumps(session.prepare_request(full(lib, here))))
    return [back, session.send(back)]


@case("prepared: sent with settings")
def _(lib, here):
    session = lib.Session()
    session.proxies = {"http": here.refused}
    prepared = session.prepare_request(lib.Request("GET", here.http + "/hops/2"))
    settings = session.merge_environment_settings(prepared.url, {}, None, None, None)
    return [
        session.send(prepared, proxies={"http": here.proxy}),
        session.send(prepared, proxies={"http": here.proxy}, allow_redirects=False),
        session.send(prepared, proxies={"http": here.proxy}, stream=True, timeout=(3, 5)),
        attempt(session.send, prepared),
        attempt(session.send, prepared, **settings),
    ]


@case("prepared: sent with an empty dict of proxies")
def _(lib, here):
    session = lib.Session()
    session.proxies = {"http": here.proxy}
    return session.send(lib.Request("GET", here.http + "/echo", headers=PLAIN).prepare(), proxies={})


@case("prepared: request attributes")
def _(lib, here):
    request = lib.Request("post", "http://h/", json=[1], params=[("a", "b")])
    names = ("method", "url", "headers", "files", "data", "json", "params", "auth", "cookies", "hooks")
    empty = lib.Request()
    return [[[name, view(getattr(one, name))] for name in names] for one in (request, empty)] + [attempt(empty.prepare)]


@case("session: methods")
def _(lib, here):
    session, url = lib.Session(), here.http + "/echo"
    return [
        session.get(url),
        session.post(url, "d", {"j": 1}),
        session.put(url, "d"),
        session.patch(url, "d"),
        session.delete(url),
        session.head(url),
        session.options(url),
        session.request("FROB", url),
        lib.get(url, {"p": 1}),
        lib.post(url, "d", {"j": 1}),
        lib.put(url, "d"),
        lib.patch(url, "d"),
        lib.delete(url),
        lib.head(url),
        lib.options(url),
    ]


calls(
    "session: arguments",
    {
        "unknown keyword": lambda lib, here: lib.get(here.http + "/echo", file={}),
        "unknown keyword of a session": lambda lib, here: lib.Session().get(here.http + "/echo", what=1),
        "no url": lambda lib, here: lib.get(),
        "all by position": lambda lib, here: lib.Session().request(
            "POST",
            here.http + "/echo",
            {"p": "1"},
            {"d": "2"},
            {"X-H": "3"},
            {"c": "4"},
            None,
            ("u", "p"),
            5,
            True,
            {},
            {},
            False,
            True,
            None,
            None,
        ),
        "data by position to get": lambda lib, here: lib.Session().get(here.http + "/echo", {"p": 1}),
        "allow_redirects to get": lambda lib, here: lib.get(here.http + "/hops/1", allow_redirects=False),
        "allow_redirects None": lambda lib, here: lib.get(here.http + "/hops/1", allow_redirects=None),
        "allow_redirects to head": lambda lib, here: lib.head(here.http + "/hops/1", allow_redirects=True),
        "stream None": lambda lib, here: lib.get(here.http + "/raw/plain", stream=None),
    },
)


@case("session: defaults merge")
def _(lib, here):
    session = lib.Session()
    session.params = {"a": "1", "b": "2"}
    session.auth = ("u", "p")
    session.cookies.update({"c": "1"})
    url = here.http + "/echo"
    return [
        session.get(url, params={"b": None, "c": "3"}),
        session.get(url, params={"a": ["x", "y"]}),
        session.get(url, params=[("z", 1)], auth=lambda request: request),
        session.get(url, params={}),
        session.get(url + "?own=1"),
        attempt(session.get, url, params="text=1"),
        attempt(session.get, url, params=b"bytes=1"),
        sorted(session.__attrs__),
    ]


@case("session: params of other kinds")
def _(lib, here):
    results = []
    for params in ([("a", "1")], "a=1", None, {}, (("a", "1"),)):
        session = lib.Session()
        session.params = params
        results += [attempt(session.get, here.http + "/echo", params={"b": "2"}), attempt(session.get, here.http + "/echo")]
    return results


@case("session: settings of the session and of the call")
def _(lib, here):
    session = lib.Session()
    session.stream, session.verify, session.cert = True, here.ca, None
    seen = []

    class Spy(lib.adapters.HTTPAdapter):
        def send(self, request, **keywords):
            seen.append({**keywords, "proxies": dict(keywords["proxies"]), "verify": keywords["verify"] in (here.ca, True)})
            return super().send(request)

    session.mount("http://", Spy())
    session.get(here.http + "/echo").json()
    session.get(here.http + "/echo", stream=False, verify=False, timeout=5, proxies={"https": "x"})
    session.get(here.http + "/hops/1", stream=False, timeout=(1, 2))
    session.trust_env = False
    session.get(here.http + "/echo", stream=False)
    return seen


@case("session: merge_setting")
def _(lib, here):
    merge = lib.sessions.merge_setting
    pairs = [
        (None, {"a": 1}),
        ({"a": 1}, None),
        ({"a": None, "b": 2}, {"b": 3, "c": 4}),
        ("x", {"a": 1}),
        ({"a": 1}, "x"),
        (False, True),
    ]
    return [merge(*pair) for pair in pairs] + [
        merge({"A": None, "B": "1"}, {"a": "2"}, dict_class=lib.structures.CaseInsensitiveDict)
    ]


@case("session: pickling")
def _(lib, here):
    session = lib.Session()
    session.headers["X"] = "1"
    session.auth = ("u", "p")
    session.cookies.set("a", "1")
    session.max_redirects, session.verify = 7, False
    back = pickle.loads(pickle.dumps(session))
    return [back.max_redirects, back.verify, view_of_cookies(back.cookies), list(back.adapters), back.get(here.http + "/echo")]


@case("session: attributes and context")
def _(lib, here):
    with lib.session() as session:
        names = ("auth", "proxies", "params", "stream", "verify", "cert", "max_redirects", "trust_env", "hooks")
        values = [[name, view(getattr(session, name))] for name in names]
    return [values, session is not None, list(session.adapters), session.__enter__() is session]


@case("session: adapters")
def _(lib, here):
    class Fixed(lib.adapters.BaseAdapter):
        def send(self, request, **keywords):
            response = lib.Response()
            response.status_code, response.url, response.request = 299, request.url, request
            response._content = json.dumps(sorted(keywords)).encode()
            response.raw = io.BytesIO(b"")
            return response

        def close(self):
            pass

    session = lib.Session()
    session.mount("http://fixed/", Fixed())
    session.mount("foo://", Fixed())
    session.mount("http://fixed/deep", lib.adapters.HTTPAdapter(max_retries=2))
    return [
        list(session.adapters),
        session.get("http://fixed/x").json(),
        session.get("foo://bar").status_code,
        session.get("HTTP://FIXED/x").status_code,
        attempt(session.get, "bar://x"),
        type(session.get_adapter("http://fixed/deeper")).__name__,
        attempt(session.get_adapter, "nothing"),
        attempt(session.close),
        attempt(lib.adapters.BaseAdapter().send, None),
        attempt(lib.adapters.BaseAdapter().close),
    ]


@case("session: a subclass")
def _(lib, here):
    class Own(lib.Session):
        def __init__(self, base):
            super().__init__()
            self.base = base

        def request(self, method, url, *arguments, **keywords):
            return super().request(method, self.base + url, *arguments, **keywords)

        def prepare_request(self, request):
            request.headers["X-Own"] = "1"
            return super().prepare_request(request)

        def send(self, request, **keywords):
            request.headers["X-Sent"] = ",".join(sorted(keywords))
            return super().send(request, **keywords)

    return [Own(here.http).get("/echo"), Own(here.http).post("/hops/1", data="x")]


@case("exceptions: in use")
def _(lib, here):
    error = lib.exceptions.RequestException("m", request="q", response=lib.Response())
    broken = lib.exceptions.JSONDecodeError("msg", "doc", 1)
    from_response = lib.Response()
    from_response.request = "asked"
    return [
        str(error),
        error.request,
        error.response is not None,
        repr(error),
        error.args,
        lib.exceptions.HTTPError(response=from_response).request,
        [str(broken), broken.doc, broken.pos, broken.args, repr(pickle.loads(pickle.dumps(broken)))],
        repr(pickle.loads(pickle.dumps(lib.exceptions.HTTPError("x")))),
        attempt(lib.exceptions.RequestException, "m", what=1),
    ]


@case("status codes")
def _(lib, here):
    codes = lib.codes
    return [
        codes.ok,
        codes["not_found"],
        codes.TEAPOT,
        codes["\\o/"],
        codes.get("none"),
        codes["none"],
        attempt(lambda: codes.none),
        repr(codes),
    ]
