"""Cookies: sent, kept, deleted, and the jar as a mapping."""

from __future__ import annotations

import http.client
import http.cookiejar
import io
import pickle

from ..views import attempt, view_of_cookies
from . import case, table


def jar_of(lib, *rows):
    jar = lib.cookies.RequestsCookieJar()
    for name, value, domain, path in rows:
        jar.set(name, value, domain=domain, path=path)
    return jar


table(
    "cookies",
    "GET",
    "/echo",
    {
        "dict": {"cookies": {"a": "1", "b": "x y"}},
        "order of a dict": {"cookies": {"z": "1", "a": "2", "m": "3"}},
        "empty": {"cookies": {}},
        "none": {"cookies": None},
        "odd values": {"cookies": {"q": 'a"b', "s": "a;b", "c": "a,b", "e": ""}},
        "odd names": {"cookies": {"a b": "1", "c;d": "2", "e=f": "3"}},
        "quoted values": {"cookies": {"a": '"quoted"', "b": '"a\\"b"', "c": '"'}},
        "latin1": {"cookies": {"a": "é"}},
        "none value": {"cookies": {"a": None, "b": "1"}},
        "int value": {"cookies": {"a": 5}},
        "bytes value": {"cookies": {"a": b"1"}},
        "with header": {"cookies": {"a": "1"}, "headers": {"Cookie": "h=1"}},
        "with lower header": {"cookies": {"a": "1"}, "headers": {"cookie": "h=1"}},
        "by POST": {"method": "POST", "cookies": {"a": "1"}, "data": {"b": "2"}},
        "list of pairs": {"cookies": [("a", "1")]},
        "str": {"cookies": "a=1"},
        "jar": lambda lib, here: {"cookies": lib.cookies.cookiejar_from_dict({"a": "1", "b": "2"})},
        "jar with path": lambda lib, here: {"cookies": jar_of(lib, ("a", "1", "", "/echo"), ("b", "2", "", "/other"))},
        "jar with long paths": lambda lib, here: {
            "cookies": jar_of(lib, ("a", "1", "", "/"), ("b", "2", "", "/echo"), ("c", "3", "", "/ec"))
        },
        "jar with domain": lambda lib, here: {"cookies": jar_of(lib, ("a", "1", "127.0.0.1", "/"), ("b", "2", "other.test", "/"))},
        "jar with the same name": lambda lib, here: {"cookies": jar_of(lib, ("a", "1", "", "/"), ("a", "2", "", "/echo"))},
        "plain CookieJar": lambda lib, here: {"cookies": http.cookiejar.CookieJar()},
    },
)


@case("cookies: session keeps and sends")
def _(lib, here):
    session = lib.Session()
    session.cookies.set("mine", "0")
    first = session.get(here.http + "/raw/cookies")
    session.get(here.http + "/echo")
    session.get(here.http + "/raw/plain", cookies={"once": "1", "a": "over"})
    session.get(here.http + "/raw/plain")
    return [first, view_of_cookies(session.cookies)]


@case("cookies: Secure from plain http")
def _(lib, here):
    session = lib.Session()
    return [session.get(here.http + "/raw/cookie-secure"), session.get(here.http + "/echo"), view_of_cookies(session.cookies)]


@case("cookies: Secure from https")
def _(lib, here):
    session = lib.Session()
    session.verify = here.ca
    return [session.get(here.tls + "/raw/cookie-secure"), session.get(here.tls + "/echo"), session.get(here.localhost + "/echo")]


@case("cookies: domains")
def _(lib, here):
    session = lib.Session()
    first = session.get(here.site_a + "/raw/cookie-domain")
    for base in (here.site_a, here.sub_a, here.site_b, here.http):
        session.get(base + "/echo")
    return [first, view_of_cookies(session.cookies)]


@case("cookies: domains with a dot, of a sub-domain")
def _(lib, here):
    session = lib.Session()
    session.get(here.sub_a + "/raw/cookie-dot-domain")
    for base in (here.site_a, here.sub_a, here.site_b):
        session.get(base + "/echo")
    return view_of_cookies(session.cookies)


@case("cookies: set by hand for domains and paths")
def _(lib, here):
    session = lib.Session()
    session.cookies.set("everywhere", "1")
    session.cookies.set("site", "2", domain="site-a.test", path="/")
    session.cookies.set("dotted", "3", domain=".site-a.test", path="/")
    session.cookies.set("deep", "4", domain="site-a.test", path="/echo/deep")
    session.cookies.set("address", "5", domain="127.0.0.1", path="/echo")
    for base in (here.site_a, here.sub_a, here.site_b, here.http):
        session.get(base + "/echo")
        session.get(base + "/echo/deep/er")
    return view_of_cookies(session.cookies)


