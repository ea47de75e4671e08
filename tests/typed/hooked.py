"""Hooks: seen, counted, replaced."""

from __future__ import annotations

import logging
from typing import Any

import minireq as requests
from minireq.hooks import default_hooks, dispatch_hook

log = logging.getLogger(__name__)


def log_it(response: requests.Response, *args: Any, **kwargs: Any) -> None:
    log.info("%s %s -> %s", response.request.method, response.url, response.status_code)


def check_status(response: requests.Response, *args: Any, **kwargs: Any) -> requests.Response | None:
    response.raise_for_status()
    return None


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, response: requests.Response, **kwargs: Any) -> requests.Response:
        self.count += 1
        return response


def count_redirects(url: str) -> int:
    counter = Counter()
    requests.get(url, hooks={"response": counter})
    requests.get(url, hooks={"response": [log_it, check_status, counter]})
    requests.get(url, hooks={"response": (log_it, counter)})
    with requests.Session() as session:
        session.hooks["response"].append(check_status)
        session.hooks["response"] = [log_it, counter]
        session.hooks = {"response": [log_it]}
        session.get(url)
        request = requests.Request("GET", url, hooks={"response": log_it})
        request.register_hook("response", counter)
        request.register_hook("response", [check_status, log_it])
        removed: bool = request.deregister_hook("response", counter)
        prepared = session.prepare_request(request)
        prepared.hooks["response"].append(counter)
        session.send(prepared)
        print(removed, len(prepared.hooks["response"]))
    return counter.count


def by_hand(response: requests.Response) -> requests.Response:
    hooks = default_hooks()
    hooks["response"].append(log_it)
    return dispatch_hook("response", hooks, response, timeout=5)
