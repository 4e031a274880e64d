"""Splits that do not leak, and figures that can be recomputed by hand. Lesson: `course read evaluation`.

Dimensions: B examples. TP, FP, FN and TN are the true and false positives and negatives of a confusion matrix.

No function modifies its arguments.

Sources:
    leaks                Kaufman et al. 2012, https://doi.org/10.1145/2382577.2382579
    precision, recall    van Rijsbergen 1979, Information Retrieval, chapter 7
    stratified groups    https://scikit-learn.org/stable/modules/cross_validation.html
"""

import math  # noqa: F401  (for your use)
import random  # noqa: F401  (for your use)
from collections.abc import Sequence

import torch  # noqa: F401  (for your use)
from torch import Tensor


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    """Split the rows of a data set so that no text of the test set has been seen in training.

    Two texts are equal if they differ only in case and whitespace (spaces, tabs, line breaks): whitespace at the ends
    does not count, and any amount of it between words counts as one space. All rows with equal texts form a group,
    whatever their labels. A group is never split.

    Args:
        texts: one for every row.
        labels: the class of every row. There may be more than two, of very different sizes. The same text may have
            several labels: then all its rows may be counted as any one of these classes.
        test_size: share of the ROWS that belong in the test set, above 0 and below 1.
        seed: the groups of the test set are drawn at random. The same seed gives the same split in every process, a
            different seed a different one, and every group can be drawn. (A group with more than a tenth of the rows of
            its class may always stay in training.)

    Returns:
        (training rows, test rows): two lists of indices, in any order. Every row is in exactly one of them, once.

        In every class, about the share ``test_size`` of the rows is in the test set. This cannot be exact, as groups
        stay whole. If no group has more than a tenth of the rows of its class, up to a tenth of these rows more or less
        is close enough. A class with two or more different texts is on both sides, for every ``test_size`` up to one
        half.

    >>> texts = ["Good", " good", "Great", "Bad", "bad ", "Awful"]
    >>> train, test = group_split(texts, [1, 1, 1, 0, 0, 0], test_size=0.5)
    >>> sorted(train + test)
    [0, 1, 2, 3, 4, 5]
    >>> (0 in train) == (1 in train), (3 in train) == (4 in train)
    (True, True)
    """
    # TODO: about sixteen lines. Collect the rows of each text, then the groups of each class; draw whole groups.
    raise NotImplementedError("group_split")


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    """Count how often each true class was predicted as each class.

    Args:
        y_true: (B,) the true classes, 0 to ``n_classes`` - 1. A list, a tuple, a numpy array or a tensor, the last two
            of any integer dtype.
        y_pred: (B,) the predicted classes, in any of these forms, not necessarily the same one as ``y_true``.
        n_classes: how many classes the task has, including those that do not occur.

    Returns:
        (n_classes, n_classes) counts: in row t and column p the number of examples of class t that were predicted as
        class p. (A numpy array or a list of lists is accepted as well.)

    >>> confusion([0, 0, 0, 1, 1], [0, 1, 1, 1, 0]).tolist()
    [[1, 2], [1, 1]]
    >>> confusion([2, 2], [2, 2], n_classes=3).tolist()
    [[0, 0, 0], [0, 0, 0], [0, 0, 2]]
    """
    # TODO: about four lines. A table of zeros; every pair of true and predicted class adds one to one cell.
    raise NotImplementedError("confusion")


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    """Accuracy, precision, recall and F1 of a task with two classes, from the confusion matrix alone.

    Args:
        cm: (2, 2) counts; rows are the true classes, columns the predicted ones.
        positive: the class that precision, recall and F1 are about, 0 or 1.

    Returns:
        ``accuracy``, ``precision``, ``recall`` and ``f1``, each between 0 and 1 and not rounded. A figure that is
        undefined because of a division by 0 is 0.0: precision if nothing was predicted positive, recall if nothing is
        positive, F1 if there is no true positive, and everything for a matrix of zeros.

    >>> figures = prf(torch.tensor([[97, 3], [4, 96]]))
    >>> {name: round(value, 4) for name, value in figures.items()}
    {'accuracy': 0.965, 'precision': 0.9697, 'recall': 0.96, 'f1': 0.9648}
    >>> prf(torch.tensor([[7, 0], [3, 0]]))  # nothing was predicted positive
    {'accuracy': 0.7, 'precision': 0.0, 'recall': 0.0, 'f1': 0.0}
    """
    # TODO: about ten lines. Name the four cells, then divide; handle the denominators that may be 0.
    raise NotImplementedError("prf")


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    """Choose the length at which to truncate texts, from the lengths of the texts.

    It is the smallest n such that at least the share ``coverage`` of the texts fits into n tokens, special tokens
    included. This n is rounded up to a multiple of ``multiple``, and then limited to ``cap``.

    Args:
        lengths: tokens of each text, as ``tokenizer.tokenize`` counts them; at least one text, in any order.
        coverage: share of the texts that must fit, above 0; 1.0 means all of them.
        special: tokens that the model's input adds to each text ([CLS] and [SEP] make 2).
        multiple: the length is rounded up to a multiple of this, since some lengths are faster on the hardware; 1 for
            no rounding.
        cap: the longest input that the model takes. It applies even if it is not a multiple of ``multiple``.

    >>> suggest_max_length([7, 7, 6, 10, 6, 10, 8, 6])  # 12 with special tokens
    16
    >>> suggest_max_length([15])
    24
    >>> suggest_max_length([5, 6, 7, 300], coverage=0.75)
    16
    """
    # TODO: about four lines. Add the special tokens, sort, find the first length that enough texts fit into; round up,
    # then cap.
    raise NotImplementedError("suggest_max_length")


