"""Connections: errors, timeouts, TLS, proxies, keep-alive."""

from __future__ import annotations

import os

from ..views import attempt
from . import calls, case, table

calls(
    "error",
    {
        "refused": lambda lib, here: lib.get(here.refused + "/x"),
        "unknown host": lambda lib, here: lib.get("http://no-such-host.invalid/"),
        "unknown host over https": lambda lib, here: lib.get("https://no-such-host.invalid/"),
        "reset": lambda lib, here: lib.get(here.http + "/reset"),
        "reset of a POST": lambda lib, here: lib.post(here.http + "/reset", data="x"),
        "connect timeout": lambda lib, here: lib.get(here.deaf, timeout=0.2),
        "connect timeout of a pair": lambda lib, here: lib.get(here.deaf, timeout=(0.2, None)),
        "connect timeout of a list": lambda lib, here: lib.get(here.deaf, timeout=[0.2, 5]),
        "read timeout": lambda lib, here: lib.get(here.http + "/slow-head", timeout=0.2),
        "read timeout of a pair": lambda lib, here: lib.get(here.http + "/slow-head", timeout=(None, 0.2)),
        "read timeout of a POST": lambda lib, here: lib.post(here.http + "/slow-head", data="x", timeout=0.2),
        "body timeout": lambda lib, here: lib.get(here.http + "/slow-body", timeout=0.3),
        "body timeout, streamed": lambda lib, here: lib.get(here.http + "/slow-body", timeout=0.3, stream=True).content,
        "https on an http port": lambda lib, here: lib.get(here.localhost.replace("http", "https") + "/echo", timeout=1),
        "http on an https port": lambda lib, here: lib.get(here.tls.replace("https", "http") + "/echo"),
    },
)

for _value in ((1, 2, 3), "foo", (1, "x"), 0, -1, True, (None, None), (3.05,), (), (0, 1), (1, 0), [1, 2], None, 5, 2.5, "5"):
    calls("timeout value", {repr(_value): lambda lib, here, value=_value: lib.get(here.http + "/echo", timeout=value)})

calls(
    "tls",
    {
        "trusted": lambda lib, here: lib.get(here.tls + "/echo", verify=here.ca),
        "not verified": lambda lib, here: lib.get(here.tls + "/echo", verify=False),
        "not verified, None": lambda lib, here: lib.get(here.tls + "/echo", verify=None),
        "not verified, empty": lambda lib, here: lib.get(here.tls + "/echo", verify=""),
        "unknown authority": lambda lib, here: lib.get(here.tls + "/echo"),
        "another authority": lambda lib, here: lib.get(here.tls + "/echo", verify=here.stranger_ca),
        "by address": lambda lib, here: lib.get(here.tls.replace("localhost", "127.0.0.1") + "/echo", verify=here.ca),
        "by another name": lambda lib, here: lib.get(here.tls.replace("localhost", "site-a.test") + "/echo", verify=here.ca),
        "by a name in capitals": lambda lib, here: lib.get(here.tls.replace("localhost", "LOCALHOST") + "/echo", verify=here.ca),
        "by a name with a dot": lambda lib, here: lib.get(here.tls.replace("localhost", "localhost.") + "/echo", verify=here.ca),
        "wrong name": lambda lib, here: lib.get(here.tls_name + "/echo", verify=here.ca),
        "wrong name, not verified": lambda lib, here: lib.get(here.tls_name + "/echo", verify=False),
        "Host by hand": lambda lib, here: lib.get(here.tls + "/echo", verify=here.ca, headers={"Host": "wrong.example"}),
        "missing authority": lambda lib, here: lib.get(here.tls + "/echo", verify="/no/such.pem"),
        "missing certificate": lambda lib, here: lib.get(here.tls + "/echo", cert="/no/cert.pem", verify=here.ca),
        "missing key": lambda lib, here: lib.get(
            here.tls + "/echo", cert=(here.client_certificate.file, "/no/key.pem"), verify=here.ca
        ),
        "authority that is none": lambda lib, here: lib.get(here.tls + "/echo", verify=here.file("none.pem", "nothing")),
        "certificate that is none": lambda lib, here: lib.get(
            here.tls + "/echo", verify=here.ca, cert=here.file("none.pem", "nothing")
        ),
        "folder that is empty": lambda lib, here: lib.get(here.tls + "/echo", verify=os.path.dirname(here.ca) + "/.."),
        "client certificate": lambda lib, here: lib.get(
            here.tls_client + "/echo", verify=here.ca, cert=here.client_certificate.both
        ),
        "client certificate and key": lambda lib, here: lib.get(
            here.tls_client + "/echo", verify=here.ca, cert=(here.client_certificate.file, here.client_certificate.key)
        ),
        "client certificate and key in a list": lambda lib, here: lib.get(
            here.tls_client + "/echo", verify=here.ca, cert=[here.client_certificate.file, here.client_certificate.key]
        ),
        "no client certificate": lambda lib, here: lib.get(here.tls_client + "/echo", verify=here.ca).status_code,
        "keep-alive": lambda lib, here: _keep_alive(lib, here.tls, here.ca),
        "settings over http": lambda lib, here: lib.get(here.http + "/echo", verify="/no/such.pem", cert="/no/cert.pem"),
    },
)


