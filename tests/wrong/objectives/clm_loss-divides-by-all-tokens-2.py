# cause: in a hurry: the sum over the n - 1 targets of each text is divided by the number of all its tokens, n, since the mask is counted before it is shifted
# function: clm_loss
import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """Shifted cross-entropy with a mask."""
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    mask = attention_mask.to(logits.dtype)
    losses = F.cross_entropy(logits[:, :-1].transpose(1, 2), input_ids[:, 1:], reduction="none")
    return (losses * mask[:, 1:]).sum() / mask.sum().clamp(min=1)
