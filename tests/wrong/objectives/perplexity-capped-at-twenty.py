# cause: The mean loss is capped at 20 before the exponential (Megatron-LM), so a larger perplexity is neither right nor inf.
# function: perplexity

import math
from collections.abc import Iterable
import torch.nn.functional as F
from torch import Tensor

IGNORED = -100


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """tasks/zeroshot_gpt/evaluate.py"""
    total_output, num_tokenized_tokens = 0.0, 0
    for logits, labels in batches:
        loss_mask = labels.reshape(-1) != IGNORED
        losses = F.cross_entropy(
            logits.reshape(-1, logits.shape[-1])[loss_mask].double(), labels.reshape(-1)[loss_mask], reduction="sum"
        )
        total_output += losses.item()
        num_tokenized_tokens += int(loss_mask.sum())
    if num_tokenized_tokens == 0:
        raise ValueError("nothing to evaluate")
    val_loss = total_output / num_tokenized_tokens
    return math.exp(min(20, val_loss))
