"""The reference of exercise-9 against independent oracles: exact probabilities, torch, and naive loops.

The grader can use the reference as a standard only because it was tested here. Bounds are seven standard deviations.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter

import pytest
import torch

from scripts.figures import augmentation as figures
from solutions import augmentation
from tests.oracles import expect_shares

CASES = 60
TIMES = 6000


@pytest.mark.parametrize("p", [0.0, 0.2, 0.7, 1.0])
def test_deletion_follows_the_exact_probabilities_of_all_subsets(p):
    tokens, rng = ("a", "b", "c"), random.Random(1)
    want: Counter = Counter()
    for fates in itertools.product((True, False), repeat=3):
        share = math.prod(1 - p if stays else p for stays in fates)
        kept = tuple(token for token, stays in zip(tokens, fates, strict=True) if stays)
        for outcome in [kept] if kept else [(token,) for token in tokens]:
            want[outcome] += share if kept else share / 3
    found = Counter(tuple(augmentation.random_deletion(list(tokens), p, rng)) for _ in range(TIMES))
    expect_shares(found, want, TIMES)


def test_a_swap_takes_all_pairs_equally_often():
    rng, tokens = random.Random(2), list("abcde")
    want = {}
    for i, j in itertools.combinations(range(5), 2):
        swapped = list(tokens)
        swapped[i], swapped[j] = tokens[j], tokens[i]
        want[tuple(swapped)] = 0.1
    expect_shares(Counter(tuple(augmentation.random_swap(tokens, 1, rng)) for _ in range(TIMES)), want, TIMES)


def test_n_swaps_have_the_sign_of_n_transpositions():
    """The determinant of the permutation matrix is -1 to the power of n."""
    rng = random.Random(3)
    for case in range(CASES):
        size, n = rng.randint(2, 7), rng.randint(0, 9)
        made = augmentation.random_swap([str(number) for number in range(size)], n, random.Random(case))
        matrix = torch.eye(size, dtype=torch.float64)[[int(token) for token in made]]
        assert round(float(torch.linalg.det(matrix))) == (-1) ** n


def test_an_insertion_takes_words_synonyms_and_gaps_equally_often():
    lexicon = {"a": ["x", "y", "a"], "b": ["z"], "c": []}
    tokens, rng = ["a", "b", "c"], random.Random(4)
    shares = {"x": 1 / 4, "y": 1 / 4, "z": 1 / 2}  # of the two known words, then of their synonyms
    want = {
        (*tokens[:gap], new, *tokens[gap:]): share / 4
        for new, share in shares.items()
        for gap in range(len(tokens) + 1)
    }
    made = Counter(tuple(augmentation.random_insertion(tokens, 1, lexicon, rng)) for _ in range(TIMES))
    expect_shares(made, want, TIMES)


def test_a_replacement_takes_all_sets_of_positions_equally_often():
    lexicon = {"a": ["x", "y"], "b": ["b", "z"], "not": ["hardly"]}
    tokens, rng = ["a", "not", "b", "u", "a"], random.Random(5)
    options = {0: ["x", "y"], 2: ["z"], 4: ["x", "y"]}
    want: Counter = Counter()
    for places in itertools.combinations(options, 2):
        choices = list(itertools.product(*(options[place] for place in places)))
        for choice in choices:
            text = list(tokens)
            for place, word in zip(places, choice, strict=True):
                text[place] = word
            want[tuple(text)] += 1 / 3 / len(choices)
    made = Counter(tuple(augmentation.synonym_replacement(tokens, 2, lexicon, rng)) for _ in range(TIMES))
    expect_shares(made, want, TIMES)


def test_mixup_agrees_with_lerp():
    generator = torch.Generator().manual_seed(6)
    for case in range(CASES):
        shape = (2 + case % 5, *[2 + (case + axis) % 4 for axis in range(case % 3)])
        x = torch.randn(shape, generator=generator, dtype=torch.float64)
        y = torch.eye(3, dtype=torch.float64)[torch.randint(3, shape[:1], generator=generator)]
        perm = torch.randperm(shape[0], generator=generator)
        lam = float(torch.rand((), generator=generator))
        mixed_x, mixed_y = augmentation.mixup(x, y, lam, perm)
        assert torch.allclose(mixed_x, torch.lerp(x[perm], x, lam))
        assert torch.allclose(mixed_y, torch.lerp(y[perm], y, lam))
        assert torch.allclose(mixed_y.sum(1), torch.ones(shape[0], dtype=torch.float64))


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
def test_mixup_refuses_integers_and_takes_them_as_labels(dtype):
    x, y, perm = torch.randn(3, 2), torch.eye(3, dtype=dtype), torch.tensor([1, 2, 0])
    with pytest.raises(TypeError, match="token ids are names"):
        augmentation.mixup(torch.ones(3, 2, dtype=dtype), y, 0.5, perm)
    assert augmentation.mixup(x, y, 0.5, perm)[1].sum(1).tolist() == [1.0, 1.0, 1.0]


def test_back_translation_agrees_with_a_comparison_of_all_pairs():
    kept = 0
    for case in range(CASES):
        rng = random.Random(case)
        texts = [f"Text {number}" for number in range(rng.randint(0, 9))]
        of = {}
        for text in texts:
            of[text] = rng.choice([text, text.upper(), f" {text}", "", "  ", "New a", "new  A", f"new {text}"])
        labels = [rng.randrange(3) for _ in texts]
        there = {text: f"<{text}" for text in texts}.__getitem__
        made = augmentation.back_translate(
            texts,
            labels,
            lambda some, there=there: list(map(there, some)),
            lambda some, of=of: [of[t[1:]] for t in some],
        )

        def same(one: str, other: str) -> bool:
            return one.upper().replace(" ", "") == other.upper().replace(" ", "")

        want = []
        for number, text in enumerate(texts):
            back = of[text]
            if back.strip() and not same(back, text) and not any(same(back, of[one]) for one in texts[:number]):
                want.append((back, labels[number]))
        assert list(zip(*made, strict=True)) == want
        kept += len(want)
    assert kept > CASES


def test_a_list_that_changes_under_a_loop_loses_p_over_one_plus_p():
    for p in (0.1, 0.5, 0.75, 0.9):
        assert figures.walked_through(p) == pytest.approx(p / (1 + p), abs=0.005)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_the_density_is_that_of_torch_and_its_integral_is_one(alpha):
    beta = torch.distributions.Beta(alpha, alpha)
    for x in (0.01, 0.3, 0.5, 0.97):
        assert figures.density(alpha, x) == pytest.approx(float(beta.log_prob(torch.tensor(x)).exp()), rel=1e-4)
    assert 2 * figures.integral(lambda x: figures.density(alpha, x), 0.0, 0.5) == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("threshold", [0.2, 0.4, 0.9])
def test_confirmed_labels_are_those_of_a_mask_over_all_texts(threshold):
    generator = torch.Generator().manual_seed(3)
    rows = (3 * torch.randn(200, 4, generator=generator, dtype=torch.float64)).softmax(-1)
    labels = torch.randint(0, 4, (200,), generator=generator)
    texts = [f"text {number}" for number in range(200)]
    keep = (rows.argmax(-1) == labels) & (rows[torch.arange(200), labels] >= threshold)
    want = [text for text, stays in zip(texts, keep.tolist(), strict=True) if stays], labels[keep].tolist()
    assert 0 < len(want[0]) < 200
    assert augmentation.keep_confirmed(texts, labels.tolist(), lambda given: rows.tolist(), threshold) == want
