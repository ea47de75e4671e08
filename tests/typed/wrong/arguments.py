"""Arguments of the wrong type."""

from __future__ import annotations

import minireq as requests


def hook(response: requests.Response) -> None:
    print(response.url)


def functions(url: str, seconds: str, number: int) -> None:
    requests.get(None)  # wrong
    requests.get(number)  # wrong
    requests.request(5, url)  # wrong
    requests.get(url, params=5)  # wrong
    requests.get(url, params={"a": object()})  # wrong
    requests.get(url, timeout="5")  # wrong
    requests.get(url, timeout=seconds)  # wrong
    requests.get(url, timeout=(1, 2, 3))  # wrong
    requests.get(url, timeout=[1, 2])  # wrong
    requests.get(url, timeout=requests.Timeouts(total="5"))  # wrong
    requests.get(url, timeout=requests.Timeouts)  # wrong
    requests.get(url, headers=["A: b"])  # wrong
    requests.get(url, headers={"A": number})  # wrong
    requests.get(url, headers="A: b")  # wrong
    requests.get(url, cookies="a=b")  # wrong
    requests.get(url, cookies={"a": number})  # wrong
    requests.get(url, auth="user:password")  # wrong
    requests.get(url, auth=("user",))  # wrong
    requests.get(url, auth=("user", "password", "realm"))  # wrong
    requests.get(url, auth=["user", "password"])  # wrong
    requests.get(url, auth=requests.auth.AuthBase)  # wrong
    requests.get(url, allow_redirects="no")  # wrong
    requests.get(url, proxies="http://proxy.example")  # wrong
    requests.get(url, proxies={"http": 3128})  # wrong
    requests.get(url, hooks=hook)  # wrong
    requests.get(url, hooks={"response": "hook"})  # wrong
    requests.get(url, stream="yes")  # wrong
    requests.get(url, verify=["ca.pem"])  # wrong
    requests.get(url, verify=number)  # wrong
    requests.get(url, cert=("cert.pem", "key.pem", "password", "ca.pem"))  # wrong
    requests.get(url, cert=True)  # wrong
    requests.post(url, data=5)  # wrong
    requests.post(url, json={1, 2})  # wrong
    requests.post(url, json=object())  # wrong
    requests.post(url, files={"file": 5})  # wrong
    requests.post(url, files={"file": ("name", b"data", "text/plain", {"Expires": 0})})  # wrong
    requests.post(url, files="file.txt")  # wrong


def methods(session: requests.Session, url: str, adapter: requests.adapters.HTTPAdapter) -> None:
    session.get(url, timeout="5")  # wrong
    session.request("GET", url, timeout="5")  # wrong
    session.request("GET", url, proxies=["http://proxy.example"])  # wrong
    session.mount(adapter, "https://")  # wrong
    session.mount("https://", adapter.send)  # wrong
    session.send(requests.Request("GET", url))  # wrong
    session.verify = 5  # wrong
    session.auth = "user:password"  # wrong
    session.cookies = {"a": "b"}  # wrong
    session.max_redirects = "5"  # wrong
    session.proxies = "http://proxy.example"  # wrong
    session.hooks["response"] = hook
    session.headers = {"A": "b"}


def request(url: str) -> None:
    requests.Request(url=5)  # wrong
    requests.Request("GET", url, headers=[("A", "b")])  # wrong
    requests.adapters.HTTPAdapter(pool_maxsize="10")  # wrong
    requests.adapters.HTTPAdapter(max_retries="3")  # wrong
    requests.Session(5)  # wrong
    requests.Session(timeout="5")  # wrong
    requests.Session(retries="3")  # wrong
