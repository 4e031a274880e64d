"""group_split: no random generator; the groups of a class are ordered by a hash of seed and text, and a prefix
is the test set.
"""

import hashlib
from collections import Counter, defaultdict


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        rows[" ".join(text.casefold().split())].append(row)

    def lot(text: str) -> float:
        digest = hashlib.blake2b(f"{seed}\n{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    classes: defaultdict[int, list[str]] = defaultdict(list)
    for text, members in rows.items():
        classes[Counter(labels[row] for row in members).most_common(1)[0][0]].append(text)

    drawn: set[str] = set()
    for members in classes.values():
        if len(members) == 1:
            drawn.update(text for text in members if lot(text) < test_size)
            continue
        target = test_size * sum(len(rows[text]) for text in members)
        first, *others, _ = sorted(members, key=lot)
        drawn.add(first)
        taken = len(rows[first])
        for text in others:
            size = len(rows[text])
            if taken + size / 2 > target:
                break
            drawn.add(text)
            taken += size
    sides: tuple[list[int], list[int]] = ([], [])
    for text, members in rows.items():
        sides[text in drawn].extend(members)
    return sides
