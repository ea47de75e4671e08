"""100 MB pass through without staying: the most memory that a process ever had, seen from inside it, in one of its own."""

from __future__ import annotations

import os

import pytest

from tests.support.interpreter import run_python
from tests.support.processes import ROOT

SIZE = 100_000_000
MEGABYTE = 1_000_000

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the peak of memory is read from /proc")

MEASURE = """
import minireq as requests

def peak():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024

class Zeros:
    # A file of zeros: read() gives them, len() says how many.
    def __init__(self, size):
        self.left, self.size = size, size
    def __len__(self):
        return self.size
    def read(self, size=-1):
        size = self.left if size < 0 else min(size, self.left)
        self.left -= size
        return bytes(size)

session = requests.Session()
session.verify = {authority!r}
url = {url!r}
SIZE = {size}
session.get(url + "/echo").json()  # everything that is imported late is there now
before = peak()
{code}
session.close()
print(peak() - before)
"""

DOWNLOAD = """
with session.get(url + "/{path}?size=" + str(SIZE), stream=True) as response:
    assert sum(map(len, response.iter_content({chunk_size}))) == SIZE
"""


@pytest.fixture(params=["granian", "granian_https"])
def growth(request, ca):
    """By how many bytes the peak of a process rises that runs such code: with and without TLS."""
    url = request.getfixturevalue(request.param).url

    def measured(code):
        return int(run_python(MEASURE.format(url=url, authority=ca.file, size=SIZE, code=code), path=(ROOT,)))

    return measured


@pytest.mark.parametrize("path", ["download", "stream"])
@pytest.mark.parametrize("chunk_size", [65_536, None])
def test_a_streamed_download_takes_no_memory(growth, path, chunk_size):
    assert growth(DOWNLOAD.format(path=path, chunk_size=chunk_size)) < 4 * MEGABYTE


def test_a_download_copied_to_a_file_takes_no_memory(growth):
    code = """
import shutil, tempfile
with session.get(url + "/download?size=" + str(SIZE), stream=True) as response, tempfile.TemporaryFile() as file:
    shutil.copyfileobj(response.raw, file)
    assert file.tell() == SIZE
"""
    assert growth(code) < 4 * MEGABYTE


@pytest.mark.parametrize("body", ["Zeros(SIZE)", "(bytes(100_000) for _ in range(SIZE // 100_000))"], ids=["file", "generator"])
def test_a_streamed_upload_takes_no_memory(growth, body):
    assert growth(f'assert session.post(url + "/upload", data={body}).json()["size"] == SIZE') < 4 * MEGABYTE


def test_a_large_file_in_a_form_takes_no_memory(growth, tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(SIZE)
    code = f"""
with open({str(path)!r}, "rb") as file:
    assert session.post(url + "/upload", data={{"a": "b"}}, files={{"file": file}}).json()["size"] > SIZE
"""
    assert growth(code) < 4 * MEGABYTE


def test_what_a_hundred_kilobytes_unpack_to_takes_no_memory_in_pieces(growth, nginx):
    code = f"""
with session.get("{nginx.url}/zeros.txt", stream=True) as response:
    assert sum(map(len, response.iter_content(65536))) == SIZE
    assert response.raw.tell() < 1_000_000
"""
    assert growth(code) < 4 * MEGABYTE


def test_content_takes_no_more_memory_than_itself(growth):
    assert growth('assert len(session.get(url + "/download?size=" + str(SIZE)).content) == SIZE') < 1.2 * SIZE


def test_chunked_content_takes_no_more_memory_than_itself(growth):
    assert growth('assert len(session.get(url + "/stream?size=" + str(SIZE)).content) == SIZE') < 1.2 * SIZE


def test_a_thousand_requests_leave_nothing_behind(growth):
    assert growth('for _ in range(1000): session.get(url + "/lines")') < 1 * MEGABYTE
