"""Redirects: which method and which body go on, where they lead, what stays behind."""

from __future__ import annotations

import io

from ..servers import RAW
from ..views import attempt, view
from . import calls, case

for _code in (301, 302, 303, 307, 308):
    for _method in ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "FROB"):

        @case(f"redirect: {_code} {_method}")
        def _(lib, here, code=_code, method=_method):
            data = None if method in ("GET", "HEAD", "OPTIONS") else {"k": "v"}
            url = f"{here.http}/redirect/{code}?to=/echo/after%23frag"
            return lib.request(method, url, data=data, headers={"X-K": "1"}, allow_redirects=True)


for _name in RAW:
    if _name.startswith("redirect"):
        calls("redirect", {_name: lambda lib, here, name=_name: lib.get(f"{here.http}/raw/{name}")})


def post(lib, here, code, to="/echo", **keywords):
    return lib.post(f"{here.http}/redirect/{code}?to={to}", **keywords)


calls(
    "redirect: body",
    {
        "file 307": lambda lib, here: post(lib, here, 307, data=io.BytesIO(b"rewind me")),
        "file from the middle 307": lambda lib, here: post(lib, here, 307, data=_seeked()),
        "file 302": lambda lib, here: post(lib, here, 302, data=io.BytesIO(b"dropped")),
        "file 303": lambda lib, here: post(lib, here, 303, data=io.BytesIO(b"dropped")),
        "multipart 308": lambda lib, here: post(lib, here, 308, files={"f": b"x"}),
        "multipart 303": lambda lib, here: post(lib, here, 303, files={"f": b"x"}),
        "json 307": lambda lib, here: post(lib, here, 307, json={"a": 1}),
        "json 303": lambda lib, here: post(lib, here, 303, json={"a": 1}),
        "generator 307": lambda lib, here: post(lib, here, 307, data=iter([b"gen"])),
        "generator 302": lambda lib, here: post(lib, here, 302, data=iter([b"gen"])),
        "generator 303": lambda lib, here: post(lib, here, 303, data=iter([b"gen"])),
        "str 307 to another host": lambda lib, here: post(lib, here, 307, here.other + "/echo", data="abc"),
        "own content type 303": lambda lib, here: post(lib, here, 303, data="abc", headers={"Content-Type": "text/x"}),
        "own content type 308": lambda lib, here: post(lib, here, 308, data="abc", headers={"Content-Type": "text/x"}),
        "none 307": lambda lib, here: post(lib, here, 307),
        "twice 307": lambda lib, here: post(lib, here, 307, "/redirect/308", data=io.BytesIO(b"twice")),
        "303 then 307": lambda lib, here: post(lib, here, 303, "/redirect/307", data="gone"),
        "307 then 303": lambda lib, here: post(lib, here, 307, "/redirect/303", data="once"),
        "params 307": lambda lib, here: post(lib, here, 307, params={"p": "1"}, data="x"),
    },
)


def _seeked():
    file = io.BytesIO(b"0123456789")
    file.seek(6)
    return file


@case("redirect: too many")
def _(lib, here):
    session = lib.Session()
    session.max_redirects = 3
    results = [attempt(session.get, here.http + "/hops/3"), attempt(session.get, here.http + "/hops/4", text=True)]
    session.max_redirects = 0
    try:
        session.get(here.http + "/hops/1")
    except lib.TooManyRedirects as error:
        results.append([error.response.url, len(error.response.history), error.request.url])
    return results


@case("redirect: a loop")
def _(lib, here):
    return lib.get(here.http + "/raw/loop")


@case("redirect: not followed, next, history")
def _(lib, here):
    first = lib.get(here.http + "/hops/2", allow_redirects=False)
    last = lib.get(here.http + "/hops/3")
    return [
        first,
        first.next,
        lib.head(here.http + "/hops/2"),
        last,
        [view(one) for one in last.history],
        lib.Session().send(first.next),
    ]


@case("redirect: next of a POST")
def _(lib, here):
    return [post(lib, here, code, data="x", allow_redirects=False).next for code in (301, 302, 303, 307, 308)]


@case("redirect: streamed, and history can be read")
def _(lib, here):
    response = lib.get(here.http + "/redirect/302?to=/raw/big", stream=True)
    return [
        response.history[0].content,
        len(response.content),
        response.history[0].history,
        response.history[0].elapsed > response.elapsed * 0,
    ]


