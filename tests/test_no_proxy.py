"""Hosts that are reached without a proxy."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, strategies as st

from minireq.exceptions import InvalidArgument
from minireq.no_proxy import address_in_network, dotted_netmask, is_ipv4_address, is_listed, is_valid_cidr


@pytest.mark.parametrize(
    "entries, host, port",
    [
        ("good.test", "good.test", None),
        ("good.test", "api.good.test", 8080),
        (".good.test", "good.test", None),
        (".good.test", "api.good.test", None),
        ("GOOD.test", "good.TEST", None),
        (" a , good.test ,b", "good.test", None),
        ("a,\tgood.test\n", "good.test", None),
        ("good.test:8080", "good.test", 8080),
        ("good.test:8080", "api.good.test", 8080),
        ("*", "good.test", None),
        ("a,*", "127.0.0.1", 80),
        ("localhost", "localhost", 5000),
        ("127.0.0.1", "127.0.0.1", 80),
        ("127.0.0.1:80", "127.0.0.1", 80),
        ("192.168.0.0/24", "192.168.0.255", None),
        ("10.0.0.0/8,172.16.0.0/12", "172.31.255.255", None),
        ("1.2.3.4/32", "1.2.3.4", None),
        ("127.0.0.1", "127.1", None),  # the same address
        ("::1", "::1", 80),
        ("[::1]", "::1", 80),
        ("[::1]:80", "::1", 80),
        ("0:0:0:0:0:0:0:1", "::1", None),
        ("fd00::/8", "fdff::1", None),
        ("fe80::1", "fe80::1%eth0", None),
    ],
)
def test_entries_cover_a_host(entries, host, port):
    assert is_listed(host, port, entries)


@pytest.mark.parametrize(
    "entries, host, port",
    [
        ("", "good.test", None),
        (",, ,.,..", "good.test", None),
        ("good.test", "evilgood.test", None),  # labels match whole
        ("good.test", "good.test.evil.test", None),
        ("api.good.test", "good.test", None),
        ("good.test:8080", "good.test", None),
        ("good.test:8080", "good.test", 80),
        ("good.test:x", "good.test", None),
        ("good.test:", "good.test", None),
        ("*.good.test", "api.good.test", None),
        ("127.0.0.1", "127.0.0.2", None),
        ("0.0.1", "127.0.0.1", None),  # an address is no name
        ("127.0.0.1:80", "127.0.0.1", 81),
        ("192.168.0.0/24", "192.168.1.0", None),
        ("0.0.0.0/0", "1.2.3.4", None),
        ("10.0.0.0/33", "10.0.0.0", None),
        ("10.0.0.0/-1", "10.0.0.0", None),
        ("10.0.0.0/²", "10.0.0.0", None),
        ("10.0.0.0/" + "9" * 5000, "10.0.0.0", None),
        ("10.0.0.0/8/8", "10.0.0.0", None),
        ("10.0.0.0/8", "good.test", None),
        ("/8", "10.0.0.0", None),
        ("fd00::/8", "fe00::1", None),
        ("fd00::/8", "10.0.0.0", None),
        ("::/129", "::1", None),
        ("::1", "good.test", None),
        ("[::1]:80", "::1", 81),
        ("\0", "good.test", None),
        ("\ud800:\ud800", "::1", None),
    ],
)
def test_entries_do_not_cover_a_host(entries, host, port):
    assert not is_listed(host, port, entries)


@given(st.ip_addresses(), st.ip_addresses(), st.integers(1, 32))
def test_networks_are_those_of_ipaddress(address, network, bits):
    within = address.version == network.version and address in ipaddress.ip_network((int(network), bits), strict=False)
    if network.version == 6:
        within = address.version == 6 and address in ipaddress.IPv6Network((int(network), bits), strict=False)
    assert is_listed(str(address), None, f"{network}/{bits}") == within


@given(st.text(), st.text(), st.one_of(st.none(), st.integers(0, 65535)))
def test_any_text_is_an_answer(host, entries, port):
    assert is_listed(host, port, entries) in (True, False)


@pytest.mark.parametrize("text", ["192.168.0.1", "8.8.8.8", "127.1"])
def test_ipv4_addresses_are_known(text):
    assert is_ipv4_address(text)


@pytest.mark.parametrize("text", ["8.8.8.8.8", "localhost.localdomain", "::1", "", "1.2.3.4\0", "256.1.1.1"])
def test_other_text_is_no_ipv4_address(text):
    assert not is_ipv4_address(text)


@pytest.mark.parametrize("text", ["192.168.1.0/24", "10.0.0.0/1", "1.2.3.4/32"])
def test_ipv4_networks_are_known(text):
    assert is_valid_cidr(text)


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "192.168.1.0/a",
        "192.168.1.0/128",
        "192.168.1.0/-1",
        "192.168.1.0/0",
        "192.168.1.999/24",
        "1/2/3",
        "/24",
        "fd00::/8",
    ],
)
def test_other_text_is_no_ipv4_network(text):
    assert not is_valid_cidr(text)


@pytest.mark.parametrize(
    "ip, net, within",
    [
        ("192.168.1.1", "192.168.1.0/24", True),
        ("172.16.0.1", "192.168.1.0/24", False),
        ("1.2.3.4", "0.0.0.0/0", True),
        ("1.2.3.4", "1.2.3.4", False),
        ("nonsense", "1.2.3.4/8", False),
        ("1.2.3.4", "nonsense/8", False),
        ("1.2.3.4", "1.2.3.4/x", False),
    ],
)
def test_an_address_is_in_a_network_or_not(ip, net, within):
    assert address_in_network(ip, net) is within


@pytest.mark.parametrize(
    "bits, mask",
    [(0, "0.0.0.0"), (1, "128.0.0.0"), (8, "255.0.0.0"), (24, "255.255.255.0"), (25, "255.255.255.128"), (32, "255.255.255.255")],
)
def test_a_prefix_has_a_mask(bits, mask):
    assert dotted_netmask(bits) == mask


@pytest.mark.parametrize("bits", [-1, 33])
def test_other_prefixes_have_none(bits):
    with pytest.raises(InvalidArgument, match="0 to 32 bits"):
        dotted_netmask(bits)
