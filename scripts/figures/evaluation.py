"""The figures of the lesson on splits and measures: ``course figures evaluation``.

The chapter's split is drawn as scikit-learn draws it; a test compares the two. Random numbers are drawn with a
fixed seed.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import torch

from scripts.figures.figure import Figure, percent, signed
from scripts.figures.sources import PADDED_TO, RMSE, VALIDATION_ROWS, rmse_error
from solutions import evaluation

SENTENCES = (
    "This movie exceeded all my expectations!",
    "Absolutely terrible, do not watch.",
    "A brilliant masterpiece of storytelling.",
    "Waste of time, boring from start to finish.",
    "Incredible performances by all actors!",
    "The worst film I've seen this year.",
    "Highly recommend, a must-see!",
    "Disappointing and uninspired.",
)
"""The chapter's data for its whole pipeline, alternately positive and negative."""
COPIES = 125
TOKENS = (7, 7, 6, 10, 6, 10, 8, 6)
"""Token counts of these sentences in BERT's lower-case vocabulary, without [CLS] and [SEP]."""
CONFUSION = ((97, 3), (4, 96))
"""The chapter's confusion matrix."""
PRINTED = ((0.9388, 0.9423), (0.9608, 0.9615), (0.9655, 0.9663))
"""Precision and recall on the test set, as the chapter prints them after each of three epochs."""
TEST_ROWS = 200


