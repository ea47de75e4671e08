"""Runs at the start of every interpreter that has this folder on its PYTHONPATH, so in the children of a test run too.

With $DROPIN_CHECKOUT set, `import requests` gives minireq from that folder: `requests.x` is the very module `minireq.x`. And
nothing leaves the machine: names but the local ones are unknown and addresses but loopback are out of reach, as they would be
without a network. That holds for requests and for minireq alike, wherever the tests are run.
"""

from __future__ import annotations

import errno
import importlib
import ipaddress
import os
import socket
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder

LOCAL = {"", "localhost", "localhost.localdomain", socket.gethostname().lower()}


class Alias(MetaPathFinder, Loader):
    """Finds minireq in the checkout (and nothing else there), and minireq under the name requests."""

    def __init__(self, checkout):
        self.checkout = checkout

    def find_spec(self, name, path=None, target=None):
        if name == "minireq":
            return PathFinder.find_spec(name, [self.checkout])
        if name.split(".")[0] == "requests":
            return ModuleSpec(name, self, is_package=name == "requests")
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        # What stands in sys.modules at the end is what the import gives.
        name = module.__spec__.name
        sys.modules[name] = importlib.import_module(name.replace("requests", "minireq", 1))


def is_local(host):
    """True of loopback and of the addresses and names that mean this machine."""
    name = (host.decode("latin-1") if isinstance(host, bytes) else host or "").rstrip(".").lower()
    address = numeric(name)
    return name in LOCAL if address is None else address.is_loopback or address.is_unspecified


def numeric(name):
    for read in (lambda: name.partition("%")[0], lambda: socket.inet_ntoa(socket.inet_aton(name))):  # the second knows 127.1
        try:
            return ipaddress.ip_address(read())
        except (OSError, ValueError):
            pass
    return None


def stay_on_loopback():
    getaddrinfo, gethostbyname = socket.getaddrinfo, socket.gethostbyname
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def known(host):
        text = host.decode("latin-1") if isinstance(host, bytes) else host or ""
        if not is_local(text) and numeric(text) is None:
            text.encode("idna")  # raises what the real function raises for a bad label
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return host

    def reachable(sock, address):
        return sock.family not in (socket.AF_INET, socket.AF_INET6) or is_local(address[0])

    def guarded_connect(self, address):
        if not reachable(self, address):
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        return connect(self, address)

    socket.getaddrinfo = lambda host, *args, **kwargs: getaddrinfo(known(host), *args, **kwargs)
    socket.gethostbyname = lambda host: gethostbyname(known(host))
    socket.socket.connect = guarded_connect
    socket.socket.connect_ex = lambda self, address: connect_ex(self, address) if reachable(self, address) else errno.ENETUNREACH


stay_on_loopback()
if os.environ.get("DROPIN_CHECKOUT"):
    sys.meta_path.insert(0, Alias(os.environ["DROPIN_CHECKOUT"]))
