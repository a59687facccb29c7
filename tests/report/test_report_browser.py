"""The report in a real browser: it loads without a word of complaint, asks nobody for anything, and works with a keyboard.

It takes Chromium and its driver (Debian: chromium, chromium-driver); where one is missing, these tests are skipped and say so.
"""

import importlib.util
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialproof.report import write
from dialproof.review.session import Review

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

NEEDED = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
MISSING = [name for name, path in NEEDED.items() if path is None] + [
    name for name in ("selenium", "axe_core_python") if importlib.util.find_spec(name) is None
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"no browser to open the report in: {', '.join(MISSING)} not installed")

DESKTOP, PHONE = (1280, 900), (360, 740)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def page(small_review: Review, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report."""
    small_review.project.activate()
    return write(small_review, tmp_path_factory.mktemp("report") / "review.html").as_uri()


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Chrome]":
    """A browser of our own, with a profile of its own, that keeps a log of everything it does."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = str(NEEDED["chromium"])
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=ChromeService(str(NEEDED["chromedriver"])))
    try:
        yield browser
    finally:
        browser.quit()


@pytest.fixture
def opened(chrome: "Chrome", page: str) -> "Callable[..., Chrome]":
    """Opens the report anew, in a window of some size, with what the reader prefers."""

    def open_(size: tuple[int, int] = DESKTOP, place: str = "", **preferred: str) -> "Chrome":
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in preferred.items()]
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        chrome.get("about:blank")
        for kind in ("browser", "performance"):
            chrome.get_log(kind)  # what went before is none of ours
        chrome.get(f"{page}{place}")
        return chrome

    return open_


@contextmanager
def without_scripts(chrome: "Chrome") -> Iterator[None]:
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        yield
    finally:
        chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def press(chrome: "Chrome", *keys: str) -> None:
    """Press keys, one after the other, wherever the focus is."""
    from selenium.webdriver import ActionChains

    for key in keys:
        ActionChains(chrome).send_keys(key).perform()


def run(chrome: "Chrome", script: str, *arguments: object) -> Any:
    """What a script returns."""
    return chrome.execute_script(script, *arguments)


def find(chrome: "Chrome", selector: str) -> "list[WebElement]":
    return chrome.find_elements("css selector", selector)


# --- alone in the world ----------------------------------------------------------------------------------------------


def test_it_loads_without_a_complaint_and_asks_nobody_for_anything(opened: "Callable[..., Chrome]", page: str) -> None:
    chrome = opened()
    time.sleep(0.5)
    assert chrome.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked == [page]
    assert run(chrome, "return performance.getEntriesByType('resource').length") == 0


def test_nothing_that_gets_into_the_page_can_load_or_run(opened: "Callable[..., Chrome]") -> None:
    chrome = opened()
    blocked = chrome.execute_async_script(
        """
        const done = arguments[arguments.length - 1], seen = [];
        addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
        document.body.insertAdjacentHTML("beforeend",
            "<img src='http://127.0.0.1:9/x.png' onerror='window.ran = 1'><p style='color: red'>x</p>");
        const script = document.createElement("script");
        script.textContent = "window.ran = 2";
        document.body.append(script);
        setTimeout(() => done([seen.sort(), window.ran || 0]), 500);
        """
    )
    assert blocked == [["img-src", "script-src-attr", "script-src-elem", "style-src-attr"], 0]


def test_without_a_script_every_step_is_there(opened: "Callable[..., Chrome]", chrome: "Chrome") -> None:
    with without_scripts(chrome):
        opened()
        steps = find(chrome, "[data-step]")
        assert len(steps) > 3
        assert all(step.is_displayed() for step in steps)
        assert not find(chrome, ".stepper-bar")


# --- with a keyboard -------------------------------------------------------------------------------------------------


def test_the_first_key_leads_past_the_contents(opened: "Callable[..., Chrome]") -> None:
    from selenium.webdriver import Keys

    chrome = opened()
    press(chrome, Keys.TAB)
    link = chrome.switch_to.active_element
    assert link.text == "Skip to the summary"
    assert link.rect["y"] >= 0, "a focus that nobody sees"
    press(chrome, Keys.ENTER)
    assert chrome.current_url.endswith("#summary")


def test_the_steps_of_a_loop_are_walked_with_the_keyboard_for_ever(opened: "Callable[..., Chrome]") -> None:
    from selenium.webdriver import Keys

    chrome = opened()
    stepper = next(element for element in find(chrome, "[data-stepper]") if element.get_attribute("data-loop"))
    loop, last = int(str(stepper.get_attribute("data-loop"))), len(stepper.find_elements("css selector", "[data-step]")) - 1

    def at() -> int:
        (shown,) = [step for step in stepper.find_elements("css selector", "[data-step]") if step.is_displayed()]
        assert shown.get_attribute("aria-current") == "step"
        return int(str(shown.get_attribute("data-step")))

    def said() -> str:
        return stepper.find_element("css selector", "[role=status]").text

    back, forward, play, everything = stepper.find_elements("css selector", "button")
    assert (at(), said()) == (0, "Start")
    run(chrome, "arguments[0].focus()", forward)
    press(chrome, Keys.ENTER)
    assert at() == 1
    press(chrome, Keys.ARROW_LEFT)
    assert at() == 0
    press(chrome, Keys.END)
    assert (at(), said()) == (last, f"Step {last} of {last}, in the loop")
    press(chrome, Keys.ARROW_RIGHT)
    assert (at(), said()) == (loop, f"Step {loop} of {last}, in the loop, round 2")
    press(chrome, Keys.ARROW_LEFT)
    assert (at(), said()) == (last, f"Step {last} of {last}, in the loop")
    press(chrome, Keys.HOME)
    assert at() == 0
    press(chrome, Keys.TAB, Keys.TAB)
    slider = chrome.switch_to.active_element
    assert slider.get_attribute("type") == "range"
    press(chrome, Keys.ARROW_RIGHT)
    assert (at(), slider.get_attribute("aria-valuetext")) == (1, said())
    press(chrome, Keys.TAB, Keys.SPACE)
    assert everything.get_attribute("aria-pressed") == "true"
    assert all(step.is_displayed() for step in stepper.find_elements("css selector", "[data-step]"))
    assert back.get_attribute("aria-disabled") == "false"
    assert play.text == "Play"


