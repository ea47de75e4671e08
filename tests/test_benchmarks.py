"""The benchmark runs, and notices a client that does less. What it measures is not asserted: that depends on the machine."""

from __future__ import annotations

import functools
import http.client
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import growth, machine, memory, pages, peers, picture, rounds, sample, scenarios, tables
from benchmarks.clients import CLIENTS
from benchmarks.server import Server

AVAILABLE = [name for name in CLIENTS if not peers.missing([name], [])]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], capture_output=True, text=True, cwd=machine.ROOT, check=False
    )


@pytest.mark.parametrize("client", AVAILABLE)
def test_every_client_runs_the_small_scenarios(client, tmp_path):
    names = ["import", "get", "json", "headers30", "post_json", "oneshot", "threads16", "gzip"]
    names = [name for name in names if name not in CLIENTS[client].lacks]
    result = run(
        "--clients", client, "--only", ",".join(names), "--rounds", "1", "--operations", "1", "--json", tmp_path / "out.json"
    )
    assert result.returncode == 0, result.stderr
    assert "CPU per request" in result.stdout
    record = json.loads((tmp_path / "out.json").read_text())
    assert list(record["results"]) == names
    for by_client in record["results"].values():
        (one,) = by_client[client]
        assert one["cpu"] > 0 and one["peak"] > 0


def test_every_scenario_runs_on_the_floor(tmp_path):
    names = [name for name in scenarios.SCENARIOS if not peers.missing([], [name])]
    only = ",".join(names)
    result = run("--clients", "floor", "--only", only, "--rounds", "1", "--operations", "1", "--json", tmp_path / "out.json")
    assert result.returncode == 0, result.stderr
    assert list(json.loads((tmp_path / "out.json").read_text())["results"]) == names


def test_an_unknown_name_is_refused_with_the_known_ones():
    result = run("--only", "get,put")
    assert result.returncode == 2
    assert "'put' is none of: import, get" in result.stderr


def test_the_server_counts_what_it_has_seen_since_it_was_last_asked():
    with Server(None, tls=False) as server:
        for paths in (["/1k", "/1k"], ["/close"]):
            connection = http.client.HTTPConnection(server.origins[False].removeprefix("http://"))
            for path in paths:
                connection.request("GET", path, headers={"Cookie": "cookie0=value-of-cookie-0"})
                assert connection.getresponse().read() == pages.PAGES[path].block
            connection.close()
        seen = server.seen()
        assert seen.pop("cpu") > 0
        assert seen == {"connections": 2, "requests": 3, "cookies": 3}
        assert server.seen().items() >= {"connections": 0, "requests": 0, "cookies": 0}.items()


def post(server, path, body, **headers):
    connection = http.client.HTTPConnection(server.origins[False].removeprefix("http://"))
    connection.request("POST", path, body, headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def test_the_server_weighs_what_it_is_sent_however_it_is_framed():
    block = pages.numbered(1000)
    with Server(None, tls=False) as server:
        assert post(server, "/upload?size", block) == b"1000"
        assert post(server, "/upload?checksum", iter([block, block])) == b"%d" % pages.Page(block, 2).weight(pages.checksum)
        form = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + block + b"\r\n--x--\r\n"
        assert post(server, "/form?size", form, **{"Content-Type": "multipart/form-data; boundary=x"}) == b"1000"


def test_the_server_reads_the_document_that_it_is_sent():
    with Server(None, tls=False) as server:
        assert post(server, "/document", json.dumps(pages.DOCUMENT, indent=2)) == pages.PAGES["/1k"].block
        assert post(server, "/document", json.dumps({**pages.DOCUMENT, "total": 13})) == b"another document"


def test_a_client_that_opens_a_connection_too_many_is_found_out(monkeypatch):
    monkeypatch.setitem(rounds.SCENARIOS, "get", rounds.SCENARIOS["get"]._replace(fresh=True))  # so one for each is expected
    with Server(None, tls=False) as server, pytest.raises(SystemExit, match="the server has seen"):
        rounds.sample("floor", "get", 1, server)


def test_a_client_that_loses_a_byte_is_found_out(monkeypatch):
    class Careless:
        def get(self, path):
            return 200, pages.PAGES[path].block[1:]

    monkeypatch.setattr(sample, "open_client", lambda *_: Careless())
    with pytest.raises(SystemExit, match="status and weight are"):
        sample.main("careless", "get", "", "", "1")


def test_a_block_in_the_wrong_place_changes_the_checksum_but_not_the_size():
    def weighed(weigh, *blocks):
        return functools.reduce(lambda total, block: weigh(block, total), blocks, 0)

    assert weighed(pages.size, b"one", b"two") == weighed(pages.size, b"two", b"one") == 6
    assert weighed(pages.checksum, b"one", b"two") != weighed(pages.checksum, b"two", b"one")


def test_calls_are_counted_exactly():
    def inner():
        pass

    def outer():
        inner()
        inner()

    assert sample.count_calls(outer) == 3


def test_ratios_are_taken_within_a_round():
    samples = {"slow": [{"cpu": 10.0}, {"cpu": 40.0}], "fast": [{"cpu": 1.0}, {"cpu": 2.0}]}
    ratios = tables.in_rounds(samples, "cpu", "slow", "fast")
    assert ratios == [10.0, 20.0]
    assert tables.spread(ratios) == "15.00 ±5.00"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are remembered for good on this system")
def test_a_peak_of_memory_can_be_forgotten():
    block = b"x" * 50_000_000
    with_block = memory.peak()
    del block
    memory.reset_peak()
    assert memory.peak() < with_block - 40_000_000


def test_growth_is_printed_for_three_sizes():
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", "headers_received", "cookies_sent"],
        capture_output=True, text=True, cwd=machine.ROOT, check=False,
    )  # fmt: skip
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["headers_received", "cookies_sent"], result.stderr
    assert [re.findall(r"(\d+): ", line) for line in lines] == [["75", "150", "300"], ["25", "50", "100"]]


def test_a_wrong_answer_does_not_count_as_a_fast_one():
    with pytest.raises(SystemExit, match="hops, 25: that is not the answer"):
        growth.cost(lambda: False, "hops, 25")


def test_the_picture_is_that_of_the_figures_beside_it():
    record = json.loads((machine.ROOT / "docs" / "cpu.json").read_text())
    drawn = (machine.ROOT / "docs" / "cpu.svg").read_text()
    assert picture.picture(record["results"], record["setting"]) == drawn
    bars = ElementTree.fromstring(drawn).findall("{http://www.w3.org/2000/svg}rect")
    assert [bar.get("class") for bar in bars].count("own") == 1
    assert len(bars) == len(CLIENTS)


def test_lateness_is_printed_for_every_phase():
    result = subprocess.run(
        [sys.executable, "-W", "ignore::ResourceWarning", "-m", "benchmarks.lateness", "1"],
        capture_output=True, text=True, cwd=machine.ROOT, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    printed = [line.split()[0] for line in result.stdout.splitlines() if "Timeout(" in line]
    assert printed == ["lookup", "connect", "proxy", "tls", "send", "upload", "head", "body", "streamed", "pool"]
    assert "a silent first address costs" in result.stdout
