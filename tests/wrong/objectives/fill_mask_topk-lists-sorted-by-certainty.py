# cause: The lists of the masks are sorted by their best probability instead of being in the order of the text.
# function: fill_mask_topk
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    probabilities = logits[input_ids == mask_id].softmax(dim=-1)
    best = probabilities.topk(k, dim=-1)
    guesses = [
        list(zip(tokens, values, strict=True))
        for tokens, values in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
    guesses.sort(key=lambda pairs: pairs[0][1], reverse=True)
    return guesses
