"""The options of pppd, as far as a file can be read by them: which take a word, and which the model has.

Source: the tables of options in pppd (options.c, auth.c, lcp.c, ipcp.c, ipv6cp.c, ccp.c, tty.c, multilink.c and the plugins that
come with it), version 2.5.3.
"""

import re

NUMBERS = {
    "idle": "idle", "holdoff": "holdoff", "maxfail": "maxfail", "maxconnect": "maxconnect",
    "lcp-echo-interval": "lcp_echo_interval", "lcp-echo-failure": "lcp_echo_failure",
    "defaultroute-metric": "defaultroute_metric",
}  # fmt: skip
"""The options with a number that the model has, and their keys."""

SWITCHES = {
    "demand": ("demand", True), "persist": ("persist", True), "nopersist": ("persist", False), "sync": ("sync", True),
    "defaultroute": ("defaultroute", True), "nodefaultroute": ("defaultroute", False), "-defaultroute": ("defaultroute", False),
}  # fmt: skip
"""The options without a word that the model has: their keys, and what they say."""

FILTER, PLUGIN, LOCAL, REPLACES = "active-filter", "plugin", "local", "replacedefaultroute"
COMPILED, MODEM, PTY = "precompiled-active-filter", "modem", "pty"
ADAPTIVE = "lcp-echo-adaptive"
"""Options that are read for what they say of others."""

INCLUDES = ("file", "call")
"""Options that name another file of options."""

_WITH_A_WORD = """
allow-ip allow-number asyncmap auth-down-script auth-up-script avpair bsdcomp bundle ca capath cert chap-interval
chap-max-challenge chap-restart chap-secrets chap-timeout child-timeout connect connect-delay crl crl-dir datarate
default-asyncmap defaultroute6-metric deflate disconnect domain eap-interval eap-max-rreq eap-max-sreq eap-restart
eap-timeout endpoint escape host-uniq ifname init ip-down-script ip-pre-up-script ip-up-script ipcp-max-configure
ipcp-max-failure ipcp-max-terminate ipcp-restart ipparam ipv6 ipv6-down-script ipv6-up-script ipv6cp-max-configure
ipv6cp-max-failure ipv6cp-max-terminate ipv6cp-restart kdebug key lcp-max-configure lcp-max-failure lcp-max-terminate
lcp-restart lcp-rtt-file linkname logfd logfile max-tls-version maxoctets minconnect mo mo-direction mo-timeout mppe mrru mru
ms-dns ms-wins mtu name net-down-script net-init-script net-pre-up-script netmask pap-max-authreq pap-restart pap-secrets
pap-timeout pass-filter password passwordfd pkcs12 pppoe-ac pppoe-host-uniq pppoe-mac pppoe-padi-attempts pppoe-padi-timeout
pppoe-service pppoe-sess pppoe-verbose pppol2tp pppol2tp_debug_mask pppol2tp_ifname pppol2tp_reorderto pppol2tp_session_id
pppol2tp_tunnel_id pptp_client pptp_server precompiled-active-filter precompiled-pass-filter privgroup pty radius-config-file
radattr-filename record remotename remotenumber rp_pppoe_ac rp_pppoe_mac rp_pppoe_service rp_pppoe_sess rp_pppoe_verbose set
socket stop-bits tls-verify-method unit unset user vj-max-slots vrf welcome winbind-helper ntlm_auth-helper xonxoff-chars
"""

_ALONE = """
+chap +ipv6 +mppe +mppe-128 +mppe-40 +mschap +mschap-v2 +pap +ua -ac -all -am -as -bsdcomp -ccp -chap -crtscts -d
-defaultroute6 -deflate -detach -ecp -ip -ipv6 -mn -mppe -mppe-128 -mppe-40 -mru -mschap -mschap-v2 -p -pap -pc -predictor1
-proxyarp -vj -vjccomp async auth cdtrcts chapms-strip-domain crtscts debug default-mru defaultroute6 detach dryrun dump
enable-session hide-password ipcp-accept-local ipcp-accept-remote ipcp-no-address ipcp-no-addresses ipv6cp-accept-local
ipv6cp-accept-remote ipv6cp-noremote ipv6cp-nosend ipv6cp-use-ipaddr ipv6cp-use-persistent ipv6cp-use-remotenumber ktune
lcp-echo-adaptive local lock login map-to-ifname map-to-ttyname modem mp mppe-stateful mpshortseq multilink need-peer-eap
noaccomp noauth nobsdcomp noccp nocdtrcts nocrtscts nodebug nodefaultroute6 nodeflate nodeflatedraft nodetach noecp
noendpoint nohidepassword noip noipdefault noipv6 noipx noktune nolock nolog nologfd nomagic nomp nomppe nomppe-128 nomppe-40
nomppe-stateful nompshortseq nomultilink nopcomp nopredictor1 noproxyarp noremoteip noreplacedefaultroute noresolvconf
nosendip notty novj novjccomp papcrypt passive pppol2tp_lns_mode pppol2tp_recv_seq pppol2tp_send_seq predictor1 proxyarp
receive-all refuse-chap refuse-eap refuse-mschap refuse-mschap-v2 refuse-pap replacedefaultroute require-chap require-eap
require-mppe require-mppe-128 require-mppe-40 require-mschap require-mschap-v2 require-pap show-options show-password silent
tls-verify-key-usage up_sdnotify updetach usehostname usepeerdns usepeerwins xonxoff
"""

ARITY = dict.fromkeys((*_WITH_A_WORD.split(), *NUMBERS, FILTER, PLUGIN, *INCLUDES), 1) | dict.fromkeys(
    (*_ALONE.split(), *SWITCHES), 0
)
"""How many words each option takes."""

_ADDRESS = re.compile(r"(\d{1,3}(\.\d{1,3}){3})?:(\d{1,3}(\.\d{1,3}){3})?|\d{1,3}(\.\d{1,3}){3}")
_DEVICE = re.compile(r"/dev/\S+|tty\w+")
_ETHERNET = re.compile(r"nic-\S+|(eth|en[ops]|br-|vlan|wlan|wwan|usb)[\w.:-]*")

TYPICAL = {
    *SWITCHES, *NUMBERS, *INCLUDES, FILTER, PLUGIN, "noauth", "usepeerdns", "noipdefault", "nodetach", "updetach", "connect",
    "lock", "crtscts", "nocrtscts", "noaccomp", "nopcomp", "user", "debug", "hide-password",
} - {"file", "call", "local", "user", "debug"}  # fmt: skip
"""Options of which files of pppd have some, and files of others hardly any."""


def is_address(word: str) -> bool:
    """True for addresses of this end and the other one, such as `192.0.2.1:192.0.2.2`."""
    return _ADDRESS.fullmatch(word) is not None and word != ""


def is_device(word: str) -> bool:
    """True for a serial device that a link is made over."""
    return _DEVICE.fullmatch(word) is not None


def is_ethernet(word: str) -> bool:
    """True for an interface of Ethernet, over which PPPoE goes."""
    return _ETHERNET.fullmatch(word) is not None


def is_known(word: str) -> bool:
    """True for a word that an options file can have where an option is due."""
    return word in ARITY or is_address(word) or is_device(word) or is_ethernet(word) or (word.isascii() and word.isdigit())
