"""The parts that tests are made of: servers, certificates, names, bytes in pieces. tests/conftest.py makes fixtures of them."""

from . import carried as carried  # before anything imports minireq: it says which one is meant
