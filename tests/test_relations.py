"""Relations between a wrong answer and the right one: named if they hold, and never by accident."""

import math
import re
import time
from pathlib import Path

import pytest
import torch

from course import paths, syllabus
from grader.judge import diagnose, expect, relations
from grader.judge.relations import Case, relate


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def share(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 0.8 + 0.1


MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 0]])
X = normal(4, 5, 3)
V = normal(7, seed=1)
LOGITS = normal(4, 5, seed=2)
TWO_FULL = torch.cat([MASK[:2], MASK[:1], MASK[3:]])
COUNTS = MASK.sum(1, keepdim=True)
VISIBLE = torch.tensor([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]).repeat(3, 1, 1).bool()


def nan_at(value, *place):
    value = value.clone()
    value[place] = math.nan
    return value


def wrong_at(value, where):
    value = value.clone()
    value[where] += normal(*value[where].shape, seed=9)
    return value


TRUE = [
    ("returns-nothing", None, X, {}),
    ("not-a-number", nan_at(X, 0, 1), X, {}),
    ("parts-in-another-order", [V, X], (X, V), {}),
    ("inside-a-tuple", (X, 3), X, {}),
    ("flat", [5, 0.25, 7, 0.125, 8, 0.5347], [[(5, 0.25), (7, 0.125)], [(8, 0.5347)]], {}),
    ("nested", [[[5, 0.2511], [7, 0.125]]], [[5, 0.2511], [7, 0.125]], {}),
    ("numbers-as-text", "1234", 1234, {}),
    ("extra-axis", X.unsqueeze(1), X, {}),
    ("missing-axis", V, V.unsqueeze(-1), {}),
    ("reshaped", X.flatten(), X, {}),
    ("negative", -X, X, {}),
    ("reciprocal", 1 / X, X, {}),
    ("squared", V**2, V, {}),
    ("root", share(7).sqrt(), share(7), {}),
    ("logarithm", share(7).log(), share(7), {}),
    ("exponential", V.exp(), V, {}),
    ("exponential", math.exp(2.3714), 2.3714, {}),
    ("in-bits", 2.3714 / math.log(2), 2.3714, {}),
    ("percent", 100 * share(6), share(6), {}),
    ("percent", [(3, 56.12345), (9, 21.7)], [(3, 0.5612345), (9, 0.217)], {}),
    ("fraction-of-a-percent", 0.01 * share(6), share(6), {}),
    ("in-thousands", 109.4821, 109_482.1, {}),
    ("in-millions", 109.48224, 109_482_240, {}),
    ("twice", 2 * X, X, {}),
    ("half", X / 2, X, {}),
    ("one-minus", 1 - share(6), share(6), {}),
    ("inverted", ~VISIBLE, VISIBLE, {}),
    ("transposed", X.transpose(1, 2), X, {}),
    ("transposed", VISIBLE.transpose(1, 2), VISIBLE, {}),
    ("axes-in-another-order", X.permute(2, 0, 1), X, {}),
    ("probabilities-instead-of-logits", LOGITS.softmax(-1), LOGITS, {}),
    ("logits-instead-of-probabilities", LOGITS, LOGITS.softmax(-1), {}),
    ("sigmoid-left-out", V, V.sigmoid(), {}),
    ("softmax-over-another-axis", LOGITS.softmax(0), LOGITS.softmax(1), {}),
    ("reversed", V.flip(0), V, {}),
    ("reversed", [9, 31, 17, 45, 26, 77, 12], [12, 77, 26, 45, 17, 31, 9], {}),
    ("halves-exchanged", torch.cat([X[..., 0], X[..., 1]], 1).roll(5, 1), torch.cat([X[..., 0], X[..., 1]], 1), {}),
    ("first-missing", V[1:], V, {}),
    ("last-missing", V[:-1], V, {}),
    ("one-more-in-front", torch.cat([torch.tensor([0.3]), V]), V, {}),
    ("one-more-at-the-end", torch.cat([V, torch.tensor([0.3])]), V, {}),
    ("shifted-back", torch.cat([V[1:], torch.tensor([0.3])]), V, {}),
    ("shifted-on", torch.cat([torch.tensor([0.3]), V[:-1]]), V, {}),
    ("off-by-a-constant", X + 0.37, X, {}),
    ("constant-factor", X * 1.37, X, {}),
    ("zero-everywhere", 0 * X, X, {}),
    ("another-order", V[torch.tensor([3, 1, 6, 0, 2, 5, 4])], V, {}),
    ("multiplied", X[:, 0] * COUNTS, X[:, 0], {"mask": MASK}),
    ("divided", X[:, 0] / COUNTS, X[:, 0], {"mask": MASK}),
    ("multiplied", 2.3714 * 14, 2.3714, {"mask": MASK}),
    ("divided", 2.3714 / 23, 2.3714, {"logits": normal(5, 23)}),
    ("multiplied", X * 7, X, {"r": 7}),
    ("divided", X / 7, X, {"r": 7}),
    ("multiplied", V * math.sqrt(11), V, {"d": 11}),
    ("multiplied", X[:, 0] * COUNTS.sqrt(), X[:, 0], {"mask": MASK}),
    ("of-an-input", X[:, 0], normal(4, 3, seed=7), {"hidden": X}),
    ("of-an-input", X.mean(1), normal(4, 3, seed=7), {"hidden": X, "mask": MASK}),
    ("rounded", 0.617, 0.6172534, {}),
    ("rounded", 61.73, 61.72534, {}),
    ("rounded", {"f1": 0.617, "recall": 0.5}, {"f1": 0.6172534, "recall": 0.5}, {}),
    ("rounded", (X * 100).round() / 100, X, {}),
    ("rounded", (X * 10).round() / 10, X, {}),
    ("low-precision", X.bfloat16(), X, {}),
    ("low-precision", LOGITS.bfloat16().softmax(-1).float(), LOGITS.softmax(-1), {}),
    ("low-precision", LOGITS.half().softmax(-1).float(), LOGITS.softmax(-1), {}),
    ("wrong-where-masked", wrong_at(X, MASK == 0), X, {"mask": MASK}),
    ("wrong-where-padded", wrong_at(X[:, 0], torch.tensor([False, True, False, True])), X[:, 0], {"mask": TWO_FULL}),
    ("first-item-only", wrong_at(X, slice(1, None)), X, {}),
    ("last-item-only", wrong_at(X, slice(0, 3)), X, {}),
    ("last-item-wrong", wrong_at(X, slice(3, 4)), X, {}),
    ("first-item-wrong", wrong_at(X, slice(0, 1)), X, {}),
]


