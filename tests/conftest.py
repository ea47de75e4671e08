"""The fixtures. What they are made of is in tests/support, one subject a file."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import threading
import time

import pytest
from hypothesis import settings

from .support import application, clock as clocks, guard, nginx as nginx_support, processes, proxies, scripted, surroundings
from .support.authority import Authority

REPORTS = pytest.StashKey()

# No deadlines: they measure the machine. Where CI is set, the same examples each time: a finding there can be repeated here.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


# Always on


@pytest.fixture(autouse=True, scope="session")
def _names():
    with pytest.MonkeyPatch.context() as patch:
        names = guard.Names()
        guard.install(patch, names)
        yield names


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, _home):
    surroundings.clear_environment(monkeypatch, _home)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(request):
    sockets, threads = surroundings.open_sockets(), set(threading.enumerate())
    yield
    report = request.node.stash.get(REPORTS, None)
    if report is not None and report.passed:
        left = surroundings.left_behind(sockets, threads)
        assert not left, f"the test leaves behind {left}"


@pytest.fixture(autouse=True, scope="module")
def _garbage_is_collected():
    """What was never closed warns when it is collected, and a warning is an error: then here, not in somebody else's test."""
    yield
    gc.collect()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.stash[REPORTS] = outcome.get_result()


# Time, names, ports, certificates


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock: `clock.now += 10`."""
    clock = clocks.Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def hung_resolver(monkeypatch):
    """Name lookups that do not end before the test does; the names that were asked for."""
    asked, end = [], threading.Event()

    def hang(host, *rest):
        asked.append(host)
        end.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield asked
    end.set()


@pytest.fixture
def dns(_names):
    """Names for loopback: `dns["example.org"] = "127.0.0.1"`; see `guard.Names`."""
    _names.clear()
    yield _names
    _names.clear()


@pytest.fixture
def refused_port():
    """A port where every connection is refused."""
    with surroundings.refusing_socket() as holder:
        yield holder.getsockname()[1]


@pytest.fixture
def deaf_port():
    """A port where connecting never ends."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(held) for held in surroundings.deaf_sockets()]
        yield sockets[0].getsockname()[1]


@pytest.fixture(scope="session")
def ca(tmp_path_factory):
    """The certificate authority that tests trust: `ca.file`, `ca.server_context(...)`; see `authority.Authority`."""
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def stranger_ca(tmp_path_factory):
    """Another one, which nobody trusts."""
    return Authority(tmp_path_factory.mktemp("stranger-ca"))


# Servers of our own, new for each test


@pytest.fixture
def wire_server():
    """Starts servers that follow a script: `wire_server(script, ..., tls=None, host="127.0.0.1", repeat=False)`; see `scripted`."""
    with contextlib.ExitStack() as stack:

        def start(*scripts, **settings):
            server = scripted.Server(*scripts, **settings)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def http_app(wire_server):
    """A small application over http: `http_app.url`, `.route(path)`, `.requests`; see `application`."""
    return _serving(wire_server, application.Application())


@pytest.fixture
def https_app(wire_server, ca):
    """The same over https, with a certificate of `ca`."""
    return _serving(wire_server, application.Application(), tls=ca.server_context())


@pytest.fixture
def unix_app(wire_server, tmp_path):
    """The same at a Unix socket, the file app.sock in the test's folder: `unix_app.url`, `unix_app.host`, its path."""
    return _serving(wire_server, application.Application(), host=str(tmp_path / "app.sock"))


@pytest.fixture
def example_org(wire_server, ca, dns, monkeypatch):
    """http and https at example.org, www.example.org and example.com lead to one small application, which is trusted."""
    hosts = ("example.org", "www.example.org", "example.com")
    app = application.Application()
    plain = _serving(wire_server, app)
    secure = _serving(wire_server, app, tls=ca.server_context(*hosts))
    for host in hosts:
        dns[host, 80], dns[host, 443] = plain, secure
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca.file)
    return plain


def _serving(wire_server, app, **settings):
    server = wire_server(app, repeat=True, **settings)
    server.route = app.route
    return server


# Servers that others wrote, started once


