"""Small systems after public TLA+ specifications, whose state counts their authors recorded: github.com/tlaplus/Examples.

Modelled anew from what those specifications say, in their folders under `specifications/`:

    Moving_Cat_Puzzle                   a cat moves to a neighbouring box each night (CatOddBoxes: 5 boxes, CatEvenBoxes: 6)
    DiningPhilosophers                  Chandy and Misra's solution, with forks that are clean or dirty; 5 philosophers
    ewd840                              Dijkstra's detection of termination on a ring (EWD 840), with 4 nodes
    SpecifyingSystems/Liveness          LiveHourClock, from Lamport's book "Specifying Systems"

A run there may stutter at any time, so each system here has an action `idle` without fairness, which is always possible: without
it a system would make progress for free. Weak fairness there is of steps that change something; so an action is not
possible here where it would change nothing.
"""

from dataclasses import dataclass

import z3

from dialproof.core.actions import Action, Assumption, Fairness, Update, enabled, taken
from dialproof.core.system import System
from dialproof.core.variables import Boolean, Choice, Integer, StateVariable, boolean, choice, integer
from dialproof.ltl import always, eventually, leads_to

IDLE = Action("idle", z3.BoolVal(True), {})
"""A stuttering step."""


@dataclass(frozen=True, eq=False)
class Specification:
    """A system, the number of its reachable `states` that its source records, and claims by name, which hold or are violated."""

    system: System
    states: int
    holds: dict[str, z3.BoolRef]
    violated: dict[str, z3.BoolRef]


def cat(n_boxes: int, fairness: Fairness = Fairness.WEAK) -> Specification:
    """A cat hides in one of the boxes in a row, and moves to a neighbour each night. Each morning one box is opened.

    We go to and fro between the second box and the last but one, and look twice where we turn. In the source fairness is of the
    cat's move; as it moves in each step, that is fairness of the night.
    """
    hides, opened = integer("cat", 1, n_boxes), integer("opened", 2, n_boxes - 1)
    rightwards, moves_right = boolean("rightwards"), boolean("moves_right")
    target = z3.If(moves_right, hides + 1, hides - 1)
    following = z3.If(rightwards, opened + 1, opened - 1)
    goes_on = z3.And(following >= 2, following <= n_boxes - 1)  # the second box
    updates: dict[StateVariable, Update] = {
        hides: target,
        opened: z3.If(goes_on, following, opened),
        rightwards: rightwards == goes_on,
    }
    night = Action("night", z3.And(target >= 1, target <= n_boxes), updates, fairness, parameters=(moves_right,))
    system = System(f"a cat in one of {n_boxes} boxes", [hides, opened, rightwards], z3.BoolVal(True), [night, IDLE])
    found = opened == hides
    return Specification(
        system,
        states=2 * n_boxes * (n_boxes - 2),
        holds={"the cat is found": eventually(found)},
        violated={
            "the cat is found on the way back": eventually(z3.And(found, z3.Not(rightwards))),
            "once found, the cat is found each morning": always(z3.Implies(found, always(found))),
        },
    )


def philosophers(fairness: Fairness = Fairness.WEAK, n: int = 5) -> Specification:
    """So many philosophers; each fork is held by one of its neighbours, and is dirty after a meal.

    Dirty forks are cleaned and handed on. A philosopher in the loop hands on a dirty fork (the left one first), and then, if
    hungry and able to eat, goes to eat, or, if not hungry, to think. In the source each is one process with weak fairness.
    """
    people = range(n)
    holders = [integer(f"holder {fork}", 0, n - 1) for fork in people]
    clean = [boolean(f"clean {fork}") for fork in people]
    hungry = [boolean(f"hungry {person}") for person in people]
    places = [choice(f"place {person}", ("loop", "eat", "think")) for person in people]
    actions = [_philosopher(person, holders, clean, hungry[person], places[person], fairness) for person in people]
    lowest = [0, 0, *range(2, n)]  # each fork starts with the lowest of its neighbours
    init = z3.And(
        *(holder == person for holder, person in zip(holders, lowest, strict=True)),
        *(z3.Not(flag) for flag in clean),
        *(place == place.loop for place in places),
        *hungry,
    )
    system = System("dining philosophers", [*holders, *clean, *hungry, *places], init, [*actions, IDLE])
    eats = [place == place.eat for place in places]
    together = [z3.And(one, eats[person - 1]) for person, one in enumerate(eats)]
    return Specification(
        system,
        states=67,
        holds={
            "neighbours never eat together": always(z3.Not(z3.Or(together))),
            "nobody starves": z3.And([always(eventually(z3.Not(one))) for one in hungry]),
        },
        violated={
            "all are full at once, now and again": always(eventually(z3.Not(z3.Or(hungry)))),
            "in the end nobody is hungry any more": eventually(always(z3.Not(z3.Or(hungry)))),
        },
    )


