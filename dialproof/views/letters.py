"""Letters that stand for sentences if a picture has no room for them; a key below the picture explains them."""

from collections.abc import Iterable
from itertools import count, islice, product
from string import ascii_lowercase


def lettered(names: Iterable[str]) -> dict[str, str]:
    """A letter for each of `names`, in order of first appearance: a to z, then aa, ab, ..."""
    different = list(dict.fromkeys(names))
    letters = ("".join(letters) for length in count(1) for letters in product(ascii_lowercase, repeat=length))
    return dict(zip(different, islice(letters, len(different)), strict=True))