def _running(tmp_path_factory, command, scheme="http"):
    return processes.running(command, tmp_path_factory.mktemp("server"), scheme)


ASGI_APP = "tests.support.asgi_app:app"


@pytest.fixture(scope="session")
def httpbin(tmp_path_factory):
    """httpbin under gunicorn."""
    with _running(tmp_path_factory, processes.gunicorn("httpbin:app")) as server:
        yield server


@pytest.fixture(scope="session")
def httpbin_https(tmp_path_factory, ca):
    """The same over https."""
    with _running(tmp_path_factory, processes.gunicorn("httpbin:app", ca.certificate()), "https") as server:
        yield server


@pytest.fixture(scope="session")
def granian(tmp_path_factory):
    """`asgi_app` under granian."""
    with _running(tmp_path_factory, processes.granian(ASGI_APP)) as server:
        yield server


@pytest.fixture(scope="session")
def granian_https(tmp_path_factory, ca):
    """The same over https."""
    with _running(tmp_path_factory, processes.granian(ASGI_APP, ca.certificate()), "https") as server:
        yield server


@pytest.fixture(scope="session")
def uvicorn(tmp_path_factory):
    """`asgi_app` under uvicorn."""
    with _running(tmp_path_factory, processes.uvicorn(ASGI_APP)) as server:
        yield server


@pytest.fixture(scope="session")
def uvicorn_https(tmp_path_factory, ca):
    """The same over https."""
    with _running(tmp_path_factory, processes.uvicorn(ASGI_APP, ca.certificate()), "https") as server:
        yield server


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """`node_http11.js` under Node."""
    with _running(tmp_path_factory, processes.node("node_http11.js")) as server:
        yield server


@pytest.fixture(scope="session", params=["granian", "uvicorn"])
def asgi(request):
    """Each of the servers for `asgi_app`, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def nginx(tmp_path_factory, ca):
    """nginx with files, redirects and TLS; its log shows which connection a request came on. See `nginx.Nginx`."""
    need("nginx")
    with nginx_support.running_nginx(tmp_path_factory.mktemp("nginx"), ca) as server:
        yield server


@pytest.fixture(scope="session")
def proxy_py(tmp_path_factory):
    """The forward proxy proxy.py, open to everybody; see `proxies.Proxy`."""
    with proxies.running_proxy(proxies.proxy_py(guarded=False), tmp_path_factory.mktemp("proxy")) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def guarded_proxy_py(tmp_path_factory):
    """The same, for those who know `proxies.USER` and `proxies.PASSWORD`."""
    with proxies.running_proxy(proxies.proxy_py(guarded=True), tmp_path_factory.mktemp("proxy")) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def https_proxy_py(tmp_path_factory, ca):
    """The same as an https proxy with a certificate of `ca`, for those who know the password."""
    command = proxies.proxy_py(guarded=True, certificate=ca.certificate())
    with proxies.running_proxy(command, tmp_path_factory.mktemp("proxy"), "https") as proxy:
        yield proxy


@pytest.fixture(scope="session")
def tinyproxy(tmp_path_factory):
    """The forward proxy tinyproxy, open to everybody."""
    with _running_tinyproxy(tmp_path_factory.mktemp("tinyproxy"), guarded=False) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def guarded_tinyproxy(tmp_path_factory):
    """The same, with the password."""
    with _running_tinyproxy(tmp_path_factory.mktemp("tinyproxy"), guarded=True) as proxy:
        yield proxy


def _running_tinyproxy(folder, guarded):
    need("tinyproxy")
    return proxies.running_proxy(proxies.tinyproxy(guarded, folder), folder)


def need(program):
    """Skip the test where there is no such program. A skipped test looks like a passed one from afar: where CI is set, it fails."""
    if processes.executable(program) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not installed")


@pytest.fixture(scope="session", params=["proxy_py", "tinyproxy"])
def proxy(request):
    """Each of the open proxies, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session", params=["proxy_py", "tinyproxy"])
def guarded_proxy(request):
    """Each of those with a password."""
    return request.getfixturevalue(f"guarded_{request.param}")
