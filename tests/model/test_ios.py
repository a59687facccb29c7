"""The reader of IOS, its access lists, and the importer: what a file says, where, and that no text does harm."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialproof.core.errors import InputError, ScenarioError
from model.grammars.ios import Command, commands
from model.importing import Imported, as_toml
from model.parts.packets import ICMP, TCP, Addresses, Packets, Rule, all_permitted, some_permitted
from model.products.cisco_ios.access_lists import entry_of
from model.products.cisco_ios.importer import read, recognises
from tests.amounts import some


def shown(found: list[Command]) -> list[object]:
    return [(one.line, " ".join(one.words), one.negated, shown(one.block)) for one in found]


def test_blocks_are_what_is_indented_and_comments_and_banners_are_skipped() -> None:
    text = (
        "! comment\nbanner motd ^C\n interface Dialer9\n^C\ninterface Dialer1\n no shutdown\n ip address negotiated\n!\n"
        "crypto pki certificate chain X\n certificate ca 01\n  30820122\n  quit\nip sla 1\n icmp-echo 192.0.2.1\n  frequency "
        "5\nend\n"
    )
    assert shown(commands(text, "f")) == [
        (2, "banner motd ^C", False, []),
        (5, "interface Dialer1", False, [(6, "shutdown", True, []), (7, "ip address negotiated", False, [])]),
        (9, "crypto pki certificate chain X", False, [(10, "certificate ca 01", False, [])]),
        (13, "ip sla 1", False, [(14, "icmp-echo 192.0.2.1", False, [(15, "frequency 5", False, [])])]),
        (16, "end", False, []),
    ]


@pytest.mark.parametrize("text", ["interface BRI0\nip address 192.0.2.1 255.255.255.0\n", "interface BRI0\n!\ndialer-group 1\n"])
def test_a_block_whose_indentation_is_lost_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ScenarioError, match="belongs to a block, and is not indented below one") as refused:
        commands(text, "f")
    assert refused.value.problems[0][0] is not None
    assert refused.value.problems[0][0].line == text.count("\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("interface Cellular0\n<#if far.x>\n ip address negotiated\n", "a template: fill it in first"),
        ("ip route 0.0.0.0 0.0.0.0 {{ hop }}\n", "a template"),
        ("# PPPoE\n```cisco\ninterface Dialer1\n```\n", "a page with configurations in it"),
    ],
)
def test_a_template_or_a_page_gets_one_clear_sentence(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(Path("x"), text)


def test_files_are_known_by_what_is_in_them() -> None:
    assert recognises(Path("x"), "hostname a\ninterface Dialer1\n ip address negotiated\n")
    assert recognises(Path("x"), "ip route 0.0.0.0 0.0.0.0 Dialer1\n")
    assert not recognises(Path("x"), "config interface 'wan'\n\toption proto 'qmi'\n")
    assert not recognises(Path("x"), "persist\nmaxfail 0\n")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (" dialer idle-timeout soon", "`dialer`: a number is missing or wrong; allowed: 0 to 2147483647"),
        (" dialer pool 0", "allowed: 1 to"),
        (" ip address 192.0.2.1 225.255.255.255", "`ip address`: this is no address and mask"),
        ("ip route 192.0.2.1 255.255.255.0 Dialer1", "`ip`: this is no network and mask"),
        ("ip route 0.0.0.0 0.0.0.0 Dialer1 256", "allowed: 0 to 255"),
        ("access-list 101 permit tcp any any eq secret-port", "this entry of an access list is not modelled: a port is missing"),
        ("access-list 101 permit ip object-group A any", "this is no IPv4 address"),
        ("track one ip sla 1", "`track`: a number is missing or wrong"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_line_and_not_shown(command: str, message: str) -> None:
    text = f"interface Dialer1\n dialer pool 1\n dialer-group 1\n{command}\ndialer-list 1 protocol ip list 101\n"
    with pytest.raises(ScenarioError) as refused:
        read(Path("router.cfg"), text)
    assert message in str(refused.value)
    assert "router.cfg:4" in str(refused.value)
    assert not any(word in str(refused.value) for word in ("soon", "secret-port", "object-group", "225"))


def test_no_takes_a_command_back_and_the_last_one_counts() -> None:
    text = (
        "interface Dialer1\n ip address negotiated\n dialer pool 1\n dialer idle-timeout 60\n dialer idle-timeout 90\n"
        " dialer-group 2\n no dialer-group 2\n shutdown\n no shutdown\nip route 0.0.0.0 0.0.0.0 Dialer1\n"
        "ip route 198.51.100.0 255.255.255.0 Dialer1\nno ip route 198.51.100.0 255.255.255.0 Dialer1\n"
    )
    made = read(Path("x"), text)
    assert made.data["interface"]["Dialer1"] == {
        "ip_address": "negotiated", "dialer_pool": 1, "dialer_idle_timeout": 90, "shutdown": False,
    }  # fmt: skip
    assert [route["destination"] for route in made.data["ip_route"]] == ["0.0.0.0/0"]
    assert made.keys["interface", "Dialer1", "dialer_idle_timeout"].line == 5


def test_what_is_not_modelled_is_named_once_with_its_lines_and_never_shown() -> None:
    text = (
        "hostname hush-1\nusername hush-2 password 7 hush-3\nenable secret 5 hush-4\nhush-5 hush-6\ninterface Dialer1\n"
        " description hush-7\n ip address negotiated\n dialer pool 1\n dialer string 555hush8\n dialer-group 1\n"
        " ppp chap password 0 hush-9\n hush-10 x\n dialer remote-name hush-11\n"
        "ip route 0.0.0.0 0.0.0.0 Dialer1 name hush-12\n"
        "ntp authentication-key 1 md5 hush-13\ndialer-list 1 protocol ip permit\nkey chain hush-14\n"
        " key 1\n  key-string hush-15\n"
    )
    made = read(Path("x"), text)
    assert "hush" not in as_toml(made) + str(made.data) + " ".join(made.notes())
    assert made.notes()[-1].endswith(
        "not modelled: hostname (line 1), username (line 2), enable (line 3), an unknown command (line 4), "
        "interface: ppp (line 11), interface: an unknown command (line 12), interface: dialer (line 13), ntp (line 15), "
        "key (line 17)"
    )


def test_a_default_route_that_a_call_installs_is_there_while_it_is_up() -> None:
    text = "interface Dialer1\n ip address negotiated\n dialer pool 1\n ppp ipcp route default\n"
    made = read(Path("x"), text)
    assert made.data["ip_route"] == [{"destination": "0.0.0.0/0", "interface": "Dialer1"}]
    assert made.data["interface"]["Dialer1"]["dialer_down_with_vinterface"] is True


def test_entries_with_sequence_numbers_stand_in_their_order() -> None:
    text = (
        "interface BRI0\n ip address 192.0.2.1 255.255.255.252\n dialer-group 1\n dialer string 5550160\n"
        "dialer-list 1 protocol ip list DIAL\nip access-list extended DIAL\n 20 permit ip any any\n"
        " 10 deny udp any any eq ntp log\n"
        " remark one\n 30 deny ip any any\n no 30 deny ip any any\n"
    )
    made = read(Path("x"), text)
    assert made.data["access_list"]["DIAL"]["entries"] == ["deny udp any any eq ntp log", "permit ip any any"]
    assert [made.keys["access_list", "DIAL", "entries", at].line for at in (0, 1)] == [8, 7]


# -- packets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "packets"),
    [
        ("permit ip any any", Packets()),
        ("permit any", Packets()),
        ("permit 192.0.2.0 0.0.0.255 log", Packets(source=Addresses(int(IPv4Address("192.0.2.0")), 255))),
        ("permit host 192.0.2.1", Packets(source=Addresses(int(IPv4Address("192.0.2.1")), 0))),
        ("permit 192.0.2.1", Packets(source=Addresses(int(IPv4Address("192.0.2.1")), 0))),
        ("permit icmp any host 192.0.2.1 echo", Packets(ICMP, destination=Addresses(0xC0000201, 0), besides=("echo",))),
        ("permit tcp any eq www any range 20 ftp", Packets(TCP, source_ports=((80, 80),), ports=((20, 21),))),
        ("permit tcp any any neq smtp", Packets(TCP, ports=((0, 24), (26, 65535)))),
        ("permit tcp any any eq smtp www established", Packets(TCP, ports=((25, 25), (80, 80)), besides=("established",))),
        ("permit tcp any any gt 65535", Packets(TCP, ports=((1, 0),))),
        ("permit 47 any any", Packets(47)),
    ],
)
def test_an_entry_is_a_set_of_packets(entry: str, packets: Packets) -> None:
    assert entry_of(entry) == Rule(True, packets)


_ENDS = st.sampled_from([Addresses(0, 0xFFFFFFFF), Addresses(0, 2), Addresses(1, 2), Addresses(2, 1), Addresses(3, 0)])
_RULES = st.lists(
    st.builds(
        Rule,
        st.booleans(),
        st.builds(Packets, st.sampled_from([None, 6]), _ENDS, _ENDS, ports=st.sampled_from([None, ((0, 1),)])),
    ),
    max_size=4,
)


@given(_RULES, _ENDS)
@settings(max_examples=some(300), deadline=None)
def test_what_a_list_permits_is_what_its_first_match_says(rules: list[Rule], destination: Addresses) -> None:
    """Against every packet of a small world, which has one of each kind that the sets can tell apart."""

    def has(one: Addresses, address: int) -> bool:
        return (address ^ one.base) & ~one.wildcard & 0xFFFFFFFF == 0

    def permits(source: int, to: int, protocol: int, port: int) -> bool:
        for rule in rules:
            own = rule.packets
            ports = own.ports is None or any(low <= port <= high for low, high in own.ports)
            if has(own.source, source) and has(own.destination, to) and own.protocol in (None, protocol) and ports:
                return rule.permits
        return False

    world = [
        permits(source, to, protocol, port)
        for source in (0, 1, 2, 3, 8)
        for to in (0, 1, 2, 3, 8)
        if has(destination, to)
        for protocol in (6, 17)
        for port in (0, 1, 2)
    ]
    asked = Packets(destination=destination)
    assert some_permitted(rules, asked) == any(world)
    assert all_permitted(rules, asked) == all(world)


# -- any text ---------------------------------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    ["interface", "Dialer1", "ip", "address", "route", "dialer", "pool", "1", "no", "!", "^C", "banner", "\t"]
)
_GAPS = st.sampled_from([" ", " ", "\n", "\n "])
_LINES = st.sampled_from(
    """\