@case("redirect: fragments")
def _(lib, here):
    return [
        lib.get(here.http + "/redirect/302?to=/echo#orig").url,
        lib.get(here.http + "/redirect/302?to=/echo%23new#orig").url,
        lib.get(here.http + "/redirect/302?to=/echo%23#orig").url,
        lib.get(here.http + "/hops/2#keep").url,
    ]


calls(
    "redirect: to",
    {
        "another host": lambda lib, here: lib.get(here.http + "/redirect/302?to=" + here.localhost + "/echo", headers=SECRETS),
        "another port": lambda lib, here: lib.get(here.http + "/redirect/302?to=" + here.other + "/echo", headers=SECRETS),
        "the same host": lambda lib, here: lib.get(here.http + "/redirect/302?to=/echo", headers=SECRETS),
        "another host without a scheme": lambda lib, here: lib.get(
            f"{here.http}/redirect/302?to=//127.0.0.1:{here.other_port}/echo", headers={"Authorization": "x"}
        ),
        "https": lambda lib, here: lib.get(
            here.localhost + "/redirect/302?to=" + here.tls + "/echo", verify=here.ca, auth=("user", "pass")
        ),
        "http": lambda lib, here: lib.get(
            here.tls + "/redirect/302?to=" + here.localhost + "/echo", verify=here.ca, auth=("user", "pass")
        ),
        "https that is not trusted": lambda lib, here: lib.get(here.localhost + "/redirect/302?to=" + here.tls + "/echo"),
        "a server that refuses": lambda lib, here: lib.get(here.http + "/redirect/302?to=" + here.refused + "/x"),
        "a broken answer": lambda lib, here: lib.get(here.http + "/redirect/302?to=/raw/nothing"),
        "a 404": lambda lib, here: lib.get(here.http + "/redirect/302?to=/raw/404"),
        "params of the call": lambda lib, here: lib.get(here.http + "/redirect/302", params={"to": "/echo?a=b", "c": "d"}),
        "unicode": lambda lib, here: lib.get(here.http + "/redirect/302", params={"to": "/echo/ü"}),
    },
)
SECRETS = {"Authorization": "x", "X-Other": "1"}


@case("redirect: Cookie by hand to another host")
def _(lib, here):
    return lib.get(here.http + "/redirect/302?to=" + here.localhost + "/echo", headers={"Cookie": "h=1"})


@case("redirect: Cookie by hand to the same host")
def _(lib, here):
    return lib.get(here.http + "/redirect/302?to=/echo", headers={"Cookie": "h=1"})


@case("redirect: Host by hand to the same host")
def _(lib, here):
    return lib.get(here.http + "/redirect/302?to=/echo", headers={"Host": "by.hand"})


@case("redirect: resolve_redirects by hand")
def _(lib, here):
    session = lib.Session()
    first = session.get(here.http + "/hops/3", allow_redirects=False)
    steps = [(step.status_code, step.url, len(step.history)) for step in session.resolve_redirects(first, first.request)]
    prepared = next(session.resolve_redirects(first, first.request, yield_requests=True))
    return [steps, prepared.url, session.get_redirect_target(first)]


@case("redirect: should_strip_auth, rebuild_method")
def _(lib, here):
    session = lib.Session()
    pairs = [
        ("http://a/", "http://a/"),
        ("http://a/", "https://a/"),
        ("http://a:80/", "https://a:443/"),
        ("http://a:1/", "https://a:2/"),
        ("https://a/", "http://a/"),
        ("http://a/", "http://a:80/"),
        ("http://a/", "http://A/"),
        ("http://a/", "http://b/"),
        ("https://a/", "https://a:444/"),
    ]
    return [session.should_strip_auth(*pair) for pair in pairs]


@case("redirect: a subclass that decides")
def _(lib, here):
    class Own(lib.Session):
        def get_redirect_target(self, response):
            return "/echo/own" if response.status_code == 404 else super().get_redirect_target(response)

        def rebuild_auth(self, prepared_request, response):
            prepared_request.headers["X-Rebuilt"] = str(response.status_code)

        def should_strip_auth(self, old_url, new_url):
            return False

    session = Own()
    return [
        attempt(session.get, here.http + "/raw/404"),
        session.get(here.http + "/redirect/302?to=" + here.other + "/echo", auth=("u", "p")),
    ]


@case("redirect: hooks see every answer")
def _(lib, here):
    seen = []

    def note(response, *arguments, **keywords):
        seen.append([response.status_code, response.url, len(response.history)])

    return [lib.get(here.http + "/hops/2", hooks={"response": note}), seen]
