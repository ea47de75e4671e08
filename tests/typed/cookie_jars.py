"""Cookies: of a response, of a session, of one's own."""

from __future__ import annotations

from http.cookiejar import Cookie, CookieJar, LWPCookieJar, MozillaCookieJar

import minireq as requests
from minireq.cookies import (
    RequestsCookieJar,
    cookiejar_from_dict,
    create_cookie,
    extract_cookies_to_jar,
    get_cookie_header,
    merge_cookies,
    remove_cookie_by_name,
)
from minireq.utils import add_dict_to_cookiejar, dict_from_cookiejar


def log_in(session: requests.Session, url: str) -> str | None:
    response = session.post(url, data={"user": "me"})
    token = response.cookies.get("token")
    other = response.cookies["other"]
    print(response.cookies.get("other", "default", domain="example.org", path="/"), other)
    for cookie in response.cookies:
        print(cookie.name, cookie.value, cookie.domain, cookie.path, cookie.expires, cookie.secure)
    print(session.cookies.get_dict(), session.cookies.list_domains(), "token" in session.cookies, len(session.cookies))
    return token


def change(session: requests.Session) -> None:
    session.cookies.set("a", "1", domain="example.org", path="/")
    session.cookies["b"] = "2"
    session.cookies.update({"c": "3"})
    session.cookies.set_cookie(create_cookie("d", "4", domain=".example.org"))
    session.cookies.clear()
    del session.cookies["a"]


def own_jar() -> RequestsCookieJar:
    jar = RequestsCookieJar()
    made: Cookie | None = jar.set("a", "1", domain="example.org", path="/")
    jar.set("b", None)
    for name, value in jar.items():
        print(name, value)
    names: list[str] = jar.keys()
    values: list[str | None] = jar.values()
    for domain in jar.list_domains():
        print(domain, jar.get_dict(domain=domain), jar.multiple_domains(), jar.list_paths())
    print(made, names, values)
    return jar.copy()


def send(url: str, texts: dict[str, str], standard: CookieJar, jar: RequestsCookieJar) -> None:
    requests.get(url, cookies=texts)
    requests.get(url, cookies=jar)
    requests.get(url, cookies=standard)
    requests.get(url, cookies=LWPCookieJar("cookies.txt"))
    requests.get(url, cookies={})
    with requests.Session() as session:
        session.cookies = jar
        session.cookies = cookiejar_from_dict(texts)
        session.request("GET", url, cookies=jar)


def saved(session: requests.Session, path: str) -> None:
    jar = MozillaCookieJar(path)
    for cookie in session.cookies:
        jar.set_cookie(cookie)
    jar.save(ignore_discard=True)


def helpers(response: requests.Response, prepared: requests.PreparedRequest) -> dict[str, str | None]:
    jar = cookiejar_from_dict({"a": "1"})
    jar.set("b", "2")
    kept = cookiejar_from_dict({"a": "1"}, cookiejar=LWPCookieJar(), overwrite=False)
    kept.save("cookies.txt")
    merged: CookieJar = merge_cookies(jar, {"c": "3"})
    extract_cookies_to_jar(merged, prepared, response.raw)
    header: str | None = get_cookie_header(jar, prepared)
    remove_cookie_by_name(jar, "a", domain="example.org")
    add_dict_to_cookiejar(jar, {"d": "4"})
    print(header)
    return dict_from_cookiejar(jar)
