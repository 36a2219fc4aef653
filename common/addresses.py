"""Which network addresses our own HTTP client may connect to (reliability rule 32).

Python's ``is_global`` passes 64:ff9b::/96, 6to4, multicast and more, so the lists stand here in full: IANA's
registries of special-purpose addresses, read in November 2026. ``settings.OUTBOUND_ALLOW`` makes exceptions.
"""

from __future__ import annotations

import queue
import socket
import threading
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

Network = IPv4Network | IPv6Network

#: Ports a tenant may name for https.
PORTS = (443, 8443)

DENIED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT, and a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # a cloud's internal service on a public address
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnelling
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
#: Everything else of version 6 is local, mapped, translated, multicast or not given out.
PUBLIC_V6 = IPv6Network("2000::/3")
DENIED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks, multicast tunnelling
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries any version 4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the old 6bone
        "3fff::/20",  # documentation
    )
)


class AddressRefused(Exception):
    """This address may not be called: scheme, port or network is not allowed. Nothing was connected."""


class NameNotFound(Exception):
    """The host's name could not be looked up (now)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One checked address: what a socket needs to connect."""

    family: int
    address: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Exceptions:
    """``settings.OUTBOUND_ALLOW``, read: whole networks, and single host:port pairs as an URL names them."""

    networks: tuple[Network, ...]
    hosts: frozenset[tuple[str, int]]


@cache
def read_exceptions(entries: tuple[str, ...]) -> Exceptions:
    """Sort entries like "10.20.0.0/16" and "simulator:8100". Raises ValueError naming a wrong one."""
    networks, hosts = [], set()
    for entry in entries:
        host, colon, port = entry.rpartition(":")
        if "/" not in entry and colon and port.isdigit():
            hosts.add((host.strip("[]").lower(), int(port)))
        else:
            networks.append(ip_network(entry))
    return Exceptions(tuple(networks), frozenset(hosts))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Is this an ordinary address of the internet?"""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in DENIED_V4)
    return address in PUBLIC_V6 and not any(address in network for network in DENIED_V6)


def endpoints(host: str, port: int, *, secure: bool, timeout_s: float) -> list[Endpoint]:
    """Look the host up once and check every address it has.

    secure: https. Plain http and other ports than 443 and 8443 only go where OUTBOUND_ALLOW says.
    Raises AddressRefused when one address is not allowed, NameNotFound.
    """
    allowed = read_exceptions(tuple(settings.OUTBOUND_ALLOW))
    found = _look_up(host, port, timeout_s)
    if (host.strip("[]").lower(), port) in allowed.hosts:
        return found
    addresses = [_parse(endpoint) for endpoint in found]
    if all(any(address in network for network in allowed.networks) for address in addresses):
        return found
    if not secure:
        raise AddressRefused(f"{host} may only be called over https.")
    if port not in PORTS:
        raise AddressRefused(f"{host} may only be called on port 443 or 8443, not {port}.")
    for address in addresses:
        if not is_public(address) and not any(address in network for network in allowed.networks):
            raise AddressRefused(f"{host} leads to a private or reserved address.")
    return found


def _parse(endpoint: Endpoint) -> IPv4Address | IPv6Address:
    return ip_address(str(endpoint.address[0]).partition("%")[0])


def _look_up(host: str, port: int, timeout_s: float) -> list[Endpoint]:
    """All addresses of a host, never later than timeout_s: the system's resolver itself knows no deadline."""
    try:
        return _resolve(host, port, socket.AI_NUMERICHOST)
    except OSError:
        pass  # It is a name, not an address.
    except UnicodeError:
        raise AddressRefused(f"{host} is not the name of a host.") from None
    answers: queue.SimpleQueue[list[Endpoint] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_resolve_into, args=(answers, host, port), daemon=True, name="look-up").start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise NameNotFound(f"{host} could not be looked up within {timeout_s:.0f} s.") from None
    if isinstance(answer, OSError) or not answer:
        raise NameNotFound(f"{host} is not known.")
    return answer


def _resolve_into(answers: queue.SimpleQueue[list[Endpoint] | OSError], host: str, port: int) -> None:
    try:
        answers.put(_resolve(host, port, 0))
    except OSError as error:
        answers.put(error)


def _resolve(host: str, port: int, flags: int) -> list[Endpoint]:
    rows = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=flags)
    return [Endpoint(family, address) for family, _, _, _, address in rows]
