# ruff: noqa: E501  # tables of what stands in files are read best in long lines
"""Configuration files as nobody should write them: the example files, mutated at random, with marked secrets in them.

A case is a folder with a file to read, and files beside it. The same number gives the same case.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.importing import LARGEST

CONFIGURATIONS = Path(__file__).resolve().parents[1] / "model" / "configurations"
MARK = "hunter2zqx"
"""Stands in every secret of a case, and nowhere else."""

LARGE_EVERY = 5000
"""Every so manieth case has a file of the largest size, or of one byte more."""

_KINDS = ("cisco-ios", "exim", "mwan3", "openwrt-network", "postfix", "pppd", "strongswan")
_SECRETS: Mapping[str, Sequence[str]] = {
    "cisco-ios": (
        " ppp chap password 0 {0}", " ppp pap sent-username u password 7 {0}", "username u password 0 {0}", "enable secret 5 {0}",
        "snmp-server community {0} RO", "crypto isakmp key {0} address 0.0.0.0", " authentication text {0}",
        " ip ospf message-digest-key 1 md5 {0}", " neighbor 192.0.2.9 password {0}", " pre-shared-key {0}", " dialer string {0}",
        " ppp chap hostname {0}", "tacacs-server key {0}", " description {0}",
    ),
    "exim": (
        "  client_send = : user : {0}", "hide mysql_servers = localhost/x/u/{0}", "SECRET = {0}", "# {0}", "dc_password='{0}'",
        "queue_domains = ${{lookup mysql{{select {0}}}}}", "  hosts_try_auth = {0}", "hide ldap_default_servers = \\\n  {0}",
        "* * F,{0},15m", "  route_data = {0}$domain", ".ifdef {0}\n.endif",
    ),
    "mwan3": ("\toption password '{0}'", "\tlist key '{0}'", "# {0}"),
    "openwrt-network": (
        "\toption password '{0}'", "\toption private_key '{0}'", '\toption preshared_key "{0}"', "\toption pincode {0}",
        "\toption username {0}", "\tlist addresses {0}", "\toption pppd_options 'password {0}'", "# {0}",
    ),
    "postfix": ("smtp_sasl_password_maps = static:u:{0}", "x_password = {0}", "# {0}", "relay_key =\n  {0}"),
    "pppd": (
        "password {0}", "password '{0}'", "user {0}", "connect \"chat -v '' {0}\"", "init {0}", "# {0}", "{0}", "pap-secrets {0}",
    ),
    "strongswan": (
        "secrets {{ ike-1 {{ secret = {0} }} }}", 'secrets {{\n  eap {{\n    id = {0}\n    secret = "{0}"\n  }}\n}}', "# {0}",
    ),
}  # fmt: skip
_LINES: Mapping[str, Sequence[str]] = {
    "cisco-ios": (
        "ip route 0.0.0.0 0.0.0.0 Dialer1 {n} track {n}", "track {n} list boolean and", " object {n} not", "ip sla {n}",
        "interface Dialer{n}", " dialer idle-timeout {n}", " ip address 192.0.2.{n} 255.255.255.{n}", "banner motd {c}",
        "access-list {n} permit tcp any any eq {n}", "ip route {n}.0.0.0 {n}.0.0.0 dhcp", " backup delay {n} {n}", "track {n} {n}",
        "route-map x permit {n}", "ip local policy route-map x", " ip ospf 1 area {n}", "dialer watch-list {n} ip {n}.0.0.0 {n}",
        " certificate {n}", "dialer-list {n} protocol ip list {n}", "router ospf {n}", " ppp ipcp route default", "no {c}",
        "ip access-list extended {c}", " {n} permit ip any any time-range {c}", "no no no", "track timer {c} {n}", "time-range {c}",
        " periodic daily {n}:00 to {n}:00", "ntp server 192.0.2.{n}", " delay up {n} down {n}", " icmp-echo 192.0.2.{n} source-ip {n}",
    ),
    "exim": (
        ".include {f}", ".include_if_exists {f}", ".ifdef {c}", ".else", ".endif", "A{n} = {c}A{n}", "A = AA", "AA = A A A A A", ".elifdef A",
        "queue_domains = {c} : ! {c} : *", "hold_domains = <; {c} ; *", "queue_smtp_domains = +{c}", "domainlist a = +a : {c}", "begin {c}",
        "retry_interval_max = {n}{c}", "begin retry", "* * F,{n}h,{n}m", "* * G,{n}d,{n}h,{n}", "begin routers", "{c}:", "driver = manualroute",
        "route_list = {c} {n} ; * 192.0.2.{n}", "route_data = {c}", "domains = {c} : !+a", "queue_only = {c}", "no_queue_only", "not_{c}", "{c}",
        "dc_smarthost='{c}'", "dc_eximconfig_configtype={c}", "dc_use_split_config='true'", "x = \\", "transport = {c}",
    ),
    "mwan3": (
        "config interface '{c}'", "config rule", "config policy '{n}'", "\toption metric '{n}'", "\toption weight {n}", "package {c}",
        "\tlist use_member '{c}'", "\toption reliability '{n}'", "\toption dest_ip '{n}'", "\toption last_resort {c}",
        "\tlist track_ip {n}", "\toption family ipv{n}", "\toption use_policy '{c}'", "\toption proto {c}", "\toption src_ip {c}/{n}",
    ),
    "openwrt-network": (
        "config interface '{c}'", "\toption keepalive '{n} {n}'", "\toption demand {n}", "\toption tunlink '{c}'", "config watchdog {c}",
        "\toption proto 'wireguard'", "\toption proto {c}", "\toption maxfail {n}", "\toption metric {n}", "\toption gateway {n}",
        "config wireguard_{c}", "\toption auto {n}", "config interface wan",
    ),
    "postfix": (
        "default_transport = $default_transport", "a = $a$b", "b = $a$a$a$a", "relayhost = ${{a?{{$b}}:{{{n}}}}}", "relayhost = $b",
        "maximal_backoff_time = {n}{c}", "transport_maps = hash:/etc/passwd, texthash:{c}", "defer_transports = {c}, smtp, $a",
        "transport_maps = hash:$config_directory/../outside/secret, texthash:transport, hash:link, hash:linked/secret",
        "config_directory = ../outside", "relay_domains = {c}", "minimal_backoff_time = {n}", "transport_maps = hash:main.cf",
        "  $b", "default_transport = {c}:{c}", "{c} = {n}", "relayhost = $({c})", "maximal_queue_lifetime = {n}w",
    ),
    "pppd": (
        "file {f}", "call {f}", "file '{f}'", "idle {n}", "maxfail {n}", "holdoff {n}", "demand", "persist", "lcp-echo-interval {n}",
        "active-filter '{p}'", "defaultroute-metric {n}", "nopersist", "sync", "local", "lcp-echo-failure {n}", "{n}", "defaultroute",
        "/dev/{c}", "\\{n}\\x{n}", "maxconnect {n}", "plugin {c}",
    ),
    "strongswan": (
        "include {f}", 'include "{f}"', "include *", "include {c}*[!{c}", "connections {{ {c} {{ children {{ {c} {{ start_action = trap",
        "}}", "{c} : connections.{c}, connections {{", "keyingtries = {n}", "rekey_time = {n}{c}", "dpd_delay = {n}s", '{c} = "',
        "charon {{ retransmit_tries = {n} }}", "retransmit_timeout = {n}", "retransmit_base = nan", "connections : connections {{ }}",
        "start_action = {c}|trap", "reauth_time = {n}",
    ),
}  # fmt: skip
_NUMBERS = (
    "0", "-1", "1", "2", "00", "+5", "255", "256", "65536", "2147483648", "4294967296", "999999999", "9999999999", "1e400", "0x7f",
    "\u00b2", "\u0663", "1" * 400, "9" * 5000, "nan", "inf", "-0", "1_000", "",
)  # fmt: skip
_WORDS = (
    "a", "wan", "site", "net", "Dialer1", "isp", "*", "..", "%s", "{}", "$(id)", "`id`", ";", "^C", "a.b", "\u202eab", "\x00", "\x1b[31m",
    "\ufeff", "\u2028", "\x85", "\x0c", "\r", "x" * 300, "\ud7ff", "\U0001f600", "'", '"', "\\", "#", "true", "none", "smtp", "default",
    "\xa0", "", "e\u0301", "__class__", "links", "check",
)  # fmt: skip
_FILES = (
    "isp", "options", "peers/isp", "swanctl.conf", "../options", "../outside/secret", "/etc/passwd", "link", "linked/secret",
    "linked/*", "../*", "/etc/*", "chain0", ".", "", "//etc/passwd", "peers/../../outside/secret", "/dev/zero", "/proc/self/environ",
    "~/.profile", "main.cf", "x" * 300, "a\x00b", "*.conf", "*", "sub/../link", "loop", "fifo",
)  # fmt: skip
_FILTERS = (
    "(" * 60 + "a" + ")" * 60, "not " * 500 + "a", "tcp[13] & 4 != 0 or icmp and udp", "(" * 900, "a or " * 400, "!(a and (b or c",
    "[" * 200, "((a) + b) and " * 60 + "c",
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """A case: its `kind`, where the file lies below the folder, what it and the files beside it hold, and how it was made."""

    kind: str
    path: str
    files: Mapping[str, bytes]
    how: tuple[str, ...]


@cache
def examples() -> Mapping[str, Sequence[tuple[str, Mapping[str, bytes]]]]:
    """Of each kind the example files, each with its path below a folder, and with the files beside it."""
    found: dict[str, list[tuple[str, Mapping[str, bytes]]]] = {kind: [] for kind in _KINDS}
    for kind, cases in found.items():
        for one in sorted((CONFIGURATIONS / kind).iterdir()):
            if one.suffix == ".toml":
                continue
            if one.is_file():
                cases.append((one.name, {one.name: one.read_bytes()}))
                continue
            files = {str(file.relative_to(one)): file.read_bytes() for file in sorted(one.rglob("*")) if file.is_file()}
            mains = [
                name
                for name in files
                if name in {"exim4.conf", "main.cf", "swanctl.conf", "network", "update-exim4.conf.conf"}
                or name.startswith("peers/")
            ]
            cases += [(name, files) for name in mains]
    return found


def hostile(number: int) -> Hostile:
    """The case of that number."""
    chance = random.Random(number)  # noqa: S311  # nothing is kept secret with it
    kind = _KINDS[number % len(_KINDS)]
    path, given = chance.choice(examples()[kind])
    files = dict(given)
    how = []
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        name = path if chance.random() < 0.8 else chance.choice(sorted(files))
        mutate = chance.choice(_MUTATIONS)
        files[name] = mutate(chance, files[name], kind)
        how.append(f"{mutate.__name__.strip('_')} in {name}")
    if kind == "mwan3" and chance.random() < 0.3:
        files["network"] = _own_line(chance, chance.choice(examples()["openwrt-network"])[1]["network"], "mwan3")
    files |= _beside(chance, kind, path)
    for name in (path, *chance.sample(sorted(files), 1)):
        files[name] = _with_secrets(chance, files[name], kind, has_settings=name != "transport")
    if number // len(_KINDS) % (LARGE_EVERY // len(_KINDS)) == 0:
        size = LARGEST + chance.choice((0, 0, 1))
        files[path] = _filled(chance, files[path], size, kind)
        how.append(f"{size} bytes")
    return Hostile(kind, path, files, tuple(how))


def _beside(chance: random.Random, kind: str, path: str) -> dict[str, bytes]:
    """Files that include each other, in a chain and in a circle."""
    if kind not in {"exim", "pppd", "strongswan"} or chance.random() < 0.7:
        return {}
    folder = f"{path.rpartition('/')[0]}/".removeprefix("/")
    word = {"exim": ".include", "pppd": "file", "strongswan": "include"}[kind]
    chain = {f"{folder}chain{at}": f"{word} chain{at + 1}\n{word} chain{at + 1}\n".encode() for at in range(30)}
    own = path.rpartition("/")[2]
    return chain | {f"{folder}loop": f"{word} loop\n{word} {own}\n{word} *\n{word} ../outside/secret\n".encode()}


def _with_secrets(chance: random.Random, content: bytes, kind: str, *, has_settings: bool) -> bytes:
    """The same with a secret as lines of their own, as such files have them."""
    lines = content.split(b"\n")
    said = chance.choice(_SECRETS[kind] if has_settings else ("# {0}", "# x {0}")).format(MARK)
    at = len(lines) if kind == "strongswan" else chance.randrange(len(lines) + 1)
    lines.insert(at, said.encode())
    return b"\n".join(lines)


def _filled(chance: random.Random, content: bytes, size: int, kind: str) -> bytes:
    """A file of that size, most of which is one thing again and again."""
    unit = chance.choice(
        (
            b"\n", b" ", b"(", b"{", b"'", b"\\", b"#", b"a", b"1", b"$a", b"a b ", b" \n", b"a\n", b"x = 1\n", b"a {\n", b"a {\n}\n", b"${", b";",
            b"config interface x\n", b"option a b\n", b"interface A1", b"interface Dialer1\n ip address negotiated\n",
            b"ip route 0.0.0.0 0.0.0.0 Dialer1\n", b"config", b"idle 1\n", b"connections ", b"option proto ", b"x\\\n", b"\xff", b"\r",
            b"access-list 1 permit any\n", b"config policy 'a'\nconfig policy 'b'\n", b"banner a b\n", content + b"\n",
        )
    )  # fmt: skip
    del kind
    before, after = (content, b"") if chance.random() < 0.5 else (b"", content)
    room = max(0, size - len(content) - 1)
    return (before + b"\n" * bool(before) + (unit * (room // len(unit) + 1))[:room] + b"\n" * (not before) + after)[:size]


def _flip(chance: random.Random, content: bytes, _kind: str) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _put_bytes(chance: random.Random, content: bytes, _kind: str) -> bytes:
    """Bytes that are no UTF-8, control characters, and marks that change the direction."""
    said = chance.choice((*_WORDS, *_NUMBERS)).encode() if chance.random() < 0.8 else chance.randbytes(3)
    at = chance.randrange(len(content) + 1)
    return content[:at] + said + content[at:]


def _cut(chance: random.Random, content: bytes, _kind: str) -> bytes:
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:first] if chance.random() < 0.5 else content[:first] + content[last:]


def _swap(chance: random.Random, content: bytes, _kind: str) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _delete(chance: random.Random, content: bytes, _kind: str) -> bytes:
    lines = content.split(b"\n")
    del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


def _again(chance: random.Random, content: bytes, _kind: str) -> bytes:
    lines = content.split(b"\n")
    first = chance.randrange(len(lines))
    block = lines[first : first + chance.randint(1, 12)]
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = block * chance.choice((1, 1, 2, 30))
    return b"\n".join(lines)


def _splice(chance: random.Random, content: bytes, kind: str) -> bytes:
    """A word of another file, in place of one of this."""
    words, line = content.split(b" "), b" ".join(_some_lines(chance, kind, 3))
    others = line.split() or [b""]
    words[chance.randrange(len(words))] = chance.choice(others)
    return b" ".join(words)


def _mix(chance: random.Random, content: bytes, kind: str) -> bytes:
    """Lines of another file, mostly of the same kind."""
    lines = content.split(b"\n")
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = _some_lines(chance, kind, chance.randint(1, 25))
    return b"\n".join(lines)


def _some_lines(chance: random.Random, kind: str, number: int) -> list[bytes]:
    other = kind if chance.random() < 0.7 else chance.choice(_KINDS)
    lines = chance.choice(sorted(chance.choice(examples()[other])[1].values())).split(b"\n")
    first = chance.randrange(len(lines))
    return lines[first : first + number]


def _own_line(chance: random.Random, content: bytes, kind: str) -> bytes:
    """Lines that the kind reads, with numbers and names that nobody expects."""
    lines = content.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        said = chance.choice(_LINES[kind]).format(
            n=chance.choice(_NUMBERS) if chance.random() < 0.5 else chance.randint(0, 12),
            c=chance.choice(_WORDS), f=chance.choice(_FILES), p=chance.choice(_FILTERS),
        )  # fmt: skip
        lines.insert(chance.randrange(len(lines) + 1), said.encode())
    return b"\n".join(lines)


def _number(chance: random.Random, content: bytes, _kind: str) -> bytes:
    """Another number in place of one of the file."""
    words = content.split(b" ")
    having = [at for at, word in enumerate(words) if any(48 <= sign <= 57 for sign in word)]
    if having:
        at = chance.choice(having)
        kept = words[at].lstrip(b"'\"0123456789")
        words[at] = words[at][: len(words[at]) - len(kept)].rstrip(b"0123456789") + chance.choice(_NUMBERS).encode() + kept
    return b" ".join(words)


def _long_line(chance: random.Random, content: bytes, _kind: str) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    unit = chance.choice(
        (b"x", b" x", b"1", b"(", b"[", b"{", b"$", b"${a}", b"'", b"\\", b" not", b"a,", b"\xc3\xa9", lines[at] or b"y")
    )
    lines[at] += unit * chance.choice((100, 1000, 6000))
    return b"\n".join(lines)


def _nest(chance: random.Random, content: bytes, kind: str) -> bytes:
    depth = chance.choice((5, 19, 20, 21, 60, 2000))
    lines = content.split(b"\n")
    if kind == "cisco-ios":
        block = [b" " * at + b"interface Dialer1" for at in range(depth)]
    elif kind == "strongswan":
        block = [b"a {"] * depth + [b"}"] * chance.choice((depth, depth, depth - 1, depth + 1))
    else:
        block = [b"x = " + b"${a?{" * depth + b"}}" * depth, b"active-filter '" + b"(" * depth + b"a" + b")" * depth + b"'"]
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = block
    return b"\n".join(lines)


def _line_ends(chance: random.Random, content: bytes, _kind: str) -> bytes:
    return content.replace(
        b"\n", chance.choice((b"\r\n", b"\r", b"\n\r", b"\n\n", b"\x0b", b"\x0c", b"\xc2\x85", b"\xe2\x80\xa8"))
    )


def _encoding(chance: random.Random, content: bytes, _kind: str) -> bytes:
    text = content.decode("utf-8", "replace")
    return chance.choice((text.encode("utf-16"), b"\xef\xbb\xbf" + content, content + b"\xff\xfe", text.encode("utf-32"), b""))


_MUTATIONS: Sequence[Callable[[random.Random, bytes, str], bytes]] = (
    _flip, _put_bytes, _put_bytes, _cut, _swap, _delete, _again, _splice, _splice, _mix, _own_line, _own_line, _own_line, _number, _number,
    _long_line, _nest, _line_ends, _encoding,
)  # fmt: skip
