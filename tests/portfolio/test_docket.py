"""The docket: no question is left behind, whatever else is open."""

from collections.abc import Iterator

import z3

from dialproof import Action, Fairness, System, integer
from dialproof.core.verdict import Unknown
from dialproof.encode.problem import Problem
from dialproof.portfolio.case import Case
from dialproof.portfolio.docket import Docket
from dialproof.portfolio.jobs import Job, Questions, range_job

COUNT = integer("count", 0, 3)


def job(most: int) -> Job:
    step = Action("step", most > COUNT, {COUNT: COUNT + 1}, Fairness.WEAK)
    return Job(Problem(System("counter", [COUNT], COUNT == 0, [step]), z3.BoolVal(True)))


def asked_one_by_one(number: int) -> Questions:
    """Questions of which the next one is asked when there is room for it."""

    def more() -> Iterator[None]:
        for most in range(1, number + 1):
            questions.ask(job(most))
            yield

    questions = Questions(more=more())
    return questions


def case(number: int, asked: Job) -> Case:
    return Case(number, asked, [], asked.problem.packed)


def test_cases_about_ranges_do_not_keep_questions_out() -> None:
    """Once they did: if only such cases were open, it looked as if all were answered, and the rest was forgotten."""
    docket, questions = Docket(), asked_one_by_one(2)
    docket.take_in(questions, case, 1)
    (first,) = docket.open
    docket.add_for(first, case, range_job(first.job.problem))
    docket.take_in(questions, case, 1)
    assert [one.asked_for for one in docket.cases] == [None, first.number], "there is room for one question"
    first.settled = Unknown("it is enough for a test")
    assert docket.is_done
    assert not questions.are_all_taken
    docket.take_in(questions, case, 1)
    assert len(docket.cases) == 3
    assert not docket.is_done
    assert questions.are_all_taken
