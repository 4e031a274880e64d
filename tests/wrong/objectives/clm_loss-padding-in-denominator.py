# cause: The losses at padding are set to zero but still counted in the mean.
# function: clm_loss

import torch
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    log_p = torch.log_softmax(logits[:, :-1], dim=-1)
    nll = -torch.gather(log_p, 2, input_ids[:, 1:, None])[..., 0]
    if attention_mask is not None:
        nll = nll * attention_mask[:, 1:]
    return nll.mean()