def _keep_alive(lib, url, ca):
    session = lib.Session()
    session.verify = ca
    answers = [session.get(url + "/echo/1"), session.get(url + "/echo/2"), session.get(url + "/echo/3", verify=False)]
    return [*answers, session.get(url + "/echo/4")]


@case("tls: session verify and environment")
def _(lib, here):
    session = lib.Session()
    session.verify = here.ca
    os.environ["REQUESTS_CA_BUNDLE"] = here.stranger_ca
    return session.get(here.tls + "/echo")


@case("tls: session verify False and environment")
def _(lib, here):
    session = lib.Session()
    session.verify = False
    os.environ["REQUESTS_CA_BUNDLE"] = here.stranger_ca
    return session.get(here.tls + "/echo")


@case("tls: environment")
def _(lib, here):
    results = []
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        for path in (here.ca, here.stranger_ca, ""):
            os.environ[name] = path
            results.append(attempt(lib.get, here.tls + "/echo"))
            results.append(attempt(lib.get, here.tls + "/echo", verify=here.ca))
            results.append(attempt(lib.get, here.tls + "/echo", verify=False))
        del os.environ[name]
    return results


@case("tls: environment without trust")
def _(lib, here):
    os.environ["REQUESTS_CA_BUNDLE"] = here.ca
    session = lib.Session()
    merged = session.merge_environment_settings(here.tls, {}, None, None, None)
    session.trust_env = False
    return [attempt(session.get, here.tls + "/echo"), merged["verify"] == here.ca, sorted(merged)]


table(
    "proxy",
    "GET",
    "/echo?x=1#f",
    {
        "http": lambda lib, here: {"proxies": {"http": here.proxy}},
        "with credentials": lambda lib, here: {"proxies": {"http": here.proxy_user}},
        "with a name alone": lambda lib, here: {"proxies": {"http": here.proxy.replace("//", "//user@")}},
        "with unicode credentials": lambda lib, here: {"proxies": {"http": here.proxy.replace("//", "//ü:%C3%A4@")}},
        "by host": lambda lib, here: {"proxies": {"http://127.0.0.1": here.proxy}},
        "by host beats scheme": lambda lib, here: {"proxies": {"http://127.0.0.1": here.proxy, "http": here.refused}},
        "by host with a port": lambda lib, here: {"proxies": {f"http://127.0.0.1:{here.port}": here.proxy}},
        "by another host": lambda lib, here: {"proxies": {"http://other.test": here.proxy}},
        "all": lambda lib, here: {"proxies": {"all": here.proxy}},
        "all of a host": lambda lib, here: {"proxies": {"all://127.0.0.1": here.proxy}},
        "all loses": lambda lib, here: {"proxies": {"all": here.refused, "http": here.proxy}},
        "upper key": lambda lib, here: {"proxies": {"HTTP": here.proxy}},
        "https only": lambda lib, here: {"proxies": {"https": here.proxy}},
        "no scheme": lambda lib, here: {"proxies": {"http": here.proxy[7:]}},
        "upper scheme": lambda lib, here: {"proxies": {"http": here.proxy.replace("http", "HTTP")}},
        "with a path": lambda lib, here: {"proxies": {"http": here.proxy + "/path?q"}},
        "no_proxy in the dict": lambda lib, here: {"proxies": {"http": here.proxy, "no_proxy": "127.0.0.1"}},
        "no in the dict": lambda lib, here: {"proxies": {"http": here.proxy, "no": "127.0.0.1"}},
        "none": lambda lib, here: {"proxies": {"http": None}},
        "empty": lambda lib, here: {"proxies": {"http": ""}},
        "empty dict": lambda lib, here: {"proxies": {}},
        "post": lambda lib, here: {"method": "POST", "data": {"a": "b"}, "proxies": {"http": here.proxy}},
        "post of a generator": lambda lib, here: {"method": "POST", "data": iter([b"a"]), "proxies": {"http": here.proxy}},
        "auth and cookies": lambda lib, here: {"proxies": {"http": here.proxy}, "auth": ("u", "p"), "cookies": {"a": "1"}},
        "redirect": lambda lib, here: {"path": "/hops/2", "proxies": {"http": here.proxy}},
        "redirect to another host": lambda lib, here: {
            "path": "/redirect/302?to=" + here.localhost + "/echo",
            "proxies": {"http": here.proxy_user},
        },
        "redirect away from the proxy": lambda lib, here: {
            "path": "/redirect/302?to=" + here.localhost + "/echo",
            "proxies": {"http://127.0.0.1": here.proxy_user},
        },
        "Proxy-Authorization by hand": lambda lib, here: {
            "proxies": {"http": here.proxy},
            "headers": {"Proxy-Authorization": "Basic eDp5"},
        },
        "Proxy-Authorization by hand and in the URL": lambda lib, here: {
            "proxies": {"http": here.proxy_user},
            "headers": {"Proxy-Authorization": "Basic eDp5"},
        },
        "guarded": lambda lib, here: {"proxies": {"http": here.guarded_proxy}},
        "guarded, wrong": lambda lib, here: {"proxies": {"http": here.guarded_proxy_wrong}},
        "dead": lambda lib, here: {"proxies": {"http": here.refused}},
        "url without a host": lambda lib, here: {"proxies": {"http": "http:///nohost"}},
        "url with a star": lambda lib, here: {"proxies": {"http": "http://*bad*"}},
        "url of ftp": lambda lib, here: {"proxies": {"http": "ftp://127.0.0.1:1"}},
        "url with a bad port": lambda lib, here: {"proxies": {"http": "http://127.0.0.1:port"}},
        "bytes": lambda lib, here: {"proxies": {"http": here.proxy.encode()}},
        "list": lambda lib, here: {"proxies": [("http", here.proxy)]},
    },
)


