"""The split used for the lessons' measurements: by a hash of each text, without duplicates.

Today's recipes split with exercise-7's functions (solutions/recipes/splitting.py), which put other texts into the
test set. With this split, the measured figures of the lessons stay comparable with each other.
"""

import hashlib
from collections import defaultdict

from solutions.recipes.data import Labelled, Split
from solutions.recipes.splitting import normalise

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1
SPLIT_SEED = "course-split-1"


def split(data: Labelled, label_names: tuple[str, ...]) -> Split:
    """Remove duplicates, then split into training, validation and test texts (70, 10 and 20%).

    Each text is assigned by a hash of its normalised form, independently of the order of the rows and
    of the training seed. Every label is split in the same proportions.

    Args:
        data: the texts, in any order.
        label_names: the name of every label.
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

    parts: dict[str, list[int]] = {"train": [], "validation": [], "test": []}
    for _, rows in sorted(by_label.items()):
        first, second = round(TEST_SHARE * len(rows)), round((TEST_SHARE + VALIDATION_SHARE) * len(rows))
        second = max(second, first + 1)
        for part, members in (("test", rows[:first]), ("validation", rows[first:second]), ("train", rows[second:])):
            parts[part] += members
    cut = {part: data.take(sorted(rows)) for part, rows in parts.items()}
    counts |= {part: len(members) for part, members in cut.items()}
    return Split(cut["train"], cut["validation"], cut["test"], label_names, counts)
