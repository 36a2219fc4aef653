"""Where the outbound client may go: private and reserved addresses, exceptions, names that change."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from common import addresses
from common.http import AddressRefused, call
from tests.common.names import resolver
from tests.servers import recorded_server


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8", "::1/128"]


def _edges() -> Iterator[str]:
    networks: list[addresses.Network] = [*addresses.DENIED_V4, *addresses.DENIED_V6]
    for network in networks:
        for address in (network[0], network[1 % network.num_addresses], network[-1]):
            yield f"[{address}]" if address.version == 6 else str(address)


WRITTEN_OTHERWISE = [
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",
    "169.254.169.254", "2852039166", "0xA9FEA9FE", "100.100.100.200", "１２７.0.0.1", "127。0。0。1",
    "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]",
    "[ff02::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[100::1]", "[5f00::1]", "[4000::1]",
    "[e000::1]", "[1::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", sorted({*_edges(), *WRITTEN_OTHERWISE}))
def test_private_and_reserved_addresses_are_refused(host, settings):
    settings.OUTBOUND_ALLOW = []

    with pytest.raises(AddressRefused):
        call("GET", f"https://{host}/", timeout_s=2)


@pytest.mark.parametrize(
    "text",
    ["1.1.1.1", "8.8.8.8", "157.240.0.1", "223.255.255.255", "2606:4700::1111", "2a03:2880::1", "2400::1"],
)
def test_addresses_of_the_internet_are_public(text):
    assert addresses.is_public(ip_address(text))


def test_plain_http_and_odd_ports_need_an_exception(settings):
    settings.OUTBOUND_ALLOW = []

    with pytest.raises(AddressRefused, match="https"):
        call("GET", "http://1.1.1.1/")
    with pytest.raises(AddressRefused, match="443"):
        call("GET", "https://1.1.1.1:6379/")


def test_exception_for_one_host_and_port_opens_nothing_else(settings):
    with recorded_server() as server, recorded_server() as other:
        server.answer(200)
        settings.OUTBOUND_ALLOW = [server.url.removeprefix("http://")]

        assert call("GET", server.url).status == 200
        with pytest.raises(AddressRefused):
            call("GET", other.url)


def test_wrong_exception_is_named(settings):
    settings.OUTBOUND_ALLOW = ["10.0.0.0/33"]

    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        addresses.endpoints("1.1.1.1", 443, secure=True, timeout_s=1)


def test_one_private_address_among_public_ones_refuses_the_name(settings, monkeypatch):
    settings.OUTBOUND_ALLOW = []
    look_up, asked = resolver("1.1.1.1", "10.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    with pytest.raises(AddressRefused, match="private"):
        call("GET", "https://rebinding.example/")

    assert asked == ["rebinding.example"]


def test_name_is_looked_up_once_and_the_checked_address_is_used(monkeypatch):
    look_up, asked = resolver("127.0.0.1")
    with recorded_server() as server:
        server.answer(200)
        monkeypatch.setattr(socket, "getaddrinfo", look_up)

        call("GET", server.url.replace("127.0.0.1", "rebinding.example"))

    assert asked == ["rebinding.example"]
    assert server.asked[0].headers["host"].startswith("rebinding.example:")


def test_next_address_is_tried_when_the_first_is_dead(monkeypatch):
    look_up, _ = resolver("127.0.0.2", "127.0.0.1")
    with recorded_server() as server:
        server.answer(200)
        monkeypatch.setattr(socket, "getaddrinfo", look_up)

        assert call("GET", server.url.replace("127.0.0.1", "rebinding.example")).status == 200