@case("cookies: on localhost")
def _(lib, here):
    session = lib.Session()
    session.get(here.localhost + "/raw/cookie-replace")
    session.cookies.set("hand", "1", domain="localhost.local", path="/")
    session.cookies.set("local", "2", domain="localhost", path="/")
    session.get(here.localhost + "/echo")
    return view_of_cookies(session.cookies)


@case("cookies: paths")
def _(lib, here):
    session = lib.Session()
    session.get(here.http + "/raw/cookie-paths")
    for path in ("/raw", "/raw/x", "/rawer", "/echo/deep", "/echo/deeper", "/echo", "/"):
        session.get(here.http + path)
    return view_of_cookies(session.cookies)


@case("cookies: deletion")
def _(lib, here):
    session = lib.Session()
    session.cookies.set("keep", "1", domain="127.0.0.1", path="/")
    session.cookies.set("old", "1", domain="127.0.0.1", path="/")
    session.get(here.http + "/raw/cookie-delete")
    session.get(here.http + "/echo")
    return view_of_cookies(session.cookies)


for _name in ("cookie-odd", "cookie-comma", "cookie-replace", "cookie-dates", "cookie-404"):

    @case(f"cookies: {_name}")
    def _(lib, here, name=_name):
        session = lib.Session()
        return [session.get(f"{here.http}/raw/{name}"), session.get(here.http + "/echo"), view_of_cookies(session.cookies)]


@case("cookies: set on a redirect")
def _(lib, here):
    session = lib.Session()
    response = session.get(here.http + "/raw/cookie-redirect")
    return [response, view_of_cookies(session.cookies), view_of_cookies(response.history[0].cookies)]


@case("cookies: set on a redirect without a session")
def _(lib, here):
    return lib.get(here.http + "/raw/cookie-redirect", cookies={"mine": "1"})


@case("cookies: deleted on a redirect")
def _(lib, here):
    session = lib.Session()
    session.cookies.set("hop", "1", domain="127.0.0.1", path="/")
    return [session.get(here.http + "/raw/cookie-redirect-delete"), view_of_cookies(session.cookies)]


@case("cookies: of a call, on a redirect of the same host")
def _(lib, here):
    return lib.get(here.http + "/redirect/302?to=/echo", cookies={"mine": "1"})


@case("cookies: of a call, on a redirect to another host")
def _(lib, here):
    return lib.get(here.http + "/redirect/302?to=" + here.localhost + "/echo", cookies={"mine": "1"})


@case("cookies: of a session, on a redirect to another host")
def _(lib, here):
    session = lib.Session()
    session.cookies.set("mine", "1", domain="127.0.0.1", path="/")
    return session.get(here.http + "/redirect/302?to=" + here.localhost + "/echo")


@case("cookies: a header of the session beside the jar")
def _(lib, here):
    session = lib.Session()
    session.headers["Cookie"] = "header=1"
    session.cookies.set("jar", "2")
    return [session.get(here.http + "/echo"), session.get(here.http + "/echo", cookies={"call": "3"})]


@case("cookies: a session's jar replaced by a dict")
def _(lib, here):
    session = lib.Session()
    session.cookies = {"a": "1"}
    return session.get(here.http + "/echo")


@case("cookies: a session's jar replaced by a plain jar")
def _(lib, here):
    session = lib.Session()
    session.cookies = http.cookiejar.CookieJar()
    results = [session.get(here.http + "/raw/cookies"), session.get(here.http + "/echo", cookies={"b": "2"})]
    return [*results, type(session.cookies).__name__]


@case("cookies: a session's jar with a policy")
def _(lib, here):
    session = lib.Session()
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return [session.get(here.http + "/raw/cookies"), session.get(here.http + "/echo"), view_of_cookies(session.cookies)]


@case("cookies: prepared in a session")
def _(lib, here):
    session = lib.Session()
    session.cookies.set("a", "1")
    prepared = session.prepare_request(lib.Request("GET", here.http + "/echo", cookies={"b": "2"}))
    prepared.prepare_cookies({"c": "3"})
    sent = session.send(prepared)
    del prepared.headers["Cookie"]
    prepared.prepare_cookies({"d": "4"})
    return [sent, prepared, session.send(prepared), view_of_cookies(session.cookies)]


