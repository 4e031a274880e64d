"""Texts with labels: find them, split them without leakage, make batches of similar length.

Letters: B texts in a batch, T tokens of the longest of them.

What the split protects from: the same text, or one that differs only in case, punctuation, spacing or HTML line
breaks, on both sides. What it does not: a paraphrase, or two reviews of the same film.
"""

import csv
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from solutions.recipes.errors import RecipeError
from solutions.recipes.preflight import PACKAGED, columns, find_data, is_file, packaged_reviews

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1
SPLIT_SEED = "course-split-1"
"""Fixed for ever: a result is comparable with another only on the same test texts."""
FEWEST_PER_LABEL = 5
"""Below this, a label cannot be in all three parts."""
POOL_BATCHES = 50
"""Texts are sorted by length within this many batches: long enough for tight batches, short enough to stay random."""


@dataclass(frozen=True)
class Labelled:
    """Texts and the indices of their labels."""

    texts: list[str]
    labels: list[int]

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.texts)

    def take(self, indices: Sequence[int]) -> "Labelled":
        """Some of them, in the given order."""
        return Labelled([self.texts[i] for i in indices], [self.labels[i] for i in indices])


@dataclass(frozen=True)
class Split:
    """Three parts without a common text, and how they came about."""

    train: Labelled
    validation: Labelled
    test: Labelled
    label_names: tuple[str, ...]
    counts: dict[str, int]
    """How many texts were read, dropped (and why) and put into each part."""


# --- Find -------------------------------------------------------------------------------------------------------------


def load(name: str) -> tuple[Labelled, tuple[str, ...]]:
    """Read all texts of a data set.

    Args:
        name: ``rotten-tomatoes``, ``imdb``, a CSV file with the columns ``text`` and ``label``, or a data set on the
            model hub (with the package ``datasets`` installed; all its labelled parts are taken together, since the
            split is ours).

    Returns:
        The texts with label indices, and the names of the labels.

    Raises:
        RecipeError: there is no such data, or it has not got the two columns.
    """
    if name in PACKAGED:
        rows = read_packaged(packaged_reviews(), PACKAGED[name])
        return Labelled([text for text, _ in rows], [label for _, label in rows]), ("negative", "positive")
    if is_file(name):
        return from_rows(read_csv(Path(name)))
    return from_hub(name)