def rmse(pred: Tensor, target: Tensor) -> float:
    """Root mean squared error: in the units of the target, and dominated by the large errors.

    Args:
        pred: (B,) or (B, 1), as a head with one output returns it; it may be attached to a graph.
        target: (B,)

    Returns:
        One plain number, not rounded, for all B values together: no value is left out, so if one of them is nan, the
        result is nan. (A one-element tensor that is detached from the graph is accepted with a remark.)

    Raises:
        ValueError: ``pred`` and ``target`` hold different numbers of values. (Another type of error is accepted with a
            remark.)

    >>> round(rmse(torch.tensor([3.0, 5.0, 4.0]), torch.tensor([3.0, 3.0, 1.0])), 4)  # root of (0 + 4 + 9) / 3
    2.0817
    >>> rmse(torch.tensor([[1.0], [2.0]]), torch.tensor([2.0, 1.0]))
    1.0
    """
    # TODO: about four lines. Compare the numbers of values, flatten, subtract; square, mean, root, in this order.
    raise NotImplementedError("rmse")


# --- bonus ---


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    """Find the lines of a training log that cannot be true.

    Each line holds averages over all examples since the epoch began, and an average times the number of examples is a
    sum. From one line to the next, the number of correct answers cannot fall, and it cannot grow by more than the
    number of new examples. The sum of the losses cannot fall, since no cross-entropy is negative.

    Args:
        rows: (examples, loss, accuracy) of every line, as printed: the number of examples since the epoch began, which
            grows from line to line, and the mean loss and the accuracy over all of them, rounded to four decimals.

    Returns:
        The indices of the lines that are impossible given the line before, counted from 0 and in ascending order.
        Before the first line there are 0 examples, and both sums are 0. A printed average may be off by 0.00005, and a
        sum over n examples by n times as much. A line counts as possible if rounding of this size, in that line and in
        the one before, can explain it.

    >>> audit_log([(80, 0.6234, 0.6250), (160, 0.5123, 0.7375), (240, 0.3987, 0.8208), (320, 0.2876, 0.8813)])
    [3]
    """
    # TODO: about ten lines. Turn the averages into sums, compare each line with the one before, allow for rounding.
    raise NotImplementedError("audit_log")


def possible_error_counts(copies: list[int]) -> set[int]:
    """Find all numbers of errors that a model can make on a test set with repeated texts.

    A model in evaluation mode gives the same answer for equal texts: it is right about all copies of a text, or wrong
    about all of them. (All copies have the same label.)

    Args:
        copies: how often each text occurs in the test set, 1 or more.

    Returns:
        All numbers of errors that are possible. (A list is accepted as well.)

    >>> sorted(possible_error_counts([2, 5]))
    [0, 2, 5, 7]
    >>> sorted(possible_error_counts([21, 27, 23, 26, 24, 27, 29, 23]))[:8]
    [0, 21, 23, 24, 26, 27, 29, 44]
    """
    # TODO: about four lines. Begin with 0, and let each text be right or wrong.
    raise NotImplementedError("possible_error_counts")


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Compute an interval for the difference between two RMSEs on the same rows, by the percentile bootstrap.

    Each draw samples B of the B rows, with replacement, and computes both RMSEs on these same rows.

    Args:
        pred_a: (B,) predictions of model a.
        pred_b: (B,) predictions of model b.
        target: (B,)
        n_draws: how many differences are computed.
        level: share of the differences that the interval contains; the rest is cut off, half at each end.
        seed: seed of the draws. The same seed gives the same interval.

    Returns:
        (low, high) for RMSE(a) - RMSE(b), two plain numbers; a negative difference means that a is better.

    >>> target = torch.zeros(50)
    >>> low, high = paired_bootstrap(torch.full((50,), 3.0), torch.full((50,), 1.0), target)
    >>> round(low, 4), round(high, 4)
    (2.0, 2.0)
    """
    # TODO: about six lines. Draw rows, compute both figures on the same rows, and take two quantiles.
    raise NotImplementedError("paired_bootstrap")


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    """Cut a data set into k folds for cross-validation, so that equal texts are in the same fold.

    Texts are equal by the rule of ``group_split``: differences in case and whitespace do not count.

    Args:
        texts: one for every row; there are many more different texts than folds.
        k: how many folds.
        seed: texts are assigned at random. The same seed gives the same folds in every process, a different seed
            different ones. (If no two texts occur equally often, all seeds may give the same folds.)

    Returns:
        k lists of row indices, in any order. Every row is in exactly one of them, once, and all folds have about the
        same size (if all groups are small, up to a quarter more or less than B / k is close enough).

    >>> folds = group_folds(["Good", "Bad", "good ", "bad"], k=2)
    >>> sorted(map(sorted, folds))
    [[0, 2], [1, 3]]
    """
    # TODO: about eight lines. Collect the rows of each text, shuffle the groups, give each to a fold with room.
    raise NotImplementedError("group_folds")
