# cause: The probabilities are rounded to three decimals, so small ones become 0.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    guesses: list[list[tuple[int, float]]] = []
    for position in range(input_ids.shape[0]):
        if int(input_ids[position]) != int(mask_id):
            continue
        probabilities = torch.softmax(logits[position].detach().double().cpu(), dim=-1)
        best = torch.topk(probabilities, k, sorted=True)
        guesses.append([(int(t), round(float(q), 3)) for q, t in zip(best.values, best.indices)])
    return guesses
