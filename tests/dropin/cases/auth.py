"""Authentication: Basic, Digest, netrc, and what is in a URL."""

from __future__ import annotations

import io
import os

from ..views import attempt
from . import calls, case, table

table(
    "auth",
    "GET",
    "/basic",
    {
        "tuple": {"auth": ("user", "pass")},
        "wrong": {"auth": ("user", "x")},
        "HTTPBasicAuth": lambda lib, here: {"auth": lib.auth.HTTPBasicAuth("user", "pass")},
        "latin1": {"auth": ("üser", "pä:ss")},
        "beyond latin1": {"auth": ("東", "京")},
        "bytes": {"auth": (b"user", b"pass")},
        "bytes and str": {"auth": (b"user", "pass")},
        "numbers": {"auth": (1, 2)},
        "none in a tuple": {"auth": ("user", None)},
        "colon in the name": {"auth": ("us:er", "pass")},
        "long": {"auth": ("u" * 100, "p" * 200)},
        "empty": {"auth": ("", "")},
        "empty tuple": {"auth": ()},
        "list": {"auth": ["user", "pass"]},
        "tuple of one": {"auth": ("user",)},
        "tuple of three": {"auth": ("user", "pass", "more")},
        "str": {"auth": "user:pass"},
        "false": {"auth": False},
        "proxy auth class": lambda lib, here: {"auth": lib.auth.HTTPProxyAuth("a", "b")},
        "over header": {"auth": ("user", "pass"), "headers": {"Authorization": "Bearer x"}},
        "over header in another case": {"auth": ("user", "pass"), "headers": {"authorization": "Bearer x"}},
        "header only": {"headers": {"Authorization": "Bearer x"}},
        "header None": {"auth": ("user", "pass"), "headers": {"Authorization": None}},
        "callable that gives nothing": {"auth": lambda request: None},
        "callable that raises": {"auth": lambda request: 1 / 0},
    },
)


def digest(lib):
    return lib.auth.HTTPDigestAuth("user", "pass")


for _algorithm in ("none", "MD5", "MD5-sess", "SHA-256", "SHA-512", "SHA", "UNKNOWN"):
    for _qop in ("auth", "none") if _algorithm in ("none", "SHA-256") else ("auth",):
        _path = f"/digest/{_algorithm}/{_qop}/x?y=1"
        calls(
            "auth", {f"digest {_algorithm} qop {_qop}": lambda lib, here, path=_path: lib.get(here.http + path, auth=digest(lib))}
        )

calls(
    "auth",
    {
        "digest qop auth-int": lambda lib, here: lib.get(here.http + "/digest/MD5/auth-int", auth=digest(lib)),
        "digest qop list": lambda lib, here: lib.get(here.http + "/digest/MD5/auth-int,auth", auth=digest(lib)),
        "digest lower algorithm": lambda lib, here: lib.get(here.http + "/digest/md5/auth", auth=digest(lib)),
        "digest post": lambda lib, here: lib.post(here.http + "/digest/MD5/auth", data={"a": "b"}, auth=digest(lib)),
        "digest post of a file": lambda lib, here: lib.post(
            here.http + "/digest/MD5/auth", data=io.BytesIO(b"again"), auth=digest(lib)
        ),
        "digest put of files": lambda lib, here: lib.put(here.http + "/digest/MD5/auth", files={"f": b"x"}, auth=digest(lib)),
        "digest head": lambda lib, here: lib.head(here.http + "/digest/MD5/auth", auth=digest(lib)),
        "digest streamed": lambda lib, here: lib.get(here.http + "/digest/MD5/auth", auth=digest(lib), stream=True),
        "digest odd target": lambda lib, here: lib.get(here.http + "/digest/MD5/auth/ü b?q=a b&c#f", auth=digest(lib)),
        "digest other scheme": lambda lib, here: lib.get(here.http + "/raw/www-auth-other", auth=digest(lib)),
        "digest without a challenge": lambda lib, here: lib.get(here.http + "/echo", auth=digest(lib)),
        "digest after a redirect": lambda lib, here: lib.get(here.http + "/redirect/302?to=/digest/MD5/auth", auth=digest(lib)),
        "digest with cookies of the call": lambda lib, here: lib.get(
            here.http + "/digest/MD5/auth", auth=digest(lib), cookies={"mine": "1"}
        ),
        "digest against basic": lambda lib, here: lib.get(here.http + "/basic", auth=digest(lib)),
        "basic against digest": lambda lib, here: lib.get(here.http + "/digest/MD5/auth", auth=("user", "pass")),
    },
)


