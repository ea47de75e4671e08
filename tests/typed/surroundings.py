"""Proxies, certificates and timeouts, in every form."""

from __future__ import annotations

import os
from typing import Any

import minireq as requests
from minireq.certs import where

TIMEOUTS: list[float | tuple[float | None, float | None] | None] = [1, 0.5, (3.05, 27), (None, 5), (5, None), None]


def timeouts(url: str) -> None:
    for timeout in TIMEOUTS:
        requests.get(url, timeout=timeout)
    requests.get(url, timeout=5)
    requests.get(url, timeout=(1, 2))
    requests.get(url, timeout=(1.5, None))


def proxies(url: str, address: str) -> None:
    given = {"http": address, "https": address}
    requests.get(url, proxies=given)
    requests.get(url, proxies={"http://example.org": address, "all": f"socks5h://{address}"})
    requests.get(url, proxies=None)
    requests.get(url, proxies={})
    with requests.Session() as session:
        session.proxies = given
        session.proxies["http"] = address
        session.proxies.update({"https": address})
        session.trust_env = False
        session.get(url, proxies=given)
        session.request("GET", url, proxies=given)
        http: str | None = session.proxies.get("http")
        print(http)


def certificates(url: str, verify: bool | str) -> None:
    requests.get(url, verify=verify)
    requests.get(url, verify=False)
    requests.get(url, verify="/etc/ssl/certs/ca.pem")
    requests.get(url, verify=where())
    requests.get(url, cert="client.pem")
    requests.get(url, cert=("client.pem", "client.key"))
    with requests.Session() as session:
        session.verify = verify
        session.verify = os.environ.get("CA_BUNDLE", True)
        session.cert = "client.pem"
        session.cert = ("client.pem", "client.key")
        session.cert = None
        session.get(url)


def from_settings(url: str, settings: dict[str, Any]) -> requests.Response:
    return requests.get(url, **settings)


def quiet() -> None:
    requests.packages.urllib3.disable_warnings()
