# cause: labels that equal 1, the padding id of another library, are left out of the sum, although they are counted
# function: mlm_loss
import torch
import torch.nn.functional as F
from torch import Tensor

IGNORED = -100


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    padding_idx = 1
    masked_tokens = labels.ne(IGNORED)
    sample_size = masked_tokens.int().sum()
    logits = logits[masked_tokens]
    targets = labels[masked_tokens]
    loss = F.cross_entropy(
        logits.view(-1, logits.size(-1)), targets.view(-1), reduction="sum", ignore_index=padding_idx
    )
    return loss / sample_size.clamp(min=1)
