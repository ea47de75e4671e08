"""What a request costs: minireq beside requests, niquests, httpx, aiohttp, urllib3, http.client, pycurl and a bare socket.

    python3 -m benchmarks                                   the short form, under a minute
    python3 -m benchmarks --full                            every scenario, longer samples, five rounds: a quarter of an hour
    python3 -m benchmarks --only get,json --clients minireq,requests --rounds 9

Measured is the processor time, user and system, that the client's process spends on one operation: it repeats within
a few per cent where wall clock, which waits for the server, does not. What makes the numbers comparable:

* each sample is a process of its own, which sets up, warms up, and only then looks at its clocks;
* the server is a process of its own too, on another core where there is one;
* every round runs all clients one after the other, and ratios are taken within a round, so that a machine that grows
  slow grows slow for all; what is printed is the median of those ratios and half their range;
* every answer is checked, the first against a checksum, and the server counts the connections and requests it saw, so
  that a client cannot win by doing less;
* the clients run in an environment of fixed size, since some of them read all of it on each request.

The map: `__main__` (arguments) → `rounds` (who runs when, and was it right) → `sample` and `cold_import` (one process,
one sample) → `scenarios` (what is done) → `clients/` (how each client does it). `server` answers from `pages`;
`tables` prints; `peers` installs the other clients; `machine` knows cores and environment.

On their own stand, each a command:

* `counts`: what is the same on every machine, which the tests hold to `counts.json`
* `growth`: what is felt of 1000 cookies, or of 100 redirects
* `lateness`: how late a call ends when its time is over
* `picture`: draws the README's

A new scenario is a function and a row in `scenarios`, and a page in `pages` if none there fits; a new client is a file in
`clients/`.
"""