@pytest.mark.parametrize(("name", "got", "want", "inputs"), TRUE)
def test_a_relation_that_holds_is_named(name, got, want, inputs):
    found = relate([Case(got, want, inputs)])
    assert found is not None
    assert found.id == name
    for number in re.findall(r"[\d.]*\d", "" if name in ("rounded", "low-precision") else found.text):
        assert float(number) in (0, 1, 2, 100), "a relation gives no value away"


def test_every_relation_has_a_title():
    assert set(relations.WORDS) | {name for name, *_ in TRUE} <= set(relations.TITLES)
    assert len(set(relations.TITLES.values())) == len(relations.TITLES)
    files = [paths.misconceptions(exercise.slug) for exercise in syllabus.load()]
    named = {one.title for file in files for one in diagnose.load_misconceptions(file)}
    assert len(named) > 1000 and not named & set(relations.TITLES.values()), (
        "a student's edition has relations, and no misconceptions"
    )
    source = Path(relations.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'Relation\(\s*"([a-z-]+)"', source)) <= set(relations.TITLES)


def test_every_relation_has_an_example():
    shown = {name for name, *_ in TRUE}
    only_shapes = {"list-instead-of-tensor", "number-instead-of-tensor"}
    assert set(relations.WORDS) - shown == only_shapes


