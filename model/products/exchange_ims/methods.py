"""Methods: how the Internet Mail Service hands mail of a route on."""

from enum import Enum


class Method(Enum):
    """How a route hands its mail on."""

    HOST = "host"
    DNS = "dns"
    ETRN = "etrn"
