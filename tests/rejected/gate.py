"""A model as small as a corruption needs it: a caller rings, a gate is opened by a porter, and a lock may jam.

Every claim has a proof of another kind. The scenario says whether the porter is `attentive` (opening is fair) or not.
"""

from collections.abc import Sequence
from pathlib import Path

import z3

from dialproof import Action, Assumption, Claim, Fairness, System, VerificationProject, boolean, choice
from dialproof.core.actions import taken
from dialproof.core.claims import OneSystem
from dialproof.core.plan import PlannedCheck
from dialproof.ltl import always, eventually, leads_to
from dialproof.project import toml_source

gate = choice("gate", ["shut", "open", "lost", "jammed"])
ringing = boolean("ringing")
lamp = boolean("lamp")


def system(attentive: bool, *assumptions: Assumption) -> System:
    """The gate. No key is ever lost; were it, the lock would jam in the next step, so that k-induction needs two."""
    fair = Fairness.WEAK if attentive else Fairness.NONE
    has_key = gate != gate.lost
    actions = [
        Action("ring", z3.And(has_key, z3.Not(ringing)), {ringing: True}),
        Action("open", z3.And(ringing, gate == gate.shut), {gate: gate.open}, fair),
        Action("close", gate == gate.open, {gate: gate.shut, ringing: False}, Fairness.WEAK),
        Action("jam", gate == gate.lost, {gate: gate.jammed}),
        Action("light", z3.And(has_key, z3.Not(lamp)), {lamp: True}, Fairness.WEAK),
        Action("wait", has_key, {}),
    ]
    return System("gate", [gate, ringing, lamp], z3.And(gate == gate.shut, z3.Not(ringing)), actions, assumptions)


def claims() -> dict[str, Claim]:
    """What is claimed of it, by name."""
    opened = leads_to(ringing, gate == gate.open)
    shut = leads_to(gate == gate.open, gate == gate.shut)
    found = [
        Claim("gate-is-opened", opened, "Whoever rings gets in."),
        Claim("gate-is-opened-and-shut", z3.And(opened, shut), "Whoever rings gets in, and the gate is shut again."),
        Claim("lamp-is-lit", always(eventually(lamp)), "The lamp is lit."),
        Claim("lock-never-jams", always(gate != gate.jammed), "The lock never jams."),
        Claim("gate-is-opened-again", always(eventually(gate == gate.open)), "The gate is opened again and again."),
        Claim("caller-leaves", leads_to(ringing, z3.Not(ringing)), "Whoever rings is let in, and leaves again."),
        Claim("gate-stays-shut", always(gate == gate.shut), "The gate stays shut."),
    ]
    return {claim.name: claim for claim in found}


def plan(path: str | Path) -> list[PlannedCheck]:
    """Each claim about the gate; the last but one under an assumption, and the first under the causes of a fault too."""
    data = toml_source.read(Path(path)).data
    attentive = data["attentive"]
    callers = Assumption("callers come", always(eventually(taken("ring"))), "there is always another caller")
    found = []
    for name, claim in claims().items():
        plain = system(attentive, *([callers] if name == "gate-is-opened-again" else []))
        variants = [OneSystem("none", plain, claim)]
        if name == "gate-is-opened":
            variants.append(OneSystem("sleepy-porter", system(attentive=False), claim))
        found += [PlannedCheck(str(path), 1, name, None, (variant,)) for variant in variants]
    return found


class Gate(VerificationProject):
    """What the certificates in this folder are about."""

    def checks(self, path: Path) -> Sequence[PlannedCheck]:
        """Those of `plan`."""
        return plan(path)


PROJECT = Gate()
