"""Samples of similar tests: every n-th one is fast, the others are slow.

    @pytest.mark.parametrize("what", sampled(WRONG, one_in=3))

``make test SAMPLE=4`` makes every sample four times as large and also runs the tests marked ``thorough``, as
``.ci/run`` does. ``make test-slow`` runs the tests that ``make test`` leaves out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest

SIZE = float(os.environ.get("COURSE_TEST_SAMPLE") or 1)


def thorough(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test of some seconds that rarely finds more than similar ones: slow, unless the samples are large."""
    return test if SIZE >= 2 else pytest.mark.slow(test)


def sampled(params: Iterable[Any], one_in: int) -> list[Any]:
    """Return all parameters, with those outside the sample marked slow. Neighbours are alike, so every n-th is taken.

    Args:
        params: as for ``pytest.mark.parametrize``, at least one.
        one_in: 3 for a third of them, if SAMPLE is 1.
    """
    step, chosen = max(1, round(one_in / SIZE)), []
    for place, param in enumerate(params):
        values, marks, name = param if isinstance(param, type(pytest.param())) else (param, (), None)
        values = values if isinstance(values, tuple) else (values,)
        chosen.append(pytest.param(*values, marks=(*marks, *([pytest.mark.slow] if place % step else [])), id=name))
    assert chosen, "a sample of nothing"
    return chosen