interface Dialer1
interface Dialer2
interface BRI0
interface Cellular0
interface Serial0/0
interface GigabitEthernet0/0
 ip address negotiated
 ip address dhcp
 ip address 192.0.2.2 255.255.255.252
 ip address 203.0.113.2 255.255.255.0
 no ip address
 shutdown
 vrf forwarding X
 dialer in-band
 dialer pool 1
 dialer pool-member 1
 dialer rotary-group 1
 dialer string 5550161
 dialer map ip 203.0.113.3 name a broadcast 5550162
 dialer map ip 203.0.113.4 name b 5550163
 dialer map ip 198.51.100.0 name b 5550163
 dialer idle-timeout 0
 dialer idle-timeout 60
 dialer redial interval 10 attempts 3 re-enable 0
 dialer persistent
 dialer watch-group 1
 dialer-group 1
 dialer down-with-vInterface
 backup interface Dialer1
 backup interface Serial0/0
 pppoe-client dial-pool-number 1
 ppp ipcp route default
ip route 0.0.0.0 0.0.0.0 Dialer1
ip route 0.0.0.0 0.0.0.0 Dialer1 250 permanent
ip route 0.0.0.0 0.0.0.0 192.0.2.1 track 1
ip route 0.0.0.0 0.0.0.0 Serial0/0 10 track 3
ip route 0.0.0.0 0.0.0.0 dhcp 20
ip route 198.51.100.0 255.255.255.0 203.0.113.3
ip route 198.51.100.0 255.255.255.0 203.0.113.9 5
ip route 203.0.113.9 255.255.255.255 198.51.100.7
ip route vrf X 0.0.0.0 0.0.0.0 Dialer2
ip route 0.0.0.0 0.0.0.0 Null0 254
track 1 ip sla 1 reachability
track 2 interface GigabitEthernet0/0 line-protocol
track 3 list boolean or
 object 1
 object 2
 object 3
