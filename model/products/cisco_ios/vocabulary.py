"""The commands of IOS that are named if they say nothing to the model.

What a file says beside them is never repeated: it may be a secret.
"""

from model.grammars.ios import Command

_WORDS = frozenset(
    """
    aaa access-class access-group access-list access-session ack-name address-family adjacency alias alternate apn
    app-hosting appfw archive arp as-path async atm authentication authentication-key auto autonomous-system auxiliary
    backup bandwidth banner bba-group bfd bgp bind boot boot-end-marker boot-start-marker bootp bridge bridge-domain
    buffers call call-home call-policy carrier-delay cdp cef cellular chat-script class class-map classless clock cns
    community-list compress config-register configuration control-plane controller cpu crypto cts dampening ddns default
    default-gateway default-information default-network default-router delay description device device-tracking dhcp
    diagnostic dial-peer dialer dialer-group dialer-list directed-broadcast dns domain domain-lookup domain-name dot1q
    dot1x down-when-looped dsl duplex dynamic eigrp enable encapsulation end energywise enrollment environment errdisable
    ethernet event exception excluded-address exit extcommunity-list fair-queue finger flow flow-sampler forward-protocol
    frame-relay frequency ftp full-duplex gatekeeper gateway group-policy half-closed half-duplex hardware hello-interval
    helper-address history hold-queue hold-time host hostname hqf http igmp ignore inspect interface ip ipv6 isdn isis
    keepalive key key-chain l2tp l2tp-class lacp ldap license life line lldp load-interval local location logging login
    loopback mab mac mac-address map-class map-list match max-reserved-bandwidth mdix media-type memory memory-size menu
    mode modem modemcap monitor mop mpls mroute-cache mtu multicast-routing multilink multilink-group name-server nat ndp
    negotiation netconf network network-clock network-clock-select network-object-group nfs nmsp ntp object-group oer onep
    ospf owner parameter-map parser password peer peer-default pim ping platform policy policy-map pool power ppp pppoe
    pppoe-client pppoe-enable prefix-list pri-group priority private-vlan privilege process profile prompt proxy-arp
    pseudowire-class pulse-time pvc qos queue-limit queue-list radius radius-server random-detect rate-limit redirects
    redundancy request-data-size resource rip ripng rmon route route-cache route-map router routing rsvp rtr sampler
    scheduler script sdm secondary secure-server security serial server service service-module service-policy
    service-routing set sip-ua sla snapshot snmp snmp-server source source-route spanning-tree spd speed split-horizon
    sscc ssh standby static statistics storm-control subnet-zero subscriber summary-address switch switchport system
    tacacs tacacs-server tag tcp tcp-adjust-mss telnet template terminal tftp tftp-server threshold time-range timeout
    timers tls-proxy tos track traffic-shape transport trunk tunnel udld unnumbered unreachables upgrade urpf username
    utilize variance verify version virtual-reassembly virtual-template vlan vlans voice voice-card voice-port vpdn
    vpdn-group vrf vrrp vtp wan webvpn wlan wrr-queue x25 xconnect zone zone-member zone-pair
    """.split()  # noqa: SIM905  # a list of so many words is no easier to read
)

UNKNOWN = "an unknown command"
"""What a command is called that is not among them."""


def name_of(command: Command, within: str = "") -> str:
    """What a command is called: its first word, for `ip` and the like the second as well, if they are words of IOS."""
    first = command.words[0].lower()
    if first not in _WORDS:
        return f"{within}: {UNKNOWN}" if within else UNKNOWN
    named = [first]
    if first in ("ip", "ipv6", "dialer", "ppp", "no", "crypto", "aaa") and len(command.words) > 1:
        second = command.words[1].lower()
        named += [second] if second in _WORDS else []
    return " ".join([*([f"{within}:"] if within else []), *named])
