"""Exercise 7: points only for work that was done, and the right explanation of what is wrong."""

import pytest
from sample import sampled

from tests.merit import examples_that_fail, grade, reference_of, remarked, specs_of

SLUG = "evaluation"

NOTHING = {
    # name: (function, source); none of them earns a point
    "first row against the rest": (
        "group_split",
        "def group_split(texts, labels, test_size=0.2, seed=42): return list(range(1, len(texts))), [0]",
    ),
    "one row on either side": ("group_split", "def group_split(*a, **k): return [0], [1]"),
    "nothing on either side": ("group_split", "def group_split(*a, **k): return [], []"),
    "all for training": ("group_split", "def group_split(texts, *a, **k): return list(range(len(texts))), []"),
    "cut off at the end": (
        "group_split",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    n = round(len(texts) * (1 - test_size))
    return list(range(n)), list(range(n, len(texts)))
""",
    ),
    "rows at random": (
        "group_split",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    n = round(test_size * len(order))
    return order[n:], order[:n]
""",
    ),
    "the docstring's rows": ("group_split", "def group_split(*a, **k): return [0, 1, 2], [3, 4, 5]"),
    "a hundred million rows": ("group_split", "def group_split(*a, **k): return range(10**8), range(10**8)"),
    "the chapter's matrix": ("confusion", "def confusion(*a, **k): return [[97, 3], [4, 96]]"),
    "no errors": (
        "confusion",
        """
def confusion(y_true, y_pred, n_classes=2):
    return [[sum(int(t) == c for t in y_true) if c == d else 0 for d in range(n_classes)] for c in range(n_classes)]
""",
    ),
    "zeros of the right shape": (
        "confusion",
        "def confusion(t, p, n_classes=2): return torch.zeros(n_classes, n_classes)",
    ),
    "the chapter's figures": (
        "prf",
        "def prf(cm, positive=1): return dict(accuracy=0.965, precision=96 / 99, recall=0.96, f1=192 / 199)",
    ),
    "zeros": ("prf", "def prf(cm, positive=1): return dict(accuracy=0.0, precision=0.0, recall=0.0, f1=0.0)"),
    "not a number": (
        "prf",
        "def prf(cm, positive=1): return dict.fromkeys(('accuracy', 'precision', 'recall', 'f1'), math.nan)",
    ),
    "sixteen": ("suggest_max_length", "def suggest_max_length(*a, **k): return 16"),
    "the cap": (
        "suggest_max_length",
        "def suggest_max_length(lengths, coverage=1, special=2, multiple=8, cap=512): return cap",
    ),
    "128": ("suggest_max_length", "def suggest_max_length(*a, **k): return 128"),
    "no error": ("rmse", "def rmse(pred, target): return 0.0"),
    "an error": ("rmse", "def rmse(pred, target): raise ValueError"),
    "the docstring's number": ("rmse", "def rmse(pred, target): return 2.0817"),
    "nothing is impossible": ("audit_log", "def audit_log(rows): return []"),
    "everything is impossible": ("audit_log", "def audit_log(rows): return list(range(len(rows)))"),
    "no error at all": ("possible_error_counts", "def possible_error_counts(copies): return {0}"),
    "around nothing": ("paired_bootstrap", "def paired_bootstrap(*a, **k): return -0.01, 0.01"),
    "as wide as one can": ("paired_bootstrap", "def paired_bootstrap(*a, **k): return -1e9, 1e9"),
    "every row a fold": (
        "group_folds",
        "def group_folds(texts, k=5, seed=42): return [[row] for row in range(len(texts))]",
    ),
    "empty folds": ("group_folds", "def group_folds(texts, k=5, seed=42): return [[] for _ in range(k)]"),
    "all in one fold": (
        "group_folds",
        "def group_folds(texts, k=5, seed=42): return [list(range(len(texts)))] + [[] for _ in range(k - 1)]",
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


WRONG = {
    # name: (function, checks that it loses, explanation or None, source)
    "train_test_split, stratified": (
        "group_split",
        {"no_leak"},
        "rows-drawn-per-class",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    rng = random.Random(seed)
    train, test = [], []
    for label in sorted(set(labels)):
        rows = [i for i, l in enumerate(labels) if l == label]
        rng.shuffle(rows)
        n = round(test_size * len(rows))
        test += rows[:n]
        train += rows[n:]
    return train, test
""",
    ),
    "GroupShuffleSplit": (
        "group_split",
        {"size_and_balance"},
        "classes-not-in-proportion",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    keys = [" ".join(t.lower().split()) for t in texts]
    names = sorted(set(keys))
    random.Random(seed).shuffle(names)
    test_names = set(names[: max(1, round(test_size * len(names)))])
    train = [i for i, k in enumerate(keys) if k not in test_names]
    test = [i for i, k in enumerate(keys) if k in test_names]
    return train, test
""",
    ),
    "strip and lower": (
        "group_split",
        {"normalised"},
        "blanks-between-words-count",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    by_class = {}
    for i, t in enumerate(texts):
        key = t.strip().lower()
        by_class.setdefault(labels[i], {}).setdefault(key, []).append(i)
    seen = {}
    for label in by_class:
        for key in list(by_class[label]):
            if key in seen:
                by_class[seen[key]][key] += by_class[label].pop(key)
            else:
                seen[key] = label
    rng = random.Random(seed)
    train, test = [], []
    for groups in by_class.values():
        names = list(groups)
        rng.shuffle(names)
        missing = test_size * sum(map(len, groups.values()))
        for place, name in enumerate(names):
            chosen = not place or place < len(names) - 1 and len(groups[name]) / 2 <= missing
            (test if chosen else train).extend(groups[name])
            missing -= len(groups[name])
    return train, test
""",
    ),
    "a group for every label": (
        "group_split",
        {"normalised"},
        "one-group-for-each-label-of-a-text",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    rng = random.Random(seed)
    train, test = [], []
    for label in sorted(set(labels)):
        groups = {}
        for i, t in enumerate(texts):
            if labels[i] == label:
                groups.setdefault(" ".join(t.split()).lower(), []).append(i)
        names = list(groups)
        rng.shuffle(names)
        missing = test_size * sum(map(len, groups.values()))
        for place, name in enumerate(names):
            chosen = not place or place < len(names) - 1 and len(groups[name]) / 2 <= missing
            (test if chosen else train).extend(groups[name])
            missing -= len(groups[name])
    return train, test
""",
    ),
    "unique texts only": (
        "group_split",
        {"partition"},
        "duplicates-dropped",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    first = {}
    for i, t in enumerate(texts):
        first.setdefault(" ".join(t.lower().split()), i)
    rng = random.Random(seed)
    train, test = [], []
    for label in sorted(set(labels)):
        rows = [i for i in first.values() if labels[i] == label]
        rng.shuffle(rows)
        n = max(1, round(test_size * len(rows)))
        test, train = test + rows[:n], train + rows[n:]
    return train, test
""",
    ),
    "the last texts of each class": (
        "group_split",
        {"deterministic"},
        "seed-without-effect",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    keys = [" ".join(t.lower().split()) for t in texts]
    label_of = {}
    for k, l in zip(keys, labels):
        label_of.setdefault(k, l)
    test_keys = set()
    for label in set(labels):
        names = sorted((k for k in label_of if label_of[k] == label), reverse=True)
        missing = test_size * sum(label_of[k] == label for k in keys)
        for place, name in enumerate(names):
            if not place or place < len(names) - 1 and keys.count(name) / 2 <= missing:
                test_keys.add(name)
            missing -= keys.count(name)
    return [i for i, k in enumerate(keys) if k not in test_keys], [i for i, k in enumerate(keys) if k in test_keys]
""",
    ),
    "the lists of train_test_split": (
        "group_split",
        {"no_leak", "size_and_balance"},
        "four-lists-returned",
        """
def group_split(texts, labels, test_size=0.2, seed=42):
    rows = list(range(len(texts)))
    random.Random(seed).shuffle(rows)
    n = int(len(rows) * test_size)
    test, train = rows[:n], rows[n:]
    return ([texts[i] for i in train], [texts[i] for i in test], [labels[i] for i in train], [labels[i] for i in test])
""",
    ),
    "fancy indexing": (
        "confusion",
        {"rows_are_true", "multi_class", "missing_class", "types"},
        "every-pair-counted-once",
        """
def confusion(y_true, y_pred, n_classes=2):
    cm = torch.zeros(n_classes, n_classes, dtype=torch.long)
    cm[torch.as_tensor(y_true), torch.as_tensor(y_pred)] += 1
    return cm
""",
    ),
    "bincount the other way": (
        "confusion",
        {"rows_are_true", "multi_class", "types"},
        "confusion-transposed",
        """
def confusion(y_true, y_pred, n_classes=2):
    y_true, y_pred = torch.as_tensor(y_true).long(), torch.as_tensor(y_pred).long()
    return torch.bincount(y_pred * n_classes + y_true, minlength=n_classes ** 2).reshape(n_classes, n_classes)
""",
    ),
    "the size from the data": (
        "confusion",
        {"missing_class"},
        "shape-from-the-largest-class",
        """
def confusion(y_true, y_pred, n_classes=2):
    pairs = [(int(t), int(p)) for t, p in zip(y_true, y_pred)]
    n = max(max(pair) for pair in pairs) + 1
    table = [[0] * n for _ in range(n)]
    for t, p in pairs:
        table[t][p] += 1
    return table
""",
    ),
    "a Counter of tensors": (
        "confusion",
        {"types"},
        "tensors-not-counted",
        """
import collections

def confusion(y_true, y_pred, n_classes=2):
    counts = collections.Counter(zip(y_true, y_pred))
    return [[counts[(i, j)] for j in range(n_classes)] for i in range(n_classes)]
""",
    ),
    "rows read as predictions": (
        "prf",
        {"chapter_matrix", "positive"},
        "precision-and-recall-swapped",
        """
def prf(cm, positive=1):
    tp = cm[positive, positive].item()
    fp = cm[positive, 1 - positive].item()
    fn = cm[1 - positive, positive].item()
    p = tp / (tp + fp) if tp else 0.0
    r = tp / (tp + fn) if tp else 0.0
    total = cm.sum().item()
    return {
        "accuracy": cm.trace().item() / total if total else 0.0,
        "precision": p,
        "recall": r,
        "f1": 2 * p * r / (p + r) if p + r else 0.0,
    }
""",
    ),
    "tn, fp, fn, tp = cm.ravel()": (
        "prf",
        {"positive"},
        "positive-ignored",
        """
def prf(cm, positive=1):
    tn, fp, fn, tp = cm.flatten().tolist()
    safe = lambda a, b: a / b if b else 0.0
    p, r = safe(tp, tp + fp), safe(tp, tp + fn)
    return dict(accuracy=safe(tp + tn, tn + fp + fn + tp), precision=p, recall=r, f1=safe(2 * p * r, p + r))
""",
    ),
    "numbers that are none": (
        "prf",
        {"zero"},
        "undefined-is-nan",
        """
def prf(cm, positive=1):
    cm = cm.double()
    p = cm[positive, positive] / cm[:, positive].sum()
    r = cm[positive, positive] / cm[positive].sum()
    return {"accuracy": cm.trace() / cm.sum(), "precision": p, "recall": r, "f1": 2 * p * r / (p + r)}
""",
    ),
    "np.percentile": (
        "suggest_max_length",
        {"coverage", "all_data"},
        "interpolated-percentile",
        """
import numpy as np

def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    n = math.ceil(np.percentile([l + special for l in lengths], 100 * coverage))
    return min(cap, math.ceil(n / multiple) * multiple)
""",
    ),
    "max": (
        "suggest_max_length",
        {"coverage", "all_data"},
        "longest-text-decides",
        """
def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    n = max(lengths) + special
    n += -n % multiple
    return min(n, cap)
""",
    ),
    "tokens as tokenize() counts them": (
        "suggest_max_length",
        {"special", "coverage", "cap_and_multiple", "all_data"},
        "special-tokens-forgotten",
        """
def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    ordered = sorted(lengths)
    k = next(i for i in range(1, len(ordered) + 1) if i / len(ordered) >= coverage)
    return min(cap, -(-ordered[k - 1] // multiple) * multiple)
""",
    ),
    "sorted in place": (
        "suggest_max_length",
        {"coverage"},
        "callers-lengths-sorted",
        """
def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    lengths.sort()
    k = next(i for i in range(1, len(lengths) + 1) if i / len(lengths) >= coverage)
    return min(cap, -(-(lengths[k - 1] + special) // multiple) * multiple)
""",
    ),
    "mse_loss without a root": (
        "rmse",
        {"value", "column"},
        "mse-without-root",
        """
def rmse(pred, target):
    if pred.numel() != target.numel():
        raise ValueError("sizes")
    return torch.nn.functional.mse_loss(pred.detach().reshape(-1), target).item()
""",
    ),
    "broadcasting": (
        "rmse",
        {"column", "mismatch"},
        "column-against-row-unchecked",
        """
def rmse(pred, target):
    return torch.sqrt(torch.mean((pred.detach() - target) ** 2)).item()
""",
    ),
    "squeezed, unchecked": (
        "rmse",
        {"mismatch"},
        "several-columns-stretched-too",
        """
def rmse(pred, target):
    return (pred.detach().squeeze(-1) - target).pow(2).mean().sqrt().item()
""",
    ),
    "with its graph": (
        "rmse",
        {"not_batch_mean"},
        "graph-kept",
        """
def rmse(pred, target):
    pred = pred.view(-1)
    if pred.shape != target.shape:
        raise ValueError("sizes")
    return ((pred - target) ** 2).mean() ** 0.5
""",
    ),
    "pairs and single texts": (
        "possible_error_counts",
        {"chapter_copies", "small", "equal_copies", "ends"},
        "two-texts-at-most",
        """
from itertools import combinations

def possible_error_counts(copies):
    return {0, *copies, *(a + b for a, b in combinations(copies, 2))}
""",
    ),
    "two bootstraps": (
        "paired_bootstrap",
        {"interval", "level"},
        "rows-drawn-for-each-model",
        """
def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    g = torch.Generator().manual_seed(seed)
    def draws(pred):
        rows = torch.randint(0, len(target), (n_draws, len(target)), generator=g)
        return ((pred - target)[rows] ** 2).mean(1).sqrt()
    d = draws(pred_a) - draws(pred_b)
    return d.quantile((1 - level) / 2).item(), d.quantile((1 + level) / 2).item()
""",
    ),
    "KFold": (
        "group_folds",
        {"no_leak"},
        "rows-dealt-out",
        """
def group_folds(texts, k=5, seed=42):
    rows = list(range(len(texts)))
    random.Random(seed).shuffle(rows)
    return [rows[i::k] for i in range(k)]
""",
    ),
    "accuracy alone": (
        "audit_log",
        {"chapter_log", "loss"},
        "loss-not-looked-at",
        """
def audit_log(rows):
    bad, before = [], (0, 0)
    for i, (n, _, accuracy) in enumerate(rows):
        right = round(n * accuracy)
        if not 0 <= right - before[1] <= n - before[0]:
            bad.append(i)
        before = n, right
    return bad
""",
    ),
}


@pytest.mark.parametrize("what", sampled(WRONG, one_in=2))
def test_what_is_wrong_loses_its_points_and_is_told_why(what):
    function, lost, told, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost, {name: item.failing for name, item in graded.observed.items()}
    assert graded.named == ({told} if told else set()), graded.names


TWO = {
    "special tokens forgotten, and the longest text": (
        "suggest_max_length",
        {"special-tokens-forgotten", "longest-text-decides"},
        """
def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    return min(cap, math.ceil(max(lengths) / multiple) * multiple)
""",
    ),
    "the arithmetic mean, and NaN": (
        "prf",
        {"f1-arithmetic-mean", "undefined-is-nan"},
        """
def prf(cm, positive=1):
    cm = cm.double()
    p = cm[positive, positive] / cm[:, positive].sum()
    r = cm[positive, positive] / cm[positive, :].sum()
    return {"accuracy": cm.trace() / cm.sum(), "precision": p, "recall": r, "f1": (p + r) / 2}
""",
    ),
    "transposed, with a shape from the data": (
        "confusion",
        {"confusion-transposed", "shape-from-the-largest-class"},
        """
def confusion(y_true, y_pred, n_classes=2):
    pairs = [(int(t), int(p)) for t, p in zip(y_true, y_pred)]
    n = max(max(pair) for pair in pairs) + 1
    table = torch.zeros(n, n)
    for t, p in pairs:
        table[p, t] += 1
    return table
""",
    ),
    "no root, and a column": (
        "rmse",
        {"mse-without-root", "column-against-row", "column-against-row-unchecked", "single-values-stretched"},
        """
def rmse(pred, target):
    return ((pred.detach() - target) ** 2).mean().item()
""",
    ),
}


@pytest.mark.parametrize("what", TWO)
def test_two_mistakes_at_once_lose_points_and_are_not_misnamed(what):
    function, causes, source = TWO[what]
    graded = grade(SLUG, function, source)
    assert graded.points < sum(item.spec.points for item in graded.observed.values())
    told = {name for names in graded.named for name in names.split(" + ")}
    assert told <= causes, graded.names


def test_an_error_of_another_type_is_remarked_on():
    source = (
        "def rmse(pred, target, right=rmse):\n    assert pred.numel() == target.numel()\n    return right(pred, target)"
    )
    (remark,) = remarked(SLUG, "rmse.mismatch", source)
    assert "AssertionError" in remark and "ValueError" in remark


def test_a_tensor_of_one_number_is_remarked_on():
    source = "def rmse(pred, target, right=rmse):\n    return torch.tensor(right(pred, target))"
    (remark,) = remarked(SLUG, "rmse.value", source)
    assert "tensor" in remark


def test_the_examples_hold_for_odd_answers_and_not_for_wrong_ones():
    from tests.merit import composed

    right = composed(SLUG, "")
    names = {spec.function for spec in specs_of(SLUG)}
    assert len(names) == 9 and examples_that_fail(SLUG, right, names) == []
    wrong = composed(SLUG, "def rmse(pred, target): return ((pred - target) ** 2).mean().item()")
    assert examples_that_fail(SLUG, wrong, {"rmse"})
    assert reference_of(SLUG).rmse is not wrong.rmse