ip sla 1
 icmp-echo 198.51.100.9
 icmp-echo host.example source-interface GigabitEthernet0/0
 tcp-connect 192.0.2.1 80
ip sla schedule 1 life forever start-time now
dialer-list 1 protocol ip permit
dialer-list 1 protocol ip list 101
access-list 101 deny udp any any eq ntp
access-list 101 permit ip any 198.51.100.0 0.0.0.255 time-range T
dialer watch-list 1 ip 198.51.100.0 255.255.255.0
dialer watch-list 1 ip 5.6.7.8 0.0.0.0
ip local policy route-map P
route-map P permit 10
 match ip address 101
 set ip next-hop 192.0.2.1
router rip
router ospf 1
 network 203.0.113.0 0.0.0.255 area 0
 passive-interface default
ntp server 198.51.100.9""".splitlines()
)


@given(
    st.lists(_LINES, max_size=40).map("\n".join)
    | st.lists(st.tuples(_WORDS, _GAPS), max_size=60).map(lambda found: "".join(map("".join, found)))
    | st.text(max_size=200)
)
@example(
    "interface Dialer1\n dialer pool 1\n dialer-group 1\nip route 0.0.0.0 0.0.0.0 Dialer1 track 1\n"
    "track 1 list boolean or\n object 1\n"
)
@example("interface Dialer\n dialer persistent\nip route 0.0.0.0 0.0.0.0 Dialer\n")
@settings(max_examples=some(500), deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    from model.fault import NONE
    from model.products.cisco_ios.compose import build
    from model.products.cisco_ios.notes import notes
    from model.products.cisco_ios.product import read as as_product
    from model.products.cisco_ios.suspects import suspects

    try:
        made = read(Path("nowhere/router.cfg"), text)
        assert isinstance(made, Imported)
        assert as_toml(made)
        scenario = as_product(made, {check["claim"] for check in made.data["check"]}, ()).scenario
        build(scenario, NONE)
        assert [notes(scenario), *(suspects(scenario, check) for check in scenario.checks)]
    except InputError:
        return  # refused with a reason, which is what such a text deserves
