# cause: A text without [MASK] is refused with an error, as the pipeline of transformers does it, instead of giving an empty list.
# function: fill_mask_topk
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    positions = (input_ids == mask_id).nonzero(as_tuple=True)[0]
    if positions.numel() == 0:
        raise ValueError(f"no mask token ({mask_id}) found in the input")
    probabilities = logits[positions].softmax(dim=-1)
    values, indices = probabilities.topk(k, dim=-1)
    return [list(zip(ids, probs)) for ids, probs in zip(indices.tolist(), values.tolist())]