def _through(lib, here, proxy, **keywords):
    return lib.get(here.tls + "/echo", proxies={"https": proxy}, verify=here.ca, **keywords)


calls(
    "proxy",
    {
        "connect": lambda lib, here: _through(lib, here, here.proxy),
        "connect with credentials": lambda lib, here: _through(lib, here, here.proxy_user),
        "connect guarded": lambda lib, here: _through(lib, here, here.guarded_proxy),
        "connect with credentials for the server": lambda lib, here: _through(lib, here, here.proxy_user, auth=("u", "p")),
        "connect refused by proxy": lambda lib, here: _through(lib, here, here.guarded_proxy_wrong),
        "connect dead": lambda lib, here: _through(lib, here, here.refused),
        "connect to nobody": lambda lib, here: lib.get(
            here.refused.replace("http", "https") + "/echo", proxies={"https": here.proxy}, timeout=3
        ),
        "connect untrusted": lambda lib, here: lib.get(here.tls + "/echo", proxies={"https": here.proxy}),
    },
)

ENVIRONMENTS = [
    {"http_proxy": "PROXY"},
    {"HTTP_PROXY": "PROXY"},
    {"ALL_PROXY": "PROXY"},
    {"all_proxy": "PROXY"},
    {"https_proxy": "PROXY"},
    {"http_proxy": ""},
    {"http_proxy": "", "HTTP_PROXY": "PROXY"},
    {"http_proxy": "PROXY", "HTTP_PROXY": "http://127.0.0.1:1"},
    {"HTTP_PROXY": "PROXY", "REQUEST_METHOD": "GET"},
    {"http_proxy": "PROXY", "no_proxy": "127.0.0.1"},
    {"http_proxy": "PROXY", "no_proxy": "*"},
    {"http_proxy": "PROXY", "NO_PROXY": "localhost"},
    {"http_proxy": "PROXY", "NO_PROXY": "127.0.0.1", "no_proxy": "elsewhere"},
    {"http_proxy": "PROXY", "no_proxy": "127.0.0.0/8"},
    {"http_proxy": "PROXY", "no_proxy": "10.0.0.0/8, 127.0.0.1"},
    {"http_proxy": "PROXY", "no_proxy": "127.0.0"},
    {"http_proxy": "PROXY", "no_proxy": ".0.0.1"},
    {"http_proxy": "PROXY", "no_proxy": ""},
    {"ALL_PROXY": "PROXY", "no_proxy": "127.0.0.1"},
]
for _settings in ENVIRONMENTS:

    @case(f"proxy: environment {_settings}")
    def _(lib, here, settings=_settings):
        os.environ.update({name: value.replace("PROXY", here.proxy) for name, value in settings.items()})
        return lib.get(here.http + "/echo")


@case("proxy: environment, no_proxy with a port")
def _(lib, here):
    os.environ.update(http_proxy=here.proxy, no_proxy=f"127.0.0.1:{here.port}")
    return lib.get(here.http + "/echo")


for _names in (
    "site-a.test",
    ".site-a.test",
    "sub.site-a.test",
    "e-a.test",
    "SITE-A.TEST",
    "site-a.test:PORT",
    "site-a.test:1",
    "test",
    "*.test",
    "site-a.test ",
):

    @case(f"proxy: environment, no_proxy {_names}")
    def _(lib, here, names=_names):
        os.environ.update(http_proxy=here.proxy, no_proxy=names.replace("PORT", str(here.port)))
        return [lib.get(here.site_a + "/echo"), lib.get(here.sub_a + "/echo")]


