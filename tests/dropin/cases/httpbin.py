"""Against httpbin, a server that others wrote."""

from __future__ import annotations

from ..views import view_of_cookies
from . import case

PATHS = """
    /get?x=1 /html /json /robots.txt /deny /encoding/utf8 /gzip /deflate /image/png /bytes/64?seed=1 /stream/3
    /stream-bytes/100?seed=1&chunk_size=7 /range/100 /cookies/set?a=b&c=d /cookies/delete?a /response-headers?X-A=1&X-A=2
    /redirect/3 /absolute-redirect/2 /relative-redirect/2 /redirect-to?url=/get&status_code=307 /status/404 /status/418
    /basic-auth/user/pass /hidden-basic-auth/user/pass /bearer /etag/x /links/3/1 /base64/SGVsbG8= /unicode /xml
    /drip?numbytes=5&duration=0&delay=0
"""


def session_of(lib):
    session = lib.Session()
    session.headers.update({"User-Agent": "same", "Accept-Encoding": "gzip, deflate"})  # httpbin repeats them
    return session


for _path in PATHS.split():

    @case(f"httpbin: {_path}")
    def _(lib, here, path=_path):
        session = session_of(lib)
        response = session.get(here.httpbin + path, auth=("user", "pass") if "-auth" in path else None)
        return [response, view_of_cookies(session.cookies)]


@case("httpbin: digest")
def _(lib, here):
    response = session_of(lib).get(here.httpbin + "/digest-auth/auth/user/pass", auth=lib.auth.HTTPDigestAuth("user", "pass"))
    return [response.status_code, response.json(), [one.status_code for one in response.history]]


@case("httpbin: posts")
def _(lib, here):
    bodies = [
        {"data": {"a": ["1", "2"], "ü": "é"}},
        {"json": {"a": [1, None]}},
        {"files": {"f": ("n.txt", "text", "text/plain")}, "data": {"k": "v"}},
        {"data": b"\xff"},
        {"data": "text", "headers": {"Content-Type": "text/plain"}},
    ]
    answers = [lib.post(here.httpbin + "/post", **keywords).json() for keywords in bodies]
    return [[answer[key] for key in ("args", "data", "files", "form", "json")] for answer in answers]
