"""Which machines does an address lead to, and may they be read? Nobody may look around in our network so."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from incident.errors import Rejected, RetryLater

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of the machines behind a host name."""

PORTS, LAST_PORT = {"http": 80, "https": 443}, 65535
SAME = {"webcal": "https", "webcals": "https"}
"""What calendar programs call an address to subscribe to."""
IN_DISGUISE = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 addresses that a gateway turns into IPv4 addresses, also into private ones."""


@dataclass(frozen=True)
class Place:
    """An address, and the machines that have been found to be allowed; nothing is looked up again later."""

    url: httpx.URL
    machines: tuple[str, ...]


def read_address(written: str) -> httpx.URL:
    """The web address that somebody wrote.

    Raises:
        Rejected: it is none.
    """
    with suppress(httpx.InvalidURL, ValueError):
        scheme, colon, rest = written.strip().partition(":")
        url = httpx.URL(f"{SAME.get(scheme.lower(), scheme)}{colon}{rest}")
        if url.scheme in PORTS and url.host and 0 < (url.port or PORTS[url.scheme]) <= LAST_PORT:
            return url
    raise Rejected("not a web address: it must begin with https://, http:// or webcal://")


async def located(url: httpx.URL, resolve: Resolve, *, allow_private: bool) -> Place:
    """The address with its machines.

    Raises:
        Rejected: one of them is not on the public internet, and that is not allowed.
        RetryLater: the host name is not known at this moment.
    """
    try:
        machines = tuple(await resolve(url.host, url.port or PORTS[url.scheme]))
    except (OSError, UnicodeError) as error:
        raise RetryLater(f"its host name cannot be found ({type(error).__name__})") from None
    if not machines:
        raise RetryLater("its host name cannot be found")
    if not allow_private and not all(is_public(machine) for machine in machines):
        raise Rejected("it leads into a private network; `allow_private: true` permits that")
    return Place(url, machines)


def is_public(machine: str) -> bool:
    """Whether an IP address is one of the public internet."""
    address: IPv4Address | IPv6Address = ip_address(machine.partition("%")[0])
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    disguised = any(address.version == each.version and address in each for each in IN_DISGUISE)
    return address.is_global and not address.is_multicast and not disguised


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))
