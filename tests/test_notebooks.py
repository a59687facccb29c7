"""The notebooks: their code runs, what they show is what is stored, and nothing large is stored."""

from pathlib import Path

import pytest

from docs import notebooks

LARGEST_PICTURE = 60_000


@pytest.mark.parametrize("path", notebooks.all_notebooks(), ids=lambda path: path.stem)
def test_a_notebook_shows_what_its_code_gives(path: Path) -> None:
    assert notebooks.texts(notebooks.executed(path)) == notebooks.texts(notebooks.read(path)), "run: python -m docs.generate"


@pytest.mark.parametrize("path", notebooks.all_notebooks(), ids=lambda path: path.stem)
def test_every_output_is_small_and_names_no_place(path: Path) -> None:
    for cell in notebooks.read(path)["cells"]:
        for output in cell.get("outputs", []):
            for text in [output.get("text", []), *output.get("data", {}).values()]:
                assert len("".join(text)) < LARGEST_PICTURE
                assert str(notebooks.ROOT) not in "".join(text)


def test_there_is_a_notebook() -> None:
    assert notebooks.all_notebooks()
