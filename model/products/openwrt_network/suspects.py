"""The options that explain why a claim about OpenWrt's network is violated, in the words of the file, each with its line.

They are read off the file, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.products.openwrt_network.scenario import Interface, Scenario
from model.scenario import Check


def suspects(scenario: Scenario, source: TomlSource, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    found = []
    for name, one in scenario.dialled.items():
        for key, says in _of(scenario, name, one, check.claim):
            place = source.key_place(("interface", name, key))
            found.append(Suspect(place.file, place.line, says))
    return list(dict.fromkeys(found))


def _of(scenario: Scenario, name: str, one: Interface, claim: str) -> Iterator[tuple[str, str]]:
    match claim:
        case "no-latch":
            if one.blocks:
                yield (
                    "authfail",
                    f"`authfail`: one refused login (status 11 or 19 of pppd) blocks `{name}` until somebody starts it",
                )
            if one.is_by_pppd and one.noticed is None:
                zero = f"`keepalive {one.keepalive}` asks for nothing"
                yield (
                    "keepalive",
                    f"{zero}: if the other side of `{name}` is gone, the line stays up for ever, and carries nothing",
                )
        case "refused-login-is-not-tried-again" if one.blocks:
            other = "the same refusal can end pppd with status 8 or 16, by the order of two packets"
            yield (
                "authfail",
                f"`authfail` blocks `{name}` by status 11 or 19 alone; {other}: then it is dialled at once, for ever",
            )
        case "silence-ends-within" if one.is_by_pppd:
            yield "keepalive", _order(name, one)
        case "stopped-line-stays-stopped" if one.watchdog and not one.auto:
            yield (
                "watchdog",
                f"what watches `{name}` starts it whenever it is down, though `auto 0` says that it is down on purpose",
            )
        case "line-over-a-line-comes-back" if one.is_over_others and scenario.ways_of(name):
            ways = ", ".join(f"`{way}` (metric {scenario.interface[way].metric})" for way in scenario.ways_of(name))
            yield "proto", f"`{name}` ({one.proto}) goes over {ways}, and ends with what it goes over"
        case _:
            pass


def _order(name: str, one: Interface) -> str:
    """What the two numbers of keepalive come to."""
    if one.noticed is None or one.echoes is None:
        return f"`keepalive {one.keepalive}` asks for nothing: a dead `{name}` is never found dead"
    failures, interval = one.echoes
    least, most = one.noticed
    numbers = f"`keepalive '{one.keepalive}'` is {failures} failures, {interval} s apart (failures come first)"
    return f"{numbers}: a dead `{name}` is found dead after {least} to {most} s"
