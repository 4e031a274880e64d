"""fill_mask_topk without torch.topk: plain Python sorting, math.exp, and lazy results."""

import heapq
import math


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    def guesses(row):
        top = max(row)
        total = math.fsum(math.exp(x - top) for x in row)
        return heapq.nlargest(k, enumerate(math.exp(x - top) / total for x in row), key=lambda pair: pair[1])

    return (guesses(row) for row, token in zip(logits.tolist(), input_ids.tolist(), strict=True) if token == mask_id)
