"""Addresses of hosts: which are on this side of every provider."""

import ipaddress

_PRIVATE = [ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]


def is_private(host: str) -> bool:
    """True for a private address (RFC 1918, RFC 4193), one of this link, and the own one; False for any other text."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    private = any(address.version == net.version and address in net for net in _PRIVATE)
    return private or address.is_loopback or address.is_link_local or address.is_unspecified
