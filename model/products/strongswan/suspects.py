"""The settings that explain why a claim about strongSwan is violated, in the words of its files, each with its line.

They are read off the files, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.plan import Suspect
from model.products.strongswan.child import notices_silence
from model.products.strongswan.scenario import Scenario, Tunnel
from model.scenario import Check


def suspects(scenario: Scenario, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    found: list[Suspect] = []
    for tunnel in scenario.kinds:
        match check.claim:
            case "no-latch" | "queued-demand-is-delivered" | "queued-demand-is-dialled":
                found += _of_nobody(scenario, tunnel)
                found += _of_ends(scenario, tunnel)
                found += _of_silence(scenario, tunnel)
            case "attempts-are-spaced":
                found += _of_attempts(scenario, tunnel)
            case "idle-line-is-released" if not tunnel.child.inactivity:
                says = f"child `{tunnel.name}`: inactivity is 0, so that it is never closed for want of traffic"
                found.append(_at(scenario, tunnel, "inactivity", says))
            case _:
                pass
    return list(dict.fromkeys(found))


def _at(scenario: Scenario, tunnel: Tunnel, key: str, says: str) -> Suspect:
    """A suspect at a key of the child, or else at the child."""
    return Suspect(*scenario.place_of(*map(str, tunnel.path), key), says)


def _of_connection(scenario: Scenario, tunnel: Tunnel, key: str, says: str) -> Suspect:
    """A suspect at a key of the connection, or else at the child."""
    own = (*map(str, tunnel.path[:2]), key)
    place = scenario.place_of(*own)
    return Suspect(*place, says) if place != scenario.place_of(*own[:2]) else _at(scenario, tunnel, key, says)


def _of_nobody(scenario: Scenario, tunnel: Tunnel) -> Iterator[Suspect]:
    """Why what is to bring the tunnel up does nothing."""
    child = tunnel.child
    if not tunnel.connection.remote_known and not (child.transport and "start" not in child.start_action):
        says = f"child `{tunnel.name}`: remote_addrs has no address and no name (%any): this end has nobody to call"
        yield Suspect(*scenario.place_of(*map(str, tunnel.path[:2]), "remote_known"), says)
    if "trap" in child.start_action and not child.policies:
        says = f"child `{tunnel.name}`: policies = no: no traffic finds its trap"
        yield _at(scenario, tunnel, "policies", says)


def _of_ends(scenario: Scenario, tunnel: Tunnel) -> Iterator[Suspect]:
    """How the tunnel comes to be neither trapped nor to be started."""
    child, name = tunnel.effective.child, tunnel.name
    if "trap" in child.start_action or not child.start_action:
        return
    for key, action, when in (
        ("dpd_action", child.dpd_action, "its peer is found dead" if scenario.peer.may_fall_silent else ""),
        ("close_action", child.close_action, "the other end closes it" if scenario.peer.closes_tunnels else ""),
    ):
        if when and not action:
            stated = "clear" if key == "dpd_action" else "none"
            says = f"child `{name}`: {key} is {stated}: when {when}, it is neither trapped nor started again"
            yield _at(scenario, tunnel, key, says)
    if child.inactivity:
        says = f"child `{name}`: inactivity {child.inactivity}s closes it, and without a trap nothing brings it up again"
        yield _at(scenario, tunnel, "inactivity", says)
    if tries := tunnel.connection.keyingtries:
        last = f"{tries} sequence{'' if tries == 1 else 's'} of retransmissions ({scenario.attempt}s each)"
        says = f"child `{name}`: keyingtries is {tries}: after {last} an attempt is given up, and without a trap none follows"
        yield _of_connection(scenario, tunnel, "keyingtries", says)


def _of_silence(scenario: Scenario, tunnel: Tunnel) -> Iterator[Suspect]:
    """Why a dead peer is never noticed."""
    if scenario.peer.may_fall_silent and not notices_silence(tunnel):
        says = f"child `{tunnel.name}`: dpd_delay and rekey_time are 0: a peer that is dead is never noticed"
        yield _of_connection(scenario, tunnel, "dpd_delay", says)


def _of_attempts(scenario: Scenario, tunnel: Tunnel) -> Iterator[Suspect]:
    """Why attempts follow one another at once."""
    charon = scenario.charon
    ladder = (
        f"retransmit_timeout {charon.retransmit_timeout:g}, retransmit_base {charon.retransmit_base:g}, retransmit_tries "
        f"{charon.retransmit_tries}"
    )
    file, line = scenario.place_of("charon")
    yield Suspect(file, line, f"{ladder}: an attempt that is not answered is over after {charon.ladder:g}s")
    if tunnel.connection.keyingtries == 0:
        says = f"child `{tunnel.name}`: keyingtries is 0: the next attempt follows at once, for ever"
        yield _of_connection(scenario, tunnel, "keyingtries", says)
    if "start" in tunnel.child.dpd_action:
        says = f"child `{tunnel.name}`: dpd_action restart dials a dead peer at once"
        yield _at(scenario, tunnel, "dpd_action", says)