def chapter_data() -> tuple[list[str], list[int]]:
    """Return a thousand texts and their labels."""
    return list(SENTENCES) * COPIES, [1, 0] * (len(SENTENCES) // 2 * COPIES)


def random_split(n: int, n_test: int, seed: int) -> tuple[list[int], list[int]]:
    """Return training rows and test rows, as drawn by scikit-learn's ``train_test_split``."""
    order = np.random.RandomState(seed).permutation(n).tolist()
    return order[n_test:], order[:n_test]


def remembered(texts: Sequence[str], labels: Sequence[int], train: Sequence[int], test: Sequence[int]) -> float:
    """Return the accuracy of a model that looks up every text in the training set, and predicts 1 if it is missing."""
    known = {texts[row]: labels[row] for row in train}
    return sum(known.get(texts[row], 1) == labels[row] for row in test) / len(test)


def leak() -> list[Figure]:
    """The chapter's split: 1,000 rows, 800 of them for training."""
    texts, labels = chapter_data()
    train, test = random_split(len(texts), TEST_ROWS, seed=42)
    seen = {texts[row] for row in train}
    positive = Counter(labels[row] for row in train)
    copies = Counter(texts[row] for row in test)
    whole = evaluation.group_split(texts, labels)
    return [
        Figure("rows", f"{len(texts):,}"),
        Figure("test rows whose text is in training", f"{sum(texts[row] in seen for row in test)} of {len(test)}"),
        Figure("training rows, positive and negative", f"{positive[1]} positive and {positive[0]} negative"),
        Figure("batches of 16", f"{math.ceil(len(train) / 16)} and {math.ceil(len(test) / 16)} batches"),
        Figure("copies of each sentence in the test set", ", ".join(str(copies[text]) for text in SENTENCES)),
        Figure("accuracy of looking up, rows drawn", percent(remembered(texts, labels, train, test), digits=0)),
        Figure("accuracy of looking up, texts drawn", percent(remembered(texts, labels, *whole), digits=0)),
        Figure("test rows, texts drawn", f"{len(whole[1])} of {len(texts):,} rows"),
    ]


def coins() -> list[Figure]:
    """Random labels: 200 texts, five copies of each."""
    generator = random.Random(0)
    labels = [generator.randint(0, 1) for _ in range(200)] * 5
    texts = [f"text {number}" for number in range(200)] * 5
    drawn = remembered(texts, labels, *random_split(1000, 200, seed=0))
    whole = remembered(texts, labels, *evaluation.group_split(texts, labels, seed=0))
    return [
        Figure("accuracy on noise, rows drawn", percent(drawn)),
        Figure("accuracy on noise, texts drawn", percent(whole)),
    ]


def choosing() -> list[Figure]:
    """The best of several equal models, selected on the 200 rows that it is reported on."""
    generator = torch.Generator().manual_seed(0)
    right = (torch.rand(2000, 20, TEST_ROWS, generator=generator) < 0.8).float().mean(-1)
    return [Figure(f"mean of the best of {n}", f"{right[:, :n].max(1).values.mean():.3f}") for n in (3, 20)] + [
        Figure("standard error of 0.965 on 200 rows", f"{math.sqrt(0.965 * 0.035 / TEST_ROWS):.3f}")
    ]


def table() -> list[Figure]:
    """Measures computed from the chapter's confusion matrix."""
    figures = evaluation.prf(torch.tensor(CONFUSION))
    other = evaluation.prf(torch.tensor(CONFUSION), positive=0)
    return [
        *(Figure(name, f"{value:.4f}") for name, value in figures.items()),
        Figure("of the negative class", f"{other['precision']:.4f} and {other['recall']:.4f}"),
    ]


def matrices(precision: float, recall: float, rows: int = TEST_ROWS) -> list[tuple[int, int, int]]:
    """Return all (TP, FP, FN) for this many rows that give the same printed precision and recall."""
    found = []
    for tp in range(1, rows + 1):
        fps = [fp for fp in range(rows - tp + 1) if round(tp / (tp + fp), 4) == precision]
        fns = [fn for fn in range(rows - tp + 1) if round(tp / (tp + fn), 4) == recall]
        found += [(tp, fp, fn) for fp in fps for fn in fns if tp + fp + fn <= rows]
    return found


def errors_of_copies(copies: Sequence[int]) -> list[int]:
    """Return the possible numbers of errors of a model that gives equal texts equal answers."""
    sums = {0}
    for n in copies:
        sums |= {one + n for one in sums}
    return sorted(sums)


def audit() -> list[Figure]:
    """Impossible values in the chapter's printed results."""
    texts, _ = chapter_data()
    _, test = random_split(len(texts), TEST_ROWS, seed=42)
    copies = Counter(texts[row] for row in test)
    possible = errors_of_copies(list(copies.values()))
    fits = sum(len(matrices(precision, recall)) for precision, recall in PRINTED)
    claimed = [round((1 - accuracy) * TEST_ROWS) for accuracy in (0.94, 0.96, 0.965)]
    assert not {*claimed} & {*possible}
    return [
        Figure("matrices of 200 rows that fit the printed figures", "none" if not fits else str(fits)),
        Figure("as a check: matrices that fit 96/99 and 96/100", str(len(matrices(0.9697, 0.96)))),
        Figure("errors that are possible", ", ".join(map(str, possible[:8]))),
        Figure("errors that the chapter claims", ", ".join(map(str, claimed[:2])) + f" and {claimed[2]}"),
        Figure("best accuracy below 1", f"{1 - possible[1] / TEST_ROWS:.3f}"),
    ]


def means() -> list[Figure]:
    """Two means of a precision of 1 and a recall of 0.1, and a class of 5%."""
    precision, recall = Fraction(1), Fraction(1, 10)
    rare = evaluation.prf(torch.tensor([[950, 0], [50, 0]]))
    return [
        Figure("arithmetic mean", f"{float((precision + recall) / 2):.2f}"),
        Figure("F1", f"{float(2 * precision * recall / (precision + recall)):.2f}"),
        Figure("accuracy of never", f"{rare['accuracy']:.2f}"),
    ]


def lengths() -> list[Figure]:
    """Token counts of the chapter's eight sentences."""
    real = sum(TOKENS) / len(TOKENS) + 2
    rows = [
        Figure("mean", f"{sum(TOKENS) / len(TOKENS)}"),
        Figure("longest", f"{max(TOKENS)}"),
        Figure("95th percentile", f"{np.percentile(np.array(list(TOKENS) * COPIES), 95):.0f}"),
    ]
    for length in (PADDED_TO, evaluation.suggest_max_length(TOKENS)):
        rows.append(Figure(f"padding at {length}", percent(1 - real / length)))
    return rows


def columns() -> list[Figure]:
    """Three perfect predictions as a column, subtracted from a row."""
    values = torch.tensor([1.0, 2.0, 3.0])
    wrong = (values[:, None] - values).square().mean().sqrt()
    errors = torch.tensor([0.0, 2.0, 3.0])
    return [
        Figure("RMSE of all pairs", f"{wrong:.3f}"),
        Figure("MSE of the errors 0, 2, 3", f"{errors.square().mean():.2f}"),
        Figure("RMSE of them", f"{errors.square().mean().sqrt():.2f}"),
        Figure("mean absolute error of them", f"{errors.abs().mean():.2f}"),
        Figure("square root of the blog's baseline", f"{math.sqrt(RMSE['baseline']):.3f}"),
    ]


def pair(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return targets and two predictions for the validation rows; most of their errors are shared."""
    generator = torch.Generator().manual_seed(seed)

    def normal(scale: float) -> torch.Tensor:
        return scale * torch.randn(VALIDATION_ROWS, generator=generator)

    target, common = normal(1.0), normal(0.52)
    return target, target + common + normal(0.06), target + 0.985 * common + normal(0.06)


def paired() -> list[Figure]:
    """Two models on the same 567 rows: the interval of each RMSE, and of their difference."""
    target, one, other = pair()
    generator = torch.Generator().manual_seed(1)
    rows = torch.randint(VALIDATION_ROWS, (4000, VALIDATION_ROWS), generator=generator)
    squares = [(prediction - target).square() for prediction in (one, other)]
    roots = [square[rows].mean(1).sqrt() for square in squares]
    values = [evaluation.rmse(prediction, target) for prediction in (one, other)]
    low, high = torch.quantile(roots[0] - roots[1], torch.tensor([0.025, 0.975])).tolist()
    apart = math.sqrt(float(roots[0].var() + roots[1].var()))
    return [
        Figure("validation rows", f"{VALIDATION_ROWS}"),
        Figure("standard error of the blog's RMSE", f"{rmse_error(RMSE['baseline']):.3f}"),
        Figure("RMSE of two models", f"{values[0]:.4f} and {values[1]:.4f}"),
        Figure("difference", f"{values[0] - values[1]:.4f}"),
        Figure("standard error of the difference, if the rows were others", f"{apart:.4f}"),
        Figure("the same, on the same rows", f"{float((roots[0] - roots[1]).std()):.4f}"),
        Figure("interval of the difference", f"{signed(low, '.4f')} to {signed(high, '.4f')}"),
    ]


SECTIONS = (leak, coins, choosing, table, audit, means, lengths, columns, paired)
