"""Next hops: which of them are on this side of every line that is dialled."""

import ipaddress

_OF_THE_LAN = (".local", ".lan", ".localdomain", ".internal", ".home.arpa")
_PRIVATE = [ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]


def is_near(hop: str) -> bool:
    """True if a next hop as Postfix writes it (`[host]:port`, `host`, `inet:host:port`) is this machine or on its LAN."""
    host = hop.strip().lower().removeprefix("inet:")
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    host = host.removeprefix("ipv6:")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.rstrip(".").endswith(_OF_THE_LAN)
    private = any(address.version == net.version and address in net for net in _PRIVATE)
    return private or address.is_loopback or address.is_link_local
