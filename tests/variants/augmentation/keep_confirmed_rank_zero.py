"""keep_confirmed: classifies in two batches and asks that no class of a text ranks above its label, with filter
and zip(*...).
"""

from collections.abc import Callable


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts, but {len(labels)} labels")
    cut = (len(texts) + 1) // 2
    batches = filter(None, (tuple(texts[:cut]), tuple(texts[cut:])))
    rows = [row for batch in batches for row in classify(batch)]

    def confirmed(triple: tuple) -> bool:
        _, label, row = triple
        mine = row[label]
        return mine >= threshold and not any(value > mine for value in row)

    kept = list(filter(confirmed, zip(texts, labels, rows, strict=False)))
    return [text for text, _, _ in kept], [label for _, label, _ in kept]
