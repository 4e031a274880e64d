# cause: The flattened batch is shifted, so the last position of a text predicts the first token of the next text.
# function: clm_loss
import torch.nn.functional as F
from torch import Tensor


IGNORED = -100


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    # shift the flat batch: one contiguous slice of the logits instead of a copy without every last position
    flat = logits.flatten(0, 1)[:-1]
    target = input_ids.flatten()[1:]
    if attention_mask is not None:
        target = target.masked_fill(attention_mask.flatten()[1:] == 0, IGNORED)
    return F.cross_entropy(flat, target)
