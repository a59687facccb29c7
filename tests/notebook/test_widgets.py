"""The stepper and the menu in a real browser: what somebody does with mouse and keyboard, and what is said aloud.

A page stands in for the notebook: it loads a widget's script as Jupyter does, and keeps the values that both sides share.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.wording import Wording
from dialproof.notebook import Walk, chooser, stepper
from dialproof.review.session import Review
from dialproof.review.what_if import compare
from tests.browser import opened_browser

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

pytest.importorskip("anywidget", reason="anywidget is not installed: widgets are not tested")

WORDS = Wording({"dial": "the line is dialled", "busy": "the number is busy"}, {"line": "the <line>"})
DOWN, DIALLING = State.of({"line": "down", "tries": 0}), State.of({"line": "dialling", "tries": 0})
LASSO = Lasso((Step(Taken("wait"), DOWN),), (Step(Taken("dial"), DOWN), Step(Taken("busy"), DIALLING)))
FINITE = FiniteRun((Step(Taken("dial"), DOWN), Step(None, DIALLING)))

NOTEBOOK = """
    const listeners = {};
    const model = {
      values: VALUES, saved: 0,
      get(key) { return this.values[key]; },
      set(key, value) {
        const before = this.values[key];
        this.values[key] = value;
        if (before !== value) (listeners[key] || []).forEach((f) => f());
      },
      on(event, f) { (listeners[event.slice(7)] ||= []).push(f); },
      off(event, f) { listeners[event.slice(7)] = listeners[event.slice(7)].filter((g) => g !== f); },
      save_changes() { this.saved += 1; },
    };
    window.pressed = [];
    document.addEventListener("keydown", ({ key }) => window.pressed.push(key));
    const source = new Blob([SCRIPT], { type: "text/javascript" });
    import(URL.createObjectURL(source)).then((module) => {
      window.gone = module.default.render({ model, el: document.querySelector("main") });
      window.model = model;
    });
