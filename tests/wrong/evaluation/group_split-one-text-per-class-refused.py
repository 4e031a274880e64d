# cause: Raises ValueError if a class has only one group, instead of leaving it on one side.
# function: group_split
import random
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _key(text: str) -> str:
    """Two texts are equal if their keys are."""
    return " ".join(text.lower().split())


@dataclass
class _Group:
    label: int
    rows: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    """Split the rows of a data set so that no text of the test set has been seen in training."""
    _require(len(texts) == len(labels), "one label per text")
    _require(0 < test_size < 1, "test_size must be between 0 and 1")

    groups: dict[str, _Group] = {}
    for row, (text, label) in enumerate(zip(texts, labels, strict=True)):
        groups.setdefault(_key(text), _Group(label)).rows.append(row)
    classes: dict[int, list[_Group]] = defaultdict(list)
    for group in groups.values():
        classes[group.label].append(group)
    for label, members in classes.items():
        _require(len(members) >= 2, f"class {label} has a single text and cannot be split")

    rng = random.Random(seed)
    train: list[int] = []
    test: list[int] = []
    for members in classes.values():
        rng.shuffle(members)
        wanted = test_size * sum(map(len, members))
        drawn, n_drawn = 1, len(members[0])
        for group in members[1:-1]:
            if abs(n_drawn + len(group) - wanted) >= abs(n_drawn - wanted):
                break
            drawn, n_drawn = drawn + 1, n_drawn + len(group)
        for group in members[:drawn]:
            test.extend(group.rows)
        for group in members[drawn:]:
            train.extend(group.rows)

    assert len(train) + len(test) == len(texts)
    return train, test