NEAR = [
    ("one number of one decimal", 0.6, 0.6172534, {}),
    ("rounded up", 0.618, 0.6172534, {}),
    ("an eighth, or rounded", 0.125, 0.1251, {}),
    ("rounded, one element off", torch.cat([(V[:6] * 1000).round() / 1000, V[6:] + 0.01]), V, {}),
    ("short fractions", torch.tensor([0.5, 0.25, 0.75, 1.5]), torch.tensor([0.51, 0.2502, 0.7511, 1.512]), {}),
    ("bfloat16, and wrong by more", (X * 1.5).bfloat16(), X + 0.1, {}),
    ("nothing is not a quotient", 0, 590_592, {"vocab": 3_052_200_000}),
    ("a product of the seed", 2.3714 * 20_260_726, 2.3714, {"seed": 20_260_726}),
    ("negative of small integers", torch.tensor([-1.0, 0.0, 1.0]), torch.tensor([1.0, 0.0, -1.0]), {}),
    ("zero and zero", torch.zeros(5), torch.ones(5), {}),
    ("all zeros for all ones", torch.zeros(3, 5), torch.ones(3, 5), {}),
    ("an empty answer", torch.zeros(0), X, {}),
    ("all equal", torch.full((6,), 2.0), torch.full((6,), 4.0), {}),
    ("half by accident", 1, 2, {}),
    ("twice as many of six, by accident", 2 / 3, 1 / 3, {}),
    ("nine of sixteen right, not twelve, by accident", 9 / 16, 12 / 16, {}),
    ("six of nine, not four, by accident", 2 / 3, 4 / 9, {}),
    ("the other part of seven, by accident", torch.tensor(4 / 7), torch.tensor(3 / 7), {}),
    (
        "padded, or not the first one",
        wrong_at(X[:, 0], torch.tensor([False, True, True, True])),
        X[:, 0],
        {"mask": MASK},
    ),
    ("negated but for one", nan_at(-X, 0, 0).nan_to_num(0.1), X, {}),
    ("squared, one element off", torch.cat([V[:6] ** 2, V[6:]]), V, {}),
    ("a factor that two arguments have", 2.3714 * 7, 2.3714, {"r": 7, "d": 7}),
    ("a factor that is nobody's", 2.3714 * 13, 2.3714, {"mask": MASK}),
    ("transposed and negated", -X.transpose(1, 2), X, {}),
    ("symmetric", torch.eye(3), torch.eye(3) * 2, {}),
    ("two binary numbers turned round", [0, 1], [1, 0], {}),
    ("three integers in another order", [1, 2, 3], [3, 1, 2], {}),
    ("a tuple of flags", (True, False), (False, True), {}),
    ("a text", "yes", "no", {}),
    ("wrong at some masked positions and elsewhere", wrong_at(X, (0, 0)), X, {"mask": MASK}),
    ("wrong where masked, once not", wrong_at(X, (MASK == 0) & (torch.arange(5) < 4)), X, {"mask": MASK}),
]


@pytest.mark.parametrize(("got", "want", "inputs"), [row[1:] for row in NEAR], ids=[row[0] for row in NEAR])
def test_what_nearly_holds_is_not_named(got, want, inputs):
    assert relate([Case(got, want, inputs)]) is None


def test_a_relation_has_to_hold_wherever_the_quantity_was_compared():
    wrong = Case(-X, X)
    assert relate([wrong, Case(-V, V)]).id == "negative"
    assert relate([wrong, Case(V + normal(7, seed=5), V)]) is None
    assert relate([wrong, Case(V, V, agreed=True)]) is None, "it was right elsewhere, and there it was not negated"
    assert relate([Case(V, V, agreed=True)]) is None


def test_two_pairs_of_shares_are_no_accident():
    assert relate([Case(2 / 3, 1 / 3), Case(2 / 7, 1 / 7)]).id == "twice"
    assert relate([Case(2 / 3, 1 / 3), Case(2 / 3, 1 / 3)]) is None


