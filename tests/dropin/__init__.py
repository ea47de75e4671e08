"""minireq in the place of requests: its names, the statements of its documentation, its own tests, and those of what builds on it.

The tests here run with minireq. With $MINIREQ_TEST_MODULE=requests they run with requests, where that is installed: then
`test_surface` and `test_measured` pass, which shows that they say what requests is and does, and `test_defects` fails, which shows
that the defects are there.
"""

from __future__ import annotations

import os

MODULE = os.environ.get("MINIREQ_TEST_MODULE", "minireq")
