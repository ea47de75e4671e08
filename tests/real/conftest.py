"""What these tests share: a session that trusts the tests' authority."""

from __future__ import annotations

import pytest

import minireq as requests


@pytest.fixture
def session(ca):
    with requests.Session() as session:
        session.verify = ca.file
        yield session
