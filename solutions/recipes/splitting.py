"""Splitting of texts into training, validation and test, without leakage, by the functions of exercise-7.

The split prevents leakage between parts through the same text, one that differs in case, punctuation, spacing or HTML
line breaks, and one that shares most of its wording. It does not detect a paraphrase, or two reviews of the same film.
"""

import hashlib
import itertools
import math
import random
import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import solutions.evaluation
from course.text import listed, mark, say
from solutions.recipes.data import Labelled, Split
from solutions.recipes.errors import RecipeError

Array = npt.NDArray[np.int64]

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1
SPLIT_SEED = 42
"""Seed of the split, fixed for ever: results are comparable only on the same test texts."""
FEWEST_PER_LABEL = 5
"""Minimum number of texts per label; with fewer, a label cannot be in all three parts."""
SHINGLE = 3
"""Number of consecutive words in a shingle. Texts are compared by the shingles that they contain."""
ALIKE = 0.7
"""Jaccard similarity of two texts' shingles from which on they are near-duplicates."""
MOST = 2**63
"""Upper limit of numpy's integers."""
STRATA = 5
"""Number of equal-sized classes of the numbers to predict, so that every part has low and high ones."""


def normalise(text: str) -> str:
    """Normalise a text, so that case, punctuation, spacing and HTML line breaks make no difference.

    >>> normalise("'A  pretentious<br />mess .") == normalise("a pretentious mess")
    True
    """
    text = unicodedata.normalize("NFKC", text.replace("<br />", " ")).casefold()
    return " ".join(re.findall(r"\w+", text)) or text.strip()


def near_duplicates(forms: Sequence[str]) -> list[int]:
    """Find texts that share most of their wording.

    Two sets with a Jaccard similarity of at least t share one of the rarest shingles: of each set, only the first
    ``n - ceil(t n) + 1`` in order of rarity need to be looked up (prefix filtering, Chaudhuri et al. 2006). The result
    is exact.

    Args:
        forms: normalised texts, all different.

    Returns:
        For each text the index of the first text of its group; a text similar to any of a group belongs to it.

    >>> near_duplicates(["a b c d e f g h i j k l", "x b c d e f g h i j k l", "quite another text"])
    [0, 0, 2]
    """
    shingles, often = _shingles(forms)
    leader = list(range(len(forms)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    seen: dict[int, list[int]] = defaultdict(list)  # shingle -> earlier texts that have it among their rarest
    for i, own in enumerate(shingles):
        alone = int(np.count_nonzero(often[own] == 1))  # shingles in no other text, which come first
        room = max(len(own) - math.ceil(ALIKE * len(own)) + 1 - alone, 0)
        prefix = own[alone : alone + room].tolist()
        for j in {j for one in prefix for j in seen[one]}:
            common = len(np.intersect1d(own, shingles[j], assume_unique=True))
            if common >= ALIKE * (len(own) + len(shingles[j]) - common):
                first, second = sorted((find(i), find(j)))
                leader[second] = first
        for one in prefix:
            seen[one].append(i)
    return [find(i) for i in range(len(forms))]


def _shingles(forms: Sequence[str]) -> tuple[list[Array], Array]:
    """Number the shingles of every text, with higher numbers for those in more texts.

    Returns:
        For each text its shingles, each once, rarest first; and for each shingle the number of texts with it.
    """
    known: dict[str, int] = defaultdict(itertools.count(1).__next__)
    numbered = [list(map(known.__getitem__, form.split())) for form in forms]
    padded = [ids + [0] * (SHINGLE - len(ids)) for ids in numbered]  # a short text is a single shingle
    words = np.fromiter(itertools.chain.from_iterable(padded), np.int64)
    owner = np.repeat(np.arange(len(forms)), [len(ids) for ids in padded])
    n, base = len(words) - SHINGLE + 1, len(known) + 1

    codes, size = np.zeros(n, np.int64), 1
    for place in range(SHINGLE):
        if size * base >= MOST:
            codes = np.unique(codes, return_inverse=True)[1]
            size = int(codes.max()) + 1
        codes, size = codes * base + words[place : place + n], size * base
    within = owner[:n] == owner[SHINGLE - 1 :]
    codes, owner = codes[within], owner[:n][within]

    different, codes = np.unique(codes, return_inverse=True)
    pairs = np.sort(owner * len(different) + codes)  # np.unique, which uses hashing, is many times slower
    owner, codes = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], len(different))
    often = np.bincount(codes)
    by_rarity = np.argsort(often, kind="stable")
    rank = np.empty_like(by_rarity)
    rank[by_rarity] = np.arange(len(by_rarity))
    shingles = np.split(rank[codes], np.flatnonzero(np.diff(owner)) + 1)
    return [np.sort(own) for own in shingles], often[by_rarity]


