"""What came, taken for something else."""

from __future__ import annotations

import minireq as requests


def read(response: requests.Response) -> None:
    print(response.status)  # wrong
    print(response.text())  # wrong
    print(response.ok())  # wrong
    print(response.content.encode())  # wrong
    print(response.json["a"])  # wrong
    length: int = response.headers["Content-Length"]  # wrong
    size: str = response.headers.get("Content-Length")  # wrong
    text: str = response.content  # wrong
    for chunk in response.iter_content(1024):
        print(chunk.encode())  # wrong
    for line in response.iter_lines():
        print(line.startswith("data:"))  # wrong
    response.iter_content("1024")  # wrong
    response.raise_for_status().json()  # wrong
    encoding: str = response.encoding  # wrong
    print(length, size, text, encoding, response.elapsed.total)  # wrong
    response.headers["A"] = 5  # wrong
    print(response.next.url)  # wrong


def closed(url: str) -> int:
    with requests.get(url) as response, requests.Session() as session:
        session.iter_content()  # wrong
        return response.text  # wrong


class Auth(requests.auth.AuthBase):
    def __call__(self, r: str) -> str:  # wrong
        return r


class Adapter(requests.adapters.HTTPAdapter):
    def send(self, request: requests.PreparedRequest) -> requests.Response:  # wrong
        return super().send(request)


def jar(response: requests.Response) -> str:
    return response.cookies.get("a")  # wrong


def code(response: requests.Response) -> bool:
    return response.status_code == requests.codes.ok and requests.codes.ok.startswith("2")  # wrong
