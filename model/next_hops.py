"""Next hops: which of them are on this side of every line that is dialled."""

from model.addresses import is_private

_OF_THE_LAN = (".local", ".lan", ".localdomain", ".internal", ".home.arpa")


def is_near(hop: str) -> bool:
    """True if a next hop (`[host]:port`, `host`, `inet:host:port`, an address) is this machine or on its LAN."""
    host = hop.strip().lower().removeprefix("inet:")
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    host = host.removeprefix("ipv6:")
    return is_private(host) or host == "localhost" or host.rstrip(".").endswith(_OF_THE_LAN)
