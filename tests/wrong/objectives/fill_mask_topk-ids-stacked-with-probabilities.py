# cause: Ids and probabilities are stacked into one float array, so the token ids are floats.
# function: fill_mask_topk
import numpy as np
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int=5) -> list[list[tuple[int, float]]]:
    z = logits.detach().double().cpu().numpy()[input_ids.cpu().numpy() == mask_id]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    probabilities = e / e.sum(axis=1, keepdims=True)
    tokens = np.argsort(-probabilities, axis=1, kind='stable')[:, :k]
    table = np.stack([tokens, np.take_along_axis(probabilities, tokens, axis=1)], axis=-1)
    return [[tuple(pair) for pair in rows] for rows in table.tolist()]
