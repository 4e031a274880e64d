"""label_scores: plain Python floats; the probability of the best class is one over the sum of exp of the
distances to it.
"""

import math

from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    def answer(row: list[float]) -> dict[str, str | float]:
        top, index = max((value, -index) for index, value in enumerate(row))
        return dict(score=1.0 / math.fsum(math.exp(value - top) for value in row), label=id2label[-index])

    return [answer(row) for row in logits.detach().double().tolist()]
