# cause: Takes the last token as the summary of a text, as with GPT, where BERT's [CLS] is the first.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    blocks = []
    for layer in range(1, n_last + 1):
        blocks.append(hidden_states[-layer][:, -1, :])
    return torch.cat(blocks, -1)