@case("cookies: jar as mapping")
def _(lib, here):
    jar = jar_of(lib, ("a", "1", "x.test", "/"), ("a", "2", "y.test", "/"), ("b", "3", "x.test", "/p"))
    return [
        attempt(lambda: jar["a"]),
        jar["b"],
        jar.get("zz"),
        jar.get("zz", "default"),
        attempt(jar.get, "a"),
        jar.get("a", domain="y.test"),
        jar.get("b", path="/p"),
        "a" in jar,
        "zz" in jar,
        len(jar),
        jar.keys(),
        jar.values(),
        jar.items(),
        list(jar.iterkeys()),
        list(jar.itervalues()),
        list(jar.iteritems()),
        jar.list_domains(),
        jar.list_paths(),
        jar.multiple_domains(),
        jar.get_dict(),
        jar.get_dict("x.test"),
        jar.get_dict(path="/p"),
        attempt(lambda: jar["none"], text=True),
        repr(lib.cookies.RequestsCookieJar()),
        bool(lib.cookies.RequestsCookieJar()),
        dict(jar_of(lib, ("a", "1", "", "/"))),
    ]


@case("cookies: jar that changes")
def _(lib, here):
    jar = jar_of(lib, ("a", "1", "x.test", "/"), ("b", "3", "x.test", "/p"))
    copy = jar.copy()
    copy.update({"n": "4"})
    copy.update(jar_of(lib, ("a", "over", "x.test", "/")))
    del copy["b"]
    copy["m"] = "5"
    copy.set("m", None)
    copy.set("q", "with blank", secure=True, expires=4102444800, rest={"HttpOnly": None})
    back = pickle.loads(pickle.dumps(jar))
    return [
        view_of_cookies(jar),
        view_of_cookies(copy),
        view_of_cookies(back),
        jar == back,
        attempt(lambda: copy.pop("q") if hasattr(copy, "pop") else None),
        attempt(lambda: copy.__delitem__("none")),
        attempt(copy.set, "x", "1", site="nowhere"),
        attempt(copy.clear),
        len(copy),
    ]


@case("cookies: helpers")
def _(lib, here):
    helpers = lib.cookies
    jar = jar_of(lib, ("a", "1", "", "/"))
    made = helpers.create_cookie("k", "v", domain="d.test", expires=1, rest={"HttpOnly": ""})
    merged = helpers.merge_cookies(jar.copy(), {"b": "2", "a": "kept"})
    again = helpers.cookiejar_from_dict({"a": "new", "c": "3"}, jar.copy(), overwrite=False)
    helpers.remove_cookie_by_name(merged, "a")
    return [
        [
            made.name,
            made.value,
            made.domain,
            made.domain_initial_dot,
            made.path,
            made.expires,
            made.version,
            made.secure,
            made.port,
        ],
        view_of_cookies(merged),
        view_of_cookies(again),
        attempt(helpers.create_cookie, "k", "v", what="1"),
        attempt(helpers.merge_cookies, {}, {"a": "b"}),
        lib.utils.dict_from_cookiejar(jar),
        view_of_cookies(lib.utils.add_dict_to_cookiejar(jar, {"z": "9"})),
    ]


@case("cookies: morsels")
def _(lib, here):
    from http.cookies import SimpleCookie

    texts = ["a=1; Path=/p; Domain=d.test; Secure; HttpOnly", "b=2; expires=Wed, 21-Oct-2099 07:28:00 GMT", "c=3; Max-Age=60"]
    jar = lib.cookies.RequestsCookieJar()
    for text in texts:
        for name, morsel in SimpleCookie(text).items():
            jar.set(name, morsel)
    broken = SimpleCookie("d=4")["d"]
    broken["max-age"] = "soon"
    return [view_of_cookies(jar), attempt(lib.cookies.morsel_to_cookie, broken)]


@case("cookies: a morsel with a date of today's kind")
def _(lib, here):
    from http.cookies import SimpleCookie

    morsel = SimpleCookie("b=2; expires=Wed, 21 Oct 2099 07:28:00 GMT")["b"]
    return lib.cookies.morsel_to_cookie(morsel).expires


@case("cookies: extracted from a foreign raw object")
def _(lib, here):
    message = http.client.HTTPMessage()
    message["Set-Cookie"] = "k=v; Path=/"
    message["Set-Cookie"] = "l=w; Path=/"

    class Original:
        msg = message

    class Raw:
        _original_response = Original()

    jar = lib.cookies.RequestsCookieJar()
    prepared = lib.Request("GET", "http://h.example/x").prepare()
    lib.cookies.extract_cookies_to_jar(jar, prepared, Raw())
    lib.cookies.extract_cookies_to_jar(jar, prepared, io.BytesIO())
    jar.extract_cookies(lib.cookies.MockResponse(message), lib.cookies.MockRequest(prepared))
    return [view_of_cookies(jar), lib.cookies.get_cookie_header(jar, prepared)]
