# cause: every text goes to the test set independently if its salted hash is below test_size, so the share per class is not met and a class with several texts may be missing on one side
# function: group_split

from __future__ import annotations
import hashlib
import re


def _canonical(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()


def _unit_interval(key: str, seed: int) -> float:
    """A reproducible pseudo-random number in [0, 1) for a string."""
    digest = hashlib.sha256(f"{seed}/{key}".encode("utf-8")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def group_split(texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42):
    """Learn-predict separation [1]: the side of a row is a function of its text and of nothing else."""
    train: list[int] = []
    test: list[int] = []
    for row, text in enumerate(texts):
        side = test if _unit_interval(_canonical(text), seed) < test_size else train
        side.append(row)
    return train, test
