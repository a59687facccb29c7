"""How much the tests try: in `make test` a part of what `make test-long` tries, which takes hours."""

import os

import pytest

THOROUGH = os.environ.get("DIALPROOF_TESTS") == "thorough"
"""Everything is tried: the environment says DIALPROOF_TESTS=thorough."""

PART = 8
"""In the ordinary tests one of so many random cases is tried."""

LEAST = 8
"""So many random cases are tried at least."""

LEFT = "takes long; run with DIALPROOF_TESTS=thorough, as `make test-long` does"
"""Why a test is skipped that is left to the long run."""

long = pytest.mark.skipif(not THOROUGH, reason=LEFT)
"""Marks a test, or a case of one, that is left to the long run. Another one of its kind must stay in the ordinary tests."""


def some(number: int) -> int:
    """How many random cases to try, where the long run tries `number`."""
    return number if THOROUGH else min(number, max(number // PART, LEAST))