@case("auth: digest twice counts nc")
def _(lib, here):
    session = lib.Session()
    session.auth = digest(lib)
    return [session.get(here.http + "/digest/MD5/auth"), session.get(here.http + "/digest/MD5/auth?2")]


@case("auth: callable and class")
def _(lib, here):
    class Own(lib.auth.AuthBase):
        def __call__(self, request):
            request.headers["X-Own"] = request.method
            request.prepare_body(b"changed", None)
            return request

    def function(request):
        request.headers["X-Func"] = request.url
        request.url += "?f"
        return request

    return [lib.post(here.http + "/echo", data="x", auth=Own()), lib.get(here.http + "/echo", auth=function)]


@case("auth: a callable that changes the length of the body")
def _(lib, here):
    def signed(request):
        request.body = request.body + b"&signed=1"
        return request

    return lib.post(here.http + "/echo", data=b"a=1", auth=signed)


@case("auth: equality")
def _(lib, here):
    auth = lib.auth
    return [
        auth.HTTPBasicAuth("a", "b") == auth.HTTPBasicAuth("a", "b"),
        auth.HTTPBasicAuth("a", "b") == ("a", "b"),
        auth.HTTPDigestAuth("a", "b") != auth.HTTPDigestAuth("a", "c"),
        auth.HTTPBasicAuth("a", "b") == auth.HTTPProxyAuth("a", "b"),
        auth._basic_auth_str("ü", "x:y"),
        attempt(auth.AuthBase(), None),
        attempt(auth.HTTPBasicAuth, "a"),
    ]


calls(
    "auth: userinfo in url",
    {
        "plain": lambda lib, here: lib.get(f"http://user:pass@127.0.0.1:{here.port}/basic"),
        "quoted": lambda lib, here: lib.get(f"http://us%40er:p%3Ass@127.0.0.1:{here.port}/echo"),
        "unicode": lambda lib, here: lib.get(f"http://ü:ä@127.0.0.1:{here.port}/echo"),
        "beyond latin1": lambda lib, here: lib.get(f"http://東:京@127.0.0.1:{here.port}/echo"),
        "name only": lambda lib, here: lib.get(f"http://user@127.0.0.1:{here.port}/echo"),
        "name and colon": lambda lib, here: lib.get(f"http://user:@127.0.0.1:{here.port}/echo"),
        "password only": lambda lib, here: lib.get(f"http://:pass@127.0.0.1:{here.port}/echo"),
        "empty": lambda lib, here: lib.get(f"http://@127.0.0.1:{here.port}/echo"),
        "blank": lambda lib, here: lib.get(f"http://a b:c d@127.0.0.1:{here.port}/echo"),
        "beside auth": lambda lib, here: lib.get(f"http://user:pass@127.0.0.1:{here.port}/echo", auth=("x", "y")),
        "beside a header": lambda lib, here: lib.get(
            f"http://user:pass@127.0.0.1:{here.port}/echo", headers={"Authorization": "Bearer x"}
        ),
        "on a redirect": lambda lib, here: lib.get(f"http://user:pass@127.0.0.1:{here.port}/redirect/302?to=/echo"),
        "of a redirect": lambda lib, here: lib.get(f"{here.http}/redirect/302?to=http://user:pass@127.0.0.1:{here.port}/basic"),
        "of a session": lambda lib, here: _session(lib, ("x", "y")).get(f"http://user:pass@127.0.0.1:{here.port}/echo"),
    },
)


