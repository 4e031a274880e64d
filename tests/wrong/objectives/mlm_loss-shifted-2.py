# cause: Shifts logits and labels by one place as a causal language model does, though position t speaks about token t here.
# function: mlm_loss

import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    shift_logits = logits[:, :-1, :].contiguous()
    shift_labels = labels[:, 1:].contiguous()
    loss = F.cross_entropy(
        shift_logits.view(-1, shift_logits.size(-1)), shift_labels.view(-1), ignore_index=-100, reduction="sum"
    )
    return loss / (shift_labels != -100).sum().clamp(min=1)
