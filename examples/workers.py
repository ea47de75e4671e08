"""Many URLs, fetched by worker processes: `python3 examples/workers.py processes|dask|ray URL...`.

A session is set up once and sent along with the work: what travels are its settings, its cookies too, and none of its connections.
Each task takes a chunk of the URLs, not a single one, so that within it the session opens a connection once and uses it again.
"""

from __future__ import annotations

import functools
import sys
from concurrent.futures import ProcessPoolExecutor

import minireq

WORKERS = 2


def fetch_all(session: minireq.Session, urls: list[str]) -> list[int]:
    """The task: the size of what is at each URL."""
    with session:
        responses = [session.get(url, timeout=30) for url in urls]
        for response in responses:
            response.raise_for_status()
        return [len(response.content) for response in responses]


def processes(session: minireq.Session, chunks: list[list[str]]) -> list[list[int]]:
    with ProcessPoolExecutor(WORKERS) as pool:
        return list(pool.map(functools.partial(fetch_all, session), chunks))


def dask(session: minireq.Session, chunks: list[list[str]]) -> list[list[int]]:
    import dask

    tasks = [dask.delayed(fetch_all)(session, chunk) for chunk in chunks]
    return list(dask.compute(*tasks, scheduler="processes", num_workers=WORKERS))


def ray(session: minireq.Session, chunks: list[list[str]]) -> list[list[int]]:
    import ray

    ray.init(num_cpus=WORKERS, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    task = ray.remote(fetch_all)
    return ray.get([task.remote(session, chunk) for chunk in chunks])


def main(by: str, urls: list[str]) -> None:
    session = minireq.Session()
    session.headers["User-Agent"] = "example/1.0"
    session.cookies.set("seen", "yes")
    chunks = [urls[start::WORKERS] for start in range(WORKERS)]
    print({"processes": processes, "dask": dask, "ray": ray}[by](session, chunks))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
