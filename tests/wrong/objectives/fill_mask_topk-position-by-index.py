# cause: the position of each [MASK] is looked up with ids.index, which finds the first one every time
# function: fill_mask_topk
from torch import Tensor
import numpy as np
import torch.nn.functional as F


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    """Return the k most probable tokens for every [MASK] of a text.

    Args:
        logits: (T, V), the model's output for ONE text.
        input_ids: (T,) int64
        mask_id: id of [MASK]; it may occur several times, or not at all.
        k: predictions per [MASK], from 1 to V.

    Returns:
        A list per [MASK], in the order of the text, each with k pairs (token id, probability), most probable first:
        plain ints and floats. (Tensors with one element are accepted with a remark.) The probabilities are over all V
        tokens, so fewer than V of them sum to less than 1. Without a [MASK]: [].

    >>> logits = torch.tensor([[0.0, 0.0, 0.0], [1.0, 3.0, 2.0]])
    >>> (guesses,) = fill_mask_topk(logits, torch.tensor([0, 2]), mask_id=2, k=2)
    >>> [(int(token), round(float(probability), 3)) for token, probability in guesses]
    [(1, 0.665), (2, 0.245)]
    """
    ids = input_ids.tolist()
    answers = []
    for token in ids:
        if token != mask_id:
            continue
        position = ids.index(token)
        probabilities = F.softmax(logits[position].detach(), dim=0).numpy()
        best = np.argsort(-probabilities)[:k]
        answers.append([(int(i), float(probabilities[i])) for i in best])
    return answers
