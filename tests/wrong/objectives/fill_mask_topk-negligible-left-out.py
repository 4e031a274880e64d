# cause: Guesses with a probability of 1e-6 or less are left out.
# function: fill_mask_topk
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    positions = (input_ids == mask_id).nonzero(as_tuple=True)[0]
    if positions.numel() == 0:
        return []

    probabilities = logits[positions].detach().float().softmax(dim=-1)
    values, indices = probabilities.topk(min(k, probabilities.size(-1)), dim=-1)
    # Negligible guesses would only clutter the list.
    return [
        [(int(token), float(value)) for token, value in zip(row_indices, row_values) if float(value) > 1e-6]
        for row_indices, row_values in zip(indices, values)
    ]