def test_the_same_factor_has_to_fit_every_time():
    cases = [Case(X * n, X, {"r": n, "alpha": n + 4}) for n in (5, 7)]
    assert relate(cases).text == "your result is the expected one times `r`"
    other = relate([Case(X * 5, X, {"r": 5, "d": 7}), Case(X * 7, X, {"r": 5, "d": 7})])
    assert other.id == "constant-factor", "it is `r` once and `d` once, so nobody knows what it is"


@pytest.mark.parametrize("seed", range(12))
def test_unrelated_answers_are_not_related(seed):
    draw = torch.Generator().manual_seed(seed)

    def some(*shape):
        return torch.randn(shape, generator=draw)

    inputs = {"mask": MASK, "hidden": some(4, 5, 3), "r": 8, "alpha": 16.0, "p": 0.15, "ids": torch.randint(50, (4, 5))}
    for got, want in (
        (some(4, 5), some(4, 5)),
        (some(4, 5).softmax(-1), some(4, 5).softmax(-1)),
        (float(some(1)), float(some(1))),
        (some(5, 4), some(4, 5)),
        (torch.randint(30, (4, 5), generator=draw), torch.randint(30, (4, 5), generator=draw)),
        (torch.randint(2, (4, 5), generator=draw), torch.randint(2, (4, 5), generator=draw)),
        (torch.randint(2, (5,), generator=draw), torch.randint(2, (5,), generator=draw)),
        (int(torch.randint(5000, (1,), generator=draw)), int(torch.randint(5000, (1,), generator=draw))),
        ([1, 2, 3, 4], [2, 4, 1, 5]),
        (some(4, 5).tolist(), some(4, 4).tolist()),
    ):
        assert relate([Case(got, want, inputs)]) is None, (got, want)


def test_a_large_answer_is_not_looked_at_and_any_other_takes_milliseconds():
    huge = torch.zeros(1000, 1000)
    assert relate([Case(huge, huge + 1)]) is None
    assert relate([Case([[0] * 1000] * 1000, X)]) is None
    large = normal(40, 30, 20)
    inputs = {name: normal(3 + place, 40 + place) for place, name in enumerate("abcdefgh")}
    relate([Case(V, V + 1)])
    started = time.process_time()
    assert relate([Case(large + normal(40, 30, 20, seed=3), large, inputs)]) is None
    assert time.process_time() - started < 0.2


def test_answers_too_large_or_too_odd_for_numbers_are_compared_as_they_are():
    large = torch.zeros(relations.MAX_NUMBERS + 1)
    assert relations.same(large, large.clone()) and not relations.same(large, large[:5])
    assert not relations.same(large, large.double())
    odd = torch.ones(3, dtype=torch.complex64)
    assert relations.same([odd], [odd.clone()]) and not relations.same(odd, odd[:2]) and not relations.same(odd, 1.0)


def test_where_only_a_shape_is_demanded_the_shape_is_told():
    def told(got, want):
        found = relate([Case(got, want, shape_only=True)])
        return found and found.id

    assert told(torch.zeros(3), (3, 1)) == "missing-axis"
    assert told(torch.zeros(3, 1, 4), (3, 4)) == "extra-axis"
    assert told(torch.zeros(3, 4), (4, 3)) == "transposed"
    assert told([[0.0, 1.0], [1.0, 2.0]], (2, 2)) == "list-instead-of-tensor"
    assert told(0.5, ()) == "number-instead-of-tensor"
    assert told(torch.zeros(3, 5), (4, 3)) is None
    assert told(torch.zeros(2), (3, 1)) is None


def test_a_second_look_takes_down_all_comparisons_and_changes_no_verdict():
    with expect.collecting() as collected:
        expect.close({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 3.0}, "numbers")
        expect.equal([1], [1], "lists")
        expect.shape(torch.zeros(2), (3,), "tensor")
    assert [(item.what, item.agreed, item.shape_only) for item in collected] == [
        ("numbers", False, False),
        ("lists", True, False),
        ("tensor", False, True),
    ]
    with pytest.raises(expect.Failed):
        expect.close(1.0, 2.0, "afterwards")
    assert len(collected) == 3