def test_a_step_is_marked_in_the_drawings_too(opened: "Callable[..., Chrome]") -> None:
    from selenium.webdriver import Keys

    chrome = opened()
    forward = find(chrome, "[data-stepper] button")[1]
    assert not find(chrome, "figure .at")
    run(chrome, "arguments[0].focus()", forward)
    press(chrome, Keys.ENTER)
    marked = {str(element.get_attribute("id")) for element in find(chrome, "figure .at")}
    assert {name.partition("-step-")[0].rpartition("-")[2] for name in marked} == {"sequence", "timeline", "graph"}
    assert all("-step-0" in name for name in marked)


def test_play_walks_by_itself_until_it_is_stopped(opened: "Callable[..., Chrome]") -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    chrome = opened()
    play = find(chrome, "[data-stepper] button")[2]
    status = find(chrome, "[data-stepper] [role=status]")[0]
    run(chrome, "arguments[0].click()", play)
    assert play.text == "Pause"
    WebDriverWait(chrome, 5).until(lambda _: status.text.startswith("Step 1"))
    run(chrome, "arguments[0].click()", play)
    assert play.text == "Play"


def test_tables_are_sorted_with_the_keyboard(opened: "Callable[..., Chrome]") -> None:
    from selenium.webdriver import Keys

    chrome = opened()
    column = "return Array.from(document.querySelectorAll('table.checks tbody tr'), (row) => row.cells[arguments[0]].textContent)"
    heading = next(cell for cell in find(chrome, "table.checks thead th") if cell.text.startswith("Claim"))
    before = run(chrome, column, 1)
    run(chrome, "arguments[0].focus()", heading.find_element("css selector", "button"))
    press(chrome, Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "ascending"
    assert run(chrome, column, 1) == sorted(before) != before
    press(chrome, Keys.SPACE)
    assert heading.get_attribute("aria-sort") == "descending"
    assert run(chrome, column, 1) == sorted(before, reverse=True)
    seconds = find(chrome, "table.checks thead th")[-1]
    run(chrome, "arguments[0].click()", seconds.find_element("css selector", "button"))
    assert heading.get_attribute("aria-sort") is None
    numbers = [float(text) for text in run(chrome, column, len(find(chrome, "table.checks thead th")) - 1)]
    assert numbers == sorted(numbers), "numbers are compared as numbers"


def test_what_a_link_leads_to_is_unfolded(opened: "Callable[..., Chrome]") -> None:
    chrome = opened(place="#run-1-graph")
    (graph,) = find(chrome, "#run-1-graph")
    assert graph.is_displayed()


# --- whoever reads it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_accessibility_checker_finds_nothing(opened: "Callable[..., Chrome]", size: tuple[int, int], scheme: str) -> None:
    import axe_core_python

    chrome = opened(size, prefers_color_scheme=scheme)
    # What is folded up must be in order too.
    run(chrome, "for (const details of document.querySelectorAll('details')) details.open = true")
    run(chrome, (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    result = chrome.execute_async_script(
        """
        const [levels, done] = arguments;
        axe.run({runOnly: {type: "tag", values: levels}}).then(done, (error) => done(String(error)));
        """,
        LEVELS,
    )
    assert isinstance(result, dict), result
    found = [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found[:20])
    assert len(result["passes"]) > 15, "the checker must have looked at something"


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_never_scrolls_sideways(opened: "Callable[..., Chrome]", width: int) -> None:
    chrome = opened((width, 800))
    run(chrome, "for (const details of document.querySelectorAll('details')) details.open = true")
    assert run(chrome, "return document.documentElement.scrollWidth") <= width


def test_whoever_wants_no_motion_gets_none(opened: "Callable[..., Chrome]") -> None:
    behaviour = "return getComputedStyle(document.documentElement).scrollBehavior"
    assert run(opened(prefers_reduced_motion="no-preference"), behaviour) == "smooth"
    assert run(opened(prefers_reduced_motion="reduce"), behaviour) == "auto"


def test_drawings_follow_the_dark(opened: "Callable[..., Chrome]") -> None:
    letter = "return getComputedStyle(document.querySelector('.drawing [class*=look-] use').parentElement).fill"
    light, dark = (run(opened(prefers_color_scheme=scheme), letter) for scheme in ("light", "dark"))
    assert light != dark


def test_on_paper_everything_is_shown(opened: "Callable[..., Chrome]") -> None:
    chrome = opened()
    run(chrome, "dispatchEvent(new Event('beforeprint'))")
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert all(step.is_displayed() for step in find(chrome, "[data-step]"))
    assert all(figure.is_displayed() for figure in find(chrome, "figure"))
    assert not [bar for bar in find(chrome, ".stepper-bar, nav") if bar.is_displayed()]
    run(chrome, "dispatchEvent(new Event('afterprint'))")
    assert not find(chrome, "details[open]")
