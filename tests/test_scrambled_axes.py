"""An architecture with scrambled axes is caught, and gets no wrong explanation.

Reshape in place of transpose, a softmax or a mean over the wrong axis, a mask along another axis: the shapes are right,
the numbers are plausible, and training goes nowhere. Each entry of ``scrambled_axes.toml`` is an
edit of the reference. ``told`` lists the
explanations that are true of it: a misconception that scrambles in the same way ("States of different texts are mixed
into one score"), or a relation that holds ("the right numbers, in another order").
"""

from __future__ import annotations

import collections

import pytest

from course import paths
from course.compat import tomllib
from tests.merit import grade

pytestmark = pytest.mark.slow

ENTRIES = tomllib.loads((paths.ROOT / "tests/scrambled_axes.toml").read_text(encoding="utf-8"))["scrambled"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['function']}-{entry['what']}")
def test_a_scrambled_axis_is_caught_and_not_called_something_else(entry):
    reference = paths.solution(entry["slug"]).read_text(encoding="utf-8")
    assert reference.count(entry["old"]) == 1
    graded = grade(entry["slug"], entry["function"], reference.replace(entry["old"], entry["new"]))
    assert graded.lost
    assert {part for name in graded.named for part in name.split(" + ")} <= set(entry["told"])


def test_every_architecture_of_both_exercises_has_three():
    counts = collections.Counter(entry["function"] for entry in ENTRIES)
    assert len(counts) >= 15
    assert min(counts.values()) >= 3