def split(
    data: Labelled,
    label_names: tuple[str, ...],
    limit: int | None = None,
    fold: tuple[int, int] | None = None,
    evaluation: Any = solutions.evaluation,
) -> Split:
    """Drop duplicates, group near-duplicates, and split into training, validation and test (70, 10 and 20%).

    The part of a text depends neither on the order of the rows nor on the training seed. Labels are split in equal
    proportions, numbers by their size. Near-duplicates are always in the same part.

    Args:
        data: the texts, in any order.
        label_names: name of every label; empty for regression.
        limit: texts to keep over all parts, in the same proportions; each text stays in its part.
        fold: test on this fold (from 0) of this many, instead of on a fifth of the texts.
        evaluation: module with ``group_split`` and ``group_folds``.

    Raises:
        RecipeError: fewer than two labels, a label with too few texts for all parts, or all numbers are equal.
    """
    forms, texts, labels, counts = _unique(data, bool(label_names))
    strata = labels if label_names else _strata(labels)
    _enough(strata, label_names, counts)
    leaders = near_duplicates(forms)
    counts["near_duplicates"] = len(forms) - len(set(leaders))
    keys = [f"group {leader}" for leader in leaders]  # equal for near-duplicates only

    if fold is None:
        rest, test = evaluation.group_split(keys, strata, test_size=TEST_SHARE, seed=SPLIT_SEED)
    else:
        folds = evaluation.group_folds(keys, fold[1], seed=SPLIT_SEED)
        test = folds[fold[0]]
        rest = [i for place, rows in enumerate(folds) if place != fold[0] for i in rows]
    rest = sorted(rest)
    share = VALIDATION_SHARE / (1 - TEST_SHARE)
    inner = evaluation.group_split([keys[i] for i in rest], [strata[i] for i in rest], test_size=share, seed=SPLIT_SEED)
    train, validation = ([rest[i] for i in rows] for rows in inner)
    _prove_disjoint(keys, train, validation, list(test))

    whole = Labelled(texts, labels)
    kept = {"train": train, "validation": validation, "test": list(test)}
    part_of_all = 1.0 if limit is None else min(1.0, limit / len(forms))
    cut = {name: whole.take(_fewer(sorted(rows), strata, part_of_all)) for name, rows in kept.items()}
    counts |= {name: len(members) for name, members in cut.items()}
    return Split(cut["train"], cut["validation"], cut["test"], label_names, counts)


def fewer_to_train(data: Split, n: int, seed: int) -> Split:
    """Keep some of the training texts, and the same share of the validation texts; the test texts stay unchanged.

    Args:
        data: the whole split.
        n: number of texts to train on.
        seed: selects the texts.

    Raises:
        RecipeError: there are too few texts, or those drawn have only one label.
    """
    if n > len(data.train):
        raise RecipeError(
            say("--train-texts {n} is more than the {count} texts available for training", n=n, count=len(data.train))
        )
    draw = random.Random(seed)
    n_validation = max(1, round(n * len(data.validation) / len(data.train)))
    train = data.train.take(sorted(draw.sample(range(len(data.train)), n)))
    validation = data.validation.take(sorted(draw.sample(range(len(data.validation)), n_validation)))
    if len(set(train.labels)) < 2:
        raise RecipeError(
            say(
                "all {count} training texts that seed {seed} selects have the same label. "
                "Use more texts or a different seed",
                count=n,
                seed=seed,
            )
        )
    counts = data.counts | {"train": len(train), "validation": len(validation)}
    return Split(train, validation, data.test, data.label_names, counts)


