# cause: Without an attention mask, the id 0 is taken for padding, though None means that all are tokens.
# function: clm_loss
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        attention_mask = (input_ids != 0).long()
    targets = input_ids[:, 1:].masked_fill(attention_mask[:, 1:] == 0, -100)
    predictions = logits[:, :-1]
    total = F.cross_entropy(
        predictions.reshape(-1, predictions.shape[-1]), targets.reshape(-1), ignore_index=-100, reduction="sum"
    )
    return total / (targets != -100).sum().clamp(min=1)
