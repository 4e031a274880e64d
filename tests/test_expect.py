"""What a student is shown of a comparison: short, and never the same twice where something differs."""

import pytest
import torch

from grader.errors import Failed
from grader.judge import expect

LONG = [float(number) for number in range(30)]


def shown(compare, got, want):
    with pytest.raises(Failed) as failure:
        compare(got, want, "the answer")
    return failure.value.expected, failure.value.actual


@pytest.mark.parametrize("compare", [expect.close, expect.equal])
def test_a_difference_behind_what_is_shown_is_shown_all_the_same(compare):
    got = [*LONG[:20], 99.0, *LONG[21:]]
    wanted, told = shown(compare, got, LONG)
    assert wanted.endswith("…]; 20 at [20]") and told.endswith("…]; 99 at [20]")


def test_so_it_is_in_a_tensor():
    want = torch.arange(12.0).reshape(3, 4)
    got = want.clone()
    got[2, 1] = -1
    wanted, told = shown(expect.close, got, want)
    assert wanted.endswith("; 9 at [2, 1]") and told.endswith("; -1 at [2, 1]")


@pytest.mark.parametrize("compare", [expect.close, expect.equal])
def test_what_is_shown_whole_is_not_said_again(compare):
    assert shown(compare, [1.0, 2.0], [1.0, 3.0]) == ("[1, 3]", "[1, 2]")


def test_lists_of_other_lengths_have_no_first_difference():
    wanted, told = shown(expect.equal, LONG[:20], LONG)
    assert wanted.endswith("…]") and told.endswith("…]")