def _unique(data: Labelled, named: bool) -> tuple[list[str], list[str], list[Any], dict[str, int]]:
    """Return normalised forms, texts and labels without duplicates, in an order that depends only on the texts."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, text in enumerate(data.texts):
        groups[normalise(text)].append(i)
    blank = len(groups.pop("", []))
    agreed = {
        form: rows for form, rows in groups.items() if not named or len({data.labels[i] for i in rows}) == 1
    }  # one text with two labels teaches nothing; of two numbers, the mean is used
    contradictory = sum(len(rows) for form, rows in groups.items() if form not in agreed)
    forms = sorted(agreed, key=lambda form: hashlib.sha256(form.encode()).digest())
    labels = [
        data.labels[agreed[form][0]] if named else statistics.fmean(data.labels[i] for i in agreed[form])
        for form in forms
    ]
    counts = {
        "read": len(data),
        "blank": blank,
        "duplicates": len(data) - blank - contradictory - len(agreed),
        "contradictory": contradictory,
        "unique": len(agreed),
    }
    return forms, [data.texts[min(agreed[form])] for form in forms], labels, counts


def _strata(numbers: Sequence[float]) -> list[int]:
    """Return classes of about equal size, by the size of the number."""
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    strata = [0] * len(numbers)
    for place, i in enumerate(order):
        strata[i] = place * STRATA // len(numbers)
    if numbers and min(numbers) == max(numbers):
        raise RecipeError(
            say(
                "there is nothing to learn: all {count} texts have the target {number:g}",
                count=len(numbers),
                number=numbers[0],
            )
        )
    return strata


DROPPED = {
    "blank": mark("{count} blank"),
    "duplicates": mark("{count} duplicates"),
    "contradictory": mark("{count} contradictory"),
}
"""Reason for dropping texts -> phrase with their number."""


def describe_dropped(counts: Mapping[str, int]) -> str:
    """Describe the dropped texts by reason; "" if nothing was dropped.

    >>> describe_dropped({"blank": 2, "duplicates": 0, "contradictory": 3})
    '2 blank, 3 contradictory'
    """
    return listed(say(DROPPED[name], count=counts[name]) for name in DROPPED if counts[name])


def _enough(strata: Sequence[int], label_names: Sequence[str], counts: Mapping[str, int]) -> None:
    """Refuse data in which a label cannot be in all three parts, naming the texts that were dropped before."""
    try:
        _refuse_too_few(strata, label_names)
    except RecipeError as error:
        if not (dropped := describe_dropped(counts)):
            raise
        sentence = mark("{message}. Of the {read} texts, these had been dropped: {dropped}")
        if counts["contradictory"]:
            sentence = mark(
                "{message}. Of the {read} texts, these had been dropped: {dropped} (the same text with "
                "different labels)"
            )
        told = say(sentence, message=error.message, read=counts["read"], dropped=dropped)
        raise RecipeError(told) from error


def _refuse_too_few(strata: Sequence[int], label_names: Sequence[str]) -> None:
    """Refuse data in which a label cannot be in all three parts."""
    counted = Counter(strata)
    if label_names and not strata:
        raise RecipeError(say("there is nothing to classify: no text is left"))
    if label_names and len(counted) < 2:
        raise RecipeError(
            say(
                "there is nothing to classify: only {labels} label in {count} texts. Add texts with a different label",
                labels=len(counted),
                count=len(strata),
            )
        )
    for label, n in sorted(counted.items()):
        if n < FEWEST_PER_LABEL and label_names:
            message = say(
                "label {name!r} has {count} different texts, but at least {least} are needed",
                name=label_names[label],
                count=n,
                least=FEWEST_PER_LABEL,
            )
            if all(map(is_number, label_names)):
                message = say("{message}. To predict numbers instead of labels, use --task regression", message=message)
            raise RecipeError(message)
    if not label_names and len(strata) < FEWEST_PER_LABEL * STRATA:
        least = FEWEST_PER_LABEL * STRATA
        raise RecipeError(
            say("{count} different texts are too few; at least {least} are needed", count=len(strata), least=least)
        )


def is_number(name: str) -> bool:
    """Return whether a label could be a number to predict.

    >>> is_number("2.5"), is_number("good")
    (True, False)
    """
    try:
        return math.isfinite(float(name))
    except ValueError:
        return False


def _prove_disjoint(keys: Sequence[str], *parts: Sequence[int]) -> None:
    """Check the split, whoever wrote it: a test set that was trained on is worthless.

    Raises:
        ValueError: a text is in no part or in two, near-duplicates are in different parts, or a part is empty.
    """
    rows = [i for part in parts for i in part]
    if sorted(rows) != list(range(len(keys))):
        raise ValueError(say("the split must put each row into exactly one part"))
    if sum(len({keys[i] for i in part}) for part in parts) != len(set(keys)):
        raise ValueError(say("the split puts equal texts into different parts"))
    if not all(parts):
        raise ValueError(say("the split leaves a part empty: there are not enough different texts"))


def _fewer(rows: Sequence[int], strata: Sequence[int], share: float) -> list[int]:
    """Return the first rows of every class, the same share of each."""
    by_class: dict[int, list[int]] = defaultdict(list)
    for i in rows:
        by_class[strata[i]].append(i)
    return sorted(i for members in by_class.values() for i in members[: max(1, round(share * len(members)))])
