"""Labelled texts: reading them, and making batches of similar length. Splitting is in splitting.py.

Dimensions: B texts in a batch, T tokens of the longest of them.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course.text import say
from solutions.recipes.errors import RecipeError
from solutions.recipes.preflight import PACKAGED, RATINGS, columns, find_data, is_file, packaged_reviews, rows_of

POOL_BATCHES = 50
"""Texts are sorted by length within this many batches: long enough for tight batches, short enough to stay random."""


@dataclass(frozen=True)
class Labelled:
    """Texts and the indices of their labels, or the numbers to predict."""

    texts: list[str]
    labels: list[int] | list[float]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    def take(self, indices: Sequence[int]) -> "Labelled":
        """Return some of the texts, in the given order."""
        return Labelled([self.texts[i] for i in indices], [self.labels[i] for i in indices])


@dataclass(frozen=True)
class Split:
    """Three parts without a common text, and counts of the splitting."""

    train: Labelled
    validation: Labelled
    test: Labelled
    label_names: tuple[str, ...]
    """Names of the labels; empty for regression."""
    counts: dict[str, int]
    """Numbers of texts that were read, dropped (by reason) and put into each part."""


# --- Reading ----------------------------------------------------------------------------------------------------------


def load(
    name: str, task: str = "classification", text_column: str = "text", label_column: str = "label"
) -> tuple[Labelled, tuple[str, ...]]:
    """Read all texts of a data set.

    Args:
        name: ``rotten-tomatoes``, ``imdb``, ``ratings``, a CSV file, or a data set on the hub (with the package
            ``datasets`` installed; all its labelled parts are taken together, since the split is ours).
        task: ``classification``: labels are names; ``regression``: they are numbers.
        text_column: column of the texts in a CSV file or a data set of the hub.
        label_column: column of the labels there.

    Returns:
        The texts with label indices or numbers, and the names of the labels, none for regression.

    Raises:
        RecipeError: there is no such data set, a column is missing, or a label is missing or not a number.
    """
    if name in PACKAGED:
        rows = read_packaged(packaged_reviews(), PACKAGED[name])
        return Labelled([text for text, _ in rows], [label for _, label in rows]), ("negative", "positive")
    if name == RATINGS:
        from solutions.recipes import ratings  # starts pip if necessary, which no other data set needs

        rated = ratings.load()
        return Labelled([text for text, _ in rated], [rating for _, rating in rated]), ()
    if is_file(name):
        return from_rows(read_csv(Path(name), text_column, label_column), task, name)
    return from_hub(name, task, text_column, label_column)


def read_packaged(path: Path, source: str) -> list[tuple[str, int]]:
    """Return text and label of every row from this source; the file also holds other, longer sources."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        names = next(reader)
        text, label, origin = (names.index(name) for name in ("text", "label", "source"))
        return [(row[text], int(row[label])) for row in reader if row[origin] == source]


def read_csv(path: Path, text_column: str, label_column: str) -> list[tuple[str, str]]:
    """Return text and label of every row of a file with these columns."""
    columns(path, text_column, label_column)
    return [(text, label.strip()) for text, label in rows_of(path, text_column, label_column)]


def from_rows(rows: Sequence[tuple[str, str]], task: str, name: str) -> tuple[Labelled, tuple[str, ...]]:
    """Turn rows into labelled texts; labels are sorted as numbers if all are numbers, else alphabetically."""
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    for number, label in enumerate(labels, start=1):
        if not label:
            raise RecipeError(
                say("{name}: row {number} has no label. Add one, or remove the row", name=name, number=number)
            )
    if task == "regression":
        targets = [
            target(label, say("{name}: row {number}", name=name, number=number))
            for number, label in enumerate(labels, start=1)
        ]
        return Labelled(texts, targets), ()
    found = set(labels)
    names = sorted(found, key=int) if all(re.fullmatch(r"\d+", one) for one in found) else sorted(found)
    index = {one: i for i, one in enumerate(names)}
    return Labelled(texts, [index[label] for label in labels]), tuple(names)


def target(written: str, where: str) -> float:
    """Return a number to predict.

    >>> target("-2.5", "row 1")
    -2.5
    """
    try:
        number = float(written)
    except ValueError:
        raise RecipeError(
            say(
                "{where} holds {written!r}, which is not a number. For labels, use --task classification",
                where=where,
                written=written,
            )
        ) from None
    if not math.isfinite(number):
        raise RecipeError(
            say(
                "{where} holds {written!r}, which cannot be a training target. Remove the row",
                where=where,
                written=written,
            )
        )
    return number


def from_hub(name: str, task: str, text_column: str, label_column: str) -> tuple[Labelled, tuple[str, ...]]:
    """Load a data set from the hub; rows without a label (None, or -1 for a class) are left out."""
    find_data(name)
    none = (None,) if task == "regression" else (None, -1)
    try:
        from datasets import load_dataset  # not a dependency: only this function needs it

        parts = load_dataset(name)
        rows = [
            (row[text_column], str(row[label_column]))
            for part in parts.values()
            for row in part
            if row[label_column] not in none
        ]
        declared = getattr(next(iter(parts.values())).features[label_column], "names", None)
    except Exception as error:  # whatever the library raises, the user should read one sentence
        raise RecipeError(
            say(
                "the data set {name!r} cannot be used: {reason}. Without a connection to the hub, "
                "use --data rotten-tomatoes or a CSV file",
                name=name,
                reason=f"{type(error).__name__}: {error}",
            )
        ) from error
    labelled, names = from_rows(rows, task, name)
    return labelled, tuple(declared) if declared and len(declared) == len(names) else names


def label_counts(data: Labelled, label_names: Sequence[str]) -> dict[str, int]:
    """Count the texts of each label.

    >>> label_counts(Labelled(["a", "b", "c"], [1, 0, 1]), ["negative", "positive"])
    {'negative': 1, 'positive': 2}
    """
    counted = Counter(data.labels)
    return {name: counted[i] for i, name in enumerate(label_names)}


# --- Batches ----------------------------------------------------------------------------------------------------------


def bucketed_batches(lengths: Sequence[int], batch_size: int, generator: torch.Generator) -> list[list[int]]:
    """Cut a shuffled epoch into batches of texts of similar length, in random order.

    A batch costs as much as its longest text, so one long text makes all the others expensive. The texts are shuffled,
    sorted by length within pools of `POOL_BATCHES` batches, cut, and the batches shuffled again.

    Args:
        lengths: number of tokens of every text.
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
    """Pad to the longest text of the batch, or to a fixed length.

    Returns:
        Token ids (B, T) and the attention mask (B, T): 1 for a token, 0 for padding.

    >>> pad([[5, 6], [7]], pad_token=0)[0].tolist()
    [[5, 6], [7, 0]]
    """
    length = length or max(map(len, tokens))
    ids = torch.tensor([row + [pad_token] * (length - len(row)) for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in tokens])
    return ids, mask
