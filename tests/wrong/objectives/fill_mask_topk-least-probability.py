# cause: guesses with a probability below 0.001 are left out, so there can be fewer than k
# function: fill_mask_topk
from torch import Tensor


MIN_PROB = 1e-3  # nobody reads guesses below this


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    p, i = logits[input_ids == mask_id].softmax(-1).topk(k)
    return [[(t, q) for t, q in zip(ts, qs) if q >= MIN_PROB] for ts, qs in zip(i.tolist(), p.tolist())]
