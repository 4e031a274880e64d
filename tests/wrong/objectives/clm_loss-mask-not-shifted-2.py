# cause: the mask is taken at the position that predicts instead of at the target, so the last token of a text has to predict padding
# function: clm_loss
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    shift_logits = logits[:, :-1, :]
    shift_labels = input_ids[:, 1:]
    losses = F.cross_entropy(shift_logits.flatten(0, 1), shift_labels.flatten(), reduction="none")
    if attention_mask is None:
        return losses.mean()
    weights = attention_mask[:, :-1].flatten().to(losses.dtype)
    return (losses * weights).sum() / weights.sum().clamp(min=1)