@case("proxy: environment without trust")
def _(lib, here):
    os.environ["http_proxy"] = here.proxy
    session = lib.Session()
    session.trust_env = False
    return session.get(here.http + "/echo")


@case("proxy: environment and a call's own")
def _(lib, here):
    os.environ["http_proxy"] = here.refused
    return [
        lib.get(here.http + "/echo", proxies={"http": here.proxy}),
        attempt(lib.get, here.http + "/echo", proxies={"https": here.proxy}),
    ]


@case("proxy: environment switched off by a call")
def _(lib, here):
    os.environ["http_proxy"] = here.refused
    return attempt(lib.get, here.http + "/echo", proxies={"http": None})


@case("proxy: environment and a session's own")
def _(lib, here):
    os.environ["http_proxy"] = here.refused
    session = lib.Session()
    session.proxies = {"http": here.proxy}
    return session.get(here.http + "/echo")


@case("proxy: session proxies and no_proxy argument")
def _(lib, here):
    session = lib.Session()
    session.proxies = {"http": here.proxy, "no_proxy": "localhost"}
    return [
        session.get(here.http + "/echo"),
        session.get(here.localhost + "/echo"),
        session.get(here.http + "/echo", proxies={"http": None}),
        session.get(here.http + "/echo", proxies={"http": ""}),
        session.get(here.http + "/echo", proxies={"http": here.proxy_user}),
        session.get(here.http + "/redirect/302?to=/echo/2"),
        session.get(here.http + "/redirect/302?to=" + here.localhost + "/echo/3"),
        session.proxies,
    ]


@case("proxy: helpers")
def _(lib, here):
    utils = lib.utils
    proxies = {"http": "a", "https": "b", "all": "c", "http://h": "d", "all://i": "e"}
    urls = ("http://h/x", "http://i/", "https://h/", "ftp://h/", "ftp://i/", "file:///x", "http://h:80/")
    os.environ.update(http_proxy="http://p:1", no_proxy="n.test,10.0.0.0/8")
    return [
        [utils.select_proxy(url, proxies) for url in urls],
        [utils.select_proxy(url, None) for url in urls],
        [utils.get_environ_proxies(url) for url in ("http://x/", "http://n.test/", "http://10.1.2.3/")],
        [utils.should_bypass_proxies(url, no_proxy=None) for url in ("http://a.n.test/", "http://an.test/", "http://11.1.1.1/")],
        [utils.should_bypass_proxies("http://a.b:80/", no_proxy=names) for names in ("a.b", "b", "a.b:80", "a.b:81", " x , a.b ")],
        [utils.is_ipv4_address(text) for text in ("1.2.3.4", "1.2.3", "a", "1.2.3.4/8")],
        [utils.is_valid_cidr(text) for text in ("1.2.3.4/8", "1.2.3.4", "1.2.3.4/33", "a/8", "1.2.3.4/0", "1.2.3.4/")],
        [attempt(utils.address_in_network, "192.168.1.1", net) for net in ("192.168.1.0/24", "192.168.2.0/24", "192.168.1.1/32")],
        utils.dotted_netmask(24),
    ]


@case("retries: of an adapter")
def _(lib, here):
    session = lib.Session()
    session.mount("http://", lib.adapters.HTTPAdapter(max_retries=2))
    return [
        attempt(session.get, here.refused),
        attempt(session.get, here.http + "/raw/nothing"),
        attempt(session.post, here.http + "/raw/nothing", data="x"),
    ]


@case("keep-alive: connections that end are replaced")
def _(lib, here):
    session = lib.Session()
    paths = ("/echo/1", "/raw/until-close", "/echo/2", "/raw/http10", "/echo/3", "/raw/connection-close", "/echo/4")
    answers = [session.get(here.http + path) for path in paths]
    return [
        *answers,
        session.post(here.http + "/echo/5", data="x"),
        session.get(here.other + "/echo"),
        session.get(here.http + "/echo/6"),
    ]


@case("keep-alive: several hosts, one server")
def _(lib, here):
    session = lib.Session()
    return [session.get(base + "/echo") for base in (here.http, here.localhost, here.http, here.site_a, here.localhost)]


@case("keep-alive: Connection: close of the request")
def _(lib, here):
    session = lib.Session()
    return [session.get(here.http + "/echo", headers={"Connection": "close"}), session.get(here.http + "/echo")]


@case("keep-alive: a closed session goes on")
def _(lib, here):
    session = lib.Session()
    first = session.get(here.http + "/echo")
    session.close()
    return [first, attempt(session.get, here.http + "/echo"), attempt(session.close)]
