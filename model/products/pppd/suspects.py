"""The options that explain why a claim about pppd is violated, in the words of its files, each with its line.

They are read off the file, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.products.pppd.scenario import Link, Scenario
from model.scenario import Check


def suspects(scenario: Scenario, source: TomlSource, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    found = [
        _at(source, name, key, says)
        for name, link in scenario.links.items()
        for key, says in _of(scenario, name, link, check.claim)
    ]
    return list(dict.fromkeys(found))


def _at(source: TomlSource, name: str, key: str, says: str) -> Suspect:
    """A suspect at the line of a key; of a default the line of the link."""
    place = source.key_place(("links", name, key))
    return Suspect(place.file, place.line, says)


def _of(scenario: Scenario, name: str, link: Link, claim: str) -> Iterator[tuple[str, str]]:
    match claim:
        case "queued-demand-is-dialled" if link.demand and link.sync:
            yield "sync", f"`sync` with `demand`: the first packet for `{name}` is not recognised, and nothing is ever dialled"
        case "no-latch":
            yield from _latches(name, link, scenario)
        case "silence-ends-within":
            yield from _silence(name, link)
        case "idle-line-is-released" if not link.idle:
            yield "idle", f"`idle` 0 means never: `{name}` stays up though nothing is sent over it"
        case "line-that-is-up-has-its-route" if link.defaultroute:
            others = ", ".join(f"{other} with the metric {one.metric}" for other, one in scenario.default_routes.items())
            brings = f"`{name}` brings a default route with the metric {link.defaultroute_metric}"
            yield (
                "defaultroute_metric",
                f"{brings}; one that is there already keeps it out ({others}), and nothing puts it in later",
            )
        case "dialled-line-comes-up" if link.peer.penalty > link.holdoff:
            short = f"`holdoff` {link.holdoff} is shorter than the provider's penalty of {link.peer.penalty} s"
            yield "holdoff", f"{short}: each attempt begins it anew; the smallest that is long enough is {link.peer.penalty}"
        case _:
            pass


def _latches(name: str, link: Link, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Why nothing dials any more, or nobody notices that the other side is gone."""
    if not scenario.environment.restarted_when_exited:
        if not link.persists:
            yield "persist", f"without `persist` pppd exits when the link `{name}` has ended, and nothing dials again"
        elif link.maxfail:
            default = " (the default of pppd)" if link.maxfail == Link().maxfail else ""
            yield (
                "maxfail",
                f"`maxfail` {link.maxfail}{default}: after so many failed attempts in a row pppd exits, and nothing dials again",
            )
    if link.echoes is None:
        yield from _silence(name, link)


def _silence(name: str, link: Link) -> Iterator[tuple[str, str]]:
    """Why it is not noticed, or late, that the other side is gone."""
    if not link.peer.may_fall_silent:
        return
    if link.echoes is None:
        key = "lcp_echo_failure" if link.lcp_echo_interval else "lcp_echo_interval"
        says = "`lcp-echo-failure` 0 means never" if link.lcp_echo_interval else "no LCP echoes are sent"
        yield key, f"{says}: if the other side of `{name}` is gone, the link stays up, and carries nothing"
    else:
        least, most = link.echoes
        yield "lcp_echo_failure", f"a silent other side of `{name}` is noticed after {least} to {most} s"
