"""SOCKS proxies: what they are asked, and what goes through."""

from __future__ import annotations

from ...support.scripted import CLOSE, Server
from ...support.socks import socks4, socks5
from ..servers import Site
from ..views import attempt
from . import calls


def through(step, proxy, url="http", **settings):
    """Two requests by a proxy that hears `step` and then serves itself."""

    def ask(lib, here):
        heard = []
        server = Server([step(heard, **settings), Site("socks", here.log)], repeat=True)
        session = lib.Session()
        session.proxies = {"all": proxy.replace("HOST", f"127.0.0.1:{server.port}")}
        answers = [attempt(session.get, getattr(here, url) + path) for path in ("/echo", "/redirect/302?to=/echo/2")]
        session.close()
        return [*answers, heard]

    return ask


calls(
    "socks",
    {
        "socks5": through(socks5, "socks5://HOST"),
        "socks5h": through(socks5, "socks5h://HOST"),
        "socks4": through(socks4, "socks4://HOST"),
        "socks4a": through(socks4, "socks4a://HOST"),
        "socks5 to a name": through(socks5, "socks5://HOST", "site_a"),
        "socks5h to a name": through(socks5, "socks5h://HOST", "site_a"),
        "socks4 to a name": through(socks4, "socks4://HOST", "site_a"),
        "socks4a to a name": through(socks4, "socks4a://HOST", "site_a"),
        "socks5 with a password": through(socks5, "socks5://user:p%40ss@HOST", guarded=True),
        "socks5 with a password that is not asked for": through(socks5, "socks5://user:pass@HOST"),
        "socks5 without the password": through(socks5, "socks5://HOST", guarded=True),
        "socks5 with a wrong password": through(socks5, "socks5://user:pass@HOST", guarded=True, login=b"\1\1"),
        "socks5 refused": through(socks5, "socks5://HOST", answer=b"\5\5\0\1\0\0\0\0\0\0"),
        "socks4 refused": through(socks4, "socks4://HOST", answer=b"\0\x5b\0\0\0\0\0\0"),
        "socks5 answers nonsense": through(socks5, "socks5://HOST", answer=b"HTTP/1.1 400 Bad\r\n\r\n"),
        "socks5 hangs up": through(lambda heard: CLOSE, "socks5://HOST"),
        "nobody there": lambda lib, here: lib.get(here.http + "/echo", proxies={"http": here.refused.replace("http", "socks5")}),
        "unknown version": lambda lib, here: lib.get(here.http + "/echo", proxies={"http": "socks9://127.0.0.1:1"}),
    },
)
