"""Every verb with every keyword argument, by the functions and by a session."""

from __future__ import annotations

import minireq as requests


def seen(response: requests.Response, *args: object, **kwargs: object) -> None:
    print(response.url)


def status_of(url: str) -> int:
    return requests.get(url, timeout=10).status_code


def search(url: str, words: list[str], page: int, user: str, password: str) -> str:
    response = requests.get(
        url,
        params={"q": " ".join(words), "page": page, "fields": ["title", "author"], "nothing": None},
        data=None,
        json=None,
        headers={"Accept": "text/plain", "X-Bytes": b"latin-1"},
        cookies={"session": "1"},
        files=None,
        auth=(user, password),
        timeout=(3.05, 27),
        allow_redirects=False,
        proxies={"https": "http://proxy.example:3128"},
        hooks={"response": seen},
        stream=False,
        verify=True,
        cert=("client.pem", "client.key"),
    )
    return response.text


def all_verbs(url: str, body: bytes) -> list[requests.Response]:
    return [
        requests.get(url, {"a": "1"}),
        requests.get(url, [("a", "1"), ("a", "2")]),
        requests.get(url, (("a", "1"), ("b", 2))),
        requests.get(url, "a=1&b=2"),
        requests.get(url, b"a=1"),
        requests.get(url.encode()),
        requests.get(url=url, params=None),
        requests.head(url, allow_redirects=True, timeout=None),
        requests.options(url, headers={"Origin": "https://example.org"}, params={"a": 1.5}),
        requests.post(url),
        requests.post(url, {"a": "1"}, {"b": 2}),
        requests.post(url, data=body, params={"a": 1}),
        requests.post(url, json=[1, "two", None, {"three": 3.0}]),
        requests.put(url, body, json=None, params={"a": "b"}, verify=False),
        requests.patch(url, data=[("a", "1")], json={"a": 1}, stream=True),
        requests.delete(url, data=body, json={"a": 1}, params={"a": "b"}, cert="both.pem"),
        requests.request("GET", url, params={"a": 1}, data=body, json={"a": 1}, verify="ca.pem"),
        requests.request(method="PROPFIND", url=url, headers={"Depth": "1"}, timeout=1.5),
    ]


def all_verbs_of_a_session(url: str, body: bytes) -> None:
    with requests.Session() as session:
        session.get(url, params={"a": ["1", "2"]}, timeout=5)
        session.get(url, {"a": "1"})
        session.options(url, params={"a": 1})
        session.head(url, allow_redirects=False, cookies=None)
        session.post(url, body, {"a": 1}, headers=None)
        session.post(url, data={"a": ["1", "2"]}, hooks=None)
        session.put(url, data=body, auth=None)
        session.patch(url, data=body, json={"a": 1})
        session.delete(url, json={"a": 1}, stream=None, verify=None, cert=None)
        response = session.request(
            method="POST",
            url=url,
            params={"a": 1},
            data=body,
            headers={"A": "b"},
            cookies={"a": "b"},
            files=None,
            auth=("user", "password"),
            timeout=(None, 5),
            allow_redirects=True,
            proxies={"http": "http://proxy.example"},
            hooks={"response": [print]},
            stream=True,
            verify="/etc/ssl/certs",
            cert="client.pem",
            json=None,
        )
        with response:
            print(response.status_code, response.reason)


def an_old_style_session(url: str) -> requests.Response:
    session = requests.session()
    try:
        return session.get(url)
    finally:
        session.close()
