"""Systems on unbounded data, with claims that something is reached: which engine decides which.

Those that are `true` are so because of a rank: an unbounded number becomes smaller, a token comes nearer, phases follow each
other. Of the others some are violated only by runs that never repeat a state, which no lasso shows: nobody may decide them.
"""

from dataclasses import dataclass

import z3

from dialproof.core.actions import Action, Assumption, Fairness, taken
from dialproof.core.system import System
from dialproof.core.variables import choice, integer
from dialproof.encode.problem import Problem
from dialproof.ltl import always, eventually, leads_to, once

ALWAYS = z3.BoolVal(True)
count, more, patience = integer("count", 0), integer("more", 0), integer("patience", 0)
phase = choice("phase", ["idle", "dialling", "up"])
size, token, target = integer("size"), integer("token"), integer("target")
now, deadline = integer("now", 0), integer("deadline")

WAIT = Action("wait", ALWAYS, {})
SERVE = Action("serve", count > 0, {count: count - 1}, Fairness.WEAK)
DIAL = Action("dial", z3.And(count > 0, phase == phase.idle), {phase: phase.dialling}, Fairness.WEAK)
ANSWER = Action("answer", phase == phase.dialling, {phase: phase.up}, Fairness.STRONG)
FAIL = Action("fail", phase == phase.dialling, {phase: phase.idle})
SEND = Action("send", z3.And(count > 0, phase == phase.up), {count: count - 1, phase: phase.idle}, Fairness.WEAK)
ARRIVE = Action("arrive", ALWAYS, {count: count + 1})
TICK = Action("tick", ALWAYS, {now: now + 1}, Fairness.WEAK)
PASS = Action("pass", ALWAYS, {token: z3.If(token < size - 1, token + 1, 0)}, Fairness.WEAK)

QUEUE = System("queue", [count], ALWAYS, [SERVE, WAIT])
LINE = System("line", [count, phase], phase == phase.idle, [DIAL, ANSWER, FAIL, SEND, WAIT])
BUSY_LINE = System("busy line", [count, phase], phase == phase.idle, [DIAL, ANSWER, FAIL, SEND, ARRIVE])
RING = System("ring", [size, token, target], z3.And(token >= 0, token < size, target >= 0, target < size), [PASS, WAIT])
CLOCK = System("clock", [now, deadline], ALWAYS, [TICK, WAIT])
TWO_QUEUES = System(
    "two queues",
    [count, more],
    ALWAYS,
    [
        Action("move", count > 0, {count: count - 1, more: more + 2}, Fairness.WEAK),
        Action("use", more > 0, {more: more - 1}, Fairness.WEAK),
        WAIT,
    ],
)
LOSING = System("losing", [count], ALWAYS, [SERVE, ARRIVE])
OFTEN = Assumption("it is served", always(eventually(taken("serve"))), "for the test")
UNFAIR_QUEUE = QUEUE.fair(Fairness.NONE, "serve")


@dataclass(frozen=True, eq=False)
class Entry:
    """A problem; whether `response` proves it; whether it is true; and whether there is a short lasso that violates it."""

    name: str
    problem: Problem
    proved: bool
    true: bool
    has_lasso: bool = False


CATALOGUE = [
    Entry("a queue without arrivals drains", Problem(QUEUE, eventually(count == 0)), True, True),
    Entry("a queue drains, whoever asks later", Problem(QUEUE, leads_to(count == 9, count == 3)), True, True),
    Entry("without fairness it does not", Problem(UNFAIR_QUEUE, eventually(count == 0)), False, False, True),
    Entry("an assumption is as good as fairness", Problem(UNFAIR_QUEUE.assuming(OFTEN), eventually(count == 0)), True, True),
    Entry("a handshake with retries without end", Problem(LINE, leads_to(count > 0, phase == phase.up)), True, True),
    Entry(
        "weak fairness of the answer is too little",
        Problem(LINE.fair(Fairness.WEAK, "answer"), leads_to(count > 0, phase == phase.up)), False, False, True,
    ),
    Entry("a line empties the queue, call by call", Problem(LINE, eventually(count == 0)), True, True),
    Entry("a call comes in spite of arrivals", Problem(BUSY_LINE, leads_to(count > 0, taken("send"))), True, True),
    Entry("with arrivals the queue need not empty", Problem(BUSY_LINE, eventually(count == 0)), False, False, True),
    Entry("a token goes round a ring of any size", Problem(RING, always(eventually(token == target))), True, True),
    Entry("a clock gets to any deadline", Problem(CLOCK, eventually(now >= deadline)), True, True),
    Entry("what is used up is refilled twice", Problem(TWO_QUEUES, eventually(z3.And(count == 0, more == 0))), True, True),
    Entry("a queue that grows as fast as it drains", Problem(LOSING, eventually(count == 0)), False, False, True),
    Entry("what rises for ever comes never down", Problem(CLOCK, eventually(now < 0)), False, False),
    Entry("a memory of the past is part of the state", Problem(QUEUE, leads_to(once(count == 7), count < 3)), True, True),
    Entry("a conjunction, part by part", Problem(LINE, z3.And(leads_to(count > 2, count < 2), always(count >= 0))), True, True),
]  # fmt: skip
