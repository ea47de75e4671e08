"""How long a call may take, and how it is tried again: what requests has no words for."""

from __future__ import annotations

import minireq as requests
from minireq import Retry, Timeouts

PATIENT = Timeouts(connect=3.05, read=27, total=60, pool=1)


class Stubborn(Retry):
    """A policy of the program's own."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code == 418 or super().is_retry(method, status_code, has_retry_after)

    def get_backoff_time(self) -> float:
        return 0.5


def fetch(url: str) -> bytes:
    with requests.Session(timeout=PATIENT, retries=Stubborn(3, budget=30.0)) as session:
        session.timeout = 10
        session.timeout = (3.05, 27)
        session.timeout = None
        session.retries = 5
        session.retries = None
        return session.get(url, timeout=Timeouts(total=5)).content


def every_way(url: str, session: requests.Session, adapter: requests.adapters.HTTPAdapter) -> None:
    requests.get(url, timeout=PATIENT)
    requests.post(url, data=b"x", timeout=Timeouts())
    session.request("PUT", url, timeout=PATIENT)
    prepared = session.prepare_request(requests.Request("GET", url))
    session.send(prepared, timeout=PATIENT)
    adapter.send(prepared, timeout=PATIENT)
    session.mount("https://", requests.adapters.HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[502, 503])))


def limits(timeouts: Timeouts) -> dict[str, float | None]:
    connect, read = timeouts
    return {"connect": connect, "read": read, "total": timeouts.total, "pool": timeouts.pool}


def what_happened(url: str) -> list[str]:
    try:
        response = requests.get(url, timeout=PATIENT)
    except requests.Timeout as error:
        phase: str | None = error.phase
        seconds: float | None = error.elapsed
        return [f"{phase}: {seconds}"]
    except requests.RequestException as error:
        return [f"{attempt.method} {attempt.url}: {attempt.error}" for attempt in error.attempts]
    return [f"{attempt.status} after {attempt.waited:.1f} s" for attempt in response.attempts]
