"""The picture of a log: what happened when, and how many messages waited."""

from typing import TYPE_CHECKING

from dialproof.core.errors import InputError
from dialproof.views.ink import BLACK, FAINT, GREY, LINE, PAGE_WIDTH, STRONG, THIN, TITLE, Face, Stroke
from properties.logs.reading import Conformance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

_MARGIN, _HIGH, _GAP, _LEAST, _TIMES = 20.0, 64.0, 12.0, 2.5, 4
_SMALL = Face(8.5, colour=GREY)
_AXIS, _CURVE, _MARK = Stroke(THIN, 0.6), Stroke(BLACK, 1.2), Stroke(LINE, 5.0)


def draw_log(answer: Conformance, title: str) -> "Figure":
    """What a log shows over time: a curve for each class of mail, a row of marks for each action that was seen.

    Raises InputError if it shows nothing.
    """
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    course = answer.course
    if course is None:
        raise InputError("there is nothing to draw: the log shows no event")
    says = {action.name: action.says or action.name for system in answer.systems for action in system.actions}
    sheet, width = Sheet(), PAGE_WIDTH - 2 * _MARGIN
    spans = 1 + max(span for part in (course.happened, course.came, course.left) for counts in part.values() for span in counts)
    scale = width / spans
    y = sheet.write((_MARGIN, _MARGIN - 4), sheet.wrap(title, TITLE, width), TITLE) + 2
    remark = f"A mark stands for {course.span}. " + (
        "Some run of the model explains every line." if answer.refusal is None else f"Refused: {answer.refusal.why}."
    )
    y = sheet.write((_MARGIN, y), sheet.wrap(remark, FAINT, width), FAINT) + _GAP
    for route in sorted({*course.came, *course.left}):
        y = _waiting(sheet, course.waiting(route), f"mail for {route} that waits", y, scale, spans)
    for action in sorted(course.happened, key=lambda name: says.get(name, name)):
        number = sum(course.happened[action].values())
        times = "once" if number == 1 else f"{number:,} times"
        y = sheet.write((_MARGIN, y), sheet.wrap(f"{says.get(action, action)} ({times})", _SMALL, width), _SMALL) + 4
        sheet.line([(_MARGIN, y), (_MARGIN + width, y)], _AXIS, head=False)
        for span in sorted(course.happened[action]):
            x = _MARGIN + span * scale
            sheet.line([(x, y), (x + max(scale, _LEAST), y)], _MARK, head=False)
        y += _GAP
    for place in range(_TIMES + 1):
        x = _MARGIN + width * place / _TIMES
        sheet.line([(x, y), (x, y + 4)], _AXIS, head=False)
        when = course.begin + course.span * spans * place / _TIMES
        text = when.strftime("%d %b %H:%M:%S")
        across = min(max(x - sheet.width(text, _SMALL) / 2, _MARGIN), PAGE_WIDTH - _MARGIN - sheet.width(text, _SMALL))
        sheet.write((across, y + 5), (text,), _SMALL)
    return sheet.figure(PAGE_WIDTH, y + 5 + _SMALL.pitch + _MARGIN - 6)


def _waiting(sheet: "Sheet", course: list[tuple[int, int]], label: str, y: float, scale: float, spans: int) -> float:
    """Draw how many messages waited; the y below it."""
    most = max((number for _, number in course), default=0)
    y = sheet.write((_MARGIN, y), sheet.wrap(f"{label} (at most {most:,})", STRONG, PAGE_WIDTH - 2 * _MARGIN), STRONG) + 4
    foot = y + _HIGH
    points = [(_MARGIN, foot)]
    for span, number in course:
        x, before = _MARGIN + span * scale, points[-1][1]
        points += [(x, before), (x, foot - _HIGH * number / max(most, 1))]
    points.append((_MARGIN + spans * scale, points[-1][1]))
    sheet.line([(_MARGIN, foot), (_MARGIN + spans * scale, foot)], _AXIS, head=False)
    sheet.line(points, _CURVE, head=False, radius=0)
    return foot + _GAP
