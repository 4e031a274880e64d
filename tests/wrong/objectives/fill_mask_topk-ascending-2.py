# cause: Takes the last k of an ascending argsort and forgets to reverse them, so the most probable comes last.
# function: fill_mask_topk

from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    result = []
    for pos in (input_ids == mask_id).nonzero().flatten().tolist():
        p = logits[pos].softmax(-1)
        best = p.argsort()[-k:]
        result.append([(i.item(), p[i].item()) for i in best])
    return result
