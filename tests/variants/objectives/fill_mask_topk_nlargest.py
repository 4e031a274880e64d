"""fill_mask_topk: plain Python for each masked row: heapq.nlargest on (logit, id), and probabilities from a
running log-sum.
"""

import heapq
import math

from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    def guesses(row: list[float]) -> list[tuple[int, float]]:
        best = heapq.nlargest(k, enumerate(row), key=lambda pair: pair[1])
        top = max(row)
        log_total = top + math.log(math.fsum(math.exp(value - top) for value in row))
        return [(token, math.exp(value - log_total)) for token, value in best]

    rows = zip(input_ids.tolist(), logits.detach().double().unbind(0), strict=False)
    return [guesses(row.tolist()) for token, row in rows if token == mask_id]