def _session(lib, auth=None):
    session = lib.Session()
    session.auth = auth
    return session


NETRC = """
machine 127.0.0.1 login user password pass
machine localhost login lo password cal
default login de password fault
"""


@case("auth: netrc")
def _(lib, here):
    os.environ["NETRC"] = here.file("netrc", NETRC)
    session = lib.Session()
    session.auth = None
    results = [
        session.get(here.http + "/basic"),
        session.get(here.localhost + "/basic"),
        session.get(here.site_a + "/basic"),
        session.get(here.http + "/basic", auth=("a", "b")),
        session.get(here.http + "/basic", headers={"Authorization": "Bearer x"}),
        session.get(f"http://in:url@127.0.0.1:{here.port}/echo"),
    ]
    session.auth = ("session", "auth")
    results.append(session.get(here.http + "/basic"))
    session.auth, session.trust_env = None, False
    return [*results, session.get(here.http + "/basic")]


@case("auth: netrc on redirects")
def _(lib, here):
    os.environ["NETRC"] = here.file("netrc-redirects", NETRC.replace("default", "machine nowhere"))
    return [
        lib.get(here.http + "/redirect/302?to=/echo"),
        lib.get(here.http + "/redirect/302?to=" + here.localhost + "/echo"),
        lib.get(here.http + "/redirect/302?to=" + here.other + "/echo"),
        lib.get(here.site_a + "/redirect/302?to=" + here.localhost + "/echo"),
    ]


@case("auth: netrc in the home folder")
def _(lib, here):
    for name in (".netrc", "_netrc"):
        path = here.file(f"home of {name}/{name}", "machine 127.0.0.1 login home password folder\n")
        os.environ["HOME"] = os.path.dirname(path)
        lib.get(here.http + "/echo")


@case("auth: netrc by hand")
def _(lib, here):
    urls = ["http://127.0.0.1:1/x", "http://nope/", "http://user@127.0.0.1/", "http://127.0.0.1:pass@nope/", "nothing"]
    os.environ["NETRC"] = here.file("netrc-hand", NETRC.replace("default", "machine nowhere"))
    found = [attempt(lib.utils.get_netrc_auth, url) for url in urls]
    os.environ["NETRC"] = here.file("netrc-broken", "machine 127.0.0.1 login\nfoo bar")
    broken = [attempt(lib.utils.get_netrc_auth, urls[0]), attempt(lib.utils.get_netrc_auth, urls[0], raise_errors=True)]
    os.environ["NETRC"] = "/no/such/file"
    return [found, broken[0], attempt(lib.utils.get_netrc_auth, urls[0])]


@case("auth: session auth and redirects")
def _(lib, here):
    session = _session(lib, ("user", "pass"))
    bearer = {"headers": {"Authorization": "Bearer x", "X-Keep": "1"}}
    return [
        session.get(here.http + "/redirect/302?to=/echo"),
        session.get(here.http + "/redirect/302?to=" + here.other + "/echo"),
        lib.get(here.http + "/redirect/302?to=" + here.localhost + "/echo", **bearer),
        session.get(here.http + "/redirect/302?to=" + here.localhost + "/redirect/302?to=" + here.http + "/echo"),
    ]


@case("auth: of a session and of a call")
def _(lib, here):
    session = _session(lib, ("user", "pass"))
    session.headers["Authorization"] = "Session header"
    return [
        session.get(here.http + "/echo"),
        session.get(here.http + "/echo", auth=("call", "call")),
        session.get(here.http + "/echo", auth=lambda request: request),
        session.get(here.http + "/echo", headers={"Authorization": "Call header"}),
        session.get(here.http + "/echo", auth=()),
        session.get(here.http + "/echo", auth=""),
    ]
