"""Every kind of picture looks as it did when somebody last looked at it."""

import numpy as np
import pytest
from PIL import Image

from tests.write_baselines import FOLDER, examples, rendered

_TOLERANCE = 2.0
"""The root of the mean square of what differs in brightness, of 255; a box that moves by a pixel makes more of a difference."""


@pytest.mark.parametrize("name", sorted(examples()))
def test_a_picture_looks_as_it_did(name: str) -> None:
    found = rendered(examples()[name]()).astype(float)
    kept = np.asarray(Image.open(FOLDER / f"{name}.png")).astype(float)
    how = "look at it, and if it is right: python -m tests.write_baselines"
    assert found.shape == kept.shape, f"{name} has another size; {how}"
    difference = float(np.sqrt(np.mean((found - kept) ** 2)))
    assert difference < _TOLERANCE, f"{name} differs by {difference:.1f}; {how}"


def test_a_box_that_moves_by_a_pixel_is_noticed() -> None:
    kept = rendered(examples()["machine"]()).astype(float)
    assert np.sqrt(np.mean((np.roll(kept, 1, axis=1) - kept) ** 2)) > 3 * _TOLERANCE


def test_the_kept_pictures_are_small_and_each_is_compared() -> None:
    kept = sorted(FOLDER.glob("*"))
    assert sorted(path.stem for path in kept) == sorted(examples())
    assert sum(path.stat().st_size for path in kept) < 300_000
