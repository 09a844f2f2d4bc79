"""Decide which addresses may be asked: http and https, and hosts of the public internet."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], list[str]]
SCHEMES = ("http", "https")
# An IPv6 address in this network carries an IPv4 address that a gateway goes on to.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):  # noqa: N818 - a verdict on an address, not a fault of the program
    """An address that must not be asked; the message says why and what to do."""


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the order in which the system would try them.

    Raises
    ------
    OSError
        If the name cannot be resolved.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@dataclass(frozen=True)
class Guard:
    """Which hosts may be asked.

    Parameters
    ----------
    allow_private
        Whether private and loopback addresses may be asked too. Link-local ones never are: at
        one of them a cloud's machines find their credentials.
    lookup
        How a name is resolved.
    """

    allow_private: bool = False
    lookup: Lookup = look_up

    def require_address(self, url: str) -> None:
        """Hold an address against what can be seen without resolving it.

        Raises
        ------
        Refused
            If it is not http or https, names no host, holds a user name or password, or its
            host is written as an address that may not be asked.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise Refused(f"no address ({error}); mend it in the registry") from error
        if parts.scheme not in SCHEMES:
            raise Refused(f"scheme {parts.scheme or 'missing'!r}; only http and https are fetched")
        if not host:
            raise Refused("no host; mend the address in the registry")
        if parts.username is not None or parts.password is not None:
            raise Refused("a user name or password stands in it; give the address without")
        try:
            self.require_public(host, host)
        except ValueError:
            return

    def require_public(self, address: str, host: str) -> None:
        """Hold a resolved address against what may be asked.

        Raises
        ------
        Refused
            If it may not be asked.
        ValueError
            If it is no address.
        """
        place = meant(ipaddress.ip_address(address.partition("%")[0]))
        if place.is_global and not place.is_multicast:
            return
        never = place.is_link_local or place.is_multicast or place.is_unspecified
        private = (place.is_private or place.is_loopback) and not never
        if private and self.allow_private:
            return
        advice = "; allow it by --allow-private" if private else ""
        raise Refused(f"{host} is no public address ({address}){advice}")

    def resolve(self, host: str, port: int) -> str:
        """Return the address to connect to: the host is resolved once, and what is checked is used.

        A name that is resolved for the check and once more for the connection could give a
        public address first and a private one then (DNS rebinding). All addresses of a name must
        be allowed, so that none is reached by luck.

        Raises
        ------
        Refused
            If one of the host's addresses may not be asked.
        OSError
            If the name cannot be resolved.
        """
        addresses = self.lookup(host, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        for address in addresses:
            try:
                self.require_public(address, host)
            except ValueError as error:
                raise Refused(f"{host} resolves to {address!r}, which is no address") from error
        return addresses[0]


def next_address(url: str, location: str) -> str:
    """Return where a redirect leads, without its fragment.

    Raises
    ------
    Refused
        If it leads to what is no address.
    """
    address = joined(url, location)
    if not address:
        raise Refused(f"it sends on to {location[:100]!r}, which is no address")
    return address.partition("#")[0]


def joined(url: str, link: str) -> str:
    """Return the address to which a link on a page leads; empty where it is none.

    Examples
    --------
    >>> [joined("https://a.example/x/y", link) for link in ("z", "//[z")]
    ['https://a.example/x/z', '']
    """
    try:
        return urljoin(url, link)
    except ValueError:
        return ""


def parts_of(url: str) -> SplitResult:
    """Return the parts of an address; all of them empty where it is none.

    Examples
    --------
    >>> [parts_of(url).netloc for url in ("https://a.example/x", "https://[x")]
    ['a.example', '']
    """
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