def read_packaged(path: Path, source: str) -> list[tuple[str, int]]:
    """Text and label of every row from this source; the file holds several, and the others are long."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        names = next(reader)
        text, label, origin = (names.index(name) for name in ("text", "label", "source"))
        return [(row[text], int(row[label])) for row in reader if row[origin] == source]


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a file that has the columns ``text`` and ``label``."""
    columns(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RecipeError(f"cannot read {path}: {error}") from error
    for number, row in enumerate(rows, start=1):
        if not row["label"]:
            raise RecipeError(f"{path}: row {number} has no label")
    return rows


def from_rows(rows: Sequence[dict[str, str]]) -> tuple[Labelled, tuple[str, ...]]:
    """Any strings may be labels; their order is that of numbers if all are numbers, else the alphabet's."""
    found = {row["label"].strip() for row in rows}
    names = sorted(found, key=int) if all(re.fullmatch(r"\d+", name) for name in found) else sorted(found)
    index = {name: i for i, name in enumerate(names)}
    return Labelled([row["text"] or "" for row in rows], [index[row["label"].strip()] for row in rows]), tuple(names)


def from_hub(name: str) -> tuple[Labelled, tuple[str, ...]]:
    """A data set of the hub, by its ``text`` and ``label`` columns; rows without a label (-1) are left out."""
    find_data(name)
    try:
        from datasets import load_dataset  # not a dependency: only this function needs it

        parts = load_dataset(name)
        rows = [
            {"text": row["text"], "label": str(row["label"])}
            for part in parts.values()
            for row in part
            if row["label"] != -1
        ]
        declared = getattr(next(iter(parts.values())).features["label"], "names", None)
    except Exception as error:  # whatever that library raises, the person should read one sentence
        raise RecipeError(f"the data set {name!r} cannot be used: {type(error).__name__}: {error}") from error
    labelled, names = from_rows(rows)
    return labelled, tuple(declared) if declared and len(declared) == len(names) else names


# --- Split ------------------------------------------------------------------------------------------------------------


def normalise(text: str) -> str:
    """What remains of a text when case, punctuation, spacing and HTML line breaks do not count.

    >>> normalise("'A  pretentious<br />mess .") == normalise("a pretentious mess")
    True
    """
    text = unicodedata.normalize("NFKC", text.replace("<br />", " ")).casefold()
    return " ".join(re.findall(r"\w+", text)) or text.strip()


def split(data: Labelled, label_names: tuple[str, ...], limit: int | None = None) -> Split:
    """Drop what occurs twice, then cut into training, validation and test texts (70, 10 and 20 %).

    Where a text goes is decided by a hash of its normalised form: it depends neither on the order of the rows nor on
    the training seed. Every label is cut in the same proportions.

    Args:
        data: the texts, in any order.
        label_names: name of every label.
        limit: texts to keep over all parts, in the same proportions; what is kept stays in the part it was in.

    Raises:
        RecipeError: fewer than two labels, or a label with too few texts to be in all parts.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for i, text in enumerate(data.texts):
        groups[normalise(text)].append(i)
    blank = len(groups.pop("", []))
    agreed = {form: rows[0] for form, rows in groups.items() if len({data.labels[i] for i in rows}) == 1}
    contradictory = sum(len(rows) for form, rows in groups.items() if form not in agreed)
    counts = {
        "read": len(data),
        "blank": blank,
        "duplicates": len(data) - blank - contradictory - len(agreed),
        "contradictory": contradictory,
        "unique": len(agreed),
    }

    by_label: dict[int, list[int]] = defaultdict(list)
    for form in sorted(agreed, key=lambda form: hashlib.sha256(f"{SPLIT_SEED}\n{form}".encode()).digest()):
        by_label[data.labels[agreed[form]]].append(agreed[form])
    if len(by_label) < 2:
        raise RecipeError(f"there is nothing to tell apart: only {len(by_label)} label in {len(agreed)} texts")

    share = 1.0 if limit is None else min(1.0, limit / len(agreed))
    parts: dict[str, list[int]] = {"train": [], "validation": [], "test": []}
    for label, rows in sorted(by_label.items()):
        if len(rows) < FEWEST_PER_LABEL:
            name = label_names[label]
            raise RecipeError(f"label {name!r} has {len(rows)} different texts; at least {FEWEST_PER_LABEL} are needed")
        first, second = round(TEST_SHARE * len(rows)), round((TEST_SHARE + VALIDATION_SHARE) * len(rows))
        second = max(second, first + 1)
        for part, members in (("test", rows[:first]), ("validation", rows[first:second]), ("train", rows[second:])):
            parts[part] += members[: max(1, round(share * len(members)))]
    cut = {part: data.take(sorted(rows)) for part, rows in parts.items()}
    counts |= {part: len(members) for part, members in cut.items()}
    return Split(cut["train"], cut["validation"], cut["test"], label_names, counts)


def label_counts(data: Labelled, label_names: Sequence[str]) -> dict[str, int]:
    """How many texts each label has.

    >>> label_counts(Labelled(["a", "b", "c"], [1, 0, 1]), ["negative", "positive"])
    {'negative': 1, 'positive': 2}
    """
    counted = Counter(data.labels)
    return {name: counted[i] for i, name in enumerate(label_names)}


# --- Batches ----------------------------------------------------------------------------------------------------------


def bucketed_batches(lengths: Sequence[int], batch_size: int, generator: torch.Generator) -> list[list[int]]:
    """Cut a shuffled epoch into batches of texts of similar length, in random order.

    A batch costs as much as its longest text, so a long one among short ones is paid for by all. The texts are
    shuffled, sorted by length within pools of `POOL_BATCHES` batches, cut, and the batches shuffled again.

    Args:
        lengths: tokens of every text.
        batch_size: B; the last batch of a pool may be smaller.
        generator: decides the order.

    Returns:
        Indices of texts, a list per batch; every text exactly once.

    >>> sorted(bucketed_batches([9, 2, 8, 1], 2, torch.Generator().manual_seed(0)))
    [[2, 0], [3, 1]]
    """
    order = torch.randperm(len(lengths), generator=generator).tolist()
    batches = []
    for start in range(0, len(order), batch_size * POOL_BATCHES):
        pool = sorted(order[start : start + batch_size * POOL_BATCHES], key=lengths.__getitem__)
        batches += [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
    return [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]


def pad(tokens: Sequence[list[int]], pad_token: int, length: int | None = None) -> tuple[Tensor, Tensor]:
    """Fill up to the longest text of the batch, or to a fixed length.

    Returns:
        Token ids (B, T) and the attention mask (B, T): 1 for a token, 0 for padding.

    >>> pad([[5, 6], [7]], pad_token=0)[0].tolist()
    [[5, 6], [7, 0]]
    """
    length = length or max(map(len, tokens))
    ids = torch.tensor([row + [pad_token] * (length - len(row)) for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in tokens])
    return ids, mask