"""


class Page:
    """A page with one widget."""

    def __init__(self, browser: "WebDriver") -> None:
        self.browser = browser

    def find(self, selector: str) -> Any:
        return self.browser.find_element("css selector", selector)

    def button(self, text: str) -> Any:
        return self.browser.find_element("xpath", f"//button[text()='{text}']")

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        ActionChains(self.browser).send_keys(getattr(Keys, key)).perform()

    def run(self, script: str) -> Any:
        return self.browser.execute_script(script)  # type: ignore[no-untyped-call]

    @property
    def said(self) -> str:
        """What a screen reader says of the last move."""
        return str(self.find("[role=status]").text)

    @property
    def steps(self) -> str:
        """The numbers of the steps that are shown."""
        steps = self.browser.find_elements("css selector", "[data-step]")
        return "".join(str(step.get_attribute("data-step")) for step in steps if step.is_displayed())

    @property
    def state(self) -> dict[str, str]:
        rows = self.browser.find_elements("css selector", ".dialproof-state tbody tr")
        return {row.find_element("tag name", "th").text: row.find_element("tag name", "td").text for row in rows}


Shown = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["WebDriver"]:
    with opened_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def shown(browser: "WebDriver", tmp_path: Path) -> Iterator[Shown]:
    """Shows a widget, given the values that the notebook has for it; the browser must have nothing to complain of in the end."""
    from selenium.webdriver.support.wait import WebDriverWait

    def show(widget: Any, **values: Any) -> Page:
        given = json.dumps({"markup": widget.markup, **values}).replace("</", "<\\/")
        module = json.dumps(str(widget.get_state("_esm")["_esm"])).replace("</", "<\\/")
        script = NOTEBOOK.replace("VALUES", given).replace("SCRIPT", module)
        style = widget.get_state().get("_css", "")
        head = f"<meta charset=utf-8><title>a notebook</title><link rel=icon href='data:,'><style>{style}</style>"
        file = tmp_path / "page.html"
        file.write_text(f"<!doctype html><html lang=en>{head}<main></main><script>{script}</script>", encoding="utf-8")
        browser.get(file.as_uri())
        WebDriverWait(browser, 30).until(lambda opened: opened.execute_script("return Boolean(window.model)"))
        return Page(browser)

    yield show
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def stepping(shown: Shown, run: Run, step: int = 0) -> Page:
    return shown(stepper(Walk(run, WORDS)), step=step)


def test_it_begins_at_the_start_and_shows_the_state_there(shown: Shown) -> None:
    page = stepping(shown, LASSO)
    assert (page.steps, page.said) == ("0", "Start")
    assert page.state == {"the <line>": "down", "tries": "0"}


def test_forward_goes_round_the_loop_and_back_comes_the_same_way(shown: Shown) -> None:
    page = stepping(shown, LASSO)
    seen = []
    for _ in range(6):
        page.button("Forward").click()
        seen.append(page.steps)
    assert seen == ["1", "2", "3", "2", "3", "2"]
    assert page.said == "Step 2 of 3, in the loop, round 3"
    for _ in range(6):
        page.button("Back").click()
        seen.append(page.steps)
    assert seen[6:] == ["3", "2", "3", "2", "1", "0"]


def test_the_state_says_what_the_step_has_changed(shown: Shown) -> None:
    page = stepping(shown, LASSO, step=2)
    assert page.state == {"the <line>": "dialling (changed)", "tries": "0"}
    page.button("Forward").click()
    assert page.state["the <line>"] == "down (changed)"
    page.button("Back").click()
    page.button("Back").click()
    assert page.state == {"the <line>": "down", "tries": "0"}


def test_the_arrow_keys_work_wherever_the_focus_is_in_it_and_the_notebook_does_not_take_them(shown: Shown) -> None:
    page = stepping(shown, LASSO)
    for place in ("Forward", "Back", "input"):
        focused = page.find("input") if place == "input" else page.button(place)
        page.browser.execute_script("arguments[0].focus()", focused)  # type: ignore[no-untyped-call]
        for key, step in (("END", "3"), ("HOME", "0"), ("ARROW_RIGHT", "1"), ("ARROW_LEFT", "0"), ("ARROW_RIGHT", "1")):
            page.press(key)
            assert page.steps == step, f"{key} on {place}"
    assert page.run("return window.pressed") == []


def test_everything_is_reached_by_the_tab_key_and_seen_to_have_the_focus(shown: Shown) -> None:
    page = stepping(shown, LASSO)
    reached = []
    for _ in range(5):
        page.press("TAB")
        focus = page.browser.switch_to.active_element
        reached.append(focus.text or focus.get_attribute("aria-label"))
        assert focus.value_of_css_property("outline-style") == "solid"
    assert sorted(str(name) for name in reached) == ["Back", "Forward", "Play", "Show all steps", "Step"]


def test_the_slider_goes_to_a_step_and_says_which(shown: Shown) -> None:
    page = stepping(shown, LASSO)
    page.run("const s = document.querySelector('input'); s.value = 3; s.dispatchEvent(new Event('input'))")
    assert page.steps == "3"
    assert page.find("input").get_attribute("aria-valuetext") == "Step 3 of 3, in the loop"


def test_play_walks_on_and_pause_stops_it(shown: Shown) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    page = stepping(shown, LASSO)
    page.button("Play").click()
    WebDriverWait(page.browser, 30).until(lambda _: page.steps == "2")
    page.button("Pause").click()
    assert page.button("Play").is_displayed()


def test_all_steps_can_be_shown_at_once(shown: Shown) -> None:
    page = stepping(shown, LASSO)
    page.button("Show all steps").click()
    assert page.steps == "0123"


def test_a_finite_run_ends_where_the_claim_is_lost(shown: Shown) -> None:
    page = stepping(shown, FINITE)
    page.button("Forward").click()
    assert page.button("Forward").get_attribute("aria-disabled") == "true"
    page.button("Forward").click()
    assert (page.steps, page.said) == ("1", "Step 1 of 1")


def test_the_notebook_and_the_stepper_follow_each_other(shown: Shown) -> None:
    page = stepping(shown, LASSO, step=2)
    page.button("Forward").click()
    assert page.run("return [model.get('step'), model.saved > 0]") == [3, True]
    page.run("model.set('step', 1)")
    assert page.steps == "1"
    page.run("gone(); model.set('step', 2)")
    assert page.steps == "1", "a view that is gone hears no more"


def test_the_menu_shows_one_review_at_a_time(shown: Shown, small_review: Review) -> None:
    from selenium.webdriver.support.select import Select

    hostile, tame = (
        Review(small_review.project, (scenario,), small_review.of_scenario(scenario), 0.0) for scenario in small_review.scenarios
    )
    page = shown(chooser(compare({"<b>hostile</b>": hostile, "tame": tame})), chosen=0)

    def visible() -> list[str | None]:
        sections = page.browser.find_elements("css selector", "[data-choice]")
        return [section.get_attribute("data-choice") for section in sections if section.is_displayed()]

    assert visible() == ["<b>hostile</b>"]
    Select(page.find("select")).select_by_visible_text("tame")
    assert visible() == ["tame"]
    assert page.run("return model.get('chosen')") == 1
    assert page.run("return document.querySelectorAll('main script, main img, main b').length") == 0
