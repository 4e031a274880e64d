# cause: Without a mask, id 0 is taken for padding, although None means that all ids are tokens.
# function: clm_loss
import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        attention_mask = (input_ids != 0).long()
    labels = torch.where(attention_mask[:, 1:] != 0, input_ids[:, 1:], -100)
    vocab = logits.size(-1)
    total = F.cross_entropy(logits[:, :-1].reshape(-1, vocab), labels.reshape(-1), ignore_index=-100, reduction="sum")
    return total / (labels != -100).sum().clamp(min=1)