def _philosopher(
    person: int, holders: list[Integer], clean: list[Boolean], hungry: Boolean, place: Choice, fairness: Fairness
) -> Action:
    n = len(holders)
    left, right = person, (person + 1) % n
    loops, eats = place == place.loop, place == place.eat
    gives_left = z3.And(holders[left] == person, z3.Not(clean[left]))
    gives_right = z3.And(z3.Not(gives_left), holders[right] == person, z3.Not(clean[right]))
    can_eat = z3.And(holders[left] == person, holders[right] == person, clean[left], clean[right])
    onward = z3.If(hungry, z3.If(can_eat, place.eat, place.loop), place.think)
    return Action(
        f"philosopher {person}",
        z3.Or(z3.Not(loops), gives_left, gives_right, z3.Not(hungry), can_eat),
        {
            holders[left]: z3.If(z3.And(loops, gives_left), (person - 1) % n, holders[left]),
            holders[right]: z3.If(z3.And(loops, gives_right), (person + 1) % n, holders[right]),
            clean[left]: z3.If(loops, z3.Or(clean[left], gives_left), z3.And(clean[left], z3.Not(eats))),
            clean[right]: z3.If(loops, z3.Or(clean[right], gives_right), z3.And(clean[right], z3.Not(eats))),
            hungry: z3.If(loops, hungry, z3.Not(eats)),
            place: z3.If(loops, onward, place.loop),
        },
        fairness,
    )


def termination_detection(n_nodes: int = 4) -> Specification:
    """EWD 840: a token goes round from the highest node to the lowest; it comes back white only if all nodes are passive.

    In the source weak fairness is of all that the token does together. At any time one of these actions at most is possible, and
    no other action moves the token, so that fairness of each says the same. The initial position of the token is any.
    """
    nodes = range(n_nodes)
    active = [boolean(f"active {node}") for node in nodes]
    black = [boolean(f"black {node}") for node in nodes]
    token, token_black = integer("token", 0, n_nodes - 1), boolean("token is black")
    again = z3.And(token == 0, z3.Or(token_black, black[0]))
    updates: dict[StateVariable, Update] = {token: n_nodes - 1, token_black: False, black[0]: False}
    probing = [Action("initiate probe", again, updates, Fairness.WEAK)]
    probing += [
        Action(
            f"pass token from {node}",
            z3.And(token == node, z3.Or(z3.Not(active[node]), black[node], token_black)),
            {token: node - 1, token_black: z3.Or(token_black, black[node]), black[node]: False},
            Fairness.WEAK,
        )
        for node in nodes[1:]
    ]
    sending = [
        Action(
            f"send from {node} to {other}",
            z3.And(active[node], z3.Not(z3.And(active[other], black[node]) if other > node else active[other])),
            {active[other]: True, black[node]: True} if other > node else {active[other]: True},
        )
        for node in nodes
        for other in nodes
        if node != other
    ]
    stopping = [Action(f"become passive {node}", active[node], {active[node]: False}) for node in nodes]
    system = System(
        "termination detection", [*active, *black, token, token_black], token_black, [*probing, *sending, *stopping, IDLE]
    )
    terminated = z3.Not(z3.Or(active))
    detected = z3.And(token == 0, z3.Not(token_black), z3.Not(black[0]), z3.Not(active[0]))
    no_messages = eventually(always(z3.Not(z3.Or([taken(one) for one in sending]))))
    return Specification(
        system,
        states=1566,
        holds={
            "what is detected is so": always(z3.Implies(detected, terminated)),
            "termination is detected": leads_to(terminated, detected),
        },
        violated={
            "nodes that are passive now and again are detected": leads_to(
                z3.And([always(eventually(z3.Not(one))) for one in active]), detected
            ),
            "without messages all nodes become passive": z3.Implies(no_messages, eventually(terminated)),
            "the token stays black": always(token_black),
        },
    )


def always_moving(system: System) -> System:
    """The system on whose runs something other than idling happens again and again, or nothing else is possible."""
    others = [action for action in system.actions if action.name != IDLE.name]
    moves = z3.Or(z3.Not(z3.Or([enabled(one) for one in others])), *(taken(one) for one in others))
    return system.assuming(Assumption("something happens", always(eventually(moves)), "weak fairness of the next-state relation"))


def hour_clock(fairness: Fairness = Fairness.WEAK) -> Specification:
    """A clock with an hour hand, which starts anywhere."""
    hour = integer("hour", 1, 12)
    tick = Action("tick", z3.BoolVal(True), {hour: z3.If(hour == 12, 1, hour + 1)}, fairness)  # twelve o'clock
    system = System("hour clock", [hour], z3.BoolVal(True), [tick, IDLE])
    return Specification(
        system,
        states=12,
        holds={
            "it ticks again and again": always(eventually(taken(tick))),
            "each hour comes again and again": z3.And([always(eventually(hour == time)) for time in range(1, 13)]),
            "it shows an hour": always(z3.And(hour >= 1, hour <= 12)),  # twelve o'clock
        },
        violated={
            "in the end it is twelve": eventually(always(hour == 12)),  # twelve o'clock
        },
    )
